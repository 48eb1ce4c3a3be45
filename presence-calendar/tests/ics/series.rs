//! Series, and instances of them that are told apart.

use presence_calendar::warning::Problem;

use super::{Meeting, event, file, meetings, problems, read, span, starts, subject, times};

const SERIES: &str = "BEGIN:VEVENT\nUID:a\nSUMMARY:series\nDTSTART;TZID=Europe/Stockholm:20260105T090000\n\
                      DTEND;TZID=Europe/Stockholm:20260105T100000\nRRULE:FREQ=DAILY;COUNT=4\nEND:VEVENT";

/// An instance with these lines.
fn instance(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:a\nSUMMARY:instance\n{lines}\nEND:VEVENT")
}

fn with(instances: &[&str]) -> Vec<u8> {
    let all: Vec<String> = instances.iter().map(|lines| instance(lines)).collect();
    file(&format!("{SERIES}\n{}", all.join("\n")))
}

fn told(bytes: &[u8]) -> Vec<String> {
    let told = |meeting: &Meeting| format!("{} {}", meeting.span().start(), subject(meeting));
    meetings(bytes).iter().map(told).collect()
}

#[test]
fn a_series_is_worked_out() {
    let starts = starts(&meetings(&with(&[])));
    assert_eq!(
        starts,
        ["2026-01-05T08:00:00Z", "2026-01-06T08:00:00Z", "2026-01-07T08:00:00Z", "2026-01-08T08:00:00Z"]
    );
}

/// S0.21: an occurrence is at the same time of the clock on both sides of a change of it.
#[test]
fn occurrences_keep_their_time_of_the_clock() {
    let file =
        event("UID:a\nDTSTART;TZID=W. Europe Standard Time:20260323T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2");
    assert_eq!(starts(&meetings(&file)), ["2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"]);
}

/// S0.19, S0.22: any date can be asked for, however far away; a day is one call.
#[test]
fn any_date_can_be_asked_for() {
    let file =
        event("UID:a\nDTSTART;TZID=Europe/Stockholm:20200101T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY\nSUMMARY:x");
    let calendar = read(&file);
    for (day, next, start) in [
        ("2020-01-01", "2020-01-02", "2020-01-01T08:00:00Z"),
        ("2026-07-01", "2026-07-02", "2026-07-01T07:00:00Z"),
        ("2095-12-31", "2096-01-01", "2095-12-31T08:00:00Z"),
    ] {
        let (agenda, warnings) = calendar.agenda(span(&format!("{day}T00:00:00Z"), &format!("{next}T00:00:00Z")));
        assert_eq!((starts(agenda.meetings()), warnings.len()), (vec![start.to_owned()], 0));
    }
    let before = calendar.agenda(span("1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z")).0;
    assert!(before.meetings().is_empty());
}

#[test]
fn an_instance_is_moved() {
    let file = with(&[
        "RECURRENCE-ID;TZID=Europe/Stockholm:20260106T090000\nDTSTART:20260106T120000Z\nDTEND:20260106T123000Z",
    ]);
    let told = told(&file);
    assert_eq!(told.get(1).unwrap(), "2026-01-06T12:00:00Z instance");
    assert_eq!(told.len(), 4);
}

/// S0.20: an instance that is cancelled makes nobody busy.
#[test]
fn an_instance_is_cancelled() {
    for lines in [
        "RECURRENCE-ID:20260106T080000Z\nDTSTART:20260106T080000Z\nDTEND:20260106T090000Z\nSTATUS:CANCELLED",
        "RECURRENCE-ID:20260106T080000Z\nSTATUS:CANCELLED",
    ] {
        let meetings = meetings(&with(&[lines]));
        let counting: Vec<_> = meetings.iter().filter(|meeting| meeting.counts()).cloned().collect();
        assert_eq!(starts(&counting), ["2026-01-05T08:00:00Z", "2026-01-07T08:00:00Z", "2026-01-08T08:00:00Z"]);
    }
}

#[test]
fn the_instance_is_found_by_its_time_whatever_zone_names_it() {
    for id in [":20260106T080000Z", ";TZID=Eastern Standard Time:20260106T030000", ";VALUE=DATE:20260106"] {
        let file = with(&[&format!("RECURRENCE-ID{id}\nDTSTART:20260701T120000Z")]);
        assert_eq!(told(&file).last().unwrap(), "2026-07-01T12:00:00Z instance", "{id}");
        assert_eq!(told(&file).len(), 4, "{id}");
    }
}

/// Exchange names the instances of series of whole days by times.
#[test]
fn instances_of_whole_days_are_found_by_their_date() {
    for id in [
        ";TZID=W. Europe Standard Time:20260106T000000",
        ";TZID=Eastern Standard Time:20260106T000000",
        ";VALUE=DATE:20260106",
        ":20260106T000000Z",
        ":20260105T230000Z",
    ] {
        let text = format!(
            "BEGIN:VEVENT\nUID:a\nSUMMARY:series\nDTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n{}",
            instance(&format!("RECURRENCE-ID{id}\nDTSTART;VALUE=DATE:20260301"))
        );
        let told = told(&file(&text));
        assert_eq!(
            told,
            ["2026-01-04T23:00:00Z series", "2026-01-06T23:00:00Z series", "2026-02-28T23:00:00Z instance"],
            "{id}"
        );
    }
}

#[test]
fn an_instance_is_looked_at_wherever_it_and_its_original_are() {
    let calendar = read(&with(&["RECURRENCE-ID:20260106T080000Z\nDTSTART:20260601T120000Z\nDURATION:PT1H"]));
    let june = calendar.agenda(span("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z")).0;
    assert_eq!(starts(june.meetings()), ["2026-06-01T12:00:00Z"]);
    let sixth = calendar.agenda(span("2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z")).0;
    assert_eq!(starts(sixth.meetings()), [] as [String; 0]);
}

#[test]
fn an_instance_without_its_series_stands_alone() {
    let file = file(&instance("RECURRENCE-ID:20260106T080000Z\nDTSTART:20260106T120000Z\nDURATION:PT1H"));
    assert_eq!(told(&file), ["2026-01-06T12:00:00Z instance"]);
}

#[test]
fn of_two_copies_the_newer_one_counts() {
    let copy = |subject: &str, lines: &str| {
        format!("BEGIN:VEVENT\nUID:a\nDTSTART:20260105T090000Z\nDURATION:PT1H\nSUMMARY:{subject}\n{lines}\nEND:VEVENT")
    };
    for (older, newer) in [
        ("SEQUENCE:1\nLAST-MODIFIED:20260103T000000Z", "SEQUENCE:2\nLAST-MODIFIED:20260101T000000Z"),
        ("LAST-MODIFIED:20260101T000000Z", "LAST-MODIFIED:20260101T000001Z"),
        ("DTSTAMP:20251231T235959Z", "DTSTAMP:20260101T000000Z"),
    ] {
        let (older, newer) = (copy("older", older), copy("newer", newer));
        for text in [format!("{older}\n{newer}"), format!("{newer}\n{older}")] {
            assert_eq!(told(&file(&text)), ["2026-01-05T09:00:00Z newer"]);
            assert_eq!(problems(&file(&text)).first().unwrap().1, Problem::Copy);
        }
    }
    let same = format!("{}\n{}", copy("first", "X:Y"), copy("second", "X:Y"));
    assert_eq!(told(&file(&same)), ["2026-01-05T09:00:00Z second"]);
    let of_instances = with(&[
        "RECURRENCE-ID:20260106T080000Z\nSEQUENCE:3\nDTSTART:20260106T130000Z",
        "RECURRENCE-ID;TZID=Europe/Stockholm:20260106T090000\nSEQUENCE:2\nDTSTART:20260106T140000Z",
    ]);
    assert_eq!(told(&of_instances).get(1).unwrap(), "2026-01-06T13:00:00Z instance");
    assert_eq!(told(&of_instances).len(), 4);
}

#[test]
fn an_instance_that_the_newer_series_leaves_out_stays_out() {
    let series = SERIES.replace("RRULE", "SEQUENCE:5\nEXDATE:20260106T080000Z\nRRULE");
    for (sequence, count) in [(4, 3), (5, 4)] {
        let lines = format!("RECURRENCE-ID:20260106T080000Z\nSEQUENCE:{sequence}\nDTSTART:20260106T120000Z");
        assert_eq!(told(&file(&format!("{series}\n{}", instance(&lines)))).len(), count);
    }
}

#[test]
fn this_and_future_follow_until_the_next_of_the_kind() {
    let file = with(&[
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260106T080000Z\nDTSTART:20260106T100000Z\nDURATION:PT30M",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20260108T080000Z\nDTSTART;VALUE=DATE:20260109",
        "RECURRENCE-ID:20260107T080000Z\nDTSTART:20260107T200000Z\nDURATION:PT5M",
    ]);
    let times: Vec<String> = meetings(&file).iter().map(times).collect();
    assert_eq!(
        times,
        [
            "2026-01-05T08:00:00Z/2026-01-05T09:00:00Z",
            "2026-01-06T10:00:00Z/2026-01-06T10:30:00Z",
            "2026-01-07T20:00:00Z/2026-01-07T20:05:00Z",
            "2026-01-08T23:00:00Z/2026-01-09T23:00:00Z",
        ]
    );
    let file = with(&["RECURRENCE-ID;RANGE=THISANDFUTURE:20260106T080000Z\nDTSTART:20260107T100000Z\nDURATION:PT30M"]);
    assert_eq!(
        told(&file),
        [
            "2026-01-05T08:00:00Z series",
            "2026-01-07T10:00:00Z instance",
            "2026-01-08T10:00:00Z instance",
            "2026-01-09T10:00:00Z instance",
        ]
    );
    // A window that only what is moved lies in.
    let late = read(&file).agenda(span("2026-01-09T00:00:00Z", "2026-01-10T00:00:00Z")).0;
    assert_eq!(starts(late.meetings()), ["2026-01-09T10:00:00Z"]);
}

#[test]
fn dates_are_left_out_by_time_or_by_day() {
    for except in [
        "EXDATE:20260106T080000Z",
        "EXDATE;TZID=Eastern Standard Time:20260106T030000",
        "EXDATE;VALUE=DATE:20260106",
        "EXDATE:20250101T000000Z,20260106T080000Z",
        "EXDATE:20250101T000000Z\nEXDATE;TZID=\"W. Europe Standard Time\":20260106T090000",
    ] {
        let file = file(&SERIES.replace("RRULE", &format!("{except}\nRRULE")));
        assert_eq!(
            starts(&meetings(&file)),
            ["2026-01-05T08:00:00Z", "2026-01-07T08:00:00Z", "2026-01-08T08:00:00Z"],
            "{except}"
        );
    }
    let days = "UID:a\nDTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;TZID=W. Europe Standard Time:20260106T000000";
    assert_eq!(meetings(&event(days)).len(), 1);
}

#[test]
fn further_dates_may_have_a_length_of_their_own() {
    let dates = "RDATE;TZID=Europe/Stockholm;VALUE=PERIOD:20260201T090000/PT3H,20260202T090000/20260202T093000\n\
                 RDATE;TZID=Eastern Standard Time:20260203T030000";
    let all: Vec<String> =
        meetings(&file(&SERIES.replace("RRULE:FREQ=DAILY;COUNT=4", dates))).iter().map(times).collect();
    assert_eq!(
        all,
        [
            "2026-01-05T08:00:00Z/2026-01-05T09:00:00Z",
            "2026-02-01T08:00:00Z/2026-02-01T11:00:00Z",
            "2026-02-02T08:00:00Z/2026-02-02T08:30:00Z",
            "2026-02-03T08:00:00Z/2026-02-03T09:00:00Z",
        ]
    );
}

#[test]
fn a_further_day_has_the_time_of_the_others() {
    let file = event("UID:a\nDTSTART:20260105T090000Z\nDURATION:PT1H\nRDATE;VALUE=DATE:20260110");
    assert_eq!(starts(&meetings(&file)), ["2026-01-05T09:00:00Z", "2026-01-10T09:00:00Z"]);
}

/// S0.21: what began before the window is in it, however long it takes.
#[test]
fn what_began_before_the_window_is_in_it() {
    let lines = "UID:a\nDTSTART:20260105T090000Z\nDURATION:PT60H\nRRULE:FREQ=WEEKLY;COUNT=10";
    let window = span("2026-01-14T20:00:00Z", "2026-01-14T22:00:00Z");
    assert_eq!(starts(read(&event(lines)).agenda(window).0.meetings()), ["2026-01-12T09:00:00Z"]);
    let once = "UID:a\nDTSTART:20250105T090000Z\nDTEND:20270105T090000Z";
    assert_eq!(read(&event(once)).agenda(window).0.meetings().len(), 1);
}

#[test]
fn a_rule_that_cannot_be_read_leaves_the_first_occurrence() {
    let file = event("UID:a\nDTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=SOMETIMES");
    assert_eq!((starts(&meetings(&file)).len(), problems(&file)), (1, vec![(7, Problem::Rule)]));
}
