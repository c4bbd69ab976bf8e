use crate::scheme::{Form, Scheme, SecretForm, SignatureField};

/// Pakk: HMAC-SHA-256 over the body, in base64.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Pakk-Webhook-Signature`: base64 |
/// | signed | body |
/// | expires | never |
/// | secret | text: the signing key on the webhook's record in the admin panel |
/// | not signed | `X-Pakk-WebhookID`, `X-Pakk-Webhook-TriggerEvent`, `X-Pakk-Webhook-TriggerEntity` |
/// | after a failure | not documented |
/// | source | <https://docs.pakk.io/data-and-integrations/webhooks/webhook-signature-verification>, read 2026-11 |
/// | checked | an independent implementation: the documentation's Go handler (run) |
///
/// # Examples
///
/// ```
/// use hookseal::{VerifyError, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PAKK, "your-shared-secret")?;
/// let signature = "QUsCbZCeliDbS99P8XYStrAF+rn75kMbPXjC/gLHhAA=";
/// let headers = [("X-Pakk-Webhook-Signature", signature)];
/// assert!(webhook.verify(&headers, br#"{"n":0}"#).is_ok());
/// assert_eq!(webhook.verify(&headers, br#"{"n":1}"#), Err(VerifyError::SignatureMismatch));
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
///
/// # Security
///
/// **Pakk's other headers are not signed**: `X-Pakk-WebhookID`,
/// `X-Pakk-Webhook-TriggerEvent` (`Create` or `Edit`) and
/// `X-Pakk-Webhook-TriggerEntity`. Anyone in between can change them, so a
/// [`Verified`](crate::Verified) does not include them. Do not base decisions on them;
/// read what happened from the body.
///
/// This scheme has no timestamp, so **a captured request verifies forever**. Store the
/// [idempotency key](crate::Verified::idempotency_key) of each event that you handle,
/// and skip repeats.
pub const PAKK: Scheme<'static> = Scheme {
    name: "pakk",
    signature: SignatureField::Header("X-Pakk-Webhook-Signature"),
    forms: &[Form::base64("")],
    secret: SecretForm::Text,
    source: "https://docs.pakk.io/data-and-integrations/webhooks/webhook-signature-verification",
    ..Scheme::BASE
};
