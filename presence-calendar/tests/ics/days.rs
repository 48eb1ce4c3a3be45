//! Whole days, lengths, and ends that are missing or turned round.

use chrono::NaiveDate;
use presence_core::ShowAs;

use super::{event, meetings, only, problems, times};

fn dates(lines: &str) -> (String, String) {
    let meeting = only(&event(&format!("UID:a\n{lines}")));
    let (first, after): (NaiveDate, NaiveDate) = meeting.days().unwrap();
    (format!("{first} {after}"), times(&meeting))
}

/// S0.21: whole days are civil dates in the zone of the mailbox, of 23, 24 or 25 hours.
#[test]
fn whole_days_are_civil_dates() {
    for (lines, days, span) in [
        (
            "DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260107",
            "2026-01-05 2026-01-07",
            "2026-01-04T23:00:00Z/2026-01-06T23:00:00Z",
        ),
        ("DTSTART;VALUE=DATE:20260105", "2026-01-05 2026-01-06", "2026-01-04T23:00:00Z/2026-01-05T23:00:00Z"),
        ("DTSTART:20260105\nDTEND:20260105", "2026-01-05 2026-01-06", "2026-01-04T23:00:00Z/2026-01-05T23:00:00Z"),
        (
            "DTSTART;VALUE=DATE:20260105\nDURATION:P2D",
            "2026-01-05 2026-01-07",
            "2026-01-04T23:00:00Z/2026-01-06T23:00:00Z",
        ),
        (
            "DTSTART;VALUE=DATE:20260105\nDURATION:P1W",
            "2026-01-05 2026-01-12",
            "2026-01-04T23:00:00Z/2026-01-11T23:00:00Z",
        ),
        (
            "DTSTART;VALUE=DATE:20260107\nDTEND;VALUE=DATE:20260105",
            "2026-01-05 2026-01-07",
            "2026-01-04T23:00:00Z/2026-01-06T23:00:00Z",
        ),
        ("DTSTART;VALUE=DATE:20260329", "2026-03-29 2026-03-30", "2026-03-28T23:00:00Z/2026-03-29T22:00:00Z"),
        ("DTSTART;VALUE=DATE:20261025", "2026-10-25 2026-10-26", "2026-10-24T22:00:00Z/2026-10-25T23:00:00Z"),
    ] {
        assert_eq!(dates(lines), (days.to_owned(), span.to_owned()), "{lines}");
    }
}

/// Outlook says of whole days that they go from midnight to midnight.
#[test]
fn whole_days_may_be_written_as_times() {
    let flag = "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE";
    let expected = ("2026-01-05 2026-01-06".to_owned(), "2026-01-04T23:00:00Z/2026-01-05T23:00:00Z".to_owned());
    for lines in [
        "DTSTART;TZID=W. Europe Standard Time:20260105T000000\nDTEND;TZID=W. Europe Standard Time:20260106T000000",
        "DTSTART;TZID=Eastern Standard Time:20260105T000000\nDTEND;TZID=Eastern Standard Time:20260106T000000",
        "DTSTART:20260104T230000Z\nDTEND:20260105T230000Z",
        "DTSTART:20260105T000000Z\nDTEND:20260106T000000Z",
        "DTSTART:20260105T000000\nDURATION:PT24H",
    ] {
        assert_eq!(dates(&format!("{flag}\n{lines}")), expected, "{lines}");
    }
    let timed = only(&event(&format!("UID:a\n{flag}\nDTSTART:20260105T090000Z\nDTEND:20260105T100000Z")));
    assert!(!timed.is_all_day());
}

#[test]
fn lengths_of_days_go_by_the_calendar_and_hours_by_the_clock() {
    for (lines, span) in [
        ("DTSTART;TZID=Europe/Stockholm:20260328T120000\nDURATION:P1D", "2026-03-28T11:00:00Z/2026-03-29T10:00:00Z"),
        ("DTSTART;TZID=Europe/Stockholm:20260328T120000\nDURATION:PT24H", "2026-03-28T11:00:00Z/2026-03-29T11:00:00Z"),
        ("DTSTART;TZID=Europe/Stockholm:20260328T120000\nDURATION:P1DT1H", "2026-03-28T11:00:00Z/2026-03-29T11:00:00Z"),
        ("DTSTART:20260328T120000Z\nDURATION:+PT1H30M15S", "2026-03-28T12:00:00Z/2026-03-28T13:30:15Z"),
        ("DTSTART:20260328T120000Z\nDURATION:-PT1H", "2026-03-28T11:00:00Z/2026-03-28T12:00:00Z"),
        ("DTSTART:20260328T120000Z\nDTEND:20260328T110000Z", "2026-03-28T11:00:00Z/2026-03-28T12:00:00Z"),
        ("DTSTART:20260328T120060Z\nDTEND:20260328T130000Z", "2026-03-28T12:00:59Z/2026-03-28T13:00:00Z"),
    ] {
        assert_eq!(times(&only(&event(&format!("UID:a\n{lines}")))), span, "{lines}");
    }
}

/// An end of another type than the start is taken as it stands.
#[test]
fn ends_may_be_of_another_type() {
    for (lines, span) in [
        ("DTSTART;VALUE=DATE:20260105\nDTEND:20260106T120000Z", "2026-01-04T23:00:00Z/2026-01-06T12:00:00Z"),
        ("DTSTART:20260105T120000Z\nDTEND;VALUE=DATE:20260106", "2026-01-05T12:00:00Z/2026-01-05T23:00:00Z"),
        (
            "DTSTART;TZID=Europe/Stockholm:20260105T120000\nDTEND;TZID=Eastern Standard Time:20260105T120000",
            "2026-01-05T11:00:00Z/2026-01-05T17:00:00Z",
        ),
    ] {
        assert_eq!(times(&only(&event(&format!("UID:a\n{lines}")))), span, "{lines}");
    }
}

/// S0.20: what takes no time is shown and makes nobody busy.
#[test]
fn what_takes_no_time_is_shown_as_a_point() {
    for lines in ["DTSTART:20260105T090000Z", "DTSTART:20260105T090000Z\nDTEND:20260105T090000Z"] {
        let meeting = only(&event(&format!("UID:a\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\n{lines}")));
        assert_eq!(
            (meeting.show_as(), times(&meeting).as_str()),
            (ShowAs::Free, "2026-01-05T09:00:00Z/2026-01-05T09:00:01Z")
        );
    }
}

#[test]
fn values_that_are_no_dates_are_left_out() {
    for value in [
        "",
        "2026",
        "20261301",
        "20260230",
        "20260105T",
        "20260105T0900",
        "20260105T250000",
        "20260105T090000X",
        "２０２６０１０５",
        "-0260105",
    ] {
        let file = event(&format!("UID:a\nDTSTART:{value}\nDTEND:20260105T100000Z"));
        assert_eq!((meetings(&file).len(), problems(&file).len()), (0, 2), "{value}");
    }
    for length in ["", "P", "PT", "1H", "PT1", "P1H", "PT1D", "PH", "P99999999999999999999W", "P1", "PT1H1"] {
        let file = event(&format!("UID:a\nDTSTART:20260105T090000Z\nDURATION:{length}"));
        assert_eq!((meetings(&file).len(), problems(&file).len()), (1, 1), "{length}");
    }
}

/// Times far away do no harm.
#[test]
fn times_at_the_ends_of_the_calendar_do_no_harm() {
    for (start, end) in
        [("00010101T000000Z", "99991231T235959Z"), ("00000101T000000", "00000102T000000"), ("99991231", "00000101")]
    {
        let file =
            event(&format!("UID:a\nDTSTART:{start}\nDTEND:{end}\nRRULE:FREQ=DAILY\nRDATE:00000101,99991231T000000Z"));
        let _ = meetings(&file);
        let _ = meetings(&event(&format!("UID:a\nDTSTART:{start}\nDTEND:{end}")));
        let _ =
            meetings(&event(&format!("UID:a\nDTSTART:{start}\nDURATION:-P36525D\nX-MICROSOFT-CDO-ALLDAYEVENT:TRUE")));
    }
}
