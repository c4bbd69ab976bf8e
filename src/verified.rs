//! The proof that a request passed its check.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest as _, Sha256};

use crate::algorithm::Hashing;
use crate::clock::Timestamp;
use crate::coverage::Coverage;
use crate::head::RequestHead;
use crate::scheme::{Layout, Signature};
use crate::signed_message::{Collected, Digest, SignedMessage};

/// Proof that a sender signed these bytes. Only a check that passed can create
/// one.
///
/// It carries what the signature covers and nothing else. Header values that are
/// not signed, such as an event type, are not in it; take them from the body.
///
/// A handler that takes a `Verified` cannot be called with an unverified body:
///
/// ```
/// use hookseal::{Message, Verified, Webhook, schemes};
///
/// fn handle(event: Verified<'_>) -> usize {
///     event.body().len() // parse and act on these bytes: they are the sender's
/// }
///
/// let webhook = Webhook::new(schemes::PAMINGA, "your-shared-secret")?;
/// let body = br#"{"event":"form.submitted"}"#;
/// let headers = webhook.sign(&Message::new(body))?;
/// assert_eq!(handle(webhook.verify(&headers, body)?), 26);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `B` is the body: `&[u8]` after [`Webhook::verify`](crate::Webhook::verify),
/// `()` after a chunk-by-chunk [`Verification`](crate::verification::Verification), since the
/// caller has the chunks.
#[derive(Clone)]
#[must_use = "act on the verified body, not on the request's"]
pub struct Verified<'h, B = &'h [u8]> {
    pub(crate) body: B,
    pub(crate) body_len: u64,
    pub(crate) timestamp: Option<Timestamp>,
    pub(crate) signature: Signature,
    pub(crate) rest: Rest<'h>,
}

/// The values that a proof borrows from the webhook and the head, or has copied
/// from them.
#[derive(Clone)]
pub(crate) enum Rest<'h> {
    Borrowed {
        layout: &'h Layout,
        key_id: Option<&'h Arc<str>>,
        message_id: Option<&'h [u8]>,
        endpoint: Option<&'h str>,
        /// The number of the key in its set.
        key: usize,
        /// Read again for values that are not kept here, since it has not changed.
        head: &'h dyn RequestHead,
        /// SHA-256 of the signed message, if it holds a canonical form of the body.
        digest: Option<[u8; 32]>,
    },
    Owned(Arc<Owned>),
}

// A head is only read, so a panic elsewhere does not change a proof.
impl core::panic::UnwindSafe for Rest<'_> {}
impl core::panic::RefUnwindSafe for Rest<'_> {}

pub(crate) struct Owned {
    scheme: Arc<str>,
    coverage: Coverage,
    key_id: Option<Arc<str>>,
    message_id: Option<Box<[u8]>>,
    endpoint: Option<Box<str>>,
    key: usize,
    /// The bytes signed before and after the body. They are empty if there is a message
    /// id, since the digest is then not needed.
    before: Box<[u8]>,
    after: Box<[u8]>,
    digest: Option<[u8; 32]>,
}

impl Rest<'_> {
    fn scheme(&self) -> &str {
        match self {
            Self::Borrowed { layout, .. } => &layout.name,
            Self::Owned(owned) => &owned.scheme,
        }
    }

    fn coverage(&self) -> Coverage {
        match self {
            Self::Borrowed { layout, .. } => layout.coverage,
            Self::Owned(owned) => owned.coverage,
        }
    }

    fn key_id(&self) -> Option<&str> {
        match self {
            Self::Borrowed { key_id, .. } => key_id.map(|id| &**id),
            Self::Owned(owned) => owned.key_id.as_deref(),
        }
    }

    fn message_id(&self) -> Option<&[u8]> {
        match self {
            Self::Borrowed { message_id, .. } => *message_id,
            Self::Owned(owned) => owned.message_id.as_deref(),
        }
    }

    fn endpoint(&self) -> Option<&str> {
        match self {
            Self::Borrowed { endpoint, .. } => *endpoint,
            Self::Owned(owned) => owned.endpoint.as_deref(),
        }
    }

    /// Returns the number of the key that matched, or `None` if the webhook with this
    /// layout did not verify the request.
    pub(crate) fn key_of(&self, webhooks: &Layout) -> Option<usize> {
        // Each webhook allocates its own name, so the address identifies the
        // webhook.
        let (name, key) = match self {
            Self::Borrowed { layout, key, .. } => (&layout.name, *key),
            Self::Owned(owned) => (&owned.scheme, owned.key),
        };
        Arc::ptr_eq(name, &webhooks.name).then_some(key)
    }

    fn into_owned(self) -> Rest<'static> {
        let (layout, key_id, message_id, endpoint, key, head, digest) = match self {
            Self::Borrowed {
                layout,
                key_id,
                message_id,
                endpoint,
                key,
                head,
                digest,
            } => (layout, key_id, message_id, endpoint, key, head, digest),
            Self::Owned(owned) => return Rest::Owned(owned),
        };
        let (mut before, mut after) = (Collected(Vec::new()), Collected(Vec::new()));
        if message_id.is_none()
            && layout.signs_more_than_the_body()
            && let Ok(claim) = layout.read(head)
        {
            claim.parts.feed_before(&mut before);
            claim.parts.feed_after(&mut after);
        }
        Rest::Owned(Arc::new(Owned {
            scheme: Arc::clone(&layout.name),
            coverage: layout.coverage,
            key_id: key_id.map(Arc::clone),
            message_id: message_id.map(Box::from),
            endpoint: endpoint.map(Box::from),
            key,
            before: before.0.into(),
            after: after.0.into(),
            digest,
        }))
    }

    /// Returns the SHA-256 digest of the signed message.
    fn digest(&self, body: &[u8]) -> [u8; 32] {
        let mut digest = Digest(Sha256::new());
        match self {
            Self::Borrowed {
                digest: Some(digest),
                ..
            } => return *digest,
            Self::Borrowed { layout, head, .. } => match layout.read(*head) {
                Ok(claim) => {
                    let parts = &claim.parts;
                    return SignedMessage { parts, body }.digest();
                }
                // Happens only if a head differs from one visit to the next.
                Err(_) => digest.update(body),
            },
            Self::Owned(owned) => {
                if let Some(digest) = owned.digest {
                    return digest;
                }
                digest.update(&owned.before);
                digest.update(body);
                digest.update(&owned.after);
            }
        }
        digest.0.finalize().into()
    }
}

pub(crate) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

impl<B> Verified<'_, B> {
    /// Returns the name of the scheme that verified the request.
    ///
    /// If one handler serves several senders, this name and the [key
    /// id](Self::key_id) say whose event it is.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.rest.scheme()
    }

    /// Returns what the signature covers besides the body.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.rest.coverage()
    }

    /// Returns the signed message id, if it is text; `None` for schemes that sign
    /// no message id. A message that is delivered again, or replayed within the
    /// replay window, has the same id.
    #[must_use]
    pub fn message_id(&self) -> Option<&str> {
        core::str::from_utf8(self.message_id_bytes()?).ok()
    }

    /// Returns the signed message id, byte for byte as it was received; `None` for
    /// schemes that sign no message id.
    #[must_use]
    pub fn message_id_bytes(&self) -> Option<&[u8]> {
        self.rest.message_id()
    }

    /// Returns when the message was signed, in whole seconds; `None` for schemes
    /// that sign no timestamp, whose captured requests verify forever.
    #[must_use]
    pub const fn timestamp(&self) -> Option<Timestamp> {
        self.timestamp
    }

    /// Returns the id of the key that made the signature, as given to
    /// [`Key::with_id`](crate::Key::with_id); `None` if that key has no id.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.rest.key_id()
    }

    /// Returns the configured endpoint, URL or origin that the signature covers; `None`
    /// for schemes that do not sign one ([`Coverage::endpoint`]).
    ///
    /// It is always one of the webhook's own ([`Scheme::at`](crate::scheme::Scheme::at),
    /// [`at_any`](crate::scheme::Scheme::at_any)), whatever path the request came to. A
    /// handler for several endpoints should decide by this value, not by the path, which
    /// is not signed.
    ///
    /// ```
    /// use hookseal::{Key, Message, Webhook, schemes};
    ///
    /// let key = Key::from("uC8fVXzXMyaw1PseV452i6ozQwIIa4olcSpjuvn5E4E=").with_id("your-api-key");
    /// let endpoints = ["/transactions/authorizations", "/transactions/adjustments/credit"];
    /// let webhook = Webhook::new(schemes::POMELO.at_any(&endpoints), key)?;
    ///
    /// let message = Message::new(b"{}").with_key_id("your-api-key");
    /// let headers = webhook.sign(&message.with_endpoint("/transactions/adjustments/credit"))?;
    /// let event = webhook.verify(&headers, b"{}")?;
    /// assert_eq!(event.endpoint(), Some("/transactions/adjustments/credit"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.rest.endpoint()
    }

    /// Returns the length of the verified body in bytes.
    #[must_use]
    pub const fn body_len(&self) -> u64 {
        self.body_len
    }

    /// Returns the signature of the message: the tag of its MAC, or its Ed25519
    /// signature.
    ///
    /// Do not use it as an idempotency key: after a rotation the same message has a
    /// different signature. Use [`idempotency_key`](Verified::idempotency_key).
    #[must_use]
    pub const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Returns the body alone, without the proof.
    #[must_use]
    pub fn into_body(self) -> B {
        self.body
    }

    /// Returns the idempotency key if the scheme signs a message id. Unlike
    /// [`idempotency_key`](Verified::idempotency_key) it needs no body, so it also
    /// works after chunked verification.
    #[must_use]
    pub fn message_id_key(&self) -> Option<IdempotencyKey> {
        let scheme = self.scheme();
        let id = self.message_id_bytes()?;
        Some(IdempotencyKey(match core::str::from_utf8(id) {
            Ok(id) => alloc::format!("{scheme}:id:{id}"),
            Err(_) => alloc::format!("{scheme}:id-hex:{}", hex::encode(id)),
        }))
    }
}

impl<B: AsRef<[u8]>> Verified<'_, B> {
    /// Returns the verified body, byte for byte as it was received.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        self.body.as_ref()
    }

    /// Returns the key that identifies repeated deliveries: the scheme's name,
    /// followed by the signed message id or else by the SHA-256 of the signed
    /// message.
    ///
    /// It does not depend on the signing key, so a retry that is signed after a
    /// rotation has the same idempotency key. Without a message id it is the same
    /// only if the sender sends the same bytes again: a sender that signs the time
    /// of each attempt, or counts attempts in the body, changes it. Hashing takes
    /// one pass over the body.
    ///
    /// It does not identify the signing key: if several tenants or accounts share a
    /// scheme, store it together with the [key id](Self::key_id) or the tenant.
    ///
    /// ```
    /// use hookseal::{Message, Webhook, schemes};
    ///
    /// let webhook = Webhook::new(schemes::PAMINGA, "your-shared-secret")?;
    /// let headers = webhook.sign(&Message::new(b"abc"))?;
    /// assert_eq!(
    ///     webhook.verify(&headers, b"abc")?.idempotency_key().as_str(),
    ///     // FIPS 180-2, appendix B.1.
    ///     "paminga:sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn idempotency_key(&self) -> IdempotencyKey {
        self.message_id_key().unwrap_or_else(|| {
            let digest = hex::encode(self.rest.digest(self.body()));
            IdempotencyKey(alloc::format!("{}:sha256:{digest}", self.scheme()))
        })
    }
}

impl<B: AsRef<[u8]>> Verified<'_, B> {
    /// Returns a key that is the same for every event with this body: the SHA-256 of the
    /// body, after the scheme's name.
    ///
    /// Use it for senders that sign the time of each attempt but no message id, such as
    /// Stripe and Slack: their [idempotency key](Self::idempotency_key) changes with each
    /// attempt. Two events with the same body, such as two pings, have the same key.
    ///
    /// ```
    /// use hookseal::{Message, Webhook, schemes};
    ///
    /// let webhook = Webhook::new(schemes::STRIPE, "whsec_test_secret")?;
    /// let body = b"abc";
    /// let key_at = |moment: u64| {
    ///     let headers = webhook.sign(&Message::new(body).with_timestamp(moment)).unwrap();
    ///     let moment = moment.into();
    ///     let event = hookseal::Verifier::verify_received_at(&webhook, moment, &headers, body).unwrap();
    ///     (event.body_key(), event.idempotency_key())
    /// };
    /// let (first, retry) = (key_at(1_700_000_000), key_at(1_700_000_060));
    /// assert_eq!(first.0, retry.0);
    /// assert_ne!(first.1, retry.1);
    /// // FIPS 180-2, appendix B.1.
    /// let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    /// assert_eq!(first.0.as_str(), format!("stripe:body:{digest}"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn body_key(&self) -> IdempotencyKey {
        let digest = hex::encode(Sha256::digest(self.body()));
        IdempotencyKey(alloc::format!("{}:body:{digest}", self.scheme()))
    }
}

impl Verified<'_, ()> {
    /// Returns the proof with copies of everything it borrows, so that it can
    /// be kept or sent to another task.
    pub fn into_owned(self) -> Verified<'static, ()> {
        self.owned()
    }
}

/// The key that identifies repeated deliveries: text that begins with the
/// scheme's name. See [`Verified::idempotency_key`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Creates a key from values that are **signed**, such as an id from the verified
    /// body or the [key id](Verified::key_id) of a tenant. Never use an unsigned header:
    /// an attacker who replays a request chooses its value.
    ///
    /// The lengths of the values are part of the key, so different lists give
    /// different keys.
    ///
    /// ```
    /// use hookseal::IdempotencyKey;
    ///
    /// let key = IdempotencyKey::from_signed(&["anna", "evt_71"]);
    /// assert_eq!(key.as_str(), "own:4:anna:6:evt_71");
    /// ```
    #[must_use]
    pub fn from_signed(values: &[&str]) -> Self {
        let mut text = String::from("own");
        for value in values {
            text.push_str(&alloc::format!(":{}:{value}", value.len()));
        }
        Self(text)
    }

    /// Returns the key's text. A message id may make it long.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<IdempotencyKey> for String {
    fn from(key: IdempotencyKey) -> Self {
        key.0
    }
}

impl AsRef<str> for IdempotencyKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// Two proofs are equal if they prove the same facts about the same body.
impl<B: PartialEq> PartialEq for Verified<'_, B> {
    fn eq(&self, other: &Self) -> bool {
        self.body == other.body
            && self.body_len == other.body_len
            && self.scheme() == other.scheme()
            && self.message_id_bytes() == other.message_id_bytes()
            && self.timestamp == other.timestamp
            && self.key_id() == other.key_id()
            && self.endpoint() == other.endpoint()
            && self.signature == other.signature
    }
}

impl<B: Eq> Eq for Verified<'_, B> {}

/// Shows the length of the body, not its bytes.
impl<B> fmt::Debug for Verified<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message_id = self.message_id_bytes().map(<[u8]>::escape_ascii);
        f.debug_struct("Verified")
            .field("scheme", &self.scheme())
            .field("body_len", &self.body_len)
            .field("message_id", &message_id.map(|id| id.to_string()))
            .field("timestamp", &self.timestamp)
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}

impl<'h> Verified<'h> {
    /// Returns the proof with copies of everything it borrows, so that it can
    /// be kept or sent to another task.
    ///
    /// ```
    /// # use hookseal::{Message, Webhook, schemes};
    /// # let webhook = Webhook::new(schemes::PAMINGA, "your-shared-secret")?;
    /// # let body = b"{}";
    /// # let headers = webhook.sign(&Message::new(body))?;
    /// let event = webhook.verify(&headers, body)?.into_owned();
    /// let worker = std::thread::spawn(move || event.body().len());
    /// assert_eq!(worker.join().unwrap(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_owned(self) -> Verified<'static, Vec<u8>> {
        self.map(<[u8]>::to_owned).owned()
    }
}

impl<'h, B> Verified<'h, B> {
    /// Returns the same proof with its body in another form.
    pub(crate) fn map<O>(self, form: impl FnOnce(B) -> O) -> Verified<'h, O> {
        Verified {
            body: form(self.body),
            body_len: self.body_len,
            timestamp: self.timestamp,
            signature: self.signature,
            rest: self.rest,
        }
    }

    pub(crate) fn owned(self) -> Verified<'static, B> {
        Verified {
            body: self.body,
            body_len: self.body_len,
            timestamp: self.timestamp,
            signature: self.signature,
            rest: self.rest.into_owned(),
        }
    }
}

/// Converts without copying the body, so that a test can call a handler without a layer:
///
/// ```
/// use hookseal::tower::VerifiedBytes;
/// use hookseal::{Message, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PAMINGA, "your-shared-secret")?;
/// let headers = webhook.sign(&Message::new(b"{}"))?;
/// let event: VerifiedBytes = webhook.verify(&headers, b"{}")?.into_owned().into();
/// assert_eq!(event.body(), b"{}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[cfg(feature = "tower")]
impl From<Verified<'static, Vec<u8>>> for Verified<'static, bytes::Bytes> {
    fn from(verified: Verified<'static, Vec<u8>>) -> Self {
        verified.map(bytes::Bytes::from)
    }
}
