//! Is there a situation in which a condition holds and none of these others?

use std::collections::BTreeSet;

use super::possible::{Chosen, Space};
use crate::situation::Situation;

/// How many conditions may still be looked at.
#[derive(Debug)]
pub(super) struct Budget {
    left: u64,
    spent: u64,
}

impl Budget {
    pub(super) const fn new(steps: u64) -> Self {
        Self { left: steps, spent: 0 }
    }

    /// How many were looked at.
    pub(super) const fn spent(&self) -> u64 {
        self.spent
    }
}

/// What a search finds.
#[derive(Debug)]
pub(super) enum Found {
    /// There is one.
    Some,
    /// There is none: in each, one of these others holds, or the condition does not.
    None(BTreeSet<usize>),
    /// The budget was too small.
    Undecided,
}

/// Why there is nothing to be found below some choices: these variables, through these conditions.
#[derive(Default)]
struct Conflict {
    variables: u64,
    others: BTreeSet<usize>,
}

enum Stop {
    Conflict(Conflict),
    Spent,
}

/// Looks for a situation in which `target` holds and none of `others`. It may use half of what is left of the budget,
/// so that one hard question does not leave the later ones without an answer.
pub(super) fn search(space: &Space<'_>, target: usize, others: &[usize], budget: &mut Budget) -> Found {
    let share = budget.left.div_ceil(2);
    let mut search = Search { space, target, chosen: space.open(), left: share };
    let outcome = search.look(others);
    let spent = share - search.left;
    budget.left -= spent;
    budget.spent += spent;
    match outcome {
        Ok(situation) => {
            let holds = |test: usize| space.really(test, &situation).holds();
            let real = holds(target) && !others.iter().any(|other| holds(*other));
            if real { Found::Some } else { Found::Undecided }
        }
        Err(Stop::Conflict(conflict)) => Found::None(conflict.others),
        Err(Stop::Spent) => Found::Undecided,
    }
}

struct Search<'a> {
    space: &'a Space<'a>,
    target: usize,
    chosen: Chosen,
    left: u64,
}

impl Search<'_> {
    /// `live`: the others that are not yet out of the question.
    fn look(&mut self, live: &[usize]) -> Result<Situation, Stop> {
        let cost = u64::try_from(live.len()).unwrap_or(u64::MAX).saturating_add(1);
        let left = self.left.checked_sub(cost);
        self.left = left.unwrap_or(0);
        left.ok_or(Stop::Spent)?;
        let wanted = self.space.ask(self.target, &self.chosen);
        if !wanted.may_hold() {
            return Err(self.conflict(self.target, None));
        }
        let mut open = Vec::new();
        for &other in live {
            let unwanted = self.space.ask(other, &self.chosen);
            if unwanted.holds() {
                return Err(self.conflict(other, Some(other)));
            }
            if unwanted.may_hold() {
                open.push(other);
            }
        }
        let next = if wanted.holds() { open.first().copied() } else { Some(self.target) };
        match next {
            Some(test) => self.branch(test, &open),
            None => Ok(self.space.situation(&self.chosen)),
        }
    }

    /// Tries all values of one variable that `test` looks at.
    fn branch(&mut self, test: usize, live: &[usize]) -> Result<Situation, Stop> {
        // A condition whose variables all have a value is decided, so there is one.
        let variable = self.space.narrowest(test, &self.chosen).ok_or(Stop::Spent)?;
        let outcome = self.try_all(variable, live);
        self.choose(variable, self.space.choices(variable));
        outcome
    }

    fn try_all(&mut self, variable: usize, live: &[usize]) -> Result<Situation, Stop> {
        let mut all = Conflict::default();
        for choice in 0..self.space.choices(variable) {
            self.choose(variable, choice);
            match self.look(live) {
                // The variable has no part in it, so no other value helps.
                Err(Stop::Conflict(conflict)) if conflict.variables & 1 << variable == 0 => {
                    return Err(Stop::Conflict(conflict));
                }
                Err(Stop::Conflict(conflict)) => {
                    all.variables |= conflict.variables;
                    all.others.extend(conflict.others);
                }
                other => return other,
            }
        }
        all.variables &= !(1 << variable);
        Err(Stop::Conflict(all))
    }

    fn choose(&mut self, variable: usize, choice: usize) {
        if let Some(slot) = self.chosen.get_mut(variable) {
            *slot = choice;
        }
    }

    fn conflict(&self, test: usize, other: Option<usize>) -> Stop {
        Stop::Conflict(Conflict { variables: self.space.variables(test), others: other.into_iter().collect() })
    }
}
