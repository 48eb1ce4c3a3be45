//! What all connections share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::{record::Asked, state::State};

/// No more requests are remembered.
const MOST_ASKED: usize = 100_000;

/// The memory of the server, and the bells that say when it changed.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    asked: Mutex<Vec<Asked>>,
    changed: watch::Sender<()>,
    hung_up: watch::Sender<()>,
    pub(crate) url: String,
}

impl Shared {
    pub(crate) fn new(state: State, url: String) -> Self {
        let (changed, hung_up) = (watch::Sender::new(()), watch::Sender::new(()));
        Self { state: Mutex::new(state), asked: Mutex::default(), changed, hung_up, url }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and wakes the streams.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state());
        self.changed.send_replace(());
        result
    }

    /// Rings at every change from now on.
    pub(crate) fn changed(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn hang_up(&self) {
        self.hung_up.send_replace(());
    }

    /// Rings when all connections are to end.
    pub(crate) fn hung_up(&self) -> watch::Receiver<()> {
        self.hung_up.subscribe()
    }

    pub(crate) fn record(&self, asked: Asked) {
        let mut all = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_ASKED {
            all.remove(0);
        }
        all.push(asked);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn forget_asked(&self) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
