//! The machine's own clock, and a clock that does not trip.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::clock::Clock;
use crate::second::OVERLOOKED;

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

/// Another clock, but for small steps back: the engine overlooks them, so what is observed meanwhile must not look older
/// than what was observed before.
#[derive(Debug)]
pub(super) struct Steady {
    clock: Arc<dyn Clock>,
    /// The latest time shown, in microseconds since 1970.
    last: AtomicI64,
}

impl Steady {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { last: AtomicI64::new(clock.now().timestamp_micros()), clock }
    }
}

#[async_trait]
impl Clock for Steady {
    fn now(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        let micros = now.timestamp_micros();
        let last = self.last.load(Ordering::Relaxed);
        let back = last.saturating_sub(micros);
        if back > 0 && back <= i64::from(OVERLOOKED) * 1_000_000 {
            return DateTime::from_timestamp_micros(last).unwrap_or(now);
        }
        // Of two who look at the same time one may be a moment behind the other: that is such a step, next time.
        self.last.store(micros, Ordering::Relaxed);
        now
    }

    async fn sleep_until(&self, time: DateTime<Utc>) {
        self.clock.sleep_until(time).await;
    }
}
