//! What the tests have in common: a calendar, and what a server says about it.

use std::sync::Arc;

use presence_calendar::caldav::CalDav;
use presence_calendar::ics::ReadRules;
use presence_calendar::server::{CalendarServer, MailboxTrouble};
use presence_calendar::zone::Zone;
use presence_core::http::{HttpRequest, HttpService};
use presence_core::source::SourceError;
use presence_core::testing::http::{CannedAnswer, CannedHttp};
use presence_core::{Address, Agenda, Meeting, Span};

/// Anna's calendar.
pub(crate) const WORK: &str = "https://dav.example.com/anna/work/";

pub(crate) fn anna() -> Address {
    Address::smtp("anna@example.com").unwrap()
}

pub(crate) fn rules() -> ReadRules {
    ReadRules::new(Zone::named("Europe/Stockholm").unwrap())
}

/// A server that was told what to answer, and calendars on it by a pattern.
pub(crate) fn server() -> (Arc<CannedHttp>, CalDav) {
    let http = Arc::new(CannedHttp::new());
    let server = CalDav::collections(http.clone(), "https://dav.example.com/{user}/work/", rules()).unwrap();
    (http, server)
}

pub(crate) fn span(start: &str, end: &str) -> Span {
    Span::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

/// The window of most tests.
pub(crate) fn week() -> Span {
    span("2026-10-19T00:00:00Z", "2026-10-28T00:00:00Z")
}

pub(crate) async fn ask(server: &dyn CalendarServer) -> Result<Result<Agenda, MailboxTrouble>, SourceError> {
    server.agenda(&anna(), week()).await
}

/// One line for each meeting of the agenda.
pub(crate) async fn drawn(server: &dyn CalendarServer) -> Vec<String> {
    ask(server).await.unwrap().unwrap().meetings().iter().map(line).collect()
}

pub(crate) fn line(meeting: &Meeting) -> String {
    let subject = meeting.texts().and_then(|texts| texts.subject.as_ref().map(|text| text.reveal().to_string()));
    let subject = if meeting.is_private() { "***".to_owned() } else { subject.unwrap_or_default() };
    let start = meeting.span().start().time().unwrap().format("%m-%d %H:%M");
    format!("{start} {:?} {:?} {subject}", meeting.show_as(), meeting.importance()).trim_end().to_owned()
}

/// An event of an hour, with more lines.
pub(crate) fn event(uid: &str, start: &str, lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:{uid}\nDTSTART:{start}\nDURATION:PT1H\n{lines}END:VEVENT\n\
         END:VCALENDAR\n"
    )
}

/// A whole answer 207 with these responses.
pub(crate) fn multistatus(responses: &str) -> CannedAnswer {
    CannedAnswer::status(207).header("Content-Type", "application/xml; charset=utf-8").body(format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<multistatus xmlns=\"DAV:\" \
         xmlns:C=\"urn:ietf:params:xml:ns:caldav\" xmlns:CS=\"http://calendarserver.org/ns/\">{responses}</multistatus>"
    ))
}

/// What is said of one thing.
pub(crate) fn response(href: &str, props: &str) -> String {
    format!(
        "<response><href>{href}</href><propstat><prop>{props}</prop><status>HTTP/1.1 200 OK</status></propstat>\
         </response>"
    )
}

/// An object with its tag and what is in it.
pub(crate) fn object(href: &str, etag: &str, data: &str) -> String {
    let data = data.replace('&', "&amp;").replace('<', "&lt;");
    response(href, &format!("<getetag>\"{etag}\"</getetag><C:calendar-data>{data}</C:calendar-data>"))
}

/// How the calendar is.
pub(crate) fn marks(props: &str) -> CannedAnswer {
    let props = format!("<resourcetype><collection/><C:calendar/></resourcetype>{props}");
    multistatus(&response("/anna/work/", &props))
}

pub(crate) const CAN_SYNC: &str = "<supported-report-set><supported-report><report><sync-collection/></report></supported-report>\
     </supported-report-set>";

/// Method and body of everything that was asked.
pub(crate) fn asked(http: &CannedHttp) -> Vec<String> {
    let question = |request: &HttpRequest| {
        let body = String::from_utf8(request.body.clone()).unwrap();
        let kinds = ["sync-collection", "calendar-multiget", "calendar-query", "free-busy-query", "getctag"];
        let kind = kinds.into_iter().find(|kind| body.contains(kind)).unwrap_or("other");
        let kind = if kind == "calendar-query" && !body.contains("calendar-data") { "tags" } else { kind };
        format!("{} {kind}", request.method)
    };
    http.requests().iter().map(question).collect()
}

/// The same HTTP, as the client wants it.
pub(crate) fn port(http: &Arc<CannedHttp>) -> Arc<dyn HttpService> {
    http.clone()
}
