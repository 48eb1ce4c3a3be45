//! Runs scenarios: what is told to an engine, and what must then be shown.
//!
//! ```text
//! cargo run --example scenario -- FILE...
//! ```
//!
//! Answers go to stdout as JSON lines, mismatches to stderr. `docs/scenarios.md` describes the format.
#![forbid(unsafe_code)]

use std::error::Error;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use std::{env, fs};

use presence_core::testing::scenario::{Answer, Scenario};
use serde::Serialize;

const USAGE: &str = "\
Runs scenarios and tells where they are not as expected.

usage: scenario FILE...

  stdout   what is shown, at each time and to each viewer asked for: one JSON object a line
  stderr   what is not as expected, and files that cannot be run
  status   0: all is as expected; 1: something is not, or a file cannot be run; 2: wrong usage

docs/scenarios.md describes the format.";

/// One line of output.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    #[serde(flatten)]
    answer: &'a Answer,
}

fn main() -> ExitCode {
    let files: Vec<String> = env::args().skip(1).collect();
    let code = match files.first().map(String::as_str) {
        Some("--help" | "-h") => writeln!(io::stdout(), "{USAGE}").map(|()| 0),
        None => writeln!(io::stderr(), "{USAGE}").map(|()| 2),
        Some(option) if option.starts_with('-') => {
            writeln!(io::stderr(), "unknown option `{option}` (try --help)").map(|()| 2)
        }
        Some(_) => run_all(&files).map(|good| u8::from(!good)),
    };
    // Nobody reads on: there is nobody to tell.
    ExitCode::from(code.unwrap_or(1))
}

/// Whether every file is as expected.
fn run_all(files: &[String]) -> io::Result<bool> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut good = true;
    for file in files {
        match run(file, &mut out) {
            Ok(0) => {}
            Ok(_) => good = false,
            Err(error) => {
                good = false;
                out.flush()?;
                writeln!(io::stderr(), "{file}: {error}")?;
            }
        }
    }
    out.flush()?;
    Ok(good)
}

/// How many mismatches a file has.
fn run(file: &str, out: &mut impl Write) -> Result<usize, Box<dyn Error>> {
    let scenario: Scenario = serde_json::from_str(&fs::read_to_string(file)?)?;
    let transcript = scenario.run()?;
    for answer in &transcript.answers {
        serde_json::to_writer(&mut *out, &Line { file, answer })?;
        writeln!(out)?;
    }
    out.flush()?;
    for mismatch in &transcript.mismatches {
        writeln!(io::stderr(), "{file}: {mismatch}")?;
    }
    Ok(transcript.mismatches.len())
}
