//! One entry of the file: a name, a number, and what to say in each language.

use std::sync::Arc;

use presence_core::{Confidential, Lcid, LocalTexts};

use super::name::StateName;
use super::problem::Problem;
use crate::texts::LARGEST_LCID;
use crate::xml::is_xml;

/// The largest availability the file may have: offline as it is published.
pub const MOST_AVAILABILITY: u32 = 18_500;

/// A named state: how available it makes the agent, and the activity in words, per locale.
///
/// `Debug` masks the words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StateEntry {
    name: StateName,
    availability: u32,
    texts: Vec<(Lcid, Confidential<Arc<str>>)>,
}

impl StateEntry {
    /// A state without words.
    ///
    /// # Errors
    ///
    /// When the availability is larger than 18500.
    pub fn new(name: StateName, availability: u32) -> Result<Self, Problem> {
        if availability > MOST_AVAILABILITY {
            return Err(Problem::Availability);
        }
        Ok(Self { name, availability, texts: Vec::new() })
    }

    /// Adds the words for a locale. Blanks at the ends go, and line breaks and rows of blanks within become one blank.
    ///
    /// # Errors
    ///
    /// When there are no words, too many, or characters XML cannot carry; when the number is no locale or has its words
    /// already; and when there are 64 locales.
    pub fn add_text(&mut self, lcid: Lcid, text: &str) -> Result<(), Problem> {
        if !(1..=LARGEST_LCID).contains(&lcid.get()) {
            return Err(Problem::Lcid);
        }
        let text = in_one_line(text);
        if text.is_empty() {
            return Err(Problem::EmptyText);
        }
        if text.chars().nth(MOST_CHARACTERS).is_some() {
            return Err(Problem::TextTooLong);
        }
        if !text.chars().all(is_xml) {
            return Err(Problem::Character);
        }
        if self.texts.iter().any(|(other, _)| *other == lcid) {
            return Err(Problem::DoubledLcid { lcid });
        }
        if self.texts.len() == MOST_TEXTS {
            return Err(Problem::TooManyTexts);
        }
        self.texts.push((lcid, Confidential::new(text.into())));
        Ok(())
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &StateName {
        &self.name
    }

    /// The availability as it is published, 0 to 18500.
    #[must_use]
    pub const fn availability(&self) -> u32 {
        self.availability
    }

    /// The words, in the order of the file.
    #[must_use]
    pub fn texts(&self) -> &[(Lcid, Confidential<Arc<str>>)] {
        &self.texts
    }

    /// The words as one value, from which a reader gets those of the own language.
    #[must_use]
    pub fn local_texts(&self) -> LocalTexts {
        LocalTexts::new(self.texts.clone())
    }
}

/// Whether a text is longer than clients show.
pub(super) fn is_long(text: &str) -> bool {
    in_one_line(text).chars().nth(SHOWN_CHARACTERS).is_some()
}
/// More languages than anybody has, and as many as a set of local texts keeps.
const MOST_TEXTS: usize = 64;
const MOST_CHARACTERS: usize = 1_000;
/// What clients take for a custom activity.
const SHOWN_CHARACTERS: usize = 64;

/// Only the blanks of XML count: a no-break space belongs to the text.
fn in_one_line(text: &str) -> String {
    let words = text.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> StateEntry {
        StateEntry::new("OOS".parse().expect("a name"), 18_000).expect("a number")
    }

    #[test]
    fn numbers_end_at_18500() {
        assert!(StateEntry::new("OOS".parse().unwrap(), 18_500).is_ok());
        assert_eq!(StateEntry::new("OOS".parse().unwrap(), 18_501), Err(Problem::Availability));
    }

    #[test]
    fn texts_are_kept_in_one_line() {
        let mut entry = entry();
        entry.add_text(Lcid::ENGLISH, "  out of\r\n\t order ").unwrap();
        entry.add_text(Lcid::new(1036), " hors service\u{a0}! ").unwrap();
        let texts = entry.texts().iter().map(|(_, text)| &**text.reveal()).collect::<Vec<_>>();
        assert_eq!(texts, ["out of order", "hors service\u{a0}!"]);
    }

    #[test]
    fn texts_that_are_none_are_refused_and_change_nothing() {
        let mut entry = entry();
        assert_eq!(entry.add_text(Lcid::ENGLISH, " \n "), Err(Problem::EmptyText));
        assert_eq!(entry.add_text(Lcid::ENGLISH, &"x".repeat(1_001)), Err(Problem::TextTooLong));
        assert_eq!(entry.add_text(Lcid::ENGLISH, "a\u{1}b"), Err(Problem::Character));
        assert_eq!(entry.add_text(Lcid::new(0), "x"), Err(Problem::Lcid));
        assert_eq!(entry.add_text(Lcid::new(0x10_0000), "x"), Err(Problem::Lcid));
        assert!(entry.texts().is_empty());
        for lcid in 1..=64 {
            entry.add_text(Lcid::new(lcid), "x").unwrap();
        }
        assert_eq!(entry.add_text(Lcid::new(64), "y"), Err(Problem::DoubledLcid { lcid: Lcid::new(64) }));
        assert_eq!(entry.add_text(Lcid::new(65), "y"), Err(Problem::TooManyTexts));
        assert_eq!(entry.texts().len(), 64);
    }

    #[test]
    fn debug_masks_the_texts() {
        let mut entry = entry();
        entry.add_text(Lcid::ENGLISH, "at the dentist").unwrap();
        assert!(!format!("{entry:?}").contains("dentist"), "{entry:?}");
    }
}
