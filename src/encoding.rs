//! Hex and base64: signatures of requests into bytes, secrets into keys.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, STANDARD_NO_PAD};
use zeroize::Zeroizing;

#[cfg(feature = "ed25519")]
use crate::ed25519;
use crate::error::SecretFault;
use crate::{Signature, Tag};

/// How the bytes of a signature are spelled in a header: the 32 of a [`Tag`],
/// or, when it is written, the 64 of Ed25519.
///
/// ```
/// use hookseal::{Encoding, Tag};
///
/// let tag = Tag::from_bytes([0; 32]);
/// assert_eq!(Encoding::Hex.encode(tag), "0".repeat(64));
/// assert_eq!(Encoding::Base64.decode(Encoding::Base64.encode(tag).as_bytes()), Some(tag));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Two hexadecimal digits a byte: 64 of a tag, 128 of Ed25519. Lower case is
    /// written, both cases are read.
    Hex,
    /// The standard alphabet of RFC 4648, padded, canonical: 44 characters of a
    /// tag, 88 of Ed25519.
    Base64,
}

impl Encoding {
    /// The tag that `text` spells, or `None` if it is not exactly one tag in
    /// this encoding. See [`Tag::from_hex`] and [`Tag::from_base64`].
    #[must_use]
    pub fn decode(self, text: &[u8]) -> Option<Tag> {
        match self {
            Self::Hex => Tag::from_hex(text),
            Self::Base64 => Tag::from_base64(text),
        }
    }

    /// The spelling of a [`Tag`] or another [`Signature`] in this encoding, as
    /// a sender writes it.
    #[must_use]
    pub fn encode(self, signature: impl Into<Signature>) -> String {
        let signature = signature.into();
        match self {
            Self::Hex => hex::encode(signature.as_bytes()),
            Self::Base64 => STANDARD.encode(signature.as_bytes()),
        }
    }

    /// The length in bytes of a tag's spelling.
    pub(crate) const fn tag_len(self) -> usize {
        match self {
            Self::Hex => 2 * Tag::LEN,
            Self::Base64 => 4 * Tag::LEN.div_ceil(3),
        }
    }
}

impl Tag {
    /// The tag that 64 hexadecimal digits of either case spell; `None` for
    /// anything else.
    ///
    /// ```
    /// use hookseal::Tag;
    ///
    /// assert!(Tag::from_hex(&[b'A'; 64]) == Tag::from_hex(&[b'a'; 64]));
    /// assert!(Tag::from_hex(&[b'a'; 63]).is_none());
    /// assert!(Tag::from_hex(&[b'g'; 64]).is_none());
    /// ```
    #[must_use]
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        from_hex::<{ Self::LEN }, { 2 * Self::LEN }>(text).map(Self::from_bytes)
    }

    /// The tag that 44 characters of padded, canonical, standard base64
    /// (RFC 4648 section 4) spell; `None` for anything else: the URL-safe
    /// alphabet, missing padding, trailing bits that are not zero.
    ///
    /// ```
    /// use hookseal::Tag;
    ///
    /// assert!(Tag::from_base64(b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").is_some());
    /// assert!(Tag::from_base64(b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=").is_none());
    /// assert!(Tag::from_base64(b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").is_none());
    /// ```
    #[must_use]
    pub fn from_base64(text: &[u8]) -> Option<Self> {
        // A byte more than a tag: what 44 characters without padding decode to.
        from_base64::<{ Self::LEN }, { Self::LEN + 1 }>(text).map(Self::from_bytes)
    }
}

#[cfg(feature = "ed25519")]
impl ed25519::Signature {
    /// The signature that 128 hexadecimal digits of either case spell; `None`
    /// for anything else.
    #[must_use]
    pub fn from_hex(text: &[u8]) -> Option<Self> {
        from_hex::<{ Self::LEN }, { 2 * Self::LEN }>(text).map(Self::from_bytes)
    }

    /// The signature that 88 characters of padded, canonical, standard base64
    /// (RFC 4648 section 4) spell; `None` for anything else.
    #[must_use]
    pub fn from_base64(text: &[u8]) -> Option<Self> {
        // Two bytes more: what 88 characters without padding decode to.
        from_base64::<{ Self::LEN }, { Self::LEN + 2 }>(text).map(Self::from_bytes)
    }
}

/// `N` bytes from twice as many digits.
#[inline]
fn from_hex<const N: usize, const DIGITS: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    // By an array, so that each length has a decoder of its own: a shared one
    // would take more time for the short one.
    let digits: &[u8; DIGITS] = text.try_into().ok()?;
    hex::decode_to_slice(digits, &mut bytes).ok()?;
    Some(bytes)
}

/// `N` bytes from their padded base64, by way of a buffer of `ROOM`.
#[inline]
fn from_base64<const N: usize, const ROOM: usize>(text: &[u8]) -> Option<[u8; N]> {
    let mut bytes = [0; ROOM];
    if text.len() != 4 * N.div_ceil(3) {
        return None;
    }
    match STANDARD.decode_slice(text, &mut bytes) {
        Ok(decoded) if decoded == N => bytes.first_chunk().copied(),
        _ => None,
    }
}

/// A secret from base64 that may leave its padding off, and is strict in
/// everything else. It starts at byte `start` of what was passed.
pub(crate) fn secret_from_base64(
    text: &str,
    start: usize,
) -> Result<Zeroizing<Vec<u8>>, SecretFault> {
    let body = text.trim_end_matches('=');
    // A line break after the padding is what pasting adds.
    refuse_strangers(text, start, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
    })?;
    let engine: &GeneralPurpose = if body.len() == text.len() {
        &STANDARD_NO_PAD
    } else {
        &STANDARD
    };
    let mut secret = Zeroizing::new(alloc::vec![0; base64::decoded_len_estimate(text.len())]);
    let decoded = engine
        .decode_slice(text, &mut secret)
        .map_err(|error| match error {
            base64::DecodeSliceError::DecodeError(base64::DecodeError::InvalidLastSymbol {
                ..
            }) => SecretFault::TrailingBits,
            // All characters are known ones: `=` where none belongs, or an
            // impossible number of characters.
            _ if body.len() % 4 == 1 && !body.contains('=') => SecretFault::Length,
            _ => SecretFault::Padding,
        })?;
    secret.truncate(decoded);
    Ok(secret)
}

/// A secret from an even number of hexadecimal digits of either case.
pub(crate) fn secret_from_hex(text: &str) -> Result<Zeroizing<Vec<u8>>, SecretFault> {
    refuse_strangers(text, 0, |byte| byte.is_ascii_hexdigit())?;
    // Into its place at once: a vector that grows leaves copies behind.
    let mut secret = Zeroizing::new(alloc::vec![0; text.len() / 2]);
    hex::decode_to_slice(text, &mut secret).map_err(|_| SecretFault::Length)?;
    Ok(secret)
}

/// Names the first character that no text of a key has, of whatever kind.
pub(crate) fn refuse_surroundings(text: &str) -> Result<(), SecretFault> {
    refuse_strangers(text, 0, |byte| {
        byte.is_ascii_alphanumeric() || b"+/=-_,".contains(&byte)
    })
}

/// Names the first character that does not belong, so that a secret pasted
/// with its surroundings can be mended without being shown.
fn refuse_strangers(
    text: &str,
    start: usize,
    belongs: impl Fn(u8) -> bool,
) -> Result<(), SecretFault> {
    let Some((position, byte)) = (start..)
        .zip(text.bytes())
        .find(|&(_, byte)| !belongs(byte))
    else {
        return Ok(());
    };
    Err(match byte {
        b' ' | b'\t' => SecretFault::WhiteSpace { position },
        b'\r' | b'\n' => SecretFault::LineBreak { position },
        b'"' | b'\'' | b'`' => SecretFault::Quote { position },
        b'-' | b'_' => SecretFault::UrlSafe { position },
        _ => SecretFault::Character { position },
    })
}

#[cfg(test)]
mod tests {
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
            let secret = secret_from_base64(text, 0).unwrap();
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
        ] {
            assert_eq!(secret_from_base64(text, 0).err(), Some(fault), "{text:?}");
        }
    }

    #[test]
    fn secrets_in_hex_decode_in_both_cases() {
        assert_eq!(secret_from_hex("00fFAa").unwrap().as_slice(), [0, 255, 170]);
        assert_eq!(secret_from_hex("00f").err(), Some(SecretFault::Length));
        assert_eq!(
            secret_from_hex("0x00").err(),
            Some(SecretFault::Character { position: 1 })
        );
        assert_eq!(
            secret_from_hex("00=").err(),
            Some(SecretFault::Character { position: 2 })
        );
        assert_eq!(
            secret_from_hex("00 ff").err(),
            Some(SecretFault::WhiteSpace { position: 2 })
        );
    }

    #[test]
    fn a_base64_tag_is_44_characters_of_32_bytes() {
        let text = b"FC05VHjDAlLNRNyJGdEVl3AD0UUFTcN3hmE2riljd2Q=";
        assert!(Tag::from_base64(text).is_some());
        // 31 and 33 bytes also take 44 characters.
        assert!(Tag::from_base64(b"FC05VHjDAlLNRNyJGdEVl3AD0UUFTcN3hmE2riljdw==").is_none());
        assert!(Tag::from_base64(b"FC05VHjDAlLNRNyJGdEVl3AD0UUFTcN3hmE2riljd2QA").is_none());
        for at in 0..text.len() {
            for stranger in *b" \n-_,\0\xff" {
                let mut other = *text;
                other[at] = stranger;
                assert!(Tag::from_base64(&other).is_none(), "{at}, {stranger}");
            }
        }
    }
}
