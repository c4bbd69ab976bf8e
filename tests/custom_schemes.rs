//! Tests custom schemes and custom verifiers with only the public API: what they can
//! express, and what they cannot bypass.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fs;
use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use hookseal::clock::{FixedClock, Timestamp, clock_fn};
use hookseal::scheme::{
    Algorithm, CanonicalForm, Canonicalize, Endpoint, Field, FieldValue, Form, Handshake,
    HeaderList, Part, RawRequest, Scheme, Separator, SignatureField, SignedHeaders, TimestampField,
    TokenAnswer,
};
use hookseal::tower::{Rejection, VerifiedBody, VerifyLayer};
use hookseal::verification::{CheckHead, CheckedHead, HashState};
use hookseal::{
    ConfigError, Head, Key, Keys, Message, ReplayWindow, RequestHead, SignError, Verified,
    Verifier, VerifyError, VerifyRequest, Webhook, schemes,
};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use tower::{Layer as _, Service as _, service_fn};

const NOW: u64 = 1_700_000_000;

/// `x-mac` is the hex MAC of the body.
const UNTIMED: Scheme = Scheme {
    name: "custom",
    signature: SignatureField::Header("x-mac"),
    ..Scheme::BASE
};

/// Signs a timestamp and an id as well.
const TIMED: Scheme = Scheme {
    timestamp: Some(TimestampField::seconds(Field::Header("x-time"))),
    message_id: Some("x-id"),
    signed: &[
        Part::MessageId,
        Part::Text("."),
        Part::Timestamp,
        Part::Text("."),
        Part::Body,
    ],
    ..UNTIMED
};

fn key() -> Key {
    Key::from_text("k").unwrap().with_id("key-1")
}

fn webhook(scheme: Scheme<'_>, keys: impl Into<Keys>) -> Webhook {
    let webhook = Webhook::new(scheme, keys).unwrap();
    webhook.with_clock(FixedClock::at(NOW))
}

/// Returns a message with everything that any scheme here signs.
fn message() -> Message<'static> {
    Message::new(b"{}")
        .with_id("msg")
        .with_timestamp(NOW)
        .with_key_id("key-1")
        .with_request_line("POST", "/hook?a=1")
        .with_headers(&[("X-Event", "paid"), ("x-other", "v2")])
}

/// Signs with the webhook, and verifies what it signed.
fn round_trip<T>(
    webhook: &Webhook,
    look: impl FnOnce(Verified<'_>) -> T,
) -> Result<T, VerifyError> {
    let headers = webhook.sign(&message()).unwrap();
    webhook.verify(&headers, b"{}").map(look)
}

/// Checks the id and the time that `round_trip` signs.
fn has_the_signed_id_and_time(verified: Verified<'_>) -> bool {
    verified.message_id() == Some("msg") && verified.timestamp() == Some(Timestamp::from_secs(NOW))
}

/// Each MAC is that of `printf '…' | openssl dgst -sha256 -hmac k`. A repeated header is
/// refused even if both values are blank: two parties may read different ones.
#[test]
fn a_repeated_header_is_none_that_is_missing() {
    let schemes = [
        UNTIMED,
        Scheme {
            signature: SignatureField::Headers(&["x-mac", "x-other"]),
            ..UNTIMED
        },
        Scheme {
            signature: SignatureField::Headers(&["x-other", "x-mac"]),
            ..UNTIMED
        },
        Scheme {
            signature: SignatureField::Numbered("x-mac"),
            ..UNTIMED
        },
    ];
    for scheme in schemes {
        let webhook = Webhook::new(scheme, "your-shared-secret").unwrap();
        let verify = |headers: &[(&str, &str)]| webhook.verify(&headers, b"").unwrap_err();
        let name = match scheme.signature {
            SignatureField::Numbered(_) => "x-mac-1",
            _ => "x-mac",
        };
        assert_eq!(verify(&[]).reason(), "missing-header");
        assert_eq!(verify(&[(name, "")]).reason(), "missing-header");
        let twice = verify(&[(name, ""), (name, "")]);
        let VerifyError::DuplicateHeader { header, .. } = twice else {
            panic!("{twice:?}");
        };
        assert_eq!(header.as_str(), name);
    }
}

#[test]
fn parts_are_signed_in_their_places() {
    const KEYED: Scheme = Scheme {
        key_id: Some("x-key"),
        ..TIMED
    };
    const LISTED: Scheme = Scheme {
        header_list: Some(HeaderList {
            names: Field::Header("x-signed"),
            separator: Separator::Space,
            allowed: &["x-event", "x-other"],
        }),
        ..UNTIMED
    };
    for (scheme, mac, signed) in [
        (
            Scheme {
                signed: &[
                    Part::MessageId,
                    Part::Text("."),
                    Part::Timestamp,
                    Part::Text(":"),
                    Part::Body,
                    Part::Text("/"),
                    Part::MessageId,
                ],
                ..TIMED
            },
            // msg.1700000000:{}/msg
            "32fbcf47faac9c871758c090d493a3fa8879adcccf2a9c62781e0cd7e63c9d51",
            &["x-id", "x-time"][..],
        ),
        (
            Scheme {
                message_id: None,
                timestamp: None,
                signed: &[
                    Part::KeyId,
                    Part::Text(" "),
                    Part::Method,
                    Part::Text(" "),
                    Part::Target,
                    Part::Text("\n"),
                    Part::Body,
                ],
                ..KEYED
            },
            // key-1 POST /hook?a=1\n{}
            "841a46b6762ba9f105442d8d9dec626ea3bff0f488f83b011848ed5c163dad56",
            &["x-key"],
        ),
        (
            Scheme {
                signed: &[
                    Part::Endpoint,
                    Part::Body,
                    Part::Text("\n"),
                    Part::Header("X-Event"),
                ],
                ..UNTIMED.at("https://example.com/hook")
            },
            // https://example.com/hook{}\npaid
            "9fe629bbc2440096eac1619dfc085ca124d0a6b14209fb4746eb7a4e897baa4d",
            &["x-event"],
        ),
        (
            Scheme {
                signed: &[
                    Part::HeaderNames,
                    Part::Text("\n"),
                    Part::HeaderPairs {
                        between: ": ",
                        joined: ";",
                    },
                    Part::Text("\n"),
                    Part::HeaderValues("|"),
                    Part::Text("\n"),
                    Part::Body,
                ],
                ..LISTED
            },
            // X-Event x-other\nX-Event: paid;x-other: v2\npaid|v2\n{}
            "3ea1a7c74473983c389934defa78ed6573cfefe47fe2ce697f2312696c5edb3a",
            &["x-event", "x-other", "x-signed"],
        ),
        (
            Scheme {
                message_id: None,
                signed: &[Part::Body, Part::Timestamp],
                ..TIMED
            },
            // {}1700000000
            "d07ff774ed595d7656738285e82d8cf26091294caf1f4487e8c58a0cee3fc7b3",
            &["x-time"],
        ),
    ] {
        let webhook = webhook(scheme, key().with_id("key-1"));
        let headers = webhook.sign(&message()).unwrap();
        assert_eq!(headers.get("x-mac"), Some(mac), "{:?}", scheme.signed);
        let pairs: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_owned()))
            .collect();
        let verdict = |method: &str, target: &str, pairs: &[(String, String)]| {
            let head = Head::new(method, target, &pairs);
            let whole = webhook.verify(&head, b"{}").map(drop);
            let mut state = HashState::new();
            let streamed = webhook.begin(&head, &mut state).and_then(|mut check| {
                check.update(b"{");
                check.update(b"}");
                check.finish().map(drop)
            });
            assert_eq!(whole, streamed);
            whole
        };
        assert_eq!(verdict("POST", "/hook?a=1", &pairs), Ok(()));
        // Signed parts cannot be changed; the method and the target count only if
        // they are signed.
        let covered = webhook.coverage();
        assert_eq!(
            verdict("PUT", "/hook?a=1", &pairs).is_err(),
            covered.method()
        );
        assert_eq!(verdict("POST", "/hook", &pairs).is_err(), covered.target());
        for name in signed {
            let mut changed = pairs.clone();
            let header = changed.iter_mut().find(|(own, _)| own == name);
            header.unwrap().1.push('0');
            assert!(verdict("POST", "/hook?a=1", &changed).is_err(), "{name}");
        }
    }
}

#[test]
fn what_is_not_signed_is_not_in_the_proof() {
    // The headers are present, but the scheme does not read them.
    let signer = webhook(TIMED, key());
    let untimed = webhook(UNTIMED, key());
    let mut headers: Vec<(String, String)> = Vec::new();
    let all = [
        signer.sign(&message()).unwrap(),
        untimed.sign(&message()).unwrap(),
    ];
    for (name, value) in all.iter().flatten() {
        headers.retain(|(own, _)| own != name.as_str());
        headers.push((name.to_string(), value.to_owned()));
    }
    assert_eq!(headers.len(), 3);
    let verified = untimed.verify(&headers, b"{}").unwrap();
    assert_eq!((verified.message_id(), verified.timestamp()), (None, None));
    assert_eq!(untimed.coverage().to_string(), "body");
    // Signed as bytes, they mean nothing either.
    let bytes = Scheme {
        signed: &[
            Part::Header("x-id"),
            Part::Text("."),
            Part::Header("x-time"),
            Part::Text("."),
            Part::Body,
        ],
        ..UNTIMED
    };
    let id_and_time = Message::new(b"{}").with_headers(&[("x-id", "msg"), ("x-time", "1")]);
    let bytes = webhook(bytes, key());
    let headers = bytes.sign(&id_and_time).unwrap();
    let verified = bytes.verify(&headers, b"{}").unwrap();
    assert_eq!((verified.message_id(), verified.timestamp()), (None, None));
    assert_eq!(verified.coverage().to_string(), "body, headers");
    // On either side of the body.
    const DOT: Part = Part::Text(".");
    for signed in [
        &[Part::Body, DOT, Part::MessageId, DOT, Part::Timestamp][..],
        &[Part::Timestamp, Part::Body, DOT, Part::MessageId],
        TIMED.signed,
        // Signing it twice has the same effect as once.
        &[
            Part::Timestamp,
            DOT,
            Part::MessageId,
            DOT,
            Part::Timestamp,
            Part::Body,
            DOT,
            Part::MessageId,
        ],
        // A signed header covers what is read from it.
        &[
            Part::Header("X-Time"),
            DOT,
            Part::MessageId,
            DOT,
            Part::Body,
        ],
    ] {
        let both = webhook(Scheme { signed, ..TIMED }, key());
        let proof = if signed.contains(&Part::Header("X-Time")) {
            let time = NOW.to_string();
            let headers = [("x-time", &*time)];
            let headers = both.sign(&message().with_headers(&headers)).unwrap();
            both.verify(&headers, b"{}").map(has_the_signed_id_and_time)
        } else {
            round_trip(&both, has_the_signed_id_and_time)
        };
        assert_eq!(proof, Ok(true), "{signed:?}");
        assert!(both.coverage().message_id() && both.coverage().timestamp());
    }
}

#[test]
fn a_window_is_held_where_there_is_a_timestamp() {
    let run = |scheme, now| {
        let headers = webhook(scheme, key()).sign(&message()).unwrap();
        let webhook = webhook(scheme, key()).with_clock(FixedClock::at(now));
        webhook.verify(&headers, b"{}").map(drop)
    };
    assert_eq!(run(TIMED, NOW), Ok(()));
    assert_eq!(run(TIMED, NOW + 300), Ok(()));
    assert!(matches!(
        run(TIMED, NOW + 301),
        Err(VerifyError::TimestampTooOld { tolerance: 300, .. })
    ));
    let narrow = TIMED.with_window(ReplayWindow::from_secs(1));
    assert_eq!(run(narrow, NOW + 1), Ok(()));
    assert!(matches!(
        run(narrow, NOW + 2),
        Err(VerifyError::TimestampTooOld { tolerance: 1, .. })
    ));
    let off = TIMED.insecure_without_replay_window();
    assert_eq!(run(off, NOW + 301), Ok(()));
    assert_eq!(run(off, u64::MAX), Ok(()));
    // Without a timestamp, nothing expires, and no option changes that.
    assert_eq!(run(UNTIMED, u64::MAX), Ok(()));
}

/// A sender could withhold its last byte for any time.
#[test]
fn a_body_that_ends_after_the_window_is_refused() {
    let headers = webhook(TIMED, key()).sign(&message()).unwrap();
    let now = Arc::new(AtomicU64::new(NOW));
    let read = Arc::clone(&now);
    let clock = clock_fn(move || Timestamp::from_secs(read.load(Ordering::Relaxed)));
    let webhook = webhook(TIMED, key()).with_clock(clock);
    let finished_at = |moment: u64, received_at: Option<Timestamp>| {
        now.store(NOW, Ordering::Relaxed);
        let checked = webhook.check_head(&headers, received_at).unwrap();
        let mut state = HashState::new();
        let mut verification = checked.begin(&mut state);
        verification.update(b"{");
        now.store(moment, Ordering::Relaxed);
        verification.update(b"}");
        verification.finish().map(drop)
    };
    assert_eq!(finished_at(NOW + 300, None), Ok(()));
    assert!(matches!(
        finished_at(NOW + 301, None),
        Err(VerifyError::TimestampTooOld { tolerance: 300, .. })
    ));
    // A clock that was set back.
    assert!(matches!(
        finished_at(NOW - 301, None),
        Err(VerifyError::TimestampInFuture { tolerance: 300, .. })
    ));
    // A head that is begun late is refused as well, whatever was checked before.
    now.store(NOW, Ordering::Relaxed);
    let checked = webhook.check_head(&headers, None).unwrap();
    now.store(NOW + 301, Ordering::Relaxed);
    let mut state = HashState::new();
    let mut verification = checked.begin(&mut state);
    verification.update(b"{}");
    let verdict = verification.finish().map(drop);
    assert_eq!(verdict.unwrap_err().reason(), "timestamp-too-old");
    // The time of receipt is given once, and does not change.
    let received_at = Some(Timestamp::from_secs(NOW + 300));
    assert_eq!(finished_at(NOW + 301, received_at), Ok(()));
}

/// Returns the reason of a refusal, and the header that it names.
fn refusal(verdict: Result<Verified<'_>, VerifyError>) -> (&'static str, Option<String>) {
    let error = verdict.unwrap_err();
    assert_eq!(error.http_status(), 401);
    let header = match &error {
        VerifyError::MalformedHeader { header, .. } => Some(header.as_str().to_owned()),
        _ => None,
    };
    (error.reason(), header)
}

/// A value may not contain what is next to it in the signed message: otherwise a part of
/// the body could move into the value, with the same MAC.
#[test]
fn no_boundary_in_the_signed_message_can_move() {
    const DOT: Part = Part::Text(".");
    let malformed = |header: &str| ("malformed-header", Some(header.to_owned()));
    let after_body = Scheme {
        message_id: Some("x-id"),
        signed: &[Part::Body, DOT, Part::MessageId],
        ..UNTIMED
    };
    let by_id = webhook(after_body, key());
    // printf '{"n":1.5}.m1' | openssl dgst -sha256 -hmac k
    let mac = "adcc76563fee1d5dbf2d9d4552dbd9ab23696bba48a613321110654159335a6c";
    let with_id = |id| [("x-id", id), ("x-mac", mac)];
    assert!(by_id.verify(&with_id("m1"), br#"{"n":1.5}"#).is_ok());
    let moved = with_id("5}.m1");
    assert_eq!(
        refusal(by_id.verify(&moved, br#"{"n":1"#)),
        malformed("x-id")
    );
    let mut state = HashState::new();
    assert!(by_id.begin(&moved, &mut state).is_err());
    let signed = by_id.sign(&Message::new(br#"{"n":1"#).with_id("5}.m1"));
    assert!(matches!(signed, Err(SignError::Refused { .. })));

    // The same for each header that is signed, on either side of the body.
    for (signed, header) in [
        (&[Part::Header("x-topic"), DOT, Part::Body][..], "x-topic"),
        (&[Part::Body, DOT, Part::Header("x-topic")], "x-topic"),
        (&[Part::KeyId, DOT, Part::Body], "x-topic"),
        (&[Part::Body, DOT, Part::KeyId], "x-topic"),
    ] {
        let reads_key_id = signed.contains(&Part::KeyId);
        let scheme = Scheme {
            key_id: reads_key_id.then_some(header),
            signed,
            ..UNTIMED
        };
        // The ids differ, so neither the key nor the MAC is the reason of the refusal.
        let keys = [
            key().with_id("orders"),
            Key::from("other").with_id("orders.a"),
        ];
        let webhook = webhook(scheme, keys);
        let message = Message::new(b"a.{}")
            .with_key_id("orders")
            .with_headers(&[("x-topic", "orders")]);
        let headers = webhook.sign(&message).unwrap();
        assert!(webhook.verify(&headers, b"a.{}").is_ok());
        let mac = headers.get("x-mac").unwrap();
        for (value, body) in [
            ("orders.a", &b"{}"[..]),
            ("{}.orders", b"a"),
            ("orders.", b"a.{}"),
            (".orders", b"a.{}"),
            (".", b"a.{}"),
        ] {
            let moved = [(header, value), ("x-mac", mac)];
            let verdict = webhook.verify(&moved, body);
            assert_eq!(refusal(verdict), malformed(header), "{signed:?} {value}");
        }
    }

    // It may not contain the byte that ends it, but any other: its beginning is known.
    let between = Scheme {
        message_id: Some("x-id"),
        signed: &[
            Part::Timestamp,
            Part::Text(":"),
            Part::MessageId,
            Part::Text("."),
            Part::Body,
        ],
        ..TIMED
    };
    let between = webhook(between, key());
    for (id, passes) in [
        ("a-b", true),
        ("a/b", true),
        ("a b", true),
        ("a.b", false),
        ("a:b", true),
        (":a", true),
        ("a.", false),
    ] {
        match between.sign(&message().with_id(id)) {
            Ok(headers) => {
                assert!(passes, "{id}");
                assert!(between.verify(&headers, b"{}").is_ok(), "{id}");
            }
            Err(error) => {
                assert!(!passes, "{id}");
                let wanted = "a receiver would refuse the message: header x-id is malformed";
                assert_eq!(error.to_string(), wanted);
                let time = NOW.to_string();
                let headers = [("x-id", id), ("x-time", &*time), ("x-mac", mac)];
                assert_eq!(refusal(between.verify(&headers, b"{}")), malformed("x-id"));
            }
        }
    }
}

/// Senders send no others, which could contain a piece of the adjacent signed part.
#[test]
fn a_request_line_is_of_a_method_and_a_path_or_it_is_refused() {
    const LINE: Scheme = Scheme {
        signed: &[Part::Method, Part::Target, Part::Body],
        ..UNTIMED
    };
    let whole = webhook(LINE, key());
    let targets = webhook(
        Scheme {
            signed: &[Part::Target, Part::Body],
            ..LINE
        },
        key(),
    );
    let methods = webhook(
        Scheme {
            signed: &[Part::Method, Part::Text(" "), Part::Body],
            ..LINE
        },
        key(),
    );
    let headers = whole.sign(&message()).unwrap();
    let verdict = |webhook: &Webhook, method: &str, target: &str| {
        let head = Head::new(method, target, &headers);
        webhook.verify(&head, b"{}").map(drop).map_err(|error| {
            assert!(!error.is_operator_fault());
            assert_eq!(error.http_status(), 401);
            error.reason()
        })
    };
    assert_eq!(verdict(&whole, "POST", "/hook?a=1"), Ok(()));
    let mismatch = Err("signature-mismatch");
    let malformed = Err("malformed-target");
    for target in ["/", "//", "/a%20b", "/?a=[1]&b='c'", "/~a;b=c,d"] {
        assert_eq!(verdict(&whole, "POST", target), mismatch, "{target}");
    }
    for target in [
        "",
        "*",
        "hook?a=1",
        "?a=1",
        "https://example.com/hook?a=1",
        "/hook?a=1{",
        "/hook?a=1{}",
        "/hook?a=\"1\"",
        "/hook a=1",
        "/hook?a=1\n",
        "/hook?a=ö",
        "/hook\\",
        "/<a>",
        "/a|b",
        "/a^b",
        "/a`b",
    ] {
        assert_eq!(verdict(&whole, "POST", target), malformed, "{target}");
        assert_eq!(verdict(&targets, "POST", target), malformed, "{target}");
        // If it is not signed, it is ignored.
        assert_eq!(verdict(&methods, "POST", target), mismatch, "{target}");
    }
    for method in ["PUT", "post", "X-A.b_c~", "!#$%&'*+^`|"] {
        assert_eq!(verdict(&whole, method, "/hook?a=1"), mismatch, "{method}");
    }
    for method in [
        "", " ", "POST ", "PO ST", "POST/", "POST\n", "P{", "\"", "PÖST", "A:B", "(A)",
    ] {
        assert_eq!(verdict(&whole, method, "/hook?a=1"), malformed, "{method}");
        assert_eq!(verdict(&methods, method, "/hook?a=1"), malformed);
        assert_eq!(verdict(&targets, method, "/hook?a=1"), mismatch);
    }
    // Of `http`: a target of an authority alone, which is the sender's fault.
    for method in ["CONNECT", "POST"] {
        let mut request = Request::new(&b"{}"[..]);
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = "example.com:443".parse().unwrap();
        *request.headers_mut() = HeaderMap::from(headers.clone());
        for webhook in [&whole, &targets] {
            let error = webhook.verify_request(&request).unwrap_err();
            assert_eq!(error.reason(), "malformed-target");
            assert_eq!(error.http_status(), 401);
        }
    }
    // It was not passed at all: the receiver is at fault.
    let error = whole.verify(&headers, b"{}").unwrap_err();
    assert_eq!(
        (error.reason(), error.http_status()),
        ("incomplete-head", 500)
    );
}

#[test]
fn a_list_of_header_names_is_short_and_may_have_spaces() {
    const PAIRS: Scheme = Scheme {
        header_list: Some(HeaderList {
            names: Field::Header("names"),
            separator: Separator::Comma,
            allowed: &["x-a", "x-b"],
        }),
        signed: &[
            Part::HeaderPairs {
                between: ":",
                joined: ";",
            },
            Part::Text("\n"),
            Part::Body,
        ],
        ..UNTIMED
    };
    let pairs = webhook(PAIRS, key());
    // printf 'x-a:1;x-b:2\n{}' | openssl dgst -sha256 -hmac k
    let both = "521be645a6c63078ab263686725d365d3f7b5951180b3ff41058fe3733c8fc7a";
    // printf 'x-a:1\n{}' | openssl dgst -sha256 -hmac k
    let one = "7be379e4bef95dd038356e9aae089b8258919e65490cebf698a10367fb372481";
    let verdict = |webhook: &Webhook, names: &str, mac: &str| {
        let headers = [("names", names), ("x-a", "1"), ("x-b", "2"), ("x-mac", mac)];
        let verdict = webhook.verify(&headers, b"{}");
        verdict.map(drop).map_err(|error| error.to_string())
    };
    let malformed = || Err("header names is malformed".to_owned());
    for (names, mac) in [
        ("x-a,x-b", both),
        ("x-a, x-b", both),
        ("x-a,, x-b,", both),
        ("x-a", one),
        // Sixteen, all but one of them empty.
        ("x-a,,,,,,,,,,,,,,,", one),
        (",,,,,,,,,,,,,,,x-a", one),
    ] {
        assert_eq!(verdict(&pairs, names, mac), Ok(()), "{names}");
    }
    for (names, mac) in [
        ("x-a,  x-b", both),
        ("x-a,\tx-b", both),
        ("x-a ,x-b", both),
        (" x-a,x-b", both),
        ("x-a;x-b", both),
        // Each once, in any letter case.
        ("x-a,X-A", one),
        ("x-a,x-c", one),
        // Seventeen.
        ("x-a,,,,,,,,,,,,,,,,", one),
        (",,,,,,,,,,,,,,,,x-a", one),
        (&",".repeat(10_000), one),
    ] {
        assert_eq!(verdict(&pairs, names, mac), malformed(), "{names}");
    }
    // Signed names are signed as they were written, with the space.
    let named = webhook(
        Scheme {
            signed: &[
                Part::HeaderNames,
                Part::Text("\n"),
                Part::HeaderValues("|"),
                Part::Text("\n"),
                Part::Body,
            ],
            ..PAIRS
        },
        key(),
    );
    // printf 'x-a, x-b\n1|2\n{}' | openssl dgst -sha256 -hmac k
    let mac = "bfa1e267aa90c257b1e8d5c05ba1a7f81ee19535ff2d5326f3b20a5c3e37d582";
    assert_eq!(verdict(&named, "x-a, x-b", mac), Ok(()));
    let mismatch = Err("signature does not match".to_owned());
    assert_eq!(verdict(&named, "x-a,x-b", mac), mismatch);
    // Neither is a name exchanged for another.
    assert_eq!(verdict(&named, "x-b, x-a", mac), mismatch);
}

#[test]
fn keys_are_picked_by_id_where_a_scheme_reads_one() {
    const BY_ID: Scheme = Scheme {
        key_id: Some("x-key"),
        ..UNTIMED
    };
    let keys = || [key().with_id("key-1"), Key::from("other").with_id("b")];
    let by_id = webhook(BY_ID, keys());
    let key_id = |verified: Verified<'_>| verified.key_id().map(str::to_owned);
    assert_eq!(round_trip(&by_id, key_id), Ok(Some("key-1".into())));
    let signed = by_id.sign(&message()).unwrap();
    let with = |id: Option<&'static str>| {
        let mac = ("x-mac", signed.get("x-mac").unwrap());
        let named: Vec<_> = id
            .map(|id| ("x-key", id))
            .into_iter()
            .chain([mac])
            .collect();
        by_id.verify(&named, b"{}").map(drop)
    };
    assert_eq!(with(Some("key-1")), Ok(()));
    assert_eq!(with(Some("b")), Err(VerifyError::SignatureMismatch));
    assert!(
        matches!(with(Some("c")), Err(VerifyError::UnknownKeyId { header, .. }) if header.as_str() == "x-key")
    );
    assert!(
        matches!(with(None), Err(VerifyError::MissingHeader { header, .. }) if header.as_str() == "x-key")
    );
    // Keys that no request could select.
    let unnamed = Webhook::new(BY_ID, [key().with_id("key-1"), Key::from("other")]);
    assert!(matches!(
        unnamed,
        Err(ConfigError::KeyWithoutId { position: 2, .. })
    ));
    // If no key id is read, none is selected: the header may have any value.
    let tried = webhook(UNTIMED, keys());
    let mac = signed.get("x-mac").unwrap();
    let headers = [("x-key", "c"), ("x-mac", mac)];
    assert_eq!(
        tried.verify(&headers, b"{}").map(key_id),
        Ok(Some("key-1".into()))
    );
}

/// This also holds for schemes whose requests name no key.
#[test]
fn a_message_is_signed_with_the_key_that_it_names() {
    let named = webhook(
        UNTIMED,
        [key().with_id("a"), Key::from("other").with_id("b")],
    );
    let mac = |id: Option<&'static str>| {
        let message = Message::new(b"{}");
        let message = id.map_or(message, |id| message.with_key_id(id));
        let signed = named.sign(&message)?;
        Ok::<_, SignError>(signed.get("x-mac").unwrap().to_owned())
    };
    // printf '{}' | openssl dgst -sha256 -hmac k, and -hmac other
    let (by_a, by_b) = (
        "add853b103fbcc936a194f9eb15e29c4ff08af6e47d5d1bca4f20218e31e4fff",
        "32df24e34f0e9ecb137fa4320ab0d50bcc30843d88000f1360748b6144b4e8e5",
    );
    assert_eq!(mac(None).as_deref(), Ok(by_a));
    assert_eq!(mac(Some("a")).as_deref(), Ok(by_a));
    assert_eq!(mac(Some("b")).as_deref(), Ok(by_b));
    assert_eq!(mac(Some("c")), Err(SignError::UnknownKeyId));
    // Without ids there is nothing to name.
    let unnamed = webhook(UNTIMED, Key::from_bytes("k").unwrap());
    let signed = unnamed.sign(&Message::new(b"{}").with_key_id("c")).unwrap();
    assert_eq!(signed.get("x-mac"), Some(by_a));
}

/// If a scheme's requests do not name their endpoint, a wrong one would go unnoticed.
#[test]
fn a_message_is_for_a_configured_endpoint() {
    let scheme = Scheme {
        signed: &[Part::Endpoint, Part::Body],
        ..UNTIMED
    };
    let webhook = webhook(scheme.at("/e"), key());
    let signed = |endpoint| webhook.sign(&Message::new(b"{}").with_endpoint(endpoint));
    assert_eq!(signed("/e"), webhook.sign(&Message::new(b"{}")));
    let error = signed("/f").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the scheme signs the configured endpoint, but the message has none"
    );
}

/// Returns what is wrong with a scheme, as `Debug` shows it.
fn fault_of(scheme: Scheme<'_>) -> Option<String> {
    match Webhook::new(scheme, key().with_id("k")) {
        Ok(_) => None,
        Err(ConfigError::InvalidScheme { fault, .. }) => Some(format!("{fault:?}")),
        Err(other) => panic!("{other}"),
    }
}

/// A form whose entries name their key.
const AFTER_KEY_ID: Form = Form {
    after_key_id: Some("="),
    ..Form::hex("")
};

/// Tests every kind of inconsistent scheme, each followed by the nearest consistent
/// one.
#[test]
fn schemes_that_make_no_sense_are_refused() {
    const LIST: SignatureField = SignatureField::List {
        header: "x-mac",
        separator: Separator::Comma,
    };
    const OF_HEADERS: HeaderList = HeaderList {
        names: Field::Header("x-signed"),
        separator: Separator::Space,
        allowed: &["x-event", "x-time"],
    };
    const LISTED: Scheme = Scheme {
        header_list: Some(OF_HEADERS),
        signed: &[PAIRS, COLON, Part::Body],
        ..UNTIMED
    };
    const IN_LIST: Scheme = Scheme {
        signature: LIST,
        forms: &[Form::hex("v1=")],
        timestamp: Some(TimestampField::seconds(Field::Param("t"))),
        signed: &[Part::Timestamp, Part::Body],
        ..UNTIMED
    };
    const KEYED: Scheme = Scheme {
        signature: LIST,
        forms: &[AFTER_KEY_ID],
        ..UNTIMED
    };
    const PAIRS: Part = Part::HeaderPairs {
        between: ":",
        joined: "\n",
    };
    const COLON: Part = Part::Text(":");
    const OF_HEADERS_IN_LIST: HeaderList = HeaderList {
        names: Field::Param("h"),
        ..OF_HEADERS
    };
    const SIGN_QUERY: Handshake = Handshake::SignQuery {
        parameter: "token",
        answer: TOKEN_ANSWER,
    };
    const TOKEN_ANSWER: TokenAnswer = TokenAnswer {
        token: None,
        mac: "mac",
        form: Form::hex(""),
    };
    const fn pairs(between: &'static str, joined: &'static str) -> Part<'static> {
        Part::HeaderPairs { between, joined }
    }
    let handshake = |handshake| Scheme {
        handshake: Some(handshake),
        ..UNTIMED
    };
    const HMAC_SHA512: Form = Form::hex("").with_algorithm(Algorithm::HmacSha512);
    const ED25519: Form = Form::hex("").with_algorithm(Algorithm::Ed25519);
    let listing = |signed| Scheme { signed, ..LISTED };
    let signing = |signed| Scheme { signed, ..UNTIMED };
    let named = |name| Scheme { name, ..UNTIMED };
    let with_forms = |forms| UNTIMED.with_forms(forms);
    let timed = |signed| Scheme { signed, ..TIMED };
    let at = |field| Scheme {
        timestamp: Some(TimestampField::seconds(Field::Param(field))),
        ..IN_LIST
    };
    let at_semicolons = |field| Scheme {
        signature: SignatureField::List {
            header: "x-mac",
            separator: Separator::Semicolon,
        },
        ..at(field)
    };
    let allowing = |allowed| Scheme {
        header_list: Some(HeaderList {
            allowed,
            ..OF_HEADERS
        }),
        ..LISTED
    };
    let listing_by = |names| {
        let header_list = HeaderList {
            names,
            ..OF_HEADERS
        };
        Scheme {
            header_list: Some(header_list),
            signed: &[Part::Timestamp, COLON, PAIRS, COLON, Part::Body],
            ..IN_LIST
        }
    };
    let cases = [
        ("InvalidName", named(""), UNTIMED),
        ("InvalidName", named("My-Sender"), named("my-sender-2")),
        ("InvalidName", named("my sender"), named("my-sender")),
        ("InvalidName", named("a:id:b"), named("a-id-b")),
        ("InvalidName", named("A"), named("a")),
        ("InvalidName", named("a b"), named("a-b")),
        ("InvalidName", named("a:id"), named("a-id")),
        ("InvalidName", named("a_b"), named("0-9")),
        ("NoForm", with_forms(&[]), UNTIMED),
        (
            "NoSignatureHeader",
            Scheme {
                signature: SignatureField::Headers(&[]),
                ..UNTIMED
            },
            Scheme {
                signature: SignatureField::Headers(&["x-mac"]),
                ..UNTIMED
            },
        ),
        (
            "InvalidForm",
            with_forms(const { &[Form::hex("v\n=")] }),
            with_forms(const { &[Form::hex("v=")] }),
        ),
        (
            "InvalidForm",
            with_forms(const { &[Form::hex(" v=")] }),
            with_forms(const { &[Form::hex("v= ")] }),
        ),
        (
            "InvalidForm",
            KEYED.with_forms(
                const {
                    &[Form {
                        after_key_id: Some(""),
                        ..AFTER_KEY_ID
                    }]
                },
            ),
            KEYED,
        ),
        (
            "NoSignatureHeader",
            UNTIMED.with_signature_header(""),
            UNTIMED,
        ),
        (
            "InvalidParam",
            Scheme {
                timestamp: Some(TimestampField::http_date(Field::Param("t"))),
                ..IN_LIST
            },
            Scheme {
                signature: SignatureField::List {
                    header: "x-mac",
                    separator: Separator::Semicolon,
                },
                timestamp: Some(TimestampField::http_date(Field::Param("t"))),
                ..IN_LIST
            },
        ),
        (
            "InvalidParam",
            Scheme {
                header_list: Some(HeaderList {
                    separator: Separator::Comma,
                    ..OF_HEADERS_IN_LIST
                }),
                signed: &[Part::HeaderNames, COLON, Part::Timestamp, Part::Body],
                ..IN_LIST
            },
            Scheme {
                header_list: Some(OF_HEADERS_IN_LIST),
                signed: &[Part::HeaderNames, COLON, Part::Timestamp, Part::Body],
                ..IN_LIST
            },
        ),
        (
            "InvalidHandshake",
            handshake(Handshake::EchoField {
                when: None,
                field: "a..b",
            }),
            handshake(Handshake::EchoField {
                when: None,
                field: "a.b",
            }),
        ),
        (
            "InvalidHandshake",
            handshake(Handshake::Fixed {
                when: FieldValue {
                    field: "type",
                    value: "1",
                },
                answer: "1",
            }),
            handshake(Handshake::Fixed {
                when: FieldValue {
                    field: "type",
                    value: "1",
                },
                answer: "{}",
            }),
        ),
        (
            "InvalidHandshake",
            handshake(Handshake::SignQuery {
                parameter: "token",
                answer: TokenAnswer {
                    form: Form::hex("").with_algorithm(Algorithm::HmacSha512),
                    ..TOKEN_ANSWER
                },
            }),
            handshake(Handshake::SignQuery {
                parameter: "token",
                answer: TOKEN_ANSWER,
            }),
        ),
        (
            "InvalidHandshake",
            handshake(Handshake::EchoQuery {
                parameter: "a",
                verify_token: Some("a"),
            }),
            handshake(Handshake::EchoQuery {
                parameter: "a",
                verify_token: Some("b"),
            }),
        ),
        (
            "InvalidHandshake",
            handshake(Handshake::SecretHeader("x secret")),
            handshake(Handshake::SecretHeader("x-secret")),
        ),
        // The MAC of the token `1700000000` would be that of an empty body at this time,
        // and of `account-deleted/` that of an empty event.
        (
            "SignedToken",
            Scheme {
                handshake: Some(SIGN_QUERY),
                message_id: None,
                ..timed(&[Part::Timestamp, Part::Body])
            },
            Scheme {
                handshake: Some(SIGN_QUERY),
                message_id: None,
                ..timed(&[Part::Timestamp, Part::Text(":"), Part::Body])
            },
        ),
        (
            "SignedToken",
            Scheme {
                handshake: Some(SIGN_QUERY),
                ..signing(&[Part::Header("x-event"), Part::Text("/"), Part::Body])
            },
            Scheme {
                handshake: Some(SIGN_QUERY),
                ..signing(&[Part::Header("x-event"), Part::Text("."), Part::Body])
            },
        ),
        (
            "SignedToken",
            Scheme {
                handshake: Some(SIGN_QUERY),
                ..CANONICAL
            },
            Scheme {
                handshake: Some(SIGN_QUERY),
                ..UNTIMED
            },
        ),
        (
            "InvalidHandshake",
            handshake(Handshake::SecretField("")),
            handshake(Handshake::Head),
        ),
        // An Ed25519 form next to a MAC is not a second MAC.
        (
            "SeveralMacs",
            with_forms(const { &[Form::hex(""), HMAC_SHA512] }),
            with_forms(const { &[Form::hex(""), ED25519] }),
        ),
        (
            "KeyIdOutsideList",
            Scheme {
                signature: SignatureField::Header("x-mac"),
                ..KEYED
            },
            KEYED,
        ),
        (
            "KeyIdOutsideList",
            KEYED.with_forms(
                const {
                    &[Form {
                        prefix: "v1=",
                        ..AFTER_KEY_ID
                    }]
                },
            ),
            KEYED,
        ),
        (
            "KeyIdOutsideList",
            KEYED.with_forms(const { &[AFTER_KEY_ID, Form::base64("")] }),
            KEYED.with_forms(
                const {
                    &[
                        AFTER_KEY_ID,
                        Form {
                            after_key_id: Some("="),
                            ..Form::base64("")
                        },
                    ]
                },
            ),
        ),
        (
            "KeyIdOutsideList",
            KEYED.with_forms(const { &[AFTER_KEY_ID, ED25519] }),
            KEYED.with_forms(
                const {
                    &[
                        AFTER_KEY_ID,
                        Form {
                            after_key_id: Some("="),
                            ..ED25519
                        },
                    ]
                },
            ),
        ),
        (
            "KeyIdOutsideList",
            Scheme {
                key_id: Some("x-key"),
                ..KEYED
            },
            KEYED,
        ),
        (
            "SameForm",
            with_forms(const { &[Form::hex("a"), Form::base64("a"), Form::hex("a")] }),
            with_forms(const { &[Form::hex("a"), Form::base64("a"), Form::hex("b")] }),
        ),
        // They have the same length, so nothing tells them apart.
        (
            "SameForm",
            with_forms(const { &[HMAC_SHA512, ED25519] }),
            with_forms(
                const {
                    &[
                        HMAC_SHA512,
                        Form {
                            prefix: "ed=",
                            ..ED25519
                        },
                    ]
                },
            ),
        ),
        ("InvalidParam", at(""), at("t")),
        ("InvalidParam", at("a,b"), at("a;b")),
        ("InvalidParam", at("a=b"), at("a-b")),
        // It would take the signatures for times.
        ("InvalidParam", at("v1"), at("v")),
        // Only everything before the `=` is a name.
        (
            "InvalidParam",
            at("t").with_forms(const { &[Form::hex("t=")] }),
            at("t").with_forms(const { &[Form::hex("tt=")] }),
        ),
        ("InvalidParam", at_semicolons("a;b"), at_semicolons("a,b")),
        (
            "InvalidParam",
            listing_by(Field::Param("")),
            listing_by(Field::Param("h")),
        ),
        (
            "InvalidParam",
            listing_by(Field::Param("v1")),
            listing_by(Field::Param("v2")),
        ),
        (
            "EmptyText",
            signing(&[Part::Text(""), Part::Body]),
            signing(&[COLON, Part::Body]),
        ),
        ("BodyOnce", signing(&[]), UNTIMED),
        ("BodyOnce", signing(&[Part::Text("body")]), UNTIMED),
        (
            "BodyOnce",
            signing(&[Part::Body, COLON, Part::Body]),
            signing(&[Part::Body, COLON]),
        ),
        (
            "BodyOnce",
            Scheme {
                signed: &[Part::Body, Part::CanonicalBody],
                ..CANONICAL
            },
            CANONICAL,
        ),
        (
            r#"Unseparated { part: "message id" }"#,
            timed(&[Part::Timestamp, COLON, Part::MessageId, Part::Body]),
            timed(&[Part::Timestamp, COLON, Part::MessageId, COLON, Part::Body]),
        ),
        (
            r#"Unseparated { part: "message id" }"#,
            timed(&[Part::Timestamp, Part::Body, Part::MessageId]),
            timed(&[Part::Timestamp, Part::Body, COLON, Part::MessageId]),
        ),
        // Digits can move from an id to a Unix timestamp, not to a date.
        (
            r#"Unseparated { part: "message id" }"#,
            timed(&[Part::MessageId, Part::Timestamp, Part::Body]),
            Scheme {
                timestamp: Some(TimestampField::rfc3339(Field::Header("x-time"))),
                ..timed(&[Part::MessageId, Part::Timestamp, Part::Body])
            },
        ),
        (
            r#"Unseparated { part: "method" }"#,
            signing(&[Part::Method, Part::Body]),
            signing(&[Part::Method, COLON, Part::Body]),
        ),
        // A target begins with a slash, which no method has.
        (
            r#"Unseparated { part: "target" }"#,
            signing(&[Part::Target, Part::Method, COLON, Part::Body]),
            signing(&[Part::Method, Part::Target, COLON, Part::Body]),
        ),
        // One endpoint is the beginning of another.
        (
            r#"Unseparated { part: "endpoint" }"#,
            Scheme {
                endpoint_header: Some("x-endpoint"),
                endpoint: Endpoint::Any(&["/e", "/ef"]),
                ..signing(&[Part::Endpoint, Part::Header("a"), COLON, Part::Body])
            },
            Scheme {
                endpoint_header: Some("x-endpoint"),
                endpoint: Endpoint::Any(&["/e", "/f"]),
                ..signing(&[Part::Endpoint, Part::Header("a"), COLON, Part::Body])
            },
        ),
        (
            r#"Unseparated { part: "key id" }"#,
            Scheme {
                key_id: Some("x-key"),
                ..timed(&[Part::KeyId, Part::MessageId, Part::Timestamp, Part::Body])
            },
            Scheme {
                key_id: Some("x-key"),
                ..timed(&[
                    Part::KeyId,
                    COLON,
                    Part::MessageId,
                    COLON,
                    Part::Timestamp,
                    Part::Body,
                ])
            },
        ),
        (
            r#"Unseparated { part: "message id" }"#,
            Scheme {
                key_id: Some("x-key"),
                ..timed(&[Part::MessageId, Part::KeyId, Part::Timestamp, Part::Body])
            },
            Scheme {
                key_id: Some("x-key"),
                ..timed(&[
                    Part::MessageId,
                    COLON,
                    Part::KeyId,
                    COLON,
                    Part::Timestamp,
                    Part::Body,
                ])
            },
        ),
        (
            r#"Unseparated { part: "header" }"#,
            signing(&[Part::Header("a"), Part::Body]),
            signing(&[Part::Target, Part::Body]),
        ),
        (
            r#"Unseparated { part: "header" }"#,
            signing(&[Part::Body, Part::Header("a")]),
            signing(&[Part::Body, COLON, Part::Header("a")]),
        ),
        (
            r#"Unseparated { part: "header" }"#,
            signing(&[Part::Header("a"), Part::Method, COLON, Part::Body]),
            signing(&[Part::Header("a"), Part::Target, Part::Body]),
        ),
        (
            r#"Unseparated { part: "header" }"#,
            Scheme {
                signed: &[Part::Endpoint, Part::Header("a"), Part::CanonicalBody],
                ..CANONICAL.at("/e")
            },
            Scheme {
                signed: &[Part::Endpoint, Part::CanonicalBody],
                ..CANONICAL.at("/e")
            },
        ),
        // The same bytes would be signed for an id `m1` at `/a/b` and for `m1/a` at `/b`;
        // the id holds no slash.
        (
            r#"Unseparated { part: "endpoint" }"#,
            Scheme {
                message_id: Some("x-id"),
                endpoint_header: Some("x-endpoint"),
                endpoint: Endpoint::Any(&["/b", "/b/a"]),
                ..signing(&[Part::MessageId, Part::Endpoint, Part::Target, Part::Body])
            },
            Scheme {
                message_id: Some("x-id"),
                endpoint_header: Some("x-endpoint"),
                endpoint: Endpoint::Any(&["/b", "/a/b"]),
                ..signing(&[Part::MessageId, Part::Endpoint, Part::Target, Part::Body])
            },
        ),
        // Zeros at the end of a target could be the timestamp's.
        (
            r#"Unseparated { part: "target" }"#,
            timed(&[
                Part::MessageId,
                COLON,
                Part::Target,
                Part::Timestamp,
                Part::Body,
            ]),
            timed(&[
                Part::MessageId,
                COLON,
                Part::Timestamp,
                Part::Target,
                Part::Body,
            ]),
        ),
        // A target may hold all that a date begins with.
        (
            r#"Unseparated { part: "target" }"#,
            Scheme {
                timestamp: Some(TimestampField::rfc3339(Field::Header("x-time"))),
                message_id: None,
                ..timed(&[Part::Target, Part::Timestamp, Part::Body])
            },
            Scheme {
                timestamp: Some(TimestampField::rfc3339(Field::Header("x-time"))),
                message_id: None,
                ..timed(&[Part::Method, Part::Timestamp, Part::Body])
            },
        ),
        (
            r#"Unseparated { part: "method" }"#,
            signing(&[Part::Method, Part::Text("."), Part::Body]),
            signing(&[Part::Method, Part::Text(".:"), Part::Body]),
        ),
        // `POSThttps://e` has one beginning of the endpoint, whatever its method.
        (
            r#"Unseparated { part: "method" }"#,
            signing(&[Part::Method, Part::Endpoint, Part::Body]).at("e"),
            signing(&[Part::Method, Part::Endpoint, Part::Body]).at("https://e"),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(&[Part::HeaderNames, Part::Text(" "), Part::Body]),
            listing(&[Part::HeaderNames, Part::Text(";"), Part::Body]),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(&[Part::HeaderNames, Part::Text("e"), Part::Body]),
            listing(&[Part::HeaderNames, Part::Text("z"), Part::Body]),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(const { &[pairs("", ";"), Part::Text("\n"), Part::Body] }),
            listing(const { &[pairs(":", ";"), Part::Text("\n"), Part::Body] }),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(const { &[pairs(":", ""), Part::Text("\n"), Part::Body] }),
            listing(const { &[pairs(": ", "; "), Part::Text("\n"), Part::Body] }),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(const { &[pairs(":", "\n"), Part::Text("\n"), Part::Body] }),
            listing(const { &[pairs(":", "\n"), Part::Text("\r"), Part::Body] }),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(const { &[pairs("-", ";"), Part::Text("\n"), Part::Body] }),
            listing(const { &[pairs("=", ";"), Part::Text("\n"), Part::Body] }),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(const { &[pairs(":", ";"), Part::Text("x"), Part::Body] }),
            listing(const { &[pairs(":", ";"), Part::Text("!"), Part::Body] }),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(&[
                Part::HeaderNames,
                COLON,
                Part::HeaderValues(","),
                COLON,
                Part::Method,
                COLON,
                Part::Body,
            ]),
            listing(&[
                Part::Method,
                COLON,
                Part::HeaderNames,
                COLON,
                Part::HeaderValues(","),
                COLON,
                Part::Body,
            ]),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(&[Part::Body, COLON, PAIRS]),
            listing(&[PAIRS, COLON, Part::Body, COLON, Part::HeaderNames]),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(&[Part::HeaderNames, Part::Body]),
            listing(&[Part::HeaderNames, COLON, Part::Body]),
        ),
        (
            r#"Unseparated { part: "key id" }"#,
            Scheme {
                key_id: Some("x-key"),
                ..signing(&[Part::Body, Part::KeyId])
            },
            Scheme {
                key_id: Some("x-key"),
                ..signing(&[Part::Body, COLON, Part::KeyId])
            },
        ),
        (
            r#"Unseparated { part: "method" }"#,
            Scheme {
                key_id: Some("x-key"),
                ..signing(&[Part::Method, Part::KeyId, COLON, Part::Body])
            },
            Scheme {
                key_id: Some("x-key"),
                ..signing(&[Part::Method, COLON, Part::KeyId, COLON, Part::Body])
            },
        ),
        (
            r#"Unseparated { part: "header" }"#,
            signing(&[Part::Header("a"), Part::Header("b"), COLON, Part::Body]),
            signing(&[
                Part::Header("a"),
                COLON,
                Part::Header("b"),
                COLON,
                Part::Body,
            ]),
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(&[PAIRS, Part::Body]),
            LISTED,
        ),
        (
            r#"Unseparated { part: "list of headers" }"#,
            listing(&[
                Part::HeaderNames,
                Part::HeaderValues(","),
                COLON,
                Part::Body,
            ]),
            listing(&[
                Part::HeaderNames,
                COLON,
                Part::HeaderValues(","),
                COLON,
                Part::Body,
            ]),
        ),
        (
            "UnsignedNames",
            listing(&[Part::HeaderValues(","), COLON, Part::Body]),
            listing(&[
                Part::HeaderValues(","),
                COLON,
                Part::Body,
                COLON,
                Part::HeaderNames,
            ]),
        ),
        (
            "UnsignedNames",
            listing(&[Part::HeaderValues(","), COLON, Part::Body]),
            // Each value with its name.
            listing(&[PAIRS, COLON, Part::HeaderValues(","), COLON, Part::Body]),
        ),
        ("UnusedHeaderList", listing(&[Part::Body]), UNTIMED),
        (
            "UnusedHeaderList",
            listing(&[Part::Header("x-event"), COLON, Part::Body]),
            listing(&[Part::HeaderNames, COLON, Part::Body]),
        ),
        ("UnusedHeaderList", allowing(&[]), allowing(&["x-event"])),
        (
            "UnsignedTimestamp",
            timed(&[Part::MessageId, COLON, Part::Body]),
            TIMED,
        ),
        (
            "UnsignedTimestamp",
            timed(&[
                Part::MessageId,
                COLON,
                Part::Header("x-tim"),
                COLON,
                Part::Body,
            ]),
            timed(&[
                Part::MessageId,
                COLON,
                Part::Header("x-time"),
                COLON,
                Part::Body,
            ]),
        ),
        (
            "UnsignedTimestamp",
            Scheme {
                signed: &[Part::Body],
                ..IN_LIST
            },
            IN_LIST,
        ),
        // A list of signed headers must be able to name the timestamp, and their
        // values must be signed.
        (
            "UnsignedTimestamp",
            Scheme {
                timestamp: TIMED.timestamp,
                ..allowing(&["x-event"])
            },
            Scheme {
                timestamp: TIMED.timestamp,
                ..allowing(&["x-event", "x-time"])
            },
        ),
        (
            "UnsignedTimestamp",
            Scheme {
                timestamp: TIMED.timestamp,
                ..listing(&[Part::HeaderNames, COLON, Part::Body])
            },
            listing(&[Part::HeaderNames, COLON, Part::Body]),
        ),
        (
            "UnsignedEndpoint",
            Scheme {
                endpoint_header: Some("x-endpoint"),
                ..UNTIMED.at("/e")
            },
            Scheme {
                endpoint_header: Some("x-endpoint"),
                signed: &[Part::Endpoint, Part::Body],
                ..UNTIMED.at("/e")
            },
        ),
        (
            "UnsignedMessageId",
            timed(&[Part::Timestamp, Part::Body]),
            TIMED,
        ),
        // As bytes it is no id.
        (
            "UnsignedMessageId",
            timed(&[Part::Header("x-id"), COLON, Part::Timestamp, Part::Body]),
            timed(&[Part::MessageId, COLON, Part::Timestamp, Part::Body]),
        ),
        (
            r#"Undefined { part: "timestamp" }"#,
            Scheme {
                timestamp: None,
                ..TIMED
            },
            TIMED,
        ),
        (
            r#"Undefined { part: "message id" }"#,
            Scheme {
                message_id: None,
                ..TIMED
            },
            TIMED,
        ),
        (
            r#"Undefined { part: "key id" }"#,
            signing(&[Part::KeyId, COLON, Part::Body]),
            Scheme {
                key_id: Some("x-key"),
                ..signing(&[Part::KeyId, COLON, Part::Body])
            },
        ),
        (
            r#"Undefined { part: "list of headers" }"#,
            signing(LISTED.signed),
            LISTED,
        ),
        (
            r#"Undefined { part: "list of headers" }"#,
            signing(&[Part::HeaderNames, COLON, Part::Body]),
            listing(&[Part::HeaderNames, COLON, Part::Body]),
        ),
        (
            "WindowWithoutTimestamp",
            UNTIMED.with_window(ReplayWindow::from_secs(1)),
            TIMED.with_window(ReplayWindow::from_secs(1)),
        ),
        (
            "WindowWithoutTimestamp",
            UNTIMED.with_window(ReplayWindow::DEFAULT),
            TIMED.with_window(ReplayWindow::DEFAULT),
        ),
        (
            "WindowWithoutTimestamp",
            UNTIMED.insecure_without_replay_window(),
            TIMED.insecure_without_replay_window(),
        ),
        (
            "ParamWithoutList",
            Scheme {
                signature: SignatureField::Header("x-mac"),
                ..IN_LIST
            },
            IN_LIST,
        ),
        (
            "ParamWithoutList",
            Scheme {
                signature: SignatureField::Header("x-mac"),
                timestamp: TIMED.timestamp,
                ..listing_by(Field::Param("h"))
            },
            Scheme {
                timestamp: TIMED.timestamp,
                ..listing_by(Field::Param("h"))
            },
        ),
        // No entry of the list could be that.
        (
            "SeparatorInForm",
            IN_LIST.with_forms(const { &[Form::hex("v1,")] }),
            Scheme {
                signature: SignatureField::List {
                    header: "x-mac",
                    separator: Separator::Space,
                },
                ..IN_LIST.with_forms(const { &[Form::hex("v1,")] })
            },
        ),
        (
            "SeparatorInForm",
            KEYED.with_forms(
                const {
                    &[Form {
                        after_key_id: Some(", "),
                        ..AFTER_KEY_ID
                    }]
                },
            ),
            KEYED.with_forms(
                const {
                    &[Form {
                        after_key_id: Some("; "),
                        ..AFTER_KEY_ID
                    }]
                },
            ),
        ),
        (
            "SamePlace",
            Scheme {
                message_id: Some("X-Time"),
                ..TIMED
            },
            TIMED,
        ),
        (
            "SamePlace",
            Scheme {
                message_id: Some("x-mac"),
                ..TIMED
            },
            TIMED,
        ),
        (
            "SamePlace",
            Scheme {
                key_id: Some("x-id"),
                ..TIMED
            },
            Scheme {
                key_id: Some("x-key"),
                ..TIMED
            },
        ),
        (
            "SamePlace",
            listing_by(Field::Param("t")),
            listing_by(Field::Param("h")),
        ),
        (
            "SamePlace",
            listing_by(Field::Header("x-mac")),
            listing_by(Field::Header("x-signed")),
        ),
        // No signature covers itself.
        (
            "SignedSignature",
            allowing(&["x-event", "X-Mac"]),
            allowing(&["x-event", "x-other"]),
        ),
        (
            "SignedSignature",
            signing(&[Part::Header("X-Mac"), COLON, Part::Body]),
            signing(&[Part::Header("x-event"), COLON, Part::Body]),
        ),
        (
            "SignedSignature",
            Scheme {
                signature: SignatureField::Headers(&["x-mac", "x-event"]),
                ..signing(&[Part::Header("x-event"), COLON, Part::Body])
            },
            Scheme {
                signature: SignatureField::Headers(&["x-mac", "x-other"]),
                ..signing(&[Part::Header("x-event"), COLON, Part::Body])
            },
        ),
        (
            "TooManyHeaders { max: 8 }",
            Scheme {
                signature: SignatureField::Headers(&["1", "2", "3", "4", "5", "6", "7", "8", "9"]),
                ..UNTIMED
            },
            Scheme {
                signature: SignatureField::Headers(&["1", "2", "3", "4", "5", "6", "7", "8"]),
                ..UNTIMED
            },
        ),
        (
            "TooManyHeaders { max: 12 }",
            Scheme {
                signature: SignatureField::Numbered("x-mac"),
                ..signing(&[
                    Part::Header("1"),
                    COLON,
                    Part::Header("2"),
                    COLON,
                    Part::Header("3"),
                    COLON,
                    Part::Header("4"),
                    COLON,
                    Part::Header("5"),
                    COLON,
                    Part::Body,
                ])
            },
            Scheme {
                signature: SignatureField::Numbered("x-mac"),
                ..signing(&[
                    Part::Header("1"),
                    COLON,
                    Part::Header("2"),
                    COLON,
                    Part::Header("3"),
                    COLON,
                    Part::Header("4"),
                    COLON,
                    // One that is there already takes no room.
                    Part::Header("4"),
                    COLON,
                    Part::Body,
                ])
            },
        ),
    ];
    let mut tried = BTreeSet::new();
    for (fault, invalid, valid) in cases {
        assert_eq!(fault_of(invalid).as_deref(), Some(fault), "{invalid:?}");
        assert_eq!(fault_of(valid), None, "{valid:?}");
        tried.insert(fault.split(' ').next().unwrap_or_default().to_owned());
    }
    // A new fault fails here until it is in the list.
    assert_eq!(tried, names_of_faults());
}

/// Returns the variants of `SchemeFault` from its source.
fn names_of_faults() -> BTreeSet<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/error/scheme.rs");
    let source = fs::read_to_string(path).unwrap();
    let (_, body) = source.split_once("pub enum SchemeFault {\n").unwrap();
    let (body, _) = body.split_once("\n}\n").unwrap();
    let variants = body.lines().filter_map(|line| line.strip_prefix("    "));
    let names = variants.filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()));
    names
        .map(|line| line.trim_end_matches([',', '{', ' ']).to_owned())
        .collect()
}

/// Names that HTTP does not allow are refused wherever they occur.
#[test]
fn header_names_are_checked() {
    let with_prefix = |prefix| Webhook::new(TIMED.with_header_prefix(prefix), key()).map(drop);
    for scheme in [
        UNTIMED.with_signature_header("x mac"),
        Scheme {
            message_id: Some("x:id"),
            ..TIMED
        },
        Scheme {
            timestamp: Some(TimestampField::seconds(Field::Header(""))),
            ..TIMED
        },
        Scheme {
            key_id: Some("ключ"),
            ..TIMED
        },
        Scheme {
            signed: &[Part::Body, Part::Text(":"), Part::Header("a\n")],
            ..UNTIMED
        },
    ] {
        let made = Webhook::new(scheme, key().with_id("k"));
        assert!(
            matches!(made, Err(ConfigError::InvalidHeaderName { .. })),
            "{scheme:?}"
        );
    }
    assert!(with_prefix("").is_err());
    assert!(with_prefix("a b").is_err());
    // Any letter case, and with its dash or without.
    let branded = webhook(TIMED.with_header_prefix("My-"), key());
    let names: Vec<String> = branded
        .sign(&message())
        .unwrap()
        .iter()
        .map(|(name, _)| name.to_string())
        .collect();
    assert_eq!(names, ["my-x-id", "my-x-time", "my-x-mac"]);
    assert_eq!(with_prefix("My"), Ok(()));
}

#[test]
fn an_endpoint_is_configured_where_it_is_signed_alone() {
    const SIGNED: Scheme = Scheme {
        signed: &[Part::Endpoint, Part::Body],
        ..UNTIMED
    };
    const NAMED: Scheme = Scheme {
        endpoint_header: Some("x-endpoint"),
        ..SIGNED
    };
    let error_of = |scheme| Webhook::new(scheme, key()).err();
    for (scheme, error) in [
        (UNTIMED, None),
        (UNTIMED.at("/e"), Some(ConfigError::UnusedEndpoint)),
        (UNTIMED.at_any(&["/e"]), Some(ConfigError::UnusedEndpoint)),
        (TIMED.at("/e"), Some(ConfigError::UnusedEndpoint)),
        (SIGNED, Some(ConfigError::MissingEndpoint)),
        (SIGNED.at("/e"), None),
        (SIGNED.at(""), Some(ConfigError::InvalidEndpoint)),
        (SIGNED.at(" /e"), Some(ConfigError::InvalidEndpoint)),
        (SIGNED.at_any(&["/e"]), None),
        (SIGNED.at_any(&[]), Some(ConfigError::MissingEndpoint)),
        // No request says which.
        (
            SIGNED.at_any(&["/e", "/f"]),
            Some(ConfigError::UnnamedEndpoints),
        ),
        (NAMED, Some(ConfigError::MissingEndpoint)),
        (NAMED.at("/e"), None),
        (NAMED.at_any(&["/e", "/f"]), None),
        (
            NAMED.at_any(&["/e", ""]),
            Some(ConfigError::InvalidEndpoint),
        ),
        (
            Scheme {
                endpoint: Endpoint::None,
                ..NAMED.at("/e")
            },
            Some(ConfigError::MissingEndpoint),
        ),
    ] {
        assert_eq!(error_of(scheme), error, "{scheme:?}");
    }
    // The request names its endpoint, which must be a configured one.
    let webhook = webhook(NAMED.at_any(&["/e", "/f"]), key());
    for (endpoint, verdict) in [("/e", true), ("/f", true), ("/g", false), ("/e/", false)] {
        let headers = webhook.sign(&message().with_endpoint(endpoint));
        let headers = match headers {
            Ok(headers) => headers,
            Err(error) => {
                assert!(!verdict, "{error}");
                continue;
            }
        };
        assert_eq!(
            webhook.verify(&headers, b"{}").is_ok(),
            verdict,
            "{endpoint}"
        );
    }
}

/// Signs the body in upper case, after the method and the target if they are
/// present, and refuses a body that is not text.
#[derive(Debug)]
struct UpperCase;

impl Canonicalize for UpperCase {
    fn canonicalize<'b>(&self, request: &RawRequest<'b>) -> Result<Cow<'b, [u8]>, VerifyError> {
        if !request.body().is_ascii() {
            return Err(VerifyError::refused("not a text"));
        }
        let upper_case = request.body().to_ascii_uppercase();
        let (Ok(method), Ok(target)) = (request.method(), request.target()) else {
            return Ok(upper_case.into());
        };
        let head = format!("{method} {target} ");
        Ok([head.as_bytes(), &upper_case].concat().into())
    }
}

const CANONICAL: Scheme = Scheme {
    name: "canonical",
    signed: &[Part::CanonicalBody],
    canonical_form: Some(CanonicalForm(&UpperCase)),
    ..UNTIMED
};

/// The MAC of `A`: `printf A | openssl dgst -sha256 -hmac k`.
const OF_A: &str = "9aae7cf0832ee50b25093102bc8393ccf3b2a19365ef202815b72dc537196cec";

#[test]
fn a_canonical_body_is_signed_in_the_bodys_place() {
    let webhook = webhook(CANONICAL, key());
    let headers = webhook.sign(&Message::new(b"a")).unwrap();
    assert_eq!(headers.get("x-mac"), Some(OF_A));
    let streamed = |chunks: &[&[u8]]| {
        let mut state = HashState::new();
        let mut verification = webhook.begin(&headers, &mut state).unwrap();
        chunks.iter().for_each(|chunk| verification.update(chunk));
        verification.finish().map(|verified| verified.body_len())
    };
    for (body, verdict) in [
        (&b"a"[..], Ok(1)),
        (b"A", Ok(1)),
        (b"b", Err(VerifyError::SignatureMismatch)),
        (b"aa", Err(VerifyError::SignatureMismatch)),
        (b"", Err(VerifyError::SignatureMismatch)),
        (b"\xff", Err(VerifyError::refused("not a text"))),
    ] {
        let whole = webhook.verify(&headers, body);
        // The proof has the body, not its canonical form.
        assert!(whole.as_ref().is_ok_and(|proof| proof.body() == body) || whole.is_err());
        assert_eq!(whole.map(|verified| verified.body_len()), verdict);
        assert_eq!(streamed(&[b"", body, b""]), verdict);
    }
    assert_eq!(streamed(&[]), Err(VerifyError::SignatureMismatch));
    let refused = webhook.sign(&Message::new(b"\xff"));
    assert!(
        matches!(refused, Err(SignError::Refused { error, .. }) if error.reason() == "refused")
    );
    // The signature covers a form of the body, which identifies a repeated delivery.
    assert!(webhook.coverage().canonical_body());
    assert_eq!(webhook.coverage().to_string(), "canonical form of the body");
    assert!(!self::webhook(UNTIMED, key()).coverage().canonical_body());
    let key_of = |body: &'static [u8]| webhook.verify(&headers, body).unwrap().idempotency_key();
    assert_eq!(key_of(b"a"), key_of(b"A"));
    let owned = webhook.verify(&headers, b"A").unwrap().into_owned();
    assert_eq!(owned.idempotency_key(), key_of(b"a"));
    // printf A | openssl dgst -sha256
    assert_eq!(
        key_of(b"a").as_str(),
        "canonical:sha256:559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd"
    );
}

#[test]
fn a_canonical_form_sees_the_method_and_the_target() {
    let webhook = webhook(CANONICAL, key());
    let message = Message::new(b"a").with_request_line("POST", "/hook?a=1");
    let headers = webhook.sign(&message).unwrap();
    // printf 'POST /hook?a=1 A' | openssl dgst -sha256 -hmac k
    let mac = "3679afb2de86dbf51d2244151935dec4c5a538e4592117989901b4c763ac2836";
    assert_eq!(headers.get("x-mac"), Some(mac));
    let verdict = |head: &dyn RequestHead| {
        let whole = webhook.verify(head, b"a").map(drop);
        let mut state = HashState::new();
        let mut verification = webhook.begin(head, &mut state).unwrap();
        verification.update(b"a");
        assert_eq!(verification.finish().map(drop), whole);
        whole
    };
    let mismatch = Err(VerifyError::SignatureMismatch);
    assert_eq!(verdict(&Head::new("POST", "/hook?a=1", &headers)), Ok(()));
    assert_eq!(verdict(&Head::new("PUT", "/hook?a=1", &headers)), mismatch);
    assert_eq!(verdict(&Head::new("POST", "/hook?a=2", &headers)), mismatch);
    assert_eq!(verdict(&headers), mismatch);
}

/// Signs the target, and then the body.
#[derive(Debug)]
struct AfterTarget;

impl Canonicalize for AfterTarget {
    fn canonicalize<'b>(&self, request: &RawRequest<'b>) -> Result<Cow<'b, [u8]>, VerifyError> {
        let target = request.target()?.as_bytes();
        Ok([target, b" ", request.body()].concat().into())
    }
}

#[test]
fn a_canonical_form_that_needs_the_target_is_not_computed_of_headers_alone() {
    let scheme = Scheme {
        canonical_form: Some(CanonicalForm(&AfterTarget)),
        ..CANONICAL
    };
    let webhook = webhook(scheme, key());
    // printf '/hook a' | openssl dgst -sha256 -hmac k
    let mac = "16c29893c8ef94ba88f137de1b5350c292b01be4f05912286c4996c46a924321";
    let headers = [("x-mac", mac)];
    let verdict = |head: &dyn RequestHead| {
        let whole = webhook.verify(head, b"a").map(drop);
        let mut state = HashState::new();
        let mut verification = webhook.begin(head, &mut state).unwrap();
        verification.update(b"a");
        assert_eq!(verification.finish().map(drop), whole);
        whole
    };
    assert_eq!(verdict(&Head::new("POST", "/hook", &headers)), Ok(()));
    let other = Head::new("POST", "/hooks", &headers);
    assert_eq!(verdict(&other), Err(VerifyError::SignatureMismatch));
    // It was not passed at all: the receiver is at fault.
    let error = verdict(&headers).unwrap_err();
    assert_eq!(
        (error.reason(), error.http_status()),
        ("incomplete-head", 500)
    );
    assert!(error.is_operator_fault());
    // It cannot be signed either.
    let signed = webhook.sign(&Message::new(b"a"));
    assert!(
        matches!(signed, Err(SignError::Refused { error, .. }) if error.reason() == "incomplete-head")
    );
}

/// If a scheme lacks code that it needs, or has code that it does not need, an error is
/// reported when the service starts.
#[test]
fn a_canonical_form_is_set_where_it_is_needed_alone() {
    let error_of = |scheme| Webhook::new(scheme, key()).err();
    let canonical_form = CANONICAL.canonical_form;
    assert_eq!(error_of(CANONICAL), None);
    let forgotten = Scheme {
        canonical_form: None,
        ..CANONICAL
    };
    assert_eq!(error_of(forgotten), Some(ConfigError::MissingCanonicalForm));
    // It is a part of the scheme: two schemes are equal only if it is the same.
    assert_eq!(CANONICAL, CANONICAL);
    assert_ne!(CANONICAL, forgotten);
    for scheme in [UNTIMED, TIMED, schemes::PAMINGA] {
        let unused = Scheme {
            canonical_form,
            ..scheme
        };
        assert_eq!(error_of(unused), Some(ConfigError::UnusedCanonicalForm));
    }
}

/// Verifies with the webhook, and refuses what its rule forbids, before or after the
/// webhook's check.
#[derive(Debug)]
struct Closed {
    webhook: Webhook,
    after: bool,
}

impl CheckHead for Closed {
    fn scheme(&self) -> &str {
        "closed"
    }

    fn check_head<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        received_at: Option<Timestamp>,
    ) -> Result<CheckedHead<'h>, VerifyError> {
        if self.after {
            let _checked = self.webhook.check_head(head, received_at)?;
        }
        Err(VerifyError::refused("closed"))
    }
}

/// Verifies with the webhook, without a rule.
#[derive(Debug)]
struct Open(Webhook);

impl CheckHead for Open {
    fn scheme(&self) -> &str {
        "open"
    }

    fn check_head<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        received_at: Option<Timestamp>,
    ) -> Result<CheckedHead<'h>, VerifyError> {
        self.0.check_head(head, received_at)
    }
}

/// Returns the verdicts of all entry points: whole, from a request, in chunks, and both
/// with the time of receipt.
fn verdicts(
    verifier: &(impl Verifier + ?Sized),
    headers: &SignedHeaders,
    received_at: u64,
) -> Vec<Result<(), VerifyError>> {
    let received_at = Timestamp::from_secs(received_at);
    let mut request = Request::new(&b"{}"[..]);
    *request.headers_mut() = HeaderMap::from(headers.clone());
    let (mut one, mut other) = (HashState::new(), HashState::new());
    let finish = |begun: Result<hookseal::verification::Verification<'_>, VerifyError>| {
        let mut verification = begun?;
        verification.update(b"{}");
        verification.finish().map(drop)
    };
    vec![
        verifier.verify(headers, b"{}").map(drop),
        verifier.verify_request(&request).map(drop),
        verifier
            .verify_received_at(received_at, headers, b"{}")
            .map(drop),
        finish(verifier.begin(headers, &mut one)),
        finish(verifier.begin_received_at(received_at, headers, &mut other)),
    ]
}

/// A pointer calls the verifier that it points to, so that none is bypassed.
#[test]
fn a_verifier_that_refuses_cannot_be_gone_around() {
    let headers = webhook(TIMED, key()).sign(&message()).unwrap();
    fn refuses(pointer: &(impl Verifier + ?Sized), headers: &SignedHeaders) {
        let refused = Err(VerifyError::refused("closed"));
        assert_eq!(pointer.scheme(), "closed");
        assert_eq!(verdicts(pointer, headers, NOW), vec![refused.clone(); 5]);
        assert_eq!(pointer.check_head(headers, None).map(drop), refused);
    }
    for after in [false, true] {
        let closed = || Closed {
            webhook: webhook(TIMED, key()),
            after,
        };
        refuses(&closed(), &headers);
        refuses(&&closed(), &headers);
        refuses(&Box::new(closed()), &headers);
        refuses(&Arc::new(closed()), &headers);
        refuses(&(Box::new(closed()) as Box<dyn CheckHead>), &headers);
        refuses(
            &(Box::new(Arc::new(closed())) as Box<dyn Verifier>),
            &headers,
        );
        refuses(&(Arc::new(closed()) as Arc<dyn Verifier>), &headers);
        refuses(&&(Arc::new(&closed()) as Arc<dyn Verifier + '_>), &headers);
        refuses(&*(Box::new(closed()) as Box<dyn Verifier>), &headers);
        refuses(&*(Box::new(closed()) as Box<dyn CheckHead>), &headers);

        let pairs: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        let unauthorized = (StatusCode::UNAUTHORIZED, Some("refused"));
        assert_eq!(layered(closed(), &pairs), unauthorized);
        assert_eq!(
            layered(Box::new(closed()) as Box<dyn Verifier>, &pairs),
            unauthorized
        );
        assert_eq!(layered(Arc::new(Box::new(closed())), &pairs), unauthorized);
    }
}

/// A verifier that does not refuse is called with the time of receipt.
#[test]
fn every_method_is_called_through_pointers() {
    let headers = webhook(TIMED, key()).sign(&message()).unwrap();
    fn accepts(pointer: &(impl Verifier + ?Sized), headers: &SignedHeaders) {
        assert_eq!(pointer.scheme(), "open");
        assert_eq!(verdicts(pointer, headers, NOW + 300), vec![Ok(()); 5]);
        // The given time, and not the clock's.
        let late = verdicts(pointer, headers, NOW + 301);
        let reasons: Vec<_> = late
            .iter()
            .map(|verdict| verdict.as_ref().map_err(VerifyError::reason))
            .collect();
        let too_old = Err("timestamp-too-old");
        assert_eq!(reasons, [Ok(&()), Ok(&()), too_old, Ok(&()), too_old]);
        let checked = pointer.check_head(headers, None).unwrap();
        // The scheme of the webhook that checked it.
        assert_eq!(checked.scheme(), "custom");
        let mut state = HashState::new();
        let mut verification = checked.begin(&mut state);
        verification.update(b"{}");
        assert!(verification.finish().is_ok());
    }
    let open = || Open(webhook(TIMED, key()));
    accepts(&open(), &headers);
    accepts(&&open(), &headers);
    accepts(&Box::new(open()), &headers);
    accepts(&Arc::new(open()), &headers);
    accepts(&(Box::new(open()) as Box<dyn CheckHead>), &headers);
    accepts(&(Box::new(Arc::new(open())) as Box<dyn Verifier>), &headers);
    accepts(&(Arc::new(open()) as Arc<dyn Verifier>), &headers);
    accepts(&&(Arc::new(&open()) as Arc<dyn Verifier + '_>), &headers);
    accepts(&*(Box::new(open()) as Box<dyn Verifier>), &headers);
    let pairs: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value))
        .collect();
    assert_eq!(layered(open(), &pairs), (StatusCode::OK, None));
    let mut forged = pairs.clone();
    forged.retain(|(name, _)| *name != "x-mac");
    assert_eq!(
        layered(open(), &forged),
        (StatusCode::UNAUTHORIZED, Some("missing-header"))
    );
}

/// A body that must not be read, since its request is refused because of its head.
struct MustNotBeRead;

impl Body for MustNotBeRead {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic!("the body was read")
    }
}

/// Returns the layer's status and reason for a request with the body `{}`, whose head is
/// verified or not.
fn layered(
    verifier: impl Verifier + 'static,
    headers: &[(&str, &str)],
) -> (StatusCode, Option<&'static str>) {
    let head_passes = verifier.check_head(&headers, None).is_ok();
    let layer = VerifyLayer::new(verifier);
    let called = Cell::new(false);
    let serve = |_: Request<VerifiedBody>| {
        called.set(true);
        ready(Ok::<_, Infallible>(Response::new(Bytes::new())))
    };
    let mut builder = Request::post("/");
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let mut service = layer.layer(service_fn(serve));
    let response = if head_passes {
        let body = http_body_util::Full::new(Bytes::from_static(b"{}"));
        finish(service.call(builder.body(body).unwrap()))
    } else {
        finish(service.call(builder.body(MustNotBeRead).unwrap()))
    };
    let rejection = response.extensions().get::<Rejection>();
    assert_eq!(called.get(), rejection.is_none());
    (response.status(), rejection.map(Rejection::reason))
}

fn finish<T>(future: impl Future<Output = Result<T, Infallible>>) -> T {
    let mut cx = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut cx) {
        Poll::Ready(Ok(response)) => response,
        Poll::Ready(Err(never)) => match never {},
        Poll::Pending => panic!("nothing to wait for"),
    }
}

/// Stripe's format (<https://docs.stripe.com/webhooks#verify-manually>) is a list of
/// `key=value` with the time and a signature for each active secret.
#[test]
fn a_timestamp_may_stand_among_the_signatures() {
    const STRIPE: Scheme = Scheme {
        name: "stripe",
        signature: SignatureField::List {
            header: "Stripe-Signature",
            separator: Separator::Comma,
        },
        forms: &[Form::hex("v1=")],
        timestamp: Some(TimestampField::seconds(Field::Param("t"))),
        signed: &[Part::Timestamp, Part::Text("."), Part::Body],
        ..Scheme::BASE
    };
    const SECRET: &str = "whsec_test_secret";
    let body = br#"{"id":"evt_test_webhook","object":"event"}"#;
    // printf '%s' '1492774577.{"id":"evt_test_webhook","object":"event"}' |
    //   openssl dgst -sha256 -hmac whsec_test_secret
    let genuine = "88a022085c6bdb887b02cb26ff76dd681234d9675c0f22844059f55552a8883a";
    let value = format!("t=1492774577,v0=abc,v1={},v1={genuine}", "0".repeat(64));
    let headers = [("Stripe-Signature", &*value)];
    let at = |scheme, keys: Keys| {
        let webhook = Webhook::new(scheme, keys).unwrap();
        webhook.with_clock(FixedClock::at(1_492_774_600))
    };

    let stripe = at(STRIPE, SECRET.into());
    let event = stripe.verify(&headers, body).unwrap();
    assert_eq!(event.timestamp(), Some(Timestamp::from_secs(1_492_774_577)));

    let mut state = HashState::new();
    let mut verification = stripe.begin(&headers, &mut state).unwrap();
    body.chunks(10).for_each(|chunk| verification.update(chunk));
    assert_eq!(verification.finish().unwrap().body_len(), 42);

    let keys = [
        Key::from("the new one").with_id("new"),
        Key::from(SECRET).with_id("old"),
    ];
    let rotating = at(STRIPE, keys.into());
    let event = rotating.verify(&headers, body).unwrap();
    assert_eq!(event.key_id(), Some("old"));

    let narrow = at(
        STRIPE.with_window(ReplayWindow::from_secs(10)),
        SECRET.into(),
    );
    let twice = format!("t=1492774577,{value}");
    for (verdict, wanted) in [
        (stripe.verify(&headers, b"{}"), "signature does not match"),
        (
            narrow.verify(&headers, body),
            "timestamp in stripe-signature is 23 s old, more than the allowed 10 s",
        ),
        (
            stripe.verify(&[("Stripe-Signature", "t=1492774577,v0=abc")], body),
            "header stripe-signature holds no well-formed signature: no `v1=` entry among 2",
        ),
        // Two times could be read in two ways.
        (
            stripe.verify(&[("Stripe-Signature", &*twice)], body),
            "header stripe-signature holds no well-formed signature: a parameter occurs more than once",
        ),
        (
            stripe.verify(
                &[("Stripe-Signature", &value["t=1492774577,".len()..])],
                body,
            ),
            "header stripe-signature holds no timestamp; expected Unix seconds of 1 to 19 digits",
        ),
    ] {
        assert_eq!(verdict.unwrap_err().to_string(), wanted);
    }

    let signed = stripe
        .sign(&Message::new(body).with_timestamp(1_492_774_577))
        .unwrap();
    let wanted = format!("t=1492774577,v1={genuine}");
    assert_eq!(signed.get("stripe-signature"), Some(&*wanted));
}
