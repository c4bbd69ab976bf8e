//! The stock: requests that receivers may judge differently. Each is correctly signed
//! unless its name says otherwise, so that only the tested property decides the
//! verdict.
//!
//! There are no line breaks and other control characters: no HTTP parser accepts them
//! in a header's value.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;

use crate::message::{Header, Message, Request, Scheme, Spelling};
use crate::random;

mod standard_webhooks;
mod standard_webhooks_v1a;

pub struct Case {
    pub name: &'static str,
    /// `accepted`, or the reason why we refuse it.
    pub ours: Reason,
    make: Make,
}

#[derive(Clone, Copy)]
enum Make {
    /// The signature's header contains this; see [`with_signature`].
    Signature(&'static str),
    /// Signed and sent with this timestamp; `{now}` is the number.
    Timestamp(&'static str),
    /// Signed with the number, sent with this.
    SentTimestamp(&'static str),
    /// Signed this many seconds from now.
    Later(i64),
    Body(&'static [u8]),
    /// Verified with the secret written differently; `{secret}` is its base64, `{head}`
    /// and `{tail}` are the two halves.
    Secret(&'static str),
    /// Signed and verified with this text as the secret.
    Text(&'static str),
    /// Sent without this header.
    Without(&'static str),
    Request(fn(&mut Rng, Message) -> Request),
}

impl Case {
    /// Returns the case's request for a message with a text body that is signed now.
    pub fn request(&self, rng: &mut Rng, mut message: Message) -> Request {
        let now = text(&message.timestamp).to_owned();
        let respelled = |template: &str| template.replace("{now}", &now);
        match self.make {
            Make::Signature(template) => with_signature(rng, message, template),
            Make::Timestamp(template) => {
                message.timestamp = respelled(template).into_bytes();
                message.signed()
            }
            Make::SentTimestamp(template) => {
                let name = message.scheme.timestamp_header().expect("a timed scheme");
                message.signed().with(&name, respelled(template))
            }
            Make::Later(seconds) => moved(message, seconds).signed(),
            Make::Body(body) => {
                message.body = body.into();
                message.signed()
            }
            Make::Secret(template) => {
                standard_webhooks::respelled_secret(rng, message, 24, |secret| {
                    let (head, tail) = secret.split_at(16);
                    let secret = template.replace("{secret}", secret);
                    secret.replace("{head}", head).replace("{tail}", tail)
                })
            }
            Make::Text(secret) => {
                message.secret = secret.into();
                message.signed()
            }
            Make::Without(name) => message.signed().without(name),
            Make::Request(make) => make(rng, message),
        }
    }
}

pub fn of(scheme: &str) -> impl Iterator<Item = &'static Case> {
    let own: &[&[Case]] = match scheme {
        "paminga" => &[WHITE_SPACE, HEX, TEXTS],
        "pakk" => &[WHITE_SPACE, BASE64, TEXTS],
        "hubpay" => &[WHITE_SPACE, HUBPAY, TEXTS],
        "pomelo" => &[WHITE_SPACE, BASE64, POMELO],
        "standard-webhooks-v1a" => standard_webhooks_v1a::CASES,
        _ => standard_webhooks::CASES,
    };
    EVERY_SCHEME.iter().chain(own.iter().copied().flatten())
}

type Reason = &'static str;

const fn made(name: &'static str, ours: Reason, make: fn(&mut Rng, Message) -> Request) -> Case {
    Case { name, ours, make: Make::Request(make) }
}

const fn signature(name: &'static str, ours: Reason, template: &'static str) -> Case {
    Case { name, ours, make: Make::Signature(template) }
}

const fn timestamp(name: &'static str, ours: Reason, template: &'static str) -> Case {
    Case { name, ours, make: Make::Timestamp(template) }
}

const fn sent_timestamp(name: &'static str, ours: Reason, template: &'static str) -> Case {
    Case { name, ours, make: Make::SentTimestamp(template) }
}

const fn later(name: &'static str, ours: Reason, seconds: i64) -> Case {
    Case { name, ours, make: Make::Later(seconds) }
}

const fn body(name: &'static str, ours: Reason, body: &'static [u8]) -> Case {
    Case { name, ours, make: Make::Body(body) }
}

const fn secret(name: &'static str, ours: Reason, template: &'static str) -> Case {
    Case { name, ours, make: Make::Secret(template) }
}

const fn text_as_secret(name: &'static str, ours: Reason, text: &'static str) -> Case {
    Case { name, ours, make: Make::Text(text) }
}

const fn without(name: &'static str, header: &'static str) -> Case {
    Case { name, ours: "missing-header", make: Make::Without(header) }
}

const EVERY_SCHEME: &[Case] = &[
    signature("genuine", "accepted", "{good}"),
    body("body-empty", "accepted", b""),
    body("body-of-100-kb", "accepted", &[b'x'; 100_000]),
    made("header-names-in-upper-case", "accepted", |_, message| {
        let mut request = message.signed();
        for Header(name, _) in &mut request.headers {
            name.make_ascii_uppercase();
        }
        request
    }),
    made("other-headers-beside", "accepted", |_, message| {
        let request = message.signed().and("content-type", "application/json");
        request.and("x-webhook-signature", "v1,AAAA")
    }),
    made("signature-missing", "missing-header", |_, message| {
        let name = message.scheme.signature_header();
        message.signed().without(&name)
    }),
    signature("signature-empty", "missing-header", ""),
    made("signature-repeated", "duplicate-header", |_, message| {
        let (name, value) = (message.scheme.signature_header(), message.signature());
        message.signed().and(&name, value)
    }),
    made("signature-and-a-wrong-one", "duplicate-header", |rng, message| {
        let (name, wrong) = (message.scheme.signature_header(), wrong(rng, &message));
        message.signed().and(&name, wrong)
    }),
    made("a-wrong-signature-and-the-right", "duplicate-header", |rng, message| {
        let (name, right) = (message.scheme.signature_header(), message.signature());
        with_signature(rng, message, "{wrong}").and(&name, right)
    }),
    signature("signature-by-another-secret", "signature-mismatch", "{wrong}"),
    signature("signature-cut", "malformed-signature", "{head}"),
    signature("signature-doubled", "malformed-signature", "{good}{good}"),
    signature("signature-of-a-digit-more", "malformed-signature", "{good}0"),
    signature("signature-not-ascii", "malformed-signature", "{cut}\u{e9}"),
    made("body-left-out", "signature-mismatch", |_, mut message| {
        message.body.push(b' ');
        let mut request = message.signed();
        request.body.clear();
        request
    }),
    made("body-with-a-line-break-more", "signature-mismatch", |_, message| {
        let mut request = message.signed();
        request.body.push(b'\n');
        request
    }),
    made("body-without-its-byte-order-mark", "signature-mismatch", |_, mut message| {
        message.body = "\u{feff}{}".into();
        let mut request = message.signed();
        request.body = "{}".into();
        request
    }),
];

/// For schemes whose header contains one signature, not a list.
const WHITE_SPACE: &[Case] = &[
    signature("signature-after-a-space", "malformed-signature", " {good}"),
    signature("signature-before-a-space", "malformed-signature", "{good} "),
    signature("signature-before-a-tab", "malformed-signature", "{good}\t"),
    signature("signatures-joined-by-a-comma", "malformed-signature", "{good}, {good}"),
];

const HEX: &[Case] = &[
    made("hex-in-upper-case", "accepted", |_, message| in_upper_case(message)),
    signature("hex-with-0x", "malformed-signature", "0x{good}"),
    signature("hex-with-a-colon", "malformed-signature", "{head}:{tail}"),
    signature("hex-with-a-stranger", "malformed-signature", "{cut}g"),
    signature("hex-with-a-prefix", "malformed-signature", "sha256={good}"),
];

const BASE64: &[Case] = &[
    made("mac-in-base64url", "malformed-signature", |_, message| {
        let message = until(message, |value| value.contains(['+', '/']));
        let value = message.signature().replace('+', "-").replace('/', "_");
        let name = message.scheme.signature_header();
        message.signed().with(&name, value)
    }),
    signature("mac-unpadded", "malformed-signature", "{cut}"),
    signature("mac-with-padding-more", "malformed-signature", "{good}="),
    signature("mac-with-a-stranger-inside", "malformed-signature", "{head}!{tail}"),
    made("mac-with-trailing-bits", "malformed-signature", |_, message| {
        let name = message.scheme.signature_header();
        let value = with_trailing_bits(&message.signature());
        message.signed().with(&name, value)
    }),
];

const HUBPAY: &[Case] = &[
    signature("algorithm-in-upper-case", "malformed-signature", "SHA256={mac}"),
    signature("another-algorithm", "malformed-signature", "sha512={mac}"),
    made("prefix-where-none-belongs", "malformed-signature", |rng, message| {
        with_signature(rng, spelled(message, Spelling::Base64, ""), "sha256={mac}")
    }),
    made("no-prefix-where-one-belongs", "malformed-signature", |rng, message| {
        with_signature(rng, spelled(message, Spelling::Base64, "sha256="), "{mac}")
    }),
    made("hex-where-base64-belongs", "malformed-signature", |_, message| {
        let hex = spelled(message.clone(), Spelling::Hex, "").signature();
        let request = spelled(message, Spelling::Base64, "").signed();
        request.with("x-hubpay-hmac", hex)
    }),
    made("base64-where-hex-belongs", "malformed-signature", |_, message| {
        let base64 = spelled(message.clone(), Spelling::Base64, "").signature();
        let request = spelled(message, Spelling::Hex, "").signed();
        request.with("x-hubpay-hmac", base64)
    }),
    made("another-spelling", "accepted", |_, message| {
        let other = spelled(message.clone(), Spelling::Base64, "sha256=").signature();
        let mut message = spelled(message, Spelling::Hex, "");
        if let Scheme::Hubpay { pinned, .. } = &mut message.scheme {
            *pinned = false;
        }
        message.signed().with("x-hubpay-hmac", other)
    }),
    made("hex-in-upper-case", "accepted", |_, message| {
        in_upper_case(spelled(message, Spelling::Hex, ""))
    }),
];

const POMELO: &[Case] = &[
    later("59-s-ago", "accepted", -59),
    later("60-s-ago", "accepted", -60),
    later("61-s-ago", "timestamp-too-old", -61),
    later("59-s-ahead", "accepted", 59),
    later("60-s-ahead", "accepted", 60),
    later("61-s-ahead", "timestamp-in-future", 61),
    timestamp("timestamp-in-milliseconds", "timestamp-in-future", "{now}000"),
    timestamp("timestamp-with-a-leading-zero", "accepted", "0{now}"),
    sent_timestamp("timestamp-sent-with-a-leading-zero", "signature-mismatch", "0{now}"),
    timestamp("timestamp-with-a-plus", "malformed-timestamp", "+{now}"),
    timestamp("timestamp-with-a-fraction", "malformed-timestamp", "{now}.0"),
    without("timestamp-missing", "x-timestamp"),
    without("endpoint-missing", "x-endpoint"),
    without("api-key-missing", "x-api-key"),
    made("api-key-unknown", "unknown-key", |_, message| {
        message.signed().with("x-api-key", "another")
    }),
    made("endpoint-of-another", "endpoint-mismatch", |_, message| {
        let receiver = message.scheme.clone();
        let mut request = sent_to(message, "/another").signed();
        request.scheme = receiver;
        request
    }),
    made("boundary-of-endpoint-and-body-moved", "endpoint-mismatch", |_, mut message| {
        // The same signed bytes, read as another endpoint and body.
        let Scheme::Pomelo { body_first, .. } = &mut message.scheme else {
            unreachable!("a case of Pomelo's");
        };
        *body_first = false;
        let mut request = sent_to(message, "/transactions/authorizations").signed();
        request.body.splice(..0, *b"/authorizations");
        request.with("x-endpoint", "/transactions")
    }),
    made("other-order-of-what-is-signed", "signature-mismatch", |_, mut message| {
        message.body.push(b'x');
        let receiver = message.scheme.clone();
        if let Scheme::Pomelo { body_first, .. } = &mut message.scheme {
            *body_first = !*body_first;
        }
        let mut request = message.signed();
        request.scheme = receiver;
        request
    }),
    signature("algorithm-left-out", "malformed-signature", "{mac}"),
    signature("algorithm-in-upper-case", "malformed-signature", "HMAC-SHA256 {mac}"),
    signature("algorithm-and-two-spaces", "malformed-signature", "hmac-sha256  {mac}"),
    signature("algorithm-and-a-tab", "malformed-signature", "hmac-sha256\t{mac}"),
    made("secret-empty", "secret-refused", |_, mut message| {
        message.secret.clear();
        message.signed()
    }),
    made("secret-of-15-bytes", "secret-refused", |rng, message| with_secret_of(rng, message, 15)),
    made("secret-of-16-bytes", "accepted", |rng, message| with_secret_of(rng, message, 16)),
    made("secret-of-zero-bytes", "secret-refused", |_, mut message| {
        message.secret = STANDARD.encode([0; 24]);
        message.signed()
    }),
];

/// Returns a request signed with another key of this many bytes, in base64.
fn with_secret_of(rng: &mut Rng, mut message: Message, length: usize) -> Request {
    message.secret = STANDARD.encode(random::bytes(rng, length));
    message.signed()
}

/// For schemes whose secret is a text.
const TEXTS: &[Case] = &[
    text_as_secret("secret-before-a-line-break", "secret-refused", "secret\n"),
    text_as_secret("secret-after-a-space", "secret-refused", " secret"),
    text_as_secret("secret-in-quotes", "secret-refused", "\"secret\""),
    text_as_secret("secret-after-a-byte-order-mark", "secret-refused", "\u{feff}secret"),
    text_as_secret("secret-with-a-zero-width-space", "secret-refused", "sec\u{200b}ret"),
    text_as_secret("secret-unexpanded", "secret-refused", "${WEBHOOK_SECRET}"),
    text_as_secret("secret-null", "secret-refused", "null"),
    text_as_secret("secret-of-zero-bytes", "secret-refused", "\0\0"),
    text_as_secret("secret-with-a-space-inside", "accepted", "a secret"),
    text_as_secret("secret-of-one-byte", "accepted", "s"),
    text_as_secret("secret-in-base64", "accepted", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
];

/// Returns the message's request with this in the signature's header: `{good}` is the
/// right value, `{wrong}` a wrong one of the right form, `{mac}` the signature without
/// its prefix, `{cut}` the value without its last character, `{head}` and `{tail}` are
/// its two parts.
fn with_signature(rng: &mut Rng, message: Message, template: &str) -> Request {
    let good = message.signature();
    let mac = ["v1,", "v1a,", "hmac-sha256 ", "sha256="]
        .into_iter()
        .find_map(|prefix| good.strip_prefix(prefix))
        .unwrap_or(&good);
    let (head, tail) = good.split_at(good.len() - 20);
    let value = template
        .replace("{good}", &good)
        .replace("{wrong}", &wrong(rng, &message))
        .replace("{mac}", mac)
        .replace("{cut}", &good[..good.len() - 1])
        .replace("{head}", head)
        .replace("{tail}", tail);
    let name = message.scheme.signature_header();
    message.signed().with(&name, value)
}

/// Returns a wrong signature of the right form.
fn wrong(rng: &mut Rng, message: &Message) -> String {
    let mut other = message.clone();
    other.secret = random::other_secret(rng, &other.scheme);
    other.signature()
}

fn in_upper_case(message: Message) -> Request {
    let message = until(message, |value| value != value.to_uppercase());
    let (name, value) = (message.scheme.signature_header(), message.signature());
    message.signed().with(&name, value.to_uppercase())
}

/// Returns base64 that ends in `=`, with a bit set that belongs to no byte.
fn with_trailing_bits(base64: &str) -> String {
    let padding = base64.trim_start_matches(|digit| digit != '=');
    let (digits, last) = base64.split_at(base64.len() - padding.len() - 1);
    // A, E, I, … (before `==`, A, Q, g or w) and the digit after.
    format!("{digits}{}{padding}", char::from(last.as_bytes()[0] + 1))
}

/// Appends spaces to the message's body until its signature meets the condition.
fn until(mut message: Message, wanted: impl Fn(&str) -> bool) -> Message {
    while !wanted(&message.signature()) {
        message.body.push(b' ');
    }
    message
}

fn spelled(mut message: Message, encoding: Spelling, prefix: &'static str) -> Message {
    message.scheme = Scheme::Hubpay { encoding, prefix, pinned: true };
    message
}

fn sent_to(mut message: Message, to: &str) -> Message {
    if let Scheme::Pomelo { endpoint, .. } = &mut message.scheme {
        *endpoint = to.into();
    }
    message
}

fn moved(mut message: Message, seconds: i64) -> Message {
    let now: i64 = text(&message.timestamp).parse().expect("digits");
    message.timestamp = (now + seconds).to_string().into_bytes();
    message
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("UTF-8")
}
