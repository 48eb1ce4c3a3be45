//! Times in a scenario.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use thiserror::Error;

/// A time in a scenario: absolute, or so long after (or before) its start.
///
/// Written in RFC 3339, or as `+h:mm:ss` and `-h:mm:ss`; there may be more than 23 hours.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
#[non_exhaustive]
pub enum When {
    /// At this time.
    At(DateTime<Utc>),
    /// So long after the start of the scenario; negative: before it.
    After(TimeDelta),
}

impl When {
    /// The time itself, in a scenario that starts at `start`.
    #[must_use]
    pub fn time(self, start: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(time) => time,
            Self::After(delta) => start.checked_add_signed(delta).unwrap_or(start),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(time) => write!(f, "{}", time.format("%Y-%m-%dT%H:%M:%SZ")),
            Self::After(delta) => {
                let sign = if *delta < TimeDelta::zero() { '-' } else { '+' };
                let seconds = delta.num_seconds().unsigned_abs();
                write!(f, "{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
            }
        }
    }
}

/// What was written is no time.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("`{0}` is neither a time (`2026-03-02T08:00:00Z`) nor an offset (`+0:05:00`)")]
#[non_exhaustive]
pub struct InvalidWhen(String);

impl TryFrom<String> for When {
    type Error = InvalidWhen;

    fn try_from(text: String) -> Result<Self, InvalidWhen> {
        let offset = text.strip_prefix('+').map(|rest| (1, rest));
        let when = match offset.or_else(|| text.strip_prefix('-').map(|rest| (-1, rest))) {
            Some((sign, rest)) => delta(rest).map(|delta| Self::After(delta * sign)),
            None => DateTime::parse_from_rfc3339(&text).ok().map(|time| Self::At(time.to_utc())),
        };
        when.ok_or(InvalidWhen(text))
    }
}

fn delta(text: &str) -> Option<TimeDelta> {
    let mut parts = text.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let two_digits = |part: &str| (part.len() == 2).then(|| part.parse().ok()).flatten().filter(|part| *part < 60);
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let whole = parts.next().is_none() && digits(hours) && digits(minutes) && digits(seconds);
    let hours: i64 = hours.parse().ok().filter(|hours| whole && *hours <= 999_999)?;
    let (minutes, seconds): (i64, i64) = (two_digits(minutes)?, two_digits(seconds)?);
    TimeDelta::try_seconds(hours * 3600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<When, InvalidWhen> {
        When::try_from(text.to_owned())
    }

    #[test]
    fn offsets_and_times_are_read_and_written() {
        let start = DateTime::from_timestamp(1_000_000, 0).unwrap();
        for (text, seconds) in [("+0:00:00", 0), ("+0:05:01", 301), ("-1:00:00", -3600), ("+26:00:00", 93_600)] {
            let when = read(text).unwrap();
            assert_eq!((when.time(start) - start).num_seconds(), seconds, "{text}");
            assert_eq!(when.to_string(), text);
        }
        let absolute = read("2026-03-02T09:00:00+01:00").unwrap();
        assert_eq!(absolute.to_string(), "2026-03-02T08:00:00Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "+", "5", "+5", "+0:5:00", "+0:60:00", "+0:00:00:00", "++1:00:00", "+1:-1:00", "tomorrow"] {
            assert_eq!(read(text), Err(InvalidWhen(text.to_owned())));
        }
    }
}
