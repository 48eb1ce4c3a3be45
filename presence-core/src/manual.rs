//! A state that somebody set by hand.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::activity::Activity;
use crate::availability::Availability;
use crate::second::Second;

/// A state that the person or an operator set by hand, with or without an end.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Deserialize)]
#[serde(from = "Form")]
#[non_exhaustive]
pub struct Manual {
    /// How available the person is.
    pub availability: Availability,
    /// What the person does.
    pub activity: Activity,
    /// The second from which on it no longer counts; `None`: until it is taken back.
    pub until: Option<Second>,
}

impl Manual {
    /// A state that stays until it is taken back.
    #[must_use]
    pub const fn new(availability: Availability, activity: Activity) -> Self {
        Self { availability, activity, until: None }
    }

    /// The same state with an end, rounded up to the second.
    #[must_use]
    pub fn until(self, end: DateTime<Utc>) -> Self {
        Self { until: Some(Second::ceil(end)), ..self }
    }

    /// Whether the end has come.
    #[must_use]
    pub fn is_over(&self, at: Second) -> bool {
        self.until.is_some_and(|end| end <= at)
    }
}

/// As it is written: times are RFC 3339.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Form {
    availability: Availability,
    #[serde(default)]
    activity: Activity,
    #[serde(default)]
    until: Option<DateTime<Utc>>,
}

impl From<Form> for Manual {
    fn from(form: Form) -> Self {
        let state = Self::new(form.availability, form.activity);
        form.until.map_or(state, |end| state.until(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F.9: a manual state expires by itself, and not a moment before its end.
    #[test]
    fn f_9_a_manual_state_expires() {
        let end = DateTime::from_timestamp(100, 1).unwrap();
        let state = Manual::new(Availability::BUSY, Activity::Busy).until(end);
        assert_eq!(state.until, Some(Second::new(101)));
        assert!(!state.is_over(Second::new(100)));
        assert!(state.is_over(Second::new(101)));
    }

    #[test]
    fn without_an_end_it_stays() {
        let state = Manual::new(Availability::AWAY, Activity::Lunch);
        assert!(!state.is_over(Second::new(u32::MAX - 1)));
    }

    #[test]
    fn reads_times_as_rfc_3339() {
        let state: Manual = serde_json::from_str(
            r#"{"availability": 6500, "activity": "focus-time", "until": "1970-01-01T01:01:40.5+01:00"}"#,
        )
        .unwrap();
        let end = DateTime::from_timestamp(100, 500_000_000).unwrap();
        assert_eq!(state, Manual::new(Availability::BUSY, Activity::FocusTime).until(end));
        let least: Manual = serde_json::from_str(r#"{"availability": 15500}"#).unwrap();
        assert_eq!(least, Manual::new(Availability::AWAY, Activity::None));
        assert!(serde_json::from_str::<Manual>("{}").is_err());
    }
}
