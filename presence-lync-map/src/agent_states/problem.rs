//! What can be wrong with a file of agent states, where, and what to do.

use presence_core::Lcid;

use super::name::{InvalidStateName, StateName};
use crate::xml::{NotText, TextFault};

/// The file cannot be taken.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line `{line}` of the agent states: {problem}")]
#[non_exhaustive]
pub struct AgentStatesError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

impl From<NotText> for AgentStatesError {
    fn from(error: NotText) -> Self {
        let problem = match error.fault {
            TextFault::Character => Problem::Character,
            TextFault::Bytes { encoding } => Problem::NotInEncoding { encoding },
            TextFault::Encoding { label } => Problem::UnknownEncoding { label },
        };
        Self { line: error.line, problem }
    }
}

/// The file was taken, and this was passed over.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line `{line}` of the agent states: {problem}")]
#[non_exhaustive]
pub struct Warning {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What can be wrong with a file of agent states. The message says what to do, and repeats nothing somebody typed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// The file is larger than 1 MiB.
    #[error("the file is larger than `1048576` bytes: leave out what is not a state")]
    TooLarge,
    /// The encoding is not known.
    #[error("the encoding `{label}` is not known: save the file as UTF-8")]
    UnknownEncoding {
        /// What the declaration says, without characters that are in no such name.
        label: String,
    },
    /// There are bytes that do not exist in the encoding.
    #[error("there are bytes that are not {encoding}: save the file as UTF-8 and declare that")]
    NotInEncoding {
        /// The encoding.
        encoding: &'static str,
    },
    /// The declaration names another encoding than the file has. The file was read as what it is.
    #[error("the declaration names another encoding than the file has, which is {actual}: correct the declaration")]
    OtherEncoding {
        /// What the file is.
        actual: &'static str,
    },
    /// There is a character that XML does not have.
    #[error("there is a character that XML does not have: remove it")]
    Character,
    /// There is no XML declaration.
    #[error("there is no XML declaration: begin the file with `<?xml version=\"1.0\"?>`")]
    NoDeclaration,
    /// There is something before the XML declaration.
    #[error("there is something before the XML declaration: it has to be the very first")]
    DeclarationNotFirst,
    /// There is an XML declaration within the file.
    #[error("there is another XML declaration: only the first line of a file may be one, remove this")]
    SecondDeclaration,
    /// There is a document type, which is refused unread.
    #[error("there is a document type: remove the `<!DOCTYPE …>`")]
    DocumentType,
    /// There is a reference to something that would have to be defined elsewhere.
    #[error("there is a reference that is none of XML's own: write the character itself")]
    Entity,
    /// It is not XML.
    #[error("this is not XML: a tag, an attribute or a comment is not finished, or there is a lone `&`")]
    NotXml,
    /// A tag closes what is not open.
    #[error("the closing tag does not fit what is open: check which element is meant to end here")]
    ClosingTag,
    /// The file ends too early.
    #[error("the file ends and an element is still open: complete it")]
    NotClosed,
    /// Only `</agentStates>` is missing.
    #[error("the file ends without `</agentStates>`: add it")]
    RootNotClosed,
    /// Elements are nested more than 16 deep.
    #[error("elements are nested more than `16` deep: states have activities and nothing else")]
    TooDeep,
    /// An element has more than 32 attributes, or there are too many namespaces.
    #[error("there are too many attributes or namespaces: leave them out")]
    TooManyAttributes,
    /// A prefix is bound in a way that XML does not allow: `xml` and `xmlns` are taken.
    #[error("a prefix may not stand for the namespace it is given: leave out `xmlns:xml`, `xmlns:xmlns` and the like")]
    Prefix,
    /// An attribute is there twice.
    #[error("an attribute is there twice: leave out one")]
    DoubledAttribute,
    /// There is no element `agentStates` around the states.
    #[error("there is no `agentStates` around the states: put `<agentStates xmlns=…>` and `</agentStates>` around")]
    NoRoot,
    /// There is something after the end of `agentStates`.
    #[error("there is something after `</agentStates>`: a file has one, move the states into it")]
    SecondRoot,
    /// The namespace is not that of agent states.
    #[error("the namespace is not `{}`: write `xmlns` exactly so", super::NAMESPACE)]
    Namespace,
    /// There is an element that does not belong here.
    #[error("there is an element that does not belong here: check its name, capital letters count")]
    UnknownElement,
    /// There is an attribute that means nothing.
    #[error("there is an attribute that means nothing: check its name, capital letters count")]
    UnknownAttribute,
    /// There is text outside of an activity.
    #[error("there is text outside of an `activity`: move or remove it")]
    TextOutside,
    /// A state has no `ID`.
    #[error("there is no `ID`: a state needs one, and capital letters count")]
    NoName,
    /// The `ID` is not a name.
    #[error("the `ID` cannot be used: {0}")]
    Name(InvalidStateName),
    /// The availability is not a number from 0 to 18500.
    #[error("the `availability` is not there or not a number from `0` to `18500`")]
    Availability,
    /// The availability has no meaning to a server.
    #[error("the `availability` is less than `3000`, which servers do not show: raise it")]
    LowAvailability,
    /// There is a second state of the same name. The first counts.
    #[error("the state `{name}` is there already: the first counts, leave out one")]
    DoubledState {
        /// The name.
        name: StateName,
    },
    /// There are more than 1000 states.
    #[error("there are more than `1000` states: leave out those that are not named in `aggregated-states`")]
    TooManyStates,
    /// There is no state.
    #[error("there is no state: nothing could be published")]
    NoStates,
    /// A state has no activity in any language.
    #[error("the state has no text: only its number is published")]
    NoText,
    /// The `LCID` is not a decimal number of a locale. The text is left out.
    #[error("the `LCID` is not there or not a locale as a decimal number: the text is left out")]
    Lcid,
    /// There is a second text for a locale. The first counts.
    #[error("there is a text for the locale `{}` already: the first counts", .lcid.get())]
    DoubledLcid {
        /// The locale.
        lcid: Lcid,
    },
    /// There is no text in the activity. It is left out.
    #[error("the text is empty: it is left out")]
    EmptyText,
    /// The text is longer than clients show.
    #[error("the text is longer than `64` characters: clients may cut it")]
    LongText,
    /// The text is longer than 1000 characters.
    #[error("the text is longer than `1000` characters: shorten it")]
    TextTooLong,
    /// A state has texts for more than 64 locales.
    #[error("there are texts for more than `64` locales: leave some out")]
    TooManyTexts,
    /// There are more warnings, which are not told.
    #[error("there is more to say: correct what is named first")]
    More,
}

/// Whether a file can be taken in spite of a problem.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Severity {
    /// Never.
    Fatal,
    /// When it is read leniently.
    Lenient,
    /// Always.
    Warning,
}

impl Problem {
    pub(super) const fn severity(&self) -> Severity {
        match self {
            Self::NoDeclaration
            | Self::DeclarationNotFirst
            | Self::RootNotClosed
            | Self::NoRoot
            | Self::SecondRoot
            | Self::Namespace
            | Self::UnknownElement
            | Self::TextOutside
            | Self::NoName
            | Self::Name(_)
            | Self::Availability => Severity::Lenient,
            Self::OtherEncoding { .. }
            | Self::UnknownAttribute
            | Self::LowAvailability
            | Self::DoubledState { .. }
            | Self::NoText
            | Self::Lcid
            | Self::DoubledLcid { .. }
            | Self::EmptyText
            | Self::LongText
            | Self::More => Severity::Warning,
            _ => Severity::Fatal,
        }
    }
    /// Whether it is enough to say it once.
    pub(super) const fn is_of_the_whole_file(&self) -> bool {
        matches!(self, Self::NoRoot | Self::SecondRoot | Self::Namespace)
    }
}
