//! The inputs of the fuzz target for whole requests: a request as text, so that a seed
//! or a finding is readable, after the settings of its receiver.
//!
//! ```text
//! @scheme hubpay
//! @now 1700000000
//! @key 2026-11 your-shared-secret
//! X-Hubpay-Hmac: sha256=\h0
//!
//! {"n":0}
//! ```
//!
//! `\h0`, `\H0`, `\b0` and `\u0` stand for the genuine MAC under the key 0, in hex
//! of either case, in base64 and in base64url, since no fuzzer can guess one; `\n`
//! is a line feed and `\\` a backslash. Every text is an input: meaningless lines are
//! ignored, and an unknown scheme means the first one.
//!
//! The id `-` means no id. Ed25519 keys are 32 bytes in base64, or else a text's bytes
//! and zeros: `@public ID KEY`. Given a seed, `@sender ID SEED` is a public key whose
//! owner may have sent the request, and `@signing ID SEED` the signing key itself.
//! `\a0` is the genuine signature by the first of them in base64, `\x0` in hex,
//! `\S0` the same as `\a0` with the group's order added to `S`, and `\N0` one with
//! another nonce.

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use hookseal::scheme::Encoding;

use super::model::{self, Key, Receiver, Request, Setting, Settings, Window, ed25519};
use super::properties::Case;
use super::samples;

/// Reads an input.
pub fn parse(text: &[u8]) -> Case {
    let (head, body) = match text.windows(2).position(|pair| pair == b"\n\n") {
        Some(end) => (&text[..end], &text[end + 2..]),
        None => (text, &b""[..]),
    };
    let (mut now, mut received_at) = (1_700_000_000, None);
    let mut window = Setting::Default;
    let default = Window {
        past: 300,
        future: 300,
    };
    let mut scheme = samples::all()[0];
    let mut settings = Settings::default();
    let (mut keys, mut ed25519) = (Vec::new(), Vec::new());
    let mut line = None;
    let mut headers = Vec::new();
    let mut cuts = Vec::new();
    for text in head.split(|&byte| byte == b'\n') {
        let Some(setting) = text.strip_prefix(b"@") else {
            if let Some((name, value)) = split_at(text, b": ") {
                headers.push((String::from_utf8_lossy(name).into_owned(), value.to_vec()));
            }
            continue;
        };
        let (setting, value) = split_at(setting, b" ").unwrap_or((setting, b""));
        let number = str::from_utf8(value)
            .ok()
            .and_then(|text| text.parse::<u64>().ok());
        let text = || String::from_utf8_lossy(value).into_owned();
        match (setting, number) {
            (b"scheme", _) => scheme = samples::by_name(&text()).unwrap_or(scheme),
            (b"now", Some(number)) => now = number,
            (b"received", Some(number)) => received_at = Some(number),
            (b"past" | b"future", Some(number)) => {
                let mut is = match window {
                    Setting::Is(window) => window,
                    _ => default,
                };
                match setting {
                    b"past" => is.past = number,
                    _ => is.future = number,
                }
                window = Setting::Is(is);
            }
            (b"no-window", _) => window = Setting::Off,
            (b"cut", Some(number)) => cuts.push(usize::try_from(number).unwrap_or_default()),
            (b"key", _) => keys.push(key(value)),
            (b"public" | b"sender" | b"signing", _) => ed25519.push(ed25519_key(setting, value)),
            (b"line", _) => {
                let (method, target) = split_at(value, b" ").unwrap_or((value, b""));
                let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
                line = Some((text(method), text(target)));
            }
            (b"prefix", _) => settings.header_prefix = Some(text()),
            (b"header", _) => settings.signature_header = Some(text()),
            (b"hex", _) => settings.form = Some((text(), Encoding::Hex)),
            (b"base64", _) => settings.form = Some((text(), Encoding::Base64)),
            (b"base64url", _) => settings.form = Some((text(), Encoding::Base64Url)),
            (b"endpoint", _) => settings.endpoints.push(text()),
            _ => {}
        }
    }
    if keys.is_empty() && ed25519.is_empty() {
        keys.push(key(b"id secret"));
    }
    let receiver = Receiver {
        scheme,
        settings,
        keys,
        ed25519,
        window,
    };
    let mut request = Request {
        line,
        headers,
        body: body.to_vec(),
    };
    // What is signed contains no MAC, so only line feeds are unescaped here.
    let mut unsigned = request.clone();
    for (_, value) in &mut unsigned.headers {
        *value = unescape(value, |_, _| None);
    }
    let message = receiver.message(&unsigned);
    for (_, value) in &mut request.headers {
        *value = unescape(value, |spelling, key| {
            signature(&receiver, spelling, key, &message)
        });
    }
    Case {
        receiver,
        request,
        now,
        received_at: received_at.unwrap_or(now),
        cuts,
    }
}

/// Reads an id and a secret, or a secret alone.
fn key(value: &[u8]) -> Key {
    let (id, secret) = split_at(value, b" ").unwrap_or((NO_ID, value));
    Key {
        id: self::id(id),
        secret: unescape(secret, |_, _| None),
    }
}

const NO_ID: &[u8] = b"-";

fn id(text: &[u8]) -> Option<String> {
    (text != NO_ID).then(|| String::from_utf8_lossy(text).into_owned())
}

fn ed25519_key(setting: &[u8], value: &[u8]) -> ed25519::Key {
    let (id, text) = split_at(value, b" ").unwrap_or((b"", value));
    let decoded = BASE64.decode(text).unwrap_or_default();
    let bytes = decoded.try_into().unwrap_or_else(|_| {
        let mut bytes = [0; 32];
        bytes
            .iter_mut()
            .zip(text)
            .for_each(|(to, from)| *to = *from);
        bytes
    });
    let id = self::id(id);
    match setting {
        b"public" => ed25519::Key {
            id,
            public: bytes,
            seed: None,
            signs: false,
        },
        _ => ed25519::Key::of_seed(id, bytes, setting == b"signing"),
    }
}

/// Returns the genuine signature of a message under a key, in one of the [`SPELLINGS`].
fn signature(receiver: &Receiver, spelling: u8, key: usize, message: &[u8]) -> Option<String> {
    let mac = || {
        let key = receiver.keys.get(key)?;
        let algorithm = receiver.mac()?;
        Some(model::mac(algorithm, &key.secret, message))
    };
    let seed = || receiver.ed25519.get(key)?.seed;
    Some(match spelling {
        b'h' => HEXLOWER.encode(&mac()?),
        b'H' => HEXUPPER.encode(&mac()?),
        b'b' => BASE64.encode(&mac()?),
        b'u' => BASE64URL_NOPAD.encode(&mac()?),
        b'a' => BASE64.encode(&ed25519::sign(&seed()?, message)),
        b'x' => HEXLOWER.encode(&ed25519::sign(&seed()?, message)),
        b'S' => {
            let genuine = ed25519::sign(&seed()?, message);
            BASE64.encode(&ed25519::with_larger_s(&genuine))
        }
        b'N' => {
            let other = ed25519::sign_with_nonce(&seed()?, Some(&[1; 32]), message);
            BASE64.encode(&other)
        }
        _ => return None,
    })
}

const SPELLINGS: [u8; 8] = *b"hHbuaxSN";

fn unescape(text: &[u8], signature: impl Fn(u8, usize) -> Option<String>) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut rest = text;
    while let [first, ..] = rest {
        let escape = match rest {
            [b'\\', b'\\', ..] => Some((2, b"\\".to_vec())),
            [b'\\', b'n', ..] => Some((2, b"\n".to_vec())),
            [b'\\', spelling, key, ..] => {
                let key = usize::from(key.wrapping_sub(b'0'));
                signature(*spelling, key).map(|text| (3, text.into_bytes()))
            }
            _ => None,
        };
        let (length, bytes) = escape.unwrap_or_else(|| (1, vec![*first]));
        plain.extend(bytes);
        rest = &rest[length..];
    }
    plain
}

/// Writes two inputs that [`parse`] reads as this case: one with its MACs as they are,
/// and one with the genuine MACs as escapes.
pub fn write(case: &Case) -> [Vec<u8>; 2] {
    let Case {
        receiver, request, ..
    } = case;
    let mut head = vec![
        format!("@scheme {}", receiver.scheme.name).into_bytes(),
        format!("@now {}", case.now).into_bytes(),
        format!("@received {}", case.received_at).into_bytes(),
    ];
    match receiver.window {
        Setting::Default => {}
        Setting::Off => head.push(b"@no-window".into()),
        Setting::Is(Window { past, future }) => {
            head.push(format!("@past {past}").into());
            head.push(format!("@future {future}").into());
        }
    }
    let settings = settings(&receiver.settings);
    head.extend(settings.map(|(name, value)| format!("@{name} {value}").into()));
    if let Some((method, target)) = &request.line {
        head.push(format!("@line {method} {target}").into());
    }
    for key in &receiver.keys {
        let id = key.id.as_deref().map_or(NO_ID, str::as_bytes);
        head.push([b"@key ", id, b" ", &escape(&key.secret)].concat());
    }
    let literal = |value: &[u8]| value.to_vec();
    for key in &receiver.ed25519 {
        let (setting, bytes) = match key.seed {
            None => ("public", key.public),
            Some(seed) if key.signs => ("signing", seed),
            Some(seed) => ("sender", seed),
        };
        let id = key.id.as_deref().unwrap_or("-");
        head.push(format!("@{setting} {id} {}", BASE64.encode(&bytes)).into());
    }
    let message = receiver.message(request);
    let remade = |value: &[u8]| {
        let mut text = String::from_utf8_lossy(value).into_owned();
        for place in 0..receiver.keys.len().max(receiver.ed25519.len()) {
            for spelling in SPELLINGS {
                if let Some(spelled) = signature(receiver, spelling, place, &message) {
                    text = text.replace(&spelled, &format!("\\{}{place}", char::from(spelling)));
                }
            }
        }
        text.into_bytes()
    };
    let input = |write: &dyn Fn(&[u8]) -> Vec<u8>| {
        let mut head = head.clone();
        for (name, value) in &request.headers {
            head.push([name.as_bytes(), b": ", &write(&escape(value))].concat());
        }
        [&head.join(&b'\n'), &b"\n\n"[..], &request.body].concat()
    };
    [input(&literal), input(&remade)]
}

fn settings(settings: &Settings) -> impl Iterator<Item = (&str, &str)> {
    let form = settings.form.as_ref().map(|(prefix, encoding)| {
        let name = match encoding {
            Encoding::Base64 => "base64",
            Encoding::Base64Url => "base64url",
            _ => "hex",
        };
        (name, &prefix[..])
    });
    let prefix = settings.header_prefix.as_deref();
    let header = settings.signature_header.as_deref();
    let endpoints = settings.endpoints.iter();
    let all = [
        prefix.map(|prefix| ("prefix", prefix)),
        header.map(|header| ("header", header)),
        form,
    ];
    all.into_iter()
        .flatten()
        .chain(endpoints.map(|endpoint| ("endpoint", &endpoint[..])))
}

fn escape(bytes: &[u8]) -> Vec<u8> {
    let escaped = |&byte: &u8| match byte {
        b'\n' => b"\\n".to_vec(),
        b'\\' => b"\\\\".to_vec(),
        byte => vec![byte],
    };
    bytes.iter().flat_map(escaped).collect()
}

fn split_at<'t>(text: &'t [u8], separator: &[u8]) -> Option<(&'t [u8], &'t [u8])> {
    let length = separator.len();
    let place = text
        .windows(length)
        .position(|window| window == separator)?;
    Some((&text[..place], &text[place + length..]))
}
