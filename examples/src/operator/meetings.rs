//! The meetings of a day, with what is painted for them.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use chrono::NaiveDate;
use chrono_tz::Tz;
use presence_core::calendar::{Palette, Swatch};
use presence_core::{MeetingView, Span};
use serde::Serialize;

use super::answer::{Answer, Refusal};
use super::place::Place;
use super::query::Parameters;

/// A day of somebody's calendar.
#[derive(Debug, Serialize)]
pub(super) struct Calendar {
    date: NaiveDate,
    zone: String,
    meetings: Vec<Painted>,
    /// Whether the whole day is known: where it is not, nobody is free for it.
    known: bool,
    /// About which time the calendars tell.
    horizon: Option<Span>,
}

/// A meeting and its colours.
#[derive(Debug, Serialize)]
struct Painted {
    #[serde(flatten)]
    meeting: MeetingView,
    fill: Swatch,
    bar: Swatch,
}

/// `GET /api/people/{id}/calendar`
pub(super) async fn calendar(
    State(place): State<Arc<Place>>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Answer<Json<Calendar>> {
    parameters.only(&["date", "zone", "viewer"])?;
    let viewer = place.class(parameters.text("viewer"))?;
    let zone: Tz = parameters.read("zone", "the name of a time zone, like `Europe/Stockholm`")?.unwrap_or(place.zone);
    let date = parameters.read("date", "a date like `2026-11-20`")?;
    let date = date.unwrap_or_else(|| place.hub.now().with_timezone(&zone).date_naive());
    let (_, person) = place.person(&id)?;
    let day = place.hub.day(person, &viewer, date, zone).await.ok_or_else(Refusal::down)?;
    let meetings = day.meetings.into_iter().map(painted).collect();
    Ok(Json(Calendar { date, zone: zone.name().to_owned(), meetings, known: day.known, horizon: day.horizon }))
}

fn painted(meeting: MeetingView) -> Painted {
    let palette = Palette::outlook();
    let look = meeting.appearance;
    Painted { fill: palette.fill(look.fill), bar: palette.bar(look.bar), meeting }
}
