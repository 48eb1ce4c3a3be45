//! XML, read into a tree that borrows from the text and is bounded in every direction, and written.
//!
//! Documents of presence are small, their elements come in any order, and unknown ones stand between them. A tree makes
//! reading them a matter of asking for what is wanted.

mod decode;
mod namespace;
mod tree;
mod write;

use quick_xml::events::BytesRef;

pub(crate) use decode::{Decoded, NotText, TextFault, decode, is_xml, line_at};
pub(crate) use namespace::Namespace;
pub(crate) use tree::{Element, Fault, NotATree, Tree};
pub(crate) use write::Writer;

/// Whether there are only blanks.
pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// What a reference stands for, if it is a character or one of the five that XML defines.
pub(crate) fn character(reference: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Some(character);
    }
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}
