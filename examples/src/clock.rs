//! A clock that runs faster than the one on the wall, so that a day can be watched in minutes.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use presence_core::clock::Clock;
use tokio::time::Instant;

/// Begins at a time of its own, and runs so many times as fast as time does.
#[derive(Clone, Copy, Debug)]
pub struct DemoClock {
    start: DateTime<Utc>,
    speed: u32,
    begun: Instant,
}

impl DemoClock {
    /// A clock that shows `start` now. One that stood still would let nobody come back who waits: it runs at least as
    /// fast as time.
    #[must_use]
    pub fn new(start: DateTime<Utc>, speed: u32) -> Self {
        Self { start, speed: speed.max(1), begun: Instant::now() }
    }
}

#[async_trait]
impl Clock for DemoClock {
    fn now(&self) -> DateTime<Utc> {
        let passed = self.begun.elapsed().saturating_mul(self.speed);
        let passed = TimeDelta::from_std(passed).unwrap_or(TimeDelta::MAX);
        self.start.checked_add_signed(passed).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    async fn sleep_until(&self, time: DateTime<Utc>) {
        let Ok(wait) = (time - self.now()).to_std() else { return };
        // A moment more than exact, because a division rounds down and would wake a moment too early.
        tokio::time::sleep(wait / self.speed + Duration::from_nanos(1)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_hour_passes_in_a_minute() {
        let start: DateTime<Utc> = "2026-11-20T07:00:00Z".parse().unwrap();
        let clock = DemoClock::new(start, 60);
        assert_eq!(clock.now(), start);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(clock.now(), start + TimeDelta::hours(1));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_comes_back_when_the_clock_has_come_so_far() {
        let start: DateTime<Utc> = "2026-11-20T07:00:00Z".parse().unwrap();
        for speed in [0, 1, 7, 60, 3_600] {
            let clock = DemoClock::new(start, speed);
            let (begun, time) = (Instant::now(), start + TimeDelta::minutes(10));
            while clock.now() < time {
                clock.sleep_until(time).await;
            }
            let waited = begun.elapsed();
            let right = Duration::from_secs(600) / speed.max(1);
            assert!(waited >= right && waited < right + Duration::from_millis(3), "{speed}: {waited:?}");
            // What lies behind is not waited for.
            clock.sleep_until(start).await;
            assert_eq!(begun.elapsed(), waited);
        }
    }
}
