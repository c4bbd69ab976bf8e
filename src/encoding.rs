//! How the bytes of a signature are written in a header.

use alloc::string::String;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, URL_SAFE_NO_PAD};

/// How the bytes of a signature are written in a header.
///
/// ```
/// use hookseal::scheme::{Algorithm, Encoding, Signature};
///
/// let signature = Signature::from_bytes(Algorithm::HmacSha256, &[0xff; 32]).unwrap();
/// assert_eq!(Encoding::Hex.encode(&signature), "ff".repeat(32));
/// assert_eq!(Encoding::Base64.encode(&signature).len(), 44);
/// assert_eq!(Encoding::Base64Url.encode(&signature).len(), 43);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Encoding {
    /// Two hexadecimal digits per byte. Lower case is written; both cases are read.
    Hex,
    /// Base64 with the standard alphabet and canonical padding (RFC 4648, section 4): 44
    /// characters for 32 bytes.
    Base64,
    /// Base64 with the URL-safe alphabet and without padding (RFC 4648, section 5): 43
    /// characters for 32 bytes.
    Base64Url,
}

/// The length of the longest signature in bytes.
pub(crate) const MAX_SIGNATURE_LEN: usize = 64;

impl Encoding {
    pub(crate) fn encode_bytes(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => hex::encode(bytes),
            Self::Base64 => STANDARD.encode(bytes),
            Self::Base64Url => URL_SAFE_NO_PAD.encode(bytes),
        }
    }

    /// Returns the number of characters that encode `bytes` bytes.
    pub(crate) const fn len_of(self, bytes: usize) -> usize {
        match self {
            Self::Hex => 2 * bytes,
            Self::Base64 => 4 * bytes.div_ceil(3),
            Self::Base64Url => (4 * bytes).div_ceil(3),
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Base64Url => "base64url",
        }
    }

    /// Decodes exactly `N` bytes into the start of `bytes`, and returns whether `text`
    /// encodes that many. `N` bytes are `DIGITS` digits in hex, and decoding them from
    /// base64 needs a buffer of `ROOM` bytes.
    #[inline]
    pub(crate) fn decode_into<const N: usize, const DIGITS: usize, const ROOM: usize>(
        self,
        text: &[u8],
        bytes: &mut [u8; MAX_SIGNATURE_LEN],
    ) -> bool {
        const {
            assert!(N <= MAX_SIGNATURE_LEN, "longer than any signature");
            assert!(
                DIGITS == 2 * N && ROOM == 3 * N.div_ceil(3),
                "not those of `N`"
            );
        }
        match self {
            // Decoded as an array, so that each length has its own decoder: a shared one
            // would be slower for short signatures.
            Self::Hex => match (
                <&[u8; DIGITS]>::try_from(text),
                bytes.first_chunk_mut::<N>(),
            ) {
                (Ok(digits), Some(bytes)) => hex::decode_to_slice(digits, bytes).is_ok(),
                _ => false,
            },
            _ if text.len() != self.len_of(N) => false,
            Self::Base64 => decode_base64::<N, ROOM>(&STANDARD, text, bytes),
            Self::Base64Url => decode_base64::<N, ROOM>(&URL_SAFE_NO_PAD, text, bytes),
        }
    }
}

#[inline]
fn decode_base64<const N: usize, const ROOM: usize>(
    engine: &GeneralPurpose,
    text: &[u8],
    bytes: &mut [u8; MAX_SIGNATURE_LEN],
) -> bool {
    // Text of this length may decode to up to two bytes more.
    let mut decoded = [0; ROOM];
    let length = engine.decode_slice(text, &mut decoded);
    if let (Some(place), Some(decoded)) = (bytes.first_chunk_mut::<N>(), decoded.first_chunk()) {
        *place = *decoded;
    }
    length == Ok(N)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::Algorithm::{self, *};
    use crate::signature::Signature;

    fn decode(encoding: Encoding, text: &[u8]) -> Option<Signature> {
        Signature::decode(HmacSha256, encoding, text)
    }

    #[test]
    fn hex_is_64_digits_of_either_case() {
        let text = b"414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400";
        let signature = decode(Encoding::Hex, text).unwrap();
        assert_eq!(Encoding::Hex.encode(&signature).as_bytes(), text);
        assert_eq!(
            decode(Encoding::Hex, &text.to_ascii_uppercase()),
            Some(signature)
        );
        assert!(decode(Encoding::Hex, &text[1..]).is_none());
        assert!(decode(Encoding::Hex, &[&text[..], b"0"].concat()).is_none());
        for at in 0..text.len() {
            for stranger in *b"gG \n-\0\xff" {
                let mut other = *text;
                other[at] = stranger;
                assert!(decode(Encoding::Hex, &other).is_none(), "{at}, {stranger}");
            }
        }
    }

    #[test]
    fn base64_is_44_characters_of_32_bytes() {
        let text = b"FC05VHjDAlLNRNyJGdEVl3AD0UUFTcN3hmE2riljd2Q=";
        let signature = decode(Encoding::Base64, text).unwrap();
        assert_eq!(Encoding::Base64.encode(&signature).as_bytes(), text);
        // 31 and 33 bytes also take 44 characters.
        assert!(
            decode(
                Encoding::Base64,
                b"FC05VHjDAlLNRNyJGdEVl3AD0UUFTcN3hmE2riljdw=="
            )
            .is_none()
        );
        assert!(
            decode(
                Encoding::Base64,
                b"FC05VHjDAlLNRNyJGdEVl3AD0UUFTcN3hmE2riljd2QA"
            )
            .is_none()
        );
        // Trailing bits, and no padding.
        assert!(
            decode(
                Encoding::Base64,
                b"FC05VHjDAlLNRNyJGdEVl3AD0UUFTcN3hmE2riljd2R="
            )
            .is_none()
        );
        assert!(decode(Encoding::Base64, &text[..43]).is_none());
        for at in 0..text.len() {
            for stranger in *b" \n-_,\0\xff" {
                let mut other = *text;
                other[at] = stranger;
                assert!(
                    decode(Encoding::Base64, &other).is_none(),
                    "{at}, {stranger}"
                );
            }
        }
    }

    /// The bytes 0xfb and 0xff make both characters in which the alphabets differ.
    #[test]
    fn base64url_is_43_characters_of_32_bytes() {
        let text = [b"-_".repeat(21), b"8".to_vec()].concat();
        let signature = decode(Encoding::Base64Url, &text).unwrap();
        assert_eq!(Encoding::Base64Url.encode(&signature).as_bytes(), text);
        let standard = [b"+/".repeat(21), b"8".to_vec()].concat();
        assert!(decode(Encoding::Base64Url, &standard).is_none());
        assert!(decode(Encoding::Base64Url, &[&text[..], b"="].concat()).is_none());
        let trailing_bits = [&text[..42], b"9"].concat();
        assert!(decode(Encoding::Base64Url, &trailing_bits).is_none());
        assert!(decode(Encoding::Base64Url, &text[..42]).is_none());
    }

    #[test]
    fn every_algorithm_has_its_length_in_every_encoding() {
        for (algorithm, hex, base64, base64url) in [
            (HmacSha1, 40, 28, 27),
            (HmacSha256, 64, 44, 43),
            (HmacSha512, 128, 88, 86),
            (Ed25519, 128, 88, 86),
        ] {
            let signature: Signature =
                Signature::from_bytes(algorithm, &[0; 64][..Algorithm::signature_len(algorithm)])
                    .unwrap();
            for (encoding, length) in [
                (Encoding::Hex, hex),
                (Encoding::Base64, base64),
                (Encoding::Base64Url, base64url),
            ] {
                let text = encoding.encode(&signature);
                assert_eq!(text.len(), length);
                assert_eq!(
                    Signature::decode(algorithm, encoding, text.as_bytes()),
                    Some(signature)
                );
                let longer = std::format!("{text}0");
                for other in [&text[1..], &longer] {
                    let decoded = Signature::decode(algorithm, encoding, other.as_bytes());
                    assert!(decoded.is_none());
                }
            }
        }
    }
}
