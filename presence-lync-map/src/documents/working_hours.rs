//! Working hours, as mailboxes have them: a zone by its rules, and periods of the week.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};
use presence_core::{Hours, Span};

use crate::xml::{Element, Namespace, Writer};

/// More periods than this are not kept.
const MOST_PERIODS: usize = 64;
/// Hours are worked out for at most so many days.
const MOST_DAYS: i64 = 800;
const MINUTES_A_DAY: u32 = 1_440;

/// The working hours of a mailbox.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct WorkingHours {
    /// By how many minutes UTC is ahead of local time.
    pub bias: i32,
    /// When winter time begins. Without both transitions, or with equal ones, the zone has no summer time.
    pub standard: Option<Transition>,
    /// When summer time begins.
    pub daylight: Option<Transition>,
    /// When the person works.
    pub periods: Vec<WorkingPeriod>,
}

/// When a zone goes over to its other time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Transition {
    /// By how many minutes more UTC is ahead of local time from then on.
    pub bias: i32,
    /// At what time of the day, by the clock before.
    pub time: NaiveTime,
    /// In which month, 1 to 12.
    pub month: u32,
    /// On the how-manieth of these days of the month; 5 is the last.
    pub order: u8,
    /// On what day of the week.
    pub weekday: Weekday,
}

impl Transition {
    /// A transition.
    #[must_use]
    pub const fn new(bias: i32, month: u32, order: u8, weekday: Weekday, time: NaiveTime) -> Self {
        Self { bias, time, month, order, weekday }
    }

    /// When it is in a year, by the clock before.
    fn in_year(&self, year: i32) -> Option<NaiveDateTime> {
        let day = |order| NaiveDate::from_weekday_of_month_opt(year, self.month, self.weekday, order);
        // The fifth is the last, and the last may be the fourth.
        let date = if self.order >= 5 { day(5).or_else(|| day(4)) } else { day(self.order) };
        Some(date?.and_time(self.time))
    }
}

/// A period of the working week.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct WorkingPeriod {
    /// On which days.
    pub days: Weekdays,
    /// From which minute of the day.
    pub starts: u32,
    /// Until which minute of the day, which is no longer in it.
    pub ends: u32,
}

impl WorkingPeriod {
    /// A period.
    #[must_use]
    pub const fn new(days: Weekdays, starts: u32, ends: u32) -> Self {
        Self { days, starts, ends }
    }
}

/// Days of the week.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Monday to Friday.
    pub const WORKING: Self = Self(0b001_1111);

    /// These days.
    #[must_use]
    pub fn of(days: &[Weekday]) -> Self {
        Self(days.iter().fold(0, |set, day| set | 1 << day.num_days_from_monday()))
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.num_days_from_monday()) != 0
    }

    /// The days, from Monday on.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        DAYS.into_iter().map(|(day, _)| day).filter(move |day| self.contains(*day))
    }
}

impl fmt::Debug for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "Monday"),
    (Weekday::Tue, "Tuesday"),
    (Weekday::Wed, "Wednesday"),
    (Weekday::Thu, "Thursday"),
    (Weekday::Fri, "Friday"),
    (Weekday::Sat, "Saturday"),
    (Weekday::Sun, "Sunday"),
];

impl WorkingHours {
    /// Working hours in a zone without summer time, so many minutes behind UTC.
    #[must_use]
    pub const fn new(bias: i32, periods: Vec<WorkingPeriod>) -> Self {
        Self { bias, standard: None, daylight: None, periods }
    }

    /// The same in a zone with summer time.
    #[must_use]
    pub fn summer_time(self, standard: Transition, daylight: Transition) -> Self {
        Self { standard: Some(standard), daylight: Some(daylight), ..self }
    }

    /// The working hours of these days as absolute times. Of more than 800 days only the first are worked out, and
    /// the rest is not known.
    #[must_use]
    pub fn hours(&self, covered: Span) -> Option<Hours> {
        let (start, end) = (covered.start().time()?, covered.end().time()?);
        let end = end.min(start.checked_add_signed(TimeDelta::days(MOST_DAYS))?);
        let covered = Span::new(start, end).ok()?;
        // A day more on each side, since days here are not days of UTC.
        let (mut day, last) = (start.date_naive().pred_opt()?, end.date_naive().succ_opt()?);
        let mut spans = Vec::new();
        while day <= last {
            spans.extend(
                self.periods
                    .iter()
                    .filter(|period| period.days.contains(day.weekday()))
                    .filter_map(|period| Span::new(self.utc(day, period.starts)?, self.utc(day, period.ends)?).ok()),
            );
            day = day.succ_opt()?;
        }
        Some(Hours::new(covered, spans))
    }

    /// A minute of a local day in UTC. A time that is skipped is as much later as was skipped; of one that is there twice
    /// the first is meant.
    fn utc(&self, day: NaiveDate, minute: u32) -> Option<DateTime<Utc>> {
        let local = day.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::minutes(i64::from(minute)))?;
        let at = |bias: i32| Some(local.checked_add_signed(TimeDelta::minutes(i64::from(bias)))?.and_utc());
        let Some((standard, daylight)) = self.transitions() else { return at(self.bias) };
        let (winter, summer) = (self.bias + standard.bias, self.bias + daylight.bias);
        let holds = |bias: i32| at(bias).filter(|time| self.bias_at(*time) == Some(bias));
        // Whichever comes first; in a gap neither holds, and the clock before it, winter time, is read on.
        holds(summer.min(winter)).or_else(|| holds(summer.max(winter))).or_else(|| at(winter))
    }

    /// By how many minutes UTC is ahead of local time then.
    fn bias_at(&self, time: DateTime<Utc>) -> Option<i32> {
        let Some((standard, daylight)) = self.transitions() else { return Some(self.bias) };
        let (winter, summer) = (self.bias + standard.bias, self.bias + daylight.bias);
        let year = time.naive_utc().checked_sub_signed(TimeDelta::minutes(i64::from(winter)))?.year();
        let to_summer = daylight.in_year(year)?.checked_add_signed(TimeDelta::minutes(i64::from(winter)))?.and_utc();
        let to_winter = standard.in_year(year)?.checked_add_signed(TimeDelta::minutes(i64::from(summer)))?.and_utc();
        let is_summer = if to_summer < to_winter {
            (to_summer..to_winter).contains(&time)
        } else {
            !(to_winter..to_summer).contains(&time)
        };
        Some(if is_summer { summer } else { winter })
    }

    /// Both transitions, if they are different ones.
    fn transitions(&self) -> Option<(Transition, Transition)> {
        let pair = self.standard.zip(self.daylight)?;
        let (standard, daylight) = pair;
        let same_day = standard.in_year(2024)? == daylight.in_year(2024)?;
        (standard.bias != daylight.bias && !same_day).then_some(pair)
    }

    pub(super) fn read(element: Element<'_, '_>) -> Option<Self> {
        let zone = element.child(EXCHANGE, "TimeZone")?;
        let periods = element.child(EXCHANGE, "WorkingPeriodArray")?;
        let periods = periods.children().filter(|child| child.is(EXCHANGE, "WorkingPeriod"));
        let transition = |name| zone.child(EXCHANGE, name).and_then(read_transition);
        Some(Self {
            bias: read_bias(zone)?,
            standard: transition("StandardTime"),
            daylight: transition("DaylightTime"),
            periods: periods.take(MOST_PERIODS).map(read_period).collect::<Option<_>>()?,
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("WorkingHours").namespace(EXCHANGE);
        writer.open("TimeZone").leaf("Bias", self.bias);
        for (name, transition) in [("StandardTime", self.standard), ("DaylightTime", self.daylight)] {
            if let Some(transition) = transition {
                write_transition(name, transition, writer);
            }
        }
        writer.close().open("WorkingPeriodArray");
        for period in &self.periods {
            let names = DAYS.iter().filter(|(day, _)| period.days.contains(*day)).map(|(_, name)| *name);
            writer.open("WorkingPeriod").leaf("DayOfWeek", names.collect::<Vec<_>>().join(" "));
            writer.leaf("StartTimeInMinutes", period.starts).leaf("EndTimeInMinutes", period.ends).close();
        }
        writer.close().close();
    }
}

const EXCHANGE: Namespace = Namespace::Exchange;

/// No zone is further than a day from UTC.
fn read_bias(element: Element<'_, '_>) -> Option<i32> {
    let bias: i32 = element.child_text(EXCHANGE, "Bias")?.parse().ok()?;
    (bias.unsigned_abs() <= MINUTES_A_DAY).then_some(bias)
}

fn read_transition(element: Element<'_, '_>) -> Option<Transition> {
    let text = |name| element.child_text(EXCHANGE, name);
    let month: u32 = text("Month")?.parse().ok().filter(|month| (1..=12).contains(month))?;
    let order = text("DayOrder")?.parse().ok().filter(|order| (1..=5).contains(order))?;
    let time = NaiveTime::parse_from_str(text("Time")?, "%H:%M:%S").ok()?;
    Some(Transition::new(read_bias(element)?, month, order, weekday(text("DayOfWeek")?)?, time))
}

fn write_transition(name: &'static str, transition: Transition, writer: &mut Writer) {
    let day = DAYS.iter().find(|(day, _)| *day == transition.weekday).map_or("Sunday", |(_, name)| name);
    writer.open(name).leaf("Bias", transition.bias).leaf("Time", transition.time.format("%H:%M:%S"));
    writer.leaf("DayOrder", transition.order).leaf("Month", transition.month).leaf("DayOfWeek", day).close();
}

fn read_period(element: Element<'_, '_>) -> Option<WorkingPeriod> {
    let minute = |name| element.child_text(EXCHANGE, name)?.parse().ok().filter(|minute| *minute <= MINUTES_A_DAY);
    let names = element.child_text(EXCHANGE, "DayOfWeek")?.split_ascii_whitespace();
    let days = names.map(weekday).collect::<Option<Vec<_>>>()?;
    let (starts, ends) = (minute("StartTimeInMinutes")?, minute("EndTimeInMinutes")?);
    Some(WorkingPeriod::new(Weekdays::of(&days), starts, ends))
}

fn weekday(name: &str) -> Option<Weekday> {
    DAYS.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(day, _)| *day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Australia::Sydney;
    use chrono_tz::Europe::Stockholm;
    use chrono_tz::Tz;

    fn at(hour: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, 0, 0).expect("a time")
    }

    fn stockholm() -> WorkingHours {
        let periods = vec![WorkingPeriod::new(Weekdays::WORKING, 480, 1_020)];
        WorkingHours::new(-60, periods).summer_time(
            Transition::new(0, 10, 5, Weekday::Sun, at(3)),
            Transition::new(-60, 3, 5, Weekday::Sun, at(2)),
        )
    }

    /// Summer over the turn of the year.
    fn sydney() -> WorkingHours {
        WorkingHours::new(-600, Vec::new()).summer_time(
            Transition::new(0, 4, 1, Weekday::Sun, at(3)),
            Transition::new(-60, 10, 1, Weekday::Sun, at(2)),
        )
    }

    /// What a zone of the world's list makes of a local minute, by the same rule.
    fn expected(zone: Tz, day: NaiveDate, minute: u32) -> DateTime<Utc> {
        let local = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
        let found = local.and_local_timezone(zone).earliest();
        found.map_or_else(
            || ((local - TimeDelta::hours(1)).and_local_timezone(zone).unwrap() + TimeDelta::hours(1)).to_utc(),
            |time| time.to_utc(),
        )
    }

    /// S3.6: each quarter of an hour of three years, with both changes of time, agrees with the zones of the world.
    #[test]
    fn local_minutes_agree_with_zones() {
        for (rules, zone) in [(stockholm(), Stockholm), (sydney(), Sydney)] {
            let mut day = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
            while day.year() < 2027 {
                for minute in (0..1_440).step_by(15) {
                    assert_eq!(rules.utc(day, minute), Some(expected(zone, day, minute)), "{zone} {day} {minute}");
                }
                day = day.succ_opt().unwrap();
            }
        }
    }

    /// S3.6: eight o'clock stays eight o'clock when the time changes.
    #[test]
    fn hours_are_absolute_and_stay_at_their_clock_time() {
        let week = Span::new("2026-03-27T00:00:00Z".parse().unwrap(), "2026-03-31T00:00:00Z".parse().unwrap()).unwrap();
        let hours = stockholm().hours(week).unwrap();
        let starts: Vec<_> = hours.spans().iter().map(|span| span.start().time().unwrap().to_rfc3339()).collect();
        assert_eq!(starts, ["2026-03-27T07:00:00+00:00", "2026-03-30T06:00:00+00:00"]);
    }

    #[test]
    fn of_very_many_days_the_first_are_worked_out() {
        let long = Span::new("2026-01-01T00:00:00Z".parse().unwrap(), "2086-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let hours = stockholm().hours(long).unwrap();
        assert_eq!(i64::from(hours.covered().end().get() - hours.covered().start().get()), MOST_DAYS * 86_400);
    }

    #[test]
    fn equal_transitions_are_none() {
        let same = Transition::new(-60, 10, 5, Weekday::Sun, at(3));
        let rules = WorkingHours::new(-60, Vec::new()).summer_time(same, Transition { bias: 0, ..same });
        assert_eq!(rules.transitions(), None);
        let day = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
        assert_eq!(rules.utc(day, 0).unwrap().to_rfc3339(), "2026-06-30T23:00:00+00:00");
    }
}
