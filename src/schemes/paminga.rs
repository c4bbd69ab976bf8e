use crate::scheme::{Form, Scheme, SecretForm, SignatureField};

/// Paminga: the hex of HMAC-SHA-256 over the body.
///
/// | | |
/// | --- | --- |
/// | header | `X-Paminga-Signature`; an older page names `Signature`, sent on request: `PAMINGA.with_signature_header("Signature")` |
/// | value | 64 hexadecimal digits; lower case is sent, both cases are read |
/// | signed | the raw body |
/// | secret | the text that Paminga's support hands out, used as bytes |
/// | expires | never |
/// | source | <https://www.paminga.com/docs/concepts/actions/send-webhook>, read 2026-11 |
///
/// The receiver must answer 2xx within 3 seconds. Otherwise two more attempts
/// follow, with exponential backoff.
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
/// **Hash the body as received.** The provider's Node.js example hashes
/// `JSON.stringify(req.body)`: that is the body parsed and written again, which
/// differs in spacing, key order, numbers and escapes. It is the most common
/// mistake with this scheme.
///
/// Nothing in a message says when it was sent: **a captured request verifies
/// forever**. Remember what you have handled, by its
/// [idempotency key](crate::Verified::idempotency_key).
pub const PAMINGA: Scheme<'static> = Scheme {
    name: "paminga",
    signature: SignatureField::Header("X-Paminga-Signature"),
    forms: &[Form::hex("")],
    secret: SecretForm::Text,
    source: "https://www.paminga.com/docs/concepts/actions/send-webhook",
    ..Scheme::BASE
};
