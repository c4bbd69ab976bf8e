use crate::{
    Claim, Encoding, Engine, HeaderName, Headers, Keys, Message, Signature, SignatureHeaders, Tag,
    Verifier, VerifyError,
};

/// Pakk: the base64 of HMAC-SHA256 over the body.
///
/// | | |
/// | --- | --- |
/// | header | `X-Pakk-Webhook-Signature` |
/// | value | 44 characters of padded standard base64 |
/// | signed | the raw body |
/// | secret | the signing key on the webhook's record in the admin panel, used as bytes: [`Key::from_text`](crate::Key::from_text) |
/// | expires | never |
/// | source | <https://docs.pakk.io/data-and-integrations/webhooks/webhook-signature-verification>, read 2026-11 |
///
/// # Examples
///
/// ```
/// use hookseal::{Key, Verifier, VerifyError, schemes::Pakk};
///
/// let verifier = Pakk::new(Key::from_text("your-shared-secret")?);
/// let body = br#"{"n":0}"#;
/// let signature = "QUsCbZCeliDbS99P8XYStrAF+rn75kMbPXjC/gLHhAA=";
///
/// let headers = [("X-Pakk-Webhook-Signature", signature)];
/// assert!(verifier.verify(&headers, body).is_ok());
/// assert_eq!(verifier.verify(&headers, br#"{"n":1}"#), Err(VerifyError::SignatureMismatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
///
/// **Pakk's other headers are not signed**: `X-Pakk-WebhookID`,
/// `X-Pakk-Webhook-TriggerEvent` (`Create` or `Edit`) and
/// `X-Pakk-Webhook-TriggerEntity`. Anyone on the way can change them, so no
/// [`Verified`](crate::Verified) has them. Decide nothing by them; take what
/// happened from the body.
///
/// Nothing in a message says when it was sent: **a captured request verifies
/// for ever**. Remember what you have handled: the MAC itself
/// ([`Verified::signature`](crate::Verified::signature)) can be the idempotency key.
#[derive(Debug)]
#[must_use]
pub struct Pakk {
    engine: Engine,
}

impl Pakk {
    /// A verifier with these active keys.
    pub fn new(keys: impl Into<Keys>) -> Self {
        Self {
            engine: Engine::untimed(keys.into()),
        }
    }

    /// Signs a body as Pakk does, with the first key.
    ///
    /// # Errors
    ///
    /// None: every body can be signed. The type is that of
    /// [`Verifier::sign_message`].
    pub fn sign(&self, body: &[u8]) -> Result<SignatureHeaders, VerifyError> {
        self.sign_message(&Message::new(body))
    }
}

impl Verifier for Pakk {
    fn scheme(&self) -> &'static str {
        "pakk"
    }

    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
        let value = headers.required(&SIGNATURE)?;
        let tag = Tag::from_base64(value);
        tag.map(Claim::new)
            .ok_or_else(|| VerifyError::malformed_signature(&SIGNATURE))
    }

    fn signature_headers(&self, _: &Message<'_>, signatures: &[Signature]) -> SignatureHeaders {
        let header = |tag| (SIGNATURE.clone(), Encoding::Base64.encode(tag));
        signatures.first().map(header).into_iter().collect()
    }
}

static SIGNATURE: HeaderName = HeaderName::from_static("x-pakk-webhook-signature");
