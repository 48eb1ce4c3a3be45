//! Directories as they are recorded, and what things are called in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::directory::{Directory, PersonSpec, PlaceKind, PlaceSpec, SourceSpec};
use crate::identity::{Address, Origin, Person, PersonId, SourceId, Subject};

use super::ReplayError;

/// A directory: all that it is made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct DirectoryForm {
    sources: Vec<SourceSpec>,
    people: Vec<PersonSpec>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    voicemail_pilots: Vec<Address>,
    /// Whose places are not listed in the order in which they came, and the order in which they did: claims lie sorted
    /// by it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    ages: BTreeMap<PersonId, Vec<u8>>,
}

impl DirectoryForm {
    pub(super) fn of(directory: &Directory) -> Self {
        let ages = |person: Person| {
            let places = directory.places(person).iter().filter(|place| place.kind != PlaceKind::Person);
            let ages: Vec<u8> = places.map(|place| place.number).collect();
            (!ages.is_sorted()).then(|| Some((directory.person_id(person)?, ages)))?
        };
        Self {
            // What is typed is built in.
            sources: directory.sources().iter().skip(1).cloned().collect(),
            people: directory.people().filter_map(|person| directory.person_spec(person)).collect(),
            voicemail_pilots: directory.voicemail_pilots().to_vec(),
            ages: directory.people().filter_map(ages).collect(),
        }
    }

    /// The directory with which a recording starts.
    pub(super) fn first(&self) -> Result<Arc<Directory>, ReplayError> {
        let mut builder = Directory::builder();
        for source in &self.sources {
            builder.source(source.clone());
        }
        for person in &self.people {
            builder.person(self.by_age(person));
        }
        for pilot in &self.voicemail_pilots {
            builder.voicemail_pilot(pilot.clone());
        }
        let directory = builder.build()?;
        if self.ages.is_empty() { Ok(Arc::new(directory)) } else { self.after(&directory) }
    }

    /// The directory that follows another.
    pub(super) fn after(&self, old: &Directory) -> Result<Arc<Directory>, ReplayError> {
        let mut builder = old.rebuild();
        builder.clear_voicemail_pilots();
        for source in &self.sources {
            builder.source(source.clone());
        }
        let there: BTreeSet<&PersonId> = self.people.iter().map(|person| &person.id).collect();
        for gone in old.people().filter_map(|person| old.person_id(person)).filter(|id| !there.contains(id)) {
            builder.remove(&gone);
        }
        for person in &self.people {
            builder.person(person.clone());
        }
        for pilot in &self.voicemail_pilots {
            builder.voicemail_pilot(pilot.clone());
        }
        Ok(Arc::new(builder.build()?))
    }

    /// A person with the places in the order in which they came.
    fn by_age(&self, person: &PersonSpec) -> PersonSpec {
        let mut person = person.clone();
        if let Some(ages) = self.ages.get(&person.id) {
            let mut ages = ages.iter();
            let mut aged: Vec<(u8, PlaceSpec)> = Vec::new();
            for place in person.places {
                let age = if place.kind == PlaceKind::Person { None } else { ages.next().copied() };
                aged.push((age.unwrap_or_default(), place));
            }
            aged.sort_by_key(|(age, _)| *age);
            person.places = aged.into_iter().map(|(_, place)| place).collect();
        }
        person
    }
}

/// What a subject is called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SubjectForm {
    Address(Address),
    /// The place that is the person.
    Person(PersonId),
}

/// The handle of a subject that nobody is.
pub(super) const NO_SUBJECT: Subject = Subject::new(u32::MAX);
/// The handle of somebody who is not there.
const NO_PERSON: Person = Person::new(u32::MAX);
/// The handle of a source that is none: there are never so many.
const NO_ORIGIN: Origin = Origin::new(u16::MAX);

impl SubjectForm {
    /// `None`: nobody is called so.
    pub(super) fn of(directory: &Directory, subject: Subject) -> Option<Self> {
        let owner = directory.owner(subject)?;
        match directory.address(subject) {
            Some(address) => Some(Self::Address(address)),
            None => directory.person_id(owner).map(Self::Person),
        }
    }

    /// The name of a place: one of its addresses, or whose it is.
    pub(super) fn of_place(directory: &Directory, person: Person, place: u8) -> Option<Self> {
        if place == 0 {
            return directory.person_id(person).map(Self::Person);
        }
        let (subject, _) = directory.subjects(person).find(|(_, number)| *number == place)?;
        Self::of(directory, subject)
    }

    pub(super) fn subject(&self, directory: &Directory) -> Result<Subject, ReplayError> {
        match self {
            Self::Address(address) => {
                directory.subject(address).ok_or_else(|| ReplayError::UnknownAddress(address.clone()))
            }
            Self::Person(id) => {
                let subject = directory.person(id).and_then(|person| directory.person_subject(person));
                subject.ok_or_else(|| ReplayError::UnknownPerson(id.clone()))
            }
        }
    }
}

pub(super) fn source_of(directory: &Directory, origin: Origin) -> Option<SourceId> {
    directory.source_id(origin).cloned()
}

/// The handle of a source; nothing is a source that was none in the recorded engine either.
pub(super) fn origin_of(directory: &Directory, source: Option<&SourceId>) -> Result<Origin, ReplayError> {
    let known = |id: &SourceId| directory.origin(id).ok_or_else(|| ReplayError::UnknownSource(id.clone()));
    source.map_or(Ok(NO_ORIGIN), known)
}

pub(super) fn person_of(directory: &Directory, person: Option<&PersonId>) -> Result<Person, ReplayError> {
    let known = |id: &PersonId| directory.person(id).ok_or_else(|| ReplayError::UnknownPerson(id.clone()));
    person.map_or(Ok(NO_PERSON), known)
}

pub(super) fn id_of(directory: &Directory, person: Person) -> Option<PersonId> {
    if directory.is_gone(person) { None } else { directory.person_id(person) }
}
