//! Tests the layer that signs responses against another implementation.

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
use axum::routing::{MethodFilter, on, post};
use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use hmac_sha256::HMAC;
use hookseal::axum::VerifiedBytes;
use hookseal::clock::FixedClock;
use hookseal::idempotency::{Guard, MemoryStore, OnceLayer};
use hookseal::tower::{Rejection, ServiceFailure, SignResponseLayer, VerifiedBody, VerifyLayer};
use hookseal::{Key, Keys, Message, Reloadable, SignError, Verifier, Webhook, schemes};
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use time_limit::time_limit;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tower::{Layer, ServiceBuilder, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

// The key pair of the provider's public examples.
const API_KEY: &str = "Lp0g+cwb19eEfTn1YIOydEnqPcZOg8YxHctnMe+1cQA=";
const API_SECRET: &str = "uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=";
const OLD_SECRET: &str = "WA3nzDcu3+foyJCXmlYNbt/Clboo/75jWNLUpmnR4A4=";
const AUTHORIZATIONS: &str = "/transactions/authorizations";
const CREDIT: &str = "/transactions/authorizations/credit";
const NOW: u64 = 1_795_310_576;

/// Signs as the provider's page says, with the `hmac-sha256` crate.
fn signature(secret: &str, timestamp: u64, endpoint: &str, body: &[u8]) -> String {
    let key = BASE64_STANDARD.decode(secret).unwrap();
    let message = [timestamp.to_string().as_bytes(), endpoint.as_bytes(), body].concat();
    format!(
        "hmac-sha256 {}",
        BASE64_STANDARD.encode(HMAC::mac(message, key))
    )
}

/// Responses that the provider's Go example signed, and its Postman collection accepted.
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

/// Returns a request of the sender, 20 seconds before the clock's time.
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

/// Pomelo has two authorisation endpoints, of which one is a prefix of the other.
#[test]
fn a_proof_says_which_endpoint_was_signed() {
    let webhook = pomelo(key(API_SECRET));
    for endpoint in [AUTHORIZATIONS, CREDIT] {
        let request = request(API_SECRET, endpoint, "{}");
        let event = webhook.verify(request.headers(), b"{}").unwrap();
        assert_eq!(event.endpoint(), Some(endpoint));
        assert_eq!(event.clone().into_owned().endpoint(), Some(endpoint));
        assert!(event.coverage().endpoint());
        let mut state = hookseal::verification::HashState::new();
        let mut streamed = webhook.begin(request.headers(), &mut state).unwrap();
        streamed.update(b"{}");
        assert_eq!(streamed.finish().unwrap().endpoint(), Some(endpoint));
        let signed = webhook.sign_response(&event, b"").unwrap();
        assert_signed(&signed.into(), endpoint, b"");
    }
    // None if it is not signed; if it is signed but not sent, the pinned one.
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
        "the scheme signs the method, but the message has none"
    );
    let of_another_header = hookseal::scheme::Scheme {
        signed: &[
            hookseal::scheme::Part::Header("x-kind"),
            hookseal::scheme::Part::Text("\n"),
            hookseal::scheme::Part::Body,
        ],
        ..schemes::PAKK
    };
    let error = signs(Webhook::new(of_another_header, "the signing key").unwrap()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the scheme signs header x-kind, but the message has none"
    );
    #[cfg(feature = "ed25519")]
    {
        let public = "whpk_1KwSo7Vrf5FL6hFqYlGZJA0ZaO+1m4lCt3zZmCyHJc4=";
        if let Ok(webhook) = Webhook::new(schemes::STANDARD_WEBHOOKS, public) {
            assert_eq!(signs(webhook), Err(SignError::NoSigningKey));
        }
    }
}

/// Sends a request through the layers to a service, and returns the response.
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
        (204, "dropped", Method::HEAD, ""),
        (304, "dropped", Method::HEAD, ""),
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
            headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
            Ok(response)
        };
        let (parts, received) = through(sign, Arc::clone(&webhook), sent_request, handler).await;
        assert_eq!(
            (parts.status.as_u16(), &received[..]),
            (status, sent.as_bytes()),
            "{method}"
        );
        assert_eq!(parts.headers["x-own"], "1");
        // RFC 9110, section 8.6: a 204 has no length; other responses to `HEAD` may have the
        // length that they would have to `GET`.
        let length = (method == Method::HEAD && status != 204).then_some("7");
        let announced = parts.headers.get(CONTENT_LENGTH);
        assert_eq!(announced.map(|value| value.to_str().unwrap()), length);
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

/// The test decides when the time is up.
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

    // The layer has another webhook, or none for the request.
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
        (name, Arc::new(Webhook::new(schemes::PAKK, key).unwrap()))
    });
    let of = move |parts: &Parts| {
        let wanted = parts.uri.path().strip_prefix('/')?;
        let (_, webhook) = tenants.iter().find(|(name, _)| *name == wanted)?;
        Some(Arc::clone(webhook))
    };
    let sign = SignResponseLayer::from_fn(of.clone());
    let verify =
        VerifyLayer::from_fn(move |parts| of(parts).map(|webhook| webhook as Arc<dyn Verifier>));
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

/// If a secret is replaced while a request is handled, the response is signed with the key of
/// the request.
#[tokio::test]
async fn a_reload_does_not_come_between_a_request_and_its_response() {
    let _limit = time_limit();
    fn picked(parts: &Parts) -> Option<Arc<Webhook>> {
        parts.extensions.get().cloned()
    }
    let held: Reloadable<Webhook> = Reloadable::new(pomelo(key(OLD_SECRET)));
    let (current, reloaded) = (held.clone(), held.clone());
    let handler = service_fn(move |_: Request<VerifiedBody>| {
        drop(reloaded.replace(pomelo(key(API_SECRET))));
        async { Ok::<_, Infallible>(response(200, "body")) }
    });
    let service = ServiceBuilder::new()
        .map_request(move |mut request: Request<Full<Bytes>>| {
            request.extensions_mut().insert(current.current());
            request
        })
        .layer(VerifyLayer::from_fn(|parts| {
            picked(parts).map(|webhook| webhook as Arc<dyn Verifier>)
        }))
        .layer(SignResponseLayer::from_fn(picked))
        .service(handler);
    for (secret, status) in [(OLD_SECRET, 200), (OLD_SECRET, 401), (API_SECRET, 200)] {
        let sent = request(secret, CREDIT, "{}");
        let (parts, body) = parts(service.clone().oneshot(sent).await.unwrap()).await;
        assert_eq!(parts.status.as_u16(), status);
        match status {
            200 => assert_signed_with(secret, &parts.headers, CREDIT, &body),
            _ => assert_unsigned(&parts.headers),
        }
    }
}

/// A service on a socket, and what the test controls of it.
struct Running {
    sender: http1::SendRequest<Full<Bytes>>,
    started: Arc<Notify>,
    gate: Arc<Notify>,
    time: Arc<Notify>,
    finished: Arc<AtomicUsize>,
}

/// Serves on a socket, and returns a client's connection to it.
async fn connect(router: Router) -> http1::SendRequest<Full<Bytes>> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let stream = TcpStream::connect(address).await.unwrap();
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn exchange(
    sender: &mut http1::SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> hyper::Result<(http::response::Parts, Bytes)> {
    sender.ready().await?;
    Ok(parts(sender.send_request(request).await?).await)
}

/// Starts the whole stack on a socket, with a client's connection.
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
    Running {
        sender: connect(router).await,
        started,
        gate,
        time,
        finished,
    }
}

impl Running {
    async fn send(&mut self, endpoint: &str, body: &'static str) -> (u16, HeaderMap, Bytes) {
        let request = request(API_SECRET, endpoint, body);
        let (parts, body) = exchange(&mut self.sender, request).await.unwrap();
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

/// When the time runs out, the sender gets the fallback and the handler runs on. The
/// `OnceLayer` answers a retry: first as in progress, then as done.
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

/// A stream of frames, each created on demand. It never has to wait.
struct Frames<F>(F);

impl<F: FnMut() -> Option<Bytes> + Unpin> futures_core::Stream for Frames<F> {
    type Item = Result<http_body::Frame<Bytes>, Infallible>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready((self.0)().map(|data| Ok(http_body::Frame::data(data))))
    }
}

fn streamed(frames: impl FnMut() -> Option<Bytes> + Unpin + Send + 'static) -> Body {
    Body::new(http_body_util::StreamBody::new(Frames(frames)))
}

/// The signed bytes arrive, and their length is announced: each following request arrives on
/// the same connection, so not a byte too many or too few was sent.
#[tokio::test]
async fn over_a_socket_the_length_is_that_of_the_signed_bytes() {
    let _limit = time_limit();
    let webhook = pomelo(key(API_SECRET));
    let time = Arc::new(Notify::new());
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
        .with_body_limit(1000);
    let handler = async move |event: VerifiedBytes| -> AxumResponse {
        let with_length = |length: &'static str, body: &'static str| {
            let mut response = body.into_response();
            let length = HeaderValue::from_static(length);
            response.headers_mut().insert(CONTENT_LENGTH, length);
            response
        };
        match event.body() {
            b"plain" => "plain".into_response(),
            b"too short" => with_length("1", "content"),
            b"too long" => with_length("100", "content"),
            b"no content" => (StatusCode::NO_CONTENT, with_length("7", "content")).into_response(),
            b"not modified" => {
                (StatusCode::NOT_MODIFIED, with_length("7", "content")).into_response()
            }
            b"early hints" => StatusCode::EARLY_HINTS.into_response(),
            b"in three" => {
                let mut frames = ["a", "", "b"].into_iter();
                streamed(move || frames.next().map(Bytes::from)).into_response()
            }
            b"endless" => streamed(|| Some(Bytes::from_static(b"more"))).into_response(),
            b"endless and empty" => {
                let (time, mut left) = (Arc::clone(&time), 200_u8);
                streamed(move || {
                    left = left.saturating_sub(1);
                    if left == 1 {
                        time.notify_one();
                    }
                    Some(Bytes::new())
                })
                .into_response()
            }
            _ => panic!("on purpose"),
        }
    };
    let route = on(MethodFilter::POST.or(MethodFilter::HEAD), handler)
        .route_layer(CatchPanicLayer::new())
        .route_layer(sign)
        .route_layer(VerifyLayer::new(webhook));
    let mut sender = connect(Router::new().route("/", route)).await;
    for (method, body, status, wanted, length) in [
        (Method::POST, "plain", 200, "plain", Some("5")),
        (Method::POST, "too short", 200, "content", Some("7")),
        (Method::POST, "too long", 200, "content", Some("7")),
        (Method::POST, "no content", 204, "", None),
        (Method::POST, "not modified", 304, "", None),
        (Method::POST, "early hints", 500, "", Some("0")),
        (Method::POST, "in three", 200, "ab", Some("2")),
        (Method::POST, "endless", 500, "", Some("0")),
        (Method::POST, "endless and empty", 504, "", Some("0")),
        (Method::POST, "panic", 500, "Service panicked", Some("16")),
        (Method::HEAD, "plain", 200, "", Some("5")),
        (Method::HEAD, "not modified", 304, "", Some("7")),
        (Method::POST, "plain", 200, "plain", Some("5")),
    ] {
        let mut sent = request(API_SECRET, CREDIT, body);
        *sent.method_mut() = method.clone();
        let (parts, received) = exchange(&mut sender, sent).await.unwrap();
        let case = format!("{method} {body}");
        assert_eq!(
            (parts.status.as_u16(), &received[..]),
            (status, wanted.as_bytes()),
            "{case}"
        );
        let announced = parts.headers.get(CONTENT_LENGTH);
        assert_eq!(
            announced.map(|value| value.to_str().unwrap()),
            length,
            "{case}"
        );
        assert!(!parts.headers.contains_key(TRANSFER_ENCODING), "{case}");
        assert_signed(&parts.headers, CREDIT, wanted.as_bytes());
    }
}

/// As the layer's page says, so that nobody relies on it: the server handles a panic.
#[tokio::test]
async fn a_panic_that_nothing_catches_closes_the_connection() {
    let _limit = time_limit();
    let webhook = pomelo(key(API_SECRET));
    let sign = SignResponseLayer::new(Arc::clone(&webhook)).unwrap();
    let handler = async |event: VerifiedBytes| -> StatusCode {
        assert_eq!(event.body(), b"plain", "on purpose");
        StatusCode::OK
    };
    let route = post(handler)
        .route_layer(sign)
        .route_layer(VerifyLayer::new(webhook));
    let mut sender = connect(Router::new().route("/", route)).await;
    let answered = exchange(&mut sender, request(API_SECRET, CREDIT, "plain")).await;
    assert_signed(&answered.unwrap().0.headers, CREDIT, b"");
    let answered = exchange(&mut sender, request(API_SECRET, CREDIT, "panic")).await;
    assert!(answered.unwrap_err().is_incomplete_message());
}

/// One verifier serves two endpoints, one of which is a prefix of the other. Only the signed
/// endpoint decides, not what else the request says about its destination.
#[tokio::test]
async fn neither_host_nor_path_chooses_another_endpoint() {
    let _limit = time_limit();
    let webhook = pomelo(key(API_SECRET));
    let sign = SignResponseLayer::new(Arc::clone(&webhook)).unwrap();
    let handler = async |event: VerifiedBytes, uri: http::Uri| -> AxumResponse {
        if event.endpoint() != Some(uri.path()) {
            return StatusCode::NOT_FOUND.into_response();
        }
        event
            .endpoint()
            .unwrap_or_default()
            .to_owned()
            .into_response()
    };
    let router = Router::new()
        .route(AUTHORIZATIONS, post(handler))
        .route(CREDIT, post(handler))
        .route_layer(sign)
        .route_layer(VerifyLayer::new(webhook));
    let mut sender = connect(router.clone()).await;
    let spoofs: [&[(&str, &str)]; 5] = [
        &[],
        &[("host", CREDIT), ("host", AUTHORIZATIONS)],
        &[
            ("x-forwarded-host", "authorizations.example"),
            ("x-original-url", CREDIT),
        ],
        &[
            ("x-forwarded-prefix", "/transactions"),
            ("x-rewrite-url", AUTHORIZATIONS),
        ],
        &[("forwarded", "host=credit.example;for=127.0.0.1")],
    ];
    for signed in [AUTHORIZATIONS, CREDIT] {
        for path in [AUTHORIZATIONS, CREDIT] {
            for spoof in spoofs {
                let mut sent = request(API_SECRET, signed, "{}");
                *sent.uri_mut() = path.parse().unwrap();
                for (name, value) in spoof {
                    sent.headers_mut()
                        .append(*name, HeaderValue::from_static(value));
                }
                let (parts, body) = exchange(&mut sender, sent).await.unwrap();
                let wanted = match signed == path {
                    true => (200, signed.as_bytes()),
                    false => (404, &b""[..]),
                };
                assert_eq!(
                    (parts.status.as_u16(), &body[..]),
                    wanted,
                    "{signed} {path} {spoof:?}"
                );
                // Signed for the endpoint of the request, even if it is refused.
                assert_signed(&parts.headers, signed, &body);
            }
        }
        // What the signature covers cannot be changed, repeated, left out or be elsewhere.
        let changed: [&dyn Fn(&mut HeaderMap); 6] = [
            &|headers| {
                let other = if signed == CREDIT {
                    AUTHORIZATIONS
                } else {
                    CREDIT
                };
                headers.insert("x-endpoint", HeaderValue::from_static(other));
            },
            &|headers| {
                headers.append("x-endpoint", HeaderValue::from_static(CREDIT));
            },
            &|headers| drop(headers.remove("x-endpoint")),
            &|headers| {
                let other = HeaderValue::from_static("/transactions/authorization");
                headers.insert("x-endpoint", other);
            },
            &|headers| {
                let other = HeaderValue::from_str(&format!("{signed}/")).unwrap();
                headers.insert("x-endpoint", other);
            },
            &|headers| {
                let other = HeaderValue::from_str(&signed.to_uppercase()).unwrap();
                headers.insert("x-endpoint", other);
            },
        ];
        for change in changed {
            let mut sent = request(API_SECRET, signed, "{}");
            *sent.uri_mut() = signed.parse().unwrap();
            change(sent.headers_mut());
            let shown = format!("{:?}", sent.headers().get_all("x-endpoint"));
            // Most are rejected before the body is read, which closes the connection.
            let (parts, _) = exchange(&mut connect(router.clone()).await, sent)
                .await
                .unwrap();
            assert_eq!(parts.status, StatusCode::UNAUTHORIZED, "{shown}");
            assert_unsigned(&parts.headers);
        }
    }
    // Genuine, and signed for an endpoint that is not this service's.
    for elsewhere in ["/transactions/authorization", "/", ""] {
        let mut sent = request(API_SECRET, elsewhere, "{}");
        *sent.uri_mut() = AUTHORIZATIONS.parse().unwrap();
        let (parts, _) = exchange(&mut connect(router.clone()).await, sent)
            .await
            .unwrap();
        assert_eq!(parts.status, StatusCode::UNAUTHORIZED, "{elsewhere:?}");
        assert_unsigned(&parts.headers);
    }
}
