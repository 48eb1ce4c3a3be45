//! When to look again at whom: a timer wheel of seconds.
//!
//! Deadlines are lazy: a person is entered anew only when the deadline becomes earlier, and an entry that is no longer
//! the person's earliest is ignored when its time comes. So there are never more entries of a person than seconds in
//! the inner wheel and turns in the outer one.

use crate::identity::Person;
use crate::second::Second;

const SLOTS: usize = 1024;
const SLOT_BITS: u32 = 10;
const MASK: u32 = 1023;

/// Seconds near by in an inner wheel, turns of it in an outer one; what lies beyond is entered at the outer edge.
#[derive(Debug)]
pub(super) struct Deadlines {
    /// All seconds up to this one have been worked.
    now: u32,
    inner: Wheel,
    outer: Wheel,
}

impl Deadlines {
    pub(super) fn new(now: Second) -> Self {
        Self { now: now.get(), inner: Wheel::default(), outer: Wheel::default() }
    }

    /// Enters `person` at `at`, or as far ahead as the wheels reach; gives the second entered.
    pub(super) fn add(&mut self, person: Person, at: Second) -> Second {
        let at = at.get().max(self.now.saturating_add(1));
        let turns = (at >> SLOT_BITS) - (self.now >> SLOT_BITS);
        if turns == 0 {
            self.inner.add(at & MASK, person);
            return Second::new(at);
        }
        let turns = turns.min(MASK);
        let turn = (self.now >> SLOT_BITS) + turns;
        self.outer.add(turn & MASK, person);
        // Beyond the edge, the first second of that turn; there the person is looked at and entered again.
        let entered = if at >> SLOT_BITS == turn { at } else { turn << SLOT_BITS };
        Second::new(entered)
    }

    /// The next second at which somebody may have to be looked at.
    pub(super) fn next(&self) -> Option<Second> {
        let near = self.inner.first_from(self.now & MASK).map(|slot| self.now & !MASK | slot);
        let far = || {
            let turn = self.now >> SLOT_BITS;
            let ahead = self.outer.distance_from(turn & MASK)?;
            Some((turn + ahead) << SLOT_BITS)
        };
        near.or_else(far).map(Second::new)
    }

    /// Goes on to `second` and takes out whom it says to look at: who is due then, as `armed` tells.
    pub(super) fn take(&mut self, second: Second, armed: impl Fn(Person) -> Second) -> Vec<Person> {
        let second = second.get();
        let turned = second >> SLOT_BITS != self.now >> SLOT_BITS;
        self.now = second;
        if turned {
            for person in self.outer.empty(second >> SLOT_BITS & MASK) {
                let at = armed(person).get();
                if at >> SLOT_BITS == second >> SLOT_BITS && at >= second {
                    self.inner.add(at & MASK, person);
                }
            }
        }
        let mut due = self.inner.empty(second & MASK);
        due.retain(|person| armed(*person).get() == second);
        // Somebody who was entered again and again is due once.
        due.sort_unstable_by_key(|person| person.raw());
        due.dedup();
        due
    }

    /// Goes on to `now` without anybody being due before.
    pub(super) fn skip_to(&mut self, now: Second, armed: impl Fn(Person) -> Second) -> Vec<Person> {
        if now.get() > self.now { self.take(now, armed) } else { Vec::new() }
    }

    /// Forgets all entries and begins at `now`.
    pub(super) fn clear(&mut self, now: Second) {
        *self = Self::new(now);
    }
}

#[derive(Debug)]
struct Wheel {
    slots: Vec<Vec<Person>>,
    /// A bit for each slot that is not empty.
    filled: [u64; SLOTS / 64],
}

impl Default for Wheel {
    fn default() -> Self {
        Self { slots: vec![Vec::new(); SLOTS], filled: [0; SLOTS / 64] }
    }
}

impl Wheel {
    fn add(&mut self, slot: u32, person: Person) {
        if let (Some(entries), Some(word)) = (self.slots.get_mut(index(slot)), self.filled.get_mut(index(slot >> 6))) {
            entries.push(person);
            *word |= 1 << (slot & 63);
        }
    }

    fn empty(&mut self, slot: u32) -> Vec<Person> {
        if let Some(word) = self.filled.get_mut(index(slot >> 6)) {
            *word &= !(1 << (slot & 63));
        }
        self.slots.get_mut(index(slot)).map(std::mem::take).unwrap_or_default()
    }

    /// The first slot from `slot` on that is not empty, without going round.
    fn first_from(&self, slot: u32) -> Option<u32> {
        let mut word = slot >> 6;
        let mut bits = self.filled.get(index(word))? & u64::MAX << (slot & 63);
        while bits == 0 {
            word += 1;
            bits = *self.filled.get(index(word))?;
        }
        Some(word << 6 | bits.trailing_zeros())
    }

    /// How far ahead of `slot` the next slot is that is not empty, going round; never 0.
    fn distance_from(&self, slot: u32) -> Option<u32> {
        let after = (slot + 1) & MASK;
        let ahead = if after == 0 { None } else { self.first_from(after) };
        let found = ahead.or_else(|| self.first_from(0))?;
        Some((found.wrapping_sub(slot) & MASK).max(1))
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// Lets time pass as the engine does; gives who was found due, and when.
    fn run(entries: &[(u32, u32)], until: u32) -> Vec<(u32, u32)> {
        let mut wheel = Deadlines::new(Second::new(5_000));
        let mut armed: BTreeMap<u32, Second> = BTreeMap::new();
        let mut wanted: BTreeMap<u32, u32> = BTreeMap::new();
        for (person, at) in entries {
            wanted.insert(*person, *at);
            let entered = wheel.add(Person::new(*person), Second::new(*at));
            armed.insert(*person, entered);
        }
        let mut found = Vec::new();
        while let Some(second) = wheel.next().filter(|second| second.get() <= until) {
            let due = wheel.take(second, |person| armed.get(&person.raw()).copied().unwrap_or(Second::NEVER));
            for person in due {
                let at = wanted[&person.raw()];
                if at == second.get() {
                    armed.remove(&person.raw());
                    found.push((person.raw(), at));
                } else {
                    armed.insert(person.raw(), wheel.add(person, Second::new(at)));
                }
            }
        }
        found.sort_unstable();
        found
    }

    proptest! {
        /// Everybody is found at the very second, near or far, and nobody twice.
        #[test]
        fn deadlines_are_met_to_the_second(ats in prop::collection::vec(5_001_u32..4_000_000, 1..60)) {
            let entries: Vec<(u32, u32)> = ats.into_iter().enumerate().map(|(person, at)| (u32::try_from(person).unwrap(), at)).collect();
            prop_assert_eq!(run(&entries, 4_000_000), entries);
        }
    }

    #[test]
    fn entries_that_are_no_longer_the_earliest_are_ignored() {
        let mut wheel = Deadlines::new(Second::new(0));
        wheel.add(Person::new(1), Second::new(10));
        wheel.add(Person::new(1), Second::new(5));
        assert_eq!(wheel.take(Second::new(5), |_| Second::new(5)), [Person::new(1)]);
        assert_eq!(wheel.take(Second::new(10), |_| Second::NEVER), []);
        assert_eq!(wheel.next(), None);
    }
}
