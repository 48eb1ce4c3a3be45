//! Exchange as a server of calendars, for the source.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use presence_core::http::HttpError;
use presence_core::source::SourceError;
use presence_core::{Address, Agenda, SourceErrorKind, Span};

use super::availability::{Availability, MOST_MAILBOXES, Unknown};
use super::client::Exchange;
use super::code::ResponseCode;
use super::error::EwsError;
use super::stream::{Notifications, Told};
use super::xml::XmlProblem;
use crate::server::{CalendarServer, Changes, MailboxTrouble, Overview};

#[async_trait]
impl CalendarServer for Exchange {
    fn most_at_once(&self) -> usize {
        MOST_MAILBOXES
    }

    async fn overviews(
        &self,
        mailboxes: &[Address],
        window: Span,
    ) -> Result<Option<Vec<Result<Overview, MailboxTrouble>>>, SourceError> {
        let all = self.availability(mailboxes, window).await?;
        Ok(Some(all.into_iter().map(overview).collect()))
    }

    async fn agenda(&self, mailbox: &Address, window: Span) -> Result<Result<Agenda, MailboxTrouble>, SourceError> {
        about_mailbox(self.read_meetings(mailbox, window, &self.zone_of(mailbox)).await)
    }

    async fn automatic_reply(&self, mailbox: &Address) -> Result<Result<Option<Span>, MailboxTrouble>, SourceError> {
        let reply = about_mailbox(self.read_reply(mailbox).await)?;
        Ok(reply.map(|reply| reply.map(|reply| reply.span)))
    }

    async fn changes(&self, mailboxes: &[Address]) -> Result<Option<Box<dyn Changes>>, SourceError> {
        let (mut waiting, mut refused) = (Vec::new(), None);
        for group in self.subscribe(mailboxes).await? {
            refused = refused.or_else(|| group.refused().first().map(|(_, code)| code.kind()));
            if group.mailboxes().next().is_none() {
                continue;
            }
            match self.stream(&group).await {
                Ok(stream) => waiting.push(wait(stream)),
                // A server allows only so many streams at once: who is not heard of is found by asking.
                Err(error) if !waiting.is_empty() && error.kind() == SourceErrorKind::Throttled => {
                    if error.wait().is_some() {
                        return Err(error);
                    }
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        match refused {
            // That may be otherwise the next time, for the same mailboxes or for others.
            Some(kind) if waiting.is_empty() => Err(SourceError::new(kind, "none of the mailboxes can be watched")),
            _ => Ok((!waiting.is_empty()).then(|| Box::new(Streams { waiting }) as Box<dyn Changes>)),
        }
    }
}

fn overview(availability: Availability) -> Result<Overview, MailboxTrouble> {
    match availability {
        Ok(known) => {
            let hours = known.week.and_then(|week| week.hours(known.agenda.covered()));
            Ok(Overview::new(known.agenda, hours.map(Arc::new)))
        }
        Err(Unknown::Refused(code)) => Err(trouble(&code).unwrap_or(MailboxTrouble::Unavailable)),
        Err(Unknown::NoData | Unknown::Unreadable) => Err(MailboxTrouble::Unavailable),
    }
}

/// Tells trouble with one mailbox from trouble with the server.
fn about_mailbox<T>(read: Result<T, EwsError>) -> Result<Result<T, MailboxTrouble>, SourceError> {
    match read {
        Ok(value) => Ok(Ok(value)),
        Err(error) => match trouble_with_one(&error) {
            Some(trouble) => Ok(Err(trouble)),
            None => Err(error.into()),
        },
    }
}

/// What an error says about one mailbox; `None` when it is about the server. A mailbox whose answer makes no sense, or
/// never comes, must not keep all the others from being asked; when the server itself is out of order, the question
/// about everybody fails too.
fn trouble_with_one(error: &EwsError) -> Option<MailboxTrouble> {
    match error {
        EwsError::Refused(refusal) if refusal.wait.is_none() => trouble(&refusal.code),
        EwsError::Broken(broken) if broken.problem != XmlProblem::CutOff => Some(MailboxTrouble::Unavailable),
        EwsError::Incomplete(_) | EwsError::Http(HttpError::TimedOut { .. } | HttpError::TooLarge { .. }) => {
            Some(MailboxTrouble::Unavailable)
        }
        _ => None,
    }
}

/// What a code says about one mailbox; `None` when it is about the server.
pub(super) const fn trouble(code: &ResponseCode) -> Option<MailboxTrouble> {
    Some(match code {
        ResponseCode::MailRecipientNotFound
        | ResponseCode::NonExistentMailbox
        | ResponseCode::NonPrimarySmtpAddress
        | ResponseCode::InvalidSmtpAddress
        | ResponseCode::FolderNotFound
        | ResponseCode::ItemNotFound => MailboxTrouble::NotFound,
        ResponseCode::AccessDenied
        | ResponseCode::ImpersonateUserDenied
        | ResponseCode::ImpersonationFailed
        | ResponseCode::NoFreeBusyAccess
        | ResponseCode::ProxyRequestNotAllowed => MailboxTrouble::Forbidden,
        ResponseCode::FreeBusyGenerationFailed
        | ResponseCode::InternalServerError
        | ResponseCode::MailboxFailover
        | ResponseCode::MailboxLogonFailed
        | ResponseCode::MailboxMoveInProgress
        | ResponseCode::MailboxStoreUnavailable
        | ResponseCode::ProxyRequestProcessingFailed
        | ResponseCode::PublicFolderRequestProcessingFailed
        | ResponseCode::ResultSetTooBig
        | ResponseCode::ServiceDiscoveryFailed
        | ResponseCode::TimeIntervalTooBig
        | ResponseCode::TimeoutExpired
        | ResponseCode::Other(_) => MailboxTrouble::Unavailable,
        _ => return None,
    })
}

type Wait = Pin<Box<dyn Future<Output = (Notifications, Result<Told, SourceError>)> + Send>>;

/// Waits for one stream. It owns the stream, so that nothing is lost when another one is quicker.
fn wait(mut stream: Notifications) -> Wait {
    Box::pin(async move {
        let told = stream.next().await;
        (stream, told)
    })
}

/// The streams of all groups.
struct Streams {
    waiting: Vec<Wait>,
}

impl Streams {
    /// What one of the streams tells. Those that come later in the list are not forgotten: all of them are looked at.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Vec<Address>, SourceError>> {
        let mut changed = Vec::new();
        for waiting in &mut self.waiting {
            while let Poll::Ready((stream, told)) = waiting.as_mut().poll(context) {
                *waiting = wait(stream);
                let over = match told {
                    Ok(Told::Changed(mailbox)) => {
                        changed.push(mailbox);
                        continue;
                    }
                    Ok(Told::Alive) => continue,
                    Ok(Told::Ended) => over("has ended"),
                    Ok(Told::Lost(code)) => over(&format!("was lost: {code}")),
                    Err(error) => error,
                };
                // What is over says so again the next time.
                return Poll::Ready(if changed.is_empty() { Err(over) } else { Ok(changed) });
            }
        }
        if changed.is_empty() { Poll::Pending } else { Poll::Ready(Ok(changed)) }
    }
}

/// Another stream may be opened at once.
fn over(how: &str) -> SourceError {
    SourceError::new(SourceErrorKind::Unreachable, format!("the stream of notifications {how}"))
}

#[async_trait]
impl Changes for Streams {
    async fn next(&mut self) -> Result<Vec<Address>, SourceError> {
        std::future::poll_fn(|context| self.poll(context)).await
    }
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").field("waiting", &self.waiting.len()).finish()
    }
}
