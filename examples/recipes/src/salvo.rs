use hookseal::tower::{VerifiedBody, VerifiedBytes, VerifyLayer};
use salvo::http::{ReqBody, StatusCode};
use salvo::prelude::{Request, Router, TowerLayerCompat as _, handler};
use tokio::sync::mpsc::Sender;
use tower::ServiceBuilder;

pub fn app(webhook: hookseal::Webhook, queue: Sender<VerifiedBytes>) -> Router {
    let verify = ServiceBuilder::new()
        .layer(VerifyLayer::new(webhook).with_body_limit(64 * 1024))
        .map_request(|request: http::Request<VerifiedBody>| {
            request.map(|body| ReqBody::Once(body.into_proof().into_body()))
        });
    let route = Router::with_path("webhooks").hoop(verify.compat::<ReqBody>());
    route.post(Receive(queue))
}

struct Receive(Sender<VerifiedBytes>);

#[handler]
impl Receive {
    async fn handle(&self, request: &mut Request) -> StatusCode {
        let Some(event) = request.extensions().get::<VerifiedBytes>() else {
            return StatusCode::INTERNAL_SERVER_ERROR; // no such hoop on this route
        };
        match self.0.try_send(event.clone()) {
            Ok(()) => StatusCode::NO_CONTENT,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}
