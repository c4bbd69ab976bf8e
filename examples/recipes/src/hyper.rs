use std::{convert::Infallible, io};

use hookseal::tower::{VerifiedBody, VerifiedBytes, VerifyLayer};
use hyper::{Request, Response, StatusCode, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::{net::TcpListener, sync::mpsc::Sender};
use tower::{Layer as _, service_fn};

pub async fn serve(
    listener: TcpListener,
    webhook: hookseal::Webhook,
    queue: Sender<VerifiedBytes>,
) -> io::Result<Infallible> {
    let verify = VerifyLayer::new(webhook).with_body_limit(64 * 1024);
    let service = verify.layer(service_fn(move |request: Request<VerifiedBody>| {
        let mut response = Response::new(String::new());
        *response.status_mut() = match queue.try_send(request.into_body().into_proof()) {
            Ok(()) => StatusCode::NO_CONTENT,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        async { Ok::<_, Infallible>(response) }
    }));
    loop {
        let stream = TokioIo::new(listener.accept().await?.0);
        let mut server = http1::Builder::new();
        server.timer(TokioTimer::new()); // limits the time for the head
        tokio::spawn(server.serve_connection(stream, TowerToHyperService::new(service.clone())));
    }
}
