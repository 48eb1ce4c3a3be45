//! Whether a set of rules is sound: before it decides about anybody, not after.

mod domain;
mod possible;
mod search;

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use crate::availability::{Availability, AvailabilityRanges, Band};
use crate::directory::Directory;
use crate::fact::{Facet, FacetSet};
use crate::identity::{RuleId, SourceId};
use crate::rules::{Condition, Effect, MOST_RULES, Precedence, Rule, RuleSet};
use crate::situation::Situation;
use possible::Space;
use search::{Budget, Found, search};

/// How deep conditions may be nested.
const DEEPEST: usize = 32;
/// At most so many rows of precedence.
const MOST_ROWS: usize = 1_000;
/// How many conditions a check looks at before it gives up being exact.
const STEPS: u64 = 20_000_000;

/// What a check found that is no error.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Checked {
    /// The rules of which the check could not find out in time whether they can ever fire, or whether they can show
    /// somebody as free when they should not. Of all others it is certain.
    pub undecided: Vec<RuleId>,
    /// What is allowed and probably not meant.
    pub warnings: Vec<Warning>,
    /// How many conditions it looked at.
    pub steps: u64,
}

impl Checked {
    /// Whether the check is certain of all rules.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.undecided.is_empty()
    }
}

/// What is allowed in a set of rules and probably not meant.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// The rule fires although nothing at all is known of somebody.
    FiresOnNothing {
        /// The rule.
        rule: RuleId,
    },
    /// A row of precedence is never used, because an earlier one has the same scope and facet. Rows count from 0.
    RowNeverUsed {
        /// The row.
        row: usize,
        /// The row that is used.
        because: usize,
    },
    /// On the facet of this row no source gives way. Rows count from 0.
    NothingToYield {
        /// The row.
        row: usize,
        /// Its facet.
        facet: Facet,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FiresOnNothing { rule } => write!(f, "rule `{rule}` fires although nothing at all is known"),
            Self::RowNeverUsed { row, because } => {
                write!(f, "precedence row `{row}` is never used: row `{because}` has the same scope and facet")
            }
            Self::NothingToYield { row, facet } => {
                write!(f, "precedence row `{row}`: `yields` does nothing on {}", facet.name())
            }
        }
    }
}

/// Why a set of rules is refused.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleSetError {
    /// There are too many rules.
    #[error("more than `{MOST_RULES}` rules: remove `{rule}` and what follows it")]
    TooManyRules {
        /// The first rule that is too many.
        rule: RuleId,
    },
    /// Two rules have the same id.
    #[error("rule id `{rule}` is used twice: give each rule its own")]
    DuplicateId {
        /// The id.
        rule: RuleId,
    },
    /// Conditions are nested too deep.
    #[error("rule `{rule}` nests conditions more than `{DEEPEST}` deep: write it flatter")]
    TooDeep {
        /// The rule.
        rule: RuleId,
    },
    /// A condition has ranges without any range.
    #[error("rule `{rule}` has empty availability ranges: name at least one, like `3000-5999`")]
    EmptyRanges {
        /// The rule.
        rule: RuleId,
    },
    /// A rule shows a number without meaning.
    #[error("rule `{rule}` shows availability `{availability}`, which means nothing: use `0`, or `3000` to `18000`")]
    MeaninglessAvailability {
        /// The rule.
        rule: RuleId,
        /// The number.
        availability: Availability,
    },
    /// A rule can show somebody as free because something is not known.
    #[error(
        "rule `{rule}` can show somebody below `6000` because something is not known, so a dead source makes people \
         free: ask for what is known, or say `allow_unknown`"
    )]
    FreeWithoutKnowledge {
        /// The rule.
        rule: RuleId,
    },
    /// A rule can never fire.
    #[error("rule `{rule}` can never fire, {because}: remove it, move it up, or change its condition")]
    NeverFires {
        /// The rule.
        rule: RuleId,
        /// Why.
        because: Because,
    },
    /// There are too many rows of precedence.
    #[error("`{rows}` precedence rows are more than `{MOST_ROWS}`: use groups instead of people")]
    TooManyRows {
        /// How many there are.
        rows: usize,
    },
    /// A row of precedence names a source twice.
    #[error("precedence row `{row}` names source `{source_id}` twice: name it once")]
    SourceTwice {
        /// The row, counted from 0.
        row: usize,
        /// The source.
        source_id: SourceId,
    },
    /// A row of precedence names a source that the directory does not have.
    #[error(
        "precedence row `{row}` names source `{source_id}`, which is not configured: correct the name or remove it"
    )]
    UnknownSource {
        /// The row, counted from 0.
        row: usize,
        /// The source.
        source_id: SourceId,
    },
}

/// Why a rule can never fire.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Because {
    /// Its condition is never true.
    Contradiction,
    /// Wherever it is true, one of these earlier rules is: all of them are needed for that.
    Earlier(Vec<RuleId>),
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Earlier(rules) = self else {
            return f.write_str("because its condition contradicts itself");
        };
        f.write_str("because it always comes after ")?;
        for (at, rule) in rules.iter().enumerate() {
            let separator = match at {
                0 => "",
                _ if at + 1 == rules.len() => " or ",
                _ => ", ",
            };
            write!(f, "{separator}`{rule}`")?;
        }
        Ok(())
    }
}

impl RuleSet {
    /// Whether the set is sound: it can be read in one way only, every rule can fire, and no rule makes people free
    /// because a source is silent.
    ///
    /// It goes through all situations that the rules can tell apart, where each part of a situation may have any value
    /// whatever the others have. If that takes too long, it says of which rules it is not certain; it never guesses.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<Checked, RuleSetError> {
        self.check_form()?;
        self.check_rows()?;
        let mut budget = Budget::new(STEPS);
        let undecided = Meaning::of(self).check(&mut budget)?;
        Ok(Checked { undecided, warnings: self.warnings(), steps: budget.spent() })
    }

    /// Whether the directory has all sources that the precedence names.
    ///
    /// # Errors
    ///
    /// The first source it does not have.
    pub fn check_sources(&self, directory: &Directory) -> Result<(), RuleSetError> {
        for (row, precedence) in self.precedence.iter().enumerate() {
            if let Some(unknown) = precedence.order.iter().find(|id| directory.origin(id).is_none()) {
                return Err(RuleSetError::UnknownSource { row, source_id: unknown.clone() });
            }
        }
        Ok(())
    }

    /// What can be seen of each rule by itself.
    fn check_form(&self) -> Result<(), RuleSetError> {
        if let Some(rule) = self.rules.get(MOST_RULES) {
            return Err(RuleSetError::TooManyRules { rule: rule.id.clone() });
        }
        let mut ids = HashSet::new();
        self.rules.iter().try_for_each(|rule| {
            if !ids.insert(&rule.id) {
                return Err(RuleSetError::DuplicateId { rule: rule.id.clone() });
            }
            rule.check_form()
        })
    }

    fn check_rows(&self) -> Result<(), RuleSetError> {
        if self.precedence.len() > MOST_ROWS {
            return Err(RuleSetError::TooManyRows { rows: self.precedence.len() });
        }
        for (row, precedence) in self.precedence.iter().enumerate() {
            let mut named = HashSet::new();
            if let Some(again) = precedence.order.iter().find(|id| !named.insert(*id)) {
                return Err(RuleSetError::SourceTwice { row, source_id: again.clone() });
            }
        }
        Ok(())
    }

    fn warnings(&self) -> Vec<Warning> {
        let fires = |expected| {
            let mut nothing = Situation::default();
            nothing.set_expected(expected);
            self.rules.iter().find(|rule| rule.when.holds(&nothing, rule.literal).holds())
        };
        let rule = fires(FacetSet::NONE).or_else(|| fires(FacetSet::ALL));
        let mut warnings = Vec::new();
        warnings.extend(rule.map(|rule| Warning::FiresOnNothing { rule: rule.id.clone() }));
        for (row, precedence) in self.precedence.iter().enumerate() {
            let same = |other: &Precedence| other.facet == precedence.facet && other.scope == precedence.scope;
            let because = self.precedence.iter().take(row).position(same);
            warnings.extend(because.map(|because| Warning::RowNeverUsed { row, because }));
            let facet = precedence.facet;
            let can_yield = matches!(facet, Facet::Absence | Facet::Manual | Facet::Rich);
            if !can_yield && !precedence.yields.is_empty() {
                warnings.push(Warning::NothingToYield { row, facet });
            }
        }
        warnings
    }
}

impl Rule {
    fn check_form(&self) -> Result<(), RuleSetError> {
        let rule = || self.id.clone();
        if !self.when.depth_within(DEEPEST) {
            return Err(RuleSetError::TooDeep { rule: rule() });
        }
        let mut empty = false;
        self.when.each(&mut |condition| {
            if let Condition::RichIs(ranges) | Condition::ManualIs(ranges) | Condition::AbsenceIs(ranges) = condition {
                empty |= ranges.is_empty();
            }
        });
        if empty {
            return Err(RuleSetError::EmptyRanges { rule: rule() });
        }
        match self.then {
            Effect::Show { availability, .. } if availability != Availability::NONE && !availability.is_known() => {
                Err(RuleSetError::MeaninglessAvailability { rule: rule(), availability })
            }
            _ => Ok(()),
        }
    }

    /// When the rule would show somebody as free, if it must not do so blindly and might.
    fn free_when(&self) -> Option<Condition> {
        if self.allow_unknown || !trusts_silence(&self.when, false) {
            return None;
        }
        let free = || AvailabilityRanges::from_bands(&[Band::Online, Band::IdleOnline]);
        let also = match self.then {
            Effect::Show { availability, .. } => {
                let is_free = matches!(availability.band(), Band::Online | Band::IdleOnline);
                return is_free.then(|| self.when.clone());
            }
            Effect::AsPublished => Condition::RichIs(free()),
            Effect::AsSet => Condition::ManualIs(free()),
            Effect::AsAbsence => Condition::AbsenceIs(free()),
        };
        Some(Condition::All(vec![also, self.when.clone()]))
    }
}

/// Whether it helps such a condition to be true that something is not known. `negated`: under an odd number of `not`.
fn trusts_silence(condition: &Condition, negated: bool) -> bool {
    match condition {
        Condition::Known(_) | Condition::LineKnown(_) => negated,
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| trusts_silence(part, negated)),
        Condition::Not(part) => trusts_silence(part, !negated),
        _ => false,
    }
}

/// What can be seen of the rules together.
struct Meaning<'a> {
    rules: &'a [Rule],
    /// By number of the rule: when it would show somebody as free.
    free: Vec<(usize, Condition)>,
}

impl<'a> Meaning<'a> {
    fn of(set: &'a RuleSet) -> Self {
        let free = set.rules.iter().enumerate().filter_map(|(number, rule)| Some((number, rule.free_when()?)));
        Self { rules: &set.rules, free: free.collect() }
    }

    /// The rules first, by number, then when they would free.
    fn space(&self) -> Space<'_> {
        let literal = |number: usize| self.rules.get(number).is_some_and(|rule| rule.literal);
        let rules = self.rules.iter().map(|rule| (&rule.when, rule.literal));
        Space::new(rules.chain(self.free.iter().map(|(number, when)| (when, literal(*number)))))
    }

    /// The rules of which the check is not certain.
    fn check(&self, budget: &mut Budget) -> Result<Vec<RuleId>, RuleSetError> {
        let space = self.space();
        let earlier = (0..self.rules.len()).collect::<Vec<_>>();
        let mut undecided = Vec::new();
        for (number, rule) in self.rules.iter().enumerate() {
            let earlier = earlier.get(..number).unwrap_or_default();
            let fires = search(&space, number, earlier, budget);
            if let Found::None(blocking) = fires {
                let because = self.why(&space, number, blocking.into_iter().collect(), budget);
                return Err(RuleSetError::NeverFires { rule: rule.id.clone(), because });
            }
            let frees = self.frees(&space, number, earlier, budget);
            if matches!(frees, Found::Some) {
                return Err(RuleSetError::FreeWithoutKnowledge { rule: rule.id.clone() });
            }
            if matches!(fires, Found::Undecided) || matches!(frees, Found::Undecided) {
                undecided.push(rule.id.clone());
            }
        }
        Ok(undecided)
    }

    fn frees(&self, space: &Space<'_>, number: usize, earlier: &[usize], budget: &mut Budget) -> Found {
        match self.free.iter().position(|(rule, _)| *rule == number) {
            Some(at) => search(space, self.rules.len() + at, earlier, budget),
            None => Found::None(BTreeSet::new()),
        }
    }

    /// Why the rule of this number never fires: the first rule that alone is enough, or else some of `blocking` of
    /// which none can be spared.
    fn why(&self, space: &Space<'_>, number: usize, mut blocking: Vec<usize>, budget: &mut Budget) -> Because {
        let mut enough = |others: &[usize]| matches!(search(space, number, others, budget), Found::None(_));
        if enough(&[]) {
            return Because::Contradiction;
        }
        if let Some(alone) = (0..number).find(|other| enough(&[*other])) {
            blocking = vec![alone];
        }
        for rule in blocking.clone() {
            let rest = blocking.iter().copied().filter(|other| *other != rule).collect::<Vec<_>>();
            if blocking.len() > 1 && enough(&rest) {
                blocking = rest;
            }
        }
        let ids = blocking.iter().filter_map(|number| self.rules.get(*number)).map(|rule| rule.id.clone());
        Because::Earlier(ids.collect())
    }
}

#[cfg(test)]
mod tests;
