//! Does not compile: the proof borrows the body. axum's macro takes no `'_`.

use axum::{Router, routing::post};
use hookseal::Verified;

#[axum::debug_handler]
async fn checked(event: Verified<'static>) -> String {
    event.scheme().to_owned()
}

fn main() {
    let _: Router = Router::new().route("/only", post(checked));
}
