//! The rules of a zone as EWS writes them: a distance from UTC, and two changes a year.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

/// The rules of one year.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Rule {
    /// Minutes to add to local standard time for UTC.
    pub(crate) bias: i64,
    pub(crate) daylight: Option<Daylight>,
}

/// Summer time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Daylight {
    /// Minutes to add to the bias, nearly always -60.
    pub(crate) bias: i64,
    pub(crate) starts: Change,
    pub(crate) ends: Change,
}

/// A day of the year and the time that the clock shows when it is changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Change {
    pub(crate) month: u32,
    /// Which weekday of the month, from 1; 5 is the last.
    pub(crate) week: u32,
    pub(crate) weekday: Weekday,
    pub(crate) time: NaiveTime,
}

impl Change {
    pub(crate) fn of(local: NaiveDateTime) -> Self {
        // In the last seven days of a month it is the last: rules that mean the fourth are rarer.
        let last = local.date().checked_add_days(Days::new(7)).is_none_or(|later| later.month() != local.month());
        let week = if last { 5 } else { local.day().div_ceil(7) };
        Self { month: local.month(), week, weekday: local.weekday(), time: local.time() }
    }

    fn in_year(self, year: i32) -> Option<NaiveDateTime> {
        let mut date = NaiveDate::from_ymd_opt(year, self.month, 1)?;
        while date.weekday() != self.weekday {
            date = date.succ_opt()?;
        }
        for _ in 1..self.week {
            let later = date.checked_add_days(Days::new(7))?;
            if later.month() != self.month {
                break;
            }
            date = later;
        }
        Some(date.and_time(self.time))
    }
}

impl Rule {
    pub(crate) const UTC: Self = Self { bias: 0, daylight: None };

    /// What the clock on the wall shows.
    pub(crate) fn local(&self, time: DateTime<Utc>) -> NaiveDateTime {
        (time - TimeDelta::minutes(self.bias_at(time))).naive_utc()
    }

    /// When the clock on the wall shows it.
    pub(crate) fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let standard = local.and_utc() + TimeDelta::minutes(self.bias);
        let Some(daylight) = self.daylight else { return standard };
        let summer = standard + TimeDelta::minutes(daylight.bias);
        if self.bias_at(summer) == self.bias { standard } else { summer }
    }

    fn bias_at(&self, time: DateTime<Utc>) -> i64 {
        self.daylight.filter(|daylight| self.is_summer(daylight, time)).map_or(self.bias, |d| self.bias + d.bias)
    }

    fn is_summer(&self, daylight: &Daylight, time: DateTime<Utc>) -> bool {
        let standard = (time - TimeDelta::minutes(self.bias)).naive_utc();
        let year = standard.year();
        let (Some(starts), Some(ends)) = (daylight.starts.in_year(year), daylight.ends.in_year(year)) else {
            return false;
        };
        // Both in standard time: the end is given as the summer clock shows it.
        let ends = ends + TimeDelta::minutes(daylight.bias);
        if starts < ends { starts <= standard && standard < ends } else { standard < ends || starts <= standard }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn central_europe_changes_on_the_last_sundays() {
        let zone = crate::zone::named("Europe/Berlin").unwrap();
        let rule = zone.rule(2026);
        let daylight = rule.daylight.unwrap();
        assert_eq!((rule.bias, daylight.bias), (-60, -60));
        let at = |change: Change| (change.month, change.week, change.weekday, change.time.to_string());
        assert_eq!(at(daylight.starts), (3, 5, Weekday::Sun, "02:00:00".to_owned()));
        assert_eq!(at(daylight.ends), (10, 5, Weekday::Sun, "03:00:00".to_owned()));
    }
}
