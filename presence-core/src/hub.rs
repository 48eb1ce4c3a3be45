//! The running half: one writer, many readers, supervised sources.
//!
//! A [`Hub`] owns an [`Engine`] in one task. Sources are run and, when they fail, run again; what they say
//! waits in a bounded queue, so a flood slows its source and nobody else. What is shown is read from a [`Board`] without
//! ever holding up the writer, watched with a [`Watch`] that costs the writer nothing, and explained by the writer, who
//! answers between two batches. What people type is put where it lasts before anybody is told.
//!
//! ```
//! use std::sync::Arc;
//!
//! use presence_core::hub::{Filter, Hub, SystemClock};
//! use presence_core::clock::Clock;
//! use presence_core::{Directory, Engine, EngineConfig, Note, PersonId, PersonSpec, ViewerId};
//! use presence_core::hub::Edit;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let anna = PersonId::new("anna")?;
//! let mut company = Directory::builder();
//! company.person(PersonSpec::new(anna.clone()).named("Anna Berg"));
//! let now = SystemClock::default().now();
//! let engine = Engine::new(EngineConfig::new(Arc::new(company.build()?), now));
//!
//! let hub = Hub::builder(engine).start().await?;
//! let operator = ViewerId::new("operator")?;
//! let mut watch = hub.watch(&operator, Filter::everyone(), None).ok_or("no such class")?;
//! let first = watch.changed().await.ok_or("the engine is down")?;
//! assert!(first.whole && first.rows.len() == 1);
//!
//! // A note is acknowledged when it is saved, and every watch is told.
//! let person = hub.directory().person(&anna).ok_or("nobody")?;
//! hub.edit(&anna, Edit::WriteNote(Note::new("1", "operator", "back at three", now))).await?;
//! let next = watch.changed().await.ok_or("the engine is down")?;
//! assert!(next.rows.iter().any(|(who, row)| *who == person && row.note));
//! hub.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod alternatives;
mod board;
mod clerk;
mod clock;
mod days;
mod health;
mod leases;
mod link;
mod metrics;
mod supervisor;
mod watch;
mod writer;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use tokio::runtime::{Builder, Handle, RuntimeFlavor};
use tokio::sync::{Semaphore, mpsc, oneshot, watch as channel};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::directory::Directory;
use crate::engine::{Engine, Input, Phase};
use crate::explanation::Explanation;
use crate::fact::Fact;
use crate::identity::{Origin, Person, PersonId, SourceId, ViewerId};
use crate::presence::Difference;
use crate::privacy::Viewer;
use crate::rules::RuleSet;
use crate::source::{Source, SourceSetup};
use crate::store::{MemoryStore, Saved, Store, StoreError};
use crate::view::Card;

pub use alternatives::Alternative;
pub use board::{Board, Cut, Head};
pub use clerk::{Edit, EditError};
pub use clock::SystemClock;
pub use health::{Connector, Health, HubWarning, Probe, ProbeStep, TableFilter, UserLine};
pub use supervisor::{Attempts, Retry, Trouble};
pub use watch::{Changes, Filter, InvalidResume, Resume, Watch};

use clerk::{Acknowledged, Clerk, Job};
use clock::Steady;
use link::{Message, SharedDirectory, current};
use supervisor::{Order, Supervised, Supervisor};
use watch::Watchers;
use writer::{Ask, Writer};

/// So many messages wait for the writer at most, each of up to 256 reports; then sources wait.
const QUEUE: usize = 64;
/// So many questions wait at most.
const ASKS: usize = 1024;
/// So many days are asked for at once.
const LOOKS: usize = 8;
/// So many edits wait at most.
const EDITS: usize = 1024;

/// What a hub is made from.
#[derive(Debug)]
pub struct HubBuilder {
    engine: Engine,
    clock: Arc<dyn Clock>,
    store: Arc<dyn Store>,
    sources: Vec<SourceSetup>,
    viewers: Vec<Arc<Viewer>>,
    retry: Retry,
    warnings: Vec<(String, String)>,
    /// Warnings that stay when others come with another configuration.
    standing: Vec<(String, String)>,
}

/// Why a hub cannot start, or cannot take a change.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HubError {
    /// The directory has no such source: add a `SourceSpec` with this id.
    #[error("the directory has no source `{0}`: add it there")]
    UnknownSource(SourceId),
    /// Two setups have one id.
    #[error("the source `{0}` is set up twice")]
    SourceTwice(SourceId),
    /// What people typed cannot be read.
    #[error("what people typed cannot be read: {0}")]
    Store(#[from] StoreError),
    /// The directory was not made from the present one.
    #[error("the directory was not made from the present one: make it with `rebuild`")]
    ForeignDirectory,
    /// The hub needs tokio around it.
    #[error("there is no tokio runtime here: start the hub inside one, with its time enabled")]
    NoRuntime,
    /// The engine is down.
    #[error("the engine is down")]
    Down,
}

impl HubBuilder {
    /// Lives by this clock instead of the machine's.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Keeps here what people type; without it that is lost when the program ends.
    #[must_use]
    pub fn store(self, store: Arc<dyn Store>) -> Self {
        Self { store, ..self }
    }

    /// Runs this source.
    #[must_use]
    pub fn source(self, source: Arc<dyn Source>) -> Self {
        self.setup(SourceSetup::of(source))
    }

    /// Runs this source, if it is configured and enabled.
    #[must_use]
    pub fn setup(mut self, setup: SourceSetup) -> Self {
        self.sources.push(setup);
        self
    }

    /// Makes a board for this class of viewers too. Classes of the engine have one; if there is none at all, the class
    /// `operator` has.
    #[must_use]
    pub fn viewer(mut self, viewer: Arc<Viewer>) -> Self {
        self.viewers.push(viewer);
        self
    }

    /// Waits so long between two attempts of a source.
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Shows this warning among the others; its code is the same for the same warning, always.
    #[must_use]
    pub fn warning(mut self, code: &str, text: &str) -> Self {
        self.warnings.push((code.to_owned(), text.to_owned()));
        self
    }

    /// Reads what people typed, starts the writer, and runs the sources.
    ///
    /// # Errors
    ///
    /// If the store cannot be read, or a source is not in the directory, or is there twice.
    pub async fn start(mut self) -> Result<Hub, HubError> {
        Handle::try_current().map_err(|_| HubError::NoRuntime)?;
        let origins = origins(self.engine.directory(), &self.sources)?;
        let viewers = self.classes();
        self.clock = Arc::new(Steady::new(self.clock));
        let saved = self.load().await?;

        let (queue, messages) = mpsc::channel(QUEUE);
        let (asks, questions) = mpsc::channel(ASKS);
        let (edits, jobs) = mpsc::channel(EDITS);
        let directory: SharedDirectory = Arc::new(RwLock::new(Arc::clone(self.engine.directory())));
        let clerk = Clerk::new(saved, self.store, Arc::clone(&self.clock), Arc::clone(&directory), queue.clone());
        tell_typed(&mut self.engine, &clerk, self.clock.now());

        let incarnation = incarnation(self.clock.now());
        let clock = Arc::clone(&self.clock);
        let writer =
            Writer::new(self.engine, &viewers, clock, Arc::clone(&directory), incarnation, (questions, messages));
        let boards = writer.boards();
        let watchers = writer.watchers.clone();
        let hub = Hub(Arc::new(Inner {
            asks,
            queue,
            edits,
            boards,
            watchers,
            clock: self.clock,
            directory,
            acknowledged: clerk.acknowledged(),
            warnings: Mutex::new(self.warnings),
            standing: self.standing,
            retry: self.retry,
            running: Mutex::default(),
            looks: Semaphore::new(LOOKS),
            changing: tokio::sync::Mutex::default(),
            tasks: Mutex::new(vec![tokio::spawn(clerk.run(jobs))]),
            writer: Mutex::new(Some(run(writer)?)),
        }));
        for (setup, origin) in self.sources.into_iter().zip(origins) {
            hub.supervise(setup, origin).await?;
        }
        Ok(hub)
    }

    /// What was typed before, and a warning if not all of it can be read.
    async fn load(&mut self) -> Result<Saved, HubError> {
        let store = Arc::clone(&self.store);
        let saved = tokio::task::spawn_blocking(move || store.load()).await.map_err(|_| HubError::Down)??;
        if saved.skipped > 0 {
            let text = format!("{} notes, absences or states could not be understood and are left out", saved.skipped);
            self.standing.push(("store-left-out".to_owned(), text));
        }
        Ok(saved)
    }

    fn classes(&mut self) -> Vec<Arc<Viewer>> {
        for viewer in std::mem::take(&mut self.viewers) {
            self.engine.add_viewer(viewer);
        }
        let mut viewers = self.engine.viewers().to_vec();
        if viewers.is_empty() {
            viewers.extend(ViewerId::new("operator").ok().map(|id| Arc::new(Viewer::new(id))));
        }
        viewers
    }
}

fn origins(directory: &Directory, sources: &[SourceSetup]) -> Result<Vec<Origin>, HubError> {
    for (index, setup) in sources.iter().enumerate() {
        if sources.iter().take(index).any(|other| other.id == setup.id) {
            return Err(HubError::SourceTwice(setup.id.clone()));
        }
    }
    let origin =
        |setup: &SourceSetup| directory.origin(&setup.id).ok_or_else(|| HubError::UnknownSource(setup.id.clone()));
    sources.iter().map(origin).collect()
}

/// Runs the writer: on a thread of its own where there are several, so that it need not queue behind whoever reads what
/// it shows; as a task where the host has only one.
fn run(writer: Writer) -> Result<oneshot::Receiver<()>, HubError> {
    let (running, ended) = oneshot::channel::<()>();
    if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
        tokio::spawn(async move {
            writer.run().await;
            drop(running);
        });
        return Ok(ended);
    }
    let runtime = Builder::new_current_thread().enable_time().build().map_err(|_| HubError::Down)?;
    let work = move || {
        runtime.block_on(writer.run());
        drop(running);
    };
    std::thread::Builder::new().name("presence-writer".to_owned()).spawn(work).map_err(|_| HubError::Down)?;
    Ok(ended)
}

/// What a lock holds. Who panicked while holding it left nothing half done: all that is done under these locks is to look,
/// put in and take out.
fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was typed before the restart is there before anybody looks.
fn tell_typed(engine: &mut Engine, clerk: &Clerk, now: DateTime<Utc>) {
    engine.report(now, &mut clerk.reports());
    let origin = engine.directory().typed();
    engine.handle(now, Input::Session { origin, number: 0, phase: Phase::Complete });
    while engine.poll_output().is_some() {}
}

/// A number for this life of the engine, another one each time, also within a second and in one process.
fn incarnation(now: DateTime<Utc>) -> u64 {
    static STARTED: AtomicU64 = AtomicU64::new(0);
    let count = STARTED.fetch_add(1, Ordering::Relaxed);
    let text = format!("{}/{}/{count}", now.timestamp_micros(), std::process::id());
    crate::hash::fnv1a(text.as_bytes())
}

/// A running engine. Cheap to clone; when the last one is dropped, everything ends.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    asks: mpsc::Sender<Ask>,
    queue: mpsc::Sender<Message>,
    edits: mpsc::Sender<Job>,
    boards: HashMap<ViewerId, Board>,
    watchers: Watchers,
    clock: Arc<dyn Clock>,
    directory: SharedDirectory,
    acknowledged: Acknowledged,
    warnings: Mutex<Vec<(String, String)>>,
    standing: Vec<(String, String)>,
    retry: Retry,
    running: Mutex<BTreeMap<SourceId, Running>>,
    /// Whoever looks at a day that nobody reported on waits for a place here.
    looks: Semaphore,
    /// Sources are changed, or stopped for good, by one at a time.
    changing: tokio::sync::Mutex<()>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    /// Closed when the writer has ended.
    writer: Mutex<Option<oneshot::Receiver<()>>>,
}

/// A source that is supervised.
struct Running {
    orders: channel::Sender<Order>,
    shared: Arc<Supervised>,
}

impl Hub {
    /// Begins to make a hub that owns this engine.
    #[must_use]
    pub fn builder(engine: Engine) -> HubBuilder {
        HubBuilder {
            engine,
            clock: Arc::new(SystemClock::default()),
            store: Arc::new(MemoryStore::default()),
            sources: Vec::new(),
            viewers: Vec::new(),
            retry: Retry::default(),
            warnings: Vec::new(),
            standing: Vec::new(),
        }
    }

    /// The time by the hub's clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.0.clock.now()
    }

    /// Who there is.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        current(&self.0.directory)
    }

    /// Whether the engine runs.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !self.0.asks.is_closed() && self.0.boards.values().all(Board::is_live)
    }

    /// What a class of viewers reads; `None`: there is no such class.
    #[must_use]
    pub fn board(&self, viewer: &ViewerId) -> Option<Board> {
        self.0.boards.get(viewer).cloned()
    }

    /// The classes of viewers that have a board.
    #[must_use]
    pub fn viewers(&self) -> Vec<ViewerId> {
        let mut viewers: Vec<ViewerId> = self.0.boards.keys().cloned().collect();
        viewers.sort();
        viewers
    }

    /// Watches people, from the beginning or from where an earlier watch had got to. While it lives, sources that wait to
    /// be asked are asked about whom it watches.
    #[must_use]
    pub fn watch(&self, viewer: &ViewerId, filter: Filter, since: Option<Resume>) -> Option<Watch> {
        let watch = Watch::new(self.0.boards.get(viewer)?.shared(), filter, since, &self.0.watchers);
        // If that many questions wait, the round that comes by itself has to do.
        let _full = self.0.asks.try_send(Box::new(|writer| writer.renew_soon()));
        Some(watch)
    }

    /// Watches without wanting: nobody is asked for its sake.
    fn watch_quietly(&self, viewer: &ViewerId, filter: Filter) -> Option<Watch> {
        let nobody = Watchers::default();
        Some(Watch::new(self.0.boards.get(viewer)?.shared(), filter, None, &nobody))
    }

    /// Which classes of viewers watch a person, with how many watches each.
    #[must_use]
    pub fn watchers_of(&self, person: Person) -> Vec<(ViewerId, usize)> {
        self.0.watchers.of(person, &self.directory())
    }

    /// Everything about a person for the details beside the busy-lamp field; its row is that of the board. Who opens a
    /// card wants to know: the person is wanted for a minute.
    pub async fn card(&self, person: Person, viewer: &ViewerId) -> Option<Card> {
        let class = viewer.clone();
        let ask = move |writer: &mut Writer| {
            writer.want(person, "card");
            let viewer = writer.viewer(&class)?;
            let card = writer.engine.card(person, &viewer)?;
            let since = writer.row(person, &class).map_or(card.row.since, |row| row.since);
            Some(Card { row: crate::view::Row { since, ..card.row }, ..card })
        };
        self.ask(ask).await.flatten()
    }

    /// Why a class is shown what it is shown of a person, and until when.
    pub async fn explain(&self, person: Person, viewer: &ViewerId) -> Option<Explanation> {
        self.ask_as(viewer, move |engine, viewer| engine.explain(person, viewer)).await.flatten()
    }

    /// What would be shown at another time and with other facts.
    pub async fn what_if(
        &self,
        person: Person,
        viewer: &ViewerId,
        at: DateTime<Utc>,
        facts: Vec<Fact>,
    ) -> Option<Explanation> {
        self.ask_as(viewer, move |engine, viewer| engine.what_if(person, viewer, at, &facts)).await.flatten()
    }

    /// Who would be shown otherwise under other rules.
    pub async fn preview(&self, viewer: &ViewerId, rules: Arc<RuleSet>) -> Option<Vec<Difference>> {
        self.ask_as(viewer, move |engine, viewer| engine.preview(&rules, viewer)).await
    }

    /// Takes what somebody typed about a person. It is saved when this returns without an error, and shown soon.
    ///
    /// # Errors
    ///
    /// If there is no such person, or it cannot be saved; then nothing has changed.
    pub async fn edit(&self, person: &PersonId, edit: Edit) -> Result<(), EditError> {
        let (done, answer) = oneshot::channel();
        let job = Job::Edit { person: person.clone(), edit, done };
        self.0.edits.send(job).await.map_err(|_| EditError::Down)?;
        answer.await.unwrap_or(Err(EditError::Down))
    }

    /// Somebody has seen the warning with this code: it stays acknowledged, also after a restart. `seen: false` takes that
    /// back.
    ///
    /// # Errors
    ///
    /// If it cannot be saved.
    pub async fn acknowledge(&self, code: &str, seen: bool) -> Result<(), EditError> {
        let (done, answer) = oneshot::channel();
        let job = Job::Acknowledge { code: code.to_owned(), seen, done };
        self.0.edits.send(job).await.map_err(|_| EditError::Down)?;
        answer.await.unwrap_or(Err(EditError::Down))
    }

    /// Shows these warnings, code and text, instead of those that it was made with: after a change of the configuration.
    pub fn change_warnings(&self, warnings: Vec<(String, String)>) {
        *locked(&self.0.warnings) = warnings;
    }

    /// Decides by other rules from now on; no report is lost.
    ///
    /// # Errors
    ///
    /// If the engine is down.
    pub async fn change_rules(&self, rules: Arc<RuleSet>) -> Result<(), HubError> {
        self.ask(move |writer| writer.change_rules(rules)).await.ok_or(HubError::Down)
    }

    /// Takes another directory, made with [`Directory::rebuild`]; no report is lost. Everything that hangs on it is
    /// looked at again: voicemail numbers too.
    ///
    /// # Errors
    ///
    /// If it was not made from the present one, or the engine is down.
    pub async fn change_directory(&self, directory: Arc<Directory>) -> Result<(), HubError> {
        let taken = self.ask(move |writer| writer.change_directory(&directory)).await.ok_or(HubError::Down)?;
        if !taken {
            return Err(HubError::ForeignDirectory);
        }
        self.0.edits.send(Job::Retell).await.map_err(|_| HubError::Down)
    }

    /// Runs these sources from now on: what is new is started, what is not named any more is stopped, what is set up
    /// otherwise is started anew, and all others are left alone.
    ///
    /// # Errors
    ///
    /// If a source is not in the directory, or is there twice; then nothing has changed.
    pub async fn change_sources(&self, setups: Vec<SourceSetup>) -> Result<(), HubError> {
        let one_at_a_time = self.0.changing.lock().await;
        if !self.is_live() {
            return Err(HubError::Down);
        }
        let origins = origins(&self.directory(), &setups)?;
        let mut new = Vec::new();
        {
            let mut running = self.running();
            for (id, source) in running.iter() {
                if !setups.iter().any(|setup| setup.id == *id) {
                    source.order(|order| order.setup = SourceSetup::disabled(id.clone()));
                }
            }
            for (setup, origin) in setups.into_iter().zip(origins) {
                match running.get_mut(&setup.id) {
                    Some(source) => source.change(setup),
                    None => new.push((setup, origin)),
                }
            }
        }
        for (setup, origin) in new {
            self.supervise(setup, origin).await?;
        }
        drop(one_at_a_time);
        Ok(())
    }

    /// Stops a source until it is started. Whether there is such a source.
    pub fn stop_source(&self, id: &SourceId) -> bool {
        self.order(id, |order| order.held = true)
    }

    /// Starts a source that was stopped, or that waits after trouble; one that runs is started anew. Whether there is such
    /// a source.
    pub fn start_source(&self, id: &SourceId) -> bool {
        self.order(id, |order| order.held = false)
    }

    /// Stops the sources, takes what they had sent, saves what was typed, and ends. What is read afterwards is nothing.
    pub async fn shutdown(&self) {
        let _one_at_a_time = self.0.changing.lock().await;
        let running = std::mem::take(&mut *self.running());
        running.values().for_each(|source| source.order(|order| order.end = true));
        let tasks = std::mem::take(&mut *locked(&self.0.tasks));
        let (done, ended) = oneshot::channel();
        // What could not be sent is dropped at once: its answer would be waited for in vain.
        drop(self.0.edits.send(Job::End { done }).await);
        let _dropped = ended.await;
        for task in tasks {
            let _panicked = task.await;
        }
        self.ask(Writer::end).await;
        let writer = locked(&self.0.writer).take();
        if let Some(ended) = writer {
            let _ended = ended.await;
        }
    }

    /// Runs a source that is new here.
    async fn supervise(&self, setup: SourceSetup, origin: Origin) -> Result<(), HubError> {
        let shared = Supervised::new(origin);
        let wishes = Arc::clone(&shared.wishes);
        let last = self.ask(move |writer| writer.ask_through(origin, &wishes)).await;
        let last_session = last.ok_or(HubError::Down)?;
        let id = setup.id.clone();
        let (orders, receiver) = channel::channel(Order { setup, held: false, end: false });
        let supervisor = Supervisor {
            shared: Arc::clone(&shared),
            clock: Arc::clone(&self.0.clock),
            directory: Arc::clone(&self.0.directory),
            queue: self.0.queue.clone(),
            orders: receiver,
            retry: self.0.retry,
            last_session,
            dead: None,
        };
        self.running().insert(id, Running { orders, shared });
        let task = tokio::spawn(supervisor.run());
        locked(&self.0.tasks).push(task);
        Ok(())
    }

    fn running(&self) -> MutexGuard<'_, BTreeMap<SourceId, Running>> {
        locked(&self.0.running)
    }

    fn supervised(&self, id: &SourceId) -> Option<Arc<Supervised>> {
        self.running().get(id).map(|source| Arc::clone(&source.shared))
    }

    fn order(&self, id: &SourceId, change: impl FnOnce(&mut Order)) -> bool {
        self.running().get(id).map(|source| source.order(change)).is_some()
    }

    /// Asks the writer, who answers between two batches, with the engine at the present; `None`: the engine is down.
    async fn ask<T: Send + 'static>(&self, question: impl FnOnce(&mut Writer) -> T + Send + 'static) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let ask: Ask = Box::new(move |writer| {
            // Whoever asked may have stopped waiting.
            let _gone = answer.send(question(writer));
        });
        self.0.asks.send(ask).await.ok()?;
        answered.await.ok()
    }

    async fn ask_as<T: Send + 'static>(
        &self,
        viewer: &ViewerId,
        question: impl FnOnce(&Engine, &Viewer) -> T + Send + 'static,
    ) -> Option<T> {
        let class = viewer.clone();
        let ask = move |writer: &mut Writer| Some(question(&writer.engine, &*writer.viewer(&class)?));
        self.ask(ask).await.flatten()
    }
}

impl Running {
    fn order(&self, change: impl FnOnce(&mut Order)) {
        self.orders.send_modify(change);
    }

    /// A running source is left alone if nothing has changed.
    fn change(&self, setup: SourceSetup) {
        self.orders.send_if_modified(|order| {
            let old = &order.setup;
            let same_source = match (&old.source, &setup.source) {
                // Without a fingerprint another value is another configuration.
                (Some(old), Some(new)) => setup.fingerprint != 0 || Arc::ptr_eq(old, new),
                (old, new) => old.is_some() == new.is_some(),
            };
            let same = same_source && (old.enabled, old.fingerprint) == (setup.enabled, setup.fingerprint);
            if !same {
                order.setup = setup;
            }
            !same
        });
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub")
            .field("directory", &self.directory())
            .field("live", &self.is_live())
            .finish_non_exhaustive()
    }
}
