use axum::{Router, extract::State, http::StatusCode, routing::post};
use hookseal::axum::{VerifiedBytes, VerifiedJson};
use hookseal::{Webhook, tower::VerifyLayer};
use tokio::sync::mpsc::Sender;

#[derive(serde::Deserialize)]
struct Event {
    r#type: String,
}

pub fn app(webhook: Webhook, queue: Sender<VerifiedBytes>) -> Router {
    let verify = VerifyLayer::new(webhook).with_body_limit(64 * 1024);
    let route = post(receive).route_layer(verify);
    Router::new().route("/webhooks", route).with_state(queue)
}

async fn receive(
    State(queue): State<Sender<VerifiedBytes>>,
    proof: VerifiedBytes,
    VerifiedJson(event): VerifiedJson<Event>,
) -> StatusCode {
    match event.r#type.as_str() {
        "order.paid" if queue.try_send(proof).is_err() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::NO_CONTENT, // it is in the queue, or not for us
    }
}
