//! What was read before, as much of it as there is room for.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Everything together weighs at most so many bytes, as they came from the server.
const MOST: usize = 256 * 1024 * 1024;

/// A bounded map: what has not been wanted for the longest time goes first.
pub(crate) struct Store<K, V> {
    state: Mutex<State<K, V>>,
    most: usize,
}

struct State<K, V> {
    entries: HashMap<K, Entry<V>>,
    weight: usize,
    /// Grows with each use.
    uses: u64,
}

struct Entry<V> {
    value: Arc<V>,
    weight: usize,
    used: u64,
}

impl<K: Clone + Eq + Hash, V> Store<K, V> {
    pub(crate) fn new() -> Self {
        Self::with_most(MOST)
    }

    fn with_most(most: usize) -> Self {
        Self { state: Mutex::new(State { entries: HashMap::new(), weight: 0, uses: 0 }), most }
    }

    pub(crate) fn get(&self, key: &K) -> Option<Arc<V>> {
        let mut state = self.state();
        state.uses += 1;
        let uses = state.uses;
        let entry = state.entries.get_mut(key)?;
        entry.used = uses;
        Some(Arc::clone(&entry.value))
    }

    /// Keeps a value, which weighs so much. What is heavier than all that may be kept is not kept.
    pub(crate) fn put(&self, key: K, value: Arc<V>, weight: usize) {
        let mut state = self.state();
        state.remove(&key);
        if weight > self.most {
            return;
        }
        state.make_room(self.most - weight);
        state.uses += 1;
        state.weight += weight;
        let used = state.uses;
        state.entries.insert(key, Entry { value, weight, used });
    }

    pub(crate) fn forget(&self, key: &K) {
        self.state().remove(key);
    }

    fn state(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash, V> State<K, V> {
    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.weight -= entry.weight;
        }
    }

    /// Lets go until no more than `most` is left, and then a tenth more: sorting is not done for each one.
    fn make_room(&mut self, most: usize) {
        if self.weight <= most {
            return;
        }
        let mut keys: Vec<(u64, K)> = self.entries.iter().map(|(key, entry)| (entry.used, key.clone())).collect();
        keys.sort_unstable_by_key(|(used, _)| *used);
        for (_, key) in keys {
            if self.weight <= most - most / 10 {
                return;
            }
            self.remove(&key);
        }
    }
}

impl<K, V> fmt::Debug for Store<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_wanted_for_the_longest_time_goes_first() {
        let store = Store::with_most(100);
        for key in 0..4 {
            store.put(key, Arc::new(key), 25);
        }
        assert_eq!(store.get(&0).as_deref(), Some(&0));
        store.put(9, Arc::new(9), 30);
        let left: Vec<i32> = (0..10).filter(|key| store.get(key).is_some()).collect();
        assert_eq!(left, [0, 3, 9]);
        assert_eq!(store.state().weight, 80);
    }

    #[test]
    fn what_is_too_heavy_is_not_kept_and_takes_the_old_one_with_it() {
        let store = Store::with_most(100);
        store.put("a", Arc::new(1), 60);
        store.put("a", Arc::new(2), 101);
        assert!(store.get(&"a").is_none());
        store.put("a", Arc::new(3), 60);
        store.put("a", Arc::new(4), 70);
        assert_eq!((store.get(&"a").as_deref(), store.state().weight), (Some(&4), 70));
        store.forget(&"a");
        assert_eq!((store.get(&"a"), store.state().weight), (None, 0));
    }
}
