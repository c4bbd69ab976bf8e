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
mod tests {
    use std::borrow::ToOwned as _;
    use std::format;

    use super::*;

    const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    /// Its bytes, by OpenSSL's `base64 -d`.
    const BYTES: &str = "31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0";
    const OTHER: &str = "C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const OTHER_BYTES: &str = "0b6155b0140886bb1c0a195020c57e6f9b1262ca686fba03";

    /// Returns the hexadecimal digits of the secrets that are read.
    fn read(key: impl Into<Key>, form: SecretForm) -> Result<Vec<String>, ConfigError> {
        let read = key.into().read(form)?;
        let secrets = read.into_iter().map(|key| match key.material {
            ReadMaterial::Secret(secret) => hex::encode(secret.as_slice()),
            ReadMaterial::Public(key) => format!("public {key}"),
            ReadMaterial::Signing(key) => format!("signing {}", key.public_key()),
        });
        Ok(secrets.collect())
    }

    #[test]
    fn a_text_is_read_as_the_form_says() {
        let bare = &WHSEC[6..];
        for (text, form, wanted) in [
            ("it's", SecretForm::Text, "69742773"),
            ("whsec_x", SecretForm::Text, "77687365635f78"),
            (bare, SecretForm::Base64, BYTES),
            (BYTES, SecretForm::Hex, BYTES),
            (WHSEC, SecretForm::Whsec, BYTES),
            (bare, SecretForm::Whsec, BYTES),
            (WHSEC, SecretForm::WhsecList, BYTES),
            (
                // `printf 'a shared secret' | openssl dgst -sha256`
                "a shared secret",
                SecretForm::Sha256OfText,
                "1b77c7aef57004df9f824ce77f1ce6c1e8de3709f2e726960d7ea44c411e6b0b",
            ),
        ] {
            for key in [
                Key::from(text),
                text.to_owned().into(),
                (&text.to_owned()).into(),
            ] {
                assert_eq!(read(key, form), Ok(alloc::vec![wanted.into()]), "{form:?}");
            }
        }
        // Not read otherwise.
        for (text, form) in [
            (WHSEC, SecretForm::Base64),
            (WHSEC, SecretForm::Hex),
            (BYTES, SecretForm::Base64),
            (BYTES, SecretForm::Whsec),
            (bare, SecretForm::Hex),
            (" x", SecretForm::Text),
            (" x", SecretForm::Sha256OfText),
        ] {
            assert!(read(text, form).is_err(), "{text} {form:?}");
        }
    }

    const FORMS: [SecretForm; 8] = [
        SecretForm::Text,
        SecretForm::Base64,
        SecretForm::Hex,
        SecretForm::Whsec,
        SecretForm::WhsecList,
        SecretForm::Sha256OfText,
        SecretForm::PublicKeyHex,
        SecretForm::PublicKeyBase64,
    ];

    #[test]
    fn a_key_that_was_made_overrides_the_form() {
        for form in FORMS {
            for key in [
                Key::from_base64(WHSEC),
                Key::from_base64(&WHSEC[6..]),
                Key::from_base64(&format!("v1,{WHSEC}")),
                Key::from_hex(BYTES),
                Key::from_hex(&BYTES.to_uppercase()),
                Key::from_bytes(hex::decode(BYTES).unwrap()),
            ] {
                assert_eq!(read(key.unwrap(), form), Ok(alloc::vec![BYTES.into()]));
            }
            let key = Key::from_text("k").unwrap();
            assert_eq!(read(key, form), Ok(alloc::vec!["6b".into()]));
        }
    }

    #[test]
    fn no_form_takes_what_is_no_secret() {
        for form in FORMS {
            assert_eq!(read("", form), Err(ConfigError::EmptySecret), "{form:?}");
            for found in ["null", "undefined", "None"] {
                let error = Err(ConfigError::Placeholder { found });
                assert_eq!(read(found, form), error, "{form:?}");
            }
            let position = 0;
            let error = Err(ConfigError::Unexpanded { position });
            assert_eq!(read("${SECRET}", form), error, "{form:?}");
            for text in [
                " \"x",
                "\u{feff}x",
                "sec\u{200b}ret",
                "\0\0",
                "KEY=whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
                "# key\n-----BEGIN PUBLIC KEY-----\n",
                "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
                "302a300506032b6570032100d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            ] {
                assert!(read(text, form).is_err(), "{text} {form:?}");
            }
        }
    }

    #[test]
    fn every_constructor_refuses_the_empty_key() {
        for key in [
            Key::from_text(""),
            Key::from_bytes([]),
            Key::from_hex(""),
            Key::from_base64(""),
            Key::from_base64("whsec_"),
            Key::from_base64("v1,whsec_"),
        ] {
            assert_eq!(key.err(), Some(ConfigError::EmptySecret));
        }
        for key in [
            Key::from_text("\0"),
            Key::from_bytes([0; 32]),
            Key::from_bytes([0; 100]),
            Key::from_hex("00"),
            Key::from_base64("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            Key::from_base64("whsec_AA=="),
        ] {
            assert_eq!(key.err(), Some(ConfigError::KnownSecret));
        }
    }

    #[test]
    fn a_list_holds_several_secrets() {
        let list = |text: &str| read(text, SecretForm::WhsecList);
        let both = Ok(alloc::vec![BYTES.into(), OTHER_BYTES.into()]);
        assert_eq!(list(&format!("v1,{WHSEC}|v1,whsec_{OTHER}")), both);
        assert_eq!(list(&format!("{WHSEC}|{OTHER}")), both);
        let named = Key::from(format!("{WHSEC}|{OTHER}")).with_id("a");
        let named = named.read(SecretForm::WhsecList).unwrap();
        assert!(named.iter().all(|key| key.id.as_deref() == Some("a")));
        // One alone, as everywhere else.
        assert!(read(format!("{WHSEC}|{OTHER}"), SecretForm::Whsec).is_err());

        let wrong = |fault| {
            Err(ConfigError::InvalidSecret {
                encoding: "base64",
                fault,
            })
        };
        let character = |position| wrong(SecretFault::Character { position });
        assert_eq!(list(&format!("{WHSEC}|")), character(38));
        assert_eq!(list(&format!("|{WHSEC}")), character(0));
        assert_eq!(list(&format!("{WHSEC}||{WHSEC}")), character(39));
        let white_space = |position| wrong(SecretFault::WhiteSpace { position });
        assert_eq!(list(&format!("{WHSEC} |{WHSEC}")), white_space(38));
        assert_eq!(list(&format!("{WHSEC}| {WHSEC}")), white_space(39));
        assert_eq!(list(&format!("{WHSEC}|{WHSEC} ")), white_space(77));
        assert!(matches!(
            list(&format!("{WHSEC}|v1a,{OTHER}")),
            Err(ConfigError::ForeignSecret { found: "v1a,", .. })
        ));
    }

    #[test]
    fn debug_shows_no_secret() {
        let keys = Keys::from([Key::from_text("hunter2").unwrap().with_id("new")]);
        assert_eq!(
            format!("{keys:?}"),
            r#"Keys([Key { id: Some("new"), secret: [redacted] }])"#
        );
        let unread = Key::from("hunter2");
        assert_eq!(
            format!("{unread:?}"),
            "Key { id: None, secret: [redacted] }"
        );
    }

    #[test]
    fn a_copy_is_the_same_key() {
        for key in [Key::from(WHSEC), Key::from_base64(WHSEC).unwrap()] {
            let key = key.with_id("a");
            let copy = key.clone_secret();
            assert_eq!(copy.id(), Some("a"));
            drop(key);
            let read = read(copy, SecretForm::Whsec);
            assert_eq!(read, Ok(alloc::vec![BYTES.into()]));
        }
    }

    /// Neither reading a text nor moving a key moves the secret.
    #[test]
    fn a_secret_stays_where_it_is() {
        let text = String::from("a secret that is text");
        let place = text.as_ptr();
        let key = Keys::from(text).into_vec().pop().unwrap().with_id("a");
        match key.read(SecretForm::Text).unwrap().pop().unwrap().material {
            ReadMaterial::Secret(secret) => assert_eq!(secret.as_ptr(), place),
            _ => panic!(),
        }
    }

    #[test]
    fn anything_that_makes_keys_makes_lists() {
        let texts = |keys: Keys| -> Vec<String> {
            let keys = keys.into_vec().into_iter();
            keys.flat_map(|key| read(key, SecretForm::Text).unwrap())
                .collect()
        };
        let (a, b) = ("61", "62");
        assert_eq!(texts("a".into()), [a]);
        assert_eq!(texts(String::from("a").into()), [a]);
        assert_eq!(texts((&String::from("a")).into()), [a]);
        assert_eq!(texts(Key::from("a").into()), [a]);
        assert_eq!(texts(["a", "b"].into()), [a, b]);
        assert_eq!(texts([Key::from("a"), Key::from("b")].into()), [a, b]);
        assert_eq!(texts(alloc::vec!["a", "b"].into()), [a, b]);
        assert_eq!(texts("a b".split(' ').collect()), [a, b]);
        // The webhook checks how many are needed and allowed.
        let none: [&str; 0] = [];
        assert!(Keys::from(none).into_vec().is_empty());
        assert_eq!((Keys::MAX_CANDIDATES, Keys::MAX_ED25519), (8, 4));
    }

    #[cfg(not(feature = "ed25519"))]
    #[test]
    fn without_the_feature_no_ed25519_key_is_read() {
        let unavailable = ConfigError::AlgorithmUnavailable { feature: "ed25519" };
        let whpk = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        let whsk = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
        for (text, form) in [
            (whpk, SecretForm::Whsec),
            (whsk, SecretForm::Whsec),
            (whpk, SecretForm::WhsecList),
            (&whpk[5..], SecretForm::PublicKeyBase64),
            ("d75a", SecretForm::PublicKeyHex),
        ] {
            assert_eq!(read(text, form), Err(unavailable.clone()));
        }
        assert_eq!(Key::from_base64(whpk).err(), Some(unavailable.clone()));
        assert_eq!(Key::from_base64(whsk).err(), Some(unavailable));
    }

    #[cfg(feature = "ed25519")]
    mod with_ed25519 {
        use super::*;

        // RFC 8032, section 7.1, tests 1 and 2.
        const WHSK: &str = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
        const WHPK: &str = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        const HEX: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        const OTHER_HEX: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

        fn public() -> Result<Vec<String>, ConfigError> {
            Ok(alloc::vec![format!("public {WHPK}")])
        }

        fn signing() -> Result<Vec<String>, ConfigError> {
            Ok(alloc::vec![format!("signing {WHPK}")])
        }

        #[test]
        fn ed25519_keys_are_read_by_their_prefix() {
            for form in [
                SecretForm::Whsec,
                SecretForm::WhsecList,
                SecretForm::PublicKeyHex,
                SecretForm::PublicKeyBase64,
            ] {
                assert_eq!(read(WHPK, form), public());
                assert_eq!(read(WHSK, form), signing());
            }
            let text = SecretForm::Text;
            assert_eq!(read(Key::from_base64(WHPK).unwrap(), text), public());
            assert_eq!(read(Key::from_base64(WHSK).unwrap(), text), signing());
            for form in [SecretForm::Text, SecretForm::Base64, SecretForm::Hex] {
                for text in [WHPK, WHSK] {
                    let error = read(text, form).unwrap_err();
                    assert!(matches!(error, ConfigError::ForeignSecret { .. }));
                }
            }
            for before in ["v1,", "v1a,", "whsec_", " ", "\""] {
                assert!(Key::from_base64(&format!("{before}{WHPK}")).is_err());
            }
        }

        #[test]
        fn public_keys_are_read_as_their_sender_shows_them() {
            let (base64, hex) = (SecretForm::PublicKeyBase64, SecretForm::PublicKeyHex);
            assert_eq!(read(HEX, hex), public());
            assert_eq!(read(HEX.to_uppercase(), hex), public());
            assert_eq!(read(&WHPK[5..], base64), public());
            assert_eq!(read(WHPK[5..].trim_end_matches('='), base64), public());
            assert!(matches!(
                read(HEX, base64),
                Err(ConfigError::LooksLike { .. })
            ));
            for (text, form, fault) in [
                (&WHPK[5..], hex, SecretFault::Character { position: 2 }),
                (
                    &format!("{HEX}\n"),
                    hex,
                    SecretFault::LineBreak { position: 64 },
                ),
                (
                    &format!(" {}", &WHPK[5..]),
                    base64,
                    SecretFault::WhiteSpace { position: 0 },
                ),
            ] {
                let encoding = if form == hex { "hex" } else { "base64" };
                let fault = KeyFault::Text { encoding, fault };
                let error = Err(ConfigError::InvalidEd25519Key { fault });
                assert_eq!(read(text, form), error, "{text}");
            }
            // A secret is not a public key.
            assert!(read(WHSEC, base64).is_err());
            let der = format!("302a300506032b6570032100{HEX}");
            for text in [der.clone(), der.to_uppercase()] {
                let error = read(text, hex).unwrap_err();
                assert!(format!("{error}").contains("its last 32 bytes"), "{error}");
            }
        }

        #[test]
        fn a_list_holds_ed25519_keys_too() {
            let list = |text: &str| read(text, SecretForm::WhsecList);
            assert_eq!(list(&format!("v1a,{WHPK}")), public());
            assert_eq!(list(&format!("v1a,{WHPK}:{WHSK}")), signing());
            let mixed = list(&format!("v1,{WHSEC}|v1a,{WHPK}")).unwrap();
            assert_eq!(mixed, [BYTES.to_owned(), format!("public {WHPK}")]);

            let other = PublicKey::from_hex(OTHER_HEX).unwrap();
            let fault = KeyFault::PublicKeyMismatch;
            assert_eq!(
                list(&format!("v1a,{other}:{WHSK}")),
                Err(ConfigError::InvalidEd25519Key { fault })
            );
            for (text, position) in [
                (format!("v1a,{WHPK} "), 53),
                (format!("v1a,{WHPK}:{WHSK} "), 103),
                (format!("{WHSEC}|v1a,{WHPK} "), 92),
            ] {
                let encoding = "base64";
                let fault = SecretFault::WhiteSpace { position };
                let fault = KeyFault::Text { encoding, fault };
                let error = Err(ConfigError::InvalidEd25519Key { fault });
                assert_eq!(list(&text), error, "{text}");
            }
        }

        #[test]
        fn debug_shows_public_keys() {
            let key = Key::from_base64(WHPK).unwrap().with_id("new");
            let wanted = format!("Key {{ id: Some(\"new\"), public: {WHPK} }}");
            assert_eq!(format!("{key:?}"), wanted);
            let keys = Keys::from(SigningKey::from_base64(WHSK).unwrap());
            let wanted = "Keys([Key { id: None, secret: [redacted] }])";
            assert_eq!(format!("{keys:?}"), wanted);
            let keys = Keys::from([PublicKey::from_base64(WHPK).unwrap()]);
            assert_eq!(keys.into_vec().len(), 1);
        }

        #[test]
        fn a_copy_of_an_ed25519_key_is_the_same_key() {
            for (text, wanted) in [(WHPK, public()), (WHSK, signing())] {
                let copy = Key::from_base64(text).unwrap().clone_secret();
                assert_eq!(read(copy, SecretForm::Whsec), wanted);
            }
        }
    }
}
