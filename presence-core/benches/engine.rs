//! What the engine takes: reports per second, bytes per person, nanoseconds per decision.
//!
//! Prints `name value unit`. `counted` prints what callgrind is to count: a figure and two numbers of rounds;
//! `callgrind FIGURE N` makes an engine of 10,000 people, takes N reports, and prints nothing.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark prints, and may stop"
)]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

#[path = "support/company.rs"]
#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod support;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::{
    Availability, Decision, Engine, EngineConfig, Input, Output, Person, Phase, Report, RuleSet, Viewer, ViewerId,
    decide,
};
use support::{Company, Update};

/// The slice that adapters are told to report in.
const SLICE: usize = 256;
const PEOPLE: u32 = 100_000;
const REPORTS: usize = 1_000_000;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.first().map(String::as_str) {
        Some("counted") => println!("engine.instructions_per_report 20000 120000"),
        Some("callgrind") => callgrind(args[2].parse().unwrap()),
        _ => run(),
    }
}

fn run() {
    let before = support::allocated();
    let company = Company::new(PEOPLE);
    let mut engine = started(&company);
    let empty = support::allocated() - before;

    let updates = company.updates(REPORTS, 7);
    warm(&mut engine, &company);
    let filled = support::allocated() - before - support::size_of_updates(&updates) - company.bytes_beside();
    // The queue of changes and the slice of reports belong to the caller's side of a running engine too.
    println!("engine.bytes_per_person {:.0} bytes", f64_of(filled) / f64::from(PEOPLE));
    println!("engine.bytes_per_person.names {:.0} bytes", f64_of(company.names_bytes) / f64::from(PEOPLE));
    println!("engine.bytes_per_person.unfilled {:.0} bytes", f64_of(empty) / f64::from(PEOPLE));
    println!("engine.hot_bytes_per_person {:.0} bytes", engine_hot(&engine, &company));

    let slices = run_reports(&mut engine, &company, &updates, SLICE);
    println!("engine.reports_per_second_per_core {:.0} 1/s", slices.per_second);
    println!("engine.headline_share {:.3} ratio", slices.headline_share);
    println!("engine.changed_share {:.3} ratio", slices.changed_share);
    let single = run_reports(&mut engine, &company, &updates[..REPORTS / 4], 1);
    println!("engine.reports_one_by_one_per_second {:.0} 1/s", single.per_second);
    println!("engine.reports_by_address_per_second {:.0} 1/s", by_address(&mut engine, &company, &updates));
    asked(&engine, &company);
    for people in [10_000, PEOPLE, 1_000_000] {
        println!("engine.ns_per_report.{people}_people {:.1} ns", cost(people));
    }
}

/// What a run of reports came to.
struct Run {
    per_second: f64,
    changed_share: f64,
    headline_share: f64,
}

fn started(company: &Company) -> Engine {
    let mut engine = Engine::new(EngineConfig::new(Arc::clone(&company.directory), company.start));
    for origin in &company.origins {
        engine.handle(company.start, Input::Session { origin: *origin, number: 1, phase: Phase::Begin });
    }
    engine
}

/// Everybody is known to all six sources.
fn warm(engine: &mut Engine, company: &Company) {
    let mut reports: Vec<Report> = company.everybody().map(|update| company.report(&update)).collect();
    engine.report(company.start, &mut reports);
    while engine.poll_output().is_some() {}
}

/// Takes the reports in slices; every `Changed` is taken out. Time passes as the updates say.
fn run_reports(engine: &mut Engine, company: &Company, updates: &[Update], slice: usize) -> Run {
    let from = engine.now() + TimeDelta::seconds(1);
    let mut slices: Vec<(DateTime<Utc>, Vec<Report>)> = Vec::new();
    for updates in updates.chunks(slice) {
        let now = from + TimeDelta::milliseconds(i64::from(updates[0].ms));
        slices.push((now, updates.iter().map(|update| company.report_at(update, now)).collect()));
    }
    let mut changed = 0_u64;
    let started = Instant::now();
    for (now, reports) in &mut slices {
        engine.report(*now, reports);
        while let Some(output) = engine.poll_output() {
            changed += u64::from(matches!(output, Output::Changed(_)));
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    Run {
        per_second: f64_of(updates.len()) / seconds,
        changed_share: f64_of(usize::try_from(changed).unwrap()) / f64_of(updates.len()),
        headline_share: headline_share(company, updates),
    }
}

/// How many of the reports, taken one by one, change availability or activity; measured apart, on the first 200,000.
fn headline_share(company: &Company, updates: &[Update]) -> f64 {
    let mut engine = started(company);
    warm(&mut engine, company);
    let operator = Viewer::new(ViewerId::new("operator").unwrap());
    let sample = &updates[..updates.len().min(200_000)];
    let head = |engine: &Engine, person: Person| {
        engine.presence(person, &operator).map(|presence| (presence.decision.availability, presence.decision.activity))
    };
    let mut heads: Vec<_> = company.people.iter().map(|person| head(&engine, *person)).collect();
    let mut moved = 0;
    for update in sample {
        let now = company.start + TimeDelta::milliseconds(i64::from(update.ms));
        engine.report(now, &mut vec![company.report_at(update, now)]);
        while engine.poll_output().is_some() {}
        let at = usize::try_from(update.user).unwrap();
        let after = head(&engine, company.people[at]);
        moved += usize::from(std::mem::replace(&mut heads[at], after) != after);
    }
    f64_of(moved) / f64_of(sample.len())
}

/// The same, with addresses as text resolved inside the timed part.
fn by_address(engine: &mut Engine, company: &Company, updates: &[Update]) -> f64 {
    let texts: Vec<_> = updates.iter().take(REPORTS / 4).map(|update| company.address(update)).collect();
    let updates = &updates[..texts.len()];
    let now = engine.now() + TimeDelta::seconds(1);
    let started = Instant::now();
    let mut reports = Vec::with_capacity(SLICE);
    for (updates, addresses) in updates.chunks(SLICE).zip(texts.chunks(SLICE)) {
        for (update, address) in updates.iter().zip(addresses) {
            let subject = company.directory.subject(address).unwrap();
            reports.push(company.report_about(update, subject, now));
        }
        engine.report(now, &mut reports);
        while engine.poll_output().is_some() {}
    }
    f64_of(updates.len()) / started.elapsed().as_secs_f64()
}

fn asked(engine: &Engine, company: &Company) {
    let operator = Viewer::new(ViewerId::new("operator").unwrap());
    let rules = RuleSet::standard();
    let sample: Vec<Person> = company.people.iter().step_by(100).copied().collect();
    let situations: Vec<_> =
        sample.iter().map(|person| engine.presence(*person, &operator).unwrap().situation).collect();
    let started = Instant::now();
    let mut shown = 0_u64;
    for _ in 0..200 {
        for situation in &situations {
            let decision: Decision = decide(black_box(situation), &rules, &mut ());
            shown += u64::from(decision.availability > Availability::NONE);
        }
    }
    black_box(shown);
    println!("engine.decide_ns {:.1} ns", nanoseconds(started, situations.len() * 200));
    let started = Instant::now();
    for person in &sample {
        black_box(engine.explain(*person, &operator));
    }
    println!("engine.explain_ns {:.0} ns", nanoseconds(started, sample.len()));
}

/// What a report costs among so many people, while no time passes: what differs is how far memory lies apart.
fn cost(people: u32) -> f64 {
    let company = Company::new(people);
    let mut engine = started(&company);
    warm(&mut engine, &company);
    let updates = company.updates(REPORTS, 7);
    let now = company.start;
    let slice = |updates: &[Update]| updates.iter().map(|update| company.report_at(update, now)).collect();
    let mut slices: Vec<Vec<Report>> = updates.chunks(SLICE).map(slice).collect();
    let started = Instant::now();
    for reports in &mut slices {
        engine.report(now, reports);
        while engine.poll_output().is_some() {}
    }
    nanoseconds(started, updates.len())
}

fn callgrind(reports: usize) {
    let company = Company::new(10_000);
    let mut engine = started(&company);
    warm(&mut engine, &company);
    let now = company.start;
    for updates in company.updates(reports, 7).chunks(SLICE) {
        let mut reports = updates.iter().map(|update| company.report_at(update, now)).collect();
        engine.report(now, &mut reports);
        while engine.poll_output().is_some() {}
    }
}

/// The record of 128 bytes, and the blocks of further claims, reckoned from the claims that are kept.
fn engine_hot(engine: &Engine, company: &Company) -> f64 {
    let claims: usize =
        company.people.iter().map(|person| engine.claims(*person).len().saturating_sub(6).div_ceil(4)).sum();
    128.0 + f64_of(claims * 64) / f64_of(company.people.len())
}

fn nanoseconds(started: Instant, times: usize) -> f64 {
    started.elapsed().as_secs_f64() * 1e9 / f64_of(times)
}

#[expect(clippy::cast_precision_loss, reason = "a figure to read")]
fn f64_of(number: usize) -> f64 {
    number as f64
}
