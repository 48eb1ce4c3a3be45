//! Gathers the occurrences of a window.

use std::ops::ControlFlow;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::calendar::{DAY, day_at, day_of, midnight, second_of_day, seconds};
use super::count::count_before;
use super::offsets::Offsets;
use super::plan::Plan;
use super::rule::{Frequency, Rule, Until};
use super::walk::{Flow, Stop, walk};
use super::{Except, Occurrence, Occurrences};
use crate::zone::Zone;

/// How many occurrences there may be in a window.
const MOST: usize = 100_000;

/// How many of them a rule by minutes or seconds may give.
const MOST_OF_SHORT: usize = 2_000;

/// chrono's years, less some room for arithmetic.
const LATEST: i64 = 8_000_000_000_000;

/// The occurrences found so far in a window.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) occurrences: Occurrences,
    offsets: Offsets<'a>,
    dates: Dates,
    /// The window: absolute, and the local times that can lie within it.
    from: i64,
    to: i64,
    local_from: i64,
    local_to: i64,
    is_sorted: bool,
    /// The start that was added last.
    last: i64,
}

impl<'a> Found<'a> {
    /// `None` for a window without any room.
    pub(super) fn new(zone: &'a Zone, from: DateTime<Utc>, to: DateTime<Utc>) -> Option<Self> {
        let (from, to) = (rounded_up(from), rounded_up(to));
        if from >= to {
            return None;
        }
        let offsets = Offsets::new(zone);
        let (local_from, local_to) = (offsets.around(from).0, offsets.around(to).1);
        Some(Self {
            occurrences: Occurrences::default(),
            offsets,
            dates: Dates::default(),
            from,
            to,
            local_from,
            local_to,
            is_sorted: true,
            last: i64::MIN,
        })
    }

    /// Adds what a rule gives.
    pub(super) fn expand(&mut self, rule: &Rule, start: NaiveDateTime, is_date: bool) {
        let plan = Plan::new(rule, start, is_date);
        self.expand_plan(&plan, is_date);
        self.occurrences.steps = self.occurrences.steps.saturating_add(plan.steps.get()).saturating_add(1);
    }

    fn expand_plan(&mut self, plan: &Plan<'_>, is_date: bool) {
        let rule = plan.rule;
        let (until, until_local) = self.until(rule, is_date);
        let (from, to) = (self.local_from.max(plan.start), self.local_to.min(until_local));
        if from >= to {
            return;
        }
        let mut left = u64::MAX;
        if let Some(count) = rule.count {
            let Some(before) = count_before(plan, from) else {
                self.occurrences.is_cut = true;
                return;
            };
            left = count.saturating_sub(before);
        }
        self.reserve(plan, to - from);
        let most = if rule.frequency < Frequency::Hourly { MOST_OF_SHORT } else { MOST };
        let most = MOST.min(self.occurrences.list.len() + most);
        let flow = walk(plan, from, to, &mut |day, second| {
            if left == 0 {
                return Flow::Break(Stop::Done);
            }
            left -= 1;
            self.push(day, second, until, most)
        });
        self.occurrences.is_cut |= flow == ControlFlow::Break(Stop::TooMuch);
    }

    /// The last moment of a rule, absolute, and the end of the local times that can be before it.
    fn until(&self, rule: &Rule, is_date: bool) -> (i64, i64) {
        match rule.until {
            None => (i64::MAX, i64::MAX),
            Some(Until::Date(date)) => (i64::MAX, midnight(day_of(date) + 1)),
            Some(Until::Local(time)) => (i64::MAX, seconds(time) + 1),
            // A date written as a time: there is no other reading that fits the clocks west of Greenwich.
            Some(Until::Utc(time)) if is_date && time.time() == NaiveTime::MIN => {
                (i64::MAX, midnight(day_of(time.date_naive()) + 1))
            }
            Some(Until::Utc(time)) => (time.timestamp(), self.offsets.around(time.timestamp()).1 + 1),
        }
    }

    /// Room for what a common rule gives.
    fn reserve(&mut self, plan: &Plan<'_>, window: i64) {
        let days = window / DAY + 1;
        let periods = match plan.frequency {
            Frequency::Weekly => (days / 7 + 1) * i64::from(plan.weekdays.count_ones()),
            Frequency::Monthly | Frequency::Yearly => days / 30 + 1,
            _ => days,
        };
        let room = usize::try_from(periods / plan.interval).unwrap_or(0).min(400);
        self.occurrences.list.reserve(room);
    }

    fn push(&mut self, day: i32, second: u32, until: i64, most: usize) -> Flow {
        let local = midnight(day) + i64::from(second);
        let Some(offset) = self.offsets.offset(local) else { return Flow::Continue(()) };
        let start = local - offset;
        if start < self.from || start >= self.to || start > until {
            return Flow::Continue(());
        }
        if self.occurrences.list.len() >= most {
            return Flow::Break(Stop::TooMuch);
        }
        if let Some(occurrence) = self.dates.occurrence(day, second, offset) {
            self.is_sorted &= self.last < start;
            self.last = start;
            self.occurrences.list.push(occurrence);
        }
        Flow::Continue(())
    }

    /// Adds one start, unless it is there.
    pub(super) fn insert(&mut self, time: NaiveDateTime) {
        let local = seconds(time);
        if local < self.local_from || local >= self.local_to {
            return;
        }
        let is_first = |list: &[Occurrence]| list.first().is_some_and(|first| first.local == time);
        if !(self.is_sorted && is_first(&self.occurrences.list)) {
            self.add_date(time);
        }
    }

    /// Adds one start.
    pub(super) fn add_date(&mut self, time: NaiveDateTime) {
        let local = seconds(time);
        if local >= self.local_from && local < self.local_to {
            let flow = self.push(day_at(local), second_of_day(local), i64::MAX, MOST);
            self.occurrences.is_cut |= flow.is_break();
        }
    }

    /// Brings them in order, each once.
    pub(super) fn sort(&mut self) {
        if !self.is_sorted {
            self.occurrences.list.sort_unstable();
            self.occurrences.list.dedup_by_key(|occurrence| occurrence.start);
            self.is_sorted = true;
        }
    }

    /// Takes others out. Both have to be in order.
    pub(super) fn remove_all(&mut self, others: &Occurrences) {
        self.occurrences.is_cut |= others.is_cut;
        self.occurrences.steps = self.occurrences.steps.saturating_add(others.steps);
        let mut others = others.list.iter().peekable();
        self.occurrences.list.retain(|occurrence| {
            while others.next_if(|other| other.start < occurrence.start).is_some() {}
            others.peek().is_none_or(|other| other.start != occurrence.start)
        });
    }

    /// Takes out what is left out by time or date. They have to be in order.
    pub(super) fn remove(&mut self, except: &[Except]) {
        let (mut times, mut dates) = (Vec::new(), Vec::new());
        for except in except {
            match except {
                Except::At(time) if (self.from..self.to).contains(&time.timestamp()) => times.push(*time),
                Except::On(date) => dates.push(*date),
                Except::At(_) => {}
            }
        }
        if !times.is_empty() {
            times.sort_unstable();
            let mut times = times.iter().peekable();
            self.occurrences.list.retain(|occurrence| {
                while times.next_if(|time| **time < occurrence.start).is_some() {}
                times.peek().is_none_or(|time| **time != occurrence.start)
            });
        }
        if !dates.is_empty() {
            dates.sort_unstable();
            self.occurrences.list.retain(|occurrence| dates.binary_search(&occurrence.local.date()).is_err());
        }
    }
}

/// Whole seconds: a window that begins within a second begins with the next.
fn rounded_up(time: DateTime<Utc>) -> i64 {
    (time.timestamp() + i64::from(time.timestamp_subsec_nanos() > 0)).clamp(-LATEST, LATEST)
}

/// Makes dates and times from numbers, each from the one before, which is quicker than from nothing.
#[derive(Debug, Default)]
struct Dates {
    day: i32,
    date: NaiveDate,
    times: Times,
}

/// A time by the local clock and by that of UTC.
#[derive(Debug, Default)]
struct Times {
    second: u32,
    offset: i64,
    local: NaiveTime,
    utc: NaiveTime,
    /// How many days UTC is behind.
    behind: i32,
}

impl Dates {
    #[inline]
    fn occurrence(&mut self, day: i32, second: u32, offset: i64) -> Option<Occurrence> {
        if self.times.second != second || self.times.offset != offset {
            self.times = Times::new(second, offset)?;
        }
        let times = &self.times;
        let date = match u64::try_from(day - self.day) {
            Ok(later) if later < 366 => self.date.checked_add_days(Days::new(later))?,
            _ => NaiveDate::from_epoch_days(day)?,
        };
        (self.day, self.date) = (day, date);
        let utc_date = match times.behind {
            0 => date,
            1 => date.pred_opt()?,
            -1 => date.succ_opt()?,
            days => NaiveDate::from_epoch_days(day.checked_sub(days)?)?,
        };
        let start = NaiveDateTime::new(utc_date, times.utc).and_utc();
        Some(Occurrence { start, local: NaiveDateTime::new(date, times.local) })
    }
}

impl Times {
    #[cold]
    fn new(second: u32, offset: i64) -> Option<Self> {
        let time = |second| NaiveTime::from_num_seconds_from_midnight_opt(second, 0);
        let start = i64::from(second) - offset;
        let utc = time(second_of_day(start))?;
        Some(Self { second, offset, local: time(second)?, utc, behind: -day_at(start) })
    }
}
