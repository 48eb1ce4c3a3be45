//! The engine: reports in, changes out, at `now`.
//!
//! No I/O, no clock, no lock. One thread owns an [`Engine`]; record its inputs and you can replay a day.
//!
//! **After each [`report`](Engine::report) or [`handle`](Engine::handle), take outputs with
//! [`poll_output`](Engine::poll_output) until there is none; then wait for the next input, or for
//! [`poll_timeout`](Engine::poll_timeout), whichever is first.** Both calls first let time pass, deadline by deadline,
//! each worked at its own second; so a late timer cannot make an answer wrong. They cannot fail: what cannot be taken
//! is counted.

mod asides;
mod ask;
mod changed;
mod day;
mod deadlines;
mod directory;
mod interest;
mod people;
mod report;
mod restore;
mod session;
mod shapes;
mod status;
mod time;
mod until;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::claim::{Claim, Tables};
use crate::decide::{Decision, verdict};
use crate::diagnostics::{ConnectorStatus, Counts, SourceErrorKind};
use crate::directory::Directory;
use crate::fact::{Facet, Report};
use crate::identity::{Origin, Person, Subject, WatcherId};
use crate::keeping::Keeping;
use crate::privacy::Viewer;
use crate::rules::RuleSet;
use crate::second::Second;

use asides::{Asides, Holds};
use changed::Changed;
use deadlines::Deadlines;
use interest::InterestBook;
use people::People;
use session::Sessions;
use shapes::Shapes;
use status::Problems;

pub(crate) use restore::{Kept, KeptProblem, KeptSession, KeptWish, Memory, Waiting};

/// What an engine is made from.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EngineConfig {
    /// Who there is.
    pub directory: Arc<Directory>,
    /// How it is decided.
    pub rules: Arc<RuleSet>,
    /// How long what is said is kept.
    pub keeping: Keeping,
    /// The classes of viewers in use: where one is told less of some places than of others, changes are given out for
    /// its sake although the whole does not change.
    pub viewers: Vec<Arc<Viewer>>,
    /// The time at which the engine begins.
    pub started: DateTime<Utc>,
}

impl EngineConfig {
    /// The standard rules and the default keeping.
    #[must_use]
    pub fn new(directory: Arc<Directory>, started: DateTime<Utc>) -> Self {
        let rules = Arc::new(RuleSet::standard());
        Self { directory, rules, keeping: Keeping::default(), viewers: Vec::new(), started }
    }

    /// Decides by these rules.
    #[must_use]
    pub fn rules(self, rules: Arc<RuleSet>) -> Self {
        Self { rules, ..self }
    }

    /// Keeps what is said for so long.
    #[must_use]
    pub fn keeping(self, keeping: Keeping) -> Self {
        Self { keeping, ..self }
    }

    /// This class of viewers is in use.
    #[must_use]
    pub fn viewer(mut self, viewer: Arc<Viewer>) -> Self {
        self.viewers.push(viewer);
        self
    }
}

/// A phase of the session of a source.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "complete by the life of a session")]
pub enum Phase {
    /// The source is connected.
    Begin,
    /// It has told everything it knows.
    Complete,
    /// It is gone.
    Lost,
}

/// What an engine is told, besides reports.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Input {
    /// The directory has changed. One that was not made from the old one by [`Directory::rebuild`] would give handles
    /// another meaning: it is refused and counted.
    Directory(Arc<Directory>),
    /// The rules have changed.
    Rules(Arc<RuleSet>),
    /// A session of a source begins, is complete, or is lost.
    Session {
        /// The source.
        origin: Origin,
        /// The number of the session; it grows.
        number: u32,
        /// What happens to it.
        phase: Phase,
    },
    /// A source says how it is.
    Status {
        /// The source.
        origin: Origin,
        /// How.
        status: ConnectorStatus,
    },
    /// A source has trouble: with one subject, or with all.
    Problem {
        /// The source.
        origin: Origin,
        /// About whom.
        subject: Option<Subject>,
        /// What kind.
        kind: SourceErrorKind,
    },
    /// Somebody wants to see a person until then: a lease. Said again it is renewed, or shortened.
    Wanted {
        /// Whom.
        person: Person,
        /// Who wants it.
        by: WatcherId,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Time passes.
    Tick,
}

/// What an engine says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Output {
    /// What is known of this person has changed. Once per person and call; the order across people means nothing.
    Changed(Person),
    /// A source is asked for something.
    Demand {
        /// The source.
        origin: Origin,
        /// For what.
        demand: Demand,
    },
}

/// What a source is asked for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Demand {
    /// To watch this subject.
    Watch(Subject),
    /// To stop watching it.
    Release(Subject),
    /// To begin a new session, because the directory has changed under it.
    Restart,
}

/// Keeps what sources say, settles it, decides, and says what changed.
pub struct Engine {
    directory: Arc<Directory>,
    rules: Arc<RuleSet>,
    keeping: Keeping,
    /// By facet: for how long something that makes free is held back.
    hold_seconds: [u32; 13],
    viewers: Vec<Arc<Viewer>>,
    tables: Tables,
    shapes: Shapes,
    people: People,
    asides: Asides,
    holds: Holds,
    sessions: Sessions,
    interest: InterestBook,
    problems: Problems,
    deadlines: Deadlines,
    now: Second,
    changed: Changed,
    demands: VecDeque<(Origin, Demand)>,
    /// Whom the present call has to settle.
    dirty: Vec<Person>,
    counts: Counts,
    scratch: Vec<Claim>,
}

impl Engine {
    /// An engine that knows nobody's state yet.
    #[must_use]
    pub fn new(config: EngineConfig) -> Self {
        let EngineConfig { directory, rules, keeping, viewers, started } = config;
        let now = Second::floor(started);
        let tables = Tables::new(&directory, &keeping, &rules);
        let mut engine = Self {
            sessions: Sessions::new(&directory),
            hold_seconds: Facet::ALL.map(|facet| keeping.hold(facet)),
            directory,
            rules,
            keeping,
            viewers,
            tables,
            shapes: Shapes::default(),
            people: People::default(),
            asides: Asides::default(),
            holds: Holds::default(),
            interest: InterestBook::default(),
            problems: Problems::default(),
            deadlines: Deadlines::new(now),
            now,
            changed: Changed::default(),
            demands: VecDeque::new(),
            dirty: Vec::new(),
            counts: Counts::default(),
            scratch: Vec::new(),
        };
        engine.shape_everybody();
        engine.settle_everybody();
        engine.changed.clear();
        engine
    }

    /// Lets time pass, then takes what a source said. The slice is drained; the larger it is, the quicker.
    ///
    /// Time never goes back because of a report.
    pub fn report(&mut self, received: DateTime<Utc>, reports: &mut Vec<Report>) {
        self.pass(Second::floor(received));
        self.take_all(reports);
        self.settle_dirty();
    }

    /// Lets time pass, then takes an input. Only a [`Input::Tick`] may take time back.
    pub fn handle(&mut self, now: DateTime<Utc>, input: Input) {
        let now = Second::floor(now);
        if matches!(input, Input::Tick) && now < self.now {
            self.go_back(now);
        } else {
            self.pass(now);
        }
        match input {
            Input::Tick => {}
            Input::Directory(directory) if !directory.continues(&self.directory) => {
                self.counts.foreign_directories += 1;
            }
            Input::Directory(directory) => self.change_directory(directory),
            Input::Rules(rules) => self.change_rules(rules),
            Input::Session { origin, number, phase } => self.take_phase(origin, number, phase),
            Input::Status { origin, status } => self.sessions.set_status(origin, status),
            Input::Problem { origin, subject, kind } => self.take_problem(origin, subject, kind),
            Input::Wanted { person, by, until } => self.take_wish(person, &by, Second::ceil(until)),
        }
        self.settle_dirty();
    }

    /// The next output; `None`: wait for the next input or for [`poll_timeout`](Self::poll_timeout).
    pub fn poll_output(&mut self) -> Option<Output> {
        if let Some((origin, demand)) = self.demands.pop_front() {
            return Some(Output::Demand { origin, demand });
        }
        self.changed.pop().map(Output::Changed)
    }

    /// When to [`Tick`](Input::Tick) if nothing comes before; sometimes for nothing.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<DateTime<Utc>> {
        let claims = self.deadlines.next();
        let next = self.interest.next().into_iter().chain(claims).min()?;
        next.time()
    }

    /// The last second worked.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now.time().unwrap_or_default()
    }

    /// What is shown of a person to a class that may know everything: ready, for a board of headlines.
    #[must_use]
    pub fn headline(&self, person: Person) -> Option<Decision> {
        let record = self.people.record(person).filter(|_| !self.directory.is_gone(person))?;
        Some(record.verdict.decision(&self.rules))
    }

    /// Who there is.
    #[must_use]
    pub const fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// How it is decided.
    #[must_use]
    pub const fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// Another class of viewers is in use.
    #[cfg(feature = "hub")]
    pub(crate) fn add_viewer(&mut self, viewer: Arc<Viewer>) {
        self.viewers.push(viewer);
    }

    /// The classes of viewers in use.
    #[must_use]
    pub fn viewers(&self) -> &[Arc<Viewer>] {
        &self.viewers
    }

    /// How long what is said is kept.
    #[must_use]
    pub const fn keeping(&self) -> &Keeping {
        &self.keeping
    }

    fn change_rules(&mut self, rules: Arc<RuleSet>) {
        let old = std::mem::replace(&mut self.rules, rules);
        self.tables = Tables::new(&self.directory, &self.keeping, &self.rules);
        let before: Vec<Option<Decision>> = self.decisions(&old);
        self.shape_everybody();
        self.settle_everybody();
        for person in self.directory.handles() {
            if let Some(record) = self.people.record_mut(person) {
                record.verdict = verdict(&record.situation, &self.rules, &mut ());
            }
        }
        // A rule that moved in the list is the same rule: decisions are compared by its id.
        for ((person, before), after) in self.directory.handles().zip(before).zip(self.decisions(&self.rules)) {
            // A class of viewers may be shown something else where the whole is the same.
            if before != after || !self.viewers.is_empty() && !self.directory.is_gone(person) {
                self.changed.add(person);
            }
        }
    }

    fn decisions(&self, rules: &RuleSet) -> Vec<Option<Decision>> {
        let verdict = |person| self.people.record(person).map(|record| record.verdict.decision(rules));
        self.directory.handles().map(verdict).collect()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("directory", &self.directory)
            .field("now", &self.now)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}
