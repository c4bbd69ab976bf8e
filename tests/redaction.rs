//! Tests that nothing printable shows a secret, a body or a MAC: neither `Debug` nor
//! `Display` of any public type, nor an error in a chain of sources.
//!
//! The list of types is compared with the source, so that a new type fails here
//! until it is printed too.

#[path = "common/sources.rs"]
mod sources;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::error::Error;
use std::fmt::{Debug, Display, Write as _};
use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use axum::extract::FromRequestParts;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use bytes::Bytes;
use hookseal::axum::{MissingLayer, VerifiedJson, VerifiedJsonRejection};
use hookseal::clock::{FixedClock, SystemClock, Timestamp, clock_fn};
use hookseal::fault::{KeyFault, SecretFault, SignatureFault};
use hookseal::scheme::Coverage;
use hookseal::scheme::{
    Algorithm, CanonicalForm, Canonicalize, Encoding, Endpoint, Field, Form, HeaderList,
    HeaderName, HeaderVisitor, Part, RawRequest, Scheme, SchemeFault, SecretForm, Separator,
    SignatureField, TimeFormat, TimestampField,
};
use hookseal::schemes::{HUBPAY, PAKK, PAMINGA, POMELO, STANDARD_WEBHOOKS};
use hookseal::tower::{
    Checks, EmptyResponse, Rejection, RejectionKind, Reply, ServiceFailure, SignResponse,
    SignResponseFuture, SignResponseLayer, VerifiedBody, VerifiedBytes, VerifyLayer,
};
use hookseal::verification::{CheckHead, HashState};
use hookseal::{
    ConfigError, Head, IdempotencyKey, Key, Keys, Message, Reloadable, ReplayWindow, RequestHead,
    SignError, Verifier, VerifyError, Webhook,
};
use http::{Request, Response};
use http_body::Frame;
use http_body_util::Full;
use sources::sources;
use tower::{Layer as _, Service as _, service_fn};

const SECRET: &str = "hunter2-correct-horse-battery-staple";
/// JSON, but not what the handler expects.
const BODY: &[u8] = br#""4111-1111-1111-1111 of Ann""#;
const NOW: u64 = 1_700_000_000;

/// What was printed, and the types of the values.
#[derive(Default)]
struct Printed {
    names: BTreeSet<String>,
    texts: Vec<String>,
}

impl Printed {
    fn text<T: ?Sized>(&mut self, text: String) {
        let name = std::any::type_name::<T>();
        let name = name
            .split('<')
            .next()
            .and_then(|path| path.rsplit("::").next());
        let name = name.unwrap_or_default();
        self.names.insert(name.to_owned());
        self.texts.push(format!("{name}: {text}"));
    }

    fn debug<T: Debug + ?Sized>(&mut self, value: &T) {
        self.text::<T>(format!("{value:?}"));
        self.text::<T>(format!("{value:#?}"));
    }

    fn display<T: Debug + Display + ?Sized>(&mut self, value: &T) {
        self.debug(value);
        self.text::<T>(format!("{value}"));
        self.text::<T>(format!("{value:#}"));
    }

    fn error<T: Error + ?Sized>(&mut self, error: &T) {
        self.display(error);
        let mut source = error.source();
        while let Some(error) = source {
            self.text::<T>(format!("{error:?} {error}"));
            source = error.source();
        }
    }

    fn refused<T>(&mut self, result: Result<T, ConfigError>) {
        let error = result.map(drop).expect_err("a refusal");
        match &error {
            ConfigError::InvalidSecret { fault, .. } => self.error(fault),
            ConfigError::DirtySecret { fault, .. } => self.error(fault),
            ConfigError::InvalidEd25519Key { fault, .. } => self.error(fault),
            ConfigError::InvalidScheme { fault, .. } => self.error(fault),
            _ => {}
        }
        self.error(&error);
    }

    fn unverified<T>(&mut self, result: Result<T, VerifyError>) {
        let error = result.map(drop).expect_err("a refusal");
        if let VerifyError::MalformedSignature { fault, .. } = &error {
            self.error(fault);
        }
        self.error(&error);
    }
}

/// Returns the beginnings of all forms in which bytes could be printed.
fn spellings(bytes: &[u8]) -> Vec<String> {
    let start = &bytes[..9];
    let mut spellings = vec![
        hex::encode(start),
        hex::encode_upper(start),
        STANDARD.encode(start),
        URL_SAFE.encode(start),
        start.escape_ascii().to_string(),
        String::from_utf8_lossy(start).into_owned(),
    ];
    let list = |byte: fn(u8) -> String| start[..4].iter().map(|&b| byte(b)).collect::<Vec<_>>();
    spellings.push(list(|byte| byte.to_string()).join(", "));
    spellings.push(list(|byte| byte.to_string()).join(",\n    "));
    spellings.push(list(|byte| format!("{byte:x}")).join(", "));
    spellings
}

/// What must not be printed.
struct Hidden(Vec<String>);

impl Hidden {
    fn new() -> Self {
        let mut hidden = spellings(SECRET.as_bytes());
        hidden.push("hunter2".into());
        hidden.extend(spellings(BODY));
        hidden.extend(["4111".into(), "Ann".into()]);
        Self(hidden)
    }

    /// Adds a MAC, and the texts in which a header may contain it.
    fn add(&mut self, mac: &[u8]) {
        self.0.extend(spellings(mac));
        for text in [hex::encode(mac), STANDARD.encode(mac), URL_SAFE.encode(mac)] {
            self.0.extend(spellings(text.as_bytes()));
        }
    }

    fn found_in(&self, text: &str) -> Option<&str> {
        let mut all = self.0.iter();
        all.find(|hidden| text.contains(&***hidden))
            .map(String::as_str)
    }
}

fn key() -> Key {
    Key::from_text(SECRET).unwrap().with_id("key-1")
}

fn webhook(scheme: Scheme<'_>) -> Webhook {
    let webhook = Webhook::new(scheme, key()).unwrap();
    webhook.with_clock(FixedClock::at(NOW))
}

fn message() -> Message<'static> {
    message_of(BODY)
}

fn message_of(body: &[u8]) -> Message<'_> {
    Message::new(body)
        .with_id("msg_1")
        .with_key_id("key-1")
        .with_request_line("POST", "/hook")
        .with_headers(&[("x-event", "paid")])
}

/// A scheme that signs everything that schemes can sign.
const EVERYTHING: Scheme = Scheme {
    name: "everything",
    signature: SignatureField::List {
        header: "x-signature",
        separator: Separator::Comma,
    },
    forms: &[Form::base64url("v1="), Form::hex("v2=")],
    timestamp: Some(TimestampField::seconds(Field::Param("t"))),
    message_id: Some("x-id"),
    key_id: Some("x-key"),
    endpoint_header: Some("x-endpoint"),
    endpoint: Endpoint::One("/hook"),
    signed: &[
        Part::Timestamp,
        Part::Text("/"),
        Part::MessageId,
        Part::Text("/"),
        Part::KeyId,
        Part::Endpoint,
        Part::Method,
        Part::Target,
        Part::Text("\n"),
        Part::HeaderNames,
        Part::Text("/"),
        Part::HeaderValues(","),
        Part::Text("/"),
        Part::Body,
    ],
    header_list: Some(HeaderList {
        names: Field::Header("x-signed"),
        separator: Separator::Space,
        allowed: &["x-event"],
    }),
    ..Scheme::BASE
};

/// Keeps what it sees of the request.
#[derive(Debug)]
struct Canonical;

static SHOWN: Mutex<String> = Mutex::new(String::new());

impl Canonicalize for Canonical {
    fn canonicalize<'b>(&self, request: &RawRequest<'b>) -> Result<Cow<'b, [u8]>, VerifyError> {
        write!(SHOWN.lock().unwrap(), "{request:?} {request:#?}").unwrap();
        Ok(request.body().into())
    }
}

const CANONICAL: Scheme = Scheme {
    name: "canonical",
    signed: &[Part::CanonicalBody],
    canonical_form: Some(CanonicalForm(&Canonical)),
    ..PAMINGA
};

/// Prints the visitor that it is given, and has headers.
struct Spy<'s> {
    headers: &'s [(String, String)],
    shown: Mutex<String>,
}

impl RequestHead for Spy<'_> {
    fn visit_headers<'h>(&'h self, visitor: &mut HeaderVisitor<'_, 'h>) {
        self.headers.visit_headers(visitor);
        write!(self.shown.lock().unwrap(), "{visitor:?} {visitor:#?}").unwrap();
    }
}

#[test]
fn nothing_printable_shows_a_secret_a_body_or_a_mac() {
    let mut printed = Printed::default();
    let mut hidden = Hidden::new();

    plain_data(&mut printed);
    keys(&mut printed);
    for scheme in [
        PAMINGA,
        PAKK,
        HUBPAY,
        EVERYTHING,
        CANONICAL,
        POMELO.at("/hook"),
    ] {
        requests(&webhook(scheme), &mut printed, &mut hidden);
    }
    let standard = Scheme {
        secret: SecretForm::Text,
        ..STANDARD_WEBHOOKS
    };
    requests(&webhook(standard), &mut printed, &mut hidden);
    printed.debug::<CanonicalForm>(&CANONICAL.canonical_form.unwrap());
    printed.text::<RawRequest<'_>>(std::mem::take(&mut *SHOWN.lock().unwrap()));
    #[cfg(feature = "ed25519")]
    ed25519(&mut printed, &mut hidden);
    layer(&mut printed);
    signed_responses(&mut printed);
    #[cfg(feature = "networks")]
    networks(&mut printed);
    #[cfg(feature = "handshake")]
    handshakes(&mut printed, &mut hidden);
    #[cfg(feature = "explain")]
    explanations(&mut printed);
    #[cfg(feature = "idempotency")]
    guards(&mut printed);
    #[cfg(feature = "hubpay")]
    hubpay(&mut printed);

    for text in &printed.texts {
        let found = hidden.found_in(text);
        assert_eq!(found, None, "{text}");
    }
    // The search works: it finds the hidden texts themselves.
    let secret = SECRET.as_bytes();
    for text in [
        format!("{SECRET:?}"),
        format!("{secret:?}"),
        format!("{secret:#?}"),
        format!("{:?}", Bytes::from_static(BODY)),
        format!("{:#x?}", BODY)
            .replace("0x", "")
            .replace(",\n    ", ", "),
        STANDARD.encode(BODY),
        format!(
            "{:?}",
            webhook(PAMINGA)
                .sign(&message())
                .unwrap()
                .iter()
                .collect::<Vec<_>>()
        ),
        format!(
            "{:?}",
            webhook(PAKK)
                .sign(&message())
                .unwrap()
                .iter()
                .collect::<Vec<_>>()
        ),
        format!(
            "{:?}",
            webhook(EVERYTHING)
                .sign(&message().with_timestamp(NOW))
                .unwrap()
                .get("x-signature")
        ),
    ] {
        assert!(hidden.found_in(&text).is_some(), "{text}");
    }
    assert_eq!(printed.names, public_types());
}

/// Returns the names of all public types from the source.
fn public_types() -> BTreeSet<String> {
    let is_off = [
        ("src/ed25519.rs", cfg!(feature = "ed25519")),
        ("src/handshake/answers.rs", cfg!(feature = "handshake")),
        ("src/handshake/receive.rs", cfg!(feature = "handshake")),
        ("src/scheme/file.rs", cfg!(feature = "serde")),
        ("src/tower/networks.rs", cfg!(feature = "networks")),
        ("src/explain", cfg!(feature = "explain")),
        ("src/idempotency", cfg!(feature = "idempotency")),
        ("src/schemes/hubpay", cfg!(feature = "hubpay")),
        ("src/networks", cfg!(feature = "networks")),
    ];
    let mut names = BTreeSet::new();
    for (path, text) in sources("src") {
        let is_in = |place: &str| path.ancestors().any(|own| own.ends_with(place));
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if !is_rust || is_off.iter().any(|(place, is_on)| is_in(place) && !is_on) {
            continue;
        }
        for line in text.lines() {
            let line = line.trim_start();
            let kinds = ["pub struct ", "pub enum ", "pub union "];
            let Some(rest) = kinds.iter().find_map(|kind| line.strip_prefix(kind)) else {
                continue;
            };
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
            names.insert(rest[..end.unwrap_or(rest.len())].to_owned());
        }
    }
    if !cfg!(feature = "handshake") {
        names.remove("WithAnswers");
    }
    // The search itself.
    assert!(names.contains("Webhook") && names.contains("ResponseFuture"));
    names
}

/// Prints handshake answers with a MAC and with a secret, and their options.
#[cfg(feature = "handshake")]
fn handshakes(printed: &mut Printed, hidden: &mut Hidden) {
    use hookseal::handshake::{Answer, Handshakes, Received, Responder, WithoutKey};
    use hookseal::schemes;
    use hookseal::tower::WithAnswers;
    use hookseal::verification::CheckHead as _;

    let handshakes = Handshakes::new(schemes::ASANA).unwrap();
    let handshakes = handshakes.with_secret_handler(|_| true);
    printed.debug::<Handshakes>(&handshakes);
    let pending = handshakes.without_key().unwrap();
    printed.debug::<WithoutKey>(&pending);
    let responder = pending.responder().unwrap();
    printed.debug::<Responder<'_>>(&responder);
    let headers = [("x-hook-secret", "b537207f20cbfa02")];
    let answer = responder.answer_head(&Head::new("POST", "/", &headers));
    hidden.0.push("b537207f20cbfa02".to_owned());
    printed.debug::<Answer>(&answer.unwrap());
    let meta = Handshakes::new(schemes::META).unwrap();
    printed.debug::<Handshakes>(&meta.with_verify_token(SECRET));

    let zoom = Webhook::new(schemes::ZOOM, key()).unwrap();
    let handshakes = Handshakes::new(schemes::ZOOM).unwrap();
    let zoom = zoom.with_handshakes(handshakes).unwrap();
    let zoom = zoom.with_clock(FixedClock::at(NOW));
    printed.debug(&zoom);
    let body = br#"{"event":"endpoint.url_validation","payload":{"plainToken":"token"}}"#;
    let signed = zoom.sign(&Message::new(body).with_timestamp(NOW)).unwrap();
    let head = Head::new("POST", "/", &signed);
    let received = zoom.receive(&head, body).unwrap();
    hidden.add(&hmac_sha256::HMAC::mac("token", SECRET));
    printed.debug::<Received<'_>>(&received);

    printed.debug::<WithAnswers<()>>(&WithAnswers::<()>::default());
}

/// Prints requests with a token and a key, and answers that repeat them.
#[cfg(feature = "hubpay")]
fn hubpay(printed: &mut Printed) {
    use std::io;

    use hookseal::schemes::hubpay::*;

    const ID: &str = "9f2c1a54-6b7e-4c1d-8f3a-2b5d7e9c0a11";
    let key = SharedKey::new(SECRET).unwrap();
    printed.debug(&key);
    let account = Account::new(Account::PRODUCTION, SECRET, ID).unwrap();
    printed.debug(&account);
    let mut listing = account.list();
    printed.debug::<Listing<'_>>(&listing);
    printed.text::<Account>(format!("{:?}", listing.next_request().unwrap()));
    let request = account.register("https://example.com/", &key).unwrap();
    printed.text::<Account>(format!("{:?}", request.map(drop)));
    let fails = |_| Err::<Response<&[u8]>, _>(io::Error::other("no route to host"));
    let mut all = account.registrations(fails);
    printed.debug::<Registrations<'_, _>>(&all);
    printed.error::<ListError<io::Error>>(&all.next().unwrap().unwrap_err());

    for (base, token, id) in [
        ("http://example.com", SECRET, ID),
        (Account::PRODUCTION, &format!("Bearer {SECRET}"), ID),
        (Account::PRODUCTION, SECRET, SECRET),
    ] {
        printed.error::<RequestError>(&Account::new(base, token, id).unwrap_err());
    }
    for url in [
        format!("https://{SECRET}@example.com/"),
        format!("http://example.com/{SECRET}"),
        format!("https://example.com/{SECRET}#"),
        format!("https://{SECRET}/\n"),
    ] {
        let error = account.register(&url, &key).unwrap_err();
        printed.error::<RequestError>(&error);
        let RequestError::CallbackUrl { fault, .. } = error else {
            panic!("{error}");
        };
        printed.error::<UrlFault>(&fault);
    }

    for status in [200, 302, 400, 401, 403, 500] {
        let answers = [
            SECRET.to_owned(),
            format!(r#"{{"content":"{SECRET}"}}"#),
            format!(r#"{{"{SECRET}":0,"{SECRET}":0}}"#),
        ];
        for answer in answers {
            let mut answer = Response::new(answer);
            *answer.status_mut() = status.try_into().unwrap();
            printed.error::<ApiError>(&listing.receive(&answer).unwrap_err());
        }
    }
    let listed = |algorithm: &str, status: &str, header: &str| {
        let text = format!(
            r#"{{"id":"1","endpointUrl":"https://example.com/","hmacHeaderName":"{header}","algorithm":"{algorithm}","status":"{status}"}}"#
        );
        serde_json::from_str::<Registration>(&text).unwrap()
    };
    printed.debug(&listed("SHA_256", "ACTIVE", "x-hub-signature"));
    for registration in [
        listed(SECRET, "ACTIVE", "x-hub-signature"),
        listed("SHA_256", SECRET, "x-hub-signature"),
        listed("SHA_256", "ACTIVE", &format!("{SECRET}:")),
    ] {
        let error = registration.webhook(&key).unwrap_err();
        printed.error::<RegistrationError>(&error);
    }
}

/// Prints the explanations for a changed body, and for an unexplained one.
#[cfg(feature = "explain")]
fn explanations(printed: &mut Printed) {
    use hookseal::explain::{
        Change, Explainer, Explanation, Fault, ReadHeader, ReadSignature, Reading, SignedPart,
    };

    let headers = webhook(PAMINGA).sign(&message()).unwrap();
    let explainer = Explainer::new(PAMINGA).with_secret(format!("{SECRET}\n"));
    printed.debug::<Explainer<'_>>(&explainer);
    for body in [BODY, &BODY[..9], b""] {
        let explanation = explainer.explain(&headers, body);
        assert!(!explanation.is_verified());
        printed.display::<Explanation>(&explanation);
        printed.text::<Explanation>(explanation.summary());
        for change in explanation.cause().unwrap_or(explanation.likely()) {
            printed.display::<Change>(change);
        }
        for fault in explanation.faults() {
            printed.display::<Fault>(fault);
        }
    }
    // It contains the body and the MACs for the person who debugs the service.
    for scheme in [PAMINGA, PAKK, EVERYTHING] {
        let headers = webhook(scheme)
            .sign(&message().with_timestamp(NOW))
            .unwrap();
        let reading = scheme.read(&headers, BODY);
        printed.debug::<Reading>(&reading);
        for part in reading.parts() {
            printed.debug::<SignedPart>(part);
        }
        for header in reading.headers() {
            printed.debug::<ReadHeader>(header);
        }
        for signature in reading.signatures() {
            printed.debug::<ReadSignature>(signature);
        }
    }
}

/// Prints guards, which know no secret, and only the digest of an event.
#[cfg(feature = "idempotency")]
fn guards(printed: &mut Printed) {
    use hookseal::idempotency::{
        Claim, ClaimState, EntryKey, Guard, Lease, MemoryStore, Once, OnceError, OnceFuture,
        OnceLayer, OnceService, Owner, Store, StoreError, conformance,
    };

    let webhook = webhook(PAMINGA);
    let headers = webhook.sign(&message()).unwrap();
    let event = webhook.verify(&headers, BODY).unwrap().idempotency_key();
    let guard = Guard::new(MemoryStore::new(2), "orders");
    printed.debug::<Guard>(&guard);
    let claim = finished(guard.claim(&event)).unwrap();
    printed.debug::<Claim>(&claim);
    if let Claim::Acquired(lease) = claim {
        printed.debug::<Lease>(&lease);
    }
    let once = finished(guard.once(&event, async || Ok::<_, ()>(()))).unwrap();
    printed.debug::<Once<()>>(&once);

    let store = MemoryStore::new(0);
    printed.debug(&store);
    let (entry, owner) = (EntryKey::new("orders", &event), Owner::from_bytes([1; 16]));
    printed.display::<EntryKey>(&entry);
    printed.display::<Owner>(&owner);
    let full = finished(store.claim(&entry, &owner, std::time::Duration::ZERO)).unwrap_err();
    printed.error::<StoreError>(&full);
    printed.debug::<ClaimState>(&ClaimState::Acquired);
    let no_room = Guard::new(store, "orders");
    let error = finished(no_room.once(&event, async || Ok::<(), Infallible>(()))).unwrap_err();
    printed.error::<OnceError<(), Infallible>>(&error);
    let full = MemoryStore::new(0);
    let check = conformance::check(&full, |_| ready(()));
    printed.error::<conformance::Violation>(&finished(check).unwrap_err());

    let layer = OnceLayer::without_tasks(guard);
    printed.debug::<OnceLayer>(&layer);
    let mut service = layer.layer(service_fn(async |_: Request<()>| {
        Ok::<_, Infallible>(Response::new(String::new()))
    }));
    printed.text::<OnceService<()>>(format!("{:?}", OnceLayer::without_tasks(no_room).layer(())));
    printed.debug::<OnceFuture<Response<String>, Infallible>>(&service.call(Request::new(())));
}

/// Prints types without secrets.
fn plain_data(printed: &mut Printed) {
    let handshake = hookseal::schemes::ZOOM.handshake.unwrap();
    printed.debug::<hookseal::scheme::Handshake<'_>>(&handshake);
    if let hookseal::scheme::Handshake::SignField { when, answer, .. } = handshake {
        printed.debug::<hookseal::scheme::FieldValue<'_>>(&when);
        printed.debug::<hookseal::scheme::TokenAnswer<'_>>(&answer);
    }
    #[cfg(feature = "serde")]
    {
        let text = serde_json::to_string(&hookseal::schemes::ZOOM).unwrap();
        let file: hookseal::scheme::SchemeFile = serde_json::from_str(&text).unwrap();
        printed.debug(&file);
    }
    for scheme in [PAMINGA, EVERYTHING] {
        printed.debug(&scheme);
        printed.debug(&scheme.signature);
        scheme
            .forms
            .iter()
            .for_each(|form| printed.debug::<Form>(form));
        scheme
            .signed
            .iter()
            .for_each(|part| printed.debug::<Part>(part));
        printed.debug(&scheme.endpoint);
        printed.debug(&scheme.secret);
    }
    printed.debug(&EVERYTHING.timestamp.unwrap());
    printed.debug(&EVERYTHING.timestamp.unwrap().field);
    printed.debug(&EVERYTHING.header_list.unwrap());
    printed.debug::<TimeFormat>(&TimeFormat::HttpDate);
    printed.debug::<Separator>(&Separator::Space);
    printed.debug::<Encoding>(&Encoding::Hex);
    printed.display::<Algorithm>(&Algorithm::HmacSha256);
    printed.display::<HeaderName>(&HeaderName::from_static("x-signature"));
    printed.display::<Timestamp>(&Timestamp::from_secs(NOW));
    printed.debug::<ReplayWindow>(&ReplayWindow::DEFAULT);
    printed.debug::<SystemClock>(&SystemClock);
    printed.debug::<FixedClock>(&FixedClock::at(NOW));
    printed.debug(&clock_fn(|| Timestamp::from_secs(NOW)));
    printed.debug(&EmptyResponse::default());
}

/// Prints keys, and every error of creating one.
fn keys(printed: &mut Printed) {
    let base64 = STANDARD.encode(SECRET);
    let hex = hex::encode(SECRET);
    let texts = [
        SECRET.to_owned(),
        format!(" {SECRET}"),
        format!("{SECRET}\n"),
        format!("\"{SECRET}\""),
        format!("\u{feff}{SECRET}"),
        format!("{SECRET}\u{200b}"),
        format!("${{{SECRET}}}"),
        format!("whpk_{SECRET}"),
        format!("whsk_{SECRET}"),
        format!("whsec_{SECRET}"),
        format!("WHSEC_{SECRET}"),
        format!("whsec_whsec_{base64}"),
        format!("v1,whsec_{base64}\n"),
        format!("-----BEGIN PUBLIC KEY-----\n{base64}"),
        base64.clone(),
        base64[..base64.len() - 1].to_owned(),
        format!("{base64}="),
        base64.replace('=', "-"),
        STANDARD.encode(&SECRET[..9]),
        hex.clone(),
        hex[1..].to_owned(),
        hex.replace('0', "g"),
        format!("{hex} "),
        hex[..18].to_owned(),
        format!("{base64}|{base64}|"),
        format!("|{base64}"),
        format!("v1a,whpk_{base64}:whsk_{base64}"),
    ];
    let mut refusals = 0;
    let mut see = |made: Result<Key, ConfigError>, printed: &mut Printed| match made {
        Ok(key) => {
            printed.debug(&key);
            printed.debug(&Keys::from([key.clone_secret(), key]));
        }
        Err(error) => {
            refusals += 1;
            printed.refused(Err::<(), _>(error));
        }
    };
    for text in &texts {
        see(Key::from_text(text), printed);
        see(Key::from_bytes(text), printed);
        see(Key::from_base64(text), printed);
        see(Key::from_hex(text), printed);
        see(Ok(Key::from(text).with_id("key-1")), printed);
        for secret in [
            SecretForm::Text,
            SecretForm::Base64,
            SecretForm::Hex,
            SecretForm::Whsec,
            SecretForm::WhsecList,
            SecretForm::Sha256OfText,
        ] {
            match Webhook::new(Scheme { secret, ..PAMINGA }, text) {
                Ok(webhook) => printed.debug(&webhook),
                Err(error) => see(Err(error), printed),
            }
        }
        for secret in [SecretForm::PublicKeyHex, SecretForm::PublicKeyBase64] {
            const ED25519: &[Form] = &[Form::hex("").with_algorithm(Algorithm::Ed25519)];
            let scheme = Scheme { secret, ..PAMINGA };
            printed.refused(Webhook::new(scheme.with_forms(ED25519), text));
        }
    }
    assert!(refusals > 100, "{refusals}");
    printed.refused(Webhook::new(PAMINGA, vec![SECRET; 9]));
    printed.refused(Webhook::new(POMELO.at("/hook"), SECRET));
    printed.refused(Webhook::new(POMELO, key()));
    printed.refused(Webhook::new(
        POMELO.at("/hook"),
        [key(), key().with_id("key-2")],
    ));
    printed.refused(Webhook::new(
        Scheme {
            name: "",
            ..PAMINGA
        },
        key(),
    ));
    printed.error::<SchemeFault>(&SchemeFault::NoForm);
    // So that they exist without the feature `ed25519`.
    printed.error::<KeyFault>(&KeyFault::SmallOrder);
    let fault = match Key::from_hex("0").unwrap_err() {
        ConfigError::InvalidSecret { fault, .. } => fault,
        other => panic!("{other}"),
    };
    printed.error::<SecretFault>(&fault);
}

/// Prints everything between a message and its proof, and every refusal.
fn requests(webhook: &Webhook, printed: &mut Printed, hidden: &mut Hidden) {
    let name = webhook.scheme().to_owned();
    printed.debug(webhook);
    printed.display::<Coverage>(&webhook.coverage());
    let message = message();
    printed.debug(&message);
    let headers = webhook.sign(&message).unwrap();
    printed.debug(&headers);
    let pairs: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_owned()))
        .collect();
    let head = Head::new("POST", "/hook", &pairs);
    printed.debug(&head);

    let verified = webhook.verify(&head, BODY).unwrap();
    hidden.add(verified.signature().as_bytes());
    printed.debug(&verified);
    printed.debug(verified.signature());
    printed.display::<IdempotencyKey>(&verified.idempotency_key());
    printed.debug(&verified.clone().into_owned());
    printed.debug::<VerifiedBytes>(&verified.into_owned().into());
    let checked = webhook.check_head(&head, None).unwrap();
    printed.debug(&checked);
    let mut state = HashState::new();
    printed.debug(&state);
    let mut verification = checked.begin(&mut state);
    for chunk in BODY.chunks(5) {
        printed.debug(&verification);
        verification.update(chunk);
    }
    printed.debug(&verification);
    let streamed = verification.finish().unwrap();
    printed.debug(&streamed);
    printed.debug(&streamed.into_owned());
    printed.debug(&state);
    let spy = Spy {
        headers: &pairs,
        shown: Mutex::default(),
    };
    drop(webhook.check_head(&Head::new("POST", "/hook", &spy), None));
    let shown = spy.shown.into_inner().unwrap();
    assert!(!shown.is_empty());
    printed.text::<HeaderVisitor<'_, '_>>(shown);

    // A forged MAC: neither it nor the right one is shown.
    let other = message_of(b"another body");
    let genuine = webhook.sign(&other).unwrap();
    let genuine = Head::new("POST", "/hook", &genuine);
    let verified = webhook.verify(&genuine, b"another body").unwrap();
    hidden.add(verified.signature().as_bytes());
    printed.unverified(webhook.verify(&head, b"another body"));
    printed.unverified(webhook.verify(&[("host", "example.com")], BODY));
    for (position, (_, value)) in pairs.iter().enumerate() {
        let changes: [&dyn Fn(&str) -> String; 8] = [
            &|value| format!(" {value}"),
            &|value| format!("{value}0"),
            &|value| value[1..].to_owned(),
            &|value| format!("sha256= {value}"),
            &|value| value.replace("v1", "v7"),
            &|value| format!("{value}, {value}").repeat(33),
            &|value| value.to_uppercase(),
            &|_| String::new(),
        ];
        for change in changes {
            let mut pairs = pairs.clone();
            pairs[position].1 = change(value);
            let head = Head::new("POST", "/hook", &pairs);
            match webhook.verify(&head, BODY) {
                // In upper case, hex is the same, and so may other values be.
                Ok(verified) => printed.debug(&verified),
                refused => printed.unverified(refused),
            }
        }
        let mut pairs = pairs.clone();
        pairs.push(pairs[position].clone());
        printed.unverified(webhook.verify(&Head::new("POST", "/hook", &pairs), BODY));
    }
    // Headers alone, without the method.
    if name == "everything" {
        printed.unverified(webhook.verify(&pairs, BODY));
    }
    let error = webhook.sign(&message.with_id("\n").with_key_id("\n"));
    if let Err(error) = error {
        printed.error::<SignError>(&error);
    }
    printed.error::<SignatureFault>(&SignatureFault::Other);
}

#[cfg(feature = "ed25519")]
fn ed25519(printed: &mut Printed, hidden: &mut Hidden) {
    use hookseal::ed25519::{PublicKey, SigningKey};

    let seed = *SECRET.as_bytes().first_chunk().unwrap();
    let signing = SigningKey::from_seed(&seed).unwrap();
    printed.debug::<SigningKey>(&signing);
    printed.display::<PublicKey>(&signing.public_key());
    let text = format!("whsk_{}", STANDARD.encode(seed));
    printed.debug(&Key::from(&text));
    printed.refused(SigningKey::from_base64(&text[1..]));
    printed.refused(SigningKey::from_base64(&text[..text.len() - 9]));
    printed.refused(PublicKey::from_base64(&text));
    printed.refused(PublicKey::from_hex(&hex::encode(SECRET)));
    let webhook = Webhook::new(STANDARD_WEBHOOKS, Key::from(signing).with_id("key-1")).unwrap();
    requests(&webhook, printed, hidden);
}

/// A body that breaks off after its bytes.
struct Broken(bool);

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let first = !std::mem::replace(&mut self.0, true);
        Poll::Ready(Some(if first {
            Ok(Frame::data(Bytes::from_static(BODY)))
        } else {
            Err("connection reset".into())
        }))
    }
}

fn finished<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing to wait for"),
    }
}

/// Prints the layer, what it passes on, its responses, and the extractors.
fn layer(printed: &mut Printed) {
    let handed = Mutex::new(None);
    let serve = |request: Request<VerifiedBody>| {
        *handed.lock().unwrap() = Some(request);
        ready(Ok::<_, Infallible>(Response::new(String::new())))
    };
    let layer = VerifyLayer::new(webhook(PAMINGA));
    printed.debug(&layer);
    let mut service = layer.with_body_limit(BODY.len()).layer(service_fn(serve));
    printed.debug(&layer_of_unit());
    printed.debug(&Reloadable::new(webhook(PAMINGA)));
    let headers = webhook(PAMINGA).sign(&message()).unwrap();
    let mac = headers.get("x-paminga-signature").unwrap();
    let request = |mac: &str| Request::post("/").header("x-paminga-signature", mac);
    let full = |body: &[u8]| Full::new(Bytes::copy_from_slice(body));

    let future = service.call(request(mac).body(full(BODY)).unwrap());
    printed.debug(&future);
    assert_eq!(finished(future).unwrap().status(), 200);
    let request_of_handler = handed.lock().unwrap().take().unwrap();
    printed.debug::<VerifiedBody>(request_of_handler.body());
    // `http` prints the MAC in the headers; the proof prints none.
    let (mut parts, body) = request_of_handler.into_parts();
    printed.debug::<VerifiedBytes>(body.proof());
    printed.debug::<VerifiedBytes>(parts.extensions.get().unwrap());

    let checks = Checks::new().with_body_limit(BODY.len());
    printed.debug(&checks);
    let verifier: Arc<dyn Verifier> = Arc::new(webhook(PAMINGA));
    let forged = checks.verify(&headers, || Some(verifier), full(&BODY[1..]));
    printed.debug::<Reply>(&finished(forged).unwrap_err());

    let mut kinds = BTreeSet::new();
    let mut rejected = |response: Response<String>| {
        let rejection: &Rejection = response.extensions().get().unwrap();
        printed.error(rejection);
        printed.debug::<RejectionKind>(rejection.kind());
        kinds.insert(rejection.reason());
    };
    let other_mac = mac.replace(['0', '1', '2'], "3");
    for (mac, body) in [
        (mac, &BODY[1..]),
        (&*other_mac, BODY),
        (&mac[1..], BODY),
        (&mac.to_uppercase().replace('A', "G"), BODY),
        ("", BODY),
        (mac, &[BODY, b"more"].concat()),
    ] {
        let future = service.call(request(mac).body(full(body)).unwrap());
        rejected(finished(future).unwrap());
    }
    let broken = service.call(request(mac).body(Broken(false)).unwrap());
    rejected(finished(broken).unwrap());
    assert!(kinds.is_superset(&BTreeSet::from([
        "body-broken",
        "body-too-large",
        "signature-mismatch"
    ])));

    let event = finished(VerifiedJson::<String>::from_request_parts(&mut parts, &())).unwrap();
    assert!(event.0.contains("4111"));
    printed.debug(&event);
    let refused = finished(VerifiedJson::<u64>::from_request_parts(&mut parts, &())).unwrap_err();
    let VerifiedJsonRejection::InvalidJson { fault, .. } = &refused else {
        panic!("{refused}")
    };
    printed.error(fault);
    printed.display(&hookseal::axum::JsonHint::Form);
    printed.error::<VerifiedJsonRejection>(&refused);
    let mut bare = Request::new(()).into_parts().0;
    let missing = finished(VerifiedJson::<u64>::from_request_parts(&mut bare, &())).unwrap_err();
    printed.error(&missing);
    let missing = finished(VerifiedBytes::from_request_parts(&mut bare, &())).unwrap_err();
    printed.error::<MissingLayer>(&missing);
}

/// Prints the signing layer, its future with a body, and the reasons for its fallback.
fn signed_responses(printed: &mut Printed) {
    let signing = Arc::new(webhook(PAMINGA));
    let headers = signing.sign(&message()).unwrap();
    let mac = headers.get("x-paminga-signature").unwrap();
    let sign = SignResponseLayer::new(Arc::clone(&signing)).unwrap();
    let sign = sign.with_body_limit(BODY.len());
    printed.debug::<SignResponseLayer>(&sign);
    printed.debug::<SignResponse<()>>(&sign.layer(()));

    type Answered = Result<Response<Full<Bytes>>, Infallible>;
    let answer = |body: Bytes| {
        service_fn(move |_: Request<VerifiedBody>| {
            ready::<Answered>(Ok(Response::new(Full::new(body.clone()))))
        })
    };
    for (body, reason) in [
        (Bytes::from_static(BODY), None),
        ([BODY, b"more"].concat().into(), Some("body-too-large")),
    ] {
        let service = VerifyLayer::new(Arc::clone(&signing));
        let mut service = service.layer(sign.layer(answer(body)));
        let request = Request::post("/").header("x-paminga-signature", mac);
        let response = service.call(request.body(Full::new(Bytes::from_static(BODY))).unwrap());
        let response = finished(response).unwrap();
        let failure: Option<&ServiceFailure> = response.extensions().get();
        assert_eq!(failure.map(ServiceFailure::reason), reason);
        if let Some(failure) = failure {
            printed.error(failure);
        }
    }
    let mut service = sign.layer(service_fn(|_: Request<Full<Bytes>>| {
        ready::<Answered>(Ok(Response::default()))
    }));
    let future = service.call(Request::new(Full::new(Bytes::from_static(BODY))));
    printed.debug::<SignResponseFuture<Full<Bytes>, Infallible>>(&future);
}

/// Prints the networks and their layer.
#[cfg(feature = "networks")]
fn networks(printed: &mut Printed) {
    use hookseal::networks::{ClientAddressError, NetworkError, Networks, TrustedProxies};
    use hookseal::tower::{AllowNetworks, AllowNetworksFuture, AllowNetworksLayer};

    let networks = Networks::new(["10.0.0.0/8"]).unwrap();
    printed.debug::<Networks>(&networks);
    for texts in [&["10.0.0.1/8"][..], &["localhost"], &[]] {
        printed.error::<NetworkError>(&Networks::new(texts).unwrap_err());
    }
    let proxies = TrustedProxies::x_forwarded_for(networks.clone());
    printed.debug::<TrustedProxies>(&proxies);
    let proxy = [10, 0, 0, 1].into();
    let mut headers = http::HeaderMap::new();
    headers.insert("x-forwarded-for", SECRET.parse().unwrap());
    let malformed = proxies.client_address(proxy, &headers).unwrap_err();
    printed.error::<ClientAddressError>(&malformed);

    let layer = AllowNetworksLayer::new(networks, move |_| Some(proxy));
    printed.debug::<AllowNetworksLayer>(&layer);
    printed.debug::<AllowNetworks<()>>(&layer.layer(()));
    let mut service = layer.layer(service_fn(|request: Request<Full<Bytes>>| {
        ready(Ok::<_, Infallible>(Response::new(request.into_body())))
    }));
    let future = service.call(Request::new(Full::new(Bytes::from_static(BODY))));
    printed.text::<AllowNetworksFuture<(), ()>>(format!("{future:?} {future:#?}"));
}

/// Returns a service that can be printed.
fn layer_of_unit() -> hookseal::tower::Verify<()> {
    VerifyLayer::new(webhook(PAMINGA)).layer(())
}
