//! The aggregated state of somebody else, as a server sent it. It is shown as it is, never aggregated again.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::{Activity, Availability, Band, Confidential, Lcid, RichState};
use serde::{Deserialize, Serialize};

use super::answer::AggregateState;
use super::device::DeviceType;
use super::said::ActivityState;
use crate::activity::activity_of;
use crate::bands::{LowNumbers, RawAvailability};
use crate::texts::{TextOrder, band_text, token_text};

/// An aggregated state from a server. From which container it is, a watcher is not told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Received {
    /// When it was published.
    pub published: DateTime<Utc>,
    /// The number, if there is one.
    pub availability: Option<RawAvailability>,
    /// What the person is doing.
    pub activity: Option<ActivityState>,
    /// When the person was last active. A server may leave it out.
    pub last_active: Option<DateTime<Utc>>,
    /// On what kind of device.
    pub device: Option<DeviceType>,
    /// Where, as somebody typed it. A server tells it only of somebody who is at the device.
    pub location: Option<Confidential<Arc<str>>>,
}

impl Received {
    /// A state with this number, if it has one.
    #[must_use]
    pub const fn new(published: DateTime<Utc>, availability: Option<RawAvailability>) -> Self {
        Self { published, availability, activity: None, last_active: None, device: None, location: None }
    }

    /// With this activity.
    #[must_use]
    pub fn activity(mut self, activity: ActivityState) -> Self {
        self.activity = Some(activity);
        self
    }

    /// Last active then.
    #[must_use]
    pub const fn last_active(mut self, time: DateTime<Utc>) -> Self {
        self.last_active = Some(time);
        self
    }

    /// What one's own aggregation gave, as a watcher receives it.
    #[must_use]
    pub fn of(state: AggregateState, published: DateTime<Utc>) -> Self {
        let AggregateState { availability, activity, last_active, device, location, .. } = state;
        Self { published, availability: Some(availability), activity, last_active, device, location }
    }

    /// What it says.
    ///
    /// Somebody who has blocked the watcher looks offline. Nothing tells the two apart, so nothing here claims to.
    #[must_use]
    pub fn read(&self, rules: &ReadingRules) -> Reading {
        let availability = rules.availability(self.availability);
        let band = availability.map_or(Band::None, Availability::band);
        Reading { availability, band, idle: is_idle(band) }
    }

    /// The state as the engine takes it; `None` if the number says nothing.
    #[must_use]
    pub fn rich(&self, rules: &ReadingRules) -> Option<RichState> {
        let availability = self.read(rules).availability?;
        let said = self.activity.as_ref();
        let token = said.and_then(|activity| activity.token.as_ref());
        let activity = self.availability.map_or(Activity::None, |raw| activity_of(raw, token));
        let state = RichState::new(availability, activity);
        Some(match said.and_then(|activity| activity.custom.clone()) {
            Some(words) => state.with_custom(Arc::new(words)),
            None => state,
        })
    }

    /// The words to show to a reader of this language.
    #[must_use]
    pub fn words(&self, reader: Lcid, order: TextOrder, rules: &ReadingRules) -> Shown<'_> {
        let activity = self.activity.as_ref();
        let custom = activity.and_then(|activity| activity.custom.as_ref()?.get(reader)).map(Shown::Custom);
        let token = activity.and_then(|activity| token_text(activity.token.as_ref()?, reader)).map(Shown::Ours);
        let words = match order {
            TextOrder::PublishedFirst => custom.or(token),
            TextOrder::TokenFirst => token.or(custom),
        };
        words.unwrap_or_else(|| Shown::Ours(band_text(self.read(rules).band, reader)))
    }

    /// For how many seconds the person has not been active; only of somebody idle, away or offline, and only if it is
    /// told.
    #[must_use]
    pub fn inactive_seconds(&self, now: DateTime<Utc>) -> Option<u64> {
        let band = self.availability?.band();
        let may_tell = is_idle(band) || matches!(band, Band::BeRightBack | Band::Away | Band::Offline);
        let seconds = now.signed_duration_since(self.last_active.filter(|_| may_tell)?).num_seconds();
        Some(u64::try_from(seconds).unwrap_or(0))
    }
}

/// What a received state says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Reading {
    /// How available the person is; `None` if that is not known, which is not the same as offline.
    pub availability: Option<Availability>,
    /// The band of it.
    pub band: Band,
    /// Whether the device is not in use, which may be said beside the words.
    pub idle: bool,
}

/// The words for a received state.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Shown<'a> {
    /// The person's or the site's own.
    Custom(&'a Confidential<Arc<str>>),
    /// Ours, for the token or, without a known one, for the availability.
    Ours(&'static str),
}

/// How a received state is read where the documents disagree.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ReadingRules {
    /// What 1 to 2999 mean. Default: nothing.
    pub low_numbers: LowNumbers,
    /// What it means that there is no number. Default: that it is not known.
    pub missing: MissingNumber,
}

impl ReadingRules {
    fn availability(self, number: Option<RawAvailability>) -> Option<Availability> {
        let Some(number) = number else {
            return (self.missing == MissingNumber::Offline).then_some(Availability::OFFLINE);
        };
        match number.band_with(self.low_numbers) {
            Band::None => None,
            _ if number.is_known() => number.availability(),
            band => Some(band.customary()),
        }
    }
}

/// What it means that a received state has no number.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MissingNumber {
    /// That it is not known.
    #[default]
    Unknown,
    /// Offline, which is how a client shows it.
    Offline,
}

/// The newest state of one person, category and instance. Notifications overtake each other: an older one never
/// replaces a newer one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Latest {
    state: Option<Received>,
    stale: u64,
}

impl Latest {
    /// Nothing received yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the state unless a newer one is there.
    pub fn offer(&mut self, state: Received) -> Offered {
        if self.state.as_ref().is_some_and(|known| state.published < known.published) {
            self.stale = self.stale.saturating_add(1);
            return Offered::Stale;
        }
        self.state = Some(state);
        Offered::Taken
    }

    /// The newest state, if any was received.
    #[must_use]
    pub const fn state(&self) -> Option<&Received> {
        self.state.as_ref()
    }

    /// How many states came too late.
    #[must_use]
    pub const fn stale(&self) -> u64 {
        self.stale
    }
}

/// What became of a state that was offered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Offered {
    /// It is the newest now; one of the same time counts as newer.
    Taken,
    /// A newer one is there.
    Stale,
}

const fn is_idle(band: Band) -> bool {
    matches!(band, Band::IdleOnline | Band::IdleBusy)
}
