//! A company of many people known to six sources, and their updates: shares and bursts as in a working day.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use peak_alloc::PeakAlloc;
use presence_core::{
    Absence, AbsenceReason, Activity, Address, Availability, Call, Directory, Diversion, Facet, Fact, Lifetime, Manual,
    Origin, Person, PersonId, PersonSpec, PlaceKind, PlaceSpec, Reach, Report, RichState, ShowAs, SourceId, SourceSpec,
    Subject,
};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Bytes that are allocated now.
pub(crate) fn allocated() -> usize {
    ALLOCATOR.current_usage()
}

/// One update: when, whose, from which of the six sources, saying which of its states.
#[derive(Clone, Copy)]
pub(crate) struct Update {
    pub(crate) ms: u32,
    pub(crate) user: u32,
    source: u8,
    state: u8,
}

/// phone, mobile, teams, calendar, absence, manual.
const SOURCES: [&str; 6] = ["phone", "mobile", "teams", "calendar", "absence", "manual"];
/// Of a hundred updates so many are of each source.
const WEIGHTS: [u32; 6] = [38, 18, 30, 9, 3, 2];
/// Of a hundred updates of a source so many say each of its states; the first is how a day begins for most.
const STATES: [&[u32]; 6] = [
    &[40, 20, 30, 3, 2, 2, 3],
    &[60, 30, 5, 5],
    &[30, 12, 14, 14, 14, 6, 4, 6],
    &[50, 10, 30, 5, 5],
    &[60, 20, 10, 5, 5],
    &[70, 15, 15],
];

/// People, their directory, and the handles of their places.
pub(crate) struct Company {
    pub(crate) directory: Arc<Directory>,
    pub(crate) origins: Vec<Origin>,
    pub(crate) people: Vec<Person>,
    pub(crate) start: DateTime<Utc>,
    /// What the directory takes.
    pub(crate) names_bytes: usize,
    subjects: Vec<[Subject; 6]>,
    absences: Vec<Fact>,
}

impl Company {
    pub(crate) fn new(people: u32) -> Self {
        let before = allocated();
        let directory = Arc::new(directory(people));
        let names_bytes = allocated() - before;
        let ids = SOURCES.map(|source| SourceId::new(source).unwrap());
        let start: DateTime<Utc> = "2026-11-20T08:00:00Z".parse().unwrap();
        let handles: Vec<Person> = directory.people().collect();
        let subjects = (0..people).map(|user| subjects(&directory, user)).collect();
        Self {
            origins: ids.iter().map(|id| directory.origin(id).unwrap()).collect(),
            people: handles,
            start,
            names_bytes,
            subjects,
            absences: absences(start),
            directory,
        }
    }

    /// Everybody from every source, in a state of their own.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = Update> + '_ {
        let people = u32::try_from(self.people.len()).unwrap();
        (0..people).flat_map(|user| {
            (0..6_u8).map(move |source| Update { ms: 0, user, source, state: u8::from(user % 16 == 0) })
        })
    }

    /// A working day's updates: some people far more active than others.
    pub(crate) fn updates(&self, count: usize, seed: u64) -> Vec<Update> {
        let mut random = Random(seed);
        let people = f64::from(u32::try_from(self.people.len()).unwrap());
        let mut ms = 0;
        (0..count)
            .map(|_| {
                ms += if ms / 1000 % 900 < 10 { random.below(2) } else { random.below(12) };
                let user = people * random.fraction().powf(2.2);
                let source = random.pick(&WEIGHTS);
                let state = random.pick(STATES[usize::from(source)]);
                Update { ms, user: whole(user).min(self.last()), source, state }
            })
            .collect()
    }

    pub(crate) fn report(&self, update: &Update) -> Report {
        self.report_at(update, self.start)
    }

    pub(crate) fn report_at(&self, update: &Update, now: DateTime<Utc>) -> Report {
        let subject = self.subjects[usize::try_from(update.user).unwrap()][usize::from(update.source)];
        self.report_about(update, subject, now)
    }

    pub(crate) fn report_about(&self, update: &Update, subject: Subject, now: DateTime<Utc>) -> Report {
        // As subscriptions give it; telephones by default: a ring ends after three minutes, a call after two hours.
        let lifetime = if update.source < 2 { Lifetime::Default } else { Lifetime::Lease(3_600) };
        Report::new(self.origins[usize::from(update.source)], subject, self.fact(update), now).lasting(lifetime)
    }

    /// The telephone of the person with this number.
    pub(crate) fn phone(&self, user: usize) -> Subject {
        self.subjects[user][0]
    }

    pub(crate) fn address(&self, update: &Update) -> Address {
        address(update.source, update.user)
    }

    /// What the benchmark itself keeps.
    pub(crate) fn bytes_beside(&self) -> usize {
        self.subjects.capacity() * size_of::<[Subject; 6]>() + self.people.capacity() * size_of::<Person>()
    }

    fn last(&self) -> u32 {
        u32::try_from(self.people.len()).unwrap() - 1
    }

    fn fact(&self, update: &Update) -> Fact {
        match (update.source, update.state) {
            (0, 0) => Fact::Call(Call::Idle),
            (0, 1) => Fact::Call(Call::Ringing),
            (0, 2) => Fact::Call(Call::InCall),
            (0, 3) => Fact::Diversion(Diversion::Voicemail),
            (0, 4) => Fact::DoNotDisturb(true),
            (0, 5) => Fact::Diversion(Diversion::Off),
            (0, _) => Fact::DoNotDisturb(false),
            (1, 0) => Fact::Call(Call::Idle),
            (1, 1) => Fact::Call(Call::InCall),
            (1, 2) => Fact::Reach(Reach::Unreachable),
            (1, _) => Fact::Reach(Reach::Reachable),
            (2, state) => Fact::Rich(rich(state)),
            (3, state) => Fact::ShowAs(calendar(state)),
            (4, state) => self.absences[usize::from(state)].clone(),
            (_, 0) => Fact::Manual(None),
            (_, 1) => Fact::Manual(Some(Manual::new(Availability::DO_NOT_DISTURB, Activity::DoNotDisturb))),
            (_, _) => Fact::Manual(Some(Manual::new(Availability::AWAY, Activity::Away))),
        }
    }
}

pub(crate) fn size_of_updates(updates: &Vec<Update>) -> usize {
    updates.capacity() * size_of::<Update>()
}

fn directory(people: u32) -> Directory {
    let mut builder = Directory::builder();
    let facets: [&[Facet]; 6] = [
        &[Facet::Call, Facet::Diversion, Facet::DoNotDisturb],
        &[Facet::Call, Facet::Reach],
        &[Facet::Rich],
        &[Facet::Calendar],
        &[Facet::Absence],
        &[Facet::Manual],
    ];
    for (source, facets) in SOURCES.into_iter().zip(facets) {
        builder.source(SourceSpec::new(SourceId::new(source).unwrap(), facets));
    }
    for user in 0..people {
        let at = |source: u8| (address(source, user), vec![SourceId::new(SOURCES[usize::from(source)]).unwrap()]);
        let mut spec = PersonSpec::new(PersonId::new(&format!("user{user:06}")).unwrap())
            .named(&format!("Person Number {user}"))
            .in_department(&format!("Department {}", user % 40));
        let kinds = [PlaceKind::Desk, PlaceKind::Mobile, PlaceKind::Account, PlaceKind::Mailbox];
        for (source, kind) in (0..).zip(kinds) {
            let (address, sources) = at(source);
            spec = spec.place(PlaceSpec::new(kind).address(address, &sources));
        }
        // Absences and manual states speak of the person, each by a name of its own.
        let mut person = PlaceSpec::new(PlaceKind::Person);
        for source in [4, 5] {
            let (address, sources) = at(source);
            person = person.address(address, &sources);
        }
        builder.person(spec.place(person));
    }
    builder.build().unwrap()
}

fn address(source: u8, user: u32) -> Address {
    match source {
        0 => Address::extension("hq", &format!("{:06}", 100_000 + user)),
        1 => Address::tel(&format!("+4670{user:07}")),
        2 => Address::sip(&format!("user{user:06}@example.com")),
        3 => Address::smtp(&format!("user{user:06}@example.com")),
        4 => Address::opaque(&format!("a{user:06}")),
        _ => Address::opaque(&format!("m{user:06}")),
    }
    .unwrap()
}

fn subjects(directory: &Directory, user: u32) -> [Subject; 6] {
    [0, 1, 2, 3, 4, 5].map(|source| directory.subject(&address(source, user)).unwrap())
}

fn rich(state: u8) -> RichState {
    let (availability, activity) = match state {
        0 => (Availability::ONLINE, Activity::Available),
        1 => (Availability::BUSY, Activity::Busy),
        2 => (Availability::BUSY, Activity::InMeeting),
        3 => (Availability::BUSY, Activity::InCall),
        4 => (Availability::AWAY, Activity::Away),
        5 => (Availability::BE_RIGHT_BACK, Activity::BeRightBack),
        6 => (Availability::DO_NOT_DISTURB, Activity::DoNotDisturb),
        _ => (Availability::OFFLINE, Activity::Offline),
    };
    RichState::new(availability, activity)
}

fn calendar(state: u8) -> ShowAs {
    [ShowAs::Free, ShowAs::Tentative, ShowAs::Busy, ShowAs::OutOfOffice, ShowAs::WorkingElsewhere][usize::from(state)]
}

/// None, and four absences that people share: an absence is a list behind a count.
fn absences(start: DateTime<Utc>) -> Vec<Fact> {
    let reasons = [AbsenceReason::Lunch, AbsenceReason::Meeting, AbsenceReason::Vacation, AbsenceReason::Ill];
    let none: Arc<[Absence]> = Arc::new([]);
    let some = reasons.map(|reason| Fact::Absences(Arc::new([Absence::new(reason, start)])));
    std::iter::once(Fact::Absences(none)).chain(some).collect()
}

/// A small generator with a seed: the same company every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, limit: u32) -> u32 {
        u32::try_from(self.next() >> 33).unwrap() % limit
    }

    fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap()) / f64::from(u32::MAX)
    }

    fn pick(&mut self, weights: &[u32]) -> u8 {
        let mut at = self.below(weights.iter().sum());
        for (choice, weight) in (0..).zip(weights) {
            if at < *weight {
                return choice;
            }
            at -= weight;
        }
        0
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of a person, rounded down")]
fn whole(number: f64) -> u32 {
    number as u32
}
