//! Why is somebody red? Plays a working day until a time, and tells why a person is shown as they are.
//!
//! ```text
//! cargo run --example explain -- [PERSON] [TIME]
//! ```
#![forbid(unsafe_code)]

use std::error::Error;
use std::process::ExitCode;

use chrono::{DateTime, Utc};
use presence_core::{Band, Card, Engine, EngineConfig, MASK, Person, PersonId, Second, Viewer, ViewerId};
use presence_examples::arguments::{self, Usage, say};
use presence_examples::company::Company;
use presence_examples::day::{Day, ZONE};
use presence_examples::{SEED, play};

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
        Some(name) => named(&company, &engine, name),
        None => engine.directory().people().find(|person| is_red(&engine, *person, &viewer)),
    };
    let person = found.ok_or_else(|| Usage::new("nobody of this name"))?;
    let card = engine.card(person, &viewer).ok_or("nothing to show")?;
    say(headline(&card, at));
    for sentence in engine.explain(person, &viewer).ok_or("nothing to tell")?.sentences() {
        say(format_args!("  {sentence}"));
    }
    for sentence in beside(&card) {
        say(format_args!("  {sentence}"));
    }
    Ok(())
}

/// The first person whose id begins so.
fn named(company: &Company, engine: &Engine, name: &str) -> Option<Person> {
    let ids = company.members().iter().map(|member| &member.id);
    let mut begin: Vec<&PersonId> = ids.filter(|id| id.as_str().starts_with(name)).collect();
    // The shortest first: it may be the whole id.
    begin.sort_by_key(|id| id.as_str().len());
    engine.directory().person(begin.first()?)
}

/// Whether a person is busy in a private meeting: what may be told of it shows here best.
fn is_red(engine: &Engine, person: Person, viewer: &Viewer) -> bool {
    let Some(card) = engine.card(person, viewer) else { return false };
    let private = card.meeting.is_some_and(|meeting| meeting.title.as_deref() == Some(MASK));
    // Where it is known until when, there is more to tell.
    private && card.until.is_some() && matches!(card.row.availability.band(), Band::Busy | Band::IdleBusy)
}

fn headline(card: &Card, at: DateTime<Utc>) -> String {
    let department = card.department.as_deref().unwrap_or("another company");
    format!("{}, {department}, at {} ({})", card.name, at.with_timezone(&ZONE).format("%H:%M"), card.id)
}

/// What lies beside the headline: the meeting, absences, notes.
fn beside(card: &Card) -> Vec<String> {
    let time = |second: Second| second.time().unwrap_or_default().with_timezone(&ZONE).format("%H:%M");
    let meeting = card.meeting.iter().map(|meeting| {
        let title = meeting.title.as_deref().unwrap_or("without a title");
        format!("The meeting: {title}, {} to {}.", time(meeting.start), time(meeting.end))
    });
    let absences = card.absences.iter().map(|absence| format!("Absence: {}.", absence.activity.token()));
    let notes = card.notes.iter().map(|note| format!("Note by {}: {}", note.author, note.text));
    meeting.chain(absences).chain(notes).collect()
}
