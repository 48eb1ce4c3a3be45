//! One working day of the [company](crate::company), as a script: who says what, and when.
//!
//! It is made from a seed, and the same for the same seed but for the date; so the day after is the same day once more.

mod computer;
mod failure;
mod layer;
mod meetings;
mod plan;
mod telephone;
mod times;
mod typed;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use presence_core::calendar::InvalidSpan;
use presence_core::{Address, Agenda, EndBeforeStart, Fact, Meeting, PersonId};

use crate::company::{Company, Member, Teller};
use crate::random::Random;
use layer::{Layer, seen_from_above};

pub use failure::Failure;
pub(crate) use plan::{Appointment, Kind, Plan};
pub use times::ZONE;
pub(crate) use times::{DAY, Times};

/// Why a day cannot be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DayError {
    /// A meeting has no length.
    #[error("a meeting cannot be used")]
    Meeting(#[from] InvalidSpan),
    /// An absence has no length.
    #[error("an absence cannot be used")]
    Absence(#[from] EndBeforeStart),
}

/// A source says something of an address.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// Which source.
    pub teller: Teller,
    /// Of which telephone, mailbox or account.
    pub address: Address,
    /// What.
    pub fact: Fact,
}

/// Somebody types something about a person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Typed {
    /// When.
    pub at: DateTime<Utc>,
    /// About whom.
    pub person: PersonId,
    /// What.
    pub fact: Fact,
}

/// The script of a day, from midnight to midnight.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Day {
    /// The date.
    pub date: NaiveDate,
    /// The midnight at which it begins.
    pub begin: DateTime<Utc>,
    /// The midnight at which it ends.
    pub end: DateTime<Utc>,
    /// What sources say, by time. At midnight each says all it knows.
    pub events: Vec<Event>,
    /// What people type, by time.
    pub typed: Vec<Typed>,
    /// When sources fail.
    pub failures: Vec<Failure>,
}

impl Day {
    /// The day of this date.
    ///
    /// # Errors
    ///
    /// Never, as long as all that is invented is valid; a test sees to that.
    pub fn of(company: &Company, date: NaiveDate, seed: u64) -> Result<Self, DayError> {
        let times = Times(date);
        let plans = plans(company, seed);
        let mut events = Vec::new();
        for ((number, member), plan) in (0..).zip(company.members()).zip(&plans) {
            let mut random = Random::new(seed, 6_000 + number);
            tell(&mut events, member, plan, &mut random, times)?;
        }
        events.sort_by_key(|event: &Event| (event.at, event.teller));
        let mut typed = typed::typed(company, &plans, seed, times)?;
        typed.sort_by_key(|typed| typed.at);
        let failures = failure::of_the_day(times);
        Ok(Self { date, begin: times.at(0), end: times.at(DAY), events, typed, failures })
    }

    /// The same day, on which nothing goes wrong.
    #[must_use]
    pub fn without_failures(self) -> Self {
        Self { failures: Vec::new(), ..self }
    }

    /// The time at which the clock on the wall shows this.
    #[must_use]
    pub fn at(&self, time: NaiveTime) -> DateTime<Utc> {
        Times(self.date).at(i64::from(time.num_seconds_from_midnight()))
    }

    /// All that a source knows at a time: the last thing it said on each facet of each address.
    #[must_use]
    pub fn state(&self, teller: Teller, at: DateTime<Utc>) -> Vec<&Event> {
        let mut last = BTreeMap::new();
        for event in self.events.iter().take_while(|event| event.at <= at).filter(|event| event.teller == teller) {
            last.insert((&event.address, event.fact.facet()), event);
        }
        let mut state: Vec<&Event> = last.into_values().collect();
        state.sort_by_key(|event| event.at);
        state
    }

    /// What a source says after a time, up to another.
    pub fn between(&self, teller: Teller, after: DateTime<Utc>, until: DateTime<Utc>) -> impl Iterator<Item = &Event> {
        let first = self.events.partition_point(|event| event.at <= after);
        let rest = self.events.get(first..).unwrap_or_default().iter();
        rest.take_while(move |event| event.at <= until).filter(move |event| event.teller == teller)
    }

    /// When a source says something next.
    #[must_use]
    pub fn next(&self, teller: Teller, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.between(teller, after, self.end).next().map(|event| event.at)
    }

    /// The mailboxes that have a private meeting today.
    pub fn with_private_meeting(&self) -> impl Iterator<Item = &Address> {
        let today = |agenda: &Agenda| agenda.day(self.date, &ZONE).any(Meeting::is_private);
        self.events
            .iter()
            .filter(move |event| matches!(&event.fact, Fact::Agenda(agenda) if today(agenda)))
            .map(|event| &event.address)
    }

    /// When sources fail.
    pub fn failures(&self, teller: Teller) -> impl Iterator<Item = &Failure> {
        self.failures.iter().filter(move |failure| failure.teller == teller)
    }
}

/// What everybody means to do, with all that is in their calendars.
pub(crate) fn plans(company: &Company, seed: u64) -> Vec<Plan> {
    let mut plans = Plan::of_everybody(company, seed);
    meetings::fill(company, &mut plans, seed);
    plans
}

/// All that is said of one person.
fn tell(
    events: &mut Vec<Event>,
    member: &Member,
    plan: &Plan,
    random: &mut Random,
    times: Times,
) -> Result<(), InvalidSpan> {
    let mut say = |teller: Teller, layers: &[Layer<Fact>]| {
        let Some(address) = member.address(teller) else { return };
        let event = |(at, fact)| Event { at: times.at(at), teller, address: address.clone(), fact };
        events.extend(seen_from_above(layers).into_iter().map(event));
    };
    for fact in calendar(plan, times)? {
        say(Teller::Exchange, &[Layer::new(0, DAY, fact)]);
    }
    let desk = telephone::desk(member, plan, random);
    let mobile = telephone::mobile(member, plan, random);
    desk.tracks.iter().for_each(|track| say(Teller::Pbx, track));
    mobile.tracks.iter().for_each(|track| say(Teller::Mobile, track));
    // Nobody's client is told of calls on telephones that the person does not have.
    let talks = if member.extension.is_some() { desk.talks.as_slice() } else { &[] };
    computer::account(plan, talks, random).iter().for_each(|track| say(Teller::Skype, track));
    Ok(())
}

fn calendar(plan: &Plan, times: Times) -> Result<[Fact; 3], InvalidSpan> {
    let away = match plan.kind {
        Kind::Travelling => Some(times.span(-DAY, 2 * DAY)?),
        Kind::Vacation => Some(times.span(-4 * DAY, 3 * DAY)?),
        _ => None,
    };
    Ok([
        Fact::Agenda(meetings::agenda(plan, times)?),
        Fact::Hours(meetings::hours(plan, times)?),
        Fact::AutomaticReply(away),
    ])
}

/// What must never be told.
#[cfg(test)]
pub(crate) const fn private_subjects() -> &'static [&'static str] {
    &meetings::PRIVATE
}

#[cfg(test)]
mod tests;
