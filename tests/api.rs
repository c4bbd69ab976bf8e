//! The surface: what is a verifier, what can hold headers, what is shown.

mod common;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use common::*;
use hookseal::schemes::{
    Hubpay, MessageOrder, Pakk, Paminga, Pomelo, Prefix, Registration, StandardWebhooks,
};
use hookseal::{
    Check, Claim, Clock, ConfigError, Encoding, Engine, FixedClock, HeaderName, Key, Keyring, Keys,
    Lookup, Message, Part, ReplayWindow, SecretFault, Signature, SignatureHeaders, Signatures,
    SignedTimestamp, SystemClock, Tag, Timestamp, Verified, Verifier, VerifyError,
};

/// `tests/public_api/api.txt` has all auto traits of all types; these are the
/// ones that are promised.
#[test]
fn everything_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + Unpin + 'static>() {}
    shared::<Paminga>();
    shared::<Pakk>();
    shared::<StandardWebhooks>();
    shared::<Hubpay>();
    shared::<Pomelo>();
    shared::<Box<dyn Verifier>>();
    shared::<Box<dyn Clock>>();
    shared::<Engine>();
    shared::<Check<'static>>();
}

/// All but what holds a clock, which may be anyone's.
#[test]
fn what_is_plain_data_survives_a_panic() {
    fn plain<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static>() {}
    plain::<Key>();
    plain::<Keys>();
    plain::<Claim<'static>>();
    plain::<Part<'static>>();
    plain::<Signatures<'static>>();
    plain::<Signature>();
    plain::<Keyring>();
    #[cfg(feature = "ed25519")]
    {
        plain::<hookseal::ed25519::PublicKey>();
        plain::<hookseal::ed25519::SigningKey>();
        plain::<hookseal::ed25519::Signature>();
        plain::<hookseal::ed25519::KeyFault>();
    }
    plain::<Tag>();
    plain::<Encoding>();
    plain::<Verified<'static>>();
    plain::<Verified<'static, Vec<u8>>>();
    plain::<Verified<'static, ()>>();
    plain::<Message<'static>>();
    plain::<HeaderName>();
    plain::<SignatureHeaders>();
    plain::<Lookup<'static>>();
    plain::<Timestamp>();
    plain::<SignedTimestamp<'static>>();
    plain::<ReplayWindow>();
    plain::<SystemClock>();
    plain::<FixedClock>();
    plain::<VerifyError>();
    plain::<ConfigError>();
    plain::<SecretFault>();
    plain::<MessageOrder>();
    plain::<Prefix>();
    plain::<Registration<'static>>();
}

#[test]
fn verifiers_are_picked_by_route() {
    let verifiers: HashMap<&str, Genuine> =
        ["/paminga", "/pakk", "/hubpay", "/standard", "/pomelo"]
            .into_iter()
            .zip(all())
            .collect();
    let boxes: HashMap<&str, Box<dyn Verifier>> =
        ["/paminga", "/pakk", "/hubpay", "/standard", "/pomelo"]
            .into_iter()
            .zip(all().map(|genuine| genuine.verifier))
            .collect();
    for (route, genuine) in &verifiers {
        for (other, verifier) in &boxes {
            let verdict = verifier.verify(&genuine.headers, genuine.body);
            assert_eq!(verdict.is_ok(), route == other);
        }
    }
}

#[test]
fn pointers_to_verifiers_are_verifiers() {
    fn check(verifier: impl Verifier) {
        let genuine = paminga();
        assert_eq!(verifier.scheme(), "paminga");
        assert!(verifier.verify(&genuine.headers, genuine.body).is_ok());
        assert!(verifier.verify(&genuine.headers, b"").is_err());
        let signed = verifier.sign_message(&Message::new(genuine.body)).unwrap();
        assert_eq!(signed[0].1, HEX);
    }
    let new = || Paminga::new(text_key());
    let paminga = new();
    check(&paminga);
    check(Box::new(new()));
    check(Arc::new(new()));
    check(Box::new(new()) as Box<dyn Verifier>);
    check(Arc::new(new()) as Arc<dyn Verifier>);
    check(&*(Box::new(new()) as Box<dyn Verifier>));
}

#[test]
fn schemes_are_named() {
    let names = all().map(|genuine| genuine.verifier.scheme());
    assert_eq!(
        names,
        ["paminga", "pakk", "hubpay", "standard-webhooks", "pomelo"]
    );
}

#[test]
fn one_verifier_serves_many_threads() {
    let genuine = Arc::new(standard_webhooks());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    assert_eq!(genuine.verify(&genuine.headers), Ok(()));
                }
            });
        }
    });
}

#[test]
fn headers_may_be_held_in_many_ways() {
    let verifier = Paminga::new(text_key());
    let body = br#"{"n":0}"#;
    let array = [("X-Paminga-Signature", HEX)];
    let slice: &[(&str, &str)] = &array;
    let vector = vec![("X-Paminga-Signature".to_owned(), HEX.as_bytes().to_vec())];
    let bytes: [(&[u8], &[u8]); 1] = [(b"X-Paminga-Signature", HEX.as_bytes())];
    let tree: BTreeMap<&str, &str> = array.into();
    let hash: HashMap<String, String> = array
        .map(|(name, value)| (name.into(), value.into()))
        .into();
    assert!(verifier.verify(&array, body).is_ok());
    assert!(verifier.verify(&slice, body).is_ok());
    assert!(verifier.verify(&vector, body).is_ok());
    assert!(verifier.verify(&vector.as_slice(), body).is_ok());
    assert!(verifier.verify(&bytes, body).is_ok());
    assert!(verifier.verify(&tree, body).is_ok());
    assert!(verifier.verify(&hash, body).is_ok());
    // Wherever in the map it stands.
    let others = [("a", "1"), ("x-paminga-signature", HEX), ("z", "2")];
    assert!(verifier.verify(&BTreeMap::from(others), body).is_ok());
    assert!(verifier.verify(&HashMap::from(others), body).is_ok());
    let boxed: Box<dyn hookseal::Headers> = Box::new(others);
    assert!(verifier.verify(&boxed, body).is_ok());
    // Two spellings of a name are one header, in a map too.
    let mut twice = hash;
    twice.insert("x-paminga-signature".into(), HEX.into());
    let header = HeaderName::from_static("x-paminga-signature");
    let wanted = VerifyError::DuplicateHeader { header };
    assert_eq!(verifier.verify(&twice, body).err(), Some(wanted));
}

#[test]
fn a_proof_has_what_was_signed() {
    let genuine = standard_webhooks();
    let verified = genuine
        .verifier
        .verify(&genuine.headers, genuine.body)
        .unwrap();
    assert_eq!(verified.body(), genuine.body);
    assert_eq!(verified.body_len(), 51);
    assert_eq!(
        verified.message_id(),
        Some(&b"msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"[..])
    );
    assert_eq!(verified.timestamp(), Some(Timestamp::from_secs(SIGNED_AT)));
    assert_eq!(verified.key_id(), None);
    let tag = Tag::from_base64(&V1.as_bytes()[3..]);
    assert!(tag.map(Signature::from) == Some(*verified.signature()));

    let owned = verified.clone().into_owned();
    assert_eq!(owned.body(), verified.body());
    assert_eq!(owned.body_len(), verified.body_len());
    assert_eq!(owned.message_id(), verified.message_id());
    assert_eq!(owned.timestamp(), verified.timestamp());
    assert_eq!(owned.key_id(), verified.key_id());
    assert_eq!(owned.signature(), verified.signature());

    for genuine in [paminga(), pakk(), hubpay()] {
        let verified = genuine
            .verifier
            .verify(&genuine.headers, genuine.body)
            .unwrap();
        assert_eq!(
            (
                verified.message_id(),
                verified.timestamp(),
                verified.key_id()
            ),
            (None, None, None)
        );
        let tag = Tag::from_hex(HEX.as_bytes());
        assert!(tag.map(Signature::from) == Some(*verified.signature()));
    }
    let genuine = pomelo();
    let verified = genuine
        .verifier
        .verify(&genuine.headers, genuine.body)
        .unwrap();
    assert_eq!(verified.message_id(), None);
    assert_eq!(
        verified.timestamp(),
        Some(Timestamp::from_secs(POMELO_SIGNED_AT))
    );
    assert_eq!(verified.key_id(), Some(API_KEY));
}

#[test]
fn a_tag_can_be_kept_to_know_its_message_again() {
    let first = Tag::from_hex(HEX.as_bytes()).unwrap();
    let second = Tag::from_base64(&V1.as_bytes()[3..]).unwrap();
    let handled = HashSet::from([first]);
    assert!(handled.contains(&Tag::from_base64(BASE64.as_bytes()).unwrap()));
    assert!(!handled.contains(&second));
    assert_eq!(Signature::from(&first), Signature::from(first));
    let hash = |tag: Tag| BuildHasherDefault::<DefaultHasher>::default().hash_one(tag);
    assert_eq!(hash(first), hash(Tag::from_bytes(*first.as_bytes())));
    assert_ne!(hash(first), hash(second));
}

#[test]
fn a_timestamp_knows_its_header() {
    let header = HeaderName::from_static("x-timestamp");
    let timestamp = SignedTimestamp::parse(b"1700000000", &header).unwrap();
    assert_eq!(timestamp.header().as_str(), "x-timestamp");
}

#[test]
fn a_check_without_chunks_is_of_the_empty_body() {
    let verifier = Paminga::new(text_key());
    let signed = verifier.sign(b"").unwrap();
    // echo -n | openssl dgst -sha256 -hmac your-shared-secret
    assert_eq!(
        signed[0].1,
        "935bf910f011f4f973cd11b3f4713268b131a301d1487d2822102839589e32df"
    );
    let check = verifier.begin(&signed).unwrap();
    assert_eq!(check.finish().unwrap().body_len(), 0);
    let mut check = verifier.begin(&signed).unwrap();
    check.update(b"");
    assert!(check.finish().is_ok());
    let mut check = verifier.begin(&signed).unwrap();
    check.update(b"\0");
    assert_eq!(check.finish().err(), Some(VerifyError::SignatureMismatch));
}

/// A default that changes is a breaking change: it is written down here.
#[test]
fn defaults_are_pinned() {
    assert_eq!(Engine::DEFAULT_WINDOW, ReplayWindow::from_secs(300));
    assert_eq!(MessageOrder::default(), MessageOrder::TimestampEndpointBody);
    assert_eq!(Prefix::default(), Prefix::Optional);
    assert_eq!(
        (
            Signatures::MAX_ENTRIES,
            Keys::MAX_CANDIDATES,
            Claim::MAX_PARTS
        ),
        (32, 8, 6)
    );
    let verifier = StandardWebhooks::new(Key::from_base64(WHSEC).unwrap());
    let shown = format!("{verifier:?}");
    assert!(shown.contains("past: 300, future: 300"), "{shown}");
    assert!(shown.contains(r#"id: "webhook-id""#), "{shown}");
    let key = Key::from_base64(API_SECRET).unwrap().with_id(API_KEY);
    let shown = format!("{:?}", Pomelo::new(ENDPOINT, [key]).unwrap());
    assert!(shown.contains("past: 60, future: 60"), "{shown}");
    let shown = format!("{:?}", Hubpay::new(text_key()));
    assert!(
        shown.ends_with(r#"header: "x-hubpay-hmac", encoding: None, prefix: Optional }"#),
        "{shown}"
    );
}

#[test]
fn debug_shows_no_secret_anywhere() {
    let secret = "hunter2hunter2";
    let key = || Key::from_text(secret).unwrap().with_id("name");
    let paminga = Paminga::new(key());
    let pomelo = Pomelo::new("/", [key()]).unwrap();
    let signed = paminga.sign(b"{}").unwrap();
    let mut check = paminga.begin(&signed).unwrap();
    check.update(b"{}");
    let claim = paminga.claim(&signed).unwrap();
    let verified = paminga.verify(&signed, b"{}").unwrap();
    let shown = format!(
        "{:?} {:?} {paminga:?} {:?} {:?} {:?} {pomelo:?} {check:?} {claim:?} {verified:?} {:?}",
        key(),
        Keys::from(key()),
        Pakk::new(key()),
        Hubpay::new(key()),
        StandardWebhooks::new(key()).with_clock(FixedClock::at(0)),
        Engine::new(key()).with_clock(SystemClock),
    );
    assert!(shown.contains(r#"Key { id: Some("name"), secret: [redacted] }"#));
    assert!(!shown.contains(secret));
    // Neither the bytes of the MAC that was sent nor of the one computed.
    assert!(!shown.contains(&signed[0].1[..8]));
    assert!(!shown.contains("Hmac"));
    let tag = Tag::from_hex(signed[0].1.as_bytes()).unwrap();
    let of_tag = format!("{tag:?} {:?}", Signature::from(tag));
    assert_eq!(of_tag, "Tag([redacted]) Mac([redacted])");
    // Nor what the body says.
    let shown = format!("{:?}", paminga.verify(&signed, b"{}").unwrap().into_owned());
    let wanted = r#"Verified { scheme: "paminga", body_len: 2, message_id: None, timestamp: None, key_id: Some("name"), .. }"#;
    assert_eq!(shown, wanted);
}
