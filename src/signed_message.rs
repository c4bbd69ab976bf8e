//! The signed message, as something to hash.

use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};

use crate::algorithm::{Hashed, Hashing};
use crate::scheme::SignedParts;

/// A message that is the body alone.
pub(crate) struct BodyAlone<'m>(pub(crate) &'m [u8]);

impl Hashed for BodyAlone<'_> {
    #[inline]
    fn feed(&self, hash: &mut impl Hashing) {
        hash.update(self.0);
    }
}

/// A whole signed message.
pub(crate) struct SignedMessage<'m, 'h> {
    pub(crate) parts: &'m SignedParts<'h>,
    pub(crate) body: &'m [u8],
}

impl Hashed for SignedMessage<'_, '_> {
    #[inline]
    fn feed(&self, hash: &mut impl Hashing) {
        self.parts.feed_before(hash);
        hash.update(self.body);
        self.parts.feed_after(hash);
    }
}

impl SignedMessage<'_, '_> {
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut digest = Digest(Sha256::new());
        self.feed(&mut digest);
        digest.0.finalize().into()
    }

    pub(crate) fn to_vec(&self) -> Vec<u8> {
        let mut whole = Collected(Vec::new());
        self.feed(&mut whole);
        whole.0
    }
}

/// SHA-256, without a key.
pub(crate) struct Digest(pub(crate) Sha256);

impl Hashing for Digest {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// Collects the bytes that would be hashed.
pub(crate) struct Collected(pub(crate) Vec<u8>);

impl Hashing for Collected {
    fn update(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}
