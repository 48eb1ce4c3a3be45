//! Recurrence: a thousand known series, the examples of RFC 5545 and the facts, and hostile rules.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop")]

#[path = "recur/examples.rs"]
mod examples;
#[path = "recur/hostile.rs"]
mod hostile;
#[path = "recur/oracle.rs"]
mod oracle;
#[path = "recur/peer.rs"]
mod peer;
#[path = "recur/random.rs"]
mod random;
#[path = "recur/spec.rs"]
mod spec;
#[path = "recur/support.rs"]
mod support;

use chrono::NaiveDate;
use presence_calendar::recur::Except;
use support::{series, utc};

/// All series of the vectors: how many starts there are in 2026, and the sum of their seconds.
#[test]
fn a_thousand_series() {
    let mut seen = 0;
    for line in include_str!("data/recur/series.txt").lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('|').collect();
        let [_, zone, start, rule, left_out, count, sum] = fields[..] else { panic!("{line}") };
        let mut series = series(zone, start, &[rule]);
        for date in left_out.split_whitespace() {
            let time = NaiveDate::parse_from_str(date, "%Y%m%d").unwrap().and_time(series.start.time());
            series.except.push(Except::At(series.zone.to_utc(time)));
        }
        let found = series.between(utc("20260101T000000"), utc("20270101T000000"));
        let total: i64 = found.list.iter().map(|occurrence| occurrence.start.timestamp()).sum();
        assert_eq!((found.list.len().to_string(), total.to_string()), (count.to_owned(), sum.to_owned()), "{line}");
        assert!(!found.is_cut);
        seen += 1;
    }
    assert_eq!(seen, 1_000);
}
