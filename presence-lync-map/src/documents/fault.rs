//! The answer to a publication that was out of date.

use super::error::{DocumentError, with_tree};
use crate::xml::{Element, Namespace, Writer};

/// A server names at most so many publications.
const MOST_OPERATIONS: usize = 10_000;
const WRONG_DELTA: &str = "Client.BadCall.WrongDelta";

/// The body of an answer 409: the server has other versions than the publication went out from.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct VersionConflict {
    /// The publications that are out of date, and the versions they have.
    pub operations: Vec<VersionOf>,
}

/// The version that one publication has at the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct VersionOf {
    /// Which publication of the request, counted from 0.
    pub place: usize,
    /// Its version at the server.
    pub version: u32,
}

impl VersionOf {
    /// The version of a publication.
    #[must_use]
    pub const fn new(place: usize, version: u32) -> Self {
        Self { place, version }
    }
}

impl VersionConflict {
    /// These publications are out of date.
    #[must_use]
    pub const fn new(operations: Vec<VersionOf>) -> Self {
        Self { operations }
    }

    /// Reads a body of the type `application/msrtc-fault+xml`. Operations without both numbers are passed over.
    ///
    /// # Errors
    ///
    /// When it is no such document, or one about another fault.
    pub fn read(bytes: &[u8]) -> Result<Self, DocumentError> {
        with_tree(bytes, |tree| {
            let root = tree.root();
            let code = any_child(root, "Faultcode").or_else(|| any_child(root, "faultcode")).map(Element::text);
            if root.local_name() != "fault" || code != Some(WRONG_DELTA) {
                return Err(DocumentError::other("fault"));
            }
            let details = any_child(root, "details").unwrap_or(root);
            let operations = details.children().filter(|child| child.local_name() == "operation");
            Ok(Self { operations: operations.filter_map(read_operation).take(MOST_OPERATIONS).collect() })
        })
    }

    /// The body, written.
    #[must_use]
    pub fn write(&self) -> String {
        let mut writer = Writer::new();
        writer.open("fault").namespace(Namespace::RichPresence).leaf("Faultcode", WRONG_DELTA).open("details");
        for operation in &self.operations {
            writer.open("operation").attribute("index", operation.place.saturating_add(1));
            writer.attribute("curVersion", operation.version).close();
        }
        writer.finish()
    }
}

/// The namespace of a fault is not documented.
fn any_child<'t, 'a>(element: Element<'t, 'a>, name: &str) -> Option<Element<'t, 'a>> {
    element.children().find(|child| child.local_name() == name)
}

/// On the wire publications are counted from 1.
fn read_operation(operation: Element<'_, '_>) -> Option<VersionOf> {
    let number = |name| operation.attribute(name)?.trim().parse::<u32>().ok();
    let place = usize::try_from(number("index")?).ok()?.checked_sub(1)?;
    Some(VersionOf { place, version: number("curVersion")? })
}
