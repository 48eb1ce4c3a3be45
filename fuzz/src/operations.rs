//! Operations on an engine, and what holds after each of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use presence_core::absence::Absence;
use presence_core::calendar::{Agenda, Hours, Importance, Meeting, MeetingDraft, Sensitivity, ShowAs, Span};
use presence_core::{
    AbsenceReason, Activity, Address, Availability, Call, Confidential, ConnectorStatus, Decision, Demand, Device,
    Diversion, Engine, Facet, Fact, Input, Lcid, Lifetime, LocalTexts, Manual, Note, Origin, Output, Phase, Presence,
    Reach, Recorder, Replay, Report, RichState, Second, SourceErrorKind, Subject, SubjectStatus, Viewer, ViewerId,
    WatcherId,
};

use crate::bytes::Bytes;
use crate::world::{self, PEOPLE, SOURCES, START, addresses, person, person_id, rules, source, time};

/// So many operations are worked at most.
const MOST: usize = 48;

pub(crate) fn run(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let mut world = World::new();
    for _ in 0..MOST {
        if bytes.is_empty() {
            break;
        }
        world.operation(&mut bytes);
    }
}

/// What is shown of somebody: to each class of viewers, and how far each facet has got.
#[derive(Debug, PartialEq)]
struct Shown {
    presences: Vec<Presence>,
    headline: Decision,
    statuses: [SubjectStatus; 13],
}

struct World {
    engine: Engine,
    viewers: [Viewer; 3],
    now: u32,
    recording: Option<(Recorder, Replay)>,
}

impl World {
    fn new() -> Self {
        let mut engine = world::engine();
        for id in &SOURCES[1..] {
            let origin = engine.directory().origin(&source(id)).unwrap();
            engine.handle(time(START), Input::Session { origin, number: 1, phase: Phase::Begin });
        }
        outputs(&mut engine);
        Self { engine, viewers: world::viewers(), now: START, recording: None }
    }

    fn operation(&mut self, bytes: &mut Bytes<'_>) {
        let before = self.shown();
        let input = match bytes.roll(24) {
            0 => Input::Session {
                origin: self.origin(bytes),
                number: u32::from(bytes.roll(5)),
                phase: bytes.pick(&[Phase::Begin, Phase::Complete, Phase::Lost]),
            },
            1 => Input::Status {
                origin: self.origin(bytes),
                status: bytes.pick(&[ConnectorStatus::Disabled, ConnectorStatus::Forbidden]),
            },
            2 => {
                use SourceErrorKind::{Forbidden, NotFound, Stopped, Throttled};
                let origin = self.origin(bytes);
                let subject = bytes.flag().then(|| self.subject(bytes));
                Input::Problem { origin, subject, kind: bytes.pick(&[Forbidden, NotFound, Stopped, Throttled]) }
            }
            3 | 4 => {
                let name = bytes.pick(&PEOPLE);
                let person = person(&self.engine, name).or_else(|| person(&self.engine, "cecilia")).unwrap();
                let by = WatcherId::new(bytes.pick(&["desk", "wall"])).unwrap();
                Input::Wanted { person, by, until: time(self.now + bytes.seconds()) }
            }
            5 => Input::Rules(rules(bytes.roll(4))),
            6 => self.rebuilt(bytes),
            7 | 8 => {
                self.now += bytes.seconds();
                Input::Tick
            }
            9 => {
                self.now = (self.now - bytes.seconds()).max(START - 1_000_000);
                Input::Tick
            }
            10 => return self.begin_recording(),
            11 => {
                let reports = self.flood(bytes);
                return self.report(reports, before);
            }
            count => {
                self.now += u32::from(bytes.roll(4));
                let reports = (0..=count % 3).map(|_| self.a_report(bytes)).collect();
                return self.report(reports, before);
            }
        };
        let now = time(self.now);
        let entry = self.recording.as_mut().map(|(recorder, _)| recorder.handle(&self.engine, now, &input));
        let told_of_time = matches!(input, Input::Tick);
        self.engine.handle(now, input);
        if let (Some(entry), Some((_, replay))) = (entry, &mut self.recording) {
            replay.feed(&entry).unwrap();
        }
        if told_of_time {
            self.now = u32::try_from(self.engine.now().timestamp()).unwrap();
        }
        self.examine(&before);
    }

    fn begin_recording(&mut self) {
        let (recorder, start) = Recorder::new(&self.engine);
        self.recording = Some((recorder, Replay::new(&start).unwrap()));
    }

    fn report(&mut self, mut reports: Vec<Report>, before: Vec<Option<Shown>>) {
        let now = time(self.now);
        let entry = self.recording.as_mut().map(|(recorder, _)| recorder.report(&self.engine, now, &reports));
        self.engine.report(now, &mut reports);
        if let (Some(entry), Some((_, replay))) = (entry, &mut self.recording) {
            replay.feed(&entry).unwrap();
        }
        self.examine(&before);
    }

    /// What holds after every operation.
    fn examine(&mut self, before: &[Option<Shown>]) {
        let said = outputs(&mut self.engine);
        let engine = &self.engine;
        assert!(
            engine.poll_timeout().is_none_or(|at| at > engine.now()),
            "woken in the past: {:?}",
            engine.poll_timeout()
        );
        let after = self.shown();
        // What is stored is what is worked out anew from the claims.
        let (_, start) = Recorder::new(engine);
        let again = Replay::new(&start).unwrap();
        assert_eq!(shown(again.engine(), &self.viewers), after, "worked out anew");
        if let Some((_, replay)) = &mut self.recording {
            assert_eq!(outputs(replay.engine_mut()), said, "told by the replay");
            assert_eq!(shown(replay.engine(), &self.viewers), after, "shown by the replay");
        }
        for (name, (before, after)) in PEOPLE.iter().zip(before.iter().zip(&after)) {
            let (Some(before), Some(after)) = (before, after) else { continue };
            // Who is shown otherwise has been told of.
            let told = said.contains(&format!("changed {name}"));
            let same = before.presences == after.presences && before.headline == after.headline;
            assert!(told || same, "{name} changed in silence: {before:#?} {after:#?}");
            let handle = person(engine, name).unwrap();
            assert!(engine.claims(handle).len() <= 256);
            for (viewer, presence) in self.viewers.iter().zip(&after.presences) {
                assert_eq!(engine.explain(handle, viewer).unwrap().decision, presence.decision);
            }
        }
    }

    fn shown(&self) -> Vec<Option<Shown>> {
        shown(&self.engine, &self.viewers)
    }

    fn origin(&self, bytes: &mut Bytes<'_>) -> Origin {
        self.engine.directory().origin(&source(bytes.pick(&SOURCES))).unwrap()
    }

    /// One of the subjects of a person; that of a place that is gone is somebody's own.
    fn subject(&self, bytes: &mut Bytes<'_>) -> Subject {
        let number = bytes.roll(3);
        let own = |name| person(&self.engine, name).and_then(|person| self.engine.directory().person_subject(person));
        let address = addresses(number).get(usize::from(bytes.roll(7))).cloned();
        let named = address.and_then(|address| self.engine.directory().subject(&address));
        named.or_else(|| own(PEOPLE[usize::from(number)])).or_else(|| own("cecilia")).unwrap()
    }

    fn a_report(&self, bytes: &mut Bytes<'_>) -> Report {
        let (origin, subject) = (self.origin(bytes), self.subject(bytes));
        let facet = bytes.pick(&Facet::ALL);
        let observed = self.now - u32::from(bytes.byte() / 8) + 2;
        let report = Report::new(origin, subject, fact(bytes, facet, self.now), time(observed));
        report.lasting(match bytes.roll(6) {
            0 => Lifetime::Lease(bytes.seconds()),
            1 | 2 => Lifetime::Default,
            _ => Lifetime::Session,
        })
    }

    /// Every source says something about every facet at every place of a person: more than is kept.
    fn flood(&self, bytes: &mut Bytes<'_>) -> Vec<Report> {
        let number = bytes.roll(3);
        let directory = self.engine.directory();
        let own = person(&self.engine, PEOPLE[usize::from(number)]).and_then(|person| directory.person_subject(person));
        let subjects: Vec<Subject> =
            addresses(number).iter().filter_map(|address| directory.subject(address)).chain(own).collect();
        let mut reports = Vec::new();
        for id in SOURCES {
            let origin = directory.origin(&source(id)).unwrap();
            for subject in &subjects {
                for facet in Facet::ALL {
                    let fact = fact(bytes, facet, self.now);
                    reports.push(Report::new(origin, *subject, fact, time(self.now)).lasting(Lifetime::Session));
                }
            }
        }
        reports
    }

    fn rebuilt(&self, bytes: &mut Bytes<'_>) -> Input {
        let old = self.engine.directory();
        let mut builder = old.rebuild();
        // Cecilia always stays.
        let number = bytes.roll(2);
        let name = PEOPLE[usize::from(number)];
        let spec = person(&self.engine, name).and_then(|person| old.person_spec(person));
        match (spec, bytes.roll(5)) {
            (Some(_), 0) => {
                builder.remove(&person_id(name));
            }
            (Some(mut spec), 1) => {
                spec.places.reverse();
                builder.person(spec);
            }
            (Some(mut spec), 2) => {
                for place in &mut spec.places {
                    for address in &mut place.addresses {
                        address.sources.push(source(bytes.pick(&SOURCES)));
                    }
                }
                builder.person(spec);
            }
            (Some(mut spec), _) if !spec.places.is_empty() => {
                let first = spec.places.remove(0);
                if bytes.flag() {
                    spec.places.push(first);
                }
                builder.person(spec);
            }
            _ => {
                builder.person(world::spec(number));
            }
        }
        if bytes.flag() {
            builder.clear_voicemail_pilots();
        }
        Input::Directory(Arc::new(builder.build().unwrap()))
    }
}

fn shown(engine: &Engine, viewers: &[Viewer]) -> Vec<Option<Shown>> {
    let of = |name: &&str| {
        let person = person(engine, name)?;
        let presences = viewers.iter().map(|viewer| engine.presence(person, viewer).unwrap()).collect();
        let headline = engine.headline(person).unwrap();
        Some(Shown { presences, headline, statuses: Facet::ALL.map(|facet| engine.status(person, facet)) })
    };
    PEOPLE.iter().map(of).collect()
}

/// All that one call gives out, by names; everybody once.
fn outputs(engine: &mut Engine) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    while let Some(output) = engine.poll_output() {
        let directory = engine.directory();
        let subject = |subject: Subject| match directory.address(subject) {
            Some(address) => address.to_string(),
            None => format!("{:?}", directory.owner(subject).and_then(|owner| directory.person_id(owner))),
        };
        match output {
            Output::Changed(person) => {
                let new = said.insert(format!("changed {}", directory.person_id(person).unwrap()));
                assert!(new, "told twice");
            }
            Output::Demand { origin, demand } => {
                let origin = directory.source_id(origin).unwrap();
                said.insert(match demand {
                    Demand::Watch(who) => format!("{origin} watch {}", subject(who)),
                    Demand::Release(who) => format!("{origin} release {}", subject(who)),
                    other => format!("{origin} {other:?}"),
                });
            }
            other => panic!("{other:?}"),
        }
    }
    said
}

fn text(bytes: &mut Bytes<'_>) -> String {
    format!("text {}", bytes.roll(3))
}

/// Somewhere around now.
fn span(bytes: &mut Bytes<'_>, now: u32) -> Span {
    let start = now - 60 + u32::from(bytes.byte());
    Span::from_seconds(Second::new(start), Second::new(start + 1 + bytes.seconds())).unwrap()
}

fn covered(bytes: &mut Bytes<'_>, now: u32) -> Span {
    let start = now - u32::from(bytes.byte() / 4);
    Span::from_seconds(Second::new(start), Second::new(start + 10 + bytes.seconds())).unwrap()
}

fn availability(bytes: &mut Bytes<'_>) -> Availability {
    let number = bytes.pick(&[3_500, 5_000, 6_500, 7_500, 9_500, 12_500, 15_500, 18_000, 0, 2_000]);
    Availability::new(number).unwrap()
}

fn fact(bytes: &mut Bytes<'_>, facet: Facet, now: u32) -> Fact {
    let kind = bytes.byte();
    if kind == 255 {
        return Fact::Unknown(facet);
    }
    let some = !kind.is_multiple_of(4);
    match facet {
        Facet::Absence => {
            let list: Vec<Absence> = (0..kind % 4).map(|_| absence(bytes, now)).collect();
            Fact::Absences(list.into())
        }
        Facet::AutomaticReply => Fact::AutomaticReply(some.then(|| span(bytes, now))),
        Facet::Calendar if some => {
            let meetings = (0..kind / 4 % 4).map(|_| meeting(bytes, now)).collect();
            Fact::Agenda(Arc::new(Agenda::new(covered(bytes, now), meetings)))
        }
        Facet::Calendar => Fact::ShowAs(ShowAs::from_code(bytes.roll(6)).unwrap()),
        Facet::Call => Fact::Call(Call::from_code(kind % 5).unwrap()),
        Facet::Device => Fact::Device(bytes.pick(&[Device::Active, Device::Inactive, Device::Away, Device::Off])),
        Facet::Diversion => Fact::Diversion(match kind % 5 {
            0 | 1 => Diversion::Off,
            2 => Diversion::Voicemail,
            3 => Diversion::Number(None),
            _ => Diversion::Number(Address::tel(bytes.pick(&["+46890000", "+46899999", "+46891111"])).ok()),
        }),
        Facet::DoNotDisturb => Fact::DoNotDisturb(some),
        Facet::Hours => Fact::Hours(Arc::new(Hours::new(covered(bytes, now), vec![span(bytes, now)]))),
        Facet::Manual => Fact::Manual(some.then(|| {
            let manual = Manual::new(availability(bytes), Activity::Lunch);
            if kind & 4 == 0 { manual } else { manual.until(time(now - 5 + bytes.seconds())) }
        })),
        Facet::Note => {
            let list: Vec<Note> = (0..kind % 4).map(|_| note(bytes, now)).collect();
            Fact::Notes(list.into())
        }
        Facet::Reach => Fact::Reach(Reach::from_code(kind % 3).unwrap()),
        Facet::Rich => {
            let state = RichState::new(availability(bytes), bytes.pick(&[Activity::None, Activity::InCall]));
            Fact::Rich(if some {
                state
            } else {
                let text = Confidential::new(text(bytes).into());
                state.with_custom(Arc::new(LocalTexts::new(vec![(Lcid::SWEDISH, text)])))
            })
        }
        Facet::Roaming => Fact::Roaming(some),
        other => Fact::Unknown(other),
    }
}

fn absence(bytes: &mut Bytes<'_>, now: u32) -> Absence {
    let from = now - 30 + u32::from(bytes.byte());
    let absence = Absence::new(bytes.pick(&AbsenceReason::ALL), time(from));
    let absence = if bytes.flag() { absence } else { absence.until_time(time(from + 1 + bytes.seconds())).unwrap() };
    if bytes.flag() { absence } else { absence.with_text(Confidential::new(text(bytes).into())) }
}

fn meeting(bytes: &mut Bytes<'_>, now: u32) -> Meeting {
    let draft = MeetingDraft::new(&text(bytes), span(bytes, now))
        .show_as(ShowAs::from_code(bytes.roll(6)).unwrap())
        .subject(&text(bytes));
    let flags = bytes.byte();
    let sensitivity = if flags & 1 == 0 { Sensitivity::Normal } else { Sensitivity::Private };
    let importance = if flags & 2 == 0 { Importance::Normal } else { Importance::High };
    let draft = draft.sensitivity(sensitivity).importance(importance).hide_importance(flags & 4 == 0);
    let day = time(now).date_naive();
    let draft = if flags & 8 == 0 { draft } else { draft.all_day(day, day) };
    Meeting::new(draft.cancelled(flags & 48 == 48).declined(flags & 192 == 192))
}

fn note(bytes: &mut Bytes<'_>, now: u32) -> Note {
    let note = Note::new(&bytes.roll(2).to_string(), "a colleague", &text(bytes), time(now));
    let note = if bytes.flag() { note } else { note.until(time(now - 5 + bytes.seconds())) };
    if bytes.flag() { note } else { note.for_viewers(&[ViewerId::new(bytes.pick(&["operator", "guest"])).unwrap()]) }
}
