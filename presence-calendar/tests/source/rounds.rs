//! Rounds: what is asked again and again, and how fresh that keeps what is known.

use chrono::TimeDelta;
use presence_core::{ShowAs, Span};

use crate::server::Asked;
use crate::support::{Office, mailbox, meeting, minutes, seconds, utc};

fn budget() -> presence_core::Meeting {
    meeting("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", ShowAs::Busy, "Budget")
}

/// S3.8: blocks that have not changed cause no reading of meetings, but all are read once in a quarter of an hour.
#[tokio::test]
async fn only_changed_blocks_are_read_and_all_now_and_then() {
    let office = Office::new(&["anna", "bo"]).open().await;
    assert_eq!(office.server.read(), [mailbox("bo"), mailbox("anna")]);
    office.pass(minutes(10)).await;
    let asked = office.server.asked();
    assert_eq!(asked, vec![Asked::Overviews(vec![mailbox("anna"), mailbox("bo")]); 10]);
    office.server.change(&mailbox("anna"), |one| one.meetings = vec![budget()]);
    office.pass(minutes(1)).await;
    assert_eq!(office.server.read(), [mailbox("anna")]);
    assert_eq!(office.titles("anna").await, [(utc("2026-11-20T10:00:00Z"), "Budget".to_owned())]);
    // Another subject alone does not show in the blocks.
    let other = meeting("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", ShowAs::Busy, "Plans");
    office.server.change(&mailbox("anna"), |one| one.meetings = vec![other]);
    office.pass(minutes(3)).await;
    assert!(office.server.read().is_empty());
    office.pass(minutes(13)).await;
    assert_eq!(office.server.read().len(), 2);
    assert_eq!(office.titles("anna").await, [(utc("2026-11-20T10:00:00Z"), "Plans".to_owned())]);
}

/// S0.5: a server without a quick way is asked for meetings once an interval.
#[tokio::test]
async fn without_a_quick_way_all_are_read_each_round() {
    let office = Office::new(&["anna", "bo"]);
    office.server.state().quick = false;
    let office = office.open().await;
    office.server.change(&mailbox("bo"), |one| one.meetings = vec![budget()]);
    office.server.asked();
    office.pass(minutes(1)).await;
    assert_eq!(office.server.read().len(), 2);
    assert_eq!(office.titles("bo").await.len(), 1);
    office.pass(minutes(4)).await;
    assert_eq!(office.server.read().len(), 8);
}

/// S0.20, S2.160: as long as the server answers, what is known stays fresh; when it does not, it is stale and then unknown, and
/// never free.
#[tokio::test]
async fn what_is_known_stays_fresh_while_the_server_answers() {
    let office = Office::new(&["anna"]);
    let long = meeting("2026-11-20T08:00:00Z", "2026-11-24T08:00:00Z", ShowAs::Busy, "Voyage");
    office.server.change(&mailbox("anna"), |one| {
        one.meetings = vec![long];
        one.reply = Span::new(utc("2026-11-20T08:00:00Z"), utc("2026-11-24T08:00:00Z")).ok();
    });
    let office = office.open().await;
    office.pass(TimeDelta::hours(13)).await;
    assert!(!office.row("anna").stale && office.word("anna") == Some(ShowAs::Busy));
    office.server.state().down = Some(presence_core::SourceErrorKind::Unreachable);
    let mut seen = Vec::new();
    office
        .pass_seeing(TimeDelta::hours(10), |_| {
            let row = office.row("anna");
            seen.push((row.calendar, row.stale));
        })
        .await;
    assert!(seen.iter().all(|(word, _)| matches!(word, None | Some(ShowAs::Busy))), "{seen:?}");
    seen.dedup();
    assert_eq!(seen.first(), Some(&(Some(ShowAs::Busy), false)));
    let row = office.row("anna");
    assert_eq!((row.calendar, row.availability.is_known()), (None, false));
    office.server.state().down = None;
    office.pass(minutes(5)).await;
    assert_eq!((office.word("anna"), office.row("anna").stale), (Some(ShowAs::Busy), false));
}

/// S0.5: a server that hangs is given up, and what is known is kept meanwhile.
#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    let office = Office::new(&["anna"]);
    office.server.change(&mailbox("anna"), |one| {
        one.meetings = vec![meeting("2026-11-20T08:00:00Z", "2026-11-20T18:00:00Z", ShowAs::Busy, "Budget")];
    });
    let office = office.open().await;
    office.server.state().slow = TimeDelta::days(30);
    office.pass(minutes(10)).await;
    assert!(office.connector().await.attempts.hung >= 1);
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
    office.server.state().slow = seconds(0);
    office.pass(minutes(10)).await;
    assert!(office.connector().await.standing);
}
