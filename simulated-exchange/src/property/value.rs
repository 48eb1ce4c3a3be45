//! Values that can be compared with what a search names.

use std::cmp::Ordering;

use chrono::{DateTime, NaiveDateTime, Utc};

/// The value of a property.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Value {
    Text(String),
    Flag(bool),
    Number(i64),
    Time(DateTime<Utc>),
}

impl Value {
    /// As EWS writes it.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Time(time) => time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }
    }

    /// Compares with a constant, which is read as what this value is. `None` if it is nothing of the kind.
    pub(crate) fn compare(&self, constant: &str) -> Option<Ordering> {
        match self {
            Self::Text(text) => Some(text.to_lowercase().cmp(&constant.to_lowercase())),
            Self::Flag(flag) => Some(flag.cmp(&matches!(constant, "true" | "True" | "1"))),
            Self::Number(number) => Some(number.cmp(&constant.parse().ok()?)),
            Self::Time(time) => Some(time.cmp(&time_of(constant)?)),
        }
    }

    /// The order of two values of one property.
    pub(crate) fn order(one: Option<&Self>, other: Option<&Self>) -> Ordering {
        match (one, other) {
            (Some(Self::Number(one)), Some(Self::Number(other))) => one.cmp(other),
            (Some(Self::Time(one)), Some(Self::Time(other))) => one.cmp(other),
            (one, other) => one.map(Self::text).cmp(&other.map(Self::text)),
        }
    }
}

/// Reads a time with an offset, or one without, which is UTC.
pub(crate) fn time_of(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    text.parse().map(|time: NaiveDateTime| time.and_utc()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_read_as_the_value_is() {
        let time = Value::Time("2026-11-20T08:00:00Z".parse().unwrap());
        assert_eq!(time.compare("2026-11-20T09:00:00+01:00"), Some(Ordering::Equal));
        assert_eq!(time.compare("2026-11-20T08:00:01"), Some(Ordering::Less));
        assert_eq!(time.compare("soon"), None);
        assert_eq!(Value::Number(10).compare("9"), Some(Ordering::Greater));
        assert_eq!(Value::Flag(true).compare("True"), Some(Ordering::Equal));
        assert_eq!(Value::Text("ABC".into()).compare("abc"), Some(Ordering::Equal));
    }
}
