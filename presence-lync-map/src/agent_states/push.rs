//! What to publish for an agent at a device.

use std::fmt;
use std::sync::Arc;

use presence_core::{Activity, Availability, Confidential, Lcid, LocalTexts, RichState};

use super::aggregated::AggregatedStates;
use super::combination::{AgentState, Combination, DeviceState};
use super::entry::StateEntry;
use super::name::StateName;
use super::states::AgentStates;
use crate::activity::{ActivityToken, Spelling};
use crate::bands::RawAvailability;

/// A push profile: the names of the combinations and the states of the file, checked against each other.
#[derive(Clone, Debug, PartialEq)]
pub struct PushProfile {
    names: AggregatedStates,
    states: AgentStates,
    table: [Option<Published>; 15],
}

impl PushProfile {
    /// A profile for which the file has every state that is named.
    ///
    /// # Errors
    ///
    /// When it has not: all names that are missing, and the combinations that want them.
    pub fn new(names: AggregatedStates, states: AgentStates) -> Result<Self, IncompleteStates> {
        match Self::tolerant(names, states) {
            (profile, None) => Ok(profile),
            (_, Some(incomplete)) => Err(incomplete),
        }
    }

    /// A profile that publishes nothing in combinations for which the file has no state, as the product does.
    #[must_use]
    pub fn tolerant(names: AggregatedStates, states: AgentStates) -> (Self, Option<IncompleteStates>) {
        let incomplete = IncompleteStates::of(&names, &states);
        let mut table = <[Option<Published>; 15]>::default();
        for (combination, name) in names.iter() {
            if let Some(place) = table.get_mut(combination.place()) {
                *place = states.get(name.as_str()).map(|entry| Published::of(entry, combination.device()));
            }
        }
        (Self { names, states, table }, incomplete)
    }

    /// What to publish for this agent at this device. `None`: nothing, and what was published is to be taken back.
    #[must_use]
    pub fn publish(&self, agent: AgentState, device: DeviceState) -> Option<&Published> {
        self.table.get(Combination::of(agent, device).place())?.as_ref()
    }

    /// The names of the combinations.
    #[must_use]
    pub const fn names(&self) -> &AggregatedStates {
        &self.names
    }

    /// The states of the file.
    #[must_use]
    pub const fn states(&self) -> &AgentStates {
        &self.states
    }

    /// States of the file that no combination is named after: often a name that is misspelt.
    pub fn unused(&self) -> impl Iterator<Item = &StateName> {
        let is_named = |name: &StateName| self.names.iter().any(|(_, other)| other == name);
        self.states.iter().map(StateEntry::name).filter(move |name| !is_named(name))
    }
}

/// What to publish. `Debug` masks texts.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Published {
    /// The name of the state it comes from.
    pub state: StateName,
    /// The number, as it stands in the file.
    pub availability: u32,
    /// The words of all languages together: the client of whoever looks chooses among them.
    pub texts: Arc<[(Lcid, Confidential<Arc<str>>)]>,
    /// The activity in the fixed vocabulary, for those who show no words of others.
    pub token: Option<ActivityToken>,
    /// The same activity as the engine knows it.
    pub activity: Activity,
}

impl Published {
    fn of(entry: &StateEntry, device: DeviceState) -> Self {
        let availability = entry.availability();
        let activity = activity(RawAvailability::new(availability), device);
        let token = ActivityToken::from_activity(activity, Spelling::Documents);
        Self { state: entry.name().clone(), availability, texts: entry.texts().into(), token, activity }
    }

    /// The same as a rich state, as the engine knows it: there every number from 18000 up is the same. What goes out
    /// is [`availability`](Self::availability). `None` when the number has no meaning.
    #[must_use]
    pub fn rich(&self) -> Option<RichState> {
        let availability = Availability::from_lync(self.availability).filter(|number| number.is_known())?;
        let state = RichState::new(availability, self.activity);
        if self.texts.is_empty() {
            return Some(state);
        }
        Some(state.with_custom(Arc::new(LocalTexts::new(self.texts.to_vec()))))
    }
}

/// A busy device is a call, as far as the number admits that word; else the band of the number speaks.
fn activity(availability: RawAvailability, device: DeviceState) -> Activity {
    if device == DeviceState::Busy && ActivityToken::ON_THE_PHONE.window().contains(availability) {
        return Activity::InCall;
    }
    availability.band().activity()
}

/// The file has no state for names that combinations have.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub struct IncompleteStates {
    /// Each combination without a state, and its name.
    pub missing: Vec<(Combination, StateName)>,
}

impl IncompleteStates {
    fn of(names: &AggregatedStates, states: &AgentStates) -> Option<Self> {
        let is_missing = |name: &StateName| states.get(name.as_str()).is_none();
        let missing = names.iter().filter(|(_, name)| is_missing(name));
        let missing = missing.map(|(combination, name)| (combination, name.clone())).collect::<Vec<_>>();
        (!missing.is_empty()).then_some(Self { missing })
    }
}

impl fmt::Display for IncompleteStates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the agent states have no entry for ")?;
        let mut separator = "";
        for (combination, name) in &self.missing {
            write!(f, "{separator}`{name}`, the name of {combination}")?;
            separator = "; ";
        }
        f.write_str(": add an `agentState` with that `ID`, capital letters count")
    }
}
