//! What can be typed, and what is refused.

use std::collections::BTreeSet;

use serde_json::json;

use super::client::{Client, wait};
use super::morning;

const WHO: &str = "/api/people?department=Support&free=true";

async fn somebody(client: &mut Client) -> String {
    let list = client.told(WHO).await;
    list["people"][0]["id"].as_str().unwrap().to_owned()
}

/// S0.8: an absence with a reason, a time, where calls go and who stands in; it can be cancelled again.
#[tokio::test]
async fn an_absence_is_entered_and_cancelled() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let id = somebody(&mut client).await;
    let others = client.told("/api/people?department=Support").await;
    let other = others["people"].as_array().unwrap().iter().find(|person| person["id"] != id.as_str()).unwrap();
    let body = json!({
        "reason": "lunch", "from": "2026-11-20T10:15", "until": "2026-11-20T23:00:00+01:00",
        "diversion": "tel:+99970000001", "replacement": other["id"],
    });
    let made = client.change("POST", &format!("/api/people/{id}/absences"), &body.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let shown = async |activity: &str| {
        Client::of(&operator).await.told(&format!("/api/people/{id}")).await["row"]["activity"] == activity
    };
    wait(async || shown("lunch").await).await;
    let card = client.told(&format!("/api/people/{id}")).await;
    let absence = &card["absences"][0];
    assert_eq!((&absence["reason"], &absence["replacement"]), (&json!("lunch"), &other["id"]));
    assert_eq!(
        (&absence["until"], &absence["diversion"]),
        (&json!("2026-11-20T22:00:00Z"), &json!("tel:+99970000001"))
    );
    let from = made.json()["id"].as_str().unwrap().replace('+', "%2B");
    let path = format!("/api/people/{id}/absences/{from}");
    assert_eq!(client.change("DELETE", &path, "").await.status, 204);
    wait(async || !shown("lunch").await).await;
    assert_eq!(client.change("DELETE", &path, "").await.status, 404);
}

#[tokio::test]
async fn a_state_is_set_by_hand_and_taken_back() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let path = format!("/api/people/{}/manual", somebody(&mut client).await);
    let said = async || {
        let card = Client::of(&operator).await.told(path.trim_end_matches("/manual")).await;
        card["said"].as_array().unwrap().iter().any(|said| said["facet"] == "manual")
    };
    let body = r#"{"availability": "do-not-disturb", "activity": "focus-time", "until": "2026-11-20T16:00"}"#;
    assert_eq!(client.change("PUT", &path, body).await.status, 204);
    wait(async || said().await).await;
    assert_eq!(client.change("PUT", &path, r#"{"availability": 6500}"#).await.status, 204);
    assert_eq!(client.change("DELETE", &path, "").await.status, 204);
    for wrong in [r#"{"availability": 20000}"#, r#"{"availability": "secret"}"#, "{}"] {
        let answer = client.change("PUT", &path, wrong).await;
        assert_eq!(answer.status, 400);
        assert!(
            answer.json()["hint"].as_str().unwrap().contains("`do-not-disturb`") && !answer.body.contains("secret")
        );
    }
}

/// Errors say what is wrong and what is expected, and never what was typed.
#[tokio::test]
async fn what_is_wrong_is_said_and_what_was_typed_is_not() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let id = somebody(&mut client).await;
    let (notes, absences) = (format!("/api/people/{id}/notes"), format!("/api/people/{id}/absences"));
    let cases = [
        (&notes, r#"{"text": secret}"#, 400, "line 1", "`text`"),
        (&notes, r#"{"author": "A"}"#, 400, "`text` is missing", ""),
        (&notes, r#"{"author": "A", "text": 7}"#, 400, "`text` is no text", ""),
        (&notes, r#"{"author": "A", "text": "B", "until": "secret"}"#, 400, "`until` is no time", "2026-11-20T14:30"),
        (&notes, r#"{"author": "A", "text": "B", "until": "2020-01-01T00:00Z"}"#, 400, "`until` is no time", ""),
        (&notes, r#"{"author": "A", "text": "B", "until": "2020-01-01T00:00:00Z"}"#, 400, "is over", ""),
        (&notes, r#"{"author": "A", "text": "B", "secret": 1}"#, 400, "not known", "`back_at`"),
        (&absences, "{}", 400, "`reason` is missing", "`vacation`"),
        (&absences, r#"{"reason": "secret"}"#, 400, "`reason` is not known", "`lunch`"),
        (&absences, r#"{"reason": "ill", "replacement": "secret"}"#, 400, "nobody", "id"),
        (&absences, r#"{"reason": "ill", "diversion": "secret"}"#, 400, "`diversion`", "tel:"),
        (
            &absences,
            r#"{"reason": "ill", "from": "2026-11-21T10:00", "until": "2026-11-21T09:00"}"#,
            400,
            "not after",
            "",
        ),
    ];
    for (path, body, status, error, hint) in cases {
        let answer = client.change("POST", path, body).await;
        let told = answer.json();
        assert_eq!(answer.status, status, "{body}");
        assert!(told["error"].as_str().unwrap().contains(error), "{body}: {told}");
        assert!(told["hint"].as_str().unwrap().contains(hint) && !answer.body.contains("secret"), "{body}: {told}");
    }
    let nobody = client.change("POST", "/api/people/no.body/notes", r#"{"author": "A", "text": "B"}"#).await;
    assert_eq!((nobody.status, &nobody.json()["error"]), (404, &json!("nobody has this id")));
    assert_eq!(client.change("DELETE", &format!("{notes}/none"), "").await.status, 404);
    assert_eq!(client.change("DELETE", &format!("{absences}/noon"), "").await.status, 400);
    let large = json!({"author": "A", "text": "x".repeat(70_000)}).to_string();
    assert_eq!(Client::of(&operator).await.change("POST", &notes, &large).await.status, 413);
}

#[tokio::test]
async fn too_many_notes_are_a_conflict() {
    let operator = morning().await;
    let mut client = Client::of(&operator).await;
    let path = format!("/api/people/{}/notes", somebody(&mut client).await);
    let mut answers = Vec::new();
    for _ in 0..101 {
        answers.push(client.change("POST", &path, r#"{"author": "A", "text": "B"}"#).await);
    }
    let last = answers.pop().unwrap();
    assert!(answers.iter().skip(1).rev().skip(1).all(|answer| answer.status == 201));
    assert_eq!(last.status, 409);
    assert!(last.json()["hint"].as_str().unwrap().contains("remove"));
    let ids: BTreeSet<String> = answers.iter().map(|answer| answer.json()["id"].to_string()).collect();
    assert_eq!(ids.len(), answers.len());
}
