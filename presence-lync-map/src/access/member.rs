//! Who a container holds.

use std::fmt;

use presence_core::{Address, InvalidAddress};

use super::domain::{Domain, InvalidDomain};
use super::watcher::{Network, Watcher};

/// A member of a container. In the order of how exactly it says who is meant.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Member {
    /// One watcher.
    User(Address),
    /// Everybody of a domain, but not of domains below it.
    Domain(Domain),
    /// Everybody of the same company.
    SameEnterprise,
    /// Everybody of the companies it is federated with.
    Federated,
    /// Everybody of public services.
    PublicCloud,
    /// Everybody.
    Everyone,
}

impl Member {
    /// The member of this type, as documents write it: `user` and `domain` have a value, the others have none.
    ///
    /// # Errors
    ///
    /// If there is no such type, or its value cannot be read.
    pub fn from_wire(kind: &str, value: &str) -> Result<Self, InvalidMember> {
        Ok(match kind {
            "user" => Self::User(Address::sip(value)?),
            "domain" => Self::Domain(Domain::new(value)?),
            "sameEnterprise" => Self::SameEnterprise,
            "federated" => Self::Federated,
            "publicCloud" => Self::PublicCloud,
            "everyone" => Self::Everyone,
            _ => return Err(InvalidMember::UnknownType),
        })
    }

    /// The type, as documents write it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Domain(_) => "domain",
            Self::SameEnterprise => "sameEnterprise",
            Self::Federated => "federated",
            Self::PublicCloud => "publicCloud",
            Self::Everyone => "everyone",
        }
    }

    /// All that a watcher is a member as, the most exact first.
    pub(super) fn all_of(watcher: &Watcher) -> impl Iterator<Item = Self> {
        let domain = watcher.domain.clone().map(Self::Domain);
        let network = match watcher.network {
            Network::Unknown => None,
            Network::SameEnterprise => Some(Self::SameEnterprise),
            Network::Federated => Some(Self::Federated),
            Network::PublicCloud => Some(Self::PublicCloud),
        };
        [Some(Self::User(watcher.address.clone())), domain, network, Some(Self::Everyone)].into_iter().flatten()
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::User(address) => write!(f, " `{address}`"),
            Self::Domain(domain) => write!(f, " `{domain}`"),
            _ => Ok(()),
        }
    }
}

/// Why something is no member. Its text is not repeated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidMember {
    /// Another type than those there are.
    #[error("a member is `user`, `domain`, `sameEnterprise`, `federated`, `publicCloud` or `everyone`")]
    UnknownType,
    /// The value of a user is no address.
    #[error("a member of type `user` needs a SIP address: {0}")]
    User(#[from] InvalidAddress),
    /// The value of a domain is no domain name.
    #[error("a member of type `domain` needs a domain name: {0}")]
    Domain(#[from] InvalidDomain),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_comes_back() {
        let kinds = ["user", "domain", "sameEnterprise", "federated", "publicCloud", "everyone"];
        let members = kinds.map(|kind| Member::from_wire(kind, "Example.com").unwrap());
        assert_eq!(members.each_ref().map(Member::kind), kinds);
        assert!(members.is_sorted(), "the most exact first");
        assert_eq!(
            members.each_ref().map(ToString::to_string)[..3],
            ["user `sip:example.com`", "domain `example.com`", "sameEnterprise"]
        );
    }

    #[test]
    fn what_is_no_member_is_not_repeated() {
        let wrong = [("User", ""), ("user", "canary@"), ("domain", "can ary")];
        for (kind, value) in wrong {
            let error = Member::from_wire(kind, value).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("ary"), "{error}");
        }
    }
}
