//! Files of iCalendar.

use presence_calendar::ics::{Calendar, ReadRules};
use presence_calendar::zone::Zone;
use presence_core::{Address, Agenda, Meeting, Span};

use super::{CANARY, check, span};

const MOST_WARNINGS: usize = 1_000;

pub(crate) fn files(data: &[u8]) {
    let zone = Zone::named("Europe/Stockholm").unwrap();
    let rules = ReadRules::new(zone).with_owner(&Address::smtp("anna@example.com").unwrap());
    let month = span("2026-10-20T00:00:00Z", "2026-11-20T00:00:00Z");
    assert_eq!(read(data, &rules, month), read(data, &rules, month), "the same file tells something else");

    let is_said_anyway = data.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
    for with_private in [[data, private().as_bytes()].concat(), [private().as_bytes(), data].concat()] {
        let agenda = read(&with_private, &rules, month);
        assert!(is_said_anyway || !tells(agenda.meetings()), "a private text is told");
    }
    // Who is told no subjects is told none.
    let hidden = read(data, &rules.hide_subjects(true), month);
    assert!(hidden.meetings().iter().all(|meeting| meeting.texts().is_none_or(|texts| texts.subject.is_none())));
}

fn read(bytes: &[u8], rules: &ReadRules, month: Span) -> Agenda {
    let calendar = Calendar::read(bytes, rules);
    assert!(calendar.warnings().len() <= MOST_WARNINGS);
    let (agenda, warnings) = calendar.agenda(month);
    check(&agenda);
    let (free_busy, hours) = (calendar.free_busy(month), calendar.hours(month));
    let mut printed = format!("{calendar:?}{warnings:?}{free_busy:?}{hours:?}");
    for warning in warnings.iter().chain(calendar.warnings()) {
        printed.push_str(&warning.to_string());
    }
    assert!(!printed.contains(CANARY), "a text is printed");
    agenda
}

/// Whether one of the meetings tells what somebody has typed into the private one.
fn tells(meetings: &[Meeting]) -> bool {
    let texts = meetings.iter().filter_map(Meeting::texts);
    texts.flat_map(|texts| [&texts.subject, &texts.place]).flatten().any(|text| text.reveal().contains(CANARY))
}

/// A calendar with one private event.
fn private() -> String {
    format!(
        "\r\nBEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20261102T090000Z\r\nDTEND:20261102T100000Z\r\n\
         SUMMARY:{CANARY}\r\nLOCATION:{CANARY}\r\nCLASS:PRIVATE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}
