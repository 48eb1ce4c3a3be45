//! Who may know what: see first, then decide.
//!
//! A [`Viewer`] is a class of people who look: operators, colleagues, external contacts. Its [`Sight`] of a person says
//! what the class may know. What it may not know is left out *before* claims are settled and before any rule runs
//! ([`see`](crate::see::see)), so it cannot show through in a colour, a time or an update.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::ShowAs;
use crate::directory::Directory;
use crate::fact::{Facet, FacetSet};
use crate::identity::{Address, Person, PersonId, ViewerId};
use crate::note::Note;

/// How much of a calendar is told.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "complete: each step tells all that the one before does")]
pub enum Disclosure {
    /// Nothing: such meetings are left out.
    Nothing,
    /// Tentative, busy and out of office read busy; their times are not told.
    Busy,
    /// The words and their times.
    Times,
    /// The texts too. Private meetings have none.
    Everything,
}

impl Disclosure {
    /// The word as it may be read.
    #[must_use]
    pub const fn read(self, word: ShowAs) -> Option<ShowAs> {
        match (self, word) {
            (Self::Nothing, _) => None,
            (Self::Busy, ShowAs::Tentative | ShowAs::Busy | ShowAs::OutOfOffice) => Some(ShowAs::Busy),
            _ => Some(word),
        }
    }
}

/// How much of one calendar is told, of ordinary and of private meetings.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CalendarPolicy {
    /// Of ordinary meetings.
    pub ordinary: Disclosure,
    /// Of private meetings.
    pub private: Disclosure,
}

impl CalendarPolicy {
    /// A policy.
    #[must_use]
    pub const fn new(ordinary: Disclosure, private: Disclosure) -> Self {
        Self { ordinary, private }
    }
}

/// What a class may know.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct PrivacyPolicy {
    /// Of calendars.
    pub calendar: CalendarPolicy,
    /// The facets.
    pub facets: FacetSet,
    /// Whether the reason of an absence is told; whether somebody is ill is health data.
    pub reasons: bool,
}

impl Default for PrivacyPolicy {
    /// What an operator may know: everything, and of private meetings the words and times.
    fn default() -> Self {
        Self {
            calendar: CalendarPolicy::new(Disclosure::Everything, Disclosure::Times),
            facets: FacetSet::ALL,
            reasons: false,
        }
    }
}

/// Whether a class may see a person at all.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Access {
    /// It may, as this policy says.
    Allowed(PrivacyPolicy),
    /// It may not.
    Denied,
}

/// What a denied viewer is told.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Denial {
    /// The person looks offline, exactly as everybody who is offline looks to this class.
    #[default]
    LooksOffline,
    /// Access is denied.
    IsTold,
}

/// A class of viewers.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Viewer {
    /// The name of the class.
    pub id: ViewerId,
    /// What it may know of people not named below.
    #[serde(default = "allowed")]
    pub access: Access,
    /// What it may know of single people.
    #[serde(default)]
    pub people: BTreeMap<PersonId, Access>,
    /// How much it is told of single calendars, by address.
    #[serde(default)]
    pub calendars: BTreeMap<Address, CalendarPolicy>,
    /// What it is told where it is denied.
    #[serde(default)]
    pub denial: Denial,
}

fn allowed() -> Access {
    Access::Allowed(PrivacyPolicy::default())
}

impl Viewer {
    /// The class of operators: they may know everything that may be known.
    #[must_use]
    pub fn new(id: ViewerId) -> Self {
        Self::with_policy(id, PrivacyPolicy::default())
    }

    /// A class that may know what `policy` says.
    #[must_use]
    pub const fn with_policy(id: ViewerId, policy: PrivacyPolicy) -> Self {
        Self {
            id,
            access: Access::Allowed(policy),
            people: BTreeMap::new(),
            calendars: BTreeMap::new(),
            denial: Denial::LooksOffline,
        }
    }

    /// Of this person it may know something else.
    #[must_use]
    pub fn except(mut self, person: PersonId, access: Access) -> Self {
        self.people.insert(person, access);
        self
    }

    /// Of this calendar it is told something else.
    #[must_use]
    pub fn calendar(mut self, address: Address, policy: CalendarPolicy) -> Self {
        self.calendars.insert(address, policy);
        self
    }

    /// Whether anybody may be denied to this class: then all who are offline look alike to it.
    #[must_use]
    pub fn may_be_denied(&self) -> bool {
        self.denial == Denial::LooksOffline
            && (self.access == Access::Denied || self.people.values().any(|access| *access == Access::Denied))
    }

    /// Whether the class sees every state of everybody as it is: nobody is hidden, nor any facet, nor any word of a
    /// calendar. Only who may read a note still differs.
    #[cfg(feature = "hub")]
    pub(crate) fn is_plain(&self) -> bool {
        let Access::Allowed(policy) = &self.access else { return false };
        let words = policy.calendar.ordinary.min(policy.calendar.private) >= Disclosure::Times;
        self.people.is_empty() && self.calendars.is_empty() && words && policy.facets == FacetSet::ALL
    }

    /// What this class may know of a person.
    #[must_use]
    pub fn sight(&self, person: Person, directory: &Directory) -> Sight {
        let named = (!self.people.is_empty()).then(|| directory.person_id(person)).flatten();
        let access = named.and_then(|id| self.people.get(&id)).unwrap_or(&self.access);
        let Access::Allowed(policy) = access else { return Sight::denied(self.id.clone()) };
        let mut calendars = Vec::new();
        if !self.calendars.is_empty() {
            for (subject, place) in directory.subjects(person) {
                let own = directory.address(subject).and_then(|address| self.calendars.get(&address).copied());
                calendars.extend(own.map(|own| (place, own)));
            }
        }
        Sight { viewer: Some(self.id.clone()), policy: Some(*policy), calendars }
    }
}

/// What a class of viewers may know of one person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sight {
    viewer: Option<ViewerId>,
    policy: Option<PrivacyPolicy>,
    calendars: Vec<(u8, CalendarPolicy)>,
}

impl Sight {
    /// Everything the engine knows.
    #[must_use]
    pub fn full() -> Self {
        Self { viewer: None, policy: Some(PrivacyPolicy::default()), calendars: Vec::new() }
    }

    const fn denied(viewer: ViewerId) -> Self {
        Self { viewer: Some(viewer), policy: None, calendars: Vec::new() }
    }

    /// Whether the class may not see the person at all.
    #[must_use]
    pub const fn is_denied(&self) -> bool {
        self.policy.is_none()
    }

    /// The facets it may know.
    #[must_use]
    pub fn facets(&self) -> FacetSet {
        self.policy.map_or(FacetSet::NONE, |policy| policy.facets)
    }

    /// Whether it is told the reason of an absence.
    #[must_use]
    pub fn reasons(&self) -> bool {
        self.policy.is_some_and(|policy| policy.reasons)
    }

    /// How much it is told of the calendar at a place; of several rules the stricter.
    #[must_use]
    pub fn calendar(&self, place: u8) -> CalendarPolicy {
        let Some(policy) = self.policy else {
            return CalendarPolicy::new(Disclosure::Nothing, Disclosure::Nothing);
        };
        let own = self.calendars.iter().filter(|(at, _)| *at == place).map(|(_, own)| *own);
        let stricter = |a: CalendarPolicy, b: CalendarPolicy| {
            CalendarPolicy::new(a.ordinary.min(b.ordinary), a.private.min(b.private))
        };
        own.reduce(stricter).unwrap_or(policy.calendar)
    }

    /// Whether it may read a note.
    #[must_use]
    pub fn reads(&self, note: &Note) -> bool {
        let told = self.facets().contains(Facet::Note);
        told && self.viewer.as_ref().is_none_or(|viewer| note.audience().includes(viewer))
    }

    /// Whether calendars are read otherwise than as they are, or one otherwise than another: then a change may be seen
    /// although the whole did not change.
    pub(crate) fn tells_places_apart(&self) -> bool {
        let busy = |told: CalendarPolicy| told.ordinary.min(told.private) < Disclosure::Times;
        !self.calendars.is_empty() || self.policy.is_some_and(|policy| busy(policy.calendar))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::{PersonSpec, PlaceKind, PlaceSpec};

    fn viewer() -> Viewer {
        Viewer::new(ViewerId::new("colleague").unwrap())
    }

    /// S0.17: what is hidden is chosen per person, per class of viewers and per calendar. F.24: each class sees its own.
    #[test]
    fn sight_differs_by_person_class_and_calendar() {
        let mut builder = Directory::builder();
        let second = Address::smtp("anna.private@example.com").unwrap();
        let mailbox = PlaceSpec::new(PlaceKind::Mailbox).address(Address::smtp("anna@example.com").unwrap(), &[]);
        let other = PlaceSpec::new(PlaceKind::Mailbox).address(second.clone(), &[]);
        builder.person(PersonSpec::new(PersonId::new("anna").unwrap()).place(mailbox).place(other));
        builder.person(PersonSpec::new(PersonId::new("bo").unwrap()));
        let directory = builder.build().unwrap();
        let [anna, bo] = ["anna", "bo"].map(|id| directory.person(&PersonId::new(id).unwrap()).unwrap());
        let busy = CalendarPolicy::new(Disclosure::Busy, Disclosure::Nothing);
        let class = viewer().calendar(second, busy).except(PersonId::new("bo").unwrap(), Access::Denied);
        let sight = class.sight(anna, &directory);
        assert_eq!(sight.calendar(1), PrivacyPolicy::default().calendar);
        assert_eq!(sight.calendar(2), busy);
        assert!(sight.tells_places_apart());
        assert!(class.sight(bo, &directory).is_denied() && class.may_be_denied());
        assert!(!viewer().sight(bo, &directory).is_denied() && !viewer().may_be_denied());
    }

    #[test]
    fn busy_hides_which_kind_of_busy() {
        let read = |word| Disclosure::Busy.read(word);
        assert_eq!(read(ShowAs::OutOfOffice), Some(ShowAs::Busy));
        assert_eq!(read(ShowAs::Tentative), Some(ShowAs::Busy));
        assert_eq!(read(ShowAs::Free), Some(ShowAs::Free));
        assert_eq!(Disclosure::Nothing.read(ShowAs::Busy), None);
        assert_eq!(Disclosure::Times.read(ShowAs::OutOfOffice), Some(ShowAs::OutOfOffice));
    }
}
