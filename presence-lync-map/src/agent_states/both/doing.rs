//! What agent and device do, and whose word that is.

use presence_core::SourceId;

use crate::agent_states::combination::{AgentState, Combination, DeviceState};

/// What an agent does at a device, and what of it is only because of do-not-disturb that was heard.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Doing {
    /// What they do by themselves.
    pub(super) own: Combination,
    /// What they have become because of do-not-disturb.
    pub(super) made: Combination,
    pub(super) said_by: SourceId,
}

impl Doing {
    /// What agent and device do by themselves, as this source says.
    #[must_use]
    pub const fn new(agent: AgentState, device: DeviceState, said_by: SourceId) -> Self {
        let own = Combination::of(agent, device);
        Self { own, made: own, said_by }
    }

    /// What has become of them because of do-not-disturb that was heard, for instance an agent who is not ready.
    ///
    /// If that reads otherwise than what they do by themselves, it is the word of the server, and nothing is published.
    /// Without it, somebody who is busy by hand is published as busy, and so stays busy when that is taken back: the
    /// server goes on showing what was published.
    #[must_use]
    pub const fn made(mut self, agent: AgentState, device: DeviceState) -> Self {
        self.made = Combination::of(agent, device);
        self
    }
}
