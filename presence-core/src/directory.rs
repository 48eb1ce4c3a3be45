//! Who there is, by which names, and at which places: names to small handles and back.
//!
//! A [`Directory`] is a value. It binds every [`Address`] to a person and a *place*: one telephone, one mailbox, one
//! account, or the person. Two addresses of one place are two paths to the same thing: an extension and a SIP URI may
//! well be one telephone. A changed directory is made from the old one, so that handles keep their meaning:
//!
//! ```
//! use presence_core::{Address, Directory, Facet, PersonId, PersonSpec, PlaceKind, PlaceSpec, SourceId, SourceSpec};
//!
//! let pbx = SourceId::new("pbx")?;
//! let mut builder = Directory::builder();
//! builder.source(SourceSpec::new(pbx.clone(), &[Facet::Call, Facet::Reach]));
//! let desk = PlaceSpec::new(PlaceKind::Desk)
//!     .address(Address::extension("hq", "4711")?, &[pbx.clone()])
//!     .address(Address::sip("4711@pbx.example.com")?, &[pbx]);
//! builder.person(PersonSpec::new(PersonId::new("anna")?).named("Anna Berg").place(desk));
//! let directory = builder.build()?;
//!
//! let anna = directory.person(&PersonId::new("anna")?).ok_or("no anna")?;
//! let line = directory.subject(&Address::sip("4711@pbx.example.com")?).ok_or("no line")?;
//! assert_eq!(directory.owner(line), Some(anna));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod build;
mod spec;

use std::fmt;
use std::sync::Arc;

use hashbrown::HashTable;

use crate::fact::{Facet, FacetSet};
use crate::hash::fnv1a;
use crate::identity::{Address, Origin, Person, PersonId, Scheme, SourceId, Subject};

pub use build::{DirectoryBuilder, DirectoryError};
pub use spec::{AddressSpec, Interest, PersonSpec, PlaceKind, PlaceSpec, SourceSpec, Trust};

/// The id of the built-in source of what people type here: notes, absences, manual states.
pub const TYPED: &str = "typed";

/// How many parts the people are dealt into, see [`partition`].
pub const PARTITIONS: u16 = 4096;

/// The part that `person` belongs to: FNV-1a (64 bit) of the bytes of the id, modulo 4096. Fixed for good.
#[must_use]
pub fn partition(person: &PersonId) -> u16 {
    let part = fnv1a(person.as_str().as_bytes()) % u64::from(PARTITIONS);
    u16::try_from(part).unwrap_or(0)
}

/// Names to handles and back: people, places, addresses, sources.
#[derive(Clone)]
pub struct Directory {
    /// All names in one block; a `Text` is a piece of it.
    texts: String,
    people: Vec<PersonEntry>,
    by_id: HashTable<u32>,
    subjects: Vec<SubjectEntry>,
    by_address: HashTable<u32>,
    /// Subjects by person: the entry of a person names a range.
    owned: Vec<u32>,
    /// Places by person: the entry of a person names a range.
    places: Vec<PlaceEntry>,
    /// Which origins cover an address: few different lists, so a subject names one by number.
    coverages: Vec<Box<[Origin]>>,
    labels: Vec<Arc<str>>,
    /// Skills by person, as numbers of labels.
    skills: Vec<u16>,
    sources: Vec<SourceSpec>,
    pilots: Vec<Address>,
}

#[derive(Clone, Copy)]
struct Text {
    start: u32,
    len: u16,
}

#[derive(Clone, Copy)]
struct PersonEntry {
    id: Text,
    name: Text,
    own: u32,
    first_owned: u32,
    first_place: u32,
    first_skill: u32,
    voicemail: u32,
    owned: u16,
    department: u16,
    places: u8,
    skills: u8,
    /// The number the next new place gets: numbers are never used again.
    next_place: u8,
    flags: u8,
}

const EXTERNAL: u8 = 1;
const GONE: u8 = 2;
const NONE32: u32 = u32::MAX;
const NONE16: u16 = u16::MAX;

#[derive(Clone, Copy)]
struct SubjectEntry {
    text: Text,
    person: u32,
    coverage: u16,
    place: u8,
    scheme: u8,
}

/// One place of a person, as the engine sees it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct PlaceEntry {
    pub(crate) number: u8,
    pub(crate) kind: PlaceKind,
}

impl Directory {
    /// An empty directory to be filled.
    #[must_use]
    pub fn builder() -> DirectoryBuilder {
        DirectoryBuilder::new()
    }

    /// A new directory to be made from this one: the handles that both know mean the same in both.
    #[must_use]
    pub fn rebuild(&self) -> DirectoryBuilder {
        DirectoryBuilder::from_directory(self)
    }

    /// The handle of a person, unless there is none of this id (any more).
    #[must_use]
    pub fn person(&self, id: &PersonId) -> Option<Person> {
        self.find_person(id.as_str()).filter(|person| !self.is_gone(*person))
    }

    /// The handle of an address that belongs to somebody.
    #[must_use]
    pub fn subject(&self, address: &Address) -> Option<Subject> {
        let subject = self.find_address(address)?;
        self.owner(subject).map(|_| subject)
    }

    /// The handle of a source.
    #[must_use]
    pub fn origin(&self, id: &SourceId) -> Option<Origin> {
        let index = self.sources.iter().position(|source| source.id == *id)?;
        u16::try_from(index).ok().map(Origin::new)
    }

    /// The handle of the built-in source of what is typed.
    #[must_use]
    pub const fn typed(&self) -> Origin {
        Origin::new(0)
    }

    /// The place that is the person: for facts that are about nothing smaller.
    #[must_use]
    pub fn person_subject(&self, person: Person) -> Option<Subject> {
        self.entry(person).filter(|entry| entry.flags & GONE == 0).map(|entry| Subject::new(entry.own))
    }

    /// The id of a person; kept for people who have left, so that old handles still have a name.
    #[must_use]
    pub fn person_id(&self, person: Person) -> Option<PersonId> {
        PersonId::new(self.text(self.entry(person)?.id)).ok()
    }

    /// The address of a subject; `None` for the place that is the person.
    #[must_use]
    pub fn address(&self, subject: Subject) -> Option<Address> {
        let entry = self.subjects.get(subject.index())?;
        Scheme::from_code(entry.scheme).map(|scheme| Address::from_parts(scheme, self.text(entry.text)))
    }

    /// The id of a source.
    #[must_use]
    pub fn source_id(&self, origin: Origin) -> Option<&SourceId> {
        self.sources.get(origin.index()).map(|source| &source.id)
    }

    /// Whose subject this is.
    #[must_use]
    pub fn owner(&self, subject: Subject) -> Option<Person> {
        self.binding(subject).map(|(person, _)| person)
    }

    /// All sources, `typed` first.
    #[must_use]
    pub fn sources(&self) -> &[SourceSpec] {
        &self.sources
    }

    /// Numbers that mean "voicemail" when a telephone is diverted to them.
    #[must_use]
    pub fn voicemail_pilots(&self) -> &[Address] {
        &self.pilots
    }

    /// Everybody who is there.
    pub fn people(&self) -> impl Iterator<Item = Person> + '_ {
        self.handles().filter(|person| !self.is_gone(*person))
    }

    /// How many people there are or have been: handles are smaller than this.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether there never was anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// What the directory says of a person.
    #[must_use]
    pub fn card(&self, person: Person) -> Option<DirectoryCard<'_>> {
        let entry = self.entry(person).filter(|entry| entry.flags & GONE == 0)?;
        Some(DirectoryCard { directory: self, entry })
    }

    /// The person as given to the builder: for a copy, a recording, or a rebuild.
    #[must_use]
    pub fn person_spec(&self, person: Person) -> Option<PersonSpec> {
        let card = self.card(person)?;
        let mut spec = PersonSpec::new(self.person_id(person)?).named(card.name());
        spec.department = card.department().map(str::to_owned);
        spec.skills = card.skills().map(str::to_owned).collect();
        spec.trust = card.trust();
        spec.voicemail = card.voicemail();
        spec.places = self.places(person).iter().map(|place| self.place_spec(person, *place)).collect();
        spec.places.retain(|place| place.kind != PlaceKind::Person || !place.addresses.is_empty());
        Some(spec)
    }

    /// Whether a diversion of `person` to `number` is one to voicemail: to the person's own number there, or a pilot.
    #[must_use]
    pub fn is_voicemail(&self, person: Person, number: &Address) -> bool {
        self.pilots.contains(number)
            || self.entry(person).is_some_and(|entry| self.voicemail_of(entry).as_ref() == Some(number))
    }

    /// Whether every handle of `old` means the same here: whether this was made from `old`.
    pub(crate) fn continues(&self, old: &Self) -> bool {
        let people = old.people.iter().zip(&self.people).all(|(a, b)| old.text(a.id) == self.text(b.id));
        let same =
            |(a, b): (&SubjectEntry, &SubjectEntry)| a.scheme == b.scheme && old.text(a.text) == self.text(b.text);
        let subjects = old.subjects.iter().zip(&self.subjects).all(same);
        let sources = old.sources.iter().zip(&self.sources).all(|(a, b)| a.id == b.id);
        let none_gone = old.people.len() <= self.people.len()
            && old.subjects.len() <= self.subjects.len()
            && old.sources.len() <= self.sources.len();
        none_gone && people && subjects && sources
    }

    /// Person and place that a subject means.
    pub(crate) fn binding(&self, subject: Subject) -> Option<(Person, u8)> {
        let entry = self.subjects.get(subject.index())?;
        (entry.person != NONE32).then(|| (Person::new(entry.person), entry.place))
    }

    pub(crate) fn places(&self, person: Person) -> &[PlaceEntry] {
        let Some(entry) = self.entry(person).filter(|entry| entry.flags & GONE == 0) else { return &[] };
        let start = index(entry.first_place);
        self.places.get(start..start + usize::from(entry.places)).unwrap_or_default()
    }

    /// The subjects of a person, with the number of their place; the person's own one last.
    pub(crate) fn subjects(&self, person: Person) -> impl Iterator<Item = (Subject, u8)> + '_ {
        let range = self.entry(person).filter(|entry| entry.flags & GONE == 0).map_or(0..0, |entry| {
            let start = index(entry.first_owned);
            start..start + usize::from(entry.owned)
        });
        self.owned.get(range).unwrap_or_default().iter().filter_map(|subject| {
            let place = self.subjects.get(index(*subject))?.place;
            Some((Subject::new(*subject), place))
        })
    }

    /// The origins that cover an address.
    pub(crate) fn coverage(&self, subject: Subject) -> &[Origin] {
        self.subjects
            .get(subject.index())
            .and_then(|entry| self.coverages.get(usize::from(entry.coverage)))
            .map_or(&[], |origins| origins)
    }

    /// All subjects that a source covers.
    #[cfg(feature = "hub")]
    pub(crate) fn covered_by(&self, origin: Origin) -> Vec<Subject> {
        let subjects = (0..self.subject_count()).filter_map(|index| u32::try_from(index).ok()).map(Subject::new);
        subjects
            .filter(|subject| self.binding(*subject).is_some() && self.coverage(*subject).contains(&origin))
            .collect()
    }

    pub(crate) fn is_gone(&self, person: Person) -> bool {
        self.entry(person).is_none_or(|entry| entry.flags & GONE != 0)
    }

    pub(crate) fn handles(&self) -> impl Iterator<Item = Person> + use<> {
        (0..u32::try_from(self.people.len()).unwrap_or(0)).map(Person::new)
    }

    pub(crate) fn subject_count(&self) -> usize {
        self.subjects.len()
    }

    fn entry(&self, person: Person) -> Option<&PersonEntry> {
        self.people.get(person.index())
    }

    fn text(&self, text: Text) -> &str {
        let start = index(text.start);
        self.texts.get(start..start + usize::from(text.len)).unwrap_or_default()
    }

    fn find_person(&self, id: &str) -> Option<Person> {
        let same = |other: &u32| self.people.get(index(*other)).is_some_and(|entry| self.text(entry.id) == id);
        self.by_id.find(fnv1a(id.as_bytes()), same).copied().map(Person::new)
    }

    fn find_address(&self, address: &Address) -> Option<Subject> {
        let same = |other: &u32| {
            self.subjects.get(index(*other)).is_some_and(|entry| {
                entry.scheme == address.scheme().code() && self.text(entry.text) == address.value()
            })
        };
        self.by_address.find(address_hash(address.scheme(), address.value()), same).copied().map(Subject::new)
    }

    fn voicemail_of(&self, entry: &PersonEntry) -> Option<Address> {
        if entry.voicemail == NONE32 { None } else { self.address(Subject::new(entry.voicemail)) }
    }

    fn label(&self, number: u16) -> Option<&str> {
        self.labels.get(usize::from(number)).map(AsRef::as_ref)
    }

    fn place_spec(&self, person: Person, place: PlaceEntry) -> PlaceSpec {
        let mut spec = PlaceSpec::new(place.kind);
        for (subject, number) in self.subjects(person) {
            if let (true, Some(address)) = (number == place.number, self.address(subject)) {
                let ids = self.coverage(subject).iter().filter_map(|origin| self.source_id(*origin).cloned());
                spec = spec.address(address, &ids.collect::<Vec<_>>());
            }
        }
        spec
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory")
            .field("people", &self.people.len())
            .field("subjects", &self.subjects.len())
            .field("sources", &self.sources.len())
            .finish_non_exhaustive()
    }
}

/// What the directory says of one person.
#[derive(Clone, Copy)]
pub struct DirectoryCard<'a> {
    directory: &'a Directory,
    entry: &'a PersonEntry,
}

impl<'a> DirectoryCard<'a> {
    /// The name to show; the id where none is given.
    #[must_use]
    pub fn name(&self) -> &'a str {
        let name = self.directory.text(self.entry.name);
        if name.is_empty() { self.directory.text(self.entry.id) } else { name }
    }

    /// The department, which is also the group for rules of precedence.
    #[must_use]
    pub fn department(&self) -> Option<&'a str> {
        self.directory.label(self.entry.department)
    }

    /// What the person can help with.
    pub fn skills(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let start = index(self.entry.first_skill);
        let range = start..start + usize::from(self.entry.skills);
        let directory = self.directory;
        directory.skills.get(range).unwrap_or_default().iter().filter_map(|number| directory.label(*number))
    }

    /// Colleague or external contact.
    #[must_use]
    pub const fn trust(&self) -> Trust {
        if self.entry.flags & EXTERNAL == 0 { Trust::Colleague } else { Trust::External }
    }

    /// The person's own number at the voicemail.
    #[must_use]
    pub fn voicemail(&self) -> Option<Address> {
        self.directory.voicemail_of(self.entry)
    }

    /// All addresses, place by place, with the kind of their place.
    pub fn addresses(&self) -> impl Iterator<Item = (PlaceKind, Address)> + use<'a> {
        let directory = self.directory;
        let person = directory.subjects.get(index(self.entry.own)).map_or(NONE32, |own| own.person);
        let places = directory.places(Person::new(person));
        places.iter().flat_map(move |place| {
            let at = move |(subject, number): (Subject, u8)| (number == place.number).then_some(subject);
            let subjects = directory.subjects(Person::new(person)).filter_map(at);
            subjects.filter_map(move |subject| Some((place.kind, directory.address(subject)?)))
        })
    }

    /// The first extension of a desk telephone: what telephony presence goes by.
    #[must_use]
    pub fn first_extension(&self) -> Option<Address> {
        self.addresses().find(|(kind, _)| *kind == PlaceKind::Desk).map(|(_, address)| address)
    }

    /// The first account: what rich presence goes by.
    #[must_use]
    pub fn first_account(&self) -> Option<Address> {
        self.addresses().find(|(kind, _)| *kind == PlaceKind::Account).map(|(_, address)| address)
    }
}

impl fmt::Debug for DirectoryCard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectoryCard").field("id", &self.directory.text(self.entry.id)).finish_non_exhaustive()
    }
}

/// Which of a source's facets are to be expected at a place of this kind.
///
/// A telephone makes neither rich presence nor a calendar expected, whatever else its source can tell.
pub(crate) const fn expected_at(kind: PlaceKind) -> FacetSet {
    match kind {
        PlaceKind::Account => FacetSet::of(&[Facet::Absence, Facet::Device, Facet::Manual, Facet::Note, Facet::Rich]),
        PlaceKind::Desk => {
            FacetSet::of(&[Facet::Call, Facet::Device, Facet::Diversion, Facet::DoNotDisturb, Facet::Reach])
        }
        PlaceKind::Mailbox => FacetSet::of(&[Facet::AutomaticReply, Facet::Calendar, Facet::Hours]),
        PlaceKind::Mobile => {
            FacetSet::of(&[Facet::Call, Facet::Diversion, Facet::DoNotDisturb, Facet::Reach, Facet::Roaming])
        }
        PlaceKind::Person => FacetSet::of(&[Facet::Absence, Facet::Device, Facet::Hours, Facet::Manual, Facet::Note]),
    }
}

fn address_hash(scheme: Scheme, value: &str) -> u64 {
    fnv1a(value.as_bytes()) ^ u64::from(scheme.code()).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
