//! The numbers of state instances.

use std::fmt;

use super::instance::StateKind;

/// The number of an instance. Its highest four bits tell what it is; the rest is a hash the publisher works out.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct InstanceId(u32);

impl InstanceId {
    /// The aggregated state.
    pub const AGGREGATE: Self = Self(1);
    /// The aggregated state of the machines.
    pub const AGGREGATE_MACHINE: Self = Self(0x1000_0000);
    /// A user state that stays until it is replaced: available, be right back, away, off work, offline.
    pub const USER_STICKY: Self = Self(0x2000_0000);
    /// A user state that ends by itself: busy, do not disturb.
    pub const USER_TIMED: Self = Self(0x2400_0000);

    /// The instance with this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The machine state of an endpoint.
    #[must_use]
    pub const fn machine(hash: u32) -> Self {
        Self::marked(0x3, hash)
    }

    /// A meeting in a mailbox.
    #[must_use]
    pub const fn meeting(hash: u32) -> Self {
        Self::marked(0x4, hash)
    }

    /// An appointment in a mailbox that says "out of office".
    #[must_use]
    pub const fn out_of_office_event(hash: u32) -> Self {
        Self::marked(0x5, hash)
    }

    /// The automatic reply of a mailbox.
    #[must_use]
    pub const fn out_of_office_message(hash: u32) -> Self {
        Self::marked(0x6, hash)
    }

    /// A line of a telephone system, told of through a gateway.
    #[must_use]
    pub const fn line(hash: u32) -> Self {
        Self::marked(0x7, hash)
    }

    /// The calls of the client itself.
    #[must_use]
    pub const fn voip(hash: u32) -> Self {
        Self::marked(0x8, hash)
    }

    /// Calls over the public network.
    #[must_use]
    pub const fn pstn(hash: u32) -> Self {
        Self::marked(0x9, hash)
    }

    /// The kind of state that has such a number; `None` for what a server has put together, and for other numbers.
    #[must_use]
    pub const fn kind(self) -> Option<StateKind> {
        Some(match self.0 >> 28 {
            0x2 => StateKind::User,
            0x3 => StateKind::Machine,
            0x4..=0x6 => StateKind::Calendar,
            0x7..=0x9 => StateKind::Phone,
            _ => return None,
        })
    }

    const fn marked(mark: u32, hash: u32) -> Self {
        Self((mark << 28) | (hash & 0x0FFF_FFFF))
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{:08X}", self.0)
    }
}
