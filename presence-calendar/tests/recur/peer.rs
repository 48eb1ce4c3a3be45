//! The crate `rrule` as a second opinion. Where it differs, `data/recur/disagreements.txt` says who is right, and why.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use presence_calendar::recur::{Recurrence, Rule};
use presence_calendar::zone::Zone;
use proptest::prelude::{ProptestConfig, prop_assert_eq};
use proptest::test_runner::RngSeed;
use proptest::{prop_oneof, proptest};

use crate::spec::{Spec, any_start, long_rule, short_rule};
use crate::support::local;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, rng_seed: RngSeed::Fixed(6), ..ProptestConfig::default() })]

    /// Both give the same starts, unless it is a disagreement that is explained.
    #[test]
    fn same_as_the_peer(
        spec in prop_oneof![5 => long_rule(), 1 => short_rule()],
        start in any_start(),
        after in 0..800_i64,
        len in 1..400_i64,
    ) {
        let hours = if spec.is_short() { 1 } else { 24 };
        let from = start + TimeDelta::hours(after * hours);
        let to = from + TimeDelta::hours(len * hours);
        let text = spec.text().replace(";UNTIL=", ";UNTIL:").split(';').map(in_utc).collect::<Vec<_>>().join(";");
        if let Some(mut theirs) = peer(&text, start, "UTC", (from, to)) && disagreement(&spec).is_none() {
            let (mut ours, is_cut) = our(&text, start, "UTC", (from, to));
            // That the first start always belongs is the first disagreement.
            ours.retain(|time| *time != start.and_utc());
            theirs.retain(|time| *time != start.and_utc());
            if is_cut {
                theirs.truncate(ours.len());
            }
            prop_assert_eq!(ours, theirs, "{} from {}", text, start);
        }
    }
}

/// Each disagreement is as the data file says: what we give, and what the peer gives. When the peer is mended, this fails.
#[test]
fn disagreements() {
    let mut names = Vec::new();
    for block in include_str!("../data/recur/disagreements.txt").split("\n\n").filter(|block| !block.starts_with('#')) {
        let fields: BTreeMap<&str, &str> = block.lines().filter_map(|line| line.split_once(": ")).collect();
        let (from, to) = fields["window"].split_once(' ').unwrap();
        let window = (local(from), local(to));
        let (rule, start, zone) = (fields["rule"], local(fields["start"]), fields["zone"]);
        let theirs = peer(rule, start, zone, window).map_or_else(|| "an error".to_owned(), |times| written(&times));
        let ours = written(&our(rule, start, zone, window).0);
        assert_eq!((ours.as_str(), theirs.as_str()), (fields["ours"], fields["theirs"]), "{}", fields["name"]);
        assert!(ours != theirs && fields["why"].len() > 20, "{}", fields["name"]);
        names.push(fields["name"]);
    }
    for spec in disputed() {
        assert!(names.contains(&disagreement(&spec).unwrap()));
    }
}

/// A rule for each disagreement that random rules can meet.
fn disputed() -> [Spec; 4] {
    let yearly = Spec { frequency: "YEARLY", interval: 1, ..Spec::default() };
    [
        Spec { weeks: vec![20], ..yearly.clone() },
        Spec { days: vec![(0, 1), (2, 1)], ..yearly.clone() },
        Spec { frequency: "WEEKLY", positions: vec![1], ..yearly.clone() },
        Spec { frequency: "MINUTELY", ..yearly },
    ]
}

fn written(times: &[DateTime<Utc>]) -> String {
    if times.is_empty() {
        return "none".to_owned();
    }
    let times: Vec<String> = times.iter().map(|time| time.format("%Y%m%dT%H%M%S").to_string()).collect();
    times.join(" ")
}

/// The peer takes the end in UTC only.
fn in_utc(part: &str) -> String {
    part.strip_prefix("UNTIL:").map_or_else(|| part.to_owned(), |until| format!("UNTIL={until}Z"))
}

/// The disagreement that a rule meets, by its name in the data file.
fn disagreement(spec: &Spec) -> Option<&'static str> {
    let names_days = !spec.days.is_empty() || !spec.month_days.is_empty() || !spec.year_days.is_empty();
    let is_numbered = |day: &(i32, u32)| day.0 != 0;
    if !spec.weeks.is_empty() && !names_days {
        Some("weeks without a weekday")
    } else if spec.days.iter().any(is_numbered) && !spec.days.iter().all(is_numbered) {
        Some("weekdays with and without a number")
    } else if spec.frequency == "WEEKLY" && !spec.positions.is_empty() {
        Some("positions within a week")
    } else if matches!(spec.frequency, "MINUTELY" | "SECONDLY") {
        Some("minutes at some hours")
    } else {
        None
    }
}

fn peer(
    rule: &str,
    start: NaiveDateTime,
    zone: &str,
    (from, to): (NaiveDateTime, NaiveDateTime),
) -> Option<Vec<DateTime<Utc>>> {
    let zone = rrule::Tz::Tz(zone.parse().unwrap());
    let start = start.and_local_timezone(zone).earliest()?;
    let series = rule.parse::<rrule::RRule<rrule::Unvalidated>>().ok()?.build(start).ok()?;
    let last = to.and_utc() - TimeDelta::seconds(1);
    let found = series.after(from.and_utc().with_timezone(&zone)).before(last.with_timezone(&zone)).all(u16::MAX);
    Some(found.dates.iter().map(|time| time.with_timezone(&Utc)).collect())
}

fn our(
    rule: &str,
    start: NaiveDateTime,
    zone: &str,
    (from, to): (NaiveDateTime, NaiveDateTime),
) -> (Vec<DateTime<Utc>>, bool) {
    let mut series = Recurrence::once(start, false, Zone::Iana(zone.parse().unwrap()));
    series.rules.push(Rule::parse(rule).unwrap());
    let found = series.between(from.and_utc(), to.and_utc());
    (found.list.iter().map(|one| one.start).collect(), found.is_cut)
}
