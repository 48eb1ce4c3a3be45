//! A changed directory: handles keep their meaning; a place that is no longer the same loses what was said of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::claim::Tables;
use crate::directory::{Directory, Interest};
use crate::identity::{Origin, Person, Subject};

use super::{Demand, Engine};

impl Engine {
    pub(super) fn change_directory(&mut self, directory: Arc<Directory>) {
        let old = std::mem::replace(&mut self.directory, directory);
        self.sessions.grow(&self.directory);
        self.tables = Tables::new(&self.directory, &self.keeping, &self.rules);
        let new = Arc::clone(&self.directory);
        self.problems.retain(|subject| old.binding(subject) == new.binding(subject));
        for person in old.handles() {
            self.drop_moved(person);
        }
        self.reread_diversions();
        self.shape_everybody();
        self.settle_everybody();
        self.renew_interest(&old);
        self.restart_sources(&old);
    }

    /// Drops the claims about places that a person no longer has. Numbers of places are never used again, so a number
    /// that is still there is the same place.
    fn drop_moved(&mut self, person: Person) {
        let places = self.directory.places(person);
        let stays = |place: u8| places.iter().any(|entry| entry.number == place);
        let gone: Vec<u32> = self
            .people
            .all_claims(person)
            .into_iter()
            .filter(|claim| !stays(claim.place()))
            .map(|claim| claim.key())
            .collect();
        for key in gone {
            self.counts.withdrawn += 1;
            self.withdraw(person, key);
            self.changed.add(person);
        }
    }

    /// A source that tells about everybody by itself has to tell anew where subjects are new or have moved.
    fn restart_sources(&mut self, old: &Directory) {
        let subjects = (0..self.directory.subject_count()).filter_map(|index| u32::try_from(index).ok());
        let moved = subjects.map(Subject::new).filter(|subject| {
            let now = self.directory.binding(*subject);
            let same = now == old.binding(*subject) && self.directory.coverage(*subject) == old.coverage(*subject);
            now.is_some() && !same
        });
        let covering: BTreeSet<u16> =
            moved.flat_map(|subject| self.directory.coverage(subject)).map(|origin| origin.raw()).collect();
        for origin in covering.into_iter().map(Origin::new) {
            let interest = self.directory.sources().get(origin.index()).map(|source| source.interest);
            if interest == Some(Interest::Everyone) {
                self.demands.push_back((origin, Demand::Restart));
            }
        }
    }
}
