//! Several clients of one person publish, and watch others: through the book of endpoints into an engine.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests; what is missing has to stop them")]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::endpoints::{EndpointId, Endpoints, FACETS, Publishing, Reason};
use presence_core::{
    Activity, Address, Availability, Call, Decision, Device, Directory, Engine, EngineConfig, Facet, Fact, Input,
    Lifetime, Manual, Output, Person, PersonId, PersonSpec, Phase, PlaceKind, PlaceSpec, Reach, Report, RichState,
    ShowAs, SourceId, SourceSpec, Subject, Viewer, ViewerId, WatcherId,
};
use proptest::prelude::*;

const START: i64 = 1_800_000_000;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(START + second, 0).unwrap()
}

fn address(name: &str) -> Address {
    Address::sip(&format!("{name}@example.com")).unwrap()
}

fn colleague() -> Viewer {
    Viewer::new(ViewerId::new("colleague").unwrap())
}

fn rich(availability: Availability, activity: Activity) -> Fact {
    Fact::Rich(RichState::new(availability, activity))
}

/// A server that Anna and Bo sign in to with their clients.
struct Server {
    engine: Engine,
    directory: Arc<Directory>,
    book: Endpoints,
}

impl Server {
    fn new() -> Self {
        let source = SourceId::new("clients").unwrap();
        let mut builder = Directory::builder();
        let facets: Vec<Facet> = FACETS.iter().collect();
        builder.source(SourceSpec::new(source.clone(), &facets));
        for name in ["anna", "bo"] {
            let by = std::slice::from_ref(&source);
            let account = PlaceSpec::new(PlaceKind::Account).address(address(name), by);
            let phone = PlaceSpec::new(PlaceKind::Desk).address(address(&format!("{name}-phone")), by);
            builder.person(PersonSpec::new(PersonId::new(name).unwrap()).place(account).place(phone));
        }
        let directory = Arc::new(builder.build().unwrap());
        let origin = directory.origin(&source).unwrap();
        let mut engine = Engine::new(EngineConfig::new(Arc::clone(&directory), at(0)).viewer(Arc::new(colleague())));
        engine.handle(at(0), Input::Session { origin, number: 1, phase: Phase::Begin });
        while engine.poll_output().is_some() {}
        Self { engine, directory, book: Endpoints::new(origin) }
    }

    fn person(&self, name: &str) -> Person {
        self.directory.person(&PersonId::new(name).unwrap()).unwrap()
    }

    fn subject(&self, name: &str) -> Subject {
        self.directory.subject(&address(name)).unwrap()
    }

    /// Who has changed when a client of `name` has published this.
    fn publishes(&mut self, second: i64, name: &str, client: &str, publishing: Publishing) -> Vec<Person> {
        let (subject, client) = (self.subject(name), EndpointId::new(client).unwrap());
        let reports = self.book.publish(subject, &client, publishing, at(second)).unwrap();
        self.reports(second, reports)
    }

    fn leaves(&mut self, second: i64, name: &str, client: &str) -> Vec<Person> {
        let reports = self.book.leave(self.subject(name), &EndpointId::new(client).unwrap(), at(second));
        self.reports(second, reports)
    }

    fn reports(&mut self, second: i64, mut reports: Vec<Report>) -> Vec<Person> {
        self.engine.report(at(second), &mut reports);
        self.changed()
    }

    /// Lets time pass as a host does: book and engine are looked at when they ask for it.
    fn passes(&mut self, until: i64) -> Vec<(i64, Person)> {
        let mut changes = Vec::new();
        loop {
            let next = [self.book.next_expiry(), self.engine.poll_timeout()].into_iter().flatten().min();
            let Some(second) = next.map(|time| time.timestamp() - START).filter(|second| *second <= until) else {
                return changes;
            };
            let reports = self.book.expire(at(second));
            let mut changed = self.reports(second, reports);
            self.engine.handle(at(second), Input::Tick);
            changed.extend(self.changed());
            changes.extend(changed.into_iter().map(|person| (second, person)));
        }
    }

    fn changed(&mut self) -> Vec<Person> {
        let outputs = std::iter::from_fn(|| self.engine.poll_output());
        outputs.filter_map(|output| if let Output::Changed(person) = output { Some(person) } else { None }).collect()
    }

    /// What a client sees of somebody.
    fn sees(&self, name: &str) -> (Availability, Activity) {
        let row = self.engine.row(self.person(name), &colleague()).unwrap();
        (row.availability, row.activity)
    }

    fn decision(&self, name: &str) -> Decision {
        self.engine.presence(self.person(name), &colleague()).unwrap().decision
    }
}

/// S3.15, S3.24: each client, the mobile one too, publishes its own user and sees the other's.
#[test]
fn s3_15_s3_24_clients_publish_and_watch_others() {
    let mut server = Server::new();
    let (anna, bo) = (server.person("anna"), server.person("bo"));
    for (client, person) in [("anna-mobile", bo), ("bo-desktop", anna)] {
        let by = WatcherId::new(client).unwrap();
        server.engine.handle(at(0), Input::Wanted { person, by, until: at(3_600) });
    }
    server.changed();
    let available = rich(Availability::ONLINE, Activity::Available);
    let changed = server.publishes(1, "anna", "mobile", Publishing::new(Reason::Activity, available, 300));
    assert_eq!(changed, [anna], "Bo's desktop is told to look");
    assert_eq!(server.sees("anna"), (Availability::ONLINE, Activity::Available));
    let presenting = rich(Availability::DO_NOT_DISTURB, Activity::Presenting);
    let changed = server.publishes(2, "bo", "desktop", Publishing::new(Reason::Manual, presenting, 300));
    assert_eq!(changed, [bo], "Anna's mobile is told to look");
    assert_eq!(server.sees("bo"), (Availability::DO_NOT_DISTURB, Activity::Presenting));
    assert_eq!(server.sees("anna"), (Availability::ONLINE, Activity::Available), "nobody publishes for another");
}

/// S3.20: all endpoints of a subject publish; what all say together is one claim, and one leaving takes only its own.
#[test]
fn s3_20_several_endpoints_of_one_subject_publish() {
    let mut server = Server::new();
    let anna = server.person("anna");
    let seen = |availability, activity| Publishing::new(Reason::Activity, rich(availability, activity), 600);
    assert_eq!(server.publishes(0, "anna", "mobile", seen(Availability::AWAY, Activity::Away)), [anna]);
    assert_eq!(server.publishes(1, "anna", "desktop", seen(Availability::ONLINE, Activity::Available)), [anna]);
    assert_eq!(server.sees("anna"), (Availability::ONLINE, Activity::Available));
    assert!(server.publishes(2, "anna", "mobile", seen(Availability::IDLE, Activity::Idle)).is_empty());
    assert_eq!(server.engine.claims(anna).len(), 1, "one claim for all of them");
    assert_eq!(server.leaves(3, "anna", "desktop"), [anna]);
    assert_eq!(server.sees("anna"), (Availability::IDLE, Activity::Idle));
    assert_eq!(server.leaves(4, "anna", "mobile"), [anna]);
    assert_eq!(server.sees("anna").0, Availability::NONE);
    assert!(server.engine.claims(anna).is_empty());
}

/// S3.31: middleware that somebody else wrote publishes a telephone and a calendar, and reads, by the same few calls.
#[test]
fn s3_31_middleware_is_a_source_and_a_receiver() {
    let mut server = Server::new();
    let anna = server.person("anna");
    let machine = |fact| Publishing::new(Reason::Machine, fact, 120);
    assert_eq!(server.publishes(0, "anna-phone", "crm", machine(Fact::Call(Call::InCall))), [anna]);
    assert_eq!(server.sees("anna"), (Availability::BUSY, Activity::InCall));
    server.publishes(10, "anna-phone", "crm", machine(Fact::Call(Call::Idle)));
    server.publishes(10, "anna", "crm", machine(Fact::ShowAs(ShowAs::OutOfOffice)));
    assert_eq!(server.sees("anna"), (Availability::AWAY, Activity::OutOfOffice));
    assert_eq!(server.sees("bo").0, Availability::NONE, "it reads everybody, and knows nothing of Bo");
}

/// S3.33: on the user's request, when the user is active or not, when a machine changes: the request counts for its
/// life, then what is seen, then what the machine says.
#[test]
fn s3_33_requests_go_before_activity_and_machines() {
    let mut server = Server::new();
    let anna = server.person("anna");
    let publish = |reason, availability, activity, lease| Publishing::new(reason, rich(availability, activity), lease);
    let locked = publish(Reason::Machine, Availability::AWAY, Activity::Away, 900);
    let active = publish(Reason::Activity, Availability::ONLINE, Activity::Available, 600);
    let asked = publish(Reason::Manual, Availability::BUSY, Activity::FocusTime, 300);
    server.publishes(0, "anna", "desktop", locked);
    server.publishes(0, "anna", "mobile", active);
    server.publishes(0, "anna", "desktop", asked);
    assert_eq!(server.sees("anna"), (Availability::BUSY, Activity::FocusTime));
    assert_eq!(server.passes(300), [(300, anna)]);
    assert_eq!(server.sees("anna"), (Availability::ONLINE, Activity::Available));
    assert_eq!(server.passes(600), [(600, anna)]);
    assert_eq!(server.sees("anna"), (Availability::AWAY, Activity::Away));
}

/// A lease ends on the engine's time: not before, and with no step of decay after it.
#[test]
fn leases_end_on_the_engines_time() {
    let mut server = Server::new();
    let anna = server.person("anna");
    let available = rich(Availability::ONLINE, Activity::Available);
    server.publishes(0, "anna", "desktop", Publishing::new(Reason::Activity, available.clone(), 100));
    server.publishes(60, "anna", "mobile", Publishing::new(Reason::Activity, available, 100));
    assert!(server.passes(159).is_empty(), "the mobile has renewed it");
    assert_eq!(server.passes(160), [(160, anna)]);
    assert_eq!(server.sees("anna").0, Availability::NONE);
    assert!(server.engine.claims(anna).is_empty(), "withdrawn, not left to grow old");
}

/// A choice at one client is undone at another one, and a call is there all the same.
#[test]
fn a_choice_is_undone_at_another_client() {
    let mut server = Server::new();
    let busy = Manual::new(Availability::DO_NOT_DISTURB, Activity::DoNotDisturb);
    let chosen = |manual| Publishing::new(Reason::Manual, Fact::Manual(manual), 3_600);
    server.publishes(0, "anna", "desktop", chosen(Some(busy)));
    assert_eq!(server.decision("anna").because.unwrap().as_str(), "manual.set");
    server.publishes(1, "anna-phone", "desktop", Publishing::new(Reason::Machine, Fact::Call(Call::InCall), 60));
    server.publishes(5, "anna", "mobile", chosen(None));
    assert_eq!(server.decision("anna").because.unwrap().as_str(), "line.in-call");
}

/// A new session of the source is told everything, so that nothing is lost when what it did not repeat goes.
#[test]
fn a_new_session_repeats_what_holds() {
    let mut server = Server::new();
    let available = rich(Availability::ONLINE, Activity::Available);
    server.publishes(0, "anna", "desktop", Publishing::new(Reason::Activity, available, 600));
    let origin = server.directory.origin(&SourceId::new("clients").unwrap()).unwrap();
    server.engine.handle(at(10), Input::Session { origin, number: 1, phase: Phase::Lost });
    server.engine.handle(at(20), Input::Session { origin, number: 2, phase: Phase::Begin });
    let everything = server.book.everything(at(20));
    server.reports(20, everything);
    server.engine.handle(at(20), Input::Session { origin, number: 2, phase: Phase::Complete });
    assert_eq!(server.sees("anna"), (Availability::ONLINE, Activity::Available));
    server.passes(600);
    assert_eq!(server.sees("anna").0, Availability::NONE);
}

/// What a client does.
#[derive(Clone, Debug)]
enum Deed {
    Publish(Reason, Fact, u32),
    Renew,
    Leave,
}

fn fact() -> impl Strategy<Value = Fact> {
    let availability = prop::sample::select(vec![0_u16, 3_500, 5_000, 6_500, 7_500, 9_500, 12_500, 15_500, 18_000]);
    let activity = prop::sample::select(vec![Activity::None, Activity::Busy, Activity::InCall]);
    let state = (availability, activity).prop_map(|(number, activity)| (Availability::new(number).unwrap(), activity));
    prop_oneof![
        4 => state.clone().prop_map(|(availability, activity)| rich(availability, activity)),
        2 => (state, prop::option::of(0_i64..200)).prop_map(|((availability, activity), until)| {
            let manual = Manual::new(availability, activity);
            Fact::Manual(Some(until.map_or(manual, |second| manual.until(at(second)))))
        }),
        1 => Just(Fact::Manual(None)),
        2 => prop::sample::select(Call::ALL.to_vec()).prop_map(Fact::Call),
        1 => any::<bool>().prop_map(Fact::DoNotDisturb),
        1 => (0_u8..6).prop_map(|code| Fact::ShowAs(ShowAs::from_code(code).unwrap())),
        1 => prop::sample::select(Device::ALL.to_vec()).prop_map(Fact::Device),
        1 => prop::sample::select(Reach::ALL.to_vec()).prop_map(Fact::Reach),
        1 => prop::sample::select(FACETS.iter().collect::<Vec<_>>()).prop_map(Fact::Unknown),
    ]
}

fn publish() -> impl Strategy<Value = Deed> {
    let lease = prop_oneof![1 => Just(0), 9 => 1_u32..60];
    (prop::sample::select(Reason::ALL.to_vec()), fact(), lease).prop_map(|(reason, fact, lease)| {
        let reason = if fact.facet() == Facet::Manual { Reason::Manual } else { reason };
        Deed::Publish(reason, fact, lease)
    })
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![8 => publish(), 1 => Just(Deed::Renew), 1 => Just(Deed::Leave)]
}

/// The fold, done again from the list of all that was ever published, without any state in between.
#[derive(Default)]
struct Naive(Vec<Said>);

struct Said {
    client: usize,
    reason: Reason,
    fact: Fact,
    second: i64,
    lease: u32,
    end: i64,
    /// When it was published over or taken back, or its endpoint left.
    gone: bool,
}

impl Said {
    fn lives(&self, second: i64) -> bool {
        !self.gone && second < self.end && !says_nothing(&self.fact)
    }

    fn end(fact: &Fact, second: i64, lease: u32) -> i64 {
        let own = match fact {
            Fact::Manual(Some(Manual { until: Some(until), .. })) => i64::from(until.get()) - START,
            _ => i64::MAX,
        };
        own.min(second + i64::from(lease))
    }
}

fn says_nothing(fact: &Fact) -> bool {
    match fact {
        Fact::Unknown(_) | Fact::ShowAs(ShowAs::NoData) => true,
        Fact::Rich(state) => state.availability == Availability::NONE,
        Fact::Manual(Some(state)) => state.availability == Availability::NONE,
        _ => false,
    }
}

impl Naive {
    fn does(&mut self, second: i64, client: usize, deed: &Deed) {
        match deed.clone() {
            Deed::Publish(reason, fact, lease) => {
                let over = matches!(fact, Fact::Manual(Some(state)) if state.availability != Availability::NONE
                    && Said::end(&fact, second, 1) <= second);
                let fact = if over { Fact::Manual(None) } else { fact };
                let facet = fact.facet();
                let same =
                    |said: &&mut Said| said.client == client && said.reason == reason && said.fact.facet() == facet;
                self.0.iter_mut().filter(same).for_each(|said| said.gone = true);
                if lease > 0 {
                    let end = Said::end(&fact, second, lease);
                    self.0.push(Said { client, reason, fact, second, lease, end, gone: false });
                }
            }
            Deed::Renew => {
                for said in self.0.iter_mut().filter(|said| said.client == client && said.lives(second)) {
                    said.end = Said::end(&said.fact, second, said.lease);
                }
            }
            Deed::Leave => self.0.iter_mut().filter(|said| said.client == client).for_each(|said| said.gone = true),
        }
    }

    fn fold(&self, facet: Facet, second: i64) -> Option<(Fact, i64)> {
        let about = || self.0.iter().filter(|said| said.fact.facet() == facet);
        let chosen = about().filter(|said| said.reason == Reason::Manual && facet != Facet::Call);
        let last_choice = chosen.map(|said| said.second).max();
        let counts = |said: &&Said| {
            let replaced = said.reason == Reason::Manual && facet != Facet::Call && Some(said.second) < last_choice;
            said.lives(second) && !replaced
        };
        let of = |reason: Reason| about().filter(counts).filter(|said| said.reason == reason).collect::<Vec<_>>();
        let classes = [of(Reason::Manual), of(Reason::Activity), of(Reason::Machine)];
        let heard = match facet {
            Facet::Call => classes.concat(),
            _ => classes.into_iter().find(|class| !class.is_empty())?,
        };
        let chosen = facet != Facet::Call && heard.first()?.reason == Reason::Manual;
        let mut best: Option<&Said> = None;
        for said in &heard {
            let better = best.is_none_or(|best| {
                let order =
                    if chosen { said.second.cmp(&best.second) } else { rank(&said.fact).cmp(&rank(&best.fact)) };
                order.then(said.client.cmp(&best.client)).is_gt()
            });
            best = if better { Some(said) } else { best };
        }
        let fact = &best?.fact;
        let end = heard.iter().filter(|said| said.fact == *fact).map(|said| said.end).max()?;
        Some((fact.clone(), end))
    }

    fn all(&self, second: i64) -> BTreeMap<Facet, (Fact, i64)> {
        Facet::ALL.into_iter().filter_map(|facet| Some((facet, self.fold(facet, second)?))).collect()
    }
}

/// By lists instead of codes.
fn rank(fact: &Fact) -> (usize, u8) {
    let place = |order: &[u16], number: u16| order.iter().position(|other| *other == number).unwrap();
    match fact {
        Fact::Call(call) => (
            [Call::Idle, Call::Dialling, Call::Held, Call::InCall, Call::Ringing]
                .iter()
                .position(|other| other == call)
                .unwrap(),
            0,
        ),
        Fact::Device(device) => {
            let order = [Device::Off, Device::Away, Device::Inactive, Device::Active];
            (order.iter().position(|other| other == device).unwrap(), 0)
        }
        Fact::Reach(reach) => {
            let order = [Reach::Unreachable, Reach::Unregistered, Reach::Reachable];
            (order.iter().position(|other| other == reach).unwrap(), 0)
        }
        Fact::DoNotDisturb(on) => (usize::from(*on), 0),
        Fact::ShowAs(word) => (usize::from(word.code()), 0),
        Fact::Rich(state) => {
            let order = [18_000, 15_500, 12_500, 5_000, 7_500, 3_500, 6_500, 9_500];
            let activity = match state.activity {
                Activity::None => 0,
                Activity::InCall => 2,
                _ => 1,
            };
            (place(&order, state.availability.get()), activity)
        }
        other => panic!("{other:?} has no rank"),
    }
}

/// What an engine holds after these reports.
#[derive(Default)]
struct Held(BTreeMap<Facet, (Fact, i64)>);

impl Held {
    fn take(&mut self, reports: Vec<Report>) {
        for report in reports {
            let Lifetime::Lease(lease) = report.lifetime else { panic!("{report:?} has no lease") };
            if lease == 0 {
                assert!(self.0.remove(&report.fact.facet()).is_some(), "nothing to withdraw");
            } else {
                let end = report.observed_at.timestamp() - START + i64::from(lease);
                let told = (report.fact.clone(), end);
                assert_ne!(self.0.insert(report.fact.facet(), told.clone()), Some(told), "said again");
            }
        }
    }
}

const CLIENTS: [&str; 4] = ["a", "b", "c", "d"];

/// A book, and what its reports amount to.
struct Desk {
    book: Endpoints,
    subject: Subject,
    held: Held,
}

impl Desk {
    fn new() -> Self {
        let server = Server::new();
        let subject = server.subject("anna");
        Self { book: server.book, subject, held: Held::default() }
    }

    fn does(&mut self, second: i64, client: usize, deed: &Deed) {
        let id = EndpointId::new(CLIENTS.get(client).unwrap()).unwrap();
        let reports = match deed.clone() {
            Deed::Publish(reason, fact, lease) => {
                self.book.publish(self.subject, &id, Publishing::new(reason, fact, lease), at(second)).unwrap()
            }
            Deed::Renew => self.book.renew(self.subject, &id, at(second)).unwrap_or_default(),
            Deed::Leave => self.book.leave(self.subject, &id, at(second)),
        };
        self.held.take(reports);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// The book says at every second what a fold over all live publications says, with the same end; so nothing is said
    /// beyond its lease, and nothing twice.
    #[test]
    fn the_book_says_what_a_naive_fold_says(deeds in prop::collection::vec((0_i64..20, 0_usize..4, deed()), 1..40)) {
        let (mut desk, mut naive, mut second) = (Desk::new(), Naive::default(), 0);
        for (pause, client, deed) in deeds {
            for _ in 0..pause {
                second += 1;
                if desk.book.next_expiry().is_some_and(|end| end <= at(second)) {
                    let reports = desk.book.expire(at(second));
                    desk.held.take(reports);
                }
                prop_assert_eq!(&desk.held.0, &naive.all(second), "second {}", second);
            }
            desk.does(second, client, &deed);
            naive.does(second, client, &deed);
            prop_assert_eq!(&desk.held.0, &naive.all(second), "second {} after {:?}", second, deed);
        }
    }

    /// In which order different endpoints publish within a second makes no difference.
    #[test]
    fn the_order_within_a_second_does_not_matter(
        before in prop::collection::vec((0_usize..4, publish()), 0..12),
        deeds in prop::collection::vec((0_usize..4, deed()), 1..16),
        shuffle in any::<prop::sample::Index>(),
    ) {
        let (mut one, mut other) = (Desk::new(), Desk::new());
        for (client, deed) in &before {
            one.does(0, *client, deed);
            other.does(0, *client, deed);
        }
        deeds.iter().for_each(|(client, deed)| one.does(7, *client, deed));
        // Each endpoint keeps its own order; which of them goes next is turned.
        let turn = shuffle.index(CLIENTS.len());
        let mut turned = deeds;
        turned.sort_by_key(|(client, _)| (client + turn) % CLIENTS.len());
        turned.iter().for_each(|(client, deed)| other.does(7, *client, deed));
        prop_assert_eq!(&one.held.0, &other.held.0);
        prop_assert_eq!(one.book.next_expiry(), other.book.next_expiry());
        for second in 8..70 {
            for desk in [&mut one, &mut other] {
                let reports = desk.book.expire(at(second));
                desk.held.take(reports);
            }
            prop_assert_eq!(&one.held.0, &other.held.0);
        }
    }

    /// No publication outlives its lease: when nobody says anything for as long as the longest lease, nothing is left.
    #[test]
    fn nothing_outlives_its_lease(deeds in prop::collection::vec((0_usize..4, deed()), 1..30)) {
        let mut desk = Desk::new();
        let mut longest = 0;
        for (client, deed) in &deeds {
            if let Deed::Publish(_, _, lease) = deed {
                longest = longest.max(i64::from(*lease));
            }
            desk.does(0, *client, deed);
            prop_assert!(desk.held.0.values().all(|(_, end)| *end <= longest));
        }
        let reports = desk.book.expire(at(longest));
        desk.held.take(reports);
        prop_assert!(desk.held.0.is_empty());
        prop_assert_eq!(desk.book.next_expiry(), None);
    }
}
