use std::sync::Arc;

use chrono::{NaiveTime, TimeDelta};
use presence_core::{EngineConfig, Person, Viewer, ViewerId};

use super::*;
use crate::SEED;
use crate::company::Company;
use crate::day::ZONE;

struct Stage {
    directory: Arc<Directory>,
    day: Day,
    viewer: Viewer,
}

impl Stage {
    fn new() -> Self {
        let company = Company::invented(SEED).unwrap();
        let day = Day::of(&company, "2026-11-20".parse().unwrap(), SEED).unwrap();
        let viewer = Viewer::new(ViewerId::new("operator").unwrap());
        Self { directory: company.directory().unwrap(), day, viewer }
    }

    fn engine(&self) -> Engine {
        Engine::new(EngineConfig::new(Arc::clone(&self.directory), self.day.begin))
    }

    fn at(&self, time: &str) -> DateTime<Utc> {
        self.day.at(format!("{time}:00").parse::<NaiveTime>().unwrap())
    }

    /// All that can be read about a person, as JSON.
    fn told(&self, engine: &Engine, person: Person) -> String {
        let (card, explanation) = (engine.card(person, &self.viewer), engine.explain(person, &self.viewer).unwrap());
        let day = engine.day(person, &self.viewer, self.day.date, &ZONE);
        let json = serde_json::to_string(&(&card, &day, &explanation)).unwrap();
        format!(
            "{json} {:?} {}",
            card.map(|card| (card.meeting, card.notes, card.absences)),
            explanation.sentences().join(" ")
        )
    }
}

#[test]
fn the_steps_are_in_order_and_none_falls_into_a_failure() {
    let stage = Stage::new();
    let steps = steps(&stage.directory, &stage.day).unwrap();
    assert!(steps.is_sorted_by_key(|step| step.at));
    let pbx = stage.directory.origin(&Teller::Pbx.source_id().unwrap()).unwrap();
    let of_pbx = |step: &&Step| match &step.what {
        What::Reports(reports) => reports.iter().any(|report| report.origin == pbx),
        What::Input(_) => false,
    };
    let between = |from, until| steps.iter().filter(of_pbx).filter(|step| from <= step.at && step.at < until).count();
    assert_eq!(between(stage.at("10:40"), stage.at("10:47")), 0);
    assert!(between(stage.at("10:30"), stage.at("10:40")) > 0 && between(stage.at("10:47"), stage.at("10:48")) > 0);
}

/// No subject of a private meeting is ever told, to nobody and in no way; those of others are.
#[test]
fn subjects_of_private_meetings_are_never_told() {
    let stage = Stage::new();
    let mut engine = stage.engine();
    let mut at = stage.at("07:00");
    let (mut private, mut ordinary) = (0, 0);
    for step in steps(&stage.directory, &stage.day).unwrap() {
        while step.at > at && at <= stage.at("18:00") {
            engine.handle(at, Input::Tick);
            for person in stage.directory.people() {
                let told = stage.told(&engine, person);
                let leaked = crate::day::private_subjects().iter().find(|subject| told.contains(**subject));
                assert_eq!(leaked, None, "{at}");
                private += usize::from(told.contains("\"mask\":\"private\""));
                ordinary += usize::from(told.contains("Project meeting"));
            }
            at += TimeDelta::minutes(15);
        }
        step.feed(&mut engine);
    }
    assert!(private > 1_000 && ordinary > 500, "there is something to leak: {private}, {ordinary}");
}

/// What sources tell when they are back is enough: afterwards all is as if they had never been gone.
#[test]
fn after_the_failures_everything_is_as_if_there_had_been_none() {
    let stage = Stage::new();
    let calm = stage.day.clone().without_failures();
    let shown = |day: &Day, until| {
        let engine = play_until(stage.engine(), day, until).unwrap();
        let row = |person| engine.row(person, &stage.viewer).unwrap();
        stage.directory.people().map(|person| format!("{:?}", row(person))).collect::<Vec<_>>()
    };
    for time in ["10:47", "13:17", "15:30", "17:00"] {
        assert_eq!(shown(&stage.day, stage.at(time)), shown(&calm, stage.at(time)), "{time}");
    }
    assert_ne!(shown(&stage.day, stage.at("10:45")), shown(&calm, stage.at("10:45")), "the failure can be seen");
}
