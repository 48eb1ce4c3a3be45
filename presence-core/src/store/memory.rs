//! What people typed, kept for as long as the program runs.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::{Change, Saved, Sheets, Store, StoreError};

/// A store without a file: everything is gone when the program ends.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    sheets: Sheets,
    acknowledged: BTreeSet<String>,
}

impl Store for MemoryStore {
    fn load(&self) -> Result<Saved, StoreError> {
        // Nothing in here panics half-way, so what a poisoned lock guards is whole.
        let memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Saved { sheets: memory.sheets.list(), acknowledged: memory.acknowledged.clone(), skipped: 0 })
    }

    fn save(&self, changes: &[Change]) -> Result<(), StoreError> {
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            match change {
                Change::Sheet(sheet) => memory.sheets.put(sheet.clone()),
                Change::Acknowledged(code) => drop(memory.acknowledged.insert(code.clone())),
                Change::Unacknowledged(code) => drop(memory.acknowledged.remove(code)),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::activity::Activity;
    use crate::availability::Availability;
    use crate::identity::PersonId;
    use crate::manual::Manual;
    use crate::note::Note;
    use crate::store::{Sheet, Typed};

    fn sheet(person: &str, typed: Typed) -> Sheet {
        Sheet::new(PersonId::new(person).expect("names of a test are valid"), typed)
    }

    fn notes(texts: &[&str]) -> Typed {
        Typed::Notes(texts.iter().map(|text| Note::new("1", "Berit", text, DateTime::UNIX_EPOCH)).collect())
    }

    /// S2.13, S2.14: notes and absences work without any configuration.
    #[test]
    fn a_sheet_replaces_the_one_before_and_an_empty_one_takes_it_away() {
        let store = MemoryStore::default();
        let state = Typed::Manual(Some(Manual::new(Availability::AWAY, Activity::Lunch)));
        let first = [sheet("carl", notes(&["out"])), sheet("anna", state.clone()), sheet("anna", notes(&["in"]))];
        store.save(&first.map(Change::Sheet)).unwrap();
        store.save(&[Change::Sheet(sheet("carl", notes(&["back", "again"])))]).unwrap();
        let kept = store.load().unwrap().sheets;
        assert_eq!(
            kept,
            [sheet("anna", state), sheet("anna", notes(&["in"])), sheet("carl", notes(&["back", "again"]))]
        );
        store
            .save(&[Change::Sheet(sheet("carl", notes(&[]))), Change::Sheet(sheet("x", Typed::Manual(None)))])
            .unwrap();
        assert_eq!(store.load().unwrap().sheets, kept[..2]);
    }

    #[test]
    fn changes_count_in_their_order() {
        let store = MemoryStore::default();
        let codes = ["b", "a"].map(|code| Change::Acknowledged(code.into()));
        store.save(&codes).unwrap();
        store.save(&[Change::Unacknowledged("b".into()), Change::Unacknowledged("c".into())]).unwrap();
        assert_eq!(store.load().unwrap().acknowledged, BTreeSet::from(["a".into()]));
        store.save(&[Change::Acknowledged("c".into()), Change::Unacknowledged("c".into())]).unwrap();
        assert_eq!(store.load().unwrap().acknowledged.len(), 1);
    }

    #[test]
    fn debug_prints_no_text() {
        let store = MemoryStore::default();
        store.save(&[Change::Sheet(sheet("anna", notes(&["at the dentist"])))]).unwrap();
        let debug = format!("{store:?} {:?}", store.load().unwrap());
        assert!(debug.contains("anna") && !debug.contains("dentist") && !debug.contains("Berit"), "{debug}");
    }
}
