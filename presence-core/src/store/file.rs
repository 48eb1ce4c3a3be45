//! What people typed, kept in a file.

mod place;
mod rows;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use redb::backends::FileBackend;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, StorageBackend, TableHandle as _};

use self::rows::Tables;
use super::{Change, Saved, Sheet, Sheets, Store, StoreError, Typed};
use crate::identity::PersonId;

/// A store in a file, which one process at a time may open.
///
/// A save is on the disk when it returns. The file can be read after a crash or a power cut at any moment: what was cut
/// off is taken back when it is opened. Space that is no longer used is used again, and given back when the file is
/// opened and more than half of it is free.
///
/// On Unix a new file can be read and written by the account of the process only. On Windows it gets the permissions of
/// its folder.
pub struct FileStore {
    path: PathBuf,
    /// Whether there is a file at the path.
    on_disk: bool,
    /// `None` after an error, until it could be opened again.
    database: Mutex<Option<Database>>,
    reopen: Box<dyn Fn() -> Result<Database, StoreError> + Send + Sync>,
}

impl FileStore {
    /// Opens the file at `path`, or makes it. The folder has to be there.
    ///
    /// It reads the whole file, to find damage before it is stumbled upon.
    ///
    /// # Errors
    ///
    /// If there is a file that cannot be used, or none can be made. What is there is not changed then, but for the
    /// repair of a file that was not closed.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let database = if path.symlink_metadata().is_ok() { open_existing(path)? } else { create(path)? };
        let again = path.to_path_buf();
        Ok(Self {
            path: path.to_path_buf(),
            on_disk: true,
            database: Mutex::new(Some(database)),
            reopen: Box::new(move || open_existing(&again)),
        })
    }

    /// The same, but a damaged file is no error: it gets another name, `<name>.damaged-1` or the first higher number
    /// that is free, and an empty one takes its place. The new name is given back, to tell an administrator.
    ///
    /// # Errors
    ///
    /// If there is a file that cannot be used for another reason than damage, or none can be made.
    pub fn open_or_set_aside(path: impl AsRef<Path>) -> Result<(Self, Option<PathBuf>), StoreError> {
        let path = path.as_ref();
        match Self::open(path) {
            Ok(store) => Ok((store, None)),
            Err(StoreError::Damaged { .. }) => {
                let aside = place::set_aside(path).map_err(|error| StoreError::of_io(path, error))?;
                Ok((Self::open(path)?, Some(aside)))
            }
            Err(error) => Err(error),
        }
    }

    /// A store on something else than a file, to test what happens when that fails. `medium` is asked for it now, and
    /// again after each error.
    ///
    /// # Errors
    ///
    /// The same as for a file.
    #[cfg(feature = "testing")]
    pub fn with_backend<B: StorageBackend>(medium: impl Fn() -> B + Send + Sync + 'static) -> Result<Self, StoreError> {
        let path = PathBuf::from("(no file)");
        let name = path.clone();
        let reopen = move || open_backend(&name, medium());
        Ok(Self { path, on_disk: false, database: Mutex::new(Some(reopen()?)), reopen: Box::new(reopen) })
    }

    fn with_database<T>(&self, work: impl FnOnce(&Database) -> Result<T, redb::Error>) -> Result<T, StoreError> {
        // A panic does not pass `guarded`, and after an error the database is given up: the lock guards no half of one.
        let mut slot = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let database = match slot.take() {
            Some(database) => database,
            None => (self.reopen)()?,
        };
        let kept = guarded(&self.path, || {
            let result = work(&database).map_err(|error| of_redb(&self.path, error))?;
            Ok((result, database))
        });
        // redb refuses everything after an error, also when the reason has passed, as a full disk does.
        let (result, database) = match kept {
            Ok((result, database)) => (Ok(result), Some(database)),
            Err(error) => (Err(error), (self.reopen)().ok()),
        };
        *slot = database;
        result
    }
}

impl Store for FileStore {
    fn load(&self) -> Result<Saved, StoreError> {
        self.with_database(load)
    }

    fn save(&self, changes: &[Change]) -> Result<(), StoreError> {
        if changes.is_empty() {
            return Ok(());
        }
        // A file that was moved away is written to all the same, and nobody would find there what was acknowledged.
        if self.on_disk && !self.path.try_exists().unwrap_or(true) {
            return Err(StoreError::NotFound { path: self.path.clone() });
        }
        self.with_database(|database| save(database, changes))
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Little is kept, so there is little to remember; the preset of redb is a gigabyte.
const CACHE: usize = 4 << 20;
/// Smaller files are not worth the trouble.
const COMPACT_FROM: u64 = 1 << 20;

/// Makes the file under another name and gives it its own when it is complete. So a crash on the way leaves nothing that
/// looks like a damaged file.
fn create(path: &Path) -> Result<Database, StoreError> {
    let unfinished = place::unfinished(path);
    let database = match open_file(path, &unfinished, true) {
        // Left over from such a crash: nothing in it was ever acknowledged.
        Err(StoreError::Damaged { .. }) => {
            fs::remove_file(&unfinished).map_err(|error| StoreError::of_io(path, error))?;
            open_file(path, &unfinished, true)?
        }
        other => other?,
    };
    match place::rename(&unfinished, path) {
        Ok(()) => Ok(database),
        // Another process was faster. It is about to use its file, and this one says so.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            drop(database);
            // Only litter: it is used or removed the next time.
            let _ = fs::remove_file(&unfinished);
            open_existing(path)
        }
        Err(error) => Err(StoreError::of_io(path, error)),
    }
}

fn open_existing(path: &Path) -> Result<Database, StoreError> {
    let mut database = open_file(path, path, false)?;
    let length = path.metadata().map_or(0, |file| file.len());
    guarded(path, || {
        compact(&mut database, length).map_err(|error| of_redb(path, error))?;
        Ok(database)
    })
}

/// Opens the file that lies at `place` and is called `path` in errors.
fn open_file(path: &Path, place: &Path, new: bool) -> Result<Database, StoreError> {
    let path = path.to_path_buf();
    let file = place::open(place, new).map_err(|error| StoreError::of_io(&path, error))?;
    if file.metadata().is_ok_and(|file| !file.is_file()) {
        return Err(StoreError::NotAStore { path });
    }
    let backend = FileBackend::new(file).map_err(|error| of_redb(&path, error.into()))?;
    open_backend(&path, backend).map_err(|error| match (error, place::content(place)) {
        (StoreError::Damaged { .. }, place::Content::Newer) => StoreError::Newer { path },
        (StoreError::Damaged { .. }, place::Content::Foreign) => StoreError::NotAStore { path },
        (error, _) => error,
    })
}

fn open_backend(path: &Path, backend: impl StorageBackend) -> Result<Database, StoreError> {
    guarded(path, || {
        let broken = |error| of_redb(path, error);
        let empty = backend.len().map_err(|error| StoreError::of_io(path, error))? == 0;
        // Without the check redb trusts a file that was closed properly, and a damaged page of it is found when it is
        // read, which may be never, or in a panic.
        let mut builder = Database::builder();
        builder.set_cache_size(CACHE).set_check_integrity_on_open(true);
        let database = builder.create_with_backend(backend).map_err(|error| broken(error.into()))?;
        match version(&database).map_err(broken)? {
            Found::Version(rows::VERSION) => {}
            Found::Version(later) if later > rows::VERSION => {
                return Err(StoreError::Newer { path: path.to_path_buf() });
            }
            Found::Nothing if empty => prepare(&database).map_err(broken)?,
            // A file gets its name when the tables are in it. If they are not, the way to them was lost.
            Found::Nothing | Found::Version(_) => return Err(StoreError::Damaged { path: path.to_path_buf() }),
            Found::Foreign => return Err(StoreError::NotAStore { path: path.to_path_buf() }),
        }
        Ok(database)
    })
}

/// What a database says about itself.
enum Found {
    Version(u32),
    Nothing,
    Foreign,
}

fn version(database: &Database) -> Result<Found, redb::Error> {
    let transaction = database.begin_read()?;
    let tables = transaction.list_tables()?.map(|table| table.name().to_owned()).collect::<Vec<_>>();
    if tables.is_empty() {
        return Ok(Found::Nothing);
    }
    if !tables.iter().any(|table| table == rows::META.name()) {
        return Ok(Found::Foreign);
    }
    let meta = match transaction.open_table(rows::META) {
        Err(redb::TableError::TableTypeMismatch { .. } | redb::TableError::TableIsMultimap(_)) => {
            return Ok(Found::Foreign);
        }
        meta => meta?,
    };
    Ok(meta.get(rows::VERSION_KEY)?.map_or(Found::Foreign, |version| Found::Version(version.value())))
}

/// Makes the tables, all in one, so that a file either has them or has nothing.
fn prepare(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.open_table(rows::META)?.insert(rows::VERSION_KEY, rows::VERSION)?;
    drop(Tables::open(&transaction)?);
    Ok(transaction.commit()?)
}

/// Gives back space if more than half of the file, which is so long, is free.
fn compact(database: &mut Database, length: u64) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    let stats = transaction.stats()?;
    transaction.abort()?;
    let used = stats.allocated_pages().saturating_mul(u64::try_from(stats.page_size()).unwrap_or(u64::MAX));
    if length >= COMPACT_FROM && used < length / 2 {
        database.compact()?;
    }
    Ok(())
}

fn load(database: &Database) -> Result<Saved, redb::Error> {
    let transaction = database.begin_read()?;
    let notes = transaction.open_table(rows::NOTES)?;
    let notes = notes.iter()?.map(|row| row.map(|(place, row)| rows::note(place.value(), row.value())));
    let absences = transaction.open_table(rows::ABSENCES)?;
    let absences = absences.iter()?.map(|row| row.map(|(place, row)| rows::absence(place.value(), row.value())));
    let manual = transaction.open_table(rows::MANUAL)?;
    let manual = manual.iter()?.map(|row| row.map(|(person, row)| rows::manual(person.value(), row.value())));
    let mut sheets = Sheets::default();
    let mut saved = Saved::default();
    for (person, notes) in by_person(notes, &mut saved.skipped)? {
        sheets.put(Sheet::new(person, Typed::Notes(notes)));
    }
    for (person, absences) in by_person(absences, &mut saved.skipped)? {
        sheets.put(Sheet::new(person, Typed::Absences(absences)));
    }
    for (person, mut states) in by_person(manual, &mut saved.skipped)? {
        sheets.put(Sheet::new(person, Typed::Manual(states.pop())));
    }
    saved.sheets = sheets.list();
    for row in transaction.open_table(rows::ACKNOWLEDGED)?.iter()? {
        saved.acknowledged.insert(row?.0.value().to_owned());
    }
    Ok(saved)
}

/// Sorts rows by whom they are about, and counts those that could not be understood.
fn by_person<T>(
    rows: impl Iterator<Item = Result<Option<(PersonId, T)>, redb::StorageError>>,
    skipped: &mut usize,
) -> Result<BTreeMap<PersonId, Vec<T>>, redb::StorageError> {
    let mut sorted = BTreeMap::<_, Vec<_>>::new();
    for row in rows {
        match row? {
            Some((person, one)) => sorted.entry(person).or_default().push(one),
            None => *skipped += 1,
        }
    }
    Ok(sorted)
}

fn save(database: &Database, changes: &[Change]) -> Result<(), redb::Error> {
    // A transaction of redb is on the disk when `commit` returns, unless it is told otherwise.
    let transaction = database.begin_write()?;
    let mut tables = Tables::open(&transaction)?;
    for change in changes {
        tables.apply(change)?;
    }
    drop(tables);
    Ok(transaction.commit()?)
}

/// Does something with the file at `path`. redb answers some kinds of damage with a panic; somebody else's process must
/// not end by that. The message may hold a piece of the file, so it is not repeated.
///
/// What `work` leaves behind after a panic is thrown away, so nobody sees the half of it.
fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(StoreError::Damaged { path: path.to_path_buf() }))
}

/// What an error of redb means for the file at `path`. Its own text may hold a piece of the file.
fn of_redb(path: &Path, error: redb::Error) -> StoreError {
    use redb::Error;
    let path = path.to_path_buf();
    match error {
        Error::Io(error) => StoreError::of_io(&path, error),
        Error::DatabaseAlreadyOpen | Error::LockProtocolMismatch => StoreError::InUse { path },
        Error::Corrupted(_)
        | Error::RepairAborted
        | Error::UpgradeRequired(_)
        | Error::TableTypeMismatch { .. }
        | Error::TableIsMultimap(_)
        | Error::TableDoesNotExist(_)
        | Error::TypeDefinitionChanged { .. } => StoreError::Damaged { path },
        _ => StoreError::Io { path, source: io::Error::other("the database is closed after an earlier error") },
    }
}

#[cfg(test)]
mod tests {
    use redb::backends::InMemoryBackend;
    use redb::{TableDefinition, WriteTransaction};

    use super::*;

    /// A database in memory, after this was done to it.
    fn database(work: impl FnOnce(&WriteTransaction)) -> Database {
        let database = Database::builder().create_with_backend(InMemoryBackend::new()).expect("memory does not fail");
        prepare(&database).expect("memory does not fail");
        let transaction = database.begin_write().expect("memory does not fail");
        work(&transaction);
        transaction.commit().expect("memory does not fail");
        database
    }

    #[test]
    fn rows_that_cannot_be_understood_are_counted_and_the_others_are_there() {
        let database = database(|transaction| {
            let mut notes = transaction.open_table(rows::NOTES).unwrap();
            let row = |written| ("1", "Berit", "out", written, None, None, None);
            notes.insert(("anna", 0), row(100)).unwrap();
            notes.insert(("anna", 1), row(u32::MAX)).unwrap();
            notes.insert(("anna", 2), row(300)).unwrap();
            let mut manual = transaction.open_table(rows::MANUAL).unwrap();
            manual.insert("anna", (3_500, 200, None)).unwrap();
            manual.insert("carl", (3_500, 1, None)).unwrap();
        });
        let saved = load(&database).unwrap();
        assert_eq!(saved.skipped, 2);
        let [anna, carl] = &saved.sheets[..] else { panic!("{saved:?}") };
        let Typed::Notes(notes) = &anna.typed else { panic!("{saved:?}") };
        assert_eq!(notes.iter().map(|note| note.written().get()).collect::<Vec<_>>(), [100, 300]);
        assert!(carl.person.as_str() == "carl" && matches!(carl.typed, Typed::Manual(Some(_))));
    }

    #[test]
    fn a_database_says_whose_it_is() {
        let ours = database(|_| ());
        assert!(matches!(version(&ours).unwrap(), Found::Version(1)));
        let later = database(|transaction| {
            transaction.open_table(rows::META).unwrap().insert(rows::VERSION_KEY, 2).unwrap();
        });
        assert!(matches!(version(&later).unwrap(), Found::Version(2)));
        let empty = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
        assert!(matches!(version(&empty).unwrap(), Found::Nothing));
        for name in ["things", "meta"] {
            let other = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
            let transaction = other.begin_write().unwrap();
            transaction.open_table(TableDefinition::<u8, u8>::new(name)).unwrap();
            transaction.commit().unwrap();
            assert!(matches!(version(&other).unwrap(), Found::Foreign), "{name}");
        }
    }

    /// A panic of redb is an error like any other, and its message is not repeated.
    #[test]
    fn a_panic_is_damage() {
        let result = guarded::<()>(Path::new("typed"), || panic!("at the dentist"));
        let error = result.unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }) && !format!("{error} {error:?}").contains("dentist"));
    }

    #[test]
    fn an_error_of_the_disk_says_what_to_do() {
        let full = redb::Error::Io(io::ErrorKind::StorageFull.into());
        for (error, expected) in [
            (full, "no space left for `typed`: make room and save again"),
            (
                redb::Error::DatabaseAlreadyOpen,
                "`typed` is in use: stop the other process that uses it, or configure another path",
            ),
            (
                redb::Error::Corrupted("at the dentist".into()),
                "`typed` is damaged: restore it from a backup, or move it away to begin with an empty one",
            ),
            (redb::Error::PreviousIo, "`typed` cannot be read or written: check the disk"),
        ] {
            assert_eq!(of_redb(Path::new("typed"), error).to_string(), expected);
        }
    }
}
