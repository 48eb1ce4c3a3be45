//! A day in the calendars of a person.

use chrono::{NaiveDate, TimeZone};

use crate::aside::Aside;
use crate::calendar::{Agenda, Span};
use crate::fact::Facet;
use crate::identity::{Person, Subject};
use crate::privacy::{Disclosure, Sight, Viewer};
use crate::view::{DayView, MeetingView};

use super::Engine;

impl Engine {
    /// A day in a zone, as the class may see it; `None`: there is no such person.
    #[must_use]
    pub fn day<Tz: TimeZone>(&self, person: Person, viewer: &Viewer, date: NaiveDate, zone: &Tz) -> Option<DayView> {
        self.day_with(person, viewer, &[], date, zone)
    }

    /// The same with what calendars said to somebody who asked them elsewhere, about days of which nothing was reported.
    /// It stands in place of what is kept about the same place.
    #[must_use]
    pub fn day_with<Tz: TimeZone>(
        &self,
        person: Person,
        viewer: &Viewer,
        read: &[(Subject, Agenda)],
        date: NaiveDate,
        zone: &Tz,
    ) -> Option<DayView> {
        if self.directory.is_gone(person) {
            return None;
        }
        let Some(sight) = self.calendar_sight(person, viewer) else { return Some(DayView::default()) };
        let own = |(subject, agenda)| match self.directory.binding(subject) {
            Some((owner, place)) if owner == person && shows(&sight, place) => Some((place, agenda)),
            _ => None,
        };
        let mut agendas: Vec<(u8, &Agenda)> =
            read.iter().filter_map(|(subject, agenda)| own((*subject, agenda))).collect();
        let asides = self.asides_seen(person, &sight);
        let kept = asides.iter().filter_map(|(claim, aside)| match aside {
            Aside::Agenda(agenda) => Some((claim.place(), agenda.as_ref())),
            _ => None,
        });
        let is_read = |place: u8| agendas.iter().any(|(read, _)| *read == place);
        let kept: Vec<_> = kept.filter(|(place, _)| shows(&sight, *place) && !is_read(*place)).collect();
        agendas.extend(kept);
        Some(drawn(&agendas, &sight, date, zone))
    }

    /// The calendars of a person that may be asked about other days for this class.
    #[must_use]
    pub fn calendars(&self, person: Person, viewer: &Viewer) -> Vec<Subject> {
        let Some(sight) = self.calendar_sight(person, viewer) else { return Vec::new() };
        let subjects = self.directory.subjects(person).filter(|(_, place)| shows(&sight, *place));
        subjects.map(|(subject, _)| subject).collect()
    }

    /// What the class may see, if it may see anything of the person: somebody who looks offline looks denied.
    fn calendar_sight(&self, person: Person, viewer: &Viewer) -> Option<Sight> {
        let sight = viewer.sight(person, &self.directory);
        let presence = self.presence(person, viewer)?;
        let is_hidden = sight.is_denied() || presence.is_offline_constant() && viewer.may_be_denied();
        (!is_hidden && sight.facets().contains(Facet::Calendar)).then_some(sight)
    }
}

/// Whoever is told no times knows nothing of a day, and nobody is free for that.
fn shows(sight: &Sight, place: u8) -> bool {
    sight.calendar(place).ordinary >= Disclosure::Times
}

fn drawn<Tz: TimeZone>(agendas: &[(u8, &Agenda)], sight: &Sight, date: NaiveDate, zone: &Tz) -> DayView {
    let mut meetings = Vec::new();
    for (place, agenda) in agendas {
        let policy = sight.calendar(*place);
        meetings.extend(agenda.day(date, zone).filter_map(|meeting| MeetingView::new(meeting, policy)));
    }
    // A meeting that two sources tell is one meeting; the one with a title tells more.
    meetings.sort_by_key(|meeting| (meeting.start, meeting.end, meeting.title.is_none(), meeting.id));
    meetings.dedup_by(|later, first| {
        (later.start, later.end, later.show_as) == (first.start, first.end, first.show_as)
            && (later.title.is_none() || later.title == first.title)
    });
    let covers =
        |agenda: &Agenda, day: Span| agenda.covered().start() <= day.start() && day.end() <= agenda.covered().end();
    let is_told = |day| !agendas.is_empty() && agendas.iter().all(|(_, agenda)| covers(agenda, day));
    let both = |a: Span, b: Span| Span::from_seconds(a.start().max(b.start()), a.end().min(b.end())).ok();
    let mut spans = agendas.iter().map(|(_, agenda)| agenda.covered());
    let first = spans.next();
    DayView {
        meetings,
        known: Agenda::day_span(date, zone).is_some_and(is_told),
        horizon: spans.fold(first, |horizon, span| horizon.and_then(|horizon| both(horizon, span))),
    }
}
