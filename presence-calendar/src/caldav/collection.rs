//! One calendar of a server: read, and read again as little as can be.

use std::collections::HashSet;
use std::sync::Arc;

use presence_core::http::{HttpRequest, HttpResponse, HttpService};
use presence_core::{SourceErrorKind, Span};

use super::ask;
use super::kept::{Kept, Marks, Objects};
use super::multistatus::{Multistatus, Response};
use super::place::key;
use super::trouble::{Trouble, success};
use crate::ics::{Calendar, ReadRules};
use crate::server::MailboxTrouble;

/// More changes than this, and everything is read anew.
const MOST_CHANGES: usize = 100;
/// A window is cut into at most so many pieces.
const MOST_PIECES: usize = 32;
/// A piece is at least so long.
const SHORTEST: u32 = 86_400;

/// A calendar at an address.
pub(super) struct Collection<'c> {
    pub(super) http: &'c dyn HttpService,
    pub(super) url: &'c str,
    pub(super) rules: &'c ReadRules,
}

/// What has happened since a calendar was read.
enum News {
    /// Nothing that matters.
    Nothing(Marks),
    /// These are new or other, those are gone.
    Some { marks: Marks, other: Vec<Box<str>>, gone: Vec<Box<[u8]>> },
    /// Nobody knows.
    Unknown,
}

impl Collection<'_> {
    /// The calendar as it is now: what is kept of it, as far as that is still right.
    pub(super) async fn refresh(&self, kept: Option<&Arc<Kept>>, window: Span) -> Result<Arc<Kept>, Trouble> {
        let Some(kept) = kept else { return self.read(window).await };
        match self.news(kept).await? {
            News::Nothing(marks) if marks.sync_token == kept.marks.sync_token => Ok(Arc::clone(kept)),
            News::Nothing(marks) => Ok(Arc::new(kept.with(marks))),
            News::Some { marks, other, gone } => self.update(kept, marks, &other, &gone).await,
            News::Unknown => self.read(window).await,
        }
    }

    /// When its owner is busy, as the server tells it. `None`: it does not.
    pub(super) async fn free_busy(&self, window: Span) -> Result<Option<Calendar>, Trouble> {
        let response = success(self.http.send(ask::free_busy(self.url, window)).await?)?;
        let kind = response.header("Content-Type").unwrap_or_default().trim_start();
        let is_calendar = kind.get(..13).is_some_and(|kind| kind.eq_ignore_ascii_case("text/calendar"));
        // A server that does not know the question may answer another one.
        Ok((response.status == 200 && is_calendar).then(|| Calendar::read(&response.body, self.rules)))
    }

    pub(super) async fn marks(&self) -> Result<Marks, Trouble> {
        let answer = self.ask(ask::marks(self.url)).await?;
        let here = key(self.url);
        let own = answer.responses.iter().find(|response| key(&response.href) == here);
        let own = own.or_else(|| answer.responses.first()).ok_or(MailboxTrouble::NotFound)?;
        match own.status {
            Some(404 | 410) => return Err(MailboxTrouble::NotFound.into()),
            Some(401 | 403) => return Err(MailboxTrouble::Forbidden.into()),
            _ => {}
        }
        if own.props.is_calendar == Some(false) {
            return Err(MailboxTrouble::NotFound.into());
        }
        Ok(Marks::of(&own.props))
    }

    async fn ask(&self, request: HttpRequest) -> Result<Multistatus, Trouble> {
        ask_for(self.http, request, self.rules).await
    }

    /// Reads everything. How the calendar is comes first: what changes in between is read once more the next time.
    async fn read(&self, window: Span) -> Result<Arc<Kept>, Trouble> {
        let marks = self.marks().await?;
        let mut objects = Objects::default();
        let mut pieces = vec![window];
        let mut count = 1;
        while let Some(piece) = pieces.pop() {
            match self.ask(ask::events(self.url, piece, true)).await {
                Ok(answer) if !is_cut(&answer) => self.members(answer).for_each(|member| objects.take(member)),
                Ok(_) | Err(Trouble::TooLarge) => {
                    let halves = halves(piece).filter(|_| count < MOST_PIECES).ok_or(Trouble::TooLarge)?;
                    count += 1;
                    pieces.extend(halves);
                }
                Err(trouble) => return Err(trouble),
            }
        }
        objects.keep_within(window);
        Ok(Arc::new(Kept::new(window, marks, objects)))
    }

    async fn news(&self, kept: &Kept) -> Result<News, Trouble> {
        if let Some(token) = &kept.marks.sync_token {
            return match self.ask(ask::changes(self.url, token)).await {
                Ok(answer) => Ok(self.changes(kept, answer)),
                // The server has forgotten what was then, or never kept it.
                Err(Trouble::Mailbox(_) | Trouble::TooLarge) => Ok(News::Unknown),
                Err(Trouble::Server(error)) if error.kind() == SourceErrorKind::Protocol => Ok(News::Unknown),
                Err(trouble) => Err(trouble),
            };
        }
        if kept.marks.ctag.is_some() {
            let marks = self.marks().await?;
            return Ok(if marks.ctag == kept.marks.ctag { News::Nothing(marks) } else { News::Unknown });
        }
        match self.ask(ask::events(self.url, kept.window, false)).await {
            Ok(answer) => Ok(self.tags(kept, answer)),
            Err(Trouble::TooLarge) => Ok(News::Unknown),
            Err(trouble) => Err(trouble),
        }
    }

    /// What the list of changes says.
    fn changes(&self, kept: &Kept, answer: Multistatus) -> News {
        let is_cut = is_cut(&answer);
        let Some(token) = answer.sync_token.clone().filter(|_| !is_cut && !kept.objects.is_partial) else {
            return News::Unknown;
        };
        let (mut other, mut gone) = (Vec::new(), Vec::new());
        for member in self.members(answer) {
            let path = key(&member.href);
            match (member.status, kept.objects.get(&path)) {
                (Some(404 | 410), None) => {}
                (Some(404 | 410), Some(_)) => gone.push(path),
                (_, Some(known)) if known.etag.is_some() && known.etag == member.props.etag => {}
                _ => other.push(member.href),
            }
        }
        self.weigh(Marks { sync_token: Some(token), ..kept.marks.clone() }, other, gone)
    }

    /// What the list of all tags says.
    fn tags(&self, kept: &Kept, answer: Multistatus) -> News {
        if is_cut(&answer) || kept.objects.is_partial {
            return News::Unknown;
        }
        let members: Vec<Response> = self.members(answer).collect();
        if members.iter().any(|member| member.props.etag.is_none()) {
            return News::Unknown;
        }
        let there: HashSet<Box<[u8]>> = members.iter().map(|member| key(&member.href)).collect();
        let gone = kept.objects.paths().filter(|path| !there.contains(*path)).map(Into::into).collect();
        let is_other = |member: &Response| {
            kept.objects.get(&key(&member.href)).is_none_or(|known| known.etag != member.props.etag)
        };
        let other = members.into_iter().filter(is_other).map(|member| member.href).collect();
        self.weigh(kept.marks.clone(), other, gone)
    }

    fn weigh(&self, marks: Marks, other: Vec<Box<str>>, gone: Vec<Box<[u8]>>) -> News {
        match (other.len(), gone.len()) {
            (0, 0) => News::Nothing(marks),
            (count, _) if count > MOST_CHANGES => News::Unknown,
            _ => News::Some { marks, other, gone },
        }
    }

    /// Reads what is other.
    async fn update(
        &self,
        kept: &Kept,
        marks: Marks,
        other: &[Box<str>],
        gone: &[Box<[u8]>],
    ) -> Result<Arc<Kept>, Trouble> {
        let mut objects = kept.objects.clone();
        gone.iter().for_each(|path| objects.remove(path));
        if !other.is_empty() {
            // What the server does not name again is not there any more.
            other.iter().for_each(|href| objects.remove(&key(href)));
            match self.ask(ask::these(self.url, other)).await {
                Ok(answer) => self.members(answer).for_each(|member| objects.take(member)),
                Err(Trouble::TooLarge) => return self.read(kept.window).await,
                Err(trouble) => return Err(trouble),
            }
        }
        objects.keep_within(kept.window);
        Ok(Arc::new(Kept::new(kept.window, marks, objects)))
    }

    /// What is in the calendar, without the calendar itself.
    fn members(&self, answer: Multistatus) -> impl Iterator<Item = Response> {
        let here = key(self.url);
        answer.responses.into_iter().filter(move |response| key(&response.href) != here)
    }
}

/// Asks, and reads the answer.
pub(super) async fn ask_for(
    http: &dyn HttpService,
    request: HttpRequest,
    rules: &ReadRules,
) -> Result<Multistatus, Trouble> {
    read_answer(http.send(request).await?, rules)
}

/// Reads an answer, if it is one.
pub(super) fn read_answer(response: HttpResponse, rules: &ReadRules) -> Result<Multistatus, Trouble> {
    let response = success(response)?;
    if response.status != 207 {
        return Err(Trouble::protocol(format!(
            "the calendar server answered with status {} where it should with 207: check that the address is one of \
             CalDAV",
            response.status
        )));
    }
    // One calendar that its server cannot write down must not silence all others.
    Multistatus::read(&response.body, rules).map_err(|_| MailboxTrouble::Unavailable.into())
}

/// Whether the server says that it has left something out.
fn is_cut(answer: &Multistatus) -> bool {
    answer.responses.iter().any(|response| matches!(response.status, Some(413 | 507)))
}

fn halves(window: Span) -> Option<[Span; 2]> {
    let length = window.end().since(window.start());
    let middle = window.start().plus(length / 2);
    if length < 2 * SHORTEST {
        return None;
    }
    Some([Span::from_seconds(window.start(), middle).ok()?, Span::from_seconds(middle, window.end()).ok()?])
}
