//! The engine: from a claim to a verdict, written once for all schemes.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

#[cfg(feature = "ed25519")]
use crate::ed25519;
use crate::keyring::Candidates;
use crate::mac::Mac;
use crate::{
    Claim, Clock, ConfigError, Key, Keyring, Keys, ReplayWindow, Signature, Tag, Timestamp,
    Verified, VerifyError,
};

/// What a verifier checks claims with: its keys, replay window and clock.
///
/// Every scheme holds one and hands it out by
/// [`Verifier::engine`](crate::Verifier::engine). A claim passes if its
/// timestamp lies in the replay window and one of its signatures is that of its
/// message under one of the keys: the HMAC-SHA256 or, with the feature
/// `ed25519`, an Ed25519 signature.
///
/// An engine is **timed**, and refuses a claim without a timestamp, or
/// **untimed**, and refuses one that has a timestamp: so a scheme cannot forget
/// the window. In the same way its keys are all tried, or picked by the id that
/// the claim must then name.
///
/// ```
/// use hookseal::{Engine, Key, ReplayWindow, SystemClock};
///
/// let key = || Key::from_text("secret");
/// let timed = Engine::new(key()?).with_window(ReplayWindow::from_secs(60));
/// let untimed = Engine::untimed(key()?);
/// let by_key_id = Engine::untimed_by_key_id([key()?.with_id("a"), key()?.with_id("b")])?
///     .timed(ReplayWindow::from_secs(60), SystemClock);
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub struct Engine {
    keys: Keyring,
    timing: Timing,
}

enum Timing {
    /// Messages carry no timestamp.
    Untimed,
    Timed {
        /// `None`: switched off.
        window: Option<ReplayWindow>,
        clock: Box<dyn Clock>,
    },
}

impl Engine {
    /// Five minutes into the past and the future: the tolerance of the
    /// Standard Webhooks libraries, and of Stripe's and Slack's.
    pub const DEFAULT_WINDOW: ReplayWindow = ReplayWindow::from_secs(5 * 60);

    /// An engine that tries all of these keys, for a scheme that signs a
    /// timestamp: with [`DEFAULT_WINDOW`](Self::DEFAULT_WINDOW) and the system
    /// clock.
    #[cfg(feature = "std")]
    #[must_use]
    pub fn new(keys: impl Into<Keyring>) -> Self {
        Self::untimed(keys).timed(Self::DEFAULT_WINDOW, crate::SystemClock)
    }

    /// An engine that tries all of these keys, for a scheme whose messages
    /// carry no timestamp.
    #[must_use]
    pub fn untimed(keys: impl Into<Keyring>) -> Self {
        Self {
            keys: keys.into(),
            timing: Timing::Untimed,
        }
    }

    /// An engine whose keys, of MACs, are picked by the id that a claim names
    /// ([`Claim::with_key_id`]): any number of ids. Several keys may share one
    /// while a secret is rotated, and are tried in this order.
    ///
    /// # Errors
    ///
    /// [`ConfigError::NoKeys`] if there are none;
    /// [`ConfigError::KeyWithoutId`] or [`ConfigError::InvalidKeyId`] if a key
    /// could never be picked; [`ConfigError::TooManyKeys`] if more than
    /// [`Keys::MAX_CANDIDATES`] share an id.
    pub fn untimed_by_key_id(keys: impl IntoIterator<Item = Key>) -> Result<Self, ConfigError> {
        Keys::by_id(keys).map(Self::untimed)
    }

    /// The engine for a scheme that signs a timestamp, with this replay window
    /// and clock.
    #[must_use]
    pub fn timed(mut self, window: ReplayWindow, clock: impl Clock + 'static) -> Self {
        self.timing = Timing::Timed {
            window: Some(window),
            clock: Box::new(clock),
        };
        self
    }

    /// Another replay window. An untimed engine has none, and keeps none.
    #[must_use]
    pub fn with_window(mut self, new: ReplayWindow) -> Self {
        if let Timing::Timed { window, .. } = &mut self.timing {
            *window = Some(new);
        }
        self
    }

    /// Another clock. An untimed engine has none, and keeps none.
    #[must_use]
    pub fn with_clock(mut self, new: impl Clock + 'static) -> Self {
        if let Timing::Timed { clock, .. } = &mut self.timing {
            *clock = Box::new(new);
        }
        self
    }

    /// No replay window: **every captured message verifies for ever**.
    ///
    /// For events that were queued or archived before their signatures are
    /// checked. If you know when they were received, verify against that time
    /// instead:
    /// [`Verifier::verify_received_at`](crate::Verifier::verify_received_at).
    #[must_use]
    pub fn insecure_without_replay_window(mut self) -> Self {
        if let Timing::Timed { window, .. } = &mut self.timing {
            *window = None;
        }
        self
    }

    /// Every check that does not need the body: the claim's timestamp against
    /// the window around `now` (the clock's, unless given), then the choice of
    /// keys.
    fn open(
        &self,
        claim: &Claim<'_>,
        now: Option<Timestamp>,
    ) -> Result<Candidates<'_>, VerifyError> {
        self.check_time(claim, now)?;
        self.keys.candidates(claim)
    }

    fn check_time(&self, claim: &Claim<'_>, now: Option<Timestamp>) -> Result<(), VerifyError> {
        let fault = match (&self.timing, claim.timestamp()) {
            (Timing::Untimed, None) => return Ok(()),
            (Timing::Timed { window: None, .. }, Some(_)) => return Ok(()),
            (
                Timing::Timed {
                    window: Some(window),
                    clock,
                },
                Some(timestamp),
            ) => {
                return window.check(&timestamp, now.unwrap_or_else(|| clock.now()));
            }
            (Timing::Timed { .. }, None) => "no timestamp, and the engine is timed",
            (Timing::Untimed, Some(_)) => "a timestamp, and the engine is untimed",
        };
        Err(VerifyError::ClaimMismatch { fault })
    }

    /// Checks a whole body: one that ends with its first chunk.
    pub(crate) fn verify<'h>(
        &'h self,
        scheme: &'static str,
        claim: &Claim<'h>,
        now: Option<Timestamp>,
        body: &'h [u8],
    ) -> Result<Verified<'h>, VerifyError> {
        let keys = self.open(claim, now)?;
        let body = (body, length(body));
        conclude(scheme, claim, keys, Running::default(), body.0, body)
    }

    pub(crate) fn begin<'h>(
        &'h self,
        scheme: &'static str,
        claim: Claim<'h>,
        now: Option<Timestamp>,
    ) -> Result<Check<'h>, VerifyError> {
        Ok(Check {
            scheme,
            engine: self,
            now,
            keys: self.open(&claim, now)?,
            claim,
            macs: [const { None }; Keys::MAX_CANDIDATES],
            #[cfg(feature = "ed25519")]
            pairs: None,
            body_len: 0,
        })
    }

    /// The keys.
    #[cfg(feature = "ed25519")]
    pub(crate) const fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// A signature that says nothing, of each kind that the keys make.
    pub(crate) fn blank(&self) -> Result<Vec<Signature>, VerifyError> {
        #[cfg(feature = "ed25519")]
        {
            let mac = Tag::from_bytes([0; Tag::LEN]).into();
            let ed25519 = ed25519::Signature::from_bytes([0; ed25519::Signature::LEN]).into();
            match (self.keys.kinds().0, self.keys.signs_ed25519()) {
                (true, true) => Ok(vec![mac, ed25519]),
                (true, false) => Ok(vec![mac]),
                (false, true) => Ok(vec![ed25519]),
                (false, false) => Err(VerifyError::NoSigningKey),
            }
        }
        #[cfg(not(feature = "ed25519"))]
        Ok(vec![Tag::from_bytes([0; Tag::LEN]).into()])
    }

    /// The signature of a claim's message under each key that a receiver may
    /// expect. The sender says what time it is: no window.
    pub(crate) fn sign(
        &self,
        claim: &Claim<'_>,
        body: &[u8],
    ) -> Result<Vec<Signature>, VerifyError> {
        let message: Vec<&[u8]> = [claim.before(), &[body], claim.after()].concat();
        let keys = self.keys.candidates(claim)?;
        let macs = keys.macs.iter().map(|key| key.mac(&message).into());
        #[cfg(feature = "ed25519")]
        let macs = macs.chain(keys.signing().map(|key| key.sign(&message).into()));
        Ok(macs.collect())
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Engine");
        fields.field("keys", &self.keys);
        if let Timing::Timed { window, .. } = &self.timing {
            fields.field("window", window);
        }
        fields.finish_non_exhaustive()
    }
}

/// What a message is hashed into.
trait Hashing {
    fn update(&mut self, bytes: &[u8]);

    /// Hashes what is signed before the body.
    fn start(&mut self, claim: &Claim<'_>) {
        for part in claim.before() {
            self.update(part);
        }
    }

    /// Hashes the last chunk of the body and what is signed after it.
    fn end(&mut self, claim: &Claim<'_>, last_chunk: &[u8]) {
        self.update(last_chunk);
        for part in claim.after() {
            self.update(part);
        }
    }
}

impl Hashing for Mac {
    #[inline]
    fn update(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

#[cfg(feature = "ed25519")]
impl Hashing for ed25519::Running {
    fn update(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

/// What has hashed the chunks of the body so far; nothing, before the first.
#[derive(Default)]
struct Running<'r> {
    macs: &'r mut [Option<Mac>],
    #[cfg(feature = "ed25519")]
    pairs: Option<&'r mut [Option<ed25519::Running>]>,
}

/// The verdict, from the last chunk of the body and what has hashed the chunks
/// before it.
///
/// Keys are tried in order and the first match ends it: how long it takes tells
/// which key matched, which is no secret, and nothing about a tag.
#[inline]
fn conclude<'h, B>(
    scheme: &'static str,
    claim: &Claim<'h>,
    keys: Candidates<'h>,
    running: Running<'_>,
    last_chunk: &[u8],
    (body, body_len): (B, u64),
) -> Result<Verified<'h, B>, VerifyError> {
    let proof = |signature, key_id: Option<&'h str>| Verified {
        scheme,
        body,
        body_len,
        message_id: claim.message_id().map(Cow::Borrowed),
        timestamp: claim.timestamp().map(|signed| signed.value()),
        key_id: key_id.map(Cow::Borrowed),
        signature,
    };
    for (place, key) in keys.macs.iter().enumerate() {
        let mut mac;
        if let Some(running) = running.macs.get_mut(place).and_then(Option::take) {
            mac = running;
        } else {
            mac = key.start();
            mac.start(claim);
        }
        mac.end(claim, last_chunk);
        let tag = mac.finish();
        if claim.signatures().contain(&tag) {
            return Ok(proof(tag.into(), key.id()));
        }
    }
    #[cfg(feature = "ed25519")]
    if let Some((signature, key)) = verify_pairs(claim, keys, running.pairs, last_chunk) {
        return Ok(proof(signature.into(), key.id()));
    }
    Err(VerifyError::SignatureMismatch)
}

/// The Ed25519 signature that verifies, and its key.
#[cfg(feature = "ed25519")]
fn verify_pairs<'h>(
    claim: &Claim<'_>,
    keys: Candidates<'h>,
    mut running: Option<&mut [Option<ed25519::Running>]>,
    last_chunk: &[u8],
) -> Option<(ed25519::Signature, &'h ed25519::Key)> {
    let mut pairs = keys.pairs(claim.signatures()).enumerate();
    let found = pairs.find(|(place, (key, signature))| {
        let pair = match &mut running {
            Some(running) => running.get_mut(*place).and_then(Option::take),
            None => start_pair(claim, key, signature),
        };
        pair.is_some_and(|mut pair| {
            pair.end(claim, last_chunk);
            pair.finish()
        })
    });
    found.map(|(_, (key, signature))| (signature, key))
}

/// `None` for a signature that no key makes.
#[cfg(feature = "ed25519")]
fn start_pair(
    claim: &Claim<'_>,
    key: &ed25519::Key,
    signature: &ed25519::Signature,
) -> Option<ed25519::Running> {
    let mut pair = key.start(signature)?;
    pair.start(claim);
    Some(pair)
}

/// A check that has passed all that the headers can show, and takes the body
/// chunk by chunk.
///
/// Made by [`Verifier::begin`](crate::Verifier::begin). How the body is cut
/// into chunks makes no difference to the verdict. Nothing is allocated: with
/// several keys, one running MAC for each is held in place. Only pairs of an
/// Ed25519 key and signature take memory, 576 bytes each, of which there
/// are at most eight.
///
/// **Act on nothing before [`finish`](Self::finish)**: until then the chunks
/// are an attacker's.
///
/// ```
/// use hookseal::{Key, Verifier, schemes::Paminga};
///
/// let verifier = Paminga::new(Key::from_text("your-shared-secret")?);
/// let headers = verifier.sign(b"{\"event\":\"form.submitted\"}")?;
///
/// let mut check = verifier.begin(&headers)?;
/// for chunk in [&b"{\"event\":"[..], b"\"form.submitted\"}"] {
///     check.update(chunk);
/// }
/// let verified = check.finish()?;
/// assert_eq!(verified.body_len(), 26);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a check says nothing until it is finished"]
pub struct Check<'h> {
    scheme: &'static str,
    engine: &'h Engine,
    /// The time of receipt, if it is given.
    now: Option<Timestamp>,
    claim: Claim<'h>,
    keys: Candidates<'h>,
    /// The running MAC under each key, from the first chunk on.
    macs: [Option<Mac>; Keys::MAX_CANDIDATES],
    /// The running check of each pair, from the first chunk on. Not held in
    /// place: that would double the size of checks which have none.
    #[cfg(feature = "ed25519")]
    pairs: Option<Box<[Option<ed25519::Running>]>>,
    body_len: u64,
}

impl<'h> Check<'h> {
    /// Hashes the next chunk of the body: once for each candidate key of a MAC,
    /// and once for each pair of an Ed25519 key and an Ed25519 signature.
    pub fn update(&mut self, chunk: &[u8]) {
        for (running, key) in self.macs.iter_mut().zip(self.keys.macs) {
            let mac = match running {
                Some(mac) => mac,
                None => {
                    let mac = running.insert(key.start());
                    mac.start(&self.claim);
                    mac
                }
            };
            mac.update(chunk);
        }
        #[cfg(feature = "ed25519")]
        if !self.keys.ed25519.is_empty() {
            let pairs = self.pairs.get_or_insert_with(|| {
                let pairs = || self.keys.pairs(self.claim.signatures());
                let start = |(key, signature)| start_pair(&self.claim, key, &signature);
                let mut running = Vec::with_capacity(pairs().count());
                running.extend(pairs().map(start));
                running.into_boxed_slice()
            });
            for pair in pairs.iter_mut().flatten() {
                pair.update(chunk);
            }
        }
        self.body_len = self.body_len.saturating_add(length(chunk));
    }

    /// The id of the key that the request names: one of the verifier's, or the
    /// check would not have begun. `None` for schemes whose requests name none.
    ///
    /// For logs: until the check is finished it is a claim, which anyone can
    /// make. [`Verified::key_id`] is proven.
    #[must_use]
    pub fn claimed_key_id(&self) -> Option<&'h str> {
        self.claim.key_id()?;
        self.keys.macs.first()?.id()
    }

    /// The verdict over all chunks. The proof has no body: its caller does.
    ///
    /// # Errors
    ///
    /// [`VerifyError::SignatureMismatch`]; [`VerifyError::TimestampTooOld`] if
    /// the replay window has closed while the body arrived.
    pub fn finish(mut self) -> Result<Verified<'h, ()>, VerifyError> {
        // Again, or a captured request would pass at any time whose headers
        // were sent within the window and whose last byte was kept back.
        self.engine.check_time(&self.claim, self.now)?;
        conclude(
            self.scheme,
            &self.claim,
            self.keys,
            Running {
                macs: &mut self.macs,
                #[cfg(feature = "ed25519")]
                pairs: self.pairs.as_deref_mut(),
            },
            &[],
            ((), self.body_len),
        )
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
