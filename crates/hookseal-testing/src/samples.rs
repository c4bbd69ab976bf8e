//! Made-up schemes. Each word of the vocabulary occurs in one of them, or in the scheme of
//! one of the first five senders.

use hookseal::scheme::{
    Algorithm, Encoding, Field, Form, HeaderList, Part, Scheme, SecretForm, Separator,
    SignatureField, TimestampField,
};
use hookseal::schemes;

/// Returns every scheme of the catalogue, and the samples.
pub fn all() -> Vec<Scheme<'static>> {
    [schemes::ALL, &SAMPLES].concat()
}

/// Returns the schemes for random requests: few, in which each word of the
/// vocabulary occurs.
pub fn vocabulary() -> Vec<Scheme<'static>> {
    [&SEEDS[..], &SAMPLES].concat()
}

const SEEDS: [Scheme<'static>; 6] = [
    schemes::HUBPAY,
    schemes::PAKK,
    schemes::PAMINGA,
    schemes::POMELO,
    schemes::POMELO_BODY_FIRST,
    schemes::STANDARD_WEBHOOKS,
];

/// Returns the scheme with this name, from the catalogue or the samples.
pub fn by_name(name: &str) -> Option<Scheme<'static>> {
    all().into_iter().find(|scheme| scheme.name == name)
}

const SAMPLES: [Scheme<'static>; 17] = [
    COMMA_LIST,
    SEMICOLON_LIST,
    MILLISECONDS,
    RFC3339,
    HTTP_DATE,
    NUMBERED,
    TWO_HEADERS,
    REPEATED,
    REQUEST_LINE,
    OTHER_HEADERS,
    HEADER_VALUES,
    HEADER_PAIRS,
    KEY_IN_ENTRY,
    ED25519_KEY_IN_ENTRY,
    SHA1,
    ED25519,
    PREFIXED,
];

const fn header(name: &'static str) -> SignatureField<'static> {
    SignatureField::Header(name)
}

const fn list(separator: Separator) -> SignatureField<'static> {
    SignatureField::List {
        header: "X-Signature",
        separator,
    }
}

const SIGNATURE: SignatureField<'static> = header("X-Signature");

const SECONDS: TimestampField<'static> = TimestampField::seconds(Field::Header("X-Time"));

const COMMA_LIST: Scheme<'static> = Scheme {
    name: "sample-comma-list",
    signature: list(Separator::Comma),
    forms: &[Form::hex("v1=")],
    timestamp: Some(TimestampField::seconds(Field::Param("t"))),
    signed: &[Part::Timestamp, Part::Text("."), Part::Body],
    ..Scheme::BASE
};

const SEMICOLON_LIST: Scheme<'static> = Scheme {
    name: "sample-semicolon-list",
    signature: list(Separator::Semicolon),
    forms: &[
        Form::base64url("h1=").with_algorithm(Algorithm::HmacSha512),
        Form::hex("h2=").with_algorithm(Algorithm::HmacSha512),
    ],
    timestamp: Some(TimestampField::milliseconds(Field::Param("ts"))),
    signed: &[Part::Body, Part::Text(":"), Part::Timestamp],
    secret: SecretForm::Hex,
    ..Scheme::BASE
};

const MILLISECONDS: Scheme<'static> = Scheme {
    name: "sample-milliseconds",
    signature: SIGNATURE,
    forms: &[Form {
        encoding: Encoding::Base64Url,
        ..Form::hex("")
    }],
    timestamp: Some(TimestampField::milliseconds(Field::Header("X-Time"))),
    message_id: Some("X-Id"),
    signed: &[
        Part::Text("v0:"),
        Part::MessageId,
        Part::Text("|"),
        Part::Timestamp,
        Part::Text("|"),
        Part::Body,
    ],
    secret: SecretForm::Base64,
    ..Scheme::BASE
};

const RFC3339: Scheme<'static> = Scheme {
    name: "sample-rfc3339",
    signature: SIGNATURE,
    forms: &[Form::hex("sha256=")],
    timestamp: Some(TimestampField::rfc3339(Field::Header("X-Time"))),
    message_id: Some("X-Id"),
    signed: &[Part::MessageId, Part::Timestamp, Part::Body],
    ..Scheme::BASE
};

const HTTP_DATE: Scheme<'static> = Scheme {
    name: "sample-http-date",
    signature: SIGNATURE,
    forms: &[Form::hex("")],
    timestamp: Some(TimestampField::http_date(Field::Header("Date"))),
    signed: &[Part::Body, Part::Timestamp],
    ..Scheme::BASE
};

const NUMBERED: Scheme<'static> = Scheme {
    name: "sample-numbered",
    signature: SignatureField::Numbered("X-Signature"),
    forms: &[Form::base64("")],
    ..Scheme::BASE
};

const TWO_HEADERS: Scheme<'static> = Scheme {
    name: "sample-two-headers",
    signature: SignatureField::Headers(&["X-Primary", "X-Secondary"]),
    forms: &[Form::base64("")],
    timestamp: Some(TimestampField::rfc3339(Field::Header("X-Time"))),
    signed: &[Part::Body, Part::Timestamp],
    ..Scheme::BASE
};

const REPEATED: Scheme<'static> = Scheme {
    name: "sample-repeated",
    signature: SignatureField::Repeated("X-Signature"),
    forms: &[Form::hex("sha256=")],
    ..Scheme::BASE
};

const REQUEST_LINE: Scheme<'static> = Scheme {
    name: "sample-request-line",
    signature: SIGNATURE,
    forms: &[Form::base64("")],
    timestamp: Some(SECONDS),
    signed: &[
        Part::Method,
        Part::Endpoint,
        Part::Target,
        Part::Body,
        Part::Timestamp,
    ],
    ..Scheme::BASE
};

const OTHER_HEADERS: Scheme<'static> = Scheme {
    name: "sample-other-headers",
    signature: SIGNATURE,
    key_id: Some("X-Key"),
    signed: &[
        Part::KeyId,
        Part::Text("\n"),
        Part::Header("X-Topic"),
        Part::Text("\n"),
        Part::Body,
    ],
    ..Scheme::BASE
};

const ALLOWED: &[&str] = &["X-Time", "X-Topic", "X-Tenant", "Content-Type"];

const HEADER_VALUES: Scheme<'static> = Scheme {
    name: "sample-header-values",
    signature: list(Separator::Comma),
    forms: &[Form::hex("v1=")],
    timestamp: Some(TimestampField::seconds(Field::Param("t"))),
    header_list: Some(HeaderList {
        names: Field::Param("h"),
        separator: Separator::Space,
        allowed: ALLOWED,
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
    ..Scheme::BASE
};

const HEADER_PAIRS: Scheme<'static> = Scheme {
    name: "sample-header-pairs",
    signature: SIGNATURE,
    timestamp: Some(SECONDS),
    header_list: Some(HeaderList {
        names: Field::Header("X-Signed"),
        separator: Separator::Comma,
        allowed: ALLOWED,
    }),
    signed: &[
        Part::HeaderPairs {
            between: ":",
            joined: ";",
        },
        Part::Text("\n"),
        Part::Body,
    ],
    ..Scheme::BASE
};

const KEY_IN_ENTRY: Scheme<'static> = Scheme {
    name: "sample-key-in-entry",
    signature: list(Separator::Comma),
    forms: &[Form {
        after_key_id: Some("/SHA256/"),
        ..Form::hex("")
    }],
    ..Scheme::BASE
};

/// Accepts either kind of key.
const ED25519_KEY_IN_ENTRY: Scheme<'static> = Scheme {
    name: "sample-ed25519-key-in-entry",
    signature: list(Separator::Comma),
    forms: &[
        Form {
            after_key_id: Some("="),
            ..Form::hex("").with_algorithm(Algorithm::Ed25519)
        },
        Form {
            after_key_id: Some("="),
            ..Form::hex("")
        },
    ],
    ..Scheme::BASE
};

const SHA1: Scheme<'static> = Scheme {
    name: "sample-sha1",
    signature: SIGNATURE,
    forms: &[Form::hex("sha1=").with_algorithm(Algorithm::HmacSha1)],
    secret: SecretForm::Sha256OfText,
    ..Scheme::BASE
};

const ED25519: Scheme<'static> = Scheme {
    name: "sample-ed25519",
    signature: SIGNATURE,
    forms: &[Form::hex("").with_algorithm(Algorithm::Ed25519)],
    timestamp: Some(SECONDS),
    signed: &[Part::Timestamp, Part::Body],
    secret: SecretForm::PublicKeyHex,
    ..Scheme::BASE
};

const PREFIXED: Scheme<'static> = Scheme {
    name: "sample-prefixed",
    signature: SignatureField::List {
        header: "Signature",
        separator: Separator::Space,
    },
    forms: &[
        Form::base64("v1,"),
        Form::base64("v1a,").with_algorithm(Algorithm::Ed25519),
    ],
    timestamp: Some(TimestampField::seconds(Field::Header("Timestamp"))),
    message_id: Some("Id"),
    key_id: Some("Key"),
    endpoint_header: Some("Endpoint"),
    signed: &[
        Part::MessageId,
        Part::Text("."),
        Part::Timestamp,
        Part::Text("."),
        Part::Endpoint,
        Part::Text("."),
        Part::Body,
    ],
    secret: SecretForm::Whsec,
    header_prefix: Some("acme"),
    ..Scheme::BASE
};
