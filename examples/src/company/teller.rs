//! The four systems that know something about the people.

use presence_core::{Facet, InvalidName, SourceId};

/// A system that tells what it knows.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Teller {
    /// The calendars.
    Exchange,
    /// The telephone exchange.
    Pbx,
    /// The presence server.
    Skype,
    /// The operator of the mobiles.
    Mobile,
}

impl Teller {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Exchange, Self::Pbx, Self::Skype, Self::Mobile];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Pbx => "pbx",
            Self::Skype => "skype",
            Self::Mobile => "mobile",
        }
    }

    /// Its name in the directory.
    ///
    /// # Errors
    ///
    /// Never: these are names.
    pub fn source_id(self) -> Result<SourceId, InvalidName> {
        SourceId::new(self.name())
    }

    /// What it speaks about.
    #[must_use]
    pub const fn facets(self) -> &'static [Facet] {
        match self {
            Self::Exchange => &[Facet::Calendar, Facet::AutomaticReply, Facet::Hours],
            Self::Pbx => &[Facet::Call, Facet::DoNotDisturb, Facet::Diversion, Facet::Reach],
            Self::Skype => &[Facet::Rich, Facet::Device],
            Self::Mobile => &[Facet::Call, Facet::Reach, Facet::Roaming],
        }
    }
}
