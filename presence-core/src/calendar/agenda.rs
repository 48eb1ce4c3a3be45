//! What one calendar tells about a span of time.

use std::cmp::Reverse;
use std::fmt;

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use serde::Deserialize;

use super::hours::{Hours, merged};
use super::meeting::{Meeting, ShowAs};
use super::span::Span;
use crate::second::Second;

/// The meetings of one calendar in a covered span. Outside it the calendar is unknown.
///
/// An agenda keeps at most 100,000 meetings. Of more, those that begin last are cut off, and the covered span ends
/// where the first of them begins, so that nothing unknown looks free.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(from = "AgendaRepr")]
pub struct Agenda {
    covered: Span,
    /// Sorted by start, then end, then id.
    meetings: Box<[Meeting]>,
    /// For every meeting the latest end up to it: where that lies in the past, no earlier meeting is under way.
    reach: Box<[Second]>,
    /// Begins and ends of counting meetings, and both edges of `covered`.
    boundaries: Box<[Second]>,
}

impl Agenda {
    /// Sorts `meetings`, and leaves out exact duplicates and what lies outside `covered`.
    #[must_use]
    pub fn new(covered: Span, mut meetings: Vec<Meeting>) -> Self {
        meetings.retain(|meeting| meeting.span().overlaps(covered));
        meetings.sort_unstable_by(Meeting::order);
        meetings.dedup();
        let covered = limit(covered, &mut meetings);
        Self {
            covered,
            reach: reach(&meetings),
            boundaries: boundaries(covered, &meetings),
            meetings: meetings.into_boxed_slice(),
        }
    }

    /// The span about which the calendar tells.
    #[must_use]
    pub const fn covered(&self) -> Span {
        self.covered
    }

    /// The meetings by start, then end, then id; also those that do not count.
    #[must_use]
    pub const fn meetings(&self) -> &[Meeting] {
        &self.meetings
    }

    /// The meeting that speaks at `now`; `None` when there is none, and outside the covered span.
    ///
    /// Of those that count it is the most restrictive one; of equals the timed before the all-day, then the shorter,
    /// then the later start, then the lower id.
    #[must_use]
    pub fn at(&self, now: Second) -> Option<&Meeting> {
        self.counting(now).max_by_key(|meeting| {
            let (span, timed) = (meeting.span(), !meeting.is_all_day());
            (meeting.show_as(), timed, Reverse(span.length()), span.start(), Reverse(meeting.id()))
        })
    }

    /// The meeting that speaks at `now` among those that `show` shows, as it shows it.
    pub fn at_under<T>(&self, now: Second, show: impl Fn(&Meeting) -> Option<T>) -> Option<T> {
        let mut shown: Vec<_> = self.counting(now).filter_map(|meeting| Some((meeting, show(meeting)?))).collect();
        shown.sort_by_key(|(meeting, _)| {
            let (span, timed) = (meeting.span(), !meeting.is_all_day());
            (meeting.show_as(), timed, Reverse(span.length()), span.start(), Reverse(meeting.id()))
        });
        shown.pop().map(|(_, view)| view)
    }

    /// What the open and what the private meetings say at `now`; `None` outside the covered span.
    #[must_use]
    pub fn words(&self, now: Second) -> Option<Words> {
        let open = self.word_under(now, |meeting| (!meeting.is_private()).then(|| meeting.show_as()))?;
        let private = self.counting(now).filter(|meeting| meeting.is_private()).map(Meeting::show_as).max();
        Some(Words { open, private })
    }

    /// What the agenda says at `now` under a reading; `None` outside the covered span.
    ///
    /// `read` says what a meeting that counts is taken for, or leaves it out. Where nothing speaks, the word is free.
    #[must_use]
    pub fn word_under(&self, now: Second, read: impl Fn(&Meeting) -> Option<ShowAs>) -> Option<ShowAs> {
        let word = || self.counting(now).filter_map(&read).fold(ShowAs::Free, ShowAs::max);
        let blank = |meeting: &Meeting| is_blank(meeting) && read(meeting).is_some();
        // "No data" is not free: what does not bind is not believed while the calendar says that it does not know.
        let sure = |word: ShowAs| if !word.is_busy() && self.under_way(now).any(blank) { ShowAs::NoData } else { word };
        self.covered.contains(now).then(|| sure(word()))
    }

    /// Since when the agenda says, under a reading, what it says at `now`.
    ///
    /// Touching and overlapping meetings with the same word are one run. It begins where the covered span begins at
    /// the earliest; where nothing is known the answer is `now`.
    #[must_use]
    pub fn run_start(&self, now: Second, read: impl Fn(&Meeting) -> Option<ShowAs>) -> Second {
        let Some(word) = self.word_under(now, &read).filter(|word| *word != ShowAs::NoData) else { return now };
        let mut after_louder = self.covered.start();
        let mut run: Option<Span> = None;
        for meeting in self.begun(now).iter().filter(|meeting| meeting.stands()) {
            let told = read(meeting);
            let (span, read, told) = (meeting.span(), told.unwrap_or(ShowAs::Free), told.is_some());
            if read > word || is_blank(meeting) && told && !word.is_busy() {
                after_louder = after_louder.max(span.end());
            } else if read == word {
                run = Some(joined(run, span));
            }
        }
        // What speaks now lies in the last of the runs. A free run needs no meeting to carry it.
        let carried = run.filter(|_| word > ShowAs::Free).map_or(Second::MIN, Span::start);
        after_louder.max(carried)
    }

    /// The first begin or end of a counting meeting, or edge of the covered span, strictly after `now`.
    ///
    /// Before it nothing that this agenda says about now can change.
    #[must_use]
    pub fn next_boundary(&self, now: Second) -> Option<Second> {
        let passed = self.boundaries.partition_point(|boundary| *boundary <= now);
        self.boundaries.get(passed).copied()
    }

    /// Whether the calendar begins or ceases at `at` to know anything, under a reading: an edge of what is covered, or of
    /// a meeting without data.
    pub(crate) fn is_edge_of_the_known(&self, at: Second, read: impl Fn(&Meeting) -> Option<ShowAs>) -> bool {
        let touches = |span: Span| span.start() == at || span.end() == at;
        let blank = |meeting: &&Meeting| is_blank(meeting) && read(meeting).is_some();
        touches(self.covered) || self.meetings.iter().filter(blank).any(|meeting| touches(meeting.span()))
    }

    /// Until when the owner is free in the calendar, seen from `now`.
    ///
    /// Busy and out of office block, tentative does if `tentative_blocks`. What the calendar has no data about is as
    /// unknown as what lies outside the covered span.
    #[must_use]
    pub fn free_until(&self, now: Second, tentative_blocks: bool) -> FreeUntil {
        if self.counting(now).any(|meeting| blocks(meeting, tentative_blocks)) {
            return FreeUntil::NotFree;
        }
        if !self.covered.contains(now) || self.under_way(now).any(is_blank) {
            return FreeUntil::Unknown;
        }
        let ahead = self.meetings.get(self.begun(now).len()..).unwrap_or_default();
        match ahead.iter().find(|meeting| blocks(meeting, tentative_blocks) || is_blank(meeting)) {
            None => FreeUntil::AtLeastUntil(self.covered.end()),
            Some(meeting) if is_blank(meeting) => FreeUntil::AtLeastUntil(meeting.span().start()),
            Some(meeting) => FreeUntil::Until(meeting.span().start()),
        }
    }

    /// The first free slot of `length_seconds` at or after `from`: in the covered span, where the calendar has data,
    /// and in working hours if they are given. There is no slot without length.
    #[must_use]
    pub fn next_free(
        &self,
        from: Second,
        length_seconds: u32,
        tentative_blocks: bool,
        within: Option<&Hours>,
    ) -> Option<Span> {
        self.gaps(from, tentative_blocks).find_map(|gap| match within {
            None => slot(gap, length_seconds),
            Some(hours) => slot_within(gap, length_seconds, hours),
        })
    }

    /// The meetings of one civil date, as a viewer in `zone` sees it; also those that do not count.
    ///
    /// Timed meetings are those that overlap [`day_span`](Self::day_span). All-day meetings go by their civil dates,
    /// which no zone moves.
    pub fn day<'a, Tz: TimeZone>(
        &'a self,
        date: NaiveDate,
        zone: &Tz,
    ) -> impl Iterator<Item = &'a Meeting> + use<'a, Tz> {
        let day = Self::day_span(date, zone);
        self.meetings.iter().filter(move |meeting| match meeting.days() {
            Some((first, after)) => first <= date && date < after,
            None => day.is_some_and(|day| meeting.span().overlaps(day)),
        })
    }

    /// Local `[00:00, next 00:00)` of `date` in `zone`, with the 23 or 25 hours that it has.
    ///
    /// A midnight that does not exist is the first instant after it, one that exists twice is the first. `None` for a
    /// date that the zone left out, and outside of what can be counted.
    #[must_use]
    pub fn day_span<Tz: TimeZone>(date: NaiveDate, zone: &Tz) -> Option<Span> {
        Span::from_seconds(midnight(date, zone)?, midnight(date.succ_opt()?, zone)?).ok()
    }

    /// Meetings that begin at or before `now`.
    fn begun(&self, now: Second) -> &[Meeting] {
        let begun = self.meetings.partition_point(|meeting| meeting.span().start() <= now);
        self.meetings.get(..begun).unwrap_or_default()
    }

    fn under_way(&self, now: Second) -> impl Iterator<Item = &Meeting> {
        let begun = self.begun(now);
        let reach = self.reach.get(..begun.len()).unwrap_or_default();
        let reaching = begun.iter().zip(reach).rev().take_while(move |(_, reach)| **reach > now);
        reaching.map(|(meeting, _)| meeting).filter(move |meeting| meeting.span().contains(now))
    }

    /// Counting meetings under way, if `now` is covered.
    fn counting(&self, now: Second) -> impl Iterator<Item = &Meeting> {
        let covered = self.covered.contains(now);
        self.under_way(now).filter(move |meeting| covered && meeting.counts())
    }

    /// What is free for certain from `from` on, in order.
    fn gaps(&self, from: Second, tentative_blocks: bool) -> impl Iterator<Item = Span> {
        let taken = self.meetings.iter().filter(|meeting| blocks(meeting, tentative_blocks) || is_blank(meeting));
        let taken = merged(taken.map(Meeting::span).collect());
        let mut free_from = self.covered.start().max(from);
        let edges = taken.into_iter().map(|span| (span.start(), span.end()));
        edges.chain([(self.covered.end(), Second::NEVER)]).filter_map(move |(start, end)| {
            let gap = Span::from_seconds(free_from, start).ok();
            free_from = free_from.max(end);
            gap
        })
    }
}

impl fmt::Debug for Agenda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Agenda")
            .field("covered", &self.covered)
            .field("meetings", &self.meetings)
            .finish_non_exhaustive()
    }
}

/// What an agenda says at one time.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Words {
    /// The most restrictive of the meetings that are not private; free when there is none.
    pub open: ShowAs,
    /// The most restrictive of the private meetings.
    pub private: Option<ShowAs>,
}

/// Until when somebody is free in the calendar.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum FreeUntil {
    /// Not free now.
    NotFree,
    /// Free until then.
    Until(Second),
    /// Free until then; what follows is unknown.
    AtLeastUntil(Second),
    /// The calendar does not know about now.
    Unknown,
}

/// The form in which an agenda is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgendaRepr {
    covered: Span,
    #[serde(default)]
    meetings: Vec<Meeting>,
}

impl From<AgendaRepr> for Agenda {
    fn from(repr: AgendaRepr) -> Self {
        Self::new(repr.covered, repr.meetings)
    }
}

const MAX_MEETINGS: usize = 100_000;

/// Cuts `meetings` to their limit, and gives what is still covered.
fn limit(covered: Span, meetings: &mut Vec<Meeting>) -> Span {
    let Some(cut) = meetings.get(MAX_MEETINGS) else { return covered };
    if let Ok(shorter) = Span::from_seconds(covered.start(), cut.span().start()) {
        meetings.retain(|meeting| meeting.span().overlaps(shorter));
        shorter
    } else {
        // So many at the very beginning: nothing is known for certain, so cover a second of which nobody asks.
        meetings.clear();
        Span::from_seconds(Second::MIN, Second::MIN.plus(1)).unwrap_or(covered)
    }
}

fn reach(meetings: &[Meeting]) -> Box<[Second]> {
    let ends = meetings.iter().map(|meeting| meeting.span().end());
    ends.scan(Second::MIN, |latest, end| {
        *latest = end.max(*latest);
        Some(*latest)
    })
    .collect()
}

fn boundaries(covered: Span, meetings: &[Meeting]) -> Box<[Second]> {
    let counting = meetings.iter().filter(|meeting| meeting.stands()).filter_map(|m| m.span().intersection(covered));
    let mut all: Vec<Second> = counting.chain([covered]).flat_map(|span| [span.start(), span.end()]).collect();
    all.sort_unstable();
    all.dedup();
    all.into_boxed_slice()
}

fn blocks(meeting: &Meeting, tentative_blocks: bool) -> bool {
    let word = meeting.show_as();
    meeting.counts() && (word.is_busy() || tentative_blocks && word == ShowAs::Tentative)
}

/// Whether the calendar says with it that it does not know.
fn is_blank(meeting: &Meeting) -> bool {
    meeting.stands() && meeting.show_as() == ShowAs::NoData
}

/// `run` with `next`, which begins no earlier; `next` alone when they do not touch.
fn joined(run: Option<Span>, next: Span) -> Span {
    let touching = run.filter(|run| next.start() <= run.end());
    touching.and_then(|run| Span::from_seconds(run.start(), run.end().max(next.end())).ok()).unwrap_or(next)
}

fn slot(gap: Span, length: u32) -> Option<Span> {
    let fits = gap.length() >= length;
    fits.then(|| Span::from_seconds(gap.start(), gap.start().plus(length)).ok()).flatten()
}

fn slot_within(gap: Span, length: u32, hours: &Hours) -> Option<Span> {
    let open = hours.ending_after(gap.start()).iter().map_while(|span| span.intersection(gap));
    open.into_iter().find_map(|span| slot(span, length))
}

/// The first instant of `date` in `zone`.
fn midnight<Tz: TimeZone>(date: NaiveDate, zone: &Tz) -> Option<Second> {
    // Far outside the seconds that can be counted, local times can overflow.
    let countable = (1969..=2107).contains(&date.year());
    let local = countable.then(|| date.and_time(NaiveTime::MIN))?;
    match zone.from_local_datetime(&local).earliest() {
        Some(midnight) => Some(Second::floor(midnight.with_timezone(&Utc))),
        None => Some(Second::floor(first_instant_after(local, zone).and_utc())),
    }
}

/// The instant, in UTC, at which the clocks of `zone` jump over `local`.
fn first_instant_after<Tz: TimeZone>(local: NaiveDateTime, zone: &Tz) -> NaiveDateTime {
    // No zone is a day away from UTC, so the jump is less than a day from `local` read as UTC.
    let (mut before, mut after) = (-DAY_SECONDS, DAY_SECONDS);
    let utc = |seconds| local + TimeDelta::seconds(seconds);
    while after - before > 1 {
        let middle = i64::midpoint(before, after);
        if zone.from_utc_datetime(&utc(middle)).naive_local() < local {
            before = middle;
        } else {
            after = middle;
        }
    }
    utc(after)
}

const DAY_SECONDS: i64 = 86_400;

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use chrono_tz::Tz;
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::{MeetingDraft, Sensitivity};

    const HORIZON: u32 = 60;

    fn s(second: u32) -> Second {
        Second::new(second)
    }

    fn span(start: u32, end: u32) -> Span {
        Span::from_seconds(s(start), s(end)).unwrap()
    }

    fn draft(uid: &str, start: u32, end: u32, show_as: ShowAs) -> MeetingDraft {
        MeetingDraft::new(uid, span(start, end)).show_as(show_as)
    }

    fn meeting(start: u32, end: u32, show_as: ShowAs) -> Meeting {
        Meeting::new(draft("a", start, end, show_as))
    }

    fn agenda(meetings: impl IntoIterator<Item = Meeting>) -> Agenda {
        Agenda::new(span(0, 1000), meetings.into_iter().collect())
    }

    fn plain(meeting: &Meeting) -> Option<ShowAs> {
        Some(meeting.show_as())
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn timed(start: &str, end: &str) -> Meeting {
        Meeting::new(MeetingDraft::new(start, Span::new(utc(start), utc(end)).unwrap()))
    }

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn year_2026(meetings: Vec<Meeting>) -> Agenda {
        Agenda::new(Span::new(utc("2026-01-01T00:00:00Z"), utc("2027-01-01T00:00:00Z")).unwrap(), meetings)
    }

    #[test]
    fn meetings_are_sorted_and_exact_duplicates_removed() {
        let (early, late) = (meeting(10, 20, ShowAs::Busy), meeting(10, 30, ShowAs::Busy));
        let free = meeting(10, 20, ShowAs::Free);
        let agenda = agenda([late.clone(), early.clone(), free.clone(), early.clone(), late.clone()]);
        assert_eq!(agenda.meetings(), [free, early, late]);
    }

    #[test]
    fn what_lies_outside_the_covered_span_is_left_out() {
        let agenda = Agenda::new(span(100, 200), vec![meeting(90, 100, ShowAs::Busy), meeting(200, 210, ShowAs::Busy)]);
        assert_eq!(agenda.meetings(), []);
        assert_eq!(agenda.words(s(99)), None);
        assert_eq!(agenda.words(s(200)), None);
        assert_eq!(agenda.words(s(100)), Some(Words { open: ShowAs::Free, private: None }));
        let boundaries: Vec<_> = [0, 100, 199, 200].into_iter().map(|now| agenda.next_boundary(s(now))).collect();
        assert_eq!(boundaries, [Some(s(100)), Some(s(200)), Some(s(200)), None]);
    }

    #[test]
    fn an_agenda_that_is_too_long_covers_less() {
        let count = u32::try_from(MAX_MEETINGS).unwrap() + 10;
        let meetings = (0..count).map(|i| meeting(i, i + 1, ShowAs::Free)).collect();
        let agenda = Agenda::new(span(0, count), meetings);
        assert_eq!(agenda.meetings().len(), MAX_MEETINGS);
        assert_eq!(agenda.covered(), span(0, count - 10));
        assert_eq!(agenda.words(s(count - 1)), None);
        assert_eq!(agenda.free_until(s(5), true), FreeUntil::AtLeastUntil(s(count - 10)));
    }

    #[test]
    fn an_agenda_that_is_too_long_at_once_covers_nothing() {
        let count = u32::try_from(MAX_MEETINGS).unwrap() + 10;
        let meetings = (0..count).map(|i| meeting(50, 200 + i, ShowAs::Busy)).collect();
        let agenda = Agenda::new(span(100, 1000), meetings);
        assert_eq!(agenda.words(s(100)), None);
        assert_eq!(agenda.free_until(s(100), true), FreeUntil::Unknown);
    }

    #[test]
    fn what_begins_with_the_first_that_is_cut_off_is_cut_off_too() {
        let count = u32::try_from(MAX_MEETINGS).unwrap() + 10;
        let meetings = (0..count).map(|i| meeting(if i < 50 { 10 } else { 20 }, 30 + i, ShowAs::Busy)).collect();
        let agenda = Agenda::new(span(0, 1000), meetings);
        assert_eq!((agenda.meetings().len(), agenda.covered()), (50, span(0, 20)));
    }

    #[test]
    fn the_most_restrictive_meeting_speaks() {
        let words = [ShowAs::Free, ShowAs::WorkingElsewhere, ShowAs::Tentative, ShowAs::Busy, ShowAs::OutOfOffice];
        for (quiet, loud) in words.iter().zip(words.iter().skip(1)) {
            let agenda = agenda([meeting(40, 60, *quiet), meeting(0, 100, *loud)]);
            assert_eq!(agenda.at(s(50)).unwrap().show_as(), *loud);
        }
    }

    #[test]
    fn of_equals_the_timed_then_the_shorter_then_the_later_then_the_lower_id_speaks() {
        let day = (date("1970-01-01"), date("1970-01-02"));
        let all_day = Meeting::new(draft("a", 45, 55, ShowAs::Busy).all_day(day.0, day.1));
        let long = meeting(30, 70, ShowAs::Busy);
        let short = meeting(40, 60, ShowAs::Busy);
        let later = meeting(41, 61, ShowAs::Busy);
        let twin = Meeting::new(draft("b", 41, 61, ShowAs::Busy));
        let lower = if twin.id() < later.id() { &twin } else { &later };
        assert_eq!(agenda([all_day.clone(), long.clone()]).at(s(50)), Some(&long));
        assert_eq!(agenda([all_day, long.clone(), short.clone()]).at(s(50)), Some(&short));
        assert_eq!(agenda([later.clone(), long, short.clone()]).at(s(50)), Some(&later));
        assert_eq!(agenda([later.clone(), twin.clone(), short]).at(s(50)), Some(lower));
    }

    #[test]
    fn what_does_not_count_does_not_speak() {
        let gone = [
            Meeting::new(draft("a", 10, 20, ShowAs::Busy).cancelled(true)),
            Meeting::new(draft("b", 10, 20, ShowAs::Busy).declined(true)),
            meeting(10, 20, ShowAs::NoData),
        ];
        let agenda = agenda(gone);
        assert_eq!(agenda.at(s(15)), None);
        // No data is not free: from its begin to its end the calendar says that it does not know.
        let word = |second| agenda.words(s(second)).map(|words| words.open);
        assert_eq!((word(9), word(10), word(20)), (Some(ShowAs::Free), Some(ShowAs::NoData), Some(ShowAs::Free)));
        assert_eq!(agenda.next_boundary(s(5)), Some(s(10)));
    }

    #[test]
    fn open_and_private_words_are_kept_apart() {
        let private = Meeting::new(draft("a", 10, 30, ShowAs::OutOfOffice).sensitivity(Sensitivity::Private));
        let agenda = agenda([private, meeting(20, 40, ShowAs::Tentative)]);
        let words = |now| agenda.words(s(now)).map(|words| (words.open, words.private));
        assert_eq!(words(5), Some((ShowAs::Free, None)));
        assert_eq!(words(10), Some((ShowAs::Free, Some(ShowAs::OutOfOffice))));
        assert_eq!(words(29), Some((ShowAs::Tentative, Some(ShowAs::OutOfOffice))));
        assert_eq!(words(30), Some((ShowAs::Tentative, None)));
    }

    #[test]
    fn a_run_goes_back_over_touching_meetings() {
        let back_to_back = agenda([meeting(10, 20, ShowAs::Busy), meeting(20, 30, ShowAs::Busy)]);
        assert_eq!(back_to_back.run_start(s(25), plain), s(10));
        assert_eq!(back_to_back.run_start(s(30), plain), s(30));
        assert_eq!(back_to_back.run_start(s(5), plain), s(0));
        assert_eq!(back_to_back.run_start(s(1000), plain), s(1000));
        let broken = agenda([meeting(10, 19, ShowAs::Busy), meeting(20, 30, ShowAs::Busy)]);
        assert_eq!(broken.run_start(s(25), plain), s(20));
    }

    #[test]
    fn no_text_is_printed() {
        let telling = draft("uid-canary", 10, 20, ShowAs::Busy).subject("subject-canary").place("place-canary");
        let open = Meeting::new(telling.clone().organiser("organiser-canary"));
        let private = Meeting::new(telling.sensitivity(Sensitivity::Confidential));
        let printed = format!("{:?} {0:#?}", agenda([open, private]));
        assert!(!printed.contains("canary"));
    }

    #[test]
    fn free_until_the_next_meeting_that_blocks() {
        let agenda = agenda([
            meeting(100, 200, ShowAs::Busy),
            meeting(300, 310, ShowAs::WorkingElsewhere),
            meeting(400, 500, ShowAs::Tentative),
            meeting(600, 700, ShowAs::OutOfOffice),
        ]);
        assert_eq!(agenda.free_until(s(50), true), FreeUntil::Until(s(100)));
        assert_eq!(agenda.free_until(s(150), true), FreeUntil::NotFree);
        assert_eq!(agenda.free_until(s(200), true), FreeUntil::Until(s(400)));
        assert_eq!(agenda.free_until(s(450), true), FreeUntil::NotFree);
        assert_eq!(agenda.free_until(s(450), false), FreeUntil::Until(s(600)));
        assert_eq!(agenda.free_until(s(700), true), FreeUntil::AtLeastUntil(s(1000)));
        assert_eq!(agenda.free_until(s(1000), true), FreeUntil::Unknown);
    }

    #[test]
    fn no_data_is_never_free() {
        let agenda = agenda([meeting(100, 200, ShowAs::NoData), meeting(150, 160, ShowAs::Busy)]);
        assert_eq!(agenda.free_until(s(50), true), FreeUntil::AtLeastUntil(s(100)));
        assert_eq!(agenda.free_until(s(120), true), FreeUntil::Unknown);
        assert_eq!(agenda.free_until(s(155), true), FreeUntil::NotFree);
        assert_eq!(agenda.next_free(s(50), 60, true, None), Some(span(200, 260)));
    }

    #[test]
    fn the_next_free_slot_is_the_first_that_is_long_enough() {
        let agenda = agenda([
            meeting(100, 300, ShowAs::Busy),
            meeting(150, 200, ShowAs::OutOfOffice),
            meeting(350, 400, ShowAs::Tentative),
            meeting(500, 990, ShowAs::Busy),
        ]);
        let slot = |from, length, tentative| agenda.next_free(s(from), length, tentative, None);
        assert_eq!(slot(0, 100, true), Some(span(0, 100)));
        assert_eq!(slot(1, 100, true), Some(span(400, 500)));
        assert_eq!(slot(1, 100, false), Some(span(300, 400)));
        assert_eq!(slot(170, 50, true), Some(span(300, 350)));
        assert_eq!(slot(450, 51, true), None);
        assert_eq!(slot(985, 10, true), Some(span(990, 1000)));
        assert_eq!(slot(991, 10, true), None);
        assert_eq!(slot(0, 0, true), None);
        assert_eq!(slot(u32::MAX, u32::MAX, true), None);
    }

    #[test]
    fn the_next_free_slot_lies_in_working_hours() {
        let agenda = agenda([meeting(100, 300, ShowAs::Busy)]);
        let hours = Hours::new(span(0, 700), vec![span(80, 120), span(280, 330), span(600, 2000)]);
        let slot = |from, length| agenda.next_free(s(from), length, true, Some(&hours));
        assert_eq!(slot(0, 20), Some(span(80, 100)));
        assert_eq!(slot(0, 30), Some(span(300, 330)));
        assert_eq!(slot(0, 31), Some(span(600, 631)));
        assert_eq!(slot(650, 51), None);
    }

    /// S0.21
    #[test]
    fn days_have_23_and_25_hours_in_stockholm() {
        let hours = |day| Agenda::day_span(date(day), &Tz::Europe__Stockholm).unwrap().length() / 3600;
        assert_eq!([hours("2026-03-28"), hours("2026-03-29"), hours("2026-03-30")], [24, 23, 24]);
        assert_eq!([hours("2026-10-24"), hours("2026-10-25"), hours("2026-10-26")], [24, 25, 24]);
    }

    /// S0.21: the arrows step from day to day, and every meeting is on its own.
    #[test]
    fn stepping_over_the_days_of_daylight_saving_shows_every_meeting_once() {
        for (night, last, days) in [
            ("2026-03-28T22:30:00Z", "2026-03-29T21:30:00Z", ["2026-03-28", "2026-03-29", "2026-03-30"]),
            ("2026-10-24T21:30:00Z", "2026-10-25T22:30:00Z", ["2026-10-24", "2026-10-25", "2026-10-26"]),
        ] {
            let half_hour = |start: &str| timed(start, &start.replace(":30:00", ":59:59"));
            let agenda = year_2026(vec![half_hour(night), half_hour(last)]);
            let starts = days
                .map(|day| agenda.day(date(day), &Tz::Europe__Stockholm).map(|m| m.span().start()).collect::<Vec<_>>());
            let at = |text| vec![Second::floor(utc(text))];
            assert_eq!(starts, [at(night), at(last), vec![]]);
        }
    }

    /// S0.22: any date can be picked.
    #[test]
    fn any_date_can_be_asked_for() {
        let agenda = year_2026(vec![timed("2026-07-01T22:00:00Z", "2026-07-02T22:00:00Z")]);
        let count = |day| agenda.day(day, &Tz::Europe__Stockholm).count();
        assert_eq!([count(date("2026-07-01")), count(date("2026-07-02")), count(date("2026-07-03"))], [0, 1, 0]);
        for day in [NaiveDate::MIN, NaiveDate::MAX, date("1969-12-31"), date("1900-01-01"), date("2106-02-08")] {
            assert_eq!(count(day), 0);
        }
    }

    #[test]
    fn all_day_meetings_go_by_their_date_in_every_zone() {
        // A day in Auckland, thirteen hours ahead of UTC.
        let span = Span::new(utc("2026-01-14T11:00:00Z"), utc("2026-01-15T11:00:00Z")).unwrap();
        let day = MeetingDraft::new("a", span).all_day(date("2026-01-15"), date("2026-01-16"));
        let agenda = year_2026(vec![Meeting::new(day)]);
        for zone in [Tz::Pacific__Auckland, Tz::Pacific__Honolulu, Tz::Europe__Stockholm] {
            let count = |day| agenda.day(date(day), &zone).count();
            assert_eq!([count("2026-01-14"), count("2026-01-15"), count("2026-01-16")], [0, 1, 0], "{zone}");
        }
    }

    #[test]
    fn a_midnight_that_does_not_exist_is_the_first_instant_after_it() {
        let day = Agenda::day_span(date("2018-11-04"), &Tz::America__Sao_Paulo).unwrap();
        assert_eq!(day, Span::new(utc("2018-11-04T03:00:00Z"), utc("2018-11-05T02:00:00Z")).unwrap());
    }

    #[test]
    fn a_midnight_that_exists_twice_is_the_first() {
        // At 00:01 the clocks of Newfoundland went back to 23:01 of the day before.
        let day = Agenda::day_span(date("2010-11-07"), &Tz::America__St_Johns).unwrap();
        assert_eq!(day, Span::new(utc("2010-11-07T02:30:00Z"), utc("2010-11-08T03:30:00Z")).unwrap());
    }

    #[test]
    fn a_date_that_a_zone_left_out_has_no_span() {
        // Samoa went over the date line.
        assert_eq!(Agenda::day_span(date("2011-12-30"), &Tz::Pacific__Apia), None);
        let before = Agenda::day_span(date("2011-12-29"), &Tz::Pacific__Apia).unwrap();
        let after = Agenda::day_span(date("2011-12-31"), &Tz::Pacific__Apia).unwrap();
        assert_eq!(before.end(), after.start());
    }

    #[test]
    fn an_agenda_is_read_through_the_constructor() {
        let json = r#"{
            "covered": {"start": "1970-01-01T00:00:00Z", "end": "1970-01-01T00:16:40Z"},
            "meetings": [{"uid": "a", "span": {"start": "1970-01-01T00:00:10Z", "end": "1970-01-01T00:00:20Z"}}]
        }"#;
        assert_eq!(serde_json::from_str::<Agenda>(json).unwrap(), agenda([meeting(10, 20, ShowAs::Busy)]));
    }

    fn meetings() -> impl Strategy<Value = Vec<Meeting>> {
        let one = (0..HORIZON, 1..20_u32, 0..6_u8, any::<bool>(), 0..8_u8).prop_map(
            |(start, length, code, private, gone)| {
                let draft = draft("a", start, start + length, ShowAs::from_code(code).unwrap()).cancelled(gone == 0);
                Meeting::new(if private { draft.sensitivity(Sensitivity::Private) } else { draft })
            },
        );
        prop::collection::vec(one, 0..8)
    }

    fn covered() -> impl Strategy<Value = Span> {
        (0..20_u32, 1..60_u32).prop_map(|(start, length)| span(start, start + length))
    }

    type Reading = fn(&Meeting) -> Option<ShowAs>;

    /// All, only the open ones, and busy for everything that is more than working elsewhere.
    const READINGS: [Reading; 3] = [
        plain,
        |meeting| (!meeting.is_private()).then(|| meeting.show_as()),
        |meeting| (meeting.show_as() > ShowAs::WorkingElsewhere).then_some(ShowAs::Busy),
    ];

    fn brute_word(covered: Span, meetings: &[Meeting], now: u32, read: Reading) -> Option<ShowAs> {
        if !covered.contains(s(now)) {
            return None;
        }
        let speaking = meetings.iter().filter(|meeting| meeting.counts() && meeting.span().contains(s(now)));
        let word = speaking.filter_map(read).max().unwrap_or(ShowAs::Free);
        let blank = |meeting: &Meeting| {
            let stands = !meeting.is_cancelled() && !meeting.is_declined();
            stands && meeting.show_as() == ShowAs::NoData && read(meeting).is_some()
        };
        let unsure = meetings.iter().any(|meeting| blank(meeting) && meeting.span().contains(s(now)));
        Some(if unsure && !word.is_busy() { ShowAs::NoData } else { word })
    }

    fn brute_run_start(covered: Span, meetings: &[Meeting], now: u32, read: Reading) -> u32 {
        let word = |second| brute_word(covered, meetings, second, read);
        let Some(present) = word(now).filter(|word| *word != ShowAs::NoData) else { return now };
        (0..=now).rev().take_while(|second| word(*second) == Some(present)).last().unwrap()
    }

    fn brute_free(covered: Span, meetings: &[Meeting], second: u32, tentative: bool) -> bool {
        let taken = |meeting: &Meeting| {
            let word = meeting.show_as();
            word.is_busy() || word == ShowAs::NoData || tentative && word == ShowAs::Tentative
        };
        let mut standing = meetings.iter().filter(|meeting| !meeting.is_cancelled());
        covered.contains(s(second)) && !standing.any(|meeting| taken(meeting) && meeting.span().contains(s(second)))
    }

    proptest! {
        #[test]
        fn words_and_runs_are_those_of_every_second(covered in covered(), meetings in meetings()) {
            let agenda = Agenda::new(covered, meetings.clone());
            for read in READINGS {
                for now in 0..2 * HORIZON {
                    let word = brute_word(covered, &meetings, now, read);
                    prop_assert_eq!(agenda.word_under(s(now), read), word, "{}", now);
                    let start = brute_run_start(covered, &meetings, now, read);
                    prop_assert_eq!(agenda.run_start(s(now), read), s(start), "{}", now);
                }
            }
        }

        #[test]
        fn nothing_changes_before_the_next_boundary(covered in covered(), meetings in meetings(), now in 0..HORIZON) {
            let agenda = Agenda::new(covered, meetings);
            let next = agenda.next_boundary(s(now)).map_or(2 * HORIZON, Second::get);
            prop_assert!(next > now);
            for second in now..next {
                prop_assert_eq!(agenda.words(s(second)), agenda.words(s(now)));
                prop_assert_eq!(agenda.at(s(second)), agenda.at(s(now)));
            }
        }

        #[test]
        fn the_next_free_slot_is_that_of_every_second(
            covered in covered(),
            meetings in meetings(),
            hours in prop::option::of(prop::collection::vec((0..HORIZON, 1..30_u32), 0..4)),
            from in 0..HORIZON,
            length in 1..20_u32,
            tentative in any::<bool>(),
        ) {
            let spans = |list: Vec<(u32, u32)>| list.into_iter().map(|(start, length)| span(start, start + length));
            let hours = hours.map(|list| Hours::new(span(0, 2 * HORIZON), spans(list).collect()));
            let free = |second| {
                brute_free(covered, &meetings, second, tentative)
                    && hours.as_ref().is_none_or(|hours| hours.at(s(second)) == Some(true))
            };
            let brute = (from..2 * HORIZON).find(|start| (*start..start + length).all(free));
            let slot = Agenda::new(covered, meetings.clone()).next_free(s(from), length, tentative, hours.as_ref());
            prop_assert_eq!(slot, brute.map(|start| span(start, start + length)));
        }

        #[test]
        fn free_until_is_that_of_every_second(
            covered in covered(), meetings in meetings(), now in 0..HORIZON, tentative in any::<bool>(),
        ) {
            let free = |second| brute_free(covered, &meetings, second, tentative);
            match Agenda::new(covered, meetings.clone()).free_until(s(now), tentative) {
                FreeUntil::Until(end) | FreeUntil::AtLeastUntil(end) => {
                    prop_assert!((now..end.get()).all(free) && !free(end.get()));
                }
                FreeUntil::NotFree | FreeUntil::Unknown => prop_assert!(!free(now)),
            }
        }

        #[test]
        fn the_order_of_arrival_does_not_matter(covered in covered(), meetings in meetings()) {
            let reversed = meetings.iter().rev().chain(&meetings).cloned().collect();
            prop_assert_eq!(Agenda::new(covered, meetings), Agenda::new(covered, reversed));
        }

        /// S0.21
        #[test]
        fn every_minute_of_a_timed_meeting_lies_in_exactly_one_local_day(
            zone in prop::sample::select(vec![
                Tz::America__Sao_Paulo, Tz::Europe__Stockholm, Tz::Asia__Kathmandu, Tz::Australia__Lord_Howe,
            ]),
            around in prop::sample::select(vec![
                // Changes of the clocks in three of the zones, and that of Kathmandu to +05:45.
                "2018-11-04T03:00:00Z", "2018-02-18T02:00:00Z", "2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z",
                "2026-10-03T15:30:00Z", "2026-04-04T15:00:00Z", "1985-12-31T18:30:00Z", "2026-06-15T12:00:00Z",
            ]),
            minutes_before in 0..3000_u32,
            length in 1..3000_u32,
        ) {
            let start = Second::floor(utc(around)).minus(60 * minutes_before);
            let whole = Span::from_seconds(start, start.plus(60 * length)).unwrap();
            let agenda = Agenda::new(whole, vec![Meeting::new(MeetingDraft::new("a", whole))]);
            let first = whole.start().time().unwrap().with_timezone(&zone).date_naive();
            let days: Vec<(NaiveDate, Span)> = first.pred_opt().unwrap().iter_days().take(6)
                .map(|day| (day, Agenda::day_span(day, &zone).unwrap())).collect();
            for minute in (0..length).map(|minute| whole.start().plus(60 * minute)) {
                let holding: Vec<_> = days.iter().filter(|(_, day)| day.contains(minute)).collect();
                prop_assert_eq!(holding.len(), 1);
                let local = minute.time().unwrap().with_timezone(&zone).date_naive();
                prop_assert_eq!(holding[0].0, local);
                prop_assert_eq!(agenda.day(local, &zone).count(), 1);
            }
            for (day, span) in days {
                prop_assert_eq!(agenda.day(day, &zone).count() == 1, span.overlaps(whole));
            }
        }
    }
}
