//! The fifteen combinations of an agent and a device.

use std::fmt;

/// What the agent is doing.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "the fifteen numbers leave no place for a sixth")]
pub enum AgentState {
    /// Not logged in.
    Logout,
    /// Ready for the next call.
    Ready,
    /// Logged in, and not ready.
    NotReady,
    /// Finishing what the last call left to do.
    AfterCallWork,
    /// Away from the desk.
    WalkAway,
}

impl AgentState {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Logout, Self::Ready, Self::NotReady, Self::AfterCallWork, Self::WalkAway];

    /// The name the documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logout => "Logout",
            Self::Ready => "Ready",
            Self::NotReady => "NotReady",
            Self::AfterCallWork => "ACW",
            Self::WalkAway => "Walk_Away",
        }
    }
}

/// What the device of the agent is doing.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "the fifteen numbers leave no place for a fourth")]
pub enum DeviceState {
    /// No call.
    Idle,
    /// A call.
    Busy,
    /// Out of service.
    OutOfService,
}

impl DeviceState {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Idle, Self::Busy, Self::OutOfService];

    /// The name the documents use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "Idle",
            Self::Busy => "Busy",
            Self::OutOfService => "OOS",
        }
    }
}

/// An agent and a device as one number, 1 to 15: five numbers for each device, one for each agent.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Combination {
    device: DeviceState,
    agent: AgentState,
}

impl Combination {
    /// This agent at this device.
    #[must_use]
    pub const fn of(agent: AgentState, device: DeviceState) -> Self {
        Self { device, agent }
    }

    /// The combination with this number, `None` if it is not 1 to 15.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::all().find(|combination| u32::from(combination.number()) == number)
    }

    /// All fifteen, in the order of their numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        DeviceState::ALL.into_iter().flat_map(|device| AgentState::ALL.map(|agent| Self::of(agent, device)))
    }

    /// The number, 1 to 15.
    #[must_use]
    pub const fn number(self) -> u8 {
        5 * (self.device as u8) + self.agent as u8 + 1
    }

    /// The agent.
    #[must_use]
    pub const fn agent(self) -> AgentState {
        self.agent
    }

    /// The device.
    #[must_use]
    pub const fn device(self) -> DeviceState {
        self.device
    }

    /// Its place in a table of fifteen.
    pub(super) fn place(self) -> usize {
        usize::from(self.number()) - 1
    }
}

impl fmt::Display for Combination {
    /// The number and what it means: `7 (device Busy, agent Ready)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (device {}, agent {})", self.number(), self.device.name(), self.agent.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_1_to_15_and_come_back() {
        assert!(Combination::all().map(Combination::number).eq(1..=15));
        for combination in Combination::all() {
            assert_eq!(Combination::from_number(combination.number().into()), Some(combination));
            assert_eq!(Combination::of(combination.agent(), combination.device()), combination);
        }
        for number in [0, 16, 257, u32::MAX] {
            assert_eq!(Combination::from_number(number), None);
        }
    }

    #[test]
    fn says_what_it_means() {
        let busy = Combination::of(AgentState::Ready, DeviceState::Busy);
        assert_eq!(busy.to_string(), "7 (device Busy, agent Ready)");
        assert_eq!(Combination::from_number(15).unwrap().to_string(), "15 (device OOS, agent Walk_Away)");
    }
}
