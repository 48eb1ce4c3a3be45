//! How many starts a rule gives before a moment, for `COUNT`: by arithmetic where each period has as many as the others.

use super::calendar::{Month, day_at, second_of_day, week_start, weekday};
use super::plan::Plan;
use super::rule::{Frequency, FromBothEnds};
use super::walk::{Flow, Stop, walk};

/// How many starts are counted one by one, where there is no other way.
const COUNTED: u64 = 100_000;

/// How many months are added up.
const MONTHS: usize = 100_000;

/// How many starts there are from the start of the series to this moment. `None` when there are too many to count.
pub(super) fn count_before(plan: &Plan<'_>, moment: i64) -> Option<u64> {
    if moment <= plan.start {
        return Some(0);
    }
    let unit = plan.unit_at(moment);
    // The last period whose turn it was.
    let behind = (unit - plan.start_unit).rem_euclid(plan.interval);
    let periods = (unit - plan.start_unit - behind) / plan.interval;
    match (per_period(plan), u64::try_from(periods)) {
        (Some(each), Ok(periods)) if periods > 0 => {
            let missing = count(plan, plan.unit_start(plan.start_unit)?, plan.start)?;
            let begun = count(plan, plan.unit_start(unit - behind)?, moment)?;
            Some(each.saturating_mul(periods) - missing + begun)
        }
        _ => count(plan, plan.start, moment),
    }
}

fn count(plan: &Plan<'_>, from: i64, to: i64) -> Option<u64> {
    let by_days = plan.frequency >= Frequency::Daily && plan.chosen.is_none() && plan.rule.positions.is_empty();
    if by_days { count_days(plan, from, to) } else { count_each(plan, from, to) }
}

/// Adds up the days of each month.
fn count_days(plan: &Plan<'_>, from: i64, to: i64) -> Option<u64> {
    let (first, end) = (day_at(from), day_at(to));
    let each = plan.times.len();
    if is_every_week(plan) {
        let before = |second| weekdays_before(plan, day_at(second)) * each + times_before(plan, second);
        return Some(before(to) - before(from));
    }
    let (mut days_before, mut more, mut less) = (0_u64, 0, 0);
    let mut months = plan.months_from(Month::index_of(first));
    for _ in 0..MONTHS {
        plan.worked(1);
        let Some(month) = months.next().filter(|month| month.first <= end) else {
            return Some(days_before * each + more - less);
        };
        let days = plan.days(&month);
        days_before += u64::from((days & month.within(first, end - 1)).count_ones());
        if days & month.bit(first) != 0 {
            less = plan.times.before(second_of_day(from));
        }
        if days & month.bit(end) != 0 {
            more = plan.times.before(second_of_day(to));
        }
    }
    None
}

/// Whether the rule comes on the same weekdays in every week, whatever it calls them.
fn is_every_week(plan: &Plan<'_>) -> bool {
    plan.interval == 1 && is_plain_week(plan) && plan.ordinals.is_empty() && plan.weekdays != 0
}

/// How many days on the weekdays of the rule there are before a day, from long ago on.
fn weekdays_before(plan: &Plan<'_>, day: i32) -> u64 {
    let long_ago = week_start(i32::MIN / 4, 0);
    let days = u64::from((day - long_ago).unsigned_abs());
    let begun = plan.weekdays & !(u8::MAX << (days % 7));
    days / 7 * u64::from(plan.weekdays.count_ones()) + u64::from(begun.count_ones())
}

/// How many times of its day come before a second.
fn times_before(plan: &Plan<'_>, second: i64) -> u64 {
    if plan.weekdays >> weekday(day_at(second)) & 1 == 1 { plan.times.before(second_of_day(second)) } else { 0 }
}

fn count_each(plan: &Plan<'_>, from: i64, to: i64) -> Option<u64> {
    let mut count = 0;
    let flow = walk(plan, from, to, &mut |_, _| {
        plan.worked(1);
        count += 1;
        if count > COUNTED { Flow::Break(Stop::TooMuch) } else { Flow::Continue(()) }
    });
    flow.is_continue().then_some(count)
}

/// How many starts each period has, when they all have as many.
fn per_period(plan: &Plan<'_>) -> Option<u64> {
    if let Some(chosen) = &plan.chosen {
        return is_open(plan).then(|| u64::try_from(chosen.len()).ok()).flatten();
    }
    let times = plan.times;
    let (days, least_days) = match plan.frequency {
        Frequency::Secondly | Frequency::Minutely | Frequency::Hourly | Frequency::Daily => {
            return is_open(plan).then(|| per_short_period(plan));
        }
        Frequency::Weekly => {
            let days = u64::from(plan.weekdays.count_ones());
            let is_plain = is_plain_week(plan);
            (is_plain.then_some(days), if is_plain { days } else { 0 })
        }
        Frequency::Monthly => (days_of_month(plan), least_of_month(plan)),
        Frequency::Yearly => (days_of_year(plan), least_of_year(plan)),
    };
    if plan.rule.positions.is_empty() {
        return Some(days? * times.len());
    }
    chosen_of(plan, days.map(|days| days * times.len()), least_days * times.len())
}

/// How many starts the positions choose, when it is certain.
fn chosen_of(plan: &Plan<'_>, len: Option<u64>, least: u64) -> Option<u64> {
    let positions = &plan.rule.positions;
    let reach = |far: Option<i16>| far.map_or(0, |position| u64::from(position.unsigned_abs()));
    let from_front = reach(positions.last().copied().filter(|position| *position > 0));
    let from_back = reach(positions.first().copied().filter(|position| *position < 0));
    if from_front + from_back <= least {
        return u64::try_from(positions.len()).ok();
    }
    let mut numbers = Vec::new();
    plan.positions(len?, &mut numbers);
    u64::try_from(numbers.len()).ok()
}

/// A rule by days or less whose every period has its turn.
fn is_open(plan: &Plan<'_>) -> bool {
    let has_no_days = has_all_months(plan)
        && plan.weekdays == 0
        && plan.ordinals.is_empty()
        && plan.month_days.is_empty()
        && plan.rule.year_days.is_empty()
        && plan.weeks.is_empty();
    let hours = plan.frequency >= Frequency::Daily || plan.times.hours.count_ones() == 24;
    let minutes = plan.frequency >= Frequency::Hourly || plan.times.minutes.count_ones() == 60;
    let seconds = plan.frequency >= Frequency::Minutely || plan.times.seconds.count_ones() == 60;
    has_no_days && hours && minutes && seconds
}

fn per_short_period(plan: &Plan<'_>) -> u64 {
    match plan.frequency {
        Frequency::Secondly => 1,
        Frequency::Minutely => plan.times.seconds.count_ones().into(),
        Frequency::Hourly => plan.times.len() / 24,
        _ => plan.times.len(),
    }
}

const fn has_all_months(plan: &Plan<'_>) -> bool {
    plan.months.count_ones() == 12
}

fn is_plain_week(plan: &Plan<'_>) -> bool {
    has_all_months(plan) && plan.month_days.is_empty() && plan.rule.year_days.is_empty() && plan.weeks.is_empty()
}

/// How many days of each month the rule names, when every month has them all.
fn fixed_days(plan: &Plan<'_>, ordinals_up_to: u64) -> Option<u64> {
    if plan.weekdays != 0 || !plan.rule.year_days.is_empty() || !plan.weeks.is_empty() {
        return None;
    }
    match (plan.month_days, plan.ordinals) {
        (FromBothEnds { first, last }, []) if first >> 28 == 0 && last >> 28 == 0 && (first == 0 || last == 0) => {
            Some((first | last).count_ones().into())
        }
        (none, ordinals) if none.is_empty() => {
            let reach = |sign: i16| ordinals.iter().map(|day| (day.number * sign).max(0)).max().unwrap_or(0);
            let both = u64::from(reach(1).unsigned_abs()) + u64::from(reach(-1).unsigned_abs());
            (both <= ordinals_up_to).then(|| u64::try_from(ordinals.len()).ok()).flatten()
        }
        _ => None,
    }
}

fn days_of_month(plan: &Plan<'_>) -> Option<u64> {
    if has_all_months(plan) { fixed_days(plan, 4) } else { None }
}

fn days_of_year(plan: &Plan<'_>) -> Option<u64> {
    if plan.rule.months == 0 && !plan.ordinals.is_empty() {
        return fixed_days(plan, 52);
    }
    Some(fixed_days(plan, 4)? * u64::from(plan.months.count_ones()))
}

/// How many days each month has at least, where the rule names plain weekdays only.
fn least_of_month(plan: &Plan<'_>) -> u64 {
    let is_plain = is_plain_week(plan) && plan.ordinals.is_empty();
    if is_plain { 4 * u64::from(plan.weekdays.count_ones()) } else { 0 }
}

fn least_of_year(plan: &Plan<'_>) -> u64 {
    let is_plain = plan.month_days.is_empty()
        && plan.rule.year_days.is_empty()
        && plan.weeks.is_empty()
        && plan.ordinals.is_empty();
    let weeks = if has_all_months(plan) { 52 } else { 4 * u64::from(plan.months.count_ones()) };
    if is_plain { weeks * u64::from(plan.weekdays.count_ones()) } else { 0 }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::super::rule::Rule;
    use super::*;

    /// Rules whose periods have all as many starts, and some whose periods do not.
    #[test]
    fn starts_of_a_period() {
        let start = NaiveDate::from_ymd_opt(2024, 1, 31).unwrap().and_hms_opt(9, 0, 0).unwrap();
        for (rule, expected) in [
            ("FREQ=DAILY;INTERVAL=3;BYHOUR=9,17", Some(2)),
            ("FREQ=DAILY;BYMONTH=3", None),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", Some(2)),
            ("FREQ=WEEKLY;BYDAY=MO;BYMONTH=3", None),
            ("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=1", Some(1)),
            ("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=3", Some(0)),
            ("FREQ=MONTHLY", None),
            ("FREQ=MONTHLY;BYMONTHDAY=1,28", Some(2)),
            ("FREQ=MONTHLY;BYMONTHDAY=1,-1", None),
            ("FREQ=MONTHLY;BYDAY=1MO,-1FR", Some(2)),
            ("FREQ=MONTHLY;BYDAY=5MO", None),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-1", Some(1)),
            ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=4,-1", None),
            ("FREQ=YEARLY;BYMONTH=3,6;BYMONTHDAY=5", Some(2)),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", None),
            ("FREQ=YEARLY;BYDAY=20MO,-1SU", Some(2)),
            ("FREQ=YEARLY;BYDAY=53MO", None),
            ("FREQ=HOURLY;INTERVAL=5;BYMINUTE=0,30", Some(2)),
            ("FREQ=MINUTELY;INTERVAL=90", Some(1)),
            ("FREQ=MINUTELY;INTERVAL=90;BYHOUR=9", None),
        ] {
            let rule = Rule::parse(rule).unwrap();
            let plan = Plan::new(&rule, start, false);
            assert_eq!(per_period(&plan), expected, "{rule:?}");
            // Whichever way they are counted, it is the same.
            for days in [0, 1, 100, 365, 1_000] {
                let moment = plan.start + days * 86_400 + 40_000;
                assert_eq!(count_before(&plan, moment), count_each(&plan, plan.start, moment), "{rule:?}");
            }
        }
    }
}
