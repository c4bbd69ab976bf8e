//! Reads the texts of secrets, and refuses texts that are not secrets.

mod known;
mod text;

use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use self::known::{ED25519, MISPLACED, WHSEC, refuse_known};
use self::text::{refuse_dirt, refuse_dirt_before, refuse_placeholders, refuse_strangers};
use crate::error::{ConfigError, SecretFault};

pub(crate) use self::known::refuse_prefixes;
#[cfg(feature = "ed25519")]
pub(crate) use self::known::{IN_DER, SPKI_HEADER_HEX, is_zero};
pub(crate) use self::text::refuse_encoded_placeholders;
#[cfg(feature = "ed25519")]
pub(crate) use self::text::refuse_surroundings;

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

#[cfg(test)]
mod tests;
