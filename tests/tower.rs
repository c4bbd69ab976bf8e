//! Tests the layer without a network.

#[path = "common/bodies.rs"]
mod bodies;
mod common;
#[path = "common/headers_alone.rs"]
mod headers_alone;
#[path = "common/time_limit.rs"]
mod time_limit;

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use bodies::*;
use bytes::{Buf, Bytes};
use common::*;
use futures_core::Stream;
use headers_alone::HeadersAlone;
use hookseal::clock::{FixedClock, Timestamp, clock_fn};
use hookseal::tower::{
    EmptyResponse, Rejection, RejectionKind, VerifiedBody, VerifiedBytes, Verify, VerifyLayer,
};
use hookseal::verification::{CheckHead, CheckedHead, HashState};
use hookseal::{Key, RequestHead, Verifier, VerifyError, Webhook, schemes};
use http::header::CONNECTION;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Version};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use time_limit::time_limit;
use tokio::sync::{Barrier, Notify};
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::timeout::TimeoutLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

fn of_paminga(key: Key) -> Webhook {
    Webhook::new(schemes::PAMINGA, key).unwrap()
}

fn of_pakk(key: Key) -> Webhook {
    Webhook::new(schemes::PAKK, key).unwrap()
}

fn of_standard_webhooks(key: Key) -> Webhook {
    Webhook::new(schemes::STANDARD_WEBHOOKS, key).unwrap()
}

fn request<B>(headers: &[(String, Vec<u8>)], body: B) -> Request<B> {
    let mut request = Request::new(body);
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        let value = HeaderValue::from_bytes(value).unwrap();
        request.headers_mut().append(name, value);
    }
    request
}

fn full(bytes: impl Into<Bytes>) -> Full<Bytes> {
    Full::new(bytes.into())
}

/// Responds with the request's body, and returns the proof.
async fn echo(request: Request<VerifiedBody>) -> Result<Response<Bytes>, Infallible> {
    let (mut parts, body) = request.into_parts();
    let mut response = Response::new(body.proof().clone().into_body());
    if let Some(proof) = parts.extensions.remove::<VerifiedBytes>() {
        response.extensions_mut().insert(proof);
    }
    if let Some(trailers) = body.collect().await.unwrap().trailers() {
        response.headers_mut().extend(trailers.clone());
    }
    Ok(response)
}

async fn send<B>(layer: VerifyLayer, request: Request<B>) -> Response<Bytes>
where
    B: http_body::Body + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let _limit = time_limit();
    let response = layer.layer(service_fn(echo)).oneshot(request).await;
    response.unwrap()
}

fn rejection(response: &Response<Bytes>) -> &Rejection {
    response.extensions().get().expect("a rejection")
}

/// Checks a rejection after the body was read to its end.
#[track_caller]
fn assert_rejected(response: &Response<Bytes>, status: StatusCode, reason: &str) {
    assert!(response.headers().is_empty(), "{:?}", response.headers());
    assert_rejection(response, status, reason);
}

/// Checks a rejection before the end of the body, over HTTP/1.
#[track_caller]
fn assert_rejected_unread(response: &Response<Bytes>, status: StatusCode, reason: &str) {
    let close = (CONNECTION, HeaderValue::from_static("close"));
    assert_eq!(response.headers(), &HeaderMap::from_iter([close]));
    assert_rejection(response, status, reason);
}

#[track_caller]
fn assert_rejection(response: &Response<Bytes>, status: StatusCode, reason: &str) {
    assert_eq!(rejection(response).reason(), reason);
    assert_eq!(rejection(response).status(), status);
    assert_eq!(response.status(), status);
    assert!(response.body().is_empty());
}

#[track_caller]
fn assert_passed(response: &Response<Bytes>, body: &[u8]) {
    assert!(response.extensions().get::<Rejection>().is_none());
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.body(), body);
    let proof = response
        .extensions()
        .get::<VerifiedBytes>()
        .expect("a proof");
    assert_eq!(proof.body(), body);
    assert_eq!(proof.body_len(), u64::try_from(body.len()).unwrap());
}

#[tokio::test]
async fn a_verified_request_passes_with_its_bytes_and_its_proof() {
    for genuine in all() {
        let request = request(&genuine.headers, full(genuine.body));
        let whole = genuine.webhook.verify(&genuine.headers, genuine.body);
        let whole = whole.unwrap().into_owned();
        let layer = VerifyLayer::new(genuine.webhook);
        let response = send(layer, request).await;
        assert_passed(&response, genuine.body);
        let proof = response.extensions().get::<VerifiedBytes>().unwrap();
        assert_eq!(proof.message_id(), whole.message_id());
        assert_eq!(proof.timestamp(), whole.timestamp());
        assert_eq!(proof.key_id(), whole.key_id());
        assert_eq!(proof.signature(), whole.signature());
        assert_eq!(proof.scheme(), whole.scheme());
    }
}

#[tokio::test]
async fn the_rest_of_the_request_is_untouched() {
    let _limit = time_limit();
    let genuine = paminga();
    let mut sent = request(&genuine.headers, full(genuine.body));
    *sent.method_mut() = http::Method::PUT;
    *sent.uri_mut() = "/a?b=c".parse().unwrap();
    *sent.version_mut() = http::Version::HTTP_2;
    sent.headers_mut()
        .append("x", HeaderValue::from_static("1"));
    sent.headers_mut()
        .append("x", HeaderValue::from_static("2"));
    sent.extensions_mut().insert(7_u8);
    let headers = sent.headers().clone();
    let service = service_fn(move |request: Request<VerifiedBody>| {
        assert_eq!(request.method(), http::Method::PUT);
        assert_eq!(request.uri(), "/a?b=c");
        assert_eq!(request.version(), http::Version::HTTP_2);
        assert_eq!(request.headers(), &headers);
        assert_eq!(request.extensions().get(), Some(&7_u8));
        let mut response = Response::new(Bytes::from_static(b"made by the service"));
        *response.status_mut() = StatusCode::CREATED;
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let layer = VerifyLayer::new(genuine.webhook);
    let response = layer.layer(service).oneshot(sent).await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.body(), "made by the service");
}

type Rejected = (Request<Full<Bytes>>, Webhook, &'static str);

/// Returns every rejection that a sender can cause.
fn rejected_requests() -> Vec<Rejected> {
    let mut cases = Vec::new();
    let mut add = |genuine: Genuine, headers: Vec<(String, Vec<u8>)>, reason| {
        let request = request(&headers, full(genuine.body));
        cases.push((request, genuine.webhook, reason));
    };
    for genuine in all() {
        let headers = genuine.with(genuine.signature, "no signature");
        add(genuine, headers, "malformed-signature");
    }
    for genuine in all() {
        let mut headers = genuine.headers.clone();
        headers.remove(0);
        add(genuine, headers, "missing-header");
    }
    for genuine in all() {
        let mut headers = genuine.headers.clone();
        headers.push(headers[0].clone());
        add(genuine, headers, "duplicate-header");
    }
    for (clock, reason) in [
        (SIGNED_AT + 301, "timestamp-too-old"),
        (SIGNED_AT - 301, "timestamp-in-future"),
    ] {
        let genuine = standard_webhooks_at(FixedClock::at(clock));
        let headers = genuine.headers.clone();
        add(genuine, headers, reason);
    }
    let genuine = standard_webhooks();
    let headers = genuine.with("webhook-timestamp", "now");
    add(genuine, headers, "malformed-timestamp");
    let genuine = standard_webhooks();
    let headers = genuine.with("webhook-id", "a.b");
    add(genuine, headers, "malformed-header");
    let genuine = pomelo();
    let headers = genuine.with("x-api-key", "another");
    add(genuine, headers, "unknown-key");
    let genuine = pomelo();
    let headers = genuine.with("x-endpoint", "/another");
    add(genuine, headers, "endpoint-mismatch");
    for genuine in all() {
        let request = request(&genuine.headers, full("another body"));
        cases.push((request, genuine.webhook, "signature-mismatch"));
    }
    cases
}

/// All rejections look the same, except that an HTTP/1 server visibly closes the connection.
#[tokio::test]
async fn every_rejection_looks_the_same_from_outside() {
    let show = |response: Response<Bytes>| {
        let (mut parts, body) = response.into_parts();
        parts.extensions.clear();
        parts.headers.remove(CONNECTION);
        // The server writes the client's version.
        parts.version = Version::HTTP_11;
        format!("{parts:?} {body:?}")
    };
    let nobodys = VerifyLayer::from_fn(|_| None);
    let response = send(nobodys, Request::new(Empty::<Bytes>::new())).await;
    assert_rejected(&response, StatusCode::UNAUTHORIZED, "no-verifier");
    assert_eq!(rejection(&response).scheme(), None);
    let first = show(response);
    for version in [Version::HTTP_10, Version::HTTP_11, Version::HTTP_2] {
        for (mut request, webhook, reason) in rejected_requests() {
            *request.version_mut() = version;
            let scheme = webhook.scheme().to_owned();
            let response = send(VerifyLayer::new(webhook), request).await;
            if version == Version::HTTP_2 || reason == "signature-mismatch" {
                assert_rejected(&response, StatusCode::UNAUTHORIZED, reason);
            } else {
                assert_rejected_unread(&response, StatusCode::UNAUTHORIZED, reason);
            }
            assert_eq!(rejection(&response).scheme(), Some(scheme.as_str()));
            assert_eq!(show(response), first);
        }
    }
}

/// An HTTP/1 server closes a connection with an unread body, and must say so.
#[tokio::test]
async fn a_connection_is_closed_if_the_body_is_not_read_to_its_end() {
    let layer = || VerifyLayer::new(of_paminga(text_key())).with_body_limit(7);
    let slow = |_| std::future::ready(());
    let unsigned = headers(&[]);
    let data = |bytes: &[u8]| Step::Data(bytes.to_vec());
    let genuine = paminga();
    let whole = data(genuine.body);
    let announced = |length: &'static str, body: Script| {
        let mut request = request(&genuine.headers, body);
        let length = HeaderValue::from_static(length);
        request.headers_mut().insert("content-length", length);
        request
    };
    let sent = |steps: Vec<Step>| request(&genuine.headers, Script::new(steps));
    let cases = || {
        [
            // Nothing of the body was read.
            (
                layer(),
                request(&unsigned, Script::new([data(b"x")])),
                401,
                true,
            ),
            (
                layer(),
                announced("8", Script::new([data(b"x")])),
                413,
                true,
            ),
            (
                VerifyLayer::from_fn(|_| None),
                sent(vec![data(b"x")]),
                401,
                true,
            ),
            // A part of it was.
            (
                layer(),
                sent(vec![data(b"12345678"), data(b"9")]),
                413,
                true,
            ),
            (layer(), sent(vec![data(b"x"), Step::Break]), 400, true),
            (
                layer(),
                request(
                    &genuine.headers,
                    Script::new([data(b"x"), Step::Break]).ending_too_soon(),
                ),
                400,
                true,
            ),
            (
                layer().with_body_timeout(seconds(1), slow),
                sent(vec![Step::Stall]),
                408,
                true,
            ),
            // All of it was, or there was none.
            (layer(), sent(vec![data(b"another")]), 401, false),
            (
                layer(),
                announced("6", Script::new([data(b"another")])),
                400,
                false,
            ),
            (
                layer(),
                request(&unsigned, Script::new([]).ending_too_soon()),
                401,
                false,
            ),
        ]
    };
    for version in [
        Version::HTTP_09,
        Version::HTTP_10,
        Version::HTTP_11,
        Version::HTTP_2,
        Version::HTTP_3,
    ] {
        let is_http1 = [Version::HTTP_10, Version::HTTP_11].contains(&version);
        for (place, (layer, mut request, status, closes)) in cases().into_iter().enumerate() {
            *request.version_mut() = version;
            let response = send(layer, request).await;
            assert_eq!(response.status(), status, "{version:?} {place}");
            let wanted = (is_http1 && closes).then_some("close");
            let found = response.headers().get(CONNECTION);
            let found = found.map(|value| value.to_str().unwrap());
            assert_eq!(found, wanted, "{version:?} {place}");
            let is_old = version == Version::HTTP_10 && closes;
            assert_eq!(response.version() == Version::HTTP_10, is_old);
        }
    }
    // What passes leaves the connection to the service behind the layer.
    let response = send(layer(), sent(vec![whole])).await;
    assert_passed(&response, genuine.body);
    assert!(response.headers().is_empty());
}

#[tokio::test]
async fn a_custom_response_closes_the_connection_too_unless_it_decides_that_itself() {
    for (own, body, wanted) in [
        (None, &b"x"[..], Some("close")),
        (None, b"", None),
        (Some("upgrade"), b"x", Some("upgrade")),
        (Some("keep-alive"), b"x", Some("keep-alive")),
        (Some("close"), b"", Some("close")),
    ] {
        let _limit = time_limit();
        let layer = VerifyLayer::new(of_paminga(text_key())).with_response(move |rejection| {
            let mut response = Response::new(Bytes::from_static(b"no"));
            *response.status_mut() = rejection.status();
            if let Some(own) = own {
                let own = HeaderValue::from_static(own);
                response.headers_mut().insert(CONNECTION, own);
            }
            response
        });
        let service = layer.layer(service_fn(echo));
        let response = service.oneshot(Request::new(full(body))).await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.body(), "no");
        let found = response.headers().get_all(CONNECTION).iter();
        let found: Vec<_> = found.map(|value| value.to_str().unwrap()).collect();
        assert_eq!(found, wanted.into_iter().collect::<Vec<_>>(), "{own:?}");
    }
}

#[tokio::test]
async fn headers_are_checked_before_the_body_is_touched() {
    for (request, webhook, reason) in rejected_requests() {
        let body = Script::new([Step::Stall]);
        let watch = body.watch();
        let request = request.map(|_| body);
        if reason == "signature-mismatch" {
            continue; // needs the body
        }
        let response = send(VerifyLayer::new(webhook), request).await;
        assert_rejected_unread(&response, StatusCode::UNAUTHORIZED, reason);
        assert_eq!(watch.polls(), 0);
    }
}

#[tokio::test]
async fn a_rejected_request_does_not_reach_the_service() {
    let _limit = time_limit();
    for (request, webhook, _) in rejected_requests() {
        let service = service_fn(|_: Request<VerifiedBody>| async {
            panic!("called");
            #[expect(unreachable_code, reason = "the type of the response")]
            Ok::<_, Infallible>(Response::new(Bytes::new()))
        });
        let layer = VerifyLayer::new(webhook);
        let response = layer.layer(service).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn the_verdict_is_the_same_for_every_split() {
    for genuine in all() {
        let layer = VerifyLayer::new(genuine.webhook);
        let mut changed = genuine.body.to_vec();
        *changed.last_mut().unwrap() ^= 1;
        let splits = |body: &[u8]| -> Vec<Script> {
            let halves = (0..=body.len()).map(|middle| {
                let (start, end) = body.split_at(middle);
                Script::new([
                    Step::Data(start.to_vec()),
                    Step::Wait,
                    Step::Data(Vec::new()),
                    Step::Data(end.to_vec()),
                ])
            });
            let bytes = [
                Script::chunks(body.chunks(1)),
                Script::chunks(body.chunks(3)),
            ];
            halves.chain(bytes).collect()
        };
        for body in splits(genuine.body) {
            let response = send(layer.clone(), request(&genuine.headers, body)).await;
            assert_passed(&response, genuine.body);
        }
        for body in splits(&changed) {
            let response = send(layer.clone(), request(&genuine.headers, body)).await;
            assert_rejected(&response, StatusCode::UNAUTHORIZED, "signature-mismatch");
        }
        let cut = Script::chunks([&genuine.body[..genuine.body.len() - 1]]);
        let response = send(layer, request(&genuine.headers, cut)).await;
        assert_rejected(&response, StatusCode::UNAUTHORIZED, "signature-mismatch");
    }
}

#[tokio::test]
async fn a_body_as_long_as_the_limit_passes_and_one_byte_more_does_not() {
    let genuine = paminga();
    let layer = |limit| VerifyLayer::new(of_paminga(text_key())).with_body_limit(limit);
    let length = genuine.body.len();
    for size in 1..=length {
        let body = || request(&genuine.headers, Script::chunks(genuine.body.chunks(size)));
        let response = send(layer(length), body()).await;
        assert_passed(&response, genuine.body);
        let response = send(layer(length - 1), body()).await;
        assert_rejected_unread(&response, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
        let limit = match rejection(&response).kind() {
            RejectionKind::BodyTooLarge { limit, .. } => *limit,
            other => panic!("{other:?}"),
        };
        assert_eq!(limit, length - 1);
    }
}

#[tokio::test]
async fn an_empty_body_passes_any_limit() {
    // printf '' | openssl dgst -sha256 -hmac your-shared-secret
    let signature = "935bf910f011f4f973cd11b3f4713268b131a301d1487d2822102839589e32df";
    let headers = [("x-paminga-signature".to_owned(), signature.into())];
    let layer = VerifyLayer::new(of_paminga(text_key())).with_body_limit(0);
    let response = send(layer.clone(), request(&headers, Empty::<Bytes>::new())).await;
    assert_passed(&response, b"");
    let response = send(layer, request(&headers, full("x"))).await;
    assert_rejected_unread(&response, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
}

#[tokio::test]
async fn the_limit_is_1_mib_unless_set() {
    let body = vec![0; 1 << 20];
    let webhook = || of_paminga(text_key());
    // head -c 1048576 /dev/zero | openssl dgst -sha256 -hmac your-shared-secret
    let signature = "2feef708686c4f63fb80b906e08e35f033e05f121b72e56f0f976a36476a0472";
    let headers = [("x-paminga-signature".to_owned(), signature.into())];
    let response = send(
        VerifyLayer::new(webhook()),
        request(&headers, full(body.clone())),
    )
    .await;
    assert_passed(&response, &body);
    let longer = Script::chunks([&body[..], b"\0"]);
    let response = send(VerifyLayer::new(webhook()), request(&headers, longer)).await;
    assert_rejected_unread(&response, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
}

#[tokio::test]
async fn an_announced_length_over_the_limit_is_rejected_unread() {
    let genuine = paminga();
    let limit = genuine.body.len();
    let layer = VerifyLayer::new(of_paminga(text_key())).with_body_limit(limit);
    for (announced, passes) in [
        ("7", true),
        ("007", true),
        ("8", false),
        ("18446744073709551615", false),
        ("18446744073709551616", false),
        ("99999999999999999999999999", false),
        // Not a length: announces nothing. The server in front rejects these.
        ("", true),
        ("-8", true),
        ("+8", true),
        ("8 ", true),
        ("8, 8", true),
        ("0x8", true),
        ("eight", true),
    ] {
        let body = Script::chunks([genuine.body]);
        let watch = body.watch();
        let mut request = request(&genuine.headers, body);
        request
            .headers_mut()
            .insert("content-length", HeaderValue::from_static(announced));
        let response = send(layer.clone(), request).await;
        if passes {
            assert_passed(&response, genuine.body);
        } else {
            assert_rejected_unread(&response, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
            assert_eq!(watch.polls(), 0, "{announced}");
        }
    }
    for (hint, passes) in [(7, true), (8, false), (u64::MAX, false)] {
        let body = Script::chunks([genuine.body]).with_hint(hint);
        let watch = body.watch();
        let response = send(layer.clone(), request(&genuine.headers, body)).await;
        assert_eq!(response.status() == StatusCode::OK, passes);
        assert_eq!(watch.polls() > 0, passes);
    }
}

/// Otherwise a forger could learn which headers are accepted.
#[tokio::test]
async fn the_response_to_an_announced_length_is_the_same_whatever_the_headers_claim() {
    let webhooks = rejected_requests()
        .into_iter()
        .map(|(request, webhook, _)| (request, VerifyLayer::new(webhook)));
    let nobodys = [(Request::new(full("x")), VerifyLayer::from_fn(|_| None))];
    for (mut request, layer) in webhooks.chain(nobodys) {
        let long = HeaderValue::from_static("1048577");
        request.headers_mut().insert("content-length", long);
        let response = send(layer, request).await;
        assert_rejected_unread(&response, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
        assert_eq!(rejection(&response).key_id(), None);
        assert_eq!(rejection(&response).scheme(), None);
    }
}

#[tokio::test]
async fn a_body_is_as_long_as_announced() {
    let genuine = paminga();
    for announced in ["0", "6", "8"] {
        let mut request = request(&genuine.headers, full(genuine.body));
        let value = HeaderValue::from_static(announced);
        request.headers_mut().insert("content-length", value);
        let layer = VerifyLayer::new(of_paminga(text_key()));
        let response = send(layer, request).await;
        assert_rejected(&response, StatusCode::BAD_REQUEST, "body-length-mismatch");
        let rejection = rejection(&response);
        assert_eq!(rejection.body_len(), Some(7));
        assert_eq!(rejection.announced_len(), announced.parse().ok());
        assert!(rejection.source().is_none());
    }
}

/// Servers reject two different ones, before any layer sees them.
#[tokio::test]
async fn the_first_of_two_announced_lengths_counts() {
    let genuine = paminga();
    for (first, second, status, reason) in [
        ("7", "1048577", StatusCode::OK, ""),
        ("7", "8", StatusCode::OK, ""),
        ("8", "7", StatusCode::BAD_REQUEST, "body-length-mismatch"),
        (
            "1048577",
            "7",
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
        ),
        // The first announces nothing.
        ("seven", "1048577", StatusCode::OK, ""),
    ] {
        let mut request = request(&genuine.headers, full(genuine.body));
        for length in [first, second] {
            let length = HeaderValue::from_static(length);
            request.headers_mut().append("content-length", length);
        }
        let response = send(VerifyLayer::new(of_paminga(text_key())), request).await;
        assert_eq!(response.status(), status, "{first}, {second}");
        if status != StatusCode::OK {
            assert_rejection(&response, status, reason);
        }
    }
}

#[tokio::test]
async fn no_chunk_is_read_after_the_one_that_is_too_much() {
    let genuine = paminga();
    let body = Script::new(
        (0..100)
            .map(|_| Step::Data(vec![0; 4]))
            .chain([Step::Stall]),
    );
    let watch = body.watch();
    let layer = VerifyLayer::new(genuine.webhook).with_body_limit(10);
    let response = send(layer, request(&genuine.headers, body)).await;
    assert_rejected_unread(&response, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
    assert_eq!(watch.polls(), 3);
}

#[tokio::test]
async fn trailers_survive_and_are_not_signed() {
    let genuine = paminga();
    let trailers = |value| HeaderMap::from_iter([(HeaderName::from_static("x-sum"), value)]);
    for value in [HeaderValue::from_static("1"), HeaderValue::from_static("2")] {
        let body = Script::new([
            Step::Data(genuine.body.to_vec()),
            Step::Trailers(trailers(value.clone())),
        ]);
        let layer = VerifyLayer::new(of_paminga(text_key()));
        let response = send(layer, request(&genuine.headers, body)).await;
        assert_passed(&response, genuine.body);
        assert_eq!(response.headers(), &trailers(value));
    }
}

/// Bodies that break the trait's contract: what is passed on is what was hashed, whatever
/// they claim.
#[tokio::test]
async fn a_body_that_goes_on_after_its_trailers_is_read_to_its_end() {
    let genuine = paminga();
    let trailers = |name: &'static str| {
        let value = HeaderValue::from_static(name);
        Step::Trailers(HeaderMap::from_iter([(
            HeaderName::from_static(name),
            value,
        )]))
    };
    let (start, end) = genuine.body.split_at(3);
    let steps = || {
        let data = |part: &[u8]| Step::Data(part.to_vec());
        [data(start), trailers("a"), data(end), trailers("b")]
    };
    let layer = VerifyLayer::new(of_paminga(text_key()));
    for body in [Script::new(steps()), Script::new(steps()).ending_too_soon()] {
        let response = send(layer.clone(), request(&genuine.headers, body)).await;
        assert_passed(&response, genuine.body);
        let names: Vec<_> = response.headers().keys().collect();
        assert_eq!(names, ["a", "b"]);
    }
    let more = steps().into_iter().chain([Step::Data(b"x".to_vec())]);
    let response = send(layer, request(&genuine.headers, Script::new(more))).await;
    assert_rejected(&response, StatusCode::UNAUTHORIZED, "signature-mismatch");
}

#[tokio::test]
async fn trailers_are_kept_field_by_field_up_to_100() {
    let genuine = paminga();
    let field = |value: usize| {
        let value = HeaderValue::from(value);
        Step::Trailers(HeaderMap::from_iter([(
            HeaderName::from_static("x"),
            value,
        )]))
    };
    let body = |count| {
        let data = Step::Data(genuine.body.to_vec());
        let fields = (0..count).map(field);
        request(
            &genuine.headers,
            Script::new(std::iter::once(data).chain(fields)),
        )
    };
    let layer = VerifyLayer::new(of_paminga(text_key()));
    let response = send(layer.clone(), body(100)).await;
    assert_passed(&response, genuine.body);
    let values = response.headers().get_all("x").iter();
    assert!(values.eq((0..100).map(HeaderValue::from).collect::<Vec<_>>().iter()));
    for count in [101, 40_000] {
        let response = send(layer.clone(), body(count)).await;
        assert_rejected_unread(&response, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
    }
}

/// A turn is 64 frames: more would keep other tasks waiting.
#[test]
fn a_turn_has_its_end() {
    let _limit = time_limit();
    let endless = Endless::default();
    let frames = endless.frames();
    let mut service = VerifyLayer::new(of_paminga(text_key())).layer(service_fn(echo));
    let mut response = pin!(service.call(request(&paminga().headers, endless)));
    for turn in 1..4 {
        assert!(poll_once(response.as_mut()).is_pending());
        assert_eq!(frames.load(Ordering::SeqCst), 64 * turn);
    }
    assert_eq!(format!("{response:?}"), "ResponseFuture { .. }");
    // A pause begins another one.
    let pauses = (0..1000).flat_map(|_| [Step::Data(Vec::new()), Step::Wait]);
    let script = Script::new(pauses);
    let watch = script.watch();
    let mut response = pin!(service.call(request(&paminga().headers, script)));
    for turn in 1..200 {
        assert!(poll_once(response.as_mut()).is_pending());
        assert_eq!(watch.polls(), 2 * turn);
    }
}

#[tokio::test]
async fn a_restored_body_says_what_it_is() {
    let _limit = time_limit();
    let genuine = paminga();
    let trailers = HeaderMap::from_iter([(
        HeaderName::from_static("x-sum"),
        HeaderValue::from_static("1"),
    )]);
    for with_trailers in [false, true] {
        let mut steps = vec![Step::Data(genuine.body.to_vec())];
        if with_trailers {
            steps.push(Step::Trailers(trailers.clone()));
        }
        let trailers = trailers.clone();
        let service = service_fn(move |request: Request<VerifiedBody>| {
            let trailers = trailers.clone();
            async move {
                use http_body::Body as _;
                let mut body = request.into_body();
                assert_eq!(
                    format!("{body:?}"),
                    "VerifiedBody(Verified { scheme: \"paminga\", body_len: 7, \
                     message_id: None, timestamp: None, key_id: None, .. })"
                );
                assert_eq!(body.proof().body(), &br#"{"n":0}"#[..]);
                assert_eq!(body.size_hint().exact(), Some(7));
                assert!(!body.is_end_stream());
                let data = body.frame().await.unwrap().unwrap().into_data().unwrap();
                assert_eq!(data, br#"{"n":0}"#[..]);
                assert_eq!(body.size_hint().exact(), Some(0));
                assert_eq!(body.is_end_stream(), !with_trailers);
                if with_trailers {
                    let frame = body.frame().await.unwrap().unwrap();
                    assert_eq!(frame.into_trailers().unwrap(), trailers);
                }
                assert!(body.frame().await.is_none());
                assert!(body.is_end_stream());
                assert_eq!(body.into_proof().into_body(), &br#"{"n":0}"#[..]);
                Ok::<_, Infallible>(Response::new(Bytes::new()))
            }
        });
        let request = request(&genuine.headers, Script::new(steps));
        let layer = VerifyLayer::new(of_paminga(text_key()));
        let response = layer.layer(service).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_rejected_with_its_error_inside() {
    let genuine = paminga();
    for before in [&b""[..], b"{", genuine.body] {
        let body = Script::new([Step::Data(before.to_vec()), Step::Break]);
        let layer = VerifyLayer::new(of_paminga(text_key()));
        let response = send(layer, request(&genuine.headers, body)).await;
        assert_rejected_unread(&response, StatusCode::BAD_REQUEST, "body-broken");
        let rejection = rejection(&response);
        assert_eq!(rejection.to_string(), "the body broke off");
        let source = rejection.source().unwrap();
        assert!(source.downcast_ref::<BrokeOff>().is_some());
    }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[tokio::test(start_paused = true)]
async fn a_body_has_its_time_however_it_drips() {
    let genuine = paminga();
    let limit = seconds(5);
    let layer =
        || VerifyLayer::new(of_paminga(text_key())).with_body_timeout(limit, tokio::time::sleep);
    let drip = |pause: Duration| {
        let drops = genuine
            .body
            .chunks(1)
            .flat_map(move |chunk| [Step::Sleep(pause), Step::Data(chunk.to_vec())]);
        request(&genuine.headers, Script::new(drops))
    };
    // Seven bytes: the last one at 4.9 s, and at 5.6 s.
    let response = send(layer(), drip(Duration::from_millis(700))).await;
    assert_passed(&response, genuine.body);

    let start = tokio::time::Instant::now();
    let response = send(layer(), drip(Duration::from_millis(800))).await;
    assert_rejected_unread(&response, StatusCode::REQUEST_TIMEOUT, "body-timeout");
    assert_eq!(
        rejection(&response).to_string(),
        "the body took more than 5s to arrive"
    );
    let waited = start.elapsed();
    assert!(
        limit <= waited && waited < limit + Duration::from_millis(10),
        "{waited:?}"
    );

    // Without a limit it may take an hour.
    let slow = drip(seconds(600));
    let response = send(VerifyLayer::new(of_paminga(text_key())), slow).await;
    assert_passed(&response, genuine.body);
}

/// On a runtime with one thread, whose timer runs only when the tasks yield.
#[tokio::test]
async fn an_endless_body_keeps_neither_the_timeout_nor_other_tasks_waiting() {
    let _limit = time_limit();
    let genuine = paminga();
    let layer = VerifyLayer::new(genuine.webhook);
    let timed = layer
        .clone()
        .with_body_timeout(Duration::from_millis(5), tokio::time::sleep);
    let response = send(timed, request(&genuine.headers, Endless::default())).await;
    assert_rejected_unread(&response, StatusCode::REQUEST_TIMEOUT, "body-timeout");

    let untimed = tokio::spawn(send(layer, request(&genuine.headers, Endless::default())));
    for _ in 0..10 {
        tokio::task::yield_now().await; // comes back
    }
    untimed.abort();
    assert!(untimed.await.unwrap_err().is_cancelled());
}

/// An attacker who captured a request withholds its last byte.
#[tokio::test]
async fn a_body_that_ends_after_the_replay_window_is_too_late() {
    let now = Arc::new(AtomicU64::new(SIGNED_AT + 300));
    let clock = Arc::clone(&now);
    let genuine = standard_webhooks_at(clock_fn(move || {
        Timestamp::from_secs(clock.load(Ordering::SeqCst))
    }));
    let body = Script::new([Step::Wait, Step::Data(genuine.body.to_vec())]);
    let layer = VerifyLayer::new(genuine.webhook);
    let mut response = pin!(send(layer, request(&genuine.headers, body)));
    assert!(poll_once(response.as_mut()).is_pending());
    now.fetch_add(1, Ordering::SeqCst);
    assert_rejected(
        &response.await,
        StatusCode::UNAUTHORIZED,
        "timestamp-too-old",
    );
}

#[tokio::test(start_paused = true)]
async fn headers_are_rejected_before_the_time_runs() {
    let layer = VerifyLayer::new(of_paminga(text_key()))
        .with_body_timeout(seconds(5), |_| -> std::future::Ready<()> {
            panic!("asked")
        });
    let response = send(layer, Request::new(Script::new([Step::Stall]))).await;
    assert_rejected_unread(&response, StatusCode::UNAUTHORIZED, "missing-header");
}

#[tokio::test]
async fn the_service_is_ready_before_it_is_called() {
    let _limit = time_limit();
    let (mock, mut handle) = tower_test::mock::pair::<Request<VerifiedBody>, Response<Bytes>>();
    handle.allow(0);
    let mut service = VerifyLayer::new(of_paminga(text_key())).layer(mock);
    let genuine = paminga();
    let sent = || request(&genuine.headers, full(genuine.body));
    {
        let ready = pin!(<_ as ServiceExt<Request<Full<Bytes>>>>::ready(&mut service));
        assert!(poll_once(ready).is_pending());
    }
    // The mock panics if it is called before it was ready.
    handle.allow(2);
    for _ in 0..2 {
        let service = <_ as ServiceExt<Request<Full<Bytes>>>>::ready(&mut service);
        let response = service.await.unwrap().call(sent());
        let response = tokio::spawn(response);
        let (request, respond) = handle.next_request().await.unwrap();
        assert_eq!(request.body().proof().body(), genuine.body);
        respond.send_response(Response::new(Bytes::from_static(b"seen")));
        assert_eq!(response.await.unwrap().unwrap().body(), "seen");
    }
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

#[tokio::test]
async fn errors_of_the_service_pass_through() {
    let _limit = time_limit();
    let genuine = paminga();
    let sent = || request(&genuine.headers, full(genuine.body));
    let failing = service_fn(|_: Request<VerifiedBody>| async {
        Err::<Response<Bytes>, _>(io::Error::other("the service's own"))
    });
    let layer = VerifyLayer::new(of_paminga(text_key()));
    let error = layer.layer(failing).oneshot(sent()).await.unwrap_err();
    assert_eq!(error.to_string(), "the service's own");

    let (mock, mut handle) = tower_test::mock::pair::<Request<VerifiedBody>, Response<Bytes>>();
    handle.send_error("never ready");
    let error = layer.layer(mock).oneshot(sent()).await.unwrap_err();
    assert_eq!(error.to_string(), "never ready");
}

/// A request occupies a place while its body arrives, and frees it afterwards.
#[tokio::test]
async fn under_a_concurrency_limit_places_come_back() {
    let _limit = time_limit();
    let genuine = paminga();
    let mut service = VerifyLayer::new(of_paminga(text_key()))
        .layer(ConcurrencyLimitLayer::new(1).layer(service_fn(echo)));
    let stalled = || request(&genuine.headers, Script::new([Step::Stall]));
    let is_full = |service: &mut Verify<_>| {
        let mut clone = service.clone();
        let ready = pin!(<_ as ServiceExt<Request<Script>>>::ready(&mut clone));
        poll_once(ready).is_pending()
    };
    // Cancelled in the middle.
    let mut response = Box::pin(
        <_ as ServiceExt<Request<Script>>>::ready(&mut service)
            .await
            .unwrap()
            .call(stalled()),
    );
    assert!(poll_once(response.as_mut()).is_pending());
    assert!(is_full(&mut service));
    drop(response);
    assert!(!is_full(&mut service));
    // Rejected, and passed.
    for (body, status) in [
        (&b"another"[..], StatusCode::UNAUTHORIZED),
        (genuine.body, StatusCode::OK),
    ] {
        for _ in 0..3 {
            let request = request(&genuine.headers, Script::chunks([body]));
            let ready = <_ as ServiceExt<Request<Script>>>::ready(&mut service);
            let response = ready.await.unwrap().call(request).await.unwrap();
            assert_eq!(response.status(), status);
            assert!(!is_full(&mut service));
        }
    }
}

#[tokio::test]
async fn a_request_can_be_cancelled_while_its_body_arrives() {
    let _limit = time_limit();
    let genuine = paminga();
    let body = Script::new([Step::Data(b"{".to_vec()), Step::Stall]);
    let watch = body.watch();
    let called = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&called);
    let service = service_fn(move |request| {
        counter.fetch_add(1, Ordering::SeqCst);
        echo(request)
    });
    let service = VerifyLayer::new(genuine.webhook).layer(service);
    let mut response = Box::pin(service.oneshot(request(&genuine.headers, body)));
    for _ in 0..3 {
        assert!(poll_once(response.as_mut()).is_pending());
    }
    assert!(watch.polls() > 1 && !watch.dropped());
    drop(response);
    assert!(watch.dropped());
    assert_eq!(called.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn nothing_happens_before_the_first_poll() {
    let _limit = time_limit();
    let genuine = paminga();
    let body = Script::chunks([genuine.body]);
    let watch = body.watch();
    let mut service = VerifyLayer::new(genuine.webhook).layer(service_fn(echo));
    let ready = <_ as ServiceExt<Request<Script>>>::ready(&mut service);
    let response = ready.await.unwrap().call(request(&genuine.headers, body));
    assert_eq!(watch.polls(), 0);
    drop(response);
    assert!(watch.dropped());
}

#[tokio::test(start_paused = true)]
async fn a_timeout_further_out_cancels_it() {
    let _limit = time_limit();
    let genuine = paminga();
    let body = Script::new([Step::Data(genuine.body.to_vec()), Step::Stall]);
    let watch = body.watch();
    let service = ServiceBuilder::new()
        .layer(TimeoutLayer::new(seconds(3)))
        .layer(VerifyLayer::new(genuine.webhook))
        .service(service_fn(echo));
    let error = service
        .oneshot(request(&genuine.headers, body))
        .await
        .unwrap_err();
    assert!(error.is::<tower::timeout::error::Elapsed>());
    assert!(watch.dropped());
}

#[tokio::test(start_paused = true)]
async fn a_timeout_behind_it_does_not_count_the_body() {
    let _limit = time_limit();
    let genuine = paminga();
    let body = Script::new([Step::Sleep(seconds(10)), Step::Data(genuine.body.to_vec())]);
    let service = ServiceBuilder::new()
        .layer(VerifyLayer::new(genuine.webhook))
        .layer(TimeoutLayer::new(seconds(3)))
        .service(service_fn(echo));
    let response = service.oneshot(request(&genuine.headers, body)).await;
    assert_passed(&response.unwrap(), genuine.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_a_buffer_on_either_side_every_request_gets_its_own_verdict() {
    let _limit = time_limit();
    async fn drive<S>(service: S)
    where
        S: Service<Request<Script>, Response = Response<Bytes>> + Clone + Send + 'static,
        S::Error: std::fmt::Debug + Send,
        S::Future: Send,
    {
        let tasks: Vec<_> = (0..200)
            .map(|count| {
                let service = service.clone();
                tokio::spawn(async move {
                    let genuine = paminga();
                    let good = count % 3 != 0;
                    let mut body = genuine.body.to_vec();
                    body[count % 7] ^= u8::from(!good);
                    let chunks = body.chunks(count % 7 + 1);
                    let steps = chunks.flat_map(|chunk| [Step::Data(chunk.to_vec()), Step::Wait]);
                    let request = request(&genuine.headers, Script::new(steps));
                    let response = service.oneshot(request).await.unwrap();
                    if good {
                        assert_passed(&response, genuine.body);
                    } else {
                        assert_rejected(&response, StatusCode::UNAUTHORIZED, "signature-mismatch");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
    let layer = || VerifyLayer::new(of_paminga(text_key()));
    drive(layer().layer(service_fn(echo))).await;
    drive(
        ServiceBuilder::new()
            .buffer(4)
            .concurrency_limit(3)
            .layer(layer())
            .service(service_fn(echo)),
    )
    .await;
    drive(
        ServiceBuilder::new()
            .layer(layer())
            .buffer(4)
            .concurrency_limit(3)
            .service(service_fn(echo)),
    )
    .await;
}

#[tokio::test]
async fn load_is_shed_before_a_body_is_read() {
    let _limit = time_limit();
    let genuine = paminga();
    let started = Arc::new(Notify::new());
    let (start, release) = (Arc::clone(&started), Arc::new(Barrier::new(2)));
    let gate = Arc::clone(&release);
    let slow = service_fn(move |request| {
        let (start, gate) = (Arc::clone(&start), Arc::clone(&gate));
        async move {
            start.notify_one();
            gate.wait().await;
            echo(request).await
        }
    });
    let service = ServiceBuilder::new()
        .layer(LoadShedLayer::new())
        .layer(VerifyLayer::new(of_paminga(text_key())))
        .layer(ConcurrencyLimitLayer::new(1))
        .service(slow);
    let script = || Script::chunks([genuine.body]);
    let first = tokio::spawn(service.clone().oneshot(request(&genuine.headers, script())));
    started.notified().await;
    let body = script();
    let watch = body.watch();
    let error = service
        .clone()
        .oneshot(request(&genuine.headers, body))
        .await
        .unwrap_err();
    assert!(error.is::<tower::load_shed::error::Overloaded>());
    assert_eq!(watch.polls(), 0);
    release.wait().await;
    assert_passed(&first.await.unwrap().unwrap(), genuine.body);
}

#[tokio::test]
async fn a_layer_can_have_its_own_response() {
    let _limit = time_limit();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let reasons = Arc::clone(&seen);
    let layer = VerifyLayer::new(of_paminga(text_key())).with_response(move |rejection| {
        reasons.lock().unwrap().push(rejection.reason());
        let mut response = Response::new(Bytes::from_static(b"no"));
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    });
    let genuine = paminga();
    let service = layer.layer(service_fn(echo));
    let response = service
        .clone()
        .oneshot(Request::new(Full::<Bytes>::default()));
    let response = response.await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.body(), "no");
    assert_eq!(rejection(&response).reason(), "missing-header");
    assert_eq!(*seen.lock().unwrap(), ["missing-header"]);
    let response = service
        .oneshot(request(&genuine.headers, full(genuine.body)))
        .await
        .unwrap();
    assert_passed(&response, genuine.body);
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_verifier_is_chosen_for_each_request() {
    let mut tenants: HashMap<&str, Arc<dyn Verifier>> = HashMap::new();
    tenants.insert("/anna", Arc::new(of_paminga(text_key())));
    tenants.insert(
        "/otto",
        Arc::new(of_paminga(Key::from_text("otto's").unwrap())),
    );
    tenants.insert("/pakk", Arc::new(of_pakk(text_key())));
    let layer = VerifyLayer::from_fn(move |request| tenants.get(request.uri.path()).cloned());
    for (path, of, outcome) in [
        ("/anna", paminga(), "passed"),
        ("/otto", paminga(), "signature-mismatch"),
        ("/pakk", paminga(), "missing-header"),
        ("/pakk", pakk(), "passed"),
        ("/anna", pakk(), "missing-header"),
        ("/", paminga(), "no-verifier"),
        ("/Anna", paminga(), "no-verifier"),
    ] {
        let mut request = request(&of.headers, full(of.body));
        *request.uri_mut() = path.parse().unwrap();
        let response = send(layer.clone(), request).await;
        if outcome == "passed" {
            assert_passed(&response, of.body);
        } else if outcome == "signature-mismatch" {
            assert_rejected(&response, StatusCode::UNAUTHORIZED, outcome);
        } else {
            assert_rejected_unread(&response, StatusCode::UNAUTHORIZED, outcome);
        }
    }
}

/// The verifier is in the extensions, as if a middleware had fetched it.
#[tokio::test]
async fn a_verifier_can_come_by_the_extensions() {
    let layer = VerifyLayer::from_fn(|request| {
        let verifier: Option<&Arc<dyn Verifier>> = request.extensions.get();
        verifier.cloned()
    });
    let genuine = paminga();
    let mut sent = request(&genuine.headers, full(genuine.body));
    let verifier: Arc<dyn Verifier> = Arc::new(genuine.webhook);
    sent.extensions_mut().insert(verifier);
    assert_passed(&send(layer.clone(), sent).await, genuine.body);
    let sent = request(&genuine.headers, full(genuine.body));
    let response = send(layer, sent).await;
    assert_rejected_unread(&response, StatusCode::UNAUTHORIZED, "no-verifier");
}

#[tokio::test]
async fn any_pointer_to_a_verifier_will_do() {
    let genuine = paminga();
    let new = || of_paminga(text_key());
    for layer in [
        VerifyLayer::new(new()),
        VerifyLayer::new(Box::new(new())),
        VerifyLayer::new(Box::new(new()) as Box<dyn Verifier>),
        VerifyLayer::new(Arc::new(new())),
        VerifyLayer::new(Arc::new(new()) as Arc<dyn Verifier>),
    ] {
        let response = send(layer, request(&genuine.headers, full(genuine.body))).await;
        assert_passed(&response, genuine.body);
    }
}

#[tokio::test]
async fn bodies_of_all_kinds() {
    let genuine = paminga();
    let headers = &genuine.headers;
    let layer = || VerifyLayer::new(of_paminga(text_key()));
    let (start, end) = genuine.body.split_at(3);

    // Data that is not `Bytes`, and lies in two pieces.
    let chained = Full::new(start.chain(end));
    assert_passed(
        &send(layer(), request(headers, chained)).await,
        genuine.body,
    );
    let text = String::from_utf8(genuine.body.to_vec()).unwrap();
    assert_passed(&send(layer(), request(headers, text)).await, genuine.body);
    // Boxed, not `Sync`, with an error that is boxed already.
    let boxed = UnsyncBoxBody::new(
        Script::chunks([start, end]).map_err(Box::<dyn Error + Send + Sync>::from),
    );
    assert_passed(&send(layer(), request(headers, boxed)).await, genuine.body);
    let axum = axum::body::Body::from(genuine.body);
    assert_passed(&send(layer(), request(headers, axum)).await, genuine.body);
    let tonic = tonic::body::Body::new(full(genuine.body));
    assert_passed(&send(layer(), request(headers, tonic)).await, genuine.body);

    /// `Send`, and neither `Sync` nor `Unpin`.
    type Frames = dyn Stream<Item = io::Result<Frame<Bytes>>> + Send;
    fn takes<B>()
    where
        Verify<tower::util::BoxCloneService<Request<VerifiedBody>, Response<Bytes>, Infallible>>:
            Service<Request<B>>,
    {
    }
    takes::<hyper::body::Incoming>();
    takes::<StreamBody<Pin<Box<Frames>>>>();
}

#[tokio::test]
async fn the_inner_layer_has_the_last_word() {
    let _limit = time_limit();
    let genuine = paminga();
    let service = ServiceBuilder::new()
        .layer(VerifyLayer::new(of_paminga(text_key())))
        .layer(VerifyLayer::new(of_paminga(text_key().with_id("inner"))))
        .service(service_fn(echo));
    let response = service
        .oneshot(request(&genuine.headers, full(genuine.body)))
        .await
        .unwrap();
    assert_passed(&response, genuine.body);
    let proof: &VerifiedBytes = response.extensions().get().unwrap();
    assert_eq!(proof.key_id(), Some("inner"));
}

#[tokio::test]
async fn a_rejection_names_the_key_that_the_request_names() {
    let genuine = pomelo();
    let layer = VerifyLayer::new(genuine.webhook);
    let response = send(layer.clone(), request(&genuine.headers, full("{}"))).await;
    assert_eq!(rejection(&response).key_id(), Some(API_KEY));
    let broken = Script::new([Step::Break]);
    let response = send(layer.clone(), request(&genuine.headers, broken)).await;
    assert_eq!(rejection(&response).key_id(), Some(API_KEY));
    let long = Script::chunks([&[0; (1 << 20) + 1][..]]);
    let response = send(layer, request(&genuine.headers, long)).await;
    assert_eq!(rejection(&response).key_id(), Some(API_KEY));

    assert_eq!(
        rejection(&response).to_string(),
        "the body is longer than 1048576 bytes"
    );

    // A rejection does not contain a key that no request names.
    let keyed = VerifyLayer::new(of_paminga(text_key().with_id("new")));
    let response = send(keyed, request(&paminga().headers, full("{}"))).await;
    assert_eq!(rejection(&response).key_id(), None);
}

/// Senders choose what a request names, so none of it may be logged.
#[tokio::test]
async fn a_rejection_holds_nothing_of_an_id_that_is_not_configured() {
    let cut = &API_KEY[..API_KEY.len() - 1];
    let longer = format!("{API_KEY}x");
    let lower_case = API_KEY.to_lowercase();
    for unknown in [cut, &longer, &lower_case, "an id by an attacker"] {
        let genuine = pomelo();
        let headers = genuine.with("x-api-key", unknown);
        let layer = VerifyLayer::new(genuine.webhook);
        let response = send(layer, request(&headers, full(genuine.body))).await;
        assert_rejected_unread(&response, StatusCode::UNAUTHORIZED, "unknown-key");
        let rejection = rejection(&response);
        assert_eq!(rejection.key_id(), None);
        let shown = format!("{rejection} {rejection:?}");
        assert!(!shown.contains(&unknown[..10]), "{shown}");
    }
}

/// The id in a rejection is a copy of the configured one, which the request's merely equals.
#[test]
fn a_claimed_key_id_is_the_configured_text() {
    let genuine = pomelo();
    let mut state = HashState::new();
    let check = genuine.webhook.begin(&genuine.headers, &mut state).unwrap();
    let claimed = check.claimed_key_id().unwrap();
    let sent = genuine.value("x-api-key");
    assert_eq!(claimed.as_bytes(), sent);
    assert!(!sent.as_ptr_range().contains(&claimed.as_ptr()));
}

/// A verifier that is named at run time, and sees the whole head.
#[derive(Debug)]
struct Custom {
    name: String,
    webhook: Webhook,
    seen: Arc<Mutex<Vec<String>>>,
}

impl CheckHead for Custom {
    fn scheme(&self) -> &str {
        &self.name
    }

    fn check_head<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        received_at: Option<Timestamp>,
    ) -> Result<CheckedHead<'h>, VerifyError> {
        let seen = format!("{:?} {:?}", head.method(), head.target());
        self.seen.lock().unwrap().push(seen);
        self.webhook.check_head(head, received_at)
    }
}

#[tokio::test]
async fn a_custom_verifier_sees_the_whole_head_and_names_itself() {
    let genuine = paminga();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let layer = VerifyLayer::new(Custom {
        name: format!("custom {}", 1),
        webhook: genuine.webhook,
        seen: Arc::clone(&seen),
    });
    for (method, uri) in [("POST", "/a?b=c"), ("PUT", "http://example.com/a/%61?b")] {
        let mut request = request(&genuine.headers, full("another"));
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = uri.parse().unwrap();
        let response = send(layer.clone(), request).await;
        assert_rejected(&response, StatusCode::UNAUTHORIZED, "signature-mismatch");
        assert_eq!(rejection(&response).scheme(), Some("custom 1"));
    }
    let wanted = [
        r#"Some("POST") Some("/a?b=c")"#,
        r#"Some("PUT") Some("/a/%61?b")"#,
    ];
    assert_eq!(*seen.lock().unwrap(), wanted);
}

#[tokio::test]
async fn a_rejection_shows_neither_a_mac_nor_a_body() {
    for (request, webhook, reason) in rejected_requests() {
        let scheme = webhook.scheme().to_owned();
        let values: Vec<String> = ["signature", "hmac"]
            .into_iter()
            .flat_map(|part| {
                request
                    .headers()
                    .iter()
                    .filter(move |header| header.0.as_str().ends_with(part))
            })
            .map(|(_, value)| value.to_str().unwrap().to_owned())
            .collect();
        let body = request.body().clone().collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        let response = send(VerifyLayer::new(webhook), request).await;
        let rejection = rejection(&response);
        let shown = format!("{rejection} {rejection:?}");
        assert!(shown.contains(&scheme), "{shown}");
        assert!(!shown.contains(&body), "{shown}");
        for value in values {
            // No longer part of one than `v1,` and its like.
            for piece in value.as_bytes().windows(12) {
                let piece = str::from_utf8(piece).unwrap();
                if !"no signature hmac-sha256 ".contains(piece) {
                    assert!(!shown.contains(piece), "{reason}: {piece} in {shown}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_fault_of_the_operator_is_no_fault_of_the_sender() {
    let webhook = HeadersAlone::new();
    let headers = headers(&[("x-signature", HEX)]);
    let response = send(VerifyLayer::new(webhook), request(&headers, full("x"))).await;
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    assert_rejected_unread(&response, status, "incomplete-head");
    let kind = rejection(&response).kind();
    assert!(
        matches!(kind, RejectionKind::Unverified { error, .. } if error.is_operator_fault()),
        "{kind:?}"
    );
    assert_eq!(rejection(&response).scheme(), Some("request-line"));
}

#[test]
fn what_is_shown() {
    let key = || Key::from_base64(WHSEC).unwrap();
    let layer = VerifyLayer::new(of_standard_webhooks(key()))
        .with_body_timeout(seconds(9), tokio::time::sleep);
    assert_eq!(
        format!("{layer:?}"),
        "VerifyLayer { checks: Checks { body_limit: 1048576, body_timeout: Some(9s), .. }, .. }"
    );
    assert_eq!(
        format!(
            "{:?}",
            VerifyLayer::new(of_standard_webhooks(key())).layer(())
        ),
        "Verify { inner: (), checks: Checks { body_limit: 1048576, body_timeout: None, .. } }"
    );
    let response = VerifyLayer::new(of_standard_webhooks(key()))
        .layer(service_fn(echo))
        .call(Request::new(Full::<Bytes>::default()));
    assert_eq!(format!("{response:?}"), "ResponseFuture { .. }");
}

#[test]
fn no_option_takes_back_another() {
    let layer = || VerifyLayer::new(of_paminga(text_key()));
    let wanted = "VerifyLayer { checks: Checks { body_limit: 7, body_timeout: Some(9s), .. }, .. }";
    let response = |_: &Rejection| Response::new(());
    for layer in [
        layer()
            .with_body_limit(7)
            .with_body_timeout(seconds(9), tokio::time::sleep)
            .with_response(response),
        layer()
            .with_response(response)
            .with_body_timeout(seconds(9), tokio::time::sleep)
            .with_body_limit(7),
    ] {
        assert_eq!(format!("{layer:?}"), wanted);
    }
}

#[test]
fn what_is_shared_between_threads() {
    fn shared<T: Send + Sync + Unpin + 'static>() {}
    shared::<VerifyLayer>();
    shared::<Verify<()>>();
    shared::<Rejection>();
    shared::<RejectionKind>();
    shared::<EmptyResponse>();
    shared::<VerifiedBody>();
    shared::<VerifiedBytes>();
    fn sent<T: Send + 'static>(_: &T) {}
    let mut service = VerifyLayer::new(of_paminga(text_key())).layer(service_fn(echo));
    sent(&service.call(Request::new(Full::<Bytes>::default())));
}

#[test]
fn the_service_behind_is_at_hand() {
    let mut service = VerifyLayer::new(of_paminga(text_key())).layer(7);
    *service.get_mut() += 1;
    assert_eq!(service.get_ref(), &8);
    assert_eq!(service.into_inner(), 8);
}

#[test]
fn an_unverified_rejection_shows_its_error_once() {
    let _limit = time_limit();
    let error = VerifyError::SignatureMismatch;
    let response = poll_once(pin!(send(
        VerifyLayer::new(of_paminga(text_key())),
        request(&paminga().headers, full("{}")),
    )));
    let Poll::Ready(response) = response else {
        panic!("nothing to wait for");
    };
    let rejection = rejection(&response);
    assert_eq!(rejection.to_string(), error.to_string());
    assert!(rejection.source().is_none());
    assert!(
        matches!(rejection.kind(), RejectionKind::Unverified { error: found, .. } if *found == error)
    );
}
