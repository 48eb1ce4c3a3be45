//! Times as documents write them: with or without a fraction, and in UTC where they name no zone.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta, Utc};

/// A time: `2026-03-05T09:15:02.117`, with `Z`, an offset, or nothing, which is UTC.
pub(super) fn read_time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim().as_bytes();
    let (date, rest) = text.split_at_checked(10)?;
    let ([b'T' | b't' | b' '], rest) = rest.split_at_checked(1)? else { return None };
    let (clock, rest) = rest.split_at_checked(8)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else { return None };
    let [h1, h2, b':', n1, n2, b':', s1, s2] = clock else { return None };
    let year = pair(*y1, *y2)? * 100 + pair(*y3, *y4)?;
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, pair(*m1, *m2)?, pair(*d1, *d2)?)?;
    let (nanoseconds, rest) = fraction(rest)?;
    // A leap second is the last one of its minute.
    let second = pair(*s1, *s2)?;
    let second = if second == 60 { 59 } else { second };
    let local = day.and_hms_nano_opt(pair(*h1, *h2)?, pair(*n1, *n2)?, second, nanoseconds)?;
    shifted(local, offset(rest)?)
}

/// A time as it is written: in UTC, to the millisecond.
pub(super) fn write_time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn shifted(local: NaiveDateTime, minutes: i64) -> Option<DateTime<Utc>> {
    Some(local.checked_sub_signed(TimeDelta::minutes(minutes))?.and_utc())
}

/// The nanoseconds, and what follows them. More than nine digits are cut.
fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some(digits) = text.strip_prefix(b".") else { return Some((0, text)) };
    let length = digits.iter().take_while(|digit| digit.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at_checked(length).filter(|_| length > 0)?;
    let nine = digits.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    Some((nine.fold(0, |number, digit| number * 10 + u32::from(digit - b'0')), rest))
}

/// The minutes that local time is ahead of UTC.
fn offset(text: &[u8]) -> Option<i64> {
    match text {
        b"" | b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let minutes = i64::from(pair(*h1, *h2)?) * 60 + i64::from(pair(*m1, *m2)?);
            (minutes <= 14 * 60).then_some(if *sign == b'-' { -minutes } else { minutes })
        }
        _ => None,
    }
}

fn pair(tens: u8, ones: u8) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_a_zone_is_utc() {
        let cases = [
            ("2026-03-05T09:15:02", "2026-03-05T09:15:02.000Z"),
            ("2026-03-05T09:15:02.117", "2026-03-05T09:15:02.117Z"),
            (" 2026-03-05t09:15:02.1179999999999z ", "2026-03-05T09:15:02.117Z"),
            ("2026-03-05T09:15:02+01:00", "2026-03-05T08:15:02.000Z"),
            ("2026-03-05T00:15:02.5-05:30", "2026-03-05T05:45:02.500Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"),
        ];
        for (text, time) in cases {
            assert_eq!(read_time(text).map(write_time).as_deref(), Some(time), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        let texts = [
            "",
            "2026-03-05",
            "2026-02-30T09:15:02",
            "2026-03-05T24:15:02",
            "2026-03-05T09:15",
            "2026-03-05T09:15:02.",
            "2026-03-05T09:15:02+1",
            "2026-03-05T09:15:02+15:00",
            "2026-03-05T09:15:02ZZ",
            "+026-03-05T09:15:02",
            "2026-03-0ö09:15:02Z",
            "9999-99-99T99:99:99",
        ];
        for text in texts {
            assert_eq!(read_time(text), None, "{text}");
        }
    }

    /// What is written is what chrono reads.
    #[test]
    fn times_agree_with_chrono() {
        for text in ["1970-01-01T00:00:00Z", "2024-02-29T23:59:59.999+14:00", "9999-12-31T23:59:59Z"] {
            assert_eq!(read_time(text), text.parse().ok(), "{text}");
        }
    }
}
