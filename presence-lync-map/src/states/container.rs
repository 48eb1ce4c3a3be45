//! The two sets of publications the server aggregates, one for most watchers and one for the team.

/// A container that feeds the aggregation.
///
/// Both hold the same publications, but "do not disturb" has two faces: the team may still interrupt when it is urgent.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Container {
    /// Container 2, for everybody who may see the presence.
    Everyone,
    /// Container 3, for the team.
    Team,
}

impl Container {
    /// The number of the container that is aggregated.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::Everyone => 2,
            Self::Team => 3,
        }
    }

    /// The containers in which the result is published.
    #[must_use]
    pub const fn results(self) -> &'static [u32] {
        match self {
            Self::Everyone => &[100, 200, 400],
            Self::Team => &[300],
        }
    }

    /// The container a watcher of this container of results is served from; `None` where no result is published.
    #[must_use]
    pub fn of_result(result: u32) -> Option<Self> {
        [Self::Everyone, Self::Team].into_iter().find(|container| container.results().contains(&result))
    }
}
