//! The server as a program of its own.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use simulated_exchange::Company;

use crate::client::Client;
use crate::company::find;

struct Program {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_simulated-exchange"));
        let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn obey(&mut self, command: &str) -> serde_json::Value {
        writeln!(self.input.as_mut().unwrap(), "{command}").unwrap();
        serde_json::from_str(&self.line()).unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Its end is asked for; this is for tests that fail before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// S0.18: in a process of its own the server runs on its example, obeys commands, and ends with its input.
#[tokio::test]
async fn the_program_serves_and_obeys() {
    let mut program = Program::start(&["--port", "0", "--today", "2026-11-20"]);
    let line = program.line();
    let address = line.strip_prefix("listening on http://").unwrap().strip_suffix("/EWS/Exchange.asmx").unwrap();
    let mut client = Client::basic(address.parse().unwrap(), "anna", "anna-password").await;
    let before = client.ask(&find(&["calendar:Start"])).await.texts("Start").len();
    let add = r#"{"do": "add", "mailbox": "anna@firma.example", "item": {"start": "today 18:00", "end": "today 19:00", "subject": "canary"}}"#;
    let id = program.obey(add)["id"].as_str().unwrap().to_owned();
    assert_eq!(client.ask(&find(&["calendar:Start"])).await.texts("Start").len(), before + 1);
    let items = program.obey(r#"{"do": "items", "mailbox": "anna@firma.example"}"#);
    assert_eq!(items["items"].as_array().unwrap().last().unwrap()["start"], "2026-11-20T17:00:00Z");
    let modify = format!(r#"{{"do": "modify", "id": "{id}", "item": {{"start": "today+30", "end": "today+31"}}}}"#);
    assert_eq!(program.obey(&modify)["ok"], true);
    assert_eq!(client.ask(&find(&["calendar:Start"])).await.texts("Start").len(), before);
    assert_eq!(program.obey(&format!(r#"{{"do": "remove", "id": "{id}"}}"#))["ok"], true);
    for command in [
        r#"{"do": "oof", "mailbox": "anna@firma.example", "oof": {"state": "Enabled"}}"#,
        r#"{"do": "error", "mailbox": "anna@firma.example", "code": null}"#,
        r#"{"do": "manner", "manner": {"padded_codes": true, "logins": ["basic"]}}"#,
        r#"{"do": "cut_streams"}"#,
        r#"{"do": "fault", "fault": {"kind": "unavailable", "retry_after_s": 3, "times": 1}}"#,
    ] {
        assert_eq!(program.obey(command)["ok"], true, "{command}");
    }
    assert_eq!(client.ask(&find(&[])).await.status, 503);
    let asked = program.obey(r#"{"do": "asked"}"#);
    assert_eq!(asked["asked"].as_array().unwrap().len(), 4);
    assert_eq!(asked["asked"][0]["operation"], "FindItem");
    for (command, expected) in [
        ("nonsense", "not a command"),
        (r#"{"do": "remove", "id": "x"}"#, "there is no such item"),
        (r#"{"do": "add", "mailbox": "x", "item": {"start": "today", "end": "today"}}"#, "there is no such mailbox"),
        (r#"{"do": "add", "mailbox": "x", "item": {"start": "canary", "end": "today"}}"#, "a time is not"),
    ] {
        let error = program.obey(command)["error"].as_str().unwrap().to_owned();
        assert!(error.starts_with(expected) && !error.contains("canary"), "{error}");
    }
    drop(program.input.take());
    assert!(program.child.wait().unwrap().success());
}

/// S0.18: arguments that make no sense are refused, and help is given.
#[test]
fn the_program_explains_itself() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_simulated-exchange")).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (status, out, _) = run(&["--help"]);
    assert!(status == Some(0) && out.contains("--company"));
    assert_eq!(run(&["--nonsense"]).0, Some(2));
    let (status, _, error) = run(&["--company", "/nowhere.json"]);
    assert!(status == Some(1) && error.starts_with("cannot read the file of the company"), "{error}");
}

/// S0.18: the example that the documentation shows is one.
#[test]
fn the_documented_company_reads() {
    let text = include_str!("../../src/company.rs");
    let block = text.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let json = block.replace("//!", "");
    let company = Company::from_json(&json, "2026-11-20".parse().unwrap()).unwrap();
    assert_eq!((company.accounts.len(), company.accounts[1].items.len()), (2, 3));
}
