//! The kinds `caldav` and `web-calendar`.

use std::sync::Arc;

use presence_core::config::{ConfigProblem, Factory, SourceTable};
use presence_core::http::HttpService;
use presence_core::source::Source;
use presence_core::{Facet, PlaceKind, SourceId};

use super::{FACETS, settings};
use crate::caldav::{CalDav, InvalidPlace};
use crate::ics::ReadRules;
use crate::server::CalendarServer;
use crate::source::CalendarSource;
use crate::web::WebCalendars;

/// Makes sources that read CalDAV.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct CalDavKind {}

/// Makes sources that read calendar files on the web.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct WebCalendarKind {}

const KEYS: &[&str] = &["url", "user", "password", "zone", "interval", "refresh", "days-back", "days-ahead"];

/// A source that reads a server made from the settings.
fn reading<S: CalendarServer>(
    id: SourceId,
    table: &SourceTable,
    http: &Arc<dyn HttpService>,
    server: impl FnOnce(Arc<dyn HttpService>, &str, ReadRules) -> Result<S, InvalidPlace>,
) -> Result<Arc<dyn Source>, ConfigProblem> {
    let rules = ReadRules::new(settings::zone(table)?);
    let http = settings::logged_in(table, http)?;
    let server = server(http, table.needed_text("url")?, rules);
    let server = server.map_err(|error| table.problem("url", error.to_string()))?;
    Ok(Arc::new(CalendarSource::new(id, server).rules(settings::rules(table)?)))
}

impl Factory for CalDavKind {
    fn kind(&self) -> &str {
        "caldav"
    }

    fn facets(&self) -> &[Facet] {
        FACETS
    }

    fn keys(&self) -> &[&str] {
        KEYS
    }

    fn places(&self) -> &[PlaceKind] {
        &[PlaceKind::Mailbox]
    }

    fn build(
        &self,
        id: SourceId,
        table: &SourceTable,
        http: &Arc<dyn HttpService>,
    ) -> Result<Arc<dyn Source>, ConfigProblem> {
        reading(id, table, http, CalDav::collections)
    }
}

impl Factory for WebCalendarKind {
    fn kind(&self) -> &str {
        "web-calendar"
    }

    fn aliases(&self) -> &[&str] {
        &["ics"]
    }

    fn facets(&self) -> &[Facet] {
        FACETS
    }

    fn keys(&self) -> &[&str] {
        KEYS
    }

    fn places(&self) -> &[PlaceKind] {
        &[PlaceKind::Mailbox]
    }

    fn build(
        &self,
        id: SourceId,
        table: &SourceTable,
        http: &Arc<dyn HttpService>,
    ) -> Result<Arc<dyn Source>, ConfigProblem> {
        reading(id, table, http, WebCalendars::on_server)
    }
}
