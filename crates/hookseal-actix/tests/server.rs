//! Tests the middleware and the extractors over sockets.

mod common;

use std::collections::HashMap;
use std::io::Write as _;
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use actix_web::dev::{Payload, Service as _};
use actix_web::{FromRequest as _, HttpMessage as _, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use common::*;
use hookseal::clock::Timestamp;
use hookseal::tower::VerifyLayer;
use hookseal::verification::{CheckHead, CheckedHead};
use hookseal::{Key, Reloadable, RequestHead, Verifier, VerifyError, Webhook, schemes};
use hookseal_actix::{Rejection, RejectionKind, VerifiedBytes, VerifiedJson, Verify};
use hookseal_testing::genuine;
use tower::{Layer as _, ServiceExt as _, service_fn};

fn paminga() -> Webhook {
    Webhook::new(schemes::PAMINGA, SECRET).unwrap()
}

/// Returns the verified body, on which all extractors have to agree.
async fn echo(event: VerifiedBytes, body: web::Bytes) -> HttpResponse {
    assert_eq!(event.body(), body);
    HttpResponse::Ok().body(body)
}

fn echo_behind(verify: Verify) -> impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static {
    move |config| {
        config.app_data(web::PayloadConfig::new(usize::MAX));
        let resource = web::resource("/").wrap(verify.clone());
        config.service(resource.route(web::route().to(echo)));
    }
}

fn serve_paminga() -> Server {
    serve(echo_behind(Verify::new(paminga())))
}

#[test]
fn verified_bytes_reach_the_handler_however_they_are_sent() {
    let server = serve_paminga();
    let long = vec![b'x'; 300_000];
    for body in [&b""[..], b"{}", &long] {
        let whole = server.send(&post("/", &signed(body), body));
        assert_eq!((whole.status, &whole.body[..]), (200, body));
        assert!(!whole.closes());
        let chunks: Vec<&[u8]> = body.chunks(70_001).collect();
        let chunked = server.send(&post_chunked("/", &signed(body), &chunks));
        assert_eq!((chunked.status, &chunked.body[..]), (200, body));
    }
    server.assert_none_rejected();
    // One bit of the body, and of the signature.
    server.assert_rejected(&post("/", &signed(b"{}"), b"{|"), 401, "signature-mismatch");
    server.assert_rejected(
        &post_chunked("/", &signed(b"{}"), &[b"{", b"|"]),
        401,
        "signature-mismatch",
    );
    let mut headers = signed(b"{}");
    headers[0].1[0] ^= 1;
    let response = server.assert_rejected(&post("/", &headers, b"{}"), 401, "signature-mismatch");
    // The body was read to its end.
    assert!(!response.closes());
    let names: Vec<&str> = response.headers.iter().map(|it| &it.0[..]).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.contains(&"content-length") && names.contains(&"date"));
}

#[test]
fn both_adapters_give_the_same_verdicts() {
    let genuine: Vec<Arc<genuine::Genuine>> = genuine::all().into_iter().map(Arc::new).collect();
    let shared = genuine.clone();
    let server = serve(move |config| {
        for (place, genuine) in shared.iter().enumerate() {
            let genuine = Arc::clone(genuine);
            let verify = Verify::new(Shared(genuine));
            let resource = web::resource(format!("/{place}")).wrap(verify);
            config.service(resource.route(web::post().to(echo)));
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut verdicts = HashMap::new();
    for (place, genuine) in genuine.iter().enumerate() {
        let layer = VerifyLayer::new(Shared(Arc::clone(genuine)));
        let path = format!("/{place}");
        for (headers, body) in variants(genuine) {
            let response = server.send(&post(&path, &headers, &body));
            let rejection = (response.status != 200).then(|| server.rejection());
            let here = (response.status, rejection.as_ref().map(told));
            let there = runtime.block_on(by_tower(layer.clone(), &path, &headers, &body));
            assert_eq!(here, there, "{headers:?}");
            let reason = here.1.map_or("verified", |rejection| rejection.reason);
            *verdicts.entry(reason).or_insert(0) += 1;
        }
    }
    server.assert_none_rejected();
    assert_eq!(verdicts["verified"], genuine.len());
    for reason in [
        "signature-mismatch",
        "missing-header",
        "duplicate-header",
        "malformed-signature",
        "malformed-timestamp",
        "timestamp-too-old",
        "unknown-key",
        "endpoint-mismatch",
    ] {
        assert!(verdicts[reason] > 0, "{reason}");
    }
}

/// The webhook of a genuine request, for both adapters.
#[derive(Clone)]
struct Shared(Arc<genuine::Genuine>);

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

impl CheckHead for Shared {
    fn scheme(&self) -> &str {
        self.0.webhook.scheme()
    }

    fn check_head<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        received_at: Option<Timestamp>,
    ) -> Result<CheckedHead<'h>, VerifyError> {
        self.0.webhook.check_head(head, received_at)
    }
}

/// Returns a genuine request and its nearest rejects.
fn variants(genuine: &genuine::Genuine) -> Vec<(Headers, Vec<u8>)> {
    let body = genuine.body.to_vec();
    let mut variants = vec![(genuine.headers.clone(), body.clone())];
    for place in 0..genuine.headers.len() {
        let with = |change: &dyn Fn(&mut Headers)| {
            let mut headers = genuine.headers.clone();
            change(&mut headers);
            (headers, body.clone())
        };
        variants.push(with(&|headers| drop(headers.remove(place))));
        variants.push(with(&|headers| headers.push(headers[place].clone())));
        variants.push(with(&|headers| {
            let name = headers[place].0.clone();
            headers.push((name, b"another".to_vec()));
        }));
        variants.push(with(&|headers| headers[place].1.clear()));
        variants.push(with(&|headers| headers[place].1 = b"1000000000".to_vec()));
        variants.push(with(&|headers| headers[place].1 = b"another".to_vec()));
        variants.push(with(&|headers| headers[place].1[0] ^= 1));
        variants.push(with(&|headers| {
            let last = headers[place].1.len() - 3;
            headers[place].1[last] ^= 1;
        }));
    }
    let mut changed = body.clone();
    changed[0] ^= 1;
    let cut = body[..body.len() - 1].to_vec();
    let longer = [&body[..], b"\n"].concat();
    for other in [changed, cut, longer, Vec::new()] {
        variants.push((genuine.headers.clone(), other));
    }
    variants
}

/// Everything that a rejection reports.
#[derive(Debug, PartialEq)]
struct Told {
    reason: &'static str,
    text: String,
    scheme: Option<String>,
    key_id: Option<String>,
    lengths: (Option<u64>, Option<u64>),
    keys_tried: Option<usize>,
}

fn told(rejection: &Rejection) -> Told {
    Told {
        reason: rejection.reason(),
        text: rejection.to_string(),
        scheme: rejection.scheme().map(Into::into),
        key_id: rejection.key_id().map(Into::into),
        lengths: (rejection.body_len(), rejection.announced_len()),
        keys_tried: rejection.keys_tried(),
    }
}

async fn by_tower(
    layer: VerifyLayer,
    path: &str,
    headers: &[(String, Vec<u8>)],
    body: &[u8],
) -> (u16, Option<Told>) {
    let mut request = http::Request::post(path).header("content-length", body.len());
    for (name, value) in headers {
        request = request.header(name, &value[..]);
    }
    let body = http_body_util::Full::new(Bytes::copy_from_slice(body));
    let service = layer.layer(service_fn(|_| async {
        Ok::<_, std::convert::Infallible>(http::Response::new(String::new()))
    }));
    let response = service.oneshot(request.body(body).unwrap()).await.unwrap();
    let rejection = response.extensions().get().map(told);
    (response.status().as_u16(), rejection)
}

#[test]
fn a_body_may_have_as_many_bytes_as_the_limit() {
    let server = serve(echo_behind(Verify::new(paminga()).with_body_limit(1000)));
    let (fits, too_long) = ([b'x'; 1000], [b'x'; 1001]);
    assert_eq!(server.send(&post("/", &signed(&fits), &fits)).status, 200);
    let chunks = [&fits[..600], &fits[600..]];
    assert_eq!(
        server
            .send(&post_chunked("/", &signed(&fits), &chunks))
            .status,
        200
    );

    server.assert_rejected(
        &post("/", &signed(&too_long), &too_long),
        413,
        "body-too-large",
    );
    let chunks = [&too_long[..600], &too_long[600..]];
    let chunked = post_chunked("/", &signed(&too_long), &chunks);
    server.assert_rejected(&chunked, 413, "body-too-large");
    // The announced length is checked before anything else.
    let unsigned = post("/", &[], &too_long);
    server.assert_rejected(&unsigned, 413, "body-too-large");
    server.assert_rejected(&post("/", &[], &fits), 401, "missing-header");
}

#[test]
fn the_default_limit_is_a_mebibyte() {
    let server = serve_paminga();
    let fits = vec![b'x'; 1 << 20];
    assert_eq!(server.send(&post("/", &signed(&fits), &fits)).status, 200);
    let mut announced = head("POST /", &signed(&fits));
    announced.extend(b"content-length: 1048577\r\n\r\n");
    let response = server.assert_rejected(&announced, 413, "body-too-large");
    assert!(response.closes());
}

#[test]
fn the_head_decides_before_any_of_the_body_is_there() {
    let server = serve_paminga();
    let mut unsigned = head("POST /", &[]);
    unsigned.extend(b"content-length: 1000\r\n\r\n");
    // No part of the body follows, and the response comes.
    let response = server.assert_rejected(&unsigned, 401, "missing-header");
    assert!(response.closes());
    let mut chunked = head("POST /", &[]);
    chunked.extend(b"transfer-encoding: chunked\r\n\r\n");
    let response = server.assert_rejected(&chunked, 401, "missing-header");
    assert!(response.closes());
    // A body that has already arrived is not read either.
    let response = server.assert_rejected(&post("/", &[], b"{}"), 401, "missing-header");
    assert!(response.closes());

    // As with every actix middleware, the server has already sent `100 Continue`.
    let mut expecting = head("POST /", &[]);
    expecting.extend(b"expect: 100-continue\r\ncontent-length: 1000\r\n\r\n");
    let mut connection = server.connect();
    connection.write(&expecting);
    let statuses = [0; 2].map(|_| connection.read().unwrap().status);
    assert_eq!(statuses, [100, 401]);
    assert_eq!(server.rejection().reason(), "missing-header");
}

#[test]
fn a_whole_body_has_a_time_limit() {
    let verify = Verify::new(paminga()).with_body_timeout(Duration::from_millis(300));
    let server = serve(echo_behind(verify));
    let request = post("/", &signed(b"{\"n\":0}"), b"{\"n\":0}");
    // All of it at once.
    assert_eq!(server.send(&request).status, 200);
    // One byte is missing.
    let response = server.assert_rejected(&request[..request.len() - 1], 408, "body-timeout");
    assert!(response.closes());

    // A byte now and then does not restart the timeout: the body would take forever.
    let mut connection = server.connect();
    let mut head = head("POST /", &signed(b"{}"));
    head.extend(b"content-length: 1000000\r\n\r\n");
    connection.write(&head);
    let mut other = connection.stream.try_clone().unwrap();
    let drip = std::thread::spawn(move || {
        while other.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    assert_eq!(connection.read().unwrap().status, 408);
    assert_eq!(server.rejection().reason(), "body-timeout");
    let _ = connection.stream.shutdown(Shutdown::Both);
    drip.join().unwrap();
}

#[test]
fn a_body_that_breaks_off_is_not_verified() {
    let server = serve_paminga();
    // The bytes that arrive are signed, so they would pass if they were taken for the whole body.
    for request in [
        {
            let mut cut = head("POST /", &signed(b"{}"));
            cut.extend(b"content-length: 10\r\n\r\n{}");
            cut
        },
        {
            let mut cut = head("POST /", &signed(b"{}"));
            cut.extend(b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n");
            cut
        },
    ] {
        let mut connection = server.connect();
        connection.write(&request);
        connection.stream.shutdown(Shutdown::Write).unwrap();
        let rejection = server.rejection();
        assert_eq!(
            (rejection.reason(), rejection.status().as_u16()),
            ("body-broken", 400)
        );
    }
    assert_eq!(server.send(&post("/", &signed(b"{}"), b"{}")).status, 200);
}

#[test]
fn chunks_that_are_none_are_not_verified() {
    let server = serve_paminga();
    let mut broken = head("POST /", &signed(b"{}"));
    broken.extend(b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\nno number\r\n");
    let response = server.assert_rejected(&broken, 400, "body-broken");
    assert!(response.closes());
}

#[test]
fn a_refused_client_that_sends_on_and_on_is_cut_off() {
    let server = serve(echo_behind(Verify::new(paminga()).with_body_limit(1000)));
    let chunk = [&b"3e8\r\n"[..], &[b'x'; 1000], b"\r\n"].concat();
    for (headers, status) in [(Vec::new(), 401), (signed(b"{}"), 413)] {
        let mut connection = server.connect();
        let mut head = head("POST /", &headers);
        head.extend(b"transfer-encoding: chunked\r\n\r\n");
        connection.write(&head);
        let mut other = connection.stream.try_clone().unwrap();
        let chunk = chunk.clone();
        let until = Instant::now() + LIMIT;
        let endless = std::thread::spawn(move || {
            while other.write_all(&chunk).is_ok() {
                assert!(Instant::now() < until, "the server reads on");
            }
        });
        let response = connection.read().unwrap();
        assert_eq!(response.status, status);
        assert!(response.closes());
        endless.join().unwrap();
    }
}

#[test]
fn a_handler_that_panics_takes_nothing_else_with_it() {
    let server = serve(|config| {
        let handle = async |event: VerifiedBytes| {
            assert_ne!(event.body(), b"panic");
            "handled"
        };
        let resource = web::resource("/").wrap(Verify::new(paminga()));
        config.service(resource.route(web::post().to(handle)));
    });
    for _ in 0..20 {
        let mut connection = server.connect();
        connection.write(&post("/", &signed(b"panic"), b"panic"));
        // actix ends the connection of a handler that panics.
        assert!(connection.read().is_none());
        assert_eq!(server.send(&post("/", &signed(b"{}"), b"{}")).status, 200);
    }
    server.assert_none_rejected();
}

#[test]
fn clients_that_hang_up_are_forgotten() {
    let server = serve_paminga();
    let whole = post("/", &signed(b"{}"), b"{}");
    for length in 1..whole.len() {
        // The connection ends within the head, and within the body.
        server.connect().write(&whole[..length]);
    }
    for _ in 0..100 {
        // Before the response.
        server.connect().write(&whole);
    }
    assert_eq!(server.send(&whole).status, 200);
}

#[test]
fn a_middleware_in_front_that_changes_the_body_is_found_out() {
    let server = serve(|config| {
        let resource = web::resource("/").wrap(Verify::new(paminga()));
        let resource = resource.wrap_fn(|mut request, service| {
            request.set_payload(Payload::from(Bytes::from_static(b"{}")));
            service.call(request)
        });
        config.service(resource.route(web::post().to(echo)));
    });
    // The bytes that the middleware puts there are signed, but another length was announced.
    server.assert_rejected(
        &post("/", &signed(b"{}"), b"{ }"),
        400,
        "body-length-mismatch",
    );
    assert_eq!(server.send(&post("/", &signed(b"{}"), b"[]")).status, 200);
}

#[test]
fn each_tenant_has_its_own_verifier() {
    let key = |name: &str| {
        Key::from_text(&format!("the signing key of {name}"))
            .unwrap()
            .with_id(name)
    };
    let tenants: HashMap<String, Arc<dyn Verifier>> = ["anna", "otto"]
        .map(|name| {
            let webhook = Webhook::new(schemes::PAMINGA, key(name)).unwrap();
            (name.to_owned(), Arc::new(webhook) as Arc<dyn Verifier>)
        })
        .into();
    let verify =
        Verify::from_fn(move |request| tenants.get(request.match_info().get("tenant")?).cloned());
    let server = serve(move |config| {
        let handle = async |event: VerifiedBytes| event.key_id().unwrap().to_owned();
        let resource = web::resource("/{tenant}/events").wrap(verify.clone());
        config.service(resource.route(web::post().to(handle)));
    });
    let signed_by = |name: &str| {
        let mac = hmac_sha256::HMAC::mac(b"{}", format!("the signing key of {name}"));
        let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        vec![("x-paminga-signature".to_owned(), hex.into_bytes())]
    };
    let response = server.send(&post("/anna/events", &signed_by("anna"), b"{}"));
    assert_eq!((response.status, &response.body[..]), (200, &b"anna"[..]));
    let other = post("/otto/events", &signed_by("anna"), b"{}");
    server.assert_rejected(&other, 401, "signature-mismatch");
    let unknown = post("/emil/events", &signed_by("anna"), b"{}");
    server.assert_rejected(&unknown, 401, "no-verifier");
}

/// A reload takes effect in every worker.
#[test]
fn secrets_change_while_the_server_runs() {
    let webhook = |secret: &str| Webhook::new(schemes::PAMINGA, secret).unwrap();
    let held = Reloadable::new(webhook(SECRET));
    let server = serve(echo_behind(Verify::reloadable(held.clone())));
    let old = post("/", &signed(b"{}"), b"{}");
    let mac = hmac_sha256::HMAC::mac(b"{}", "another secret");
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    let new = post(
        "/",
        &[("x-paminga-signature".to_owned(), hex.into())],
        b"{}",
    );
    let both = |old_status: u16, new_status: u16| {
        // Connections go to the two workers in turn.
        for _ in 0..4 {
            assert_eq!(server.send(&old).status, old_status);
            assert_eq!(server.send(&new).status, new_status);
        }
    };
    both(200, 401);

    held.replace(webhook("another secret"));
    both(401, 200);
}

/// A verifier that needs something that no head has.
#[derive(Debug)]
struct Faulty;

impl CheckHead for Faulty {
    fn scheme(&self) -> &str {
        "faulty"
    }

    fn check_head<'h>(
        &'h self,
        _: &'h dyn RequestHead,
        _: Option<Timestamp>,
    ) -> Result<CheckedHead<'h>, VerifyError> {
        Err(VerifyError::incomplete_head("method"))
    }
}

#[test]
fn a_fault_of_the_operator_is_a_500() {
    let server = serve(echo_behind(Verify::new(Faulty)));
    let request = post("/", &signed(b"{}"), b"{}");
    server.assert_rejected(&request, 500, "incomplete-head");
}

/// Returns `Err` if a request was lost: it was sent on a connection that was to stay open.
fn send_all(server: &Server, requests: &[Vec<u8>]) -> (Vec<u16>, usize) {
    let (mut statuses, mut lost) = (Vec::new(), 0);
    let mut connection = server.connect();
    for request in requests {
        // A server that has responded and is closing may refuse the rest of a body.
        let _ = connection.stream.write_all(request);
        match connection.read() {
            Some(response) => {
                statuses.push(response.status);
                if response.closes() {
                    connection = server.connect();
                }
            }
            None => {
                lost += 1;
                connection = server.connect();
            }
        }
    }
    (statuses, lost)
}

#[test]
fn no_request_is_lost_after_one_that_was_refused() {
    let server = serve_paminga();
    let long = vec![b'x'; 100_000];
    let chunks: Vec<&[u8]> = long.chunks(10_000).collect();
    let genuine = post("/", &signed(b"{}"), b"{}");
    let mut requests = Vec::new();
    for refused in [
        post("/", &[], &long),
        post_chunked("/", &[], &chunks),
        post("/", &signed(b"{}"), &long),
        post("/", &[], &vec![b'x'; 1_100_000]),
    ] {
        for _ in 0..50 {
            requests.extend([refused.clone(), genuine.clone()]);
        }
    }
    let (statuses, lost) = send_all(&server, &requests);
    assert_eq!(lost, 0);
    let wanted = [401, 200, 401, 200, 401, 200, 413, 200];
    for (sent, wanted) in statuses.chunks(100).zip(wanted.chunks(2)) {
        assert!(sent.chunks(2).all(|pair| pair == wanted), "{sent:?}");
    }
    // Requests that were read to their end keep their connection.
    let response = server.send(&post("/", &signed(b"{}"), &long));
    assert!(!response.closes());
}

#[test]
fn many_requests_are_checked_at_once() {
    let server = serve_paminga();
    std::thread::scope(|scope| {
        for sender in 0..32_usize {
            let server = &server;
            let mut connection = server.connect();
            scope.spawn(move || {
                for number in 0..20 {
                    let body = format!("{{\"sender\":{sender},\"number\":{number}}}").repeat(200);
                    let body = body.as_bytes();
                    let is_genuine = number % 3 != 0;
                    let headers = signed(if is_genuine { body } else { b"another" });
                    let request = post("/", &headers, body);
                    // In pieces, so that the bodies arrive interleaved.
                    for piece in request.chunks(1000) {
                        connection.write(piece);
                    }
                    let response = connection.read().unwrap();
                    if is_genuine {
                        assert_eq!((response.status, &response.body[..]), (200, body));
                    } else {
                        assert_eq!((response.status, &response.body[..]), (401, &b""[..]));
                    }
                }
            });
        }
    });
}

#[derive(serde::Deserialize)]
struct Order {
    total: u64,
}

#[test]
fn json_is_parsed_from_the_verified_bytes() {
    let server = serve(|config| {
        let ours = async |VerifiedJson(order): VerifiedJson<Order>| order.total.to_string();
        let actix = async |order: web::Json<Order>| order.total.to_string();
        for (path, route) in [
            ("/ours", web::post().to(ours)),
            ("/actix", web::post().to(actix)),
        ] {
            let resource = web::resource(path).wrap(Verify::new(paminga()));
            config.service(resource.route(route));
        }
    });
    let body = br#"{"total":7}"#;
    let response = server.send(&post("/ours", &signed(body), body));
    assert_eq!((response.status, &response.body[..]), (200, &b"7"[..]));
    let mut headers = signed(body);
    headers.push(("content-type".into(), b"application/json".to_vec()));
    let response = server.send(&post("/actix", &headers, body));
    assert_eq!((response.status, &response.body[..]), (200, &b"7"[..]));

    for other in [&b"total=7"[..], br#"{"total":-7}"#, b""] {
        let response = server.send(&post("/ours", &signed(other), other));
        assert_eq!((response.status, &response.body[..]), (422, &b""[..]));
    }
    server.assert_none_rejected();
    for path in ["/ours", "/actix"] {
        server.assert_rejected(&post(path, &signed(b"{}"), body), 401, "signature-mismatch");
    }
}

#[test]
fn without_the_middleware_no_handler_runs() {
    let server = serve(|config| {
        config.service(web::resource("/bytes").route(web::post().to(echo)));
        let json = async |_: VerifiedJson<u64>| "called";
        config.service(web::resource("/json").route(web::post().to(json)));
    });
    for path in ["/bytes", "/json"] {
        let response = server.send(&post(path, &signed(b"7"), b"7"));
        assert_eq!((response.status, &response.body[..]), (500, &b""[..]));
    }
}

#[test]
fn a_scope_and_a_route_can_be_wrapped() {
    let server = serve(|config| {
        let scope = web::scope("/scope").wrap(Verify::new(paminga()));
        config.service(scope.route("/event", web::post().to(echo)));
        let route = web::post().to(echo).wrap(Verify::new(paminga()));
        config.service(web::resource("/route").route(route));
    });
    for path in ["/scope/event", "/route"] {
        assert_eq!(server.send(&post(path, &signed(b"{}"), b"{}")).status, 200);
        server.assert_rejected(
            &post(path, &signed(b"{}"), b"[]"),
            401,
            "signature-mismatch",
        );
    }
    let mut get = head("GET /route", &[]);
    get.extend(b"\r\n");
    assert_eq!(server.send(&get).status, 405);
}

#[test]
fn a_compressed_body_is_verified_as_it_was_sent() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(b"[1, 2, 3]").unwrap();
    let sent = gzip.finish().unwrap();
    let length = sent.len();
    let server = serve(move |config| {
        let handle = move |event: VerifiedBytes, body: web::Bytes| async move {
            assert_eq!(event.body().len(), length);
            body
        };
        let resource = web::resource("/").wrap(Verify::new(paminga()));
        config.service(resource.route(web::post().to(handle)));
    });
    let mut headers = signed(&sent);
    headers.push(("content-encoding".into(), b"gzip".to_vec()));
    let response = server.send(&post("/", &headers, &sent));
    assert_eq!(
        (response.status, &response.body[..]),
        (200, &b"[1, 2, 3]"[..])
    );
    let mut headers = signed(b"[1, 2, 3]");
    headers.push(("content-encoding".into(), b"gzip".to_vec()));
    let response = server.send(&post("/", &headers, &sent));
    assert_eq!(response.status, 401);
    let rejection = server.rejection();
    assert!(matches!(rejection.kind(), RejectionKind::Unverified { .. }));
    assert_eq!(rejection.content_encoding().unwrap(), "gzip");
}

#[test]
fn a_proof_is_for_one_request_alone() {
    // actix reuses connections and request objects: the next request must not find the proof.
    let server = serve(|config| {
        let verified = web::resource("/verified").wrap(Verify::new(paminga()));
        config.service(verified.route(web::post().to(echo)));
        let look = async |request: HttpRequest, _: web::Bytes| {
            let has_proof = VerifiedBytes::extract(&request).await.is_ok();
            let in_extensions = request.extensions().get::<VerifiedBytes>().is_some();
            format!("{}", has_proof || in_extensions)
        };
        config.service(web::resource("/look").route(web::post().to(look)));
    });
    let mut connection = server.connect();
    for _ in 0..20 {
        connection.write(&post("/verified", &signed(b"{}"), b"{}"));
        assert_eq!(connection.read().unwrap().status, 200);
        connection.write(&post("/look", &signed(b"{}"), b"{}"));
        assert_eq!(connection.read().unwrap().body, b"false");
    }
}

#[test]
fn an_event_is_handled_once() {
    use hookseal::idempotency::{Guard, MemoryStore, Once};

    static HANDLED: AtomicUsize = AtomicUsize::new(0);
    let guard = Guard::new(MemoryStore::new(100), "orders");
    let server = serve(move |config| {
        let handle = async |guard: web::Data<Guard>, event: VerifiedBytes| {
            let count = async || {
                HANDLED.fetch_add(1, Ordering::SeqCst);
                Ok::<_, ()>(())
            };
            match guard.once(&event.idempotency_key(), count).await {
                Ok(Once::Handled(()) | Once::Duplicate) => HttpResponse::NoContent().finish(),
                _ => HttpResponse::InternalServerError().finish(),
            }
        };
        config.app_data(web::Data::new(guard.clone()));
        let resource = web::resource("/").wrap(Verify::new(paminga()));
        config.service(resource.route(web::post().to(handle)));
    });
    for body in [b"[1]", b"[1]", b"[2]", b"[1]"] {
        assert_eq!(server.send(&post("/", &signed(body), body)).status, 204);
    }
    assert_eq!(HANDLED.load(Ordering::SeqCst), 2);
}

#[test]
fn http2_is_verified_too() {
    use http_body_util::{BodyExt as _, Full};
    use hyper_util::rt::{TokioExecutor, TokioIo};

    let server = serve_http2(echo_behind(Verify::new(paminga()).with_body_limit(200_000)));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(server.address)
            .await
            .unwrap();
        let io = TokioIo::new(stream);
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
                .await
                .unwrap();
        tokio::spawn(connection);
        let fits = vec![b'x'; 200_000];
        let too_long = vec![b'x'; 200_001];
        for (signed_bytes, body, status) in [
            (&b"{}"[..], &b"{}"[..], 200),
            (b"{}", b"[]", 401),
            (&fits, &fits, 200),
            (b"{}", &fits, 401),
            (&too_long, &too_long, 413),
            (b"{}", b"{}", 200),
        ] {
            let mut request = http::Request::post(format!("http://{}/", server.address));
            for (name, value) in signed(signed_bytes) {
                request = request.header(name, value);
            }
            let body = Bytes::copy_from_slice(body);
            let request = request.body(Full::new(body.clone())).unwrap();
            let response = sender.send_request(request).await.unwrap();
            assert_eq!(response.status(), status);
            assert!(!response.headers().contains_key("connection"));
            let got = response.into_body().collect().await.unwrap().to_bytes();
            let wanted = if status == 200 { body } else { Bytes::new() };
            assert_eq!(got, wanted);
        }
    });
}

#[cfg(feature = "handshake")]
#[test]
fn handshakes_are_answered_where_that_is_asked_for() {
    use hookseal::handshake::Handshakes;

    let webhook = || {
        let handshakes = Handshakes::new(schemes::DROPBOX).unwrap();
        let webhook = Webhook::new(schemes::DROPBOX, SECRET).unwrap();
        Verify::new(webhook.with_handshakes(handshakes).unwrap())
    };
    let mut challenge = head("GET /?challenge=abc", &[]);
    challenge.extend(b"\r\n");

    let server = serve(echo_behind(webhook().answer_handshakes()));
    let response = server.send(&challenge);
    assert_eq!((response.status, &response.body[..]), (200, &b"abc"[..]));
    assert_eq!(
        response.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
    server.assert_rejected(&post("/", &[], b"{}"), 401, "missing-header");
    let event = vec![("x-dropbox-signature".to_owned(), signed(b"{}")[0].1.clone())];
    assert_eq!(server.send(&post("/", &event, b"{}")).status, 200);

    let silent = serve(echo_behind(webhook()));
    silent.assert_rejected(&challenge, 401, "missing-header");
}
