//! The texts of a calendar: those of private events are never copied out of the file.

use std::fmt;

use presence_core::Confidential;

use super::event::RawTexts;
use super::line::{Content, unfolded};
use super::value::{push_param, push_text};

/// The texts of all events, one after the other.
#[derive(Clone, Default)]
pub(super) struct Texts {
    all: Confidential<String>,
}

/// Which part of them is meant.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Piece {
    start: u32,
    length: u32,
}

/// The texts of one event; empty where nothing is said, and all of them when it is private.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct EventTexts {
    pub(super) uid: Piece,
    pub(super) subject: Piece,
    pub(super) place: Piece,
    pub(super) organiser: Piece,
}

impl Texts {
    pub(super) fn get(&self, piece: Piece) -> &str {
        let start = usize::try_from(piece.start).unwrap_or(usize::MAX);
        let end = usize::try_from(piece.length).ok().and_then(|length| start.checked_add(length));
        end.and_then(|end| self.all.reveal().get(start..end)).unwrap_or_default()
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.fmt(f)
    }
}

/// Copies texts out of a file.
#[derive(Default)]
pub(super) struct Copier {
    all: String,
    scratch: Vec<u8>,
}

impl Copier {
    /// Copies the texts of an event that is not private; without the others only the UID.
    pub(super) fn copy(&mut self, raw: RawTexts<'_>, uid_only: bool) -> EventTexts {
        let uid = self.piece(raw.uid, |all, content| push_text(all, content.value));
        if uid_only {
            return EventTexts { uid, ..EventTexts::default() };
        }
        EventTexts {
            uid,
            subject: self.piece(raw.subject, |all, content| push_text(all, content.value)),
            place: self.piece(raw.place, |all, content| push_text(all, content.value)),
            organiser: self.piece(raw.organiser, push_person),
        }
    }

    pub(super) fn finish(self) -> Texts {
        Texts { all: Confidential::new(self.all) }
    }

    fn piece(&mut self, line: &[u8], push: impl FnOnce(&mut String, Content<'_>)) -> Piece {
        if line.is_empty() {
            return Piece::default();
        }
        let start = self.all.len();
        if let Some(content) = Content::of(unfolded(line, &mut self.scratch)) {
            push(&mut self.all, content);
        }
        let piece = u32::try_from(start).ok().zip(u32::try_from(self.all.len() - start).ok());
        piece.map_or_else(Piece::default, |(start, length)| Piece { start, length })
    }
}

/// The name of a person, or without one the address.
fn push_person(all: &mut String, content: Content<'_>) {
    match content.params.get(b"CN") {
        Some(name) if !name.is_empty() => push_param(all, name),
        _ => {
            let address = content.value.trim_ascii();
            let scheme = address.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case(b"mailto:"));
            push_text(all, scheme.and_then(|_| address.get(7..)).unwrap_or(address));
        }
    }
}
