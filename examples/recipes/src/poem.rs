use std::{io, sync::Arc};

use hookseal::tower::{Checks, VerifiedBytes};
use hookseal::{Verifier, Webhook};
use http_body_util::combinators::BoxBody;
use poem::{Endpoint, EndpointExt as _, Error, FromRequest, Request, RequestBody, Route};
use poem::{handler, http::StatusCode, post, web::Data};
use tokio::sync::mpsc::Sender;

pub struct Event(pub VerifiedBytes);

impl<'a> FromRequest<'a> for Event {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let webhook = request.data::<Arc<dyn Verifier>>().cloned();
        let body: BoxBody<_, io::Error> = body.take()?.into();
        let checks = Checks::new().with_body_limit(64 * 1024);
        let verified = checks.verify(request.headers(), || webhook, body).await;
        verified.map(|it| Self(it.into_proof())).map_err(|reply| {
            let status = StatusCode::from_u16(reply.status()); // and log `reply.rejection()`
            Error::from_status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        })
    }
}

#[handler]
fn receive(event: Event, Data(queue): Data<&Sender<Event>>) -> StatusCode {
    let queued = queue.try_send(event);
    queued.map_or(StatusCode::SERVICE_UNAVAILABLE, |()| StatusCode::NO_CONTENT)
}

pub fn app(webhook: Webhook, queue: Sender<Event>) -> impl Endpoint {
    let webhook: Arc<dyn Verifier> = Arc::new(webhook);
    let route = Route::new().at("/webhooks", post(receive));
    route.data(webhook).data(queue)
}
