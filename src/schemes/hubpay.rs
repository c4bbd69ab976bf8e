//! Hubpay's scheme, and with the feature `hubpay` the requests that register an endpoint and
//! list the registrations.
#![cfg_attr(feature = "hubpay", doc = "")]
#![cfg_attr(feature = "hubpay", doc = include_str!("hubpay/api.md"))]

#[cfg(feature = "hubpay")]
mod account;
#[cfg(feature = "hubpay")]
mod answer;
#[cfg(feature = "hubpay")]
mod listing;
#[cfg(feature = "hubpay")]
mod registration;
#[cfg(feature = "hubpay")]
mod shared_key;

use crate::scheme::{Form, Scheme, SecretForm, SignatureField};

#[cfg(feature = "hubpay")]
pub use account::{Account, RequestError, UrlFault};
#[cfg(feature = "hubpay")]
pub use answer::ApiError;
#[cfg(feature = "hubpay")]
pub use listing::{ListError, Listing, Registrations};
#[cfg(feature = "hubpay")]
pub use registration::{Registration, RegistrationError};
#[cfg(feature = "hubpay")]
pub use shared_key::SharedKey;

/// Hubpay: HMAC-SHA-256 over the body, in a header that the registration names.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Hubpay-Hmac`: hex, base64, `sha256=` hex, `sha256=` base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the `sharedKey` given at registration |
/// | not signed | all other headers |
/// | after a failure | up to 8 attempts in 28 hours; an endpoint that fails for 5 days may be switched off |
/// | source | <https://beta.docs.hubpay.ae/docs/guides/webhooks/overview>, read 2026-11 |
/// | checked | documentation only; OpenSSL signed the vectors |
///
/// If the registration has an `hmacHeaderName`, the signature is in that header: set it
/// with [`Scheme::with_signature_header`]. With the feature `hubpay`, a listed
/// `Registration` creates the webhook for you.
///
/// The provider's page does not say how the MAC is encoded. Hex (64 characters) and
/// base64 (44) are told apart by length, each with or without the prefix `sha256=`. All
/// four forms encode the same 32 bytes, so accepting all of them weakens nothing. To
/// accept only one, pass it to [`Scheme::with_forms`], for example
/// `&[Form::hex("sha256=")]`.
///
/// **Which Hubpay?** The provider's newer page
/// (<https://docs.hubpay.io/docs/guides/webhooks/overview>) says that Hubpay generates
/// the secret (`whsec_…`) and signs according to Standard Webhooks. If a request has
/// `webhook-id` and `webhook-signature`, use
/// [`STANDARD_WEBHOOKS`](super::STANDARD_WEBHOOKS), which also has a replay window; if
/// it has `X-Hubpay-Hmac` or the header of your registration, use this scheme.
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
/// This scheme has no timestamp, so **a captured request verifies forever**. Store the
/// [idempotency key](crate::Verified::idempotency_key) of each event that you handle,
/// and skip repeats.
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
