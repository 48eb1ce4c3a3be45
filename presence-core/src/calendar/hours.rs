//! Working hours.

use serde::Deserialize;

use super::span::Span;
use crate::second::Second;

/// The working hours of one person as absolute spans: whoever reads them knows the zone and its daylight saving.
///
/// Outside [`covered`](Self::covered) nothing is known.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(from = "HoursRepr")]
pub struct Hours {
    covered: Span,
    spans: Box<[Span]>,
}

impl Hours {
    /// Sorts `spans`, merges those that overlap or touch, and cuts them to `covered`.
    #[must_use]
    pub fn new(covered: Span, spans: Vec<Span>) -> Self {
        let inside = spans.into_iter().filter_map(|span| span.intersection(covered)).collect();
        Self { covered, spans: merged(inside).into_boxed_slice() }
    }

    /// The span in which working hours are known.
    #[must_use]
    pub const fn covered(&self) -> Span {
        self.covered
    }

    /// The working hours, sorted; no two of them overlap or touch.
    #[must_use]
    pub const fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Whether `now` lies in the working hours; `None` where that is not known.
    #[must_use]
    pub fn at(&self, now: Second) -> Option<bool> {
        self.covered.contains(now).then(|| self.ending_after(now).first().is_some_and(|span| span.contains(now)))
    }

    /// When [`at`](Self::at) changes next, strictly after `now`.
    #[must_use]
    pub fn next_boundary(&self, now: Second) -> Option<Second> {
        let next = self.ending_after(now).first().map(|span| [span.start(), span.end()]);
        let edges = [self.covered.start(), self.covered.end()];
        next.into_iter().flatten().chain(edges).filter(|boundary| *boundary > now).min()
    }

    /// The spans that have not ended at `now`.
    pub(super) fn ending_after(&self, now: Second) -> &[Span] {
        let ended = self.spans.partition_point(|span| span.end() <= now);
        self.spans.get(ended..).unwrap_or_default()
    }
}

/// Sorts spans and merges those that overlap or touch.
pub(super) fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable_by_key(|span| (span.start(), span.end()));
    // `dedup_by` gives the later one first and keeps the earlier one, which grows.
    spans.dedup_by(|later, earlier| {
        let end = earlier.end().max(later.end());
        match Span::from_seconds(earlier.start(), end) {
            Ok(joined) if later.start() <= earlier.end() => {
                *earlier = joined;
                true
            }
            _ => false,
        }
    });
    spans
}

/// The form in which working hours are read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursRepr {
    covered: Span,
    #[serde(default)]
    spans: Vec<Span>,
}

impl From<HoursRepr> for Hours {
    fn from(repr: HoursRepr) -> Self {
        Self::new(repr.covered, repr.spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span::from_seconds(Second::new(start), Second::new(end)).unwrap()
    }

    #[test]
    fn spans_are_sorted_merged_and_cut() {
        let spans =
            vec![span(70, 80), span(0, 20), span(40, 50), span(30, 40), span(45, 60), span(42, 44), span(95, 200)];
        let hours = Hours::new(span(10, 100), spans);
        assert_eq!(hours.spans(), [span(10, 20), span(30, 60), span(70, 80), span(95, 100)]);
    }

    #[test]
    fn outside_the_covered_span_nothing_is_known() {
        let hours = Hours::new(span(10, 100), vec![span(30, 40)]);
        let at = |second| hours.at(Second::new(second));
        assert_eq!([at(9), at(10), at(29), at(30)], [None, Some(false), Some(false), Some(true)]);
        assert_eq!([at(39), at(40), at(99), at(100)], [Some(true), Some(false), Some(false), None]);
    }

    #[test]
    fn the_next_boundary_is_where_the_answer_changes() {
        let hours = Hours::new(span(10, 100), vec![span(30, 40), span(60, 100)]);
        for now in 0..110 {
            let at = |second| hours.at(Second::new(second));
            let change = (now + 1..=110).find(|second| at(*second) != at(now)).map(Second::new);
            assert_eq!(hours.next_boundary(Second::new(now)), change, "{now}");
        }
    }

    /// S3.6: a night shift that ends at 10 and one that begins at 10 are one.
    #[test]
    fn touching_hours_have_no_boundary_between_them() {
        let hours = Hours::new(span(0, 100), vec![span(10, 20), span(20, 30)]);
        assert_eq!(hours.next_boundary(Second::new(10)), Some(Second::new(30)));
    }

    #[test]
    fn hours_are_read_through_the_constructor() {
        let json = r#"{
            "covered": {"start": "1970-01-01T00:00:00Z", "end": "1970-01-01T00:01:00Z"},
            "spans": [{"start": "1970-01-01T00:00:50Z", "end": "1970-01-01T00:02:00Z"}]
        }"#;
        assert_eq!(serde_json::from_str::<Hours>(json).unwrap(), Hours::new(span(0, 60), vec![span(50, 60)]));
    }
}
