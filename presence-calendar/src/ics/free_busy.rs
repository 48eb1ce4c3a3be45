//! VFREEBUSY: when somebody is busy, and nothing else.

use presence_core::calendar::{Agenda, Meeting, MeetingDraft, Span};
use presence_core::{Second, ShowAs};

use super::event::{Context, End, period, when};
use super::line::{Content, Line, unfolded};
use super::name::Property;
use super::read::Target;
use super::span::Clock;
use super::value::When;
use super::words;
use crate::warning::Problem;

/// More periods of one component are left out.
const MOST_PERIODS: usize = 10_000;

/// A VFREEBUSY, while it is read.
#[derive(Default)]
pub(super) struct FreeBusyDraft {
    start: Option<When>,
    end: Option<When>,
    periods: Vec<(When, End, ShowAs)>,
    is_cut: bool,
}

/// What a VFREEBUSY tells.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FreeBusy {
    /// About which time it tells anything.
    covered: Option<Span>,
    periods: Vec<(Span, ShowAs)>,
    /// Whether there is more than was read, so that nothing is known to be free.
    is_cut: bool,
}

impl<'a> Target<'a> for FreeBusyDraft {
    fn line(
        &mut self,
        property: Property,
        name: usize,
        line: Line<'a>,
        scratch: &mut Vec<u8>,
        cx: &mut Context<'a, '_>,
    ) {
        let flat = unfolded(line.raw, scratch);
        let Some(content) = Content::after(flat, name) else {
            self.lose(property);
            return cx.warnings.add(line.number, Problem::NoColon);
        };
        let is_read = match property {
            Property::Start => when(content, line.number, cx).map(|start| self.start = Some(start)),
            Property::EndTime => when(content, line.number, cx).map(|end| self.end = Some(end)),
            Property::FreeBusy => self.periods(content, line.number, cx),
            _ => Some(()),
        };
        if is_read.is_none() {
            cx.warnings.add(line.number, Problem::Unreadable(property.name()));
        }
    }

    /// What is lost may have been busy.
    fn lose(&mut self, property: Property) {
        self.is_cut |= property == Property::FreeBusy;
    }

    fn spoil(&mut self) {
        self.is_cut = true;
    }
}

impl FreeBusyDraft {
    fn periods(&mut self, content: Content<'_>, line: usize, cx: &mut Context<'_, '_>) -> Option<()> {
        let word = content.params.get(b"FBTYPE").map_or(ShowAs::Busy, words::free_busy);
        let zone = match content.params.get(b"TZID") {
            None => cx.zones.floating(),
            Some(name) => cx.zones.number(name, line, &mut cx.warnings),
        };
        let mut is_sound = true;
        for one in content.value.split(|byte| *byte == b',').filter(|one| !one.trim_ascii().is_empty()) {
            if self.periods.len() >= MOST_PERIODS {
                cx.warnings.add(line, Problem::TooManyDates);
                self.is_cut = true;
                break;
            }
            match period(one, zone) {
                Some((start, end)) => self.periods.push((start, end, word)),
                None => is_sound = false,
            }
        }
        // What is lost may have been busy.
        self.is_cut |= !is_sound;
        is_sound.then_some(())
    }

    pub(super) fn finish(self, clock: &Clock<'_>) -> FreeBusy {
        let span = |(start, end, word)| Some((clock.span(start, end)?, word));
        let periods: Vec<_> = self.periods.into_iter().filter_map(span).collect();
        let hull = || {
            let first = periods.iter().map(|(span, _)| span.start()).min()?;
            let last = periods.iter().map(|(span, _)| span.end()).max()?;
            Span::from_seconds(first, last).ok()
        };
        let start = self.start.map(|start| clock.at(start));
        let said = start.zip(self.end).and_then(|(start, end)| clock.span_of(start, clock.at(end)));
        FreeBusy { covered: said.or_else(hull), periods, is_cut: self.is_cut }
    }
}

/// What several of them tell about a span: what none of them tells about is unknown.
pub(super) fn agenda(list: &[FreeBusy], asked: Span) -> Option<Agenda> {
    let told: Vec<Span> = list.iter().filter_map(|one| one.covered).filter(|one| one.overlaps(asked)).collect();
    let first = told.iter().map(|span| span.start()).min()?.max(asked.start());
    let last = told.iter().map(|span| span.end()).max()?.min(asked.end());
    let covered = Span::from_seconds(first, last).ok()?;
    let busy = list.iter().flat_map(|one| &one.periods).map(|(span, word)| block(*span, *word));
    let mut meetings: Vec<Meeting> = busy.collect();
    meetings.extend(gaps(told, covered).into_iter().map(|span| block(span, ShowAs::NoData)));
    if list.iter().any(|one| one.is_cut) {
        meetings.push(block(covered, ShowAs::NoData));
    }
    Some(Agenda::new(covered, meetings))
}

/// A piece of time about which nothing else is said.
pub(super) fn block(span: Span, word: ShowAs) -> Meeting {
    Meeting::new(MeetingDraft::new("", span).show_as(word))
}

/// What of `covered` is in none of the spans.
fn gaps(mut told: Vec<Span>, covered: Span) -> Vec<Span> {
    told.sort_unstable_by_key(|span| span.start());
    let mut known: Second = covered.start();
    let mut gaps = Vec::new();
    for span in told {
        gaps.extend(Span::from_seconds(known, span.start()).ok());
        known = known.max(span.end());
    }
    gaps
}
