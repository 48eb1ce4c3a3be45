//! Calendars in a configuration: the kinds `exchange`, `caldav` and `web-calendar` (feature `config`).
//!
//! ```toml
//! [sources.calendars]
//! kind = "exchange"
//! url = "https://mail.example.com/EWS/Exchange.asmx"
//! user = "EXAMPLE\\presence"
//! password = { env = "EXCHANGE_PASSWORD" }
//! impersonate = true
//! zone = "W. Europe Standard Time"
//! ```

mod dav;
mod exchange;
mod settings;

pub use dav::{CalDavKind, WebCalendarKind};
pub use exchange::ExchangeKind;

use presence_core::Facet;

/// What a source of calendars speaks about.
const FACETS: &[Facet] = &[Facet::Calendar, Facet::AutomaticReply, Facet::Hours];
