//! Properties of the engine, on worlds made by chance.
//!
//! The oracle is written independently: `support/naive.rs` keeps, `support/settling.rs` settles and decides, and
//! `support/checker.rs` reads explanations. None of them uses more of the library than its values.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests: what is not as it should be has to stop them"
)]

mod support {
    pub(crate) mod checker;
    pub(crate) mod naive;
    pub(crate) mod settling;
    pub(crate) mod world;
}

use std::collections::BTreeMap;
use std::sync::Arc;

use presence_core::calendar::{Agenda, Meeting, MeetingDraft, Sensitivity, ShowAs, Span};
use presence_core::{
    Access, Activity, Address, Availability, Band, Call, CalendarPolicy, Disclosure, Diversion, DiversionKind, Engine,
    EngineConfig, Explanation, Facet, FacetSet, Fact, Input, Keeping, Lifetime, Manual, Note, Output, Person, PersonId,
    PersonSpec, Phase, PlaceKind, PlaceSpec, Presence, PrivacyPolicy, Reach, Report, RichState, Row, RuleSet, Second,
    Shape, SourceId, SourceSpec, Tables, Viewer, ViewerId, settle,
};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use support::checker;
use support::naive::{Naive, Until};
use support::world::{Dice, Event, Kinds, START, TYPED, Told, What, World, time};

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) }
}

/// A few numbers, of which a world is made.
fn seeds(most: usize) -> impl Strategy<Value = (u64, Vec<u64>)> {
    (any::<u64>(), prop::collection::vec(any::<u64>(), 5..most))
}

fn operator() -> Viewer {
    Viewer::new(ViewerId::new("operator").unwrap())
}

fn engine(world: &World, viewers: &[&Viewer]) -> Engine {
    let config = EngineConfig::new(Arc::clone(&world.directory), time(START))
        .rules(Arc::clone(&world.rules))
        .keeping(world.keeping.clone());
    Engine::new(viewers.iter().fold(config, |config, viewer| config.viewer(Arc::new((*viewer).clone()))))
}

/// Feeds one event, and gives back who has changed.
fn feed(engine: &mut Engine, world: &World, event: &Event) -> Vec<Person> {
    match (&event.what, world.input(&event.what)) {
        (_, Some(input)) => engine.handle(time(event.at), input),
        (What::Report(told), None) => engine.report(time(event.at), &mut vec![world.report(told)]),
        (other, None) => panic!("{other:?} is no input"),
    }
    outputs(engine)
}

fn outputs(engine: &mut Engine) -> Vec<Person> {
    let all = std::iter::from_fn(|| engine.poll_output());
    all.filter_map(|output| if let Output::Changed(person) = output { Some(person) } else { None }).collect()
}

fn tick(engine: &mut Engine, second: u32) -> Vec<Person> {
    engine.handle(time(second), Input::Tick);
    outputs(engine)
}

fn now(engine: &Engine) -> u32 {
    Second::floor(engine.now()).get()
}

/// All that a viewer is shown of a person.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    presence: Option<Presence>,
    row: Option<Row>,
    explanation: Option<Explanation>,
}

fn seen(engine: &Engine, person: Person, viewer: &Viewer) -> Seen {
    Seen {
        presence: engine.presence(person, viewer),
        row: engine.row(person, viewer),
        explanation: engine.explain(person, viewer),
    }
}

fn everybody(engine: &Engine, world: &World, viewer: &Viewer) -> Vec<Seen> {
    world.people.iter().map(|person| seen(engine, person.handle, viewer)).collect()
}

fn presences(engine: &Engine, world: &World, viewer: &Viewer) -> Vec<Option<Presence>> {
    world.people.iter().map(|person| engine.presence(person.handle, viewer)).collect()
}

/// Seconds strictly between two, few of them.
fn between(dice: &mut Dice, from: u32, to: u32) -> Vec<u32> {
    let room = to.saturating_sub(from);
    if room < 2 {
        return Vec::new();
    }
    let mut some: Vec<u32> = (0..2).map(|_| from + 1 + dice.roll(room - 1)).collect();
    some.push(from + 1 + dice.roll((room - 1).min(30)));
    some.sort_unstable();
    some
}

proptest! {
    #![proptest_config(config())]

    /// Keeping, settling and deciding are as written down a second time, at every step and between.
    #[test]
    fn the_engine_agrees_with_the_naive_model((seed, steps) in seeds(50)) {
        let world = World::new(seed, &steps, Kinds::PLAIN);
        let viewer = operator();
        let mut engine = engine(&world, &[&viewer]);
        let mut naive = Naive::new(&world);
        let mut dice = Dice::new(seed);
        for (number, event) in world.events.iter().enumerate() {
            feed(&mut engine, &world, event);
            naive.take(event);
            compare(&world, &engine, &naive, naive.now)?;
            let next = world.events.get(number + 1).map_or(naive.now + 1_000, |next| next.at);
            for second in between(&mut dice, naive.now, next) {
                tick(&mut engine, second);
                compare(&world, &engine, &naive, second)?;
            }
        }
    }
}

fn compare(world: &World, engine: &Engine, naive: &Naive<'_>, second: u32) -> TestCaseResult {
    let viewer = operator();
    for (number, person) in world.people.iter().enumerate() {
        let presence = engine.presence(person.handle, &viewer).unwrap();
        let situation = naive.situation(number, second, &viewer.id);
        let place = || format!("person {number} at +{}", second - START);
        if let Some(differs) = situation.differs(&presence.situation) {
            let claims = engine.claims(person.handle);
            return Err(TestCaseError::fail(format!("{}: {differs}\n{claims:#?}\n{world:?}", place())));
        }
        let (shown, _) = situation.decide(&world.rules);
        prop_assert!(shown == presence.decision, "{}: {shown:?} {presence:?}\n{world:?}", place());
        let until = engine.explain(person.handle, &viewer).unwrap().until.map(Second::get);
        let agrees = match naive.until(number, second, &world.rules, &viewer.id) {
            Until::At(end) => until == Some(end),
            Until::Never => until.is_none(),
            Until::Either(end) => until.is_none_or(|until| until == end),
        };
        let expected = naive.until(number, second, &world.rules, &viewer.id);
        prop_assert!(agrees, "{}: until {expected:?} {until:?} START {START}\n{world:?}", place());
    }
    Ok(())
}
