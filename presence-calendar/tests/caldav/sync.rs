//! Reading again, as little as can be.

use presence_calendar::server::CalendarServer as _;
use presence_core::testing::http::{CannedAnswer, CannedHttp};

use super::talk::{CAN_SYNC, WORK, asked, drawn, event, marks, multistatus, object, response, server};

fn one() -> String {
    object("/anna/work/1.ics", "1", &event("1", "20261020T080000Z", "SUMMARY:One\n"))
}

fn two() -> String {
    object("/anna/work/2%20b.ics", "2", &event("2", "20261021T080000Z", "SUMMARY:Two\n"))
}

fn tag(href: &str, etag: &str) -> String {
    response(href, &format!("<getetag>\"{etag}\"</getetag>"))
}

fn gone(href: &str) -> String {
    format!("<response><href>{href}</href><status>HTTP/1.1 404 Not Found</status></response>")
}

fn token(number: u32) -> String {
    format!("<sync-token>http://example.com/sync/{number}?a&amp;b</sync-token>")
}

fn can_sync(http: &CannedHttp) {
    http.on("PROPFIND", WORK, marks(&format!("{CAN_SYNC}{}", token(1))));
    http.on("REPORT", WORK, multistatus(&format!("{}{}", one(), two())));
}

const BOTH: [&str; 2] = ["10-20 08:00 Busy Normal One", "10-21 08:00 Busy Normal Two"];

/// A token: one small question when nothing has changed, and only what is other when something has.
#[tokio::test]
async fn by_token_only_what_is_other_is_read() {
    let (http, server) = server();
    can_sync(&http);
    assert_eq!(drawn(&server).await, BOTH);
    // Nothing; then the second is moved, a third is new and is far away, and the first is gone.
    http.instead("REPORT", WORK, multistatus(&token(1)));
    assert_eq!(drawn(&server).await, BOTH);
    let later = object("/anna/work/2 b.ics", "3", &event("2", "20261022T080000Z", "SUMMARY:Two, later\n"));
    let far = object("/anna/work/3.ics", "1", &event("3", "20271022T080000Z", "SUMMARY:Far\n"));
    let changes = [tag("/anna/work/2%20b.ics", "3"), tag("/anna/work/3.ics", "1"), gone("/anna/work/1.ics"), token(2)];
    http.instead("REPORT", WORK, multistatus(&changes.concat()));
    http.on("REPORT", WORK, multistatus(&format!("{later}{far}")));
    assert_eq!(drawn(&server).await, ["10-22 08:00 Busy Normal Two, later"]);
    let requests = http.requests();
    assert_eq!(
        asked(&http),
        [
            "PROPFIND getctag",
            "REPORT calendar-query",
            "REPORT sync-collection",
            "REPORT sync-collection",
            "REPORT calendar-multiget"
        ]
    );
    let body = String::from_utf8(requests[4].body.clone()).unwrap();
    assert!(body.contains("<D:href>/anna/work/2%20b.ics</D:href>") && !body.contains("1.ics"), "{body}");
    // The new token counts, and the tag of what was just read says that it is not other.
    http.instead("REPORT", WORK, multistatus(&format!("{}{}", tag("/anna/work/2%20b.ics", "3"), token(3))));
    assert_eq!(drawn(&server).await, ["10-22 08:00 Busy Normal Two, later"]);
    let body = String::from_utf8(http.requests()[5].body.clone()).unwrap();
    assert!(body.contains("/sync/2?a&amp;b</D:sync-token>"), "{body}");
    assert_eq!(http.requests().len(), 6);
}

/// A server that has forgotten what was then is asked for everything, and nothing is lost.
#[tokio::test]
async fn a_token_that_is_refused_means_reading_all() {
    let truncated = "<response><href>/anna/work/</href><status>HTTP/1.1 507 Insufficient Storage</status></response>";
    let many: String = (0..101).map(|number| tag(&format!("/anna/work/new{number}.ics"), "1")).collect();
    let answers = [
        CannedAnswer::status(403).body("<error xmlns=\"DAV:\"><valid-sync-token/></error>"),
        CannedAnswer::status(409),
        CannedAnswer::status(400),
        CannedAnswer::status(501),
        multistatus(""),
        multistatus(&format!("{truncated}{}", token(2))),
        multistatus(&format!("{many}{}", token(2))),
        CannedAnswer::status(207).body("<multistatus xmlns=\"DAV:\">"),
    ];
    for answer in answers {
        let (http, server) = server();
        can_sync(&http);
        assert_eq!(drawn(&server).await, BOTH);
        http.instead("REPORT", WORK, answer);
        http.on("REPORT", WORK, multistatus(&two()));
        assert_eq!(drawn(&server).await, ["10-21 08:00 Busy Normal Two"]);
        assert_eq!(http.requests().len(), 5);
    }
}

/// Without a token the tag of the calendar is compared.
#[tokio::test]
async fn by_tag_of_the_calendar() {
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks("<CS:getctag>\"1\"</CS:getctag><sync-token>not offered</sync-token>"));
    http.on("REPORT", WORK, multistatus(&format!("{}{}", one(), two())));
    for _ in 0..3 {
        assert_eq!(drawn(&server).await, BOTH);
    }
    http.instead("PROPFIND", WORK, marks("<CS:getctag>\"2\"</CS:getctag>"));
    http.instead("REPORT", WORK, multistatus(&one()));
    assert_eq!(drawn(&server).await, BOTH[..1]);
    let (find, query) = ("PROPFIND getctag", "REPORT calendar-query");
    assert_eq!(asked(&http), [find, query, find, find, find, find, query]);
}

/// Without that the tags of the events are compared, and only what is other is read.
#[tokio::test]
async fn by_tags_of_the_events() {
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks(""));
    http.on("REPORT", WORK, multistatus(&format!("{}{}", one(), two())));
    assert_eq!(drawn(&server).await, BOTH);
    http.instead("REPORT", WORK, multistatus(&[tag("/anna/work/1.ics", "1"), tag("/anna/work/2 b.ics", "2")].concat()));
    assert_eq!(drawn(&server).await, BOTH);
    http.instead("REPORT", WORK, multistatus(&tag("/anna/work/1.ics", "9")));
    let other = object("/anna/work/1.ics", "9", &event("1", "20261020T090000Z", "SUMMARY:One, later\n"));
    http.on("REPORT", WORK, multistatus(&other));
    assert_eq!(drawn(&server).await, ["10-20 09:00 Busy Normal One, later"]);
    let asked = asked(&http);
    assert_eq!(asked[2..], ["REPORT tags", "REPORT tags", "REPORT calendar-multiget"]);
}

/// What could not be read is tried again, also where the server says that nothing has changed.
#[tokio::test]
async fn what_could_not_be_read_is_tried_again() {
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks(&format!("{CAN_SYNC}{}", token(1))));
    http.on("REPORT", WORK, multistatus(&format!("{}{}", one(), object("/anna/work/2.ics", "2", ""))));
    http.on("REPORT", WORK, multistatus(&token(1)));
    http.on("REPORT", WORK, multistatus(&one()));
    assert_eq!(drawn(&server).await.len(), 2, "an event, and that not all is known");
    assert_eq!(drawn(&server).await, BOTH[..1]);
}

/// What may not be seen any more is not shown from memory, and a failure changes nothing.
#[tokio::test]
async fn what_is_kept_outlives_a_failure_and_not_a_refusal() {
    let (http, server) = server();
    can_sync(&http);
    assert_eq!(drawn(&server).await, BOTH);
    http.instead("REPORT", WORK, CannedAnswer::status(503));
    assert!(super::talk::ask(&server).await.is_err());
    http.instead("REPORT", WORK, multistatus(&token(1)));
    assert_eq!(drawn(&server).await, BOTH);
    http.instead("REPORT", WORK, CannedAnswer::status(403));
    http.instead("PROPFIND", WORK, CannedAnswer::status(403));
    assert!(super::talk::ask(&server).await.unwrap().is_err());
    assert!(server.warnings(&super::talk::anna()).is_empty());
    let before = http.requests().len();
    assert!(super::talk::ask(&server).await.unwrap().is_err());
    assert_eq!(http.requests().len(), before + 1, "nothing is kept to ask about");
}

/// A status may be about several things at once: all of them are gone.
#[tokio::test]
async fn several_can_be_gone_at_once() {
    let (http, server) = server();
    can_sync(&http);
    assert_eq!(drawn(&server).await, BOTH);
    let gone = "<response><href>/anna/work/1.ics</href><href>/anna/work/2%20b.ics</href>\
                <status>HTTP/1.1 404 Not Found</status></response>";
    http.instead("REPORT", WORK, multistatus(&format!("{gone}{}", token(2))));
    assert!(drawn(&server).await.is_empty());
}

/// S3.8: that a series has more occurrences than are worked out is told.
#[tokio::test]
async fn what_cannot_be_worked_out_is_told() {
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks(""));
    let dense = event("1", "20261020T080000Z", "RRULE:FREQ=SECONDLY\n");
    http.on("REPORT", WORK, multistatus(&object("/anna/work/1.ics", "1", &dense)));
    drawn(&server).await;
    let problems: Vec<_> = server.warnings(&super::talk::anna()).iter().map(|warning| warning.problem).collect();
    assert_eq!(problems, [presence_calendar::warning::Problem::TooManyOccurrences]);
}
