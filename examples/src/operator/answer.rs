//! Answers that say no: what is wrong, and what to do.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{ALLOW, HeaderValue};
use axum::response::{IntoResponse, Response};
use presence_core::hub::EditError;
use serde::Serialize;

/// Why something was not done, for a person and for a program. It never repeats what somebody typed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Refusal {
    #[serde(skip)]
    status: StatusCode,
    error: String,
    hint: String,
}

pub(super) type Answer<T> = Result<T, Refusal>;

impl Refusal {
    pub(super) fn new(status: StatusCode, error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { status, error: error.into(), hint: hint.into() }
    }

    /// The request is wrong.
    pub(super) fn wrong(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, hint)
    }

    /// There is no such thing.
    pub(super) fn missing(error: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, error, hint)
    }

    /// Nothing can be told, rather than what was the case a while ago.
    pub(super) fn down() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the engine is down", "start the program again")
    }

    pub(super) fn nobody() -> Self {
        Self::missing("nobody has this id", "`GET /api/people` lists everybody")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(self)).into_response()
    }
}

impl From<EditError> for Refusal {
    fn from(error: EditError) -> Self {
        let text = error.to_string();
        match error {
            EditError::NoSuchPerson(_) => Self::nobody(),
            EditError::NothingThere => Self::missing(text, "`GET /api/people/{id}` shows what there is"),
            EditError::TooMany(_) => Self::new(StatusCode::CONFLICT, text, "remove one first"),
            EditError::NotSaved(_) => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, text, "nothing has changed: see to the disk, and try again")
            }
            _ => Self::down(),
        }
    }
}

/// There is nothing at this path.
pub(super) async fn nothing_here() -> Refusal {
    Refusal::missing("there is nothing at this path", "the page is at `/`, everything else below `/api/`")
}

/// There is something at this path, but not for this method.
pub(super) async fn not_so() -> Response {
    let refusal = Refusal::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "this path does not know this method",
        "read with `GET`; what `POST`, `PUT` and `DELETE` do stands in docs/operator.md",
    );
    let mut answer = refusal.into_response();
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST, PUT, DELETE"));
    answer
}
