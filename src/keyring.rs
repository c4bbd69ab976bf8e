//! The keys of a verifier, of whatever kind.

use alloc::boxed::Box;
use alloc::vec::Vec;

#[cfg(feature = "ed25519")]
use crate::Signatures;
#[cfg(feature = "ed25519")]
use crate::ed25519::{self, MAX_KEYS, MAX_PAIRS, PublicKey, SigningKey};
use crate::encoding::refuse_surroundings;
use crate::key::{at_most, refuse_foreign};
use crate::{Claim, ConfigError, Key, Keys, VerifyError};

/// The active keys of a verifier whose scheme may know more than one kind.
///
/// A [`Key`], an array of them and [`Keys`] turn into this; with the feature
/// `ed25519` so do an `ed25519::PublicKey`, an `ed25519::SigningKey`, an array of
/// either, and `ed25519::Keys`. Several together are [collected](Self::new).
/// There are always some keys.
///
/// A signature is tried with the keys of its kind only. MACs come first, being
/// the quicker, and their keys are tried in the given order; then the Ed25519
/// signatures in the order of the list, each with the keys in theirs.
///
/// A keyring of both kinds is as strong as its MACs: whoever has one of their
/// secrets can sign. Take them out once a sender has gone over to Ed25519.
#[derive(Debug)]
pub struct Keyring {
    macs: Keys,
    #[cfg(feature = "ed25519")]
    ed25519: ed25519::Keys,
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
    /// use hookseal::{Key, Keyring, schemes::StandardWebhooks};
    ///
    /// // While a sender goes over from `v1` to `v1a`.
    /// let secret = Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?.with_id("mac");
    /// let public = PublicKey::from_base64("whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")?;
    /// let verifier = StandardWebhooks::new(Keyring::new([secret.into(), public.into()])?);
    /// # }
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn new(keys: impl IntoIterator<Item = Self>) -> Result<Self, ConfigError> {
        let mut macs = Vec::new();
        #[cfg(feature = "ed25519")]
        let mut ed25519 = Vec::new();
        for keyring in keys {
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
            ed25519: ed25519::Keys::all(ed25519),
        };
        if all.is_empty() {
            return Err(ConfigError::NoKeys);
        }
        Ok(all)
    }

    /// The key of this text, of the kind that its prefix says: `whsec_` (or
    /// `v1,whsec_`) for a MAC and, with the feature `ed25519`, `whpk_` for a
    /// public key and `whsk_` for a signing key.
    ///
    /// For keys that are read from the configuration: unlike
    /// [`Key::from_base64`], it asks for the prefix, so that a public key that
    /// has lost its own cannot become a secret that everyone knows.
    ///
    /// # Errors
    ///
    /// [`ConfigError::MissingPrefix`] for base64 without such a prefix;
    /// [`ConfigError::EmptySecret`] for the empty text; and what the
    /// constructors of the kinds refuse.
    ///
    /// ```
    /// use hookseal::{ConfigError, Keyring, schemes::StandardWebhooks};
    ///
    /// let texts = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    /// let named = |(place, text)| Keyring::from_base64(text).map(|key| key.with_id(format!("key {place}")));
    /// let keys: Result<Vec<Keyring>, _> = (1..).zip(texts.split_whitespace()).map(named).collect();
    /// let verifier = StandardWebhooks::new(Keyring::new(keys?)?);
    ///
    /// let error = Keyring::from_base64("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").unwrap_err();
    /// assert_eq!(error, ConfigError::MissingPrefix);
    /// # Ok::<(), ConfigError>(())
    /// ```
    pub fn from_base64(text: &str) -> Result<Self, ConfigError> {
        let starts_with = |prefix| text.starts_with(prefix);
        if starts_with("whsec_") || starts_with("v1,whsec_") {
            return Key::from_base64(text).map(Self::from);
        }
        #[cfg(feature = "ed25519")]
        if starts_with("whpk_") {
            return PublicKey::from_base64(text).map(Self::from);
        } else if starts_with("whsk_") {
            return SigningKey::from_base64(text).map(Self::from);
        }
        if text.is_empty() {
            return Err(ConfigError::EmptySecret);
        }
        refuse_foreign(text)?;
        refuse_surroundings(text).map_err(|fault| {
            let encoding = "base64";
            ConfigError::InvalidSecret { encoding, fault }
        })?;
        Err(ConfigError::MissingPrefix)
    }

    /// Names its keys, all of them the same: the one that
    /// [`from_base64`](Self::from_base64) has read, say. A
    /// [`Verified`](crate::Verified) tells which key matched.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<Box<str>>) -> Self {
        let id = id.into();
        self.macs.name(&id);
        #[cfg(feature = "ed25519")]
        self.ed25519.name(&id);
        self
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
        let macs = if self.ed25519.is_empty() || claim.signatures().has_mac() {
            macs
        } else {
            &[]
        };
        Ok(Candidates {
            macs,
            #[cfg(feature = "ed25519")]
            ed25519: self.ed25519.as_slice(),
        })
    }
}

impl From<Keys> for Keyring {
    fn from(macs: Keys) -> Self {
        Self {
            macs,
            #[cfg(feature = "ed25519")]
            ed25519: ed25519::Keys::all(Vec::new()),
        }
    }
}

impl From<Key> for Keyring {
    fn from(key: Key) -> Self {
        Keys::from(key).into()
    }
}

/// As for [`Keys`]: an array of no keys, or of too many, does not compile.
impl<const N: usize> From<[Key; N]> for Keyring {
    fn from(keys: [Key; N]) -> Self {
        Keys::from(keys).into()
    }
}

#[cfg(feature = "ed25519")]
impl Keyring {
    /// Whether it has keys of MACs, and of Ed25519.
    pub(crate) fn kinds(&self) -> (bool, bool) {
        (!self.macs.is_empty(), !self.ed25519.is_empty())
    }

    /// Whether a key of it can make an Ed25519 signature.
    pub(crate) fn signs_ed25519(&self) -> bool {
        self.ed25519
            .as_slice()
            .iter()
            .any(|key| key.signing().is_some())
    }
}

#[cfg(feature = "ed25519")]
impl From<ed25519::Keys> for Keyring {
    fn from(ed25519: ed25519::Keys) -> Self {
        Self {
            macs: Keys::all(Vec::new()),
            ed25519,
        }
    }
}

#[cfg(feature = "ed25519")]
impl From<PublicKey> for Keyring {
    fn from(key: PublicKey) -> Self {
        ed25519::Keys::from(key).into()
    }
}

#[cfg(feature = "ed25519")]
impl From<SigningKey> for Keyring {
    fn from(key: SigningKey) -> Self {
        ed25519::Keys::from(key).into()
    }
}

/// As for [`ed25519::Keys`]: an array of no keys, or of too many, does not
/// compile.
#[cfg(feature = "ed25519")]
impl<const N: usize> From<[PublicKey; N]> for Keyring {
    fn from(keys: [PublicKey; N]) -> Self {
        ed25519::Keys::from(keys).into()
    }
}

/// As for [`ed25519::Keys`]: an array of no keys, or of too many, does not
/// compile.
#[cfg(feature = "ed25519")]
impl<const N: usize> From<[SigningKey; N]> for Keyring {
    fn from(keys: [SigningKey; N]) -> Self {
        ed25519::Keys::from(keys).into()
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

    /// The pairs that are tried: each signature in turn, with every key.
    pub(crate) fn pairs(
        self,
        signatures: &Signatures<'_>,
    ) -> impl Iterator<Item = (&'k ed25519::Key, ed25519::Signature)> {
        signatures
            .ed25519()
            .flat_map(move |signature| self.ed25519.iter().map(move |key| (key, signature)))
            .take(MAX_PAIRS)
    }
}
