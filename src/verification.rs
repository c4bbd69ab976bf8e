//! Verification in steps: first the head, then the body chunk by chunk.
//!
//! [`Webhook::begin`](crate::Webhook::begin) checks the head and returns a
//! [`Verification`], which takes the body and returns the verdict. Its [`HashState`]
//! holds the running MACs. A custom verifier implements [`CheckHead`].

mod check_head;

use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroize as _;

use crate::algorithm::{Hashing, MacKey, RunningMac, empty_len, wipe_stack};
use crate::clock::Timestamp;
use crate::ed25519;
use crate::error::VerifyError;
use crate::head::RequestHead;
use crate::key::Keys;
use crate::keyset::{Candidates, EdKey, Named, matching_mac};
use crate::receiver::{Receiver, TOKEN_BODY};
use crate::scheme::{Claim, Signature, is_of_a_token};
use crate::signed_message::SignedMessage;
use crate::verified::{Rest, Verified, length};
use crate::window::Instant;

pub use check_head::CheckHead;

/// The head of a request that has passed every check that does not need the body.
///
/// [`CheckHead::check_head`] of a [`Webhook`](crate::Webhook) returns one. It proves
/// nothing yet; only a [`Verified`] is proof.
#[derive(Debug)]
#[must_use = "a checked head proves nothing; the body decides"]
pub struct CheckedHead<'h> {
    pub(crate) receiver: &'h Receiver,
    pub(crate) claim: Claim<'h>,
    pub(crate) keys: Candidates<'h>,
    /// The time of receipt, if it is given.
    pub(crate) received_at: Option<Timestamp>,
}

impl<'h> CheckedHead<'h> {
    /// Creates a head that has not been checked yet.
    #[inline(always)]
    pub(crate) fn blank(
        receiver: &'h Receiver,
        head: &'h dyn RequestHead,
        received_at: Option<Timestamp>,
    ) -> Self {
        Self {
            receiver,
            claim: Claim::blank(&receiver.layout, head),
            keys: Candidates::NONE,
            received_at,
        }
    }

    /// Performs every check that does not need the body, and fills the blank head in
    /// place.
    #[inline]
    pub(crate) fn check(&mut self) -> Result<(), VerifyError> {
        let Self {
            receiver,
            claim,
            keys,
            received_at,
        } = self;
        receiver.layout.read_into(claim)?;
        receiver.check_time(claim, *received_at)?;
        let header = receiver.layout.key_id_header();
        *keys = receiver
            .keys
            .candidates(claim.key_id, header, &claim.signatures)?;
        Ok(())
    }

    /// Returns the name of the scheme that checked the head.
    #[must_use]
    pub fn scheme(&self) -> &'h str {
        &self.receiver.layout.name
    }

    /// Returns the id of the key that the request names, as it is configured in the
    /// webhook. Returns `None` for schemes whose requests name no key.
    ///
    /// Use it only for logs: until the body is verified, anyone can claim a key id.
    /// [`Verified::key_id`] is proven.
    #[must_use]
    pub fn claimed_key_id(&self) -> Option<&'h str> {
        self.claim.key_id?;
        let mac = self.keys.macs.first().map(|key| &key.id);
        let ed25519 = self.keys.ed25519.first().map(|key| &key.id);
        mac.or(ed25519)?.as_deref()
    }

    /// Verifies the whole body, as received, without reading the clock again. For a body
    /// that arrives later than the head, use [`begin`](Self::begin), which reads the
    /// clock again.
    #[inline]
    pub(crate) fn verify(&self, body: &'h [u8]) -> Result<Verified<'h>, VerifyError> {
        self.receiver.refuse_token(body)?;
        let signed_body = self.receiver.signed_body(self.claim.head, body)?;
        let message = SignedMessage {
            parts: &self.claim.parts,
            body: &signed_body,
        };
        let signatures = &self.claim.signatures;
        let found = if signatures.name_keys() {
            // Keys that no entry names are not tried.
            self.keys.macs.iter().find_map(|key| {
                let named = signatures.name_key(key.id.as_deref()).then_some(key)?;
                let macs = core::slice::from_ref(named);
                matching_mac(macs, &message, |tag, key| self.received(tag, key))
            })
        } else {
            matching_mac(self.keys.macs, &message, |tag, key| self.received(tag, key))
        };
        let digest = || {
            let signs_canonical_body = self.receiver.signs_canonical_body();
            signs_canonical_body.then(|| message.digest())
        };
        if let Some((tag, key)) = found {
            return Ok(self.proof(tag, key, body, length(body), digest()));
        }
        let mut pairs = self.keys.pairs(signatures);
        let found = pairs.find(|(key, signature)| {
            start_pair(&self.claim, key, signature).is_some_and(|mut pair| {
                pair.update(&signed_body);
                self.claim.parts.feed_after(&mut pair);
                pair.0.finish()
            })
        });
        match found {
            Some((key, signature)) => Ok(self.proof(signature, key, body, length(body), digest())),
            None => Err(VerifyError::SignatureMismatch),
        }
    }

    /// Returns the verification that takes the body chunk by chunk and keeps its running
    /// MACs in `state`.
    pub fn begin(self, state: &'h mut HashState) -> Verification<'h> {
        state.wipe();
        Verification {
            checked: self,
            state,
            body_len: 0,
            is_of_a_token: true,
        }
    }

    /// Returns whether the key can be skipped: the entries of the list name
    /// their keys, and none names this one.
    #[inline]
    fn is_not_named<K>(&self, key: &Named<K>) -> bool {
        let signatures = &self.claim.signatures;
        signatures.name_keys() && !signatures.name_key(key.id.as_deref())
    }

    /// Returns whether the request has this tag among its signatures.
    #[inline]
    fn received(&self, tag: &Signature, key: &Named<MacKey>) -> bool {
        let signatures = &self.claim.signatures;
        signatures.contain(tag, key.id.as_deref())
    }

    #[inline]
    fn proof<K, B>(
        &self,
        signature: Signature,
        key: &'h Named<K>,
        body: B,
        body_len: u64,
        digest: Option<[u8; 32]>,
    ) -> Verified<'h, B> {
        let Claim {
            parts,
            instant,
            head,
            ..
        } = &self.claim;
        Verified {
            body,
            body_len,
            timestamp: instant.map(Instant::timestamp),
            signature,
            rest: Rest::Borrowed {
                layout: &self.receiver.layout,
                key_id: key.id.as_ref(),
                message_id: parts.message_id(),
                endpoint: Some(parts.endpoint).filter(|endpoint| !endpoint.is_empty()),
                key: key.number,
                head: *head,
                digest,
            },
        }
    }
}

/// A running check of an Ed25519 pair, as something to hash into.
pub(crate) struct Pair(pub(crate) ed25519::Running);

impl Hashing for Pair {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }
}

/// A place for the running check of a pair. The hash has a buffer whose unused part
/// can hold leftovers from the stack, so the whole place is wiped.
enum PairSlot {
    Empty([u8; empty_len::<Pair>()]),
    Running(Pair),
}

impl PairSlot {
    const EMPTY: Self = Self::Empty([0; empty_len::<Pair>()]);

    fn update(&mut self, bytes: &[u8]) {
        if let Self::Running(pair) = self {
            pair.update(bytes);
        }
    }

    fn take(&mut self) -> Option<Pair> {
        let taken = core::mem::replace(self, Self::EMPTY);
        self.wipe();
        match taken {
            Self::Running(pair) => Some(pair),
            Self::Empty(_) => None,
        }
    }

    fn wipe(&mut self) {
        if let Self::Running(_) = self {
            *self = Self::EMPTY;
        }
        if let Self::Empty(bytes) = self {
            bytes.zeroize();
        }
    }
}

/// Creates a slot, which is empty for a signature that no key can make.
impl From<Option<Pair>> for PairSlot {
    fn from(pair: Option<Pair>) -> Self {
        pair.map_or(Self::EMPTY, Self::Running)
    }
}

/// Starts the check of a pair. Returns `None` for a signature that no key can
/// make.
fn start_pair(claim: &Claim<'_>, key: &Named<EdKey>, signature: &Signature) -> Option<Pair> {
    let running = ed25519::Running::start(key.key.public(), signature.all_bytes())?;
    let mut pair = Pair(running);
    claim.parts.feed_before(&mut pair);
    Some(pair)
}

/// The place for the running MACs of one [`Verification`] at a time.
///
/// Early in a message, the state of a running MAC can be used to forge, like the key itself,
/// and moving it would leave a copy. So a verification borrows the place for the states, and
/// wipes it when it is finished or dropped, even by a panic or a cancelled future. (If you
/// `mem::forget` a verification, its states are wiped when the place is used again or
/// dropped; do not move it before that.)
///
/// It takes 2.5 KiB on the stack or in a future. It allocates only for Ed25519
/// signatures (576 bytes for each of at most eight pairs of a key and a signature)
/// and for schemes that sign a canonical form of the body (the body itself).
///
/// ```
/// use hookseal::verification::HashState;
/// use hookseal::{Message, Webhook, schemes};
///
/// let webhook = Webhook::new(schemes::PAMINGA, "your-shared-secret")?;
/// let headers = webhook.sign(&Message::new(b"{\"event\":\"form.submitted\"}"))?;
///
/// let mut state = HashState::new();
/// let mut verification = webhook.begin(&headers, &mut state)?;
/// for chunk in [&b"{\"event\":"[..], b"\"form.submitted\"}"] {
///     verification.update(chunk);
/// }
/// let verified = verification.finish()?;
/// assert_eq!(verified.body_len(), 26);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct HashState {
    macs: [RunningMac; Keys::MAX_CANDIDATES],
    pairs: Vec<PairSlot>,
    /// The body, if the scheme signs a canonical form of it.
    body: Vec<u8>,
    started: bool,
}

impl HashState {
    /// Creates an empty state.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            macs: [const { RunningMac::EMPTY }; Keys::MAX_CANDIDATES],
            pairs: Vec::new(),
            body: Vec::new(),
            started: false,
        }
    }

    /// Wipes the states in place.
    fn wipe(&mut self) {
        for mac in &mut self.macs {
            if !mac.is_empty() {
                mac.wipe();
            }
        }
        for pair in &mut self.pairs {
            pair.wipe();
        }
        self.pairs.clear();
        self.body.clear();
        self.started = false;
    }
}

/// Wipes also what a forgotten verification has left, with the padding between its values.
impl Drop for HashState {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl Default for HashState {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows no state.
impl fmt::Debug for HashState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HashState").finish_non_exhaustive()
    }
}

/// A verification whose head has passed every check, and that takes the body chunk by
/// chunk.
///
/// [`Webhook::begin`](crate::Webhook::begin) and
/// [`Verifier::begin`](crate::Verifier::begin) return it. How the body is split into
/// chunks makes no difference to the verdict.
///
/// **Do not act on the body before [`finish`](Self::finish)**: until then, the chunks may
/// come from an attacker. [`HashState`] has an example.
#[derive(Debug)]
#[must_use = "a verification says nothing until it is finished"]
pub struct Verification<'h> {
    checked: CheckedHead<'h>,
    state: &'h mut HashState,
    body_len: u64,
    /// True if the body so far could be the token of a handshake.
    is_of_a_token: bool,
}

impl<'h> Verification<'h> {
    /// Hashes the next chunk of the body, once for each candidate MAC key and
    /// once for each pair of an Ed25519 key and signature.
    pub fn update(&mut self, chunk: &[u8]) {
        self.body_len = self.body_len.saturating_add(length(chunk));
        if self.checked.receiver.layout.refuses_tokens {
            self.is_of_a_token &= is_of_a_token(chunk);
        }
        if self.checked.receiver.signs_canonical_body() {
            self.state.body.extend_from_slice(chunk);
        } else {
            self.hash(chunk);
        }
    }

    fn hash(&mut self, bytes: &[u8]) {
        let CheckedHead { claim, keys, .. } = &self.checked;
        let state = &mut *self.state;
        let macs = state.macs.iter_mut().zip(keys.macs);
        if !state.started {
            state.started = true;
            for (slot, key) in macs {
                if self.checked.is_not_named(key) {
                    continue;
                }
                let running = key.key.start_in(slot);
                claim.parts.feed_before(running);
                running.update(bytes);
            }
            if !keys.ed25519.is_empty() {
                let pairs = || keys.pairs(&claim.signatures);
                state.pairs.reserve_exact(pairs().count());
                for (key, signature) in pairs() {
                    let pair = start_pair(claim, key, &signature);
                    state.pairs.push(PairSlot::from(pair));
                }
                for pair in &mut state.pairs {
                    pair.update(bytes);
                }
            }
            wipe_stack::<1024>();
            return;
        }
        for (running, _) in macs {
            running.update(bytes);
        }
        for pair in &mut state.pairs {
            pair.update(bytes);
        }
    }

    /// Returns the id of the key that the request names; see
    /// [`CheckedHead::claimed_key_id`].
    #[must_use]
    pub fn claimed_key_id(&self) -> Option<&'h str> {
        self.checked.claimed_key_id()
    }

    /// Returns how many keys the request may have been signed with. All of them are tried
    /// before it is refused.
    ///
    /// ```
    /// use hookseal::verification::HashState;
    /// use hookseal::{Message, Webhook, schemes};
    ///
    /// let webhook = Webhook::new(schemes::PAKK, ["the new signing key", "the old one"])?;
    /// let headers = webhook.sign(&Message::new(b"{}"))?;
    /// let mut state = HashState::new();
    /// assert_eq!(webhook.begin(&headers, &mut state)?.candidate_keys(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn candidate_keys(&self) -> usize {
        let CheckedHead { claim, keys, .. } = &self.checked;
        let macs = keys.macs.iter();
        let macs = macs.filter(|key| !self.checked.is_not_named(key)).count();
        if claim.signatures.ed25519().next().is_some() {
            macs + keys.ed25519.len()
        } else {
            macs
        }
    }

    /// Returns the verdict on all chunks. The proof does not contain the body,
    /// which the caller has.
    ///
    /// # Errors
    ///
    /// [`VerifyError::SignatureMismatch`] if no key matches;
    /// [`VerifyError::TimestampTooOld`] or [`VerifyError::TimestampInFuture`] if the
    /// timestamp is no longer in the replay window. The clock is read again. Otherwise an
    /// attacker could send a captured head within the window, hold back the last byte,
    /// and have the request accepted at any later time.
    pub fn finish(mut self) -> Result<Verified<'h, ()>, VerifyError> {
        self.checked
            .receiver
            .check_time(&self.checked.claim, self.checked.received_at)?;
        if self.checked.receiver.layout.refuses_tokens && self.is_of_a_token && self.body_len > 0 {
            return Err(VerifyError::refused(TOKEN_BODY));
        }
        let mut digest = None;
        if self.checked.receiver.signs_canonical_body() {
            let body = core::mem::take(&mut self.state.body);
            let CheckedHead {
                receiver, claim, ..
            } = &self.checked;
            let canonical = receiver.signed_body(claim.head, &body)?;
            let message = SignedMessage {
                parts: &claim.parts,
                body: &canonical,
            };
            digest = Some(message.digest());
            self.hash(&canonical);
        } else if !self.state.started {
            self.hash(&[]);
        }
        self.conclude(digest)
    }

    fn conclude(&mut self, digest: Option<[u8; 32]>) -> Result<Verified<'h, ()>, VerifyError> {
        let CheckedHead { claim, keys, .. } = &self.checked;
        for (running, key) in self.state.macs.iter_mut().zip(keys.macs) {
            if running.is_empty() {
                continue;
            }
            claim.parts.feed_after(running);
            if let Some(tag) = running.finish().map(Signature::from)
                && claim.signatures.contain(&tag, key.id.as_deref())
            {
                return Ok(self.checked.proof(tag, key, (), self.body_len, digest));
            }
        }
        let pairs = keys.pairs(&claim.signatures);
        for ((key, signature), pair) in pairs.zip(self.state.pairs.iter_mut()) {
            let matches = pair.take().is_some_and(|mut pair| {
                claim.parts.feed_after(&mut pair);
                pair.0.finish()
            });
            if matches {
                return Ok(self
                    .checked
                    .proof(signature, key, (), self.body_len, digest));
            }
        }
        Err(VerifyError::SignatureMismatch)
    }
}

impl Drop for Verification<'_> {
    fn drop(&mut self) {
        self.state.wipe();
    }
}

#[cfg(test)]
mod tests;
