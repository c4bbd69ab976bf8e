//! The proof that a request passed its check.

use alloc::borrow::Cow;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;

use crate::{Signature, Timestamp};

/// Proof that a sender signed these bytes: only a passed check makes one.
///
/// It carries what the signature covers and nothing else. Header values that
/// are not signed, such as an event type, are not in it; take them from the
/// body.
///
/// A handler that takes a `Verified` cannot be called with an unverified body:
///
/// ```
/// use hookseal::{Key, Verified, Verifier, schemes::Paminga};
///
/// fn handle(event: Verified<'_>) -> usize {
///     event.body().len() // parse and act on these bytes: they are the sender's
/// }
///
/// let verifier = Paminga::new(Key::from_text("your-shared-secret")?);
/// let body = br#"{"event":"form.submitted"}"#;
/// let headers = verifier.sign(body)?;
/// assert_eq!(handle(verifier.verify(&headers, body)?), 26);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `B` is the body: `&[u8]` after [`Verifier::verify`](crate::Verifier::verify),
/// `()` after a chunk-by-chunk [`Check`](crate::Check), whose caller has the
/// chunks.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "act on the verified body, not on the request's"]
pub struct Verified<'h, B = &'h [u8]> {
    pub(crate) scheme: &'static str,
    pub(crate) body: B,
    pub(crate) body_len: u64,
    pub(crate) message_id: Option<Cow<'h, [u8]>>,
    pub(crate) timestamp: Option<Timestamp>,
    pub(crate) key_id: Option<Cow<'h, str>>,
    pub(crate) signature: Signature,
}

impl<B> Verified<'_, B> {
    /// The [name](crate::Verifier::scheme) of the scheme that verified it.
    ///
    /// With the [key id](Self::key_id) it says whose event this is, where one
    /// handler serves several senders.
    #[must_use]
    pub const fn scheme(&self) -> &'static str {
        self.scheme
    }

    /// The message id, byte for byte as it was signed; `None` for schemes that
    /// sign none.
    ///
    /// It is the idempotency key: a message that is delivered again, or
    /// replayed within the replay window, has the same one.
    #[must_use]
    pub fn message_id(&self) -> Option<&[u8]> {
        self.message_id.as_deref()
    }

    /// When the message was signed; `None` for schemes that sign no timestamp,
    /// whose captured requests verify for ever.
    #[must_use]
    pub const fn timestamp(&self) -> Option<Timestamp> {
        self.timestamp
    }

    /// The id of the key that made the signature, as given to
    /// [`Key::with_id`](crate::Key::with_id) or its like; `None` if that key has
    /// no id.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The length of the verified body in bytes.
    #[must_use]
    pub const fn body_len(&self) -> u64 {
        self.body_len
    }

    /// The signature of the message: the tag of its MAC, or its Ed25519
    /// signature.
    ///
    /// For schemes without a message id it serves as idempotency key: the same
    /// message, signed with the same key, has the same one. Equal bodies are
    /// the same message to it. Not where a request lists several signatures, of
    /// which it is the one that matched: whoever leaves that one out makes
    /// another match.
    #[must_use]
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The body alone, without the proof.
    #[must_use]
    pub fn into_body(self) -> B {
        self.body
    }
}

/// Shows how long the body is, not what is in it.
impl<B> fmt::Debug for Verified<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message_id = self.message_id().map(<[u8]>::escape_ascii);
        f.debug_struct("Verified")
            .field("scheme", &self.scheme)
            .field("body_len", &self.body_len)
            .field("message_id", &message_id.map(|id| id.to_string()))
            .field("timestamp", &self.timestamp)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl<'h> Verified<'h> {
    /// The verified body, byte for byte as it was received.
    #[must_use]
    pub const fn body(&self) -> &'h [u8] {
        self.body
    }

    /// The proof with a copy of all it borrows, to be kept or sent to another
    /// task.
    ///
    /// ```
    /// # use hookseal::{Key, Verifier, schemes::Paminga};
    /// # let verifier = Paminga::new(Key::from_text("your-shared-secret")?);
    /// # let body = b"{}";
    /// # let headers = verifier.sign(body)?;
    /// let event = verifier.verify(&headers, body)?.into_owned();
    /// let worker = std::thread::spawn(move || event.body().len());
    /// assert_eq!(worker.join().unwrap(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_owned(self) -> Verified<'static, Vec<u8>> {
        self.map(<[u8]>::to_vec).owned()
    }
}

impl Verified<'_, ()> {
    /// The proof with a copy of all it borrows, to be kept or sent to another
    /// task.
    pub fn into_owned(self) -> Verified<'static, ()> {
        self.owned()
    }
}

impl<'h, B> Verified<'h, B> {
    /// The same proof with its body in another form.
    pub(crate) fn map<O>(self, form: impl FnOnce(B) -> O) -> Verified<'h, O> {
        Verified {
            scheme: self.scheme,
            body: form(self.body),
            body_len: self.body_len,
            message_id: self.message_id,
            timestamp: self.timestamp,
            key_id: self.key_id,
            signature: self.signature,
        }
    }

    fn owned(self) -> Verified<'static, B> {
        Verified {
            scheme: self.scheme,
            body: self.body,
            body_len: self.body_len,
            message_id: self.message_id.map(|id| Cow::Owned(id.into_owned())),
            timestamp: self.timestamp,
            key_id: self.key_id.map(|id| Cow::Owned(id.into_owned())),
            signature: self.signature,
        }
    }
}

#[cfg(feature = "tower")]
impl Verified<'static, bytes::Bytes> {
    /// The verified body, byte for byte as it was received. Cloning it copies
    /// nothing.
    #[must_use]
    pub const fn body(&self) -> &bytes::Bytes {
        &self.body
    }
}

/// The body is not copied. With it a test can call a handler without a layer:
///
/// ```
/// use hookseal::tower::VerifiedBytes;
/// use hookseal::{Key, Verifier, schemes::Paminga};
///
/// let verifier = Paminga::new(Key::from_text("your-shared-secret")?);
/// let headers = verifier.sign(b"{}")?;
/// let event: VerifiedBytes = verifier.verify(&headers, b"{}")?.into_owned().into();
/// assert_eq!(event.body(), "{}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "tower")]
impl From<Verified<'static, Vec<u8>>> for Verified<'static, bytes::Bytes> {
    fn from(verified: Verified<'static, Vec<u8>>) -> Self {
        verified.map(bytes::Bytes::from)
    }
}

impl Verified<'static, Vec<u8>> {
    /// The verified body, byte for byte as it was received.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}
