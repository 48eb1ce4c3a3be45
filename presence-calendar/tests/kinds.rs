//! Calendars in a configuration: what is taken, and what is refused with which words.

#![cfg(feature = "config")]
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::sync::Arc;

use presence_calendar::kinds::{CalDavKind, ExchangeKind, WebCalendarKind};
use presence_core::config::{Config, Factories, Secret};
use presence_core::http::HttpService;
use presence_core::testing::http::CannedHttp;

fn plain(secret: &Secret) -> Result<String, String> {
    if let Secret::Plain(text) = secret { Ok(text.clone()) } else { Err("not in this test".to_owned()) }
}

/// What is said of a source with these settings; nothing when it is taken.
fn told(settings: &str) -> Vec<String> {
    let kinds = Factories::new().with(ExchangeKind::new()).with(CalDavKind::default()).with(WebCalendarKind::default());
    let text = format!("[sources.calendars]\n{settings}\n");
    let http: Arc<dyn HttpService> = Arc::new(CannedHttp::new());
    match Config::from_toml(&text).unwrap().sources(&kinds, &http, &plain) {
        Ok(sources) => {
            assert_eq!(sources.len(), 1);
            Vec::new()
        }
        Err(error) => error.to_string().lines().map(str::to_owned).collect(),
    }
}

const EXCHANGE: &str =
    "kind = 'exchange'\nurl = 'https://mail.example.com/EWS/Exchange.asmx'\nzone = 'Europe/Stockholm'";

/// S0.1, S0.5: what the documentation shows is taken.
#[test]
fn what_is_documented_is_taken() {
    let all = "user = 'EXAMPLE\\presence'\npassword = 'sesame'\nimpersonate = true\ninterval = 30\nrefresh = 600\n\
        days-back = 1\ndays-ahead = 41\nlogin = 'basic'";
    assert_eq!(told(EXCHANGE), [""; 0]);
    assert_eq!(told(&format!("{EXCHANGE}\n{all}")), [""; 0]);
    let windows = EXCHANGE.replace("Europe/Stockholm", "W. Europe Standard Time").replace("'exchange'", "'ews'");
    assert_eq!(told(&windows), [""; 0]);
    let web = "kind = 'ics'\nurl = 'https://mail.example.com/{mailbox}.ics'\nzone = 'Europe/Stockholm'";
    assert_eq!(told(web), [""; 0]);
    assert_eq!(told(&web.replace("'ics'", "'caldav'")), [""; 0]);
}

/// S0.5: what cannot work is refused with its key, and never with what was written there.
#[test]
fn what_cannot_work_is_refused() {
    let cases = [
        ("days-back = 2\ndays-ahead = 41", "days-ahead"),
        ("days-back = 31\ndays-ahead = 12", "days-ahead"),
        ("user = 'sesame'", "password"),
        ("password = 'sesame'", "user"),
        ("user = 'a'\npassword = 'sesame'\nlogin = 'kerberos'", "login"),
        ("user = 'a'\npassword = 'sesame'\nlogin = 'ntlm'", "login"),
        ("interval = 1", "interval"),
        ("impersonate = 'sesame'", "impersonate"),
    ];
    for (settings, key) in cases {
        let told = told(&format!("{EXCHANGE}\n{settings}"));
        assert_eq!(told.len(), 1, "{settings}: {told:?}");
        assert!(told.iter().all(|line| line.contains(&format!("sources.calendars.{key}`"))), "{settings}: {told:?}");
        assert!(told.iter().all(|line| !line.contains("sesame")), "{settings}: {told:?}");
    }
    assert!(told(&EXCHANGE.replace("Europe/Stockholm", "Mars/Sesame"))[0].contains("`sources.calendars.zone`"));
    assert!(told(&EXCHANGE.replace("https://", "ftp://"))[0].contains("`sources.calendars.url`"));
}
