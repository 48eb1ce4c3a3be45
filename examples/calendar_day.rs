//! A day of a calendar file, in the terminal, in the colours of Outlook.
//!
//! ```text
//! cargo run --example calendar_day -- FILE.ics [DATE] [--zone ZONE]
//! ```
#![forbid(unsafe_code)]

use std::error::Error;
use std::fs;
use std::io::{self, IsTerminal, Read};
use std::process::ExitCode;

use chrono::NaiveDate;
use chrono_tz::Tz;
use presence_calendar::ics::{Calendar, ReadRules};
use presence_calendar::zone::Zone;
use presence_examples::arguments::{self, Usage, say};
use presence_examples::filed;
use presence_examples::outlook::{self, DayPicture};

const HELP: &str = "\
Draws a day of a calendar file in the colours of Outlook. Private meetings are ***.

usage: calendar_day [FILE.ics] [DATE] [--zone ZONE] [--plain]

  FILE     an iCalendar file; without it, one that is built in
  DATE     a day, 2026-11-20; without it, the day of the first example
  --zone   by whose clock, Europe/Stockholm if nothing is said; Windows names are taken too
  --plain  without colours

In a terminal, < and > turn the day (with Enter), a date goes to that day, q ends.";

fn main() -> ExitCode {
    arguments::main(HELP, run)
}

/// A reader takes 16 MiB.
const MOST: u64 = 17 * 1024 * 1024;

/// What the example was called with.
struct Called {
    file: Option<String>,
    date: NaiveDate,
    zone: Tz,
    colours: bool,
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let called = called(arguments)?;
    let bytes = match &called.file {
        Some(path) => read(path).map_err(|error| Usage::new(format!("`{path}` cannot be read: {error}")))?,
        None => filed::BUILT_IN.to_vec(),
    };
    let calendar = Calendar::read(&bytes, &ReadRules::new(Zone::Iana(called.zone)));
    for warning in calendar.warnings().iter().take(10) {
        say(format_args!("  ({warning})"));
    }
    if calendar.is_empty() {
        return Err(Usage::new("there is no event in it that can be read: is it an iCalendar file?").into());
    }
    let mut date = called.date;
    show(&calendar, date, &called)?;
    while let Some(other) = outlook::turned(date)? {
        date = other;
        show(&calendar, date, &called)?;
    }
    Ok(())
}

/// The file, and of one that is too large a little more than is looked at.
fn read(path: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MOST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn called(arguments: &[String]) -> Result<Called, Usage> {
    let mut called = Called {
        file: None,
        date: arguments::date(),
        zone: Tz::Europe__Stockholm,
        colours: io::stdout().is_terminal(),
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--plain" => called.colours = false,
            "--zone" => {
                let name = rest.next().ok_or_else(|| Usage::new("`--zone` wants the name of a zone"))?;
                called.zone = match Zone::named(name) {
                    Some(Zone::Iana(zone)) => zone,
                    _ => return Err(Usage::new(format!("`{name}` is no zone like `Europe/Stockholm`"))),
                };
            }
            option if option.starts_with("--") => return Err(Usage::new(format!("there is no option `{option}`"))),
            date if date.parse::<NaiveDate>().is_ok() => called.date = date.parse().unwrap_or(called.date),
            path if called.file.is_none() => called.file = Some(path.to_owned()),
            _ => return Err(Usage::new("one file and one date like `2026-11-20`")),
        }
    }
    Ok(called)
}

fn show(calendar: &Calendar, date: NaiveDate, called: &Called) -> Result<(), Box<dyn Error>> {
    let day = filed::day(calendar, date, called.zone)?;
    say(DayPicture::new(date, &called.zone, called.colours).draw(&day));
    Ok(())
}
