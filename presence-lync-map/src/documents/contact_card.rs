//! A contact card, of which each instance tells a part.

use std::sync::Arc;

use presence_core::{Address, Confidential};

use super::error::{WarningProblem, Warnings};
use super::state::typed;
use crate::xml::{Element, Namespace, Writer};

/// Telephones beyond so many are not kept.
const MOST_PHONES: usize = 32;

/// Who somebody is, or the part of it that one instance tells.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ContactCard {
    /// The name to show.
    pub name: Option<Confidential<Arc<str>>>,
    /// The mail address.
    pub email: Option<Address>,
    /// The title.
    pub title: Option<Confidential<Arc<str>>>,
    /// The company.
    pub company: Option<Confidential<Arc<str>>>,
    /// The office.
    pub office: Option<Confidential<Arc<str>>>,
    /// The telephones.
    pub phones: Vec<PhoneNumber>,
    /// Whether it is a program, to which nobody should stay subscribed.
    pub is_automaton: bool,
}

/// A telephone on a card.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PhoneNumber {
    /// Which of the person's telephones it is.
    pub kind: PhoneKind,
    /// Its number.
    pub number: Address,
}

impl PhoneNumber {
    /// A telephone.
    #[must_use]
    pub const fn new(kind: PhoneKind, number: Address) -> Self {
        Self { kind, number }
    }
}

/// Which of a person's telephones.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum PhoneKind {
    /// At work.
    Work,
    /// The mobile.
    Mobile,
    /// At home.
    Home,
    /// Another.
    Other,
    /// The voice mail.
    Voicemail,
}

impl PhoneKind {
    const NAMED: [Self; 5] = [Self::Work, Self::Mobile, Self::Home, Self::Other, Self::Voicemail];

    /// The telephone of this name; one that is not known is another.
    #[must_use]
    pub fn from_wire(name: &str) -> Self {
        Self::NAMED.into_iter().find(|known| known.to_wire().eq_ignore_ascii_case(name)).unwrap_or(Self::Other)
    }

    /// Its name.
    #[must_use]
    pub const fn to_wire(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Mobile => "mobile",
            Self::Home => "home",
            Self::Other => "other",
            Self::Voicemail => "voicemail",
        }
    }
}

impl ContactCard {
    /// The card of several instances, in the order of their numbers: what one does not tell, another may. A part that is
    /// told twice is that of the first.
    #[must_use]
    pub fn merged<'a, I: IntoIterator<Item = &'a Self>>(parts: I) -> Self {
        parts.into_iter().fold(Self::default(), |card, part| Self {
            name: card.name.or_else(|| part.name.clone()),
            email: card.email.or_else(|| part.email.clone()),
            title: card.title.or_else(|| part.title.clone()),
            company: card.company.or_else(|| part.company.clone()),
            office: card.office.or_else(|| part.office.clone()),
            phones: card.phones.into_iter().chain(part.phones.iter().cloned()).take(MOST_PHONES).collect(),
            is_automaton: card.is_automaton || part.is_automaton,
        })
    }

    pub(super) fn read(card: Element<'_, '_>, warnings: &mut Warnings) -> Self {
        let identity = card.child(CARD, "identity").unwrap_or(card);
        let of = |element: Element<'_, '_>, name, warnings: &mut Warnings| {
            let text = element.child(CARD, name)?.text();
            (!text.is_empty()).then(|| typed(text, warnings))
        };
        let name = identity.child(CARD, "name").and_then(|name| of(name, "displayName", warnings));
        let email = identity.child(CARD, "email").map(Element::text);
        let phones = card.children().filter(|child| child.is(CARD, "phone")).take(MOST_PHONES);
        Self {
            name,
            email: warnings.read(email, WarningProblem::Address, |text| Address::smtp(text).ok()),
            title: of(card, "title", warnings),
            company: of(card, "company", warnings),
            office: of(card, "office", warnings),
            phones: phones.filter_map(|phone| read_phone(phone, warnings)).collect(),
            is_automaton: card.child(CARD, "automaton").is_some_and(|found| found.text() == "true"),
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.open("contactCard").namespace(CARD);
        if self.name.is_some() || self.email.is_some() {
            writer.open("identity");
            if let Some(name) = &self.name {
                writer.open("name").leaf("displayName", name.reveal()).close();
            }
            if let Some(email) = &self.email {
                writer.leaf("email", email.value());
            }
            writer.close();
        }
        for (name, text) in [("title", &self.title), ("company", &self.company), ("office", &self.office)] {
            if let Some(text) = text {
                writer.leaf(name, text.reveal());
            }
        }
        for phone in &self.phones {
            writer.open("phone").attribute("type", phone.kind.to_wire()).leaf("uri", &phone.number).close();
        }
        if self.is_automaton {
            writer.leaf("automaton", true);
        }
        writer.close();
    }
}

const CARD: Namespace = Namespace::ContactCard;

fn read_phone(phone: Element<'_, '_>, warnings: &mut Warnings) -> Option<PhoneNumber> {
    let kind = PhoneKind::from_wire(phone.attribute("type").unwrap_or_default().trim());
    let uri = phone.child_text(CARD, "uri").or_else(|| phone.child_text(CARD, "displayString"));
    let address = |text: &str| if text.starts_with("sip") { Address::sip(text).ok() } else { Address::tel(text).ok() };
    let number = warnings.read(uri, WarningProblem::Phone, address)?;
    Some(PhoneNumber { kind, number })
}
