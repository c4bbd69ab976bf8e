//! What is signed, from the sender's side.

use crate::Timestamp;

/// A message to sign: a body, and what a scheme may sign with it.
///
/// The schemes' own `sign` methods ask for exactly what the scheme signs. This
/// is for code that signs through `dyn Verifier`: what a scheme does not sign
/// is left out, what it needs and does not get is an error.
///
/// ```
/// use hookseal::{Key, Message, Timestamp, Verifier, schemes::StandardWebhooks};
///
/// let key = Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let sender: Box<dyn Verifier> = Box::new(StandardWebhooks::new(key));
/// let message = Message::new(b"{}").with_id("msg_1").with_timestamp(Timestamp::now());
/// let headers = sender.sign_message(&message)?;
/// assert!(sender.verify(&headers, b"{}").is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Message<'m> {
    body: &'m [u8],
    id: Option<&'m str>,
    timestamp: Option<Timestamp>,
    key_id: Option<&'m str>,
}

impl<'m> Message<'m> {
    /// The message with this body, byte for byte as it will be sent.
    #[must_use]
    pub const fn new(body: &'m [u8]) -> Self {
        Self {
            body,
            id: None,
            timestamp: None,
            key_id: None,
        }
    }

    /// The message id: the same at every delivery of the same message.
    #[must_use]
    pub const fn with_id(mut self, id: &'m str) -> Self {
        self.id = Some(id);
        self
    }

    /// When the message is signed: now, at every delivery.
    #[must_use]
    pub const fn with_timestamp(mut self, timestamp: Timestamp) -> Self {
        self.timestamp = Some(timestamp);
        self
    }

    /// The id of the key to sign with, for schemes whose requests name it.
    #[must_use]
    pub const fn with_key_id(mut self, id: &'m str) -> Self {
        self.key_id = Some(id);
        self
    }

    /// The body.
    #[must_use]
    pub const fn body(&self) -> &'m [u8] {
        self.body
    }

    /// The message id, if there is one.
    #[must_use]
    pub const fn id(&self) -> Option<&'m str> {
        self.id
    }

    /// The time of signing, if there is one.
    #[must_use]
    pub const fn timestamp(&self) -> Option<Timestamp> {
        self.timestamp
    }

    /// The id of the key to sign with, if there is one.
    #[must_use]
    pub const fn key_id(&self) -> Option<&'m str> {
        self.key_id
    }
}
