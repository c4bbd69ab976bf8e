//! The trait that every scheme is.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::headers::{SignatureHeaders, is_field_value};
use crate::{Check, Claim, Engine, Headers, Message, Signature, Timestamp, Verified, VerifyError};

/// A webhook scheme with its keys: decides whether a request is its sender's.
///
/// # Verifying
///
/// [`verify`](Self::verify) takes the headers and the **raw** body, the bytes
/// as received, before any parsing. For a body that arrives in chunks,
/// [`begin`](Self::begin) checks all that the headers can show and returns the
/// [`Check`] that takes the chunks. Both share one path and give one verdict.
///
/// Headers and body are hostile until then. No request can make a check panic,
/// allocate, or hash the body more than once for each candidate key, and a
/// request that a look at the headers refuses is not hashed at all. (Ed25519
/// signatures have bounds of their own, of memory too: see the module
/// `ed25519`.)
///
/// ```
/// use hookseal::{FixedClock, Key, Verifier, VerifyError, schemes::StandardWebhooks};
///
/// // The known answer of the standard-webhooks project's own tests.
/// let verifier = StandardWebhooks::new(Key::from_base64("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?)
///     .with_clock(FixedClock::at(1_649_367_553));
/// let headers = [
///     ("Webhook-Id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"),
///     ("Webhook-Timestamp", "1649367553"),
///     ("Webhook-Signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="),
/// ];
/// let body = br#"{"email":"test@example.com","username":"test_user"}"#;
///
/// let verified = verifier.verify(&headers, body)?;
/// assert_eq!(verified.message_id(), Some(&b"msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"[..]));
///
/// let refused = verifier.verify(&headers, b"{}");
/// assert_eq!(refused, Err(VerifyError::SignatureMismatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The trait is object-safe, and a reference, `Box` or `Arc` of a verifier is
/// one: keep a `HashMap<&str, Box<dyn Verifier>>` to pick one by route, and
/// share it between threads without locks.
///
/// # A scheme of your own
///
/// Needs four methods, and gets streaming, rotation, the replay window and
/// signing from the engine:
///
/// - [`claim`](Self::claim) reads the headers. It must not hash, compare or
///   ask for the time, and must not allocate or panic whatever they hold. It
///   puts into the [`Claim`] what the provider's page says is signed.
/// - [`signature_headers`](Self::signature_headers) writes those headers.
/// - [`engine`](Self::engine) and [`scheme`](Self::scheme) hand out a field
///   and a name.
///
/// Here is GitHub's; `examples/custom_scheme.rs` has Stripe's, which signs a
/// timestamp and lists several signatures.
///
/// ```
/// use hookseal::{
///     Claim, Encoding, Engine, HeaderName, Headers, Key, Keys, Message, Signature,
///     SignatureHeaders, Tag, Verifier, VerifyError,
/// };
///
/// static SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");
///
/// /// `X-Hub-Signature-256: sha256=` and the lower-case hex of HMAC(secret, body).
/// #[derive(Debug)]
/// struct GitHub(Engine);
///
/// impl GitHub {
///     fn new(keys: impl Into<Keys>) -> Self {
///         Self(Engine::untimed(keys.into()))
///     }
/// }
///
/// impl Verifier for GitHub {
///     fn scheme(&self) -> &'static str {
///         "github"
///     }
///
///     fn engine(&self) -> &Engine {
///         &self.0
///     }
///
///     fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
///         let value = headers.required(&SIGNATURE)?;
///         value
///             .strip_prefix(b"sha256=")
///             .and_then(Tag::from_hex)
///             .map(Claim::new)
///             .ok_or_else(|| VerifyError::malformed_signature(&SIGNATURE))
///     }
///
///     fn signature_headers(&self, _: &Message<'_>, signatures: &[Signature]) -> SignatureHeaders {
///         let value = |tag: &Signature| format!("sha256={}", Encoding::Hex.encode(tag));
///         signatures.first().map(|tag| (SIGNATURE.clone(), value(tag))).into_iter().collect()
///     }
/// }
///
/// // The example of GitHub's documentation.
/// let verifier = GitHub::new(Key::from_text("It's a Secret to Everybody")?);
/// let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
/// assert!(verifier.verify(&[("X-Hub-Signature-256", signature)], b"Hello, World!").is_ok());
/// assert!(verifier.verify(&[("X-Hub-Signature-256", signature)], b"Hello, World?").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Verifier: fmt::Debug + Send + Sync {
    /// The scheme's name, for logs and metrics.
    fn scheme(&self) -> &'static str;

    /// The keys, replay window and clock to check claims with.
    fn engine(&self) -> &Engine;

    /// Reads what the headers claim, believing nothing.
    ///
    /// # Errors
    ///
    /// A header is missing, repeated or malformed, or names another endpoint.
    fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError>;

    /// Writes the headers that carry `message`'s signatures: the reverse of
    /// [`claim`](Self::claim).
    ///
    /// `signatures` are those of the message under each key that a receiver may
    /// expect, in the keys' order, MACs first; a scheme that sends one sends the
    /// first of the kind that it knows. What the scheme needs and `message`
    /// lacks is left out.
    fn signature_headers(
        &self,
        message: &Message<'_>,
        signatures: &[Signature],
    ) -> SignatureHeaders;

    /// Verifies a whole request: its headers, and its raw body as received.
    ///
    /// # Errors
    ///
    /// The request is not its sender's, not for this receiver, or not from
    /// now. Answer [`VerifyError::http_status`], whatever the reason.
    fn verify<'h>(
        &'h self,
        headers: &'h dyn Headers,
        body: &'h [u8],
    ) -> Result<Verified<'h>, VerifyError> {
        // By reference: a claim is large to move.
        match self.claim(headers) {
            Ok(ref claim) => self.engine().verify(self.scheme(), claim, None, body),
            Err(error) => Err(error),
        }
    }

    /// Checks all that the headers can show, and returns the check that takes
    /// the body chunk by chunk. The replay window must be open still when the
    /// check is finished.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), except for a wrong signature.
    fn begin<'h>(&'h self, headers: &'h dyn Headers) -> Result<Check<'h>, VerifyError> {
        self.engine()
            .begin(self.scheme(), self.claim(headers)?, None)
    }

    /// Like [`verify`](Self::verify), for a request that was received earlier:
    /// the replay window is the one around `received_at`, which must come from
    /// your own records, never from the request. A scheme without timestamps,
    /// or a window that is switched off, checks no time.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify).
    ///
    /// ```
    /// use hookseal::{Key, Timestamp, Verifier, schemes::StandardWebhooks};
    ///
    /// let verifier = StandardWebhooks::new(Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?);
    /// let signed = Timestamp::from_secs(1_700_000_000);
    /// let headers = verifier.sign("msg_1", signed, b"{}")?;
    ///
    /// assert!(verifier.verify(&headers, b"{}").is_err()); // years ago
    /// let received = Timestamp::from_secs(1_700_000_002);
    /// assert!(verifier.verify_received_at(received, &headers, b"{}").is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn verify_received_at<'h>(
        &'h self,
        received_at: Timestamp,
        headers: &'h dyn Headers,
        body: &'h [u8],
    ) -> Result<Verified<'h>, VerifyError> {
        match self.claim(headers) {
            Ok(ref claim) => self
                .engine()
                .verify(self.scheme(), claim, Some(received_at), body),
            Err(error) => Err(error),
        }
    }

    /// Like [`begin`](Self::begin), for a request that was received earlier;
    /// see [`verify_received_at`](Self::verify_received_at).
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    fn begin_received_at<'h>(
        &'h self,
        received_at: Timestamp,
        headers: &'h dyn Headers,
    ) -> Result<Check<'h>, VerifyError> {
        self.engine()
            .begin(self.scheme(), self.claim(headers)?, Some(received_at))
    }

    /// Signs a message, as the sender does: the headers to send with its body.
    ///
    /// The headers are written once without a signature and read as a receiver
    /// reads them; what was read is signed, and the headers are written again.
    /// So what a receiver would refuse for its form is not signed either.
    ///
    /// # Errors
    ///
    /// The message lacks what the scheme signs ([`VerifyError::MissingHeader`]),
    /// has it in a form that a receiver refuses, such as a message id with a
    /// `.` for Standard Webhooks, or one that cannot stand in a header, such as
    /// a line break ([`VerifyError::MalformedHeader`]), or names a key that is
    /// none of the verifier's ([`VerifyError::UnknownKeyId`]). With the feature
    /// `ed25519`: all keys are public ones (`VerifyError::NoSigningKey`).
    fn sign_message(&self, message: &Message<'_>) -> Result<SignatureHeaders, VerifyError> {
        let blank = self.engine().blank()?;
        let unsigned = self.signature_headers(message, &blank);
        if let Some((name, _)) = unsigned.iter().find(|(_, value)| !is_field_value(value)) {
            return Err(VerifyError::malformed_header(name));
        }
        let claim = self.claim(&unsigned)?;
        let signatures: Vec<Signature> = self.engine().sign(&claim, message.body())?;
        Ok(self.signature_headers(message, &signatures))
    }
}

/// A pointer to a verifier is one. All methods are forwarded, also those that
/// have a default: a verifier that replaces one is not bypassed by boxing it.
macro_rules! verifier_behind_pointer {
    ($($pointer:ty),+) => {$(
        impl<V: Verifier + ?Sized> Verifier for $pointer {
            fn scheme(&self) -> &'static str {
                (**self).scheme()
            }

            fn engine(&self) -> &Engine {
                (**self).engine()
            }

            fn claim<'h>(&'h self, headers: &'h dyn Headers) -> Result<Claim<'h>, VerifyError> {
                (**self).claim(headers)
            }

            fn signature_headers(
                &self,
                message: &Message<'_>,
                signatures: &[Signature],
            ) -> SignatureHeaders {
                (**self).signature_headers(message, signatures)
            }

            fn verify<'h>(
                &'h self,
                headers: &'h dyn Headers,
                body: &'h [u8],
            ) -> Result<Verified<'h>, VerifyError> {
                (**self).verify(headers, body)
            }

            fn begin<'h>(&'h self, headers: &'h dyn Headers) -> Result<Check<'h>, VerifyError> {
                (**self).begin(headers)
            }

            fn verify_received_at<'h>(
                &'h self,
                received_at: Timestamp,
                headers: &'h dyn Headers,
                body: &'h [u8],
            ) -> Result<Verified<'h>, VerifyError> {
                (**self).verify_received_at(received_at, headers, body)
            }

            fn begin_received_at<'h>(
                &'h self,
                received_at: Timestamp,
                headers: &'h dyn Headers,
            ) -> Result<Check<'h>, VerifyError> {
                (**self).begin_received_at(received_at, headers)
            }

            fn sign_message(&self, message: &Message<'_>) -> Result<SignatureHeaders, VerifyError> {
                (**self).sign_message(message)
            }
        }
    )+};
}

verifier_behind_pointer!(&V, Box<V>, Arc<V>);
