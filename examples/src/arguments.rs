//! What the examples are called with.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use chrono::{NaiveDate, NaiveTime};

/// The day that the examples show.
#[must_use]
pub fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 20).unwrap_or_default()
}

/// What an example was called with cannot be understood.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0} (try --help)")]
pub struct Usage(String);

impl Usage {
    /// It says what is wrong.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// A time of the day, `10:20`.
///
/// # Errors
///
/// If it is none.
pub fn time(text: &str) -> Result<NaiveTime, Usage> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| Usage::new(format!("`{text}` is no time like `10:20`")))
}

/// Prints what an example says, or what is wrong: the status is 0, or 1 for an error, or 2 for wrong usage.
///
/// `run` is given the arguments, unless they ask for help.
pub fn main(help: &str, run: impl FnOnce(&[String]) -> Result<(), Box<dyn std::error::Error>>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        say(help);
        return ExitCode::SUCCESS;
    }
    let Err(error) = run(&arguments) else { return ExitCode::SUCCESS };
    let usage = error.is::<Usage>();
    // Nobody reads on: there is nobody to tell.
    let _ = writeln!(io::stderr(), "{error}");
    ExitCode::from(if usage { 2 } else { 1 })
}

/// Prints a line.
pub fn say(line: impl fmt::Display) {
    // Nobody reads on: there is nobody to tell.
    let _ = writeln!(io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_what_is_none_is_refused() {
        assert_eq!(time("10:20").unwrap(), NaiveTime::from_hms_opt(10, 20, 0).unwrap());
        assert_eq!(time("25:00").unwrap_err().to_string(), "`25:00` is no time like `10:20` (try --help)");
    }
}
