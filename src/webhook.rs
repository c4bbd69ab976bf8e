//! A scheme with its keys and clock: what services hold.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest as _, Sha256};

use crate::algorithm::{Algorithm, Hashed, Hashing, MacKey};
use crate::clock::{Clock, Place, ReplayWindow};
use crate::coverage::Coverage;
use crate::error::{ConfigError, SignError, VerifyError};
use crate::head::RequestHead;
use crate::key::Keys;
use crate::keyset::{KeySet, Named, matching_mac};
use crate::scheme::{
    CanonicalForm, Claim, Layout, RawRequest, Scheme, Signature, SignedHeaders, SignedParts,
    is_of_a_token,
};
use crate::verification::{CheckedHead, HashState, TOKEN_BODY, Verification};
use crate::verified::{Rest, length};
use crate::verifier::CheckHead;
use crate::{Head, Message, Timestamp, Verified};

/// A scheme with its keys and clock: verifies a sender's requests, and signs as
/// the sender does.
///
/// [`new`](Self::new) checks the configuration, so that a mistake stops the
/// service when it starts. A webhook is shared between threads without locks; put
/// it in an `Arc`. As [`Verifier`](crate::Verifier) it can stand beside others in
/// a map, behind `Box<dyn Verifier>`.
///
/// # Verifying
///
/// [`verify`](Self::verify) takes the head of a request and its **raw** body: the
/// bytes as received, before any parsing. For a body that arrives in chunks,
/// [`begin`](Self::begin) checks the head and returns the
/// [`Verification`] that takes the chunks. Both give one verdict.
///
/// Head and body are hostile until then. No request can make a check panic,
/// allocate, or hash the body more than once for each candidate key, and nothing
/// is hashed for a request that its head refuses. (Ed25519 signatures have bounds
/// of their own, of memory too: see the module `ed25519`.)
///
/// ```
/// use hookseal::{FixedClock, VerifyError, Webhook, schemes};
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
    layout: Layout,
    keys: KeySet,
    clock: Box<dyn Clock>,
    canonical_form: Option<CanonicalForm>,
    /// Whether one header is read, only the body is signed, and all keys are of MACs,
    /// as with most senders. Whole requests then take a path with less to set up, if
    /// their header is well-formed; all others, and all errors of the head, take the
    /// general one.
    only_body_macs: bool,
    #[cfg(feature = "handshake")]
    handshakes: Option<crate::handshake::Handshakes>,
}

impl Webhook {
    /// Creates a webhook from a scheme, its active keys and the system clock.
    ///
    /// A plain string is a secret that is read the way the scheme's sender hands
    /// it out; [`Key`](crate::Key) has constructors for others. While a secret is
    /// rotated, pass both: `[new, old]`. The one that signs most requests should
    /// come first: the others then cost nothing.
    ///
    /// **Use a secret for one scheme and one sender only.** A message that is
    /// signed under one scheme can be a message of another one, with the same
    /// secret.
    ///
    /// Not on `wasm32-unknown-unknown` and not without the feature `std`, where
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
        Self::new_with_clock(scheme, keys, crate::SystemClock)
    }

    /// Creates a webhook like `new`, with a clock of your own, on any platform.
    ///
    /// # Errors
    ///
    /// As `new`.
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
            layout,
            keys,
            clock: Box::new(clock),
            canonical_form: scheme.canonical_form,
            #[cfg(feature = "handshake")]
            handshakes: None,
        })
    }

    /// Sets the clock. It serves the replay window, and the time of signing.
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Returns the scheme's name, for logs and metrics.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.layout.name
    }

    /// Returns what the scheme's signatures cover beside the body.
    #[must_use]
    pub const fn coverage(&self) -> Coverage {
        self.layout.coverage
    }

    /// Verifies a whole request: its head, and its raw body as received.
    ///
    /// # Errors
    ///
    /// The request is not its sender's, not for this receiver, or not from now.
    /// Answer [`VerifyError::http_status`], whatever the reason.
    pub fn verify<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        body: &'h [u8],
    ) -> Result<Verified<'h>, VerifyError> {
        if self.only_body_macs
            && let Some(received) = self.layout.read_only_signature(head)
        {
            let is_it = |tag: &Signature, _: &Named<MacKey>| *tag == received;
            let found = matching_mac(self.keys.macs(), &BodyAlone(body), is_it);
            let (signature, key) = found.ok_or(VerifyError::SignatureMismatch)?;
            return Ok(Verified {
                body,
                body_len: length(body),
                timestamp: None,
                signature,
                rest: Rest::Borrowed {
                    layout: &self.layout,
                    key_id: key.id.as_ref(),
                    message_id: None,
                    head,
                    digest: None,
                },
            });
        }
        // In place: a checked head is large to move.
        let mut checked = CheckedHead::blank(self, head, None);
        self.check(&mut checked)?;
        checked.verify(body)
    }

    /// Checks all that the head can show, and returns the verification that takes
    /// the body chunk by chunk. `state` holds the running MACs, and is wiped when
    /// the verification ends. The replay window must still be open then.
    ///
    /// # Errors
    ///
    /// As [`verify`](Self::verify), except for a wrong signature.
    pub fn begin<'h>(
        &'h self,
        head: &'h dyn RequestHead,
        state: &'h mut HashState,
    ) -> Result<Verification<'h>, VerifyError> {
        Ok(self.check_head(head, None)?.begin(state))
    }

    /// Signs a message, as the sender does, and returns the headers to send with
    /// its body. If the scheme can send several signatures, every key that can sign does;
    /// otherwise only the first. A message that [names a key](Message::with_key_id) is
    /// signed with that one. Public keys cannot sign.
    ///
    /// The headers are written once without a signature and read as a receiver
    /// reads them; what was read is signed, and the headers are written again. So
    /// what a receiver would refuse for its form is not signed either.
    ///
    /// # Errors
    ///
    /// [`SignError::Missing`] if the message lacks what the scheme signs;
    /// [`SignError::Refused`] if a receiver would refuse its form, such as a
    /// message id with a `.` for Standard Webhooks; [`SignError::InvalidValue`]
    /// if a value cannot stand in a header, such as a line break;
    /// [`SignError::UnknownKeyId`] if it names a key that the webhook does not
    /// have; [`SignError::NoSigningKey`] if all keys are public ones.
    pub fn sign(&self, message: &Message<'_>) -> Result<SignedHeaders, SignError> {
        let by_entry = self.layout.entries_name_keys();
        if by_entry && message.key_id.is_none() {
            return Err(SignError::Missing { what: "a key id" });
        }
        let keys = self.keys.to_sign(message.key_id)?;
        let timestamp = self
            .layout
            .is_timed()
            .then(|| message.timestamp.unwrap_or_else(|| self.clock.now()));

        // Where no key has an id, none can be named.
        let names_one = message.key_id.is_some() && keys.have_ids();
        let is_wanted = |id: Option<&str>| !names_one || id == message.key_id;
        let mut macs = keys.macs.iter().filter(|key| is_wanted(key.id.as_deref()));
        let mut signing = keys.signing().filter(|(id, _)| is_wanted(*id));
        let signs_ed25519 = signing.next().is_some();
        let algorithms = [
            macs.next().map(|key| key.key.algorithm()),
            signs_ed25519.then_some(Algorithm::Ed25519),
        ];
        if algorithms == [None, None] {
            return Err(SignError::UnknownKeyId);
        }
        let blank: Vec<Signature> = algorithms
            .into_iter()
            .flatten()
            .map(Signature::blank)
            .collect();
        let unsigned = self.layout.write(message, timestamp, &blank)?;
        let head;
        let head: &dyn RequestHead = match (message.method, message.target) {
            (Some(method), Some(target)) => {
                head = Head::new(method, target, &unsigned);
                &head
            }
            _ => &unsigned,
        };
        let claim = match self.layout.read(head) {
            Ok(claim) => claim,
            Err(VerifyError::IncompleteHead { .. }) => {
                let what = "the method and the target";
                return Err(SignError::Missing { what });
            }
            Err(error) => return Err(SignError::Refused { error }),
        };
        let body = self
            .refuse_token(message.body)
            .and_then(|()| self.signed_body(head, message.body));
        let body = body.map_err(|error| SignError::Refused { error })?;
        let signed = SignedMessage {
            parts: &claim.parts,
            body: &body,
        };
        let macs = keys.macs.iter().filter(|key| is_wanted(key.id.as_deref()));
        let mut signatures: Vec<Signature> = macs.map(|key| key.key.mac(&signed)).collect();
        if signs_ed25519 {
            let whole = signed.to_vec();
            let signing = keys.signing().filter(|(id, _)| is_wanted(*id));
            signatures.extend(signing.map(|(_, key)| key.sign(&[&whole])));
        }
        self.layout.write(message, timestamp, &signatures)
    }

    /// Makes every check that does not need the body, in place of a blank one.
    #[inline]
    fn check<'h>(&'h self, checked: &mut CheckedHead<'h>) -> Result<(), VerifyError> {
        let CheckedHead {
            claim,
            keys,
            received_at,
            ..
        } = checked;
        self.layout.read_into(claim)?;
        self.check_time(claim, *received_at)?;
        let header = self.layout.key_id_header();
        *keys = self
            .keys
            .candidates(claim.key_id, header, &claim.signatures)?;
        Ok(())
    }

    /// Holds the claim's timestamp against the window around `received_at`, or
    /// else the clock's time.
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
                let seconds = crate::clock::Instant::from_secs(timestamp.as_secs() / 1000);
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

    /// Refuses a body that could be the token of a handshake, where the answer to that
    /// token would be its signature.
    #[inline]
    pub(crate) fn refuse_token(&self, body: &[u8]) -> Result<(), VerifyError> {
        if self.layout.refuses_tokens && !body.is_empty() && is_of_a_token(body) {
            return Err(VerifyError::refused(TOKEN_BODY));
        }
        Ok(())
    }

    /// Whether a streamed body must be held for its canonical form.
    pub(crate) const fn signs_canonical_body(&self) -> bool {
        self.canonical_form.is_some()
    }

    /// What is signed in the body's place.
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

    pub(crate) const fn layout(&self) -> &Layout {
        &self.layout
    }
}

#[cfg(feature = "handshake")]
impl Webhook {
    pub(crate) fn set_handshakes(&mut self, handshakes: crate::handshake::Handshakes) {
        self.handshakes = Some(handshakes);
    }

    pub(crate) fn first_mac_key(&self) -> Option<&MacKey> {
        self.keys.macs().first().map(|key| &key.key)
    }

    /// The key of a MAC that a request is signed with, whenever it was.
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

/// A message that is the body alone.
struct BodyAlone<'m>(&'m [u8]);

impl Hashed for BodyAlone<'_> {
    #[inline]
    fn feed(&self, hash: &mut impl Hashing) {
        hash.update(self.0);
    }
}

/// A whole message as it is signed.
pub(crate) struct SignedMessage<'m, 'h> {
    pub(crate) parts: &'m SignedParts<'h>,
    pub(crate) body: &'m [u8],
}

impl Hashed for SignedMessage<'_, '_> {
    #[inline]
    fn feed(&self, hash: &mut impl Hashing) {
        self.parts.feed_before(hash);
        hash.update(self.body);
        self.parts.feed_after(hash);
    }
}

impl SignedMessage<'_, '_> {
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut digest = Digest(Sha256::new());
        self.feed(&mut digest);
        digest.0.finalize().into()
    }

    fn to_vec(&self) -> Vec<u8> {
        let mut whole = Collected(Vec::new());
        self.feed(&mut whole);
        whole.0
    }
}

/// SHA-256, without a key.
pub(crate) struct Digest(pub(crate) Sha256);

impl Hashing for Digest {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// Collects what would be hashed.
pub(crate) struct Collected(pub(crate) Vec<u8>);

impl Hashing for Collected {
    fn update(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
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
        let mut checked = CheckedHead::blank(self, head, received_at);
        self.check(&mut checked)?;
        Ok(checked)
    }

    #[cfg(feature = "handshake")]
    fn responder(&self) -> Option<crate::handshake::Responder<'_>> {
        let handshakes = self.handshakes.as_ref()?;
        Some(self.responder_of(handshakes))
    }
}

/// Shows no secret.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("scheme", &self.scheme())
            .field("keys", &self.keys)
            .field("window", &self.layout.window)
            .finish_non_exhaustive()
    }
}
