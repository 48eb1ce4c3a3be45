//! Events that the crate `ical` has parsed.
#![cfg(feature = "ical")]
#![expect(clippy::unwrap_used, reason = "helper functions of tests may stop")]

use chrono_tz::Tz;
use ical::IcalParser;
use ical::parser::ical::component::IcalCalendar;
use presence_calendar::ics::{Calendar, ReadRules};
use presence_calendar::zone::Zone;
use presence_core::Span;

const CLEAN: &str = include_str!("data/ical/clean.ics");

fn rules() -> ReadRules {
    ReadRules::new(Zone::Iana(Tz::Europe__Stockholm))
}

fn year() -> Span {
    Span::new("2026-01-01T00:00:00Z".parse().unwrap(), "2027-01-01T00:00:00Z".parse().unwrap()).unwrap()
}

fn parsed(file: &str) -> IcalCalendar {
    IcalParser::new(file.as_bytes()).next().unwrap().unwrap()
}

fn crlf(file: &str) -> String {
    file.replace("\r\n", "\n").replace('\n', "\r\n")
}

/// S0.9: both ways to a clean calendar give the same meetings, private ones among them, the same free/busy, no warning.
#[test]
fn both_ways_agree_on_clean_input() {
    let file = crlf(CLEAN);
    let (direct, around) =
        (Calendar::read(file.as_bytes(), &rules()), presence_calendar::ical::calendar(&parsed(&file), &rules()));
    assert_eq!(around.agenda(year()), direct.agenda(year()));
    assert_eq!(around.free_busy(year()), direct.free_busy(year()));
    assert_eq!((around.len(), around.is_cut(), around.method()), (direct.len(), direct.is_cut(), direct.method()));
    assert_eq!((around.warnings(), direct.warnings()), (&[][..], &[][..]));
    let meetings = direct.agenda(year()).0.meetings().to_vec();
    assert!(meetings.len() > 60, "{}", meetings.len());
    assert!(meetings.iter().any(|meeting| meeting.texts().is_some()));
    assert!(direct.free_busy(year()).is_some());
}

/// S0.18: a private event is private by this way too, and so is what an event cut short might have said.
#[test]
fn private_events_stay_private() {
    let file = crlf(CLEAN);
    let calendar = presence_calendar::ical::calendar(&parsed(&file), &rules());
    let text = format!("{calendar:?} {:?}", calendar.agenda(year()));
    assert!(!text.contains("CANARY"));
    let agenda = calendar.agenda(year()).0;
    let texts = agenda.meetings().iter().filter_map(|meeting| meeting.texts());
    let shown: Vec<&str> =
        texts.filter_map(|texts| texts.subject.as_ref()).map(|subject| &**subject.reveal()).collect();
    assert!(shown.contains(&"Budget, part 2; with Åsa"), "{shown:?}");
    assert!(shown.iter().all(|subject| !subject.contains("CANARY")), "{shown:?}");
}

/// S0.9: events without the calendar around them; those in zones that everybody knows come at their times.
#[test]
fn events_alone_are_read() {
    let file = crlf(CLEAN);
    let parsed = parsed(&file);
    let known: Vec<_> =
        parsed.events.into_iter().filter(|event| !format!("{event:?}").contains("Company time")).collect();
    let calendar = presence_calendar::ical::events(&known, &rules());
    let direct = Calendar::read(file.as_bytes(), &rules()).agenda(year()).0;
    let agenda = calendar.agenda(year()).0;
    assert!(agenda.meetings().len() > 50);
    assert!(agenda.meetings().iter().all(|meeting| direct.meetings().contains(meeting)));
    assert!(direct.meetings().len() > agenda.meetings().len());
}
