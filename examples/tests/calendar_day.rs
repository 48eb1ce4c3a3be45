//! A day of a calendar file, drawn.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

use chrono_tz::Tz;
use presence_calendar::ics::{Calendar, ReadRules};
use presence_calendar::zone::Zone;
use presence_examples::filed;
use presence_examples::outlook::DayPicture;

fn drawn(date: &str, zone: Tz, colours: bool) -> String {
    let calendar = Calendar::read(filed::BUILT_IN, &ReadRules::new(Zone::Iana(zone)));
    assert!(calendar.warnings().is_empty());
    let date = date.parse().unwrap();
    DayPicture::new(date, &zone, colours).draw(&filed::day(&calendar, date, zone).unwrap())
}

/// S0.9–S0.16, S0.18: the fill tells the importance and the bar what it is shown as, each in a word too; a private meeting
/// is `***`.
#[test]
fn a_day_in_the_look_of_outlook() {
    assert_eq!(drawn("2026-11-20", Tz::Europe__Stockholm, false), include_str!("calendar_day/friday.txt"));
    let painted = drawn("2026-11-20", Tz::Europe__Stockholm, true);
    assert_eq!(painted, include_str!("calendar_day/friday_painted.txt"));
    assert!(!painted.contains("Nobody reads"), "a private subject is not even read");
}

/// S0.21, S0.22: the same day by another clock; a day without meetings; a day of 23 hours.
#[test]
fn other_days_and_other_clocks() {
    let times = |text: String| {
        text.lines().filter_map(|line| Some(line.split_once("  │")?.0.trim().to_owned())).collect::<Vec<_>>()
    };
    let home = times(drawn("2026-11-20", Tz::Europe__Stockholm, false));
    let away = times(drawn("2026-11-20", Tz::Europe__London, false));
    assert!(home.contains(&"09:00–09:15".to_owned()) && away.contains(&"08:00–08:15".to_owned()), "{home:?} {away:?}");
    assert!(drawn("2019-01-01", Tz::Europe__Stockholm, false).contains("no meetings"));
    assert!(drawn("2026-03-29", Tz::Europe__Stockholm, false).starts_with("  ◀  Sunday 2026-03-29  ▶\n"));
}
