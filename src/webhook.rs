//! A scheme with its keys and clock: the value that a service holds.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::algorithm::{Algorithm, MacKey};
use crate::clock::{Clock, Timestamp};
use crate::coverage::Coverage;
use crate::error::{ConfigError, SignError, VerifyError};
#[cfg(feature = "handshake")]
use crate::handshake::answers::{Handshakes, Responder};
use crate::head::RequestHead;
use crate::key::Keys;
use crate::keyset::{Candidates, KeySet, Named, matching_mac};
use crate::receiver::Receiver;
use crate::scheme::{Layout, Scheme, Signature, SignedHeaders};
use crate::signed_message::{BodyAlone, SignedMessage};
use crate::verification::{CheckHead, CheckedHead, HashState, Verification};
use crate::verified::{Rest, length};
use crate::{Head, Message, Verified};

/// A scheme with its keys and clock: verifies a sender's requests, and signs as
/// the sender does.
///
/// [`new`](Self::new) checks the configuration, so that a mistake stops the service when
/// it starts. A webhook can be shared between threads without locks, in an `Arc`. It
/// implements [`Verifier`](crate::Verifier), so a map of `Box<dyn Verifier>` can hold it
/// alongside others. To change its secrets while the service runs, put it in a
/// [`Reloadable`](crate::Reloadable), and replace it there.
///
/// # Verifying
///
/// [`verify`](Self::verify) takes the head of a request and its **raw** body: the
/// bytes as received, before any parsing. For a body that arrives in chunks,
/// [`begin`](Self::begin) checks the head and returns the [`Verification`] that
/// takes the chunks. Both give the same verdict.
///
/// Treat the head and the body as hostile until they are verified. No request can
/// make a check panic, allocate, or hash the body more than once for each
/// candidate key, and nothing is hashed for a request whose head is refused.
/// (Ed25519 signatures have separate bounds, also for memory: see the module
/// `ed25519`. A scheme that signs a canonical form of the body allocates that form.)
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{VerifyError, Webhook, schemes};
///
/// // The known answer of the standard-webhooks project's own tests.
/// let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")?
///     .with_clock(FixedClock::at(1_649_367_553));
/// let headers = [
///     ("Webhook-Id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"),
///     ("Webhook-Timestamp", "1649367553"),
///     ("Webhook-Signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="),
/// ];
/// let body = br#"{"email":"test@example.com","username":"test_user"}"#;
///
/// let verified = webhook.verify(&headers, body)?;
/// assert_eq!(verified.message_id(), Some("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"));
///
/// let refused = webhook.verify(&headers, b"{}");
/// assert_eq!(refused, Err(VerifyError::SignatureMismatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct Webhook {
    receiver: Receiver,
    /// True if the scheme reads one header and signs only the body, and all keys are
    /// MAC keys, as with most senders. A whole request with a well-formed header then
    /// takes a path with less to set up. All other requests, and all errors in the
    /// head, take the general path.
    only_body_macs: bool,
    /// The handshakes of the scheme.
    #[cfg(feature = "handshake")]
    known_handshakes: Option<Handshakes>,
    #[cfg(feature = "handshake")]
    handshakes: Option<Handshakes>,
}

impl Webhook {
    /// Creates a webhook from a scheme, its active keys and the system clock.
    ///
    /// A plain string is read as a secret in the form that the scheme's sender
    /// hands out; [`Key`](crate::Key) has constructors for other forms. While a
    /// secret is rotated, pass both: `[new, old]`. Put the key that signs most
    /// requests first: the others then cost nothing for those requests.
    ///
    /// **Use each secret for only one scheme and one sender.** With the same secret, a
    /// message that is signed under one scheme can be valid under another.
    ///
    /// Not available on `wasm32-unknown-unknown` or without the feature `std`, where
    /// there is no system clock: see [`new_with_clock`](Self::new_with_clock).
    ///
    /// # Errors
    ///
    /// The [`ConfigError`] names what is wrong with a secret, an option or the
    /// scheme, and what to do.
    ///
    /// ```
    /// use hookseal::{Webhook, schemes};
    ///
    /// let webhook = Webhook::new(schemes::PAKK, "the signing key of the webhook's record")?;
    /// let error = Webhook::new(schemes::PAKK, "pasted with a line break\n").unwrap_err();
    /// assert!(error.to_string().contains("line break at byte 24; pass the text without it"));
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[cfg(all(
        feature = "std",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    pub fn new(scheme: Scheme<'_>, keys: impl Into<Keys>) -> Result<Self, ConfigError> {
        Self::new_with_clock(scheme, keys, crate::clock::SystemClock)
    }

    /// Creates a webhook like `new`, but with the given clock, on any platform.
    ///
    /// # Errors
    ///
    /// The same as for `new`.
    pub fn new_with_clock(
        scheme: Scheme<'_>,
        keys: impl Into<Keys>,
        clock: impl Clock + 'static,
    ) -> Result<Self, ConfigError> {
        scheme.validate()?;
        let keys = KeySet::new(&scheme, keys.into())?;
        let layout = Layout::new(&scheme, |algorithm| keys.has(algorithm))?;
        let signs_the_body = scheme.canonical_form.is_none();
        Ok(Self {
            only_body_macs: layout.body_only() && !keys.has(Algorithm::Ed25519) && signs_the_body,
            receiver: Receiver {
                layout,
                keys,
                clock: Box::new(clock),
                canonical_form: scheme.canonical_form,
            },
            #[cfg(feature = "handshake")]
            known_handshakes: Handshakes::new(scheme).ok(),
            #[cfg(feature = "handshake")]
            handshakes: None,
        })
    }

    /// Sets the clock, which is read for the replay window and for the time of
    /// signing.
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.receiver.clock = Box::new(clock);
        self
    }

    /// Returns the scheme's name, for logs and metrics.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.receiver.layout.name
    }

    /// Returns what the scheme's signatures cover besides the body.
    #[must_use]
    pub const fn coverage(&self) -> Coverage {
        self.receiver.layout.coverage
    }

    /// Verifies a whole request: its head, and its raw body as received.
    ///
    /// # Errors
    ///
    /// Returns an error if the request did not come from the sender, was meant for
    /// another receiver, or is outside the replay window. Respond with
    /// [`VerifyError::http_status`], whatever the reason.
    pub fn verify<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        body: &'h [u8],
    ) -> Result<Verified<'h>, VerifyError> {
        if self.only_body_macs
            && let Some(received) = self.receiver.layout.read_only_signature(head)
        {
            let is_it = |tag: &Signature, _: &Named<MacKey>| *tag == received;
            let found = matching_mac(self.receiver.keys.macs(), &BodyAlone(body), is_it);
            let (signature, key) = found.ok_or(VerifyError::SignatureMismatch)?;
            return Ok(Verified {
                body,
                body_len: length(body),
                timestamp: None,
                signature,
                rest: Rest::Borrowed {
                    layout: &self.receiver.layout,
                    key_id: key.id.as_ref(),
                    message_id: None,
                    endpoint: None,
                    key: key.number,
                    head,
                    digest: None,
                },
            });
        }
        // Checked in place, since a checked head is costly to move.
        let mut checked = CheckedHead::blank(&self.receiver, head, None);
        checked.check()?;
        checked.verify(body)
    }

    /// Performs every check that needs only the head, and returns the verification that
    /// takes the body chunk by chunk. `state` holds the running MACs, and is wiped when
    /// the verification ends. The timestamp must still be in the replay window at that
    /// moment.
    ///
    /// # Errors
    ///
    /// The same as for [`verify`](Self::verify), except for a wrong signature.
    pub fn begin<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        state: &'h mut HashState,
    ) -> Result<Verification<'h>, VerifyError> {
        Ok(self.check_head(head, None)?.begin(state))
    }

    /// Signs a message as the sender does, and returns the headers to send with its body.
    /// If the scheme can send several signatures, every key that can sign is used;
    /// otherwise only the first one. A message that [names a key](Message::with_key_id)
    /// is signed with that one. Public keys cannot sign.
    ///
    /// `sign` parses its own headers as a receiver would, so it never signs
    /// something that a receiver would reject as malformed.
    ///
    /// # Errors
    ///
    /// [`SignError::Missing`] or [`SignError::MissingHeader`] if the message lacks
    /// what the scheme signs; [`SignError::Refused`] if a receiver would refuse
    /// its form, such as a message id with a `.` for Standard Webhooks;
    /// [`SignError::InvalidValue`] if a value is not allowed in a header, such as
    /// one with a line break; [`SignError::InvalidHeaderName`] if the name of a
    /// header is not valid; [`SignError::UnknownKeyId`] if the message names a key
    /// that the webhook does not have; [`SignError::NoSigningKey`] if all keys are
    /// public keys.
    pub fn sign(&self, message: &Message<'_>) -> Result<SignedHeaders, SignError> {
        let by_entry = self.receiver.layout.entries_name_keys();
        if by_entry && message.key_id.is_none() {
            return Err(SignError::Missing { what: "a key id" });
        }
        let keys = self.receiver.keys.to_sign(message.key_id)?;
        // If no key has an id, the message cannot name one.
        let names_one = message.key_id.is_some() && keys.have_ids();
        let is_wanted = |id: Option<&str>, _| !names_one || id == message.key_id;
        self.sign_with(message, keys, is_wanted, SignError::UnknownKeyId)
    }

    /// Signs the response to a verified request, and returns the headers to send with its
    /// body. Use it for senders that reject unsigned responses.
    ///
    /// The response is signed with the key that signed the request, even while a secret
    /// is rotated. It is signed with the current time and, if the scheme signs them, with
    /// the request's endpoint and message id. The header that names the key is left out
    /// unless it is signed, since the sender knows which key it used.
    ///
    /// `body` is the body as it is sent; pass `b""` if it is empty, as for a
    /// 204.
    ///
    /// With the feature `tower`, `SignResponseLayer` does this for every response of a service.
    ///
    /// # Errors
    ///
    /// [`SignError::OtherWebhook`] if another webhook verified `request`.
    /// [`SignError::NoSigningKey`] if it was verified with a public key.
    /// [`SignError::Missing`] or [`SignError::MissingHeader`] if the scheme signs
    /// something that a response does not have, such as the request's method.
    ///
    /// ```
    /// use hookseal::{Key, Message, Webhook, schemes};
    ///
    /// let key = Key::from("uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=").with_id("your-api-key");
    /// let webhook = Webhook::new(schemes::POMELO.at("/transactions/authorizations"), key)?;
    /// let headers = webhook.sign(&Message::new(b"{}").with_key_id("your-api-key"))?;
    ///
    /// let event = webhook.verify(&headers, b"{}")?;
    /// let headers = webhook.sign_response(&event, br#"{"status":"APPROVED"}"#)?;
    /// assert_eq!(headers.get("x-endpoint"), Some("/transactions/authorizations"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sign_response<B>(
        &self,
        request: &Verified<'_, B>,
        body: &[u8],
    ) -> Result<SignedHeaders, SignError> {
        let layout = &self.receiver.layout;
        let key = request.rest.key_of(layout).ok_or(SignError::OtherWebhook)?;
        let mut message = Message::new(body);
        message.key_id = request.key_id();
        message.id = request.message_id();
        message.endpoint = request.endpoint();
        let keys = self.receiver.keys.all();
        let SignedHeaders(mut headers) = self.sign_with(
            &message,
            keys,
            |_, number| number == key,
            SignError::NoSigningKey,
        )?;
        if let Some(name) = layout.unsigned_key_id_header() {
            headers.retain(|(other, _)| other != name);
        }
        Ok(SignedHeaders(headers))
    }

    /// Checks for anything that would make signing fail for every response.
    #[cfg(feature = "tower")]
    pub(crate) fn check_signs_responses(&self) -> Result<(), SignError> {
        let keys = self.receiver.keys.all();
        if keys.macs.is_empty() && keys.signing().next().is_none() {
            return Err(SignError::NoSigningKey);
        }
        self.receiver.layout.check_signs_responses()
    }

    /// Signs a message with the keys that `is_wanted` accepts by id and number. Returns
    /// `unwanted` if none of them can sign.
    fn sign_with(
        &self,
        message: &Message<'_>,
        keys: Candidates<'_>,
        is_wanted: impl Fn(Option<&str>, usize) -> bool,
        unwanted: SignError,
    ) -> Result<SignedHeaders, SignError> {
        let timestamp = self.receiver.layout.is_timed().then(|| {
            message
                .timestamp
                .unwrap_or_else(|| self.receiver.clock.now())
        });

        let macs = || {
            let macs = keys.macs.iter();
            macs.filter(|key| is_wanted(key.id.as_deref(), key.number))
        };
        let signing = || {
            let signing = keys.signing();
            signing.filter(|(key, _)| is_wanted(key.id.as_deref(), key.number))
        };
        let signs_ed25519 = signing().next().is_some();
        let algorithms = [
            macs().next().map(|key| key.key.algorithm()),
            signs_ed25519.then_some(Algorithm::Ed25519),
        ];
        if algorithms == [None, None] {
            return Err(unwanted);
        }
        let blank: Vec<Signature> = algorithms
            .into_iter()
            .flatten()
            .map(Signature::blank)
            .collect();
        let unsigned = self.receiver.layout.write(message, timestamp, &blank)?;
        let head;
        let head: &dyn RequestHead = match (message.method, message.target) {
            (Some(method), Some(target)) => {
                head = Head::new(method, target, &unsigned);
                &head
            }
            _ => &unsigned,
        };
        let claim = match self.receiver.layout.read(head) {
            Ok(claim) => claim,
            Err(VerifyError::IncompleteHead { .. }) => {
                let what = self.receiver.layout.signed_of_request_line();
                return Err(SignError::Missing { what });
            }
            Err(error) => return Err(SignError::Refused { error }),
        };
        let body = self
            .receiver
            .refuse_token(message.body)
            .and_then(|()| self.receiver.signed_body(head, message.body));
        let body = body.map_err(|error| SignError::Refused { error })?;
        let signed = SignedMessage {
            parts: &claim.parts,
            body: &body,
        };
        let mut signatures: Vec<Signature> =
            macs().map(|key| key.key.mac(&signed).into()).collect();
        if signs_ed25519 {
            let whole = signed.to_vec();
            signatures.extend(signing().map(|(_, key)| key.sign(&[&whole])));
        }
        self.receiver.layout.write(message, timestamp, &signatures)
    }
}

#[cfg(feature = "http")]
impl Webhook {
    /// Returns whether signing sets this header, whose name is in lower case.
    pub(crate) fn sets(&self, name: &str) -> bool {
        self.receiver.layout.sets(name)
    }
}

#[cfg(feature = "explain")]
impl Webhook {
    pub(crate) const fn has_macs(&self) -> bool {
        !self.receiver.keys.macs().is_empty()
    }
}

#[cfg(test)]
impl Webhook {
    pub(crate) const fn layout(&self) -> &Layout {
        &self.receiver.layout
    }
}

#[cfg(feature = "handshake")]
impl Webhook {
    pub(crate) fn has_handshakes_of(&self, other: &Handshakes) -> bool {
        let known = self.known_handshakes.as_ref();
        known.is_some_and(|known| known.are_of(other))
    }

    pub(crate) fn set_handshakes(&mut self, handshakes: Handshakes) {
        self.handshakes = Some(handshakes);
    }
}

impl CheckHead for Webhook {
    fn scheme(&self) -> &str {
        self.scheme()
    }

    #[inline]
    fn check_head<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        received_at: Option<Timestamp>,
    ) -> Result<CheckedHead<'h>, VerifyError> {
        let mut checked = CheckedHead::blank(&self.receiver, head, received_at);
        checked.check()?;
        Ok(checked)
    }

    #[cfg(feature = "handshake")]
    fn responder(&self) -> Option<Responder<'_>> {
        let handshakes = self.handshakes.as_ref()?;
        Some(handshakes.responder_with(&self.receiver))
    }
}

/// Shows no secret.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("scheme", &self.scheme())
            .field("keys", &self.receiver.keys)
            .field("window", &self.receiver.layout.window)
            .finish_non_exhaustive()
    }
}
