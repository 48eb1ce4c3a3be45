//! A line of the busy-lamp field as it goes out: the core's row, with names instead of handles.

use presence_core::{Band, Directory, Person, PersonId, Row};
use serde::Serialize;

use super::icons::{Icons, words};

/// A person in a list.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    pub(super) id: PersonId,
    pub(super) name: String,
    pub(super) department: Option<String>,
    pub(super) band: Band,
    pub(super) words: String,
    pub(super) icons: Icons,
    #[serde(flatten)]
    pub(super) row: Row,
}

impl Line {
    /// `None`: the person is not there any more.
    pub(super) fn of(directory: &Directory, person: Person, row: Row) -> Option<Self> {
        let card = directory.card(person)?;
        Some(Self {
            id: directory.person_id(person)?,
            name: card.name().to_owned(),
            department: card.department().map(str::to_owned),
            band: row.availability.band(),
            words: words(&row),
            icons: Icons::of(&row),
            row,
        })
    }

    pub(super) fn all(directory: &Directory, rows: &[(Person, Row)]) -> Vec<Self> {
        rows.iter().filter_map(|(person, row)| Self::of(directory, *person, *row)).collect()
    }
}
