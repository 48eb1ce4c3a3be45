//! What the presence server sees: who is signed in, who types, and what they have their client say.

use presence_core::{Activity, Availability, Device, Fact, RichState};

use super::layer::Layer;
use super::plan::Plan;
use super::times::{DAY, HOUR, MINUTE};
use crate::random::Random;

/// So long after the last key a client is idle, and so long again until it is away.
const IDLE: i64 = 5 * MINUTE;

/// Rich presence and device, with what the person says on the telephone on top if the client is told of calls.
pub(super) fn account(plan: &Plan, talks: &[(i64, i64)], random: &mut Random) -> [Vec<Layer<Fact>>; 2] {
    let mut rich = vec![Layer::new(0, DAY, Availability::OFFLINE)];
    let mut device = vec![Layer::new(0, DAY, Device::Off)];
    if plan.kind.works() {
        let signed_in = plan.arrives + random.between(20, 5 * MINUTE);
        rich.push(Layer::new(signed_in, plan.leaves, Availability::ONLINE));
        device.push(Layer::new(signed_in, plan.leaves, Device::Active));
        let follows_calendar = random.chance(60);
        let follows_meetings =
            |meeting: (i64, i64)| follows_calendar.then_some(Layer::new(meeting.0, meeting.1, Availability::BUSY));
        rich.extend(plan.meetings().filter_map(|meeting| follows_meetings((meeting.from, meeting.until))));
        for (from, until) in pauses(plan, random) {
            leave(&mut rich, &mut device, from, until);
        }
        if random.chance(40) {
            rich.push(Layer::new(plan.lunch.0, plan.lunch.0 + 2 * IDLE, Availability::BE_RIGHT_BACK));
        }
        rich.extend(plan.focus.map(|(from, until)| Layer::new(from, until, Availability::DO_NOT_DISTURB)));
    }
    let mut rich: Vec<Layer<Fact>> = rich.into_iter().map(|layer| said(&layer, plan)).collect();
    if random.chance(70) {
        let call = || Fact::Rich(RichState::new(Availability::BUSY, Activity::InCall));
        rich.extend(talks.iter().map(|(from, until)| Layer::new(*from, *until, call())));
    }
    let device =
        device.into_iter().map(|layer| Layer::new(layer.from, layer.until, Fact::Device(layer.state))).collect();
    [rich, device]
}

/// When nobody is at the computer: at lunch, in some meetings, and now and then.
fn pauses(plan: &Plan, random: &mut Random) -> Vec<(i64, i64)> {
    let mut pauses = vec![plan.lunch];
    for meeting in plan.meetings() {
        if random.chance(50) {
            pauses.push((meeting.from, meeting.until));
        }
    }
    for _ in 0..random.between(1, 4) {
        let from = random.between(plan.arrives + HOUR / 2, plan.leaves - HOUR);
        pauses.push((from, from + random.between(6 * MINUTE, 25 * MINUTE)));
    }
    pauses
}

/// Nobody is at the computer: it is idle after a while, away after another while.
fn leave(rich: &mut Vec<Layer<Availability>>, device: &mut Vec<Layer<Device>>, from: i64, until: i64) {
    let (idle, away) = (from + IDLE, from + 2 * IDLE);
    if idle < until {
        let lies_under = rich.iter().rev().find(|layer| layer.from <= idle && idle < layer.until);
        let twin = lies_under.map_or(Availability::IDLE, |layer| layer.state.idle_twin());
        device.push(Layer::new(idle, until, Device::Inactive));
        rich.push(Layer::new(idle, until, twin));
    }
    if away < until {
        let busy = rich.last().is_some_and(|layer| layer.state == Availability::IDLE_BUSY);
        device.push(Layer::new(away, until, Device::Away));
        // In a meeting a client stays busy, however long nobody types.
        if !busy {
            rich.push(Layer::new(away, until, Availability::AWAY));
        }
    }
}

/// The number, and the word that belongs to it.
fn said(layer: &Layer<Availability>, plan: &Plan) -> Layer<Fact> {
    let in_meeting = |at: i64| plan.meetings().any(|meeting| meeting.from <= at && at < meeting.until);
    let activity = match layer.state {
        Availability::ONLINE => Activity::Available,
        Availability::IDLE => Activity::Idle,
        Availability::BUSY | Availability::IDLE_BUSY if in_meeting(layer.from) => Activity::InMeeting,
        Availability::BUSY | Availability::IDLE_BUSY => Activity::Busy,
        Availability::DO_NOT_DISTURB => Activity::DoNotDisturb,
        Availability::BE_RIGHT_BACK => Activity::BeRightBack,
        Availability::AWAY => Activity::Away,
        _ => Activity::Offline,
    };
    Layer::new(layer.from, layer.until, Fact::Rich(RichState::new(layer.state, activity)))
}
