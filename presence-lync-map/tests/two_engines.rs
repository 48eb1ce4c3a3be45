//! A contact centre and a presence server, an engine each, that are told of each other: they come to rest.
//!
//! The contact centre publishes what agent and device do, and makes do-not-disturb of what the server shows; an agent
//! whose device is not to be disturbed is not ready, and that would be published again. What passes between the two
//! takes its time, overtakes, and comes twice.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::sink::{self, EchoGuard};
use presence_core::{
    Activity, Address, Availability, Call, Directory, Engine, EngineConfig, Facet, Fact, Input, Lifetime, LocalTexts,
    Manual, PersonId, PersonSpec, Phase, PlaceKind, PlaceSpec, Report, RichState, Row, SourceId, SourceSpec, Viewer,
    ViewerId,
};
use presence_lync_map::activity::{ActivityToken, Spelling, activity_of};
use presence_lync_map::agent_states::{
    AgentState, AgentStates, AggregatedStates, BothWays, DeviceState, Doing, Published, PushProfile, Step,
};
use presence_lync_map::bands::RawAvailability;
use presence_lync_map::dnd::{Dnd, PullProfile};
use presence_lync_map::states::{ActivityState, Received};
use proptest::prelude::*;

const FULL: &str = include_str!("vectors/agent_states/full.xml");
const NAMES: &str = "1=IDLE_OUT, 2=IDLE_READY, 3=IDLE_NOTREADY, 4=IDLE_ACW, 5=IDLE_AWAY, 6=INCALL, 7=INCALL, 8=INCALL, \
                     9=INCALL, 10=INCALL, 11=OOS, 12=OOS, 13=OOS, 14=OOS, 15=OOS";
const HOUR: u32 = 3_600;
/// So long the server shows what was published, and what a person set by hand as "busy" or "do not disturb".
const DAY: u32 = 24 * HOUR;
/// So long late echoes are expected.
const SETTLE: u32 = 60;
/// Longer than anything a single change sets going.
const LONG: u32 = 1_000;

fn start() -> DateTime<Utc> {
    "2026-11-20T08:00:00Z".parse().unwrap()
}

fn seconds(count: u32) -> TimeDelta {
    TimeDelta::seconds(count.into())
}

fn source(name: &str) -> SourceId {
    SourceId::new(name).unwrap()
}

fn account() -> Address {
    Address::sip("anna@example.com").unwrap()
}

fn push(xml: &str) -> PushProfile {
    PushProfile::new(NAMES.parse::<AggregatedStates>().unwrap(), AgentStates::from_xml(xml.as_bytes()).unwrap().0)
        .unwrap()
}

/// Agents who wait for customers are busy for their colleagues, and free when they are not ready.
fn contrary() -> PushProfile {
    let swapped = FULL.replace("IDLE_READY\" availability=\"3501", "IDLE_READY\" availability=\"6501");
    push(&swapped.replace("IDLE_NOTREADY\" availability=\"6001", "IDLE_NOTREADY\" availability=\"3501"))
}

/// What happens to a person.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Change {
    Agent(AgentState),
    CallBegins,
    CallEnds,
    /// Set by hand at the computer.
    ByHand(Availability),
    TakenBack,
}

/// What passes between the two.
#[derive(Clone, Debug)]
enum Message {
    /// The server shows this.
    Shown(Received),
    /// The contact centre publishes this, until then.
    Publish(Published, DateTime<Utc>),
    Withdraw,
}

/// One engine, one person, and the class of viewers that may know everything.
struct Side {
    engine: Engine,
    viewer: Viewer,
}

impl Side {
    fn new(places: &[(PlaceKind, Address, &str, &[Facet])]) -> Self {
        let mut company = Directory::builder();
        let mut person = PersonSpec::new(PersonId::new("anna").unwrap());
        for (kind, address, name, facets) in places {
            company.source(SourceSpec::new(source(name), facets));
            person = person.place(PlaceSpec::new(*kind).address(address.clone(), &[source(name)]));
        }
        company.person(person);
        let directory = Arc::new(company.build().unwrap());
        let mut engine = Engine::new(EngineConfig::new(Arc::clone(&directory), start()));
        for (_, _, name, _) in places {
            let origin = directory.origin(&source(name)).unwrap();
            engine.handle(start(), Input::Session { origin, number: 1, phase: Phase::Begin });
        }
        Self { engine, viewer: Viewer::new(ViewerId::new("all").unwrap()) }
    }

    fn tell(&mut self, now: DateTime<Utc>, name: &str, address: &Address, fact: Fact, lifetime: Lifetime) {
        let directory = self.engine.directory();
        let (origin, subject) = (directory.origin(&source(name)).unwrap(), directory.subject(address).unwrap());
        self.engine.report(now, &mut vec![Report::new(origin, subject, fact, now).lasting(lifetime)]);
    }

    fn row(&mut self, now: DateTime<Utc>) -> Row {
        self.engine.handle(now, Input::Tick);
        while self.engine.poll_output().is_some() {}
        let person = self.engine.directory().person(&PersonId::new("anna").unwrap()).unwrap();
        self.engine.row(person, &self.viewer).unwrap()
    }
}

/// How messages travel: each takes a time of its own, and some arrive twice.
#[derive(Clone, Copy, Debug)]
struct Weather {
    /// The longest time on the way, in seconds.
    slowest: u32,
    doubles: bool,
    seed: u64,
}

impl Weather {
    const FINE: Self = Self { slowest: 0, doubles: false, seed: 1 };

    fn next(&mut self, below: u32) -> u32 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        u32::try_from(self.seed % u64::from(below)).unwrap()
    }
}

/// Messages on their way: when each arrives, and its number in its direction.
struct Wire {
    weather: Weather,
    under_way: Vec<(DateTime<Utc>, u64, Message)>,
    sent: u64,
    /// The number of the newest that arrived.
    newest: u64,
    /// What is sent now is lost.
    cut: bool,
}

impl Wire {
    const fn new(weather: Weather) -> Self {
        Self { weather, under_way: Vec::new(), sent: 0, newest: 0, cut: false }
    }

    fn send(&mut self, now: DateTime<Utc>, message: &Message) {
        self.sent += 1;
        let copies = if self.weather.doubles && self.weather.next(3) == 0 { 2 } else { 1 };
        for _ in 0..if self.cut { 0 } else { copies } {
            let arrives = now + seconds(self.weather.next(self.weather.slowest + 1));
            self.under_way.push((arrives, self.sent, message.clone()));
        }
    }

    fn next(&self) -> Option<DateTime<Utc>> {
        self.under_way.iter().map(|(arrives, ..)| *arrives).min()
    }

    /// What has arrived, in any order.
    fn receive(&mut self, now: DateTime<Utc>) -> Option<(u64, Message)> {
        let index = self.under_way.iter().position(|(arrives, ..)| *arrives <= now)?;
        let (_, number, message) = self.under_way.swap_remove(index);
        Some((number, message))
    }

    /// What has arrived, without what something newer has overtaken, and what has arrived before.
    fn receive_newer(&mut self, now: DateTime<Utc>) -> Option<Message> {
        loop {
            let (number, message) = self.receive(now)?;
            if number > self.newest {
                self.newest = number;
                return Some(message);
            }
        }
    }
}

/// The presence server: what the person does at the computer, and what is published.
struct Server {
    side: Side,
    told: Option<RichState>,
}

impl Server {
    fn new() -> Self {
        let facets = (&[Facet::Rich, Facet::Manual][..], &[Facet::Rich][..]);
        let mut side = Side::new(&[
            (PlaceKind::Account, account(), "client", facets.0),
            (PlaceKind::Account, Self::second(), "contact-centre", facets.1),
        ]);
        let free = RichState::new(Availability::ONLINE, Activity::Available);
        side.tell(start(), "client", &account(), Fact::Rich(free), Lifetime::Session);
        side.tell(start(), "client", &account(), Fact::Manual(None), Lifetime::Session);
        Self { side, told: None }
    }

    /// What is published is a claim beside that of the person's own client.
    fn second() -> Address {
        Address::sip("anna.centre@example.com").unwrap()
    }

    fn take(&mut self, now: DateTime<Utc>, message: Message) {
        let (fact, lifetime) = match message {
            Message::Publish(published, until) => {
                let left = u32::try_from((until - now).num_seconds()).unwrap_or(0);
                (Fact::Rich(Self::reads(&published)), Lifetime::Lease(left))
            }
            Message::Withdraw | Message::Shown(_) => (Fact::Unknown(Facet::Rich), Lifetime::Lease(0)),
        };
        self.side.tell(now, "contact-centre", &Self::second(), fact, lifetime);
    }

    /// A number and texts are what arrives.
    fn reads(published: &Published) -> RichState {
        let raw = RawAvailability::new(published.availability);
        let texts = LocalTexts::new(published.texts.to_vec());
        RichState::new(raw.availability().unwrap(), activity_of(raw, None)).with_custom(Arc::new(texts))
    }

    fn by_hand(&mut self, now: DateTime<Utc>, set: Option<Availability>) {
        let activity = |number| if number == Availability::BUSY { Activity::Busy } else { Activity::DoNotDisturb };
        let state = set.map(|number| Manual::new(number, activity(number)).until(now + seconds(DAY)));
        self.side.tell(now, "client", &account(), Fact::Manual(state), Lifetime::Session);
    }

    fn shows(&mut self, now: DateTime<Utc>) -> RichState {
        let row = self.side.row(now);
        RichState::new(row.availability, row.activity)
    }

    /// What it shows now, if it has not been told yet.
    fn tell(&mut self, now: DateTime<Utc>, number: u64) -> Option<Message> {
        let shows = self.shows(now);
        if self.told.as_ref() == Some(&shows) {
            return None;
        }
        self.told = Some(shows.clone());
        // The server has a finer clock than this world.
        let published = now + TimeDelta::microseconds(number.try_into().unwrap());
        let report = Received::new(published, Some(shows.availability.into()));
        let token = ActivityToken::from_activity(shows.activity, Spelling::Documents);
        Some(Message::Shown(match token {
            Some(token) => report.activity(ActivityState::token(token)),
            None => report,
        }))
    }
}

/// How the contact centre keeps from hearing itself.
enum Ways {
    Guarded(BothWays),
    /// Both profiles, each for itself; and what was published last.
    Unguarded(PullProfile, PushProfile, Option<Published>),
}

/// The contact centre: agent and device.
struct Centre {
    side: Side,
    ways: Ways,
    agent: AgentState,
    /// When to plan again.
    wakes: Vec<DateTime<Utc>>,
}

impl Centre {
    fn new(ways: Ways) -> Self {
        let facets = [Facet::Call, Facet::DoNotDisturb];
        let mut side = Side::new(&[(PlaceKind::Desk, Self::desk(), "pbx", &facets)]);
        side.tell(start(), "pbx", &Self::desk(), Fact::Call(Call::Idle), Lifetime::Session);
        side.tell(start(), "pbx", &Self::desk(), Fact::DoNotDisturb(false), Lifetime::Session);
        Self { side, ways, agent: AgentState::Logout, wakes: Vec::new() }
    }

    fn desk() -> Address {
        Address::extension("hq", "100").unwrap()
    }

    fn call(&mut self, now: DateTime<Utc>, call: Call) {
        self.side.tell(now, "pbx", &Self::desk(), Fact::Call(call), Lifetime::Session);
    }

    fn dnd(&mut self, now: DateTime<Utc>) -> bool {
        self.side.row(now).desk.do_not_disturb == Some(true)
    }

    /// The server shows this.
    fn take(&mut self, now: DateTime<Utc>, shown: &Received) {
        let dnd = match &mut self.ways {
            Ways::Unguarded(pull, ..) => pull.dnd(shown.availability.unwrap().get()),
            Ways::Guarded(both) => both.heard(&account(), shown, now).map(|event| event.0),
        };
        self.switch(now, dnd);
    }

    /// Nothing new is shown, but time has passed.
    fn hear_again(&mut self, now: DateTime<Utc>) {
        self.wakes.retain(|wake| *wake > now);
        let Ways::Guarded(both) = &mut self.ways else { return };
        for (address, event) in both.due(now) {
            assert_eq!(address, account());
            self.switch(now, Some(event.0));
        }
    }

    fn switch(&mut self, now: DateTime<Utc>, dnd: Option<Dnd>) {
        let Some(dnd) = dnd else { return };
        self.side.tell(now, "pbx", &Self::desk(), Fact::DoNotDisturb(dnd == Dnd::On), Lifetime::Session);
    }

    fn next(&self) -> Option<DateTime<Utc>> {
        let heard = match &self.ways {
            Ways::Guarded(both) => both.next(),
            Ways::Unguarded(..) => None,
        };
        self.wakes.iter().copied().chain(heard).min()
    }

    /// What is to be sent because of agent and device.
    fn plan(&mut self, now: DateTime<Utc>) -> Option<Message> {
        let desk = self.side.row(now).desk;
        let device = if desk.call == Some(Call::InCall) { DeviceState::Busy } else { DeviceState::Idle };
        let agent = if desk.do_not_disturb == Some(true) { AgentState::NotReady } else { self.agent };
        match &mut self.ways {
            Ways::Unguarded(_, push, last) => {
                let published = push.publish(agent, device);
                if last.as_ref() == published {
                    return None;
                }
                *last = published.cloned();
                Some(Message::Publish(last.clone().unwrap(), now + seconds(DAY)))
            }
            Ways::Guarded(both) => {
                let doing = Doing::new(self.agent, device, source("pbx")).made(agent, device);
                let step = both.plan(&account(), &doing, now);
                self.carry_out(now, step)
            }
        }
    }

    fn carry_out(&mut self, now: DateTime<Utc>, step: Step) -> Option<Message> {
        let Ways::Guarded(both) = &mut self.ways else { return None };
        match step {
            Step::Publish(showing) => {
                both.published(&showing.publication, &sink::Published::as_asked(), now);
                // For the renewal.
                self.wakes.push(now + seconds(1));
                Some(Message::Publish(showing.published, showing.publication.expires))
            }
            Step::Withdraw => {
                both.withdrawn(&account(), now);
                Some(Message::Withdraw)
            }
            Step::Wait(until) => {
                self.wakes.push(until);
                None
            }
            _ => None,
        }
    }
}

struct World {
    now: DateTime<Utc>,
    centre: Centre,
    server: Server,
    out: Wire,
    back: Wire,
    /// How often do-not-disturb of the device has changed.
    switched: u32,
    is_on: bool,
}

impl World {
    fn new(ways: Ways, weather: Weather) -> Self {
        let other = Weather { seed: weather.seed.rotate_left(32) | 1, ..weather };
        let (centre, server) = (Centre::new(ways), Server::new());
        let (out, back) = (Wire::new(weather), Wire::new(other));
        let mut world = Self { now: start(), centre, server, out, back, switched: 0, is_on: false };
        world.pass(LONG);
        world
    }

    fn guarded(push: PushProfile, weather: Weather) -> Self {
        let guard = EchoGuard::new(source("lync")).life(DAY).settle(SETTLE).interval(5);
        Self::new(Ways::Guarded(BothWays::new("3000-5999".parse().unwrap(), push, guard)), weather)
    }

    fn unguarded(push: PushProfile) -> Self {
        Self::new(Ways::Unguarded("3000-5999".parse().unwrap(), push, None), Weather { slowest: 3, ..Weather::FINE })
    }

    fn happen(&mut self, change: Change) {
        match change {
            Agent(agent) => self.centre.agent = agent,
            CallBegins => self.centre.call(self.now, Call::InCall),
            CallEnds => self.centre.call(self.now, Call::Idle),
            ByHand(number) => self.server.by_hand(self.now, Some(number)),
            TakenBack => self.server.by_hand(self.now, None),
        }
        self.work();
    }

    /// Everything that is due now.
    fn work(&mut self) {
        while let Some(message) = self.out.receive_newer(self.now) {
            self.server.take(self.now, message);
        }
        if let Some(shown) = self.server.tell(self.now, self.back.sent) {
            self.back.send(self.now, &shown);
        }
        while let Some((_, message)) = self.back.receive(self.now) {
            if let Message::Shown(shown) = message {
                self.centre.take(self.now, &shown);
            }
        }
        self.centre.hear_again(self.now);
        if let Some(message) = self.centre.plan(self.now) {
            self.out.send(self.now, &message);
        }
        let is_on = self.centre.dnd(self.now);
        self.switched += u32::from(std::mem::replace(&mut self.is_on, is_on) != is_on);
    }

    /// Lets so many seconds pass.
    fn pass(&mut self, count: u32) {
        let until = self.now + seconds(count);
        let mut rounds = 0;
        loop {
            let engines = [self.centre.side.engine.poll_timeout(), self.server.side.engine.poll_timeout()];
            let wires = [self.out.next(), self.back.next(), self.centre.next()];
            let next = engines.into_iter().chain(wires).flatten().min().filter(|next| *next <= until);
            let Some(next) = next else { break };
            self.now = next.max(self.now);
            self.work();
            rounds += 1;
            assert!(rounds < 100_000, "it does not end within a second");
        }
        self.now = until;
    }

    /// How many messages there were, in both directions.
    const fn sent(&self) -> u64 {
        self.out.sent + self.back.sent
    }

    /// Whether nothing more is said, for a long time.
    fn is_at_rest(&mut self) -> bool {
        let before = self.sent();
        self.pass(LONG);
        self.sent() == before
    }

    /// What everybody sees: the number the server shows, and whether the device is not to be disturbed.
    fn answer(&mut self) -> (u16, bool) {
        (self.server.shows(self.now).availability.get(), self.centre.dnd(self.now))
    }

    /// What comes of a change, which is at rest after a few messages.
    fn after(&mut self, change: Change) -> (u16, bool) {
        let before = self.sent();
        self.happen(change);
        self.pass(LONG);
        assert!(self.sent() - before <= 6, "{change:?}: {} messages", self.sent() - before);
        assert!(self.is_at_rest(), "{change:?}");
        self.answer()
    }
}

use Change::{Agent, ByHand, CallBegins, CallEnds, TakenBack};

const READY: Change = Agent(AgentState::Ready);
const NOT_READY: Change = Agent(AgentState::NotReady);
const NO_DISTURBANCE: Change = ByHand(Availability::DO_NOT_DISTURB);

fn slow() -> Weather {
    Weather { slowest: 20, doubles: true, seed: 0x5eed }
}

/// S4.6, S4.22, S4.29: every change of agent or device is shown by the server, none comes back as do-not-disturb, and then
/// there is silence.
#[test]
fn what_is_published_does_not_come_back() {
    for weather in [Weather::FINE, slow()] {
        let mut world = World::guarded(push(FULL), weather);
        assert_eq!(world.after(READY), (3_501, false));
        assert_eq!(world.after(CallBegins), (7_001, false), "an agent in a call is not put into do-not-disturb");
        assert_eq!(world.after(CallEnds), (3_501, false));
        assert_eq!(world.after(NOT_READY), (6_001, false));
        assert_eq!(world.after(READY), (3_501, false));
        assert_eq!(world.switched, 0, "not for a second");
    }
}

/// S4.6, S4.22: what a person sets by hand at the computer reaches the device, and so does that it was taken back.
#[test]
fn what_the_person_sets_reaches_the_device() {
    let dnd = Availability::DO_NOT_DISTURB.get();
    for weather in [Weather::FINE, slow()] {
        let mut world = World::guarded(push(FULL), weather);
        for (agent, number) in [(READY, 3_501), (NOT_READY, 6_001)] {
            assert_eq!(world.after(agent), (number, false));
            assert_eq!(world.after(NO_DISTURBANCE), (dnd, true));
            assert_eq!(world.after(TakenBack), (number, false));
        }
        // In the middle of a call.
        world.after(CallBegins);
        assert_eq!(world.after(NO_DISTURBANCE), (dnd, true));
        assert_eq!(world.after(CallEnds), (dnd, true));
        assert_eq!(world.after(CallBegins), (dnd, true));
        assert_eq!(world.after(TakenBack), (7_001, false));
        assert_eq!(world.after(CallEnds), (6_001, false));
        assert_eq!(world.switched, 6, "on and off, three times");
    }
}

/// S4.6: taken back at once, while echoes of what was published before are still expected.
#[test]
fn what_is_taken_back_at_once_is_heard() {
    for weather in [Weather::FINE, slow()] {
        let mut world = World::guarded(push(FULL), weather);
        world.after(READY);
        world.happen(NO_DISTURBANCE);
        world.pass(25);
        assert_eq!(world.answer(), (Availability::DO_NOT_DISTURB.get(), true));
        assert_eq!(world.after(TakenBack), (3_501, false));
    }
}

/// S4.6: a person is busy by hand, and what is published looks just the same. It counts when it can be told apart.
#[test]
fn what_looks_like_an_echo_counts_later() {
    for weather in [Weather::FINE, slow()] {
        let mut world = World::guarded(push(FULL), weather);
        world.after(NOT_READY);
        assert_eq!(world.after(ByHand(Availability::BUSY)), (6_500, false), "nobody can tell");
        world.happen(READY);
        world.pass(SETTLE / 2);
        assert!(!world.answer().1, "too early to tell");
        world.pass(SETTLE);
        assert_eq!(world.answer(), (6_500, true));
        assert!(world.is_at_rest());
        assert_eq!(world.after(TakenBack), (3_501, false));
    }
}

/// S4.6: also where "ready" reads busy for colleagues, so that every echo asks for the opposite.
#[test]
fn a_contrary_profile_comes_to_rest() {
    for weather in [Weather::FINE, slow()] {
        let mut world = World::guarded(contrary(), weather);
        assert_eq!(world.after(READY), (6_501, false));
        assert_eq!(world.after(NO_DISTURBANCE), (Availability::DO_NOT_DISTURB.get(), true));
        assert_eq!(world.after(TakenBack), (6_501, false));
        assert_eq!(world.after(CallBegins), (7_001, false));
        assert_eq!(world.after(CallEnds), (6_501, false));
        assert_eq!(world.after(NOT_READY), (3_501, false));
    }
}

/// S4.6, S4.48: why the product has only one of both. Without a guard, the call of an agent comes back as
/// do-not-disturb, which keeps the agent from being ready, which comes back as do-not-disturb: for ever.
#[test]
fn without_a_guard_an_agent_is_locked_out() {
    let mut world = World::unguarded(push(FULL));
    world.happen(READY);
    world.pass(LONG);
    assert_eq!(world.answer(), (3_501, false));
    world.happen(CallBegins);
    world.pass(LONG);
    assert_eq!(world.answer(), (7_001, true), "its own word");
    world.happen(CallEnds);
    world.pass(DAY / 2);
    assert_eq!(world.answer(), (6_001, true), "nobody has asked for that, and it does not end");
}

/// S4.6, S4.48: and where every echo asks for the opposite, the two never come to rest.
#[test]
fn without_a_guard_they_go_round_in_circles() {
    let mut world = World::unguarded(contrary());
    world.happen(READY);
    world.pass(LONG);
    for _ in 0..3 {
        let before = world.sent();
        assert!(!world.is_at_rest());
        assert!(world.sent() - before > 100, "{}", world.sent() - before);
    }
}

/// S4.6: what a person set by hand ends by itself after a day, and the device follows.
#[test]
fn what_was_set_by_hand_ends_after_a_day() {
    let mut world = World::guarded(push(FULL), slow());
    world.after(READY);
    world.happen(NO_DISTURBANCE);
    world.pass(DAY - 60);
    assert_eq!(world.answer(), (Availability::DO_NOT_DISTURB.get(), true));
    world.pass(180);
    assert_eq!(world.answer(), (3_501, false));
    assert!(world.is_at_rest());
}

/// S4.29, F.42: what is published is shown for as long as it holds, far longer than the server keeps it.
#[test]
fn what_is_published_is_renewed() {
    let mut world = World::guarded(push(FULL), slow());
    world.after(NOT_READY);
    let before = world.sent();
    for hour in 0..72 {
        world.pass(HOUR);
        assert_eq!(world.answer(), (6_001, false), "hour {hour}");
    }
    assert!(world.sent() - before <= 5, "once in sixteen hours");
}

/// S4.6, F.42: a publication that was lost comes with the next renewal, and nothing wrong is concluded meanwhile.
#[test]
fn a_lost_publication_comes_right() {
    let mut world = World::guarded(push(FULL), slow());
    world.after(READY);
    world.out.cut = true;
    assert_eq!(world.after(NOT_READY), (3_501, false), "lost");
    world.out.cut = false;
    world.pass(16 * HOUR);
    assert_eq!(world.answer(), (6_001, false));

    // The renewal is lost, and the server forgets after a day.
    world.pass(15 * HOUR);
    world.out.cut = true;
    world.pass(2 * HOUR);
    world.out.cut = false;
    world.pass(8 * HOUR);
    assert_eq!(world.answer(), (3_500, false), "forgotten");
    world.pass(8 * HOUR);
    assert_eq!(world.answer(), (6_001, false));
    assert!(world.is_at_rest());
}

/// S4.6: a report that was lost is told again when the subscription is renewed.
#[test]
fn a_lost_report_comes_right() {
    let mut world = World::guarded(push(FULL), slow());
    world.after(READY);
    for (change, dnd, answer) in [(NO_DISTURBANCE, false, (9_500, true)), (TakenBack, true, (3_501, false))] {
        world.back.cut = true;
        world.happen(change);
        world.pass(LONG);
        assert_eq!(world.answer().1, dnd, "lost");
        world.back.cut = false;
        world.server.told = None;
        world.pass(LONG);
        world.work();
        world.pass(LONG);
        assert_eq!(world.answer(), answer);
        assert!(world.is_at_rest());
    }
}

fn any_change() -> impl Strategy<Value = Change> {
    prop::sample::select(vec![READY, NOT_READY, CallBegins, CallEnds, NO_DISTURBANCE, TakenBack])
}

fn any_weather() -> impl Strategy<Value = Weather> {
    (0_u32..=SETTLE / 2, any::<bool>(), 1_u64..).prop_map(|(slowest, doubles, seed)| Weather { slowest, doubles, seed })
}

/// The number the server shows in the end, and whether the device is not to be disturbed, as a person would say.
fn right(changes: &[(Change, u32)], ready: u16, not_ready: u16) -> (u16, bool) {
    let last = |fits: fn(&Change) -> bool| changes.iter().map(|(change, _)| *change).rfind(fits);
    let dnd = last(|change| matches!(change, ByHand(_) | TakenBack)) == Some(NO_DISTURBANCE);
    let in_call = last(|change| matches!(change, CallBegins | CallEnds)) == Some(CallBegins);
    let number = match last(|change| matches!(change, Agent(_))) {
        _ if dnd => Availability::DO_NOT_DISTURB.get(),
        _ if in_call => 7_001,
        Some(READY) => ready,
        Some(_) => not_ready,
        None => Availability::ONLINE.get(),
    };
    (number, dnd)
}

fn play(mut world: World, changes: &[(Change, u32)]) -> World {
    for (change, pause) in changes {
        world.happen(*change);
        world.pass(*pause);
    }
    world.pass(LONG);
    world
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    /// S4.6: whatever happens when, and however slow the way: in the end there is silence, and everybody is shown
    /// what is the case, as if there had been no way at all.
    #[test]
    fn they_come_to_rest(
        changes in prop::collection::vec((any_change(), 0_u32..200), 1..12),
        weather in any_weather(),
        is_contrary in any::<bool>(),
    ) {
        let (profile, ready, not_ready) =
            if is_contrary { (contrary(), 6_501, 3_501) } else { (push(FULL), 3_501, 6_001) };
        let mut world = play(World::guarded(profile.clone(), weather), &changes);
        prop_assert!(world.sent() <= 8 * changes.len() as u64 + 8, "{} messages", world.sent());
        prop_assert!(world.is_at_rest());
        let by_hand = changes.iter().filter(|(change, _)| matches!(change, ByHand(_) | TakenBack)).count();
        prop_assert!(u64::from(world.switched) <= by_hand as u64, "{} times for nothing", world.switched);
        prop_assert_eq!(world.answer(), right(&changes, ready, not_ready));
        let mut near = play(World::guarded(profile, Weather::FINE), &changes);
        prop_assert_eq!(world.answer(), near.answer());
    }
}
