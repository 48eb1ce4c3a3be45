//! Time as the engine counts it: whole seconds.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A clock that goes back by so many seconds, or fewer, has been put right: that is overlooked, everywhere.
pub(crate) const OVERLOOKED: u32 = 2;

/// A second of Unix time, `1970-01-01T00:00:00Z` to `2106-02-07T06:28:14Z`; what lies outside is clamped.
///
/// Starts and "now" are rounded down, ends are rounded up, so that a fact never ends before its time.
///
/// Serialised as RFC 3339, [`NEVER`](Self::NEVER) as nothing.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(from = "Option<DateTime<Utc>>", into = "Option<DateTime<Utc>>")]
pub struct Second(u32);

impl Second {
    /// The first second there is.
    pub const MIN: Self = Self(0);
    /// After every time: "has no end".
    pub const NEVER: Self = Self(u32::MAX);

    /// The second with this Unix time.
    #[must_use]
    pub const fn new(unix: u32) -> Self {
        Self(unix)
    }

    /// Rounds down: for "now" and for starts.
    #[must_use]
    pub fn floor(time: DateTime<Utc>) -> Self {
        Self::clamp(time.timestamp())
    }

    /// Rounds up: for ends.
    #[must_use]
    pub fn ceil(time: DateTime<Utc>) -> Self {
        let up = i64::from(time.timestamp_subsec_nanos() > 0);
        Self::clamp(time.timestamp().saturating_add(up))
    }

    /// The Unix time.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// This second as a date and time; `None` for [`NEVER`](Self::NEVER).
    #[must_use]
    pub fn time(self) -> Option<DateTime<Utc>> {
        if self == Self::NEVER { None } else { DateTime::from_timestamp(i64::from(self.0), 0) }
    }

    /// `seconds` later; what has no end stays without end.
    #[must_use]
    pub const fn plus(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// `seconds` earlier; what has no end stays without end.
    #[must_use]
    pub const fn minus(self, seconds: u32) -> Self {
        if self.0 == u32::MAX { self } else { Self(self.0.saturating_sub(seconds)) }
    }

    /// Seconds from `earlier` to this one, 0 if it is not earlier.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u32 {
        self.0.saturating_sub(earlier.0)
    }

    fn clamp(unix: i64) -> Self {
        // One below `NEVER`: a real time, however late, has an end.
        Self(u32::try_from(unix.clamp(0, i64::from(u32::MAX) - 1)).unwrap_or(0))
    }
}

impl From<Option<DateTime<Utc>>> for Second {
    fn from(time: Option<DateTime<Utc>>) -> Self {
        time.map_or(Self::NEVER, Self::floor)
    }
}

impl From<Second> for Option<DateTime<Utc>> {
    fn from(second: Second) -> Self {
        second.time()
    }
}

impl fmt::Display for Second {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.time() {
            Some(time) => write!(f, "{}", time.format("%Y-%m-%dT%H:%M:%SZ")),
            None => f.write_str("never"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_round_down_ends_round_up() {
        let half = DateTime::from_timestamp(100, 500_000_000).unwrap();
        assert_eq!(Second::floor(half), Second::new(100));
        assert_eq!(Second::ceil(half), Second::new(101));
        assert_eq!(Second::ceil(DateTime::from_timestamp(100, 0).unwrap()), Second::new(100));
    }

    #[test]
    fn times_outside_are_clamped_and_never_become_never() {
        assert_eq!(Second::floor(DateTime::<Utc>::MIN_UTC), Second::MIN);
        assert!(Second::ceil(DateTime::<Utc>::MAX_UTC) < Second::NEVER);
        assert_eq!(Second::NEVER.time(), None);
        assert_eq!(Second::NEVER.plus(5), Second::NEVER);
        assert_eq!(Second::NEVER.minus(5), Second::NEVER);
    }
}
