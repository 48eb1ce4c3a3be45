//! Recordings: a replay is what the original was, but for texts.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests: what is not as it should be has to stop them"
)]

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::absence::Absence;
use presence_core::calendar::{Agenda, Hours, Importance, Meeting, MeetingDraft, Sensitivity, ShowAs, Span};
use presence_core::{
    AbsenceReason, Access, Activity, Address, AfterDecay, Availability, Band, CalendarPolicy, Call, Condition,
    Confidential, ConnectorStatus, Demand, Device, Directory, Disclosure, Diversion, Effect, Engine, EngineConfig,
    Facet, Fact, Input, Interest, Keeping, Ladder, Lcid, Lifetime, LocalTexts, Manual, Note, Origin, Output, Person,
    PersonId, PersonSpec, Phase, PlaceKind, PlaceSpec, Precedence, PrivacyPolicy, Reach, Recorder, RecordingEntry,
    Replay, ReplayError, Report, RichState, Rule, RuleId, RuleSet, Second, SourceErrorKind, SourceId, SourceSpec,
    Subject, Viewer, ViewerId, WatcherId,
};
use proptest::prelude::*;

const START: u32 = 1_800_000_000;
const PEOPLE: [&str; 3] = ["anna", "bo", "cecilia"];
const SOURCES: [&str; 5] = ["typed", "gsm", "mail", "pbx", "teams"];
/// Every text that is typed in these worlds begins with it.
const CANARY: &str = "canary";

fn time(second: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(i64::from(second), 0).unwrap()
}

fn source(id: &str) -> SourceId {
    SourceId::new(id).unwrap()
}

fn person_id(id: &str) -> PersonId {
    PersonId::new(id).unwrap()
}

/// Numbers by chance, from one number.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(sides.max(1))).unwrap()
    }

    fn one_in(&mut self, sides: u32) -> bool {
        self.roll(sides) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(u32::try_from(from.len()).unwrap())).unwrap()]
    }

    /// One of few texts, so that they return.
    fn text(&mut self) -> String {
        format!("{CANARY}-{}", self.roll(3))
    }

    fn confidential(&mut self) -> Confidential<Arc<str>> {
        Confidential::new(self.text().into())
    }

    fn span(&mut self, now: u32) -> Span {
        let start = now - 60 + self.roll(120);
        Span::from_seconds(Second::new(start), Second::new(start + 1 + self.roll(120))).unwrap()
    }

    fn covered(&mut self, now: u32) -> Span {
        let start = now - self.roll(90);
        Span::from_seconds(Second::new(start), Second::new(start + self.pick(&[80, 400, 90_000]))).unwrap()
    }
}

fn person(name: &str, number: u32) -> PersonSpec {
    let desk = PlaceSpec::new(PlaceKind::Desk)
        .address(Address::extension("hq", &format!("47{number}")).unwrap(), &[source("pbx")])
        .address(Address::sip(&format!("{name}@pbx.example.com")).unwrap(), &[source("pbx"), source("teams")]);
    let mobile = PlaceSpec::new(PlaceKind::Mobile)
        .address(Address::tel(&format!("+46701000{number}")).unwrap(), &[source("gsm"), source("pbx")]);
    let mailbox = |domain: &str| {
        PlaceSpec::new(PlaceKind::Mailbox)
            .address(Address::smtp(&format!("{name}@{domain}")).unwrap(), &[source("mail"), source("teams")])
    };
    let account = PlaceSpec::new(PlaceKind::Account)
        .address(Address::sip(&format!("{name}@example.com")).unwrap(), &[source("teams"), source("mail")]);
    let mut spec = PersonSpec::new(person_id(name)).named(&format!("Name of {name}")).in_department("sales");
    spec.voicemail = Some(Address::tel("+46890000").unwrap());
    spec.place(account).place(desk).place(mobile).place(mailbox("example.com")).place(mailbox("other.example.com"))
}

fn directory() -> Arc<Directory> {
    let mut builder = Directory::builder();
    let lines = [Facet::Call, Facet::Diversion, Facet::DoNotDisturb, Facet::Reach];
    let mut gsm = SourceSpec::new(source("gsm"), &[Facet::Call, Facet::Reach, Facet::Roaming]);
    gsm.interest = Interest::OnDemand { linger: 300 };
    let mail = [Facet::Calendar, Facet::AutomaticReply, Facet::Hours, Facet::Rich];
    let teams = [Facet::Rich, Facet::Device, Facet::Calendar, Facet::Note, Facet::Absence, Facet::Call];
    builder.source(gsm);
    builder.source(SourceSpec::new(source("mail"), &mail).on_demand());
    builder.source(SourceSpec::new(source("pbx"), &lines));
    builder.source(SourceSpec::new(source("teams"), &teams).leaving_private_out());
    for (number, name) in (0..).zip(PEOPLE) {
        builder.person(person(name, number));
    }
    builder.voicemail_pilot(Address::tel("+46899999").unwrap());
    Arc::new(builder.build().unwrap())
}

fn viewers() -> Vec<Viewer> {
    let operator = Viewer::new(ViewerId::new("operator").unwrap());
    let busy = CalendarPolicy::new(Disclosure::Busy, Disclosure::Nothing);
    let mut policy = PrivacyPolicy::default();
    policy.facets = policy.facets.without(Facet::Note);
    let colleague = Viewer::with_policy(ViewerId::new("colleague").unwrap(), policy)
        .calendar(Address::smtp("anna@other.example.com").unwrap(), busy)
        .except(person_id("bo"), Access::Denied);
    vec![operator, colleague]
}

fn keeping() -> Keeping {
    let mut keeping = Keeping::default();
    keeping.ladder = Ladder::new(40, 30, AfterDecay::Offline);
    keeping.ladders.insert(source("mail"), Ladder::new(15, 10, AfterDecay::Unknown));
    for facet in [Facet::Call, Facet::Diversion, Facet::Rich] {
        keeping.holds.insert(facet, 10);
    }
    keeping.graces.telephone = 20;
    keeping.graces.calendar = 50;
    keeping
}

fn rules(number: u32) -> Arc<RuleSet> {
    let show = Effect::Show { availability: Availability::BUSY, activity: Activity::InMeeting };
    let known = |id: &str, facet| Rule::new(RuleId::new(id).unwrap(), Condition::Known(facet), show);
    let order = vec![source("teams"), source("mail")];
    Arc::new(match number {
        0 => RuleSet::standard(),
        1 => RuleSet::standard().believing(Precedence::new(Facet::Rich, order).yielding(vec![Band::Online])),
        _ => RuleSet::new(vec![known("a-note", Facet::Note), known("a-call", Facet::Call)]),
    })
}

enum Step {
    Reports(Vec<Report>),
    Input(Input),
}

struct World {
    engine: Engine,
    now: u32,
    session: u32,
}

impl World {
    fn new() -> Self {
        let config = EngineConfig::new(directory(), time(START)).keeping(keeping());
        let config = viewers().into_iter().fold(config, |config, viewer| config.viewer(Arc::new(viewer)));
        let mut engine = Engine::new(config);
        for id in &SOURCES[1..] {
            let origin = engine.directory().origin(&source(id)).unwrap();
            engine.handle(time(START), Input::Session { origin, number: 1, phase: Phase::Begin });
        }
        outputs(&mut engine);
        Self { engine, now: START, session: 1 }
    }

    fn origin(&self, dice: &mut Dice) -> Origin {
        let known = SOURCES.map(|id| self.engine.directory().origin(&source(id)).unwrap());
        if dice.one_in(40) { unknown_origin() } else { dice.pick(&known) }
    }

    fn subject(&self, dice: &mut Dice) -> Subject {
        let name = dice.pick(&PEOPLE);
        let number = PEOPLE.iter().position(|other| *other == name).unwrap();
        let address = match dice.roll(7) {
            0 => Address::extension("hq", &format!("47{number}")),
            1 => Address::sip(&format!("{name}@pbx.example.com")),
            2 => Address::tel(&format!("+46701000{number}")),
            3 => Address::smtp(&format!("{name}@example.com")),
            4 => Address::smtp(&format!("{name}@other.example.com")),
            5 => Address::sip(&format!("{name}@example.com")),
            _ => {
                let person = self.person(name);
                let own = person.and_then(|person| self.engine.directory().person_subject(person));
                return own.unwrap_or_else(unknown_subject);
            }
        };
        self.engine.directory().subject(&address.unwrap()).unwrap_or_else(unknown_subject)
    }

    fn person(&self, name: &str) -> Option<Person> {
        self.engine.directory().person(&person_id(name))
    }

    fn report(&self, dice: &mut Dice) -> Report {
        let observed = self.now - if dice.one_in(4) { dice.roll(30) } else { 0 };
        let report = Report::new(self.origin(dice), self.subject(dice), fact(dice, self.now), time(observed));
        report.lasting(match dice.roll(8) {
            0 => Lifetime::Lease(dice.roll(60)),
            1 | 2 => Lifetime::Default,
            _ => Lifetime::Session,
        })
    }

    fn step(&mut self, seed: u64) -> Step {
        let mut dice = Dice(seed);
        self.now += dice.pick(&[0, 0, 1, 3, 7, 12, 40, 200]);
        let dice = &mut dice;
        Step::Input(match dice.roll(28) {
            0 => {
                let number = self.session + dice.roll(2);
                self.session = number;
                let phase = dice.pick(&[Phase::Begin, Phase::Complete, Phase::Lost]);
                Input::Session { origin: self.origin(dice), number, phase }
            }
            1 => Input::Status { origin: self.origin(dice), status: ConnectorStatus::Disabled },
            2 => {
                let kinds = [SourceErrorKind::NotFound, SourceErrorKind::Forbidden, SourceErrorKind::Throttled];
                let subject = if dice.one_in(4) { None } else { Some(self.subject(dice)) };
                Input::Problem { origin: self.origin(dice), subject, kind: dice.pick(&kinds) }
            }
            3..6 => {
                let person = self.person(dice.pick(&PEOPLE)).unwrap_or_else(|| self.person("cecilia").unwrap());
                let by = WatcherId::new(dice.pick(&["desk", "wall"])).unwrap();
                Input::Wanted { person, by, until: time(self.now + dice.pick(&[0, 10, 90])) }
            }
            6 => Input::Rules(rules(dice.roll(3))),
            7 => Input::Directory(self.rebuilt(dice)),
            8 => Input::Tick,
            9 => {
                self.now -= dice.pick(&[1, 5, 100]);
                Input::Tick
            }
            _ => return Step::Reports((0..1 + dice.roll(3)).map(|_| self.report(dice)).collect()),
        })
    }

    fn rebuilt(&self, dice: &mut Dice) -> Arc<Directory> {
        let old = self.engine.directory();
        let mut builder = old.rebuild();
        // Cecilia always stays.
        let name = dice.pick(&PEOPLE[..2]);
        let spec = self.person(name).and_then(|person| old.person_spec(person));
        match (spec, dice.roll(4)) {
            (Some(_), 0) => {
                builder.remove(&person_id(name));
            }
            (Some(mut spec), 1) => {
                spec.places.reverse();
                builder.person(spec);
            }
            (Some(mut spec), _) => {
                let first = spec.places.remove(0);
                if dice.one_in(2) {
                    spec.places.push(first);
                }
                builder.person(spec);
            }
            (None, _) => {
                let number = u32::from(name == "bo");
                builder.person(person(name, number));
            }
        }
        if dice.one_in(3) {
            builder.clear_voicemail_pilots();
        }
        Arc::new(builder.build().unwrap())
    }
}

fn unknown_origin() -> Origin {
    let mut builder = Directory::builder();
    for number in 0..10 {
        builder.source(SourceSpec::new(source(&number.to_string()), &[]));
    }
    builder.build().unwrap().origin(&source("9")).unwrap()
}

fn unknown_subject() -> Subject {
    let mut builder = Directory::builder();
    for number in 0..60 {
        builder.person(PersonSpec::new(person_id(&number.to_string())));
    }
    let directory = builder.build().unwrap();
    directory.person_subject(directory.person(&person_id("59")).unwrap()).unwrap()
}

fn fact(dice: &mut Dice, now: u32) -> Fact {
    let availabilities = [3_500, 5_000, 6_500, 9_500, 15_500, 18_000].map(|number| Availability::new(number).unwrap());
    match dice.roll(18) {
        0 | 1 => {
            let list = (0..dice.roll(4)).map(|_| absence(dice, now)).collect::<Vec<_>>();
            Fact::Absences(list.into())
        }
        2 => Fact::AutomaticReply((!dice.one_in(3)).then(|| dice.span(now))),
        3..6 => {
            let meetings = (0..dice.roll(4)).map(|_| meeting(dice, now)).collect();
            Fact::Agenda(Arc::new(Agenda::new(dice.covered(now), meetings)))
        }
        6 => Fact::ShowAs(dice.pick(&[ShowAs::NoData, ShowAs::Free, ShowAs::Busy])),
        7 | 8 => Fact::Call(dice.pick(&[Call::Idle, Call::Idle, Call::InCall, Call::Ringing])),
        9 => Fact::Device(dice.pick(&[Device::Active, Device::Away])),
        10 => Fact::Diversion(dice.pick(&["", "+46890000", "+46899999", "+46891111"]).parse_diversion()),
        11 => Fact::DoNotDisturb(dice.one_in(2)),
        12 => Fact::Hours(Arc::new(Hours::new(dice.covered(now), vec![dice.span(now)]))),
        13 => Fact::Manual((!dice.one_in(3)).then(|| {
            let manual = Manual::new(dice.pick(&availabilities), Activity::Lunch);
            if dice.one_in(2) { manual } else { manual.until(time(now - 5 + dice.roll(60))) }
        })),
        14 => {
            let list = (0..dice.roll(3)).map(|_| note(dice, now)).collect::<Vec<_>>();
            Fact::Notes(list.into())
        }
        15 | 16 => {
            let state = RichState::new(dice.pick(&availabilities), dice.pick(&[Activity::None, Activity::InCall]));
            if dice.one_in(2) {
                return Fact::Rich(state);
            }
            Fact::Rich(state.with_custom(Arc::new(LocalTexts::new(vec![(Lcid::SWEDISH, dice.confidential())]))))
        }
        _ => match dice.roll(3) {
            0 => Fact::Reach(dice.pick(&[Reach::Reachable, Reach::Unregistered])),
            1 => Fact::Roaming(dice.one_in(2)),
            _ => Fact::Unknown(dice.pick(&Facet::ALL)),
        },
    }
}

trait ParseDiversion {
    fn parse_diversion(&self) -> Diversion;
}

impl ParseDiversion for str {
    fn parse_diversion(&self) -> Diversion {
        if self.is_empty() { Diversion::Off } else { Diversion::Number(Some(Address::tel(self).unwrap())) }
    }
}

fn absence(dice: &mut Dice, now: u32) -> Absence {
    let from = now - 30 + dice.roll(60);
    let reason = dice.pick(&[AbsenceReason::Lunch, AbsenceReason::Ill, AbsenceReason::WorkingElsewhere]);
    let absence = Absence::new(reason, time(from)).until_time(time(from + 1 + dice.roll(60))).unwrap();
    let absence = absence.with_replacement(person_id("bo"));
    if dice.one_in(3) { absence } else { absence.with_text(dice.confidential()) }
}

fn meeting(dice: &mut Dice, now: u32) -> Meeting {
    let uid = dice.text();
    let span = dice.span(now);
    let draft = MeetingDraft::new(&uid, span)
        .show_as(dice.pick(&[ShowAs::NoData, ShowAs::Free, ShowAs::Tentative, ShowAs::Busy, ShowAs::OutOfOffice]))
        .importance(dice.pick(&[Importance::Low, Importance::High]))
        .hide_importance(dice.one_in(2))
        .sensitivity(dice.pick(&[Sensitivity::Normal, Sensitivity::Private]))
        .attendees(dice.roll(9))
        .cancelled(dice.one_in(8))
        .declined(dice.one_in(8))
        .subject(&dice.text());
    let draft = if dice.one_in(2) { draft.place(&dice.text()).organiser(&dice.text()) } else { draft };
    let day = time(now).date_naive();
    Meeting::new(if dice.one_in(6) { draft.all_day(day, day) } else { draft })
}

fn note(dice: &mut Dice, now: u32) -> Note {
    let id = dice.roll(3).to_string();
    let note = Note::new(&id, &dice.text(), &dice.text(), time(now - dice.roll(5)));
    let note = if dice.one_in(2) { note } else { note.until(time(now - 5 + dice.roll(60))).back_at(time(now + 90)) };
    if dice.one_in(3) { note.for_viewers(&[ViewerId::new("operator").unwrap()]) } else { note }
}

/// All that one call gives out, by names.
fn outputs(engine: &mut Engine) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    while let Some(output) = engine.poll_output() {
        let directory = engine.directory();
        let subject = |subject: Subject| match directory.address(subject) {
            Some(address) => address.to_string(),
            // Handles of the place that is the person, or of what is gone.
            None => directory.owner(subject).and_then(|owner| directory.person_id(owner)).unwrap().to_string(),
        };
        said.insert(match output {
            Output::Changed(person) => format!("changed {}", directory.person_id(person).unwrap()),
            Output::Demand { origin, demand } => {
                let origin = directory.source_id(origin).unwrap();
                match demand {
                    Demand::Watch(who) => format!("{origin} watch {}", subject(who)),
                    Demand::Release(who) => format!("{origin} release {}", subject(who)),
                    other => format!("{origin} {other:?}"),
                }
            }
            other => panic!("{other:?}"),
        });
    }
    said
}

/// All that is shown of everybody, by names: numbers of places are no names.
fn shown(engine: &Engine) -> Vec<String> {
    let mut all = Vec::new();
    for name in PEOPLE {
        let Some(person) = engine.directory().person(&person_id(name)) else {
            all.push(format!("{name} is gone"));
            continue;
        };
        for viewer in viewers() {
            let presence = engine.presence(person, &viewer).unwrap();
            let mut why = serde_json::to_value(engine.explain(person, &viewer).unwrap()).unwrap();
            for said in why["said"].as_array_mut().unwrap() {
                said.as_object_mut().unwrap().remove("place");
            }
            for expects in why["expects"].as_array_mut().unwrap() {
                expects.as_object_mut().unwrap().remove("place");
            }
            let row = engine.row(person, &viewer).unwrap();
            all.push(format!("{name} to {}: {presence:?} {why} {row:?}", viewer.id));
        }
        let statuses = Facet::ALL.map(|facet| engine.status(person, facet));
        all.push(format!("{name} {statuses:?} {:?}", engine.recheck_at(person)));
    }
    let diagnostics = engine.diagnostics();
    all.push(format!("{:?} {}", diagnostics.sources, diagnostics.wanted));
    all
}

fn through_json(entry: &RecordingEntry) -> RecordingEntry {
    let text = serde_json::to_string(entry).unwrap();
    assert!(!text.contains(CANARY), "{text}");
    assert!(!format!("{entry:?}").contains(CANARY), "{entry:?}");
    let read: RecordingEntry = serde_json::from_str(&text).unwrap();
    assert_eq!(read, *entry);
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    read
}

/// Feeds a step to the engine, written down before.
fn feed(world: &mut World, recorder: Option<&mut Recorder>, step: Step) -> Option<RecordingEntry> {
    let now = time(world.now);
    match step {
        Step::Reports(mut reports) => {
            let entry = recorder.map(|recorder| recorder.report(&world.engine, now, &reports));
            world.engine.report(now, &mut reports);
            entry
        }
        Step::Input(input) => {
            let entry = recorder.map(|recorder| recorder.handle(&world.engine, now, &input));
            world.engine.handle(now, input);
            entry
        }
    }
}

fn same(replayed: &[String], original: &[String]) -> Result<(), String> {
    let differs = replayed.iter().zip(original).find(|(a, b)| a != b);
    differs.map_or(Ok(()), |(a, b)| Err(format!("replayed {a}\noriginal {b}")))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Property 11: replaying a recording gives the same per person, but for texts, wherever it began.
    #[test]
    fn a_replay_is_what_the_original_was(steps in prop::collection::vec(any::<u64>(), 1..60), begin in 0_usize..60) {
        let mut world = World::new();
        let begin = begin.min(steps.len() / 2);
        let mut recording: Option<(Recorder, Replay)> = None;
        for (number, seed) in steps.into_iter().enumerate() {
            if number == begin {
                let (recorder, start) = Recorder::new(&world.engine);
                let replay = Replay::new(&through_json(&start)).unwrap();
                prop_assert_eq!(same(&shown(replay.engine()), &shown(&world.engine)), Ok(()), "at the start");
                recording = Some((recorder, replay));
            }
            let step = world.step(seed);
            let entry = feed(&mut world, recording.as_mut().map(|(recorder, _)| recorder), step);
            let said = outputs(&mut world.engine);
            if let (Some(entry), Some((_, replay))) = (entry, &mut recording) {
                replay.feed(&through_json(&entry)).unwrap();
                prop_assert_eq!(&outputs(replay.engine_mut()), &said, "step {} {:?}", number, entry);
                let same = same(&shown(replay.engine()), &shown(&world.engine));
                prop_assert_eq!(same, Ok(()), "step {} {:?}", number, entry);
            }
        }
    }

    /// A line that was cut off, or in which a byte is another one, is an error or another entry, never a panic.
    #[test]
    fn garbled_entries_do_no_harm(
        steps in prop::collection::vec(any::<u64>(), 1..30),
        which in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in prop::option::of(b' '..=b'~'),
    ) {
        let mut world = World::new();
        let mut lines = Vec::new();
        let (mut recorder, _) = Recorder::new(&world.engine);
        for seed in steps {
            let step = world.step(seed);
            let entry = feed(&mut world, Some(&mut recorder), step).unwrap();
            lines.push(serde_json::to_string(&entry).unwrap());
            outputs(&mut world.engine);
        }
        lines.insert(0, serde_json::to_string(&Recorder::new(&world.engine).1).unwrap());
        let mut line = lines[which.index(lines.len())].clone().into_bytes();
        let at = at.index(line.len());
        match byte {
            Some(byte) => line[at] = byte,
            None => line.truncate(at),
        }
        let read: Result<RecordingEntry, _> = serde_json::from_slice(&line);
        prop_assert!(byte.is_some() || read.is_err());
        if let Ok(entry) = read {
            let mut replay = Replay::new(&serde_json::from_str(&lines[0]).unwrap()).unwrap();
            if entry.is_start() {
                let _ = Replay::new(&entry);
            } else {
                let _ = replay.feed(&entry);
            }
        }
    }
}

/// A world in which little happens, and its recording.
fn quiet_day() -> (Engine, Vec<RecordingEntry>) {
    let mut engine = Engine::new(EngineConfig::new(directory(), "2026-03-02T10:00:00Z".parse().unwrap()));
    let (mut recorder, start) = Recorder::new(&engine);
    let mut entries = vec![start];
    let origin = engine.directory().origin(&source("pbx")).unwrap();
    let line = engine.directory().subject(&Address::extension("hq", "470").unwrap()).unwrap();
    let begin = Input::Session { origin, number: 1, phase: Phase::Begin };
    entries.push(recorder.handle(&engine, engine.now(), &begin));
    engine.handle(engine.now(), begin);
    for (at, call) in
        [("10:30:00", Call::Idle), ("10:40:12", Call::Ringing), ("10:40:20", Call::InCall), ("10:55:00", Call::Idle)]
    {
        let at = format!("2026-03-02T{at}Z").parse().unwrap();
        let mut reports = vec![Report::new(origin, line, Fact::Call(call), at).lasting(Lifetime::Session)];
        entries.push(recorder.report(&engine, at, &reports));
        engine.report(at, &mut reports);
    }
    outputs(&mut engine);
    (engine, entries)
}

/// F.46: what did the console show at 10:42?
#[test]
fn what_was_shown_at_a_past_time() {
    let (engine, entries) = quiet_day();
    let operator = Viewer::new(ViewerId::new("operator").unwrap());
    let shown = |engine: &Engine| {
        let row = engine.row(engine.directory().person(&person_id("anna")).unwrap(), &operator).unwrap();
        (row.availability.get(), row.activity, row.since.and_then(Second::time))
    };
    let at = |time: &str| -> DateTime<Utc> { format!("2026-03-02T{time}Z").parse().unwrap() };
    let shown_at = |time: DateTime<Utc>| {
        let mut replay = Replay::new(&entries[0]).unwrap();
        for entry in entries[1..].iter().take_while(|entry| entry.at().unwrap() <= time) {
            replay.feed(entry).unwrap();
        }
        replay.engine_mut().handle(time, Input::Tick);
        shown(replay.engine())
    };
    let in_call = (6_500, Activity::InCall, Some(at("10:40:20")));
    assert_eq!(shown_at(at("10:42:00")), in_call);
    assert_eq!(shown_at(at("10:40:15")).1, Activity::Ringing);
    assert_ne!(shown_at(at("10:35:00")).0, 6_500);
    assert_eq!(shown_at(at("10:55:00")), shown(&engine));
    assert_ne!(shown(&engine), in_call);
}

#[test]
fn a_recording_begins_with_its_start_and_has_no_other() {
    let (_, entries) = quiet_day();
    assert_eq!(Replay::new(&entries[1]).err(), Some(ReplayError::NoStart));
    let mut replay = Replay::new(&entries[0]).unwrap();
    assert_eq!(replay.feed(&entries[0]), Err(ReplayError::AnotherStart));
    assert!(entries[0].is_start() && !entries[1].is_start());
    assert_eq!(entries[0].at(), Some("2026-03-02T10:00:00Z".parse().unwrap()));
}

#[test]
fn what_is_not_there_is_an_error_and_changes_nothing() {
    let (_, entries) = quiet_day();
    let text = serde_json::to_string(&entries[2]).unwrap();
    let mut replay = Replay::new(&entries[0]).unwrap();
    let before = shown(replay.engine());
    let mut feed = |from: &str, to: &str| {
        assert!(text.contains(from), "{text}");
        replay.feed(&serde_json::from_str(&text.replace(from, to)).unwrap())
    };
    assert_eq!(feed("pbx", "pbk"), Err(ReplayError::UnknownSource(source("pbk"))));
    let address = Address::extension("hq", "499").unwrap();
    assert_eq!(feed("ext:hq/470", "ext:hq/499"), Err(ReplayError::UnknownAddress(address)));
    assert_eq!(feed(r#"{"at":"2026-03-02T10:30:00Z""#, r#"{"at":null"#), Err(ReplayError::NoTime));
    assert_eq!(shown(replay.engine()), before);
    let start = serde_json::to_string(&entries[0]).unwrap();
    let twice = start.replace("ext:hq/471", "ext:hq/470");
    let read = Replay::new(&serde_json::from_str(&twice).unwrap());
    assert!(matches!(read, Err(ReplayError::Directory(_))), "{read:?}");
}

/// Reports about nobody are kept as such, so that they are counted again; what they say is left out.
#[test]
fn reports_about_nobody_are_counted_again() {
    let mut engine = Engine::new(EngineConfig::new(directory(), time(START)));
    let (mut recorder, start) = Recorder::new(&engine);
    let origin = engine.directory().origin(&source("pbx")).unwrap();
    let known = engine.directory().subject(&Address::extension("hq", "470").unwrap()).unwrap();
    let mut reports = vec![
        Report::new(origin, unknown_subject(), Fact::Call(Call::InCall), time(START)),
        Report::new(unknown_origin(), known, Fact::Call(Call::InCall), time(START)),
    ];
    let entry = recorder.report(&engine, time(START), &reports);
    engine.report(time(START), &mut reports);
    assert!(serde_json::to_string(&entry).unwrap().contains(r#""subject":null,"fact":{"unknown":"call"}"#));
    let mut replay = Replay::new(&start).unwrap();
    replay.feed(&entry).unwrap();
    let counts = engine.diagnostics().counts;
    assert_eq!((counts.unknown_subjects, counts.unknown_origins), (1, 1));
    let again = replay.engine().diagnostics().counts;
    assert_eq!((again.unknown_subjects, again.unknown_origins), (1, 1));
}

/// A text has the same number for as long as the engine has it, and another one when it is another one.
#[test]
fn a_text_is_its_edition() {
    let mut engine = Engine::new(EngineConfig::new(directory(), time(START)));
    let (mut recorder, _) = Recorder::new(&engine);
    let typed = engine.directory().typed();
    let anna = engine.directory().person(&person_id("anna")).unwrap();
    let own = engine.directory().person_subject(anna).unwrap();
    let mut editions = Vec::new();
    // The fourth report is older than what is there and not taken, so that the fifth changes nothing.
    for (at, text) in [(0, "one"), (1, "one"), (2, "two"), (1, "three"), (3, "two"), (4, "one")] {
        let note = Note::new("1", "berit", text, time(START));
        let mut reports = vec![Report::new(typed, own, Fact::Notes([note].into()), time(START + at))];
        let entry = serde_json::to_value(recorder.report(&engine, time(START + 4), &reports)).unwrap();
        editions.push(entry["reports"]["reports"][0]["fact"]["notes"][0]["text"].as_u64().unwrap());
        engine.report(time(START + 4), &mut reports);
        if text == "three" {
            assert_eq!(outputs(&mut engine), BTreeSet::new());
            editions.pop();
        }
        let changes = editions.iter().rev().nth(1) != editions.last();
        assert_eq!(!outputs(&mut engine).is_empty(), changes && text != "three", "{text} {editions:?}");
    }
    assert_eq!(editions[0], editions[1]);
    assert_eq!(editions[2], editions[3]);
    assert!(editions[2] != editions[1] && editions[4] != editions[3] && editions[4] != editions[0], "{editions:?}");
}

/// A recording may begin while a value that makes free is held back: it ends its wait in the replay too.
#[test]
fn a_value_that_waits_goes_on_waiting() {
    let mut engine = Engine::new(EngineConfig::new(directory(), time(START)).keeping(keeping()));
    let origin = engine.directory().origin(&source("pbx")).unwrap();
    let line = engine.directory().subject(&Address::extension("hq", "470").unwrap()).unwrap();
    engine.handle(time(START), Input::Session { origin, number: 1, phase: Phase::Begin });
    for (second, call) in [(1, Call::InCall), (5, Call::Idle)] {
        let report = Report::new(origin, line, Fact::Call(call), time(START + second)).lasting(Lifetime::Session);
        engine.report(time(START + second), &mut vec![report]);
    }
    outputs(&mut engine);
    let (mut recorder, start) = Recorder::new(&engine);
    let mut replay = Replay::new(&through_json(&start)).unwrap();
    for second in [14, 15] {
        let entry = recorder.handle(&engine, time(START + second), &Input::Tick);
        engine.handle(time(START + second), Input::Tick);
        replay.feed(&entry).unwrap();
        let said = outputs(&mut engine);
        assert_eq!(outputs(replay.engine_mut()), said);
        assert_eq!(said.contains("changed anna"), second == 15);
        assert_eq!(shown(replay.engine()), shown(&engine));
    }
    assert!(replay.engine().poll_timeout().is_none_or(|at| at > replay.engine().now()));
}
