//! What can be wrong with a document. Nothing from the document is repeated.

use crate::xml::{Decoded, Fault, NotATree, NotText, TextFault, Tree, decode};

use super::category::CategoryName;

/// A document has at most so many bytes.
const MOST_BYTES: usize = 1 << 20;
/// At most so many warnings are kept of one document.
const MOST_WARNINGS: usize = 100;

/// The document cannot be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line `{line}` of the document: {problem}")]
#[non_exhaustive]
pub struct DocumentError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: DocumentProblem,
}

/// Why a document cannot be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentProblem {
    /// It is larger than 1 MiB.
    #[error("it is larger than `1048576` bytes")]
    TooLarge,
    /// Its bytes are no text, or hold characters that XML does not have.
    #[error("it is no text in UTF-8, UTF-16 or ISO-8859-1, or holds characters that XML does not have")]
    NotText,
    /// It is not XML.
    #[error("it is not well-formed XML")]
    NotXml,
    /// It has a document type, which is refused unread.
    #[error("it has a document type, which is refused")]
    DocumentType,
    /// It refers to something that would have to be defined elsewhere.
    #[error("it has a reference that is none of XML's own")]
    Entity,
    /// Elements are nested more than 64 deep.
    #[error("elements are nested more than `64` deep")]
    TooDeep,
    /// It has too many elements, attributes or namespaces.
    #[error("it has more than `100000` elements, or one of more than `32` attributes, or too many namespaces")]
    TooMany,
    /// An attribute is there twice.
    #[error("an attribute is there twice")]
    Doubled,
    /// It ends too early.
    #[error("it ends and an element is still open")]
    NotClosed,
    /// It is not the kind of document that was expected.
    #[error("it is no `{expected}` in its namespace")]
    OtherDocument {
        /// The name of the outermost element of the kind.
        expected: &'static str,
    },
}

impl DocumentError {
    pub(super) const fn at_start(problem: DocumentProblem) -> Self {
        Self { line: 1, problem }
    }

    pub(super) const fn other(expected: &'static str) -> Self {
        Self::at_start(DocumentProblem::OtherDocument { expected })
    }
}

impl From<NotText> for DocumentError {
    fn from(error: NotText) -> Self {
        let (TextFault::Character | TextFault::Bytes { .. } | TextFault::Encoding { .. }) = error.fault;
        Self { line: error.line, problem: DocumentProblem::NotText }
    }
}

impl From<NotATree> for DocumentError {
    fn from(error: NotATree) -> Self {
        let problem = match error.fault {
            Fault::NotXml | Fault::NoRoot => DocumentProblem::NotXml,
            Fault::DocumentType => DocumentProblem::DocumentType,
            Fault::Entity => DocumentProblem::Entity,
            Fault::TooDeep => DocumentProblem::TooDeep,
            Fault::TooMany => DocumentProblem::TooMany,
            Fault::Doubled => DocumentProblem::Doubled,
            Fault::NotClosed => DocumentProblem::NotClosed,
        };
        Self { line: error.line, problem }
    }
}

/// Reads a document, whatever it is, and hands its tree over.
pub(super) fn with_tree<T>(
    bytes: &[u8],
    read: impl FnOnce(&Tree<'_>) -> Result<T, DocumentError>,
) -> Result<T, DocumentError> {
    if bytes.len() > MOST_BYTES {
        return Err(DocumentError::at_start(DocumentProblem::TooLarge));
    }
    // That the declared encoding is another one is so usual that it is not worth a warning.
    let Decoded { text, .. } = decode(bytes)?;
    read(&Tree::read(&text)?)
}

/// Something in a document was left out.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("entry `{entry}`: {problem}")]
#[non_exhaustive]
pub struct Warning {
    /// Which entry of the document, counted from 1; 0 is the document itself.
    pub entry: usize,
    /// What was left out.
    pub problem: WarningProblem,
}

/// What was left out of a document.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WarningProblem {
    /// There is no address, or one that cannot be read.
    #[error("there is no address, or one that cannot be read: it is left out")]
    Address,
    /// It has no name or no number of an instance.
    #[error("there is no name or no number of the instance: the entry is left out")]
    Key,
    /// The availability is no number.
    #[error("the availability is no number: the entry is left out")]
    Availability,
    /// A time cannot be read.
    #[error("a time cannot be read: it is left out")]
    Time,
    /// A number cannot be read.
    #[error("a number cannot be read: it is left out")]
    Number,
    /// Free/busy cannot be read.
    #[error("free/busy is left out: {0}")]
    FreeBusy(super::free_busy::InvalidFreeBusy),
    /// Working hours cannot be read.
    #[error("the working hours cannot be read: they are left out")]
    WorkingHours,
    /// A telephone number is no international one.
    #[error("a telephone number is not an international one: it is left out")]
    Phone,
    /// A text is longer than is ever shown.
    #[error("a text is longer than `4096` bytes: it is cut")]
    LongText,
    /// The document in the entry is of another kind than the name of the category says.
    #[error("the document is not what the category `{category}` holds: the entry is left out")]
    OtherContent {
        /// The category.
        category: CategoryName,
    },
    /// There are more entries than 10,000.
    #[error("there are more than `10000` entries: the rest is left out")]
    TooManyEntries,
    /// There are more warnings, which are not told.
    #[error("there is more to say, which is not told")]
    More,
}

/// The warnings of a document while it is read.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    list: Vec<Warning>,
    entry: usize,
}

impl Warnings {
    /// What is said from now on is about the next entry.
    pub(super) const fn next_entry(&mut self) -> usize {
        self.entry += 1;
        self.entry
    }

    pub(super) fn say(&mut self, problem: WarningProblem) {
        match self.list.len().cmp(&(MOST_WARNINGS - 1)) {
            std::cmp::Ordering::Less => self.list.push(Warning { entry: self.entry, problem }),
            std::cmp::Ordering::Equal => self.list.push(Warning { entry: self.entry, problem: WarningProblem::More }),
            std::cmp::Ordering::Greater => {}
        }
    }

    /// The value; if there is a text but no value in it, that is said.
    pub(super) fn read<T>(
        &mut self,
        text: Option<&str>,
        problem: WarningProblem,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = text.filter(|text| !text.is_empty())?;
        let value = read(text);
        if value.is_none() {
            self.say(problem);
        }
        value
    }

    pub(super) fn into_list(self) -> Vec<Warning> {
        self.list
    }
}
