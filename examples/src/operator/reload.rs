//! Follows the changes of the configuration file while the program runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::complaint::complain;
use super::configured::{Read, Unusable};
use super::place::Place;

/// What a configuration says that cannot change while the program runs.
const LATER: &str = "who may look, how long things are kept, the store, and the host change with the next start";

/// Follows the file, and the file of rules that it names.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) place: Arc<Place>,
    pub(super) path: PathBuf,
    pub(super) look: Duration,
    /// As it was at the start.
    pub(super) first: Read,
    pub(super) seen: Stamps,
}

/// By which a change of a file shows; `None`: there is no such file just now, as while an editor writes it.
type Stamp = Option<(SystemTime, u64)>;
/// Those of all files that belong to a configuration.
pub(super) type Stamps = Vec<Stamp>;

impl Follower {
    /// Looks at the file again and again.
    pub(super) async fn run(mut self) {
        let mut files = self.first.files();
        let mut last = self.seen.clone();
        loop {
            tokio::time::sleep(self.look).await;
            let now = stamps(files.clone()).await;
            let quiet = std::mem::replace(&mut last, now.clone()) == now;
            // A file that still changes is being written: half of it may be a configuration too, of half the people.
            if now == self.seen || !quiet {
                continue;
            }
            self.seen = now;
            match self.take().await {
                Ok((warnings, named)) => {
                    if named != files {
                        files = named;
                        self.seen = stamps(files.clone()).await;
                        last.clone_from(&self.seen);
                    }
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
    async fn take(&self) -> Result<(Vec<(String, String)>, Vec<PathBuf>), Unusable> {
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
        Ok((warnings, read.files()))
    }

    fn differs(&self, read: &Read) -> bool {
        let (old, new) = (&self.first, read);
        old.config.viewers() != new.config.viewers()
            || old.config.keeping() != new.config.keeping()
            || old.config.store() != new.config.store()
            || old.config.host() != new.config.host()
    }
}

pub(super) async fn stamps(paths: Vec<PathBuf>) -> Stamps {
    let stamp = |path: PathBuf| {
        let metadata = std::fs::metadata(path).ok()?;
        Some((metadata.modified().ok()?, metadata.len()))
    };
    let all = move || paths.into_iter().map(stamp).collect();
    tokio::task::spawn_blocking(all).await.unwrap_or_default()
}
