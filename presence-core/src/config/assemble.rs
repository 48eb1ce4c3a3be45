//! What a configuration amounts to, given the kinds of sources there are: a directory, and sources to run.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;
use std::sync::Arc;

use super::Config;
use super::factory::{Factories, Factory};
use super::people::PersonEntry;
use super::problem::{ConfigError, ConfigProblem, Problems};
use super::secret::{Resolve, resolved};
use super::source_table::SourceTable;
use super::sources::{PLACES, SourceEntry};
use crate::directory::{
    AddressSpec, Directory, DirectoryBuilder, DirectoryError, Interest, PersonSpec, PlaceKind, PlaceSpec,
};
use crate::hash::Fnv;
use crate::http::HttpService;
use crate::identity::{PersonId, SourceId};
use crate::source::SourceSetup;

/// The sources, each with what makes it.
pub(super) struct Kinds<'a>(pub(super) Vec<(&'a SourceEntry, &'a dyn Factory)>);

impl<'a> Kinds<'a> {
    /// All sources, if every kind is known and every key is one of its kind.
    pub(super) fn of(config: &'a Config, factories: &'a Factories) -> Result<Self, ConfigError> {
        let mut problems = Problems::default();
        let kinds = Self::known(config, factories, &mut problems);
        problems.into_result().map(|()| kinds)
    }

    /// The sources whose kind is known.
    pub(super) fn known(config: &'a Config, factories: &'a Factories, problems: &mut Problems) -> Self {
        let known = config.sources.iter().filter_map(|entry| Some((entry, entry.factory(factories, problems)?)));
        Self(known.collect())
    }

    /// The sources that speak about places of this kind.
    pub(super) fn covering(&self, kind: PlaceKind) -> Vec<SourceId> {
        let covering = self.0.iter().filter(|(entry, factory)| entry.covers(*factory, kind));
        covering.map(|(entry, _)| entry.id.clone()).collect()
    }
}

/// Which sources cover an address.
pub(super) struct Coverage {
    usual: BTreeMap<PlaceKind, Vec<SourceId>>,
    off: BTreeSet<SourceId>,
}

impl Coverage {
    pub(super) fn of(kinds: &Kinds<'_>) -> Self {
        let off = kinds.0.iter().filter(|(entry, _)| !entry.enabled).map(|(entry, _)| entry.id.clone());
        Self { usual: PLACES.iter().map(|(_, kind)| (*kind, kinds.covering(*kind))).collect(), off: off.collect() }
    }

    /// The sources of an address: those it names, or all whose kind fits. From one that is switched off nothing is to
    /// be expected.
    pub(super) fn sources(&self, kind: PlaceKind, named: Option<&[SourceId]>) -> Vec<SourceId> {
        match named {
            Some(named) => named.iter().filter(|id| !self.off.contains(*id)).cloned().collect(),
            None => self.usual.get(&kind).cloned().unwrap_or_default(),
        }
    }

    fn person(&self, entry: &PersonEntry) -> PersonSpec {
        let mut spec = entry.spec.clone();
        for place in &entry.places {
            let mut placed = PlaceSpec::new(place.kind);
            placed.addresses = place
                .addresses
                .iter()
                .map(|address| AddressSpec {
                    address: address.address.clone(),
                    sources: self.sources(place.kind, address.sources.as_deref()),
                })
                .collect();
            spec.places.push(placed);
        }
        spec
    }
}

pub(super) fn directory(
    config: &Config,
    factories: &Factories,
    old: Option<&Directory>,
) -> Result<Directory, ConfigError> {
    let kinds = Kinds::of(config, factories)?;
    let mut builder = old.map_or_else(Directory::builder, |old| without_the_gone(config, old));
    for (entry, factory) in &kinds.0 {
        builder.source(entry.spec(*factory));
    }
    let coverage = Coverage::of(&kinds);
    for entry in &config.people {
        builder.person(coverage.person(entry));
    }
    for pilot in &config.pilots {
        builder.voicemail_pilot(pilot.clone());
    }
    builder.build().map_err(|error| refused(config, &error).into())
}

/// Where the directory's own complaint belongs.
fn refused(config: &Config, error: &DirectoryError) -> ConfigProblem {
    let whose = match error {
        DirectoryError::AddressTwice { second: id, .. }
        | DirectoryError::PersonTwice(id)
        | DirectoryError::UnknownSource { person: id, .. } => config.people.iter().find(|entry| entry.spec.id == *id),
        _ => None,
    };
    let (line, key) = whose.map_or_else(|| (None, "people".to_owned()), |entry| (entry.line, entry.path.to_string()));
    ConfigProblem::new(line, key, error.to_string())
}

/// The old directory without the people and pilots that are no longer configured. A source cannot be taken out, for
/// others are counted by it; it is said not to be configured.
fn without_the_gone(config: &Config, old: &Directory) -> DirectoryBuilder {
    let mut builder = old.rebuild();
    builder.clear_voicemail_pilots();
    let there: BTreeSet<&PersonId> = config.people.iter().map(|entry| &entry.spec.id).collect();
    for gone in old.people().filter_map(|person| old.person_id(person)).filter(|id| !there.contains(id)) {
        builder.remove(&gone);
    }
    let there: BTreeSet<&SourceId> = config.sources.iter().map(|entry| &entry.id).collect();
    for source in old.sources().iter().skip(1).filter(|source| !there.contains(&source.id)) {
        let mut gone = source.clone();
        gone.configured = false;
        builder.source(gone);
    }
    builder
}

pub(super) fn sources(
    config: &Config,
    factories: &Factories,
    http: &Arc<dyn HttpService>,
    resolve: &Resolve<'_>,
) -> Result<Vec<SourceSetup>, ConfigError> {
    let kinds = Kinds::of(config, factories)?;
    let mut problems = Problems::default();
    let mut setups = Vec::new();
    for (entry, factory) in kinds.0 {
        setups.extend(setup(entry, factory, http, resolve, &mut problems));
    }
    problems.into_result().map(|()| setups)
}

/// `None`: there are problems more.
fn setup(
    entry: &SourceEntry,
    factory: &dyn Factory,
    http: &Arc<dyn HttpService>,
    resolve: &Resolve<'_>,
    problems: &mut Problems,
) -> Option<SourceSetup> {
    if !entry.enabled {
        return Some(SourceSetup::disabled(entry.id.clone()));
    }
    if !entry.is_configured(factory) {
        return Some(SourceSetup::not_configured(entry.id.clone()));
    }
    let mut found = Problems::default();
    let table = resolved(&entry.table, &entry.path, resolve, &mut found);
    let mut hasher = Fnv::default();
    hasher.write(factory.kind().as_bytes());
    let spec = entry.spec(factory);
    let asked = spec.interest != Interest::Everyone;
    hasher.write(&[u8::from(asked), u8::from(spec.private_left_out)]);
    table.digest(&mut hasher);
    // Without its secrets the source would complain of what is there.
    if let Err(error) = found.into_result() {
        problems.extend(error.problems);
        return None;
    }
    let table = SourceTable::new(entry.path.clone(), table);
    let source = problems.keep(factory.build(entry.id.clone(), &table, http))?;
    if *source.id() != entry.id {
        let text = "the kind made a source of another name: this is a mistake of the program";
        problems.push(ConfigProblem::new(entry.table.line, entry.path.to_string(), text));
        return None;
    }
    Some(SourceSetup::of(source).fingerprint(hasher.finish()))
}
