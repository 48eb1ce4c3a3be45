//! Working hours, as free/busy tells them.

use std::sync::Arc;

use chrono::{NaiveTime, Weekday};

use super::super::token;
use super::super::xml::{BrokenXml, Raw, XmlReader};
use crate::zone::{Transition, Weekdays, WorkingPeriod, WorkingWeek, Zone, ZoneRules};

/// More periods than this are passed by.
const MOST_PERIODS: usize = 64;

/// The working hours that were read last. In a company most people have the same ones: then they are read once, and share
/// the rules of their zone.
#[derive(Default)]
pub(super) struct Last<'a>(Option<(Raw<'a>, Option<WorkingWeek>)>);

impl<'a> Last<'a> {
    /// Reads `WorkingHours`.
    pub(super) fn read(&mut self, reader: &mut XmlReader<'a>) -> Result<Option<WorkingWeek>, BrokenXml> {
        let raw = reader.raw()?;
        if let Some((_, week)) = self.0.as_ref().filter(|(last, _)| last.is_like(raw)) {
            return Ok(week.clone());
        }
        let week = read(&mut raw.reader())?;
        self.0 = Some((raw, week.clone()));
        Ok(week)
    }
}

/// Reads what is in `WorkingHours`; `None` when zone or periods are missing or cannot be read.
fn read(reader: &mut XmlReader<'_>) -> Result<Option<WorkingWeek>, BrokenXml> {
    let (mut rules, mut periods) = (None, None);
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"TimeZone" => rules = zone(reader)?,
            b"WorkingPeriodArray" => periods = read_periods(reader)?,
            _ => reader.skip()?,
        }
    }
    let week = |(rules, periods)| WorkingWeek::new(Zone::Rules(Arc::new(rules)), periods);
    Ok(rules.zip(periods).map(week))
}

fn zone(reader: &mut XmlReader<'_>) -> Result<Option<ZoneRules>, BrokenXml> {
    let (mut bias, mut standard, mut daylight) = (None, None, None);
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"Bias" => bias = token::number(&reader.text()?),
            b"StandardTime" => standard = transition(reader)?,
            b"DaylightTime" => daylight = transition(reader)?,
            _ => reader.skip()?,
        }
    }
    let parts = || Some((bias?, standard?, daylight?));
    Ok(parts().and_then(|(bias, standard, daylight)| ZoneRules::windows(bias, standard, daylight)))
}

fn transition(reader: &mut XmlReader<'_>) -> Result<Option<Transition>, BrokenXml> {
    let (mut bias, mut month, mut order) = (None, None, None);
    let (mut day, mut time) = (Weekday::Sun, NaiveTime::MIN);
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"Bias" => bias = token::number(&reader.text()?),
            b"Month" => month = token::number(&reader.text()?).and_then(|month| month.try_into().ok()),
            b"DayOrder" => order = token::number(&reader.text()?).and_then(|order| order.try_into().ok()),
            b"DayOfWeek" => day = weekday(reader.text()?.trim_ascii()).unwrap_or(day),
            b"Time" => time = token::clock(&reader.text()?).unwrap_or(time),
            _ => reader.skip()?,
        }
    }
    Ok(bias.map(|bias| Transition::new(bias, month.unwrap_or(0), order.unwrap_or(0), day, time)))
}

fn read_periods(reader: &mut XmlReader<'_>) -> Result<Option<Vec<WorkingPeriod>>, BrokenXml> {
    let mut periods = Vec::with_capacity(1);
    let mut is_complete = true;
    while let Some(tag) = reader.child()? {
        if tag.name != b"WorkingPeriod" || periods.len() == MOST_PERIODS {
            reader.skip()?;
            continue;
        }
        match period(reader)? {
            Some(period) => periods.push(period),
            None => is_complete = false,
        }
    }
    // Half of the hours would make the other half look like leisure.
    Ok(is_complete.then_some(periods))
}

fn period(reader: &mut XmlReader<'_>) -> Result<Option<WorkingPeriod>, BrokenXml> {
    let (mut on, mut starts, mut ends) = (None, None, None);
    while let Some(tag) = reader.child()? {
        match tag.name {
            b"DayOfWeek" => on = days(&reader.text()?),
            b"StartTimeInMinutes" => starts = minute(&reader.text()?),
            b"EndTimeInMinutes" => ends = minute(&reader.text()?),
            _ => reader.skip()?,
        }
    }
    let parts = || Some(WorkingPeriod::new(on?, starts?, ends?));
    Ok(parts())
}

fn minute(text: &[u8]) -> Option<u32> {
    token::number(text).and_then(|minute| u32::try_from(minute).ok()).filter(|minute| *minute <= 1_440)
}

/// A list of days, with any blanks between them; `None` when one of them is not known.
fn days(text: &[u8]) -> Option<Weekdays> {
    let words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.map(days_of).try_fold(Weekdays::default(), |all, days| Some(all.and(days?)))
}

fn days_of(word: &[u8]) -> Option<Weekdays> {
    match word {
        word if token::is(word, "Day") => Some(Weekdays::ALL),
        word if token::is(word, "Weekday") => Some(Weekdays::WORKING),
        word if token::is(word, "WeekendDay") => Some(Weekdays::WEEKEND),
        word => weekday(word).map(|day| Weekdays::of(&[day])),
    }
}

fn weekday(word: &[u8]) -> Option<Weekday> {
    const DAYS: [(&str, Weekday); 7] = [
        ("Monday", Weekday::Mon),
        ("Tuesday", Weekday::Tue),
        ("Wednesday", Weekday::Wed),
        ("Thursday", Weekday::Thu),
        ("Friday", Weekday::Fri),
        ("Saturday", Weekday::Sat),
        ("Sunday", Weekday::Sun),
    ];
    DAYS.iter().find(|(name, _)| token::is(word, name)).map(|(_, day)| *day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use presence_core::Span;

    const STOCKHOLM: &str = "<t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time>\
        <t:DayOrder>5</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime>\
        <t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>\
        <t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>";

    fn week(inner: &str) -> Option<WorkingWeek> {
        let text = format!("<t:WorkingHours>{inner}</t:WorkingHours>");
        let mut reader = XmlReader::new(text.as_bytes()).unwrap();
        reader.root().unwrap();
        Last::default().read(&mut reader).unwrap()
    }

    fn period(days: &str, start: &str, end: &str) -> String {
        format!(
            "<t:WorkingPeriod><t:DayOfWeek>{days}</t:DayOfWeek><t:StartTimeInMinutes>{start}</t:StartTimeInMinutes>\
             <t:EndTimeInMinutes>{end}</t:EndTimeInMinutes></t:WorkingPeriod>"
        )
    }

    fn array(periods: &[String]) -> String {
        format!("<t:WorkingPeriodArray>{}</t:WorkingPeriodArray>", periods.concat())
    }

    fn span(start: &str, end: &str) -> Span {
        Span::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    /// S3.6: hours by weekday, in their zone, across the change of the clock.
    #[test]
    fn hours_follow_the_clock_of_their_zone() {
        let periods = [period("Monday Tuesday\r\n Wednesday\tThursday Friday", "480", "1020")];
        let hours = week(&(STOCKHOLM.to_owned() + &array(&periods)))
            .unwrap()
            .hours(span("2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z"))
            .unwrap();
        let friday = span("2026-03-27T07:00:00Z", "2026-03-27T16:00:00Z");
        let monday = span("2026-03-30T06:00:00Z", "2026-03-30T15:00:00Z");
        assert_eq!(hours.spans(), [friday, monday]);
    }

    /// S3.6: what is written alike is read once; what differs is not taken for it.
    #[test]
    fn hours_of_many_share_a_zone() {
        let hours = |days: &str| format!("<h>{STOCKHOLM}{}</h>", array(&[period(days, "480", "1020")]));
        let text = format!("<all>{}{}{}</all>", hours("Monday"), hours("Monday"), hours("Friday"));
        let mut reader = XmlReader::new(text.as_bytes()).unwrap();
        reader.root().unwrap();
        let (mut last, mut weeks) = (Last::default(), Vec::new());
        while reader.child().unwrap().is_some() {
            weeks.push(last.read(&mut reader).unwrap().unwrap());
        }
        let zones =
            weeks.iter().filter_map(|week| if let Zone::Rules(rules) = &week.zone { Some(rules) } else { None });
        let zones: Vec<_> = zones.collect();
        assert!(weeks[0] == weeks[1] && weeks[1] != weeks[2]);
        assert!(Arc::ptr_eq(zones[0], zones[1]) && !Arc::ptr_eq(zones[1], zones[2]));
    }

    #[test]
    fn groups_of_days_and_words_without_case() {
        let days = |text: &str| days(text.as_bytes()).map(|days| days.iter().count());
        assert_eq!(["Day", "weekday", "WeekendDay", "Weekday SATURDAY", ""].map(days), {
            [Some(7), Some(5), Some(2), Some(6), Some(0)]
        });
        assert_eq!(days("Monday Blursday"), None);
    }

    /// S3.6: hours that cannot be read are not known, and not "never".
    #[test]
    fn what_cannot_be_read_is_not_known() {
        let good = period("Monday", "480", "1020");
        let all = |zone: &str, periods: &[String]| week(&(zone.to_owned() + &array(periods)));
        assert!(all(STOCKHOLM, std::slice::from_ref(&good)).is_some());
        assert_eq!(all("", std::slice::from_ref(&good)), None);
        assert_eq!(all(&STOCKHOLM.replace("<t:Bias>-60</t:Bias>", ""), std::slice::from_ref(&good)), None);
        assert_eq!(week(STOCKHOLM), None);
        for bad in [period("Monday", "", "1020"), period("Monday", "480", "1441"), period("Blursday", "480", "1020")] {
            assert_eq!(all(STOCKHOLM, &[good.clone(), bad.clone()]), None, "{bad}");
        }
        let no_change = STOCKHOLM.replace("<t:Month>10</t:Month>", "<t:Month>0</t:Month>");
        assert!(all(&no_change, &[good]).is_some());
    }
}
