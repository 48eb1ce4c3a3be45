//! Who has changed and has not been told of yet: everybody once.

use crate::identity::Person;

/// Room for so many is kept.
const KEPT: usize = 4096;

#[derive(Debug, Default)]
pub(super) struct Changed {
    queue: Vec<Person>,
    /// A bit for each person in the queue.
    queued: Vec<u64>,
    /// People of whom some class of viewers is told more at one place than at another: they have changed as soon as any
    /// claim has, even where the whole is the same.
    apart: Vec<u64>,
}

impl Changed {
    pub(super) fn add(&mut self, person: Person) {
        let (word, bit) = (person.index() >> 6, 1 << (person.index() & 63));
        if self.queued.len() <= word {
            self.queued.resize(word + 1, 0);
        }
        if let Some(word) = self.queued.get_mut(word).filter(|word| **word & bit == 0) {
            *word |= bit;
            self.queue.push(person);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Person> {
        let Some(person) = self.queue.pop() else {
            // One large slice shall not hold on to its memory.
            self.queue.shrink_to(KEPT);
            return None;
        };
        if let Some(word) = self.queued.get_mut(person.index() >> 6) {
            *word &= !(1 << (person.index() & 63));
        }
        Some(person)
    }

    pub(super) fn apart_from(&mut self, people: Vec<Person>) {
        self.apart.clear();
        for person in people {
            let word = person.index() >> 6;
            if self.apart.len() <= word {
                self.apart.resize(word + 1, 0);
            }
            if let Some(word) = self.apart.get_mut(word) {
                *word |= 1 << (person.index() & 63);
            }
        }
    }

    pub(super) fn is_apart(&self, person: Person) -> bool {
        self.apart.get(person.index() >> 6).is_some_and(|word| word & 1 << (person.index() & 63) != 0)
    }

    pub(super) fn clear(&mut self) {
        self.queue.clear();
        self.queued.fill(0);
    }
}
