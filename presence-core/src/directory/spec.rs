//! What a directory is made from.

use serde::{Deserialize, Serialize};

use crate::fact::{Facet, FacetSet};
use crate::identity::{Address, PersonId, SourceId};

/// What a place is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "rules speak of these kinds; a new one is a new design")]
pub enum PlaceKind {
    /// An account at a presence server: Teams, Skype for Business.
    Account,
    /// A desk telephone.
    Desk,
    /// A mailbox with its calendar.
    Mailbox,
    /// A mobile telephone.
    Mobile,
    /// The person: for facts about nothing smaller.
    Person,
}

/// Whether somebody belongs to the organisation.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Trust {
    /// A member of the organisation.
    #[default]
    Colleague,
    /// A contact of another organisation.
    External,
}

/// Whether a source tells about everybody by itself, or about those it is asked for.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Interest {
    /// The source tells what it knows of everybody.
    #[default]
    Everyone,
    /// The source watches whom somebody wants to see, and so many seconds longer.
    OnDemand {
        /// Seconds from the last wish to the release.
        #[serde(default = "linger")]
        linger: u32,
    },
}

/// A minute, as the documents have it.
const fn linger() -> u32 {
    60
}

/// A source: its id, what it can tell, and whether it waits to be asked.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SourceSpec {
    /// The id, unique in the installation.
    pub id: SourceId,
    /// What the source can tell.
    pub facets: FacetSet,
    /// Whether it waits to be asked.
    #[serde(default)]
    pub interest: Interest,
    /// Whether its bare calendar words leave private meetings out; otherwise such a word counts as private.
    #[serde(default)]
    pub private_left_out: bool,
    /// Whether it is configured and enabled; a source that is not says `Server not configured`.
    #[serde(default = "yes")]
    pub configured: bool,
}

const fn yes() -> bool {
    true
}

impl SourceSpec {
    /// A source that tells about everybody.
    #[must_use]
    pub const fn new(id: SourceId, facets: &[Facet]) -> Self {
        Self {
            id,
            facets: FacetSet::of(facets),
            interest: Interest::Everyone,
            private_left_out: false,
            configured: true,
        }
    }

    /// The source watches only whom somebody wants to see, and a minute longer.
    #[must_use]
    pub fn on_demand(self) -> Self {
        Self { interest: Interest::OnDemand { linger: linger() }, ..self }
    }

    /// Its bare calendar words leave private meetings out.
    #[must_use]
    pub fn leaving_private_out(self) -> Self {
        Self { private_left_out: true, ..self }
    }
}

/// An address, and the sources that speak of it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AddressSpec {
    /// The address.
    pub address: Address,
    /// The sources that cover it: what they can tell is *expected* there.
    #[serde(default)]
    pub sources: Vec<SourceId>,
}

/// One telephone, mailbox or account, by all its addresses.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PlaceSpec {
    /// What it is.
    pub kind: PlaceKind,
    /// Its addresses: several paths to the same thing.
    #[serde(default)]
    pub addresses: Vec<AddressSpec>,
}

impl PlaceSpec {
    /// A place without an address yet.
    #[must_use]
    pub const fn new(kind: PlaceKind) -> Self {
        Self { kind, addresses: Vec::new() }
    }

    /// The place is also reached by `address`, of which `sources` speak.
    #[must_use]
    pub fn address(mut self, address: Address, sources: &[SourceId]) -> Self {
        self.addresses.push(AddressSpec { address, sources: sources.to_vec() });
        self
    }
}

/// A person, as the directory of an installation knows them.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PersonSpec {
    /// The id, unique in the installation.
    pub id: PersonId,
    /// The name to show.
    #[serde(default)]
    pub name: String,
    /// The department, which is also the group for rules of precedence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// What the person can help with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<String>,
    /// Colleague or external contact.
    #[serde(default)]
    pub trust: Trust,
    /// The person's own number at the voicemail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voicemail: Option<Address>,
    /// Telephones, mailboxes and accounts, the most important first.
    #[serde(default)]
    pub places: Vec<PlaceSpec>,
}

impl PersonSpec {
    /// A colleague with nothing but an id.
    #[must_use]
    pub const fn new(id: PersonId) -> Self {
        Self {
            id,
            name: String::new(),
            department: None,
            skills: Vec::new(),
            trust: Trust::Colleague,
            voicemail: None,
            places: Vec::new(),
        }
    }

    /// The person is shown by this name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// The person works here.
    #[must_use]
    pub fn in_department(mut self, department: &str) -> Self {
        self.department = Some(department.to_owned());
        self
    }

    /// The person has one more telephone, mailbox or account.
    #[must_use]
    pub fn place(mut self, place: PlaceSpec) -> Self {
        self.places.push(place);
        self
    }
}
