//! DavMail in front of the server: CalDAV on one side, EWS on the other.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use simulated_exchange::{Login, SimulatedExchange};
use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

use crate::client::{Answer, Client};
use crate::{exchange, folder::Folder};

/// A running DavMail.
struct DavMail {
    address: SocketAddr,
    folder: Folder,
    _child: Child,
}

impl DavMail {
    async fn start(exchange: &SimulatedExchange, name: &str) -> Self {
        let folder = Folder::new(name);
        // Free a moment ago; nobody else starts servers on the loopback address during a test.
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let log = folder.path().join("davmail.log");
        let lines = [
            "davmail.server=true".to_owned(),
            "davmail.mode=EWS".to_owned(),
            format!("davmail.url={}", exchange.url()),
            "davmail.bindAddress=127.0.0.1".to_owned(),
            "davmail.allowRemote=false".to_owned(),
            "davmail.disableUpdateCheck=true".to_owned(),
            "davmail.enableProxy=false".to_owned(),
            format!("davmail.caldavPort={}", address.port()),
            "davmail.ldapPort=\ndavmail.imapPort=\ndavmail.popPort=\ndavmail.smtpPort=".to_owned(),
            format!("davmail.logFilePath={}", log.display()),
            "log4j.logger.davmail=INFO".to_owned(),
        ];
        let configuration = folder.write("davmail.properties", &lines.join("\n"));
        let mut command = Command::new("davmail-server");
        command.arg(configuration).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.kill_on_drop(true).spawn().unwrap();
        for _ in 0..600 {
            if TcpStream::connect(address).await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Self { address, folder, _child: child }
    }

    async fn ask(&self, password: &str, method: &str, path: &str, kind: &str, body: &str) -> Answer {
        let client = Client::basic(self.address, "anna@firma.example", password).await;
        let mut client = client.with(&format!("Content-Type: {kind}")).with("Depth: 1");
        let answer = client.request(method, &format!("/users/anna@firma.example/{path}/"), body).await;
        if answer.status >= 500 {
            // Its log says why.
            let log = std::fs::read_to_string(self.folder.path().join("davmail.log")).unwrap_or_default();
            assert_eq!(log, "");
        }
        answer
    }
}

const FREE_BUSY: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VFREEBUSY\r\nUID:1\r\n\
    DTSTAMP:20261118T000000Z\r\nDTSTART:20261120T000000Z\r\nDTEND:20261121T000000Z\r\n\
    ORGANIZER:mailto:anna@firma.example\r\nATTENDEE:mailto:anna@firma.example\r\n\
    ATTENDEE:mailto:carla@firma.example\r\nEND:VFREEBUSY\r\nEND:VCALENDAR\r\n";

const WEEK: &str = "<C:calendar-query xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:caldav\"><D:prop><D:getetag/>\
    <C:calendar-data/></D:prop><C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">\
    <C:time-range start=\"20261118T000000Z\" end=\"20261125T000000Z\"/></C:comp-filter></C:comp-filter></C:filter>\
    </C:calendar-query>";

async fn reads_a_week(way: Login, name: &str) {
    let exchange = exchange(way).await;
    let davmail = DavMail::start(&exchange, name).await;
    let busy = davmail.ask("anna-password", "POST", "outbox", "text/calendar", FREE_BUSY).await;
    assert_eq!(busy.status, 200);
    for expected in [
        "FBTYPE=BUSY-UNAVAILABLE:20261120T120000Z/20261120T130000Z",
        "FBTYPE=BUSY:20261120T073000Z/20261120T074500Z,20261120T090000Z/20261120T100000Z",
    ] {
        assert!(busy.body.contains(expected), "{expected} is not in {}", busy.body);
    }
    let week = davmail.ask("anna-password", "REPORT", "calendar", "text/xml", WEEK).await;
    assert_eq!(week.status, 207);
    for expected in [
        "SUMMARY:Stand-up",
        "RRULE:FREQ=DAILY;COUNT=60;INTERVAL=1",
        "SUMMARY:Budget",
        "CLASS:PRIVATE",
        "SUMMARY:Newsletter",
        "20261120T100000",
    ] {
        assert!(week.body.contains(expected), "{expected} is not in {}", week.body);
    }
    assert_eq!(week.body.matches("BEGIN:VEVENT").count(), 4);
    assert_eq!(davmail.ask("wrong", "REPORT", "calendar", "text/xml", WEEK).await.status, 401);
    let asked = exchange.asked();
    for operation in ["GetFolder", "GetUserAvailability", "FindItem", "GetItem"] {
        assert!(asked.iter().any(|asked| asked.operation == operation), "{operation}");
    }
}

/// S3.10: DavMail logs in with NTLM, reads free/busy and a week, and is refused with a wrong password.
#[tokio::test]
#[ignore = "needs davmail"]
async fn davmail_reads_a_week_with_ntlm() {
    reads_a_week(Login::Ntlm, "davmail-ntlm").await;
}

/// S3.10: the same with Basic.
#[tokio::test]
#[ignore = "needs davmail"]
async fn davmail_reads_a_week_with_basic() {
    reads_a_week(Login::Basic, "davmail-basic").await;
}
