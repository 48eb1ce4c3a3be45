//! Where a redirect is followed, and where it is not.

use ::reqwest::header::LOCATION;
use ::reqwest::{Response, StatusCode, Url};

use crate::http::HttpError;

/// More than this is a circle.
pub(super) const MOST_REDIRECTS: usize = 5;

/// What to do with an answer.
pub(super) enum Step {
    /// It is the answer.
    Stay,
    /// The answer is there.
    Go(Url),
    /// It is somewhere where we do not go.
    Refuse(HttpError),
}

pub(super) fn step(method: &str, asked: &Url, response: &Response) -> Step {
    let status = response.status();
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Step::Stay;
    }
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    match location.and_then(|location| asked.join(location).ok()) {
        Some(to) if matches!(method, "GET" | "HEAD") && is_safe(asked, &to) => Step::Go(to),
        to => Step::Refuse(refused(status, to.as_ref())),
    }
}

/// The error that tells where we were sent. The path may be anything, and is left out.
pub(super) fn refused(status: StatusCode, to: Option<&Url>) -> HttpError {
    let to = to.map(|url| url.origin()).filter(|origin| origin.is_tuple()).map(|origin| origin.ascii_serialization());
    HttpError::Redirected { status: status.as_u16(), to }
}

/// The same server, not less protected. Credentials in the address would be sent instead of ours.
fn is_safe(from: &Url, to: &Url) -> bool {
    matches!((from.scheme(), to.scheme()), ("http" | "https", "https") | ("http", "http"))
        && from.host_str() == to.host_str()
        && from.port_or_known_default() == to.port_or_known_default()
        && to.username().is_empty()
        && to.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn only_the_same_server_not_less_protected() {
        let safe =
            [("https://a/x", "https://a:443/y"), ("http://a/x", "http://A/y"), ("http://a:8/x", "https://a:8/y")];
        for (from, to) in safe {
            assert!(is_safe(&url(from), &url(to)), "{from} {to}");
        }
        let unsafe_ = [
            ("https://a/x", "https://b/x"),
            ("https://a/x", "https://a:444/x"),
            ("https://a:8/x", "http://a:8/x"),
            ("http://a/x", "https://a/x"),
            ("https://a/x", "https://a.b/x"),
            ("https://a/x", "https://u@a/x"),
            ("https://a/x", "https://:p@a/x"),
            ("https://a/x", "ftp://a/x"),
        ];
        for (from, to) in unsafe_ {
            assert!(!is_safe(&url(from), &url(to)), "{from} {to}");
        }
    }

    #[test]
    fn the_error_names_the_server_only() {
        let error = refused(StatusCode::FOUND, Some(&url("https://u:sesame@b.example:8443/sesame?sesame")));
        assert_eq!(error, HttpError::Redirected { status: 302, to: Some("https://b.example:8443".to_owned()) });
        assert_eq!(
            refused(StatusCode::FOUND, Some(&url("data:sesame"))),
            HttpError::Redirected { status: 302, to: None }
        );
    }
}
