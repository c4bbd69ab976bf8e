//! Time: timestamps, clocks, and the replay window.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

/// A moment, in whole seconds since the Unix epoch.
///
/// ```
/// use hookseal::Timestamp;
///
/// let timestamp = Timestamp::from_secs(1_674_087_231);
/// assert_eq!(timestamp.as_secs(), 1_674_087_231);
/// assert_eq!(timestamp.to_string(), "1674087231");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// Creates a timestamp from seconds since the Unix epoch.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Returns the seconds since the Unix epoch.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// Reads the system clock. A clock that is set before 1970 reads 0.
    ///
    /// Not available on `wasm32-unknown-unknown`, which has no system clock.
    ///
    /// ```
    /// assert!(hookseal::Timestamp::now().as_secs() > 1_700_000_000);
    /// ```
    #[cfg(all(
        feature = "std",
        not(all(target_family = "wasm", target_os = "unknown"))
    ))]
    #[must_use]
    pub fn now() -> Self {
        std::time::SystemTime::now().into()
    }
}

/// Drops fractions of a second; a time before 1970 is 0.
#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Timestamp {
    fn from(moment: std::time::SystemTime) -> Self {
        let since_epoch = moment.duration_since(std::time::UNIX_EPOCH);
        Self(since_epoch.map_or(0, |duration| duration.as_secs()))
    }
}

/// Takes whole seconds since the Unix epoch, not milliseconds.
impl From<u64> for Timestamp {
    fn from(seconds: u64) -> Self {
        Self(seconds)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A source of the current time.
///
/// A webhook reads its clock once for each decision about a signed timestamp: once
/// for a whole request, and twice for a streamed one, when its head is checked
/// and again when the body is complete. It does not read the clock if the scheme
/// has no timestamp, the window is off, or the time of receipt is given.
///
/// [`SystemClock`] is the default, [`FixedClock`] is for tests, and
/// [`clock_fn`] makes a clock of a function. A reference, `Box` or `Arc` of a
/// clock is one too.
///
/// ```
/// use std::sync::Arc;
/// use hookseal::{Clock, Timestamp, Webhook, clock_fn, schemes};
///
/// let clock: Arc<dyn Clock> = Arc::new(clock_fn(|| Timestamp::from_secs(1_674_087_231)));
/// let webhook = Webhook::new(schemes::STANDARD_WEBHOOKS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?
///     .with_clock(clock);
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub trait Clock: Send + Sync {
    /// Returns the current time.
    fn now(&self) -> Timestamp;
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

impl<C: Clock + ?Sized> Clock for Box<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// The system's clock: the default.
///
/// Not available on `wasm32-unknown-unknown`, which has none: there, and without
/// the feature `std`, a webhook is given its clock
/// ([`Webhook::new_with_clock`](crate::Webhook::new_with_clock)).
///
/// ```
/// use hookseal::{Clock, SystemClock};
///
/// assert!(SystemClock.now().as_secs() > 1_700_000_000);
/// ```
#[cfg(all(
    feature = "std",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a unit: there is one system clock"
)]
pub struct SystemClock;

#[cfg(all(
    feature = "std",
    not(all(target_family = "wasm", target_os = "unknown"))
))]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands still, for tests and for captured requests.
///
/// ```
/// use hookseal::{Clock, FixedClock};
///
/// assert_eq!(FixedClock::at(1_700_000_000).now().as_secs(), 1_700_000_000);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(Timestamp);

impl FixedClock {
    /// Creates a clock that always shows this moment.
    #[must_use]
    pub fn at(moment: impl Into<Timestamp>) -> Self {
        Self(moment.into())
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A clock that calls a function: see [`clock_fn`].
#[derive(Clone, Copy)]
pub struct ClockFn<F>(F);

/// Creates a clock from a function that returns the current time.
///
/// ```
/// use hookseal::{Clock, Timestamp, clock_fn};
///
/// let clock = clock_fn(|| Timestamp::from_secs(1_674_087_231));
/// assert_eq!(clock.now().as_secs(), 1_674_087_231);
/// ```
pub const fn clock_fn<F: Fn() -> Timestamp + Send + Sync>(now: F) -> ClockFn<F> {
    ClockFn(now)
}

impl<F: Fn() -> Timestamp + Send + Sync> Clock for ClockFn<F> {
    fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl<F> fmt::Debug for ClockFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClockFn")
    }
}

/// How far a message's timestamp may be from the clock, in seconds, inclusive on
/// both sides: a message exactly as old as the past tolerance is accepted, one
/// second more is not.
///
/// The past tolerance is for delivery, the future tolerance for a sender's clock
/// that runs ahead of yours. A captured request can be replayed as long as its
/// timestamp is in the window: for the **sum** of both tolerances if it was
/// signed that far ahead, 600 seconds by default.
///
/// ```
/// use hookseal::{FixedClock, Message, ReplayWindow, Webhook, schemes};
///
/// let window = ReplayWindow::from_secs(300).with_future_secs(30);
/// let scheme = schemes::STANDARD_WEBHOOKS.with_window(window);
/// let mut webhook = Webhook::new(scheme, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?;
/// let headers = webhook.sign(&Message::new(b"{}").with_id("msg_1").with_timestamp(1_000_000))?;
/// for (now, accepted) in [
///     (1_000_300, true),
///     (1_000_301, false), // too old
///     (999_970, true),
///     (999_969, false), // in the future
/// ] {
///     webhook = webhook.with_clock(FixedClock::at(now));
///     assert_eq!(webhook.verify(&headers, b"{}").is_ok(), accepted);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayWindow {
    past: u64,
    future: u64,
}

impl ReplayWindow {
    /// Five minutes into the past and the future: the tolerance of the Standard
    /// Webhooks libraries, and of Stripe's and Slack's.
    pub const DEFAULT: Self = Self::from_secs(5 * 60);

    /// No window: every moment is in it.
    pub(crate) const UNBOUNDED: Self = Self::from_secs(u64::MAX);

    /// Creates a window with the same tolerance for past and future, in seconds.
    #[must_use]
    pub const fn from_secs(tolerance: u64) -> Self {
        Self {
            past: tolerance,
            future: tolerance,
        }
    }

    /// Returns the tolerance for messages from the past, in seconds.
    #[must_use]
    pub const fn past_secs(&self) -> u64 {
        self.past
    }

    /// Returns the tolerance for messages from the future, in seconds.
    #[must_use]
    pub const fn future_secs(&self) -> u64 {
        self.future
    }

    /// Sets the tolerance for messages from the past, in seconds.
    #[must_use]
    pub const fn with_past_secs(mut self, tolerance: u64) -> Self {
        self.past = tolerance;
        self
    }

    /// Sets the tolerance for messages from the future, in seconds.
    #[must_use]
    pub const fn with_future_secs(mut self, tolerance: u64) -> Self {
        self.future = tolerance;
        self
    }

    /// Returns where `moment` is, seen from `now`. No numbers make it overflow.
    #[inline]
    pub(crate) fn place(&self, moment: Instant, now: Timestamp) -> Place {
        let oldest = now.0.checked_sub(self.past);
        if oldest.is_some_and(|oldest| moment < Instant::from_secs(oldest)) {
            return Place::Before;
        }
        let newest = now.0.checked_add(self.future);
        if newest.is_some_and(|newest| moment > Instant::from_secs(newest)) {
            return Place::After;
        }
        Place::Within
    }
}

/// Where a moment is, seen from a replay window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Before,
    Within,
    After,
}

/// A moment as a request names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant {
    pub(crate) secs: u64,
    pub(crate) nanos: u32,
}

impl Instant {
    pub(crate) const fn from_secs(secs: u64) -> Self {
        Self { secs, nanos: 0 }
    }

    /// The whole seconds of it.
    pub(crate) const fn timestamp(self) -> Timestamp {
        Timestamp(self.secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_numbers_overflow_the_window() {
        let extremes = [0, 1, 300, u64::MAX / 2, u64::MAX - 1, u64::MAX];
        for past in extremes {
            for future in extremes {
                let window = ReplayWindow::from_secs(past).with_future_secs(future);
                for timestamp in extremes {
                    for now in extremes {
                        let age = i128::from(now) - i128::from(timestamp);
                        let wanted = if age > i128::from(past) {
                            Place::Before
                        } else if -age > i128::from(future) {
                            Place::After
                        } else {
                            Place::Within
                        };
                        let place = window.place(Instant::from_secs(timestamp), Timestamp(now));
                        assert_eq!(place, wanted);
                    }
                }
            }
        }
    }

    #[test]
    fn tolerances_are_separate() {
        let window = ReplayWindow::from_secs(300)
            .with_past_secs(60)
            .with_future_secs(5);
        assert_eq!((window.past_secs(), window.future_secs()), (60, 5));
        let now = Timestamp(1000);
        for (moment, place) in [
            (939, Place::Before),
            (940, Place::Within),
            (1005, Place::Within),
            (1006, Place::After),
        ] {
            assert_eq!(window.place(Instant::from_secs(moment), now), place);
        }
    }

    /// The instant counts, not its whole seconds.
    #[test]
    fn fractions_of_a_second_count() {
        let window = ReplayWindow::from_secs(10);
        let now = Timestamp(1000);
        let at = |secs, nanos| window.place(Instant { secs, nanos }, now);
        assert_eq!(at(989, 999_999_999), Place::Before);
        assert_eq!(at(990, 0), Place::Within);
        assert_eq!(at(1010, 0), Place::Within);
        assert_eq!(at(1010, 1), Place::After);
    }

    #[cfg(feature = "std")]
    #[test]
    fn a_system_time_turns_into_whole_seconds() {
        use core::time::Duration;
        use std::time::UNIX_EPOCH;

        for (time, seconds) in [
            (UNIX_EPOCH, 0),
            (UNIX_EPOCH + Duration::new(1_700_000_000, 0), 1_700_000_000),
            (UNIX_EPOCH + Duration::new(1_700_000_000, 1), 1_700_000_000),
            (
                UNIX_EPOCH + Duration::new(1_700_000_000, 999_999_999),
                1_700_000_000,
            ),
            (UNIX_EPOCH - Duration::from_secs(1), 0),
        ] {
            assert_eq!(Timestamp::from(time).as_secs(), seconds);
        }
    }
}
