//! Days without a clock.
//!
//! Exchange tells a whole day as the midnights by which its writer lives. So the zone of the writer says which day is
//! meant, and the zone of the mailbox says when that day is.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use presence_core::Span;

use super::Entry;
use crate::zone::{Zone, Zones};

/// The first day, and the day after the last one.
pub(super) fn days(entry: &Entry, zones: &Zones) -> Option<(NaiveDate, NaiveDate)> {
    let zone = zone(entry, zones);
    let (start, end) = (entry.start.min(entry.end), entry.start.max(entry.end));
    let first = nearest_day(zone.to_local(start))?;
    Some((first, nearest_day(zone.to_local(end))?.max(first.succ_opt()?)))
}

/// The zone in which the meeting begins at midnight: by its id, by its name, or that of the mailbox. If it is none of
/// them, the first that is known.
fn zone(entry: &Entry, zones: &Zones) -> Zone {
    let named = entry.zone_names.iter().flatten().map(|name| zones.resolve(name));
    let mut known: Vec<Zone> = named.filter(|found| !found.is_guess).map(|found| found.zone).collect();
    known.push(zones.mailbox().clone());
    let fitting = known.iter().position(|zone| zone.to_local(entry.start).time() == NaiveTime::MIN);
    known.into_iter().nth(fitting.unwrap_or_default()).unwrap_or(Zone::UTC)
}

/// In a zone that is not quite the right one, midnight is in the evening before or in the morning.
fn nearest_day(local: NaiveDateTime) -> Option<NaiveDate> {
    Some(local.checked_add_signed(TimeDelta::hours(12))?.date())
}

/// These days by the clock of the mailbox: 23, 24 or 25 hours each.
pub(super) fn span((first, after): (NaiveDate, NaiveDate), zone: &Zone) -> Option<Span> {
    let midnight = |day: NaiveDate| -> DateTime<Utc> { zone.to_utc(day.and_time(NaiveTime::MIN)) };
    Span::new(midnight(first), midnight(after)).ok()
}
