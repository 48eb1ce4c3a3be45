//! The channel that tells of changes: when it is opened, and when it is opened anew.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use presence_core::Address;
use presence_core::source::SourceError;

use super::{CalendarRules, later};
use crate::server::Changes;

/// A channel that is being opened. That may take long, one mailbox after the other, so nobody waits for it alone.
pub(super) type Opening<'a> = Pin<Box<dyn Future<Output = Result<Option<Box<dyn Changes>>, SourceError>> + Send + 'a>>;

/// Listens for changes.
pub(super) struct Listener<'a> {
    state: State<'a>,
    /// It is not opened before.
    not_before: Option<DateTime<Utc>>,
    /// How long to wait after an opening before the next one. It grows while the channel does not stand as long.
    pause: Duration,
    /// When it was last opened, and for how many.
    opened: DateTime<Utc>,
    listened: usize,
    /// Who has come since, and is not listened for.
    newcomers: usize,
    /// A channel has broken, and changes may have been lost.
    has_lost: bool,
}

enum State<'a> {
    /// The server has none.
    Never,
    Closed,
    Opening(Opening<'a>),
    Open(Box<dyn Changes>),
}

/// What comes of listening.
pub(super) enum Event {
    /// The channel was opened, or not.
    Opened(Result<Option<Box<dyn Changes>>, SourceError>),
    /// Somebody's calendar has changed, or the channel has broken.
    Changed(Result<Vec<Address>, SourceError>),
}

impl<'a> Listener<'a> {
    pub(super) const fn new(now: DateTime<Utc>, rules: &CalendarRules) -> Self {
        Self {
            state: State::Closed,
            not_before: None,
            pause: rules.interval,
            opened: now,
            listened: 0,
            newcomers: 0,
            has_lost: false,
        }
    }

    /// Waits for what comes next. Nothing is lost when the wait is given up.
    pub(super) async fn next(&mut self) -> Event {
        match &mut self.state {
            State::Never | State::Closed => std::future::pending().await,
            State::Opening(opening) => {
                let opened = opening.await;
                self.state = State::Closed;
                Event::Opened(opened)
            }
            State::Open(channel) => Event::Changed(channel.next().await),
        }
    }

    /// When a channel is to be opened for so many; `None`: not as things are.
    ///
    /// For newcomers it is not opened anew at once, for that costs as much as there are who are listened for already:
    /// until then they are asked about in every round.
    pub(super) fn opens_at(&self, wanted: usize, rules: &CalendarRules) -> Option<DateTime<Utc>> {
        let soonest = self.not_before.unwrap_or(self.opened);
        match self.state {
            State::Closed if wanted > 0 => Some(soonest),
            State::Open(_) if self.newcomers > 0 && self.newcomers.saturating_mul(8) >= self.listened => Some(soonest),
            State::Open(_) if self.newcomers > 0 => Some(soonest.max(later(self.opened, rules.refresh))),
            _ => None,
        }
    }

    /// A channel for so many is being opened; the one before is closed.
    pub(super) fn open(&mut self, opening: Opening<'a>, listened: usize, now: DateTime<Utc>) {
        self.state = State::Opening(opening);
        (self.opened, self.listened, self.newcomers) = (now, listened, 0);
        self.not_before = Some(later(now, self.pause));
    }

    /// Takes the channel that was opened. Whether changes may have been lost before.
    pub(super) fn has_opened(&mut self, channel: Option<Box<dyn Changes>>, now: DateTime<Utc>) -> bool {
        // It stands from now on, however long it took to open.
        self.opened = now;
        self.state = channel.map_or(State::Never, State::Open);
        std::mem::take(&mut self.has_lost)
    }

    /// It could not be opened: the next time is later. Whether changes may have been lost before.
    pub(super) fn has_failed(&mut self, error: &SourceError, now: DateTime<Utc>, rules: &CalendarRules) -> bool {
        self.state = State::Closed;
        self.put_off(now, rules);
        let asked = error.wait().map(|wait| later(now, wait.min(rules.refresh.max(rules.interval))));
        self.not_before = self.not_before.max(asked);
        std::mem::take(&mut self.has_lost)
    }

    /// The channel broke. Whether it had stood for a while.
    pub(super) fn has_broken(&mut self, now: DateTime<Utc>, rules: &CalendarRules) -> bool {
        self.state = State::Closed;
        self.has_lost = true;
        let has_stood = now >= later(self.opened, self.pause);
        if has_stood {
            self.pause = rules.interval;
        } else {
            self.put_off(now, rules);
        }
        has_stood
    }

    /// Somebody is wanted whom it does not listen for.
    pub(super) const fn newcomer(&mut self) {
        self.newcomers = self.newcomers.saturating_add(1);
    }

    pub(super) fn clock_went_back(&mut self, now: DateTime<Utc>) {
        self.opened = self.opened.min(now);
        self.not_before = self.not_before.map(|time| time.min(later(now, self.pause)));
    }

    fn put_off(&mut self, now: DateTime<Utc>, rules: &CalendarRules) {
        self.not_before = Some(later(now, self.pause));
        self.pause = self.pause.saturating_mul(2).min(rules.refresh.max(rules.interval));
    }
}

impl fmt::Debug for Listener<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("listened", &self.listened).finish_non_exhaustive()
    }
}
