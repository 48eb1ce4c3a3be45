//! What a scenario finds out.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::when::When;
use crate::activity::Activity;
use crate::availability::{Availability, Band};
use crate::calendar::ShowAs;
use crate::decide::Decision;
use crate::device::Device;
use crate::fact::Facet;
use crate::identity::{PersonId, RuleId, ViewerId};
use crate::line::{Call, DiversionKind, Reach};
use crate::privacy::Denial;
use crate::situation::Situation;

/// What is shown of a person to a viewer at a time, and every settled facet. What is not known is `None`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Answer {
    /// The step that asked, from 1.
    pub step: usize,
    /// When.
    pub at: DateTime<Utc>,
    /// Of whom.
    pub person: PersonId,
    /// To whom.
    pub viewer: ViewerId,
    /// The availability.
    pub availability: Availability,
    /// Its band.
    pub band: Band,
    /// The activity.
    pub activity: Activity,
    /// The rule that decided.
    pub because: Option<RuleId>,
    /// Until when, as far as facts and the viewer's rights tell.
    pub until: Option<DateTime<Utc>>,
    /// What the viewer is told who may not see the person.
    pub denied: Option<Denial>,
    /// The facets on which something was known and is no longer, or is only half believed.
    pub stale: Vec<Facet>,
    /// The heaviest call on a desk telephone.
    pub call: Option<Call>,
    /// Do-not-disturb on a desk telephone.
    pub do_not_disturb: Option<bool>,
    /// The diversion of the first desk telephone.
    pub diversion: Option<DiversionKind>,
    /// The best reach of the desk telephones.
    pub reach: Option<Reach>,
    /// The heaviest call on a mobile.
    pub mobile_call: Option<Call>,
    /// Do-not-disturb on a mobile.
    pub mobile_do_not_disturb: Option<bool>,
    /// The diversion of the first mobile.
    pub mobile_diversion: Option<DiversionKind>,
    /// The best reach of the mobiles.
    pub mobile_reach: Option<Reach>,
    /// Whether a mobile is abroad.
    pub roaming: Option<bool>,
    /// Rich presence.
    pub rich: Option<State>,
    /// Whether rich presence has not been confirmed for a while.
    pub decayed: bool,
    /// The manual state.
    pub manual: Option<Set>,
    /// The absence.
    pub absence: Option<Set>,
    /// The calendar's word.
    pub calendar: Option<ShowAs>,
    /// Whether the mailbox answers by itself.
    pub automatic_reply: Option<bool>,
    /// Whether it is within working hours.
    pub within_hours: Option<bool>,
    /// The device.
    pub device: Option<Device>,
    /// Whether there is a note.
    pub note: Option<bool>,
}

/// An availability and an activity.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct State {
    /// The availability.
    pub availability: Availability,
    /// The activity.
    pub activity: Activity,
}

/// Something that is set or is known not to be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Set {
    /// It is known that nothing is set.
    None,
    /// This is set.
    #[serde(untagged)]
    To(State),
}

/// What an expectation may name beside what has a form of its own.
const EXPECTABLE: [&str; 23] = [
    "absence",
    "activity",
    "automatic_reply",
    "band",
    "because",
    "calendar",
    "call",
    "decayed",
    "denied",
    "device",
    "diversion",
    "do_not_disturb",
    "manual",
    "mobile_call",
    "mobile_diversion",
    "mobile_do_not_disturb",
    "mobile_reach",
    "note",
    "reach",
    "rich",
    "roaming",
    "stale",
    "within_hours",
];

pub(super) fn is_expectable(name: &str) -> bool {
    EXPECTABLE.contains(&name)
}

impl Answer {
    /// What `head` shows, and every facet of `situation`.
    pub(super) fn new(head: Head, situation: &Situation) -> Self {
        let (desk, mobile) = (situation.desk(), situation.mobile());
        let Head { step, at, person, viewer, decision, until, denied } = head;
        Self {
            step,
            at,
            person,
            viewer,
            availability: decision.availability,
            band: decision.availability.band(),
            activity: decision.activity,
            because: decision.because,
            until,
            denied,
            stale: situation.stale().iter().collect(),
            call: desk.call(),
            do_not_disturb: desk.do_not_disturb(),
            diversion: desk.diversion(),
            reach: desk.reach(),
            mobile_call: mobile.call(),
            mobile_do_not_disturb: mobile.do_not_disturb(),
            mobile_diversion: mobile.diversion(),
            mobile_reach: mobile.reach(),
            roaming: situation.roaming(),
            rich: situation.rich().map(State::from),
            decayed: situation.has_decayed(),
            manual: situation.manual().map(Set::from),
            absence: situation.absence().map(Set::from),
            calendar: situation.calendar(),
            automatic_reply: situation.automatic_reply(),
            within_hours: situation.within_hours(),
            device: situation.device(),
            note: situation.note(),
        }
    }
}

/// What an answer says before its facets.
pub(super) struct Head {
    pub(super) step: usize,
    pub(super) at: DateTime<Utc>,
    pub(super) person: PersonId,
    pub(super) viewer: ViewerId,
    pub(super) decision: Decision,
    pub(super) until: Option<DateTime<Utc>>,
    pub(super) denied: Option<Denial>,
}

impl From<(Availability, Activity)> for State {
    fn from((availability, activity): (Availability, Activity)) -> Self {
        Self { availability, activity }
    }
}

impl From<Option<(Availability, Activity)>> for Set {
    fn from(state: Option<(Availability, Activity)>) -> Self {
        state.map_or(Self::None, |state| Self::To(state.into()))
    }
}

/// Something is not as it was expected.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The step, from 1.
    pub step: usize,
    /// Its time, as it was written.
    pub at: When,
    /// Of whom and to whom, where it is about somebody.
    pub shown: Option<(PersonId, ViewerId)>,
    /// What is found, and what was expected.
    pub text: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, at, shown, text } = self;
        match shown {
            Some((person, viewer)) => write!(f, "step {step} ({at}), {person} to {viewer}: {text}"),
            None => write!(f, "step {step} ({at}): {text}"),
        }
    }
}

/// What a scenario found out.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Transcript {
    /// What was asked for, in order.
    pub answers: Vec<Answer>,
    /// What is not as it was expected.
    pub mismatches: Vec<Mismatch>,
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::*;

    #[test]
    fn everything_an_answer_has_can_be_expected() {
        let decision = Decision { availability: Availability::NONE, activity: Activity::None, because: None };
        let (person, viewer) = (PersonId::new("anna").unwrap(), ViewerId::new("operator").unwrap());
        let at = DateTime::default();
        let head = Head { step: 1, at, person, viewer, decision, until: None, denied: None };
        let Tree::Map(map) = Tree::of(&Answer::new(head, &Situation::default())).unwrap() else { panic!() };
        let forms = ["step", "at", "person", "viewer", "availability", "until"];
        let names: Vec<&str> = map.keys().map(String::as_str).filter(|name| !forms.contains(name)).collect();
        assert_eq!(names, EXPECTABLE);
    }
}
