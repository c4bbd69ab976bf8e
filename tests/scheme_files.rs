//! Tests schemes from files: every scheme of the catalogue can be written to a file and
//! read back, and faults in a file are reported when it is read.
#![cfg(feature = "serde")]

use hookseal::clock::FixedClock;
use hookseal::scheme::{Endpoint, Scheme, SchemeFile};
use hookseal::{ConfigError, Webhook, schemes};
use hookseal_testing::samples;
use serde_json::Value;

fn schema() -> (boon::Schemas, boon::SchemaIndex) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scheme.schema.json");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    let index = compiler.compile(path, &mut schemas).unwrap();
    (schemas, index)
}

#[test]
fn every_scheme_is_written_and_read_back() {
    let (schemas, index) = schema();
    let mut all = samples::all();
    all.push(schemas::SQUARE_AT);
    for scheme in all {
        let toml = toml::to_string(&scheme).unwrap();
        let json = serde_json::to_value(scheme).unwrap();
        schemas
            .validate(&json, index)
            .unwrap_or_else(|error| panic!("{}: {error}", scheme.name));
        if !scheme
            .forms
            .iter()
            .any(|form| form.algorithm.is_available())
        {
            let error = toml::from_str::<SchemeFile>(&toml).unwrap_err();
            assert!(error.to_string().contains("needs the feature"), "{error}");
            continue;
        }
        let from_toml: SchemeFile = toml::from_str(&toml).unwrap();
        let from_json: SchemeFile = serde_json::from_value(json.clone()).unwrap();
        from_toml.with(|read| assert_eq!(read, scheme));
        assert_eq!(from_toml, from_json);
        assert_eq!(serde_json::to_value(&from_toml).unwrap(), json);
    }
}

mod schemas {
    use super::*;

    pub const SQUARE_AT: Scheme<'static> = schemes::SQUARE.at("https://example.com/hook");
}

const STRIPE: &str = r#"
name = "stripe"
signature = { list = { header = "Stripe-Signature", separator = "comma" } }
forms = [{ prefix = "v1=", encoding = "hex", algorithm = "hmac_sha256" }]
timestamp = { field = { param = "t" }, format = "seconds" }
signed = ["timestamp", { text = "." }, "body"]
secret = "text"
source = "https://docs.stripe.com/webhooks/signature"
"#;

#[test]
fn a_scheme_from_a_file_verifies() {
    let file: SchemeFile = toml::from_str(STRIPE).unwrap();
    file.with(|scheme| {
        let stripe = Scheme {
            source: scheme.source,
            ..schemes::STRIPE
        };
        assert_eq!(scheme, stripe);
    });
    let webhook = file.with(|scheme| Webhook::new(scheme, "whsec_test_secret"));
    let webhook = webhook.unwrap().with_clock(FixedClock::at(1_700_000_000));
    // printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test_secret
    let mac = "ceb8863f7208fa249a6cd8f951e993c7563412aca65866f6272283debe143ab3";
    let header = format!("t=1700000000,v1={mac}");
    let headers = [("Stripe-Signature", &*header)];
    assert!(webhook.verify(&headers, b"{}").is_ok());
    assert!(webhook.verify(&headers, b"[]").is_err());
}

#[test]
fn an_endpoint_is_in_the_file_or_set_later() {
    let text = toml::to_string(&schemes::SQUARE).unwrap();
    let file: SchemeFile = toml::from_str(&text).unwrap();
    let made = file.with(|scheme| Webhook::new(scheme, "square-signature-key"));
    assert!(matches!(made, Err(ConfigError::MissingEndpoint)));
    let made =
        file.with(|scheme| Webhook::new(scheme.at("https://example.com/"), "square-signature-key"));
    assert!(made.is_ok());
    let text = format!("endpoints = [\"https://example.com/\"]\n{text}");
    let file: SchemeFile = toml::from_str(&text).unwrap();
    file.with(|scheme| assert_eq!(scheme.endpoint, Endpoint::One("https://example.com/")));
}

/// The error says what is wrong, where it is, and what to write.
#[test]
fn a_faulty_file_says_what_is_wrong_where() {
    for (from, to, wanted) in [
        (
            "secret = \"text\"",
            "secrets = \"text\"",
            &["line 7", "unknown field `secrets`", "`secret`"][..],
        ),
        ("secret = \"text\"\n", "", &["missing field `secret`"]),
        (
            "\"timestamp\", {",
            "\"time\", {",
            &["line 6", "unknown variant `time`", "`timestamp`"],
        ),
        (
            "\"hex\"",
            "\"hexadecimal\"",
            &[
                "line 4",
                "unknown variant `hexadecimal`",
                "`hex`",
                "`base64`",
            ],
        ),
        (
            "\"hmac_sha256\"",
            "\"md5\"",
            &["line 4", "unknown variant `md5`", "`hmac_sha512`"],
        ),
        (
            "encoding =",
            "coding =",
            &["line 4", "unknown field `coding`", "`encoding`"],
        ),
        (
            "format = \"seconds\"",
            "format = \"unix\"",
            &["line 5", "unknown variant `unix`", "`milliseconds`"],
        ),
        (
            "param = \"t\"",
            "parameter = \"t\"",
            &["line 5", "unknown variant `parameter`", "`param`"],
        ),
        (
            "list = {",
            "lists = {",
            &["line 3", "unknown variant `lists`", "`list`"],
        ),
        (
            "separator = \"comma\"",
            "separator = \",\"",
            &["line 3", "unknown variant `,`", "`comma`"],
        ),
        (
            "[\"timestamp\", { text = \".\" }, \"body\"]",
            "[\"body\"]\nwindow = { past = 60, future = 60 }",
            &["the timestamp is not signed; leave it out, or add it to the signed message"],
        ),
        (
            "timestamp = { field = { param = \"t\" }, format = \"seconds\" }\n",
            "",
            &["the signed message has a timestamp, but the scheme does not say where to find it"],
        ),
        (
            "timestamp = { field = { param = \"t\" }, format = \"seconds\" }\nsigned = [\"timestamp\", { text = \".\" }, \"body\"]",
            "signed = [\"body\"]\nwindow = { past = 60, future = 60 }",
            &["it has a replay window but no timestamp to check; leave the window out"],
        ),
        (
            "\"body\"]",
            "\"body\", \"message_id\"]",
            &["the signed message has a message id, but the scheme does not say where to find it"],
        ),
        (
            ", \"body\"]",
            "]",
            &["the signed message must contain the body exactly once"],
        ),
        (
            "name = \"stripe\"",
            "name = \"Stripe\"",
            &["its name must consist of lower-case letters, digits and dashes"],
        ),
        (
            "Stripe-Signature",
            "Stripe Signature",
            &["is not a valid header name"],
        ),
        (
            "format = \"seconds\" }",
            "format = \"seconds\", zone = 1 }",
            &["line 5", "unknown field `zone`"],
        ),
        (
            "\"https",
            "[]#",
            &["line 8", "invalid type: sequence, expected a string"],
        ),
    ] {
        assert!(STRIPE.contains(from), "{from}");
        let text = STRIPE.replacen(from, to, 1);
        let error = toml::from_str::<SchemeFile>(&text).unwrap_err().to_string();
        for part in wanted {
            assert!(error.contains(part), "{to}: no {part:?} in {error}");
        }
    }
}

/// The schema for editors refuses unreadable files, except for faults that only the whole file
/// shows.
#[test]
fn the_schema_refuses_words_that_are_none() {
    let (schemas, index) = schema();
    let stripe = serde_json::to_value(schemes::STRIPE).unwrap();
    let refuses = |change: &dyn Fn(&mut Value)| {
        let mut changed = stripe.clone();
        change(&mut changed);
        assert_ne!(changed, stripe);
        assert!(serde_json::from_value::<SchemeFile>(changed.clone()).is_err());
        schemas.validate(&changed, index).is_err()
    };
    assert!(refuses(&|scheme| scheme["secrets"] = "text".into()));
    assert!(refuses(&|scheme| scheme["secret"] = "words".into()));
    assert!(refuses(
        &|scheme| scheme["forms"][0]["encoding"] = "base32".into()
    ));
    assert!(refuses(
        &|scheme| scheme["forms"][0]["algorithm"] = "md5".into()
    ));
    assert!(refuses(&|scheme| scheme["forms"] = Value::Array(Vec::new())));
    assert!(refuses(&|scheme| scheme["signed"][0] = "time".into()));
    assert!(refuses(
        &|scheme| scheme["signed"][0] = serde_json::json!({"text": ""})
    ));
    assert!(refuses(
        &|scheme| scheme["timestamp"]["format"] = "unix".into()
    ));
    assert!(refuses(
        &|scheme| scheme["signature"] = serde_json::json!({"header": "a b"})
    ));
    assert!(refuses(&|scheme| scheme["handshake"] = "get".into()));
    for field in ["name", "signature", "forms", "signed", "secret"] {
        let without = |scheme: &mut Value| {
            scheme.as_object_mut().unwrap().remove(field);
        };
        assert!(refuses(&without), "{field}");
    }
}

#[test]
fn code_cannot_be_written() {
    use std::borrow::Cow;

    use hookseal::VerifyError;
    use hookseal::scheme::{CanonicalForm, Canonicalize, Part, RawRequest, SignatureField};

    #[derive(Debug)]
    struct Same;

    impl Canonicalize for Same {
        fn canonicalize<'b>(&self, request: &RawRequest<'b>) -> Result<Cow<'b, [u8]>, VerifyError> {
            Ok(request.body().into())
        }
    }

    let scheme = Scheme {
        name: "code",
        signature: SignatureField::Header("x-mac"),
        signed: &[Part::CanonicalBody],
        canonical_form: Some(CanonicalForm(&Same)),
        ..Scheme::BASE
    };
    let error = toml::to_string(&scheme).unwrap_err();
    assert!(
        error.to_string().contains("a canonical form is code"),
        "{error}"
    );
    let endless = schemes::STRIPE.insecure_without_replay_window();
    let error = toml::to_string(&endless).unwrap_err();
    assert!(error.to_string().contains("switched off"), "{error}");
    let plain = Scheme {
        signed: &[Part::Body],
        canonical_form: None,
        ..scheme
    };
    assert!(toml::to_string(&plain).is_ok());
}
