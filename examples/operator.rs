//! An operator's place for a company: a page with a busy-lamp field, and an interface over HTTP.
//!
//! ```text
//! cargo run --release --example operator
//! cargo run --release --example operator -- --config presence.toml
//! cargo run --release --example operator -- doctor anna.berg
//! ```
//!
//! Without a configuration it is a demonstration, with an invented company on an invented day.
#![forbid(unsafe_code)]

use std::error::Error;
use std::process::ExitCode;

use presence_examples::arguments::{self, say};
use presence_examples::operator::{HELP, Operator, OperatorError, Options, Task, check, complain, examine};

fn main() -> ExitCode {
    let mut status = ExitCode::SUCCESS;
    let code = arguments::main(HELP, |arguments| {
        let options = Options::read(arguments)?;
        status = tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(&options))?;
        Ok(())
    });
    if code == ExitCode::SUCCESS { status } else { code }
}

async fn run(options: &Options) -> Result<ExitCode, Box<dyn Error>> {
    let done = match (&options.task, &options.config) {
        (Task::Check, Some(config)) => return Ok(report(check(config).map_err(|error| error.to_string()))),
        (Task::Doctor(person), _) => diagnose(options, person).await,
        _ => serve(options).await,
    };
    match done {
        // A configuration that cannot be used is wrong usage.
        Err(error @ OperatorError::Config(_)) => {
            complain(error);
            Ok(ExitCode::from(2))
        }
        done => Ok(done?),
    }
}

async fn serve(options: &Options) -> Result<ExitCode, OperatorError> {
    let operator = Operator::start(options).await?;
    operator.greeting().iter().for_each(say);
    stopped().await;
    say("Ending.");
    operator.shutdown().await;
    Ok(ExitCode::SUCCESS)
}

async fn diagnose(options: &Options, person: &str) -> Result<ExitCode, OperatorError> {
    let Some((lines, well)) = examine(options, person).await? else {
        complain("nobody has this id: the page shows who there is");
        return Ok(ExitCode::FAILURE);
    };
    lines.iter().for_each(say);
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The warnings of a configuration that can be used, or what is wrong with it.
fn report(checked: Result<Vec<String>, String>) -> ExitCode {
    match checked {
        Ok(warnings) => {
            warnings.iter().for_each(say);
            say("The configuration can be used.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(error);
            ExitCode::FAILURE
        }
    }
}

/// Comes back when the program is asked to end.
#[cfg(unix)]
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return interrupted().await };
    tokio::select! {
        () = interrupted() => {}
        _ = terminate.recv() => {}
    }
}

/// Comes back when the program is asked to end.
#[cfg(not(unix))]
async fn stopped() {
    interrupted().await;
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Nobody can ask in this way; another signal still ends the program.
        std::future::pending::<()>().await;
    }
}
