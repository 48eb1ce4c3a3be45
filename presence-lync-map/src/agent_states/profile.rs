//! Which way presence goes: into do-not-disturb, out of the contact centre, or, if somebody insists, both.

use super::both::BothWays;
use super::push::PushProfile;
use crate::dnd::PullProfile;

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
    #[must_use]
    pub fn choose(
        map_presence_to_dnd: bool,
        pull: PullProfile,
        push: Option<PushProfile>,
    ) -> (Option<Self>, Option<ProfileWarning>) {
        match (map_presence_to_dnd, push) {
            (true, None) => (Some(Self::Pull(pull)), None),
            (true, Some(_)) => (Some(Self::Pull(pull)), Some(ProfileWarning::MapIgnored)),
            (false, Some(push)) => (Some(Self::Push(Box::new(push))), None),
            (false, None) => (None, Some(ProfileWarning::NothingToDo)),
        }
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
    /// There is neither pull nor push.
    #[error(
        "the profile does nothing: `map-presence-to-dnd` is not `true`, and there is no valid `agent-presence-map` \
         with `aggregated-states`"
    )]
    NothingToDo,
}
