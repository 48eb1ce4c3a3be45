//! Notifications.

use simulated_exchange::{SimulatedExchange, company::ShowAs};

use crate::client::{Client, texts};
use crate::company::{ANNA, BERT, SUBSCRIBE, exchange, item, stream};

async fn service(exchange: &SimulatedExchange) -> Client {
    Client::basic(exchange.address(), "service", "secret").await
}

async fn subscribe(exchange: &SimulatedExchange, mailbox: &str) -> String {
    let answer = service(exchange).await.acting_as(mailbox).ask(SUBSCRIBE).await;
    answer.texts("SubscriptionId").remove(0)
}

/// Opens a stream and reads its first document.
async fn open(exchange: &SimulatedExchange, ids: &[&str], minutes: u32) -> Client {
    let mut client = service(exchange).await;
    client.begin(&stream(ids, minutes)).await;
    assert_eq!(client.head().await.unwrap().status, 200);
    let first = client.document().await.unwrap();
    assert_eq!(texts(&first, "ConnectionStatus"), ["OK"]);
    client
}

/// S3.10: each change of a calendar is told to the stream that wants it, in documents that come in odd pieces.
#[tokio::test]
async fn changes_are_told_as_they_happen() {
    let exchange = exchange().await;
    exchange.manner(|manner| manner.piece = Some(7));
    let (anna, bert) = (subscribe(&exchange, ANNA).await, subscribe(&exchange, BERT).await);
    let mut stream = open(&exchange, &[&anna, &bert], 30).await;
    assert_eq!(exchange.streams(), 1);
    let id = exchange.add(ANNA, item("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", "")).unwrap();
    let document = stream.document().await.unwrap();
    assert!(document.contains("<t:CreatedEvent>") && document.contains(&id));
    assert_eq!(texts(&document, "SubscriptionId"), [anna.as_str()]);
    exchange.modify(&id, |item| item.show_as = ShowAs::Free);
    assert!(stream.document().await.unwrap().contains("<t:ModifiedEvent>"));
    assert!(exchange.remove(&exchange.items(BERT)[0].0));
    let document = stream.document().await.unwrap();
    assert!(document.contains("<t:DeletedEvent>"));
    assert_eq!(texts(&document, "SubscriptionId"), [bert]);
}

/// S3.10: signs of life in the silence, and a last word when the time is up; the connection stays.
#[tokio::test]
async fn a_stream_lives_and_ends() {
    let exchange = exchange().await;
    exchange.manner(|manner| {
        manner.heartbeat_ms = 15;
        manner.minute_ms = 100;
    });
    let id = subscribe(&exchange, ANNA).await;
    let mut stream = open(&exchange, &[&id], 1).await;
    let mut status = Vec::new();
    while let Some(document) = stream.document().await {
        status.extend(texts(&document, "ConnectionStatus"));
    }
    assert_eq!(status.pop().as_deref(), Some("Closed"));
    assert!(status.len() >= 2 && status.iter().all(|status| status == "OK"), "{status:?}");
    assert_eq!(stream.ask(SUBSCRIBE).await.status, 200);
    assert_eq!(exchange.streams(), 0);
}

/// S3.10: a stream that is cut ends without a last word, and what happened meanwhile is lost.
#[tokio::test]
async fn a_stream_that_is_cut_loses_what_happened_meanwhile() {
    let exchange = exchange().await;
    let id = subscribe(&exchange, ANNA).await;
    let mut stream = open(&exchange, &[&id], 30).await;
    exchange.cut_streams();
    assert!(stream.piece().await.is_none());
    while exchange.streams() > 0 {
        tokio::task::yield_now().await;
    }
    let new = || item("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", "");
    let lost = exchange.add(ANNA, new()).unwrap();
    let mut stream = open(&exchange, &[&id], 30).await;
    let found = exchange.add(ANNA, new()).unwrap();
    let document = stream.document().await.unwrap();
    assert!(document.contains(&found) && !document.contains(&lost));
}

/// S3.10: a second stream takes the subscriptions of the first.
#[tokio::test]
async fn a_second_stream_ends_the_first() {
    let exchange = exchange().await;
    let id = subscribe(&exchange, ANNA).await;
    let mut first = open(&exchange, &[&id], 30).await;
    let _second = open(&exchange, &[&id], 30).await;
    let document = first.document().await.unwrap();
    assert_eq!(texts(&document, "ResponseCode"), ["ErrorNewEventStreamConnectionOpened"]);
}

/// S3.10: subscriptions that are unknown, foreign, forgotten or on another server; one bad one spoils all.
#[tokio::test]
async fn bad_subscriptions_are_named() {
    let exchange = exchange().await;
    let id = subscribe(&exchange, ANNA).await;
    let answer = service(&exchange).await.ask(&stream(&[&id, "unknown"], 1)).await;
    assert_eq!(answer.texts("ResponseCode"), ["ErrorSubscriptionNotFound"]);
    assert_eq!(answer.texts("SubscriptionId"), ["unknown"]);
    let foreign = Client::basic(exchange.address(), "anna", "apple").await.ask(&stream(&[&id], 1)).await;
    assert_eq!(foreign.texts("ResponseCode"), ["ErrorSubscriptionAccessDenied"]);

    exchange.manner(|manner| manner.affinity = true);
    let mut affine = service(&exchange).await.with("X-PreferServerAffinity: true");
    let cookie = affine.ask(SUBSCRIBE).await.headers("Set-Cookie")[0].split(';').next().unwrap().to_owned();
    let elsewhere = affine.ask(&stream(&[&id], 1)).await;
    assert_eq!(elsewhere.texts("ResponseCode"), ["ErrorSubscriptionNotFound"]);
    let mut back = affine.with(&format!("Cookie: {cookie}"));
    back.begin(&stream(&[&id], 1)).await;
    assert_eq!(back.head().await.unwrap().status, 200);
    assert_eq!(texts(&back.document().await.unwrap(), "ConnectionStatus"), ["OK"]);

    exchange.restart();
    assert!(back.piece().await.is_none());
    exchange.manner(|manner| manner.affinity = false);
    let forgotten = service(&exchange).await.ask(&stream(&[&id], 1)).await;
    assert_eq!(forgotten.texts("ResponseCode"), ["ErrorSubscriptionNotFound"]);
}

/// S3.10: a subscription can be given up, and is for one mailbox.
#[tokio::test]
async fn subscriptions_come_and_go() {
    let exchange = exchange().await;
    let id = subscribe(&exchange, ANNA).await;
    let give_up = format!("<m:Unsubscribe><m:SubscriptionId>{id}</m:SubscriptionId></m:Unsubscribe>");
    for expected in ["NoError", "ErrorSubscriptionNotFound"] {
        assert_eq!(service(&exchange).await.ask(&give_up).await.texts("ResponseCode"), [expected]);
    }
    let foreign = SUBSCRIBE.replace(
        "\"calendar\"/>",
        &format!(
            "\"calendar\"><t:Mailbox><t:EmailAddress>{BERT}</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"
        ),
    );
    let answer = service(&exchange).await.acting_as(ANNA).ask(&foreign).await;
    assert_eq!(answer.texts("ResponseCode"), ["ErrorFolderNotFound"]);
}
