//! How things stand: for administrators.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use presence_core::hub::{Health, TableFilter, UserLine};
use presence_core::{Mode, SourceId};
use serde::Serialize;

use super::answer::{Answer, Refusal};
use super::form::{Form, one_of};
use super::place::Place;
use super::query::Parameters;

/// `GET /api/diagnostics`
pub(super) async fn diagnostics(State(place): State<Arc<Place>>) -> Answer<Json<Diagnostics>> {
    let health = place.hub.health().await.ok_or_else(Refusal::down)?;
    Ok(Json(Diagnostics { viewers: place.hub.viewers().iter().map(ToString::to_string).collect(), health }))
}

/// The health of the hub, and which classes of viewers there are.
#[derive(Debug, Serialize)]
pub(super) struct Diagnostics {
    viewers: Vec<String>,
    #[serde(flatten)]
    health: Health,
}

/// `POST /api/warnings/{code}/acknowledge`
pub(super) async fn acknowledge(
    State(place): State<Arc<Place>>,
    Path(code): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Answer<StatusCode> {
    let seen = Form::read(body, &["seen"], place.zone)?.flag("seen")?.unwrap_or(true);
    let health = place.hub.health().await.ok_or_else(Refusal::down)?;
    if !health.warnings.iter().any(|warning| warning.code == code) {
        return Err(Refusal::missing("there is no such warning", "`GET /api/diagnostics` lists their codes"));
    }
    place.hub.acknowledge(&code, seen).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/sources/{id}/stop`
pub(super) async fn stop(State(place): State<Arc<Place>>, Path(id): Path<String>) -> Answer<StatusCode> {
    order(&id, |id| place.hub.stop_source(id))
}

/// `POST /api/sources/{id}/start`
pub(super) async fn start(State(place): State<Arc<Place>>, Path(id): Path<String>) -> Answer<StatusCode> {
    order(&id, |id| place.hub.start_source(id))
}

fn order(id: &str, order: impl FnOnce(&SourceId) -> bool) -> Answer<StatusCode> {
    let there = SourceId::new(id).is_ok_and(|id| order(&id));
    let missing = || Refusal::missing("there is no such source", "`GET /api/diagnostics` lists the connectors");
    there.then_some(StatusCode::NO_CONTENT).ok_or_else(missing)
}

/// A line of the table of users, with the words by which it can be filtered.
#[derive(Debug, Serialize)]
pub(super) struct TableLine {
    rich_words: String,
    telephony_words: String,
    #[serde(flatten)]
    line: UserLine,
}

/// `GET /api/table`
pub(super) async fn table(State(place): State<Arc<Place>>, parameters: Parameters) -> Answer<Json<Vec<TableLine>>> {
    parameters.only(&["user", "rich", "telephony", "skip", "most", "viewer"])?;
    let viewer = place.class(parameters.text("viewer"))?;
    let mut filter = TableFilter::default();
    filter.user = parameters.text("user").map(str::to_owned);
    filter.rich = mode(&parameters, "rich")?;
    filter.telephony = mode(&parameters, "telephony")?;
    filter.skip = parameters.read("skip", "a number")?.unwrap_or_default();
    filter.most = parameters.read("most", "a number; 0 is all")?.unwrap_or_default();
    place.board(&viewer)?;
    let lines = place.hub.table(&viewer, filter).await.into_iter().map(|line| TableLine {
        rich_words: line.rich.to_string(),
        telephony_words: line.telephony.to_string(),
        line,
    });
    Ok(Json(lines.collect()))
}

/// A mode by the words that display it.
fn mode(parameters: &Parameters, name: &str) -> Answer<Option<Mode>> {
    let Some(text) = parameters.text(name) else { return Ok(None) };
    let found = Mode::ALL.into_iter().find(|mode| mode.to_string().eq_ignore_ascii_case(text));
    let words: Vec<String> = Mode::ALL.iter().map(ToString::to_string).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    found.map(Some).ok_or_else(|| Refusal::wrong(format!("`{name}` is not known"), one_of(&words)))
}

/// `GET /metrics`
pub(super) async fn metrics(State(place): State<Arc<Place>>) -> Answer<impl IntoResponse> {
    let health = place.hub.health().await.ok_or_else(Refusal::down)?;
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], health.prometheus()))
}
