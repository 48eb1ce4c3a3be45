//! What a running hub does: reports per second with watchers and readers, how soon a change is seen, what a watcher costs.
//!
//! Prints `name value unit`. Two threads for sources, watchers and readers, as on a machine with two cores; the writer has
//! its own. Nothing is measured while the company is being made.
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

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use presence_core::clock::Clock;
use presence_core::hub::{Board, Filter, Hub, SystemClock};
use presence_core::source::{Link, News, Source, SourceError, Wake};
use presence_core::{Call, Engine, EngineConfig, Facet, Fact, Person, Report, SourceId, ViewerId};
use support::Company;
use tokio::sync::watch;

const PEOPLE: u32 = 100_000;
const REPORTS: usize = 3_000_000;
/// The slice that adapters are told to report in.
const SLICE: usize = 256;

/// Without an argument everything; with one only that part: `cold`, `throughput`, `reads`, `latency`, `watchers`.
fn main() {
    let part = std::env::args().nth(1).filter(|arg| arg != "--bench");
    // Nothing here is counted: threads wait for each other.
    if part.as_deref() == Some("counted") {
        return;
    }
    let wanted = |name: &str| part.as_deref().is_none_or(|part| part == name);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let company = Arc::new(Company::new(PEOPLE));
        if wanted("cold") {
            cold_start().await;
        }
        if wanted("throughput") {
            for watchers in [0, 20, 200] {
                let rate = throughput(&company, watchers, false).await;
                println!("hub.reports_per_second.{watchers}_watchers {rate:.0} 1/s");
            }
            let rate = throughput(&company, 0, true).await;
            println!("hub.reports_per_second.snapshots {rate:.0} 1/s");
        }
        if wanted("reads") {
            reads(&company).await;
        }
        if wanted("latency") {
            latency(&company).await;
        }
        if wanted("watchers") {
            watchers(&company).await;
        }
    });
}

/// A source that sends what it is given when the gate opens, then waits.
#[derive(Debug)]
struct Feed {
    id: SourceId,
    facets: Vec<Facet>,
    slices: std::sync::Mutex<Vec<Vec<Report>>>,
    gate: watch::Receiver<bool>,
}

#[async_trait]
impl Source for Feed {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &self.facets
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        link.tell(News::Complete).await?;
        let mut gate = self.gate.clone();
        while !*gate.borrow_and_update() && gate.changed().await.is_ok() {}
        let slices = std::mem::take(&mut *self.slices.lock().unwrap());
        for slice in slices {
            link.report(slice).await?;
        }
        while link.next(None).await != Wake::Stop {}
        Ok(())
    }
}

/// A hub whose sources send these reports when the gate opens.
async fn hub(company: &Company, reports: Vec<Report>) -> (Hub, watch::Sender<bool>) {
    let (open, gate) = watch::channel(false);
    let now = SystemClock::default().now();
    let mut builder = Hub::builder(Engine::new(EngineConfig::new(Arc::clone(&company.directory), now)));
    let mut of_origin: Vec<Vec<Report>> = company.origins.iter().map(|_| Vec::new()).collect();
    for report in reports {
        let at = company.origins.iter().position(|origin| *origin == report.origin).unwrap();
        of_origin[at].push(report);
    }
    for (origin, mut reports) in company.origins.iter().zip(of_origin) {
        let mut slices = Vec::new();
        while !reports.is_empty() {
            let rest = reports.split_off(reports.len().min(SLICE * 1024));
            slices.extend(reports.chunks(SLICE).map(<[Report]>::to_vec));
            reports = rest;
        }
        let id = company.directory.source_id(*origin).unwrap().clone();
        let facets = company.directory.sources().iter().find(|spec| spec.id == id).unwrap().facets.iter().collect();
        builder = builder.source(Arc::new(Feed { id, facets, slices: slices.into(), gate: gate.clone() }));
    }
    (builder.start().await.unwrap(), open)
}

/// Waits until the engine has taken so many reports.
async fn taken(hub: &Hub, reports: u64) {
    while hub.health().await.unwrap().counts.reports < reports {
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
}

fn operator() -> ViewerId {
    ViewerId::new("operator").unwrap()
}

fn everybody(company: &Company, now: chrono::DateTime<chrono::Utc>) -> Vec<Report> {
    company.everybody().map(|update| company.report_at(&update, now)).collect()
}

/// From nothing to a board that shows 120,000 people as six sources know them.
async fn cold_start() {
    let company = Company::new(120_000);
    let reports = everybody(&company, SystemClock::default().now());
    let total = reports.len() as u64;
    let started = Instant::now();
    let (hub, open) = hub(&company, reports).await;
    open.send_replace(true);
    taken(&hub, total).await;
    let rows = hub.board(&operator()).unwrap().snapshot().rows.len();
    assert_eq!(rows, 120_000);
    println!("hub.cold_start_seconds {:.3} s", started.elapsed().as_secs_f64());
    hub.shutdown().await;
}

/// Reports per second through queue, engine and board.
async fn throughput(company: &Arc<Company>, watchers: usize, snapshots: bool) -> f64 {
    let now = SystemClock::default().now();
    let first = everybody(company, now);
    let warm = first.len() as u64;
    let updates = company.updates(REPORTS, 7);
    let reports: Vec<Report> =
        first.into_iter().chain(updates.iter().map(|update| company.report_at(update, now))).collect();
    let total = reports.len() as u64;
    let (hub, open) = hub(company, reports).await;
    let seen = Arc::new(AtomicU64::new(0));
    for _ in 0..watchers {
        let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap();
        let seen = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Some(changes) = watch.changed().await {
                seen.fetch_add(changes.rows.len() as u64, Ordering::Relaxed);
            }
        });
    }
    let stop = Arc::new(AtomicBool::new(false));
    let reader = snapshots.then(|| read_all_the_time(hub.board(&operator()).unwrap(), &stop));
    open.send_replace(true);
    taken(&hub, warm).await;
    let (before, started) = (hub.health().await.unwrap().counts.reports, Instant::now());
    taken(&hub, total).await;
    let seconds = started.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    if let Some(reader) = reader {
        let (cuts, longest) = reader.join().unwrap();
        println!("board.snapshots_meanwhile {cuts} snapshots");
        println!("board.snapshot_longest_ms {:.2} ms", longest.as_secs_f64() * 1e3);
    }
    if watchers > 0 {
        println!("hub.rows_to_watchers.{watchers}_watchers {} rows", seen.load(Ordering::Relaxed));
    }
    hub.shutdown().await;
    f64_of(total - before) / seconds
}

fn read_all_the_time(board: Board, stop: &Arc<AtomicBool>) -> std::thread::JoinHandle<(u64, Duration)> {
    let stop = Arc::clone(stop);
    std::thread::spawn(move || {
        let (mut cuts, mut longest) = (0, Duration::ZERO);
        while !stop.load(Ordering::Relaxed) {
            let started = Instant::now();
            assert!(board.snapshot().rows.len() <= 100_000);
            longest = longest.max(started.elapsed());
            cuts += 1;
        }
        (cuts, longest)
    })
}

/// Reads while the writer runs at full speed.
async fn reads(company: &Arc<Company>) {
    for snapshots in [false, true] {
        let now = SystemClock::default().now();
        let updates = company.updates(REPORTS, 11);
        let reports = updates.iter().map(|update| company.report_at(update, now)).collect();
        let (hub, open) = hub(company, reports).await;
        let board = hub.board(&operator()).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let reader = snapshots.then(|| read_all_the_time(board.clone(), &stop));
        open.send_replace(true);
        let people = company.people.clone();
        let department: Vec<Person> = people.iter().step_by(97).take(1000).copied().collect();
        let measured = tokio::task::spawn_blocking(move || {
            let heads = sample(200_000, |n| {
                std::hint::black_box(board.head(people[n * 7919 % people.len()]));
            });
            let groups = sample(500, |_| assert_eq!(board.group(&department).rows.len(), 1000));
            (heads, groups)
        });
        let (heads, groups) = measured.await.unwrap();
        let beside = if snapshots { ".beside_snapshots" } else { "" };
        println!("board.read_p50_ns{beside} {:.0} ns", percentile(&heads, 50) * 1e9);
        println!("board.read_p99_ns{beside} {:.0} ns", percentile(&heads, 99) * 1e9);
        println!("board.department_read_us{beside} {:.1} us", percentile(&groups, 50) * 1e6);
        println!("board.department_read_p99_us{beside} {:.1} us", percentile(&groups, 99) * 1e6);
        taken(&hub, REPORTS as u64).await;
        stop.store(true, Ordering::Relaxed);
        if let Some(reader) = reader {
            reader.join().unwrap();
        }
        hub.shutdown().await;
    }
}

/// How long each of `count` calls takes, in seconds.
fn sample(count: usize, mut call: impl FnMut(usize)) -> Vec<f64> {
    let once = |n| {
        let started = Instant::now();
        call(n);
        started.elapsed().as_secs_f64()
    };
    let mut times: Vec<f64> = (0..count).map(once).collect();
    times.sort_by(f64::total_cmp);
    times
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted[(sorted.len() - 1) * percent / 100]
}

/// From a report handed over to a watch that has it, at 100,000 reports a second; and to a read of a group.
async fn latency(company: &Arc<Company>) {
    let origin = company.origins[0];
    let id = company.directory.source_id(origin).unwrap().clone();
    let phone = |user: usize| (company.people[user], company.phone(user));
    let subjects: Vec<_> = (0..50_000).map(phone).collect();
    let begun = Instant::now();
    let sent: Arc<Vec<AtomicU64>> = Arc::new(subjects.iter().map(|_| AtomicU64::new(0)).collect());
    let pacer = Pacer { id, subjects: subjects.clone(), sent: Arc::clone(&sent), begun };
    let now = SystemClock::default().now();
    let engine = Engine::new(EngineConfig::new(Arc::clone(&company.directory), now));
    let hub = Hub::builder(engine).source(Arc::new(pacer)).start().await.unwrap();
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    watch.changed().await.unwrap();
    let index: std::collections::HashMap<Person, usize> =
        subjects.iter().enumerate().map(|(at, (person, _))| (*person, at)).collect();
    let end = Instant::now() + Duration::from_secs(4);
    let mut to_watch = Vec::new();
    while Instant::now() < end {
        let changes = watch.changed().await.unwrap();
        let seen = begun.elapsed().as_nanos();
        for (person, _) in changes.rows.iter() {
            let Some(at) = index.get(person) else { continue };
            let sent = u128::from(sent[*at].load(Ordering::Relaxed));
            to_watch.push(f64_of(u64::try_from(seen.saturating_sub(sent)).unwrap()) / 1e9);
        }
    }
    to_watch.sort_by(f64::total_cmp);
    println!("hub.latency_samples {} reports", to_watch.len());
    println!("hub.report_to_watcher_p50_us {:.0} us", percentile(&to_watch, 50) * 1e6);
    println!("hub.report_to_watcher_p99_us {:.0} us", percentile(&to_watch, 99) * 1e6);
    let board = hub.board(&operator()).unwrap();
    let visible = visible_in_groups(&board, &subjects, &sent, begun).await;
    println!("board.change_visible_p50_us {:.0} us", percentile(&visible, 50) * 1e6);
    println!("board.change_visible_p99_us {:.0} us", percentile(&visible, 99) * 1e6);
    hub.shutdown().await;
}

/// Reads a group again and again: how old a change is when a read first shows it.
async fn visible_in_groups(
    board: &Board,
    subjects: &[(Person, presence_core::Subject)],
    sent: &Arc<Vec<AtomicU64>>,
    begun: Instant,
) -> Vec<f64> {
    let (board, sent) = (board.clone(), Arc::clone(sent));
    let group: Vec<Person> = subjects.iter().take(1000).map(|(person, _)| *person).collect();
    let reading = tokio::task::spawn_blocking(move || {
        let mut before = board.group(&group).rows;
        let mut ages = Vec::new();
        let end = Instant::now() + Duration::from_secs(3);
        while Instant::now() < end {
            let rows = board.group(&group).rows;
            let seen = begun.elapsed().as_nanos();
            for (at, (old, new)) in before.iter().zip(&rows).enumerate() {
                if old != new {
                    let sent = u128::from(sent[at].load(Ordering::Relaxed));
                    ages.push(f64_of(u64::try_from(seen.saturating_sub(sent)).unwrap()) / 1e9);
                }
            }
            before = rows;
        }
        ages.sort_by(f64::total_cmp);
        ages
    });
    reading.await.unwrap()
}

/// Reports 100,000 changes a second, a hundred each millisecond, and writes down when each was handed over.
#[derive(Debug)]
struct Pacer {
    id: SourceId,
    subjects: Vec<(Person, presence_core::Subject)>,
    sent: Arc<Vec<AtomicU64>>,
    begun: Instant,
}

#[async_trait]
impl Source for Pacer {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &[Facet::Call]
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        link.tell(News::Complete).await?;
        let mut next = tokio::time::Instant::now() + Duration::from_millis(1);
        for round in 0_usize.. {
            let call = if (round / (self.subjects.len() / 100)).is_multiple_of(2) { Call::InCall } else { Call::Idle };
            let from = round * 100 % self.subjects.len();
            let now = link.now();
            let mut reports = Vec::with_capacity(100);
            for (at, (_, subject)) in self.subjects.iter().enumerate().skip(from).take(100) {
                self.sent[at].store(u64::try_from(self.begun.elapsed().as_nanos()).unwrap(), Ordering::Relaxed);
                reports.push(Report::new(link.origin(), *subject, Fact::Call(call), now));
            }
            link.report(reports).await?;
            // Whom it is asked for is all the same to it.
            while let Ok(wake) = tokio::time::timeout_at(next, link.next(None)).await {
                if wake == Wake::Stop {
                    return Ok(());
                }
            }
            next += Duration::from_millis(1);
        }
        Ok(())
    }
}

/// What a watcher costs in memory, one that reads and one that does not.
async fn watchers(company: &Arc<Company>) {
    let now = SystemClock::default().now();
    let reports = company.updates(REPORTS / 4, 13).iter().map(|update| company.report_at(update, now)).collect();
    let (hub, open) = hub(company, reports).await;
    let before = support::allocated();
    let mut watches: Vec<_> = (0..10_000).map(|_| hub.watch(&operator(), Filter::everyone(), None).unwrap()).collect();
    println!("hub.bytes_per_watcher {:.0} bytes", f64_of((support::allocated() - before) as u64) / 10_000.0);
    let idle = support::allocated();
    open.send_replace(true);
    taken(&hub, (REPORTS / 4) as u64).await;
    let growth = support::allocated().saturating_sub(idle);
    println!("hub.bytes_grown_by_unread_changes {} bytes", growth);
    let changes = watches[0].take().unwrap();
    assert!(changes.whole);
    println!("hub.rows_of_a_late_watcher {} rows", changes.rows.len());
    hub.shutdown().await;
}

fn f64_of(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
