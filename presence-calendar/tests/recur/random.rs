//! Random rules, against the definition and against themselves.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use presence_calendar::recur::{Occurrences, Recurrence, Rule};
use presence_calendar::zone::Zone;
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq};
use proptest::test_runner::RngSeed;
use proptest::{prop_oneof, proptest};

use crate::oracle;
use crate::spec::{Spec, any_start, long_rule, short_rule};

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, rng_seed: RngSeed::Fixed(6), ..ProptestConfig::default() })]

    /// A window anywhere holds the starts that looking at every single day gives.
    #[test]
    fn rules_by_days(spec in long_rule(), start in any_start(), after in -40..2_000_i64, len in 1..500_i64) {
        let from = start + TimeDelta::hours(after * 24 + 7);
        equal(&spec, start, from, from + TimeDelta::hours(len * 24 - 5))?;
    }

    /// The same for hours, minutes and seconds.
    #[test]
    fn rules_by_hours(spec in short_rule(), start in any_start(), after in -20..100_i64, len in 1..40_i64) {
        let from = start + TimeDelta::minutes(after * 60 + 7);
        equal(&spec, start, from, from + TimeDelta::seconds(len * 3_600 - 5))?;
    }

    /// Windows side by side hold what one window over all of them holds: it does not matter where a window begins.
    #[test]
    fn windows_side_by_side(
        spec in prop_oneof![4 => long_rule(), 1 => short_rule()],
        start in any_start(),
        zone in prop_oneof![proptest::prelude::Just("Europe/Stockholm"), proptest::prelude::Just("America/Santiago")],
        hours in 20..400_i64,
    ) {
        let series = series(&spec, start, zone);
        let step = TimeDelta::hours(if spec.is_short() { hours / 20 } else { hours });
        let first = series.zone.to_utc(start) - step;
        let whole = series.between(first, first + step * 12);
        let mut parts = Vec::new();
        for number in 0..12 {
            let part = series.between(first + step * number, first + step * (number + 1));
            prop_assert!(part.list.iter().all(|one| one.start >= first + step * number && one.start < first + step * (number + 1)));
            parts.extend(part.list);
        }
        prop_assert!(whole.list.is_sorted_by(|a, b| a.start < b.start));
        if whole.is_cut {
            prop_assert!(parts.starts_with(&whole.list));
        } else {
            prop_assert_eq!(parts, whole.list);
        }
    }

    /// Junk is an error or a rule, and a rule can always be worked out.
    #[test]
    fn junk(text in "(FREQ=(SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY);)?((BY(SECOND|MINUTE|HOUR|DAY|MONTHDAY|YEARDAY|WEEKNO|MONTH|SETPOS)|COUNT|UNTIL|INTERVAL|WKST)=[-+]?[0-9]{1,11}(,-?[0-9]{1,3})?(MO|SU)?;){0,4}\\PC{0,10}") {
        if let Ok(rule) = Rule::parse(&text) {
            let mut series = Recurrence::once(NaiveDateTime::default(), false, Zone::UTC);
            series.rules.push(rule);
            let from = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
            prop_assert!(series.between(from, from + TimeDelta::days(400)).list.len() <= 100_000);
        }
    }
}

fn series(spec: &Spec, start: NaiveDateTime, zone: &str) -> Recurrence {
    let mut series = Recurrence::once(start, false, Zone::Iana(zone.parse().unwrap()));
    series.rules.push(Rule::parse(&spec.text()).unwrap());
    series
}

fn equal(
    spec: &Spec,
    start: NaiveDateTime,
    from: NaiveDateTime,
    to: NaiveDateTime,
) -> proptest::test_runner::TestCaseResult {
    let found = series(spec, start, "UTC").between(from.and_utc(), to.and_utc());
    let mut expected: Vec<DateTime<Utc>> = oracle::starts(spec, start, to).iter().map(NaiveDateTime::and_utc).collect();
    expected.retain(|time| *time >= from.and_utc());
    let ours = times(&found);
    if found.is_cut {
        prop_assert!(ours.len() >= 2_000, "cut too early: {}", spec.text());
        expected.retain(|time| ours.last().is_some_and(|last| time <= last));
    }
    prop_assert_eq!(ours, expected, "{} from {}", spec.text(), start);
    Ok(())
}

fn times(found: &Occurrences) -> Vec<DateTime<Utc>> {
    found.list.iter().map(|occurrence| occurrence.start).collect()
}
