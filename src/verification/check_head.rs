//! The trait that a custom verifier implements.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use super::CheckedHead;
use crate::clock::Timestamp;
use crate::error::VerifyError;
use crate::head::RequestHead;

/// Checks the head of a request. This is the one trait that a custom verifier
/// implements.
///
/// [`Webhook`](crate::Webhook) implements it. A custom verifier picks one of several
/// webhooks, or performs extra checks on the head. What it refuses here is also refused
/// by every method of [`Verifier`](crate::Verifier), which cannot be overridden, and by
/// the tower layer.
///
/// ```
/// use hookseal::verification::{CheckHead, CheckedHead};
/// use hookseal::clock::Timestamp;
/// use hookseal::{RequestHead, Verifier, VerifyError, Webhook, schemes};
///
/// /// Accepts only POST requests.
/// #[derive(Debug)]
/// struct PostOnly(Webhook);
///
/// impl CheckHead for PostOnly {
///     fn scheme(&self) -> &str {
///         self.0.scheme()
///     }
///
///     fn check_head<'h>(
///         &'h self,
///         head: &'h dyn RequestHead,
///         received_at: Option<Timestamp>,
///     ) -> Result<CheckedHead<'h>, VerifyError> {
///         if head.method() != Some("POST") {
///             return Err(VerifyError::refused("not a POST request"));
///         }
///         self.0.check_head(head, received_at)
///     }
/// }
///
/// let verifier = PostOnly(Webhook::new(schemes::PAMINGA, "your-shared-secret")?);
/// assert!(verifier.verify(&[("x-paminga-signature", "…")], b"{}").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub trait CheckHead: fmt::Debug + Send + Sync {
    /// Returns the scheme's name, for logs and metrics.
    fn scheme(&self) -> &str;

    /// Performs every check that does not need the body. The timestamp is compared with
    /// `received_at` if it is given, and otherwise with the clock.
    ///
    /// The head is hostile: this method must not panic or allocate, whatever
    /// the head contains.
    ///
    /// # Errors
    ///
    /// Returns an error if the head did not come from the sender, was meant for another
    /// receiver, or is outside the replay window.
    fn check_head<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        received_at: Option<Timestamp>,
    ) -> Result<CheckedHead<'h>, VerifyError>;

    /// Returns the responder for handshakes, or `None` (the default) if handshakes are
    /// not answered. A verifier that holds a webhook returns the webhook's responder.
    #[cfg(feature = "handshake")]
    fn responder(&self) -> Option<crate::handshake::answers::Responder<'_>> {
        None
    }
}

macro_rules! check_head_behind_pointer {
    ($($pointer:ty),+) => {$(
        impl<V: CheckHead + ?Sized> CheckHead for $pointer {
            fn scheme(&self) -> &str {
                (**self).scheme()
            }

            fn check_head<'h>(
                &'h self,
                head: &'h dyn RequestHead,
                received_at: Option<Timestamp>,
            ) -> Result<CheckedHead<'h>, VerifyError> {
                (**self).check_head(head, received_at)
            }

            #[cfg(feature = "handshake")]
            fn responder(&self) -> Option<crate::handshake::answers::Responder<'_>> {
                (**self).responder()
            }
        }
    )+};
}

check_head_behind_pointer!(&V, Box<V>, Arc<V>);
