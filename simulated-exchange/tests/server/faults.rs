//! What goes wrong on demand.

use std::time::Duration;

use simulated_exchange::{Fault, Trouble};
use tokio::time::Instant;

use crate::client::Client;
use crate::company::{ANNA, BERT, availability, exchange, find, get};

/// S3.10: every trouble looks as it does with a real server.
#[tokio::test]
async fn troubles_come_on_demand_and_go() {
    let exchange = exchange().await;
    let mut client = Client::basic(exchange.address(), "anna", "apple").await;
    exchange.fault(Fault::new(Trouble::Busy { back_off_ms: 1234 }).only("FindItem").times(1));
    let busy = client.ask(&find(&[])).await;
    assert_eq!((busy.status, busy.texts("ResponseCode")), (500, vec!["ErrorServerBusy".into()]));
    assert!(
        busy.body.contains("\n        ErrorServerBusy\n") && busy.body.contains("Name=\"BackOffMilliseconds\">1234<")
    );
    exchange.fault(Fault::new(Trouble::BusyInside { back_off_ms: 5 }).times(1));
    let busy = client.ask(&find(&[])).await;
    assert_eq!((busy.status, busy.texts("ResponseCode")), (200, vec!["ErrorInternalServerError".into()]));
    assert!(busy.body.contains("Name=\"InnerErrorResponseCode\">ErrorServerBusy<"));
    exchange.fault(Fault::new(Trouble::Unavailable { retry_after_s: Some(7) }).times(1));
    let unavailable = client.ask(&find(&[])).await;
    assert_eq!((unavailable.status, unavailable.headers("Retry-After")), (503, vec!["7"]));
    exchange.fault(Fault::new(Trouble::LoginPage).times(1));
    let page = client.ask(&find(&[])).await;
    assert_eq!((page.status, page.headers("Content-Type")), (200, vec!["text/html; charset=utf-8"]));
    exchange.fault(Fault::new(Trouble::Redirect).times(1));
    assert_eq!(client.ask(&find(&[])).await.headers("Location"), ["/owa/"]);
    exchange.fault(Fault::new(Trouble::Status { status: 456 }).times(1));
    assert_eq!(client.ask(&find(&[])).await.status, 456);
    exchange.fault(Fault::new(Trouble::Code { code: "ErrorInvalidServerVersion".into() }));
    for _ in 0..2 {
        assert_eq!(client.ask(&find(&[])).await.texts("ResponseCode"), ["ErrorInvalidServerVersion"]);
    }
    exchange.clear_faults();
    assert_eq!(client.ask(&find(&[])).await.texts("ResponseCode"), ["NoError"]);
    assert_eq!(exchange.asked().iter().filter(|asked| asked.code == "Fault").count(), 8);
}

/// S3.10: answers that are late, cut, or do not come.
#[tokio::test]
async fn answers_are_late_cut_or_missing() {
    let exchange = exchange().await;
    let connect = || Client::basic(exchange.address(), "anna", "apple");
    exchange.fault(Fault::new(Trouble::Slow { ms: 60 }).times(1));
    let begun = Instant::now();
    assert_eq!(connect().await.ask(&find(&[])).await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(60));
    exchange.fault(Fault::new(Trouble::HangUp).times(1));
    let mut client = connect().await;
    client.begin(&find(&[])).await;
    assert!(client.head().await.is_none());
    exchange.fault(Fault::new(Trouble::Cut).times(1));
    let mut client = connect().await;
    client.begin(&find(&["calendar:Start"])).await;
    assert_eq!(client.head().await.unwrap().status, 200);
    // Half of the body, and the end of the connection: neither a head nor a whole document follows.
    assert!(client.head().await.is_none());
}

/// S3.10: the error of one mailbox leaves the others alone.
#[tokio::test]
async fn a_mailbox_fails_alone() {
    let exchange = exchange().await;
    exchange.change(|company| company.account_mut(BERT).unwrap().error = Some("ErrorMailboxMoveInProgress".into()));
    let mut client = Client::basic(exchange.address(), "service", "secret").await;
    let answer = client.ask(&availability(&[ANNA, BERT], "FreeBusy")).await;
    assert_eq!(answer.texts("ResponseCode"), ["NoError", "ErrorMailboxMoveInProgress"]);
    assert_eq!(exchange.asked()[0].code, "ErrorMailboxMoveInProgress");
    let mut bert = Client::basic(exchange.address(), "bert", "banana").await;
    assert_eq!(bert.ask(&find(&[])).await.texts("ResponseCode"), ["ErrorMailboxMoveInProgress"]);
}

/// S3.10: the quirks of real servers: namespaces with https, padded codes, another order.
#[tokio::test]
async fn manners_differ() {
    let exchange = exchange().await;
    let mut client = Client::basic(exchange.address(), "anna", "apple").await;
    let plain = client.ask(&find(&["calendar:Start"])).await;
    exchange.manner(|manner| {
        manner.https_namespaces = true;
        manner.padded_codes = true;
        manner.reversed = true;
        manner.most_items = 2;
    });
    let odd = client.ask(&find(&["calendar:Start"])).await;
    assert!(plain.body.contains("\"http://schemas.xmlsoap.org") && !plain.body.contains("https:"));
    assert!(odd.body.contains("\"https://schemas.xmlsoap.org") && !odd.body.contains("http:"));
    assert!(odd.body.contains("ResponseCode>\n    NoError\n"));
    let mut starts = odd.texts("Start");
    starts.reverse();
    assert_eq!(starts, plain.texts("Start")[..2]);
    let ids = plain.attributes("ItemId", "Id");
    let answer = client.ask(&get(&[&ids[0], &ids[1]], &[])).await;
    assert_eq!(answer.attributes("ItemId", "Id"), [ids[1].clone(), ids[0].clone()]);
}
