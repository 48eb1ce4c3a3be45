//! What is published for each of the fifteen combinations, as a table.

use std::sync::Arc;

use presence_core::{Confidential, Lcid};
use presence_lync_map::agent_states::{AgentStates, Combination, ProfileWarning, Published, PushProfile, Warning};
use presence_lync_map::bands::{RawAvailability, server_name};
use presence_lync_map::options::Options;
use presence_lync_map::texts::locale;

use super::called::Called;
use super::refused::Refused;
use super::{Report, file, reloading};

const BUILT_IN: &str = include_str!("agent_states.xml");

/// Says what the profile publishes.
pub(super) fn section(called: &Called, profile: &Options, report: &mut Report) -> Result<(), Refused> {
    let (Some(_), Some(names)) = (&profile.agent_presence_map, &profile.aggregated_states) else {
        report.warn(ProfileWarning::NothingToDo);
        let unset = [
            ("agent-presence-map", profile.agent_presence_map.is_none()),
            ("aggregated-states", profile.aggregated_states.is_none()),
        ];
        for (option, _) in unset.iter().filter(|(_, unset)| *unset) {
            report.warn(format!("`{option}` is not set"));
        }
        return Ok(());
    };
    let new = new_file(called)?;
    let (states, warnings) = read(called, &new)?;
    tell(&new, &warnings, report);
    let (push, incomplete) = PushProfile::tolerant(names.clone(), states);
    report.say("\nAgents and devices become presence.");
    report.lines.extend(table(&push));
    for name in push.unused() {
        report.warn(format!("`{name}` is in the file, and no combination is named so: is it misspelt?"));
    }
    match incomplete.map(Refused::from) {
        Some(incomplete) if called.lenient => report.warn(incomplete),
        incomplete => report.wrong.extend(incomplete.map(|refused| refused.to_string())),
    }
    match &called.against {
        Some(path) => reloading::section(called, path, &new.bytes, push.names(), report),
        None => Ok(()),
    }
}

/// A file of agent states, as it was found.
pub(super) struct StatesFile {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

fn new_file(called: &Called) -> Result<StatesFile, Refused> {
    match (&called.states, &called.options) {
        (Some(path), _) => Ok(StatesFile { path: path.clone(), bytes: file::bytes(path)? }),
        (None, Some(_)) => Err(Refused::NoStates),
        (None, None) => Ok(StatesFile { path: "agent_states.xml".to_owned(), bytes: BUILT_IN.as_bytes().to_vec() }),
    }
}

/// Reads a file as strictly as was asked for.
pub(super) fn read(called: &Called, file: &StatesFile) -> Result<(AgentStates, Vec<Warning>), Refused> {
    let StatesFile { path, bytes } = file;
    if called.lenient {
        return AgentStates::from_xml_lenient(bytes).map_err(|error| Refused::States {
            path: path.clone(),
            error,
            advice: "",
        });
    }
    AgentStates::from_xml(bytes).map_err(|error| {
        let advice = if AgentStates::from_xml_lenient(bytes).is_ok() { " (or take it with --lenient)" } else { "" };
        Refused::States { path: path.clone(), error, advice }
    })
}

/// Says what was passed over.
pub(super) fn tell(file: &StatesFile, warnings: &[Warning], report: &mut Report) {
    warnings.iter().for_each(|warning| report.warn(format!("`{}`: {warning}", file.path)));
}

fn table(push: &PushProfile) -> Vec<String> {
    let mut lines =
        vec![format!("\n  {:>2}  {:<8}{:<11}{:<15}{:<21}texts", "no", "device", "agent", "state", "published")];
    lines.extend(Combination::all().map(|combination| row(push, combination)));
    lines
}

fn row(push: &PushProfile, combination: Combination) -> String {
    let name = push.names().get(combination).map_or("-", |name| name.as_str());
    let (device, agent) = (combination.device(), combination.agent());
    let published = match push.publish(agent, device) {
        Some(published) => shown(published),
        None if name == "-" => "nothing: `aggregated-states` has no name for it".to_owned(),
        None => "nothing: the file has no state of that name".to_owned(),
    };
    let number = combination.number();
    format!("  {number:>2}  {:<8}{:<11}{name:<15}{published}", device.name(), agent.name())
}

fn shown(published: &Published) -> String {
    let number = RawAvailability::new(published.availability);
    if !number.is_known() {
        return format!("nothing: servers do not show {number}");
    }
    let state = format!("{number} {}", server_name(number.band()));
    let texts = published.texts.iter().take(MOST_TEXTS).map(short);
    let mut texts = texts.collect::<Vec<_>>();
    match published.texts.len().checked_sub(MOST_TEXTS) {
        Some(more @ 1..) => texts.push(format!("and {more} more")),
        _ if texts.is_empty() => texts.push("none".to_owned()),
        _ => {}
    }
    format!("{state:<21}{}", texts.join(", "))
}

const MOST_TEXTS: usize = 4;
const MOST_CHARACTERS: usize = 20;

fn short((lcid, text): &(Lcid, Confidential<Arc<str>>)) -> String {
    let language = locale(*lcid).map_or_else(|| lcid.get().to_string(), |locale| locale.name.to_owned());
    // Some terminals take orders from control characters.
    let mut words = text.reveal().chars().map(|one| if one.is_control() { '\u{fffd}' } else { one });
    let mut text = words.by_ref().take(MOST_CHARACTERS).collect::<String>();
    if words.next().is_some() {
        text.push('…');
    }
    format!("{language} \"{text}\"")
}
