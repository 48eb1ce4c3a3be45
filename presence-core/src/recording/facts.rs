//! Facts as they are recorded: without what people typed.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::absence::{Absence, AbsenceReason};
use crate::activity::{Activity, Lcid, LocalTexts};
use crate::aside::Aside;
use crate::availability::Availability;
use crate::calendar::{Agenda, Hours, Importance, Meeting, MeetingDraft, Sensitivity, ShowAs, Span};
use crate::confidential::Confidential;
use crate::device::Device;
use crate::fact::{Facet, Fact};
use crate::identity::{Address, PersonId, ViewerId};
use crate::line::{Call, Diversion, Reach};
use crate::manual::Manual;
use crate::note::{Audience, Note};
use crate::rich::RichState;
use crate::second::Second;

use super::ReplayError;
use super::editions::{Editions, Slot};

/// A fact; a text is its edition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FactForm {
    Absences(Vec<AbsenceForm>),
    AutomaticReply(Option<Span>),
    Agenda(AgendaForm),
    ShowAs(ShowAs),
    Call(Call),
    Device(Device),
    Diversion(Diversion),
    DoNotDisturb(bool),
    Hours(HoursForm),
    Manual(Option<ManualForm>),
    Notes(Vec<NoteForm>),
    Reach(Reach),
    Rich(RichForm),
    Roaming(bool),
    Unknown(Facet),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct AbsenceForm {
    reason: AbsenceReason,
    from: Second,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Second>,
    availability: Availability,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    diversion: Option<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replacement: Option<PersonId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AgendaForm {
    covered: Span,
    meetings: Vec<MeetingForm>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct MeetingForm {
    /// Which meeting; a private one has no name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meeting: Option<u64>,
    span: Span,
    show_as: ShowAs,
    importance: Importance,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<(NaiveDate, NaiveDate)>,
    #[serde(default)]
    attendees: u32,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    cancelled: bool,
    #[serde(default)]
    declined: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organiser: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HoursForm {
    covered: Span,
    spans: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ManualForm {
    availability: Availability,
    activity: Activity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Second>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct NoteForm {
    id: Arc<str>,
    author: u64,
    text: u64,
    written: Second,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Second>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    back_at: Option<Second>,
    /// Nothing: everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    viewers: Option<Vec<ViewerId>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RichForm {
    availability: Availability,
    activity: Activity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    custom: Option<u64>,
}

/// Whether a fact may have texts, or names that are treated like texts.
pub(super) const fn has_texts(fact: &Fact) -> bool {
    match fact {
        Fact::Absences(_) | Fact::Agenda(_) | Fact::Notes(_) => true,
        Fact::Rich(state) => state.custom.is_some(),
        _ => false,
    }
}

impl FactForm {
    pub(super) fn of(fact: &Fact, editions: &mut Editions) -> Self {
        match fact {
            Fact::Absences(list) => Self::Absences(list.iter().map(|one| AbsenceForm::of(one, editions)).collect()),
            Fact::AutomaticReply(span) => Self::AutomaticReply(*span),
            Fact::Agenda(agenda) => Self::Agenda(AgendaForm::of(agenda, editions)),
            Fact::ShowAs(word) => Self::ShowAs(*word),
            Fact::Call(call) => Self::Call(*call),
            Fact::Device(device) => Self::Device(*device),
            Fact::Diversion(diversion) => Self::Diversion(diversion.clone()),
            Fact::DoNotDisturb(on) => Self::DoNotDisturb(*on),
            Fact::Hours(hours) => Self::Hours(HoursForm::of(hours)),
            Fact::Manual(manual) => Self::Manual(manual.as_ref().map(ManualForm::of)),
            Fact::Notes(list) => Self::Notes(list.iter().map(|note| NoteForm::of(note, editions)).collect()),
            Fact::Reach(reach) => Self::Reach(*reach),
            Fact::Rich(state) => Self::Rich(RichForm::of(state, editions)),
            Fact::Roaming(abroad) => Self::Roaming(*abroad),
            Fact::Unknown(facet) => Self::Unknown(*facet),
        }
    }

    /// The fact that lies beside a claim.
    pub(super) fn beside(aside: &Aside, editions: &mut Editions) -> Self {
        match aside {
            Aside::Absences(list) => Self::of(&Fact::Absences(Arc::clone(list)), editions),
            Aside::Agenda(agenda) => Self::Agenda(AgendaForm::of(agenda, editions)),
            Aside::Custom(state) => Self::Rich(RichForm::of(state, editions)),
            Aside::Hours(hours) => Self::Hours(HoursForm::of(hours)),
            Aside::Manual(manual) => Self::Manual(Some(ManualForm::of(manual))),
            Aside::Notes(list) => Self::of(&Fact::Notes(Arc::clone(list)), editions),
            Aside::Number(number) => Self::Diversion(Diversion::Number(Some(number.clone()))),
            Aside::Reply(span) => Self::AutomaticReply(Some(*span)),
        }
    }

    pub(super) fn fact(&self) -> Result<Fact, ReplayError> {
        Ok(match self {
            Self::Absences(list) => Fact::Absences(list.iter().map(AbsenceForm::absence).collect::<Result<_, _>>()?),
            Self::AutomaticReply(span) => Fact::AutomaticReply(*span),
            Self::Agenda(agenda) => Fact::Agenda(Arc::new(agenda.agenda())),
            Self::ShowAs(word) => Fact::ShowAs(*word),
            Self::Call(call) => Fact::Call(*call),
            Self::Device(device) => Fact::Device(*device),
            Self::Diversion(diversion) => Fact::Diversion(diversion.clone()),
            Self::DoNotDisturb(on) => Fact::DoNotDisturb(*on),
            Self::Hours(hours) => Fact::Hours(Arc::new(hours.hours())),
            Self::Manual(manual) => Fact::Manual(manual.as_ref().map(ManualForm::manual)),
            Self::Notes(list) => Fact::Notes(list.iter().map(NoteForm::note).collect::<Result<_, _>>()?),
            Self::Reach(reach) => Fact::Reach(*reach),
            Self::Rich(state) => Fact::Rich(state.state()),
            Self::Roaming(abroad) => Fact::Roaming(*abroad),
            Self::Unknown(facet) => Fact::Unknown(*facet),
        })
    }

    /// The fact as it lies beside a claim about `facet`; an error where none like it does.
    pub(super) fn aside(&self, facet: Facet) -> Result<Aside, ReplayError> {
        let fact = self.fact()?;
        if fact.facet() != facet {
            return Err(ReplayError::Contradiction);
        }
        match fact {
            Fact::Absences(list) => Ok(Aside::Absences(list)),
            Fact::Agenda(agenda) => Ok(Aside::Agenda(agenda)),
            Fact::AutomaticReply(Some(span)) => Ok(Aside::Reply(span)),
            Fact::Diversion(Diversion::Number(Some(number))) => Ok(Aside::Number(number)),
            Fact::Hours(hours) => Ok(Aside::Hours(hours)),
            Fact::Manual(Some(manual)) => Ok(Aside::Manual(manual)),
            Fact::Notes(list) => Ok(Aside::Notes(list)),
            Fact::Rich(state) if state.custom.is_some() => Ok(Aside::Custom(state)),
            _ => Err(ReplayError::Contradiction),
        }
    }
}

impl AbsenceForm {
    fn of(absence: &Absence, editions: &mut Editions) -> Self {
        let slot = || Slot::Absence(absence.reason().code(), absence.from());
        Self {
            reason: absence.reason(),
            from: absence.from(),
            until: absence.until(),
            availability: absence.availability(),
            diversion: absence.diversion().cloned(),
            replacement: absence.replacement().cloned(),
            text: absence.text().map(|text| editions.text(slot(), text)),
        }
    }

    fn absence(&self) -> Result<Absence, ReplayError> {
        let Self { reason, from, until, availability, diversion, replacement, text } = self;
        let mut absence =
            Absence::new(*reason, from.time().ok_or(ReplayError::NoTime)?).with_availability(*availability);
        if let Some(until) = until.and_then(Second::time) {
            absence = absence.until_time(until).map_err(|_| ReplayError::Contradiction)?;
        }
        if let Some(number) = diversion {
            absence = absence.with_diversion(number.clone());
        }
        if let Some(person) = replacement {
            absence = absence.with_replacement(person.clone());
        }
        Ok(match text {
            Some(edition) => absence.with_text(Confidential::new(edition_text(*edition).into())),
            None => absence,
        })
    }
}

impl AgendaForm {
    fn of(agenda: &Agenda, editions: &mut Editions) -> Self {
        let meetings = agenda.meetings().iter().map(|meeting| MeetingForm::of(meeting, editions));
        Self { covered: agenda.covered(), meetings: meetings.collect() }
    }

    fn agenda(&self) -> Agenda {
        Agenda::new(self.covered, self.meetings.iter().map(MeetingForm::meeting).collect())
    }
}

impl MeetingForm {
    fn of(meeting: &Meeting, editions: &mut Editions) -> Self {
        let id = meeting.id();
        let texts = meeting.texts();
        let mut edition = |slot: Slot, text: Option<&Confidential<Arc<str>>>| Some(editions.text(slot, text?));
        let subject = edition(Slot::Subject(id), texts.and_then(|texts| texts.subject.as_ref()));
        let place = edition(Slot::Place(id), texts.and_then(|texts| texts.place.as_ref()));
        let organiser = edition(Slot::Organiser(id), texts.and_then(|texts| texts.organiser.as_ref()));
        Self {
            meeting: (!meeting.is_private()).then(|| editions.meeting(id)),
            span: meeting.span(),
            show_as: meeting.show_as(),
            importance: meeting.importance(),
            days: meeting.days(),
            attendees: meeting.attendees(),
            private: meeting.is_private(),
            cancelled: meeting.is_cancelled(),
            declined: meeting.is_declined(),
            subject,
            place,
            organiser,
        }
    }

    fn meeting(&self) -> Meeting {
        let uid = self.meeting.map(edition_text).unwrap_or_default();
        let mut draft = MeetingDraft::new(&uid, self.span)
            .show_as(self.show_as)
            .importance(self.importance)
            .hide_importance(false)
            .attendees(self.attendees)
            .cancelled(self.cancelled)
            .declined(self.declined);
        if self.private {
            draft = draft.sensitivity(Sensitivity::Private);
        }
        if let Some((first, after)) = self.days {
            draft = draft.all_day(first, after);
        }
        if let Some(edition) = self.subject {
            draft = draft.subject(&edition_text(edition));
        }
        if let Some(edition) = self.place {
            draft = draft.place(&edition_text(edition));
        }
        if let Some(edition) = self.organiser {
            draft = draft.organiser(&edition_text(edition));
        }
        Meeting::new(draft)
    }
}

impl HoursForm {
    fn of(hours: &Hours) -> Self {
        Self { covered: hours.covered(), spans: hours.spans().to_vec() }
    }

    fn hours(&self) -> Hours {
        Hours::new(self.covered, self.spans.clone())
    }
}

impl ManualForm {
    const fn of(manual: &Manual) -> Self {
        Self { availability: manual.availability, activity: manual.activity, until: manual.until }
    }

    const fn manual(&self) -> Manual {
        let mut manual = Manual::new(self.availability, self.activity);
        manual.until = self.until;
        manual
    }
}

impl NoteForm {
    fn of(note: &Note, editions: &mut Editions) -> Self {
        let id: Arc<str> = note.id().into();
        Self {
            author: editions.text(Slot::Author(Arc::clone(&id)), note.author()),
            text: editions.text(Slot::Note(Arc::clone(&id)), note.text()),
            id,
            written: note.written(),
            until: note.ends(),
            back_at: note.back(),
            viewers: match note.audience() {
                Audience::Everyone => None,
                Audience::Viewers(viewers) => Some(viewers.to_vec()),
            },
        }
    }

    fn note(&self) -> Result<Note, ReplayError> {
        let written = self.written.time().ok_or(ReplayError::NoTime)?;
        let mut note = Note::new(&self.id, &edition_text(self.author), &edition_text(self.text), written);
        if let Some(until) = self.until.and_then(Second::time) {
            note = note.until(until);
        }
        if let Some(back) = self.back_at.and_then(Second::time) {
            note = note.back_at(back);
        }
        Ok(match &self.viewers {
            Some(viewers) => note.for_viewers(viewers),
            None => note,
        })
    }
}

impl RichForm {
    fn of(state: &RichState, editions: &mut Editions) -> Self {
        Self {
            availability: state.availability,
            activity: state.activity,
            custom: state.custom.as_ref().map(|texts| editions.custom(texts)),
        }
    }

    fn state(&self) -> RichState {
        let state = RichState::new(self.availability, self.activity);
        match self.custom {
            Some(edition) => {
                let text = Confidential::new(edition_text(edition).into());
                state.with_custom(Arc::new(LocalTexts::new(vec![(Lcid::ENGLISH, text)])))
            }
            None => state,
        }
    }
}

/// What stands in the place of a text.
fn edition_text(edition: u64) -> String {
    format!("#{edition}")
}
