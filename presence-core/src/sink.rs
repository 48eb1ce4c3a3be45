//! Publishing outwards: a state for a person, until when, and where it came from.
//!
//! A system that reports can often be written to as well, and then it reports what was written. A [`Sink`] writes; an
//! [`EchoGuard`] decides when, and knows our own words when they come back, so that two systems which are told of each
//! other come to rest.
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use presence_core::sink::{EchoGuard, Plan};
//! use presence_core::{Activity, Address, Availability, RichState, SourceId};
//!
//! let now: DateTime<Utc> = "2026-11-20T10:00:00Z".parse()?;
//! let (teams, pbx) = (SourceId::new("teams")?, SourceId::new("pbx")?);
//! let anna = Address::sip("anna@example.com")?;
//! let mut guard = EchoGuard::new(teams.clone());
//!
//! // The telephone decided what is shown of Anna, so her account is told.
//! let in_call = RichState::new(Availability::BUSY, Activity::InCall);
//! assert!(matches!(guard.plan(&anna, &in_call, &pbx, now), Plan::Publish(_)));
//! // The account reports it back: that is no second witness.
//! assert!(guard.is_echo(&anna, &in_call, now));
//! // Anything else is what the account says itself.
//! let away = RichState::new(Availability::AWAY, Activity::Away);
//! assert!(!guard.is_echo(&anna, &away, now));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::activity::{Activity, Lcid, LocalTexts};
use crate::identity::{Address, SourceId};
use crate::rich::RichState;
use crate::second::OVERLOOKED;
use crate::source::SourceError;

/// Something that can be told about people.
#[async_trait]
pub trait Sink: fmt::Debug + Send + Sync + 'static {
    /// Its name: that of the source that reports from the same system.
    fn id(&self) -> &SourceId;

    /// Shows this state for this address, until it expires. It takes the place of what was published there before.
    async fn publish(&self, publication: &Publication) -> Result<Published, SourceError>;

    /// Takes back what was published for this address. If nothing was, nothing happens.
    async fn withdraw(&self, address: &Address) -> Result<(), SourceError>;
}

/// A state to be shown for somebody in another system. `Debug` masks texts.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Publication {
    /// Who it is about, as the other system calls the person.
    pub address: Address,
    /// What to show.
    pub state: RichState,
    /// When it is no longer to be shown, if it is not renewed.
    pub expires: DateTime<Utc>,
    /// The source whose word decided this.
    pub origin: SourceId,
    /// Grows with every publication, so that a late answer can be told from the present one.
    pub sequence: u64,
}

impl Publication {
    /// A publication.
    #[must_use]
    pub const fn new(
        address: Address,
        state: RichState,
        expires: DateTime<Utc>,
        origin: SourceId,
        sequence: u64,
    ) -> Self {
        Self { address, state, expires, origin, sequence }
    }
}

/// What the other system made of a publication.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Published {
    /// Until when it is shown there, if the system said so: some take a time of their own.
    pub expires: Option<DateTime<Utc>>,
    /// How it reads there, if not as published: some know fewer words.
    pub shown: Option<RichState>,
}

impl Published {
    /// As it was asked for.
    #[must_use]
    pub fn as_asked() -> Self {
        Self::default()
    }

    /// The same, shown until then.
    #[must_use]
    pub fn until(self, expires: DateTime<Utc>) -> Self {
        Self { expires: Some(expires), ..self }
    }

    /// The same, reading like this.
    #[must_use]
    pub fn shown_as(self, state: RichState) -> Self {
        Self { shown: Some(state), ..self }
    }
}

/// What to do about an address now.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Plan {
    /// Publish this.
    Publish(Publication),
    /// Nothing before this time: then ask again, with what is decided then.
    Wait(DateTime<Utc>),
    /// Nothing, until something else is decided.
    Nothing,
    /// Take back what is published, and say so with [`EchoGuard::withdrawn`].
    Withdraw,
}

/// The life of a publication; it is customary for pushed sessions.
const LIFE: u32 = 300;
/// Systems pass on a change within seconds, and ask each other about once a minute.
const SETTLE: u32 = 60;
/// The least time between two values, which is also the longest a change has to wait.
const INTERVAL: u32 = 5;
/// As many addresses as a large site has.
const MOST_ADDRESSES: usize = 100_000;
/// So many values that were replaced are remembered for one address.
const MOST_REPLACED: usize = 8;
/// A shorter life would have to be renewed without pause.
const LEAST_LIFE: u32 = 3;
/// Decides when a sink is written to, and recognises what comes back.
///
/// * A system is never told what it said itself.
/// * The same value is published again only to renew it, when two thirds of its life are over.
/// * Two different values for one address, or a value and its withdrawal, are at least an interval apart. What was
///   decided last is what goes out then, so a change waits for the interval at most.
/// * What a system reports while our publication lives there, and for a settle time after it was replaced, withdrawn
///   or expired, is our own word if it has the same value.
///
/// A value is the same if it is in the same band, with the same activity or none, and with the same words or none:
/// systems round numbers and drop what they do not know. What the band says by itself is no activity, and words may
/// come in another order, in fewer languages, and cut off. A system that really came to the value we published can not
/// be told from an echo; its word counts again once the settle time is over: [`echo_until`](EchoGuard::echo_until) says
/// when.
///
/// The memory is bounded. What is over is dropped; if there is still too much, what ends first goes.
pub struct EchoGuard {
    sink: SourceId,
    life: TimeDelta,
    settle: TimeDelta,
    interval: TimeDelta,
    most: usize,
    sequence: u64,
    evicted: u64,
    records: BTreeMap<Address, Record>,
    /// When each record is over.
    ends: BTreeSet<(DateTime<Utc>, Address)>,
}

impl EchoGuard {
    /// A guard for the sink of this name: a life of 300 seconds, an interval of 5, a settle time of 60, and at most
    /// 100,000 addresses.
    #[must_use]
    pub fn new(sink: SourceId) -> Self {
        Self {
            sink,
            life: seconds(LIFE),
            settle: seconds(SETTLE),
            interval: seconds(INTERVAL),
            most: MOST_ADDRESSES,
            sequence: 0,
            evicted: 0,
            records: BTreeMap::new(),
            ends: BTreeSet::new(),
        }
    }

    /// The same guard, with publications that live for so many seconds, at least 3.
    #[must_use]
    pub fn life(self, life: u32) -> Self {
        Self { life: seconds(life.max(LEAST_LIFE)), ..self }
    }

    /// The same guard, with so many seconds in which late echoes of what is over are expected.
    #[must_use]
    pub fn settle(self, settle: u32) -> Self {
        Self { settle: seconds(settle), ..self }
    }

    /// The same guard, with at least so many seconds between two values for one address.
    #[must_use]
    pub fn interval(self, interval: u32) -> Self {
        Self { interval: seconds(interval), ..self }
    }

    /// The same guard, remembering at most so many addresses.
    #[must_use]
    pub fn most_addresses(self, most: usize) -> Self {
        Self { most: most.max(1), ..self }
    }

    /// The name of the sink.
    #[must_use]
    pub const fn sink(&self) -> &SourceId {
        &self.sink
    }

    /// How long a change may have to wait, at the worst, before it is published.
    #[must_use]
    pub const fn worst_delay(&self) -> TimeDelta {
        self.interval
    }

    /// What to do at `now` about an address, when `decided` is to be shown of the person because of what the source
    /// `decided_by` said. A state without a known availability is nothing to show.
    ///
    /// What is to be published counts as published from now on, for its echo may come before the answer. Say
    /// [`published`](Self::published) or [`failed`](Self::failed) when there is one.
    pub fn plan(&mut self, address: &Address, decided: &RichState, decided_by: &SourceId, now: DateTime<Utc>) -> Plan {
        self.drop_what_is_over(now);
        let record = self.records.get(address);
        let standing = record.and_then(|record| record.standing.as_ref()).filter(|standing| now < standing.expires);
        let wanted = decided.availability.is_known() && *decided_by != self.sink;
        match standing {
            None if !wanted => Plan::Nothing,
            Some(standing) if wanted && standing.state == *decided => {
                if now < standing.renew && !is_from_the_future(standing.said, now) {
                    return Plan::Wait(standing.renew);
                }
                Plan::Publish(self.publication(address, decided, decided_by, now))
            }
            _ => match record.and_then(|record| record.blocked_until(self.interval, now)) {
                Some(until) => Plan::Wait(until),
                None if wanted => Plan::Publish(self.publication(address, decided, decided_by, now)),
                None => Plan::Withdraw,
            },
        }
    }

    /// The other system has taken the publication. The answer to one that has been followed by another changes nothing.
    pub fn published(&mut self, publication: &Publication, published: &Published) {
        self.change(&publication.address, |record, _| {
            let standing = record.standing.as_mut().filter(|standing| standing.sequence == publication.sequence);
            let Some(standing) = standing else { return };
            standing.shown.clone_from(&published.shown);
            if let Some(expires) = published.expires {
                standing.expires = expires.max(later(standing.said, seconds(LEAST_LIFE)));
                standing.renew = renew_at(standing.said, standing.expires);
            }
        });
    }

    /// It is not known to have taken it. It may have, so echoes are still expected; it is tried again an interval later.
    pub fn failed(&mut self, publication: &Publication, now: DateTime<Utc>) {
        let again = later(now, self.interval.max(seconds(1)));
        self.change(&publication.address, |record, _| {
            if let Some(standing) = record.standing.as_mut().filter(|one| one.sequence == publication.sequence) {
                standing.renew = standing.renew.min(again);
            }
        });
    }

    /// What was published for this address has been taken back.
    pub fn withdrawn(&mut self, address: &Address, now: DateTime<Utc>) {
        self.change(address, |record, settle| {
            if let Some(standing) = record.standing.take() {
                record.remember(standing, settle, now);
                record.changed = now;
            }
        });
    }

    /// Whether a report of the other system about this address is our own publication, come back. Then it must not be
    /// taken as evidence.
    #[must_use]
    pub fn is_echo(&self, address: &Address, reported: &RichState, now: DateTime<Utc>) -> bool {
        self.echo_until(address, reported, now).is_some()
    }

    /// The same, and until when: if the other system still says so then, and nothing was published in between, it is
    /// its own word. `None`: it is its own word now.
    #[must_use]
    pub fn echo_until(&self, address: &Address, reported: &RichState, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let record = self.records.get(address)?;
        let standing = record.standing.iter().flat_map(|standing| {
            let until = later(standing.expires, self.settle);
            standing.values().map(move |value| (value, until))
        });
        let replaced = record.replaced.iter().map(|echo| (&echo.state, echo.until));
        let echoes = standing.chain(replaced).filter(|(value, until)| now < *until && returns(value, reported));
        echoes.map(|(_, until)| until).max()
    }

    /// How many addresses are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many addresses had to be forgotten before their time.
    #[must_use]
    pub const fn evicted(&self) -> u64 {
        self.evicted
    }

    fn publication(
        &mut self,
        address: &Address,
        state: &RichState,
        origin: &SourceId,
        now: DateTime<Utc>,
    ) -> Publication {
        self.sequence = self.sequence.saturating_add(1);
        let (sequence, expires) = (self.sequence, later(now, self.life));
        self.records.entry(address.clone()).or_insert_with(|| Record::new(now));
        self.change(address, |record, settle| {
            let mut standing = Standing {
                state: state.clone(),
                shown: None,
                sequence,
                said: now,
                renew: renew_at(now, expires),
                expires,
            };
            match record.standing.take() {
                Some(old) if old.state == standing.state && now < old.expires => {
                    standing.shown = old.shown;
                    record.changed = record.changed.min(now);
                }
                Some(old) => {
                    record.remember(old, settle, now);
                    record.changed = now;
                }
                None => record.changed = now,
            }
            record.standing = Some(standing);
        });
        self.make_room();
        Publication { address: address.clone(), state: state.clone(), expires, origin: origin.clone(), sequence }
    }

    /// Changes a record, if there is one, and notes when it is over now.
    fn change(&mut self, address: &Address, change: impl FnOnce(&mut Record, TimeDelta)) {
        let Some(record) = self.records.get_mut(address) else { return };
        self.ends.remove(&(record.end, address.clone()));
        change(record, self.settle);
        record.end = record.ends_at(self.settle, self.interval);
        self.ends.insert((record.end, address.clone()));
    }

    fn drop_what_is_over(&mut self, now: DateTime<Utc>) {
        while self.ends.first().is_some_and(|(end, _)| *end <= now) {
            self.drop_first();
        }
    }

    fn make_room(&mut self) {
        while self.records.len() > self.most {
            self.drop_first();
            self.evicted += 1;
        }
    }

    fn drop_first(&mut self) {
        if let Some((_, address)) = self.ends.pop_first() {
            self.records.remove(&address);
        }
    }
}

impl fmt::Debug for EchoGuard {
    /// Without the addresses, of which there may be very many.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EchoGuard")
            .field("sink", &self.sink)
            .field("life", &self.life)
            .field("settle", &self.settle)
            .field("interval", &self.interval)
            .field("addresses", &self.records.len())
            .finish_non_exhaustive()
    }
}

/// What is remembered of one address.
struct Record {
    standing: Option<Standing>,
    /// What may still come back although it is over; what ends last at the end.
    replaced: Vec<Echo>,
    /// When there was another value last.
    changed: DateTime<Utc>,
    /// When nothing of this matters any more.
    end: DateTime<Utc>,
}

/// What is published.
struct Standing {
    state: RichState,
    shown: Option<RichState>,
    sequence: u64,
    said: DateTime<Utc>,
    renew: DateTime<Utc>,
    expires: DateTime<Utc>,
}

struct Echo {
    state: RichState,
    until: DateTime<Utc>,
}

impl Record {
    const fn new(now: DateTime<Utc>) -> Self {
        Self { standing: None, replaced: Vec::new(), changed: now, end: now }
    }

    /// Until when another value has to wait.
    fn blocked_until(&self, interval: TimeDelta, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = later(self.changed, interval);
        (now < until && !is_from_the_future(self.changed, now)).then_some(until)
    }

    fn remember(&mut self, over: Standing, settle: TimeDelta, now: DateTime<Utc>) {
        let until = later(over.expires.min(now), settle);
        let values = over.shown.into_iter().chain([over.state]);
        self.replaced.retain(|echo| now < echo.until);
        self.replaced.extend(values.map(|state| Echo { state, until }));
        self.replaced.sort_by_key(|echo| echo.until);
        let surplus = self.replaced.len().saturating_sub(MOST_REPLACED);
        self.replaced.drain(..surplus);
    }

    fn ends_at(&self, settle: TimeDelta, interval: TimeDelta) -> DateTime<Utc> {
        let standing = self.standing.iter().map(|standing| later(standing.expires, settle));
        let replaced = self.replaced.iter().map(|echo| echo.until);
        standing.chain(replaced).fold(later(self.changed, interval), DateTime::max)
    }
}

impl Standing {
    fn values(&self) -> impl Iterator<Item = &RichState> {
        self.shown.iter().chain([&self.state])
    }
}

/// Whether a report may be what was published, come back. Who passes on the number only says no more than the band does.
fn returns(published: &RichState, reported: &RichState) -> bool {
    let band = published.availability.band();
    let says_no_more = [Activity::None, band.activity(), published.activity].contains(&reported.activity);
    band == reported.availability.band()
        && says_no_more
        && are_words_of(published.custom.as_deref(), reported.custom.as_deref())
}

/// Whether all the words that are reported were published, though they may have been cut off.
fn are_words_of(published: Option<&LocalTexts>, reported: Option<&LocalTexts>) -> bool {
    let was_published = |lcid: Lcid, cut: &str| {
        let mut whole = published.iter().flat_map(|texts| texts.iter());
        whole.any(|(other, text)| other == lcid && text.reveal().starts_with(cut))
    };
    reported.is_none_or(|texts| texts.iter().all(|(lcid, text)| was_published(lcid, text.reveal())))
}

/// When two thirds of a life are over.
fn renew_at(said: DateTime<Utc>, expires: DateTime<Utc>) -> DateTime<Utc> {
    later(said, (expires - said) / 3 * 2)
}

/// The clock has been set back: what was reckoned by it does not hold.
fn is_from_the_future(time: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    later(now, seconds(OVERLOOKED)) < time
}

fn seconds(count: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(count))
}

fn later(time: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    time.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use proptest::prelude::*;

    use super::*;
    use crate::availability::Availability;
    use crate::availability::Band;
    use crate::confidential::Confidential;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    fn source(name: &str) -> SourceId {
        SourceId::new(name).unwrap()
    }

    fn anna() -> Address {
        Address::sip("anna@example.com").unwrap()
    }

    fn available() -> RichState {
        RichState::new(Availability::ONLINE, Activity::Available)
    }

    fn busy() -> RichState {
        RichState::new(Availability::BUSY, Activity::InCall)
    }

    fn away() -> RichState {
        RichState::new(Availability::AWAY, Activity::Away)
    }

    fn unknown() -> RichState {
        RichState::new(Availability::NONE, Activity::None)
    }

    fn guard() -> EchoGuard {
        EchoGuard::new(source("teams"))
    }

    fn planned(guard: &mut EchoGuard, state: &RichState, second: i64) -> Plan {
        guard.plan(&anna(), state, &source("pbx"), at(second))
    }

    fn publish(guard: &mut EchoGuard, state: &RichState, second: i64) -> Publication {
        match planned(guard, state, second) {
            Plan::Publish(publication) => publication,
            other => panic!("{other:?} at {second}"),
        }
    }

    /// A presence system that shows what is published to it, else what it knows itself, and counts what it is told.
    #[derive(Debug)]
    struct Toy {
        id: SourceId,
        now: Mutex<DateTime<Utc>>,
        own: RichState,
        published: Mutex<Option<Publication>>,
        told: Mutex<usize>,
    }

    impl Toy {
        fn new(id: &str, own: RichState) -> Arc<Self> {
            let now = Mutex::new(at(0));
            Arc::new(Self { id: source(id), now, own, published: Mutex::default(), told: Mutex::default() })
        }

        fn pass(&self, now: DateTime<Utc>) {
            *self.now.lock().unwrap() = now;
        }

        fn shows(&self) -> RichState {
            let now = *self.now.lock().unwrap();
            let published = self.published.lock().unwrap();
            published.as_ref().filter(|one| now < one.expires).map_or_else(|| self.own.clone(), |one| one.state.clone())
        }

        fn told(&self) -> usize {
            *self.told.lock().unwrap()
        }
    }

    #[async_trait]
    impl Sink for Toy {
        fn id(&self) -> &SourceId {
            &self.id
        }

        async fn publish(&self, publication: &Publication) -> Result<Published, SourceError> {
            *self.published.lock().unwrap() = Some(publication.clone());
            *self.told.lock().unwrap() += 1;
            Ok(Published::as_asked())
        }

        async fn withdraw(&self, _: &Address) -> Result<(), SourceError> {
            *self.published.lock().unwrap() = None;
            Ok(())
        }
    }

    /// Tells the one system what the other shows, and remembers what it shows.
    #[derive(Debug)]
    struct Bridge {
        from: Arc<Toy>,
        into: Arc<dyn Sink>,
        heard: RichState,
    }

    impl Bridge {
        fn new(from: &Arc<Toy>, into: &Arc<Toy>) -> Self {
            let into: Arc<dyn Sink> = Arc::<Toy>::clone(into);
            Self { from: Arc::clone(from), into, heard: unknown() }
        }

        /// `own`: the guard of what is published into the system that is heard here.
        fn hear(&mut self, own: Option<&EchoGuard>, now: DateTime<Utc>) {
            let reported = self.from.shows();
            if !own.is_some_and(|guard| guard.is_echo(&anna(), &reported, now)) {
                self.heard = reported;
            }
        }

        async fn tell(&self, guard: &mut EchoGuard, now: DateTime<Utc>) {
            match guard.plan(&anna(), &self.heard, self.from.id(), now) {
                Plan::Publish(publication) => {
                    let published = self.into.publish(&publication).await.unwrap();
                    guard.published(&publication, &published);
                }
                Plan::Withdraw => {
                    self.into.withdraw(&anna()).await.unwrap();
                    guard.withdrawn(&anna(), now);
                }
                Plan::Wait(_) | Plan::Nothing => {}
            }
        }

        async fn tell_unguarded(&self, now: DateTime<Utc>) {
            let origin = self.from.id().clone();
            let publication = Publication::new(anna(), self.heard.clone(), later(now, seconds(300)), origin, 0);
            self.into.publish(&publication).await.unwrap();
        }
    }

    /// Two systems are told of each other, without a guard: they swap their states for ever.
    #[tokio::test]
    async fn bridged_systems_oscillate_without_a_guard() {
        let (a, b) = (Toy::new("a", available()), Toy::new("b", busy()));
        let (mut there, mut back) = (Bridge::new(&a, &b), Bridge::new(&b, &a));
        let mut seen = Vec::new();
        for round in 0..20 {
            let now = at(round * 10);
            [&a, &b].into_iter().for_each(|toy| toy.pass(now));
            there.hear(None, now);
            back.hear(None, now);
            there.tell_unguarded(now).await;
            back.tell_unguarded(now).await;
            seen.push((a.shows(), b.shows()));
        }
        let turns = |pair: &[(RichState, RichState)]| pair[0].0 != pair[1].0 && pair[0].1 != pair[1].1;
        assert!(seen.windows(2).all(turns), "{seen:?}");
    }

    /// The same two systems with guards are at rest after the second round, and each is told once a life.
    #[tokio::test]
    async fn bridged_systems_come_to_rest_with_guards() {
        let (a, b) = (Toy::new("a", available()), Toy::new("b", busy()));
        let (mut there, mut back) = (Bridge::new(&a, &b), Bridge::new(&b, &a));
        let (mut into_a, mut into_b) = (EchoGuard::new(source("a")), EchoGuard::new(source("b")));
        let mut seen = Vec::new();
        for round in 0..20 {
            let now = at(round * 10);
            [&a, &b].into_iter().for_each(|toy| toy.pass(now));
            there.hear(Some(&into_a), now);
            back.hear(Some(&into_b), now);
            there.tell(&mut into_b, now).await;
            back.tell(&mut into_a, now).await;
            seen.push((a.shows(), b.shows()));
        }
        let rest = &seen[1];
        assert!(seen[1..].iter().all(|round| round == rest), "{seen:?}");
        assert_eq!(*rest, (busy(), available()), "each shows what the other knows");
        assert_eq!((a.told(), b.told()), (1, 1), "the first 190 seconds of 300 need no renewal");
        assert_eq!((there.heard, back.heard), (available(), busy()), "no echo was taken as evidence");
    }

    /// F.42: a pushed session needs keep-alive, at two thirds of its life, and expires without.
    #[tokio::test]
    async fn f_42_a_publication_is_renewed_or_expires() {
        let toy = Toy::new("teams", away());
        let mut guard = guard().life(300);
        let first = publish(&mut guard, &busy(), 0);
        assert_eq!(first.expires, at(300));
        toy.publish(&first).await.unwrap();
        assert_eq!(planned(&mut guard, &busy(), 199), Plan::Wait(at(200)));
        let second = publish(&mut guard, &busy(), 200);
        assert_eq!((second.expires, second.sequence), (at(500), first.sequence + 1));
        assert_eq!(planned(&mut guard, &busy(), 200), Plan::Wait(at(400)));

        toy.pass(at(299));
        assert_eq!(toy.shows(), busy());
        toy.pass(at(300));
        assert_eq!(toy.shows(), away(), "nobody renewed it there");
        assert_eq!(planned(&mut guard, &unknown(), 500), Plan::Nothing, "what has expired needs no withdrawal");
        publish(&mut guard, &busy(), 501);
    }

    /// F.42: a system that ignores the life that was asked for is renewed by the life it grants.
    #[test]
    fn f_42_the_life_that_was_granted_counts() {
        let mut guard = guard().life(300);
        let publication = publish(&mut guard, &busy(), 0);
        guard.published(&publication, &Published::as_asked().until(at(90)));
        assert_eq!(planned(&mut guard, &busy(), 1), Plan::Wait(at(60)));
        let renewed = publish(&mut guard, &busy(), 60);
        guard.published(&publication, &Published::as_asked().until(at(61)));
        assert_eq!(planned(&mut guard, &busy(), 61), Plan::Wait(at(260)), "the late answer to the first says nothing");
        guard.published(&renewed, &Published::as_asked().until(at(0)));
        assert_eq!(planned(&mut guard, &busy(), 60), Plan::Wait(at(62)), "no life is so short that it never rests");
    }

    /// F.43: the stated worst delay is the interval, and a change right after another one takes just that long.
    #[test]
    fn f_43_the_worst_delay_is_the_interval() {
        let mut guard = guard().interval(5);
        assert_eq!(guard.worst_delay(), seconds(5));
        publish(&mut guard, &busy(), 0);
        assert_eq!(planned(&mut guard, &away(), 0), Plan::Wait(at(5)));
        assert_eq!(planned(&mut guard, &available(), 4), Plan::Wait(at(5)), "the clock does not start anew");
        assert_eq!(publish(&mut guard, &available(), 5).state, available(), "the newest goes out");
        assert_eq!(planned(&mut guard, &unknown(), 6), Plan::Wait(at(10)), "a withdrawal is a change too");
        assert_eq!(planned(&mut guard, &unknown(), 10), Plan::Withdraw);
    }

    #[test]
    fn a_system_is_not_told_what_it_said() {
        let (mut guard, teams) = (guard(), source("teams"));
        assert_eq!(guard.plan(&anna(), &busy(), &teams, at(0)), Plan::Nothing);
        assert!(guard.is_empty());
        publish(&mut guard, &busy(), 0);
        assert_eq!(guard.plan(&anna(), &away(), &teams, at(9)), Plan::Withdraw, "ours would hide its own");
        guard.withdrawn(&anna(), at(9));
        assert_eq!(guard.plan(&anna(), &away(), &teams, at(20)), Plan::Nothing);
    }

    #[test]
    fn an_echo_is_known_for_the_life_and_a_settle_time() {
        let mut guard = guard().life(300).settle(60).interval(5);
        assert!(!guard.is_echo(&anna(), &busy(), at(0)));
        publish(&mut guard, &busy(), 0);
        assert!(guard.is_echo(&anna(), &busy(), at(0)));
        assert!(guard.is_echo(&anna(), &busy(), at(359)), "it expired at 300");
        assert!(!guard.is_echo(&anna(), &busy(), at(360)));
        assert!(!guard.is_echo(&anna(), &away(), at(1)), "that is its own word");
        assert!(!guard.is_echo(&Address::sip("bo@example.com").unwrap(), &busy(), at(1)));

        publish(&mut guard, &away(), 100);
        assert!(guard.is_echo(&anna(), &busy(), at(159)) && !guard.is_echo(&anna(), &busy(), at(160)), "replaced");
        guard.withdrawn(&anna(), at(110));
        assert!(guard.is_echo(&anna(), &away(), at(169)) && !guard.is_echo(&anna(), &away(), at(170)), "withdrawn");
    }

    #[test]
    fn an_echo_may_be_rounded_and_shortened() {
        let words = |text: &str| Arc::new(LocalTexts::new(vec![(Lcid::ENGLISH, Confidential::new(text.into()))]));
        let mut guard = guard();
        let number = |number| Availability::new(number).unwrap();
        let state = RichState::new(number(6_501), Activity::InCall).with_custom(words("with the bank"));
        let publication = publish(&mut guard, &state, 0);
        let echo = |state: RichState| guard.is_echo(&anna(), &state, at(1));
        assert!(echo(state.clone()) && echo(busy()) && echo(RichState::new(Availability::BUSY, Activity::None)));
        assert!(!echo(RichState::new(Availability::IDLE_BUSY, Activity::InCall)));
        assert!(!echo(RichState::new(Availability::BUSY, Activity::Presenting)));
        assert!(!echo(busy().with_custom(words("something else"))), "somebody typed that there");
        assert!(!format!("{publication:?}{guard:?}").contains("bank"));

        let meeting = RichState::new(Availability::BUSY, Activity::InMeeting);
        guard.published(&publication, &Published::as_asked().shown_as(meeting.clone()));
        assert!(guard.is_echo(&anna(), &meeting, at(2)) && guard.is_echo(&anna(), &busy(), at(2)));
        publish(&mut guard, &state, 200);
        assert!(guard.is_echo(&anna(), &meeting, at(201)), "a renewal reads as it read before");
    }

    /// Every band has an activity of its own, and whoever reads the number only says that one.
    #[test]
    fn what_the_band_says_by_itself_is_no_activity() {
        for (band, own) in Band::ALL.into_iter().zip([
            Activity::None,
            Activity::Available,
            Activity::Idle,
            Activity::Busy,
            Activity::Busy,
            Activity::DoNotDisturb,
            Activity::BeRightBack,
            Activity::Away,
            Activity::Offline,
        ]) {
            let published = RichState::new(band.customary(), Activity::Lunch);
            for activity in Activity::ALL {
                let is_echo = [Activity::None, Activity::Lunch, own].contains(activity);
                assert_eq!(returns(&published, &RichState::new(band.customary(), *activity)), is_echo, "{activity:?}");
            }
        }
    }

    #[test]
    fn words_may_come_back_in_another_order_fewer_or_cut() {
        let words = |list: &[(Lcid, &str)]| {
            let texts = list.iter().map(|(lcid, text)| (*lcid, Confidential::new((*text).into())));
            busy().with_custom(Arc::new(LocalTexts::new(texts.collect())))
        };
        let (english, swedish) = ((Lcid::ENGLISH, "with the bank"), (Lcid::SWEDISH, "hos banken"));
        let published = words(&[english, swedish]);
        let echoes: [&[_]; 6] = [
            &[english, swedish],
            &[swedish, english],
            &[swedish],
            &[],
            &[(Lcid::ENGLISH, "with the"), swedish],
            &[english, english],
        ];
        for echo in echoes {
            assert!(returns(&published, &words(echo)), "{}", echo.len());
        }
        let foreign: [&[_]; 4] = [
            &[english, (Lcid::GERMAN, "bei der Bank")],
            &[(Lcid::ENGLISH, "with the bank manager")],
            &[(Lcid::SWEDISH, "with the bank")],
            &[(Lcid::ENGLISH, "the bank")],
        ];
        for word in foreign {
            assert!(!returns(&published, &words(word)), "somebody typed that there");
            assert!(!returns(&busy(), &words(word)), "nothing was published with words");
        }
    }

    #[test]
    fn it_is_told_until_when_a_report_is_an_echo() {
        let mut guard = guard().life(300).settle(60).interval(5);
        let until = |guard: &EchoGuard, state: &RichState, second| guard.echo_until(&anna(), state, at(second));
        publish(&mut guard, &busy(), 0);
        assert_eq!(until(&guard, &busy(), 1), Some(at(360)));
        assert_eq!(until(&guard, &away(), 1), None);
        publish(&mut guard, &away(), 100);
        assert_eq!((until(&guard, &busy(), 101), until(&guard, &away(), 101)), (Some(at(160)), Some(at(460))));
        publish(&mut guard, &busy(), 110);
        assert_eq!(until(&guard, &busy(), 111), Some(at(470)), "what is published now ends last");
        guard.withdrawn(&anna(), at(120));
        assert_eq!((until(&guard, &busy(), 179), until(&guard, &busy(), 180)), (Some(at(180)), None));
    }

    #[test]
    fn what_failed_is_tried_again_and_may_echo() {
        let mut guard = guard().interval(5);
        let publication = publish(&mut guard, &busy(), 0);
        guard.failed(&publication, at(1));
        assert!(guard.is_echo(&anna(), &busy(), at(1)), "the answer may have been lost, not the question");
        assert_eq!(planned(&mut guard, &busy(), 2), Plan::Wait(at(6)));
        let again = publish(&mut guard, &busy(), 6);
        guard.published(&again, &Published::as_asked());
        guard.failed(&publication, at(7));
        assert_eq!(planned(&mut guard, &busy(), 8), Plan::Wait(at(206)), "an old failure is over");
    }

    #[test]
    fn a_clock_that_is_set_back_blocks_nothing() {
        let mut guard = guard();
        publish(&mut guard, &busy(), 86_400);
        publish(&mut guard, &busy(), 0);
        publish(&mut guard, &away(), 86_400);
        publish(&mut guard, &busy(), 1);
    }

    #[test]
    fn memory_is_bounded_and_what_ends_first_goes() {
        let address = |number: i64| Address::extension("hq", &number.to_string()).unwrap();
        let mut guard = guard().life(100).settle(10).most_addresses(3);
        for number in [4, 2, 1, 3, 5] {
            guard.plan(&address(number), &busy(), &source("pbx"), at(number));
        }
        let known: Vec<i64> = (1..=5).filter(|number| guard.is_echo(&address(*number), &busy(), at(6))).collect();
        assert_eq!((known, guard.len(), guard.evicted()), (vec![3, 4, 5], 3, 2));
        guard.plan(&address(9), &unknown(), &source("pbx"), at(114));
        assert_eq!(guard.len(), 1, "only 5 is not over");
        for second in 0..100 {
            let state = RichState::new(Availability::new(3_000 + 100 * (second % 90)).unwrap(), Activity::Busy);
            guard.plan(&anna(), &state, &source("pbx"), at(200 + 5 * i64::from(second)));
        }
        assert!(guard.records[&anna()].replaced.len() <= MOST_REPLACED);
        assert_eq!(guard.records.len(), guard.ends.len());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

        /// F.43, F.42: whatever is decided when, two values are an interval apart, what is shown was decided at most an
        /// interval ago, and what is decided for longer never lapses.
        #[test]
        fn f_43_no_flapping_and_no_longer_delay(
            decided in prop::collection::vec((0_usize..4, 1_usize..40), 1..30),
            interval in 1_u32..12,
        ) {
            let states = [available(), busy(), away(), unknown()];
            let decided: Vec<&RichState> =
                decided.iter().flat_map(|(state, long)| std::iter::repeat_n(&states[*state], *long)).collect();
            let mut guard = guard().interval(interval).life(30);
            let mut shown: Option<(RichState, DateTime<Utc>)> = None;
            let mut changed: Option<i64> = None;
            for (second, state) in (0..).zip(&decided) {
                let before = shown.as_ref().filter(|(_, end)| at(second) < *end).map(|(state, _)| state.clone());
                match planned(&mut guard, state, second) {
                    Plan::Publish(publication) => shown = Some((publication.state, publication.expires)),
                    Plan::Withdraw => {
                        guard.withdrawn(&anna(), at(second));
                        shown = None;
                    }
                    Plan::Wait(until) => prop_assert!(until > at(second)),
                    Plan::Nothing => {}
                }
                let now = shown.as_ref().filter(|(_, end)| at(second) < *end).map(|(state, _)| state.clone());
                if now != before {
                    prop_assert!(changed.is_none_or(|last| second - last >= i64::from(interval)));
                    changed = Some(second);
                }
                let from = usize::try_from(second - i64::from(interval)).unwrap_or(0);
                let to = usize::try_from(second).unwrap();
                let recent = decided[from..=to].iter().any(|state| match &now {
                    Some(shown) => shown == *state,
                    None => !state.availability.is_known() || second < i64::from(interval),
                });
                prop_assert!(recent, "at {second}: {now:?}");
            }
        }
    }
}
