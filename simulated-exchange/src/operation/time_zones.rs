//! `GetServerTimeZones`.

use chrono::Timelike;

use super::{Question, availability::day_name};
use crate::{
    behaviour::Manner,
    soap::messages,
    xml::{Element, m, t},
    zone::{Change, ZONES, Zone, named},
};

/// The rules of all years are those of this one.
const YEAR: i32 = 2026;

pub(super) fn answer(manner: &Manner, question: &Question<'_>) -> Element {
    let body = question.body();
    let ids = body.inside("Ids");
    let is_full = body.attribute("ReturnFullTimeZoneData").is_none_or(|value| value != "false");
    let zones: Vec<_> =
        if ids.is_empty() { ZONES.iter().collect() } else { ids.iter().filter_map(|id| named(id.text())).collect() };
    let definitions = zones.into_iter().map(|zone| definition(zone, is_full));
    let definitions = m("TimeZoneDefinitions").put_all(definitions);
    messages("GetServerTimeZones", vec![Ok(vec![definitions])], manner)
}

fn definition(zone: &Zone, is_full: bool) -> Element {
    let definition = t("TimeZoneDefinition").with("Id", zone.windows).with("Name", zone.display);
    if !is_full {
        return definition;
    }
    let rule = zone.rule(YEAR);
    let standard = format!("trule:Microsoft/Registry/{}/{YEAR}-Standard", zone.windows);
    let summer = format!("trule:Microsoft/Registry/{}/{YEAR}-Daylight", zone.windows);
    let mut periods = t("Periods").put(period(&standard, "Standard", rule.bias));
    let group = t("TransitionsGroup").with("Id", "0");
    let group = match rule.daylight {
        None => group.put(t("Transition").put(to("Period", &standard))),
        Some(daylight) => {
            periods = periods.put(period(&summer, "Daylight", rule.bias + daylight.bias));
            group.put(recurring(daylight.starts, &summer)).put(recurring(daylight.ends, &standard))
        }
    };
    definition
        .put(periods)
        .put(t("TransitionsGroups").put(group))
        .put(t("Transitions").put(t("Transition").put(to("Group", "0"))))
}

fn period(id: &str, name: &str, bias: i64) -> Element {
    t("Period").with("Bias", length(bias)).with("Name", name).with("Id", id)
}

fn to(kind: &str, id: &str) -> Element {
    t("To").with("Kind", kind).text(id)
}

fn recurring(change: Change, period: &str) -> Element {
    let occurrence = if change.week == 5 { -1 } else { i64::from(change.week) };
    t("RecurringDayTransition")
        .put(to("Period", period))
        .put(t("TimeOffset").text(length(i64::from(change.time.num_seconds_from_midnight() / 60))))
        .put(t("Month").text(change.month.to_string()))
        .put(t("DayOfWeek").text(day_name(change.weekday)))
        .put(t("Occurrence").text(occurrence.to_string()))
}

/// A length of time as XML writes it.
fn length(minutes: i64) -> String {
    let sign = if minutes < 0 { "-" } else { "" };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    let text = format!("{}{}", part(hours, 'H'), part(minutes, 'M'));
    if text.is_empty() { "PT0S".to_owned() } else { format!("{sign}PT{text}") }
}

fn part(number: i64, unit: char) -> String {
    if number == 0 { String::new() } else { format!("{number}{unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_written_with_hours_and_minutes() {
        assert_eq!(
            [length(-60), length(210), length(0), length(-330), length(45)],
            ["-PT1H", "PT3H30M", "PT0S", "-PT5H30M", "PT45M"]
        );
    }
}
