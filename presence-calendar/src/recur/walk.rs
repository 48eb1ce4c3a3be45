//! Walks through the starts that a plan gives, by its own clock, in order.

use std::ops::ControlFlow;

use super::calendar::{DAY, Month, bits, day_at, midnight, second_of_day};
use super::clock::Times;
use super::plan::Plan;
use super::rule::Frequency;

/// How many periods in a row may be empty. 30 February never comes.
const EMPTY_PERIODS: u32 = 10_000;

/// Why a walk ends before its end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stop {
    /// All that was asked for is there.
    Done,
    /// It would take too much work.
    TooMuch,
}

pub(super) type Flow = ControlFlow<Stop>;

/// Calls `emit` with each start in `from..to`: the day, and the second of the day, by the clock of the series.
pub(super) fn walk(plan: &Plan<'_>, from: i64, to: i64, emit: &mut impl FnMut(i32, u32) -> Flow) -> Flow {
    if from >= to {
        return Flow::Continue(());
    }
    let mut walk = Walk { plan, from, to, empty: 0, emit };
    if plan.rule.positions.is_empty() || plan.frequency <= Frequency::Daily { walk.months() } else { walk.periods() }
}

struct Walk<'a, E> {
    plan: &'a Plan<'a>,
    from: i64,
    to: i64,
    /// Empty periods in a row.
    empty: u32,
    emit: &'a mut E,
}

impl<E: FnMut(i32, u32) -> Flow> Walk<'_, E> {
    fn months(&mut self) -> Flow {
        let (first, last) = (day_at(self.from), day_at(self.to - 1));
        let single = if self.plan.chosen.is_none() { self.plan.times.single() } else { None };
        let mut months = self.plan.months_from(Month::index_of(first));
        while let Some(month) = months.next().filter(|month| month.first <= last) {
            if let Some(later) = self.later_turn(&month) {
                months.skip_to(later);
                continue;
            }
            self.visit()?;
            let days = self.plan.days(&month) & month.within(first, last);
            match single.filter(|_| !self.is_by_time()) {
                Some(second) => self.same_time(&month, days, second)?,
                None => self.times(&month, days)?,
            }
        }
        Flow::Continue(())
    }

    /// Whether each day has its own times.
    fn is_by_time(&self) -> bool {
        self.plan.frequency < Frequency::Daily
    }

    /// The month of the next turn, when it is not this one.
    fn later_turn(&self, month: &Month) -> Option<i64> {
        if !self.is_by_time() {
            return None;
        }
        let turn = self.plan.next_unit(self.plan.unit_at(midnight(month.first).max(self.from)));
        let day = day_at(self.plan.unit_start(turn)?);
        (day > month.last()).then(|| Month::index_of(day))
    }

    fn same_time(&mut self, month: &Month, days: u32, second: u32) -> Flow {
        let mut days = days;
        // Only on the first and the last day is there a time that is out of range.
        for edge in [day_at(self.from), day_at(self.to - 1)] {
            if !(self.from..self.to).contains(&(midnight(edge) + i64::from(second))) {
                days &= !month.bit(edge);
            }
        }
        if days != 0 {
            self.empty = 0;
        }
        bits(days.into()).try_for_each(|place| (self.emit)(month.first + place.cast_signed(), second))
    }

    fn times(&mut self, month: &Month, days: u32) -> Flow {
        for place in bits(days.into()) {
            let day = midnight(month.first + place.cast_signed());
            match &self.plan.chosen {
                Some(chosen) if !self.is_by_time() => self.chosen(chosen, day)?,
                _ if self.has_turn(day, DAY) => self.hours(day)?,
                _ => {}
            }
        }
        Flow::Continue(())
    }

    fn chosen(&mut self, chosen: &[u32], start: i64) -> Flow {
        chosen.iter().try_for_each(|second| self.emit(start + i64::from(*second)))
    }

    fn hours(&mut self, day: i64) -> Flow {
        self.visit()?;
        let hours = self.in_turn(Frequency::Hourly, day / 3_600, 24, self.plan.times.hours.into());
        for hour in bits(hours) {
            let start = day + i64::from(hour) * 3_600;
            if start + 3_600 <= self.from || !self.has_turn(start, 3_600) {
                continue;
            }
            if start >= self.to {
                break;
            }
            match &self.plan.chosen {
                Some(chosen) if self.plan.frequency == Frequency::Hourly => self.chosen(chosen, start)?,
                _ => self.minutes(start)?,
            }
        }
        Flow::Continue(())
    }

    fn minutes(&mut self, hour: i64) -> Flow {
        self.visit()?;
        let minutes = self.in_turn(Frequency::Minutely, hour / 60, 60, self.plan.times.minutes);
        for minute in bits(minutes) {
            let start = hour + i64::from(minute) * 60;
            if start + 60 <= self.from {
                continue;
            }
            if start >= self.to {
                break;
            }
            match &self.plan.chosen {
                Some(chosen) if self.plan.frequency == Frequency::Minutely => self.chosen(chosen, start)?,
                _ => self.seconds(start)?,
            }
        }
        Flow::Continue(())
    }

    fn seconds(&mut self, minute: i64) -> Flow {
        let mut seconds = self.in_turn(Frequency::Secondly, minute, 60, self.plan.times.seconds);
        if self.plan.chosen.as_ref().is_some_and(|chosen| chosen.is_empty()) {
            seconds = 0;
        }
        if seconds == 0 {
            return self.visit();
        }
        bits(seconds).try_for_each(|second| self.emit(minute + i64::from(second)))
    }

    /// Of the units with their turn in the rule, those of this set.
    fn in_turn(&self, frequency: Frequency, from: i64, len: i64, set: u64) -> u64 {
        if self.plan.frequency == frequency && self.plan.interval > 1 { set & self.plan.turns(from, len) } else { set }
    }

    /// Whether a turn falls within these seconds.
    fn has_turn(&self, start: i64, len: i64) -> bool {
        let plan = self.plan;
        let first = match plan.frequency {
            Frequency::Hourly => start / 3_600,
            Frequency::Minutely => start / 60,
            Frequency::Secondly => start,
            _ => return true,
        };
        plan.interval == 1 || plan.unit_start(plan.next_unit(first)).is_some_and(|turn| turn < start + len)
    }

    /// Positions choose among all starts of a period.
    fn periods(&mut self) -> Flow {
        let plan = self.plan;
        let times: Times = plan.times;
        let mut numbers = Vec::with_capacity(plan.rule.positions.len());
        let mut unit = plan.next_unit(plan.unit_at(self.from).max(plan.start_unit));
        while plan.unit_start(unit).is_some_and(|start| start < self.to) {
            self.visit()?;
            let Some(period) = plan.period(unit) else { break };
            plan.positions(period.len() * times.len(), &mut numbers);
            for number in &numbers {
                let day = number.checked_div(times.len()).and_then(|number| period.nth(number));
                let second = number.checked_rem(times.len()).and_then(|number| times.nth(number));
                if let (Some(day), Some(second)) = (day, second) {
                    self.emit(midnight(day) + i64::from(second))?;
                }
            }
            unit += plan.interval;
        }
        Flow::Continue(())
    }

    fn emit(&mut self, second: i64) -> Flow {
        self.empty = 0;
        if second < self.from || second >= self.to {
            return Flow::Continue(());
        }
        (self.emit)(day_at(second), second_of_day(second))
    }

    /// Counts a period in which there may be nothing.
    fn visit(&mut self) -> Flow {
        self.plan.worked(1);
        self.empty += 1;
        if self.empty > EMPTY_PERIODS { Flow::Break(Stop::TooMuch) } else { Flow::Continue(()) }
    }
}
