//! The zones that the server knows.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

use super::{Change, Daylight, Rule};

/// A zone with its three names.
#[derive(Debug)]
pub(crate) struct Zone {
    /// As EWS calls it.
    pub(crate) windows: &'static str,
    /// As a person reads it.
    pub(crate) display: &'static str,
    pub(crate) tz: Tz,
}

macro_rules! zones {
    ($($windows:literal $display:literal $tz:ident,)+) => {
        /// A selection: every kind of rule is there, northern, southern, half hours, none.
        pub(crate) const ZONES: &[Zone] = &[$(Zone { windows: $windows, display: $display, tz: Tz::$tz },)+];
    };
}

zones! {
    "UTC" "(UTC) Coordinated Universal Time" UTC,
    "GMT Standard Time" "(UTC+00:00) Dublin, Edinburgh, Lisbon, London" Europe__London,
    "W. Europe Standard Time" "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna" Europe__Berlin,
    "Romance Standard Time" "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris" Europe__Paris,
    "Central Europe Standard Time" "(UTC+01:00) Belgrade, Bratislava, Budapest, Ljubljana, Prague" Europe__Budapest,
    "FLE Standard Time" "(UTC+02:00) Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius" Europe__Kyiv,
    "India Standard Time" "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi" Asia__Kolkata,
    "Tokyo Standard Time" "(UTC+09:00) Osaka, Sapporo, Tokyo" Asia__Tokyo,
    "AUS Eastern Standard Time" "(UTC+10:00) Canberra, Melbourne, Sydney" Australia__Sydney,
    "Newfoundland Standard Time" "(UTC-03:30) Newfoundland" America__St_Johns,
    "Eastern Standard Time" "(UTC-05:00) Eastern Time (US & Canada)" America__New_York,
    "Central Standard Time" "(UTC-06:00) Central Time (US & Canada)" America__Chicago,
    "Pacific Standard Time" "(UTC-08:00) Pacific Time (US & Canada)" America__Los_Angeles,
}

/// A zone by its Windows or its IANA name.
pub(crate) fn named(name: &str) -> Option<&'static Zone> {
    let name = name.trim();
    ZONES.iter().find(|zone| zone.windows.eq_ignore_ascii_case(name) || zone.tz.name().eq_ignore_ascii_case(name))
}

impl Zone {
    /// What the clock on the wall shows.
    pub(crate) fn local(&self, time: DateTime<Utc>) -> NaiveDateTime {
        time.with_timezone(&self.tz).naive_local()
    }

    /// When the clock on the wall shows it: the first time if twice, and if never, as far behind the gap as the time is
    /// in it.
    pub(crate) fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        if let Some(time) = self.tz.from_local_datetime(&local).earliest() {
            return time.with_timezone(&Utc);
        }
        let before = self.minutes_east(local.and_utc() - TimeDelta::days(1));
        (local - TimeDelta::minutes(before)).and_utc()
    }

    pub(crate) fn minutes_east(&self, time: DateTime<Utc>) -> i64 {
        i64::from(self.tz.offset_from_utc_datetime(&time.naive_utc()).fix().local_minus_utc()) / 60
    }

    /// Its rules in a year, found by looking at every day of it.
    pub(crate) fn rule(&self, year: i32) -> Rule {
        let Some(first) = NaiveDate::from_yo_opt(year, 1) else { return Rule { bias: 0, daylight: None } };
        let days = (0..366).filter_map(|day| first.checked_add_days(chrono::Days::new(day)));
        let changes: Vec<_> = days.filter_map(|day| self.change_on(day.and_hms_opt(0, 0, 0)?.and_utc())).collect();
        let east = |time| self.minutes_east(time);
        let pair = match changes.as_slice() {
            [one, two] if east(*one) > east(*two) => Some((one, two)),
            [one, two] => Some((two, one)),
            // No change, or a year in which the rules changed: as it is on the first of January.
            _ => None,
        };
        let Some((starts, ends)) = pair else {
            return Rule { bias: -east(first.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc()), daylight: None };
        };
        let (standard, summer) = (east(*ends), east(*starts));
        let change = |time: DateTime<Utc>, east: i64| Change::of((time + TimeDelta::minutes(east)).naive_utc());
        let (starts, ends) = (change(*starts, standard), change(*ends, summer));
        Rule { bias: -standard, daylight: Some(Daylight { bias: standard - summer, starts, ends }) }
    }

    /// The instant within the day from which another offset holds.
    fn change_on(&self, day: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let east = self.minutes_east(day);
        let next = day + TimeDelta::days(1);
        if self.minutes_east(next) == east {
            return None;
        }
        let quarters = (1..=96).map(|quarter| day + TimeDelta::minutes(15 * quarter));
        quarters.into_iter().find(|time| time.year() == day.year() && self.minutes_east(*time) != east)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_a_gap_comes_after_it_and_a_doubled_one_is_the_first() {
        let zone = named("w. europe standard time").unwrap();
        let instant = |text: &str| zone.instant(text.parse().unwrap()).to_rfc3339();
        assert_eq!(instant("2026-03-29T02:30:00"), "2026-03-29T01:30:00+00:00");
        assert_eq!(instant("2026-10-25T02:30:00"), "2026-10-25T00:30:00+00:00");
    }
}
