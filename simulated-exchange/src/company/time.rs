//! Times as a person writes them into a file.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use crate::zone::{self, Zone};

/// A time was not understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadTime {
    /// Not one of the forms.
    #[error("a time is not `today+1 09:00`, `2026-11-20 09:00` or `2026-11-20T09:00:00Z`")]
    Form,
    /// A zone that is in no table.
    #[error("a zone is not known: use a Windows name such as `W. Europe Standard Time`, or an IANA name")]
    Zone,
}

/// Reads one of the forms. A date alone is its midnight.
pub(crate) fn read(text: &str, zone: &str, today: NaiveDate) -> Result<DateTime<Utc>, BadTime> {
    let zone = zone::named(zone).ok_or(BadTime::Zone)?;
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.with_timezone(&Utc));
    }
    let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
    Ok(at(zone, day(date, today)?.and_time(time_of_day(time)?)))
}

/// Reads `08:00`.
pub(crate) fn time_of_day(text: &str) -> Result<NaiveTime, BadTime> {
    let formats = ["%H:%M", "%H:%M:%S"];
    formats.iter().find_map(|format| NaiveTime::parse_from_str(text.trim(), format).ok()).ok_or(BadTime::Form)
}

fn day(text: &str, today: NaiveDate) -> Result<NaiveDate, BadTime> {
    let Some(rest) = text.strip_prefix("today") else { return text.parse().map_err(|_| BadTime::Form) };
    if rest.is_empty() {
        return Ok(today);
    }
    let days: i64 = rest.parse().map_err(|_| BadTime::Form)?;
    let distance = Days::new(days.unsigned_abs());
    let day = if days < 0 { today.checked_sub_days(distance) } else { today.checked_add_days(distance) };
    day.ok_or(BadTime::Form)
}

fn at(zone: &Zone, local: NaiveDateTime) -> DateTime<Utc> {
    zone.instant(local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let today = "2026-11-20".parse().unwrap();
        for (text, expected) in [
            ("today 09:00", "2026-11-20T08:00:00Z"),
            ("today+1 09:00:30", "2026-11-21T08:00:30Z"),
            ("today-7", "2026-11-12T23:00:00Z"),
            ("2026-07-01T09:00", "2026-07-01T07:00:00Z"),
            ("2026-07-01", "2026-06-30T22:00:00Z"),
            ("2026-11-20T09:00:00+05:30", "2026-11-20T03:30:00Z"),
        ] {
            let expected: DateTime<Utc> = expected.parse().unwrap();
            assert_eq!(read(text, "W. Europe Standard Time", today).unwrap(), expected, "{text}");
            assert_eq!(read(text, "Europe/Berlin", today).unwrap(), expected, "{text}");
        }
        for text in ["", "tomorrow", "today+x 09:00", "today 25:00", "today+99999999999", "20.11.2026"] {
            assert!(matches!(read(text, "UTC", today), Err(BadTime::Form)), "{text}");
        }
        assert!(matches!(read("today", "Nowhere", today), Err(BadTime::Zone)));
    }
}
