//! How long what a source said is kept, and what happens when the source falls silent.
//!
//! All of it is configuration with defaults that fit the customary protocols. Seconds throughout.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fact::Facet;
use crate::identity::SourceId;

/// A day: so long, at most, somebody is shown as offline because the source fell silent.
pub(crate) const OFFLINE_AT_MOST: u32 = 24 * 3600;

/// The freshness ladder of rich presence: fresh, then decayed, then unknown.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Ladder {
    /// Fresh for so long after the last receipt; a lease from the protocol replaces it.
    pub fresh: u32,
    /// Then decayed for so long: available and busy show their idle twins.
    pub decayed: u32,
    /// Then this.
    pub then: AfterDecay,
}

impl Default for Ladder {
    fn default() -> Self {
        Self { fresh: 600, decayed: 600, then: AfterDecay::Unknown }
    }
}

impl Ladder {
    /// A ladder with these steps.
    #[must_use]
    pub const fn new(fresh: u32, decayed: u32, then: AfterDecay) -> Self {
        Self { fresh, decayed, then }
    }
}

/// What becomes of rich presence that nobody has confirmed for long.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AfterDecay {
    /// It is unknown.
    #[default]
    Unknown,
    /// It reads offline while the session of the source stands, until a day after the last receipt.
    Offline,
}

/// Default lifetimes by facet and value, for reports that do not say how long they are good for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Lives {
    /// Ringing and dialling: longer than any ring.
    pub ringing: u32,
    /// In a call, and held: nobody is on the telephone for ever.
    pub in_call: u32,
    /// A diversion.
    pub diversion: u32,
    /// Abroad or not.
    pub roaming: u32,
    /// Reach that is polled; who pushes it says `Session`.
    pub reach: u32,
}

impl Default for Lives {
    fn default() -> Self {
        Self { ringing: 180, in_call: 7_200, diversion: 7_200, roaming: 21_600, reach: 1_200 }
    }
}

/// For how long what a lost source said is still believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Graces {
    /// Telephones and devices: they change by the minute.
    pub telephone: u32,
    /// Calendars, working hours and automatic replies: they are planned ahead.
    pub calendar: u32,
}

impl Default for Graces {
    fn default() -> Self {
        Self { telephone: 90, calendar: 8 * 3600 }
    }
}

/// The rules of keeping.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Keeping {
    /// The freshness ladder of rich presence.
    pub ladder: Ladder,
    /// Ladders of single sources.
    pub ladders: BTreeMap<SourceId, Ladder>,
    /// Default lifetimes.
    pub lives: Lives,
    /// Grace after a source is lost.
    pub graces: Graces,
    /// Seconds by which what makes free is delayed, against flapping: for calls, diversions, do-not-disturb and rich
    /// presence. Without an entry nothing is delayed.
    pub holds: BTreeMap<Facet, u32>,
}

impl Keeping {
    /// The ladder of a source.
    #[must_use]
    pub fn ladder_of(&self, source: &SourceId) -> Ladder {
        self.ladders.get(source).copied().unwrap_or(self.ladder)
    }

    /// For how long a lost source is believed on this facet; `None`: what it said ends by itself or by its ladder.
    #[must_use]
    pub const fn grace(&self, facet: Facet) -> Option<u32> {
        match facet {
            Facet::Call | Facet::Device | Facet::Diversion | Facet::DoNotDisturb | Facet::Reach | Facet::Roaming => {
                Some(self.graces.telephone)
            }
            Facet::AutomaticReply | Facet::Calendar | Facet::Hours => Some(self.graces.calendar),
            Facet::Absence | Facet::Manual | Facet::Note | Facet::Rich => None,
        }
    }

    /// For how long something that makes free is held back on this facet.
    #[must_use]
    pub fn hold(&self, facet: Facet) -> u32 {
        match facet {
            Facet::Call | Facet::Diversion | Facet::DoNotDisturb | Facet::Rich => {
                self.holds.get(&facet).copied().unwrap_or(0)
            }
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_those_of_the_documents() {
        let keeping = Keeping::default();
        assert_eq!(keeping.ladder, Ladder::new(600, 600, AfterDecay::Unknown));
        assert_eq!(keeping.grace(Facet::Call), Some(90));
        assert_eq!(keeping.grace(Facet::Calendar), Some(28_800));
        assert_eq!(keeping.grace(Facet::Note), None);
        assert_eq!(keeping.hold(Facet::Call), 0);
    }

    #[test]
    fn reads_alike_from_toml_and_json() {
        let toml = "[holds]\ncall = 5\n[ladders.teams]\nfresh = 60\nthen = 'offline'\n";
        let json = r#"{"holds":{"call":5},"ladders":{"teams":{"fresh":60,"then":"offline"}}}"#;
        let (toml, json): (Keeping, Keeping) = (toml::from_str(toml).unwrap(), serde_json::from_str(json).unwrap());
        assert_eq!(toml, json);
        assert_eq!(toml.ladder_of(&SourceId::new("teams").unwrap()), Ladder::new(60, 600, AfterDecay::Offline));
        assert_eq!(toml.hold(Facet::Call), 5);
    }
}
