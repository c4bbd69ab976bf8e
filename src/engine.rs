//! The engine: from a claim to a verdict, written once for all schemes.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::mac::Mac;
use crate::{
    Claim, Clock, FixedClock, Key, Keys, ReplayWindow, Tag, Timestamp, Verified, VerifyError,
};

/// What a verifier checks claims with: its keys, replay window and clock.
///
/// Every scheme holds one and hands it out by
/// [`Verifier::engine`](crate::Verifier::engine). A claim passes if its
/// timestamp, when it has one, lies in the replay window, and one of its tags
/// is the HMAC-SHA256 of its message under one of the keys.
///
/// See [`Verifier`](crate::Verifier) for a scheme that uses one.
pub struct Engine {
    keys: Keys,
    /// `None`: switched off.
    window: Option<ReplayWindow>,
    clock: Box<dyn Clock>,
}

impl Engine {
    /// Five minutes into the past and the future: the tolerance of the
    /// Standard Webhooks libraries, and of Stripe's and Slack's.
    pub const DEFAULT_WINDOW: ReplayWindow = ReplayWindow::from_secs(5 * 60);

    /// An engine with these keys, [`DEFAULT_WINDOW`](Self::DEFAULT_WINDOW),
    /// and the system clock.
    ///
    /// ```
    /// use hookseal::{Engine, Key, ReplayWindow};
    ///
    /// let engine = Engine::new(Key::from_text("secret")?).with_window(ReplayWindow::from_secs(60));
    /// # Ok::<(), hookseal::ConfigError>(())
    /// ```
    #[cfg(feature = "std")]
    #[must_use]
    pub fn new(keys: impl Into<Keys>) -> Self {
        Self::new_with_clock(keys, crate::SystemClock)
    }

    /// Like [`new`](Self::new), with a clock of your own; also without the
    /// feature `std`.
    #[must_use]
    pub fn new_with_clock(keys: impl Into<Keys>, clock: impl Clock + 'static) -> Self {
        Self {
            keys: keys.into(),
            window: Some(Self::DEFAULT_WINDOW),
            clock: Box::new(clock),
        }
    }

    /// An engine for a scheme whose messages carry no timestamp. It needs no
    /// clock, and refuses any claim that has a timestamp after all.
    #[must_use]
    pub fn untimed(keys: impl Into<Keys>) -> Self {
        Self::new_with_clock(keys, FixedClock::at(0)).with_window(ReplayWindow::from_secs(0))
    }

    /// Another replay window.
    #[must_use]
    pub const fn with_window(mut self, window: ReplayWindow) -> Self {
        self.window = Some(window);
        self
    }

    /// Another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// No replay window: **every captured message verifies for ever**.
    ///
    /// For events that were queued or archived before their signatures are
    /// checked. If you know when they were received, verify against that time
    /// instead:
    /// [`Verifier::verify_received_at`](crate::Verifier::verify_received_at).
    #[must_use]
    pub const fn insecure_without_replay_window(mut self) -> Self {
        self.window = None;
        self
    }

    /// Every check that does not need the body: the claim's timestamp against
    /// the window around `now` (the clock's, unless given), then the choice of
    /// keys.
    fn open(&self, claim: &Claim<'_>, now: Option<Timestamp>) -> Result<&[Key], VerifyError> {
        if let (Some(timestamp), Some(window)) = (claim.timestamp(), self.window) {
            window.check(timestamp, now.unwrap_or_else(|| self.clock.now()))?;
        }
        self.candidates(claim)
    }

    fn candidates(&self, claim: &Claim<'_>) -> Result<&[Key], VerifyError> {
        match self.keys.candidates(claim.key_id()) {
            [] => Err(VerifyError::UnknownKeyId),
            keys => Ok(keys),
        }
    }

    /// Checks a whole body: one that ends with its first chunk.
    pub(crate) fn verify<'h>(
        &'h self,
        claim: &Claim<'h>,
        now: Option<Timestamp>,
        body: &'h [u8],
    ) -> Result<Verified<'h>, VerifyError> {
        let keys = self.open(claim, now)?;
        conclude(claim, keys, |_| None, body, body, length(body))
    }

    pub(crate) fn begin<'h>(
        &'h self,
        claim: Claim<'h>,
        now: Option<Timestamp>,
    ) -> Result<Check<'h>, VerifyError> {
        Ok(Check {
            keys: self.open(&claim, now)?,
            claim,
            running: [const { None }; Keys::MAX_CANDIDATES],
            body_len: 0,
        })
    }

    /// The MAC of a claim's message under each key that a receiver may expect.
    /// The sender says what time it is: no window.
    pub(crate) fn sign(&self, claim: &Claim<'_>, body: &[u8]) -> Result<Vec<Tag>, VerifyError> {
        let sign = |key| {
            let mut mac = start(claim, key);
            mac.update(body);
            finish(claim, mac)
        };
        Ok(self.candidates(claim)?.iter().map(sign).collect())
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("keys", &self.keys)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

/// A MAC that has hashed what is signed before the body.
fn start(claim: &Claim<'_>, key: &Key) -> Mac {
    let mut mac = key.start();
    for part in claim.before() {
        mac.update(part);
    }
    mac
}

/// The tag of a message whose body `mac` has hashed.
fn finish(claim: &Claim<'_>, mut mac: Mac) -> Tag {
    for part in claim.after() {
        mac.update(part);
    }
    mac.finish()
}

/// The verdict, from the last chunk of the body and, by the place of its key,
/// each MAC that has hashed the chunks before it, if there were any.
///
/// Keys are tried in order and the first match ends it: how long it takes tells
/// which key matched, which is no secret, and nothing about a tag.
fn conclude<'h, B>(
    claim: &Claim<'h>,
    keys: &'h [Key],
    mut mac_so_far: impl FnMut(usize) -> Option<Mac>,
    last_chunk: &[u8],
    body: B,
    body_len: u64,
) -> Result<Verified<'h, B>, VerifyError> {
    for (place, key) in keys.iter().enumerate() {
        let mut mac = mac_so_far(place).unwrap_or_else(|| start(claim, key));
        mac.update(last_chunk);
        let tag = finish(claim, mac);
        if claim.tags().contain(&tag) {
            return Ok(Verified {
                body,
                body_len,
                message_id: claim.message_id().map(Cow::Borrowed),
                timestamp: claim.timestamp(),
                key_id: key.id().map(Cow::Borrowed),
                tag,
            });
        }
    }
    Err(VerifyError::SignatureMismatch)
}

/// A check that has passed all that the headers can show, and takes the body
/// chunk by chunk.
///
/// Made by [`Verifier::begin`](crate::Verifier::begin). How the body is cut
/// into chunks makes no difference to the verdict. Nothing is allocated: with
/// several keys, one running MAC for each is held in place.
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
    claim: Claim<'h>,
    keys: &'h [Key],
    running: [Option<Mac>; Keys::MAX_CANDIDATES],
    body_len: u64,
}

impl<'h> Check<'h> {
    /// Hashes the next chunk of the body, once for each candidate key.
    pub fn update(&mut self, chunk: &[u8]) {
        for (running, key) in self.running.iter_mut().zip(self.keys) {
            let mac = running.get_or_insert_with(|| start(&self.claim, key));
            mac.update(chunk);
        }
        self.body_len = self.body_len.saturating_add(length(chunk));
    }

    /// The verdict over all chunks. The proof has no body: its caller does.
    ///
    /// # Errors
    ///
    /// [`VerifyError::SignatureMismatch`].
    pub fn finish(mut self) -> Result<Verified<'h, ()>, VerifyError> {
        let running = &mut self.running;
        let mac_so_far = |place| running.get_mut(place).and_then(Option::take);
        conclude(&self.claim, self.keys, mac_so_far, &[], (), self.body_len)
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
