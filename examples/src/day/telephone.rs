//! What the telephones do: calls, diversions, do-not-disturb, reach.

use presence_core::{Call, Diversion, Fact, Reach};

use super::layer::Layer;
use super::plan::{Kind, Plan};
use super::times::{DAY, HOUR, MINUTE};
use crate::company::{Department, Member};
use crate::random::Random;

/// All that a telephone tells, one list of layers a facet.
#[derive(Debug, Default)]
pub(super) struct Telephone {
    pub(super) tracks: Vec<Vec<Layer<Fact>>>,
    /// When somebody talks.
    pub(super) talks: Vec<(i64, i64)>,
}

/// The desk telephone of a person.
pub(super) fn desk(member: &Member, plan: &Plan, random: &mut Random) -> Telephone {
    let every = member.department.map_or(HOUR, Department::desk_call_every);
    let (calls, talks) = calls(plan, every, random);
    Telephone {
        tracks: vec![calls, do_not_disturb(plan, random), diversion(member, plan, random), desk_reach(member, plan)],
        talks,
    }
}

/// The mobile of a person.
pub(super) fn mobile(member: &Member, plan: &Plan, random: &mut Random) -> Telephone {
    let every = member.department.map_or(4 * HOUR, Department::mobile_call_every);
    let (calls, talks) = calls(plan, every, random);
    let abroad = plan.kind == Kind::Travelling && random.chance(50);
    Telephone { tracks: vec![calls, mobile_reach(plan, random), vec![all_day(Fact::Roaming(abroad))]], talks }
}

const fn all_day<T>(state: T) -> Layer<T> {
    Layer::new(0, DAY, state)
}

/// One call after the other, while the person can answer; who is in a meeting lets it ring.
fn calls(plan: &Plan, every: i64, random: &mut Random) -> (Vec<Layer<Fact>>, Vec<(i64, i64)>) {
    let mut layers = vec![all_day(Fact::Call(Call::Idle))];
    let mut talks = Vec::new();
    let mut at = plan.arrives + random.exponential(every);
    while plan.kind.works() && at < plan.leaves {
        let (first, waits) = if random.chance(65) {
            (Call::Ringing, random.between(4, 16))
        } else {
            (Call::Dialling, random.between(5, 12))
        };
        let answered = at + waits;
        let ends = answered + random.exponential(210).min(40 * MINUTE);
        if plan.is_free(at, ends) {
            layers.push(Layer::new(at, answered, Fact::Call(first)));
            layers.push(Layer::new(answered, ends, Fact::Call(Call::InCall)));
            talks.push((answered, ends));
            // A long call is sometimes put on hold to ask a colleague.
            if ends - answered > 2 * MINUTE && random.chance(25) {
                layers.push(Layer::new(
                    answered + MINUTE,
                    answered + MINUTE + random.between(15, 50),
                    Fact::Call(Call::Held),
                ));
            }
        } else if first == Call::Ringing {
            layers.push(Layer::new(at, at + 20, Fact::Call(Call::Ringing)));
        }
        at = ends.max(at + 20) + random.exponential(every).max(5);
    }
    (layers, talks)
}

fn do_not_disturb(plan: &Plan, random: &mut Random) -> Vec<Layer<Fact>> {
    let mut layers = vec![all_day(Fact::DoNotDisturb(false))];
    if let Some((from, until)) = plan.focus.filter(|_| random.chance(60)) {
        layers.push(Layer::new(from, until, Fact::DoNotDisturb(true)));
    }
    let quiet = |(from, until)| Layer::new(from, until, Fact::DoNotDisturb(true));
    if plan.kind.works() && random.chance(5) {
        layers.extend(plan.meetings().map(|meeting| (meeting.from, meeting.until)).map(quiet));
    }
    layers
}

fn diversion(member: &Member, plan: &Plan, random: &mut Random) -> Vec<Layer<Fact>> {
    let to = |from, until, diversion| Layer::new(from, until, Fact::Diversion(diversion));
    let mut layers = vec![to(0, DAY, Diversion::Off)];
    let mobile = member.mobile.clone();
    let to_mobile = || mobile.clone().map_or(Diversion::Voicemail, |number| Diversion::Number(Some(number)));
    match plan.kind {
        Kind::Elsewhere => layers.push(to(0, DAY, to_mobile())),
        Kind::Training | Kind::Travelling | Kind::Vacation if random.chance(60) => {
            layers.push(to(0, DAY, Diversion::Voicemail));
        }
        Kind::AtWork => {
            if random.chance(40) {
                layers.extend([to(0, plan.arrives, Diversion::Voicemail), to(plan.leaves, DAY, Diversion::Voicemail)]);
            }
            if random.chance(35) {
                let target = if random.chance(40) { to_mobile() } else { Diversion::Voicemail };
                layers.push(to(plan.lunch.0, plan.lunch.1, target));
            }
        }
        _ => {}
    }
    layers
}

/// Telephones on desks are always there; those in computers come and go with them.
fn desk_reach(member: &Member, plan: &Plan) -> Vec<Layer<Fact>> {
    let soft = matches!(member.department, Some(Department::Development | Department::It));
    if !soft {
        return vec![all_day(Fact::Reach(Reach::Reachable))];
    }
    let mut layers = vec![all_day(Fact::Reach(Reach::Unregistered))];
    if plan.kind.works() {
        layers.push(Layer::new(plan.arrives, plan.leaves, Fact::Reach(Reach::Reachable)));
    }
    layers
}

/// Some switch it off at night, some drive through a tunnel.
fn mobile_reach(plan: &Plan, random: &mut Random) -> Vec<Layer<Fact>> {
    let mut layers = vec![all_day(Fact::Reach(Reach::Reachable))];
    let mut away = |from, until| layers.push(Layer::new(from, until, Fact::Reach(Reach::Unreachable)));
    if random.chance(15) {
        away(0, plan.arrives - 40 * MINUTE);
        away(plan.leaves + 3 * HOUR, DAY);
    }
    if random.chance(20) {
        let from = random.between(8 * HOUR, 16 * HOUR);
        away(from, from + random.between(3 * MINUTE, 40 * MINUTE));
    }
    layers
}
