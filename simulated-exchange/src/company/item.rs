//! An entry in a calendar.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// An entry in a calendar: an appointment, a meeting, or a series of them.
#[derive(Clone)]
#[non_exhaustive]
pub struct Item {
    /// When it starts. Of whole days: midnight in the zone of the item.
    pub start: DateTime<Utc>,
    /// When it ends.
    pub end: DateTime<Utc>,
    /// The subject.
    pub subject: String,
    /// The place.
    pub location: String,
    /// The categories.
    pub categories: Vec<String>,
    /// What it means for who wants to meet.
    pub show_as: ShowAs,
    /// How important it is.
    pub importance: Importance,
    /// Who may see it.
    pub sensitivity: Sensitivity,
    /// Whether it lasts whole days.
    pub all_day: bool,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Whether Outlook reminds of it.
    pub reminder: bool,
    /// What the owner of the calendar answered.
    pub my_response: Response,
    /// How an item that does not repeat is announced.
    pub kind: Kind,
    /// Makes a series of it.
    pub repeat: Option<Repeat>,
    /// Who invited, if not the owner of the calendar.
    pub organizer: Option<String>,
    /// Who has to come.
    pub required: Vec<String>,
    /// Who may come.
    pub optional: Vec<String>,
    /// The zone of its times, if not that of the mailbox.
    pub zone: Option<String>,
    /// What is sent as the name of its zone: real calendars hold names that no table knows.
    pub zone_label: Option<String>,
    /// Given by the server.
    pub(crate) number: u64,
    /// The number of its last change.
    pub(crate) change: u64,
}

impl Item {
    /// A busy, ordinary appointment of the owner's.
    #[must_use]
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>, subject: &str) -> Self {
        Self {
            start,
            end,
            subject: subject.to_owned(),
            location: String::new(),
            categories: Vec::new(),
            show_as: ShowAs::default(),
            importance: Importance::default(),
            sensitivity: Sensitivity::default(),
            all_day: false,
            cancelled: false,
            reminder: false,
            my_response: Response::default(),
            kind: Kind::default(),
            repeat: None,
            organizer: None,
            required: Vec::new(),
            optional: Vec::new(),
            zone: None,
            zone_label: None,
            number: 0,
            change: 0,
        }
    }

    /// Whether Outlook shows it as private.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.sensitivity == Sensitivity::Private
    }

    /// Whether other people take part.
    pub(crate) fn is_meeting(&self) -> bool {
        self.organizer.is_some() || !self.required.is_empty() || !self.optional.is_empty()
    }
}

/// Without subject, place and people.
impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item")
            .field("start", &self.start)
            .field("end", &self.end)
            .field("show_as", &self.show_as)
            .field("sensitivity", &self.sensitivity)
            .finish_non_exhaustive()
    }
}

/// An enumeration that is spelled in EWS as here.
macro_rules! words {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$inner])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            pub(crate) const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

words! {
    /// What an item means for who wants to meet.
    ShowAs {
        /// Nothing.
        Free = "Free",
        /// Perhaps taken.
        Tentative = "Tentative",
        /// Taken.
        #[default]
        Busy = "Busy",
        /// Away.
        Oof = "OOF",
        /// At work, at another place.
        WorkingElsewhere = "WorkingElsewhere",
        /// Not known.
        NoData = "NoData",
    }
}

words! {
    /// How important an item is.
    Importance {
        /// Blue.
        Low = "Low",
        /// Yellow.
        #[default]
        Normal = "Normal",
        /// Red.
        High = "High",
    }
}

words! {
    /// Who may see an item.
    Sensitivity {
        /// Everybody who may see the calendar.
        #[default]
        Normal = "Normal",
        /// Marked as personal.
        Personal = "Personal",
        /// The owner alone.
        Private = "Private",
        /// Marked as confidential.
        Confidential = "Confidential",
    }
}

words! {
    /// What the owner of the calendar answered.
    Response {
        /// Not known.
        Unknown = "Unknown",
        /// The invitation is the owner's own.
        #[default]
        Organizer = "Organizer",
        /// Perhaps.
        Tentative = "Tentative",
        /// Yes.
        Accept = "Accept",
        /// No.
        Decline = "Decline",
        /// Nothing yet.
        NoResponseReceived = "NoResponseReceived",
    }
}

words! {
    /// What an item is in its series.
    Kind {
        /// No part of one.
        #[default]
        Single = "Single",
        /// One of the series.
        Occurrence = "Occurrence",
        /// One of the series that was changed.
        Exception = "Exception",
        /// The series itself.
        Master = "RecurringMaster",
    }
}

/// The unit of a series.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
pub enum Every {
    /// Daily.
    #[default]
    Day,
    /// Weekly, on the weekday of its start.
    Week,
}

/// How a series goes on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Repeat {
    /// The unit.
    pub every: Every,
    /// Every so many units.
    #[serde(default = "once")]
    pub interval: u32,
    /// How often.
    pub count: u32,
    /// The numbers of the occurrences that were deleted, from 1.
    #[serde(default)]
    pub without: Vec<u32>,
}

impl Repeat {
    /// So many times, every day or every week.
    #[must_use]
    pub const fn new(every: Every, count: u32) -> Self {
        Self { every, interval: 1, count, without: Vec::new() }
    }
}

const fn once() -> u32 {
    1
}
