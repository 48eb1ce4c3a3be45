//! Who waits for something, in order.

use std::collections::{HashSet, VecDeque};

use presence_core::Subject;

/// Subjects that wait, each once.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Also some that do not wait any more, or stand further ahead too.
    order: VecDeque<Subject>,
    waiting: HashSet<Subject>,
}

impl Queue {
    /// Before all others.
    pub(super) fn first(&mut self, subject: Subject) {
        self.waiting.insert(subject);
        self.order.push_front(subject);
        self.tidy();
    }

    /// After all others, unless it waits already.
    pub(super) fn last(&mut self, subject: Subject) {
        if self.waiting.insert(subject) {
            self.order.push_back(subject);
            self.tidy();
        }
    }

    /// The next one.
    pub(super) fn pop(&mut self) -> Option<Subject> {
        while let Some(subject) = self.order.pop_front() {
            if self.waiting.remove(&subject) {
                return Some(subject);
            }
        }
        None
    }

    /// The next ones, so many at most.
    pub(super) fn take(&mut self, most: usize) -> Vec<Subject> {
        std::iter::from_fn(|| self.pop()).take(most.max(1)).collect()
    }

    /// It does not wait any more.
    pub(super) fn remove(&mut self, subject: Subject) {
        self.waiting.remove(&subject);
        self.tidy();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// How much is kept, also of those who do not wait any more.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.order.len()
    }

    /// Keeps the order short, although those that do not wait any more still stand where they were.
    fn tidy(&mut self) {
        if self.order.len() > 2 * self.waiting.len() + 64 {
            let mut once = HashSet::new();
            self.order.retain(|subject| self.waiting.contains(subject) && once.insert(*subject));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use presence_core::{Address, Directory, Facet, PersonId, PersonSpec, PlaceKind, PlaceSpec, SourceId, SourceSpec};

    fn subjects(count: usize) -> Vec<Subject> {
        let source = SourceId::new("calendar").unwrap();
        let mut company = Directory::builder();
        company.source(SourceSpec::new(source.clone(), &[Facet::Calendar]));
        let addresses: Vec<Address> =
            (0..count).map(|number| Address::opaque(&format!("box-{number}")).unwrap()).collect();
        for (number, address) in addresses.iter().enumerate() {
            let place = PlaceSpec::new(PlaceKind::Mailbox).address(address.clone(), std::slice::from_ref(&source));
            company.person(PersonSpec::new(PersonId::new(&format!("p{number}")).unwrap()).place(place));
        }
        let company = company.build().unwrap();
        addresses.iter().map(|address| company.subject(address).unwrap()).collect()
    }

    #[test]
    fn whoever_is_put_first_is_first_and_comes_once() {
        let all = subjects(3);
        let mut queue = Queue::default();
        all.iter().for_each(|subject| queue.last(*subject));
        queue.first(all[2]);
        queue.last(all[2]);
        assert_eq!(queue.take(2), [all[2], all[0]]);
        queue.remove(all[1]);
        assert!(queue.is_empty());
        assert_eq!(queue.pop(), None);
    }

    /// S2.6: whoever comes and goes leaves nothing behind.
    #[test]
    fn coming_and_going_leaves_nothing_behind() {
        let all = subjects(100);
        let mut queue = Queue::default();
        for round in 0..10_000 {
            let subject = all[round % 100];
            if round % 2 == 0 {
                queue.first(subject);
            } else {
                queue.last(subject);
            }
            queue.remove(subject);
            assert!(queue.room() <= 65 && queue.is_empty());
        }
    }
}
