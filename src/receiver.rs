//! The parts that verify one sender's requests: its scheme, its keys and a
//! clock.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

#[cfg(feature = "handshake")]
use crate::algorithm::MacKey;
use crate::clock::{Clock, Timestamp};
use crate::error::VerifyError;
use crate::head::RequestHead;
use crate::keyset::KeySet;
#[cfg(feature = "handshake")]
use crate::keyset::{Named, matching_mac};
#[cfg(feature = "handshake")]
use crate::scheme::Signature;
use crate::scheme::{CanonicalForm, Claim, Layout, RawRequest, is_of_a_token};
#[cfg(feature = "handshake")]
use crate::signed_message::SignedMessage;
use crate::window::{Place, ReplayWindow};

/// The reason for refusing a body that could be a token.
pub(crate) const TOKEN_BODY: &str =
    "the body looks like the token of a handshake, whose answer would be a valid signature for it";

pub(crate) struct Receiver {
    pub(crate) layout: Layout,
    pub(crate) keys: KeySet,
    pub(crate) clock: Box<dyn Clock>,
    pub(crate) canonical_form: Option<CanonicalForm>,
}

impl Receiver {
    /// Checks the claim's timestamp against the window around `received_at`, or
    /// else around the clock's time.
    #[inline]
    pub(crate) fn check_time(
        &self,
        claim: &Claim<'_>,
        received_at: Option<Timestamp>,
    ) -> Result<(), VerifyError> {
        let window = self.layout.window;
        let Some(instant) = claim.instant.filter(|_| window != ReplayWindow::UNBOUNDED) else {
            return Ok(());
        };
        let now = received_at.unwrap_or_else(|| self.clock.now());
        let header = || self.layout.timestamp_header().clone();
        let timestamp = instant.timestamp();
        match window.place(instant, now) {
            Place::Within => Ok(()),
            Place::Before => Err(VerifyError::TimestampTooOld {
                header: header(),
                timestamp,
                now,
                tolerance: window.past_secs(),
            }),
            Place::After => {
                let seconds = crate::window::Instant::from_secs(timestamp.as_secs() / 1000);
                Err(VerifyError::TimestampInFuture {
                    header: header(),
                    timestamp,
                    now,
                    tolerance: window.future_secs(),
                    reads_like_milliseconds: self.layout.reads_seconds()
                        && window.place(seconds, now) == Place::Within,
                })
            }
        }
    }

    /// Refuses a body that could be the token of a handshake, if the answer to that
    /// handshake would be the body's signature.
    #[inline]
    pub(crate) fn refuse_token(&self, body: &[u8]) -> Result<(), VerifyError> {
        if self.layout.refuses_tokens && !body.is_empty() && is_of_a_token(body) {
            return Err(VerifyError::refused(TOKEN_BODY));
        }
        Ok(())
    }

    /// Returns whether a streamed body must be held for its canonical form.
    pub(crate) const fn signs_canonical_body(&self) -> bool {
        self.canonical_form.is_some()
    }

    /// Returns what is signed in the body's place.
    #[inline]
    pub(crate) fn signed_body<'b>(
        &self,
        head: &'b dyn RequestHead,
        body: &'b [u8],
    ) -> Result<Cow<'b, [u8]>, VerifyError> {
        match self.canonical_form {
            None => Ok(Cow::Borrowed(body)),
            Some(CanonicalForm(form)) => form.canonicalize(&RawRequest {
                method: head.method(),
                target: head.target(),
                body,
            }),
        }
    }
}

#[cfg(feature = "handshake")]
impl Receiver {
    pub(crate) fn first_mac_key(&self) -> Option<&MacKey> {
        self.keys.macs().first().map(|key| &key.key)
    }

    /// Returns the MAC key that a request is signed with, whatever its age.
    pub(crate) fn key_of(&self, head: &dyn RequestHead, body: &[u8]) -> Option<&MacKey> {
        let claim = self.layout.read(head).ok()?;
        let header = self.layout.key_id_header();
        let keys = self
            .keys
            .candidates(claim.key_id, header, &claim.signatures);
        let body = self.signed_body(head, body).ok()?;
        let message = SignedMessage {
            parts: &claim.parts,
            body: &body,
        };
        let is_it =
            |tag: &Signature, key: &Named<MacKey>| claim.signatures.contain(tag, key.id.as_deref());
        let (_, key) = matching_mac(keys.ok()?.macs, &message, is_it)?;
        Some(&key.key)
    }
}

/// Shows no secret.
impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("scheme", &self.layout.name)
            .field("keys", &self.keys)
            .field("window", &self.layout.window)
            .finish_non_exhaustive()
    }
}
