//! Notifications: a change is there soon, and what breaks is mended.

use std::time::Duration;

use chrono::TimeDelta;
use presence_calendar::source::CalendarRules;
use presence_core::ShowAs;
use simulated_exchange::{Fault, SimulatedExchange, Trouble};

use super::office::{ANNA, Office, friday, item, server};

/// With rounds so far apart that a change is known by its notification and by nothing else.
async fn office(server: &SimulatedExchange) -> Office {
    let mut rules = CalendarRules::default();
    rules.interval = Duration::from_secs(6 * 3600);
    rules.refresh = rules.interval;
    let office = Office::open(&server.url(), friday("09:00"), rules).await;
    office.pass(TimeDelta::seconds(1)).await;
    office.until("a stream is open", || server.streams() == 1).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Free));
    office
}

/// Lets the notification come by the machine's clock, then the settle time pass by the office's.
async fn settle(office: &Office) {
    tokio::time::sleep(Duration::from_millis(50)).await;
    office.pass(TimeDelta::seconds(3)).await;
}

/// S0.20, S3.18: a meeting that is made, moved and deleted turns the state of its owner after the settle time, and who
/// watches is told.
#[tokio::test]
async fn a_change_reaches_who_watches() {
    let server = server([]).await;
    server.manner(|manner| manner.piece = Some(7));
    let mut office = office(&server).await;
    while office.watch.take().is_some() {}
    let id = server.add(ANNA, item("08:30", "09:30", "Surprise")).unwrap();
    settle(&office).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
    let changes = office.watch.take().unwrap();
    let anna = office.who("anna");
    assert!(changes.rows.iter().any(|(who, row)| *who == anna && row.calendar == Some(ShowAs::Busy)));
    server.modify(&id, |item| (item.start, item.end) = (friday("10:00"), friday("11:00")));
    settle(&office).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Free));
    server.modify(&id, |item| (item.start, item.end) = (friday("08:00"), friday("11:00")));
    settle(&office).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
    server.remove(&id);
    settle(&office).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Free));
}

/// S3.18: a stream that is cut is opened anew, and what changed in between is read.
#[tokio::test]
async fn a_cut_stream_is_opened_anew() {
    let server = server([]).await;
    let mut rules = CalendarRules::default();
    rules.interval = Duration::from_secs(120);
    let office = Office::open(&server.url(), friday("09:00"), rules).await;
    office.until("a stream is open", || server.streams() == 1).await;
    office.pass(TimeDelta::minutes(3)).await;
    // It cannot be opened at once: nobody is told of what changes now.
    server.fault(Fault::new(Trouble::HangUp).only("GetStreamingEvents"));
    server.cut_streams();
    office.until("the stream is over", || server.streams() == 0).await;
    server.add(ANNA, item("08:30", "09:30", "Surprise")).unwrap();
    settle(&office).await;
    assert_eq!(server.streams(), 0);
    server.clear_faults();
    office.pass(TimeDelta::minutes(5)).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
    office.until("a stream is open again", || server.streams() == 1).await;
    server
        .add(ANNA, {
            let mut away = item("08:45", "09:30", "Away");
            away.show_as = simulated_exchange::company::ShowAs::Oof;
            away
        })
        .unwrap();
    settle(&office).await;
    assert_eq!(office.word("anna"), Some(ShowAs::OutOfOffice));
}

/// S3.18: a server that was started again and knows no subscription any more is subscribed to anew.
#[tokio::test]
async fn a_server_that_was_restarted_is_listened_to_again() {
    let server = server([]).await;
    let mut rules = CalendarRules::default();
    rules.interval = Duration::from_secs(120);
    let office = Office::open(&server.url(), friday("09:00"), rules).await;
    office.until("a stream is open", || server.streams() == 1).await;
    office.pass(TimeDelta::minutes(3)).await;
    let subscribed =
        |server: &SimulatedExchange| server.asked().iter().filter(|asked| asked.operation == "Subscribe").count();
    let before = subscribed(&server);
    server.restart();
    tokio::time::sleep(Duration::from_millis(50)).await;
    office.pass(TimeDelta::minutes(10)).await;
    office.until("a stream is open again", || server.streams() == 1).await;
    assert!(subscribed(&server) >= before + 2, "both mailboxes are subscribed to anew");
    server.add(ANNA, item("08:30", "09:30", "Surprise")).unwrap();
    settle(&office).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
    assert_eq!(office.connector().await.attempts.hung, 0);
}
