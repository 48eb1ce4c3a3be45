//! Lines as they are met in public files.

use presence_calendar::warning::Problem;
use presence_core::ShowAs;

use super::{event, file, meetings, only, problems, read, subject, times};

/// An ordinary event, to be changed by each test.
const PLAIN: &str = "UID:a\nDTSTART:20260105T090000Z\nDTEND:20260105T100000Z\nSUMMARY:Weekly sync";
const TEN: &str = "2026-01-05T09:00:00Z/2026-01-05T10:00:00Z";

fn raw(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

#[test]
fn a_byte_order_mark_is_passed_over_also_between_files() {
    let one = [&b"\xEF\xBB\xBF"[..], &event(PLAIN)].concat();
    assert_eq!(subject(&only(&one)), "Weekly sync");
    let second = event(&PLAIN.replace("UID:a", "UID:b").replace("20260105T", "20260106T"));
    let two = [one, b"\xEF\xBB\xBF".to_vec(), second].concat();
    assert_eq!(meetings(&two).len(), 2);
    assert_eq!(problems(&two), []);
}

#[test]
fn every_kind_of_line_break_ends_a_line() {
    for line_break in ["\r\n", "\n", "\r"] {
        let text = String::from_utf8(event(&format!("{PLAIN}\nLOCATION:Room\n  3"))).unwrap();
        let meeting = only(text.replace("\r\n", line_break).as_bytes());
        assert_eq!((times(&meeting), subject(&meeting)), (TEN.to_owned(), "Weekly sync"), "{line_break:?}");
        assert_eq!(meeting.texts().unwrap().place.as_ref().unwrap().reveal().as_ref(), "Room 3");
    }
}

#[test]
fn folds_by_blank_and_by_tab_are_joined_even_inside_a_name() {
    for (folded, plain) in [
        ("SUMMARY:Week\n ly sync", "Weekly sync"),
        ("SUMMARY:Week\n\tly sync", "Weekly sync"),
        ("SUM\n MARY:Weekly sync", "Weekly sync"),
        ("SUMMARY\n :Weekly sync", "Weekly sync"),
        ("S\n U\n M\n M\n A\n R\n Y\n :\n W", "W"),
        // What follows the blank of the fold is content, and so is a blank before it.
        ("SUMMARY:Weekly\n  sync", "Weekly sync"),
        ("SUMMARY:Weekly \n sync", "Weekly sync"),
        ("SUMMARY:Weekly  \n   sync", "Weekly    sync"),
    ] {
        let file = event(&PLAIN.replace("SUMMARY:Weekly sync", folded));
        assert_eq!(subject(&only(&file)), plain, "{folded:?}");
        assert_eq!(problems(&file), []);
    }
}

#[test]
fn components_and_times_can_be_folded() {
    let text = "BEGIN:VEV\n ENT\nUID:a\nDTSTART:20260\n 105T090000Z\nDTEND;VALUE=DATE-\n TIME:20260105T100000\n Z\nEND:VEV\n ENT";
    assert_eq!(times(&only(&file(text))), TEN);
}

#[test]
fn a_fold_inside_a_character_is_joined_before_it_is_decoded() {
    let mut bytes = event(&PLAIN.replace("Weekly sync", "Åtgärder"));
    let at = bytes.windows(2).position(|pair| pair == "Å".as_bytes()).unwrap();
    bytes.splice(at + 1..at + 1, *b"\r\n ");
    assert_eq!(subject(&only(&bytes)), "Åtgärder");
}

#[test]
fn blank_lines_inside_a_fold_are_passed_over() {
    for gap in ["\n\n ", "\n\n\n\t", "\n\n \n "] {
        let file = event(&PLAIN.replace("Weekly sync", &format!("Week{gap}ly sync")));
        assert_eq!(subject(&only(&file)), "Weekly sync", "{gap:?}");
    }
    let file = event(&PLAIN.replace('\n', "\n\n\n"));
    assert_eq!((times(&only(&file)), problems(&file)), (TEN.to_owned(), vec![]));
}

#[test]
fn the_lines_of_warnings_are_those_of_the_file_also_after_folds_and_blank_lines() {
    let file = event("UID:a\n\nSUMMARY:a\n b\n\n c\nDTSTART:junk");
    // BEGIN, VERSION, BEGIN, UID, blank, SUMMARY in four lines, DTSTART.
    assert_eq!(problems(&file), [(10, Problem::Unreadable("DTSTART")), (3, Problem::NoStart)]);
}

#[test]
fn bytes_that_are_no_utf_8_are_replaced_and_cost_nothing_else() {
    let mut bytes = event(&PLAIN.replace("Weekly sync", "M?te"));
    let at = bytes.iter().position(|byte| *byte == b'?').unwrap();
    *bytes.get_mut(at).unwrap() = 0xF6;
    assert_eq!(subject(&only(&bytes)), "M\u{FFFD}te");
}

#[test]
fn names_and_components_can_be_in_small_letters() {
    let text = "begin:vevent\nuid:a\ndtstart;value=date-time:20260105t090000z\ndtend:20260105T100000Z\nsummary:x\n\
                class:private\nEnd:vEvent";
    let meeting = only(&file(text));
    assert_eq!((times(&meeting), meeting.is_private()), (TEN.to_owned(), true));
}

#[test]
fn quoted_parameters_may_hold_colons_semicolons_and_commas() {
    let meeting =
        only(&event(&format!("{PLAIN}\nORGANIZER;X-A=\"a:b;CN=c,d\";CN=\"Öberg: A; B, C\":mailto:x@example.com")));
    assert_eq!(meeting.texts().unwrap().organiser.as_ref().unwrap().reveal().as_ref(), "Öberg: A; B, C");
}

#[test]
fn the_organiser_is_a_name_or_else_an_address() {
    for (line, name) in [
        ("ORGANIZER;CN=Anna ^'A^' ^^ B:mailto:a@example.com", "Anna \"A\" ^ B"),
        ("ORGANIZER:MAILTO:a@example.com", "a@example.com"),
        ("ORGANIZER;CN=\"\":mailto:a@example.com", "a@example.com"),
    ] {
        let meeting = only(&event(&format!("{PLAIN}\n{line}")));
        assert_eq!(meeting.texts().unwrap().organiser.as_ref().unwrap().reveal().as_ref(), name);
    }
}

#[test]
fn parameters_without_a_value_and_many_values_do_no_harm() {
    for params in
        [";X-FOO;VALUE=DATE", ";;VALUE=DATE", ";X-A=1,2,3,4,5,6,7,8,9,10,11,12,\"13\";VALUE=DATE", ";X=;value=date"]
    {
        let file = event(&format!("UID:a\nDTSTART{params}:20260105T120000"));
        assert!(only(&file).is_all_day(), "{params}");
        assert_eq!(problems(&file), []);
    }
}

#[test]
fn a_value_can_begin_with_a_colon() {
    assert_eq!(subject(&only(&event(&PLAIN.replace("SUMMARY:", "SUMMARY::")))), ":Weekly sync");
}

#[test]
fn texts_are_unescaped() {
    let file = event(&PLAIN.replace("Weekly sync", "a\\, b\\; c\\\\n d\\ne\\Nf\\x\\"));
    assert_eq!(subject(&only(&file)), "a, b; c\\n d\ne\nf\\x\\");
}

#[test]
fn a_line_without_a_colon_is_left_out_and_the_event_kept() {
    let file = event(&PLAIN.replace("DTEND", "nonsense\nDTEND"));
    assert_eq!(times(&only(&file)), TEN);
    assert_eq!(problems(&file), [(6, Problem::NoColon)]);
}

#[test]
fn a_quotation_mark_that_swallows_the_colon_is_repaired() {
    let file = event("UID:a\nDTSTART;TZID=\"W. Europe Standard Time:20260105T100000\"\nDTEND:20260105T100000Z");
    assert_eq!(times(&only(&file)), TEN);
    assert_eq!(problems(&file), [(5, Problem::Repaired)]);
}

/// S3.8: a zone with a colon in its name, as Outlook shows it, loses no event for want of quotation marks.
#[test]
fn a_zone_with_a_colon_and_no_quotation_marks_is_read() {
    let zone = "(UTC-05:00) Eastern Time (US & Canada)";
    let file = event(&format!(
        "UID:a\nDTSTART;TZID={zone}:20260105T040000\nDTEND;TZID={zone}:20260105T050000\nRRULE:FREQ=DAILY;COUNT=2\n\
         EXDATE;TZID={zone}:20260106T040000"
    ));
    assert_eq!(times(&only(&file)), TEN);
    assert_eq!(problems(&file), [5, 6, 8].map(|line| (line, Problem::Repaired)));
}

#[test]
fn a_doubled_prefix_of_a_rule_is_read() {
    let file = event(&format!("{PLAIN}\nRRULE:RRULE:FREQ=DAILY;COUNT=3"));
    assert_eq!((meetings(&file).len(), problems(&file)), (3, vec![]));
}

#[test]
fn unknown_components_are_passed_over_wherever_they_stand() {
    let inner = "BEGIN:X-IN\nDTSTART:20200101T000000Z\nBEGIN:X-DEEPER\nSUMMARY:no\nEND:X-DEEPER\nSUMMARY:no\nEND:X-IN";
    let text = format!("{inner}\nBEGIN:VEVENT\n{inner}\n{PLAIN}\n{inner}\nEND:VEVENT\n{inner}");
    let meeting = only(&file(&text));
    assert_eq!((times(&meeting), subject(&meeting)), (TEN.to_owned(), "Weekly sync"));
    assert_eq!(problems(&file(&text)), []);
}

#[test]
fn what_an_alarm_says_is_not_said_by_the_event() {
    let alarm =
        "BEGIN:VALARM\nSUMMARY:no\nDURATION:PT9H\nATTENDEE:mailto:a@example.com\nDESCRIPTION:BEGIN:VEVENT\nEND:VALARM";
    let meeting = only(&event(&format!("{alarm}\n{}", PLAIN.replace("DTEND:20260105T100000Z", "DURATION:PT1H"))));
    assert_eq!((times(&meeting), subject(&meeting), meeting.attendees()), (TEN.to_owned(), "Weekly sync", 0));
}

/// S0.18: what is not complete may have lost what said that it is private.
#[test]
fn an_event_that_is_not_closed_costs_no_other_and_shows_its_time_only() {
    let text = format!("BEGIN:VEVENT\n{PLAIN}\nBEGIN:VEVENT\n{}\nEND:VEVENT", PLAIN.replace("UID:a", "UID:b"));
    let both = meetings(&file(&text));
    let mut subjects: Vec<&str> = both.iter().map(subject).collect();
    subjects.sort_unstable();
    assert_eq!(subjects, ["", "Weekly sync"]);
    assert_eq!(problems(&file(&text)), [(3, Problem::Incomplete)]);
}

#[test]
fn the_end_of_another_component_is_left_out() {
    let file = event(&PLAIN.replace("DTEND", "END:VALARM\nEND:VTODO\nEND:X-Y\nDTEND"));
    assert_eq!((times(&only(&file)), subject(&only(&file))), (TEN.to_owned(), "Weekly sync"));
    assert_eq!(problems(&file).len(), 3);
}

#[test]
fn an_alarm_that_is_not_closed_costs_no_other_event() {
    let text = format!(
        "BEGIN:VEVENT\n{PLAIN}\nBEGIN:VALARM\nSUMMARY:no\nEND:VEVENT\nBEGIN:VEVENT\n{}\nEND:VEVENT",
        PLAIN.replace("UID:a", "UID:b").replace("20260105", "20260106")
    );
    let both = meetings(&file(&text));
    assert_eq!(both.iter().map(subject).collect::<Vec<_>>(), ["", "Weekly sync"]);
}

#[test]
fn a_component_of_the_calendar_that_is_not_closed_costs_no_event() {
    for open in ["X-OPEN", "VTODO", "VTIMEZONE", "VJOURNAL"] {
        let file = file(&format!("BEGIN:{open}\nSUMMARY:no\nBEGIN:VEVENT\n{PLAIN}\nEND:VEVENT"));
        assert_eq!(subject(&only(&file)), "Weekly sync", "{open}");
        assert_eq!(problems(&file).first(), Some(&(3, Problem::NotClosed)), "{open}");
    }
}

#[test]
fn a_file_that_ends_too_early_keeps_what_is_complete_and_knows_nothing_to_be_free() {
    let whole = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{PLAIN}\nEND:VEVENT\n");
    let file = raw(&whole);
    assert!(read(&file).is_cut());
    let (meetings, _) = read(&file).meetings(super::year());
    assert_eq!(meetings.iter().map(subject).collect::<Vec<_>>(), ["Weekly sync", ""]);
    assert_eq!(problems(&file), [(0, Problem::Truncated)]);
    let file = raw(&format!("{whole}BEGIN:VEVENT\nUID:b\nDTSTART:20260106T090000Z\nDTEND:20260106T1"));
    let calendar = read(&file);
    assert!(calendar.is_cut());
    let (agenda, _) = calendar.agenda(super::year());
    let word =
        |time: &str| agenda.word_under(presence_core::Second::floor(super::utc(time)), |one| Some(one.show_as()));
    assert_eq!(word("2026-01-05T09:30:00Z"), Some(ShowAs::Busy));
    assert_eq!(word("2026-07-05T09:30:00Z"), Some(ShowAs::NoData));
}

#[test]
fn several_calendars_in_one_file_are_read() {
    let second = event(&PLAIN.replace("UID:a", "UID:b").replace("20260105", "20260106"));
    assert_eq!(meetings(&[event(PLAIN), second].concat()).len(), 2);
}

#[test]
fn events_without_uid_or_calendar_are_read() {
    let lines = PLAIN.replace("UID:a\n", "");
    let text = format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\nBEGIN:VEVENT\n{lines}\nSEQUENCE:1\nEND:VEVENT\n");
    assert_eq!(meetings(&raw(&text.replace("sync\nSEQ", "other\nSEQ"))).len(), 2);
}

/// S3.8: an end that cannot be read is no end at the start, at which nobody would be busy.
#[test]
fn an_event_whose_end_cannot_be_read_takes_an_hour() {
    for end in ["DTEND:junk", "DURATION:junk", "DTEND;X"] {
        let meeting = only(&event(&PLAIN.replace("DTEND:20260105T100000Z", end)));
        assert_eq!((times(&meeting), meeting.show_as()), (TEN.to_owned(), ShowAs::Busy), "{end}");
    }
    let midnight = only(&event(&PLAIN.replace("20260105T100000Z", "20260105T240000Z")));
    assert_eq!(times(&midnight), "2026-01-05T09:00:00Z/2026-01-06T00:00:00Z");
}

/// S3.8: one instance that cannot be placed does not take its series with it.
#[test]
fn an_instance_whose_name_cannot_be_read_costs_no_series() {
    let series = format!("{PLAIN}\nRRULE:FREQ=DAILY;COUNT=3");
    let stray = PLAIN.replace("20260105", "20260120");
    let text =
        format!("BEGIN:VEVENT\n{series}\nEND:VEVENT\nBEGIN:VEVENT\n{stray}\nSEQUENCE:9\nRECURRENCE-ID:x\nEND:VEVENT");
    assert_eq!(meetings(&file(&text)).len(), 4);
    assert_eq!(problems(&file(&text)), [(16, Problem::Unreadable("RECURRENCE-ID"))]);
}

#[test]
fn an_event_without_a_start_is_left_out_with_a_warning() {
    let file = event("UID:a\nSUMMARY:x");
    assert_eq!((meetings(&file).len(), problems(&file)), (0, vec![(3, Problem::NoStart)]));
}

/// No warning repeats what somebody typed.
#[test]
fn warnings_name_line_and_property_and_no_value() {
    let file = event(
        "UID:a\nDTSTART:20260105T090000Z\nDTEND:canary\nPRIORITY:canary\nX-MICROSOFT-CDO-BUSYSTATUS:canary\ncanary",
    );
    let calendar = read(&file);
    let told: Vec<String> = calendar.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(told.first().unwrap(), "line 6: the value of `DTEND` cannot be read: it was left out");
    assert_eq!(told.len(), 4);
    assert!(!format!("{told:?} {calendar:?}").contains("canary"));
}

#[test]
fn messages_are_no_calendars() {
    let with = |method: &str, more: &str| {
        let text = String::from_utf8(event(&format!("{PLAIN}{more}"))).unwrap();
        text.replace("VERSION:2.0", &format!("METHOD:{method}")).into_bytes()
    };
    assert_eq!(only(&with("PUBLISH", "")).show_as(), ShowAs::Busy);
    assert_eq!(problems(&with("REPLY", "")), [(3, Problem::Message)]);
    assert!(meetings(&with("COUNTER", "")).is_empty());
    assert!(only(&with("CANCEL", "")).is_cancelled());
    let intended = "\nX-MICROSOFT-CDO-INTENDEDSTATUS:BUSY";
    assert_eq!(only(&with("request", intended)).show_as(), ShowAs::Tentative);
    assert_eq!(only(&with("PUBLISH", "\nX-MICROSOFT-CDO-INTENDEDSTATUS:OOF")).show_as(), ShowAs::Busy);
}
