//! The option `aggregated-states`: a name for each combination of agent and device.

use std::fmt;
use std::str::FromStr;

use super::combination::{AgentState, Combination, DeviceState};
use super::name::{InvalidStateName, StateName};
use crate::texts::{NotDecimal, decimal};

/// The value of the option `aggregated-states`: `1=IDLE_OUT, 2=IDLE_READY, …, 15=OOS.`
///
/// `=` and `:` are both read, for the documents write both, and blanks and a full stop at the end do not matter.
/// [`FromStr`] wants all fifteen numbers, each once; [`read`](Self::read) takes what the product takes: of a number
/// that is there twice the first counts, and a combination without a name publishes nothing.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct AggregatedStates([Option<StateName>; 15]);

impl AggregatedStates {
    /// Reads a list that may be incomplete. What is missing or there twice comes back beside it.
    ///
    /// # Errors
    ///
    /// When anything else is wrong with the list; then everything that is wrong is named, also what would do.
    pub fn read(text: &str) -> Result<(Self, Vec<ListProblem>), InvalidAggregatedStates> {
        let (states, problems) = read_list(text);
        if problems.iter().all(ListProblem::is_tolerated) {
            Ok((states, problems))
        } else {
            Err(InvalidAggregatedStates { problems })
        }
    }

    /// The name of this agent at this device.
    #[must_use]
    pub fn name(&self, agent: AgentState, device: DeviceState) -> Option<&StateName> {
        self.get(Combination::of(agent, device))
    }

    /// The name of this combination.
    #[must_use]
    pub fn get(&self, combination: Combination) -> Option<&StateName> {
        self.0.get(combination.place())?.as_ref()
    }

    /// The combinations that have a name, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (Combination, &StateName)> {
        Combination::all().filter_map(|combination| Some((combination, self.get(combination)?)))
    }

    /// The combinations that have none.
    #[must_use]
    pub fn missing(&self) -> Vec<Combination> {
        Combination::all().filter(|combination| self.get(*combination).is_none()).collect()
    }
}

impl FromStr for AggregatedStates {
    type Err = InvalidAggregatedStates;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (states, problems) = read_list(text);
        if problems.is_empty() { Ok(states) } else { Err(InvalidAggregatedStates { problems }) }
    }
}

impl fmt::Display for AggregatedStates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (combination, name) in self.iter() {
            write!(f, "{separator}{}={name}", combination.number())?;
            separator = ", ";
        }
        Ok(())
    }
}

/// The text is not a list of aggregated states; all that is wrong with it.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub struct InvalidAggregatedStates {
    /// Everything, in the order of the list; what is missing comes last.
    pub problems: Vec<ListProblem>,
}

impl fmt::Display for InvalidAggregatedStates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`aggregated-states`: ")?;
        let mut separator = "";
        for problem in &self.problems {
            write!(f, "{separator}{problem}")?;
            separator = "; ";
        }
        Ok(())
    }
}

/// What can be wrong with a list of aggregated states. Pairs are counted from 1.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ListProblem {
    /// There is something else than a number, `=` or `:`, and a name.
    #[error("pair `{pair}` is not a number, `=` or `:`, and a name")]
    Unreadable {
        /// Which pair.
        pair: usize,
    },
    /// The number is none of 1 to 15.
    #[error("pair `{pair}` has the number `{number}`, but only `1` to `15` exist")]
    UnknownNumber {
        /// Which pair.
        pair: usize,
        /// The number.
        number: u32,
    },
    /// The number is so large that it does not matter which it is.
    #[error("pair `{pair}` has a number of too many digits, but only `1` to `15` exist")]
    LargeNumber {
        /// Which pair.
        pair: usize,
    },
    /// What follows the number is not a name.
    #[error("pair `{pair}`: {problem}")]
    Name {
        /// Which pair.
        pair: usize,
        /// What is wrong with the name.
        problem: InvalidStateName,
    },
    /// There is a second name for a number. The first counts.
    #[error("pair `{pair}` names `{combination}` a second time")]
    Doubled {
        /// Which pair.
        pair: usize,
        /// The combination.
        combination: Combination,
    },
    /// There are more pairs than anybody writes; the rest was not read.
    #[error("more than `100` pairs")]
    TooMany,
    /// There is no pair for a number: nothing is published in this combination.
    #[error("`{combination}` has no name")]
    Missing {
        /// The combination.
        combination: Combination,
    },
}

impl ListProblem {
    /// Whether the rest of the list is good for something all the same.
    #[must_use]
    pub const fn is_tolerated(&self) -> bool {
        matches!(self, Self::Doubled { .. } | Self::Missing { .. })
    }
}

const MOST_PAIRS: usize = 100;

fn read_list(text: &str) -> (AggregatedStates, Vec<ListProblem>) {
    let mut states = AggregatedStates(Default::default());
    let mut problems = Vec::new();
    let text = text.trim();
    for (index, item) in text.strip_suffix('.').unwrap_or(text).split(',').enumerate() {
        if index == MOST_PAIRS {
            problems.push(ListProblem::TooMany);
            break;
        }
        match read_pair(item, index + 1) {
            Ok((combination, name)) => match states.0.get_mut(combination.place()) {
                Some(place @ None) => *place = Some(name),
                _ => problems.push(ListProblem::Doubled { pair: index + 1, combination }),
            },
            Err(problem) => problems.push(problem),
        }
    }
    problems.extend(states.missing().into_iter().map(|combination| ListProblem::Missing { combination }));
    (states, problems)
}

fn read_pair(item: &str, pair: usize) -> Result<(Combination, StateName), ListProblem> {
    let unreadable = ListProblem::Unreadable { pair };
    let Some((number, name)) = item.split_once(['=', ':']) else { return Err(unreadable) };
    let number = match decimal(number.trim()) {
        Ok(number) => number,
        Err(NotDecimal::Digits) => return Err(unreadable),
        Err(NotDecimal::TooLarge) => return Err(ListProblem::LargeNumber { pair }),
    };
    let combination = Combination::from_number(number).ok_or(ListProblem::UnknownNumber { pair, number })?;
    let name = name.trim().parse().map_err(|problem| ListProblem::Name { pair, problem })?;
    Ok((combination, name))
}
