//! The trait implemented by everything that verifies requests.

use crate::Verified;
use crate::clock::Timestamp;
use crate::error::VerifyError;
use crate::head::RequestHead;
use crate::verification::{CheckHead, HashState, Verification};

/// Verifies requests. Every [`CheckHead`] has these methods and cannot override them, so
/// every entry point performs the same checks.
///
/// The trait is object-safe, and a reference, `Box` or `Arc` of a verifier is a
/// verifier too: keep a `HashMap<&str, Box<dyn Verifier>>` to pick a verifier by
/// route, and share it between threads without locks.
///
/// ```
/// use std::collections::HashMap;
/// use hookseal::{Verifier, Webhook, schemes};
///
/// let mut routes: HashMap<&str, Box<dyn Verifier>> = HashMap::new();
/// routes.insert("/pakk", Box::new(Webhook::new(schemes::PAKK, "pakk's secret")?));
/// routes.insert("/paminga", Box::new(Webhook::new(schemes::PAMINGA, "paminga's secret")?));
/// assert!(routes["/pakk"].verify(&[("host", "example.com")], b"{}").is_err());
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub trait Verifier: CheckHead {
    /// Verifies a whole request: its head, and its raw body as received.
    ///
    /// # Errors
    ///
    /// Returns an error if the request did not come from the sender, was meant for
    /// another receiver, or is outside the replay window. Respond with
    /// [`VerifyError::http_status`], whatever the reason.
    fn verify<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        body: &'h [u8],
    ) -> Result<Verified<'h>, VerifyError>;

    /// Verifies a request that was received earlier. The timestamp is compared
    /// with `received_at`, which must come from your own records, never from the
    /// request. The clock is not read.
    ///
    /// # Errors
    ///
    /// The same as for [`verify`](Self::verify).
    ///
    /// ```
    /// use hookseal::clock::Timestamp;
    /// use hookseal::{Message, Verifier, Webhook, schemes};
    ///
    /// let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
    /// let message = Message::new(b"{}").with_id("msg_1").with_timestamp(1_700_000_000);
    /// let headers = webhook.sign(&message)?;
    ///
    /// assert!(webhook.verify(&headers, b"{}").is_err()); // years ago
    /// let received = Timestamp::from_secs(1_700_000_002);
    /// assert!(webhook.verify_received_at(received, &headers, b"{}").is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn verify_received_at<'h>(
        &'h self,
        received_at: Timestamp,
        head: &'h dyn RequestHead,
        body: &'h [u8],
    ) -> Result<Verified<'h>, VerifyError>;

    /// Performs every check that needs only the head, and returns the verification that
    /// takes the body chunk by chunk and keeps its running MACs in `state`. The timestamp
    /// must still be in the replay window when the verification is finished.
    ///
    /// # Errors
    ///
    /// The same as for [`verify`](Self::verify), except for a wrong signature.
    fn begin<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        state: &'h mut HashState,
    ) -> Result<Verification<'h>, VerifyError>;

    /// Begins like [`begin`](Self::begin), for a request that was received
    /// earlier; see [`verify_received_at`](Self::verify_received_at).
    ///
    /// # Errors
    ///
    /// The same as for [`begin`](Self::begin).
    fn begin_received_at<'h>(
        &'h self,
        received_at: Timestamp,
        head: &'h dyn RequestHead,
        state: &'h mut HashState,
    ) -> Result<Verification<'h>, VerifyError>;
}

impl<V: CheckHead + ?Sized> Verifier for V {
    #[inline]
    fn verify<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        body: &'h [u8],
    ) -> Result<Verified<'h>, VerifyError> {
        // By reference, since a checked head is costly to move.
        match self.check_head(head, None) {
            Ok(ref checked) => checked.verify(body),
            Err(error) => Err(error),
        }
    }

    fn verify_received_at<'h>(
        &'h self,
        received_at: Timestamp,
        head: &'h dyn RequestHead,
        body: &'h [u8],
    ) -> Result<Verified<'h>, VerifyError> {
        match self.check_head(head, Some(received_at)) {
            Ok(ref checked) => checked.verify(body),
            Err(error) => Err(error),
        }
    }

    fn begin<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        state: &'h mut HashState,
    ) -> Result<Verification<'h>, VerifyError> {
        Ok(self.check_head(head, None)?.begin(state))
    }

    fn begin_received_at<'h>(
        &'h self,
        received_at: Timestamp,
        head: &'h dyn RequestHead,
        state: &'h mut HashState,
    ) -> Result<Verification<'h>, VerifyError> {
        Ok(self.check_head(head, Some(received_at))?.begin(state))
    }
}
