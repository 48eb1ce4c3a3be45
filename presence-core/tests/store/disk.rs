//! A disk in memory that can lose its power, and a folder that is removed after a test.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use redb::StorageBackend;

/// Numbers that look like chance and are the same in every run.
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

/// What a disk writes at once: either all of it or nothing.
const SECTOR: usize = 512;

/// A disk. What was written is on it for good only after a sync. Clones are the same disk.
#[derive(Clone, Debug)]
pub(crate) struct Disk(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    /// What survives, and what the program sees.
    durable: Vec<u8>,
    seen: Vec<u8>,
    /// What was written since the last sync.
    unsynced: Vec<Write>,
    /// How many more writes and syncs there will be before the power fails.
    left: usize,
    full: bool,
}

#[derive(Debug)]
enum Write {
    Length(usize),
    Bytes(usize, Vec<u8>),
}

/// What becomes of the writes that were not synced when the power fails.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cut {
    /// All are lost.
    Nothing,
    /// Some sectors were written, in any order.
    Some,
    /// All were written.
    All,
}

impl Disk {
    pub(crate) fn new(image: Vec<u8>) -> Self {
        let inner = Inner { durable: image.clone(), seen: image, unsynced: Vec::new(), left: usize::MAX, full: false };
        Self(Arc::new(Mutex::new(inner)))
    }

    /// The power fails after so many more writes and syncs.
    pub(crate) fn cut_after(&self, writes: usize) {
        self.inner().left = writes;
    }

    /// From now on there is no room, or there is room again.
    pub(crate) fn set_full(&self, full: bool) {
        self.inner().full = full;
    }

    /// Switches the power off and says what is on the disk then.
    pub(crate) fn switch_off(&self, cut: Cut, chance: &mut Chance) -> Vec<u8> {
        let mut inner = self.inner();
        inner.left = 0;
        let unsynced = std::mem::take(&mut inner.unsynced);
        for write in unsynced {
            match write {
                Write::Length(length) if keeps(cut, chance) => inner.durable.resize(length, 0),
                Write::Length(_) => {}
                Write::Bytes(offset, bytes) => {
                    for (number, sector) in bytes.chunks(SECTOR).enumerate() {
                        // What lies behind the end of the file is not part of it.
                        let room = inner.durable.get_mut(offset + number * SECTOR..).unwrap_or_default();
                        if keeps(cut, chance) {
                            room.iter_mut().zip(sector).for_each(|(old, new)| *old = *new);
                        }
                    }
                }
            }
        }
        inner.durable.clone()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// One more write or sync, if there still is power.
    fn step(&self) -> io::Result<MutexGuard<'_, Inner>> {
        let mut inner = self.inner();
        inner.left = inner.left.checked_sub(1).ok_or_else(|| io::Error::other("no power"))?;
        Ok(inner)
    }
}

fn keeps(cut: Cut, chance: &mut Chance) -> bool {
    match cut {
        Cut::Nothing => false,
        Cut::Some => chance.below(2) == 0,
        Cut::All => true,
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(u64::try_from(self.inner().seen.len()).unwrap())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let offset = usize::try_from(offset).unwrap();
        let inner = self.inner();
        let bytes = offset.checked_add(out.len()).and_then(|end| inner.seen.get(offset..end));
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let mut inner = self.step()?;
        let length = usize::try_from(length).unwrap();
        if inner.full && length > inner.seen.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        inner.seen.resize(length, 0);
        inner.unsynced.push(Write::Length(length));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut inner = self.step()?;
        inner.durable = inner.seen.clone();
        inner.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.step()?;
        if inner.full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let offset = usize::try_from(offset).unwrap();
        let end = offset + bytes.len();
        if inner.seen.len() < end {
            inner.seen.resize(end, 0);
            inner.unsynced.push(Write::Length(end));
        }
        inner.seen.get_mut(offset..end).unwrap().copy_from_slice(bytes);
        inner.unsynced.push(Write::Bytes(offset, bytes.to_vec()));
        Ok(())
    }
}

/// A folder for one test, removed at its end.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("presence-store-{name}-{}", std::process::id()));
        // One of an earlier run that had the same number.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
