//! The server itself: the page, who may ask, and how things stand.

use presence_examples::operator::{Operator, examine};
use serde_json::{Value, json};

use super::client::{Client, options, wait};
use super::morning;

/// S2.10: there is a page, and it needs nothing from elsewhere.
#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let page = client.get("/").await;
    let head = page.head.to_lowercase();
    assert_eq!(page.status, 200);
    assert!(head.contains("text/html") && head.contains("script-src 'self'") && head.contains("nosniff"), "{head}");
    for (path, kind) in [("/page.css", "text/css"), ("/page.js", "text/javascript")] {
        assert!(page.body.contains(path));
        let part = client.get(path).await;
        assert!(part.status == 200 && part.head.contains(kind));
        assert!(!part.body.contains("innerHTML") && !part.body.contains("://"), "{path}");
    }
    assert!(!page.body.contains("://") && !page.body.contains("<script>") && !page.body.contains("style="));
    let about = client.told("/api/about").await;
    assert_eq!((&about["demonstration"], &about["zone"]), (&json!(true), &json!("Europe/Stockholm")));
    let greeting = operator.greeting().join("\n");
    assert!(greeting.contains(&format!("http://{}/", operator.address())) && greeting.contains("demonstration"));
    assert_eq!(greeting.matches("curl '").count(), 3);
    for path in greeting.lines().filter_map(|line| line.split_once("curl 'http://")?.1.split_once('/')) {
        client.told(&format!("/{}", path.1.trim_end_matches('\''))).await;
    }
}

#[tokio::test]
async fn pages_of_other_sites_may_change_and_read_nothing() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let address = operator.address();
    let json = ("Content-Type", "application/json");
    let post = "/api/sources/pbx/start";
    let (own, foreign) = (format!("http://{address}"), format!("http://evil.example:{}", address.port()));
    assert_eq!(client.send("POST", post, &[json, ("Origin", &own)], "").await.status, 204);
    assert_eq!(client.send("POST", post, &[json, ("Origin", &foreign)], "").await.status, 403);
    assert_eq!(client.send("POST", post, &[json, ("Origin", "null")], "").await.status, 403);
    assert_eq!(client.send("POST", post, &[("Content-Type", "text/plain")], "").await.status, 415);
    assert_eq!(client.send("POST", post, &[], "").await.status, 415);
    assert_eq!(client.send("DELETE", "/api/people/x/notes/y", &[("Origin", &foreign)], "").await.status, 403);
    let renamed = client.send("GET", "/api/people", &[("Host", "evil.example")], "").await;
    assert_eq!((renamed.status, renamed.body.contains("people")), (421, false));
    assert_eq!(client.send("GET", "/api/about", &[("Host", "localhost")], "").await.status, 200);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_what_is_right() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    for (method, path, status, hint) in [
        ("GET", "/api/nothing", 404, "/api/"),
        ("GET", "/api/people/no.body", 404, "GET /api/people"),
        ("GET", "/api/people/no.body/why", 404, "GET /api/people"),
        ("GET", "/api/people?department=secret", 404, "`Support`"),
        ("GET", "/api/people?viewer=secret", 400, "`colleague`"),
        ("GET", "/api/people?free=secret", 400, "`true`"),
        ("GET", "/api/people?fre=true", 400, "`free`"),
        ("GET", "/api/table?rich=secret", 400, "`Do not disturb`"),
        ("GET", "/api/table?most=secret", 400, "number"),
        ("GET", "/api/events?department=secret", 404, "`Support`"),
        ("DELETE", "/api/people", 405, "GET"),
        ("POST", "/api/sources/secret/stop", 404, "connectors"),
        ("POST", "/api/warnings/secret/acknowledge", 404, "codes"),
    ] {
        let answer = client.change(method, path, "").await;
        let told = answer.json();
        assert_eq!(answer.status, status, "{path}");
        assert!(told["hint"].as_str().unwrap().contains(hint) && !answer.body.contains("secret"), "{path}: {told}");
    }
    let directory = operator.hub().directory();
    let id = directory.people().next().and_then(|person| directory.person_id(person)).unwrap();
    for (query, hint) in [("date=secret", "2026-11-20"), ("zone=secret", "Europe/Stockholm")] {
        let answer = client.get(&format!("/api/people/{id}/calendar?{query}")).await;
        assert_eq!(answer.status, 400);
        assert!(answer.json()["hint"].as_str().unwrap().contains(hint) && !answer.body.contains("secret"));
    }
}

/// S2.86: an administrator sees the services, and stops and starts one.
#[tokio::test]
async fn a_source_is_stopped_and_started() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let state = async |wanted: &str| {
        let told = Client::of(&operator).await.told("/api/diagnostics").await;
        let is_pbx = |connector: &&Value| connector["source"] == "pbx";
        told["connectors"].as_array().unwrap().iter().find(is_pbx).unwrap()["text"] == wanted
    };
    wait(async || state("UpAndRunning").await).await;
    assert_eq!(client.change("POST", "/api/sources/pbx/stop", "").await.status, 204);
    wait(async || state("Disabled").await).await;
    assert_eq!(client.change("POST", "/api/sources/pbx/start", "").await.status, 204);
    wait(async || state("UpAndRunning").await).await;
}

/// S2.65, S2.66: the table of users filters by the words that it displays.
#[tokio::test]
async fn the_table_filters_by_what_it_displays() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let away = client.told("/api/table?rich=Away&most=3").await;
    let lines = away.as_array().unwrap();
    assert!(!lines.is_empty() && lines.len() <= 3);
    assert!(lines.iter().all(|line| line["rich_words"] == "Away"));
    let busy = client.told("/api/table?telephony=busy").await;
    assert!(busy.as_array().unwrap().iter().all(|line| line["telephony_words"] == "Busy"));
    let all = client.told("/api/table").await;
    let second = client.told("/api/table?skip=1&most=1").await;
    assert_eq!((all.as_array().unwrap().len(), &second[0]["id"]), (203, &all[1]["id"]));
}

/// F.61: every line is a comment, or a name, labels and a number.
#[tokio::test]
async fn metrics_can_be_read() {
    let operator = morning().await;
    let answer = Client::of(&operator).await.get("/metrics").await;
    assert!(answer.head.to_lowercase().contains("content-type: text/plain; version=0.0.4"));
    let mut named = Vec::new();
    for line in answer.body.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(value.parse::<f64>().is_ok(), "{line}");
        let name = name.split_once('{').map_or(name, |(name, labels)| {
            assert!(labels.ends_with("\"}"), "{line}");
            name
        });
        assert!(name.starts_with("presence_") && name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{line}");
        named.push(name);
    }
    assert!(named.contains(&"presence_people") && named.contains(&"presence_source_up"));
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_if_it_was_asked_for() {
    let operator = morning().await;
    let port = operator.address().port().to_string();
    let error = Operator::start(&options(&["--port", &port])).await.unwrap_err().to_string();
    assert!(error.contains(&port) && error.contains("choose another `--port`"), "{error}");
}

/// W44: the doctor walks the whole way, and names what fails and what to do.
#[tokio::test]
async fn the_doctor_names_what_fails() {
    let who = {
        let operator = morning().await;
        let list = Client::of(&operator).await.told("/api/people?department=Support").await;
        list["people"][0]["id"].as_str().unwrap().to_owned()
    };
    let (lines, well) = examine(&options(&["--at", "10:41", "--speed", "20"]), &who).await.unwrap().unwrap();
    let text = lines.join("\n");
    assert!(!well && text.contains("FAILED connector `pbx`") && text.contains("The first that fails"), "{text}");
    assert!(text.contains("ok     connector `exchange`"), "{text}");
    assert!(examine(&options(&[]), "no.body").await.unwrap().is_none());
    // Where nothing fails, a source that is still on its way is waited for.
    let (lines, well) = examine(&options(&["--at", "10:20"]), &who).await.unwrap().unwrap();
    assert!(well, "{lines:?}");
}

/// S2.99, W44: the doctor can be asked while the operator runs and has the store in use.
#[tokio::test]
async fn the_doctor_leaves_the_store_alone() {
    let store = std::env::temp_dir().join(format!("presence-doctor-{}.redb", std::process::id()));
    let file = store.to_str().unwrap();
    let operator = Operator::start(&options(&["--store", file])).await.unwrap();
    let list = Client::of(&operator).await.told("/api/people?department=Support").await;
    let who = list["people"][0]["id"].as_str().unwrap();
    let examined = examine(&options(&["--store", file, "doctor", who]), who).await.unwrap();
    operator.shutdown().await;
    std::fs::remove_file(&store).unwrap();
    assert!(examined.is_some());
}
