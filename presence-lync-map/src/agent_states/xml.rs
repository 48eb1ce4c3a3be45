//! What the reader of XML says, in our words.

use quick_xml::errors::{Error as XmlError, IllFormedError};
use quick_xml::name::{NamespaceError, ResolveResult};

use super::problem::Problem;
use super::states::NAMESPACE;

/// Whether this is the namespace of agent states.
pub(super) fn is_ours(namespace: &ResolveResult<'_>) -> bool {
    matches!(namespace, ResolveResult::Bound(bound) if bound.as_ref() == NAMESPACE)
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
        XmlError::Namespace(NamespaceError::TooManyBindings(_)) => Problem::TooManyAttributes,
        XmlError::Namespace(NamespaceError::TooDeeplyNested(_)) => Problem::TooDeep,
        XmlError::Namespace(_) => Problem::Prefix,
        _ => Problem::NotXml,
    }
}
