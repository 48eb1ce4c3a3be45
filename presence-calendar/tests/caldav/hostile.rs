//! Answers as nobody should give them.

use presence_calendar::server::MailboxTrouble;
use presence_core::ShowAs;
use presence_core::testing::http::CannedAnswer;

use super::talk::{WORK, ask, drawn, event, marks, multistatus, object, server};

async fn told(answer: CannedAnswer) -> Result<usize, MailboxTrouble> {
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks(""));
    http.on("REPORT", WORK, answer);
    ask(&server).await.unwrap().map(|agenda| agenda.meetings().len())
}

fn raw(body: impl Into<Vec<u8>>) -> CannedAnswer {
    CannedAnswer::status(207).body(body)
}

fn good() -> String {
    object("/anna/work/1.ics", "1", &event("1", "20261020T080000Z", "SUMMARY:One\n"))
}

/// What is no answer of CalDAV is trouble with the mailbox, and takes no time.
#[tokio::test]
async fn what_cannot_be_read_is_unknown() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>\
                <multistatus xmlns=\"DAV:\">&b;</multistatus>";
    let deep = "<response>".repeat(100_000);
    let many = "<response/>".repeat(60_000);
    let wide = "<x/>".repeat(1_100_000);
    let whole = format!("<multistatus xmlns=\"DAV:\">{}", good());
    let long = format!("<response><href>/{}</href></response>", "x".repeat(5_000));
    let bodies = [
        String::new(),
        "BEGIN:VCALENDAR".to_owned(),
        "<html><body>Log in</body></html>".to_owned(),
        bomb.to_owned(),
        format!(
            "<!DOCTYPE multistatus SYSTEM \"file:///etc/passwd\"><multistatus xmlns=\"DAV:\">{}</multistatus>",
            good()
        ),
        "<multistatus xmlns=\"DAV:\"><response>&unknown;</response></multistatus>".to_owned(),
        format!("<multistatus xmlns=\"DAV:\">{deep}</multistatus>"),
        format!("<multistatus xmlns=\"DAV:\">{many}</multistatus>"),
        format!("<multistatus xmlns=\"DAV:\">{wide}</multistatus>"),
        format!("<multistatus xmlns=\"DAV:\">{long}</multistatus>"),
        "<multistatus xmlns=\"DAV:\"></response></multistatus>".to_owned(),
        "<multistatus xmlns=\"DAV:\"/><multistatus xmlns=\"DAV:\"/>".to_owned(),
        "<multistatus xmlns=\"urn:other\"/>".to_owned(),
        "<multistatus/>".to_owned(),
        whole,
    ];
    for body in bodies {
        let shown: String = body.chars().take(60).collect();
        assert_eq!(told(raw(body)).await, Err(MailboxTrouble::Unavailable), "{shown}");
    }
}

/// What is said in other words, or around it, changes nothing.
#[tokio::test]
async fn odd_answers_are_read_all_the_same() {
    let data = event("1", "20261020T080000Z", "SUMMARY:One\n").replace('\n', "&#13;&#10;");
    let event = event("1", "20261020T080000Z", "SUMMARY:One\n");
    let bodies = [
        format!(
            "\u{feff}<?xml version=\"1.0\"?><!-- x --><a:multistatus xmlns:a=\"DAV:\"><a:response><a:propstat>\
             <a:status>HTTP/1.1 200 OK</a:status><a:prop><b:calendar-data xmlns:b=\"urn:ietf:params:xml:ns:caldav\">\
             {data}</b:calendar-data></a:prop></a:propstat><a:href> /anna/work/1.ics </a:href></a:response>\
             </a:multistatus>"
        ),
        format!(
            "<multistatus xmlns=\"DAV:\"><unknown><response><href>/x</href></response></unknown><response>\
             <href>/anna/work/1.ics</href><propstat><prop><calendar-data xmlns=\"urn:ietf:params:xml:ns:caldav\">\
             <![CDATA[{event}]]></calendar-data></prop></propstat></response><responsedescription>x\
             </responsedescription></multistatus>"
        ),
    ];
    for body in bodies {
        let (http, server) = server();
        http.on("PROPFIND", WORK, marks(""));
        http.on("REPORT", WORK, raw(body.clone()));
        assert_eq!(drawn(&server).await, ["10-20 08:00 Busy Normal One"], "{body}");
    }
}

/// One byte that is wrong in one event costs that byte.
#[tokio::test]
async fn a_wrong_byte_costs_only_itself() {
    let text = format!(
        "<multistatus xmlns=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\">{}{}</multistatus>",
        good(),
        object("/anna/work/2.ics", "2", &event("2", "20261021T080000Z", "SUMMARY:Caf?\n"))
    );
    let body: Vec<u8> = text.bytes().map(|byte| if byte == b'?' { 0xE9 } else { byte }).collect();
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks(""));
    http.on("REPORT", WORK, raw(body));
    assert_eq!(drawn(&server).await, ["10-20 08:00 Busy Normal One", "10-21 08:00 Busy Normal Caf\u{fffd}"]);
}

/// An event without an address cannot be told from another, so nothing is known to be free.
#[tokio::test]
async fn an_event_without_an_address_is_not_free_time() {
    let (http, server) = server();
    http.on("PROPFIND", WORK, marks(""));
    http.on("REPORT", WORK, multistatus(&good().replace("/anna/work/1.ics", "")));
    let agenda = ask(&server).await.unwrap().unwrap();
    assert_eq!(agenda.meetings().iter().map(presence_core::Meeting::show_as).collect::<Vec<_>>(), [ShowAs::NoData]);
}
