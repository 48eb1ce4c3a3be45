//! Files on the web.

use std::sync::Arc;

use presence_calendar::caldav::InvalidPlace;
use presence_calendar::server::{CalendarServer, MailboxTrouble};
use presence_calendar::web::WebCalendars;
use presence_core::http::HttpError;
use presence_core::testing::http::{CannedAnswer, CannedHttp};
use presence_core::{Address, SourceErrorKind};

use super::talk::{anna, ask, drawn, event, port, rules, week};

const URL: &str = "https://cal.example.com/anna.ics";

fn server() -> (Arc<CannedHttp>, WebCalendars) {
    let http = Arc::new(CannedHttp::new());
    let server = WebCalendars::on_server(port(&http), "webcal://cal.example.com/{user}.ics", rules()).unwrap();
    (http, server)
}

fn file(subject: &str) -> CannedAnswer {
    let event = event("1", "20261020T080000Z", &format!("SUMMARY:{subject}\n"));
    CannedAnswer::status(200).header("Content-Type", "text/calendar").body(event)
}

fn header(http: &CannedHttp, request: usize, name: &str) -> Option<String> {
    http.requests()[request].headers.get(name).map(str::to_owned)
}

/// S0.9: a file that has not changed is not read again.
#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let (http, server) = server();
    http.on("GET", URL, file("One").header("ETag", "W/\"1\"").header("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"));
    http.on("GET", URL, CannedAnswer::status(304));
    http.on("GET", URL, file("Two").header("Last-Modified", "Mon, 07 Nov 1994 08:49:37 GMT"));
    http.on("GET", URL, CannedAnswer::status(304));
    for subject in ["One", "One", "Two", "Two"] {
        assert_eq!(drawn(&server).await, [format!("10-20 08:00 Busy Normal {subject}")]);
    }
    assert_eq!(header(&http, 0, "If-None-Match"), None);
    assert_eq!(header(&http, 1, "If-None-Match").as_deref(), Some("W/\"1\""));
    assert_eq!(header(&http, 3, "If-None-Match"), None);
    assert_eq!(header(&http, 3, "If-Modified-Since").as_deref(), Some("Mon, 07 Nov 1994 08:49:37 GMT"));
    assert_eq!(http.unexpected(), []);
}

/// A page for people with status 200 is no empty calendar: nobody is free because somebody has to log in.
#[tokio::test]
async fn a_page_for_people_is_no_empty_calendar() {
    let page = |kind: &str| CannedAnswer::status(200).header("Content-Type", kind).body("<!DOCTYPE html><p>Log in");
    for answer in
        [page("text/html"), page("text/calendar"), CannedAnswer::status(200).body("\n\n"), CannedAnswer::status(204)]
    {
        let (http, server) = server();
        http.on("GET", URL, answer);
        assert!(ask(&server).await.unwrap().is_err());
    }
    let (http, server) = server();
    let calendar = format!("\u{feff}\r\n{}", event("1", "20261020T080000Z", "SUMMARY:One\n"));
    http.on("GET", URL, CannedAnswer::status(200).header("Content-Type", "text/html").body(calendar));
    assert_eq!(drawn(&server).await, ["10-20 08:00 Busy Normal One"]);
}

/// A failure changes nothing of what is kept; a refusal does.
#[tokio::test]
async fn trouble_with_one_file_and_with_the_server() {
    let (http, server) = server();
    http.on("GET", URL, file("One").header("ETag", "1"));
    assert_eq!(drawn(&server).await.len(), 1);
    let cases = [
        (CannedAnswer::error(HttpError::TooLarge { limit: 1 }), MailboxTrouble::Unavailable, true),
        (CannedAnswer::status(500), MailboxTrouble::Unavailable, true),
        (CannedAnswer::status(403), MailboxTrouble::Forbidden, false),
        (CannedAnswer::status(410), MailboxTrouble::NotFound, false),
    ];
    for (answer, trouble, is_kept) in cases {
        http.instead("GET", URL, file("One").header("ETag", "1"));
        assert_eq!(drawn(&server).await.len(), 1);
        http.instead("GET", URL, answer);
        assert_eq!(ask(&server).await.unwrap(), Err(trouble));
        http.instead("GET", URL, file("One"));
        assert_eq!(drawn(&server).await.len(), 1);
        assert_eq!(header(&http, http.requests().len() - 1, "If-None-Match").is_some(), is_kept, "{trouble}");
    }
    let cases = [
        (CannedAnswer::status(401), SourceErrorKind::Forbidden),
        (CannedAnswer::status(503), SourceErrorKind::Throttled),
        (CannedAnswer::error(HttpError::Unreachable("`cal.example.com`".to_owned())), SourceErrorKind::Unreachable),
        (file("One").header("Content-Encoding", "gzip"), SourceErrorKind::Protocol),
    ];
    for (answer, kind) in cases {
        http.instead("GET", URL, answer);
        assert_eq!(ask(&server).await.unwrap_err().kind(), kind);
    }
}

/// Of files here and there, one server that is down is no trouble for the others.
#[tokio::test]
async fn files_here_and_there() {
    let http = Arc::new(CannedHttp::new());
    let bert = Address::smtp("bert@example.com").unwrap();
    http.on("GET", "https://a.example.com/key/anna.ics", file("One"));
    http.on("GET", "https://b.example.com/", CannedAnswer::error(HttpError::Unreachable("`b`".to_owned())));
    let files = [
        (anna(), port(&http), "webcal://a.example.com/key/anna.ics".to_owned()),
        (bert.clone(), port(&http), "https://b.example.com/bert.ics".to_owned()),
    ];
    let server = WebCalendars::here_and_there(files, rules()).unwrap();
    assert_eq!(drawn(&server).await, ["10-20 08:00 Busy Normal One"]);
    assert_eq!(server.agenda(&bert, week()).await.unwrap(), Err(MailboxTrouble::Unavailable));
    http.instead("GET", "https://b.example.com/", CannedAnswer::status(401));
    assert_eq!(server.agenda(&bert, week()).await.unwrap(), Err(MailboxTrouble::Forbidden));
    let nobody = Address::smtp("nobody@example.com").unwrap();
    assert_eq!(server.agenda(&nobody, week()).await.unwrap(), Err(MailboxTrouble::NotFound));
    assert!(!format!("{server:?}").contains("key"));
    let bad = [(anna(), port(&http), "https://u:p@a.example.com/".to_owned())];
    assert_eq!(WebCalendars::here_and_there(bad, rules()).map(|_| ()).unwrap_err(), InvalidPlace::Credentials);
}

/// S0.18: what was typed into a private meeting is in no value that is left after reading.
#[tokio::test]
async fn nothing_of_a_private_meeting_is_left() {
    let (http, server) = server();
    let lines = "SUMMARY:canary\nLOCATION:canary\nORGANIZER;CN=canary:mailto:canary@example.com\nCLASS:PRIVATE\n\
                 X-BROKEN canary\n";
    http.on("GET", URL, CannedAnswer::status(200).body(event("1", "20261020T080000Z", lines)));
    let agenda = ask(&server).await.unwrap().unwrap();
    assert!(agenda.meetings()[0].is_private());
    let warnings = server.warnings(&anna());
    let words: String = warnings.iter().map(ToString::to_string).collect();
    assert!(!warnings.is_empty());
    let shown = format!("{agenda:?} {:?} {server:?} {warnings:?} {words}", agenda.meetings());
    assert!(!shown.contains("canary"), "{shown}");
}

/// S3.8: that a series has more occurrences than are worked out is told.
#[tokio::test]
async fn what_cannot_be_worked_out_is_told() {
    let (http, server) = server();
    let dense = event("1", "20261020T080000Z", "RRULE:FREQ=SECONDLY\n");
    http.on("GET", URL, CannedAnswer::status(200).body(dense));
    ask(&server).await.unwrap().unwrap();
    let problems: Vec<_> = server.warnings(&anna()).iter().map(|warning| warning.problem).collect();
    assert_eq!(problems, [presence_calendar::warning::Problem::TooManyOccurrences]);
}
