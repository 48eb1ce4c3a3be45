//! What reqwest complains about, in our words.

use std::error::Error;
use std::io;

use ::reqwest::Url;

use crate::http::HttpError;

/// How rustls begins the text of everything that is wrong with a certificate. Its type is not ours to ask for.
const CERTIFICATE: &str = "invalid peer certificate";

/// How a connection ends that was closed in place of an answer, in the words of the HTTP below. It has a type of its own
/// there, which is not ours to ask for either.
const CLOSED: &str = "connection closed before message completed";

/// Reasons are for people; what is longer was not written for them.
const LONGEST_REASON: usize = 200;

/// Trouble on the way to the head of an answer.
pub(super) fn trouble(error: &::reqwest::Error, url: &Url) -> HttpError {
    let reason = reason(error);
    let text = format!("`{}`: {reason}", host(url));
    if error.is_builder() {
        HttpError::InvalidRequest(reason)
    } else if reason.starts_with(CERTIFICATE) {
        HttpError::Certificate(text)
    } else if error.is_connect() || error.is_timeout() {
        HttpError::Unreachable(text)
    } else {
        interrupted(error, text)
    }
}

/// Trouble in the middle of a body.
pub(super) fn in_body(error: &::reqwest::Error, url: &Url) -> HttpError {
    interrupted(error, format!("`{}`: {}", host(url), reason(error)))
}

/// The connection that ended, or an answer that makes no sense.
fn interrupted(error: &::reqwest::Error, text: String) -> HttpError {
    if has_ended(error) { HttpError::CutOff(text) } else { HttpError::Broken(text) }
}

fn has_ended(error: &::reqwest::Error) -> bool {
    let ends = |kind| {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        matches!(kind, BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
    };
    let says = |reason: &(dyn Error + 'static)| match reason.downcast_ref::<io::Error>() {
        Some(error) => ends(error.kind()),
        None => reason.to_string() == CLOSED,
    };
    std::iter::successors(Some(error as &(dyn Error + 'static)), |outer| inside(*outer)).any(says)
}

/// The host, and the port if it is an unusual one.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The innermost reason: what lies around it says only that there was one, or repeats the address with its query.
pub(super) fn reason(error: &::reqwest::Error) -> String {
    let mut innermost: &(dyn Error + 'static) = error;
    while let Some(inner) = inside(innermost) {
        innermost = inner;
    }
    if innermost.is::<::reqwest::Error>() {
        return "something is wrong with it".to_owned();
    }
    let text = innermost.to_string();
    text.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect()
}

/// An I/O error hides what it holds from `source`, and shows what that holds instead.
fn inside<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    held.map(|held| -> &(dyn Error + 'static) { held }).or_else(|| error.source())
}
