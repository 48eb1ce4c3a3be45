//! Changes as they happen, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use chrono::{DateTime, Utc};
use futures_util::stream::{Stream, unfold};
use presence_core::PersonId;
use presence_core::hub::{Changes, Filter, Resume, Watch};
use serde::Serialize;

use super::answer::Answer;
use super::place::Place;
use super::query::Parameters;
use super::wire::Line;

/// A comment comes this often, so that whoever listens can tell silence from a dead connection.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What has changed; each person once.
#[derive(Debug, Serialize)]
struct News {
    at: DateTime<Utc>,
    sequence: u64,
    /// People may be named otherwise now, or be new.
    directory: bool,
    rows: Vec<Line>,
    gone: Vec<PersonId>,
}

/// `GET /api/events`
///
/// The first event is `whole`, unless it goes on where `Last-Event-ID` says; then `changes` come. When the engine is
/// down there is a last event, `down`: what was told is not to be believed any more.
pub(super) async fn events(
    State(place): State<Arc<Place>>,
    headers: HeaderMap,
    parameters: Parameters,
) -> Answer<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    parameters.only(&["department", "since", "viewer"])?;
    let viewer = place.class(parameters.text("viewer"))?;
    let filter = match parameters.text("department") {
        Some(name) => Filter::department(&place.department(name)?),
        None => Filter::everyone(),
    };
    // What was not given out here is no place to go on at: then everything is told.
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let since = last.or_else(|| parameters.text("since")).and_then(|text| text.parse::<Resume>().ok());
    place.board(&viewer)?;
    let watch = place.hub.watch(&viewer, filter, since).ok_or_else(super::answer::Refusal::down)?;
    let stream = unfold(Some((place, watch)), next);
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

type Listening = Option<(Arc<Place>, Watch)>;

async fn next(listening: Listening) -> Option<(Result<Event, Infallible>, Listening)> {
    let (place, mut watch) = listening?;
    let told = watch.changed().await.and_then(|changes| event(&place, changes));
    Some(match told {
        Some(event) => (Ok(event), Some((place, watch))),
        None => (Ok(Event::default().event("down").data("{}")), None),
    })
}

fn event(place: &Place, changes: Changes) -> Option<Event> {
    let Changes { rows, gone, whole, directory: renamed, resume, .. } = changes;
    let directory = place.hub.directory();
    let news = News {
        at: place.hub.now(),
        sequence: resume.sequence,
        directory: renamed,
        rows: Line::all(&directory, &rows),
        gone: gone.into_iter().filter_map(|person| directory.person_id(person)).collect(),
    };
    let name = if whole { "whole" } else { "changes" };
    Event::default().event(name).id(resume.to_string()).json_data(news).ok()
}
