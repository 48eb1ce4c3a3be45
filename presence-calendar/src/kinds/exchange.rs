//! The kind `exchange`.

use std::fmt;
use std::sync::Arc;

use presence_core::config::{ConfigProblem, Factory, SourceTable};
#[cfg(feature = "ntlm")]
use presence_core::http::HttpError;
use presence_core::http::HttpService;
use presence_core::source::Source;
use presence_core::{Facet, PlaceKind, SourceId};

use super::{FACETS, settings};
use crate::ews::Exchange;
#[cfg(feature = "ntlm")]
use crate::ews::Ntlm;
use crate::source::CalendarSource;

#[cfg(feature = "ntlm")]
type Connect = Arc<dyn Fn() -> Result<Arc<dyn HttpService>, HttpError> + Send + Sync>;

/// Makes sources that read Exchange on premises.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct ExchangeKind {
    #[cfg(feature = "ntlm")]
    connect: Option<Connect>,
}

impl ExchangeKind {
    /// Logs in with Basic.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Logs in with NTLM too, where `login = "ntlm"` says so. `connect` makes a service that keeps to one connection.
    #[cfg(feature = "ntlm")]
    #[must_use]
    pub fn with_ntlm(connect: impl Fn() -> Result<Arc<dyn HttpService>, HttpError> + Send + Sync + 'static) -> Self {
        Self { connect: Some(Arc::new(connect)) }
    }

    fn http(&self, table: &SourceTable, http: &Arc<dyn HttpService>) -> Result<Arc<dyn HttpService>, ConfigProblem> {
        match table.text("login")? {
            None | Some("basic") => settings::logged_in(table, http),
            Some("ntlm") => self.ntlm(table),
            Some(_) => Err(table.problem("login", "write `basic` or `ntlm`")),
        }
    }

    #[cfg(feature = "ntlm")]
    fn ntlm(&self, table: &SourceTable) -> Result<Arc<dyn HttpService>, ConfigProblem> {
        let Some(connect) = self.connect.clone() else { return Err(no_ntlm(table)) };
        let (user, password) =
            settings::account(table)?.ok_or_else(|| table.problem("user", "NTLM wants a `user` and a `password`"))?;
        Ok(Arc::new(Ntlm::new(move || connect(), &user, &password)))
    }

    #[cfg(not(feature = "ntlm"))]
    #[expect(clippy::unused_self, reason = "with the feature there is something to use")]
    fn ntlm(&self, table: &SourceTable) -> Result<Arc<dyn HttpService>, ConfigProblem> {
        Err(no_ntlm(table))
    }
}

fn no_ntlm(table: &SourceTable) -> ConfigProblem {
    table.problem("login", "this program was made without NTLM: allow Basic over TLS, or use one that was made with it")
}

impl Factory for ExchangeKind {
    fn kind(&self) -> &str {
        "exchange"
    }

    fn aliases(&self) -> &[&str] {
        &["ews"]
    }

    fn facets(&self) -> &[Facet] {
        FACETS
    }

    fn keys(&self) -> &[&str] {
        &["url", "user", "password", "login", "impersonate", "zone", "interval", "refresh", "days-back", "days-ahead"]
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
        let url = table.needed_text("url")?;
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(table.problem("url", "write the endpoint like `https://mail.example.com/EWS/Exchange.asmx`"));
        }
        let exchange = Exchange::new(self.http(table, http)?, url).zone(settings::zone(table)?);
        let exchange = if table.flag("impersonate")?.unwrap_or(false) { exchange.impersonating() } else { exchange };
        Ok(Arc::new(CalendarSource::new(id, exchange).rules(settings::rules(table)?)))
    }
}

impl fmt::Debug for ExchangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExchangeKind").finish_non_exhaustive()
    }
}
