//! The handlers of the examples, with the proof that a handler takes.

use axum::extract::State;
use axum::{Router, routing::post};
use hookseal::axum::VerifiedBytes;

async fn only(event: VerifiedBytes) -> String {
    event.scheme().to_owned()
}

#[axum::debug_handler]
async fn checked(event: VerifiedBytes) -> String {
    event.scheme().to_owned()
}

async fn first(event: VerifiedBytes, State(id): State<u8>) -> String {
    format!("{id} {}", event.scheme())
}

/// Returns a router with all of them.
pub fn router() -> Router {
    let router = Router::new().route("/only", post(only).get(checked));
    router.route("/first", post(first)).with_state(0)
}
