//! Text that people typed and that must not leak by accident.
//!
//! A [`Confidential`] value is read with [`reveal`](Confidential::reveal) and in no other way: it has no `Display`, no
//! `Serialize` and no conversion, and its `Debug` prints [`MASK`]. Every place that lets such a text out is therefore
//! found by searching for one word.
//!
//! It cannot be serialised:
//!
//! ```compile_fail
//! use presence_core::Confidential;
//! let text = Confidential::new(String::from("at the dentist"));
//! let json = serde_json::to_string(&text).unwrap();
//! assert_eq!(json, r#""at the dentist""#);
//! ```
//!
//! What was revealed can:
//!
//! ```
//! use presence_core::Confidential;
//! let text = Confidential::new(String::from("at the dentist"));
//! let json = serde_json::to_string(text.reveal()).unwrap();
//! assert_eq!(json, r#""at the dentist""#);
//! ```
//!
//! It cannot be displayed:
//!
//! ```compile_fail
//! use presence_core::Confidential;
//! let text = Confidential::new(String::from("at the dentist"));
//! let shown = format!("{}", text);
//! assert_eq!(shown, "at the dentist");
//! ```
//!
//! What was revealed can:
//!
//! ```
//! use presence_core::Confidential;
//! let text = Confidential::new(String::from("at the dentist"));
//! let shown = format!("{}", text.reveal());
//! assert_eq!(shown, "at the dentist");
//! ```

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// What stands in the place of a confidential value wherever it is printed.
pub const MASK: &str = "***";

/// A value that is shown only where somebody asks for it by name.
///
/// It is read from data like the value itself. Data of the wrong kind is an error that does not repeat the data.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Confidential<T>(T);

impl<T> Confidential<T> {
    /// Hides `value`.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value. Whoever calls this answers for where it goes.
    #[must_use]
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Confidential<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Confidential<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The usual messages quote what they found ("invalid type: string "…""), which is the text to be hidden.
        T::deserialize(deserializer).map(Self).map_err(|_| D::Error::custom("invalid confidential value"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn debug_prints_the_mask_only() {
        let text = Confidential::new("at the dentist");
        assert_eq!(format!("{text:?}"), MASK);
        assert_eq!(format!("{text:#?}"), MASK);
        assert_eq!(format!("{:?}", Some(&text)), "Some(***)");
    }

    #[test]
    fn what_went_in_is_revealed() {
        assert_eq!(*Confidential::new(7).reveal(), 7);
        assert_eq!(Confidential::<String>::default().reveal(), "");
        assert_ne!(Confidential::new(7), Confidential::new(8));
    }

    #[test]
    fn is_read_like_the_value_itself() {
        let text: Confidential<Arc<str>> = serde_json::from_str(r#""at the dentist""#).unwrap();
        assert_eq!(&**text.reveal(), "at the dentist");
    }

    #[test]
    fn an_error_does_not_repeat_the_data() {
        let error = serde_json::from_str::<Confidential<u32>>(r#""at the dentist""#).unwrap_err();
        assert!(!error.to_string().contains("dentist"), "{error}");
        assert!(error.to_string().contains("invalid confidential value"), "{error}");
    }
}
