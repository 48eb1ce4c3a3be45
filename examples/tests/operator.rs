//! The operator's place over a real socket: every way in, its main errors, and what must never come out.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by it")]
#![expect(clippy::future_not_send, reason = "each test runs on one thread")]

#[path = "operator/client.rs"]
mod client;
#[path = "operator/configured.rs"]
mod configured;
#[path = "operator/editing.rs"]
mod editing;
#[path = "operator/live.rs"]
mod live;
#[path = "operator/reading.rs"]
mod reading;
#[path = "operator/serving.rs"]
mod serving;

use presence_examples::operator::Operator;

use client::demonstration;

/// A busy morning that stands almost still.
const MORNING: [&str; 4] = ["--at", "10:20", "--speed", "1"];

async fn morning() -> Operator {
    demonstration(&MORNING).await
}
