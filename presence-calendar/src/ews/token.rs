//! The words and times of Exchange.
//!
//! Words are compared without blanks around them and without case. What is not understood is never read as "free" and
//! never as "everybody may see it".

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use presence_core::ShowAs;
use presence_core::calendar::{Importance, Sensitivity};

/// What a meeting says about its time; a word that is not known is busy.
pub(super) fn show_as(word: &[u8]) -> ShowAs {
    match word.trim_ascii() {
        word if is(word, "Free") => ShowAs::Free,
        word if is(word, "Tentative") => ShowAs::Tentative,
        word if is(word, "OOF") => ShowAs::OutOfOffice,
        word if is(word, "WorkingElsewhere") => ShowAs::WorkingElsewhere,
        word if is(word, "NoData") => ShowAs::NoData,
        _ => ShowAs::Busy,
    }
}

/// How sensitive a meeting is; a word that is not known is private.
pub(super) fn sensitivity(word: &[u8]) -> Sensitivity {
    match word.trim_ascii() {
        word if is(word, "Normal") => Sensitivity::Normal,
        word if is(word, "Personal") => Sensitivity::Personal,
        word if is(word, "Confidential") => Sensitivity::Confidential,
        _ => Sensitivity::Private,
    }
}

/// How important a meeting is; a word that is not known is normal.
pub(super) fn importance(word: &[u8]) -> Importance {
    match word.trim_ascii() {
        word if is(word, "High") => Importance::High,
        word if is(word, "Low") => Importance::Low,
        _ => Importance::Normal,
    }
}

/// Yes or no; `None` if it is neither.
pub(super) fn truth(word: &[u8]) -> Option<bool> {
    match word.trim_ascii() {
        b"1" => Some(true),
        b"0" => Some(false),
        word if is(word, "true") => Some(true),
        word if is(word, "false") => Some(false),
        _ => None,
    }
}

/// Text; what is not UTF-8 in it is replaced.
pub(super) fn words(text: &[u8]) -> Cow<'_, str> {
    // Most of it is UTF-8, and to check that is quicker than to look for what is not.
    std::str::from_utf8(text).map_or_else(|_| String::from_utf8_lossy(text), Cow::Borrowed)
}

/// A whole number.
pub(super) fn number(word: &[u8]) -> Option<i32> {
    std::str::from_utf8(word.trim_ascii()).ok()?.parse().ok()
}

pub(super) fn is(word: &[u8], known: &str) -> bool {
    word.eq_ignore_ascii_case(known.as_bytes())
}

/// `2026-03-02T07:00:00`, with or without a fraction and an offset. Without an offset it is UTC, for that is the zone in
/// which everything is asked for.
pub(super) fn time(text: &[u8]) -> Option<DateTime<Utc>> {
    let text = text.trim_ascii();
    let (date_time, rest) = text.split_at_checked(19)?;
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't', h1, h2, b':', n1, n2, b':', s1, s2] = date_time
    else {
        return None;
    };
    let date =
        NaiveDate::from_ymd_opt(i32::try_from(two(y1, y2)? * 100 + two(y3, y4)?).ok()?, two(m1, m2)?, two(d1, d2)?)?;
    // 24:00 is the end of the day, and a leap second is the last one of its minute.
    let (hours, minutes, seconds) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    if hours > 24 || minutes > 59 || seconds > 60 || hours == 24 && (minutes > 0 || seconds > 0) {
        return None;
    }
    let midnight = date.and_time(NaiveTime::MIN).and_utc().timestamp();
    let (nanoseconds, zone) = fraction(rest)?;
    let time = midnight + i64::from(hours * 3_600 + minutes * 60 + seconds.min(59)) - i64::from(offset(zone)?);
    DateTime::from_timestamp(time, nanoseconds)
}

/// `02:00:00`
pub(super) fn clock(text: &[u8]) -> Option<NaiveTime> {
    let &[h1, h2, b':', n1, n2, b':', s1, s2] = text.trim_ascii() else { return None };
    NaiveTime::from_hms_opt(two(h1, h2)?, two(n1, n2)?, two(s1, s2)?)
}

/// The digits of a fraction as nanoseconds, and what comes after them.
fn fraction(rest: &[u8]) -> Option<(u32, &[u8])> {
    let Some(digits) = rest.strip_prefix(b".") else { return Some((0, rest)) };
    let length = digits.iter().position(|b| !b.is_ascii_digit()).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at_checked(length)?;
    let filled = digits.iter().chain(std::iter::repeat(&b'0')).take(9);
    let nanoseconds = filled.fold(0, |sum: u32, b| sum * 10 + u32::from(b - b'0'));
    (length > 0).then_some((nanoseconds, rest))
}

/// Seconds that a clock is ahead of UTC.
fn offset(zone: &[u8]) -> Option<i32> {
    match zone {
        b"" | b"Z" | b"z" => Some(0),
        &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let seconds = i32::try_from(two(h1, h2)? * 3_600 + two(m1, m2)? * 60).ok()?;
            (seconds <= 50_400).then_some(if sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        time(text.as_bytes()).map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
    }

    #[test]
    fn times_with_and_without_an_offset() {
        let cases = [
            ("2026-03-02T07:00:00", Some("2026-03-02T07:00:00Z")),
            (" 2026-03-02T07:00:00Z\n", Some("2026-03-02T07:00:00Z")),
            ("2026-03-02T07:00:00+01:00", Some("2026-03-02T06:00:00Z")),
            ("2026-03-02T07:00:00.5-03:30", Some("2026-03-02T10:30:00.500Z")),
            ("2026-03-02T07:00:00.1234567Z", Some("2026-03-02T07:00:00.123456700Z")),
            ("2026-12-31T24:00:00", Some("2027-01-01T00:00:00Z")),
            ("2016-12-31T23:59:60Z", Some("2016-12-31T23:59:59Z")),
            ("0001-01-01T00:00:00", Some("0001-01-01T00:00:00Z")),
            ("2026-02-30T07:00:00", None),
            ("2026-03-02T25:00:00", None),
            ("2026-03-02T24:00:01", None),
            ("2026-03-02T07:60:00", None),
            ("2026-03-02T07:00:61", None),
            ("2026-03-02T07:00:00.", None),
            ("2026-03-02T07:00:00+15:00", None),
            ("2026-03-02T07:00:00 UTC", None),
            ("2026-03-02 07:00:00", None),
            ("2026-03-02", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text).as_deref(), expected, "{text}");
        }
    }

    /// S0.14, S0.15, S0.16: the words of Exchange, however they are written.
    #[test]
    fn words_for_the_time() {
        let words = [
            ("Free", ShowAs::Free),
            ("\n tentative ", ShowAs::Tentative),
            ("BUSY", ShowAs::Busy),
            ("OOF", ShowAs::OutOfOffice),
            ("oof", ShowAs::OutOfOffice),
            ("WorkingElsewhere", ShowAs::WorkingElsewhere),
            ("NoData", ShowAs::NoData),
            ("", ShowAs::Busy),
            ("Gone fishing", ShowAs::Busy),
        ];
        for (word, expected) in words {
            assert_eq!(show_as(word.as_bytes()), expected, "{word}");
        }
    }

    /// S0.10, S0.11, S0.12: importance; and what is not understood is private.
    #[test]
    fn words_for_importance_and_sensitivity() {
        assert_eq!([&b"Low"[..], b" high", b"normal", b"urgent"].map(importance), {
            [Importance::Low, Importance::High, Importance::Normal, Importance::Normal]
        });
        assert_eq!([&b"Normal"[..], b"personal", b"Private ", b"CONFIDENTIAL", b"", b"Secret"].map(sensitivity), {
            use Sensitivity::{Confidential, Normal, Personal, Private};
            [Normal, Personal, Private, Confidential, Private, Private]
        });
        assert_eq!([clock(b" 02:00:00 "), clock(b"24:00:00"), clock(b"2:00"), clock(b"")], {
            [NaiveTime::from_hms_opt(2, 0, 0), None, None, None]
        });
        assert_eq!([&b"true"[..], b" False ", b"1", b"0", b"yes", b""].map(truth), {
            [Some(true), Some(false), Some(true), Some(false), None, None]
        });
    }
}
