//! A new file while the old one is in use.

use super::entry::StateEntry;
use super::name::StateName;
use super::problem::{AgentStatesError, Warning};
use super::push::{IncompleteStates, PushProfile};
use super::states::AgentStates;

/// A new file, read and checked, and how it differs from the one in use. Nothing has changed yet: who wants to see
/// first what would change looks at it, who wants the change takes the profile.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reload {
    /// The profile with the new file.
    pub profile: PushProfile,
    /// What differs, in the order of the old file; new states come last.
    pub changes: Vec<Change>,
    /// What was passed over in the new file.
    pub warnings: Vec<Warning>,
}

/// How a state differs between two files.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// It is new.
    Added(StateName),
    /// It is gone.
    Removed(StateName),
    /// It has another number.
    Availability {
        /// The state.
        name: StateName,
        /// The number so far.
        from: u32,
        /// The new number.
        to: u32,
    },
    /// It has other texts.
    Texts(StateName),
}

/// The new file cannot be used. The profile in use is as it was.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReloadError {
    /// It is not a file of agent states.
    #[error(transparent)]
    File(#[from] AgentStatesError),
    /// It lacks states that are named.
    #[error(transparent)]
    Incomplete(#[from] IncompleteStates),
}

impl PushProfile {
    /// Reads a new file for the same names, as its documents want it, and checks it.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is not complete. This profile is the same as before either way.
    pub fn reload(&self, xml: &[u8]) -> Result<Reload, ReloadError> {
        self.replaced(AgentStates::from_xml(xml)?)
    }

    /// The same for a file that has to be read [leniently](AgentStates::from_xml_lenient).
    ///
    /// # Errors
    ///
    /// When it cannot be read or is not complete.
    pub fn reload_lenient(&self, xml: &[u8]) -> Result<Reload, ReloadError> {
        self.replaced(AgentStates::from_xml_lenient(xml)?)
    }

    fn replaced(&self, (states, warnings): (AgentStates, Vec<Warning>)) -> Result<Reload, ReloadError> {
        let changes = changes(self.states(), &states);
        let profile = Self::new(self.names().clone(), states)?;
        Ok(Reload { profile, changes, warnings })
    }
}

fn changes(old: &AgentStates, new: &AgentStates) -> Vec<Change> {
    let differences = old.iter().flat_map(|entry| difference(entry, new.get(entry.name().as_str())));
    let added = new.iter().map(StateEntry::name).filter(|name| old.get(name.as_str()).is_none());
    differences.chain(added.cloned().map(Change::Added)).collect()
}

fn difference(old: &StateEntry, new: Option<&StateEntry>) -> Vec<Change> {
    let name = || old.name().clone();
    let Some(new) = new else { return vec![Change::Removed(name())] };
    let (from, to) = (old.availability(), new.availability());
    let number = (from != to).then(|| Change::Availability { name: name(), from, to });
    let texts = (old.texts() != new.texts()).then(|| Change::Texts(name()));
    number.into_iter().chain(texts).collect()
}
