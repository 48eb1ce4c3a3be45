//! The way of a source to the writer: a bounded queue one way, a set of wishes the other.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::{Notify, mpsc};

use crate::clock::Clock;
use crate::diagnostics::ConnectorStatus;
use crate::directory::Directory;
use crate::engine::Phase;
use crate::fact::{FacetSet, Report};
use crate::identity::{Address, Origin, Subject};
use crate::source::{Closed, Link, News, Wake};

use super::locked;

/// What the writer is sent.
#[derive(Debug)]
pub(super) enum Message {
    /// Reports of a session.
    Reports { origin: Origin, session: u32, reports: Vec<Report> },
    /// A phase of a session.
    Phase { origin: Origin, session: u32, phase: Phase },
    /// What a session says of itself, but [`News::Complete`].
    News { origin: Origin, session: u32, news: News },
    /// What the supervisor says of a connector.
    Status { origin: Origin, status: ConnectorStatus },
    /// Reports of what people typed; not of a session.
    Typed(Vec<Report>),
}

/// The directory that everybody looks addresses up in.
pub(super) type SharedDirectory = Arc<RwLock<Arc<Directory>>>;

pub(super) fn current(directory: &SharedDirectory) -> Arc<Directory> {
    Arc::clone(&directory.read().unwrap_or_else(PoisonError::into_inner))
}

/// What one source is asked for: bounded, because it is a set. A wish that is taken back before it is heard is not heard.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    book: Mutex<Book>,
    news: Notify,
    restarts: Notify,
}

#[derive(Debug, Default)]
struct Book {
    /// By subject: wanted, and what the session was last told.
    subjects: HashMap<Subject, Wish>,
    /// What the session has not heard yet, in order.
    waiting: VecDeque<Subject>,
    stop: bool,
    restart: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Wish {
    wanted: bool,
    told: bool,
    listed: bool,
}

impl Wishes {
    fn book(&self) -> MutexGuard<'_, Book> {
        locked(&self.book)
    }

    /// Somebody wants a subject watched, or does not any more.
    pub(super) fn set(&self, subject: Subject, wanted: bool) {
        self.book().set(subject, wanted);
        self.news.notify_one();
    }

    /// The source is to begin a new session.
    pub(super) fn restart(&self) {
        self.book().restart = true;
        self.news.notify_one();
        self.restarts.notify_one();
    }

    /// Whether there is to be a new session.
    pub(super) fn is_restarting(&self) -> bool {
        self.book().restart
    }

    /// Takes over what was asked for before there was anybody to ask.
    pub(super) fn take_over(&self, earlier: &Self) {
        for (subject, wish) in &earlier.book().subjects {
            self.set(*subject, wish.wanted);
        }
    }

    /// Waits until there is to be a new session.
    pub(super) async fn restarted(&self) {
        while !self.book().restart {
            self.restarts.notified().await;
        }
    }

    /// The session is to end.
    pub(super) fn stop(&self) {
        self.book().stop = true;
        self.news.notify_one();
    }

    /// A new session has heard nothing yet. `everyone`: what a source without demand covers.
    pub(super) fn begin(&self, everyone: Option<Vec<Subject>>) {
        let mut book = self.book();
        (book.stop, book.restart) = (false, false);
        if let Some(everyone) = everyone {
            book.subjects.clear();
            everyone.into_iter().for_each(|subject| book.set(subject, true));
        }
        book.subjects.retain(|_, wish| wish.wanted);
        book.subjects.values_mut().for_each(|wish| *wish = Wish { told: false, listed: true, ..*wish });
        let mut waiting: Vec<Subject> = book.subjects.keys().copied().collect();
        waiting.sort_unstable_by_key(|subject| subject.raw());
        book.waiting = waiting.into();
    }

    fn next(&self) -> Option<Wake> {
        let mut book = self.book();
        if book.stop || book.restart {
            return Some(Wake::Stop);
        }
        while let Some(subject) = book.waiting.pop_front() {
            let Some(wish) = book.subjects.get_mut(&subject) else { continue };
            wish.listed = false;
            if wish.wanted == wish.told {
                continue;
            }
            wish.told = wish.wanted;
            if wish.wanted {
                return Some(Wake::Watch(subject));
            }
            book.subjects.remove(&subject);
            return Some(Wake::Release(subject));
        }
        None
    }
}

impl Book {
    fn set(&mut self, subject: Subject, wanted: bool) {
        let wish = self.subjects.entry(subject).or_default();
        wish.wanted = wanted;
        if !wish.listed {
            wish.listed = true;
            self.waiting.push_back(subject);
        }
    }
}

/// How a source does, as its link sees it.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// It waits for the hub: it cannot be hung.
    waits: AtomicBool,
    /// When it last did anything, in milliseconds since 1970.
    last: AtomicI64,
    /// Its session has begun: it has spoken.
    pub(super) began: AtomicBool,
    /// Its session is over, whether it knows or not: nothing more is taken from it.
    pub(super) over: AtomicBool,
    pub(super) refused: AtomicU64,
    pub(super) strangers: AtomicU64,
    /// The last few addresses that nobody has.
    last_strangers: Mutex<VecDeque<Address>>,
}

/// So many addresses that nobody has are shown to an administrator.
const STRANGERS: usize = 8;

impl Pulse {
    /// Counts on from an earlier session.
    pub(super) fn carry(&self, earlier: &Self) {
        self.refused.store(earlier.refused.load(Ordering::Relaxed), Ordering::Relaxed);
        self.strangers.store(earlier.strangers.load(Ordering::Relaxed), Ordering::Relaxed);
        *locked(&self.last_strangers) = earlier.last_strangers();
    }

    pub(super) fn last_strangers(&self) -> VecDeque<Address> {
        locked(&self.last_strangers).clone()
    }

    pub(super) fn beat(&self, now: DateTime<Utc>) {
        self.last.store(now.timestamp_millis(), Ordering::Relaxed);
    }

    /// For how long it has been silent without waiting for anything of ours.
    pub(super) fn silent_since(&self, now: DateTime<Utc>) -> chrono::TimeDelta {
        if self.waits.load(Ordering::Relaxed) {
            return chrono::TimeDelta::zero();
        }
        chrono::TimeDelta::milliseconds(now.timestamp_millis().saturating_sub(self.last.load(Ordering::Relaxed)))
    }

    fn stranger(&self, address: &Address) {
        self.strangers.fetch_add(1, Ordering::Relaxed);
        let mut last = locked(&self.last_strangers);
        if !last.contains(address) {
            last.truncate(STRANGERS - 1);
            last.push_front(address.clone());
        }
    }
}

/// While it lives the source waits for the hub.
struct Waiting<'a> {
    pulse: &'a Pulse,
    clock: &'a dyn Clock,
}

impl<'a> Waiting<'a> {
    fn new(pulse: &'a Pulse, clock: &'a dyn Clock) -> Self {
        pulse.waits.store(true, Ordering::Relaxed);
        Self { pulse, clock }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.pulse.beat(self.clock.now());
        self.pulse.waits.store(false, Ordering::Relaxed);
    }
}

/// The link of one session.
#[derive(Debug)]
pub(super) struct ChannelLink {
    pub(super) origin: Origin,
    pub(super) session: u32,
    pub(super) facets: FacetSet,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) directory: SharedDirectory,
    pub(super) queue: mpsc::Sender<Message>,
    pub(super) wishes: Arc<Wishes>,
    pub(super) pulse: Arc<Pulse>,
}

/// So many reports go into one message, so that the queue is bounded in reports too.
const SLICE: usize = 256;

impl ChannelLink {
    async fn send(&mut self, message: Message) -> Result<(), Closed> {
        if self.pulse.over.load(Ordering::Relaxed) {
            return Err(Closed);
        }
        let _waiting = Waiting::new(&self.pulse, &*self.clock);
        self.queue.send(message).await.map_err(|_| Closed)
    }

    /// A session begins when the source first speaks: an attempt to connect that fails is none.
    async fn begin(&mut self) -> Result<(), Closed> {
        if self.pulse.began.load(Ordering::Relaxed) {
            return Ok(());
        }
        let (origin, session) = (self.origin, self.session);
        self.send(Message::Phase { origin, session, phase: Phase::Begin }).await?;
        // Not before it is sent: whoever gives up the wait has not begun.
        self.pulse.began.store(true, Ordering::Relaxed);
        Ok(())
    }
}

#[async_trait]
impl Link for ChannelLink {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn subject(&self, address: &Address) -> Option<Subject> {
        let found = current(&self.directory).subject(address);
        if found.is_none() {
            self.pulse.stranger(address);
        }
        found
    }

    fn address(&self, subject: Subject) -> Option<Address> {
        current(&self.directory).address(subject)
    }

    async fn report(&mut self, mut reports: Vec<Report>) -> Result<(), Closed> {
        let before = reports.len();
        reports.retain(|report| report.origin == self.origin && self.facets.contains(report.fact.facet()));
        self.pulse.refused.fetch_add((before - reports.len()) as u64, Ordering::Relaxed);
        if reports.is_empty() {
            return Ok(());
        }
        self.begin().await?;
        let (origin, session) = (self.origin, self.session);
        if reports.len() <= SLICE {
            return self.send(Message::Reports { origin, session, reports }).await;
        }
        let mut rest = reports.into_iter();
        loop {
            let reports: Vec<Report> = rest.by_ref().take(SLICE).collect();
            if reports.is_empty() {
                return Ok(());
            }
            self.send(Message::Reports { origin, session, reports }).await?;
        }
    }

    async fn tell(&mut self, news: News) -> Result<(), Closed> {
        let (origin, session) = (self.origin, self.session);
        match news {
            News::Complete => {
                self.begin().await?;
                self.send(Message::Phase { origin, session, phase: Phase::Complete }).await
            }
            News::Status(ConnectorStatus::UpAndRunning | ConnectorStatus::CredentialsNotFound)
            | News::Problem { subject: Some(_), .. } => {
                self.begin().await?;
                self.send(Message::News { origin, session, news }).await
            }
            _ => self.send(Message::News { origin, session, news }).await,
        }
    }

    async fn next(&mut self, until: Option<DateTime<Utc>>) -> Wake {
        let _waiting = Waiting::new(&self.pulse, &*self.clock);
        // Whoever asks again and again, because it does not listen to the answer, must not keep everybody else from working.
        tokio::task::yield_now().await;
        let began = self.clock.now();
        loop {
            if let Some(wake) = self.wishes.next() {
                return wake;
            }
            match until {
                // Where time went back nobody can wait as long as was meant: whoever waits reckons anew.
                Some(until) if self.clock.now() >= until || self.clock.now() < began => return Wake::Time,
                Some(until) => tokio::select! {
                    () = self.wishes.news.notified() => {}
                    () = self.clock.sleep_until(until) => {}
                },
                None => self.wishes.news.notified().await,
            }
        }
    }
}
