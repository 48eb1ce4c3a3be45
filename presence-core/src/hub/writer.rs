//! The one task that owns the engine: it takes what sources say, lets time pass, and shows what came of it.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, mpsc};

use crate::clock::Clock;
use crate::directory::Directory;
use crate::engine::{Demand, Engine, Input, Output, Phase};
use crate::fact::Report;
use crate::hash::fnv1a;
use crate::identity::{Origin, Person, ViewerId, WatcherId};
use crate::privacy::Viewer;
use crate::rules::RuleSet;
use crate::second::Second;
use crate::source::News;

use super::board::{Board, Writing};
use super::leases::{LEASE, Leases};
use super::link::{Message, SharedDirectory, Wishes};
use super::watch::Watchers;

/// Something that is asked of the writer: it is done between two batches, with the engine at the present.
pub(super) type Ask = Box<dyn FnOnce(&mut Writer) + Send>;

/// A board, and what has to be known to write it quickly.
struct Class {
    viewer: Arc<Viewer>,
    writing: Writing,
    plain: bool,
}

/// Counted by the writer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) batches: u64,
    pub(super) asked: u64,
    /// Reports and phases of sessions that were over.
    pub(super) posthumous: u64,
    /// Boards that could not be turned at once, because somebody was reading.
    pub(super) held_up: u64,
}

/// The owner of the engine.
pub(super) struct Writer {
    pub(super) engine: Engine,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tally: Tally,
    pub(super) watchers: Watchers,
    classes: Vec<Class>,
    directory: SharedDirectory,
    /// By origin: what its source is asked for.
    wishes: HashMap<Origin, Arc<Wishes>>,
    /// By origin: the session that may speak.
    sessions: HashMap<Origin, u32>,
    /// By origin: the last session that ever began.
    begun: HashMap<Origin, u32>,
    released: Arc<Notify>,
    asks: mpsc::Receiver<Ask>,
    queue: mpsc::Receiver<Message>,
    inbox: Vec<Message>,
    reports: Vec<Report>,
    changed: Vec<Person>,
    leases: Leases,
    /// The questions of this round.
    asked: VecDeque<Ask>,
    ending: bool,
}

/// So many messages are taken at a time.
const BATCH: usize = 64;
/// So many questions are answered between two batches.
const ASKS: usize = 64;
/// So many reports are given to the engine, and so many people to the boards, at a time.
const SLICE: usize = 256;
/// Room for so many who have changed is kept.
const MOST_KEPT: usize = 4096;

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("engine", &self.engine).finish_non_exhaustive()
    }
}

impl Writer {
    pub(super) fn new(
        engine: Engine,
        viewers: &[Arc<Viewer>],
        clock: Arc<dyn Clock>,
        directory: SharedDirectory,
        incarnation: u64,
        (asks, queue): (mpsc::Receiver<Ask>, mpsc::Receiver<Message>),
    ) -> Self {
        let released = Arc::new(Notify::new());
        let class = |viewer: &Arc<Viewer>| Class {
            viewer: Arc::clone(viewer),
            plain: viewer.is_plain(),
            writing: Writing::new(Arc::clone(viewer), engine.directory(), incarnation ^ own(viewer), &released),
        };
        let classes = viewers.iter().map(class).collect();
        let mut writer = Self {
            engine,
            clock,
            tally: Tally::default(),
            watchers: Watchers::default(),
            classes,
            directory,
            wishes: HashMap::new(),
            sessions: HashMap::new(),
            begun: HashMap::new(),
            released,
            asks,
            queue,
            inbox: Vec::new(),
            reports: Vec::new(),
            changed: Vec::new(),
            leases: Leases::default(),
            asked: VecDeque::new(),
            ending: false,
        };
        writer.show_everybody(&[]);
        writer.publish();
        writer
    }

    /// The boards, one a class.
    pub(super) fn boards(&self) -> HashMap<ViewerId, Board> {
        let boards = self.classes.iter().map(|class| Board::new(Arc::clone(class.writing.shared())));
        boards.map(|board| (board.viewer().id.clone(), board)).collect()
    }

    /// Works until it is told to end, or until nobody can ask it any more.
    pub(super) async fn run(mut self) {
        while !self.ending {
            self.wait().await;
            self.drain();
            self.work();
            self.answer();
            self.publish();
            self.renew_leases();
            // Where there is one thread for all, others have their turn.
            tokio::task::yield_now().await;
        }
        // What was sent before the end is not lost.
        while let Ok(message) = self.queue.try_recv() {
            self.inbox.push(message);
        }
        self.work();
        self.publish();
    }

    /// Waits for whatever is first: a question, a message, a deadline, a reader who leaves.
    async fn wait(&mut self) {
        let now = self.clock.now();
        let deadline = self.deadline(now);
        let clock = Arc::clone(&self.clock);
        tokio::select! {
            biased;
            ask = self.asks.recv() => match ask {
                Some(ask) => self.asked.push_back(ask),
                None => self.ending = true,
            },
            _ = self.queue.recv_many(&mut self.inbox, BATCH) => {}
            () = self.released.notified(), if self.is_behind() => {}
            () = clock.sleep_until(deadline) => {}
        }
    }

    /// When there is something to do although nobody says anything.
    fn deadline(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let worked = self.engine.now();
        // The engine works in whole seconds: what is due in the second that it has worked is done in the next one.
        let engine = self.engine.poll_timeout().map(|deadline| deadline.max(worked + TimeDelta::seconds(1)));
        let renewal = self.leases.due(now);
        engine.map_or(renewal, |deadline| deadline.min(renewal))
    }

    /// Takes what else is there without waiting, so that neither questions nor messages hold the other up.
    fn drain(&mut self) {
        while self.asked.len() < ASKS {
            let Ok(ask) = self.asks.try_recv() else { break };
            self.asked.push_back(ask);
        }
        while self.inbox.len() < BATCH {
            let Ok(message) = self.queue.try_recv() else { break };
            self.inbox.push(message);
        }
    }

    /// Lets time pass, forwards or back, then takes the messages in order.
    fn work(&mut self) {
        let now = self.clock.now();
        let mut inbox = std::mem::take(&mut self.inbox);
        self.engine.handle(now, Input::Tick);
        self.tally.batches += u64::from(!inbox.is_empty());
        for message in inbox.drain(..) {
            self.take(now, message);
        }
        self.inbox = inbox;
        self.flush(now);
        self.show_changes();
    }

    fn take(&mut self, now: DateTime<Utc>, message: Message) {
        match message {
            Message::Reports { origin, session, mut reports } => {
                if self.is_over(origin, session) {
                    self.tally.posthumous += 1;
                } else {
                    self.reports.append(&mut reports);
                    if self.reports.len() >= SLICE {
                        self.flush(now);
                    }
                }
            }
            Message::Typed(mut reports) => self.reports.append(&mut reports),
            Message::Phase { origin, session, phase: Phase::Begin } => {
                // A source that was given up may still speak, and later than the one that came after it.
                if self.begun.get(&origin).is_some_and(|last| *last >= session) {
                    self.tally.posthumous += 1;
                    return;
                }
                self.begun.insert(origin, session);
                self.sessions.insert(origin, session);
                self.handle(now, Input::Session { origin, number: session, phase: Phase::Begin });
            }
            Message::Phase { origin, session, phase } => {
                if self.is_over(origin, session) {
                    self.tally.posthumous += 1;
                    return;
                }
                if phase == Phase::Lost {
                    self.sessions.remove(&origin);
                }
                self.handle(now, Input::Session { origin, number: session, phase });
            }
            Message::News { origin, session, news } => self.hear(now, origin, session, news),
            Message::Status { origin, status } => self.handle(now, Input::Status { origin, status }),
        }
    }

    fn hear(&mut self, now: DateTime<Utc>, origin: Origin, session: u32, news: News) {
        match news {
            News::Status(status) => self.handle(now, Input::Status { origin, status }),
            // Trouble with everything is also told by a source that has not got in.
            News::Problem { subject, kind } if subject.is_none() || !self.is_over(origin, session) => {
                self.handle(now, Input::Problem { origin, subject, kind });
            }
            _ => self.tally.posthumous += 1,
        }
    }

    fn is_over(&self, origin: Origin, session: u32) -> bool {
        self.sessions.get(&origin) != Some(&session)
    }

    /// An input comes after the reports that were sent before it.
    pub(super) fn handle(&mut self, now: DateTime<Utc>, input: Input) {
        self.flush(now);
        self.engine.handle(now, input);
    }

    fn flush(&mut self, now: DateTime<Utc>) {
        if !self.reports.is_empty() {
            self.engine.report(now, &mut self.reports);
        }
    }

    fn show_changes(&mut self) {
        let mut changed = std::mem::take(&mut self.changed);
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Changed(person) => changed.push(person),
                Output::Demand { origin, demand } => self.demand(origin, demand),
            }
        }
        for slice in changed.chunks(SLICE) {
            self.engine.touch_people(slice);
            self.classes.iter().for_each(|class| class.writing.touch(slice));
            slice.iter().for_each(|person| self.show(*person, false));
        }
        changed.clear();
        changed.shrink_to(MOST_KEPT);
        self.changed = changed;
    }

    /// What is asked of a source that is not there yet is kept until it is.
    fn demand(&mut self, origin: Origin, demand: Demand) {
        let wishes = self.wishes.entry(origin).or_default();
        match demand {
            Demand::Watch(subject) => wishes.set(subject, true),
            Demand::Release(subject) => wishes.set(subject, false),
            Demand::Restart => wishes.restart(),
        }
    }

    /// Writes a person on every board. Since when a headline is what it is: the second at which it changed; where nothing
    /// was known before, as the engine can tell.
    fn show(&mut self, person: Person, anyway: bool) {
        let engine = &self.engine;
        for class in &mut self.classes {
            // Who is gone is gone from the board before anything else is written of them.
            let plain = class.plain && class.writing.is_there(person) && !anyway;
            let row = if plain { engine.plain_lamps(person) } else { None };
            let row = row.or_else(|| engine.lamps(person, class.writing.viewer()));
            let viewer = &class.viewer;
            class.writing.set(person, row, anyway, |before| {
                let now = Some(Second::floor(engine.now()));
                if before.is_some_and(|before| before.availability.is_known()) {
                    return now;
                }
                engine.row(person, viewer).and_then(|row| row.since).or_else(|| now.filter(|_| before.is_some()))
            });
        }
    }

    /// Writes everybody: those named as changed whether they have changed or not.
    fn show_everybody(&mut self, renamed: &[Person]) {
        let directory = Arc::clone(self.engine.directory());
        for person in directory.handles() {
            if directory.is_gone(person) {
                self.classes.iter_mut().for_each(|class| class.writing.set(person, None, false, |_| None));
            } else {
                self.show(person, false);
            }
        }
        renamed.iter().for_each(|person| self.show(*person, true));
        self.classes.iter_mut().for_each(|class| class.writing.regroup(&directory));
    }

    fn answer(&mut self) {
        if self.asked.is_empty() {
            return;
        }
        let mut asks = std::mem::take(&mut self.asked);
        for ask in asks.drain(..) {
            self.tally.asked += 1;
            ask(self);
        }
        self.asked = asks;
        self.show_changes();
    }

    fn publish(&mut self) {
        for class in &mut self.classes {
            self.tally.held_up += u64::from(!class.writing.publish());
        }
    }

    fn is_behind(&self) -> bool {
        self.classes.iter().any(|class| class.writing.is_behind())
    }

    /// Whoever is watched is wanted: one lease for each filter in use, renewed a slice at a time.
    fn renew_leases(&mut self) {
        let now = self.clock.now();
        if self.leases.is_due(now) {
            self.leases.begin(now, &self.watchers, self.engine.directory());
        }
        let mut wanted = self.leases.slice().peekable();
        if wanted.peek().is_none() {
            return;
        }
        for (person, by) in wanted {
            self.engine.handle(now, Input::Wanted { person, by, until: now + LEASE });
        }
        self.show_changes();
        self.publish();
    }

    // What is asked of the writer.

    pub(super) fn end(&mut self) {
        self.ending = true;
    }

    /// From now on the source of this origin is asked through these. The number of its last session: an engine may have
    /// known it before, in a recording or another hub.
    pub(super) fn ask_through(&mut self, origin: Origin, wishes: &Arc<Wishes>) -> u32 {
        if let Some(earlier) = self.wishes.insert(origin, Arc::clone(wishes)) {
            wishes.take_over(&earlier);
        }
        self.engine.last_session(origin)
    }

    /// A new watch: whom it watches is wanted at once.
    pub(super) fn renew_soon(&mut self) {
        self.leases.renew_soon();
    }

    pub(super) fn change_rules(&mut self, rules: Arc<RuleSet>) {
        let now = self.clock.now();
        self.handle(now, Input::Rules(rules));
    }

    /// The engine knows first, then those who look addresses up: so no report about somebody new comes too early.
    /// Whether the directory was made from the one before.
    pub(super) fn change_directory(&mut self, directory: &Arc<Directory>) -> bool {
        let now = self.clock.now();
        let old = Arc::clone(self.engine.directory());
        self.handle(now, Input::Directory(Arc::clone(directory)));
        if !Arc::ptr_eq(self.engine.directory(), directory) {
            return false;
        }
        self.show_changes();
        let renamed: Vec<Person> = directory.people().filter(|person| is_renamed(*person, &old, directory)).collect();
        self.show_everybody(&renamed);
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(directory);
        self.renew_soon();
        true
    }

    /// Somebody looks at a person now: whoever waits to be asked is asked, for a minute.
    pub(super) fn want(&mut self, person: Person, by: &str) {
        if let Ok(by) = WatcherId::new(by) {
            let now = self.clock.now();
            self.handle(now, Input::Wanted { person, by, until: now + LEASE });
        }
    }

    /// The row as it is shown.
    pub(super) fn row(&self, person: Person, viewer: &ViewerId) -> Option<crate::view::Row> {
        self.class(viewer)?.writing.row(person)
    }

    pub(super) fn viewer(&self, id: &ViewerId) -> Option<Arc<Viewer>> {
        Some(Arc::clone(&self.class(id)?.viewer))
    }

    pub(super) fn changes_shown(&self) -> u64 {
        self.classes.iter().map(|class| class.writing.sequence()).sum()
    }

    fn class(&self, id: &ViewerId) -> Option<&Class> {
        self.classes.iter().find(|class| class.writing.viewer().id == *id)
    }
}

/// Numbers of one class mean nothing to another.
fn own(viewer: &Viewer) -> u64 {
    fnv1a(viewer.id.as_str().as_bytes())
}

/// Whether what a list shows beside the lamps is otherwise now.
fn is_renamed(person: Person, old: &Directory, new: &Directory) -> bool {
    let (Some(before), Some(now)) = (old.card(person), new.card(person)) else { return false };
    (before.name(), before.department()) != (now.name(), now.department())
}
