//! Reads the texts of secrets, and refuses texts that are not secrets.

use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _, ConstantTimeGreater as _};
use zeroize::Zeroizing;

use crate::error::{ConfigError, SecretFault};

/// How a sender hands out its secret.
///
/// A scheme declares which form its sender uses, and
/// [`Webhook::new`](crate::Webhook::new) reads the configured text accordingly.
/// A [`Key`](crate::Key) from one of its constructors has been read already,
/// and is used as it is.
///
/// The forms that hold a MAC secret refuse the empty text, zero bytes, public
/// keys, placeholders such as `null`, unexpanded `${…}` and `$(…)`, and white
/// space, quotes or invisible characters around the text. The encoded forms
/// refuse secrets of fewer than 16 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum SecretForm {
    /// The bytes of the text are the secret, including any prefix.
    Text,
    /// Base64 of the secret, in the standard alphabet, with or without padding.
    Base64,
    /// Hexadecimal digits of the secret, in either letter case.
    Hex,
    /// Base64 of the secret, usually after `whsec_` or `v1,whsec_`, as for
    /// Standard Webhooks. An Ed25519 key has the prefix `whpk_` or `whsk_`
    /// (feature `ed25519`).
    Whsec,
    /// The same, or several of them with `|` between them. An Ed25519 key is
    /// `v1a,whpk_…`, or `v1a,whpk_…:whsk_…` with its signing key.
    WhsecList,
    /// The SHA-256 digest of the text's bytes is the secret.
    Sha256OfText,
    /// Hexadecimal digits of an Ed25519 public key (feature `ed25519`).
    PublicKeyHex,
    /// Base64 of an Ed25519 public key (feature `ed25519`).
    PublicKeyBase64,
}

/// The minimum number of bytes that a secret may decode to. Standard Webhooks asks for
/// 24.
const MIN_DECODED: usize = 16;

/// A mark by which a key of another kind is recognised.
struct Mark {
    found: &'static str,
    meaning: &'static str,
    bytes: &'static [u8],
    rule: Rule,
}

/// Where a [`Mark`] counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Anywhere.
    Anywhere,
    /// Anywhere, in any letter case.
    AnyCase,
    /// In any letter case, if no letter or digit precedes it.
    Word,
}

const fn mark(found: &'static str, meaning: &'static str) -> Mark {
    Mark {
        found,
        meaning,
        bytes: found.as_bytes(),
        rule: Rule::Anywhere,
    }
}

const fn in_any_case(found: &'static str, meaning: &'static str) -> Mark {
    Mark {
        rule: Rule::AnyCase,
        ..mark(found, meaning)
    }
}

const fn raw(found: &'static str, bytes: &'static [u8], meaning: &'static str) -> Mark {
    Mark {
        bytes,
        ..mark(found, meaning)
    }
}

const IN_PEM: &str =
    "marks PEM, which is not a form of a MAC secret; pass the secret as the provider shows it";
const IN_OPENSSH: &str = "marks an OpenSSH public key; pass the secret as the provider shows it";
const IN_JWK: &str = "marks a JSON Web Key, which is not a form of a MAC secret; pass the secret as the provider shows it";
const IN_MINISIGN: &str =
    "marks a minisign or signify key; pass the secret as the provider shows it";
const IN_OTHER_DER: &str =
    "marks an RSA or elliptic curve key in DER; pass the secret as the provider shows it";

/// The base64 of [`SPKI_HEADER`], and what it marks.
pub(crate) const IN_DER: (&str, &str) = (
    "MCowBQYDK2VwAyEA",
    "marks an Ed25519 public key in DER; `ed25519::PublicKey::from_bytes` takes its last 32 bytes (feature `ed25519`)",
);

/// What precedes the 32 bytes of an Ed25519 public key in DER (RFC 8410,
/// sections 4 and 10.1).
const SPKI_HEADER: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// The hexadecimal digits of [`SPKI_HEADER`].
pub(crate) const SPKI_HEADER_HEX: &str = "302a300506032b6570032100";

/// The texts of Ed25519 keys. A public key mistaken for a secret would let anyone sign.
const ED25519: [(&str, &str); 2] = [
    (
        "whsk_",
        "marks an Ed25519 signing key; `ed25519::SigningKey::from_base64` takes it (feature `ed25519`)",
    ),
    (
        "whpk_",
        "marks an Ed25519 public key; `ed25519::PublicKey::from_base64` takes it (feature `ed25519`)",
    ),
];

/// The same marks, anywhere in a text.
const ED25519_MARKS: [Mark; 2] = {
    let [whsk, whpk] = ED25519;
    [
        Mark {
            rule: Rule::Word,
            ..mark(whsk.0, whsk.1)
        },
        Mark {
            rule: Rule::Word,
            ..mark(whpk.0, whpk.1)
        },
    ]
};

/// Marks that files of public keys contain.
const FILES: [Mark; 25] = [
    mark("-----BEGIN", IN_PEM),
    // RFC 4716, section 3.1.
    mark("---- BEGIN", IN_PEM),
    mark(IN_DER.0, IN_DER.1),
    raw("30 2a 30 05 06 03 2b 65 70", SPKI_HEADER, IN_DER.1),
    in_any_case(SPKI_HEADER_HEX, IN_DER.1),
    mark("ssh-ed25519 ", IN_OPENSSH),
    mark("sk-ssh-ed25519@", IN_OPENSSH),
    mark("ecdsa-sha2-", IN_OPENSSH),
    mark("ssh-rsa ", IN_OPENSSH),
    // The same base64 without the words around it, and the bytes that it encodes.
    mark("AAAAC3NzaC1lZDI1NTE5", IN_OPENSSH),
    mark("AAAAE2VjZHNhLXNoYTIt", IN_OPENSSH),
    mark("AAAAB3NzaC1yc2E", IN_OPENSSH),
    raw("ssh-ed25519", b"\0\0\0\x0bssh-ed25519", IN_OPENSSH),
    raw("ssh-rsa", b"\0\0\0\x07ssh-rsa", IN_OPENSSH),
    mark("\"kty\"", IN_JWK),
    mark("\"kty\\\"", IN_JWK),
    mark("untrusted comment:", IN_MINISIGN),
    // RSA keys (RFC 8017, appendix A.1), at the offsets that they have in files.
    mark("ANBgkqhkiG9w0BAQEF", IN_OTHER_DER),
    mark("MA0GCSqGSIb3DQEBAQUA", IN_OTHER_DER),
    raw("2a 86 48 86 f7 0d 01 01 01", RSA, IN_OTHER_DER),
    in_any_case("2a864886f70d010101", IN_OTHER_DER),
    // Keys on other curves (RFC 5480, section 2.1.1), likewise.
    mark("YHKoZIzj0CAQ", IN_OTHER_DER),
    mark("ByqGSM49AgEG", IN_OTHER_DER),
    raw("2a 86 48 ce 3d 02 01", EC, IN_OTHER_DER),
    in_any_case("2a8648ce3d0201", IN_OTHER_DER),
];

const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";

/// Prefixes that no sender puts before a MAC secret.
const MISPLACED: [(&str, &str); 3] = [
    (
        "whsec_",
        "occurs twice; pass the secret as the provider shows it",
    ),
    (
        "v1a,",
        "marks an Ed25519 signature; pass the `whsec_` secret",
    ),
    (
        "v1,",
        "only goes before `whsec_`; pass the secret as the provider shows it",
    ),
];

/// The prefixes of Standard Webhooks, refused where another form is expected.
const WHSEC: [(&str, &str); 2] = [
    (
        "whsec_",
        "marks a secret of Standard Webhooks; if the sender shows it in this form, `Key::from_base64` takes it",
    ),
    (
        "v1,whsec_",
        "marks a secret of Standard Webhooks; if the sender shows it in this form, `Key::from_base64` takes it",
    ),
];

/// Refuses a text with one of these prefixes. A lower-case prefix is refused in
/// any letter case.
pub(crate) fn refuse_prefixes(
    text: &str,
    prefixes: &[(&'static str, &'static str)],
) -> Result<(), ConfigError> {
    for &(found, mut meaning) in prefixes {
        let lower_case = !found.contains(|character: char| character.is_ascii_uppercase());
        match text.as_bytes().get(..found.len()) {
            Some(start) if start == found.as_bytes() => {}
            Some(start) if lower_case && start.eq_ignore_ascii_case(found.as_bytes()) => {
                meaning = "is written in lower case; pass the secret as the provider shows it";
            }
            _ => continue,
        }
        return Err(ConfigError::ForeignSecret {
            found,
            meaning,
            position: None,
        });
    }
    Ok(())
}

// Bytes that are never a secret. Raw secrets are searched for them too, so this
// code branches only once, on whether anything was found.

/// Refuses zero bytes, files of public keys and, with `texts`, the texts of
/// Ed25519 keys, in UTF-8 and in UTF-16, which some editors write.
#[inline(never)]
fn refuse_known(bytes: &[u8], start: Option<usize>, texts: bool) -> Result<(), ConfigError> {
    let texts = if texts { &ED25519_MARKS[..] } else { &[] };
    let marks = || FILES.iter().chain(texts);
    let mut known = is_zero(bytes) | is_minisign(bytes);
    for mark in marks() {
        known |= mark.is_in(bytes, 1) | mark.is_in(bytes, 2);
    }
    if !bool::from(known) {
        return Ok(());
    }
    // Anyone may know this text, so from here on timing does not matter.
    if is_zero(bytes).into() {
        return Err(ConfigError::KnownSecret);
    }
    let found = marks().find_map(|mark| Some((mark.position(bytes)?, mark.found, mark.meaning)));
    let (at, found, meaning) = found.unwrap_or_else(|| {
        let at = bytes.windows(2).position(|pair| pair == b"RW");
        (at.unwrap_or_default(), "RW", IN_MINISIGN)
    });
    Err(ConfigError::ForeignSecret {
        found,
        meaning,
        position: start
            .map(|start| start + at)
            .filter(|&position| position > 0),
    })
}

/// Returns whether all bytes are zero, which is also true of no bytes.
pub(crate) fn is_zero(bytes: &[u8]) -> Choice {
    bytes.iter().fold(0, |all, byte| all | byte).ct_eq(&0)
}

impl Mark {
    /// Returns whether the mark is in `bytes`, with each of its bytes followed
    /// by `stride - 1` zeros.
    fn is_in(&self, bytes: &[u8], stride: usize) -> Choice {
        self.places(bytes, stride)
            .fold(Choice::from(0), |found, here| found | here)
    }

    fn position(&self, bytes: &[u8]) -> Option<usize> {
        [1, 2]
            .into_iter()
            .find_map(|stride| self.places(bytes, stride).position(bool::from))
    }

    fn places<'b>(&'b self, bytes: &'b [u8], stride: usize) -> impl Iterator<Item = Choice> + 'b {
        let span = (self.bytes.len() - 1) * stride + 1;
        bytes.windows(span).enumerate().map(move |(at, window)| {
            let mut wanted = self.bytes.iter();
            let difference = window.iter().enumerate().fold(0, |difference, (at, byte)| {
                let wanted = if at % stride == 0 {
                    wanted.next()
                } else {
                    None
                };
                let wanted = *wanted.unwrap_or(&0);
                let folded = if self.rule != Rule::Anywhere && wanted.is_ascii_lowercase() {
                    byte | 0x20
                } else {
                    *byte
                };
                difference | (folded ^ wanted)
            });
            let before = at.checked_sub(stride).and_then(|before| bytes.get(before));
            let joined = match (self.rule, before) {
                (Rule::Word, Some(&before)) => is_alphanumeric(before),
                _ => Choice::from(0),
            };
            difference.ct_eq(&0) & !joined
        })
    }
}

/// Returns whether a run of base64 characters is the line of a minisign public
/// key: 42 bytes that begin with `Ed`, in 56 characters.
fn is_minisign(bytes: &[u8]) -> Choice {
    let mut found = Choice::from(0);
    let mut begun = Choice::from(0);
    let mut length = 0u32;
    let (mut before, mut last) = (0u8, 0u8);
    for &byte in bytes.iter().chain(b" ") {
        let inside = is_alphanumeric(byte) | byte.ct_eq(&b'+') | byte.ct_eq(&b'/');
        found |= !inside & begun & length.ct_eq(&56);
        let begins = before.ct_eq(&b'R') & last.ct_eq(&b'W') & is_between(byte, b'Q', b'T');
        begun = Choice::conditional_select(&begun, &begins, length.ct_eq(&2));
        length = u32::conditional_select(&0, &length.wrapping_add(1), inside);
        (before, last) = (last, byte);
    }
    found
}

fn is_alphanumeric(byte: u8) -> Choice {
    is_between(byte | 0x20, b'a', b'z') | is_between(byte, b'0', b'9')
}

fn is_between(byte: u8, first: u8, last: u8) -> Choice {
    !first.ct_gt(&byte) & !byte.ct_gt(&last)
}

// Texts.

/// The words that programs write for an unset value.
const UNSET: [&str; 3] = ["null", "undefined", "None"];

/// Refuses the words and the syntax of an unset value.
fn refuse_placeholders(text: &str, start: usize) -> Result<(), ConfigError> {
    if let Some(found) = UNSET.into_iter().find(|word| *word == text) {
        return Err(ConfigError::Placeholder { found });
    }
    let opened = |open: &str, close: char| {
        let at = text.find(open)?;
        text.get(at..)?.contains(close).then_some(at)
    };
    let places = [opened("${", '}'), opened("$(", ')')];
    match places.into_iter().flatten().min() {
        Some(at) => Err(ConfigError::Unexpanded {
            position: start + at,
        }),
        None => Ok(()),
    }
}

/// Refuses the same syntax, and the words in any letter case, since they are too short
/// for encoded secrets.
pub(crate) fn refuse_encoded_placeholders(text: &str, start: usize) -> Result<(), ConfigError> {
    let mut words = UNSET.into_iter().chain(["nil"]);
    match words.find(|word| word.eq_ignore_ascii_case(text)) {
        Some(found) => Err(ConfigError::Placeholder { found }),
        None => refuse_placeholders(text, start),
    }
}

/// Returns whether configuration files, shells and editors put this character
/// around a text.
fn is_dirt(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '\'' | '`' | '\u{feff}')
}

/// Returns the fault for a character that belongs to no alphabet.
fn fault_of(character: char, position: usize) -> SecretFault {
    match character {
        '\r' | '\n' => SecretFault::LineBreak { position },
        '"' | '\'' | '`' => SecretFault::Quote { position },
        '-' | '_' => SecretFault::UrlSafe { position },
        '\u{feff}' if position == 0 => SecretFault::ByteOrderMark { position },
        '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => SecretFault::ZeroWidth { position },
        _ if character.is_whitespace() => SecretFault::WhiteSpace { position },
        _ => SecretFault::Character { position },
    }
}

/// Refuses dirt at the start.
fn refuse_dirt_before(text: &str, start: usize) -> Result<(), SecretFault> {
    match text.chars().next() {
        Some(first) if is_dirt(first) => Err(fault_of(first, start)),
        _ => Ok(()),
    }
}

/// Refuses dirt at either end, and invisible characters anywhere.
fn refuse_dirt(text: &str) -> Result<(), SecretFault> {
    refuse_dirt_before(text, 0)?;
    let body = text.trim_end_matches(is_dirt);
    for (position, character) in body.char_indices() {
        if let fault @ SecretFault::ZeroWidth { .. } = fault_of(character, position) {
            return Err(fault);
        }
    }
    let after = text.get(body.len()..).and_then(|dirt| dirt.chars().next());
    match after {
        Some('\u{feff}') => Err(SecretFault::ByteOrderMark {
            position: body.len(),
        }),
        Some(dirt) => Err(fault_of(dirt, body.len())),
        None => Ok(()),
    }
}

/// Checks raw bytes.
pub(crate) fn check_bytes(secret: &[u8]) -> Result<(), ConfigError> {
    if secret.is_empty() {
        return Err(ConfigError::EmptySecret);
    }
    refuse_known(secret, Some(0), true)
}

/// Checks a text whose bytes are the secret.
pub(crate) fn check_text(secret: &str) -> Result<(), ConfigError> {
    check_text_for(secret, "the exact bytes")
}

/// Checks a text whose SHA-256 digest is the secret.
pub(crate) fn check_text_to_digest(secret: &str) -> Result<(), ConfigError> {
    check_text_for(secret, "the SHA-256 digest of the exact bytes")
}

fn check_text_for(secret: &str, bytes: &'static str) -> Result<(), ConfigError> {
    check_bytes(secret.as_bytes())?;
    refuse_placeholders(secret, 0)?;
    refuse_dirt(secret).map_err(|fault| ConfigError::DirtySecret { fault, bytes })
}

/// Performs the checks that all forms of encoded text have in common.
fn check_encoded(text: &str, start: usize, encoding: &'static str) -> Result<(), ConfigError> {
    if text.is_empty() {
        return Err(ConfigError::EmptySecret);
    }
    refuse_known(text.as_bytes(), Some(start), false)?;
    refuse_encoded_placeholders(text, start)?;
    refuse_dirt_before(text, start).map_err(|fault| ConfigError::InvalidSecret { encoding, fault })
}

/// Checks a secret that was decoded from a text.
fn check_decoded(secret: &[u8]) -> Result<(), ConfigError> {
    if secret.is_empty() {
        return Err(ConfigError::EmptySecret);
    }
    refuse_known(secret, None, true)?;
    if secret.len() < MIN_DECODED {
        return Err(ConfigError::ShortSecret {
            found: secret.len(),
            min: MIN_DECODED,
        });
    }
    Ok(())
}

/// Returns the SHA-256 digest of a text that [`check_text_to_digest`] has
/// accepted.
pub(crate) fn sha256(text: &str) -> Zeroizing<Vec<u8>> {
    let mut secret = Zeroizing::new(alloc::vec![0; Sha256::output_size()]);
    if let Ok(place) = secret.as_mut_slice().try_into() {
        Sha256::new_with_prefix(text).finalize_into(place);
    }
    secret
}

/// Reads base64 with or without `whsec_` or `v1,whsec_` before it. `text`
/// begins at byte `start` of the text that was passed.
pub(crate) fn from_whsec(text: &str, start: usize) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    check_encoded(text, start, "base64")?;
    let prefix = ["v1,whsec_", "whsec_"]
        .into_iter()
        .find(|prefix| text.starts_with(prefix));
    let Some(rest) = prefix.and_then(|prefix| text.strip_prefix(prefix)) else {
        refuse_prefixes(text, &ED25519)?;
        refuse_prefixes(text, &MISPLACED)?;
        refuse_known(text.as_bytes(), Some(start), true)?;
        refuse_another_prefix(text)?;
        return decode_base64(text, start);
    };
    let start = start + (text.len() - rest.len());
    check_encoded(rest, start, "base64")?;
    refuse_prefixes(rest, &ED25519)?;
    refuse_prefixes(rest, &MISPLACED)?;
    refuse_known(rest.as_bytes(), Some(start), true)?;
    decode_base64(rest, start)
}

/// Reads base64 without any prefix.
pub(crate) fn from_base64(text: &str) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    check_encoded(text, 0, "base64")?;
    refuse_prefixes(text, &ED25519)?;
    refuse_prefixes(text, &WHSEC)?;
    refuse_known(text.as_bytes(), Some(0), true)?;
    decode_base64(text, 0)
}

/// Reads hexadecimal digits.
pub(crate) fn from_hex(text: &str) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let encoding = "hex";
    check_encoded(text, 0, encoding)?;
    refuse_prefixes(text, &ED25519)?;
    refuse_prefixes(text, &WHSEC)?;
    refuse_known(text.as_bytes(), Some(0), true)?;
    let secret =
        decode_hex(text).map_err(|fault| ConfigError::InvalidSecret { encoding, fault })?;
    check_decoded(&secret)?;
    Ok(secret)
}

fn decode_base64(text: &str, start: usize) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    refuse_hex(text, "pass it with `Key::from_hex`")?;
    let encoding = "base64";
    let secret = base64_bytes(text, start)
        .map_err(|fault| ConfigError::InvalidSecret { encoding, fault })?;
    check_decoded(&secret)?;
    Ok(secret)
}

/// Refuses hexadecimal digits where base64 is expected. About one in 10^14
/// random base64 texts of 32 characters has only hexadecimal digits.
pub(crate) fn refuse_hex(text: &str, advice: &'static str) -> Result<(), ConfigError> {
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    // These are the base64 of zero bytes.
    let zeros = text.bytes().all(|byte| byte == b'A');
    if digits && !zeros && text.len() >= 32 && text.len().is_multiple_of(2) {
        let found = "hexadecimal digits";
        return Err(ConfigError::LooksLike { found, advice });
    }
    Ok(())
}

/// Refuses the prefix of another sender, such as `abc_` or `abc_def_`.
fn refuse_another_prefix(text: &str) -> Result<(), ConfigError> {
    let word = text.split('_').next().unwrap_or_default();
    let is_word = word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_word && word.len() < text.len() {
        return Err(ConfigError::LooksLike {
            found: "a text with a prefix that is not `whsec_`",
            advice: "if the sender's key is the text itself, pass it with `Key::from_text`",
        });
    }
    Ok(())
}

/// Decodes base64 strictly, except that the padding may be omitted. `text` begins at byte
/// `start` of the text that was passed.
pub(crate) fn base64_bytes(text: &str, start: usize) -> Result<Zeroizing<Vec<u8>>, SecretFault> {
    let body = text.trim_end_matches('=');
    // Pasting can add a line break after the padding.
    refuse_strangers(text, start, |character| {
        character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=')
    })?;
    let engine: &GeneralPurpose = if body.len() == text.len() {
        &STANDARD_NO_PAD
    } else {
        &STANDARD
    };
    // Decoded into its final place, since a vector that grows leaves copies behind.
    let mut secret = Zeroizing::new(alloc::vec![0; base64::decoded_len_estimate(text.len())]);
    let decoded = engine
        .decode_slice(text, &mut secret)
        .map_err(|error| match error {
            base64::DecodeSliceError::DecodeError(base64::DecodeError::InvalidLastSymbol {
                ..
            }) => SecretFault::TrailingBits,
            // All characters are in the alphabet, so `=` is misplaced, or the
            // number of characters is impossible.
            _ if body.len() % 4 == 1 && !body.contains('=') => SecretFault::Length,
            _ => SecretFault::Padding,
        })?;
    secret.truncate(decoded);
    Ok(secret)
}

/// Decodes an even number of hexadecimal digits of either case.
pub(crate) fn decode_hex(text: &str) -> Result<Zeroizing<Vec<u8>>, SecretFault> {
    refuse_strangers(text, 0, |character| character.is_ascii_hexdigit())?;
    let mut secret = Zeroizing::new(alloc::vec![0; text.len() / 2]);
    hex::decode_to_slice(text, &mut secret).map_err(|_| SecretFault::Length)?;
    Ok(secret)
}

/// Refuses a text that contains a character that no kind of key has. Reports the first.
#[cfg(feature = "ed25519")]
pub(crate) fn refuse_surroundings(text: &str, start: usize) -> Result<(), SecretFault> {
    refuse_strangers(text, start, |character| {
        character.is_ascii_alphanumeric() || "+/=-_,".contains(character)
    })
}

/// Refuses a text that contains a character that does not belong, and reports the first.
/// The position lets a user correct a secret without it being shown.
fn refuse_strangers(
    text: &str,
    start: usize,
    belongs: impl Fn(char) -> bool,
) -> Result<(), SecretFault> {
    match text.char_indices().find(|&(_, found)| !belongs(found)) {
        Some((at, found)) => Err(fault_of(found, start + at)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;

    // RFC 4648, section 10.
    #[test]
    fn secrets_in_base64_decode_with_and_without_padding() {
        for (text, bytes) in [
            ("Zg==", "f"),
            ("Zg", "f"),
            ("Zm8=", "fo"),
            ("Zm8", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
            ("", ""),
        ] {
            let secret = base64_bytes(text, 0).unwrap();
            assert_eq!(secret.as_slice(), bytes.as_bytes(), "{text}");
        }
    }

    #[test]
    fn every_fault_of_a_base64_secret_is_named() {
        use SecretFault::*;
        for (text, fault) in [
            ("Zm9v Zm9v", WhiteSpace { position: 4 }),
            ("\tZm9v", WhiteSpace { position: 0 }),
            ("Zm9v\n", LineBreak { position: 4 }),
            ("Zm9v\r\n", LineBreak { position: 4 }),
            ("\"Zm9v\"", Quote { position: 0 }),
            ("Zm9-", UrlSafe { position: 3 }),
            ("Zm9_", UrlSafe { position: 3 }),
            ("Zm9v!", Character { position: 4 }),
            ("Zm9\u{e9}", Character { position: 3 }),
            ("Zg=", Padding),
            ("Zg===", Padding),
            ("Zm9v=", Padding),
            ("Zm9v====", Padding),
            ("Zg==Zg==", Padding),
            ("=", Padding),
            ("Zm=9v", Padding),
            ("Zg==\n", LineBreak { position: 4 }),
            ("Zg== ", WhiteSpace { position: 4 }),
            ("\"Zg==\"", Quote { position: 0 }),
            ("Zh==", TrailingBits),
            ("Zh", TrailingBits),
            ("Zm9", TrailingBits),
            ("Z", Length),
            ("Zm9vY", Length),
            ("Zm9vY===", Length),
            ("Zm9v\u{a0}", WhiteSpace { position: 4 }),
            ("\u{feff}Zm9v", ByteOrderMark { position: 0 }),
            ("Zm9v\u{200b}", ZeroWidth { position: 4 }),
            ("Zm\u{2060}9v", ZeroWidth { position: 2 }),
        ] {
            assert_eq!(base64_bytes(text, 0).err(), Some(fault), "{text:?}");
        }
    }

    #[test]
    fn secrets_in_hex_decode_in_both_cases() {
        assert_eq!(decode_hex("00fFAa").unwrap().as_slice(), [0, 255, 170]);
        assert_eq!(decode_hex("00f").err(), Some(SecretFault::Length));
        assert_eq!(
            decode_hex("0x00").err(),
            Some(SecretFault::Character { position: 1 })
        );
        assert_eq!(
            decode_hex("00=").err(),
            Some(SecretFault::Character { position: 2 })
        );
        assert_eq!(
            decode_hex("00 ff").err(),
            Some(SecretFault::WhiteSpace { position: 2 })
        );
    }

    #[test]
    fn dirt_around_a_text_is_named_and_located() {
        use SecretFault::*;
        for (text, fault) in [
            (" secret", WhiteSpace { position: 0 }),
            ("secret\t", WhiteSpace { position: 6 }),
            ("secret\u{a0}", WhiteSpace { position: 6 }),
            ("\u{3000}secret", WhiteSpace { position: 0 }),
            ("secret\n", LineBreak { position: 6 }),
            ("secret\r\n", LineBreak { position: 6 }),
            ("secret \n", WhiteSpace { position: 6 }),
            ("\nsecret", LineBreak { position: 0 }),
            ("\"secret\"", Quote { position: 0 }),
            ("secret\"", Quote { position: 6 }),
            ("'secret", Quote { position: 0 }),
            ("secret`", Quote { position: 6 }),
            ("\u{feff}secret", ByteOrderMark { position: 0 }),
            ("secret\u{feff}", ByteOrderMark { position: 6 }),
            ("sec\u{feff}ret", ZeroWidth { position: 3 }),
            ("sec\u{200b}ret", ZeroWidth { position: 3 }),
            ("sec\u{200c}ret", ZeroWidth { position: 3 }),
            ("sec\u{200d}ret", ZeroWidth { position: 3 }),
            ("\u{2060}secret", ZeroWidth { position: 0 }),
            ("secret\u{2060}", ZeroWidth { position: 6 }),
            ("   ", WhiteSpace { position: 0 }),
            ("\"\"", Quote { position: 0 }),
        ] {
            let bytes = "the exact bytes";
            let dirty = Some(ConfigError::DirtySecret { fault, bytes });
            assert_eq!(check_text(text).err(), dirty, "{text:?}");
            // As bytes, it is accepted unchanged.
            assert_eq!(check_bytes(text.as_bytes()), Ok(()), "{text:?}");
        }
        for text in [
            "a secret with spaces",
            "a\tb\r\nc",
            "it's a \"secret\" to everybody",
            "s\u{e9}cret-\u{1f511}",
            "sec\u{200e}ret",
            "-secret_",
            "k",
        ] {
            assert_eq!(check_text(text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn values_that_are_not_set_are_named() {
        for word in ["null", "undefined", "None"] {
            let error = Some(ConfigError::Placeholder { found: word });
            assert_eq!(check_text(word).err(), error);
            assert_eq!(from_base64(word).err(), error);
            assert_eq!(from_hex(word).err(), error);
            assert_eq!(from_whsec(word, 0).err(), error);
            let prefixed = std::format!("whsec_{word}");
            assert_eq!(from_whsec(&prefixed, 0).err(), error);
            assert_eq!(check_text(&std::format!("{word}1")), Ok(()));
            assert_eq!(check_bytes(word.as_bytes()), Ok(()));
        }
        for (text, word) in [
            ("NULL", "null"),
            ("none", "None"),
            ("Undefined", "undefined"),
            ("nil", "nil"),
            ("NIL", "nil"),
        ] {
            let error = Some(ConfigError::Placeholder { found: word });
            assert_eq!(from_base64(text).err(), error);
            assert_eq!(from_hex(text).err(), error);
            assert_eq!(from_whsec(text, 0).err(), error);
            let prefixed = std::format!("v1,whsec_{text}");
            assert_eq!(from_whsec(&prefixed, 0).err(), error);
            // A text may be any word.
            assert_eq!(check_text(text), Ok(()));
        }
        for (text, position) in [
            ("${SECRET}", 0),
            ("whsec_${SECRET}", 6),
            ("$(cat secret)", 0),
            ("ab$(cat ${SECRET})", 2),
            ("ab${}", 2),
        ] {
            let error = Some(ConfigError::Unexpanded { position });
            assert_eq!(check_text(text).err(), error, "{text}");
            assert_eq!(from_base64(text).err(), error, "{text}");
            assert_eq!(from_hex(text).err(), error, "{text}");
            assert_eq!(from_whsec(text, 0).err(), error, "{text}");
        }
        let later = from_whsec("whsec_${SECRET}", 40).err();
        assert_eq!(later, Some(ConfigError::Unexpanded { position: 46 }));
        for text in ["$SECRET", "${SECRET", "}${", "$ (x)", "$()"] {
            assert_eq!(check_text(text).is_ok(), text != "$()", "{text}");
        }
    }

    #[test]
    fn zero_bytes_are_no_secret_in_any_form() {
        for length in [1, 16, 24, 32, 64, 65, 200] {
            let zeros = alloc::vec![0; length];
            let known = Some(ConfigError::KnownSecret);
            assert_eq!(check_bytes(&zeros).err(), known, "{length}");
            let text = String::from_utf8(zeros.clone()).unwrap();
            assert_eq!(check_text(&text).err(), known, "{length}");
            assert_eq!(from_hex(&"00".repeat(length)).err(), known, "{length}");
            let base64 = STANDARD.encode(&zeros);
            assert_eq!(from_base64(&base64).err(), known, "{length}");
            let bare = base64.trim_end_matches('=');
            assert_eq!(from_whsec(bare, 0).err(), known, "{length}");
            let whsec = std::format!("v1,whsec_{base64}");
            assert_eq!(from_whsec(&whsec, 0).err(), known, "{length}");
            // One bit.
            for at in [0, length - 1] {
                let mut other = zeros.clone();
                other[at] = 0x80;
                assert_eq!(check_bytes(&other), Ok(()), "{length}");
            }
        }
        // The digits of zeros are a text like any other.
        assert_eq!(check_text("0000"), Ok(()));
    }

    #[test]
    fn decoded_secrets_have_sixteen_bytes() {
        let short = |found| Some(ConfigError::ShortSecret { found, min: 16 });
        assert_eq!(from_hex(&"0b".repeat(15)).err(), short(15));
        assert_eq!(from_hex(&"0b".repeat(16)).unwrap().as_slice(), [0x0b; 16]);
        assert_eq!(from_whsec("whsec_test", 0).err(), short(3));
        // "0123456789abcde" and one more, by `base64` of coreutils.
        assert_eq!(from_base64("MDEyMzQ1Njc4OWFiY2Rl").err(), short(15));
        let secret = from_base64("MDEyMzQ1Njc4OWFiY2RlZg==").unwrap();
        assert_eq!(secret.as_slice(), b"0123456789abcdef");
        assert_eq!(check_bytes(b"k"), Ok(()));
    }

    #[test]
    fn texts_of_another_form_say_what_they_look_like() {
        let looks_like = |found: &str, text: &str| match from_whsec(text, 0) {
            Err(ConfigError::LooksLike { found: said, .. }) => said.contains(found),
            _ => false,
        };
        let hex = "f7b3ca9275d949d9b74f7f1b00aa11bbf7b3ca9275d949d9b74f7f1b00aa11bb";
        for text in [hex, &hex[..32], &hex[..34], &hex.to_uppercase()] {
            assert!(looks_like("hexadecimal", text), "{text}");
            assert!(looks_like("hexadecimal", &std::format!("whsec_{text}")));
            assert!(matches!(
                from_base64(text),
                Err(ConfigError::LooksLike { .. })
            ));
            assert!(from_hex(text).is_ok());
            assert_eq!(check_text(text), Ok(()));
        }
        // Shorter, odd in number, or with another letter.
        assert!(from_whsec(&hex[..24], 0).is_ok());
        assert!(matches!(
            from_whsec(&hex[..33], 0),
            Err(ConfigError::InvalidSecret { .. })
        ));
        assert!(from_whsec(&std::format!("{}gg", &hex[..30]), 0).is_ok());

        for text in [
            "abc_0Zk3mQm9vT2sJx1c",
            "abc_def_0Zk3mQm9vT2sJx1c",
            "whsk1_x",
        ] {
            let is_word = text != "whsk1_x";
            assert_eq!(looks_like("prefix", text), is_word, "{text}");
            assert_eq!(check_text(text), Ok(()));
        }
        assert_eq!(
            from_whsec("MfKQ_r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0).err(),
            Some(ConfigError::InvalidSecret {
                encoding: "base64",
                fault: SecretFault::UrlSafe { position: 4 }
            })
        );
        // Where no prefix is expected, `whsec_` is one of another sender.
        for text in ["whsec_AAAA", "v1,whsec_AAAA"] {
            for read in [from_base64, from_hex] {
                let error = read(text).unwrap_err();
                assert!(
                    matches!(error, ConfigError::ForeignSecret { .. }),
                    "{error}"
                );
            }
            assert_eq!(check_text(text), Ok(()));
        }
    }

    /// RFC 8032, section 7.1, test 1, in the forms of texts and files, made with OpenSSL
    /// and ssh-keygen. The minisign form follows its documented format.
    const RAW: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    const SPKI: &str = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    const SPKI_HEX: &str =
        "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const SSH: &str = "AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
    const MINISIGN: &str = "RWQBAgMEBQYHCNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
    const EC: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmkOMc9AgmaKm+Vlm1re1ce69p/V5ePkOgpVbXsFsX3Sj/E/LKKbZl/SSiHIz6d+m7yqjexcDf+6mueej5rbMqQ==";
    const EC_384: &str = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE4bNDn+Z+Iwa8pR6Cgd/SOdH+HnSbpH/elAdqrTfIaWESMKMj176aX6KOC4XKfNVmbqAHz/BB5YBNNoYxKAe9SB5oKRgiYFaAP58vsPeryqDMIJ6uo7laOAoIgeWft98P";
    const RSA_2048: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0aDyf1/ZA2LFr5ZX";
    const RSA_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDHtAfQTZsCwGCCzsAMhVIo";

    fn found_in(secret: Result<(), ConfigError>) -> Option<(&'static str, Option<usize>)> {
        match secret {
            Err(ConfigError::ForeignSecret {
                found, position, ..
            }) => Some((found, position)),
            _ => None,
        }
    }

    #[test]
    fn public_keys_in_files_are_no_secrets() {
        let der = hex::decode(SPKI_HEX).unwrap();
        for (text, found, position) in [
            ("-----BEGIN PUBLIC KEY-----\n".into(), "-----BEGIN", None),
            (
                std::format!("# for hooks\n-----BEGIN PUBLIC KEY-----\n{SPKI}\n"),
                "-----BEGIN",
                Some(12),
            ),
            ("---- BEGIN SSH2 PUBLIC KEY ----".into(), "---- BEGIN", None),
            (SPKI.into(), "MCowBQYDK2VwAyEA", None),
            (std::format!("KEY={SPKI}"), "MCowBQYDK2VwAyEA", Some(4)),
            (SPKI_HEX.into(), SPKI_HEADER_HEX, None),
            (SPKI_HEX.to_uppercase(), SPKI_HEADER_HEX, None),
            (std::format!("ssh-ed25519 {SSH} me"), "ssh-ed25519 ", None),
            (
                std::format!("restrict ssh-ed25519 {SSH}"),
                "ssh-ed25519 ",
                Some(9),
            ),
            (SSH.into(), "AAAAC3NzaC1lZDI1NTE5", None),
            ("ecdsa-sha2-nistp256 AAAA".into(), "ecdsa-sha2-", None),
            ("ssh-rsa AAAA".into(), "ssh-rsa ", None),
            (
                r#"{"crv":"Ed25519","kty":"OKP"}"#.into(),
                r#""kty""#,
                Some(17),
            ),
            (r#"{\"kty\":\"OKP\"}"#.into(), r#""kty\""#, Some(2)),
            (
                std::format!("untrusted comment: minisign public key 0807\n{MINISIGN}\n"),
                "untrusted comment:",
                None,
            ),
            (MINISIGN.into(), "RW", None),
            (std::format!("KEY={MINISIGN}\n"), "RW", Some(4)),
            (EC.into(), "YHKoZIzj0CAQ", Some(6)),
            (EC_384.into(), "YHKoZIzj0CAQ", Some(6)),
            (RSA_2048.into(), "ANBgkqhkiG9w0BAQEF", Some(6)),
            (RSA_1024.into(), "MA0GCSqGSIb3DQEBAQUA", Some(4)),
        ] {
            let wanted = Some((found, position));
            assert_eq!(found_in(check_text(&text)), wanted, "{text}");
            assert_eq!(found_in(check_bytes(text.as_bytes())), wanted, "{text}");
            for read in [from_base64, from_hex, |text: &str| from_whsec(text, 0)] {
                assert_eq!(found_in(read(&text).map(drop)), wanted, "{text}");
            }
            // As an editor saves it.
            for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
                let utf16: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
                let wide = found_in(check_bytes(&utf16)).map(|(found, _)| found);
                // A run of base64 has no zero bytes in it.
                let wanted = (found != "RW").then_some(found);
                assert_eq!(wide, wanted, "{text}");
            }
        }
        assert!(found_in(check_bytes(&der)).is_some());
        let decoded = |text| base64_bytes(text, 0).unwrap();
        for text in [SPKI, SSH, EC, EC_384, RSA_2048, RSA_1024] {
            assert!(found_in(check_bytes(&decoded(text))).is_some(), "{text}");
            let hex = hex::encode(decoded(text).as_slice());
            let whole = text != SSH;
            assert_eq!(found_in(check_text(&hex)).is_some(), whole, "{text}");
            assert!(found_in(from_hex(&hex).map(drop)).is_some(), "{text}");
        }

        // Texts that only look similar.
        for text in [
            RAW.into(),
            SPKI.to_lowercase(),
            SPKI[..15].into(),
            SPKI_HEX[..23].into(),
            "----BEGIN".into(),
            "-----begin".into(),
            "my-ssh-ed25519-secret".into(),
            "ecdsa-sha1-x".into(),
            r#"{"key":"OKP"}"#.into(),
            "untrusted comments".into(),
            MINISIGN[..55].into(),
            std::format!("{MINISIGN}A"),
            std::format!("A{}", &MINISIGN[..55]),
            MINISIGN.replacen("RWQ", "RWU", 1),
            MINISIGN.replacen("RWQ", "RXQ", 1),
        ] {
            assert_eq!(check_text(&text), Ok(()), "{text}");
        }
        assert_eq!(check_bytes(&der[..11]), Ok(()));
    }

    /// Text around a public key in a configuration file does not make it a secret.
    #[test]
    fn a_published_text_is_no_secret_wherever_it_is() {
        for prefix in ["whpk_", "whsk_"] {
            let text = std::format!("{prefix}{RAW}");
            for (before, after) in [
                ("", ""),
                ("\"", "\""),
                ("\n", "\n"),
                (" \t'", ""),
                ("\u{feff}", ""),
                ("\u{a0}", ""),
                ("\u{b}\u{c}", ""),
                ("v1a,", ""),
                ("v1,", ""),
                ("whsec_", ""),
                ("KEY=", "\n"),
                ("export KEY=\"", "\""),
                ("{\"key\": \"", "\"}"),
                ("whpk:", ""),
            ] {
                let whole = std::format!("{before}{text}{after}");
                let position = (!before.is_empty()).then_some(before.len());
                let wanted = Some((prefix, position));
                assert_eq!(found_in(check_text(&whole)), wanted, "{whole}");
                assert_eq!(found_in(check_bytes(whole.as_bytes())), wanted, "{whole}");
                let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
                let wide = found_in(check_bytes(&utf16)).map(|(found, _)| found);
                assert_eq!(wide, Some(prefix), "{whole}");
                assert!(from_base64(&whole).is_err());
                assert!(from_hex(&whole).is_err());
                let unread = before.is_empty() && after.is_empty();
                assert!(from_whsec(&whole, 0).is_err() || unread, "{whole}");
            }
            assert!(found_in(check_text(&text.to_uppercase())).is_some());
            // Within a word, it may be anything.
            for before in ["x", "7", "my"] {
                assert_eq!(check_text(&std::format!("{before}{text}")), Ok(()));
            }
            assert_eq!(check_text(&text.replace('_', "")), Ok(()));
        }
    }

    #[test]
    fn prefixes_that_no_secret_has_are_named() {
        let secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
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
            let text = std::format!("{prefix}{secret}");
            let wanted = Some((found, None));
            assert_eq!(found_in(from_whsec(&text, 0).map(drop)), wanted, "{text}");
        }
        // 24 bytes of OpenSSL's `base64 -d`.
        let bytes = hex::decode("31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0").unwrap();
        for prefix in ["", "whsec_", "v1,whsec_"] {
            let text = std::format!("{prefix}{secret}");
            assert_eq!(*from_whsec(&text, 0).unwrap(), bytes);
        }
        let empty = Some(ConfigError::EmptySecret);
        for text in ["", "whsec_", "v1,whsec_"] {
            assert_eq!(from_whsec(text, 0).err(), empty);
        }
        assert_eq!(check_text("").err(), empty);
        assert_eq!(from_base64("").err(), empty);
        assert_eq!(from_hex("").err(), empty);
    }

    #[test]
    fn positions_are_those_of_the_whole_text() {
        for (text, start, position) in [
            ("whsec_AAAA AAAA", 0, 10),
            ("whsec_AAAA AAAA", 50, 60),
            ("AAAA AAAA", 50, 54),
        ] {
            let fault = SecretFault::WhiteSpace { position };
            let encoding = "base64";
            assert_eq!(
                from_whsec(text, start).err(),
                Some(ConfigError::InvalidSecret { encoding, fault })
            );
        }
    }

    #[test]
    fn a_digest_is_that_of_the_text() {
        // `printf 'a shared secret' | openssl dgst -sha256`
        let wanted = "1b77c7aef57004df9f824ce77f1ce6c1e8de3709f2e726960d7ea44c411e6b0b";
        assert_eq!(hex::encode(sha256("a shared secret").as_slice()), wanted);
    }
}
