//! Regression tests for faults that other webhook verifiers have had.

mod common;

use common::*;
use hookseal::clock::FixedClock;
use hookseal::fault::SignatureFault;
use hookseal::{ConfigError, Key, VerifyError, Webhook, schemes};

/// Anyone can sign with an empty secret, which `standardwebhooks` 1.0.1 for Rust
/// accepts.
#[test]
fn an_empty_secret_makes_no_verifier() {
    for text in ["", "whsec_"] {
        assert_eq!(Key::from_base64(text).err(), Some(ConfigError::EmptySecret));
        let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, text);
        assert_eq!(webhook.err(), Some(ConfigError::EmptySecret));
    }
}

/// Pomelo's Go example uses the empty secret for an unknown key.
#[test]
fn an_unknown_key_is_not_an_empty_one() {
    let genuine = pomelo();
    // Signed with the empty key by PHP's hash_hmac.
    let mut forged = genuine.with(
        "x-signature",
        "hmac-sha256 GiHecdbLVRihksFELAY++22zjFt515yVTMRhwBMm8Qg=",
    );
    forged[0].1 = b"8O/PxCLvl2qWRPKpZ65xX3DfMuKzQhMZQ+vGDlhOThs=".to_vec();
    assert!(matches!(
        genuine.verify(&forged),
        Err(VerifyError::UnknownKeyId { .. })
    ));
}

/// `webhook-verify` 0.1.0 hashes the body once for each listed signature.
/// (The crate's unit tests count the hashes.)
#[test]
fn a_huge_list_with_a_huge_body_is_refused() {
    let genuine = standard_webhooks();
    let body = vec![b'x'; 10 << 20];
    let zero = format!("v1,{}=", "A".repeat(43));
    let list = vec![zero.as_str(); 10_000].join(" ");
    let headers = genuine.with("webhook-signature", &list);
    let name = "webhook-signature";
    match genuine.webhook.verify(&headers, &body) {
        Err(VerifyError::MalformedSignature { header, fault, .. }) => {
            assert_eq!(header.as_str(), name);
            let too_many = matches!(fault, SignatureFault::TooManyEntries { max: 32, .. });
            assert!(too_many, "{fault}");
        }
        other => panic!("{other:?}"),
    }
    // 31 wrong ones besides the good one are not too many; one more is.
    let with = |wrong: usize| {
        let mut list = vec![zero.as_str(); wrong];
        list.push(V1);
        genuine.verify(&genuine.with(name, list.join(" ")))
    };
    assert_eq!(with(31), Ok(()));
    assert!(with(32).is_err());
}

/// `webhook-verify` 0.1.0 refuses a list with one malformed signature.
#[test]
fn a_malformed_signature_beside_a_good_one_is_skipped() {
    let genuine = standard_webhooks();
    for malformed in [
        "v1,",
        "v1,AAAA",
        "v1,!",
        "v1",
        "v2,x",
        ",",
        "v1a,AAAA",
        "\u{e9}",
        "v1,\u{ff}",
    ] {
        for list in [format!("{malformed} {V1}"), format!("{V1} {malformed}")] {
            let verdict = genuine.verify(&genuine.with("webhook-signature", list));
            assert_eq!(verdict, Ok(()), "{malformed}");
        }
        let alone = genuine.verify(&genuine.with("webhook-signature", malformed));
        assert!(matches!(alone, Err(VerifyError::MalformedSignature { .. })));
    }
}

/// The right MAC under another version is not a signature of that version.
#[test]
fn a_mac_counts_under_its_own_version_only() {
    let genuine = standard_webhooks();
    for version in ["v1a", "V1", "v2", "v", "v11", "v1 ", "", "v01"] {
        let value = format!("{version},{}", &V1[3..]);
        let verdict = genuine.verify(&genuine.with("webhook-signature", &value));
        assert!(
            matches!(verdict, Err(VerifyError::MalformedSignature { .. })),
            "{value}"
        );
    }
}

/// In `standardwebhooks` 1.0.1, `now - timestamp` overflows for `i64::MIN`.
#[test]
fn the_least_timestamp_overflows_nothing() {
    for clock in [0, SIGNED_AT, u64::MAX] {
        let genuine = standard_webhooks_at(FixedClock::at(clock));
        let verdict = genuine.verify(&genuine.with("webhook-timestamp", i64::MIN.to_string()));
        assert!(matches!(
            verdict,
            Err(VerifyError::MalformedTimestamp { .. })
        ));
    }
}

/// `standardwebhooks` 1.0.1 and `svix` 2.9.1 hash the number, formatted again, instead
/// of the signed bytes: they refuse what was signed as `0…`, and accept the header
/// without the zero.
#[test]
fn the_timestamp_is_hashed_as_received() {
    let genuine = standard_webhooks();
    let respelled = genuine.with("webhook-timestamp", "01649367553");
    assert_eq!(
        genuine.verify(&respelled),
        Err(VerifyError::SignatureMismatch)
    );
    let headers = headers(&[
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", "01649367553"),
        ("webhook-signature", SIGNED_WITH_LEADING_ZERO),
    ]);
    assert!(genuine.webhook.verify(&headers, b"{}").is_ok());
}

/// `msg_1.01649367553.{}` under the key that `WHSEC` decodes to, by OpenSSL.
const SIGNED_WITH_LEADING_ZERO: &str = "v1,hlUAQnx2srPXFHZe+5P962pWq05k6Xoz2OT7j+o6Z5Y=";

/// `standardwebhooks` 1.0.1 and `svix` 2.9.1 accept only UTF-8 bodies.
#[test]
fn a_body_may_hold_any_bytes() {
    let genuine = standard_webhooks();
    let headers = headers(&[
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", "1649367553"),
        ("webhook-signature", SIGNED_BYTES),
    ]);
    assert!(genuine.webhook.verify(&headers, b"\xff\x00\xfe").is_ok());
    let verdict = genuine
        .webhook
        .verify(&headers, "\u{fffd}\0\u{fffd}".as_bytes());
    assert_eq!(verdict.err(), Some(VerifyError::SignatureMismatch));
}

/// `msg_1.1649367553.` and the bytes FF 00 FE, by OpenSSL.
const SIGNED_BYTES: &str = "v1,d4r/Cj1a0AAWPlWIZ6QXd/NGKFtgGpT9ghiDijuZ8P0=";

/// A boundary could move: the id `msg` with the body `1.…` read as the id `msg.1…`.
#[test]
fn a_dot_in_the_id_cannot_move_the_boundary() {
    let genuine = standard_webhooks();
    // The genuine signature covers `msg_27….1649367553.{…`. Here the id also contains
    // the timestamp, so the start of the body would have to be a new timestamp.
    let id = [genuine.value("webhook-id"), b".1649367553"].concat();
    let verdict = genuine.verify(&genuine.with("webhook-id", id));
    assert!(matches!(verdict, Err(VerifyError::MalformedHeader { .. })));
}

/// `svix` 2.9.1 accepts any mixture of header families.
#[test]
fn mixed_header_families_are_refused() {
    let genuine = standard_webhooks();
    for place in 0..3 {
        let mut headers = genuine.headers.clone();
        headers[place].0 = headers[place].0.replace("webhook", "svix");
        assert!(matches!(
            genuine.verify(&headers),
            Err(VerifyError::MissingHeader { .. })
        ));
    }
}

/// The Node.js example on Paminga's page hashes the body after parsing and serializing
/// it.
#[test]
fn a_reserialised_body_is_another_body() {
    let webhook = Webhook::new(schemes::PAMINGA, SECRET).unwrap();
    let headers = [("X-Paminga-Signature", HEX)];
    assert!(webhook.verify(&headers, br#"{"n":0}"#).is_ok());
    for other in [r#"{"n": 0}"#, r#"{"n":0.0}"#, r#"{"n":-0}"#, "{\"n\":0}\n"] {
        let verdict = webhook.verify(&headers, other.as_bytes());
        assert_eq!(verdict.err(), Some(VerifyError::SignatureMismatch));
    }
}

/// If the text of an Ed25519 public key is used as a MAC secret, anyone who reads the
/// published key can sign.
#[test]
fn a_public_key_is_no_secret() {
    let text = "whpk_15ruSUePbuTD6VCJG1KbCm9hThjNN8/BKPC7QIpDfUM=";
    assert!(Key::from_text(text).is_err());
    assert!(Key::from_bytes(text).is_err());
    for scheme in [schemes::PAMINGA, schemes::PAKK, schemes::HUBPAY] {
        assert!(Webhook::new(scheme, text).is_err());
    }
    // Where Ed25519 keys are read, it is one, which cannot sign.
    let key = Key::from_base64(text);
    assert_eq!(key.is_ok(), cfg!(feature = "ed25519"));
    if let Ok(key) = key {
        let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, key).unwrap();
        let message = hookseal::Message::new(b"{}").with_id("msg_1");
        assert!(webhook.sign(&message).is_err());
    }
}

/// The boundary between endpoint and body could move: neither of Pomelo's examples pins
/// the endpoint.
#[test]
fn a_message_for_another_endpoint_is_refused() {
    let genuine = pomelo();
    let key = Key::from_base64(API_SECRET).unwrap().with_id(API_KEY);
    let other = Webhook::new(schemes::POMELO.at("/transactions"), key)
        .unwrap()
        .with_clock(FixedClock::at(POMELO_SIGNED_AT));
    let moved = genuine.with("x-endpoint", "/transactions");
    let body = [b"/authorizations", genuine.body].concat();
    let verdict = genuine.webhook.verify(&moved, &body);
    assert!(matches!(verdict, Err(VerifyError::EndpointMismatch { .. })));
    let verdict = other.verify(&genuine.headers, genuine.body);
    assert!(matches!(verdict, Err(VerifyError::EndpointMismatch { .. })));
}

/// A truncated tag, or a list instead of one tag, does not count.
#[test]
fn only_a_whole_tag_counts() {
    let genuine = standard_webhooks();
    for text in ["v1,tZ1I4/hDygAJgO5TYxiSdg==", "v1,tZ1I", "v1,tQ=="] {
        let verdict = genuine.verify(&genuine.with("webhook-signature", text));
        assert!(matches!(
            verdict,
            Err(VerifyError::MalformedSignature { .. })
        ));
    }
}

/// The bytes of one secret can be written in several ways.
#[test]
fn spellings_of_one_secret_are_one_key() {
    let genuine = standard_webhooks();
    let verdict_of = |key: Key| {
        let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, key).unwrap();
        let webhook = webhook.with_clock(FixedClock::at(SIGNED_AT));
        let verdict = webhook.verify(&genuine.headers, genuine.body);
        verdict.map(|_| ())
    };
    let bare = "C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let hex = "0b6155b0140886bb1c0a195020c57e6f9b1262ca686fba03";
    for key in [
        Key::from_base64(bare),
        Key::from_base64(&format!("whsec_{bare}")),
        Key::from_base64(&format!("v1,whsec_{bare}")),
        Key::from_hex(hex),
        Key::from_hex(&hex.to_uppercase()),
        Key::from_bytes(hex::decode(hex).unwrap()),
    ] {
        let verdict = verdict_of(key.unwrap());
        assert_eq!(verdict, Ok(()));
    }
    for key in [Key::from_text(bare), Key::from_text(hex)] {
        let verdict = verdict_of(key.unwrap());
        assert_eq!(verdict, Err(VerifyError::SignatureMismatch));
    }
}
