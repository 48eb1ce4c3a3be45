//! What all answers are made from.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono_tz::Tz;
use presence_core::clock::Clock;
use presence_core::hub::{Board, Hub, SystemClock};
use presence_core::{Directory, Person, PersonId, ViewerId};

use super::answer::{Answer, Refusal};

/// The operator's place.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) hub: Hub,
    /// The clock on the wall.
    pub(super) zone: Tz,
    /// The speed of the clock, if it is the demonstration.
    pub(super) demonstration: Option<u32>,
    /// The class of viewers of whom nothing is said.
    pub(super) viewer: ViewerId,
    /// It can be reached from this machine only.
    pub(super) loopback: bool,
    notes: AtomicU64,
}

impl Place {
    pub(super) fn new(hub: Hub, zone: Tz, demonstration: Option<u32>, loopback: bool) -> Answer<Self> {
        let classes = hub.viewers();
        let operator = classes.iter().find(|class| class.as_str() == "operator");
        let viewer = operator.or_else(|| classes.first()).cloned().ok_or_else(Refusal::down)?;
        Ok(Self { hub, zone, demonstration, viewer, loopback, notes: AtomicU64::new(0) })
    }

    /// The board of a class of viewers, if the engine runs.
    pub(super) fn board(&self, viewer: &ViewerId) -> Answer<Board> {
        self.hub.board(viewer).filter(Board::is_live).ok_or_else(Refusal::down)
    }

    /// The class with this name; the usual one where nothing is said.
    pub(super) fn class(&self, name: Option<&str>) -> Answer<ViewerId> {
        let Some(name) = name else { return Ok(self.viewer.clone()) };
        let classes = self.hub.viewers();
        let names: Vec<String> = classes.iter().map(|class| format!("`{class}`")).collect();
        let found = classes.into_iter().find(|class| class.as_str() == name);
        found.ok_or_else(|| Refusal::wrong("there is no such class of viewers", format!("one of {}", names.join(", "))))
    }

    pub(super) fn person(&self, id: &str) -> Answer<(PersonId, Person)> {
        let id = PersonId::new(id).map_err(|_| Refusal::nobody())?;
        let person = self.hub.directory().person(&id).ok_or_else(Refusal::nobody)?;
        Ok((id, person))
    }

    /// The name of a department as it is written, whatever capitals it was asked with.
    pub(super) fn department(&self, name: &str) -> Answer<String> {
        let departments = departments(&self.hub.directory());
        let known: Vec<String> = departments.iter().map(|name| format!("`{name}`")).collect();
        let found = departments.into_iter().find(|known| known.to_lowercase() == name.to_lowercase());
        found.ok_or_else(|| Refusal::missing("there is no such department", format!("one of {}", known.join(", "))))
    }

    /// A name for a new note that no note before a restart has either.
    pub(super) fn note_id(&self) -> String {
        let number = self.notes.fetch_add(1, Ordering::Relaxed);
        // By the clock of the machine: that of the demonstration begins anew each time.
        format!("{:x}-{number}", SystemClock::default().now().timestamp_millis())
    }
}

/// The departments, in the order of the alphabet.
pub(super) fn departments(directory: &Directory) -> Vec<String> {
    let names = directory.people().filter_map(|person| directory.card(person)?.department());
    names.collect::<BTreeSet<&str>>().into_iter().map(str::to_owned).collect()
}
