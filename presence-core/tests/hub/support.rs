//! A small company, a source that does what the test says while it runs, and time that the test moves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use presence_core::clock::Clock;
use presence_core::hub::{Connector, Health, Hub, HubBuilder, Retry};
use presence_core::source::{Link, News, Source, SourceError, Wake};
use presence_core::testing::ManualClock;

use presence_core::{
    Address, Call, Directory, DirectoryBuilder, Engine, EngineConfig, Facet, Fact, Lifetime, Person, PersonId,
    PersonSpec, PlaceKind, PlaceSpec, Report, Row, SourceErrorKind, SourceId, SourceSpec, Subject, ViewerId,
};
use tokio::sync::mpsc;

/// When every test begins: a Friday morning.
pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-20T09:00:00Z".parse().unwrap()
}

pub(crate) fn source_id(name: &str) -> SourceId {
    SourceId::new(name).unwrap()
}

pub(crate) fn person_id(name: &str) -> PersonId {
    PersonId::new(name).unwrap()
}

pub(crate) fn operator() -> ViewerId {
    ViewerId::new("operator").unwrap()
}

/// What the source `at` calls the person.
pub(crate) fn address(at: &str, name: &str) -> Address {
    Address::opaque(&format!("{at}/{name}")).unwrap()
}

pub(crate) const PBX: [Facet; 3] = [Facet::Call, Facet::Diversion, Facet::DoNotDisturb];

/// A person with a telephone, a mailbox and an account.
pub(crate) fn spec(name: &str) -> PersonSpec {
    let place = |kind, at: &str| PlaceSpec::new(kind).address(address(at, name), &[source_id(at)]);
    PersonSpec::new(person_id(name))
        .named(name)
        .place(place(PlaceKind::Desk, "pbx"))
        .place(place(PlaceKind::Mailbox, "exchange"))
        .place(place(PlaceKind::Account, "teams"))
}

/// The PBX and Exchange tell about everybody; Teams waits to be asked.
pub(crate) fn sources() -> DirectoryBuilder {
    let mut builder = Directory::builder();
    builder.source(SourceSpec::new(source_id("pbx"), &PBX));
    builder.source(SourceSpec::new(source_id("exchange"), &[Facet::Calendar]));
    builder.source(SourceSpec::new(source_id("teams"), &[Facet::Rich]).on_demand());
    builder
}

pub(crate) fn company(names: &[&str]) -> Arc<Directory> {
    let mut builder = sources();
    names.iter().for_each(|name| {
        builder.person(spec(name));
    });
    Arc::new(builder.build().unwrap())
}

pub(crate) fn retry() -> Retry {
    let mut retry = Retry::default();
    retry.grace = Duration::from_millis(20);
    retry
}

/// A hub that lives by this clock, and does not wait long for what does not stop.
pub(crate) fn builder(directory: &Arc<Directory>, clock: &ManualClock) -> HubBuilder {
    let engine = Engine::new(EngineConfig::new(Arc::clone(directory), clock.now()));
    Hub::builder(engine).clock(Arc::new(clock.clone())).retry(retry())
}

/// Lets everybody work who can.
pub(crate) async fn rest() {
    for _ in 0..120 {
        tokio::task::yield_now().await;
    }
}

/// Lets time pass, from one thing that somebody waits for to the next.
pub(crate) async fn pass(clock: &ManualClock, by: TimeDelta) {
    let target = clock.now() + by;
    loop {
        rest().await;
        match clock.next_wait() {
            Some(next) if next <= target => clock.set(next.max(clock.now())),
            _ => break,
        }
    }
    clock.set(target);
    rest().await;
}

/// Waits, by the machine's clock and not for long, until something is so.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(holds(), "never: {what}");
}

/// What is asked of [`Remote`].
#[derive(Debug)]
pub(crate) enum Do {
    Say(Vec<(Address, Fact, Lifetime)>),
    Raw(Vec<Report>),
    Tell(News),
    End,
    Fail(SourceErrorKind, Option<Duration>),
    Panic,
}

/// What [`Remote`] went through.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    /// When sessions began.
    pub(crate) sessions: Vec<DateTime<Utc>>,
    /// What it was woken by.
    pub(crate) wakes: Vec<Wake>,
}

/// A source that does what its [`Hand`] says while it runs.
#[derive(Debug)]
struct Remote {
    id: SourceId,
    facets: Vec<Facet>,
    orders: tokio::sync::Mutex<mpsc::UnboundedReceiver<Do>>,
    log: Arc<Mutex<Log>>,
}

/// The other end of a [`Remote`].
#[derive(Clone, Debug)]
pub(crate) struct Hand {
    name: String,
    orders: mpsc::UnboundedSender<Do>,
    log: Arc<Mutex<Log>>,
}

/// A source and what moves it.
pub(crate) fn remote(name: &str, facets: &[Facet]) -> (Arc<dyn Source>, Hand) {
    let (sender, orders) = mpsc::unbounded_channel();
    let log: Arc<Mutex<Log>> = Arc::default();
    let hand = Hand { name: name.to_owned(), orders: sender, log: Arc::clone(&log) };
    let orders = tokio::sync::Mutex::new(orders);
    (Arc::new(Remote { id: source_id(name), facets: facets.to_vec(), orders, log }), hand)
}

impl Hand {
    pub(crate) fn order(&self, order: Do) {
        self.orders.send(order).unwrap();
    }

    /// Says something of a person by the name that this source has for them.
    pub(crate) fn says(&self, name: &str, fact: Fact) {
        self.order(Do::Say(vec![(address(&self.name, name), fact, Lifetime::Default)]));
    }

    pub(crate) fn calls(&self, name: &str, call: Call) {
        self.says(name, Fact::Call(call));
    }

    /// Everything known has been told.
    pub(crate) fn completes(&self) {
        self.order(Do::Tell(News::Complete));
    }

    pub(crate) fn log(&self) -> Log {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn sessions(&self) -> usize {
        self.log().sessions.len()
    }

    /// Whom it watches now, as far as it was told.
    pub(crate) fn watches(&self, subject: Subject) -> bool {
        let log = self.log();
        let of_subject = |wake: &&Wake| matches!(wake, Wake::Watch(s) | Wake::Release(s) if *s == subject);
        matches!(log.wakes.iter().rev().find(of_subject), Some(Wake::Watch(_)))
    }

    pub(crate) fn releases(&self) -> usize {
        self.log().wakes.iter().filter(|wake| matches!(wake, Wake::Release(_))).count()
    }
}

impl Remote {
    fn note(&self, write: impl FnOnce(&mut Log)) {
        write(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

#[async_trait]
impl Source for Remote {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &self.facets
    }

    #[expect(clippy::panic, reason = "the test asks for it")]
    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        let now = link.now();
        self.note(|log| log.sessions.push(now));
        let mut orders = self.orders.lock().await;
        loop {
            let order = tokio::select! {
                biased;
                wake = link.next(None) => {
                    self.note(|log| log.wakes.push(wake));
                    match wake {
                        Wake::Stop => return Ok(()),
                        Wake::Release(subject) => {
                            let (origin, now) = (link.origin(), link.now());
                            let gone = |facet: &Facet| Report::withdrawing(origin, subject, *facet, now);
                            link.report(self.facets.iter().map(gone).collect()).await?;
                        }
                        _ => {}
                    }
                    continue;
                }
                order = orders.recv() => order,
            };
            let Some(order) = order else { std::future::pending().await };
            match order {
                Do::Say(all) => {
                    let (origin, now) = (link.origin(), link.now());
                    let known = all.into_iter().filter_map(|(address, fact, lifetime)| {
                        Some(Report::new(origin, link.subject(&address)?, fact, now).lasting(lifetime))
                    });
                    let reports = known.collect();
                    link.report(reports).await?;
                }
                Do::Raw(reports) => link.report(reports).await?,
                Do::Tell(news) => link.tell(news).await?,
                Do::End => return Ok(()),
                Do::Fail(kind, wait) => {
                    let error = SourceError::new(kind, "as the test says");
                    return Err(wait.into_iter().fold(error, SourceError::retry_after));
                }
                Do::Panic => panic!("as the test says"),
            }
        }
    }
}

/// What is looked up again and again.
pub(crate) trait Ask {
    fn who(&self, name: &str) -> Person;
    fn row(&self, name: &str) -> Row;
    fn call(&self, name: &str) -> Option<Call>;
    async fn stand(&self) -> Health;
    async fn connector(&self, name: &str) -> Connector;
}

impl Ask for Hub {
    fn who(&self, name: &str) -> Person {
        self.directory().person(&person_id(name)).unwrap()
    }

    fn row(&self, name: &str) -> Row {
        self.board(&operator()).unwrap().row(self.who(name)).unwrap()
    }

    fn call(&self, name: &str) -> Option<Call> {
        self.row(name).desk.call
    }

    async fn stand(&self) -> Health {
        self.health().await.unwrap()
    }

    async fn connector(&self, name: &str) -> Connector {
        let health = self.stand().await;
        health.connectors.into_iter().find(|connector| connector.source.as_str() == name).unwrap()
    }
}
