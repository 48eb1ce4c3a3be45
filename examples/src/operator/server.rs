//! Starts the hub and the server, and ends both in order.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};
use presence_core::PersonId;
use presence_core::hub::Hub;
use presence_core::store::{FileStore, MemoryStore, Store};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::configured::{Read, Unusable};
use super::demonstration::{self, Demonstration};
use super::form::LARGEST;
use super::guard::guard;
use super::options::{Options, Task};
use super::place::Place;
use super::reload::{Follower, stamps};
use super::{about, account, answer, doctor, edit, events, health, meetings, page, people};
use crate::day::ZONE;

/// The usual port.
const PORT: u16 = 8080;
/// Connections get so long to end.
const GRACE: Duration = Duration::from_secs(2);

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OperatorError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] Unusable),
    /// The port is taken, or may not be used.
    #[error("cannot listen on `{address}`: {cause}: choose another `--port`, or leave it out")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        cause: io::Error,
    },
    /// What is typed cannot be kept there.
    #[error("`--store`: {0}")]
    Store(#[from] presence_core::store::StoreError),
    /// Something else.
    #[error("{0}")]
    Other(Box<dyn Error + Send + Sync>),
}

/// The operator's place, running.
#[derive(Debug)]
pub struct Operator {
    place: Arc<Place>,
    address: SocketAddr,
    notes: Vec<String>,
    stop: watch::Sender<bool>,
    server: JoinHandle<io::Result<()>>,
    helper: Option<JoinHandle<()>>,
    example: Option<PersonId>,
}

impl Operator {
    /// Starts the hub, and a server that shows it.
    ///
    /// # Errors
    ///
    /// If the configuration cannot be used, or nobody may listen there.
    pub async fn start(options: &Options) -> Result<Self, OperatorError> {
        let mut notes = Vec::new();
        let (listener, address) = listen(options, &mut notes).await?;
        let Built { place, helper, example } = Built::new(options, &mut notes).await?;
        let (stop, mut stopped) = watch::channel(false);
        let app = router(&place);
        let ended = async move {
            // That nobody can say so any more is an end too.
            let _gone = stopped.wait_for(|stop| *stop).await;
        };
        let server = tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(ended).await });
        Ok(Self { place, address, notes, stop, server, helper, example })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it shows.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.place.hub
    }

    /// What to tell whoever has started it: where to look, and what to try.
    #[must_use]
    pub fn greeting(&self) -> Vec<String> {
        let url = format!("http://{}", self.address);
        let mut lines = vec![format!("Look at {url}/ (Ctrl-C ends it)")];
        lines.extend(self.notes.iter().cloned());
        let directory = self.place.hub.directory();
        let first = || directory.people().next().and_then(|person| directory.person_id(person));
        let example = self.example.clone().or_else(first).and_then(|id| directory.person(&id)).and_then(|person| {
            let department = directory.card(person)?.department()?.replace(' ', "%20");
            Some((directory.person_id(person)?, department))
        });
        if let Some((person, department)) = example {
            lines.push("Or try:".to_owned());
            lines.push(format!("  curl '{url}/api/people?department={department}&free=true'"));
            lines.push(format!("  curl '{url}/api/people/{person}/why'"));
            lines.push(format!("  curl '{url}/api/people/{person}/calendar'"));
        }
        lines
    }

    /// Ends the hub, which ends every stream of events; then the server.
    pub async fn shutdown(mut self) {
        if let Some(helper) = &self.helper {
            helper.abort();
        }
        self.place.hub.shutdown().await;
        self.stop.send_replace(true);
        // Whoever still reads does not keep the program from ending.
        if tokio::time::timeout(GRACE, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

/// Walks the way of what is known about a person: the steps, and whether all are well; `None`: there is no such person.
///
/// # Errors
///
/// If the configuration cannot be used.
pub async fn examine(options: &Options, person: &str) -> Result<Option<(Vec<String>, bool)>, OperatorError> {
    let Built { place, helper, .. } = Built::new(options, &mut Vec::new()).await?;
    let found = doctor::examine(&place.hub, &place.viewer, person).await;
    if let Some(helper) = helper {
        helper.abort();
    }
    place.hub.shutdown().await;
    Ok(found)
}

/// The port that was asked for, or the usual one, or any.
async fn listen(options: &Options, notes: &mut Vec<String>) -> Result<(TcpListener, SocketAddr), OperatorError> {
    let address = SocketAddr::new(options.bind, options.port.unwrap_or(PORT));
    let listener = match TcpListener::bind(address).await {
        Err(error) if options.port.is_none() && error.kind() == io::ErrorKind::AddrInUse => {
            notes.push(format!("Port {PORT} is taken, so it listens on another one."));
            TcpListener::bind(SocketAddr::new(options.bind, 0)).await
        }
        result => result,
    };
    let failed = |cause| OperatorError::Listen { address, cause };
    let listener = listener.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    if !bound.ip().is_loopback() {
        notes.push("Everybody in this network can read and change everything: there is no login.".to_owned());
    }
    Ok((listener, bound))
}

/// What is shown, and who looks after it.
struct Built {
    place: Arc<Place>,
    /// Types what people of the demonstration type, or follows the configuration.
    helper: Option<JoinHandle<()>>,
    /// Whom to ask about first.
    example: Option<PersonId>,
}

impl Built {
    async fn new(options: &Options, notes: &mut Vec<String>) -> Result<Self, OperatorError> {
        match &options.config {
            Some(path) => Self::configured(path, options, notes).await,
            None => Self::demonstration(options, notes).await,
        }
    }

    async fn demonstration(options: &Options, notes: &mut Vec<String>) -> Result<Self, OperatorError> {
        let file = options.store.as_deref().filter(|_| !matches!(options.task, Task::Doctor(_)));
        let store = store(file, notes)?;
        let speed = options.speed;
        notes.push(format!(
            "This is a demonstration with an invented company; its clock shows {} and runs {speed} times as fast.",
            options.at.format("%H:%M")
        ));
        let started = demonstration::start(options, store).await;
        let Demonstration { hub, helping, example } = started.map_err(OperatorError::Other)?;
        Ok(Self { place: place(hub, ZONE, Some(speed), options)?, helper: Some(helping), example })
    }

    async fn configured(path: &Path, options: &Options, notes: &mut Vec<String>) -> Result<Self, OperatorError> {
        let first = Read::file(path)?;
        let seen = stamps(first.files()).await;
        let file = options.store.clone().or_else(|| first.store()).filter(|_| !matches!(options.task, Task::Doctor(_)));
        let hub = first.start(store(file.as_deref(), notes)?).await?;
        let place = place(hub, first.zone, None, options)?;
        let warnings = first.warnings();
        notes.extend(warnings.iter().map(|(_, text)| format!("{}: {text}", path.display())));
        place.hub.change_warnings(warnings);
        let follower = Follower { place: Arc::clone(&place), path: path.to_owned(), look: options.look, first, seen };
        Ok(Self { place, helper: Some(tokio::spawn(follower.run())), example: None })
    }
}

fn place(hub: Hub, zone: chrono_tz::Tz, speed: Option<u32>, options: &Options) -> Result<Arc<Place>, OperatorError> {
    let nobody = |_| OperatorError::Other("there is no class of viewers".into());
    Place::new(hub, zone, speed, options.bind.is_loopback()).map(Arc::new).map_err(nobody)
}

fn store(file: Option<&Path>, notes: &mut Vec<String>) -> Result<Arc<dyn Store>, OperatorError> {
    match file {
        Some(file) => {
            notes.push(format!("What is typed is kept in {}.", file.display()));
            Ok(Arc::new(FileStore::open(file)?))
        }
        None => {
            notes.push("What is typed is lost when it ends; `--store FILE` keeps it.".to_owned());
            Ok(Arc::new(MemoryStore::default()))
        }
    }
}

fn router(place: &Arc<Place>) -> Router {
    Router::new()
        .route("/", get(page::html))
        .route("/page.css", get(page::css))
        .route("/page.js", get(page::script))
        .route("/metrics", get(health::metrics))
        .nest("/api", api())
        .fallback(answer::nothing_here)
        .method_not_allowed_fallback(answer::not_so)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn_with_state(Arc::clone(place), guard))
        .with_state(Arc::clone(place))
}

fn api() -> Router<Arc<Place>> {
    Router::new()
        .route("/about", get(about::about))
        .route("/departments", get(people::list_departments))
        .route("/diagnostics", get(health::diagnostics))
        .route("/events", get(events::events))
        .route("/people", get(people::list))
        .route("/people/{id}", get(account::card))
        .route("/people/{id}/absences", post(edit::plan_absence))
        .route("/people/{id}/absences/{from}", delete(edit::cancel_absence))
        .route("/people/{id}/alternatives", get(people::alternatives))
        .route("/people/{id}/calendar", get(meetings::calendar))
        .route("/people/{id}/manual", put(edit::set_manual).delete(edit::take_back_manual))
        .route("/people/{id}/notes", post(edit::write_note))
        .route("/people/{id}/notes/{note}", delete(edit::remove_note))
        .route("/people/{id}/probe", post(account::probe))
        .route("/people/{id}/why", get(account::why))
        .route("/sources/{id}/start", post(health::start))
        .route("/sources/{id}/stop", post(health::stop))
        .route("/table", get(health::table))
        .route("/warnings/{code}/acknowledge", post(health::acknowledge))
}
