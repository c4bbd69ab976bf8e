//! Whole requests of the `http` crate.

use crate::{Verified, Verifier, VerifyError};

/// Verifies an [`http::Request`] whose body is in memory. Every verifier does.
///
/// The verifier reads the headers in place and sees repeated ones. It also sees
/// the method and the target, for schemes that sign them. For a body that has
/// not arrived yet, pass the [`Parts`](http::request::Parts) to
/// [`Verifier::begin`], or use the layer of the feature `tower`.
///
/// ```
/// use hookseal::{VerifyError, VerifyRequest, Webhook, schemes};
///
/// // RFC 4231, test case 2.
/// let webhook = Webhook::new(schemes::PAMINGA, "Jefe")?;
/// let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
/// let request = http::Request::post("/webhooks/paminga")
///     .header("X-Paminga-Signature", signature)
///     .body("what do ya want for nothing?")?;
///
/// let verified = webhook.verify_request(&request)?;
/// assert_eq!(verified.body(), b"what do ya want for nothing?");
///
/// let changed = request.map(|_| "what do ya want?");
/// assert_eq!(webhook.verify_request(&changed), Err(VerifyError::SignatureMismatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait VerifyRequest: Verifier {
    /// Verifies the head of the request and its raw body, as
    /// [`verify`](Verifier::verify) does. The body must contain the bytes as
    /// received.
    ///
    /// # Errors
    ///
    /// The same as [`verify`](Verifier::verify).
    fn verify_request<'h, B: AsRef<[u8]> + Sync>(
        &'h self,
        request: &'h http::Request<B>,
    ) -> Result<Verified<'h>, VerifyError> {
        self.verify(request, request.body().as_ref())
    }
}

impl<V: Verifier + ?Sized> VerifyRequest for V {}
