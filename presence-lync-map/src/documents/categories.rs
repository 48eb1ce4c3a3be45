//! The body of a notification: what a server tells of somebody.

use presence_core::Address;

use super::category::{Category, CategoryName, Content};
use super::error::{DocumentError, Warning, WarningProblem, Warnings, with_tree};
use super::rules::ReadRules;
use super::time::{read_time, write_time};
use crate::states::InstanceId;
use crate::xml::{Element, Namespace, Writer};

/// A document has at most so many entries.
pub(super) const MOST_ENTRIES: usize = 10_000;

/// What a server tells of somebody.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Categories {
    /// Of whom; `None` if the document does not say it in a way that can be read.
    pub of: Option<Address>,
    /// What, in the order of the document.
    pub categories: Vec<Category>,
    /// What was left out.
    pub warnings: Vec<Warning>,
}

impl Categories {
    /// Something about somebody.
    #[must_use]
    pub const fn new(of: Address, categories: Vec<Category>) -> Self {
        Self { of: Some(of), categories, warnings: Vec::new() }
    }

    /// Reads a body of the type `application/msrtc-event-categories+xml`, or the categories of one's own in one of the
    /// type `application/vnd-microsoft-roaming-self+xml`.
    ///
    /// # Errors
    ///
    /// When it is no such document, or one that is refused. One entry that cannot be read is left out with a warning.
    pub fn read(bytes: &[u8], rules: &ReadRules) -> Result<Self, DocumentError> {
        with_tree(bytes, |tree| {
            let root = tree.root();
            // What is one's own stands in the same element, within a document of its own.
            let within = root.is(Namespace::RoamingSelf, "roamingData");
            let found = if within { root.child(Namespace::Categories, "categories") } else { Some(root) };
            let found = found.filter(|found| found.is(Namespace::Categories, "categories"));
            Ok(Self::of_element(found.ok_or_else(|| DocumentError::other("categories"))?, rules))
        })
    }

    /// The body, written.
    #[must_use]
    pub fn write(&self) -> String {
        let mut writer = Writer::new();
        writer.open("categories").namespace(Namespace::Categories).maybe("uri", self.of.as_ref());
        for category in &self.categories {
            category.write(&mut writer);
        }
        writer.finish()
    }

    fn of_element(root: Element<'_, '_>, rules: &ReadRules) -> Self {
        let mut warnings = Warnings::default();
        let of = root.attribute("uri").and_then(|uri| Address::sip(uri).ok());
        if of.is_none() {
            warnings.say(WarningProblem::Address);
        }
        let mut categories = Vec::new();
        for element in root.children().filter(|child| child.is(Namespace::Categories, "category")) {
            if warnings.next_entry() > MOST_ENTRIES {
                warnings.say(WarningProblem::TooManyEntries);
                break;
            }
            categories.extend(Category::read(element, rules, &mut warnings));
        }
        Self { of, categories, warnings: warnings.into_list() }
    }
}

impl Category {
    /// An entry with this document, published then.
    #[must_use]
    pub fn new(instance: InstanceId, published: chrono::DateTime<chrono::Utc>, content: Content) -> Self {
        let name = content.category().unwrap_or(CategoryName::Other);
        Self { name, instance, container: None, version: None, published: Some(published), content }
    }

    fn read(element: Element<'_, '_>, rules: &ReadRules, warnings: &mut Warnings) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let (Some(name), Some(instance)) = (element.attribute("name"), element.attribute("instance").and_then(number))
        else {
            warnings.say(WarningProblem::Key);
            return None;
        };
        let name = CategoryName::from_wire(name);
        let container = warnings.read(element.attribute("container"), WarningProblem::Number, number);
        let version = warnings.read(element.attribute("version"), WarningProblem::Number, number);
        let published = warnings.read(element.attribute("publishTime"), WarningProblem::Time, read_time);
        let content = Content::read(name, element, rules, warnings)?;
        Some(Self { name, instance: InstanceId::new(instance), container, version, published, content })
    }

    fn write(&self, writer: &mut Writer) {
        if self.name == CategoryName::Other {
            return;
        }
        writer.open("category").attribute("name", self.name.as_str()).attribute("instance", self.instance.get());
        writer.maybe("publishTime", self.published.map(write_time));
        writer.maybe("container", self.container).maybe("version", self.version);
        self.content.write(writer);
        writer.close();
    }
}
