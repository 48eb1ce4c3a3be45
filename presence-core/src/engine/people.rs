//! The records: what the engine keeps of each person where it is quick to reach.

use std::hint::black_box;

use crate::claim::Claim;
use crate::decide::Verdict;
use crate::identity::Person;
use crate::second::Second;
use crate::situation::Situation;

/// One person in two cache lines: six claims, what they amount to, and where more lie.
#[repr(C, align(128))]
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    claims: [Claim; INSIDE],
    pub(super) situation: Situation,
    /// The number of the shape.
    pub(super) shape: u16,
    pub(super) verdict: Verdict,
    /// The earliest deadline that is set for this person.
    pub(super) armed: Second,
    first_block: u32,
}

/// So many claims fit into a record.
const INSIDE: usize = 6;
/// So many into a block.
const BLOCK: usize = 4;
const NO_BLOCK: u32 = u32::MAX;

impl Record {
    const NEW: Self = Self {
        claims: [Claim::EMPTY; INSIDE],
        situation: Situation::EMPTY,
        shape: 0,
        verdict: Verdict::UNSET,
        armed: Second::NEVER,
        first_block: NO_BLOCK,
    };

    /// The claims, if they are all here.
    fn inside(&self) -> Option<&[Claim]> {
        (self.first_block == NO_BLOCK).then(|| {
            let len = self.claims.iter().position(Claim::is_empty).unwrap_or(INSIDE);
            self.claims.get(..len).unwrap_or_default()
        })
    }
}

/// Four further claims.
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug)]
struct Block([Claim; BLOCK]);

/// All records, and the pool of further claims.
#[derive(Debug, Default)]
pub(super) struct People {
    records: Vec<Record>,
    blocks: Vec<Block>,
    /// By block: the next of the same person, or the next free one.
    next: Vec<u32>,
    free: Option<u32>,
}

impl People {
    pub(super) fn grow(&mut self, people: usize) {
        if self.records.len() < people {
            self.records.reserve_exact(people - self.records.len());
            self.records.resize(people, Record::NEW);
        }
    }

    pub(super) fn record(&self, person: Person) -> Option<&Record> {
        self.records.get(person.index())
    }

    pub(super) fn record_mut(&mut self, person: Person) -> Option<&mut Record> {
        self.records.get_mut(person.index())
    }

    /// The claims about a person, sorted; `scratch` is used where they do not lie in one piece.
    pub(super) fn claims<'a>(&'a self, person: Person, scratch: &'a mut Vec<Claim>) -> &'a [Claim] {
        let Some(record) = self.record(person) else { return &[] };
        if let Some(claims) = record.inside() {
            return claims;
        }
        scratch.clear();
        scratch.extend(self.iter(record));
        scratch
    }

    pub(super) fn all_claims(&self, person: Person) -> Vec<Claim> {
        self.record(person).map(|record| self.iter(record).collect()).unwrap_or_default()
    }

    pub(super) fn count(&self, person: Person) -> usize {
        self.record(person).map_or(0, |record| self.iter(record).count())
    }

    pub(super) fn get(&self, person: Person, key: u32) -> Option<Claim> {
        let record = self.record(person)?;
        if let Some(claim) = record.claims.iter().find(|claim| claim.key() == key) {
            return Some(*claim);
        }
        if record.first_block == NO_BLOCK { None } else { self.iter(record).find(|claim| claim.key() == key) }
    }

    /// Replaces the claim of the same source, place and facet, or adds one.
    pub(super) fn put(&mut self, person: Person, claim: Claim) {
        let Some(record) = self.records.get_mut(person.index()) else { return };
        if let Some(slot) = record.claims.iter_mut().find(|slot| slot.key() == claim.key()) {
            *slot = claim;
            return;
        }
        if record.first_block == NO_BLOCK && record.claims.last().is_some_and(Claim::is_empty) {
            return insert_sorted(&mut record.claims, claim);
        }
        let first = record.first_block;
        if !self.replace_outside(first, claim) {
            self.insert_outside(person, claim);
        }
    }

    pub(super) fn remove(&mut self, person: Person, key: u32) {
        let mut claims = self.all_claims(person);
        claims.retain(|claim| claim.key() != key);
        self.rewrite(person, &claims);
    }

    /// Reads a byte of the line of a record that the situation lies in.
    #[cfg(feature = "hub")]
    pub(super) fn touch_last(&self, person: Person) {
        black_box(self.record(person).map(|record| record.shape));
    }

    /// Reads one byte of each cache line of a record, so that the waits for memory overlap.
    pub(super) fn touch(&self, person: Person) {
        if let Some(record) = self.record(person) {
            black_box((record.claims.first().map(Claim::key), record.armed));
        }
    }

    /// The same for further claims.
    pub(super) fn touch_blocks(&self, person: Person) {
        if let Some(record) = self.record(person) {
            black_box(self.blocks.get(index(record.first_block)).map(|block| block.0.first().map(Claim::key)));
        }
    }

    fn iter<'a>(&'a self, record: &'a Record) -> impl Iterator<Item = Claim> + 'a {
        let blocks = Chain { people: self, at: record.first_block };
        let outside = blocks.flat_map(|block| block.0.iter());
        record.claims.iter().chain(outside).take_while(|claim| !claim.is_empty()).copied()
    }

    fn replace_outside(&mut self, first: u32, claim: Claim) -> bool {
        let mut at = first;
        while let Some(block) = self.blocks.get_mut(index(at)) {
            if let Some(slot) = block.0.iter_mut().find(|slot| slot.key() == claim.key()) {
                *slot = claim;
                return true;
            }
            at = self.next.get(index(at)).copied().unwrap_or(NO_BLOCK);
        }
        false
    }

    fn insert_outside(&mut self, person: Person, claim: Claim) {
        let mut claims = self.all_claims(person);
        let at = claims.partition_point(|other| other.key() < claim.key());
        claims.insert(at, claim);
        self.rewrite(person, &claims);
    }

    /// Writes all claims of a person anew: the first into the record, the others into blocks.
    fn rewrite(&mut self, person: Person, claims: &[Claim]) {
        let Some(first) = self.record(person).map(|record| record.first_block) else { return };
        let mut old: Vec<u32> = self.chain(first);
        let (inside, outside) = claims.split_at(claims.len().min(INSIDE));
        let mut blocks = Vec::new();
        for piece in outside.chunks(BLOCK) {
            let at = old.pop().unwrap_or_else(|| self.new_block());
            let mut block = Block([Claim::EMPTY; BLOCK]);
            block.0.iter_mut().zip(piece).for_each(|(slot, claim)| *slot = *claim);
            if let Some(slot) = self.blocks.get_mut(index(at)) {
                *slot = block;
            }
            blocks.push(at);
        }
        old.into_iter().for_each(|at| self.free_block(at));
        self.link(&blocks);
        if let Some(record) = self.records.get_mut(person.index()) {
            record.claims = [Claim::EMPTY; INSIDE];
            record.claims.iter_mut().zip(inside).for_each(|(slot, claim)| *slot = *claim);
            record.first_block = blocks.first().copied().unwrap_or(NO_BLOCK);
        }
    }

    fn chain(&self, first: u32) -> Vec<u32> {
        let mut chain = Vec::new();
        let mut at = first;
        while let Some(next) = self.next.get(index(at)) {
            chain.push(at);
            at = *next;
        }
        chain
    }

    fn link(&mut self, blocks: &[u32]) {
        for (at, following) in blocks.iter().zip(blocks.iter().skip(1).chain([&NO_BLOCK])) {
            if let Some(slot) = self.next.get_mut(index(*at)) {
                *slot = *following;
            }
        }
    }

    fn new_block(&mut self) -> u32 {
        if let Some(at) = self.free {
            self.free = self.next.get(index(at)).copied().filter(|next| *next != NO_BLOCK);
            return at;
        }
        self.blocks.push(Block([Claim::EMPTY; BLOCK]));
        self.next.push(NO_BLOCK);
        u32::try_from(self.blocks.len() - 1).unwrap_or(NO_BLOCK)
    }

    fn free_block(&mut self, at: u32) {
        if let Some(slot) = self.next.get_mut(index(at)) {
            *slot = self.free.unwrap_or(NO_BLOCK);
            self.free = Some(at);
        }
    }
}

struct Chain<'a> {
    people: &'a People,
    at: u32,
}

impl<'a> Iterator for Chain<'a> {
    type Item = &'a Block;

    fn next(&mut self) -> Option<&'a Block> {
        let block = self.people.blocks.get(index(self.at))?;
        self.at = self.people.next.get(index(self.at)).copied().unwrap_or(NO_BLOCK);
        Some(block)
    }
}

/// Puts a claim among sorted ones of which the last is empty.
fn insert_sorted(claims: &mut [Claim], claim: Claim) {
    let mut carried = claim;
    for slot in claims {
        if carried.key() < slot.key() {
            std::mem::swap(slot, &mut carried);
        }
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::Value;
    use crate::identity::Origin;
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    fn claim(place: u8, origin: u16, word: bool) -> Claim {
        Claim::new(Origin::new(origin), place, Value::Roaming(word), Second::MIN, Second::NEVER)
    }

    #[test]
    fn a_record_is_two_cache_lines() {
        assert_eq!(size_of::<Record>(), 128);
        assert_eq!(size_of::<Block>(), 64);
    }

    proptest! {
        /// Adding, replacing and removing keeps every person's claims apart, sorted and complete.
        #[test]
        fn claims_are_a_sorted_map(steps in prop::collection::vec((0_u32..3, 0_u8..40, any::<bool>(), any::<bool>()), 0..200)) {
            let mut people = People::default();
            people.grow(3);
            let mut model: BTreeMap<(u32, u32), Claim> = BTreeMap::new();
            for (person, place, word, remove) in steps {
                let claim = claim(place, 1, word);
                if remove {
                    people.remove(Person::new(person), claim.key());
                    model.remove(&(person, claim.key()));
                } else {
                    people.put(Person::new(person), claim);
                    model.insert((person, claim.key()), claim);
                }
                for person in 0..3 {
                    let expected: Vec<Claim> = model.range((person, 0)..(person + 1, 0)).map(|(_, claim)| *claim).collect();
                    let mut scratch = Vec::new();
                    prop_assert_eq!(people.claims(Person::new(person), &mut scratch), &expected[..]);
                    prop_assert!(expected.iter().all(|claim| people.get(Person::new(person), claim.key()) == Some(*claim)));
                }
            }
            prop_assert!(people.blocks.len() <= 30, "blocks are used again");
        }
    }
}
