//! Runs a source: begins and ends its sessions, waits between them, and says how it is.
//!
//! A source may fail, panic, hang, or come back too soon: nobody else notices. What cannot heal by itself, refused access
//! or a missing configuration, waits until the configuration changes.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::diagnostics::{ConnectorStatus, SourceErrorKind};
use crate::directory::Interest;
use crate::engine::Phase;
use crate::fact::FacetSet;
use crate::hash::fnv1a;
use crate::identity::{Origin, Subject};
use crate::source::{News, Source, SourceError, SourceSetup};

use super::link::{ChannelLink, Message, Pulse, SharedDirectory, Wishes, current};
use super::locked;

/// How long to wait between two attempts of a source.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Retry {
    /// After the first failure.
    pub first: Duration,
    /// At most; each failure doubles the wait.
    pub most: Duration,
    /// After a session of this length the next failure counts as the first.
    pub stable: Duration,
    /// For how long a source may go on after it was told to stop. It is the machine's time, whatever the clock says.
    pub grace: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            most: Duration::from_secs(60),
            stable: Duration::from_secs(60),
            grace: Duration::from_secs(3),
        }
    }
}

impl Retry {
    /// The wait after so many failures in a row, at least 1: doubled each time, and up to a quarter longer, so that many
    /// sources do not come back in step. The same source waits the same each time.
    fn wait(&self, name: &str, failures: u32) -> Duration {
        let doubled = self.first.saturating_mul(1 << (failures.saturating_sub(1)).min(20)).min(self.most);
        let chance = fnv1a(format!("{name}/{failures}").as_bytes()) >> 32 & 0xff;
        let quarter = doubled.min(LONGEST_ASKED).mul_f64(f64::from(u32::try_from(chance).unwrap_or(0)) / 1024.0);
        doubled.saturating_add(quarter)
    }
}

/// Whoever asks for more patience than this is asked again after this.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 3600);

/// A running source is looked at this often.
const LOOK: TimeDelta = TimeDelta::seconds(10);
/// When we are this late ourselves, it was the machine that slept, and no source is to blame for its silence.
const OVERSLEPT: TimeDelta = TimeDelta::seconds(5);

/// The last trouble a source had.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Trouble {
    /// When.
    pub at: DateTime<Utc>,
    /// What kind.
    pub kind: SourceErrorKind,
    /// What the source says.
    pub text: String,
    /// What to do.
    pub advice: &'static str,
}

/// How the supervisor of a source does.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Attempts {
    /// Attempts to connect.
    pub started: u64,
    /// Failures in a row; forgotten when a session has stood for a while ([`Retry::stable`]).
    pub failures: u32,
    /// Sessions that were cut off because the source was silent for too long.
    pub hung: u64,
    /// Sessions that ended in a panic.
    pub panicked: u64,
    /// The last trouble.
    pub trouble: Option<Trouble>,
    /// When it is tried again; `None`: it runs, or waits for a change of the configuration.
    pub next: Option<DateTime<Utc>>,
}

/// What a supervisor is told to do.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) setup: SourceSetup,
    /// It is stopped by hand.
    pub(super) held: bool,
    pub(super) end: bool,
}

/// Everything a supervisor shares with the hub.
#[derive(Debug)]
pub(super) struct Supervised {
    pub(super) origin: Origin,
    pub(super) wishes: Arc<Wishes>,
    pub(super) pulse: Mutex<Arc<Pulse>>,
    pub(super) attempts: Mutex<Attempts>,
}

impl Supervised {
    pub(super) fn new(origin: Origin) -> Arc<Self> {
        Arc::new(Self { origin, wishes: Arc::default(), pulse: Mutex::default(), attempts: Mutex::default() })
    }

    pub(super) fn attempts(&self) -> MutexGuard<'_, Attempts> {
        locked(&self.attempts)
    }

    pub(super) fn pulse(&self) -> Arc<Pulse> {
        Arc::clone(&locked(&self.pulse))
    }
}

/// The supervisor of one source.
#[derive(Debug)]
pub(super) struct Supervisor {
    pub(super) shared: Arc<Supervised>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) directory: SharedDirectory,
    pub(super) queue: mpsc::Sender<Message>,
    pub(super) orders: watch::Receiver<Order>,
    pub(super) retry: Retry,
    /// The number of the last session, of whichever supervisor.
    pub(super) last_session: u32,
    /// A source that was cut off and may not know yet.
    pub(super) dead: Option<JoinHandle<Result<(), SourceError>>>,
}

/// How a session ended.
enum Ending {
    /// By itself.
    Finished(Result<(), SourceError>),
    Panicked,
    Hung,
    /// There is another order, or another directory.
    Asked,
}

impl Supervisor {
    /// Runs the source until it is ordered to end, or until nobody can order any more.
    pub(super) async fn run(mut self) {
        let mut session = self.last_session;
        loop {
            let order = self.orders.borrow_and_update().clone();
            let Some(source) = runnable(&order) else {
                if order.end || !self.rest(&order).await {
                    return;
                }
                continue;
            };
            if self.dead.is_some() {
                if !self.bury().await {
                    return;
                }
                // What was ordered meanwhile counts.
                continue;
            }
            session = session.saturating_add(1);
            self.shared.attempts().started += 1;
            let began = self.clock.now();
            let ending = self.session(source, session).await;
            let spoke = self.shared.pulse().began.load(Ordering::Relaxed);
            let lasted = if spoke { self.clock.now() - began } else { TimeDelta::zero() };
            if !self.recover(&order, ending, lasted).await {
                return;
            }
        }
    }

    /// Says why nothing runs, and waits for another order.
    async fn rest(&mut self, order: &Order) -> bool {
        let off = order.held || !order.setup.enabled;
        let status = if off { ConnectorStatus::Disabled } else { ConnectorStatus::ServerNotConfigured };
        self.say(status).await;
        self.orders.changed().await.is_ok()
    }

    async fn say(&self, status: ConnectorStatus) {
        let _closed = self.queue.send(Message::Status { origin: self.shared.origin, status }).await;
    }

    /// One attempt, from connecting to the end.
    async fn session(&mut self, source: Arc<dyn Source>, session: u32) -> Ending {
        let pulse = Arc::new(Pulse::default());
        pulse.carry(&self.shared.pulse());
        pulse.beat(self.clock.now());
        *locked(&self.shared.pulse) = Arc::clone(&pulse);
        self.shared.wishes.begin(self.everyone());
        // A source that fails again and again is in trouble all the while, not on its way.
        if self.shared.attempts().failures == 0 {
            self.say(ConnectorStatus::Connecting).await;
        }
        // What a source says of itself may panic as well as what it does.
        let own = AssertUnwindSafe(|| (source.facets().iter().copied().collect::<FacetSet>(), source.patience()));
        let Ok((facets, patience)) = std::panic::catch_unwind(own) else { return Ending::Panicked };
        let patience = TimeDelta::from_std(patience).unwrap_or(TimeDelta::MAX);
        let mut link = self.link(facets, session, &pulse);
        let mut running = tokio::spawn(async move { source.run(&mut link).await });
        let ending = self.attend(&mut running, &pulse, patience).await;
        pulse.over.store(true, Ordering::Relaxed);
        self.lose(session, &pulse).await;
        if !running.is_finished() {
            self.dead = Some(running);
        }
        ending
    }

    fn link(&self, facets: FacetSet, session: u32, pulse: &Arc<Pulse>) -> ChannelLink {
        ChannelLink {
            origin: self.shared.origin,
            session,
            facets,
            clock: Arc::clone(&self.clock),
            directory: Arc::clone(&self.directory),
            queue: self.queue.clone(),
            wishes: Arc::clone(&self.shared.wishes),
            pulse: Arc::clone(pulse),
        }
    }

    /// What a source that tells about everybody is asked for: all that it covers.
    fn everyone(&self) -> Option<Vec<Subject>> {
        let directory = current(&self.directory);
        let origin = self.shared.origin;
        let spec = directory.sources().get(origin.index())?;
        (spec.interest == Interest::Everyone).then(|| directory.covered_by(origin))
    }

    /// Stays with a running source until it ends, hangs, or is to stop.
    async fn attend(
        &mut self,
        running: &mut JoinHandle<Result<(), SourceError>>,
        pulse: &Pulse,
        patience: TimeDelta,
    ) -> Ending {
        let began = self.clock.now();
        loop {
            let now = self.clock.now();
            if pulse.began.load(Ordering::Relaxed) && (now - began).to_std().is_ok_and(|up| up >= self.retry.stable) {
                self.shared.attempts().failures = 0;
            }
            let left = patience.checked_sub(&pulse.silent_since(now)).unwrap_or_default();
            let left = left.clamp(TimeDelta::seconds(1), LOOK);
            let look = now.checked_add_signed(left).unwrap_or(DateTime::<Utc>::MAX_UTC);
            tokio::select! {
                biased;
                ended = &mut *running => return match ended_by(ended) {
                    // It was quicker than we were.
                    Ending::Finished(Ok(())) if self.shared.wishes.is_restarting() => Ending::Asked,
                    ending => ending,
                },
                () = self.shared.wishes.restarted() => {}
                changed = self.orders.changed() => {
                    if changed.is_err() {
                        // The hub is gone: nobody waits for what the source still has to say.
                        running.abort();
                        return Ending::Asked;
                    }
                }
                () = self.clock.sleep_until(look) => {
                    let now = self.clock.now();
                    if now - look > OVERSLEPT {
                        pulse.beat(now);
                    } else if pulse.silent_since(now) >= patience {
                        running.abort();
                        return Ending::Hung;
                    }
                    continue;
                }
            }
            return self.stop(running).await;
        }
    }

    /// Asks a source to stop, and makes it if it does not.
    async fn stop(&self, running: &mut JoinHandle<Result<(), SourceError>>) -> Ending {
        self.shared.wishes.stop();
        if tokio::time::timeout(self.retry.grace, &mut *running).await.is_err() {
            running.abort();
        }
        Ending::Asked
    }

    /// Waits until a source that was cut off has let go of its thread: there is never more than one of it. Whether to go
    /// on.
    async fn bury(&mut self) -> bool {
        let Some(mut dead) = self.dead.take() else { return true };
        loop {
            tokio::select! {
                _ended = &mut dead => return true,
                changed = self.orders.changed() => {
                    if changed.is_err() || self.orders.borrow().end {
                        return false;
                    }
                }
            }
        }
    }

    async fn lose(&self, session: u32, pulse: &Pulse) {
        if pulse.began.load(Ordering::Relaxed) {
            let message = Message::Phase { origin: self.shared.origin, session, phase: Phase::Lost };
            let _closed = self.queue.send(message).await;
        }
    }

    /// Says what went wrong and waits as long as that needs. Whether to go on.
    async fn recover(&mut self, order: &Order, ending: Ending, lasted: TimeDelta) -> bool {
        if lasted.to_std().is_ok_and(|lasted| lasted >= self.retry.stable) {
            self.shared.attempts().failures = 0;
        }
        let error = match ending {
            Ending::Asked => {
                self.shared.attempts().failures = 0;
                return self.orders.has_changed().is_ok();
            }
            Ending::Finished(Ok(())) => {
                SourceError::new(SourceErrorKind::Unreachable, "the other side ended the session")
            }
            Ending::Finished(Err(error)) => error,
            Ending::Panicked => {
                self.shared.attempts().panicked += 1;
                SourceError::new(SourceErrorKind::Protocol, "the source panicked")
            }
            Ending::Hung => {
                self.shared.attempts().hung += 1;
                SourceError::new(SourceErrorKind::Unreachable, "the source was silent for too long and was cut off")
            }
        };
        self.tell(&error).await;
        let until = self.note(order, &error);
        self.wait(until).await
    }

    async fn tell(&self, error: &SourceError) {
        let news = News::Problem { subject: None, kind: error.kind() };
        let _closed = self.queue.send(Message::News { origin: self.shared.origin, session: 0, news }).await;
    }

    /// Writes the trouble down. When to try again; `None`: not before somebody changes something.
    fn note(&self, order: &Order, error: &SourceError) -> Option<DateTime<Utc>> {
        let now = self.clock.now();
        let mut attempts = self.shared.attempts();
        attempts.failures += 1;
        let wait = self.retry.wait(order.setup.id.as_str(), attempts.failures);
        let wait = error.wait().map_or(wait, |asked| asked.min(LONGEST_ASKED).max(self.retry.first));
        let next = now.checked_add_signed(TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX));
        attempts.next = next.filter(|_| error.kind().is_retryable());
        attempts.trouble =
            Some(Trouble { at: now, kind: error.kind(), text: error.to_string(), advice: error.kind().advice() });
        attempts.next
    }

    /// Waits until then, or for another order.
    async fn wait(&mut self, until: Option<DateTime<Utc>>) -> bool {
        let began = self.clock.now();
        let alive = loop {
            let Some(until) = until else { break self.orders.changed().await.is_ok() };
            if self.clock.now() >= until || self.clock.now() < began {
                break true;
            }
            tokio::select! {
                () = self.clock.sleep_until(until) => {}
                changed = self.orders.changed() => break changed.is_ok(),
            }
        };
        self.shared.attempts().next = None;
        alive
    }
}

pub(super) fn runnable(order: &Order) -> Option<Arc<dyn Source>> {
    let runs = order.setup.enabled && !order.held && !order.end;
    order.setup.source.clone().filter(|_| runs)
}

fn ended_by(ended: Result<Result<(), SourceError>, tokio::task::JoinError>) -> Ending {
    match ended {
        Ok(result) => Ending::Finished(result),
        Err(error) if error.is_panic() => Ending::Panicked,
        Err(_) => Ending::Asked,
    }
}
