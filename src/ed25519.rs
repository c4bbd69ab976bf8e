//! Ed25519 (RFC 8032): public-key signatures. Standard Webhooks calls them
//! `v1a`.
//!
//! The sender signs with a [`SigningKey`]. Whoever has its [`PublicKey`] can verify but
//! not sign.
//!
//! # Which kind to choose
//!
//! With a MAC, sender and receiver share one secret, and each can sign: whoever
//! breaks into a receiver can forge messages. Verifying costs about a
//! microsecond per request. With Ed25519 only the sender can sign, and a third
//! party can check what was sent. Verifying costs some fifty microseconds per
//! request, and up to eight times as much for a forged one ([`MAX_PAIRS`]).
//! Choose `v1a` where a sender offers it, unless that is too slow for you. As a
//! sender, offer both.
//!
//! A [`Webhook`](crate::Webhook) whose scheme knows both kinds takes any mix of keys. To
//! move from `v1` to `v1a`, add the public key, and finally remove the secret: until
//! then, whoever has the secret can still sign. MACs are tried first, so a proof does not
//! tell whether `v1a` would have passed as well. To find out, verify with a second
//! webhook that has only the public key.
//!
//! # Keys
//!
//! A signing key is 32 random bytes, the seed. Its text is `whsk_` followed by their
//! base64. [`SigningKey::public_key`] returns the public key, whose text is `whpk_`
//! followed by the base64 of its 32 bytes. Both texts can be passed as keys to
//! [`Webhook::new`](crate::Webhook::new). With just `openssl`:
//!
//! ```sh
//! openssl genpkey -algorithm ed25519 -outform DER -out key.der
//! echo "whsk_$(tail -c 32 key.der | base64)"
//! echo "whpk_$(openssl pkey -inform DER -in key.der -pubout -outform DER | tail -c 32 | base64)"
//! ```
//!
//! **Make a key for each endpoint**, or at least for each customer (Standard Webhooks,
//! "Additional considerations"). The signature does not say whom a message is for: if two
//! receivers trust one key, each can forward to the other what it was sent. Hand the
//! public key out where the receiver already trusts you, such as a dashboard behind a
//! login. It is not a secret, but whoever can replace it can sign.
//!
//! To rotate, hand out the new public key, sign with both keys until all receivers have
//! it, then sign with only the new one. If a signing key has leaked, stop using it and
//! have receivers remove its public key at once.
//!
//! ```
//! use hookseal::ed25519::{PublicKey, SigningKey};
//! use hookseal::{Message, Webhook, schemes};
//!
//! let signing = SigningKey::from_base64("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")?; // not yours
//! let published = signing.public_key().to_string();
//! let sender = Webhook::new(schemes::STANDARD_WEBHOOKS, signing)?;
//! let headers = sender.sign(&Message::new(b"{}").with_id("msg_1"))?;
//!
//! let receiver = Webhook::new(schemes::STANDARD_WEBHOOKS, PublicKey::from_base64(&published)?)?;
//! assert!(receiver.verify(&headers, b"{}").is_ok());
//! assert!(receiver.verify(&headers, b"[]").is_err());
//! assert!(receiver.sign(&Message::new(b"{}").with_id("msg_2")).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **The key is configuration, never part of a request.** Some protocols send the public
//! key, or its address, along with the signature. Whoever writes the request then chooses
//! the key, and the signature proves nothing. No function here takes a key from headers
//! or body.
//!
//! # Strictness
//!
//! Each signature has exactly one encoding here, and no key verifies what its
//! owner has not signed:
//!
//! - A public key is refused when it is created if it is not a point on the curve, not
//!   canonical (RFC 8032, section 5.1.3), or of small order. Under a key of small order,
//!   one signature verifies for many messages.
//! - `S` of a signature must be below the group's order (section 5.1.7), and `R`
//!   must be canonical and not of small order.
//! - The equation is checked without the cofactor.
//! - The seed of zero bytes, which everyone knows, is refused.
//!
//! For canonical keys this is what `verify_strict` of `ed25519-dalek` accepts; that crate
//! does the arithmetic. A third party that settles disputes should be as strict: the
//! dishonest owner of a key of mixed order can make signatures that some libraries accept
//! and others refuse.
//!
//! # Cost
//!
//! Each pair of a public key and an Ed25519 signature costs one pass of SHA-512 over the
//! message and one multiplication on the curve. So a webhook holds at most [`MAX_KEYS`],
//! and tries at most [`MAX_PAIRS`] pairs per request, after the MACs. Verifying reads the
//! message once per pair, as it streams in, and copies nothing. Signing has to read the
//! message twice, so it takes only whole bodies.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::StreamVerifier;
use ed25519_dalek::ed25519::signature::MultipartSigner as _;
use zeroize::Zeroizing;

use crate::algorithm::{Algorithm, Tag};
use crate::error::{ConfigError, KeyFault, SecretFault};
use crate::secret::{self, IN_DER, SPKI_HEADER_HEX, refuse_prefixes};
use crate::signature::Signature;

/// The maximum number of Ed25519 keys of a webhook.
///
/// Rotation needs two. With this many, the first two signatures of a list are
/// still tried with each key, and a sender that rotates lists two.
pub const MAX_KEYS: usize = 4;

/// The maximum number of pairs of an Ed25519 key and an Ed25519 signature that are
/// tried for one request.
///
/// The signatures are tried in the order of the list, each with every key. So a webhook
/// with one key tries the first eight of a list, one with two keys the first four. The
/// rest are ignored.
pub const MAX_PAIRS: usize = 8;

/// The order of the group that signatures are made in, 2^252 +
/// 27742317777372353535851937790883648493 (RFC 8032, section 5.1), as `S` is
/// written: least byte first.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A key that verifies what its [`SigningKey`] has signed. It is not a secret.
///
/// ```
/// use hookseal::ed25519::PublicKey;
/// use hookseal::{Key, Webhook, schemes};
///
/// let key = PublicKey::from_base64("whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")?;
/// assert_eq!(key.to_string(), "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
/// let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, Key::from(key).with_id("2026-11"))?;
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Boxed, so that a key of any kind is cheap to move.
    point: Box<ed25519_dalek::VerifyingKey>,
}

impl PublicKey {
    /// The length of a public key in bytes.
    pub const LEN: usize = 32;

    pub(crate) const PREFIX: &str = "whpk_";

    /// Reads a key from its text: `whpk_` and the base64 of its 32 bytes, as senders of
    /// Standard Webhooks publish it.
    ///
    /// The alphabet is the standard one with canonical bits. The padding may be omitted,
    /// the prefix may not: without it nothing tells the key from a MAC secret.
    ///
    /// # Errors
    ///
    /// [`ConfigError::ForeignSecret`] for another kind of key, naming the constructor
    /// that takes it; [`ConfigError::InvalidEd25519Key`] for anything else that is not a
    /// key.
    ///
    /// ```
    /// # use hookseal::ed25519::PublicKey;
    /// let error = PublicKey::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "secret starts with whsec_, which marks a MAC secret; `Key::from_base64` takes it",
    /// );
    /// // Of small order: one signature would verify for any message.
    /// let weak = "whpk_AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    /// assert!(PublicKey::from_base64(weak).is_err());
    /// ```
    pub fn from_base64(text: &str) -> Result<Self, ConfigError> {
        Self::read(text, 0)
    }

    /// Reads a text that begins at byte `start` of what was passed.
    pub(crate) fn read(text: &str, start: usize) -> Result<Self, ConfigError> {
        Self::from_slice(&key_bytes(text, Self::PREFIX, start)?)
    }

    /// Reads a key from base64 without a prefix, where nothing but a public key
    /// is expected.
    pub(crate) fn from_bare_base64(text: &str) -> Result<Self, ConfigError> {
        refuse_prefixes(text, &KINDS)?;
        let bytes = secret::base64_bytes(text, 0).map_err(|fault| malformed("base64", fault))?;
        Self::from_slice(&bytes)
    }

    /// Creates a key from its 32 bytes (RFC 8032, section 5.1.2).
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidEd25519Key`] if they do not encode a point on the curve, are
    /// not its canonical encoding, or encode a point of small order.
    ///
    /// ```
    /// # use hookseal::ed25519::PublicKey;
    /// // RFC 8032, section 7.1, test 1.
    /// let key = PublicKey::from_bytes([
    ///     0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    ///     0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a,
    /// ])?;
    /// assert!(PublicKey::from_bytes([2; 32]).is_err());
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_bytes(bytes: [u8; Self::LEN]) -> Result<Self, ConfigError> {
        let point = ed25519_dalek::VerifyingKey::from_bytes(&bytes)
            .map_err(|_| invalid(KeyFault::NotOnCurve))?;
        if point.is_weak() {
            return Err(invalid(KeyFault::SmallOrder));
        }
        // Decoding reduces the y-coordinate modulo the field's prime. Encoding again
        // shows whether it was already reduced.
        if ed25519_dalek::VerifyingKey::from(point.to_edwards()).as_bytes() != &bytes {
            return Err(invalid(KeyFault::NotCanonical));
        }
        let point = Box::new(point);
        Ok(Self { point })
    }

    /// Returns the key's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        self.point.as_bytes()
    }

    /// Reads a key from 64 hexadecimal digits in either case.
    ///
    /// # Errors
    ///
    /// Same as [`from_base64`](Self::from_base64).
    ///
    /// ```
    /// # use hookseal::ed25519::PublicKey;
    /// // RFC 8032, section 7.1, test 1.
    /// let hex = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    /// assert!(PublicKey::from_hex(hex).is_ok());
    /// assert!(PublicKey::from_hex(&hex[1..]).is_err());
    /// ```
    pub fn from_hex(text: &str) -> Result<Self, ConfigError> {
        refuse_prefixes(text, &KINDS)?;
        let start = text.as_bytes().get(..SPKI_HEADER_HEX.len());
        if start.is_some_and(|start| start.eq_ignore_ascii_case(SPKI_HEADER_HEX.as_bytes())) {
            return Err(ConfigError::ForeignSecret {
                found: SPKI_HEADER_HEX,
                meaning: IN_DER.1,
                position: None,
            });
        }
        let bytes = secret::decode_hex(text).map_err(|fault| malformed("hex", fault))?;
        Self::from_slice(&bytes)
    }

    fn from_slice(bytes: &[u8]) -> Result<Self, ConfigError> {
        let found = bytes.len();
        let bytes = bytes.try_into();
        Self::from_bytes(bytes.map_err(|_| invalid(KeyFault::Length { found }))?)
    }

    /// Verifies a signature of the concatenated parts, as strictly as the
    /// [module](self) says.
    ///
    /// A signature of another algorithm does not verify. This is not
    /// constant-time, since nothing in it is secret.
    ///
    /// ```
    /// # use hookseal::ed25519::SigningKey;
    /// let key = SigningKey::from_base64("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")?;
    /// let signature = key.sign(&[b"a message"]);
    /// assert!(key.public_key().verify(&[b"a ", b"message"], &signature));
    /// assert!(!key.public_key().verify(&[b"another message"], &signature));
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[must_use]
    pub fn verify(&self, parts: &[&[u8]], signature: &Signature) -> bool {
        if signature.algorithm() != Algorithm::Ed25519 {
            return false;
        }
        let Ok(signature) = signature.as_bytes().try_into() else {
            return false;
        };
        Running::start(self, signature).is_some_and(|mut running| {
            for part in parts {
                running.update(part);
            }
            running.finish()
        })
    }
}

/// Writes the text to hand out: `whpk_` and base64.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::PREFIX)?;
        f.write_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("key", &format_args!("{self}"))
            .finish()
    }
}

/// A sender's secret key. Its [`PublicKey`](Self::public_key) verifies what it
/// has signed.
///
/// It is wiped on drop, `Debug` does not show it, and there is no `Clone`, so
/// that a secret stays in one place.
///
/// ```
/// use hookseal::ed25519::SigningKey;
///
/// // RFC 8032, section 7.1, test 1.
/// let key = SigningKey::from_base64("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")?; // not yours
/// assert_eq!(key.public_key().to_string(), "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
/// assert_eq!(format!("{key:?}"), "SigningKey { secret: [redacted] }");
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub struct SigningKey {
    /// Boxed, so that moving it leaves no copy behind.
    key: Box<ed25519_dalek::SigningKey>,
}

impl SigningKey {
    pub(crate) const PREFIX: &str = "whsk_";

    /// Reads a key from its text: `whsk_` and the base64 of the 32 bytes of its
    /// seed, or of the 64 bytes of seed and public key, as Svix writes it.
    ///
    /// The alphabet is the standard one with canonical bits. The padding may be omitted,
    /// the prefix may not.
    ///
    /// # Errors
    ///
    /// [`ConfigError::ForeignSecret`] for another kind of key, naming the constructor
    /// that takes it; [`ConfigError::InvalidEd25519Key`] for anything else that is not a
    /// key, or if the public key is not the seed's; [`ConfigError::KnownSecret`] for a
    /// seed of zero bytes.
    pub fn from_base64(text: &str) -> Result<Self, ConfigError> {
        Self::read(text, 0)
    }

    /// Reads a text that begins at byte `start` of what was passed.
    pub(crate) fn read(text: &str, start: usize) -> Result<Self, ConfigError> {
        let bytes = key_bytes(text, Self::PREFIX, start)?;
        let wrong_length = || invalid(KeyFault::Length { found: bytes.len() });
        let (seed, public) = bytes.split_first_chunk().ok_or_else(wrong_length)?;
        let key = Self::from_seed(seed)?;
        match public {
            [] => Ok(key),
            public if public.len() != PublicKey::LEN => Err(wrong_length()),
            public if public == key.key.verifying_key().as_bytes() => Ok(key),
            _ => Err(invalid(KeyFault::PublicKeyMismatch)),
        }
    }

    /// Creates a key from its seed (RFC 8032, section 5.1.5): 32 bytes from a
    /// secure source of randomness.
    ///
    /// # Errors
    ///
    /// [`ConfigError::KnownSecret`] for zero bytes, since the source of randomness was
    /// not called or failed.
    ///
    /// ```
    /// # use hookseal::{ConfigError, ed25519::SigningKey};
    /// # fn random(seed: &mut [u8]) { seed.fill(7) }
    /// let mut seed = [0; 32];
    /// assert_eq!(SigningKey::from_seed(&seed).unwrap_err(), ConfigError::KnownSecret);
    /// random(&mut seed); // for example by `getrandom::fill`
    /// let key = SigningKey::from_seed(&seed)?;
    /// # Ok::<(), ConfigError>(())
    /// ```
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, ConfigError> {
        if secret::is_zero(seed).into() {
            return Err(ConfigError::KnownSecret);
        }
        Ok(Self {
            key: Box::new(ed25519_dalek::SigningKey::from_bytes(seed)),
        })
    }

    /// Returns the public key, to be given to those who verify.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey {
            point: Box::new(self.key.verifying_key()),
        }
    }

    pub(crate) fn clone_secret(&self) -> Self {
        Self {
            key: self.key.clone(),
        }
    }

    /// Signs the concatenated parts (RFC 8032, section 5.1.6).
    ///
    /// ```
    /// # use hookseal::{ed25519::SigningKey, scheme::Encoding};
    /// // RFC 8032, section 7.1, test 1: the empty message.
    /// let key = SigningKey::from_base64("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")?;
    /// let wanted = "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==";
    /// assert_eq!(Encoding::Base64.encode(&key.sign(&[])), wanted);
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[must_use]
    pub fn sign(&self, parts: &[&[u8]]) -> Signature {
        let signature = self.key.multipart_sign(parts).to_bytes();
        Tag::of(Algorithm::Ed25519, &signature).into()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("secret", &format_args!("[redacted]"))
            .finish()
    }
}

fn invalid(fault: KeyFault) -> ConfigError {
    ConfigError::InvalidEd25519Key { fault }
}

fn malformed(encoding: &'static str, fault: SecretFault) -> ConfigError {
    invalid(KeyFault::Text { encoding, fault })
}

/// Texts that mark a kind of key, and which constructor takes it.
const KINDS: [(&str, &str); 7] = [
    (
        "whpk_",
        "marks an Ed25519 public key; `ed25519::PublicKey::from_base64` takes it",
    ),
    (
        "whsk_",
        "marks an Ed25519 signing key, which is the sender's secret; `ed25519::SigningKey::from_base64` takes it",
    ),
    ("whsec_", "marks a MAC secret; `Key::from_base64` takes it"),
    (
        "v1,whsec_",
        "marks a MAC secret; `Key::from_base64` takes it",
    ),
    (
        "v1a,",
        "marks a signature; pass the key as the sender shows it",
    ),
    (
        "-----BEGIN",
        "marks PEM; of a public key, pass `whpk_` and the base64 of the last 32 bytes of its DER",
    ),
    IN_DER,
];

/// Decodes a key's text, which must begin with `prefix`. It begins at byte
/// `start` of what was passed.
fn key_bytes(
    text: &str,
    prefix: &'static str,
    start: usize,
) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let malformed = |fault| malformed("base64", fault);
    let Some(encoded) = text.strip_prefix(prefix) else {
        refuse_prefixes(text, &KINDS)?;
        secret::refuse_surroundings(text, start).map_err(malformed)?;
        return Err(invalid(KeyFault::MissingPrefix { prefix }));
    };
    secret::base64_bytes(encoded, start + prefix.len()).map_err(malformed)
}

/// A running check of one signature under one key: SHA-512 of `R`, the public
/// key and the message so far.
pub(crate) struct Running {
    verifier: StreamVerifier,
    /// The signature's first half.
    r: [u8; 32],
}

impl Running {
    /// Starts to verify a signature, `R` and `S`; `None` if no key can have made it.
    pub(crate) fn start(key: &PublicKey, signature: &[u8; 64]) -> Option<Self> {
        let (r, number) = signature.split_first_chunk()?;
        // `ed25519-dalek` checks this as well, unless any crate in the tree enables its
        // feature `legacy_compatibility`.
        if !number.iter().rev().lt(ORDER.iter().rev()) {
            return None;
        }
        let verifier = key.point.verify_stream(&signature.into()).ok()?;
        Some(Self { verifier, r: *r })
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        #[cfg(test)]
        crate::algorithm::hashed::add(bytes.len());
        self.verifier.update(bytes);
    }

    pub(crate) fn finish(self) -> bool {
        self.verifier.finalize_and_verify().is_ok()
            // `verify_strict` checks this before the equation. Checking it afterwards
            // saves the work for forgeries, since only the key's owner gets this far.
            && ed25519_dalek::VerifyingKey::from_bytes(&self.r)
                .is_ok_and(|point| !point.is_weak())
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::format;

    use super::*;

    // RFC 8032, section 7.1, tests 1 and 2.
    const WHSK: &str = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
    const WHPK: &str = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    const OF_EMPTY: &str = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

    #[test]
    fn the_seed_of_zero_bytes_is_refused() {
        let known = Some(ConfigError::KnownSecret);
        assert_eq!(SigningKey::from_seed(&[0; 32]).err(), known);
        let zeros = format!("whsk_{}=", "A".repeat(43));
        assert_eq!(SigningKey::from_base64(&zeros).err(), known);
        // With the public key of it, by OpenSSL.
        let long = "whsk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7aie8zrakLWKjqNAqbw1zZTIVdx3iQ6Y6wEihi1naKQ==";
        assert_eq!(SigningKey::from_base64(long).err(), known);
        let mut seed = [0; 32];
        seed[31] = 1;
        assert!(SigningKey::from_seed(&seed).is_ok());
    }

    #[test]
    fn signatures_of_other_algorithms_do_not_verify() {
        let bytes = hex::decode(OF_EMPTY).unwrap();
        let key = PublicKey::from_base64(WHPK).unwrap();
        let signature = Signature::from_bytes(Algorithm::Ed25519, &bytes).unwrap();
        assert!(key.verify(&[], &signature));
        assert!(SigningKey::from_base64(WHSK).unwrap().sign(&[]) == signature);
        assert!(!key.verify(&[b"x"], &signature));
        let other = Signature::from_bytes(Algorithm::HmacSha512, &bytes).unwrap();
        assert!(!key.verify(&[], &other));
        let shorter = Signature::from_bytes(Algorithm::HmacSha256, &bytes[..32]).unwrap();
        assert!(!key.verify(&[], &shorter));
    }

    #[test]
    fn keys_show_what_is_no_secret() {
        let key = SigningKey::from_base64(WHSK).unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey { secret: [redacted] }");
        let public = key.clone_secret().public_key();
        assert_eq!(format!("{public}"), WHPK);
        assert_eq!(
            format!("{public:?}"),
            format!("PublicKey {{ key: {WHPK} }}")
        );
    }
}
