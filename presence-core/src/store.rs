//! What people typed survives a restart: the place where it is put down.
//!
//! What sources say comes again after a restart, for the sources are asked again. What a person or a colleague typed
//! does not: an absence, a note, a state set by hand. A [`Store`] keeps it. [`MemoryStore`] keeps it for as long as the
//! program runs and needs no configuration; `FileStore` (feature `store`) keeps it in a file.
//!
//! ```
//! use presence_core::store::{Change, MemoryStore, Sheet, Store, Typed};
//! use presence_core::{Activity, Availability, Manual, PersonId};
//!
//! let store = MemoryStore::default();
//! let lunch = Typed::Manual(Some(Manual::new(Availability::BE_RIGHT_BACK, Activity::Lunch)));
//! let sheet = Sheet::new(PersonId::new("anna")?, lunch);
//! store.save(&[Change::Sheet(sheet.clone())])?;
//! assert_eq!(store.load()?.sheets, [sheet]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::absence::Absence;
use crate::fact::Facet;
use crate::identity::PersonId;
use crate::manual::Manual;
use crate::note::Note;

#[cfg(feature = "store")]
mod file;
mod memory;

#[cfg(feature = "store")]
pub use file::FileStore;
pub use memory::MemoryStore;

/// Where what people typed is kept.
///
/// Both methods wait for a disk, so they are called where waiting is allowed. Both may be called from several threads.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Everything that was saved.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    fn load(&self) -> Result<Saved, StoreError>;

    /// Saves these changes, in this order, all of them or none. When it returns without an error they are durable: they
    /// are still there after the power has failed.
    ///
    /// # Errors
    ///
    /// If they cannot be saved. Then they may be there or not, but not in part; to save them again does no harm.
    fn save(&self, changes: &[Change]) -> Result<(), StoreError>;
}

/// What people typed about one person on one facet, whole.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Typed {
    /// Notes; empty: there is none.
    Notes(Vec<Note>),
    /// Absences, present and planned; empty: there is none.
    Absences(Vec<Absence>),
    /// A state set by hand; `None`: taken back.
    Manual(Option<Manual>),
}

impl Typed {
    /// The facet this is about.
    #[must_use]
    pub const fn facet(&self) -> Facet {
        match self {
            Self::Notes(_) => Facet::Note,
            Self::Absences(_) => Facet::Absence,
            Self::Manual(_) => Facet::Manual,
        }
    }

    /// Whether there is nothing to keep.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        match self {
            Self::Notes(notes) => notes.is_empty(),
            Self::Absences(absences) => absences.is_empty(),
            Self::Manual(manual) => manual.is_none(),
        }
    }
}

/// One sheet of what is kept: whom it is about, and what was typed.
///
/// There is one sheet for a person and a facet. Saving it replaces the one before it; an empty one takes it away.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sheet {
    /// About whom.
    pub person: PersonId,
    /// What was typed.
    pub typed: Typed,
}

impl Sheet {
    /// This was typed about this person.
    #[must_use]
    pub const fn new(person: PersonId, typed: Typed) -> Self {
        Self { person, typed }
    }
}

/// One change to what is kept.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// A sheet is new, or replaces the one before it.
    Sheet(Sheet),
    /// Somebody has seen the warning with this code and does not want to see it again.
    Acknowledged(String),
    /// The warning with this code is to be shown again.
    Unacknowledged(String),
}

/// Everything a store has kept.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Saved {
    /// What people typed, by person and facet; no sheet is empty.
    pub sheets: Vec<Sheet>,
    /// The codes of the warnings that were acknowledged.
    pub acknowledged: BTreeSet<String>,
    /// How many notes, absences and states were left out because they could not be understood. What was kept beside
    /// them is here.
    pub skipped: usize,
}

/// Why something could not be loaded or saved. The text says what to do; it never says what was typed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file is one of ours, but broken.
    #[error("`{path}` is damaged: restore it from a backup, or move it away to begin with an empty one")]
    Damaged {
        /// Which file.
        path: PathBuf,
    },
    /// There is something else in the file.
    #[error("`{path}` is not a file of this program: configure another path, or move that file away")]
    NotAStore {
        /// Which file.
        path: PathBuf,
    },
    /// A later version of the program wrote the file.
    #[error("`{path}` was written by a later version: run that version, or configure another path")]
    Newer {
        /// Which file.
        path: PathBuf,
    },
    /// Another process, or another part of this one, has opened the file.
    #[error("`{path}` is in use: stop the other process that uses it, or configure another path")]
    InUse {
        /// Which file.
        path: PathBuf,
    },
    /// There is no such folder, or the file has been taken away.
    #[error("`{path}` is not there: create its folder, or configure another path")]
    NotFound {
        /// Which file.
        path: PathBuf,
    },
    /// The account may not do this.
    #[error("no permission for `{path}`: let the account of this program read and write the file and its folder")]
    Denied {
        /// Which file.
        path: PathBuf,
    },
    /// The disk is full.
    #[error("no space left for `{path}`: make room and save again")]
    Full {
        /// Which file.
        path: PathBuf,
    },
    /// Reading or writing failed in another way.
    #[error("`{path}` cannot be read or written: check the disk")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

impl StoreError {
    /// What an error of the operating system means for the file at `path`.
    #[must_use]
    pub fn of_io(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Self::NotFound { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::Denied { path },
            io::ErrorKind::IsADirectory => Self::NotAStore { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => Self::Damaged { path },
            _ => Self::Io { path, source },
        }
    }
}

/// The sheets of a store while they are put in order.
#[derive(Debug, Default)]
struct Sheets(BTreeMap<(PersonId, Facet), Typed>);

impl Sheets {
    /// Puts a sheet in its place; an empty one takes away the one that is there.
    fn put(&mut self, Sheet { person, typed }: Sheet) {
        let place = (person, typed.facet());
        if typed.is_empty() {
            self.0.remove(&place);
        } else {
            self.0.insert(place, typed);
        }
    }

    fn list(&self) -> Vec<Sheet> {
        self.0.iter().map(|((person, _), typed)| Sheet::new(person.clone(), typed.clone())).collect()
    }
}
