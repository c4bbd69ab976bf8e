//! Ed25519 (RFC 8032), the asymmetric signatures of Standard Webhooks (`v1a`):
//! the sender signs with a [`SigningKey`], whoever has its [`PublicKey`] can
//! verify, and cannot sign.
//!
//! # Which kind to choose
//!
//! With a MAC, sender and receiver share one secret, and each can sign: a
//! receiver that is broken into gives away how to forge. It costs about a
//! microsecond per request. With Ed25519 only the sender can sign, and a third
//! party can check what was sent; a request costs some fifty microseconds, a
//! forged one up to eight times as much ([`MAX_PAIRS`]). Take `v1a` where a
//! sender offers it, unless that is too much for you; as a sender offer both.
//!
//! One verifier holds any mix ([`Keyring`](crate::Keyring)). Going over from
//! `v1`, add the public key, and take the secret out in the end: until then
//! whoever has it can still sign. MACs are tried first, so a proof does not
//! tell whether `v1a` would have passed as well; a second verifier with the
//! public key alone does.
//!
//! # Keys
//!
//! A signing key is 32 random bytes, the seed; its text is `whsk_` and their
//! base64. [`SigningKey::public_key`] gives the public key, whose text is
//! `whpk_` and the base64 of its 32 bytes. With `openssl` alone:
//!
//! ```sh
//! openssl genpkey -algorithm ed25519 -outform DER -out key.der
//! echo "whsk_$(tail -c 32 key.der | base64)"
//! echo "whpk_$(openssl pkey -inform DER -in key.der -pubout -outform DER | tail -c 32 | base64)"
//! ```
//!
//! **Make a key for each endpoint**, or at least for each customer (Standard
//! Webhooks, "Additional considerations"). The signature does not say for whom
//! a message is: of two receivers that trust one key, each can pass on to the
//! other what it was sent. Hand the public key out where the receiver trusts
//! you already, such as a dashboard behind a login. It is no secret, but who
//! can change it can sign.
//!
//! To rotate, give the new public key out, sign with both keys until all
//! receivers have it, then with the new one alone. If a signing key has leaked,
//! stop using it and have receivers take its public key out at once.
//!
//! ```
//! use hookseal::ed25519::{PublicKey, SigningKey};
//! use hookseal::{Timestamp, Verifier, schemes::StandardWebhooks};
//!
//! let signing = SigningKey::from_base64("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")?; // not yours
//! let published = signing.public_key().to_string();
//! let sender = StandardWebhooks::new(signing);
//! let headers = sender.sign("msg_1", Timestamp::now(), b"{}")?;
//!
//! let receiver = StandardWebhooks::new(PublicKey::from_base64(&published)?);
//! assert!(receiver.verify(&headers, b"{}").is_ok());
//! assert!(receiver.verify(&headers, b"[]").is_err());
//! assert!(receiver.sign("msg_2", Timestamp::now(), b"{}").is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! **The key is configuration, never part of a request.** Some protocols send
//! the public key, or the address of one, along with the signature. Whoever can
//! choose the request can then choose the key, sign with its other half, and be
//! believed. No function here takes a key from headers or body.
//!
//! # A scheme of your own
//!
//! [One](crate::Verifier#a-scheme-of-your-own) can have Ed25519 too: it takes
//! [`Keys`], and its claims hold a [`Signature`]. Discord's interactions, for
//! instance, carry the hex of a signature of timestamp and body:
//!
//! ```
//! use hookseal::{
//!     Claim, Encoding, Engine, FixedClock, HeaderName, Headers, Message, Part, SignatureHeaders,
//!     SignedTimestamp, Verifier, VerifyError, ed25519,
//! };
//!
//! static SIGNATURE: HeaderName = HeaderName::from_static("x-signature-ed25519");
//! static TIMESTAMP: HeaderName = HeaderName::from_static("x-signature-timestamp");
//!
//! #[derive(Debug)]
//! struct Discord(Engine);
//!
//! impl Discord {
//!     fn new(keys: impl Into<ed25519::Keys>) -> Self {
//!         Self(Engine::new(keys.into()))
//!     }
//! }
//!
//! impl Verifier for Discord {
//!     fn scheme(&self) -> &'static str {
//!         "discord"
//!     }
//!
//!     fn engine(&self) -> &Engine {
//!         &self.0
//!     }
//!
//!     fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
//!         let signature = headers.required(&SIGNATURE)?;
//!         let timestamp = headers.required(&TIMESTAMP)?;
//!         let signature = ed25519::Signature::from_hex(signature)
//!             .ok_or_else(|| VerifyError::malformed_signature(&SIGNATURE))?;
//!         let timestamp = SignedTimestamp::parse(timestamp, &TIMESTAMP)?;
//!         Ok(Claim::new(signature).signed_before([Part::Timestamp(timestamp)]))
//!     }
//!
//!     fn signature_headers(&self, message: &Message<'_>, signatures: &[hookseal::Signature]) -> SignatureHeaders {
//!         let signature = signatures.first().map(|signature| (SIGNATURE.clone(), Encoding::Hex.encode(signature)));
//!         let timestamp = message.timestamp().map(|moment| (TIMESTAMP.clone(), moment.to_string()));
//!         signature.into_iter().chain(timestamp).collect()
//!     }
//! }
//!
//! // The key of RFC 8032, section 7.1, test 1; signed with `openssl pkeyutl`.
//! let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
//! let mut discord = Discord::new(ed25519::PublicKey::from_hex(key)?);
//! discord.0 = discord.0.with_clock(FixedClock::at(1_700_000_000));
//! let headers = [
//!     ("X-Signature-Ed25519", "1695961a47c91a1ec033b819b7e87e3dbc583dd0cee6d1fd0216f58ac87b6228\
//!                              ae531ddbf91fb7bc28d7edf7f08604da16f54624f38a6bc0614e4dc13cd47f0f"),
//!     ("X-Signature-Timestamp", "1700000000"),
//! ];
//! assert!(discord.verify(&headers, br#"{"type":1}"#).is_ok());
//! assert!(discord.verify(&headers, br#"{"type":2}"#).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Strictness
//!
//! No signature has a second spelling here, and no key verifies what its owner
//! has not signed:
//!
//! - public keys that are no point of the curve, not canonical (RFC 8032,
//!   section 5.1.3), or of small order are refused when they are made. Under a
//!   key of small order, one signature verifies for many messages;
//! - of a signature, `S` must be below the group's order (section 5.1.7), and `R`
//!   canonical and not of small order;
//! - the equation is checked without cofactor.
//!
//! Of canonical keys that is what `verify_strict` of `ed25519-dalek` accepts;
//! that crate does the arithmetic. Where a third party is to judge, it should
//! be as strict: a dishonest owner of an odd key (of mixed order) can make
//! signatures that some libraries accept and others refuse.
//!
//! # Cost
//!
//! Each pair of a public key and an Ed25519 signature of the list costs a pass
//! of SHA-512 over the message and a multiplication on the curve, so a verifier
//! holds at most [`MAX_KEYS`], and for a request at most [`MAX_PAIRS`] pairs are
//! tried, after its MACs. Verifying reads the message once for each pair, as it
//! streams in, and is not copied; a streamed body allocates, once its headers
//! have passed, a running check of 576 bytes for each pair. Signing has to read
//! the message twice, so it takes whole bodies only.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::StreamVerifier;
use ed25519_dalek::ed25519::signature::MultipartSigner as _;
use zeroize::Zeroizing;

use crate::encoding::{refuse_surroundings, secret_from_base64, secret_from_hex};
use crate::key::{IN_DER, at_most, refuse_prefixes};
use crate::{ConfigError, SecretFault};

/// The most Ed25519 keys of a verifier. Rotation needs two. With this many, the
/// first two signatures of a list are still tried with each, which is what a
/// sender lists that rotates.
pub const MAX_KEYS: usize = 4;

/// The most pairs of an Ed25519 key and an Ed25519 signature that are tried for
/// one request: each signature in the order of the list, with every key. So of
/// a list the first eight are tried by a verifier with one key, the first four
/// with two keys. Those after them are not looked at.
pub const MAX_PAIRS: usize = 8;

/// The order of the group that signatures are made in, 2^252 +
/// 27742317777372353535851937790883648493 (RFC 8032, section 5.1), as `S` is
/// written: least byte first.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// An Ed25519 signature: 64 bytes, the point `R` and the number `S` (RFC 8032,
/// section 5.1.6).
///
/// Any 64 bytes have this form; whether they are a signature shows when they
/// are verified.
///
/// ```
/// use hookseal::ed25519::Signature;
///
/// let text = "A".repeat(86) + "==";
/// let signature = Signature::from_base64(text.as_bytes());
/// assert_eq!(signature, Some(Signature::from_bytes([0; 64])));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature([u8; Signature::LEN]);

impl Signature {
    /// The length of a signature in bytes.
    pub const LEN: usize = 64;

    /// The signature that these bytes are: `R`, then `S`.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The signature's bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// `R` and `S`.
    fn halves(&self) -> (&[u8], &[u8]) {
        self.0.split_at(Self::LEN / 2)
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signature([redacted])")
    }
}

/// A key that verifies what the owner of its other half, the [`SigningKey`],
/// has signed. No secret.
///
/// ```
/// use hookseal::ed25519::PublicKey;
/// use hookseal::schemes::StandardWebhooks;
///
/// let key = PublicKey::from_base64("whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")?.with_id("2026-11");
/// assert_eq!(key.to_string(), "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
/// let verifier = StandardWebhooks::new(key);
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct PublicKey {
    point: ed25519_dalek::VerifyingKey,
    id: Option<Box<str>>,
}

impl PublicKey {
    /// The length of a public key in bytes.
    pub const LEN: usize = 32;

    const PREFIX: &str = "whpk_";

    /// The key of this text: `whpk_` and the base64 of its 32 bytes, as
    /// Standard Webhooks' senders publish it.
    ///
    /// Standard alphabet and canonical bits; the padding may be left off, the
    /// prefix may not: without it nothing tells the key from a MAC secret.
    ///
    /// # Errors
    ///
    /// [`ConfigError::ForeignSecret`] for another kind of key, with the
    /// constructor that takes it; [`ConfigError::InvalidEd25519Key`] for
    /// anything else that is no key.
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
        Self::from_slice(&key_bytes(text, Self::PREFIX)?)
    }

    /// The key that these bytes are (RFC 8032, section 5.1.2).
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidEd25519Key`] if they are no point of the curve,
    /// not the canonical bytes of theirs, or of small order.
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
        // Decoding takes the ordinate modulo the field's prime; encoding again
        // shows what it made of it.
        if ed25519_dalek::VerifyingKey::from(point.to_edwards()).as_bytes() != &bytes {
            return Err(invalid(KeyFault::NotCanonical));
        }
        Ok(Self { point, id: None })
    }

    /// The key's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        self.point.as_bytes()
    }

    /// The key of these 64 hexadecimal digits, of either case.
    ///
    /// # Errors
    ///
    /// As [`from_base64`](Self::from_base64).
    ///
    /// ```
    /// # use hookseal::ed25519::PublicKey;
    /// // RFC 8032, section 7.1, test 1.
    /// let hex = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    /// assert!(PublicKey::from_hex(hex).is_ok());
    /// assert!(PublicKey::from_hex(&hex[1..]).is_err());
    /// ```
    pub fn from_hex(text: &str) -> Result<Self, ConfigError> {
        refuse_prefixes(text.as_bytes(), &KINDS)?;
        let bytes = secret_from_hex(text).map_err(|fault| {
            let encoding = "hex";
            invalid(KeyFault::Text { encoding, fault })
        })?;
        Self::from_slice(&bytes)
    }

    fn from_slice(bytes: &[u8]) -> Result<Self, ConfigError> {
        let found = bytes.len();
        let bytes = bytes.try_into();
        Self::from_bytes(bytes.map_err(|_| invalid(KeyFault::Length { found }))?)
    }

    /// Whether `signature` is that of the concatenated parts, as strictly as
    /// the [module](self) says. Not constant-time: nothing in it is secret.
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
        Running::start(&self.point, signature).is_some_and(|mut running| {
            for part in parts {
                running.update(part);
            }
            running.finish()
        })
    }

    /// Names the key. A [`Verified`](crate::Verified) tells which key matched.
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
}

/// Two are equal if their bytes are, whatever they are named.
impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.point == other.point
    }
}

impl Eq for PublicKey {}

/// The text to hand out: `whpk_` and base64.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::PREFIX)?;
        f.write_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("id", &self.id)
            .field("key", &format_args!("{self}"))
            .finish()
    }
}

/// A sender's secret key. It signs; what it has signed, its
/// [`PublicKey`](Self::public_key) verifies.
///
/// Wiped on drop, not shown by `Debug`, and without `Clone`, so that a secret
/// stays in one place.
///
/// ```
/// use hookseal::ed25519::SigningKey;
///
/// // RFC 8032, section 7.1, test 1.
/// let key = SigningKey::from_base64("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")?; // not yours
/// assert_eq!(key.public_key().to_string(), "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
/// assert_eq!(format!("{key:?}"), "SigningKey { id: None, secret: [redacted] }");
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub struct SigningKey {
    /// In a place of its own: moving it leaves no copy behind.
    key: Box<ed25519_dalek::SigningKey>,
    id: Option<Box<str>>,
}

impl SigningKey {
    const PREFIX: &str = "whsk_";

    /// The key of this text: `whsk_` and the base64 of the 32 bytes of its
    /// seed, or of the 64 bytes of seed and public key, as Svix writes it.
    ///
    /// Standard alphabet and canonical bits; the padding may be left off, the
    /// prefix may not.
    ///
    /// # Errors
    ///
    /// [`ConfigError::ForeignSecret`] for another kind of key, with the
    /// constructor that takes it; [`ConfigError::InvalidEd25519Key`] for
    /// anything else that is no key, or if the public key is not the seed's.
    pub fn from_base64(text: &str) -> Result<Self, ConfigError> {
        let bytes = key_bytes(text, Self::PREFIX)?;
        let wrong_length = || invalid(KeyFault::Length { found: bytes.len() });
        let (seed, public) = bytes.split_first_chunk().ok_or_else(wrong_length)?;
        let key = Self::from_seed(seed);
        match public {
            [] => Ok(key),
            public if public.len() != PublicKey::LEN => Err(wrong_length()),
            public if public == key.key.verifying_key().as_bytes() => Ok(key),
            _ => Err(invalid(KeyFault::PublicKeyMismatch)),
        }
    }

    /// The key of this seed (RFC 8032, section 5.1.5): 32 bytes from a secure
    /// source of randomness.
    ///
    /// ```
    /// # use hookseal::ed25519::SigningKey;
    /// # fn random(_: &mut [u8]) {}
    /// let mut seed = [0; 32];
    /// random(&mut seed); // for instance by `getrandom::fill`
    /// let key = SigningKey::from_seed(&seed);
    /// ```
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self {
            key: Box::new(ed25519_dalek::SigningKey::from_bytes(seed)),
            id: None,
        }
    }

    /// The public key, with the same id: give it to those who verify.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey {
            point: self.key.verifying_key(),
            id: self.id.clone(),
        }
    }

    /// Names the key.
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

    /// The signature of the concatenated parts (RFC 8032, section 5.1.6).
    ///
    /// ```
    /// # use hookseal::ed25519::{Signature, SigningKey};
    /// // RFC 8032, section 7.1, test 1: the empty message.
    /// let key = SigningKey::from_base64("whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")?;
    /// let wanted = b"5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==";
    /// assert_eq!(Signature::from_base64(wanted), Some(key.sign(&[])));
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[must_use]
    pub fn sign(&self, parts: &[&[u8]]) -> Signature {
        Signature(self.key.multipart_sign(parts).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("id", &self.id)
            .field("secret", &format_args!("[redacted]"))
            .finish()
    }
}

/// What keeps a text or bytes from being an Ed25519 key.
///
/// ```
/// use hookseal::ConfigError;
/// use hookseal::ed25519::{KeyFault, PublicKey};
///
/// let error = PublicKey::from_base64("whpk_AAAA").unwrap_err();
/// assert_eq!(error, ConfigError::InvalidEd25519Key { fault: KeyFault::Length { found: 3 } });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
    /// A public key has 32 bytes; a signing key 32, or 64 with its public key.
    #[error("{found} bytes long; a public key has 32, a signing key 32 or 64")]
    Length {
        /// How many bytes there are.
        found: usize,
    },
    /// The text does not begin with what marks such a key.
    #[error(
        "without its prefix {prefix}; put it before bare base64, if that is what the sender shows"
    )]
    MissingPrefix {
        /// What it should begin with.
        prefix: &'static str,
    },
    /// Another spelling of a point that has one canonical spelling.
    #[error("not canonical, which no honest owner's is; ask the sender for another")]
    NotCanonical,
    /// The bytes are no point of the curve.
    #[error("no point of the curve; was it mistyped, or is it of another kind?")]
    NotOnCurve,
    /// The public key after the seed is another one's: signing with it would
    /// give the seed away.
    #[error("a seed with the public key of another seed; pass the seed alone")]
    PublicKeyMismatch,
    /// Anyone can make signatures that verify under this key.
    #[error("of small order: anyone could sign for it; ask the sender for another")]
    SmallOrder,
    /// The text does not decode.
    #[error("not valid {encoding}: {fault}")]
    Text {
        /// What it was read as: `base64` or `hex`.
        encoding: &'static str,
        /// What was found in it.
        fault: SecretFault,
    },
}

fn invalid(fault: KeyFault) -> ConfigError {
    ConfigError::InvalidEd25519Key { fault }
}

/// Kinds of keys, and which constructor takes them.
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

/// The bytes of a key's text, which must begin with `prefix`.
fn key_bytes(text: &str, prefix: &'static str) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let malformed = |fault| {
        let encoding = "base64";
        invalid(KeyFault::Text { encoding, fault })
    };
    let Some(encoded) = text.strip_prefix(prefix) else {
        refuse_prefixes(text.as_bytes(), &KINDS)?;
        refuse_surroundings(text).map_err(malformed)?;
        return Err(invalid(KeyFault::MissingPrefix { prefix }));
    };
    secret_from_base64(encoded, prefix.len()).map_err(malformed)
}

/// A key of a verifier.
#[derive(Debug)]
pub(crate) enum Key {
    Public(PublicKey),
    Signing(SigningKey),
}

impl Key {
    pub(crate) fn id(&self) -> Option<&str> {
        match self {
            Self::Public(key) => key.id(),
            Self::Signing(key) => key.id(),
        }
    }

    pub(crate) const fn signing(&self) -> Option<&SigningKey> {
        match self {
            Self::Signing(key) => Some(key),
            Self::Public(_) => None,
        }
    }

    /// Begins to verify `signature`; `None` if no key makes it.
    pub(crate) fn start(&self, signature: &Signature) -> Option<Running> {
        let point = match self {
            Self::Public(key) => &key.point,
            Self::Signing(key) => ed25519_dalek::SigningKey::as_ref(&key.key),
        };
        Running::start(point, signature)
    }
}

/// The active Ed25519 keys of a verifier, of either half; what
/// [`Keys`](crate::Keys) are for MACs. For a scheme that knows no MAC: one that
/// knows both takes a [`Keyring`](crate::Keyring).
///
/// A [`PublicKey`], a [`SigningKey`] and an array of either turn into this.
/// There are always some keys, at most [`MAX_KEYS`].
///
/// ```
/// use hookseal::ed25519::{Keys, PublicKey};
/// use hookseal::{ConfigError, Engine};
///
/// /// A MAC secret does not get in.
/// fn engine(keys: impl Into<Keys>) -> Engine {
///     Engine::new(keys.into())
/// }
/// let text = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
/// let one = engine(PublicKey::from_base64(text)?);
/// let listed: Result<Vec<PublicKey>, _> = [text].into_iter().map(PublicKey::from_base64).collect();
/// let several = engine(Keys::new(listed?)?);
/// # Ok::<(), ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Keys(Box<[Key]>);

impl Keys {
    /// Keys that are all tried, in this order.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoKeys`] if there are none, [`ConfigError::TooManyKeys`]
    /// if there are more than [`MAX_KEYS`].
    pub fn new(keys: impl IntoIterator<Item = impl Into<Self>>) -> Result<Self, ConfigError> {
        let keys = keys.into_iter().map(Into::into);
        let keys: Vec<Key> = keys.flat_map(Self::into_vec).collect();
        if keys.is_empty() {
            return Err(ConfigError::NoKeys);
        }
        at_most(MAX_KEYS, keys.len())?;
        Ok(Self::all(keys))
    }

    /// All of these, however many. None, if they stand beside keys of another
    /// kind.
    pub(crate) fn all(keys: Vec<Key>) -> Self {
        Self(keys.into())
    }

    pub(crate) fn into_vec(self) -> Vec<Key> {
        self.0.into_vec()
    }

    pub(crate) const fn as_slice(&self) -> &[Key] {
        &self.0
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn name(&mut self, id: &str) {
        for key in &mut self.0 {
            let (Key::Public(PublicKey { id: name, .. })
            | Key::Signing(SigningKey { id: name, .. })) = key;
            *name = Some(id.into());
        }
    }
}

impl From<PublicKey> for Keys {
    fn from(key: PublicKey) -> Self {
        Self::from([key])
    }
}

impl From<SigningKey> for Keys {
    fn from(key: SigningKey) -> Self {
        Self::from([key])
    }
}

/// An array of no keys, or of more than [`MAX_KEYS`], does not compile.
impl<const N: usize> From<[PublicKey; N]> for Keys {
    fn from(keys: [PublicKey; N]) -> Self {
        const { assert!(N > 0 && N <= MAX_KEYS, "one to four Ed25519 keys") };
        Self(keys.into_iter().map(Key::Public).collect())
    }
}

/// An array of no keys, or of more than [`MAX_KEYS`], does not compile.
impl<const N: usize> From<[SigningKey; N]> for Keys {
    fn from(keys: [SigningKey; N]) -> Self {
        const { assert!(N > 0 && N <= MAX_KEYS, "one to four Ed25519 keys") };
        Self(keys.into_iter().map(Key::Signing).collect())
    }
}

/// A running check of one signature under one key: SHA-512 of `R`, the public
/// key and the message so far.
pub(crate) struct Running {
    verifier: StreamVerifier,
    signature: Signature,
}

impl Running {
    fn start(key: &ed25519_dalek::VerifyingKey, signature: &Signature) -> Option<Self> {
        let (_, number) = signature.halves();
        // `ed25519-dalek` looks at it as well, unless any crate in the tree
        // turns on its feature `legacy_compatibility`.
        if !number.iter().rev().lt(ORDER.iter().rev()) {
            return None;
        }
        let verifier = key.verify_stream(&signature.0.into()).ok()?;
        let signature = *signature;
        Some(Self {
            verifier,
            signature,
        })
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        #[cfg(test)]
        crate::mac::hashed::add(bytes.len());
        self.verifier.update(bytes);
    }

    pub(crate) fn finish(self) -> bool {
        self.verifier.finalize_and_verify().is_ok()
            // What `verify_strict` looks at before the equation: after it, only
            // the key's owner can have got so far.
            && ed25519_dalek::VerifyingKey::try_from(self.signature.halves().0)
                .is_ok_and(|point| !point.is_weak())
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}
