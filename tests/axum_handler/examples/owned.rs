//! Does not compile: the proof owns the body, and is not the one that the layer makes.

use axum::extract::State;
use axum::{Router, routing::post};
use hookseal::Verified;

async fn first(event: Verified<'static, Vec<u8>>, State(id): State<u8>) -> String {
    format!("{id} {}", event.scheme())
}

fn main() {
    let _: Router = Router::new().route("/first", post(first)).with_state(0);
}
