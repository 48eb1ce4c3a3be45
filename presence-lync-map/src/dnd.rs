//! Presence into do-not-disturb: which numbers count as available, and when a device's state is told.

use std::fmt;
use std::str::FromStr;

use presence_core::{AvailabilityRanges, Band, InvalidAvailabilityRanges};
use serde::{Deserialize, Serialize};

use crate::bands::{LowNumbers, RawAvailability};

/// Which numbers count as available, so that do-not-disturb is off; at every other number that says something it is on.
///
/// It is read from the value of the option `presence-availability-range`, and printed as such a value, sorted and in
/// as few ranges as possible.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct PullProfile {
    ranges: AvailabilityRanges,
    low: LowNumbers,
}

impl PullProfile {
    /// The largest number a range may name.
    pub const LARGEST: u32 = 18_500;

    /// In these ranges somebody is available.
    #[must_use]
    pub const fn new(ranges: AvailabilityRanges) -> Self {
        Self { ranges, low: LowNumbers::Unknown }
    }

    /// Reads 1 to 2999 in another way: like the customary number for "available" or "offline".
    #[must_use]
    pub const fn low_numbers(mut self, low: LowNumbers) -> Self {
        self.low = low;
        self
    }

    /// How 1 to 2999 are read.
    pub(crate) const fn low(&self) -> LowNumbers {
        self.low
    }

    /// The ranges.
    #[must_use]
    pub const fn ranges(&self) -> &AvailabilityRanges {
        &self.ranges
    }

    /// Do-not-disturb at this number. `None` for 0, which says that nothing is set, and for a number that says
    /// nothing: then do-not-disturb stays what it is.
    #[must_use]
    pub fn dnd(&self, raw: u32) -> Option<Dnd> {
        let asked = match (RawAvailability::new(raw).band_with(self.low), raw) {
            (Band::None, _) => return None,
            (band, ..3_000) => RawAvailability::customary(band).get(),
            (_, raw) => raw,
        };
        Some(if self.ranges.contains_raw(asked) { Dnd::Off } else { Dnd::On })
    }
}

/// 3000 to 6000, what the product takes without a profile. What it takes in a profile that does not say is not
/// documented.
impl Default for PullProfile {
    fn default() -> Self {
        Self::new(AvailabilityRanges::between(Band::Online.floor(), Band::Busy.floor()))
    }
}

impl FromStr for PullProfile {
    type Err = InvalidRanges;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_ranges(text).map(Self::new)
    }
}

impl fmt::Display for PullProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.ranges.fmt(f)
    }
}

/// Ranges in the product's grammar: that of [`AvailabilityRanges`], with no number above 18500.
///
/// # Errors
///
/// What is wrong and where.
pub fn parse_ranges(text: &str) -> Result<AvailabilityRanges, InvalidRanges> {
    let ranges = text.parse()?;
    let mut position = 0;
    // Digits that are not one number are out by now.
    for piece in text.split_inclusive(|character: char| !character.is_ascii_digit()) {
        let digits = piece.trim_end_matches(|character: char| !character.is_ascii_digit());
        if digits.parse().is_ok_and(|number: u32| number > PullProfile::LARGEST) {
            return Err(InvalidRanges::TooLarge { position });
        }
        position += piece.len();
    }
    Ok(ranges)
}

/// The value is not a list of ranges.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRanges {
    /// It does not keep to the grammar.
    #[error(transparent)]
    Grammar(#[from] InvalidAvailabilityRanges),
    /// A number is larger than any that is published.
    #[error("number larger than `18500` at byte `{position}` of the availability ranges")]
    TooLarge {
        /// Where in the text, in bytes from its beginning.
        position: usize,
    },
}

/// Do-not-disturb of a device.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "it is on or off; that it is not known is the absence of it")]
pub enum Dnd {
    /// Calls may come.
    Off,
    /// No calls, please.
    On,
}

/// One device: what its do-not-disturb was last told to be, so that it is told again only when it changes.
///
/// A number that says nothing, and no number at all, change nothing: nobody becomes available because a subscription
/// was lost. Whether to be worried about that is a matter of diagnostics, not of events.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DndWatch {
    /// The last number, to be read again when the profile changes. `None`: not known now.
    seen: Option<RawAvailability>,
    told: Option<Dnd>,
}

impl DndWatch {
    /// A device about which nothing is known: the first number that says something is told.
    #[must_use]
    pub const fn new() -> Self {
        Self { seen: None, told: None }
    }

    /// A device whose state is known: only what differs from it is told.
    #[must_use]
    pub const fn standing(state: Dnd) -> Self {
        Self { seen: None, told: Some(state) }
    }

    /// What the device was last told, or stood at.
    #[must_use]
    pub const fn state(&self) -> Option<Dnd> {
        self.told
    }

    /// A number came, or none (`None`) because the subscription was lost or the person is not known.
    pub fn see(&mut self, profile: &PullProfile, raw: Option<u32>) -> Option<DndEvent> {
        self.seen = raw.map(RawAvailability::new);
        self.look(profile)
    }

    /// Another profile holds, or the same with other ranges: the last number is read again.
    pub fn look(&mut self, profile: &PullProfile) -> Option<DndEvent> {
        let state = profile.dnd(self.seen?.get())?;
        self.change(state)
    }

    /// It is known to be this for another reason than a number. The last number says nothing any more.
    pub fn tell(&mut self, state: Dnd) -> Option<DndEvent> {
        self.seen = None;
        self.change(state)
    }

    fn change(&mut self, state: Dnd) -> Option<DndEvent> {
        (self.told.replace(state) != Some(state)).then_some(DndEvent(state))
    }
}

/// Do-not-disturb of a device has changed to this.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "it is the state it tells, and nothing besides")]
pub struct DndEvent(pub Dnd);

impl DndEvent {
    /// The name of the event.
    #[must_use]
    pub const fn name(self, spelling: EventSpelling) -> &'static str {
        match (self.0, spelling) {
            (Dnd::On, EventSpelling::Product) => "EventDNDOn",
            (Dnd::Off, EventSpelling::Product) => "EventDNDOff",
            (Dnd::On, EventSpelling::DoubledO) => "EventDNDOOn",
            (Dnd::Off, EventSpelling::DoubledO) => "EventDNDOOff",
        }
    }

    /// The event with this name, in either spelling.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let events = [Self(Dnd::On), Self(Dnd::Off)];
        let spelt =
            |event: &Self| [EventSpelling::Product, EventSpelling::DoubledO].map(|spelling| event.name(spelling));
        events.into_iter().find(|event| spelt(event).contains(&name))
    }
}

/// How to write the names of the events: the product and one of its documents do not agree.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EventSpelling {
    /// `EventDNDOn` and `EventDNDOff`, as the product sends them.
    #[default]
    Product,
    /// `EventDNDOOn` and `EventDNDOOff`, as the document has them.
    DoubledO,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_above_18500_are_refused_where_they_stand() {
        assert!(parse_ranges("3000-18500").is_ok());
        let refused = [("18501", 0), ("3000-18501", 5), ("3000, 6000 - 20000", 13), ("1,\u{a0}19000", 4)];
        for (text, position) in refused {
            assert_eq!(parse_ranges(text), Err(InvalidRanges::TooLarge { position }), "{text}");
        }
        let error = parse_ranges("3000-18501").unwrap_err().to_string();
        assert_eq!(error, "number larger than `18500` at byte `5` of the availability ranges");
    }

    #[test]
    fn low_numbers_are_read_as_told() {
        let profile = |low| "3000-5999".parse::<PullProfile>().unwrap().low_numbers(low);
        let read = [LowNumbers::Unknown, LowNumbers::Available, LowNumbers::Offline]
            .map(|low| [0, 1, 2_999, 3_000].map(|raw| profile(low).dnd(raw)));
        let (off, on) = (Some(Dnd::Off), Some(Dnd::On));
        assert_eq!(read, [[None, None, None, off], [None, off, off, off], [None, on, on, off]]);
    }

    /// S4.22: what is told without a number is told once too, and the number before it is not read again.
    #[test]
    fn what_is_told_without_a_number_is_told_once() {
        let profile = "3000-5999".parse::<PullProfile>().unwrap();
        let mut watch = DndWatch::new();
        assert_eq!(watch.see(&profile, Some(9_500)), Some(DndEvent(Dnd::On)));
        assert_eq!(watch.tell(Dnd::On), None);
        assert_eq!(watch.tell(Dnd::Off), Some(DndEvent(Dnd::Off)));
        assert_eq!((watch.tell(Dnd::Off), watch.look(&profile), watch.state()), (None, None, Some(Dnd::Off)));
    }

    #[test]
    fn events_are_known_in_both_spellings() {
        for event in [DndEvent(Dnd::On), DndEvent(Dnd::Off)] {
            for spelling in [EventSpelling::Product, EventSpelling::DoubledO] {
                assert_eq!(DndEvent::named(event.name(spelling)), Some(event));
            }
        }
        assert_eq!(DndEvent::named("EventDNDon"), None);
    }
}
