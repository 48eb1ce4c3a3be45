//! Both ways at once, which the documents do not allow because it goes round in circles.

use chrono::{DateTime, Utc};
use presence_core::sink::{EchoGuard, Plan};
use presence_core::{Activity, Address, Availability, RichState, SourceId};

use super::combination::{AgentState, DeviceState};
use super::push::PushProfile;
use crate::dnd::{Dnd, PullProfile};

/// Listens to presence and publishes it. What was published is known when it comes back, so that an agent in a call is
/// not put into do-not-disturb by the report of that call.
#[derive(Debug)]
pub struct BothWays {
    pull: PullProfile,
    push: PushProfile,
    guard: EchoGuard,
}

impl BothWays {
    /// These two profiles. The guard is that of the presence server to which is published.
    #[must_use]
    pub const fn new(pull: PullProfile, push: PushProfile, guard: EchoGuard) -> Self {
        Self { pull, push, guard }
    }

    /// Do-not-disturb because of what the server reports of an address. `None`: it stays what it is, for the report
    /// says nothing, or it is what was published from here.
    #[must_use]
    pub fn heard(&self, address: &Address, reported: &RichState, now: DateTime<Utc>) -> Option<Dnd> {
        if self.guard.is_echo(address, reported, now) {
            return None;
        }
        self.pull.dnd(reported.availability.get().into())
    }

    /// What to do about an address because of its agent and device, of which the source `said_by` has told. Do it, and
    /// tell the [`guard`](Self::guard) how it went.
    pub fn plan(
        &mut self,
        address: &Address,
        agent: AgentState,
        device: DeviceState,
        said_by: &SourceId,
        now: DateTime<Utc>,
    ) -> Plan {
        let shown = self.push.publish(agent, device).and_then(|published| published.rich());
        let shown = shown.unwrap_or(const { RichState::new(Availability::NONE, Activity::None) });
        self.guard.plan(address, &shown, said_by, now)
    }

    /// The guard, to be told what became of a plan.
    pub const fn guard(&mut self) -> &mut EchoGuard {
        &mut self.guard
    }

    /// The push profile.
    #[must_use]
    pub const fn push(&self) -> &PushProfile {
        &self.push
    }

    /// Takes another push profile. What is published now is replaced with the next plan.
    pub fn replace_push(&mut self, push: PushProfile) {
        self.push = push;
    }
}
