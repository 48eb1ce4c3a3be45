//! Calendars as a source of presence: it keeps some days of everybody who is wanted.
//!
//! * Who is newly wanted is asked about at once: all together in a quick question for blocks, then one by one for
//!   meetings, the last that was wanted first.
//! * Once an interval all are asked about in the quick way. Where the blocks have changed, the meetings are read again;
//!   where the server tells of changes, they are read as soon as it does. Where it has no quick way, all are read.
//! * A block never takes the place of a meeting, but fills the gaps that hidden meetings leave.
//! * The days that are kept move on at midnight, days before the last one is reached.
//! * Trouble with one mailbox concerns nobody else. What was known of it is believed for a while, and is unknown then.
//! * Where a session fails, the next one goes on with what it had read.
//! * Trouble with the channel that tells of changes costs nothing but time: the rounds go on, and it is opened anew, less
//!   and less often while that does not help.

mod either;
mod kept;
mod listener;
mod merge;
mod person;
mod queue;
mod session;
mod warned;

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use presence_core::source::{Link, Source, SourceError};
use presence_core::{Address, Agenda, Facet, SourceId, Span};

use crate::server::CalendarServer;
use kept::Kept;
use merge::together;
use session::Session;
use warned::Warned;

/// Calendars of a server, as a source.
#[derive(Debug)]
pub struct CalendarSource<S> {
    id: SourceId,
    server: S,
    rules: CalendarRules,
    kept: Kept,
    warned: Warned,
}

/// How a source of calendars works. Every setting names its default.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct CalendarRules {
    /// How long between two quick questions about everybody. Default: a minute.
    pub interval: Duration,
    /// After how long the meetings of somebody are read again although nothing seems to have changed. Default: a
    /// quarter of an hour.
    pub refresh: Duration,
    /// How many days before today are kept. Default: 1.
    pub days_back: u16,
    /// How many days are kept from today on. Default: 8.
    pub days_ahead: u16,
    /// For how long what the server told is believed when it tells no more, of one mailbox or of all. Default: eight hours.
    pub trust: Duration,
    /// How long the server is left alone after it has told of a change: one invitation tells several. Default: two
    /// seconds.
    pub settle: Duration,
}

impl Default for CalendarRules {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(60),
            refresh: Duration::from_secs(900),
            days_back: 1,
            days_ahead: 8,
            trust: Duration::from_secs(8 * 3600),
            settle: Duration::from_secs(2),
        }
    }
}

impl CalendarRules {
    /// The days to keep: whole days, so that the window stays the same for a day.
    fn window(&self, now: DateTime<Utc>) -> Option<Span> {
        let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
        let days = |count: u16| TimeDelta::days(i64::from(count));
        let start = today.checked_sub_signed(days(self.days_back))?;
        let end = today.checked_add_signed(days(self.days_ahead.max(1)))?;
        Span::new(start, end).ok()
    }
}

impl<S: CalendarServer> CalendarSource<S> {
    /// The calendars of this server.
    pub fn new(id: SourceId, server: S) -> Self {
        Self { id, server, rules: CalendarRules::default(), kept: Kept::default(), warned: Warned::default() }
    }

    /// The same, working by these rules. An interval has a second at least.
    #[must_use]
    pub fn rules(self, rules: CalendarRules) -> Self {
        let interval = rules.interval.max(Duration::from_secs(1));
        Self { rules: CalendarRules { interval, ..rules }, ..self }
    }
}

#[async_trait]
impl<S: CalendarServer> Source for CalendarSource<S> {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &[Facet::Calendar, Facet::AutomaticReply, Facet::Hours]
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        Session::new(&self.server, &self.rules, (&self.kept, &self.warned), link).run().await
    }

    fn warning(&self) -> Option<String> {
        self.warned.sentence()
    }

    async fn look(&self, address: &Address, span: Span) -> Result<Option<Agenda>, SourceError> {
        let overviews = self.server.overviews(std::slice::from_ref(address), span).await?;
        let blocks = overviews.and_then(|told| told.into_iter().next()?.ok()).map(|overview| overview.blocks);
        let meetings = self.server.agenda(address, span).await?.ok();
        Ok(together(meetings.as_ref(), blocks.as_ref()))
    }
}

fn later(time: DateTime<Utc>, wait: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(wait).ok().and_then(|wait| time.checked_add_signed(wait)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
