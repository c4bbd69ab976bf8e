//! Every error can be had, and says precisely what is wrong and no more.

mod common;

use common::*;
use hookseal::schemes::{Hubpay, Pomelo, Registration, StandardWebhooks};
use hookseal::{ConfigError, FixedClock, Key, Keys, SecretFault, Verifier, VerifyError};

/// The variant's name and the message.
fn said(error: &VerifyError) -> (String, String) {
    let debug = format!("{error:?}");
    let variant = debug.split([' ', '{', '(']).next().unwrap();
    (variant.to_owned(), error.to_string())
}

#[test]
fn every_refusal_has_its_message_and_one_status() {
    let genuine = standard_webhooks();
    let pomelo = pomelo();
    let repeated = [&genuine.headers[..], &genuine.headers[..1]].concat();
    let late = standard_webhooks_at(FixedClock::at(SIGNED_AT + 301));
    let early = pomelo_at(FixedClock::at(POMELO_SIGNED_AT - 61));
    let cases = [
        (
            genuine.verify(&repeated),
            "DuplicateHeader",
            "header webhook-id occurs more than once",
        ),
        (
            pomelo.verify(&pomelo.with("x-endpoint", "/")),
            "EndpointMismatch",
            "header x-endpoint names another endpoint than the configured one",
        ),
        (
            genuine.verify(&genuine.with("webhook-id", "a.b")),
            "MalformedHeader",
            "header webhook-id is malformed",
        ),
        (
            genuine.verify(&genuine.with("webhook-signature", "v1,AAAA")),
            "MalformedSignature",
            "header webhook-signature holds no well-formed signature",
        ),
        (
            genuine.verify(&genuine.with("webhook-timestamp", "yesterday")),
            "MalformedTimestamp",
            "header webhook-timestamp is not a timestamp of 1 to 19 digits",
        ),
        (
            genuine.verify(&[]),
            "MissingHeader",
            "header webhook-id is missing or empty",
        ),
        (
            genuine.verify(&genuine.with("webhook-id", "other")),
            "SignatureMismatch",
            "signature does not match",
        ),
        (
            early.verify(&early.headers),
            "TimestampInFuture",
            "header x-timestamp: 1674087231 is more than 60 s after 1674087170",
        ),
        (
            late.verify(&late.headers),
            "TimestampTooOld",
            "header webhook-timestamp: 1649367553 is more than 300 s before 1649367854",
        ),
        (
            pomelo.verify(&pomelo.with("x-api-key", "other")),
            "UnknownKeyId",
            "header x-api-key names no key of this verifier",
        ),
    ];
    for (verdict, variant, message) in cases {
        let error = verdict.unwrap_err();
        assert_eq!(said(&error), (variant.to_owned(), message.to_owned()));
        assert_eq!(error.http_status(), 401);
        // The label is the variant's name in another case.
        let label = error.reason().replace('-', "");
        assert_eq!(
            label,
            variant.to_lowercase().replace("unknownkeyid", "unknownkey")
        );
    }
    let fault = "";
    assert_eq!(
        VerifyError::ClaimMismatch { fault }.reason(),
        "claim-mismatch"
    );
}

#[test]
fn no_refusal_shows_a_secret_a_mac_or_a_body() {
    for genuine in all() {
        let mut spoiled = vec![genuine.headers.clone()];
        for (name, value) in &genuine.headers {
            spoiled.push(genuine.with(name, [value, &b"!"[..]].concat()));
        }
        for headers in spoiled {
            let error = genuine
                .verifier
                .verify(&headers, b"body bytes")
                .unwrap_err();
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
    let wanted = "secret is empty; set it to the secret that the provider shows";
    assert_eq!(ConfigError::EmptySecret.to_string(), wanted);
}

#[test]
fn secrets_of_another_kind_are_refused_by_name() {
    let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    for found in ["whsk_", "whpk_"] {
        let text = format!("{found}{secret}");
        for key in [
            Key::from_base64(&text),
            Key::from_text(&text),
            Key::from_bytes(&text),
        ] {
            assert!(message_of(key).starts_with(&format!(
                "secret starts with {found}, which marks an Ed25519 "
            )));
        }
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
            "`-` or `_` at byte 2, which is not of the standard alphabet; is the secret plain text?",
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
    }
    let wanted = "secret is not valid hex: unexpected character at byte 0";
    assert_eq!(message_of(Key::from_hex("xx")), wanted);
    let fault = SecretFault::Length;
    let encoding = "hex";
    assert_eq!(
        Key::from_hex("abc").err(),
        Some(ConfigError::InvalidSecret { encoding, fault })
    );
}

#[test]
fn every_other_configuration_mistake_says_what_to_fix() {
    let key = || Key::from_text("k").unwrap();
    let named = || key().with_id("k");
    let registration = Registration {
        hmac_header_name: "x-hub-signature",
        algorithm: "SHA_256",
        status: "ACTIVE",
    };
    let registered = |registration| Hubpay::from_registration(key(), &registration);
    assert!(registered(registration).is_ok());
    for (message, wanted) in [
        (message_of(Keys::new([])), "no keys; pass at least one"),
        (
            message_of(Keys::new((0..9).map(|_| key()))),
            "9 keys could match one request; pass at most 8",
        ),
        (
            message_of(Pomelo::new("/", [])),
            "no keys; pass at least one",
        ),
        (
            message_of(Pomelo::new("/", [named(), key()])),
            "key 2 has no id; name it with `Key::with_id`",
        ),
        (
            message_of(Pomelo::new("/", [named(), key().with_id("")])),
            "id of key 2 is empty or has white space around it",
        ),
        (
            message_of(Pomelo::new("", [named()])),
            "endpoint is empty or has white space around it; pass it as in the x-endpoint header",
        ),
        (
            message_of(Pomelo::new("/ ", [named()])),
            "endpoint is empty or has white space around it; pass it as in the x-endpoint header",
        ),
        (
            message_of(Hubpay::new(key()).with_header_name("")),
            r#""" is not a header name"#,
        ),
        (
            message_of(Hubpay::new(key()).with_header_name("X-Mac:")),
            r#""X-Mac:" is not a header name"#,
        ),
        (
            message_of(StandardWebhooks::new(key()).with_header_prefix("my hook")),
            r#""my hook" is not a header name"#,
        ),
        (
            message_of(StandardWebhooks::new(key()).with_header_prefix("")),
            r#""" is not a header name"#,
        ),
        (
            message_of(registered(Registration {
                algorithm: "SHA_512",
                ..registration
            })),
            r#"registration has algorithm "SHA_512"; only SHA_256 is verified"#,
        ),
        (
            message_of(registered(Registration {
                algorithm: "sha_256",
                ..registration
            })),
            r#"registration has algorithm "sha_256"; only SHA_256 is verified"#,
        ),
        (
            message_of(registered(Registration {
                status: "INACTIVE",
                ..registration
            })),
            r#"registration has status "INACTIVE"; only ACTIVE ones send requests"#,
        ),
        (
            message_of(registered(Registration {
                hmac_header_name: "",
                ..registration
            })),
            r#""" is not a header name"#,
        ),
    ] {
        assert_eq!(message, wanted);
    }
}

#[test]
fn errors_are_errors() {
    fn boxed(error: impl std::error::Error + Send + Sync + 'static) -> Box<dyn std::error::Error> {
        Box::new(error)
    }
    // `Display` has said it all: there is no source to say it again.
    assert!(boxed(VerifyError::SignatureMismatch).source().is_none());
    let fault = SecretFault::Length;
    assert!(
        boxed(ConfigError::InvalidSecret {
            encoding: "hex",
            fault
        })
        .source()
        .is_none()
    );
}

#[test]
fn only_active_registrations_of_sha_256_are_taken_with_their_header() {
    let key = || Key::from_text(SECRET).unwrap();
    let registered = |algorithm, status| {
        let hmac_header_name = "X-Hub-Signature";
        Hubpay::from_registration(
            key(),
            &Registration {
                hmac_header_name,
                algorithm,
                status,
            },
        )
    };
    let verifier = registered("SHA_256", "ACTIVE").unwrap();
    assert!(
        verifier
            .verify(&[("x-hub-signature", HEX)], br#"{"n":0}"#)
            .is_ok()
    );
    assert!(
        verifier
            .verify(&[("x-hubpay-hmac", HEX)], br#"{"n":0}"#)
            .is_err()
    );
    for status in [
        "", "active", "Active", "ACTIVE ", "INACTIVE", "PAUSED", "DELETED",
    ] {
        let status_of = |error| match error {
            ConfigError::RegistrationNotActive { status } => Some(status),
            _ => None,
        };
        let refused = registered("SHA_256", status).err().and_then(status_of);
        assert_eq!(refused.as_deref(), Some(status));
    }
    for algorithm in ["", "sha_256", "SHA256", "SHA_1", "SHA_512", "HMAC_SHA_256"] {
        let error = registered(algorithm, "ACTIVE").err();
        let algorithm = algorithm.into();
        assert_eq!(error, Some(ConfigError::UnsupportedAlgorithm { algorithm }));
    }
}
