//! Both ways at once, which the documents do not allow because it goes round in circles.

mod doing;
mod people;
mod person;
mod step;

use chrono::{DateTime, Utc};
use presence_core::sink::{self, EchoGuard, Publication};
use presence_core::{Activity, Address, Availability, RichState};

use self::people::People;
use self::person::Ear;
use super::push::PushProfile;
use crate::dnd::{Dnd, DndEvent, PullProfile};
use crate::states::Received;

pub use doing::Doing;
pub use step::{Showing, Step};

/// Listens to presence and publishes it. What was published is known when it comes back, so that an agent in a call is
/// not put into do-not-disturb by the report of that call.
///
/// The host tells what is [`heard`](Self::heard) of an address and what its agent and device are [doing](Self::plan),
/// and asks again at the times it is given: what there is to hear at [`next`](Self::next), with [`due`](Self::due), and
/// what there is to publish when a [`Step`] says so. In between these rules keep the two from going round in circles:
///
/// * The newest report counts, whatever overtook it.
/// * A report that looks like what was published is not believed. If it is still the last one when echoes of that are
///   over, it is what the server says itself.
/// * The server shows the least available of what it was told. If it shows what was published, and that is more
///   available than what the server said itself before, then that is over, and do-not-disturb goes off with it.
/// * What agent and device are only because of do-not-disturb that was heard was said by the server, and is not
///   published: see [`Doing`].
///
/// For each address it remembers a little, for so many addresses at most.
///
/// ```
/// use chrono::{DateTime, TimeDelta, Utc};
/// use presence_core::sink::EchoGuard;
/// use presence_core::{Address, SourceId};
/// use presence_lync_map::agent_states::{
///     AgentState, AgentStates, AggregatedStates, BothWays, DeviceState, Doing, PushProfile, Step,
/// };
/// use presence_lync_map::dnd::{Dnd, DndEvent};
/// use presence_lync_map::states::Received;
///
/// let xml = br#"<?xml version="1.0"?>
/// <agentStates xmlns="http://schemas.genesys.com/09/2014/mslyncteserver/agentStates">
///   <agentState ID="READY" availability="3501"><activity LCID="1033">Ready</activity></agentState>
///   <agentState ID="CALL" availability="7001"><activity LCID="1033">In a call</activity></agentState>
/// </agentStates>"#;
/// let (names, _) = AggregatedStates::read("2=READY, 7=CALL")?;
/// let push = PushProfile::new(names, AgentStates::from_xml(xml)?.0)?;
/// let guard = EchoGuard::new(SourceId::new("lync")?).life(86_400);
/// let mut both = BothWays::new("3000-5999".parse()?, push, guard);
///
/// let now: DateTime<Utc> = "2026-11-20T10:00:00Z".parse()?;
/// let (anna, centre) = (Address::sip("anna@example.com")?, SourceId::new("centre")?);
/// let in_call = Doing::new(AgentState::Ready, DeviceState::Busy, centre);
/// let Step::Publish(showing) = both.plan(&anna, &in_call, now) else { return Err("it is to be shown".into()) };
/// assert_eq!(showing.published.availability, 7_001);
///
/// // The server shows it: that is nobody's wish. At 9500 it is.
/// let heard = |number: u32, second| Received::new(now + TimeDelta::seconds(second), Some(number.into()));
/// assert_eq!(both.heard(&anna, &heard(7_001, 1), now), None);
/// assert_eq!(both.heard(&anna, &heard(9_500, 2), now), Some(DndEvent(Dnd::On)));
/// // It shows the call again, so nobody asks not to be disturbed any more.
/// assert_eq!(both.heard(&anna, &heard(7_001, 3), now), Some(DndEvent(Dnd::Off)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct BothWays {
    pull: PullProfile,
    push: PushProfile,
    guard: EchoGuard,
    people: People,
}

impl BothWays {
    /// These two profiles. The guard is that of the presence server to which is published.
    ///
    /// Its settle time must be longer than the way to the server and back: what comes later is not known as an echo.
    /// Its life must be that of the publications; a Lync server keeps "busy" and "do not disturb" for 86,400 seconds,
    /// and the guard takes 300 if it is not told.
    #[must_use]
    pub const fn new(pull: PullProfile, push: PushProfile, guard: EchoGuard) -> Self {
        Self { pull, push, guard, people: People::new() }
    }

    /// The same, remembering what was heard of at most so many addresses; 100,000 unless told. Whoever was not heard of
    /// for the longest time is forgotten first.
    #[must_use]
    pub fn most_addresses(self, most: usize) -> Self {
        Self { people: self.people.at_most(most), ..self }
    }

    /// The server reports this of an address, at `now`: what the device is to be told, if anything changes.
    ///
    /// A report that says nothing changes nothing, and one that is older than another that was heard is no report.
    pub fn heard(&mut self, address: &Address, reported: &Received, now: DateTime<Utc>) -> Option<DndEvent> {
        let ear = Ear { pull: &self.pull, guard: &self.guard, address, now };
        self.people.hear(address, |person| person.hear(reported, &ear))
    }

    /// The subscription for an address is lost: do-not-disturb stays what it is, and the next report counts whenever it
    /// was published.
    pub fn lost(&mut self, address: &Address) {
        self.people.change(address, |person| person.lost());
    }

    /// The device of an address stands at this already, so it is told only of something else.
    pub fn stands(&mut self, address: &Address, state: Dnd) {
        self.people.hear(address, |person| person.stands(state));
    }

    /// What the device of an address was last told, or stood at.
    #[must_use]
    pub fn state(&self, address: &Address) -> Option<Dnd> {
        self.people.get(address)?.state()
    }

    /// Nothing more is wanted of this address.
    pub fn forget(&mut self, address: &Address) {
        self.people.forget(address);
    }

    /// When something that looked like what was published may count after all. It changes with every plan and every
    /// report. `None`: there is no such thing.
    #[must_use]
    pub fn next(&self) -> Option<DateTime<Utc>> {
        self.people.next()
    }

    /// Hears again all that is due at `now`: which devices are to be told what.
    pub fn due(&mut self, now: DateTime<Utc>) -> Vec<(Address, DndEvent)> {
        let mut events = Vec::new();
        while let Some(address) = self.people.take_due(now) {
            let ear = Ear { pull: &self.pull, guard: &self.guard, address: &address, now };
            let event = self.people.change(&address, |person| person.hear_again(&ear)).flatten();
            events.extend(event.map(|event| (address, event)));
        }
        events
    }

    /// What to do about an address because of its agent and device. Do it, and say how it went with
    /// [`published`](Self::published), [`failed`](Self::failed) or [`withdrawn`](Self::withdrawn).
    pub fn plan(&mut self, address: &Address, doing: &Doing, now: DateTime<Utc>) -> Step {
        let Self { push, guard, .. } = self;
        let published = push.publish(doing.made.agent(), doing.made.device());
        let is_its_own = published == push.publish(doing.own.agent(), doing.own.device());
        let said_by = if is_its_own { doing.said_by.clone() } else { guard.sink().clone() };
        let shown = published.and_then(|published| published.rich());
        let shown = shown.unwrap_or(const { RichState::new(Availability::NONE, Activity::None) });
        let step = Step::of(guard.plan(address, &shown, &said_by, now), published);
        self.look_again(address, now);
        step
    }

    /// The server has taken the publication.
    pub fn published(&mut self, publication: &Publication, published: &sink::Published, now: DateTime<Utc>) {
        self.guard.published(publication, published);
        self.look_again(&publication.address, now);
    }

    /// It is not known to have taken it.
    pub fn failed(&mut self, publication: &Publication, now: DateTime<Utc>) {
        self.guard.failed(publication, now);
        self.look_again(&publication.address, now);
    }

    /// What was published for this address has been taken back.
    pub fn withdrawn(&mut self, address: &Address, now: DateTime<Utc>) {
        self.guard.withdrawn(address, now);
        self.look_again(address, now);
    }

    /// The guard.
    #[must_use]
    pub const fn guard(&self) -> &EchoGuard {
        &self.guard
    }

    /// The pull profile.
    #[must_use]
    pub const fn pull(&self) -> &PullProfile {
        &self.pull
    }

    /// The push profile.
    #[must_use]
    pub const fn push(&self) -> &PushProfile {
        &self.push
    }

    /// Takes another pull profile: which devices are to be told what, for the numbers that were heard last.
    pub fn replace_pull(&mut self, pull: PullProfile) -> Vec<(Address, DndEvent)> {
        self.pull = pull;
        self.people.look(&self.pull)
    }

    /// Takes another push profile. What is published now is replaced with the next plan.
    pub fn replace_push(&mut self, push: PushProfile) {
        self.push = push;
    }

    /// What is published has changed, and with it until when a report may be an echo.
    fn look_again(&mut self, address: &Address, now: DateTime<Utc>) {
        let ear = Ear { pull: &self.pull, guard: &self.guard, address, now };
        self.people.change(address, |person| person.look_again(&ear));
    }
}
