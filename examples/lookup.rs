//! Looks somebody up: the card, and the day in their calendar, which comes from an Exchange server.
//!
//! ```text
//! cargo run --example lookup -- [PERSON] [DATE]
//! ```
#![forbid(unsafe_code)]

#[path = "lookup/office.rs"]
mod office;

use std::error::Error;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;

use chrono::NaiveDate;
use presence_core::hub::Hub;
use presence_core::{Person, ViewerId};
use presence_examples::arguments::{self, Usage, say};
use presence_examples::company::Company;
use presence_examples::day::{Day, ZONE};
use presence_examples::exchange::CompanyExchange;
use presence_examples::outlook::{self, DayPicture};
use presence_examples::{SEED, card};

use office::{example, looked_up, start, told};

const HELP: &str = "\
Looks somebody of an invented company up: the card, and the day in the calendar. The calendar comes from a simulated
Exchange server on this machine, through the adapter that reads a real one. Private meetings are ***.

usage: lookup [PERSON] [DATE] [--plain]

  PERSON   the id of a person, or the begin of it; without it, somebody who has a private meeting
  DATE     a day near 2026-11-20, which is the day of the example
  --plain  without colours

In a terminal, < and > turn the day (with Enter), a date goes to that day, q ends.";

fn main() -> ExitCode {
    arguments::main(HELP, |arguments| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(run(arguments))
    })
}

async fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (options, words): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|word| word.starts_with("--"));
    if let Some(unknown) = options.iter().find(|option| option.as_str() != "--plain") {
        return Err(Usage::new(format!("there is no option `{unknown}`")).into());
    }
    let (dates, people): (Vec<&String>, Vec<&String>) =
        words.into_iter().partition(|word| word.parse::<NaiveDate>().is_ok());
    if people.len() > 1 || dates.len() > 1 {
        return Err(Usage::new("at most one person and one date like `2026-11-20`").into());
    }
    let mut date: NaiveDate = dates.first().map_or_else(|| Ok(arguments::date()), |date| date.parse())?;

    let company = Arc::new(Company::invented(SEED)?);
    let day = Day::of(&company, arguments::date(), SEED)?;
    let exchange = CompanyExchange::start(&company, day.date, SEED).await?;
    let hub = start(&company, &day, &exchange).await.map_err(|error| error.to_string())?;
    let found = match people.first().filter(|name| !name.is_empty()) {
        Some(name) => card::named(&company, &hub.directory(), name),
        None => example(&day, &hub),
    };
    let person = found.ok_or_else(|| Usage::new("nobody of this name"))?;
    let operator = ViewerId::new("operator")?;
    say(looked_up(&hub, person, &operator, day.date).await?);

    let colours = io::stdout().is_terminal() && options.is_empty();
    show(&hub, person, &operator, date, colours).await;
    while let Some(other) = outlook::turned(date)? {
        date = other;
        show(&hub, person, &operator, date, colours).await;
    }
    hub.shutdown().await;
    Ok(())
}

async fn show(hub: &Hub, person: Person, viewer: &ViewerId, date: NaiveDate, colours: bool) {
    let day = told(hub, person, viewer, date).await;
    say(DayPicture::new(date, &ZONE, colours).draw(&day));
}
