//! What became of each publication.

use std::fmt;

use chrono::{DateTime, Utc};

use super::id::InstanceId;
use super::instance::StateKind;
use crate::bands::RawAvailability;

/// What became of a publication. One that gives the number and the activity has two lines.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub struct Line {
    /// Which one.
    pub instance: InstanceId,
    /// What kind it is.
    pub kind: StateKind,
    /// What became of it.
    pub outcome: Outcome,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.kind.name(), self.instance, self.outcome)
    }
}

/// What can become of a publication.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Outcome {
    /// A newer publication of the same instance took its place.
    Replaced {
        /// When that was published.
        by: DateTime<Utc>,
    },
    /// It ended by itself.
    Expired {
        /// When.
        at: DateTime<Utc>,
    },
    /// Its endpoint is not registered any more.
    EndpointGone,
    /// It has not begun.
    Waits {
        /// When it begins.
        for_start: DateTime<Utc>,
    },
    /// It is the most active machine, and leaves the number as it is.
    MostActive,
    /// It is the most active machine, and because it is not in use it changes the number.
    Folds {
        /// The number without it.
        from: RawAvailability,
        /// The number with it.
        to: RawAvailability,
    },
    /// It is the most active machine, but the person said something since, so it is not consulted.
    OlderThanUser {
        /// The user state.
        by: InstanceId,
    },
    /// It is a machine, and another is more active.
    LessActive {
        /// The other.
        than: InstanceId,
    },
    /// It is a machine that is off.
    Off,
    /// It is a user state, and the other is newer.
    OlderUserState {
        /// The other.
        by: InstanceId,
    },
    /// The person said something since.
    Pruned {
        /// The user state.
        by: InstanceId,
    },
    /// Nobody is signed in, so it is not consulted.
    NobodySignedIn,
    /// The person wants to appear offline, and that is the answer.
    AppearsOffline,
    /// The person wants to appear offline, so it is not consulted.
    HiddenByUser {
        /// The user state.
        by: InstanceId,
    },
    /// It gives the number.
    GivesNumber,
    /// Another number is larger, or equal and newer.
    NumberOutranked {
        /// The other.
        by: InstanceId,
    },
    /// It has no number that means anything.
    NoNumber,
    /// It gives the activity.
    GivesActivity,
    /// The number is outside the window of its activity.
    ActivityOutside {
        /// The number.
        number: RawAvailability,
    },
    /// The window of another activity begins higher, or as high and it is newer.
    ActivityOutranked {
        /// The other.
        by: InstanceId,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replaced { by } => write!(f, "replaced by what was published at {}", at(*by)),
            Self::Expired { at: end } => write!(f, "ended at {}", at(*end)),
            Self::EndpointGone => f.write_str("its endpoint is not registered"),
            Self::Waits { for_start } => write!(f, "begins at {}", at(*for_start)),
            Self::MostActive => f.write_str("the most active machine, changes nothing"),
            Self::Folds { from, to } => write!(f, "the most active machine, not in use: {from} becomes {to}"),
            Self::OlderThanUser { by } => write!(f, "the most active machine, but older than {by}"),
            Self::LessActive { than } => write!(f, "less active than {than}"),
            Self::Off => f.write_str("off"),
            Self::OlderUserState { by } => write!(f, "an older user state than {by}"),
            Self::Pruned { by } => write!(f, "older than {by}, which a person set"),
            Self::NobodySignedIn => f.write_str("not consulted, nobody is signed in"),
            Self::AppearsOffline => f.write_str("the person wants to appear offline"),
            Self::HiddenByUser { by } => write!(f, "not consulted, {by} says offline"),
            Self::GivesNumber => f.write_str("gives the number"),
            Self::NumberOutranked { by } => write!(f, "its number is outranked by {by}"),
            Self::NoNumber => f.write_str("has no number"),
            Self::GivesActivity => f.write_str("gives the activity"),
            Self::ActivityOutside { number } => write!(f, "its activity is not shown beside {number}"),
            Self::ActivityOutranked { by } => write!(f, "its activity is outranked by {by}"),
        }
    }
}

impl StateKind {
    /// The kind in a word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Machine => "machine",
            Self::Calendar => "calendar",
            Self::Phone => "phone",
            Self::Conference => "conference",
            Self::Other => "other",
        }
    }
}

fn at(time: DateTime<Utc>) -> impl fmt::Display {
    time.format("%Y-%m-%dT%H:%M:%SZ")
}
