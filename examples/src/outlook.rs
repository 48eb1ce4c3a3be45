//! A day of meetings in the terminal, in the colours of Outlook: the fill tells the importance, the bar at the left what
//! the meeting is shown as. Each is said in words too, so that the colour is never the only carrier.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};

use chrono::{Datelike, NaiveDate, TimeZone, Timelike, Utc, Weekday};
use presence_core::calendar::{Palette, Rgb};
use presence_core::{DayView, MeetingView, Second};

use crate::arguments::say;

/// So many columns a meeting is wide.
const WIDTH: usize = 64;

/// A day, drawn.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DayPicture<'a, Tz> {
    /// The date.
    pub date: NaiveDate,
    /// By whose clock.
    pub zone: &'a Tz,
    /// Whether the terminal shows colours.
    pub colours: bool,
}

impl<'a, Tz: TimeZone> DayPicture<'a, Tz> {
    /// A picture of this date.
    #[must_use]
    pub const fn new(date: NaiveDate, zone: &'a Tz, colours: bool) -> Self {
        Self { date, zone, colours }
    }

    /// The day: the date between its arrows, meetings of whole days first, then by time.
    #[must_use]
    pub fn draw(&self, day: &DayView) -> String {
        let mut text = format!("  ◀  {} {}  ▶\n\n", weekday(self.date.weekday()), self.date);
        if !day.known {
            text.push_str("      the calendar does not tell all of this day\n");
        } else if day.meetings.is_empty() {
            text.push_str("      no meetings\n");
        }
        let (whole, timed): (Vec<_>, Vec<_>) = day.meetings.iter().partition(|meeting| meeting.days.is_some());
        for meeting in whole.into_iter().chain(timed) {
            self.meeting(&mut text, meeting);
        }
        text
    }

    fn meeting(&self, text: &mut String, meeting: &MeetingView) {
        let palette = Palette::outlook();
        let (fill, bar) = (palette.fill(meeting.appearance.fill), palette.bar(meeting.appearance.bar));
        let title = meeting.title.as_deref().unwrap_or("(no subject known)");
        let place = meeting.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
        let what = cut(&printable(&format!("{title}{place}")), WIDTH - 2);
        let mark = if self.colours { painted(bar.rgb, fill.rgb, bar.class) } else { "│".to_owned() };
        let line = format!(" {what:<width$}", width = WIDTH - 2);
        let line = if self.colours { on(fill.rgb, &line) } else { line };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "  {:<13}{mark}{line}", self.times(meeting));
        let _ = writeln!(text, "  {:<13}{}, {}", "", bar.text, fill.text);
    }

    /// From when until when, by the clock of the zone; an arrow where it is on another day.
    fn times(&self, meeting: &MeetingView) -> String {
        if meeting.days.is_some() {
            return "all day".to_owned();
        }
        format!("{}–{}", self.clock(meeting.start), self.clock(meeting.end))
    }

    fn clock(&self, second: Second) -> String {
        let Some(time) = second.time() else { return "  …  ".to_owned() };
        let local = time.with_timezone(&Utc).with_timezone(self.zone);
        let (date, time) = (local.naive_local().date(), local.time());
        match date.cmp(&self.date) {
            std::cmp::Ordering::Less => "  ◀  ".to_owned(),
            std::cmp::Ordering::Greater if time.num_seconds_from_midnight() == 0 => "24:00".to_owned(),
            std::cmp::Ordering::Greater => "  ▶  ".to_owned(),
            std::cmp::Ordering::Equal => time.format("%H:%M").to_string(),
        }
    }
}

/// A bar: a block of its own colour; on white where it is striped or dotted, and the fill where it is transparent.
fn painted(Rgb(red, green, blue): Rgb, fill: Rgb, class: &str) -> String {
    let sign = match class {
        "show-as-busy" => return on(fill, "│"),
        "show-as-tentative" => "▒",
        "show-as-working-elsewhere" => "░",
        _ => "█",
    };
    format!("\u{1b}[38;2;{red};{green};{blue};48;2;255;255;255m{sign}\u{1b}[0m")
}

/// Black on this colour.
fn on(Rgb(red, green, blue): Rgb, text: &str) -> String {
    format!("\u{1b}[30;48;2;{red};{green};{blue}m{text}\u{1b}[0m")
}

/// Some terminals take orders from control characters.
fn printable(text: &str) -> String {
    text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect()
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

const fn weekday(day: Weekday) -> &'static str {
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

/// What an operator does with a day: the arrows, a date, or nothing more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Turn {
    /// The day before.
    Back,
    /// The day after.
    On,
    /// This date.
    To(NaiveDate),
    /// No more.
    End,
    /// Something else was typed.
    Unknown,
}

impl Turn {
    /// What a line says: `<` or `>`, a date, or nothing and `q` for the end. Arrow keys come as sequences of their own.
    #[must_use]
    pub fn of(line: &str) -> Self {
        match line.trim() {
            "" | "q" => Self::End,
            "<" | "\u{1b}[D" => Self::Back,
            ">" | "\u{1b}[C" => Self::On,
            other => other.parse().map_or(Self::Unknown, Self::To),
        }
    }

    /// The date to show next; the same where it cannot be turned further.
    #[must_use]
    pub fn from(self, date: NaiveDate) -> NaiveDate {
        match self {
            Self::Back => date.pred_opt().unwrap_or(date),
            Self::On => date.succ_opt().unwrap_or(date),
            Self::To(other) => other,
            Self::End | Self::Unknown => date,
        }
    }
}

/// The date that the operator turns to; `None` at the end, and where nobody sits at a terminal.
///
/// # Errors
///
/// If the terminal cannot be read.
pub fn turned(date: NaiveDate) -> io::Result<Option<NaiveDate>> {
    if !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Ok(None);
    }
    loop {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        match Turn::of(&line) {
            Turn::End => return Ok(None),
            Turn::Unknown => say("  < and > turn the day, a date goes there, q ends"),
            turn => return Ok(Some(turn.from(date))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S0.21, S0.22: arrows turn a day at a time, also where a day has 23 or 25 hours; a date goes anywhere.
    #[test]
    fn arrows_and_dates() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(Turn::of(" < \n").from(date("2026-03-29")), date("2026-03-28"));
        assert_eq!(Turn::of("\u{1b}[C").from(date("2026-10-25")), date("2026-10-26"));
        assert_eq!(Turn::of("2027-01-05").from(date("2026-10-25")), date("2027-01-05"));
        assert_eq!((Turn::of("q"), Turn::of(""), Turn::of("yesterday")), (Turn::End, Turn::End, Turn::Unknown));
        assert_eq!(Turn::On.from(NaiveDate::MAX), NaiveDate::MAX);
    }
}
