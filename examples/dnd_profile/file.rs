//! Files, with a bound on their size.

use std::fs::File;
use std::io::{ErrorKind, Read};

use presence_lync_map::agent_states::MOST_BYTES;

use super::refused::Refused;

/// What is in a file that is neither empty nor too large.
pub(super) fn bytes(path: &str) -> Result<Vec<u8>, Refused> {
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => Refused::Missing(path.to_owned()),
        ErrorKind::IsADirectory => Refused::Directory(path.to_owned()),
        _ => Refused::Unreadable { path: path.to_owned(), error },
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let limit = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    match bytes.len() {
        0 => Err(Refused::Empty(path.to_owned())),
        1..=MOST_BYTES => Ok(bytes),
        _ => Err(Refused::TooLarge(path.to_owned())),
    }
}

/// The same as text.
pub(super) fn text(path: &str) -> Result<String, Refused> {
    String::from_utf8(bytes(path)?).map_err(|_| Refused::NotUtf8(path.to_owned()))
}
