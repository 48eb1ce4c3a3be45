//! Who is wanted by whom, until when: leases, and a minute of linger.

use std::collections::{BTreeMap, BTreeSet};

use crate::directory::{Directory, Interest};
use crate::identity::{Origin, Person, Subject, WatcherId};
use crate::second::Second;

use super::{Demand, Engine};

/// The wishes about one person.
#[derive(Debug, Default)]
pub(super) struct Wish {
    pub(super) leases: BTreeMap<WatcherId, Second>,
    /// When somebody last wished.
    pub(super) last: Second,
    /// By origin: when it may stop watching.
    pub(super) release_at: BTreeMap<u16, Second>,
    /// When this wish is looked at next.
    pub(super) deadline: Second,
}

/// Who is wanted, by person.
#[derive(Debug, Default)]
pub(super) struct InterestBook {
    pub(super) wishes: BTreeMap<u32, Wish>,
    pub(super) deadlines: BTreeSet<(Second, u32)>,
}

impl InterestBook {
    pub(super) fn next(&self) -> Option<Second> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    pub(super) fn len(&self) -> usize {
        self.wishes.len()
    }

    /// Whether an origin that waits to be asked has been asked for this person.
    pub(super) fn is_asked(&self, origin: Origin, person: Person) -> bool {
        self.wishes.get(&person.raw()).is_some_and(|wish| wish.release_at.contains_key(&origin.raw()))
    }

    /// All that is asked for.
    fn asked(&self) -> impl Iterator<Item = (Origin, Person)> + '_ {
        self.wishes.iter().flat_map(|(person, wish)| {
            wish.release_at.keys().map(|origin| (Origin::new(*origin), Person::new(*person)))
        })
    }

    /// Every time in the future moves back, because time has.
    pub(super) fn move_back(&mut self, by: u32, now: Second) {
        for wish in self.wishes.values_mut() {
            wish.last = wish.last.min(now);
            wish.leases.values_mut().for_each(|until| *until = until.minus(by));
            wish.release_at.values_mut().for_each(|at| *at = at.minus(by));
            wish.deadline = wish.deadline.minus(by);
        }
        self.deadlines = self.deadlines.iter().map(|(at, person)| (at.minus(by), *person)).collect();
    }
}

impl Engine {
    pub(super) fn take_wish(&mut self, person: Person, by: &WatcherId, until: Second) {
        if self.directory.is_gone(person) {
            self.counts.unknown_subjects += 1;
            return;
        }
        let wish = self.interest.wishes.entry(person.raw()).or_default();
        wish.last = self.now;
        wish.leases.insert(by.clone(), until);
        self.renew_wish(person);
    }

    /// Asks those that are not yet asked, and sets when they may stop.
    fn renew_wish(&mut self, person: Person) {
        let sources = on_demand(&self.directory, person);
        let Some(wish) = self.interest.wishes.get_mut(&person.raw()) else { return };
        wish.leases.retain(|_, until| *until > self.now);
        let lease = wish.leases.values().max().copied().unwrap_or(Second::MIN);
        let mut new = Vec::new();
        let (last, mut released) = (wish.last, std::mem::take(&mut wish.release_at));
        for (origin, linger) in sources {
            let at = lease.max(last.plus(linger));
            if at <= self.now && !released.contains_key(&origin.raw()) {
                // Its time is over: it is not asked for once more.
                continue;
            }
            if released.insert(origin.raw(), at).is_none() {
                new.push(origin);
            }
        }
        let next = released.values().min().copied().unwrap_or_else(|| lease.max(last.plus(60)));
        wish.release_at = released;
        let before = std::mem::replace(&mut wish.deadline, next);
        self.interest.deadlines.remove(&(before, person.raw()));
        self.interest.deadlines.insert((next, person.raw()));
        for origin in new {
            self.demand(origin, person, Demand::Watch);
        }
    }

    /// Lets those stop whose time has come.
    pub(super) fn release_due(&mut self) {
        while let Some((at, person)) = self.interest.deadlines.first().copied().filter(|(at, _)| *at <= self.now) {
            self.interest.deadlines.remove(&(at, person));
            self.release_due_of(Person::new(person));
        }
    }

    fn release_due_of(&mut self, person: Person) {
        let now = self.now;
        let Some(wish) = self.interest.wishes.get_mut(&person.raw()) else { return };
        wish.leases.retain(|_, until| *until > now);
        let due: Vec<u16> = wish.release_at.iter().filter(|(_, at)| **at <= now).map(|(origin, _)| *origin).collect();
        wish.release_at.retain(|_, at| *at > now);
        let next = wish.release_at.values().min().copied();
        match next {
            Some(next) => {
                wish.deadline = next;
                self.interest.deadlines.insert((next, person.raw()));
            }
            None => {
                self.interest.wishes.remove(&person.raw());
            }
        }
        for origin in due {
            self.demand(Origin::new(origin), person, Demand::Release);
        }
    }

    fn demand(&mut self, origin: Origin, person: Person, demand: impl Fn(Subject) -> Demand) {
        for subject in covered(&self.directory, origin, person) {
            self.demands.push_back((origin, demand(subject)));
        }
    }

    /// Asks anew where a changed directory has moved addresses: away with the old, on with the new.
    pub(super) fn renew_interest(&mut self, old: &Directory) {
        let asked: Vec<(Origin, Person)> = self.interest.asked().collect();
        for (origin, person) in asked {
            let before = bindings(old, origin, person);
            let after = bindings(&self.directory, origin, person);
            let not_in = |list: &[(Subject, u8)], entry: &(Subject, u8)| !list.contains(entry);
            for entry in before.iter().filter(|entry| not_in(&after, entry)) {
                self.demands.push_back((origin, Demand::Release(entry.0)));
            }
            for entry in after.iter().filter(|entry| not_in(&before, entry)) {
                self.demands.push_back((origin, Demand::Watch(entry.0)));
            }
        }
        let wanted: Vec<u32> = self.interest.wishes.keys().copied().collect();
        for person in wanted.into_iter().map(Person::new) {
            if self.directory.is_gone(person) {
                self.interest.wishes.remove(&person.raw());
                self.interest.deadlines.retain(|(_, other)| *other != person.raw());
            } else {
                self.renew_wish(person);
            }
        }
    }
}

/// The sources that wait to be asked and cover this person, and for how long they linger.
fn on_demand(directory: &Directory, person: Person) -> Vec<(Origin, u32)> {
    let origins: BTreeSet<u16> = directory
        .subjects(person)
        .flat_map(|(subject, _)| directory.coverage(subject))
        .map(|origin| origin.raw())
        .collect();
    let linger = |origin: u16| {
        let origin = Origin::new(origin);
        match directory.sources().get(origin.index())?.interest {
            Interest::OnDemand { linger } => Some((origin, linger)),
            Interest::Everyone => None,
        }
    };
    origins.into_iter().filter_map(linger).collect()
}

fn covered(directory: &Directory, origin: Origin, person: Person) -> Vec<Subject> {
    bindings(directory, origin, person).into_iter().map(|(subject, _)| subject).collect()
}

fn bindings(directory: &Directory, origin: Origin, person: Person) -> Vec<(Subject, u8)> {
    directory.subjects(person).filter(|(subject, _)| directory.coverage(*subject).contains(&origin)).collect()
}
