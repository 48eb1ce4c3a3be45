//! Short words for series and times.

use chrono::{DateTime, NaiveDateTime, Utc};
use presence_calendar::recur::{Occurrences, Recurrence, Rule};
use presence_calendar::zone::Zone;

/// `20260309T103000` by some clock.
pub(crate) fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").unwrap()
}

/// The same in UTC.
pub(crate) fn utc(text: &str) -> DateTime<Utc> {
    local(text).and_utc()
}

/// A series in a zone, with rules.
pub(crate) fn series(zone: &str, start: &str, rules: &[&str]) -> Recurrence {
    let mut series = Recurrence::once(local(start), false, Zone::Iana(zone.parse().unwrap()));
    series.rules = rules.iter().map(|rule| Rule::parse(rule).unwrap()).collect();
    series
}

/// The starts by the clock of the series.
pub(crate) fn starts(found: &Occurrences) -> Vec<String> {
    found.list.iter().map(|occurrence| occurrence.local.format("%Y%m%dT%H%M%S").to_string()).collect()
}

/// The local dates of its starts in three years from 2026.
pub(crate) fn dates(series: &Recurrence) -> Vec<String> {
    let found = series.between(utc("20260101T000000"), utc("20290101T000000"));
    found.list.iter().map(|occurrence| occurrence.local.format("%Y%m%d").to_string()).collect()
}
