//! The layer that signs responses, held against arithmetic that is not this crate's.

#[path = "common/time_limit.rs"]
mod time_limit;

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response as AxumResponse};
use axum::routing::{any, post};
use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use hmac_sha256::HMAC;
use hookseal::axum::VerifiedBytes;
use hookseal::idempotency::{Guard, MemoryStore, OnceLayer};
use hookseal::tower::{Rejection, ServiceFailure, SignResponseLayer, VerifiedBody, VerifyLayer};
use hookseal::{FixedClock, Key, Keys, Message, SignError, Webhook, schemes};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use time_limit::time_limit;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tower::{Layer, ServiceExt, service_fn};

// The key pair of the provider's public examples.
const API_KEY: &str = "Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=";
const API_SECRET: &str = "uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=";
const OLD_SECRET: &str = "WA3nzDcu3+foyJCXmlYNbt/Clboo/75jWNLUpmnR4A4=";
const AUTHORIZATIONS: &str = "/transactions/authorizations";
const CREDIT: &str = "/transactions/authorizations/credit";
const NOW: u64 = 1_795_310_576;

/// By the provider's page, and the `hmac-sha256` crate.
fn signature(secret: &str, timestamp: u64, endpoint: &str, body: &[u8]) -> String {
    let key = BASE64_STANDARD.decode(secret).unwrap();
    let message = [timestamp.to_string().as_bytes(), endpoint.as_bytes(), body].concat();
    format!(
        "hmac-sha256 {}",
        BASE64_STANDARD.encode(HMAC::mac(message, key))
    )
}

/// What the provider's own example in Go has signed, and its Postman collection accepted.
const ANSWERS: [(&str, &[u8], &str); 2] = [
    (
        AUTHORIZATIONS,
        br#"{"status":"APPROVED","status_detail":"APPROVED","message":"Ok"}"#,
        "hmac-sha256 xJQq/1/ta6fktE9916wlXPPt68Js4copU7XWCtl5VEU=",
    ),
    (
        "/transactions/adjustments/credit",
        b"",
        "hmac-sha256 wB3D+6FUpqV5bjcxaXgdmelTA5UKVBR2C9NnE/o96hE=",
    ),
];

#[test]
fn the_arithmetic_is_the_providers() {
    for (endpoint, body, wanted) in ANSWERS {
        assert_eq!(signature(API_SECRET, NOW, endpoint, body), wanted);
    }
}

fn pomelo(keys: impl Into<Keys>) -> Arc<Webhook> {
    let endpoints = [AUTHORIZATIONS, CREDIT, "/transactions/adjustments/credit"];
    let webhook = Webhook::new(schemes::POMELO.at_any(&endpoints), keys).unwrap();
    Arc::new(webhook.with_clock(FixedClock::at(NOW)))
}

fn key(secret: &str) -> Key {
    Key::from(secret).with_id(API_KEY)
}

/// A request of the sender, 20 seconds before the clock's time.
fn request(secret: &str, endpoint: &str, body: &'static str) -> Request<Full<Bytes>> {
    let signature = signature(secret, NOW - 20, endpoint, body.as_bytes());
    let request = Request::post("/")
        .header("host", "localhost")
        .header("x-api-key", API_KEY)
        .header("x-signature", signature)
        .header("x-timestamp", (NOW - 20).to_string())
        .header("x-endpoint", endpoint);
    request.body(Full::from(body)).unwrap()
}

/// Checks that a response is signed as the provider's page says, over its very bytes.
#[track_caller]
fn assert_signed_with(secret: &str, headers: &HeaderMap, endpoint: &str, body: &[u8]) {
    let all = |name: &str| -> Vec<&str> {
        let values = headers.get_all(name).into_iter();
        values.map(|value| value.to_str().unwrap()).collect()
    };
    assert_eq!(all("x-signature"), [signature(secret, NOW, endpoint, body)]);
    assert_eq!(all("x-timestamp"), [NOW.to_string()]);
    assert_eq!(all("x-endpoint"), [endpoint]);
    // "Responses do not carry it."
    assert!(all("x-api-key").is_empty());
}

#[track_caller]
fn assert_signed(headers: &HeaderMap, endpoint: &str, body: &[u8]) {
    assert_signed_with(API_SECRET, headers, endpoint, body);
}

#[track_caller]
fn assert_unsigned(headers: &HeaderMap) {
    for name in ["x-signature", "x-timestamp", "x-endpoint", "x-api-key"] {
        assert!(!headers.contains_key(name), "{name}");
    }
}

async fn parts(
    response: Response<impl http_body::Body<Data: Send, Error: std::fmt::Debug>>,
) -> (http::response::Parts, Bytes) {
    let (parts, body) = response.into_parts();
    (parts, body.collect().await.unwrap().to_bytes())
}

#[test]
fn an_answer_is_signed_as_the_provider_signs_it() {
    for (endpoint, body, wanted) in ANSWERS {
        let webhook = pomelo(key(API_SECRET));
        let request = request(API_SECRET, endpoint, "{}");
        let event = webhook.verify(request.headers(), b"{}").unwrap();
        for headers in [
            webhook.sign_response(&event, body).unwrap(),
            webhook
                .sign_response(&event.clone().into_owned(), body)
                .unwrap(),
        ] {
            assert_eq!(headers.get("x-signature"), Some(wanted));
            assert_signed(&headers.into(), endpoint, body);
        }
    }
}

/// Pomelo's two authorisation endpoints, of which one begins the other.
#[test]
fn a_proof_says_which_endpoint_was_signed() {
    let webhook = pomelo(key(API_SECRET));
    for endpoint in [AUTHORIZATIONS, CREDIT] {
        let request = request(API_SECRET, endpoint, "{}");
        let event = webhook.verify(request.headers(), b"{}").unwrap();
        assert_eq!(event.endpoint(), Some(endpoint));
        assert_eq!(event.clone().into_owned().endpoint(), Some(endpoint));
        assert!(event.coverage().endpoint());
        let mut state = hookseal::HashState::new();
        let mut streamed = webhook.begin(request.headers(), &mut state).unwrap();
        streamed.update(b"{}");
        assert_eq!(streamed.finish().unwrap().endpoint(), Some(endpoint));
        let signed = webhook.sign_response(&event, b"").unwrap();
        assert_signed(&signed.into(), endpoint, b"");
    }
    // Not where none is signed; and where it is signed and not sent, it is the pinned one.
    let pakk = Webhook::new(schemes::PAKK, "the signing key").unwrap();
    let headers = pakk.sign(&Message::new(b"{}")).unwrap();
    let event = pakk.verify(&headers, b"{}").unwrap();
    assert_eq!(
        (event.endpoint(), event.coverage().endpoint()),
        (None, false)
    );
    let url = "https://example.com/webhook";
    let square = Webhook::new(schemes::SQUARE.at(url), "the signature key").unwrap();
    let headers = square.sign(&Message::new(b"{}")).unwrap();
    let event = square.verify(&headers, b"{}").unwrap();
    assert_eq!(event.endpoint(), Some(url));
    assert_eq!(event.into_owned().endpoint(), Some(url));
}

#[test]
fn while_a_secret_is_rotated_the_answer_has_the_requests_key() {
    for keys in [[API_SECRET, OLD_SECRET], [OLD_SECRET, API_SECRET]] {
        let webhook = pomelo(keys.map(key));
        for secret in [API_SECRET, OLD_SECRET] {
            let request = request(secret, CREDIT, "{}");
            let event = webhook
                .verify(request.headers(), b"{}")
                .unwrap()
                .into_owned();
            let signed = webhook.sign_response(&event, b"body").unwrap();
            assert_signed_with(secret, &signed.into(), CREDIT, b"body");
        }
    }
    // Keys without an id.
    let secrets = ["the new signing key", "the old signing key"];
    let webhook = Webhook::new(schemes::PAKK, secrets).unwrap();
    for secret in secrets {
        let sent = BASE64_STANDARD.encode(HMAC::mac("{}", secret));
        let headers = [("X-Pakk-Webhook-Signature", sent)];
        let event = webhook.verify(&headers, b"{}").unwrap();
        let signed = webhook.sign_response(&event, b"body").unwrap();
        let wanted = BASE64_STANDARD.encode(HMAC::mac("body", secret));
        assert_eq!(signed.get("X-Pakk-Webhook-Signature"), Some(&*wanted));
    }
}

#[test]
fn only_the_webhook_that_verified_a_request_signs_the_response() {
    let (webhook, other) = (pomelo(key(API_SECRET)), pomelo(key(API_SECRET)));
    let request = request(API_SECRET, CREDIT, "{}");
    let event = webhook.verify(request.headers(), b"{}").unwrap();
    let wanted = Err(SignError::OtherWebhook);
    assert_eq!(other.sign_response(&event, b""), wanted);
    assert_eq!(other.sign_response(&event.into_owned(), b""), wanted);
    assert_eq!(
        SignError::OtherWebhook.to_string(),
        "another webhook verified the request; sign the response with that one"
    );
}

#[test]
fn a_webhook_that_could_sign_no_response_is_an_error_at_start() {
    let signs = |webhook: Webhook| SignResponseLayer::new(Arc::new(webhook)).map(drop);
    let square = schemes::SQUARE.at("https://example.com/webhook");
    assert_eq!(
        signs(Webhook::new(square, "the signature key").unwrap()),
        Ok(())
    );
    let of_a_request = hookseal::scheme::Scheme {
        signed: &[
            hookseal::scheme::Part::Method,
            hookseal::scheme::Part::Text("\n"),
            hookseal::scheme::Part::Body,
        ],
        ..schemes::PAKK
    };
    let error = signs(Webhook::new(of_a_request, "the signing key").unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the scheme signs the method, and the message has none"
    );
    #[cfg(feature = "ed25519")]
    {
        let public = "whpk_1KwSo7Vrf5FL6hFqYlGZJA0ZaO+1m4lCt3zZmCyHJc4=";
        if let Ok(webhook) = Webhook::new(schemes::STANDARD_WEBHOOKS, public) {
            assert_eq!(signs(webhook), Err(SignError::NoSigningKey));
        }
    }
}

/// What a service in front of nothing but the layers does.
async fn through<H, F, B>(
    sign: SignResponseLayer,
    webhook: Arc<Webhook>,
    request: Request<Full<Bytes>>,
    handler: H,
) -> (http::response::Parts, Bytes)
where
    H: Fn(Request<VerifiedBody>) -> F + Clone + Send + 'static,
    F: Future<Output = Result<Response<B>, Box<dyn Error + Send + Sync>>> + Send + 'static,
    B: http_body::Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>> + std::fmt::Debug>
        + From<Bytes>
        + Default
        + Send
        + 'static,
{
    let _limit = time_limit();
    let service = VerifyLayer::new(webhook).layer(sign.layer(service_fn(handler)));
    parts(service.oneshot(request).await.unwrap()).await
}

fn response(status: u16, body: &'static str) -> Response<Full<Bytes>> {
    Response::builder()
        .status(status)
        .body(Full::from(body))
        .unwrap()
}

#[tokio::test]
async fn every_response_is_signed_as_it_is_sent() {
    let webhook = pomelo(key(API_SECRET));
    for (status, body, method, sent) in [
        (
            200,
            r#"{"status":"APPROVED"}"#,
            Method::POST,
            r#"{"status":"APPROVED"}"#,
        ),
        (200, "", Method::POST, ""),
        (422, "no", Method::POST, "no"),
        (500, "broken", Method::POST, "broken"),
        (503, "", Method::POST, ""),
        // Without content, whatever the handler says.
        (204, "", Method::POST, ""),
        (204, "dropped", Method::POST, ""),
        (304, "dropped", Method::POST, ""),
        (200, "dropped", Method::HEAD, ""),
    ] {
        let sign = SignResponseLayer::new(Arc::clone(&webhook)).unwrap();
        let mut sent_request = request(API_SECRET, CREDIT, "{}");
        *sent_request.method_mut() = method.clone();
        let handler = move |_| async move {
            let mut response = response(status, body);
            let headers = response.headers_mut();
            headers.insert("x-own", HeaderValue::from_static("1"));
            headers.append("x-signature", HeaderValue::from_static("the handler's"));
            headers.append("x-signature", HeaderValue::from_static("another"));
            headers.append("x-timestamp", HeaderValue::from_static("1"));
            Ok(response)
        };
        let (parts, received) = through(sign, Arc::clone(&webhook), sent_request, handler).await;
        assert_eq!(
            (parts.status.as_u16(), &received[..]),
            (status, sent.as_bytes()),
            "{method}"
        );
        assert_eq!(parts.headers["x-own"], "1");
        assert_signed(&parts.headers, CREDIT, sent.as_bytes());
        assert!(parts.extensions.get::<ServiceFailure>().is_none());
    }
}

#[tokio::test]
async fn a_service_without_a_response_gets_the_fallback_signed() {
    let webhook = pomelo(key(API_SECRET));
    let layer = || SignResponseLayer::new(Arc::clone(&webhook)).unwrap();
    let limited = || layer().with_body_limit(7);
    let fallback = |layer: SignResponseLayer| {
        layer.with_fallback(|event, failure| {
            let text = format!("{} {}", event.endpoint().unwrap(), failure.reason());
            Response::new(text.into())
        })
    };
    let send = async |layer, handler| {
        let sent = request(API_SECRET, CREDIT, "{}");
        through(layer, Arc::clone(&webhook), sent, handler).await
    };
    type Handler = fn(
        Request<VerifiedBody>,
    ) -> std::pin::Pin<
        Box<dyn Future<Output = Result<Response<Body>, Box<dyn Error + Send + Sync>>> + Send>,
    >;
    let failing: Handler = |_| Box::pin(async { Err("on purpose".into()) });
    let breaking: Handler = |_| {
        Box::pin(async {
            Ok(Response::new(Body::new(http_body_util::StreamBody::new(
                Broken(false),
            ))))
        })
    };
    let long: Handler = |_| Box::pin(async { Ok(Response::new(Body::from("12345678"))) });
    let fits: Handler = |_| Box::pin(async { Ok(Response::new(Body::from("1234567"))) });

    let (parts, body) = send(limited(), fits).await;
    assert_eq!((parts.status.as_u16(), &body[..]), (200, &b"1234567"[..]));
    assert_signed(&parts.headers, CREDIT, b"1234567");
    for (layer, handler, reason, shown, source) in [
        (
            layer(),
            failing,
            "failed",
            "the service failed",
            Some("on purpose"),
        ),
        (
            layer(),
            breaking,
            "body-broken",
            "the response's body broke off",
            Some("broken"),
        ),
        (
            limited(),
            long,
            "body-too-large",
            "the response's body is longer than 7 bytes",
            None,
        ),
    ] {
        let (parts, body) = send(layer.clone(), handler).await;
        assert_eq!((parts.status.as_u16(), body.len()), (500, 0));
        assert_signed(&parts.headers, CREDIT, b"");
        let failure: &ServiceFailure = parts.extensions.get().unwrap();
        assert_eq!(
            (failure.reason(), failure.to_string()),
            (reason, shown.to_owned())
        );
        assert!(
            failure
                .source()
                .map(|error| error.to_string())
                .is_none_or(|text| text.contains(source.unwrap()))
        );
        assert_eq!(failure.source().is_some(), source.is_some());

        let (parts, body) = send(fallback(layer), handler).await;
        let wanted = format!("{CREDIT} {reason}");
        assert_eq!((parts.status.as_u16(), &body[..]), (200, wanted.as_bytes()));
        assert_signed(&parts.headers, CREDIT, wanted.as_bytes());
    }
}

/// A body that breaks off after a frame.
struct Broken(bool);

impl futures_core::Stream for Broken {
    type Item = Result<http_body::Frame<Bytes>, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        let frame = match std::mem::replace(&mut self.0, true) {
            false => Ok(http_body::Frame::data(Bytes::from_static(b"x"))),
            true => Err(std::io::Error::other("broken")),
        };
        std::task::Poll::Ready(Some(frame))
    }
}

/// The time is up when the test says so.
#[tokio::test]
async fn when_the_time_is_up_the_fallback_is_sent_signed_and_the_service_dropped() {
    struct Dropped(Arc<AtomicUsize>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
        }
    }
    let webhook = pomelo(key(API_SECRET));
    for with_body in [false, true] {
        let dropped = Arc::new(AtomicUsize::new(0));
        let (started, time) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let sleep = {
            let time = Arc::clone(&time);
            move |limit| {
                assert_eq!(limit, Duration::from_secs(2));
                let time = Arc::clone(&time);
                async move { time.notified().await }
            }
        };
        let sign = SignResponseLayer::new(Arc::clone(&webhook)).unwrap();
        let sign = sign.with_timeout(Duration::from_secs(2), sleep);
        let handler = {
            let (dropped, started) = (Arc::clone(&dropped), Arc::clone(&started));
            move |_| {
                let (guard, started) = (Dropped(Arc::clone(&dropped)), Arc::clone(&started));
                async move {
                    started.notify_one();
                    if with_body {
                        let body = Body::new(http_body_util::StreamBody::new(Never(guard)));
                        return Ok(Response::new(body));
                    }
                    let _guard = guard;
                    std::future::pending().await
                }
            }
        };
        let sent = request(API_SECRET, AUTHORIZATIONS, "{}");
        let responding = through(sign, Arc::clone(&webhook), sent, handler);
        let out_of_time = async {
            started.notified().await;
            time.notify_one();
        };
        let ((parts, body), ()) = tokio::join!(responding, out_of_time);
        assert_eq!((parts.status.as_u16(), body.len()), (504, 0));
        assert_signed(&parts.headers, AUTHORIZATIONS, b"");
        let failure: &ServiceFailure = parts.extensions.get().unwrap();
        assert_eq!(
            failure.to_string(),
            "the service took more than 2s to respond"
        );
        assert_eq!(dropped.load(SeqCst), 1);
    }

    struct Never(#[allow(dead_code, reason = "dropped")] Dropped);
    impl futures_core::Stream for Never {
        type Item = Result<http_body::Frame<Bytes>, std::io::Error>;
        fn poll_next(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::Poll::Pending
        }
    }
}

#[tokio::test]
async fn nothing_is_signed_for_a_request_that_is_not_verified() {
    let webhook = pomelo(key(API_SECRET));
    let sign = || SignResponseLayer::new(Arc::clone(&webhook)).unwrap();
    let handler = |_| async { Ok(response(200, "reached")) };
    let forged = request(OLD_SECRET, CREDIT, "{}");
    let (parts, body) = through(sign(), Arc::clone(&webhook), forged, handler).await;
    assert_eq!((parts.status.as_u16(), body.len()), (401, 0));
    assert!(parts.extensions.get::<Rejection>().is_some());
    assert_unsigned(&parts.headers);

    // Verified by another webhook, or without a webhook of its own.
    let another = SignResponseLayer::new(pomelo(key(API_SECRET))).unwrap();
    let none = SignResponseLayer::from_fn(|_| None);
    for layer in [another, none] {
        let genuine = request(API_SECRET, CREDIT, "{}");
        let (parts, body) = through(layer, Arc::clone(&webhook), genuine, handler).await;
        assert_eq!((parts.status.as_u16(), body.len()), (500, 0));
        assert_unsigned(&parts.headers);
    }
    // No `VerifyLayer`: the service is not called.
    let unreached = service_fn(
        async |_: Request<Full<Bytes>>| -> Result<Response<Full<Bytes>>, Infallible> {
            panic!("called")
        },
    );
    let genuine = request(API_SECRET, CREDIT, "{}");
    let answered = sign().layer(unreached).oneshot(genuine).await.unwrap();
    assert_eq!(answered.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_unsigned(answered.headers());
}

#[tokio::test]
async fn tenants_sign_with_their_own_webhooks() {
    let names = [
        ("anna", "anna's signing key"),
        ("otto", "otto's signing key"),
    ];
    let tenants = names.map(|(name, secret)| {
        let key = Key::from_text(secret).unwrap().with_id(name);
        Arc::new(Webhook::new(schemes::PAKK, key).unwrap())
    });
    let [anna, otto] = tenants;
    let of = {
        let (anna, otto) = (Arc::clone(&anna), Arc::clone(&otto));
        move |name: Option<&str>| match name {
            Some("anna") => Some(Arc::clone(&anna)),
            Some("otto") => Some(Arc::clone(&otto)),
            _ => None,
        }
    };
    let sign = {
        let of = of.clone();
        SignResponseLayer::from_fn(move |event| of(event.key_id()))
    };
    let verify = VerifyLayer::from_fn(move |parts| {
        let webhook = of(parts.uri.path().strip_prefix('/'));
        webhook.map(|webhook| webhook as Arc<dyn hookseal::Verifier>)
    });
    let handler =
        service_fn(async |_: Request<VerifiedBody>| Ok::<_, Infallible>(response(200, "body")));
    let service = verify.layer(sign.layer(handler));
    for (name, secret) in names {
        let header = "X-Pakk-Webhook-Signature";
        let sent = BASE64_STANDARD.encode(HMAC::mac("{}", secret));
        let request = Request::post(format!("/{name}")).header(header, sent);
        let request = request.body(Full::<Bytes>::from("{}")).unwrap();
        let answered = service.clone().oneshot(request).await.unwrap();
        let wanted = BASE64_STANDARD.encode(HMAC::mac("body", secret));
        assert_eq!(answered.headers()[header], wanted);
    }
}

/// What the test holds of a service on a socket.
struct Running {
    sender: http1::SendRequest<Full<Bytes>>,
    started: Arc<Notify>,
    gate: Arc<Notify>,
    time: Arc<Notify>,
    finished: Arc<AtomicUsize>,
}

/// The whole stack, on a socket, with the client's connection.
async fn run() -> Running {
    let (started, gate, time) = (
        Arc::new(Notify::new()),
        Arc::new(Notify::new()),
        Arc::new(Notify::new()),
    );
    let finished = Arc::new(AtomicUsize::new(0));
    let webhook = pomelo(key(API_SECRET));
    let sleep = {
        let time = Arc::clone(&time);
        move |_| {
            let time = Arc::clone(&time);
            async move { time.notified().await }
        }
    };
    let sign = SignResponseLayer::new(Arc::clone(&webhook)).unwrap();
    let sign = sign
        .with_timeout(Duration::from_secs(2), sleep)
        .with_fallback(|_, _| Response::new(Bytes::from_static(b"the fallback")));
    let once = OnceLayer::new(Guard::new(MemoryStore::new(100), "test"), tokio::spawn);
    let handler = {
        let (started, gate, finished) = (
            Arc::clone(&started),
            Arc::clone(&gate),
            Arc::clone(&finished),
        );
        async move |event: VerifiedBytes| -> AxumResponse {
            match event.body() {
                b"json" => r#"{"status":"APPROVED"}"#.into_response(),
                b"empty" => StatusCode::NO_CONTENT.into_response(),
                b"error" => (StatusCode::INTERNAL_SERVER_ERROR, "broken").into_response(),
                b"panic" => panic!("on purpose"),
                _ => {
                    started.notify_one();
                    gate.notified().await;
                    finished.fetch_add(1, SeqCst);
                    "too late".into_response()
                }
            }
        }
    };
    let route = post(handler).route_layer(once).route_layer(sign);
    let router = Router::new().route("/", route.route_layer(VerifyLayer::new(webhook)));
    let router = router.route("/other", any(StatusCode::OK));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let stream = TcpStream::connect(address).await.unwrap();
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    Running {
        sender,
        started,
        gate,
        time,
        finished,
    }
}

impl Running {
    async fn send(&mut self, endpoint: &str, body: &'static str) -> (u16, HeaderMap, Bytes) {
        self.sender.ready().await.unwrap();
        let response = self
            .sender
            .send_request(request(API_SECRET, endpoint, body))
            .await
            .unwrap();
        let (parts, body) = parts(response).await;
        (parts.status.as_u16(), parts.headers, body)
    }
}

#[tokio::test]
async fn over_a_socket_all_that_is_received_is_signed() {
    let _limit = time_limit();
    let mut running = run().await;
    for (body, status, wanted) in [
        ("json", 200, r#"{"status":"APPROVED"}"#),
        // The `OnceLayer`'s own, as the event was handled.
        ("json", 200, ""),
        ("empty", 204, ""),
        ("error", 500, "broken"),
        // The `OnceLayer` responds for a handler that panics.
        ("panic", 500, ""),
    ] {
        let (received, headers, bytes) = running.send(CREDIT, body).await;
        assert_eq!(
            (received, &bytes[..]),
            (status, wanted.as_bytes()),
            "{body}"
        );
        assert_signed(&headers, CREDIT, wanted.as_bytes());
    }
}

/// The time runs out: the sender has the fallback, the handler runs on, and a retry meets the
/// `OnceLayer`: first in progress, then done.
#[tokio::test]
async fn a_handler_of_the_once_layer_runs_on_when_the_time_is_up() {
    let _limit = time_limit();
    let mut running = run().await;
    let (started, time) = (Arc::clone(&running.started), Arc::clone(&running.time));
    let out_of_time = async {
        started.notified().await;
        time.notify_one();
    };
    let ((status, headers, body), ()) =
        tokio::join!(running.send(AUTHORIZATIONS, "slow"), out_of_time);
    assert_eq!((status, &body[..]), (200, &b"the fallback"[..]));
    assert_signed(&headers, AUTHORIZATIONS, b"the fallback");
    assert_eq!(running.finished.load(SeqCst), 0);

    let (status, headers, body) = running.send(AUTHORIZATIONS, "slow").await;
    assert_eq!((status, body.len()), (503, 0));
    assert!(headers.contains_key("retry-after"));
    assert_signed(&headers, AUTHORIZATIONS, b"");

    running.gate.notify_one();
    let (headers, body) = loop {
        let (status, headers, body) = running.send(AUTHORIZATIONS, "slow").await;
        match status {
            200 => break (headers, body),
            // It is being completed.
            other => assert_eq!(other, 503),
        }
    };
    assert!(body.is_empty());
    assert_signed(&headers, AUTHORIZATIONS, b"");
    assert_eq!(running.finished.load(SeqCst), 1);
}
