//! What can go wrong: with a configuration at start-up, and with a request.

use alloc::string::String;

use crate::{HeaderName, Timestamp};

/// Why a request was refused.
///
/// It is meant for your logs and metrics, and never holds a secret, a MAC or
/// bytes of the body. What goes back to the sender is the same for every
/// reason: answer [`http_status`](Self::http_status) with an empty body.
///
/// When several things are wrong, the first in the order of the checks is
/// named: headers missing or repeated, shape, endpoint, replay window, key,
/// signature.
///
/// ```
/// use hookseal::{Key, Verifier, VerifyError, schemes::Pakk};
///
/// let verifier = Pakk::new(Key::from_text("the signing key of the webhook's record")?);
/// let error = verifier.verify(&[("host", "example.com")], b"{}").unwrap_err();
/// assert!(matches!(error, VerifyError::MissingHeader { .. }));
/// assert_eq!(error.to_string(), "header x-pakk-webhook-signature is missing or empty");
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The scheme's claim does not fit its engine: a fault of the scheme's
    /// code, not of the request. No scheme of this crate has it.
    #[error("the scheme's claim does not fit its engine: {fault}")]
    ClaimMismatch {
        /// What is there and should not be, or the reverse.
        fault: &'static str,
    },
    /// A header that the scheme reads occurs more than once, be the values
    /// equal or not: two readers of the request could read two values.
    #[error("header {header} occurs more than once")]
    DuplicateHeader {
        /// The repeated header.
        header: HeaderName,
    },
    /// The message was signed for another endpoint than the configured one.
    #[error("header {header} names another endpoint than the configured one")]
    EndpointMismatch {
        /// The header that names the endpoint.
        header: HeaderName,
    },
    /// A message id, endpoint or key id is not of the scheme's form.
    #[error("header {header} is malformed")]
    MalformedHeader {
        /// The malformed header.
        header: HeaderName,
    },
    /// The signature header holds no signature of the scheme's form: wrong
    /// length, alphabet, prefix or padding, none of a kind that the verifier has
    /// a key for, or more than
    /// [`Signatures::MAX_ENTRIES`](crate::Signatures::MAX_ENTRIES) entries.
    #[error("header {header} holds no well-formed signature")]
    MalformedSignature {
        /// The signature's header.
        header: HeaderName,
    },
    /// The timestamp is not one to 19 ASCII digits.
    #[error("header {header} is not a timestamp of 1 to 19 digits")]
    MalformedTimestamp {
        /// The timestamp's header.
        header: HeaderName,
    },
    /// A header that the scheme reads is not there, or has no value.
    #[error("header {header} is missing or empty")]
    MissingHeader {
        /// The missing header.
        header: HeaderName,
    },
    /// A message is to be signed, and the verifier holds public keys alone.
    #[cfg(feature = "ed25519")]
    #[error("the verifier holds public keys, which cannot sign; give it the signing key")]
    NoSigningKey,
    /// The request is well-formed and no active key made its signature.
    ///
    /// That is all there is to know: a forgery, a body changed on its way, and
    /// the wrong secret look alike.
    #[error("signature does not match")]
    SignatureMismatch,
    /// The message claims to be signed too far in the future.
    #[error("header {header}: {timestamp} is more than {tolerance} s after {now}")]
    TimestampInFuture {
        /// The timestamp's header.
        header: HeaderName,
        /// When the message claims to be signed.
        timestamp: Timestamp,
        /// The clock, when the message was checked.
        now: Timestamp,
        /// The future tolerance, in seconds.
        tolerance: u64,
    },
    /// The message was signed too long ago: late, or replayed.
    #[error("header {header}: {timestamp} is more than {tolerance} s before {now}")]
    TimestampTooOld {
        /// The timestamp's header.
        header: HeaderName,
        /// When the message claims to be signed.
        timestamp: Timestamp,
        /// The clock, when the message was checked.
        now: Timestamp,
        /// The past tolerance, in seconds.
        tolerance: u64,
    },
    /// The request names a key that is none of the verifier's.
    #[error("header {header} names no key of this verifier")]
    UnknownKeyId {
        /// The header that names the key.
        header: HeaderName,
    },
}

impl VerifyError {
    /// The HTTP status to answer a refused request with: 401 for every reason,
    /// so that the answer tells a forger nothing.
    ///
    /// ```
    /// assert_eq!(hookseal::VerifyError::SignatureMismatch.http_status(), 401);
    /// ```
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        401
    }

    /// The reason in one word, for metrics: a fixed, small set of labels.
    ///
    /// ```
    /// assert_eq!(hookseal::VerifyError::SignatureMismatch.reason(), "signature-mismatch");
    /// ```
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::ClaimMismatch { .. } => "claim-mismatch",
            Self::DuplicateHeader { .. } => "duplicate-header",
            Self::EndpointMismatch { .. } => "endpoint-mismatch",
            Self::MalformedHeader { .. } => "malformed-header",
            Self::MalformedSignature { .. } => "malformed-signature",
            Self::MalformedTimestamp { .. } => "malformed-timestamp",
            Self::MissingHeader { .. } => "missing-header",
            #[cfg(feature = "ed25519")]
            Self::NoSigningKey => "no-signing-key",
            Self::SignatureMismatch => "signature-mismatch",
            Self::TimestampInFuture { .. } => "timestamp-in-future",
            Self::TimestampTooOld { .. } => "timestamp-too-old",
            Self::UnknownKeyId { .. } => "unknown-key",
        }
    }

    /// [`MalformedHeader`](Self::MalformedHeader) for this header.
    ///
    /// ```
    /// use hookseal::{HeaderName, VerifyError};
    ///
    /// let error = VerifyError::malformed_header(&HeaderName::from_static("webhook-id"));
    /// assert_eq!(error.to_string(), "header webhook-id is malformed");
    /// ```
    #[must_use]
    pub fn malformed_header(header: &HeaderName) -> Self {
        let header = header.clone();
        Self::MalformedHeader { header }
    }

    /// [`MalformedSignature`](Self::MalformedSignature) for this header.
    ///
    /// ```
    /// use hookseal::{HeaderName, Tag, VerifyError};
    ///
    /// let name = HeaderName::from_static("x-signature");
    /// let tag = Tag::from_hex(b"none").ok_or_else(|| VerifyError::malformed_signature(&name));
    /// assert_eq!(tag, Err(VerifyError::MalformedSignature { header: name }));
    /// ```
    #[must_use]
    pub fn malformed_signature(header: &HeaderName) -> Self {
        let header = header.clone();
        Self::MalformedSignature { header }
    }
}

/// What is wrong with a secret or an option, found when the service starts.
///
/// The messages say what to fix, and show what was found unless it could be
/// part of a secret.
///
/// ```
/// use hookseal::Key;
///
/// let error = Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "secret is not valid base64: line break at byte 38; pass the text without it",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The secret has no bytes: anyone could sign with it. Often an
    /// environment variable that is set to nothing.
    #[error("secret is empty; set it to the secret that the provider shows")]
    EmptySecret,
    /// The text is the key of another kind of signature, or has a prefix in a
    /// form that no provider hands out.
    #[error("secret starts with {found}, which {meaning}")]
    ForeignSecret {
        /// The prefix.
        found: &'static str,
        /// What that prefix says about the text.
        meaning: &'static str,
    },
    /// The endpoint is empty or has white space around it: no request could
    /// ever match it.
    #[error("endpoint is empty or has white space around it; pass it as in the x-endpoint header")]
    InvalidEndpoint,
    /// The header name is empty or has a character that HTTP does not allow
    /// (RFC 9110, section 5.6.2).
    #[error("{name:?} is not a header name")]
    InvalidHeaderName {
        /// The name as it was passed.
        name: String,
    },
    /// A key's id is empty or has white space around it: no request could ever
    /// name it.
    #[error("id of key {position} is empty or has white space around it")]
    InvalidKeyId {
        /// Which key, counted from 1 in the order given.
        position: usize,
    },
    /// The text or the bytes are no Ed25519 key, or one under which anyone could
    /// sign.
    #[cfg(feature = "ed25519")]
    #[error("Ed25519 key is {fault}")]
    InvalidEd25519Key {
        /// What was found in it.
        fault: crate::ed25519::KeyFault,
    },
    /// The secret's text does not decode.
    #[error("secret is not valid {encoding}: {fault}")]
    InvalidSecret {
        /// What the text was read as: `base64` or `hex`.
        encoding: &'static str,
        /// What was found in it.
        fault: SecretFault,
    },
    /// The scheme picks the key by its id, and this key has none.
    #[error("key {position} has no id; name it with `Key::with_id`")]
    KeyWithoutId {
        /// Which key, counted from 1 in the order given.
        position: usize,
    },
    /// The text does not begin with what tells a secret from a public key.
    #[error("key is without its prefix, such as whsec_ or whpk_, which tells what kind it is")]
    MissingPrefix,
    /// A verifier needs at least one key.
    #[error("no keys; pass at least one")]
    NoKeys,
    /// The registration is not active, so no request would come from it.
    #[error("registration has status {status:?}; only ACTIVE ones send requests")]
    RegistrationNotActive {
        /// The status as it was listed.
        status: String,
    },
    /// Each active key may cost a hash of the body, so their number is bounded.
    #[error("{found} keys could match one request; pass at most {max}")]
    TooManyKeys {
        /// The most keys that may be tried for one request:
        /// [`Keys::MAX_CANDIDATES`](crate::Keys::MAX_CANDIDATES), or
        /// `ed25519::MAX_KEYS` of Ed25519.
        max: usize,
        /// How many there are.
        found: usize,
    },
    /// The registration names another algorithm than HMAC-SHA256.
    #[error("registration has algorithm {algorithm:?}; only SHA_256 is verified")]
    UnsupportedAlgorithm {
        /// The algorithm as it was listed.
        algorithm: String,
    },
}

/// What keeps a secret's text from decoding. Positions are bytes of the text as
/// it was passed, from 0; the text itself is never shown.
///
/// ```
/// use hookseal::{ConfigError, Key, SecretFault};
///
/// let error = Key::from_hex("00 ff").unwrap_err();
/// let fault = SecretFault::WhiteSpace { position: 2 };
/// assert_eq!(error, ConfigError::InvalidSecret { encoding: "hex", fault });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretFault {
    /// A character of no alphabet.
    #[error("unexpected character at byte {position}")]
    Character {
        /// Where it stands.
        position: usize,
    },
    /// A number of characters that no number of bytes encodes to.
    #[error("impossible number of characters; is the text complete?")]
    Length,
    /// A carriage return or line feed, as files and shells add them.
    #[error("line break at byte {position}; pass the text without it")]
    LineBreak {
        /// Where it stands.
        position: usize,
    },
    /// Too much, too little, or misplaced `=`.
    #[error("wrong padding; pass the `=` as shown, or none at all")]
    Padding,
    /// A quotation mark, as configuration files have them.
    #[error("quotation mark at byte {position}; pass the text without it")]
    Quote {
        /// Where it stands.
        position: usize,
    },
    /// The last character has bits that belong to no byte: the text was cut
    /// off, or changed.
    #[error("trailing bits after the last byte; is the text complete?")]
    TrailingBits,
    /// `-` or `_`, which belong to the URL-safe alphabet, or to a secret that is
    /// no base64 at all.
    #[error(
        "`-` or `_` at byte {position}, which is not of the standard alphabet; is the secret plain text?"
    )]
    UrlSafe {
        /// Where it stands.
        position: usize,
    },
    /// A space or tab.
    #[error("white space at byte {position}; pass the text without it")]
    WhiteSpace {
        /// Where it stands.
        position: usize,
    },
}
