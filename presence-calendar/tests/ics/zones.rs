//! Zones, as files name them.

use presence_calendar::warning::Problem;

use super::{event, file, meetings, only, problems, starts};

fn start(line: &str) -> String {
    only(&event(&format!("UID:a\nDTSTART{line}:20260701T120000\nDURATION:PT1H"))).span().start().to_string()
}

/// The zone of each value is the one that is written beside it.
#[test]
fn names_of_zones_are_understood() {
    for (line, expected) in [
        (";TZID=Europe/Stockholm", "2026-07-01T10:00:00Z"),
        (";TZID=America/New_York", "2026-07-01T16:00:00Z"),
        (";TZID=W. Europe Standard Time", "2026-07-01T10:00:00Z"),
        (";TZID=\"Eastern Standard Time\"", "2026-07-01T16:00:00Z"),
        (";X-A=b;TZID=India Standard Time;VALUE=DATE-TIME", "2026-07-01T06:30:00Z"),
        (";TZID=/freeassociation.sourceforge.net/Europe/Berlin", "2026-07-01T10:00:00Z"),
        (";TZID=\"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna\"", "2026-07-01T10:00:00Z"),
        (";TZID=UTC", "2026-07-01T12:00:00Z"),
        // Without a zone, that of the mailbox.
        ("", "2026-07-01T10:00:00Z"),
    ] {
        assert_eq!(start(line), expected, "{line}");
    }
}

#[test]
fn a_z_is_utc_whatever_zone_is_named() {
    let meeting = only(&event("UID:a\nDTSTART;TZID=Europe/Stockholm:20260701T120000Z\nDURATION:PT1H"));
    assert_eq!(meeting.span().start().to_string(), "2026-07-01T12:00:00Z");
}

#[test]
fn a_zone_that_is_not_known_is_that_of_the_mailbox_with_one_warning() {
    let file = event("UID:a\nDTSTART;TZID=Atlantis:20260701T120000\nDTEND;TZID=Atlantis:20260701T130000");
    assert_eq!(starts(&meetings(&file)), ["2026-07-01T10:00:00Z"]);
    assert_eq!(problems(&file), [(5, Problem::ZoneGuessed)]);
}

#[test]
fn the_zone_of_the_calendar_is_that_of_times_that_name_none() {
    let with = |zone: &str, time: &str| {
        let text = format!("X-WR-TIMEZONE:{zone}\nBEGIN:VEVENT\nUID:a\nDTSTART{time}\nDURATION:PT1H\nEND:VEVENT");
        only(&file(&text)).span().start().to_string()
    };
    assert_eq!(with("America/New_York", ":20260701T120000"), "2026-07-01T16:00:00Z");
    assert_eq!(with("America/New_York", ":20260701T120000Z"), "2026-07-01T12:00:00Z");
    assert_eq!(with("America/New_York", ";TZID=Europe/Stockholm:20260701T120000"), "2026-07-01T10:00:00Z");
    // Whole days are days in the zone of the mailbox.
    assert_eq!(with("America/New_York", ";VALUE=DATE:20260701"), "2026-06-30T22:00:00Z");
    // It counts also behind the event, and for its own calendar only.
    let late =
        file("BEGIN:VEVENT\nUID:a\nDTSTART:20260701T120000\nDURATION:PT1H\nEND:VEVENT\nX-WR-TIMEZONE:America/New_York");
    let both = [late, event("UID:b\nDTSTART:20260702T120000\nDURATION:PT1H")].concat();
    assert_eq!(starts(&meetings(&both)), ["2026-07-01T16:00:00Z", "2026-07-02T10:00:00Z"]);
}

/// A VTIMEZONE of Tehran: half an hour, and no change of the clock.
const CUSTOM: &str = "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0330\n\
                      TZOFFSETTO:+0330\nEND:STANDARD\nEND:VTIMEZONE";
/// One with summer time from March to October, five hours west.
const SUMMER: &str = "BEGIN:VTIMEZONE\nTZID:Company\\, West\nBEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:-0400\n\
                      TZOFFSETTO:-0500\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
                      DTSTART:16010101T020000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\n\
                      RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE";

#[test]
fn zones_of_the_file_itself_are_read_where_a_name_says_nothing() {
    let event =
        |zone: &str| format!("BEGIN:VEVENT\nUID:a\nDTSTART;TZID={zone}:20260701T120000\nDURATION:PT1H\nEND:VEVENT");
    for (zone, expected) in
        [("Customized Time Zone", "2026-07-01T08:30:00Z"), ("\"Company, West\"", "2026-07-01T16:00:00Z")]
    {
        for text in [format!("{CUSTOM}\n{SUMMER}\n{}", event(zone)), format!("{}\n{CUSTOM}\n{SUMMER}", event(zone))] {
            let file = file(&text);
            assert_eq!((starts(&meetings(&file)), problems(&file)), (vec![expected.to_owned()], vec![]), "{zone}");
        }
    }
    // A name of the world means what it means, whatever the file says.
    let false_rules = CUSTOM.replace("Customized Time Zone", "Europe/Stockholm");
    assert_eq!(
        starts(&meetings(&file(&format!("{false_rules}\n{}", event("Europe/Stockholm"))))),
        ["2026-07-01T10:00:00Z"]
    );
}

#[test]
fn each_calendar_of_a_file_has_zones_of_its_own() {
    let with = |offset: &str, uid: &str| {
        let zone = CUSTOM.replace("+0330", offset);
        file(&format!(
            "{zone}\nBEGIN:VEVENT\nUID:{uid}\nDTSTART;TZID=Customized Time Zone:20260701T120000\nDURATION:PT1H\nEND:VEVENT"
        ))
    };
    let both = [with("+0300", "a"), with("-0300", "b")].concat();
    assert_eq!(starts(&meetings(&both)), ["2026-07-01T09:00:00Z", "2026-07-01T15:00:00Z"]);
}

/// More names than are searched one by one, in two calendars that mean different zones by them.
#[test]
fn many_zones_in_one_file_are_told_apart() {
    let calendar = |day: u32, sign: char| {
        let zone = |hour: u32| {
            CUSTOM.replace("Customized Time Zone", &format!("Own {hour}")).replace("+03", &format!("{sign}{hour:02}"))
        };
        let event = |hour: u32| {
            let line = |name: &str, minute: u32| format!("{name};TZID=Own {hour}:202607{day:02}T12{minute:02}00");
            format!("BEGIN:VEVENT\nUID:{day}-{hour}\n{}\n{}\nEND:VEVENT", line("DTSTART", 0), line("DTEND", 30))
        };
        file(&(1..12).flat_map(|hour| [zone(hour), event(hour)]).collect::<Vec<_>>().join("\n"))
    };
    let starts = starts(&meetings(&[calendar(1, '+'), calendar(10, '-')].concat()));
    // Noon in zones that are half an hour apart from whole ones.
    let east = (1..12).rev().map(|hour| format!("2026-07-01T{:02}:30:00Z", 11 - hour));
    let west = (1..12).map(|hour| format!("2026-07-10T{:02}:30:00Z", 12 + hour));
    assert_eq!(starts, east.chain(west).collect::<Vec<_>>());
}
