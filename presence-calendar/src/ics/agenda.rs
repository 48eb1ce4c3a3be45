//! The meetings of a calendar in a span of time.

use chrono::{DateTime, NaiveDateTime, TimeDelta};
use presence_core::calendar::{Meeting, MeetingDraft, Span};
use presence_core::{Second, ShowAs};

use super::build::{Change, Event, Events, Key};
use super::event::End;
use super::expand::{MOST, MOST_STEPS, Occurrence, Series, Worked};
use super::free_busy::block;
use super::span::{Clock, Extent, Placed};
use crate::warning::{Problem, Warning};

/// A series that is cut after so many occurrences fills the time with them.
const DENSE: usize = 1_000;
/// Seconds by which what is written and what is meant may differ.
const NEAR: i64 = 2 * 86_400;

/// Makes the meetings of a span.
pub(super) struct Maker<'e, 'z> {
    events: &'e Events,
    clock: Clock<'z>,
    covered: Span,
    hide_importance: bool,
    pub(super) meetings: Vec<Meeting>,
    pub(super) warnings: Vec<Warning>,
    count: usize,
    steps: u64,
    /// The event that came last, by its line, and its last meeting.
    last: Option<(u32, usize)>,
}

impl<'e, 'z> Maker<'e, 'z> {
    pub(super) const fn new(events: &'e Events, clock: Clock<'z>, covered: Span, hide_importance: bool) -> Self {
        Self {
            events,
            clock,
            covered,
            hide_importance,
            meetings: Vec::new(),
            warnings: Vec::new(),
            count: 0,
            steps: 0,
            last: None,
        }
    }

    pub(super) fn run(&mut self) {
        for event in self.events.list.iter().filter(|event| !event.is_dropped) {
            if self.count > MOST || self.steps > MOST_STEPS {
                self.warn(event, Problem::TooManyOccurrences);
                return self.meetings.push(block(self.covered, ShowAs::NoData));
            }
            if event.series.recurs.is_none() && event.changes.1 == 0 {
                self.once(event);
            } else {
                self.series(event);
            }
        }
    }

    /// An event without recurrence.
    fn once(&mut self, event: &Event) {
        let series = &event.series;
        if self.is_far(series) {
            return;
        }
        let extent = series.extent(&self.clock);
        let placed = self.clock.place(series.start.local, series.start.zone, extent);
        self.push(event, placed);
    }

    /// Whether a glance at what is written shows that it lies outside: no clock is further than a day from UTC.
    fn is_far(&self, series: &Series) -> bool {
        let End::At(end) = series.end else { return false };
        let written = |local: NaiveDateTime| local.and_utc().timestamp();
        let (one, other) = (written(series.start.local), written(end.local));
        let (start, end) = (i64::from(self.covered.start().get()), i64::from(self.covered.end().get()));
        one.max(other) < start - NEAR || one.min(other) > end + NEAR
    }

    fn series(&mut self, event: &Event) {
        let changes = self.changes(event);
        let moved = changes.iter().filter_map(|change| change.and_future).map(i64::abs).max().unwrap_or(0);
        let longest =
            changes.iter().filter_map(|change| self.event(change)).map(|other| other.series.extent(&self.clock));
        let moved = longest.map(Extent::bound).fold(moved, |most, bound| most.max(moved.saturating_add(bound)));
        let Worked { list, is_cut, steps } = event.series.occurrences(&self.clock, self.covered, moved);
        self.count += list.len();
        self.steps = self.steps.saturating_add(steps);
        if is_cut {
            self.warn(event, Problem::TooManyOccurrences);
            self.fill(event, &list);
        }
        let lasting = Lasting::of(changes);
        for occurrence in list {
            self.occurrence(event, changes, &lasting, occurrence);
        }
    }

    fn occurrence(&mut self, event: &Event, changes: &[Change], lasting: &Lasting<'_>, one: Occurrence) {
        let keys = [Key::At(one.at), Key::On(one.local.date())];
        if keys.iter().any(|key| changes.binary_search_by_key(key, |change| change.key).is_ok()) {
            return;
        }
        let other = lasting.before(one).and_then(|change| Some((self.event(change)?, change.and_future?)));
        let zone = event.series.start.zone;
        match other {
            None => self.push(event, self.clock.place(one.local, zone, one.extent)),
            Some((other, moved)) => {
                let local = one.local.checked_add_signed(TimeDelta::seconds(moved)).unwrap_or(one.local);
                self.push(other, self.clock.place(local, zone, other.series.extent(&self.clock)));
            }
        }
    }

    /// What comes more often than it can be worked out is one piece from where it was left off. Where there is too little
    /// to go by, nothing is known to be free.
    fn fill(&mut self, event: &Event, list: &[Occurrence]) {
        let last = list.last().filter(|_| list.len() >= DENSE).and_then(|last| DateTime::from_timestamp(last.at, 0));
        let Some(start) = last.map(|last| Second::floor(last).max(self.covered.start())) else {
            return self.meetings.push(block(self.covered, ShowAs::NoData));
        };
        if let Ok(span) = Span::from_seconds(start, self.covered.end()) {
            let placed = Placed { start: i64::from(span.start().get()), end: i64::from(span.end().get()), days: None };
            self.push(event, placed);
        }
    }

    fn push(&mut self, event: &Event, placed: Placed) {
        // What takes no time is shown as a point, and makes nobody busy.
        let is_point = placed.start == placed.end;
        let span = self.clock.span_of(placed.start, placed.end + i64::from(is_point));
        let Some(span) = span.filter(|span| span.overlaps(self.covered)) else { return };
        let mut draft = MeetingDraft::new(self.events.texts.get(event.texts.uid), span)
            .show_as(if is_point { ShowAs::Free } else { event.show_as })
            .importance(event.importance)
            .sensitivity(event.sensitivity)
            .cancelled(event.is_cancelled)
            .declined(event.is_declined)
            .attendees(event.attendees)
            .hide_importance(self.hide_importance);
        if let Some((first, after)) = placed.days {
            draft = draft.all_day(first, after);
        }
        // Of a series the texts are kept once.
        let before = self.last.filter(|(line, _)| *line == event.line).and_then(|(_, last)| self.meetings.get(last));
        let meeting = match before {
            Some(before) => Meeting::new(draft).with_texts_of(before),
            None => Meeting::new(self.with_texts(draft, event)),
        };
        self.last = Some((event.line, self.meetings.len()));
        self.meetings.push(meeting);
    }

    fn with_texts(&self, mut draft: MeetingDraft, event: &Event) -> MeetingDraft {
        let texts = &self.events.texts;
        let [subject, place, organiser] =
            [event.texts.subject, event.texts.place, event.texts.organiser].map(|piece| texts.get(piece));
        if !subject.is_empty() {
            draft = draft.subject(subject);
        }
        if !place.is_empty() {
            draft = draft.place(place);
        }
        if !organiser.is_empty() {
            draft = draft.organiser(organiser);
        }
        draft
    }

    fn changes(&self, event: &Event) -> &'e [Change] {
        let (from, count) = event.changes;
        let range = usize::try_from(from).ok().zip(usize::try_from(count).ok());
        range.and_then(|(from, count)| self.events.changes.get(from..from + count)).unwrap_or_default()
    }

    fn event(&self, change: &Change) -> Option<&'e Event> {
        self.events.list.get(usize::try_from(change.event).ok()?)
    }

    fn warn(&mut self, event: &Event, problem: Problem) {
        self.warnings.push(Warning::new(usize::try_from(event.line).unwrap_or(0), problem));
    }
}

/// The changes that those after them follow, in order.
struct Lasting<'c> {
    days: Vec<&'c Change>,
    times: Vec<&'c Change>,
}

impl<'c> Lasting<'c> {
    fn of(changes: &'c [Change]) -> Self {
        let lasting = changes.iter().filter(|change| change.and_future.is_some());
        let (days, times) = lasting.partition(|change| matches!(change.key, Key::On(_)));
        Self { days, times }
    }

    /// The last one that an occurrence follows.
    fn before(&self, one: Occurrence) -> Option<&'c Change> {
        let last = |list: &[&'c Change], key: Key| {
            let passed = list.partition_point(|change| change.key <= key);
            passed.checked_sub(1).and_then(|last| list.get(last)).copied()
        };
        last(&self.times, Key::At(one.at)).or_else(|| last(&self.days, Key::On(one.local.date())))
    }
}
