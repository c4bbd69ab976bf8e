//! Tests the search for the reason of a refusal. Each test breaks genuine requests of every
//! scheme in one way, and requires that the search names it.

#[path = "common/sources.rs"]
mod sources;

use std::io::Write as _;

use hookseal::clock::{FixedClock, Timestamp};
use hookseal::explain::{Change, Explainer, Explanation, Fault, Reading, Words};
use hookseal::scheme::{
    Algorithm, Encoding, Field, Form, Part, Scheme, SecretForm, SignatureField, TimeFormat,
};
use hookseal::{ConfigError, Head, Message, SignError, Webhook, schemes};
use sources::sources;

const NOW: u64 = 1_795_000_000;
const KEY_ID: &str = "key-1";

/// A body in which each kind of change changes something.
const JSON: &str = "{\"id\": 7, \"price\": 10.50, \"text\": \"caf\\u00e9 \\/ <b>\", \"list\": [1, 2], \"ok\": true}";

/// A request as its sender creates it.
#[derive(Clone)]
struct Sent {
    scheme: Scheme<'static>,
    /// The secret as the receiver has it.
    secret: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    target: &'static str,
    body: Vec<u8>,
    now: u64,
    /// The end of its signature, which nothing may print.
    signature: Vec<u8>,
}

/// Returns the secret as the sender hands it out, and as it signs.
fn secret_of(form: SecretForm) -> (&'static str, &'static str) {
    // RFC 8032, section 7.1, test 1.
    const WHSK: &str = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    match form {
        SecretForm::Base64 => (
            "BwgJCgsMDQ4PEBESExQVFhcYGRobHB0e/P3+",
            "BwgJCgsMDQ4PEBESExQVFhcYGRobHB0e/P3+",
        ),
        SecretForm::Hex => (
            "0708090a0b0c0d0e0f101112131415161718fcfd",
            "0708090a0b0c0d0e0f101112131415161718fcfd",
        ),
        SecretForm::Whsec | SecretForm::WhsecList => (
            "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0e/P3+",
            "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0e/P3+",
        ),
        SecretForm::PublicKeyHex => (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            WHSK,
        ),
        SecretForm::PublicKeyBase64 => ("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", WHSK),
        _ => ("Secret-of_the/sender+01", "Secret-of_the/sender+01"),
    }
}

/// Returns the scheme with the endpoint that it signs.
fn at_endpoint(scheme: Scheme<'static>) -> Scheme<'static> {
    if !scheme.signed.contains(&Part::Endpoint) {
        return scheme;
    }
    scheme.at(if scheme.endpoint_header.is_some() {
        "/transactions/authorizations"
    } else if scheme.signed.contains(&Part::Target) {
        "https://hooks.example.com"
    } else {
        "https://hooks.example.com/webhooks/in"
    })
}

const TARGET: &str = "/webhooks/in?tenant=1";

impl Sent {
    /// Signs a body; returns `None` if the scheme's algorithm is not built in.
    fn new(scheme: Scheme<'static>, body: &[u8]) -> Option<Self> {
        Self::signed_with(scheme, secret_of(scheme.secret).1, body)
    }

    fn signed_with(scheme: Scheme<'static>, secret: &str, body: &[u8]) -> Option<Self> {
        let scheme = at_endpoint(scheme);
        let mut forms = scheme.forms.iter();
        if !forms.any(|form| form.algorithm.is_available()) {
            return None;
        }
        let key = hookseal::Key::from(secret).with_id(KEY_ID);
        let webhook = Webhook::new(scheme, key).ok()?;
        let mut others: Vec<(&str, &str)> = scheme
            .signed
            .iter()
            .filter_map(|part| match part {
                Part::Header(name) => Some((*name, "value-1")),
                _ => None,
            })
            .collect();
        let listed = scheme.header_list.map_or(&[][..], |list| list.allowed);
        let is_timestamp = |name: &str| {
            let field = scheme.timestamp.map(|timestamp| timestamp.field);
            matches!(field, Some(Field::Header(own)) if own.eq_ignore_ascii_case(name))
        };
        for name in listed {
            if !is_timestamp(name) && others.len() < 4 {
                others.push((name, "value-2"));
            }
        }
        let message = Message::new(body)
            .with_id("msg_2ZxInvented01")
            .with_key_id(KEY_ID)
            .with_timestamp(NOW - 2)
            .with_request_line("POST", TARGET)
            .with_headers(&others);
        let signed = webhook.with_clock(FixedClock::at(NOW)).sign(&message);
        let signed = match signed {
            // The sender signs no body that could be the token of a handshake.
            Err(SignError::Refused { .. }) if scheme.name == "twitter" => return None,
            signed => signed.unwrap_or_else(|error| panic!("{}: {error}", scheme.name)),
        };
        let mut headers = vec![("host".to_owned(), b"hooks.example.com".to_vec())];
        headers.extend(
            signed
                .into_iter()
                .map(|(name, value)| (name.to_string(), value.into_bytes())),
        );
        for (name, value) in others {
            if !headers
                .iter()
                .any(|header| header.0.eq_ignore_ascii_case(name))
            {
                headers.push((name.to_lowercase(), value.into()));
            }
        }
        let mut sent = Self {
            scheme,
            secret: secret_of(scheme.secret).0.into(),
            headers,
            target: TARGET,
            body: body.to_vec(),
            now: NOW,
            signature: Vec::new(),
        };
        let value = sent.signature().clone();
        sent.signature = value[value.len() - 27..].to_vec();
        Some(sent)
    }

    fn explain(&self) -> Explanation {
        Explainer::new(self.scheme)
            .with_secret(&self.secret)
            .received_at(Timestamp::from_secs(self.now))
            .explain(&Head::new("POST", self.target, &self.headers), &self.body)
    }

    fn value(&mut self, name: &str) -> Option<&mut Vec<u8>> {
        let mut headers = self.headers.iter_mut();
        let header = headers.find(|header| header.0.eq_ignore_ascii_case(name))?;
        Some(&mut header.1)
    }

    fn full_name(&self, name: &str) -> String {
        match self.scheme.header_prefix {
            Some(prefix) => format!("{}-{name}", prefix.trim_end_matches('-')),
            None => name.to_owned(),
        }
    }

    /// Returns the name of the signature's header.
    fn signature_name(&self) -> String {
        match self.scheme.signature {
            SignatureField::Header(name)
            | SignatureField::List { header: name, .. }
            | SignatureField::Repeated(name) => self.full_name(name),
            SignatureField::Headers(names) => self.full_name(names[0]),
            SignatureField::Numbered(name) => self.full_name(&format!("{name}-1")),
            _ => panic!("a place of signatures that the tests do not know"),
        }
    }

    fn signature(&mut self) -> &mut Vec<u8> {
        let name = self.signature_name();
        self.value(&name).expect("it is signed")
    }

    fn signs_body_text(&self) -> bool {
        self.scheme.signed.contains(&Part::Body)
    }

    fn is_mac(&self) -> bool {
        self.scheme.forms[0].algorithm != Algorithm::Ed25519
    }

    /// Checks that this cause is proven, and no other change is named.
    #[track_caller]
    fn is_explained(&self, name: &str) {
        let explanation = self.explain();
        let names = names(&explanation);
        assert_eq!(names, [name], "{}\n{explanation}", self.scheme.name);
        self.shows_nothing_secret(&explanation);
    }

    #[track_caller]
    fn is_explained_by_any(&self, wanted: &[&str]) {
        let explanation = self.explain();
        let names = names(&explanation);
        assert!(
            names.len() == 1 && wanted.contains(&names[0]),
            "{}: {names:?}\n{explanation}",
            self.scheme.name
        );
        self.shows_nothing_secret(&explanation);
    }

    /// Checks that this is among the likely causes, if none can be proven.
    #[track_caller]
    fn is_likely(&self, name: &str) {
        let explanation = self.explain();
        assert!(!explanation.is_verified(), "{}", self.scheme.name);
        assert!(
            explanation.cause().is_none(),
            "{}\n{explanation}",
            self.scheme.name
        );
        let mut likely = explanation.likely().iter();
        let is_there = likely.any(|change| change.name() == name);
        assert!(is_there, "{}\n{explanation}", self.scheme.name);
        self.shows_nothing_secret(&explanation);
    }

    /// Checks that nothing printed contains eight consecutive bytes of the secret, the signature
    /// or the body.
    #[track_caller]
    fn shows_nothing_secret(&self, explanation: &Explanation) {
        let shown = format!("{explanation} {} {explanation:?}", explanation.summary());
        for hidden in [&self.secret, &self.signature, &self.body] {
            for window in hidden.windows(8) {
                let Ok(window) = core::str::from_utf8(window) else {
                    continue;
                };
                let is_known = "isBase64Encoded".contains(window);
                assert!(
                    is_known || !shown.contains(window),
                    "{}: {window}\n{explanation}",
                    self.scheme.name
                );
            }
        }
    }
}

fn names(explanation: &Explanation) -> Vec<&'static str> {
    let cause = explanation.cause().unwrap_or_default();
    cause.iter().map(Change::name).collect()
}

/// Returns a genuine request of each scheme, with this body.
fn all(body: &[u8]) -> Vec<Sent> {
    let sent = schemes::ALL
        .iter()
        .filter_map(|scheme| Sent::new(*scheme, body));
    let sent: Vec<Sent> = sent.filter(Sent::signs_body_text).collect();
    assert!(sent.len() >= 95, "{}", sent.len());
    sent
}

#[test]
fn a_genuine_request_is_verified() {
    for sent in all(JSON.as_bytes()) {
        let explanation = sent.explain();
        assert!(explanation.is_verified(), "{explanation}");
        assert_eq!(explanation.summary(), "verified");
        assert!(explanation.cause().is_none());
    }
}

/// Nothing is found for a request that the secret's owner did not sign.
#[test]
fn a_forgery_has_no_proven_cause() {
    for mut sent in all(JSON.as_bytes()) {
        let (encoding, algorithm) = (
            sent.scheme.forms[0].encoding,
            sent.scheme.forms[0].algorithm,
        );
        let other = hookseal::scheme::Signature::from_bytes(
            algorithm,
            &vec![0x5a; algorithm.signature_len()],
        );
        let other = encoding.encode(&other.unwrap());
        let length = other.len();
        let value = sent.signature();
        let start = value.len() - length;
        value.truncate(start);
        value.extend(other.bytes());
        if sent.explain().is_verified() {
            panic!("{}", sent.scheme.name);
        }
        sent.is_likely("secret-other");
    }
}

// The secret.

fn with_secret(change: impl Fn(&str) -> String, wanted: &[&str]) {
    for mut sent in all(JSON.as_bytes()) {
        let text = String::from_utf8(sent.secret.clone()).unwrap();
        sent.secret = change(&text).into_bytes();
        if sent.explain().is_verified() {
            continue;
        }
        sent.is_explained_by_any(wanted);
    }
}

#[test]
fn a_secret_with_dirt_around_it() {
    with_secret(|text| format!("{text}\n"), &["secret-line-break"]);
    with_secret(|text| format!("\n{text}\n\n"), &["secret-line-break"]);
    with_secret(|text| format!("{text}\r\n"), &["secret-carriage-return"]);
    with_secret(|text| format!("{text}\r"), &["secret-carriage-return"]);
    with_secret(|text| format!(" {text}\t"), &["secret-white-space"]);
    with_secret(|text| format!("\"{text}\""), &["secret-quotes"]);
    with_secret(|text| format!("'{text}'"), &["secret-quotes"]);
    with_secret(|text| format!("{text}\""), &["secret-quotes"]);
    with_secret(
        |text| format!("\u{feff}{text}"),
        &["secret-byte-order-mark"],
    );
    with_secret(
        |text| format!("{text}\u{200b}"),
        &["secret-invisible-character"],
    );
    with_secret(|text| format!("{text}\\n"), &["secret-escaped-line-break"]);
    with_secret(
        |text| format!("WEBHOOK_SECRET={text}"),
        &["secret-assignment"],
    );
    with_secret(
        |text| format!("{{\"secret\":{text:?}}}"),
        &["secret-in-json"],
    );
    let in_the_middle = |text: &str| format!("{}\n{}", &text[..9], &text[9..]);
    with_secret(in_the_middle, &["secret-inner-white-space"]);
}

#[test]
fn a_secret_in_another_encoding() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    with_secret(|text| STANDARD.encode(text), &["secret-base64-again"]);
    // `echo` adds a line feed.
    for mut sent in all(JSON.as_bytes()) {
        sent.secret.push(b'\n');
        sent.secret = STANDARD.encode(&sent.secret).into_bytes();
        assert_eq!(
            names(&sent.explain()),
            ["secret-base64-again", "secret-line-break"],
            "{}",
            sent.scheme.name
        );
    }
    for mut sent in all(JSON.as_bytes()) {
        let text = String::from_utf8(sent.secret.clone()).unwrap();
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        sent.secret = [0xff, 0xfe].into_iter().chain(units).collect();
        sent.is_explained("secret-utf-16");
    }
}

/// The sender's key is a different reading of the same text.
#[test]
fn a_secret_that_is_read_in_another_way() {
    let text = "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0e/P3+";
    let hex = "0708090a0b0c0d0e0f101112131415161718fcfd";
    for sent in all(JSON.as_bytes()).into_iter().filter(Sent::is_mac) {
        let own = sent.scheme;
        for (secret, reads, name) in [
            (text, SecretForm::Text, "secret-is-text"),
            (text, SecretForm::Whsec, "secret-is-base64"),
            (&text[6..], SecretForm::Text, "secret-is-text"),
            (&text[6..], SecretForm::Base64, "secret-is-base64"),
            (hex, SecretForm::Hex, "secret-is-hex"),
            (hex, SecretForm::Text, "secret-is-text"),
            (text, SecretForm::Sha256OfText, "secret-is-hashed"),
        ] {
            let signing = Scheme {
                secret: reads,
                ..own
            };
            let mut sent = Sent::signed_with(signing, secret, JSON.as_bytes()).unwrap();
            sent.scheme.secret = own.secret;
            sent.secret = secret.into();
            let explanation = sent.explain();
            if !explanation.is_verified() {
                let names = names(&explanation);
                let is_named = names == [name] || names == ["secret-prefix"];
                assert!(is_named, "{} {secret}\n{explanation}", own.name);
            }
        }
    }
}

#[test]
fn a_secret_with_and_without_its_prefix() {
    let text = "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0e/P3+";
    for sent in all(JSON.as_bytes()).into_iter().filter(Sent::is_mac) {
        if sent.scheme.secret != SecretForm::Text {
            continue;
        }
        let mut missing = Sent::signed_with(sent.scheme, text, JSON.as_bytes()).unwrap();
        missing.secret = text[6..].into();
        missing.is_explained("secret-prefix-missing");
        let mut kept = Sent::signed_with(sent.scheme, &text[6..], JSON.as_bytes()).unwrap();
        kept.secret = text.into();
        kept.is_explained("secret-prefix");
        kept.secret = format!("hook_{}", &text[6..]).into();
        kept.is_explained("secret-prefix");
    }
}

#[test]
fn each_of_several_secrets_is_tried() {
    for sent in all(JSON.as_bytes()) {
        let explanation = Explainer::new(sent.scheme)
            .with_secret("")
            .with_secret("another secret\n")
            .with_secret([&sent.secret[..], b"\n"].concat())
            .received_at(Timestamp::from_secs(NOW))
            .explain(&Head::new("POST", TARGET, &sent.headers), &sent.body);
        assert_eq!(
            names(&explanation),
            ["secret-line-break"],
            "{}",
            sent.scheme.name
        );
        assert_eq!(explanation.secret(), Some(3));
        assert_eq!(explanation.faults().len(), 3);
    }
}

#[test]
fn a_public_key_in_place_of_the_secret() {
    let public = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    for mut sent in all(JSON.as_bytes()).into_iter().filter(Sent::is_mac) {
        for public in [public, pem] {
            sent.secret = public.into();
            let explanation = sent.explain();
            let [first, ..] = explanation.likely() else {
                panic!("{explanation}");
            };
            assert_eq!(first.name(), "secret-is-public-key", "{explanation}");
        }
    }
}

// The body.

/// Breaks the body in transit.
fn with_body(signed: &[u8], change: impl Fn(&[u8]) -> Vec<u8>, wanted: &[&str]) {
    for mut sent in all(signed) {
        sent.body = change(&sent.body);
        assert_ne!(sent.body, signed);
        sent.is_explained_by_any(wanted);
    }
}

#[test]
fn a_body_whose_ends_were_changed() {
    let json = JSON.as_bytes();
    let added = &["body-line-feed-added"][..];
    let removed = &["body-line-feed-removed"][..];
    with_body(json, |body| [body, b"\n"].concat(), added);
    with_body(json, |body| [body, b"\r\n"].concat(), added);
    with_body(json, |body| [b" ", body, b"  \n"].concat(), added);
    for end in [&b"\n"[..], b"\r\n", b" "] {
        with_body(
            &[json, end].concat(),
            |body| body.trim_ascii_end().to_vec(),
            removed,
        );
    }
    with_body(
        json,
        |body| [b"\xef\xbb\xbf", body].concat(),
        &["body-byte-order-mark-added"],
    );
    let marked = [b"\xef\xbb\xbf", json].concat();
    with_body(
        &marked,
        |body| body[3..].to_vec(),
        &["body-byte-order-mark-removed"],
    );
    with_body(
        json,
        |body| [body, &[0; 9]].concat(),
        &["body-zero-bytes-added"],
    );
}

#[test]
fn a_body_whose_line_endings_were_changed() {
    let changed = &["body-line-endings"][..];
    let lf = b"{\n  \"n\": 1,\n  \"m\": 2\n}\n".to_vec();
    let crlf = String::from_utf8(lf.clone())
        .unwrap()
        .replace('\n', "\r\n")
        .into_bytes();
    with_body(&lf, |_| crlf.clone(), changed);
    with_body(&crlf, |_| lf.clone(), changed);
}

#[test]
fn json_that_was_parsed_and_written_again() {
    let rewritten = &["body-json-rewritten"][..];
    let compact = r#"{"id":7,"price":10.5,"text":"café / <b>","list":[1,2],"ok":true}"#;
    // What Python, PHP, JavaScript, Go and editors write, each on either side.
    for (signed, received) in [
        (JSON, compact),
        (
            compact,
            r#"{"id": 7, "price": 10.5, "text": "caf\u00e9 / <b>", "list": [1, 2], "ok": true}"#,
        ),
        (
            compact,
            r#"{"id":7,"price":10.5,"text":"caf\u00e9 \/ <b>","list":[1,2],"ok":true}"#,
        ),
        (
            compact,
            r#"{"id":7,"price":10.5,"text":"café / \u003cb\u003e","list":[1,2],"ok":true}"#,
        ),
        (
            compact,
            "{\n  \"id\": 7,\n  \"price\": 10.5,\n  \"text\": \"café / <b>\",\n  \"list\": [\n    1,\n    2\n  ],\n  \"ok\": true\n}",
        ),
        (r#"{"id":7,"price":10.50}"#, r#"{"id":7,"price":10.5}"#),
        (r#"{"id":7,"price":10.00}"#, r#"{"id":7,"price":10.0}"#),
        (r#"{"id":7,"price":10.0}"#, r#"{"id":7,"price":10}"#),
        (r#"{"id":7,"price":1}"#, r#"{"id":7,"price":1.0}"#),
        (r#"{"text":"caf\u00E9"}"#, r#"{"text":"café"}"#),
        (r#"{"text":"\u003cb\u003e"}"#, r#"{"text":"<b>"}"#),
        (
            r#"{"a":{"x":1,"y":2},"b":3}"#,
            r#"{"b":3,"a":{"y":2,"x":1}}"#,
        ),
        (
            r#"{"b":3,"id":0,"a":{"y":2,"x":1}}"#,
            r#"{"a":{"x":1,"y":2},"b":3,"id":0}"#,
        ),
        (r#"{"b": 3, "id": 0, "a": 1}"#, r#"{"a":1,"b":3,"id":0}"#),
    ] {
        with_body(signed.as_bytes(), |_| received.into(), rewritten);
        let received = received.as_bytes();
        if !matches!(signed, r#"{"id":7,"price":10.0}"#) {
            with_body(received, |_| signed.into(), rewritten);
        }
    }
    // Rust's own: sorted, since `serde_json` keeps no order.
    let parsed: serde_json::Value = serde_json::from_str(JSON).unwrap();
    let pretty = serde_json::to_vec_pretty(&parsed).unwrap();
    with_body(
        &serde_json::to_vec(&parsed).unwrap(),
        |_| pretty.clone(),
        rewritten,
    );
}

#[test]
fn a_form_that_was_decoded_and_encoded_again() {
    let signed = "command=%2Fdo&text=%2Abold%2A+two+words&user=x%7Ey";
    let rewritten = &["body-form-rewritten"][..];
    for received in [
        "command=%2Fdo&text=*bold*+two+words&user=x%7Ey",
        "command=%2Fdo&text=*bold*+two+words&user=x~y",
        "command=%2Fdo&text=%2Abold%2A%20two%20words&user=x~y",
        "command=%2fdo&text=%2abold%2a+two+words&user=x%7ey",
    ] {
        with_body(received.as_bytes(), |_| signed.into(), rewritten);
    }
    with_body(
        b"payload=%7B%22n%22%3A16%7D",
        |_| b"{\"n\":16}".to_vec(),
        &["body-form-decoded"],
    );
    with_body(
        b"{\"n\":16}",
        |_| b"payload=%7B%22n%22%3A16%7D".to_vec(),
        &["body-form-field"],
    );
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_body_that_is_still_or_no_longer_compressed() {
    with_body(JSON.as_bytes(), gzip, &["body-still-compressed"]);
    let deflate = |body: &[u8]| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    };
    with_body(JSON.as_bytes(), deflate, &["body-still-compressed"]);
    // Compressed again in the same way, the bytes are the same.
    with_body(
        &gzip(JSON.as_bytes()),
        |_| JSON.into(),
        &["body-decompressed"],
    );
    // With another compressor, nothing can be proven.
    for mut sent in all(&gzip(JSON.as_bytes())) {
        sent.headers
            .push(("content-encoding".into(), b"gzip".to_vec()));
        sent.body = JSON.replace("true", "null").into_bytes();
        sent.is_likely("body-decompressed");
    }
}

#[test]
fn a_body_inside_of_another_text() {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    let json = JSON.as_bytes();
    with_body(
        json,
        |body| STANDARD.encode(body).into_bytes(),
        &["body-base64"],
    );
    with_body(
        json,
        |body| URL_SAFE_NO_PAD.encode(body).into_bytes(),
        &["body-base64"],
    );
    with_body(
        STANDARD.encode(json).as_bytes(),
        |_| json.to_vec(),
        &["body-base64-signed"],
    );
    let quoted = serde_json::to_vec(JSON).unwrap();
    with_body(json, |_| quoted.clone(), &["body-json-string"]);
    with_body(&quoted, |_| json.to_vec(), &["body-json-string-signed"]);
    let event = serde_json::json!({"body": JSON, "isBase64Encoded": false, "path": "/in"});
    with_body(json, |_| event.to_string().into_bytes(), &["body-in-event"]);
    let event = serde_json::json!({"body": STANDARD.encode(json), "isBase64Encoded": true});
    with_body(json, |_| event.to_string().into_bytes(), &["body-in-event"]);
}

#[test]
fn a_body_in_another_charset() {
    let charset = &["body-charset"][..];
    let utf8 = "{\"text\":\"Grüße aus Málaga\"}";
    let latin1: Vec<u8> = utf8
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    with_body(&latin1, |_| utf8.into(), charset);
    with_body(utf8.as_bytes(), |_| latin1.clone(), charset);
    let utf16: Vec<u8> = utf8.encode_utf16().flat_map(u16::to_le_bytes).collect();
    with_body(&utf16, |_| utf8.into(), charset);
    with_body(utf8.as_bytes(), |_| utf16.clone(), charset);
    let twice: String = utf8.bytes().map(char::from).collect();
    with_body(utf8.as_bytes(), |_| twice.clone().into_bytes(), charset);
    let (windows1252, ..) = encoding_rs::WINDOWS_1252.encode("{\"price\":\"5 €\"}");
    with_body(&windows1252, |_| "{\"price\":\"5 €\"}".into(), charset);
    let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode("{\"text\":\"こんにちは\"}");
    with_body(&shift_jis, |_| "{\"text\":\"こんにちは\"}".into(), charset);
    // As a string, in which bytes that are not UTF-8 are replaced.
    let lossy = |body: &[u8]| String::from_utf8_lossy(body).into_owned().into_bytes();
    with_body(b"n=caf\xe9", lossy, &["body-charset-lossy"]);
}

#[test]
fn a_body_that_is_not_whole() {
    for mut sent in all(JSON.as_bytes()) {
        let length = sent.body.len().to_string();
        sent.headers
            .push(("content-length".into(), length.into_bytes()));
        let mut cut = sent.clone();
        cut.body.truncate(20);
        cut.is_likely("body-cut-off");
        let mut longer = sent.clone();
        longer.body.extend(b"<!-- proxy -->");
        longer.is_explained("body-longer-than-announced");
        sent.body.clear();
        sent.is_likely("body-empty");
    }
    // If the body is empty, nearly empty originals can be tried.
    with_body(b"{}", |_| Vec::new(), &["body-empty"]);
    with_body(b"", |_| JSON.into(), &["body-not-signed"]);
}

/// Laravel's `ConvertEmptyStringsToNull` and `TrimStrings` change values like this.
#[test]
fn json_whose_values_a_framework_has_changed() {
    let emptied = &["body-json-emptied"][..];
    let trimmed = &["body-json-trimmed"][..];
    for (signed, received, wanted) in [
        (r#"{"a":"","b":1}"#, r#"{"a":null,"b":1}"#, emptied),
        (
            r#"{"a": "", "b": "é/"}"#,
            r#"{"a":null,"b":"\u00e9\/"}"#,
            emptied,
        ),
        (
            r#"{"a":"","b":null,"c":{"d":[""]}}"#,
            r#"{"a":null,"b":null,"c":{"d":[null]}}"#,
            emptied,
        ),
        (r#"{"a":"b ","c":"d"}"#, r#"{"a":"b","c":"d"}"#, trimmed),
        (
            r#"{"a":"b","c":[" é "]}"#,
            r#"{"a":"b","c":["\u00e9"]}"#,
            trimmed,
        ),
        (r#"{"a": "b\n", "c": 1}"#, r#"{"a":"b","c":1}"#, trimmed),
    ] {
        with_body(signed.as_bytes(), |_| received.into(), wanted);
    }
    // No framework causes another value, or such white space.
    for (signed, received) in [
        (r#"{"a":"0","b":1}"#, r#"{"a":null,"b":1}"#),
        (r#"{"a":"b     ","c":"d"}"#, r#"{"a":"b","c":"d"}"#),
        (r#"{"a ":"b","c":"d"}"#, r#"{"a":"b","c":"d"}"#),
    ] {
        let mut sent = Sent::new(schemes::PAKK, signed.as_bytes()).unwrap();
        sent.body = received.into();
        sent.is_likely("body-json-rewritten");
    }
}

/// The body is too long to try changes to it.
#[test]
fn a_long_body_with_something_else_that_is_wrong() {
    let long = |length: usize| format!("{{\"text\":\"{}\"}}", "a".repeat(length));
    let body = long(Explainer::MAX_BODY);
    for mut sent in all(body.as_bytes()) {
        sent.secret.push(b'\n');
        assert_eq!(names(&sent.explain()), ["secret-line-break"]);
        sent.secret.pop();
        let own = sent.signature_name();
        let mut headers = sent.headers.iter_mut();
        let header = headers.find(|header| header.0.eq_ignore_ascii_case(&own));
        header.unwrap().0 = own.replace('-', "_");
        let explanation = sent.explain();
        let is_found = names(&explanation).contains(&"header-name-rewritten");
        assert!(is_found || explanation.is_verified(), "{explanation}");
    }
    let mut sent = Sent::new(schemes::PAKK, long(8 << 20).as_bytes()).unwrap();
    sent.secret.push(b'\n');
    assert_eq!(names(&sent.explain()), ["secret-line-break"]);
    sent.secret.pop();
    sent.body.push(b'\n');
    let explanation = sent.explain();
    assert!(explanation.cause().is_none(), "{explanation}");
    for fact in [
        "no change to the body was tried, since it is longer than 1048576 bytes; a request with a \
         shorter body",
        "the search ended at its limit",
    ] {
        let mut facts = explanation.facts().iter();
        assert!(facts.any(|found| found.contains(fact)), "{explanation}");
    }
}

// The message.

/// Checks a sender that signs a message other than the scheme's.
fn with_message(
    change: impl Fn(&Scheme<'static>) -> Option<Vec<Part<'static>>>,
    wanted: &[&str],
    least: usize,
) {
    let mut tried = 0;
    for own in schemes::ALL {
        let Some(signed) = change(own) else { continue };
        let signing = Scheme {
            signed: signed.leak(),
            ..*own
        };
        // A scheme that signs no timestamp reads none; the request still has the header.
        let signing = Scheme {
            timestamp: signing
                .timestamp
                .filter(|_| signing.signed.contains(&Part::Timestamp)),
            window: signing
                .window
                .filter(|_| signing.signed.contains(&Part::Timestamp)),
            message_id: signing
                .message_id
                .filter(|_| signing.signed.contains(&Part::MessageId)),
            ..signing
        };
        let Some(genuine) = Sent::new(*own, JSON.as_bytes()) else {
            continue;
        };
        let key = hookseal::Key::from(secret_of(own.secret).1).with_id(KEY_ID);
        let Ok(webhook) = Webhook::new(at_endpoint(signing), key) else {
            continue;
        };
        let message = Message::new(JSON.as_bytes())
            .with_id("msg_2ZxInvented01")
            .with_key_id(KEY_ID)
            .with_timestamp(NOW - 2)
            .with_request_line("POST", TARGET);
        let Ok(signed) = webhook.sign(&message) else {
            continue;
        };
        let mut sent = genuine;
        for (name, value) in signed {
            let place = sent.value(name.as_str()).expect("the same headers");
            // A list has its own timestamp.
            if value.as_bytes().starts_with(b"v1=") && place.starts_with(b"t=") {
                let start = place.iter().position(|byte| *byte == b',').unwrap();
                place.truncate(start + 1);
                place.extend(value.as_bytes());
            } else {
                *place = value.into_bytes();
            }
        }
        if sent.explain().is_verified() {
            continue;
        }
        tried += 1;
        sent.is_explained_by_any(wanted);
    }
    assert!(tried >= least, "{tried}");
}

#[test]
fn a_message_without_the_timestamp_or_the_id() {
    let alone = |scheme: &Scheme<'static>| {
        (scheme.signed.len() > 1 && scheme.signed.contains(&Part::Body)).then(|| vec![Part::Body])
    };
    with_message(
        alone,
        &["message-body-alone", "message-without-part", "scheme-other"],
        30,
    );
    for left_out in [Part::Timestamp, Part::MessageId] {
        let without = |scheme: &Scheme<'static>| {
            let at = scheme.signed.iter().position(|part| *part == left_out)?;
            let mut parts = scheme.signed.to_vec();
            parts.remove(at);
            if matches!(parts.get(at), Some(Part::Text(_))) {
                parts.remove(at);
            }
            Some(parts)
        };
        with_message(
            without,
            &["message-without-part", "message-body-alone", "scheme-other"],
            10,
        );
    }
}

#[test]
fn a_message_in_another_order() {
    let swapped = |scheme: &Scheme<'static>| {
        let body = scheme.signed.iter().position(|part| *part == Part::Body)?;
        let other = scheme
            .signed
            .iter()
            .position(|part| *part == Part::Timestamp)?;
        let mut parts = scheme.signed.to_vec();
        parts.swap(body, other);
        Some(parts)
    };
    with_message(swapped, &["message-order", "scheme-other"], 10);
    // Pomelo's two.
    let mut sent = Sent::new(schemes::POMELO, JSON.as_bytes()).unwrap();
    sent.scheme = at_endpoint(schemes::POMELO_BODY_FIRST);
    sent.is_explained("message-order");
    let mut sent = Sent::new(schemes::POMELO_BODY_FIRST, JSON.as_bytes()).unwrap();
    sent.scheme = at_endpoint(schemes::POMELO);
    sent.is_explained("message-order");
}

#[test]
fn a_message_with_other_separators() {
    let joined = |scheme: &Scheme<'static>| {
        let parts = scheme.signed.iter().map(|part| match part {
            Part::Text(".") => Part::Text(":"),
            part => *part,
        });
        Some(parts.collect())
    };
    with_message(joined, &["message-separator", "scheme-other"], 15);
}

/// Endpoints as URLs.
#[test]
fn a_url_that_differs() {
    let mut tried = 0;
    for own in schemes::ALL {
        let Some(sent) = Sent::new(*own, JSON.as_bytes()) else {
            continue;
        };
        if !own.signed.contains(&Part::Endpoint) || own.endpoint_header.is_some() {
            continue;
        }
        tried += 1;
        let signs_target = own.signed.contains(&Part::Target);
        let configured: &[(&str, &str)] = if signs_target {
            &[
                ("http://hooks.example.com", "message-url-protocol"),
                ("https://hooks.example.com:8080", "message-url-port"),
                ("https://hooks.example.com/", "message-url-slash"),
                ("https://Hooks.example.com", "message-url-host"),
            ]
        } else {
            &[
                (
                    "https://hooks.example.com/webhooks/in/",
                    "message-url-slash",
                ),
                (
                    "http://hooks.example.com/webhooks/in",
                    "message-url-protocol",
                ),
                (
                    "https://hooks.example.com:8080/webhooks/in",
                    "message-url-port",
                ),
                (
                    "https://hooks.example.com/webhooks/in?a=1",
                    "message-url-query",
                ),
                (
                    "https://hooks.example.com/webhooks%2Fin",
                    "message-url-encoding",
                ),
                ("https://Hooks.example.com/webhooks/in", "message-url-host"),
            ]
        };
        for (url, name) in configured {
            let mut sent = sent.clone();
            sent.scheme = own.at(url);
            sent.is_explained_by_any(&[name, "message-url-of-request"]);
        }
        // None at all, and the one from the request.
        let mut missing = sent.clone();
        missing.scheme = *own;
        missing.target = "/webhooks/in";
        if signs_target {
            missing.target = TARGET;
        }
        let explanation = missing.explain();
        assert!(
            names(&explanation).contains(&"message-url-missing"),
            "{explanation}"
        );
    }
    assert!(tried >= 3, "{tried}");
}

/// The URL to which the sender connected is found in the proxies' headers.
#[test]
fn a_url_that_proxies_name() {
    let mut tried = 0;
    for own in schemes::ALL {
        let Some(mut sent) = Sent::new(*own, JSON.as_bytes()) else {
            continue;
        };
        if !own.signed.contains(&Part::Endpoint) || own.endpoint_header.is_some() {
            continue;
        }
        tried += 1;
        let signs_target = own.signed.contains(&Part::Target);
        // The address of the service behind the proxies.
        sent.scheme = own.at(if signs_target {
            "http://internal"
        } else {
            "http://internal/webhooks/in"
        });
        if !signs_target {
            sent.target = "/webhooks/in";
        }
        *sent.value("host").unwrap() = b"internal".to_vec();
        let public = "hooks.example.com";
        for headers in [
            vec![(
                "forwarded",
                format!("for=192.0.2.1;host={public};proto=https, for=10.0.0.1"),
            )],
            vec![("forwarded", format!("Host=\"{public}\" ; Proto=\"https\""))],
            vec![
                ("x-forwarded-host", format!("{public}, internal")),
                ("x-forwarded-proto", "https,http".into()),
            ],
            vec![("x-forwarded-host", public.into())],
            vec![
                ("x-original-host", public.into()),
                ("x-forwarded-proto", "https".into()),
            ],
        ] {
            let mut forwarded = sent.clone();
            let headers = headers.into_iter();
            forwarded
                .headers
                .extend(headers.map(|(name, value)| (name.to_owned(), value.into_bytes())));
            forwarded.is_explained("message-url-of-request");
        }
        for (name, value) in [
            ("forwarded", "host=other.example.com;proto=https"),
            ("x-forwarded-host", "other.example.com"),
        ] {
            let mut forwarded = sent.clone();
            forwarded.headers.push((name.into(), value.into()));
            forwarded.is_likely("message-url");
        }
    }
    assert!(tried >= 3, "{tried}");
}

#[test]
fn a_target_that_was_rewritten() {
    let mut tried = 0;
    for mut sent in all(JSON.as_bytes()) {
        if !sent.scheme.signed.contains(&Part::Target) {
            continue;
        }
        tried += 1;
        sent.target = "/internal";
        sent.headers.push(("x-original-uri".into(), TARGET.into()));
        sent.is_explained("message-target-rewritten");
        sent.headers.pop();
        sent.target = "/in?tenant=1";
        sent.headers
            .push(("x-forwarded-prefix".into(), b"/webhooks/".to_vec()));
        sent.is_explained("message-target-rewritten");
        sent.headers.pop();
        sent.target = "/webhooks/in/?tenant=1";
        sent.is_explained("message-url-slash");
    }
    assert!(tried >= 2, "{tried}");
}

#[test]
fn another_endpoint() {
    let mut sent = Sent::new(schemes::POMELO, JSON.as_bytes()).unwrap();
    sent.scheme = schemes::POMELO.at("/transactions/adjustments/debit");
    sent.is_explained("message-other-endpoint");
}

// Time.

fn timestamp_name(scheme: &Scheme<'_>) -> Option<(String, TimeFormat)> {
    let timestamp = scheme.timestamp?;
    let Field::Header(name) = timestamp.field else {
        return None;
    };
    let name = match scheme.header_prefix {
        Some(prefix) => format!("{prefix}-{name}"),
        None => name.to_owned(),
    };
    Some((name, timestamp.format))
}

#[test]
fn a_timestamp_outside_of_the_window() {
    for mut sent in all(JSON.as_bytes()) {
        if sent.scheme.timestamp.is_none() {
            continue;
        }
        sent.now = NOW + 100_000;
        sent.is_explained("time-too-old");
        sent.now = NOW - 100_000;
        sent.is_explained("time-in-future");
        // With something else that is wrong, both are named.
        sent.body.push(b'\n');
        let explanation = sent.explain();
        assert_eq!(
            names(&explanation),
            ["body-line-feed-added", "time-in-future"],
            "{explanation}"
        );
    }
}

/// The sender signs milliseconds where the scheme has seconds, and vice versa.
#[test]
fn a_timestamp_in_another_unit() {
    let mut tried = 0;
    for own in schemes::ALL {
        let Some(timestamp) = own.timestamp else {
            continue;
        };
        let (other, name) = match timestamp.format {
            TimeFormat::Seconds => (TimeFormat::Milliseconds, "time-in-milliseconds"),
            TimeFormat::Milliseconds => (TimeFormat::Seconds, "time-in-seconds"),
            _ => continue,
        };
        let mut signing = *own;
        signing.timestamp = Some(hookseal::scheme::TimestampField {
            format: other,
            ..timestamp
        });
        let Some(mut sent) = Sent::new(signing, JSON.as_bytes()) else {
            continue;
        };
        sent.scheme = at_endpoint(*own);
        tried += 1;
        sent.is_explained_by_any(&[name, "scheme-other"]);
    }
    assert!(tried >= 30, "{tried}");
}

/// The header was converted in transit.
#[test]
fn a_timestamp_that_was_converted() {
    let mut tried = 0;
    for mut sent in all(JSON.as_bytes()) {
        let Some((name, format)) = timestamp_name(&sent.scheme) else {
            continue;
        };
        let value = sent.value(&name).unwrap();
        match format {
            TimeFormat::Seconds => value.extend(b"000"),
            TimeFormat::Milliseconds => value.truncate(value.len() - 3),
            _ => continue,
        }
        tried += 1;
        let explanation = sent.explain();
        assert!(
            names(&explanation).contains(&"time-units-rewritten"),
            "{}\n{explanation}",
            sent.scheme.name
        );
    }
    assert!(tried >= 10, "{tried}");
}

// The signature's encoding, and headers.

/// Checks a sender that writes the signature in another form.
fn with_form(change: impl Fn(Form<'static>) -> Form<'static>, wanted: &[&str]) {
    let mut tried = 0;
    for own in schemes::ALL {
        let mut forms: Vec<Form<'static>> = Vec::new();
        for form in own.forms.iter().map(|form| change(*form)) {
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        if forms == own.forms || own.forms.iter().any(|form| form.after_key_id.is_some()) {
            continue;
        }
        let signing = own.with_forms(forms.leak());
        let Some(mut sent) = Sent::new(signing, JSON.as_bytes()) else {
            continue;
        };
        sent.scheme = at_endpoint(*own);
        if sent.explain().is_verified() {
            continue;
        }
        tried += 1;
        sent.is_explained_by_any(wanted);
    }
    assert!(tried >= 20, "{tried}");
}

#[test]
fn a_signature_in_another_spelling() {
    let encoded = |encoding| move |form: Form<'static>| Form { encoding, ..form };
    let encoding = &["signature-encoding", "signature-padding", "scheme-other"][..];
    with_form(encoded(Encoding::Hex), encoding);
    with_form(encoded(Encoding::Base64), encoding);
    with_form(encoded(Encoding::Base64Url), encoding);
    let prefix = &["signature-prefix", "scheme-other", "header-joined"][..];
    with_form(|form| Form { prefix: "", ..form }, prefix);
    let prefixed = |form: Form<'static>| {
        let prefix = if form.prefix.is_empty() {
            "sha256="
        } else {
            form.prefix
        };
        Form { prefix, ..form }
    };
    with_form(prefixed, prefix);
    let spaced = |form: Form<'static>| {
        let prefix: &'static str = format!("{} ", form.prefix).leak();
        if form.prefix.is_empty() {
            form
        } else {
            Form { prefix, ..form }
        }
    };
    with_form(
        spaced,
        &["signature-space-after-prefix", "signature-prefix"],
    );
}

#[test]
fn a_signature_by_another_hash() {
    let mut tried = 0;
    for own in schemes::ALL {
        let is_sha256 = |form: &Form<'_>| form.algorithm == Algorithm::HmacSha256;
        if !own.forms.iter().all(is_sha256) {
            continue;
        }
        for algorithm in [Algorithm::HmacSha1, Algorithm::HmacSha512] {
            let forms: Vec<Form<'static>> = own
                .forms
                .iter()
                .map(|form| form.with_algorithm(algorithm))
                .collect();
            let Some(mut sent) = Sent::new(own.with_forms(forms.leak()), JSON.as_bytes()) else {
                continue;
            };
            tried += 1;
            sent.scheme = at_endpoint(*own);
            sent.is_explained_by_any(&["signature-algorithm", "scheme-other"]);
        }
    }
    assert!(tried >= 100, "{tried}");
}

#[test]
fn a_header_value_that_was_changed() {
    for sent in all(JSON.as_bytes()) {
        // White space at an end. (An HTTP parser strips it.)
        let mut spaced = sent.clone();
        spaced.signature().push(b' ');
        let explanation = spaced.explain();
        if !explanation.is_verified() {
            spaced.is_explained_by_any(&[
                "signature-white-space",
                "header-refused",
                "header-joined",
            ]);
        }
        // The same header twice.
        let mut twice = sent.clone();
        let value = twice.signature().clone();
        twice.headers.push((sent.signature_name(), value));
        if !twice.explain().is_verified() {
            twice.is_explained("header-repeated");
        }
        // Joined by a proxy.
        let mut joined = sent.clone();
        let value = joined.signature();
        let copy = value.clone();
        value.extend(b", ");
        value.extend(copy);
        if !joined.explain().is_verified() {
            let wanted = [
                "header-joined",
                "header-refused",
                "signature-prefix",
                "signature-spelling",
                "signature-padding",
            ];
            joined.is_explained_by_any(&wanted);
        }
    }
}

#[test]
fn a_header_value_that_was_split_at_a_comma() {
    let mut tried = 0;
    for sent in all(JSON.as_bytes()) {
        let mut split = sent.clone();
        let value = split.signature();
        let Some(comma) = value.iter().position(|byte| *byte == b',') else {
            continue;
        };
        let rest = value[comma + 1..].trim_ascii().to_vec();
        value.truncate(comma);
        split.headers.push((sent.signature_name(), rest));
        tried += 1;
        split.is_explained_by_any(&["header-split", "header-repeated"]);
    }
    assert!(tried >= 20, "{tried}");
}

#[test]
fn headers_of_another_family() {
    let mut tried = 0;
    for sent in all(JSON.as_bytes()) {
        let Some(prefix) = sent.scheme.header_prefix else {
            continue;
        };
        let mut other = sent.clone();
        for header in &mut other.headers {
            if let Some(rest) = header.0.to_lowercase().strip_prefix(&format!("{prefix}-")) {
                header.0 = format!("acme-{rest}");
            }
        }
        tried += 1;
        other.is_explained("header-other-family");
    }
    assert!(tried >= 2, "{tried}");
    for sent in all(JSON.as_bytes()) {
        let own = sent.signature_name();
        for (name, wanted) in [
            (own.replace('-', "_"), "header-name-rewritten"),
            (
                format!("HTTP_{}", own.replace('-', "_")),
                "header-name-rewritten",
            ),
            ("x-made-up-mac".to_owned(), "header-renamed"),
        ] {
            let mut renamed = sent.clone();
            let header = renamed
                .headers
                .iter_mut()
                .find(|header| header.0.eq_ignore_ascii_case(&own));
            header.unwrap().0 = name;
            if renamed.explain().is_verified() {
                continue;
            }
            let explanation = renamed.explain();
            assert!(
                names(&explanation).contains(&wanted),
                "{}\n{explanation}",
                sent.scheme.name
            );
        }
    }
}

// Other schemes.

#[test]
fn a_request_of_another_scheme_of_the_catalogue() {
    for mut sent in all(JSON.as_bytes()) {
        let own = sent.scheme;
        if !own.endpoint.eq(&hookseal::scheme::Endpoint::None) {
            continue;
        }
        let configured = Scheme {
            name: "configured",
            signature: SignatureField::Header("x-configured-signature"),
            secret: own.secret,
            ..Scheme::BASE
        };
        if !sent.is_mac() {
            continue;
        }
        sent.scheme = configured;
        let explanation = sent.explain();
        let found = explanation.other_scheme().unwrap_or("none");
        let found = schemes::by_name(found);
        // Several senders sign alike.
        let is_alike = found
            .is_some_and(|found| found.signed == own.signed && found.signature == own.signature)
            || (own.signed == [Part::Body] && explanation.cause().is_some());
        assert!(is_alike, "{}\n{explanation}", own.name);
    }
}

#[test]
fn two_changes_at_once() {
    for mut sent in all(JSON.as_bytes()) {
        sent.secret.push(b'\n');
        sent.body.push(b'\n');
        let explanation = sent.explain();
        let mut names = names(&explanation);
        names.sort_unstable();
        assert_eq!(
            names,
            ["body-line-feed-added", "secret-line-break"],
            "{}\n{explanation}",
            sent.scheme.name
        );
    }
}

#[test]
fn an_unnamed_and_a_misnamed_key() {
    let sent = Sent::new(schemes::POMELO, JSON.as_bytes()).unwrap();
    let explanation = Explainer::new(sent.scheme)
        .with_named_secret("another", &sent.secret)
        .received_at(Timestamp::from_secs(NOW))
        .explain(&sent.headers, &sent.body);
    assert_eq!(names(&explanation), ["secret-key-id"], "{explanation}");
    assert!(sent.explain().is_verified());
}

/// What frameworks do to bodies, secrets and headers is named.
#[test]
fn what_frameworks_do() {
    let two = |first: &'static str, second: &'static str| vec![first, second];
    // Files of an editor, of jq, of .NET on Windows; Go's encoder; a form changed to JSON.
    for (signed, received, wanted) in [
        (
            "{\"a\":1,\"b\":[1,2]}",
            "{\n  \"a\": 1,\n  \"b\": [\n    1,\n    2\n  ]\n}\n",
            vec!["body-json-rewritten"],
        ),
        (
            "{\"a\":1,\"b\":2}",
            "{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}",
            vec!["body-json-rewritten"],
        ),
        (
            "{\n  \"a\" : 1,\n  \"b\" : [ 1, 2 ]\n}",
            "{\"a\":1,\"b\":[1,2]}",
            vec!["body-json-rewritten"],
        ),
        (
            "{ \"id\": \"x\" }",
            "{\"id\":\"x\"}",
            vec!["body-json-rewritten"],
        ),
        (
            "{\"price\":10.00,\"qty\":1,\"total\":20.00}",
            "{\"price\":10,\"qty\":1,\"total\":20}",
            vec!["body-json-rewritten"],
        ),
        (
            "{\"a\":\"\\u003cb\\u003e\"}\n",
            "{\"a\":\"<b>\"}",
            two("body-json-rewritten", "body-line-feed-removed"),
        ),
        (
            "a=1&b=x+y",
            "{\"a\":\"1\",\"b\":\"x y\"}",
            vec!["body-form-parsed"],
        ),
        ("{\"n\":1}", "7b226e223a317d", vec!["body-hex"]),
        (
            "{\"n\":1}",
            "{\"type\":\"Buffer\",\"data\":[123,34,110,34,58,49,125]}",
            vec!["body-byte-list"],
        ),
        ("{\"n\":1}", "b'{\"n\":1}'", vec!["body-python-bytes"]),
        ("{\"n\":1}", "{\"n\":1}{\"n\":1}", vec!["body-repeated"]),
        ("", "{}", vec!["body-placeholder-for-empty"]),
        ("", "{\"amount\":1}", vec!["body-not-signed"]),
    ] {
        for mut sent in all(signed.as_bytes()) {
            sent.body = received.into();
            let explanation = sent.explain();
            let mut found = names(&explanation);
            found.sort_unstable();
            assert_eq!(
                found, wanted,
                "{}: {received}\n{explanation}",
                sent.scheme.name
            );
        }
    }
    for sent in all(JSON.as_bytes()) {
        if sent.scheme.secret != SecretForm::Text {
            continue;
        }
        let text = "Secret-of_the/sender+01";
        // The stray characters are on the sender's side, or nowhere.
        for (signs_with, wanted) in [
            (format!("{text}\n"), "secret-sender-has-more"),
            (format!("\"{text}\""), "secret-sender-has-more"),
            ("undefined".to_owned(), "secret-sender-has-none"),
        ] {
            let key = hookseal::Key::from_bytes(signs_with)
                .unwrap()
                .with_id(KEY_ID);
            let Some(mut broken) = Sent::new(sent.scheme, JSON.as_bytes()) else {
                continue;
            };
            let webhook = Webhook::new(sent.scheme, key).unwrap();
            let others: Vec<(String, String)> = broken
                .headers
                .iter()
                .map(|(name, value)| (name.clone(), String::from_utf8(value.clone()).unwrap()))
                .collect();
            let others: Vec<(&str, &str)> = others
                .iter()
                .map(|(name, value)| (&**name, &**value))
                .collect();
            let message = Message::new(JSON.as_bytes())
                .with_id("msg_2ZxInvented01")
                .with_key_id(KEY_ID)
                .with_timestamp(NOW - 2)
                .with_request_line("POST", TARGET)
                .with_headers(&others);
            let Ok(signed) = webhook.sign(&message) else {
                continue;
            };
            for (name, value) in signed {
                *broken.value(name.as_str()).unwrap() = value.into_bytes();
            }
            broken.is_explained(wanted);
        }
        // Several in one text.
        for (configured, wanted) in [
            (format!("{text}, another-secret-of-old"), "secret-list"),
            (format!("another-secret-of-old\n{text}"), "secret-list"),
            (format!("{text};"), "secret-punctuation"),
            (format!("<{text}>"), "secret-quotes"),
        ] {
            let mut broken = sent.clone();
            broken.secret = configured.into();
            broken.is_explained(wanted);
        }
    }
}

/// The list of names in the docs matches the source.
#[test]
fn every_name_is_documented() {
    let areas = [
        "secret",
        "body",
        "message",
        "signature",
        "header",
        "time",
        "scheme",
    ];
    let mut names = std::collections::BTreeSet::new();
    let mut documented = std::collections::BTreeSet::new();
    for (path, text) in sources("src/explain") {
        for quoted in text.split('"') {
            let is_name = quoted
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'-' || b.is_ascii_digit());
            let area = quoted.split('-').next().unwrap();
            if is_name && quoted.contains('-') && areas.contains(&area) {
                names.insert(quoted.to_owned());
            }
        }
        if !path.ends_with("mod.rs") {
            continue;
        }
        let list = text.split("# Names of changes").nth(1).unwrap();
        let list = list
            .split("# What it costs")
            .next()
            .unwrap()
            .replace("//!", "");
        let mut area = String::new();
        for quoted in list.split('`').skip(1).step_by(2) {
            if let Some(start) = quoted.strip_suffix('…') {
                area = start.to_owned();
            } else if quoted == "scheme-other" {
                documented.insert(quoted.to_owned());
            } else if quoted != "Change::name" {
                documented.insert(format!("{area}{quoted}"));
            }
        }
    }
    // Beginnings that several share, and a header.
    for known in ["body-line-feed", "body-byte-order", "signature-version"] {
        names.remove(known);
    }
    assert_eq!(names, documented);
    let listed: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(Change::NAMES, listed);
}

/// Code is named in one place, so that a program can replace it with its own words.
#[test]
fn findings_and_remedies_name_no_code() {
    let mut quotes = 0;
    for (path, text) in sources("src/explain") {
        if path.ends_with("words.rs") {
            continue;
        }
        let lines = text.lines().filter(|line| !line.trim().starts_with("//"));
        for quoted in lines.flat_map(|line| line.split('`').skip(1).step_by(2)) {
            quotes += 1;
            for code in ["::", "with_", "Webhook", "&["] {
                assert!(!quoted.contains(code), "{path:?}: {quoted}");
            }
        }
    }
    assert!(quotes > 50, "{quotes}");
}

/// A program can say in its own words what to set, and what is wrong with its configuration.
#[test]
fn a_program_has_its_own_words() {
    struct Settings;
    impl Words for Settings {
        fn how(&self, change: &Change) -> Option<String> {
            (change.name() == "secret-line-break").then(|| "SECRET=…".into())
        }

        fn fault(&self, fault: &Fault) -> String {
            assert!(matches!(
                fault.error(),
                Some(ConfigError::DirtySecret { .. })
            ));
            format!("SECRET_{} has dirt", fault.secret().unwrap())
        }
    }
    let mut sent = Sent::new(schemes::PAKK, b"{}").unwrap();
    sent.secret.push(b'\n');
    let explanation = sent.explain();
    let [change] = explanation.cause().unwrap() else {
        panic!("{explanation}");
    };
    assert_eq!(change.how(), None);
    assert_eq!(change.to_do(), "store and pass the secret without it");
    assert!(
        explanation.faults()[0]
            .to_string()
            .contains("`Key::from_bytes`")
    );
    let explanation = explanation.in_words(&Settings);
    for text in [explanation.to_string(), explanation.summary()] {
        assert!(
            text.contains("store and pass the secret without it (SECRET=…)"),
            "{text}"
        );
        assert!(text.contains("SECRET_1 has dirt"), "{text}");
        assert!(!text.contains("Key"), "{text}");
    }
}

/// The search ends, whatever the input.
#[test]
fn large_and_hostile_requests_end_soon() {
    let deep = "[".repeat(100_000);
    let wide = format!("{{{}\"z\":1}}", "\"a\":1,".repeat(100_000));
    let form = "a=%2A&".repeat(100_000);
    let nulls = format!("[{}\" \"]", "null,\"a\",".repeat(80_000));
    let text = "\u{fffd}".repeat(300_000);
    let bomb = gzip(&vec![0; 100 << 20]);
    let long = vec![b'x'; (1 << 20) + 1];
    for body in [
        deep.as_bytes(),
        wide.as_bytes(),
        form.as_bytes(),
        nulls.as_bytes(),
        text.as_bytes(),
        &bomb,
        &long,
    ] {
        let mut sent = Sent::new(schemes::STANDARD_WEBHOOKS, b"{}").unwrap();
        sent.body = body.to_vec();
        for place in 0..2_000 {
            let value = format!("v{place},{}", "A".repeat(place % 90));
            sent.headers
                .push((format!("x-header-{place}"), value.into_bytes()));
        }
        let explanation = sent.explain();
        assert!(explanation.cause().is_none());
        assert!(explanation.to_string().len() < 16 * 1024);
    }
    // Headers and secrets of any bytes.
    for byte in 0..=255_u8 {
        let mut sent = Sent::new(schemes::STRIPE, b"{}").unwrap();
        sent.secret = vec![byte; 40];
        sent.body = vec![byte; 40];
        for value in [
            vec![byte; 9],
            vec![],
            [b"t=", &[byte; 9][..], b",v1="].concat(),
        ] {
            *sent.signature() = value;
            assert!(!sent.explain().is_verified());
        }
    }
}

mod random_json {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    /// Generates JSON with characters that writers escape, and numbers as shops write them.
    fn json() -> impl Strategy<Value = Value> {
        let text = "[a-zé\u{1f928}<>&'/\"\\\\\n\t ]{0,8}";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-1_000_000_i64..1_000_000).prop_map(Value::from),
            (1_u32..10_000).prop_map(|cents| Value::from(f64::from(cents) + 0.5)),
            text.prop_map(Value::from),
        ];
        let value = leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{1,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        });
        prop::collection::btree_map("[a-z]{1,6}", value, 1..5)
            .prop_map(|map| Value::Object(map.into_iter().collect()))
    }

    /// Writes JSON like Python's `json.dumps`: with spaces, and only in ASCII.
    fn as_python(value: &Value) -> Vec<u8> {
        struct Python;
        impl serde_json::ser::Formatter for Python {
            fn begin_array_value<W: ?Sized + std::io::Write>(
                &mut self,
                w: &mut W,
                first: bool,
            ) -> std::io::Result<()> {
                w.write_all(if first { b"" } else { b", " })
            }
            fn begin_object_key<W: ?Sized + std::io::Write>(
                &mut self,
                w: &mut W,
                first: bool,
            ) -> std::io::Result<()> {
                w.write_all(if first { b"" } else { b", " })
            }
            fn begin_object_value<W: ?Sized + std::io::Write>(
                &mut self,
                w: &mut W,
            ) -> std::io::Result<()> {
                w.write_all(b": ")
            }
            fn write_string_fragment<W: ?Sized + std::io::Write>(
                &mut self,
                w: &mut W,
                text: &str,
            ) -> std::io::Result<()> {
                for c in text.chars() {
                    if c.is_ascii() {
                        write!(w, "{c}")?;
                    } else {
                        for unit in c.encode_utf16(&mut [0; 2]) {
                            write!(w, "\\u{unit:04x}")?;
                        }
                    }
                }
                Ok(())
            }
        }
        let mut written = Vec::new();
        let mut writer = serde_json::Serializer::with_formatter(&mut written, Python);
        serde::Serialize::serialize(value, &mut writer).unwrap();
        written
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        /// One of three writers wrote the signed body, and another the received one.
        #[test]
        fn rewritten_json_is_named(value in json(), scheme in any::<prop::sample::Index>()) {
            let writers = [
                serde_json::to_vec(&value).unwrap(),
                serde_json::to_vec_pretty(&value).unwrap(),
                as_python(&value),
            ];
            let scheme = schemes::ALL[scheme.index(schemes::ALL.len())];
            for signed in &writers {
                for received in &writers {
                    let Some(mut sent) = Sent::new(scheme, signed) else { continue };
                    sent.body.clone_from(received);
                    let explanation = sent.explain();
                    if signed == received || !sent.signs_body_text() {
                        continue;
                    }
                    prop_assert_eq!(names(&explanation), ["body-json-rewritten"], "{}", explanation);
                }
            }
        }

        /// One of three writers wrote the signed body, and another the one that a framework
        /// changed.
        #[test]
        fn changed_values_are_named(
            values in prop::collection::btree_map("[a-z]{1,6}", "[a-zé<>/\"]{0,8}", 1..6),
            place in any::<prop::sample::Index>(),
            (before, after) in prop_oneof![
                Just(("", " ")), Just((" ", "")), Just((" ", " ")), Just(("", "\n")),
            ],
            scheme in any::<prop::sample::Index>(),
        ) {
            let scheme = schemes::ALL[scheme.index(schemes::ALL.len())];
            let name = values.keys().nth(place.index(values.len())).unwrap();
            let with = |text: Value| {
                let mut values: std::collections::BTreeMap<_, _> =
                    values.iter().map(|(name, text)| (name, Value::from(&**text))).collect();
                values.insert(name, text);
                serde_json::json!({"count": 1, "fields": values})
            };
            let text = format!("x{}", values[name]);
            for (signed, received, wanted) in [
                (with("".into()), with(Value::Null), "body-json-emptied"),
                (
                    with(format!("{before}{text}{after}").into()),
                    with(text.into()),
                    "body-json-trimmed",
                ),
            ] {
                for signed in [serde_json::to_vec(&signed).unwrap(), as_python(&signed)] {
                    let Some(mut sent) = Sent::new(scheme, &signed) else { continue };
                    for received in [
                        serde_json::to_vec(&received).unwrap(),
                        serde_json::to_vec_pretty(&received).unwrap(),
                        as_python(&received),
                    ] {
                        sent.body = received;
                        let explanation = sent.explain();
                        if sent.signs_body_text() {
                            prop_assert_eq!(names(&explanation), [wanted], "{}", explanation);
                        }
                    }
                }
            }
        }

        /// Whatever a client sends, the search ends, and its text contains none of it.
        #[test]
        fn any_request_is_explained(
            body in prop::collection::vec(any::<u8>(), 0..200),
            secret in prop::collection::vec(any::<u8>(), 0..60),
            values in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..90), 4),
            scheme in any::<prop::sample::Index>(),
        ) {
            let scheme = schemes::ALL[scheme.index(schemes::ALL.len())];
            let Some(mut sent) = Sent::new(scheme, b"{}") else { return Ok(()) };
            sent.body = body;
            sent.secret = secret;
            for (header, value) in sent.headers.iter_mut().zip(values) {
                header.1 = value;
            }
            let explanation = sent.explain();
            prop_assert!(!explanation.is_verified());
            sent.shows_nothing_secret(&explanation);
        }
    }
}

/// Returns the bytes of a sender's secret, decoded by another crate.
fn key_of(secret: &str, form: SecretForm) -> Vec<u8> {
    use data_encoding::{BASE64, HEXLOWER};
    let text = secret.strip_prefix("whsec_").unwrap_or(secret);
    match form {
        SecretForm::Base64 | SecretForm::Whsec | SecretForm::WhsecList => {
            BASE64.decode(text.as_bytes()).unwrap()
        }
        SecretForm::Hex => HEXLOWER.decode(text.as_bytes()).unwrap(),
        SecretForm::Sha256OfText => {
            let digest = ring::digest::digest(&ring::digest::SHA256, secret.as_bytes());
            digest.as_ref().to_vec()
        }
        _ => secret.as_bytes().to_vec(),
    }
}

/// Returns whether a signature is that of a message, according to another crate.
fn is_signature_of(message: &[u8], signature: &[u8], algorithm: Algorithm, key: &[u8]) -> bool {
    use ring::{hmac, signature as asymmetric};
    let algorithm = match algorithm {
        Algorithm::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Algorithm::HmacSha256 => hmac::HMAC_SHA256,
        Algorithm::HmacSha512 => hmac::HMAC_SHA512,
        _ => {
            // RFC 8032, section 7.1, test 1.
            let public = data_encoding::HEXLOWER
                .decode(b"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
                .unwrap();
            let key = asymmetric::UnparsedPublicKey::new(&asymmetric::ED25519, public);
            return key.verify(message, signature).is_ok();
        }
    };
    hmac::verify(&hmac::Key::new(algorithm, key), message, signature).is_ok()
}

/// The parts that are read from a request are the signed message, in order: another crate's
/// HMAC agrees, for every scheme.
#[test]
fn the_parts_that_are_read_are_the_signed_message() {
    let mut checked = 0;
    for scheme in schemes::ALL {
        let Some(sent) = Sent::new(*scheme, JSON.as_bytes()) else {
            continue;
        };
        checked += 1;
        let name = sent.scheme.name;
        let head = Head::new("POST", sent.target, &sent.headers);
        let reading = sent.scheme.read(&head, &sent.body);
        assert!(!reading.parts().is_empty(), "{name}");
        let whole = |reading: &Reading| -> Vec<u8> {
            let parts = reading.parts().iter();
            parts
                .flat_map(|part| part.bytes().unwrap_or_else(|| panic!("{name}: {part:?}")))
                .copied()
                .collect()
        };
        let read: Vec<_> = reading
            .signatures()
            .iter()
            .filter(|entry| entry.form().is_some())
            .collect();
        assert!(!read.is_empty(), "{name}: {reading:?}");
        let key = key_of(secret_of(scheme.secret).1, scheme.secret);
        let is_signed = |message: &[u8]| {
            read.iter().any(|entry| {
                scheme.forms.iter().any(|form| {
                    let text = match form.after_key_id {
                        None => entry.entry().strip_prefix(form.prefix.as_bytes()),
                        Some(between) => entry
                            .entry()
                            .strip_prefix(format!("{KEY_ID}{between}").as_bytes()),
                    };
                    let encoding = match form.encoding {
                        Encoding::Hex => data_encoding::HEXLOWER_PERMISSIVE,
                        Encoding::Base64Url => data_encoding::BASE64URL_NOPAD,
                        _ => data_encoding::BASE64,
                    };
                    let signature = text.and_then(|text| encoding.decode(text).ok());
                    signature.is_some_and(|signature| {
                        entry.decoded_len() == Some(signature.len())
                            && is_signature_of(message, &signature, form.algorithm, &key)
                    })
                })
            })
        };
        assert!(is_signed(&whole(&reading)), "{name}: {reading:?}");

        // With another body, it is another message.
        let other = sent.scheme.read(&head, b"{}");
        let signs_the_body = scheme.signed.contains(&Part::Body);
        assert_ne!(is_signed(&whole(&other)), signs_the_body, "{name}");

        // The headers that are read are those without which it is refused.
        let secret = std::str::from_utf8(&sent.secret).unwrap();
        let receiver = hookseal::Key::from(secret).with_id(KEY_ID);
        let webhook = Webhook::new(sent.scheme, receiver).unwrap();
        let webhook = webhook.with_clock(FixedClock::at(NOW));
        for place in 0..sent.headers.len() {
            let mut headers = sent.headers.clone();
            let (removed, _) = headers.remove(place);
            let head = Head::new("POST", sent.target, &headers);
            let is_needed = webhook.verify(&head, &sent.body).is_err();
            let is_read = reading
                .headers()
                .iter()
                .any(|header| header.name().eq_ignore_ascii_case(&removed));
            assert!(is_read || !is_needed, "{name}: {removed}");
        }
    }
    assert!(checked > 90, "{checked}");
}

/// A missing, repeated or malformed part is reported as such, and hides nothing else.
#[test]
fn what_cannot_be_read_is_left_out() {
    let scheme = schemes::STANDARD_WEBHOOKS;
    let mac = "tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";
    let list = format!("v1,{mac} v1,short v2,{mac}");
    let headers = [
        ("Webhook-Id", "msg_1"),
        ("Webhook-Id", "msg_2"),
        ("Webhook-Signature", &list),
        ("Host", "example.com"),
    ];
    let reading = scheme.read(&headers, b"{}");
    let parts: Vec<_> = reading
        .parts()
        .iter()
        .map(|part| (part.name(), part.header(), part.bytes()))
        .collect();
    assert_eq!(
        parts,
        [
            ("message id", Some("webhook-id"), None),
            ("text", None, Some(&b"."[..])),
            ("timestamp", Some("webhook-timestamp"), None),
            ("text", None, Some(b".")),
            ("body", None, Some(b"{}")),
        ]
    );
    let signatures: Vec<_> = reading
        .signatures()
        .iter()
        .map(|entry| (entry.form(), entry.decoded_len()))
        .collect();
    let form = Some("`v1,` and base64 of HMAC-SHA-256");
    assert_eq!(signatures, [(form, Some(32)), (None, None), (None, None)]);
    let purposes: Vec<_> = reading
        .headers()
        .iter()
        .map(|header| (header.name(), header.purpose()))
        .collect();
    assert_eq!(
        purposes,
        [
            ("webhook-signature", "signature"),
            ("webhook-timestamp", "timestamp"),
            ("webhook-id", "message id"),
        ]
    );
    // Nothing that was received is shown by accident.
    let shown = format!("{reading:?}{:?}{:?}", reading.parts(), reading.signatures());
    assert!(
        !shown.contains("tZ1I4") && !shown.contains("msg_1"),
        "{shown}"
    );
}

// Single requests, for findings that only some schemes can have.

/// Returns a genuine request of one scheme.
fn one(scheme: Scheme<'static>) -> Sent {
    Sent::new(scheme, JSON.as_bytes()).unwrap()
}

#[test]
fn a_secret_from_a_url_or_a_header() {
    for (scheme, secret) in [
        (schemes::PAMINGA, "a%2Bsecret%2Fin%3Dascii%21"),
        (schemes::PAMINGA, "a secret/in=ascii!"),
    ] {
        let mut sent = Sent::signed_with(scheme, "a+secret/in=ascii!", JSON.as_bytes()).unwrap();
        sent.secret = b"a+secret/in=ascii!".to_vec();
        assert!(sent.explain().is_verified());
        sent.secret = secret.into();
        sent.is_explained("secret-percent-encoded");
    }
    let mut sent = one(schemes::PAMINGA);
    sent.secret = [b"Bearer ", &sent.secret[..]].concat();
    sent.is_explained("secret-prefix");
}

#[test]
fn a_public_url_with_additions() {
    let signed = "https://hooks.example.com/webhooks/in";
    for (configured, name) in [
        (
            "https://hooks.example.com/webhooks/in ",
            "message-url-white-space",
        ),
        (
            "https://hooks.example.com/webhooks/in#top",
            "message-url-fragment",
        ),
        (
            "https://www.hooks.example.com/webhooks/in",
            "message-url-host",
        ),
    ] {
        let mut sent = one(schemes::SQUARE);
        sent.scheme = schemes::SQUARE.at(signed);
        assert!(sent.explain().is_verified());
        sent.scheme = schemes::SQUARE.at(configured);
        let explanation = sent.explain();
        let found = names(&explanation);
        // White space around an endpoint is a fault of the configuration too.
        assert!(
            found.contains(&name),
            "{configured}: {found:?}\n{explanation}"
        );
    }
}

#[test]
fn a_timestamp_that_no_scheme_reads() {
    let scheme = schemes::STANDARD_WEBHOOKS;
    // Standard Webhooks signs the text of the timestamp, so that any text can be signed.
    let signed = |timestamp: &str| {
        let own = Scheme {
            timestamp: None,
            window: None,
            message_id: Some("id"),
            signed: &[
                Part::MessageId,
                Part::Text("."),
                Part::Header("timestamp"),
                Part::Text("."),
                Part::Body,
            ],
            ..scheme
        };
        let webhook = Webhook::new(own, secret_of(SecretForm::Whsec).1).unwrap();
        let headers = [("webhook-timestamp", timestamp)];
        let message = Message::new(JSON.as_bytes())
            .with_id("msg_1")
            .with_headers(&headers);
        let mut headers: Vec<(String, Vec<u8>)> = webhook
            .sign(&message)
            .unwrap()
            .into_iter()
            .map(|(name, value)| (name.to_string(), value.into_bytes()))
            .collect();
        headers.retain(|header| header.0 != "webhook-timestamp");
        headers.push(("webhook-timestamp".into(), timestamp.into()));
        let mut sent = one(scheme);
        sent.headers = headers;
        sent
    };
    assert!(signed(&NOW.to_string()).explain().is_verified());
    signed("24 November 2026").is_explained("time-format");
    signed(&(NOW * 1_000_000).to_string()).is_explained("time-in-finer-unit");
    signed(&(NOW * 1_000_000_000).to_string()).is_explained("time-in-finer-unit");
    signed("12345").is_explained("time-format");
}

#[test]
fn a_signature_that_was_printed_in_another_way() {
    let genuine = |scheme| {
        let mut sent = one(scheme);
        let value = String::from_utf8(sent.signature().clone()).unwrap();
        assert!(sent.explain().is_verified());
        (sent, value)
    };
    let (mut sent, value) = genuine(schemes::PAMINGA);
    let pairs: Vec<&str> = (0..value.len())
        .step_by(2)
        .map(|at| &value[at..at + 2])
        .collect();
    for separator in ["-", ":"] {
        *sent.signature() = pairs.join(separator).into_bytes();
        sent.is_explained("signature-encoding");
    }
    *sent.signature() = data_encoding::BASE64.encode(value.as_bytes()).into_bytes();
    sent.is_explained("signature-encoding");

    let (mut sent, value) = genuine(schemes::GITHUB);
    *sent.signature() = format!("sha256={value}").into_bytes();
    sent.is_explained("signature-prefix");
    *sent.signature() = value.replace("sha256=", "sha256= ").into_bytes();
    sent.is_explained("signature-space-after-prefix");
    *sent.signature() = format!("\"{value}\"").into_bytes();
    sent.is_explained("signature-quoted");
    let other = "ab".repeat(32);
    *sent.signature() = format!("sha256={other}, {value}").into_bytes();
    sent.is_explained("header-joined");
}

#[test]
fn a_signed_header_that_occurs_twice() {
    let scheme = Scheme {
        signed: &[Part::Header("x-kind"), Part::Text("."), Part::Body],
        ..schemes::PAMINGA
    };
    let webhook = Webhook::new(scheme, secret_of(SecretForm::Text).1).unwrap();
    let signed = |kind: &str, received: &[&str]| {
        let headers = [("x-kind", kind)];
        let signed = webhook
            .sign(&Message::new(JSON.as_bytes()).with_headers(&headers))
            .unwrap();
        let mut sent = one(schemes::PAMINGA);
        sent.scheme = scheme;
        sent.headers = signed
            .into_iter()
            .map(|(name, value)| (name.to_string(), value.into_bytes()))
            .filter(|header| header.0 != "x-kind")
            .chain(
                received
                    .iter()
                    .map(|value| ("x-kind".into(), value.as_bytes().to_vec())),
            )
            .collect();
        sent
    };
    assert!(signed("a", &["a"]).explain().is_verified());
    for (kind, received) in [
        ("a", ["a", "b"]),
        ("b", ["a", "b"]),
        ("a,b", ["a", "b"]),
        ("a, b", ["a", "b"]),
    ] {
        signed(kind, &received).is_explained("header-repeated");
    }
    signed("c", &["a", "b"]).is_likely("header-repeated");
}

#[test]
fn a_head_that_lacks_what_is_signed() {
    let sent = one(schemes::CONTENTFUL);
    let explanation = Explainer::new(sent.scheme)
        .with_secret(&sent.secret)
        .received_at(Timestamp::from_secs(sent.now))
        .explain(&sent.headers, &sent.body);
    let mut changes = explanation
        .cause()
        .unwrap_or_default()
        .iter()
        .chain(explanation.likely());
    assert!(
        changes.any(|change| change.name() == "message-head-incomplete"),
        "{explanation}"
    );
}

#[test]
fn what_the_head_says_of_a_forged_body() {
    let forged = |headers: &[(&str, &str)], body: &[u8]| {
        let mut sent = one(schemes::PAMINGA);
        sent.body = body.to_vec();
        sent.headers.extend(
            headers
                .iter()
                .map(|(name, value)| ((*name).into(), value.as_bytes().to_vec())),
        );
        sent
    };
    forged(&[("content-length", "3")], b"{\"other\":1}").is_likely("body-longer-than-announced");
    forged(&[("content-length", "99")], b"{\"other\":1}").is_likely("body-cut-off");
    forged(&[("content-encoding", "br")], b"\x0b\x02\x80\xff\xfe")
        .is_likely("body-still-compressed");
    forged(&[("content-encoding", "br")], b"{\"other\":1}").is_likely("body-decompressed");
    forged(&[], "{\"other\":\"\u{fffd}\"}".as_bytes()).is_likely("body-charset-lossy");
    forged(&[], b"{}").is_likely("body-replaced");
}

/// An Ed25519 signature and a secret, or a secret's MAC and a public key, cannot match.
#[cfg(feature = "ed25519")]
#[test]
fn a_key_of_the_other_kind() {
    let whsk = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    let mut sent = Sent::signed_with(schemes::STANDARD_WEBHOOKS, whsk, JSON.as_bytes()).unwrap();
    sent.secret = b"whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".to_vec();
    assert!(sent.explain().is_verified());
    sent.secret = secret_of(SecretForm::Whsec).0.into();
    sent.is_likely("secret-for-other-algorithm");

    let mut sent = one(schemes::DISCORD);
    assert!(sent.explain().is_verified());
    sent.secret = b"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----".to_vec();
    // The text is public, and its first words are shown.
    let explanation = sent.explain();
    let mut likely = explanation.likely().iter();
    assert!(
        likely.any(|change| change.name() == "secret-public-key-encoding"),
        "{explanation}"
    );
}

/// A printed explanation says how much is proven, and what the configuration lacks.
#[test]
fn explanations_as_text() {
    let sent = one(schemes::PAMINGA);
    let head = Head::new("POST", sent.target, &sent.headers);
    let without = Explainer::new(sent.scheme).explain(&head, &sent.body);
    let text = without.to_string();
    assert!(text.starts_with("refused (paminga)"), "{text}");
    assert!(text.contains("there is no secret"), "{text}");

    let both = Explainer::new(sent.scheme)
        .with_secret(&sent.secret)
        .with_secret("${SECRET}")
        .explain(&head, &sent.body);
    let text = both.to_string();
    assert!(text.starts_with("verified (paminga)\n  but: "), "{text}");
    assert!(text.contains("unexpanded"), "{text}");
}
