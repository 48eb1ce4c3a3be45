//! A day in somebody's calendars, also one that no source has reported on: then the sources are asked.

use std::sync::Arc;
use std::time::Duration;

use chrono::{NaiveDate, TimeZone};
use tokio::task::JoinSet;

use super::Hub;
use super::supervisor::runnable;
use super::writer::Writer;
use crate::calendar::{Agenda, Span};
use crate::identity::{Address, Person, Subject, ViewerId};
use crate::source::Source;
use crate::view::DayView;

/// Nobody at a console waits longer for a day. It is the machine's time, whatever the clock says.
const PATIENCE: Duration = Duration::from_secs(20);
/// A date begins somewhere on earth so much earlier, and ends so much later.
const AROUND: u32 = 24 * 3600;

impl Hub {
    /// A day in a zone, as the class may see it: at once where sources have told of it, and else as soon as they have
    /// been asked. Who looks at a day wants to know, as with a card. `None`: there is no such person or class, or the
    /// engine is down.
    pub async fn day<Tz>(&self, person: Person, viewer: &ViewerId, date: NaiveDate, zone: Tz) -> Option<DayView>
    where
        Tz: TimeZone + Send + 'static,
        Tz::Offset: Send,
    {
        let class = viewer.clone();
        let by = zone.clone();
        let first = move |writer: &mut Writer| {
            writer.want(person, "day");
            let viewer = writer.viewer(&class)?;
            let day = writer.engine.day(person, &viewer, date, &by)?;
            let ask = if day.known { Vec::new() } else { writer.engine.calendars(person, &viewer) };
            Some((day, ask))
        };
        let (day, calendars) = self.ask(first).await.flatten()?;
        let Some(span) = around(date, &zone).filter(|_| !calendars.is_empty()) else { return Some(day) };
        let read = tokio::time::timeout(PATIENCE, self.look(&calendars, span)).await.unwrap_or_default();
        if read.is_empty() {
            return Some(day);
        }
        let class = viewer.clone();
        let again = move |writer: &mut Writer| {
            let viewer = writer.viewer(&class)?;
            writer.engine.day_with(person, &viewer, &read, date, &zone)
        };
        self.ask(again).await.flatten()
    }

    /// What the sources say about these calendars. Trouble leaves a calendar unknown, and nobody free.
    async fn look(&self, calendars: &[Subject], span: Span) -> Vec<(Subject, Agenda)> {
        let Ok(_place) = self.0.looks.acquire().await else { return Vec::new() };
        // In tasks of their own: a source that panics takes nobody along, and is given up with the one who waits.
        let mut looks = JoinSet::new();
        for (subject, address, source) in self.sources_of(calendars) {
            looks.spawn(async move { (subject, source.look(&address, span).await) });
        }
        let mut read = Vec::new();
        while let Some(looked) = looks.join_next().await {
            if let Ok((subject, Ok(Some(agenda)))) = looked {
                read.push((subject, agenda));
            }
        }
        read
    }

    /// Who may be asked about each of these: sources that run, and are not in trouble.
    fn sources_of(&self, calendars: &[Subject]) -> Vec<(Subject, Address, Arc<dyn Source>)> {
        let directory = self.directory();
        let running = self.running();
        let well = running.values().filter(|source| source.shared.attempts().next.is_none());
        let asked = well.filter_map(|source| Some((source.shared.origin, runnable(&source.orders.borrow())?)));
        let mut found = Vec::new();
        for (origin, source) in asked {
            let covered = calendars.iter().filter(|subject| directory.coverage(**subject).contains(&origin));
            found.extend(
                covered.filter_map(|subject| Some((*subject, directory.address(*subject)?, Arc::clone(&source)))),
            );
        }
        found
    }
}

/// The day, and so much on both sides that no meeting of that date is left out, wherever it was made.
fn around<Tz: TimeZone>(date: NaiveDate, zone: &Tz) -> Option<Span> {
    let day = Agenda::day_span(date, zone)?;
    Span::from_seconds(day.start().minus(AROUND), day.end().plus(AROUND)).ok()
}
