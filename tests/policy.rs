//! Tests the rules that hold for every scheme, each with its nearest rejects.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::*;
use hookseal::clock::{FixedClock, Timestamp, clock_fn};
use hookseal::fault::SecretFault;
use hookseal::scheme::{Form, Part, Scheme, SignatureField, SignedHeaders};
use hookseal::verification::HashState;
use hookseal::{
    ConfigError, Key, Keys, Message, ReplayWindow, SignError, Verifier, VerifyError, Webhook,
    schemes,
};

/// A verdict as tests compare it: the reason, and the header that is named.
type Verdict = Result<(), (&'static str, Option<String>)>;

fn judged<T>(verdict: Result<T, VerifyError>) -> Verdict {
    let named = |error: VerifyError| (error.reason(), header_of(&error));
    verdict.map(|_| ()).map_err(named)
}

fn judge(genuine: &Genuine, headers: &[(String, Vec<u8>)]) -> Verdict {
    judged(genuine.verify(headers))
}

fn header_of(error: &VerifyError) -> Option<String> {
    match error {
        VerifyError::DuplicateHeader { header, .. }
        | VerifyError::EndpointMismatch { header, .. }
        | VerifyError::MalformedHeader { header, .. }
        | VerifyError::MalformedSignature { header, .. }
        | VerifyError::MalformedTimestamp { header, .. }
        | VerifyError::MissingHeader { header, .. }
        | VerifyError::TimestampInFuture { header, .. }
        | VerifyError::TimestampTooOld { header, .. }
        | VerifyError::UnknownKeyId { header, .. } => Some(header.to_string()),
        _ => None,
    }
}

fn refused(reason: &'static str, header: &str) -> Verdict {
    Err((reason, Some(header.to_lowercase())))
}

fn missing(header: &str) -> Verdict {
    refused("missing-header", header)
}

fn duplicate(header: &str) -> Verdict {
    refused("duplicate-header", header)
}

fn malformed_header(header: &str) -> Verdict {
    refused("malformed-header", header)
}

fn malformed_signature(header: &str) -> Verdict {
    refused("malformed-signature", header)
}

fn malformed_timestamp(header: &str) -> Verdict {
    refused("malformed-timestamp", header)
}

fn other_endpoint() -> Verdict {
    refused("endpoint-mismatch", "x-endpoint")
}

/// A refusal because of the time: the reason, the header, the timestamp, the clock and
/// the tolerance.
type Timing = (&'static str, String, u64, u64, u64);

fn timing(verdict: Result<(), VerifyError>) -> Option<Timing> {
    let error = verdict.err()?;
    let reason = error.reason();
    match error {
        VerifyError::TimestampTooOld {
            header,
            timestamp,
            now,
            tolerance,
            ..
        }
        | VerifyError::TimestampInFuture {
            header,
            timestamp,
            now,
            tolerance,
            ..
        } => {
            let (timestamp, now) = (timestamp.as_secs(), now.as_secs());
            Some((reason, header.to_string(), timestamp, now, tolerance))
        }
        _ => None,
    }
}

const MISMATCH: Result<(), VerifyError> = Err(VerifyError::SignatureMismatch);

fn standard(scheme: Scheme<'_>, keys: impl Into<Keys>) -> Webhook {
    let webhook = Webhook::new(scheme, keys).unwrap();
    webhook.with_clock(FixedClock::at(SIGNED_AT))
}

/// Returns the signed headers as a list that can be changed.
fn changeable(signed: SignedHeaders) -> Vec<(String, String)> {
    let owned = |(name, value): (hookseal::scheme::HeaderName, String)| (name.to_string(), value);
    signed.into_iter().map(owned).collect()
}

#[track_caller]
fn set(headers: &mut [(String, String)], name: &str, value: String) {
    let header = headers.iter_mut().find(|header| header.0 == name);
    header.expect("a header that was signed").1 = value;
}

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
                let verdict = genuine.webhook.verify(&genuine.headers, &body);
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
            let verdict = genuine.webhook.verify(&genuine.headers, other);
            assert_eq!(verdict.map(|_| ()), MISMATCH);
        }
    }
}

/// Any changed bit of any header that a scheme reads is refused.
#[test]
fn any_changed_bit_of_a_header_is_refused() {
    for genuine in all() {
        for place in 0..genuine.headers.len() {
            for byte in 0..genuine.headers[place].1.len() {
                for bit in 0..8 {
                    let mut headers = genuine.headers.clone();
                    headers[place].1[byte] ^= 1 << bit;
                    let value = &headers[place].1;
                    // Hex is read in both cases, so changing this bit gives the same MAC.
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
            assert_eq!(judge(&genuine, &headers), missing(&header));
            // A similar name is not the name.
            for other in [
                format!("{header}x"),
                header.replace('-', "_"),
                format!("x{header}"),
            ] {
                let mut renamed = genuine.headers.clone();
                renamed[place].0 = other;
                assert_eq!(judge(&genuine, &renamed), missing(&header));
            }
        }
    }
}

#[test]
fn an_empty_value_is_a_missing_header() {
    for genuine in all() {
        for (header, _) in &genuine.headers {
            assert_eq!(judge(&genuine, &genuine.with(header, "")), missing(header));
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
                    assert_eq!(judge(&genuine, &headers), duplicate(header));
                    headers.rotate_right(1);
                    assert_eq!(judge(&genuine, &headers), duplicate(header));
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
                    let verdict = judge(&genuine, &genuine.with(header, &padded));
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
            let verdict = judge(&genuine, &genuine.with(name, value));
            assert_eq!(verdict, malformed_signature(name));
            if let Some(name) = genuine.timestamp {
                let value = [genuine.value(name), stray].concat();
                let verdict = judge(&genuine, &genuine.with(name, value));
                assert_eq!(verdict, malformed_timestamp(name));
            }
        }
    }
}

#[test]
fn a_message_id_may_hold_any_bytes_but_a_dot() {
    let genuine = standard_webhooks();
    // Well-formed, but not what was signed.
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
        let verdict = judge(&genuine, &genuine.with("webhook-id", id));
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
            let verdict = judge(&genuine, &genuine.with(name, other));
            assert_eq!(verdict, malformed_signature(name), "{other}");
        }
    }
    let genuine = paminga();
    let verdict = judge(&genuine, &genuine.with("x-paminga-signature", BASE64));
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
        // Zero bits as required, but of another message.
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
            let verdict = judge(&genuine, &spelled(&other));
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
            let verdict = judge(&genuine, &genuine.with(name, hostile));
            assert_eq!(verdict, malformed_timestamp(name), "{hostile}");
        }
        let far = "1".repeat(1000);
        assert_eq!(
            judge(&genuine, &genuine.with(name, far)),
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
        let header = || make(FixedClock::at(0)).timestamp.unwrap().to_owned();
        let at = |now: u64| {
            let genuine = make(FixedClock::at(now));
            genuine.verify(&genuine.headers)
        };
        for age in [0, 1, tolerance - 1, tolerance] {
            assert_eq!(at(signed_at + age), Ok(()));
            assert_eq!(at(signed_at - age), Ok(()));
        }
        let now = signed_at + tolerance + 1;
        let wanted = ("timestamp-too-old", header(), signed_at, now, tolerance);
        assert_eq!(timing(at(now)), Some(wanted));
        let now = signed_at - tolerance - 1;
        let wanted = ("timestamp-in-future", header(), signed_at, now, tolerance);
        assert_eq!(timing(at(now)), Some(wanted));
    }
}

/// Returns the verdict on the known answer of April 2022.
fn known_answer(
    scheme: Scheme<'_>,
    options: impl FnOnce(Webhook) -> Webhook,
) -> Result<(), VerifyError> {
    let webhook = options(Webhook::new(scheme, WHSEC).unwrap());
    let genuine = standard_webhooks();
    webhook.verify(&genuine.headers, genuine.body).map(|_| ())
}

#[test]
fn the_system_clock_is_the_default_and_the_window_can_be_switched_off() {
    let verdict = |scheme| known_answer(scheme, |webhook| webhook);
    let scheme = schemes::STANDARD_WEBHOOKS;
    assert!(matches!(
        verdict(scheme),
        Err(VerifyError::TimestampTooOld { .. })
    ));
    assert_eq!(verdict(scheme.insecure_without_replay_window()), Ok(()));
    assert_eq!(
        verdict(scheme.with_window(ReplayWindow::from_secs(u64::MAX))),
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
    let scheme = schemes::STANDARD_WEBHOOKS.with_window(window);
    let at = |now| known_answer(scheme, |webhook| webhook.with_clock(FixedClock::at(now)));
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
            let verifier = genuine.verifier();
            let whole = verifier.verify_received_at(at, &genuine.headers, genuine.body);
            let mut state = HashState::new();
            let streamed = verifier
                .begin_received_at(at, &genuine.headers, &mut state)
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
        clock_fn(move || {
            asked.fetch_add(1, Ordering::Relaxed);
            Timestamp::from_secs(now)
        })
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
        // Not even if the time of receipt is given.
        let before = asked.load(Ordering::Relaxed);
        let at = Timestamp::from_secs(0);
        let verifier = genuine.verifier();
        let verdict = verifier.verify_received_at(at, &genuine.headers, genuine.body);
        assert!(matches!(
            verdict,
            Err(VerifyError::TimestampInFuture { .. })
        ));
        assert_eq!(asked.load(Ordering::Relaxed), before);
        // A streamed body is timed at both ends.
        let mut state = HashState::new();
        let mut check = genuine.webhook.begin(&genuine.headers, &mut state).unwrap();
        check.update(genuine.body);
        assert_eq!(asked.load(Ordering::Relaxed), before + 1);
        assert!(check.finish().is_ok());
        assert_eq!(asked.load(Ordering::Relaxed), before + 2);
    }
}

/// Someone who captured a request cannot send its headers in time, and the end of
/// its body at any later time.
#[test]
fn the_window_must_be_open_when_the_body_ends() {
    let now = Arc::new(AtomicU64::new(0));
    let clock = || {
        let now = Arc::clone(&now);
        clock_fn(move || Timestamp::from_secs(now.load(Ordering::Relaxed)))
    };
    for (genuine, signed_at, tolerance) in [
        (standard_webhooks_at(clock()), SIGNED_AT, 300),
        (pomelo_at(clock()), POMELO_SIGNED_AT, 60),
    ] {
        let finished_at = |end: u64, received_at: Option<Timestamp>| {
            now.store(signed_at, Ordering::Relaxed);
            let verifier = genuine.verifier();
            let mut state = HashState::new();
            let check = match received_at {
                None => verifier.begin(&genuine.headers, &mut state),
                Some(time) => verifier.begin_received_at(time, &genuine.headers, &mut state),
            };
            let mut check = check.unwrap();
            check.update(genuine.body);
            now.store(end, Ordering::Relaxed);
            check.finish().map(|_| ())
        };
        assert_eq!(finished_at(signed_at + tolerance, None), Ok(()));
        let header = genuine.timestamp.unwrap().to_owned();
        let end = signed_at + tolerance + 1;
        let too_old = ("timestamp-too-old", header, signed_at, end, tolerance);
        assert_eq!(timing(finished_at(end, None)), Some(too_old));
        // A clock that is set back meanwhile.
        let header = genuine.timestamp.unwrap().to_owned();
        let end = signed_at - tolerance - 1;
        let in_future = ("timestamp-in-future", header, signed_at, end, tolerance);
        assert_eq!(timing(finished_at(end, None)), Some(in_future));
        // The time of receipt is given, and does not change.
        let received_at = Some(Timestamp::from_secs(signed_at));
        assert_eq!(finished_at(u64::MAX, received_at), Ok(()));
    }
}

#[test]
fn without_a_window_no_time_of_receipt_matters() {
    let scheme = schemes::STANDARD_WEBHOOKS.insecure_without_replay_window();
    let verifier = Webhook::new(scheme, WHSEC).unwrap();
    let genuine = standard_webhooks();
    for moment in [0, u64::MAX] {
        let at = Timestamp::from_secs(moment);
        let verdict = verifier.verify_received_at(at, &genuine.headers, genuine.body);
        assert!(verdict.is_ok());
    }
    for genuine in [paminga(), pakk(), hubpay()] {
        for moment in [0, u64::MAX] {
            let at = Timestamp::from_secs(moment);
            let verifier = genuine.verifier();
            let verdict = verifier.verify_received_at(at, &genuine.headers, genuine.body);
            assert!(verdict.is_ok());
        }
    }
}

/// A message with one signature is signed with the first key.
#[test]
fn the_first_key_signs() {
    let keys = || [text_key(), Key::from_text("other").unwrap()];
    let message = Message::new(br#"{"n":0}"#);
    for (scheme, header, wanted) in [
        (schemes::PAMINGA, "x-paminga-signature", HEX),
        (schemes::PAKK, "x-pakk-webhook-signature", BASE64),
        (schemes::HUBPAY, "x-hubpay-hmac", HEX),
    ] {
        let signed = Webhook::new(scheme, keys()).unwrap().sign(&message);
        let signed = changeable(signed.unwrap());
        assert_eq!(signed, [(header.to_owned(), wanted.to_owned())]);
    }
    let genuine = pomelo();
    let keys = [
        Key::from_base64(API_SECRET).unwrap().with_id(API_KEY),
        Key::from_text("other").unwrap().with_id(API_KEY),
    ];
    let webhook = Webhook::new(schemes::POMELO.at(ENDPOINT), keys).unwrap();
    let message = Message::new(genuine.body)
        .with_key_id(API_KEY)
        .with_timestamp(POMELO_SIGNED_AT);
    let signed = changeable(webhook.sign(&message).unwrap());
    let mut signed: Vec<(String, Vec<u8>)> = signed
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let mut wanted = genuine.headers;
    signed.sort();
    wanted.sort();
    assert_eq!(signed, wanted);
}

/// The first fault is named, in the order of the checks.
#[test]
fn the_first_of_several_faults_is_named() {
    let genuine = standard_webhooks_at(FixedClock::at(0));
    let faults = |id: &str, timestamp: &str, signature: &str| {
        judge(
            &genuine,
            &headers(&[
                ("webhook-id", id),
                ("webhook-timestamp", timestamp),
                ("webhook-signature", signature),
            ]),
        )
    };
    // All headers must be present before the form of any is checked: id,
    // timestamp, signature.
    assert_eq!(faults("", "", ""), missing("webhook-id"));
    assert_eq!(faults("a.b", "", ""), missing("webhook-timestamp"));
    assert_eq!(faults("a.b", "x", ""), missing("webhook-signature"));
    // Then the forms: signature, timestamp, others.
    assert_eq!(
        faults("a.b", "x", "x"),
        malformed_signature("webhook-signature")
    );
    assert_eq!(
        faults("a.b", "x", V1),
        malformed_timestamp("webhook-timestamp")
    );
    assert_eq!(
        faults("a.b", "1649367553", V1),
        malformed_header("webhook-id")
    );
    assert_eq!(
        faults("a", "1649367553", V1),
        refused("timestamp-in-future", "webhook-timestamp")
    );

    let genuine = pomelo_at(FixedClock::at(0));
    let faults = |api_key: &str, endpoint: &str, signature: &str, timestamp: &str| {
        judge(
            &genuine,
            &headers(&[
                ("x-api-key", api_key),
                ("x-endpoint", endpoint),
                ("x-signature", signature),
                ("x-timestamp", timestamp),
            ]),
        )
    };
    let shape = "hmac-sha256 GK5zanHnJkfUWaKQfvZ3ETlFftVx3iWPLMb7mZhcI/E=";
    let time = "1674087231";
    assert_eq!(faults("", "", "", ""), missing("x-api-key"));
    assert_eq!(faults("unknown", "", "", ""), missing("x-timestamp"));
    assert_eq!(faults("unknown", "", "", time), missing("x-signature"));
    assert_eq!(faults("unknown", "", "x", "x"), missing("x-endpoint"));
    assert_eq!(
        faults("unknown", "/other", "x", time),
        malformed_signature("x-signature")
    );
    assert_eq!(
        faults("unknown", "/other", shape, "x"),
        malformed_timestamp("x-timestamp")
    );
    assert_eq!(faults("unknown", "/other", shape, time), other_endpoint());
    assert_eq!(
        faults("unknown", ENDPOINT, shape, time),
        refused("timestamp-in-future", "x-timestamp")
    );
    let genuine = pomelo();
    let verdict = judge(&genuine, &genuine.with("x-api-key", "unknown"));
    assert_eq!(verdict, refused("unknown-key", "x-api-key"));
}

// Standard Webhooks.

#[test]
fn branded_headers_replace_all_three_together() {
    let branded = |prefix: &str| {
        let scheme = schemes::STANDARD_WEBHOOKS.with_header_prefix(prefix);
        standard(scheme, WHSEC)
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
        assert_eq!(
            judged(svix.verify(&genuine.headers, genuine.body)),
            missing("svix-id")
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
        // The other family is ignored, whether good or bad.
        let mut both = renamed(&[0, 1, 2]);
        both.extend(common::headers(&[
            ("webhook-id", "x"),
            ("webhook-id", "y"),
            ("webhook-signature", "z"),
        ]));
        assert!(svix.verify(&both, genuine.body).is_ok());
        let signed = svix.sign(&Message::new(b"{}").with_id("msg_1")).unwrap();
        let names: Vec<&str> = signed.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["svix-id", "svix-timestamp", "svix-signature"]);
    }
    assert!(
        branded("webhook")
            .verify(&genuine.headers, genuine.body)
            .is_ok()
    );
}

/// One dash is the separator, and may be written with the prefix; a further one
/// is part of the prefix.
#[test]
fn one_dash_of_a_header_prefix_is_the_separator() {
    let genuine = standard_webhooks();
    for (prefix, id) in [
        ("svix", "svix-id"),
        ("svix-", "svix-id"),
        ("svix--", "svix--id"),
        ("svix---", "svix---id"),
        ("-svix", "-svix-id"),
        ("--", "--id"),
        ("a-b", "a-b-id"),
    ] {
        let scheme = schemes::STANDARD_WEBHOOKS.with_header_prefix(prefix);
        let webhook = standard(scheme, WHSEC);
        assert_eq!(judged(webhook.verify(&[("host", "x")], b"")), missing(id));
        let mut renamed = genuine.headers.clone();
        for header in &mut renamed {
            header.0 = id.replace("id", &header.0["webhook-".len()..]);
        }
        assert!(webhook.verify(&renamed, genuine.body).is_ok(), "{prefix}");
        let signed = webhook.sign(&Message::new(b"{}").with_id("msg_1"));
        assert_eq!(signed.unwrap().get(id), Some("msg_1"));
    }
    for prefix in ["", "-", "sv ix", "svix:"] {
        let scheme = schemes::STANDARD_WEBHOOKS.with_header_prefix(prefix);
        let error = Webhook::new(scheme, WHSEC).unwrap_err();
        assert!(matches!(error, ConfigError::InvalidHeaderName { .. }));
    }
}

/// The most common mistake: the headers of the other family are there.
#[test]
fn a_missing_header_names_the_family_that_is_there() {
    let family_of = |prefix: &str, names: &[&str]| {
        let scheme = schemes::STANDARD_WEBHOOKS.with_header_prefix(prefix);
        let webhook = standard(scheme, WHSEC);
        let headers: Vec<_> = names.iter().map(|name| (*name, "x")).collect();
        match webhook.verify(&headers, b"").unwrap_err() {
            VerifyError::MissingHeader { family, .. } => family,
            other => panic!("{other}"),
        }
    };
    assert_eq!(family_of("webhook", &["svix-id"]), Some("svix"));
    assert_eq!(family_of("svix", &["webhook-id"]), Some("webhook"));
    let id = "webhook-id";
    assert_eq!(family_of("webhook", &[id, "svix-timestamp"]), Some("svix"));
    for (prefix, others) in [
        ("webhook", &["svix-signature", "brand-id"][..]),
        ("webhook", &["host"]),
        ("webhook", &[]),
        // A receiver with its own prefix gets no advice.
        ("brand", &["webhook-id", "svix-id"]),
    ] {
        assert_eq!(family_of(prefix, others), None, "{prefix} {others:?}");
    }
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
        let webhook = standard(schemes::STANDARD_WEBHOOKS, keys);
        let verified = webhook.verify(&genuine.headers, genuine.body).unwrap();
        assert_eq!(verified.key_id(), Some("wanted"));
    }
    let webhook = standard(schemes::STANDARD_WEBHOOKS, key(other, "x"));
    assert_eq!(
        webhook.verify(&genuine.headers, genuine.body).err(),
        MISMATCH.err()
    );
    // A sender that rotates signs with both.
    let keys = [key(other, "new"), key(WHSEC, "old")];
    let sender = standard(schemes::STANDARD_WEBHOOKS, keys);
    let message = Message::new(genuine.body)
        .with_id("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk")
        .with_timestamp(SIGNED_AT);
    let signed = sender.sign(&message).unwrap();
    assert!(signed.get("webhook-signature").unwrap().ends_with(V1));
    assert!(genuine.webhook.verify(&signed, genuine.body).is_ok());
    assert!(webhook.verify(&signed, genuine.body).is_ok());
}

/// Returns why a message was not signed, as tests compare it.
fn signed(signed: Result<SignedHeaders, SignError>) -> Result<(), String> {
    signed.map(|_| ()).map_err(|error| match error {
        SignError::Refused { error, .. } => {
            let header = header_of(&error).unwrap_or_default();
            format!("refused: {} {header}", error.reason())
        }
        SignError::InvalidValue { header, .. } => format!("invalid: {header}"),
        SignError::Missing { what, .. } => format!("missing: {what}"),
        other => other.to_string(),
    })
}

fn not_signed(why: &str) -> Result<(), String> {
    Err(why.to_owned())
}

#[test]
fn a_sender_may_not_sign_what_receivers_refuse() {
    let sender = standard(schemes::STANDARD_WEBHOOKS, WHSEC);
    let sign = |id: &str, at: u64| {
        let message = Message::new(b"{}").with_id(id).with_timestamp(at);
        signed(sender.sign(&message))
    };
    let malformed_id = not_signed("refused: malformed-header webhook-id");
    assert_eq!(sign("msg_1", 9_999_999_999_999_999_999), Ok(()));
    assert_eq!(sign("msg.1", 1), malformed_id);
    assert_eq!(sign(" msg", 1), malformed_id);
    assert_eq!(
        sign("", 1),
        not_signed("refused: missing-header webhook-id")
    );
    assert_eq!(
        sign("msg_1", u64::MAX),
        not_signed("refused: malformed-timestamp webhook-timestamp")
    );
    assert_eq!(sign("msg ", 1), malformed_id);
    let key = Key::from_base64(API_SECRET).unwrap().with_id(API_KEY);
    let pomelo = Webhook::new(schemes::POMELO.at(ENDPOINT), key).unwrap();
    let api_key = format!("{API_KEY} ");
    let message = Message::new(b"{}").with_key_id(&api_key);
    assert_eq!(
        signed(pomelo.sign(&message)),
        not_signed("the message names a key that the webhook does not have")
    );
    assert_eq!(
        signed(pomelo.sign(&Message::new(b"{}"))),
        not_signed("missing: a key id")
    );
    assert_eq!(
        signed(sender.sign(&Message::new(b"{}"))),
        not_signed("missing: a message id")
    );
    // Only the time has a default: the clock's.
    let headers = sender.sign(&Message::new(b"{}").with_id("msg_1")).unwrap();
    let time = SIGNED_AT.to_string();
    assert_eq!(headers.get("webhook-timestamp"), Some(&*time));
}

/// No header can carry control characters, so an id cannot smuggle in a header: many
/// parsers end a header at a lone line feed.
#[test]
fn a_control_character_cannot_be_signed() {
    let sender = standard(schemes::STANDARD_WEBHOOKS, WHSEC);
    let sign = |id: &str| {
        let message = Message::new(b"{}").with_id(id);
        sender.sign(&message)
    };
    for id in [
        "msg\n",
        "\nmsg",
        "a\nX-Evil: 1",
        "a\rX-Evil: 1",
        "a\r\nX-Evil: 1",
        "a\0b",
        "a\u{1}b",
        "a\u{b}b",
        "a\u{1b}b",
        "a\u{1f}b",
        "a\u{7f}",
    ] {
        let wanted = not_signed("invalid: webhook-id");
        assert_eq!(signed(sign(id)), wanted, "{id:?}");
    }
    // A tab within, and non-ASCII characters, may be in a header.
    for id in ["a\tb", "a b", "a~b", "é", "a\u{80}b", "a\u{85}b"] {
        let headers = sign(id).unwrap();
        let verified = sender.verify(&headers, b"{}").unwrap();
        assert_eq!(verified.message_id(), Some(id));
    }
    // The same holds for a key's id, an endpoint and another header.
    let key = |id: &str| Key::from_base64(API_SECRET).unwrap().with_id(id);
    let webhook = Webhook::new(schemes::POMELO.at("/"), key("a\nb")).unwrap();
    let message = Message::new(b"{}").with_key_id("a\nb");
    assert_eq!(
        signed(webhook.sign(&message)),
        not_signed("invalid: x-api-key")
    );
    let evil = "/a\nX-Evil: 1";
    let error = Webhook::new(schemes::POMELO.at(evil), key("a")).err();
    assert_eq!(error, Some(ConfigError::InvalidEndpoint));
    let webhook = Webhook::new(schemes::POMELO.at("/"), key("a")).unwrap();
    let message = Message::new(b"{}").with_key_id("a").with_endpoint(evil);
    assert_eq!(
        signed(webhook.sign(&message)),
        not_signed("invalid: x-endpoint")
    );
    const TOPIC: Scheme = Scheme {
        name: "topic",
        signature: SignatureField::Header("x-signature"),
        signed: &[Part::Header("x-topic"), Part::Text("\n"), Part::Body],
        ..Scheme::BASE
    };
    let webhook = Webhook::new(TOPIC, SECRET).unwrap();
    let with = |topic| [("x-topic", topic)];
    let headers = with("a\nX-Evil: 1");
    let message = Message::new(b"{}").with_headers(&headers);
    assert_eq!(
        signed(webhook.sign(&message)),
        not_signed("invalid: x-topic")
    );
    let headers = with("orders/created");
    let message = Message::new(b"{}").with_headers(&headers);
    let headers = webhook.sign(&message).unwrap();
    assert!(webhook.verify(&headers, b"{}").is_ok());
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
    fn new(scheme: Scheme<'_>) -> Webhook {
        Webhook::new(scheme, SECRET).unwrap()
    }
    let accepted = |webhook: &Webhook| {
        spellings.clone().map(|value| {
            match webhook.verify(&[("X-Hubpay-Hmac", value)], br#"{"n":0}"#) {
                Ok(_) => true,
                Err(error) => {
                    let verdict = judged(Err::<(), _>(error));
                    assert_eq!(verdict, malformed_signature("x-hubpay-hmac"));
                    false
                }
            }
        })
    };
    let [hex, base64] = [Form::hex(""), Form::base64("")];
    let [prefixed_hex, prefixed_base64] = [Form::hex("sha256="), Form::base64("sha256=")];
    for (forms, wanted, signed) in [
        (schemes::HUBPAY.forms, [true, true, true, true], 0),
        (&[hex, base64][..], [true, true, false, false], 0),
        (
            &[prefixed_hex, prefixed_base64],
            [false, false, true, true],
            2,
        ),
        (&[hex, prefixed_hex], [true, false, true, false], 0),
        (&[base64, prefixed_base64], [false, true, false, true], 1),
        (&[hex], [true, false, false, false], 0),
        (&[base64], [false, true, false, false], 1),
        (&[prefixed_hex], [false, false, true, false], 2),
        (&[prefixed_base64], [false, false, false, true], 3),
    ] {
        let webhook = new(schemes::HUBPAY.with_forms(forms));
        assert_eq!(accepted(&webhook), wanted, "{forms:?}");
        let headers = webhook.sign(&Message::new(br#"{"n":0}"#)).unwrap();
        assert_eq!(
            changeable(headers),
            [("x-hubpay-hmac".to_owned(), spellings[signed].clone())]
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
        let webhook = new(schemes::HUBPAY);
        let verdict = judged(webhook.verify(&[("X-Hubpay-Hmac", value)], br#"{"n":0}"#));
        assert_eq!(verdict, malformed_signature("x-hubpay-hmac"));
    }
}

#[test]
fn another_header_name_is_read_instead_of_the_default() {
    for (scheme, default, own) in [
        (schemes::HUBPAY, "x-hubpay-hmac", "X-Hub-Signature"),
        (schemes::PAMINGA, "x-paminga-signature", "Signature"),
    ] {
        let verdict = |scheme: Scheme<'_>, headers: &[(&str, &str)]| {
            let webhook = Webhook::new(scheme, SECRET).unwrap();
            judged(webhook.verify(&headers, br#"{"n":0}"#))
        };
        let scheme_with_own = scheme.with_signature_header(own);
        let other = HEX.replace('0', "1");
        let both = [(own, HEX), (default, &other)];
        assert_eq!(verdict(scheme_with_own, &[(own, HEX)]), Ok(()));
        assert_eq!(verdict(scheme_with_own, &both), Ok(()));
        assert_eq!(verdict(scheme_with_own, &[(default, HEX)]), missing(own));
        assert_eq!(verdict(scheme, &[(own, HEX)]), missing(default));
        assert_eq!(
            verdict(scheme_with_own, &[(own, &other), (default, HEX)]),
            Err(("signature-mismatch", None))
        );
    }
}

// Pomelo.

fn pomelo_for(endpoint: &str, scheme: Scheme<'static>) -> Webhook {
    let key = Key::from_base64(API_SECRET).unwrap().with_id(API_KEY);
    let webhook = Webhook::new(scheme.at(endpoint), key).unwrap();
    webhook.with_clock(FixedClock::at(POMELO_SIGNED_AT))
}

/// Of the endpoints on Pomelo's page, one is a prefix of another. In a message for the
/// longer one, `/credit` can move to the body, which is not JSON then. Nothing else can
/// move: every other cut of the signed bytes is refused.
#[test]
fn nothing_moves_between_pomelos_endpoints_but_what_makes_a_body_that_is_no_json() {
    const SHORT: &str = "/transactions/authorizations";
    const LONG: &str = "/transactions/authorizations/credit";
    // printf '1674087231/transactions/authorizations/credit{"amount":1}' |
    //     openssl dgst -sha256 -hmac 0123456789abcdef -binary | base64
    let for_long = "z6tXWoLnIKLKu34x2/CqaO3GpGGOSNV0uBzmGsPufqY=";
    // Without `/credit`.
    let for_short = "s7OAkIs4S7Bx1mwrT/pqs9YYm+EbSkHn/1rwXbMCSQ0=";
    let key = Key::from_bytes("0123456789abcdef").unwrap().with_id("id");
    let webhook = Webhook::new(schemes::POMELO.at_any(&[SHORT, LONG]), key).unwrap();
    let webhook = webhook.with_clock(FixedClock::at(1_674_087_231));
    let json = r#"{"amount":1}"#;
    for (endpoint, mac, readings) in [
        (SHORT, for_short, &[(SHORT, json)][..]),
        (
            LONG,
            for_long,
            &[(SHORT, r#"/credit{"amount":1}"#), (LONG, json)],
        ),
    ] {
        let signed = format!("1674087231{endpoint}{json}");
        let mut accepted = Vec::new();
        for end_of_endpoint in 0..=signed.len() {
            let (head, body) = signed.split_at(end_of_endpoint);
            for end_of_time in 0..=end_of_endpoint {
                let (time, endpoint) = head.split_at(end_of_time);
                let headers = [
                    ("x-api-key", "id"),
                    ("x-signature", &format!("hmac-sha256 {mac}")),
                    ("x-timestamp", time),
                    ("x-endpoint", endpoint),
                ];
                if let Ok(verified) = webhook.verify(&headers, body.as_bytes()) {
                    assert_eq!(verified.endpoint(), Some(endpoint));
                    accepted.push((endpoint, body));
                }
            }
        }
        assert_eq!(accepted, readings);
    }
    let moved = serde_json::from_str::<serde_json::Value>(r#"/credit{"amount":1}"#);
    assert!(moved.is_err());
}

/// Creates a message with this body, signed at the known answer's time.
fn pomelo_message(body: &[u8]) -> Message<'_> {
    let message = Message::new(body).with_key_id(API_KEY);
    message.with_timestamp(POMELO_SIGNED_AT)
}

/// Without separators, the same bytes are signed wherever the endpoint ends.
#[test]
fn moving_the_boundary_of_endpoint_and_body_is_refused() {
    let genuine = pomelo();
    let endpoint = [ENDPOINT.as_bytes(), &genuine.body[..5]].concat();
    let moved = genuine.with("x-endpoint", &endpoint);
    let verdict = judged(genuine.webhook.verify(&moved, &genuine.body[5..]));
    assert_eq!(verdict, other_endpoint());

    let (head, tail) = ENDPOINT.split_at(ENDPOINT.len() - 5);
    let moved = genuine.with("x-endpoint", head);
    let body = [tail.as_bytes(), genuine.body].concat();
    let verdict = judged(genuine.webhook.verify(&moved, &body));
    assert_eq!(verdict, other_endpoint());

    // Only the pinned endpoint is the reason of the refusal: a verifier for the
    // shorter endpoint accepts the moved message.
    let other = pomelo_for(head, schemes::POMELO);
    assert!(other.verify(&moved, &body).is_ok());
}

#[test]
fn a_timestamp_cannot_lend_digits_to_its_neighbours() {
    let genuine = pomelo();
    // The last digit of the timestamp before the endpoint.
    let mut moved = genuine.with("x-timestamp", "167408723");
    moved[3].1 = format!("1{ENDPOINT}").into();
    assert_eq!(judge(&genuine, &moved), other_endpoint());
    // If an endpoint begins with that digit, the clock still refuses it.
    let other = pomelo_for(&format!("1{ENDPOINT}"), schemes::POMELO);
    let verdict = other.verify(&moved, genuine.body);
    assert!(matches!(verdict, Err(VerifyError::TimestampTooOld { .. })));
}

#[test]
fn orders_are_told_apart_but_for_an_empty_body() {
    let body_first = schemes::POMELO_BODY_FIRST;
    for (order, other) in [(schemes::POMELO, body_first), (body_first, schemes::POMELO)] {
        let (order, other) = (pomelo_for(ENDPOINT, order), pomelo_for(ENDPOINT, other));
        let signed = order.sign(&pomelo_message(b"{}")).unwrap();
        assert!(order.verify(&signed, b"{}").is_ok());
        let verdict = other.verify(&signed, b"{}").map(|_| ());
        assert_eq!(verdict, MISMATCH);
        let signed = order.sign(&pomelo_message(b"")).unwrap();
        assert!(other.verify(&signed, b"").is_ok());
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
        let verdict = judge(
            &genuine,
            &genuine.with("x-signature", format!("{prefix}{tag}")),
        );
        assert_eq!(verdict, malformed_signature("x-signature"), "{prefix:?}");
    }
}

/// The known, documented weakness of this order: whoever chooses how a body ends can
/// have its zeros read as part of the timestamp.
#[test]
fn body_first_lets_zeros_move_into_the_timestamp() {
    let webhook = pomelo_for(ENDPOINT, schemes::POMELO_BODY_FIRST);
    let signed = webhook.sign(&pomelo_message(b"amount=100")).unwrap();
    assert!(webhook.verify(&signed, b"amount=100").is_ok());
    let mut signed = changeable(signed);
    set(&mut signed, "x-timestamp", format!("00{POMELO_SIGNED_AT}"));
    assert!(webhook.verify(&signed, b"amount=1").is_ok());
    // Other digits make another time.
    set(&mut signed, "x-timestamp", format!("1{POMELO_SIGNED_AT}"));
    let verdict = webhook.verify(&signed, b"amount=10").map(|_| ());
    assert!(matches!(
        verdict,
        Err(VerifyError::TimestampInFuture { .. })
    ));
    // The default order does not have these adjacent parts.
    let webhook = pomelo_for(ENDPOINT, schemes::POMELO);
    let signed = webhook.sign(&pomelo_message(b"amount=100")).unwrap();
    let mut signed = changeable(signed);
    set(&mut signed, "x-timestamp", format!("00{POMELO_SIGNED_AT}"));
    assert!(webhook.verify(&signed, b"amount=1").is_err());
}

#[test]
fn pomelo_secrets_of_one_api_key_rotate() {
    let other = || Key::from_text("other").unwrap().with_id(API_KEY);
    let old = || Key::from_text("old").unwrap().with_id("old");
    let key = Key::from_base64(API_SECRET).unwrap().with_id(API_KEY);
    let genuine = pomelo();
    let of = |keys: Vec<Key>| {
        let webhook = Webhook::new(schemes::POMELO.at(ENDPOINT), keys).unwrap();
        webhook.with_clock(FixedClock::at(POMELO_SIGNED_AT))
    };
    let webhook = of(vec![other(), old(), key]);
    let verified = webhook.verify(&genuine.headers, genuine.body).unwrap();
    assert_eq!(verified.key_id(), Some(API_KEY));
    // The right secret under another name is not the named key.
    let stranger = Key::from_base64(API_SECRET).unwrap().with_id("stranger");
    let webhook = of(vec![other(), stranger]);
    assert_eq!(
        webhook.verify(&genuine.headers, genuine.body).map(|_| ()),
        MISMATCH
    );
    let message = Message::new(b"").with_key_id("nobody").with_timestamp(1);
    assert_eq!(webhook.sign(&message).err(), Some(SignError::UnknownKeyId));
}

/// Otherwise the sender could choose between the ids: the request names its key, but
/// the name is not signed.
#[test]
fn two_key_ids_with_one_secret_are_refused() {
    let key = |id: &str| Key::from_base64(API_SECRET).unwrap().with_id(id);
    let pomelo = |keys: [Key; 2]| Webhook::new(schemes::POMELO.at(ENDPOINT), keys);
    match pomelo([key("anna"), key("otto")]) {
        Err(ConfigError::SharedSecret {
            position, other, ..
        }) => assert_eq!((position, other), (2, 1)),
        other => panic!("{other:?}"),
    }
    let same = |text: &str| Key::from_bytes(text).unwrap();
    let padded = [
        same("secret").with_id("anna"),
        same("secret\0").with_id("otto"),
    ];
    assert!(matches!(
        pomelo(padded),
        Err(ConfigError::SharedSecret { .. })
    ));
    // One id, and two secrets, are a rotation and two customers.
    assert!(pomelo([key("anna"), key("anna")]).is_ok());
    let two = [same("secret").with_id("anna"), key("otto")];
    assert!(pomelo(two).is_ok());
}

/// This is why the documentation of `Webhook::new` says to use a secret for one scheme.
#[test]
fn one_secret_in_two_schemes_lets_a_message_move() {
    let key = || Key::from_base64(WHSEC).unwrap();
    let standard = standard(schemes::STANDARD_WEBHOOKS, key());
    let paminga = Webhook::new(schemes::PAMINGA, key()).unwrap();
    let hex_of = |base64: &str| {
        let tag = data_encoding::BASE64.decode(base64.as_bytes()).unwrap();
        hex::encode(tag)
    };

    // A message of one scheme, with its signature in the other's header and encoding:
    // its id and time are now part of the body, and nothing expires.
    let genuine = standard_webhooks();
    let moved = [("x-paminga-signature", hex_of(&V1["v1,".len()..]))];
    let body = [b"msg_27UH4WbU6Z5A5EzD8u03UvzRbpk.1649367553.", genuine.body].concat();
    assert!(paminga.verify(&moved, &body).is_ok());
    assert!(paminga.verify(&moved, genuine.body).is_err());

    // And back: whoever chooses a body of the other scheme chooses an id and a time.
    let signed = paminga.sign(&Message::new(b"evil.1649367553.{}")).unwrap();
    let tag = hex::decode(signed.get("x-paminga-signature").unwrap()).unwrap();
    let signature = format!("v1,{}", data_encoding::BASE64.encode(&tag));
    let moved = [
        ("webhook-id", "evil"),
        ("webhook-timestamp", "1649367553"),
        ("webhook-signature", &signature),
    ];
    let verified = standard.verify(&moved, b"{}").unwrap();
    assert_eq!(verified.message_id(), Some("evil"));

    // With a secret for each, neither accepts the other's messages.
    let paminga = Webhook::new(schemes::PAMINGA, SECRET).unwrap();
    let moved = [("x-paminga-signature", hex_of(&V1["v1,".len()..]))];
    assert_eq!(paminga.verify(&moved, &body).map(|_| ()), MISMATCH);
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
    let webhook = standard(schemes::STANDARD_WEBHOOKS, keys);
    assert!(webhook.verify(&genuine.headers, genuine.body).is_ok());
    // For texts, as the scheme's sender hands them out.
    let texts = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let keys: Keys = texts.split(' ').collect();
    let webhook = standard(schemes::STANDARD_WEBHOOKS, keys);
    assert!(webhook.verify(&genuine.headers, genuine.body).is_ok());
}

// Time.

/// A captured request that was signed as far ahead as allowed verifies until it is as
/// old as allowed.
#[test]
fn the_windows_span_is_the_past_and_the_future_together() {
    for (window, span) in [
        (None, 600),
        (Some(ReplayWindow::from_secs(10)), 20),
        (Some(ReplayWindow::from_secs(10).with_future_secs(0)), 10),
        (Some(ReplayWindow::from_secs(0).with_future_secs(30)), 30),
        (Some(ReplayWindow::from_secs(0)), 0),
    ] {
        let scheme = match window {
            None => schemes::STANDARD_WEBHOOKS,
            Some(window) => schemes::STANDARD_WEBHOOKS.with_window(window),
        };
        let webhook = Webhook::new(scheme, WHSEC).unwrap();
        let genuine = standard_webhooks();
        let is_accepted = |now: &u64| {
            let at = Timestamp::from_secs(*now);
            let verdict = webhook.verify_received_at(at, &genuine.headers, genuine.body);
            verdict.is_ok()
        };
        let around = SIGNED_AT - 1000..SIGNED_AT + 1000;
        let accepted: Vec<u64> = around.filter(is_accepted).collect();
        let (first, last) = (accepted[0], accepted[accepted.len() - 1]);
        assert_eq!(last - first, span, "{window:?}");
        // Without a gap.
        let length = u64::try_from(accepted.len()).unwrap();
        assert_eq!(length, span + 1, "{window:?}");
    }
}

/// A timestamp in milliseconds is distinguished from a wrong clock, and is still
/// refused.
#[test]
fn milliseconds_for_seconds_are_named() {
    let hint = |genuine: &Genuine, timestamp: String| {
        let name = genuine.timestamp.unwrap();
        match genuine.verify(&genuine.with(name, timestamp)) {
            Err(VerifyError::TimestampInFuture {
                reads_like_milliseconds,
                ..
            }) => reads_like_milliseconds,
            other => panic!("{other:?}"),
        }
    };
    let genuine = standard_webhooks();
    for (milliseconds, wanted) in [
        (SIGNED_AT * 1000, true),
        (SIGNED_AT * 1000 + 999, true),
        ((SIGNED_AT + 300) * 1000, true),
        ((SIGNED_AT - 300) * 1000, true),
        ((SIGNED_AT + 301) * 1000, false),
        ((SIGNED_AT - 301) * 1000, false),
        (SIGNED_AT * 1_000_000, false),
        (SIGNED_AT + 301, false),
    ] {
        let found = hint(&genuine, milliseconds.to_string());
        assert_eq!(found, wanted, "{milliseconds}");
    }
    assert!(hint(&pomelo(), format!("{POMELO_SIGNED_AT}000")));
}

// Secrets: what is refused as a text, and what is next to it.

#[track_caller]
fn refused_as<T>(key: Result<T, ConfigError>) -> ConfigError {
    match key {
        Ok(_) => panic!("should be refused"),
        Err(error) => error,
    }
}

/// Reads a text with one of the project's first schemes.
fn read_by(scheme: Scheme<'_>, text: &str) -> Result<(), ConfigError> {
    let key = Key::from(text).with_id("id");
    Webhook::new(scheme, key).map(|_| ())
}

const TEXTS: [Scheme<'static>; 3] = [schemes::PAMINGA, schemes::PAKK, schemes::HUBPAY];

#[test]
fn dirt_around_a_text_is_refused_and_found() {
    let fault_of = |text: &str| {
        for scheme in TEXTS {
            let error = refused_as(read_by(scheme, text));
            assert_eq!(error, refused_as(Key::from_text(text)));
        }
        // The bytes may still be a secret.
        assert!(Key::from_bytes(text).is_ok(), "{text:?}");
        match refused_as(Key::from_text(text)) {
            ConfigError::DirtySecret { fault, .. } => fault,
            other => panic!("{other}"),
        }
    };
    macro_rules! fault {
        ($text:expr, $fault:ident at $at:literal) => {
            let fault = fault_of($text);
            let wanted = matches!(fault, SecretFault::$fault { position: $at, .. });
            assert!(wanted, "{:?}: {fault}", $text);
        };
    }
    fault!(" secret", WhiteSpace at 0);
    fault!("secret ", WhiteSpace at 6);
    fault!("secret\t", WhiteSpace at 6);
    fault!("\u{a0}secret", WhiteSpace at 0);
    fault!("secret\n", LineBreak at 6);
    fault!("secret\r\n", LineBreak at 6);
    fault!("\"secret\"", Quote at 0);
    fault!("secret'", Quote at 6);
    fault!("`secret`", Quote at 0);
    fault!("\u{feff}secret", ByteOrderMark at 0);
    fault!("sec\u{200b}ret", ZeroWidth at 3);
    // Within, they may belong to it.
    for text in ["a secret", "a\tb", "it's", "a\"b", "a\nb", "-secret-", "s"] {
        for scheme in TEXTS {
            assert_eq!(read_by(scheme, text), Ok(()), "{text:?}");
        }
        assert!(Key::from_text(text).is_ok());
    }
}

#[test]
fn values_that_are_not_set_are_refused() {
    for text in ["null", "undefined", "None"] {
        for scheme in TEXTS {
            let error = refused_as(read_by(scheme, text));
            let named = matches!(error, ConfigError::Placeholder { found, .. } if found == text);
            assert!(named, "{error}");
        }
        assert!(Key::from_bytes(text).is_ok());
        for near in [
            format!("{text}1"),
            text.to_uppercase(),
            format!("x{text}"),
            format!("{text} {text}"),
        ] {
            assert!(Key::from_text(&near).is_ok(), "{near}");
        }
    }
    for text in ["${SECRET}", "$(cat secret)", "whsec_${SECRET}", "a${}"] {
        for scheme in [schemes::PAMINGA, schemes::STANDARD_WEBHOOKS] {
            let error = refused_as(read_by(scheme, text));
            assert!(matches!(error, ConfigError::Unexpanded { .. }), "{error}");
        }
        assert!(Key::from_bytes(text).is_ok());
    }
    for text in ["$SECRET", "${SECRET", "SECRET}", "$ (x)", "{x}"] {
        assert!(Key::from_text(text).is_ok(), "{text}");
    }
}

/// An encoded secret is a generated one, and must have 16 bytes or more.
#[test]
fn short_decoded_secrets_are_refused() {
    let bytes = |length: usize| vec![0xa5; length];
    let base64 = |length| data_encoding::BASE64.encode(&bytes(length));
    for length in (1..=17).chain([24, 32, 64, 80]) {
        let is_long_enough = length >= 16;
        for key in [
            Key::from_base64(&base64(length)),
            Key::from_base64(&format!("whsec_{}", base64(length))),
            Key::from_base64(&format!("v1,whsec_{}", base64(length))),
            Key::from_hex(&hex::encode(bytes(length))),
        ] {
            match key {
                Ok(_) => assert!(is_long_enough, "{length}"),
                Err(ConfigError::ShortSecret { found, min, .. }) => {
                    assert!(!is_long_enough, "{length}");
                    assert_eq!((found, min), (length, 16));
                }
                Err(other) => panic!("{other}"),
            }
        }
        let whsec = format!("whsec_{}", base64(length));
        let verdict = read_by(schemes::STANDARD_WEBHOOKS, &whsec);
        assert_eq!(verdict.is_ok(), is_long_enough);
        let verdict = read_by(schemes::POMELO.at("/"), &base64(length));
        assert_eq!(verdict.is_ok(), is_long_enough);
        // Bytes, and a text, may have any length.
        assert!(Key::from_bytes(bytes(length)).is_ok());
        assert!(Key::from_text(&"k".repeat(length)).is_ok());
    }
}

/// HMAC pads a key with zeros, so zero bytes are the same key as no bytes.
#[test]
fn zero_bytes_are_refused_as_the_empty_secret_is() {
    for length in [1, 2, 16, 24, 32, 63, 64, 65, 1000] {
        let zeros = vec![0; length];
        let text = String::from_utf8(zeros.clone()).unwrap();
        let base64 = data_encoding::BASE64.encode(&zeros);
        for key in [
            Key::from_bytes(&zeros),
            Key::from_text(&text),
            Key::from_hex(&hex::encode(&zeros)),
            Key::from_base64(&base64),
            Key::from_base64(&format!("whsec_{base64}")),
        ] {
            assert_eq!(key.err(), Some(ConfigError::KnownSecret), "{length}");
        }
        // One bit makes it a key.
        for place in [0, length / 2, length - 1] {
            let mut bytes = zeros.clone();
            bytes[place] = 1;
            assert!(Key::from_bytes(bytes).is_ok(), "{length}");
        }
    }
    assert_eq!(
        read_by(schemes::PAMINGA, "\0\0"),
        Err(ConfigError::KnownSecret)
    );
}

/// Anyone knows a public key. Its text may have anything around it.
#[test]
fn a_public_key_is_refused_whatever_surrounds_it() {
    let public = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    for (before, after) in [
        ("", ""),
        ("\r", ""),
        ("", "\r"),
        ("\r\n", "\r\n"),
        ("", "\n"),
        ("`", "`"),
        ("`", ""),
        ("", "`"),
        ("\"", "\""),
        ("'", "'"),
        ("KEY=", ""),
        ("key: ", " # of the sender"),
        ("\u{feff}", ""),
        ("<code>", "</code>"),
    ] {
        let text = format!("{before}{public}{after}");
        for error in [
            refused_as(Key::from_text(&text)),
            refused_as(Key::from_bytes(&text)),
            refused_as(read_by(schemes::PAMINGA, &text)),
            refused_as(read_by(schemes::PAKK, &text)),
            refused_as(read_by(schemes::HUBPAY, &text)),
        ] {
            match error {
                ConfigError::ForeignSecret {
                    found, position, ..
                } => {
                    assert_eq!(found, "whpk_", "{text:?}");
                    let at = Some(before.len()).filter(|at| *at > 0);
                    assert_eq!(position, at, "{text:?}");
                }
                other => panic!("{text:?}: {other}"),
            }
        }
        let read = Key::from_base64(&text);
        let is_bare = before.is_empty() && after.is_empty();
        assert_eq!(
            read.is_ok(),
            is_bare && cfg!(feature = "ed25519"),
            "{text:?}"
        );
    }
    // A word that only ends like a public key is not one.
    assert!(Key::from_text("mywhpk_11qYAYKxCrfVS").is_ok());
}

#[test]
fn a_secret_in_another_form_says_how_to_pass_it() {
    for text in [HEX, &HEX.to_uppercase(), &HEX[..32]] {
        let error = refused_as(read_by(schemes::STANDARD_WEBHOOKS, text));
        assert!(matches!(error, ConfigError::LooksLike { .. }), "{error}");
        assert!(Key::from_hex(text).is_ok());
    }
    // 30 digits, and an odd number, are base64 like any other.
    for text in [
        "0123456789abcdef0123456789abcd+/",
        "0123456789abcdef0123456789abcdeg",
    ] {
        assert_eq!(read_by(schemes::STANDARD_WEBHOOKS, text), Ok(()), "{text}");
    }
    for text in [
        "polar_whs_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "sk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ] {
        let error = refused_as(read_by(schemes::STANDARD_WEBHOOKS, text));
        let advice = match error {
            ConfigError::LooksLike { advice, .. } => advice,
            other => panic!("{other}"),
        };
        assert!(advice.contains("Key::from_text"), "{advice}");
        let key = Key::from_text(text).unwrap();
        assert!(Webhook::new(schemes::STANDARD_WEBHOOKS, key).is_ok());
    }
}
