//! Reads timestamps for the model, in nanoseconds since 1970.

use hookseal::scheme::TimeFormat;

pub fn read(format: TimeFormat, text: &[u8]) -> Option<i128> {
    match format {
        TimeFormat::Seconds => Some(number(text)? * 1_000_000_000),
        TimeFormat::Milliseconds => Some(number(text)? * 1_000_000),
        TimeFormat::Rfc3339 => rfc3339(str::from_utf8(text).ok()?),
        TimeFormat::HttpDate => http_date(str::from_utf8(text).ok()?),
        other => panic!("the model does not know {other:?}"),
    }
}

/// Returns the whole seconds of an instant.
pub fn seconds(nanos: i128) -> u64 {
    u64::try_from(nanos / 1_000_000_000).unwrap()
}

/// Writes these seconds as a sender does.
pub fn write(format: TimeFormat, seconds: u64) -> String {
    match format {
        TimeFormat::Seconds => seconds.to_string(),
        TimeFormat::Milliseconds => (u128::from(seconds) * 1000).to_string(),
        TimeFormat::Rfc3339 => {
            let (day, clock) = (seconds / 86_400, seconds % 86_400);
            let (year, month, day) = date(day);
            let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
        }
        TimeFormat::HttpDate => {
            let (day, clock) = (seconds / 86_400, seconds % 86_400);
            let weekday = &NAMES_OF_DAYS[usize::try_from(day % 7).unwrap()];
            let (year, month, day) = date(day);
            let month = &NAMES_OF_MONTHS[usize::try_from(month - 1).unwrap()];
            let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
            format!("{weekday} {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} UTC")
        }
        other => panic!("the model does not know {other:?}"),
    }
}

/// Reads one to 19 ASCII digits.
fn number(text: &[u8]) -> Option<i128> {
    let all_digits = text.iter().all(u8::is_ascii_digit);
    let text = str::from_utf8(text).ok()?;
    (all_digits && (1..=19).contains(&text.len())).then(|| text.parse().unwrap())
}

/// Reads the format of RFC 3339, section 5.6: `2026-11-25T12:00:00.123+05:30`. No leap
/// second, and nothing before 1970, which hookseal's timestamps cannot express.
fn rfc3339(text: &str) -> Option<i128> {
    let (date, rest) = text.split_once('T')?;
    let (clock, offset) = match rest.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => {
            let start = rest.rfind(['+', '-'])?;
            let minutes = two_fields(&rest[start + 1..], ':')?;
            let sign = if rest[start..].starts_with('-') {
                -1
            } else {
                1
            };
            (&rest[..start], sign * minutes)
        }
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, digits)) if (1..=9).contains(&digits.len()) => {
            let nanos = number(format!("{digits:0<9}").as_bytes())?;
            (clock, nanos)
        }
        Some(_) => return None,
        None => (clock, 0),
    };
    let fields: Vec<&str> = date.split('-').collect();
    let [year, month, day] = fields[..] else {
        return None;
    };
    let (year, month, day) = (field(year, 4)?, field(month, 2)?, field(day, 2)?);
    let (minutes, second) = clock.rsplit_once(':')?;
    let (minutes, second) = (two_fields(minutes, ':')?, field(second, 2)?);
    let length = month_length(year, month)?;
    if !(1..=length).contains(&day) || second > 59 {
        return None;
    }
    let days = days_before_year(year) - days_before_year(1970)
        + (1..month)
            .map(|month| month_length(year, month).unwrap())
            .sum::<i128>()
        + day
        - 1;
    let seconds = days * 86_400 + (minutes - offset) * 60 + second;
    (seconds >= 0).then_some(seconds * 1_000_000_000 + fraction)
}

/// Beginning with the first day of 1970.
const NAMES_OF_DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

const NAMES_OF_MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Reads `IMF-fixdate` of RFC 9110, section 5.6.7. The comma may be missing, and `GMT`
/// may be `UTC`.
fn http_date(text: &str) -> Option<i128> {
    let words: Vec<&str> = text.split(' ').collect();
    let [weekday, day, month, year, clock, "GMT" | "UTC"] = words[..] else {
        return None;
    };
    let weekday = weekday.strip_suffix(',').unwrap_or(weekday);
    if !NAMES_OF_DAYS.contains(&weekday) {
        return None;
    }
    let month = NAMES_OF_MONTHS.iter().position(|name| *name == month)? + 1;
    rfc3339(&format!("{year}-{month:02}-{day}T{clock}Z")).filter(|_| clock.len() == 8)
}

/// Reads hours and minutes, as minutes.
fn two_fields(text: &str, between: char) -> Option<i128> {
    let (hours, minutes) = text.split_once(between)?;
    let (hours, minutes) = (field(hours, 2)?, field(minutes, 2)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

fn field(text: &str, length: usize) -> Option<i128> {
    number(text.as_bytes()).filter(|_| text.len() == length)
}

fn is_leap(year: i128) -> bool {
    year % 400 == 0 || year % 4 == 0 && year % 100 != 0
}

fn month_length(year: i128, month: i128) -> Option<i128> {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = lengths.get(usize::try_from(month - 1).ok()?)?;
    Some(length + i128::from(month == 2 && is_leap(year)))
}

fn days_before_year(year: i128) -> i128 {
    (0..year).map(|year| 365 + i128::from(is_leap(year))).sum()
}

/// Converts days since 1970 to a date, by whole cycles of four centuries first.
fn date(day: u64) -> (u64, u64, u64) {
    let cycle = days_before_year(400);
    let (cycles, mut day) = (i128::from(day) / cycle, i128::from(day) % cycle);
    let mut year = 1970;
    while day >= 365 + i128::from(is_leap(year)) {
        day -= 365 + i128::from(is_leap(year));
        year += 1;
    }
    let mut month = 1;
    while day >= month_length(year, month).unwrap() {
        day -= month_length(year, month).unwrap();
        month += 1;
    }
    let year = year + 400 * cycles;
    let small = |number: i128| u64::try_from(number).unwrap();
    (small(year), small(month), small(day + 1))
}
