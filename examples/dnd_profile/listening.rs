//! Presence into do-not-disturb, as tables.

use presence_core::Band;
use presence_lync_map::bands::{RawAvailability, server_name};
use presence_lync_map::dnd::{Dnd, DndEvent, DndWatch, EventSpelling, PullProfile};

/// At which numbers do-not-disturb is on or off: every number is asked.
pub(super) fn table(pull: &PullProfile) -> Vec<String> {
    let mut lines = vec![format!("\n  {:<13}{:<14}do-not-disturb", "numbers", "band")];
    for span in spans(pull) {
        let numbers = match (span.first, span.last) {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}-{last}"),
        };
        let state = match span.dnd {
            Some(Dnd::On) => "on",
            Some(Dnd::Off) => "off",
            None => "stays what it is",
        };
        lines.push(format!("  {numbers:<13}{:<14}{state}", server_name(span.band)));
    }
    lines
}

/// Which events the numbers cause that arrive one after the other.
pub(super) fn events(pull: &PullProfile, numbers: &[Option<u32>]) -> Vec<String> {
    let mut watch = DndWatch::new();
    let mut lines = vec![format!("\n  {:<13}{:<14}event", "arrives", "band")];
    for number in numbers {
        let event = watch.see(pull, *number);
        let event = event.map_or("-", |event: DndEvent| event.name(EventSpelling::Product));
        let band = number.map_or("", |number| server_name(RawAvailability::new(number).band()));
        let number = number.map_or_else(|| "lost".to_owned(), |number| number.to_string());
        lines.push(format!("  {number:<13}{band:<14}{event}"));
    }
    lines
}

/// Numbers that follow each other, are of one band and mean the same.
struct Span {
    first: u32,
    last: u32,
    band: Band,
    dnd: Option<Dnd>,
}

fn spans(pull: &PullProfile) -> Vec<Span> {
    let mut spans = Vec::<Span>::new();
    for number in 0..=PullProfile::LARGEST {
        let (band, dnd) = (RawAvailability::new(number).band(), pull.dnd(number));
        match spans.last_mut() {
            Some(span) if span.band == band && span.dnd == dnd => span.last = number,
            _ => spans.push(Span { first: number, last: number, band, dnd }),
        }
    }
    spans
}
