use crate::{
    Claim, Encoding, Engine, HeaderName, Headers, Keys, Message, Signature, SignatureHeaders, Tag,
    Verifier, VerifyError,
};

/// Paminga: the lower-case hex of HMAC-SHA256 over the body.
///
/// | | |
/// | --- | --- |
/// | header | `X-Paminga-Signature` |
/// | value | 64 hexadecimal digits; lower case is sent, both cases are read |
/// | signed | the raw body |
/// | secret | text that Paminga's support hands out, used as bytes: [`Key::from_text`](crate::Key::from_text) |
/// | expires | never |
/// | source | <https://www.paminga.com/docs/concepts/actions/send-webhook>, read 2026-11 |
///
/// Paminga sends a `POST` with a JSON body, to `https://` only, and waits 3
/// seconds for a 2xx answer; then it tries twice more, backing off.
///
/// # Examples
///
/// ```
/// use hookseal::{Key, Verifier, VerifyError, schemes::Paminga};
///
/// let verifier = Paminga::new(Key::from_text("your-shared-secret")?);
/// let body = br#"{"n":0}"#;
/// let signature = "414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400";
///
/// let headers = [("X-Paminga-Signature", signature)];
/// assert!(verifier.verify(&headers, body).is_ok());
/// assert_eq!(verifier.verify(&headers, br#"{"n": 0}"#), Err(VerifyError::SignatureMismatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
///
/// **Verify the raw body.** The provider's Node.js example signs
/// `JSON.stringify(req.body)`, which is the body written again: other spacing,
/// key order, number and escape forms make another MAC. Hashing a body that
/// was parsed and written again is the commonest mistake with this scheme.
///
/// Nothing in a message says when it was sent: **a captured request verifies
/// for ever**. Remember what you have handled: the MAC itself
/// ([`Verified::signature`](crate::Verified::signature)) can be the idempotency key.
#[derive(Debug)]
#[must_use]
pub struct Paminga {
    engine: Engine,
}

impl Paminga {
    /// A verifier with these active keys.
    pub fn new(keys: impl Into<Keys>) -> Self {
        Self {
            engine: Engine::untimed(keys.into()),
        }
    }

    /// Signs a body as Paminga does, with the first key.
    ///
    /// # Errors
    ///
    /// None: every body can be signed. The type is that of
    /// [`Verifier::sign_message`].
    pub fn sign(&self, body: &[u8]) -> Result<SignatureHeaders, VerifyError> {
        self.sign_message(&Message::new(body))
    }
}

impl Verifier for Paminga {
    fn scheme(&self) -> &'static str {
        "paminga"
    }

    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
        let value = headers.required(&SIGNATURE)?;
        let tag = Tag::from_hex(value);
        tag.map(Claim::new)
            .ok_or_else(|| VerifyError::malformed_signature(&SIGNATURE))
    }

    fn signature_headers(&self, _: &Message<'_>, signatures: &[Signature]) -> SignatureHeaders {
        let header = |tag| (SIGNATURE.clone(), Encoding::Hex.encode(tag));
        signatures.first().map(header).into_iter().collect()
    }
}

static SIGNATURE: HeaderName = HeaderName::from_static("x-paminga-signature");
