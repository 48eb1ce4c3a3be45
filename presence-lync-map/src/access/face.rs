//! A state as a watcher sees it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::{Activity, Band, Confidential};

use super::field::{Field, Told};
use super::relationship::Relationship;
use super::rules::AccessRules;
use crate::activity::ActivityToken;
use crate::bands::RawAvailability;
use crate::states::{ActivityState, AggregateState, DeviceType, Received};

/// A state without the time of its publication, which would tell that something has changed: what is left out of a state
/// has to be left out of its times too.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Face {
    /// The number, if there is one.
    pub availability: Option<RawAvailability>,
    /// What the person is doing.
    pub activity: Option<ActivityState>,
    /// When the person was last active.
    pub last_active: Option<DateTime<Utc>>,
    /// On what kind of device.
    pub device: Option<DeviceType>,
    /// Where the device is.
    pub location: Option<Confidential<Arc<str>>>,
}

impl Face {
    /// Somebody who appears offline. The blocked see exactly this, so nothing may be added to it.
    #[must_use]
    pub fn offline() -> Self {
        Self { availability: Some(RawAvailability::OFFLINE), ..Self::default() }
    }

    /// As a watcher receives it. Without the location: a state from a server has none.
    ///
    /// `published` is when *this face* became what it is, not when the state behind it did. Publish when the face
    /// changes and only then.
    #[must_use]
    pub fn received(self, published: DateTime<Utc>) -> Received {
        let Self { availability, activity, last_active, device, location: _ } = self;
        let mut received = Received::new(published, availability);
        (received.activity, received.last_active, received.device) = (activity, last_active, device);
        received
    }

    /// Whether it is "do not disturb" as the team sees it. It stands behind every number this token comes with.
    fn is_of_team(&self) -> bool {
        self.token() == Some(&ActivityToken::URGENT_INTERRUPTIONS_ONLY)
    }

    fn token(&self) -> Option<&ActivityToken> {
        self.activity.as_ref().and_then(|activity| activity.token.as_ref())
    }

    /// Whether the team may interrupt. Whoever presents is not to be interrupted by the team either.
    fn may_be_interrupted(&self) -> bool {
        let presents = self.activity.as_ref().and_then(ActivityState::known) == Some(Activity::Presenting);
        self.availability.is_some_and(|number| number.band() == Band::DoNotDisturb) && !presents
    }

    fn for_team(mut self) -> Self {
        if self.may_be_interrupted() {
            self.availability = Some(RawAvailability::URGENT_INTERRUPTIONS_ONLY);
            self.activity = Some(ActivityState::token(ActivityToken::URGENT_INTERRUPTIONS_ONLY));
        }
        self
    }

    fn for_everyone(mut self) -> Self {
        if self.is_of_team() {
            self.availability = Some(RawAvailability::DO_NOT_DISTURB);
            self.activity = None;
        }
        self
    }
}

impl From<&AggregateState> for Face {
    fn from(state: &AggregateState) -> Self {
        Self {
            availability: Some(state.availability),
            activity: state.activity.clone(),
            last_active: state.last_active,
            device: state.device,
            location: state.location.clone(),
        }
    }
}

impl From<&Received> for Face {
    fn from(state: &Received) -> Self {
        Self {
            availability: state.availability,
            activity: state.activity.clone(),
            last_active: state.last_active,
            device: state.device,
            location: None,
        }
    }
}

impl AccessRules {
    /// What is shown of a state that was learned as one relationship to a watcher of another.
    ///
    /// Whoever is offline is shown with the number 18500, as to the blocked everybody is. Unlike somebody who appears
    /// offline, somebody who really is may still be told apart from them by what is shown beside it, as on the wire.
    ///
    /// A state of one's own aggregation was learned as [`Relationship::Owner`]. Both faces of "do not disturb" are made
    /// from one another; where the team sees something else in the place of it, a call for example, it cannot be made
    /// again for the others: then aggregate [for them](Relationship::aggregation).
    #[must_use]
    pub fn shown(&self, state: impl Into<Face>, learned_as: Relationship, to: Relationship) -> Face {
        let told = |field| self.told_on(field, learned_as, to);
        let state: Face = state.into();
        let mut state = match told(Field::Availability) {
            Told::AlwaysOffline => return Face::offline(),
            // The face of the team is a token; its number alone would say no more than busy.
            Told::TeamFace if told(Field::Activity).is_told() => state.for_team(),
            Told::TeamFace | Told::Yes => state.for_everyone(),
            // Without the number nothing says that there is one.
            Told::No => return Face::default(),
        };
        // All who are offline have one number: another than that of the blocked would tell who is not blocked.
        state.availability = state.availability.map(one_offline);
        Face {
            availability: state.availability,
            activity: state.activity.filter(|_| told(Field::Activity).is_told()),
            last_active: state.last_active.filter(|_| told(Field::LastActive).is_told()),
            device: state.device.filter(|_| told(Field::Device).is_told()),
            location: state.location.filter(|_| told(Field::Location).is_told()),
        }
    }
}

fn one_offline(number: RawAvailability) -> RawAvailability {
    if number.band() == Band::Offline { RawAvailability::OFFLINE } else { number }
}
