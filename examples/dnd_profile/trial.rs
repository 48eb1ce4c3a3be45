//! The trial of a profile, from the arguments to what is printed.

use std::io::Write;

use presence_lync_map::agent_states::ProfileWarning;
use presence_lync_map::options::{Asked, Choice, Defaults, Options};

mod called;
mod file;
mod listening;
mod places;
mod publishing;
mod refused;
mod reloading;

use called::Called;
use places::Places;
use refused::Refused;

const HELP: &str = "\
Shows what a presence profile does: at which numbers do-not-disturb goes on and off, or what is published for each of
the fifteen combinations of agent and device. Without arguments it shows files of its own.

usage: dnd_profile [--options FILE] [--states FILE] [--against FILE] [--lenient] [--numbers LIST]
                   [--login-profile NAME] [--device-profile NAME] [--application-profile NAME]

  --options FILE       options, `name = value`, below lines that say whose they are:
                         [application]   [device]   [profile NAME]
                       A section of one profile without such lines will do as well.
  --states FILE        the file of agent states that `agent-presence-map` means
  --against FILE       the file of agent states that is in use: what would change?
  --lenient            take fragments and incomplete files, with warnings
  --numbers LIST       numbers that arrive one after the other, `lost` for a lost subscription: 3500,6500,lost
  --login-profile, --device-profile, --application-profile NAME
                       the profile that is named there; the first of the three comes first
  status               0: no more than warnings; 2: an argument or a file is wrong";

/// What is printed, and what is wrong in spite of it.
#[derive(Default)]
struct Report {
    lines: Vec<String>,
    wrong: Vec<String>,
}

impl Report {
    fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn warn(&mut self, warning: impl std::fmt::Display) {
        self.say(format!("warning: {warning}"));
    }
}

/// Runs the trial, and returns the status to end with.
pub(crate) fn run(arguments: &[String], out: &mut dyn Write, err: &mut dyn Write) -> u8 {
    let mut report = Report::default();
    let tried = match Called::with(arguments) {
        Ok(None) => {
            report.say(HELP);
            Ok(())
        }
        Ok(Some(called)) => try_out(&called, &mut report),
        Err(refused) => Err(refused),
    };
    report.wrong.extend(tried.err().map(|refused| refused.to_string()));
    // Nobody reads on: there is nobody to tell.
    for line in &report.lines {
        let _ = writeln!(out, "{line}");
    }
    for line in &report.wrong {
        let _ = writeln!(err, "{line}");
    }
    if report.wrong.is_empty() { 0 } else { 2 }
}

fn try_out(called: &Called, report: &mut Report) -> Result<(), Refused> {
    let places = Places::read(called)?;
    places.warnings.iter().for_each(|warning| report.warn(warning));
    let choice = choose(called, &places, report);
    let profile = choice.options();
    listen(called, profile, &places.application, report);
    match profile {
        Some(profile) if !profile.pulls(&Defaults::new()) => return publishing::section(called, profile, report),
        Some(profile) if profile.agent_presence_map.is_some() => report.warn(ProfileWarning::MapIgnored),
        _ => {}
    }
    if called.states.is_some() || called.against.is_some() {
        report.warn("nothing is published, so no file of agent states is read");
    }
    Ok(())
}

fn choose(called: &Called, places: &Places, report: &mut Report) -> Choice {
    let own = Asked::of(None, &places.device, &places.application);
    let choice = places.profiles.choose(Asked::new(
        called.login.as_deref(),
        called.device.as_deref().or(own.device),
        called.application.as_deref().or(own.application),
    ));
    report.say(choice.to_string());
    let chosen = match &choice {
        Choice::Profile { name, .. } => Some(&**name),
        _ => None,
    };
    let others = places.profiles.names().filter(|name| Some(*name) != chosen).map(|name| format!("`{name}`"));
    let others = others.collect::<Vec<_>>();
    match (chosen, others.is_empty()) {
        (Some(_), true) => {}
        (Some(_), false) => report.say(format!("There is also {}: try it with --login-profile.", others.join(", "))),
        (None, true) => report.say("There is no profile: mark one with `service-type = presence-profile`."),
        (None, false) => {
            report.say(format!(
                "There is {}: name it in `presence-profile`, or with --login-profile.",
                others.join(", ")
            ));
        }
    }
    choice
}

fn listen(called: &Called, profile: Option<&Options>, application: &Options, report: &mut Report) {
    let defaults = Defaults::new();
    let Some(pull) = Options::device_pull(profile, application, &defaults) else {
        report.say("\nPresence does not become do-not-disturb.");
        return;
    };
    let own = profile.filter(|profile| profile.pulls(&defaults));
    let why = match own {
        Some(own) if own.presence_availability_range.is_some() => "presence-availability-range",
        _ if application.default_availability_range.is_some() => "default-availability-range of the application",
        _ => "the default, for no range is set",
    };
    report.say("\nPresence becomes do-not-disturb of the device.");
    if own.is_none() {
        report.say("No profile asks for it, but `handle-direct-calls` is `false`.");
    }
    report.say(format!("Available at {pull} ({why})."));
    report.lines.extend(listening::table(&pull));
    report.lines.extend(listening::events(&pull, &called.numbers));
}
