//! The containers of one person: who is in them, and in which of them a watcher is.

use std::collections::{BTreeMap, BTreeSet};

use super::member::Member;
use super::relationship::Relationship;
use super::watcher::Watcher;

/// The containers of one person.
///
/// A watcher who is in several of them is told what the one with the largest number is told, except that whoever is
/// blocked stays blocked, whatever number a site has given to a container of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Containers {
    members: BTreeMap<Member, BTreeSet<Relationship>>,
    count: usize,
    privacy_mode: bool,
}

impl Containers {
    /// The most members the containers of one person have, all together.
    pub const MOST_MEMBERS: usize = 10_000;

    /// Containers with nobody in them.
    #[must_use]
    pub const fn empty() -> Self {
        Self { members: BTreeMap::new(), count: 0, privacy_mode: false }
    }

    /// The containers as they are before the person has put anybody anywhere: other companies are external, the own
    /// company are colleagues.
    #[must_use]
    pub fn standard() -> Self {
        let members = [(Member::Federated, Relationship::External), (Member::SameEnterprise, Relationship::Colleagues)];
        let count = members.len();
        let members = members.into_iter().map(|(member, relationship)| (member, BTreeSet::from([relationship])));
        Self { members: members.collect(), count, privacy_mode: false }
    }

    /// Privacy mode: whoever is not on the contact list of the person sees them offline.
    #[must_use]
    pub const fn privacy_mode(mut self, on: bool) -> Self {
        self.privacy_mode = on;
        self
    }

    /// Puts a member into a container. It stays in the others.
    ///
    /// # Errors
    ///
    /// If there are [`MOST_MEMBERS`](Self::MOST_MEMBERS) already.
    pub fn add(&mut self, relationship: Relationship, member: Member) -> Result<(), TooManyMembers> {
        let is_there = self.members.get(&member).is_some_and(|of| of.contains(&relationship));
        if is_there {
            return Ok(());
        }
        if self.count >= Self::MOST_MEMBERS {
            return Err(TooManyMembers);
        }
        self.count = self.count.saturating_add(1);
        self.members.entry(member).or_default().insert(relationship);
        Ok(())
    }

    /// Takes a member out of a container. Tells whether it was there.
    pub fn remove(&mut self, relationship: Relationship, member: &Member) -> bool {
        let Some(of) = self.members.get_mut(member) else { return false };
        let removed = of.remove(&relationship);
        if of.is_empty() {
            self.members.remove(member);
        }
        self.count = self.count.saturating_sub(usize::from(removed));
        removed
    }

    /// How many members there are, each counted in every container it is in.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether nobody is in any container.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All that holds of a watcher, the most exact first.
    #[must_use]
    pub fn matches(&self, watcher: &Watcher) -> Vec<Membership> {
        let mut found = Vec::new();
        for member in Member::all_of(watcher) {
            for relationship in self.members.get(&member).into_iter().flatten() {
                found.push(Membership { relationship: *relationship, member: member.clone() });
            }
        }
        found
    }

    /// In which container a watcher is, and why.
    #[must_use]
    pub fn standing(&self, watcher: &Watcher) -> Standing {
        // Of equals the last is the largest; reversed, that is the most exact one.
        let matches = self.matches(watcher).into_iter().rev();
        let largest = matches.max_by_key(|membership| membership.relationship.weight());
        let hidden = self.privacy_mode && !watcher.on_contact_list;
        match largest {
            Some(Membership { relationship, member }) => Standing { relationship, member: Some(member), hidden },
            None => Standing { relationship: Relationship::Default, member: None, hidden },
        }
    }
}

/// A member of a container.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Membership {
    /// The container.
    pub relationship: Relationship,
    /// The member.
    pub member: Member,
}

/// In which container a watcher is, and why. **For diagnostics of one's own system**: a watcher is never told.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Standing {
    /// The container.
    pub relationship: Relationship,
    /// The member by which the watcher is in it; `None` for whoever is in none.
    pub member: Option<Member>,
    /// Whether the person hides in privacy mode from this watcher.
    pub hidden: bool,
}

impl Standing {
    /// As whom the watcher sees the presence. Somebody from whom the person hides sees what the blocked see, although
    /// calls and messages get through as their container says.
    #[must_use]
    pub const fn seen_as(&self) -> Relationship {
        if self.hidden { Relationship::Blocked } else { self.relationship }
    }
}

/// There are as many members as there may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "the containers of a person have at most `{}` members; use a domain in the place of its users",
    Containers::MOST_MEMBERS
)]
#[non_exhaustive]
pub struct TooManyMembers;
