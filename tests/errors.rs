//! Tests that every error can occur, and says precisely what is wrong and no more.

mod common;

use common::*;
use hookseal::clock::FixedClock;
use hookseal::fault::SecretFault;
use hookseal::scheme::{
    Algorithm, CanonicalForm, Encoding, Endpoint, Field, Form, HeaderList, Part, Scheme,
    SecretForm, Separator, SignatureField, TimestampField,
};
use hookseal::{
    ConfigError, Head, Key, Keys, Message, ReplayWindow, SignError, VerifyError, Webhook, schemes,
};

/// Returns the variant's name and the message.
fn said(error: &VerifyError) -> (String, String) {
    let debug = format!("{error:?}");
    let variant = debug.split([' ', '{', '(']).next().unwrap();
    (variant.to_owned(), error.to_string())
}

/// Signs method, target and body.
const REQUEST_LINE: Scheme = Scheme {
    name: "request-line",
    signature: SignatureField::Header("x-signature"),
    signed: &[Part::Method, Part::Target, Part::Body],
    ..Scheme::BASE
};

#[test]
fn every_refusal_has_its_message_and_one_status() {
    let genuine = standard_webhooks();
    let pomelo = pomelo();
    let repeated = [&genuine.headers[..], &genuine.headers[..1]].concat();
    let late = standard_webhooks_at(FixedClock::at(SIGNED_AT + 301));
    let early = pomelo_at(FixedClock::at(POMELO_SIGNED_AT - 61));
    let svix = headers(&[("svix-id", "msg_1"), ("host", "example.com")]);
    let milliseconds = SIGNED_AT.to_string() + "000";
    let request_line = Webhook::new(REQUEST_LINE, SECRET).unwrap();
    let tag = [("x-signature", HEX)];
    let target = Head::new("POST", "/a b", &tag);
    let cases = [
        (
            genuine.verify(&repeated),
            "DuplicateHeader",
            "header webhook-id occurs more than once",
        ),
        (
            pomelo.verify(&pomelo.with("x-endpoint", "/")),
            "EndpointMismatch",
            "header x-endpoint names an endpoint other than the configured one",
        ),
        (
            genuine.verify(&genuine.with("webhook-id", "a.b")),
            "MalformedHeader",
            "header webhook-id is malformed",
        ),
        (
            genuine.verify(&genuine.with("webhook-signature", "v1,AAAA")),
            "MalformedSignature",
            "header webhook-signature holds no well-formed signature: 4 characters where this scheme sends 44 of base64",
        ),
        (
            request_line.verify(&target, b"").map(|_| ()),
            "MalformedTarget",
            "the request's method or target is malformed",
        ),
        (
            genuine.verify(&genuine.with("webhook-timestamp", "yesterday")),
            "MalformedTimestamp",
            "header webhook-timestamp holds no timestamp; expected Unix seconds of 1 to 19 digits",
        ),
        (
            genuine.verify(&[]),
            "MissingHeader",
            "header webhook-id is missing or empty",
        ),
        (
            genuine.verify(&svix),
            "MissingHeader",
            "header webhook-id is missing or empty; the request has svix headers, which need the header prefix `svix`",
        ),
        (
            Err(VerifyError::refused("not from its address")),
            "Refused",
            "not from its address",
        ),
        (
            genuine.verify(&genuine.with("webhook-id", "other")),
            "SignatureMismatch",
            "signature does not match",
        ),
        (
            early.verify(&early.headers),
            "TimestampInFuture",
            "timestamp in x-timestamp is 61 s in the future, more than the allowed 60 s",
        ),
        (
            genuine.verify(&genuine.with("webhook-timestamp", milliseconds)),
            "TimestampInFuture",
            "timestamp in webhook-timestamp is 1647718185447 s in the future, more than the allowed 300 s; it reads like milliseconds",
        ),
        (
            late.verify(&late.headers),
            "TimestampTooOld",
            "timestamp in webhook-timestamp is 301 s old, more than the allowed 300 s",
        ),
        (
            pomelo.verify(&pomelo.with("x-api-key", "other")),
            "UnknownKeyId",
            "header x-api-key names no key of this webhook",
        ),
    ];
    for (verdict, variant, message) in cases {
        let error = verdict.unwrap_err();
        assert_eq!(said(&error), (variant.to_owned(), message.to_owned()));
        assert_eq!(error.http_status(), 401);
        assert!(!error.is_operator_fault());
        // The label is the variant's name in another case.
        let label = error.reason().replace('-', "");
        assert_eq!(
            label,
            variant.to_lowercase().replace("unknownkeyid", "unknownkey")
        );
    }
}

/// The sender did nothing wrong: a 401 would tell it to stop.
#[test]
fn the_services_own_faults_are_no_refusals() {
    let webhook = Webhook::new(REQUEST_LINE, SECRET).unwrap();
    let headers = [("x-signature", HEX)];
    let target_alone = Scheme {
        signed: &[Part::Target, Part::Body],
        ..REQUEST_LINE
    };
    let target_alone = Webhook::new(target_alone, SECRET).unwrap();
    for (verdict, variant, message) in [
        (
            webhook.verify(&headers, b""),
            "IncompleteHead",
            "the scheme signs the request's method, but only headers were passed; pass the whole head (`Head::new`, or `http::request::Parts`)",
        ),
        (
            target_alone.verify(&headers, b""),
            "IncompleteHead",
            "the scheme signs the request's target, but only headers were passed; pass the whole head (`Head::new`, or `http::request::Parts`)",
        ),
    ] {
        let error = verdict.unwrap_err();
        assert_eq!(said(&error), (variant.to_owned(), message.to_owned()));
        assert_eq!(error.http_status(), 500);
        assert!(error.is_operator_fault());
        let label = error.reason().replace('-', "");
        assert_eq!(label, variant.to_lowercase());
    }
}

/// `t=…,v1=…`.
const LIST: Scheme = Scheme {
    name: "list",
    signature: SignatureField::List {
        header: "x-signature",
        separator: Separator::Comma,
    },
    forms: &[Form::hex("v1=")],
    timestamp: Some(TimestampField::seconds(Field::Param("t"))),
    signed: &[Part::Timestamp, Part::Text("."), Part::Body],
    ..Scheme::BASE
};

#[test]
fn what_is_wrong_with_a_signature_is_said() {
    let paminga = |value: String| paminga().verify(&headers(&[("x-paminga-signature", &value)]));
    let pomelo = |value: String| {
        let genuine = pomelo();
        genuine.verify(&genuine.with("x-signature", value))
    };
    let standard = |value: String| {
        let genuine = standard_webhooks();
        genuine.verify(&genuine.with("webhook-signature", value))
    };
    let list = |value: String| {
        let webhook = Webhook::new(LIST, SECRET).unwrap();
        webhook.verify(&[("x-signature", value)], b"").map(|_| ())
    };
    for (verdict, wanted) in [
        (paminga(format!("g{}", &HEX[1..])), "not hex"),
        (
            pomelo(format!("hmac-sha256 !{}", &BASE64[1..])),
            "not base64",
        ),
        (
            paminga(HEX[1..].into()),
            "63 characters where this scheme sends 64 of hex",
        ),
        (
            pomelo(format!("hmac-sha256 {}", &BASE64[4..])),
            "40 characters where this scheme sends 44 of base64",
        ),
        (pomelo(BASE64.into()), "no prefix `hmac-sha256 `"),
        (standard("v2,x v3,y".into()), "no `v1,` entry among 2"),
        (list("t=1,v0=x".into()), "no `v1=` entry among 2"),
        (paminga(BASE64.into()), "base64 where this scheme sends hex"),
        (
            pomelo(format!("hmac-sha256 {HEX}")),
            "hex where this scheme sends base64",
        ),
        (
            list(format!("t=1,v1={HEX},t=1")),
            "a parameter occurs more than once",
        ),
        (
            pomelo(format!("hmac-sha256  {BASE64}")),
            "a space after the prefix",
        ),
        (standard([V1; 33].join(" ")), "more than 32 entries"),
        (
            paminga(format!("sha256={HEX}")),
            "a prefix that this scheme does not send",
        ),
        (paminga(format!("{HEX} ")), "white space before or after it"),
        (
            paminga(format!("\t{HEX}")),
            "white space before or after it",
        ),
    ] {
        let message = verdict.unwrap_err().to_string();
        let (_, fault) = message.split_once(": ").unwrap();
        assert_eq!(fault, wanted);
    }
}

#[test]
fn no_refusal_shows_a_secret_a_mac_or_a_body() {
    for genuine in all() {
        let mut spoiled = vec![genuine.headers.clone()];
        for (name, value) in &genuine.headers {
            spoiled.push(genuine.with(name, [value, &b"!"[..]].concat()));
            spoiled.push(genuine.with(name, [&b"sha256="[..], value].concat()));
            spoiled.push(genuine.with(name, [value, &b" "[..], value].concat()));
        }
        for headers in spoiled {
            let error = genuine.webhook.verify(&headers, b"body bytes").unwrap_err();
            let shown = format!("{error} {error:?}");
            for hidden in [
                SECRET,
                API_SECRET,
                WHSEC,
                &HEX[..8],
                &BASE64[..8],
                &V1[3..11],
                "body bytes",
                API_KEY,
            ] {
                assert!(!shown.contains(hidden), "{shown}");
            }
        }
    }
}

fn message_of<T>(result: Result<T, ConfigError>) -> String {
    match result {
        Ok(_) => panic!("should be refused"),
        Err(error) => error.to_string(),
    }
}

fn webhook(scheme: Scheme<'_>, keys: impl Into<Keys>) -> Result<Webhook, ConfigError> {
    Webhook::new(scheme, keys)
}

#[test]
fn empty_secrets_are_refused_in_every_spelling() {
    for empty in [
        Key::from_text(""),
        Key::from_bytes([]),
        Key::from_hex(""),
        Key::from_base64(""),
        Key::from_base64("whsec_"),
        Key::from_base64("v1,whsec_"),
    ] {
        assert_eq!(empty.err(), Some(ConfigError::EmptySecret));
    }
    for (scheme, empty) in [
        (schemes::PAMINGA, ""),
        (schemes::STANDARD_WEBHOOKS, ""),
        (schemes::STANDARD_WEBHOOKS, "whsec_"),
        (schemes::STANDARD_WEBHOOKS, "v1,whsec_"),
        (schemes::POMELO.at("/"), ""),
    ] {
        let error = webhook(scheme, empty).err();
        assert_eq!(error, Some(ConfigError::EmptySecret), "{}", scheme.name);
    }
    let wanted = "secret is empty; set it to the secret that the provider shows";
    assert_eq!(ConfigError::EmptySecret.to_string(), wanted);
}

#[test]
fn secrets_of_another_kind_are_refused_by_name() {
    let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for found in ["whsk_", "whpk_"] {
        let text = format!("{found}{secret}");
        for error in [
            message_of(Key::from_text(&text)),
            message_of(Key::from_bytes(&text)),
            message_of(webhook(schemes::PAMINGA, &text)),
            message_of(webhook(schemes::POMELO.at("/"), &text)),
        ] {
            let wanted = format!("secret starts with {found}, which marks an Ed25519 ");
            assert!(error.starts_with(&wanted), "{error}");
        }
        // Where such keys are read, this is not one: it has 24 bytes.
        let wanted = if cfg!(feature = "ed25519") {
            "Ed25519 key is 24 bytes long; a public key has 32, a signing key 32 or 64"
        } else {
            "the algorithm needs the feature `ed25519` of hookseal; enable it in Cargo.toml"
        };
        assert_eq!(message_of(Key::from_base64(&text)), wanted);
        for prefix in ["whsec_", "v1,whsec_", "v1,"] {
            assert!(Key::from_base64(&format!("{prefix}{text}")).is_err());
        }
    }
    for (prefix, found) in [
        ("whsec_whsec_", "whsec_"),
        ("v1,whsec_whsec_", "whsec_"),
        ("whsec_v1,whsec_", "v1,"),
        ("v1,v1,whsec_", "v1,"),
        ("v1,", "v1,"),
        ("v1a,", "v1a,"),
        ("WHSEC_", "whsec_"),
        ("Whsec_", "whsec_"),
        ("V1,whsec_", "v1,"),
        ("WHPK_", "whpk_"),
    ] {
        let message = message_of(Key::from_base64(&format!("{prefix}{secret}")));
        assert!(
            message.starts_with(&format!("secret starts with {found}, which ")),
            "{message}"
        );
    }
    // A raw text may begin like the base64 form.
    assert!(Key::from_text(&format!("whsec_{secret}")).is_ok());
}

#[test]
fn undecodable_secrets_say_what_was_found() {
    for (text, fault) in [
        (
            "whsec_AAAA AAAA",
            "white space at byte 10; pass the text without it",
        ),
        (
            "whsec_AAAA\n",
            "line break at byte 10; pass the text without it",
        ),
        (
            "\"AAAA\"",
            "quotation mark at byte 0; pass the text without it",
        ),
        (
            "AA-A",
            "`-` or `_` at byte 2, which is not in the standard alphabet; is the secret plain text?",
        ),
        ("AA!A", "unexpected character at byte 2"),
        (
            "AAAAA",
            "impossible number of characters; is the text complete?",
        ),
        (
            "AAB=",
            "trailing bits after the last byte; is the text complete?",
        ),
        (
            "AA=",
            "wrong padding; pass the `=` as shown, or none at all",
        ),
    ] {
        let wanted = format!("secret is not valid base64: {fault}");
        assert_eq!(message_of(Key::from_base64(text)), wanted);
        assert_eq!(
            message_of(webhook(schemes::STANDARD_WEBHOOKS, text)),
            wanted
        );
    }
    let wanted = "secret is not valid hex: unexpected character at byte 0";
    assert_eq!(message_of(Key::from_hex("xx")), wanted);
    match Key::from_hex("abc") {
        Err(ConfigError::InvalidSecret {
            encoding, fault, ..
        }) => assert_eq!((encoding, fault), ("hex", SecretFault::Length)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_other_configuration_mistake_says_what_to_fix() {
    let key = || Key::from_text("k").unwrap();
    let named = || key().with_id("k");
    let pomelo =
        |endpoint: &'static str, keys: Vec<Key>| webhook(schemes::POMELO.at(endpoint), keys);
    let header = |name| webhook(schemes::HUBPAY.with_signature_header(name), key());
    let prefix = |prefix| webhook(schemes::STANDARD_WEBHOOKS.with_header_prefix(prefix), key());
    for (message, wanted) in [
        (
            message_of(webhook(schemes::PAMINGA, Vec::<Key>::new())),
            "no keys; pass at least one",
        ),
        (
            message_of(webhook(schemes::PAMINGA, [(); 9].map(|()| key()))),
            "9 keys could match one request; pass at most 8",
        ),
        (
            message_of(pomelo("/", vec![])),
            "no keys; pass at least one",
        ),
        (
            message_of(pomelo("/", vec![named(), key()])),
            "key 2 has no id; name it with `Key::with_id`",
        ),
        (
            message_of(pomelo("/", vec![named(), key().with_id("")])),
            "no request could name the id of key 2: it is empty or too long, has white space around it, or contains the list's separator",
        ),
        (
            message_of(pomelo("", vec![named()])),
            "endpoint is empty, or has a control character or white space around it; pass it as the sender sends it",
        ),
        (
            message_of(pomelo("/ ", vec![named()])),
            "endpoint is empty, or has a control character or white space around it; pass it as the sender sends it",
        ),
        (
            message_of(webhook(schemes::POMELO, named())),
            "scheme signs the endpoint, but none is configured; set it with `Scheme::at`",
        ),
        (
            message_of(webhook(schemes::PAMINGA.at("/"), key())),
            "scheme signs no endpoint, but one is configured; leave `Scheme::at` out",
        ),
        (
            message_of(header("")),
            "scheme is not valid: it names no signature header; set `Scheme::signature`",
        ),
        (
            message_of(header("X-Mac:")),
            r#""X-Mac:" is not a valid header name"#,
        ),
        (
            message_of(prefix("my hook")),
            r#""my hook" is not a valid header name"#,
        ),
        (message_of(prefix("")), r#""" is not a valid header name"#),
        (message_of(prefix("-")), r#""" is not a valid header name"#),
        (
            message_of(webhook(schemes::STANDARD_WEBHOOKS, "whsec_dGVzdA==")),
            "secret decodes to 4 bytes, fewer than 16; is the text complete? `Key::from_bytes` accepts a shorter secret",
        ),
        (
            message_of(webhook(schemes::STANDARD_WEBHOOKS, HEX)),
            "secret looks like hexadecimal digits; pass it with `Key::from_hex`",
        ),
        (
            message_of(webhook(schemes::PAMINGA, "null")),
            "secret is the word null, which programs write for an unset value; set it to the secret that the provider shows",
        ),
        (
            message_of(webhook(schemes::PAMINGA, "${PAMINGA_SECRET}")),
            "secret has an unexpanded variable or command at byte 0; pass its value",
        ),
        (
            message_of(webhook(schemes::PAMINGA, "secret ")),
            "secret has a stray character: white space at byte 6; pass the text without it, or, if it really is part of the secret, pass the exact bytes to `Key::from_bytes`",
        ),
        (
            message_of(webhook(
                Scheme {
                    secret: SecretForm::Sha256OfText,
                    ..schemes::PAMINGA
                },
                "secret\n",
            )),
            "secret has a stray character: line break at byte 6; pass the text without it, or, if it really is part of the secret, pass the SHA-256 digest of the exact bytes to `Key::from_bytes`",
        ),
        (
            message_of(webhook(schemes::STANDARD_WEBHOOKS, "whsec_NULL")),
            "secret is the word null, which programs write for an unset value; set it to the secret that the provider shows",
        ),
        (
            message_of(Key::from_bytes([0; 32])),
            "secret consists of zero bytes, so anyone could sign with it; set it to the secret that the provider shows",
        ),
        (
            message_of(webhook(
                Scheme {
                    canonical_form: Some(CanonicalForm(&Same)),
                    ..schemes::PAMINGA
                },
                key(),
            )),
            "scheme defines a canonical form of the body, but does not sign it; leave `Scheme::canonical_form` out",
        ),
        (
            message_of(webhook(
                Scheme {
                    signed: &[Part::CanonicalBody],
                    ..schemes::PAMINGA
                },
                key(),
            )),
            "scheme signs a canonical form of the body, but defines none; set `Scheme::canonical_form`",
        ),
    ] {
        assert_eq!(message, wanted);
    }
}

#[derive(Debug)]
struct Same;

impl hookseal::scheme::Canonicalize for Same {
    fn canonicalize<'b>(
        &self,
        request: &hookseal::scheme::RawRequest<'b>,
    ) -> Result<std::borrow::Cow<'b, [u8]>, VerifyError> {
        Ok(request.body().into())
    }
}

const ONE: Scheme = Scheme {
    name: "one",
    signature: SignatureField::Header("x-signature"),
    ..Scheme::BASE
};

/// No webhook can be created with an inconsistent scheme. Each differs in one step from
/// `LIST`, or from `BASE` with a name and a header, which are consistent.
#[test]
fn a_scheme_that_cannot_be_verified_by_says_why() {
    assert!(webhook(LIST, SECRET).is_ok());
    assert!(webhook(ONE, SECRET).is_ok());
    let in_header = Some(TimestampField::seconds(Field::Header("x-time")));
    let key_in_entry = Form {
        after_key_id: Some("/"),
        ..Form::hex("")
    };
    let header_list = Some(HeaderList {
        names: Field::Header("x-signed"),
        separator: Separator::Comma,
        allowed: &["x-topic"],
    });
    for (scheme, wanted) in [
        (
            Scheme { name: "", ..ONE },
            "its name must consist of lower-case letters, digits and dashes",
        ),
        (
            Scheme {
                name: "One:id",
                ..ONE
            },
            "its name must consist of lower-case letters, digits and dashes",
        ),
        (
            Scheme { forms: &[], ..ONE },
            "it has no form; say in `Scheme::forms` how a signature is written",
        ),
        (
            ONE.with_forms(&[
                Form::hex(""),
                Form::hex("sha512=").with_algorithm(Algorithm::HmacSha512),
            ]),
            "its forms use two MAC algorithms; keep one",
        ),
        (
            ONE.with_forms(&[key_in_entry]),
            "a form with a key id needs a list of signatures, no prefix, no key id header, and a key id in every other form",
        ),
        (
            ONE.with_forms(&[Form::hex("a="), Form::hex("a=")]),
            "two forms have the same prefix, encoding and length; remove one",
        ),
        (
            Scheme {
                timestamp: Some(TimestampField::seconds(Field::Param(""))),
                ..LIST
            },
            "a parameter's name is empty, is the beginning of a form's prefix, or contains `=` or the list's separator, or its value would contain the separator",
        ),
        (
            LIST.with_forms(&[Form::hex("t=")]),
            "a parameter's name is empty, is the beginning of a form's prefix, or contains `=` or the list's separator, or its value would contain the separator",
        ),
        (
            LIST.with_forms(&[Form::hex("v1,")]),
            "a form contains the list's separator",
        ),
        (
            Scheme {
                signed: &[Part::Text(""), Part::Body],
                ..ONE
            },
            "the signed message contains an empty text; leave it out",
        ),
        (
            Scheme {
                message_id: Some("x-id"),
                signed: &[Part::MessageId, Part::Body],
                ..ONE
            },
            "nothing in the signed message shows where the message id ends; put a text that it cannot contain after it (or before it, if it comes after the body)",
        ),
        (
            Scheme {
                key_id: Some("x-key"),
                signed: &[Part::Body, Part::KeyId],
                ..ONE
            },
            "nothing in the signed message shows where the key id ends; put a text that it cannot contain after it (or before it, if it comes after the body)",
        ),
        (
            Scheme {
                signed: &[Part::Header("x-topic"), Part::Body],
                ..ONE
            },
            "nothing in the signed message shows where the header ends; put a text that it cannot contain after it (or before it, if it comes after the body)",
        ),
        (
            Scheme {
                header_list,
                signed: &[Part::HeaderNames, Part::Body],
                ..ONE
            },
            "nothing in the signed message shows where the list of headers ends; put a text that it cannot contain after it (or before it, if it comes after the body)",
        ),
        (
            Scheme {
                header_list,
                signed: &[Part::HeaderValues("."), Part::Text("."), Part::Body],
                ..ONE
            },
            "the values of the listed headers are signed, but not their names; sign both",
        ),
        (
            Scheme { header_list, ..ONE },
            "the list of headers is not signed, or allows no header; leave it out",
        ),
        (
            Scheme {
                endpoint_header: Some("x-endpoint"),
                ..ONE.at("/e")
            },
            "the endpoint is not signed; leave its header out, or add it to the signed message",
        ),
        (
            Scheme {
                signed: &[Part::Text("x")],
                ..ONE
            },
            "the signed message must contain the body exactly once",
        ),
        (
            Scheme {
                signed: &[Part::Body, Part::CanonicalBody],
                ..ONE
            },
            "the signed message must contain the body exactly once",
        ),
        (
            Scheme {
                timestamp: in_header,
                ..ONE
            },
            "the timestamp is not signed; leave it out, or add it to the signed message",
        ),
        (
            Scheme {
                signed: &[Part::Body],
                ..LIST
            },
            "the timestamp is not signed; leave it out, or add it to the signed message",
        ),
        (
            Scheme {
                message_id: Some("x-id"),
                ..ONE
            },
            "the message id is not signed; leave it out, or add it to the signed message",
        ),
        (
            Scheme {
                signed: &[Part::Timestamp, Part::Body],
                ..ONE
            },
            "the signed message has a timestamp, but the scheme does not say where to find it",
        ),
        (
            Scheme {
                signed: &[Part::MessageId, Part::Text("."), Part::Body],
                ..ONE
            },
            "the signed message has a message id, but the scheme does not say where to find it",
        ),
        (
            Scheme {
                signed: &[Part::KeyId, Part::Text("."), Part::Body],
                ..ONE
            },
            "the signed message has a key id, but the scheme does not say where to find it",
        ),
        (
            Scheme {
                signed: &[
                    Part::HeaderNames,
                    Part::Text("."),
                    Part::HeaderValues("."),
                    Part::Text("."),
                    Part::Body,
                ],
                ..ONE
            },
            "the signed message has a list of headers, but the scheme does not say where to find it",
        ),
        (
            ONE.with_window(ReplayWindow::from_secs(60)),
            "it has a replay window but no timestamp to check; leave the window out",
        ),
        (
            ONE.insecure_without_replay_window(),
            "it has a replay window but no timestamp to check; leave the window out",
        ),
        (
            Scheme {
                signature: SignatureField::Header("x-signature"),
                ..LIST
            },
            "a parameter is read from the list of signatures, but the signature is not in a list",
        ),
        (
            Scheme {
                timestamp: Some(TimestampField::seconds(Field::Header("X-Signature"))),
                signed: &[Part::Timestamp, Part::Body],
                ..ONE
            },
            "two fields are read from the same parameter or header",
        ),
        (
            Scheme {
                message_id: Some("x-time"),
                timestamp: in_header,
                signed: &[
                    Part::MessageId,
                    Part::Text("."),
                    Part::Timestamp,
                    Part::Body,
                ],
                ..ONE
            },
            "two fields are read from the same parameter or header",
        ),
        (
            Scheme {
                signature: SignatureField::Headers(&[]),
                ..ONE
            },
            "it names no signature header; set `Scheme::signature`",
        ),
        (
            Scheme {
                signature: SignatureField::Headers(&[
                    "x-1", "x-2", "x-3", "x-4", "x-5", "x-6", "x-7", "x-8", "x-9",
                ]),
                ..ONE
            },
            "it reads more headers than the maximum of 8",
        ),
    ] {
        let wanted = format!("scheme is not valid: {wanted}");
        assert_eq!(message_of(webhook(scheme, SECRET)), wanted, "{scheme:?}");
    }
    // What is defined may be signed.
    let timed = Scheme {
        timestamp: in_header,
        signed: &[Part::Timestamp, Part::Body],
        ..ONE
    };
    assert!(webhook(timed, SECRET).is_ok());
    assert!(webhook(timed.with_window(ReplayWindow::from_secs(60)), SECRET).is_ok());
    let listed = Scheme {
        header_list,
        signed: &[
            Part::HeaderNames,
            Part::Text("."),
            Part::HeaderValues("."),
            Part::Text("."),
            Part::Body,
        ],
        ..ONE
    };
    assert!(webhook(listed, SECRET).is_ok());
    let keyed = Key::from_text(SECRET).unwrap().with_id("a");
    assert!(
        webhook(
            Scheme {
                timestamp: None,
                signed: &[Part::Body],
                ..LIST
            }
            .with_forms(&[key_in_entry]),
            keyed
        )
        .is_ok()
    );
}

/// The number in the message is supported, and no more.
#[test]
fn a_scheme_reads_a_number_of_headers() {
    let names: Vec<String> = (0..100).map(|number| format!("x-{number}")).collect();
    let reading = |count: usize| {
        let headers = names[..count].iter();
        let headers = headers.flat_map(|name| [Part::Header(name), Part::Text(".")]);
        let signed: Vec<Part<'_>> = headers.chain([Part::Body]).collect();
        webhook(
            Scheme {
                signed: &signed,
                ..ONE
            },
            SECRET,
        )
    };
    let limit = (1..30).find(|count| reading(*count).is_err()).unwrap();
    // The signature's header is one of them.
    let wanted = format!("scheme is not valid: it reads more headers than the maximum of {limit}");
    for count in limit..30 {
        assert_eq!(message_of(reading(count)), wanted);
    }
    // Eight signatures, and at least a time and an id in addition.
    assert!(limit >= 10, "{limit}");
}

#[test]
fn a_list_of_headers_covers_and_collides_as_its_data_says() {
    let in_header = Some(TimestampField::seconds(Field::Header("x-time")));
    let lists_time = HeaderList {
        names: Field::Header("x-signed"),
        separator: Separator::Comma,
        allowed: &["x-time"],
    };
    let covered = Scheme {
        timestamp: in_header,
        header_list: Some(lists_time),
        signed: &[
            Part::HeaderNames,
            Part::Text("."),
            Part::HeaderValues("."),
            Part::Text("."),
            Part::Body,
        ],
        ..ONE
    };
    assert!(webhook(covered, SECRET).is_ok());
    for (scheme, wanted) in [
        // Only the values of listed headers would cover the timestamp.
        (
            Scheme {
                timestamp: in_header,
                header_list: Some(lists_time),
                signed: &[Part::Body],
                ..ONE
            },
            "the timestamp is not signed; leave it out, or add it to the signed message",
        ),
        (
            Scheme {
                timestamp: in_header,
                header_list: Some(lists_time),
                signed: &[Part::HeaderNames, Part::Text("."), Part::Body],
                ..ONE
            },
            "the timestamp is not signed; leave it out, or add it to the signed message",
        ),
        (
            Scheme {
                header_list: Some(HeaderList {
                    names: Field::Param("t"),
                    separator: Separator::Space,
                    ..lists_time
                }),
                signed: &[
                    Part::Timestamp,
                    Part::Text("."),
                    Part::HeaderNames,
                    Part::Text("."),
                    Part::HeaderValues("."),
                    Part::Text("."),
                    Part::Body,
                ],
                ..LIST
            },
            "two fields are read from the same parameter or header",
        ),
        (
            Scheme {
                header_list: Some(HeaderList {
                    names: Field::Header("x-signature"),
                    ..lists_time
                }),
                signed: &[
                    Part::HeaderNames,
                    Part::Text("."),
                    Part::HeaderValues("."),
                    Part::Text("."),
                    Part::Body,
                ],
                ..ONE
            },
            "two fields are read from the same parameter or header",
        ),
    ] {
        let wanted = format!("scheme is not valid: {wanted}");
        assert_eq!(message_of(webhook(scheme, SECRET)), wanted, "{scheme:?}");
    }
}

#[test]
fn an_algorithm_that_is_not_built_in_is_named() {
    for (algorithm, feature, is_built_in) in [
        (Algorithm::HmacSha1, "sha1", cfg!(feature = "sha1")),
        (Algorithm::Ed25519, "ed25519", cfg!(feature = "ed25519")),
    ] {
        let scheme = Scheme {
            name: "other",
            signature: SignatureField::Header("x-signature"),
            forms: &[Form::hex("").with_algorithm(algorithm)],
            secret: if algorithm.is_mac() {
                SecretForm::Text
            } else {
                SecretForm::PublicKeyHex
            },
            ..Scheme::BASE
        };
        // RFC 8032, section 7.1, test 1: a public key, and a text like another.
        let text = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        match webhook(scheme, text) {
            Ok(_) => assert!(is_built_in, "{algorithm}"),
            Err(error) => {
                assert!(!is_built_in, "{error}");
                let wanted = format!(
                    "the algorithm needs the feature `{feature}` of hookseal; enable it in Cargo.toml"
                );
                assert_eq!(error.to_string(), wanted);
            }
        }
    }
}

#[test]
fn a_key_of_the_wrong_kind_is_named() {
    let scheme = Scheme {
        name: "ed25519-alone",
        signature: SignatureField::Header("x-signature"),
        forms: &[Form {
            encoding: Encoding::Hex,
            ..Form::hex("").with_algorithm(Algorithm::Ed25519)
        }],
        secret: SecretForm::PublicKeyHex,
        ..Scheme::BASE
    };
    if cfg!(feature = "ed25519") {
        assert_eq!(
            message_of(webhook(scheme, Key::from_text(SECRET).unwrap())),
            "key 1 is of a kind that the scheme does not verify with; pass Ed25519 keys",
        );
    }
    let whpk = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let public = Key::from_base64(whpk);
    assert_eq!(public.is_ok(), cfg!(feature = "ed25519"));
    if let Ok(public) = public {
        let keys = [Key::from_text(SECRET).unwrap(), public];
        assert_eq!(
            message_of(webhook(schemes::PAMINGA, keys)),
            "key 2 is of a kind that the scheme does not verify with; pass MAC secrets",
        );
    }
}

/// HMAC pads a secret with zero bytes.
#[test]
fn two_ids_with_one_secret_are_named() {
    let key = |id: &str| Key::from_base64(API_SECRET).unwrap().with_id(id);
    let pomelo = |keys: [Key; 3]| webhook(schemes::POMELO.at(ENDPOINT), keys);
    let other = || Key::from_text("other").unwrap().with_id("b");
    assert_eq!(
        message_of(pomelo([key("a"), other(), key("c")])),
        "key 3 has the same secret as key 1, but a different id; give each id its own secret",
    );
    assert!(pomelo([key("a"), other(), key("a")]).is_ok());
}

#[test]
fn what_cannot_be_signed_says_why() {
    let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, WHSEC).unwrap();
    let sign = |id: &str| {
        let message = Message::new(b"{}").with_id(id).with_timestamp(SIGNED_AT);
        webhook.sign(&message).unwrap_err().to_string()
    };
    assert_eq!(
        webhook.sign(&Message::new(b"{}")).unwrap_err().to_string(),
        "the scheme signs a message id, but the message has none",
    );
    assert_eq!(
        sign("a\nb"),
        "the value for header webhook-id has a character that HTTP does not allow in a header",
    );
    assert_eq!(
        sign("a.b"),
        "a receiver would refuse the message: header webhook-id is malformed",
    );
    let pomelo = pomelo().webhook;
    let message = Message::new(b"{}").with_key_id("nobody");
    assert_eq!(
        pomelo.sign(&message).unwrap_err().to_string(),
        "the message names a key that the webhook does not have",
    );
    let line = Webhook::new(REQUEST_LINE, SECRET).unwrap();
    assert_eq!(
        line.sign(&Message::new(b"{}")).unwrap_err().to_string(),
        "the scheme signs the method and the target, but the message has none",
    );
    for (signed, what) in [
        (&[Part::Method, Part::Text(" "), Part::Body], "the method"),
        (&[Part::Target, Part::Text("\n"), Part::Body], "the target"),
    ] {
        let scheme = Scheme {
            signed,
            ..REQUEST_LINE
        };
        let webhook = Webhook::new(scheme, SECRET).unwrap();
        assert_eq!(
            webhook.sign(&Message::new(b"{}")).unwrap_err().to_string(),
            format!("the scheme signs {what}, but the message has none"),
        );
    }
    let topic = Scheme {
        signed: &[Part::Header("X-Topic"), Part::Text("\n"), Part::Body],
        ..REQUEST_LINE
    };
    let topic = Webhook::new(topic, SECRET).unwrap();
    assert_eq!(
        topic.sign(&Message::new(b"{}")).unwrap_err().to_string(),
        "the scheme signs header x-topic, but the message has none",
    );
    let listed = Scheme {
        header_list: Some(HeaderList {
            names: Field::Header("x-signed"),
            separator: Separator::Semicolon,
            allowed: &["x-topic"],
        }),
        signed: &[
            Part::HeaderNames,
            Part::Text("\n"),
            Part::HeaderPairs {
                between: ": ",
                joined: ";",
            },
            Part::Text("\n"),
            Part::Body,
        ],
        ..REQUEST_LINE
    };
    let listed = Webhook::new(listed, SECRET).unwrap();
    let named = [("x-topic", "a"), ("x c", "b")];
    let message = Message::new(b"{}").with_headers(&named);
    assert_eq!(
        listed.sign(&message).unwrap_err().to_string(),
        r#""x c" is not a valid header name"#,
    );
    assert_eq!(
        SignError::NoSigningKey.to_string(),
        "the webhook holds public keys, which cannot sign; give it the signing key",
    );
}

#[test]
fn errors_are_errors() {
    fn boxed(error: impl std::error::Error + Send + Sync + 'static) -> Box<dyn std::error::Error> {
        Box::new(error)
    }
    // `Display` shows everything, so there is no source to repeat it.
    assert!(boxed(VerifyError::SignatureMismatch).source().is_none());
    assert!(boxed(Key::from_hex("abc").unwrap_err()).source().is_none());
    let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, WHSEC).unwrap();
    let refused = webhook.sign(&Message::new(b"").with_id("a.b")).unwrap_err();
    assert!(matches!(refused, SignError::Refused { .. }));
    assert!(boxed(refused).source().is_none());
    let malformed = paminga().verify(&headers(&[("x-paminga-signature", "x")]));
    assert!(boxed(malformed.unwrap_err()).source().is_none());
}

/// An endpoint that no request could name is refused, alone or among several.
#[test]
fn endpoints_that_cannot_match_are_refused() {
    let key = || Key::from_base64(API_SECRET).unwrap().with_id(API_KEY);
    let at_any =
        |endpoints: &'static [&'static str]| webhook(schemes::POMELO.at_any(endpoints), key());
    assert!(at_any(&["/a"]).is_ok());
    assert!(at_any(&["/a", "/b"]).is_ok());
    assert_eq!(at_any(&[]).err(), Some(ConfigError::MissingEndpoint));
    for endpoints in [&[""][..], &["/a", ""], &["/a", " /b"], &["/a\n"]] {
        let error = at_any(endpoints).err();
        assert_eq!(error, Some(ConfigError::InvalidEndpoint), "{endpoints:?}");
    }
    // A scheme whose requests do not name their endpoint can have only one.
    let square = Scheme {
        name: "square",
        signature: SignatureField::Header("x-signature"),
        signed: &[Part::Endpoint, Part::Body],
        ..Scheme::BASE
    };
    assert!(webhook(square.at("https://a.example/"), key()).is_ok());
    let two = Scheme {
        endpoint: Endpoint::Any(&["https://a.example/", "https://b.example/"]),
        ..square
    };
    let error = webhook(two, key()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "several endpoints are configured, but requests of the scheme do not name theirs; set one with `Scheme::at`"
    );
}
