//! The client: one Exchange server, one account.

mod ask;
mod meetings;
mod notifications;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use presence_core::http::HttpService;
use presence_core::source::SourceError;
use presence_core::{Address, Agenda, Span};

use super::availability::{
    self, Availability, Detail, FreeBusy, MOST_MAILBOXES, MOST_TIME, Unknown, read_availability,
};
use super::code::ResponseCode;
use super::error::EwsError;
use super::oof::{self, AutomaticReply};
use crate::zone::Zone;
use ask::{Learnt, Question};

/// How often a window is halved for a mailbox that has too much in it.
const MOST_HALVINGS: u32 = 5;

/// An Exchange server, as one account sees it.
///
/// The account and how it logs in is a matter of the [`HttpService`]: see [`Basic`](super::Basic),
/// [`Bearer`](super::Bearer) and, with the feature `ntlm`, `Ntlm`.
pub struct Exchange {
    http: Arc<dyn HttpService>,
    url: String,
    zone: Zone,
    detail: Detail,
    impersonates: bool,
    learnt: Mutex<Learnt>,
}

impl Exchange {
    /// The server with this endpoint, `https://mail.example.com/EWS/Exchange.asmx`.
    #[must_use]
    pub fn new(http: Arc<dyn HttpService>, url: &str) -> Self {
        Self {
            http,
            url: url.to_owned(),
            zone: Zone::UTC,
            detail: Detail::default(),
            impersonates: false,
            learnt: Mutex::new(Learnt::default()),
        }
    }

    /// The account has the role `ApplicationImpersonation`: calendars are read in the name of their owners. Without it,
    /// they are read with the rights that their owners gave to the account.
    #[must_use]
    pub fn impersonating(self) -> Self {
        Self { impersonates: true, ..self }
    }

    /// By whose clock mailboxes live about which nothing else is known. Without this, by UTC.
    #[must_use]
    pub fn zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// How much [`availability`](Self::availability) asks for.
    #[must_use]
    pub fn detail(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// Free/busy and working hours of many mailboxes, in their order; a hundred at a time.
    ///
    /// Of a window of more than 42 days the first 42 are asked for, and where a mailbox has too much in it, less: what is
    /// covered says the [agenda](super::FreeBusy::agenda). What goes wrong with one mailbox leaves the others alone.
    ///
    /// # Errors
    ///
    /// Fails when the server cannot be reached, refuses, or answers what makes no sense.
    pub async fn availability(&self, mailboxes: &[Address], window: Span) -> Result<Vec<Availability>, SourceError> {
        let window = shortened(window);
        let mut found: HashMap<usize, Availability> = HashMap::with_capacity(mailboxes.len());
        let all: Vec<usize> = (0..mailboxes.len()).collect();
        let mut open: Vec<_> = all.chunks(MOST_MAILBOXES).map(|part| (part.to_vec(), window, 0)).rev().collect();
        while let Some((part, window, halvings)) = open.pop() {
            let asked: Vec<Address> = part.iter().filter_map(|index| mailboxes.get(*index).cloned()).collect();
            let answered = match self.ask_availability(&asked, window).await {
                Err(error) if error.code().is_some_and(is_about_size) => {
                    let refused = || Unknown::Refused(error.code().cloned().unwrap_or(ResponseCode::ResultSetTooBig));
                    if error.code().is_some_and(is_about_number) && part.len() > 1 {
                        let (first, second) = part.split_at(part.len() / 2);
                        open.extend([(second.to_vec(), window, halvings), (first.to_vec(), window, halvings)]);
                        continue;
                    }
                    part.iter().map(|_| Err(refused())).collect()
                }
                answered => answered?,
            };
            let mut again = Vec::new();
            for (index, availability) in part.into_iter().zip(answered) {
                match &availability {
                    Ok(FreeBusy { week: Some(week), .. }) => self.learn_zone(mailboxes.get(index), &week.zone),
                    Err(Unknown::Refused(code)) if code.wants_less_time() => again.push(index),
                    _ => {}
                }
                found.insert(index, availability);
            }
            if let Some(half) = half(window).filter(|_| !again.is_empty() && halvings < MOST_HALVINGS) {
                open.push((again, half, halvings + 1));
            }
        }
        Ok((0..mailboxes.len()).map(|index| found.remove(&index).unwrap_or(Err(Unknown::NoData))).collect())
    }

    async fn ask_availability(&self, mailboxes: &[Address], window: Span) -> Result<Vec<Availability>, EwsError> {
        let question = Question {
            mailbox: None,
            body: &|_, _| availability::body(mailboxes, window, self.detail),
            read: &|bytes| read_availability(bytes, mailboxes.len(), window),
        };
        self.ask(question).await
    }

    /// The meetings of a mailbox, as [`meetings_in`](Self::meetings_in), by the clock of its working hours if
    /// [`availability`](Self::availability) has told them, and else by the one that was set up.
    ///
    /// # Errors
    ///
    /// Fails when the server cannot be reached, refuses, or answers what makes no sense.
    pub async fn meetings(&self, mailbox: &Address, window: Span) -> Result<Agenda, SourceError> {
        self.meetings_in(mailbox, window, &self.zone_of(mailbox)).await
    }

    /// The meetings of a mailbox that lives by this clock, with importance, and with subject and place where they are not
    /// private. Where there are too many for the server, the agenda covers less than the window.
    ///
    /// # Errors
    ///
    /// Fails when the server cannot be reached, refuses, or answers what makes no sense.
    pub async fn meetings_in(&self, mailbox: &Address, window: Span, zone: &Zone) -> Result<Agenda, SourceError> {
        Ok(self.read_meetings(mailbox, window, zone).await?)
    }

    /// Whether, when and what a mailbox answers by itself. That wants impersonation, or a mailbox of one's own.
    ///
    /// # Errors
    ///
    /// Fails when the server cannot be reached, refuses, or answers what makes no sense.
    pub async fn automatic_reply(&self, mailbox: &Address) -> Result<Option<AutomaticReply>, SourceError> {
        Ok(self.read_reply(mailbox).await?)
    }

    pub(super) async fn read_reply(&self, mailbox: &Address) -> Result<Option<AutomaticReply>, EwsError> {
        let question = Question {
            mailbox: Some(mailbox),
            body: &|address, _| oof::body(address),
            read: &|bytes| oof::read(bytes),
        };
        self.ask(question).await
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("http", &self.http)
            .field("detail", &self.detail)
            .field("impersonates", &self.impersonates)
            .finish_non_exhaustive()
    }
}

const fn is_about_size(code: &ResponseCode) -> bool {
    is_about_number(code) || code.wants_less_time()
}

const fn is_about_number(code: &ResponseCode) -> bool {
    matches!(
        code,
        ResponseCode::MailboxDataArrayTooBig
            | ResponseCode::IndividualMailboxLimitReached
            | ResponseCode::FreeBusyDlLimitReached
    )
}

/// The beginning of a window, about which may be asked.
fn shortened(window: Span) -> Span {
    let most = window.start().plus(u32::try_from(MOST_TIME.num_seconds()).unwrap_or(u32::MAX));
    Span::from_seconds(window.start(), window.end().min(most)).unwrap_or(window)
}

/// The first half of a window; `None` when it has none.
fn half(window: Span) -> Option<Span> {
    let length = window.end().since(window.start()) / 2;
    Span::from_seconds(window.start(), window.start().plus(length)).ok()
}
