//! The short form of free/busy: one digit for every slot.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::{Agenda, Meeting, MeetingDraft, ShowAs, Span};

/// The agenda that the digits tell; what they do not reach is not covered. `None` when there are no digits.
///
/// `4` is "working elsewhere" for newer servers and "no data" for older ones.
pub(super) fn agenda(digits: &[u8], window: Span, slot: Duration, knows_elsewhere: bool) -> Option<Agenda> {
    let start = window.start().time()?;
    let end = window.end().time()?;
    let after = |slots: usize| -> Option<DateTime<Utc>> {
        let seconds = i64::try_from(slots).ok()?.checked_mul(i64::try_from(slot.as_secs()).ok()?)?;
        Some(start.checked_add_signed(TimeDelta::try_seconds(seconds)?)?.min(end))
    };
    let covered = Span::new(start, after(digits.len())?).ok()?;
    let mut meetings = Vec::new();
    let mut first = 0;
    for run in digits.chunk_by(|one, other| one == other) {
        let last = first + run.len();
        let word = run.first().map_or(ShowAs::NoData, |digit| word(*digit, knows_elsewhere));
        // What lies behind the window has no length in it.
        if let Ok(span) = Span::new(after(first)?, after(last)?)
            && word != ShowAs::Free
        {
            meetings.push(Meeting::new(MeetingDraft::new("", span).show_as(word)));
        }
        first = last;
    }
    Some(Agenda::new(covered, meetings))
}

const fn word(digit: u8, knows_elsewhere: bool) -> ShowAs {
    match digit {
        b'0' => ShowAs::Free,
        b'1' => ShowAs::Tentative,
        b'2' => ShowAs::Busy,
        b'3' => ShowAs::OutOfOffice,
        b'4' if knows_elsewhere => ShowAs::WorkingElsewhere,
        _ => ShowAs::NoData,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use presence_core::Second;

    const SLOT: Duration = Duration::from_secs(100);

    type Block = (u32, u32, ShowAs);

    fn read(digits: &str, elsewhere: bool) -> Option<(Span, Vec<Block>)> {
        let window = Span::from_seconds(Second::new(0), Second::new(1_000)).unwrap();
        let agenda = agenda(digits.as_bytes(), window, SLOT, elsewhere)?;
        let meeting = |m: &Meeting| (m.span().start().get(), m.span().end().get(), m.show_as());
        Some((agenda.covered(), agenda.meetings().iter().map(meeting).collect()))
    }

    fn covered(end: u32) -> Span {
        Span::from_seconds(Second::new(0), Second::new(end)).unwrap()
    }

    /// S3.8: free, tentative, busy, out of office, and what else a slot may say.
    #[test]
    fn runs_of_digits_are_blocks() {
        use ShowAs::{Busy, NoData, OutOfOffice, Tentative, WorkingElsewhere};
        let blocks = vec![(100, 200, Tentative), (200, 400, Busy), (500, 600, OutOfOffice), (600, 700, NoData)];
        assert_eq!(read("0122035000", false), Some((covered(1_000), blocks)));
        assert_eq!(read("4000000000", false).unwrap().1, [(0, 100, NoData)]);
        assert_eq!(read("4000000000", true).unwrap().1, [(0, 100, WorkingElsewhere)]);
        assert_eq!(read("x000000000", true).unwrap().1, [(0, 100, NoData)]);
    }

    /// Fewer digits than slots leave the rest unknown; more tell nothing.
    #[test]
    fn what_the_digits_do_not_reach_is_not_covered() {
        assert_eq!(read("", true), None);
        assert_eq!(read("002", true), Some((covered(300), vec![(200, 300, ShowAs::Busy)])));
        let more = "0".repeat(9) + "2222";
        assert_eq!(read(&more, true), Some((covered(1_000), vec![(900, 1_000, ShowAs::Busy)])));
    }
}
