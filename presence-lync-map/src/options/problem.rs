//! What is told of a section: what is wrong in it, and what may not be what was meant.

use std::fmt;
use std::sync::Arc;

use crate::agent_states::{InvalidAggregatedStates, ListProblem};
use crate::dnd::InvalidRanges;

/// A section is refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct OptionsError {
    /// What is wrong, in the order of the lines.
    pub problems: Vec<OptionProblem>,
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if place == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for OptionsError {}

/// What is wrong in a line.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line `{line}`: {problem}")]
#[non_exhaustive]
pub struct OptionProblem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The text is longer than anybody would write.
    #[error("the text is longer than `{LONGEST}` bytes")]
    TooLong,
    /// A header without its end.
    #[error("section header without `]` at its end")]
    OpenHeader,
    /// Neither a header nor a comment nor an option.
    #[error("no `=` between name and value")]
    NoEquals,
    /// What stands before `=` cannot be the name of an option.
    #[error("name that is not made of letters, digits, `-`, `_` and `.`, or is longer than `64` bytes")]
    BadName,
    /// Another value than those there are.
    #[error("`{option}` must be {values}")]
    NoSuchValue {
        /// The option.
        option: &'static str,
        /// The values there are.
        values: &'static str,
    },
    /// Ranges are not ranges.
    #[error("`{option}`: {problem}")]
    Ranges {
        /// The option.
        option: &'static str,
        /// What is wrong, and where in the value.
        problem: InvalidRanges,
    },
    /// The names of the combinations cannot be used.
    #[error(transparent)]
    Names(#[from] InvalidAggregatedStates),
    /// There are more problems, which are not told.
    #[error("there is more that is wrong: correct what is named first")]
    More,
}

/// What may not be what was meant in a line.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct OptionWarning {
    /// The line, from 1.
    pub line: usize,
    /// What about it.
    pub warning: Warning,
}

impl fmt::Display for OptionWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line `{}`: {}", self.line, self.warning)
    }
}

/// What may not be what was meant.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// An option that is not known here. It is kept and does nothing.
    Unknown {
        /// The name.
        name: Arc<str>,
    },
    /// An option that would be known if it were written in another case. It is kept and does nothing.
    Case {
        /// How to write it.
        option: &'static str,
    },
    /// An option that was there before. The first counts.
    Twice {
        /// The option.
        option: &'static str,
        /// Where it was.
        first: usize,
    },
    /// An option without a value. It counts as not set.
    Blank {
        /// The option.
        option: &'static str,
    },
    /// Numbers that no range can count: below 3000 nothing is published that says anything.
    LowNumbers {
        /// The option.
        option: &'static str,
    },
    /// A combination that has no name or two. The rest is used; the first of two names counts.
    Names {
        /// What is wrong.
        problem: ListProblem,
    },
    /// Another service than a presence profile.
    OtherService,
    /// Another section: it is left out.
    OtherSection,
    /// A section that would be read if its name were written in another case: it is left out.
    SectionCase,
    /// There are more warnings, which are not told.
    More,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name } => write!(f, "unknown option `{name}` does nothing"),
            Self::Case { option } => write!(f, "option does nothing, because case counts: write `{option}`"),
            Self::Twice { option, first } => write!(f, "`{option}` is set in line `{first}` already, which counts"),
            Self::Blank { option } => write!(f, "`{option}` has no value and counts as not set"),
            Self::LowNumbers { option } => write!(f, "`{option}` has numbers below `3000`, which never count"),
            Self::Names { problem } => write!(f, "`aggregated-states`: {problem}"),
            Self::OtherService => f.write_str("`service-type` is not `presence-profile`: this is no profile"),
            Self::OtherSection => f.write_str("section other than `[TServer]` is left out"),
            Self::SectionCase => f.write_str("section is left out, because case counts: write `[TServer]`"),
            Self::More => f.write_str("there is more to say: correct what is named first"),
        }
    }
}

/// Nobody writes a tenth of it; a bound keeps a hostile text cheap.
pub(super) const LONGEST: usize = 1 << 20;
/// So many problems are told, and so many warnings; the last one says that there are more.
pub(super) const MOST_TOLD: usize = 100;
