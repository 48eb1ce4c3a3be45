//! The state a rich presence system has for somebody: a number, an activity, sometimes words of its own.

use std::sync::Arc;

use serde::Deserialize;

use crate::activity::{Activity, LocalTexts};
use crate::availability::Availability;

/// What a rich presence system says about somebody.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct RichState {
    /// How available the person is.
    pub availability: Availability,
    /// What the person is doing; [`Activity::None`] when the source does not say.
    #[serde(default)]
    pub activity: Activity,
    /// What the person or the site wrote in the place of the activity. Held in common, because one custom state is
    /// usually that of many people.
    #[serde(default)]
    pub custom: Option<Arc<LocalTexts>>,
}

impl RichState {
    /// A state without words of its own.
    #[must_use]
    pub const fn new(availability: Availability, activity: Activity) -> Self {
        Self { availability, activity, custom: None }
    }

    /// The same state with these words.
    #[must_use]
    pub fn with_custom(mut self, custom: Arc<LocalTexts>) -> Self {
        self.custom = Some(custom);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::Lcid;
    use crate::confidential::Confidential;

    fn custom() -> Arc<LocalTexts> {
        Arc::new(LocalTexts::new(vec![(Lcid::ENGLISH, Confidential::new("at the dentist".into()))]))
    }

    #[test]
    fn is_a_number_and_an_activity() {
        let read: RichState = serde_json::from_str(r#"{"availability": 6500, "activity": "in-call"}"#).unwrap();
        assert_eq!(read, RichState::new(Availability::BUSY, Activity::InCall));
        assert!(serde_json::from_str::<RichState>(r#"{"availability": 18001}"#).is_err());
    }

    #[test]
    fn activity_and_words_may_be_left_out() {
        let read: RichState = serde_json::from_str(r#"{"availability": 3500}"#).unwrap();
        assert_eq!(read, RichState::new(Availability::ONLINE, Activity::None));
        assert!(serde_json::from_str::<RichState>(r#"{"activity": "busy"}"#).is_err(), "the number is needed");
    }

    #[test]
    fn words_are_read_and_not_printed() {
        let text = r#"{"availability": 15500, "custom": [[1033, "at the dentist"]]}"#;
        let read: RichState = serde_json::from_str(text).unwrap();
        assert_eq!(read, RichState::new(Availability::AWAY, Activity::None).with_custom(custom()));
        assert!(!format!("{read:?}").contains("dentist"), "{read:?}");
    }
}
