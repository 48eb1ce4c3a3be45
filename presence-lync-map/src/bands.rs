//! Availability as the wire has it: any number, the band it means, the names and the customary numbers.

use std::fmt;

use presence_core::{Activity, Availability, Band};
use serde::{Deserialize, Serialize};

/// A number from the wire, kept as it came.
///
/// Presence documents say 0 to 18000, and real traffic says 18500 for "offline" as well; a contact centre adds one to
/// a customary number to mark what it published. So every number is taken and none is changed: the number is kept for
/// whoever wants to see or publish it again, the [`band`](Self::band) says what it means.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RawAvailability(u32);

impl RawAvailability {
    /// Nothing is set.
    pub const NOT_SET: Self = Self(0);
    /// Published for "available".
    pub const AVAILABLE: Self = Self(3_500);
    /// Published by a computer that has not been touched for a while.
    pub const INACTIVE: Self = Self(5_000);
    /// Published for "busy", a meeting, or a call.
    pub const BUSY: Self = Self(6_500);
    /// What colleagues of the same team see of "do not disturb".
    pub const URGENT_INTERRUPTIONS_ONLY: Self = Self(6_900);
    /// Published for a call with three or more parties.
    pub const IN_CONFERENCE: Self = Self(7_000);
    /// Published for "busy, and the computer has not been touched for a while".
    pub const BUSY_INACTIVE: Self = Self(7_500);
    /// Published for "presenting".
    pub const PRESENTING: Self = Self(9_000);
    /// Published for "do not disturb".
    pub const DO_NOT_DISTURB: Self = Self(9_500);
    /// Published for "be right back".
    pub const BE_RIGHT_BACK: Self = Self(12_500);
    /// Published for "away" and "off work".
    pub const AWAY: Self = Self(15_500);
    /// What the server itself says when the last endpoint has left; also the largest number of the documents.
    pub const SERVER_OFFLINE: Self = Self(18_000);
    /// Published for "appear offline", and shown to whoever is blocked.
    pub const OFFLINE: Self = Self(18_500);

    /// The number as it came; every number is taken.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number if the documents know it: 0 to 18000, both included.
    ///
    /// # Errors
    ///
    /// When it is larger.
    pub const fn documented(number: u32) -> Result<Self, NotDocumented> {
        if number <= Self::SERVER_OFFLINE.0 { Ok(Self(number)) } else { Err(NotDocumented { number }) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// What the number means. Below 3000 nothing is known, from 18000 up it is offline.
    #[must_use]
    pub fn band(self) -> Band {
        self.availability().map_or(Band::None, Availability::band)
    }

    /// What the number means where 1 to 2999 are read in another way.
    #[must_use]
    pub fn band_with(self, low: LowNumbers) -> Band {
        match (self.0, low) {
            (1..=2_999, LowNumbers::Available) => Band::Online,
            (1..=2_999, LowNumbers::Offline) => Band::Offline,
            _ => self.band(),
        }
    }

    /// The number as the engine takes it: what is above 18000 becomes 18000, and 1 to 2999 say nothing.
    #[must_use]
    pub fn availability(self) -> Option<Availability> {
        Availability::from_lync(self.0)
    }

    /// The number customarily published for a band: 18500 for offline, 0 when nothing is known.
    #[must_use]
    pub fn customary(band: Band) -> Self {
        Self(band.customary().to_lync())
    }

    /// Whether the number says anything: 3000 and up.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.band() != Band::None
    }
}

impl fmt::Display for RawAvailability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<u32> for RawAvailability {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

impl From<RawAvailability> for u32 {
    fn from(raw: RawAvailability) -> Self {
        raw.0
    }
}

/// The number to publish for what the engine says: offline goes out as 18500.
impl From<Availability> for RawAvailability {
    fn from(availability: Availability) -> Self {
        Self(availability.to_lync())
    }
}

/// The documents do not know the number.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("availability `{number}` is larger than `18000`")]
#[non_exhaustive]
pub struct NotDocumented {
    /// The number.
    pub number: u32,
}

/// How to read 1 to 2999, about which the sources do not agree. 0 always says that nothing is set.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LowNumbers {
    /// Nothing is known: what most documents say.
    #[default]
    Unknown,
    /// Available: what one page about the element says.
    Available,
    /// Offline: what another client makes of it.
    Offline,
}

/// The name of a band in server interfaces and in contact-centre documents: `IdleOnline`.
#[must_use]
pub const fn server_name(band: Band) -> &'static str {
    match band {
        Band::None => "None",
        Band::Online => "Online",
        Band::IdleOnline => "IdleOnline",
        Band::Busy => "Busy",
        Band::IdleBusy => "IdleBusy",
        Band::DoNotDisturb => "DoNotDisturb",
        Band::BeRightBack => "BeRightBack",
        Band::Away => "Away",
        Band::Offline => "Offline",
    }
}

/// The band with this [`server_name`], letter by letter.
#[must_use]
pub fn from_server_name(name: &str) -> Option<Band> {
    Band::ALL.into_iter().find(|band| server_name(*band) == name)
}

/// The name of a band in the interface of the desktop client: `FreeIdle`.
#[must_use]
pub const fn client_name(band: Band) -> &'static str {
    match band {
        Band::None => "None",
        Band::Online => "Free",
        Band::IdleOnline => "FreeIdle",
        Band::Busy => "Busy",
        Band::IdleBusy => "BusyIdle",
        Band::DoNotDisturb => "DoNotDisturb",
        Band::BeRightBack => "TemporarilyAway",
        Band::Away => "Away",
        Band::Offline => "Offline",
    }
}

/// The band with this [`client_name`], letter by letter. `Invalid`, which says that the client does not know the
/// person, is none.
#[must_use]
pub fn from_client_name(name: &str) -> Option<Band> {
    Band::ALL.into_iter().find(|band| client_name(*band) == name)
}

/// What documents of 2005 said by two numbers. They are read only; nothing publishes them any more.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Legacy {
    /// How well somebody can be reached, 0 to 999.
    pub availability: u32,
    /// What somebody is doing, in steps of 50.
    pub activity: u32,
}

impl Legacy {
    /// What was said by these two numbers.
    #[must_use]
    pub const fn new(availability: u32, activity: u32) -> Self {
        Self { availability, activity }
    }

    /// What they mean today. `None` when they say that they do not know, or say nothing that is documented.
    #[must_use]
    pub const fn read(self) -> Option<(Availability, Activity)> {
        match self.availability {
            0..=99 => Some((Availability::OFFLINE, Activity::Offline)),
            200..=299 => match self.doing() {
                // Connected, and little happens there: the device is not in use.
                Some((Availability::ONLINE, _)) | None => Some((Availability::IDLE, Activity::Idle)),
                other => other,
            },
            300..=999 => match self.doing() {
                None => Some((Availability::ONLINE, Activity::Available)),
                other => other,
            },
            _ => None,
        }
    }

    const fn doing(self) -> Option<(Availability, Activity)> {
        Some(match self.activity {
            100 | 700 => (Availability::AWAY, Activity::Away),
            150 => (Availability::AWAY, Activity::Lunch),
            200 => (Availability::IDLE, Activity::Idle),
            300 => (Availability::BE_RIGHT_BACK, Activity::BeRightBack),
            400 | 800 => (Availability::ONLINE, Activity::Available),
            500 => (Availability::BUSY, Activity::InCall),
            600 => (Availability::BUSY, Activity::Busy),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stays_what_it_is() {
        for number in [0, 1, 3_501, 6_900, 18_000, 18_500, u32::MAX] {
            let raw = RawAvailability::new(number);
            assert_eq!(raw.get(), number);
            assert_eq!(raw.to_string(), number.to_string());
            let json = serde_json::to_string(&raw).unwrap();
            assert_eq!(json, number.to_string());
            assert_eq!(serde_json::from_str::<RawAvailability>(&json).unwrap(), raw);
        }
    }

    #[test]
    fn names_come_back_letter_by_letter() {
        for band in Band::ALL {
            assert_eq!(from_server_name(server_name(band)), Some(band));
            assert_eq!(from_client_name(client_name(band)), Some(band));
        }
        assert_eq!(from_server_name("idleonline"), None);
        assert_eq!(from_client_name("Invalid"), None);
    }

    #[test]
    fn legacy_numbers_are_read() {
        use Activity as A;
        let cases = [
            ((0, 400), Some((Availability::OFFLINE, A::Offline))),
            ((99, 0), Some((Availability::OFFLINE, A::Offline))),
            ((100, 400), None),
            ((199, 400), None),
            ((200, 400), Some((Availability::IDLE, A::Idle))),
            ((299, 0), Some((Availability::IDLE, A::Idle))),
            ((200, 500), Some((Availability::BUSY, A::InCall))),
            ((300, 0), Some((Availability::ONLINE, A::Available))),
            ((300, 100), Some((Availability::AWAY, A::Away))),
            ((300, 150), Some((Availability::AWAY, A::Lunch))),
            ((300, 200), Some((Availability::IDLE, A::Idle))),
            ((300, 300), Some((Availability::BE_RIGHT_BACK, A::BeRightBack))),
            ((300, 400), Some((Availability::ONLINE, A::Available))),
            ((300, 500), Some((Availability::BUSY, A::InCall))),
            ((300, 600), Some((Availability::BUSY, A::Busy))),
            ((300, 700), Some((Availability::AWAY, A::Away))),
            ((999, 800), Some((Availability::ONLINE, A::Available))),
            ((1_000, 400), None),
        ];
        for ((availability, activity), meant) in cases {
            assert_eq!(Legacy::new(availability, activity).read(), meant, "{availability} {activity}");
        }
    }
}
