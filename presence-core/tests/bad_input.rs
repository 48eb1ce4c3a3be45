//! Bad input: a typed error or a counter, bounded memory, and everybody else untouched.

#![expect(clippy::unwrap_used, reason = "helpers of tests; what is missing has to stop them")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::{
    Activity, Address, Availability, Call, Directory, Engine, EngineConfig, Facet, Fact, Input, Lifetime, Person,
    PersonId, PersonSpec, Phase, PlaceKind, PlaceSpec, Report, RichState, SourceId, SourceSpec, Subject, Viewer,
    ViewerId,
};

fn start() -> DateTime<Utc> {
    "2026-11-20T08:00:00Z".parse().unwrap()
}

fn operator() -> Viewer {
    Viewer::new(ViewerId::new("operator").unwrap())
}

fn person(directory: &Directory, id: &str) -> Person {
    directory.person(&PersonId::new(id).unwrap()).unwrap()
}

fn desk(directory: &Directory, digits: &str) -> Subject {
    directory.subject(&Address::extension("hq", digits).unwrap()).unwrap()
}

/// Anna (desk 1) and Bo (desk 2), and so many sources; the session of each stands.
fn office(sources: usize) -> (Engine, Arc<Directory>) {
    let mut builder = Directory::builder();
    let ids: Vec<SourceId> = (0..sources).map(|at| SourceId::new(&format!("s{at}")).unwrap()).collect();
    for id in &ids {
        builder.source(SourceSpec::new(id.clone(), &[Facet::Call, Facet::Rich]));
    }
    for (name, digits) in [("anna", "1"), ("bo", "2")] {
        let place =
            PlaceSpec::new(PlaceKind::Desk).address(Address::extension("hq", digits).unwrap(), ids.get(..1).unwrap());
        builder.person(PersonSpec::new(PersonId::new(name).unwrap()).place(place));
    }
    let directory = Arc::new(builder.build().unwrap());
    let mut engine = Engine::new(EngineConfig::new(Arc::clone(&directory), start()));
    for id in &ids {
        let origin = directory.origin(id).unwrap();
        engine.handle(start(), Input::Session { origin, number: 1, phase: Phase::Begin });
    }
    (engine, directory)
}

fn origin(directory: &Directory, at: usize) -> presence_core::Origin {
    directory.origin(&SourceId::new(&format!("s{at}")).unwrap()).unwrap()
}

#[test]
fn ten_thousand_sources_for_one_person_are_bounded_and_touch_nobody_else() {
    let (mut engine, directory) = office(10_000);
    let (anna, bo) = (person(&directory, "anna"), person(&directory, "bo"));
    let bo_says = Report::new(origin(&directory, 7), desk(&directory, "2"), Fact::Call(Call::Held), start());
    engine.report(start(), &mut vec![bo_says]);
    let before = engine.row(bo, &operator());
    let say = |at: usize| Report::new(origin(&directory, at), desk(&directory, "1"), Fact::Call(Call::InCall), start());
    engine.report(start(), &mut (0..10_000).map(say).collect());
    assert_eq!(engine.claims(anna).len(), 256);
    assert_eq!(engine.diagnostics().counts.evicted, 10_000 - 256);
    assert_eq!(engine.row(bo, &operator()), before);
    // Who stays does not depend on who came first.
    let (mut other, _) = office(10_000);
    other.report(start(), &mut (0..10_000).rev().map(say).collect());
    assert_eq!(other.claims(anna), engine.claims(anna));
}

#[test]
fn a_million_reports_about_one_person_leave_one_claim() {
    let (mut engine, directory) = office(1);
    let anna = person(&directory, "anna");
    let calls = [Call::InCall, Call::Idle, Call::Ringing, Call::Held];
    for round in 0..1_000_i64 {
        let now = start() + TimeDelta::seconds(round);
        let say = |call: &Call| Report::new(origin(&directory, 0), desk(&directory, "1"), Fact::Call(*call), now);
        engine.report(now, &mut calls.iter().cycle().take(1_000).map(say).collect());
    }
    let mut changed = 0;
    while engine.poll_output().is_some() {
        changed += 1;
    }
    assert_eq!(changed, 1, "who is not told of is told of once");
    assert_eq!((engine.claims(anna).len(), engine.diagnostics().counts.reports), (1, 1_000_000));
    let row = engine.row(anna, &operator()).unwrap();
    assert_eq!(row.desk.call, Some(Call::Held));
}

#[test]
fn reports_about_nobody_and_from_nobody_are_counted() {
    let (mut engine, directory) = office(2);
    let mut larger = directory.rebuild();
    let stranger = Address::extension("hq", "3").unwrap();
    let place = PlaceSpec::new(PlaceKind::Desk).address(stranger.clone(), &[]);
    larger.person(PersonSpec::new(PersonId::new("cia").unwrap()).place(place));
    larger.source(SourceSpec::new(SourceId::new("new").unwrap(), &[Facet::Call]));
    let larger = larger.build().unwrap();
    let (subject, stranger) =
        (larger.subject(&stranger).unwrap(), larger.origin(&SourceId::new("new").unwrap()).unwrap());
    let call = || Fact::Call(Call::InCall);
    let mut reports = vec![
        Report::new(origin(&directory, 0), subject, call(), start()),
        Report::new(stranger, desk(&directory, "1"), call(), start()),
    ];
    engine.report(start(), &mut reports);
    engine.handle(start(), Input::Session { origin: stranger, number: 1, phase: Phase::Begin });
    let counts = engine.diagnostics().counts;
    assert_eq!((counts.unknown_subjects, counts.unknown_origins), (1, 2));
    assert_eq!(engine.row(person(&directory, "anna"), &operator()).unwrap().availability, Availability::NONE);
}

#[test]
fn reports_from_the_past_and_the_future_are_counted() {
    let (mut engine, directory) = office(1);
    let say = |call, seconds| {
        let observed = start() + TimeDelta::seconds(seconds);
        Report::new(origin(&directory, 0), desk(&directory, "1"), Fact::Call(call), observed)
    };
    engine.report(start() + TimeDelta::seconds(100), &mut vec![say(Call::InCall, 50), say(Call::Idle, 40)]);
    let counts = engine.diagnostics().counts;
    assert_eq!((counts.late_reports, counts.future_reports), (1, 0));
    engine.report(start() + TimeDelta::seconds(100), &mut vec![say(Call::Ringing, 1_000_000)]);
    assert_eq!(engine.diagnostics().counts.future_reports, 1);
    let anna = person(&directory, "anna");
    assert_eq!(engine.claims(anna)[0].began().time(), Some(start() + TimeDelta::seconds(100)), "taken as of now");
    engine.report(start() + TimeDelta::seconds(101), &mut vec![say(Call::Held, 101)]);
    assert_eq!(engine.row(anna, &operator()).unwrap().desk.call, Some(Call::Held), "and not believed for ever");
}

#[test]
fn time_at_the_ends_of_what_can_be_counted_does_no_harm() {
    let (mut engine, directory) = office(1);
    let rich = Fact::Rich(RichState::new(Availability::BUSY, Activity::Busy));
    for now in [DateTime::<Utc>::MAX_UTC, start(), DateTime::<Utc>::MIN_UTC, start()] {
        engine.handle(now, Input::Tick);
        let report = Report::new(origin(&directory, 0), desk(&directory, "1"), rich.clone(), now);
        engine.report(now, &mut vec![report.lasting(Lifetime::Lease(u32::MAX))]);
        while engine.poll_output().is_some() {}
        assert!(engine.poll_timeout().is_none_or(|timeout| timeout > engine.now()));
        assert!(engine.card(person(&directory, "anna"), &operator()).is_some());
    }
    assert!(engine.diagnostics().counts.time_back >= 1);
}

#[test]
fn phases_out_of_turn_are_ignored_and_counted() {
    let (mut engine, directory) = office(1);
    let phase = |engine: &mut Engine, number, phase| {
        engine.handle(start(), Input::Session { origin: origin(&directory, 0), number, phase });
    };
    let report = Report::new(origin(&directory, 0), desk(&directory, "1"), Fact::Call(Call::InCall), start());
    engine.report(start(), &mut vec![report]);
    for (number, what) in
        [(1, Phase::Begin), (0, Phase::Begin), (2, Phase::Complete), (0, Phase::Lost), (7, Phase::Lost)]
    {
        phase(&mut engine, number, what);
    }
    assert_eq!(engine.diagnostics().counts.ignored_phases, 5);
    assert_eq!(engine.row(person(&directory, "anna"), &operator()).unwrap().desk.call, Some(Call::InCall));
}
