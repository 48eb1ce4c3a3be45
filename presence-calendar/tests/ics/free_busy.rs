//! VFREEBUSY and VAVAILABILITY.

use presence_core::{Second, ShowAs};

use super::{file, read, span, utc, year};

const BUSY: &str = "BEGIN:VFREEBUSY\nDTSTART:20260105T000000Z\nDTEND:20260106T000000Z\n\
                    FREEBUSY:20260105T080000Z/20260105T090000Z,20260105T100000Z/PT30M\n\
                    FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260105T110000Z/PT1H\nFREEBUSY;FBTYPE=FREE:20260105T120000Z/PT1H\n\
                    FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260105T130000Z/PT1H\nFREEBUSY;FBTYPE=X-ODD:20260105T140000Z/PT1H\nEND:VFREEBUSY";

/// The words at these times of the fifth of January.
fn words(bytes: &[u8], hours: &[&str]) -> Vec<Option<ShowAs>> {
    let agenda = read(bytes).free_busy(year());
    let at = |hour: &&str| {
        let time = Second::floor(utc(&format!("2026-01-{hour}:00Z")));
        agenda.as_ref()?.word_under(time, |meeting| Some(meeting.show_as()))
    };
    hours.iter().map(at).collect()
}

/// S3.8, S3.9: free and busy time, by all the kinds there are and without a text; outside of what is covered nothing is
/// known.
#[test]
fn free_busy_is_told_for_the_time_that_is_covered() {
    let hours =
        ["05T08:30", "05T09:30", "05T10:15", "05T11:30", "05T12:30", "05T13:30", "05T14:30", "04T12:00", "06T00:00"];
    assert_eq!(
        words(&file(BUSY), &hours),
        [
            Some(ShowAs::Busy),
            Some(ShowAs::Free),
            Some(ShowAs::Busy),
            Some(ShowAs::Tentative),
            Some(ShowAs::Free),
            Some(ShowAs::OutOfOffice),
            Some(ShowAs::Busy),
            None,
            None,
        ]
    );
}

/// S3.8: between two that cover different days nothing is known, and nothing is free.
#[test]
fn what_none_of_several_covers_is_unknown() {
    let later = BUSY.replace("202601", "202602").replace("20260205", "20260107").replace("20260206", "20260108");
    let words = words(&file(&format!("{BUSY}\n{later}")), &["05T09:30", "06T12:00", "07T09:30"]);
    assert_eq!(words, [Some(ShowAs::Free), Some(ShowAs::NoData), Some(ShowAs::Free)]);
}

#[test]
fn without_bounds_only_the_periods_are_known() {
    let text = BUSY.replace("DTSTART:20260105T000000Z\nDTEND:20260106T000000Z\n", "");
    assert_eq!(words(&file(&text), &["05T07:00", "05T09:30", "05T16:00"]), [None, Some(ShowAs::Free), None]);
}

#[test]
fn a_period_that_cannot_be_read_may_have_been_busy() {
    let text = BUSY.replace("20260105T100000Z/PT30M", "20260105T100000Z/junk");
    assert_eq!(words(&file(&text), &["05T08:30", "05T10:15"]), [Some(ShowAs::Busy), Some(ShowAs::NoData)]);
}

/// S3.8: so may one in a line that is left out.
#[test]
fn a_line_of_periods_that_is_lost_may_have_been_busy() {
    let long = format!("FREEBUSY:20260105T100000Z/PT30M{}", ",20260105T100000Z/PT30M".repeat(4_000));
    for line in [&long, "FREEBUSY;FBTYPE=BUSY 20260105T100000Z/PT30M", "FREEBUSY 20260105T100000Z/PT30M"] {
        let text = BUSY.replace("END:VFREEBUSY", &format!("{line}\nEND:VFREEBUSY"));
        assert_eq!(words(&file(&text), &["05T08:30", "05T12:00"]), [Some(ShowAs::Busy), Some(ShowAs::NoData)]);
    }
}

#[test]
fn an_answer_is_data_and_a_question_is_not() {
    let with = |method: &str| file(&format!("METHOD:{method}\n{BUSY}"));
    assert!(read(&with("REPLY")).free_busy(year()).is_some());
    assert!(read(&with("REQUEST")).free_busy(year()).is_none());
    assert!(read(&file("X:Y")).free_busy(year()).is_none());
}

/// S3.6: working hours by day of the week, in their own zone, on both sides of a change of the clock.
#[test]
fn availability_is_working_hours() {
    let text = "BEGIN:VAVAILABILITY\nUID:a\nDTSTART;TZID=Europe/Stockholm:20260101T000000\nBUSYTYPE:BUSY-UNAVAILABLE\n\
                BEGIN:AVAILABLE\nUID:b\nSUMMARY:canary\nDTSTART;TZID=Europe/Stockholm:20260105T080000\n\
                DTEND;TZID=Europe/Stockholm:20260105T170000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\nEND:AVAILABLE\n\
                BEGIN:X-OTHER\nEND:X-OTHER\nEND:VAVAILABILITY";
    let calendar = read(&file(text));
    assert!(calendar.is_empty() && calendar.warnings().is_empty());
    let hours = calendar.hours(span("2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z")).unwrap();
    let spans: Vec<String> = hours.spans().iter().map(|span| format!("{}/{}", span.start(), span.end())).collect();
    assert_eq!(spans, ["2026-03-27T07:00:00Z/2026-03-27T16:00:00Z", "2026-03-30T06:00:00Z/2026-03-30T15:00:00Z"]);
    // Before it begins nothing is known.
    let hours = calendar.hours(span("2025-12-29T00:00:00Z", "2026-01-06T00:00:00Z")).unwrap();
    assert_eq!(hours.at(Second::floor(utc("2025-12-30T10:00:00Z"))), None);
    assert_eq!(hours.at(Second::floor(utc("2026-01-05T10:00:00Z"))), Some(true));
    assert!(read(&file("X:Y")).hours(year()).is_none());
}
