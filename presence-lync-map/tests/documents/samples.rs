//! The samples, and notifications put together from pieces.

use chrono::{DateTime, Utc};
use presence_lync_map::documents::{Categories, Contact, Content, FactRules, ReadRules, StateDocument, WarningProblem};

pub(crate) const PUBLISH: &str = include_str!("../vectors/documents/publish.xml");
pub(crate) const NOTIFY: &str = include_str!("../vectors/documents/notify.xml");
pub(crate) const BATCH: &str = include_str!("../vectors/documents/batch_subscription.xml");
pub(crate) const CALENDAR: &str = include_str!("../vectors/documents/calendar.xml");
pub(crate) const CARD: &str = include_str!("../vectors/documents/contact_card.xml");
pub(crate) const FAULT: &str = include_str!("../vectors/documents/fault.xml");

pub(crate) const STATE: &str = "http://schemas.microsoft.com/2006/09/sip/state";
pub(crate) const CATEGORIES: &str = "http://schemas.microsoft.com/2006/09/sip/categories";

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A time of the day on which the samples were published.
pub(crate) fn clock(text: &str) -> DateTime<Utc> {
    time(&format!("2024-03-05T{text}Z"))
}

/// A notification about Bob with these entries.
pub(crate) fn notification(entries: &str) -> String {
    format!("<categories xmlns=\"{CATEGORIES}\" uri=\"sip:bob@ex.test\">{entries}</categories>")
}

/// An entry with a state of a type.
pub(crate) fn state(instance: u32, published: &str, kind: &str, inner: &str) -> String {
    format!(
        "<category name=\"state\" instance=\"{instance}\" publishTime=\"2024-03-05T{published}\"><state \
         xmlns=\"{STATE}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"{kind}\">{inner}</state>\
         </category>"
    )
}

/// An entry with what the server has put together.
pub(crate) fn aggregate(published: &str, inner: &str) -> String {
    state(1, published, "aggregateState", inner)
}

/// An entry with a note.
pub(crate) fn note(instance: u32, published: &str, inner: &str) -> String {
    format!(
        "<category name=\"note\" instance=\"{instance}\" publishTime=\"2024-03-05T{published}\"><note \
         xmlns=\"http://schemas.microsoft.com/2006/09/sip/note\">{inner}</note></category>"
    )
}

/// An entry with a calendar.
pub(crate) fn calendar(instance: u32, published: &str, inner: &str) -> String {
    format!(
        "<category name=\"calendarData\" instance=\"{instance}\" publishTime=\"2024-03-05T{published}\"><calendarData \
         xmlns=\"http://schemas.microsoft.com/2006/09/sip/calendarData\">{inner}</calendarData></category>"
    )
}

pub(crate) fn read(xml: &str) -> Categories {
    Categories::read(xml.as_bytes(), &ReadRules::default()).unwrap()
}

/// Reads a notification of which nothing may be left out.
pub(crate) fn read_whole(xml: &str) -> Categories {
    let read = read(xml);
    assert_eq!(read.warnings, [], "{xml}");
    read
}

pub(crate) fn problems(read: &Categories) -> Vec<WarningProblem> {
    read.warnings.iter().map(|warning| warning.problem).collect()
}

pub(crate) fn state_in(read: &Categories, place: usize) -> &StateDocument {
    let Content::State(state) = &read.categories[place].content else { panic!("no state") };
    state
}

pub(crate) fn number(state: &StateDocument) -> Option<u32> {
    state.availability.map(|number| number.get())
}

/// Somebody of whom these documents told, one after the other.
pub(crate) fn contact(documents: &[&str]) -> Contact {
    let mut contact = Contact::new();
    for xml in documents {
        contact.take(read(xml), clock("12:00:00"));
    }
    contact
}

pub(crate) fn facts(contact: &Contact) -> Vec<presence_core::Fact> {
    contact.facts(clock("12:00:00"), &FactRules::default()).into_iter().map(|(fact, _)| fact).collect()
}
