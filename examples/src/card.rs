//! A person's card in sentences, and how somebody is found by their id.

use chrono::{DateTime, Utc};
use presence_core::{Card, Directory, Person, PersonId, Second};

use crate::company::Company;
use crate::day::ZONE;

/// The first person whose id begins so.
#[must_use]
pub fn named(company: &Company, directory: &Directory, name: &str) -> Option<Person> {
    let ids = company.members().iter().map(|member| &member.id);
    let mut begin: Vec<&PersonId> = ids.filter(|id| id.as_str().starts_with(name)).collect();
    // The shortest first: it may be the whole id.
    begin.sort_by_key(|id| id.as_str().len());
    directory.person(begin.first()?)
}

/// Who it is, and at what time.
#[must_use]
pub fn headline(card: &Card, at: DateTime<Utc>) -> String {
    let department = card.department.as_deref().unwrap_or("another company");
    format!("{}, {department}, at {} ({})", card.name, at.with_timezone(&ZONE).format("%H:%M"), card.id)
}

/// What lies beside the headline: the meeting, absences, notes.
#[must_use]
pub fn beside(card: &Card) -> Vec<String> {
    let time = |second: Second| second.time().unwrap_or_default().with_timezone(&ZONE).format("%H:%M");
    let meeting = card.meeting.iter().map(|meeting| {
        let title = meeting.title.as_deref().unwrap_or("without a title");
        format!("The meeting: {title}, {} to {}.", time(meeting.start), time(meeting.end))
    });
    let absences = card.absences.iter().map(|absence| format!("Absence: {}.", absence.activity.token()));
    let notes = card.notes.iter().map(|note| format!("Note by {}: {}", note.author, note.text));
    meeting.chain(absences).chain(notes).collect()
}
