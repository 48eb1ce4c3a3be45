//! What a server of calendars can be asked: the port between the source and Exchange, CalDAV and files.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use presence_core::source::SourceError;
use presence_core::{Address, Agenda, Hours, Span};

use crate::warning::Warning;

/// A server of calendars.
///
/// An error of a method is trouble with the server; what concerns one mailbox alone is in the answer about it.
#[async_trait]
pub trait CalendarServer: fmt::Debug + Send + Sync + 'static {
    /// About how many mailboxes [`overviews`](Self::overviews) may be asked at once.
    fn most_at_once(&self) -> usize {
        1
    }

    /// When several mailboxes are busy, in blocks, and their working hours: quick, and without importance and texts. One
    /// answer for each mailbox, in the same order. `None`: the server has no quick way, only agendas.
    async fn overviews(
        &self,
        mailboxes: &[Address],
        window: Span,
    ) -> Result<Option<Vec<Result<Overview, MailboxTrouble>>>, SourceError> {
        let _ = (mailboxes, window);
        Ok(None)
    }

    /// The meetings of one mailbox, with importance, and with the texts of those that are not private.
    async fn agenda(&self, mailbox: &Address, window: Span) -> Result<Result<Agenda, MailboxTrouble>, SourceError>;

    /// When the mailbox answers by itself; `None`: it does not.
    async fn automatic_reply(&self, mailbox: &Address) -> Result<Result<Option<Span>, MailboxTrouble>, SourceError> {
        let _ = mailbox;
        Ok(Err(MailboxTrouble::Unsupported))
    }

    /// What was left out, repaired or guessed in the agenda of a mailbox when it was last read.
    fn warnings(&self, mailbox: &Address) -> Vec<Warning> {
        let _ = mailbox;
        Vec::new()
    }

    /// A channel that tells whose calendars have changed. `None`: the server has none, and has to be asked again and again.
    async fn changes(&self, mailboxes: &[Address]) -> Result<Option<Box<dyn Changes>>, SourceError> {
        let _ = mailboxes;
        Ok(None)
    }
}

/// What a quick question tells of one mailbox.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Overview {
    /// When it is busy; the meetings are blocks without texts and importance.
    pub blocks: Agenda,
    /// The working hours, if they are told.
    pub hours: Option<Arc<Hours>>,
}

impl Overview {
    /// Busy like this.
    #[must_use]
    pub const fn new(blocks: Agenda, hours: Option<Arc<Hours>>) -> Self {
        Self { blocks, hours }
    }
}

/// Trouble with one mailbox. What it says stays unknown, never free.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MailboxTrouble {
    /// There is no such mailbox.
    #[error("there is no such mailbox")]
    NotFound,
    /// The account may not read it.
    #[error("the account may not read the mailbox")]
    Forbidden,
    /// It cannot be reached just now.
    #[error("the mailbox cannot be reached")]
    Unavailable,
    /// The server does not tell this.
    #[error("the server does not tell this")]
    Unsupported,
}

/// A channel that tells whose calendars have changed.
#[async_trait]
pub trait Changes: fmt::Debug + Send {
    /// Waits for the next changes. Nothing is lost when the wait is given up. After an error the channel is closed, and
    /// changes may have been lost: read everything again.
    async fn next(&mut self) -> Result<Vec<Address>, SourceError>;
}
