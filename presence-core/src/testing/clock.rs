//! A clock that stands still until the test moves it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;

/// A clock that stands still until it is moved. Clones are the same clock.
///
/// ```
/// use chrono::TimeDelta;
/// use presence_core::clock::Clock;
/// use presence_core::testing::ManualClock;
///
/// let clock = ManualClock::at("2026-11-20T09:00:00Z".parse()?);
/// clock.advance(TimeDelta::minutes(5));
/// assert_eq!(clock.now(), "2026-11-20T09:05:00Z".parse::<chrono::DateTime<chrono::Utc>>()?);
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    now: DateTime<Utc>,
    /// Who waits, until when; the number tells waits of the same time apart.
    waiting: Vec<(DateTime<Utc>, u64, Waker)>,
    next: u64,
}

impl ManualClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(State { now, waiting: Vec::new(), next: 0 })))
    }

    /// Moves the time on; back, if it is negative. Whoever waited until a time that has come is woken.
    pub fn advance(&self, by: TimeDelta) {
        let now = self.now();
        self.set(now.checked_add_signed(by).unwrap_or(now));
    }

    /// Sets the time.
    pub fn set(&self, now: DateTime<Utc>) {
        let mut state = self.state();
        // Who waits has to look at the time again when it goes back, as with the machine's clock.
        let back = now < state.now;
        state.now = now;
        let (due, waiting) =
            std::mem::take(&mut state.waiting).into_iter().partition(|(until, ..)| back || *until <= now);
        state.waiting = waiting;
        drop(state);
        let due: Vec<(DateTime<Utc>, u64, Waker)> = due;
        due.into_iter().for_each(|(.., waker)| waker.wake());
    }

    /// The earliest time that somebody waits for.
    #[must_use]
    pub fn next_wait(&self) -> Option<DateTime<Utc>> {
        self.state().waiting.iter().map(|(until, ..)| *until).min()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        self.state().now
    }

    async fn sleep_until(&self, time: DateTime<Utc>) {
        Sleep { clock: self, last: self.now(), until: time, number: None }.await;
    }
}

struct Sleep<'a> {
    clock: &'a ManualClock,
    last: DateTime<Utc>,
    until: DateTime<Utc>,
    number: Option<u64>,
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.state();
        if state.now >= self.until || state.now < self.last {
            return Poll::Ready(());
        }
        let number = self.number.unwrap_or(state.next);
        state.next = state.next.max(number + 1);
        state.waiting.retain(|(_, other, _)| *other != number);
        state.waiting.push((self.until, number, context.waker().clone()));
        drop(state);
        self.number = Some(number);
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            self.clock.state().waiting.retain(|(_, other, _)| *other != number);
        }
    }
}
