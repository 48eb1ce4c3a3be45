//! Availability as a number from 0 to 18000, the bands it falls into, and ranges of it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::activity::Activity;

/// How available somebody is: 0 (not known) to 18000 (offline); the larger, the less available.
///
/// The number is kept, not only its [`Band`]: a source may add to a customary value to mark where it comes from
/// (`6501`), and what was published is what is shown.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Availability(u16);

impl Availability {
    /// Nothing is known.
    pub const NONE: Self = Self(0);
    /// The largest number there is, the same as [`OFFLINE`](Self::OFFLINE).
    pub const MAX: Self = Self(18_000);
    /// The customary value for "available".
    pub const ONLINE: Self = Self(3_500);
    /// The customary value for "available, but the device is not in use".
    pub const IDLE: Self = Self(5_000);
    /// The customary value for "busy".
    pub const BUSY: Self = Self(6_500);
    /// The customary value for "busy, and the device is not in use".
    pub const IDLE_BUSY: Self = Self(7_500);
    /// The customary value for "do not disturb".
    pub const DO_NOT_DISTURB: Self = Self(9_500);
    /// The customary value for "be right back".
    pub const BE_RIGHT_BACK: Self = Self(12_500);
    /// The customary value for "away".
    pub const AWAY: Self = Self(15_500);
    /// Offline.
    pub const OFFLINE: Self = Self(18_000);

    /// The availability with this number.
    ///
    /// # Errors
    ///
    /// When the number is larger than 18000.
    pub const fn new(number: u16) -> Result<Self, AvailabilityOutOfRange> {
        if number <= Self::MAX.0 { Ok(Self(number)) } else { Err(AvailabilityOutOfRange { number }) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The band the number falls into. Every number is in exactly one.
    #[must_use]
    pub const fn band(self) -> Band {
        match self.0 {
            0..=2_999 => Band::None,
            3_000..=4_499 => Band::Online,
            4_500..=5_999 => Band::IdleOnline,
            6_000..=7_499 => Band::Busy,
            7_500..=8_999 => Band::IdleBusy,
            9_000..=11_999 => Band::DoNotDisturb,
            12_000..=14_999 => Band::BeRightBack,
            15_000..=17_999 => Band::Away,
            18_000.. => Band::Offline,
        }
    }

    /// The availability a Lync or Skype for Business server means by `number`.
    ///
    /// Everything from 18000 up is offline (18500 is usual on the wire), 0 says "not set", and `None` comes back for
    /// 1 to 2999, which have no meaning: better to know nothing than to guess.
    #[must_use]
    pub fn from_lync(number: u32) -> Option<Self> {
        match u16::try_from(number).unwrap_or(u16::MAX) {
            0 => Some(Self::NONE),
            1..=2_999 => None,
            known @ 3_000..=17_999 => Some(Self(known)),
            18_000.. => Some(Self::OFFLINE),
        }
    }

    /// The number to send to a Lync or Skype for Business server: offline is published as 18500 there.
    #[must_use]
    pub fn to_lync(self) -> u32 {
        if self == Self::OFFLINE { 18_500 } else { u32::from(self.0) }
    }

    /// The same availability with the device not in use; only "available" and "busy" have such a twin.
    #[must_use]
    pub const fn idle_twin(self) -> Self {
        match self.band() {
            Band::Online => Self::IDLE,
            Band::Busy => Self::IDLE_BUSY,
            _ => self,
        }
    }

    /// Whether the number says anything: 3000 and up.
    #[must_use]
    pub const fn is_known(self) -> bool {
        self.0 >= Band::Online.floor().0
    }
}

impl fmt::Display for Availability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<u16> for Availability {
    type Error = AvailabilityOutOfRange;

    fn try_from(number: u16) -> Result<Self, Self::Error> {
        Self::new(number)
    }
}

impl From<Availability> for u16 {
    fn from(availability: Availability) -> Self {
        availability.0
    }
}

/// The number is not an availability.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("availability `{number}` is larger than `18000`")]
#[non_exhaustive]
pub struct AvailabilityOutOfRange {
    /// The number that was refused.
    pub number: u16,
}

/// The nine classes of availability, from "nothing known" to "offline".
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "the bands divide 0 to 18000 without a gap, there is no place for more")]
pub enum Band {
    /// 0 to 2999: nothing known.
    None,
    /// 3000 to 4499: available.
    Online,
    /// 4500 to 5999: available, the device is not in use.
    IdleOnline,
    /// 6000 to 7499: busy.
    Busy,
    /// 7500 to 8999: busy, the device is not in use.
    IdleBusy,
    /// 9000 to 11999: not to be disturbed.
    DoNotDisturb,
    /// 12000 to 14999: away for a short time.
    BeRightBack,
    /// 15000 to 17999: away.
    Away,
    /// 18000: offline.
    Offline,
}

impl Band {
    /// All bands, from the lowest to the highest.
    pub const ALL: [Self; 9] = [
        Self::None,
        Self::Online,
        Self::IdleOnline,
        Self::Busy,
        Self::IdleBusy,
        Self::DoNotDisturb,
        Self::BeRightBack,
        Self::Away,
        Self::Offline,
    ];

    /// The lowest number of the band.
    #[must_use]
    pub const fn floor(self) -> Availability {
        Availability(match self {
            Self::None => 0,
            Self::Online => 3_000,
            Self::IdleOnline => 4_500,
            Self::Busy => 6_000,
            Self::IdleBusy => 7_500,
            Self::DoNotDisturb => 9_000,
            Self::BeRightBack => 12_000,
            Self::Away => 15_000,
            Self::Offline => 18_000,
        })
    }

    /// The number that is customarily published for the band.
    #[must_use]
    pub const fn customary(self) -> Availability {
        match self {
            Self::None => Availability::NONE,
            Self::Online => Availability::ONLINE,
            Self::IdleOnline => Availability::IDLE,
            Self::Busy => Availability::BUSY,
            Self::IdleBusy => Availability::IDLE_BUSY,
            Self::DoNotDisturb => Availability::DO_NOT_DISTURB,
            Self::BeRightBack => Availability::BE_RIGHT_BACK,
            Self::Away => Availability::AWAY,
            Self::Offline => Availability::OFFLINE,
        }
    }

    /// What the band says by itself about what somebody is doing: who passes on the number only says no more.
    #[must_use]
    pub const fn activity(self) -> Activity {
        match self {
            Self::None => Activity::None,
            Self::Online => Activity::Available,
            Self::IdleOnline => Activity::Idle,
            Self::Busy | Self::IdleBusy => Activity::Busy,
            Self::DoNotDisturb => Activity::DoNotDisturb,
            Self::BeRightBack => Activity::BeRightBack,
            Self::Away => Activity::Away,
            Self::Offline => Activity::Offline,
        }
    }

    /// The name, the same as in data: `do-not-disturb`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Online => "online",
            Self::IdleOnline => "idle-online",
            Self::Busy => "busy",
            Self::IdleBusy => "idle-busy",
            Self::DoNotDisturb => "do-not-disturb",
            Self::BeRightBack => "be-right-back",
            Self::Away => "away",
            Self::Offline => "offline",
        }
    }

    /// The highest number of the band.
    const fn last(self) -> Availability {
        Availability(match self {
            Self::None => 2_999,
            Self::Online => 4_499,
            Self::IdleOnline => 5_999,
            Self::Busy => 7_499,
            Self::IdleBusy => 8_999,
            Self::DoNotDisturb => 11_999,
            Self::BeRightBack => 14_999,
            Self::Away => 17_999,
            Self::Offline => 18_000,
        })
    }
}

/// A set of availabilities written as ranges, both ends included: `3000-5999,9000`.
///
/// Ranges may come in any order and may overlap; they are kept sorted and as few as possible. Numbers above 18000 all
/// mean offline and are kept as 18000, so that a range written for the wire (`18500`) holds in the engine too.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AvailabilityRanges(Arc<[(u32, u32)]>);

impl AvailabilityRanges {
    /// From one availability to the other, both included, whichever is the larger.
    #[must_use]
    pub fn between(one: Availability, other: Availability) -> Self {
        Self::normalised(vec![(u32::from(one.min(other).0), u32::from(one.max(other).0))])
    }

    /// All availabilities of these bands. Without a band it is empty and prints as the empty text, which is not read
    /// back: an option left empty by mistake shall not be taken for "never".
    #[must_use]
    pub fn from_bands(bands: &[Band]) -> Self {
        Self::normalised(bands.iter().map(|band| (u32::from(band.floor().0), u32::from(band.last().0))).collect())
    }

    /// Whether the availability is in one of the ranges.
    #[must_use]
    pub fn contains(&self, availability: Availability) -> bool {
        self.contains_raw(u32::from(availability.0))
    }

    /// Whether a number from the wire is in one of the ranges; what is above 18000 counts as 18000.
    #[must_use]
    pub fn contains_raw(&self, number: u32) -> bool {
        let number = number.min(LAST);
        let below = self.0.partition_point(|&(_, last)| last < number);
        self.0.get(below).is_some_and(|&(first, _)| first <= number)
    }

    /// Whether there is no range at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ranges, sorted and apart, as first and last number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.0.iter().copied()
    }

    /// Expects first <= last in every range.
    fn normalised(mut ranges: Vec<(u32, u32)>) -> Self {
        for (first, last) in &mut ranges {
            *first = (*first).min(LAST);
            *last = (*last).min(LAST);
        }
        ranges.sort_unstable();
        ranges.dedup_by(|next, kept| {
            let joins = next.0 <= kept.1.saturating_add(1);
            if joins {
                kept.1 = kept.1.max(next.1);
            }
            joins
        });
        Self(ranges.into())
    }
}

impl FromStr for AvailabilityRanges {
    type Err = InvalidAvailabilityRanges;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut ranges = Vec::new();
        let mut position = 0;
        for item in text.split(',') {
            if ranges.len() == MOST_RANGES {
                return Err(InvalidAvailabilityRanges { position, problem: RangeProblem::TooMany });
            }
            ranges.push(parse_range(item, position)?);
            position += item.len() + 1;
        }
        Ok(Self::normalised(ranges))
    }
}

impl fmt::Display for AvailabilityRanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (first, last) in self.iter() {
            write!(f, "{separator}{first}")?;
            if last != first {
                write!(f, "-{last}")?;
            }
            separator = ",";
        }
        Ok(())
    }
}

impl TryFrom<String> for AvailabilityRanges {
    type Error = InvalidAvailabilityRanges;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AvailabilityRanges> for String {
    fn from(ranges: AvailabilityRanges) -> Self {
        ranges.to_string()
    }
}

/// The text is not a list of availability ranges.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{problem} at byte `{position}` of the availability ranges")]
#[non_exhaustive]
pub struct InvalidAvailabilityRanges {
    /// Where in the text, in bytes from its beginning.
    pub position: usize,
    /// What is wrong there.
    pub problem: RangeProblem,
}

/// What can be wrong with availability ranges.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RangeProblem {
    /// There is nothing where a number should be.
    #[error("missing number")]
    Missing,
    /// There is something else than digits where a number should be.
    #[error("not a number")]
    NotANumber,
    /// The number does not fit into 32 bits.
    #[error("number too large")]
    TooLarge,
    /// The first number of the range is larger than the last.
    #[error("range with its ends reversed")]
    Reversed,
    /// There are more than 1000 ranges.
    #[error("more than `1000` ranges")]
    TooMany,
}

/// The highest number a range keeps.
const LAST: u32 = 18_000;
/// Nobody writes more by hand; a bound keeps a hostile file cheap.
const MOST_RANGES: usize = 1_000;

/// `item` is one range, `position` is where it begins in the whole text.
fn parse_range(item: &str, position: usize) -> Result<(u32, u32), InvalidAvailabilityRanges> {
    let Some((left, right)) = item.split_once('-') else {
        let number = parse_number(item, position)?;
        return Ok((number, number));
    };
    let first = parse_number(left, position)?;
    let last = parse_number(right, position + left.len() + 1)?;
    if first > last {
        return Err(InvalidAvailabilityRanges { position: position + indent(left), problem: RangeProblem::Reversed });
    }
    Ok((first, last))
}

fn parse_number(text: &str, position: usize) -> Result<u32, InvalidAvailabilityRanges> {
    let position = position + indent(text);
    let digits = text.trim();
    let fail = |problem| Err(InvalidAvailabilityRanges { position, problem });
    if digits.is_empty() {
        return fail(RangeProblem::Missing);
    }
    // `u32::from_str` would take a sign.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return fail(RangeProblem::NotANumber);
    }
    digits.parse().or_else(|_| fail(RangeProblem::TooLarge))
}

/// The bytes of blanks before the text begins.
fn indent(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all() -> impl Iterator<Item = Availability> {
        (0..=18_000).map(Availability)
    }

    fn ranges(text: &str) -> AvailabilityRanges {
        text.parse().expect("ranges of a test are valid")
    }

    fn problem(text: &str) -> (usize, RangeProblem) {
        let error = text.parse::<AvailabilityRanges>().expect_err("ranges of a test are invalid");
        (error.position, error.problem)
    }

    /// S4.7: the numbers are 0 to 18000, both included.
    #[test]
    fn numbers_are_0_to_18000() {
        for number in 0..=u16::MAX {
            let expected = if number <= 18_000 { Ok(number) } else { Err(AvailabilityOutOfRange { number }) };
            assert_eq!(Availability::new(number).map(Availability::get), expected);
        }
    }

    #[test]
    fn a_number_outside_is_refused_in_data() {
        assert_eq!(serde_json::from_str::<Availability>("18000").unwrap(), Availability::OFFLINE);
        let error = serde_json::from_str::<Availability>("18001").unwrap_err().to_string();
        assert!(error.starts_with("availability `18001` is larger than `18000`"), "{error}");
        assert_eq!(serde_json::to_string(&Availability::BUSY).unwrap(), "6500");
        assert_eq!(format!("{:>6}", Availability::BUSY), "  6500");
    }

    /// S4.8 to S4.16: every one of the 18,001 numbers, against the published lower bounds written out.
    #[test]
    fn every_number_is_in_its_band() {
        let bands = [
            (0, 2_999, Band::None),              // S4.8
            (3_000, 4_499, Band::Online),        // S4.9
            (4_500, 5_999, Band::IdleOnline),    // S4.10
            (6_000, 7_499, Band::Busy),          // S4.11
            (7_500, 8_999, Band::IdleBusy),      // S4.12
            (9_000, 11_999, Band::DoNotDisturb), // S4.13
            (12_000, 14_999, Band::BeRightBack), // S4.14
            (15_000, 17_999, Band::Away),        // S4.15
            (18_000, 18_000, Band::Offline),     // S4.16
        ];
        let mut seen = 0;
        for (first, last, band) in bands {
            for number in first..=last {
                assert_eq!(Availability(number).band(), band, "{number}");
                seen += 1;
            }
            assert_eq!((band.floor().get(), band.last().get()), (first, last));
        }
        assert_eq!(seen, 18_001);
    }

    #[test]
    fn a_larger_number_is_never_in_a_lower_band() {
        assert!(all().is_sorted_by_key(Availability::band));
        assert!(Band::ALL.is_sorted_by_key(|band| band.floor()));
    }

    #[test]
    fn a_band_holds_its_customary_number() {
        for band in Band::ALL {
            assert_eq!(band.customary().band(), band);
            assert_eq!(band.floor().band(), band);
        }
    }

    #[test]
    fn a_band_is_named_as_in_data() {
        for band in Band::ALL {
            assert_eq!(serde_json::to_value(band).unwrap(), band.name());
            assert_eq!(serde_json::from_value::<Band>(band.name().into()).unwrap(), band);
        }
    }

    #[test]
    fn lync_numbers_come_in() {
        assert_eq!(Availability::from_lync(0), Some(Availability::NONE));
        assert!((1..3_000).all(|number| Availability::from_lync(number).is_none()));
        assert!(
            (3_000..=18_000).all(|number| Availability::from_lync(number).unwrap().to_string() == number.to_string())
        );
        for number in [18_001, 18_500, 65_535, 65_536, 65_536 + 3_500, u32::MAX] {
            assert_eq!(Availability::from_lync(number), Some(Availability::OFFLINE), "{number}");
        }
    }

    #[test]
    fn lync_numbers_go_out_and_come_back() {
        assert_eq!(Availability::OFFLINE.to_lync(), 18_500);
        assert_eq!(Availability(6_501).to_lync(), 6_501);
        for availability in all().filter(|availability| availability.is_known()) {
            assert_eq!(Availability::from_lync(availability.to_lync()), Some(availability));
        }
    }

    #[test]
    fn only_available_and_busy_have_an_idle_twin() {
        for availability in all() {
            let twin = match availability.get() {
                3_000..=4_499 => Availability::IDLE,
                6_000..=7_499 => Availability::IDLE_BUSY,
                _ => availability,
            };
            assert_eq!(availability.idle_twin(), twin);
            assert_eq!(twin.idle_twin(), twin);
        }
    }

    #[test]
    fn known_begins_at_3000() {
        assert!(all().all(|availability| availability.is_known() == (availability.get() >= 3_000)));
    }

    /// S4.23, its range: a number counts when it is in there, and only then. What follows is not decided here.
    #[test]
    fn a_range_holds_its_numbers_and_no_others() {
        let range = ranges("4000-7000");
        assert!(
            all().all(|availability| range.contains(availability) == (4_000..=7_000).contains(&availability.get()))
        );
    }

    /// S4.24: `3000-5999` is the online and idle-online bands.
    #[test]
    fn the_published_example_is_online_and_idle_online() {
        let range = ranges("3000-5999");
        assert_eq!(range, AvailabilityRanges::from_bands(&[Band::IdleOnline, Band::Online]));
        for availability in all() {
            let expected = matches!(availability.band(), Band::Online | Band::IdleOnline);
            assert_eq!(range.contains(availability), expected, "{availability}");
        }
    }

    /// S4.25: several ranges separated by commas, in any order, with blanks, overlapping or not.
    #[test]
    fn several_ranges_are_separated_by_commas() {
        assert_eq!(ranges("9000,3000-5999").to_string(), "3000-5999,9000");
        assert_eq!(ranges(" 9000 , 3000 - 5999\t").to_string(), "3000-5999,9000");
        assert_eq!(ranges("3000-3999,4000-4999").to_string(), "3000-4999");
        assert_eq!(ranges("3000-4500,4000-4200,4400-4800").to_string(), "3000-4800");
        assert_eq!(ranges("1,3").iter().collect::<Vec<_>>(), [(1, 1), (3, 3)]);
        let two = ranges("3000-5999,9000");
        assert!(two.contains(Availability(5_999)) && two.contains(Availability(9_000)));
        assert!(!two.contains(Availability(6_000)) && !two.contains(Availability(9_001)));
    }

    #[test]
    fn what_is_above_18000_is_offline() {
        assert_eq!(ranges("18500").to_string(), "18000");
        assert_eq!(ranges("15000-4294967295").to_string(), "15000-18000");
        let offline = AvailabilityRanges::from_bands(&[Band::Offline]);
        assert_eq!(offline.iter().collect::<Vec<_>>(), [(18_000, 18_000)]);
        assert!(offline.contains_raw(18_500) && offline.contains_raw(u32::MAX));
        assert!(!offline.contains_raw(17_999));
    }

    #[test]
    fn between_takes_its_ends_in_either_order() {
        let range = AvailabilityRanges::between(Availability::BUSY, Availability::ONLINE);
        assert_eq!(range, AvailabilityRanges::between(Availability::ONLINE, Availability::BUSY));
        assert_eq!(range.to_string(), "3500-6500");
    }

    #[test]
    fn no_band_is_no_range() {
        let none = AvailabilityRanges::from_bands(&[]);
        assert!(none.is_empty());
        assert!(!all().any(|availability| none.contains(availability)));
        assert!(!ranges("0").is_empty());
        assert_eq!(AvailabilityRanges::from_bands(&Band::ALL).to_string(), "0-18000");
    }

    #[test]
    fn faulty_ranges_say_where_and_what() {
        assert_eq!(problem(""), (0, RangeProblem::Missing));
        assert_eq!(problem("  "), (2, RangeProblem::Missing));
        assert_eq!(problem("3000,"), (5, RangeProblem::Missing));
        assert_eq!(problem("3000-"), (5, RangeProblem::Missing));
        assert_eq!(problem("-3000"), (0, RangeProblem::Missing));
        assert_eq!(problem("3000, +4000"), (6, RangeProblem::NotANumber));
        assert_eq!(problem("3000-4000-5000"), (5, RangeProblem::NotANumber));
        assert_eq!(problem("3000;4000"), (0, RangeProblem::NotANumber));
        assert_eq!(problem("4294967296"), (0, RangeProblem::TooLarge));
        assert_eq!(problem("3000, 5999-3000"), (6, RangeProblem::Reversed));
        let error = "3000,x".parse::<AvailabilityRanges>().unwrap_err();
        assert_eq!(error.to_string(), "not a number at byte `5` of the availability ranges");
    }

    #[test]
    fn a_thousand_ranges_and_not_one_more() {
        let mut text = vec!["3000"; 1_000].join(",");
        assert_eq!(ranges(&text).to_string(), "3000");
        text.push_str(",3000");
        assert_eq!(problem(&text), (5_000, RangeProblem::TooMany));
    }

    #[test]
    fn ranges_are_one_text_in_data() {
        let read: AvailabilityRanges = serde_json::from_str(r#""9000,3000-5999""#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#""3000-5999,9000""#);
        assert!(serde_json::from_str::<AvailabilityRanges>(r#""""#).is_err());
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(list in prop::collection::vec((0_u32..20_000, 0_u32..20_000), 1..20)) {
            let text = list.iter().map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))).collect::<Vec<_>>().join(",");
            let once = ranges(&text);
            prop_assert_eq!(&once, &ranges(&once.to_string()));
            let apart = once.iter().collect::<Vec<_>>();
            prop_assert!(apart.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        }

        #[test]
        fn a_number_is_held_when_one_range_holds_it(
            list in prop::collection::vec((0_u32..=18_000, 0_u32..=18_000), 1..20),
            number in 0_u32..=18_000,
        ) {
            let text = list.iter().map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))).collect::<Vec<_>>().join(",");
            let expected = list.iter().any(|(a, b)| (a.min(b)..=a.max(b)).contains(&&number));
            prop_assert_eq!(ranges(&text).contains_raw(number), expected);
        }

        #[test]
        fn no_text_breaks_the_parser(text in "[0-9 ,\\-a\u{e5}]{0,40}") {
            match text.parse::<AvailabilityRanges>() {
                Ok(read) => prop_assert!(!read.is_empty()),
                Err(error) => prop_assert!(error.position <= text.len()),
            }
        }
    }
}
