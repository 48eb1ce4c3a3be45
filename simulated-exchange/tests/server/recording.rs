//! What the server was asked for, and what it told.

use simulated_exchange::company::Sensitivity;

use crate::client::Client;
use crate::company::{ANNA, BERT, CANARY, availability, exchange, find, get};

/// S0.18: a client that asks for the texts of open items only is seen to do so, and one that asks for all is seen too.
#[tokio::test]
async fn the_record_tells_whether_private_texts_left() {
    let exchange = exchange().await;
    let mut client =
        Client::basic(exchange.address(), "service", "secret").await.acting_as(ANNA).with("X-AnchorMailbox: a");
    let answer = client.ask(&find(&["calendar:Start", "item:Sensitivity"])).await;
    let ids = answer.attributes("ItemId", "Id");
    client.ask(&get(&[&ids[1]], &["item:Subject", "calendar:Location"])).await;
    let asked = exchange.asked();
    assert_eq!((asked[0].operation.as_str(), asked[1].operation.as_str()), ("FindItem", "GetItem"));
    assert!(asked[0].wants("item:Sensitivity") && !asked[0].wants("item:Subject") && asked[0].told.is_empty());
    assert_eq!((asked[1].items.as_slice(), asked[1].told.len()), (&ids[1..2], 1));
    assert_eq!((asked[1].login.as_str(), asked[1].acting_as.as_deref()), ("service@firma.example", Some(ANNA)));
    assert_eq!((asked[1].mailboxes.as_slice(), asked[1].anchor.as_deref()), (&[ANNA.to_owned()][..], Some("a")));
    assert!(asked.iter().all(|asked| asked.told_of(Sensitivity::Private) == 0 && asked.code == "NoError"));
    exchange.forget_asked();

    for question in [
        find(&["item:Subject"]),
        find(&["calendar:RequiredAttendees"]),
        find(&["item:MimeContent"]),
        find(&[]).replace("IdOnly", "AllProperties"),
        find(&[]).replace(
            "<t:AdditionalProperties>",
            "<t:AdditionalProperties><t:ExtendedFieldURI PropertyTag=\"0x0037\" PropertyType=\"String\"/>",
        ),
        get(&[&ids[2]], &["calendar:Location"]),
    ] {
        let answer = client.ask(&question).await;
        assert!(answer.body.contains(CANARY) || question.contains("Mime"), "{question}");
        let asked = exchange.asked();
        assert_eq!(asked[0].told_of(Sensitivity::Private), 1, "{question}");
        exchange.forget_asked();
    }
    assert!(!format!("{:?}{exchange:?}", exchange.items(ANNA)).contains(CANARY));
}

/// S0.18: free/busy keeps private texts, unless the server is told to give them away.
#[tokio::test]
async fn free_busy_tells_private_texts_only_on_demand() {
    let exchange = exchange().await;
    let mut client = Client::basic(exchange.address(), "bert", "banana").await;
    let answer = client.ask(&availability(&[ANNA, BERT], "Detailed")).await;
    assert!(!answer.body.contains(CANARY));
    exchange.manner(|manner| manner.private_details = true);
    assert!(client.ask(&availability(&[ANNA], "Detailed")).await.body.contains(CANARY));
    let asked = exchange.asked();
    assert_eq!(asked[0].mailboxes, [ANNA, BERT]);
    assert_eq!((asked[0].told.len(), asked[0].told_of(Sensitivity::Private)), (3, 0));
    assert_eq!(asked[1].told_of(Sensitivity::Private), 1);
    assert!(asked[0].wants("Detailed"));
}

/// S0.18: a delegate without the right does not even see that there is something.
#[tokio::test]
async fn private_items_can_be_hidden() {
    let exchange = exchange().await;
    exchange.manner(|manner| manner.private_hidden = true);
    let mut client = Client::basic(exchange.address(), "anna", "apple").await;
    assert_eq!(client.ask(&find(&["calendar:Start"])).await.texts("Start").len(), 2);
    let id = &exchange.items(ANNA)[1].0;
    assert_eq!(client.ask(&get(&[id], &[])).await.texts("ResponseCode"), ["ErrorItemNotFound"]);
    // Free/busy shows the time all the same.
    assert_eq!(client.ask(&availability(&[ANNA], "Detailed")).await.texts("BusyType").len(), 3);
}
