//! What has been told of one person, kept up to date.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};
use presence_core::{Facet, Fact, Lifetime, Origin, Report, Subject};

use super::categories::Categories;
use super::category::{Category, CategoryName, Content};
use super::contact_card::ContactCard;
use super::facts::FactRules;
use super::state::{StateDocument, StateType};
use crate::access::Relationship;
use crate::states::{Container, InstanceId};

/// So many instances are kept of one person.
const MOST_INSTANCES: usize = 256;

/// What a server has told of one person.
///
/// Notifications overtake each other, and each tells of some instances only: the newest of each counts.
///
/// ```
/// use chrono::{DateTime, Utc};
/// use presence_core::Fact;
/// use presence_lync_map::documents::{Categories, Contact, FactRules, ReadRules};
///
/// let now: DateTime<Utc> = "2026-03-05T09:20:00Z".parse()?;
/// let body = br#"<categories xmlns="http://schemas.microsoft.com/2006/09/sip/categories" uri="sip:bob@example.com">
///   <category name="state" instance="1" publishTime="2026-03-05T09:15:02.117">
///     <state xmlns="http://schemas.microsoft.com/2006/09/sip/state"><availability>6500</availability></state>
///   </category>
/// </categories>"#;
/// let mut bob = Contact::new();
/// bob.take(Categories::read(body, &ReadRules::default())?, now);
/// let facts = bob.facts(now, &FactRules::default());
/// assert!(matches!(&facts[..], [(Fact::Rich(state), _)] if state.availability.get() == 6_500));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Contact {
    known: BTreeMap<(CategoryName, InstanceId), Known>,
    stale: u64,
    /// What was last reported on each facet.
    reported: BTreeMap<Facet, Fact>,
}

/// The newest of one instance.
#[derive(Clone, Debug)]
struct Known {
    published: DateTime<Utc>,
    content: Content,
}

/// When a state was published, and the state unless it was taken back.
pub(super) type Told<'a> = (DateTime<Utc>, Option<&'a StateDocument>);

/// What became of what was told.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Taken {
    /// So many entries were taken.
    pub taken: usize,
    /// So many came after a newer one of the same instance.
    pub stale: usize,
    /// So many were left out, because too much is kept of this person already.
    pub surplus: usize,
}

impl Contact {
    /// Nothing has been told yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what was received then.
    ///
    /// What is one's own comes once for each container it is published for. Of states those are taken that go to
    /// everybody, for the results repeat them; of all else what colleagues, the team or friends are told, for strangers
    /// are told nothing.
    pub fn take(&mut self, told: Categories, received: DateTime<Utc>) -> Taken {
        let mut taken = Taken::default();
        for category in told.categories.into_iter().filter(is_telling) {
            self.take_one(category, received, &mut taken);
        }
        self.stale = self.stale.saturating_add(u64::try_from(taken.stale).unwrap_or(u64::MAX));
        taken
    }

    /// What the engine is told of it, each fact with the time since when it is so. A facet of which nothing was told, or
    /// of which it was taken back, is not there.
    #[must_use]
    pub fn facts(&self, now: DateTime<Utc>, rules: &FactRules) -> Vec<(Fact, DateTime<Utc>)> {
        rules.facts(self, now)
    }

    /// Reports of what has changed since they were last asked for; where reports are good for some seconds only, of
    /// everything.
    ///
    /// Some facts change although nothing is received: ask again at [`next`](Self::next).
    pub fn reports(&mut self, origin: Origin, subject: Subject, now: DateTime<Utc>, rules: &FactRules) -> Vec<Report> {
        let facts = self.facts(now, rules);
        let gone: Vec<Facet> = self
            .reported
            .keys()
            .copied()
            .filter(|facet| facts.iter().all(|(fact, _)| fact.facet() != *facet))
            .collect();
        let gone = gone.into_iter().map(|facet| {
            self.reported.remove(&facet);
            Report::withdrawing(origin, subject, facet, now)
        });
        let mut reports: Vec<Report> = gone.collect();
        let all = matches!(rules.lifetime, Lifetime::Lease(_));
        for (fact, since) in facts {
            if all || self.reported.get(&fact.facet()) != Some(&fact) {
                self.reported.insert(fact.facet(), fact.clone());
                reports.push(Report::new(origin, subject, fact, since).lasting(rules.lifetime));
            }
        }
        reports
    }

    /// When facts change next although nothing is received: a meeting that was told beforehand begins, or the days for
    /// which working hours are worked out move on. `None`: they do not.
    #[must_use]
    pub fn next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let starts = self.states().filter_map(|(_, (_, state))| state?.starts).filter(|starts| *starts > now);
        let has_hours =
            |content: &Content| matches!(content, Content::CalendarData(data) if data.working_hours.is_some());
        let midnight = || Some(now.date_naive().succ_opt()?.and_time(NaiveTime::MIN).and_utc());
        let moves_on = self.known.values().any(|known| has_hours(&known.content)).then(midnight).flatten();
        starts.chain(moves_on).min()
    }

    /// The card of the person: what all instances tell together.
    #[must_use]
    pub fn card(&self) -> ContactCard {
        ContactCard::merged(self.known.values().filter_map(|known| match &known.content {
            Content::ContactCard(card) => Some(card),
            _ => None,
        }))
    }

    /// The subscription is new: everything is told and reported again.
    pub fn forget(&mut self) {
        self.known.clear();
        self.reported.clear();
    }

    /// How many entries came after a newer one of the same instance, in all.
    #[must_use]
    pub const fn stale(&self) -> u64 {
        self.stale
    }

    /// All states, and of what kind each is. One that was taken back is known by its number.
    pub(super) fn states(&self) -> impl Iterator<Item = (StateType, Told<'_>)> {
        let states = self.known.iter().filter(|((name, _), _)| *name == CategoryName::State);
        states.filter_map(|((_, instance), known)| {
            let state = match &known.content {
                Content::State(state) => Some(state),
                _ => None,
            };
            let kind = state.and_then(|state| state.kind).or_else(|| StateType::of_instance(*instance))?;
            Some((kind, (known.published, state)))
        })
    }

    /// The newest content of which something is wanted, and when it was published.
    pub(super) fn newest<'a, T>(&'a self, wanted: impl Fn(&'a Content) -> Option<T>) -> Option<(T, DateTime<Utc>)> {
        let all = self.known.values().filter_map(|known| Some((wanted(&known.content)?, known.published)));
        all.max_by_key(|(_, published)| *published)
    }

    /// What was taken back is forgotten first, the oldest before the others. What a server has put together is never
    /// refused.
    fn make_room(&mut self, wanted: InstanceId) -> bool {
        let empty = self.known.iter().filter(|(_, known)| known.content == Content::Empty);
        let oldest = empty.min_by_key(|(_, known)| known.published).map(|(key, _)| *key);
        match oldest {
            Some(key) => self.known.remove(&key).is_some(),
            None => wanted == InstanceId::AGGREGATE,
        }
    }

    fn take_one(&mut self, category: Category, received: DateTime<Utc>, taken: &mut Taken) {
        // Without a time of its own it is as old as its arrival.
        let published = category.published.unwrap_or(received);
        let key = (category.name, category.instance);
        let known = self.known.get(&key).map(|known| known.published);
        match known {
            Some(known) if published < known => taken.stale += 1,
            None if self.known.len() >= MOST_INSTANCES && !self.make_room(category.instance) => taken.surplus += 1,
            _ => {
                self.known.insert(key, Known { published, content: category.content });
                taken.taken += 1;
            }
        }
    }
}

fn is_telling(category: &Category) -> bool {
    let Some(container) = category.container else { return true };
    match category.name {
        CategoryName::State => container == Container::Everyone.number(),
        _ => [Relationship::Colleagues, Relationship::Workgroup, Relationship::FriendsAndFamily]
            .iter()
            .any(|told| u32::from(told.number()) == container),
    }
}
