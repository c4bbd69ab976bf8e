//! Tests the public surface: what is a verifier, what can hold headers, what is shown.

mod common;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use common::*;
use hookseal::clock::{Clock, FixedClock, SystemClock, Timestamp};
use hookseal::fault::{KeyFault, SecretFault, SignatureFault};
use hookseal::scheme::Coverage;
use hookseal::scheme::{
    Algorithm, CanonicalForm, Canonicalize, Encoding, Endpoint, Field, Form, HeaderList,
    HeaderName, Part, RawRequest, Scheme, SchemeFault, SecretForm, Separator, Signature,
    SignatureField, SignedHeaders, TimeFormat, TimestampField,
};
use hookseal::tower::VerifyLayer;
use hookseal::verification::{CheckHead, CheckedHead, HashState, Verification};
use hookseal::{
    ConfigError, Head, IdempotencyKey, Key, Keys, Message, ReplayWindow, RequestHead, SignError,
    Verified, Verifier, VerifyError, Webhook, schemes,
};

/// These auto traits are promised; `tests/public_api/hookseal.txt` has all of them.
#[test]
fn everything_can_be_shared_between_threads() {
    fn shared<T: Send + Sync + Unpin + 'static>() {}
    shared::<Webhook>();
    shared::<Box<dyn Verifier>>();
    shared::<Box<dyn CheckHead>>();
    shared::<Box<dyn Canonicalize>>();
    shared::<Box<dyn Clock>>();
    shared::<HashState>();
    shared::<CheckedHead<'static>>();
    shared::<Verification<'static>>();
    shared::<Verified<'static>>();
    shared::<Head<'static>>();
}

/// Every type is unwind-safe and `'static`, except those that hold a clock or borrow the head
/// of a request, which may be the caller's.
#[test]
fn what_is_plain_data_survives_a_panic() {
    fn plain<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static>() {}
    plain::<Key>();
    plain::<Keys>();
    plain::<Scheme<'static>>();
    plain::<Part<'static>>();
    plain::<Form<'static>>();
    plain::<Field<'static>>();
    plain::<Endpoint<'static>>();
    plain::<HeaderList<'static>>();
    plain::<SignatureField<'static>>();
    plain::<TimestampField<'static>>();
    plain::<TimeFormat>();
    plain::<Separator>();
    plain::<SecretForm>();
    plain::<CanonicalForm>();
    plain::<RawRequest<'static>>();
    plain::<Algorithm>();
    plain::<Signature>();
    #[cfg(feature = "ed25519")]
    {
        plain::<hookseal::ed25519::PublicKey>();
        plain::<hookseal::ed25519::SigningKey>();
    }
    plain::<Encoding>();
    plain::<Verified<'static>>();
    plain::<Verified<'static, Vec<u8>>>();
    plain::<Verified<'static, ()>>();
    plain::<Coverage>();
    plain::<IdempotencyKey>();
    plain::<HashState>();
    plain::<Message<'static>>();
    plain::<HeaderName>();
    plain::<SignedHeaders>();
    plain::<Timestamp>();
    plain::<ReplayWindow>();
    plain::<SystemClock>();
    plain::<FixedClock>();
    plain::<VerifyError>();
    plain::<SignatureFault>();
    plain::<SignError>();
    plain::<ConfigError>();
    plain::<SchemeFault>();
    plain::<SecretFault>();
    plain::<KeyFault>();
    #[cfg(feature = "hubpay")]
    {
        use hookseal::schemes::hubpay::*;
        plain::<Account>();
        plain::<ApiError>();
        plain::<ListError<()>>();
        plain::<Listing<'static>>();
        plain::<Registration>();
        plain::<RegistrationError>();
        plain::<Registrations<'static, ()>>();
        plain::<RequestError>();
        plain::<SharedKey>();
        plain::<UrlFault>();
    }
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
            .zip(all().map(|genuine| Box::new(genuine.webhook) as Box<dyn Verifier>))
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
    }
    let new = || paminga().webhook;
    let paminga = new();
    check(&paminga);
    check(Box::new(new()));
    check(Arc::new(new()));
    check(Box::new(new()) as Box<dyn Verifier>);
    check(Arc::new(new()) as Arc<dyn Verifier>);
    check(&*(Box::new(new()) as Box<dyn Verifier>));
    check(Box::new(new()) as Box<dyn CheckHead>);
    let signed = paminga.sign(&Message::new(self::paminga().body)).unwrap();
    assert_eq!(signed.get("x-paminga-signature"), Some(HEX));
}

#[test]
fn schemes_are_named() {
    let names = all().map(|genuine| genuine.webhook.scheme().to_owned());
    assert_eq!(
        names,
        ["paminga", "pakk", "hubpay", "standard-webhooks", "pomelo"]
    );
    for genuine in all() {
        assert_eq!(
            CheckHead::scheme(&genuine.webhook),
            genuine.webhook.scheme()
        );
        let verified = genuine
            .webhook
            .verify(&genuine.headers, genuine.body)
            .unwrap();
        assert_eq!(verified.scheme(), genuine.webhook.scheme());
        assert_eq!(verified.coverage(), genuine.webhook.coverage());
        let scheme = schemes::by_name(genuine.webhook.scheme()).unwrap();
        assert_eq!(scheme.name, genuine.webhook.scheme());
    }
    let names: HashSet<&str> = schemes::ALL.iter().map(|scheme| scheme.name).collect();
    assert_eq!(names.len(), schemes::ALL.len());
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
    let verifier = paminga().webhook;
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
    // At any position in the map.
    let others = [("a", "1"), ("x-paminga-signature", HEX), ("z", "2")];
    assert!(verifier.verify(&BTreeMap::from(others), body).is_ok());
    assert!(verifier.verify(&HashMap::from(others), body).is_ok());
    let boxed: Box<dyn RequestHead> = Box::new(others);
    assert!(verifier.verify(&boxed, body).is_ok());
    assert!(verifier.verify(&&others, body).is_ok());
    let signed = verifier.sign(&Message::new(body)).unwrap();
    assert!(verifier.verify(&signed, body).is_ok());
    // With a method and a target, which this scheme ignores.
    let head = Head::new("POST", "/", &others);
    assert!(verifier.verify(&head, body).is_ok());
    let boxed: Box<dyn RequestHead> = Box::new(head);
    assert_eq!((boxed.method(), boxed.target()), (Some("POST"), Some("/")));
    assert_eq!(
        ((&&head).method(), (&&head).target()),
        (Some("POST"), Some("/"))
    );
    assert_eq!((others.method(), others.target()), (None, None));
    // Two spellings of a name are the same header, in a map too.
    let mut twice = hash;
    twice.insert("x-paminga-signature".into(), HEX.into());
    let refused = verifier.verify(&twice, body);
    assert!(matches!(
        refused,
        Err(VerifyError::DuplicateHeader { header, .. }) if header.as_str() == "x-paminga-signature"
    ));
}

fn tag(encoding: Encoding, text: &str) -> Signature {
    Signature::decode(Algorithm::HmacSha256, encoding, text.as_bytes()).unwrap()
}

#[test]
fn a_proof_has_what_was_signed() {
    let genuine = standard_webhooks();
    let verified = genuine
        .webhook
        .verify(&genuine.headers, genuine.body)
        .unwrap();
    assert_eq!(verified.body(), genuine.body);
    assert_eq!(verified.body_len(), 51);
    let id = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
    assert_eq!(verified.message_id(), Some(id));
    assert_eq!(verified.message_id_bytes(), Some(id.as_bytes()));
    assert_eq!(verified.timestamp(), Some(Timestamp::from_secs(SIGNED_AT)));
    assert_eq!(verified.key_id(), None);
    assert!(*verified.signature() == tag(Encoding::Base64, &V1[3..]));

    let owned = verified.clone().into_owned();
    assert_eq!(owned.body(), verified.body());
    assert_eq!(owned.body_len(), verified.body_len());
    assert_eq!(owned.message_id(), verified.message_id());
    assert_eq!(owned.timestamp(), verified.timestamp());
    assert_eq!(owned.key_id(), verified.key_id());
    assert_eq!(owned.signature(), verified.signature());
    assert_eq!(owned.scheme(), verified.scheme());
    assert_eq!(owned.coverage(), verified.coverage());
    assert_eq!(owned.idempotency_key(), verified.idempotency_key());
    assert_eq!(owned.into_body(), genuine.body);

    for genuine in [paminga(), pakk(), hubpay()] {
        let verified = genuine
            .webhook
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
        assert!(*verified.signature() == tag(Encoding::Hex, HEX));
    }
    let genuine = pomelo();
    let verified = genuine
        .webhook
        .verify(&genuine.headers, genuine.body)
        .unwrap();
    assert_eq!(verified.message_id(), None);
    assert_eq!(
        verified.timestamp(),
        Some(Timestamp::from_secs(POMELO_SIGNED_AT))
    );
    assert_eq!(verified.key_id(), Some(API_KEY));
    assert_eq!(verified.into_owned().key_id(), Some(API_KEY));
}

#[test]
fn a_tag_can_be_kept_to_know_its_message_again() {
    let first = tag(Encoding::Hex, HEX);
    let second = tag(Encoding::Base64, &V1[3..]);
    let handled = HashSet::from([first]);
    assert!(handled.contains(&tag(Encoding::Base64, BASE64)));
    assert!(!handled.contains(&second));
    let hash = |tag: Signature| BuildHasherDefault::<DefaultHasher>::default().hash_one(tag);
    let again = Signature::from_bytes(first.algorithm(), first.as_bytes()).unwrap();
    assert_eq!(again, first);
    assert_eq!(hash(first), hash(again));
    assert_ne!(hash(first), hash(second));
    // The same bytes of another algorithm are a different signature.
    let bytes = [7; 64];
    let sha512 = Signature::from_bytes(Algorithm::HmacSha512, &bytes).unwrap();
    let ed25519 = Signature::from_bytes(Algorithm::Ed25519, &bytes).unwrap();
    assert_ne!(sha512, ed25519);
    assert_ne!(hash(sha512), hash(ed25519));
}

#[test]
fn a_timestamp_knows_its_header() {
    for (genuine, name) in [
        (standard_webhooks(), "webhook-timestamp"),
        (pomelo(), "x-timestamp"),
    ] {
        let refused = genuine.verify(&genuine.with(name, "soon"));
        let Err(VerifyError::MalformedTimestamp { header, .. }) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(header.as_str(), name);
        let refused = genuine.verify(&genuine.with(name, "1"));
        let Err(VerifyError::TimestampTooOld {
            header, timestamp, ..
        }) = refused
        else {
            panic!("{refused:?}")
        };
        assert_eq!(header.as_str(), name);
        assert_eq!(timestamp, Timestamp::from_secs(1));
    }
}

#[test]
fn a_check_without_chunks_is_of_the_empty_body() {
    let webhook = paminga().webhook;
    let signed = webhook.sign(&Message::new(b"")).unwrap();
    // echo -n | openssl dgst -sha256 -hmac your-shared-secret
    assert_eq!(
        signed.get("x-paminga-signature"),
        Some("935bf910f011f4f973cd11b3f4713268b131a301d1487d2822102839589e32df")
    );
    let mut state = HashState::new();
    let check = webhook.begin(&signed, &mut state).unwrap();
    assert_eq!(check.finish().unwrap().body_len(), 0);
    let mut check = webhook.begin(&signed, &mut state).unwrap();
    check.update(b"");
    assert!(check.finish().is_ok());
    let mut check = webhook.begin(&signed, &mut state).unwrap();
    check.update(b"\0");
    assert_eq!(check.finish().err(), Some(VerifyError::SignatureMismatch));
}

/// Changing a default is a breaking change, so the defaults are pinned here.
#[test]
fn defaults_are_pinned() {
    assert_eq!(ReplayWindow::DEFAULT, ReplayWindow::from_secs(300));
    assert_eq!((Keys::MAX_CANDIDATES, Keys::MAX_ED25519), (8, 4));
    assert_eq!(VerifyLayer::DEFAULT_BODY_LIMIT, 1 << 20);
    let shown = format!("{:?}", standard_webhooks().webhook);
    assert!(shown.contains("past: 300, future: 300"), "{shown}");
    let shown = format!("{:?}", pomelo().webhook);
    assert!(shown.contains("past: 60, future: 60"), "{shown}");
    let standard = schemes::STANDARD_WEBHOOKS;
    assert_eq!(standard.header_prefix, Some("webhook"));
    assert_eq!(standard.message_id, Some("id"));
    // The order is timestamp, endpoint, body.
    let order = [Part::Timestamp, Part::Endpoint, Part::Body];
    assert_eq!(schemes::POMELO.signed, order);
    // The header may differ, and the encoding and the prefix may be any.
    let header = SignatureField::Header("X-Hubpay-Hmac");
    assert_eq!(schemes::HUBPAY.signature, header);
    let forms = [
        Form::hex(""),
        Form::base64(""),
        Form::hex("sha256="),
        Form::base64("sha256="),
    ];
    assert_eq!(schemes::HUBPAY.forms, forms);
    let base = Scheme::BASE;
    assert_eq!((base.name, base.source), ("", ""));
    assert_eq!(base.signature, SignatureField::Header(""));
    assert_eq!(base.forms, [Form::hex("")]);
    assert_eq!(Form::hex("").algorithm, Algorithm::HmacSha256);
    assert_eq!(base.signed, [Part::Body]);
    assert_eq!(base.secret, SecretForm::Text);
    assert_eq!((base.timestamp, base.window), (None, None));
    assert_eq!((base.message_id, base.key_id), (None, None));
    assert_eq!((base.endpoint_header, base.header_prefix), (None, None));
    assert_eq!((base.endpoint, base.header_list), (Endpoint::None, None));
    assert_eq!(base.canonical_form, None);
}

/// The number of entries in a list, and of values of a repeated header, is limited.
#[test]
fn entries_are_bounded() {
    let genuine = standard_webhooks();
    let list = |others: usize| {
        let entries = vec!["v9,x"; others].join(" ");
        genuine.verify(&genuine.with("webhook-signature", format!("{entries} {V1}")))
    };
    assert_eq!(list(31), Ok(()));
    assert_eq!(
        list(32).map_err(|error| error.reason()),
        Err("malformed-signature")
    );
    let repeated = Scheme {
        signature: SignatureField::Repeated("x-paminga-signature"),
        ..schemes::PAMINGA
    };
    let webhook = Webhook::new(repeated, SECRET).unwrap();
    let other = "0".repeat(64);
    let values = |others: usize| {
        let mut headers = vec![("x-paminga-signature", &*other); others];
        headers.push(("x-paminga-signature", HEX));
        let verdict = webhook.verify(&headers, br#"{"n":0}"#);
        verdict.map(drop).map_err(|error| error.reason())
    };
    assert_eq!(values(7), Ok(()));
    assert_eq!(values(8), Err("malformed-signature"));
}

#[test]
fn a_message_returns_what_was_set() {
    let empty = Message::new(b"{}");
    assert_eq!(empty.body(), b"{}");
    assert_eq!((empty.id(), empty.key_id()), (None, None));
    assert_eq!(empty.timestamp(), None);
    let message = empty
        .with_id("msg_1")
        .with_key_id("key")
        .with_timestamp(7_u64);
    assert_eq!(
        (message.id(), message.key_id()),
        (Some("msg_1"), Some("key"))
    );
    assert_eq!(message.timestamp(), Some(Timestamp::from_secs(7)));
}

/// A message id that is not UTF-8 gives a key too, one that no text gives.
#[test]
fn an_idempotency_key_of_bytes_is_no_key_of_a_text() {
    let scheme = schemes::STANDARD_WEBHOOKS.insecure_without_replay_window();
    let secret = Key::from_bytes(*b"0123456789abcdefghijklmnopqrstuv").unwrap();
    let webhook = Webhook::new(scheme, secret).unwrap();
    let id: &[u8] = b"msg_\xff";
    let signed = [id, b".1700000000.{}"].concat();
    let mac = hmac_sha256::HMAC::mac(signed, b"0123456789abcdefghijklmnopqrstuv");
    let signature = format!("v1,{}", data_encoding::BASE64.encode(&mac));
    let headers = [
        ("webhook-id", id),
        ("webhook-timestamp", b"1700000000"),
        ("webhook-signature", signature.as_bytes()),
    ];
    let verified = webhook.verify(&headers, b"{}").unwrap();
    let key = verified.message_id_key().unwrap();
    assert_eq!(key.as_ref() as &str, "standard-webhooks:id-hex:6d73675fff");
}

#[test]
fn of_several_endpoints_a_message_has_to_name_one() {
    let scheme = schemes::POMELO.at_any(&["/a", "/b"]);
    let secret = Key::from_bytes(*b"0123456789abcdefghijklmnopqrstuv").unwrap();
    let webhook = Webhook::new(scheme, secret.with_id("key")).unwrap();
    let error = webhook
        .sign(&Message::new(b"{}").with_key_id("key"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the scheme signs an endpoint, but the message has none"
    );
    assert!(
        webhook
            .sign(&Message::new(b"{}").with_key_id("key").with_endpoint("/b"))
            .is_ok()
    );
}
