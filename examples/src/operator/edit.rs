//! What operators type: notes, absences, states set by hand.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use presence_core::hub::Edit;
use presence_core::{
    Absence, AbsenceReason, Activity, Address, Availability, Band, Confidential, Manual, Note, PersonId, Second,
};
use serde::Serialize;
use serde_json::Value;

use super::answer::{Answer, Refusal};
use super::form::{CREATED, Form, one_of, reasons, time};
use super::place::Place;

type Body = Result<Bytes, BytesRejection>;

/// So many characters has a note or another text at most.
const LONGEST: usize = 2_000;
/// So many has a name.
const LONGEST_NAME: usize = 200;

/// What was made.
#[derive(Debug, Serialize)]
pub(super) struct Made {
    /// What it is called, to take it away again.
    id: String,
}

/// `POST /api/people/{id}/notes`
pub(super) async fn write_note(
    State(place): State<Arc<Place>>,
    Path(id): Path<String>,
    body: Body,
) -> Answer<(StatusCode, Json<Made>)> {
    let (id, _) = place.person(&id)?;
    let form = Form::read(body, &["author", "text", "until", "back_at"], place.zone)?;
    let (author, text) = (form.needed_text("author", LONGEST_NAME)?, form.needed_text("text", LONGEST)?);
    let (now, made) = (place.hub.now(), place.note_id());
    let mut note = Note::new(&made, author, text, now);
    if let Some(until) = form.time("until")? {
        if until <= now {
            return Err(Refusal::wrong("`until` is over", "leave it out, or name a time to come"));
        }
        note = note.until(until);
    }
    if let Some(back) = form.time("back_at")? {
        note = note.back_at(back);
    }
    place.hub.edit(&id, Edit::WriteNote(note)).await?;
    Ok((CREATED, Json(Made { id: made })))
}

/// `DELETE /api/people/{id}/notes/{note}`
pub(super) async fn remove_note(
    State(place): State<Arc<Place>>,
    Path((id, note)): Path<(String, String)>,
) -> Answer<StatusCode> {
    let (id, _) = place.person(&id)?;
    place.hub.edit(&id, Edit::RemoveNote(note)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/people/{id}/absences`
pub(super) async fn plan_absence(
    State(place): State<Arc<Place>>,
    Path(id): Path<String>,
    body: Body,
) -> Answer<(StatusCode, Json<Made>)> {
    let (id, _) = place.person(&id)?;
    let keys = ["reason", "from", "until", "diversion", "replacement", "text"];
    let form = Form::read(body, &keys, place.zone)?;
    let absence = absence(&place, &form)?;
    let made = absence.from().time().map(|from| from.to_rfc3339()).unwrap_or_default();
    place.hub.edit(&id, Edit::PlanAbsence(absence)).await?;
    Ok((CREATED, Json(Made { id: made })))
}

fn absence(place: &Place, form: &Form) -> Answer<Absence> {
    let words = reasons();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let missing = || Refusal::wrong("`reason` is missing", one_of(&words));
    let reason: AbsenceReason = form.word("reason", &words)?.ok_or_else(missing)?;
    let now = place.hub.now();
    let mut absence = Absence::new(reason, form.time("from")?.unwrap_or(now));
    if let Some(until) = form.time("until")? {
        if until <= now {
            return Err(Refusal::wrong("`until` is over", "name a time to come, or leave it out if nobody knows it"));
        }
        let reversed = |_| Refusal::wrong("`until` is not after `from`", "an absence ends after it begins");
        absence = absence.until_time(until).map_err(reversed)?;
    }
    if let Some(diversion) = form.parsed::<Address>("diversion", "an address like `tel:+46812345` or `ext:hq/4711`")? {
        absence = absence.with_diversion(diversion);
    }
    if let Some(colleague) = form.parsed::<PersonId>("replacement", "the id of a person")? {
        place
            .person(colleague.as_str())
            .map_err(|_| Refusal::wrong("`replacement` is nobody", "the id of a person"))?;
        absence = absence.with_replacement(colleague);
    }
    Ok(match form.text("text", LONGEST)? {
        Some(text) => absence.with_text(Confidential::new(text.into())),
        None => absence,
    })
}

/// `DELETE /api/people/{id}/absences/{from}`
pub(super) async fn cancel_absence(
    State(place): State<Arc<Place>>,
    Path((id, from)): Path<(String, String)>,
) -> Answer<StatusCode> {
    let (id, _) = place.person(&id)?;
    let wrong = || Refusal::wrong("that is no time", "the absence is named by its begin, `2026-11-20T12:00:00Z`");
    let from = time(&from, place.zone).ok_or_else(wrong)?;
    place.hub.edit(&id, Edit::CancelAbsence(from)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /api/people/{id}/manual`
pub(super) async fn set_manual(
    State(place): State<Arc<Place>>,
    Path(id): Path<String>,
    body: Body,
) -> Answer<StatusCode> {
    let (id, _) = place.person(&id)?;
    let form = Form::read(body, &["availability", "activity", "until"], place.zone)?;
    let availability = availability(&form)?;
    let words: Vec<&str> = Activity::ALL.iter().map(|activity| activity.token()).collect();
    let activity: Activity = form.word("activity", &words)?.unwrap_or_default();
    let mut manual = Manual::new(availability, activity);
    if let Some(until) = form.time("until")? {
        manual = manual.until(until);
        if manual.is_over(Second::floor(place.hub.now())) {
            return Err(Refusal::wrong("`until` is over", "leave it out, or name a time to come"));
        }
    }
    place.hub.edit(&id, Edit::SetManual(Some(manual))).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A number of the table, or the name of a band.
fn availability(form: &Form) -> Answer<Availability> {
    let bands: Vec<Band> = Band::ALL.into_iter().filter(|band| *band != Band::None).collect();
    let words: Vec<&str> = bands.iter().map(|band| band.name()).collect();
    let found = match form.number_or_word("availability") {
        Some(Value::String(word)) => bands.iter().find(|band| band.name() == word).map(|band| band.customary()),
        Some(Value::Number(number)) => {
            let number = number.as_u64().and_then(|number| u16::try_from(number).ok());
            number.and_then(|number| Availability::new(number).ok()).filter(|found| found.is_known())
        }
        _ => None,
    };
    let hint = || format!("{}, or a number from 3000 to 18000", one_of(&words));
    found.ok_or_else(|| Refusal::wrong("`availability` is missing or not known", hint()))
}

/// `DELETE /api/people/{id}/manual`
pub(super) async fn take_back_manual(State(place): State<Arc<Place>>, Path(id): Path<String>) -> Answer<StatusCode> {
    let (id, _) = place.person(&id)?;
    place.hub.edit(&id, Edit::SetManual(None)).await?;
    Ok(StatusCode::NO_CONTENT)
}
