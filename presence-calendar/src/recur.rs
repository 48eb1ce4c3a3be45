//! Recurrence: rules, and the occurrences of a series within a window.
//!
//! A series is worked out by the clock of its zone, and each start is then turned into an absolute time. Where the window is
//! does not matter: a rule is asked which days of a month are its own, so nothing is counted from the first start, unless the
//! rule says how often it comes and has months that differ. What RFC 5545 leaves open is decided thus:
//!
//! * the first start belongs to the series even where the rule does not give it;
//! * a start in the hour that is skipped in spring is kept, later by what is skipped;
//! * days that do not exist (30 February) are passed over;
//! * a rule by weeks of the year that names no weekday comes on the weekday of the start;
//! * positions (`BYSETPOS`) choose among the whole period, also in the one in which the series starts.
//!
//! Work is bounded: at most 100,000 occurrences, at most 2,000 of a rule by minutes or seconds, at most 10,000 periods in a row
//! without any. [`Occurrences::is_cut`] says when there would be more.

mod calendar;
mod clock;
mod count;
mod found;
mod offsets;
mod parse;
mod plan;
mod rule;
mod walk;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Timelike, Utc};

pub use self::parse::InvalidRule;
pub use self::rule::Rule;

use self::found::Found;
use crate::zone::Zone;

/// A series: when it starts, in which zone, and how it recurs. Times are local to the zone.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recurrence {
    /// The first start, by the clock of the zone; of whole days midnight.
    pub start: NaiveDateTime,
    /// Whether the occurrences are whole days.
    pub is_date: bool,
    /// The zone.
    pub zone: Zone,
    /// The rules; the occurrences of all of them together.
    pub rules: Vec<Rule>,
    /// Rules whose occurrences are left out (`EXRULE`).
    pub without: Vec<Rule>,
    /// Further starts (`RDATE`).
    pub also: Vec<NaiveDateTime>,
    /// What is left out (`EXDATE`).
    pub except: Vec<Except>,
}

/// What is left out of a series.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Except {
    /// The occurrence at this time, whatever zone named it.
    At(DateTime<Utc>),
    /// All occurrences of this local date.
    On(NaiveDate),
}

/// One occurrence.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub struct Occurrence {
    /// Its start.
    pub start: DateTime<Utc>,
    /// The same by the clock of the zone, as the rule gives it.
    pub local: NaiveDateTime,
}

/// The occurrences in a window, in order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Occurrences {
    /// The occurrences. No two start at the same time.
    pub list: Vec<Occurrence>,
    /// Whether there are more than are worked out.
    pub is_cut: bool,
    /// How much work it was: periods that were looked at, and starts that were counted one by one. Whoever works out many
    /// series that somebody else wrote can stop in time.
    pub steps: u64,
}

impl Recurrence {
    /// A series that has one occurrence only.
    #[must_use]
    pub fn once(start: NaiveDateTime, is_date: bool, zone: Zone) -> Self {
        let (rules, without, also, except) = Default::default();
        Self { start, is_date, zone, rules, without, also, except }
    }

    /// The occurrences that start in `from..to`.
    #[must_use]
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Occurrences {
        // Parts of a second have no place in a calendar.
        let start = self.start.with_nanosecond(0).unwrap_or(self.start);
        let Some(mut found) = Found::new(&self.zone, from, to) else { return Occurrences::default() };
        for rule in &self.rules {
            found.expand(rule, start, self.is_date);
        }
        found.insert(start);
        for time in &self.also {
            found.add_date(*time);
        }
        found.sort();
        self.leave_out(start, from, to, &mut found);
        found.occurrences
    }

    fn leave_out(&self, start: NaiveDateTime, from: DateTime<Utc>, to: DateTime<Utc>, found: &mut Found<'_>) {
        if found.occurrences.list.is_empty() {
            return;
        }
        if !self.without.is_empty()
            && let Some(mut without) = Found::new(&self.zone, from, to)
        {
            for rule in &self.without {
                without.expand(rule, start, self.is_date);
            }
            without.sort();
            found.remove_all(&without.occurrences);
        }
        found.remove(&self.except);
    }
}
