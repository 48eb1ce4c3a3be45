//! The settings of the aggregation: where the sources disagree or are silent.

use serde::{Deserialize, Serialize};

use super::machine::IdleTimes;
use crate::bands::{LowNumbers, RawAvailability};

/// How the aggregation decides what is not documented, or documented in two ways. Every setting names its default.
///
/// Working hours are not a setting: that the server reads them is documented, but not what it does with them, so they are
/// not read here.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AggregationRules {
    /// When a machine of which only the last input is known is inactive and away. Default: 5 minutes and 5 more.
    pub idle: IdleTimes,
    /// How many seconds busy and do not disturb hold when a person set them. Default: 86400, a day.
    pub manual_seconds: u32,
    /// What a machine state means that is older than the user state. Default: ignored.
    pub older_device: OlderDevice,
    /// From when somebody busy is shown as busy and not at the device. Default: inactive.
    pub busy_idle_from: BusyIdleFrom,
    /// What busy and an unused machine make together. Default: busy, not at the device.
    pub busy_and_away: BusyAndAway,
    /// What do not disturb and an unused machine make together. Default: away.
    pub do_not_disturb_and_away: DoNotDisturbAndAway,
    /// What a machine means that says nothing known. Default: as away, but it changes no more than available and busy.
    pub unknown_machine: UnknownMachine,
    /// What a user state prunes that a program published. Default: nothing.
    pub automatic_user_state: AutomaticUserState,
    /// What counts of two publications of the same time. Default: both.
    pub equal_times: EqualTimes,
    /// The number for offline. Default: 18000.
    pub offline: OfflineNumber,
    /// What 1 to 2999 mean. Default: nothing.
    pub low_numbers: LowNumbers,
    /// How long what the calendar says holds. Default: as it was published.
    pub calendar_lifetime: CalendarLifetime,
    /// What a meeting means that has not begun. Default: nothing yet.
    pub calendar_ahead: CalendarAhead,
    /// What a user state means that says "not at the device". Default: what it says.
    pub idle_user_state: IdleUserState,
}

impl Default for AggregationRules {
    fn default() -> Self {
        Self {
            idle: IdleTimes::default(),
            manual_seconds: 86_400,
            older_device: OlderDevice::default(),
            busy_idle_from: BusyIdleFrom::default(),
            busy_and_away: BusyAndAway::default(),
            do_not_disturb_and_away: DoNotDisturbAndAway::default(),
            unknown_machine: UnknownMachine::default(),
            automatic_user_state: AutomaticUserState::default(),
            equal_times: EqualTimes::default(),
            offline: OfflineNumber::default(),
            low_numbers: LowNumbers::default(),
            calendar_lifetime: CalendarLifetime::default(),
            calendar_ahead: CalendarAhead::default(),
            idle_user_state: IdleUserState::default(),
        }
    }
}

/// A setting with two or three answers, of which the first is the default.
macro_rules! setting {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident, $($(#[$other_doc:meta])* $other:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            $first,
            $($(#[$other_doc])* $other,)+
        }
    };
}

setting! {
    /// What a machine state means that is older than the user state.
    OlderDevice {
        /// It is not consulted as long as the number comes from the user state: who picks "available" on a telephone is
        /// available, though the computer has long been idle.
        ///
        /// A call that outweighs the team's face of "do not disturb" brings the machine back in (7000 becomes 7500), but
        /// only as far as the team does not come to see somebody as less available than the others do.
        Ignored,
        /// It counts.
        Counts,
    }
}
setting! {
    /// From when somebody busy is shown as busy and not at the device. The guides say five minutes or fifteen.
    BusyIdleFrom {
        /// From when the machine is inactive.
        Inactive,
        /// From when it is away.
        Away,
    }
}
setting! {
    /// What busy and a machine that is away make together.
    BusyAndAway {
        /// Busy, not at the device: "in a meeting" stays to be seen.
        BusyIdle,
        /// Away.
        Away,
    }
}
setting! {
    /// What do not disturb and a machine that is away make together.
    DoNotDisturbAndAway {
        /// Away, which is the larger number.
        Away,
        /// Do not disturb.
        DoNotDisturb,
    }
}
setting! {
    /// What a machine means that says nothing known.
    UnknownMachine {
        /// Who is available becomes away, who is busy becomes busy and not at the device, the rest stays.
        AsAway,
        /// The same as an inactive one.
        AsInactive,
        /// The same as one in use.
        AsActive,
    }
}
setting! {
    /// What a user state prunes that a program published, not a person.
    AutomaticUserState {
        /// Nothing.
        KeepsOthers,
        /// What is older, like one that a person set.
        PrunesOlder,
    }
}
setting! {
    /// What counts of a user state and another publication of the same time.
    EqualTimes {
        /// Both.
        BothCount,
        /// The user state counts as the newer one.
        UserIsNewer,
    }
}
setting! {
    /// The number for offline. Both are on the wire, and mean the same.
    OfflineNumber {
        /// 18000, as the server makes it.
        Of18000,
        /// 18500, as clients publish it.
        Of18500,
    }
}
setting! {
    /// How long what the calendar says holds. The documents say that it ends by time; what is seen is that it ends with
    /// the endpoint.
    CalendarLifetime {
        /// As it was published.
        Published,
        /// As long as the endpoint is registered, whatever was published.
        Endpoint,
    }
}
setting! {
    /// What a calendar state means whose start lies ahead.
    CalendarAhead {
        /// Nothing before it starts.
        Waits,
        /// The same as one that has begun: a server has no clock for it.
        Counts,
    }
}
setting! {
    /// What a user state means that says "not at the device" (4500 to 5999, 7500 to 8999). Clients refuse to publish it,
    /// contact centres do publish it.
    IdleUserState {
        /// What it says.
        Accepted,
        /// It has no number.
        Ignored,
    }
}

impl OfflineNumber {
    /// The number.
    #[must_use]
    pub const fn get(self) -> RawAvailability {
        match self {
            Self::Of18000 => RawAvailability::SERVER_OFFLINE,
            Self::Of18500 => RawAvailability::OFFLINE,
        }
    }
}
