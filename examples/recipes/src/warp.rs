use std::{convert::Infallible, io};

use hookseal::tower::{VerifiedBytes, VerifyLayer};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::{net::TcpListener, sync::mpsc::Sender};
use tower::Layer as _;
use warp::{Filter as _, http::StatusCode};

pub async fn serve(
    listener: TcpListener,
    webhook: hookseal::Webhook,
    queue: Sender<VerifiedBytes>,
) -> io::Result<Infallible> {
    let event = warp::path!("webhooks")
        .and(warp::post())
        .and(warp::ext::get::<VerifiedBytes>());
    let routes = event.map(move |event| match queue.try_send(event) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    });
    let verify = VerifyLayer::new(webhook).with_body_limit(64 * 1024);
    let service = TowerToHyperService::new(verify.layer(warp::service(routes)));
    loop {
        let stream = TokioIo::new(listener.accept().await?.0);
        let mut server = http1::Builder::new();
        server.timer(TokioTimer::new()); // limits the time for the head
        tokio::spawn(server.serve_connection(stream, service.clone()));
    }
}
