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
    Access, Activity, Address, Availability, Band, CalendarPolicy, Call, Disclosure, Diversion, DiversionKind, Engine,
    EngineConfig, Explanation, Facet, FacetSet, Fact, Input, Keeping, Lifetime, Manual, Note, Output, Person, PersonId,
    PersonSpec, Phase, PlaceKind, PlaceSpec, Presence, PrivacyPolicy, Reach, Report, RichState, Row, RuleSet, Second,
    Shape, SourceId, SourceSpec, Step, Tables, Viewer, ViewerId, settle,
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

proptest! {
    #![proptest_config(config())]

    /// From what an explanation tells follow the situation and the decision that were made, and no others.
    #[test]
    fn an_explanation_tells_the_decision_that_was_made((seed, steps) in seeds(40)) {
        let world = World::new(seed, &steps, Kinds::PLAIN);
        let viewer = operator();
        let mut engine = engine(&world, &[&viewer]);
        for event in &world.events {
            feed(&mut engine, &world, event);
            for person in &world.people {
                let told = engine.explain(person.handle, &viewer).unwrap();
                let presence = engine.presence(person.handle, &viewer).unwrap();
                prop_assert_eq!(&told.decision, &presence.decision);
                prop_assert_eq!(&told.situation, &presence.situation);
                prop_assert_eq!(told.at.get(), now(&engine));
                let kinds: Vec<PlaceKind> = person.places.iter().map(|place| place.kind).collect();
                if let Some(problem) = checker::problem(&told, &world.rules, &kinds) {
                    return Err(TestCaseError::fail(format!("{problem}\n{told}\n{told:?}\n{world:?}")));
                }
            }
        }
    }

    /// Before `recheck_at` nothing changes by itself; and no recheck comes before `poll_timeout`.
    #[test]
    fn nothing_changes_before_recheck_at((seed, steps) in seeds(25)) {
        let world = World::new(seed, &steps, Kinds::PLAIN);
        let viewer = operator();
        let mut engine = engine(&world, &[&viewer]);
        for (number, event) in world.events.iter().enumerate() {
            feed(&mut engine, &world, event);
            let next = world.events.get(number + 1).map_or(u32::MAX, |next| next.at);
            for _ in 0..12 {
                let due = |person: &support::world::PersonInfo| engine.recheck_at(person.handle);
                let Some(first) = world.people.iter().filter_map(due).min() else { break };
                let timeout = engine.poll_timeout();
                prop_assert!(timeout.is_some_and(|timeout| timeout <= first), "{:?} {:?} {:?}", timeout, first, world);
                let first = Second::floor(first).get();
                prop_assert!(first > now(&engine), "{} is not later than {}", first, now(&engine));
                let before: Vec<_> = world.people.iter().map(|person| engine.row(person.handle, &viewer)).collect();
                let situations = presences(&engine, &world, &viewer);
                if first > next {
                    break;
                }
                let changed = tick(&mut engine, first - 1);
                let after: Vec<_> = world.people.iter().map(|person| engine.row(person.handle, &viewer)).collect();
                prop_assert_eq!(&before, &after, "at {}\n{:?}", first - 1, world);
                prop_assert_eq!(&situations, &presences(&engine, &world, &viewer), "{:?}", world);
                prop_assert!(changed.is_empty());
                tick(&mut engine, first);
            }
        }
    }

    /// At `until` something else is shown, and not before, if nothing is reported and all is still believed.
    #[test]
    fn something_changes_at_until((seed, steps) in seeds(25)) {
        let kinds = Kinds { lives: false, sessions: false, ..Kinds::PLAIN };
        let mut world = World::new(seed, &steps, kinds);
        world.keeping.holds.clear();
        let viewer = operator();
        let mut engine = engine(&world, &[&viewer]);
        for event in &world.events {
            feed(&mut engine, &world, event);
        }
        let untils = world.people.iter().map(|person| (person, engine.explain(person.handle, &viewer).unwrap()));
        let mut untils: Vec<_> = untils.filter_map(|(person, told)| Some((told.until?, person, told.decision))).collect();
        untils.sort_by_key(|(until, ..)| *until);
        for (until, person, before) in untils {
            let shown = |engine: &Engine| {
                let decision = engine.presence(person.handle, &viewer).unwrap().decision;
                (decision.availability, decision.activity)
            };
            let before = (before.availability, before.activity);
            if until.get() > now(&engine) + 1 {
                tick(&mut engine, until.get() - 1);
                prop_assert_eq!(shown(&engine), before, "before {}\n{:?}", until, world);
            }
            tick(&mut engine, until.get());
            prop_assert_ne!(shown(&engine), before, "at {}\n{:?}", until, world);
        }
    }

    /// In which order sources are heard that speak in one second does not matter.
    #[test]
    fn the_interleaving_of_sources_does_not_matter((seed, steps) in seeds(40)) {
        let kinds = Kinds { dense: true, ..Kinds::PLAIN };
        let world = World::new(seed, &steps, kinds);
        let viewer = operator();
        let mut dice = Dice::new(!seed);
        let (mut one, mut two) = (engine(&world, &[&viewer]), engine(&world, &[&viewer]));
        let mut rest = world.events.as_slice();
        let mut latest = START;
        while let Some(first) = rest.first() {
            latest = latest.max(first.at);
            let here = rest.iter().take_while(|event| event.at <= latest).count();
            let (group, later) = rest.split_at(here);
            rest = later;
            for event in group {
                feed(&mut one, &world, event);
            }
            for event in interleaved(&mut dice, group) {
                feed(&mut two, &world, &Event { at: latest, what: event.what.clone() });
            }
            let (one, two) = (everybody(&one, &world, &viewer), everybody(&two, &world, &viewer));
            for (one, two) in one.iter().zip(&two) {
                prop_assert_eq!(&one.presence, &two.presence, "{:?}", world);
                prop_assert_eq!(until(one), until(two), "{:?}", world);
            }
        }
    }

    /// An engine that is asked every second agrees with one that is asked late, with a new one, and with settling what
    /// it keeps; also when time goes back and the directory changes.
    #[test]
    fn step_by_step_equals_from_scratch((seed, steps) in seeds(30)) {
        let world = World::new(seed, &steps, Kinds::WILD);
        let viewer = operator();
        let (mut often, mut late) = (engine(&world, &[&viewer]), engine(&world, &[&viewer]));
        for event in &world.events {
            let from = now(&often) + 1;
            for second in (from..event.at).take(40) {
                tick(&mut often, second);
            }
            let mut dice = Dice::new(u64::from(event.at));
            for second in between(&mut dice, now(&often), event.at) {
                tick(&mut often, second);
            }
            feed(&mut often, &world, event);
            feed(&mut late, &world, event);
            prop_assert_eq!(everybody(&often, &world, &viewer), everybody(&late, &world, &viewer), "{:?}", world);
            settles_what_it_keeps(&world, &late)?;
        }
        let mut new = engine(&world, &[&viewer]);
        for event in &world.events {
            feed(&mut new, &world, event);
        }
        prop_assert_eq!(everybody(&new, &world, &viewer), everybody(&late, &world, &viewer), "{:?}", world);
    }

    /// S0.4, S1.2: an idle line never makes somebody free beside live evidence of being busy, however new it is.
    #[test]
    fn an_idle_line_never_beats_evidence_of_being_busy((seed, steps) in seeds(30)) {
        let kinds = Kinds { free_by_hand: false, ..Kinds::PLAIN };
        let world = World::new(seed, &steps, kinds);
        let viewer = operator();
        let mut engine = engine(&world, &[&viewer]);
        let mut dice = Dice::new(!seed);
        for event in &world.events {
            feed(&mut engine, &world, event);
            let number = dice.index(world.people.len());
            let person = &world.people[number];
            if !is_busy(&engine.presence(person.handle, &viewer).unwrap()) {
                continue;
            }
            let Some(told) = idle_elsewhere(&world, &engine, number, &mut dice) else { continue };
            let event = Event { at: now(&engine), what: What::Report(told) };
            feed(&mut engine, &world, &event);
            let shown = engine.presence(person.handle, &viewer).unwrap();
            let band = shown.decision.availability.band();
            prop_assert!(is_busy(&shown), "{:?} then {:?}\n{:?}", event, shown, world);
            prop_assert!(!matches!(band, Band::Online | Band::IdleOnline), "{:?} {:?}\n{:?}", event, shown, world);
        }
    }

    /// A report about one person changes nothing that is shown of another, and who is changed is told.
    #[test]
    fn a_report_about_one_never_changes_another((seed, steps) in seeds(40)) {
        let world = World::new(seed, &steps, Kinds::PLAIN);
        let viewer = operator();
        let mut engine = engine(&world, &[&viewer]);
        for event in &world.events {
            let What::Report(told) = &event.what else {
                feed(&mut engine, &world, event);
                continue;
            };
            let at = event.at.max(now(&engine));
            tick(&mut engine, at);
            let before = everybody(&engine, &world, &viewer);
            let changed = feed(&mut engine, &world, event);
            let after = everybody(&engine, &world, &viewer);
            for (number, person) in world.people.iter().enumerate() {
                if number != told.person {
                    prop_assert_eq!(&before[number], &after[number], "{:?}", world);
                    prop_assert!(!changed.contains(&person.handle));
                } else if let (Some(was), Some(mut is)) = (before[number].row, after[number].row) {
                    // Since when is history: it has a meaning only beside the row that was shown before.
                    is.since = was.since;
                    let rows = (was, is);
                    prop_assert!(was == is || changed.contains(&person.handle), "{:?}\n{:?}", rows, world);
                }
            }
        }
    }

    /// What is said twice is said once; phases of sessions too.
    #[test]
    fn saying_anything_twice_changes_nothing((seed, steps) in seeds(40)) {
        let world = World::new(seed, &steps, Kinds::PLAIN);
        let viewer = operator();
        let (mut once, mut twice) = (engine(&world, &[&viewer]), engine(&world, &[&viewer]));
        let mut numbers = vec![0; world.sources.len()];
        let mut dice = Dice::new(seed);
        // What may still be said again: nothing newer has been said there in this second.
        let mut again: Vec<Event> = Vec::new();
        for event in &world.events {
            again.retain(|other| other.at >= event.at && !same_place(other, event));
            feed(&mut once, &world, event);
            feed(&mut twice, &world, event);
            again.push(event.clone());
            let before = everybody(&twice, &world, &viewer);
            let repeated = again[dice.index(again.len())].clone();
            for event in [event, &repeated] {
                feed(&mut twice, &world, event);
            }
            if let What::Session { source, number, phase: Phase::Begin } = event.what {
                numbers[source] = number.max(numbers[source]);
            }
            let source = dice.index(world.sources.len());
            if source != TYPED && numbers[source] > 0 {
                // Begin of the last session or an older one, and any phase of an older one.
                let number = dice.roll(numbers[source]);
                let old = [(number, Phase::Begin), (number, Phase::Complete), (number, Phase::Lost), (numbers[source], Phase::Begin)];
                let (number, phase) = dice.pick(&old);
                feed(&mut twice, &world, &Event { at: event.at, what: What::Session { source, number, phase } });
            }
            let after = everybody(&twice, &world, &viewer);
            prop_assert_eq!(&before, &after, "{:?}", world);
            prop_assert_eq!(&everybody(&once, &world, &viewer), &after, "{:?}", world);
        }
        // Nothing is left behind that shows later.
        for second in [1, 10, 100, 1_000, 100_000].map(|later| now(&once) + later) {
            tick(&mut once, second);
            tick(&mut twice, second);
            prop_assert_eq!(everybody(&once, &world, &viewer), everybody(&twice, &world, &viewer), "{:?}", world);
        }
    }

    /// Whatever comes, also from sources and places that nobody expects: it does not panic, and every row is what the
    /// presence says.
    #[test]
    fn a_row_is_what_the_presence_says((seed, steps) in seeds(60)) {
        let world = World::new(seed, &steps, Kinds::WILD);
        let viewer = operator();
        let mut engine = engine(&world, &[&viewer]);
        for event in &world.events {
            feed(&mut engine, &world, event);
            for person in &world.people {
                let (Some(row), Some(presence)) = (engine.row(person.handle, &viewer), engine.presence(person.handle, &viewer))
                else {
                    continue;
                };
                prop_assert_eq!(row.availability, presence.decision.availability);
                prop_assert_eq!(row.activity, presence.decision.activity);
                prop_assert_eq!(row.calendar, presence.situation.calendar());
                prop_assert!(row.since.is_none_or(|since| since.get() <= now(&engine).max(event.at)));
                prop_assert!(engine.claims(person.handle).len() <= 256);
            }
        }
    }
}

fn until(seen: &Seen) -> Option<Second> {
    seen.explanation.as_ref().and_then(|told| told.until)
}

/// The same events, in which every source keeps its order.
fn interleaved<'a>(dice: &mut Dice, group: &'a [Event]) -> Vec<&'a Event> {
    let voice = |event: &Event| match event.what {
        What::Report(Told { source, .. }) | What::Session { source, .. } => source,
        _ => usize::MAX,
    };
    let mut voices: BTreeMap<usize, Vec<&Event>> = BTreeMap::new();
    for event in group.iter().rev() {
        voices.entry(voice(event)).or_default().push(event);
    }
    let mut all = Vec::new();
    while !voices.is_empty() {
        let keys: Vec<usize> = voices.keys().copied().collect();
        let key = dice.pick(&keys);
        match voices.get_mut(&key).and_then(Vec::pop) {
            Some(event) => all.push(event),
            None => drop(voices.remove(&key)),
        }
    }
    all
}

fn settles_what_it_keeps(world: &World, engine: &Engine) -> TestCaseResult {
    let everything = operator();
    let directory = engine.directory();
    let tables = Tables::new(directory, &world.keeping, &world.rules);
    for person in directory.people() {
        let claims = engine.claims(person);
        // What a class may not read is left out before: notes for others.
        if claims.iter().any(|claim| claim.facet() == Facet::Note) {
            continue;
        }
        let shape = Shape::of(person, directory, &world.rules);
        let settled = settle(&claims, &shape, &tables, Second::floor(engine.now()), &mut ());
        let presence = engine.presence(person, &everything).unwrap();
        prop_assert_eq!(settled.situation, presence.situation, "{:?}", world);
    }
    Ok(())
}

fn is_busy(presence: &Presence) -> bool {
    let situation = &presence.situation;
    let calls = [situation.desk().call(), situation.mobile().call()];
    let rich = situation.rich().is_some_and(|(number, _)| matches!(number.band(), Band::Busy | Band::IdleBusy));
    calls.into_iter().flatten().any(|call| call != Call::Idle)
        || rich
        || situation.calendar().is_some_and(|word| word >= ShowAs::Busy)
}

/// An idle line at a telephone where no call is known.
fn idle_elsewhere(world: &World, engine: &Engine, person: usize, dice: &mut Dice) -> Option<Told> {
    let info = &world.people[person];
    let claims = engine.claims(info.handle);
    let taken =
        |place: usize| claims.iter().any(|claim| claim.facet() == Facet::Call && usize::from(claim.place()) == place);
    let telephone = |place: &usize| matches!(info.places[*place].kind, PlaceKind::Desk | PlaceKind::Mobile);
    let free: Vec<usize> = (0..info.places.len()).filter(telephone).filter(|place| !taken(*place)).collect();
    if free.is_empty() {
        return None;
    }
    let source = 1 + dice.index(world.sources.len() - 1);
    let observed = now(engine) + dice.roll(3);
    let fact = Fact::Call(Call::Idle);
    Some(Told { source, person, place: dice.pick(&free), path: 0, fact, observed, lifetime: Lifetime::Session })
}

fn same_place(one: &Event, two: &Event) -> bool {
    match (&one.what, &two.what) {
        (What::Report(one), What::Report(two)) => {
            (one.source, one.person, one.place) == (two.source, two.person, two.place)
        }
        (What::Session { source, .. }, What::Report(told)) | (What::Report(told), What::Session { source, .. }) => {
            *source == told.source
        }
        (What::Session { source: one, .. }, What::Session { source: two, .. }) => one == two,
        _ => false,
    }
}

/// A class of viewers that may not know something.
#[derive(Clone, Debug)]
enum Blind {
    /// Private meetings do not exist.
    Private,
    /// Private meetings are busy, whatever they are.
    PrivateWords,
    /// A facet.
    Facet(Facet),
    /// The calendar of a place of a person.
    Calendar(usize, usize),
    /// Notes for others.
    Notes,
    /// A person.
    Person(usize),
}

impl Blind {
    fn any(dice: &mut Dice, world: &World) -> Self {
        let person = dice.index(world.people.len());
        let mailbox = (0..world.people[person].places.len())
            .find(|place| !world.people[person].places[*place].addresses.is_empty());
        match (dice.roll(6), mailbox) {
            (0, _) => Self::Private,
            (1, _) => Self::PrivateWords,
            (2, Some(place)) => Self::Calendar(person, place),
            (3, _) => Self::Notes,
            (4, _) => Self::Person(person),
            _ => Self::Facet(dice.pick(&Facet::ALL)),
        }
    }

    fn viewer(&self, world: &World) -> Viewer {
        let id = ViewerId::new("colleague").unwrap();
        let mut policy = PrivacyPolicy::default();
        match self {
            Self::Private => policy.calendar = CalendarPolicy::new(Disclosure::Everything, Disclosure::Nothing),
            Self::PrivateWords => policy.calendar = CalendarPolicy::new(Disclosure::Everything, Disclosure::Busy),
            Self::Facet(facet) => policy.facets = FacetSet::ALL.without(*facet),
            Self::Calendar(..) | Self::Notes | Self::Person(_) => {}
        }
        let viewer = Viewer::with_policy(id, policy);
        match self {
            Self::Calendar(person, place) => {
                let address = world.people[*person].places[*place].addresses[0].clone();
                viewer.calendar(address, CalendarPolicy::new(Disclosure::Nothing, Disclosure::Nothing))
            }
            Self::Person(person) => viewer.except(world.people[*person].id.clone(), Access::Denied),
            _ => viewer,
        }
    }

    /// Another report in its place, in which only what the class may not know is another.
    fn other(&self, dice: &mut Dice, world: &World, told: &Told, at: u32) -> What {
        let word_is_private = !world.sources[told.source].private_left_out;
        let fact = match (self, &told.fact) {
            (Self::Private, Fact::Agenda(agenda)) => {
                let mut meetings: Vec<Meeting> = open(agenda).cloned().collect();
                meetings.extend((0..dice.roll(4)).map(|_| private_meeting(dice, at)));
                Fact::Agenda(Arc::new(Agenda::new(agenda.covered(), meetings)))
            }
            (Self::Private, Fact::ShowAs(_)) if word_is_private => Fact::ShowAs(dice.pick(&ALL_WORDS)),
            (Self::PrivateWords, Fact::Agenda(agenda)) => {
                let mut meetings: Vec<Meeting> = open(agenda).cloned().collect();
                let private = agenda.meetings().iter().filter(|meeting| meeting.is_private());
                meetings.extend(private.map(|meeting| {
                    private_at(
                        meeting.span(),
                        as_busy(dice, meeting.show_as()),
                        meeting.is_cancelled(),
                        meeting.is_declined(),
                    )
                }));
                Fact::Agenda(Arc::new(Agenda::new(agenda.covered(), meetings)))
            }
            (Self::PrivateWords, Fact::ShowAs(word)) if word_is_private => Fact::ShowAs(as_busy(dice, *word)),
            (Self::Facet(facet), fact) if fact.facet() == *facet => {
                support::world::fact(dice, *facet, at, Kinds::PLAIN)
            }
            (Self::Calendar(person, place), fact)
                if (told.person, told.place) == (*person, *place) && fact.facet() == Facet::Calendar =>
            {
                support::world::fact(dice, Facet::Calendar, at, Kinds::PLAIN)
            }
            (Self::Notes, Fact::Notes(list)) => {
                let colleague = ViewerId::new("colleague").unwrap();
                let mut notes: Vec<Note> =
                    list.iter().filter(|note| note.audience().includes(&colleague)).cloned().collect();
                if dice.one_in(2) {
                    let other = Note::new("x", "a", "b", time(at)).for_viewers(&[ViewerId::new("friend").unwrap()]);
                    notes.insert(dice.index(notes.len() + 1), other.until(time(at + 1 + dice.roll(20))));
                }
                Fact::Notes(notes.into())
            }
            (Self::Person(person), _) if told.person == *person => return What::Tick,
            (_, fact) => fact.clone(),
        };
        What::Report(Told { fact, ..told.clone() })
    }
}

const ALL_WORDS: [ShowAs; 6] =
    [ShowAs::NoData, ShowAs::Free, ShowAs::WorkingElsewhere, ShowAs::Tentative, ShowAs::Busy, ShowAs::OutOfOffice];

fn open(agenda: &Agenda) -> impl Iterator<Item = &Meeting> {
    agenda.meetings().iter().filter(|meeting| !meeting.is_private())
}

/// Another word that reads busy, if this one does.
fn as_busy(dice: &mut Dice, word: ShowAs) -> ShowAs {
    if word >= ShowAs::Tentative { dice.pick(&ALL_WORDS[3..]) } else { word }
}

fn private_meeting(dice: &mut Dice, at: u32) -> Meeting {
    let start = at - 30 + dice.roll(60);
    let span = Span::from_seconds(Second::new(start), Second::new(start + 1 + dice.roll(40))).unwrap();
    private_at(span, dice.pick(&ALL_WORDS), false, false)
}

fn private_at(span: Span, word: ShowAs, cancelled: bool, declined: bool) -> Meeting {
    let draft = MeetingDraft::new("p", span).show_as(word).sensitivity(Sensitivity::Private);
    Meeting::new(draft.cancelled(cancelled).declined(declined))
}

/// All that goes out to a viewer, as it goes out.
fn told(engine: &Engine, world: &World, viewer: &Viewer) -> Vec<String> {
    let mut all = Vec::new();
    for person in &world.people {
        let date = engine.now().date_naive();
        all.push(format!("{:?}", engine.presence(person.handle, viewer)));
        all.push(format!("{:?}", engine.row(person.handle, viewer)));
        all.push(serde_json::to_string(&engine.card(person.handle, viewer)).unwrap());
        all.push(format!("{:?}", engine.day(person.handle, viewer, date, &chrono::Utc)));
        all.push(format!("{:?}", engine.explain(person.handle, viewer)));
    }
    all
}

type Telling = fn(&Engine, &World, &Viewer) -> Vec<String>;

fn twin_worlds(seed: u64, steps: &[u64], what: Telling) -> TestCaseResult {
    let world = World::new(seed, steps, Kinds::PLAIN);
    let mut other = World::new(seed, steps, Kinds::PLAIN);
    let mut dice = Dice::new(!seed);
    let blind = Blind::any(&mut dice, &world);
    for event in &mut other.events {
        if let What::Report(told) = &event.what {
            event.what = blind.other(&mut dice, &world, told, event.at);
        }
    }
    let viewer = blind.viewer(&world);
    let (mut one, mut two) = (engine(&world, &[&viewer]), engine(&other, &[&viewer]));
    for (number, (event, twin)) in world.events.iter().zip(&other.events).enumerate() {
        feed(&mut one, &world, event);
        feed(&mut two, &other, twin);
        let next = world.events.get(number + 1).map_or(event.at + 200, |next| next.at);
        let mut seconds = between(&mut dice, now(&one), next);
        seconds.insert(0, now(&one));
        seconds.truncate(2);
        for second in seconds {
            tick(&mut one, second);
            tick(&mut two, second);
            for (one, two) in what(&one, &world, &viewer).iter().zip(&what(&two, &other, &viewer)) {
                prop_assert!(
                    one == two,
                    "{:?} at +{}: {}\n{:?}\n{:?}",
                    blind,
                    second - START,
                    difference(one, two),
                    world,
                    other
                );
            }
        }
    }
    Ok(())
}

/// What is shown to a viewer, without when it began.
fn shown(engine: &Engine, world: &World, viewer: &Viewer) -> Vec<String> {
    let mut all = Vec::new();
    for person in &world.people {
        let date = engine.now().date_naive();
        let row = engine.row(person.handle, viewer).map(|mut row| {
            row.since = None;
            row
        });
        all.push(format!("{row:?} {:?}", engine.presence(person.handle, viewer)));
        all.push(format!("{:?}", engine.day(person.handle, viewer, date, &chrono::Utc)));
        let told = engine.explain(person.handle, viewer);
        all.push(format!("{:?}", told.as_ref().map(|told| (&told.decision, told.until, &told.tried, &told.expects))));
        let said = told.iter().flat_map(|told| &told.said).filter(|said| said.step != Step::Over);
        let said = said
            .map(|said| format!("{} {} {:?} {:?} {:?}", said.source, said.place, said.value, said.step, said.position));
        let mut said: Vec<String> = said.collect();
        said.sort_unstable();
        all.extend(said);
    }
    all
}

/// Where two texts begin to differ.
fn difference(one: &str, two: &str) -> String {
    let same = one.chars().zip(two.chars()).take_while(|(one, two)| one == two).count();
    let piece = |text: &str| text.chars().skip(same.saturating_sub(80)).take(240).collect::<String>();
    format!("\n  {}\n  {}", piece(one), piece(two))
}

proptest! {
    #![proptest_config(config())]

    /// Two worlds that differ only in what a class may not know look the same to it, at every second.
    #[test]
    fn what_may_not_be_known_is_not_shown((seed, steps) in seeds(30)) {
        twin_worlds(seed, &steps, shown)?;
    }

    /// Not even in when something began, or in what is told of sources.
    #[test]
    fn what_may_not_be_known_shows_nowhere((seed, steps) in seeds(30)) {
        twin_worlds(seed, &steps, told)?;
    }

    /// One source that reports call, do-not-disturb and diversion of one telephone is heard on all three.
    #[test]
    fn facets_of_one_telephone_stand_side_by_side(call in 0_usize..5, on in any::<bool>(), order in 0_usize..6) {
        let world = office();
        let mut engine = engine(&world, &[&operator()]);
        begin(&mut engine, &world, 1);
        let facts = [Fact::Call(Call::ALL[call]), Fact::DoNotDisturb(on), Fact::Diversion(Diversion::Voicemail)];
        let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        for number in orders[order] {
            say(&mut engine, &world, 1, 1, facts[number].clone(), START);
        }
        let desk = engine.presence(world.people[0].handle, &operator()).unwrap().situation.desk();
        prop_assert_eq!(desk.call(), Some(Call::ALL[call]));
        prop_assert_eq!(desk.do_not_disturb(), Some(on));
        prop_assert_eq!(desk.diversion(), Some(DiversionKind::Voicemail));
    }

    /// A call that ended while its source was gone is gone when the source has told everything.
    #[test]
    fn a_call_that_ended_unseen_goes(away in 0_u32..80, late in 0_u32..5, repeated in any::<bool>()) {
        let world = office();
        let mut engine = engine(&world, &[&operator()]);
        let call = |engine: &Engine| engine.presence(world.people[0].handle, &operator()).unwrap().situation.desk().call();
        begin(&mut engine, &world, 1);
        say(&mut engine, &world, 1, 1, Fact::Call(Call::InCall), START);
        let phase = |number, phase| What::Session { source: 1, number, phase };
        feed(&mut engine, &world, &Event { at: START + 1, what: phase(1, Phase::Lost) });
        let back = START + 2 + away;
        feed(&mut engine, &world, &Event { at: back, what: phase(2, Phase::Begin) });
        prop_assert_eq!(call(&engine), Some(Call::InCall));
        if repeated {
            say(&mut engine, &world, 1, 1, Fact::Call(Call::InCall), back);
        }
        feed(&mut engine, &world, &Event { at: back + late, what: phase(2, Phase::Complete) });
        prop_assert_eq!(call(&engine), repeated.then_some(Call::InCall));
    }

    /// A calendar that cannot be reached for ten minutes makes nobody free.
    #[test]
    fn a_calendar_out_of_reach_frees_nobody(lost in 0_u32..600, word in 4_usize..6, rich in any::<bool>()) {
        let world = office();
        let mut engine = engine(&world, &[&operator()]);
        for source in 1..=3 {
            begin(&mut engine, &world, source);
        }
        let meeting = |from, to, word| {
            Meeting::new(MeetingDraft::new("m", span(from, to)).show_as(word))
        };
        let agenda = Agenda::new(span(0, 86_400), vec![meeting(0, 3_600, ALL_WORDS[word])]);
        say(&mut engine, &world, 2, 2, Fact::Agenda(Arc::new(agenda)), START);
        say(&mut engine, &world, 1, 1, Fact::Call(Call::Idle), START);
        if rich {
            let free = RichState::new(Availability::ONLINE, Activity::Available);
            let report = world_report(&world, 3, 3, Fact::Rich(free), START).lasting(Lifetime::Session);
            engine.report(time(START), &mut vec![report]);
        }
        feed(&mut engine, &world, &Event { at: START + lost, what: What::Session { source: 2, number: 1, phase: Phase::Lost } });
        for second in [lost, lost + 60, lost + 600] {
            tick(&mut engine, START + second);
            let presence = engine.presence(world.people[0].handle, &operator()).unwrap();
            prop_assert_eq!(presence.situation.calendar(), Some(ALL_WORDS[word]));
            prop_assert!(presence.decision.availability >= Availability::BUSY);
        }
    }
}

proptest! {
    // Every case is hundreds of reports about one person.
    #![proptest_config(ProptestConfig { cases: 20, ..config() })]

    /// Of one person no more is kept than there is room for; what is typed stays, and nobody else loses anything.
    #[test]
    fn too_many_claims_of_one_person_are_nobody_elses_trouble(seed in any::<u64>()) {
        crowd(seed)?;
    }

    /// What had no room is forgotten, with the times at which it would have changed.
    #[test]
    fn time_passes_after_too_many_claims(seed in any::<u64>()) {
        let mut engine = crowd(seed)?;
        tick(&mut engine, START + 50_000);
        prop_assert_eq!(now(&engine), START + 50_000);
    }
}

/// An engine that was told more of one person than there is room for.
fn crowd(seed: u64) -> Result<Engine, TestCaseError> {
    let sources: Vec<SourceSpec> =
        (0..5).map(|number| SourceSpec::new(SourceId::new(&format!("s{number}")).unwrap(), &Facet::ALL)).collect();
    let ids: Vec<SourceId> = sources.iter().map(|source| source.id.clone()).collect();
    let people = ["anna", "bo"].map(|name| {
        let places = (0..6).map(|number| {
            let address = Address::extension(name, &format!("{number}")).unwrap();
            PlaceSpec::new(PlaceKind::Desk).address(address, &ids)
        });
        places.fold(PersonSpec::new(PersonId::new(name).unwrap()), PersonSpec::place)
    });
    let world = World::of(sources, &people, Keeping::default(), RuleSet::standard());
    let mut engine = engine(&world, &[&operator()]);
    let mut dice = Dice::new(seed);
    for source in 1..=5 {
        begin(&mut engine, &world, source);
    }
    let typed = Fact::Manual(Some(Manual::new(Availability::BUSY, Activity::Busy)));
    let [anna, bo] = [0, 1].map(|number: usize| world.people[number].handle);
    let own = world.people[0].places[0].subjects[0];
    engine.report(time(START), &mut vec![Report::new(world.sources[0].origin, own, typed, time(START))]);
    let other = world.people[1].places[1].subjects[0];
    let reach = Fact::Reach(Reach::Reachable);
    engine.report(time(START), &mut vec![Report::new(world.sources[1].origin, other, reach, time(START))]);
    let (before, seen_before) = (engine.claims(bo), seen(&engine, bo, &operator()));
    let mut all: Vec<(usize, usize, Facet)> = (1..=5)
        .flat_map(|source| (0..=6).flat_map(move |place| Facet::ALL.map(|facet| (source, place, facet))))
        .collect();
    while all.len() > 155 {
        let (source, place, facet) = all.swap_remove(dice.index(all.len()));
        let fact = match facet {
            // Something that is kept.
            Facet::Rich => Fact::Rich(RichState::new(Availability::BUSY, Activity::Busy)),
            facet => std::iter::from_fn(|| Some(support::world::fact(&mut dice, facet, START, Kinds::PLAIN)))
                .find(|fact| !matches!(fact, Fact::Unknown(_)))
                .unwrap(),
        };
        say(&mut engine, &world, source, place, fact, START);
    }
    let kept = engine.claims(anna);
    prop_assert!(kept.len() <= 256 && kept.len() >= 250, "{}", kept.len());
    prop_assert!(kept.iter().any(|claim| claim.origin() == world.sources[0].origin));
    prop_assert!(engine.diagnostics().counts.evicted > 0);
    prop_assert_eq!(before, engine.claims(bo));
    prop_assert_eq!(seen_before, seen(&engine, bo, &operator()));
    Ok(engine)
}

/// A telephone exchange, a mail server and a presence server, and somebody with a place at each.
fn office() -> World {
    let telephony = [Facet::Call, Facet::DoNotDisturb, Facet::Diversion, Facet::Reach];
    let ids = ["pbx", "mail", "teams"].map(|name| SourceId::new(name).unwrap());
    let sources = vec![
        SourceSpec::new(ids[0].clone(), &telephony),
        SourceSpec::new(ids[1].clone(), &[Facet::Calendar]),
        SourceSpec::new(ids[2].clone(), &[Facet::Rich]),
    ];
    let place = |kind, address: &str, source: usize| {
        PlaceSpec::new(kind).address(Address::sip(address).unwrap(), &[ids[source].clone()])
    };
    let anna = PersonSpec::new(PersonId::new("anna").unwrap())
        .place(place(PlaceKind::Desk, "4711@pbx.example.com", 0))
        .place(place(PlaceKind::Mailbox, "anna@mail.example.com", 1))
        .place(place(PlaceKind::Account, "anna@example.com", 2));
    World::of(sources, &[anna], Keeping::default(), RuleSet::standard())
}

fn span(from: u32, to: u32) -> Span {
    Span::from_seconds(Second::new(START + from), Second::new(START + to)).unwrap()
}

fn begin(engine: &mut Engine, world: &World, source: usize) {
    feed(engine, world, &Event { at: START, what: What::Session { source, number: 1, phase: Phase::Begin } });
}

fn world_report(world: &World, source: usize, place: usize, fact: Fact, at: u32) -> Report {
    Report::new(world.sources[source].origin, world.people[0].places[place].subjects[0], fact, time(at))
}

fn say(engine: &mut Engine, world: &World, source: usize, place: usize, fact: Fact, at: u32) {
    engine.report(time(at), &mut vec![world_report(world, source, place, fact, at)]);
    outputs(engine);
}
