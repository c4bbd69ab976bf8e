use alloc::format;

use crate::{
    Claim, ConfigError, Encoding, Engine, HeaderName, Headers, Keys, Message, Signature,
    SignatureHeaders, Tag, Verifier, VerifyError,
};

/// Hubpay: HMAC-SHA256 over the body, in a header that the registration names.
///
/// | | |
/// | --- | --- |
/// | header | `X-Hubpay-Hmac`, or the registration's `hmacHeaderName` |
/// | value | hex or base64 of the MAC, with or without the prefix `sha256=` |
/// | signed | the raw body |
/// | secret | the `sharedKey` given at registration, used as bytes: [`Key::from_text`](crate::Key::from_text) |
/// | expires | never |
/// | source | <https://beta.docs.hubpay.ae/docs/guides/webhooks/overview>, read 2026-11 |
///
/// The provider's page does not say how the MAC is spelled. Hex (64
/// characters) and base64 (44) are told apart by length, each with or without
/// the prefix: four spellings of the same 32 bytes, so reading all of them
/// weakens nothing. [`with_encoding`](Self::with_encoding) and
/// [`with_prefix`](Self::with_prefix) pin one.
///
/// **Which Hubpay?** The provider's newer page
/// (<https://docs.hubpay.io/docs/guides/webhooks/overview>) has Hubpay make the
/// secret (`whsec_…`) and sign by Standard Webhooks. If a request carries
/// `webhook-id` and `webhook-signature`, use
/// [`StandardWebhooks`](super::StandardWebhooks), which also expires; if it
/// carries `X-Hubpay-Hmac` or the header of your registration, use this.
///
/// # Registration
///
/// `POST /v1/webhooks/register` with `{"callbackUrl", "sharedKey"}` (the page's
/// table calls the first `webhookUrl`; its example and its 400 error say
/// `callbackUrl`). `GET /v1/webhooks/list?page=0&size=20` answers with the
/// registrations that [`from_registration`](Self::from_registration) takes.
///
/// # Examples
///
/// ```
/// use hookseal::{Key, Verifier, VerifyError, schemes::Hubpay};
///
/// let verifier = Hubpay::new(Key::from_text("your-shared-secret")?);
/// let body = br#"{"n":0}"#;
/// for signature in [
///     "414b026d909e9620db4bdf4ff17612b6b005fab9fbe6431b3d78c2fe02c78400",
///     "sha256=QUsCbZCeliDbS99P8XYStrAF+rn75kMbPXjC/gLHhAA=",
/// ] {
///     let headers = [("X-Hubpay-Hmac", signature)];
///     assert!(verifier.verify(&headers, body).is_ok());
///     assert_eq!(verifier.verify(&headers, b"{}"), Err(VerifyError::SignatureMismatch));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Security
///
/// Nothing in a message says when it was sent: **a captured request verifies
/// for ever**. Remember what you have handled: the MAC itself
/// ([`Verified::signature`](crate::Verified::signature)) can be the idempotency key.
#[derive(Debug)]
#[must_use]
pub struct Hubpay {
    engine: Engine,
    header: HeaderName,
    /// `None`: told by length.
    encoding: Option<Encoding>,
    prefix: Prefix,
}

/// Whether the signature has `sha256=` before it.
///
/// ```
/// use hookseal::{Encoding, Key, schemes::{Hubpay, Prefix}};
///
/// // Only `sha256=` and hex.
/// let verifier = Hubpay::new(Key::from_text("your-shared-secret")?)
///     .with_encoding(Encoding::Hex)
///     .with_prefix(Prefix::Required);
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prefix {
    /// With or without: the default. Signing writes none.
    #[default]
    Optional,
    /// Only with it.
    Required,
    /// Only without it.
    Forbidden,
}

impl Hubpay {
    /// A verifier with these active keys, for the header `X-Hubpay-Hmac` in
    /// any of the four spellings.
    pub fn new(keys: impl Into<Keys>) -> Self {
        Self {
            engine: Engine::untimed(keys.into()),
            header: HeaderName::from_static("x-hubpay-hmac"),
            encoding: None,
            prefix: Prefix::default(),
        }
    }

    /// A verifier for a registration, as the provider's list shows it.
    ///
    /// # Errors
    ///
    /// [`ConfigError::UnsupportedAlgorithm`] for any algorithm but `SHA_256`,
    /// [`ConfigError::RegistrationNotActive`] for any status but `ACTIVE`,
    /// [`ConfigError::InvalidHeaderName`] if no header can have the name.
    ///
    /// ```
    /// use hookseal::{Key, schemes::{Hubpay, Registration}};
    ///
    /// let registration = Registration {
    ///     hmac_header_name: "x-hub-signature",
    ///     algorithm: "SHA_256",
    ///     status: "ACTIVE",
    /// };
    /// let key = Key::from_text("your-shared-secret")?;
    /// let verifier = Hubpay::from_registration(key, &registration)?;
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    pub fn from_registration(
        keys: impl Into<Keys>,
        registration: &Registration<'_>,
    ) -> Result<Self, ConfigError> {
        let &Registration {
            hmac_header_name,
            algorithm,
            status,
        } = registration;
        if algorithm != "SHA_256" {
            return Err(ConfigError::UnsupportedAlgorithm {
                algorithm: algorithm.into(),
            });
        }
        if status != "ACTIVE" {
            return Err(ConfigError::RegistrationNotActive {
                status: status.into(),
            });
        }
        Self::new(keys).with_header_name(hmac_header_name)
    }

    /// Another header than `X-Hubpay-Hmac`, in any case.
    ///
    /// # Errors
    ///
    /// [`ConfigError::InvalidHeaderName`] if no header can have the name.
    pub fn with_header_name(mut self, name: &str) -> Result<Self, ConfigError> {
        self.header = HeaderName::new(name)?;
        Ok(self)
    }

    /// Only this encoding of the MAC, instead of either.
    pub fn with_encoding(mut self, encoding: Encoding) -> Self {
        self.encoding = Some(encoding);
        self
    }

    /// Whether the prefix `sha256=` may, must, or must not be there.
    pub fn with_prefix(mut self, prefix: Prefix) -> Self {
        self.prefix = prefix;
        self
    }

    /// Signs a body with the first key: in hex and without the prefix, unless
    /// the options pin another spelling.
    ///
    /// # Errors
    ///
    /// None: every body can be signed. The type is that of
    /// [`Verifier::sign_message`].
    pub fn sign(&self, body: &[u8]) -> Result<SignatureHeaders, VerifyError> {
        self.sign_message(&Message::new(body))
    }

    fn read(&self, value: &[u8]) -> Option<Tag> {
        let bare = value.strip_prefix(SHA256.as_bytes());
        let spelled = match self.prefix {
            Prefix::Optional => bare.unwrap_or(value),
            Prefix::Required => bare?,
            Prefix::Forbidden => value,
        };
        let by_length = [Encoding::Hex, Encoding::Base64]
            .into_iter()
            .find(|encoding| encoding.tag_len() == spelled.len());
        self.encoding.or(by_length)?.decode(spelled)
    }
}

impl Verifier for Hubpay {
    fn scheme(&self) -> &'static str {
        "hubpay"
    }

    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
        let tag = self.read(headers.required(&self.header)?);
        tag.map(Claim::new)
            .ok_or_else(|| VerifyError::malformed_signature(&self.header))
    }

    fn signature_headers(&self, _: &Message<'_>, signatures: &[Signature]) -> SignatureHeaders {
        let prefix = match self.prefix {
            Prefix::Required => SHA256,
            Prefix::Optional | Prefix::Forbidden => "",
        };
        let encoding = self.encoding.unwrap_or(Encoding::Hex);
        let spell = |tag| format!("{prefix}{}", encoding.encode(tag));
        let header = |tag| (self.header.clone(), spell(tag));
        signatures.first().map(header).into_iter().collect()
    }
}

/// A registration as `GET /v1/webhooks/list` shows it: the entries of its
/// `content` have these fields in camel case.
///
/// See [`Hubpay::from_registration`].
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

/// What goes with the header name `x-hub-signature` elsewhere.
const SHA256: &str = "sha256=";
