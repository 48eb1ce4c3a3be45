//! Working hours, as mailboxes have them: periods of the week by the clock of a zone.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use presence_core::{Hours, Span};

use super::Zone;

/// More periods than this are not worked out.
const MOST_PERIODS: usize = 64;
/// Hours are worked out for at most so many days.
const MOST_DAYS: i64 = 800;
const MINUTES_A_DAY: u32 = 1_440;

/// The working hours of a mailbox.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WorkingWeek {
    /// By whose clock.
    pub zone: Zone,
    /// When the person works. Of very many periods only the first 64 count.
    pub periods: Vec<WorkingPeriod>,
}

/// A period of the working week.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct WorkingPeriod {
    /// On which days it starts.
    pub days: Weekdays,
    /// From which minute of the day.
    pub starts: u32,
    /// Until which minute of the day, which is no longer in it. When it is not after `starts`, it is one of the next day.
    pub ends: u32,
}

/// Days of the week.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Weekdays(u8);

impl WorkingWeek {
    /// These periods by the clock of this zone.
    #[must_use]
    pub const fn new(zone: Zone, periods: Vec<WorkingPeriod>) -> Self {
        Self { zone, periods }
    }

    /// The working hours of these days as absolute times. Of more than 800 days only the first are worked out, and the
    /// rest is not known. `None` when they have no end that can be counted from.
    #[must_use]
    pub fn hours(&self, covered: Span) -> Option<Hours> {
        let start = covered.start().time()?;
        let most = start.checked_add_signed(TimeDelta::days(MOST_DAYS))?;
        let end = covered.end().time().map_or(most, |end| end.min(most));
        let covered = Span::new(start, end).ok()?;
        // Days more on each side, since days here are not days of UTC, and periods may go over midnight.
        let first = start.date_naive().checked_sub_signed(TimeDelta::days(2))?;
        let last = end.date_naive().succ_opt()?;
        let days = first.iter_days().take_while(|day| *day <= last);
        let spans = days.flat_map(|day| self.periods_of(day)).collect();
        Some(Hours::new(covered, spans))
    }

    /// The periods that start on a day.
    fn periods_of(&self, day: NaiveDate) -> impl Iterator<Item = Span> {
        let of_day = move |period: &&WorkingPeriod| period.days.contains(day.weekday());
        self.periods.iter().take(MOST_PERIODS).filter(of_day).filter_map(move |period| {
            let over_midnight = if period.ends > period.starts { 0 } else { MINUTES_A_DAY };
            let start = self.minute(day, period.starts)?;
            Span::new(start, self.minute(day, period.ends.checked_add(over_midnight)?)?).ok()
        })
    }

    /// A minute of a local day.
    fn minute(&self, day: NaiveDate, minute: u32) -> Option<DateTime<Utc>> {
        let local = day.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::minutes(i64::from(minute)))?;
        (minute <= 2 * MINUTES_A_DAY).then(|| self.zone.to_utc(local))
    }
}

impl WorkingPeriod {
    /// A period.
    #[must_use]
    pub const fn new(days: Weekdays, starts: u32, ends: u32) -> Self {
        Self { days, starts, ends }
    }
}

const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

impl Weekdays {
    /// Monday to Friday.
    pub const WORKING: Self = Self(0b001_1111);
    /// Saturday and Sunday.
    pub const WEEKEND: Self = Self(0b110_0000);
    /// All seven.
    pub const ALL: Self = Self(0b111_1111);

    /// These days.
    #[must_use]
    pub fn of(days: &[Weekday]) -> Self {
        Self(days.iter().fold(0, |set, day| set | 1 << day.num_days_from_monday()))
    }

    /// The days of both.
    #[must_use]
    pub const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.num_days_from_monday()) != 0
    }

    /// The days, from Monday on.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        DAYS.into_iter().filter(move |day| self.contains(*day))
    }
}

impl fmt::Debug for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Stockholm;

    fn span(start: &str, end: &str) -> Span {
        Span::new(start.parse().expect("a time"), end.parse().expect("a time")).expect("a span")
    }

    fn spans(periods: Vec<WorkingPeriod>, start: &str, end: &str) -> Vec<Span> {
        let week = WorkingWeek::new(Zone::Iana(Stockholm), periods);
        week.hours(span(start, end)).expect("hours").spans().to_vec()
    }

    /// S3.6: eight o'clock stays eight o'clock when the time changes.
    #[test]
    fn hours_stay_at_their_clock_time() {
        let periods = vec![WorkingPeriod::new(Weekdays::WORKING, 480, 1_020)];
        let expected = [
            span("2026-03-27T07:00:00Z", "2026-03-27T16:00:00Z"),
            span("2026-03-30T06:00:00Z", "2026-03-30T15:00:00Z"),
        ];
        assert_eq!(spans(periods, "2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z"), expected);
    }

    /// S3.6: several periods a day.
    #[test]
    fn a_day_may_have_several_periods() {
        let monday = Weekdays::of(&[Weekday::Mon]);
        let periods = vec![WorkingPeriod::new(monday, 780, 1_020), WorkingPeriod::new(monday, 480, 720)];
        let expected = [
            span("2026-01-05T07:00:00Z", "2026-01-05T11:00:00Z"),
            span("2026-01-05T12:00:00Z", "2026-01-05T16:00:00Z"),
        ];
        assert_eq!(spans(periods, "2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z"), expected);
    }

    /// S3.6: a night shift, on the night on which an hour is skipped; it is there from its first moment on, although it
    /// started the day before.
    #[test]
    fn a_period_may_go_over_midnight() {
        let periods = vec![WorkingPeriod::new(Weekdays::of(&[Weekday::Sat]), 1_320, 360)];
        let expected = [span("2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z")];
        assert_eq!(spans(periods.clone(), "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z"), expected);
        let expected = [span("2026-03-29T01:00:00Z", "2026-03-29T04:00:00Z")];
        assert_eq!(spans(periods, "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"), expected);
    }

    /// S3.6: round the clock is one span, and minutes that no day has are left out.
    #[test]
    fn whole_days_and_wrong_minutes() {
        let always = vec![WorkingPeriod::new(Weekdays::ALL, 0, 0)];
        let covered = span("2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z");
        assert_eq!(spans(always, "2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z"), [covered]);
        let wrong =
            vec![WorkingPeriod::new(Weekdays::ALL, 10, u32::MAX), WorkingPeriod::new(Weekdays::ALL, u32::MAX, 10)];
        assert_eq!(spans(wrong, "2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z"), []);
    }

    #[test]
    fn of_very_many_days_the_first_are_worked_out() {
        let week = WorkingWeek::new(Zone::Iana(Stockholm), vec![WorkingPeriod::new(Weekdays::WORKING, 480, 1_020)]);
        let hours = week.hours(span("2026-01-01T00:00:00Z", "2086-01-01T00:00:00Z")).unwrap();
        assert_eq!(i64::from(hours.covered().end().get() - hours.covered().start().get()), MOST_DAYS * 86_400);
    }

    #[test]
    fn sets_of_days() {
        assert_eq!(Weekdays::WORKING.and(Weekdays::WEEKEND), Weekdays::ALL);
        assert_eq!(Weekdays::of(&[Weekday::Sun, Weekday::Sat]), Weekdays::WEEKEND);
        assert_eq!(format!("{:?}", Weekdays::WEEKEND), "{Sat, Sun}");
    }
}
