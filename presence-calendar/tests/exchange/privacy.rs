//! What people typed into private meetings is found nowhere.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use presence_calendar::source::CalendarRules;
use presence_core::{Agenda, Engine, EngineConfig, Fact, MASK, Recorder, Report, SourceErrorKind};
use simulated_exchange::company::{Every, Kind, Repeat, Sensitivity};
use simulated_exchange::{Fault, Item, SimulatedExchange, Trouble};

use super::office::{ANNA, Office, client, friday, item, mailbox, operator, server, source_id, time, week};

/// Occurs nowhere by chance.
const CANARY: &str = "QxCanaryZw";
const OPEN: &str = "Budget";

/// With the canary wherever somebody types.
fn secret(from: &str, to: &str, sensitivity: Sensitivity) -> Item {
    let mut item = item(from, to, &format!("{CANARY} subject"));
    item.location = format!("{CANARY} place");
    item.categories = vec![format!("{CANARY} category")];
    item.organizer = Some(format!("{CANARY}.organiser@firma.example"));
    item.required = vec![format!("{CANARY}.required@firma.example")];
    item.optional = vec![format!("{CANARY}.optional@firma.example")];
    item.sensitivity = sensitivity;
    item
}

/// Private and confidential meetings of each kind, and one that everybody may read.
pub(super) fn calendar() -> Vec<Item> {
    let mut all = Vec::new();
    for (hour, sensitivity) in [(6, Sensitivity::Private), (7, Sensitivity::Confidential)] {
        let at = |minute: u32| format!("{hour:02}:{minute:02}");
        let single = secret(&at(0), &at(10), sensitivity);
        let mut series = secret(&at(10), &at(20), sensitivity);
        series.start -= TimeDelta::days(7);
        series.end -= TimeDelta::days(7);
        series.repeat = Some(Repeat::new(Every::Day, 60));
        let mut exception = secret(&at(20), &at(30), sensitivity);
        exception.kind = Kind::Exception;
        let mut cancelled = secret(&at(30), &at(40), sensitivity);
        cancelled.cancelled = true;
        let mut days = secret(&at(0), &at(0), sensitivity);
        (days.start, days.end) = (time("2026-11-23T23:00:00Z"), time("2026-11-25T23:00:00Z"));
        days.all_day = true;
        all.extend([single, series, exception, cancelled, days]);
    }
    let mut open = item("09:00", "10:00", OPEN);
    open.location = "Room 1".to_owned();
    all.push(open);
    all
}

/// Of no private item did a text leave the server.
fn told_of_private(server: &SimulatedExchange) -> usize {
    let private = [Sensitivity::Private, Sensitivity::Confidential];
    server.asked().iter().map(|asked| private.iter().map(|kind| asked.told_of(*kind)).sum::<usize>()).sum()
}

/// All that may be shown, printed or logged of the office now.
async fn shown(office: &Office, texts: &mut Vec<String>) {
    let viewer = operator();
    for name in ["anna", "bert"] {
        let who = office.who(name);
        let card = office.hub.card(who, &viewer).await.unwrap();
        let explanation = office.hub.explain(who, &viewer).await.unwrap();
        let today = office.hub.now().date_naive();
        let mut days = Vec::new();
        for day in -3..20 {
            days.push(office.hub.day(who, &viewer, today + TimeDelta::days(day), Utc).await.unwrap());
        }
        texts.push(serde_json::to_string(&(&card, office.row(name), &days)).unwrap());
        texts.push(format!("{card:?} {explanation:?} {:?} {days:?}", explanation.sentences()));
    }
    let health = office.hub.health().await.unwrap();
    texts.push(health.prometheus());
    texts.push(format!("{health:?} {:?} {:?} {:?}", office.hub, office.source, office.watch));
}

/// S0.17, S0.18: through a whole day, with questions, streams, changes and trouble, nothing of a private meeting crosses
/// the wire, and nothing of it is shown, printed, logged or counted; the others are told.
#[tokio::test]
async fn a_canary_in_private_meetings_is_found_nowhere() {
    let server = server(calendar()).await;
    // A server that gives private subjects away in free/busy is not asked for them either.
    server.manner(|manner| manner.private_details = true);
    let mut rules = CalendarRules::default();
    rules.interval = std::time::Duration::from_secs(600);
    let office = Office::open(&server.url(), friday("00:00"), rules).await;
    let mut texts = Vec::new();
    for hour in 0..24 {
        office.pass(TimeDelta::hours(1)).await;
        match hour {
            4 => drop(server.add(ANNA, secret("14:00", "15:00", Sensitivity::Private))),
            6 => server.fault(Fault::new(Trouble::Status { status: 500 }).times(3)),
            8 => server.cut_streams(),
            10 => server.fault(Fault::new(Trouble::Cut).only("GetItem").times(2)),
            _ => {}
        }
        if hour % 3 == 0 {
            shown(&office, &mut texts).await;
        }
    }
    assert_eq!(told_of_private(&server), 0);
    let asked = server.asked();
    assert!(asked.iter().any(|asked| asked.operation == "GetItem" && asked.told_of(Sensitivity::Normal) > 0));
    assert!(asked.iter().any(|asked| asked.operation == "GetUserAvailability" && asked.code == "NoError"));
    assert!(texts.iter().any(|text| text.contains(OPEN)), "the others are shown");
    assert!(texts.iter().any(|text| text.contains(&format!("\"{MASK}\""))), "private ones are three stars");
    let found = texts.iter().find(|text| text.contains(CANARY));
    assert_eq!(found, None);
    office.hub.shutdown().await;
}

/// S0.18: what is read of the meetings is what goes into a recording, and the canary is in neither.
#[tokio::test]
async fn a_canary_in_private_meetings_is_not_recorded() {
    let server = server(calendar()).await;
    let exchange = client(&server);
    let agenda: Agenda = exchange.meetings(&mailbox(ANNA), week()).await.unwrap();
    assert!(agenda.meetings().iter().filter(|meeting| meeting.is_private()).count() > 10);

    let mut company = presence_core::Directory::builder();
    let place = presence_core::PlaceSpec::new(presence_core::PlaceKind::Mailbox);
    let place = place.address(mailbox(ANNA), &[source_id()]);
    company.source(presence_core::SourceSpec::new(source_id(), &[presence_core::Facet::Calendar]));
    company.person(presence_core::PersonSpec::new(presence_core::PersonId::new("anna").unwrap()).place(place));
    let directory = Arc::new(company.build().unwrap());
    let engine = Engine::new(EngineConfig::new(Arc::clone(&directory), friday("08:00")));
    let (mut recorder, start) = Recorder::new(&engine);
    let (origin, subject) = (directory.origin(&source_id()).unwrap(), directory.subject(&mailbox(ANNA)).unwrap());
    let report = Report::new(origin, subject, Fact::Agenda(Arc::new(agenda.clone())), friday("08:00"));
    let entry = recorder.report(&engine, friday("08:00"), std::slice::from_ref(&report));
    let recording = serde_json::to_string(&(start, &entry)).unwrap();
    assert!(recording.contains("agenda"), "it is recorded");
    let texts = [recording, format!("{agenda:?} {report:?} {entry:?} {exchange:?} {recorder:?} {engine:?}")];
    assert!(texts.iter().all(|text| !text.contains(CANARY)));
    assert_eq!(told_of_private(&server), 0);
}

/// S0.18: errors say what is wrong and never what the server had sent.
#[tokio::test]
async fn errors_hold_nothing_of_the_answer() {
    let server = server([item("09:00", "10:00", CANARY)]).await;
    let exchange = client(&server);
    let troubles = [
        (Trouble::Cut, SourceErrorKind::Unreachable),
        (Trouble::HangUp, SourceErrorKind::Unreachable),
        (Trouble::LoginPage, SourceErrorKind::Protocol),
        (Trouble::Redirect, SourceErrorKind::Protocol),
        (Trouble::Code { code: format!("Error {CANARY}") }, SourceErrorKind::Protocol),
    ];
    for operation in ["FindItem", "GetItem"] {
        for (trouble, kind) in &troubles {
            // A connection that hung up is tried again by the HTTP below.
            server.fault(Fault::new(trouble.clone()).only(operation));
            let error = exchange.meetings(&mailbox(ANNA), week()).await.unwrap_err();
            server.clear_faults();
            assert_eq!(error.kind(), *kind, "{operation} {trouble:?}: {error}");
            assert!(!format!("{error} {error:?}").contains(CANARY), "{operation} {trouble:?}");
        }
    }
    assert_eq!(exchange.meetings(&mailbox(ANNA), week()).await.unwrap().meetings().len(), 1);
}
