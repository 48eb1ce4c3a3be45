//! Why there is no answer.

use std::time::Duration;

use crate::diagnostics::SourceErrorKind;
use crate::source::SourceError;

/// Why there is no answer. What the server answered, be it 404 or 500, is none of these.
///
/// The texts go to administrators and into logs: they hold names of hosts, numbers and codes, never a query, the value
/// of a header or a piece of a body.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The service cannot be set up as it was told to.
    #[error("HTTP cannot be set up: {0}")]
    Setup(String),
    /// The request cannot be sent as it is: its address, a header, or plain `http` where that is not allowed.
    #[error("the request cannot be sent: {0}")]
    InvalidRequest(String),
    /// There is no connection.
    #[error("no connection to {0}")]
    Unreachable(String),
    /// The server is there, and its certificate is not trusted.
    #[error("the certificate is not trusted: {0}")]
    Certificate(String),
    /// The answer, or the next piece of it, did not come in time.
    #[error("no answer within {} s", .after.as_secs_f32())]
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// The answer has more bytes than the request allows.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// How many are allowed.
        limit: usize,
    },
    /// The connection ended in the middle of the answer.
    #[error("the answer was cut off: {0}")]
    CutOff(String),
    /// The answer is not HTTP.
    #[error("the answer is broken: {0}")]
    Broken(String),
    /// The server sends us somewhere where we do not go by ourselves.
    #[error("redirected with status {status} to {}", place(.to))]
    Redirected {
        /// With which status.
        status: u16,
        /// Scheme, host and port, if the server named a place.
        to: Option<String>,
    },
}

fn place(to: &Option<String>) -> String {
    to.as_ref().map_or_else(|| "no place that can be read".to_owned(), |to| format!("`{to}`, which is not followed"))
}

impl HttpError {
    /// What kind of trouble it is for a source.
    ///
    /// A certificate that is not trusted counts as unreachable, for it is the server that renews it; the text tells the
    /// difference.
    #[must_use]
    pub const fn kind(&self) -> SourceErrorKind {
        match self {
            Self::Setup(_) | Self::InvalidRequest(_) => SourceErrorKind::NotConfigured,
            Self::Unreachable(_) | Self::Certificate(_) | Self::TimedOut { .. } | Self::CutOff(_) => {
                SourceErrorKind::Unreachable
            }
            Self::TooLarge { .. } | Self::Broken(_) | Self::Redirected { .. } => SourceErrorKind::Protocol,
        }
    }
}

impl From<HttpError> for SourceError {
    fn from(error: HttpError) -> Self {
        Self::new(error.kind(), error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_is_trouble_of_a_kind_and_keeps_its_words() {
        let errors = [
            (HttpError::Setup("x".into()), SourceErrorKind::NotConfigured, "HTTP cannot be set up: x"),
            (HttpError::InvalidRequest("x".into()), SourceErrorKind::NotConfigured, "the request cannot be sent: x"),
            (HttpError::Unreachable("`a`: x".into()), SourceErrorKind::Unreachable, "no connection to `a`: x"),
            (
                HttpError::Certificate("`a`: x".into()),
                SourceErrorKind::Unreachable,
                "the certificate is not trusted: `a`: x",
            ),
            (
                HttpError::TimedOut { after: Duration::from_millis(1_500) },
                SourceErrorKind::Unreachable,
                "no answer within 1.5 s",
            ),
            (HttpError::TooLarge { limit: 9 }, SourceErrorKind::Protocol, "the answer is larger than 9 bytes"),
            (HttpError::CutOff("`a`: x".into()), SourceErrorKind::Unreachable, "the answer was cut off: `a`: x"),
            (HttpError::Broken("x".into()), SourceErrorKind::Protocol, "the answer is broken: x"),
            (
                HttpError::Redirected { status: 302, to: Some("https://b".into()) },
                SourceErrorKind::Protocol,
                "redirected with status 302 to `https://b`, which is not followed",
            ),
        ];
        for (error, kind, text) in errors {
            let error = SourceError::from(error);
            assert_eq!((error.kind(), error.to_string().as_str()), (kind, text));
        }
    }
}
