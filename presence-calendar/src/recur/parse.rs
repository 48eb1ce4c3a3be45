//! Reads a rule from its text.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::rule::{Frequency, FromBothEnds, Ordinal, Rule, Until};

/// A rule that cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRule {
    /// There is no frequency, or an unknown one.
    #[error("there is no `FREQ`, or an unknown one: give one from `SECONDLY` to `YEARLY`")]
    Frequency,
    /// The interval is not a number from 1.
    #[error("`INTERVAL` has to be a number from 1")]
    Interval,
    /// The count is not a number from 1.
    #[error("`COUNT` has to be a number from 1")]
    Count,
    /// The end is not a date or a time.
    #[error("`UNTIL` has to be a date or a time, such as `20261231` or `20261231T230000Z`")]
    Until,
    /// A weekday is unknown, or its number is out of range.
    #[error("`{0}` has to hold weekdays such as `MO`, or `-1FR` with a number up to 53")]
    Weekday(&'static str),
    /// A number is out of range.
    #[error("`{0}` holds a number that is out of range: see RFC 5545, 3.3.10")]
    Number(&'static str),
    /// It counts in another calendar.
    #[error("`RSCALE` names a calendar that is not supported: only `GREGORIAN` is")]
    Calendar,
}

impl Rule {
    /// The rule in the value of an `RRULE` or `EXRULE`: `FREQ=WEEKLY;BYDAY=MO`.
    ///
    /// Parts may come in any order and letter case. Unknown parts are passed over; of a part that is there twice the last
    /// one counts. A leap second (`BYSECOND=60`) is allowed, and never comes.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or can never be worked out.
    pub fn parse(text: &str) -> Result<Self, InvalidRule> {
        let mut frequency = None;
        let mut rule = Self::every(Frequency::Daily);
        for part in without_prefix(text).split(';') {
            let Some((name, value)) = part.split_once('=') else { continue };
            let value = value.trim();
            let read = rule.read(name.trim(), value, &mut frequency)?;
            if read == Read::Unknown && name.bytes().any(|letter| letter.is_ascii_lowercase() || letter == b' ') {
                rule.read(&name.trim().to_ascii_uppercase(), value, &mut frequency)?;
            }
        }
        rule.frequency = frequency.ok_or(InvalidRule::Frequency)?;
        Ok(rule)
    }

    fn read(&mut self, name: &str, value: &str, frequency: &mut Option<Frequency>) -> Result<Read, InvalidRule> {
        match name {
            "FREQ" => *frequency = Some(read_frequency(value).ok_or(InvalidRule::Frequency)?),
            "INTERVAL" => self.interval = read_interval(value)?,
            "COUNT" => self.count = Some(read_count(value)?),
            "UNTIL" => self.until = Some(read_until(value).ok_or(InvalidRule::Until)?),
            "BYSECOND" => self.seconds = set(value, 0, 60).ok_or(InvalidRule::Number("BYSECOND"))?,
            "BYMINUTE" => self.minutes = set(value, 0, 59).ok_or(InvalidRule::Number("BYMINUTE"))?,
            "BYHOUR" => self.hours = narrow(set(value, 0, 23)).ok_or(InvalidRule::Number("BYHOUR"))?,
            "BYMONTH" => self.months = narrow(set(value, 1, 12)).ok_or(InvalidRule::Number("BYMONTH"))?,
            "BYDAY" => self.read_days(value).ok_or(InvalidRule::Weekday("BYDAY"))?,
            "BYMONTHDAY" => self.month_days = both(value, 31).ok_or(InvalidRule::Number("BYMONTHDAY"))?,
            "BYWEEKNO" => self.weeks = both(value, 53).ok_or(InvalidRule::Number("BYWEEKNO"))?,
            "BYYEARDAY" => self.year_days = list(value).ok_or(InvalidRule::Number("BYYEARDAY"))?,
            "BYSETPOS" => self.positions = list(value).ok_or(InvalidRule::Number("BYSETPOS"))?,
            "WKST" => self.week_start = read_weekday(value).ok_or(InvalidRule::Weekday("WKST"))?,
            "RSCALE" if !value.eq_ignore_ascii_case("GREGORIAN") => return Err(InvalidRule::Calendar),
            _ => return Ok(Read::Unknown),
        }
        Ok(Read::Known)
    }

    fn read_days(&mut self, value: &str) -> Option<()> {
        (self.weekdays, self.ordinals) = (0, Vec::new());
        for item in items(value) {
            let (number, name) = item.split_at_checked(item.len().checked_sub(2)?)?;
            let weekday = read_weekday(name)?;
            if number.is_empty() {
                self.weekdays |= 1 << weekday;
            } else {
                self.ordinals.push(Ordinal { number: signed(number, 53)?, weekday });
            }
        }
        self.ordinals.sort_unstable();
        self.ordinals.dedup();
        Some(())
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Read {
    Known,
    Unknown,
}

/// Some programs write the name of the property twice: `RRULE:RRULE:FREQ=...`.
fn without_prefix(text: &str) -> &str {
    let mut rest = text.trim();
    while let Some((name, value)) = rest.split_once(':') {
        if !name.eq_ignore_ascii_case("RRULE") && !name.eq_ignore_ascii_case("EXRULE") {
            break;
        }
        rest = value.trim_start();
    }
    rest
}

fn read_frequency(value: &str) -> Option<Frequency> {
    const NAMES: [(&str, Frequency); 7] = [
        ("WEEKLY", Frequency::Weekly),
        ("DAILY", Frequency::Daily),
        ("MONTHLY", Frequency::Monthly),
        ("YEARLY", Frequency::Yearly),
        ("HOURLY", Frequency::Hourly),
        ("MINUTELY", Frequency::Minutely),
        ("SECONDLY", Frequency::Secondly),
    ];
    NAMES.iter().find(|(name, _)| value.eq_ignore_ascii_case(name)).map(|(_, frequency)| *frequency)
}

fn read_interval(value: &str) -> Result<u32, InvalidRule> {
    // An interval beyond four thousand million seconds is one that never comes again in a calendar.
    let interval = u32::try_from(digits(value).ok_or(InvalidRule::Interval)?).unwrap_or(u32::MAX);
    if interval == 0 { Err(InvalidRule::Interval) } else { Ok(interval) }
}

fn read_count(value: &str) -> Result<u64, InvalidRule> {
    match digits(value) {
        None | Some(0) => Err(InvalidRule::Count),
        Some(count) => Ok(count),
    }
}

fn read_until(value: &str) -> Option<Until> {
    let (date, rest) = value.split_at_checked(8)?;
    let number = |text: &str, from: usize, to: usize| u32::try_from(digits(text.get(from..to)?)?).ok();
    let year = i32::try_from(number(date, 0, 4)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(date, 4, 6)?, number(date, 6, 8)?)?;
    if rest.is_empty() {
        return Some(Until::Date(date));
    }
    let time = rest.strip_prefix(['T', 't'])?;
    let (time, is_utc) = time.strip_suffix(['Z', 'z']).map_or((time, false), |time| (time, true));
    let (hour, minute) = (number(time, 0, 2)?, number(time, 2, 4)?);
    let second = if time.len() == 4 { 0 } else { number(time, 4, 6)?.min(59) };
    if time.len() > 6 {
        return None;
    }
    // Midnight at the end of the day is written as hour 24 by some.
    let time = if (hour, minute, second) == (24, 0, 0) {
        NaiveTime::from_hms_opt(23, 59, 59)?
    } else {
        NaiveTime::from_hms_opt(hour, minute, second)?
    };
    let until = NaiveDateTime::new(date, time);
    Some(if is_utc { Until::Utc(until.and_utc()) } else { Until::Local(until) })
}

fn read_weekday(name: &str) -> Option<u32> {
    let days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    u32::try_from(days.iter().position(|day| name.eq_ignore_ascii_case(day))?).ok()
}

/// The items of a list. Empty ones, such as a comma at the end leaves, are passed over.
fn items(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Digits only. More than fit are the greatest number there is.
fn digits(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(text.bytes().fold(0_u64, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))))
}

/// A number other than 0, up to a limit on both sides.
fn signed(text: &str, limit: i16) -> Option<i16> {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let number = i16::try_from(digits(text)?).ok().filter(|number| (1..=limit).contains(number))?;
    Some(if is_negative { -number } else { number })
}

/// A list of numbers as bits; `first` is bit 0.
fn set(value: &str, first: u64, last: u64) -> Option<u64> {
    items(value).try_fold(0, |set, item| {
        let number = digits(item.strip_prefix('+').unwrap_or(item))?;
        (first..=last).contains(&number).then(|| set | 1 << (number - first))
    })
}

fn narrow<T: TryFrom<u64>>(set: Option<u64>) -> Option<T> {
    set.and_then(|set| T::try_from(set).ok())
}

/// A list of numbers from both ends as bits.
fn both(value: &str, limit: i16) -> Option<FromBothEnds> {
    items(value).try_fold(FromBothEnds::default(), |mut set, item| {
        let number = signed(item, limit)?;
        let bit = 1 << (number.unsigned_abs() - 1);
        let side = if number > 0 { &mut set.first } else { &mut set.last };
        *side |= bit;
        Some(set)
    })
}

/// A list of days of the year, or of positions, in order.
fn list(value: &str) -> Option<Vec<i16>> {
    let mut list: Vec<i16> = items(value).map(|item| signed(item, 366)).collect::<Option<_>>()?;
    list.sort_unstable();
    list.dedup();
    Some(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(text: &str, plain: &str) {
        assert_eq!(Rule::parse(text), Rule::parse(plain));
        assert!(Rule::parse(text).is_ok(), "{text}");
    }

    /// Order, letter case, blanks, doubled prefixes, unknown parts and empty items make no difference.
    #[test]
    fn spellings_of_one_rule() {
        let plain = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU";
        same("RRULE:RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=SU", plain);
        same("wkst=su;byday=fr,mo;interval=2;freq=weekly", plain);
        same(" FREQ = WEEKLY ; INTERVAL=2;BYDAY=MO, FR,;;X-NOTE=1;junk;WKST=SU;RSCALE=gregorian", plain);
        same("FREQ=DAILY;FREQ=WEEKLY;BYDAY=TU;INTERVAL=2;BYDAY=MO,FR;WKST=SU", plain);
        same("FREQ=MONTHLY;BYMONTHDAY=+5", "FREQ=MONTHLY;BYMONTHDAY=5");
        assert_ne!(Rule::parse(plain), Rule::parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR"));
    }

    /// An end as a date, as a local time and in UTC.
    #[test]
    fn spellings_of_until() {
        let until = |text: &str| Rule::parse(&format!("FREQ=DAILY;UNTIL={text}")).map(|rule| rule.until);
        let day = NaiveDate::from_ymd_opt(2026, 3, 9).unwrap();
        let time = day.and_hms_opt(10, 30, 0).unwrap();
        assert_eq!(until("20260309"), Ok(Some(Until::Date(day))));
        assert_eq!(until("20260309T103000"), Ok(Some(Until::Local(time))));
        assert_eq!(until("20260309T103000Z"), Ok(Some(Until::Utc(time.and_utc()))));
        assert_eq!(until("20260309t1030z"), Ok(Some(Until::Utc(time.and_utc()))));
        assert_eq!(until("20260309T240000"), Ok(Some(Until::Local(day.and_hms_opt(23, 59, 59).unwrap()))));
        for wrong in
            ["", "2026", "20260230", "2026-03-09", "20260309T", "20260309T1030000", "20260309T250000Z", "ååååå"]
        {
            assert_eq!(until(wrong), Err(InvalidRule::Until), "{wrong}");
        }
    }

    /// What can never be worked out is an error that names the part.
    #[test]
    fn what_is_out_of_range() {
        let wrong = |part: &str| Rule::parse(&format!("FREQ=YEARLY;{part}")).unwrap_err();
        assert_eq!(Rule::parse(""), Err(InvalidRule::Frequency));
        assert_eq!(Rule::parse("BYDAY=MO"), Err(InvalidRule::Frequency));
        assert_eq!(Rule::parse("FREQ=FORTNIGHTLY"), Err(InvalidRule::Frequency));
        assert_eq!(wrong("INTERVAL=0"), InvalidRule::Interval);
        assert_eq!(wrong("INTERVAL=-1"), InvalidRule::Interval);
        assert_eq!(wrong("COUNT=0"), InvalidRule::Count);
        assert_eq!(wrong("COUNT=many"), InvalidRule::Count);
        for days in ["99MO", "0MO", "-54MO", "XX", "M", "1", "ÅÄ", "MO-1"] {
            assert_eq!(wrong(&format!("BYDAY={days}")), InvalidRule::Weekday("BYDAY"), "{days}");
        }
        for (name, numbers) in [
            ("BYSECOND", ["61", "-1", "x"]),
            ("BYMINUTE", ["60", "-1", "1.5"]),
            ("BYHOUR", ["24", "-1", "noon"]),
            ("BYMONTH", ["0", "13", "5L"]),
            ("BYMONTHDAY", ["0", "32", "-32"]),
            ("BYYEARDAY", ["0", "367", "-367"]),
            ("BYWEEKNO", ["0", "54", "-54"]),
            ("BYSETPOS", ["0", "367", "99999999999999999999"]),
        ] {
            for number in numbers {
                assert_eq!(wrong(&format!("{name}={number}")), InvalidRule::Number(name), "{name}={number}");
            }
        }
        assert_eq!(wrong("WKST=1MO"), InvalidRule::Weekday("WKST"));
        assert_eq!(wrong("RSCALE=HEBREW"), InvalidRule::Calendar);
    }

    /// Numbers that are too long to hold are as large as can be, not wrong.
    #[test]
    fn long_numbers() {
        let rule = Rule::parse("FREQ=DAILY;INTERVAL=99999999999;COUNT=99999999999999999999999").unwrap();
        assert_eq!((rule.interval, rule.count), (u32::MAX, Some(u64::MAX)));
    }

    /// Errors never repeat what was typed.
    #[test]
    fn errors_are_silent() {
        let secret = "CANARY";
        for text in
            [format!("FREQ={secret}"), format!("FREQ=DAILY;BYDAY={secret}"), format!("FREQ=DAILY;UNTIL={secret}")]
        {
            let error = Rule::parse(&text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains(secret));
        }
    }
}
