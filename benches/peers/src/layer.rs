//! Compares axum routes behind the layer with the same routes without it, and behind
//! the previous layer.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use hookseal::tower::VerifyLayer;
use http::StatusCode;
use sha2::Sha256;
use tower::ServiceExt;

use crate::requests::{SECRET, standard_webhooks};
use crate::{Report, SIZES, contestant};

static PREPARED: LazyLock<Hmac<Sha256>> = LazyLock::new(|| Hmac::new_from_slice(&SECRET).unwrap());

async fn handle(body: Bytes) -> StatusCode {
    black_box(&body);
    StatusCode::NO_CONTENT
}

async fn handle_hashed(body: Bytes) -> StatusCode {
    let mut mac = PREPARED.clone();
    mac.update(black_box(&body));
    black_box(mac.finalize().into_bytes());
    StatusCode::NO_CONTENT
}

/// Runs a future to its end. None of them ever waits.
fn run<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a body in memory is there"),
    }
}

impl Report {
    pub fn layer(&mut self) {
        println!("\n== standard-webhooks, the layer in axum, of the same handler without it\n");
        for (length, size) in SIZES {
            let request = standard_webhooks(length);
            let (mut headers, body) = (request.headers, Bytes::from(request.body));
            headers.insert("content-length", length.into());
            let layer = VerifyLayer::new(request.webhook);
            let plain = Router::new().route("/", post(handle));
            let hashed = Router::new().route("/", post(handle_hashed));
            let verified = plain.clone().layer(layer);
            let key = before::Key::from_bytes(SECRET).unwrap();
            let verifier = before::schemes::StandardWebhooks::new(key);
            let old = before::tower::VerifyLayer::new(verifier);
            let verified_before = plain.clone().layer(old);
            let call = |router: &Router| {
                let mut request = http::Request::post("/")
                    .body(Body::from(body.clone()))
                    .unwrap();
                *request.headers_mut() = headers.clone();
                let response = run(router.clone().oneshot(request));
                response.is_ok_and(|response| response.status() == StatusCode::NO_CONTENT)
            };
            let measured = self.measure(&mut [
                contestant("plain", || call(&plain)),
                contestant("hashed", || call(&hashed)),
                contestant("verified", || call(&verified)),
                contestant("verified before", || call(&verified_before)),
            ]);
            let names = [
                "the handler alone",
                "it also hashes",
                "behind the layer",
                "behind the layer as it was before",
            ];
            for (place, name) in names.into_iter().enumerate() {
                let (time, ratio) = (measured.time[place], measured.ratio[place]);
                let more = measured.more[place];
                let what = format!("{name}, {size}");
                println!("{what:44} {ratio:6.2}x  {time:10.0} ns  {more:+10.0} ns");
            }
        }
    }
}
