//! What is published about a person to a class of viewers.

use serde::Serialize;

use crate::activity::Activity;
use crate::availability::Availability;
use crate::decide::Decision;
use crate::privacy::Denial;
use crate::situation::Situation;

/// Headline and lamps side by side, as a class of viewers may see them: the decision, and the situation that it was made
/// from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Presence {
    /// The headline.
    pub decision: Decision,
    /// The lamps.
    pub situation: Situation,
    /// The class is denied, and is told so.
    pub denied: Option<Denial>,
}

impl Presence {
    /// How everybody who is offline looks to a class that may be denied: one constant, so that denied cannot be told
    /// from offline.
    #[must_use]
    pub fn offline() -> Self {
        let decision = Decision { availability: Availability::OFFLINE, activity: Activity::Offline, because: None };
        Self { decision, situation: Situation::default(), denied: None }
    }

    /// What a class sees that is denied and told so.
    #[must_use]
    pub fn denied() -> Self {
        let decision = Decision { availability: Availability::NONE, activity: Activity::None, because: None };
        Self { decision, situation: Situation::default(), denied: Some(Denial::IsTold) }
    }

    /// Whether this is how everybody looks who is offline, or denied.
    pub(crate) fn is_offline_constant(&self) -> bool {
        *self == Self::offline()
    }

    /// Whether something that is shown is only half believed, or something that was known is not known any more.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        !self.situation.stale().is_empty()
    }
}

/// A person who would be shown otherwise under other rules.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// Who.
    pub person: crate::identity::PersonId,
    /// What is shown now.
    pub before: Decision,
    /// What would be shown.
    pub after: Decision,
}

impl Difference {
    pub(crate) const fn new(person: crate::identity::PersonId, before: Decision, after: Decision) -> Self {
        Self { person, before, after }
    }
}
