//! Follows the changes of the configuration file while the program runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::complaint::complain;
use super::configured::{Read, Unusable};
use super::place::Place;

/// What a configuration says that cannot change while the program runs.
const LATER: &str = "who may look, how long things are kept, the store, and the host change with the next start";

/// Follows one file.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) place: Arc<Place>,
    pub(super) path: PathBuf,
    pub(super) look: Duration,
    /// As it was at the start.
    pub(super) first: Read,
    pub(super) seen: Option<Stamp>,
}

/// By which a change of a file shows.
pub(super) type Stamp = (SystemTime, u64);

impl Follower {
    /// Looks at the file again and again.
    pub(super) async fn run(mut self) {
        loop {
            tokio::time::sleep(self.look).await;
            let now = stamp(self.path.clone()).await;
            if now == self.seen {
                continue;
            }
            self.seen = now;
            match self.take().await {
                Ok(warnings) => {
                    complain(format_args!("{}: the new configuration is in use", self.path.display()));
                    self.place.hub.change_warnings(warnings);
                }
                Err(error) => {
                    let text = format!("{error}\nthe configuration before it stays in use");
                    complain(&text);
                    self.place.hub.change_warnings(vec![("config/broken".to_owned(), text)]);
                }
            }
        }
    }

    /// Everything is read before anything is changed.
    async fn take(&self) -> Result<Vec<(String, String)>, Unusable> {
        let path = self.path.clone();
        let read = tokio::task::spawn_blocking(move || Read::file(&path)).await;
        let read = read.map_err(|_| presence_core::hub::HubError::Down)??;
        let hub = &self.place.hub;
        let (directory, sources) = (read.directory(Some(&hub.directory()))?, read.sources()?);
        hub.change_directory(directory).await?;
        hub.change_sources(sources).await?;
        hub.change_rules(read.config.rules()).await?;
        let mut warnings = read.warnings();
        if self.differs(&read) {
            warnings.push(("config/next-start".to_owned(), LATER.to_owned()));
        }
        Ok(warnings)
    }

    fn differs(&self, read: &Read) -> bool {
        let (old, new) = (&self.first, read);
        old.config.viewers() != new.config.viewers()
            || old.config.keeping() != new.config.keeping()
            || old.config.store() != new.config.store()
            || old.config.host() != new.config.host()
    }
}

/// `None`: there is no such file just now, as while an editor writes it.
pub(super) async fn stamp(path: PathBuf) -> Option<Stamp> {
    let stamp = move || {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    tokio::task::spawn_blocking(stamp).await.ok().flatten()
}
