//! Playing a recording again.

use crate::directory::DirectoryError;
use crate::engine::Engine;
use crate::identity::{Address, PersonId, SourceId};

use super::{Entry, RecordingEntry};

/// Why an entry cannot be played.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// A recording begins with its start, and this entry is none.
    #[error("a recording begins with its start: this entry is none")]
    NoStart,
    /// A recording has one start; where there is another, another recording begins.
    #[error("another start: what follows is another recording")]
    AnotherStart,
    /// The directory cannot be made.
    #[error("the recorded directory cannot be made")]
    Directory(#[from] DirectoryError),
    /// An entry names a source that the directory does not have.
    #[error("no source `{0}` in the directory at this point of the recording")]
    UnknownSource(SourceId),
    /// An entry names somebody whom the directory does not have.
    #[error("no person `{0}` in the directory at this point of the recording")]
    UnknownPerson(PersonId),
    /// An entry names an address that the directory does not have.
    #[error("no address `{0}` in the directory at this point of the recording")]
    UnknownAddress(Address),
    /// A time is missing.
    #[error("a time is missing in this entry")]
    NoTime,
    /// An entry contradicts itself: no recorder writes such a one.
    #[error("this entry contradicts itself: it has been changed after it was written")]
    Contradiction,
}

/// An engine that is fed from a recording.
///
/// Handles belong to this engine: ask its directory for them by name.
#[derive(Debug)]
pub struct Replay {
    engine: Engine,
}

impl Replay {
    /// An engine that is what the recorded one was when the recording began.
    ///
    /// Counters start anew.
    ///
    /// # Errors
    ///
    /// If the entry is no start, or contradicts itself.
    pub fn new(start: &RecordingEntry) -> Result<Self, ReplayError> {
        match &start.0 {
            Entry::Start(start) => Ok(Self { engine: start.engine()? }),
            _ => Err(ReplayError::NoStart),
        }
    }

    /// Feeds the engine what the entry says; take its outputs then.
    ///
    /// # Errors
    ///
    /// If the entry is another start, or names what is not there, or contradicts itself. The engine is then as before.
    pub fn feed(&mut self, entry: &RecordingEntry) -> Result<(), ReplayError> {
        match &entry.0 {
            Entry::Start(_) => return Err(ReplayError::AnotherStart),
            Entry::Reports { at, reports } => {
                let received = at.time().ok_or(ReplayError::NoTime)?;
                let directory = self.engine.directory();
                let mut reports =
                    reports.iter().map(|form| form.report(directory)).collect::<Result<Vec<_>, ReplayError>>()?;
                self.engine.report(received, &mut reports);
            }
            Entry::Input { at, input } => {
                let now = at.time().ok_or(ReplayError::NoTime)?;
                let input = input.input(self.engine.directory())?;
                self.engine.handle(now, input);
            }
        }
        Ok(())
    }

    /// The engine.
    #[must_use]
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The engine: to take outputs, or to let time pass to the second one wants to see.
    #[must_use]
    pub const fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }
}
