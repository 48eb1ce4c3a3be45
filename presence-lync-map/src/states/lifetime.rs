//! How long a publication holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::Band;

use super::id::InstanceId;
use super::instance::{Instance, StateKind};
use super::rules::{AggregationRules, CalendarLifetime};

/// How long a publication holds.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Lifetime {
    /// As is usual for its kind.
    ///
    /// A user state holds until it is replaced. One under [`USER_TIMED`](InstanceId::USER_TIMED) ends after the time the
    /// [rules](AggregationRules::manual_seconds) give, whatever it says; and so do busy and do not disturb under
    /// whatever number of an instance. Everything else holds as long as its endpoint is registered, and what does not
    /// name its endpoint as long as any is.
    #[default]
    Usual,
    /// Until it is replaced.
    Static,
    /// This many seconds from its publication. With 0 it is taken back.
    Seconds(u32),
    /// As long as the endpoint that published it is registered; if that is not named, as long as any is.
    Endpoint,
    /// As long as any endpoint of the person is registered.
    User,
}

/// What has become of a publication.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fate {
    /// It holds.
    Holds,
    /// It ended then.
    Expired(DateTime<Utc>),
    /// Its endpoint, or the last one, is gone.
    Gone,
}

impl Instance {
    /// What has become of it. Without a list of endpoints all of them are taken to be there.
    pub(super) fn fate(
        &self,
        now: DateTime<Utc>,
        registered: Option<&BTreeSet<Arc<str>>>,
        rules: &AggregationRules,
    ) -> Fate {
        match self.bounded(rules) {
            Lifetime::Seconds(_) => match self.expires(rules) {
                Some(end) if end <= now => Fate::Expired(end),
                _ => Fate::Holds,
            },
            Lifetime::Endpoint if registered.is_some_and(|list| !self.is_registered(list)) => Fate::Gone,
            Lifetime::User if registered.is_some_and(BTreeSet::is_empty) => Fate::Gone,
            _ => Fate::Holds,
        }
    }

    /// When it ends by itself.
    pub(super) fn expires(&self, rules: &AggregationRules) -> Option<DateTime<Utc>> {
        let Lifetime::Seconds(seconds) = self.bounded(rules) else { return None };
        self.published.checked_add_signed(TimeDelta::seconds(i64::from(seconds)))
    }

    /// The lifetime with what is usual and what the rules say put in.
    fn bounded(&self, rules: &AggregationRules) -> Lifetime {
        if self.kind == StateKind::Calendar && rules.calendar_lifetime == CalendarLifetime::Endpoint {
            return Lifetime::Endpoint;
        }
        match (self.lifetime, self.kind) {
            (Lifetime::Usual, StateKind::User) if self.ends_by_itself() => Lifetime::Seconds(rules.manual_seconds),
            (Lifetime::Usual, StateKind::User) => Lifetime::Static,
            (Lifetime::Usual, _) => Lifetime::Endpoint,
            (stated, _) => stated,
        }
    }

    fn ends_by_itself(&self) -> bool {
        self.id == InstanceId::USER_TIMED || matches!(self.band(), Band::Busy | Band::IdleBusy | Band::DoNotDisturb)
    }

    /// One that does not say who published it is there as long as anybody is.
    fn is_registered(&self, list: &BTreeSet<Arc<str>>) -> bool {
        self.endpoint.as_ref().map_or_else(|| !list.is_empty(), |endpoint| list.contains(endpoint))
    }
}
