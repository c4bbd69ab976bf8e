//! What a request carries as its signature: one, or a list of candidates.

use core::fmt;

use subtle::Choice;

#[cfg(feature = "ed25519")]
use crate::ed25519;
use crate::{HeaderName, Tag, VerifyError};

/// A signature of a message: the tag of a MAC, or an Ed25519 signature.
///
/// Nearly all senders of webhooks use a MAC, and [`Tag`] turns into this by
/// `into`. As in [`Tag`], `==` of MACs is constant-time, and `Debug` shows no
/// bytes.
///
/// ```
/// use hookseal::{Signature, Tag};
///
/// let signature = Signature::from(Tag::from_bytes([7; 32]));
/// assert_eq!(signature.as_bytes(), [7; 32]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Signature {
    /// HMAC-SHA256.
    Mac(Tag),
    /// Ed25519.
    #[cfg(feature = "ed25519")]
    Ed25519(ed25519::Signature),
}

impl Signature {
    /// The signature's bytes: 32 of a MAC, 64 of Ed25519.
    ///
    /// Comparing these with `==` is no longer constant-time; compare the
    /// signatures.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Mac(tag) => tag.as_bytes(),
            #[cfg(feature = "ed25519")]
            Self::Ed25519(signature) => signature.as_bytes(),
        }
    }

    /// Whether it is this MAC: constant-time in the contents of both.
    #[inline]
    fn is_mac(&self, computed: &Tag) -> Choice {
        match self {
            Self::Mac(tag) => tag.ct_eq(computed),
            #[cfg(feature = "ed25519")]
            Self::Ed25519(_) => Choice::from(0),
        }
    }
}

impl From<Tag> for Signature {
    fn from(tag: Tag) -> Self {
        Self::Mac(tag)
    }
}

impl From<&Tag> for Signature {
    fn from(tag: &Tag) -> Self {
        Self::Mac(*tag)
    }
}

impl From<&Self> for Signature {
    fn from(signature: &Self) -> Self {
        *signature
    }
}

#[cfg(feature = "ed25519")]
impl From<ed25519::Signature> for Signature {
    fn from(signature: ed25519::Signature) -> Self {
        Self::Ed25519(signature)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mac(_) => "Mac([redacted])",
            #[cfg(feature = "ed25519")]
            Self::Ed25519(_) => "Ed25519([redacted])",
        })
    }
}

/// The candidate signatures of a request: one, or those of a list in a header.
///
/// A list is read where it stands, each entry when it is compared, so that no
/// number of them takes memory. It holds at least one well-formed signature.
/// All tags of MACs are compared, so that the time tells how many there are and
/// how they are spelled, but not which of them is right or how near one is.
///
/// ```
/// use hookseal::{HeaderName, Signature, Signatures, Tag};
///
/// // Stripe's form: `t=…,v1=…,v1=…,v0=…`; only `v1` is a supported version.
/// static HEADER: HeaderName = HeaderName::from_static("stripe-signature");
/// fn read(entry: &[u8]) -> Option<Signature> {
///     Tag::from_hex(entry.strip_prefix(b"v1=")?).map(Signature::from)
/// }
/// let value = format!("t=1492774577,v1={},v0=1", "5257".repeat(16));
/// assert!(Signatures::list(value.as_bytes(), b',', read, &HEADER).is_ok());
/// assert!(Signatures::list(b"t=1492774577,v0=1", b',', read, &HEADER).is_err());
/// ```
#[derive(Clone)]
pub struct Signatures<'h> {
    first: Signature,
    /// The entries after the first signature, undecoded.
    rest: Entries<'h>,
}

/// Reads one entry of a list: its signature, or `None` to skip it.
pub(crate) type ReadEntry = fn(&[u8]) -> Option<Signature>;

#[derive(Clone)]
struct Entries<'h> {
    text: &'h [u8],
    separator: u8,
    read: ReadEntry,
}

impl<'h> Signatures<'h> {
    /// The most entries of a list, of whatever version. A sender lists one for
    /// each active key and version, so a handful; 32 leaves room and bounds
    /// what a request can make the comparison do.
    pub const MAX_ENTRIES: usize = 32;

    /// The signatures in a header's list.
    ///
    /// `text` is split at each `separator`; empty entries do not count. `read`
    /// turns an entry into its signature, or into `None` for one to skip:
    /// another version, or a malformed one beside good ones. It must be exact,
    /// as [`Tag::from_hex`] and [`Tag::from_base64`] are: a text with a
    /// separator in it is no entry.
    ///
    /// # Errors
    ///
    /// [`VerifyError::MalformedSignature`] with the name of `header`, where
    /// `text` was found, if no entry is a signature or there are more than
    /// [`MAX_ENTRIES`](Self::MAX_ENTRIES).
    pub fn list(
        text: &'h [u8],
        separator: u8,
        read: fn(&[u8]) -> Option<Signature>,
        header: &HeaderName,
    ) -> Result<Self, VerifyError> {
        let mut rest = Entries {
            text,
            separator,
            read,
        };
        if let Some(only) = read(text) {
            // Nearly all requests.
            return Ok(Self::from(only));
        }
        if rest.clone().nth(Self::MAX_ENTRIES).is_some() {
            return Err(VerifyError::malformed_signature(header));
        }
        let first = rest
            .find_map(read)
            .ok_or_else(|| VerifyError::malformed_signature(header))?;
        Ok(Self { first, rest })
    }

    /// Whether the MAC `computed` is among them: constant-time in the contents
    /// of all of them, without stopping at a match. Their number and their
    /// encoding, which the sender of the request knows, do show.
    #[inline]
    pub(crate) fn contain(&self, computed: &Tag) -> bool {
        // The first by itself: nearly all requests have no more.
        let rest = self.rest.clone().filter_map(self.rest.read);
        let found = rest.fold(self.first.is_mac(computed), |found, signature| {
            found | signature.is_mac(computed)
        });
        found.into()
    }

    /// The Ed25519 signatures among them.
    #[cfg(feature = "ed25519")]
    pub(crate) fn ed25519(&self) -> impl Iterator<Item = ed25519::Signature> {
        self.iter().filter_map(|signature| match signature {
            Signature::Ed25519(signature) => Some(signature),
            Signature::Mac(_) => None,
        })
    }

    /// Whether the tag of a MAC is among them.
    #[cfg(feature = "ed25519")]
    pub(crate) fn has_mac(&self) -> bool {
        self.iter()
            .any(|signature| matches!(signature, Signature::Mac(_)))
    }

    #[cfg(feature = "ed25519")]
    fn iter(&self) -> impl Iterator<Item = Signature> {
        let read = self.rest.read;
        core::iter::once(self.first).chain(self.rest.clone().filter_map(read))
    }
}

impl<S: Into<Signature>> From<S> for Signatures<'_> {
    fn from(only: S) -> Self {
        Self {
            first: only.into(),
            rest: Entries {
                text: &[],
                separator: 0,
                read: |_| None,
            },
        }
    }
}

impl fmt::Debug for Signatures<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signatures([redacted])")
    }
}

impl<'h> Iterator for Entries<'h> {
    type Item = &'h [u8];

    fn next(&mut self) -> Option<&'h [u8]> {
        while !self.text.is_empty() {
            let mut halves = self.text.splitn(2, |&byte| byte == self.separator);
            let entry = halves.next().unwrap_or_default();
            self.text = halves.next().unwrap_or_default();
            if !entry.is_empty() {
                return Some(entry);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;

    static HEADER: HeaderName = HeaderName::from_static("s");

    fn tag_of(byte: u8) -> Tag {
        Tag::from_bytes([byte; 32])
    }

    fn list(text: &str) -> Result<Signatures<'_>, VerifyError> {
        let read = |entry: &[u8]| Tag::from_hex(entry).map(Signature::from);
        Signatures::list(text.as_bytes(), b' ', read, &HEADER)
    }

    fn hex_of(bytes: impl IntoIterator<Item = u8>) -> String {
        let entries: Vec<_> = bytes
            .into_iter()
            .map(|byte| hex::encode([byte; 32]))
            .collect();
        entries.join(" ")
    }

    #[test]
    fn every_well_formed_entry_of_a_list_counts() {
        let text = std::format!("  x {}  junk {} ", hex_of([1]), hex_of([2, 3]));
        let tags = list(&text).unwrap();
        for byte in 1..=3 {
            assert!(tags.contain(&tag_of(byte)));
        }
        assert!(!tags.contain(&tag_of(4)));
    }

    /// Two matches must not cancel each other.
    #[test]
    fn a_tag_may_be_listed_more_than_once() {
        for count in 1..=4 {
            let text = hex_of([1, 2].repeat(count));
            let tags = list(&text).unwrap();
            assert!(tags.contain(&tag_of(1)), "{count}");
            assert!(tags.contain(&tag_of(2)), "{count}");
            assert!(!tags.contain(&tag_of(3)), "{count}");
        }
    }

    #[test]
    fn a_list_without_a_tag_is_malformed() {
        for text in ["", " ", "x", "x y  z"] {
            assert_eq!(
                list(text).err(),
                Some(VerifyError::malformed_signature(&HEADER))
            );
        }
    }

    #[test]
    fn a_list_has_at_most_32_entries_whatever_they_are() {
        let longest = hex_of(0..32);
        assert!(list(&longest).unwrap().contain(&tag_of(31)));
        assert!(list(&std::format!("  {longest}  ")).is_ok());
        for text in [
            hex_of(0..33),
            std::format!("{longest} x"),
            std::format!("x {longest}"),
        ] {
            assert_eq!(
                list(&text).err(),
                Some(VerifyError::malformed_signature(&HEADER))
            );
        }
    }

    #[test]
    fn debug_shows_no_bytes() {
        let signature = Signature::from(tag_of(0xab));
        assert_eq!(std::format!("{signature:?}"), "Mac([redacted])");
        let signatures = Signatures::from(signature);
        assert_eq!(std::format!("{signatures:?}"), "Signatures([redacted])");
    }
}
