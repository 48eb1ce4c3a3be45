//! Calendars: what reads the bytes of other people's servers.

mod exchange;
mod files;
mod series;

pub(crate) use exchange::answers;
pub(crate) use files::files;
pub(crate) use series::rules;

use presence_core::{Agenda, Span};

/// What somebody has typed into a private meeting.
const CANARY: &str = "kanarienvogel";

fn span(start: &str, end: &str) -> Span {
    Span::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

/// No private meeting has texts, and no text is printed.
fn check(agenda: &Agenda) {
    for meeting in agenda.meetings() {
        assert!(!meeting.is_private() || meeting.texts().is_none(), "a private meeting has texts");
    }
    assert!(!format!("{agenda:?}").contains(CANARY), "a text is printed");
}
