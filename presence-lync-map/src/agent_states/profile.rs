//! Which way presence goes: into do-not-disturb, out of the contact centre, or, if somebody insists, both.

use super::both::BothWays;
use super::push::PushProfile;
use crate::dnd::PullProfile;
use crate::options::{Defaults, Options};

/// Which way presence goes for the devices of a profile.
#[derive(Debug)]
#[non_exhaustive]
pub enum Profile {
    /// Presence becomes do-not-disturb.
    Pull(PullProfile),
    /// Agents and devices become presence.
    Push(Box<PushProfile>),
    /// Both, with a guard against the own echo. No option of the product leads here.
    Both(Box<BothWays>),
}

impl Profile {
    /// What the options of a profile come to: `map-presence-to-dnd`, `presence-availability-range`, and
    /// `agent-presence-map` with `aggregated-states`. There is either pull or push; pull wins, as in the product.
    ///
    /// `push` is what became of `agent-presence-map` and `aggregated-states`, `None` if nothing did. The options of the
    /// application say what holds where the profile does not.
    #[must_use]
    pub fn choose(
        profile: &Options,
        application: &Options,
        defaults: &Defaults,
        push: Option<PushProfile>,
    ) -> (Option<Self>, Option<ProfileWarning>) {
        if let Some(pull) = profile.pull(application, defaults) {
            let is_ignored = profile.agent_presence_map.is_some() || push.is_some();
            return (Some(Self::Pull(pull)), is_ignored.then_some(ProfileWarning::MapIgnored));
        }
        let Some(push) = push else { return (None, Some(ProfileWarning::NothingToDo)) };
        let pulls_too = Options::direct_pull(application).is_some();
        (Some(Self::Push(Box::new(push))), pulls_too.then_some(ProfileWarning::DirectCallsIgnored))
    }
}

/// The options of a profile do not say what somebody may think they say.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileWarning {
    /// Presence is mapped to do-not-disturb, so nothing is published.
    #[error(
        "`agent-presence-map` is ignored because `map-presence-to-dnd` is `true`: set that to `false` to publish, or \
         leave the map out"
    )]
    MapIgnored,
    /// What is published would come back as do-not-disturb, so presence is not mapped.
    #[error(
        "`handle-direct-calls` is `false`, but presence does not become do-not-disturb because `agent-presence-map` \
         is published: leave one of the two out, or take `BothWays`, which knows its own echo"
    )]
    DirectCallsIgnored,
    /// There is neither pull nor push.
    #[error(
        "the profile does nothing: `map-presence-to-dnd` is not `true`, and there is no valid `agent-presence-map` \
         with `aggregated-states`"
    )]
    NothingToDo,
}
