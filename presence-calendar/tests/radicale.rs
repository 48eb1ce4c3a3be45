//! CalDAV against a real server: Radicale, started by the test on a port of this machine.
#![expect(clippy::unwrap_used, reason = "helpers of tests; what cannot be set up has to stop them")]

#[path = "radicale/process.rs"]
mod process;

use std::sync::Arc;

use presence_calendar::caldav::CalDav;
use presence_calendar::ews::Basic;
use presence_calendar::ics::ReadRules;
use presence_calendar::server::{CalendarServer, MailboxTrouble};
use presence_calendar::web::WebCalendars;
use presence_calendar::zone::Zone;
use presence_core::http::reqwest::ReqwestService;
use presence_core::http::{HttpRequest, HttpService};
use presence_core::{Address, Agenda, Meeting, ShowAs, SourceErrorKind, Span};

use process::Radicale;

/// Radicale wants the rules of each zone that an event names.
const STOCKHOLM: &str = "BEGIN:VTIMEZONE\nTZID:Europe/Stockholm\nBEGIN:STANDARD\nDTSTART:19701025T030000\n\
    RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
    DTSTART:19700329T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n\
    END:DAYLIGHT\nEND:VTIMEZONE\n";
const ANNA: &str = "anna@example.com";
const CANARY: &str = "Canary at the dentist";

fn http(user: &str, password: &str) -> Arc<dyn HttpService> {
    Arc::new(Basic::new(Arc::new(ReqwestService::new().unwrap()), user, password))
}

fn rules() -> ReadRules {
    ReadRules::new(Zone::named("Europe/Stockholm").unwrap())
}

fn anna() -> Address {
    Address::smtp(ANNA).unwrap()
}

fn week() -> Span {
    Span::new("2026-10-19T00:00:00Z".parse().unwrap(), "2026-10-28T00:00:00Z".parse().unwrap()).unwrap()
}

async fn send(method: &str, url: &str, kind: &str, body: &str) -> u16 {
    let request = HttpRequest::new(method, url).header("Content-Type", kind).body(body);
    http(ANNA, "sesame").send(request).await.unwrap().status
}

async fn put(url: &str, event: &str) {
    let body = format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n{event}END:VCALENDAR\n").replace('\n', "\r\n");
    assert_eq!(send("PUT", url, "text/calendar; charset=utf-8", &body).await, 201);
}

fn event(uid: &str, lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20261001T000000Z\n{lines}END:VEVENT\n")
}

/// Anna's calendar, with an event of each kind.
async fn fill(url: &str) {
    let mkcalendar =
        "<?xml version=\"1.0\"?><C:mkcalendar xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"/>";
    assert_eq!(send("MKCALENDAR", url, "application/xml", mkcalendar).await, 201);
    let daily = "DTSTART;TZID=Europe/Stockholm:20261001T090000\nDTEND;TZID=Europe/Stockholm:20261001T091500\n\
                 RRULE:FREQ=DAILY\nSUMMARY:Stand-up & news <1>\nPRIORITY:1\n\
                 EXDATE;TZID=Europe/Stockholm:20261020T090000\n";
    let moved = "RECURRENCE-ID;TZID=Europe/Stockholm:20261021T090000\nSUMMARY:Stand-up\\, later\n\
                 DTSTART;TZID=Europe/Stockholm:20261021T110000\nDTEND;TZID=Europe/Stockholm:20261021T111500\n";
    put(&format!("{url}daily.ics"), &(STOCKHOLM.to_owned() + &event("daily", daily) + &event("daily", moved))).await;
    let private = format!(
        "DTSTART:20261022T120000Z\nDTEND:20261022T130000Z\nSUMMARY:{CANARY}\nLOCATION:{CANARY}\nPRIORITY:1\n\
         CLASS:PRIVATE\n"
    );
    put(&format!("{url}private.ics"), &event("private", &private)).await;
    let days = "DTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261026\nSUMMARY:Away\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\n";
    put(&format!("{url}days%20off.ics"), &event("days", days)).await;
    let far = "DTSTART:20271022T120000Z\nDTEND:20271022T130000Z\nSUMMARY:Far\n";
    put(&format!("{url}far.ics"), &event("far", far)).await;
}

/// One line for each meeting.
fn drawn(agenda: &Agenda) -> Vec<String> {
    let line = |meeting: &Meeting| {
        let subject = meeting.texts().and_then(|texts| texts.subject.as_ref().map(|text| text.reveal().to_string()));
        let subject = if meeting.is_private() { "***".to_owned() } else { subject.unwrap_or_default() };
        let start = meeting.span().start().time().unwrap().format("%m-%d %H:%M");
        format!("{start} {:?} {:?} {subject}", meeting.show_as(), meeting.importance())
    };
    agenda.meetings().iter().map(line).collect()
}

/// What is there after [`fill`].
const WEEK: [&str; 10] = [
    "10-19 07:00 Busy High Stand-up & news <1>",
    "10-21 09:00 Busy Normal Stand-up, later",
    "10-22 07:00 Busy High Stand-up & news <1>",
    "10-22 12:00 Busy Normal ***",
    "10-23 07:00 Busy High Stand-up & news <1>",
    "10-23 22:00 OutOfOffice Normal Away",
    "10-24 07:00 Busy High Stand-up & news <1>",
    "10-25 08:00 Busy High Stand-up & news <1>",
    "10-26 08:00 Busy High Stand-up & news <1>",
    "10-27 08:00 Busy High Stand-up & news <1>",
];

fn collections(radicale: &Radicale, http: Arc<dyn HttpService>) -> CalDav {
    CalDav::collections(http, &format!("{}/{{mailbox}}/work/", radicale.url), rules()).unwrap()
}

async fn read(server: &CalDav) -> Agenda {
    server.agenda(&anna(), week()).await.unwrap().unwrap()
}

/// S0.9 to S0.16, S0.18: a week with a series across the change of the clock, an exception, a private meeting and whole
/// days, as a real server gives it.
#[tokio::test]
#[ignore = "needs radicale"]
async fn a_week_is_read_masked_and_read_again_when_it_changes() {
    let radicale = Radicale::start("week", &[(ANNA, "sesame")]).await;
    let url = radicale.calendar();
    fill(&url).await;
    let server = collections(&radicale, http(ANNA, "sesame"));
    let agenda = read(&server).await;
    assert_eq!(drawn(&agenda), WEEK);
    let shown = format!("{agenda:?} {:?} {:?} {server:?}", agenda.meetings(), server.warnings(&anna()));
    assert!(!shown.contains("Canary"), "{shown}");

    assert_eq!(drawn(&read(&server).await), WEEK, "nothing has changed");
    assert_eq!(send("DELETE", &format!("{url}daily.ics"), "text/plain", "").await, 200);
    let later = "DTSTART:20261022T150000Z\nDTEND:20261022T160000Z\nSUMMARY:Not private any more\nPRIORITY:9\n";
    put(&format!("{url}private.ics"), &event("private", later)).await;
    put(&format!("{url}new.ics"), &event("new", "DTSTART:20261020T150000Z\nDURATION:PT5M\nSUMMARY:New\n")).await;
    let changed = [
        "10-20 15:00 Busy Normal New",
        "10-22 15:00 Busy Low Not private any more",
        "10-23 22:00 OutOfOffice Normal Away",
    ];
    assert_eq!(drawn(&read(&server).await), changed);

    // What is asked by itself, without anything kept, is the same.
    assert_eq!(drawn(&read(&collections(&radicale, http(ANNA, "sesame"))).await), changed);
}

/// The calendars are found from the address of the server alone.
#[tokio::test]
#[ignore = "needs radicale"]
async fn calendars_are_found() {
    let radicale = Radicale::start("found", &[(ANNA, "sesame")]).await;
    fill(&radicale.calendar()).await;
    let tasks = "<C:mkcalendar xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:set><D:prop>\
                 <C:supported-calendar-component-set><C:comp name=\"VTODO\"/></C:supported-calendar-component-set>\
                 </D:prop></D:set></C:mkcalendar>";
    let url = format!("{}/anna%40example.com/tasks/", radicale.url);
    assert_eq!(send("MKCALENDAR", &url, "application/xml", tasks).await, 201);
    let account = CalDav::account(http(ANNA, "sesame"), &format!("{}/", radicale.url), anna(), rules()).unwrap();
    assert_eq!(drawn(&read(&account).await), WEEK);
    let people = CalDav::principals(http(ANNA, "sesame"), &format!("{}/{{mailbox}}/", radicale.url), rules()).unwrap();
    assert_eq!(drawn(&read(&people).await), WEEK);
}

/// A wrong password, somebody else's calendar, and one that is not there.
#[tokio::test]
#[ignore = "needs radicale"]
async fn who_may_not_and_what_is_not_there() {
    let radicale = Radicale::start("rights", &[(ANNA, "sesame"), ("bert@example.com", "simsalabim")]).await;
    fill(&radicale.calendar()).await;
    let wrong = collections(&radicale, http(ANNA, "wrong")).agenda(&anna(), week()).await.unwrap_err();
    assert_eq!(wrong.kind(), SourceErrorKind::Forbidden);
    assert!(!format!("{wrong} {wrong:?}").contains("wrong"), "{wrong:?}");
    let other = collections(&radicale, http("bert@example.com", "simsalabim")).agenda(&anna(), week()).await.unwrap();
    assert_eq!(other, Err(MailboxTrouble::Forbidden));
    let template = format!("{}/{{mailbox}}/nothing/", radicale.url);
    let missing = CalDav::collections(http(ANNA, "sesame"), &template, rules()).unwrap();
    assert_eq!(missing.agenda(&anna(), week()).await.unwrap(), Err(MailboxTrouble::NotFound));
}

/// Radicale 3.1.8 does not have the question for free and busy, and answers it all the same, with something else: then
/// there is no overview.
#[tokio::test]
#[ignore = "needs radicale"]
async fn free_busy_is_told_or_left_out_and_never_guessed() {
    let radicale = Radicale::start("busy", &[(ANNA, "sesame")]).await;
    fill(&radicale.calendar()).await;
    let server = collections(&radicale, http(ANNA, "sesame")).with_free_busy(true);
    if let Some(overviews) = server.overviews(&[anna()], week()).await.unwrap() {
        let overview = overviews.into_iter().next().unwrap().unwrap();
        assert!(overview.blocks.meetings().iter().all(|block| block.show_as() != ShowAs::Free));
        assert_eq!(overview.blocks.meetings().len(), 10);
    }
}

/// Plain files: Radicale gives a whole calendar as one.
#[tokio::test]
#[ignore = "needs radicale"]
async fn a_calendar_as_a_file() {
    let radicale = Radicale::start("file", &[(ANNA, "sesame")]).await;
    fill(&radicale.calendar()).await;
    let template = format!("{}/{{mailbox}}/work/", radicale.url);
    let server = WebCalendars::on_server(http(ANNA, "sesame"), &template, rules()).unwrap();
    for _ in 0..2 {
        let agenda = server.agenda(&anna(), week()).await.unwrap().unwrap();
        assert_eq!(drawn(&agenda), WEEK);
    }
}
