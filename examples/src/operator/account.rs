//! One person: the card, why it says what it says, and a probe of the way there.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use presence_core::hub::Probe;
use presence_core::{Band, Card, Explanation};
use serde::Serialize;

use super::answer::{Answer, Refusal};
use super::icons::{Icons, words};
use super::place::Place;
use super::query::Parameters;

/// All about a person, with the icons and words of the list.
#[derive(Debug, Serialize)]
pub(super) struct Details {
    at: DateTime<Utc>,
    band: Band,
    words: String,
    icons: Icons,
    rich_words: String,
    telephony_words: String,
    #[serde(flatten)]
    card: Card,
}

/// `GET /api/people/{id}`
pub(super) async fn card(
    State(place): State<Arc<Place>>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Json<Details>> {
    parameters.only(&["viewer"])?;
    let viewer = place.class(parameters.text("viewer"))?;
    let (_, person) = place.person(&id)?;
    let card = place.hub.card(person, &viewer).await.ok_or_else(Refusal::down)?;
    Ok(Json(Details {
        at: place.hub.now(),
        band: card.row.availability.band(),
        words: words(&card.row),
        icons: Icons::of(&card.row),
        rich_words: card.rich.to_string(),
        telephony_words: card.telephony.to_string(),
        card,
    }))
}

/// Why something is shown, in sentences and as data.
#[derive(Debug, Serialize)]
pub(super) struct Reasons {
    sentences: Vec<String>,
    explanation: Explanation,
}

/// `GET /api/people/{id}/why`
pub(super) async fn why(
    State(place): State<Arc<Place>>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Json<Reasons>> {
    parameters.only(&["viewer"])?;
    let viewer = place.class(parameters.text("viewer"))?;
    let (_, person) = place.person(&id)?;
    let explanation = place.hub.explain(person, &viewer).await.ok_or_else(Refusal::down)?;
    Ok(Json(Reasons { sentences: explanation.sentences(), explanation }))
}

/// What came of a probe, and where it got stuck.
#[derive(Debug, Serialize)]
pub(super) struct Probed {
    passed: bool,
    #[serde(flatten)]
    probe: Probe,
}

/// `POST /api/people/{id}/probe`
pub(super) async fn probe(
    State(place): State<Arc<Place>>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Json<Probed>> {
    parameters.only(&["viewer"])?;
    let viewer = place.class(parameters.text("viewer"))?;
    let (_, person) = place.person(&id)?;
    let probe = place.hub.probe(person, &viewer).await.ok_or_else(Refusal::down)?;
    Ok(Json(Probed { passed: probe.failing().is_none(), probe }))
}
