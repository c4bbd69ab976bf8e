//! Tests the extractors on real routers, without a network.

mod common;
#[path = "common/time_limit.rs"]
mod time_limit;

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::FromRequestParts as _;
use axum::extract::{Path, State};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use bytes::Bytes;
use common::*;
use hookseal::axum::{
    InvalidJson, JsonHint, MissingLayer, VerifiedBytes, VerifiedJson, VerifiedJsonRejection,
};
use hookseal::tower::{Rejection, VerifyLayer};
use hookseal::{Key, Verifier, Webhook, schemes};
use http::header::CONNECTION;
use http::{HeaderMap, Request, Response, StatusCode, Version};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use time_limit::time_limit;
use tower::ServiceExt;

#[derive(Clone, Debug, Deserialize, PartialEq)]
struct Event {
    n: u64,
}

fn request(path: &str, headers: &[(String, Vec<u8>)], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(name, value.as_slice());
    }
    request.body(body.into()).unwrap()
}

/// Sends a request, and returns the response's status, body and extensions.
async fn send(router: Router, request: Request<Body>) -> (StatusCode, String, Response<()>) {
    let _limit = time_limit();
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    (parts.status, text, Response::from_parts(parts, ()))
}

fn layer() -> VerifyLayer {
    VerifyLayer::new(Webhook::new(schemes::PAMINGA, text_key()).unwrap())
}

#[tokio::test]
async fn a_handler_gets_the_proof_with_the_body() {
    for genuine in all() {
        let wanted = genuine.webhook.verify(&genuine.headers, genuine.body);
        let wanted: VerifiedBytes = wanted.unwrap().into_owned().into();
        assert_eq!(wanted.body(), genuine.body);
        let (headers, body) = (genuine.headers.clone(), genuine.body);
        let handler = move |event: VerifiedBytes| async move {
            assert_eq!(event.body(), body);
            assert_eq!(event.message_id(), wanted.message_id());
            assert_eq!(event.timestamp(), wanted.timestamp());
            assert_eq!(event.key_id(), wanted.key_id());
            assert_eq!(event.signature(), wanted.signature());
            "served"
        };
        let layer = VerifyLayer::new(genuine.webhook);
        let router = Router::new().route("/", post(handler)).layer(layer);
        let (status, text, _) = send(router.clone(), request("/", &headers, body)).await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "served"));
        let (status, text, response) = send(router, request("/", &headers, "another")).await;
        assert_eq!((status, text.as_str()), (StatusCode::UNAUTHORIZED, ""));
        let rejection: &Rejection = response.extensions().get().unwrap();
        assert_eq!(rejection.reason(), "signature-mismatch");
    }
}

#[tokio::test]
async fn a_handler_gets_the_event_and_whatever_else_it_takes() {
    async fn handler(
        State(state): State<&'static str>,
        Path(name): Path<String>,
        VerifiedJson(event): VerifiedJson<Event>,
        proof: VerifiedBytes,
        headers: HeaderMap,
        body: Bytes,
    ) -> String {
        assert_eq!(event, Event { n: 0 });
        assert_eq!(hex::encode(proof.signature().as_bytes()), HEX);
        assert_eq!(proof.body_len(), 7);
        assert_eq!(proof.body(), &body);
        assert_eq!(headers.len(), 1);
        let Event { n } = event;
        format!("{state} {name} {n}")
    }
    let router = Router::new()
        .route("/hooks/{name}", post(handler))
        .layer(layer())
        .with_state("state");
    let genuine = paminga();
    let sent = request("/hooks/a", &genuine.headers, genuine.body);
    let (status, text, _) = send(router, sent).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "state a 0"));
}

#[tokio::test]
async fn without_the_layer_a_connection_is_closed_whose_body_is_not_read() {
    let handler = async |_: VerifiedBytes| "served";
    let router = Router::new().route("/", post(handler));
    for (version, connection) in [
        (Version::HTTP_10, Some("close")),
        (Version::HTTP_11, Some("close")),
        (Version::HTTP_2, None),
        (Version::HTTP_3, None),
    ] {
        let mut sent = request("/", &[], "{}");
        *sent.version_mut() = version;
        let (status, _, response) = send(router.clone(), sent).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        let found = response.headers().get(CONNECTION);
        let found = found.map(|value| value.to_str().unwrap());
        assert_eq!(found, connection, "{version:?}");
        let is_old = response.version() == Version::HTTP_10;
        assert_eq!(is_old, version == Version::HTTP_10);
    }
    // With the layer, the connection stays open.
    let genuine = paminga();
    let sent = request("/", &genuine.headers, genuine.body);
    let (status, _, response) = send(router.layer(layer()), sent).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(response.headers().get(CONNECTION), None);
}

#[tokio::test]
async fn without_the_layer_a_handler_is_not_called() {
    static CALLED: AtomicUsize = AtomicUsize::new(0);
    let raw = async |_: VerifiedBytes| CALLED.fetch_add(1, Ordering::SeqCst).to_string();
    let json = async |_: VerifiedJson<Event>| CALLED.fetch_add(1, Ordering::SeqCst).to_string();
    let router = Router::new()
        .route("/raw", post(raw))
        .route("/json", post(json));
    let genuine = paminga();
    for path in ["/raw", "/json"] {
        let sent = request(path, &genuine.headers, genuine.body);
        let (status, text, response) = send(router.clone(), sent).await;
        assert_eq!(
            (status, text.as_str()),
            (StatusCode::INTERNAL_SERVER_ERROR, "")
        );
        let missing: &MissingLayer = response.extensions().get().unwrap();
        assert_eq!(
            missing.to_string(),
            "the handler's route has no VerifyLayer; add one with `route_layer`"
        );
        let rejection = VerifiedJsonRejection::from(*missing);
        assert_eq!(rejection.to_string(), missing.to_string());
        assert!(rejection.source().is_none());
        // With it, the same router serves.
        let sent = request(path, &genuine.headers, genuine.body);
        let (status, ..) = send(router.clone().layer(layer()), sent).await;
        assert_eq!(status, StatusCode::OK);
    }
    assert_eq!(CALLED.load(Ordering::SeqCst), 2);
}

/// Counts how often it is parsed.
struct Counted;

static PARSED: AtomicUsize = AtomicUsize::new(0);

impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PARSED.fetch_add(1, Ordering::SeqCst);
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

#[tokio::test]
async fn json_is_parsed_after_verification_only() {
    let router = Router::new()
        .route("/", post(async |_: VerifiedJson<Counted>| ()))
        .layer(layer());
    let genuine = paminga();
    for body in ["{\"n\":1}", "{\"n\":0} ", "", "{"] {
        let (status, ..) = send(router.clone(), request("/", &genuine.headers, body)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(PARSED.load(Ordering::SeqCst), 0);
    let (status, ..) = send(router, request("/", &genuine.headers, genuine.body)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(PARSED.load(Ordering::SeqCst), 1);
}

/// If a body is not the expected JSON, the error names what it is.
#[test]
fn a_verified_body_that_is_not_the_json_is_named() {
    #[derive(serde::Deserialize)]
    #[serde(tag = "type")]
    enum Internal {
        #[serde(rename = "known")]
        Known,
    }
    /// An unknown type with `data` is an error here too.
    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "it is parsed, or is not")]
    #[serde(tag = "type", content = "data")]
    enum Adjacent {
        #[serde(rename = "known")]
        Known(u64),
        #[serde(other)]
        Other,
    }
    #[derive(serde::Deserialize)]
    #[expect(dead_code, reason = "it is parsed, or is not")]
    #[serde(untagged)]
    enum Untagged {
        Known { n: u64 },
    }
    fn hint<T: serde::de::DeserializeOwned>(body: &[u8]) -> Option<JsonHint> {
        let webhook = Webhook::new(schemes::PAMINGA, SECRET).unwrap();
        let headers = webhook.sign(&hookseal::Message::new(body)).unwrap();
        let proof: VerifiedBytes = webhook.verify(&headers, body).unwrap().into_owned().into();
        let mut parts = Request::new(()).into_parts().0;
        parts.extensions.insert(proof);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let extracted = VerifiedJson::<T>::from_request_parts(&mut parts, &());
        match runtime.block_on(extracted) {
            Ok(_) => panic!("it is the JSON"),
            Err(VerifiedJsonRejection::InvalidJson { fault, .. }) => fault.hint(),
            Err(other) => panic!("{other}"),
        }
    }
    for (body, wanted) in [
        (&b""[..], Some(JsonHint::Empty)),
        (b"payload=%7B%22n%22%3A1%7D&x=1", Some(JsonHint::Form)),
        (
            b"\xef\xbb\xbf{\"type\":\"known\"}",
            Some(JsonHint::ByteOrderMark),
        ),
        (b"\x1f\x8b\x08\0\0\0\0\0", Some(JsonHint::Compressed)),
        (
            b"{\"type\":\"unknown\",\"data\":1}",
            Some(JsonHint::UnknownType),
        ),
        (b"{\"type\":7}", None),
        (b"{\"type\"", None),
        (b"[]=", None),
        (b"plain text", None),
    ] {
        assert_eq!(hint::<Internal>(body), wanted, "{}", body.escape_ascii());
    }
    assert_eq!(hint::<Untagged>(b"{\"m\":1}"), Some(JsonHint::UnknownType));
    let with_data = br#"{"type":"unknown","data":{"n":1}}"#;
    assert!(serde_json::from_slice::<Adjacent>(with_data).is_err());
    assert!(serde_json::from_slice::<Adjacent>(br#"{"type":"unknown"}"#).is_ok());
    for hint in [
        JsonHint::ByteOrderMark,
        JsonHint::Compressed,
        JsonHint::Form,
        JsonHint::UnknownType,
    ] {
        assert!(hint.to_string().contains("; "), "says what to do: {hint}");
    }
}

#[tokio::test]
async fn a_verified_body_that_is_not_the_json_is_422() {
    let router = Router::new()
        .route("/", post(async |_: VerifiedJson<Vec<u8>>| "served"))
        .layer(layer());
    let genuine = paminga();
    let sent = || request("/", &genuine.headers, genuine.body);
    let (status, text, response) = send(router, sent()).await;
    assert_eq!(
        (status, text.as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "")
    );
    let rejection: &VerifiedJsonRejection = response.extensions().get().unwrap();
    let VerifiedJsonRejection::InvalidJson { fault, .. } = rejection else {
        panic!("{rejection:?}");
    };
    // `{` does not begin an array.
    assert_eq!((fault.line(), fault.column()), (1, 0));
    assert_eq!(fault.category(), Category::Data);
    assert_eq!(
        rejection.to_string(),
        "the verified body is not the expected JSON"
    );
    let source = rejection.source().unwrap();
    assert_eq!(source.downcast_ref(), Some(fault));

    // One event, and nothing behind it.
    // printf '{"n":0} {}' | openssl dgst -sha256 -hmac your-shared-secret
    let signature = "ecced23344f1c90da46db872293ac770eaa054b94fb5da0c135afd703f2660f8";
    let headers = [("x-paminga-signature".to_owned(), signature.into())];
    let events = Router::new()
        .route("/", post(async |_: VerifiedJson<Event>| "served"))
        .layer(layer());
    let (status, ..) = send(events, request("/", &headers, "{\"n\":0} {}")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);

    // A handler may respond itself.
    let handler = async |event: Result<VerifiedJson<Vec<u8>>, VerifiedJsonRejection>| match event {
        Ok(_) => StatusCode::OK.into_response(),
        Err(VerifiedJsonRejection::InvalidJson { .. }) => StatusCode::ACCEPTED.into_response(),
        Err(other) => other.into_response(),
    };
    let router = Router::new().route("/", post(handler));
    let (status, ..) = send(router.clone().layer(layer()), sent()).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let (status, ..) = send(router, sent()).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn a_rejection_quotes_nothing_of_the_body() {
    // printf '{"n":\n"4111111111111111"}' | openssl dgst -sha256 -hmac your-shared-secret
    let data = "06c15c2248f4f7f15789f8def2b9eb19cfae73d78592137bc345a080503d6367";
    // printf '{"n":4111111111111111x}' | openssl dgst -sha256 -hmac your-shared-secret
    let syntax = "4a48237a98df57bbc21691eadc82cbe5cb432636081e460cf3794b376a9515a4";
    // printf '{"n":4111111111111111' | openssl dgst -sha256 -hmac your-shared-secret
    let eof = "652f5dcbae2aa38338bf8d3ec9091e7f1670fe739a05fe8671465e52cb5e44df";
    let router = Router::new()
        .route("/", post(async |_: VerifiedJson<Event>| "served"))
        .layer(layer());
    for (body, signature, shown) in [
        (
            "{\"n\":\n\"4111111111111111\"}",
            data,
            "valid JSON that does not match the handler's type, at line 2 column 18",
        ),
        (
            "{\"n\":4111111111111111x}",
            syntax,
            "not JSON, at line 1 column 22",
        ),
        (
            "{\"n\":4111111111111111",
            eof,
            "the text ends too early, at line 1 column 21",
        ),
    ] {
        let headers = [("x-paminga-signature".to_owned(), signature.into())];
        let (status, text, response) = send(router.clone(), request("/", &headers, body)).await;
        assert_eq!(
            (status, text.as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "")
        );
        let rejection: &VerifiedJsonRejection = response.extensions().get().unwrap();
        let mut texts = format!("{rejection:?}");
        let mut error: Option<&dyn Error> = Some(rejection);
        while let Some(cause) = error {
            texts += &format!("; {cause}; {cause:?}");
            error = cause.source();
        }
        assert!(texts.contains(shown), "{texts}");
        assert!(!texts.contains("4111"), "{texts}");
    }
}

#[test]
fn an_event_is_not_shown() {
    let event = VerifiedJson(Event { n: 4111 });
    assert_eq!(format!("{event:?}"), "VerifiedJson(..)");
    assert_eq!(format!("{:?}", Some(event)), "Some(VerifiedJson(..))");
}

#[test]
fn what_is_shared_between_threads() {
    fn shared<T: Send + Sync + Unpin + 'static>() {}
    shared::<MissingLayer>();
    shared::<InvalidJson>();
    shared::<VerifiedJson<Event>>();
    shared::<VerifiedJsonRejection>();
}

#[tokio::test]
async fn each_route_has_its_sender() {
    let handler = async |_: VerifiedBytes| "served";
    let of = |genuine: Genuine| post(handler).route_layer(VerifyLayer::new(genuine.webhook));
    let router = Router::new()
        .route("/paminga", of(paminga()))
        .route("/pakk", of(pakk()))
        .nest(
            "/timed",
            Router::new()
                .route("/standard", of(standard_webhooks()))
                .route("/pomelo", of(pomelo())),
        )
        .route("/hubpay", of(hubpay()))
        .route("/health", get(async || "well"));
    let routes = [
        "/paminga",
        "/pakk",
        "/hubpay",
        "/timed/standard",
        "/timed/pomelo",
    ];
    for (right, genuine) in routes.into_iter().zip(all()) {
        for route in routes {
            let sent = request(route, &genuine.headers, genuine.body);
            let (status, ..) = send(router.clone(), sent).await;
            let passes = status == StatusCode::OK;
            assert_eq!(passes, route == right, "{route} {status}");
        }
    }
    let sent = Request::get("/health").body(Body::empty()).unwrap();
    let (status, text, _) = send(router.clone(), sent).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "well"));
    let (status, ..) = send(router, Request::get("/pakk").body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_tenant_in_the_path_has_its_verifier() {
    let of = |secret| -> Arc<dyn Verifier> {
        let key = Key::from_text(secret).unwrap();
        Arc::new(Webhook::new(schemes::PAKK, key).unwrap())
    };
    let tenants = [("anna", of(SECRET)), ("otto", of("another"))];
    let layer = VerifyLayer::from_fn(move |request| {
        let name = request.uri.path().strip_prefix("/tenants/")?;
        let tenant = tenants.iter().find(|tenant| tenant.0 == name)?;
        Some(Arc::clone(&tenant.1))
    });
    let router = Router::new()
        .route(
            "/tenants/{name}",
            post(async |Path(name): Path<String>, _: VerifiedBytes| name),
        )
        .layer(layer);
    let genuine = pakk();
    for (path, wanted) in [
        ("/tenants/anna", (StatusCode::OK, "anna")),
        ("/tenants/otto", (StatusCode::UNAUTHORIZED, "")),
        ("/tenants/eve", (StatusCode::UNAUTHORIZED, "")),
    ] {
        let sent = request(path, &genuine.headers, genuine.body);
        let (status, text, _) = send(router.clone(), sent).await;
        assert_eq!((status, text.as_str()), wanted);
    }
}

/// A middleware fetches the verifier, as in the module's docs.
#[tokio::test]
async fn a_verifier_can_be_waited_for() {
    async fn fetch(
        Path(tenant): Path<String>,
        mut request: Request<Body>,
        next: Next,
    ) -> Response<Body> {
        tokio::task::yield_now().await;
        match tenant.as_str() {
            "anna" => {
                let key = text_key().with_id("anna");
                let webhook = Webhook::new(schemes::PAKK, key).unwrap();
                let verifier: Arc<dyn Verifier> = Arc::new(webhook);
                request.extensions_mut().insert(verifier);
            }
            "down" => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
            _ => {}
        }
        next.run(request).await
    }
    let handler = async |event: VerifiedBytes| {
        assert_eq!(event.scheme(), "pakk");
        event.key_id().unwrap_or_default().to_owned()
    };
    let router = Router::new()
        .route("/tenants/{tenant}/events", post(handler))
        .route_layer(VerifyLayer::from_fn(|request| {
            request.extensions.get::<Arc<dyn Verifier>>().cloned()
        }))
        .route_layer(from_fn(fetch));
    let genuine = pakk();
    for (tenant, body, wanted) in [
        ("anna", genuine.body, (StatusCode::OK, "anna")),
        ("anna", b"{}", (StatusCode::UNAUTHORIZED, "")),
        ("otto", genuine.body, (StatusCode::UNAUTHORIZED, "")),
        ("down", genuine.body, (StatusCode::SERVICE_UNAVAILABLE, "")),
    ] {
        let path = format!("/tenants/{tenant}/events");
        let (status, text, _) = send(router.clone(), request(&path, &genuine.headers, body)).await;
        assert_eq!((status, text.as_str()), wanted, "{tenant}");
    }
}

/// axum's own middleware is on either side of the layer.
#[tokio::test]
async fn beside_other_middleware() {
    async fn see(request: Request<Body>, next: Next) -> Response<Body> {
        let verified = request.extensions().get::<VerifiedBytes>().is_some();
        let mut response = next.run(request).await;
        let value = if verified { "after" } else { "before" };
        response
            .headers_mut()
            .append("seen", value.parse().unwrap());
        response
    }
    let router = Router::new()
        .route("/", post(async |_: VerifiedBytes| "served"))
        .layer(from_fn(see))
        .layer(layer())
        .layer(from_fn(see));
    let genuine = paminga();
    let sent = request("/", &genuine.headers, genuine.body);
    let (status, _, response) = send(router.clone(), sent).await;
    assert_eq!(status, StatusCode::OK);
    let seen: Vec<_> = response.headers().get_all("seen").iter().collect();
    assert_eq!(seen, ["after", "before"]);
    let (status, _, response) = send(router, request("/", &[], "")).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let seen: Vec<_> = response.headers().get_all("seen").iter().collect();
    assert_eq!(seen, ["before"]);
}

/// axum's limit is for axum's extractors; the layer's is for these.
#[tokio::test]
async fn a_body_over_axums_own_limit() {
    let body = vec![0; 3 << 20];
    // head -c 3145728 /dev/zero | openssl dgst -sha256 -hmac your-shared-secret
    let signature = "a4e606a74c2bc32eec37a30127ff8aabad26e2c123826e4f303ae4436fd8088f";
    let headers = [("x-paminga-signature".to_owned(), signature.into())];
    let router = Router::new().route(
        "/",
        post(async |event: VerifiedBytes| event.body().len().to_string()),
    );
    let small = router.clone().layer(layer());
    let (status, ..) = send(small, request("/", &headers, body.clone())).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let large = router.layer(layer().with_body_limit(3 << 20));
    let (status, text, _) = send(large, request("/", &headers, body)).await;
    assert_eq!((status, text.as_str()), (StatusCode::OK, "3145728"));
}

#[tokio::test]
async fn a_custom_response() {
    let layer = layer().with_response(|rejection| (rejection.status(), "no").into_response());
    let router = Router::new()
        .route("/", post(async |_: VerifiedBytes| "served"))
        .layer(layer);
    let (status, text, response) = send(router, request("/", &[], "")).await;
    assert_eq!((status, text.as_str()), (StatusCode::UNAUTHORIZED, "no"));
    assert!(response.extensions().get::<Rejection>().is_some());
}
