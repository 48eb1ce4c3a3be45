//! The command line.

use std::path::PathBuf;

use chrono::NaiveDate;

pub(crate) const HELP: &str = "\
A simulated Exchange server: calendars over Exchange Web Services on a loopback address.

usage: simulated-exchange [--company FILE.json] [--port PORT] [--today DATE]

  --company FILE.json  mailboxes and calendars; otherwise a small example
  --port PORT          the port to listen on; 0 or nothing is a free one
  --today DATE         what `today` stands for in times, such as 2026-11-20; otherwise the day in UTC

Prints one line, `listening on http://127.0.0.1:PORT/EWS/Exchange.asmx`, and runs until its
standard input ends. A line of input is a command, answered by a line of output:

  {\"do\": \"add\", \"mailbox\": \"anna@firma.example\", \"item\": {\"start\": \"today 09:00\", \"end\": \"today 10:00\"}}
  {\"do\": \"modify\", \"id\": \"...\", \"item\": {...}}         {\"do\": \"remove\", \"id\": \"...\"}
  {\"do\": \"items\", \"mailbox\": \"...\"}                     {\"do\": \"oof\", \"mailbox\": \"...\", \"oof\": {\"state\": \"Enabled\"}}
  {\"do\": \"error\", \"mailbox\": \"...\", \"code\": \"...\"}    {\"do\": \"manner\", \"manner\": {\"https_namespaces\": true}}
  {\"do\": \"fault\", \"fault\": {\"kind\": \"busy\", \"back_off_ms\": 2000, \"operation\": \"FindItem\", \"times\": 3}}
  {\"do\": \"clear_faults\"}  {\"do\": \"cut_streams\"}  {\"do\": \"restart\"}  {\"do\": \"asked\"}  {\"do\": \"forget_asked\"}

People of the example log in by their address or what stands before its `@`: anna, bert, carla and
dora@firma.example with `anna-password` and so on, and service@firma.example, who may act for all
of them, with `service-password`. The form of a company is described in the crate's documentation.
";

/// What the program is to do.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Run(Arguments),
}

/// How it is to run.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    pub(crate) company: Option<PathBuf>,
    pub(crate) port: u16,
    pub(crate) today: Option<NaiveDate>,
}

/// What is wrong with the command line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WrongArguments {
    #[error("unknown argument (try `--help`)")]
    Unknown,
    #[error("`{0}` needs a value (try `--help`)")]
    Missing(&'static str),
    #[error("`{0}` has a value that it cannot have (try `--help`)")]
    Value(&'static str),
}

impl Arguments {
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> Result<Command, WrongArguments> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            let mut value = |name| words.next().ok_or(WrongArguments::Missing(name));
            match word.as_str() {
                "--help" | "-h" => return Ok(Command::Help),
                "--company" => arguments.company = Some(value("--company")?.into()),
                "--port" => {
                    arguments.port = value("--port")?.parse().map_err(|_| WrongArguments::Value("--port"))?;
                }
                "--today" => {
                    let date = value("--today")?.parse().map_err(|_| WrongArguments::Value("--today"))?;
                    arguments.today = Some(date);
                }
                _ => return Err(WrongArguments::Unknown),
            }
        }
        Ok(Command::Run(arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Command, WrongArguments> {
        Arguments::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_read_or_refused() {
        let Ok(Command::Run(arguments)) = read("--port 8080 --company a.json --today 2026-11-20") else { panic!() };
        assert_eq!((arguments.port, arguments.company), (8080, Some("a.json".into())));
        assert!(matches!(read("--port 1 --help"), Ok(Command::Help)));
        for wrong in ["--port", "--port x", "--today soon", "--else", "file"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
