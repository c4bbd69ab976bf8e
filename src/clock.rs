//! Clocks, and the timestamps that they return.
//!
//! A webhook reads the [`SystemClock`] unless
//! [`Webhook::with_clock`](crate::Webhook::with_clock) sets another one: a [`FixedClock`] in
//! tests, or your own [`Clock`].

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

/// A moment, in whole seconds since the Unix epoch.
///
/// ```
/// use hookseal::clock::Timestamp;
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
    /// assert!(hookseal::clock::Timestamp::now().as_secs() > 1_700_000_000);
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

/// Converts whole seconds since the Unix epoch, not milliseconds.
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
/// [`SystemClock`] is the default, [`FixedClock`] is for tests, and [`clock_fn`] turns a
/// function into a clock. A reference, `Box` or `Arc` of a clock is also a clock.
///
/// ```
/// use std::sync::Arc;
/// use hookseal::clock::{Clock, Timestamp, clock_fn};
/// use hookseal::{Webhook, schemes};
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
/// Not available on `wasm32-unknown-unknown`, which has no system clock: there,
/// and without the feature `std`, pass the webhook a clock
/// ([`Webhook::new_with_clock`](crate::Webhook::new_with_clock)).
///
/// ```
/// use hookseal::clock::{Clock, SystemClock};
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

/// A clock that always shows the same time, for tests and for captured requests.
///
/// ```
/// use hookseal::clock::{Clock, FixedClock};
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
/// use hookseal::clock::{Clock, Timestamp, clock_fn};
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

#[cfg(all(test, feature = "std"))]
mod tests {
    use super::*;

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
