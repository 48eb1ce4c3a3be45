//! What is there at a moment: publications that are current, have begun, and have not ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::Band;

use super::id::InstanceId;
use super::instance::{Instance, StateKind};
use super::lifetime::Fate;
use super::machine::{Machine, MachineClass};
use super::rules::{AggregationRules, CalendarAhead, IdleUserState};
use super::trace::{Line, Outcome};
use crate::bands::RawAvailability;

/// The newest publication of each instance. The order they come in does not matter.
pub(super) fn newest(instances: &[Instance]) -> BTreeMap<InstanceId, &Instance> {
    let mut newest: BTreeMap<InstanceId, &Instance> = BTreeMap::new();
    for instance in instances {
        newest
            .entry(instance.id)
            .and_modify(|known| {
                if instance.rank() > known.rank() {
                    *known = instance;
                }
            })
            .or_insert(instance);
    }
    newest
}

/// What is there, by what becomes of it next.
#[derive(Debug, Default)]
pub(super) struct Present<'a> {
    pub(super) machines: Vec<Machine<'a>>,
    pub(super) users: Vec<&'a Instance>,
    pub(super) others: Vec<&'a Instance>,
    pub(super) lines: Vec<Line>,
}

impl<'a> Present<'a> {
    /// Drops what does not hold at `now`, and says why.
    pub(super) fn at(
        now: DateTime<Utc>,
        instances: impl Iterator<Item = &'a Instance>,
        registered: Option<&BTreeSet<Arc<str>>>,
        rules: &AggregationRules,
    ) -> Self {
        let mut present = Self::default();
        for instance in instances {
            match instance.fate(now, registered, rules) {
                Fate::Expired(at) => present.tell(instance, Outcome::Expired { at }),
                Fate::Gone => present.tell(instance, Outcome::EndpointGone),
                Fate::Holds => present.place(instance, now, rules),
            }
        }
        present
    }

    pub(super) fn tell(&mut self, instance: &Instance, outcome: Outcome) {
        self.lines.push(Line { instance: instance.id, kind: instance.kind, outcome });
    }

    fn place(&mut self, instance: &'a Instance, now: DateTime<Utc>, rules: &AggregationRules) {
        match (instance.kind, instance.waits_for(rules)) {
            (_, Some(for_start)) if for_start > now => self.tell(instance, Outcome::Waits { for_start }),
            (StateKind::Machine, _) => {
                let machine = Machine::read(instance, now, rules);
                if machine.class == MachineClass::Off {
                    self.tell(instance, Outcome::Off);
                } else {
                    self.machines.push(machine);
                }
            }
            (StateKind::User, _) => self.users.push(instance),
            _ => self.others.push(instance),
        }
    }
}

impl Instance {
    /// The number it takes part with. However offline is published, it is one number here.
    pub(super) fn speaking_number(&self, rules: &AggregationRules) -> Option<RawAvailability> {
        let number = self.availability?;
        let refused = self.kind == StateKind::User && rules.idle_user_state == IdleUserState::Ignored;
        match number.band_with(rules.low_numbers) {
            Band::None => None,
            Band::Offline => Some(rules.offline.get()),
            Band::IdleOnline | Band::IdleBusy if refused => None,
            Band::Online if !number.is_known() => Some(RawAvailability::AVAILABLE),
            _ => Some(number),
        }
    }

    /// The start it says nothing before.
    pub(super) fn waits_for(&self, rules: &AggregationRules) -> Option<DateTime<Utc>> {
        let waits = self.kind == StateKind::Calendar && rules.calendar_ahead == CalendarAhead::Waits;
        self.starts.filter(|_| waits)
    }

    /// Of two publications of one instance the larger counts: the newer one, and of the same time any, but always the
    /// same. Only texts that people typed are not looked at.
    fn rank(&self) -> impl Ord {
        let activity = self.activity.as_ref();
        (
            (self.published, self.availability, self.starts, self.last_input, self.lifetime, self.kind),
            (self.manual, self.endpoint.clone(), self.device),
            activity.map(|activity| {
                let token = activity.token.as_ref().map(|token| token.as_str().to_owned());
                (token, activity.window.min, activity.window.max, activity.custom.is_some())
            }),
        )
    }
}
