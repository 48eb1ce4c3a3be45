//! What a session that failed had read, for the next one: without it, blocks would stand in the place of meetings until
//! everybody has been read anew, and where sessions are short the last would never be.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use presence_core::Address;

use super::person::Person;

/// The people of the last session. Its `Debug` prints none of them.
#[derive(Default)]
pub(super) struct Kept(Mutex<HashMap<Address, Person>>);

impl Kept {
    /// Keeps these, and nobody from before.
    pub(super) fn put(&self, people: impl Iterator<Item = Person>) {
        let people = people.map(|person| (person.mailbox.clone(), person)).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = people;
    }

    /// What is known of this mailbox. It is known once.
    pub(super) fn take(&self, mailbox: &Address) -> Option<Person> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(mailbox)
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}
