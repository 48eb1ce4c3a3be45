//! How much a machine is in use, published as a number or counted from its last input.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::{Band, Device};
use serde::{Deserialize, Serialize};

use super::instance::Instance;
use super::rules::AggregationRules;
use crate::bands::RawAvailability;

/// How much a machine is in use. The order is from in use to off; of several machines the least one counts.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum MachineClass {
    /// Somebody is using it.
    Active,
    /// Nobody has used it for a short while.
    Inactive,
    /// It says nothing that is known: no number, or one no machine publishes.
    Unknown,
    /// Nobody has used it for a long while.
    Away,
    /// Not running. It counts as if it were not there.
    Off,
}

impl MachineClass {
    /// The class of a machine that publishes a number of this band.
    #[must_use]
    pub const fn of(band: Band) -> Self {
        match band {
            Band::Online => Self::Active,
            Band::IdleOnline => Self::Inactive,
            Band::Away => Self::Away,
            Band::Offline => Self::Off,
            _ => Self::Unknown,
        }
    }

    /// The level the engine knows; `None` if nothing is known.
    #[must_use]
    pub const fn device(self) -> Option<Device> {
        match self {
            Self::Active => Some(Device::Active),
            Self::Inactive => Some(Device::Inactive),
            Self::Unknown => None,
            Self::Away => Some(Device::Away),
            Self::Off => Some(Device::Off),
        }
    }
}

/// After how many seconds without input a machine is inactive and then away.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct IdleTimes {
    /// Seconds from the last input until the machine is inactive. Default: 300.
    pub inactive_after: u32,
    /// Seconds from then until it is away. Default: 300.
    pub away_after: u32,
}

impl IdleTimes {
    /// What Lync 2013 and Skype for Business do, and the default: inactive after 5 minutes, away after 5 more.
    pub const LYNC_2013: Self = Self::new(300, 300);
    /// What Office Communicator 2007 does: inactive after 5 minutes, away after 15 more.
    pub const COMMUNICATOR_2007: Self = Self::new(300, 900);
    /// What older guides for telephones say: away 15 minutes after the last input.
    pub const OLDER_PHONES: Self = Self::new(300, 600);

    /// Inactive after the first number of seconds, away after that many more.
    #[must_use]
    pub const fn new(inactive_after: u32, away_after: u32) -> Self {
        Self { inactive_after, away_after }
    }

    /// What a machine that was last used then publishes at `now`. One used in the future is in use.
    #[must_use]
    pub fn reading(self, last_input: DateTime<Utc>, now: DateTime<Utc>) -> MachineReading {
        let [inactive, away] = self.edges(last_input);
        let passed = |edge: Option<DateTime<Utc>>| edge.filter(|edge| *edge <= now);
        if let Some(since) = passed(away) {
            MachineReading { number: RawAvailability::AWAY, since, until: None }
        } else if let Some(since) = passed(inactive) {
            MachineReading { number: RawAvailability::INACTIVE, since, until: away }
        } else {
            MachineReading { number: RawAvailability::AVAILABLE, since: last_input, until: inactive }
        }
    }

    /// When it becomes inactive, and when away; `None` is after the end of all dates.
    pub(super) fn edges(self, last_input: DateTime<Utc>) -> [Option<DateTime<Utc>>; 2] {
        let after = |seconds: i64| last_input.checked_add_signed(TimeDelta::seconds(seconds));
        let inactive = i64::from(self.inactive_after);
        [after(inactive), after(inactive + i64::from(self.away_after))]
    }
}

impl Default for IdleTimes {
    fn default() -> Self {
        Self::LYNC_2013
    }
}

/// What a machine publishes, worked out from its last input.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct MachineReading {
    /// The number.
    pub number: RawAvailability,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when, if nobody uses it; `None` if it stays so.
    pub until: Option<DateTime<Utc>>,
}

/// A machine that is there, and what it says now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Machine<'a> {
    pub(super) instance: &'a Instance,
    pub(super) number: RawAvailability,
    pub(super) class: MachineClass,
    pub(super) since: DateTime<Utc>,
}

impl<'a> Machine<'a> {
    pub(super) fn read(instance: &'a Instance, now: DateTime<Utc>, rules: &AggregationRules) -> Self {
        let (number, since) = match (instance.availability, instance.last_input) {
            (Some(number), _) => (number, instance.since()),
            (None, Some(last_input)) => {
                let reading = rules.idle.reading(last_input, now);
                (reading.number, reading.since)
            }
            (None, None) => (RawAvailability::NOT_SET, instance.since()),
        };
        let class = MachineClass::of(number.band_with(rules.low_numbers));
        Self { instance, number, class, since }
    }

    /// The more active one first; of equals the newer one, then the one whose endpoint comes first.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        (self.class, self.number)
            .cmp(&(other.class, other.number))
            .then_with(|| other.since.cmp(&self.since))
            .then_with(|| self.instance.endpoint.cmp(&other.instance.endpoint))
            .then_with(|| self.instance.id.cmp(&other.instance.id))
    }

    /// When somebody was last active on it, as far as it is known.
    pub(super) fn last_active(&self) -> DateTime<Utc> {
        self.instance.last_input.unwrap_or(self.since)
    }
}
