//! What a status that is no success means for a source.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::diagnostics::SourceErrorKind;
use crate::http::headers::HttpHeaders;
use crate::source::SourceError;

/// A server that asks for more patience than this is asked again all the same.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// What it means that `what` ("the calendar server") answered with this status.
pub fn status_error(status: u16, retry_after: Option<Duration>, what: &str) -> SourceError {
    let kind = match status {
        // 407 comes from a proxy: its credentials want looking at.
        401 | 403 | 407 => SourceErrorKind::Forbidden,
        404 | 410 => SourceErrorKind::NotFound,
        429 | 503 => SourceErrorKind::Throttled,
        500..=599 => SourceErrorKind::Unreachable,
        _ => SourceErrorKind::Protocol,
    };
    let error = SourceError::new(kind, format!("{what} answered with status {status}"));
    match retry_after {
        Some(wait) => error.retry_after(wait),
        None => error,
    }
}

/// For how long the server asks not to be asked again: a number of seconds, or a time, in any of the three forms of
/// HTTP. At most a day.
#[must_use]
pub fn retry_after(headers: &HttpHeaders, now: DateTime<Utc>) -> Option<Duration> {
    let value = headers.get("Retry-After")?.trim();
    let wait = if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit are a very long time.
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        (time(value)? - now).to_std().unwrap_or(Duration::ZERO)
    };
    Some(wait.min(LONGEST_WAIT))
}

fn time(value: &str) -> Option<DateTime<Utc>> {
    ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(value, form).ok())
        .map(|time| time.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_is_trouble_of_a_kind() {
        let kinds = [
            (401, SourceErrorKind::Forbidden),
            (403, SourceErrorKind::Forbidden),
            (407, SourceErrorKind::Forbidden),
            (404, SourceErrorKind::NotFound),
            (410, SourceErrorKind::NotFound),
            (429, SourceErrorKind::Throttled),
            (503, SourceErrorKind::Throttled),
            (400, SourceErrorKind::Protocol),
            (302, SourceErrorKind::Protocol),
            (418, SourceErrorKind::Protocol),
            (500, SourceErrorKind::Unreachable),
            (502, SourceErrorKind::Unreachable),
            (504, SourceErrorKind::Unreachable),
        ];
        for (status, kind) in kinds {
            let error = status_error(status, None, "the server");
            assert_eq!((error.kind(), error.wait()), (kind, None), "{status}");
            assert_eq!(error.to_string(), format!("the server answered with status {status}"));
        }
        assert_eq!(status_error(429, Some(Duration::from_secs(7)), "x").wait(), Some(Duration::from_secs(7)));
    }

    #[test]
    fn patience_in_seconds_and_as_a_time() {
        let now: DateTime<Utc> = "1994-11-06T08:49:07Z".parse().unwrap();
        let waits = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(30)),
            ("Sun Nov  6 08:49:37 1994", Some(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("86401", Some(86_400)),
            ("99999999999999999999999", Some(86_400)),
            ("Sun, 06 Nov 2094 08:49:37 GMT", None),
            ("Sat, 06 Nov 2094 08:49:37 GMT", Some(86_400)),
            ("", None),
            ("-5", None),
            ("soon", None),
            ("1.5", None),
        ];
        for (value, seconds) in waits {
            let headers: HttpHeaders = [("retry-after", value)].into_iter().collect();
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{value}");
        }
        assert_eq!(retry_after(&HttpHeaders::new(), now), None);
    }
}
