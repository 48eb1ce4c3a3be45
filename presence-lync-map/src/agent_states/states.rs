//! The whole file: all named states.

use std::collections::HashSet;

use super::entry::StateEntry;
use super::problem::{AgentStatesError, Problem, Warning};
use super::read::{Mode, read};
use super::write::write;

/// The namespace of the file.
pub const NAMESPACE: &str = "http://schemas.genesys.com/09/2014/mslyncteserver/agentStates";

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 1024 * 1024;

/// What the file of agent states says: for every name, a number and texts.
///
/// In data it is a list of entries with `id`, `availability` and `texts`, which are entries with `lcid` and `text`; an
/// error in it does not repeat the data. There is at least one state, and no name is there twice.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AgentStates(Vec<StateEntry>);

impl AgentStates {
    /// These states, in this order.
    ///
    /// # Errors
    ///
    /// When there are none, more than 1000, or two of the same name.
    pub fn new(entries: Vec<StateEntry>) -> Result<Self, Problem> {
        if entries.is_empty() {
            return Err(Problem::NoStates);
        }
        if entries.len() > MOST_STATES {
            return Err(Problem::TooManyStates);
        }
        let mut names = HashSet::new();
        if let Some(twice) = entries.iter().find(|entry| !names.insert(entry.name())) {
            return Err(Problem::DoubledState { name: twice.name().clone() });
        }
        Ok(Self(entries))
    }

    /// Reads the file as its documents want it. What could be passed over comes back beside it.
    ///
    /// # Errors
    ///
    /// When it is not such a file: the line, what is wrong there, and what to do.
    pub fn from_xml(xml: &[u8]) -> Result<(Self, Vec<Warning>), AgentStatesError> {
        read(xml, Mode::Strict)
    }

    /// Reads also what the documents show as fragments: without declaration, without `agentStates` around it, without
    /// its closing tag, or in another namespace. States that cannot be read are left out. Each comes back as a warning.
    ///
    /// # Errors
    ///
    /// When it is not XML, or there is no state in it.
    pub fn from_xml_lenient(xml: &[u8]) -> Result<(Self, Vec<Warning>), AgentStatesError> {
        read(xml, Mode::Lenient)
    }

    /// The file in UTF-8, in the form the documents want.
    #[must_use]
    pub fn to_xml(&self) -> String {
        write(self)
    }

    /// The state of this name. Capital letters count.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&StateEntry> {
        self.0.iter().find(|entry| entry.name().as_str() == name)
    }

    /// All states, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &StateEntry> {
        self.0.iter()
    }
}

pub(super) const MOST_STATES: usize = 1_000;
