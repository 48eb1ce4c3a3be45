//! What a machine that is not in use makes of a number.

use presence_core::Band;

use super::machine::MachineClass;
use super::rules::{AggregationRules, BusyAndAway, BusyIdleFrom, DoNotDisturbAndAway, UnknownMachine};
use crate::bands::RawAvailability;

/// The number, with the machine folded in. It never becomes smaller.
///
/// Busy becomes one constant number, which is inside the window of every activity that goes with busy, so that those
/// stay visible. What already says "not at the device" keeps its own number: a publisher marks with it where it comes
/// from (`4501`).
pub(super) fn folded(number: RawAvailability, machine: MachineClass, rules: &AggregationRules) -> RawAvailability {
    match machine {
        MachineClass::Active | MachineClass::Off => number,
        MachineClass::Inactive => with_inactive(number, rules),
        MachineClass::Away => with_away(number, rules),
        MachineClass::Unknown => match rules.unknown_machine {
            UnknownMachine::AsAway => with_unknown(number),
            UnknownMachine::AsInactive => with_inactive(number, rules),
            UnknownMachine::AsActive => number,
        },
    }
}

fn with_inactive(number: RawAvailability, rules: &AggregationRules) -> RawAvailability {
    match number.band() {
        Band::Online => RawAvailability::INACTIVE,
        Band::Busy if rules.busy_idle_from == BusyIdleFrom::Inactive => RawAvailability::BUSY_INACTIVE,
        _ => number,
    }
}

fn with_away(number: RawAvailability, rules: &AggregationRules) -> RawAvailability {
    match number.band() {
        Band::Online | Band::IdleOnline | Band::BeRightBack => RawAvailability::AWAY,
        Band::Busy | Band::IdleBusy if rules.busy_and_away == BusyAndAway::Away => RawAvailability::AWAY,
        Band::Busy => RawAvailability::BUSY_INACTIVE,
        Band::DoNotDisturb if rules.do_not_disturb_and_away == DoNotDisturbAndAway::Away => RawAvailability::AWAY,
        _ => number,
    }
}

fn with_unknown(number: RawAvailability) -> RawAvailability {
    match number.band() {
        Band::Online | Band::IdleOnline => RawAvailability::AWAY,
        Band::Busy => RawAvailability::BUSY_INACTIVE,
        _ => number,
    }
}
