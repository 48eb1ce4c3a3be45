//! Who would be shown otherwise under other rules? Plays a working day until a time, and compares; nothing is changed.
//!
//! ```text
//! cargo run --example what_if -- [RULES] [TIME]
//! ```
#![forbid(unsafe_code)]

use std::error::Error;
use std::fs;
use std::process::ExitCode;

use presence_core::{
    Activity, Availability, Condition, Decision, Effect, Engine, EngineConfig, Rule, RuleId, RuleSet, ShowAs, Viewer,
    ViewerId,
};
use presence_examples::arguments::{self, Usage, say};
use presence_examples::company::Company;
use presence_examples::day::Day;
use presence_examples::{SEED, play};

const HELP: &str = "\
Plays a working day of an invented company until a time, and tells who would be shown otherwise under other rules.

usage: what_if [RULES] [TIME]

  RULES   tentative   tentative meetings count as busy (the default)
          line-only   a person is what the extension is, and nothing else counts but absences
          FILE.json   a rule set of your own
  TIME    a time of the day; without it, 10:20";

fn main() -> ExitCode {
    arguments::main(HELP, run)
}

fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let (times, rules): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|argument| argument.contains(':'));
    if rules.len() > 1 || times.len() > 1 {
        return Err(Usage::new("at most one set of rules and one time").into());
    }
    let rules = other_rules(rules.first().map_or("tentative", |rules| rules.as_str()))?;
    rules.check()?;
    let company = Company::invented(SEED)?;
    let day = Day::of(&company, arguments::date(), SEED)?;
    let at = day.at(arguments::time(times.first().map_or("10:20", |time| time.as_str()))?);

    let engine = Engine::new(EngineConfig::new(company.directory()?, day.begin));
    let engine = play::play_until(engine, &day, at)?;
    let viewer = Viewer::new(ViewerId::new("operator")?);
    let differences = engine.preview(&rules, &viewer);
    say(format_args!("{:<28}{:<54}{}", "person", "now", "then"));
    for difference in &differences {
        let (before, after) = (words(&difference.before), words(&difference.after));
        say(format_args!("{:<28}{before:<54}{after}", difference.person));
    }
    say(format_args!("{} of {} people would be shown otherwise.", differences.len(), engine.directory().len()));
    Ok(())
}

fn other_rules(name: &str) -> Result<RuleSet, Box<dyn Error>> {
    match name {
        "tentative" => Ok(with_tentative_as_busy(RuleSet::standard(), RuleId::new("example.tentative-is-busy")?)),
        "line-only" => Ok(RuleSet::line_only()),
        file if file.ends_with(".json") => Ok(serde_json::from_str(&fs::read_to_string(file)?)?),
        _ => Err(Usage::new("rules are `tentative`, `line-only`, or a file `*.json`").into()),
    }
}

/// Another rule for tentative meetings, before the one that shows what rich presence says. The old one could never hold
/// behind it; the check of a rule set tells so.
fn with_tentative_as_busy(mut rules: RuleSet, id: RuleId) -> RuleSet {
    let show = Effect::Show { availability: Availability::BUSY, activity: Activity::Tentative };
    let rule = Rule::new(id, Condition::CalendarIs(ShowAs::Tentative), show);
    rules.rules.retain(|rule| rule.id.as_str() != "calendar.tentative");
    let place = rules.rules.iter().position(|rule| rule.id.as_str() == "rich.as-published");
    rules.rules.insert(place.unwrap_or(rules.rules.len()), rule);
    rules
}

/// What is shown, and by which rule.
fn words(decision: &Decision) -> String {
    let band = decision.availability.band().name();
    match &decision.because {
        Some(rule) => format!("{band}, {} ({rule})", decision.activity.token()),
        None => "not known".to_owned(),
    }
}
