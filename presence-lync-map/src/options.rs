//! The options of a contact-centre server: read from text in the product's own spelling, and what follows from them.
//!
//! The same section `[TServer]` is found at three places: the application, a device, and a presence profile. Options are
//! values: a host that notices a new text reads it with [`Options::reread`] and swaps one value for the other.

mod choice;
mod problem;
mod read;

use std::sync::Arc;

use presence_core::{AvailabilityRanges, Confidential};
use serde::{Deserialize, Serialize};

use crate::agent_states::AggregatedStates;
use crate::dnd::PullProfile;

pub use choice::{Asked, Choice, Level, NotAdded, Profiles};
pub use problem::{OptionProblem, OptionWarning, OptionsError, Problem, Warning};
pub use read::Reread;

/// The options of one place. An option that is not set is `None`; what holds then is a matter of [`Defaults`].
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// `service-type`: what kind of thing this is.
    pub service_type: Option<Arc<str>>,
    /// `map-presence-to-dnd`: presence becomes do-not-disturb of the device (pull).
    pub map_presence_to_dnd: Option<bool>,
    /// `presence-availability-range`: which numbers count as available.
    pub presence_availability_range: Option<AvailabilityRanges>,
    /// `agent-presence-map`: where the file is that says what to publish (push). Often a path of another system, so it
    /// is kept as text.
    pub agent_presence_map: Option<Arc<str>>,
    /// `aggregated-states`: the names of the fifteen combinations, or of as many as are there.
    pub aggregated_states: Option<AggregatedStates>,
    /// `presence-profile`: which profile holds for this application or device.
    pub presence_profile: Option<Arc<str>>,
    /// `default-availability-range`: which numbers count as available where no profile says.
    pub default_availability_range: Option<AvailabilityRanges>,
    /// `handle-direct-calls`: who takes calls that do not come through the contact centre.
    pub handle_direct_calls: Option<DirectCalls>,
    /// The options that are not known here, in their order, up to 1000.
    pub others: Vec<OtherOption>,
}

/// An option that is not known here. Nobody can say what is in it, so its value does not print.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OtherOption {
    /// The name.
    pub name: Arc<str>,
    /// The value.
    pub value: Confidential<Arc<str>>,
}

/// The values of `handle-direct-calls`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DirectCalls {
    /// `true`.
    Always,
    /// `false`.
    Never,
    /// `on-login`.
    OnLogin,
}

/// What holds for options that are not set, where the product's documents do not say it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Defaults {
    /// For `map-presence-to-dnd`; `false` by default.
    pub map_presence_to_dnd: bool,
    /// For `presence-availability-range`; by default what `default-availability-range` of the application says.
    pub presence_availability_range: Option<AvailabilityRanges>,
}

impl Defaults {
    /// The defaults that are assumed.
    #[must_use]
    pub const fn new() -> Self {
        Self { map_presence_to_dnd: false, presence_availability_range: None }
    }

    /// With this for `map-presence-to-dnd`.
    #[must_use]
    pub const fn map_presence_to_dnd(mut self, pull: bool) -> Self {
        self.map_presence_to_dnd = pull;
        self
    }

    /// With this for `presence-availability-range`.
    #[must_use]
    pub fn presence_availability_range(mut self, ranges: AvailabilityRanges) -> Self {
        self.presence_availability_range = Some(ranges);
        self
    }
}

impl Options {
    /// The value of `service-type` that marks a presence profile.
    pub const PRESENCE_PROFILE: &'static str = "presence-profile";

    /// Whether these are the options of a presence profile.
    #[must_use]
    pub fn is_profile(&self) -> bool {
        self.service_type.as_deref() == Some(Self::PRESENCE_PROFILE)
    }

    /// Whether presence becomes do-not-disturb.
    #[must_use]
    pub fn pulls(&self, defaults: &Defaults) -> bool {
        self.map_presence_to_dnd.unwrap_or(defaults.map_presence_to_dnd)
    }

    /// How presence becomes do-not-disturb in this profile, `None` if it does not.
    #[must_use]
    pub fn pull(&self, application: &Self, defaults: &Defaults) -> Option<PullProfile> {
        let own = || self.presence_availability_range.clone().or_else(|| defaults.presence_availability_range.clone());
        self.pulls(defaults).then(|| own().map_or_else(|| application.default_pull(), PullProfile::new))
    }

    /// How presence becomes do-not-disturb of a device where this profile holds, or none (`None`).
    ///
    /// Without a profile, and with one that does not pull, it does so all the same when the application leaves direct
    /// calls alone: by `default-availability-range`. A profile with an `agent-presence-map` is the exception: what it
    /// publishes would come back as do-not-disturb. The product makes no exception, and has both on then, without a guard.
    /// Whoever wants that takes [`BothWays`](crate::agent_states::BothWays), with [`direct_pull`](Self::direct_pull).
    #[must_use]
    pub fn device_pull(profile: Option<&Self>, application: &Self, defaults: &Defaults) -> Option<PullProfile> {
        let publishes = profile.is_some_and(|profile| profile.agent_presence_map.is_some());
        profile
            .and_then(|profile| profile.pull(application, defaults))
            .or_else(|| Self::direct_pull(application).filter(|_| !publishes))
    }

    /// How presence becomes do-not-disturb when nothing but `handle-direct-calls=false` of the application asks for it;
    /// `None` if that does not.
    #[must_use]
    pub fn direct_pull(application: &Self) -> Option<PullProfile> {
        (application.handle_direct_calls == Some(DirectCalls::Never)).then(|| application.default_pull())
    }

    fn default_pull(&self) -> PullProfile {
        self.default_availability_range.clone().map_or_else(PullProfile::default, PullProfile::new)
    }
}
