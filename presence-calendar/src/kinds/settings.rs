//! The settings that all kinds share.

use std::sync::Arc;
use std::time::Duration;

use presence_core::config::{ConfigProblem, SourceTable};
use presence_core::http::HttpService;

use crate::ews::Basic;
use crate::source::CalendarRules;
use crate::zone::Zone;

/// Exchange tells free/busy of so many days at once. Beyond them, meetings that are hidden from the account would leave
/// their time free.
const MOST_DAYS: u16 = 42;

/// How often to ask, and for which days.
pub(super) fn rules(table: &SourceTable) -> Result<CalendarRules, ConfigProblem> {
    let mut rules = CalendarRules::default();
    if let Some(seconds) = table.number("interval", 5..=86_400)? {
        rules.interval = Duration::from_secs(seconds);
    }
    if let Some(seconds) = table.number("refresh", 5..=86_400)? {
        rules.refresh = Duration::from_secs(seconds);
    }
    if let Some(days) = table.number("days-back", 0..=31)? {
        rules.days_back = u16::try_from(days).unwrap_or(rules.days_back);
    }
    if let Some(days) = table.number("days-ahead", 1..=41)? {
        rules.days_ahead = u16::try_from(days).unwrap_or(rules.days_ahead);
    }
    if rules.days_back.saturating_add(rules.days_ahead) > MOST_DAYS {
        let text = format!("with `days-back` these are more than {MOST_DAYS} days: keep fewer");
        return Err(table.problem("days-ahead", text));
    }
    Ok(rules)
}

/// By whose clock mailboxes live that do not say it.
pub(super) fn zone(table: &SourceTable) -> Result<Zone, ConfigProblem> {
    let name = table.needed_text("zone")?;
    Zone::named(name).ok_or_else(|| {
        table.problem("zone", "this is no time zone: write it like `Europe/Stockholm` or `W. Europe Standard Time`")
    })
}

/// The service with a name and a password, if there is a name.
pub(super) fn logged_in(
    table: &SourceTable,
    http: &Arc<dyn HttpService>,
) -> Result<Arc<dyn HttpService>, ConfigProblem> {
    let Some((user, password)) = account(table)? else { return Ok(Arc::clone(http)) };
    Ok(Arc::new(Basic::new(Arc::clone(http), &user, &password)))
}

/// Name and password; neither or both.
pub(super) fn account(table: &SourceTable) -> Result<Option<(String, String)>, ConfigProblem> {
    match (table.text("user")?, table.secret("password")?) {
        (Some(user), Some(password)) => Ok(Some((user.to_owned(), password.reveal().clone()))),
        (None, None) => Ok(None),
        (Some(_), None) => Err(table.problem("password", "there is a `user` without a `password`")),
        (None, Some(_)) => Err(table.problem("user", "there is a `password` without a `user`")),
    }
}
