//! Making a directory, and making a new one from an old one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hashbrown::HashTable;
use thiserror::Error;

use super::{
    Directory, EXTERNAL, GONE, Interest, NONE16, NONE32, PersonEntry, PersonSpec, PlaceEntry, PlaceKind, PlaceSpec,
    SourceSpec, SubjectEntry, TYPED, Text, Trust, address_hash, index,
};
use crate::fact::{Facet, FacetSet};
use crate::hash::fnv1a;
use crate::identity::{Address, Origin, Person, PersonId, Scheme, SourceId, Subject};

/// Why a directory cannot be made.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum DirectoryError {
    /// Two people, or two places of one person, claim one address.
    #[error("address `{address}` is given to `{first}` and again to `{second}`: an address belongs to one place")]
    AddressTwice {
        /// The address.
        address: Address,
        /// Who has it.
        first: PersonId,
        /// Who claims it too.
        second: PersonId,
    },
    /// One id is given to two people.
    #[error("person `{0}` is given twice")]
    PersonTwice(PersonId),
    /// One id is given to two sources.
    #[error("source `{0}` is given twice")]
    SourceTwice(SourceId),
    /// An address is said to be covered by a source that nobody gave.
    #[error("person `{person}` names the source `{source_id}`, which is not among the sources")]
    UnknownSource {
        /// Whose address.
        person: PersonId,
        /// The source.
        source_id: SourceId,
    },
    /// The id `typed` belongs to the built-in source of what people type.
    #[error("source id `typed` is reserved")]
    Reserved,
    /// More of something than handles can count.
    #[error("too many {what}: at most {limit}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
}

/// A directory in the making.
#[derive(Debug, Default)]
pub struct DirectoryBuilder {
    base: Option<Directory>,
    sources: Vec<SourceSpec>,
    people: Vec<PersonSpec>,
    index: BTreeMap<PersonId, usize>,
    given: BTreeSet<PersonId>,
    pilots: Vec<Address>,
    problem: Option<DirectoryError>,
}

impl DirectoryBuilder {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn from_directory(base: &Directory) -> Self {
        let mut builder = Self {
            base: Some(base.clone()),
            sources: base.sources.iter().skip(1).cloned().collect(),
            pilots: base.pilots.clone(),
            ..Self::default()
        };
        for spec in base.people().filter_map(|person| base.person_spec(person)) {
            builder.put(spec);
        }
        builder
    }

    /// Adds a source, or replaces what an older directory said of it.
    pub fn source(&mut self, spec: SourceSpec) -> &mut Self {
        if spec.id.as_str() == TYPED {
            self.complain(DirectoryError::Reserved);
        }
        let known = self.base.as_ref().is_some_and(|base| base.origin(&spec.id).is_some());
        match self.sources.iter_mut().find(|other| other.id == spec.id) {
            Some(old) if known => *old = spec,
            Some(_) => self.complain(DirectoryError::SourceTwice(spec.id)),
            None => self.sources.push(spec),
        }
        self
    }

    /// Adds a person, or replaces what an older directory said of them.
    pub fn person(&mut self, spec: PersonSpec) -> &mut Self {
        if !self.given.insert(spec.id.clone()) {
            self.complain(DirectoryError::PersonTwice(spec.id.clone()));
        }
        self.put(spec);
        self
    }

    /// Leaves a person of the older directory out.
    pub fn remove(&mut self, id: &PersonId) -> &mut Self {
        if let Some(at) = self.index.remove(id) {
            self.people.swap_remove(at);
            if let Some(moved) = self.people.get(at) {
                self.index.insert(moved.id.clone(), at);
            }
        }
        self
    }

    /// A number that means "voicemail" when a telephone is diverted to it.
    pub fn voicemail_pilot(&mut self, number: Address) -> &mut Self {
        if !self.pilots.contains(&number) {
            self.pilots.push(number);
        }
        self
    }

    /// Forgets the voicemail numbers of the older directory.
    pub fn clear_voicemail_pilots(&mut self) -> &mut Self {
        self.pilots.clear();
        self
    }

    /// # Errors
    ///
    /// Fails where entries contradict each other, name an unknown source, or are too many; see [`DirectoryError`].
    pub fn build(self) -> Result<Directory, DirectoryError> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let mut making = Making::new(self.base, &self.sources, self.pilots)?;
        for spec in &self.people {
            making.add(spec)?;
        }
        Ok(making.finish())
    }

    fn put(&mut self, spec: PersonSpec) {
        match self.index.get(&spec.id).and_then(|at| self.people.get_mut(*at)) {
            Some(old) => *old = spec,
            None => {
                self.index.insert(spec.id.clone(), self.people.len());
                self.people.push(spec);
            }
        }
    }

    fn complain(&mut self, problem: DirectoryError) {
        self.problem.get_or_insert(problem);
    }
}

/// At most so many places a person has at a time, the person counted in.
const MOST_PLACES: usize = 64;

/// The new directory, and what the old one said of places.
struct Making {
    old: Directory,
    new: Directory,
    /// Where the texts of the person begin who is being added.
    written_from: usize,
    coverages: BTreeMap<Vec<u16>, u16>,
    labels: BTreeMap<Arc<str>, u16>,
}

impl Making {
    fn new(base: Option<Directory>, sources: &[SourceSpec], pilots: Vec<Address>) -> Result<Self, DirectoryError> {
        let old = base.unwrap_or_else(empty);
        let mut new = old.clone();
        new.pilots = pilots;
        new.owned.clear();
        new.places.clear();
        new.skills.clear();
        new.coverages.clear();
        new.labels.clear();
        for entry in &mut new.people {
            entry.flags |= GONE;
        }
        for entry in &mut new.subjects {
            entry.person = NONE32;
        }
        for source in sources {
            match new.sources.iter_mut().find(|other| other.id == source.id) {
                Some(known) => *known = source.clone(),
                None => new.sources.push(source.clone()),
            }
        }
        at_most("sources", new.sources.len(), usize::from(u16::MAX) - 1)?;
        Ok(Self { old, new, written_from: 0, coverages: BTreeMap::new(), labels: BTreeMap::new() })
    }

    fn add(&mut self, spec: &PersonSpec) -> Result<(), DirectoryError> {
        // Addresses first: the id is often a piece of one, and two addresses often read alike.
        self.written_from = self.new.texts.len();
        for place in spec.places.iter().flat_map(|place| &place.addresses) {
            self.intern(&place.address)?;
        }
        let person = self.enter(&spec.id)?;
        let mut entry = PersonEntry { flags: 0, ..self.new.people.get(person.index()).copied().unwrap_or_else(nobody) };
        entry.name = self.name(entry.name, &spec.name)?;
        entry.department = spec.department.as_deref().map_or(Ok(NONE16), |label| self.label(label))?;
        entry.first_skill = number(self.new.skills.len());
        entry.skills = u8::try_from(spec.skills.len()).map_err(|_| too_many("skills of one person", 255))?;
        for skill in &spec.skills {
            let label = self.label(skill)?;
            self.new.skills.push(label);
        }
        if spec.trust == Trust::External {
            entry.flags |= EXTERNAL;
        }
        entry.voicemail = match &spec.voicemail {
            Some(address) => self.intern(address)?.raw(),
            None => NONE32,
        };
        self.bind_places(person, spec, &mut entry)?;
        if let Some(slot) = self.new.people.get_mut(person.index()) {
            *slot = entry;
        }
        Ok(())
    }

    fn bind_places(
        &mut self,
        person: Person,
        spec: &PersonSpec,
        entry: &mut PersonEntry,
    ) -> Result<(), DirectoryError> {
        entry.first_place = number(self.new.places.len());
        entry.first_owned = number(self.new.owned.len());
        self.new.places.push(PlaceEntry { number: 0, kind: PlaceKind::Person });
        for place in &spec.places {
            let at = self.place_number(person, place, entry)?;
            for address in &place.addresses {
                let subject = self.intern(&address.address)?;
                let coverage = self.coverage(&spec.id, &address.sources)?;
                self.bind(subject, person, at, coverage, &address.address)?;
            }
        }
        self.new.owned.push(entry.own);
        if let Some(own) = self.new.subjects.get_mut(index(entry.own)) {
            *own = SubjectEntry { person: person.raw(), ..*own };
        }
        let places = self.new.places.len() - index(entry.first_place);
        at_most("places of one person", places, MOST_PLACES)?;
        entry.places = u8::try_from(places).unwrap_or(u8::MAX);
        let owned = self.new.owned.len() - index(entry.first_owned);
        entry.owned = u16::try_from(owned).map_err(|_| too_many("addresses of one person", 65_535))?;
        Ok(())
    }

    /// The number of a place: that of the same place in the old directory, else a new one.
    fn place_number(
        &mut self,
        person: Person,
        place: &PlaceSpec,
        entry: &mut PersonEntry,
    ) -> Result<u8, DirectoryError> {
        if place.kind == PlaceKind::Person {
            return Ok(0);
        }
        let at = match self.same_place(person, place) {
            Some(number) if !self.places_so_far(entry).any(|other| other == number) => number,
            _ => {
                let number = entry.next_place;
                entry.next_place = number.checked_add(1).ok_or_else(places_full)?;
                number
            }
        };
        self.new.places.push(PlaceEntry { number: at, kind: place.kind });
        Ok(at)
    }

    /// A place is the same if its kind and its addresses are.
    fn same_place(&self, person: Person, place: &PlaceSpec) -> Option<u8> {
        let wanted: BTreeSet<&Address> = place.addresses.iter().map(|spec| &spec.address).collect();
        self.old.places(person).iter().filter(|old| old.kind == place.kind && old.number != 0).find_map(|old| {
            let at = self.old.subjects(person).filter(|(_, number)| *number == old.number);
            let had: BTreeSet<Address> = at.filter_map(|(subject, _)| self.old.address(subject)).collect();
            had.iter().eq(wanted.iter().copied()).then_some(old.number)
        })
    }

    fn places_so_far(&self, entry: &PersonEntry) -> impl Iterator<Item = u8> + '_ {
        self.new.places.iter().skip(index(entry.first_place)).map(|place| place.number)
    }

    fn bind(
        &mut self,
        subject: Subject,
        person: Person,
        place: u8,
        coverage: u16,
        address: &Address,
    ) -> Result<(), DirectoryError> {
        let Some(entry) = self.new.subjects.get_mut(subject.index()) else { return Ok(()) };
        if entry.person != NONE32 {
            let id = |person: Person| self.new.person_id(person).or_else(|| PersonId::new("?").ok());
            let owner = Person::new(self.new.subjects.get(subject.index()).map_or(0, |entry| entry.person));
            return match (id(owner), id(person)) {
                (Some(first), Some(second)) => {
                    Err(DirectoryError::AddressTwice { address: address.clone(), first, second })
                }
                _ => Ok(()),
            };
        }
        entry.person = person.raw();
        entry.place = place;
        entry.coverage = coverage;
        self.new.owned.push(subject.raw());
        Ok(())
    }

    /// The handle of a person, a new one if need be.
    fn enter(&mut self, id: &PersonId) -> Result<Person, DirectoryError> {
        if let Some(person) = self.new.find_person(id.as_str()) {
            return Ok(person);
        }
        at_most("people", self.new.people.len() + 1, index(NONE32))?;
        let person = Person::new(number(self.new.people.len()));
        let text = self.write(id.as_str())?;
        let own = self.new_subject(Text { start: 0, len: 0 }, u8::MAX)?;
        self.new.people.push(PersonEntry { id: text, own: own.raw(), ..nobody() });
        let Directory { people, texts, by_id, .. } = &mut self.new;
        let hash = |other: &u32| people.get(index(*other)).map_or(0, |entry| fnv1a(piece(texts, entry.id).as_bytes()));
        by_id.insert_unique(fnv1a(id.as_str().as_bytes()), person.raw(), hash);
        Ok(person)
    }

    /// The handle of an address, a new one if need be.
    fn intern(&mut self, address: &Address) -> Result<Subject, DirectoryError> {
        if let Some(subject) = self.new.find_address(address) {
            return Ok(subject);
        }
        let text = self.write(address.value())?;
        let subject = self.new_subject(text, address.scheme().code())?;
        let Directory { subjects, texts, by_address, .. } = &mut self.new;
        let hash = |other: &u32| {
            subjects.get(index(*other)).map_or(0, |entry| {
                let scheme = Scheme::from_code(entry.scheme);
                scheme.map_or(0, |scheme| address_hash(scheme, piece(texts, entry.text)))
            })
        };
        by_address.insert_unique(address_hash(address.scheme(), address.value()), subject.raw(), hash);
        Ok(subject)
    }

    fn new_subject(&mut self, text: Text, scheme: u8) -> Result<Subject, DirectoryError> {
        at_most("addresses", self.new.subjects.len() + 1, index(NONE32))?;
        let subject = Subject::new(number(self.new.subjects.len()));
        self.new.subjects.push(SubjectEntry { text, person: NONE32, coverage: NONE16, place: 0, scheme });
        Ok(subject)
    }

    fn coverage(&mut self, person: &PersonId, sources: &[SourceId]) -> Result<u16, DirectoryError> {
        let mut origins = Vec::new();
        for id in sources {
            let unknown = || DirectoryError::UnknownSource { person: person.clone(), source_id: id.clone() };
            origins.push(self.new.origin(id).ok_or_else(unknown)?.raw());
        }
        origins.sort_unstable();
        origins.dedup();
        if let Some(known) = self.coverages.get(&origins) {
            return Ok(*known);
        }
        let at = u16::try_from(self.new.coverages.len()).ok().filter(|at| *at < NONE16);
        let at = at.ok_or_else(|| too_many("combinations of sources", 65_534))?;
        self.new.coverages.push(origins.iter().map(|origin| Origin::new(*origin)).collect());
        self.coverages.insert(origins, at);
        Ok(at)
    }

    fn label(&mut self, label: &str) -> Result<u16, DirectoryError> {
        if let Some(known) = self.labels.get(label) {
            return Ok(*known);
        }
        let at = u16::try_from(self.new.labels.len()).ok().filter(|at| *at < NONE16);
        let at = at.ok_or_else(|| too_many("departments and skills", 65_534))?;
        let label: Arc<str> = label.into();
        self.new.labels.push(Arc::clone(&label));
        self.labels.insert(label, at);
        Ok(at)
    }

    /// The text of a name, written anew only if it differs.
    fn name(&mut self, old: Text, name: &str) -> Result<Text, DirectoryError> {
        if piece(&self.new.texts, old) == name { Ok(old) } else { self.write(name) }
    }

    /// Writes a text, unless it stands already in what was written for the same person.
    fn write(&mut self, text: &str) -> Result<Text, DirectoryError> {
        let len = u16::try_from(text.len()).map_err(|_| too_many("bytes in a name", 65_535))?;
        let own = self.new.texts.get(self.written_from..).unwrap_or_default();
        let start = own.find(text).map_or(self.new.texts.len(), |at| self.written_from + at);
        if start == self.new.texts.len() {
            self.new.texts.push_str(text);
        }
        let start = u32::try_from(start).map_err(|_| too_many("bytes of names", index(NONE32)))?;
        Ok(Text { start, len })
    }

    fn finish(mut self) -> Directory {
        self.new.texts.shrink_to_fit();
        self.new.people.shrink_to_fit();
        self.new.subjects.shrink_to_fit();
        self.new.owned.shrink_to_fit();
        self.new.places.shrink_to_fit();
        self.new
    }
}

fn empty() -> Directory {
    let typed = SourceId::new(TYPED).ok().map(|id| SourceSpec {
        interest: Interest::Everyone,
        ..SourceSpec::new(id, &[Facet::Absence, Facet::Manual, Facet::Note])
    });
    Directory {
        texts: String::new(),
        people: Vec::new(),
        by_id: HashTable::new(),
        subjects: Vec::new(),
        by_address: HashTable::new(),
        owned: Vec::new(),
        places: Vec::new(),
        coverages: Vec::new(),
        labels: Vec::new(),
        skills: Vec::new(),
        sources: typed.into_iter().collect(),
        pilots: Vec::new(),
    }
}

const fn nobody() -> PersonEntry {
    let nothing = Text { start: 0, len: 0 };
    PersonEntry {
        id: nothing,
        name: nothing,
        own: NONE32,
        first_owned: 0,
        first_place: 0,
        first_skill: 0,
        voicemail: NONE32,
        owned: 0,
        department: NONE16,
        places: 0,
        skills: 0,
        next_place: 1,
        flags: 0,
    }
}

fn piece(texts: &str, text: Text) -> &str {
    let start = index(text.start);
    texts.get(start..start + usize::from(text.len)).unwrap_or_default()
}

fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(NONE32)
}

fn at_most(what: &'static str, count: usize, limit: usize) -> Result<(), DirectoryError> {
    if count > limit { Err(too_many(what, limit)) } else { Ok(()) }
}

const fn too_many(what: &'static str, limit: usize) -> DirectoryError {
    DirectoryError::TooMany { what, limit }
}

const fn places_full() -> DirectoryError {
    too_many("places of one person, past ones included", 255)
}

/// What a place of this kind may be expected to tell, given who covers it.
impl Directory {
    pub(crate) fn expected(&self, person: Person, place: PlaceEntry) -> FacetSet {
        let at = self.subjects(person).filter(|(_, number)| *number == place.number);
        let told = at.flat_map(|(subject, _)| self.coverage(subject)).filter_map(|origin| self.facets(*origin));
        told.fold(FacetSet::NONE, FacetSet::union).intersection(super::expected_at(place.kind))
    }

    pub(crate) fn facets(&self, origin: Origin) -> Option<FacetSet> {
        self.sources.get(origin.index()).map(|source| source.facets)
    }
}
