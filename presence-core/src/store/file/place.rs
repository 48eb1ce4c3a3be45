//! The file itself: made so that it is there whole or not at all, and moved so that nothing is overwritten.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// How a file of redb begins.
const MAGIC: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";
/// Where redb notes its own format, twice, and the one that is known here.
const FORMATS: [usize; 2] = [64, 192];
const FORMAT: u8 = 3;

/// Opens the file for reading and writing. If it is not there and `new`, it is made, for this account only: on Unix
/// before anything is in it. On Windows it gets the permissions of its folder.
pub(super) fn open(path: &Path, new: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(new).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Where the file is made, before it gets its name.
pub(super) fn unfinished(path: &Path) -> PathBuf {
    with_suffix(path, ".new")
}

/// Moves a damaged file out of the way and says where it is now.
pub(super) fn set_aside(path: &Path) -> io::Result<PathBuf> {
    for number in 1..=u16::MAX {
        let aside = with_suffix(path, &format!(".damaged-{number}"));
        match rename(path, &aside) {
            Ok(()) => return Ok(aside),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Gives a file another name, which nothing else has; durable when it returns.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    // A plain rename would replace what is there. A second name is refused if it is taken, with no moment in between.
    match fs::hard_link(from, to) {
        Ok(()) => fs::remove_file(from)?,
        Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => {
            return Err(error);
        }
        // Not every file system has second names.
        Err(_) if to.symlink_metadata().is_ok() => return Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(from, to)?,
    }
    sync_folder(to)
}

/// What is in a file that redb refused as broken.
pub(super) enum Content {
    /// Something of redb, or what is left of it.
    Broken,
    /// Something of a later redb.
    Newer,
    /// Something else.
    Foreign,
}

/// Looks at the beginning of a file that redb refused as broken.
pub(super) fn content(path: &Path) -> Content {
    let mut head = Vec::new();
    // What cannot be read is what redb said it is.
    if File::open(path).and_then(|file| file.take(256).read_to_end(&mut head)).is_err() {
        return Content::Broken;
    }
    let [one, other] = FORMATS.map(|place| head.get(place).copied().unwrap_or(0));
    // Both: one alone is damage.
    if head.starts_with(MAGIC) && one > FORMAT && one == other {
        Content::Newer
    } else if head.contains(&0) || MAGIC.starts_with(&head) || head.starts_with(MAGIC) {
        Content::Broken
    } else {
        // The beginning of our files is full of zeros, whatever happens to some bytes of it. This is a text: perhaps
        // the wrong path was configured, and it must not be moved away.
        Content::Foreign
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// On Unix the name of a file is durable when its folder is; elsewhere a folder cannot be opened.
fn sync_folder(path: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}
