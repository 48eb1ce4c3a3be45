//! Zones that have rules of their own instead of a name in the world.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use chrono::{DateTime, Months, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::changes::{Changes, Onset};
use super::windows::Transition;
use super::{Zone, windows};
use crate::recur::{Recurrence, Rule};

/// The years for which rules are worked out. Before them a zone has the time before its first change, and after them the
/// time after the last.
pub(super) const YEARS: RangeInclusive<i32> = 1_900..=2_100;

/// A clock is always less than a day ahead of UTC, or behind.
const MOST_SECONDS: u32 = 86_399;
/// Zones have at most so many parts, rules and changes; of more those that came into force last are kept. The longest
/// zones of the world, written out, have some 250 parts.
const MOST_PARTS: usize = 500;
const MOST_RULES: usize = 100;
const MOST_CHANGES: usize = 4_000;
/// No rule changes a clock more often; one that would is no rule of a zone, and is worked out no further.
const MOST_OF_RULE: usize = 1_000;
/// Rules are worked out for so many years at once, so that one that comes too often is found out early.
const YEARS_AT_ONCE: u32 = 4;

/// The rules of a zone that has no name in the world: from a VTIMEZONE, or the biases of a Windows zone.
///
/// The changes of its clock from 1900 to 2100 are worked out when the first time is asked for, and kept.
#[derive(Clone)]
pub struct ZoneRules {
    parts: Parts,
    changes: OnceLock<Changes>,
}

#[derive(Clone, Debug, PartialEq)]
enum Parts {
    Fixed(i32),
    Observances(Vec<Observance>),
    Windows { bias: i32, standard: Transition, daylight: Transition },
}

/// One part of a zone's rules: standard or daylight time.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Observance {
    /// When it is first in force, by the clock before it. With rules that name other days, from when on they hold.
    pub start: NaiveDateTime,
    /// Seconds that the clock before it is ahead of UTC (`TZOFFSETFROM`).
    pub offset_before: i32,
    /// Seconds that its clock is ahead of UTC (`TZOFFSETTO`).
    pub offset: i32,
    /// When it comes again.
    pub rules: Vec<Rule>,
    /// Further onsets (`RDATE`).
    pub dates: Vec<NaiveDateTime>,
}

impl ZoneRules {
    /// A zone of these parts. `None` without any; parts a day or more from UTC are none.
    #[must_use]
    pub fn new(mut parts: Vec<Observance>) -> Option<Self> {
        parts.retain(|part| is_sound(part.offset) && is_sound(part.offset_before));
        // The last first, so that what no limit allows is what is long ago.
        parts.sort_by_key(|part| std::cmp::Reverse(part.start));
        parts.truncate(MOST_PARTS);
        (!parts.is_empty()).then(|| Self::of(Parts::Observances(parts)))
    }

    /// A zone by the biases of Windows: UTC is local time plus `bias` plus the bias of the last transition, in minutes.
    /// Transitions in the same moment, or in month 0, are none. `None` when a number is none that a zone can have.
    #[must_use]
    pub fn windows(bias: i32, standard: Transition, daylight: Transition) -> Option<Self> {
        let is_sound = windows::is_sound(bias, standard, daylight);
        is_sound.then(|| Self::of(Parts::Windows { bias, standard, daylight }))
    }

    /// A zone whose clock is always this many seconds ahead of UTC. `None` when that is a day or more.
    #[must_use]
    pub fn fixed(seconds: i32) -> Option<Self> {
        is_sound(seconds).then(|| Self::of(Parts::Fixed(seconds)))
    }

    const fn of(parts: Parts) -> Self {
        Self { parts, changes: OnceLock::new() }
    }

    /// By how many seconds the clock is ahead of UTC, so many seconds after the start of 1970.
    pub(super) fn offset_at(&self, at: i64) -> i32 {
        self.changes().offset_at(at)
    }

    /// The same when the clock shows so many seconds after the start of 1970.
    pub(super) fn offset_of_local(&self, local: i64) -> i32 {
        self.changes().offset_of_local(local)
    }

    fn changes(&self) -> &Changes {
        self.changes.get_or_init(|| match &self.parts {
            Parts::Fixed(offset) => Changes::none(*offset),
            Parts::Observances(parts) => Changes::of(onsets(parts)).unwrap_or_default(),
            Parts::Windows { bias, standard, daylight } => {
                windows::changes(*bias, *standard, *daylight).unwrap_or_default()
            }
        })
    }
}

impl PartialEq for ZoneRules {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl fmt::Debug for ZoneRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.fmt(f)
    }
}

impl Observance {
    /// A part that comes into force once.
    #[must_use]
    pub const fn new(start: NaiveDateTime, offset_before: i32, offset: i32) -> Self {
        Self { start, offset_before, offset, rules: Vec::new(), dates: Vec::new() }
    }

    fn onset(&self, local: NaiveDateTime) -> Onset {
        let at = local.and_utc().timestamp().saturating_sub(i64::from(self.offset_before));
        Onset { at, before: self.offset_before, offset: self.offset }
    }

    /// When a rule lets it come again.
    ///
    /// Onsets are times by the clock before, so the rule is worked out by a clock that always stands so: an `UNTIL` in
    /// UTC is then read right. Some programs write local time there and call it UTC; therefore a last onset that lies
    /// before it by the clock on the wall is one too.
    fn again(&self, rule: &Rule) -> Option<Vec<NaiveDateTime>> {
        let clock = Zone::fixed(self.offset_before)?;
        let mut again = self.between(rule, clock, years()?);
        let (start, end) = years()?;
        let after = again.last().map_or(start, |last| last.and_utc() + TimeDelta::seconds(1));
        again.extend(self.between(rule, Zone::UTC, (after.max(start), end)));
        Some(again)
    }

    fn between(&self, rule: &Rule, zone: Zone, (from, to): (DateTime<Utc>, DateTime<Utc>)) -> Vec<NaiveDateTime> {
        let series = Recurrence { rules: vec![rule.clone()], ..Recurrence::once(self.start, false, zone) };
        let mut found: Vec<NaiveDateTime> = Vec::new();
        let mut start = from;
        while start < to && found.len() < MOST_OF_RULE {
            let end = start.checked_add_months(Months::new(12 * YEARS_AT_ONCE)).unwrap_or(to).min(to);
            found.extend(series.between(start, end).list.into_iter().map(|occurrence| occurrence.local));
            start = end;
        }
        found.truncate(MOST_OF_RULE);
        // A series has its first start even where the rule names other days; the clock is not changed then.
        let is_named = || {
            let without = Recurrence { without: vec![rule.clone()], ..series.clone() };
            let start = series.zone.to_utc(self.start);
            without.between(start, start + TimeDelta::seconds(1)).list.is_empty()
        };
        if found.first() == Some(&self.start) && !is_named() {
            found.remove(0);
        }
        found
    }
}

/// All onsets of the parts, as far as the limits go.
fn onsets(parts: &[Observance]) -> Vec<Onset> {
    let mut onsets = Vec::new();
    let mut rules_left = MOST_RULES;
    for part in parts {
        let before = onsets.len();
        for rule in part.rules.iter().filter(|rule| rule.is_seldom()) {
            if rules_left == 0 || onsets.len() >= MOST_CHANGES {
                break;
            }
            rules_left -= 1;
            onsets.extend(part.again(rule).into_iter().flatten().map(|local| part.onset(local)));
        }
        onsets.extend(part.dates.iter().take(MOST_CHANGES).map(|local| part.onset(*local)));
        // The start counts where no rule says anything; with dates alone it is one of them.
        if part.rules.is_empty() || onsets.len() == before {
            onsets.push(part.onset(part.start));
        }
        if onsets.len() >= MOST_CHANGES {
            break;
        }
    }
    onsets.truncate(MOST_CHANGES);
    // Of two at once the later in the list counts: the part that came into force later.
    onsets.reverse();
    onsets
}

/// The whole time for which rules are worked out.
fn years() -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let start = |year| Some(NaiveDate::from_ymd_opt(year, 1, 1)?.and_hms_opt(0, 0, 0)?.and_utc());
    Some((start(*YEARS.start())?, start(YEARS.end() + 1)?))
}

const fn is_sound(offset: i32) -> bool {
    offset.unsigned_abs() <= MOST_SECONDS
}
