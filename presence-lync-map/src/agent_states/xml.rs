//! What the reader of XML says, in our words.

use quick_xml::errors::{Error as XmlError, IllFormedError};
use quick_xml::events::BytesRef;
use quick_xml::name::ResolveResult;

use super::problem::Problem;
use super::states::NAMESPACE;

/// Whether this is the namespace of agent states.
pub(super) fn is_ours(namespace: &ResolveResult<'_>) -> bool {
    matches!(namespace, ResolveResult::Bound(bound) if bound.as_ref() == NAMESPACE)
}

/// Whether there are only blanks.
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// What a reference stands for, if it is a character or one of the five that XML defines.
pub(super) fn character(reference: &BytesRef<'_>) -> Option<char> {
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

/// The reader's own messages repeat names from the file; ours do not.
pub(super) fn problem_of(error: &XmlError) -> Problem {
    match error {
        XmlError::IllFormed(
            IllFormedError::MissingEndTag(_)
            | IllFormedError::UnmatchedEndTag(_)
            | IllFormedError::MismatchedEndTag { .. },
        ) => Problem::ClosingTag,
        XmlError::IllFormed(IllFormedError::MissingDoctypeName) => Problem::DocumentType,
        XmlError::Namespace(_) => Problem::TooManyAttributes,
        _ => Problem::NotXml,
    }
}
