//! Worlds made by chance: a small directory, sources, rules of keeping and a timeline.
//!
//! Everything is made from a few numbers, so that a failing case shrinks to a short timeline; `Debug` of a [`World`]
//! tells it in words.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::absence::Absence;
use presence_core::calendar::{Agenda, Hours, Meeting, MeetingDraft, Sensitivity, ShowAs, Span};
use presence_core::{
    AbsenceReason, Activity, Address, AfterDecay, Availability, Band, Call, Device, Directory, Diversion, Facet,
    FacetSet, Fact, Graces, Input, Keeping, Ladder, Lifetime, Manual, Note, Origin, Person, PersonId, PersonSpec,
    Phase, PlaceKind, PlaceSpec, Precedence, Reach, Report, RichState, RuleSet, Scope, Second, SourceId, SourceSpec,
    Subject, ViewerId, WatcherId,
};

/// The second at which every world begins.
pub(crate) const START: u32 = 1_800_000_000;

// What the engine and the description do not agree about is left out of all worlds. Each of these is to be true, and
// then to go.

/// Meetings of which the calendar says that it has no data.
const BLANK: bool = true;
/// Telephony facts at places that are no telephone, of people who have only mobiles.
const STRANGE_TELEPHONES: bool = false;
/// Holds on rich presence, which begin although the standing value is not fresh any more.
const RICH_HOLDS: bool = true;
/// Manual states whose number says nothing: the engine takes them as withdrawn, which the text leaves open.
const SAYING_NOTHING: bool = false;
/// Rows that let manual states and absences give way.
const GIVING_WAY: bool = true;

/// The sources of the directory itself come first: number 0 is what people type.
pub(crate) const TYPED: usize = 0;

pub(crate) fn time(second: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(i64::from(second), 0).unwrap()
}

/// What is left out of a world.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kinds {
    /// Lifetimes other than that of the session.
    pub(crate) lives: bool,
    /// Facts that people set by hand to be free.
    pub(crate) free_by_hand: bool,
    /// Time that goes back by more than two seconds.
    pub(crate) back: bool,
    /// Changes of the directory.
    pub(crate) rebuild: bool,
    /// Sessions that are lost or begin anew in the middle.
    pub(crate) sessions: bool,
    /// Facts that a source does not say it can tell, and places of the wrong kind.
    pub(crate) odd: bool,
    /// Seconds between two operations are few.
    pub(crate) dense: bool,
}

impl Kinds {
    /// Everything that a naive model can follow.
    pub(crate) const PLAIN: Self =
        Self { lives: true, free_by_hand: true, back: false, rebuild: false, sessions: true, odd: true, dense: false };
    /// Everything.
    pub(crate) const WILD: Self = Self { back: true, rebuild: true, ..Self::PLAIN };
}

/// Numbers by chance, from one number.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..sides`.
    pub(crate) fn roll(&mut self, sides: u32) -> u32 {
        u32::try_from(self.next() % u64::from(sides.max(1))).unwrap()
    }

    pub(crate) fn index(&mut self, sides: usize) -> usize {
        usize::try_from(self.roll(u32::try_from(sides).unwrap())).unwrap()
    }

    pub(crate) fn one_in(&mut self, sides: u32) -> bool {
        self.roll(sides) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.index(from.len())]
    }
}

pub(crate) struct PersonInfo {
    pub(crate) id: PersonId,
    pub(crate) handle: Person,
    pub(crate) department: Option<String>,
    /// In the order of listing; the first is the person.
    pub(crate) places: Vec<PlaceInfo>,
}

impl PersonInfo {
    pub(crate) fn has_desk(&self) -> bool {
        self.places.iter().any(|place| place.kind == PlaceKind::Desk)
    }
}

#[derive(Debug)]
pub(crate) struct PlaceInfo {
    pub(crate) kind: PlaceKind,
    pub(crate) subjects: Vec<Subject>,
    pub(crate) addresses: Vec<Address>,
    /// The sources that cover one of the addresses.
    pub(crate) covered_by: Vec<usize>,
    pub(crate) expected: FacetSet,
}

#[derive(Debug)]
pub(crate) struct SourceInfo {
    pub(crate) id: SourceId,
    pub(crate) origin: Origin,
    pub(crate) facets: FacetSet,
    pub(crate) private_left_out: bool,
}

/// A report, told by numbers of the world.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) source: usize,
    pub(crate) person: usize,
    pub(crate) place: usize,
    pub(crate) path: usize,
    pub(crate) fact: Fact,
    pub(crate) observed: u32,
    pub(crate) lifetime: Lifetime,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    Report(Told),
    Session { source: usize, number: u32, phase: Phase },
    Wanted { person: usize, until: u32 },
    Directory(Arc<Directory>),
    Tick,
}

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) at: u32,
    pub(crate) what: What,
}

pub(crate) struct World {
    pub(crate) directory: Arc<Directory>,
    pub(crate) rules: Arc<RuleSet>,
    pub(crate) keeping: Keeping,
    pub(crate) people: Vec<PersonInfo>,
    pub(crate) sources: Vec<SourceInfo>,
    pub(crate) events: Vec<Event>,
}

impl World {
    pub(crate) fn new(seed: u64, steps: &[u64], kinds: Kinds) -> Self {
        let mut dice = Dice::new(seed);
        let mut world = Self::people_and_sources(&mut dice);
        world.keeping = keeping(&mut dice, &world.sources);
        let mut rules = RuleSet::standard();
        for _ in 0..dice.roll(4) {
            rules = rules.believing(precedence(&mut dice, &world));
        }
        world.rules = Arc::new(rules);
        world.timeline(&mut dice, steps, kinds);
        world
    }

    /// A world without chance in directory, rules and keeping.
    pub(crate) fn of(sources: Vec<SourceSpec>, people: &[PersonSpec], keeping: Keeping, rules: RuleSet) -> Self {
        let mut builder = Directory::builder();
        for source in &sources {
            builder.source(source.clone());
        }
        for person in people {
            builder.person(person.clone());
        }
        let directory = Arc::new(builder.build().unwrap());
        let mut infos = vec![SourceInfo {
            id: SourceId::new("typed").unwrap(),
            origin: directory.typed(),
            facets: FacetSet::of(&[Facet::Absence, Facet::Manual, Facet::Note]),
            private_left_out: false,
        }];
        infos.extend(sources.into_iter().map(|spec| SourceInfo {
            origin: directory.origin(&spec.id).unwrap(),
            facets: spec.facets,
            private_left_out: spec.private_left_out,
            id: spec.id,
        }));
        let people = people.iter().map(|spec| person_info(spec, &directory, &infos)).collect();
        Self { directory, rules: Arc::new(rules), keeping, people, sources: infos, events: Vec::new() }
    }

    fn people_and_sources(dice: &mut Dice) -> Self {
        let names = ["a-pbx", "b-teams", "c-mail", "d-sip", "e-mobile"];
        let count = 2 + dice.index(4);
        let specs: Vec<SourceSpec> = names[..count].iter().map(|name| source(dice, name)).collect();
        let ids: Vec<SourceId> = specs.iter().map(|spec| spec.id.clone()).collect();
        let people: Vec<PersonSpec> = (0..=dice.roll(3)).map(|number| person(dice, number, &ids)).collect();
        Self::of(specs, &people, Keeping::default(), RuleSet::standard())
    }

    fn timeline(&mut self, dice: &mut Dice, steps: &[u64], kinds: Kinds) {
        let mut latest = START;
        let mut numbers = vec![1; self.sources.len()];
        for source in 1..self.sources.len() {
            // Most sources are there from the beginning.
            if !kinds.sessions || !dice.one_in(6) {
                self.events.push(Event { at: START, what: What::Session { source, number: 1, phase: Phase::Begin } });
            }
        }
        let mut directory = Arc::clone(&self.directory);
        for step in steps {
            let mut dice = Dice::new(*step);
            let now = Self::next_time(&mut dice, &mut latest, kinds);
            let what = self.operation(&mut dice, now, &mut numbers, &mut directory, kinds);
            self.events.push(Event { at: now, what });
        }
    }

    /// When the next thing happens; `latest` is the latest second so far.
    fn next_time(dice: &mut Dice, latest: &mut u32, kinds: Kinds) -> u32 {
        *latest += match dice.roll(if kinds.dense { 24 } else { 32 }) {
            0..10 => 0,
            10..18 => dice.roll(4),
            18..24 => dice.roll(15),
            24..27 => dice.roll(60),
            27..30 => dice.roll(1_500),
            30 => dice.roll(30_000),
            _ => dice.roll(100_000),
        };
        let back = match dice.roll(24) {
            // So little is taken for the last second.
            0 => dice.roll(3),
            1 if kinds.back => dice.roll(200),
            _ => 0,
        };
        let now = (*latest - back).max(START);
        if kinds.back {
            *latest = now;
        }
        now
    }

    fn operation(
        &self,
        dice: &mut Dice,
        now: u32,
        numbers: &mut [u32],
        directory: &mut Arc<Directory>,
        kinds: Kinds,
    ) -> What {
        match dice.roll(20) {
            0 | 1 if kinds.sessions => self.session(dice, numbers),
            2 => What::Tick,
            3 => What::Wanted { person: dice.index(self.people.len()), until: now + dice.roll(90) },
            4 if kinds.rebuild && dice.one_in(3) => {
                *directory = self.rebuilt(dice, directory);
                What::Directory(Arc::clone(directory))
            }
            _ => What::Report(self.told(dice, now, kinds)),
        }
    }

    fn session(&self, dice: &mut Dice, numbers: &mut [u32]) -> What {
        let source = 1 + dice.index(self.sources.len() - 1);
        let number = match dice.roll(6) {
            // A phase of another session than the last.
            0 => dice.roll(numbers[source] + 2),
            1 | 2 => {
                numbers[source] += 1 + u32::from(dice.one_in(4));
                return What::Session { source, number: numbers[source], phase: Phase::Begin };
            }
            _ => numbers[source],
        };
        What::Session {
            source,
            number,
            phase: dice.pick(&[Phase::Begin, Phase::Complete, Phase::Complete, Phase::Lost]),
        }
    }

    fn rebuilt(&self, dice: &mut Dice, from: &Directory) -> Arc<Directory> {
        let mut builder = from.rebuild();
        let person = &self.people[dice.index(self.people.len())];
        let spec = from.person(&person.id).and_then(|handle| from.person_spec(handle));
        match (spec, dice.roll(4)) {
            (Some(mut spec), 0) => {
                spec.places.pop();
                builder.person(spec);
            }
            (Some(mut spec), 1) => {
                spec.places.reverse();
                builder.person(spec);
            }
            (Some(_), 2) if self.people.len() > 1 => {
                builder.remove(&person.id);
            }
            (Some(spec), _) => {
                let address = Address::extension("new", &(100 + dice.roll(50)).to_string()).unwrap();
                let free = from.subject(&address).is_none();
                let ids: Vec<SourceId> = self.sources[1..].iter().map(|source| source.id.clone()).collect();
                let place = PlaceSpec::new(PlaceKind::Desk).address(address, &ids);
                builder.person(if free { spec.place(place) } else { spec });
            }
            (None, _) => {
                builder.person(PersonSpec::new(person.id.clone()));
            }
        }
        Arc::new(builder.build().unwrap())
    }

    /// A report of anything at that time.
    pub(crate) fn told(&self, dice: &mut Dice, now: u32, kinds: Kinds) -> Told {
        let source = dice.index(self.sources.len() + 1) % self.sources.len();
        let person = dice.index(self.people.len());
        let facets: Vec<Facet> = if kinds.odd && source != TYPED && dice.one_in(30) {
            Facet::ALL.to_vec()
        } else {
            self.sources[source].facets.iter().collect()
        };
        let facet = dice.pick(&facets);
        let place = self.place_for(dice, person, facet, kinds);
        let path = dice.index(self.people[person].places[place].subjects.len());
        let observed = match dice.roll(10) {
            0..6 => now,
            6..8 => now - dice.roll(5),
            8 => now - dice.roll(100),
            _ => now + dice.roll(5),
        };
        let fact = fact(dice, facet, now, kinds);
        let lifetime = if kinds.lives { lifetime(dice) } else { Lifetime::Session };
        Told { source, person, place, path, fact, observed, lifetime }
    }

    /// Mostly one where it is expected.
    fn place_for(&self, dice: &mut Dice, person: usize, facet: Facet, kinds: Kinds) -> usize {
        let places = &self.people[person].places;
        let fitting: Vec<usize> = (0..places.len()).filter(|place| fits(places[*place].kind).contains(facet)).collect();
        let telephony = [Facet::Call, Facet::DoNotDisturb, Facet::Diversion, Facet::Reach].contains(&facet);
        let only_mobile = !self.people[person].has_desk() && places.iter().any(|place| place.kind == PlaceKind::Mobile);
        let strict = !STRANGE_TELEPHONES && telephony && only_mobile;
        if fitting.is_empty() || kinds.odd && !strict && dice.one_in(30) {
            return dice.index(places.len());
        }
        dice.pick(&fitting)
    }

    pub(crate) fn report(&self, told: &Told) -> Report {
        let subject = self.people[told.person].places[told.place].subjects[told.path];
        let origin = self.sources[told.source].origin;
        Report::new(origin, subject, told.fact.clone(), time(told.observed)).lasting(told.lifetime)
    }

    pub(crate) fn input(&self, what: &What) -> Option<Input> {
        Some(match what {
            What::Report(_) => return None,
            What::Session { source, number, phase } => {
                Input::Session { origin: self.sources[*source].origin, number: *number, phase: *phase }
            }
            What::Wanted { person, until } => Input::Wanted {
                person: self.people[*person].handle,
                by: WatcherId::new("somebody").unwrap(),
                until: time(*until),
            },
            What::Directory(directory) => Input::Directory(Arc::clone(directory)),
            What::Tick => Input::Tick,
        })
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "keeping {:?}", self.keeping)?;
        for row in &self.rules.precedence {
            writeln!(f, "{row:?}")?;
        }
        for source in &self.sources {
            writeln!(f, "source {} {:?}", source.id, source.facets)?;
        }
        for (number, person) in self.people.iter().enumerate() {
            writeln!(f, "person {number} of {:?}", person.department)?;
            for (number, place) in person.places.iter().enumerate() {
                writeln!(
                    f,
                    "  place {number} {:?} by {:?} expects {:?}",
                    place.kind, place.covered_by, place.expected
                )?;
            }
        }
        for event in &self.events {
            writeln!(f, "+{} {}", event.at - START, told_in_words(&event.what))?;
        }
        Ok(())
    }
}

/// Times as they are counted from the start.
fn told_in_words(what: &What) -> String {
    match what {
        What::Report(told) => {
            let observed = i64::from(told.observed) - i64::from(START);
            let Told { source, person, place, fact, lifetime, .. } = told;
            format!("source {source} of {person}/{place} at {observed:+}, {lifetime:?}: {fact:?}")
        }
        What::Directory(_) => "directory".to_owned(),
        other => format!("{other:?}"),
    }
}

fn person_info(spec: &PersonSpec, directory: &Directory, sources: &[SourceInfo]) -> PersonInfo {
    let handle = directory.person(&spec.id).unwrap();
    let mut own = PlaceInfo {
        kind: PlaceKind::Person,
        subjects: vec![directory.person_subject(handle).unwrap()],
        addresses: Vec::new(),
        covered_by: Vec::new(),
        expected: FacetSet::NONE,
    };
    let mut places = Vec::new();
    for place in &spec.places {
        let addresses: Vec<Address> = place.addresses.iter().map(|address| address.address.clone()).collect();
        let subjects: Vec<Subject> = addresses.iter().map(|address| directory.subject(address).unwrap()).collect();
        let covers =
            |number: &usize| place.addresses.iter().any(|address| address.sources.contains(&sources[*number].id));
        let covered_by: Vec<usize> = (0..sources.len()).filter(covers).collect();
        let told = covered_by.iter().fold(FacetSet::NONE, |set, number| set.union(sources[*number].facets));
        let expected = told.intersection(fits(place.kind));
        if place.kind == PlaceKind::Person {
            own.subjects.extend(subjects);
            own.expected = own.expected.union(expected);
        } else {
            places.push(PlaceInfo { kind: place.kind, subjects, addresses, covered_by, expected });
        }
    }
    places.insert(0, own);
    PersonInfo { id: spec.id.clone(), handle, department: spec.department.clone(), places }
}

/// What a place of this kind can be expected to tell.
pub(crate) const fn fits(kind: PlaceKind) -> FacetSet {
    match kind {
        PlaceKind::Account => FacetSet::of(&[Facet::Absence, Facet::Device, Facet::Manual, Facet::Note, Facet::Rich]),
        PlaceKind::Desk => {
            FacetSet::of(&[Facet::Call, Facet::Device, Facet::Diversion, Facet::DoNotDisturb, Facet::Reach])
        }
        PlaceKind::Mailbox => FacetSet::of(&[Facet::AutomaticReply, Facet::Calendar, Facet::Hours]),
        PlaceKind::Mobile => {
            FacetSet::of(&[Facet::Call, Facet::Diversion, Facet::DoNotDisturb, Facet::Reach, Facet::Roaming])
        }
        PlaceKind::Person => FacetSet::of(&[Facet::Absence, Facet::Device, Facet::Hours, Facet::Manual, Facet::Note]),
    }
}

fn source(dice: &mut Dice, name: &str) -> SourceSpec {
    let line = [Facet::Call, Facet::DoNotDisturb, Facet::Diversion, Facet::Reach];
    let facets: Vec<Facet> = match dice.roll(6) {
        0 => line.to_vec(),
        1 => vec![Facet::Rich, Facet::Calendar, Facet::Device],
        2 => vec![Facet::Calendar, Facet::AutomaticReply, Facet::Hours],
        3 => vec![Facet::Call, Facet::Roaming, Facet::Reach, Facet::Rich],
        _ => {
            let some: Vec<Facet> = Facet::ALL.into_iter().filter(|_| dice.one_in(2)).collect();
            if some.is_empty() { vec![Facet::Call] } else { some }
        }
    };
    let spec = SourceSpec::new(SourceId::new(name).unwrap(), &facets);
    let spec = if dice.one_in(6) { spec.on_demand() } else { spec };
    if dice.one_in(3) { spec.leaving_private_out() } else { spec }
}

fn person(dice: &mut Dice, number: u32, sources: &[SourceId]) -> PersonSpec {
    let mut spec = PersonSpec::new(PersonId::new(&format!("person-{number}")).unwrap());
    spec.voicemail = Some(Address::tel(&format!("+468900{number}")).unwrap());
    if dice.one_in(2) {
        spec = spec.in_department("sales");
    }
    let kinds = [
        PlaceKind::Desk,
        PlaceKind::Desk,
        PlaceKind::Desk,
        PlaceKind::Mobile,
        PlaceKind::Mobile,
        PlaceKind::Mailbox,
        PlaceKind::Mailbox,
        PlaceKind::Account,
        PlaceKind::Account,
        PlaceKind::Person,
    ];
    for place in 0..1 + dice.roll(6) {
        let kind = dice.pick(&kinds);
        let mut at = PlaceSpec::new(kind);
        for path in 0..=u32::from(dice.one_in(3)) {
            let name = format!("p{number}-{place}-{path}@example.com");
            let covering: Vec<SourceId> = sources.iter().filter(|_| dice.one_in(2)).cloned().collect();
            at = at.address(Address::sip(&name).unwrap(), &covering);
        }
        spec = spec.place(at);
    }
    spec
}

fn keeping(dice: &mut Dice, sources: &[SourceInfo]) -> Keeping {
    let mut keeping = Keeping::default();
    let ladder = |dice: &mut Dice| {
        let then = if dice.one_in(3) { AfterDecay::Offline } else { AfterDecay::Unknown };
        Ladder::new(1 + dice.roll(30), dice.roll(30), then)
    };
    if !dice.one_in(4) {
        keeping.ladder = ladder(dice);
    }
    if dice.one_in(3) {
        keeping.ladders.insert(sources[dice.index(sources.len())].id.clone(), ladder(dice));
    }
    for facet in [Facet::Call, Facet::Diversion, Facet::DoNotDisturb, Facet::Rich, Facet::Calendar] {
        if dice.one_in(2) && (RICH_HOLDS || facet != Facet::Rich) {
            keeping.holds.insert(facet, dice.roll(31));
        }
    }
    if dice.one_in(2) {
        keeping.lives.ringing = 5 + dice.roll(20);
        keeping.lives.in_call = 5 + dice.roll(200);
        keeping.lives.diversion = 5 + dice.roll(200);
        keeping.lives.roaming = 5 + dice.roll(200);
        keeping.lives.reach = 5 + dice.roll(200);
    }
    if dice.one_in(2) {
        keeping.graces = Graces::default();
        keeping.graces.telephone = dice.roll(20);
        keeping.graces.calendar = dice.roll(60);
    }
    keeping
}

fn precedence(dice: &mut Dice, world: &World) -> Precedence {
    let facets = [Facet::Rich, Facet::Call, Facet::Calendar, Facet::Absence, Facet::Manual, Facet::Rich];
    let facet = if dice.one_in(4) { dice.pick(&Facet::ALL) } else { dice.pick(&facets) };
    let mut order: Vec<SourceId> = world.sources.iter().map(|source| source.id.clone()).collect();
    for at in (1..order.len()).rev() {
        order.swap(at, dice.index(at + 1));
    }
    order.truncate(dice.index(order.len() + 1));
    let row = Precedence::new(facet, order);
    let scope = match dice.roll(4) {
        0 => Scope::Person(world.people[dice.index(world.people.len())].id.clone()),
        1 => Scope::Group("sales".to_owned()),
        _ => Scope::Everybody,
    };
    let others = GIVING_WAY && [Facet::Manual, Facet::Absence].contains(&facet);
    let bands = if (others || facet == Facet::Rich) && dice.one_in(2) {
        Band::ALL.into_iter().filter(|_| dice.one_in(3)).collect()
    } else {
        Vec::new()
    };
    row.for_scope(scope).yielding(bands)
}

fn lifetime(dice: &mut Dice) -> Lifetime {
    match dice.roll(20) {
        0..8 => Lifetime::Default,
        8..14 => Lifetime::Session,
        14..17 => Lifetime::Lease(1 + dice.roll(20)),
        17 => Lifetime::Lease(0),
        _ => Lifetime::Lease(1 + dice.roll(3_000)),
    }
}

/// A fact on this facet; few values, so that they return.
pub(crate) fn fact(dice: &mut Dice, facet: Facet, now: u32, kinds: Kinds) -> Fact {
    if dice.one_in(25) {
        return Fact::Unknown(facet);
    }
    match facet {
        Facet::Absence => {
            let count = dice.pick(&[0, 0, 1, 1, 2, 3]);
            let list: Vec<Absence> = (0..count).map(|_| absence(dice, now, kinds)).collect();
            Fact::Absences(list.into())
        }
        Facet::AutomaticReply => Fact::AutomaticReply((!dice.one_in(3)).then(|| span(dice, now))),
        Facet::Calendar if dice.one_in(3) => Fact::ShowAs(dice.pick(&WORDS)),
        Facet::Calendar => Fact::Agenda(Arc::new(agenda(dice, now))),
        Facet::Call => Fact::Call(dice.pick(&[
            Call::Idle,
            Call::Idle,
            Call::Idle,
            Call::InCall,
            Call::Ringing,
            Call::Held,
            Call::Dialling,
        ])),
        Facet::Device => Fact::Device(dice.pick(&[Device::Active, Device::Inactive, Device::Away, Device::Off])),
        Facet::Diversion => Fact::Diversion(match dice.roll(8) {
            0..5 => Diversion::Off,
            5 => Diversion::Voicemail,
            6 => Diversion::Number(None),
            _ => Diversion::Number(Some(Address::tel(&format!("+468900{}", dice.roll(2))).unwrap())),
        }),
        Facet::DoNotDisturb => Fact::DoNotDisturb(dice.one_in(4)),
        Facet::Hours => Fact::Hours(Arc::new(hours(dice, now))),
        Facet::Manual => Fact::Manual((!dice.one_in(2)).then(|| manual(dice, now, kinds))),
        Facet::Note => {
            let count = dice.pick(&[0, 0, 1, 2]);
            let list: Vec<Note> = (0..count).map(|number| note(dice, number, now)).collect();
            Fact::Notes(list.into())
        }
        Facet::Reach => {
            Fact::Reach(dice.pick(&[Reach::Reachable, Reach::Reachable, Reach::Unregistered, Reach::Unreachable]))
        }
        Facet::Rich => {
            let number =
                dice.pick(&[3_500, 3_500, 5_000, 6_500, 6_501, 7_500, 9_500, 12_500, 15_500, 18_000, 0, 2_000]);
            let activities = [Activity::None, Activity::None, Activity::InCall, Activity::InMeeting];
            Fact::Rich(RichState::new(Availability::new(number).unwrap(), dice.pick(&activities)))
        }
        Facet::Roaming => Fact::Roaming(dice.one_in(2)),
        other => Fact::Unknown(other),
    }
}

const WORDS: [ShowAs; 6] =
    [ShowAs::NoData, ShowAs::Free, ShowAs::WorkingElsewhere, ShowAs::Tentative, ShowAs::Busy, ShowAs::OutOfOffice];

fn absence(dice: &mut Dice, now: u32, kinds: Kinds) -> Absence {
    let reason = dice.pick(&AbsenceReason::ALL);
    let reason =
        if reason == AbsenceReason::WorkingElsewhere && !kinds.free_by_hand { AbsenceReason::Ill } else { reason };
    let from = now - 40 + dice.roll(80);
    let absence = Absence::new(reason, time(from));
    let absence = if dice.one_in(8) && kinds.free_by_hand {
        absence.with_availability(Availability::new(dice.pick(&[3_500, 6_500, 15_500])).unwrap())
    } else {
        absence
    };
    if dice.one_in(4) { absence } else { absence.until_time(time(from + 1 + dice.roll(80))).unwrap() }
}

/// Somewhere around now.
fn span(dice: &mut Dice, now: u32) -> Span {
    let start = now - 40 + dice.roll(70);
    Span::from_seconds(Second::new(start), Second::new(start + 1 + dice.roll(60))).unwrap()
}

fn covered(dice: &mut Dice, now: u32) -> Span {
    let start = now - 60 + dice.roll(if dice.0.is_multiple_of(8) { 80 } else { 30 });
    let length = dice.pick(&[60, 100, 1_000, 100_000]) + dice.roll(60);
    Span::from_seconds(Second::new(start), Second::new(start + length)).unwrap()
}

pub(crate) fn agenda(dice: &mut Dice, now: u32) -> Agenda {
    let meetings = (0..dice.roll(5)).map(|number| meeting(dice, number, now)).collect();
    Agenda::new(covered(dice, now), meetings)
}

fn meeting(dice: &mut Dice, number: u32, now: u32) -> Meeting {
    let word = if BLANK && dice.one_in(8) { ShowAs::NoData } else { dice.pick(&WORDS[1..]) };
    let draft = MeetingDraft::new(&number.to_string(), span(dice, now)).show_as(word);
    let draft = if dice.one_in(3) { draft.sensitivity(Sensitivity::Private) } else { draft };
    Meeting::new(draft.cancelled(dice.one_in(10)).declined(dice.one_in(10)))
}

fn hours(dice: &mut Dice, now: u32) -> Hours {
    let spans = (0..dice.roll(3)).map(|_| span(dice, now)).collect();
    Hours::new(covered(dice, now), spans)
}

fn manual(dice: &mut Dice, now: u32, kinds: Kinds) -> Manual {
    let numbers: &[u16] = if kinds.free_by_hand { &[3_500, 5_000, 6_500, 9_500, 15_500, 0] } else { &[6_500, 9_500] };
    let numbers = if SAYING_NOTHING || !kinds.free_by_hand { numbers } else { &numbers[..5] };
    let state = Manual::new(Availability::new(dice.pick(numbers)).unwrap(), Activity::None);
    if dice.one_in(2) { state } else { state.until(time(now - 5 + dice.roll(60))) }
}

fn note(dice: &mut Dice, number: u32, now: u32) -> Note {
    let note = Note::new(&number.to_string(), "a colleague", "back at four", time(now - dice.roll(10)));
    let note = if dice.one_in(2) { note } else { note.until(time(now - 5 + dice.roll(60))) };
    match dice.roll(4) {
        0 => note.for_viewers(&[ViewerId::new("friend").unwrap()]),
        1 => note.for_viewers(&[ViewerId::new("operator").unwrap()]),
        _ => note,
    }
}
