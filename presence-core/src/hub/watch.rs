//! Watching: a watcher is a number on the ring of changes.
//!
//! It costs the writer nothing, asleep or awake: what it missed is looked up when it looks. Each person comes once,
//! however often they changed, so a watcher that is slow gets the newest state and never a growing queue.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::directory::Directory;
use crate::identity::{Person, ViewerId};
use crate::view::Row;

use super::board::{RING, Shared, Side};
use super::locked;

/// Who is watched.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Filter(Whom);

#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Whom {
    #[default]
    Everyone,
    Department(String),
    /// In order, each once.
    People(Vec<u32>),
}

impl Filter {
    /// Everybody.
    #[must_use]
    pub const fn everyone() -> Self {
        Self(Whom::Everyone)
    }

    /// Everybody in this department, whoever that is at any time.
    #[must_use]
    pub fn department(name: &str) -> Self {
        Self(Whom::Department(name.to_owned()))
    }

    /// These people: those who are visible on a screen, say.
    #[must_use]
    pub fn people(people: impl IntoIterator<Item = Person>) -> Self {
        let people: BTreeSet<u32> = people.into_iter().map(Person::raw).collect();
        Self(Whom::People(people.into_iter().collect()))
    }

    /// Whom it means now, in order; `None`: everybody.
    pub(super) fn members(&self, directory: &Directory) -> Option<Vec<u32>> {
        match &self.0 {
            Whom::Everyone => None,
            Whom::People(people) => Some(people.clone()),
            Whom::Department(_) => {
                let inside = |person: &Person| self.includes(*person, directory);
                Some(directory.people().filter(inside).map(Person::raw).collect())
            }
        }
    }

    fn includes(&self, person: Person, directory: &Directory) -> bool {
        match &self.0 {
            Whom::Everyone => true,
            Whom::People(people) => people.binary_search(&person.raw()).is_ok(),
            Whom::Department(name) => directory.card(person).is_some_and(|card| card.department() == Some(name)),
        }
    }
}

/// Where a watcher has got to: given back after a break, it makes the watch go on without a gap and without repeating.
/// It prints as `incarnation-number`, which fits into the `Last-Event-ID` of server-sent events.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Resume {
    /// Which life of the engine: after a restart numbers begin anew.
    pub incarnation: u64,
    /// The number of the last change that was told.
    pub sequence: u64,
}

impl fmt::Display for Resume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}", self.incarnation, self.sequence)
    }
}

/// Not the print of a [`Resume`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a place to resume at: leave it out to begin anew")]
#[non_exhaustive]
pub struct InvalidResume;

impl FromStr for Resume {
    type Err = InvalidResume;

    fn from_str(text: &str) -> Result<Self, InvalidResume> {
        let (incarnation, sequence) = text.split_once('-').ok_or(InvalidResume)?;
        let number = |text: &str| u64::from_str_radix(text, 16).map_err(|_| InvalidResume);
        Ok(Self { incarnation: number(incarnation)?, sequence: number(sequence)? })
    }
}

/// What has changed since it was last asked: each person once.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Changes {
    /// Who changed, and how they are now; watches of everybody share it.
    pub rows: Arc<[(Person, Row)]>,
    /// Who is not there any more, or not in the filter.
    pub gone: Vec<Person>,
    /// This is everything: forget everybody who is not listed.
    pub whole: bool,
    /// Who there is may be named otherwise now: the directory has changed.
    pub directory: bool,
    /// Where to go on after a break.
    pub resume: Resume,
}

/// A watch on people. It keeps one number and, for a department, who is in it.
#[derive(Debug)]
pub struct Watch {
    shared: Arc<Shared>,
    told: watch::Receiver<u64>,
    filter: Filter,
    members: Option<Vec<u32>>,
    directory: Arc<Directory>,
    /// The number of the last change told; `None`: nothing is known yet.
    seen: Option<u64>,
    /// The directory changed during the break.
    renamed: bool,
    pace: Duration,
    /// Not to look again before this.
    rest: Option<Instant>,
    watched: Watched,
}

/// Changes come no closer than this, so that people can read them. Watches of the same pace look at the same moments, so
/// what one has looked up serves the others.
const PACE: Duration = Duration::from_millis(20);

impl Watch {
    pub(super) fn new(shared: &Arc<Shared>, filter: Filter, since: Option<Resume>, watchers: &Watchers) -> Self {
        let (directory, seen, renamed) = shared.read(|side| {
            let seen = since.filter(|resume| can_resume(side, shared.incarnation, *resume, &filter));
            let seen = seen.map(|resume| resume.sequence);
            (Arc::clone(&side.directory), seen, seen.is_some_and(|seen| seen < side.regrouped))
        });
        Self {
            told: shared.told.clone(),
            shared: Arc::clone(shared),
            members: filter.members(&directory),
            watched: watchers.add(&shared.viewer.id, filter.clone()),
            filter,
            directory,
            seen,
            renamed,
            pace: PACE,
            rest: None,
        }
    }

    /// Gives out changes no closer than this; nothing for machines.
    #[must_use]
    pub fn pace(self, pace: Duration) -> Self {
        Self { pace, ..self }
    }

    /// Watches others from now on: what comes next is [whole](Changes::whole).
    pub fn refocus(&mut self, filter: Filter) {
        self.members = filter.members(&self.directory);
        self.watched.set(filter.clone());
        self.filter = filter;
        self.seen = None;
    }

    /// Waits for changes. `None`: the engine is down; what was told is not to be believed any more.
    ///
    /// Nothing is lost when the wait is given up.
    pub async fn changed(&mut self) -> Option<Changes> {
        loop {
            if let Some(rest) = self.rest {
                tokio::time::sleep_until(rest).await;
                self.rest = None;
            }
            self.told.has_changed().ok()?;
            self.told.mark_unchanged();
            if let Some(changes) = self.take() {
                self.rest = next_look(self.shared.began, self.pace);
                return Some(changes);
            }
            self.told.changed().await.ok()?;
            // The first change after a silence is told at the next common moment too.
            self.rest = next_look(self.shared.began, self.pace);
        }
    }

    /// What has changed, without waiting; `None`: nothing.
    pub fn take(&mut self) -> Option<Changes> {
        let shared = Arc::clone(&self.shared);
        if !shared.is_live() {
            return None;
        }
        if let Some(changes) = self.looked_up(&shared) {
            return Some(changes);
        }
        shared.read(|side| {
            let before = self.members.clone();
            let new_directory = !Arc::ptr_eq(&side.directory, &self.directory);
            if new_directory {
                self.directory = Arc::clone(&side.directory);
                self.members = self.filter.members(&self.directory);
            }
            let resume = Resume { incarnation: shared.incarnation, sequence: side.sequence };
            let renamed = std::mem::take(&mut self.renamed) || new_directory;
            let mut found = Found { directory: renamed, ..Found::default() };
            let seen = self.seen.replace(side.sequence);
            let seen = seen.filter(|seen| side.sequence - seen <= RING as u64);
            match seen {
                None => self.everything(side, &mut found),
                Some(seen) => self.since(side, seen, &mut found),
            }
            if new_directory && seen.is_some() {
                self.move_members(side, before.as_deref(), &mut found);
            }
            let something = found.whole || found.directory || !found.rows.is_empty() || !found.gone.is_empty();
            let changes = something.then(|| found.changes(resume))?;
            if let (Some(from), None, false) = (seen, &self.members, renamed || self.pace.is_zero()) {
                shared.note(LookedUp { from, made: Instant::now(), changes: changes.clone() });
            }
            Some(changes)
        })
    }

    /// What another watch of everybody has looked up at the same moment.
    fn looked_up(&mut self, shared: &Shared) -> Option<Changes> {
        if self.members.is_some() || self.pace.is_zero() || self.renamed {
            return None;
        }
        let changes = shared.noted(self.seen?, self.pace)?;
        self.seen = Some(changes.resume.sequence);
        Some(changes)
    }

    fn is_in(&self, person: Person) -> bool {
        self.members.as_ref().is_none_or(|members| members.binary_search(&person.raw()).is_ok())
    }

    fn everything(&self, side: &Side, found: &mut Found) {
        found.whole = true;
        match &self.members {
            None => found.rows.extend(side.rows()),
            Some(members) => found.rows.extend(members.iter().filter_map(|raw| row_of(side, *raw))),
        }
    }

    fn since(&self, side: &Side, seen: u64, found: &mut Found) {
        for number in seen + 1..=side.sequence {
            let Some((person, entry)) = side.changed_at(number) else { continue };
            if !self.is_in(person) {
                continue;
            }
            match entry.row {
                Some(row) => found.rows.push((person, row)),
                None => found.gone.push(person),
            }
        }
    }

    /// Who came into the filter and who left it, with another directory.
    fn move_members(&self, side: &Side, before: Option<&[u32]>, found: &mut Found) {
        let (Some(before), Some(now)) = (before, &self.members) else { return };
        let told: BTreeSet<u32> = found.rows.iter().map(|(person, _)| person.raw()).collect();
        let came = now.iter().filter(|raw| before.binary_search(raw).is_err() && !told.contains(raw));
        found.rows.extend(came.filter_map(|raw| row_of(side, *raw)));
        let left = before.iter().filter(|raw| now.binary_search(raw).is_err());
        let gone: BTreeSet<u32> = found.gone.iter().map(|person| person.raw()).collect();
        found.gone.extend(left.filter(|raw| !gone.contains(raw)).map(|raw| Person::new(*raw)));
    }
}

/// When a watch looks next: the next of the moments that all watches of this pace share.
fn next_look(began: Instant, pace: Duration) -> Option<Instant> {
    let passed = began.elapsed();
    let into = passed.as_nanos().checked_rem(pace.as_nanos())?;
    let left = pace.saturating_sub(Duration::from_nanos(u64::try_from(into).ok()?));
    Some(began + passed + left)
}

/// Changes that are being collected.
#[derive(Debug, Default)]
struct Found {
    rows: Vec<(Person, Row)>,
    gone: Vec<Person>,
    whole: bool,
    directory: bool,
}

impl Found {
    fn changes(self, resume: Resume) -> Changes {
        let Self { rows, gone, whole, directory } = self;
        Changes { rows: rows.into(), gone, whole, directory, resume }
    }
}

/// What the first watch of everybody found at a moment, for the others.
#[derive(Debug)]
pub(super) struct LookedUp {
    pub(super) from: u64,
    pub(super) made: Instant,
    pub(super) changes: Changes,
}

fn row_of(side: &Side, raw: u32) -> Option<(Person, Row)> {
    let person = Person::new(raw);
    Some((person, side.entries.get(person.index())?.row?))
}

/// A department may have changed while nobody looked: then who left it would not be told.
fn can_resume(side: &Side, incarnation: u64, resume: Resume, filter: &Filter) -> bool {
    let moved = matches!(filter.0, Whom::Department(_)) && resume.sequence < side.regrouped;
    resume.incarnation == incarnation && resume.sequence <= side.sequence && !moved
}

/// Who watches: for leases, and for people who ask who sees them.
#[derive(Clone, Debug, Default)]
pub(super) struct Watchers(Arc<Mutex<Book>>);

#[derive(Debug, Default)]
struct Book {
    next: u64,
    watching: HashMap<u64, (ViewerId, Filter)>,
}

impl Watchers {
    fn add(&self, viewer: &ViewerId, filter: Filter) -> Watched {
        let mut book = locked(&self.0);
        book.next += 1;
        let number = book.next;
        book.watching.insert(number, (viewer.clone(), filter));
        Watched { number, book: Arc::downgrade(&self.0) }
    }

    pub(super) fn len(&self) -> usize {
        locked(&self.0).watching.len()
    }

    /// The filters that are in use, each once.
    pub(super) fn filters(&self) -> BTreeSet<Filter> {
        let book = locked(&self.0);
        book.watching.values().map(|(_, filter)| filter.clone()).collect()
    }

    /// The classes that watch a person, with how many watches each.
    pub(super) fn of(&self, person: Person, directory: &Directory) -> Vec<(ViewerId, usize)> {
        let book = locked(&self.0);
        let mut classes = BTreeMap::new();
        for (viewer, filter) in book.watching.values() {
            let watches = filter.includes(person, directory);
            if watches {
                *classes.entry(viewer.clone()).or_insert(0) += 1;
            }
        }
        classes.into_iter().collect()
    }
}

/// An entry in the book of watchers; it goes with its watch.
#[derive(Debug)]
struct Watched {
    number: u64,
    book: Weak<Mutex<Book>>,
}

impl Watched {
    fn set(&self, filter: Filter) {
        let Some(book) = self.book.upgrade() else { return };
        let mut book = locked(&book);
        if let Some(entry) = book.watching.get_mut(&self.number) {
            entry.1 = filter;
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let Some(book) = self.book.upgrade() else { return };
        locked(&book).watching.remove(&self.number);
    }
}
