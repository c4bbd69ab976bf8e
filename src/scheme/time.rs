//! How senders write a timestamp.

use alloc::format;
use alloc::string::{String, ToString as _};

use crate::clock::Timestamp;
use crate::window::Instant;

/// How a sender writes its timestamp.
///
/// The signed bytes are those received: `01674087231` and `1674087231` are the same
/// moment, but two different messages. The replay window applies to the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum TimeFormat {
    /// Unix seconds: 1 to 19 ASCII digits.
    Seconds,
    /// Unix milliseconds: 1 to 19 ASCII digits.
    Milliseconds,
    /// A date, `T`, a time, an optional fraction of 1 to 9 digits, and `Z` or a
    /// numeric offset (RFC 3339, section 5.6), such as
    /// `2026-11-25T12:00:00.123Z`. No leap second.
    Rfc3339,
    /// A date and time as in HTTP (RFC 9110, section 5.6.7), such as
    /// `Wed, 25 Nov 2026 12:00:00 GMT`, also without the comma and with `UTC`, as
    /// Scalr writes it: `Wed 25 Nov 2026 12:00:00 UTC`. Signing writes the latter.
    HttpDate,
}

impl TimeFormat {
    /// The maximum number of digits that are read. Every number with this many digits
    /// fits in 64 bits.
    const MAX_DIGITS: usize = 19;

    /// Returns the moment that `text` names; `None` if it is not in this format.
    #[inline]
    pub(crate) fn read(self, text: &[u8]) -> Option<Instant> {
        match self {
            Self::Seconds => number(text).map(Instant::from_secs),
            Self::Milliseconds => number(text).map(from_millis),
            Self::Rfc3339 => rfc3339(text),
            Self::HttpDate => http_date(text),
        }
    }

    /// Writes a timestamp as a sender does.
    pub(crate) fn write(self, timestamp: Timestamp) -> String {
        match self {
            Self::Seconds => timestamp.to_string(),
            Self::Milliseconds => format!("{timestamp}000"),
            Self::Rfc3339 => {
                let (year, month, day) = date(timestamp.as_secs() / DAY);
                let clock = clock(timestamp);
                format!("{year:04}-{month:02}-{day:02}T{clock}Z")
            }
            Self::HttpDate => {
                let days = timestamp.as_secs() / DAY;
                let (year, month, day) = date(days);
                let clock = clock(timestamp);
                // The first day of 1970 was a Thursday.
                let weekday = nth_name(WEEKDAYS, days + 3);
                let month = nth_name(MONTHS, month - 1);
                format!("{weekday} {day:02} {month} {year:04} {clock} UTC")
            }
        }
    }

    /// Returns the name of the format, for messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "Unix seconds of 1 to 19 digits",
            Self::Milliseconds => "Unix milliseconds of 1 to 19 digits",
            Self::Rfc3339 => "an RFC 3339 date and time",
            Self::HttpDate => "a date and time as in HTTP",
        }
    }
}

/// In seconds.
const DAY: u64 = 24 * 60 * 60;

fn from_millis(millis: u64) -> Instant {
    let nanos = u32::try_from(millis % 1000).unwrap_or_default() * 1_000_000;
    Instant {
        secs: millis / 1000,
        nanos,
    }
}

#[inline]
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > TimeFormat::MAX_DIGITS {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + u64::from(digit))
    })
}

fn rfc3339(text: &[u8]) -> Option<Instant> {
    let (whole, rest) = text.split_at_checked(19)?;
    let field = |range: core::ops::Range<usize>| number(whole.get(range)?);
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if !separators
        .iter()
        .all(|&(place, separator)| whole.get(place) == Some(&separator))
    {
        return None;
    }
    let (year, month, day) = (field(0..4)?, field(5..7)?, field(8..10)?);
    let (hour, minute, second) = (field(11..13)?, field(14..16)?, field(17..19)?);
    let (nanos, zone) = fraction(rest)?;
    let offset = offset(zone)?;
    let local = seconds_since_epoch((year, month, day), (hour, minute, second))?;
    let secs = i64::try_from(local).ok()?.checked_sub(offset)?;
    Some(Instant {
        secs: u64::try_from(secs).ok()?,
        nanos,
    })
}

/// Three letters each, Monday first.
const WEEKDAYS: &str = "MonTueWedThuFriSatSun";

/// Three letters each.
const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// Returns the name in this place, counting from 0 and wrapping around.
fn nth_name(names: &str, place: u64) -> &str {
    let place = place % u64::try_from(names.len() / 3).unwrap_or(u64::MAX);
    let start = usize::try_from(place).unwrap_or_default() * 3;
    names.get(start..start + 3).unwrap_or_default()
}

/// Returns the place of a name, counted from 0.
fn place_of(names: &str, name: &[u8]) -> Option<u64> {
    let mut names = names.as_bytes().chunks(3);
    let place = names.position(|other| other == name)?;
    u64::try_from(place).ok()
}

/// Reads an HTTP date. The weekday is not checked against the date.
fn http_date(text: &[u8]) -> Option<Instant> {
    let (weekday, rest) = text.split_at_checked(3)?;
    place_of(WEEKDAYS, weekday)?;
    let rest = rest.strip_prefix(b",").unwrap_or(rest);
    let [b' ', d1, d0, b' ', m2, m1, m0, b' ', rest @ ..] = rest else {
        return None;
    };
    let [y3, y2, y1, y0, b' ', rest @ ..] = rest else {
        return None;
    };
    let [h1, h0, b':', n1, n0, b':', s1, s0, b' ', zone @ ..] = rest else {
        return None;
    };
    if zone != b"GMT" && zone != b"UTC" {
        return None;
    }
    let month = place_of(MONTHS, &[*m2, *m1, *m0])? + 1;
    let date = (number(&[*y3, *y2, *y1, *y0])?, month, number(&[*d1, *d0])?);
    let clock = (
        number(&[*h1, *h0])?,
        number(&[*n1, *n0])?,
        number(&[*s1, *s0])?,
    );
    seconds_since_epoch(date, clock).map(Instant::from_secs)
}

/// Returns the Unix seconds of a date (year, month, day) and a time (hour, minute,
/// second); `None` if there is no such moment or it is before 1970, when nothing was
/// signed.
fn seconds_since_epoch(date: (u64, u64, u64), clock: (u64, u64, u64)) -> Option<u64> {
    let ((year, month, day), (hour, minute, second)) = (date, clock);
    let is_valid = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !is_valid {
        return None;
    }
    let days = days_since_epoch(year, month, day)?;
    Some(days * DAY + hour * 3600 + minute * 60 + second)
}

/// Returns the time of day as `HH:MM:SS`.
fn clock(timestamp: Timestamp) -> String {
    let seconds = timestamp.as_secs();
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{hour:02}:{minute:02}:{second:02}")
}

/// Returns the nanoseconds of an optional fraction of a second, and the text after it.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some(text) = text.strip_prefix(b".") else {
        return Some((0, text));
    };
    let end = text.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = text.split_at_checked(end)?;
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    let scale = 10_u64.pow(u32::try_from(9 - digits.len()).ok()?);
    let nanos = number(digits)? * scale;
    Some((u32::try_from(nanos).ok()?, rest))
}

/// Returns by how many seconds the zone is ahead of UTC.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, clock) = match zone {
        b"Z" => return Some(0),
        [b'+', clock @ ..] => (1, clock),
        [b'-', clock @ ..] => (-1, clock),
        _ => return None,
    };
    let [_, _, b':', _, _] = clock else {
        return None;
    };
    let (hours, minutes) = (number(clock.get(..2)?)?, number(clock.get(3..)?)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    i64::try_from(hours * 3600 + minutes * 60)
        .ok()
        .map(|seconds| sign * seconds)
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_in(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Returns the days since 1970-01-01; `None` for a year before 1970.
fn days_since_epoch(year: u64, month: u64, day: u64) -> Option<u64> {
    // The leap years before this year, less those before 1970.
    let leap_years = |year: u64| year / 4 - year / 100 + year / 400;
    let last = year.checked_sub(1)?;
    let years = year.checked_sub(1970)? * 365 + leap_years(last) - leap_years(1969);
    let months: u64 = (1..month).map(|month| days_in(year, month)).sum();
    Some(years + months + day - 1)
}

/// Returns the year, month and day for a number of days since 1970-01-01.
fn date(day: u64) -> (u64, u64, u64) {
    // Four centuries have 146,097 days.
    let (mut year, mut day) = (1970 + day / 146_097 * 400, day % 146_097);
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        if day < length {
            break;
        }
        day -= length;
        year += 1;
    }
    let mut month = 1;
    while day >= days_in(year, month) {
        day -= days_in(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(text: &str) -> Option<u64> {
        TimeFormat::Seconds.read(text.as_bytes()).map(|at| at.secs)
    }

    #[test]
    fn seconds_are_one_to_19_ascii_digits() {
        for (text, seconds) in [
            ("0", 0),
            ("00", 0),
            ("1674087231", 1_674_087_231),
            ("01674087231", 1_674_087_231),
            ("0000000000000000001", 1),
            ("9223372036854775808", 1 << 63),
            ("9999999999999999999", 9_999_999_999_999_999_999),
        ] {
            assert_eq!(secs(text), Some(seconds));
        }
    }

    #[test]
    fn hostile_numbers_are_malformed() {
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
            assert_eq!(secs(text), None, "{text:?}");
            assert_eq!(TimeFormat::Milliseconds.read(text.as_bytes()), None);
        }
    }

    #[test]
    fn milliseconds_are_exact() {
        let at = TimeFormat::Milliseconds.read(b"1620771659663").unwrap();
        assert_eq!((at.secs, at.nanos), (1_620_771_659, 663_000_000));
        let at = TimeFormat::Milliseconds
            .read(b"9999999999999999999")
            .unwrap();
        assert_eq!((at.secs, at.nanos), (9_999_999_999_999_999, 999_000_000));
    }

    /// Expected values from GNU `date -u -d TEXT +%s.%N`.
    #[test]
    fn rfc3339_names_a_moment() {
        for (text, secs, nanos) in [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("2026-11-25T12:00:00Z", 1_795_608_000, 0),
            ("2024-02-29T23:59:59.999999999Z", 1_709_251_199, 999_999_999),
            ("2000-02-29T00:00:00+00:00", 951_782_400, 0),
            ("2026-11-25T12:00:00.5+05:30", 1_795_588_200, 500_000_000),
            ("2026-11-25T12:00:00-08:00", 1_795_636_800, 0),
            ("1969-12-31T23:00:00-01:00", u64::MAX, 0),
            ("1970-01-01T00:00:00+00:01", u64::MAX, 0),
            ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
        ] {
            let wanted = (secs != u64::MAX).then_some(Instant { secs, nanos });
            assert_eq!(TimeFormat::Rfc3339.read(text.as_bytes()), wanted, "{text}");
        }
    }

    #[test]
    fn anything_else_is_malformed() {
        for text in [
            "",
            "Z",
            "2026-11-25",
            "2026-11-25T12:00:00",
            "2026-11-25t12:00:00Z",
            "2026-11-25 12:00:00Z",
            "2026-11-25T12:00:00z",
            "2026-11-25T12:00Z",
            "2026-11-25T12:00:00.Z",
            "2026-11-25T12:00:00.1234567890Z",
            "2026-11-25T12:00:00,5Z",
            "2026-11-25T12:00:00.5",
            "2026-11-25T12:00:00+0530",
            "2026-11-25T12:00:00+05",
            "2026-11-25T12:00:00+24:00",
            "2026-11-25T12:00:00+05:60",
            "2026-11-25T12:00:00 +05:30",
            "2026-11-25T12:00:00ZZ",
            " 2026-11-25T12:00:00Z",
            "2026-11-25T12:00:00Z ",
            "2026-13-25T12:00:00Z",
            "2026-00-25T12:00:00Z",
            "2026-11-31T12:00:00Z",
            "2026-11-00T12:00:00Z",
            "2026-02-29T12:00:00Z",
            "2100-02-29T12:00:00Z",
            "2026-11-25T24:00:00Z",
            "2026-11-25T12:60:00Z",
            "2026-11-25T23:59:60Z",
            "+026-11-25T12:00:00Z",
            "2026-11-25T12:00:0\u{661}Z",
            "0000-01-01T00:00:00Z",
            "1795608000",
        ] {
            assert_eq!(TimeFormat::Rfc3339.read(text.as_bytes()), None, "{text:?}");
        }
    }

    /// Reads a date and time with a library that accepts more forms than RFC 3339 does.
    fn by_jiff(text: &str) -> Option<Instant> {
        let parsed: jiff::Timestamp = text.parse().ok()?;
        Some(Instant {
            secs: u64::try_from(parsed.as_second()).ok()?,
            nanos: u32::try_from(parsed.subsec_nanosecond()).ok()?,
        })
    }

    proptest::proptest! {
        /// Every moment that the library writes is read as the same moment.
        #[test]
        fn a_library_writes_what_is_read(
            secs in 0_i64..253_402_207_200,
            nanos in 0_i32..1_000_000_000,
            digits in 0_u8..10,
            offset in -1439_i32..1440,
        ) {
            let digits = (digits < 9).then_some(digits);
            let zone = jiff::tz::Offset::from_seconds(offset * 60).unwrap();
            let moment = jiff::Timestamp::new(secs, nanos).unwrap();
            let printer = jiff::fmt::temporal::DateTimePrinter::new().precision(digits);
            for text in [
                printer.timestamp_to_string(&moment),
                printer.timestamp_with_offset_to_string(&moment, zone),
            ] {
                // The library truncates to the precision, so compare with what it reads
                // back.
                proptest::prop_assert_eq!(TimeFormat::Rfc3339.read(text.as_bytes()), by_jiff(&text), "{}", text);
            }
        }

        /// Whatever is read, the library reads as the same moment.
        #[test]
        fn a_library_agrees_on_what_is_read(
            text in "[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?(Z|[+-][0-2][0-9]:[0-6][0-9])"
        ) {
            if let Some(read) = TimeFormat::Rfc3339.read(text.as_bytes()) {
                proptest::prop_assert_eq!(Some(read), by_jiff(&text), "{}", text);
            }
        }
    }

    /// Expected values from GNU `date -u -d TEXT +%s`.
    #[test]
    fn an_http_date_names_a_moment() {
        for (text, secs) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Thu 07 Sep 2017 06:30:04 UTC", 1_504_765_804),
            ("Thu, 07 Sep 2017 06:30:04 UTC", 1_504_765_804),
            ("Thu 07 Sep 2017 06:30:04 GMT", 1_504_765_804),
            ("Thu, 29 Feb 2024 23:59:59 GMT", 1_709_251_199),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ] {
            let wanted = Some(Instant::from_secs(secs));
            assert_eq!(TimeFormat::HttpDate.read(text.as_bytes()), wanted, "{text}");
        }
        // As Scalr writes it.
        let written = TimeFormat::HttpDate.write(Timestamp::from_secs(1_504_765_804));
        assert_eq!(written, "Thu 07 Sep 2017 06:30:04 UTC");
        for text in [
            "",
            "Thu",
            "Thu,",
            "Thu 07 Sep 2017 06:30:04",
            "Thu 07 Sep 2017 06:30:04 ",
            "Thu 07 Sep 2017 06:30:04 CET",
            "Thu 07 Sep 2017 06:30:04 UTC ",
            " Thu 07 Sep 2017 06:30:04 UTC",
            "thu 07 Sep 2017 06:30:04 UTC",
            "Thx 07 Sep 2017 06:30:04 UTC",
            "huF 07 Sep 2017 06:30:04 UTC",
            "Thu07 Sep 2017 06:30:04 UTC",
            "Thu,07 Sep 2017 06:30:04 UTC",
            "Thu,, 07 Sep 2017 06:30:04 UTC",
            "Thu  07 Sep 2017 06:30:04 UTC",
            "Thu 7 Sep 2017 06:30:04 UTC",
            "Thu 07 sep 2017 06:30:04 UTC",
            "Thu 07 anF 2017 06:30:04 UTC",
            "Thu 07 September 2017 06:30:04 UTC",
            "Thursday, 07-Sep-17 06:30:04 GMT",
            "Thu Sep  7 06:30:04 2017",
            "Thu 31 Sep 2017 06:30:04 UTC",
            "Thu 00 Sep 2017 06:30:04 UTC",
            "Thu 29 Feb 2017 06:30:04 UTC",
            "Thu 07 Sep 2017 24:30:04 UTC",
            "Thu 07 Sep 2017 06:60:04 UTC",
            "Thu 07 Sep 2017 06:30:60 UTC",
            "Thu 07 Sep 2017 6:30:04 UTC",
            "Thu 07 Sep 1969 06:30:04 UTC",
            "Thu 07 Sep +017 06:30:04 UTC",
            "1504765804",
        ] {
            assert_eq!(TimeFormat::HttpDate.read(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let days = (0..200_000).map(|day| day * DAY + day % DAY);
        for seconds in days {
            let timestamp = Timestamp::from_secs(seconds);
            for format in [
                TimeFormat::Seconds,
                TimeFormat::Milliseconds,
                TimeFormat::Rfc3339,
                TimeFormat::HttpDate,
            ] {
                let text = format.write(timestamp);
                let read = format.read(text.as_bytes());
                assert_eq!(read, Some(Instant::from_secs(seconds)), "{text}");
            }
        }
    }
}
