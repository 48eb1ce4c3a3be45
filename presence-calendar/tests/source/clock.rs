//! Days that end, clocks that are changed, and clocks that jump.

use chrono::{DateTime, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Stockholm;
use presence_core::{Meeting, MeetingDraft, ShowAs, Span};

use crate::server::Asked;
use crate::support::{Office, mailbox, meeting, minutes, seconds, utc};

/// S0.21, S0.22: the days that are kept move on at midnight; a day beyond them is asked for when somebody looks.
#[tokio::test]
async fn the_days_move_on_at_midnight() {
    for quick in [true, false] {
        let office = Office::at("2026-11-20T23:50:00Z", &["anna"], false);
        office.server.state().quick = quick;
        let early = meeting("2026-11-21T00:00:00Z", "2026-11-21T01:00:00Z", ShowAs::Busy, "Night shift");
        let late = meeting("2026-11-28T10:00:00Z", "2026-11-28T11:00:00Z", ShowAs::Busy, "Budget");
        office.server.change(&mailbox("anna"), |one| one.meetings = vec![early, late]);
        let office = office.open().await;
        assert_eq!(office.day("anna", "2026-11-21").await.map(|day| day.len()), Some(1), "tomorrow is known tonight");
        office.server.asked();
        assert_eq!(office.day("anna", "2026-11-28").await.map(|day| day.len()), Some(1), "it is asked for");
        assert!(office.server.asked().contains(&Asked::Agenda(mailbox("anna"))));
        let mut words = Vec::new();
        office
            .pass_seeing(minutes(12), |now| words.push((now >= utc("2026-11-21T00:00:01Z"), office.word("anna"))))
            .await;
        assert!(words.iter().all(|(is_night, word)| !is_night || *word == Some(ShowAs::Busy)), "{words:?}");
        assert!(words.iter().all(|(_, word)| word.is_some()), "no gap at the edge");
        office.server.asked();
        assert_eq!(office.day("anna", "2026-11-28").await.map(|day| day.len()), Some(1));
        assert_eq!(office.server.asked(), [], "it is kept");
    }
}

/// S0.5: days on end: nothing is ever unknown while the server answers.
#[tokio::test]
async fn days_without_a_gap() {
    let office = Office::new(&["anna"]).open().await;
    office.pass_seeing(TimeDelta::days(3), |now| assert_eq!(office.word("anna"), Some(ShowAs::Free), "{now}")).await;
}

/// What somebody in Stockholm does on a Sunday, by the clock on the wall.
const SUNDAY: [(&str, &str); 6] = [
    ("00:00:00", "00:30:00"),
    ("01:15:00", "01:59:59"),
    ("03:00:00", "03:00:07"),
    ("03:30:00", "05:00:00"),
    ("05:00:01", "08:17:23"),
    ("23:00:00", "23:59:59"),
];

fn on(day: &str, time: &str) -> DateTime<Utc> {
    let local: NaiveDateTime = format!("{day}T{time}").parse().unwrap();
    Stockholm.from_local_datetime(&local).single().unwrap().with_timezone(&Utc)
}

/// S0.5: the state of a person turns with the calendar, one second late at most, also where the clocks are changed.
#[tokio::test]
async fn boundaries_reach_a_watcher_within_a_second() {
    for (day, start, hours) in [("2026-03-29", "2026-03-28T20:00:00Z", 23), ("2026-10-25", "2026-10-24T20:00:00Z", 25)]
    {
        let office = Office::at(start, &["anna"], true);
        let spans = SUNDAY.map(|(from, to)| Span::new(on(day, from), on(day, to)).unwrap());
        let busy = |span: &Span| Meeting::new(MeetingDraft::new("uid", *span).show_as(ShowAs::Busy).subject("Budget"));
        office.server.change(&mailbox("anna"), |one| one.meetings = spans.iter().map(busy).collect());
        let length = on(day, "23:59:59") - on(day, "00:00:00") + seconds(1);
        assert_eq!(length, TimeDelta::hours(hours));
        let office = office.open().await;
        let mut watch = office.watch(&["anna"]).pace(std::time::Duration::ZERO);
        let mut turns: Vec<(DateTime<Utc>, Option<ShowAs>)> = Vec::new();
        let mut last = None;
        office
            .pass_seeing(TimeDelta::hours(30), |now| {
                let Some(changes) = watch.take() else { return };
                for (_, row) in changes.rows.iter() {
                    if row.calendar.is_some() && row.calendar != last {
                        last = row.calendar;
                        turns.push((now, row.calendar));
                    }
                }
            })
            .await;
        let expected: Vec<(DateTime<Utc>, Option<ShowAs>)> = spans
            .iter()
            .flat_map(|span| [(span.start(), ShowAs::Busy), (span.end(), ShowAs::Free)])
            .map(|(at, word)| (at.time().unwrap(), Some(word)))
            .collect();
        // Before the first meeting the day is free.
        let turns: Vec<_> = turns.into_iter().skip(1).collect();
        assert_eq!(turns.len(), expected.len(), "{turns:?}");
        for ((seen, word), (due, right)) in turns.iter().zip(&expected) {
            assert_eq!(word, right, "{due}");
            assert!(*seen >= *due && *seen - *due <= seconds(1), "{due} was seen at {seen}");
        }
    }
}

/// S0.5: a clock that is set back an hour, or forward a day, causes neither a storm of questions nor a standstill.
#[tokio::test]
async fn a_clock_that_jumps_does_no_harm() {
    for jump in [TimeDelta::hours(-1), TimeDelta::days(1), TimeDelta::days(-2)] {
        let office = Office::new(&["anna", "bo"]);
        office.server.state().has_channel = true;
        let office = office.open().await;
        office.pass(minutes(30)).await;
        office.server.tell(&Ok(vec![mailbox("bo")]));
        office.pass(seconds(1)).await;
        office.server.asked();
        office.clock.advance(jump);
        office.pass(seconds(30)).await;
        let asked = office.server.asked();
        assert!(asked.len() <= 10, "{jump}: {asked:?}");
        assert!(asked.iter().any(|one| *one == Asked::Agenda(mailbox("bo"))), "the change is read");
        let now = office.now();
        let busy = Meeting::new(MeetingDraft::new("uid", Span::new(now, now + TimeDelta::hours(1)).unwrap()));
        office.server.change(&mailbox("anna"), |one| one.meetings = vec![busy]);
        office.pass(minutes(1)).await;
        assert_eq!(office.word("anna"), Some(ShowAs::Busy), "{jump}: the rounds go on");
        office.server.asked();
        office.pass(minutes(60)).await;
        let asked = office.server.asked();
        assert!((60..=100).contains(&asked.len()), "{jump}: {}", asked.len());
    }
}
