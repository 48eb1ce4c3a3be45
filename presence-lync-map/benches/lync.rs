//! What one aggregation, one look at a pull profile, and one notification cost.
//!
//! Prints `name value unit`. `counted` prints what callgrind is to count: a figure and two numbers of rounds;
//! `callgrind FIGURE ROUNDS` does so many rounds of it and prints nothing.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and may stop"
)]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::hint::black_box;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use presence_lync_map::activity::ActivityToken;
use presence_lync_map::dnd::PullProfile;
use presence_lync_map::documents::{Categories, ReadRules};
use presence_lync_map::states::{ActivityState, AggregationRules, Instance, InstanceId, Publications, StateKind};

const NOTIFICATION: &[u8] = include_bytes!("notify.xml");
const AGGREGATE: &str = "lync.instructions_per_aggregate";
const DND: &str = "lync.instructions_per_dnd";
const NOTIFY: &str = "lync.instructions_per_notify";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.first().map(String::as_str) {
        Some("counted") => {
            println!("{AGGREGATE} 1000 11000\n{DND} 10000 110000\n{NOTIFY} 500 2500");
        }
        Some("callgrind") => {
            let rounds = args[2].parse().unwrap();
            match args[1].as_str() {
                AGGREGATE => aggregate(rounds),
                DND => dnd(rounds),
                NOTIFY => notify(rounds),
                _ => {}
            }
        }
        _ => run(),
    }
}

fn run() {
    println!("lync.aggregate_ns {:.1} ns", nanoseconds(200_000, aggregate));
    println!("lync.dnd_ns {:.2} ns", nanoseconds(50_000_000, dnd));
    let notify_ns = nanoseconds(50_000, notify);
    println!("lync.category_notify_per_second {:.0} 1/s", 1e9 / notify_ns);
    let mebibytes = f64::from(u32::try_from(NOTIFICATION.len()).unwrap()) / 1_048_576.0;
    println!("lync.category_notify_mb_per_s {:.1} MiB/s", mebibytes * 1e9 / notify_ns);
}

/// Nanoseconds a round, after a tenth of the rounds to warm up.
fn nanoseconds(rounds: u32, work: fn(u32)) -> f64 {
    work(rounds / 10);
    let start = Instant::now();
    work(rounds);
    start.elapsed().as_secs_f64() * 1e9 / f64::from(rounds)
}

/// A person with two computers, a telephone and a mobile, in a meeting and in a call.
fn aggregate(rounds: u32) {
    let start: DateTime<Utc> = "2026-11-20T08:00:00Z".parse().unwrap();
    let at = |minutes| start + TimeDelta::minutes(minutes);
    let state = |kind, id, number, minutes, token| {
        Instance::new(id, kind, at(minutes)).number(number).activity(ActivityState::token(token))
    };
    let person = Publications::new(vec![
        Instance::user(InstanceId::USER_STICKY, 3_500, at(0)),
        Instance::user(InstanceId::USER_TIMED, 6_500, at(-600)),
        Instance::machine(InstanceId::machine(1), "desk", at(50)).number(5_000),
        Instance::machine(InstanceId::machine(2), "laptop", at(10)).number(15_500),
        Instance::machine(InstanceId::machine(3), "mobile", at(5)).number(15_500),
        state(StateKind::Calendar, InstanceId::meeting(7), 6_500, 30, ActivityToken::IN_A_MEETING).starts(at(30)),
        state(StateKind::Phone, InstanceId::voip(1), 7_000, 40, ActivityToken::IN_A_CONFERENCE),
        state(StateKind::Phone, InstanceId::line(2), 6_500, 45, ActivityToken::ON_THE_PHONE),
    ]);
    let rules = AggregationRules::default();
    for round in 0..rounds {
        let now = at(60 + i64::from(round % 60));
        black_box(black_box(&person).aggregate(now, &rules));
    }
}

/// Three ranges, asked with all numbers there are.
fn dnd(rounds: u32) {
    let profile: PullProfile = "3000-5999, 7500, 12000-14999".parse().unwrap();
    let mut raw = 0;
    for _ in 0..rounds {
        // A step that has no divisor in common with the count of numbers comes by all of them.
        raw = (raw + 7_919) % 18_501;
        black_box(profile.dnd(black_box(raw)));
    }
}

/// A notification of five categories.
fn notify(rounds: u32) {
    let rules = ReadRules::default();
    for _ in 0..rounds {
        let read = Categories::read(black_box(NOTIFICATION), &rules).unwrap();
        assert!(read.categories.len() == 5 && read.warnings.is_empty());
        black_box(read);
    }
}
