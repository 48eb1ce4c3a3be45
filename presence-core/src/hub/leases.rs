//! Whoever is watched is wanted: a lease for each filter in use, renewed while somebody watches.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

use chrono::{DateTime, TimeDelta, Utc};

use crate::directory::{Directory, Interest};
use crate::hash::Fnv;
use crate::identity::{Person, WatcherId};

use super::watch::{Filter, Watchers};

/// A watch wants whom it watches for so long, and says so again in half that time.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(60);
/// So many are renewed between two batches.
const SLICE: usize = 512;

/// The leases of watches.
#[derive(Debug, Default)]
pub(super) struct Leases {
    /// When the next round begins; `None`: at once.
    next: Option<DateTime<Utc>>,
    /// Who is still to be renewed in this round.
    round: VecDeque<(Person, WatcherId)>,
}

impl Leases {
    /// Somebody has begun to watch.
    pub(super) const fn renew_soon(&mut self) {
        self.next = None;
    }

    /// When there is something to do.
    pub(super) fn due(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        // A round that is further away than it was ever set is so because time went back.
        self.next.filter(|next| self.round.is_empty() && *next <= now + LEASE / 2).unwrap_or(now)
    }

    pub(super) fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.round.is_empty() && self.due(now) <= now
    }

    /// Begins a round: two watches with the same filter are one lease.
    pub(super) fn begin(&mut self, now: DateTime<Utc>, watchers: &Watchers, directory: &Directory) {
        self.next = Some(now + LEASE / 2);
        // Nobody waits to be asked: then it makes no difference who is wanted.
        if !directory.sources().iter().any(|source| matches!(source.interest, Interest::OnDemand { .. })) {
            return;
        }
        for filter in watchers.filters() {
            let Some(by) = name(&filter) else { continue };
            let wanted: Vec<Person> = match filter.members(directory) {
                Some(members) => members.into_iter().map(Person::new).collect(),
                None => directory.people().collect(),
            };
            self.round.extend(wanted.into_iter().map(|person| (person, by.clone())));
        }
    }

    pub(super) fn slice(&mut self) -> impl Iterator<Item = (Person, WatcherId)> + use<> {
        let rest = self.round.split_off(SLICE.min(self.round.len()));
        std::mem::replace(&mut self.round, rest).into_iter()
    }
}

fn name(filter: &Filter) -> Option<WatcherId> {
    let mut hasher = Fnv::default();
    filter.hash(&mut hasher);
    WatcherId::new(&format!("watch-{:016x}", hasher.finish())).ok()
}
