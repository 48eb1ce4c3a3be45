//! Meetings and blocks put together: a block fills the gaps that hidden meetings leave.

use std::collections::{BTreeMap, HashSet};

use presence_core::calendar::Sensitivity;
use presence_core::{Agenda, Meeting, MeetingDraft, Second, ShowAs, Span};

/// What is known of both; `None`: nothing is known.
pub(super) fn together(meetings: Option<&Agenda>, blocks: Option<&Agenda>) -> Option<Agenda> {
    match (meetings, blocks) {
        (Some(meetings), Some(blocks)) => Some(merged(meetings, blocks)),
        (one, other) => one.or(other).cloned(),
    }
}

/// The meetings, and what the blocks say where no meeting says as much. Whoever may not read private meetings does not get
/// them told, but the blocks have their times; so what fills a gap is private.
fn merged(meetings: &Agenda, blocks: &Agenda) -> Agenda {
    let mut by_word: BTreeMap<ShowAs, Vec<Span>> = BTreeMap::new();
    for block in blocks.meetings().iter().filter(|block| block.show_as() != ShowAs::Free) {
        by_word.entry(block.show_as()).or_default().push(block.span());
    }
    // A block may also be of a meeting that was called off and still stands there.
    let called_off = |meeting: &&Meeting| !meeting.counts();
    let called_off: HashSet<Span> = meetings.meetings().iter().filter(called_off).map(Meeting::span).collect();
    let mut all: Vec<Meeting> = meetings.meetings().to_vec();
    for (word, told) in by_word {
        let said = joined(meetings.meetings().iter().filter(|meeting| says(meeting, word)).map(Meeting::span));
        let gaps = joined(told.into_iter()).into_iter().flat_map(|block| gaps(block, &said));
        let hidden = gaps.filter(|gap| gap.overlaps(meetings.covered()) && !called_off.contains(gap));
        all.extend(
            hidden.map(|gap| Meeting::new(MeetingDraft::new("", gap).show_as(word).sensitivity(Sensitivity::Private))),
        );
    }
    // Where the blocks end before the meetings do, nobody knows what is hidden: what no meeting takes is not free there.
    let unknown = between(blocks.covered().end(), meetings.covered().end());
    all.extend(unknown.map(|rest| Meeting::new(MeetingDraft::new("", rest).show_as(ShowAs::NoData))));
    Agenda::new(meetings.covered(), all)
}

/// Whether a block with this word may be of this meeting. One that says less does not explain it: beneath a free day may
/// lie a hidden hour that is busy.
fn says(meeting: &Meeting, word: ShowAs) -> bool {
    meeting.show_as() >= word && (meeting.counts() || word == ShowAs::NoData)
}

/// The same without overlaps, in order.
fn joined(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut sorted: Vec<Span> = spans.collect();
    sorted.sort_unstable_by_key(|span| (span.start(), span.end()));
    let mut joined: Vec<Span> = Vec::with_capacity(sorted.len());
    for span in sorted {
        match joined.last_mut() {
            Some(last) if span.start() < last.end() => {
                *last = between(last.start(), last.end().max(span.end())).unwrap_or(*last);
            }
            _ => joined.push(span),
        }
    }
    joined
}

/// The parts of a block that none of these covers; they are in order and do not overlap.
fn gaps(block: Span, covers: &[Span]) -> Vec<Span> {
    let first = covers.partition_point(|cover| cover.end() <= block.start());
    let covers = covers.get(first..).unwrap_or_default();
    let mut gaps = Vec::new();
    let mut from = block.start();
    for cover in covers.iter().take_while(|cover| cover.start() < block.end()) {
        gaps.extend(between(from, cover.start()));
        from = cover.end();
    }
    gaps.extend(between(from, block.end()));
    gaps
}

fn between(start: Second, end: Second) -> Option<Span> {
    Span::from_seconds(start, end).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    use ShowAs::{Busy, Free, NoData, OutOfOffice, Tentative};

    fn span(start: u32, end: u32) -> Span {
        Span::from_seconds(Second::new(start), Second::new(end)).unwrap()
    }

    fn draft(start: u32, end: u32, word: ShowAs) -> MeetingDraft {
        MeetingDraft::new("uid", span(start, end)).show_as(word).subject("Budget")
    }

    fn agenda(list: &[(u32, u32, ShowAs)]) -> Agenda {
        let meeting = |(start, end, word): &(u32, u32, ShowAs)| Meeting::new(draft(*start, *end, *word));
        Agenda::new(span(0, 1_000), list.iter().map(meeting).collect())
    }

    fn told(agenda: &Agenda) -> Vec<(u32, u32, ShowAs, bool)> {
        let meetings = agenda.meetings().iter();
        meetings
            .map(|one| (one.span().start().get(), one.span().end().get(), one.show_as(), one.is_private()))
            .collect()
    }

    /// S0.14: what a delegate is not shown is there as a private block; what it is shown stays as it is.
    #[test]
    fn blocks_fill_the_gaps_and_nothing_else() {
        let meetings = agenda(&[(100, 200, Busy), (300, 400, Busy), (350, 500, Busy)]);
        let blocks = agenda(&[(50, 450, Busy), (600, 700, OutOfOffice), (800, 900, Free)]);
        let expected = [
            (50, 100, Busy, true),
            (100, 200, Busy, false),
            (200, 300, Busy, true),
            (300, 400, Busy, false),
            (350, 500, Busy, false),
            (600, 700, OutOfOffice, true),
        ];
        assert_eq!(told(&merged(&meetings, &blocks)), expected);
        assert_eq!(merged(&meetings, &meetings), meetings);
    }

    /// S0.14, S0.15: a free day that everybody may see does not hide the busy hour that nobody may see.
    #[test]
    fn a_quieter_meeting_does_not_hide_a_block() {
        let meetings = agenda(&[(0, 1_000, Free), (300, 400, Tentative)]);
        let blocks = agenda(&[(100, 200, Busy), (300, 400, Tentative), (350, 450, Busy)]);
        let expected =
            [(0, 1_000, Free, false), (100, 200, Busy, true), (300, 400, Tentative, false), (350, 450, Busy, true)];
        assert_eq!(told(&merged(&meetings, &blocks)), expected);
    }

    /// S0.14: what was called off does not come back as a private block, and hides nothing else.
    #[test]
    fn a_meeting_that_was_called_off_explains_its_own_block() {
        let off = |start, end| Meeting::new(draft(start, end, Busy).cancelled(true));
        let meetings = Agenda::new(span(0, 1_000), vec![off(100, 200), off(300, 900)]);
        let whole = merged(&meetings, &agenda(&[(100, 200, Busy), (400, 500, Busy)]));
        let counting: Vec<_> = whole.meetings().iter().filter(|one| one.counts()).map(Meeting::span).collect();
        assert_eq!(counting, [span(400, 500)]);
    }

    #[test]
    fn what_lies_outside_of_what_is_known_is_not_filled() {
        let blocks = Agenda::new(
            span(0, 2_000),
            vec![
                Meeting::new(MeetingDraft::new("uid", span(900, 1_100))),
                Meeting::new(MeetingDraft::new("uid", span(1_200, 1_300))),
            ],
        );
        let whole = merged(&agenda(&[]), &blocks);
        assert_eq!(told(&whole), [(900, 1_100, Busy, true)]);
    }

    /// S3.8: where the blocks end before the meetings do, what is hidden is unknown, and nobody is free for it.
    #[test]
    fn without_blocks_no_time_is_free() {
        let blocks = Agenda::new(span(0, 500), Vec::new());
        let whole = merged(&agenda(&[(800, 900, Busy)]), &blocks);
        let word = |at| whole.word_under(Second::new(at), |one| Some(one.show_as()));
        assert_eq!([499, 500, 850, 950].map(word), [Some(Free), Some(NoData), Some(Busy), Some(NoData)]);
    }

    #[test]
    fn long_calendars_are_put_together_soon() {
        let many = |shift: u32| {
            let one = |at: u32| Meeting::new(draft(2 * at + shift, 2 * at + shift + 1, Busy));
            let long = Meeting::new(draft(0, 200_000, Tentative));
            Agenda::new(span(0, 200_000), (0..40_000).map(one).chain([long]).collect())
        };
        assert_eq!(merged(&many(0), &many(1)).meetings().len(), 80_001);
    }
}
