//! What people typed as rows of tables.
//!
//! The tables hold numbers, texts and nothing else, so that a file of today can be read in ten years. Codes and names
//! never change their meaning; a change of a table is a new [`VERSION`].

use chrono::{DateTime, Utc};
use redb::{StorageError, Table, TableDefinition, TableError, WriteTransaction};

use crate::absence::{Absence, AbsenceReason};
use crate::activity::Activity;
use crate::availability::Availability;
use crate::confidential::Confidential;
use crate::identity::{PersonId, ViewerId};
use crate::manual::Manual;
use crate::note::{Audience, Note};
use crate::second::Second;
use crate::store::{Change, Sheet, Typed};

/// The version of the tables below.
pub(super) const VERSION: u32 = 1;

/// The key of the version in [`META`].
pub(super) const VERSION_KEY: &str = "version";

/// What the file says about itself.
pub(super) const META: TableDefinition<'_, &str, u32> = TableDefinition::new("meta");
/// Notes by person and place in the list.
pub(super) const NOTES: TableDefinition<'_, Place, NoteRow> = TableDefinition::new("notes");
/// Absences by person and place in the list.
pub(super) const ABSENCES: TableDefinition<'_, Place, AbsenceRow> = TableDefinition::new("absences");
/// States set by hand, by person.
pub(super) const MANUAL: TableDefinition<'_, &str, ManualRow> = TableDefinition::new("manual");
/// The codes of acknowledged warnings.
pub(super) const ACKNOWLEDGED: TableDefinition<'_, &str, ()> = TableDefinition::new("acknowledged");

/// Person, and number in the list: the order of a list is kept, whatever the notes are called.
type Place = (&'static str, u32);
/// Identifier, author, text, written, until, back, audience (`None`: everyone).
type NoteRow = (&'static str, &'static str, &'static str, u32, Option<u32>, Option<u32>, Option<Vec<&'static str>>);
/// Reason, from, until, availability, diversion, replacement, text.
type AbsenceRow = (u8, u32, Option<u32>, u16, Option<&'static str>, Option<&'static str>, Option<&'static str>);
/// Availability, activity, until.
type ManualRow = (u16, u8, Option<u32>);

/// The tables, open for writing.
pub(super) struct Tables<'t> {
    notes: Table<'t, Place, NoteRow>,
    absences: Table<'t, Place, AbsenceRow>,
    manual: Table<'t, &'static str, ManualRow>,
    acknowledged: Table<'t, &'static str, ()>,
}

impl<'t> Tables<'t> {
    /// Opens the tables, and makes those that are missing.
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, TableError> {
        Ok(Self {
            notes: transaction.open_table(NOTES)?,
            absences: transaction.open_table(ABSENCES)?,
            manual: transaction.open_table(MANUAL)?,
            acknowledged: transaction.open_table(ACKNOWLEDGED)?,
        })
    }

    /// Writes one change.
    pub(super) fn apply(&mut self, change: &Change) -> Result<(), StorageError> {
        match change {
            Change::Sheet(Sheet { person, typed }) => self.replace(person.as_str(), typed),
            Change::Acknowledged(code) => self.acknowledged.insert(code.as_str(), ()).map(drop),
            Change::Unacknowledged(code) => self.acknowledged.remove(code.as_str()).map(drop),
        }
    }

    fn replace(&mut self, person: &str, typed: &Typed) -> Result<(), StorageError> {
        match typed {
            Typed::Notes(notes) => {
                clear(&mut self.notes, person)?;
                for (number, note) in (0..).zip(notes) {
                    let audience = audience_row(note.audience());
                    self.notes.insert((person, number), note_row(note, audience))?;
                }
            }
            Typed::Absences(absences) => {
                clear(&mut self.absences, person)?;
                for (number, absence) in (0..).zip(absences) {
                    let diversion = absence.diversion().map(ToString::to_string);
                    self.absences.insert((person, number), absence_row(absence, diversion.as_deref()))?;
                }
            }
            Typed::Manual(Some(Manual { availability, activity, until })) => {
                let row = (availability.get(), activity.code(), until.map(Second::get));
                self.manual.insert(person, row)?;
            }
            Typed::Manual(None) => drop(self.manual.remove(person)?),
        }
        Ok(())
    }
}

/// A note, and about whom it is; `None` if the row cannot be understood.
pub(super) fn note((person, _): (&str, u32), row: ValueOf<'_, NoteRow>) -> Option<(PersonId, Note)> {
    let (id, author, text, written, until, back, audience) = row;
    let mut note = Note::new(id, author, text, time(written)?);
    if let Some(until) = until {
        note = note.until(time(until)?);
    }
    if let Some(back) = back {
        note = note.back_at(time(back)?);
    }
    if let Some(viewers) = audience {
        let viewers = viewers.into_iter().map(ViewerId::new).collect::<Result<Vec<_>, _>>().ok()?;
        note = note.for_viewers(&viewers);
    }
    Some((PersonId::new(person).ok()?, note))
}

/// An absence, and about whom it is; `None` if the row cannot be understood.
pub(super) fn absence((person, _): (&str, u32), row: ValueOf<'_, AbsenceRow>) -> Option<(PersonId, Absence)> {
    let (reason, from, until, availability, diversion, replacement, text) = row;
    let mut absence = Absence::new(AbsenceReason::from_code(reason)?, time(from)?)
        .with_availability(Availability::new(availability).ok()?);
    if let Some(until) = until {
        absence = absence.until_time(time(until)?).ok()?;
    }
    if let Some(address) = diversion {
        absence = absence.with_diversion(address.parse().ok()?);
    }
    if let Some(person) = replacement {
        absence = absence.with_replacement(PersonId::new(person).ok()?);
    }
    if let Some(text) = text {
        absence = absence.with_text(Confidential::new(text.into()));
    }
    Some((PersonId::new(person).ok()?, absence))
}

/// A state set by hand, and about whom it is; `None` if the row cannot be understood.
pub(super) fn manual(person: &str, (availability, activity, until): ManualRow) -> Option<(PersonId, Manual)> {
    let mut state = Manual::new(Availability::new(availability).ok()?, Activity::from_code(activity)?);
    if let Some(until) = until {
        state = state.until(time(until)?);
    }
    Some((PersonId::new(person).ok()?, state))
}

/// What redb hands out for a value of the table type `T`.
type ValueOf<'a, T> = <T as redb::Value>::SelfType<'a>;

fn clear<T: redb::Value>(table: &mut Table<'_, Place, T>, person: &str) -> Result<(), StorageError> {
    table.retain_in((person, 0)..=(person, u32::MAX), |_, _| false)
}

fn audience_row(audience: &Audience) -> Option<Vec<&str>> {
    match audience {
        Audience::Everyone => None,
        Audience::Viewers(viewers) => Some(viewers.iter().map(ViewerId::as_str).collect()),
    }
}

fn note_row<'a>(note: &'a Note, audience: Option<Vec<&'a str>>) -> ValueOf<'a, NoteRow> {
    let [author, text] = [note.author(), note.text()].map(|text| &**text.reveal());
    let [until, back] = [note.ends(), note.back()].map(|time| time.map(Second::get));
    (note.id(), author, text, note.written().get(), until, back, audience)
}

/// The text of the diversion is made by the caller, who keeps it alive.
fn absence_row<'a>(absence: &'a Absence, diversion: Option<&'a str>) -> ValueOf<'a, AbsenceRow> {
    (
        absence.reason().code(),
        absence.from().get(),
        absence.until().map(Second::get),
        absence.availability().get(),
        diversion,
        absence.replacement().map(PersonId::as_str),
        absence.text().map(|text| &**text.reveal()),
    )
}

fn time(second: u32) -> Option<DateTime<Utc>> {
    Second::new(second).time()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note_with(person: &str, written: u32, until: Option<u32>, viewer: &str) -> Option<(PersonId, Note)> {
        note((person, 0), ("1", "Berit", "out", written, until, None, Some(vec!["desk", viewer])))
    }

    fn absence_with(reason: u8, until: u32, availability: u16, diversion: &str) -> Option<(PersonId, Absence)> {
        absence(("anna", 0), (reason, 100, Some(until), availability, Some(diversion), Some("carl"), None))
    }

    #[test]
    fn a_row_that_cannot_be_understood_is_none() {
        assert!(note_with("anna", 100, Some(200), "lobby").is_some());
        assert!(note_with("", 100, Some(200), "lobby").is_none());
        assert!(note_with("anna", u32::MAX, Some(200), "lobby").is_none());
        assert!(note_with("anna", 100, Some(u32::MAX), "lobby").is_none());
        assert!(note_with("anna", 100, Some(200), "").is_none(), "fewer viewers would do, more would not");

        assert!(absence_with(15, 200, 18_000, "tel:+4684711").is_some());
        assert!(absence_with(16, 200, 18_000, "tel:+4684711").is_none());
        assert!(absence_with(15, 100, 18_000, "tel:+4684711").is_none());
        assert!(absence_with(15, 200, 18_001, "tel:+4684711").is_none());
        assert!(absence_with(15, 200, 18_000, "+4684711").is_none());

        assert!(manual("anna", (3_500, 31, None)).is_some());
        assert!(manual("anna", (3_500, 200, None)).is_none());
        assert!(manual("anna", (18_001, 31, None)).is_none());
        assert!(manual("an\nna", (3_500, 31, Some(5))).is_none());
    }
}
