//! Hostile files: bounded work, warnings, and the rest of the calendar kept.

use presence_calendar::warning::Problem;
use presence_core::{Second, ShowAs};
use proptest::prelude::*;

use super::{event, file, meetings, only, problems, read, span, subject, utc, year};

const PLAIN: &str = "UID:a\nDTSTART:20260105T090000Z\nDTEND:20260105T100000Z\nSUMMARY:Weekly sync";

#[test]
fn a_line_of_ten_megabytes_is_left_out_and_the_event_kept() {
    let long = "x".repeat(10_000_000);
    let file = event(&format!("{PLAIN}\nDESCRIPTION:{long}\nPRIORITY:1"));
    let meeting = only(&file);
    assert_eq!((subject(&meeting), meeting.importance()), ("Weekly sync", presence_core::calendar::Importance::High));
    assert_eq!(problems(&event(&format!("{PLAIN}\nLOCATION:{long}"))), [(8, Problem::LineTooLong)]);
    // A class that is too long to be read is private.
    assert!(only(&event(&format!("{PLAIN}\nCLASS:{long}"))).is_private());
    // So is a long line made of short folds.
    let folded = "x\r\n ".repeat(100_000);
    assert_eq!(problems(&event(&format!("{PLAIN}\nLOCATION:{folded}"))), [(8, Problem::LineTooLong)]);
}

#[test]
fn a_million_dates_are_bounded_and_the_rest_is_kept() {
    let line = format!("EXDATE:20260105T090000Z{}\n", ",20260105T090000Z".repeat(999));
    let text = format!(
        "BEGIN:VEVENT\n{PLAIN}\nRRULE:FREQ=DAILY;COUNT=2\n{}END:VEVENT\nBEGIN:VEVENT\n{}\nEND:VEVENT",
        line.repeat(900),
        PLAIN.replace("UID:a", "UID:b")
    );
    let bytes = file(&text);
    assert_eq!(meetings(&bytes).len(), 2);
    assert!(problems(&bytes).iter().all(|(_, problem)| *problem == Problem::TooManyDates));
}

#[test]
fn deep_nesting_is_passed_over() {
    let deep = format!("{}{}", "BEGIN:X-A\n".repeat(300_000), "END:X-A\n".repeat(300_000));
    let bytes = file(&format!("{deep}BEGIN:VEVENT\n{PLAIN}\n{deep}END:VEVENT"));
    assert_eq!(subject(&only(&bytes)), "Weekly sync");
    assert_eq!(problems(&bytes).iter().filter(|(_, problem)| *problem == Problem::TooDeep).count(), 2);
    // Not closed, it is read in bounded time too.
    let open = file(&format!("{}BEGIN:VEVENT\n{PLAIN}\nEND:VEVENT", "BEGIN:X-A\n".repeat(300_000)));
    assert!(!problems(&open).is_empty());
}

#[test]
fn more_than_a_thousand_properties_hide_what_the_event_is_about() {
    let file = event(&format!("{PLAIN}\n{}CLASS:PUBLIC", "SEQUENCE:1\n".repeat(1_000)));
    assert!(only(&file).is_private());
    assert_eq!(problems(&file), [(1_004, Problem::TooManyProperties)]);
    // Those that are not read do not count.
    assert!(!only(&event(&format!("{PLAIN}\n{}", "X-A:1\n".repeat(5_000)))).is_private());
}

/// S3.8: a meeting of everybody is a meeting, and some programs name all who are invited before they say when.
#[test]
fn a_meeting_of_very_many_is_there() {
    let file = event(&format!("{}{PLAIN}", "ATTENDEE:mailto:a@example.com\n".repeat(5_000)));
    let meeting = only(&file);
    assert_eq!((subject(&meeting), meeting.attendees(), problems(&file)), ("Weekly sync", 5_000, vec![]));
}

/// A zone of its own that would change its clock very often.
fn busy_zone(number: usize, rule: &str) -> String {
    format!(
        "BEGIN:VTIMEZONE\nTZID:Own {number}\nBEGIN:STANDARD\nDTSTART:19000101T000000\nTZOFFSETFROM:+0100\n\
         TZOFFSETTO:+0200\n{}END:STANDARD\nEND:VTIMEZONE\n",
        format!("RRULE:{rule}\n").repeat(100)
    )
}

/// Zones are worked out when they are needed, and each of a thousand could take seconds.
#[test]
fn zones_with_hostile_rules_take_no_time() {
    for rule in ["FREQ=HOURLY", "FREQ=DAILY", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "FREQ=YEARLY;BYSECOND=1,2,3"] {
        let zones: String = (0..1_000).map(|number| busy_zone(number, rule)).collect();
        let one = |number| {
            format!(
                "BEGIN:VEVENT\nUID:{number}\nDTSTART;TZID=Own {number}:20260105T090000\nDURATION:PT1H\nEND:VEVENT\n"
            )
        };
        let events: String = (0..1_000).map(one).collect();
        let bytes = file(&format!("{zones}{events}"));
        assert_eq!(meetings(&bytes).len(), 1_000);
        assert_eq!(problems(&bytes).iter().filter(|(_, problem)| *problem == Problem::ZoneGuessed).count(), 800);
    }
}

#[test]
fn very_many_instances_of_a_series_that_leaves_out_very_many_take_no_time() {
    let except = format!("EXDATE:20300101T000000Z{}\n", ",20300101T000000Z".repeat(999)).repeat(10);
    let series = format!("BEGIN:VEVENT\n{PLAIN}\nSEQUENCE:5\nRRULE:FREQ=DAILY\n{except}END:VEVENT\n");
    let one = |number: u32| {
        let time = format!("{:02}{:02}{:02}Z", number / 3_600, number / 60 % 60, number % 60);
        format!("BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20270105T{time}\nDTSTART:20270105T090000Z\nEND:VEVENT\n")
    };
    let bytes = file(&format!("{series}{}", (0..49_000).map(one).collect::<String>()));
    assert_eq!(read(&bytes).len(), 49_001);
}

/// S3.8: what cannot be counted is unknown, not free.
#[test]
fn a_series_that_cannot_be_counted_is_unknown() {
    let bytes =
        event("UID:a\nDTSTART:19700101T000000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY;INTERVAL=7;BYHOUR=9;COUNT=9999999");
    let (agenda, warnings) = read(&bytes).agenda(year());
    assert_eq!(warnings.first().map(|warning| warning.problem), Some(Problem::TooManyOccurrences));
    let word = agenda.word_under(Second::floor(utc("2026-07-01T00:00:00Z")), |one| Some(one.show_as()));
    assert_eq!(word, Some(ShowAs::NoData));
}

/// S3.8: what was not read is not free.
#[test]
fn more_than_50_000_components_are_cut_and_unknown() {
    let one = format!("BEGIN:VEVENT\n{PLAIN}\nEND:VEVENT\n").replace("UID:a\n", "");
    let bytes = file(&one.repeat(50_001));
    let calendar = read(&bytes);
    assert_eq!((calendar.len(), calendar.is_cut()), (50_000, true));
    let word =
        calendar.agenda(year()).0.word_under(Second::floor(utc("2026-07-01T00:00:00Z")), |one| Some(one.show_as()));
    assert_eq!(word, Some(ShowAs::NoData));
}

#[test]
fn more_than_16_mebibytes_are_cut_and_unknown() {
    let long = format!("DESCRIPTION:{}\n", "x".repeat(1_000_000));
    let bytes = file(&format!("BEGIN:VEVENT\n{PLAIN}\nEND:VEVENT\nBEGIN:VEVENT\n{}UID:b\nEND:VEVENT", long.repeat(17)));
    let calendar = read(&bytes);
    assert!(calendar.is_cut());
    assert_eq!(calendar.warnings().first().unwrap().problem, Problem::TooLarge);
    assert_eq!(meetings(&bytes).iter().filter(|meeting| subject(meeting) == "Weekly sync").count(), 1);
}

#[test]
fn warnings_are_bounded_and_counted() {
    let calendar = read(&event(&format!("{PLAIN}\n{}", "junk\n".repeat(5_000))));
    assert_eq!((calendar.warnings().len(), calendar.more_warnings()), (1_000, 4_000));
}

#[test]
fn very_many_names_of_zones_are_bounded() {
    let line = |number: u32| format!("EXDATE;TZID=Zone {number}:20260105T090000\n");
    let lines: String = (0..900).map(line).collect();
    let events: String = (0..20).map(|_| format!("BEGIN:VEVENT\n{PLAIN}\n{lines}END:VEVENT\n")).collect();
    assert_eq!(read(&file(&events)).warnings().len(), 900 + 19);
}

#[test]
fn a_series_of_every_second_fills_the_time_and_stays_small() {
    let bytes = event("UID:a\nDTSTART:20260101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY");
    let (agenda, warnings) = read(&bytes).agenda(year());
    assert!(agenda.meetings().len() < 150_000);
    assert_eq!(warnings.first().unwrap().problem, Problem::TooManyOccurrences);
    let word = agenda.word_under(Second::floor(utc("2026-07-01T00:00:00Z")), |one| Some(one.show_as()));
    assert_eq!(word, Some(ShowAs::Busy));
}

/// S3.8: a calendar that asks for too much is unknown, not free.
#[test]
fn very_many_series_are_bounded_and_unknown() {
    let one = |number: u32| {
        format!(
            "BEGIN:VEVENT\nUID:{number}\nDTSTART:20260101T{:02}0000Z\nDURATION:PT1M\nTRANSP:TRANSPARENT\nRRULE:FREQ=DAILY\nEND:VEVENT\n",
            number % 24
        )
    };
    let bytes = file(&(0..2_000).map(one).collect::<String>());
    let (_, warnings) = read(&bytes).agenda(year());
    assert_eq!(warnings.last().unwrap().problem, Problem::TooManyOccurrences);
    let (meetings, _) = read(&bytes).meetings(year());
    assert_eq!(meetings.last().unwrap().show_as(), ShowAs::NoData);
}

/// S3.8: series that take long to work out, and give nothing, are bounded together.
#[test]
fn very_much_work_is_bounded_and_unknown() {
    let rules: String = (0..10).map(|_| "RRULE:FREQ=MONTHLY;BYMONTHDAY=28,31;COUNT=99999\n".to_owned()).collect();
    let one = |number: u32| {
        format!("BEGIN:VEVENT\nUID:{number}\nDTSTART:00010101T000000Z\nDURATION:PT1M\n{rules}END:VEVENT\n")
    };
    let (few, many): (String, String) = ((0..20).map(one).collect(), (0..20_000).map(one).collect());
    let (agenda, warnings) = read(&file(&few)).agenda(year());
    assert_eq!((warnings.first(), agenda.meetings().is_empty()), (None, false));
    let (agenda, warnings) = read(&file(&many)).agenda(year());
    assert_eq!(warnings.last().unwrap().problem, Problem::TooManyOccurrences);
    assert!(agenda.meetings().iter().any(|meeting| meeting.show_as() == ShowAs::NoData && meeting.span() == year()));
}

#[test]
fn uids_with_one_beginning_are_told_apart_in_bounded_time() {
    let one = |number: u32| {
        format!("BEGIN:VEVENT\nUID:{}{number}\n{}\nEND:VEVENT\n", "same".repeat(20), PLAIN.replace("UID:a\n", ""))
    };
    let bytes = file(&(0..10_000).map(one).collect::<String>());
    assert_eq!(read(&bytes).len(), 10_000);
}

/// A file with everything in it.
fn rich() -> Vec<u8> {
    file(
        "X-WR-TIMEZONE:Europe/Berlin\nBEGIN:VTIMEZONE\nTZID:Own\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0330\n\
         TZOFFSETTO:+0330\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:a\nDTSTART;TZID=Own:20260105T090000\nDTEND;TZID=\"W. E\n urope \
         Standard Time\":20260105T100000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU;UNTIL=20260601T000000Z\nEXDATE;TZID=Own:20260112T090000\n\
         RDATE;VALUE=PERIOD:20260301T090000Z/PT1H\nCLASS:PRIVATE\nSUMMARY;LANGUAGE=sv:Möte\\, rum\nBEGIN:VALARM\nTRIGGER:-PT1M\n\
         END:VALARM\nEND:VEVENT\nBEGIN:VEVENT\nUID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260113T053000Z\nDTSTART:20260113T060000Z\n\
         DURATION:P1DT2H\nATTENDEE;CN=\"A: B\":mailto:a@example.com\nEND:VEVENT\nBEGIN:VFREEBUSY\nDTSTART:20260105T000000Z\n\
         DTEND:20260106T000000Z\nFREEBUSY;FBTYPE=BUSY:20260105T080000Z/PT1H\nEND:VFREEBUSY\nBEGIN:VAVAILABILITY\nBEGIN:AVAILABLE\n\
         DTSTART:20260105T080000Z\nDTEND:20260105T170000Z\nRRULE:FREQ=DAILY\nEND:AVAILABLE\nEND:VAVAILABILITY",
    )
}

/// Asks for everything.
fn ask(bytes: &[u8]) {
    let calendar = read(bytes);
    let window = span("2026-01-05T00:00:00Z", "2026-02-05T00:00:00Z");
    let _ = (calendar.agenda(window), calendar.free_busy(window), calendar.hours(window), format!("{calendar:?}"));
}

#[test]
fn a_file_can_be_cut_at_every_byte() {
    let rich = rich();
    assert_eq!(read(&rich).warnings(), []);
    assert_eq!(read(&rich).len(), 2);
    for length in 0..rich.len() {
        let calendar = read(rich.get(..length).unwrap());
        assert!(calendar.len() <= 2);
        ask(rich.get(..length).unwrap());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        ask(&bytes);
    }

    #[test]
    fn any_lines_are_read(lines in prop::collection::vec(
        prop_oneof![
            prop::sample::select(vec![
                "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VALARM", "END:VALARM", "BEGIN:X", "END:X",
                "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:VFREEBUSY", "END:VFREEBUSY", "BEGIN:VAVAILABILITY", "BEGIN:AVAILABLE",
                "END:AVAILABLE", "END:VAVAILABILITY", "BEGIN:STANDARD", "UID:a", "UID:b", "DTSTART:20260105T090000", "DTSTART:20260105",
                "DTEND:20260106T000000Z", "RRULE:FREQ=DAILY;COUNT=9", "RECURRENCE-ID:20260106", "EXDATE:20260107", "DURATION:-P1DT1S",
                "RECURRENCE-ID;RANGE=THISANDFUTURE:20260107T090000", "METHOD:REPLY", " ", "", " folded", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
            ]).prop_map(str::to_owned),
            "[A-Z-]{1,12}[;:][ -~]{0,30}",
        ], 0..60)) {
        ask(lines.join("\r\n").as_bytes());
    }

    /// Some bytes of a good file are changed.
    #[test]
    fn a_file_with_other_bytes_is_read(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = rich();
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        ask(&bytes);
    }
}
