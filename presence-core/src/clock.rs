//! What time it is: the running half asks; the engine is told.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// A clock that one can wait on.
///
/// The hub, its sources and its retries all live by one clock. A host that drives the time itself, a test, and the
/// machine's own clock are three of them.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time.
    fn now(&self) -> DateTime<Utc>;

    /// Waits until then. It may come back earlier, for whoever waits has to look at the time again anyway: a clock can
    /// be set. It does not come back later than a moment after `time`, or after the clock has jumped past it.
    async fn sleep_until(&self, time: DateTime<Utc>);
}
