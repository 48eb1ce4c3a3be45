//! Kinds of sources: which there are in this edition, and how one is made.

use std::fmt;
use std::sync::Arc;

use super::problem::ConfigProblem;
use super::source_table::SourceTable;
use crate::directory::{Interest, PlaceKind};
use crate::fact::Facet;
use crate::http::HttpService;
use crate::identity::SourceId;
use crate::source::Source;

/// Makes sources of one kind.
pub trait Factory: fmt::Debug + Send + Sync + 'static {
    /// The kind, as `kind = "…"` names it.
    fn kind(&self) -> &str;

    /// Other names of the kind, like the one it is sold by.
    fn aliases(&self) -> &[&str] {
        &[]
    }

    /// What its sources speak about.
    fn facets(&self) -> &[Facet];

    /// The keys that its table may have. Others are refused before [`build`](Self::build) is called.
    fn keys(&self) -> &[&str];

    /// At which kinds of places it can tell what it speaks about. An address that names no sources is covered by all
    /// whose kind fits, so a telephone exchange that knows no mobiles should say so here: what is expected and never
    /// comes keeps people from being shown as free.
    fn places(&self) -> &[PlaceKind] {
        &[PlaceKind::Account, PlaceKind::Desk, PlaceKind::Mailbox, PlaceKind::Mobile, PlaceKind::Person]
    }

    /// Whether its sources tell about everybody or wait to be asked, where the configuration does not say.
    fn interest(&self) -> Interest {
        Interest::Everyone
    }

    /// Whether a source without any settings can run. Otherwise its server counts as not configured.
    fn runs_unconfigured(&self) -> bool {
        false
    }

    /// Makes a source. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// If a setting is missing or means nothing; [`SourceTable::problem`] makes the error.
    fn build(
        &self,
        id: SourceId,
        table: &SourceTable,
        http: &Arc<dyn HttpService>,
    ) -> Result<Arc<dyn Source>, ConfigProblem>;
}

/// The kinds of sources there are: a host registers those of its edition.
#[derive(Clone, Debug, Default)]
pub struct Factories(Vec<Arc<dyn Factory>>);

impl Factories {
    /// No kinds yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One kind more; it takes the place of an earlier one of the same name.
    #[must_use]
    pub fn with(mut self, factory: impl Factory) -> Self {
        self.register(Arc::new(factory));
        self
    }

    /// One kind more; it takes the place of an earlier one of the same name.
    pub fn register(&mut self, factory: Arc<dyn Factory>) {
        self.0.retain(|other| !other.kind().eq_ignore_ascii_case(factory.kind()));
        self.0.push(factory);
    }

    /// The factory of a kind, by its name or another name of it, in capitals or not.
    #[must_use]
    pub fn find(&self, kind: &str) -> Option<&Arc<dyn Factory>> {
        let named = |factory: &&Arc<dyn Factory>| factory.kind().eq_ignore_ascii_case(kind);
        let also = |factory: &&Arc<dyn Factory>| factory.aliases().iter().any(|name| name.eq_ignore_ascii_case(kind));
        self.0.iter().find(named).or_else(|| self.0.iter().find(also))
    }

    /// The names of the kinds.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|factory| factory.kind())
    }
}
