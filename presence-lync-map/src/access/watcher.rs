//! Who watches.

use presence_core::Address;

use super::domain::Domain;

/// Somebody who watches a person, as far as it matters for what they may know.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Watcher {
    /// The address.
    pub address: Address,
    /// The domain.
    pub domain: Option<Domain>,
    /// Where the watcher comes from.
    pub network: Network,
    /// Whether the watcher is on the contact list of the person.
    pub on_contact_list: bool,
}

impl Watcher {
    /// A watcher from nowhere in particular, in the domain of this address and on nobody's contact list.
    #[must_use]
    pub fn new(address: Address) -> Self {
        let domain = Domain::of(&address);
        Self { address, domain, network: Network::Unknown, on_contact_list: false }
    }

    /// In this domain, whatever the address says: for addresses that have none.
    #[must_use]
    pub fn domain(mut self, domain: Domain) -> Self {
        self.domain = Some(domain);
        self
    }

    /// Coming from there.
    #[must_use]
    pub const fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// On the contact list of the person.
    #[must_use]
    pub const fn on_contact_list(mut self) -> Self {
        self.on_contact_list = true;
        self
    }
}

/// Where a watcher comes from, as the server that let the watcher in says it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Network {
    /// It is not said.
    #[default]
    Unknown,
    /// The same company.
    SameEnterprise,
    /// A company it is federated with.
    Federated,
    /// A public service.
    PublicCloud,
}
