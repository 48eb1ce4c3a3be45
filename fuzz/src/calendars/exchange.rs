//! Answers of an Exchange server, each read as the answer to every question.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use presence_calendar::ews::{Exchange, Told, discover, read_availability};
use presence_core::Address;
use presence_core::testing::http::{CannedAnswer, CannedHttp};

use super::{CANARY, check, span};

const URL: &str = "https://mail.example.com/EWS/Exchange.asmx";
/// A stream of so many bytes has told fewer changes, or does not come to its end.
const MOST_TOLD: usize = 1_000_000;
const SUBSCRIBED: &str = "<Envelope><Body><SubscribeResponse><ResponseMessages>\
    <SubscribeResponseMessage ResponseClass=\"Success\"><ResponseCode>NoError</ResponseCode>\
    <SubscriptionId>one</SubscriptionId></SubscribeResponseMessage>\
    </ResponseMessages></SubscribeResponse></Body></Envelope>";

pub(crate) fn answers(data: &[u8]) {
    let window = span("2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z");
    let anna = Address::smtp("anna@example.com").unwrap();
    for mailboxes in 1..=3 {
        let answer = read_availability(data, mailboxes, window);
        assert!(!format!("{answer:?}").contains(CANARY), "a text is printed");
        let Ok(answer) = answer else { continue };
        assert_eq!(answer.len(), mailboxes);
        answer.iter().flatten().for_each(|known| check(&known.agenda));
    }
    let exchange = Exchange::new(always(data), URL).impersonating();
    if let Ok(agenda) = at_once(exchange.meetings(&anna, window)) {
        check(&agenda);
    }
    let said = at_once(exchange.availability(std::slice::from_ref(&anna), window)).map_err(|error| error.to_string());
    let reply = at_once(exchange.automatic_reply(&anna)).map_err(|error| error.to_string());
    assert!(!format!("{said:?}{reply:?}").contains(CANARY), "a text is printed");
    // Its errors name the host to which the server sends us, so they are not searched; they are short and of one line.
    match at_once(discover(&*always(data), &anna, &[])) {
        Ok(url) => assert!(url.starts_with("https://")),
        Err(error) => {
            let text = error.to_string();
            assert!(text.len() < 1_000 && !text.contains(char::is_control), "{text:?}");
        }
    }
    stream(data, &anna);
}

/// A stream that comes in pieces comes to its end, and speaks of nobody else.
fn stream(data: &[u8], anna: &Address) {
    let pieces = data.chunks(61).fold(soap(), |answer, piece| answer.piece(piece));
    let http = CannedHttp::new();
    http.then(soap().body(SUBSCRIBED));
    http.then(pieces);
    let exchange = Exchange::new(Arc::new(http), URL);
    let group = at_once(exchange.subscribe(std::slice::from_ref(anna))).unwrap().remove(0);
    let mut notifications = at_once(exchange.stream(&group)).unwrap();
    for _ in 0..MOST_TOLD {
        match at_once(notifications.next()) {
            Ok(Told::Changed(mailbox)) => assert_eq!(mailbox, *anna),
            Ok(Told::Alive) => {}
            _ => return,
        }
    }
    panic!("the stream does not end");
}

/// A server that gives the same answer to every question.
fn always(data: &[u8]) -> Arc<CannedHttp> {
    let http = CannedHttp::new();
    http.on("POST", "https://", soap().body(data));
    Arc::new(http)
}

fn soap() -> CannedAnswer {
    CannedAnswer::status(200).header("Content-Type", "text/xml; charset=utf-8")
}

/// What comes of it; answers that were prepared are there at once.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits for something"),
    }
}
