//! Why a request was refused.

use core::fmt;

use alloc::sync::Arc;

use crate::clock::Timestamp;
use crate::header_name::HeaderName;
use crate::scheme::TimeFormat;

/// Why a request was refused.
///
/// It is meant for your logs and metrics, and never holds a secret, a MAC or
/// bytes of the body. What goes back to the sender is the same for every reason:
/// respond with [`http_status`](Self::http_status) and an empty body.
///
/// When several things are wrong, the error names the first in this order: missing or
/// repeated headers, malformed values, endpoint, replay window, key, signature.
///
/// ```
/// use hookseal::{VerifyError, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PAKK, "the signing key of the webhook's record")?;
/// let error = webhook.verify(&[("host", "example.com")], b"{}").unwrap_err();
/// assert!(matches!(error, VerifyError::MissingHeader { .. }));
/// assert_eq!(error.to_string(), "header x-pakk-webhook-signature is missing or empty");
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A header that the scheme reads occurs more than once, whether the values
    /// are equal or not: two readers of the request could read two values.
    #[error("header {header} occurs more than once")]
    #[non_exhaustive]
    DuplicateHeader {
        /// The repeated header.
        header: HeaderName,
    },
    /// The message was signed for an endpoint other than the configured one.
    #[error("header {header} names an endpoint other than the configured one")]
    #[non_exhaustive]
    EndpointMismatch {
        /// The header that names the endpoint.
        header: HeaderName,
    },
    /// The scheme signs the method or the target, but the caller passed only headers. **A
    /// fault of the service**, not of the sender: status 500.
    #[error(
        "the scheme signs the request's {part}, but only headers were passed; pass the whole head (`Head::new`, or `http::request::Parts`)"
    )]
    #[non_exhaustive]
    IncompleteHead {
        /// What is missing.
        part: &'static str,
    },
    /// A message id, endpoint, key id, or other signed header does not have the scheme's
    /// form.
    #[error("header {header} is malformed")]
    #[non_exhaustive]
    MalformedHeader {
        /// The malformed header.
        header: HeaderName,
    },
    /// The signature header has too many entries, or no entry that fits the scheme
    /// and the webhook's keys.
    #[error("header {header} holds no well-formed signature: {fault}")]
    #[non_exhaustive]
    MalformedSignature {
        /// The signature's header.
        header: HeaderName,
        /// What was found in it.
        fault: SignatureFault,
    },
    /// The method is not a token (RFC 9110, section 5.6.2), or the target is not a path
    /// with the characters of a URI (RFC 3986). If it were accepted, bytes could move
    /// between it and what is signed next to it.
    #[error("the request's method or target is malformed")]
    MalformedTarget,
    /// The timestamp is not in the scheme's format.
    #[error("header {header} holds no timestamp; expected {}", format.name())]
    #[non_exhaustive]
    MalformedTimestamp {
        /// The timestamp's header.
        header: HeaderName,
        /// The expected format.
        format: TimeFormat,
    },
    /// A header that the scheme reads is missing or empty.
    #[error("header {header} is missing or empty{}", Hint(*family))]
    #[non_exhaustive]
    MissingHeader {
        /// The missing header.
        header: HeaderName,
        /// The other prefix (`svix` or `webhook`), if the request has this header under
        /// it. [`Scheme::with_header_prefix`](crate::scheme::Scheme::with_header_prefix)
        /// sets the prefix.
        family: Option<&'static str>,
    },
    /// A custom verifier or canonicalization refused the request.
    #[error("{reason}")]
    #[non_exhaustive]
    Refused {
        /// Why.
        reason: &'static str,
    },
    /// The request is well-formed, but no active key made its signature.
    ///
    /// Nothing more can be known: a forgery, a body changed in transit and a wrong secret
    /// look alike.
    #[error("signature does not match")]
    SignatureMismatch,
    /// The message claims to be signed too far in the future.
    #[error(
        "timestamp in {header} is {} s in the future, more than the allowed {tolerance} s{}",
        timestamp.as_secs().saturating_sub(now.as_secs()),
        if *reads_like_milliseconds { "; it reads like milliseconds" } else { "" }
    )]
    #[non_exhaustive]
    TimestampInFuture {
        /// The timestamp's header.
        header: HeaderName,
        /// When the message claims to be signed.
        timestamp: Timestamp,
        /// The time that it was checked against.
        now: Timestamp,
        /// The future tolerance, in seconds.
        tolerance: u64,
        /// Whether the number would be in the window if read as milliseconds.
        reads_like_milliseconds: bool,
    },
    /// The message was signed too long ago: late, or replayed.
    #[error(
        "timestamp in {header} is {} s old, more than the allowed {tolerance} s",
        now.as_secs().saturating_sub(timestamp.as_secs())
    )]
    #[non_exhaustive]
    TimestampTooOld {
        /// The timestamp's header.
        header: HeaderName,
        /// When the message claims to be signed.
        timestamp: Timestamp,
        /// The time that it was checked against.
        now: Timestamp,
        /// The past tolerance, in seconds.
        tolerance: u64,
    },
    /// The request names a key that the webhook does not have.
    #[error("header {header} names no key of this webhook")]
    #[non_exhaustive]
    UnknownKeyId {
        /// The header that names the key.
        header: HeaderName,
    },
}

struct Hint(Option<&'static str>);

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(family) => write!(
                f,
                "; the request has {family} headers, which need the header prefix `{family}`"
            ),
            None => Ok(()),
        }
    }
}

impl VerifyError {
    /// Creates the error for a custom verifier or canonicalization. The reason
    /// is for the log, and must not come from the request.
    #[must_use]
    pub const fn refused(reason: &'static str) -> Self {
        Self::Refused { reason }
    }

    /// Creates the error for a custom verifier or canonicalization that needs the
    /// `method` or the `target` when the caller has not passed it. This is the service's
    /// fault, not a refusal.
    #[must_use]
    pub const fn incomplete_head(part: &'static str) -> Self {
        Self::IncompleteHead { part }
    }

    /// Returns the HTTP status for refusing the request: 401 for every fault of the
    /// request, so that the response tells a forger nothing, and 500 for a [fault of the
    /// service](Self::is_operator_fault).
    ///
    /// ```
    /// assert_eq!(hookseal::VerifyError::SignatureMismatch.http_status(), 401);
    /// ```
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        if self.is_operator_fault() { 500 } else { 401 }
    }

    /// Returns whether the service is at fault rather than the request.
    #[must_use]
    pub const fn is_operator_fault(&self) -> bool {
        matches!(self, Self::IncompleteHead { .. })
    }

    /// Returns the reason in one word, for metrics: a fixed, small set of labels.
    ///
    /// ```
    /// assert_eq!(hookseal::VerifyError::SignatureMismatch.reason(), "signature-mismatch");
    /// ```
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::DuplicateHeader { .. } => "duplicate-header",
            Self::EndpointMismatch { .. } => "endpoint-mismatch",
            Self::IncompleteHead { .. } => "incomplete-head",
            Self::MalformedHeader { .. } => "malformed-header",
            Self::MalformedSignature { .. } => "malformed-signature",
            Self::MalformedTarget => "malformed-target",
            Self::MalformedTimestamp { .. } => "malformed-timestamp",
            Self::MissingHeader { .. } => "missing-header",
            Self::Refused { .. } => "refused",
            Self::SignatureMismatch => "signature-mismatch",
            Self::TimestampInFuture { .. } => "timestamp-in-future",
            Self::TimestampTooOld { .. } => "timestamp-too-old",
            Self::UnknownKeyId { .. } => "unknown-key",
        }
    }

    pub(crate) fn malformed_header(header: &HeaderName) -> Self {
        let header = header.clone();
        Self::MalformedHeader { header }
    }
}

/// What is wrong with a malformed signature, without anything secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureFault {
    /// It has the right length, but characters or bits that the encoding does not have.
    #[error("not {encoding}")]
    #[non_exhaustive]
    Alphabet {
        /// The scheme's encoding.
        encoding: &'static str,
    },
    /// It does not have the length of a signature.
    #[error("{found} characters where this scheme sends {expected} of {encoding}")]
    #[non_exhaustive]
    Length {
        /// How many characters there are.
        found: usize,
        /// How many a signature has.
        expected: usize,
        /// The scheme's encoding.
        encoding: &'static str,
    },
    /// It does not begin as the scheme's signatures do.
    #[error("no prefix `{prefix}`")]
    #[non_exhaustive]
    MissingPrefix {
        /// The scheme's prefix.
        prefix: Arc<str>,
    },
    /// No entry of the list begins as the scheme's signatures do.
    #[error("no `{prefix}` entry among {entries}")]
    #[non_exhaustive]
    NoEntry {
        /// The scheme's prefix.
        prefix: Arc<str>,
        /// How many entries there are.
        entries: usize,
    },
    /// Something else.
    #[error("not in the scheme's form")]
    Other,
    /// It is a signature in another encoding.
    #[error("{found} where this scheme sends {expected}")]
    #[non_exhaustive]
    OtherEncoding {
        /// The encoding that it is in.
        found: &'static str,
        /// The scheme's encoding.
        expected: &'static str,
    },
    /// A parameter of the list occurs more than once.
    #[error("a parameter occurs more than once")]
    RepeatedParameter,
    /// It has a space between the prefix and the signature.
    #[error("a space after the prefix")]
    SpaceAfterPrefix,
    /// There are more entries than are read.
    #[error("more than {max} entries")]
    #[non_exhaustive]
    TooManyEntries {
        /// The maximum number of entries that are read.
        max: usize,
    },
    /// It has a prefix that the scheme does not have.
    #[error("a prefix that this scheme does not send")]
    UnexpectedPrefix,
    /// It begins or ends with white space.
    #[error("white space before or after it")]
    WhiteSpace,
}
