//! Days and months as numbers: days are counted from 1 January 1970, in the Gregorian calendar of all years.

use chrono::{NaiveDate, NaiveDateTime};

/// The seconds of a day.
pub(super) const DAY: i64 = 86_400;

/// Years that chrono knows on both sides of zero, less some room for arithmetic.
const YEARS: i64 = 260_000;

/// Seconds from 1970 by the clock that shows this time.
pub(super) fn seconds(time: NaiveDateTime) -> i64 {
    time.and_utc().timestamp()
}

/// The number of a date.
pub(super) fn day_of(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

/// The day in which a second falls.
pub(super) fn day_at(seconds: i64) -> i32 {
    i32::try_from(seconds.div_euclid(DAY)).unwrap_or(if seconds < 0 { i32::MIN / 2 } else { i32::MAX / 2 })
}

/// The second of the day.
pub(super) fn second_of_day(seconds: i64) -> u32 {
    u32::try_from(seconds.rem_euclid(DAY)).unwrap_or_default()
}

/// The first second of a day.
pub(super) fn midnight(day: i32) -> i64 {
    i64::from(day) * DAY
}

/// The day of the week, from Monday as 0.
pub(super) const fn weekday(day: i32) -> u32 {
    (day + 3).rem_euclid(7).unsigned_abs()
}

/// The first day of the week in which a day falls.
pub(super) const fn week_start(day: i32, first_weekday: u32) -> i32 {
    day - days_between(first_weekday, weekday(day))
}

/// How many days after one weekday another comes.
pub(super) const fn days_between(weekday: u32, later: u32) -> i32 {
    (later.cast_signed() - weekday.cast_signed()).rem_euclid(7)
}

/// A month of a year.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Month {
    /// Its year.
    pub(super) year: i32,
    /// Its number, from 1.
    pub(super) number: u32,
    /// Its first day.
    pub(super) first: i32,
    /// How many days it has.
    pub(super) len: u32,
}

impl Month {
    /// The month with this number since the month before year 0. `None` outside the years that are worked out.
    pub(super) fn new(index: i64) -> Option<Self> {
        let year = index.div_euclid(12);
        if !(-YEARS..=YEARS).contains(&year) {
            return None;
        }
        let year = i32::try_from(year).ok()?;
        let number = u32::try_from(index.rem_euclid(12)).ok()? + 1;
        Some(Self { year, number, first: month_start(year, number), len: month_len(year, number) })
    }

    /// The month after it.
    pub(super) fn following(self) -> Option<Self> {
        if self.number == 12 {
            return Self::new(self.index() + 1);
        }
        let number = self.number + 1;
        Some(Self { year: self.year, number, first: self.last() + 1, len: month_len(self.year, number) })
    }

    /// The months since year 0.
    pub(super) fn index(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.number) - 1
    }

    /// The number of the month in which a day falls.
    pub(super) fn index_of(day: i32) -> i64 {
        // Years begin in March here, so that the leap day is the last day of a year.
        let day = day + 719_468;
        let of_era = day.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let year = i64::from(day.div_euclid(146_097)) * 400 + i64::from(year_of_era);
        year * 12 + i64::from(month_from_march) + 2
    }

    /// Its last day.
    pub(super) const fn last(self) -> i32 {
        self.first + self.len.cast_signed() - 1
    }

    /// The bit of a day, bit 0 for the first; no bit when the day is in another month.
    pub(super) const fn bit(self, day: i32) -> u32 {
        if day < self.first || day > self.last() { 0 } else { 1 << (day - self.first) }
    }

    /// The bits of all its days.
    pub(super) const fn all(self) -> u32 {
        u32::MAX >> (32 - self.len)
    }

    /// The bits of its days from one day to another.
    pub(super) fn within(self, first: i32, last: i32) -> u32 {
        let mut days = self.all();
        if first > self.first {
            days &= u32::MAX.checked_shl((first - self.first).unsigned_abs()).unwrap_or(0);
        }
        if last < self.last() {
            let beyond = (self.last() - last).unsigned_abs();
            days &= self.all().checked_shr(beyond).unwrap_or(0);
        }
        days
    }
}

/// 1 January of a year.
pub(super) const fn year_start(year: i32) -> i32 {
    month_start(year, 1)
}

/// How many days a year has.
pub(super) const fn year_len(year: i32) -> i32 {
    if is_leap(year) { 366 } else { 365 }
}

const fn month_start(year: i32, month: u32) -> i32 {
    let (year, month_from_march) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * month_from_march.cast_signed() + 2) / 5;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    year.div_euclid(400) * 146_097 + of_era - 719_468
}

const fn month_len(year: i32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        // They take turns, and begin anew with August.
        _ => 30 + ((month + month / 8) & 1),
    }
}

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The places of the set bits, from the lowest.
pub(super) fn bits(mut mask: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let place = (mask != 0).then(|| mask.trailing_zeros());
        mask &= mask.wrapping_sub(1);
        place
    })
}

#[cfg(test)]
mod tests {
    use chrono::Datelike;

    use super::*;

    /// Every month from the year -10 to 3000 begins and ends where chrono says.
    #[test]
    fn months_are_those_of_chrono() {
        let mut date = NaiveDate::from_ymd_opt(-10, 1, 1).unwrap();
        while date.year() <= 3000 {
            let month = Month::new(Month::index_of(day_of(date))).unwrap();
            assert_eq!((month.year, month.number, month.first), (date.year(), date.month(), day_of(date)));
            let next = date.checked_add_months(chrono::Months::new(1)).unwrap();
            assert_eq!(month.last(), day_of(next) - 1);
            assert_eq!(Month::index_of(month.last()), month.index());
            assert_eq!(month.following(), Month::new(month.index() + 1));
            assert_eq!(weekday(month.first), date.weekday().num_days_from_monday());
            date = next;
        }
    }

    /// The days of a month between two days.
    #[test]
    fn days_within_a_month() {
        let march = Month::new(2026 * 12 + 2).unwrap();
        assert_eq!(march.within(march.first - 5, march.last() + 5), march.all());
        assert_eq!(march.within(march.first + 29, march.last()), 0b11 << 29);
        assert_eq!(march.within(march.first, march.first), 1);
        assert_eq!(march.within(march.first - 90, march.first - 60), 0);
        assert_eq!(march.within(march.last() + 1, march.last() + 90), 0);
    }
}
