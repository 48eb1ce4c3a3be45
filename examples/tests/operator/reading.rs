//! What can be read.

use std::collections::BTreeSet;

use presence_core::{ConnectorStatus, Mask, ViewerId};

use presence_examples::company::Company;
use presence_examples::day::{Day, ZONE};
use presence_examples::operator::Operator;
use presence_examples::{SEED, arguments};
use serde_json::Value;

use super::client::{Client, Events, wait};
use super::morning;

/// The subjects of the private meetings of the script.
const PRIVATE: [&str; 8] = [
    "Dentist",
    "Physiotherapist",
    "mortgage",
    "Solicitor",
    "School, about",
    "Job interview",
    "Blood test",
    "Viewing a flat",
];

async fn everybody(operator: &Operator) -> Vec<String> {
    let people = Client::of(operator).await.told("/api/people").await;
    let ids = people["people"].as_array().unwrap().iter();
    ids.map(|person| person["id"].as_str().unwrap().to_owned()).collect()
}

/// Waits until everybody who has a private meeting today is shown with it.
async fn private_meetings_are_read(operator: &Operator) {
    let day = Day::of(&Company::invented(SEED).unwrap(), arguments::date(), SEED).unwrap();
    let (hub, viewer) = (operator.hub(), ViewerId::new("operator").unwrap());
    let directory = hub.directory();
    for address in day.with_private_meeting() {
        let person = directory.owner(directory.subject(address).unwrap()).unwrap();
        let told = async || hub.day(person, &viewer, day.date, ZONE).await.unwrap();
        wait(async || told().await.meetings.iter().any(|meeting| meeting.mask == Mask::Private)).await;
    }
}

/// S0.1, S0.19–S0.22: the calendars come from an Exchange server, through the adapter; any day can be opened, and says
/// whether it is known.
#[tokio::test]
async fn calendars_come_from_an_exchange_server() {
    let operator = morning().await;
    private_meetings_are_read(&operator).await;
    let mut client = Client::of(&operator).await;
    let day = Day::of(&Company::invented(SEED).unwrap(), arguments::date(), SEED).unwrap();
    let directory = operator.hub().directory();
    let address = day.with_private_meeting().next().unwrap();
    let person = directory.person_id(directory.owner(directory.subject(address).unwrap()).unwrap()).unwrap();
    let times = |calendar: &Value| -> Vec<String> {
        let meetings = calendar["meetings"].as_array().unwrap().iter();
        meetings.map(|meeting| meeting["start"].as_str().unwrap().split_once('T').unwrap().1.to_owned()).collect()
    };
    let today = client.told(&format!("/api/people/{person}/calendar")).await;
    assert!(today["known"].as_bool().unwrap() && !times(&today).is_empty());
    // The window ends before this day, so the server is asked; what takes hours is there again each day.
    let far = client.told(&format!("/api/people/{person}/calendar?date=2026-12-01")).await;
    assert_eq!((far["known"].as_bool(), times(&far)), (Some(true), times(&today)));
    assert!(far["horizon"]["start"].as_str().unwrap() > today["horizon"]["end"].as_str().unwrap());
    let health = operator.hub().health().await.unwrap();
    let exchange = health.connectors.iter().find(|one| one.source.as_str() == "exchange").unwrap();
    assert_eq!(exchange.status, ConnectorStatus::UpAndRunning);
}

/// S0.6, S1.6, S1.12, S1.17, S1.19, S0.24: a row has the headline, and beside it the lamps of the line, the mobile and
/// the account, each with an icon, never merged into one.
#[tokio::test]
async fn a_row_has_lamps_beside_the_name() {
    let operator = morning().await;
    let list = Client::of(&operator).await.told("/api/people").await;
    let people = list["people"].as_array().unwrap();
    assert_eq!(people.len(), 203);
    let icons = |name: &str| -> BTreeSet<&str> {
        people.iter().map(|person| person["icons"][name].as_str().unwrap()).collect()
    };
    for (lamp, some) in [
        ("person", ["online", "busy", "away"]),
        ("desk", ["free", "in-call", "do-not-disturb"]),
        ("mobile", ["free", "in-call", "none"]),
        ("rich", ["online", "busy", "none"]),
        ("calendar", ["free", "busy", "none"]),
    ] {
        let icons = icons(lamp);
        assert!(some.iter().all(|icon| icons.contains(icon)), "{lamp}: {icons:?}");
    }
    let differ = people.iter().any(|one| one["icons"]["desk"] == "in-call" && one["icons"]["mobile"] == "free");
    assert!(differ, "the lamps of one row are not merged");
    let words = people.iter().all(|person| !person["words"].as_str().unwrap().is_empty());
    assert!(words && people.iter().all(|person| person["name"].is_string() && person["stale"].is_boolean()));
}

/// S1.18: a search by department gives everybody in it as one cut with one number; who is free is a part of it.
#[tokio::test]
async fn a_department_is_one_cut() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let departments = client.told("/api/departments").await;
    assert_eq!(departments.as_array().unwrap().len(), 8);
    loop {
        let all = client.told("/api/people?department=human%20resources").await;
        let free = client.told("/api/people?department=Human%20Resources&free=true").await;
        if all["sequence"] != free["sequence"] {
            continue;
        }
        let people = all["people"].as_array().unwrap();
        assert_eq!(people.len(), 10);
        assert!(people.iter().all(|person| person["department"] == "Human Resources"));
        let is_free = |person: &&Value| matches!(person["band"].as_str().unwrap(), "online" | "idle-online");
        let expected: Vec<&Value> = people.iter().filter(is_free).collect();
        assert_eq!(free["people"].as_array().unwrap().iter().collect::<Vec<_>>(), expected);
        assert!(!expected.is_empty());
        break;
    }
    let first = everybody(&operator).await.swap_remove(0);
    let found = client.told(&format!("/api/people?q={}", first.to_uppercase())).await;
    assert_eq!(found["people"][0]["id"], first.as_str());
}

/// S1.20: the same icons in the list and in the details.
#[tokio::test]
async fn list_and_card_have_the_same_icons() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let mut compared = 0;
    let before = client.told("/api/people").await;
    for person in before["people"].as_array().unwrap().iter().take(60) {
        let id = person["id"].as_str().unwrap();
        let card = client.told(&format!("/api/people/{id}")).await;
        let again = client.told(&format!("/api/people?q={id}")).await;
        // What changed in between says nothing.
        if again["people"][0]["icons"] == person["icons"] {
            assert_eq!((&card["icons"], &card["words"]), (&person["icons"], &person["words"]), "{id}");
            compared += 1;
        }
    }
    assert!(compared > 40);
}

#[tokio::test]
async fn a_card_tells_why_and_until_when() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let list = client.told("/api/people?department=Management").await;
    let mut found = None;
    for person in list["people"].as_array().unwrap() {
        let card = client.told(&format!("/api/people/{}", person["id"].as_str().unwrap())).await;
        if card["meeting"].is_object() && card["until"].is_string() && card["because"].is_string() {
            found = Some(card);
        }
    }
    let card = found.unwrap();
    let id = card["id"].as_str().unwrap();
    let why = client.told(&format!("/api/people/{id}/why")).await;
    assert!(why["sentences"][0].as_str().unwrap().starts_with("Shown as"));
    assert_eq!(why["explanation"]["person"], id);
    let calendar = client.told(&format!("/api/people/{id}/calendar?date=2026-11-20&zone=Europe/Stockholm")).await;
    let meeting = &calendar["meetings"][0];
    assert!(meeting["fill"]["css"].as_str().unwrap().starts_with('#') && meeting["bar"]["class"].is_string());
    let tomorrow = client.told(&format!("/api/people/{id}/calendar?date=2031-01-01")).await;
    assert_eq!(tomorrow["meetings"].as_array().unwrap().len(), 0);
    let others = client.told(&format!("/api/people/{id}/alternatives")).await;
    assert!(others[0]["person"].is_string() && others[0]["name"].is_string());
    let probe = client.change("POST", &format!("/api/people/{id}/probe"), "").await;
    assert_eq!((probe.status, &probe.json()["person"]), (200, &Value::from(id)));
}

/// F.24: a colleague is told less: no subject of any meeting.
#[tokio::test]
async fn colleagues_are_told_less() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let mut titles = [0, 0];
    for id in everybody(&operator).await.iter().take(120) {
        for (count, viewer) in titles.iter_mut().zip(["operator", "colleague"]) {
            let day = client.told(&format!("/api/people/{id}/calendar?viewer={viewer}")).await;
            let told = |meeting: &&Value| meeting["title"].as_str().is_some_and(|title| title != "***");
            *count += day["meetings"].as_array().unwrap().iter().filter(told).count();
        }
    }
    assert!(titles[0] > 50 && titles[1] == 0, "{titles:?}");
}

/// S2.25 and the promise of the engine: the subject of a private meeting is in no answer to anybody.
#[tokio::test]
async fn private_subjects_are_in_no_answer() {
    let operator = morning().await;
    private_meetings_are_read(&operator).await;
    let mut client = Client::of(&operator).await;
    let (mut masked, mut answers) = (0, 0);
    let mut look = |text: &str, path: &str| {
        assert_eq!(PRIVATE.iter().find(|subject| text.contains(**subject)), None, "{path}");
        masked += text.matches("\"mask\":\"private\"").count();
        answers += 1;
    };
    for viewer in ["operator", "colleague"] {
        for id in everybody(&operator).await {
            for part in ["", "/why", "/calendar", "/alternatives"] {
                let path = format!("/api/people/{id}{part}?viewer={viewer}");
                look(&client.get(&path).await.body, &path);
            }
        }
        for path in ["/api/people", "/api/table"] {
            look(&client.get(&format!("{path}?viewer={viewer}")).await.body, path);
        }
        let mut events = Events::of(&operator, &format!("/api/events?viewer={viewer}"), None).await;
        look(&events.next().await.data.to_string(), "/api/events");
    }
    for path in ["/api/diagnostics", "/metrics", "/api/about"] {
        look(&client.get(path).await.body, path);
    }
    look(&format!("{operator:?}"), "Debug");
    assert!(masked > 20 && answers > 1_600, "there is something to leak: {masked} of {answers}");
}
