//! What decides how a meeting looks: importance and the word for its time.

use presence_core::calendar::{Appearance, Bar, Fill, Importance};
use presence_core::{Address, ShowAs};

use presence_calendar::ics::Calendar;
use presence_calendar::warning::Problem;

use super::{event, only, problems, rules, year};

const PLAIN: &str = "UID:a\nDTSTART:20260105T090000Z\nDTEND:20260105T100000Z";

fn with(lines: &str) -> Vec<u8> {
    event(&format!("{PLAIN}\n{lines}"))
}

/// S0.10, S0.11, S0.12: normal is yellow, high is red, low is blue; Microsoft's line comes before PRIORITY.
#[test]
fn importance_is_the_fill() {
    for (lines, importance, fill) in [
        ("", Importance::Normal, Fill::Yellow),
        ("PRIORITY:0", Importance::Normal, Fill::Yellow),
        ("PRIORITY:1", Importance::High, Fill::Red),
        ("PRIORITY:4", Importance::High, Fill::Red),
        ("PRIORITY:5", Importance::Normal, Fill::Yellow),
        ("PRIORITY:6", Importance::Low, Fill::Blue),
        ("PRIORITY:9", Importance::Low, Fill::Blue),
        ("X-MICROSOFT-CDO-IMPORTANCE:0\nPRIORITY:1", Importance::Low, Fill::Blue),
        ("PRIORITY:9\nX-MICROSOFT-CDO-IMPORTANCE:2", Importance::High, Fill::Red),
        ("X-MICROSOFT-CDO-IMPORTANCE:1\nPRIORITY:1", Importance::Normal, Fill::Yellow),
        ("X-MICROSOFT-CDO-IMPORTANCE:7", Importance::Normal, Fill::Yellow),
    ] {
        let meeting = only(&with(lines));
        assert_eq!(
            (meeting.importance(), Appearance::of(meeting.show_as(), meeting.importance()).fill),
            (importance, fill),
            "{lines}"
        );
    }
}

/// S0.13, S0.14, S0.15, S0.16: the bar follows the word, whatever the importance.
#[test]
fn the_word_is_the_bar() {
    for (word, show_as, bar) in [
        ("BUSY", ShowAs::Busy, Bar::Transparent),
        ("FREE", ShowAs::Free, Bar::White),
        ("OOF", ShowAs::OutOfOffice, Bar::Purple),
        ("OUTOFOFFICE", ShowAs::OutOfOffice, Bar::Purple),
        ("tentative ", ShowAs::Tentative, Bar::Striped),
        ("WorkingElsewhere", ShowAs::WorkingElsewhere, Bar::Dotted),
    ] {
        for (importance, fill) in [(0, Fill::Blue), (1, Fill::Yellow), (2, Fill::Red)] {
            let lines = format!("X-MICROSOFT-CDO-IMPORTANCE:{importance}\nX-MICROSOFT-CDO-BUSYSTATUS:{word}");
            let meeting = only(&with(&lines));
            let look = Appearance::of(meeting.show_as(), meeting.importance());
            assert_eq!((meeting.show_as(), look.bar, look.fill), (show_as, bar, fill), "{word}");
        }
    }
}

/// S3.8: Microsoft's words come first, then TRANSP, then STATUS; what the organiser intends says nothing.
#[test]
fn the_words_have_an_order() {
    for (lines, show_as) in [
        ("", ShowAs::Busy),
        ("TRANSP:OPAQUE", ShowAs::Busy),
        ("TRANSP:TRANSPARENT", ShowAs::Free),
        ("TRANSP:TRANSPARENT\nSTATUS:TENTATIVE", ShowAs::Free),
        ("TRANSP:OPAQUE\nSTATUS:TENTATIVE", ShowAs::Tentative),
        ("STATUS:TENTATIVE", ShowAs::Tentative),
        ("STATUS:CONFIRMED", ShowAs::Busy),
        ("TRANSP:TRANSPARENT\nX-MICROSOFT-CDO-BUSYSTATUS:OOF", ShowAs::OutOfOffice),
        ("TRANSP:TRANSPARENT\nX-MICROSOFT-MSNCALENDAR-BUSYSTATUS:TENTATIVE", ShowAs::Tentative),
        ("X-MICROSOFT-CDO-BUSYSTATUS:FREE\nX-MICROSOFT-MSNCALENDAR-BUSYSTATUS:OOF", ShowAs::Free),
        ("X-MICROSOFT-CDO-INTENDEDSTATUS:OOF", ShowAs::Busy),
    ] {
        assert_eq!(only(&with(lines)).show_as(), show_as, "{lines}");
    }
    let file = with("X-MICROSOFT-CDO-BUSYSTATUS:7");
    assert_eq!(only(&file).show_as(), ShowAs::Busy);
    assert_eq!(problems(&file), [(7, Problem::UnknownWord("X-MICROSOFT-CDO-BUSYSTATUS"))]);
}

/// S0.20: what is cancelled or declined makes nobody busy.
#[test]
fn what_is_cancelled_or_declined_does_not_count() {
    let cancelled = only(&with("STATUS:CANCELLED"));
    assert!(cancelled.is_cancelled() && !cancelled.counts());
    let owner = rules().with_owner(&Address::smtp("anna@example.com").unwrap());
    for (lines, declined, show_as) in [
        ("ATTENDEE;PARTSTAT=DECLINED;CN=\"A\":MAILTO:Anna@Example.com", true, ShowAs::Busy),
        (
            "ATTENDEE;CN=\"Anna with a name so long that the line has to be folded\";PART\n STAT=DECLINED:mailto:anna@exa\n mple.com",
            true,
            ShowAs::Busy,
        ),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:joanna@example.com", false, ShowAs::Busy),
        ("ATTENDEE;PARTSTAT=DECLINED;EMAIL=anna@example.com:urn:uuid:1", true, ShowAs::Busy),
        (
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@example.com\nATTENDEE;PARTSTAT=DECLINED:mailto:b@example.com",
            false,
            ShowAs::Busy,
        ),
        ("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:anna@example.com", false, ShowAs::Tentative),
        ("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:anna@example.com\nTRANSP:OPAQUE", false, ShowAs::Busy),
    ] {
        let (agenda, _) = Calendar::read(&with(lines), &owner).agenda(year());
        let meeting = agenda.meetings().first().unwrap();
        assert_eq!(
            (meeting.is_declined(), meeting.counts(), meeting.show_as()),
            (declined, !declined, show_as),
            "{lines}"
        );
    }
    assert!(!only(&with("ATTENDEE;PARTSTAT=DECLINED:mailto:anna@example.com")).is_declined());
}

/// S3.9: who attends is not read; how many is.
#[test]
fn attendees_are_counted() {
    let lines = "ATTENDEE:mailto:a@example.com\nATTENDEE;CN=B:mailto:b@example.com";
    assert_eq!(only(&with(lines)).attendees(), 2);
}
