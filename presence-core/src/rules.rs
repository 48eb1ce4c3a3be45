//! Rules as data: ordered, named, serialisable, checkable.
//!
//! A [`RuleSet`] is read from TOML or JSON, or made in code. The rules are tried in order; the first whose condition is
//! *true* decides what to show. Conditions are three-valued: where nothing current is known they are *unknown*, and
//! unknown never fires a rule, not even under `not`. Precedence says whom to believe where two sources speak about the
//! same facet of the same place.
//!
//! ```
//! use presence_core::RuleSet;
//!
//! let text = r#"
//!     [[rules]]
//!     id = "on-the-phone"
//!     when = { call-is = ["either", "in-call"] }
//!     then = { show = { availability = 6500, activity = "in-call" } }
//!
//!     [[rules]]
//!     id = "as-published"
//!     when = { known = "rich" }
//!     then = "as-published"
//! "#;
//! let rules: RuleSet = toml::from_str(text)?;
//! rules.check()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod condition;
mod standard;

use serde::{Deserialize, Serialize};

use crate::activity::Activity;
use crate::availability::{Availability, Band};
use crate::fact::Facet;
use crate::identity::{PersonId, RuleId, SourceId};

pub use condition::{Condition, Target, Telephone, Truth};

/// At most so many rules in a set: a decision remembers its rule in eleven bits.
pub const MOST_RULES: usize = 2_000;

/// An ordered list of rules, and whom to believe.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RuleSet {
    /// Whom to believe where sources disagree.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub precedence: Vec<Precedence>,
    /// The rules; the first that holds decides.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

impl RuleSet {
    /// A set of these rules, believing all sources alike.
    #[must_use]
    pub const fn new(rules: Vec<Rule>) -> Self {
        Self { precedence: Vec::new(), rules }
    }

    /// The same rules, believing as this row says where earlier rows do not.
    #[must_use]
    pub fn believing(mut self, row: Precedence) -> Self {
        self.precedence.push(row);
        self
    }

    /// The rule of this id.
    #[must_use]
    pub fn rule(&self, id: &RuleId) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == *id)
    }

    /// The row that holds for a person and facet: the person's own before the group's before everybody's.
    pub(crate) fn row(&self, facet: Facet, person: &PersonId, group: Option<&str>) -> Option<usize> {
        let find = |fits: &dyn Fn(&Scope) -> bool| {
            self.precedence.iter().position(|row| row.facet == facet && fits(&row.scope))
        };
        find(&|scope| matches!(scope, Scope::Person(id) if id == person))
            .or_else(|| find(&|scope| matches!((scope, group), (Scope::Group(name), Some(group)) if name == group)))
            .or_else(|| find(&|scope| matches!(scope, Scope::Everybody)))
    }
}

/// When a rule holds, this is shown.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// The stable name, unique in the set: explanations and comparisons go by it.
    pub id: RuleId,
    /// When it holds.
    pub when: Condition,
    /// What it shows.
    pub then: Effect,
    /// The rule may show somebody as free although something is not known.
    #[serde(default, skip_serializing_if = "is_false")]
    pub allow_unknown: bool,
    /// Telephones are taken as they are: the mobile of a person without a desk telephone does not count as one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub literal: bool,
}

impl Rule {
    /// A rule.
    #[must_use]
    pub const fn new(id: RuleId, when: Condition, then: Effect) -> Self {
        Self { id, when, then, allow_unknown: false, literal: false }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// What a rule shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Effect {
    /// This availability and activity.
    Show {
        /// The availability.
        availability: Availability,
        /// The activity.
        #[serde(default)]
        activity: Activity,
    },
    /// What rich presence says.
    AsPublished,
    /// What the manual state says.
    AsSet,
    /// What the absence says.
    AsAbsence,
}

/// For whom a row of precedence holds.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Scope {
    /// For all; rows of groups and people go before.
    #[default]
    Everybody,
    /// For the people of a department.
    Group(String),
    /// For one person.
    Person(PersonId),
}

/// Whom to believe on one facet: the preferred server, TAPI over SIP.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Precedence {
    /// For whom.
    #[serde(default)]
    pub scope: Scope,
    /// On what.
    pub facet: Facet,
    /// The most trusted source first; sources that are not named come after these, equal among themselves.
    pub order: Vec<SourceId>,
    /// A named source that says one of these gives way to a source that says something else; empty: it never does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub yields: Vec<Band>,
}

impl Precedence {
    /// For everybody, believe these sources in this order.
    #[must_use]
    pub const fn new(facet: Facet, order: Vec<SourceId>) -> Self {
        Self { scope: Scope::Everybody, facet, order, yields: Vec::new() }
    }

    /// Only for these people.
    #[must_use]
    pub fn for_scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// A named source that says one of these gives way.
    #[must_use]
    pub fn yielding(self, bands: Vec<Band>) -> Self {
        Self { yields: bands, ..self }
    }
}

#[cfg(test)]
mod tests;
