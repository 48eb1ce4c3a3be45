//! What comes out of the aggregation.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::Confidential;

use super::device::DeviceType;
use super::machine::MachineClass;
use super::said::ActivityState;
use super::trace::Line;
use crate::bands::{RawAvailability, server_name};

/// The aggregated state, how it came about, and how long it holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Aggregated {
    /// The aggregated state.
    pub state: AggregateState,
    /// The most active machine; `None` if there is none, and for somebody who wants to appear offline.
    pub machine: Option<AggregateMachine>,
    /// Until when this holds if nothing else is published; `None` if nothing ends by itself.
    ///
    /// From then on it has to be asked for again. With very many publications that end by themselves it may come
    /// earlier than the answer changes, never later.
    pub until: Option<DateTime<Utc>>,
    /// What became of each publication, in the order of their numbers.
    pub lines: Vec<Line>,
}

impl fmt::Display for Aggregated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "availability {} ({})", self.state.availability, server_name(self.state.availability.band()))?;
        if let Some(token) = self.state.activity.as_ref().and_then(|activity| activity.token.as_ref()) {
            write!(f, ", activity `{token}`")?;
        }
        match self.until {
            Some(until) => writeln!(f, ", until {}", until.format("%Y-%m-%dT%H:%M:%SZ"))?,
            None => writeln!(f, ", until something is published")?,
        }
        self.lines.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

/// What watchers get to see.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct AggregateState {
    /// The number, as it goes over the wire.
    pub availability: RawAvailability,
    /// What the person is doing.
    pub activity: Option<ActivityState>,
    /// Since when, as far as it is known: the later of what spoke and of the machine, where that changed the number.
    pub since: Option<DateTime<Utc>>,
    /// When the person was last active, as far as the machines tell. Only told from 15000 up, of somebody who is away,
    /// and of somebody who is offline because no machine is left; not of somebody who wants to appear offline.
    pub last_active: Option<DateTime<Utc>>,
    /// What the most active machine is; not told of somebody who is away.
    pub device: Option<DeviceType>,
    /// Where the most active machine is; not told of somebody who is away.
    pub location: Option<Confidential<Arc<str>>>,
}

impl AggregateState {
    pub(super) const fn offline(number: RawAvailability) -> Self {
        Self { availability: number, activity: None, since: None, last_active: None, device: None, location: None }
    }
}

/// The most active machine.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AggregateMachine {
    /// Its number.
    pub availability: RawAvailability,
    /// How much it is in use.
    pub class: MachineClass,
    /// Its endpoint.
    pub endpoint: Option<Arc<str>>,
}
