//! One entry of a notification: a category, its instance, and the document in it.

use std::fmt;

use chrono::{DateTime, Utc};

use super::calendar_data::CalendarData;
use super::contact_card::ContactCard;
use super::error::{WarningProblem, Warnings};
use super::note::NoteDocument;
use super::rules::ReadRules;
use super::state::StateDocument;
use crate::states::InstanceId;
use crate::xml::{Element, Namespace, Writer};

/// A category of presence.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum CategoryName {
    /// How available somebody is.
    State,
    /// What somebody wants others to read.
    Note,
    /// Working hours and free/busy.
    CalendarData,
    /// Name, telephones, title.
    ContactCard,
    /// What somebody's endpoints can do.
    Services,
    /// One that is not read here.
    Other,
}

impl CategoryName {
    const NAMED: [Self; 5] = [Self::State, Self::Note, Self::CalendarData, Self::ContactCard, Self::Services];

    /// The category of this name.
    #[must_use]
    pub fn from_wire(name: &str) -> Self {
        Self::NAMED.into_iter().find(|known| known.as_str() == name).unwrap_or(Self::Other)
    }

    /// Its name; of one that is not known, nothing.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Note => "note",
            Self::CalendarData => "calendarData",
            Self::ContactCard => "contactCard",
            Self::Services => "services",
            Self::Other => "",
        }
    }
}

impl fmt::Display for CategoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(if *self == Self::Other { "another" } else { self.as_str() })
    }
}

/// One entry of a notification.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Category {
    /// Which category.
    pub name: CategoryName,
    /// Which instance of it: a newer one of the same number takes its place.
    pub instance: InstanceId,
    /// The container it comes from; only told of what is one's own.
    pub container: Option<u32>,
    /// The version it has at the server; only told of what is one's own.
    pub version: Option<u32>,
    /// When it was published, by the clock of the server.
    pub published: Option<DateTime<Utc>>,
    /// The document in it.
    pub content: Content,
}

/// The document in a category.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// None: the instance is there, or was taken back, and says nothing.
    Empty,
    /// A state.
    State(StateDocument),
    /// A note.
    Note(NoteDocument),
    /// Working hours, free/busy, or both.
    CalendarData(CalendarData),
    /// A contact card, or a part of one.
    ContactCard(ContactCard),
    /// A document of a category that is not read here.
    Other,
}

impl Content {
    /// The category that holds this document; `None` where the document does not tell.
    #[must_use]
    pub const fn category(&self) -> Option<CategoryName> {
        match self {
            Self::Empty | Self::Other => None,
            Self::State(_) => Some(CategoryName::State),
            Self::Note(_) => Some(CategoryName::Note),
            Self::CalendarData(_) => Some(CategoryName::CalendarData),
            Self::ContactCard(_) => Some(CategoryName::ContactCard),
        }
    }

    /// The document in an element of a category. `None`: the entry is to be left out, which has been said.
    pub(super) fn read(
        name: CategoryName,
        entry: Element<'_, '_>,
        rules: &ReadRules,
        warnings: &mut Warnings,
    ) -> Option<Self> {
        if entry.children().next().is_none() {
            return Some(Self::Empty);
        }
        let document = match name {
            CategoryName::State => entry.child(Namespace::State, "state"),
            CategoryName::Note => entry.child(Namespace::Note, "note"),
            CategoryName::CalendarData => entry.child(Namespace::CalendarData, "calendarData"),
            CategoryName::ContactCard => entry.child(Namespace::ContactCard, "contactCard"),
            CategoryName::Services | CategoryName::Other => return Some(Self::Other),
        };
        let Some(document) = document else {
            warnings.say(WarningProblem::OtherContent { category: name });
            return None;
        };
        match name {
            CategoryName::State => StateDocument::read(document, rules, warnings).map(Self::State),
            CategoryName::Note => Some(Self::Note(NoteDocument::read(document, warnings))),
            CategoryName::CalendarData => Some(Self::CalendarData(CalendarData::read(document, rules, warnings))),
            _ => Some(Self::ContactCard(ContactCard::read(document, warnings))),
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Empty | Self::Other => {}
            Self::State(state) => state.write(writer),
            Self::Note(note) => note.write(writer),
            Self::CalendarData(data) => data.write(writer),
            Self::ContactCard(card) => card.write(writer),
        }
    }
}
