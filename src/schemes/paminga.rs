use crate::scheme::{Form, Scheme, SecretForm, SignatureField};

/// Paminga: HMAC-SHA-256 over the body, in hex.
///
/// | | |
/// | --- | --- |
/// | signature | `X-Paminga-Signature`: hex |
/// | signed | body |
/// | expires | never |
/// | secret | text, which Paminga's support provides |
/// | not signed | all other headers |
/// | after a failure | two more attempts with exponential backoff, if the answer is not 2xx within 3 seconds |
/// | source | <https://www.paminga.com/docs/concepts/actions/send-webhook>, read 2026-11 |
/// | checked | an independent implementation: the documentation's PHP, Python and Node.js (run) |
///
/// An older page names the header `Signature`, which is sent on request:
/// `PAMINGA.with_signature_header("Signature")`.
///
/// # Examples
///
/// ```
/// use hookseal::{VerifyError, Webhook, schemes};
///
/// // RFC 4231, test case 2.
/// let webhook = Webhook::new(schemes::PAMINGA, "Jefe")?;
/// let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
/// let headers = [("X-Paminga-Signature", signature)];
/// assert!(webhook.verify(&headers, b"what do ya want for nothing?").is_ok());
/// assert_eq!(webhook.verify(&headers, b"what do ya want?"), Err(VerifyError::SignatureMismatch));
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
///
/// # Security
///
/// **Verify the body as received.** The provider's Node.js example hashes
/// `JSON.stringify(req.body)`: the body parsed and serialised again, which differs in
/// spacing, key order, numbers and escapes. This is the most common mistake with this
/// scheme.
///
/// This scheme has no timestamp, so **a captured request verifies forever**. Store the
/// [idempotency key](crate::Verified::idempotency_key) of each event that you handle,
/// and skip repeats.
pub const PAMINGA: Scheme<'static> = Scheme {
    name: "paminga",
    signature: SignatureField::Header("X-Paminga-Signature"),
    forms: &[Form::hex("")],
    secret: SecretForm::Text,
    source: "https://www.paminga.com/docs/concepts/actions/send-webhook",
    ..Scheme::BASE
};
