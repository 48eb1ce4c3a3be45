//! With a configuration instead of the demonstration.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use presence_examples::operator::{Operator, check};
use serde_json::{Value, json};

use super::client::{Client, options, wait};

/// A file that goes when the test ends.
struct File(PathBuf);

impl File {
    fn new(text: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("presence-operator-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let file = Self(std::env::temp_dir().join(name));
        file.write(text);
        file
    }

    fn write(&self, text: &str) {
        std::fs::write(&self.0, text).unwrap();
    }

    async fn start(&self) -> Operator {
        let mut options = options(&["--config", self.0.to_str().unwrap()]);
        options.look = Duration::from_millis(5);
        Operator::start(&options).await.unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.0);
    }
}

const ONE: &str = "[host]\nzone = 'Europe/Stockholm'\n\n[sources.pbx]\nkind = 'scripted-pbx'\nseed = 2026\n\n\
                   [[people]]\nid = 'anna'\nname = 'Anna Berg'\ndesk = 'ext:hq/4000'\n";

async fn people(operator: &Operator) -> usize {
    Client::of(operator).await.told("/api/people").await["people"].as_array().unwrap().len()
}

async fn codes(operator: &Operator) -> Vec<String> {
    let told = Client::of(operator).await.told("/api/diagnostics").await;
    let seen = |warning: &Value| format!("{} {}", warning["code"].as_str().unwrap(), warning["acknowledged"]);
    told["warnings"].as_array().unwrap().iter().map(seen).collect()
}

/// S2.10: with an empty configuration it starts, and every connector says that its server is not configured.
#[tokio::test]
async fn an_empty_configuration_starts() {
    let file = File::new("");
    let operator = file.start().await;
    let mut client = Client::of(&operator).await;
    wait(async || {
        let told = Client::of(&operator).await.told("/api/diagnostics").await;
        let connectors = told["connectors"].as_array().unwrap();
        let others: Vec<&Value> = connectors.iter().filter(|one| one["source"] != "typed").collect();
        others.len() == 4 && others.iter().all(|one| one["text"] == "Server not configured")
    })
    .await;
    assert_eq!(people(&operator).await, 0);
    let about = client.told("/api/about").await;
    assert_eq!((&about["demonstration"], &about["zone"]), (&json!(false), &json!("UTC")));
    assert!(client.get("/").await.body.contains("id=\"demonstration\" hidden"));
    assert!(!operator.greeting().join(" ").contains("demonstration"));
}

/// S2.92: a change of the configuration is taken at once; one that is broken is told, and the one before it stays.
#[tokio::test]
async fn a_change_of_the_configuration_is_followed() {
    let file = File::new(ONE);
    let operator = file.start().await;
    assert_eq!(people(&operator).await, 1);
    file.write(&format!("{ONE}\n[[people]]\nid = 'bo'\nname = 'Bo Ek'\n"));
    wait(async || people(&operator).await == 2).await;
    file.write(&format!("{ONE}\n[[people]]\nid = 'bo'\nnaem = 'Bo Ek'\n"));
    wait(async || codes(&operator).await.contains(&"config/broken false".to_owned())).await;
    assert_eq!(people(&operator).await, 2);
    let told = Client::of(&operator).await.get("/api/diagnostics").await.body;
    assert!(told.contains("line 15") && told.contains("naem") && told.contains("stays in use"), "{told}");
    let path = "/api/warnings/config%2Fbroken/acknowledge";
    assert_eq!(Client::of(&operator).await.change("POST", path, "{}").await.status, 204);
    assert!(codes(&operator).await.contains(&"config/broken true".to_owned()));
    file.write(ONE);
    wait(async || people(&operator).await == 1).await;
    wait(async || !codes(&operator).await.iter().any(|code| code.starts_with("config/broken"))).await;
}

#[tokio::test]
async fn a_scripted_source_speaks_of_configured_people() {
    let file = File::new(ONE);
    let operator = file.start().await;
    wait(async || {
        let row = Client::of(&operator).await.told("/api/people").await;
        row["people"][0]["icons"]["desk"] != "none"
    })
    .await;
}

/// S2.99: what is wrong is told with line and key, before anything starts.
#[tokio::test]
async fn a_configuration_is_checked() {
    let file = File::new(ONE);
    check(&file.0).unwrap();
    for (text, told) in [
        ("[[people]]\nid = 'anna'\ndekc = 'ext:hq/1'\n", "line 3: `people[0].dekc`"),
        ("[sources.pbx]\nkind = 'scripted-pxb'\n", "line 2: `sources.pbx.kind`"),
        ("[host]\nzone = 'Mars'\n", "`host.zone`"),
        ("[rules]\nfile = 'there-is-none.toml'\n", "there-is-none.toml"),
    ] {
        let file = File::new(text);
        let error = check(&file.0).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
        assert!(Operator::start(&options(&["--config", file.0.to_str().unwrap()])).await.is_err());
    }
}

/// What was typed is there after the next start.
#[tokio::test]
async fn what_was_typed_is_kept_in_the_store() {
    let (file, store) = (File::new(ONE), File::new(""));
    std::fs::remove_file(&store.0).unwrap();
    let arguments = ["--config", file.0.to_str().unwrap(), "--store", store.0.to_str().unwrap()];
    let note = r#"{"author": "Reception", "text": "kept"}"#;
    let operator = Operator::start(&options(&arguments)).await.unwrap();
    let made = Client::of(&operator).await.change("POST", "/api/people/anna/notes", note).await;
    assert_eq!(made.status, 201, "{}", made.body);
    operator.shutdown().await;
    // The file is free again when the last who used it is gone.
    let mut again = Operator::start(&options(&arguments)).await;
    for _ in 0..100 {
        if again.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        again = Operator::start(&options(&arguments)).await;
    }
    let card = Client::of(&again.unwrap()).await.told("/api/people/anna").await;
    assert_eq!(card["notes"][0]["text"], "kept");
}
