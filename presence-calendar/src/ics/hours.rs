//! VAVAILABILITY (RFC 7953): working hours.

use presence_core::calendar::{Hours, Span};

use super::event::{Context, Draft, End, when};
use super::expand::{MOST, MOST_STEPS, Series};
use super::line::{Content, Line, unfolded};
use super::name::Property;
use super::read::Target;
use super::span::Clock;
use super::value::{Length, When};
use crate::warning::Problem;

/// A VAVAILABILITY, while it is read.
#[derive(Default)]
pub(super) struct AvailabilityDraft<'a> {
    start: Option<When>,
    end: Option<End>,
    pub(super) available: Vec<(Draft<'a>, usize)>,
}

/// When somebody is available, as far as it is said.
#[derive(Clone, Debug)]
pub(super) struct Availability {
    start: Option<i64>,
    end: Option<i64>,
    available: Vec<Series>,
}

impl<'a> Target<'a> for AvailabilityDraft<'a> {
    fn line(
        &mut self,
        property: Property,
        name: usize,
        line: Line<'a>,
        scratch: &mut Vec<u8>,
        cx: &mut Context<'a, '_>,
    ) {
        let flat = unfolded(line.raw, scratch);
        let Some(content) = Content::after(flat, name) else { return cx.warnings.add(line.number, Problem::NoColon) };
        let is_read = match property {
            Property::Start => when(content, line.number, cx).map(|start| self.start = Some(start)),
            Property::EndTime => when(content, line.number, cx).map(|end| self.end = Some(End::At(end))),
            Property::Duration => Length::parse(content.value).map(|length| self.end = Some(End::After(length))),
            _ => Some(()),
        };
        if is_read.is_none() {
            cx.warnings.add(line.number, Problem::Unreadable(property.name()));
        }
    }

    fn lose(&mut self, _property: Property) {}

    fn spoil(&mut self) {}
}

impl AvailabilityDraft<'_> {
    pub(super) fn finish(self, clock: &Clock<'_>) -> Availability {
        let end = match (self.start, self.end) {
            (_, Some(End::At(end))) => Some(clock.at(end)),
            (Some(start), Some(end)) => Some(clock.end(start, end)),
            _ => None,
        };
        let series = |(draft, _): (Draft<'_>, usize)| Some(Series::of(draft.start?, draft.end, draft.recurs, clock));
        let available = self.available.into_iter().filter_map(series).collect();
        Availability { start: self.start.map(|start| clock.at(start)), end, available }
    }
}

/// The working hours in a span, when the file tells any, and not more than can be worked out.
pub(super) fn hours(list: &[Availability], clock: &Clock<'_>, covered: Span) -> Option<Hours> {
    let told = list.iter().filter_map(|one| {
        let start = one.start.unwrap_or(i64::MIN).max(i64::from(covered.start().get()));
        let end = one.end.unwrap_or(i64::MAX).min(i64::from(covered.end().get()));
        Some((clock.span_of(start, end).filter(|_| start < end)?, one))
    });
    let told: Vec<(Span, &Availability)> = told.collect();
    let first = told.iter().map(|(span, _)| span.start()).min()?;
    let last = told.iter().map(|(span, _)| span.end()).max()?;
    let (mut spans, mut worked) = (Vec::new(), 0_u64);
    let all = told.iter().flat_map(|(within, one)| one.available.iter().map(|series| (*within, series)));
    for (within, series) in all {
        let (placed, steps) = series.placed(clock, within);
        let whole = placed.into_iter().filter_map(|placed| clock.span_of(placed.start, placed.end));
        let clipped = whole
            .filter_map(|span| Span::from_seconds(span.start().max(within.start()), span.end().min(within.end())).ok());
        spans.extend(clipped);
        worked = worked.saturating_add(steps);
        if spans.len() > MOST || worked > MOST_STEPS {
            return None;
        }
    }
    Some(Hours::new(Span::from_seconds(first, last).ok()?, spans))
}
