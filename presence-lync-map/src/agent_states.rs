//! Agents of a contact centre shown as presence: the option `aggregated-states` and the file of agent states.
//!
//! An agent (ready, not ready, …) at a device (idle, busy, out of service) is one of fifteen combinations.
//! [`AggregatedStates`] gives each combination a name, [`AgentStates`] gives each name a number and texts, and a
//! [`PushProfile`] is the two together, checked: what to publish for an agent. What the options of a device come to is
//! a [`Profile`], and only [`BothWays`] listens and publishes at once, with a guard against its own echo.
//!
//! ```
//! use presence_lync_map::agent_states::{AgentState, AgentStates, AggregatedStates, DeviceState, PushProfile};
//!
//! let xml = br#"<?xml version="1.0"?>
//! <agentStates xmlns="http://schemas.genesys.com/09/2014/mslyncteserver/agentStates">
//!   <agentState ID="IDLE_READY" availability="3501">
//!     <activity LCID="1033">I am available</activity>
//!   </agentState>
//! </agentStates>"#;
//! let (states, warnings) = AgentStates::from_xml(xml)?;
//! assert!(warnings.is_empty());
//!
//! let (names, _what_is_missing) = AggregatedStates::read("2=IDLE_READY")?;
//! let profile = PushProfile::new(names, states)?;
//! let shown = profile.publish(AgentState::Ready, DeviceState::Idle).ok_or("nothing to show")?;
//! assert_eq!(shown.availability, 3501);
//! assert_eq!(profile.publish(AgentState::Ready, DeviceState::Busy), None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod aggregated;
mod attributes;
mod both;
mod combination;
mod entry;
mod form;
mod name;
mod problem;
mod profile;
mod push;
mod read;
mod reload;
mod states;
mod write;
mod xml;

pub use aggregated::{AggregatedStates, InvalidAggregatedStates, ListProblem};
pub use both::{BothWays, Doing, Showing, Step};
pub use combination::{AgentState, Combination, DeviceState};
pub use entry::{MOST_AVAILABILITY, StateEntry};
pub use name::{InvalidStateName, StateName};
pub use problem::{AgentStatesError, Problem, Warning};
pub use profile::{Profile, ProfileWarning};
pub use push::{IncompleteStates, Published, PushProfile};
pub use reload::{Change, Reload, ReloadError};
pub use states::{AgentStates, MOST_BYTES, NAMESPACE};
