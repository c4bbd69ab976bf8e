//! What must hold for signatures, lists of signatures, and timestamps.

use hookseal::scheme::{
    Algorithm, Encoding, Field, Form, Part, Scheme, Separator, Signature, SignatureField,
    TimestampField,
};

use super::Case;
use crate::model::{self, Receiver, Request, Setting, Settings, Window, time};

/// Checks that signatures, lists of them and timestamps are read as the model reads
/// them, and written so that both read them again.
pub fn decoders(text: &[u8]) {
    for algorithm in [
        Algorithm::HmacSha1,
        Algorithm::HmacSha256,
        Algorithm::HmacSha512,
        Algorithm::Ed25519,
    ] {
        for (encoding, written) in [
            (Encoding::Hex, data_encoding::HEXLOWER),
            (Encoding::Base64, data_encoding::BASE64),
            (Encoding::Base64Url, data_encoding::BASE64URL_NOPAD),
        ] {
            let read = Signature::decode(algorithm, encoding, text);
            let bytes = read.map(|signature| signature.as_bytes().to_vec());
            assert_eq!(
                bytes,
                model::decode(algorithm, encoding, text),
                "{text:?}: {algorithm:?}, {encoding:?}"
            );
            if let (Some(signature), Some(bytes)) = (read, bytes) {
                assert_eq!(encoding.encode(&signature), written.encode(&bytes));
            }
        }
    }
    const SPACED: &[Form<'static>] = &[Form::hex(""), Form::base64("v1,")];
    const OTHERS: &[Form<'static>] = &[Form::hex(""), Form::base64("v1=")];
    for (separator, forms) in [
        (Separator::Space, SPACED),
        (Separator::Comma, OTHERS),
        (Separator::Semicolon, OTHERS),
    ] {
        let scheme = Scheme {
            signature: SignatureField::List {
                header: "x-signature",
                separator,
            },
            forms,
            ..PLAIN
        };
        _ = unsigned(scheme, vec![("x-signature", text.to_vec())]).check();
    }
    for field in TIMESTAMPS {
        let scheme = Scheme {
            timestamp: Some(field),
            signed: &[Part::Timestamp, Part::Body],
            ..PLAIN
        };
        _ = signed(scheme, vec![("x-time", text.to_vec())]).check();
    }
}

/// A timestamp in every format.
const TIMESTAMPS: [TimestampField<'static>; 4] = [
    TimestampField::seconds(Field::Header("x-time")),
    TimestampField::milliseconds(Field::Header("x-time")),
    TimestampField::rfc3339(Field::Header("x-time")),
    TimestampField::http_date(Field::Header("x-time")),
];

const PLAIN: Scheme<'static> = Scheme {
    name: "plain",
    signature: SignatureField::Header("x-signature"),
    ..Scheme::BASE
};

/// Returns a request with these headers, and a receiver that reads them.
fn unsigned(scheme: Scheme<'static>, headers: Vec<(&str, Vec<u8>)>) -> Case {
    let is_timed = scheme.timestamp.is_some();
    Case {
        receiver: Receiver {
            scheme,
            settings: Settings::default(),
            keys: vec![model::Key {
                id: None,
                secret: b"secret".to_vec(),
            }],
            ed25519: Vec::new(),
            window: match is_timed {
                true => Setting::Off,
                false => Setting::Default,
            },
        },
        request: Request {
            line: None,
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            body: b"body".to_vec(),
        },
        now: 1_700_000_000,
        received_at: 1_700_000_000,
        cuts: Vec::new(),
    }
}

/// Returns the same case, signed.
fn signed(scheme: Scheme<'static>, headers: Vec<(&str, Vec<u8>)>) -> Case {
    let mut case = unsigned(scheme, headers);
    let message = case.receiver.message(&case.request);
    let tag = model::mac(Algorithm::HmacSha256, b"secret", &message);
    let text = data_encoding::HEXLOWER.encode(&tag).into_bytes();
    case.request.headers.push(("x-signature".into(), text));
    case
}

/// Checks that the window's arithmetic is exact, as with unbounded integers.
pub fn windows(timestamp: u64, now: u64, past: u64, future: u64) {
    for field in TIMESTAMPS {
        let scheme = Scheme {
            timestamp: Some(field),
            signed: &[Part::Timestamp, Part::Body],
            ..PLAIN
        };
        let texts = [
            timestamp.to_string(),
            time::write(field.format, timestamp),
            time::write(field.format, timestamp).replace('Z', ".000000001Z"),
        ];
        for text in texts {
            let mut case = signed(scheme, vec![("x-time", text.into_bytes())]);
            case.receiver.window = Setting::Is(Window { past, future });
            (case.now, case.received_at) = (now, now);
            _ = case.check();
        }
    }
}
