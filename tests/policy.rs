//! The rules that hold for every scheme, each with its nearest rejects.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::*;
use hookseal::schemes::{Hubpay, MessageOrder, Pakk, Paminga, Pomelo, Prefix, StandardWebhooks};
use hookseal::{
    Encoding, FixedClock, HeaderName, Key, Keys, Message, ReplayWindow, Timestamp, Verifier,
    VerifyError,
};

fn name(header: &str) -> HeaderName {
    HeaderName::new(header).unwrap()
}

fn missing(header: &str) -> Result<(), VerifyError> {
    let header = name(header);
    Err(VerifyError::MissingHeader { header })
}

fn duplicate(header: &str) -> Result<(), VerifyError> {
    let header = name(header);
    Err(VerifyError::DuplicateHeader { header })
}

fn malformed_header(header: &str) -> Result<(), VerifyError> {
    Err(VerifyError::malformed_header(&name(header)))
}

fn malformed_signature(header: &str) -> Result<(), VerifyError> {
    Err(VerifyError::malformed_signature(&name(header)))
}

fn malformed_timestamp(header: &str) -> Result<(), VerifyError> {
    let header = name(header);
    Err(VerifyError::MalformedTimestamp { header })
}

fn unknown_key() -> VerifyError {
    let header = name("x-api-key");
    VerifyError::UnknownKeyId { header }
}

const MISMATCH: Result<(), VerifyError> = Err(VerifyError::SignatureMismatch);

#[test]
fn genuine_requests_are_accepted() {
    for genuine in all() {
        assert_eq!(genuine.verify(&genuine.headers), Ok(()));
    }
}

#[test]
fn any_changed_bit_of_the_body_is_refused() {
    for genuine in all() {
        let mut body = genuine.body.to_vec();
        for place in 0..body.len() {
            for bit in 0..8 {
                body[place] ^= 1 << bit;
                let verdict = genuine.verifier.verify(&genuine.headers, &body);
                assert_eq!(verdict.map(|_| ()), MISMATCH);
                body[place] ^= 1 << bit;
            }
        }
        for other in [
            &body[1..],
            &body[..body.len() - 1],
            b"",
            &[&body[..], b"\n"].concat(),
        ] {
            let verdict = genuine.verifier.verify(&genuine.headers, other);
            assert_eq!(verdict.map(|_| ()), MISMATCH);
        }
    }
}

/// Every bit of every header that a scheme reads.
#[test]
fn any_changed_bit_of_a_header_is_refused() {
    for genuine in all() {
        for place in 0..genuine.headers.len() {
            for byte in 0..genuine.headers[place].1.len() {
                for bit in 0..8 {
                    let mut headers = genuine.headers.clone();
                    headers[place].1[byte] ^= 1 << bit;
                    let value = &headers[place].1;
                    // Hex is read in both cases: that bit spells the same MAC.
                    let same = value.eq_ignore_ascii_case(&genuine.headers[place].1);
                    if same && genuine.headers[place].1 == HEX.as_bytes() {
                        continue;
                    }
                    assert!(genuine.verify(&headers).is_err(), "{value:?}");
                }
            }
        }
    }
}

#[test]
fn each_header_must_be_there() {
    for genuine in all() {
        for place in 0..genuine.headers.len() {
            let mut headers = genuine.headers.clone();
            let (header, _) = headers.remove(place);
            assert_eq!(genuine.verify(&headers), missing(&header));
            // Near the name is not the name.
            for other in [
                format!("{header}x"),
                header.replace('-', "_"),
                format!("x{header}"),
            ] {
                let mut renamed = genuine.headers.clone();
                renamed[place].0 = other;
                assert_eq!(genuine.verify(&renamed), missing(&header));
            }
        }
    }
}

#[test]
fn an_empty_value_is_a_missing_header() {
    for genuine in all() {
        for (header, _) in &genuine.headers {
            assert_eq!(genuine.verify(&genuine.with(header, "")), missing(header));
        }
    }
}

#[test]
fn header_names_match_in_any_case() {
    for genuine in all() {
        let mut headers = genuine.headers.clone();
        for header in &mut headers {
            header.0 = header.0.to_uppercase();
        }
        assert_eq!(genuine.verify(&headers), Ok(()));
    }
}

#[test]
fn a_repeated_header_is_refused_even_if_its_values_are_equal() {
    for genuine in all() {
        for (header, value) in &genuine.headers {
            for other in [value.clone(), b"other".to_vec(), Vec::new()] {
                for respelled in [header.clone(), header.to_uppercase()] {
                    let mut headers = genuine.headers.clone();
                    headers.push((respelled.clone(), other.clone()));
                    assert_eq!(genuine.verify(&headers), duplicate(header));
                    headers.rotate_right(1);
                    assert_eq!(genuine.verify(&headers), duplicate(header));
                }
            }
        }
    }
}

#[test]
fn headers_that_the_scheme_does_not_read_may_repeat() {
    for genuine in all() {
        let mut headers = genuine.headers.clone();
        headers.extend(common::headers(&[
            ("accept", "a"),
            ("accept", "b"),
            ("empty", ""),
        ]));
        assert_eq!(genuine.verify(&headers), Ok(()));
    }
}

#[test]
fn white_space_around_a_value_is_malformed() {
    for genuine in all() {
        for (header, value) in &genuine.headers {
            for space in [&b" "[..], b"\t", b"\r\n", b"\n"] {
                for padded in [[space, value].concat(), [value, space].concat()] {
                    let wanted = if header == genuine.signature {
                        malformed_signature(header)
                    } else if Some(header.as_str()) == genuine.timestamp {
                        malformed_timestamp(header)
                    } else {
                        malformed_header(header)
                    };
                    let verdict = genuine.verify(&genuine.with(header, &padded));
                    if space == b" " && header == "webhook-signature" {
                        assert_eq!(verdict, Ok(()), "a separator of the list");
                    } else {
                        assert_eq!(verdict, wanted, "{header}: {padded:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn bytes_beyond_ascii_are_malformed_in_signatures_and_timestamps() {
    for genuine in all() {
        for stray in [&b"\xff"[..], "é".as_bytes(), "１".as_bytes()] {
            let name = genuine.signature;
            let value = [genuine.value(name), stray].concat();
            let verdict = genuine.verify(&genuine.with(name, value));
            assert_eq!(verdict, malformed_signature(name));
            if let Some(name) = genuine.timestamp {
                let value = [genuine.value(name), stray].concat();
                let verdict = genuine.verify(&genuine.with(name, value));
                assert_eq!(verdict, malformed_timestamp(name));
            }
        }
    }
}

#[test]
fn a_message_id_may_hold_any_bytes_but_a_dot() {
    let genuine = standard_webhooks();
    // Not what was signed, and of the form.
    for id in [
        &b"msg"[..],
        b"\xff\xfe",
        b"a b",
        b"a,b",
        b"\0",
        "é".as_bytes(),
        &[b'x'; 5000],
    ] {
        assert_eq!(genuine.verify(&genuine.with("webhook-id", id)), MISMATCH);
    }
    for id in [
        &b"."[..],
        b"msg.1",
        b".msg",
        b"msg.",
        b"msg_1.1649367553",
        b"a..b",
    ] {
        let verdict = genuine.verify(&genuine.with("webhook-id", id));
        assert_eq!(verdict, malformed_header("webhook-id"));
    }
}

#[test]
fn hex_is_64_digits_of_either_case() {
    for genuine in [paminga(), hubpay()] {
        let name = genuine.signature;
        let upper = HEX.to_uppercase();
        let mixed = format!("{}{}", &upper[..31], &HEX[31..]);
        for same in [upper.as_str(), &mixed] {
            assert_eq!(genuine.verify(&genuine.with(name, same)), Ok(()));
        }
        let zero = "0".repeat(64);
        assert_eq!(genuine.verify(&genuine.with(name, zero)), MISMATCH);
        for other in [
            &HEX[..63],
            &HEX[..62],
            &format!("{HEX}0"),
            &format!("{HEX}00"),
            &format!("0x{HEX}"),
            &format!("0x{}", &HEX[2..]),
            &format!("+{}", &HEX[1..]),
            &format!("g{}", &HEX[1..]),
            &format!("{HEX},{HEX}"),
            &format!("\"{HEX}\""),
        ] {
            let verdict = genuine.verify(&genuine.with(name, other));
            assert_eq!(verdict, malformed_signature(name), "{other}");
        }
    }
    let verdict = paminga().verify(&paminga().with("x-paminga-signature", BASE64));
    assert_eq!(verdict, malformed_signature("x-paminga-signature"));
}

#[test]
fn base64_is_44_canonical_characters_of_the_standard_alphabet() {
    for (genuine, prefix) in [
        (pakk(), ""),
        (standard_webhooks(), "v1,"),
        (pomelo(), "hmac-sha256 "),
        (hubpay(), "sha256="),
    ] {
        let name = genuine.signature;
        let spelled = |text: &str| genuine.with(name, format!("{prefix}{text}"));
        // Zero bits as they should be, and of another message.
        let zero = "A".repeat(43) + "=";
        assert_eq!(genuine.verify(&spelled(&zero)), MISMATCH);
        for other in [
            "A".repeat(43),        // no padding
            "A".repeat(42) + "B=", // trailing bits
            "A".repeat(42) + "==", // 31 bytes
            "A".repeat(44),        // 33 bytes
            "A".repeat(43) + "==", // too much padding
            "A".repeat(43) + "=A", // something behind it
            "-".to_owned() + &"A".repeat(42) + "=",
            "_".to_owned() + &"A".repeat(42) + "=",
            "!".to_owned() + &"A".repeat(42) + "=",
            "=".repeat(44),
            HEX.to_owned() + "0",
        ] {
            let verdict = genuine.verify(&spelled(&other));
            assert_eq!(verdict, malformed_signature(name), "{other}");
        }
    }
}

const HOSTILE_TIMESTAMPS: [&str; 16] = [
    "-1",
    "+1649367553",
    "-9223372036854775808",
    "00000000001649367553",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
    "1649367553.0",
    "1.649367553e9",
    "0x624f57c1",
    "1_649_367_553",
    "16493675 53",
    "1649367553\0",
    "１６４９３６７５５３",
    "NaN",
    "now",
];

#[test]
fn hostile_timestamps_are_malformed() {
    for genuine in [standard_webhooks(), pomelo()] {
        let name = genuine.timestamp.unwrap();
        for hostile in HOSTILE_TIMESTAMPS {
            let verdict = genuine.verify(&genuine.with(name, hostile));
            assert_eq!(verdict, malformed_timestamp(name), "{hostile}");
        }
        let far = "1".repeat(1000);
        assert_eq!(
            genuine.verify(&genuine.with(name, far)),
            malformed_timestamp(name)
        );
    }
}

#[test]
fn nineteen_digits_are_read_at_both_ends_of_time() {
    for (make, clocks) in [
        (
            standard_webhooks_at as fn(FixedClock) -> Genuine,
            [0, u64::MAX],
        ),
        (pomelo_at as fn(FixedClock) -> Genuine, [0, u64::MAX]),
    ] {
        for clock in clocks {
            let genuine = make(FixedClock::at(clock));
            let name = genuine.timestamp.unwrap();
            for digits in ["9999999999999999999", "0000000000000000000"] {
                let verdict = genuine.verify(&genuine.with(name, digits));
                let timestamp = Timestamp::from_secs(digits.parse().unwrap());
                let now = Timestamp::from_secs(clock);
                if timestamp == now {
                    assert_eq!(verdict, MISMATCH);
                } else if timestamp < now {
                    assert!(matches!(verdict, Err(VerifyError::TimestampTooOld { .. })));
                } else {
                    assert!(matches!(
                        verdict,
                        Err(VerifyError::TimestampInFuture { .. })
                    ));
                }
            }
        }
    }
}

#[test]
fn default_windows_are_inclusive_on_both_sides() {
    for (make, signed_at, tolerance) in [
        (
            standard_webhooks_at as fn(FixedClock) -> Genuine,
            SIGNED_AT,
            300,
        ),
        (pomelo_at as fn(FixedClock) -> Genuine, POMELO_SIGNED_AT, 60),
    ] {
        let timestamp = Timestamp::from_secs(signed_at);
        let header = name(make(FixedClock::at(0)).timestamp.unwrap());
        let at = |now: u64| {
            let genuine = make(FixedClock::at(now));
            genuine.verify(&genuine.headers)
        };
        for age in [0, 1, tolerance - 1, tolerance] {
            assert_eq!(at(signed_at + age), Ok(()));
            assert_eq!(at(signed_at - age), Ok(()));
        }
        let now = Timestamp::from_secs(signed_at + tolerance + 1);
        let wanted = VerifyError::TimestampTooOld {
            header: header.clone(),
            timestamp,
            now,
            tolerance,
        };
        assert_eq!(at(now.as_secs()), Err(wanted));
        let now = Timestamp::from_secs(signed_at - tolerance - 1);
        let wanted = VerifyError::TimestampInFuture {
            header: header.clone(),
            timestamp,
            now,
            tolerance,
        };
        assert_eq!(at(now.as_secs()), Err(wanted));
    }
}

fn known_answer(
    options: impl FnOnce(StandardWebhooks) -> StandardWebhooks,
) -> Result<(), VerifyError> {
    let verifier = options(StandardWebhooks::new(Key::from_base64(WHSEC).unwrap()));
    let genuine = standard_webhooks();
    verifier.verify(&genuine.headers, genuine.body).map(|_| ())
}

#[test]
fn the_system_clock_is_the_default_and_the_window_can_be_switched_off() {
    // The known answer is of April 2022.
    assert!(matches!(
        known_answer(|verifier| verifier),
        Err(VerifyError::TimestampTooOld { .. })
    ));
    assert_eq!(
        known_answer(|verifier| verifier.insecure_without_replay_window()),
        Ok(())
    );
    assert_eq!(
        known_answer(|verifier| verifier.with_window(ReplayWindow::from_secs(u64::MAX))),
        Ok(())
    );
}

#[test]
fn past_and_future_tolerance_are_apart() {
    let window = ReplayWindow::from_secs(10).with_past_secs(1000);
    assert_eq!((window.past_secs(), window.future_secs()), (1000, 10));
    let window = ReplayWindow::from_secs(10).with_future_secs(0);
    assert_eq!((window.past_secs(), window.future_secs()), (10, 0));
    let window = ReplayWindow::from_secs(10)
        .with_past_secs(1000)
        .with_future_secs(0);
    let at =
        |now| known_answer(|verifier| verifier.with_window(window).with_clock(FixedClock::at(now)));
    assert_eq!(at(SIGNED_AT + 1000), Ok(()));
    assert!(matches!(
        at(SIGNED_AT + 1001),
        Err(VerifyError::TimestampTooOld {
            tolerance: 1000,
            ..
        })
    ));
    assert!(matches!(
        at(SIGNED_AT - 1),
        Err(VerifyError::TimestampInFuture { tolerance: 0, .. })
    ));
}

#[test]
fn an_event_is_verified_against_the_time_it_was_received() {
    for (genuine, signed_at, tolerance) in [
        (standard_webhooks_at(FixedClock::at(0)), SIGNED_AT, 300),
        (pomelo_at(FixedClock::at(0)), POMELO_SIGNED_AT, 60),
    ] {
        let received = |at: u64| {
            let at = Timestamp::from_secs(at);
            let whole = genuine
                .verifier
                .verify_received_at(at, &genuine.headers, genuine.body);
            let streamed = genuine
                .verifier
                .begin_received_at(at, &genuine.headers)
                .and_then(|mut check| {
                    check.update(genuine.body);
                    check.finish()
                });
            let whole = whole.map(|_| ());
            assert_eq!(whole, streamed.map(|_| ()));
            whole
        };
        assert!(genuine.verify(&genuine.headers).is_err());
        assert_eq!(received(signed_at + tolerance), Ok(()));
        assert!(received(signed_at + tolerance + 1).is_err());
        assert!(received(signed_at - tolerance - 1).is_err());
    }
}

#[test]
fn the_clock_is_asked_once_and_only_if_the_form_is_right() {
    let asked = Arc::new(AtomicU64::new(0));
    let clock = |now: u64| {
        let asked = Arc::clone(&asked);
        move || {
            asked.fetch_add(1, Ordering::Relaxed);
            Timestamp::from_secs(now)
        }
    };
    for genuine in [
        standard_webhooks_at(clock(SIGNED_AT)),
        pomelo_at(clock(POMELO_SIGNED_AT)),
    ] {
        let times = |headers: &[_]| {
            let before = asked.load(Ordering::Relaxed);
            let verdict = genuine.verify(headers);
            (verdict.is_ok(), asked.load(Ordering::Relaxed) - before)
        };
        assert_eq!(times(&genuine.headers), (true, 1));
        assert_eq!(times(&genuine.headers[1..]), (false, 0));
        assert_eq!(times(&genuine.with(genuine.signature, "x")), (false, 0));
        // Nor if the time of receipt is given.
        let before = asked.load(Ordering::Relaxed);
        let at = Timestamp::from_secs(0);
        let verdict = genuine
            .verifier
            .verify_received_at(at, &genuine.headers, genuine.body);
        assert!(matches!(
            verdict,
            Err(VerifyError::TimestampInFuture { .. })
        ));
        assert_eq!(asked.load(Ordering::Relaxed), before);
    }
}

/// Who has captured a request cannot send its headers in time, and the end of
/// its body when it pleases.
#[test]
fn the_window_must_be_open_when_the_body_ends() {
    let now = Arc::new(AtomicU64::new(0));
    let clock = || {
        let now = Arc::clone(&now);
        move || Timestamp::from_secs(now.load(Ordering::Relaxed))
    };
    for (genuine, signed_at, tolerance) in [
        (standard_webhooks_at(clock()), SIGNED_AT, 300),
        (pomelo_at(clock()), POMELO_SIGNED_AT, 60),
    ] {
        let finished_at = |end: u64, received_at: Option<Timestamp>| {
            now.store(signed_at, Ordering::Relaxed);
            let verifier = &genuine.verifier;
            let mut check = match received_at {
                None => verifier.begin(&genuine.headers).unwrap(),
                Some(time) => verifier.begin_received_at(time, &genuine.headers).unwrap(),
            };
            check.update(genuine.body);
            now.store(end, Ordering::Relaxed);
            check.finish().map(|_| ())
        };
        assert_eq!(finished_at(signed_at + tolerance, None), Ok(()));
        let header = name(genuine.timestamp.unwrap());
        let too_old = VerifyError::TimestampTooOld {
            header,
            timestamp: Timestamp::from_secs(signed_at),
            now: Timestamp::from_secs(signed_at + tolerance + 1),
            tolerance,
        };
        assert_eq!(finished_at(signed_at + tolerance + 1, None), Err(too_old));
        // The time of receipt is given, and stays.
        let received_at = Some(Timestamp::from_secs(signed_at));
        assert_eq!(finished_at(u64::MAX, received_at), Ok(()));
    }
}

#[test]
fn without_a_window_no_time_of_receipt_matters() {
    let key = Key::from_base64(WHSEC).unwrap();
    let verifier = StandardWebhooks::new(key).insecure_without_replay_window();
    let genuine = standard_webhooks();
    for moment in [0, u64::MAX] {
        let at = Timestamp::from_secs(moment);
        let verdict = verifier.verify_received_at(at, &genuine.headers, genuine.body);
        assert!(verdict.is_ok());
    }
    for genuine in [paminga(), pakk(), hubpay()] {
        for moment in [0, u64::MAX] {
            let at = Timestamp::from_secs(moment);
            let verifier = &genuine.verifier;
            let verdict = verifier.verify_received_at(at, &genuine.headers, genuine.body);
            assert!(verdict.is_ok());
        }
    }
}

/// What goes with one signature is the first key's.
#[test]
fn the_first_key_signs() {
    let keys = || [text_key(), Key::from_text("other").unwrap()];
    let body = br#"{"n":0}"#;
    for (signed, wanted) in [
        (Paminga::new(keys()).sign(body), HEX),
        (Pakk::new(keys()).sign(body), BASE64),
        (Hubpay::new(keys()).sign(body), HEX),
    ] {
        let signed = signed.unwrap();
        assert_eq!((signed.len(), signed[0].1.as_str()), (1, wanted));
    }
    let genuine = pomelo();
    let keys = [
        Key::from_base64(API_SECRET).unwrap().with_id(API_KEY),
        Key::from_text("other").unwrap().with_id(API_KEY),
    ];
    let verifier = Pomelo::new(ENDPOINT, keys).unwrap();
    let signed = verifier
        .sign(API_KEY, POMELO_SIGNED_AT, genuine.body)
        .unwrap();
    let signed: Vec<(String, Vec<u8>)> = signed
        .into_iter()
        .map(|(name, value)| (name.to_string(), value.into()))
        .collect();
    assert_eq!(signed, genuine.headers);
}

/// What is wrong first is named, in the order of the checks.
#[test]
fn the_first_of_several_faults_is_named() {
    let genuine = standard_webhooks_at(FixedClock::at(0));
    let faults = |id: &str, timestamp: &str, signature: &str| {
        genuine.verify(&headers(&[
            ("webhook-id", id),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", signature),
        ]))
    };
    assert_eq!(faults("a.b", "x", ""), missing("webhook-signature"));
    assert_eq!(
        faults("a.b", "1649367553", V1),
        malformed_header("webhook-id")
    );
    assert!(matches!(
        faults("a", "1649367553", V1),
        Err(VerifyError::TimestampInFuture { .. })
    ));

    let genuine = pomelo_at(FixedClock::at(0));
    let faults = |api_key: &str, endpoint: &str, signature: &str| {
        genuine.verify(&headers(&[
            ("x-api-key", api_key),
            ("x-endpoint", endpoint),
            ("x-signature", signature),
            ("x-timestamp", "1674087231"),
        ]))
    };
    let shape = "hmac-sha256 GK5zanHnJkfUWaKQfvZ3ETlFftVx3iWPLMb7mZhcI/E=";
    assert_eq!(
        faults("unknown", "/other", "x"),
        malformed_signature("x-signature")
    );
    assert_eq!(
        faults("unknown", "/other", shape),
        Err(VerifyError::EndpointMismatch {
            header: name("x-endpoint")
        })
    );
    assert!(matches!(
        faults("unknown", ENDPOINT, shape),
        Err(VerifyError::TimestampInFuture { .. })
    ));
    let genuine = pomelo();
    let verdict = genuine.verify(&genuine.with("x-api-key", "unknown"));
    assert_eq!(verdict, Err(unknown_key()));
}

// Standard Webhooks.

#[test]
fn branded_headers_replace_all_three_together() {
    let branded = |prefix: &str| {
        let key = Key::from_base64(WHSEC).unwrap();
        let verifier = StandardWebhooks::new(key).with_clock(FixedClock::at(SIGNED_AT));
        verifier.with_header_prefix(prefix).unwrap()
    };
    let genuine = standard_webhooks();
    let renamed = |places: &[usize]| {
        let mut headers = genuine.headers.clone();
        for &place in places {
            headers[place].0 = headers[place].0.replace("webhook", "svix");
        }
        headers
    };
    for prefix in ["svix", "Svix", "SVIX", "svix-"] {
        let svix = branded(prefix);
        assert!(svix.verify(&renamed(&[0, 1, 2]), genuine.body).is_ok());
        let wanted = VerifyError::MissingHeader {
            header: name("svix-id"),
        };
        assert_eq!(
            svix.verify(&genuine.headers, genuine.body).err(),
            Some(wanted)
        );
        // A mixture is refused by both.
        for places in [&[0][..], &[1], &[2], &[0, 1], &[0, 2], &[1, 2]] {
            let error = svix.verify(&renamed(places), genuine.body).unwrap_err();
            assert!(matches!(error, VerifyError::MissingHeader { .. }));
            assert!(matches!(
                genuine.verify(&renamed(places)),
                Err(VerifyError::MissingHeader { .. })
            ));
        }
        // The other family is not looked at, be it good or bad.
        let mut both = renamed(&[0, 1, 2]);
        both.extend(common::headers(&[
            ("webhook-id", "x"),
            ("webhook-id", "y"),
            ("webhook-signature", "z"),
        ]));
        assert!(svix.verify(&both, genuine.body).is_ok());
        let signed = svix.sign("msg_1", SIGNED_AT, b"{}").unwrap();
        let names: Vec<&str> = signed.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["svix-id", "svix-timestamp", "svix-signature"]);
    }
    assert!(
        branded("webhook")
            .verify(&genuine.headers, genuine.body)
            .is_ok()
    );
}

#[test]
fn rotation_accepts_either_key_and_names_it() {
    let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let key = |secret, id: &str| Key::from_base64(secret).unwrap().with_id(id);
    let genuine = standard_webhooks();
    for keys in [
        [key(WHSEC, "wanted"), key(other, "x")],
        [key(other, "x"), key(WHSEC, "wanted")],
    ] {
        let verifier = StandardWebhooks::new(keys).with_clock(FixedClock::at(SIGNED_AT));
        let verified = verifier.verify(&genuine.headers, genuine.body).unwrap();
        assert_eq!(verified.key_id(), Some("wanted"));
    }
    let verifier = StandardWebhooks::new(key(other, "x")).with_clock(FixedClock::at(SIGNED_AT));
    assert_eq!(
        verifier.verify(&genuine.headers, genuine.body).err(),
        MISMATCH.err()
    );
    // A sender that rotates signs with both.
    let sender = StandardWebhooks::new([key(other, "new"), key(WHSEC, "old")])
        .with_clock(FixedClock::at(SIGNED_AT));
    let signed = sender
        .sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", SIGNED_AT, genuine.body)
        .unwrap();
    assert!(signed[2].1.ends_with(V1));
    assert!(genuine.verifier.verify(&signed, genuine.body).is_ok());
    assert!(verifier.verify(&signed, genuine.body).is_ok());
}

#[test]
fn a_sender_may_not_sign_what_receivers_refuse() {
    let key = Key::from_base64(WHSEC).unwrap();
    let sender = StandardWebhooks::new(key);
    let sign = |id: &str, at: u64| sender.sign(id, at, b"{}").map(|_| ());
    assert_eq!(sign("msg_1", 9_999_999_999_999_999_999), Ok(()));
    assert_eq!(sign("msg.1", 1), malformed_header("webhook-id"));
    assert_eq!(sign(" msg", 1), malformed_header("webhook-id"));
    assert_eq!(sign("", 1), missing("webhook-id"));
    assert_eq!(
        sign("msg_1", u64::MAX),
        malformed_timestamp("webhook-timestamp")
    );
    assert_eq!(sign("msg ", 1), malformed_header("webhook-id"));
    let key = Key::from_base64(API_SECRET).unwrap().with_id(API_KEY);
    let pomelo = Pomelo::new(ENDPOINT, [key]).unwrap();
    let verdict = pomelo.sign(&format!("{API_KEY} "), 1, b"{}").map(|_| ());
    assert_eq!(verdict, malformed_header("x-api-key"));
    // No header can carry these, and none is smuggled in with an id.
    for id in ["msg\n", "a\r\nX-Evil: 1", "a\0b", "a\u{7f}"] {
        assert_eq!(sign(id, 1), malformed_header("webhook-id"));
    }
    let message = Message::new(b"{}").with_id("msg_1");
    assert_eq!(
        sender.sign_message(&message).map(|_| ()),
        missing("webhook-timestamp")
    );
}

// Hubpay.

#[test]
fn four_spellings_are_read_and_one_can_be_pinned() {
    let spellings = [
        HEX.to_owned(),
        BASE64.to_owned(),
        format!("sha256={HEX}"),
        format!("sha256={BASE64}"),
    ];
    let accepted = |verifier: &Hubpay| {
        spellings.clone().map(|value| {
            match verifier.verify(&[("X-Hubpay-Hmac", value)], br#"{"n":0}"#) {
                Ok(_) => true,
                Err(error) => {
                    assert_eq!(Err(error), malformed_signature("x-hubpay-hmac"));
                    false
                }
            }
        })
    };
    let new = || Hubpay::new(text_key());
    let (hex, base64) = (Encoding::Hex, Encoding::Base64);
    for (verifier, wanted, signed) in [
        (new(), [true, true, true, true], 0),
        (
            new().with_prefix(Prefix::Optional),
            [true, true, true, true],
            0,
        ),
        (
            new().with_prefix(Prefix::Forbidden),
            [true, true, false, false],
            0,
        ),
        (
            new().with_prefix(Prefix::Required),
            [false, false, true, true],
            2,
        ),
        (new().with_encoding(hex), [true, false, true, false], 0),
        (new().with_encoding(base64), [false, true, false, true], 1),
        (
            new().with_encoding(hex).with_prefix(Prefix::Forbidden),
            [true, false, false, false],
            0,
        ),
        (
            new().with_encoding(base64).with_prefix(Prefix::Forbidden),
            [false, true, false, false],
            1,
        ),
        (
            new().with_encoding(hex).with_prefix(Prefix::Required),
            [false, false, true, false],
            2,
        ),
        (
            new().with_encoding(base64).with_prefix(Prefix::Required),
            [false, false, false, true],
            3,
        ),
    ] {
        assert_eq!(accepted(&verifier), wanted, "{verifier:?}");
        let headers = verifier.sign(br#"{"n":0}"#).unwrap();
        assert_eq!(
            headers,
            [(name("x-hubpay-hmac"), spellings[signed].clone())]
        );
    }
    for value in [
        format!("SHA256={HEX}"),
        format!("Sha256={HEX}"),
        format!("sha256={BASE64} "),
        format!("sha256=sha256={HEX}"),
        format!("sha1={HEX}"),
        format!("sha256 {HEX}"),
        "sha256=".into(),
    ] {
        let verdict = new()
            .verify(&[("X-Hubpay-Hmac", value)], br#"{"n":0}"#)
            .map(|_| ());
        assert_eq!(verdict, malformed_signature("x-hubpay-hmac"));
    }
}

#[test]
fn another_header_name_is_read_instead_of_the_default() {
    let verifier = Hubpay::new(text_key())
        .with_header_name("X-Hub-Signature")
        .unwrap();
    assert!(
        verifier
            .verify(&[("x-hub-signature", HEX)], br#"{"n":0}"#)
            .is_ok()
    );
    let verdict = verifier
        .verify(&[("x-hubpay-hmac", HEX)], br#"{"n":0}"#)
        .map(|_| ());
    assert_eq!(verdict, missing("x-hub-signature"));
}

// Pomelo.

fn pomelo_for(endpoint: &str, order: MessageOrder) -> Pomelo {
    let key = Key::from_base64(API_SECRET).unwrap().with_id(API_KEY);
    let verifier = Pomelo::new(endpoint, [key]).unwrap();
    verifier
        .with_message_order(order)
        .with_clock(FixedClock::at(POMELO_SIGNED_AT))
}

/// Without separators the same bytes are signed, wherever the endpoint ends.
#[test]
fn moving_the_boundary_of_endpoint_and_body_is_refused() {
    let genuine = pomelo();
    let endpoint = [ENDPOINT.as_bytes(), &genuine.body[..5]].concat();
    let moved = genuine.with("x-endpoint", &endpoint);
    let verdict = genuine
        .verifier
        .verify(&moved, &genuine.body[5..])
        .map(|_| ());
    let header = name("x-endpoint");
    assert_eq!(
        verdict,
        Err(VerifyError::EndpointMismatch {
            header: header.clone()
        })
    );

    let (head, tail) = ENDPOINT.split_at(ENDPOINT.len() - 5);
    let moved = genuine.with("x-endpoint", head);
    let body = [tail.as_bytes(), genuine.body].concat();
    let verdict = genuine.verifier.verify(&moved, &body).map(|_| ());
    assert_eq!(verdict, Err(VerifyError::EndpointMismatch { header }));

    // That it is the pinned endpoint which refuses it, and nothing else: a
    // verifier for the shorter endpoint takes the moved message for genuine.
    let other = pomelo_for(head, MessageOrder::TimestampEndpointBody);
    assert!(other.verify(&moved, &body).is_ok());
}

#[test]
fn a_timestamp_cannot_lend_digits_to_its_neighbours() {
    let genuine = pomelo();
    // The last digit of the timestamp before the endpoint.
    let mut moved = genuine.with("x-timestamp", "167408723");
    moved[3].1 = format!("1{ENDPOINT}").into();
    let header = name("x-endpoint");
    assert_eq!(
        genuine.verify(&moved),
        Err(VerifyError::EndpointMismatch { header })
    );
    // Whose endpoint begins with that digit still has the clock.
    let other = pomelo_for(&format!("1{ENDPOINT}"), MessageOrder::TimestampEndpointBody);
    let verdict = other.verify(&moved, genuine.body);
    assert!(matches!(verdict, Err(VerifyError::TimestampTooOld { .. })));
}

#[test]
fn orders_are_told_apart_but_for_an_empty_body() {
    use MessageOrder::{BodyTimestampEndpoint, TimestampEndpointBody};
    for (order, other) in [
        (TimestampEndpointBody, BodyTimestampEndpoint),
        (BodyTimestampEndpoint, TimestampEndpointBody),
    ] {
        let signed = pomelo_for(ENDPOINT, order)
            .sign(API_KEY, POMELO_SIGNED_AT, b"{}")
            .unwrap();
        assert!(pomelo_for(ENDPOINT, order).verify(&signed, b"{}").is_ok());
        let verdict = pomelo_for(ENDPOINT, other)
            .verify(&signed, b"{}")
            .map(|_| ());
        assert_eq!(verdict, MISMATCH);
        let signed = pomelo_for(ENDPOINT, order)
            .sign(API_KEY, POMELO_SIGNED_AT, b"")
            .unwrap();
        assert!(pomelo_for(ENDPOINT, other).verify(&signed, b"").is_ok());
    }
}

#[test]
fn the_algorithm_is_named_exactly() {
    let genuine = pomelo();
    let tag = "GK5zanHnJkfUWaKQfvZ3ETlFftVx3iWPLMb7mZhcI/E=";
    for prefix in [
        "",
        "HMAC-SHA256 ",
        "Hmac-sha256 ",
        "hmac-sha256",
        "hmac-sha256  ",
        "hmac-sha256\t",
        "hmac-sha256=",
        "sha256=",
    ] {
        let verdict = genuine.verify(&genuine.with("x-signature", format!("{prefix}{tag}")));
        assert_eq!(verdict, malformed_signature("x-signature"), "{prefix:?}");
    }
}

/// The known weakness of this order, as its docs say: who chooses how a body
/// ends can have zeros of it read as part of the timestamp.
#[test]
fn body_first_lets_zeros_move_into_the_timestamp() {
    let verifier = pomelo_for(ENDPOINT, MessageOrder::BodyTimestampEndpoint);
    let mut signed = verifier
        .sign(API_KEY, POMELO_SIGNED_AT, b"amount=100")
        .unwrap();
    assert!(verifier.verify(&signed, b"amount=100").is_ok());
    signed[2].1 = format!("00{}", signed[2].1);
    assert!(verifier.verify(&signed, b"amount=1").is_ok());
    // Other digits make another time.
    signed[2].1 = format!("1{POMELO_SIGNED_AT}");
    let verdict = verifier.verify(&signed, b"amount=10").map(|_| ());
    assert!(matches!(
        verdict,
        Err(VerifyError::TimestampInFuture { .. })
    ));
    // The default order has no such neighbours.
    let verifier = pomelo_for(ENDPOINT, MessageOrder::TimestampEndpointBody);
    let mut signed = verifier
        .sign(API_KEY, POMELO_SIGNED_AT, b"amount=100")
        .unwrap();
    signed[2].1 = format!("00{}", signed[2].1);
    assert!(verifier.verify(&signed, b"amount=1").is_err());
}

#[test]
fn pomelo_secrets_of_one_api_key_rotate() {
    let other = Key::from_text("other").unwrap().with_id(API_KEY);
    let stranger = Key::from_base64(API_SECRET).unwrap().with_id("stranger");
    let key = Key::from_base64(API_SECRET).unwrap().with_id(API_KEY);
    let genuine = pomelo();
    let at = FixedClock::at(POMELO_SIGNED_AT);
    let verifier = Pomelo::new(ENDPOINT, [other, stranger, key])
        .unwrap()
        .with_clock(at);
    let verified = verifier.verify(&genuine.headers, genuine.body).unwrap();
    assert_eq!(verified.key_id(), Some(API_KEY));
    // The right secret under another name is not the named key's.
    let other = Key::from_text("other").unwrap().with_id(API_KEY);
    let stranger = Key::from_base64(API_SECRET).unwrap().with_id("stranger");
    let verifier = Pomelo::new(ENDPOINT, [other, stranger])
        .unwrap()
        .with_clock(at);
    assert_eq!(
        verifier.verify(&genuine.headers, genuine.body).map(|_| ()),
        MISMATCH
    );
    assert_eq!(
        verifier.sign("nobody", 1_u64, b"").err(),
        Some(unknown_key())
    );
}

#[test]
fn a_list_of_keys_can_be_made_at_run_time() {
    let genuine = standard_webhooks();
    let secrets = [SECRET, "other"];
    let keys: Result<Vec<Key>, _> = secrets
        .iter()
        .map(|secret| Key::from_text(secret))
        .collect();
    let mut keys = keys.unwrap();
    keys.push(Key::from_base64(WHSEC).unwrap());
    let verifier =
        StandardWebhooks::new(Keys::new(keys).unwrap()).with_clock(FixedClock::at(SIGNED_AT));
    assert!(verifier.verify(&genuine.headers, genuine.body).is_ok());
}
