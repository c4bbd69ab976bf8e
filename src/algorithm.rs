//! The algorithms that sign, as values.
//!
//! To add one, add a variant to [`Algorithm`]; the compiler then lists each `match` that
//! needs an arm. If its signatures are longer than [`MAX_SIGNATURE_LEN`], raise that too.

use alloc::boxed::Box;
use core::fmt;

use hmac::EagerHash;
use hmac::block_api::HmacCore;
use hmac::digest::block_api::{Buffer, FixedOutputCore, UpdateCore};
use hmac::digest::{KeyInit as _, Output};
#[cfg(feature = "sha1")]
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use zeroize::Zeroize as _;

use crate::encoding::{Encoding, MAX_SIGNATURE_LEN};

/// An algorithm that a sender signs with.
///
/// It is part of a [`Form`](super::scheme::Form): a scheme names its algorithm,
/// and a request never chooses one.
///
/// ```
/// use hookseal::scheme::Algorithm;
///
/// assert_eq!(Algorithm::HmacSha256.signature_len(), 32);
/// assert!(Algorithm::HmacSha256.is_available());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum Algorithm {
    /// HMAC with SHA-256 (RFC 2104, FIPS 198-1): 32 bytes.
    HmacSha256,
    /// HMAC with SHA-512: 64 bytes.
    HmacSha512,
    /// HMAC with SHA-1: 20 bytes. Needs the feature `sha1`.
    ///
    /// SHA-1's collisions do not break HMAC, but no new scheme should use it.
    HmacSha1,
    /// Ed25519 (RFC 8032): 64 bytes. Needs the feature `ed25519`.
    Ed25519,
}

impl Algorithm {
    /// Returns the length of a signature in bytes.
    #[must_use]
    pub const fn signature_len(self) -> usize {
        match self {
            Self::HmacSha1 => 20,
            Self::HmacSha256 => 32,
            Self::HmacSha512 | Self::Ed25519 => 64,
        }
    }

    /// Decodes the text of exactly one signature into the start of `bytes`, and returns
    /// whether `text` is one. Each length has its own decoder.
    #[inline]
    pub(crate) fn decode_into(
        self,
        encoding: Encoding,
        text: &[u8],
        bytes: &mut [u8; MAX_SIGNATURE_LEN],
    ) -> bool {
        match self {
            Self::HmacSha1 => encoding.decode_into::<20, 40, 21>(text, bytes),
            Self::HmacSha256 => encoding.decode_into::<32, 64, 33>(text, bytes),
            Self::HmacSha512 | Self::Ed25519 => encoding.decode_into::<64, 128, 66>(text, bytes),
        }
    }

    /// Returns whether sender and receiver share one secret. Otherwise the
    /// receiver holds a public key, which cannot sign.
    #[must_use]
    pub const fn is_mac(self) -> bool {
        match self {
            Self::HmacSha256 | Self::HmacSha512 | Self::HmacSha1 => true,
            Self::Ed25519 => false,
        }
    }

    /// Returns the feature of this crate that enables the algorithm; `None` if it is
    /// always available.
    #[must_use]
    pub const fn feature(self) -> Option<&'static str> {
        match self {
            Self::HmacSha256 | Self::HmacSha512 => None,
            Self::HmacSha1 => Some("sha1"),
            Self::Ed25519 => Some("ed25519"),
        }
    }

    /// Returns whether this crate was built with the algorithm.
    #[must_use]
    pub const fn is_available(self) -> bool {
        match self {
            Self::HmacSha256 | Self::HmacSha512 => true,
            Self::HmacSha1 => cfg!(feature = "sha1"),
            Self::Ed25519 => cfg!(feature = "ed25519"),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HmacSha256 => "HMAC-SHA-256",
            Self::HmacSha512 => "HMAC-SHA-512",
            Self::HmacSha1 => "HMAC-SHA-1",
            Self::Ed25519 => "Ed25519",
        })
    }
}

/// The output of an algorithm for a message: its bytes, followed by zeros.
#[derive(Clone, Copy)]
pub(crate) struct Tag {
    pub(crate) bytes: [u8; MAX_SIGNATURE_LEN],
    pub(crate) algorithm: Algorithm,
}

impl Tag {
    #[inline(always)]
    pub(crate) fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut tag = Self {
            bytes: [0; MAX_SIGNATURE_LEN],
            algorithm,
        };
        if let Some(place) = tag.bytes.get_mut(..bytes.len()) {
            place.copy_from_slice(bytes);
        }
        tag
    }
}

/// What a message is hashed into.
pub(crate) trait Hashing {
    fn update(&mut self, bytes: &[u8]);
}

/// The message that a signature covers: hands its pieces, in order, to a hash.
pub(crate) trait Hashed {
    fn feed(&self, hash: &mut impl Hashing);
}

/// A secret prepared for its MAC: the two hash states that depend only on the secret.
/// They are as good as the secret, so they are wiped on drop. They are boxed, so that
/// moving a key leaves no copy behind.
pub(crate) enum MacKey {
    Sha256(Box<HmacCore<Sha256>>),
    Sha512(Box<HmacCore<Sha512>>),
    #[cfg(feature = "sha1")]
    Sha1(Box<HmacCore<Sha1>>),
}

impl MacKey {
    /// Prepares a secret. Returns `None` if the algorithm is not a MAC or is
    /// not built in.
    pub(crate) fn new(algorithm: Algorithm, secret: &[u8]) -> Option<Self> {
        #[inline(never)]
        fn prepare<D: EagerHash>(secret: &[u8]) -> Option<Box<HmacCore<D>>> {
            HmacCore::new_from_slice(secret).ok().map(Box::new)
        }
        let key = match algorithm {
            Algorithm::HmacSha256 => prepare(secret).map(Self::Sha256),
            Algorithm::HmacSha512 => prepare(secret).map(Self::Sha512),
            #[cfg(feature = "sha1")]
            Algorithm::HmacSha1 => prepare(secret).map(Self::Sha1),
            #[cfg(not(feature = "sha1"))]
            Algorithm::HmacSha1 => None,
            Algorithm::Ed25519 => None,
        };
        // In an unoptimised build, a hash leaves copies further down the stack than in
        // others.
        wipe_stack::<16_384>();
        key
    }

    pub(crate) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Sha256(_) => Algorithm::HmacSha256,
            Self::Sha512(_) => Algorithm::HmacSha512,
            #[cfg(feature = "sha1")]
            Self::Sha1(_) => Algorithm::HmacSha1,
        }
    }

    /// Returns the MAC of a whole message. The running state stays in one place on the
    /// stack, and is wiped there.
    #[inline]
    pub(crate) fn mac(&self, message: &impl Hashed) -> Tag {
        #[inline(always)]
        fn of<D: EagerHash>(algorithm: Algorithm, key: &HmacCore<D>, message: &impl Hashed) -> Tag {
            let mut running = Running::start(key);
            message.feed(&mut running);
            running.finish(algorithm)
        }
        match self {
            Self::Sha256(key) => of(Algorithm::HmacSha256, key, message),
            Self::Sha512(key) => {
                let tag = of(Algorithm::HmacSha512, key, message);
                // The compression function has copied the state.
                wipe_stack::<4096>();
                tag
            }
            #[cfg(feature = "sha1")]
            Self::Sha1(key) => of(Algorithm::HmacSha1, key, message),
        }
    }

    /// Starts a message in `slot`. The states pass through the stack, so the caller wipes
    /// it.
    #[inline(never)]
    pub(crate) fn start_in<'s>(&self, slot: &'s mut RunningMac) -> &'s mut RunningMac {
        *slot = match self {
            Self::Sha256(key) => RunningMac::Sha256(Running::start(key)),
            Self::Sha512(key) => RunningMac::Sha512(Running::start(key)),
            #[cfg(feature = "sha1")]
            Self::Sha1(key) => RunningMac::Sha1(Running::start(key)),
        };
        slot
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Overwrites what earlier calls have left on the stack. This works in practice, as
/// `tests/zeroize.rs` measures, but the language does not guarantee it.
#[inline(never)]
pub(crate) fn wipe_stack<const LEN: usize>() {
    let area = [0_u8; LEN];
    core::hint::black_box(&area);
}

/// Returns how many zero bytes cover a `T` and its padding, if both are variants of one enum.
pub(crate) const fn empty_len<T>() -> usize {
    size_of::<T>() + align_of::<T>() - 1
}

/// A place for the running MAC of one key.
///
/// An empty place is all zeros. Otherwise it would hold what was on the stack when it was
/// created, such as another state, and carry that along when it is moved.
pub(crate) enum RunningMac {
    Empty([u8; empty_len::<Running<Sha512>>()]),
    Sha256(Running<Sha256>),
    Sha512(Running<Sha512>),
    #[cfg(feature = "sha1")]
    Sha1(Running<Sha1>),
}

impl RunningMac {
    pub(crate) const EMPTY: Self = Self::Empty([0; empty_len::<Running<Sha512>>()]);

    pub(crate) const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty(_))
    }

    /// Wipes the whole place, including its unused bytes.
    pub(crate) fn wipe(&mut self) {
        if !self.is_empty() {
            *self = Self::EMPTY;
        }
        if let Self::Empty(bytes) = self {
            bytes.zeroize();
        }
    }

    /// Returns the tag; `None` if nothing was started here. The rest of the
    /// place is wiped when it is emptied.
    pub(crate) fn finish(&mut self) -> Option<Tag> {
        match self {
            Self::Empty(_) => None,
            Self::Sha256(running) => Some(running.finish(Algorithm::HmacSha256)),
            Self::Sha512(running) => {
                let tag = running.finish(Algorithm::HmacSha512);
                wipe_stack::<4096>();
                Some(tag)
            }
            #[cfg(feature = "sha1")]
            Self::Sha1(running) => Some(running.finish(Algorithm::HmacSha1)),
        }
    }
}

impl Hashing for RunningMac {
    fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Empty(_) => {}
            Self::Sha256(running) => running.update(bytes),
            Self::Sha512(running) => running.update(bytes),
            #[cfg(feature = "sha1")]
            Self::Sha1(running) => running.update(bytes),
        }
    }
}

/// A running HMAC. Its states are wiped on drop.
///
/// `hmac::Hmac` can only be finished by value, which leaves its previous place unwiped;
/// its two halves can be finished in place.
pub(crate) struct Running<D: EagerHash> {
    core: HmacCore<D>,
    buffer: Buffer<HmacCore<D>>,
}

impl<D: EagerHash> Running<D> {
    #[inline(always)]
    fn start(key: &HmacCore<D>) -> Self {
        Self {
            core: key.clone(),
            buffer: Buffer::<HmacCore<D>>::default(),
        }
    }

    #[inline(always)]
    fn finish(&mut self, algorithm: Algorithm) -> Tag {
        let mut tag = Output::<HmacCore<D>>::default();
        self.core.finalize_fixed_core(&mut self.buffer, &mut tag);
        Tag::of(algorithm, &tag)
    }
}

impl<D: EagerHash> Hashing for Running<D> {
    #[inline(always)]
    fn update(&mut self, bytes: &[u8]) {
        #[cfg(test)]
        hashed::add(bytes.len());
        let Self { core, buffer } = self;
        buffer.digest_blocks(bytes, |blocks| core.update_blocks(blocks));
    }
}

/// Counts the bytes that this thread has hashed, for the tests of bounded work.
#[cfg(test)]
pub(crate) mod hashed {
    use core::cell::Cell;

    std::thread_local!(static HASHED: Cell<usize> = const { Cell::new(0) });

    pub(crate) fn add(bytes: usize) {
        HASHED.set(HASHED.get() + bytes);
    }

    /// Returns the bytes hashed while `work` ran.
    pub(crate) fn during<T>(work: impl FnOnce() -> T) -> (T, usize) {
        let before = HASHED.get();
        let result = work();
        (result, HASHED.get() - before)
    }
}
