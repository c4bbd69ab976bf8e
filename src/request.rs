//! Whole requests of the `http` crate.

use alloc::vec::Vec;

use http::HeaderMap;

use crate::head::target_of;
use crate::{Message, SignError, Verified, Verifier, VerifyError, Webhook};

/// Verifies an [`http::Request`] whose body is in memory. Implemented for every verifier.
///
/// The verifier reads the headers in place and sees repeated ones. It also sees the
/// method and the target, for schemes that sign them. If the body has not arrived yet,
/// pass the [`Parts`](http::request::Parts) to [`Verifier::begin`], or use the layer of
/// the feature `tower`.
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

impl Webhook {
    /// Signs a request, as the sender does: sets the headers that sign `message`, which
    /// contains the body of the request. For senders, and for tests of a receiver.
    ///
    /// The method, the target (path and query) and other headers that the scheme signs
    /// are taken from the request. A header that the request lacks is taken from the
    /// message, and set. Headers of an earlier signature are replaced. The body of the
    /// request may be of any type. It is not read: give it the same bytes as the message,
    /// or the receiver refuses the request.
    ///
    /// # Errors
    ///
    /// Same as [`sign`](Self::sign). On an error, the request is unchanged.
    ///
    /// ```
    /// use hookseal::{Message, VerifyRequest, Webhook, schemes};
    ///
    /// let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
    /// let body = r#"{"type":"order.paid"}"#;
    /// let mut request = http::Request::post("/webhooks").body(body)?;
    /// webhook.sign_request(&mut request, &Message::new(body.as_bytes()).with_id("msg_1"))?;
    ///
    /// let event = webhook.verify_request(&request)?;
    /// assert_eq!(event.message_id(), Some("msg_1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sign_request<B>(
        &self,
        request: &mut http::Request<B>,
        message: &Message<'_>,
    ) -> Result<(), SignError> {
        let signed = {
            let own = request.headers().iter();
            let own = own.filter(|(name, _)| !self.sets(name.as_str()));
            let own = own.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
            let given = message.headers.iter().copied();
            let given = given.filter(|(name, _)| !request.headers().contains_key(*name));
            let headers: Vec<(&str, &str)> = own.chain(given).collect();
            let mut message = message.with_headers(&headers);
            if let Some(target) = target_of(request.uri()) {
                message = message.with_request_line(request.method().as_str(), target);
            }
            self.sign(&message)?
        };
        request.headers_mut().extend(HeaderMap::from(signed));
        Ok(())
    }
}
