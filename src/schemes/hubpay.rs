//! Hubpay's scheme, and the registration that it is configured from.

use alloc::string::String;

use crate::scheme::{Form, Scheme, SecretForm, SignatureField};

/// Hubpay: HMAC-SHA-256 over the body, in a header that the registration names.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hubpay-Hmac`: hex, base64, `sha256=` hex, `sha256=` base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the `sharedKey` given at registration |
/// | not signed | all other headers |
/// | after a failure | not documented |
/// | source | <https://beta.docs.hubpay.ae/docs/guides/webhooks/overview>, read 2026-11 |
/// | checked | documentation only; OpenSSL signed the vectors |
///
/// If the registration has a `hmacHeaderName`, the signature is in that header:
/// [`Scheme::with_signature_header`].
///
/// The provider's page does not say how the MAC is written. Hex (64 characters)
/// and base64 (44) are told apart by length, each with or without the prefix: four
/// forms of the same 32 bytes, so reading all of them weakens nothing.
/// [`Scheme::with_forms`] pins one, such as `&[Form::hex("sha256=")]`.
///
/// **Which Hubpay?** The provider's newer page
/// (<https://docs.hubpay.io/docs/guides/webhooks/overview>) has Hubpay make the
/// secret (`whsec_…`) and sign by Standard Webhooks. If a request carries
/// `webhook-id` and `webhook-signature`, use
/// [`STANDARD_WEBHOOKS`](super::STANDARD_WEBHOOKS), which also expires; if it
/// carries `X-Hubpay-Hmac` or the header of your registration, use this.
///
/// # Examples
///
/// ```
/// use hookseal::{VerifyError, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::HUBPAY, "your-shared-secret")?;
/// let body = br#"{"n":0}"#;
/// for signature in [
///     "414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400",
///     "sha256=QUsCbZCeliDbS99P8XYStrAF+rn75kMbPXjC/gLHhAA=",
/// ] {
///     let headers = [("X-Hubpay-Hmac", signature)];
///     assert!(webhook.verify(&headers, body).is_ok());
///     assert_eq!(webhook.verify(&headers, b"{}"), Err(VerifyError::SignatureMismatch));
/// }
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
///
/// # Security
///
/// Nothing in a message says when it was sent: **a captured request verifies
/// forever**. Remember what you have handled, by its
/// [idempotency key](crate::Verified::idempotency_key).
pub const HUBPAY: Scheme<'static> = Scheme {
    name: "hubpay",
    signature: SignatureField::Header("X-Hubpay-Hmac"),
    forms: &[
        Form::hex(""),
        Form::base64(""),
        Form::hex("sha256="),
        Form::base64("sha256="),
    ],
    secret: SecretForm::Text,
    source: "https://beta.docs.hubpay.ae/docs/guides/webhooks/overview",
    ..Scheme::BASE
};

/// A registration as `GET /v1/webhooks/list` shows it: the entries of its
/// `content` have these fields in camel case.
///
/// `POST /v1/webhooks/register` with `{"callbackUrl", "sharedKey"}` makes one. (The
/// page's table calls the first `webhookUrl`; its example and its 400 error say
/// `callbackUrl`.)
///
/// ```
/// use hookseal::{Webhook, schemes::hubpay::Registration};
///
/// let registration = Registration {
///     hmac_header_name: "x-hub-signature",
///     algorithm: "SHA_256",
///     status: "ACTIVE",
/// };
/// let webhook = Webhook::new(registration.scheme()?, "your-shared-secret")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "made by its users, from the provider's answer"
)]
pub struct Registration<'r> {
    /// `hmacHeaderName`: the header that carries the MAC.
    pub hmac_header_name: &'r str,
    /// `algorithm`: `SHA_256` is the only one verified.
    pub algorithm: &'r str,
    /// `status`: `ACTIVE`, or the registration sends nothing.
    pub status: &'r str,
}

impl<'r> Registration<'r> {
    /// Returns the scheme that this registration's requests are signed by.
    ///
    /// # Errors
    ///
    /// [`RegistrationError::UnsupportedAlgorithm`] for any algorithm but
    /// `SHA_256`, [`RegistrationError::NotActive`] for any status but `ACTIVE`.
    pub fn scheme(&self) -> Result<Scheme<'r>, RegistrationError> {
        if self.algorithm != "SHA_256" {
            let algorithm = self.algorithm.into();
            return Err(RegistrationError::UnsupportedAlgorithm { algorithm });
        }
        if self.status != "ACTIVE" {
            let status = self.status.into();
            return Err(RegistrationError::NotActive { status });
        }
        Ok(HUBPAY.with_signature_header(self.hmac_header_name))
    }
}

/// Why a registration's requests cannot be verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// The registration is not active, so no request would come from it.
    #[error("registration has status {status:?}; only ACTIVE ones send requests")]
    #[non_exhaustive]
    NotActive {
        /// The status as it was listed.
        status: String,
    },
    /// The registration names another algorithm than HMAC-SHA-256.
    #[error("registration has algorithm {algorithm:?}; only SHA_256 is verified")]
    #[non_exhaustive]
    UnsupportedAlgorithm {
        /// The algorithm as it was listed.
        algorithm: String,
    },
}
