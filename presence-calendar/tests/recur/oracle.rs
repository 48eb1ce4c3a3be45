//! The starts of a rule by the letter of RFC 5545, 3.3.10: every day, hour, minute or second is looked at by itself.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Timelike};

use crate::spec::Spec;

/// The starts before `end` of a series that starts at `start`, by its clock. The first start is always one of them.
pub(crate) fn starts(spec: &Spec, start: NaiveDateTime, end: NaiveDateTime) -> Vec<NaiveDateTime> {
    let mut periods: BTreeMap<i64, Vec<NaiveDateTime>> = BTreeMap::new();
    for time in candidates(spec, start, end) {
        let period = period(spec, time) - period(spec, start);
        if period >= 0 && period % i64::from(spec.interval) == 0 {
            periods.entry(period).or_default().push(time);
        }
    }
    let mut starts: Vec<NaiveDateTime> = Vec::new();
    for candidates in periods.into_values() {
        starts.extend(chosen(spec, &candidates).into_iter().filter(|time| *time >= start));
    }
    starts.retain(|time| spec.until.is_none_or(|until| *time <= until));
    starts.truncate(spec.count.map_or(usize::MAX, |count| count as usize));
    if !starts.contains(&start) {
        starts.insert(0, start);
    }
    starts.retain(|time| *time < end);
    starts
}

/// All times that match, in order, from the first day of the period of the start to the last day of that of the end.
fn candidates(spec: &Spec, start: NaiveDateTime, end: NaiveDateTime) -> Vec<NaiveDateTime> {
    let (days_before, days_after) = match spec.frequency {
        "YEARLY" => (370, 370),
        "MONTHLY" => (32, 32),
        "WEEKLY" => (7, 7),
        _ => (0, 1),
    };
    let mut candidates = Vec::new();
    let mut day = start.date() - Days::new(days_before);
    while day <= end.date() + Days::new(days_after) {
        if day_matches(spec, start, day) {
            for hour in 0..24 {
                if !matches(&spec.hours, hour, !is_by(spec, &["HOURLY", "MINUTELY", "SECONDLY"]), start.hour()) {
                    continue;
                }
                for minute in 0..60 {
                    if !matches(&spec.minutes, minute, !is_by(spec, &["MINUTELY", "SECONDLY"]), start.minute()) {
                        continue;
                    }
                    for second in 0..60 {
                        if matches(&spec.seconds, second, !is_by(spec, &["SECONDLY"]), start.second()) {
                            candidates.push(day.and_hms_opt(hour, minute, second).unwrap());
                        }
                    }
                }
            }
        }
        day = day.succ_opt().unwrap();
    }
    candidates
}

fn is_by(spec: &Spec, frequencies: &[&str]) -> bool {
    frequencies.contains(&spec.frequency)
}

fn matches(list: &[u32], value: u32, is_of_start: bool, of_start: u32) -> bool {
    if list.is_empty() { !is_of_start || value == of_start } else { list.contains(&value) }
}

/// The number of the period in which a time falls.
fn period(spec: &Spec, time: NaiveDateTime) -> i64 {
    let seconds = time.and_utc().timestamp();
    match spec.frequency {
        "YEARLY" => time.year().into(),
        "MONTHLY" => i64::from(time.year()) * 12 + i64::from(time.month0()),
        "WEEKLY" => first_of_week(spec, time.date()).and_time(chrono::NaiveTime::MIN).and_utc().timestamp() / 604_800,
        "DAILY" => seconds.div_euclid(86_400),
        "HOURLY" => seconds.div_euclid(3_600),
        "MINUTELY" => seconds.div_euclid(60),
        _ => seconds,
    }
}

fn chosen(spec: &Spec, candidates: &[NaiveDateTime]) -> Vec<NaiveDateTime> {
    if spec.positions.is_empty() {
        return candidates.to_vec();
    }
    let place = |position: i32| {
        let distance = position.unsigned_abs() as usize;
        if position > 0 { Some(distance - 1) } else { candidates.len().checked_sub(distance) }
    };
    let mut chosen: Vec<NaiveDateTime> =
        spec.positions.iter().filter_map(|position| candidates.get(place(*position)?).copied()).collect();
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

fn day_matches(spec: &Spec, start: NaiveDateTime, day: NaiveDate) -> bool {
    let names_days = !spec.days.is_empty() || !spec.month_days.is_empty() || !spec.year_days.is_empty();
    let in_month = spec.months.is_empty() || spec.months.contains(&day.month());
    let left_open = match spec.frequency {
        _ if names_days => true,
        "YEARLY" if !spec.weeks.is_empty() => day.weekday() == start.weekday(),
        "YEARLY" => day.day() == start.day() && (!spec.months.is_empty() || day.month() == start.month()),
        "MONTHLY" => day.day() == start.day(),
        "WEEKLY" => day.weekday() == start.weekday(),
        _ => true,
    };
    let last_of_month = (1..=31).rev().find(|number| day.with_day(*number).is_some()).unwrap();
    let last_of_year = if day.leap_year() { 366 } else { 365 };
    in_month
        && left_open
        && counted(&spec.month_days, day.day(), last_of_month)
        && counted(&spec.year_days, day.ordinal(), last_of_year)
        && (spec.weeks.is_empty() || week_matches(spec, day))
        && (spec.days.is_empty()
            || spec.days.iter().any(|(number, weekday)| weekday_matches(spec, *number, *weekday, day)))
}

/// Whether a list counts a number, from the beginning or from the end.
fn counted(list: &[i32], number: u32, last: u32) -> bool {
    let (number, last) = (number as i32, last as i32);
    list.is_empty() || list.contains(&number) || list.contains(&(number - last - 1))
}

fn weekday_matches(spec: &Spec, number: i32, weekday: u32, day: NaiveDate) -> bool {
    if day.weekday().num_days_from_monday() != weekday {
        return false;
    }
    if number == 0 {
        return true;
    }
    // How many of this weekday there are in the month or year, up to this day and from it on.
    let same = |other: &NaiveDate| {
        other.year() == day.year()
            && (spec.frequency == "YEARLY" && spec.months.is_empty() || other.month() == day.month())
    };
    let up_to = (0..60).map_while(|weeks| day.checked_sub_days(Days::new(weeks * 7)).filter(same)).count();
    let from_on = (0..60).map_while(|weeks| day.checked_add_days(Days::new(weeks * 7)).filter(same)).count();
    number.unsigned_abs() as usize == if number > 0 { up_to } else { from_on }
}

fn first_of_week(spec: &Spec, mut day: NaiveDate) -> NaiveDate {
    while day.weekday().num_days_from_monday() != spec.week_start {
        day = day.pred_opt().unwrap();
    }
    day
}

/// Week 1 is the first with at least four days of the year.
fn week_matches(spec: &Spec, day: NaiveDate) -> bool {
    let first = |year: i32| first_of_week(spec, NaiveDate::from_ymd_opt(year, 1, 4).unwrap());
    (day.year() - 1..=day.year() + 1).any(|year| {
        let (from, to) = (first(year), first(year + 1));
        let weeks_between = |from: NaiveDate, to: NaiveDate| u32::try_from((to - from).num_weeks()).unwrap();
        from <= day && day < to && counted(&spec.weeks, weeks_between(from, day) + 1, weeks_between(from, to))
    })
}
