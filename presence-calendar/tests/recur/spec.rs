//! Random rules: what they say, and how it is written.

use std::fmt::Write;

use chrono::{NaiveDate, NaiveDateTime};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy};
use proptest::{option, prop_oneof};

/// What a rule says. Lists that are empty were not given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spec {
    pub(crate) frequency: &'static str,
    pub(crate) interval: u32,
    pub(crate) count: Option<u32>,
    pub(crate) until: Option<NaiveDateTime>,
    pub(crate) seconds: Vec<u32>,
    pub(crate) minutes: Vec<u32>,
    pub(crate) hours: Vec<u32>,
    /// A number, or 0 for none, and the weekday from Monday as 0.
    pub(crate) days: Vec<(i32, u32)>,
    pub(crate) month_days: Vec<i32>,
    pub(crate) year_days: Vec<i32>,
    pub(crate) weeks: Vec<i32>,
    pub(crate) months: Vec<u32>,
    pub(crate) positions: Vec<i32>,
    pub(crate) week_start: u32,
}

pub(crate) const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

impl Spec {
    pub(crate) fn is_short(&self) -> bool {
        matches!(self.frequency, "HOURLY" | "MINUTELY" | "SECONDLY")
    }

    /// The rule as it is written.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("FREQ={};INTERVAL={}", self.frequency, self.interval);
        let days: Vec<String> = self.days.iter().map(|(number, day)| written_day(*number, *day)).collect();
        for (name, list) in [
            ("BYSECOND", joined(&self.seconds)),
            ("BYMINUTE", joined(&self.minutes)),
            ("BYHOUR", joined(&self.hours)),
            ("BYDAY", days.join(",")),
            ("BYMONTHDAY", joined(&self.month_days)),
            ("BYYEARDAY", joined(&self.year_days)),
            ("BYWEEKNO", joined(&self.weeks)),
            ("BYMONTH", joined(&self.months)),
            ("BYSETPOS", joined(&self.positions)),
        ] {
            if !list.is_empty() {
                write!(text, ";{name}={list}").unwrap();
            }
        }
        if self.week_start != 0 {
            write!(text, ";WKST={}", WEEKDAYS[self.week_start as usize]).unwrap();
        }
        if let Some(count) = self.count {
            write!(text, ";COUNT={count}").unwrap();
        }
        if let Some(until) = self.until {
            write!(text, ";UNTIL={}", until.format("%Y%m%dT%H%M%S")).unwrap();
        }
        text
    }
}

fn written_day(number: i32, day: u32) -> String {
    let number = if number == 0 { String::new() } else { number.to_string() };
    format!("{number}{}", WEEKDAYS[day as usize])
}

fn joined<T: ToString>(list: &[T]) -> String {
    list.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}

/// Starts from 2003 to 2023, often at the turn of a month or year.
pub(crate) fn any_start() -> impl Strategy<Value = NaiveDateTime> {
    let day = prop_oneof![0..7_300_i64, (0..240_i64).prop_map(|month| month * 304 / 10 + 29), Just(424_i64)];
    (day, 0..24_u32, prop_oneof![Just(0), Just(30), 0..60_u32], prop_oneof![4 => Just(0), 1 => 0..60_u32]).prop_map(
        |(day, hour, minute, second)| {
            let first = NaiveDate::from_ymd_opt(2003, 1, 1).unwrap();
            (first + chrono::Days::new(day.unsigned_abs())).and_hms_opt(hour, minute, second).unwrap()
        },
    )
}

/// Rules by days or more, with parts in all combinations.
pub(crate) fn long_rule() -> impl Strategy<Value = Spec> {
    let frequency = prop_oneof![Just("YEARLY"), Just("MONTHLY"), Just("WEEKLY"), Just("DAILY")];
    (frequency, parts()).prop_map(|(frequency, mut spec)| {
        let takes_numbers = frequency == "MONTHLY" || frequency == "YEARLY" && spec.weeks.is_empty();
        if frequency != "YEARLY" {
            spec.weeks.clear();
        }
        if !takes_numbers {
            spec.days.iter_mut().for_each(|day| day.0 = 0);
        } else if frequency == "MONTHLY" || !spec.months.is_empty() {
            spec.days.iter_mut().for_each(|day| day.0 %= 6);
        }
        spec.days.sort_unstable();
        spec.days.dedup();
        Spec { frequency, ..spec }
    })
}

/// Rules by hours, minutes and seconds.
pub(crate) fn short_rule() -> impl Strategy<Value = Spec> {
    let frequency = prop_oneof![Just(("HOURLY", 40)), Just(("MINUTELY", 2_000)), Just(("SECONDLY", 100_000))];
    let interval = |most: u32| prop_oneof![Just(1), Just(2), Just(5), Just(12), Just(15), Just(90), 1..most];
    (frequency, parts())
        .prop_flat_map(move |((frequency, most), spec)| (Just(frequency), interval(most), Just(spec)))
        .prop_map(|(frequency, interval, mut spec)| {
            spec.days.iter_mut().for_each(|day| day.0 = 0);
            spec.days.sort_unstable();
            spec.days.dedup();
            spec.weeks.clear();
            Spec { frequency, interval, ..spec }
        })
}

fn parts() -> impl Strategy<Value = Spec> {
    let interval = prop_oneof![3 => Just(1_u32), 2 => 2..5_u32, 1 => 5..40_u32];
    let count = prop_oneof![2 => Just(None), 1 => (1..200_u32).prop_map(Some)];
    let until = prop_oneof![2 => Just(None), 1 => any_start().prop_map(Some)];
    let times = (some(0..60_u32, 3), some(0..60_u32, 3), some(0..24_u32, 4));
    let days =
        some((-53..=53_i32, 0..7_u32).prop_map(|(number, day)| (if number % 2 == 0 { 0 } else { number }, day)), 5);
    let dates = (days, some(signed(31), 5), rarely(signed(366), 8), rarely(signed(53), 4), some(1..=12_u32, 4));
    let positions = rarely(signed(6), 3);
    (interval, count, until, times, dates, positions, prop_oneof![Just(0), 0..7_u32]).prop_map(
        |(interval, count, until, times, dates, positions, week_start)| {
            let (seconds, minutes, hours) = times;
            let (days, month_days, year_days, weeks, months) = dates;
            let until = until.filter(|_| count.is_none());
            Spec {
                frequency: "DAILY",
                interval,
                count,
                until,
                seconds,
                minutes,
                hours,
                days,
                month_days,
                year_days,
                weeks,
                months,
                positions,
                week_start,
            }
        },
    )
}

fn signed(most: i32) -> impl Strategy<Value = i32> {
    (1..=most, proptest::bool::ANY).prop_map(|(number, is_back)| if is_back { -number } else { number })
}

fn some<T: Ord + Clone + std::fmt::Debug>(
    item: impl Strategy<Value = T>,
    most: usize,
) -> impl Strategy<Value = Vec<T>> {
    list(item, most, 0.3)
}

fn rarely<T: Ord + Clone + std::fmt::Debug>(
    item: impl Strategy<Value = T>,
    most: usize,
) -> impl Strategy<Value = Vec<T>> {
    list(item, most, 0.12)
}

fn list<T: Ord + Clone + std::fmt::Debug>(
    item: impl Strategy<Value = T>,
    most: usize,
    share: f64,
) -> impl Strategy<Value = Vec<T>> {
    option::weighted(share, vec(item, 1..=most)).prop_map(|list| {
        let mut list = list.unwrap_or_default();
        list.sort_unstable();
        list.dedup();
        list
    })
}
