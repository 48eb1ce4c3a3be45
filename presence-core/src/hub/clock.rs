//! The machine's own clock.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::clock::Clock;

/// The clock of the machine.
///
/// It looks at the time at least once a second while somebody waits: a clock that was set, or a machine that slept, is
/// noticed within that second.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

const LONGEST_SLEEP: Duration = Duration::from_secs(1);

#[async_trait]
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "here, and nowhere else, the machine is asked for the time")]
    fn now(&self) -> DateTime<Utc> {
        SystemTime::now().into()
    }

    async fn sleep_until(&self, time: DateTime<Utc>) {
        let wait = (time - self.now()).to_std().unwrap_or_default();
        // Early is allowed: whoever waits looks at the time again.
        tokio::time::sleep(wait.min(LONGEST_SLEEP)).await;
    }
}
