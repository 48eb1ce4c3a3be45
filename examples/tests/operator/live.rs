//! Events as they happen.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::client::{Client, Event, Events, demonstration, wait};
use super::morning;

/// Takes an event in, as the page does.
fn take(people: &mut BTreeMap<String, Value>, event: &Event) {
    if event.name == "whole" {
        people.clear();
    }
    let rows = event.data["rows"].as_array().unwrap();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rows.len(), "each person at most once");
    for row in rows {
        people.insert(row["id"].as_str().unwrap().to_owned(), row.clone());
    }
}

/// S2.46, S2.47: what changes is pushed; what was pushed is the same as what a snapshot of the same number tells.
#[tokio::test]
async fn changes_are_pushed_and_add_up_to_the_snapshot() {
    let operator = demonstration(&["--at", "10:20", "--speed", "120"]).await;
    let mut client = Client::of(&operator).await;
    let mut events = Events::of(&operator, "/api/events", None).await;
    let mut people = BTreeMap::new();
    let first = events.next().await;
    assert_eq!(first.name, "whole");
    take(&mut people, &first);
    let (mut compared, mut changes) = (0, 0);
    while compared < 3 {
        let event = events.next().await;
        assert_eq!(event.name, "changes");
        changes += 1;
        take(&mut people, &event);
        let snapshot = client.told("/api/people").await;
        if snapshot["sequence"] == event.data["sequence"] {
            let rows = snapshot["people"].as_array().unwrap();
            assert!(rows.iter().all(|row| people.get(row["id"].as_str().unwrap()) == Some(row)));
            assert_eq!(rows.len(), people.len());
            compared += 1;
        }
        assert!(changes < 500, "the two never meet");
    }
}

/// Whoever comes back is told what was missed and nothing else, each person once, however often they changed.
#[tokio::test]
async fn resuming_leaves_no_gap() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let mut people = BTreeMap::new();
    let whole = Events::of(&operator, "/api/events", None).await.next().await;
    take(&mut people, &whole);
    let ids: Vec<String> =
        people.iter().filter(|(_, row)| row["note"] == false).map(|(id, _)| id.clone()).take(3).collect();
    for _ in 0..3 {
        for id in &ids {
            let body = json!({"author": "A", "text": "B"}).to_string();
            let made = client.change("POST", &format!("/api/people/{id}/notes"), &body).await;
            assert_eq!(made.status, 201);
        }
    }
    wait(async || {
        let list = Client::of(&operator).await.told("/api/people").await;
        let noted = |row: &&Value| ids.iter().any(|id| row["id"] == id.as_str()) && row["note"] == true;
        list["people"].as_array().unwrap().iter().filter(noted).count() == 3
    })
    .await;
    let mut events = Events::of(&operator, "/api/events", whole.id.as_deref()).await;
    let missed = events.next().await;
    assert_eq!(missed.name, "changes", "not everything again");
    take(&mut people, &missed);
    assert!(ids.iter().all(|id| people[id]["note"] == true));
    assert!(missed.data["rows"].as_array().unwrap().len() < 40);
    // What was given out by another life of the engine is no place to go on at.
    let anew = Events::of(&operator, "/api/events", Some("1-1")).await.next().await;
    assert_eq!(anew.name, "whole");
    let by_address = format!("/api/events?since={}", missed.id.unwrap());
    let body = json!({"author": "A", "text": "C"}).to_string();
    let last = people.iter().rev().find(|(_, row)| row["note"] == false).unwrap().0.clone();
    client.change("POST", &format!("/api/people/{last}/notes"), &body).await;
    assert_eq!(Events::of(&operator, &by_address, None).await.next().await.name, "changes");
}

/// S2.13, S2.14: a note of one operator is on the screen of another, and nothing had to be configured for it.
#[tokio::test]
async fn a_note_of_one_is_seen_by_the_other() {
    let operator = morning().await;
    let mut writer = Client::of(&operator).await;
    let mut events = Events::of(&operator, "/api/events?department=Finance", None).await;
    let whole = events.next().await;
    let rows = whole.data["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 18, "only this department");
    let id = rows.iter().find(|row| row["note"] == false).unwrap()["id"].as_str().unwrap();
    let body =
        json!({"author": "Reception", "text": "back at <b>three</b>", "back_at": "2026-11-20T15:00"}).to_string();
    let made = writer.change("POST", &format!("/api/people/{id}/notes"), &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let note = made.json()["id"].as_str().unwrap().to_owned();
    let changed = async |events: &mut Events, note: bool| loop {
        let event = events.next().await;
        if event.data["rows"].as_array().unwrap().iter().any(|row| row["id"] == id && row["note"] == note) {
            break;
        }
    };
    changed(&mut events, true).await;
    let card = Client::of(&operator).await.told(&format!("/api/people/{id}")).await;
    let read = &card["notes"][0];
    assert_eq!((&read["text"], &read["author"]), (&json!("back at <b>three</b>"), &json!("Reception")));
    assert_eq!(read["back_at"], "2026-11-20T14:00:00Z", "by the clock on the wall");
    let gone = writer.change("DELETE", &format!("/api/people/{id}/notes/{note}"), "").await;
    assert_eq!(gone.status, 204);
    changed(&mut events, false).await;
}

/// S2.88: when the engine is down that is said, and nothing old is shown.
#[tokio::test]
async fn the_end_of_the_engine_is_told() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let mut events = Events::of(&operator, "/api/events", None).await;
    events.next().await;
    operator.hub().shutdown().await;
    while events.next().await.name != "down" {}
    for path in ["/api/people", "/api/events", "/api/diagnostics", "/metrics", "/api/table"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status, &answer.json()["error"]), (503, &json!("the engine is down")), "{path}");
    }
    operator.shutdown().await;
}
