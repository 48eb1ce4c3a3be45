//! What every source must do, as a check that an adapter's tests call.
//!
//! ```
//! use std::sync::Arc;
//!
//! use presence_core::source::News;
//! use presence_core::testing::{Contract, ScriptedSource, Step};
//! use presence_core::{Address, Call, Directory, Facet, Fact, PersonId, PersonSpec, PlaceKind, PlaceSpec};
//! use presence_core::{SourceId, SourceSpec};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (pbx, desk) = (SourceId::new("pbx")?, Address::extension("hq", "4711")?);
//! let mut company = Directory::builder();
//! company.source(SourceSpec::new(pbx.clone(), &[Facet::Call]).on_demand());
//! let place = PlaceSpec::new(PlaceKind::Desk).address(desk.clone(), &[pbx.clone()]);
//! company.person(PersonSpec::new(PersonId::new("anna")?).place(place));
//!
//! let script = vec![Step::say(desk, Fact::Call(Call::Idle)), Step::Tell(News::Complete), Step::Stay];
//! let source = ScriptedSource::new(pbx, &[Facet::Call], vec![script]);
//! Contract::new(Arc::new(company.build()?), Arc::new(source)).check().await?;
//! # Ok(())
//! # }
//! ```

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::diagnostics::ConnectorStatus;
use crate::directory::Directory;
use crate::fact::{Facet, Fact, Lifetime, Report};
use crate::hub::SystemClock;
use crate::identity::{Address, Origin, Subject};
use crate::source::{Closed, Link, News, Source, SourceError, Wake};

/// The checks that every [`Source`] must pass.
///
/// 1. It says [`News::Complete`] when it has told everything, and speaks only about its facets, its subjects, as itself,
///    and not from the future.
/// 2. It survives an engine that is behind: every report waits a while before it is taken.
/// 3. It withdraws what it said of a subject that nobody wants any more, and does not go on about it.
/// 4. It ends soon after [`Wake::Stop`], without an error.
/// 5. A second session tells again what the first one told.
/// 6. It ends soon when nobody takes its reports any more.
///
/// That nothing is reported after the end need not be checked: the link is only lent.
#[derive(Debug)]
pub struct Contract {
    directory: Arc<Directory>,
    source: Arc<dyn Source>,
    clock: Arc<dyn Clock>,
    patience: Duration,
    quiet: Duration,
}

/// What a source does wrong.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the source breaks its contract: {}", .0.join("; "))]
#[non_exhaustive]
pub struct ContractBroken(pub Vec<String>);

/// A facet of a subject.
type Said = (Subject, Facet);

impl Contract {
    /// The contract of a source, in a company that it covers.
    #[must_use]
    pub fn new(directory: Arc<Directory>, source: Arc<dyn Source>) -> Self {
        let clock = Arc::new(SystemClock::default());
        Self { directory, source, clock, patience: Duration::from_secs(5), quiet: Duration::from_millis(50) }
    }

    /// Lives by this clock.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Waits so long for anything that has to happen.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Listens so long for what must not happen.
    #[must_use]
    pub fn quiet(self, quiet: Duration) -> Self {
        Self { quiet, ..self }
    }

    /// Checks it all.
    ///
    /// # Errors
    ///
    /// With everything that the source does wrong.
    pub async fn check(&self) -> Result<(), ContractBroken> {
        let Some(origin) = self.directory.origin(self.source.id()) else {
            return Err(ContractBroken(vec![format!("the directory has no source `{}`", self.source.id())]));
        };
        let mut broken = Vec::new();
        let first = self.whole_session(origin, &mut broken).await;
        let second = self.whole_session(origin, &mut broken).await;
        if !first.is_subset(&second) {
            broken.push("a second session does not tell again what the first one told".to_owned());
        }
        self.closed_session(origin, &mut broken).await;
        if broken.is_empty() { Ok(()) } else { Err(ContractBroken(broken)) }
    }

    /// A session from beginning to end; what it told at first.
    async fn whole_session(&self, origin: Origin, broken: &mut Vec<String>) -> HashSet<Said> {
        let mut session = self.begin(origin, false);
        let mut heard = Heard::default();
        let complete = self.listen(&mut session, &mut heard, self.patience, |heard| heard.complete).await;
        if !complete {
            broken.push("it never says that it has told everything (`News::Complete`)".to_owned());
        }
        let told = heard.said.clone();
        if let Some((subject, _)) = told.iter().next().copied() {
            session.desk.wish(Wake::Release(subject));
            let withdrawn = |heard: &Heard| !heard.said.iter().any(|(other, _)| *other == subject);
            if !self.listen(&mut session, &mut heard, self.patience, withdrawn).await {
                broken.push("it does not withdraw what it said of a subject that nobody wants any more".to_owned());
            }
            let again = |heard: &Heard| heard.said.iter().any(|(other, _)| *other == subject);
            if withdrawn(&heard) && self.listen(&mut session, &mut heard, self.quiet, again).await {
                broken.push("it goes on about a subject that nobody wants any more".to_owned());
            }
        }
        broken.extend(self.wrong(origin, &heard));
        session.desk.wish(Wake::Stop);
        match self.end(session).await {
            None => broken.push("it does not end soon after it was told to stop (`Wake::Stop`)".to_owned()),
            Some(Err(error)) => broken.push(format!("it fails when it is told to stop: {error}")),
            Some(Ok(())) => {}
        }
        told
    }

    /// A session whose reports nobody takes.
    async fn closed_session(&self, origin: Origin, broken: &mut Vec<String>) {
        let session = self.begin(origin, true);
        if self.end(session).await.is_none() {
            broken.push("it does not end when nobody takes its reports any more".to_owned());
        }
    }

    fn begin(&self, origin: Origin, closed: bool) -> Session {
        let (sender, heard) = mpsc::channel(1);
        let covered = self.directory.covered_by(origin).into_iter().map(Wake::Watch);
        let desk = Arc::new(Desk { wishes: std::sync::Mutex::new(covered.collect()), closed, ..Desk::default() });
        let mut link = TestLink {
            origin,
            clock: Arc::clone(&self.clock),
            directory: Arc::clone(&self.directory),
            sender,
            desk: Arc::clone(&desk),
        };
        let source = Arc::clone(&self.source);
        let running = tokio::spawn(async move { source.run(&mut link).await });
        Session { running, heard, desk }
    }

    /// Takes what is said until enough was heard. Whether it was.
    async fn listen(
        &self,
        session: &mut Session,
        heard: &mut Heard,
        wait: Duration,
        enough: impl Fn(&Heard) -> bool + Sync,
    ) -> bool {
        let listening = async {
            while !enough(heard) {
                match session.heard.recv().await {
                    Some(message) => heard.take(message, self.clock.now()),
                    None => return false,
                }
            }
            true
        };
        tokio::time::timeout(wait, listening).await.unwrap_or(false)
    }

    async fn end(&self, mut session: Session) -> Option<Result<(), SourceError>> {
        // What it still says is taken: a source must not wait for ever at its end.
        let taking = async { while session.heard.recv().await.is_some() {} };
        let ended = async {
            tokio::select! {
                ended = &mut session.running => ended,
                ended = async { taking.await; std::future::pending().await } => ended,
            }
        };
        match tokio::time::timeout(self.patience, ended).await {
            Ok(Ok(result)) => Some(result),
            Ok(Err(_)) => Some(Err(SourceError::new(crate::diagnostics::SourceErrorKind::Protocol, "it panicked"))),
            Err(_) => None,
        }
    }

    fn wrong(&self, origin: Origin, heard: &Heard) -> Vec<String> {
        let mut wrong = Vec::new();
        let facets = self.source.facets();
        let strange: BTreeSet<&str> =
            heard.facets.iter().filter(|facet| !facets.contains(facet)).map(|facet| facet.name()).collect();
        if !strange.is_empty() {
            wrong.push(format!("it reports facets that it does not name: {strange:?}"));
        }
        let spec = self.directory.sources().get(origin.index());
        if spec.is_some_and(|spec| facets.iter().any(|facet| !spec.facets.contains(*facet))) {
            wrong.push("it names facets that the directory does not expect of it".to_owned());
        }
        if heard.origins.iter().any(|other| *other != origin) {
            wrong.push("it reports in the name of another source".to_owned());
        }
        if heard.from_future {
            wrong.push("it reports what has not happened yet: observed later than `link.now()`".to_owned());
        }
        if heard.said_before.iter().any(|(subject, _)| self.directory.owner(*subject).is_none()) {
            wrong.push("it reports about subjects that nobody is".to_owned());
        }
        wrong
    }
}

struct Session {
    running: JoinHandle<Result<(), SourceError>>,
    heard: mpsc::Receiver<Message>,
    desk: Arc<Desk>,
}

enum Message {
    Reports(Vec<Report>),
    News(News),
}

/// What was heard in a session.
#[derive(Debug, Default)]
struct Heard {
    complete: bool,
    /// What stands.
    said: HashSet<Said>,
    /// What ever stood.
    said_before: HashSet<Said>,
    facets: Vec<Facet>,
    origins: HashSet<Origin>,
    from_future: bool,
}

impl Heard {
    fn take(&mut self, message: Message, now: DateTime<Utc>) {
        match message {
            Message::News(News::Complete) => self.complete = true,
            Message::News(_) => {}
            Message::Reports(reports) => reports.into_iter().for_each(|report| self.hear(&report, now)),
        }
    }

    fn hear(&mut self, report: &Report, now: DateTime<Utc>) {
        let facet = report.fact.facet();
        self.facets.push(facet);
        self.origins.insert(report.origin);
        self.from_future |= report.observed_at > now + TimeDelta::seconds(1);
        let said = (report.subject, facet);
        if report.lifetime == Lifetime::Lease(0) || matches!(report.fact, Fact::Unknown(_)) {
            self.said.remove(&said);
        } else {
            self.said.insert(said);
            self.said_before.insert(said);
        }
    }
}

/// What a source is asked for.
#[derive(Debug, Default)]
struct Desk {
    wishes: std::sync::Mutex<VecDeque<Wake>>,
    stop: AtomicBool,
    closed: bool,
    news: Notify,
}

impl Desk {
    fn wish(&self, wake: Wake) {
        if wake == Wake::Stop {
            self.stop.store(true, Ordering::Relaxed);
        } else {
            self.wishes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push_back(wake);
        }
        self.news.notify_one();
    }

    fn next(&self) -> Option<Wake> {
        if self.stop.load(Ordering::Relaxed) {
            return Some(Wake::Stop);
        }
        self.wishes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front()
    }
}

#[derive(Debug)]
struct TestLink {
    origin: Origin,
    clock: Arc<dyn Clock>,
    directory: Arc<Directory>,
    sender: mpsc::Sender<Message>,
    desk: Arc<Desk>,
}

impl TestLink {
    async fn send(&self, message: Message) -> Result<(), Closed> {
        if self.desk.closed {
            return Err(Closed);
        }
        // The engine is behind.
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
        self.sender.send(message).await.map_err(|_| Closed)
    }
}

#[async_trait]
impl Link for TestLink {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn subject(&self, address: &Address) -> Option<Subject> {
        self.directory.subject(address)
    }

    fn address(&self, subject: Subject) -> Option<Address> {
        self.directory.address(subject)
    }

    async fn report(&mut self, reports: Vec<Report>) -> Result<(), Closed> {
        self.send(Message::Reports(reports)).await
    }

    async fn tell(&mut self, news: News) -> Result<(), Closed> {
        if matches!(news, News::Status(ConnectorStatus::Connecting)) {
            return Ok(());
        }
        self.send(Message::News(news)).await
    }

    async fn next(&mut self, until: Option<DateTime<Utc>>) -> Wake {
        tokio::task::yield_now().await;
        loop {
            if let Some(wake) = self.desk.next() {
                return wake;
            }
            match until {
                Some(until) if self.clock.now() >= until => return Wake::Time,
                Some(until) => tokio::select! {
                    () = self.desk.news.notified() => {}
                    () = self.clock.sleep_until(until) => {}
                },
                None => self.desk.news.notified().await,
            }
        }
    }
}
