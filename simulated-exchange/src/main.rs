//! A simulated Exchange server as a program of its own.

mod arguments;

use std::{
    io::{self, Write},
    net::SocketAddr,
    path::Path,
    process::ExitCode,
};

use arguments::{Arguments, Command};
use chrono::{DateTime, NaiveDate, Utc};
use simulated_exchange::{Company, SimulatedExchange, company::BadCompany, control};
use tokio::io::{AsyncBufReadExt, BufReader};

/// Why the program cannot run.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("cannot read the file of the company: {0}")]
    Read(io::Error),
    #[error("the company: {0}")]
    Company(#[from] BadCompany),
    #[error("cannot listen: {0}")]
    Listen(io::Error),
    #[error("cannot read the standard input: {0}")]
    Command(io::Error),
    #[error("cannot write to the standard output: {0}")]
    Write(io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Arguments::read(std::env::args().skip(1)) {
        Ok(Command::Help) => say(arguments::HELP),
        Ok(Command::Run(arguments)) => run(arguments).await,
        Err(wrong) => {
            let _ = writeln!(io::stderr(), "{wrong}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            let _ = writeln!(io::stderr(), "{failed}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failed> {
    let today = arguments.today.unwrap_or_else(today);
    let company = company(arguments.company.as_deref(), today)?;
    let address = SocketAddr::from(([127, 0, 0, 1], arguments.port));
    let exchange = SimulatedExchange::start_on(company, address).await.map_err(Failed::Listen)?;
    say(&format!("listening on {}\n", exchange.url()))?;
    let mut lines = BufReader::new(tokio::io::stdin()).split(b'\n');
    while let Some(line) = lines.next_segment().await.map_err(Failed::Command)? {
        // What is not UTF-8 is no command either, and is answered as such.
        let line = String::from_utf8_lossy(&line);
        if !line.trim().is_empty() {
            say(&format!("{}\n", control::obey(&exchange, &line, today)))?;
        }
    }
    Ok(())
}

fn company(path: Option<&Path>, today: NaiveDate) -> Result<Company, Failed> {
    let Some(path) = path else { return Ok(Company::example(today)?) };
    Ok(Company::from_json(&std::fs::read_to_string(path).map_err(Failed::Read)?, today)?)
}

fn say(text: &str) -> Result<(), Failed> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failed::Write)
}

#[expect(clippy::disallowed_methods, reason = "the edge of the program: from here on the day is an argument")]
fn today() -> NaiveDate {
    DateTime::<Utc>::from(std::time::SystemTime::now()).date_naive()
}
