//! Time zones as calendars name them, and the one place where gaps and overlaps are decided.
//!
//! A local time that is skipped in spring is read with the offset before the gap, so it is as much later as was skipped; of
//! one that is there twice in autumn the first is meant.

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

mod changes;
mod known;
mod names;
mod rules;
mod table;
mod week;
mod windows;

pub use names::{Resolved, Zones};
pub use rules::{Observance, ZoneRules};
pub use week::{Weekdays, WorkingPeriod, WorkingWeek};
pub use windows::Transition;

/// A time zone. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Zone {
    /// One of the zones of the world.
    Iana(Tz),
    /// A zone by rules of its own.
    Rules(Arc<ZoneRules>),
}

impl Zone {
    /// Universal time.
    pub const UTC: Self = Self::Iana(Tz::UTC);

    /// A zone of the world by its IANA name, its Windows name, or one of the names that Outlook shows it under. `None`
    /// when no such zone is known.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        known::any(name).map(Self::Iana)
    }

    /// A zone whose clock is always this many seconds ahead of UTC. `None` when that is a day or more.
    #[must_use]
    pub fn fixed(seconds: i32) -> Option<Self> {
        ZoneRules::fixed(seconds).map(Self::from)
    }

    /// A local time as an absolute one.
    #[must_use]
    pub fn to_utc(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let seconds = match self {
            Self::Iana(Tz::UTC) => 0,
            Self::Iana(zone) => offset_of_local(*zone, local),
            Self::Rules(rules) => rules.offset_of_local(local.and_utc().timestamp()),
        };
        // At the ends of the calendar there is nothing before or after to be shifted to.
        local.checked_sub_signed(TimeDelta::seconds(i64::from(seconds))).unwrap_or(local).and_utc()
    }

    /// An absolute time as a local one.
    #[must_use]
    pub fn to_local(&self, time: DateTime<Utc>) -> NaiveDateTime {
        let seconds = match self {
            Self::Iana(Tz::UTC) => 0,
            Self::Iana(zone) => zone.offset_from_utc_datetime(&time.naive_utc()).fix().local_minus_utc(),
            Self::Rules(rules) => rules.offset_at(time.timestamp()),
        };
        let utc = time.naive_utc();
        utc.checked_add_signed(TimeDelta::seconds(i64::from(seconds))).unwrap_or(utc)
    }

    /// The first instant of a local day: midnight, or what comes after it where midnight is skipped.
    #[must_use]
    pub fn start_of(&self, date: NaiveDate) -> DateTime<Utc> {
        let midnight = date.and_time(NaiveTime::MIN);
        let start = self.to_utc(midnight);
        let skipped = self.to_local(start).signed_duration_since(midnight);
        if skipped <= TimeDelta::zero() {
            return start;
        }
        // The clock is put forward within the time that was skipped, before `start`: the first second that is past
        // midnight is found by halving.
        let (mut before, mut after) = (0, skipped.num_seconds());
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            let earlier = start.checked_sub_signed(TimeDelta::seconds(middle));
            let is_past = earlier.is_some_and(|earlier| self.to_local(earlier) >= midnight);
            (before, after) = if is_past { (middle, after) } else { (before, middle) };
        }
        start.checked_sub_signed(TimeDelta::seconds(before)).unwrap_or(start)
    }
}

impl From<Tz> for Zone {
    fn from(zone: Tz) -> Self {
        Self::Iana(zone)
    }
}

impl From<ZoneRules> for Zone {
    fn from(rules: ZoneRules) -> Self {
        Self::Rules(Arc::new(rules))
    }
}

/// By how many seconds the clock of a zone of the world is ahead of UTC when it shows this time.
fn offset_of_local(zone: Tz, local: NaiveDateTime) -> i32 {
    let found = zone.offset_from_local_datetime(&local).earliest().map(|offset| offset.fix());
    let before = || GapInfo::new(&local, &zone)?.begin.map(|(_, offset)| offset.fix());
    found.or_else(before).as_ref().map_or(0, FixedOffset::local_minus_utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    /// S0.21: an all-day meeting starts with the day, also where midnight is skipped or there twice.
    #[test]
    fn days_start_with_their_first_instant() {
        for (zone, date, expected) in [
            (Tz::Europe__Stockholm, "2026-03-29", "2026-03-28T23:00:00Z"),
            // 00:00 became 01:00.
            (Tz::Asia__Beirut, "2026-03-29", "2026-03-28T22:00:00Z"),
            // 23:30 of the day before became 00:30.
            (Tz::America__Toronto, "1919-03-31", "1919-03-31T04:30:00Z"),
            // The whole day was left out.
            (Tz::Pacific__Apia, "2011-12-30", "2011-12-30T10:00:00Z"),
            // 01:00 became 00:00.
            (Tz::America__Havana, "2026-11-01", "2026-11-01T04:00:00Z"),
        ] {
            assert_eq!(Zone::Iana(zone).start_of(day(date)), utc(expected), "{zone} {date}");
        }
    }

    #[test]
    fn the_ends_of_the_calendar_do_no_harm() {
        let rules = Zone::fixed(-3_600).unwrap();
        for zone in [Zone::UTC, Zone::Iana(Tz::Asia__Tokyo), Zone::Iana(Tz::America__New_York), rules] {
            for local in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
                let _ = (zone.to_utc(local), zone.to_local(local.and_utc()), zone.start_of(local.date()));
            }
        }
    }
}
