//! The message to sign, from the sender's side.

use core::fmt;

use crate::clock::Timestamp;

/// A message to sign: a body, and what a scheme may sign with it.
///
/// Values that the scheme does not send are ignored. A missing value that it signs is an
/// error. Only the timestamp has a default: the time of signing.
///
/// ```
/// use hookseal::{Message, Webhook, schemes};
///
/// let sender = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let headers = sender.sign(&Message::new(b"{}").with_id("msg_1"))?;
/// assert!(sender.verify(&headers, b"{}").is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Message<'m> {
    pub(crate) body: &'m [u8],
    pub(crate) id: Option<&'m str>,
    pub(crate) timestamp: Option<Timestamp>,
    pub(crate) key_id: Option<&'m str>,
    pub(crate) endpoint: Option<&'m str>,
    pub(crate) method: Option<&'m str>,
    pub(crate) target: Option<&'m str>,
    pub(crate) headers: &'m [(&'m str, &'m str)],
}

impl<'m> Message<'m> {
    /// Creates a message with this body, byte for byte as it will be sent.
    #[must_use]
    pub const fn new(body: &'m [u8]) -> Self {
        Self {
            body,
            id: None,
            timestamp: None,
            key_id: None,
            endpoint: None,
            method: None,
            target: None,
            headers: &[],
        }
    }

    /// Sets the message id, which must be the same at each delivery of the same
    /// message.
    #[must_use]
    pub const fn with_id(mut self, id: &'m str) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the time of signing, instead of reading the webhook's clock.
    #[must_use]
    pub fn with_timestamp(mut self, timestamp: impl Into<Timestamp>) -> Self {
        self.timestamp = Some(timestamp.into());
        self
    }

    /// Sets the id of the key to sign with, if the webhook's keys have ids. It is sent if
    /// the scheme's requests name their key.
    #[must_use]
    pub const fn with_key_id(mut self, id: &'m str) -> Self {
        self.key_id = Some(id);
        self
    }

    /// Sets the receiver's endpoint, if the webhook has several.
    #[must_use]
    pub const fn with_endpoint(mut self, endpoint: &'m str) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Sets the method and the target (path and query) of the request, for
    /// schemes that sign them.
    #[must_use]
    pub const fn with_request_line(mut self, method: &'m str, target: &'m str) -> Self {
        self.method = Some(method);
        self.target = Some(target);
        self
    }

    /// Sets the values of other headers, for schemes that sign some.
    #[must_use]
    pub const fn with_headers(mut self, headers: &'m [(&'m str, &'m str)]) -> Self {
        self.headers = headers;
        self
    }

    /// Returns the body.
    #[must_use]
    pub const fn body(&self) -> &'m [u8] {
        self.body
    }

    /// Returns the message id, if it was set.
    #[must_use]
    pub const fn id(&self) -> Option<&'m str> {
        self.id
    }

    /// Returns the time of signing, if it was set.
    #[must_use]
    pub const fn timestamp(&self) -> Option<Timestamp> {
        self.timestamp
    }

    /// Returns the id of the key to sign with, if it was set.
    #[must_use]
    pub const fn key_id(&self) -> Option<&'m str> {
        self.key_id
    }
}

/// Shows the length of the body, not its bytes.
impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("body_len", &self.body.len())
            .field("id", &self.id)
            .field("timestamp", &self.timestamp)
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}
