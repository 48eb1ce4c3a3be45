//! Servers that are busy, odd or broken: the right answer or a typed error, and nobody is free for it.

use std::time::Duration;

use chrono::TimeDelta;
use presence_calendar::source::CalendarRules;
use presence_core::source::SourceError;
use presence_core::{ShowAs, SourceErrorKind};
use simulated_exchange::company::Sensitivity;
use simulated_exchange::{Fault, Manner, SimulatedExchange, Trouble};

use super::office::{ANNA, BERT, Office, client, friday, item, mailbox, meeting, server, told, week};

async fn busy_morning() -> SimulatedExchange {
    server([item("08:00", "12:00", "Workshop")]).await
}

async fn errors(server: &SimulatedExchange) -> [SourceError; 2] {
    let exchange = client(server);
    let availability = exchange.availability(&[mailbox(ANNA)], week()).await.unwrap_err();
    [availability, exchange.meetings(&mailbox(ANNA), week()).await.unwrap_err()]
}

/// S3.8: who is asked to stay away is told for how long, however the server says it.
#[tokio::test]
async fn busy_servers_say_for_how_long() {
    let server = busy_morning().await;
    let back_off_ms = 2_500;
    let troubles = [
        (Trouble::Busy { back_off_ms }, Some(2_500)),
        (Trouble::BusyInside { back_off_ms }, Some(2_500)),
        (Trouble::Unavailable { retry_after_s: Some(7) }, Some(7_000)),
        (Trouble::Unavailable { retry_after_s: None }, None),
    ];
    for padded in [false, true] {
        server.manner(|manner| manner.padded_codes = padded);
        for (trouble, wait) in &troubles {
            server.clear_faults();
            server.fault(Fault::new(trouble.clone()));
            for error in errors(&server).await {
                assert_eq!(error.wait(), wait.map(Duration::from_millis), "{trouble:?}: {error}");
                assert_eq!(error.kind(), SourceErrorKind::Throttled, "{trouble:?}: {error}");
            }
        }
    }
}

/// S3.8: what is no answer is trouble of a kind.
#[tokio::test]
async fn broken_answers_are_errors() {
    let server = busy_morning().await;
    let code = |code: &str| Trouble::Code { code: code.to_owned() };
    for (trouble, kind) in [
        (Trouble::LoginPage, SourceErrorKind::Protocol),
        (Trouble::Redirect, SourceErrorKind::Protocol),
        (Trouble::Cut, SourceErrorKind::Unreachable),
        (Trouble::HangUp, SourceErrorKind::Unreachable),
        (Trouble::Status { status: 500 }, SourceErrorKind::Unreachable),
        (Trouble::Status { status: 403 }, SourceErrorKind::Forbidden),
        (code("ErrorInternalServerError"), SourceErrorKind::Unreachable),
        (code("ErrorExceededConnectionCount"), SourceErrorKind::Throttled),
        (code("ErrorSchemaValidation"), SourceErrorKind::Protocol),
    ] {
        server.clear_faults();
        server.fault(Fault::new(trouble.clone()));
        for error in errors(&server).await {
            assert_eq!(error.kind(), kind, "{trouble:?}: {error}");
        }
    }
}

/// S3.8, S3.9: one calendar, however the server writes it.
#[tokio::test]
async fn odd_servers_are_understood() {
    type Change = fn(&mut Manner);
    let manners: [(&str, Change); 7] = [
        ("plain", |_| ()),
        ("namespaces with https", |manner| manner.https_namespaces = true),
        ("padded codes", |manner| manner.padded_codes = true),
        ("times with an offset", |manner| manner.offsets = true),
        ("answers in another order", |manner| manner.reversed = true),
        ("lists that are cut off", |manner| manner.most_items = 2),
        ("few days at once", |manner| manner.most_days = 5),
    ];
    for (what, change) in manners {
        let mut private = item("13:00", "14:00", "Dentist");
        private.sensitivity = Sensitivity::Private;
        let items = [item("08:00", "08:30", "News & <more>"), item("09:00", "10:00", "Budget"), private];
        let server = server(items).await;
        server.manner(change);
        let exchange = client(&server);
        let blocks = exchange.availability(&[mailbox(ANNA), mailbox(BERT)], week()).await.unwrap();
        let [anna, bert] = blocks.try_into().unwrap();
        let busy = |from, to, subject| meeting(from, to, ShowAs::Busy, subject);
        let expected = [busy("08:00", "08:30", ""), busy("09:00", "10:00", ""), busy("13:00", "14:00", "")];
        assert_eq!(told(&anna.unwrap().agenda), expected, "{what}");
        assert!(bert.unwrap().agenda.meetings().is_empty(), "{what}");
        let meetings = exchange.meetings(&mailbox(ANNA), week()).await.unwrap();
        let expected =
            [busy("08:00", "08:30", "News & <more>"), busy("09:00", "10:00", "Budget"), busy("13:00", "14:00", "")];
        assert_eq!(told(&meetings), expected, "{what}");
        assert_eq!(meetings.covered(), week(), "{what}");
    }
}

/// A lower version of the protocol is tried where the server wants one.
#[tokio::test]
async fn an_old_server_is_asked_in_its_own_words() {
    let server = busy_morning().await;
    let fault = Fault::new(Trouble::Code { code: "ErrorInvalidServerVersion".to_owned() });
    server.fault(fault.only("FindItem").times(1));
    assert_eq!(client(&server).meetings(&mailbox(ANNA), week()).await.unwrap().meetings().len(), 1);
    let versions: Vec<_> = server.asked().into_iter().filter(|asked| asked.operation == "FindItem").collect();
    assert_eq!(versions.len(), 2);
    assert_ne!(versions[0].version, versions[1].version);
}

/// S3.8: through trouble of every kind somebody who is busy stays so or is unknown, and never becomes free; when it is
/// over, the source goes on.
#[tokio::test]
async fn trouble_frees_nobody() {
    for trouble in [
        Trouble::Busy { back_off_ms: 60_000 },
        Trouble::BusyInside { back_off_ms: 60_000 },
        Trouble::Unavailable { retry_after_s: Some(60) },
        Trouble::LoginPage,
        Trouble::Redirect,
        Trouble::Cut,
        Trouble::HangUp,
        Trouble::Code { code: "ErrorMailboxStoreUnavailable".to_owned() },
    ] {
        let server = busy_morning().await;
        let office = Office::open(&server.url(), friday("09:00"), CalendarRules::default()).await;
        office.pass(TimeDelta::minutes(2)).await;
        assert_eq!(office.word("anna"), Some(ShowAs::Busy));
        server.fault(Fault::new(trouble.clone()));
        for _ in 0..20 {
            office.pass(TimeDelta::minutes(1)).await;
            assert_ne!(office.word("anna"), Some(ShowAs::Free), "{trouble:?}");
        }
        server.clear_faults();
        office.pass(TimeDelta::minutes(40)).await;
        assert_eq!(office.word("anna"), Some(ShowAs::Busy), "{trouble:?}");
        assert_eq!(office.word("bert"), Some(ShowAs::Free), "{trouble:?}");
    }
}

/// S3.8: somebody whose mailbox the server does not know is unknown, and the others are told.
#[tokio::test]
async fn an_unknown_mailbox_is_not_free() {
    let server = busy_morning().await;
    server.change(|company| company.accounts.retain(|account| account.address != BERT));
    let office = Office::open(&server.url(), friday("09:00"), CalendarRules::default()).await;
    office.pass(TimeDelta::minutes(5)).await;
    assert_eq!((office.word("anna"), office.word("bert")), (Some(ShowAs::Busy), None));
}
