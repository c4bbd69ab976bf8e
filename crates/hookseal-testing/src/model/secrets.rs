//! How the texts of secrets are read, for the model: all that is wrong with one,
//! of which an error names something.
//!
//! The marks of other kinds of keys (PEM, OpenSSH, DER, minisign) are not
//! written down here: a second copy of that list would prove nothing. The
//! properties check in their stead that what an error names does stand in the
//! text.

use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use hookseal::scheme::SecretForm;
use ring::digest::{SHA256, digest};

/// What is wrong with a secret.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Nothing but zero bytes, which HMAC pads secrets with.
    Zero,
    Empty,
    /// It is marked as another kind of key than is expected.
    Foreign,
    /// A word that programs write for a value that is not set.
    Placeholder,
    /// `${…}` or `$(…)`, and where it begins.
    Unexpanded(usize),
    /// A character that does not belong where it is.
    Stranger(char, usize),
    /// Padding, left-over bits, or an impossible length.
    Form,
    /// Decoded to so few bytes.
    Short(usize),
    /// Hexadecimal digits, where base64 is expected.
    Hex,
}

pub type Secret = Result<Vec<u8>, Vec<Fault>>;

/// Reads the bytes of a text in the form that its sender hands out; `None` for
/// the forms that hold no MAC secret.
pub fn read(form: SecretForm, text: &str) -> Option<Secret> {
    Some(match form {
        SecretForm::Text => from_text(text),
        SecretForm::Hex => from_hex(text),
        SecretForm::Base64 => from_base64(text, ""),
        SecretForm::Whsec => from_whsec(text),
        SecretForm::Sha256OfText => {
            from_text(text).map(|bytes| digest(&SHA256, &bytes).as_ref().to_vec())
        }
        _ => return None,
    })
}

/// Takes any bytes but none at all, zeros alone, and a key of Ed25519.
pub fn from_bytes(bytes: &[u8]) -> Secret {
    let faults = [
        (bytes.is_empty(), Fault::Empty),
        (is_zero(bytes), Fault::Zero),
        (is_ed25519(bytes), Fault::Foreign),
    ];
    let faults = faults.into_iter().filter(|(is, _)| *is);
    result(bytes.to_vec(), faults.map(|(_, fault)| fault).collect())
}

/// Takes the bytes of a text, which has nothing around it, and nothing in it
/// that cannot be seen.
pub fn from_text(text: &str) -> Secret {
    let is_dirt = |c: char| c.is_whitespace() || is_quote(c) || c == BYTE_ORDER_MARK;
    let end = text.trim_end_matches(is_dirt).len();
    let start = text.len() - text.trim_start_matches(is_dirt).len();
    let belongs = |(place, c): &(usize, char)| {
        let is_around = *place < start || *place >= end;
        !is_around && !is_zero_width(*c)
    };
    let strangers = text.char_indices().filter(|it| !belongs(it));
    let mut faults: Vec<Fault> = strangers
        .map(|(place, c)| Fault::Stranger(c, place))
        .collect();
    faults.extend(placeholders(text));
    faults.extend(from_bytes(text.as_bytes()).err().into_iter().flatten());
    result(text.into(), faults)
}

/// Reads an even number of digits of either case.
pub fn from_hex(text: &str) -> Secret {
    let belongs = |c: char| c.is_ascii_hexdigit();
    let decoded = match stranger(text, 0, belongs) {
        Some(stranger) => Err(stranger),
        None => HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .map_err(|_| Fault::Form),
    };
    decoded_secret(text, "", decoded)
}

/// Reads canonical standard base64 after at most one `whsec_` or `v1,whsec_`;
/// its padding is right or left off.
pub fn from_whsec(text: &str) -> Secret {
    let after_version = text.strip_prefix("v1,").unwrap_or(text);
    match after_version.strip_prefix("whsec_") {
        Some(encoded) => from_base64(encoded, &text[..text.len() - encoded.len()]),
        None => from_base64(text, ""),
    }
}

/// Base64 after a prefix.
fn from_base64(encoded: &str, prefix: &str) -> Secret {
    let decoded = base64(encoded, prefix.len());
    // So many digits of hex are a secret of a proper length.
    let is_hex = encoded.bytes().all(|byte| byte.is_ascii_hexdigit())
        && encoded.len() >= 2 * SHORTEST
        && encoded.len().is_multiple_of(2);
    // The base64 of zeros is of such digits alone.
    if is_hex && !decoded.as_ref().is_ok_and(|bytes| is_zero(bytes)) {
        return Err(vec![Fault::Hex]);
    }
    decoded_secret(encoded, prefix, decoded)
}

/// Standard Webhooks asks for 24; those that decode to fewer than these are
/// refused.
const SHORTEST: usize = 16;

/// The secret that a text is decoded to; a prefix goes before the text.
fn decoded_secret(encoded: &str, prefix: &str, decoded: Result<Vec<u8>, Fault>) -> Secret {
    let text = [prefix, encoded].concat();
    let mut faults: Vec<Fault> = placeholders(&text).collect();
    faults.extend(encoded_placeholder_word(encoded));
    if text.is_empty() || encoded.is_empty() {
        faults.push(Fault::Empty);
    }
    // Such a text is named for what it is.
    let is_marked = is_marked(encoded);
    if is_marked || is_ed25519(text.as_bytes()) {
        faults.push(Fault::Foreign);
    }
    if is_zero(encoded.as_bytes()) {
        faults.push(Fault::Zero);
    }
    match decoded {
        Ok(bytes) => {
            faults.extend(from_bytes(&bytes).err().into_iter().flatten());
            if bytes.len() < SHORTEST {
                faults.push(Fault::Short(bytes.len()));
            }
            result(bytes, faults)
        }
        Err(fault) => {
            if !is_marked {
                faults.push(fault);
            }
            Err(faults)
        }
    }
}

/// Finds the prefixes of the three kinds of keys of Standard Webhooks, in any
/// letter case.
pub fn is_marked(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["whsec_", "whpk_", "whsk_"]
        .iter()
        .any(|mark| text.starts_with(mark))
}

fn result(bytes: Vec<u8>, faults: Vec<Fault>) -> Secret {
    if faults.is_empty() {
        Ok(bytes)
    } else {
        Err(faults)
    }
}

/// Decodes canonical standard base64, which is at `start` of a text; its
/// padding is right or left off.
pub fn base64(encoded: &str, start: usize) -> Result<Vec<u8>, Fault> {
    let belongs = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    if let Some(stranger) = stranger(encoded, start, belongs) {
        return Err(stranger);
    }
    let unpadded = encoded.trim_end_matches('=');
    // `data-encoding` would read one within as the end of a first text.
    if unpadded.contains('=') {
        return Err(Fault::Form);
    }
    let bytes = if encoded == unpadded {
        BASE64_NOPAD.decode(encoded.as_bytes())
    } else {
        BASE64.decode(encoded.as_bytes())
    };
    bytes.map_err(|_| Fault::Form)
}

/// Finds the first character that does not belong.
pub fn stranger(text: &str, start: usize, belongs: impl Fn(char) -> bool) -> Option<Fault> {
    let (place, c) = text.char_indices().find(|&(_, c)| !belongs(c))?;
    Some(Fault::Stranger(c, start + place))
}

fn placeholders(text: &str) -> impl Iterator<Item = Fault> {
    let opened = |open: &str, close: &str| {
        let (before, after) = text.split_once(open)?;
        after.contains(close).then_some(before.len())
    };
    let first = [opened("${", "}"), opened("$(", ")")]
        .into_iter()
        .flatten()
        .min();
    first
        .map(Fault::Unexpanded)
        .into_iter()
        .chain(placeholder_word(text))
}

fn placeholder_word(text: &str) -> Option<Fault> {
    ["null", "undefined", "None"]
        .contains(&text)
        .then_some(Fault::Placeholder)
}

/// No encoded secret is as short as these, so their letter case does not matter.
fn encoded_placeholder_word(text: &str) -> Option<Fault> {
    let text = text.to_ascii_lowercase();
    ["null", "undefined", "none", "nil"]
        .contains(&text.as_str())
        .then_some(Fault::Placeholder)
}

/// Of no bytes, all are zero; that fault has a name of its own.
fn is_zero(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| byte == 0)
}

/// Whether a word of the text has the prefix of an Ed25519 key, in any letter
/// case.
fn is_ed25519(bytes: &[u8]) -> bool {
    let words = bytes.split(|byte| !byte.is_ascii_alphanumeric());
    let mut end = 0;
    for word in words {
        end += word.len();
        let is_kind = |kind: &&[u8]| word.eq_ignore_ascii_case(kind);
        if bytes.get(end) == Some(&b'_') && [&b"whpk"[..], b"whsk"].iter().any(is_kind) {
            return true;
        }
        end += 1;
    }
    false
}

fn is_quote(c: char) -> bool {
    "\"'`".contains(c)
}

pub const BYTE_ORDER_MARK: char = '\u{feff}';

/// Recognizes, by Unicode's names, ZERO WIDTH SPACE, NON-JOINER, JOINER and
/// NO-BREAK SPACE; and WORD JOINER, which took the last one's place.
pub fn is_zero_width(c: char) -> bool {
    ['\u{200b}', '\u{200c}', '\u{200d}', '\u{feff}', '\u{2060}'].contains(&c)
}
