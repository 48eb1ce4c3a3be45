//! A company whose calendars come from a scripted server, in a hub that lives by the test's clock.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use presence_calendar::source::{CalendarRules, CalendarSource};
use presence_core::hub::{Connector, Filter, Hub, Watch};
use presence_core::testing::ManualClock;
use presence_core::{
    Address, Directory, Engine, EngineConfig, Facet, Meeting, MeetingDraft, MeetingView, Person, PersonId, PersonSpec,
    PlaceKind, PlaceSpec, Row, ShowAs, SourceId, SourceSpec, Span, ViewerId,
};

use crate::server::Scripted;

pub(crate) const FACETS: [Facet; 3] = [Facet::Calendar, Facet::AutomaticReply, Facet::Hours];

/// When most tests begin: a Friday morning.
pub(crate) const START: &str = "2026-11-20T09:00:00Z";

pub(crate) fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn source_id() -> SourceId {
    SourceId::new("exchange").unwrap()
}

pub(crate) fn operator() -> ViewerId {
    ViewerId::new("operator").unwrap()
}

pub(crate) fn mailbox(name: &str) -> Address {
    Address::opaque(&format!("{name}@example.com")).unwrap()
}

pub(crate) fn meeting(start: &str, end: &str, word: ShowAs, subject: &str) -> Meeting {
    let span = Span::new(utc(start), utc(end)).unwrap();
    Meeting::new(MeetingDraft::new(subject, span).show_as(word).subject(subject))
}

/// Who there is, and whether the source waits to be asked.
pub(crate) fn company(names: &[&str], on_demand: bool) -> Arc<Directory> {
    let mut builder = Directory::builder();
    let spec = SourceSpec::new(source_id(), &FACETS);
    builder.source(if on_demand { spec.on_demand() } else { spec });
    for name in names {
        let place = PlaceSpec::new(PlaceKind::Mailbox).address(mailbox(name), &[source_id()]);
        builder.person(PersonSpec::new(PersonId::new(name).unwrap()).named(name).place(place));
    }
    Arc::new(builder.build().unwrap())
}

/// A company, a server, a clock, and what runs.
pub(crate) struct Office {
    pub(crate) clock: ManualClock,
    pub(crate) server: Scripted,
    directory: Arc<Directory>,
    hub: Option<Hub>,
}

impl Office {
    pub(crate) fn at(start: &str, names: &[&str], on_demand: bool) -> Self {
        let clock = ManualClock::at(utc(start));
        let server = Scripted::new(&clock, names.iter().map(|name| mailbox(name)));
        Self { server, clock, directory: company(names, on_demand), hub: None }
    }

    pub(crate) fn new(names: &[&str]) -> Self {
        Self::at(START, names, false)
    }

    /// Opens, and waits until everything there is to do is done.
    pub(crate) async fn open(self) -> Self {
        self.open_by(CalendarRules::default()).await
    }

    pub(crate) async fn open_by(mut self, rules: CalendarRules) -> Self {
        let engine = Engine::new(EngineConfig::new(Arc::clone(&self.directory), utc(START).min(self.now())));
        let source = CalendarSource::new(source_id(), self.server.clone()).rules(rules);
        let builder = Hub::builder(engine).clock(Arc::new(self.clock.clone()));
        self.hub = Some(builder.source(Arc::new(source)).start().await.unwrap());
        rest().await;
        self
    }

    pub(crate) fn hub(&self) -> &Hub {
        self.hub.as_ref().unwrap()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        presence_core::clock::Clock::now(&self.clock)
    }

    pub(crate) fn person(&self, name: &str) -> Person {
        self.hub().directory().person(&PersonId::new(name).unwrap()).unwrap()
    }

    pub(crate) fn row(&self, name: &str) -> Row {
        self.hub().board(&operator()).unwrap().row(self.person(name)).unwrap()
    }

    pub(crate) fn word(&self, name: &str) -> Option<ShowAs> {
        self.row(name).calendar
    }

    pub(crate) async fn connector(&self) -> Connector {
        self.hub().health().await.unwrap().connectors.into_iter().find(|one| one.source == source_id()).unwrap()
    }

    /// The meetings of a day in UTC.
    pub(crate) async fn day(&self, name: &str, day: &str) -> Option<Vec<MeetingView>> {
        let date: NaiveDate = day.parse().unwrap();
        Some(self.hub().day(self.person(name), &operator(), date, Utc).await?.meetings)
    }

    /// Begin and title of the meetings of the day of most tests.
    pub(crate) async fn titles(&self, name: &str) -> Vec<(DateTime<Utc>, String)> {
        let day = self.day(name, "2026-11-20").await.unwrap();
        day.into_iter().map(|one| (one.start.time().unwrap(), one.title.unwrap_or_default())).collect()
    }

    pub(crate) fn watch(&self, names: &[&str]) -> Watch {
        let people: Vec<Person> = names.iter().map(|name| self.person(name)).collect();
        self.hub().watch(&operator(), Filter::people(people), None).unwrap()
    }

    /// Lets time pass, from one thing that somebody waits for to the next.
    pub(crate) async fn pass(&self, by: TimeDelta) {
        self.pass_seeing(by, |_| {}).await;
    }

    /// The same, and looks at each time at which something may have happened.
    pub(crate) async fn pass_seeing(&self, by: TimeDelta, mut see: impl FnMut(DateTime<Utc>)) {
        let target = self.now() + by;
        loop {
            rest().await;
            see(self.now());
            match self.clock.next_wait() {
                Some(next) if next <= target => self.clock.set(next.max(self.now())),
                _ => break,
            }
        }
        self.clock.set(target);
        rest().await;
        see(self.now());
    }
}

/// Lets everybody work who can.
pub(crate) async fn rest() {
    for _ in 0..120 {
        tokio::task::yield_now().await;
    }
}

pub(crate) fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}

pub(crate) fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}
