//! Time: timestamps, clocks, and the replay window.

use core::fmt;

use crate::{HeaderName, VerifyError};

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
    /// The moment so many seconds after the Unix epoch.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the Unix epoch.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// The system clock's time. A clock that is set before 1970 reads 0.
    ///
    /// ```
    /// assert!(hookseal::Timestamp::now().as_secs() > 1_700_000_000);
    /// ```
    #[cfg(feature = "std")]
    #[must_use]
    pub fn now() -> Self {
        std::time::SystemTime::now().into()
    }
}

/// Fractions of a second are dropped; a time before 1970 is 0.
#[cfg(feature = "std")]
impl From<std::time::SystemTime> for Timestamp {
    fn from(moment: std::time::SystemTime) -> Self {
        let since_epoch = moment.duration_since(std::time::UNIX_EPOCH);
        Self(since_epoch.map_or(0, |duration| duration.as_secs()))
    }
}

/// Whole seconds since the Unix epoch, not milliseconds.
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

/// A timestamp as a header spells it, with its value and that header's name.
///
/// What is signed are the bytes as received: `01674087231` and `1674087231`
/// are the same moment and two different messages. So they stay together.
///
/// ```
/// use hookseal::{HeaderName, SignedTimestamp};
///
/// let header = HeaderName::from_static("webhook-timestamp");
/// let timestamp = SignedTimestamp::parse(b"01674087231", &header)?;
/// assert_eq!(timestamp.value().as_secs(), 1_674_087_231);
/// assert_eq!(timestamp.as_bytes(), b"01674087231");
/// assert!(SignedTimestamp::parse(b"-1", &header).is_err());
/// # Ok::<(), hookseal::VerifyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedTimestamp<'h> {
    text: &'h [u8],
    value: Timestamp,
    header: &'h HeaderName,
}

impl<'h> SignedTimestamp<'h> {
    /// The most digits that are read. Every number of so many fits 64 bits.
    pub const MAX_DIGITS: usize = 19;

    /// Reads one to 19 ASCII digits as Unix seconds: no sign, space, fraction
    /// or exponent.
    ///
    /// # Errors
    ///
    /// [`VerifyError::MalformedTimestamp`] with the name of `header`, where
    /// `text` was found, for anything else.
    pub fn parse(text: &'h [u8], header: &'h HeaderName) -> Result<Self, VerifyError> {
        let malformed = || VerifyError::MalformedTimestamp {
            header: header.clone(),
        };
        if text.is_empty() || text.len() > Self::MAX_DIGITS {
            return Err(malformed());
        }
        let mut seconds = 0_u64;
        for &byte in text {
            if !byte.is_ascii_digit() {
                return Err(malformed());
            }
            seconds = seconds * 10 + u64::from(byte - b'0');
        }
        Ok(Self {
            text,
            value: Timestamp(seconds),
            header,
        })
    }

    /// The bytes as received, which are the ones that are signed.
    #[must_use]
    pub const fn as_bytes(&self) -> &'h [u8] {
        self.text
    }

    /// The moment that they spell.
    #[must_use]
    pub const fn value(&self) -> Timestamp {
        self.value
    }

    /// The header that they stand in.
    #[must_use]
    pub const fn header(&self) -> &'h HeaderName {
        self.header
    }
}

/// A source of the current time.
///
/// A verifier asks it once for each request that carries a timestamp. Any
/// `Fn() -> Timestamp` is a clock.
///
/// ```
/// use hookseal::{Key, Timestamp, schemes::StandardWebhooks};
///
/// let verifier = StandardWebhooks::new(Key::from_base64("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")?)
///     .with_clock(|| Timestamp::from_secs(1_674_087_231));
/// # Ok::<(), hookseal::ConfigError>(())
/// ```
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

impl<F: Fn() -> Timestamp + Send + Sync> Clock for F {
    fn now(&self) -> Timestamp {
        self()
    }
}

/// The system's clock: the default.
///
/// ```
/// use hookseal::{Clock, SystemClock};
///
/// assert!(SystemClock.now().as_secs() > 1_700_000_000);
/// ```
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "a unit: there is one system clock"
)]
pub struct SystemClock;

#[cfg(feature = "std")]
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
    /// The clock that always shows this moment.
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

/// How far a message's timestamp may lie from the clock, in seconds, inclusive
/// on both sides: a message exactly as old as the past tolerance is accepted,
/// one second more is not.
///
/// The past tolerance is how long a captured request can be replayed; the
/// future tolerance is how far the sender's clock may run ahead of yours.
///
/// ```
/// use hookseal::{HeaderName, ReplayWindow, SignedTimestamp, Timestamp};
///
/// let header = HeaderName::from_static("webhook-timestamp");
/// let timestamp = SignedTimestamp::parse(b"1000000", &header)?;
/// let window = ReplayWindow::from_secs(300).with_future_secs(30);
/// let check = |now| window.check(&timestamp, Timestamp::from_secs(now));
/// assert!(check(1_000_300).is_ok());
/// assert!(check(1_000_301).is_err()); // too old
/// assert!(check(999_970).is_ok());
/// assert!(check(999_969).is_err()); // in the future
/// # Ok::<(), hookseal::VerifyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayWindow {
    past: u64,
    future: u64,
}

impl ReplayWindow {
    /// The same tolerance for the past and the future, in seconds.
    #[must_use]
    pub const fn from_secs(tolerance: u64) -> Self {
        Self {
            past: tolerance,
            future: tolerance,
        }
    }

    /// The tolerance for messages from the past, in seconds.
    #[must_use]
    pub const fn past_secs(&self) -> u64 {
        self.past
    }

    /// The tolerance for messages from the future, in seconds.
    #[must_use]
    pub const fn future_secs(&self) -> u64 {
        self.future
    }

    /// Another tolerance for messages from the past, in seconds.
    #[must_use]
    pub const fn with_past_secs(mut self, tolerance: u64) -> Self {
        self.past = tolerance;
        self
    }

    /// Another tolerance for messages from the future, in seconds.
    #[must_use]
    pub const fn with_future_secs(mut self, tolerance: u64) -> Self {
        self.future = tolerance;
        self
    }

    /// Whether `timestamp` lies within the window around `now`.
    ///
    /// # Errors
    ///
    /// [`VerifyError::TimestampTooOld`] or [`VerifyError::TimestampInFuture`],
    /// with the header's name and the numbers that were compared. No numbers
    /// make it overflow.
    pub fn check(
        &self,
        timestamp: &SignedTimestamp<'_>,
        now: Timestamp,
    ) -> Result<(), VerifyError> {
        let &SignedTimestamp { value, header, .. } = timestamp;
        if now.0.saturating_sub(value.0) > self.past {
            return Err(VerifyError::TimestampTooOld {
                header: header.clone(),
                timestamp: value,
                now,
                tolerance: self.past,
            });
        }
        if value.0.saturating_sub(now.0) > self.future {
            return Err(VerifyError::TimestampInFuture {
                header: header.clone(),
                timestamp: value,
                now,
                tolerance: self.future,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static HEADER: HeaderName = HeaderName::from_static("t");

    #[test]
    fn timestamps_are_one_to_19_ascii_digits() {
        for (text, seconds) in [
            ("0", 0),
            ("00", 0),
            ("1674087231", 1_674_087_231),
            ("01674087231", 1_674_087_231),
            ("0000000000000000001", 1),
            ("9223372036854775808", 1 << 63),
            ("9999999999999999999", 9_999_999_999_999_999_999),
        ] {
            let timestamp = SignedTimestamp::parse(text.as_bytes(), &HEADER).unwrap();
            assert_eq!(timestamp.value().as_secs(), seconds);
            assert_eq!(timestamp.as_bytes(), text.as_bytes());
            assert_eq!(timestamp.header(), &HEADER);
        }
    }

    #[test]
    fn hostile_timestamps_are_errors() {
        for text in [
            "",
            "-1",
            "+1",
            "-9223372036854775808",
            "00000000000000000001",
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999999999999999999999999999",
            "1.5",
            "1e9",
            "0x1",
            "1_000",
            " 1",
            "1 ",
            "1\n",
            "1\0",
            "\u{661}",
            "/",
            ":",
        ] {
            let error = SignedTimestamp::parse(text.as_bytes(), &HEADER).unwrap_err();
            assert_eq!(
                error,
                VerifyError::MalformedTimestamp {
                    header: HEADER.clone()
                }
            );
        }
    }

    /// A timestamp of any 64 bits, be it one that no header can spell.
    fn signed(seconds: u64) -> SignedTimestamp<'static> {
        SignedTimestamp {
            text: b"",
            value: Timestamp(seconds),
            header: &HEADER,
        }
    }

    #[test]
    fn no_numbers_overflow_the_window() {
        let extremes = [0, 1, 300, u64::MAX / 2, u64::MAX - 1, u64::MAX];
        for past in extremes {
            for future in extremes {
                let window = ReplayWindow::from_secs(past).with_future_secs(future);
                for timestamp in extremes {
                    for now in extremes {
                        let age = i128::from(now) - i128::from(timestamp);
                        let wanted = age <= i128::from(past) && -age <= i128::from(future);
                        let verdict = window.check(&signed(timestamp), Timestamp(now));
                        assert_eq!(verdict.is_ok(), wanted);
                    }
                }
            }
        }
    }

    #[test]
    fn tolerances_are_separate_and_named_in_the_error() {
        let window = ReplayWindow::from_secs(300)
            .with_past_secs(60)
            .with_future_secs(5);
        assert_eq!((window.past_secs(), window.future_secs()), (60, 5));
        let now = Timestamp(1000);
        assert_eq!(
            window.check(&signed(939), now),
            Err(VerifyError::TimestampTooOld {
                header: HEADER.clone(),
                timestamp: Timestamp(939),
                now,
                tolerance: 60,
            })
        );
        assert_eq!(
            window.check(&signed(1006), now),
            Err(VerifyError::TimestampInFuture {
                header: HEADER.clone(),
                timestamp: Timestamp(1006),
                now,
                tolerance: 5,
            })
        );
    }
}
