//! A hub as a configuration file says.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::Tz;
use presence_core::clock::Clock;
use presence_core::config::{Config, ConfigError, Secret};
use presence_core::http::reqwest::ReqwestService;
use presence_core::http::{HttpError, HttpService};
use presence_core::hub::{Hub, HubError, SystemClock};
use presence_core::source::SourceSetup;
use presence_core::store::Store;
use presence_core::{Directory, Engine, EngineConfig};

use super::kinds::{factories, unconfigured};

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// A file cannot be read.
    #[error("`{}`: {cause}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// What stands in it is wrong.
    #[error("{}", lines(.path, .error))]
    Wrong {
        /// In which file.
        path: PathBuf,
        /// What is wrong, each with its line and key.
        error: ConfigError,
    },
    /// The zone of the host is none.
    #[error("`{}`: `host.zone`: no time zone: write `Europe/Stockholm`, for example", .0.display())]
    Zone(PathBuf),
    /// There is no HTTP.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The hub does not take it.
    #[error(transparent)]
    Hub(#[from] HubError),
}

fn lines(path: &Path, error: &ConfigError) -> String {
    let lines: Vec<String> = error.problems.iter().map(|problem| format!("{}: {problem}", path.display())).collect();
    lines.join("\n")
}

/// A configuration that was read.
#[derive(Debug)]
pub(super) struct Read {
    path: PathBuf,
    pub(super) config: Config,
    pub(super) zone: Tz,
    http: Arc<dyn HttpService>,
    /// Whether its warnings are about what somebody wrote.
    warned: bool,
}

impl Read {
    pub(super) fn file(path: &Path) -> Result<Self, Unusable> {
        let text = read(path)?;
        let wrong = |error| Unusable::Wrong { path: path.to_owned(), error };
        let mut config = Config::from_toml(&text).map_err(wrong)?;
        // Without any source there is something to show all the same: what could be set up. Nobody wrote it, so nobody is
        // warned of it.
        let sources = config.directory(&factories(), None).map_or(0, |directory| directory.sources().len());
        let warned = sources != 1;
        if !warned {
            config = Config::from_toml(&(text + &unconfigured())).unwrap_or(config);
        }
        if let Some(rules) = config.rules_file() {
            let rules = beside(path, rules);
            let text = read(&rules)?;
            config.use_rules(&text).map_err(|error| Unusable::Wrong { path: rules, error })?;
        }
        let zone = match config.host().get("zone") {
            None => Tz::UTC,
            Some(zone) => {
                let zone = zone.as_str().and_then(|zone| zone.parse().ok());
                zone.ok_or_else(|| Unusable::Zone(path.to_owned()))?
            }
        };
        Ok(Self { path: path.to_owned(), config, zone, http: Arc::new(ReqwestService::new()?), warned })
    }

    pub(super) fn directory(&self, old: Option<&Directory>) -> Result<Arc<Directory>, Unusable> {
        self.config.directory(&factories(), old).map(Arc::new).map_err(|error| self.wrong(error))
    }

    pub(super) fn sources(&self) -> Result<Vec<SourceSetup>, Unusable> {
        self.config.sources(&factories(), &self.http, &resolve).map_err(|error| self.wrong(error))
    }

    /// What is allowed and probably not meant; each with a code that stays the same.
    pub(super) fn warnings(&self) -> Vec<(String, String)> {
        let warnings = self.config.warnings(&factories()).into_iter().filter(|_| self.warned);
        warnings.map(|warning| (format!("config/{}/{}", warning.code, warning.key), warning.to_string())).collect()
    }

    /// The files that it was read from.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let rules = self.config.rules_file().map(|rules| beside(&self.path, rules));
        std::iter::once(self.path.clone()).chain(rules).collect()
    }

    /// The file for what is typed, if the configuration names one.
    pub(super) fn store(&self) -> Option<PathBuf> {
        self.config.store().map(|store| beside(&self.path, store))
    }

    pub(super) async fn start(&self, store: Arc<dyn Store>) -> Result<Hub, Unusable> {
        let mut engine =
            EngineConfig::new(self.directory(None)?, SystemClock::default().now()).rules(self.config.rules());
        engine.keeping = self.config.keeping();
        let mut builder = Hub::builder(Engine::new(engine)).store(store);
        for viewer in self.config.viewers() {
            builder = builder.viewer(viewer);
        }
        for setup in self.sources()? {
            builder = builder.setup(setup);
        }
        Ok(builder.start().await?)
    }

    fn wrong(&self, error: ConfigError) -> Unusable {
        Unusable::Wrong { path: self.path.clone(), error }
    }
}

/// Whether a configuration can be used; its warnings, if it can.
///
/// # Errors
///
/// With all that is wrong, each with its line and key.
pub fn check(path: &Path) -> Result<Vec<String>, Unusable> {
    let read = Read::file(path)?;
    read.directory(None)?;
    read.sources()?;
    Ok(read.warnings().into_iter().map(|(_, text)| format!("{}: {text}", path.display())).collect())
}

fn read(path: &Path) -> Result<String, Unusable> {
    fs::read_to_string(path).map_err(|cause| Unusable::File { path: path.to_owned(), cause })
}

/// A path in a configuration is meant from where the configuration is.
fn beside(config: &Path, path: &str) -> PathBuf {
    config.parent().unwrap_or_else(|| Path::new("")).join(path)
}

fn resolve(secret: &Secret) -> Result<String, String> {
    match secret {
        Secret::Plain(text) => Ok(text.clone()),
        Secret::Env(name) => std::env::var(name).map_err(|_| format!("the environment has no `{name}`")),
        Secret::File(path) => {
            let text = fs::read_to_string(path).map_err(|error| format!("`{path}` cannot be read: {error}"))?;
            Ok(text.trim_end().to_owned())
        }
        _ => Err("this kind of secret is not known here".to_owned()),
    }
}
