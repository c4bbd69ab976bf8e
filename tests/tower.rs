//! The layer, without a network.

#[path = "common/bodies.rs"]
mod bodies;
mod common;

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
use hookseal::schemes::{Pakk, Paminga, StandardWebhooks};
use hookseal::tower::{
    EmptyAnswer, Refusal, RefusalKind, VerifiedBody, VerifiedBytes, Verify, VerifyLayer,
};
use hookseal::{FixedClock, Key, Timestamp, Verifier, VerifyError};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use tokio::sync::{Barrier, Notify};
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::LoadShedLayer;
use tower::timeout::TimeoutLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, service_fn};

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

/// Answers with the request's body, and hands the proof back.
async fn echo(request: Request<VerifiedBody>) -> Result<Response<Bytes>, Infallible> {
    let (mut parts, body) = request.into_parts();
    let mut answer = Response::new(body.proof().body().clone());
    if let Some(proof) = parts.extensions.remove::<VerifiedBytes>() {
        answer.extensions_mut().insert(proof);
    }
    if let Some(trailers) = body.collect().await.unwrap().trailers() {
        answer.headers_mut().extend(trailers.clone());
    }
    Ok(answer)
}

async fn send<B>(layer: VerifyLayer, request: Request<B>) -> Response<Bytes>
where
    B: http_body::Body + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let answer = layer.layer(service_fn(echo)).oneshot(request).await;
    answer.unwrap()
}

fn refusal(answer: &Response<Bytes>) -> &Refusal {
    answer.extensions().get().expect("a refusal")
}

#[track_caller]
fn assert_refused(answer: &Response<Bytes>, status: StatusCode, reason: &str) {
    assert_eq!(refusal(answer).reason(), reason);
    assert_eq!(refusal(answer).status(), status);
    assert_eq!(answer.status(), status);
    assert!(answer.headers().is_empty());
    assert!(answer.body().is_empty());
}

#[track_caller]
fn assert_passed(answer: &Response<Bytes>, body: &[u8]) {
    assert!(answer.extensions().get::<Refusal>().is_none());
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.body(), body);
    let proof = answer.extensions().get::<VerifiedBytes>().expect("a proof");
    assert_eq!(proof.body(), body);
    assert_eq!(proof.body_len(), u64::try_from(body.len()).unwrap());
}

#[tokio::test]
async fn a_verified_request_passes_with_its_bytes_and_its_proof() {
    for genuine in all() {
        let request = request(&genuine.headers, full(genuine.body));
        let whole = genuine.verifier.verify(&genuine.headers, genuine.body);
        let whole = whole.unwrap().into_owned();
        let layer = VerifyLayer::new(genuine.verifier);
        let answer = send(layer, request).await;
        assert_passed(&answer, genuine.body);
        let proof = answer.extensions().get::<VerifiedBytes>().unwrap();
        assert_eq!(proof.message_id(), whole.message_id());
        assert_eq!(proof.timestamp(), whole.timestamp());
        assert_eq!(proof.key_id(), whole.key_id());
        assert_eq!(proof.signature(), whole.signature());
        assert_eq!(proof.scheme(), whole.scheme());
    }
}

#[tokio::test]
async fn the_rest_of_the_request_is_untouched() {
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
        let mut answer = Response::new(Bytes::from_static(b"made by the service"));
        *answer.status_mut() = StatusCode::CREATED;
        std::future::ready(Ok::<_, Infallible>(answer))
    });
    let layer = VerifyLayer::new(genuine.verifier);
    let answer = layer.layer(service).oneshot(sent).await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    assert_eq!(answer.body(), "made by the service");
}

type Refused = (Request<Full<Bytes>>, Box<dyn Verifier>, &'static str);

/// Every way to be refused that a sender can cause, with its label.
fn refused_requests() -> Vec<Refused> {
    let mut cases = Vec::new();
    let mut add = |genuine: Genuine, headers: Vec<(String, Vec<u8>)>, reason| {
        let request = request(&headers, full(genuine.body));
        cases.push((request, genuine.verifier, reason));
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
        cases.push((request, genuine.verifier, "signature-mismatch"));
    }
    cases
}

#[tokio::test]
async fn every_refusal_looks_the_same_from_outside() {
    let show = |answer: Response<Bytes>| {
        let (mut parts, body) = answer.into_parts();
        parts.extensions.clear();
        format!("{parts:?} {body:?}")
    };
    let nobodys = VerifyLayer::choosing(|_| None);
    let answer = send(nobodys, Request::new(Empty::<Bytes>::new())).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, "no-verifier");
    assert_eq!(refusal(&answer).scheme(), None);
    let first = show(answer);
    for (request, verifier, reason) in refused_requests() {
        let scheme = verifier.scheme();
        let answer = send(VerifyLayer::new(verifier), request).await;
        assert_refused(&answer, StatusCode::UNAUTHORIZED, reason);
        assert_eq!(refusal(&answer).scheme(), Some(scheme));
        assert_eq!(show(answer), first);
    }
}

#[tokio::test]
async fn headers_are_checked_before_the_body_is_touched() {
    for (request, verifier, reason) in refused_requests() {
        let body = Script::new([Step::Stall]);
        let watch = body.watch();
        let request = request.map(|_| body);
        if reason == "signature-mismatch" {
            continue; // needs the body
        }
        let answer = send(VerifyLayer::new(verifier), request).await;
        assert_refused(&answer, StatusCode::UNAUTHORIZED, reason);
        assert_eq!(watch.polls(), 0);
    }
}

#[tokio::test]
async fn a_refused_request_does_not_reach_the_service() {
    for (request, verifier, _) in refused_requests() {
        let service = service_fn(|_: Request<VerifiedBody>| async {
            panic!("called");
            #[expect(unreachable_code, reason = "the type of the answer")]
            Ok::<_, Infallible>(Response::new(Bytes::new()))
        });
        let layer = VerifyLayer::new(verifier);
        let answer = layer.layer(service).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn the_verdict_is_the_same_for_every_split() {
    for genuine in all() {
        let layer = VerifyLayer::new(genuine.verifier);
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
            let answer = send(layer.clone(), request(&genuine.headers, body)).await;
            assert_passed(&answer, genuine.body);
        }
        for body in splits(&changed) {
            let answer = send(layer.clone(), request(&genuine.headers, body)).await;
            assert_refused(&answer, StatusCode::UNAUTHORIZED, "signature-mismatch");
        }
        let cut = Script::chunks([&genuine.body[..genuine.body.len() - 1]]);
        let answer = send(layer, request(&genuine.headers, cut)).await;
        assert_refused(&answer, StatusCode::UNAUTHORIZED, "signature-mismatch");
    }
}

#[tokio::test]
async fn a_body_as_long_as_the_limit_passes_and_one_byte_more_does_not() {
    let genuine = paminga();
    let layer = |limit| VerifyLayer::new(Paminga::new(text_key())).with_body_limit(limit);
    let length = genuine.body.len();
    for size in 1..=length {
        let body = || request(&genuine.headers, Script::chunks(genuine.body.chunks(size)));
        let answer = send(layer(length), body()).await;
        assert_passed(&answer, genuine.body);
        let answer = send(layer(length - 1), body()).await;
        assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
        let limit = match refusal(&answer).kind() {
            RefusalKind::BodyTooLarge { limit, .. } => *limit,
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
    let layer = VerifyLayer::new(Paminga::new(text_key())).with_body_limit(0);
    let answer = send(layer.clone(), request(&headers, Empty::<Bytes>::new())).await;
    assert_passed(&answer, b"");
    let answer = send(layer, request(&headers, full("x"))).await;
    assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
}

#[tokio::test]
async fn the_limit_is_1_mib_unless_set() {
    let body = vec![0; 1 << 20];
    let verifier = || Paminga::new(text_key());
    // head -c 1048576 /dev/zero | openssl dgst -sha256 -hmac your-shared-secret
    let signature = "2feef708686c4f63fb80b906e08e35f033e05f121b72e56f0f976a36476a0472";
    let headers = [("x-paminga-signature".to_owned(), signature.into())];
    let answer = send(
        VerifyLayer::new(verifier()),
        request(&headers, full(body.clone())),
    )
    .await;
    assert_passed(&answer, &body);
    let longer = Script::chunks([&body[..], b"\0"]);
    let answer = send(VerifyLayer::new(verifier()), request(&headers, longer)).await;
    assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
}

#[tokio::test]
async fn an_announced_length_over_the_limit_is_refused_unread() {
    let genuine = paminga();
    let limit = genuine.body.len();
    let layer = VerifyLayer::new(Paminga::new(text_key())).with_body_limit(limit);
    for (announced, passes) in [
        ("7", true),
        ("007", true),
        ("8", false),
        ("18446744073709551615", false),
        ("18446744073709551616", false),
        ("99999999999999999999999999", false),
        // Not a length: announces nothing. The server in front refuses these.
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
        let answer = send(layer.clone(), request).await;
        if passes {
            assert_passed(&answer, genuine.body);
        } else {
            assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
            assert_eq!(watch.polls(), 0, "{announced}");
        }
    }
    for (hint, passes) in [(7, true), (8, false), (u64::MAX, false)] {
        let body = Script::chunks([genuine.body]).with_hint(hint);
        let watch = body.watch();
        let answer = send(layer.clone(), request(&genuine.headers, body)).await;
        assert_eq!(answer.status() == StatusCode::OK, passes);
        assert_eq!(watch.polls() > 0, passes);
    }
}

/// Or a forger could see which claims the headers may make.
#[tokio::test]
async fn an_announced_length_is_answered_alike_whatever_the_headers_claim() {
    let verifiers = refused_requests()
        .into_iter()
        .map(|(request, verifier, _)| (request, VerifyLayer::new(verifier)));
    let nobodys = [(Request::default(), VerifyLayer::choosing(|_| None))];
    for (mut request, layer) in verifiers.chain(nobodys) {
        let long = HeaderValue::from_static("1048577");
        request.headers_mut().insert("content-length", long);
        let answer = send(layer, request).await;
        assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
        assert_eq!(refusal(&answer).key_id(), None);
        assert_eq!(refusal(&answer).scheme(), None);
    }
}

#[tokio::test]
async fn a_body_is_as_long_as_announced() {
    let genuine = paminga();
    for announced in ["0", "6", "8"] {
        let mut request = request(&genuine.headers, full(genuine.body));
        let value = HeaderValue::from_static(announced);
        request.headers_mut().insert("content-length", value);
        let layer = VerifyLayer::new(Paminga::new(text_key()));
        let answer = send(layer, request).await;
        assert_refused(&answer, StatusCode::BAD_REQUEST, "body-broken");
        let source = refusal(&answer).source().unwrap();
        assert_eq!(source.to_string(), "its length is not the one announced");
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
    let layer = VerifyLayer::new(genuine.verifier).with_body_limit(10);
    let answer = send(layer, request(&genuine.headers, body)).await;
    assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
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
        let layer = VerifyLayer::new(Paminga::new(text_key()));
        let answer = send(layer, request(&genuine.headers, body)).await;
        assert_passed(&answer, genuine.body);
        assert_eq!(answer.headers(), &trailers(value));
    }
}

/// Bodies that do what the trait's contract forbids: what is passed on is what
/// was hashed, whatever they say.
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
    let layer = VerifyLayer::new(Paminga::new(text_key()));
    for body in [Script::new(steps()), Script::new(steps()).ending_too_soon()] {
        let answer = send(layer.clone(), request(&genuine.headers, body)).await;
        assert_passed(&answer, genuine.body);
        let names: Vec<_> = answer.headers().keys().collect();
        assert_eq!(names, ["a", "b"]);
    }
    let more = steps().into_iter().chain([Step::Data(b"x".to_vec())]);
    let answer = send(layer, request(&genuine.headers, Script::new(more))).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, "signature-mismatch");
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
    let layer = VerifyLayer::new(Paminga::new(text_key()));
    let answer = send(layer.clone(), body(100)).await;
    assert_passed(&answer, genuine.body);
    let values = answer.headers().get_all("x").iter();
    assert!(values.eq((0..100).map(HeaderValue::from).collect::<Vec<_>>().iter()));
    for count in [101, 40_000] {
        let answer = send(layer.clone(), body(count)).await;
        assert_refused(&answer, StatusCode::PAYLOAD_TOO_LARGE, "body-too-large");
    }
}

/// A turn is 64 frames: more would keep other tasks waiting.
#[test]
fn a_turn_has_its_end() {
    let endless = Endless::default();
    let frames = endless.frames();
    let mut service = VerifyLayer::new(Paminga::new(text_key())).layer(service_fn(echo));
    let mut answer = pin!(service.call(request(&paminga().headers, endless)));
    for turn in 1..4 {
        assert!(poll_once(answer.as_mut()).is_pending());
        assert_eq!(frames.load(Ordering::SeqCst), 64 * turn);
    }
    assert_eq!(format!("{answer:?}"), "ResponseFuture { .. }");
    // A pause begins another one.
    let pauses = (0..1000).flat_map(|_| [Step::Data(Vec::new()), Step::Wait]);
    let script = Script::new(pauses);
    let watch = script.watch();
    let mut answer = pin!(service.call(request(&paminga().headers, script)));
    for turn in 1..200 {
        assert!(poll_once(answer.as_mut()).is_pending());
        assert_eq!(watch.polls(), 2 * turn);
    }
}

#[tokio::test]
async fn a_restored_body_says_what_it_is() {
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
        let layer = VerifyLayer::new(Paminga::new(text_key()));
        let answer = layer.layer(service).oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused_with_its_error_inside() {
    let genuine = paminga();
    for before in [&b""[..], b"{", genuine.body] {
        let body = Script::new([Step::Data(before.to_vec()), Step::Break]);
        let layer = VerifyLayer::new(Paminga::new(text_key()));
        let answer = send(layer, request(&genuine.headers, body)).await;
        assert_refused(&answer, StatusCode::BAD_REQUEST, "body-broken");
        let refusal = refusal(&answer);
        assert_eq!(refusal.to_string(), "the body broke off");
        let source = refusal.source().unwrap();
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
        || VerifyLayer::new(Paminga::new(text_key())).with_body_timeout(limit, tokio::time::sleep);
    let drip = |pause: Duration| {
        let drops = genuine
            .body
            .chunks(1)
            .flat_map(move |chunk| [Step::Sleep(pause), Step::Data(chunk.to_vec())]);
        request(&genuine.headers, Script::new(drops))
    };
    // Seven bytes: the last one at 4.9 s, and at 5.6 s.
    let answer = send(layer(), drip(Duration::from_millis(700))).await;
    assert_passed(&answer, genuine.body);

    let start = tokio::time::Instant::now();
    let answer = send(layer(), drip(Duration::from_millis(800))).await;
    assert_refused(&answer, StatusCode::REQUEST_TIMEOUT, "body-timeout");
    assert_eq!(
        refusal(&answer).to_string(),
        "the body took more than 5s to arrive"
    );
    let waited = start.elapsed();
    assert!(
        limit <= waited && waited < limit + Duration::from_millis(10),
        "{waited:?}"
    );

    // Without a limit it may take an hour.
    let slow = drip(seconds(600));
    let answer = send(VerifyLayer::new(Paminga::new(text_key())), slow).await;
    assert_passed(&answer, genuine.body);
}

/// On a runtime with one thread, whose timer runs when the tasks let it.
#[tokio::test]
async fn an_endless_body_keeps_neither_the_timeout_nor_other_tasks_waiting() {
    let genuine = paminga();
    let layer = VerifyLayer::new(genuine.verifier);
    let timed = layer
        .clone()
        .with_body_timeout(Duration::from_millis(5), tokio::time::sleep);
    let answer = send(timed, request(&genuine.headers, Endless::default())).await;
    assert_refused(&answer, StatusCode::REQUEST_TIMEOUT, "body-timeout");

    let untimed = tokio::spawn(send(layer, request(&genuine.headers, Endless::default())));
    for _ in 0..10 {
        tokio::task::yield_now().await; // comes back
    }
    untimed.abort();
    assert!(untimed.await.unwrap_err().is_cancelled());
}

/// Who has captured a request and keeps its last byte back.
#[tokio::test]
async fn a_body_that_ends_after_the_replay_window_is_too_late() {
    let now = Arc::new(AtomicU64::new(SIGNED_AT + 300));
    let clock = Arc::clone(&now);
    let genuine = standard_webhooks_at(move || Timestamp::from_secs(clock.load(Ordering::SeqCst)));
    let body = Script::new([Step::Wait, Step::Data(genuine.body.to_vec())]);
    let layer = VerifyLayer::new(genuine.verifier);
    let mut answer = pin!(send(layer, request(&genuine.headers, body)));
    assert!(poll_once(answer.as_mut()).is_pending());
    now.fetch_add(1, Ordering::SeqCst);
    assert_refused(&answer.await, StatusCode::UNAUTHORIZED, "timestamp-too-old");
}

#[tokio::test(start_paused = true)]
async fn headers_are_refused_before_the_time_runs() {
    let layer = VerifyLayer::new(Paminga::new(text_key()))
        .with_body_timeout(seconds(5), |_| -> std::future::Ready<()> {
            panic!("asked")
        });
    let answer = send(layer, Request::new(Script::new([Step::Stall]))).await;
    assert_refused(&answer, StatusCode::UNAUTHORIZED, "missing-header");
}

#[tokio::test]
async fn the_service_is_ready_before_it_is_called() {
    let (mock, mut handle) = tower_test::mock::pair::<Request<VerifiedBody>, Response<Bytes>>();
    handle.allow(0);
    let mut service = VerifyLayer::new(Paminga::new(text_key())).layer(mock);
    let genuine = paminga();
    let sent = || request(&genuine.headers, full(genuine.body));
    {
        let ready = pin!(<_ as ServiceExt<Request<Full<Bytes>>>>::ready(&mut service));
        assert!(poll_once(ready).is_pending());
    }
    // The mock panics if it is called when it has not said that it is ready.
    handle.allow(2);
    for _ in 0..2 {
        let service = <_ as ServiceExt<Request<Full<Bytes>>>>::ready(&mut service);
        let answer = service.await.unwrap().call(sent());
        let answer = tokio::spawn(answer);
        let (request, respond) = handle.next_request().await.unwrap();
        assert_eq!(request.body().proof().body(), genuine.body);
        respond.send_response(Response::new(Bytes::from_static(b"seen")));
        assert_eq!(answer.await.unwrap().unwrap().body(), "seen");
    }
}

fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}

#[tokio::test]
async fn errors_of_the_service_pass_through() {
    let genuine = paminga();
    let sent = || request(&genuine.headers, full(genuine.body));
    let failing = service_fn(|_: Request<VerifiedBody>| async {
        Err::<Response<Bytes>, _>(io::Error::other("the service's own"))
    });
    let layer = VerifyLayer::new(Paminga::new(text_key()));
    let error = layer.layer(failing).oneshot(sent()).await.unwrap_err();
    assert_eq!(error.to_string(), "the service's own");

    let (mock, mut handle) = tower_test::mock::pair::<Request<VerifiedBody>, Response<Bytes>>();
    handle.send_error("never ready");
    let error = layer.layer(mock).oneshot(sent()).await.unwrap_err();
    assert_eq!(error.to_string(), "never ready");
}

/// A place of the limit is held while a body arrives, and free again after it.
#[tokio::test]
async fn under_a_concurrency_limit_places_come_back() {
    let genuine = paminga();
    let mut service = VerifyLayer::new(Paminga::new(text_key()))
        .layer(ConcurrencyLimitLayer::new(1).layer(service_fn(echo)));
    let stalled = || request(&genuine.headers, Script::new([Step::Stall]));
    let is_full = |service: &mut Verify<_>| {
        let mut clone = service.clone();
        let ready = pin!(<_ as ServiceExt<Request<Script>>>::ready(&mut clone));
        poll_once(ready).is_pending()
    };
    // Cancelled in the middle.
    let mut answer = Box::pin(
        <_ as ServiceExt<Request<Script>>>::ready(&mut service)
            .await
            .unwrap()
            .call(stalled()),
    );
    assert!(poll_once(answer.as_mut()).is_pending());
    assert!(is_full(&mut service));
    drop(answer);
    assert!(!is_full(&mut service));
    // Refused, and passed.
    for (body, status) in [
        (&b"another"[..], StatusCode::UNAUTHORIZED),
        (genuine.body, StatusCode::OK),
    ] {
        for _ in 0..3 {
            let request = request(&genuine.headers, Script::chunks([body]));
            let ready = <_ as ServiceExt<Request<Script>>>::ready(&mut service);
            let answer = ready.await.unwrap().call(request).await.unwrap();
            assert_eq!(answer.status(), status);
            assert!(!is_full(&mut service));
        }
    }
}

#[tokio::test]
async fn a_request_can_be_cancelled_while_its_body_arrives() {
    let genuine = paminga();
    let body = Script::new([Step::Data(b"{".to_vec()), Step::Stall]);
    let watch = body.watch();
    let called = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&called);
    let service = service_fn(move |request| {
        counter.fetch_add(1, Ordering::SeqCst);
        echo(request)
    });
    let service = VerifyLayer::new(genuine.verifier).layer(service);
    let mut answer = Box::pin(service.oneshot(request(&genuine.headers, body)));
    for _ in 0..3 {
        assert!(poll_once(answer.as_mut()).is_pending());
    }
    assert!(watch.polls() > 1 && !watch.dropped());
    drop(answer);
    assert!(watch.dropped());
    assert_eq!(called.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn nothing_happens_before_the_first_poll() {
    let genuine = paminga();
    let body = Script::chunks([genuine.body]);
    let watch = body.watch();
    let mut service = VerifyLayer::new(genuine.verifier).layer(service_fn(echo));
    let ready = <_ as ServiceExt<Request<Script>>>::ready(&mut service);
    let answer = ready.await.unwrap().call(request(&genuine.headers, body));
    assert_eq!(watch.polls(), 0);
    drop(answer);
    assert!(watch.dropped());
}

#[tokio::test(start_paused = true)]
async fn a_timeout_further_out_cancels_it() {
    let genuine = paminga();
    let body = Script::new([Step::Data(genuine.body.to_vec()), Step::Stall]);
    let watch = body.watch();
    let service = ServiceBuilder::new()
        .layer(TimeoutLayer::new(seconds(3)))
        .layer(VerifyLayer::new(genuine.verifier))
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
    let genuine = paminga();
    let body = Script::new([Step::Sleep(seconds(10)), Step::Data(genuine.body.to_vec())]);
    let service = ServiceBuilder::new()
        .layer(VerifyLayer::new(genuine.verifier))
        .layer(TimeoutLayer::new(seconds(3)))
        .service(service_fn(echo));
    let answer = service.oneshot(request(&genuine.headers, body)).await;
    assert_passed(&answer.unwrap(), genuine.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_a_buffer_on_either_side_every_request_gets_its_own_verdict() {
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
                    let answer = service.oneshot(request).await.unwrap();
                    if good {
                        assert_passed(&answer, genuine.body);
                    } else {
                        assert_refused(&answer, StatusCode::UNAUTHORIZED, "signature-mismatch");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
    let layer = || VerifyLayer::new(Paminga::new(text_key()));
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
        .layer(VerifyLayer::new(Paminga::new(text_key())))
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
async fn a_service_can_give_its_own_answer() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let reasons = Arc::clone(&seen);
    let layer = VerifyLayer::new(Paminga::new(text_key())).with_answer(move |refusal| {
        reasons.lock().unwrap().push(refusal.reason());
        let mut answer = Response::new(Bytes::from_static(b"no"));
        *answer.status_mut() = StatusCode::NOT_FOUND;
        answer
    });
    let genuine = paminga();
    let service = layer.layer(service_fn(echo));
    let answer = service
        .clone()
        .oneshot(Request::new(Full::<Bytes>::default()));
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.body(), "no");
    assert_eq!(refusal(&answer).reason(), "missing-header");
    assert_eq!(*seen.lock().unwrap(), ["missing-header"]);
    let answer = service
        .oneshot(request(&genuine.headers, full(genuine.body)))
        .await
        .unwrap();
    assert_passed(&answer, genuine.body);
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_verifier_is_chosen_for_each_request() {
    let mut tenants: HashMap<&str, Arc<dyn Verifier>> = HashMap::new();
    tenants.insert("/anna", Arc::new(Paminga::new(text_key())));
    tenants.insert(
        "/otto",
        Arc::new(Paminga::new(Key::from_text("otto's").unwrap())),
    );
    tenants.insert("/pakk", Arc::new(Pakk::new(text_key())));
    let layer = VerifyLayer::choosing(move |request| tenants.get(request.uri.path()).cloned());
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
        let answer = send(layer.clone(), request).await;
        if outcome == "passed" {
            assert_passed(&answer, of.body);
        } else {
            assert_refused(&answer, StatusCode::UNAUTHORIZED, outcome);
        }
    }
}

/// As a middleware that fetches verifiers would put it there.
#[tokio::test]
async fn a_verifier_can_come_by_the_extensions() {
    let layer = VerifyLayer::choosing(|request| {
        let verifier: Option<&Arc<dyn Verifier>> = request.extensions.get();
        verifier.cloned()
    });
    let genuine = paminga();
    let mut sent = request(&genuine.headers, full(genuine.body));
    sent.extensions_mut()
        .insert(Arc::<dyn Verifier>::from(genuine.verifier));
    assert_passed(&send(layer.clone(), sent).await, genuine.body);
    let sent = request(&genuine.headers, full(genuine.body));
    assert_refused(
        &send(layer, sent).await,
        StatusCode::UNAUTHORIZED,
        "no-verifier",
    );
}

#[tokio::test]
async fn any_pointer_to_a_verifier_will_do() {
    let genuine = paminga();
    let new = || Paminga::new(text_key());
    for layer in [
        VerifyLayer::new(new()),
        VerifyLayer::new(Box::new(new())),
        VerifyLayer::new(Box::new(new()) as Box<dyn Verifier>),
        VerifyLayer::new(Arc::new(new())),
        VerifyLayer::new(Arc::new(new()) as Arc<dyn Verifier>),
    ] {
        let answer = send(layer, request(&genuine.headers, full(genuine.body))).await;
        assert_passed(&answer, genuine.body);
    }
}

#[tokio::test]
async fn bodies_of_all_kinds() {
    let genuine = paminga();
    let headers = &genuine.headers;
    let layer = || VerifyLayer::new(Paminga::new(text_key()));
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
    let genuine = paminga();
    let service = ServiceBuilder::new()
        .layer(VerifyLayer::new(Paminga::new(text_key())))
        .layer(VerifyLayer::new(Paminga::new(text_key().with_id("inner"))))
        .service(service_fn(echo));
    let answer = service
        .oneshot(request(&genuine.headers, full(genuine.body)))
        .await
        .unwrap();
    assert_passed(&answer, genuine.body);
    let proof: &VerifiedBytes = answer.extensions().get().unwrap();
    assert_eq!(proof.key_id(), Some("inner"));
}

#[tokio::test]
async fn a_refusal_names_the_key_that_the_request_names() {
    let genuine = pomelo();
    let layer = VerifyLayer::new(genuine.verifier);
    let answer = send(layer.clone(), request(&genuine.headers, full("{}"))).await;
    assert_eq!(refusal(&answer).key_id(), Some(API_KEY));
    let broken = Script::new([Step::Break]);
    let answer = send(layer.clone(), request(&genuine.headers, broken)).await;
    assert_eq!(refusal(&answer).key_id(), Some(API_KEY));
    let long = Script::chunks([&[0; (1 << 20) + 1][..]]);
    let answer = send(layer, request(&genuine.headers, long)).await;
    assert_eq!(refusal(&answer).key_id(), Some(API_KEY));

    assert_eq!(
        refusal(&answer).to_string(),
        "the body is longer than 1048576 bytes"
    );

    // A key that no request names is not to be found in a refusal.
    let keyed = VerifyLayer::new(Paminga::new(text_key().with_id("new")));
    let answer = send(keyed, request(&paminga().headers, full("{}"))).await;
    assert_eq!(refusal(&answer).key_id(), None);
}

#[test]
fn what_is_shown() {
    let key = || Key::from_base64(WHSEC).unwrap();
    let layer = VerifyLayer::new(StandardWebhooks::new(key()))
        .with_body_timeout(seconds(9), tokio::time::sleep);
    assert_eq!(
        format!("{layer:?}"),
        "VerifyLayer { body_limit: 1048576, body_timeout: Some(9s), .. }"
    );
    assert_eq!(
        format!(
            "{:?}",
            VerifyLayer::new(StandardWebhooks::new(key())).layer(())
        ),
        "Verify { inner: (), layer: VerifyLayer { body_limit: 1048576, body_timeout: None, .. } }"
    );
    let answer = VerifyLayer::new(StandardWebhooks::new(key()))
        .layer(service_fn(echo))
        .call(Request::new(Full::<Bytes>::default()));
    assert_eq!(format!("{answer:?}"), "ResponseFuture { .. }");
}

#[test]
fn no_option_takes_back_another() {
    let layer = || VerifyLayer::new(Paminga::new(text_key()));
    let wanted = "VerifyLayer { body_limit: 7, body_timeout: Some(9s), .. }";
    let answer = |_: &Refusal| Response::new(());
    for layer in [
        layer()
            .with_body_limit(7)
            .with_body_timeout(seconds(9), tokio::time::sleep)
            .with_answer(answer),
        layer()
            .with_answer(answer)
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
    shared::<Refusal>();
    shared::<RefusalKind>();
    shared::<EmptyAnswer>();
    shared::<VerifiedBody>();
    shared::<VerifiedBytes>();
    fn sent<T: Send + 'static>(_: &T) {}
    let mut service = VerifyLayer::new(Paminga::new(text_key())).layer(service_fn(echo));
    sent(&service.call(Request::new(Full::<Bytes>::default())));
}

#[test]
fn the_service_behind_is_at_hand() {
    let mut service = VerifyLayer::new(Paminga::new(text_key())).layer(7);
    *service.get_mut() += 1;
    assert_eq!(service.get_ref(), &8);
    assert_eq!(service.into_inner(), 8);
}

#[test]
fn an_unverified_refusal_shows_its_error_once() {
    let error = VerifyError::SignatureMismatch;
    let answer = poll_once(pin!(send(
        VerifyLayer::new(Paminga::new(text_key())),
        request(&paminga().headers, full("{}")),
    )));
    let Poll::Ready(answer) = answer else {
        panic!("nothing to wait for");
    };
    let refusal = refusal(&answer);
    assert_eq!(refusal.to_string(), error.to_string());
    assert!(refusal.source().is_none());
    assert!(matches!(refusal.kind(), RefusalKind::Unverified(found) if *found == error));
}
