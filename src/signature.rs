//! The bytes of a signature, for every algorithm, and the one comparison.

use alloc::string::String;
use core::fmt;
use core::hash::{Hash, Hasher};

use subtle::{Choice, ConstantTimeEq as _};

use crate::algorithm::{Algorithm, Tag};
use crate::encoding::{Encoding, MAX_SIGNATURE_LEN};

/// A signature of a message: the tag of a MAC, or an Ed25519 signature.
///
/// `==` **is** the crate's constant-time comparison: it should read all bytes of both
/// sides, whatever their values, and branch on none of them. (A look-up in a hash set is
/// not constant-time, so look up only signatures of verified messages.) `Debug` shows no
/// bytes, since a forger could use the tag of a message.
///
/// ```
/// use hookseal::scheme::{Algorithm, Encoding, Signature};
///
/// let text = b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
/// let signature = Signature::decode(Algorithm::HmacSha256, Encoding::Hex, text);
/// assert_eq!(signature.map(|signature| signature.as_bytes().len()), Some(32));
/// assert!(Signature::decode(Algorithm::HmacSha256, Encoding::Hex, b"5bdc").is_none());
/// ```
#[derive(Clone, Copy)]
pub struct Signature {
    /// Zero after the algorithm's length.
    bytes: [u8; Self::MAX_LEN],
    algorithm: Algorithm,
}

impl From<Tag> for Signature {
    #[inline(always)]
    fn from(Tag { bytes, algorithm }: Tag) -> Self {
        Self { bytes, algorithm }
    }
}

impl Encoding {
    /// Writes a signature as a sender does.
    #[must_use]
    pub fn encode(self, signature: &Signature) -> String {
        self.encode_bytes(signature.as_bytes())
    }
}

impl Signature {
    /// The length of the longest signature in bytes.
    pub const MAX_LEN: usize = MAX_SIGNATURE_LEN;

    /// Creates a signature from its bytes; `None` if there are not exactly as
    /// many as the algorithm's [length](Algorithm::signature_len).
    #[must_use]
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == algorithm.signature_len()).then(|| Tag::of(algorithm, bytes).into())
    }

    /// Reads the text of exactly one signature.
    ///
    /// Hex may be in either letter case. Base64 uses the standard alphabet with canonical
    /// padding; base64url has no padding. Both require canonical bits (RFC 4648, sections
    /// 3.5 and 5).
    #[must_use]
    pub fn decode(algorithm: Algorithm, encoding: Encoding, text: &[u8]) -> Option<Self> {
        let mut signature = Self::blank(algorithm);
        signature
            .decode_in_place(algorithm, encoding, text)
            .then_some(signature)
    }

    /// Decodes like [`decode`](Self::decode), into a blank signature.
    #[inline]
    pub(crate) fn decode_in_place(
        &mut self,
        algorithm: Algorithm,
        encoding: Encoding,
        text: &[u8],
    ) -> bool {
        self.algorithm = algorithm;
        let ok = algorithm.decode_into(encoding, text, &mut self.bytes);
        if !ok {
            self.bytes = [0; Self::MAX_LEN];
        }
        ok
    }

    /// Returns a placeholder of zeros for a signature that is still to be made.
    #[inline(always)]
    pub(crate) const fn blank(algorithm: Algorithm) -> Self {
        Self {
            bytes: [0; Self::MAX_LEN],
            algorithm,
        }
    }

    /// Returns the algorithm that made the signature.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the signature's bytes.
    ///
    /// Comparing these with `==` is not constant-time; compare the signatures.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        let length = self.algorithm.signature_len();
        self.bytes.get(..length).unwrap_or_default()
    }

    pub(crate) const fn all_bytes(&self) -> &[u8; Self::MAX_LEN] {
        &self.bytes
    }

    /// Compares two signatures, constant-time in the contents of both.
    ///
    /// This is the only place in the crate where a computed tag is compared with a
    /// received one. The algorithms are not secret.
    #[inline]
    pub(crate) fn ct_eq(&self, other: &Self) -> Choice {
        // Compared word by word: `subtle` compares slices byte by byte, and has to hide
        // each step from the optimiser.
        let (ours, theirs) = (self.bytes.as_chunks().0, other.bytes.as_chunks().0);
        // The bytes after the algorithm's length are zero.
        let words = self.algorithm.signature_len().div_ceil(size_of::<u64>());
        let words = ours.iter().zip(theirs).take(words);
        let other_algorithm = u64::from(self.algorithm != other.algorithm);
        let difference = words.fold(other_algorithm, |difference, (one, other)| {
            difference | (u64::from_ne_bytes(*one) ^ u64::from_ne_bytes(*other))
        });
        difference.ct_eq(&0)
    }
}

impl PartialEq for Signature {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Signature {}

impl Hash for Signature {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.algorithm.hash(state);
        self.bytes.hash(state);
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({}, [redacted])", self.algorithm)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Algorithm; 4] = [
        Algorithm::HmacSha1,
        Algorithm::HmacSha256,
        Algorithm::HmacSha512,
        Algorithm::Ed25519,
    ];

    #[test]
    fn one_changed_bit_anywhere_makes_signatures_differ() {
        for algorithm in ALL {
            let length = algorithm.signature_len();
            let bytes = [0xa5; Signature::MAX_LEN];
            let signature = Signature::from_bytes(algorithm, &bytes[..length]).unwrap();
            assert!(signature == Signature::from_bytes(algorithm, &bytes[..length]).unwrap());
            for byte in 0..length {
                for bit in 0..8 {
                    let mut other = bytes;
                    other[byte] ^= 1 << bit;
                    let other = Signature::from_bytes(algorithm, &other[..length]).unwrap();
                    assert!(signature != other, "byte {byte}, bit {bit}");
                }
            }
        }
    }

    /// A text that is not a signature leaves nothing behind in what is decoded next.
    #[test]
    fn a_text_that_is_refused_leaves_nothing() {
        let mut signature = Signature::blank(Algorithm::HmacSha1);
        // 21 bytes.
        let longer = b"/////////////////////////////w==";
        for encoding in [Encoding::Base64, Encoding::Base64Url, Encoding::Hex] {
            for text in [
                &longer[..28],
                b"ffffffffffffffffffffffffffffffffffffffZZ",
                longer,
            ] {
                assert!(!signature.decode_in_place(Algorithm::HmacSha1, encoding, text));
                assert_eq!(signature.bytes, [0; Signature::MAX_LEN]);
            }
        }
    }

    #[test]
    fn signatures_of_two_algorithms_differ() {
        let bytes = [7; 64];
        let sha512 = Signature::from_bytes(Algorithm::HmacSha512, &bytes).unwrap();
        let ed25519 = Signature::from_bytes(Algorithm::Ed25519, &bytes).unwrap();
        assert!(sha512 != ed25519);
    }

    #[test]
    fn a_signature_has_exactly_its_algorithms_length() {
        for algorithm in ALL {
            for length in 0..=65 {
                let signature = Signature::from_bytes(algorithm, &[1; 65][..length]);
                assert_eq!(signature.is_some(), length == algorithm.signature_len());
                if let Some(signature) = signature {
                    assert_eq!(signature.as_bytes(), &[1; 65][..length]);
                }
            }
        }
    }

    #[test]
    fn debug_shows_no_bytes() {
        let signature = Signature::from_bytes(Algorithm::HmacSha256, &[0xab; 32]).unwrap();
        assert_eq!(
            std::format!("{signature:?}"),
            "Signature(HMAC-SHA-256, [redacted])"
        );
    }
}
