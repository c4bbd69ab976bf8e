//! The replay window: how far a timestamp may be from the clock.

use crate::clock::Timestamp;

/// How far a message's timestamp may be from the clock, in seconds, inclusive on both
/// sides: a message exactly as old as the past tolerance is accepted; one that is a
/// second older is not.
///
/// The past tolerance allows for delivery, the future tolerance for a sender's clock that
/// runs ahead of yours. A captured request can be replayed as long as its timestamp is in
/// the window: for the **sum** of both tolerances if it was signed that far ahead, 600
/// seconds by default.
///
/// ```
/// use hookseal::clock::FixedClock;
/// use hookseal::{Message, ReplayWindow, Webhook, schemes};
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

    /// No limit: every moment is in the window.
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

    /// Returns where `moment` is relative to the window around `now`. It does not
    /// overflow for any numbers.
    #[inline]
    pub(crate) fn place(&self, moment: Instant, now: Timestamp) -> Place {
        let oldest = now.as_secs().checked_sub(self.past);
        if oldest.is_some_and(|oldest| moment < Instant::from_secs(oldest)) {
            return Place::Before;
        }
        let newest = now.as_secs().checked_add(self.future);
        if newest.is_some_and(|newest| moment > Instant::from_secs(newest)) {
            return Place::After;
        }
        Place::Within
    }
}

/// Where a moment is relative to a replay window.
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

    /// Returns the whole seconds of the moment.
    pub(crate) const fn timestamp(self) -> Timestamp {
        Timestamp::from_secs(self.secs)
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
                        let place =
                            window.place(Instant::from_secs(timestamp), Timestamp::from_secs(now));
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
        let now = Timestamp::from_secs(1000);
        for (moment, place) in [
            (939, Place::Before),
            (940, Place::Within),
            (1005, Place::Within),
            (1006, Place::After),
        ] {
            assert_eq!(window.place(Instant::from_secs(moment), now), place);
        }
    }

    /// The exact moment counts, not its whole seconds.
    #[test]
    fn fractions_of_a_second_count() {
        let window = ReplayWindow::from_secs(10);
        let now = Timestamp::from_secs(1000);
        let at = |secs, nanos| window.place(Instant { secs, nanos }, now);
        assert_eq!(at(989, 999_999_999), Place::Before);
        assert_eq!(at(990, 0), Place::Within);
        assert_eq!(at(1010, 0), Place::Within);
        assert_eq!(at(1010, 1), Place::After);
    }
}
