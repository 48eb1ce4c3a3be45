//! What is kept of one mailbox.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::{Address, Agenda, Fact, Hours, Lifetime, Origin, Report, Span, Subject};

use super::merge::together;
use crate::server::Overview;

/// One mailbox that is wanted.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) mailbox: Address,
    /// The how-manieth wish it was.
    pub(super) number: u64,
    blocks: Option<Told<Agenda>>,
    meetings: Option<Told<Agenda>>,
    /// Both together.
    agenda: Option<Arc<Agenda>>,
    hours: Option<Told<Arc<Hours>>>,
    reply: Option<Told<Option<Span>>>,
    /// When the meetings were last asked for, and for which days, whatever the answer was.
    tried: Option<(DateTime<Utc>, Span)>,
    /// They were read by an earlier session, and may have changed since.
    is_from_before: bool,
}

/// What the server told, for which days, and when.
#[derive(Debug)]
struct Told<T> {
    what: T,
    window: Span,
    at: DateTime<Utc>,
}

impl Person {
    pub(super) const fn new(mailbox: Address, number: u64) -> Self {
        let (blocks, meetings, agenda, hours, reply, tried) = (None, None, None, None, None, None);
        Self { mailbox, number, blocks, meetings, agenda, hours, reply, tried, is_from_before: false }
    }

    /// The same in another session.
    pub(super) fn again(self, number: u64) -> Self {
        Self { number, is_from_before: true, ..self }
    }

    /// Takes what a quick question told. Whether the meetings have to be read again for it.
    pub(super) fn take_overview(&mut self, window: Span, overview: Overview, now: DateTime<Utc>) -> bool {
        if let Some(hours) = overview.hours {
            self.hours = Some(Told { what: hours, window, at: now });
        }
        let old = self.blocks.replace(Told { what: overview.blocks, window, at: now });
        let known = old.filter(|old| old.window == window);
        let has_changed = match (&known, &self.blocks) {
            (Some(old), Some(new)) => old.what != new.what,
            // Another day is no news of this mailbox alone: all are due then.
            _ => self.tried.is_none(),
        };
        if known.is_none() || has_changed {
            self.put_together();
        }
        has_changed
    }

    /// The meetings were asked for then.
    pub(super) const fn tried_at(&mut self, now: DateTime<Utc>, window: Span) {
        self.tried = Some((now, window));
        self.is_from_before = false;
    }

    /// Takes the meetings.
    pub(super) fn take_agenda(&mut self, window: Span, meetings: Agenda, now: DateTime<Utc>) {
        self.meetings = Some(Told { what: meetings, window, at: now });
        self.put_together();
    }

    /// Takes when it answers by itself.
    pub(super) fn take_reply(&mut self, window: Span, reply: Option<Span>, now: DateTime<Utc>) {
        self.reply = Some(Told { what: reply, window, at: now });
    }

    /// Whether the meetings are to be asked for again although nothing is known to have changed.
    pub(super) fn is_due(&self, window: Span, now: DateTime<Utc>, refresh: TimeDelta) -> bool {
        self.is_from_before || !self.was_tried_of_late(window, now, refresh)
    }

    /// Whether the meetings of these days were asked for not long ago, in this session or before.
    pub(super) fn was_tried_of_late(&self, window: Span, now: DateTime<Utc>, refresh: TimeDelta) -> bool {
        self.tried.is_some_and(|(at, days)| days == window && now.signed_duration_since(at) < refresh)
    }

    pub(super) const fn is_unknown(&self) -> bool {
        self.agenda.is_none()
    }

    /// Nothing was told in the future.
    pub(super) fn clock_went_back(&mut self, now: DateTime<Utc>) {
        let agendas = [&mut self.blocks, &mut self.meetings].into_iter().flatten().map(|told| &mut told.at);
        let hours = self.hours.iter_mut().map(|told| &mut told.at);
        let reply = self.reply.iter_mut().map(|told| &mut told.at);
        let tried = self.tried.iter_mut().map(|(at, _)| at);
        agendas.chain(hours).chain(reply).chain(tried).for_each(|at| *at = now.min(*at));
    }

    /// Forgets what was told too long ago to be believed.
    fn forget(&mut self, now: DateTime<Utc>, trust: TimeDelta) {
        let old = |at: DateTime<Utc>| now.signed_duration_since(at) >= trust;
        let before = (self.blocks.is_some(), self.meetings.is_some());
        self.blocks.take_if(|told| old(told.at));
        self.meetings.take_if(|told| old(told.at));
        self.hours.take_if(|told| old(told.at));
        self.reply.take_if(|told| old(told.at));
        if before != (self.blocks.is_some(), self.meetings.is_some()) {
            self.put_together();
        }
    }

    /// What is known, to be told again: telling it keeps it fresh, but no longer than it is believed.
    pub(super) fn reports(
        &mut self,
        origin: Origin,
        subject: Subject,
        now: DateTime<Utc>,
        trust: TimeDelta,
    ) -> Vec<Report> {
        self.forget(now, trust);
        let agenda_at = [&self.blocks, &self.meetings].into_iter().flatten().map(|told| told.at).max();
        let facts = [
            self.agenda.clone().map(Fact::Agenda).zip(agenda_at),
            self.hours.as_ref().map(|told| (Fact::Hours(Arc::clone(&told.what)), told.at)),
            self.reply.as_ref().map(|told| (Fact::AutomaticReply(told.what), told.at)),
        ];
        let report = |(fact, at): (Fact, DateTime<Utc>)| {
            let left = trust - now.signed_duration_since(at);
            let lease = u32::try_from(left.num_seconds().max(1)).unwrap_or(u32::MAX);
            Report::new(origin, subject, fact, now).lasting(Lifetime::Lease(lease))
        };
        facts.into_iter().flatten().map(report).collect()
    }

    fn put_together(&mut self) {
        let [meetings, blocks] = [&self.meetings, &self.blocks].map(|told| told.as_ref().map(|told| &told.what));
        let agenda = together(meetings, blocks);
        // The same agenda in the same place is quicker to compare.
        if self.agenda.as_deref() != agenda.as_ref() {
            self.agenda = agenda.map(Arc::new);
        }
    }
}
