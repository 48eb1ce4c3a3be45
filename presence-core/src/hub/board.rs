//! The read side: headlines without a lock, rows and groups as one cut, and readers that never hold up the writer.
//!
//! A board is made for one class of viewers. It has two sides. Readers read the one in front; the writer brings the
//! other up to date and turns the board. If a reader is still at the back, the writer goes on with its work and the
//! reader calls it when it is done. What a side lacks is a set of people, so it is bounded.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::activity::Activity;
use crate::availability::Availability;
use crate::directory::Directory;
use crate::identity::Person;
use crate::privacy::Viewer;
use crate::second::Second;
use crate::view::Row;

use super::locked;
use super::watch::{Changes, LookedUp};

/// What is read of one class of viewers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Board(Arc<Shared>);

/// A headline: one word, read without a lock.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Head {
    /// The number of the Lync table; 0: not known.
    pub availability: Availability,
    /// The activity.
    pub activity: Activity,
    /// Something is only half believed, or was known and is not any more.
    pub stale: bool,
}

/// Rows that belong together: nobody in it is older or newer than the others.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Cut {
    /// The number of the last change that is in it.
    pub sequence: u64,
    /// The people who are there.
    pub rows: Vec<(Person, Row)>,
}

impl Board {
    pub(super) const fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Whether somebody still writes on it. When the engine is down nothing is shown, rather than what it last said.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.0.is_live()
    }

    /// The headline of a person; it may be ahead of the row by one turn of the board.
    #[must_use]
    pub fn head(&self, person: Person) -> Head {
        if self.is_live() { self.0.heads.get(person.index()) } else { Head::default() }
    }

    /// The row of a person; `None`: there is no such person, or the engine is down.
    #[must_use]
    pub fn row(&self, person: Person) -> Option<Row> {
        let row = self.0.read(|side| side.entries.get(person.index())?.row);
        row.filter(|_| self.is_live())
    }

    /// The rows of these people, as one cut.
    #[must_use]
    pub fn group(&self, people: &[Person]) -> Cut {
        self.cut(|side| {
            let row = |person: &Person| Some((*person, side.entries.get(person.index())?.row?));
            people.iter().filter_map(row).collect()
        })
    }

    /// The rows of everybody, as one cut.
    #[must_use]
    pub fn snapshot(&self) -> Cut {
        self.cut(|side| {
            let mut rows = Vec::with_capacity(side.entries.len());
            rows.extend(side.rows());
            rows
        })
    }

    fn cut(&self, rows: impl FnOnce(&Side) -> Vec<(Person, Row)>) -> Cut {
        let cut = self.0.read(|side| Cut { sequence: side.sequence, rows: rows(side) });
        if self.is_live() { cut } else { Cut { rows: Vec::new(), ..cut } }
    }

    /// Who there is, as far as this board knows.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.0.read(|side| Arc::clone(&side.directory))
    }

    /// For whom it is made.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.0.viewer
    }

    pub(super) const fn shared(&self) -> &Arc<Shared> {
        &self.0
    }
}

/// A person on the board.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Entry {
    /// `None`: not there, or not there any more.
    pub(super) row: Option<Row>,
    /// The number of the last change.
    pub(super) sequence: u64,
}

/// One side.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) entries: Vec<Entry>,
    /// Who changed at which number: `ring[number % RING]`. A slot counts only if that person's last change is that number.
    pub(super) ring: Box<[u32]>,
    pub(super) sequence: u64,
    pub(super) directory: Arc<Directory>,
    /// The number of the last change when the directory changed.
    pub(super) regrouped: u64,
}

/// So many changes are kept for watchers who are behind; who is further behind is told everything.
pub(super) const RING: usize = 1 << 16;

impl Side {
    fn new(directory: &Arc<Directory>) -> Self {
        let ring = vec![u32::MAX; RING].into_boxed_slice();
        Self { entries: Vec::new(), ring, sequence: 0, directory: Arc::clone(directory), regrouped: 0 }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = (Person, Row)> + '_ {
        let handles = (0..).map(Person::new);
        handles.zip(&self.entries).filter_map(|(person, entry)| Some((person, entry.row?)))
    }

    /// Who changed with this number, if that is still the last change of that person.
    pub(super) fn changed_at(&self, number: u64) -> Option<(Person, Entry)> {
        let person = Person::new(*self.ring.get(slot(number))?);
        let entry = self.entries.get(person.index()).filter(|entry| entry.sequence == number)?;
        Some((person, *entry))
    }
}

fn slot(number: u64) -> usize {
    usize::try_from(number % (RING as u64)).unwrap_or_default()
}

/// What writer and readers share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) viewer: Arc<Viewer>,
    pub(super) incarnation: u64,
    /// Tells the number of the last change that can be read; its sender is the writer's.
    pub(super) told: watch::Receiver<u64>,
    heads: Heads,
    sides: [RwLock<Side>; 2],
    front: AtomicUsize,
    live: AtomicBool,
    /// The writer waits for a reader to leave.
    waiting: AtomicBool,
    released: Arc<Notify>,
    /// From when the moments are counted at which watches look.
    pub(super) began: Instant,
    /// What a watch of everybody has looked up last.
    looked_up: Mutex<Option<LookedUp>>,
}

impl Shared {
    pub(super) fn note(&self, found: LookedUp) {
        *locked(&self.looked_up) = Some(found);
    }

    /// What was looked up since this number, if that was just now.
    pub(super) fn noted(&self, from: u64, pace: Duration) -> Option<Changes> {
        let noted = locked(&self.looked_up);
        let found = noted.as_ref().filter(|found| found.from == from && found.made.elapsed() < pace)?;
        Some(found.changes.clone())
    }

    pub(super) fn is_live(&self) -> bool {
        self.live.load(Ordering::Acquire)
    }

    /// Reads the side in front: it cannot be written meanwhile, but may be turned to the back. Whoever stops reading calls
    /// the writer, if it waits.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Side) -> T) -> T {
        let side = self.side(self.front.load(Ordering::Acquire)).read().unwrap_or_else(PoisonError::into_inner);
        let seen = look(&side);
        drop(side);
        if self.waiting.load(Ordering::SeqCst) && self.waiting.swap(false, Ordering::SeqCst) {
            self.released.notify_one();
        }
        seen
    }

    fn side(&self, number: usize) -> &RwLock<Side> {
        let [zero, one] = &self.sides;
        if number == 0 { zero } else { one }
    }
}

/// The headlines: words in pieces that never move, each twice as large as the one before.
#[derive(Debug)]
struct Heads([OnceLock<Box<[AtomicU64]>>; PIECES]);

const PIECES: usize = 22;
const FIRST_PIECE: usize = 1024;
const IS_STALE: u64 = 1 << 24;

impl Heads {
    fn new() -> Self {
        Self(std::array::from_fn(|_| OnceLock::new()))
    }

    fn place(index: usize) -> (usize, usize) {
        let piece = (index / FIRST_PIECE + 1).ilog2();
        (usize::try_from(piece).unwrap_or(PIECES), index - FIRST_PIECE * ((1 << piece) - 1))
    }

    fn get(&self, index: usize) -> Head {
        let (piece, offset) = Self::place(index);
        let word = self.0.get(piece).and_then(OnceLock::get).and_then(|piece| piece.get(offset));
        let word = word.map_or(0, |word| word.load(Ordering::Relaxed));
        let [low, high, activity, ..] = word.to_le_bytes();
        Head {
            availability: Availability::new(u16::from_le_bytes([low, high])).unwrap_or_default(),
            activity: Activity::from_code(activity).unwrap_or_default(),
            stale: word & IS_STALE != 0,
        }
    }

    fn set(&self, index: usize, row: Option<&Row>) {
        let (number, offset) = Self::place(index);
        let Some(piece) = self.0.get(number) else { return };
        let piece = piece.get_or_init(|| (0..FIRST_PIECE << number).map(|_| AtomicU64::new(0)).collect());
        let word = row.map_or(0, |row| {
            let stale = if row.stale { IS_STALE } else { 0 };
            u64::from(row.availability.get()) | u64::from(row.activity.code()) << 16 | stale
        });
        if let Some(place) = piece.get(offset) {
            place.store(word, Ordering::Relaxed);
        }
    }
}

/// The writer's end of a board.
#[derive(Debug)]
pub(super) struct Writing {
    shared: Arc<Shared>,
    told: watch::Sender<u64>,
    /// What is the case; the sides follow.
    truth: Vec<Entry>,
    sequence: u64,
    directory: Arc<Directory>,
    regrouped: u64,
    /// The number of the side at the back.
    back: usize,
    /// By side: who is to be copied to it.
    lacking: [Vec<u32>; 2],
    /// By person: whether they are among those that a side lacks, a bit each.
    listed: Vec<u8>,
    /// The front does not know the directory yet.
    turn: bool,
}

impl Writing {
    pub(super) fn new(
        viewer: Arc<Viewer>,
        directory: &Arc<Directory>,
        incarnation: u64,
        released: &Arc<Notify>,
    ) -> Self {
        let (sender, told) = watch::channel(0);
        let shared = Shared {
            viewer,
            incarnation,
            told,
            heads: Heads::new(),
            sides: [RwLock::new(Side::new(directory)), RwLock::new(Side::new(directory))],
            front: AtomicUsize::new(0),
            live: AtomicBool::new(true),
            waiting: AtomicBool::new(false),
            released: Arc::clone(released),
            began: Instant::now(),
            looked_up: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
            told: sender,
            truth: Vec::new(),
            sequence: 0,
            directory: Arc::clone(directory),
            regrouped: 0,
            back: 1,
            lacking: [Vec::new(), Vec::new()],
            listed: Vec::new(),
            turn: false,
        }
    }

    pub(super) const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    pub(super) fn viewer(&self) -> &Viewer {
        &self.shared.viewer
    }

    pub(super) const fn sequence(&self) -> u64 {
        self.sequence
    }

    pub(super) fn row(&self, person: Person) -> Option<Row> {
        self.truth.get(person.index())?.row
    }

    /// Whether the person was there when last written.
    pub(super) fn is_there(&self, person: Person) -> bool {
        self.truth.get(person.index()).is_some_and(|entry| entry.row.is_some())
    }

    /// Reads what writing these people will need, so that the waits for memory overlap.
    pub(super) fn touch(&self, people: &[Person]) {
        for person in people {
            black_box(self.truth.get(person.index()).map(|entry| entry.sequence));
        }
    }

    /// Writes down what a person's row is, also an unchanged one where `anyway`. A row knows since when its headline is
    /// what it is: that is kept as long as the headline stays, and asked for when it has changed.
    pub(super) fn set(
        &mut self,
        person: Person,
        row: Option<Row>,
        anyway: bool,
        since: impl FnOnce(Option<Row>) -> Option<Second>,
    ) {
        let index = person.index();
        if self.truth.len() <= index {
            self.truth.resize(index + 1, Entry::default());
            self.listed.resize(index + 1, 0);
        }
        let Some(entry) = self.truth.get_mut(index) else { return };
        let before = entry.row;
        let row = row.map(|row| match before {
            Some(before) if same_headline(&before, &row) => Row { since: before.since, ..row },
            _ => Row { since: since(before), ..row },
        });
        if row == before && !anyway {
            return;
        }
        self.sequence += 1;
        *entry = Entry { row, sequence: self.sequence };
        self.shared.heads.set(index, row.as_ref());
        let Some(listed) = self.listed.get_mut(index) else { return };
        for (side, lacking) in self.lacking.iter_mut().enumerate() {
            if *listed & 1 << side == 0 {
                *listed |= 1 << side;
                lacking.push(person.raw());
            }
        }
    }

    /// There is another directory.
    pub(super) fn regroup(&mut self, directory: &Arc<Directory>) {
        self.directory = Arc::clone(directory);
        self.regrouped = self.sequence;
        self.turn = true;
    }

    /// Shows what was written, unless a reader is in the way: then [`Shared::released`] is notified when it has left.
    /// Whether nothing is left to show.
    pub(super) fn publish(&mut self) -> bool {
        if !self.is_behind() || self.try_turn() {
            return true;
        }
        self.shared.waiting.store(true, Ordering::SeqCst);
        // The reader may have left before it could see that it is waited for.
        self.try_turn()
    }

    /// Whether the front lacks something.
    pub(super) fn is_behind(&self) -> bool {
        self.turn || self.lacking.get(1 - self.back).is_some_and(|lacking| !lacking.is_empty())
    }

    fn try_turn(&mut self) -> bool {
        let Ok(mut side) = self.shared.side(self.back).try_write() else { return false };
        if side.entries.len() < self.truth.len() {
            side.entries.resize(self.truth.len(), Entry::default());
        }
        let Some(lacking) = self.lacking.get_mut(self.back) else { return false };
        for raw in lacking.drain(..) {
            let index = Person::new(raw).index();
            let (Some(entry), Some(shown)) = (self.truth.get(index), side.entries.get_mut(index)) else { continue };
            *shown = *entry;
            // A place may be used by a later number already: that is so when this one is too old to be asked for.
            let is_kept = self.sequence - entry.sequence < RING as u64;
            if let Some(place) = side.ring.get_mut(slot(entry.sequence)).filter(|_| is_kept) {
                *place = raw;
            }
            if let Some(listed) = self.listed.get_mut(index) {
                *listed &= !(1 << self.back);
            }
        }
        side.sequence = self.sequence;
        side.regrouped = self.regrouped;
        side.directory = Arc::clone(&self.directory);
        self.turn = false;
        self.shared.front.store(self.back, Ordering::Release);
        drop(side);
        self.back = 1 - self.back;
        self.told.send_replace(self.sequence);
        true
    }
}

impl Drop for Writing {
    /// Nobody writes any more, for whatever reason: what stands here is not to be believed.
    fn drop(&mut self) {
        self.shared.live.store(false, Ordering::Release);
    }
}

fn same_headline(before: &Row, row: &Row) -> bool {
    (before.availability, before.activity, before.denied) == (row.availability, row.activity, row.denied)
}
