//! What is the case on one facet, and who says it of whom and when.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::absence::Absence;
use crate::calendar::{Agenda, Hours, ShowAs, Span};
use crate::device::Device;
use crate::identity::{Origin, Subject};
use crate::line::{Call, Diversion, Reach};
use crate::manual::Manual;
use crate::note::Note;
use crate::rich::RichState;

/// One axis of a person's situation. Nothing on one axis is derived from another.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
#[non_exhaustive]
pub enum Facet {
    /// An absence the person or an operator entered, with reason and return time.
    Absence = 0,
    /// The automatic reply of a mailbox.
    AutomaticReply = 1,
    /// What the calendar says now.
    Calendar = 2,
    /// The call on a telephone.
    Call = 3,
    /// Whether a computer or client is in use.
    Device = 4,
    /// Where a telephone is diverted to, whatever happens.
    Diversion = 5,
    /// Do-not-disturb on a telephone.
    DoNotDisturb = 6,
    /// Working hours.
    Hours = 7,
    /// A state that somebody set by hand.
    Manual = 8,
    /// Notes about a person.
    Note = 9,
    /// Whether a telephone can be reached.
    Reach = 10,
    /// Availability and activity, as a presence server publishes them.
    Rich = 11,
    /// Whether a mobile is abroad.
    Roaming = 12,
}

impl Facet {
    /// All facets, in the order of their codes.
    pub const ALL: [Self; 13] = [
        Self::Absence,
        Self::AutomaticReply,
        Self::Calendar,
        Self::Call,
        Self::Device,
        Self::Diversion,
        Self::DoNotDisturb,
        Self::Hours,
        Self::Manual,
        Self::Note,
        Self::Reach,
        Self::Rich,
        Self::Roaming,
    ];

    /// A small number for this facet.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The facet with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// A word or two for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Absence => "absence",
            Self::AutomaticReply => "automatic reply",
            Self::Calendar => "calendar",
            Self::Call => "call",
            Self::Device => "device",
            Self::Diversion => "diversion",
            Self::DoNotDisturb => "do-not-disturb",
            Self::Hours => "working hours",
            Self::Manual => "manual state",
            Self::Note => "note",
            Self::Reach => "reach",
            Self::Rich => "rich presence",
            Self::Roaming => "roaming",
        }
    }
}

/// A set of facets.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Facet>", into = "Vec<Facet>")]
pub struct FacetSet(u16);

impl FacetSet {
    /// No facet.
    pub const NONE: Self = Self(0);
    /// Every facet.
    pub const ALL: Self = Self((1 << 13) - 1);

    /// The set of these facets.
    #[must_use]
    pub const fn of(facets: &[Facet]) -> Self {
        let mut set = 0;
        let mut rest = facets;
        while let [first, tail @ ..] = rest {
            set |= 1 << first.code();
            rest = tail;
        }
        Self(set)
    }

    /// Whether `facet` is in the set.
    #[must_use]
    pub const fn contains(self, facet: Facet) -> bool {
        self.0 & (1 << facet.code()) != 0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// This set and `facet`.
    #[must_use]
    pub const fn with(self, facet: Facet) -> Self {
        Self(self.0 | 1 << facet.code())
    }

    /// This set without `facet`.
    #[must_use]
    pub const fn without(self, facet: Facet) -> Self {
        Self(self.0 & !(1 << facet.code()))
    }

    /// What is in either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The facets, in the order of their codes.
    pub fn iter(self) -> impl Iterator<Item = Facet> {
        Facet::ALL.into_iter().filter(move |facet| self.contains(*facet))
    }

    pub(crate) const fn bits(self) -> u16 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u16) -> Self {
        Self(bits & Self::ALL.0)
    }
}

impl fmt::Debug for FacetSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl From<Vec<Facet>> for FacetSet {
    fn from(facets: Vec<Facet>) -> Self {
        Self::of(&facets)
    }
}

impl From<FacetSet> for Vec<Facet> {
    fn from(set: FacetSet) -> Self {
        set.iter().collect()
    }
}

impl FromIterator<Facet> for FacetSet {
    fn from_iter<I: IntoIterator<Item = Facet>>(facets: I) -> Self {
        facets.into_iter().fold(Self::NONE, Self::with)
    }
}

/// What is the case on one facet.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fact {
    /// All absences the source knows, present and planned; empty: "not absent".
    Absences(Arc<[Absence]>),
    /// When the mailbox answers by itself; `None`: it does not.
    AutomaticReply(Option<Span>),
    /// Meetings for a covered span; outside it the calendar is unknown.
    Agenda(Arc<Agenda>),
    /// The calendar's present word, from a source that knows no more.
    ShowAs(ShowAs),
    /// The heaviest call on a telephone.
    Call(Call),
    /// Whether a computer or client is in use.
    Device(Device),
    /// The unconditional diversion of a telephone.
    Diversion(Diversion),
    /// Do-not-disturb on a telephone.
    DoNotDisturb(bool),
    /// Working hours as absolute spans: the adapter knows the zone.
    Hours(Arc<Hours>),
    /// Set by the person or an operator; `None`: taken back.
    Manual(Option<Manual>),
    /// All live notes the source knows.
    Notes(Arc<[Note]>),
    /// Whether a telephone can be reached.
    Reach(Reach),
    /// Availability and activity.
    Rich(RichState),
    /// Whether a mobile is abroad.
    Roaming(bool),
    /// The source no longer knows: what it said on this facet is withdrawn.
    Unknown(Facet),
}

impl Fact {
    /// The facet this fact is about.
    #[must_use]
    pub const fn facet(&self) -> Facet {
        match self {
            Self::Absences(_) => Facet::Absence,
            Self::AutomaticReply(_) => Facet::AutomaticReply,
            Self::Agenda(_) | Self::ShowAs(_) => Facet::Calendar,
            Self::Call(_) => Facet::Call,
            Self::Device(_) => Facet::Device,
            Self::Diversion(_) => Facet::Diversion,
            Self::DoNotDisturb(_) => Facet::DoNotDisturb,
            Self::Hours(_) => Facet::Hours,
            Self::Manual(_) => Facet::Manual,
            Self::Notes(_) => Facet::Note,
            Self::Reach(_) => Facet::Reach,
            Self::Rich(_) => Facet::Rich,
            Self::Roaming(_) => Facet::Roaming,
            Self::Unknown(facet) => *facet,
        }
    }
}

/// How long a report is good for, counted from when it was received: clocks of foreign servers are wrong.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Lifetime {
    /// As long as the configuration says for this facet and value.
    #[default]
    Default,
    /// So many seconds, from the protocol; 0 withdraws what the source said on that facet.
    Lease(u32),
    /// As long as the session of the source stands: for states that are pushed.
    Session,
}

/// A source says a fact about a subject.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// Handle of the source's own name for the person.
    pub subject: Subject,
    /// Handle of the source.
    pub origin: Origin,
    /// What is the case.
    pub fact: Fact,
    /// When, by the source's clock, which the source corrects first.
    pub observed_at: DateTime<Utc>,
    /// How long it is good for.
    pub lifetime: Lifetime,
}

impl Report {
    /// A report that is good for as long as the configuration says.
    #[must_use]
    pub const fn new(origin: Origin, subject: Subject, fact: Fact, observed_at: DateTime<Utc>) -> Self {
        Self { subject, origin, fact, observed_at, lifetime: Lifetime::Default }
    }

    /// The source takes back what it said on this facet.
    #[must_use]
    pub const fn withdrawing(origin: Origin, subject: Subject, facet: Facet, observed_at: DateTime<Utc>) -> Self {
        Self { subject, origin, fact: Fact::Unknown(facet), observed_at, lifetime: Lifetime::Lease(0) }
    }

    /// The same report, good for `lifetime`.
    #[must_use]
    pub fn lasting(self, lifetime: Lifetime) -> Self {
        Self { lifetime, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facets_and_codes_agree() {
        for (code, facet) in Facet::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(facet.code()), code);
            assert_eq!(Facet::from_code(facet.code()), Some(facet));
        }
        assert_eq!(Facet::from_code(13), None);
        assert_eq!(FacetSet::ALL.iter().count(), 13);
    }

    #[test]
    fn a_set_is_its_facets() {
        let set = FacetSet::of(&[Facet::Call, Facet::Rich]);
        assert!(set.contains(Facet::Call) && !set.contains(Facet::Reach));
        assert_eq!(set.without(Facet::Call).with(Facet::Reach), FacetSet::of(&[Facet::Rich, Facet::Reach]));
        let text = serde_json::to_string(&set).unwrap();
        assert_eq!(text, r#"["call","rich"]"#);
        assert_eq!(serde_json::from_str::<FacetSet>(&text).unwrap(), set);
    }

    /// S3.12: user, phone, calendar and device states are kinds of their own.
    #[test]
    fn the_four_published_families_are_facets_of_their_own() {
        let facts: [Fact; 4] = [
            serde_json::from_str(r#"{"rich":{"availability":6500,"activity":"busy"}}"#).unwrap(),
            serde_json::from_str(r#"{"call":"in-call"}"#).unwrap(),
            serde_json::from_str(r#"{"show-as":"busy"}"#).unwrap(),
            serde_json::from_str(r#"{"device":"away"}"#).unwrap(),
        ];
        let facets: Vec<_> = facts.iter().map(Fact::facet).collect();
        assert_eq!(facets, [Facet::Rich, Facet::Call, Facet::Calendar, Facet::Device]);
    }
}
