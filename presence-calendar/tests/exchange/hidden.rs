//! Blocks of free/busy beside meetings that are read in detail.

use chrono::TimeDelta;
use presence_calendar::source::CalendarRules;
use presence_core::{MASK, ShowAs};
use simulated_exchange::company::{Importance, Sensitivity};

use super::office::{Office, friday, item, operator, server};

/// The Friday of Anna as the operator sees it.
async fn friday_of_anna(office: &Office) -> Vec<(String, ShowAs, Option<String>)> {
    let day = office.hub.day(office.who("anna"), &operator(), friday("00:00").date_naive(), chrono::Utc).await.unwrap();
    let start = |at: presence_core::Second| at.time().unwrap().format("%H:%M").to_string();
    day.meetings.into_iter().map(|view| (start(view.start), view.show_as, view.title)).collect()
}

fn row(from: &str, word: ShowAs, title: &str) -> (String, ShowAs, Option<String>) {
    (from.to_owned(), word, Some(title.to_owned()))
}

/// S0.14, S3.9: round after round of blocks leaves meetings as they were read: with subject and importance.
#[tokio::test]
async fn a_block_never_hides_a_meeting() {
    let mut important = item("09:00", "10:00", "Budget");
    important.importance = Importance::High;
    let server = server([important, item("11:00", "12:00", "Lunch")]).await;
    let office = Office::open(&server.url(), friday("08:00"), CalendarRules::default()).await;
    for _ in 0..20 {
        office.pass(TimeDelta::minutes(1)).await;
        let expected = [row("09:00", ShowAs::Busy, "Budget"), row("11:00", ShowAs::Busy, "Lunch")];
        assert_eq!(friday_of_anna(&office).await, expected);
    }
    let count = |operation| server.asked().iter().filter(|asked| asked.operation == operation).count();
    assert!(count("GetUserAvailability") > 15, "the rounds went on");
    assert!(count("FindItem") < 10, "meetings are not read with each of them");
}

/// S0.18: a private meeting that the account may not see is there as a private block, beside the others, and the state of
/// its owner turns with it.
#[tokio::test]
async fn what_is_hidden_is_a_private_block() {
    let mut private = item("09:00", "10:00", "QxCanaryZw");
    private.sensitivity = Sensitivity::Private;
    let server = server([private, item("11:00", "12:00", "Lunch")]).await;
    server.manner(|manner| manner.private_hidden = true);
    let office = Office::open(&server.url(), friday("08:00"), CalendarRules::default()).await;
    office.pass(TimeDelta::minutes(1)).await;
    let expected = [row("09:00", ShowAs::Busy, MASK), row("11:00", ShowAs::Busy, "Lunch")];
    assert_eq!(friday_of_anna(&office).await, expected);
    assert_eq!(office.word("anna"), Some(ShowAs::Free));
    office.pass(TimeDelta::minutes(59)).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
}
