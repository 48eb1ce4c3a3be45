//! Publications of several clients of one person, folded to one claim a facet.
//!
//! People have a desktop client, a mobile one, and now and then a third that somebody else wrote. Each publishes what
//! it knows, with a lease and a reason; an engine keeps one claim per source and facet. [`Endpoints`] stands between
//! them: it is the book of one source, and gives out reports only when the fold of all publications says something
//! else, or for longer.
//!
//! # How publications are folded
//!
//! Per subject and facet, of the publications whose lease has not ended:
//!
//! * The strongest [`Reason`] speaks: what somebody chose, before what was seen of somebody, before what a machine says.
//!   Only a [`Call`](Fact::Call) is there whatever the reason: nobody wishes it away.
//! * What was chosen last speaks alone, whichever endpoint it was chosen at. What was chosen before is replaced and does
//!   not come back.
//! * Of what was not chosen, the most active speaks. A call: the heaviest. Do-not-disturb: on if any says so. A device:
//!   the one that is used most, so a mobile counts where nothing else is in use. Reach: a call gets through if it does
//!   anywhere. A calendar: the most restrictive word. Rich presence: not to be disturbed, then busy, available, idle
//!   though busy, idle, right back, away, offline; in a call before other things, and an activity before none.
//! * Where nothing of this decides, the last endpoint by name does.
//!
//! A report is good until the last publication of its fact ends.
//!
//! ```
//! use std::sync::Arc;
//!
//! use chrono::{DateTime, TimeDelta, Utc};
//! use presence_core::endpoints::{EndpointId, Endpoints, Publishing, Reason};
//! use presence_core::{Address, Device, Directory, Facet, Fact, PersonId, PersonSpec, PlaceKind, PlaceSpec};
//! use presence_core::{SourceId, SourceSpec};
//!
//! let now: DateTime<Utc> = "2026-11-20T10:00:00Z".parse()?;
//! let (clients, anna) = (SourceId::new("clients")?, Address::sip("anna@example.com")?);
//! let mut company = Directory::builder();
//! company.source(SourceSpec::new(clients.clone(), &[Facet::Device]));
//! let account = PlaceSpec::new(PlaceKind::Account).address(anna.clone(), &[clients.clone()]);
//! company.person(PersonSpec::new(PersonId::new("anna")?).place(account));
//! let directory = company.build()?;
//! let subject = directory.subject(&anna).ok_or("no such account")?;
//!
//! let mut book = Endpoints::new(directory.origin(&clients).ok_or("no such source")?);
//! let (desktop, mobile) = (EndpointId::new("desktop")?, EndpointId::new("mobile")?);
//! let device = |device| Publishing::new(Reason::Activity, Fact::Device(device), 600);
//! let reports = book.publish(subject, &desktop, device(Device::Active), now)?;
//! assert_eq!(reports[0].fact, Fact::Device(Device::Active));
//! // The mobile in the pocket changes nothing, until the desktop is left.
//! assert!(book.publish(subject, &mobile, device(Device::Away), now)?.is_empty());
//! let reports = book.leave(subject, &desktop, now);
//! assert_eq!(reports[0].fact, Fact::Device(Device::Away));
//! assert_eq!(book.next_expiry(), Some(now + TimeDelta::seconds(600)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::activity::Activity;
use crate::availability::Band;
use crate::calendar::ShowAs;
use crate::fact::{Facet, FacetSet, Fact, Lifetime, Report};
use crate::identity::{InvalidName, Origin, Subject, WatcherId};
use crate::rich::RichState;
use crate::second::{OVERLOOKED, Second};

/// The name of one client of a person: unique among the clients of that person, and the same as long as it is signed in.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
#[serde(transparent)]
// A watcher's name inside, for the rules of names.
pub struct EndpointId(WatcherId);

impl EndpointId {
    /// The name with this text.
    ///
    /// # Errors
    ///
    /// If the text is empty, has more than 256 bytes, or contains control characters.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        WatcherId::new(text).map(Self)
    }

    /// The text of the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Why something is published, the strongest first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// The person asked for it.
    Manual,
    /// The person did something, or has done nothing for a while.
    Activity,
    /// A machine changed: it was locked, it joined a call, it lost its network.
    Machine,
}

impl Reason {
    /// All reasons, the strongest first.
    pub const ALL: [Self; 3] = [Self::Manual, Self::Activity, Self::Machine];
}

/// What an endpoint publishes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Publishing {
    /// Why.
    pub reason: Reason,
    /// What is the case.
    pub fact: Fact,
    /// For how many seconds it is good, at most a day; 0 takes back what the endpoint published for this reason on the
    /// facet.
    pub lease: u32,
}

impl Publishing {
    /// This is the case for so many seconds.
    #[must_use]
    pub const fn new(reason: Reason, fact: Fact, lease: u32) -> Self {
        Self { reason, fact, lease }
    }
}

/// Why something can not be published.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// That is nothing a client knows.
    #[error("an endpoint does not publish such a fact on `{}`", .0.name())]
    Facet(Facet),
    /// A manual state is chosen by a person, never by a machine.
    #[error("a manual state is published for the reason `manual` only")]
    NotByHand,
    /// Nothing of the endpoint is left to be renewed: its leases have ended, or it has left.
    #[error("the endpoint has published nothing that could be renewed")]
    NothingToRenew,
}

/// What endpoints may publish: user, telephone, calendar and device state.
pub const FACETS: FacetSet = FacetSet::of(&[
    Facet::Calendar,
    Facet::Call,
    Facet::Device,
    Facet::DoNotDisturb,
    Facet::Manual,
    Facet::Reach,
    Facet::Rich,
]);

/// The longest lease: a day.
pub const LONGEST_LEASE: u32 = 24 * 3600;
/// So many endpoints of one subject are kept.
pub const MOST_ENDPOINTS: usize = 32;
/// What the endpoints of all subjects have published to one source.
///
/// Hand the reports to the engine at once, for their leases are counted from then. Call [`expire`](Self::expire) at
/// [`next_expiry`](Self::next_expiry). In a new session of the source, report [`everything`](Self::everything).
///
/// The clock may be set back: what was to end still ends after as many seconds.
pub struct Endpoints {
    origin: Origin,
    now: Second,
    evicted: u64,
    /// By the raw handle, which is a number in the order in which subjects became known.
    desks: BTreeMap<u32, Desk>,
    /// The first end at each desk.
    ends: BTreeSet<(Second, u32)>,
}

impl Endpoints {
    /// An empty book of the source with this handle.
    #[must_use]
    pub const fn new(origin: Origin) -> Self {
        Self { origin, now: Second::MIN, evicted: 0, desks: BTreeMap::new(), ends: BTreeSet::new() }
    }

    /// An endpoint of a subject says what is the case. What it said before for the same reason on that facet no longer
    /// counts.
    ///
    /// To say the same by hand again is to choose it again. A client that only keeps alive what it has published says
    /// [`renew`](Self::renew) instead, or it would undo what was chosen elsewhere in the meantime.
    ///
    /// What says nothing takes back, like a lease of 0: [`Fact::Unknown`], [`ShowAs::NoData`], an availability that is
    /// not known. Chosen by hand, with a lease, it takes back what was chosen at any endpoint.
    ///
    /// If the subject has too many endpoints, another one goes: the one that would be gone first.
    ///
    /// # Errors
    ///
    /// If endpoints do not publish such facts, see [`FACETS`], or not for such a reason.
    pub fn publish(
        &mut self,
        subject: Subject,
        endpoint: &EndpointId,
        publishing: Publishing,
        now: DateTime<Utc>,
    ) -> Result<Vec<Report>, PublishError> {
        let publishing = checked(publishing)?;
        let now = self.pass(now);
        let desk = self.desks.entry(subject.raw()).or_insert_with(|| Desk::new(subject));
        desk.end_what_is_over(now);
        desk.publish(endpoint, publishing, now);
        self.evicted += desk.make_room(endpoint);
        Ok(self.tell(subject))
    }

    /// An endpoint is still there: all that it has published is good for its lease again.
    ///
    /// # Errors
    ///
    /// If nothing of it is left. Then it publishes anew, and what was chosen by hand only if it still holds.
    pub fn renew(
        &mut self,
        subject: Subject,
        endpoint: &EndpointId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Report>, PublishError> {
        let now = self.pass(now);
        let desk = self.desks.get_mut(&subject.raw());
        if desk.is_some_and(|desk| desk.renew(endpoint, now)) {
            Ok(self.tell(subject))
        } else {
            Err(PublishError::NothingToRenew)
        }
    }

    /// An endpoint has signed out: nothing of what it published counts any more.
    pub fn leave(&mut self, subject: Subject, endpoint: &EndpointId, now: DateTime<Utc>) -> Vec<Report> {
        self.pass(now);
        if let Some(desk) = self.desks.get_mut(&subject.raw()) {
            desk.publications.retain(|key, _| key.endpoint != *endpoint);
        }
        self.tell(subject)
    }

    /// Ends what is over.
    pub fn expire(&mut self, now: DateTime<Utc>) -> Vec<Report> {
        let now = self.pass(now);
        let over: Vec<Subject> = self
            .ends
            .iter()
            .take_while(|(end, _)| *end <= now)
            .filter_map(|(_, raw)| self.desks.get(raw).map(|desk| desk.subject))
            .collect();
        over.into_iter().flat_map(|subject| self.tell(subject)).collect()
    }

    /// When something is over next.
    #[must_use]
    pub fn next_expiry(&self) -> Option<DateTime<Utc>> {
        self.ends.first().and_then(|(end, _)| end.time())
    }

    /// All that holds at present, for a new session of the source.
    pub fn everything(&mut self, now: DateTime<Utc>) -> Vec<Report> {
        self.pass(now);
        self.desks.values_mut().for_each(|desk| desk.told.clear());
        let subjects: Vec<Subject> = self.desks.values().map(|desk| desk.subject).collect();
        subjects.into_iter().flat_map(|subject| self.tell(subject)).collect()
    }

    /// How many endpoints had to go because a subject had too many.
    #[must_use]
    pub const fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Lets time pass, or takes it back.
    fn pass(&mut self, now: DateTime<Utc>) -> Second {
        let now = Second::floor(now);
        let back = self.now.since(now);
        if back > OVERLOOKED {
            self.desks.values_mut().for_each(|desk| desk.move_back(back));
            self.ends = self.desks.iter().map(|(raw, desk)| (desk.listed, *raw)).collect();
            self.now = now;
        }
        self.now = self.now.max(now);
        self.now
    }

    /// What is to be reported of a subject: what is different from what was reported last.
    fn tell(&mut self, subject: Subject) -> Vec<Report> {
        let raw = subject.raw();
        let Some(desk) = self.desks.get_mut(&raw) else { return Vec::new() };
        self.ends.remove(&(desk.listed, raw));
        desk.end_what_is_over(self.now);
        let reports = desk.tell(self.origin, self.now);
        if desk.publications.is_empty() {
            self.desks.remove(&raw);
        } else {
            desk.listed = desk.first_end();
            self.ends.insert((desk.listed, raw));
        }
        reports
    }
}

impl fmt::Debug for Endpoints {
    /// Without what was published.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoints")
            .field("origin", &self.origin)
            .field("now", &self.now)
            .field("subjects", &self.desks.len())
            .field("evicted", &self.evicted)
            .finish_non_exhaustive()
    }
}

/// What may be published, as it is kept: what says nothing is unknown, and no lease is too long.
fn checked(publishing: Publishing) -> Result<Publishing, PublishError> {
    let Publishing { reason, fact, lease } = publishing;
    let facet = fact.facet();
    if !FACETS.contains(facet) || matches!(fact, Fact::Agenda(_)) {
        return Err(PublishError::Facet(facet));
    }
    if facet == Facet::Manual && reason != Reason::Manual {
        return Err(PublishError::NotByHand);
    }
    let says_nothing = match &fact {
        Fact::Unknown(_) | Fact::ShowAs(ShowAs::NoData) => true,
        Fact::Rich(state) => !state.availability.is_known(),
        Fact::Manual(Some(manual)) => !manual.availability.is_known(),
        _ => false,
    };
    let fact = if says_nothing { Fact::Unknown(facet) } else { fact };
    Ok(Publishing { reason, fact, lease: lease.min(LONGEST_LEASE) })
}

/// The publications about one subject.
struct Desk {
    subject: Subject,
    publications: BTreeMap<Key, Kept>,
    /// What was reported last, and until when.
    told: BTreeMap<Facet, (Fact, Second)>,
    /// The end under which the desk is listed in the book.
    listed: Second,
}

/// The order is that of the fold: facet by facet, the strongest reason first.
#[derive(Clone, Eq, Ord, PartialEq, PartialOrd)]
struct Key {
    facet: Facet,
    reason: Reason,
    endpoint: EndpointId,
}

struct Kept {
    fact: Fact,
    said: Second,
    lease: u32,
    end: Second,
    /// Something was chosen after it. It stays for its lease, so that its endpoint can be told from one that is gone.
    replaced: bool,
}

impl Kept {
    fn new(fact: Fact, lease: u32, now: Second) -> Self {
        // A state that was over when it came still replaces what was chosen before.
        let fact = match fact {
            Fact::Manual(Some(manual)) if manual.is_over(now) => Fact::Manual(None),
            fact => fact,
        };
        let mut kept = Self { fact, said: now, lease, end: now, replaced: false };
        kept.renew(now);
        kept
    }

    fn renew(&mut self, now: Second) {
        self.end = now.plus(self.lease).min(self.own_end());
    }

    fn move_back(&mut self, by: u32) {
        self.said = self.said.minus(by);
        // What a state says of its own end stays.
        if self.end != self.own_end() {
            self.end = self.end.minus(by);
        }
    }

    fn own_end(&self) -> Second {
        match &self.fact {
            Fact::Manual(Some(manual)) => manual.until.unwrap_or(Second::NEVER),
            _ => Second::NEVER,
        }
    }
}

impl Desk {
    const fn new(subject: Subject) -> Self {
        Self { subject, publications: BTreeMap::new(), told: BTreeMap::new(), listed: Second::NEVER }
    }

    fn publish(&mut self, endpoint: &EndpointId, publishing: Publishing, now: Second) {
        let Publishing { reason, fact, lease } = publishing;
        let key = Key { facet: fact.facet(), reason, endpoint: endpoint.clone() };
        if reason == Reason::Manual && key.facet != Facet::Call && lease > 0 {
            let chosen = |other: &Key| other.facet == key.facet && other.reason == Reason::Manual;
            for (_, other) in self.publications.iter_mut().filter(|(other, kept)| chosen(other) && kept.said < now) {
                other.replaced = true;
            }
        }
        if lease == 0 || matches!(fact, Fact::Unknown(_)) {
            self.publications.remove(&key);
        } else {
            self.publications.insert(key, Kept::new(fact, lease, now));
        }
    }

    fn renew(&mut self, endpoint: &EndpointId, now: Second) -> bool {
        let own = self.publications.iter_mut().filter(|(key, kept)| key.endpoint == *endpoint && now < kept.end);
        own.map(|(_, kept)| kept.renew(now)).count() > 0
    }

    /// Of too many endpoints the one goes that would be gone first, but not the newcomer: it is certainly there.
    fn make_room(&mut self, newcomer: &EndpointId) -> u64 {
        let mut ends: BTreeMap<&EndpointId, Second> = BTreeMap::new();
        for (key, kept) in &self.publications {
            let end = ends.entry(&key.endpoint).or_default();
            *end = kept.end.max(*end);
        }
        if ends.len() <= MOST_ENDPOINTS {
            return 0;
        }
        let others = ends.iter().filter(|(endpoint, _)| **endpoint != newcomer);
        let Some(goes) =
            others.min_by_key(|(endpoint, end)| (**end, **endpoint)).map(|(endpoint, _)| (*endpoint).clone())
        else {
            return 0;
        };
        self.publications.retain(|key, _| key.endpoint != goes);
        1
    }

    fn first_end(&self) -> Second {
        self.publications.values().map(|kept| kept.end).min().unwrap_or(Second::NEVER)
    }

    fn end_what_is_over(&mut self, now: Second) {
        self.publications.retain(|_, kept| now < kept.end);
    }

    fn move_back(&mut self, by: u32) {
        self.publications.values_mut().for_each(|kept| kept.move_back(by));
        self.told.values_mut().for_each(|(_, end)| *end = end.minus(by));
        self.listed = self.first_end();
    }

    fn tell(&mut self, origin: Origin, now: Second) -> Vec<Report> {
        let mut reports = Vec::new();
        for facet in FACETS.iter() {
            let folded = self.fold(facet);
            if folded.as_ref() == self.told.get(&facet) {
                continue;
            }
            let (fact, lease) = match &folded {
                Some((fact, end)) => (fact.clone(), end.since(now)),
                None => (Fact::Unknown(facet), 0),
            };
            let report = Report::new(origin, self.subject, fact, now.time().unwrap_or_default());
            reports.push(report.lasting(Lifetime::Lease(lease)));
            match folded {
                Some(folded) => self.told.insert(facet, folded),
                None => self.told.remove(&facet),
            };
        }
        reports
    }

    /// What all endpoints together say on a facet, and until when.
    fn fold(&self, facet: Facet) -> Option<(Fact, Second)> {
        let speaks = |key: &Key, kept: &Kept| key.facet == facet && !kept.replaced;
        let heard = || self.publications.iter().filter(|(key, kept)| speaks(key, kept));
        let strongest = heard().map(|(key, _)| key.reason).min()?;
        let heard = || heard().filter(|(key, _)| facet == Facet::Call || key.reason == strongest);
        let winner = if facet != Facet::Call && strongest == Reason::Manual {
            heard().max_by_key(|(key, kept)| (kept.said, &key.endpoint))
        } else {
            heard().max_by_key(|(key, kept)| (weight(&kept.fact), &key.endpoint))
        };
        let fact = &winner?.1.fact;
        let end = heard().map(|(_, kept)| kept).filter(|kept| kept.fact == *fact).map(|kept| kept.end).max()?;
        Some((fact.clone(), end))
    }
}

/// How active a fact is among others on its facet.
fn weight(fact: &Fact) -> u8 {
    match fact {
        Fact::Call(call) => call.code(),
        Fact::Device(device) => u8::MAX - device.code(),
        Fact::DoNotDisturb(on) => u8::from(*on),
        Fact::Reach(reach) => reach.code(),
        Fact::ShowAs(word) => word.code(),
        Fact::Rich(state) => rich_weight(state),
        // Manual states are chosen, and the newest choice speaks; there is nothing else.
        _ => 0,
    }
}

/// Who does something at one endpoint is active, whatever the others say; what binds comes before what frees.
fn rich_weight(state: &RichState) -> u8 {
    let band = match state.availability.band() {
        Band::DoNotDisturb => 8,
        Band::Busy => 7,
        Band::Online => 6,
        Band::IdleBusy => 5,
        Band::IdleOnline => 4,
        Band::BeRightBack => 3,
        Band::Away => 2,
        Band::Offline => 1,
        Band::None => 0,
    };
    let activity = match state.activity {
        Activity::None => 0,
        activity if activity.is_call() => 2,
        _ => 1,
    };
    band * 4 + activity
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::activity::{Lcid, LocalTexts};
    use crate::availability::Availability;
    use crate::calendar::{Agenda, Span};
    use crate::confidential::Confidential;
    use crate::device::Device;
    use crate::line::{Call, Reach};
    use crate::manual::Manual;

    const ANNA: Subject = Subject::new(7);

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn id(name: &str) -> EndpointId {
        EndpointId::new(name).unwrap()
    }

    fn rich(availability: Availability, activity: Activity) -> Fact {
        Fact::Rich(RichState::new(availability, activity))
    }

    fn manual(availability: Availability, activity: Activity) -> Fact {
        Fact::Manual(Some(Manual::new(availability, activity)))
    }

    /// A book that is asked about one subject; reports come as facet, fact and lease.
    struct Book(Endpoints);

    impl Book {
        fn new() -> Self {
            Self(Endpoints::new(Origin::new(3)))
        }

        fn says(&mut self, second: i64, name: &str, reason: Reason, fact: Fact, lease: u32) -> Vec<(Fact, u32)> {
            let publishing = Publishing::new(reason, fact, lease);
            told(self.0.publish(ANNA, &id(name), publishing, at(second)).unwrap())
        }
    }

    fn told(reports: Vec<Report>) -> Vec<(Fact, u32)> {
        let lease = |report: &Report| match report.lifetime {
            Lifetime::Lease(lease) => lease,
            other => panic!("{other:?}"),
        };
        reports.into_iter().map(|report| (report.fact.clone(), lease(&report))).collect()
    }

    use Reason::{Activity as Seen, Machine, Manual as Chosen};

    #[test]
    fn names_of_endpoints_are_names() {
        assert_eq!(EndpointId::new(""), Err(InvalidName::Empty));
        assert_eq!(EndpointId::new(&"x".repeat(257)), Err(InvalidName::TooLong(257)));
        assert_eq!((id("a").to_string(), format!("{:?}", id("a"))), ("a".to_owned(), "\"a\"".to_owned()));
        assert!(serde_json::from_str::<EndpointId>("\"a\\n\"").is_err());
    }

    /// S3.33: what was chosen speaks before what was seen, that before what a machine says; each within its life.
    #[test]
    fn s3_33_the_strongest_reason_speaks_within_its_life() {
        let mut book = Book::new();
        let machine = rich(Availability::OFFLINE, Activity::Offline);
        let seen = rich(Availability::AWAY, Activity::Away);
        let chosen = rich(Availability::ONLINE, Activity::Available);
        assert_eq!(book.says(0, "b", Machine, machine.clone(), 900), [(machine.clone(), 900)]);
        assert_eq!(book.says(1, "a", Seen, seen.clone(), 300), [(seen.clone(), 300)]);
        assert_eq!(book.says(2, "a", Chosen, chosen.clone(), 100), [(chosen, 100)]);
        assert!(book.says(3, "b", Seen, rich(Availability::BUSY, Activity::InCall), 10).is_empty());
        assert_eq!(book.0.next_expiry(), Some(at(13)));
        assert!(book.0.expire(at(13)).is_empty());
        assert_eq!(told(book.0.expire(at(102))), [(seen, 199)]);
        assert_eq!(told(book.0.expire(at(301))), [(machine, 599)]);
        assert_eq!(told(book.0.expire(at(900))), [(Fact::Unknown(Facet::Rich), 0)]);
        assert_eq!((book.0.next_expiry(), book.0.desks.len()), (None, 0));
    }

    #[test]
    fn the_newest_choice_replaces_and_what_was_replaced_does_not_come_back() {
        let mut book = Book::new();
        let (busy, away) = (manual(Availability::BUSY, Activity::Busy), manual(Availability::AWAY, Activity::Lunch));
        assert_eq!(book.says(0, "desktop", Chosen, busy.clone(), 3_600).len(), 1);
        assert_eq!(book.says(10, "mobile", Chosen, away, 300).len(), 1);
        assert!(book.0.renew(ANNA, &id("desktop"), at(20)).unwrap().is_empty(), "to be there is not to choose");
        assert_eq!(told(book.0.expire(at(310))), [(Fact::Unknown(Facet::Manual), 0)]);
        assert!(book.0.renew(ANNA, &id("desktop"), at(311)).unwrap().is_empty());
        assert_eq!(book.says(400, "desktop", Chosen, busy.clone(), 60), [(busy.clone(), 60)], "chosen again");
        assert_eq!(book.says(401, "mobile", Chosen, Fact::Manual(None), 60), [(Fact::Manual(None), 60)]);

        assert_eq!(book.says(500, "desktop", Chosen, busy.clone(), 60), [(busy, 60)]);
        let nothing = book.says(501, "mobile", Chosen, Fact::Unknown(Facet::Manual), 60);
        assert_eq!(nothing, [(Fact::Unknown(Facet::Manual), 0)], "taken back at another endpoint");
    }

    #[test]
    fn of_two_choices_in_one_second_the_last_endpoint_by_name_speaks() {
        let (busy, away) = (manual(Availability::BUSY, Activity::Busy), manual(Availability::AWAY, Activity::Lunch));
        for order in [["a", "b"], ["b", "a"]] {
            let mut book = Book::new();
            for name in order {
                book.says(0, name, Chosen, if name == "a" { busy.clone() } else { away.clone() }, 60);
            }
            assert_eq!(told(book.0.everything(at(0))), [(away.clone(), 60)]);
        }
    }

    #[test]
    fn a_manual_state_ends_when_it_says_so() {
        let mut book = Book::new();
        let until = |second| Fact::Manual(Some(Manual::new(Availability::BUSY, Activity::Busy).until(at(second))));
        assert_eq!(book.says(0, "a", Chosen, until(50), 3_600), [(until(50), 50)]);
        assert!(book.0.renew(ANNA, &id("a"), at(10)).unwrap().is_empty());
        assert_eq!(told(book.0.expire(at(50))), [(Fact::Unknown(Facet::Manual), 0)]);
        assert_eq!(book.says(60, "a", Chosen, until(55), 100), [(Fact::Manual(None), 100)], "over when it came");
    }

    #[test]
    fn the_most_active_speaks() {
        let calls = Call::ALL.map(Fact::Call).to_vec();
        let devices = Device::ALL.into_iter().rev().map(Fact::Device).collect();
        let reaches = Reach::ALL.map(Fact::Reach).to_vec();
        let words = (1..=5).filter_map(ShowAs::from_code).map(Fact::ShowAs).collect();
        let number = |number, activity| rich(Availability::new(number).unwrap(), activity);
        let states = vec![
            number(18_000, Activity::None),
            number(15_500, Activity::None),
            number(15_000, Activity::Away),
            number(12_500, Activity::BeRightBack),
            number(5_000, Activity::Idle),
            number(7_500, Activity::Idle),
            number(3_500, Activity::None),
            number(3_000, Activity::Available),
            number(6_500, Activity::Busy),
            number(6_500, Activity::InCall),
            number(9_500, Activity::DoNotDisturb),
        ];
        let off_and_on = vec![Fact::DoNotDisturb(false), Fact::DoNotDisturb(true)];
        for ladder in [calls, devices, reaches, words, states, off_and_on] {
            assert!(ladder.len() > 1 && ladder.is_sorted_by(|less, more| weight(less) < weight(more)), "{ladder:?}");
            let mut book = Book::new();
            for (place, fact) in ladder.iter().enumerate() {
                // The names go the other way, so that they can not be what decides.
                assert_eq!(book.says(0, &format!("{}", 99 - place), Seen, fact.clone(), 60), [(fact.clone(), 60)]);
            }
        }
    }

    #[test]
    fn a_call_is_there_whatever_the_reason() {
        let mut book = Book::new();
        book.says(0, "a", Machine, Fact::Call(Call::InCall), 60);
        assert!(book.says(1, "b", Chosen, Fact::Call(Call::Idle), 60).is_empty());
        assert_eq!(book.says(2, "c", Seen, Fact::Call(Call::Ringing), 60), [(Fact::Call(Call::Ringing), 60)]);
    }

    #[test]
    fn a_claim_is_renewed_as_long_as_somebody_says_it() {
        let mut book = Book::new();
        let on = Fact::DoNotDisturb(true);
        assert_eq!(book.says(0, "a", Seen, on.clone(), 100), [(on.clone(), 100)]);
        assert!(book.says(10, "b", Seen, on.clone(), 50).is_empty(), "it is known for longer");
        assert_eq!(book.says(20, "b", Seen, on.clone(), 200), [(on.clone(), 200)]);
        assert!(book.0.expire(at(100)).is_empty());
        assert_eq!(told(book.0.renew(ANNA, &id("b"), at(120)).unwrap()), [(on.clone(), 200)]);
        assert_eq!(book.says(130, "b", Seen, on.clone(), 10), [(on, 10)], "a lease may be cut short");
        assert_eq!(told(book.0.expire(at(140))), [(Fact::Unknown(Facet::DoNotDisturb), 0)]);
        assert_eq!(book.0.renew(ANNA, &id("b"), at(140)), Err(PublishError::NothingToRenew));
    }

    #[test]
    fn the_last_to_leave_withdraws() {
        let mut book = Book::new();
        let idle = Fact::Call(Call::Idle);
        book.says(0, "a", Machine, idle.clone(), 100);
        book.says(0, "a", Machine, Fact::Device(Device::Active), 100);
        book.says(0, "b", Machine, idle, 100);
        assert_eq!(told(book.0.leave(ANNA, &id("a"), at(1))), [(Fact::Unknown(Facet::Device), 0)]);
        assert!(book.0.leave(ANNA, &id("nobody"), at(1)).is_empty());
        assert_eq!(told(book.0.leave(ANNA, &id("b"), at(2))), [(Fact::Unknown(Facet::Call), 0)]);
        assert!(book.0.leave(ANNA, &id("b"), at(2)).is_empty());
        assert!(book.0.everything(at(3)).is_empty());
    }

    #[test]
    fn only_what_a_client_knows_is_published() {
        let mut book = Endpoints::new(Origin::new(0));
        let mut refused = |reason, fact| book.publish(ANNA, &id("a"), Publishing::new(reason, fact, 60), at(0)).err();
        for facet in Facet::ALL {
            let error = (!FACETS.contains(facet)).then_some(PublishError::Facet(facet));
            assert_eq!(refused(Chosen, Fact::Unknown(facet)), error, "{facet:?}");
        }
        let day = Span::new(at(0), at(60)).unwrap();
        let agenda = Fact::Agenda(Arc::new(Agenda::new(day, Vec::new())));
        assert_eq!(refused(Seen, agenda), Some(PublishError::Facet(Facet::Calendar)));
        assert_eq!(refused(Seen, manual(Availability::AWAY, Activity::Away)), Some(PublishError::NotByHand));
        assert_eq!(refused(Seen, Fact::ShowAs(ShowAs::NoData)), None);
        assert!(book.desks.is_empty() && book.ends.is_empty(), "what says nothing is not kept");
        let text = PublishError::Facet(Facet::Note).to_string();
        assert_eq!(text, "an endpoint does not publish such a fact on `note`");
    }

    #[test]
    fn leases_and_endpoints_are_limited() {
        let mut book = Book::new();
        let day = book.says(0, "a", Seen, Fact::Device(Device::Active), u32::MAX);
        assert_eq!(day, [(Fact::Device(Device::Active), LONGEST_LEASE)]);
        for number in 0..u32::try_from(MOST_ENDPOINTS).unwrap() {
            book.says(1, &format!("n{number:02}"), Seen, Fact::Device(Device::Away), 500 - number);
        }
        assert_eq!(book.0.evicted(), 1);
        let known: BTreeSet<_> = book.0.desks[&7].publications.keys().map(|key| key.endpoint.to_string()).collect();
        assert!(known.len() == MOST_ENDPOINTS && known.contains("n31"), "the newcomer stays");
        assert!(known.contains("a") && !known.contains("n30"), "the one that would be gone first went");
    }

    #[test]
    fn leases_last_as_long_when_the_clock_is_set_back() {
        let mut book = Book::new();
        let active = Fact::Device(Device::Active);
        book.says(10_000, "a", Seen, active, 100);
        assert!(book.0.expire(at(9_999)).is_empty());
        assert_eq!(book.0.next_expiry(), Some(at(10_100)), "a second is overlooked");
        assert!(book.0.expire(at(5_000)).is_empty());
        assert_eq!(book.0.next_expiry(), Some(at(5_100)));
        assert!(book.0.expire(at(5_099)).is_empty());
        assert_eq!(told(book.0.expire(at(5_100))), [(Fact::Unknown(Facet::Device), 0)]);
    }

    #[test]
    fn a_new_session_is_told_everything() {
        let mut book = Book::new();
        book.says(0, "a", Seen, Fact::Device(Device::Active), 100);
        book.says(0, "a", Machine, Fact::Call(Call::Idle), 50);
        let all = told(book.0.everything(at(20)));
        assert_eq!(all, [(Fact::Call(Call::Idle), 30), (Fact::Device(Device::Active), 80)]);
        assert_eq!(told(book.0.everything(at(60))), [(Fact::Device(Device::Active), 40)]);
    }

    #[test]
    fn what_people_typed_is_not_printed() {
        let words = Arc::new(LocalTexts::new(vec![(Lcid::ENGLISH, Confidential::new("at the dentist".into()))]));
        let state = RichState::new(Availability::AWAY, Activity::Away).with_custom(words);
        let publishing = Publishing::new(Chosen, Fact::Rich(state), 60);
        let mut book = Endpoints::new(Origin::new(0));
        let reports = book.publish(ANNA, &id("a"), publishing.clone(), at(0)).unwrap();
        let text = format!("{publishing:?} {book:?} {reports:?}");
        assert!(!text.contains("dentist"), "{text}");
    }
}
