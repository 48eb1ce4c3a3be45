//! Kinds of sources that a configuration may name here: calendars, and the four that tell the scripted day.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use presence_calendar::kinds::{CalDavKind, ExchangeKind, WebCalendarKind};
use presence_core::config::{ConfigProblem, Factories, Factory, SourceTable};
use presence_core::http::HttpService;
use presence_core::source::{Link, Source, SourceError};
use presence_core::{Facet, PlaceKind, SourceId};

use crate::SEED;
use crate::company::{Company, Teller};
use crate::source::ScriptedDay;

/// All kinds there are.
pub(super) fn factories() -> Factories {
    let calendars =
        Factories::new().with(ExchangeKind::new()).with(CalDavKind::default()).with(WebCalendarKind::default());
    Teller::ALL.into_iter().fold(calendars, |factories, teller| factories.with(Scripted(teller)))
}

/// What a configuration without any source gets: the sources of this program, none of them set up yet.
pub(super) fn unconfigured() -> String {
    let table = |teller: Teller| format!("\n[sources.{}]\nkind = \"{}\"\n", teller.name(), kind(teller));
    Teller::ALL.into_iter().map(table).collect()
}

const fn kind(teller: Teller) -> &'static str {
    match teller {
        Teller::Exchange => "scripted-exchange",
        Teller::Pbx => "scripted-pbx",
        Teller::Skype => "scripted-skype",
        Teller::Mobile => "scripted-mobile",
    }
}

/// Makes one of the four.
#[derive(Debug)]
struct Scripted(Teller);

impl Factory for Scripted {
    fn kind(&self) -> &str {
        kind(self.0)
    }

    fn facets(&self) -> &[Facet] {
        self.0.facets()
    }

    fn keys(&self) -> &[&str] {
        &["seed"]
    }

    fn places(&self) -> &[PlaceKind] {
        match self.0 {
            Teller::Exchange => &[PlaceKind::Mailbox],
            Teller::Pbx => &[PlaceKind::Desk],
            Teller::Skype => &[PlaceKind::Account],
            Teller::Mobile => &[PlaceKind::Mobile],
        }
    }

    fn build(
        &self,
        id: SourceId,
        table: &SourceTable,
        _http: &Arc<dyn HttpService>,
    ) -> Result<Arc<dyn Source>, ConfigProblem> {
        let seed = table.number("seed", 0..=u64::MAX)?.unwrap_or(SEED);
        let broken = || table.problem("seed", "this seed makes no company: try another one");
        let company = Company::invented(seed).map_err(|_| broken())?;
        let day = ScriptedDay::new(Arc::new(company), seed, self.0).map_err(|_| broken())?;
        Ok(Arc::new(Named { id, day }))
    }
}

/// A scripted source under the name that the configuration gives it.
struct Named {
    id: SourceId,
    day: ScriptedDay,
}

#[async_trait]
impl Source for Named {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        self.day.facets()
    }

    fn patience(&self) -> Duration {
        self.day.patience()
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        self.day.run(link).await
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Named").field("id", &self.id).finish_non_exhaustive()
    }
}
