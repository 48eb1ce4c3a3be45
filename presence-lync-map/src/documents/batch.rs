//! The body of a subscription to many people at once.

use presence_core::Address;

use super::categories::MOST_ENTRIES;
use super::category::CategoryName;
use super::error::{DocumentError, with_tree};
use crate::xml::{Element, Namespace, Writer};

/// A subscription to categories of many people.
///
/// A server counts subscriptions by the person watched, category by category: ask for no more than is shown.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct BatchSubscription {
    /// Who subscribes.
    pub from: Address,
    /// A number by which the answer is known.
    pub id: u32,
    /// Whether to begin or to end.
    pub action: BatchAction,
    /// To whom.
    pub to: Vec<Address>,
    /// To what.
    pub categories: Vec<CategoryName>,
}

/// What a batch does.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum BatchAction {
    /// Subscribes.
    #[default]
    Subscribe,
    /// Ends subscriptions.
    Unsubscribe,
}

impl BatchAction {
    const fn to_wire(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

impl BatchSubscription {
    /// A subscription to the states and notes of these people.
    #[must_use]
    pub fn new(from: Address, id: u32, to: Vec<Address>) -> Self {
        let categories = vec![CategoryName::State, CategoryName::Note];
        Self { from, id, action: BatchAction::Subscribe, to, categories }
    }

    /// Both halves of it, the second under another number. One address that a server does not like makes it refuse the
    /// whole; in halves of halves that address is found. `None` when there is only one.
    #[must_use]
    pub fn halves(&self, second: u32) -> Option<(Self, Self)> {
        let (left, right) = self.to.split_at_checked(self.to.len() / 2).filter(|(left, _)| !left.is_empty())?;
        let half = |id, to: &[Address]| Self { id, to: to.to_vec(), ..self.clone() };
        Some((half(self.id, left), half(second, right)))
    }

    /// Reads a body of the type `application/msrtc-adrl-categorylist+xml`. Addresses that cannot be read are left out,
    /// and so is what comes after 10,000 of them.
    ///
    /// # Errors
    ///
    /// When it is no such document, or does not say who subscribes.
    pub fn read(bytes: &[u8]) -> Result<Self, DocumentError> {
        let other = || DocumentError::other("batchSub");
        with_tree(bytes, |tree| {
            let root = tree.root();
            let action = root.child(BATCH, "action").filter(|_| root.is(BATCH, "batchSub")).ok_or_else(other)?;
            let from = root.attribute("uri").and_then(|uri| Address::sip(uri).ok()).ok_or_else(other)?;
            let id = action.attribute("id").and_then(|id| id.trim().parse().ok()).ok_or_else(other)?;
            let is_end = action.attribute("name") == Some(BatchAction::Unsubscribe.to_wire());
            let address = |resource: Element<'_, '_>| Address::sip(resource.attribute("uri")?).ok();
            let name = |category: Element<'_, '_>| category.attribute("name").map(CategoryName::from_wire);
            let list = action.child(BATCH, "adhocList").into_iter().flat_map(Element::children);
            let categories = action.child(LIST, "categoryList").into_iter().flat_map(Element::children);
            Ok(Self {
                from,
                id,
                action: if is_end { BatchAction::Unsubscribe } else { BatchAction::Subscribe },
                to: list.filter(|child| child.is(BATCH, "resource")).filter_map(address).take(MOST_ENTRIES).collect(),
                categories: categories
                    .filter(|child| child.is(LIST, "category"))
                    .filter_map(name)
                    .take(MOST_ENTRIES)
                    .collect(),
            })
        })
    }

    /// The body, written.
    #[must_use]
    pub fn write(&self) -> String {
        let mut writer = Writer::new();
        writer.open("batchSub").namespace(BATCH).attribute("uri", &self.from).attribute("name", "");
        writer.open("action").attribute("name", self.action.to_wire()).attribute("id", self.id);
        writer.open("adhocList");
        for address in &self.to {
            writer.open("resource").attribute("uri", address).close();
        }
        writer.close().open("categoryList").namespace(LIST);
        for category in self.categories.iter().filter(|category| **category != CategoryName::Other) {
            writer.open("category").attribute("name", category).close();
        }
        writer.finish()
    }
}

const BATCH: Namespace = Namespace::BatchSubscribe;
const LIST: Namespace = Namespace::CategoryList;
