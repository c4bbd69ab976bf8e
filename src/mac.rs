//! HMAC-SHA256 over the parts of a signed message, and the one comparison of
//! its tags.

use core::fmt;
use core::hash::{Hash, Hasher};

use hmac::digest::FixedOutput as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

/// The output of HMAC-SHA256: 32 bytes (RFC 2104, FIPS 198-1).
///
/// A tag is either computed by a [`Key`](crate::Key) or decoded from a header,
/// and the two are compared with `==`, which **is** the crate's constant-time
/// comparison: it should read all 32 bytes of both sides, whatever they hold, and
/// branch on none. (A look-up in a hash set is not; look up tags of verified
/// messages only.) Its `Debug` shows no bytes, since the tag of a message is what
/// a forger wants.
///
/// ```
/// use hookseal::{Key, Tag};
///
/// // RFC 4231, test case 2.
/// let computed = Key::from_text("Jefe")?.mac(&[b"what do ya want ", b"for nothing?"]);
/// let received = Tag::from_hex(b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
/// assert!(received == Some(computed));
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Tag([u8; Tag::LEN]);

impl Tag {
    /// The length of a tag in bytes.
    pub const LEN: usize = 32;

    /// The tag that these bytes are.
    ///
    /// ```
    /// let tag = hookseal::Tag::from_bytes([7; 32]);
    /// assert_eq!(tag.as_bytes(), &[7; 32]);
    /// ```
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The tag's bytes.
    ///
    /// Comparing these with `==` is no longer constant-time; compare the tags.
    ///
    /// ```
    /// let tag = hookseal::Tag::from_bytes([7; 32]);
    /// assert_eq!(tag.as_bytes().len(), 32);
    /// ```
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Constant-time in the contents of both tags.
    ///
    /// This is the only place of the crate where a computed tag meets a
    /// received one.
    #[inline]
    pub(crate) fn ct_eq(&self, other: &Self) -> Choice {
        // Word by word: `subtle`'s comparison of slices goes byte by byte, and
        // has to keep each of its 32 steps from the optimiser.
        let (ours, theirs) = (self.0.as_chunks().0, other.0.as_chunks().0);
        let words = ours.iter().zip(theirs);
        let difference = words.fold(0, |difference, (one, other)| {
            difference | (u64::from_ne_bytes(*one) ^ u64::from_ne_bytes(*other))
        });
        difference.ct_eq(&0)
    }
}

impl PartialEq for Tag {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for Tag {}

impl Hash for Tag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag([redacted])")
    }
}

/// A running HMAC-SHA256, wiped on drop.
///
/// Cloning one that has hashed nothing is how a prepared key starts a message:
/// the two blocks that depend on the key alone were hashed when it was made.
/// Not aligned beyond what its fields need: a move would fill the padding with
/// what lay on the stack, and no drop would wipe it.
#[derive(Clone)]
pub(crate) struct Mac(Hmac<Sha256>);

impl Mac {
    /// `None` for an empty secret, which anyone could sign with.
    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        if secret.is_empty() {
            return None;
        }
        Hmac::new_from_slice(secret).ok().map(Self)
    }

    #[inline]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        #[cfg(test)]
        hashed::add(bytes.len());
        self.0.update(bytes);
    }

    #[inline(always)]
    pub(crate) fn finish(self) -> Tag {
        // Into its place: each move of a MAC copies its block.
        let mut tag = [0; Tag::LEN];
        self.0.finalize_into((&mut tag).into());
        Tag(tag)
    }
}

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mac([redacted])")
    }
}

/// How many bytes this thread has hashed: what the tests of bounded work read.
#[cfg(test)]
pub(crate) mod hashed {
    use core::cell::Cell;

    std::thread_local!(static HASHED: Cell<usize> = const { Cell::new(0) });

    pub(crate) fn add(bytes: usize) {
        HASHED.set(HASHED.get() + bytes);
    }

    /// The bytes hashed while `work` ran.
    pub(crate) fn during<T>(work: impl FnOnce() -> T) -> (T, usize) {
        let before = HASHED.get();
        let result = work();
        (result, HASHED.get() - before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_bit_anywhere_makes_tags_differ() {
        let tag = Tag([0xa5; Tag::LEN]);
        assert!(tag == Tag([0xa5; Tag::LEN]));
        for byte in 0..Tag::LEN {
            for bit in 0..8 {
                let mut other = tag;
                other.0[byte] ^= 1 << bit;
                assert!(tag != other, "byte {byte}, bit {bit}");
            }
        }
    }

    #[test]
    fn debug_shows_no_bytes() {
        assert_eq!(std::format!("{:?}", Tag([0xa5; 32])), "Tag([redacted])");
        let mac = Mac::new(b"secret").unwrap();
        assert_eq!(std::format!("{mac:?}"), "Mac([redacted])");
    }

    #[test]
    fn an_empty_secret_makes_no_mac() {
        assert!(Mac::new(b"").is_none());
        assert!(Mac::new(b"\0").is_some());
    }
}
