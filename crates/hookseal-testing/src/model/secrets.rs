//! Reads the texts of secrets for the model, and lists everything that is wrong with
//! one. An error names one of these faults.
//!
//! The marks of other kinds of keys (PEM, OpenSSH, DER, minisign) are not listed here:
//! a second copy of that list would prove nothing. Instead, the properties check that
//! the text contains what an error names.

use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER_PERMISSIVE};
use hookseal::scheme::SecretForm;
use ring::digest::{SHA256, digest};

/// What is wrong with a secret.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Only zero bytes, with which HMAC pads secrets.
    Zero,
    Empty,
    /// Marked as a different kind of key than expected.
    Foreign,
    /// A word that programs write for a value that is not set.
    Placeholder,
    /// `${…}` or `$(…)`, and where it begins.
    Unexpanded(usize),
    /// A character that does not belong in its place.
    Stranger(char, usize),
    /// Padding, left-over bits, or an impossible length.
    Form,
    /// Decoded to this number of bytes, too few.
    Short(usize),
    /// Hexadecimal digits where base64 is expected.
    Hex,
}

pub type Secret = Result<Vec<u8>, Vec<Fault>>;

/// Reads the bytes of a text in the form that its sender hands out; returns `None`
/// for the forms that contain no MAC secret.
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

/// Accepts any bytes except none, only zeros, and an Ed25519 key.
pub fn from_bytes(bytes: &[u8]) -> Secret {
    let faults = [
        (bytes.is_empty(), Fault::Empty),
        (is_zero(bytes), Fault::Zero),
        (is_ed25519(bytes), Fault::Foreign),
    ];
    let faults = faults.into_iter().filter(|(is, _)| *is);
    result(bytes.to_vec(), faults.map(|(_, fault)| fault).collect())
}

/// Accepts the bytes of a text that has nothing around it, and nothing invisible
/// in it.
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

/// Reads canonical standard base64 after at most one `whsec_` or `v1,whsec_`, with
/// or without padding.
pub fn from_whsec(text: &str) -> Secret {
    let after_version = text.strip_prefix("v1,").unwrap_or(text);
    match after_version.strip_prefix("whsec_") {
        Some(encoded) => from_base64(encoded, &text[..text.len() - encoded.len()]),
        None => from_base64(text, ""),
    }
}

/// Reads base64 after a prefix.
fn from_base64(encoded: &str, prefix: &str) -> Secret {
    let decoded = base64(encoded, prefix.len());
    // This many hex digits are a secret of a proper length.
    let is_hex = encoded.bytes().all(|byte| byte.is_ascii_hexdigit())
        && encoded.len() >= 2 * SHORTEST
        && encoded.len().is_multiple_of(2);
    // The base64 of zeros consists only of such digits.
    if is_hex && !decoded.as_ref().is_ok_and(|bytes| is_zero(bytes)) {
        return Err(vec![Fault::Hex]);
    }
    decoded_secret(encoded, prefix, decoded)
}

/// The fewest bytes that a decoded secret may have. Standard Webhooks asks for 24.
const SHORTEST: usize = 16;

/// Returns the secret that a text after a prefix decodes to.
fn decoded_secret(encoded: &str, prefix: &str, decoded: Result<Vec<u8>, Fault>) -> Secret {
    let text = [prefix, encoded].concat();
    let mut faults: Vec<Fault> = placeholders(&text).collect();
    faults.extend(encoded_placeholder_word(encoded));
    if text.is_empty() || encoded.is_empty() {
        faults.push(Fault::Empty);
    }
    // The error names such a text for what it is.
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

/// Decodes canonical standard base64, with or without padding, at `start` of a
/// text.
pub fn base64(encoded: &str, start: usize) -> Result<Vec<u8>, Fault> {
    let belongs = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    if let Some(stranger) = stranger(encoded, start, belongs) {
        return Err(stranger);
    }
    let unpadded = encoded.trim_end_matches('=');
    // `data-encoding` would read padding within as the end of a first text.
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

/// Finds a placeholder in any letter case: no encoded secret is as short as these words.
fn encoded_placeholder_word(text: &str) -> Option<Fault> {
    let text = text.to_ascii_lowercase();
    ["null", "undefined", "none", "nil"]
        .contains(&text.as_str())
        .then_some(Fault::Placeholder)
}

/// Returns whether all bytes are zero and there is at least one: no bytes are a separate fault.
fn is_zero(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| byte == 0)
}

/// Returns whether a word of the text has the prefix of an Ed25519 key, in any letter
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
