//! All that is remembered of what was heard, within bounds, and when to hear it again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use presence_core::Address;

use super::person::Person;
use crate::dnd::{DndEvent, PullProfile};

/// As many addresses as a large site has.
const MOST_ADDRESSES: usize = 100_000;

/// Everybody of whom something was heard.
pub(super) struct People {
    known: BTreeMap<Address, Known>,
    /// When something is to be heard again.
    due: BTreeSet<(DateTime<Utc>, Address)>,
    /// In the order in which they were heard of last.
    order: BTreeSet<(u64, Address)>,
    count: u64,
    most: usize,
}

#[derive(Default)]
struct Known {
    person: Person,
    /// The place in the order.
    place: u64,
}

impl People {
    pub(super) const fn new() -> Self {
        Self { known: BTreeMap::new(), due: BTreeSet::new(), order: BTreeSet::new(), count: 0, most: MOST_ADDRESSES }
    }

    pub(super) fn at_most(self, most: usize) -> Self {
        Self { most: most.max(1), ..self }
    }

    pub(super) fn get(&self, address: &Address) -> Option<&Person> {
        self.known.get(address).map(|known| &known.person)
    }

    /// Something is heard of somebody, who may not be known yet.
    pub(super) fn hear<R: Default>(&mut self, address: &Address, hear: impl FnOnce(&mut Person) -> R) -> R {
        self.count += 1;
        let known = self.known.entry(address.clone()).or_default();
        self.order.remove(&(known.place, address.clone()));
        known.place = self.count;
        self.order.insert((known.place, address.clone()));
        let heard = self.change(address, hear);
        while self.known.len() > self.most {
            let Some((_, first)) = self.order.first().cloned() else { break };
            self.forget(&first);
        }
        heard.unwrap_or_default()
    }

    /// Changes what is known of somebody, if anything is, and notes when it is to be heard again.
    pub(super) fn change<R>(&mut self, address: &Address, change: impl FnOnce(&mut Person) -> R) -> Option<R> {
        let person = &mut self.known.get_mut(address)?.person;
        let before = person.again();
        let changed = change(person);
        let after = person.again();
        if before != after {
            before.map(|time| self.due.remove(&(time, address.clone())));
            after.map(|time| self.due.insert((time, address.clone())));
        }
        Some(changed)
    }

    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        self.due.first().map(|(time, _)| *time)
    }

    /// Somebody of whom something is to be heard again at `now`; nothing more is due then.
    pub(super) fn take_due(&mut self, now: DateTime<Utc>) -> Option<Address> {
        self.next().filter(|time| *time <= now)?;
        self.due.pop_first().map(|(_, address)| address)
    }

    pub(super) fn look(&mut self, pull: &PullProfile) -> Vec<(Address, DndEvent)> {
        let events =
            self.known.iter_mut().filter_map(|(address, known)| Some((address.clone(), known.person.look(pull)?)));
        events.collect()
    }

    pub(super) fn forget(&mut self, address: &Address) {
        let Some(known) = self.known.remove(address) else { return };
        self.order.remove(&(known.place, address.clone()));
        known.person.again().map(|time| self.due.remove(&(time, address.clone())));
    }
}

impl fmt::Debug for People {
    /// Without the addresses, of which there may be very many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("People")
            .field("addresses", &self.known.len())
            .field("due", &self.due.len())
            .finish_non_exhaustive()
    }
}
