//! Plays a working day into an engine, writes a recording, plays that into another engine, and compares.
//!
//! ```text
//! cargo run --example replay -- [FILE]
//! ```
#![forbid(unsafe_code)]

use std::error::Error;
use std::fs;
use std::process::ExitCode;
use std::sync::Arc;

use presence_core::{Decision, Directory, Engine, EngineConfig, Output, PersonId, Recorder, RecordingEntry, Replay};
use presence_examples::SEED;
use presence_examples::arguments::{self, Usage, say};
use presence_examples::company::Company;
use presence_examples::day::Day;
use presence_examples::play::{self, Step, What};
use tokio::time::Instant;

const HELP: &str = "\
Records a working day of an invented company, replays the recording, and tells whether the outputs agree.

usage: replay [FILE]

  FILE     where to write the recording, one JSON object a line; without it, it is kept in memory
  status   0: the outputs agree; 1: they do not";

/// What an engine said after one call: who changed, and what is shown of them now. Sorted, because the order across
/// people means nothing.
type Outputs = Vec<(PersonId, Option<Decision>)>;

fn main() -> ExitCode {
    arguments::main(HELP, run)
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    if arguments.len() > 1 || arguments.iter().any(|argument| argument.starts_with('-')) {
        return Err(Usage::new("at most one file").into());
    }
    let company = Company::invented(SEED)?;
    let day = Day::of(&company, arguments::date(), SEED)?;
    let directory = company.directory()?;
    let steps = play::steps(&directory, &day)?;

    let begun = Instant::now();
    let (lines, recorded) = record(Engine::new(EngineConfig::new(Arc::clone(&directory), day.begin)), steps)?;
    say(format_args!("recorded {} inputs in {} ms", recorded.len(), begun.elapsed().as_millis()));
    if let Some(file) = arguments.first() {
        fs::write(file, format!("{}\n", lines.join("\n")))?;
    }

    let begun = Instant::now();
    let replayed = replay(&lines)?;
    say(format_args!("replayed {} inputs in {} ms", replayed.len(), begun.elapsed().as_millis()));
    let changes: usize = recorded.iter().map(Vec::len).sum();
    let differ = recorded.iter().zip(&replayed).position(|(one, other)| one != other);
    match differ {
        None if recorded.len() == replayed.len() => {
            say(format_args!("the outputs agree: {changes} changes of what is known"));
            Ok(())
        }
        _ => Err(format!("the outputs differ after input {}", differ.map_or(replayed.len(), |at| at + 1)).into()),
    }
}

/// The recording, a line an entry, and what the engine said after each input.
fn record(mut engine: Engine, steps: Vec<Step>) -> Result<(Vec<String>, Vec<Outputs>), serde_json::Error> {
    let (mut recorder, start) = Recorder::new(&engine);
    let mut lines = vec![serde_json::to_string(&start)?];
    let mut said = Vec::new();
    for step in steps {
        // The entry first, then the engine: an entry says what is new to the engine.
        let entry = match &step.what {
            What::Reports(reports) => recorder.report(&engine, step.at, reports),
            What::Input(input) => recorder.handle(&engine, step.at, input),
            _ => continue,
        };
        lines.push(serde_json::to_string(&entry)?);
        match step.what {
            What::Reports(mut reports) => engine.report(step.at, &mut reports),
            What::Input(input) => engine.handle(step.at, input),
            _ => {}
        }
        said.push(outputs(&mut engine));
    }
    Ok((lines, said))
}

/// What another engine says after each input of the recording.
fn replay(lines: &[String]) -> Result<Vec<Outputs>, Box<dyn Error>> {
    let (start, inputs) = lines.split_first().ok_or("an empty recording")?;
    let mut replay = Replay::new(&serde_json::from_str(start)?)?;
    let mut said = Vec::new();
    for line in inputs {
        let entry: RecordingEntry = serde_json::from_str(line)?;
        replay.feed(&entry)?;
        said.push(outputs(replay.engine_mut()));
    }
    Ok(said)
}

fn outputs(engine: &mut Engine) -> Outputs {
    let directory: Arc<Directory> = Arc::clone(engine.directory());
    let mut said = Vec::new();
    while let Some(output) = engine.poll_output() {
        if let Output::Changed(person) = output {
            said.extend(directory.person_id(person).map(|id| (id, engine.headline(person))));
        }
    }
    said.sort_by(|(one, _), (other, _)| one.cmp(other));
    said
}
