//! Whole requests of the `http` crate.

use crate::{Verified, Verifier, VerifyError};

/// Verifies an [`http::Request`] whose body is in memory: any verifier can.
///
/// The headers are read where they are, and repeated ones are seen. For a body
/// that is still to come, hand [`request.headers()`](http::Request::headers) to
/// [`Verifier::begin`], or let the layer of the feature `tower` do all of it.
///
/// ```
/// use hookseal::{Key, VerifyError, VerifyRequest, schemes::Paminga};
///
/// // RFC 4231, test case 2.
/// let verifier = Paminga::new(Key::from_text("Jefe")?);
/// let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
/// let request = http::Request::post("/webhooks/paminga")
///     .header("X-Paminga-Signature", signature)
///     .body("what do ya want for nothing?")?;
///
/// let verified = verifier.verify_request(&request)?;
/// assert_eq!(verified.body(), b"what do ya want for nothing?");
///
/// let changed = request.map(|_| "what do ya want?");
/// assert_eq!(verifier.verify_request(&changed), Err(VerifyError::SignatureMismatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait VerifyRequest: Verifier {
    /// Verifies the request's headers and its raw body, as
    /// [`verify`](Verifier::verify) does. The body must hold the bytes as
    /// received.
    ///
    /// # Errors
    ///
    /// As [`verify`](Verifier::verify).
    fn verify_request<'h, B: AsRef<[u8]>>(
        &'h self,
        request: &'h http::Request<B>,
    ) -> Result<Verified<'h>, VerifyError> {
        self.verify(request.headers(), request.body().as_ref())
    }
}

impl<V: Verifier + ?Sized> VerifyRequest for V {}
