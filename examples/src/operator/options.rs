//! What the program is called with.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveTime;

use crate::arguments::{Usage, time};

/// What `--help` prints.
pub const HELP: &str = "\
An operator's place for a company: who is free, why not, and until when, as a page and over HTTP.

usage: operator [OPTIONS] [doctor PERSON]

  doctor PERSON      walks the way of what is known about a person, step by step, and says what fails

  --port PORT        listens there; without it on 8080, or on a free port if that is taken
  --bind ADDRESS     listens on this address instead of 127.0.0.1; there is no login, so be careful
  --config FILE      takes people, sources and rules from this file, and follows its changes
  --check            only checks the configuration: 0 if it can be used, 1 if not
  --store FILE       keeps there what is typed; without it that is lost at the end

Without --config it is a demonstration, with an invented company:

  --speed TIMES      lets the day pass so many times as fast as on the wall; without it 30 times
  --at TIME          begins at this time of the day; without it at 09:40";

/// What is to be done.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Task {
    /// Serve until it is stopped.
    Serve,
    /// Only check the configuration.
    Check,
    /// Walk the way of one person.
    Doctor(String),
}

/// What the program was told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// What is to be done.
    pub task: Task,
    /// Where to listen; `None`: at the usual port, or at another one.
    pub port: Option<u16>,
    /// On which address.
    pub bind: IpAddr,
    /// The configuration; `None`: the demonstration.
    pub config: Option<PathBuf>,
    /// Where to keep what is typed.
    pub store: Option<PathBuf>,
    /// How many times as fast as on the wall the day of the demonstration passes.
    pub speed: u32,
    /// When it begins.
    pub at: NaiveTime,
    /// How often to look whether the configuration has changed.
    pub look: Duration,
}

/// The fastest clock that still lets somebody follow.
const FASTEST: u32 = 3_600;

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// If one of them means nothing.
    pub fn read<S: AsRef<str>>(arguments: &[S]) -> Result<Self, Usage> {
        let mut options = Self {
            task: Task::Serve,
            port: None,
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            config: None,
            store: None,
            speed: 30,
            at: NaiveTime::from_hms_opt(9, 40, 0).unwrap_or_default(),
            look: Duration::from_secs(1),
        };
        let (mut check, mut of_demonstration) = (false, None);
        let mut left = arguments.iter().map(AsRef::as_ref);
        while let Some(argument) = left.next() {
            let mut value = || left.next().ok_or_else(|| Usage::new(format!("`{argument}` wants a value")));
            match argument {
                "--port" => options.port = Some(port(value()?)?),
                "--bind" => options.bind = address(value()?)?,
                "--config" => options.config = Some(value()?.into()),
                "--store" => options.store = Some(value()?.into()),
                "--check" => check = true,
                "--speed" => (options.speed, of_demonstration) = (speed(value()?)?, Some("--speed")),
                "--at" => (options.at, of_demonstration) = (time(value()?)?, Some("--at")),
                "doctor" => options.task = Task::Doctor(value()?.to_owned()),
                _ => return Err(Usage::new(format!("`{argument}` is not known"))),
            }
        }
        match (&options.config, check, of_demonstration) {
            (None, true, _) => return Err(Usage::new("`--check` wants a configuration: add `--config FILE`")),
            (Some(_), _, Some(option)) => {
                return Err(Usage::new(format!("`{option}` is for the demonstration, which has no configuration")));
            }
            (Some(_), true, _) => options.task = Task::Check,
            _ => {}
        }
        Ok(options)
    }
}

fn port(text: &str) -> Result<u16, Usage> {
    text.parse().map_err(|_| Usage::new(format!("`{text}` is no port: `0` to `65535`, where `0` is any that is free")))
}

fn address(text: &str) -> Result<IpAddr, Usage> {
    text.parse().map_err(|_| Usage::new(format!("`{text}` is no address like `127.0.0.1` or `::1`")))
}

fn speed(text: &str) -> Result<u32, Usage> {
    let speed = text.parse().ok().filter(|speed| (1..=FASTEST).contains(speed));
    speed.ok_or_else(|| Usage::new(format!("`{text}` is no speed: `1` to `{FASTEST}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(arguments: &[&str]) -> String {
        Options::read(arguments).unwrap_err().to_string()
    }

    #[test]
    fn arguments_are_read() {
        let none = Options::read::<&str>(&[]).unwrap();
        assert_eq!((none.port, none.speed, none.bind.is_loopback(), none.task), (None, 30, true, Task::Serve));
        let all = ["--port", "0", "--bind", "::1", "--speed", "60", "--at", "12:30", "--store", "s", "doctor", "anna"];
        let all = Options::read(&all).unwrap();
        assert_eq!((all.port, all.speed, all.at.to_string()), (Some(0), 60, "12:30:00".to_owned()));
        assert_eq!((all.bind.is_loopback(), all.task), (true, Task::Doctor("anna".to_owned())));
        assert_eq!(Options::read(&["--config", "c", "--check"]).unwrap().task, Task::Check);
    }

    #[test]
    fn what_means_nothing_is_refused_and_says_what_is_wanted() {
        assert!(error(&["--port", "x"]).contains("`0` to `65535`"));
        assert!(error(&["--port"]).contains("`--port` wants a value"));
        assert!(error(&["--speed", "0"]).contains("`1` to `3600`"));
        assert!(error(&["--at", "9"]).contains("10:20"));
        assert!(error(&["--bind", "here"]).contains("127.0.0.1"));
        assert!(error(&["--check"]).contains("--config"));
        assert!(error(&["--config", "c", "--speed", "2"]).contains("demonstration"));
        assert!(error(&["--bogus"]).contains("not known"));
    }
}
