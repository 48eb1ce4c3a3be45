//! The times of a day, as the clock on the wall of the office tells them.

use chrono::{DateTime, Days, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::{Europe, Tz};
use presence_core::calendar::InvalidSpan;
use presence_core::{Agenda, Span};

/// Where the company is.
pub const ZONE: Tz = Europe::Stockholm;

/// Seconds.
pub(crate) const MINUTE: i64 = 60;
/// Seconds.
pub(crate) const HOUR: i64 = 60 * MINUTE;
/// Seconds, as the clock on the wall counts.
pub(crate) const DAY: i64 = 24 * HOUR;

/// Turns seconds since midnight into times. It goes by the clock on the wall: nine is nine also on the day on which the
/// clocks are changed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times(pub(crate) NaiveDate);

impl Times {
    /// So many seconds after midnight; beyond the day it counts on.
    pub(crate) fn at(self, seconds: i64) -> DateTime<Utc> {
        let date = self.date(seconds.div_euclid(DAY));
        let second = u32::try_from(seconds.rem_euclid(DAY)).unwrap_or(0);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap_or_default();
        match ZONE.from_local_datetime(&date.and_time(time)) {
            LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.to_utc(),
            // In the hour that is left out in spring nothing happens: counted on from midnight.
            LocalResult::None => Self(date).begin() + chrono::TimeDelta::seconds(i64::from(second)),
        }
    }

    /// From one time of the day to the other.
    pub(crate) fn span(self, from: i64, until: i64) -> Result<Span, InvalidSpan> {
        Span::new(self.at(from), self.at(until))
    }

    /// The date so many days later.
    pub(crate) fn date(self, days: i64) -> NaiveDate {
        let count = Days::new(days.unsigned_abs());
        let date = if days < 0 { self.0.checked_sub_days(count) } else { self.0.checked_add_days(count) };
        date.unwrap_or(self.0)
    }

    /// Midnight.
    fn begin(self) -> DateTime<Utc> {
        Agenda::day_span(self.0, &ZONE).and_then(|day| day.start().time()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_is_nine_also_when_the_clocks_are_changed() {
        let at = |date: &str, seconds| Times(date.parse().unwrap()).at(seconds).to_rfc3339();
        assert_eq!(at("2026-11-20", 9 * HOUR), "2026-11-20T08:00:00+00:00");
        assert_eq!(at("2026-03-29", 9 * HOUR), "2026-03-29T07:00:00+00:00");
        assert_eq!(at("2026-03-29", 2 * HOUR + 60), "2026-03-29T01:01:00+00:00", "an hour that is left out");
        assert_eq!(at("2026-03-28", DAY + 9 * HOUR), "2026-03-29T07:00:00+00:00");
        assert_eq!(at("2026-03-29", -HOUR), "2026-03-28T22:00:00+00:00");
    }
}
