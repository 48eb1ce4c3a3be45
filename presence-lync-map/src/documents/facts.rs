//! What was told of a person, as facts of the engine.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use presence_core::{Band, Call, Fact, Lifetime, Note, ShowAs, Span};

use super::category::Content;
use super::contact::Contact;
use super::note::NoteKind;
use super::state::{StateDocument, StateType};
use crate::activity::ActivityToken;
use crate::states::{MachineClass, ReadingRules, StateKind};

/// How documents become facts. Every setting names its default.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FactRules {
    /// How numbers are read where the documents disagree.
    pub reading: ReadingRules,
    /// For how many days from now working hours are worked out. Default: 14.
    pub hours_days: u16,
    /// How long a report is good for. Default: as long as the session of the source, for servers push.
    pub lifetime: Lifetime,
}

impl Default for FactRules {
    fn default() -> Self {
        Self { reading: ReadingRules::default(), hours_days: 14, lifetime: Lifetime::Session }
    }
}

/// What is known on one facet, and since when.
type Found = Option<(Fact, DateTime<Utc>)>;

impl FactRules {
    pub(super) fn facts(&self, contact: &Contact, now: DateTime<Utc>) -> Vec<(Fact, DateTime<Utc>)> {
        let found = [
            rich(contact, self),
            device(contact),
            call(contact),
            calendar(contact, now),
            hours(contact, now, self.hours_days),
            note(contact),
            automatic_reply(contact),
        ];
        // The clock of the server may be ahead, and nothing is so from tomorrow on.
        found.into_iter().flatten().map(|(fact, since)| (fact, since.min(now))).collect()
    }
}

/// The state the server has put together; where it tells only the publications, that of the person.
fn rich(contact: &Contact, rules: &FactRules) -> Found {
    let newest =
        |kind| contact.states().filter(|(known, _)| *known == kind).map(|(_, told)| told).max_by_key(|told| told.0);
    let (published, state) = newest(StateType::Aggregate).or_else(|| newest(StateType::Of(StateKind::User)))?;
    let rich = state?.received(published).rich(&rules.reading)?;
    Some((Fact::Rich(rich), published))
}

/// The machine that is most in use.
fn device(contact: &Contact) -> Found {
    let kinds = [StateType::AggregateMachine, StateType::Of(StateKind::Machine)];
    let machines = contact.states().filter(|(kind, _)| kinds.contains(kind));
    let levels = machines.filter_map(|(_, (published, state))| {
        let level = MachineClass::of(state?.availability?.band()).device()?;
        Some((level, published))
    });
    let (level, since) = levels.min_by_key(|(level, since)| (*level, Reverse(*since)))?;
    Some((Fact::Device(level), since))
}

/// Whether any of the person's telephones is in a call. One that has taken its state back is in none.
fn call(contact: &Contact) -> Found {
    let is_phone = |kind| matches!(kind, StateType::Of(StateKind::Phone | StateKind::Conference));
    let phones = contact.states().filter(|(kind, _)| is_phone(*kind));
    let calls = phones.map(|(_, (published, state))| {
        let band = state.and_then(|state| state.availability).map_or(Band::None, |number| number.band());
        let in_call = matches!(band, Band::Busy | Band::IdleBusy | Band::DoNotDisturb);
        (if in_call { Call::InCall } else { Call::Idle }, published)
    });
    let (heaviest, since) = calls.max_by_key(|(call, since)| (*call, Reverse(*since)))?;
    Some((Fact::Call(heaviest), since))
}

/// Free/busy, which tells of times to come; without it what the calendar publishes now.
fn calendar(contact: &Contact, now: DateTime<Utc>) -> Found {
    let slots = contact.newest(|content| match content {
        Content::CalendarData(data) => data.free_busy.as_ref()?.agenda(),
        _ => None,
    });
    if let Some((agenda, published)) = slots {
        return Some((Fact::Agenda(Arc::new(agenda)), published));
    }
    let words = contact.states().filter(|(kind, _)| *kind == StateType::Of(StateKind::Calendar));
    let words = words.filter_map(|(_, (published, state))| Some((show_as(state?), state?.starts.unwrap_or(published))));
    // What begins later says nothing yet.
    let words = words.filter(|(_, starts)| *starts <= now);
    let (word, since) = words.max_by_key(|(word, since)| (weight(*word), Reverse(*since)))?;
    Some((Fact::ShowAs(word), since))
}

/// What the calendar says that publishes this.
fn show_as(state: &StateDocument) -> ShowAs {
    let token = state.activity.as_ref().and_then(|activity| activity.token.as_ref());
    let band = state.availability.map_or(Band::None, |number| number.band());
    if token == Some(&ActivityToken::OUT_OF_OFFICE) {
        ShowAs::OutOfOffice
    } else if matches!(band, Band::Busy | Band::IdleBusy | Band::DoNotDisturb) {
        ShowAs::Busy
    } else {
        ShowAs::Free
    }
}

/// Of several mailboxes the one counts that has most to say.
const fn weight(word: ShowAs) -> u8 {
    match word {
        ShowAs::OutOfOffice => 2,
        ShowAs::Busy => 1,
        _ => 0,
    }
}

fn hours(contact: &Contact, now: DateTime<Utc>, days: u16) -> Found {
    let (hours, published) = contact.newest(|content| match content {
        Content::CalendarData(data) => data.working_hours.as_ref(),
        _ => None,
    })?;
    // Whole days, so that the fact does not change by being asked for.
    let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let last = today.checked_add_signed(TimeDelta::days(i64::from(days)))?;
    let hours = hours.hours(Span::new(today, last).ok()?)?;
    Some((Fact::Hours(Arc::new(hours)), published))
}

/// The newest note that is no automatic reply; an instance that was taken back says nothing.
fn note(contact: &Contact) -> Found {
    let (note, published) = contact.newest(|content| match content {
        Content::Note(note) if note.kind == NoteKind::Personal => Some((note, note.text.as_ref()?)),
        _ => None,
    })?;
    let (note, text) = note;
    let written = Note::new(NOTE, "", text.reveal(), note.starts.unwrap_or(published));
    let written = match note.ends {
        Some(end) => written.until(end),
        None => written,
    };
    Some((Fact::Notes(Arc::new([written])), published))
}

/// Without an end it is taken to last a year: it is told again when it is taken back.
fn automatic_reply(contact: &Contact) -> Found {
    let (note, published) = contact.newest(|content| match content {
        Content::Note(note) if note.kind == NoteKind::OutOfOffice => Some(note),
        _ => None,
    })?;
    note.text.as_ref()?;
    let starts = note.starts.unwrap_or(published);
    let ends = note.ends.or_else(|| starts.checked_add_signed(TimeDelta::days(366)))?;
    Some((Fact::AutomaticReply(Some(Span::new(starts, ends).ok()?)), published))
}

/// The name of the one note that a server tells of a person.
const NOTE: &str = "lync";
