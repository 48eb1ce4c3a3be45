//! A small company with an Exchange server, a hub that reads it, and time that the test moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use presence_calendar::ews::{Basic, Exchange};
use presence_calendar::source::{CalendarRules, CalendarSource};
use presence_calendar::zone::Zone;
use presence_core::clock::Clock;
use presence_core::http::reqwest::ReqwestService;
use presence_core::http::{HttpError, HttpRequest, HttpResponse, HttpService, HttpStream};
use presence_core::hub::{Connector, Filter, Hub, Watch};
use presence_core::testing::ManualClock;
use presence_core::{
    Address, Agenda, Directory, Engine, EngineConfig, Facet, Meeting, Person, PersonId, PersonSpec, PlaceKind,
    PlaceSpec, Row, ShowAs, SourceId, SourceSpec, Span, ViewerId,
};
use simulated_exchange::{Account, Company, Item, SimulatedExchange};

pub(crate) const ANNA: &str = "anna@firma.example";
pub(crate) const BERT: &str = "bert@firma.example";
pub(crate) const SERVICE: &str = "service@firma.example";
pub(crate) const PASSWORD: &str = "sesame";

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A time of the Friday on which every test begins, in UTC: the company is an hour ahead.
pub(crate) fn friday(clock: &str) -> DateTime<Utc> {
    time(&format!("2026-11-20T{clock}:00Z"))
}

pub(crate) fn week() -> Span {
    Span::new(time("2026-11-19T00:00:00Z"), time("2026-11-27T00:00:00Z")).unwrap()
}

pub(crate) fn item(from: &str, to: &str, subject: &str) -> Item {
    Item::new(friday(from), friday(to), subject)
}

pub(crate) fn mailbox(address: &str) -> Address {
    Address::smtp(address).unwrap()
}

/// Anna with these items, Bert with none, and an account that may act for both.
pub(crate) fn company(items: impl IntoIterator<Item = Item>) -> Company {
    let mut service = Account::new(SERVICE, PASSWORD);
    service.may_impersonate = true;
    let anna = items.into_iter().fold(Account::new(ANNA, PASSWORD), Account::with);
    Company::new("W. Europe Standard Time").with(service).with(anna).with(Account::new(BERT, PASSWORD))
}

pub(crate) async fn server(items: impl IntoIterator<Item = Item>) -> SimulatedExchange {
    SimulatedExchange::start(company(items)).await.unwrap()
}

/// HTTP that counts the questions whose answer is not there yet.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    http: Arc<dyn HttpService>,
    open: Arc<AtomicUsize>,
}

/// A question that waits.
struct Open<'a>(&'a AtomicUsize);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Counted {
    pub(crate) fn new() -> Self {
        let http = Arc::new(Basic::new(Arc::new(ReqwestService::new().unwrap()), SERVICE, PASSWORD));
        Self { http, open: Arc::default() }
    }

    fn begin(&self) -> Open<'_> {
        self.open.fetch_add(1, Ordering::SeqCst);
        Open(&self.open)
    }
}

#[async_trait]
impl HttpService for Counted {
    async fn open(&self, request: HttpRequest) -> Result<HttpStream, HttpError> {
        let _open = self.begin();
        self.http.open(request).await
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let _open = self.begin();
        self.http.send(request).await
    }
}

/// Exchange at this address, as the service account sees it.
pub(crate) fn exchange(http: Arc<dyn HttpService>, url: &str) -> Exchange {
    Exchange::new(http, url).impersonating().zone(Zone::named("Europe/Stockholm").unwrap())
}

/// The same, logged in with Basic.
pub(crate) fn client(server: &SimulatedExchange) -> Exchange {
    exchange(Arc::new(Counted::new()), &server.url())
}

/// A hub that reads the calendars of Anna and Bert, and somebody who watches.
pub(crate) struct Office {
    pub(crate) hub: Hub,
    pub(crate) clock: ManualClock,
    pub(crate) watch: Watch,
    pub(crate) source: Arc<CalendarSource<Exchange>>,
    http: Counted,
}

fn directory() -> Directory {
    let mut builder = Directory::builder();
    let id = source_id();
    let facets = [Facet::Calendar, Facet::AutomaticReply, Facet::Hours];
    builder.source(SourceSpec::new(id.clone(), &facets).on_demand());
    for name in ["anna", "bert"] {
        let address = mailbox(&format!("{name}@firma.example"));
        let place = PlaceSpec::new(PlaceKind::Mailbox).address(address, std::slice::from_ref(&id));
        builder.person(PersonSpec::new(PersonId::new(name).unwrap()).named(name).place(place));
    }
    builder.build().unwrap()
}

pub(crate) fn source_id() -> SourceId {
    SourceId::new("exchange").unwrap()
}

pub(crate) fn operator() -> ViewerId {
    ViewerId::new("operator").unwrap()
}

impl Office {
    /// Opens at this time, in front of the Exchange server at this address.
    pub(crate) async fn open(url: &str, at: DateTime<Utc>, rules: CalendarRules) -> Self {
        let (http, clock) = (Counted::new(), ManualClock::at(at));
        let source = CalendarSource::new(source_id(), exchange(Arc::new(http.clone()), url)).rules(rules);
        let source = Arc::new(source);
        let engine = Engine::new(EngineConfig::new(Arc::new(directory()), at));
        let hub = Hub::builder(engine).clock(Arc::new(clock.clone())).source(source.clone()).start().await.unwrap();
        let watch = hub.watch(&operator(), Filter::everyone(), None).unwrap();
        let office = Self { hub, clock, watch, source, http };
        office.rest().await;
        office
    }

    /// Lets everybody work who can, and the server answer.
    pub(crate) async fn rest(&self) {
        let mut quiet = 0;
        while quiet < 60 {
            tokio::task::yield_now().await;
            let is_open = self.http.open.load(Ordering::SeqCst) > 0;
            quiet = if is_open { 0 } else { quiet + 1 };
        }
    }

    /// Lets time pass, from one thing that somebody waits for to the next.
    pub(crate) async fn pass(&self, by: TimeDelta) {
        let target = self.clock.now() + by;
        loop {
            self.rest().await;
            match self.clock.next_wait() {
                Some(next) if next <= target => self.clock.set(next.max(self.clock.now())),
                _ => break,
            }
        }
        self.clock.set(target);
        self.rest().await;
    }

    /// Waits, by the machine's clock and not for long, until something is so.
    pub(crate) async fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        for _ in 0..2_000 {
            if holds() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(holds(), "never: {what}");
    }

    pub(crate) fn who(&self, name: &str) -> Person {
        self.hub.directory().person(&PersonId::new(name).unwrap()).unwrap()
    }

    pub(crate) fn row(&self, name: &str) -> Row {
        self.hub.board(&operator()).unwrap().row(self.who(name)).unwrap()
    }

    pub(crate) fn word(&self, name: &str) -> Option<ShowAs> {
        self.row(name).calendar
    }

    pub(crate) async fn connector(&self) -> Connector {
        self.hub.health().await.unwrap().connectors.into_iter().next().unwrap()
    }
}

/// The meetings as times of day, words and subjects; of a private one there is no subject.
pub(crate) fn told(agenda: &Agenda) -> Vec<(String, String, ShowAs, Option<String>)> {
    let at = |meeting: &Meeting| {
        let [start, end] = [meeting.span().start(), meeting.span().end()].map(|at| at.time().unwrap());
        let subject = meeting.texts().and_then(|texts| texts.subject.as_ref()).map(|text| text.reveal().to_string());
        (start.format("%dT%H:%M").to_string(), end.format("%dT%H:%M").to_string(), meeting.show_as(), subject)
    };
    agenda.meetings().iter().map(at).collect()
}

/// What [`told`] says of a meeting on the Friday.
pub(crate) fn meeting(from: &str, to: &str, word: ShowAs, subject: &str) -> (String, String, ShowAs, Option<String>) {
    let subject = (!subject.is_empty()).then(|| subject.to_owned());
    (format!("20T{from}"), format!("20T{to}"), word, subject)
}
