//! What a server is asked.

use std::fmt::Write;

use presence_core::http::HttpRequest;
use presence_core::{Second, Span};

/// The namespaces of all questions.
const SPACES: &str = "xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\" \
                      xmlns:S=\"http://calendarserver.org/ns/\"";
/// An answer has at most so many bytes.
pub(crate) const MOST_BYTES: usize = 16 * 1024 * 1024;
/// By how much more than the wanted time is asked for: days and floating times are the server's to place, and no zone is
/// further away.
const MARGIN: u32 = 86_400;

/// What a calendar is and how it is, without what is in it.
pub(super) fn marks(url: &str) -> HttpRequest {
    propfind(url, "0", "<D:resourcetype/><S:getctag/><D:sync-token/><D:supported-report-set/>")
}

/// Who is logged in.
pub(super) fn principal(url: &str) -> HttpRequest {
    propfind(url, "0", "<D:current-user-principal/>")
}

/// Where the calendars of a person are.
pub(super) fn homes(url: &str) -> HttpRequest {
    propfind(url, "0", "<C:calendar-home-set/>")
}

/// Which calendars there are.
pub(super) fn calendars(url: &str) -> HttpRequest {
    let wanted = "<D:resourcetype/><D:owner/><C:supported-calendar-component-set/><C:schedule-calendar-transp/>";
    propfind(url, "1", wanted)
}

/// The events of a time, all of them or only their tags.
pub(super) fn events(url: &str, window: Span, with_data: bool) -> HttpRequest {
    let data = if with_data { "<C:calendar-data/>" } else { "" };
    let body = format!(
        "<C:calendar-query {SPACES}><D:prop><D:getetag/>{data}</D:prop><C:filter><C:comp-filter name=\"VCALENDAR\">\
         <C:comp-filter name=\"VEVENT\">{}</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>",
        time_range(window.start().minus(MARGIN), later(window.end()))
    );
    report(url, "1", &body)
}

/// What these are.
pub(super) fn these(url: &str, hrefs: &[Box<str>]) -> HttpRequest {
    let mut body = format!("<C:calendar-multiget {SPACES}><D:prop><D:getetag/><C:calendar-data/></D:prop>");
    for href in hrefs {
        let _ = write!(body, "<D:href>{}</D:href>", escape(href));
    }
    body.push_str("</C:calendar-multiget>");
    report(url, "1", &body)
}

/// What has changed since.
pub(super) fn changes(url: &str, since: &str) -> HttpRequest {
    let since = escape(since);
    let body = format!(
        "<D:sync-collection {SPACES}><D:sync-token>{since}</D:sync-token><D:sync-level>1</D:sync-level>\
         <D:prop><D:getetag/></D:prop></D:sync-collection>"
    );
    report(url, "0", &body)
}

/// When somebody is busy.
pub(super) fn free_busy(url: &str, window: Span) -> HttpRequest {
    let range = time_range(window.start(), window.end());
    report(url, "1", &format!("<C:free-busy-query {SPACES}>{range}</C:free-busy-query>"))
        .header("Accept", "text/calendar")
}

fn propfind(url: &str, depth: &str, wanted: &str) -> HttpRequest {
    request("PROPFIND", url, depth, &format!("<D:propfind {SPACES}><D:prop>{wanted}</D:prop></D:propfind>"))
}

fn report(url: &str, depth: &str, body: &str) -> HttpRequest {
    request("REPORT", url, depth, body)
}

fn request(method: &str, url: &str, depth: &str, body: &str) -> HttpRequest {
    HttpRequest::new(method, url)
        .header("Depth", depth)
        .header("Content-Type", "application/xml; charset=utf-8")
        .body(format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>{body}"))
        .most_bytes(MOST_BYTES)
}

fn later(end: Second) -> Second {
    if end == Second::NEVER { end } else { end.plus(MARGIN) }
}

/// A time without an end is asked for without one.
fn time_range(start: Second, end: Second) -> String {
    let time = |name: &str, second: Second| {
        second.time().map_or_else(String::new, |time| format!(" {name}=\"{}\"", time.format("%Y%m%dT%H%M%SZ")))
    };
    format!("<C:time-range{}{}/>", time("start", start), time("end", end))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(request: &HttpRequest) -> String {
        String::from_utf8(request.body.clone()).unwrap()
    }

    #[test]
    fn nothing_that_is_sent_back_can_become_another_question() {
        let sent = body(&these("https://a.example/", &["/x&<y>.ics".into()]));
        assert!(sent.contains("<D:href>/x&amp;&lt;y&gt;.ics</D:href>"), "{sent}");
        let sent = body(&changes("https://a.example/", "</D:sync-token>&"));
        assert!(sent.contains("<D:sync-token>&lt;/D:sync-token&gt;&amp;</D:sync-token>"), "{sent}");
    }

    #[test]
    fn a_time_without_an_end_is_asked_for_without_one() {
        let open = Span::from_seconds(Second::new(86_400), Second::NEVER).unwrap();
        let sent = body(&events("https://a.example/", open, true));
        assert!(sent.contains("<C:time-range start=\"19700101T000000Z\"/>"), "{sent}");
        let sent = body(&free_busy("https://a.example/", open));
        assert!(sent.contains("<C:time-range start=\"19700102T000000Z\"/>"), "{sent}");
    }
}
