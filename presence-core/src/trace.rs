//! Who listens while claims are settled and rules are tried.

use serde::Serialize;

use crate::availability::Availability;
use crate::claim::{Claim, Step, Value, is_some, state};
use crate::fact::Facet;
use crate::identity::RuleId;
use crate::rules::Truth;

/// Listens to settling and deciding.
pub trait Trace {
    /// Whether anybody listens: what is only told is not worked out otherwise.
    fn listens(&self) -> bool;
    /// This claim speaks.
    fn speaks(&mut self, facet: Facet, heard: &Heard<'_>);
    /// This claim is not heard, because another is.
    fn outranked(&mut self, facet: Facet, heard: &Heard<'_>, by: &Heard<'_>, why: Why);
    /// This claim is no longer believed, or says nothing.
    fn stale(&mut self, facet: Facet, claim: &Claim);
    /// This claim would free, but another place is not known.
    fn waits(&mut self, facet: Facet, heard: &Heard<'_>);
    /// This rule was tried.
    fn tried(&mut self, rule: &RuleId, outcome: Truth);
}

impl Trace for () {
    fn listens(&self) -> bool {
        false
    }
    fn speaks(&mut self, _: Facet, _: &Heard<'_>) {}
    fn outranked(&mut self, _: Facet, _: &Heard<'_>, _: &Heard<'_>, _: Why) {}
    fn stale(&mut self, _: Facet, _: &Claim) {}
    fn waits(&mut self, _: Facet, _: &Heard<'_>) {}
    fn tried(&mut self, _: &RuleId, _: Truth) {}
}

/// Why a claim was not heard beside another.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Why {
    /// It says that there is none, the other that there is one.
    SaysNone,
    /// It is less fresh.
    LessFresh,
    /// The other comes first in the precedence.
    LessTrusted,
    /// The other is stricter.
    LessStrict,
    /// The other began later.
    BeganEarlier,
    /// All else equal, the other comes first by name or by place.
    LaterInOrder,
    /// It says what the precedence lets it give way on.
    Yields,
}

impl Why {
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::SaysNone => "which says that there is one",
            Self::LessFresh => "which is fresher",
            Self::LessTrusted => "which is trusted more",
            Self::LessStrict => "which is stricter",
            Self::BeganEarlier => "which began later",
            Self::LaterInOrder => "which comes first by name or place",
            Self::Yields => "to which it gives way",
        }
    }
}

/// A claim that is heard, and how.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Heard<'a> {
    /// The claim.
    pub claim: &'a Claim,
    /// How fresh it is.
    pub step: Step,
    pub(crate) word: u32,
}

impl Heard<'_> {
    /// What it says, taken down the ladder.
    #[must_use]
    pub fn value(&self) -> Value {
        Value::from_word(self.claim.facet(), self.word)
    }

    pub(crate) fn availability(&self) -> Availability {
        state(self.word).0
    }

    /// The code of a small value.
    pub(crate) const fn code(&self) -> u8 {
        self.word.to_le_bytes()[0]
    }

    /// Whether a value that is on or off is on.
    pub(crate) const fn is_on(&self) -> bool {
        self.word & 1 == 1
    }

    pub(crate) const fn is_some(&self) -> bool {
        is_some(self.word)
    }
}
