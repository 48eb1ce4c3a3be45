//! What is sent as JSON, read key by key, so that an error says what is expected and never what was typed.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use chrono::{DateTime, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use presence_core::AbsenceReason;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::answer::{Answer, Refusal};

/// The largest body, in bytes.
pub(super) const LARGEST: usize = 64 * 1024;

/// A JSON object.
#[derive(Debug)]
pub(super) struct Form {
    fields: Map<String, Value>,
    zone: Tz,
}

impl Form {
    /// Reads a body with these keys and no others.
    pub(super) fn read(body: Result<Bytes, BytesRejection>, known: &[&str], zone: Tz) -> Answer<Self> {
        let body = body.map_err(|rejection| {
            let status = rejection.status();
            Refusal::new(status, "the body cannot be read", format!("at most {LARGEST} bytes of JSON"))
        })?;
        let list: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
        let hint = format!("a JSON object with the keys {}", list.join(", "));
        // Nothing is an object without keys.
        let body = if body.is_empty() { b"{}".as_slice() } else { &body };
        let fields: Map<String, Value> = serde_json::from_slice(body).map_err(|error| {
            let text = format!("not a JSON object: line {}, column {}", error.line(), error.column());
            Refusal::wrong(text, hint.clone())
        })?;
        if fields.keys().any(|key| !known.contains(&key.as_str())) {
            return Err(Refusal::wrong("there is a key that is not known", hint));
        }
        Ok(Self { fields, zone })
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.fields.get(key).filter(|value| !value.is_null())
    }

    /// A text with so many characters at most, if there is one.
    pub(super) fn text(&self, key: &str, longest: usize) -> Answer<Option<&str>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let text = value.as_str().ok_or_else(|| Refusal::wrong(format!("`{key}` is no text"), "put it in quotes"))?;
        if text.chars().count() > longest {
            return Err(Refusal::wrong(format!("`{key}` is too long"), format!("at most {longest} characters")));
        }
        if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
            let hint = "leave out control characters, but for line feeds and tabs";
            return Err(Refusal::wrong(format!("`{key}` cannot be shown"), hint));
        }
        Ok(Some(text.trim()).filter(|text| !text.is_empty()))
    }

    pub(super) fn needed_text(&self, key: &str, longest: usize) -> Answer<&str> {
        self.text(key, longest)?.ok_or_else(|| Refusal::wrong(format!("`{key}` is missing"), "it must not be empty"))
    }

    pub(super) fn flag(&self, key: &str) -> Answer<Option<bool>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let flag = value.as_bool().map(Some);
        flag.ok_or_else(|| Refusal::wrong(format!("`{key}` cannot be read"), "it is `true` or `false`"))
    }

    /// A text that is read further: an address, an id.
    pub(super) fn parsed<T: FromStr>(&self, key: &str, wanted: &str) -> Answer<Option<T>> {
        let Some(text) = self.text(key, 256)? else { return Ok(None) };
        let read = text.parse().map(Some);
        read.map_err(|_| Refusal::wrong(format!("`{key}` cannot be read"), wanted))
    }

    /// One of the words of a type, if there is one.
    pub(super) fn word<T: DeserializeOwned>(&self, key: &str, words: &[&str]) -> Answer<Option<T>> {
        let Some(value) = self.value(key) else { return Ok(None) };
        let read = serde_json::from_value(value.clone()).map(Some);
        read.map_err(|_| Refusal::wrong(format!("`{key}` is not known"), one_of(words)))
    }

    /// A number, or one of these words.
    pub(super) fn number_or_word(&self, key: &str) -> Option<&Value> {
        self.value(key)
    }

    /// A time, if there is one: with an offset, or by the clock on the wall.
    pub(super) fn time(&self, key: &str) -> Answer<Option<DateTime<Utc>>> {
        let Some(text) = self.text(key, 64)? else { return Ok(None) };
        let read = time(text, self.zone).map(Some);
        read.ok_or_else(|| Refusal::wrong(format!("`{key}` is no time"), self.hint_of_times()))
    }

    pub(super) fn hint_of_times(&self) -> String {
        format!("write `2026-11-20T14:30:00+01:00`, or `2026-11-20T14:30` as the clock in {} shows it", self.zone)
    }
}

/// Words to choose from, for a hint.
pub(super) fn one_of(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    format!("one of {}", words.join(", "))
}

/// The words for reasons of absences.
pub(super) fn reasons() -> Vec<String> {
    let words = AbsenceReason::ALL.iter().filter_map(|reason| serde_json::to_value(reason).ok());
    words.filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

/// A time with an offset, or by the clock on the wall; where that was set back, the first time it shows it.
pub(super) fn time(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc()).filter(is_kept);
    }
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let local = local.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
    match zone.from_local_datetime(&local) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => Some(time.to_utc()).filter(is_kept),
        LocalResult::None => None,
    }
}

/// Times are kept as seconds, from 1970 into the year 2106.
fn is_kept(time: &DateTime<Utc>) -> bool {
    u32::try_from(time.timestamp()).is_ok_and(|seconds| seconds < u32::MAX)
}

/// The status of what came to be.
pub(super) const CREATED: StatusCode = StatusCode::CREATED;

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Stockholm;

    use super::*;

    fn form(body: &'static str) -> Answer<Form> {
        Form::read(Ok(Bytes::from_static(body.as_bytes())), &["text", "until"], Stockholm)
    }

    fn error<T: std::fmt::Debug>(answer: Answer<T>) -> String {
        serde_json::to_string(&answer.unwrap_err()).unwrap()
    }

    #[test]
    fn what_is_wrong_is_named_and_what_was_typed_is_not() {
        assert!(error(form("{\"text\": secret}")).contains("line 1"));
        assert!(error(form("[]")).contains("`text`, `until`"));
        assert!(error(form("{\"secret\": 1}")).contains("a key that is not known"));
        let wrong = form("{\"text\": 7, \"until\": \"secret\"}").unwrap();
        assert!(error(wrong.text("text", 9)).contains("no text"));
        let until = error(wrong.time("until"));
        assert!(until.contains("2026-11-20T14:30") && !until.contains("secret"));
        assert!(error(form("{\"text\": \"secret\"}").unwrap().text("text", 5)).contains("at most 5"));
        assert!(error(form("{\"text\": \"  \"}").unwrap().needed_text("text", 5)).contains("missing"));
    }

    #[test]
    fn times_are_read_with_an_offset_or_by_the_clock_on_the_wall() {
        let noon: DateTime<Utc> = "2026-11-20T11:00:00Z".parse().unwrap();
        for text in ["2026-11-20T12:00", "2026-11-20T12:00:00", "2026-11-20T12:00:00+01:00", "2026-11-20T11:00:00Z"] {
            assert_eq!(time(text, Stockholm), Some(noon), "{text}");
        }
        assert_eq!(time("2026-03-29T02:30", Stockholm), None, "the clock never shows that");
        assert_eq!(time("noon", Stockholm), None);
    }
}
