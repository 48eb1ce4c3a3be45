//! Who may ask: pages of other sites may not, and may not read either.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::answer::{Answer, Refusal};
use super::place::Place;

/// No page may do more than ours needs: its own script, its own style, its own server.
const HEADERS: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    // Presence is old as soon as it is kept.
    ("cache-control", "no-store"),
];

/// Lets a request through if it comes from here, and puts the headers on every answer.
pub(super) async fn guard(State(place): State<Arc<Place>>, request: Request, next: Next) -> Response {
    let checked = check(&place, request.method(), request.headers());
    let mut answer = match checked {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    for (name, value) in HEADERS {
        answer.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    answer
}

fn check(place: &Place, method: &Method, headers: &HeaderMap) -> Answer<()> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(HOST).unwrap_or_default();
    if place.loopback && !is_loopback(host) {
        // A name of another site that leads here would let its pages read everything.
        return Err(Refusal::new(
            StatusCode::MISDIRECTED_REQUEST,
            "this is not the name of this machine",
            "ask for `127.0.0.1` or `localhost`",
        ));
    }
    if *method == Method::GET || *method == Method::HEAD {
        return Ok(());
    }
    if headers.contains_key(ORIGIN) && text(ORIGIN).and_then(host_of) != Some(host) {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "pages of another site may change nothing here",
            "use the page that this program shows",
        ));
    }
    // A page of another site cannot send this type without asking; what takes away is asked for anyway.
    let json = text(CONTENT_TYPE).is_some_and(|value| {
        value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
    });
    if json || *method == Method::DELETE {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "changes are sent as JSON",
        "add the header `Content-Type: application/json`",
    ))
}

/// The host and port of an origin, `http://127.0.0.1:8080`.
fn host_of(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, host)| host)
}

/// Whether a host, with or without a port, is this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_told_from_others() {
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "127.0.0.1", "[::1]:8080", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["", "example.com", "localhost.example.com:8080", "10.0.0.1:80", "[fe80::1]", "127.0.0.1.example"] {
            assert!(!is_loopback(host), "{host}");
        }
        assert_eq!(host_of("http://127.0.0.1:8080"), Some("127.0.0.1:8080"));
        assert_eq!(host_of("null"), None);
    }
}
