//! The only things about a person that go out: rows, cards and meetings, made for a class of viewers.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use crate::absence::{Absence, AbsenceReason};
use crate::activity::Activity;
use crate::availability::Availability;
use crate::calendar::{Appearance, Meeting, MeetingId, ShowAs, Span};
use crate::confidential::MASK;
use crate::device::Device;
use crate::diagnostics::Mode;
use crate::directory::{PlaceKind, Trust};
use crate::explanation::Said;
use crate::identity::{Address, PersonId, RuleId};
use crate::line::{Call, DiversionKind, Reach};
use crate::note::Note;
use crate::presence::Presence;
use crate::privacy::{CalendarPolicy, Disclosure};
use crate::second::Second;
use crate::situation::{Situation, Telephones};

/// What a lamp of one kind of telephone shows.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Lamp {
    /// The heaviest call.
    pub call: Option<Call>,
    /// Do-not-disturb.
    pub do_not_disturb: Option<bool>,
    /// The diversion.
    pub diversion: Option<DiversionKind>,
    /// The reach.
    pub reach: Option<Reach>,
}

impl From<Telephones> for Lamp {
    fn from(lines: Telephones) -> Self {
        Self {
            call: lines.call(),
            do_not_disturb: lines.do_not_disturb(),
            diversion: lines.diversion(),
            reach: lines.reach(),
        }
    }
}

/// A line of a busy-lamp field: the headline and the lamps beside it, never merged into one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Row {
    /// The headline: a number of the Lync table; 0: not known.
    pub availability: Availability,
    /// The headline's activity.
    pub activity: Activity,
    /// Something is only half believed, or was known and is not any more.
    pub stale: bool,
    /// The class is denied, and is told so.
    pub denied: bool,
    /// What the calendar says now.
    pub calendar: Option<ShowAs>,
    /// What the account says, beside the lamp of the line.
    pub rich: Option<Availability>,
    /// The device.
    pub device: Option<Device>,
    /// There is a note.
    pub note: bool,
    /// The desk telephones.
    pub desk: Lamp,
    /// The mobiles.
    pub mobile: Lamp,
    /// Since when the headline is what it is.
    pub since: Option<Second>,
}

impl Row {
    pub(crate) fn new(presence: &Presence, since: Option<Second>) -> Self {
        let Presence { decision, situation, denied } = presence;
        let lamps = Self::of(situation, decision.availability, decision.activity);
        Self { denied: denied.is_some(), since, ..lamps }
    }

    /// The line of somebody who is not denied, but for its `since`.
    pub(crate) fn of(situation: &Situation, availability: Availability, activity: Activity) -> Self {
        Self {
            availability,
            activity,
            stale: !situation.stale().is_empty(),
            denied: false,
            calendar: situation.calendar(),
            rich: situation.rich().map(|(availability, _)| availability),
            device: situation.device(),
            note: situation.note() == Some(true),
            desk: situation.desk().into(),
            mobile: situation.mobile().into(),
            since: None,
        }
    }
}

/// How much of a meeting's text is told.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Mask {
    /// All there is.
    None,
    /// This class is not told the subject.
    SubjectHidden,
    /// The meeting is private: nobody is told.
    Private,
}

/// A meeting, as a class of viewers may see it.
#[derive(Clone, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MeetingView {
    /// Tells meetings of one person apart; it means nothing elsewhere.
    pub id: MeetingId,
    /// When it begins.
    pub start: Second,
    /// When it ends.
    pub end: Second,
    /// The first day and the day after the last, of an all-day meeting.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// What it is shown as.
    pub show_as: ShowAs,
    /// How it is drawn.
    pub appearance: Appearance,
    /// How much is told.
    pub mask: Mask,
    /// The subject; `***` where it is not told.
    pub title: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Who called it.
    pub organiser: Option<String>,
}

impl MeetingView {
    /// The meeting to somebody who is told this much; `None`: it is not shown.
    pub(crate) fn new(meeting: &Meeting, policy: CalendarPolicy) -> Option<Self> {
        let told = if meeting.is_private() { policy.private } else { policy.ordinary };
        // Without its times there is nothing to draw.
        if told < Disclosure::Times || meeting.is_cancelled() || meeting.is_declined() {
            return None;
        }
        let mask = match (meeting.is_private(), told) {
            (true, _) => Mask::Private,
            (false, Disclosure::Everything) => Mask::None,
            (false, _) => Mask::SubjectHidden,
        };
        let texts = (mask == Mask::None).then(|| meeting.texts()).flatten();
        let text = |text: &Option<crate::confidential::Confidential<std::sync::Arc<str>>>| {
            text.as_ref().map(|text| text.reveal().as_ref().to_owned())
        };
        let title = match mask {
            Mask::Private | Mask::SubjectHidden => Some(MASK.to_owned()),
            Mask::None => texts.and_then(|texts| text(&texts.subject)),
        };
        Some(Self {
            id: if mask == Mask::None { meeting.id() } else { meeting.masked_id() },
            start: meeting.span().start(),
            end: meeting.span().end(),
            days: meeting.days(),
            show_as: meeting.show_as(),
            appearance: Appearance::of(meeting.show_as(), meeting.importance()),
            mask,
            title,
            place: texts.and_then(|texts| text(&texts.place)),
            organiser: texts.and_then(|texts| text(&texts.organiser)),
        })
    }
}

/// A day in the calendars of a person, as a class of viewers may see it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DayView {
    /// The meetings by start; also those that do not count.
    pub meetings: Vec<MeetingView>,
    /// Whether the whole day is known. Where it is not, a time without a meeting is unknown, and not free.
    pub known: bool,
    /// About which time the calendars tell; `None`: they tell nothing, or not to this class.
    pub horizon: Option<Span>,
}

/// A note, to somebody who may read it.
#[derive(Clone, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NoteView {
    /// Which note.
    pub id: String,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub text: String,
    /// When it was written.
    pub written: Second,
    /// When it goes away.
    pub until: Option<Second>,
    /// When the person is back.
    pub back_at: Option<Second>,
}

impl From<&Note> for NoteView {
    fn from(note: &Note) -> Self {
        Self {
            id: note.id().to_owned(),
            author: note.author().reveal().as_ref().to_owned(),
            text: note.text().reveal().as_ref().to_owned(),
            written: note.written(),
            until: note.ends(),
            back_at: note.back(),
        }
    }
}

/// An absence, present or planned.
#[derive(Clone, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct AbsenceView {
    /// Why; to classes that are not told reasons whoever is ill is absent for another reason.
    pub reason: AbsenceReason,
    /// What is shown of it.
    pub activity: Activity,
    /// When it begins.
    pub from: Second,
    /// When the person is back.
    pub until: Option<Second>,
    /// Where calls go meanwhile.
    pub diversion: Option<Address>,
    /// Who stands in.
    pub replacement: Option<PersonId>,
    /// What was written beside it.
    pub text: Option<String>,
}

impl AbsenceView {
    pub(crate) fn new(absence: &Absence, reasons: bool) -> Self {
        // Who is ill is just absent, and must not be known by being the only one without a reason.
        let absent = matches!(absence.reason(), AbsenceReason::Ill | AbsenceReason::Other);
        let reason = if absent && !reasons { AbsenceReason::Other } else { absence.reason() };
        Self {
            reason,
            activity: absence.activity(),
            from: absence.from(),
            until: absence.until(),
            diversion: absence.diversion().cloned(),
            replacement: absence.replacement().cloned(),
            text: absence.text().filter(|_| reasons || !absent).map(|text| text.reveal().as_ref().to_owned()),
        }
    }
}

/// All that a class of viewers may know of a person, for the details beside the busy-lamp field.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Card {
    /// The id.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The department.
    pub department: Option<String>,
    /// What the person can help with.
    pub skills: Vec<String>,
    /// Colleague or external contact.
    pub trust: Trust,
    /// Telephones, mailboxes and accounts.
    pub addresses: Vec<(PlaceKind, Address)>,
    /// The line of the busy-lamp field: the same in every view.
    pub row: Row,
    /// Which rule decided.
    pub because: Option<RuleId>,
    /// Until when, as far as facts tell.
    pub until: Option<DateTime<Utc>>,
    /// Rich presence in a word.
    pub rich: Mode,
    /// Telephony presence in a word.
    pub telephony: Mode,
    /// What the person wrote as a state of their own.
    pub message: Option<String>,
    /// Where the desk telephone is diverted to.
    pub diverted_to: Option<Address>,
    /// The meeting that speaks now.
    pub meeting: Option<MeetingView>,
    /// Absences, present and planned.
    pub absences: Vec<AbsenceView>,
    /// Notes.
    pub notes: Vec<NoteView>,
    /// Every live fact with its source and age.
    pub said: Vec<Said>,
}

// What people typed goes out to viewers, never into a log: `Debug` leaves it out.

impl fmt::Debug for MeetingView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeetingView")
            .field("id", &self.id)
            .field("start", &self.start)
            .field("end", &self.end)
            .field("show_as", &self.show_as)
            .field("mask", &self.mask)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NoteView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteView").field("id", &self.id).field("written", &self.written).finish_non_exhaustive()
    }
}

impl fmt::Debug for AbsenceView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbsenceView")
            .field("activity", &self.activity)
            .field("from", &self.from)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card")
            .field("id", &self.id)
            .field("row", &self.row)
            .field("because", &self.because)
            .field("until", &self.until)
            .field("said", &self.said)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_small_enough_to_copy() {
        assert!(size_of::<Row>() <= 32, "{}", size_of::<Row>());
    }
}
