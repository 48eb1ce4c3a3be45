//! Finding calendars.

use std::sync::Arc;

use presence_calendar::caldav::{CalDav, InvalidPlace};
use presence_calendar::server::{CalendarServer, MailboxTrouble};
use presence_core::http::{HttpError, HttpRequest};
use presence_core::testing::http::{CannedAnswer, CannedHttp};
use presence_core::{Address, SourceErrorKind};

use super::talk::{anna, ask, drawn, event, marks, multistatus, object, port, response, rules, span};

const ROOT: &str = "https://dav.example.com/";
const PRINCIPAL: &str = "https://dav.example.com/principals/anna/";
const HOME: &str = "https://dav.example.com/home/anna/";

fn href(name: &str, namespace: &str, href: &str) -> String {
    format!("<x:{name} xmlns:x=\"{namespace}\"><href>{href}</href></x:{name}>")
}

fn principal(to: &str) -> CannedAnswer {
    multistatus(&response("/", &href("current-user-principal", "DAV:", to)))
}

fn homes(to: &str) -> CannedAnswer {
    multistatus(&response("/principals/anna/", &href("calendar-home-set", "urn:ietf:params:xml:ns:caldav", to)))
}

fn calendar(path: &str, more: &str) -> String {
    response(path, &format!("<resourcetype><collection/><C:calendar/></resourcetype>{more}"))
}

/// A home with two calendars that count, and others that do not.
fn home() -> CannedAnswer {
    let components = |name: &str| {
        format!("<C:supported-calendar-component-set><C:comp name=\"{name}\"/></C:supported-calendar-component-set>")
    };
    let listed = [
        response("/home/anna/", "<resourcetype><collection/></resourcetype>"),
        calendar("/home/anna/work/", &components("VEVENT")),
        calendar("family/", "<owner><href>/principals/anna</href></owner>"),
        calendar("/home/anna/tasks/", &components("VTODO")),
        calendar("/home/anna/berts/", "<owner><href>/principals/bert/</href></owner>"),
        calendar("/home/anna/birthdays/", "<C:schedule-calendar-transp><C:transparent/></C:schedule-calendar-transp>"),
        response("/home/anna/inbox/", "<resourcetype><collection/><C:schedule-inbox/></resourcetype>"),
        calendar("https://evil.example.com/home/anna/x/", ""),
        calendar("/home/anna/../bert/", ""),
    ];
    multistatus(&listed.concat())
}

fn fill(http: &CannedHttp) {
    http.on("PROPFIND", PRINCIPAL, homes("/home/anna"));
    http.on("PROPFIND", "https://dav.example.com/home/anna", home());
    for (name, time) in [("work", "20261020T080000Z"), ("family", "20261021T080000Z")] {
        let url =
            if name == "work" { format!("{HOME}{name}/") } else { format!("https://dav.example.com/home/{name}/") };
        http.on("PROPFIND", &url, marks("<CS:getctag>1</CS:getctag>"));
        let event = event(name, time, &format!("SUMMARY:{name}\n"));
        http.on("REPORT", &url, multistatus(&object(&format!("/home/anna/{name}/1.ics"), "1", &event)));
    }
}

fn urls(http: &CannedHttp) -> Vec<String> {
    http.requests().iter().map(|request: &HttpRequest| request.url.clone()).collect()
}

/// From the account to its calendars: at the address that is configured, or at the well-known one.
#[tokio::test]
async fn the_calendars_of_the_account() {
    let well_known = "https://dav.example.com/.well-known/caldav";
    let roots = [
        principal("/principals/anna/"),
        principal("https://DAV.example.com:443/principals/anna/"),
        multistatus(&response("/", "")),
        CannedAnswer::status(404),
        CannedAnswer::status(405),
    ];
    for (number, root) in roots.into_iter().enumerate() {
        let http = Arc::new(CannedHttp::new());
        http.on("PROPFIND", ROOT, root);
        http.on("PROPFIND", well_known, CannedAnswer::status(301).header("Location", "/dav/"));
        http.on("PROPFIND", "https://dav.example.com/dav/", principal("/principals/anna/"));
        fill(&http);
        let server = CalDav::account(port(&http), ROOT, anna(), rules()).unwrap();
        assert_eq!(drawn(&server).await, ["10-20 08:00 Busy Normal work", "10-21 08:00 Busy Normal family"]);
        assert_eq!(urls(&http).iter().any(|url| url == well_known), number > 1);
        assert_eq!(http.unexpected(), []);
        assert!(!urls(&http).iter().any(|url| url.contains("evil") || url.contains("bert") || url.contains("tasks")));

        let bert = Address::smtp("bert@example.com").unwrap();
        let other = server.agenda(&bert, super::talk::week()).await.unwrap();
        assert_eq!(other, Err(MailboxTrouble::NotFound), "the account has no calendars of others");
    }
}

/// People at a known address; the list is read again when the window has moved on, or when a calendar is gone.
#[tokio::test]
async fn the_calendars_of_people() {
    let http = Arc::new(CannedHttp::new());
    fill(&http);
    let server = CalDav::principals(port(&http), "https://dav.example.com/principals/{user}/", rules()).unwrap();
    let lists = || urls(&http).iter().filter(|url| *url == PRINCIPAL).count();
    for _ in 0..3 {
        assert_eq!(drawn(&server).await.len(), 2);
    }
    assert_eq!(lists(), 1);
    let tomorrow = span("2026-10-20T00:00:00Z", "2026-10-29T00:00:00Z");
    assert_eq!(server.agenda(&anna(), tomorrow).await.unwrap().unwrap().meetings().len(), 2);
    assert_eq!(lists(), 2);
    http.instead("PROPFIND", "https://dav.example.com/home/anna/work/", CannedAnswer::status(404));
    assert_eq!(ask(&server).await.unwrap(), Err(MailboxTrouble::NotFound), "a part is not all");
    let less = multistatus(&calendar("/home/family/", ""));
    http.instead("PROPFIND", "https://dav.example.com/home/anna", less);
    assert_eq!(drawn(&server).await, ["10-21 08:00 Busy Normal family"]);
}

/// Somebody without calendars is not free, but unknown.
#[tokio::test]
async fn nobody_is_free_for_want_of_a_calendar() {
    for (homes, home) in [
        (multistatus(""), home()),
        (homes("/home/anna"), multistatus("")),
        (homes("https://evil.example.com/home/anna"), home()),
    ] {
        let http = Arc::new(CannedHttp::new());
        http.on("PROPFIND", PRINCIPAL, homes);
        http.on("PROPFIND", "https://dav.example.com/home/anna", home);
        let server = CalDav::principals(port(&http), "https://dav.example.com/principals/{user}/", rules()).unwrap();
        assert_eq!(ask(&server).await.unwrap(), Err(MailboxTrouble::NotFound));
        assert_eq!(http.unexpected(), []);
    }
}

/// Each place that a server names is asked, so there is a limit to them.
#[tokio::test]
async fn very_many_places_are_not_asked() {
    let http = Arc::new(CannedHttp::new());
    let many: String = (0..17).map(|number| format!("<href>/home/{number}/</href>")).collect();
    let many = format!("<x:calendar-home-set xmlns:x=\"urn:ietf:params:xml:ns:caldav\">{many}</x:calendar-home-set>");
    http.on("PROPFIND", PRINCIPAL, multistatus(&response("/principals/anna/", &many)));
    let server = CalDav::principals(port(&http), "https://dav.example.com/principals/{user}/", rules()).unwrap();
    assert_eq!(ask(&server).await.unwrap(), Err(MailboxTrouble::Unavailable));
    assert_eq!(http.requests().len(), 1);
}

/// Nobody is sent to another server with a password; the error names the place to configure.
#[tokio::test]
async fn another_server_is_not_followed() {
    let away = [
        CannedAnswer::status(301).header("Location", "https://evil.example.com/dav/"),
        CannedAnswer::status(302).header("Location", "http://dav.example.com/dav/"),
        CannedAnswer::status(307),
        CannedAnswer::error(HttpError::Redirected { status: 301, to: Some("https://other.example.com".to_owned()) }),
        principal("https://evil.example.com/principals/anna/"),
    ];
    for answer in away {
        let http = Arc::new(CannedHttp::new());
        http.on("PROPFIND", ROOT, CannedAnswer::status(404));
        http.on("PROPFIND", "https://dav.example.com/.well-known/caldav", answer);
        let server = CalDav::account(port(&http), ROOT, anna(), rules()).unwrap();
        let error = ask(&server).await.unwrap_err();
        assert_eq!(error.kind(), SourceErrorKind::NotConfigured, "{error}");
        assert_eq!(http.unexpected(), []);
        assert_eq!(urls(&http).len(), 2);
    }
}

/// A wrong password is told at once, and nothing more is tried with it.
#[tokio::test]
async fn a_wrong_password_is_not_tried_twice() {
    let http = Arc::new(CannedHttp::new());
    http.on("PROPFIND", ROOT, CannedAnswer::status(401));
    let server = CalDav::account(port(&http), ROOT, anna(), rules()).unwrap();
    assert_eq!(ask(&server).await.unwrap_err().kind(), SourceErrorKind::Forbidden);
    assert_eq!(urls(&http).len(), 1);
}

/// What is configured is looked at before anything is sent, and an error repeats nothing of it.
#[test]
fn addresses_that_are_none_are_refused() {
    let http = || port(&Arc::new(CannedHttp::new()));
    let cases = [
        ("dav.example.com/{user}/", InvalidPlace::NoAddress),
        ("ftp://dav.example.com/{user}/", InvalidPlace::NoAddress),
        ("https:///{user}/", InvalidPlace::NoAddress),
        ("https://dav.example.com/{user} x/", InvalidPlace::NoAddress),
        ("https://sesame:sesame@dav.example.com/{user}/", InvalidPlace::Credentials),
        ("https://dav.example.com/anna/", InvalidPlace::NoMailbox),
        ("https://dav.example.com/{domain}/", InvalidPlace::NoMailbox),
        ("https://dav.example.com/{user}/{calendar}/", InvalidPlace::Braces),
        ("https://{user}.example.com/", InvalidPlace::Braces),
    ];
    for (text, problem) in cases {
        let refused = CalDav::collections(http(), text, rules()).map(|_| ()).unwrap_err();
        assert_eq!(refused, problem, "{text}");
        assert!(!refused.to_string().contains("sesame"));
    }
    let server = CalDav::collections(http(), "https://dav.example.com/sesame/{user}/", rules()).unwrap();
    assert!(!format!("{server:?}").contains("sesame"));
}

/// A name in an address is one piece of its path, whatever it is made of.
#[tokio::test]
async fn a_name_does_not_get_out_of_its_place() {
    let cases = [
        ("a/../b@example.com", Some("https://dav.example.com/a%2F..%2Fb/a%2F..%2Fb%40example.com/example.com/")),
        ("a?b#c%d@example.com", Some("https://dav.example.com/a%3Fb%23c%25d/a%3Fb%23c%25d%40example.com/example.com/")),
        ("..@example.com", None),
        ("a@..", None),
    ];
    for (name, url) in cases {
        let http = Arc::new(CannedHttp::new());
        http.then(CannedAnswer::status(403));
        let template = "https://dav.example.com/{user}/{mailbox}/{domain}/";
        let server = CalDav::collections(port(&http), template, rules()).unwrap();
        let mailbox = Address::smtp(name).unwrap();
        let expected = if url.is_some() { MailboxTrouble::Forbidden } else { MailboxTrouble::NotFound };
        assert_eq!(server.agenda(&mailbox, super::talk::week()).await.unwrap(), Err(expected), "{name}");
        assert_eq!(urls(&http), url.into_iter().collect::<Vec<_>>());
    }
}
