//! Reading a window.

use presence_calendar::server::{CalendarServer, MailboxTrouble};
use presence_core::testing::http::CannedAnswer;
use presence_core::{ShowAs, SourceErrorKind};

use super::talk::{WORK, anna, ask, asked, drawn, event, marks, multistatus, object, response, server, span, week};

/// S0.9 to S0.16: importance and status come through, series are worked out here, and prefixes say nothing.
#[tokio::test]
async fn a_window_with_an_event_of_each_kind() {
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks("<CS:getctag>1</CS:getctag>"));
    let objects = [
        object("/anna/work/1.ics", "1", &event("1", "20261020T080000Z", "SUMMARY:Board & <budget>\nPRIORITY:1\n")),
        object("/anna/work/2.ics", "2", &event("2", "20261020T100000Z", "SUMMARY:Reading\nPRIORITY:9\n")),
        object("2.ics", "3", &event("3", "20261026T120000Z", "SUMMARY:Free\nTRANSP:TRANSPARENT\n")),
        object(
            "https://dav.example.com/anna/work/4.ics",
            "4",
            &event("4", "20250101T070000Z", "SUMMARY:Weekly\nRRULE:FREQ=WEEKLY;BYDAY=FR\n"),
        ),
        object(
            "/anna/work/5.ics",
            "5",
            &event("5", "20261021T080000Z", "SUMMARY:Away\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\n"),
        ),
        object("/anna/work/6.ics", "6", &event("6", "20261122T080000Z", "SUMMARY:Out of the window\n")),
    ];
    http.on("REPORT", WORK, multistatus(&objects.concat()));
    assert_eq!(
        drawn(&server).await,
        [
            "10-20 08:00 Busy High Board & <budget>",
            "10-20 10:00 Busy Low Reading",
            "10-21 08:00 OutOfOffice Normal Away",
            "10-23 07:00 Busy Normal Weekly",
            "10-26 12:00 Free Normal Free",
        ]
    );
    let question = String::from_utf8(http.requests()[1].body.clone()).unwrap();
    assert!(question.contains("<C:time-range start=\"20261018T000000Z\" end=\"20261029T000000Z\"/>"), "{question}");
    assert!(!question.contains("expand"), "servers do not agree on it");
    assert_eq!(http.requests()[1].headers.get("Depth"), Some("1"));
}

/// S0.18: what was typed into a private meeting is in no value that is left after reading.
#[tokio::test]
async fn nothing_of_a_private_meeting_is_left() {
    const CANARY: &str = "canary";
    let private = "SUMMARY:canary\nLOCATION:canary\nDESCRIPTION:canary\nORGANIZER;CN=canary:mailto:canary@example.com\n\
                   PRIORITY:1\nCLASS:PRIVATE\n";
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks(""));
    let series = format!(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:s\nRECURRENCE-ID:20261021T080000Z\nDTSTART:20261021T090000Z\n\
         SUMMARY:canary\nEND:VEVENT\nBEGIN:VEVENT\nUID:s\nDTSTART:20261020T080000Z\nRRULE:FREQ=DAILY;COUNT=2\n\
         {private}END:VEVENT\nEND:VCALENDAR\n"
    );
    let objects = [
        object("/anna/work/1.ics", "1", &event("1", "20261020T080000Z", private)),
        object("/anna/work/2.ics", "2", &series),
    ];
    http.on("REPORT", WORK, multistatus(&objects.concat()));
    let agenda = ask(&server).await.unwrap().unwrap();
    assert_eq!(agenda.meetings().len(), 3);
    assert!(agenda.meetings().iter().all(|meeting| meeting.is_private() && meeting.texts().is_none()));
    let shown = format!("{agenda:?} {agenda:#?} {:?} {:?}", agenda.meetings(), server.warnings(&anna()));
    assert!(!shown.contains(CANARY), "{shown}");
}

/// What the server shows nobody is not free time.
#[tokio::test]
async fn an_event_that_is_not_given_is_not_free_time() {
    let good = object("/anna/work/1.ics", "1", &event("1", "20261020T080000Z", "SUMMARY:Good\n"));
    let refused = "<response><href>/anna/work/2.ics</href><propstat><prop><getetag>\"2\"</getetag></prop>\
                   <status>HTTP/1.1 200 OK</status></propstat><propstat><prop><C:calendar-data/></prop>\
                   <status>HTTP/1.1 403 Forbidden</status></propstat></response>";
    let bad = [
        refused.to_owned(),
        object("/anna/work/2.ics", "2", ""),
        object("/anna/work/2.ics", "2", "Internal server error"),
        response("/anna/work/2.ics", "<getetag>\"2\"</getetag>"),
        "<response><href>/anna/work/2.ics</href><status>HTTP/1.1 500 Error</status></response>".to_owned(),
        object("/anna/work/2.ics", "2", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:2\nDTSTART:2026"),
    ];
    for bad in bad {
        let (http, server) = server();
        http.on("PROPFIND", WORK, marks(""));
        http.on("REPORT", WORK, multistatus(&format!("{good}{bad}")));
        let agenda = ask(&server).await.unwrap().unwrap();
        let free = "2026-10-22T08:00:00Z".parse().map(presence_core::Second::floor).unwrap();
        assert_eq!(agenda.word_under(free, |meeting| Some(meeting.show_as())), Some(ShowAs::NoData), "{bad}");
        assert!(agenda.meetings().iter().any(|meeting| meeting.texts().is_some()), "the good one stays: {bad}");
    }
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks(""));
    let gone = "<response><href>/anna/work/2.ics</href><status>HTTP/1.1 404 Not Found</status></response>";
    http.on("REPORT", WORK, multistatus(&format!("{good}{gone}")));
    assert_eq!(drawn(&server).await, ["10-20 08:00 Busy Normal Good"]);
}

/// A window with too much in it is cut into pieces.
#[tokio::test]
async fn too_much_is_asked_for_in_pieces() {
    let limits = "<D:error xmlns:D=\"DAV:\"><D:number-of-matches-within-limits/></D:error>";
    let cut = "<response><href>/anna/work/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>";
    let refusals = [
        CannedAnswer::status(507),
        CannedAnswer::status(413),
        CannedAnswer::status(403).body(limits),
        CannedAnswer::error(presence_core::http::HttpError::TooLarge { limit: 1 }),
        multistatus(cut),
    ];
    let one = object("/anna/work/1.ics", "1", &event("1", "20261020T080000Z", "SUMMARY:One\n"));
    let two = object("/anna/work/2.ics", "2", &event("2", "20261027T080000Z", "SUMMARY:Two\n"));
    for refusal in refusals {
        let (http, server) = server();
        http.on("PROPFIND", WORK, marks(""));
        http.on("REPORT", WORK, refusal);
        http.on("REPORT", WORK, multistatus(&two));
        http.on("REPORT", WORK, multistatus(&one));
        assert_eq!(drawn(&server).await, ["10-20 08:00 Busy Normal One", "10-27 08:00 Busy Normal Two"]);
        assert_eq!(asked(&http).len(), 4);
    }
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks(""));
    http.on("REPORT", WORK, CannedAnswer::status(507));
    assert_eq!(ask(&server).await.unwrap(), Err(MailboxTrouble::Unavailable));
    assert!(asked(&http).len() < 40, "it comes to an end");
}

/// What concerns one mailbox is told of it; what concerns the server ends the session, with what to do about it.
#[tokio::test]
async fn each_status_is_trouble_of_a_kind() {
    let mailbox = [
        (403, MailboxTrouble::Forbidden),
        (404, MailboxTrouble::NotFound),
        (410, MailboxTrouble::NotFound),
        (412, MailboxTrouble::Unavailable),
        (500, MailboxTrouble::Unavailable),
    ];
    for (status, trouble) in mailbox {
        let (http, server) = server();
        http.on("PROPFIND", WORK, CannedAnswer::status(status).body("sesame"));
        assert_eq!(ask(&server).await.unwrap(), Err(trouble), "{status}");
    }
    let all = [
        (401, SourceErrorKind::Forbidden),
        (200, SourceErrorKind::Protocol),
        (301, SourceErrorKind::Protocol),
        (400, SourceErrorKind::Protocol),
        (405, SourceErrorKind::Protocol),
        (501, SourceErrorKind::Protocol),
        (429, SourceErrorKind::Throttled),
        (502, SourceErrorKind::Unreachable),
        (503, SourceErrorKind::Throttled),
    ];
    for (status, kind) in all {
        let (http, server) = server();
        http.on("PROPFIND", WORK, CannedAnswer::status(status).body("sesame"));
        let error = ask(&server).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        assert!(!format!("{error} {error:?}").contains("sesame"), "{error:?}");
    }
}

/// Patience that is asked for as a time is counted by the server's own clock.
#[tokio::test]
async fn the_server_says_when_to_come_back() {
    let waits = [
        (None, "120", Some(120)),
        (Some("Sun, 06 Nov 1994 08:49:07 GMT"), "Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
        (None, "Sun, 06 Nov 1994 08:49:37 GMT", None),
        (Some("soon"), "later", None),
    ];
    for (date, value, seconds) in waits {
        let (http, server) = server();
        let answer = CannedAnswer::status(503).header("Retry-After", value);
        let answer = if let Some(date) = date { answer.header("Date", date) } else { answer };
        http.on("PROPFIND", WORK, answer);
        let error = ask(&server).await.unwrap_err();
        assert_eq!(error.wait().map(|wait| wait.as_secs()), seconds, "{value}");
    }
}

/// An address that is that of a folder, or of nothing that has events, is no calendar.
#[tokio::test]
async fn a_folder_is_no_calendar() {
    let (http, server) = server();
    http.on("PROPFIND", WORK, multistatus(&response("/anna/work/", "<resourcetype><collection/></resourcetype>")));
    assert_eq!(ask(&server).await.unwrap(), Err(MailboxTrouble::NotFound));
    assert_eq!(asked(&http).len(), 1);
}

/// Another day than those that are kept is read by itself, and does not push them out.
#[tokio::test]
async fn another_day_is_looked_at_beside_the_window() {
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks("<CS:getctag>1</CS:getctag>"));
    let daily = event("1", "20261001T080000Z", "SUMMARY:Daily\nRRULE:FREQ=DAILY\n");
    http.on("REPORT", WORK, multistatus(&object("/anna/work/1.ics", "1", &daily)));
    assert_eq!(drawn(&server).await.len(), 9);
    let day = span("2026-12-24T00:00:00Z", "2026-12-25T00:00:00Z");
    let inside = span("2026-10-20T00:00:00Z", "2026-10-21T00:00:00Z");
    for day in [day, inside, week(), day] {
        let agenda = server.agenda(&anna(), day).await.unwrap().unwrap();
        assert_eq!(agenda.covered(), day);
        assert_eq!(agenda.meetings().len(), if day == week() { 9 } else { 1 });
    }
    let reports = asked(&http).iter().filter(|question| question.starts_with("REPORT")).count();
    assert_eq!(reports, 2, "each is read once");
}

/// Free and busy where the server has the question and gives the right answer; else the source reads agendas.
#[tokio::test]
async fn free_busy_is_asked_for_where_it_is_offered() {
    let can = "<supported-report-set><supported-report><report><C:free-busy-query/></report></supported-report>\
               </supported-report-set>";
    let busy = "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nDTSTART:20261019T000000Z\nDTEND:20261028T000000Z\n\
                FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261020T080000Z/PT1H\nEND:VFREEBUSY\nEND:VCALENDAR\n";
    let calendar = CannedAnswer::status(200).header("Content-Type", "Text/Calendar; charset=utf-8").body(busy);
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks(can));
    http.on("REPORT", WORK, calendar.clone());
    let (is_off, server) = (server.overviews(&[anna()], week()).await.unwrap(), server.with_free_busy(true));
    assert_eq!(is_off, None, "only where it is wanted");
    let overviews = server.overviews(&[anna()], week()).await.unwrap().unwrap();
    let blocks = &overviews[0].as_ref().unwrap().blocks;
    assert_eq!(blocks.meetings().iter().map(super::talk::line).collect::<Vec<_>>(), ["10-20 08:00 Tentative Normal"]);
    assert_eq!(blocks.covered(), week());

    let others = [
        (marks(""), calendar),
        (marks(can), multistatus(&response("/anna/work/1.ics", "<getetag>\"1\"</getetag>"))),
        (marks(can), CannedAnswer::status(200).header("Content-Type", "text/html").body(busy)),
        (marks(can), CannedAnswer::status(200).header("Content-Type", "text/calendar").body("BEGIN:VCALENDAR\n")),
    ];
    for (marks, answer) in others {
        let (http, server) = super::talk::server();
        http.on("PROPFIND", WORK, marks);
        http.on("REPORT", WORK, answer);
        assert_eq!(server.with_free_busy(true).overviews(&[anna()], week()).await.unwrap(), None);
    }
}
