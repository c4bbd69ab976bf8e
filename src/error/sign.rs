//! What is wrong with a message to sign.

use alloc::string::String;

use crate::error::VerifyError;
use crate::header_name::HeaderName;

/// Why a message was not signed.
///
/// ```
/// use hookseal::{Message, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let error = webhook.sign(&Message::new(b"{}")).unwrap_err();
/// assert_eq!(error.to_string(), "the scheme signs a message id, but the message has none");
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The name of one of the message's headers is empty or has a character that
    /// HTTP does not allow (RFC 9110, section 5.6.2).
    #[error("{name:?} is not a valid header name")]
    #[non_exhaustive]
    InvalidHeaderName {
        /// The name as it was passed.
        name: String,
    },
    /// A header cannot hold this value, for example because it has a line break.
    #[error("the value for header {header} has a character that HTTP does not allow in a header")]
    #[non_exhaustive]
    InvalidValue {
        /// The header.
        header: HeaderName,
    },
    /// The message lacks what the scheme signs.
    #[error("the scheme signs {what}, but the message has none")]
    #[non_exhaustive]
    Missing {
        /// What is missing.
        what: &'static str,
    },
    /// The message lacks a header that the scheme signs.
    #[error("the scheme signs header {header}, but the message has none")]
    #[non_exhaustive]
    MissingHeader {
        /// The header that is missing.
        header: HeaderName,
    },
    /// The webhook holds only public keys.
    #[error("the webhook holds public keys, which cannot sign; give it the signing key")]
    NoSigningKey,
    /// The request was verified by a different webhook from the one signing the response.
    #[error("another webhook verified the request; sign the response with that one")]
    OtherWebhook,
    /// A receiver would refuse the message as malformed.
    #[error("a receiver would refuse the message: {error}")]
    #[non_exhaustive]
    Refused {
        /// What the receiver would say.
        error: VerifyError,
    },
    /// The message names a key that the webhook does not have.
    #[error("the message names a key that the webhook does not have")]
    UnknownKeyId,
}
