//! What is allowed and probably not meant, as far as it depends on the kinds of sources.

use std::collections::BTreeSet;

use super::Config;
use super::assemble::{Coverage, Kinds};
use super::path::Path;
use super::people::PersonEntry;
use super::problem::ConfigWarning;
use crate::diagnostics::SubjectStatus;
use crate::directory::PlaceKind;
use crate::fact::Facet;
use crate::identity::SourceId;

/// What the sources that are switched on can tell.
struct Told {
    rich: bool,
    telephony: bool,
}

pub(super) fn warnings(config: &Config, kinds: &Kinds<'_>) -> Vec<ConfigWarning> {
    let tells = |place, facets: &[Facet]| {
        let speaks = |facet| facets.contains(facet);
        kinds.0.iter().any(|(entry, factory)| entry.covers(*factory, place) && factory.facets().iter().any(speaks))
    };
    let told = Told {
        rich: tells(PlaceKind::Account, &[Facet::Rich]),
        telephony: tells(PlaceKind::Desk, &[Facet::Call, Facet::Diversion, Facet::DoNotDisturb, Facet::Reach]),
    };
    let mut warnings = Vec::new();
    for person in &config.people {
        warnings.extend(of_account(person, &told));
        warnings.extend(of_extension(person, &told));
    }
    warnings.extend(unused(config, kinds));
    warnings
}

/// S2.23 and S2.58.
fn of_account(person: &PersonEntry, told: &Told) -> Option<ConfigWarning> {
    match person.first(PlaceKind::Account) {
        Some(account) if !told.rich => {
            let text = "an account is given, but no source tells rich presence: configure one, or leave it out";
            Some(warning("account-without-rich-source", account.line, &account.path, text))
        }
        None if told.rich => {
            let text = SubjectStatus::NotEnabled.to_string();
            Some(warning("rich-presence-not-enabled", person.line, &person.path.key("account"), &text))
        }
        _ => None,
    }
}

/// S2.62.
fn of_extension(person: &PersonEntry, told: &Told) -> Option<ConfigWarning> {
    let missing = told.telephony && person.first(PlaceKind::Desk).is_none();
    let text = SubjectStatus::NotEnabled.to_string();
    missing.then(|| warning("telephony-not-enabled", person.line, &person.path.key("desk"), &text))
}

fn unused(config: &Config, kinds: &Kinds<'_>) -> Vec<ConfigWarning> {
    let coverage = Coverage::of(kinds);
    let mut used: BTreeSet<SourceId> = BTreeSet::new();
    for place in config.people.iter().flat_map(|person| &person.places) {
        for address in &place.addresses {
            match &address.sources {
                Some(named) => used.extend(named.iter().cloned()),
                None => used.extend(coverage.sources(place.kind, None)),
            }
        }
    }
    let unused = kinds.0.iter().filter(|(entry, _)| entry.enabled && !used.contains(&entry.id));
    let text = "nobody has an address of which this source speaks";
    unused.map(|(entry, _)| warning("source-unused", entry.table.line, &entry.path, text)).collect()
}

fn warning(code: &'static str, line: Option<u32>, key: &Path, text: &str) -> ConfigWarning {
    ConfigWarning { code, line, key: key.to_string(), text: text.to_owned() }
}
