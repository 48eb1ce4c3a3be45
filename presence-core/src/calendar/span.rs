//! Half-open spans of time.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::second::Second;

/// A half-open span of time, `[start, end)`. It is never empty.
///
/// Serialised as `{"start": …, "end": …}` in RFC 3339; a span without an end has no `end`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "Times", into = "Times")]
pub struct Span {
    start: Second,
    end: Second,
}

impl Span {
    /// A span that has every instant of `start` to `end`: the start is rounded down, the end is rounded up.
    ///
    /// # Errors
    ///
    /// Fails when `start` is not before `end`, or when nothing of the span can be counted in [`Second`]s.
    pub fn new(start: DateTime<Utc>, end: DateTime<Utc>) -> Result<Self, InvalidSpan> {
        let (first, last) = (Second::floor(start), Second::ceil(end));
        // Rounding makes a span of an empty one that lies within a second, therefore compare before and after.
        if start < end { Self::from_seconds(first, last) } else { Err(InvalidSpan { start: first, end: last }) }
    }

    /// The span from `start` to `end`, which may be [`Second::NEVER`].
    ///
    /// # Errors
    ///
    /// Fails when `start` is not before `end`.
    pub const fn from_seconds(start: Second, end: Second) -> Result<Self, InvalidSpan> {
        if start.get() < end.get() { Ok(Self { start, end }) } else { Err(InvalidSpan { start, end }) }
    }

    /// The first second of the span.
    #[must_use]
    pub const fn start(self) -> Second {
        self.start
    }

    /// The first second after the span.
    #[must_use]
    pub const fn end(self) -> Second {
        self.end
    }

    /// Whether `second` lies in the span: the start does, the end does not.
    #[must_use]
    pub fn contains(self, second: Second) -> bool {
        self.start <= second && second < self.end
    }

    /// Whether the two have a second in common. Touching is not overlapping.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// What the two have in common.
    pub(super) fn intersection(self, other: Self) -> Option<Self> {
        Self::from_seconds(self.start.max(other.start), self.end.min(other.end)).ok()
    }

    /// Length in seconds.
    pub(super) const fn length(self) -> u32 {
        self.end.since(self.start)
    }
}

/// A span that would be empty or end before it starts.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("span from `{start}` to `{end}` has no length")]
pub struct InvalidSpan {
    start: Second,
    end: Second,
}

/// The form in which a span is written.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Times {
    start: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<DateTime<Utc>>,
}

impl TryFrom<Times> for Span {
    type Error = InvalidSpan;

    fn try_from(times: Times) -> Result<Self, InvalidSpan> {
        match times.end {
            Some(end) => Self::new(times.start, end),
            None => Self::from_seconds(Second::floor(times.start), Second::NEVER),
        }
    }
}

impl From<Span> for Times {
    fn from(span: Span) -> Self {
        // A start always has a time, because it lies before an end.
        Self { start: span.start.time().unwrap_or_default(), end: span.end.time() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span::from_seconds(Second::new(start), Second::new(end)).unwrap()
    }

    fn at_millis(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(millis).unwrap()
    }

    #[test]
    fn the_start_belongs_to_a_span_and_the_end_does_not() {
        let ten = span(10, 20);
        assert!(!ten.contains(Second::new(9)));
        assert!(ten.contains(Second::new(10)));
        assert!(ten.contains(Second::new(19)));
        assert!(!ten.contains(Second::new(20)));
    }

    #[test]
    fn touching_is_not_overlapping() {
        assert!(!span(10, 20).overlaps(span(20, 30)));
        assert!(!span(20, 30).overlaps(span(10, 20)));
        assert!(span(10, 21).overlaps(span(20, 30)));
        assert_eq!(span(10, 20).intersection(span(20, 30)), None);
        assert_eq!(span(10, 25).intersection(span(20, 30)), Some(span(20, 25)));
    }

    #[test]
    fn starts_round_down_and_ends_round_up() {
        assert_eq!(Span::new(at_millis(10_900), at_millis(19_100)), Ok(span(10, 20)));
    }

    #[test]
    fn empty_and_backward_spans_are_refused_even_within_one_second() {
        for (start, end) in [(10_000, 10_000), (20_000, 10_000), (10_500, 10_500), (10_600, 10_400)] {
            assert!(Span::new(at_millis(start), at_millis(end)).is_err(), "{start} {end}");
        }
        let error = Span::new(at_millis(20_000), at_millis(10_000)).unwrap_err();
        assert_eq!(error.to_string(), "span from `1970-01-01T00:00:20Z` to `1970-01-01T00:00:10Z` has no length");
    }

    #[test]
    fn a_span_is_written_in_rfc_3339_and_read_back() {
        let json = serde_json::to_string(&span(10, 20)).unwrap();
        assert_eq!(json, r#"{"start":"1970-01-01T00:00:10Z","end":"1970-01-01T00:00:20Z"}"#);
        assert_eq!(serde_json::from_str::<Span>(&json).unwrap(), span(10, 20));
        assert!(serde_json::from_str::<Span>(&json.replace("00:20", "00:10")).is_err());

        let offset = r#"{"start":"1970-01-01T01:00:10+01:00","end":"1970-01-01T00:00:20Z"}"#;
        assert_eq!(serde_json::from_str::<Span>(offset).unwrap(), span(10, 20));
    }

    #[test]
    fn a_span_without_an_end_is_written_without_one() {
        let open = Span::from_seconds(Second::new(10), Second::NEVER).unwrap();
        let json = serde_json::to_string(&open).unwrap();
        assert_eq!(json, r#"{"start":"1970-01-01T00:00:10Z"}"#);
        assert_eq!(serde_json::from_str::<Span>(&json).unwrap(), open);
    }
}
