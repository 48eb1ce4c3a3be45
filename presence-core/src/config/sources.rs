//! The section `[sources]`: which sources there are, and what is common to all of them.

use std::collections::BTreeSet;

use super::factory::{Factories, Factory};
use super::path::Path;
use super::problem::{ConfigProblem, Problems};
use super::section::{Section, choice_of, unknown_key};
use super::suggest::suggestion;
use super::tree::Table;
use crate::directory::{Interest, PlaceKind, SourceSpec, TYPED, expected_at};
use crate::fact::{Facet, FacetSet};
use crate::identity::SourceId;

/// At most so many sources.
const MOST: usize = 1_000;

/// The keys that every source may have.
const COMMON: [&str; 6] = ["enabled", "interest", "kind", "linger", "places", "private_left_out"];

pub(super) const PLACES: [(&str, PlaceKind); 5] = [
    ("account", PlaceKind::Account),
    ("desk", PlaceKind::Desk),
    ("mailbox", PlaceKind::Mailbox),
    ("mobile", PlaceKind::Mobile),
    ("person", PlaceKind::Person),
];

/// A source, as it is configured.
#[derive(Clone, Debug)]
pub(super) struct SourceEntry {
    pub(super) id: SourceId,
    pub(super) path: Path,
    pub(super) kind: String,
    kind_line: Option<u32>,
    pub(super) enabled: bool,
    on_demand: Option<bool>,
    linger: Option<u32>,
    places: Option<BTreeSet<PlaceKind>>,
    private_left_out: bool,
    /// What only its kind understands.
    pub(super) table: Table,
}

impl SourceEntry {
    /// The factory, if the kind is known and takes all the keys.
    pub(super) fn factory<'a>(&self, factories: &'a Factories, problems: &mut Problems) -> Option<&'a dyn Factory> {
        let Some(factory) = factories.find(&self.kind) else {
            let text = format!("unknown kind of source: {}", suggestion(&self.kind, factories.kinds()));
            problems.push(ConfigProblem::new(self.kind_line, self.path.key("kind").into_text(), text));
            return None;
        };
        let known: Vec<&str> = factory.keys().iter().chain(&COMMON).copied().collect();
        for (key, node) in self.table.fields.iter().filter(|(key, _)| !factory.keys().contains(&key.as_str())) {
            let path = self.path.key(key).into_text();
            problems.push(ConfigProblem::new(node.line, path, unknown_key(key, &known)));
        }
        Some(factory.as_ref())
    }

    /// Whether its server has been named.
    pub(super) fn is_configured(&self, factory: &dyn Factory) -> bool {
        !self.table.fields.is_empty() || factory.runs_unconfigured()
    }

    /// What the directory says of it.
    pub(super) fn spec(&self, factory: &dyn Factory) -> SourceSpec {
        let mut spec = SourceSpec::new(self.id.clone(), factory.facets());
        spec.interest = match (self.on_demand, factory.interest()) {
            (Some(false), _) | (None, Interest::Everyone) => Interest::Everyone,
            (_, Interest::OnDemand { linger }) => Interest::OnDemand { linger: self.linger.unwrap_or(linger) },
            (Some(true), Interest::Everyone) => Interest::OnDemand { linger: self.linger.unwrap_or(60) },
        };
        spec.private_left_out = self.private_left_out;
        spec.configured = self.enabled && self.is_configured(factory);
        spec
    }

    /// Whether it speaks about places of this kind.
    pub(super) fn covers(&self, factory: &dyn Factory, kind: PlaceKind) -> bool {
        let told = FacetSet::of(factory.facets()).intersection(telling(kind));
        let place = match &self.places {
            Some(places) => places.contains(&kind),
            None => factory.places().contains(&kind),
        };
        self.enabled && place && told != FacetSet::NONE
    }
}

/// The facets for which a source is asked about a place of this kind. That somebody's device is in use does not make a
/// source of rich presence one of telephones.
const fn telling(kind: PlaceKind) -> FacetSet {
    match kind {
        PlaceKind::Desk => expected_at(kind).without(Facet::Device),
        _ => expected_at(kind),
    }
}

pub(super) fn read(section: &Section<'_>, problems: &mut Problems) -> Vec<SourceEntry> {
    let sections = section.sections(problems);
    if sections.len() > MOST {
        let text = format!("more than `{MOST}` sources");
        problems.push(ConfigProblem::new(section.table.line, section.path.to_string(), text));
    }
    sections.into_iter().take(MOST).filter_map(|(name, section)| entry(name, &section, problems)).collect()
}

fn entry(name: &str, section: &Section<'_>, problems: &mut Problems) -> Option<SourceEntry> {
    let here = |text: String| ConfigProblem::new(section.table.line, section.path.to_string(), text);
    let id = problems.keep(SourceId::new(name).map_err(|error| here(error.to_string())))?;
    if name == TYPED {
        problems.push(here(format!("`{TYPED}` is what people type here: give the source another name")));
        return None;
    }
    let on_demand = section.choice("interest", &[("everyone", false), ("on-demand", true)]);
    let on_demand = problems.keep_some(on_demand);
    let linger = problems.keep_some(section.number("linger", 0..=u64::from(u32::MAX)));
    if on_demand == Some(false) && linger.is_some() {
        problems
            .push(section.problem("linger", "is for `interest = \"on-demand\"`: remove it, or change the interest"));
    }
    let kind = problems.keep_some(section.text("kind")).unwrap_or(name);
    Some(SourceEntry {
        id,
        path: section.path.clone(),
        kind: kind.to_owned(),
        kind_line: section.node("kind").map_or(section.table.line, |node| node.line),
        enabled: problems.keep_some(section.flag("enabled")).unwrap_or(true),
        on_demand,
        linger: linger.and_then(|linger| u32::try_from(linger).ok()),
        places: places(section, problems),
        private_left_out: problems.keep_some(section.flag("private_left_out")).unwrap_or(false),
        table: section.table.without(&COMMON),
    })
}

fn places(section: &Section<'_>, problems: &mut Problems) -> Option<BTreeSet<PlaceKind>> {
    section.node("places")?;
    let words = section.one_or_many("places");
    Some(words.into_iter().filter_map(|(path, node)| problems.keep(choice_of(node, &path, &PLACES))).collect())
}
