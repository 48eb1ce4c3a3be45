//! Why is somebody red? Plays a working day until a time, and tells why a person is shown as they are.
//!
//! ```text
//! cargo run --example explain -- [PERSON] [TIME]
//! ```
#![forbid(unsafe_code)]

use std::error::Error;
use std::process::ExitCode;

use presence_core::{Band, Engine, EngineConfig, MASK, Person, Viewer, ViewerId};
use presence_examples::arguments::{self, Usage, say};
use presence_examples::company::Company;
use presence_examples::day::Day;
use presence_examples::{SEED, card, play};

const HELP: &str = "\
Plays a working day of an invented company until a time, and tells why a person is shown as they are.

usage: explain [PERSON] [TIME]

  PERSON   the id of a person, or the begin of it; without it, somebody who is busy in a private meeting
  TIME     a time of the day; without it, 10:20";

fn main() -> ExitCode {
    arguments::main(HELP, run)
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (times, people): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|argument| argument.contains(':'));
    if people.len() > 1 || times.len() > 1 {
        return Err(Usage::new("at most one person and one time").into());
    }
    let company = Company::invented(SEED)?;
    let day = Day::of(&company, arguments::date(), SEED)?;
    let at = day.at(arguments::time(times.first().map_or("10:20", |time| time.as_str()))?);

    let directory = company.directory()?;
    let engine = play::play_until(Engine::new(EngineConfig::new(directory, day.begin)), &day, at)?;
    let viewer = Viewer::new(ViewerId::new("operator")?);
    let found = match people.first() {
        Some(name) => card::named(&company, engine.directory(), name),
        None => engine.directory().people().find(|person| is_red(&engine, *person, &viewer)),
    };
    let person = found.ok_or_else(|| Usage::new("nobody of this name"))?;
    let card = engine.card(person, &viewer).ok_or("nothing to show")?;
    say(card::headline(&card, at));
    for sentence in engine.explain(person, &viewer).ok_or("nothing to tell")?.sentences() {
        say(format_args!("  {sentence}"));
    }
    for sentence in card::beside(&card) {
        say(format_args!("  {sentence}"));
    }
    Ok(())
}

/// Whether a person is busy in a private meeting: what may be told of it shows here best.
fn is_red(engine: &Engine, person: Person, viewer: &Viewer) -> bool {
    let Some(card) = engine.card(person, viewer) else { return false };
    let private = card.meeting.is_some_and(|meeting| meeting.title.as_deref() == Some(MASK));
    // Where it is known until when, there is more to tell.
    private && card.until.is_some() && matches!(card.row.availability.band(), Band::Busy | Band::IdleBusy)
}
