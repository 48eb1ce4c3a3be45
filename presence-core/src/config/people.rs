//! The section `[[people]]`: who there is, and by which addresses.

use std::collections::{BTreeSet, HashMap};

use super::path::Path;
use super::problem::{ConfigProblem, Problems};
use super::section::{Section, parsed_of, section_of, text_of};
use super::sources::PLACES;
use super::suggest::suggestion;
use super::tree::{Node, Value};
use crate::directory::{PersonSpec, PlaceKind, Trust};
use crate::identity::{Address, PersonId, SourceId};

const KEYS: [&str; 11] =
    ["account", "department", "desk", "id", "mail", "mobile", "name", "places", "skills", "trust", "voicemail"];

/// The short forms of places, in the order of importance.
const SHORT: [(&str, PlaceKind); 4] = [
    ("desk", PlaceKind::Desk),
    ("mobile", PlaceKind::Mobile),
    ("account", PlaceKind::Account),
    ("mail", PlaceKind::Mailbox),
];

/// A person, as configured.
#[derive(Clone, Debug)]
pub(super) struct PersonEntry {
    pub(super) line: Option<u32>,
    pub(super) path: Path,
    /// Without places.
    pub(super) spec: PersonSpec,
    pub(super) places: Vec<PlaceEntry>,
}

impl PersonEntry {
    /// The first address at a place of this kind.
    pub(super) fn first(&self, kind: PlaceKind) -> Option<&AddressEntry> {
        self.places.iter().filter(|place| place.kind == kind).flat_map(|place| &place.addresses).next()
    }
}

#[derive(Clone, Debug)]
pub(super) struct PlaceEntry {
    pub(super) kind: PlaceKind,
    pub(super) addresses: Vec<AddressEntry>,
}

#[derive(Clone, Debug)]
pub(super) struct AddressEntry {
    pub(super) address: Address,
    /// `None`: all sources that speak about such a place.
    pub(super) sources: Option<Vec<SourceId>>,
    pub(super) line: Option<u32>,
    pub(super) path: Path,
}

/// Where something was said first.
type First = (Option<u32>, Path);

/// Reads people one after the other, and remembers what may be said once only.
pub(super) struct People<'a> {
    sources: &'a BTreeSet<SourceId>,
    ids: HashMap<PersonId, First>,
    addresses: HashMap<Address, First>,
}

impl<'a> People<'a> {
    /// People whose addresses may name these sources.
    pub(super) fn new(sources: &'a BTreeSet<SourceId>) -> Self {
        Self { sources, ids: HashMap::new(), addresses: HashMap::new() }
    }

    pub(super) fn read(mut self, list: Vec<(Path, &Node)>, problems: &mut Problems) -> Vec<PersonEntry> {
        let sections: Vec<Section<'_>> =
            list.into_iter().filter_map(|(path, node)| problems.keep(section_of(node, path))).collect();
        sections.iter().filter_map(|section| self.person(section, problems)).collect()
    }

    fn person(&mut self, section: &Section<'_>, problems: &mut Problems) -> Option<PersonEntry> {
        section.only(&KEYS, problems);
        let places = self.places(section, problems);
        let text = |key, problems: &mut Problems| problems.keep_some(section.text(key)).map(str::to_owned);
        let name = text("name", problems).unwrap_or_default();
        let department = text("department", problems);
        let trust = section.choice("trust", &[("colleague", Trust::Colleague), ("external", Trust::External)]);
        let trust = problems.keep_some(trust).unwrap_or_default();
        let voicemail = problems.keep_some(section.parsed("voicemail"));
        let skills = section.one_or_many("skills");
        let skills: Vec<String> = skills
            .into_iter()
            .filter_map(|(path, node)| problems.keep(text_of(node, &path)).map(str::to_owned))
            .collect();
        let id = self.id(section, problems)?;
        let spec = PersonSpec { id, name, department, skills, trust, voicemail, places: Vec::new() };
        Some(PersonEntry { line: section.table.line, path: section.path.clone(), spec, places })
    }

    fn id(&mut self, section: &Section<'_>, problems: &mut Problems) -> Option<PersonId> {
        if section.node("id").is_none() {
            problems.push(section.problem("id", "is missing: give each person one of their own, which stays"));
            return None;
        }
        let id: PersonId = problems.keep_some(section.parsed("id"))?;
        let here = (section.node("id").and_then(|node| node.line), section.path.key("id"));
        if let Some(first) = self.ids.get(&id) {
            problems.push(again(&here, first, "this id", "give each person one of their own"));
            return None;
        }
        self.ids.insert(id.clone(), here);
        Some(id)
    }

    fn places(&mut self, section: &Section<'_>, problems: &mut Problems) -> Vec<PlaceEntry> {
        let mut places = Vec::new();
        for (key, kind) in SHORT {
            let addresses = self.addresses(section.one_or_many(key), problems);
            if !addresses.is_empty() {
                places.push(PlaceEntry { kind, addresses });
            }
        }
        for (path, node) in problems.keep(section.list("places")).unwrap_or_default() {
            if let Some(section) = problems.keep(section_of(node, path)) {
                places.extend(self.place(&section, problems));
            }
        }
        places
    }

    fn place(&mut self, section: &Section<'_>, problems: &mut Problems) -> Option<PlaceEntry> {
        section.only(&["addresses", "kind"], problems);
        let addresses = self.addresses(section.one_or_many("addresses"), problems);
        if section.node("kind").is_none() {
            let words: Vec<&str> = PLACES.iter().map(|(word, _)| *word).collect();
            let text = format!("is missing: it is one of {}", super::suggest::listed(&words));
            problems.push(section.problem("kind", text));
        }
        let kind = problems.keep_some(section.choice("kind", &PLACES))?;
        Some(PlaceEntry { kind, addresses })
    }

    fn addresses(&mut self, list: Vec<(Path, &Node)>, problems: &mut Problems) -> Vec<AddressEntry> {
        list.into_iter().filter_map(|(path, node)| self.address(path, node, problems)).collect()
    }

    /// An address, alone or with the sources that speak of it.
    fn address(&mut self, path: Path, node: &Node, problems: &mut Problems) -> Option<AddressEntry> {
        let (address, sources) = match &node.value {
            Value::Table(table) => {
                let section = Section::new(table, path.clone());
                section.only(&["address", "sources"], problems);
                let sources = section.node("sources").map(|_| self.named(&section, problems));
                if section.node("address").is_none() {
                    problems.push(section.problem("address", "is missing"));
                }
                (problems.keep_some(section.parsed("address"))?, sources)
            }
            Value::Text(_) => (problems.keep(parsed_of(node, &path))?, None),
            _ => {
                let wanted = "an address, or `{ address = \"…\", sources = [\"…\"] }`";
                problems.push(super::section::wrong(node, &path, wanted));
                return None;
            }
        };
        let here = (node.line, path.clone());
        if let Some(first) = self.addresses.get(&address) {
            problems.push(again(&here, first, "this address", "an address belongs to one place"));
            return None;
        }
        self.addresses.insert(address.clone(), here);
        Some(AddressEntry { address, sources, line: node.line, path })
    }

    fn named(&self, section: &Section<'_>, problems: &mut Problems) -> Vec<SourceId> {
        let mut named = Vec::new();
        for (path, node) in section.one_or_many("sources") {
            let Some(name) = problems.keep(text_of(node, &path)) else { continue };
            match self.sources.get(name) {
                Some(id) => named.push(id.clone()),
                None => problems.push(unknown_source(node, path, name, self.sources)),
            }
        }
        named
    }
}

/// A name that no source has.
pub(super) fn unknown_source(node: &Node, path: Path, name: &str, sources: &BTreeSet<SourceId>) -> ConfigProblem {
    let known = sources.iter().map(SourceId::as_str);
    let text = format!("there is no such source: {}", suggestion(name, known));
    ConfigProblem::new(node.line, path.into_text(), text)
}

fn again(here: &First, first: &First, what: &str, advice: &str) -> ConfigProblem {
    let (line, path) = first;
    let line = line.map(|line| format!(" (line {line})")).unwrap_or_default();
    ConfigProblem::new(here.0, here.1.to_string(), format!("{what} is also at `{path}`{line}: {advice}"))
}
