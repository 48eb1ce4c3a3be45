//! An item as iCalendar, for clients that want its content.

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};

use super::Shown;
use crate::{
    company::{Every, Sensitivity, ShowAs},
    zone::{Change, Rule, Zone},
};

/// A calendar with one event and its zone.
pub(super) fn calendar(shown: &Shown<'_>) -> String {
    let mut lines = vec!["BEGIN:VCALENDAR".to_owned(), "METHOD:PUBLISH".to_owned()];
    lines.push("PRODID:Simulated Exchange".to_owned());
    lines.push("VERSION:2.0".to_owned());
    zone(shown.item_zone(), shown.instance.start.year(), &mut lines);
    event(shown, &mut lines);
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn event(shown: &Shown<'_>, lines: &mut Vec<String>) {
    let item = shown.instance.item;
    let mut add = |name: &str, value: &str| lines.push(format!("{name}:{value}"));
    add("BEGIN", "VEVENT");
    add("UID", &shown.uid());
    add("SUMMARY", &escaped(&item.subject));
    for (name, time) in [("DTSTART", shown.instance.start), ("DTEND", shown.instance.end)] {
        let local = shown.item_zone().local(time);
        if item.all_day {
            add(&format!("{name};VALUE=DATE"), &local.format("%Y%m%d").to_string());
        } else {
            let zone = shown.item_zone().windows;
            add(&format!("{name};TZID={zone}"), &local.format("%Y%m%dT%H%M%S").to_string());
        }
    }
    add("DTSTAMP", &stamp(shown.changed()));
    if shown.instance.index == 0
        && let Some(repeat) = &item.repeat
    {
        let every = match repeat.every {
            Every::Day => "DAILY",
            Every::Week => "WEEKLY",
        };
        add("RRULE", &format!("FREQ={every};COUNT={};INTERVAL={}", repeat.count, repeat.interval.max(1)));
    }
    if !item.location.is_empty() {
        add("LOCATION", &escaped(&item.location));
    }
    if item.is_meeting() {
        let organizer = item.organizer.as_deref().unwrap_or(&shown.account.address);
        add("ORGANIZER", &format!("mailto:{organizer}"));
    }
    let class = match item.sensitivity {
        Sensitivity::Normal => "PUBLIC",
        Sensitivity::Personal => "PERSONAL",
        Sensitivity::Private => "PRIVATE",
        Sensitivity::Confidential => "CONFIDENTIAL",
    };
    add("CLASS", class);
    add("TRANSP", if item.show_as == ShowAs::Free { "TRANSPARENT" } else { "OPAQUE" });
    add("STATUS", if item.cancelled { "CANCELLED" } else { "CONFIRMED" });
    add("X-MICROSOFT-CDO-BUSYSTATUS", &item.show_as.text().to_uppercase());
    add("END", "VEVENT");
}

fn zone(zone: &Zone, year: i32, lines: &mut Vec<String>) {
    let rule = zone.rule(year);
    lines.push("BEGIN:VTIMEZONE".to_owned());
    lines.push(format!("TZID:{}", zone.windows));
    let summer = rule.daylight.map_or(rule.bias, |daylight| rule.bias + daylight.bias);
    part("STANDARD", summer, rule.bias, rule.daylight.map(|daylight| daylight.ends), lines);
    if let Rule { daylight: Some(daylight), .. } = rule {
        part("DAYLIGHT", rule.bias, summer, Some(daylight.starts), lines);
    }
    lines.push("END:VTIMEZONE".to_owned());
}

fn part(name: &str, from: i64, to: i64, change: Option<Change>, lines: &mut Vec<String>) {
    lines.push(format!("BEGIN:{name}"));
    let time = change.map_or_else(|| "000000".to_owned(), |change| change.time.format("%H%M%S").to_string());
    lines.push(format!("DTSTART:16010101T{time}"));
    lines.push(format!("TZOFFSETFROM:{}", offset(from)));
    lines.push(format!("TZOFFSETTO:{}", offset(to)));
    if let Some(change) = change {
        let week = if change.week == 5 { -1 } else { i64::from(change.week) };
        let day = weekday(change.weekday);
        lines.push(format!("RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY={week}{day};BYMONTH={}", change.month));
    }
    lines.push(format!("END:{name}"));
}

const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    }
}

fn offset(bias: i64) -> String {
    let sign = if bias > 0 { '-' } else { '+' };
    let east = TimeDelta::minutes(bias.abs());
    format!("{sign}{:02}{:02}", east.num_hours(), east.num_minutes() % 60)
}

fn stamp(time: DateTime<Utc>) -> String {
    time.format("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n").replace('\r', "")
}

/// A line of at most 75 bytes, and further ones that begin with a space.
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for character in line.chars() {
        length += character.len_utf8();
        if length > 75 {
            out.push_str("\r\n ");
            length = 1 + character.len_utf8();
        }
        out.push(character);
    }
    out + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let line = format!("SUMMARY:{}", "ä".repeat(60));
        let text = folded(&line);
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(text.replace("\r\n ", "").trim_end(), line);
    }

    #[test]
    fn offsets_are_written_with_their_sign() {
        assert_eq!([offset(-60), offset(210), offset(0), offset(-330)], ["+0100", "-0330", "+0000", "+0530"]);
    }
}
