//! Secrets in all their spellings, prepared once; rotation and ids.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::encoding::{secret_from_base64, secret_from_hex};
use crate::error::{ConfigError, SecretFault, VerifyError};
use crate::headers::{HeaderName, is_trimmed};
use crate::mac::{Mac, Tag};

/// A secret that a sender signs with, prepared for HMAC-SHA256.
///
/// It holds the two hash states that depend on the key alone, not the secret's
/// text. They can stand in for the secret, so they are wiped on drop, and
/// `Debug` does not show them. There is no `Clone`, so that a secret stays in
/// one place.
///
/// An empty secret cannot be made into a key.
///
/// ```
/// use hookseal::{ConfigError, Key};
///
/// let key = Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?.with_id("2026-11");
/// assert_eq!(format!("{key:?}"), r#"Key { id: Some("2026-11"), secret: [redacted] }"#);
/// assert_eq!(Key::from_text("").unwrap_err(), ConfigError::EmptySecret);
/// # Ok::<(), ConfigError>(())
/// ```
pub struct Key {
    /// In a place of its own: moving a key leaves no copy behind.
    prepared: Box<Mac>,
    id: Option<Box<str>>,
}

/// What the texts of Ed25519 keys begin with: MAC secrets begin with none of
/// these, and a public key taken for a secret would let anyone sign.
const ED25519: [(&str, &str); 4] = [
    (
        "whsk_",
        "marks an Ed25519 signing key; `ed25519::SigningKey::from_base64` takes it (feature `ed25519`)",
    ),
    (
        "whpk_",
        "marks an Ed25519 public key; `ed25519::PublicKey::from_base64` takes it (feature `ed25519`)",
    ),
    (
        "-----BEGIN",
        "marks PEM, which is no form of a MAC secret; pass the secret as the provider shows it",
    ),
    IN_DER,
];

/// The base64 of `SPKI_HEADER`, and what it marks.
pub(crate) const IN_DER: (&str, &str) = (
    "MCowBQYDK2VwAyEA",
    "marks an Ed25519 public key in DER; `ed25519::PublicKey::from_bytes` takes its last 32 bytes (feature `ed25519`)",
);

/// What an Ed25519 public key in DER has before its 32 bytes (RFC 8410, sections
/// 4 and 10.1).
const SPKI_HEADER: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// Prefixes that no MAC secret has in the form that it is handed out in.
const MISPLACED: [(&str, &str); 3] = [
    (
        "whsec_",
        "stands there twice; pass the secret as the provider shows it",
    ),
    (
        "v1a,",
        "marks an Ed25519 signature; pass the `whsec_` secret",
    ),
    (
        "v1,",
        "only goes before `whsec_`; pass the secret as the provider shows it",
    ),
];

/// Names a foreign prefix: one in lower case, in whatever letter case it is.
pub(crate) fn refuse_prefixes(
    text: &[u8],
    prefixes: &[(&'static str, &'static str)],
) -> Result<(), ConfigError> {
    for &(found, meaning) in prefixes {
        match text.get(..found.len()) {
            Some(start) if start == found.as_bytes() => {
                return Err(ConfigError::ForeignSecret { found, meaning });
            }
            Some(start)
                if start.eq_ignore_ascii_case(found.as_bytes())
                    && !found.contains(|character: char| character.is_ascii_uppercase()) =>
            {
                let meaning = "is written in lower case; pass the secret as the provider shows it";
                return Err(ConfigError::ForeignSecret { found, meaning });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Names a prefix that no text of a MAC secret has, but for the one that marks
/// it.
pub(crate) fn refuse_foreign(text: &str) -> Result<(), ConfigError> {
    refuse_prefixes(text.as_bytes(), &ED25519)?;
    refuse_prefixes(text.as_bytes(), &MISPLACED)
}

/// What follows the marks that configuration files and dashboards put before a
/// key's text.
fn without_surroundings(mut text: &[u8]) -> &[u8] {
    let marks = [
        " ", "\t", "\r", "\n", "\u{b}", "\u{c}", "\u{a0}", "\u{feff}", "\"", "'", "`", "v1,",
        "v1a,", "whsec_",
    ];
    while let Some(rest) = marks
        .iter()
        .find_map(|mark| text.strip_prefix(mark.as_bytes()))
    {
        text = rest;
    }
    text
}

impl Key {
    /// The key whose bytes are this text's, as they are: white space counts,
    /// and a `whsec_` is part of the key. For what is handed out with that
    /// prefix, use [`from_base64`](Self::from_base64).
    ///
    /// # Errors
    ///
    /// [`ConfigError::EmptySecret`] for the empty text;
    /// [`ConfigError::ForeignSecret`] for what is an Ed25519 key, in the form
    /// `whsk_…` or `whpk_…` or as files have it, and for anything else in PEM.
    ///
    /// ```
    /// # use hookseal::Key;
    /// let key = Key::from_text("your-shared-secret")?;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_text(secret: &str) -> Result<Self, ConfigError> {
        Self::from_bytes(secret)
    }

    /// The key that these bytes are. HMAC hashes those of more than 64 first.
    ///
    /// # Errors
    ///
    /// As [`from_text`](Self::from_text).
    ///
    /// ```
    /// # use hookseal::Key;
    /// let key = Key::from_bytes([0x0b; 20])?;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_bytes(secret: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let secret = secret.as_ref();
        refuse_prefixes(without_surroundings(secret), &ED25519)?;
        if secret.starts_with(SPKI_HEADER) {
            let found = "30 2a 30 05 06 03 2b 65 70";
            return Err(ConfigError::ForeignSecret {
                found,
                meaning: IN_DER.1,
            });
        }
        let prepared = Mac::new(secret).ok_or(ConfigError::EmptySecret)?;
        Ok(Self {
            prepared: Box::new(prepared),
            id: None,
        })
    }

    /// The key that this base64 text decodes to, with or without the prefix
    /// `whsec_` or `v1,whsec_` that Standard Webhooks' senders hand it out
    /// with.
    ///
    /// Standard alphabet and canonical bits; the padding may be left off.
    /// Nothing else is forgiven.
    ///
    /// # Errors
    ///
    /// [`ConfigError::EmptySecret`] if nothing is left after the prefix;
    /// [`ConfigError::ForeignSecret`] for another prefix, or the same one
    /// twice; [`ConfigError::InvalidSecret`] with what was found: white space,
    /// a line break, quotes, the URL-safe alphabet, wrong padding.
    ///
    /// ```
    /// # use hookseal::Key;
    /// for secret in [
    ///     "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ///     "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ///     "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    /// ] {
    ///     Key::from_base64(secret)?;
    /// }
    /// assert!(Key::from_base64("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_err());
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_base64(secret: &str) -> Result<Self, ConfigError> {
        let text = ["v1,whsec_", "whsec_"]
            .into_iter()
            .find_map(|prefix| secret.strip_prefix(prefix))
            .unwrap_or(secret);
        refuse_foreign(text)?;
        let start = secret.len() - text.len();
        let secret = secret_from_base64(text, start).map_err(|fault| invalid("base64", fault))?;
        Self::from_bytes(secret)
    }

    /// The key that these hexadecimal digits, of either case, decode to.
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidSecret`] for anything but an even number of
    /// digits; otherwise as [`from_text`](Self::from_text).
    ///
    /// ```
    /// # use hookseal::Key;
    /// let key = Key::from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b")?;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_hex(secret: &str) -> Result<Self, ConfigError> {
        refuse_prefixes(secret.as_bytes(), &ED25519)?;
        let secret = secret_from_hex(secret).map_err(|fault| invalid("hex", fault))?;
        Self::from_bytes(secret)
    }

    /// Names the key. A [`Verified`](crate::Verified) tells which key matched,
    /// and Pomelo picks the key by it (there it is the api key). The id is no
    /// secret and is shown.
    ///
    /// ```
    /// # use hookseal::Key;
    /// let key = Key::from_text("your-shared-secret")?.with_id("2026-11");
    /// assert_eq!(key.id(), Some("2026-11"));
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[must_use]
    pub fn with_id(mut self, id: impl Into<Box<str>>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The key's id, if it was given one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The HMAC-SHA256 of the concatenated parts under this key.
    ///
    /// ```
    /// # use hookseal::{Encoding, Key};
    /// // RFC 4231, test case 1.
    /// let tag = Key::from_bytes([0x0b; 20])?.mac(&[b"Hi ", b"There"]);
    /// assert_eq!(
    ///     Encoding::Hex.encode(tag),
    ///     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    /// );
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[must_use]
    pub fn mac(&self, parts: &[&[u8]]) -> Tag {
        let mut mac = self.start();
        for part in parts {
            mac.update(part);
        }
        mac.finish()
    }

    #[inline(always)]
    pub(crate) fn start(&self) -> Mac {
        Mac::clone(&self.prepared)
    }
}

fn invalid(encoding: &'static str, fault: SecretFault) -> ConfigError {
    ConfigError::InvalidSecret { encoding, fault }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("id", &self.id)
            .field("secret", &format_args!("[redacted]"))
            .finish()
    }
}

/// The active keys of a verifier: one, or several while a secret is rotated.
///
/// A verifier takes anything that turns into `Keys`: a [`Key`], an array of
/// them, or `Keys` made from a list whose length is only known at run time.
/// There are always some.
///
/// ```
/// use hookseal::{Key, Keys, schemes::StandardWebhooks};
///
/// let new = Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?.with_id("new");
/// let old = Key::from_base64("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?.with_id("old");
/// let verifier = StandardWebhooks::new([new, old]);
///
/// # fn from_environment() -> Result<(), Box<dyn std::error::Error>> {
/// let secrets = std::env::var("WEBHOOK_SECRETS")?;
/// let keys: Result<Vec<Key>, _> = secrets.split_whitespace().map(Key::from_base64).collect();
/// let verifier = StandardWebhooks::new(Keys::new(keys?)?);
/// # Ok(())
/// # }
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Keys {
    /// Never empty; sorted by id if `picked_by_id`.
    keys: Box<[Key]>,
    picked_by_id: bool,
}

impl Keys {
    /// The most keys that are tried for one request. Each may cost a hash of
    /// the body, and while a body streams in, each needs its running state.
    /// Rotation needs two, seldom three.
    pub const MAX_CANDIDATES: usize = 8;

    /// Keys that are all tried, in this order. Put the one that signs most
    /// requests first: the others then cost nothing.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoKeys`] if there are none, [`ConfigError::TooManyKeys`]
    /// if there are more than [`MAX_CANDIDATES`](Self::MAX_CANDIDATES).
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Result<Self, ConfigError> {
        let keys: Vec<Key> = keys.into_iter().collect();
        if keys.is_empty() {
            return Err(ConfigError::NoKeys);
        }
        at_most(Self::MAX_CANDIDATES, keys.len())?;
        Ok(Self::all(keys))
    }

    /// All of these, however many. None, if they stand beside keys of another
    /// kind.
    pub(crate) fn all(keys: Vec<Key>) -> Self {
        Self {
            keys: keys.into(),
            picked_by_id: false,
        }
    }

    /// Keys of which a request names one by its id; any number of ids. Several
    /// may share an id, and are tried in this order.
    pub(crate) fn by_id(keys: impl IntoIterator<Item = Key>) -> Result<Self, ConfigError> {
        let mut keys: Vec<Key> = keys.into_iter().collect();
        if keys.is_empty() {
            return Err(ConfigError::NoKeys);
        }
        for (position, key) in (1..).zip(&keys) {
            match key.id() {
                None => return Err(ConfigError::KeyWithoutId { position }),
                Some(id) if id.is_empty() || !is_trimmed(id.as_bytes()) => {
                    return Err(ConfigError::InvalidKeyId { position });
                }
                Some(_) => {}
            }
        }
        keys.sort_by(|one, other| one.id.cmp(&other.id));
        for same_id in keys.chunk_by(|one, other| one.id == other.id) {
            at_most(Self::MAX_CANDIDATES, same_id.len())?;
        }
        Ok(Self {
            keys: keys.into(),
            picked_by_id: true,
        })
    }

    pub(crate) fn into_vec(self) -> Vec<Key> {
        self.keys.into_vec()
    }

    pub(crate) fn name(&mut self, id: &str) {
        for key in &mut self.keys {
            key.id = Some(id.into());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys that a request may have been signed with, at most
    /// [`MAX_CANDIDATES`](Self::MAX_CANDIDATES).
    pub(crate) fn candidates(
        &self,
        named: Option<(&[u8], &HeaderName)>,
    ) -> Result<&[Key], VerifyError> {
        match (self.picked_by_id, named) {
            (false, None) => Ok(&self.keys),
            (true, Some((id, header))) => match self.with_id(id) {
                [] => Err(VerifyError::UnknownKeyId {
                    header: header.clone(),
                }),
                keys => Ok(keys),
            },
            (false, Some(_)) => Err(VerifyError::ClaimMismatch {
                fault: "a key id, and the keys are not picked by id",
            }),
            (true, None) => Err(VerifyError::ClaimMismatch {
                fault: "no key id, and the keys are picked by id",
            }),
        }
    }

    fn with_id(&self, id: &[u8]) -> &[Key] {
        let id_of = |key: &Key| key.id().unwrap_or_default().as_bytes().cmp(id);
        let start = self.keys.partition_point(|key| id_of(key).is_lt());
        let end = self.keys.partition_point(|key| id_of(key).is_le());
        self.keys.get(start..end).unwrap_or_default()
    }
}

pub(crate) fn at_most(max: usize, found: usize) -> Result<(), ConfigError> {
    if found > max {
        return Err(ConfigError::TooManyKeys { max, found });
    }
    Ok(())
}

impl From<Key> for Keys {
    fn from(key: Key) -> Self {
        Self::from([key])
    }
}

/// An array of no keys, or of more than [`Keys::MAX_CANDIDATES`], does not
/// compile.
///
/// ```compile_fail,E0080
/// let none: [hookseal::Key; 0] = [];
/// let keys = hookseal::Keys::from(none);
/// ```
///
/// ```compile_fail,E0080
/// let key = || hookseal::Key::from_text("secret").unwrap();
/// let nine = [key(), key(), key(), key(), key(), key(), key(), key(), key()];
/// let keys = hookseal::Keys::from(nine);
/// ```
impl<const N: usize> From<[Key; N]> for Keys {
    fn from(keys: [Key; N]) -> Self {
        const { assert!(N > 0, "a verifier needs at least one key") };
        const {
            assert!(
                N <= Self::MAX_CANDIDATES,
                "more keys than are tried for one request"
            )
        };
        Self::all(keys.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str, id: &str) -> Key {
        Key::from_text(text).unwrap().with_id(id)
    }

    /// Tells keys apart by what they sign.
    fn macs(keys: &[Key]) -> Vec<Tag> {
        keys.iter().map(|key| key.mac(&[])).collect()
    }

    #[test]
    fn keys_are_picked_by_id_in_the_given_order() {
        let keys = [("b", "1"), ("a", "2"), ("b", "3"), ("ab", "4"), ("b", "5")];
        let keys = Keys::by_id(keys.map(|(id, text)| key(text, id))).unwrap();
        let texts = |texts: &[&str]| -> Vec<Tag> {
            texts.iter().map(|text| key(text, "").mac(&[])).collect()
        };
        for (id, wanted) in [
            ("a", &["2"][..]),
            ("ab", &["4"]),
            ("b", &["1", "3", "5"]),
            ("", &[]),
            ("0", &[]),
            ("aa", &[]),
            ("B", &[]),
            ("c", &[]),
        ] {
            let picked = keys.with_id(id.as_bytes());
            assert!(macs(picked) == texts(wanted), "{id}");
        }
    }

    #[test]
    fn key_lists_are_bounded() {
        let keys = |count| (0..count).map(|_| key("secret", "a"));
        let too_many = Some(ConfigError::TooManyKeys { max: 8, found: 9 });
        assert_eq!(Keys::new(keys(0)).err(), Some(ConfigError::NoKeys));
        assert_eq!(Keys::by_id(keys(0)).err(), Some(ConfigError::NoKeys));
        assert!(Keys::new(keys(8)).is_ok());
        assert!(Keys::by_id(keys(8)).is_ok());
        assert_eq!(Keys::new(keys(9)).err(), too_many);
        assert_eq!(Keys::by_id(keys(9)).err(), too_many);
        let many_ids = (0..1000).map(|id| key("secret", &std::format!("{id}")));
        assert!(Keys::by_id(many_ids).is_ok());
    }

    #[test]
    fn a_key_that_could_never_be_picked_is_refused() {
        let nameless = Key::from_text("secret").unwrap();
        assert_eq!(
            Keys::by_id([key("secret", "a"), nameless]).err(),
            Some(ConfigError::KeyWithoutId { position: 2 })
        );
        for id in ["", " a", "a\n", "\ta"] {
            assert_eq!(
                Keys::by_id([key("secret", id)]).err(),
                Some(ConfigError::InvalidKeyId { position: 1 })
            );
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let keys = Keys::from([key("hunter2", "new")]);
        assert_eq!(
            std::format!("{keys:?}"),
            r#"Keys { keys: [Key { id: Some("new"), secret: [redacted] }], picked_by_id: false }"#
        );
    }
}
