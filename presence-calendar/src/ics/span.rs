//! From what is written to absolute times.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use presence_core::Span;

use super::event::End;
use super::value::{Length, When};
use super::zones::{MAILBOX, UTC};
use crate::zone::Zone;

const DAY: i64 = 86_400;

/// Tells absolute times, by the zones of a file. Absolute times are seconds since the start of 1970.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock<'z> {
    zones: &'z [Zone],
}

/// How long an occurrence takes, wherever it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Extent {
    /// Whole days; negative when they end before they begin.
    Days(i64),
    Exact(Length),
}

/// Where an occurrence lies: both ends, and of whole days the dates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) days: Option<(NaiveDate, NaiveDate)>,
}

impl<'z> Clock<'z> {
    pub(super) const fn new(zones: &'z [Zone]) -> Self {
        Self { zones }
    }

    pub(super) fn zone(&self, number: u32) -> &'z Zone {
        const LOST: &Zone = &Zone::UTC;
        usize::try_from(number).ok().and_then(|number| self.zones.get(number)).unwrap_or(LOST)
    }

    /// When something begins.
    pub(super) fn at(&self, when: When) -> i64 {
        let zone = self.zone(when.zone);
        let time = if when.is_date { zone.start_of(when.local.date()) } else { zone.to_utc(when.local) };
        time.timestamp()
    }

    pub(super) fn time(&self, when: When) -> DateTime<Utc> {
        DateTime::from_timestamp(self.at(when), 0).unwrap_or_default()
    }

    /// The local date that is meant by a date or a time.
    pub(super) fn date_of(&self, when: When) -> NaiveDate {
        // Midnight in UTC is how some say "this day"; other times in UTC are midnight somewhere.
        if when.zone == UTC && !when.is_midnight() {
            return self.zone(MAILBOX).to_local(self.time(when)).date();
        }
        when.local.date()
    }

    /// The same time by the clock of another zone.
    pub(super) fn local_in(&self, when: When, zone: u32) -> NaiveDateTime {
        if when.zone == zone { when.local } else { self.zone(zone).to_local(self.time(when)) }
    }

    /// Both as whole days, if they lie at midnights.
    pub(super) fn whole_days(&self, start: When, end: End) -> Option<(When, End)> {
        let day = |when: When| {
            let local = if when.zone == UTC { self.local_in(when, MAILBOX) } else { when.local };
            [local, when.local].into_iter().find(|local| local.time() == NaiveTime::MIN).map(|local| local.date())
        };
        let end = match end {
            End::At(end) => End::At(When::date(day(end)?)),
            End::After(length) if length.seconds % DAY != 0 => return None,
            End::After(length) => End::After(Length::days(length.days + length.seconds / DAY)),
            End::Open => End::Open,
        };
        Some((When::date(day(start)?), end))
    }

    pub(super) fn extent(&self, start: When, end: End) -> Extent {
        match end {
            End::Open if start.is_date => Extent::Days(1),
            End::Open => Extent::Exact(Length::default()),
            End::At(end) if start.is_date && end.is_date => {
                Extent::Days(end.local.date().signed_duration_since(start.local.date()).num_days())
            }
            End::At(end) => Extent::Exact(Length::seconds(self.at(end) - self.at(start))),
            End::After(length) if start.is_date && length.seconds == 0 => Extent::Days(length.days),
            End::After(length) => Extent::Exact(length),
        }
    }

    /// When something that begins at `start` ends.
    pub(super) fn end(&self, start: When, end: End) -> i64 {
        let placed = self.place(start.local, start.zone, self.extent(start, end));
        if placed.start == self.at(start) { placed.end } else { placed.start }
    }

    /// An occurrence that begins at this time by the clock of this zone. What ends before it begins is turned round, and
    /// whole days are at least one.
    pub(super) fn place(&self, local: NaiveDateTime, zone: u32, extent: Extent) -> Placed {
        match extent {
            Extent::Days(days) => {
                let date = local.date();
                let other = date.checked_add_signed(TimeDelta::days(days)).unwrap_or(date);
                let (first, after) = (date.min(other), date.max(other));
                let after = if first == after { after.succ_opt().unwrap_or(after) } else { after };
                let zone = self.zone(MAILBOX);
                let (start, end) = (zone.start_of(first).timestamp(), zone.start_of(after).timestamp());
                Placed { start, end, days: Some((first, after)) }
            }
            Extent::Exact(length) => {
                let zone = self.zone(zone);
                let start = zone.to_utc(local).timestamp();
                let nominal = match length.days {
                    0 => start,
                    days => {
                        let local = local.checked_add_signed(TimeDelta::days(days)).unwrap_or(local);
                        zone.to_utc(local).timestamp()
                    }
                };
                let end = nominal + length.seconds;
                Placed { start: start.min(end), end: start.max(end), days: None }
            }
        }
    }

    /// From `start` to `end`. `None` for no time at all.
    pub(super) fn span(&self, start: When, end: End) -> Option<Span> {
        let placed = self.place(start.local, start.zone, self.extent(start, end));
        self.span_of(placed.start, placed.end)
    }

    /// Between two times, in whatever order. `None` for no time at all.
    #[expect(clippy::unused_self, reason = "absolute times are told here")]
    pub(super) fn span_of(&self, one: i64, other: i64) -> Option<Span> {
        let time = |seconds: i64| DateTime::from_timestamp(seconds, 0);
        Span::new(time(one.min(other))?, time(one.max(other))?).ok()
    }
}

impl Extent {
    /// No occurrence of this extent is longer than so many seconds.
    pub(super) fn bound(self) -> i64 {
        match self {
            Self::Days(days) => (days.abs().max(1) + 1) * DAY,
            Self::Exact(length) => {
                length.seconds.abs() + if length.days == 0 { 0 } else { (length.days.abs() + 1) * DAY }
            }
        }
    }
}
