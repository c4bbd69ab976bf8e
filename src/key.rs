//! The keys of a webhook: secrets and Ed25519 keys, one or several.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::ed25519::{self, PublicKey, SigningKey};
use crate::error::{ConfigError, KeyFault, SecretFault};
use crate::secret::{self, SecretForm};

/// A key that a sender signs with: a secret, or a key of an Ed25519 pair.
///
/// [`Webhook::new`](crate::Webhook::new) also takes plain text, and reads it in
/// the form that the scheme declares for its sender's secrets. For a secret in
/// another form, use a constructor of `Key`.
///
/// # Which secrets are refused
///
/// The empty secret, zero bytes and public keys are refused everywhere, because
/// anyone could sign with them. Public keys are recognised by `whpk_`, and in
/// PEM, DER, OpenSSH, JWK and minisign files.
///
/// HMAC pads a secret with zero bytes: **a secret that ends in zero bytes equals the one
/// without them.** Two such secrets are the same key.
///
/// **Use each secret in one scheme only.** A signature does not say which scheme
/// made it, so with one secret in two schemes, a message signed for one can
/// verify under the other, split into other parts.
///
/// # Memory
///
/// The secret is in one place on the heap, and is wiped on drop. Moving a key does not
/// copy it. `Debug` does not show it, and there is no `Clone`:
/// [`clone_secret`](Self::clone_secret) makes a copy.
///
/// ```
/// use hookseal::{ConfigError, Key};
///
/// let key = Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?.with_id("2026-11");
/// assert_eq!(format!("{key:?}"), r#"Key { id: Some("2026-11"), secret: [redacted] }"#);
/// assert_eq!(Key::from_text("").unwrap_err(), ConfigError::EmptySecret);
/// assert_eq!(Key::from_bytes([0; 32]).unwrap_err(), ConfigError::KnownSecret);
/// # Ok::<(), ConfigError>(())
/// ```
pub struct Key {
    id: Option<Arc<str>>,
    material: Material,
}

/// Each variant is a pointer. In an enum with variants of different sizes, the bytes
/// that a smaller variant does not use could hold leftovers from the stack, such as
/// another key's states, and would carry them along when the key is moved.
pub(crate) enum Material {
    /// A text that is still to be read in the scheme's form.
    Unread(Box<Zeroizing<String>>),
    /// Created with its final length: a vector that grows leaves copies behind.
    Secret(Box<Zeroizing<Vec<u8>>>),
    Public(PublicKey),
    Signing(SigningKey),
}

/// A key whose text, if it had one, has been read in the scheme's form.
pub(crate) struct ReadKey {
    pub(crate) id: Option<Arc<str>>,
    pub(crate) material: ReadMaterial,
}

pub(crate) enum ReadMaterial {
    Secret(Box<Zeroizing<Vec<u8>>>),
    Public(PublicKey),
    Signing(SigningKey),
}

impl Key {
    /// Creates a key from a text whose bytes are the secret.
    ///
    /// A prefix such as `whsec_` is part of the secret. For a sender that
    /// encodes its secret after that prefix, use
    /// [`from_base64`](Self::from_base64).
    ///
    /// # Errors
    ///
    /// [`ConfigError::EmptySecret`] for the empty text;
    /// [`ConfigError::KnownSecret`] for zero bytes;
    /// [`ConfigError::ForeignSecret`] for a public key or an Ed25519 signing
    /// key; [`ConfigError::Placeholder`] for `null`, `undefined` and `None`;
    /// [`ConfigError::Unexpanded`] for a text with `${…}` or `$(…)`;
    /// [`ConfigError::DirtySecret`] for white space, a quotation mark or a byte
    /// order mark at either end, and a zero-width character anywhere.
    /// [`from_bytes`](Self::from_bytes) refuses only the first three.
    ///
    /// ```
    /// # use hookseal::Key;
    /// let key = Key::from_text("your-shared-secret")?;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_text(secret: &str) -> Result<Self, ConfigError> {
        secret::check_text(secret)?;
        Ok(Self::from(Material::Secret(Box::new(copy_of(
            secret.as_bytes(),
        )))))
    }

    /// Creates a key from the bytes of the secret.
    ///
    /// Secrets that are longer than the hash's block (64 bytes for SHA-256 and
    /// SHA-1, 128 for SHA-512) are hashed first, as HMAC specifies.
    ///
    /// # Errors
    ///
    /// [`ConfigError::EmptySecret`] for no bytes; [`ConfigError::KnownSecret`]
    /// for zero bytes; [`ConfigError::ForeignSecret`] for a public key or an
    /// Ed25519 signing key, as text or in a file's form.
    ///
    /// ```
    /// # use hookseal::Key;
    /// let key = Key::from_bytes([0x0b; 20])?;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_bytes(secret: impl AsRef<[u8]>) -> Result<Self, ConfigError> {
        let secret = secret.as_ref();
        secret::check_bytes(secret)?;
        Ok(Self::from(Material::Secret(Box::new(copy_of(secret)))))
    }

    /// Creates a key from base64, with or without the prefix `whsec_` or
    /// `v1,whsec_` of Standard Webhooks' secrets.
    ///
    /// With the feature `ed25519` it also reads `whpk_…`, a public key, and `whsk_…`, a
    /// signing key. The alphabet is the standard one with canonical bits; the padding may
    /// be omitted.
    ///
    /// # Errors
    ///
    /// [`ConfigError::EmptySecret`] if nothing is left after the prefix;
    /// [`ConfigError::ForeignSecret`] for another prefix, the same one twice, or a public
    /// key in a file's form; [`ConfigError::InvalidSecret`] with what was found: white
    /// space, a line break, quotes, the URL-safe alphabet, wrong padding;
    /// [`ConfigError::LooksLike`] for hexadecimal digits and other prefixes;
    /// [`ConfigError::Placeholder`] for `null`, `undefined`, `None` and `nil` in any
    /// letter case; [`ConfigError::Unexpanded`] as for [`from_text`](Self::from_text);
    /// [`ConfigError::KnownSecret`] if it decodes to zero bytes;
    /// [`ConfigError::ShortSecret`] if it decodes to fewer than 16 bytes;
    /// [`ConfigError::InvalidEd25519Key`] for a text that begins like an Ed25519 key but
    /// is not one.
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
    /// assert!(Key::from_base64("whsec_whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_err());
    /// assert!(Key::from_base64("whsec_dGVzdA==").is_err());
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_base64(secret: &str) -> Result<Self, ConfigError> {
        read_whsec(secret, 0).map(|material| Self::from(Material::from(material)))
    }

    /// Creates a key from hexadecimal digits in either case.
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidSecret`] for anything but an even number of digits;
    /// otherwise as for [`from_base64`](Self::from_base64).
    ///
    /// ```
    /// # use hookseal::Key;
    /// let key = Key::from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b")?;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_hex(secret: &str) -> Result<Self, ConfigError> {
        secret::from_hex(secret).map(|secret| Self::from(Material::Secret(Box::new(secret))))
    }

    /// Names the key. A [`Verified`](crate::Verified) tells which key matched,
    /// and schemes whose requests name their key pick it by this id. The id is
    /// not secret, and appears in `Debug` output.
    ///
    /// ```
    /// # use hookseal::Key;
    /// let key = Key::from_text("your-shared-secret")?.with_id("2026-11");
    /// assert_eq!(key.id(), Some("2026-11"));
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[must_use]
    pub fn with_id(mut self, id: impl Into<Arc<str>>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Returns the key's id, if it was given one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Copies the key and its secret, for a second webhook.
    ///
    /// ```
    /// # use hookseal::Key;
    /// let key = Key::from("your-shared-secret").with_id("2026-11");
    /// assert_eq!(key.clone_secret().id(), Some("2026-11"));
    /// ```
    #[must_use]
    pub fn clone_secret(&self) -> Self {
        Self {
            id: self.id.clone(),
            material: match &self.material {
                Material::Unread(text) => Material::Unread(text.clone()),
                Material::Secret(secret) => Material::Secret(secret.clone()),
                Material::Public(key) => Material::Public(key.clone()),
                Material::Signing(key) => Material::Signing(key.clone_secret()),
            },
        }
    }

    /// Reads a text as a secret of this form. A key that is not text is returned as it
    /// is. Only a list yields several keys.
    pub(crate) fn read(self, form: SecretForm) -> Result<Vec<ReadKey>, ConfigError> {
        let Self { id, material } = self;
        let materials = match material {
            Material::Unread(text) => read_text(*text, form)?,
            Material::Secret(secret) => alloc::vec![ReadMaterial::Secret(secret)],
            Material::Public(key) => alloc::vec![ReadMaterial::Public(key)],
            Material::Signing(key) => alloc::vec![ReadMaterial::Signing(key)],
        };
        let named = |material| {
            let id = id.clone();
            ReadKey { id, material }
        };
        Ok(materials.into_iter().map(named).collect())
    }
}

fn copy_of(secret: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(secret.to_vec())
}

fn read_text(
    mut text: Zeroizing<String>,
    form: SecretForm,
) -> Result<Vec<ReadMaterial>, ConfigError> {
    let material = match form {
        SecretForm::Text => {
            secret::check_text(&text)?;
            // This does not move the bytes.
            let bytes = core::mem::take(&mut *text).into_bytes();
            ReadMaterial::Secret(Box::new(Zeroizing::new(bytes)))
        }
        SecretForm::Sha256OfText => {
            secret::check_text_to_digest(&text)?;
            ReadMaterial::Secret(Box::new(secret::sha256(&text)))
        }
        SecretForm::Base64 => ReadMaterial::Secret(Box::new(secret::from_base64(&text)?)),
        SecretForm::Hex => ReadMaterial::Secret(Box::new(secret::from_hex(&text)?)),
        SecretForm::Whsec => read_whsec(&text, 0)?,
        SecretForm::WhsecList => return read_list(&text),
        SecretForm::PublicKeyHex => read_public(&text, PublicKey::from_hex)?,
        SecretForm::PublicKeyBase64 => read_public(&text, |text| {
            secret::refuse_hex(text, "pass it with `ed25519::PublicKey::from_hex`")?;
            PublicKey::from_bare_base64(text)
        })?,
    };
    Ok(alloc::vec![material])
}

/// Reads a key in the form that senders of Standard Webhooks hand out. `text` begins at
/// byte `start` of the text that was passed.
fn read_whsec(text: &str, start: usize) -> Result<ReadMaterial, ConfigError> {
    if text.starts_with(PublicKey::PREFIX) {
        PublicKey::read(text, start).map(ReadMaterial::Public)
    } else if text.starts_with(SigningKey::PREFIX) {
        SigningKey::read(text, start).map(ReadMaterial::Signing)
    } else {
        secret::from_whsec(text, start).map(|secret| ReadMaterial::Secret(Box::new(secret)))
    }
}

fn read_list(text: &str) -> Result<Vec<ReadMaterial>, ConfigError> {
    if text.is_empty() {
        return Err(ConfigError::EmptySecret);
    }
    let mut start = 0;
    let mut materials = Vec::new();
    for entry in text.split('|') {
        if entry.is_empty() {
            // An empty item, next to an extra separator.
            return Err(ConfigError::InvalidSecret {
                encoding: "base64",
                fault: SecretFault::Character {
                    position: start.min(text.len() - 1),
                },
            });
        }
        materials.push(read_entry(entry, start)?);
        start += entry.len() + 1;
    }
    Ok(materials)
}

fn read_entry(entry: &str, start: usize) -> Result<ReadMaterial, ConfigError> {
    let Some(keys) = entry.strip_prefix("v1a,") else {
        return read_whsec(entry, start);
    };
    if !keys.starts_with(PublicKey::PREFIX) && !keys.starts_with(SigningKey::PREFIX) {
        // Says what `v1a,` marks.
        return secret::from_whsec(entry, start)
            .map(|secret| ReadMaterial::Secret(Box::new(secret)));
    }
    let start = start + (entry.len() - keys.len());
    let Some((public, signing)) = keys.split_once(':') else {
        return read_whsec(keys, start);
    };
    let public = PublicKey::read(public, start)?;
    let signing = SigningKey::read(signing, start + (keys.len() - signing.len()))?;
    if signing.public_key() != public {
        let fault = KeyFault::PublicKeyMismatch;
        return Err(ConfigError::InvalidEd25519Key { fault });
    }
    Ok(ReadMaterial::Signing(signing))
}

/// Reads a public key, or a signing key for a sender's own use.
fn read_public(
    text: &str,
    read: impl Fn(&str) -> Result<PublicKey, ConfigError>,
) -> Result<ReadMaterial, ConfigError> {
    if text.is_empty() {
        return Err(ConfigError::EmptySecret);
    }
    secret::refuse_encoded_placeholders(text, 0)?;
    if text.starts_with(PublicKey::PREFIX) || text.starts_with(SigningKey::PREFIX) {
        return read_whsec(text, 0);
    }
    read(text).map(ReadMaterial::Public)
}

impl From<Material> for Key {
    fn from(material: Material) -> Self {
        Self { id: None, material }
    }
}

impl From<ReadMaterial> for Material {
    fn from(material: ReadMaterial) -> Self {
        match material {
            ReadMaterial::Secret(secret) => Self::Secret(secret),
            ReadMaterial::Public(key) => Self::Public(key),
            ReadMaterial::Signing(key) => Self::Signing(key),
        }
    }
}

/// Creates a key from a text, which [`Webhook::new`](crate::Webhook::new) then reads and
/// checks in the form that the scheme declares.
impl From<&str> for Key {
    fn from(text: &str) -> Self {
        String::from(text).into()
    }
}

/// Creates a key from a text, as for `&str`. The string's buffer is kept, and is wiped on
/// drop.
impl From<String> for Key {
    fn from(text: String) -> Self {
        Material::Unread(Box::new(Zeroizing::new(text))).into()
    }
}

/// Creates a key from a text, as for `&str`.
impl From<&String> for Key {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<PublicKey> for Key {
    fn from(key: PublicKey) -> Self {
        Material::Public(key).into()
    }
}

impl From<SigningKey> for Key {
    fn from(key: SigningKey) -> Self {
        Material::Signing(key).into()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Key");
        shown.field("id", &self.id);
        match &self.material {
            Material::Public(key) => shown.field("public", &format_args!("{key}")),
            _ => shown.field("secret", &format_args!("[redacted]")),
        };
        shown.finish()
    }
}

/// The active keys of a webhook: one, or several while a secret is rotated.
///
/// [`Webhook::new`](crate::Webhook::new) takes anything that converts into
/// `Keys`: a text, a [`Key`], an Ed25519 key, an array or a `Vec` of any of them.
/// It checks their number and kinds.
///
/// Keys are tried in the order given, secrets before Ed25519 keys. Put the key
/// that signs most requests first: the others then cost nothing for those
/// requests.
///
/// A webhook with a secret and an Ed25519 key is only as safe as the secret: anyone who
/// has the secret can sign. Remove it once the sender signs only with Ed25519.
///
/// ```
/// use hookseal::{Key, Keys, Webhook, schemes};
///
/// let new = Key::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").with_id("new");
/// let old = Key::from("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").with_id("old");
/// let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, [new, old])?;
///
/// # fn from_environment() -> Result<(), Box<dyn std::error::Error>> {
/// let secrets = std::env::var("WEBHOOK_SECRETS")?;
/// let keys: Keys = secrets.split_whitespace().collect();
/// let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, keys)?;
/// # Ok(())
/// # }
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// The maximum number of secrets tried for one request. Each may cost a hash of
    /// the body and, while a body streams in, a running state. Rotation needs
    /// two, seldom three.
    pub const MAX_CANDIDATES: usize = 8;

    /// The maximum number of Ed25519 keys of a webhook.
    pub const MAX_ED25519: usize = ed25519::MAX_KEYS;

    pub(crate) fn into_vec(self) -> Vec<Key> {
        self.0
    }
}

impl From<Key> for Keys {
    fn from(key: Key) -> Self {
        Self(alloc::vec![key])
    }
}

impl From<&str> for Keys {
    fn from(text: &str) -> Self {
        Key::from(text).into()
    }
}

impl From<String> for Keys {
    fn from(text: String) -> Self {
        Key::from(text).into()
    }
}

impl From<&String> for Keys {
    fn from(text: &String) -> Self {
        Key::from(text).into()
    }
}

impl From<PublicKey> for Keys {
    fn from(key: PublicKey) -> Self {
        Key::from(key).into()
    }
}

impl From<SigningKey> for Keys {
    fn from(key: SigningKey) -> Self {
        Key::from(key).into()
    }
}

impl<T: Into<Key>, const N: usize> From<[T; N]> for Keys {
    fn from(keys: [T; N]) -> Self {
        keys.into_iter().collect()
    }
}

impl<T: Into<Key>> From<Vec<T>> for Keys {
    fn from(keys: Vec<T>) -> Self {
        keys.into_iter().collect()
    }
}

impl<T: Into<Key>> FromIterator<T> for Keys {
    fn from_iter<I: IntoIterator<Item = T>>(keys: I) -> Self {
        Self(keys.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests;
