//! Blocks and meetings together, and trouble with single mailboxes.

use chrono::TimeDelta;
use presence_calendar::server::MailboxTrouble;
use presence_calendar::warning::{Problem, Warning};
use presence_core::calendar::{Fill, Importance};
use presence_core::{Mask, MeetingDraft, PersonId, ShowAs, SourceErrorKind, Span};

use crate::server::Asked;
use crate::support::{Office, mailbox, meeting, minutes, operator, utc};

fn at(start: &str, end: &str, word: ShowAs, subject: &str) -> presence_core::Meeting {
    meeting(&format!("2026-11-20T{start}:00Z"), &format!("2026-11-20T{end}:00Z"), word, subject)
}

/// S0.17, S0.18, S3.8: a block never takes the place of a meeting; what is hidden is there, busy and private, also beneath
/// a day that is free for all to see.
#[tokio::test]
async fn hidden_meetings_fill_the_gaps() {
    let office = Office::new(&["anna"]);
    let birthday =
        MeetingDraft::new("birthday", Span::new(utc("2026-11-20T00:00:00Z"), utc("2026-11-21T00:00:00Z")).unwrap())
            .show_as(ShowAs::Free)
            .subject("Birthday");
    office.server.change(&mailbox("anna"), |one| {
        one.meetings = vec![presence_core::Meeting::new(birthday), at("10:00", "11:00", ShowAs::Busy, "Budget")];
        one.hidden =
            vec![at("10:30", "12:00", ShowAs::Busy, "Doctor"), at("09:00", "09:30", ShowAs::OutOfOffice, "Bank")];
    });
    let office = office.open().await;
    office.pass(minutes(3)).await;
    let day = office.day("anna", "2026-11-20").await.unwrap();
    let told: Vec<_> =
        day.iter().map(|one| (one.start.time().unwrap(), one.mask, one.title.clone().unwrap())).collect();
    let expected = [
        ("00:00", Mask::None, "Birthday"),
        ("09:00", Mask::Private, "***"),
        ("10:00", Mask::None, "Budget"),
        ("11:00", Mask::Private, "***"),
    ];
    let expected = expected.map(|(time, mask, title)| (utc(&format!("2026-11-20T{time}:00Z")), mask, title.to_owned()));
    assert_eq!(told, expected);
    assert_eq!(office.word("anna"), Some(ShowAs::OutOfOffice));
    office.pass(minutes(40)).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Free));
    office.pass(minutes(140)).await;
    assert_eq!((office.now(), office.word("anna")), (utc("2026-11-20T12:03:00Z"), Some(ShowAs::Free)));
}

/// S2.36: what was guessed in a calendar stands among the warnings of the hub until it is mended, and can be acknowledged.
#[tokio::test]
async fn what_was_guessed_is_a_warning() {
    let office = Office::new(&["anna", "bo"]);
    let guessed = Warning::new(12, Problem::ZoneGuessed);
    office.server.change(&mailbox("anna"), |one| one.warnings = vec![guessed]);
    let office = office.open().await;
    office.pass(minutes(3)).await;
    let warned = async || office.hub().health().await.unwrap().warnings;
    let warnings = warned().await;
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert_eq!((&*warning.code, warning.acknowledged), ("source/exchange", false));
    assert!(warning.text.contains("anna@example.com") && warning.text.contains("line 12"), "{}", warning.text);
    office.hub().acknowledge(&warning.code, true).await.unwrap();
    assert!(warned().await[0].acknowledged);
    office.server.change(&mailbox("anna"), |one| one.warnings.clear());
    office.pass(minutes(20)).await;
    assert_eq!(warned().await, []);
}

/// S0.5: trouble with one mailbox is told of that one, and clears nothing; after hours it is unknown, not free.
#[tokio::test]
async fn trouble_with_one_mailbox_concerns_nobody_else() {
    for trouble in [MailboxTrouble::Unavailable, MailboxTrouble::Forbidden, MailboxTrouble::NotFound] {
        let office = Office::new(&["anna", "bo"]);
        for name in ["anna", "bo"] {
            let all_day = meeting("2026-11-20T08:00:00Z", "2026-11-22T08:00:00Z", ShowAs::Busy, "Voyage");
            office.server.change(&mailbox(name), |one| one.meetings = vec![all_day]);
        }
        let office = office.open().await;
        office.server.change(&mailbox("anna"), |one| one.trouble = Some(trouble));
        office.pass(TimeDelta::hours(7)).await;
        assert_eq!((office.word("anna"), office.word("bo")), (Some(ShowAs::Busy), Some(ShowAs::Busy)));
        let connector = office.connector().await;
        assert!(connector.standing);
        let troubled: Vec<&PersonId> = connector.troubled.keys().collect();
        assert_eq!(troubled, [&PersonId::new("anna").unwrap()]);
        office.pass(TimeDelta::hours(2)).await;
        assert_eq!((office.word("anna"), office.word("bo")), (None, Some(ShowAs::Busy)), "{trouble}");
        office.server.change(&mailbox("anna"), |one| one.trouble = None);
        office.pass(minutes(2)).await;
        assert_eq!(office.word("anna"), Some(ShowAs::Busy));
        assert!(office.connector().await.troubled.is_empty());
    }
}

/// S0.5: a mailbox that there is not is unknown, never free.
#[tokio::test]
async fn an_unknown_mailbox_is_never_free() {
    for quick in [true, false] {
        let office = Office::new(&["anna", "bo"]);
        office.server.state().quick = quick;
        office.server.state().boxes.remove(&mailbox("anna"));
        let office = office.open().await;
        office.pass(minutes(90)).await;
        assert_eq!((office.word("anna"), office.word("bo")), (None, Some(ShowAs::Free)));
        let troubled = office.connector().await.troubled;
        assert_eq!(troubled.into_values().collect::<Vec<_>>(), [SourceErrorKind::NotFound]);
    }
}

/// S3.8: where only free/busy may be seen, blocks are shown, and the meetings are not asked for in every round.
#[tokio::test]
async fn refused_meetings_are_not_asked_for_in_every_round() {
    let office = Office::new(&["anna"]);
    office.server.change(&mailbox("anna"), |one| {
        one.meetings = vec![at("08:00", "18:00", ShowAs::Busy, "Budget")];
        one.agenda_trouble = Some(MailboxTrouble::Forbidden);
    });
    let office = office.open().await;
    office.server.asked();
    office.pass(minutes(61)).await;
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
    assert_eq!(office.server.read().len(), 4, "once in a quarter of an hour");
}

/// S0.5: what an earlier session knew is not cleared because a mailbox cannot be reached just when the next one begins.
#[tokio::test]
async fn a_new_session_does_not_clear_what_it_cannot_reach() {
    let office = Office::new(&["anna", "bo"]);
    let all_day = || vec![at("08:00", "23:00", ShowAs::Busy, "Voyage")];
    office.server.change(&mailbox("anna"), |one| one.meetings = all_day());
    let office = office.open().await;
    office.server.state().down = Some(SourceErrorKind::Unreachable);
    office.pass(minutes(2)).await;
    office.server.state().down = None;
    office.server.change(&mailbox("anna"), |one| one.trouble = Some(MailboxTrouble::Unavailable));
    office.pass(minutes(10)).await;
    assert!(office.connector().await.standing);
    assert_eq!(office.word("anna"), Some(ShowAs::Busy));
    office.server.change(&mailbox("anna"), |one| one.trouble = None);
    office.pass(minutes(20)).await;
    assert_eq!((office.word("anna"), office.row("anna").stale), (Some(ShowAs::Busy), false));
}

/// S3.7: the automatic reply is told, and the meetings do not wait for it.
#[tokio::test]
async fn the_automatic_reply_is_told() {
    let office = Office::new(&["anna"]);
    office.server.change(&mailbox("anna"), |one| {
        one.reply = Span::new(utc("2026-11-20T08:00:00Z"), utc("2026-11-20T10:00:00Z")).ok();
    });
    let office = office.open().await;
    let with = office.row("anna");
    let asked = office.server.asked();
    let in_order = matches!(asked.as_slice(), [Asked::Overviews(_), Asked::Agenda(_), Asked::Reply(_)]);
    assert!(in_order, "{asked:?}");
    office.pass(minutes(61)).await;
    assert_ne!(office.row("anna").availability, with.availability, "its end is seen without a question");
}

/// S0.9, S0.10, S0.11, S0.12, S0.19: importance comes with the meetings, and a block alone has the ordinary look.
#[tokio::test]
async fn the_look_comes_with_the_meetings() {
    let office = Office::new(&["anna"]);
    let with = |start: &str, importance| {
        let span = at(start, "19:00", ShowAs::Busy, "").span();
        presence_core::Meeting::new(MeetingDraft::new(start, span).importance(importance).subject(start))
    };
    let all = [("10:00", Importance::Normal), ("11:00", Importance::High), ("12:00", Importance::Low)];
    office.server.change(&mailbox("anna"), |one| {
        one.meetings = all.map(|(start, importance)| with(start, importance)).to_vec();
        one.hidden = vec![at("08:00", "09:00", ShowAs::Busy, "Doctor")];
    });
    let office = office.open().await;
    let card = office.hub().card(office.person("anna"), &operator()).await.unwrap();
    let looks: Vec<_> = office.day("anna", "2026-11-20").await.unwrap().iter().map(|one| one.appearance.fill).collect();
    assert_eq!(looks, [Fill::Yellow, Fill::Yellow, Fill::Red, Fill::Blue]);
    assert_eq!(card.row.calendar, office.word("anna"));
}

/// S2.160: meetings that may not be read any more are not shown for ever: after hours only the blocks are.
#[tokio::test]
async fn meetings_are_not_believed_for_ever() {
    let office = Office::new(&["anna"]);
    let voyage = || vec![at("08:00", "23:00", ShowAs::Busy, "Voyage")];
    office.server.change(&mailbox("anna"), |one| one.meetings = voyage());
    let office = office.open().await;
    office.server.change(&mailbox("anna"), |one| one.agenda_trouble = Some(MailboxTrouble::Forbidden));
    for (hours, title) in [(7, "Voyage"), (2, "")] {
        office.pass(TimeDelta::hours(hours)).await;
        assert_eq!(office.word("anna"), Some(ShowAs::Busy));
        assert_eq!(office.titles("anna").await, [(utc("2026-11-20T08:00:00Z"), title.to_owned())]);
    }
}

/// S0.10, S3.9: a new session puts no block in the place of a meeting that an earlier one has read, also where it
/// cannot be read just then.
#[tokio::test]
async fn a_new_session_keeps_the_meetings_of_the_last() {
    let office = Office::new(&["anna"]);
    office.server.change(&mailbox("anna"), |one| one.meetings = vec![at("08:00", "23:00", ShowAs::Busy, "Voyage")]);
    let office = office.open().await;
    let title = [(utc("2026-11-20T08:00:00Z"), "Voyage".to_owned())];
    for trouble in [None, Some(MailboxTrouble::Unavailable)] {
        office.server.state().down = Some(SourceErrorKind::Unreachable);
        office.pass(minutes(2)).await;
        office.server.state().down = None;
        office.server.change(&mailbox("anna"), |one| one.agenda_trouble = Some(MailboxTrouble::Unavailable));
        office.server.change(&mailbox("anna"), |one| one.trouble = trouble);
        office.pass(minutes(5)).await;
        assert_eq!(office.titles("anna").await, title, "{trouble:?}");
        assert!(office.connector().await.standing);
    }
    office.pass(TimeDelta::hours(9)).await;
    assert_eq!(office.word("anna"), None, "it is not believed for ever");
}

/// S0.5, S2.6: a server that asks for patience again and again tells of everybody in the end, not of the same few.
#[tokio::test]
async fn a_server_with_a_budget_tells_of_everybody() {
    let names: Vec<String> = (0..60).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let office = Office::new(&names);
    office.server.state().budget = Some((30, 30));
    let office = office.open().await;
    office.pass(minutes(30)).await;
    let mut read = office.server.read();
    read.sort();
    read.dedup();
    assert_eq!(read.len(), 60);
}
