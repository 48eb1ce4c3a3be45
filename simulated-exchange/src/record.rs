//! What the server was asked for.

use serde::Serialize;

use crate::company::{Item, Sensitivity};

/// One request.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Asked {
    /// The operation, such as `FindItem`.
    pub operation: String,
    /// Who had logged in.
    pub login: String,
    /// For whom it acted, if for somebody else.
    pub acting_as: Option<String>,
    /// The version that it named.
    pub version: Option<String>,
    /// The mailboxes it was about.
    pub mailboxes: Vec<String>,
    /// The properties it wanted: `item:Subject`, `calendar:Start`, `0x0037`, `Appointment/33315`. Of free/busy the view.
    pub properties: Vec<String>,
    /// The items it named.
    pub items: Vec<String>,
    /// Its header `X-AnchorMailbox`.
    pub anchor: Option<String>,
    /// Whether it had the cookie that leads to the server of a subscription.
    pub cookie: bool,
    /// The code of the answer: `NoError`, the first error of its messages, or a fault.
    pub code: String,
    /// The items whose subject, place, people or body were in the answer.
    pub told: Vec<Told>,
}

/// An item whose texts left the server.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Told {
    /// The id of the item.
    pub item: String,
    /// Its sensitivity, as EWS spells it.
    pub sensitivity: &'static str,
}

impl Asked {
    /// How many items of this sensitivity told their texts.
    #[must_use]
    pub fn told_of(&self, sensitivity: Sensitivity) -> usize {
        self.told.iter().filter(|told| told.sensitivity == sensitivity.text()).count()
    }

    /// Whether it wanted this property.
    #[must_use]
    pub fn wants(&self, property: &str) -> bool {
        self.properties.iter().any(|own| own == property)
    }

    pub(crate) fn tell(&mut self, id: String, item: &Item) {
        self.told.push(Told { item: id, sensitivity: item.sensitivity.text() });
    }

    pub(crate) fn about(&mut self, mailbox: &str) {
        if !self.mailboxes.iter().any(|own| own == mailbox) {
            self.mailboxes.push(mailbox.to_owned());
        }
    }

    /// Notes the first error.
    pub(crate) fn failed(&mut self, code: &str) {
        if self.code.is_empty() {
            code.clone_into(&mut self.code);
        }
    }
}
