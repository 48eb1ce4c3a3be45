//! How far each kind of presence of each person has got, and what sources have trouble with.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostics, Mode, PresenceKind, SourceErrorKind, SourceHealth, SubjectStatus};
use crate::directory::{Interest, PlaceKind, expected_at};
use crate::fact::{Facet, FacetSet};
use crate::identity::{Origin, Person, Subject};
use crate::privacy::Viewer;

use super::Engine;

/// Trouble of a source with a subject.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problem {
    pub(super) kind: SourceErrorKind,
    /// The source is not expected to know this subject any more.
    pub(super) excludes: bool,
}

/// All trouble with single subjects, by person.
#[derive(Debug, Default)]
pub(super) struct Problems {
    pub(super) by_subject: BTreeMap<(u32, u16), Problem>,
    /// A bit for each person about whom there is, or was, trouble.
    people: Vec<u64>,
}

impl Problems {
    pub(super) fn any(&self, person: Person) -> bool {
        self.people.get(person.index() >> 6).is_some_and(|word| word & 1 << (person.index() & 63) != 0)
    }

    /// A report takes back what its source said of trouble; whether that changes what is expected.
    pub(super) fn clear(&mut self, origin: Origin, subject: Subject) -> bool {
        self.by_subject.remove(&(subject.raw(), origin.raw())).is_some_and(|problem| problem.excludes)
    }

    /// Forgets trouble with subjects that have moved.
    pub(super) fn retain(&mut self, keep: impl Fn(Subject) -> bool) {
        self.by_subject.retain(|(subject, _), _| keep(Subject::new(*subject)));
    }

    fn get(&self, origin: Origin, subject: Subject) -> Option<Problem> {
        self.by_subject.get(&(subject.raw(), origin.raw())).copied()
    }

    pub(super) fn put(&mut self, person: Person, origin: Origin, subject: Subject, problem: Problem) {
        self.by_subject.insert((subject.raw(), origin.raw()), problem);
        let word = person.index() >> 6;
        if self.people.len() <= word {
            self.people.resize(word + 1, 0);
        }
        if let Some(word) = self.people.get_mut(word) {
            *word |= 1 << (person.index() & 63);
        }
    }
}

impl Engine {
    pub(super) fn take_problem(&mut self, origin: Origin, subject: Option<Subject>, kind: SourceErrorKind) {
        let Some(subject) = subject else {
            self.sessions.set_problem(origin, kind);
            return;
        };
        let Some((person, place)) = self.directory.binding(subject) else {
            self.counts.unknown_subjects += 1;
            return;
        };
        // Who has been reported once is not forgotten because access is refused for a while.
        let reported =
            || self.people.all_claims(person).iter().any(|claim| claim.origin() == origin && claim.place() == place);
        let excludes = match kind {
            SourceErrorKind::NotFound | SourceErrorKind::NotConfigured => true,
            SourceErrorKind::Forbidden => !reported(),
            _ => false,
        };
        self.problems.put(person, origin, subject, Problem { kind, excludes });
        self.shape(person);
        self.dirty.push(person);
    }

    /// What is still expected at a place, given the trouble that sources have.
    pub(super) fn still_expected(&self, person: Person, place: u8) -> FacetSet {
        let mut expected = FacetSet::NONE;
        for (subject, _) in self.directory.subjects(person).filter(|(_, number)| *number == place) {
            for origin in self.directory.coverage(subject) {
                if !self.problems.get(*origin, subject).is_some_and(|problem| problem.excludes) {
                    expected = expected.union(self.directory.facets(*origin).unwrap_or_default());
                }
            }
        }
        expected
    }

    /// How far a facet of a person has got.
    ///
    /// A missing address is [`NotEnabled`](SubjectStatus::NotEnabled): a warning, never an error.
    #[must_use]
    pub fn status(&self, person: Person, facet: Facet) -> SubjectStatus {
        let Some(record) = self.people.record(person) else { return SubjectStatus::NotEnabled };
        if record.situation.stale().contains(facet) {
            return SubjectStatus::Stale;
        }
        if record.situation.knows(facet) {
            return SubjectStatus::Known;
        }
        let covering = self.covering(person, facet);
        if covering.is_empty() {
            return SubjectStatus::NotEnabled;
        }
        if let Some(problem) = covering.iter().find_map(|(origin, subject)| self.problems.get(*origin, *subject)) {
            return problem.kind.subject();
        }
        let asked = |origin: &Origin| match self.directory.sources().get(origin.index()).map(|source| source.interest) {
            Some(Interest::OnDemand { .. }) => self.interest.is_asked(*origin, person),
            _ => true,
        };
        if !covering.iter().any(|(origin, _)| asked(origin)) {
            return SubjectStatus::NotRequested;
        }
        self.status_of_sources(&covering)
    }

    /// What the administrator's table shows of one kind of presence, to a class of viewers.
    #[must_use]
    pub fn mode(&self, person: Person, viewer: &Viewer, kind: PresenceKind) -> Mode {
        let Some(presence) = self.presence(person, viewer) else { return Mode::Not(SubjectStatus::NotEnabled) };
        if presence.denied.is_some() {
            return Mode::Not(SubjectStatus::AccessDenied);
        }
        if presence.is_offline_constant() && viewer.may_be_denied() {
            return Mode::Offline;
        }
        let situation = presence.situation;
        let (mode, facet) = match kind {
            PresenceKind::Rich => (Mode::rich(&situation), Facet::Rich),
            PresenceKind::Telephony => (Mode::telephony(situation.telephones(false, false)), Facet::Call),
        };
        match mode {
            Some(mode) => mode,
            // How far the source has got would tell of what the class may not know.
            None if !viewer.sight(person, &self.directory).facets().contains(facet) => {
                Mode::Not(SubjectStatus::NotEnabled)
            }
            None => Mode::Not(match self.status(person, facet) {
                // Known of a mobile, or hidden from this class: the telephone in question says nothing.
                SubjectStatus::Known => SubjectStatus::Requesting,
                status => status,
            }),
        }
    }

    /// How things stand.
    #[must_use]
    pub fn diagnostics(&self) -> Diagnostics {
        let health = |(index, spec): (usize, &crate::directory::SourceSpec)| {
            let origin = Origin::new(u16::try_from(index).unwrap_or(u16::MAX));
            let standing = self.sessions.get(origin);
            SourceHealth {
                source: spec.id.clone(),
                status: standing.status,
                problem: standing.problem,
                standing: standing.stands,
                reports: standing.reports,
                last_heard: standing.last_heard,
                troubled: self.troubled(origin),
            }
        };
        Diagnostics {
            counts: self.counts,
            sources: self.directory.sources().iter().enumerate().map(health).collect(),
            wanted: self.interest.len(),
        }
    }

    fn troubled(&self, origin: Origin) -> Vec<(crate::identity::PersonId, SourceErrorKind)> {
        let of_origin = self.problems.by_subject.iter().filter(|((_, other), _)| *other == origin.raw());
        let named = of_origin.filter_map(|((subject, _), problem)| {
            let person = self.directory.owner(Subject::new(*subject))?;
            Some((self.directory.person_id(person)?, problem.kind))
        });
        named.collect()
    }

    /// Who covers a person on a facet, by which subject.
    fn covering(&self, person: Person, facet: Facet) -> Vec<(Origin, Subject)> {
        let kinds = |place: u8| {
            let places = self.directory.places(person);
            places.iter().find(|entry| entry.number == place).map(|entry| entry.kind)
        };
        let fits = |place: u8| kinds(place).is_some_and(|kind: PlaceKind| expected_at(kind).contains(facet));
        let subjects = self.directory.subjects(person).filter(|(_, place)| fits(*place));
        subjects
            .flat_map(|(subject, _)| self.directory.coverage(subject).iter().map(move |origin| (*origin, subject)))
            .filter(|(origin, _)| self.directory.facets(*origin).is_some_and(|facets| facets.contains(facet)))
            .collect()
    }

    fn status_of_sources(&self, covering: &[(Origin, Subject)]) -> SubjectStatus {
        use crate::diagnostics::ConnectorStatus as Connector;
        let statuses = || covering.iter().map(|(origin, _)| self.sessions.get(*origin).status);
        if statuses().all(|status| matches!(status, Connector::ServerNotConfigured | Connector::Disabled)) {
            SubjectStatus::ServerNotConfigured
        } else if statuses().all(|status| status == Connector::Forbidden) {
            SubjectStatus::AccessDenied
        } else if statuses().all(|status| status == Connector::ConnectionError) {
            SubjectStatus::Error
        } else {
            SubjectStatus::Requesting
        }
    }
}
