//! Conditions of rules, and the three truth values.

use serde::{Deserialize, Serialize};

use crate::activity::Activity;
use crate::availability::AvailabilityRanges;
use crate::calendar::ShowAs;
use crate::device::Device;
use crate::fact::Facet;
use crate::line::{Call, Reach};

/// True, false, or not known.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth")]
#[repr(u8)]
pub enum Truth {
    /// It is known not to be so.
    False = 0,
    /// It is not known.
    Unknown = 1,
    /// It is known to be so.
    True = 2,
}

impl Truth {
    /// True or false, of something known.
    #[must_use]
    pub const fn known(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    /// True or false of `Some`, else unknown.
    #[must_use]
    pub const fn maybe(value: Option<bool>) -> Self {
        match value {
            Some(value) => Self::known(value),
            None => Self::Unknown,
        }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The opposite; the opposite of unknown is unknown.
    #[must_use]
    pub const fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }

    /// Whether it is known to be so: only that fires a rule.
    #[must_use]
    pub const fn holds(self) -> bool {
        matches!(self, Self::True)
    }
}

/// Which telephone a condition is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "complete by the two kinds of telephone")]
pub enum Telephone {
    /// Desk telephones; for a person without one, the mobile counts as one.
    Desk,
    /// Mobile telephones.
    Mobile,
    /// Any telephone.
    Either,
}

/// Where a telephone is diverted to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "complete by the documents' two modes")]
pub enum Target {
    /// To voicemail: by name, by a pilot number, or by the person's own number there.
    Voicemail,
    /// To any other number.
    Number,
}

/// When a rule holds.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Condition {
    /// Always.
    Always,
    /// Something current is known of this facet. Always true or false.
    Known(Facet),
    /// A call or the reach of such a telephone is known. Always true or false.
    LineKnown(Telephone),
    /// The directory names a source that should know this facet of the person. Always true or false.
    Expected(Facet),
    /// Rich presence is in these numbers.
    RichIs(AvailabilityRanges),
    /// Rich presence has this activity.
    ActivityIs(Activity),
    /// The calendar says this now.
    CalendarIs(ShowAs),
    /// The mailbox answers by itself now.
    AutomaticReply,
    /// The device is in this state.
    DeviceIs(Device),
    /// It is within the person's working hours.
    WithinHours,
    /// A manual state is set, in these numbers.
    ManualIs(AvailabilityRanges),
    /// An absence is active, in these numbers.
    AbsenceIs(AvailabilityRanges),
    /// Any such telephone has such a call; `idle`: every one is known to be idle.
    CallIs(Telephone, Call),
    /// Do-not-disturb is on at such a telephone.
    DoNotDisturb(Telephone),
    /// Such a telephone is diverted there.
    DivertedTo(Telephone, Target),
    /// `reachable`: any such telephone is; else: every one is known to be so.
    ReachIs(Telephone, Reach),
    /// A mobile is abroad.
    Roaming,
    /// All of these.
    All(Vec<Self>),
    /// Any of these.
    Any(Vec<Self>),
    /// Not this; the opposite of unknown is unknown.
    Not(Box<Self>),
}

impl Condition {
    /// The opposite of `condition`.
    #[must_use]
    pub fn negated(condition: Self) -> Self {
        Self::Not(Box::new(condition))
    }

    /// The facet that a condition is about; of a compound, of the first that is about any.
    #[must_use]
    pub fn first_facet(&self) -> Option<Facet> {
        Some(match self {
            Self::Always => return None,
            Self::Known(facet) | Self::Expected(facet) => *facet,
            Self::LineKnown(_) | Self::CallIs(..) => Facet::Call,
            Self::RichIs(_) | Self::ActivityIs(_) => Facet::Rich,
            Self::CalendarIs(_) => Facet::Calendar,
            Self::AutomaticReply => Facet::AutomaticReply,
            Self::DeviceIs(_) => Facet::Device,
            Self::WithinHours => Facet::Hours,
            Self::ManualIs(_) => Facet::Manual,
            Self::AbsenceIs(_) => Facet::Absence,
            Self::DoNotDisturb(_) => Facet::DoNotDisturb,
            Self::DivertedTo(..) => Facet::Diversion,
            Self::ReachIs(..) => Facet::Reach,
            Self::Roaming => Facet::Roaming,
            Self::All(parts) | Self::Any(parts) => return parts.iter().find_map(Self::first_facet),
            Self::Not(part) => return part.first_facet(),
        })
    }

    /// Whether conditions are nested at most so deep: what is read from outside is walked by recursion.
    pub(crate) fn depth_within(&self, limit: usize) -> bool {
        let Some(rest) = limit.checked_sub(1) else { return false };
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().all(|part| part.depth_within(rest)),
            Self::Not(part) => part.depth_within(rest),
            _ => true,
        }
    }

    /// This condition and all inside it.
    pub(crate) fn each(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each(visit)),
            Self::Not(part) => part.each(visit),
            _ => {}
        }
    }
}
