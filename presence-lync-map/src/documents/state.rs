//! A state document.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::{Band, Confidential, Lcid, LocalTexts};

use super::error::{WarningProblem, Warnings};
use super::rules::ReadRules;
use super::time::{read_time, write_time};
use crate::activity::{ActivityToken, Window};
use crate::bands::RawAvailability;
use crate::states::{ActivityState, DeviceType, Instance, InstanceId, Lifetime, Received, StateKind, team_face};
use crate::xml::{Element, Namespace, Writer};

/// A text is kept up to so many bytes.
const MOST_TEXT: usize = 4_096;
/// Texts are kept for so many locales.
const MOST_LOCALES: usize = 64;

/// What one publisher, or the server, says of somebody's state.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct StateDocument {
    /// What kind of state it is; `None` if the document does not say.
    pub kind: Option<StateType>,
    /// Whether a person set it.
    pub manual: bool,
    /// The number; without one nothing is said of it, which is not the same as offline.
    pub availability: Option<RawAvailability>,
    /// What the person is doing.
    pub activity: Option<ActivityState>,
    /// When that which it tells of began or begins.
    pub starts: Option<DateTime<Utc>>,
    /// When the person was last active.
    pub last_active: Option<DateTime<Utc>>,
    /// The endpoint of the most active machine; of a mailbox its address.
    pub endpoint: Option<Arc<str>>,
    /// The kind of device.
    pub device: Option<DeviceType>,
    /// Where the machine is, as somebody typed it.
    pub location: Option<Confidential<Arc<str>>>,
    /// What the meeting is about, if it [is kept](super::MeetingTexts).
    pub meeting_subject: Option<Confidential<Arc<str>>>,
    /// Where the meeting is, if it [is kept](super::MeetingTexts).
    pub meeting_location: Option<Confidential<Arc<str>>>,
    /// By how many minutes UTC is ahead of the time at the machine.
    pub time_zone_bias: Option<i32>,
}

/// What a state document says it is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum StateType {
    /// Put together by the server, for watchers.
    Aggregate,
    /// The most active machine, put together by the server.
    AggregateMachine,
    /// One of the publications that the server puts together.
    Of(StateKind),
}

impl StateType {
    const NAMED: [Self; 7] = [
        Self::Aggregate,
        Self::AggregateMachine,
        Self::Of(StateKind::User),
        Self::Of(StateKind::Machine),
        Self::Of(StateKind::Calendar),
        Self::Of(StateKind::Phone),
        Self::Of(StateKind::Conference),
    ];

    /// The kind of this name; one that is not known counts as [`StateKind::Other`].
    #[must_use]
    pub fn from_wire(name: &str) -> Self {
        let named = Self::NAMED.into_iter().find(|known| known.to_wire() == Some(name));
        named.unwrap_or(Self::Of(StateKind::Other))
    }

    /// What the number of an instance tells of its kind.
    #[must_use]
    pub fn of_instance(instance: InstanceId) -> Option<Self> {
        match instance {
            InstanceId::AGGREGATE => Some(Self::Aggregate),
            InstanceId::AGGREGATE_MACHINE => Some(Self::AggregateMachine),
            _ => instance.kind().map(Self::Of),
        }
    }

    /// Its name; one that is not known has none.
    #[must_use]
    pub const fn to_wire(self) -> Option<&'static str> {
        Some(match self {
            Self::Aggregate => "aggregateState",
            Self::AggregateMachine => "aggregateMachineState",
            Self::Of(StateKind::User) => "userState",
            Self::Of(StateKind::Machine) => "machineState",
            Self::Of(StateKind::Calendar) => "calendarState",
            Self::Of(StateKind::Phone) => "phoneState",
            Self::Of(StateKind::Conference) => "conferenceState",
            Self::Of(_) => return None,
        })
    }
}

impl StateDocument {
    /// A state of this kind with this number.
    #[must_use]
    pub fn new(kind: StateType, availability: RawAvailability) -> Self {
        Self { kind: Some(kind), availability: Some(availability), ..Self::default() }
    }

    /// What a person set.
    #[must_use]
    pub fn user(availability: RawAvailability) -> Self {
        Self { manual: true, ..Self::new(StateType::Of(StateKind::User), availability) }
    }

    /// The same with this activity.
    #[must_use]
    pub fn activity(self, activity: ActivityState) -> Self {
        Self { activity: Some(activity), ..self }
    }

    /// The same as the team sees it: a person who does not want to be disturbed may be interrupted when it is urgent.
    #[must_use]
    pub fn for_team(mut self) -> Self {
        let is_user = self.kind == Some(StateType::Of(StateKind::User));
        if is_user && self.availability.is_some_and(|number| number.band() == Band::DoNotDisturb) {
            let (number, activity) = team_face();
            (self.availability, self.activity) = (Some(number), Some(activity));
        }
        self
    }

    /// What a server that has put the state together says to watchers, published then.
    #[must_use]
    pub fn received(&self, published: DateTime<Utc>) -> Received {
        let mut received = Received::new(published, self.availability);
        received.activity.clone_from(&self.activity);
        received.last_active = self.last_active;
        received.device = self.device;
        received.location.clone_from(&self.location);
        received
    }

    /// The publication that this state is, to be put together with others. `None` for what the server has put together.
    #[must_use]
    pub fn instance(&self, id: InstanceId, published: DateTime<Utc>, lifetime: Lifetime) -> Option<Instance> {
        let kind = match self.kind? {
            StateType::Of(kind) => kind,
            StateType::Aggregate | StateType::AggregateMachine => return None,
        };
        let mut instance = Instance::new(id, kind, published).lifetime(lifetime);
        instance.starts = self.starts;
        instance.manual = self.manual;
        instance.availability = self.availability;
        instance.activity.clone_from(&self.activity);
        instance.endpoint.clone_from(&self.endpoint);
        instance.device = self.device;
        instance.location.clone_from(&self.location);
        Some(instance)
    }

    /// `None` when the number is none: then it is not known what the rest is worth.
    pub(super) fn read(state: Element<'_, '_>, rules: &ReadRules, warnings: &mut Warnings) -> Option<Self> {
        let child = |name| state.child_text(Namespace::State, name).filter(|text| !text.is_empty());
        let availability = match child("availability").map(str::parse) {
            None => None,
            Some(Ok(number)) => Some(RawAvailability::new(number)),
            Some(Err(_)) => {
                warnings.say(WarningProblem::Availability);
                return None;
            }
        };
        let kept = |name| rules.meeting_texts.keep(child(name));
        Some(Self {
            kind: state.kind().map(StateType::from_wire),
            manual: matches!(state.attribute("manual"), Some("true" | "1")),
            availability,
            activity: state.child(Namespace::State, "activity").and_then(|found| read_activity(found, warnings)),
            starts: warnings.read(state.attribute("startTime"), WarningProblem::Time, read_time),
            last_active: warnings.read(state.attribute("lastActive"), WarningProblem::Time, read_time),
            endpoint: state.attribute("endpointId").or_else(|| state.attribute("uri")).map(Arc::from),
            device: child("device").map(DeviceType::from_wire),
            location: child("endpointLocation").map(|text| typed(text, warnings)),
            meeting_subject: kept("meetingSubject").map(|text| typed(text, warnings)),
            meeting_location: kept("meetingLocation").map(|text| typed(text, warnings)),
            time_zone_bias: warnings.read(child("timeZoneBias"), WarningProblem::Number, |text| text.parse().ok()),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("state").namespace(Namespace::State);
        if let Some(kind) = self.kind.and_then(StateType::to_wire) {
            writer.attribute("xmlns:xsi", Namespace::SchemaInstance.uri()).attribute("xsi:type", kind);
        }
        writer.maybe("manual", self.manual.then_some(true));
        writer.maybe("startTime", self.starts.map(write_time)).maybe("lastActive", self.last_active.map(write_time));
        let names_mailbox = self.kind == Some(StateType::Of(StateKind::Calendar));
        writer.maybe(if names_mailbox { "uri" } else { "endpointId" }, self.endpoint.as_deref());
        writer.maybe_leaf("availability", self.availability);
        if let Some(activity) = &self.activity {
            write_activity(activity, writer);
        }
        let typed = |text: &Option<Confidential<Arc<str>>>| text.as_ref().map(|text| Arc::clone(text.reveal()));
        writer.maybe_leaf("endpointLocation", typed(&self.location));
        writer.maybe_leaf("meetingSubject", typed(&self.meeting_subject));
        writer.maybe_leaf("meetingLocation", typed(&self.meeting_location));
        writer.maybe_leaf("timeZoneBias", self.time_zone_bias);
        writer.maybe_leaf("device", self.device.and_then(DeviceType::to_wire));
        writer.close();
    }
}

/// A text that somebody typed.
pub(super) fn typed(text: &str, warnings: &mut Warnings) -> Confidential<Arc<str>> {
    let cut = text.floor_char_boundary(MOST_TEXT.min(text.len()));
    if cut < text.len() {
        warnings.say(WarningProblem::LongText);
    }
    Confidential::new(text.get(..cut).unwrap_or_default().into())
}

fn read_activity(activity: Element<'_, '_>, warnings: &mut Warnings) -> Option<ActivityState> {
    let mut bound = |name| {
        let number = |text: &str| text.trim().parse().ok().map(RawAvailability::new);
        warnings.read(activity.attribute(name), WarningProblem::Number, number)
    };
    let window = Window::new(bound("minAvailability").unwrap_or_default(), bound("maxAvailability"));
    let token = activity.attribute("token").map(str::trim).filter(|token| !token.is_empty()).map(ActivityToken::new);
    let custom: Vec<_> = activity
        .children()
        .filter(|child| child.is(Namespace::State, "custom") && !child.text().is_empty())
        .filter_map(|custom| Some((custom.attribute("LCID")?.trim().parse().ok().map(Lcid::new)?, custom.text())))
        .take(MOST_LOCALES)
        .map(|(lcid, text)| (lcid, typed(text, warnings)))
        .collect();
    let custom = (!custom.is_empty()).then(|| LocalTexts::new(custom));
    let read = ActivityState { token, custom, window };
    read.says_something().then_some(read)
}

fn write_activity(activity: &ActivityState, writer: &mut Writer) {
    let bounds = |bound: RawAvailability| (bound.get() > 0).then_some(bound);
    writer.open("activity").maybe("token", activity.token.as_ref().map(ActivityToken::as_str));
    writer.maybe("minAvailability", bounds(activity.window.min)).maybe("maxAvailability", activity.window.max);
    for (lcid, text) in activity.custom.iter().flat_map(LocalTexts::iter) {
        writer.open("custom").attribute("LCID", lcid.get()).text(text.reveal()).close();
    }
    writer.close();
}
