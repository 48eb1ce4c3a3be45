//! The meetings of one mailbox: `FindItem` with a calendar view, and `GetItem` for what was typed.
//!
//! It is the second of two tiers, and takes two questions. The first asks for everything but texts; the second asks for
//! the texts of those meetings that the first found not to be private. So the subject of a private meeting never leaves
//! the server.

mod all_day;
mod find;
mod item;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::calendar::{Importance, Sensitivity};
use presence_core::{Confidential, Meeting, MeetingDraft, ShowAs, Span};

pub(super) use find::{Page, body as find_body, read as read_page};
pub(super) use item::{MOST_ITEMS, Texts, body as item_body, read as read_texts};

use crate::zone::Zones;

/// How Exchange calls a meeting. Its `Debug` prints nothing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ItemId {
    pub(super) id: Confidential<Arc<str>>,
    pub(super) change_key: Option<Arc<str>>,
}

/// A meeting without its texts.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) id: ItemId,
    pub(super) start: DateTime<Utc>,
    pub(super) end: DateTime<Utc>,
    pub(super) is_all_day: bool,
    pub(super) zone_names: [Option<Arc<str>>; 2],
    pub(super) show_as: ShowAs,
    pub(super) importance: Importance,
    pub(super) sensitivity: Sensitivity,
    pub(super) is_cancelled: bool,
    pub(super) is_declined: bool,
}

impl Entry {
    /// The meeting, with the texts that were found for it; without a span nobody knows where it would be.
    pub(super) fn meeting(&self, texts: Option<&Texts>, zones: &Zones) -> Option<Meeting> {
        let days = self.is_all_day.then(|| all_day::days(self, zones)).flatten();
        let span = match days {
            Some(days) => all_day::span(days, zones.mailbox()),
            None => self.span(),
        }?;
        // What takes no time says nothing about it.
        let show_as = if self.start == self.end && days.is_none() { ShowAs::Free } else { self.show_as };
        let mut draft = MeetingDraft::new(self.id.id.reveal(), span)
            .show_as(show_as)
            .importance(self.importance)
            .sensitivity(self.sensitivity)
            .cancelled(self.is_cancelled)
            .declined(self.is_declined);
        if let Some((first, after)) = days {
            draft = draft.all_day(first, after);
        }
        if let Some(texts) = texts {
            // It may have become private between the two questions.
            draft = draft.master_sensitivity(texts.sensitivity);
            if let Some(subject) = &texts.subject {
                draft = draft.subject(subject.reveal());
            }
            if let Some(place) = &texts.place {
                draft = draft.place(place.reveal());
            }
        }
        Some(Meeting::new(draft))
    }

    /// From the earlier to the later; a meeting without length is a second long, so that it can be shown.
    fn span(&self) -> Option<Span> {
        let (start, end) = (self.start.min(self.end), self.start.max(self.end));
        let end = if start == end { end.checked_add_signed(chrono::TimeDelta::seconds(1))? } else { end };
        Span::new(start, end).ok()
    }
}
