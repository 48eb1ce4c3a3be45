//! What a page has to know before it shows anybody.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::form::reasons;
use super::place::{Place, departments};

/// About this program.
#[derive(Debug, Serialize)]
pub(super) struct About {
    /// Nothing here is real.
    demonstration: bool,
    /// How many times as fast as on the wall the time passes.
    speed: u32,
    now: DateTime<Utc>,
    zone: &'static str,
    viewer: String,
    viewers: Vec<String>,
    departments: Vec<String>,
    reasons: Vec<String>,
}

/// `GET /api/about`
pub(super) async fn about(State(place): State<Arc<Place>>) -> Json<About> {
    Json(About {
        demonstration: place.demonstration.is_some(),
        speed: place.demonstration.unwrap_or(1),
        now: place.hub.now(),
        zone: place.zone.name(),
        viewer: place.viewer.to_string(),
        viewers: place.hub.viewers().iter().map(ToString::to_string).collect(),
        departments: departments(&place.hub.directory()),
        reasons: reasons(),
    })
}
