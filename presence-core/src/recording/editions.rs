//! Texts by number: which text it is, not what it says.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use crate::activity::LocalTexts;
use crate::aside::Aside;
use crate::calendar::MeetingId;
use crate::confidential::Confidential;
use crate::second::Second;

use super::facts::FactForm;

/// Where in a fact a text stands. What tells two places apart is recorded too, so that two texts need to have different
/// numbers only where they can stand at one place; equal titles of two meetings do not show.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Slot {
    Absence(u8, Second),
    Author(Arc<str>),
    Note(Arc<str>),
    Organiser(MeetingId),
    Place(MeetingId),
    Subject(MeetingId),
}

/// The numbers of the texts of one source about one facet of one place.
#[derive(Default)]
pub(super) struct Editions {
    last: u64,
    known: Known,
    /// What was known before the numbers were last gone through.
    before: Known,
}

#[derive(Default)]
struct Known {
    texts: BTreeMap<(Slot, Arc<str>), u64>,
    meetings: BTreeMap<MeetingId, u64>,
    customs: Vec<(Arc<LocalTexts>, u64)>,
}

impl Editions {
    /// Forgets all texts but those of the facts that the engine has: an engine compares with nothing else.
    pub(super) fn renew(&mut self, facts: &[&Aside]) {
        self.before = mem::take(&mut self.known);
        for fact in facts {
            FactForm::beside(fact, self);
        }
        self.before = Known::default();
    }

    pub(super) fn text(&mut self, slot: Slot, text: &Confidential<Arc<str>>) -> u64 {
        let name = (slot, Arc::clone(text.reveal()));
        if let Some(number) = self.known.texts.get(&name) {
            return *number;
        }
        let number = self.before.texts.get(&name).copied().unwrap_or_else(|| next(&mut self.last));
        self.known.texts.insert(name, number);
        number
    }

    /// The calendar's name of a meeting; no text, but nobody else's business either.
    pub(super) fn meeting(&mut self, id: MeetingId) -> u64 {
        if let Some(number) = self.known.meetings.get(&id) {
            return *number;
        }
        let number = self.before.meetings.get(&id).copied().unwrap_or_else(|| next(&mut self.last));
        self.known.meetings.insert(id, number);
        number
    }

    pub(super) fn custom(&mut self, texts: &Arc<LocalTexts>) -> u64 {
        let find = |known: &Known| known.customs.iter().find(|(other, _)| other == texts).map(|(_, number)| *number);
        if let Some(number) = find(&self.known) {
            return number;
        }
        let number = find(&self.before).unwrap_or_else(|| next(&mut self.last));
        self.known.customs.push((Arc::clone(texts), number));
        number
    }
}

const fn next(last: &mut u64) -> u64 {
    *last += 1;
    *last
}
