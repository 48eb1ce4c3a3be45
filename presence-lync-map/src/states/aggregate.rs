//! All publications about a person, and their aggregation with how long the result holds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::answer::Aggregated;
use super::choose::choose;
use super::id::InstanceId;
use super::instance::{Instance, StateKind};
use super::present::{Present, newest};
use super::rules::AggregationRules;
use super::trace::{Line, Outcome};

/// How many moments are looked at to find the next change. A person has a handful; a bound keeps hostile data cheap.
const MOST_MOMENTS: usize = 64;

/// Everything that is published about one person, in any order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Publications {
    instances: Vec<Instance>,
    registered: Option<BTreeSet<Arc<str>>>,
    last_active: Option<DateTime<Utc>>,
}

impl Publications {
    /// These publications; all endpoints in them are taken to be registered.
    #[must_use]
    pub const fn new(instances: Vec<Instance>) -> Self {
        Self { instances, registered: None, last_active: None }
    }

    /// Only these endpoints are registered.
    #[must_use]
    pub fn registered(mut self, endpoints: &[&str]) -> Self {
        self.registered = Some(endpoints.iter().copied().map(Arc::from).collect());
        self
    }

    /// The person was active then, though no machine tells of it any more.
    #[must_use]
    pub const fn last_active(mut self, time: DateTime<Utc>) -> Self {
        self.last_active = Some(time);
        self
    }

    /// The same as they are in the container of the team.
    #[must_use]
    pub fn for_team(mut self) -> Self {
        self.instances = self.instances.into_iter().map(Instance::for_team).collect();
        self
    }

    /// The aggregated state at `now`.
    #[must_use]
    pub fn aggregate(&self, now: DateTime<Utc>, rules: &AggregationRules) -> Aggregated {
        let newest = newest(&self.instances);
        let mut answer = self.answer(&newest, now, rules);
        answer.until = self.holds_until(&newest, &answer, now, rules);
        self.tell_replaced(&newest, &mut answer.lines);
        answer
    }

    fn answer(
        &self,
        newest: &BTreeMap<InstanceId, &Instance>,
        now: DateTime<Utc>,
        rules: &AggregationRules,
    ) -> Aggregated {
        let present = Present::at(now, newest.values().copied(), self.registered.as_ref(), rules);
        choose(present, self.last_known_active(newest), rules)
    }

    /// The first moment at which the answer is another one.
    fn holds_until(
        &self,
        newest: &BTreeMap<InstanceId, &Instance>,
        answer: &Aggregated,
        now: DateTime<Utc>,
        rules: &AggregationRules,
    ) -> Option<DateTime<Utc>> {
        let moments: BTreeSet<_> =
            newest.values().flat_map(|instance| moments(instance, rules)).filter(|moment| *moment > now).collect();
        moments.into_iter().enumerate().find_map(|(count, moment)| {
            let changes = || {
                let next = self.answer(newest, moment, rules);
                (next.state, next.machine) != (answer.state.clone(), answer.machine.clone())
            };
            (count >= MOST_MOMENTS || changes()).then_some(moment)
        })
    }

    /// The last time anything showed the person active, also on a machine that is gone.
    fn last_known_active(&self, newest: &BTreeMap<InstanceId, &Instance>) -> Option<DateTime<Utc>> {
        let machines = newest.values().filter(|instance| instance.kind == StateKind::Machine);
        machines.map(|machine| machine.last_input.unwrap_or(machine.published)).chain(self.last_active).max()
    }

    fn tell_replaced(&self, newest: &BTreeMap<InstanceId, &Instance>, lines: &mut Vec<Line>) {
        for instance in &self.instances {
            if let Some(current) = newest.get(&instance.id).filter(|current| !std::ptr::eq(**current, instance)) {
                let outcome = Outcome::Replaced { by: current.published };
                lines.push(Line { instance: instance.id, kind: instance.kind, outcome });
            }
        }
        lines.sort_unstable();
    }
}

/// When it may begin to say something else, without anything being published.
fn moments(instance: &Instance, rules: &AggregationRules) -> impl Iterator<Item = DateTime<Utc>> {
    let counted = instance.last_input.filter(|_| instance.availability.is_none());
    let edges = counted.map_or([None; 2], |last_input| rules.idle.edges(last_input));
    edges.into_iter().chain([instance.expires(rules), instance.waits_for(rules)]).flatten()
}
