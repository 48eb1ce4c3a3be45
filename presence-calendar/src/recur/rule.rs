//! What a rule of recurrence says, before it is tied to a start.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// A rule of recurrence, checked and ready to be worked out.
///
/// Lists are sets of bits where they are short: bit 0 is the first second, minute, hour, month or Monday. A set that is
/// empty was not given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    pub(super) frequency: Frequency,
    /// Every how many periods it comes.
    pub(super) interval: u32,
    pub(super) count: Option<u64>,
    pub(super) until: Option<Until>,
    /// Bit 60 is the leap second, which never comes.
    pub(super) seconds: u64,
    pub(super) minutes: u64,
    pub(super) hours: u32,
    /// Weekdays without a number.
    pub(super) weekdays: u8,
    /// Weekdays with one, in order.
    pub(super) ordinals: Vec<Ordinal>,
    pub(super) month_days: FromBothEnds,
    /// In order.
    pub(super) year_days: Vec<i16>,
    pub(super) weeks: FromBothEnds,
    pub(super) months: u16,
    /// In order.
    pub(super) positions: Vec<i16>,
    /// The first day of the week, from Monday as 0.
    pub(super) week_start: u32,
}

/// How long a period is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Frequency {
    Secondly,
    Minutely,
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// The last moment at which an occurrence may start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Until {
    Date(NaiveDate),
    Local(NaiveDateTime),
    Utc(DateTime<Utc>),
}

/// The second Tuesday, or the last.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Ordinal {
    /// From 1; negative from the end.
    pub(super) number: i16,
    /// From Monday as 0.
    pub(super) weekday: u32,
}

/// Numbers counted from the beginning and from the end; bit 0 is the first, or the last.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct FromBothEnds {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl FromBothEnds {
    pub(super) const fn is_empty(self) -> bool {
        self.first == 0 && self.last == 0
    }
}

impl Rule {
    /// Whether it comes by months or years, and at most once a day: as the clocks of zones are changed.
    pub(crate) fn is_seldom(&self) -> bool {
        let is_one = self.hours.count_ones() <= 1 && self.minutes.count_ones() <= 1 && self.seconds.count_ones() <= 1;
        self.frequency >= Frequency::Monthly && is_one
    }

    /// A rule that only says how often.
    pub(super) const fn every(frequency: Frequency) -> Self {
        let none = FromBothEnds { first: 0, last: 0 };
        Self {
            frequency,
            interval: 1,
            count: None,
            until: None,
            seconds: 0,
            minutes: 0,
            hours: 0,
            weekdays: 0,
            ordinals: Vec::new(),
            month_days: none,
            year_days: Vec::new(),
            weeks: none,
            months: 0,
            positions: Vec::new(),
            week_start: 0,
        }
    }
}
