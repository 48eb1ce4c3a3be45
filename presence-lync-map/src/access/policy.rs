//! Relationships as classes of viewers of the engine.

use presence_core::{Access, CalendarPolicy, Disclosure, Facet, FacetSet, PersonId, PrivacyPolicy, Viewer, ViewerId};

use super::containers::Standing;
use super::field::Field;
use super::relationship::Relationship;
use super::rules::{AccessRules, ExternalActivity};

impl AccessRules {
    /// What a class of viewers of this relationship may know in the engine.
    ///
    /// The engine tells a facet or does not tell it, so a facet is told to those who may know everything that is in it.
    /// Where that is not exactly what the table of fields says, it is less:
    ///
    /// * People of other companies may know the number and not the activity, which are one facet: they see neither,
    ///   unless [`ExternalActivity`] says otherwise. To show the number alone, report it without an activity to an
    ///   engine of their own, or use [`shown`](Self::shown).
    /// * A diversion tells a number, which may be that of the home: friends and family see it, others do not.
    /// * The place and the organiser of a meeting go with its subject.
    ///
    /// What it does not do: the engine shows "do not disturb" to everybody with one face, and its cards tell name and
    /// addresses to every class. Ask [`told`](Self::told) before a card is handed out.
    #[must_use]
    pub fn access(&self, to: Relationship) -> Access {
        if to == Relationship::Blocked { Access::Denied } else { Access::Allowed(self.policy(to)) }
    }

    /// A class of viewers of this relationship. To the blocked everybody looks offline.
    #[must_use]
    pub fn viewer(&self, id: ViewerId, to: Relationship) -> Viewer {
        let mut viewer = Viewer::new(id);
        viewer.access = self.access(to);
        viewer
    }

    /// One watcher as a viewer: what they may know of each person by the containers of that person, and of everybody else
    /// what everybody may know.
    #[must_use]
    pub fn watcher(&self, id: ViewerId, of: impl IntoIterator<Item = (PersonId, Standing)>) -> Viewer {
        let nobody = self.viewer(id, Relationship::Default);
        of.into_iter().fold(nobody, |viewer, (person, standing)| viewer.except(person, self.access(standing.seen_as())))
    }

    fn policy(&self, to: Relationship) -> PrivacyPolicy {
        let told = |facet: &Facet| fields(*facet).iter().all(|field| self.told(*field, to).is_told());
        let mut facets: FacetSet = Facet::ALL.into_iter().filter(told).collect();
        if to == Relationship::External && self.external_activity == ExternalActivity::ToldWithState {
            facets = facets.with(Facet::Rich);
        }
        let mut policy = PrivacyPolicy::default();
        policy.calendar = self.calendar(to);
        policy.facets = facets;
        policy.reasons = to == Relationship::Owner;
        policy
    }

    /// Private meetings tell nobody a subject, so of them no more than the times.
    fn calendar(&self, to: Relationship) -> CalendarPolicy {
        let told = |field| self.told(field, to).is_told();
        let times = if told(Field::FreeBusy) { Disclosure::Times } else { Disclosure::Nothing };
        let texts = told(Field::MeetingSubject) && told(Field::MeetingLocation);
        CalendarPolicy::new(if texts { Disclosure::Everything } else { times }, times)
    }
}

/// All that a facet tells. A facet that is not known here is for the owner.
const fn fields(facet: Facet) -> &'static [Field] {
    match facet {
        Facet::Absence | Facet::AutomaticReply => &[Field::OutOfOfficeNote, Field::Activity],
        Facet::Calendar => &[Field::FreeBusy],
        Facet::Call => &[Field::Activity],
        Facet::Device | Facet::Reach => &[Field::Device],
        Facet::Diversion => &[Field::Activity, Field::OtherPhone],
        Facet::DoNotDisturb | Facet::Rich => &[Field::Availability, Field::Activity],
        Facet::Hours => &[Field::WorkingHours],
        Facet::Manual => &[Field::Availability, Field::Activity],
        Facet::Note => &[Field::PersonalNote],
        Facet::Roaming => &[Field::Location],
        _ => &Field::ALL,
    }
}
