//! The engine: from a claim to a verdict, written once for all schemes.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::mac::Mac;
use crate::{
    Claim, Clock, ConfigError, Key, Keys, ReplayWindow, Tag, Timestamp, Verified, VerifyError,
};

/// What a verifier checks claims with: its keys, replay window and clock.
///
/// Every scheme holds one and hands it out by
/// [`Verifier::engine`](crate::Verifier::engine). A claim passes if its
/// timestamp lies in the replay window and one of its tags is the HMAC-SHA256
/// of its message under one of the keys.
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
    keys: Keys,
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
    pub fn new(keys: impl Into<Keys>) -> Self {
        Self::untimed(keys).timed(Self::DEFAULT_WINDOW, crate::SystemClock)
    }

    /// An engine that tries all of these keys, for a scheme whose messages
    /// carry no timestamp.
    #[must_use]
    pub fn untimed(keys: impl Into<Keys>) -> Self {
        Self {
            keys: keys.into(),
            timing: Timing::Untimed,
        }
    }

    /// An engine whose keys are picked by the id that a claim names
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
    fn open(&self, claim: &Claim<'_>, now: Option<Timestamp>) -> Result<&[Key], VerifyError> {
        self.check_time(claim, now)?;
        self.keys.candidates(claim.key_id())
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
        conclude(scheme, claim, keys, &mut [], body, (body, length(body)))
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
            running: [const { None }; Keys::MAX_CANDIDATES],
            body_len: 0,
        })
    }

    /// The MAC of a claim's message under each key that a receiver may expect.
    /// The sender says what time it is: no window.
    pub(crate) fn sign(&self, claim: &Claim<'_>, body: &[u8]) -> Result<Vec<Tag>, VerifyError> {
        let sign = |key: &Key| {
            let mut mac = key.start();
            start(claim, &mut mac);
            end(claim, &mut mac, body);
            mac.finish()
        };
        Ok(self
            .keys
            .candidates(claim.key_id())?
            .iter()
            .map(sign)
            .collect())
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

/// Hashes what is signed before the body.
fn start(claim: &Claim<'_>, mac: &mut Mac) {
    for part in claim.before() {
        mac.update(part);
    }
}

/// Hashes the last chunk of the body and what is signed after it.
fn end(claim: &Claim<'_>, mac: &mut Mac, last_chunk: &[u8]) {
    mac.update(last_chunk);
    for part in claim.after() {
        mac.update(part);
    }
}

/// The verdict, from the last chunk of the body, and the MACs under each key
/// that have hashed the chunks before it, if there were any.
///
/// Keys are tried in order and the first match ends it: how long it takes tells
/// which key matched, which is no secret, and nothing about a tag.
#[inline]
fn conclude<'h, B>(
    scheme: &'static str,
    claim: &Claim<'h>,
    keys: &'h [Key],
    running: &mut [Option<Mac>],
    last_chunk: &[u8],
    (body, body_len): (B, u64),
) -> Result<Verified<'h, B>, VerifyError> {
    for (place, key) in keys.iter().enumerate() {
        let mut mac;
        if let Some(running) = running.get_mut(place).and_then(Option::take) {
            mac = running;
        } else {
            mac = key.start();
            start(claim, &mut mac);
        }
        end(claim, &mut mac, last_chunk);
        let tag = mac.finish();
        if claim.tags().contain(&tag) {
            return Ok(Verified {
                scheme,
                body,
                body_len,
                message_id: claim.message_id().map(Cow::Borrowed),
                timestamp: claim.timestamp().map(|signed| signed.value()),
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
    scheme: &'static str,
    engine: &'h Engine,
    /// The time of receipt, if it is given.
    now: Option<Timestamp>,
    claim: Claim<'h>,
    keys: &'h [Key],
    running: [Option<Mac>; Keys::MAX_CANDIDATES],
    body_len: u64,
}

impl<'h> Check<'h> {
    /// Hashes the next chunk of the body, once for each candidate key.
    pub fn update(&mut self, chunk: &[u8]) {
        for (running, key) in self.running.iter_mut().zip(self.keys) {
            let mac = match running {
                Some(mac) => mac,
                None => {
                    let mac = running.insert(key.start());
                    start(&self.claim, mac);
                    mac
                }
            };
            mac.update(chunk);
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
        self.keys.first()?.id()
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
            &mut self.running,
            &[],
            ((), self.body_len),
        )
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}
