//! Who is wanted is asked about, at once; nobody else is.

use std::sync::Arc;
use std::time::Duration;

use presence_calendar::source::CalendarSource;
use presence_core::ShowAs;
use presence_core::testing::{Contract, ManualClock};

use crate::server::{Asked, Scripted};
use crate::support::{Office, START, company, mailbox, meeting, minutes, rest, seconds, source_id, utc};

/// S0.5, S3.16, S3.18: no client has to run. It does what every source must do, with and without a quick way, with and without a channel.
#[tokio::test]
async fn it_keeps_the_contract_of_sources() {
    let names = ["anna", "bo", "cleo"];
    for (quick, has_channel, on_demand) in
        [(true, true, true), (true, false, false), (false, true, true), (false, false, false)]
    {
        let clock = ManualClock::at(utc(START));
        let server = Scripted::new(&clock, names.map(mailbox));
        (server.state().quick, server.state().has_channel) = (quick, has_channel);
        let source = CalendarSource::new(source_id(), server);
        let contract = Contract::new(company(&names, on_demand), Arc::new(source));
        let contract = contract.clock(Arc::new(clock)).patience(Duration::from_secs(2));
        contract.check().await.unwrap();
    }
}

/// S2.6, S0.19: whoever is newly wanted is read before the thousands who wait.
#[tokio::test]
async fn the_newly_wanted_come_before_a_long_queue() {
    let names: Vec<String> = (0..2_000).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (quick, has_channel) in [(true, true), (false, false)] {
        let office = Office::at(START, &names, true);
        office.server.change(&mailbox("p1999"), |one| {
            one.meetings = vec![meeting("2026-11-20T08:00:00Z", "2026-11-20T12:00:00Z", ShowAs::Busy, "Budget")];
        });
        {
            let mut state = office.server.state();
            (state.quick, state.has_channel) = (quick, has_channel);
            // Reading all of them takes more than an hour.
            (state.slow, state.slow_to_open) = (seconds(1), minutes(10));
        }
        let office = office.open().await;
        let _many = office.watch(names.split_last().unwrap().1);
        // The test's time must not run away while so many are wished for.
        for _ in 0..200 {
            rest().await;
        }
        office.pass(minutes(5)).await;
        assert!(office.server.read().len() > 50, "there is a queue");
        let _one = office.watch(&["p1999"]);
        // What is being asked has to be answered first; then come the blocks, and the meetings.
        office.pass(seconds(8)).await;
        let read = office.server.read();
        assert!(read.contains(&mailbox("p1999")), "{quick}: {read:?}");
        assert_eq!(office.word("p1999"), Some(ShowAs::Busy));
        assert_eq!(office.titles("p1999").await, [(utc("2026-11-20T08:00:00Z"), "Budget".to_owned())]);
    }
}

/// S0.5: in a round that takes longer than its interval, nobody is left out for good, and all is told in the end.
#[tokio::test]
async fn a_server_that_is_too_slow_still_tells_of_everybody() {
    let names: Vec<String> = (0..200).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for quick in [true, false] {
        let office = Office::new(&names);
        {
            let mut state = office.server.state();
            // A round of quick questions takes 200 seconds, and the meetings 400.
            (state.quick, state.most, state.slow) = (quick, 1, seconds(1));
        }
        let office = office.open().await;
        office.pass(minutes(25)).await;
        let mut read = office.server.read();
        read.sort();
        read.dedup();
        assert_eq!(read.len(), 200, "{quick}");
        assert!(names.iter().all(|name| office.word(name) == Some(ShowAs::Free)));
    }
}

/// S2.6: who is not wanted any more is withdrawn, and never asked about again.
#[tokio::test]
async fn who_is_released_is_forgotten() {
    let office = Office::at(START, &["anna", "bo"], true);
    office.server.state().has_channel = true;
    let office = office.open().await;
    assert!(office.server.asked().is_empty(), "nobody is wanted yet");
    let (anna, _bo) = (office.watch(&["anna"]), office.watch(&["bo"]));
    office.pass(minutes(5)).await;
    assert_eq!((office.word("anna"), office.word("bo")), (Some(ShowAs::Free), Some(ShowAs::Free)));
    drop(anna);
    // The hub lets somebody linger for a while.
    office.pass(minutes(30)).await;
    assert_eq!((office.word("anna"), office.word("bo")), (None, Some(ShowAs::Free)));
    office.server.asked();
    office.server.tell(&Ok(vec![mailbox("anna")]));
    office.pass(minutes(60)).await;
    let asked = office.server.asked();
    let anna = mailbox("anna");
    let is_about_anna = |asked: &Asked| match asked {
        Asked::Overviews(all) | Asked::Channel(all) => all.contains(&anna),
        Asked::Agenda(one) | Asked::Reply(one) => *one == anna,
    };
    assert!(!asked.is_empty() && !asked.iter().any(is_about_anna));
    // Whoever is wanted again is asked about again.
    let _anna = office.watch(&["anna"]);
    rest().await;
    assert_eq!(office.word("anna"), Some(ShowAs::Free));
}
