//! The configuration file: who there is, which sources, which rules, who may know what.
//!
//! Reading is pure: a text or a table goes in, values come out. No file and no environment is read; the host does that,
//! and says what secrets are. `docs/configuration.md` lists every key.
//!
//! ```
//! use presence_core::config::{Config, Factories};
//!
//! let config = Config::from_toml(r#"
//!     [[people]]
//!     id = "anna"
//!     name = "Anna Berg"
//!     desk = "ext:hq/4711"
//! "#)?;
//! let directory = config.directory(&Factories::new(), None)?;
//! assert_eq!(directory.people().count(), 1);
//!
//! let error = Config::from_toml("[[people]]\nid = 'anna'\ndekc = 'ext:hq/4711'\n").unwrap_err();
//! assert_eq!(error.to_string(), "line 3: `people[0].dekc`: unknown key: did you mean `desk`?");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What a source is made from is its kind's own business: a [`Factory`] for each kind, and a host registers those of its
//! edition in [`Factories`].

mod assemble;
mod de;
mod factory;
mod path;
mod people;
mod policy;
mod problem;
mod secret;
mod section;
mod source_table;
mod sources;
mod suggest;
mod tree;
mod viewers;
mod warnings;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use assemble::Kinds;
use path::Path;
use people::{People, PersonEntry};
use problem::Problems;
use section::Section;
use sources::SourceEntry;
use tree::Table;

use crate::directory::Directory;
use crate::http::HttpService;
use crate::identity::{Address, SourceId};
use crate::keeping::Keeping;
use crate::privacy::Viewer;
use crate::rules::RuleSet;
use crate::source::SourceSetup;

pub use factory::{Factories, Factory};
pub use problem::{ConfigError, ConfigProblem, ConfigWarning};
pub use secret::{Resolve, Secret};
pub use source_table::SourceTable;

/// A configuration that could be read. Its `Debug` prints names of sources and numbers, nothing else.
#[derive(Clone)]
pub struct Config {
    sources: Vec<SourceEntry>,
    people: Vec<PersonEntry>,
    pilots: Vec<Address>,
    rules: Arc<RuleSet>,
    rules_file: Option<String>,
    keeping: Keeping,
    viewers: Vec<Arc<Viewer>>,
    store: Option<String>,
    host: toml::Table,
    warnings: Vec<ConfigWarning>,
}

impl Config {
    /// Reads a text. An empty one is a configuration with nobody in it.
    ///
    /// # Errors
    ///
    /// With all that is wrong, each with its line and key.
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        Self::of(&Table::parse(text).map_err(|problems| ConfigError { problems })?)
    }

    /// Reads a table, which has no lines.
    ///
    /// # Errors
    ///
    /// With all that is wrong, each with its key.
    pub fn from_table(table: toml::Table) -> Result<Self, ConfigError> {
        Self::of(&Table::of(table).map_err(|problems| ConfigError { problems })?)
    }

    /// Whether all kinds of sources are known, and all their keys. [`directory`](Self::directory) and
    /// [`sources`](Self::sources) ask this first.
    ///
    /// # Errors
    ///
    /// With all that is wrong.
    pub fn check(&self, factories: &Factories) -> Result<(), ConfigError> {
        Kinds::of(self, factories).map(|_| ())
    }

    /// The directory; made from the one before, if there is one, so that handles keep their meaning. A source that is
    /// no longer configured stays in it as one that is not.
    ///
    /// # Errors
    ///
    /// If a kind of source is not known or does not take a key, or if there is too much of something.
    pub fn directory(&self, factories: &Factories, old: Option<&Directory>) -> Result<Directory, ConfigError> {
        assemble::directory(self, factories, old)
    }

    /// The sources, as they are to be run. `resolve` is asked for every secret of those that are switched on.
    ///
    /// The fingerprint of a source goes by its settings, secrets included: where it is the same as before, the source
    /// may go on running.
    ///
    /// # Errors
    ///
    /// If a kind of source is not known, a secret cannot be told, or a setting is missing or means nothing.
    pub fn sources(
        &self,
        factories: &Factories,
        http: &Arc<dyn HttpService>,
        resolve: &Resolve<'_>,
    ) -> Result<Vec<SourceSetup>, ConfigError> {
        assemble::sources(self, factories, http, resolve)
    }

    /// The rules; the standard ones where nothing is said, and until [`use_rules`](Self::use_rules) where the
    /// configuration names a file.
    #[must_use]
    pub fn rules(&self) -> Arc<RuleSet> {
        Arc::clone(&self.rules)
    }

    /// The file that holds the rules, for the host to read.
    #[must_use]
    pub fn rules_file(&self) -> Option<&str> {
        self.rules_file.as_deref()
    }

    /// Takes the rules from the text of that file.
    ///
    /// # Errors
    ///
    /// With all that is wrong, each with its line in that file. Then the rules are as before.
    pub fn use_rules(&mut self, text: &str) -> Result<(), ConfigError> {
        let table = Table::parse(text).map_err(|problems| ConfigError { problems })?;
        let sources = self.sources.iter().map(|entry| entry.id.clone()).collect();
        let (mut problems, mut warnings) = (Problems::default(), Vec::new());
        let section = Section::new(&table, Path::default());
        let rules = policy::rules_of_file(&section, &sources, &mut problems, &mut warnings);
        problems.into_result()?;
        self.rules = Arc::new(rules);
        self.warnings.retain(|warning| !warning.code.starts_with("rules"));
        self.warnings.extend(warnings);
        Ok(())
    }

    /// For how long what sources say is kept.
    #[must_use]
    pub fn keeping(&self) -> Keeping {
        self.keeping.clone()
    }

    /// Who may look; a class of operators where nothing is said.
    #[must_use]
    pub fn viewers(&self) -> Vec<Arc<Viewer>> {
        self.viewers.clone()
    }

    /// The file for what people type.
    #[must_use]
    pub fn store(&self) -> Option<&str> {
        self.store.as_deref()
    }

    /// What is the host's own, unread.
    #[must_use]
    pub const fn host(&self) -> &toml::Table {
        &self.host
    }

    /// What is allowed and probably not meant. Sources of kinds that are not known are left out.
    #[must_use]
    pub fn warnings(&self, factories: &Factories) -> Vec<ConfigWarning> {
        let kinds = Kinds::known(self, factories, &mut Problems::default());
        let mut warnings = self.warnings.clone();
        warnings.extend(warnings::warnings(self, &kinds));
        warnings.sort_by_key(|warning| warning.line);
        warnings
    }

    fn of(table: &Table) -> Result<Self, ConfigError> {
        let (mut problems, mut warnings) = (Problems::default(), Vec::new());
        let config = Self::read(&Section::new(table, Path::default()), &mut problems, &mut warnings);
        problems.into_result()?;
        Ok(Self { warnings, ..config })
    }

    /// All that can be read, and what cannot.
    fn read(root: &Section<'_>, problems: &mut Problems, warnings: &mut Vec<ConfigWarning>) -> Self {
        root.only(&["company", "host", "keeping", "people", "rules", "sources", "store", "viewers"], problems);
        let mut part = |key| problems.keep_some(root.section(key));
        let (sources, company, rules) = (part("sources"), part("company"), part("rules"));
        let (keeping, viewers, store, host) = (part("keeping"), part("viewers"), part("store"), part("host"));
        // Names that are mentioned elsewhere are looked up even if something is wrong with the source.
        let names = sources.iter().flat_map(|section| section.table.fields.keys());
        let names: BTreeSet<SourceId> = names.filter_map(|name| SourceId::new(name).ok()).collect();
        let list = problems.keep(root.list("people")).unwrap_or_default();
        let people = People::new(&names).read(list, problems);
        let ids = people.iter().map(|entry| &entry.spec.id).collect();
        let viewers = viewers::read(viewers.as_ref(), &ids, problems, warnings);
        let rules = policy::rules(rules.as_ref(), &names, problems, warnings);
        Self {
            sources: sources.map(|section| sources::read(&section, problems)).unwrap_or_default(),
            pilots: company.map(|section| pilots(&section, problems)).unwrap_or_default(),
            rules: Arc::new(rules.set),
            rules_file: rules.file,
            keeping: policy::keeping(keeping.as_ref(), &names, problems),
            viewers: viewers.into_iter().map(Arc::new).collect(),
            store: store.and_then(|section| path_of_store(&section, problems)),
            host: host.map(|section| for_host(&section, problems)).unwrap_or_default(),
            warnings: Vec::new(),
            people,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources: Vec<&str> = self.sources.iter().map(|entry| entry.id.as_str()).collect();
        f.debug_struct("Config")
            .field("sources", &sources)
            .field("people", &self.people.len())
            .field("viewers", &self.viewers.len())
            .field("rules", &self.rules.rules.len())
            .finish_non_exhaustive()
    }
}

fn pilots(section: &Section<'_>, problems: &mut Problems) -> Vec<Address> {
    section.only(&["voicemail_pilots"], problems);
    let pilots = section.one_or_many("voicemail_pilots").into_iter();
    pilots.filter_map(|(path, node)| problems.keep(section::parsed_of(node, &path))).collect()
}

fn path_of_store(section: &Section<'_>, problems: &mut Problems) -> Option<String> {
    section.only(&["path"], problems);
    match problems.keep_some(section.text("path")) {
        Some("") => {
            problems.push(section.problem("path", "must not be empty"));
            None
        }
        path => path.map(str::to_owned),
    }
}

fn for_host(section: &Section<'_>, problems: &mut Problems) -> toml::Table {
    section.table.to_toml().unwrap_or_else(|| {
        problems.push(ConfigProblem::new(section.table.line, section.path.to_string(), "a number is too large"));
        toml::Table::new()
    })
}
