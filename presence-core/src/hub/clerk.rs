//! Takes what people type, puts it where it lasts, and only then tells the engine and says so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

use crate::absence::Absence;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::fact::{Facet, Fact, Report};
use crate::identity::PersonId;
use crate::manual::Manual;
use crate::note::Note;
use crate::second::Second;
use crate::store::{Change, Saved, Sheet, Store, StoreError, Typed};

use super::link::{Message, SharedDirectory, current};
use super::locked;

/// What somebody typed about a person.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Edit {
    /// A new note; one with the same id is replaced.
    WriteNote(Note),
    /// The note with this id goes.
    RemoveNote(String),
    /// A new absence; one that begins at the same time is replaced.
    PlanAbsence(Absence),
    /// The absence that begins at this time goes.
    CancelAbsence(DateTime<Utc>),
    /// A state set by hand; `None`: taken back.
    SetManual(Option<Manual>),
}

/// Why something that was typed was not taken.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// Nobody has this id.
    #[error("nobody has the id `{0}`")]
    NoSuchPerson(PersonId),
    /// There is nothing like it.
    #[error("there is nothing to take away")]
    NothingThere,
    /// One person has too many.
    #[error("there are {0} already: take one away first")]
    TooMany(usize),
    /// It could not be saved.
    #[error("it could not be saved: {0}")]
    NotSaved(Arc<StoreError>),
    /// The engine is down.
    #[error("the engine is down")]
    Down,
}

/// At most so many notes, and so many absences, are kept about one person.
const MOST: usize = 100;
/// So many edits are saved at once, when they come quicker than the disk.
const TOGETHER: usize = 256;

/// What a clerk is asked.
#[derive(Debug)]
pub(super) enum Job {
    Edit {
        person: PersonId,
        edit: Edit,
        done: oneshot::Sender<Result<(), EditError>>,
    },
    Acknowledge {
        code: String,
        seen: bool,
        done: oneshot::Sender<Result<(), EditError>>,
    },
    /// Does what was asked before, answers, and takes nothing more.
    End {
        done: oneshot::Sender<Result<(), EditError>>,
    },
    /// There is another directory: who is new in it may have been typed about before.
    Retell,
}

/// What was typed about one person.
#[derive(Clone, Debug, Default)]
struct Folder {
    notes: Vec<Note>,
    absences: Vec<Absence>,
    manual: Option<Manual>,
}

/// The codes of the warnings that somebody has seen.
pub(super) type Acknowledged = Arc<Mutex<BTreeSet<String>>>;

/// The clerk: one, so that edits of the same person come one after the other.
#[derive(Debug)]
pub(super) struct Clerk {
    folders: BTreeMap<PersonId, Folder>,
    acknowledged: Acknowledged,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    directory: SharedDirectory,
    queue: mpsc::Sender<Message>,
    /// Sheets that could not be saved: what the store has of them nobody knows, so they are saved again.
    doubtful: BTreeSet<(PersonId, Facet)>,
    doubtful_codes: BTreeSet<String>,
    ending: bool,
}

impl Clerk {
    pub(super) fn new(
        saved: Saved,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        directory: SharedDirectory,
        queue: mpsc::Sender<Message>,
    ) -> Self {
        let mut folders: BTreeMap<PersonId, Folder> = BTreeMap::new();
        for Sheet { person, typed, .. } in saved.sheets {
            let folder = folders.entry(person).or_default();
            match typed {
                Typed::Notes(notes) => folder.notes = notes,
                Typed::Absences(absences) => folder.absences = absences,
                Typed::Manual(manual) => folder.manual = manual,
            }
        }
        let acknowledged = Arc::new(Mutex::new(saved.acknowledged));
        Self {
            folders,
            acknowledged,
            store,
            clock,
            directory,
            queue,
            doubtful: BTreeSet::new(),
            doubtful_codes: BTreeSet::new(),
            ending: false,
        }
    }

    pub(super) fn acknowledged(&self) -> Acknowledged {
        Arc::clone(&self.acknowledged)
    }

    /// Everything that was typed, for the engine.
    pub(super) fn reports(&self) -> Vec<Report> {
        let directory = current(&self.directory);
        let now = self.clock.now();
        let all = self.folders.iter().flat_map(|(person, folder)| {
            let facets = [Facet::Note, Facet::Absence, Facet::Manual];
            let told =
                facets.map(|facet| folder.sheet(person, facet)).into_iter().filter(|sheet| !sheet.typed.is_empty());
            told.filter_map(|sheet| report(&directory, &sheet, now)).collect::<Vec<_>>()
        });
        all.collect()
    }

    /// Works until it is told to end, or until nobody can ask any more.
    pub(super) async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut batch = Vec::new();
        while !self.ending && jobs.recv_many(&mut batch, TOGETHER).await > 0 {
            self.work(std::mem::take(&mut batch)).await;
        }
    }

    async fn work(&mut self, batch: Vec<Job>) {
        let mut draft = Draft::default();
        let mut answers = Vec::new();
        for job in batch {
            let (done, taken) = match job {
                Job::Edit { person, edit, done } => (done, self.edit(&mut draft, person, edit)),
                Job::Acknowledge { code, seen, done } => {
                    draft.acknowledge(code, seen);
                    (done, Ok(()))
                }
                Job::End { done } => {
                    self.ending = true;
                    (done, Ok(()))
                }
                Job::Retell => {
                    let _closed = self.queue.send(Message::Typed(self.reports())).await;
                    continue;
                }
            };
            answers.push((done, taken));
        }
        if !draft.is_empty() {
            self.add_doubtful(&mut draft);
        }
        let saved = self.save(&draft).await;
        match &saved {
            Ok(()) => self.commit(draft).await,
            Err(_) => {
                self.doubtful.extend(draft.touched);
                self.doubtful_codes.extend(draft.acknowledged.into_keys());
            }
        }
        for (done, taken) in answers {
            let answer = taken.and_then(|()| saved.clone().map_err(EditError::NotSaved));
            // Whoever asked may have stopped waiting.
            let _gone = done.send(answer);
        }
    }

    fn edit(&self, draft: &mut Draft, person: PersonId, edit: Edit) -> Result<(), EditError> {
        if current(&self.directory).person(&person).is_none() {
            return Err(EditError::NoSuchPerson(person));
        }
        let before = draft.folders.get(&person).or_else(|| self.folders.get(&person));
        let mut folder = before.cloned().unwrap_or_default();
        folder.clear_out(Second::floor(self.clock.now()));
        let facet = folder.apply(edit)?;
        draft.folders.insert(person.clone(), folder);
        draft.touched.insert((person, facet));
        Ok(())
    }

    fn add_doubtful(&mut self, draft: &mut Draft) {
        for (person, facet) in std::mem::take(&mut self.doubtful) {
            let known = || self.folders.get(&person).cloned().unwrap_or_default();
            draft.folders.entry(person.clone()).or_insert_with(known);
            draft.touched.insert((person, facet));
        }
        let acknowledged = locked(&self.acknowledged);
        for code in std::mem::take(&mut self.doubtful_codes) {
            let seen = acknowledged.contains(&code);
            draft.acknowledged.entry(code).or_insert(seen);
        }
    }

    /// Waits for the disk on a thread that may wait.
    async fn save(&self, draft: &Draft) -> Result<(), Arc<StoreError>> {
        let changes = draft.changes();
        if changes.is_empty() {
            return Ok(());
        }
        let store = Arc::clone(&self.store);
        let saving = tokio::task::spawn_blocking(move || store.save(&changes));
        match saving.await {
            Ok(result) => result.map_err(Arc::new),
            Err(_) => Err(Arc::new(StoreError::of_io("store".as_ref(), std::io::Error::other("the store panicked")))),
        }
    }

    async fn commit(&mut self, draft: Draft) {
        let now = self.clock.now();
        let directory = current(&self.directory);
        let sheets = draft.sheets();
        let reports: Vec<Report> = sheets.iter().filter_map(|sheet| report(&directory, sheet, now)).collect();
        self.folders.extend(draft.folders);
        {
            let mut acknowledged = locked(&self.acknowledged);
            for (code, seen) in draft.acknowledged {
                if seen {
                    acknowledged.insert(code)
                } else {
                    acknowledged.remove(&code)
                };
            }
        }
        if !reports.is_empty() {
            let _closed = self.queue.send(Message::Typed(reports)).await;
        }
    }
}

/// What is to be saved together.
#[derive(Debug, Default)]
struct Draft {
    folders: BTreeMap<PersonId, Folder>,
    touched: BTreeSet<(PersonId, Facet)>,
    acknowledged: BTreeMap<String, bool>,
}

impl Draft {
    fn is_empty(&self) -> bool {
        self.touched.is_empty() && self.acknowledged.is_empty()
    }

    fn acknowledge(&mut self, code: String, seen: bool) {
        self.acknowledged.insert(code, seen);
    }

    fn sheets(&self) -> Vec<Sheet> {
        let sheet = |(person, facet): &(PersonId, Facet)| Some(self.folders.get(person)?.sheet(person, *facet));
        self.touched.iter().filter_map(sheet).collect()
    }

    fn changes(&self) -> Vec<Change> {
        let codes = self.acknowledged.iter().map(|(code, seen)| {
            if *seen { Change::Acknowledged(code.clone()) } else { Change::Unacknowledged(code.clone()) }
        });
        self.sheets().into_iter().map(Change::Sheet).chain(codes).collect()
    }
}

impl Folder {
    fn sheet(&self, person: &PersonId, facet: Facet) -> Sheet {
        let typed = match facet {
            Facet::Note => Typed::Notes(self.notes.clone()),
            Facet::Absence => Typed::Absences(self.absences.clone()),
            _ => Typed::Manual(self.manual),
        };
        Sheet::new(person.clone(), typed)
    }

    /// What is over is kept no longer.
    fn clear_out(&mut self, now: Second) {
        self.notes.retain(|note| !note.is_over(now));
        self.absences.retain(|absence| !absence.is_over(now));
        self.manual = self.manual.filter(|manual| !manual.is_over(now));
    }

    /// The facet that has changed.
    fn apply(&mut self, edit: Edit) -> Result<Facet, EditError> {
        match edit {
            Edit::WriteNote(note) => {
                self.notes.retain(|other| other.id() != note.id());
                add(&mut self.notes, note)?;
                Ok(Facet::Note)
            }
            Edit::RemoveNote(id) => take_away(&mut self.notes, |note| note.id() == id).map(|()| Facet::Note),
            Edit::PlanAbsence(absence) => {
                self.absences.retain(|other| other.from() != absence.from());
                add(&mut self.absences, absence)?;
                Ok(Facet::Absence)
            }
            Edit::CancelAbsence(from) => {
                let from = Second::floor(from);
                take_away(&mut self.absences, |absence| absence.from() == from).map(|()| Facet::Absence)
            }
            Edit::SetManual(manual) => {
                self.manual = manual;
                Ok(Facet::Manual)
            }
        }
    }
}

fn add<T>(list: &mut Vec<T>, entry: T) -> Result<(), EditError> {
    if list.len() >= MOST {
        return Err(EditError::TooMany(list.len()));
    }
    list.push(entry);
    Ok(())
}

fn take_away<T>(list: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Result<(), EditError> {
    let before = list.len();
    list.retain(|entry| !is_it(entry));
    if list.len() == before { Err(EditError::NothingThere) } else { Ok(()) }
}

/// `None`: the person is not there (any more); what was typed waits until they are.
fn report(directory: &Directory, sheet: &Sheet, now: DateTime<Utc>) -> Option<Report> {
    let subject = directory.person_subject(directory.person(&sheet.person)?)?;
    let fact = match &sheet.typed {
        Typed::Notes(notes) => Fact::Notes(notes.clone().into()),
        Typed::Absences(absences) => Fact::Absences(absences.clone().into()),
        Typed::Manual(manual) => Fact::Manual(*manual),
    };
    Some(Report::new(directory.typed(), subject, fact, now))
}
