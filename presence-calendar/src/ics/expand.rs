//! A series, and its occurrences in a span of time.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use presence_core::Span;

use super::event::{End, Recurs};
use super::span::{Clock, Extent, Placed};
use super::value::{Length, When};
use crate::recur::{Except, Recurrence};

/// When more occurrences than this are asked of a calendar, what is left is unknown.
pub(super) const MOST: usize = 200_000;
/// When series take more work than this together, what is left is unknown. Each of a hundred thousand may take a hundred.
pub(super) const MOST_STEPS: u64 = 10_000_000;
/// What takes longer is looked for so many seconds back and no further: a thousand days.
const FURTHEST: i64 = 1_000 * 86_400;

/// When an event takes place, once or more often.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) start: When,
    pub(super) end: End,
    pub(super) recurs: Option<Box<Recurring>>,
}

/// What makes it come again.
#[derive(Clone, Debug)]
pub(super) struct Recurring {
    /// What it leaves out is in order.
    recurrence: Recurrence,
    /// Occurrences with an extent of their own, by their starts.
    own: Vec<(i64, Extent)>,
}

/// One occurrence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Occurrence {
    /// Its start as the rule gives it, by which it is named.
    pub(super) at: i64,
    /// The same by the clock of the zone of the series.
    pub(super) local: NaiveDateTime,
    pub(super) extent: Extent,
}

/// The occurrences in a span of time.
#[derive(Debug)]
pub(super) struct Worked {
    pub(super) list: Vec<Occurrence>,
    /// Whether there are more.
    pub(super) is_cut: bool,
    /// How much work it was.
    pub(super) steps: u64,
}

impl Series {
    pub(super) fn of(start: When, end: End, recurs: Option<Box<Recurs>>, clock: &Clock<'_>) -> Self {
        let recurs = recurs.map(|recurs| Box::new(Recurring::of(start, *recurs, clock)));
        Self { start, end, recurs }
    }

    /// One occurrence of it, at this time by the clock of its zone.
    pub(super) fn once_at(&self, local: NaiveDateTime, clock: &Clock<'_>) -> Self {
        let length = match self.extent(clock) {
            Extent::Days(days) => Length::days(days),
            Extent::Exact(length) => length,
        };
        Self { start: When { local, ..self.start }, end: End::After(length), recurs: None }
    }

    pub(super) fn extent(&self, clock: &Clock<'_>) -> Extent {
        clock.extent(self.start, self.end)
    }

    /// Whether a start is left out.
    pub(super) fn leaves_out(&self, at: i64, date: NaiveDate) -> bool {
        let Some(recurs) = &self.recurs else { return false };
        let has = |except: &Except| recurs.recurrence.except.binary_search(except).is_ok();
        has(&Except::On(date)) || DateTime::from_timestamp(at, 0).is_some_and(|time| has(&Except::At(time)))
    }

    /// The occurrences that may lie in `within` when each of them is moved by at most `moved` seconds, in order.
    pub(super) fn occurrences(&self, clock: &Clock<'_>, within: Span, moved: i64) -> Worked {
        let extent = self.extent(clock);
        let Some(recurs) = &self.recurs else {
            let one = Occurrence { at: clock.at(self.start), local: self.start.local, extent };
            return Worked { list: vec![one], is_cut: false, steps: 1 };
        };
        let bound = recurs.own.iter().map(|(_, extent)| extent.bound()).fold(extent.bound(), i64::max);
        let wider = bound.saturating_add(moved).min(FURTHEST) + 1;
        let found = recurs.recurrence.between(time(within.start().get(), -wider), time(within.end().get(), wider));
        let list = found.list.into_iter().map(|one| {
            let at = one.start.timestamp();
            let own = recurs.own.binary_search_by_key(&at, |(at, _)| *at).ok().and_then(|own| recurs.own.get(own));
            Occurrence { at, local: one.local, extent: own.map_or(extent, |(_, extent)| *extent) }
        });
        Worked { list: list.collect(), is_cut: found.is_cut, steps: found.steps }
    }

    /// Where the occurrences lie that lie in `within`, and how much work it was to tell.
    pub(super) fn placed(&self, clock: &Clock<'_>, within: Span) -> (Vec<Placed>, u64) {
        let Worked { list, steps, .. } = self.occurrences(clock, within, 0);
        let placed = list.into_iter().map(|one| clock.place(one.local, self.start.zone, one.extent));
        let (start, end) = (i64::from(within.start().get()), i64::from(within.end().get()));
        (placed.filter(|placed| placed.start < end && start < placed.end).collect(), steps)
    }
}

impl Recurring {
    fn of(start: When, recurs: Recurs, clock: &Clock<'_>) -> Self {
        let local = |when: When| {
            match (start.is_date, when.is_date) {
                (true, _) => clock.date_of(when).and_time(NaiveTime::MIN),
                // A day alone says nothing of the time, which is then that of the others.
                (false, true) => when.local.date().and_time(start.local.time()),
                (false, false) => clock.local_in(when, start.zone),
            }
        };
        let mut recurrence = Recurrence::once(start.local, start.is_date, clock.zone(start.zone).clone());
        recurrence.also = recurs.also.iter().map(|(when, _)| local(*when)).collect();
        let with_end = recurs.also.iter().filter(|(_, end)| *end != End::Open);
        let mut own: Vec<_> = with_end.map(|(when, end)| (clock.at(*when), clock.extent(*when, *end))).collect();
        own.sort_unstable_by_key(|(at, _)| *at);
        let except = |when: &When| {
            let is_day = start.is_date || when.is_date;
            if is_day { Except::On(clock.date_of(*when)) } else { Except::At(clock.time(*when)) }
        };
        recurrence.except = recurs.except.iter().map(except).collect();
        recurrence.except.sort_unstable();
        (recurrence.rules, recurrence.without) = (recurs.rules, recurs.without);
        Self { recurrence, own }
    }
}

fn time(second: u32, moved: i64) -> DateTime<Utc> {
    let time = DateTime::from_timestamp(i64::from(second), 0).unwrap_or_default();
    time.checked_add_signed(TimeDelta::seconds(moved)).unwrap_or(time)
}
