//! Rules that ask for more than there can be.

use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use presence_calendar::recur::{Except, InvalidRule, Occurrences, Recurrence, Rule};
use presence_calendar::zone::Zone;

use crate::support::{series, starts, utc};

/// What a year of the rule comes to; it has to be there soon.
fn year(start: &str, rule: &str) -> Occurrences {
    bounded(start, rule, utc("20260101T000000"), utc("20270101T000000"))
}

fn bounded(start: &str, rule: &str, from: DateTime<Utc>, to: DateTime<Utc>) -> Occurrences {
    #[expect(clippy::disallowed_methods, reason = "what is measured here is the time")]
    let started = Instant::now();
    let found = series("Europe/Stockholm", start, &[rule]).between(from, to);
    // Far more than it takes, so that a busy machine does no harm: without bounds it would be hours.
    assert!(started.elapsed() < Duration::from_secs(10), "{rule}");
    assert!(found.list.len() <= 100_000, "{rule}");
    found
}

fn everything() -> String {
    let all = |to: u32| (0..to).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    format!("BYSECOND={};BYMINUTE={};BYHOUR={}", all(61), all(60), all(24))
}

/// Every second of every year stops at 100,000, and says so.
#[test]
fn every_second_of_a_year() {
    let days = "BYDAY=MO,TU,WE,TH,FR,SA,SU";
    let found = year("20200101T000000", &format!("FREQ=YEARLY;{days};{}", everything()));
    assert_eq!((found.list.len(), found.is_cut), (100_000, true));
    let found = year("20200101T000000", &format!("FREQ=YEARLY;{days};{};BYSETPOS=-1,366", everything()));
    assert_eq!((found.list.len(), found.is_cut), (2, false));
}

/// With a count too, which is found by arithmetic: the last of the 86,400 starts of 2 January 2026 is the last there is.
#[test]
fn every_second_with_a_count() {
    let rule = format!("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1,2;{};COUNT={}", everything(), 86_400 * 2 * 7);
    let found = year("20200101T000000", &rule);
    assert!(found.is_cut);
    let found = bounded("20200101T000000", &rule, utc("20260102T220000"), utc("20300101T000000"));
    assert_eq!((found.list.len(), found.is_cut), (3_600, false));
}

/// Rules by seconds and minutes stop at 2,000.
#[test]
fn seconds_and_minutes() {
    for rule in ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=MINUTELY;BYSECOND=1,2,3", "FREQ=SECONDLY;INTERVAL=7"] {
        let found = year("20200101T000000", rule);
        assert_eq!((found.list.len(), found.is_cut), (2_000, true), "{rule}");
    }
    let found = year("20200101T000000", "FREQ=MINUTELY;INTERVAL=1440");
    assert_eq!((found.list.len(), found.is_cut), (365, false));
    let found = year("20200101T000000", "FREQ=SECONDLY;INTERVAL=864000");
    assert_eq!((found.list.len(), found.is_cut), (36, false));
}

/// What never comes ends soon: in a year, in all years, and when it has to be counted.
#[test]
fn what_never_comes() {
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=WEEKLY;BYMONTH=4;BYMONTHDAY=31;BYSETPOS=1",
        "FREQ=DAILY;BYSECOND=60",
        "FREQ=SECONDLY;INTERVAL=2;BYSECOND=1",
        "FREQ=MINUTELY;INTERVAL=4294967295;BYDAY=SU;BYYEARDAY=366",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;INTERVAL=48;BYHOUR=1",
    ] {
        for count in ["", ";COUNT=3", ";COUNT=4294967295"] {
            let rule = format!("{rule}{count}");
            let first = year("20200101T000000", &rule);
            assert!(first.list.is_empty(), "{rule}");
            let (least, most) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
            assert!(bounded("20200101T000000", &rule, least, most).list.len() <= 1, "{rule}");
        }
    }
}

/// Intervals and counts of all sizes.
#[test]
fn large_numbers() {
    for frequency in ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"] {
        for interval in ["4294967295", "99999999999999999999999"] {
            let rule = format!("FREQ={frequency};INTERVAL={interval};COUNT=18446744073709551616");
            let found = bounded("20260301T000000", &rule, utc("20200101T000000"), utc("20900101T000000"));
            assert_eq!(found.list.len(), 1, "{rule}");
        }
    }
    let found = bounded("00010101T000000", "FREQ=DAILY", DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    assert_eq!((found.list.len(), found.is_cut), (100_000, true));
}

/// The ends of the calendar.
#[test]
fn the_ends_of_time() {
    for start in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
        for rule in ["FREQ=YEARLY", "FREQ=DAILY", "FREQ=WEEKLY;BYSETPOS=1", "FREQ=SECONDLY", "FREQ=MONTHLY;COUNT=9"] {
            let mut series = Recurrence::once(start, false, Zone::UTC);
            series.rules.push(Rule::parse(rule).unwrap());
            let _ = series.between(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
            let _ = series.between(utc("20260101T000000"), DateTime::<Utc>::MAX_UTC);
            let _ = series.between(DateTime::<Utc>::MIN_UTC, utc("20260101T000000"));
        }
    }
}

/// A million dates and times that are left out.
#[test]
fn a_million_exceptions() {
    let mut series = series("UTC", "20200101T090000", &["FREQ=DAILY"]);
    let first = utc("20190101T090000");
    for number in 0..500_000 {
        let day = first + TimeDelta::days(number % 2_922);
        series.except.push(Except::At(day + TimeDelta::days(1)));
        series.except.push(Except::On((day - TimeDelta::days(1)).date_naive()));
    }
    let kept = utc("20260501T090000");
    series.except.retain(|except| *except != Except::At(kept) && *except != Except::On(kept.date_naive()));
    let found = series.between(utc("20260101T000000"), utc("20270101T000000"));
    assert_eq!(starts(&found), ["20260501T090000"]);
}

/// 10 kB of junk, long lists and many rules.
#[test]
fn junk_and_long_lists() {
    let junk = ";=,:RRULE".repeat(1_200);
    assert_eq!(Rule::parse(&junk), Err(InvalidRule::Frequency));
    assert!(Rule::parse(&format!("FREQ=DAILY;{junk}")).is_ok());
    assert_eq!(Rule::parse(&"RRULE:".repeat(2_000)), Err(InvalidRule::Frequency));
    let days =
        (1..=53).flat_map(|number| [format!("{number}MO"), format!("-{number}SU")]).collect::<Vec<_>>().join(",");
    let list =
        (1..=366).flat_map(|number| [number, -number]).map(|number| number.to_string()).collect::<Vec<_>>().join(",");
    let rule = format!("FREQ=YEARLY;BYDAY={};BYYEARDAY={list};BYSETPOS={list}", [days.as_str(); 20].join(","));
    assert!(year("20200101T000000", &rule).list.len() > 50);
    let mut series = series("UTC", "20200101T000000", &[]);
    series.rules = vec![Rule::parse("FREQ=HOURLY").unwrap(); 100];
    let found = series.between(utc("20260101T000000"), utc("20270101T000000"));
    assert_eq!((found.list.len(), found.is_cut), (8_760, true));
    assert!(found.list.is_sorted_by(|one, next| one.start < next.start));
}
