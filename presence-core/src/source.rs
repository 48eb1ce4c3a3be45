//! What a source is: one trait with one method that works, and the link through which it speaks.
//!
//! A source reports, it does not conclude, and it knows no people: it speaks about addresses, which the directory turns
//! into subjects. Everything it needs comes through its [`Link`], so there is no runtime in its signature: a host with
//! another runtime makes its own link, and a test makes one from two vectors.
//!
//! ```
//! use async_trait::async_trait;
//! use presence_core::source::{Link, News, Source, SourceError, Wake};
//! use presence_core::{Address, Call, Facet, Fact, Report, SourceId};
//!
//! /// Says of one telephone that it is idle, and watches whom it is told to.
//! #[derive(Debug)]
//! struct Pbx {
//!     id: SourceId,
//!     desk: Address,
//! }
//!
//! #[async_trait]
//! impl Source for Pbx {
//!     fn id(&self) -> &SourceId {
//!         &self.id
//!     }
//!
//!     fn facets(&self) -> &[Facet] {
//!         &[Facet::Call]
//!     }
//!
//!     async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
//!         if let Some(desk) = link.subject(&self.desk) {
//!             let idle = Report::new(link.origin(), desk, Fact::Call(Call::Idle), link.now());
//!             link.report(vec![idle]).await?;
//!         }
//!         link.tell(News::Complete).await?;
//!         while link.next(None).await != Wake::Stop {}
//!         Ok(())
//!     }
//! }
//! ```

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::calendar::{Agenda, Span};
use crate::diagnostics::{ConnectorStatus, SourceErrorKind};
use crate::fact::{Facet, Report};
use crate::identity::{Address, Origin, SourceId, Subject};

/// Something that knows about people: a calendar server, a telephone exchange, a presence server, an operator.
#[async_trait]
pub trait Source: fmt::Debug + Send + Sync + 'static {
    /// Its name, which is the name of a source of the directory.
    fn id(&self) -> &SourceId;

    /// What it speaks about. Reports on other facets are refused and counted.
    fn facets(&self) -> &[Facet];

    /// For how long it may be silent **outside** [`Link::next`] before it counts as hung and is started anew. A source
    /// that waits in `next` is never hung, however long it waits.
    fn patience(&self) -> Duration {
        Duration::from_secs(120)
    }

    /// One connection attempt, from connecting to the end. Returning ends the session; whether and when there is another
    /// one is not for the source to decide: it says what went wrong, and the supervisor knows how long to wait.
    ///
    /// Say [`News::Complete`] when everything known has been told. Come back soon after [`Wake::Stop`].
    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError>;

    /// What an administrator should look at although the source works, in a sentence; `None`: nothing. It stands among
    /// the warnings of the hub for as long as the source says it, and may name addresses and numbers, nothing else that
    /// somebody typed.
    fn warning(&self) -> Option<String> {
        None
    }

    /// What the calendar of an address says about a time that [`run`](Self::run) does not report on, for somebody who
    /// looks there now. It may be asked while `run` is at work. `None`: this source cannot be asked, or does not know.
    async fn look(&self, address: &Address, span: Span) -> Result<Option<Agenda>, SourceError> {
        let _ = (address, span);
        Ok(None)
    }
}

/// A source, as it is set up: what a hub runs.
#[derive(Clone)]
#[non_exhaustive]
pub struct SourceSetup {
    /// The name of the source.
    pub id: SourceId,
    /// What runs; `None`: it is wanted, but its server is not configured yet.
    pub source: Option<Arc<dyn Source>>,
    /// Whether it is to run.
    pub enabled: bool,
    /// Another number is another configuration: then a running source is started anew. 0: it was not made from one, and
    /// another value is another configuration.
    pub fingerprint: u64,
}

impl SourceSetup {
    /// This source is to run.
    pub fn of(source: Arc<dyn Source>) -> Self {
        Self { id: source.id().clone(), source: Some(source), enabled: true, fingerprint: 0 }
    }

    /// There is to be such a source, but nobody has said yet where its server is.
    #[must_use]
    pub const fn not_configured(id: SourceId) -> Self {
        Self { id, source: None, enabled: true, fingerprint: 0 }
    }

    /// The source is switched off.
    #[must_use]
    pub const fn disabled(id: SourceId) -> Self {
        Self { id, source: None, enabled: false, fingerprint: 0 }
    }

    /// Made from a configuration with this fingerprint.
    #[must_use]
    pub fn fingerprint(self, fingerprint: u64) -> Self {
        Self { fingerprint, ..self }
    }
}

// A fingerprint is made of passwords too: whoever knows the rest could guess a weak one from it.
impl fmt::Debug for SourceSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceSetup").field("id", &self.id).field("enabled", &self.enabled).finish_non_exhaustive()
    }
}

/// The way of a source to the engine, for one session.
#[async_trait]
pub trait Link: Send {
    /// The time, by the clock that everybody lives by.
    fn now(&self) -> DateTime<Utc>;

    /// Who the source is, for its reports.
    fn origin(&self) -> Origin;

    /// Whose address this is. An answer may be kept; that there is none must not be, for the directory changes. Addresses
    /// that nobody has are counted.
    fn subject(&self, address: &Address) -> Option<Subject>;

    /// The address of a subject.
    fn address(&self, subject: Subject) -> Option<Address>;

    /// Hands over reports; waits while the engine is behind. Order is kept.
    async fn report(&mut self, reports: Vec<Report>) -> Result<(), Closed>;

    /// Says something about the session itself; in order with the reports.
    async fn tell(&mut self, news: News) -> Result<(), Closed>;

    /// Waits for what the source is asked for, or until a time. Nothing is lost when the wait is given up, so it may
    /// stand in a `select` beside a socket.
    async fn next(&mut self, until: Option<DateTime<Utc>>) -> Wake;
}

/// What a source says about its session.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum News {
    /// Everything known has been told: what an earlier session said and this one did not repeat is gone.
    Complete,
    /// How the connection is.
    Status(ConnectorStatus),
    /// There is trouble: with one subject, or with all.
    Problem {
        /// About whom.
        subject: Option<Subject>,
        /// What kind.
        kind: SourceErrorKind,
    },
}

/// What wakes a source.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Wake {
    /// Somebody wants to see this subject. To a new session all that is wanted is said again.
    Watch(Subject),
    /// Nobody does any more: what the source said of it is to be withdrawn ([`Report::withdrawing`]), for nobody will
    /// hear when it changes.
    Release(Subject),
    /// The time has come.
    Time,
    /// The session is to end.
    Stop,
}

/// The engine takes nothing more from this session.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the session is over")]
#[non_exhaustive]
pub struct Closed;

/// Why a session ended.
///
/// Its kind drives the retry, the diagnostics and the status codes of other languages, so that they cannot disagree.
///
/// Its text goes to administrators and into logs. So it may hold names of hosts, numbers and codes; never a piece of a
/// body, and nothing that a person typed.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct SourceError {
    kind: SourceErrorKind,
    text: String,
    retry_after: Option<Duration>,
    #[source]
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl SourceError {
    /// Trouble of a kind, in words.
    pub fn new(kind: SourceErrorKind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), retry_after: None, cause: None }
    }

    /// The other side said when to come back.
    #[must_use]
    pub const fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// What lies behind it.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> SourceErrorKind {
        self.kind
    }

    /// When to come back, if the other side said so.
    #[must_use]
    pub const fn wait(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl From<Closed> for SourceError {
    fn from(closed: Closed) -> Self {
        Self::new(SourceErrorKind::Stopped, closed.to_string())
    }
}
