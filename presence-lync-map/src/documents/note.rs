//! A note document.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::Confidential;

use super::error::{WarningProblem, Warnings};
use super::state::typed;
use super::time::{read_time, write_time};
use crate::xml::{Element, Namespace, Writer};

/// What somebody wants others to read.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct NoteDocument {
    /// Who wrote it: the person, or the automatic reply of the mailbox.
    pub kind: NoteKind,
    /// What it says. `None`: the note was taken back.
    pub text: Option<Confidential<Arc<str>>>,
    /// From when it is shown.
    pub starts: Option<DateTime<Utc>>,
    /// Until when it is shown.
    pub ends: Option<DateTime<Utc>>,
}

/// Where a note comes from.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum NoteKind {
    /// The person wrote it.
    #[default]
    Personal,
    /// It is the automatic reply of the mailbox.
    OutOfOffice,
}

impl NoteKind {
    /// The name in a document.
    #[must_use]
    pub const fn to_wire(self) -> &'static str {
        match self {
            Self::Personal => "personal",
            Self::OutOfOffice => "OOF",
        }
    }
}

impl NoteDocument {
    /// A note of somebody's own.
    #[must_use]
    pub fn personal(text: &str) -> Self {
        Self { text: Some(Confidential::new(text.into())), ..Self::default() }
    }

    pub(super) fn read(note: Element<'_, '_>, warnings: &mut Warnings) -> Self {
        let Some(body) = note.child(Namespace::Note, "body") else { return Self::default() };
        let is_automatic = body.attribute("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("OOF"));
        let text = body.text();
        Self {
            kind: if is_automatic { NoteKind::OutOfOffice } else { NoteKind::Personal },
            text: (!text.is_empty()).then(|| typed(text, warnings)),
            starts: warnings.read(body.attribute("startTime"), WarningProblem::Time, read_time),
            ends: warnings.read(body.attribute("endTime"), WarningProblem::Time, read_time),
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("note").namespace(Namespace::Note);
        if let Some(text) = &self.text {
            writer.open("body").attribute("type", self.kind.to_wire()).attribute("uri", "");
            writer.maybe("startTime", self.starts.map(write_time)).maybe("endTime", self.ends.map(write_time));
            writer.text(text.reveal()).close();
        }
        writer.close();
    }
}
