//! One state instance: what one publisher says, since when, and for how long.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::{Band, Confidential};

use super::device::DeviceType;
use super::id::InstanceId;
use super::lifetime::Lifetime;
use super::said::ActivityState;
use crate::activity::ActivityToken;
use crate::bands::RawAvailability;

/// What one publisher says about a person.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Instance {
    /// Which instance it is: a newer publication under the same number replaces it.
    pub id: InstanceId,
    /// What kind of state it is.
    pub kind: StateKind,
    /// When it was published, by the clock of the server.
    pub published: DateTime<Utc>,
    /// When that which it tells of began or begins: the start of the meeting.
    pub starts: Option<DateTime<Utc>>,
    /// How long it holds.
    pub lifetime: Lifetime,
    /// The endpoint that published it.
    pub endpoint: Option<Arc<str>>,
    /// Whether a person set it.
    pub manual: bool,
    /// The number as it was published; without one it tells an activity only.
    pub availability: Option<RawAvailability>,
    /// What the person is doing.
    pub activity: Option<ActivityState>,
    /// When the machine was last used. Without a number it is counted from here how much the machine is in use.
    pub last_input: Option<DateTime<Utc>>,
    /// What kind of device the machine is.
    pub device: Option<DeviceType>,
    /// Where the machine is, as somebody typed it.
    pub location: Option<Confidential<Arc<str>>>,
}

impl Instance {
    /// An instance that says nothing yet.
    #[must_use]
    pub const fn new(id: InstanceId, kind: StateKind, published: DateTime<Utc>) -> Self {
        Self {
            id,
            kind,
            published,
            starts: None,
            lifetime: Lifetime::Usual,
            endpoint: None,
            manual: matches!(kind, StateKind::User),
            availability: None,
            activity: None,
            last_input: None,
            device: None,
            location: None,
        }
    }

    /// A state that a person set.
    #[must_use]
    pub const fn user(id: InstanceId, number: u32, published: DateTime<Utc>) -> Self {
        Self::new(id, StateKind::User, published).number(number)
    }

    /// How much a machine is in use: give it a [number](Self::number) or a [last input](Self::last_input).
    #[must_use]
    pub fn machine(id: InstanceId, endpoint: &str, published: DateTime<Utc>) -> Self {
        Self::new(id, StateKind::Machine, published).endpoint(endpoint)
    }

    /// A machine that was last used then, for whoever counts the minutes here and not in the client.
    #[must_use]
    pub fn machine_used(id: InstanceId, endpoint: &str, last_input: DateTime<Utc>) -> Self {
        Self::machine(id, endpoint, last_input).last_input(last_input)
    }

    /// With this number.
    #[must_use]
    pub const fn number(mut self, number: u32) -> Self {
        self.availability = Some(RawAvailability::new(number));
        self
    }

    /// With this activity.
    #[must_use]
    pub fn activity(mut self, activity: ActivityState) -> Self {
        self.activity = Some(activity);
        self
    }

    /// Of something that begins then.
    #[must_use]
    pub const fn starts(mut self, starts: DateTime<Utc>) -> Self {
        self.starts = Some(starts);
        self
    }

    /// Holding this long.
    #[must_use]
    pub const fn lifetime(mut self, lifetime: Lifetime) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Published by this endpoint.
    #[must_use]
    pub fn endpoint(mut self, endpoint: &str) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// Set by a program, not by a person.
    #[must_use]
    pub const fn automatic(mut self) -> Self {
        self.manual = false;
        self
    }

    /// Last used then.
    #[must_use]
    pub const fn last_input(mut self, last_input: DateTime<Utc>) -> Self {
        self.last_input = Some(last_input);
        self
    }

    /// On a device of this kind.
    #[must_use]
    pub const fn device(mut self, device: DeviceType) -> Self {
        self.device = Some(device);
        self
    }

    /// At this place.
    #[must_use]
    pub fn location(mut self, location: &str) -> Self {
        self.location = Some(Confidential::new(location.into()));
        self
    }

    /// The same as the team sees it: a person who does not want to be disturbed may be interrupted when it is urgent.
    #[must_use]
    pub fn for_team(mut self) -> Self {
        if self.kind == StateKind::User && self.band() == Band::DoNotDisturb {
            let (number, activity) = team_face();
            (self.availability, self.activity) = (Some(number), Some(activity));
        }
        self
    }

    /// When it began to be the case: the start of what it tells of, else its publication.
    #[must_use]
    pub fn since(&self) -> DateTime<Utc> {
        self.starts.unwrap_or(self.published)
    }

    /// Whether this is "do not disturb" as the team sees it.
    pub(super) fn is_team_face(&self) -> bool {
        let token = self.activity.as_ref().and_then(|activity| activity.token.as_ref());
        self.kind == StateKind::User && token == Some(&ActivityToken::URGENT_INTERRUPTIONS_ONLY)
    }

    pub(super) fn band(&self) -> Band {
        self.availability.unwrap_or_default().band()
    }
}

/// How the team sees "do not disturb".
pub(crate) fn team_face() -> (RawAvailability, ActivityState) {
    let activity = ActivityState::token(ActivityToken::URGENT_INTERRUPTIONS_ONLY);
    (RawAvailability::URGENT_INTERRUPTIONS_ONLY, activity)
}

/// The kind of a state instance.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum StateKind {
    /// Set by or for the person.
    User,
    /// How much a machine is in use.
    Machine,
    /// From the calendar: a meeting, or being out of office.
    Calendar,
    /// A call on a telephone, whether a gateway to a telephone system or the client itself tells of it.
    Phone,
    /// A conference, counted like a call.
    Conference,
    /// Anything else, counted like a call.
    Other,
}

impl StateKind {
    pub(super) const fn is_user(self) -> bool {
        matches!(self, Self::User)
    }

    /// The family of publications it belongs to.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::User => Family::User,
            Self::Machine => Family::Device,
            Self::Calendar => Family::Calendar,
            Self::Phone | Self::Conference | Self::Other => Family::Phone,
        }
    }
}

/// The four families of what is published.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Family {
    /// What the person says.
    User,
    /// What the telephone says.
    Phone,
    /// What the calendar says.
    Calendar,
    /// What the computer says.
    Device,
}
