//! The channel that tells of changes.

use chrono::TimeDelta;
use presence_core::{ConnectorStatus, ShowAs, SourceErrorKind};

use crate::server::Asked;
use crate::support::{Office, mailbox, meeting, minutes, seconds, utc};

fn busy(subject: &str) -> presence_core::Meeting {
    meeting("2026-11-20T08:00:00Z", "2026-11-20T18:00:00Z", ShowAs::Busy, subject)
}

async fn listening(names: &[&str]) -> Office {
    let office = Office::new(names);
    office.server.state().has_channel = true;
    let office = office.open().await;
    assert_eq!(office.server.open_channels(), 1);
    office.pass(seconds(30)).await;
    office.server.asked();
    office
}

/// S0.5: a change is read when things have settled, several changes once.
#[tokio::test]
async fn changes_are_read_once_and_soon() {
    let office = listening(&["anna", "bo"]).await;
    office.server.change(&mailbox("anna"), |one| one.meetings = vec![busy("Budget")]);
    for _ in 0..3 {
        office.server.tell(&Ok(vec![mailbox("anna"), mailbox("stranger"), mailbox("anna")]));
        office.pass(TimeDelta::milliseconds(500)).await;
    }
    assert_eq!((office.server.asked(), office.word("anna")), (vec![], Some(ShowAs::Free)));
    office.pass(seconds(1)).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
    let anna = || mailbox("anna");
    assert_eq!(office.server.asked(), [Asked::Overviews(vec![anna()]), Asked::Agenda(anna()), Asked::Reply(anna())]);
    office.pass(seconds(20)).await;
    assert!(office.server.asked().is_empty());
}

/// S0.18: a meeting that was called off is gone, and is not taken for a private one until the next round.
#[tokio::test]
async fn what_was_called_off_is_gone_at_once() {
    let office = Office::new(&["anna"]);
    office.server.state().has_channel = true;
    office.server.change(&mailbox("anna"), |one| one.meetings = vec![busy("Budget")]);
    let office = office.open().await;
    office.pass(seconds(30)).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
    office.server.change(&mailbox("anna"), |one| one.meetings.clear());
    office.server.tell(&Ok(vec![mailbox("anna")]));
    office.pass(seconds(3)).await;
    assert_eq!((office.word("anna"), office.titles("anna").await), (Some(ShowAs::Free), vec![]));
}

/// S0.5: when the channel breaks, changes may have been lost: it is opened anew, and everybody is read.
#[tokio::test]
async fn a_broken_channel_is_opened_anew_and_everybody_is_read() {
    let office = listening(&["anna", "bo"]).await;
    office.pass(minutes(5)).await;
    office.server.asked();
    office.server.tell(&Err(SourceErrorKind::Unreachable));
    office.pass(seconds(1)).await;
    assert_eq!(office.server.open_channels(), 1);
    let asked = office.server.asked();
    let opened = asked.iter().position(|one| matches!(one, Asked::Channel(_))).unwrap();
    for name in ["anna", "bo"] {
        let read = asked.iter().rposition(|one| *one == Asked::Agenda(mailbox(name))).unwrap();
        assert!(read > opened, "what changes before it is open is lost: {asked:?}");
    }
    office.server.change(&mailbox("anna"), |one| one.meetings = vec![busy("Budget")]);
    office.server.tell(&Ok(vec![mailbox("anna")]));
    office.pass(seconds(3)).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
}

/// S0.5: a channel that breaks whenever it is opened, or cannot be opened, costs little, and the rounds go on.
#[tokio::test]
async fn a_channel_that_never_stands_is_tried_less_and_less() {
    use SourceErrorKind::{Forbidden, NotFound, Protocol, Throttled, Unreachable};
    for deaf in [None, Some(Unreachable), Some(Throttled), Some(Forbidden), Some(Protocol), Some(NotFound)] {
        let office = Office::new(&["anna"]);
        {
            let mut state = office.server.state();
            (state.has_channel, state.brittle, state.deaf) = (true, true, deaf);
        }
        let office = office.open().await;
        office.pass(TimeDelta::hours(2)).await;
        let openings = office.server.openings();
        assert!((5..=16).contains(&openings.len()), "{deaf:?}: {openings:?}");
        let gaps = openings.iter().zip(openings.iter().skip(1)).map(|(one, next)| *next - *one);
        assert!(gaps.clone().all(|gap| gap >= minutes(1)), "{deaf:?}: {openings:?}");
        assert!(gaps.max().unwrap() >= minutes(14), "{deaf:?}: {openings:?}");
        office.server.change(&mailbox("anna"), |one| one.meetings = vec![busy("Budget")]);
        office.pass(minutes(1)).await;
        assert_eq!(office.word("anna"), Some(ShowAs::Busy), "{deaf:?}");
        let connector = office.connector().await;
        assert_eq!((connector.standing, connector.status), (true, ConnectorStatus::UpAndRunning), "{deaf:?}");
        assert_eq!(connector.attempts.started, 1, "{deaf:?}");
        // When it works again it is used again.
        (office.server.state().brittle, office.server.state().deaf) = (false, None);
        office.pass(minutes(16)).await;
        assert_eq!(office.server.open_channels(), 1, "{deaf:?}");
    }
}

/// S0.5: who comes later is listened for too, and the channel is not opened anew for each.
#[tokio::test]
async fn newcomers_are_listened_for_too() {
    let names: Vec<String> = (0..60).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let office = Office::at(crate::support::START, &names, true);
    office.server.state().has_channel = true;
    let office = office.open().await;
    let mut watches = Vec::new();
    for name in &names {
        watches.push(office.watch(&[name]));
        office.pass(seconds(2)).await;
    }
    office.pass(minutes(20)).await;
    assert!(office.server.openings().len() <= 6);
    office.server.change(&mailbox("p59"), |one| one.meetings = vec![busy("Budget")]);
    office.server.tell(&Ok(vec![mailbox("p59")]));
    office.pass(seconds(3)).await;
    assert_eq!(office.word("p59"), Some(ShowAs::Busy));
}

/// S0.5: a channel that never stops telling does not drown what is wished for, nor the rounds, nor the end.
#[tokio::test]
async fn a_chatty_channel_drowns_nothing() {
    let office = Office::at(crate::support::START, &["anna", "bo"], true);
    (office.server.state().has_channel, office.server.state().chatty) = (true, true);
    let office = office.open().await;
    let _anna = office.watch(&["anna"]);
    office.pass(seconds(10)).await;
    let _bo = office.watch(&["bo"]);
    office.pass(seconds(10)).await;
    assert_eq!((office.word("anna"), office.word("bo")), (Some(ShowAs::Free), Some(ShowAs::Free)));
    assert_eq!(office.now(), utc("2026-11-20T09:00:20Z"));
    tokio::time::timeout(std::time::Duration::from_secs(2), office.hub().shutdown()).await.unwrap();
}

/// S0.5: a channel that takes long to open and breaks at once has not stood, and is not opened again and again.
#[tokio::test]
async fn a_channel_that_opens_slowly_and_breaks_has_not_stood() {
    let office = Office::new(&["anna"]);
    {
        let mut state = office.server.state();
        (state.has_channel, state.brittle, state.slow_to_open) = (true, true, minutes(2));
    }
    let office = office.open().await;
    office.pass(TimeDelta::hours(2)).await;
    let openings = office.server.openings().len();
    assert!((5..=16).contains(&openings), "{openings}");
}

/// S0.5: a server that asks for patience when it is to open a channel is not asked anything else meanwhile either.
#[tokio::test]
async fn patience_is_kept_by_the_whole_account() {
    let office = Office::new(&["anna"]);
    {
        let mut state = office.server.state();
        (state.has_channel, state.deaf) = (true, Some(SourceErrorKind::Throttled));
        state.deaf_for = Some(std::time::Duration::from_secs(600));
    }
    let office = office.open().await;
    let asked = office.server.asked();
    assert!(asked.iter().any(|one| matches!(one, Asked::Channel(_))), "{asked:?}");
    office.pass(minutes(9)).await;
    let asked = office.server.asked();
    assert!(asked.iter().all(|one| *one == Asked::Agenda(mailbox("anna")) || *one == Asked::Reply(mailbox("anna"))));
    assert!(asked.len() <= 2, "{asked:?}");
    office.pass(minutes(2)).await;
    assert!(office.server.asked().iter().any(|one| matches!(one, Asked::Overviews(_))), "it goes on");
}
