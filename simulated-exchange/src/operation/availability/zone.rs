//! The zone of a question about free/busy: its rules, not its name.

use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc, Weekday};

use crate::{
    xml::{Element, Node, t},
    zone::{Change, Daylight, Rule},
};

/// Reads the rules. All of its elements are required, but a change that is none has a month of 0 or no distance.
pub(super) fn read(node: &Node) -> Option<Rule> {
    let bias: i64 = node.child("Bias")?.text().parse().ok()?;
    let (standard, daylight) = (part(node.child("StandardTime")?)?, part(node.child("DaylightTime")?)?);
    let (Some(ends), Some(starts)) = (standard.1, daylight.1) else { return Some(Rule { bias, daylight: None }) };
    let distance = daylight.0 - standard.0;
    let bias = bias + standard.0;
    Some(Rule { bias, daylight: (distance != 0).then_some(Daylight { bias: distance, starts, ends }) })
}

fn part(node: &Node) -> Option<(i64, Option<Change>)> {
    let number = |name: &str| node.child(name)?.text().parse::<u32>().ok();
    let bias = node.child("Bias")?.text().parse().ok()?;
    let time: NaiveTime = node.child("Time")?.text().parse().ok()?;
    let (week, month) = (number("DayOrder")?, number("Month")?);
    if month == 0 {
        return Some((bias, None));
    }
    let weekday: Weekday = node.child("DayOfWeek")?.text().parse().ok()?;
    Some((bias, Some(Change { month, week, weekday, time })))
}

/// Reads a time with an offset, or one in the zone of the question.
pub(super) fn instant(text: &str, rule: &Rule) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    text.parse().map(|local: NaiveDateTime| rule.instant(local)).ok()
}

/// Writes a time in the zone of the question, with its offset if wanted.
pub(super) fn written(time: DateTime<Utc>, rule: &Rule, offsets: bool) -> String {
    let local = rule.local(time);
    let text = local.format("%Y-%m-%dT%H:%M:%S").to_string();
    if !offsets {
        return text;
    }
    let east = (local - time.naive_utc()).num_minutes();
    let sign = if east < 0 { '-' } else { '+' };
    format!("{text}{sign}{:02}:{:02}", east.abs() / 60, east.abs() % 60)
}

/// Writes the rules of a mailbox's own zone.
pub(super) fn element(rule: &Rule) -> Element {
    let number = |name: &str, number: i64| t(name).text(number.to_string());
    let part = |name: &str, bias: i64, change: Option<Change>| {
        let (order, month) = change.map_or((0, 0), |change| (i64::from(change.week), i64::from(change.month)));
        let time = change.map_or(NaiveTime::MIN, |change| change.time);
        t(name)
            .put(number("Bias", bias))
            .put(t("Time").text(time.format("%H:%M:%S").to_string()))
            .put(number("DayOrder", order))
            .put(number("Month", month))
            .put(t("DayOfWeek").text(day_name(change.map_or(Weekday::Sun, |change| change.weekday))))
    };
    let (summer, starts, ends) = rule.daylight.map_or((0, None, None), |d| (d.bias, Some(d.starts), Some(d.ends)));
    t("TimeZone").put(number("Bias", rule.bias)).put(part("StandardTime", 0, ends)).put(part(
        "DaylightTime",
        summer,
        starts,
    ))
}

/// A weekday as EWS spells it.
pub(in crate::operation) const fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone;

    #[test]
    fn the_rules_that_are_written_are_read_back() {
        for zone in zone::ZONES {
            let rule = zone.rule(2026);
            let mut text = String::new();
            element(&rule).render(&mut text);
            assert_eq!(read(&Node::parse(&text).unwrap()), Some(rule), "{}", zone.windows);
        }
    }

    #[test]
    fn times_are_naive_in_the_zone_of_the_question() {
        let rule = zone::named("W. Europe Standard Time").unwrap().rule(2026);
        let time = instant("2026-07-01T10:00:00", &rule).unwrap();
        assert_eq!(time, instant("2026-07-01T08:00:00Z", &rule).unwrap());
        assert_eq!(written(time, &rule, false), "2026-07-01T10:00:00");
        assert_eq!(written(time, &rule, true), "2026-07-01T10:00:00+02:00");
        assert_eq!(written(time, &Rule::UTC, true), "2026-07-01T08:00:00+00:00");
    }
}
