//! exchangelib, in a virtual environment that `scripts/test` makes.

use std::process::Stdio;

use simulated_exchange::Login;
use tokio::process::Command;

use crate::exchange;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/real_clients/read_week.py");

/// Reads a week with exchangelib, a line for each thing it saw.
async fn read(url: &str, login: &str, password: &str, way: &str, mailbox: &str) -> Vec<String> {
    let python = std::env::var("EXCHANGELIB_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(python);
    command.args([SCRIPT, url, login, password, way, mailbox, "2026-11-20"]).kill_on_drop(true);
    let output = command.stdin(Stdio::null()).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

async fn reads_a_week(way: Login, name: &str) {
    let exchange = exchange(way).await;
    let anna = "anna@firma.example";
    let own = read(&exchange.url(), anna, "anna-password", name, anna).await;
    for expected in [
        "view DetailedMerged 168",
        "block 20T09:00 20T10:00 Busy False Budget",
        "block 20T12:00 20T13:00 OOF True None",
        "hours [1, 2, 3, 4, 5] 08:00:00 17:00:00 -60",
        "item 20T07:30 20T07:45 Busy Normal Normal Occurrence Stand-up",
        "item 20T09:00 20T10:00 Busy High Normal Single Budget",
        "item 20T12:00 20T13:00 OOF Normal Private Single Doctor",
        "item 21T14:00 21T15:00 Tentative Low Normal Single Newsletter",
        "oof Disabled",
    ] {
        assert!(own.iter().any(|line| line == expected), "{expected} is not in {own:#?}");
    }
    assert_eq!(own.iter().filter(|line| line.starts_with("item")).count(), 10);

    let service = "service@firma.example";
    let other = read(&exchange.url(), service, "service-password", name, "bert@firma.example").await;
    for expected in
        ["hours [1, 2, 3, 4] 07:00:00 15:30:00 -60", "item 2026-11-22 2026-11-23 OOF Normal Normal Single Holiday"]
    {
        assert!(other.iter().any(|line| line == expected), "{expected} is not in {other:#?}");
    }
    assert_eq!(read(&exchange.url(), anna, "wrong", name, anna).await, ["refused"]);
}

/// S3.10: exchangelib logs in with NTLM, reads free/busy, a week and automatic replies, and is refused with a wrong
/// password.
#[tokio::test]
#[ignore = "needs exchangelib"]
async fn exchangelib_reads_a_week_with_ntlm() {
    reads_a_week(Login::Ntlm, "ntlm").await;
}

/// S3.10: the same with Basic.
#[tokio::test]
#[ignore = "needs exchangelib"]
async fn exchangelib_reads_a_week_with_basic() {
    reads_a_week(Login::Basic, "basic").await;
}
