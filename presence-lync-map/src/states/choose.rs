//! Who speaks at one moment: for the number, and for the activity.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use super::answer::{AggregateMachine, AggregateState, Aggregated};
use super::fold::folded;
use super::instance::Instance;
use super::machine::Machine;
use super::present::Present;
use super::rules::{AggregationRules, AutomaticUserState, EqualTimes, OlderDevice};
use super::said::ActivityState;
use super::trace::Outcome;
use crate::bands::RawAvailability;

/// The largest number "do not disturb" can have, which is what everybody but the team sees of its face.
const LAST_DO_NOT_DISTURB: RawAvailability = RawAvailability::new(11_999);
/// From here on the place and the kind of device are not told.
const NO_LONGER_AT_THE_DEVICE: RawAvailability = RawAvailability::new(12_000);
/// From here on it is told when somebody was last active.
const AWAY: RawAvailability = RawAvailability::new(15_000);

/// The answer of one moment; how long it holds is found out elsewhere.
pub(super) fn choose(
    mut present: Present<'_>,
    last_active: Option<DateTime<Utc>>,
    rules: &AggregationRules,
) -> Aggregated {
    let user = user_state(&mut present);
    let Some(machine) = most_active(&mut present) else {
        return without_machine(present, user, last_active, rules);
    };
    match user {
        Some(user) if user.speaking_number(rules) >= Some(RawAvailability::SERVER_OFFLINE) => {
            appears_offline(present, user, &machine, rules)
        }
        _ => with_machine(present, user, &machine, rules),
    }
}

/// The newest user state; of two of the same time the one that ends by itself, which has the larger number.
fn user_state<'a>(present: &mut Present<'a>) -> Option<&'a Instance> {
    let users = std::mem::take(&mut present.users);
    let newest = users.iter().copied().max_by_key(|user| (user.published, user.id))?;
    for older in users.iter().filter(|user| user.id != newest.id) {
        present.tell(older, Outcome::OlderUserState { by: newest.id });
    }
    Some(newest)
}

fn most_active<'a>(present: &mut Present<'a>) -> Option<Machine<'a>> {
    let machines = std::mem::take(&mut present.machines);
    let most = machines.iter().copied().min_by(Machine::order)?;
    for less in machines.iter().filter(|machine| machine.instance.id != most.instance.id) {
        present.tell(less.instance, Outcome::LessActive { than: most.instance.id });
    }
    Some(most)
}

/// Nobody is signed in: offline, whatever the person once set. Only the calendar may still say why.
fn without_machine(
    mut present: Present<'_>,
    user: Option<&Instance>,
    last_active: Option<DateTime<Utc>>,
    rules: &AggregationRules,
) -> Aggregated {
    let number = rules.offline.get();
    let left = prune(&mut present, user, rules);
    let activity = pick_activity(&mut present, &left, number);
    let silent = left.into_iter().filter(|instance| !tells_activity(instance));
    for instance in silent.chain(user) {
        present.tell(instance, Outcome::NobodySignedIn);
    }
    finish(present, AggregateState { activity, last_active, ..AggregateState::offline(number) }, None)
}

/// The person does not want to be seen, so nothing is told but that.
fn appears_offline(
    mut present: Present<'_>,
    user: &Instance,
    machine: &Machine<'_>,
    rules: &AggregationRules,
) -> Aggregated {
    let others = std::mem::take(&mut present.others);
    for hidden in others.into_iter().chain([machine.instance]) {
        present.tell(hidden, Outcome::HiddenByUser { by: user.id });
    }
    present.tell(user, Outcome::AppearsOffline);
    finish(present, AggregateState::offline(rules.offline.get()), None)
}

fn with_machine(
    mut present: Present<'_>,
    user: Option<&Instance>,
    machine: &Machine<'_>,
    rules: &AggregationRules,
) -> Aggregated {
    let mut left = prune(&mut present, user, rules);
    left.extend(user);
    let (base, base_since) = pick_number(&mut present, &left, machine, rules);
    let older = user.filter(|user| !machine_counts(machine, user, base, rules));
    let number = older.map_or_else(|| folded(base, machine.class, rules), |_| base);
    let outcome = match older {
        Some(user) => Outcome::OlderThanUser { by: user.id },
        None if number == base => Outcome::MostActive,
        None => Outcome::Folds { from: base, to: number },
    };
    present.tell(machine.instance, outcome);
    let activity = pick_activity(&mut present, &left, number);
    let here = number < NO_LONGER_AT_THE_DEVICE;
    let state = AggregateState {
        availability: number,
        activity,
        since: Some(if number == base { base_since } else { base_since.max(machine.since) }),
        last_active: (number >= AWAY).then(|| machine.last_active()),
        device: machine.instance.device.filter(|_| here),
        location: machine.instance.location.clone().filter(|_| here),
    };
    finish(present, state, Some(machine))
}

/// What is not older than a state the person set.
fn prune<'a>(present: &mut Present<'a>, user: Option<&Instance>, rules: &AggregationRules) -> Vec<&'a Instance> {
    let others = std::mem::take(&mut present.others);
    let prunes = |user: &&Instance| user.manual || rules.automatic_user_state == AutomaticUserState::PrunesOlder;
    let Some(user) = user.filter(prunes) else { return others };
    let (left, pruned): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|other| not_older(other.since(), user.published, rules));
    for instance in pruned {
        present.tell(instance, Outcome::Pruned { by: user.id });
    }
    left
}

/// The largest number and since when it holds. Somebody of whom nothing is known but the machine is available.
fn pick_number(
    present: &mut Present<'_>,
    left: &[&Instance],
    machine: &Machine<'_>,
    rules: &AggregationRules,
) -> (RawAvailability, DateTime<Utc>) {
    let user_speaks = left.iter().any(|one| one.kind.is_user() && one.speaking_number(rules).is_some());
    let floor = if user_speaks { RawAvailability::NOT_SET } else { RawAvailability::AVAILABLE };
    let speaking = |instance: &&Instance| instance.speaking_number(rules).filter(|number| *number >= floor);
    let first = left.iter().filter_map(|one| Some((speaking(one)?, one.since(), Reverse(one.id)))).max();
    let by = first.map_or(machine.instance.id, |(_, _, Reverse(id))| id);
    for instance in left {
        match instance.speaking_number(rules) {
            Some(_) if instance.id == by => present.tell(instance, Outcome::GivesNumber),
            Some(_) => present.tell(instance, Outcome::NumberOutranked { by }),
            None if !tells_activity(instance) => present.tell(instance, Outcome::NoNumber),
            None => {}
        }
    }
    first.map_or((RawAvailability::AVAILABLE, machine.since), |(number, since, _)| (number, since))
}

/// Whether the machine is consulted: it is as new as the user state, or the number does not come from that.
///
/// For the others "do not disturb" is the number as long as it is the largest, so the machine is not consulted, and they
/// see what the person set. For the team, whose face of it has a smaller number, a call may be the number, and then the
/// machine counts (7000 becomes 7500) — but not where it would make the person less available than the others see.
fn machine_counts(machine: &Machine<'_>, user: &Instance, base: RawAvailability, rules: &AggregationRules) -> bool {
    let Some(number) = user.speaking_number(rules) else { return true };
    let is_less_than_others_see =
        user.is_team_face() && base <= LAST_DO_NOT_DISTURB && folded(base, machine.class, rules) > LAST_DO_NOT_DISTURB;
    rules.older_device == OlderDevice::Counts
        || not_older(machine.since, user.published, rules)
        || (base > number && !is_less_than_others_see)
}

fn not_older(time: DateTime<Utc>, user: DateTime<Utc>, rules: &AggregationRules) -> bool {
    time > user || (time == user && rules.equal_times == EqualTimes::BothCount)
}

/// The activity whose window holds the number and begins highest; of equals the one that began later.
fn pick_activity(present: &mut Present<'_>, left: &[&Instance], number: RawAvailability) -> Option<ActivityState> {
    let telling = || left.iter().filter(|instance| tells_activity(instance));
    let (_, first) = telling()
        .filter_map(|one| Some((one.activity.as_ref().filter(|activity| activity.covers(number))?, one)))
        .max_by_key(|(activity, one)| (activity.window.min, one.since(), Reverse(one.id)))
        .unzip();
    for instance in telling() {
        let covers = instance.activity.as_ref().is_some_and(|activity| activity.covers(number));
        let outcome = match first {
            Some(first) if first.id == instance.id => Outcome::GivesActivity,
            Some(first) if covers => Outcome::ActivityOutranked { by: first.id },
            _ => Outcome::ActivityOutside { number },
        };
        present.tell(instance, outcome);
    }
    first.and_then(|first| first.activity.clone())
}

fn tells_activity(instance: &Instance) -> bool {
    instance.activity.as_ref().is_some_and(ActivityState::says_something)
}

fn finish(mut present: Present<'_>, state: AggregateState, machine: Option<&Machine<'_>>) -> Aggregated {
    present.lines.sort_unstable();
    let machine = machine.map(|machine| AggregateMachine {
        availability: machine.number,
        class: machine.class,
        endpoint: machine.instance.endpoint.clone(),
    });
    Aggregated { state, machine, until: None, lines: present.lines }
}
