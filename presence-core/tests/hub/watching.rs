//! What watches tell: everything once, the newest, in order, without a gap, and nothing that a class may not know.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use presence_core::calendar::Sensitivity;
use presence_core::hub::{Changes, Filter, Hub, Resume, Watch};
use presence_core::source::{Link, News, Source, SourceError, Wake};
use presence_core::store::MemoryStore;
use presence_core::testing::ManualClock;
use presence_core::{
    Access, Activity, Agenda, Availability, CalendarPolicy, Call, Directory, Disclosure, Facet, FacetSet, Fact,
    Lifetime, Meeting, MeetingDraft, Person, PersonSpec, PlaceKind, PlaceSpec, PrivacyPolicy, Report, RichState, Row,
    ShowAs, SourceId, SourceSpec, Span, Viewer, ViewerId,
};
use proptest::prelude::*;

use crate::support::{
    Ask, Do, Hand, PBX, address, builder, company, operator, pass, person_id, remote, rest, source_id, sources, spec,
    start,
};

fn viewer_id(name: &str) -> ViewerId {
    ViewerId::new(name).unwrap()
}

/// A hub with a PBX, and a watch on everybody that has been told everything.
async fn watched(names: &[&str], filter: Filter) -> (Hub, Hand, ManualClock, Watch) {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let hub = builder(&company(names), &clock).source(pbx).start().await.unwrap();
    let mut watch = hub.watch(&operator(), filter, None).unwrap().pace(Duration::ZERO);
    rest().await;
    assert!(watch.changed().await.unwrap().whole);
    (hub, hand, clock, watch)
}

fn calls(changes: &Changes) -> Vec<(Person, Option<Call>)> {
    let mut calls: Vec<_> = changes.rows.iter().map(|(person, row)| (*person, row.desk.call)).collect();
    // The order across people means nothing.
    calls.sort_by_key(|(person, _)| key(*person));
    calls
}

/// F.32: who is not visible is not told, also after the visible ones are others.
#[tokio::test]
async fn only_visible_rows_are_told() {
    let names = ["anna", "bo", "cleo"];
    let (hub, pbx, _clock, mut watch) = watched(&names, Filter::everyone()).await;
    let [anna, bo, cleo] = names.map(|name| hub.who(name));
    watch.refocus(Filter::people([anna, anna, bo]));
    let whole = watch.changed().await.unwrap();
    assert!(whole.whole);
    assert_eq!(calls(&whole), [(anna, None), (bo, None)]);
    names.iter().for_each(|name| pbx.calls(name, Call::InCall));
    rest().await;
    assert_eq!(calls(&watch.changed().await.unwrap()), [(anna, Some(Call::InCall)), (bo, Some(Call::InCall))]);
    pbx.calls("cleo", Call::Idle);
    rest().await;
    assert!(watch.take().is_none());
    watch.refocus(Filter::people([cleo]));
    assert_eq!(calls(&watch.changed().await.unwrap()), [(cleo, Some(Call::Idle))]);
    pbx.calls("anna", Call::Idle);
    rest().await;
    assert!(watch.take().is_none());
}

/// F.33: after a break a watch goes on where it had got to; what happened meanwhile is told once.
#[tokio::test]
async fn a_watch_goes_on_after_a_break() {
    let (hub, pbx, _clock, mut watch) = watched(&["anna", "bo"], Filter::everyone()).await;
    pbx.calls("anna", Call::InCall);
    rest().await;
    let resume = watch.changed().await.unwrap().resume;
    drop(watch);
    let again = |resume| hub.watch(&operator(), Filter::everyone(), Some(resume)).unwrap();
    assert!(again(resume).take().is_none(), "nothing happened");
    pbx.calls("bo", Call::InCall);
    pbx.calls("bo", Call::Ringing);
    rest().await;
    let text = resume.to_string();
    let changes = again(text.parse().unwrap()).take().unwrap();
    assert!(!changes.whole);
    assert_eq!(calls(&changes), [(hub.who("bo"), Some(Call::Ringing))]);
    assert!(again(changes.resume).take().is_none());
    let mut elsewhere = resume;
    elsewhere.incarnation ^= 1;
    let mut ahead = changes.resume;
    ahead.sequence += 1;
    for strange in [elsewhere, ahead] {
        assert!(again(strange).take().unwrap().whole, "a number that this engine never told");
    }
    for text in ["", "1", "-", "x-1", "1-x", "1-2-3", "10000000000000000-1"] {
        assert!(text.parse::<Resume>().is_err(), "{text}");
    }
}

/// F.33: another life of the engine counts anew: a watch that comes back is told everything.
#[tokio::test]
async fn a_restart_is_told_whole() {
    let (hub, pbx, clock, mut watch) = watched(&["anna"], Filter::everyone()).await;
    pbx.calls("anna", Call::InCall);
    rest().await;
    let resume = watch.changed().await.unwrap().resume;
    let directory = hub.directory();
    hub.shutdown().await;
    assert!(watch.changed().await.is_none());
    let again = builder(&directory, &clock).start().await.unwrap();
    let changes = again.watch(&operator(), Filter::everyone(), Some(resume)).unwrap().take().unwrap();
    assert!(changes.whole);
    assert_eq!(calls(&changes), [(again.who("anna"), None)]);
}

/// F.33: names may be others after a break; then the watch says so.
#[tokio::test]
async fn a_break_does_not_hide_that_the_directory_changed() {
    let (hub, _pbx, _clock, mut watch) = watched(&["anna", "bo"], Filter::everyone()).await;
    let before = hub.directory();
    let mut other = before.rebuild();
    other.person(spec("anna").named("Anna Cole"));
    hub.change_directory(Arc::new(other.build().unwrap())).await.unwrap();
    let resume = hub.watch(&operator(), Filter::everyone(), None).unwrap().take().unwrap().resume;
    let live = watch.changed().await.unwrap();
    assert!(live.directory && live.rows.iter().any(|(person, _)| *person == hub.who("anna")));
    // A second rename, of which a watch hears only when it comes back.
    let mut third = hub.directory().rebuild();
    third.person(spec("anna").named("Anna Dean"));
    hub.change_directory(Arc::new(third.build().unwrap())).await.unwrap();
    let back = hub.watch(&operator(), Filter::everyone(), Some(resume)).unwrap().take().unwrap();
    assert!(back.rows.iter().any(|(person, _)| *person == hub.who("anna")));
    assert!(back.directory || back.whole, "who comes back is not told to read names anew");
}

/// F.33: each class counts for itself: a number that one class was told means nothing to another.
#[tokio::test]
async fn a_number_of_another_class_begins_anew() {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let mut policy = PrivacyPolicy::default();
    policy.facets = FacetSet::ALL.without(Facet::Call);
    let few = Viewer::with_policy(viewer_id("few"), policy);
    let viewers = [Viewer::new(operator()), few];
    let hub = viewers.into_iter().fold(builder(&company(&["anna", "bo"]), &clock), |hub, of| hub.viewer(Arc::new(of)));
    let hub = hub.source(pbx).start().await.unwrap();
    hand.calls("anna", Call::InCall);
    rest().await;
    let told = hub.watch(&viewer_id("few"), Filter::everyone(), None).unwrap().take().unwrap();
    let back = hub.watch(&operator(), Filter::everyone(), Some(told.resume)).unwrap().take().unwrap();
    assert!(back.whole, "what the other class was told is taken for what this one knows: {:?}", calls(&back));
}

/// F.36: a slow reader is told the newest state, once. F.37: and of one person never an older one after a newer one.
#[tokio::test]
async fn the_newest_comes_and_in_order() {
    let clock = ManualClock::at(start());
    let (teams, hand) = remote("teams", &[Facet::Rich]);
    let hub = builder(&company(&["anna", "bo"]), &clock).source(teams).start().await.unwrap();
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    watch.changed().await.unwrap();
    let mut last = 0;
    let mut told = 0;
    for number in 1..=900_u16 {
        let availability = Availability::new(3_000 + number).unwrap();
        hand.says("anna", Fact::Rich(RichState::new(availability, Activity::None)));
        if number % 7 == 0 {
            rest().await;
        } else {
            tokio::task::yield_now().await;
        }
        if number % 3 != 0 {
            continue;
        }
        let Some(changes) = watch.take() else { continue };
        assert_eq!(changes.rows.len(), 1);
        let rich = changes.rows.first().and_then(|(_, row)| row.rich).unwrap().get();
        assert!(rich > last, "{rich} after {last}");
        (last, told) = (rich, told + 1);
    }
    rest().await;
    let end = watch.take().and_then(|changes| changes.rows.first().and_then(|(_, row)| row.rich));
    assert_eq!(end.map_or(last, Availability::get), 3_900, "the last one is told");
    assert!(told > 10, "{told}");
}

/// Nothing is lost when a wait is given up.
#[tokio::test]
async fn a_wait_may_be_given_up() {
    let (hub, pbx, _clock, mut watch) = watched(&["anna"], Filter::everyone()).await;
    for call in [Call::InCall, Call::Idle, Call::Ringing] {
        for _ in 0..3 {
            assert!(tokio::time::timeout(Duration::ZERO, watch.changed()).await.is_err());
        }
        pbx.calls("anna", call);
        rest().await;
        assert_eq!(calls(&watch.changed().await.unwrap()), [(hub.who("anna"), Some(call))]);
    }
}

/// F.34, F.35: who watches somebody is known, by class, while they watch.
#[tokio::test]
async fn who_watches_is_known() {
    let clock = ManualClock::at(start());
    let mut builder_of = sources();
    builder_of.person(spec("anna").in_department("Sales"));
    builder_of.person(spec("bo").in_department("Help"));
    let directory = Arc::new(builder_of.build().unwrap());
    let viewer = |name| Arc::new(Viewer::new(viewer_id(name)));
    let hub = builder(&directory, &clock).viewer(viewer("operator")).viewer(viewer("lobby")).start().await.unwrap();
    let (anna, bo) = (hub.who("anna"), hub.who("bo"));
    assert_eq!(hub.watchers_of(anna), []);
    let everyone = hub.watch(&operator(), Filter::everyone(), None).unwrap();
    let mut sales = hub.watch(&viewer_id("lobby"), Filter::department("Sales"), None).unwrap();
    let both = hub.watch(&operator(), Filter::people([anna, bo]), None).unwrap();
    assert_eq!(hub.watchers_of(anna), [(viewer_id("lobby"), 1), (operator(), 2)]);
    assert_eq!(hub.watchers_of(bo), [(operator(), 2)]);
    sales.refocus(Filter::department("Help"));
    assert_eq!(hub.watchers_of(anna), [(operator(), 2)]);
    assert_eq!(hub.watchers_of(bo), [(viewer_id("lobby"), 1), (operator(), 2)]);
    drop((everyone, both));
    assert_eq!(hub.watchers_of(bo), [(viewer_id("lobby"), 1)]);
    assert!(hub.watch(&viewer_id("nobody"), Filter::everyone(), None).is_none());
}

/// Sets pairs of people to equal states, each pair in one breath.
#[derive(Debug)]
struct Pairs {
    id: SourceId,
    pairs: usize,
}

#[async_trait::async_trait]
impl Source for Pairs {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &PBX
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        let mut number = 0_usize;
        loop {
            let call = [Call::Idle, Call::InCall, Call::Ringing, Call::Held].into_iter().cycle().nth(number % 4);
            let pair = number % self.pairs;
            let origin = link.origin();
            let name = |side: &str| address("pbx", &format!("{side}{pair}"));
            let subjects: Vec<_> = ["a", "b"].into_iter().filter_map(|side| link.subject(&name(side))).collect();
            let now = link.now();
            let report = |subject| Report::new(origin, subject, Fact::Call(call.unwrap_or_default()), now);
            link.report(subjects.into_iter().map(report).collect()).await?;
            number += 1;
            if number.is_multiple_of(64) {
                tokio::task::yield_now().await;
            }
            if number == 20_000 {
                link.tell(News::Complete).await?;
                while link.next(None).await != Wake::Stop {}
                return Ok(());
            }
        }
    }
}

/// S1.18: a group is one cut: two who change in one breath are never seen apart, while the writer writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_one_cut() {
    let names: Vec<String> = (0..5).flat_map(|pair| [format!("a{pair}"), format!("b{pair}")]).collect();
    let directory = company(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let clock = ManualClock::at(start());
    let pairs = Arc::new(Pairs { id: source_id("pbx"), pairs: 5 });
    let hub = builder(&directory, &clock).source(pairs).start().await.unwrap();
    let board = hub.board(&operator()).unwrap();
    let people: Vec<Person> = names.iter().map(|name| hub.who(name)).collect();
    let reader = move || {
        let (mut cuts, mut sequence) = (BTreeSet::new(), 0);
        for _ in 0..60_000 {
            let cut = if cuts.len() % 2 == 0 { board.group(&people) } else { board.snapshot() };
            for pair in cut.rows.chunks(2) {
                let of: Vec<_> = pair.iter().map(|(_, row)| row.desk.call).collect();
                assert_eq!(of.first(), of.last(), "a pair was torn");
            }
            assert!(cut.sequence >= sequence, "time went back for a reader");
            sequence = cut.sequence;
            cuts.insert(sequence);
        }
        cuts.len()
    };
    let seen = tokio::task::spawn_blocking(reader).await.unwrap();
    assert!(seen > 1, "the writer wrote while it was read");
    hub.shutdown().await;
}

/// No change is lost in a company that is about as large as what is kept for watches that are behind, in whatever order
/// people change.
#[tokio::test]
async fn no_change_is_lost_in_a_very_large_company() {
    const MANY: usize = 65_000;
    let name = |number: usize| format!("p{number}");
    let mut large = Directory::builder();
    large.source(SourceSpec::new(source_id("pbx"), &PBX));
    for number in 0..MANY {
        let desk = PlaceSpec::new(PlaceKind::Desk).address(address("pbx", &name(number)), &[source_id("pbx")]);
        large.person(PersonSpec::new(person_id(&name(number))).place(desk));
    }
    let directory = Arc::new(large.build().unwrap());
    let first_last: Vec<usize> = [0, 1, 2].into_iter().chain(4_400..5_000).collect();
    let last_first: Vec<usize> = (4_400..5_000).chain([0, 1, 2]).collect();
    for order in [first_last, last_first] {
        let clock = ManualClock::at(start());
        let (pbx, hand) = remote("pbx", &PBX);
        let hub = builder(&directory, &clock).source(pbx).start().await.unwrap();
        let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
        assert_eq!(watch.changed().await.unwrap().rows.len(), MANY);
        let say = |number: &usize| (address("pbx", &name(*number)), Fact::Call(Call::InCall), Lifetime::Default);
        hand.order(Do::Say(order.iter().map(say).collect()));
        let last = order.last().map(|number| name(*number)).unwrap();
        let (mut told, mut round) = (HashSet::new(), 0);
        // A source is told whom it covers, one by one, before it says anything.
        while hub.call(&last).is_none() && round < 2_000 {
            rest().await;
            round += 1;
        }
        while let Some(changes) = watch.take() {
            assert!(!changes.whole);
            told.extend(changes.rows.iter().map(|(person, _)| *person));
        }
        let missing: Vec<&usize> = order.iter().filter(|number| !told.contains(&hub.who(&name(**number)))).collect();
        assert!(missing.is_empty(), "shown and never told: {missing:?}");
    }
}

// Property 10.

const DEPARTMENTS: [&str; 4] = ["Help", "Sales", "Stores", "Works"];
const PEOPLE: usize = 200;
/// One for each filter, and more for everybody, who share what they look up.
const WATCHERS: usize = 10;

fn name_of(number: usize) -> String {
    format!("p{number}")
}

/// Something that happens.
#[derive(Clone, Debug)]
enum Happens {
    Calls(usize, Call),
    Removed(usize),
    Moved(usize, usize),
    Renamed(usize, u8),
    Looks(usize),
    Returns(usize),
    Refocuses(usize, usize),
    Passes(u16),
    Restarts,
}

fn happens() -> impl Strategy<Value = Happens> {
    let call = prop::sample::select(vec![Call::Idle, Call::InCall, Call::Ringing, Call::Held]);
    // Few people, so that things happen to the same ones.
    let person = 0..PEOPLE / 10;
    prop_oneof![
        8 => (person.clone(), call).prop_map(|(person, call)| Happens::Calls(person, call)),
        2 => person.clone().prop_map(Happens::Removed),
        3 => (person.clone(), 0..4_usize).prop_map(|(person, to)| Happens::Moved(person, to)),
        1 => (person, any::<u8>()).prop_map(|(person, name)| Happens::Renamed(person, name)),
        5 => (0..WATCHERS).prop_map(Happens::Looks),
        2 => (0..WATCHERS).prop_map(Happens::Returns),
        1 => (0..WATCHERS, 0..7_usize).prop_map(|(watcher, filter)| Happens::Refocuses(watcher, filter)),
        1 => (1..400_u16).prop_map(Happens::Passes),
        1 => Just(Happens::Restarts),
    ]
}

/// Whom a watcher watches, so that the test can work it out by itself.
#[derive(Clone, Debug)]
enum Whom {
    Everyone,
    Department(&'static str),
    People(BTreeSet<usize>),
}

impl Whom {
    fn number(number: usize) -> Self {
        match number {
            0 => Self::Everyone,
            1..=4 => DEPARTMENTS.get(number - 1).copied().map_or(Self::Everyone, Self::Department),
            5 => Self::People((0..10).collect()),
            _ => Self::People((5..PEOPLE).step_by(5).collect()),
        }
    }

    fn filter(&self, people: &BTreeMap<usize, Person>) -> Filter {
        match self {
            Self::Everyone => Filter::everyone(),
            Self::Department(name) => Filter::department(name),
            Self::People(numbers) => Filter::people(numbers.iter().filter_map(|number| people.get(number).copied())),
        }
    }

    fn includes(&self, person: Person, hub: &Hub, people: &BTreeMap<usize, Person>) -> bool {
        match self {
            Self::Everyone => true,
            Self::Department(name) => {
                let directory = hub.directory();
                directory.card(person).is_some_and(|card| card.department() == Some(name))
            }
            Self::People(numbers) => numbers.iter().any(|number| people.get(number) == Some(&person)),
        }
    }
}

/// A watch, and what it has told.
struct Watcher {
    watch: Watch,
    whom: Whom,
    /// At this pace what one watch of everybody has looked up serves the others, too, however old it is.
    shares: bool,
    shown: BTreeMap<u64, (Person, Row)>,
    resume: Option<Resume>,
}

fn key(person: Person) -> u64 {
    // Handles print differently for different people, and are not ordered.
    format!("{person:?}").bytes().filter(u8::is_ascii_digit).fold(0, |key, digit| key * 10 + u64::from(digit - b'0'))
}

impl Watcher {
    fn take(&mut self, changes: Changes) {
        let mut once = BTreeSet::new();
        for person in changes.rows.iter().map(|(person, _)| *person).chain(changes.gone.iter().copied()) {
            assert!(once.insert(key(person)), "{person:?} is told twice at a time");
        }
        if changes.whole {
            self.shown.clear();
        }
        self.shown.extend(changes.rows.iter().map(|(person, row)| (key(*person), (*person, *row))));
        for person in changes.gone {
            self.shown.remove(&key(person));
        }
        self.resume = Some(changes.resume);
    }

    /// Takes what there is; then what it was told is what the board shows.
    async fn look(&mut self, hub: &Hub, people: &BTreeMap<usize, Person>) {
        if self.shares {
            while let Some(changes) = self.watch.take() {
                self.take(changes);
            }
        }
        while !self.shares
            && let Ok(changes) = tokio::time::timeout(Duration::ZERO, self.watch.changed()).await
        {
            self.take(changes.unwrap());
        }
        let board = hub.board(&operator()).unwrap().snapshot();
        let expected: BTreeMap<u64, (Person, Row)> = board
            .rows
            .into_iter()
            .filter(|(person, _)| self.whom.includes(*person, hub, people))
            .map(|(person, row)| (key(person), (person, row)))
            .collect();
        assert_eq!(self.shown, expected, "watching {:?}", self.whom);
    }
}

struct Play {
    hub: Hub,
    pbx: Hand,
    clock: ManualClock,
    store: Arc<MemoryStore>,
    /// Every handle that a number ever had, the last one.
    people: BTreeMap<usize, Person>,
    watchers: Vec<Watcher>,
}

fn staff(number: usize) -> PersonSpec {
    let department = DEPARTMENTS.get(number % 4).copied().unwrap_or_default();
    spec(&name_of(number)).in_department(department)
}

async fn open(directory: &Arc<Directory>, clock: &ManualClock, store: &Arc<MemoryStore>) -> (Hub, Hand) {
    let (pbx, hand) = remote("pbx", &PBX);
    let store = Arc::clone(store);
    let hub = builder(directory, clock).source(pbx).store(store).start().await.unwrap();
    rest().await;
    (hub, hand)
}

impl Play {
    async fn begin() -> Self {
        let mut builder = sources();
        for number in 0..PEOPLE {
            builder.person(staff(number));
        }
        let directory = Arc::new(builder.build().unwrap());
        let (clock, store) = (ManualClock::at(start()), Arc::new(MemoryStore::default()));
        let (hub, pbx) = open(&directory, &clock, &store).await;
        let people = (0..PEOPLE).map(|number| (number, hub.who(&name_of(number)))).collect();
        let mut play = Self { hub, pbx, clock, store, people, watchers: Vec::new() };
        for number in 0..WATCHERS {
            let (whom, shares) = if number < 7 { (Whom::number(number), false) } else { (Whom::Everyone, true) };
            let watch = play.watch(&whom, None, shares);
            play.watchers.push(Watcher { watch, whom, shares, shown: BTreeMap::new(), resume: None });
        }
        play
    }

    fn watch(&self, whom: &Whom, since: Option<Resume>, shares: bool) -> Watch {
        let watch = self.hub.watch(&operator(), whom.filter(&self.people), since).unwrap();
        watch.pace(if shares { Duration::from_secs(3_600) } else { Duration::ZERO })
    }

    async fn change(&mut self, change: impl FnOnce(&mut presence_core::DirectoryBuilder)) {
        let mut builder = self.hub.directory().rebuild();
        change(&mut builder);
        let directory = Arc::new(builder.build().unwrap());
        for number in 0..PEOPLE {
            if let Some(person) = directory.person(&person_id(&name_of(number))) {
                self.people.insert(number, person);
            }
        }
        self.hub.change_directory(directory).await.unwrap();
    }

    async fn play(&mut self, happens: Happens) {
        match happens {
            Happens::Calls(person, call) => self.pbx.calls(&name_of(person), call),
            Happens::Removed(person) => {
                let id = person_id(&name_of(person));
                let there = self.hub.directory().person(&id).is_some();
                self.change(|builder| {
                    if there {
                        builder.remove(&id);
                    } else {
                        builder.person(staff(person));
                    }
                })
                .await;
            }
            Happens::Moved(person, to) => {
                let department = DEPARTMENTS.get(to).copied().unwrap_or_default();
                self.change(|builder| {
                    builder.person(spec(&name_of(person)).in_department(department));
                })
                .await;
            }
            Happens::Renamed(person, name) => {
                self.change(|builder| {
                    builder.person(staff(person).named(&format!("name {name}")));
                })
                .await;
            }
            Happens::Looks(watcher) => {
                rest().await;
                if let Some(watcher) = self.watchers.get_mut(watcher) {
                    watcher.look(&self.hub, &self.people).await;
                }
            }
            Happens::Returns(number) => {
                let of = |watcher: &Watcher| (watcher.whom.clone(), watcher.resume, watcher.shares);
                let Some((whom, resume, shares)) = self.watchers.get(number).map(of) else { return };
                let watch = self.watch(&whom, resume, shares);
                if let Some(watcher) = self.watchers.get_mut(number) {
                    watcher.watch = watch;
                }
            }
            Happens::Refocuses(watcher, filter) => {
                let whom = Whom::number(filter);
                let filter = whom.filter(&self.people);
                if let Some(watcher) = self.watchers.get_mut(watcher) {
                    watcher.watch.refocus(filter);
                    watcher.whom = whom;
                    watcher.resume = None;
                }
            }
            Happens::Passes(seconds) => pass(&self.clock, TimeDelta::seconds(seconds.into())).await,
            Happens::Restarts => {
                let directory = self.hub.directory();
                self.hub.shutdown().await;
                (self.hub, self.pbx) = open(&directory, &self.clock, &self.store).await;
                for number in 0..self.watchers.len() {
                    Box::pin(self.play(Happens::Returns(number))).await;
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    /// Property 10: what a watch gave, put together, is what the board shows; through changes of the directory, breaks,
    /// restarts and other filters. Nobody is told twice at a time.
    #[test]
    fn what_is_told_is_what_is_shown(all in prop::collection::vec(happens(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut play = Play::begin().await;
            for happens in all {
                play.play(happens).await;
            }
            rest().await;
            for number in 0..play.watchers.len() {
                play.play(Happens::Looks(number)).await;
            }
            play.hub.shutdown().await;
        });
    }
}

/// What happens in two worlds; what the lobby may not know happens in one of them only.
#[derive(Clone, Debug)]
enum Twin {
    Both(usize, Call),
    /// A private meeting begins in so many minutes; the text is another one in the other world.
    Meeting(usize, i64),
    /// Rich presence, which the lobby may not know.
    Hidden(usize, u16),
    Secret(Call),
    Passes(u16),
}

fn twins() -> impl Strategy<Value = Twin> {
    let call = || prop::sample::select(vec![Call::Idle, Call::InCall, Call::Ringing]);
    prop_oneof![
        4 => (0..3_usize, call()).prop_map(|(person, call)| Twin::Both(person, call)),
        2 => (0..3_usize, 0..90_i64).prop_map(|(person, minutes)| Twin::Meeting(person, minutes)),
        3 => (0..3_usize, 3_000..18_000_u16).prop_map(|(person, rich)| Twin::Hidden(person, rich)),
        2 => call().prop_map(Twin::Secret),
        3 => (1..2_000_u16).prop_map(Twin::Passes),
    ]
}

/// What a class was told, in order: who, how they are, and with which number.
type Told = Vec<(Option<Row>, Person, u64)>;

const TWINS: [&str; 4] = ["anna", "bo", "cleo", "dora"];

/// A class that may not know accounts, nor private meetings, nor anything of Dora.
fn lobby() -> Viewer {
    let mut policy = PrivacyPolicy::default();
    policy.calendar = CalendarPolicy::new(Disclosure::Busy, Disclosure::Nothing);
    policy.facets = FacetSet::ALL.without(Facet::Rich);
    Viewer::with_policy(viewer_id("lobby"), policy).except(person_id("dora"), Access::Denied)
}

async fn lived(secret: bool, all: &[Twin]) -> Told {
    let clock = ManualClock::at(start());
    let (pbx, calls) = remote("pbx", &PBX);
    let (teams, accounts) = remote("teams", &[Facet::Rich]);
    let (exchange, calendars) = remote("exchange", &[Facet::Calendar]);
    let viewers = [Arc::new(Viewer::new(operator())), Arc::new(lobby())];
    let hub = viewers.into_iter().fold(builder(&company(&TWINS), &clock), |hub, viewer| hub.viewer(viewer));
    let hub = hub.source(pbx).source(teams).source(exchange).start().await.unwrap();
    let mut watch = hub.watch(&viewer_id("lobby"), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    let mut told = Told::new();
    let name = |person: usize| TWINS.get(person).copied().unwrap_or_default();
    for twin in all {
        match twin {
            Twin::Both(person, call) => calls.calls(name(*person), *call),
            Twin::Meeting(person, minutes) => {
                let begin = start() + TimeDelta::minutes(*minutes);
                let span = Span::new(begin, begin + TimeDelta::minutes(30)).unwrap();
                let draft = MeetingDraft::new("uid", span).subject("Cancer clinic").show_as(ShowAs::Busy);
                let private = Meeting::new(draft.sensitivity(Sensitivity::Private));
                let meetings = if secret { vec![private] } else { Vec::new() };
                let covered = Span::new(start() - TimeDelta::days(1), start() + TimeDelta::days(2)).unwrap();
                calendars.says(name(*person), Fact::Agenda(Arc::new(Agenda::new(covered, meetings))));
            }
            Twin::Hidden(person, rich) if secret => {
                let state = RichState::new(Availability::new(*rich).unwrap(), Activity::None);
                accounts.says(name(*person), Fact::Rich(state));
            }
            Twin::Secret(call) if secret => calls.calls("dora", *call),
            Twin::Hidden(..) | Twin::Secret(_) => {}
            Twin::Passes(seconds) => pass(&clock, TimeDelta::seconds((*seconds).into())).await,
        }
        rest().await;
        if let Some(changes) = watch.take() {
            let number = changes.resume.sequence;
            told.extend(changes.rows.iter().map(|(person, row)| (Some(*row), *person, number)));
            told.extend(changes.gone.into_iter().map(|person| (None, person, number)));
        }
    }
    hub.shutdown().await;
    told
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// F.24, F.29: two worlds that differ only in what a class may not know tell that class the same, update by update
    /// and number by number.
    #[test]
    fn what_is_hidden_does_not_show_in_updates(all in prop::collection::vec(twins(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (one, other) = runtime.block_on(async { (lived(true, &all).await, lived(false, &all).await) });
        assert_eq!(one, other);
    }
}
