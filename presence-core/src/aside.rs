//! What lies beside a claim: facts that change by themselves as time passes, and texts.

use std::sync::Arc;

use crate::absence::{self, Absence};
use crate::availability::Availability;
use crate::calendar::{Agenda, Hours, Meeting, ShowAs, Span};
use crate::claim::{Value, calendar_word};
use crate::identity::Address;
use crate::manual::Manual;
use crate::note::Note;
use crate::privacy::{CalendarPolicy, Disclosure};
use crate::rich::RichState;
use crate::second::Second;

/// A fact kept beside its claim.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Aside {
    Absences(Arc<[Absence]>),
    Agenda(Arc<Agenda>),
    /// Rich presence with a text of its own.
    Custom(RichState),
    Hours(Arc<Hours>),
    Manual(Manual),
    Notes(Arc<[Note]>),
    /// The number that a telephone is diverted to.
    Number(Address),
    Reply(Span),
}

/// What a fact says at a second.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Present {
    pub(crate) word: u32,
    /// Since when, where the fact itself says so.
    pub(crate) began: Option<Second>,
    /// When that changes.
    pub(crate) next: Second,
}

/// The word of working hours that are not known now.
pub(crate) const HOURS_UNKNOWN: u32 = 2;

impl Aside {
    /// What the fact says at `now`; calendars as they are.
    pub(crate) fn present(&self, now: Second) -> Present {
        let everything = CalendarPolicy::new(Disclosure::Everything, Disclosure::Everything);
        let present = self.present_to(now, &everything, |_| true);
        // That there are notes began when they were told; what a viewer may read of them is another matter.
        let began = present.began.filter(|_| !matches!(self, Self::Notes(_)));
        Present { began, ..present }
    }

    /// What the fact says at `now` to somebody who is told this much of calendars and may read these notes.
    pub(crate) fn present_to(&self, now: Second, calendar: &CalendarPolicy, reads: impl Fn(&Note) -> bool) -> Present {
        match self {
            Self::Absences(list) => absences(list, now),
            Self::Agenda(agenda) => self::agenda(agenda, now, calendar),
            Self::Custom(state) => {
                let word = Value::Rich(state.availability, state.activity).word();
                Present { word, began: None, next: Second::NEVER }
            }
            Self::Hours(hours) => self::hours(hours, now),
            Self::Manual(manual) => manual_state(manual, now),
            Self::Notes(notes) => self::notes(notes, now, reads),
            Self::Number(_) => Present { word: 0, began: None, next: Second::NEVER },
            Self::Reply(span) => reply(*span, now),
        }
    }

    /// Whether the present word is worked out from the fact; otherwise only a text lies here.
    pub(crate) const fn has_word(&self) -> bool {
        !matches!(self, Self::Custom(_) | Self::Number(_))
    }

    /// What no claim outlives: the end of what is covered.
    pub(crate) fn covered_until(&self) -> Second {
        match self {
            Self::Agenda(agenda) => agenda.covered().end(),
            Self::Hours(hours) => hours.covered().end(),
            _ => Second::NEVER,
        }
    }
}

/// An absence's number is one that says something: without it, away.
fn said(availability: Availability) -> Availability {
    if availability.is_known() { availability } else { Availability::AWAY }
}

fn absences(list: &[Absence], now: Second) -> Present {
    let speaking = absence::speaking(list, now);
    let state = speaking.map(|absence| (said(absence.availability()), absence.activity()));
    Present {
        word: Value::Absence(state).word(),
        began: speaking.map(Absence::from),
        next: absence::next_boundary(list, now).unwrap_or(Second::NEVER),
    }
}

fn agenda(agenda: &Agenda, now: Second, policy: &CalendarPolicy) -> Present {
    let next = agenda.next_boundary(now).unwrap_or(Second::NEVER);
    let read = |meeting: &Meeting| {
        let told = if meeting.is_private() { policy.private } else { policy.ordinary };
        told.read(meeting.show_as())
    };
    let known = agenda.word_under(now, read).filter(|word| *word != ShowAs::NoData);
    let (Some(_), Some(words)) = (known, agenda.words(now)) else { return Present { word: 0, began: None, next } };
    let (open, private) = (policy.ordinary.read(words.open), words.private.and_then(|word| policy.private.read(word)));
    // Whose times are not told, of that it is not told either since when it is so.
    let times = policy.ordinary.min(policy.private) != Disclosure::Busy && policy.ordinary != Disclosure::Busy;
    let began = if times { agenda.run_start(now, read) } else { Second::MIN };
    Present { word: calendar_word(open.or(Some(ShowAs::Free)), private), began: Some(began), next }
}

fn hours(hours: &Hours, now: Second) -> Present {
    let word = hours.at(now).map_or(HOURS_UNKNOWN, |within| Value::Hours(within).word());
    Present { word, began: None, next: hours.next_boundary(now).unwrap_or(Second::NEVER) }
}

fn manual_state(manual: &Manual, now: Second) -> Present {
    if manual.is_over(now) {
        return Present { word: Value::Manual(None).word(), began: manual.until, next: Second::NEVER };
    }
    Present { word: manual_word(manual), began: None, next: manual.until.unwrap_or(Second::NEVER) }
}

/// The word of a manual state, whenever it ends.
pub(crate) fn manual_word(manual: &Manual) -> u32 {
    let state = manual.availability.is_known().then_some((manual.availability, manual.activity));
    Value::Manual(state).word()
}

fn notes(notes: &[Note], now: Second, reads: impl Fn(&Note) -> bool) -> Present {
    let live = notes.iter().filter(|note| !note.is_over(now));
    let next = live.clone().filter_map(Note::ends).min().unwrap_or(Second::NEVER);
    // Since when says no more than which notes may be read.
    let written = live.filter(|note| reads(note)).map(Note::written).max();
    Present { word: Value::Note(written.is_some()).word(), began: Some(written.unwrap_or(Second::MIN)), next }
}

fn reply(span: Span, now: Second) -> Present {
    let (word, began, next) = if now < span.start() {
        (false, None, span.start())
    } else if now < span.end() {
        (true, Some(span.start()), span.end())
    } else {
        (false, Some(span.end()), Second::NEVER)
    };
    Present { word: Value::AutomaticReply(word).word(), began, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::Activity;
    use crate::calendar::{Meeting, MeetingDraft, Sensitivity};
    use crate::claim::calendar_code;

    fn span(start: u32, end: u32) -> Span {
        Span::from_seconds(Second::new(start), Second::new(end)).unwrap()
    }

    /// A private meeting inside an open one: whoever may not know of it sees the open one alone, its times too.
    #[test]
    fn a_calendar_is_read_as_the_viewer_may() {
        let open = Meeting::new(MeetingDraft::new("a", span(100, 400)).show_as(ShowAs::Tentative));
        let private = MeetingDraft::new("b", span(200, 300)).show_as(ShowAs::OutOfOffice);
        let private = Meeting::new(private.sensitivity(Sensitivity::Private));
        let aside = Aside::Agenda(Arc::new(Agenda::new(span(0, 1000), vec![open, private])));
        let read = |ordinary, private, now| {
            let policy = CalendarPolicy::new(ordinary, private);
            let present = aside.present_to(Second::new(now), &policy, |_| true);
            (ShowAs::from_code(u8::try_from(calendar_code(present.word)).unwrap()).unwrap(), present.began)
        };
        use Disclosure::{Busy, Nothing, Times};
        assert_eq!(read(Times, Times, 250), (ShowAs::OutOfOffice, Some(Second::new(200))));
        assert_eq!(read(Times, Nothing, 250), (ShowAs::Tentative, Some(Second::new(100))));
        assert_eq!(
            read(Times, Busy, 250),
            (ShowAs::Busy, Some(Second::MIN)),
            "whose times are not told, of that no begin is"
        );
        assert_eq!(read(Busy, Nothing, 250), (ShowAs::Busy, Some(Second::MIN)));
        assert_eq!(read(Times, Nothing, 350), (ShowAs::Tentative, Some(Second::new(100))));
        assert_eq!(read(Times, Times, 350), (ShowAs::Tentative, Some(Second::new(300))));
    }

    #[test]
    fn an_automatic_reply_and_a_manual_state_end_by_themselves() {
        let reply = Aside::Reply(span(100, 200));
        let on = |now| reply.present(Second::new(now)).word == 1;
        assert_eq!((on(99), on(100), on(199), on(200)), (false, true, true, false));
        let until = chrono::DateTime::from_timestamp(500, 0).unwrap();
        let manual = Manual::new(Availability::BUSY, Activity::Busy).until(until);
        let aside = Aside::Manual(manual);
        assert_eq!(aside.present(Second::new(499)).word, manual_word(&manual));
        assert_eq!(aside.present(Second::new(499)).next, Second::new(500));
        assert_eq!(aside.present(Second::new(500)).word, Value::Manual(None).word());
    }
}
