//! Random messages, and random faults.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fastrand::Rng;
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::message::{Message, Request, Scheme, Spelling, receivers};

/// Returns a message of this scheme that is signed now.
pub fn message(rng: &mut Rng, scheme: &str, now: u64) -> Message {
    let scheme = match scheme {
        "paminga" => Scheme::Paminga,
        "pakk" => Scheme::Pakk,
        "hubpay" => Scheme::Hubpay {
            encoding: pick(rng, &[Spelling::Hex, Spelling::Base64]),
            prefix: pick(rng, &["", "sha256="]),
            pinned: rng.bool(),
        },
        "pomelo" => Scheme::Pomelo {
            api_key: STANDARD.encode(bytes(rng, 32)),
            endpoint: format!("/{}", visible(rng, 0, 40)),
            body_first: rng.bool(),
        },
        "standard-webhooks" => Scheme::StandardWebhooks { family: "webhook", raw_secret: false },
        "standard-webhooks-v1a" => Scheme::StandardWebhooksV1a { family: "webhook" },
        other => unreachable!("no scheme is called {other}"),
    };
    Message {
        secret: ordinary_secret(rng, &scheme),
        id: visible(rng, 1, 100).replace('.', "_").into_bytes(),
        timestamp: now.to_string().into_bytes(),
        body: body(rng),
        scheme,
    }
}

/// Changes the message into one of several kinds, and returns which.
pub fn vary(rng: &mut Rng, message: &mut Message, now: u64) -> &'static str {
    let mut kind = match str::from_utf8(&message.body) {
        Ok(_) => "text",
        Err(_) => "binary",
    };
    let mut tolerance = 0;
    if let Scheme::StandardWebhooks { raw_secret, .. } = &mut message.scheme {
        *raw_secret = rng.u32(..4) == 0;
    }
    match &mut message.scheme {
        Scheme::Pomelo { .. } => tolerance = 60,
        Scheme::StandardWebhooks { family, .. } | Scheme::StandardWebhooksV1a { family } => {
            tolerance = 300;
            if kind == "text" && rng.u32(..4) == 0 {
                *family = "svix";
                kind = "svix-headers";
            }
        }
        _ => {}
    }
    if tolerance > 0 {
        // Far enough from the edge for a slow machine.
        let offset = rng.u64(..=tolerance) * 2 / 3;
        let moment = if rng.bool() { now - offset } else { now + offset };
        message.timestamp = moment.to_string().into_bytes();
    }
    message.secret = secret(rng, &message.scheme);
    kind
}

/// Returns a secret of this scheme: one as its sender hands it out, or any possible one,
/// such as a short one or a text of any characters.
fn secret(rng: &mut Rng, scheme: &Scheme) -> String {
    let ordinary = rng.bool();
    loop {
        let secret = match ordinary {
            true => ordinary_secret(rng, scheme),
            false => secret_of(rng, scheme, 1, |rng| text(rng, 1, 200)),
        };
        if !is_known(scheme, &secret) {
            return secret;
        }
    }
}

fn ordinary_secret(rng: &mut Rng, scheme: &Scheme) -> String {
    secret_of(rng, scheme, 16, |rng| {
        visible(rng, 1, 200).replace(|sign| !char::is_alphanumeric(sign), "-")
    })
}

/// Returns a secret of at least this many bytes, encoded or as text.
fn secret_of(
    rng: &mut Rng,
    scheme: &Scheme,
    shortest: usize,
    text: impl Fn(&mut Rng) -> String,
) -> String {
    let base64 = |rng: &mut Rng| {
        // HMAC hashes a key of more than 64 bytes first.
        let length = pick(rng, &[24, 32, 63, 64, 65]);
        let length = if rng.bool() { length } else { rng.usize(shortest..200) };
        STANDARD.encode(bytes(rng, length))
    };
    match scheme {
        Scheme::Pomelo { .. } => base64(rng),
        Scheme::StandardWebhooksV1a { .. } => signing_key(rng),
        Scheme::StandardWebhooks { raw_secret, .. } if !raw_secret => {
            format!("{}{}", pick(rng, &["whsec_", ""]), base64(rng))
        }
        _ => text(rng),
    }
}

/// Returns whether anyone knows the secret: HMAC pads secrets with zeros, so zeros alone
/// are not a secret. That is a separate case.
fn is_known(scheme: &Scheme, secret: &str) -> bool {
    match scheme {
        Scheme::Pomelo { .. } | Scheme::StandardWebhooks { raw_secret: false, .. } => secret
            .trim_start_matches("whsec_")
            .trim_end_matches('=')
            .bytes()
            .all(|digit| digit == b'A'),
        _ => secret.bytes().all(|byte| byte == 0),
    }
}

/// Returns a seed, with or without its public key after it.
fn signing_key(rng: &mut Rng) -> String {
    let seed = bytes(rng, 32);
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("a seed");
    let public: &[u8] = if rng.bool() { pair.public_key().as_ref() } else { &[] };
    format!("whsk_{}", STANDARD.encode([&seed, public].concat()))
}

/// Returns a unique secret: long enough that chance cannot repeat it.
pub fn other_secret(rng: &mut Rng, scheme: &Scheme) -> String {
    loop {
        let secret = secret(rng, scheme);
        if secret.len() > 40 {
            return secret;
        }
    }
}

fn body(rng: &mut Rng) -> Vec<u8> {
    let longest = match rng.u32(..1000) {
        0 => 1 << 20,
        1..20 => 100_000,
        _ => 300,
    };
    match rng.u32(..10) {
        0 => Vec::new(),
        1..5 => format!(
            r#"{{"type":"invoice.paid","n":{},"text":"{}"}}"#,
            rng.i64(..),
            visible(rng, 0, longest).replace(['"', '\\'], "'")
        )
        .into_bytes(),
        5..8 => text(rng, 1, longest).into_bytes(),
        _ => {
            let length = rng.usize(1..=longest);
            let mut body = bytes(rng, length);
            body.push(0xff); // In no UTF-8.
            body
        }
    }
}

pub fn bytes(rng: &mut Rng, length: usize) -> Vec<u8> {
    std::iter::repeat_with(|| rng.u8(..)).take(length).collect()
}

/// Returns a text of any characters, including control characters and a byte order mark.
fn text(rng: &mut Rng, shortest: usize, longest: usize) -> String {
    let length = rng.usize(shortest..=longest);
    let alphabet = rng.u32(..3);
    // Not U+FFFD, which Node reads for bytes that are not UTF-8: that is a separate
    // case.
    let character = || match alphabet {
        0 => rng.char('\0'..='\x7f'),
        1 => rng.char('\0'..='\u{7ff}'),
        _ => pick(rng, &['\u{feff}', '\u{2028}', 'e', '\u{301}', '\u{1f980}', '中', '\0']),
    };
    std::iter::repeat_with(character).take(length).collect()
}

/// Returns visible ASCII, which all peers accept in a header.
fn visible(rng: &mut Rng, shortest: usize, longest: usize) -> String {
    let length = rng.usize(shortest..=longest);
    std::iter::repeat_with(|| rng.char('!'..='~')).take(length).collect()
}

pub fn pick<T: Copy>(rng: &mut Rng, choice: &[T]) -> T {
    choice[rng.usize(..choice.len())]
}

/// Changes the signature or something that it covers, and returns what.
pub fn corrupt(rng: &mut Rng, request: &mut Request) -> &'static str {
    let timestamp = request.scheme.timestamp_header();
    let id = request.scheme.family().map(|family| format!("{family}-id"));
    match (rng.u32(..6), timestamp, id) {
        (0, Some(timestamp), _) => {
            let last = request.value_mut(&timestamp).last_mut().expect("digits");
            *last = other(rng, *last, b"0123456789");
            "corrupt-timestamp"
        }
        (1, _, Some(id)) => {
            let id = request.value_mut(&id);
            let place = rng.usize(..id.len());
            id[place] = other(rng, id[place], b"abcdef0123456789_-");
            "corrupt-id"
        }
        (2, ..) => {
            request.secret = receivers(&request.scheme, other_secret(rng, &request.scheme));
            "corrupt-secret"
        }
        (3, ..) => {
            let name = request.scheme.signature_header();
            let value = request.value_mut(&name);
            // Only in the MAC or the signature, and not in its last digits: in base64, some
            // of their bits are unused.
            let (last, longest) = if value.starts_with(b"v1a,") { (4, 88) } else { (3, 40) };
            let place = value.len() - rng.usize(last..longest);
            value[place] = other(rng, value[place], b"0123456789");
            "corrupt-signature"
        }
        (4, ..) if !request.body.is_empty() => {
            let place = rng.usize(..request.body.len());
            if rng.bool() {
                request.body[place] ^= 1 << rng.u32(..8);
            } else {
                request.body.remove(place);
            }
            "corrupt-body"
        }
        _ => {
            request.body.push(rng.u8(..));
            "corrupt-body"
        }
    }
}

fn other(rng: &mut Rng, byte: u8, choice: &[u8]) -> u8 {
    loop {
        let other = pick(rng, choice);
        if other != byte {
            return other;
        }
    }
}
