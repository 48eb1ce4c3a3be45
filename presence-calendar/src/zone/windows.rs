//! Zones as Windows and Exchange describe them: biases, and the days of the year on which the clock is changed.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::changes::{Changes, Onset};
use super::rules::YEARS;

/// No zone is further than a day from UTC.
const MOST_MINUTES: u32 = 1_439;

/// When a Windows zone goes over to its other time, each year.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Transition {
    /// By how many minutes more UTC is ahead of local time from then on.
    pub bias: i32,
    /// In which month, 1 to 12; 0 when there is no daylight saving time.
    pub month: u32,
    /// On which of these days of the month: 1 is the first, and 5 the last.
    pub order: u8,
    /// On what day of the week.
    pub weekday: Weekday,
    /// At what time of the day, by the clock before.
    pub time: NaiveTime,
}

impl Transition {
    /// A transition.
    #[must_use]
    pub const fn new(bias: i32, month: u32, order: u8, weekday: Weekday, time: NaiveTime) -> Self {
        Self { bias, month, order, weekday, time }
    }

    /// When it is in a year, by the clock before.
    fn in_year(&self, year: i32) -> Option<NaiveDateTime> {
        let day = |order| NaiveDate::from_weekday_of_month_opt(year, self.month, self.weekday, order);
        // The fifth is the last, and the last may be the fourth.
        let date = if self.order >= 5 { day(5).or_else(|| day(4)) } else { day(self.order) };
        Some(date?.and_time(self.time))
    }

    fn is_sound(&self) -> bool {
        self.month == 0 || (self.month <= 12 && (1..=5).contains(&self.order))
    }
}

/// Whether these are numbers that a zone can have.
pub(super) fn is_sound(bias: i32, standard: Transition, daylight: Transition) -> bool {
    let is_near = |transition: Transition| bias.checked_add(transition.bias).and_then(ahead).is_some();
    [standard, daylight].into_iter().all(|transition| transition.is_sound() && is_near(transition))
        && ahead(bias).is_some()
}

/// The changes of a zone by its biases in minutes.
pub(super) fn changes(bias: i32, standard: Transition, daylight: Transition) -> Option<Changes> {
    let winter = ahead(bias.checked_add(standard.bias)?)?;
    let summer = ahead(bias.checked_add(daylight.bias)?)?;
    let is_changed = standard.month != 0 && daylight.month != 0 && winter != summer;
    if !is_changed || standard.in_year(2024) == daylight.in_year(2024) {
        return ahead(bias).map(Changes::none);
    }
    let onset = |local: NaiveDateTime, before: i32, offset: i32| {
        let at = local.and_utc().timestamp().saturating_sub(i64::from(before));
        Onset { at, before, offset }
    };
    let onsets = YEARS.flat_map(|year| {
        let to_winter = standard.in_year(year).map(|local| onset(local, summer, winter));
        let to_summer = daylight.in_year(year).map(|local| onset(local, winter, summer));
        to_winter.into_iter().chain(to_summer)
    });
    Changes::of(onsets.collect())
}

/// Seconds ahead of UTC.
fn ahead(bias: i32) -> Option<i32> {
    (bias.unsigned_abs() <= MOST_MINUTES).then(|| -60 * bias)
}
