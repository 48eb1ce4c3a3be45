//! The iCalendar reader: bytes in, meetings out.
#![expect(clippy::unwrap_used, reason = "helper functions of tests may stop")]

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use presence_calendar::ics::{Calendar, ReadRules};
use presence_calendar::warning::Problem;
use presence_calendar::zone::Zone;
use presence_core::{Meeting, Span};

#[path = "ics/days.rs"]
mod days;
#[path = "ics/free_busy.rs"]
mod free_busy;
#[path = "ics/limits.rs"]
mod limits;
#[path = "ics/lines.rs"]
mod lines;
#[path = "ics/look.rs"]
mod look;
#[path = "ics/masking.rs"]
mod masking;
#[path = "ics/series.rs"]
mod series;
#[path = "ics/zones.rs"]
mod zones;

/// The rules for a mailbox in Stockholm.
fn rules() -> ReadRules {
    ReadRules::new(Zone::Iana(Tz::Europe__Stockholm))
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn span(start: &str, end: &str) -> Span {
    Span::new(utc(start), utc(end)).unwrap()
}

fn year() -> Span {
    span("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
}

/// A file with these lines in one VCALENDAR.
fn file(lines: &str) -> Vec<u8> {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{}\nEND:VCALENDAR\n", lines.trim()).replace('\n', "\r\n").into_bytes()
}

/// A file with one event of these lines.
fn event(lines: &str) -> Vec<u8> {
    file(&format!("BEGIN:VEVENT\n{}\nEND:VEVENT", lines.trim()))
}

fn read(bytes: &[u8]) -> Calendar {
    Calendar::read(bytes, &rules())
}

/// The meetings of 2026.
fn meetings(bytes: &[u8]) -> Vec<Meeting> {
    read(bytes).agenda(year()).0.meetings().to_vec()
}

/// The only meeting of 2026.
fn only(bytes: &[u8]) -> Meeting {
    let mut meetings = meetings(bytes);
    assert_eq!(meetings.len(), 1, "{meetings:?}");
    meetings.remove(0)
}

fn subject(meeting: &Meeting) -> &str {
    meeting.texts().and_then(|texts| texts.subject.as_ref()).map_or("", |subject| subject.reveal())
}

/// Start and end as text.
fn times(meeting: &Meeting) -> String {
    format!("{}/{}", meeting.span().start(), meeting.span().end())
}

fn starts(meetings: &[Meeting]) -> Vec<String> {
    meetings.iter().map(|meeting| meeting.span().start().to_string()).collect()
}

/// The lines and kinds of the warnings.
fn problems(bytes: &[u8]) -> Vec<(usize, Problem)> {
    read(bytes).warnings().iter().map(|warning| (warning.line, warning.problem)).collect()
}
