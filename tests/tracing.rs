//! Tests what the layer and the extractors log: reasons, never contents.

mod common;
#[path = "common/headers_alone.rs"]
mod headers_alone;
#[path = "common/time_limit.rs"]
mod time_limit;

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use common::*;
use headers_alone::HeadersAlone;
use hookseal::tower::{VerifiedBody, VerifyLayer};
use hookseal::{Webhook, schemes};
use http::{Request, Response};
use http_body_util::Full;
use time_limit::time_limit;
use tower::{Layer, ServiceExt, service_fn};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Returns everything that is logged while a request is served.
fn logged(work: impl Future) -> String {
    let _limit = time_limit();
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .without_time()
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(work);
    });
    String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
}

fn log_of(layer: VerifyLayer, headers: &[(String, Vec<u8>)], body: &'static [u8]) -> String {
    let mut request = Request::new(Full::new(Bytes::from_static(body)));
    for (name, value) in headers {
        let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        let value = http::HeaderValue::from_bytes(value).unwrap();
        request.headers_mut().append(name, value);
    }
    let service = layer.layer(service_fn(|_: Request<VerifiedBody>| {
        std::future::ready(Ok::<_, Infallible>(Response::new(Bytes::new())))
    }));
    logged(service.oneshot(request))
}

#[test]
fn rejections_are_logged_with_their_reason() {
    let genuine = pomelo();
    let layer = VerifyLayer::new(genuine.webhook);
    assert_eq!(
        log_of(layer.clone(), &[], b""),
        " INFO hookseal::tower: webhook rejected scheme=\"pomelo\" reason=\"missing-header\" \
         error=header x-api-key is missing or empty\n"
    );
    assert_eq!(
        log_of(layer.clone(), &genuine.headers, b"{}"),
        format!(
            " INFO hookseal::tower: webhook rejected scheme=\"pomelo\" \
             reason=\"signature-mismatch\" key_id=\"{API_KEY}\" body_len=2 keys_tried=1 \
             error=signature does not match\n"
        )
    );
    assert_eq!(
        log_of(layer, &genuine.headers, genuine.body),
        format!("DEBUG hookseal::tower: webhook verified scheme=\"pomelo\" key_id=\"{API_KEY}\"\n")
    );
    // A key that no request names is named when it is proven.
    let genuine = paminga();
    let key = text_key().with_id("new");
    let rotated = VerifyLayer::new(Webhook::new(schemes::PAMINGA, key).unwrap());
    assert_eq!(
        log_of(rotated, &genuine.headers, genuine.body),
        "DEBUG hookseal::tower: webhook verified scheme=\"paminga\" key_id=\"new\"\n"
    );
    assert_eq!(
        log_of(VerifyLayer::from_fn(|_| None), &[], b""),
        " INFO hookseal::tower: webhook rejected reason=\"no-verifier\" \
         error=no verifier for this request\n"
    );
}

#[test]
fn a_fault_of_the_operator_is_logged_as_an_error() {
    let webhook = HeadersAlone::new();
    let headers = headers(&[("x-signature", HEX)]);
    assert_eq!(
        log_of(VerifyLayer::new(webhook), &headers, b"x"),
        "ERROR hookseal::tower: webhook rejected scheme=\"request-line\" \
         reason=\"incomplete-head\" error=the scheme signs the request's method, but only \
         headers were passed; pass the whole head (`Head::new`, or `http::request::Parts`)\n"
    );
}

/// Senders choose what a request names.
#[test]
fn an_id_that_is_not_configured_is_not_logged() {
    let genuine = pomelo();
    let headers = genuine.with("x-api-key", "an id by an attacker");
    assert_eq!(
        log_of(VerifyLayer::new(genuine.webhook), &headers, genuine.body),
        " INFO hookseal::tower: webhook rejected scheme=\"pomelo\" reason=\"unknown-key\" \
         error=header x-api-key names no key of this webhook\n"
    );
}

#[test]
fn neither_secrets_nor_macs_nor_bodies_are_logged() {
    for genuine in all() {
        let tag = genuine.webhook.verify(&genuine.headers, genuine.body);
        let tag = tag.unwrap().signature().as_bytes().to_vec();
        let signature = String::from_utf8(genuine.value(genuine.signature).to_vec()).unwrap();
        let layer = VerifyLayer::new(genuine.webhook);
        for body in [genuine.body, b"a body of another sender"] {
            let log = log_of(layer.clone(), &genuine.headers, body);
            assert!(!log.is_empty());
            for unseen in [
                SECRET,
                API_SECRET,
                WHSEC,
                &signature,
                &hex::encode(&tag),
                "another sender",
                "\"n\"",
                "email",
                "ARG",
            ] {
                assert!(!log.contains(unseen), "{unseen} in {log}");
            }
        }
    }
}

#[test]
fn a_missing_layer_is_logged() {
    use axum::routing::post;
    use hookseal::axum::VerifiedBytes;

    let router = axum::Router::new().route("/hook", post(async |_: VerifiedBytes| "served"));
    let request = Request::post("/hook")
        .body(axum::body::Body::empty())
        .unwrap();
    let log = logged(router.oneshot(request));
    assert_eq!(
        log,
        "ERROR hookseal::axum: a handler takes a verified webhook, but no VerifyLayer wraps its \
         route: rejected path=\"/hook\"\n"
    );
}

#[test]
fn what_is_wrong_with_json_is_logged_without_the_json() {
    use axum::routing::post;
    use hookseal::axum::VerifiedJson;

    // printf '["private"]' | openssl dgst -sha256 -hmac your-shared-secret
    let signature = "baac14b35f33b5e8578dfd93c6fb12cd0c913f81cc622c80f4210ab553867d5b";
    let webhook = Webhook::new(schemes::PAMINGA, SECRET).unwrap();
    let handler = post(async |_: VerifiedJson<Vec<u64>>| "served");
    let router = axum::Router::new().route("/", handler.layer(VerifyLayer::new(webhook)));
    let request = Request::post("/")
        .header("x-paminga-signature", signature)
        .body(axum::body::Body::from("[\"private\"]"))
        .unwrap();
    let log = logged(router.oneshot(request));
    assert!(log.ends_with(
        " WARN hookseal::axum: a verified webhook is not the JSON that its handler takes: valid JSON \
         that does not match the handler's type, at line 1 column 10 line=1 column=10 \
         category=Data scheme=\"paminga\"\n"
    ), "{log}");
    assert!(!log.contains("private"));
}

#[test]
fn what_was_seen_of_the_body_is_logged() {
    let genuine = standard_webhooks();
    let log = log_of(
        VerifyLayer::new(genuine.webhook),
        &genuine.headers,
        genuine.body,
    );
    assert_eq!(
        log,
        "DEBUG hookseal::tower: webhook verified scheme=\"standard-webhooks\" \
         message_id=\"msg_27UH4WbU6Z5A5EzD8u03UvzRbpk\"\n"
    );

    let genuine = paminga();
    let keys = ["one secret", "another secret", "a third secret"];
    let layer = VerifyLayer::new(Webhook::new(schemes::PAMINGA, keys).unwrap());
    let mut headers = genuine.headers.clone();
    headers.push(("content-encoding".into(), b"gzip".to_vec()));
    headers.push(("content-length".into(), b"7".to_vec()));
    assert_eq!(
        log_of(layer.clone(), &headers, genuine.body),
        " INFO hookseal::tower: webhook rejected scheme=\"paminga\" \
         reason=\"signature-mismatch\" body_len=7 announced_len=7 content_encoding=\"gzip\" \
         keys_tried=3 error=signature does not match\n"
    );
    // A middleware has changed the body, and left the header.
    assert_eq!(
        log_of(layer, &headers, b"{\"n\":0, \"unpacked\": true}"),
        " INFO hookseal::tower: webhook rejected scheme=\"paminga\" \
         reason=\"body-length-mismatch\" body_len=25 announced_len=7 content_encoding=\"gzip\" \
         error=the body has 25 bytes, but Content-Length announces 7; a middleware in front changed \
         the body (decompressed or rewrote it), or its stream was cancelled\n"
    );
    // A client chooses the text.
    let long = [("content-encoding".into(), [b'x'; 300].to_vec())];
    let log = log_of(VerifyLayer::from_fn(|_| None), &long, b"");
    assert_eq!(log.matches('x').count(), 64, "{log}");
}

/// The cause is logged within a second after the 401, and the response is unchanged.
#[cfg(feature = "explain")]
#[test]
fn refusals_are_explained_in_the_log() {
    use hookseal::explain::Explainer;

    let genuine = paminga();
    let explainer = || Explainer::new(schemes::PAMINGA).with_secret(SECRET);
    let webhook = || Webhook::new(schemes::PAMINGA, SECRET).unwrap();
    let changed: &'static [u8] = [genuine.body, b"\n"].concat().leak();
    let renamed = [("http_x_paminga_signature".to_owned(), HEX.into())];
    for (headers, body, cause) in [
        (&genuine.headers[..], changed, "body-line-feed-added"),
        (&renamed, genuine.body, "header-name-rewritten"),
    ] {
        let layer = VerifyLayer::new(webhook()).explain_refusals(explainer());
        let log = explained(layer.clone(), headers, body);
        let line = log
            .lines()
            .find(|line| line.contains("WARN hookseal::explain"));
        let line = line.unwrap_or_else(|| panic!("{log}"));
        assert!(line.contains("proven=true"), "{line}");
        assert!(line.contains(&format!("causes=\"{cause}\"")), "{line}");
        assert!(!log.contains(SECRET) && !log.contains(HEX), "{log}");
        // The response is that of a layer which explains nothing.
        let response = |layer: VerifyLayer| {
            let (parts, body) = respond(layer, headers, body).into_parts();
            (parts.status, parts.headers, body)
        };
        assert_eq!(response(layer), response(VerifyLayer::new(webhook())));
    }
    // A genuine request is not explained.
    let layer = VerifyLayer::new(webhook()).explain_refusals(explainer());
    let log = explained(layer, &genuine.headers, genuine.body);
    assert!(!log.contains("hookseal::explain"), "{log}");
}

/// There is one search per second, however many requests are refused.
#[cfg(feature = "explain")]
#[test]
fn few_refusals_are_explained_of_many() {
    use hookseal::explain::Explainer;
    use tower::Service as _;

    let genuine = paminga();
    let explainer = Explainer::new(schemes::PAMINGA).with_secret(SECRET);
    let layer = VerifyLayer::new(genuine.webhook).explain_refusals(explainer);
    let log = logged(async {
        let mut service = layer.layer(service_fn(|_: Request<VerifiedBody>| {
            std::future::ready(Ok::<_, Infallible>(Response::new(Bytes::new())))
        }));
        for _ in 0..50 {
            let request = Request::new(Full::new(Bytes::from_static(b"forged")));
            drop(service.call(request).await);
        }
        std::thread::sleep(std::time::Duration::from_millis(1200));
        let request = Request::new(Full::new(Bytes::from_static(b"forged")));
        drop(service.call(request).await);
        std::thread::sleep(std::time::Duration::from_millis(500));
    });
    let explained: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("WARN hookseal::explain"))
        .collect();
    assert!((1..=2).contains(&explained.len()), "{explained:?}");
    assert!(log.contains("skipped=49"), "{explained:?}");
    assert_eq!(log.matches("webhook rejected").count(), 51);
}

#[cfg(feature = "explain")]
fn request_of(headers: &[(String, Vec<u8>)], body: &'static [u8]) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::new(Bytes::from_static(body)));
    for (name, value) in headers {
        let name = http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        let value = http::HeaderValue::from_bytes(value).unwrap();
        request.headers_mut().append(name, value);
    }
    request
}

#[cfg(feature = "explain")]
fn respond(
    layer: VerifyLayer,
    headers: &[(String, Vec<u8>)],
    body: &'static [u8],
) -> Response<Bytes> {
    let service = layer.layer(service_fn(|_: Request<VerifiedBody>| {
        std::future::ready(Ok::<_, Infallible>(Response::new(Bytes::new())))
    }));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let Ok(response) = runtime.block_on(service.oneshot(request_of(headers, body)));
    response
}

/// Returns what is logged until a second after the response.
#[cfg(feature = "explain")]
fn explained(layer: VerifyLayer, headers: &[(String, Vec<u8>)], body: &'static [u8]) -> String {
    let service = layer.layer(service_fn(|_: Request<VerifiedBody>| {
        std::future::ready(Ok::<_, Infallible>(Response::new(Bytes::new())))
    }));
    logged(async {
        drop(service.oneshot(request_of(headers, body)).await);
        std::thread::sleep(std::time::Duration::from_secs(1));
    })
}
