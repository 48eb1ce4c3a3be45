//! What stands behind the question mark.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use super::answer::{Answer, Refusal};

/// The parameters of a request.
#[derive(Debug)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The value of a parameter; an empty one is none.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// A value that is read further.
    pub(super) fn read<T: FromStr>(&self, name: &str, wanted: impl Display) -> Answer<Option<T>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let read = text.parse().map(Some);
        read.map_err(|_| Refusal::wrong(format!("`{name}` cannot be read"), format!("it is {wanted}")))
    }

    /// There are no parameters but these: a misspelt one would show everybody.
    pub(super) fn only(&self, known: &[&str]) -> Answer<()> {
        if self.0.iter().all(|(key, _)| known.contains(&key.as_str())) {
            return Ok(());
        }
        let known: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
        Err(Refusal::wrong("a parameter is not known", format!("there are {}", known.join(", "))))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let wrong = |_| Refusal::wrong("the parameters cannot be read", "write them as `?department=Sales&free=true`");
        query.map(|Query(list)| Self(list)).map_err(wrong)
    }
}
