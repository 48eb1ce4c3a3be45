//! What would change if another file of agent states were taken.

use presence_lync_map::agent_states::{AggregatedStates, Change, PushProfile, StateName};
use presence_lync_map::bands::{RawAvailability, server_name};

use super::called::Called;
use super::publishing::{StatesFile, read};
use super::refused::Refused;
use super::{Report, file};

/// Says how the new file differs from the one in use.
pub(super) fn section(
    called: &Called,
    in_use: &str,
    new: &[u8],
    names: &AggregatedStates,
    report: &mut Report,
) -> Result<(), Refused> {
    let in_use = StatesFile { path: in_use.to_owned(), bytes: file::bytes(in_use)? };
    let (states, _) = read(called, &in_use)?;
    let (push, _) = PushProfile::tolerant(names.clone(), states);
    report.say(format!("\nIn place of `{}`:", in_use.path));
    let reload = if called.lenient { push.reload_lenient(new) } else { push.reload(new) };
    match reload {
        Ok(reload) if reload.changes.is_empty() => report.say("  nothing changes"),
        Ok(reload) => report.lines.extend(reload.changes.iter().map(|change| line(change, names))),
        // Why it is refused has been said.
        Err(_) => report.say("  nothing changes, for the new file is refused: the one in use stays"),
    }
    Ok(())
}

fn line(change: &Change, names: &AggregatedStates) -> String {
    let (name, what) = match change {
        Change::Added(name) => (name, "is new".to_owned()),
        Change::Removed(name) => (name, "is gone".to_owned()),
        Change::Availability { name, from, to } => (name, format!("{} becomes {}", number(*from), number(*to))),
        Change::Texts(name) => (name, "has other texts".to_owned()),
        other => return format!("  {other:?}"),
    };
    format!("  `{name}` {what} ({})", combinations(name, names))
}

fn number(number: u32) -> String {
    format!("{number} {}", server_name(RawAvailability::new(number).band()))
}

/// For whom it changes.
fn combinations(name: &StateName, names: &AggregatedStates) -> String {
    let own = names.iter().filter(|(_, other)| *other == name);
    let numbers = own.map(|(combination, _)| combination.number().to_string()).collect::<Vec<_>>();
    if numbers.is_empty() { "no combination".to_owned() } else { format!("combination {}", numbers.join(", ")) }
}
