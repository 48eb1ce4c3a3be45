//! When a source fails, and how.

use std::time::Duration;

use chrono::{DateTime, Utc};
use presence_core::SourceErrorKind;
use presence_core::source::SourceError;

use super::times::{HOUR, MINUTE, Times};
use crate::company::Teller;

/// A time in which a source cannot tell anything.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// Which source.
    pub teller: Teller,
    /// From when on.
    pub from: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
    /// What is wrong.
    pub kind: SourceErrorKind,
}

impl Failure {
    /// Whether the source cannot tell anything then.
    #[must_use]
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }

    /// What the source says as it ends, at `now`.
    #[must_use]
    pub fn error(&self, now: DateTime<Utc>) -> SourceError {
        let text = match self.kind {
            SourceErrorKind::Throttled => "the server asks for patience",
            SourceErrorKind::Forbidden => "the server refuses access",
            _ => "the connection is lost",
        };
        let error = SourceError::new(self.kind, format!("{}: {text}", self.teller.name()));
        match (self.kind, (self.until - now).to_std()) {
            // Only who asks for patience says for how long.
            (SourceErrorKind::Throttled, Ok(wait)) => error.retry_after(wait.max(Duration::from_secs(1))),
            _ => error,
        }
    }
}

/// What goes wrong on the day.
pub(super) fn of_the_day(times: Times) -> Vec<Failure> {
    let failure = |teller, from, until, kind| Failure { teller, from: times.at(from), until: times.at(until), kind };
    let at = |hour, minute| hour * HOUR + minute * MINUTE;
    vec![
        failure(Teller::Pbx, at(10, 40), at(10, 47), SourceErrorKind::Unreachable),
        failure(Teller::Exchange, at(13, 15), at(13, 17), SourceErrorKind::Throttled),
        failure(Teller::Mobile, at(15, 0), at(15, 30), SourceErrorKind::Forbidden),
    ]
}
