use axum::{Router, extract::State, http::StatusCode, routing::post};
use hookseal::{Webhook, axum::VerifiedBytes, tower::VerifyLayer};
use tokio::sync::mpsc::Sender;
use tonic::service::Routes;

/// Returns a router with the webhooks beside `grpc`, your services, as in
/// `Routes::new(GreeterServer::new(greeter))`.
pub fn app(grpc: Routes, webhook: Webhook, queue: Sender<VerifiedBytes>) -> Router {
    let verify = VerifyLayer::new(webhook).with_body_limit(64 * 1024);
    let webhooks = post(receive).route_layer(verify).with_state(queue);
    grpc.into_axum_router().route("/webhooks", webhooks)
}

async fn receive(State(queue): State<Sender<VerifiedBytes>>, event: VerifiedBytes) -> StatusCode {
    match queue.try_send(event) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
