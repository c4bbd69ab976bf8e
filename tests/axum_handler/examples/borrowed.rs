//! Does not compile: the proof borrows the body.

use axum::{Router, routing::post};
use hookseal::Verified;

async fn only(event: Verified<'_>) -> String {
    event.scheme().to_owned()
}

fn main() {
    let _: Router = Router::new().route("/only", post(only));
}
