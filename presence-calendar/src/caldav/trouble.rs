//! What can go wrong between a server of calendars and us.

use std::time::Duration;

use chrono::{DateTime, Utc};
use memchr::memmem;
use presence_core::SourceErrorKind;
use presence_core::http::{HttpError, HttpHeaders, HttpResponse, retry_after, status_error};
use presence_core::source::SourceError;

use crate::server::MailboxTrouble;

/// Why there is no answer that can be used.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Trouble with one mailbox.
    Mailbox(MailboxTrouble),
    /// Trouble with the server.
    Server(SourceError),
    /// There would be more than the server gives, or more than we take. Less may be asked for.
    TooLarge,
}

impl Trouble {
    /// The server does not keep to what was agreed; `text` says in what.
    pub(crate) fn protocol(text: String) -> Self {
        Self::Server(SourceError::new(SourceErrorKind::Protocol, text))
    }

    /// As the port tells it.
    pub(crate) fn told<T>(result: Result<T, Self>) -> Result<Result<T, MailboxTrouble>, SourceError> {
        match result {
            Ok(value) => Ok(Ok(value)),
            Err(Self::Mailbox(trouble)) => Ok(Err(trouble)),
            Err(Self::TooLarge) => Ok(Err(MailboxTrouble::Unavailable)),
            Err(Self::Server(error)) => Err(error),
        }
    }
}

impl From<HttpError> for Trouble {
    fn from(error: HttpError) -> Self {
        match error {
            HttpError::TooLarge { .. } => Self::TooLarge,
            error => Self::Server(error.into()),
        }
    }
}

impl From<MailboxTrouble> for Trouble {
    fn from(trouble: MailboxTrouble) -> Self {
        Self::Mailbox(trouble)
    }
}

/// The answer, if it is a success.
///
/// What the server says about one path is about one mailbox; what it says about the login or about itself is about all.
pub(crate) fn success(response: HttpResponse) -> Result<HttpResponse, Trouble> {
    if response.is_success() {
        return Ok(response);
    }
    Err(match response.status {
        403 if memmem::find(&response.body, b"number-of-matches-within-limits").is_some() => Trouble::TooLarge,
        403 => MailboxTrouble::Forbidden.into(),
        404 | 410 => MailboxTrouble::NotFound.into(),
        413 | 507 => Trouble::TooLarge,
        // One calendar that its server cannot read must not silence all others.
        409 | 412 | 423 | 424 | 500 => MailboxTrouble::Unavailable.into(),
        501 => Trouble::protocol("the calendar server answered with status 501".to_owned()),
        status => Trouble::Server(status_error(status, wait(&response.headers), "the calendar server")),
    })
}

/// For how long the server asks not to be asked again. A time is taken by the clock of the server.
fn wait(headers: &HttpHeaders) -> Option<Duration> {
    let date = headers.get("Date").and_then(|date| DateTime::parse_from_rfc2822(date.trim()).ok());
    match date {
        Some(date) => retry_after(headers, date.with_timezone(&Utc)),
        None => {
            let is_number = |value: &str| value.trim().bytes().all(|b| b.is_ascii_digit());
            headers.get("Retry-After").filter(|value| is_number(value))?;
            retry_after(headers, DateTime::UNIX_EPOCH)
        }
    }
}
