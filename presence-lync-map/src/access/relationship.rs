//! How near somebody is to the person they watch: the containers a watcher can be in.

use std::cmp::Ordering;
use std::fmt;

use crate::states::Container;

/// The container a watcher is in. In the order of the numbers of the containers.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Relationship {
    /// Container 0: whoever is in no other one.
    #[default]
    Default,
    /// Container 1: the person, who reads what is their own.
    Owner,
    /// Container 100: people of other companies.
    External,
    /// Container 200: people of the same company.
    Colleagues,
    /// Container 300: the team, and delegates.
    Workgroup,
    /// Container 400: friends and family.
    FriendsAndFamily,
    /// Container 32000: whoever the person has blocked.
    Blocked,
    /// One that a site has made. What it is told is not known here, so it is told what everybody is told.
    Other(SiteContainer),
}

/// The number of a container that a site has made.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SiteContainer(u16);

impl SiteContainer {
    /// The number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl Relationship {
    /// Those that every system has, in their order.
    pub const ALL: [Self; 7] = [
        Self::Default,
        Self::Owner,
        Self::External,
        Self::Colleagues,
        Self::Workgroup,
        Self::FriendsAndFamily,
        Self::Blocked,
    ];

    /// The largest number a container can have.
    pub const LARGEST: u16 = 32_767;

    /// The number of the container.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Default => 0,
            Self::Owner => 1,
            Self::External => 100,
            Self::Colleagues => 200,
            Self::Workgroup => 300,
            Self::FriendsAndFamily => 400,
            Self::Blocked => 32_000,
            Self::Other(site) => site.0,
        }
    }

    /// The container with this number. `None` for what is no container of watchers: above 32767, and 2 and 3, which feed
    /// the aggregation.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        let number = u16::try_from(number).ok().filter(|number| *number <= Self::LARGEST)?;
        let known = Self::ALL.into_iter().find(|known| known.number() == number);
        let feeds = |container: Container| container.number() == u32::from(number);
        match known {
            Some(known) => Some(known),
            None if feeds(Container::Everyone) || feeds(Container::Team) => None,
            None => Some(Self::Other(SiteContainer(number))),
        }
    }

    /// What the web interface calls it; `Unknown` for one that it has no name for.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default | Self::Owner | Self::Other(_) => "Unknown",
            Self::External => "External",
            Self::Colleagues => "Colleagues",
            Self::Workgroup => "Workgroup",
            Self::FriendsAndFamily => "FriendsAndFamily",
            Self::Blocked => "Blocked",
        }
    }

    /// The one the web interface calls so, letter by letter. `Unknown` is none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().filter(|known| known.name() != "Unknown").find(|known| known.name() == name)
    }

    /// The container whose aggregation is published to it; `None` where none is.
    #[must_use]
    pub fn aggregation(self) -> Option<Container> {
        Container::of_result(u32::from(self.number()))
    }

    /// Blocked first: whoever is blocked stays so, also where a site has made a container with a larger number.
    pub(super) fn weight(self) -> (bool, u16) {
        (self == Self::Blocked, self.number())
    }
}

impl Ord for Relationship {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number().cmp(&other.number())
    }
}

impl PartialOrd for Relationship {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Relationship {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_a_container_comes_back() {
        for number in 0..=40_000 {
            let found = Relationship::from_number(number);
            let expected = (number <= 32_767 && number != 2 && number != 3).then_some(number);
            assert_eq!(found.map(|found| u32::from(found.number())), expected);
        }
        assert_eq!(Relationship::from_number(65_536), None);
        assert_eq!(Relationship::from_number(32_000), Some(Relationship::Blocked));
    }

    #[test]
    fn names_are_those_of_the_web_interface() {
        for known in Relationship::ALL.into_iter().skip(2) {
            assert_eq!(Relationship::from_name(known.name()), Some(known));
        }
        assert_eq!(Relationship::Default.name(), "Unknown");
        assert_eq!([Relationship::from_name("Unknown"), Relationship::from_name("blocked")], [None, None]);
    }

    /// S3.22: the team is served from the aggregation of its own.
    #[test]
    fn the_team_has_its_own_aggregation() {
        let of = Relationship::ALL.map(Relationship::aggregation);
        let [everyone, team] = [Some(Container::Everyone), Some(Container::Team)];
        assert_eq!(of, [None, None, everyone, everyone, team, everyone, None]);
    }

    #[test]
    fn the_order_is_that_of_the_numbers() {
        let site = Relationship::from_number(250).unwrap();
        assert!(Relationship::Colleagues < site && site < Relationship::Workgroup);
        assert!(Relationship::ALL.is_sorted());
        assert_eq!(site.to_string(), "Unknown (250)");
    }
}
