//! What may be known of a private event: its times and its word.

use presence_calendar::ics::Calendar;
use presence_calendar::warning::Warning;
use presence_core::calendar::{Agenda, Importance};
use presence_core::{Address, ShowAs};
use proptest::prelude::*;

use super::{event, file, meetings, only, read, rules, subject, year};

const PLAIN: &str = "UID:a\nDTSTART:20260105T090000Z\nDTEND:20260105T100000Z\nSUMMARY:canary\nLOCATION:canary";

/// S0.17, S0.18: the class decides, wherever it stands; an unknown class is private.
#[test]
fn the_class_decides_wherever_it_stands() {
    for (class, is_private) in [
        ("CLASS:PUBLIC", false),
        ("CLASS:PERSONAL", false),
        ("CLASS:PRIVATE", true),
        ("CLASS:CONFIDENTIAL", true),
        ("class;x=y: private ", true),
        ("CLASS:X-SECRET", true),
        ("CLASS:", true),
        ("CLASS", true),
        ("CLASS PRIVATE", true),
        ("CLASS :PRIVATE", true),
        ("CLASS\t;X=Y:PRIVATE", true),
        ("CLA\n SS :PRIVATE", true),
        ("CLA\n SS:PRIV\n ATE", true),
        ("CLASS:PRIVATE\nCLASS:PUBLIC", true),
        ("CLASS:PUBLIC\nCLASS:PRIVATE", true),
    ] {
        for lines in [format!("{class}\n{PLAIN}"), format!("{PLAIN}\n{class}")] {
            let meeting = only(&event(&lines));
            assert_eq!((meeting.is_private(), meeting.texts().is_none()), (is_private, is_private), "{class}");
        }
    }
}

/// S0.18: the importance and the number of attendees are hidden too; the first by a switch of the installation.
#[test]
fn importance_and_attendees_of_private_events_are_hidden() {
    let file = event(&format!("{PLAIN}\nCLASS:PRIVATE\nPRIORITY:1\nATTENDEE:mailto:canary@example.com"));
    let meeting = only(&file);
    assert_eq!((meeting.importance(), meeting.attendees()), (Importance::Normal, 0));
    let (agenda, _) = Calendar::read(&file, &rules().hide_importance(false)).agenda(year());
    assert_eq!(agenda.meetings().first().unwrap().importance(), Importance::High);
}

/// S0.17: the installation decides about confidential and personal events, and whether there are subjects at all.
#[test]
fn the_installation_decides_what_is_private() {
    let with = |class: &str, rules: &presence_calendar::ics::ReadRules| {
        let (agenda, _) = Calendar::read(&event(&format!("{PLAIN}\nCLASS:{class}")), rules).agenda(year());
        let meeting = agenda.meetings().first().unwrap();
        (meeting.is_private(), meeting.texts().is_some())
    };
    assert_eq!(with("CONFIDENTIAL", &rules().mask_confidential(false)), (false, true));
    assert_eq!(with("PERSONAL", &rules().mask_personal(true)), (true, false));
    assert_eq!(with("PRIVATE", &rules().mask_confidential(false)), (true, false));
    assert_eq!(with("PUBLIC", &rules().hide_subjects(true)), (false, false));
}

/// S0.17, S0.18: a switch about one word takes nothing back of what another word, or a lost line, has made private.
#[test]
fn a_switch_is_about_one_word() {
    let open = rules().mask_confidential(false);
    for lines in ["CLASS:PRIVATE\nCLASS:CONFIDENTIAL", "CLASS:CONFIDENTIAL\nCLASS:PRIVATE", "CLASS:CONFIDENTIAL\nCLASS"]
    {
        let told = everything(&event(&format!("{PLAIN}\n{lines}")), &open);
        assert!(!told.contains("canary"), "{lines}: {told}");
    }
    let incomplete = file(&format!("BEGIN:VEVENT\n{PLAIN}\nCLASS:CONFIDENTIAL"));
    assert!(!everything(&incomplete, &open).contains("canary"));
    assert!(everything(&event(&format!("{PLAIN}\nCLASS:CONFIDENTIAL")), &open).contains("canary"));
}

/// A private series, and an instance of it that says nothing about that.
fn series_and_instance() -> (String, String) {
    let series = "BEGIN:VEVENT\nUID:a\nDTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nCLASS:PRIVATE\n\
                  END:VEVENT\n";
    let instance = "BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260106T090000Z\nDTSTART:20260106T120000Z\nDURATION:PT1H\n\
                    SUMMARY:canary\nEND:VEVENT\n";
    (series.to_owned(), instance.to_owned())
}

/// S0.18: an instance is private although its series, or the line that ties the two, cannot be read.
#[test]
fn an_instance_is_private_when_its_series_is_broken() {
    let (series, instance) = series_and_instance();
    for (series, instance) in [
        (series.replace("DTSTART:2026", "DTSTART:x"), instance.clone()),
        (series.replace("UID:a", "UID: a "), instance.clone()),
        (series.clone(), instance.replace("ID:20260106", "ID:x")),
        (series.clone(), instance.replace("UID:a", "UID;a")),
        (format!("END:VCALENDAR\nBEGIN:VCALENDAR\nMETHOD:REPLY\n{series}"), instance.clone()),
    ] {
        for text in [format!("{series}{instance}"), format!("{instance}{series}")] {
            let told = everything(&file(&text), &rules());
            assert!(!told.contains("canary") && told.contains("Busy"), "{text}");
        }
    }
}

/// S0.18: the series of an instance, and what makes both private, may be in what is missing of the file.
#[test]
fn an_instance_without_its_series_is_private_when_the_file_is_cut() {
    let (series, instance) = series_and_instance();
    let whole = file(&instance);
    assert!(everything(&whole, &rules()).contains("canary"));
    let cut = String::from_utf8(whole).unwrap().replace("END:VCALENDAR\r\n", "");
    assert!(!everything(cut.as_bytes(), &rules()).contains("canary"));
    // With its series it is known how private it is.
    let both = format!("{cut}{}", series.replace("PRIVATE", "PUBLIC"));
    assert!(everything(both.as_bytes(), &rules()).contains("canary"));
}

/// S0.18: what comes after a change that lasts belongs to what the series has become.
#[test]
fn an_instance_after_a_private_change_that_lasts_is_private() {
    let (series, instance) = series_and_instance();
    let lasting = instance.replace("RECURRENCE-ID", "CLASS:PRIVATE\nRECURRENCE-ID;RANGE=THISANDFUTURE");
    let later = instance.replace("20260106", "20260107");
    let text = format!("{}{later}{lasting}", series.replace("PRIVATE", "PUBLIC"));
    assert!(!everything(&file(&text), &rules()).contains("canary"));
    // What came before it does not.
    let earlier = instance.replace("20260106", "20260105");
    let text = format!("{}{earlier}{lasting}", series.replace("PRIVATE", "PUBLIC"));
    assert!(everything(&file(&text), &rules()).contains("canary"));
}

/// S0.18: an instance is as private as its series, and a copy as the other copy, in whatever order they stand.
#[test]
fn the_strictest_of_series_instance_and_copy_wins() {
    let series = |class: &str| {
        format!(
            "BEGIN:VEVENT\nUID:a\nDTSTART:20260105T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:series\n\
                 CLASS:{class}\nEND:VEVENT"
        )
    };
    let instance = |class: &str| {
        format!(
            "BEGIN:VEVENT\nUID:a\nRECURRENCE-ID:20260106T090000Z\nDTSTART:20260106T120000Z\nDURATION:PT1H\n\
                 SUMMARY:instance\nCLASS:{class}\nEND:VEVENT"
        )
    };
    for (one, other, told) in [
        ("PUBLIC", "PUBLIC", ["series", "instance", "series"]),
        ("PRIVATE", "PUBLIC", ["", "", ""]),
        ("PUBLIC", "PRIVATE", ["series", "", "series"]),
        ("PERSONAL", "CONFIDENTIAL", ["series", "", "series"]),
    ] {
        for text in [format!("{}\n{}", series(one), instance(other)), format!("{}\n{}", instance(other), series(one))] {
            let meetings = meetings(&file(&text));
            assert_eq!(meetings.iter().map(subject).collect::<Vec<_>>(), told, "{one} {other}");
        }
    }
    let copies = format!("{}\n{}", series("PRIVATE"), series("PUBLIC").replace("CLASS", "SEQUENCE:7\nCLASS"));
    assert!(meetings(&file(&copies)).iter().all(|meeting| meeting.is_private()));
    // What recurs is still private when an instance and those after it are not.
    let future = instance("PUBLIC").replace("RECURRENCE-ID", "RECURRENCE-ID;RANGE=THISANDFUTURE");
    let meetings = meetings(&file(&format!("{}\n{future}", series("PRIVATE"))));
    assert!(meetings.len() == 3 && meetings.iter().all(|meeting| meeting.is_private()));
}

/// S0.18: UIDs that are folded in different ways are the same.
#[test]
fn an_instance_whose_uid_is_folded_is_as_private_as_its_series() {
    let text = "BEGIN:VEVENT\nUID:long-name\nDTSTART:20260105T090000Z\nRRULE:FREQ=DAILY;COUNT=2\nCLASS:PRIVATE\nEND:VEVENT\n\
                BEGIN:VEVENT\nUID;X=Y:long-\n name\nRECURRENCE-ID:20260105T090000Z\nDTSTART:20260105T090000Z\nSUMMARY:canary\n\
                END:VEVENT";
    let meetings = meetings(&file(text));
    assert_eq!((meetings.len(), meetings.iter().all(|meeting| meeting.is_private())), (2, true));
}

/// S0.18: who is in the same private meeting cannot be told by its identity.
#[test]
fn a_private_event_has_no_identity() {
    let with =
        |uid: &str, class: &str| only(&event(&PLAIN.replace("UID:a", &format!("UID:{uid}\nCLASS:{class}")))).id();
    assert_eq!(with("a", "PRIVATE"), with("b", "PRIVATE"));
    assert_ne!(with("a", "PUBLIC"), with("b", "PUBLIC"));
}

/// Everything that can be got out of a file, as text.
fn everything(bytes: &[u8], rules: &presence_calendar::ics::ReadRules) -> String {
    let calendar = Calendar::read(bytes, rules);
    let (agenda, warnings) = calendar.agenda(year());
    let told = |warnings: &[Warning]| warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let texts = |agenda: &Agenda| {
        let texts = agenda.meetings().iter().filter_map(|meeting| meeting.texts());
        let all = texts.flat_map(|texts| [&texts.subject, &texts.place, &texts.organiser]);
        all.flatten().map(|text| text.reveal().to_string()).collect::<Vec<_>>().join("\n")
    };
    let free_busy = calendar.free_busy(year());
    format!(
        "{calendar:?} {calendar:#?} {agenda:?} {} {} {} {free_busy:?} {:?}",
        texts(&agenda),
        told(&warnings),
        told(calendar.warnings()),
        calendar.hours(year())
    )
}

fn token() -> impl Strategy<Value = String> {
    "[a-z]{4}CANARY[a-z0-9]{4}"
}

proptest! {
    /// S0.17, S0.18: no text of a private event is in anything that can be got out of its file; nor in what is printed
    /// of any event.
    #[test]
    fn no_text_of_a_private_event_gets_out(
        tokens in prop::collection::vec(token(), 12),
        order in Just((0..14_usize).collect::<Vec<_>>()).prop_shuffle(),
        class in prop::sample::select(vec!["PRIVATE", "CONFIDENTIAL", "X-OTHER"]),
        is_broken in any::<bool>(),
        cut in prop::option::of(0..900_usize),
    ) {
        let t = |number: usize| tokens[number].as_str();
        let lines = [
            format!("SUMMARY;X-{}={}:{}", t(0), t(0), t(0)),
            format!("LOCATION:{}", t(1)),
            format!("ORGANIZER;CN={}:mailto:{}@example.com", t(2), t(2)),
            format!("ATTENDEE;CN={}:mailto:{}@example.com", t(3), t(3)),
            format!("DESCRIPTION:{}", t(4)),
            format!("UID:{}", t(5)),
            format!("CATEGORIES:{}", t(6)),
            format!("DTSTART;TZID=\"{}\":20260105T090000", t(7)),
            format!("PRIORITY:{}", t(8)),
            format!("X-MICROSOFT-CDO-BUSYSTATUS:{}", t(9)),
            format!("RRULE:FREQ={}", t(10)),
            format!("{} junk", t(11)),
            format!("CLASS:{class}"),
            "DTEND:20260105T100000Z".to_owned(),
        ];
        let lines: Vec<&str> = order.iter().map(|number| lines[*number].as_str()).collect();
        let end = if is_broken { "" } else { "END:VEVENT" };
        let mut bytes = file(&format!("BEGIN:VEVENT\n{}\n{end}", lines.join("\n")));
        // Wherever the file ends, what is there is not shown: it is not complete.
        if let Some(cut) = cut {
            bytes.truncate(cut);
        }
        prop_assert!(!everything(&bytes, &rules()).contains("CANARY"), "told");
        let open = String::from_utf8(bytes).unwrap().replace(&format!("CLASS:{class}"), "CLASS:PUBLIC");
        let calendar = read(open.as_bytes());
        prop_assert!(!format!("{calendar:?} {calendar:#?}").contains("CANARY"), "printed");
    }
}

/// The test above can find a text.
#[test]
fn texts_of_other_events_do_get_out() {
    assert!(everything(&event(PLAIN), &rules()).contains("canary"));
    let owner = rules().with_owner(&Address::smtp("canary@example.com").unwrap());
    assert_eq!(
        Calendar::read(&event(PLAIN), &owner).agenda(year()).0.meetings().first().unwrap().show_as(),
        ShowAs::Busy
    );
}
