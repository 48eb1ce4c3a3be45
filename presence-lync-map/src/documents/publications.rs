//! The body of a publication: what the server is told of oneself.

use std::fmt;

use presence_core::Address;

use super::categories::MOST_ENTRIES;
use super::category::{CategoryName, Content};
use super::error::{DocumentError, Warning, WarningProblem, Warnings, with_tree};
use super::rules::ReadRules;
use crate::states::{InstanceId, Lifetime};
use crate::xml::{Element, Namespace, Writer};

/// What the server is told of somebody.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Publications {
    /// Of whom.
    pub of: Address,
    /// What, in the order of the document. The answer counts them.
    pub list: Vec<Publication>,
    /// What was left out while reading.
    pub warnings: Vec<Warning>,
}

/// One publication. It is known by its category, its instance and its container.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Publication {
    /// Which category.
    pub name: CategoryName,
    /// Which instance of it.
    pub instance: InstanceId,
    /// For which container.
    pub container: u32,
    /// The version at the server that it takes the place of; 0 if there is none.
    pub version: u32,
    /// How long it holds. [`Lifetime::Seconds`] of 0 takes it back, whatever the content.
    pub lifetime: Lifetime,
    /// The document.
    pub content: Content,
}

/// What a publication is known by.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Key {
    name: CategoryName,
    instance: InstanceId,
    container: u32,
}

impl Key {
    pub(super) const fn new(name: CategoryName, instance: InstanceId, container: u32) -> Self {
        Self { name, instance, container }
    }

    /// Takes back what is published there.
    pub(super) const fn withdrawing(self) -> Publication {
        Publication::withdrawing(self.name, self.instance, self.container)
    }
}

impl Publication {
    /// A publication of something that was not published before.
    #[must_use]
    pub fn new(instance: InstanceId, container: u32, lifetime: Lifetime, content: Content) -> Self {
        let name = content.category().unwrap_or(CategoryName::Other);
        Self { name, instance, container, version: 0, lifetime, content }
    }

    /// Takes a publication back.
    #[must_use]
    pub const fn withdrawing(name: CategoryName, instance: InstanceId, container: u32) -> Self {
        Self { name, instance, container, version: 0, lifetime: Lifetime::Seconds(0), content: Content::Empty }
    }

    /// Whether it takes back what is published.
    #[must_use]
    pub const fn withdraws(&self) -> bool {
        matches!(self.lifetime, Lifetime::Seconds(0))
    }

    pub(super) const fn key(&self) -> Key {
        Key::new(self.name, self.instance, self.container)
    }

    fn read(element: Element<'_, '_>, rules: &ReadRules, warnings: &mut Warnings) -> Option<Self> {
        let number = |name| element.attribute(name)?.trim().parse::<u32>().ok();
        let name = element.attribute("categoryName").map(CategoryName::from_wire);
        let (Some(name), Some(instance), Some(container)) = (name, number("instance"), number("container")) else {
            warnings.say(WarningProblem::Key);
            return None;
        };
        let lifetime = match (element.attribute("expireType"), number("expires")) {
            (_, Some(0)) => Lifetime::Seconds(0),
            (Some("time"), Some(seconds)) => Lifetime::Seconds(seconds),
            (Some("static"), _) => Lifetime::Static,
            (Some("endpoint"), _) => Lifetime::Endpoint,
            (Some("user"), _) => Lifetime::User,
            _ => Lifetime::Usual,
        };
        let version = number("version").unwrap_or(0);
        let content = Content::read(name, element, rules, warnings)?;
        Some(Self { name, instance: InstanceId::new(instance), container, version, lifetime, content })
    }

    fn write(&self, writer: &mut Writer) {
        writer.open("publication").attribute("categoryName", self.name.as_str());
        writer.attribute("instance", self.instance.get()).attribute("container", self.container);
        writer.attribute("version", self.version);
        let (kind, expires) = match self.lifetime {
            Lifetime::Static => ("static", None),
            Lifetime::Seconds(seconds) => ("time", Some(seconds)),
            Lifetime::User => ("user", None),
            Lifetime::Usual | Lifetime::Endpoint => ("endpoint", None),
        };
        writer.attribute("expireType", kind).maybe("expires", expires);
        if !self.withdraws() {
            self.content.write(writer);
        }
        writer.close();
    }
}

impl Publications {
    /// Tells the server this of somebody.
    #[must_use]
    pub const fn new(of: Address, list: Vec<Publication>) -> Self {
        Self { of, list, warnings: Vec::new() }
    }

    /// Reads a body of the type `application/msrtc-category-publish+xml`.
    ///
    /// # Errors
    ///
    /// When it is no such document, or does not say of whom it is.
    pub fn read(bytes: &[u8], rules: &ReadRules) -> Result<Self, DocumentError> {
        let other = || DocumentError::other("publish");
        with_tree(bytes, |tree| {
            let root = tree.root();
            let list = root.child(RICH, "publications").filter(|_| root.is(RICH, "publish")).ok_or_else(other)?;
            let of = list.attribute("uri").and_then(|uri| Address::sip(uri).ok()).ok_or_else(other)?;
            let mut warnings = Warnings::default();
            let mut read = Vec::new();
            for element in list.children().filter(|child| child.is(RICH, "publication")) {
                if warnings.next_entry() > MOST_ENTRIES {
                    warnings.say(WarningProblem::TooManyEntries);
                    break;
                }
                read.extend(Publication::read(element, rules, &mut warnings));
            }
            Ok(Self { of, list: read, warnings: warnings.into_list() })
        })
    }

    /// The body, written. What has no name of a category is left out.
    #[must_use]
    pub fn write(&self) -> String {
        let mut writer = Writer::new();
        writer.open("publish").namespace(RICH).open("publications").attribute("uri", &self.of);
        for publication in self.list.iter().filter(|publication| publication.name != CategoryName::Other) {
            publication.write(&mut writer);
        }
        writer.finish()
    }
}

impl fmt::Display for Publications {
    /// What is published where, without any text: for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, publication) in self.list.iter().enumerate() {
            let Publication { name, instance, container, version, .. } = publication;
            let what = if publication.withdraws() { "takes back" } else { "publishes" };
            let separator = if place == 0 { "" } else { ", " };
            write!(f, "{separator}{what} {name} {instance} in {container} after version {version}")?;
        }
        Ok(())
    }
}

const RICH: Namespace = Namespace::RichPresence;
