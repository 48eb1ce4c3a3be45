//! What lies beside claims: facts that change by themselves, texts, and what is held back.

use std::collections::BTreeMap;

use hashbrown::HashTable;

use crate::aside::Aside;
use crate::claim::Claim;
use crate::identity::Person;
use crate::second::Second;

/// A fact beside a claim.
#[derive(Clone, Debug)]
pub(super) struct Beside {
    pub(super) aside: Aside,
    /// When it was last observed: an older report does not replace it.
    pub(super) observed: Second,
    /// When what it says changes by itself.
    pub(super) next: Second,
    /// Raised when its text differs.
    pub(super) edition: u64,
}

/// All facts that lie beside claims, by person and key of the claim.
#[derive(Debug, Default)]
pub(super) struct Asides {
    table: HashTable<(u64, Beside)>,
    editions: u64,
}

impl Asides {
    pub(super) fn get(&self, person: Person, key: u32) -> Option<&Beside> {
        let name = name(person, key);
        self.table.find(hash(name), |(other, _)| *other == name).map(|(_, beside)| beside)
    }

    pub(super) fn get_mut(&mut self, person: Person, key: u32) -> Option<&mut Beside> {
        let name = name(person, key);
        self.table.find_mut(hash(name), |(other, _)| *other == name).map(|(_, beside)| beside)
    }

    /// Puts a fact beside a claim; whether it differs from what lay there.
    pub(super) fn put(&mut self, person: Person, key: u32, aside: Aside, observed: Second, next: Second) -> bool {
        if let Some(beside) = self.get_mut(person, key) {
            let differs = beside.aside != aside;
            *beside = Beside { aside, observed, next, edition: beside.edition };
            if differs {
                self.editions += 1;
                let edition = self.editions;
                if let Some(beside) = self.get_mut(person, key) {
                    beside.edition = edition;
                }
            }
            return differs;
        }
        self.editions += 1;
        let beside = Beside { aside, observed, next, edition: self.editions };
        let name = name(person, key);
        self.table.insert_unique(hash(name), (name, beside), |(other, _)| hash(*other));
        true
    }

    pub(super) fn remove(&mut self, person: Person, key: u32) -> bool {
        let name = name(person, key);
        self.table.find_entry(hash(name), |(other, _)| *other == name).map(|entry| drop(entry.remove())).is_ok()
    }
}

/// A freeing value that waits.
#[derive(Clone, Debug)]
pub(super) struct Hold {
    /// The value that waits, as it will be kept.
    pub(super) waiting: Claim,
    /// What will lie beside it.
    pub(super) aside: Option<Box<(Aside, Second)>>,
    /// Until when it waits at most.
    pub(super) until: Second,
}

impl Hold {
    /// When it no longer waits: at the end of the hold, or of what stands, or of what waits.
    pub(super) fn due(&self, standing: &Claim) -> Second {
        self.until.min(standing.end()).min(self.waiting.end())
    }
}

/// What is held back, by person and key of the claim.
#[derive(Debug, Default)]
pub(super) struct Holds(BTreeMap<(u32, u32), Hold>);

impl Holds {
    pub(super) fn get(&self, person: Person, key: u32) -> Option<&Hold> {
        self.0.get(&(person.raw(), key))
    }

    pub(super) fn put(&mut self, person: Person, key: u32, hold: Hold) {
        self.0.insert((person.raw(), key), hold);
    }

    pub(super) fn take(&mut self, person: Person, key: u32) -> Option<Hold> {
        self.0.remove(&(person.raw(), key))
    }

    pub(super) fn get_mut(&mut self, person: Person, key: u32) -> Option<&mut Hold> {
        self.0.get_mut(&(person.raw(), key))
    }
}

fn name(person: Person, key: u32) -> u64 {
    u64::from(person.raw()) << 32 | u64::from(key)
}

/// Keys are dense: multiplying spreads them, and the high half is folded onto the low one.
fn hash(name: u64) -> u64 {
    let spread = name.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    spread ^ spread >> 32
}
