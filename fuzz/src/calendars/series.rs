//! Rules of recurrence: the first line is a rule, the second may be the first start.

use chrono::{DateTime, NaiveDateTime, Utc};
use presence_calendar::recur::{Occurrence, Occurrences, Recurrence, Rule};
use presence_calendar::zone::Zone;

const MOST: usize = 100_000;
const START: &str = "20240131T233000";
/// Two weeks around the days on which clocks are changed, and a year long after.
const WINDOWS: [[&str; 3]; 3] = [
    ["2024-03-24T00:00:00Z", "2024-03-31T01:00:00Z", "2024-04-07T00:00:00Z"],
    ["2026-10-18T00:00:00Z", "2026-10-25T00:30:00Z", "2026-11-01T00:00:00Z"],
    ["2090-01-01T00:00:00Z", "2090-02-28T23:00:00Z", "2091-01-01T00:00:00Z"],
];

pub(crate) fn rules(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default();
    let rule = Rule::parse(first);
    assert_eq!(rule, Rule::parse(&first.to_ascii_lowercase()), "letter case matters");
    let Ok(rule) = rule else { return };
    let start = lines.next().and_then(time).or_else(|| time(START)).unwrap();
    for is_date in [false, true] {
        let start = if is_date { start.date().and_hms_opt(0, 0, 0).unwrap() } else { start };
        let mut series = Recurrence::once(start, is_date, Zone::named("Europe/Stockholm").unwrap());
        series.rules = vec![rule.clone()];
        for window in WINDOWS {
            check(&series, window.map(|time| time.parse().unwrap()));
        }
    }
}

/// Occurrences are in order and in the window, and it does not matter how the window is cut.
fn check(series: &Recurrence, [from, middle, to]: [DateTime<Utc>; 3]) {
    let whole = between(series, from, to);
    let (first, second) = (between(series, from, middle), between(series, middle, to));
    if whole.is_cut || first.is_cut || second.is_cut {
        return;
    }
    let parts: Vec<Occurrence> = first.list.into_iter().chain(second.list).collect();
    assert_eq!(whole.list, parts, "it matters where the window is");
}

fn between(series: &Recurrence, from: DateTime<Utc>, to: DateTime<Utc>) -> Occurrences {
    let found = series.between(from, to);
    assert!(found.list.len() <= MOST);
    assert!(found.list.is_sorted_by(|a, b| a.start < b.start));
    assert!(found.list.iter().all(|one| (from..to).contains(&one.start)));
    found
}

fn time(line: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(line.trim(), "%Y%m%dT%H%M%S").ok()
}
