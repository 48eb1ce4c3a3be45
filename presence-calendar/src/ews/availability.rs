//! Free/busy of many mailboxes at once: `GetUserAvailability`.
//!
//! It is the first of two tiers. It tells when a mailbox is busy, and of what kind; it never tells importance. What is
//! asked for has no texts in it ([`Detail::Times`]), so that a private subject does not cross the wire; who wants the
//! texts in the same answer ([`Detail::Texts`]) gets those of meetings that say that they are not private.
//!
//! What cannot be read, is refused or is missing is unknown, never free.

mod hours;
mod merged;
mod request;

use std::time::Duration;

use chrono::{DateTime, Utc};
use presence_core::calendar::Sensitivity;
use presence_core::{Agenda, Meeting, MeetingDraft, ShowAs, SourceErrorKind, Span};

use super::answer::{self, Outcome, Server};
use super::code::ResponseCode;
use super::error::{EwsError, Refusal};
use super::token;
use super::xml::{BrokenXml, Raw, Tag, XmlReader};
use crate::zone::WorkingWeek;

pub use request::Detail;
pub(super) use request::{MOST_MAILBOXES, MOST_TIME, body};

/// How long a slot of the short form is.
const SLOT: Duration = Duration::from_secs(15 * 60);

/// What free/busy tells about one mailbox.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FreeBusy {
    /// When it is busy.
    pub agenda: Agenda,
    /// When its owner works, if the server says so.
    pub week: Option<WorkingWeek>,
}

/// Why nothing is known about one mailbox.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Unknown {
    /// The server refuses or fails.
    #[error("the Exchange server does not tell about the mailbox: {0}")]
    Refused(ResponseCode),
    /// The server has no data.
    #[error("the Exchange server has no data about the mailbox")]
    NoData,
    /// A meeting cannot be placed in time, so that all of the time may be taken.
    #[error("the Exchange server tells times that cannot be read")]
    Unreadable,
}

impl Unknown {
    /// Whether only an administrator can change it, so that asking again soon is in vain.
    #[must_use]
    pub const fn is_lasting(&self) -> bool {
        matches!(self, Self::Refused(ResponseCode::MailRecipientNotFound | ResponseCode::NoFreeBusyAccess))
    }
}

/// What is known about one mailbox.
pub type Availability = Result<FreeBusy, Unknown>;

/// Reads the answer about so many mailboxes and this window. The answers come in the order of the question.
///
/// # Errors
///
/// Fails when the server refuses the whole question or, mailbox by mailbox, asks for patience and tells nothing; when
/// the answer is broken; and when it does not tell about exactly so many mailboxes: nobody could say who is meant.
pub fn read_availability(bytes: &[u8], mailboxes: usize, window: Span) -> Result<Vec<Availability>, EwsError> {
    let all = answer::read(bytes, "GetUserAvailabilityResponse", |reader, server| {
        let mut all = Vec::with_capacity(mailboxes.min(MOST_MAILBOXES));
        let (mut outcome, mut busy, mut hours) = (None, None, hours::Last::default());
        while let Some(tag) = reader.child()? {
            match tag.name {
                b"FreeBusyResponseArray" => {
                    while let Some(tag) = reader.child()? {
                        if tag.name == b"FreeBusyResponse" {
                            all.push(mailbox(reader, server, window, &mut hours, &mut busy)?);
                        } else {
                            reader.skip()?;
                        }
                        if all.len() > mailboxes {
                            return Err(EwsError::Incomplete("FreeBusyResponseArray"));
                        }
                    }
                }
                b"ResponseMessage" => outcome = Some(message(&tag, reader)?),
                _ => reader.skip()?,
            }
        }
        match outcome {
            Some(outcome) if all.is_empty() => outcome.verdict().map(|()| all),
            _ => match busy.filter(|_| all.iter().all(Result::is_err)) {
                Some(refusal) => Err(EwsError::Refused(refusal)),
                None => Ok(all),
            },
        }
    })?;
    if all.len() == mailboxes { Ok(all) } else { Err(EwsError::Incomplete("FreeBusyResponseArray")) }
}

fn message(tag: &Tag<'_>, reader: &mut XmlReader<'_>) -> Result<Outcome, BrokenXml> {
    let mut outcome = Outcome::begin(tag);
    while let Some(tag) = reader.child()? {
        outcome.take(tag, reader)?;
    }
    Ok(outcome)
}

/// One `FreeBusyResponse`. Where it asks for patience, that is noted too: it may be about the whole account.
fn mailbox<'a>(
    reader: &mut XmlReader<'a>,
    server: Server,
    window: Span,
    hours: &mut hours::Last<'a>,
    busy: &mut Option<Refusal>,
) -> Result<Availability, BrokenXml> {
    let mut outcome = Outcome::default();
    let mut view = View::default();
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"ResponseMessage" => outcome = message(&tag, reader)?,
            b"FreeBusyView" => view = View::read(reader, hours)?,
            _ => reader.skip()?,
        }
    }
    Ok(match outcome.verdict() {
        Ok(()) => view.free_busy(server, window),
        Err(EwsError::Refused(refusal)) => {
            let code = refusal.code.clone();
            if code.kind() == SourceErrorKind::Throttled {
                *busy = Some(refusal);
            }
            Err(Unknown::Refused(code))
        }
        Err(_) => Err(Unknown::NoData),
    })
}

/// One `FreeBusyView`.
#[derive(Default)]
struct View {
    kind: Kind,
    meetings: Vec<Meeting>,
    has_array: bool,
    is_unreadable: bool,
    merged: Vec<u8>,
    week: Option<WorkingWeek>,
}

/// How much a view tells.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
enum Kind {
    #[default]
    Nothing,
    MergedOnly,
    Events,
}

impl View {
    fn read<'a>(reader: &mut XmlReader<'a>, hours: &mut hours::Last<'a>) -> Result<Self, BrokenXml> {
        let mut view = Self::default();
        while let Some(tag) = reader.child()? {
            match tag.name {
                b"FreeBusyViewType" => view.kind = Kind::of(&reader.text()?),
                b"CalendarEventArray" => view.events(reader)?,
                b"MergedFreeBusy" => view.merged = reader.text()?.trim_ascii().to_vec(),
                b"WorkingHours" => view.week = hours.read(reader)?,
                _ => reader.skip()?,
            }
        }
        Ok(view)
    }

    fn events(&mut self, reader: &mut XmlReader<'_>) -> Result<(), BrokenXml> {
        self.has_array = true;
        self.meetings.reserve(8);
        while let Some(tag) = reader.child()? {
            if tag.name == b"CalendarEvent" {
                match Event::read(reader)?.meeting()? {
                    Placed::Meeting(meeting) => self.meetings.push(meeting),
                    Placed::Nothing => {}
                    Placed::Nowhere => self.is_unreadable = true,
                }
            } else {
                reader.skip()?;
            }
        }
        Ok(())
    }

    /// What all of it comes to. The short form counts only where there are no events, for it has fewer words.
    fn free_busy(self, server: Server, window: Span) -> Availability {
        if self.is_unreadable {
            return Err(Unknown::Unreadable);
        }
        let agenda = match self.kind {
            Kind::Nothing => None,
            _ if !self.meetings.is_empty() => Some(Agenda::new(window, self.meetings)),
            Kind::Events if self.has_array && self.merged.is_empty() => Some(Agenda::new(window, Vec::new())),
            kind => merged::agenda(&self.merged, window, SLOT, kind == Kind::Events && server.is_2013()),
        };
        agenda.map(|agenda| FreeBusy { agenda, week: self.week }).ok_or(Unknown::NoData)
    }
}

impl Kind {
    fn of(word: &[u8]) -> Self {
        match word.trim_ascii() {
            word if token::is(word, "MergedOnly") => Self::MergedOnly,
            word if ["FreeBusy", "FreeBusyMerged", "Detailed", "DetailedMerged"].iter().any(|w| token::is(word, w)) => {
                Self::Events
            }
            _ => Self::Nothing,
        }
    }
}

/// One `CalendarEvent`. What was typed stays where it is until it is known that the meeting is not private.
#[derive(Default)]
struct Event<'a> {
    start: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
    show_as: Option<ShowAs>,
    details: Option<Details<'a>>,
}

#[derive(Default)]
struct Details<'a> {
    id: Option<Raw<'a>>,
    subject: Option<Raw<'a>>,
    place: Option<Raw<'a>>,
    is_private: Option<bool>,
}

/// Where in time a meeting is.
enum Placed {
    Meeting(Meeting),
    /// It takes no time.
    Nothing,
    /// Nobody knows.
    Nowhere,
}

impl<'a> Event<'a> {
    fn read(reader: &mut XmlReader<'a>) -> Result<Self, BrokenXml> {
        let mut event = Self::default();
        while let Some(tag) = reader.child()? {
            match tag.name {
                b"StartTime" => event.start = token::time(&reader.text()?),
                b"EndTime" => event.end = token::time(&reader.text()?),
                b"BusyType" => event.show_as = Some(token::show_as(&reader.text()?)),
                b"CalendarEventDetails" => event.details = Some(Details::read(reader)?),
                _ => reader.skip()?,
            }
        }
        Ok(event)
    }

    fn meeting(self) -> Result<Placed, BrokenXml> {
        let (Some(start), Some(end)) = (self.start, self.end) else { return Ok(Placed::Nowhere) };
        if start == end {
            return Ok(Placed::Nothing);
        }
        let Ok(span) = Span::new(start.min(end), start.max(end)) else { return Ok(Placed::Nowhere) };
        let show_as = self.show_as.unwrap_or(ShowAs::Busy);
        let draft = match self.details {
            Some(details) => details.draft(span)?,
            None => MeetingDraft::new("", span),
        };
        Ok(Placed::Meeting(Meeting::new(draft.show_as(show_as))))
    }
}

impl<'a> Details<'a> {
    fn read(reader: &mut XmlReader<'a>) -> Result<Self, BrokenXml> {
        let mut details = Self::default();
        while let Some(tag) = reader.child()? {
            match tag.name {
                b"ID" => details.id = Some(reader.raw()?),
                b"Subject" => details.subject = Some(reader.raw()?),
                b"Location" => details.place = Some(reader.raw()?),
                b"IsPrivate" => details.is_private = token::truth(&reader.text()?),
                _ => reader.skip()?,
            }
        }
        Ok(details)
    }

    /// Details that do not say whether they are private are.
    fn draft(&self, span: Span) -> Result<MeetingDraft, BrokenXml> {
        if self.is_private != Some(false) {
            return Ok(MeetingDraft::new("", span).sensitivity(Sensitivity::Private));
        }
        let text = |raw: Option<Raw<'a>>| raw.map(Raw::read).transpose().map(Option::unwrap_or_default);
        let mut draft = MeetingDraft::new(&token::words(&text(self.id)?), span);
        if self.subject.is_some() {
            draft = draft.subject(&token::words(&text(self.subject)?));
        }
        if self.place.is_some() {
            draft = draft.place(&token::words(&text(self.place)?));
        }
        Ok(draft)
    }
}
