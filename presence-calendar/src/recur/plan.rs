//! A rule tied to a start: which days are its own, month by month.
//!
//! A set of days within a month is a `u32`, bit 0 for the first. This is quick, and it makes a rule as quick to ask about a
//! month in ten years as about the first one.

use std::cell::Cell;

use chrono::{Datelike, NaiveDateTime, Timelike};

use super::calendar::{Month, bits, day_at, days_between, midnight, seconds, week_start, weekday};
use super::calendar::{year_len, year_start};
use super::clock::{Times, nth_bit};
use super::rule::{Frequency, FromBothEnds, Ordinal, Rule};

/// The Mondays of a month that begins with one, once for each place of a week.
const EVERY_WEEK: u64 = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28;

const ALL_HOURS: u32 = (1 << 24) - 1;
const ALL_SIXTY: u64 = (1 << 60) - 1;
const ALL_MONTHS: u16 = (1 << 12) - 1;

/// A rule tied to a start.
#[derive(Clone, Debug)]
pub(super) struct Plan<'a> {
    pub(super) rule: &'a Rule,
    /// The length of a period. Parts of a day that come every day at the same times are `Daily` here.
    pub(super) frequency: Frequency,
    pub(super) interval: i64,
    /// The start: a second, and the day, week, month and so on in which it falls, counted from 1970 (the month from year 0).
    pub(super) start: i64,
    pub(super) start_unit: i64,
    pub(super) months: u16,
    pub(super) month_days: FromBothEnds,
    pub(super) weekdays: u8,
    pub(super) ordinals: &'a [Ordinal],
    pub(super) weeks: FromBothEnds,
    pub(super) times: Times,
    /// Times within a day, an hour or a minute, where positions choose among them.
    pub(super) chosen: Option<Vec<u32>>,
    /// Periods that were looked at, and starts that were counted, so far.
    pub(super) steps: Cell<u64>,
}

impl<'a> Plan<'a> {
    /// The rule, for a series that starts at this time by its own clock.
    pub(super) fn new(rule: &'a Rule, start: NaiveDateTime, is_date: bool) -> Self {
        let mut plan = Self {
            rule,
            frequency: rule.frequency,
            interval: rule.interval.into(),
            start: seconds(start),
            start_unit: 0,
            months: rule.months,
            month_days: rule.month_days,
            weekdays: rule.weekdays,
            ordinals: &rule.ordinals,
            weeks: rule.weeks,
            times: Times { hours: rule.hours, minutes: rule.minutes & ALL_SIXTY, seconds: rule.seconds & ALL_SIXTY },
            chosen: None,
            steps: Cell::new(0),
        };
        plan.fill_days(start);
        plan.fill_times(start, is_date);
        plan.start_unit = plan.unit_at(plan.start);
        plan.choose_times();
        plan.fold_into_days();
        plan
    }

    /// So much more work was done.
    pub(super) fn worked(&self, steps: u64) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// Days that the rule leaves open are those of the start.
    fn fill_days(&mut self, start: NaiveDateTime) {
        let (rule, start_weekday) = (self.rule, 1 << start.weekday().num_days_from_monday());
        let has_numbers =
            self.frequency == Frequency::Monthly || self.frequency == Frequency::Yearly && rule.weeks.is_empty();
        if !has_numbers {
            // A numbered weekday says nothing here; the weekday is what can be meant.
            self.weekdays = rule.ordinals.iter().fold(self.weekdays, |days, ordinal| days | 1 << ordinal.weekday);
            self.ordinals = &[];
        }
        let names_days = self.weekdays != 0
            || !self.ordinals.is_empty()
            || !self.month_days.is_empty()
            || !rule.year_days.is_empty();
        let month_day = FromBothEnds { first: 1 << start.day0(), last: 0 };
        match self.frequency {
            _ if names_days => {}
            Frequency::Yearly if !self.weeks.is_empty() => self.weekdays = start_weekday,
            Frequency::Yearly => {
                self.month_days = month_day;
                if self.months == 0 {
                    self.months = 1 << start.month0();
                }
            }
            Frequency::Monthly => self.month_days = month_day,
            Frequency::Weekly => self.weekdays = start_weekday,
            _ => {}
        }
        if self.months == 0 {
            self.months = ALL_MONTHS;
        }
    }

    /// Times that the rule leaves open are those of the start, or all of them within a shorter period.
    fn fill_times(&mut self, start: NaiveDateTime, is_date: bool) {
        if is_date {
            // RFC 5545, 3.3.10: the parts of the time are passed over where there is no time.
            self.times = Times { hours: 1, minutes: 1, seconds: 1 };
            return;
        }
        let (given, frequency) = (self.rule, self.frequency);
        if given.hours == 0 {
            self.times.hours = if frequency > Frequency::Hourly { 1 << start.hour() } else { ALL_HOURS };
        }
        if given.minutes == 0 {
            self.times.minutes = if frequency > Frequency::Minutely { 1 << start.minute() } else { ALL_SIXTY };
        }
        if given.seconds == 0 {
            self.times.seconds = if frequency > Frequency::Secondly { 1 << start.second() } else { ALL_SIXTY };
        }
    }

    /// Positions within a day or less choose among the same times in each period.
    fn choose_times(&mut self) {
        if self.rule.positions.is_empty() || self.frequency > Frequency::Daily {
            return;
        }
        let mut of_period = self.times;
        if self.frequency < Frequency::Daily {
            of_period.hours = 1;
        }
        if self.frequency < Frequency::Hourly {
            of_period.minutes = 1;
        }
        if self.frequency < Frequency::Minutely {
            of_period.seconds = 1;
        }
        let mut numbers = Vec::with_capacity(self.rule.positions.len());
        self.positions(of_period.len(), &mut numbers);
        self.chosen = Some(numbers.iter().filter_map(|number| of_period.nth(*number)).collect());
    }

    /// The numbers, from 0, that the positions choose among so many; in order, none of them twice.
    pub(super) fn positions(&self, len: u64, numbers: &mut Vec<u64>) {
        numbers.clear();
        numbers.extend(self.rule.positions.iter().filter_map(|position| {
            let distance = u64::from(position.unsigned_abs());
            let number = if *position > 0 { distance.checked_sub(1) } else { len.checked_sub(distance) };
            number.filter(|number| *number < len)
        }));
        if !numbers.is_sorted() {
            numbers.sort_unstable();
        }
        numbers.dedup();
    }

    /// A rule by hours, minutes or seconds that comes at the same times each day is one by days.
    fn fold_into_days(&mut self) {
        if self.chosen.is_some() {
            return;
        }
        let whole = |units: i64| units % self.interval == 0;
        match self.frequency {
            Frequency::Hourly if whole(24) => self.times.hours &= u32::try_from(self.turns(0, 24)).unwrap_or(0),
            Frequency::Minutely if whole(60) => self.times.minutes &= self.turns(0, 60),
            Frequency::Secondly if whole(60) => self.times.seconds &= self.turns(0, 60),
            _ => return,
        }
        (self.frequency, self.interval) = (Frequency::Daily, 1);
        self.start_unit = self.unit_at(self.start);
    }

    /// The number of the period in which a second falls, as if there were no interval.
    pub(super) fn unit_at(&self, second: i64) -> i64 {
        let day = || day_at(second);
        match self.frequency {
            Frequency::Secondly => second,
            Frequency::Minutely => second.div_euclid(60),
            Frequency::Hourly => second.div_euclid(3_600),
            Frequency::Daily => day().into(),
            Frequency::Weekly => i64::from(week_start(day(), self.rule.week_start)).div_euclid(7),
            Frequency::Monthly => Month::index_of(day()),
            Frequency::Yearly => Month::index_of(day()).div_euclid(12),
        }
    }

    /// The first second of a period. `None` outside the years that are worked out.
    pub(super) fn unit_start(&self, unit: i64) -> Option<i64> {
        Some(match self.frequency {
            Frequency::Secondly => unit,
            Frequency::Minutely => unit.checked_mul(60)?,
            Frequency::Hourly => unit.checked_mul(3_600)?,
            Frequency::Daily => midnight(i32::try_from(unit).ok()?),
            Frequency::Weekly => midnight(self.week(unit)?),
            Frequency::Monthly => midnight(Month::new(unit)?.first),
            Frequency::Yearly => midnight(Month::new(unit.checked_mul(12)?)?.first),
        })
    }

    /// The first day of a week. Weeks are counted so that the one with 1 January 1970, or the one before, is 0.
    fn week(&self, unit: i64) -> Option<i32> {
        let day = i32::try_from(unit.checked_mul(7)?).ok()?;
        Some(week_start(day.checked_add(6)?, self.rule.week_start))
    }

    /// The first period whose turn it is, from this one on.
    pub(super) fn next_unit(&self, unit: i64) -> i64 {
        unit + (self.start_unit - unit).rem_euclid(self.interval)
    }

    /// The months in which the rule may come, from the one with this number on.
    pub(super) fn months_from(&self, index: i64) -> Months<'_, '_> {
        let by_day = self.frequency < Frequency::Monthly || self.interval == 1;
        Months { plan: self, next: self.month_from(index), is_every: by_day && self.months == ALL_MONTHS }
    }

    /// The first month, from this one on, in which the rule may come.
    fn month_from(&self, mut index: i64) -> Option<Month> {
        // Whatever the interval, the same months come again after twelve periods at most.
        for _ in 0..13 {
            index = match self.frequency {
                Frequency::Monthly => self.next_unit(index),
                Frequency::Yearly => {
                    let (year, next) = (index.div_euclid(12), self.next_unit(index.div_euclid(12)));
                    if next == year { index } else { next.checked_mul(12)? }
                }
                _ => index,
            };
            let month = Month::new(index)?;
            let later = u32::from(self.months) >> (month.number - 1);
            match (later & 1, self.frequency) {
                (1, _) => return Some(month),
                (_, Frequency::Monthly) => index += 1,
                _ if later != 0 => index += i64::from(later.trailing_zeros()),
                _ => index += i64::from(13 - month.number),
            }
        }
        None
    }

    /// The days of a month that belong to the rule. The month has to be one whose turn it is.
    pub(super) fn days(&self, month: &Month) -> u32 {
        let mut days = month.all();
        if !self.month_days.is_empty() {
            days &= month_days(self.month_days, month);
        }
        if self.weekdays != 0 || !self.ordinals.is_empty() {
            days &= every_week(self.weekdays, month) | self.numbered_weekdays(month);
        }
        if !self.rule.year_days.is_empty() {
            days &= self.year_days(month);
        }
        if !self.weeks.is_empty() {
            days &= self.weeks_of_year(month);
        }
        if self.interval > 1 {
            days &= match self.frequency {
                Frequency::Daily => self.days_in_turn(month),
                Frequency::Weekly => self.weeks_in_turn(month),
                _ => month.all(),
            };
        }
        days
    }

    fn numbered_weekdays(&self, month: &Month) -> u32 {
        // In a rule by years the second Monday is that of the year, unless the rule names months.
        let of_year = self.frequency == Frequency::Yearly && self.rule.months == 0;
        let (first, last) = if of_year {
            let first = year_start(month.year);
            (first, first + year_len(month.year) - 1)
        } else {
            (month.first, month.last())
        };
        self.ordinals.iter().fold(0, |days, ordinal| {
            let weeks = 7 * (i32::from(ordinal.number.unsigned_abs()) - 1);
            let day = if ordinal.number > 0 {
                first + days_between(weekday(first), ordinal.weekday) + weeks
            } else {
                last - days_between(ordinal.weekday, weekday(last)) - weeks
            };
            days | if (first..=last).contains(&day) { month.bit(day) } else { 0 }
        })
    }

    fn year_days(&self, month: &Month) -> u32 {
        let first = year_start(month.year);
        let next = first + year_len(month.year);
        self.rule.year_days.iter().fold(0, |days, number| {
            let day = if *number > 0 { first + i32::from(*number) - 1 } else { next + i32::from(*number) };
            days | if (first..next).contains(&day) { month.bit(day) } else { 0 }
        })
    }

    /// The days in weeks with the numbers asked for. Week 1 is the first with four days of its year, so some days at the turn
    /// of a year belong to a week of the other year: they count in the year that they are in.
    fn weeks_of_year(&self, month: &Month) -> u32 {
        let mut days = 0;
        let mut week = week_start(month.first, self.rule.week_start);
        while week <= month.last() {
            let middle = week + 3;
            let year = i32::try_from(Month::index_of(middle).div_euclid(12)).unwrap_or(month.year);
            let of_year = middle - year_start(year);
            let (before, after) = (of_year / 7, (year_len(year) - 1 - of_year) / 7);
            if (self.weeks.first >> before | self.weeks.last >> after) & 1 == 1 {
                days |= month.within(week, week + 6);
            }
            week += 7;
        }
        days
    }

    fn days_in_turn(&self, month: &Month) -> u32 {
        let mut days = 0;
        let mut day = self.next_unit(month.first.into());
        while day <= month.last().into() {
            days |= 1 << (day - i64::from(month.first));
            day += self.interval;
        }
        days
    }

    fn weeks_in_turn(&self, month: &Month) -> u32 {
        let mut days = 0;
        let mut unit = self.next_unit(self.unit_at(midnight(month.first)));
        while let Some(first) = self.week(unit).filter(|first| *first <= month.last()) {
            days |= month.within(first, first + 6);
            unit += self.interval;
        }
        days
    }

    /// Which of so many hours, minutes or seconds have their turn, from the one with this number on.
    pub(super) fn turns(&self, from: i64, len: i64) -> u64 {
        let mut turn = self.next_unit(from) - from;
        let mut turns = 0;
        while turn < len {
            turns |= 1 << turn;
            turn += self.interval;
        }
        turns
    }

    /// The days of a period by years, months or weeks.
    pub(super) fn period(&self, unit: i64) -> Option<Period> {
        let mut period = Period::default();
        match self.frequency {
            Frequency::Yearly => {
                for number in bits(self.months.into()) {
                    period.add(self, &Month::new(unit.checked_mul(12)? + i64::from(number))?);
                }
            }
            Frequency::Monthly => {
                let month = Month::new(unit)?;
                if self.months >> (month.number - 1) & 1 == 1 {
                    period.add(self, &month);
                }
            }
            _ => {
                let first = self.week(unit)?;
                let week = Month { year: 0, number: 0, first, len: 7 };
                for index in [Some(Month::index_of(first)), other(Month::index_of(first), Month::index_of(first + 6))] {
                    let Some(month) = index.and_then(Month::new) else { continue };
                    if self.months >> (month.number - 1) & 1 == 1 {
                        let days = self.days(&month) & month.within(week.first, week.last());
                        period.push(month.first, days);
                    }
                }
            }
        }
        Some(period)
    }
}

/// The months in which a rule may come.
#[derive(Debug)]
pub(super) struct Months<'p, 'a> {
    plan: &'p Plan<'a>,
    next: Option<Month>,
    /// Whether none is passed over.
    is_every: bool,
}

impl Months<'_, '_> {
    /// Goes on with the first month from this one on.
    pub(super) fn skip_to(&mut self, index: i64) {
        self.next = self.plan.month_from(index);
    }
}

impl Iterator for Months<'_, '_> {
    type Item = Month;

    fn next(&mut self) -> Option<Month> {
        let month = self.next?;
        self.next = if self.is_every { month.following() } else { self.plan.month_from(month.index() + 1) };
        Some(month)
    }
}

fn other(first: i64, second: i64) -> Option<i64> {
    (first != second).then_some(second)
}

fn month_days(numbers: FromBothEnds, month: &Month) -> u32 {
    let low = |set: u64| u32::try_from(set & u64::from(u32::MAX)).unwrap_or(0);
    low(numbers.first) & month.all() | low(numbers.last).reverse_bits() >> (32 - month.len)
}

/// The days of a month that fall on these weekdays.
fn every_week(weekdays: u8, month: &Month) -> u32 {
    let first = weekday(month.first);
    let turned = (u64::from(weekdays) | u64::from(weekdays) << 7) >> first & 0x7f;
    u32::try_from((turned * EVERY_WEEK) & u64::from(month.all())).unwrap_or(0)
}

/// The days of a period, in order.
#[derive(Debug, Default)]
pub(super) struct Period {
    /// The first day of a month, and its days that belong.
    months: [(i32, u32); 12],
    used: usize,
    len: u64,
}

impl Period {
    fn add(&mut self, plan: &Plan<'_>, month: &Month) {
        self.push(month.first, plan.days(month));
    }

    fn push(&mut self, first: i32, days: u32) {
        if let Some(month) = self.months.get_mut(self.used) {
            *month = (first, days);
            self.used += 1;
            self.len += u64::from(days.count_ones());
        }
    }

    /// How many days.
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    /// The day with this number, from 0.
    pub(super) fn nth(&self, mut number: u64) -> Option<i32> {
        for (first, days) in &self.months {
            let len = u64::from(days.count_ones());
            if number < len {
                return Some(first + nth_bit((*days).into(), number)?.cast_signed());
            }
            number -= len;
        }
        None
    }
}
