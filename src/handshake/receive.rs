//! Receives requests that are events or handshakes.

use crate::Verified;
use crate::clock::Timestamp;
use crate::error::{ConfigError, VerifyError};
use crate::handshake::answers::{Answer, Handshakes, Responder, WithoutKey};
use crate::head::RequestHead;
use crate::verification::{CheckHead, CheckedHead};
use crate::webhook::Webhook;

/// Refuses every event, since there is no key yet.
impl CheckHead for WithoutKey {
    fn scheme(&self) -> &str {
        &self.0.scheme
    }

    fn check_head<'h>(
        &'h self,
        _: &'h dyn RequestHead,
        _: Option<Timestamp>,
    ) -> Result<CheckedHead<'h>, VerifyError> {
        Err(VerifyError::refused(
            "no key is set yet, so only the handshake is answered",
        ))
    }

    fn responder(&self) -> Option<Responder<'_>> {
        Some(self.0.responder())
    }
}

impl Webhook {
    /// Sets the answers to handshakes. See the module [`handshake`](crate::handshake).
    ///
    /// # Errors
    ///
    /// Returns [`ConfigError::MissingHandshakeOption`] if the handshake needs a verify token
    /// or a secret handler that is not set; [`ConfigError::UnusedHandshakeOption`] if one is
    /// set that it does not need; [`ConfigError::NoHandshake`] if the answers are for another
    /// scheme.
    pub fn with_handshakes(mut self, handshakes: Handshakes) -> Result<Self, ConfigError> {
        if !self.has_handshakes_of(&handshakes) {
            return Err(ConfigError::NoHandshake);
        }
        handshakes.check()?;
        self.set_handshakes(handshakes);
        Ok(self)
    }

    /// Verifies a whole request like [`verify`](Self::verify), or returns the answer if the
    /// request is a handshake.
    ///
    /// The head must have the method and the target of the request. Without
    /// [`with_handshakes`](Self::with_handshakes), every request is treated as an event.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`verify`](Self::verify).
    pub fn receive<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        body: &'h [u8],
    ) -> Result<Received<'h>, VerifyError> {
        let Some(responder) = self.responder() else {
            return self.verify(head, body).map(Received::Event);
        };
        let unsigned = responder
            .answer_head(head)
            .or_else(|| responder.answer_secret(head, body));
        if let Some(answer) = unsigned {
            return Ok(Received::Handshake(answer));
        }
        let verified = self.verify(head, body)?;
        Ok(match responder.answer_verified(head, body) {
            Some(answer) => Received::Handshake(answer),
            None => Received::Event(verified),
        })
    }
}

/// The result of [`Webhook::receive`].
#[derive(Debug)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a request is an event or a handshake"
)]
pub enum Received<'h> {
    /// A verified event.
    Event(Verified<'h>),
    /// A handshake. Send this answer.
    Handshake(Answer),
}
