//! Values: dates and times, lengths, texts.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use memchr::memchr;

use super::zones::{MAILBOX, UTC};

/// No length is longer, in days: a hundred years.
const LONGEST: i64 = 36_525;
const DAY: i64 = 86_400;

/// A date or a time as it is written, and the zone in which it is meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct When {
    /// Of a date midnight.
    pub(super) local: NaiveDateTime,
    /// Which of the zones of the file.
    pub(super) zone: u32,
    pub(super) is_date: bool,
}

/// How long something takes: days by the calendar, and seconds by the clock on the wall of physics.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Length {
    pub(super) days: i64,
    pub(super) seconds: i64,
}

/// A value of type DATE or DATE-TIME.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Written {
    pub(super) date: NaiveDate,
    pub(super) time: Option<NaiveTime>,
    pub(super) is_utc: bool,
}

impl Written {
    /// `20260129`, `20260129T124500` or `20260129T124500Z`; blanks around it do not matter.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii();
        let (date, rest) = text.split_at_checked(8)?;
        let number = digits(date)?;
        let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
        let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        if rest.is_empty() {
            return Some(Self { date, time: None, is_utc: false });
        }
        let (clock, zone) = rest.split_at_checked(7)?;
        let [b'T' | b't', clock @ ..] = clock else { return None };
        let number = digits(clock)?;
        // Some write midnight at the end of a day so.
        if number == 240_000 {
            let is_utc = matches!(zone, b"Z" | b"z");
            let whole = Self { date: date.succ_opt()?, time: Some(NaiveTime::MIN), is_utc };
            return (is_utc || zone.is_empty()).then_some(whole);
        }
        // A leap second is the second before it.
        let (hour, minute, second) = (number / 10_000, number / 100 % 100, (number % 100).min(60));
        let time = NaiveTime::from_hms_opt(hour, minute, if second == 60 { 59 } else { second })?;
        let is_utc = matches!(zone, b"Z" | b"z");
        (is_utc || zone.is_empty()).then_some(Self { date, time: Some(time), is_utc })
    }

    /// In the zone with this number, unless it is UTC or a date.
    pub(super) fn at(self, zone: u32) -> When {
        match self.time {
            None => When::date(self.date),
            Some(time) => {
                When { local: self.date.and_time(time), zone: if self.is_utc { UTC } else { zone }, is_date: false }
            }
        }
    }
}

impl When {
    /// A whole day. It is meant in the zone of the mailbox.
    pub(super) const fn date(date: NaiveDate) -> Self {
        Self { local: date.and_time(NaiveTime::MIN), zone: MAILBOX, is_date: true }
    }

    pub(super) fn is_midnight(&self) -> bool {
        self.local.time() == NaiveTime::MIN
    }
}

impl Length {
    pub(super) const fn days(days: i64) -> Self {
        Self { days, seconds: 0 }
    }

    pub(super) const fn seconds(seconds: i64) -> Self {
        Self { days: 0, seconds }
    }

    /// `PT15M`, `P1D`, `-P2W`; `P1DT12H`. Weeks and days go by the calendar.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let text = text.trim_ascii();
        let (is_negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let [b'P' | b'p', text @ ..] = text else { return None };
        let (mut length, mut number, mut is_time, mut parts) = (Self::default(), None, false, 0);
        for byte in text {
            if byte.is_ascii_digit() {
                let before: i64 = number.unwrap_or(0);
                number = Some(before.saturating_mul(10).saturating_add(i64::from(byte - b'0')));
                continue;
            }
            if matches!(byte, b'T' | b't') && number.is_none() {
                is_time = true;
                continue;
            }
            let count = number.take()?;
            parts += 1;
            let (days, seconds) = match (byte.to_ascii_uppercase(), is_time) {
                (b'W', false) => (7, 0),
                (b'D', false) => (1, 0),
                (b'H', true) => (0, 3600),
                (b'M', true) => (0, 60),
                (b'S', true) => (0, 1),
                _ => return None,
            };
            length.days = length.days.saturating_add(count.saturating_mul(days));
            length.seconds = length.seconds.saturating_add(count.saturating_mul(seconds));
        }
        let is_sound = parts > 0 && number.is_none() && length.days <= LONGEST && length.seconds <= LONGEST * DAY;
        let sign = if is_negative { -1 } else { 1 };
        is_sound.then_some(Self { days: sign * length.days, seconds: sign * length.seconds })
    }
}

/// The number of up to nine digits.
pub(super) fn digits(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 9 {
        return None;
    }
    text.iter().try_fold(0, |number: u32, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| number * 10 + u32::from(digit))
    })
}

/// Seconds ahead of UTC: `+0100`, `-0430`, `+005328`.
pub(super) fn offset(text: &[u8]) -> Option<i32> {
    let (sign, text) = match text.trim_ascii() {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] => (1, rest),
        rest => (1, rest),
    };
    let number = i32::try_from(digits(text)?).ok()?;
    let (hours, minutes, seconds) = match text.len() {
        2 => (number, 0, 0),
        4 => (number / 100, number % 100, 0),
        6 => (number / 10_000, number / 100 % 100, number % 100),
        _ => return None,
    };
    (hours < 24 && minutes < 60 && seconds < 60).then_some(sign * (hours * 3600 + minutes * 60 + seconds))
}

/// Adds a TEXT value to `target`. What is no UTF-8 becomes U+FFFD.
pub(super) fn push_text(target: &mut String, value: &[u8]) {
    push_unescaped(target, value, b'\\', |sign| match sign {
        b'n' | b'N' => Some("\n"),
        b',' => Some(","),
        b';' => Some(";"),
        b'\\' => Some("\\"),
        b':' => Some(":"),
        b'"' => Some("\""),
        _ => None,
    });
}

/// Adds the value of a parameter to `target` (RFC 6868).
pub(super) fn push_param(target: &mut String, value: &[u8]) {
    push_unescaped(target, value, b'^', |sign| match sign {
        b'n' | b'N' => Some("\n"),
        b'^' => Some("^"),
        b'\'' => Some("\""),
        _ => None,
    });
}

fn push_unescaped(target: &mut String, value: &[u8], mark: u8, meant: impl Fn(u8) -> Option<&'static str>) {
    let mut rest = value;
    while let Some(at) = memchr(mark, rest) {
        let (plain, escaped) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        push_decoded(target, plain);
        if let Some(text) = escaped.get(1).and_then(|sign| meant(*sign)) {
            target.push_str(text);
            rest = escaped.get(2..).unwrap_or_default();
        } else {
            // A mark that escapes nothing stands for itself.
            target.push(char::from(mark));
            rest = escaped.get(1..).unwrap_or_default();
        }
    }
    push_decoded(target, rest);
}

fn push_decoded(target: &mut String, bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        target.push_str(text);
        return;
    }
    for chunk in bytes.utf8_chunks() {
        target.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            target.push(char::REPLACEMENT_CHARACTER);
        }
    }
}
