//! What was left out or guessed while reading. Nothing that somebody typed is repeated.

use std::fmt;

/// Something in a calendar was left out, repaired or guessed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Warning {
    /// The line of the file, counted from 1; 0 where there is no line.
    pub line: usize,
    /// What it is.
    pub problem: Problem,
}

/// What was left out, repaired or guessed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A zone could not be resolved, and the mailbox's own was taken.
    #[error("the time zone is not known: the zone of the mailbox was taken")]
    ZoneGuessed,
    /// A rule of recurrence cannot be read, and only the first occurrence is there.
    #[error("the recurrence cannot be read: only the first occurrence is shown")]
    Rule,
    /// A series asks for more occurrences than are worked out.
    #[error("the series has too many occurrences: not all are shown")]
    TooManyOccurrences,
    /// A line has no colon.
    #[error("the line has no colon: it was left out")]
    NoColon,
    /// A line has more than 64 KiB.
    #[error("the line has more than 64 KiB: it was left out")]
    LineTooLong,
    /// A quotation mark is missing, and the value was found all the same.
    #[error("a quotation mark is missing: the line was read as if it stood there")]
    Repaired,
    /// The value of this property cannot be read.
    #[error("the value of `{0}` cannot be read: it was left out")]
    Unreadable(&'static str),
    /// The value of this property is not known.
    #[error("the value of `{0}` is not known: it was taken for the most careful one")]
    UnknownWord(&'static str),
    /// An event has no start.
    #[error("the event has no start that can be read: it was left out")]
    NoStart,
    /// An event is not complete, so nothing but its time is shown.
    #[error("the event is not complete: only its time is shown")]
    Incomplete,
    /// A component is not closed.
    #[error("a component has no `END`: what is in it was left out")]
    NotClosed,
    /// An `END` closes nothing.
    #[error("an `END` closes nothing: it was left out")]
    UnexpectedEnd,
    /// Components stand in each other too deep.
    #[error("components stand in each other deeper than 8: they were left out")]
    TooDeep,
    /// A component has more than 1,000 properties that matter.
    #[error("the component has more than 1,000 properties: the rest was left out, and only its time is shown")]
    TooManyProperties,
    /// A file has more than 50,000 components.
    #[error("the file has more than 50,000 components: the rest was left out and is unknown")]
    TooManyComponents,
    /// A file has more than 16 MiB.
    #[error("the file has more than 16 MiB: the rest was left out and is unknown")]
    TooLarge,
    /// The file ends too early.
    #[error("the file ends too early: what was to come is unknown")]
    Truncated,
    /// A series has more than 10,000 dates.
    #[error("there are more than 10,000 dates: the rest was left out")]
    TooManyDates,
    /// The same event is there twice.
    #[error("the event is there twice: the older one was left out")]
    Copy,
    /// An event in a message that is not a calendar, such as an answer to an invitation.
    #[error("the event belongs to a message, not to a calendar: it was left out")]
    Message,
}

impl Warning {
    /// A warning about a line.
    #[must_use]
    pub const fn new(line: usize, problem: Problem) -> Self {
        Self { line, problem }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        self.problem.fmt(f)
    }
}
