//! What can go wrong between Exchange and us.

use std::time::Duration;

use presence_core::http::{HttpError, status_error};
use presence_core::source::SourceError;
use presence_core::{Address, SourceErrorKind};

use super::code::ResponseCode;
use super::xml::{BrokenXml, XmlProblem};

/// Why there is no answer from Exchange, or none that can be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EwsError {
    /// There is no answer at all.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The answer is no answer of Exchange, by its status.
    #[error("the Exchange server answered with status {status}")]
    Status {
        /// The status.
        status: u16,
        /// For how long the server asks not to be asked again.
        wait: Option<Duration>,
    },
    /// The answer is a page for people, such as a login page.
    #[error("the Exchange server answered with a page for people: check the address, and that its login is not a form")]
    Page,
    /// The answer is broken.
    #[error("{0}")]
    Broken(#[from] BrokenXml),
    /// The answer does not hold what was asked for.
    #[error("the answer of the Exchange server has no `{0}` that can be read")]
    Incomplete(&'static str),
    /// Exchange refuses.
    #[error("the Exchange server refuses: {}", .0.code)]
    Refused(Refusal),
}

/// Exchange refuses to do what it was asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Refusal {
    /// What it says.
    pub code: ResponseCode,
    /// For how long it asks not to be asked again.
    pub wait: Option<Duration>,
    /// The address under which it wants to be asked instead.
    pub primary: Option<Address>,
}

impl Refusal {
    /// Refused with this code.
    #[must_use]
    pub const fn new(code: ResponseCode) -> Self {
        Self { code, wait: None, primary: None }
    }
}

impl EwsError {
    /// The code with which Exchange refuses.
    #[must_use]
    pub const fn code(&self) -> Option<&ResponseCode> {
        match self {
            Self::Refused(refusal) => Some(&refusal.code),
            _ => None,
        }
    }
}

impl From<EwsError> for SourceError {
    fn from(error: EwsError) -> Self {
        let (kind, wait) = match &error {
            EwsError::Http(error) => (error.kind(), None),
            // 456 says that the account is blocked.
            EwsError::Status { status: 440 | 456, wait } => (SourceErrorKind::Forbidden, *wait),
            EwsError::Status { status, wait } => {
                return status_error(*status, *wait, "the Exchange server");
            }
            EwsError::Refused(refusal) => (refusal.code.kind(), refusal.wait),
            // What was cut off may be whole the next time; the others will not.
            EwsError::Broken(BrokenXml { problem: XmlProblem::CutOff, .. }) => (SourceErrorKind::Unreachable, None),
            EwsError::Page | EwsError::Broken(_) | EwsError::Incomplete(_) => (SourceErrorKind::Protocol, None),
        };
        let told = Self::new(kind, error.to_string());
        match wait {
            Some(wait) => told.retry_after(wait),
            None => told,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_is_trouble_of_a_kind() {
        let wait = Duration::from_secs(7);
        let busy = Refusal { wait: Some(wait), ..Refusal::new(ResponseCode::ServerBusy) };
        let cases = [
            (EwsError::Http(HttpError::Unreachable("x".to_owned())), SourceErrorKind::Unreachable, None),
            (EwsError::Status { status: 503, wait: Some(wait) }, SourceErrorKind::Throttled, Some(wait)),
            (EwsError::Status { status: 401, wait: None }, SourceErrorKind::Forbidden, None),
            (EwsError::Status { status: 456, wait: None }, SourceErrorKind::Forbidden, None),
            (EwsError::Page, SourceErrorKind::Protocol, None),
            (EwsError::Broken(BrokenXml { at: 1, problem: XmlProblem::CutOff }), SourceErrorKind::Unreachable, None),
            (EwsError::Broken(BrokenXml { at: 1, problem: XmlProblem::NotXml }), SourceErrorKind::Protocol, None),
            (EwsError::Incomplete("Body"), SourceErrorKind::Protocol, None),
            (EwsError::Refused(busy), SourceErrorKind::Throttled, Some(wait)),
        ];
        for (error, kind, wait) in cases {
            let text = error.to_string();
            let error = SourceError::from(error);
            assert_eq!((error.kind(), error.wait(), error.to_string()), (kind, wait, text));
        }
    }
}
