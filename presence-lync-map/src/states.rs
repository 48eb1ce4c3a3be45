//! What a person's endpoints publish, put together as the server does: state instances in, one aggregated state out.
//!
//! Everything is a function of its arguments: the [`Publications`], the time, and the [`AggregationRules`]. The result
//! says which instance spoke, which was not heard and why, and until when it holds.
//!
//! The way of an answer:
//!
//! 1. What has expired, was replaced, or belongs to an endpoint that is gone is dropped.
//! 2. Of the machines the most active one counts. Without one the person is offline.
//! 3. The newest user state is *the* user state, and what was published before it is pruned.
//! 4. The number is the largest of what is left, then the machine that is not in use is folded in.
//! 5. The activity is the one with the highest lower bound among those whose window holds the number.
//!
//! **This is for data of one's own**: for endpoints that are known one by one, for simulation and for tests. What a
//! server sends about somebody else has been aggregated there already; it is read with [`Received`] and never aggregated
//! again.
//!
//! The exact steps of the server are not published in full. Where the sources disagree or are silent there is a setting,
//! and its documentation names the default.
//!
//! ```
//! use presence_lync_map::bands::RawAvailability;
//! use presence_lync_map::states::{AggregationRules, Instance, InstanceId, Publications};
//!
//! let morning = "2026-11-20T08:00:00Z".parse()?;
//! let desk = Instance::machine(InstanceId::machine(1), "desk", morning).number(3_500);
//! let manual = Instance::user(InstanceId::USER_TIMED, 9_500, "2026-11-20T09:00:00Z".parse()?);
//!
//! let people = Publications::new(vec![desk, manual]);
//! let answer = people.aggregate("2026-11-20T10:00:00Z".parse()?, &AggregationRules::default());
//! assert_eq!(answer.state.availability, RawAvailability::DO_NOT_DISTURB);
//! assert_eq!(answer.until, Some("2026-11-21T09:00:00Z".parse()?), "set by hand, it ends after a day");
//! # Ok::<(), chrono::ParseError>(())
//! ```

mod aggregate;
mod answer;
mod choose;
mod container;
mod device;
mod fold;
mod id;
mod instance;
mod lifetime;
mod machine;
mod present;
mod received;
mod rules;
mod said;
mod trace;

pub use aggregate::Publications;
pub use answer::{AggregateMachine, AggregateState, Aggregated};
pub use container::Container;
pub use device::DeviceType;
pub use id::InstanceId;
pub(crate) use instance::team_face;
pub use instance::{Family, Instance, StateKind};
pub use lifetime::Lifetime;
pub use machine::{IdleTimes, MachineClass, MachineReading};
pub use received::{Latest, MissingNumber, Offered, Reading, ReadingRules, Received, Shown};
pub use rules::{
    AggregationRules, AutomaticUserState, BusyAndAway, BusyIdleFrom, CalendarAhead, CalendarLifetime,
    DoNotDisturbAndAway, EqualTimes, IdleUserState, OfflineNumber, OlderDevice, UnknownMachine,
};
pub use said::ActivityState;
pub use trace::{Line, Outcome};
