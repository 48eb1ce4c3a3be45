//! The occurrences of a year, by kind of series and by its age. The peer is the crate `rrule`, in the same run.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use presence_calendar::recur::{Recurrence, Rule};
use presence_calendar::zone::Zone;

const ZONE: chrono_tz::Tz = chrono_tz::Europe::Stockholm;

/// The kinds, with their rules.
const KINDS: [(&str, &str); 8] = [
    ("daily", "FREQ=DAILY"),
    ("workdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    ("weekly", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=MO"),
    ("monthly_day", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("monthly_setpos", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    ("yearly", "FREQ=YEARLY;BYMONTH=6;BYDAY=3MO"),
    ("weekly_count", "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=100000"),
    // The months differ in how often it comes, so they have to be added up.
    ("monthly_added_up", "FREQ=MONTHLY;BYMONTHDAY=28,31;COUNT=100000"),
];

/// How old the series are, in years.
const AGES: [i32; 3] = [1, 10, 20];

/// How many starts there are of each kind and age, so that no branch is learnt by heart.
const SERIES: u32 = 32;

/// Prints the figures.
pub(crate) fn run() {
    for (kind, rule) in KINDS {
        for age in AGES {
            let (ours, theirs): (Vec<_>, Vec<_>) =
                starts(age).map(|start| (our(rule, start), their(rule, start))).unzip();
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert_eq!(count_ours(ours), count_theirs(theirs), "{rule} from {}", ours.start);
            }
            println!("recur.series_us.{kind}.{age}_years {:.3} us", cost(&ours, count_ours));
            println!("recur.rrule_us.{kind}.{age}_years {:.3} us", cost(&theirs, count_theirs));
        }
    }
}

/// What callgrind is to count: a figure, and two numbers of rounds.
pub(crate) fn counted() {
    println!("recur.instructions_per_series.daily 100 1100");
    println!("recur.instructions_per_series.workdays 100 1100");
    println!("recur.instructions_per_series.monthly_setpos 100 1100");
}

/// Does once what a figure counts, so many times; whether the figure is one of these.
pub(crate) fn callgrind(figure: &str, rounds: usize) -> bool {
    let Some(kind) = figure.strip_prefix("recur.instructions_per_series.") else { return false };
    let Some((_, rule)) = KINDS.iter().find(|(name, _)| *name == kind) else { return false };
    let series: Vec<Recurrence> = starts(10).map(|start| our(rule, start)).collect();
    for series in series.iter().cycle().take(rounds) {
        black_box(count_ours(black_box(series)));
    }
    true
}

fn window() -> (DateTime<Utc>, DateTime<Utc>) {
    let start_of = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_time(chrono::NaiveTime::MIN).and_utc();
    (start_of(2026), start_of(2027))
}

fn starts(age: i32) -> impl Iterator<Item = NaiveDateTime> {
    (0..SERIES).map(move |number| {
        let date = NaiveDate::from_ymd_opt(2026 - age, 1 + number % 12, 1 + number * 7 % 28).unwrap();
        date.and_hms_opt(8 + number % 9, 15 * (number % 4), 0).unwrap()
    })
}

fn our(rule: &str, start: NaiveDateTime) -> Recurrence {
    let mut series = Recurrence::once(start, false, Zone::Iana(ZONE));
    series.rules.push(Rule::parse(rule).unwrap());
    series
}

fn count_ours(series: &Recurrence) -> usize {
    let (from, to) = window();
    series.between(from, to).list.len()
}

fn their(rule: &str, start: NaiveDateTime) -> rrule::RRuleSet {
    let start = start.and_local_timezone(rrule::Tz::Tz(ZONE)).earliest().unwrap();
    let rule: rrule::RRule<rrule::Unvalidated> = rule.parse().unwrap();
    let (from, to) = window();
    let zone = rrule::Tz::Tz(ZONE);
    let last = to - chrono::TimeDelta::seconds(1);
    rule.build(start).unwrap().after(from.with_timezone(&zone)).before(last.with_timezone(&zone))
}

fn count_theirs(series: &rrule::RRuleSet) -> usize {
    series.clone().all(u16::MAX).dates.len()
}

/// Microseconds a series: the median of nine rounds.
fn cost<T>(series: &[T], count: impl Fn(&T) -> usize) -> f64 {
    let mut rounds: Vec<Duration> = (0..9)
        .map(|_| {
            let started = Instant::now();
            let mut passes = 0;
            while passes < 20 && started.elapsed() < Duration::from_millis(100) {
                for series in series {
                    black_box(count(black_box(series)));
                }
                passes += 1;
            }
            started.elapsed() / passes
        })
        .collect();
    rounds.sort_unstable();
    rounds[rounds.len() / 2].as_secs_f64() * 1e6 / f64::from(SERIES)
}
