//! A client as small as can be: it writes HTTP by hand and reads what comes back.

use std::time::Duration;

use presence_examples::operator::{Operator, Options};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Nothing here takes so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// Starts the demonstration at a port that is free, and waits until its sources have told what they know.
pub(crate) async fn demonstration(more: &[&str]) -> Operator {
    let operator = Operator::start(&options(more)).await.unwrap();
    wait(async || {
        let health = operator.hub().health().await.unwrap();
        health.connectors.iter().all(|source| source.reports > 0)
    })
    .await;
    // Whoever asks the engine once more is answered after that has been shown.
    let _health = operator.hub().health().await;
    let _health = operator.hub().health().await;
    operator
}

pub(crate) fn options(more: &[&str]) -> Options {
    Options::read(&[&["--port", "0"], more].concat()).unwrap()
}

/// Waits until something is the case.
pub(crate) async fn wait(is_so: impl AsyncFn() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, waiting).await.unwrap();
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A connection.
pub(crate) struct Client {
    stream: TcpStream,
    host: String,
    read: String,
}

impl Client {
    pub(crate) async fn of(operator: &Operator) -> Self {
        let stream = TcpStream::connect(operator.address()).await.unwrap();
        Self { stream, host: operator.address().to_string(), read: String::new() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    /// What a `GET` tells, which has to go well.
    pub(crate) async fn told(&mut self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    pub(crate) async fn change(&mut self, method: &str, path: &str, body: &str) -> Answer {
        self.send(method, path, &[("Content-Type", "application/json")], body).await
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.write(method, path, headers, body).await;
        let head = self.read_until("\r\n\r\n").await;
        let lower = head.to_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        while self.read.len() < length {
            self.more().await;
        }
        let rest = self.read.split_off(length);
        let body = std::mem::replace(&mut self.read, rest);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
        Answer { status, head, body }
    }

    async fn write(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) {
        let mut text = format!("{method} {path} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            text += &format!("Host: {}\r\n", self.host);
        }
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    async fn read_until(&mut self, end: &str) -> String {
        loop {
            if let Some((before, rest)) = self.read.split_once(end) {
                let (before, rest) = (before.to_owned(), rest.to_owned());
                self.read = rest;
                return before;
            }
            self.more().await;
        }
    }

    async fn more(&mut self) {
        let mut bytes = vec![0; 1 << 16];
        let count = timeout(PATIENCE, self.stream.read(&mut bytes)).await.unwrap().unwrap();
        assert!(count > 0, "the connection ended");
        bytes.truncate(count);
        // What is sent here is ASCII but for names, and those are never cut where it would matter to a test.
        self.read += &String::from_utf8_lossy(&bytes);
    }
}

/// One event of a stream.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) data: Value,
}

/// A stream of events.
pub(crate) struct Events(Client);

impl Events {
    pub(crate) async fn of(operator: &Operator, path: &str, last: Option<&str>) -> Self {
        let mut client = Client::of(operator).await;
        let headers: Vec<(&str, &str)> = last.map(|last| ("Last-Event-ID", last)).into_iter().collect();
        client.write("GET", path, &headers, "").await;
        let head = client.read_until("\r\n\r\n").await;
        assert!(head.contains(" 200 ") && head.contains("text/event-stream"), "{head}");
        Self(client)
    }

    /// The next event; comments are passed over.
    pub(crate) async fn next(&mut self) -> Event {
        let mut text = String::new();
        loop {
            // The body comes in chunks: a line with the length, the data, a line break.
            let length = loop {
                let line = self.0.read_until("\r\n").await;
                if !line.is_empty() {
                    break usize::from_str_radix(&line, 16).unwrap();
                }
            };
            while self.0.read.len() < length {
                self.0.more().await;
            }
            let rest = self.0.read.split_off(length);
            text += &std::mem::replace(&mut self.0.read, rest);
            if !text.ends_with("\n\n") {
                continue;
            }
            let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
            if let Some(name) = field("event: ") {
                let data = serde_json::from_str(&field("data: ").unwrap()).unwrap();
                return Event { name, id: field("id: "), data };
            }
            text.clear();
        }
    }
}
