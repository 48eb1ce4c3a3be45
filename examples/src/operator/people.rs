//! Who there is, and how they are: one consistent cut.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use presence_core::{Band, Directory, Person, Row};
use serde::Serialize;

use super::answer::Answer;
use super::place::{Place, departments};
use super::query::Parameters;
use super::wire::Line;

/// People, as they all were at one moment.
#[derive(Debug, Serialize)]
pub(super) struct People {
    /// The number of the last change that is in it.
    sequence: u64,
    at: DateTime<Utc>,
    people: Vec<Line>,
}

/// `GET /api/people`
pub(super) async fn list(State(place): State<Arc<Place>>, parameters: Parameters) -> Answer<Json<People>> {
    parameters.only(&["department", "q", "free", "viewer"])?;
    let viewer = place.class(parameters.text("viewer"))?;
    let free: Option<bool> = parameters.read("free", "`true` or `false`")?;
    let department = parameters.text("department").map(|name| place.department(name)).transpose()?;
    let board = place.board(&viewer)?;
    let directory = board.directory();
    let wanted = Wanted { department, text: parameters.text("q").map(str::to_lowercase) };
    let people: Vec<Person> = directory.people().filter(|person| wanted.fits(&directory, *person)).collect();
    let mut cut = board.group(&people);
    if free == Some(true) {
        cut.rows.retain(|(_, row)| is_free(row));
    }
    let people = Line::all(&directory, &cut.rows);
    Ok(Json(People { sequence: cut.sequence, at: place.hub.now(), people }))
}

/// Who is looked for.
struct Wanted {
    department: Option<String>,
    /// Part of the name or the id, in small letters.
    text: Option<String>,
}

impl Wanted {
    fn fits(&self, directory: &Directory, person: Person) -> bool {
        let Some(card) = directory.card(person) else { return false };
        let named = |text: &String| {
            let id = directory.person_id(person);
            card.name().to_lowercase().contains(text) || id.is_some_and(|id| id.as_str().to_lowercase().contains(text))
        };
        let inside = self.department.as_deref().is_none_or(|name| card.department() == Some(name));
        inside && self.text.as_ref().is_none_or(named)
    }
}

/// Whether somebody can take a call now.
fn is_free(row: &Row) -> bool {
    !row.denied && matches!(row.availability.band(), Band::Online | Band::IdleOnline)
}

/// `GET /api/departments`
pub(super) async fn list_departments(State(place): State<Arc<Place>>) -> Json<Vec<String>> {
    Json(departments(&place.hub.directory()))
}

/// `GET /api/people/{id}/alternatives`
pub(super) async fn alternatives(
    State(place): State<Arc<Place>>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Json<Vec<presence_core::hub::Alternative>>> {
    parameters.only(&["viewer"])?;
    let viewer = place.class(parameters.text("viewer"))?;
    let (_, person) = place.person(&id)?;
    place.board(&viewer)?;
    Ok(Json(place.hub.alternatives(person, &viewer).await))
}
