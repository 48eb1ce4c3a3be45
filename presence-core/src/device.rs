//! Whether a computer or client is in use.

use serde::{Deserialize, Serialize};

/// How much a computer or client is in use.
///
/// The source applies the thresholds: a client reports `Inactive` after some minutes without keyboard and mouse (5 is
/// customary) and `Away` after some more (5 again). The engine keeps the level, it does not count the minutes.
///
/// The order is from in use to off, so of several devices of one person the least is the one that speaks.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
#[non_exhaustive]
pub enum Device {
    /// Somebody is using it.
    Active = 0,
    /// Nobody has used it for a short while.
    Inactive = 1,
    /// Nobody has used it for a long while, or it is locked.
    Away = 2,
    /// Not running, or not signed in.
    Off = 3,
}

impl Device {
    /// All levels, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Active, Self::Inactive, Self::Away, Self::Off];

    /// A small number for this level.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The level with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_both_ways() {
        for code in 0..=u8::MAX {
            assert_eq!(Device::from_code(code).map(Device::code), (code < 4).then_some(code));
        }
    }

    /// S3.14: active, inactive and idle (here: away) are three levels, one after the other; off is none of them.
    #[test]
    fn s3_14_three_levels_in_order_and_off() {
        let levels: Vec<Device> = serde_json::from_str(r#"["active", "inactive", "away", "off"]"#).unwrap();
        assert_eq!(levels, Device::ALL);
        assert!(levels.is_sorted_by(|more, less| more < less));
        assert_eq!(serde_json::to_string(&Device::ALL).unwrap(), r#"["active","inactive","away","off"]"#);
    }
}
