//! The name of an aggregated state.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The name of an aggregated state, such as `IDLE_READY`. Capital letters count.
///
/// It has no blanks and none of `,`, `=` and `:`, which divide the list it stands in, and no full stop at the end,
/// which ends that list.
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct StateName(Arc<str>);

impl StateName {
    /// The name, as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StateName {
    type Err = InvalidStateName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(InvalidStateName::Empty);
        }
        if text.chars().nth(MOST_CHARACTERS).is_some() {
            return Err(InvalidStateName::TooLong);
        }
        if text.ends_with('.') {
            return Err(InvalidStateName::FullStop);
        }
        if text.chars().any(is_refused) {
            return Err(InvalidStateName::Character);
        }
        Ok(Self(text.into()))
    }
}

impl Borrow<str> for StateName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateName({})", self.0)
    }
}

/// The text is not the name of a state. It is not repeated: somebody may have put a text in its place.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidStateName {
    /// There is nothing.
    #[error("the name is empty")]
    Empty,
    /// It is longer than 64 characters.
    #[error("the name is longer than `64` characters")]
    TooLong,
    /// It ends with a full stop.
    #[error("the name ends with a full stop")]
    FullStop,
    /// It has a blank, a control character, or one of `,`, `=`, `:`.
    #[error("the name has a blank, a control character, or one of `,`, `=`, `:`")]
    Character,
}

const MOST_CHARACTERS: usize = 64;

fn is_refused(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, ',' | '=' | ':' | '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words() {
        for text in ["IDLE_OUT", "in-call", "Kö", "a.b", "<&\"'>"] {
            assert_eq!(text.parse::<StateName>().unwrap().as_str(), text);
        }
        let problem = |text: &str| text.parse::<StateName>().unwrap_err();
        assert_eq!(problem(""), InvalidStateName::Empty);
        assert_eq!(problem("OOS."), InvalidStateName::FullStop);
        assert_eq!(problem(&"x".repeat(65)), InvalidStateName::TooLong);
        for text in ["AT LUNCH", "A\u{a0}B", "A,B", "A=B", "A:B", "A\tB", "A\u{0}B", "A\u{FFFF}"] {
            assert_eq!(problem(text), InvalidStateName::Character, "{text:?}");
        }
        assert!("x".repeat(64).parse::<StateName>().is_ok());
    }

    /// Case counts: these are two states.
    #[test]
    fn capital_letters_count() {
        assert_ne!("OOS".parse::<StateName>().unwrap(), "oos".parse().unwrap());
    }
}
