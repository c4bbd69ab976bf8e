//! Tests the receiver: the real binary on a free port, over TCP.
//!
//! `senders.py` in this folder does the same with curl and the senders' own
//! libraries.

#![cfg(unix)]

mod process;
mod requests;
#[path = "../../../../tests/common/time_limit.rs"]
mod time_limit;
mod wire;

use std::ffi::OsString;
use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::os::unix::ffi::OsStringExt as _;
use std::thread;
use std::time::{Duration, Instant};

use http_body_util::{Either, Full};

use process::{AT_LAST, LIMIT, Process, Receiver, eventually};
use requests::{
    API_KEY, AUTHORIZATIONS, ENDPOINT, PAKK, PAMINGA, POMELO_BYTES, Request, SCHEMES, STANDARD,
    STANDARD_BYTES, Scheme, TOLD_BY_THE_BODY, now, pomelo, standard_webhooks,
};
use wire::{Http2, KeptAlive, Pieces, Raw, WIRES, Wire};

#[tokio::test]
async fn genuine_requests_are_accepted_once() {
    let receiver = Receiver::start(&[]);
    for wire in WIRES {
        for scheme in SCHEMES {
            let request = scheme.request(&format!(r#"{{"type":"{wire:?}"}}"#));
            let length = request.body.len();
            let reply = wire.send(&receiver, &request).await;
            assert_eq!(reply.status, 200, "{scheme:?} {wire:?}");
            assert_eq!(reply.body, format!("accepted {length} bytes\n"));
            let again = wire.send(&receiver, &request).await;
            assert_eq!(again.status, 200, "{scheme:?} {wire:?}");
            assert_eq!(again.body, "");
        }
    }
}

#[tokio::test]
async fn a_message_that_is_signed_again_is_a_duplicate() {
    let receiver = Receiver::start(&[]);
    for (id, ago, verdict) in [
        ("msg_a", 100, "accepted 12 bytes\n"),
        ("msg_a", 50, ""),
        ("msg_b", 100, "accepted 12 bytes\n"),
    ] {
        let request = standard_webhooks(id, now() - ago, r#"{"type":"x"}"#, STANDARD_BYTES);
        let reply = Wire::Http1.send(&receiver, &request).await;
        assert_eq!((reply.status, &*reply.body), (200, verdict));
    }
}

/// The MACs were made by OpenSSL and by the providers' own programs: see `tests/vectors`.
#[tokio::test]
async fn signatures_of_the_vectors_are_accepted() {
    let secret = "your-shared-secret";
    let receiver = Receiver::start(&[
        ("PAMINGA_SECRET", secret),
        ("PAKK_SECRET", secret),
        ("HUBPAY_SECRET", secret),
    ]);
    let hex = "414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400";
    let base64 = "QUsCbZCeliDbS99P8XYStrAF+rn75kMbPXjC/gLHhAA=";
    for (path, name, value) in [
        ("/webhooks/paminga", "X-Paminga-Signature", hex),
        ("/webhooks/pakk", "X-Pakk-Webhook-Signature", base64),
        ("/webhooks/hubpay", "X-Hubpay-Hmac", hex),
    ] {
        for (body, status) in [(r#"{"n":0}"#, 200), (r#"{"n":1}"#, 401)] {
            let request = Request::new(path, &[(name, value)], body);
            let reply = Wire::Http1.send(&receiver, &request).await;
            assert_eq!(reply.status, status, "{path} {body}");
        }
    }
}

#[tokio::test]
async fn forged_requests_are_rejected_and_all_look_alike() {
    let receiver = Receiver::start(&[]);
    for wire in WIRES {
        for scheme in SCHEMES {
            let genuine = scheme.request(&format!(r#"{{"type":"{wire:?}, forged"}}"#));
            for (fault, forged) in scheme.forgeries(&genuine) {
                let reply = wire.send(&receiver, &forged).await;
                let seen = (reply.status, reply.body.as_str());
                assert_eq!(seen, (401, ""), "{scheme:?} {wire:?}: {fault}");
                let unread = !TOLD_BY_THE_BODY.contains(&fault);
                let closes = wire.is_http1() && unread;
                let connection = closes.then_some(("connection", "close"));
                let headers = connection.into_iter().chain([("content-length", "0")]);
                assert!(
                    reply.headers_are(headers),
                    "{scheme:?} {wire:?}: {fault}, {:?}",
                    reply.headers
                );
            }
            // No forgery was accepted.
            let reply = wire.send(&receiver, &genuine).await;
            let length = genuine.body.len();
            assert_eq!(reply.body, format!("accepted {length} bytes\n"));
        }
    }
}

#[tokio::test]
async fn the_replay_windows_are_the_schemes() {
    let receiver = Receiver::start(&[]);
    let body = r#"{"type":"timed"}"#;
    for (scheme, offset, status) in [
        (Scheme::StandardWebhooks, -240, 200),
        (Scheme::StandardWebhooks, -301, 401),
        (Scheme::StandardWebhooks, 240, 200),
        (Scheme::StandardWebhooks, 600, 401),
        (Scheme::Pomelo, -30, 200),
        (Scheme::Pomelo, -61, 401),
        (Scheme::Pomelo, 30, 200),
        (Scheme::Pomelo, 300, 401),
    ] {
        let request = scheme.request_at(now().checked_add_signed(offset).unwrap(), body);
        let reply = Wire::Http1.send(&receiver, &request).await;
        assert_eq!(reply.status, status, "{scheme:?} {offset}");
    }
}

#[tokio::test]
async fn a_senders_own_header_names() {
    let receiver = Receiver::start(&[("STANDARD_WEBHOOKS_HEADER_PREFIX", "svix")]);
    let request = Scheme::StandardWebhooks.request(r#"{"type":"branded"}"#);
    let mut branded = request.clone();
    for (name, _) in &mut branded.headers {
        *name = name.replace("webhook", "svix");
    }
    for (request, status) in [(&request, 401), (&branded, 200)] {
        let reply = Wire::Http1.send(&receiver, request).await;
        assert_eq!(reply.status, status);
    }
}

#[tokio::test]
async fn a_verified_body_that_is_not_the_json_of_its_handler() {
    let receiver = Receiver::start(&[]);
    for body in ["", "{", "[]", r#"{"kind":"x"}"#, r#"{"type":1}"#] {
        let request = Scheme::StandardWebhooks.request(body);
        let reply = Wire::Http1.send(&receiver, &request).await;
        assert_eq!((reply.status, reply.body.as_str()), (422, ""), "{body}");
        // The handlers of the other senders accept any bytes.
        let reply = Wire::Http1
            .send(&receiver, &Scheme::Pakk.request(body))
            .await;
        assert_eq!(reply.status, 200, "{body}");
    }
}

#[tokio::test]
async fn routes_and_methods() {
    let receiver = Receiver::start(&[]);
    let one_scheme = Receiver::start_with(&[("LISTEN", "127.0.0.1:0"), ("PAKK_SECRET", PAKK)]);
    for (receiver, method, path, status) in [
        (&receiver, "GET", "/health", 200),
        (&receiver, "HEAD", "/health", 200),
        (&receiver, "POST", "/health", 405),
        (&receiver, "GET", "/webhooks/pakk", 405),
        (&receiver, "PUT", "/webhooks/pakk", 405),
        (&receiver, "POST", "/webhooks/pakk", 401),
        (&receiver, "POST", "/webhooks/pakk/", 404),
        (&receiver, "POST", "/webhooks/PAKK", 404),
        (&receiver, "POST", "/webhooks", 404),
        (&receiver, "GET", "/", 404),
        (&one_scheme, "GET", "/health", 200),
        (&one_scheme, "POST", "/webhooks/pakk", 401),
        (&one_scheme, "POST", "/webhooks/paminga", 404),
        (&one_scheme, "POST", "/webhooks/pomelo", 404),
    ] {
        for wire in WIRES {
            let reply = wire.ask(receiver, method, path).await;
            assert_eq!(reply.status, status, "{method} {path} {wire:?}");
            let allowed = reply.header("allow").is_some();
            assert_eq!(allowed, status == 405, "{method} {path} {wire:?}");
        }
    }
}

#[tokio::test]
async fn bodies_up_to_the_limit() {
    // Short enough for one segment: the receiver has all of it when it closes the
    // connection, which is then not reset before the response has arrived.
    let receiver = Receiver::start(&[("BODY_LIMIT", "1000")]);
    for wire in WIRES {
        for scheme in SCHEMES {
            let padded = |length| {
                format!(
                    r#"{{"type":"{:width$}"}}"#,
                    format!("{wire:?}"),
                    width = length - 11
                )
            };
            for (length, status) in [(1000, 200), (1001, 413)] {
                let request = scheme.request(&padded(length));
                assert_eq!(request.body.len(), length);
                let reply = wire.send(&receiver, &request).await;
                assert_eq!(reply.status, status, "{scheme:?} {wire:?} {length}");
            }
        }
    }
}

#[tokio::test]
async fn a_body_in_many_pieces() {
    let receiver = Receiver::start(&[]);
    for wire in WIRES {
        let body = format!("{wire:?}{}", "x".repeat(LIMIT))[..LIMIT].to_owned();
        let reply = wire.send(&receiver, &Scheme::Pomelo.request(&body)).await;
        assert_eq!(reply.body, "accepted 65536 bytes\n", "{wire:?}");
    }
}

#[test]
fn a_body_that_announces_too_much_is_not_waited_for() {
    let receiver = Receiver::start(&[]);
    let request = Scheme::Paminga.request("{}");
    for length in [LIMIT + 1, 1 << 62] {
        let mut raw = Raw::connect(&receiver);
        raw.write(&request.head(&format!("Content-Length: {length}")));
        assert_eq!(raw.reply().status, 413, "{length}");
    }
    // The same with other headers: the reply does not depend on them.
    let mut raw = Raw::connect(&receiver);
    raw.write("POST /webhooks/paminga HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n");
    assert_eq!(raw.reply().status, 413);
}

#[test]
fn a_body_of_chunks_without_end_is_cut_at_the_limit() {
    let receiver = Receiver::start(&[]);
    let mut raw = Raw::connect(&receiver);
    let request = Scheme::Paminga.request("{}");
    raw.write(&request.head("Transfer-Encoding: chunked"));
    for _ in 0..LIMIT / 1024 {
        raw.write(&format!("400\r\n{}\r\n", "x".repeat(1024)));
    }
    raw.write("1\r\nx\r\n");
    assert_eq!(raw.reply().status, 413);
}

/// A request that is rejected before its body is read ends its connection, and the
/// client must be told: otherwise its next request would be lost.
#[test]
fn a_rejected_request_takes_no_other_with_it() {
    let receiver = Receiver::start(&[("BODY_LIMIT", "200000")]);
    for length in [200, 5_000, 100_000] {
        let mut client = KeptAlive::new(&receiver);
        let mut lost = 0;
        for number in 0..100 {
            let scheme = SCHEMES[number % SCHEMES.len()];
            let padding = "x".repeat(length);
            let body = format!(r#"{{"type":"{number}","padding":"{padding}"}}"#);
            let unsigned = scheme.request(&body).without(scheme.signature());
            let early = number % 2 == 0;
            match client.send(&unsigned, early) {
                Ok(reply) => assert_eq!(reply.status, 401),
                // If the rest of the body arrives at a closed connection, a reset can
                // overtake the response. At least the client notices the reset.
                Err(error) => assert!(!early, "{error}"),
            }
            match client.send(&scheme.request(&body), false) {
                Ok(reply) => assert_eq!(reply.status, 200, "{scheme:?}"),
                Err(_) => lost += 1,
            }
        }
        assert_eq!(lost, 0, "{length}");
    }
}

#[test]
fn a_connection_outlives_a_request_that_was_read_to_its_end() {
    let receiver = Receiver::start(&[]);
    for framing in ["Content-Length: 5", "Transfer-Encoding: chunked"] {
        let mut raw = Raw::connect(&receiver);
        for (signed, status) in [
            ("other", 401),
            ("whole", 200),
            ("wrong", 401),
            ("whole", 200),
        ] {
            raw.write(&Scheme::Paminga.request(signed).head(framing));
            let chunked = framing.ends_with("chunked");
            raw.write(if chunked {
                "5\r\nwhole\r\n0\r\n\r\n"
            } else {
                "whole"
            });
            let reply = raw.reply();
            assert_eq!(reply.status, status, "{framing}");
            assert_eq!(reply.header("connection"), None, "{framing}");
        }
        // Without a body nothing is left unread.
        raw.write("POST /webhooks/paminga HTTP/1.1\r\nHost: x\r\n\r\n");
        let reply = raw.reply();
        assert_eq!((reply.status, reply.header("connection")), (401, None));
        raw.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(raw.reply().status, 200);
    }
}

#[test]
fn a_connection_that_ends_is_said_to_end() {
    let receiver = Receiver::start(&[("BODY_TIMEOUT", "1")]);
    let request = Scheme::Paminga.request("whole");
    let http_1_0 = |head: String| {
        let head = head.replacen("HTTP/1.1\r\n", "HTTP/1.0\r\nConnection: keep-alive\r\n", 1);
        assert!(head.contains("HTTP/1.0"));
        head
    };
    for old in [false, true] {
        for (head, body, status) in [
            ("Content-Length: 65537", "whole", 413),
            ("Content-Length: 6", "whole", 408),
            (
                "X-Paminga-Signature: again\r\nContent-Length: 5",
                "whole",
                401,
            ),
        ] {
            let head = request.head(head);
            let mut raw = Raw::connect(&receiver);
            raw.write(&if old { http_1_0(head) } else { head });
            raw.write(body);
            let reply = raw.reply();
            assert_eq!(reply.status, status);
            let connection: Vec<_> = reply
                .headers
                .iter()
                .filter(|h| h.0 == "connection")
                .collect();
            assert_eq!(connection.len(), 1, "{old} {status} {connection:?}");
            assert_eq!(connection[0].1, "close");
            assert!(raw.is_closed());
        }
    }
    let mut raw = Raw::connect(&receiver);
    raw.write(&request.head("Transfer-Encoding: chunked"));
    raw.write("no number\r\n");
    let reply = raw.reply();
    assert_eq!(
        (reply.status, reply.header("connection")),
        (400, Some("close"))
    );
}

/// hyper itself limits the trailers of HTTP/1.
#[tokio::test]
async fn trailers_up_to_100() {
    let receiver = Receiver::start(&[]);
    for (count, status) in [(0, 200), (1, 200), (100, 200), (101, 400)] {
        let mut raw = Raw::connect(&receiver);
        raw.write(
            &Scheme::Paminga
                .request("whole")
                .head("Transfer-Encoding: chunked"),
        );
        let trailers = "x: 1\r\n".repeat(count);
        raw.write(&format!("5\r\nwhole\r\n0\r\n{trailers}\r\n"));
        assert_eq!(raw.reply().status, status, "{count}");
    }
    for (count, status) in [(1, 200), (100, 200), (101, 413)] {
        let client = Http2::connect(&receiver).await;
        let names = std::iter::repeat_n(http::HeaderName::from_static("x"), count);
        let trailers = names.map(|name| (name, http::HeaderValue::from_static("1")));
        let mut map = http::HeaderMap::new();
        for (name, value) in trailers {
            map.append(name, value);
        }
        let body = Either::Right(Pieces::with_trailers("whole", map));
        let reply = client.send("POST", &Scheme::Paminga.request("whole"), body);
        assert_eq!(reply.await.unwrap().status, status, "{count}");
    }
}

#[test]
fn a_body_that_takes_too_long_is_given_up() {
    let receiver = Receiver::start(&[("BODY_TIMEOUT", "1")]);
    for (scheme, framing) in [
        (Scheme::Paminga, "Content-Length: 1000"),
        (Scheme::Pomelo, "Transfer-Encoding: chunked"),
    ] {
        // The body never ends.
        let mut raw = Raw::connect(&receiver);
        let begun = Instant::now();
        raw.write(&scheme.request("").head(framing));
        assert_eq!(raw.reply().status, 408, "{framing}");
        assert!(begun.elapsed() >= Duration::from_secs(1));

        // Each piece arrives in time, but the whole body does not.
        let mut raw = Raw::connect(&receiver);
        raw.write(&scheme.request("").head(framing));
        let mut stream = raw.stream().try_clone().unwrap();
        let dripping = thread::spawn(move || {
            let chunked = framing.ends_with("chunked");
            let piece: &[u8] = if chunked { b"1\r\nx\r\n" } else { b"x" };
            // Until the receiver closes the connection.
            while stream.write_all(piece).is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
        });
        assert_eq!(raw.reply().status, 408, "{framing}");
        dripping.join().unwrap();
    }
    receiver.logs("body-timeout", 4);
}

#[test]
fn a_slow_body_that_is_in_time() {
    let receiver = Receiver::start(&[("BODY_TIMEOUT", "50")]);
    for scheme in SCHEMES {
        let request = scheme.request(r#"{"type":"slow"}"#);
        let mut raw = Raw::connect(&receiver);
        raw.write(&request.head(&format!("Content-Length: {}", request.body.len())));
        for letter in request.body.chars() {
            thread::sleep(Duration::from_millis(10));
            raw.write(&letter.to_string());
        }
        assert_eq!(raw.reply().status, 200, "{scheme:?}");
    }
}

#[tokio::test]
async fn a_body_over_http2_that_takes_too_long_is_given_up() {
    let receiver = Receiver::start(&[("BODY_TIMEOUT", "1")]);
    let client = Http2::connect(&receiver).await;
    let request = Scheme::Hubpay.request("whole");
    let (_pieces, reply) = client.begin(&request, "wh").await;
    assert_eq!(reply.await.unwrap().status, 408);
    // The connection is still usable.
    let reply = client.send("POST", &request, Either::Left(Full::from("whole")));
    assert_eq!(reply.await.unwrap().body, "accepted 5 bytes\n");
}

#[test]
fn a_body_that_breaks_off_harms_no_one() {
    let receiver = Receiver::start(&[]);
    let request = Scheme::Paminga.request(r#"{"whole":true}"#);
    let mut broken = 0;
    for (framing, start) in [
        ("Content-Length: 14", r#"{"whole""#),
        ("Transfer-Encoding: chunked", "8\r\n{\"whole\"\r\n"),
        ("Transfer-Encoding: chunked", "e\r\n{\"whole\""),
        // The whole body, but not the last chunk.
        ("Transfer-Encoding: chunked", "e\r\n{\"whole\":true}\r\n"),
    ] {
        let raw = Raw::connect(&receiver);
        raw.write(&request.head(framing));
        raw.write(start);
        drop(raw);
        broken += 1;
        receiver.logs("body-broken", broken);
    }
    // With the client's read side still open, and with invalid framing.
    for (framing, start) in [
        ("Content-Length: 14", r#"{"whole""#),
        ("Transfer-Encoding: chunked", "8\r\n{\"whole\"\r\n"),
        ("Transfer-Encoding: chunked", "8\r\n{\"whole\"\r\nsix\r\n"),
        ("Transfer-Encoding: chunked", "8\r\n{\"whole\":true}\r\n"),
        ("Transfer-Encoding: chunked", "fffffffffffffffff\r\n"),
    ] {
        let mut raw = Raw::connect(&receiver);
        raw.write(&request.head(framing));
        raw.write(start);
        raw.stream().shutdown(Shutdown::Write).unwrap();
        assert_eq!(raw.reply().status, 400, "{framing} {start}");
        broken += 1;
        receiver.logs("body-broken", broken);
    }
    let mut raw = Raw::connect(&receiver);
    raw.write(&request.head("Content-Length: 14"));
    raw.write(r#"{"whole":true}"#);
    assert_eq!(raw.reply().body, "accepted 14 bytes\n");
}

#[tokio::test]
async fn a_stream_that_is_reset_harms_no_other() {
    let receiver = Receiver::start(&[]);
    let client = Http2::connect(&receiver).await;
    let request = Scheme::Pakk.request("whole");
    let (pieces, reset) = client.begin(&request, "wh").await;
    reset.abort();
    // The client has noticed, so the reset goes out before what follows.
    pieces.closed().await;
    let reply = client.send("POST", &request, Either::Left(Full::from("whole")));
    assert_eq!(reply.await.unwrap().body, "accepted 5 bytes\n");
    receiver.logs("body-broken", 1);
}

/// If a request is rejected because of its headers, its body need not be sent.
#[test]
fn a_body_is_asked_for_when_its_headers_pass() {
    let receiver = Receiver::start(&[]);
    let request = Scheme::Pomelo.request("{}");
    let head = request.head("Content-Length: 2\r\nExpect: 100-continue");
    let forged = head.replace("hmac-sha256 ", "hmac-sha1 ");
    assert_ne!(head, forged);

    let mut raw = Raw::connect(&receiver);
    raw.write(&forged);
    assert_eq!(raw.reply().status, 401);

    let mut raw = Raw::connect(&receiver);
    raw.write(&head);
    assert_eq!(raw.reply().status, 100);
    raw.write("{}");
    assert_eq!(raw.reply().status, 200);
}

#[test]
fn a_stop_waits_for_the_requests_in_flight() {
    for signal in ["TERM", "INT"] {
        let mut receiver = Receiver::start(&[]);
        let mut idle = Raw::connect(&receiver);
        idle.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(idle.reply().status, 200);

        let request = Scheme::Hubpay.request("in flight");
        let mut raw = Raw::connect(&receiver);
        raw.write(&request.head("Content-Length: 9\r\nExpect: 100-continue"));
        assert_eq!(raw.reply().status, 100);
        raw.write("in ");

        receiver.signal(signal);
        receiver.logs("stopping", 1);
        eventually("refused connection", || {
            TcpStream::connect(receiver.address).is_err().then_some(())
        });
        assert!(receiver.process.is_running());
        raw.write("flight");
        let reply = raw.reply();
        assert_eq!(reply.body, "accepted 9 bytes\n");
        assert_eq!(receiver.process.exit().code(), Some(0));
    }
}

#[tokio::test]
async fn a_stop_waits_for_the_streams_in_flight() {
    let mut receiver = Receiver::start(&[]);
    let client = Http2::connect(&receiver).await;
    let request = Scheme::Hubpay.request("in flight");
    let (pieces, reply) = client.begin(&request, "in ").await;

    receiver.signal("TERM");
    receiver.logs("stopping", 1);
    pieces.send("flight".into()).await.unwrap();
    drop(pieces);
    assert_eq!(reply.await.unwrap().body, "accepted 9 bytes\n");
    assert_eq!(receiver.process.exit().code(), Some(0));
}

/// A stop does not wait for a connection with half a head, whose time nothing else limits.
#[test]
fn a_stop_does_not_wait_for_ever() {
    let mut receiver = Receiver::start(&[("BODY_TIMEOUT", "1")]);
    let mut mute = Raw::connect(&receiver);
    let mut half = Raw::connect(&receiver);
    half.write("POST /webhooks/pakk HTTP/1.1\r\nHo");
    // Gives the receiver time to read it, measured by other requests that it serves meanwhile.
    let mut other = Raw::connect(&receiver);
    for _ in 0..100 {
        other.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(other.reply().status, 200);
    }
    receiver.signal("TERM");
    assert_eq!(receiver.process.exit().code(), Some(0));
    receiver.logs("still open", 1);
    assert!(mute.is_closed() && half.is_closed());
}

#[test]
fn a_wrong_configuration_stops_the_start() {
    let secret = "9f86d081884c7d65";
    let (listen, pakk) = (("LISTEN", "127.0.0.1:0"), ("PAKK_SECRET", "x"));
    let quoted = format!("\"{secret}\"");
    let spaced = format!("{secret}\n");
    let foreign = format!("whsk_{secret}");
    for (settings, message) in [
        (
            &[][..],
            "no scheme has a secret: set NAME_SECRET for each sender",
        ),
        (
            &[pakk, ("PAMINGA_SECRET", "")],
            "PAMINGA_SECRET: secret is empty; set it to the secret that the provider shows",
        ),
        (
            &[("PAKK_SECRET", &spaced)],
            "PAKK_SECRET: secret has a stray character: line break at byte 16; \
             pass the text without it",
        ),
        (
            &[("STANDARD_WEBHOOKS_SECRET", &quoted)],
            "STANDARD_WEBHOOKS_SECRET: secret is not valid base64: quotation mark at byte 0; \
             pass the text without it",
        ),
        (
            &[("HUBPAY_SECRET", &foreign)],
            "HUBPAY_SECRET: secret starts with whsk_, which marks an Ed25519 signing key",
        ),
        (
            &[
                ("STANDARD_WEBHOOKS_SECRET", STANDARD),
                ("STANDARD_WEBHOOKS_HEADER_PREFIX", "a b"),
            ],
            "STANDARD_WEBHOOKS_HEADER_PREFIX: \"a b\" is not a valid header name",
        ),
        (
            &[
                pakk,
                ("POMELO_SECRET", "c2VjcmV0c2VjcmV0c2VjcmV0"),
                ("POMELO_KEY_ID", "id"),
            ],
            "POMELO_ENDPOINT: scheme signs the endpoint, but none is configured",
        ),
        (
            &[("STRIPE_SECRET", "null")],
            "STRIPE_SECRET: secret is the word null",
        ),
        (
            &[("SQUARE_SECRET", secret)],
            "SQUARE_ENDPOINT: scheme signs the endpoint, but none is configured",
        ),
        (
            &[
                ("POMELO_SECRET", "c2VjcmV0c2VjcmV0c2VjcmV0"),
                ("POMELO_KEY_ID", "id "),
                ("POMELO_ENDPOINT", "/"),
            ],
            "POMELO_KEY_ID: no request could name the id of key 1",
        ),
        (
            &[
                ("POMELO_SECRET", "c2VjcmV0c2VjcmV0c2VjcmV0"),
                ("POMELO_KEY_ID", "id"),
                ("POMELO_ENDPOINT", ""),
            ],
            "POMELO_ENDPOINT: endpoint is empty, or has a control character or white space around it",
        ),
        (
            &[
                ("POMELO_SECRET", secret),
                ("POMELO_KEY_ID", "id"),
                ("POMELO_ENDPOINT", "/"),
            ],
            "POMELO_SECRET: secret decodes to 12 bytes, fewer than 16",
        ),
        (
            &[pakk, ("PAKK_NETWORKS", "10.0.0.1/8")],
            "PAKK_NETWORKS: network 10.0.0.1/8 has bits set after its prefix",
        ),
        (&[pakk, ("TRUSTED_PROXIES", "")], "TRUSTED_PROXIES: "),
        (
            &[pakk, ("STRIPE_NETWORKS", "10.0.0.0/8")],
            "set STRIPE_SECRET: other settings of this sender are set",
        ),
        (
            &[("META_SECRET", "meta app secret, as text")],
            "META_VERIFY_TOKEN: ",
        ),
        (&[pakk, ("EXPLAIN", "yes")], "EXPLAIN: "),
        (
            &[pakk, ("BODY_LIMIT", "1 MiB")],
            "BODY_LIMIT: invalid digit",
        ),
        (
            &[pakk, ("BODY_TIMEOUT", "-1")],
            "BODY_TIMEOUT: invalid digit",
        ),
        (
            &[pakk, ("LISTEN", "8080")],
            "LISTEN: cannot listen on 8080: invalid socket address",
        ),
    ] {
        let mut settings = settings.to_vec();
        if !settings.iter().any(|(name, _)| *name == "LISTEN") {
            settings.push(listen);
        }
        let settings = settings
            .into_iter()
            .map(|(name, value)| (name, value.into()));
        does_not_start(settings.collect(), message, secret);
    }
    let not_text = OsString::from_vec([secret.as_bytes(), &[0xff]].concat());
    does_not_start(
        vec![("PAKK_SECRET", not_text)],
        "PAKK_SECRET is not UTF-8; set it again",
        secret,
    );
}

#[track_caller]
fn does_not_start(settings: Vec<(&str, OsString)>, message: &str, secret: &str) {
    let mut process = Process::start(settings);
    let status = process.exit().code();
    let (printed, log) = process.output();
    assert_eq!((status, printed.as_str()), (Some(1), ""), "{log}");
    assert!(log.contains(message), "{log}");
    assert!(!log.contains(secret), "{log}");
}

#[test]
fn an_address_that_is_taken_stops_the_start() {
    let receiver = Receiver::start(&[]);
    let address = receiver.address.to_string();
    let settings = [("LISTEN", &address[..]), ("PAKK_SECRET", PAKK)];
    let settings = settings.map(|(name, value)| (name, value.into()));
    let message = format!("LISTEN: cannot listen on {address}: ");
    does_not_start(settings.into(), &message, PAKK);
}

/// Delivers one event after another, each by 16 clients at once and then again after the
/// receiver was killed and restarted.
async fn each_event_is_handled_once(store: &str) {
    let settings = [("EVENTS", store)];
    let receiver = Receiver::start(&settings);
    let requests: Vec<Request> = (0..20)
        .map(|number| {
            let body = format!(r#"{{"type":"once {number} {}"}}"#, std::process::id());
            standard_webhooks(&format!("once_{number}"), now(), &body, STANDARD_BYTES)
        })
        .collect();
    for request in &requests {
        let deliveries = (0..16).map(|_| Wire::Http1.send(&receiver, request));
        let mut accepted = 0;
        for reply in join_all(deliveries.collect()).await {
            match (reply.status, &*reply.body) {
                (200, "") => {}
                (200, _) => accepted += 1,
                // In progress: the sender tries again.
                (503, "") => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(accepted, 1);
    }
    drop(receiver);
    let restarted = Receiver::start(&settings);
    for request in &requests {
        let reply = Wire::Http1.send(&restarted, request).await;
        assert_eq!((reply.status, &*reply.body), (200, ""));
    }
}

async fn join_all<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut futures: Vec<_> = futures.into_iter().map(Box::pin).map(Some).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|cx| {
        for slot in &mut futures {
            if let Some(future) = slot
                && let std::task::Poll::Ready(output) = future.as_mut().poll(cx)
            {
                done.push(output);
                *slot = None;
            }
        }
        match futures.iter().all(Option::is_none) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    done
}

#[tokio::test]
async fn events_in_redis_are_handled_once() {
    if let Some(server) = hookseal_testing::servers::Redis::start(&[]) {
        each_event_is_handled_once(&server.url()).await;
    }
}

#[tokio::test]
async fn events_in_postgres_are_handled_once() {
    if let Some(server) = hookseal_testing::servers::Postgres::start() {
        each_event_is_handled_once(&server.url()).await;
    }
}

#[test]
fn a_wrong_place_for_events_stops_the_start() {
    for (place, wanted) in [
        ("disk", "EVENTS: set memory, redis://… or postgres://…"),
        ("mysql://localhost/x", "EVENTS: set memory"),
        ("redis://127.0.0.1:1/", "EVENTS: "),
        ("postgres://127.0.0.1:1/x", "EVENTS: "),
    ] {
        let mut process = Process::start([("PAKK_SECRET", PAKK), ("EVENTS", place)]);
        assert!(!process.exit().success());
        let (_, log) = process.output();
        assert!(log.contains(wanted), "{place}: {log}");
    }
}

/// The calculation is the same as in the tests of Pomelo's Postman collection; `senders.py`
/// compares it with a response that those tests accepted.
#[tokio::test]
async fn answers_to_pomelo_are_signed() {
    let receiver = Receiver::start(&[]);
    let transaction = r#"{"transaction":{"id":"ctx-1"}}"#;
    let rejected = (200, r#"{"status":"REJECTED"}"#);
    for wire in WIRES {
        for (endpoint, body, (status, answer)) in [
            (AUTHORIZATIONS, transaction, rejected),
            // The same request gets the same response.
            (AUTHORIZATIONS, transaction, rejected),
            (AUTHORIZATIONS, "", (422, "")),
            (AUTHORIZATIONS, "/credit{}", (422, "")),
            (ENDPOINT, &format!("{wire:?}"), (200, "accepted")),
            (ENDPOINT, &format!("{wire:?}"), (200, "")),
        ] {
            let request = pomelo(API_KEY, now(), endpoint, body, POMELO_BYTES);
            let reply = wire.send(&receiver, &request).await;
            assert_eq!(reply.status, status, "{wire:?} {endpoint} {body}");
            let text = reply.body.split(' ').next();
            assert_eq!(text, Some(answer), "{wire:?} {endpoint} {body}");
            assert_eq!(reply.header("x-endpoint"), Some(endpoint));
            let timestamp: u64 = reply.header("x-timestamp").unwrap().parse().unwrap();
            assert!(now().abs_diff(timestamp) <= 30);
            let signed = pomelo(API_KEY, timestamp, endpoint, &reply.body, POMELO_BYTES);
            assert_eq!(
                reply.header("x-signature"),
                Some(signed.header("x-signature"))
            );
        }
        // No key has verified this request, so there is no key to sign with.
        let forged = pomelo(
            API_KEY,
            now(),
            AUTHORIZATIONS,
            transaction,
            "another secret",
        );
        let reply = wire.send(&receiver, &forged).await;
        assert_eq!((reply.status, reply.header("x-signature")), (401, None));
        // Responses to other senders are not signed.
        let reply = wire.send(&receiver, &Scheme::Pakk.request("")).await;
        assert_eq!(reply.header("x-signature"), None);
    }
}

/// The store does not answer in time, so the signed fallback is sent.
#[tokio::test]
async fn an_answer_that_is_late_is_a_signed_refusal() {
    let Some(server) = hookseal_testing::servers::Redis::start(&[]) else {
        return;
    };
    let receiver = Receiver::start(&[("EVENTS", &server.url()), ("ANSWER_DEADLINE", "200")]);
    let request = || pomelo(API_KEY, now(), ENDPOINT, "late", POMELO_BYTES);
    let mut redis = redis::Client::open(server.url())
        .unwrap()
        .get_connection()
        .unwrap();
    let mut pause = redis::cmd("CLIENT");
    pause
        .arg("PAUSE")
        .arg(60_000)
        .arg("WRITE")
        .exec(&mut redis)
        .unwrap();
    let reply = Wire::Http1.send(&receiver, &request()).await;
    assert_eq!((reply.status, &*reply.body), (504, ""));
    let timestamp: u64 = reply.header("x-timestamp").unwrap().parse().unwrap();
    let signed = pomelo(API_KEY, timestamp, ENDPOINT, "", POMELO_BYTES);
    assert_eq!(
        reply.header("x-signature"),
        Some(signed.header("x-signature"))
    );
    let mut unpause = redis::cmd("CLIENT");
    unpause.arg("UNPAUSE").exec(&mut redis).unwrap();
    // The first attempt continued, and has handled the event, or the store's client gave up.
    let begun = Instant::now();
    loop {
        let reply = Wire::Http1.send(&receiver, &request()).await;
        if reply.status == 200 {
            assert!(["", "accepted 4 bytes\n"].contains(&&*reply.body));
            break;
        }
        assert!(begun.elapsed() < AT_LAST);
    }
}

#[tokio::test]
async fn requests_from_other_networks_are_refused() {
    let only = |networks| Receiver::start(&[("PAKK_NETWORKS", networks)]);
    let request = Scheme::Pakk.request("{}");
    for (networks, status) in [
        ("10.0.0.0/8 2001:db8::/32", 403),
        ("127.0.0.2", 403),
        ("10.0.0.0/8 127.0.0.1", 200),
    ] {
        let receiver = only(networks);
        let reply = Wire::Http1.send(&receiver, &request).await;
        assert_eq!(reply.status, status, "{networks}");
        // The route of another sender is open.
        let reply = Wire::Http1
            .send(&receiver, &Scheme::Paminga.request(""))
            .await;
        assert_eq!(reply.status, 200);
    }

    let behind_a_proxy = Receiver::start(&[
        ("PAKK_NETWORKS", "203.0.113.0/24"),
        ("TRUSTED_PROXIES", "127.0.0.0/8 192.0.2.1"),
    ]);
    for (forwarded, status) in [
        (None, 403),
        (Some("203.0.113.7"), 200),
        (Some("spoofed, 203.0.113.7, 192.0.2.1"), 200),
        (Some("203.0.113.7, 198.51.100.1"), 403),
        (Some("203.0.113.7, "), 403),
        (Some("203.0.113.7 192.0.2.1"), 403),
    ] {
        let mut request = Scheme::Pakk.request(forwarded.unwrap_or_default());
        let forwarded_for = |value: &str| ("X-Forwarded-For".to_owned(), value.to_owned());
        request.headers.extend(forwarded.map(forwarded_for));
        let reply = Wire::Http1.send(&behind_a_proxy, &request).await;
        assert_eq!(reply.status, status, "{forwarded:?}");
    }
}

#[tokio::test]
async fn handshakes_are_answered() {
    let settings = [
        ("LISTEN", "127.0.0.1:0"),
        ("META_SECRET", "meta app secret, as text"),
        ("META_VERIFY_TOKEN", "chosen"),
        ("TRELLO_SECRET", "trello secret, as text"),
        ("TRELLO_ENDPOINT", "https://example.com/webhooks/trello"),
    ];
    let receiver = Receiver::start_with(&settings);
    for (method, path, status, answer) in [
        (
            "GET",
            "/webhooks/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=chosen",
            200,
            "1158201444",
        ),
        (
            "GET",
            "/webhooks/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=other",
            401,
            "",
        ),
        ("GET", "/webhooks/meta", 401, ""),
        ("HEAD", "/webhooks/trello", 200, ""),
        ("PUT", "/webhooks/trello", 405, ""),
    ] {
        let reply = Wire::Http1.ask(&receiver, method, path).await;
        assert_eq!(
            (reply.status, &*reply.body),
            (status, answer),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn requests_are_counted_by_reason() {
    let receiver = Receiver::start(&[]);
    let genuine = Scheme::Pakk.request("{}");
    for _ in 0..2 {
        Wire::Http1.send(&receiver, &genuine).await;
    }
    let forged = genuine.clone().without("X-Pakk-Webhook-Signature");
    Wire::Http1.send(&receiver, &forged).await;
    Wire::Http1.ask(&receiver, "GET", "/webhooks/pakk").await;
    Wire::Http1.ask(&receiver, "POST", "/no/route").await;
    let reply = Wire::Http1.ask(&receiver, "GET", "/metrics").await;
    let mut lines: Vec<&str> = reply
        .body
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    lines.sort_unstable();
    let line = |status, rejection, count| {
        format!(
            r#"webhook_requests_total{{route="/webhooks/pakk",status="{status}",rejection="{rejection}"}} {count}"#
        )
    };
    let wanted = [
        line(200, "", 2),
        line(401, "missing-header", 1),
        line(405, "", 1),
    ];
    assert_eq!(lines, wanted);
}

#[tokio::test]
async fn refusals_are_explained_in_development() {
    let receiver = Receiver::start(&[("EXPLAIN", "true")]);
    // The body was signed with a line feed at its end, which got lost.
    let mut request = Scheme::Pakk.request("{\"n\":1}\n");
    request.body.pop();
    let reply = Wire::Http1.send(&receiver, &request).await;
    assert_eq!((reply.status, &*reply.body), (401, ""));
    receiver.logs("body-line-feed-removed", 1);
}

/// Writes a file of settings, deleted when dropped.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("receiver-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[tokio::test]
async fn settings_and_schemes_from_files() {
    let own = File::new(
        "own.toml",
        r#"
        name = "own"
        signature = { header = "x-own-signature" }
        forms = [{ algorithm = "hmac_sha256", encoding = "hex" }]
        signed = ["body"]
        secret = "text"
        source = "https://example.com"
        "#,
    );
    let settings = File::new(
        "settings.toml",
        &format!(
            "LISTEN = \"127.0.0.1:0\"\nBODY_LIMIT = 100\nPAMINGA_SECRET = \"not this one\"\n\
             OWN_SECRET = \"own secret, as text\"\nSCHEMES = {:?}\n",
            own.path()
        ),
    );
    // The environment takes precedence.
    let file = ("SETTINGS", settings.path());
    let receiver = Receiver::start_with(&[file, ("PAMINGA_SECRET", PAMINGA)]);
    let reply = Wire::Http1
        .send(&receiver, &Scheme::Paminga.request(""))
        .await;
    assert_eq!(reply.status, 200);
    // printf '{}' | openssl dgst -sha256 -hmac 'own secret, as text'
    let signature = "442eb2b014021fa9e68f635348b68228339a4e13751783b389b435a0d375c529";
    for (name, body, status) in [
        ("x-own-signature", "{}", 200),
        ("x-own-signature", "{ }", 401),
        ("x-signature", "{}", 401),
        ("x-own-signature", &"x".repeat(101), 413),
    ] {
        let request = Request::new("/webhooks/own", &[(name, signature)], body);
        let reply = Wire::Http1.send(&receiver, &request).await;
        assert_eq!(reply.status, status, "{name} {body}");
    }
}

#[test]
fn a_wrong_file_stops_the_start() {
    let secret = "9f86d081884c7d65";
    for (text, message) in [
        (format!("PAKK_SECRET = {secret}"), "SETTINGS: "),
        (
            format!("PAKK_SECRET = \"{secret}\"\nPAK_SECRET = \"{secret}\""),
            "SETTINGS: PAK_SECRET is not a setting",
        ),
        (
            format!("PAKK_SECRET = [\"{secret}\"]"),
            "PAKK_SECRET: write it as a text, in quotes",
        ),
        (
            format!("PAKK_SECRET_2 = \"{secret}\""),
            "no scheme has a secret",
        ),
    ] {
        let file = File::new("wrong.toml", &text);
        let settings = vec![
            ("SETTINGS", file.path().into()),
            ("LISTEN", "127.0.0.1:0".into()),
        ];
        does_not_start(settings, message, secret);
    }
    let missing = vec![("SETTINGS", "/no/such/file".into())];
    does_not_start(missing, "SETTINGS: ", secret);
    let missing = vec![
        ("SCHEMES", "/no/such/file".into()),
        ("PAKK_SECRET", PAKK.into()),
    ];
    does_not_start(missing, "/no/such/file: ", secret);
}
