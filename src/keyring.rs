//! The keys of a verifier, of whatever kind.

#[cfg(feature = "ed25519")]
use alloc::boxed::Box;
use alloc::vec::Vec;

#[cfg(feature = "ed25519")]
use crate::Signatures;
#[cfg(feature = "ed25519")]
use crate::ed25519::{self, MAX_KEYS, MAX_PAIRS, PublicKey, SigningKey};
use crate::key::at_most;
use crate::{Claim, ConfigError, Key, Keys, VerifyError};

/// The active keys of a verifier whose scheme may know more than one kind.
///
/// Whatever turns into [`Keys`] turns into this, and, with the feature
/// `ed25519`, so does an `ed25519::PublicKey`, an `ed25519::SigningKey`, or an
/// array of either. Several kinds together are [collected](Self::new). There
/// are always some keys.
///
/// A signature is tried with the keys of its kind only. Those of MACs come
/// first, being the quicker; within a kind the given order holds.
#[derive(Debug)]
pub struct Keyring {
    macs: Keys,
    #[cfg(feature = "ed25519")]
    ed25519: Box<[ed25519::Key]>,
}

impl Keyring {
    /// All these keys, of any kind each.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoKeys`] if there are none; [`ConfigError::TooManyKeys`]
    /// if there are more than [`Keys::MAX_CANDIDATES`] of MACs, or more than
    /// `ed25519::MAX_KEYS` of Ed25519.
    ///
    /// ```
    /// # #[cfg(feature = "ed25519")] {
    /// use hookseal::ed25519::PublicKey;
    /// use hookseal::{ConfigError, Key, Keyring, schemes::StandardWebhooks};
    ///
    /// // From the configuration, while a sender goes over from `v1` to `v1a`.
    /// let keys = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    /// let key = |text: &str| match text {
    ///     text if text.starts_with("whpk_") => PublicKey::from_base64(text).map(Keyring::from),
    ///     text => Key::from_base64(text).map(Keyring::from),
    /// };
    /// let keys: Result<Vec<Keyring>, ConfigError> = keys.split(' ').map(key).collect();
    /// let verifier = StandardWebhooks::new(Keyring::new(keys?)?);
    /// # }
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn new<K: Into<Self>>(keys: impl IntoIterator<Item = K>) -> Result<Self, ConfigError> {
        let mut macs = Vec::new();
        #[cfg(feature = "ed25519")]
        let mut ed25519 = Vec::new();
        for keyring in keys {
            let keyring = keyring.into();
            macs.extend(keyring.macs.into_vec());
            #[cfg(feature = "ed25519")]
            ed25519.extend(keyring.ed25519.into_vec());
        }
        at_most(Keys::MAX_CANDIDATES, macs.len())?;
        #[cfg(feature = "ed25519")]
        at_most(MAX_KEYS, ed25519.len())?;
        let all = Self {
            macs: Keys::all(macs),
            #[cfg(feature = "ed25519")]
            ed25519: ed25519.into(),
        };
        if all.is_empty() {
            return Err(ConfigError::NoKeys);
        }
        Ok(all)
    }

    fn is_empty(&self) -> bool {
        let without_macs = self.macs.is_empty();
        #[cfg(feature = "ed25519")]
        let without_macs = without_macs && self.ed25519.is_empty();
        without_macs
    }

    /// The keys that `claim` may have been signed with: those of the kinds that
    /// its signatures are of.
    ///
    /// # Errors
    ///
    /// It names none of them.
    pub(crate) fn candidates(&self, claim: &Claim<'_>) -> Result<Candidates<'_>, VerifyError> {
        let macs = self.macs.candidates(claim.key_id())?;
        #[cfg(feature = "ed25519")]
        let macs = if claim.signatures().has_mac() {
            macs
        } else {
            &[]
        };
        Ok(Candidates {
            macs,
            #[cfg(feature = "ed25519")]
            ed25519: &self.ed25519,
        })
    }
}

impl<K: Into<Keys>> From<K> for Keyring {
    fn from(keys: K) -> Self {
        Self {
            macs: keys.into(),
            #[cfg(feature = "ed25519")]
            ed25519: Box::default(),
        }
    }
}

#[cfg(feature = "ed25519")]
impl Keyring {
    fn of_ed25519(keys: impl IntoIterator<Item = impl Into<ed25519::Key>>) -> Self {
        Self {
            macs: Keys::all(Vec::new()),
            ed25519: keys.into_iter().map(Into::into).collect(),
        }
    }

    /// Refuses a claim that asks for more pairs than are tried.
    pub(crate) fn check_pairs(&self, claim: &Claim<'_>) -> Result<(), VerifyError> {
        // A single signature makes at most `MAX_KEYS` pairs.
        if !self.ed25519.is_empty()
            && let Some(header) = claim.signatures().header()
        {
            let signatures = claim.signatures().ed25519().count();
            if self.ed25519.len().saturating_mul(signatures) > MAX_PAIRS {
                return Err(VerifyError::malformed_signature(header));
            }
        }
        Ok(())
    }

    /// Whether it has keys of MACs, and of Ed25519.
    pub(crate) fn kinds(&self) -> (bool, bool) {
        (!self.macs.is_empty(), !self.ed25519.is_empty())
    }

    /// Whether a key of it can make an Ed25519 signature.
    pub(crate) fn signs_ed25519(&self) -> bool {
        self.ed25519.iter().any(|key| key.signing().is_some())
    }
}

#[cfg(feature = "ed25519")]
impl From<PublicKey> for Keyring {
    fn from(key: PublicKey) -> Self {
        Self::from([key])
    }
}

#[cfg(feature = "ed25519")]
impl From<SigningKey> for Keyring {
    fn from(key: SigningKey) -> Self {
        Self::from([key])
    }
}

/// An array of no keys, or of more than
/// [`MAX_KEYS`], does not compile.
#[cfg(feature = "ed25519")]
impl<const N: usize> From<[PublicKey; N]> for Keyring {
    fn from(keys: [PublicKey; N]) -> Self {
        const { assert!(N > 0 && N <= MAX_KEYS, "one to four Ed25519 keys") };
        Self::of_ed25519(keys)
    }
}

/// An array of no keys, or of more than
/// [`MAX_KEYS`], does not compile.
#[cfg(feature = "ed25519")]
impl<const N: usize> From<[SigningKey; N]> for Keyring {
    fn from(keys: [SigningKey; N]) -> Self {
        const { assert!(N > 0 && N <= MAX_KEYS, "one to four Ed25519 keys") };
        Self::of_ed25519(keys)
    }
}

/// The keys that a request may have been signed with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidates<'k> {
    pub(crate) macs: &'k [Key],
    #[cfg(feature = "ed25519")]
    pub(crate) ed25519: &'k [ed25519::Key],
}

#[cfg(feature = "ed25519")]
impl<'k> Candidates<'k> {
    /// The keys that can sign.
    pub(crate) fn signing(self) -> impl Iterator<Item = &'k SigningKey> {
        self.ed25519.iter().filter_map(ed25519::Key::signing)
    }

    /// Each key with each signature of its kind.
    pub(crate) fn pairs(
        self,
        signatures: &Signatures<'_>,
    ) -> impl Iterator<Item = (&'k ed25519::Key, ed25519::Signature)> {
        self.ed25519
            .iter()
            .flat_map(|key| signatures.ed25519().map(move |signature| (key, signature)))
    }
}
