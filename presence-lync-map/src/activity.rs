//! Activity tokens: what the wire calls an activity, and where it is heard.

use std::borrow::Cow;
use std::fmt;

use presence_core::{Activity, MASK};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bands::RawAvailability;

/// The word by which the wire says what somebody is doing: `on-the-phone`.
///
/// Every word is taken and kept as it came, up to 64 bytes; the known ones have a meaning. Case counts: `On-The-Phone`
/// is not known. An unknown word says nothing, so what is shown is the band's own activity: see [`activity_of`].
///
/// An unknown word may be anything, also a text that somebody typed. So [`as_str`](Self::as_str) gives it, and neither
/// `Display` nor `Debug` does.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct ActivityToken(Cow<'static, str>);

impl ActivityToken {
    /// In a call.
    pub const ON_THE_PHONE: Self = Self(Cow::Borrowed("on-the-phone"));
    /// In a call with three or more parties.
    pub const IN_A_CONFERENCE: Self = Self(Cow::Borrowed("in-a-conference"));
    /// In an appointment with others.
    pub const IN_A_MEETING: Self = Self(Cow::Borrowed("in-a-meeting"));
    /// Presenting.
    pub const IN_PRESENTATION: Self = Self(Cow::Borrowed("in-presentation"));
    /// What colleagues of the same team see of "do not disturb".
    pub const URGENT_INTERRUPTIONS_ONLY: Self = Self(Cow::Borrowed("urgent-interruptions-only"));
    /// Out of office.
    pub const OUT_OF_OFFICE: Self = Self(Cow::Borrowed("out-of-office"));
    /// Back in a moment.
    pub const BE_RIGHT_BACK: Self = Self(Cow::Borrowed("be-right-back"));
    /// Not at work.
    pub const OFF_WORK: Self = Self(Cow::Borrowed("off-work"));

    /// The token with this spelling. Of one that is longer than 64 bytes the rest is cut off.
    #[must_use]
    pub fn new(token: &str) -> Self {
        let token = token.get(..token.floor_char_boundary(MOST_BYTES)).unwrap_or_default();
        let known = KNOWN.iter().find(|known| known.token == token);
        Self(known.map_or_else(|| Cow::Owned(token.to_owned()), |known| Cow::Borrowed(known.token)))
    }

    /// The token to publish for an activity. `None` for what the wire has no word for: publish a text of your own.
    #[must_use]
    pub fn from_activity(activity: Activity, spelling: Spelling) -> Option<Self> {
        let spelled = |known: &&Known| match spelling {
            Spelling::Documents => known.token != PRESENTING,
            Spelling::Rest => known.token != IN_PRESENTATION,
        };
        let known = KNOWN.iter().filter(spelled).find(|known| known.activity == activity)?;
        Some(Self(Cow::Borrowed(known.token)))
    }

    /// The spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it means, `None` if it is not known.
    #[must_use]
    pub fn activity(&self) -> Option<Activity> {
        self.known().map(|known| known.activity)
    }

    /// The availability it is customarily published with. `None` for an unknown one, and for `out-of-office`, which
    /// says what somebody is doing and leaves the availability alone.
    #[must_use]
    pub fn availability(&self) -> Option<RawAvailability> {
        self.known()?.availability
    }

    /// For which availabilities it is heard; for an unknown one, for all.
    #[must_use]
    pub fn window(&self) -> Window {
        self.known().map_or(Window::ALL, |known| known.window)
    }

    fn known(&self) -> Option<&'static Known> {
        KNOWN.iter().find(|known| known.token == self.0)
    }
}

/// The spelling of a known one, and a mask for any other: it is for people to read, not for the wire.
impl fmt::Display for ActivityToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.known().map_or(MASK, |known| known.token))
    }
}

impl fmt::Debug for ActivityToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActivityToken({self})")
    }
}

impl Serialize for ActivityToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Like [`new`](ActivityToken::new).
impl<'de> Deserialize<'de> for ActivityToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer).map(|token| Self::new(&token))
    }
}

/// Who is to read a token that is published: one word has two spellings. Both are always understood.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Spelling {
    /// Presence documents: `in-presentation`.
    #[default]
    Documents,
    /// The REST interface: `presenting`.
    Rest,
}

/// From which availability to which a state's activity is heard, both included.
///
/// The server compares it with the availability it has aggregated: a call says nothing any more about somebody who is
/// away. What comes from a server has been through that already and is not to be compared again.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Window {
    /// The smallest availability; 0 if none is given.
    #[serde(default)]
    pub min: RawAvailability,
    /// The largest availability; no limit if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<RawAvailability>,
}

impl Window {
    /// Every availability: what holds when a document gives no bounds.
    pub const ALL: Self = Self { min: RawAvailability::new(0), max: None };

    /// From one availability to the other, both included. With `max` below `min` it is empty, as on the wire.
    #[must_use]
    pub const fn new(min: RawAvailability, max: Option<RawAvailability>) -> Self {
        Self { min, max }
    }

    /// Whether an activity with this window is heard at this availability.
    #[must_use]
    pub fn contains(self, raw: RawAvailability) -> bool {
        self.min <= raw && self.max.is_none_or(|max| raw <= max)
    }
}

impl Default for Window {
    fn default() -> Self {
        Self::ALL
    }
}

/// What to show for a state that came from a server: what the token means, or, without one or with an unknown one,
/// what the band says by itself. The window is not asked: the server has done that.
#[must_use]
pub fn activity_of(raw: RawAvailability, token: Option<&ActivityToken>) -> Activity {
    token.and_then(ActivityToken::activity).unwrap_or_else(|| raw.band().activity())
}

/// A token with a meaning.
#[derive(Debug)]
struct Known {
    token: &'static str,
    activity: Activity,
    availability: Option<RawAvailability>,
    window: Window,
}

impl Known {
    /// One that a state of its own kind carries, with the bounds that go with it.
    const fn bound(token: &'static str, activity: Activity, availability: RawAvailability, max: u32) -> Self {
        let window = Window::new(availability, Some(RawAvailability::new(max)));
        Self { token, activity, availability: Some(availability), window }
    }

    /// One without bounds.
    const fn free(token: &'static str, activity: Activity, availability: RawAvailability) -> Self {
        Self { token, activity, availability: Some(availability), window: Window::ALL }
    }

    const fn out_of_office() -> Self {
        let window = Window::new(RawAvailability::new(12_000), None);
        Self { token: "out-of-office", activity: Activity::OutOfOffice, availability: None, window }
    }
}

/// Longer than any known one by far.
const MOST_BYTES: usize = 64;
const IN_PRESENTATION: &str = "in-presentation";
const PRESENTING: &str = "presenting";

/// The name is long for a table.
type Raw = RawAvailability;

const KNOWN: [Known; 15] = [
    Known::bound("on-the-phone", Activity::InCall, Raw::BUSY, 8_999),
    Known::bound("in-a-conference", Activity::InConference, Raw::IN_CONFERENCE, 8_999),
    Known::bound("in-a-meeting", Activity::InMeeting, Raw::BUSY, 8_999),
    Known::bound(IN_PRESENTATION, Activity::Presenting, Raw::PRESENTING, 11_999),
    Known::bound(PRESENTING, Activity::Presenting, Raw::PRESENTING, 11_999),
    Known::bound("urgent-interruptions-only", Activity::UrgentInterruptionsOnly, Raw::URGENT_INTERRUPTIONS_ONLY, 8_999),
    Known::out_of_office(),
    Known::free("be-right-back", Activity::BeRightBack, Raw::BE_RIGHT_BACK),
    Known::free("off-work", Activity::OffWork, Raw::AWAY),
    Known::free("online", Activity::Available, Raw::AVAILABLE),
    Known::free("busy", Activity::Busy, Raw::BUSY),
    Known::free("idle", Activity::Idle, Raw::INACTIVE),
    Known::free("away", Activity::Away, Raw::AWAY),
    Known::free("do-not-disturb", Activity::DoNotDisturb, Raw::DO_NOT_DISTURB),
    Known::free("offline", Activity::Offline, Raw::OFFLINE),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_token_comes_back() {
        for known in &KNOWN {
            let token = ActivityToken::new(known.token);
            assert_eq!(token.activity(), Some(known.activity));
            assert!(matches!(token.0, Cow::Borrowed(_)), "{token}");
            let spelling = if known.token == PRESENTING { Spelling::Rest } else { Spelling::Documents };
            assert_eq!(ActivityToken::from_activity(known.activity, spelling), Some(token));
        }
    }

    #[test]
    fn one_word_is_spelt_in_two_ways() {
        let spelt = |spelling| ActivityToken::from_activity(Activity::Presenting, spelling).unwrap();
        assert_eq!(spelt(Spelling::Documents).as_str(), "in-presentation");
        assert_eq!(spelt(Spelling::Rest).as_str(), "presenting");
        let phone = ActivityToken::from_activity(Activity::InCall, Spelling::Rest);
        assert_eq!(phone, Some(ActivityToken::ON_THE_PHONE));
    }

    #[test]
    fn what_the_wire_has_no_word_for_has_no_token() {
        let named = KNOWN.iter().map(|known| known.activity).collect::<Vec<_>>();
        for activity in Activity::ALL {
            let token = ActivityToken::from_activity(*activity, Spelling::Documents);
            assert_eq!(token.is_some(), named.contains(activity), "{activity:?}");
        }
        assert_eq!(ActivityToken::from_activity(Activity::Lunch, Spelling::Documents), None);
        assert_eq!(ActivityToken::from_activity(Activity::None, Spelling::Documents), None);
    }

    #[test]
    fn an_unknown_token_is_kept_and_says_nothing() {
        let token = ActivityToken::new("On-The-Phone");
        assert_eq!(token.as_str(), "On-The-Phone");
        assert_eq!((token.activity(), token.availability(), token.window()), (None, None, Window::ALL));
        assert_eq!(activity_of(Raw::new(6_500), Some(&token)), Activity::Busy);
        assert_eq!(activity_of(Raw::new(6_500), None), Activity::Busy);
        assert_eq!(activity_of(Raw::new(6_500), Some(&ActivityToken::ON_THE_PHONE)), Activity::InCall);
        let json = serde_json::to_string(&token).unwrap();
        assert_eq!(serde_json::from_str::<ActivityToken>(&json).unwrap(), token);
        let off_work = serde_json::from_str::<ActivityToken>(r#""off-work""#).unwrap();
        assert!(matches!(off_work.0, Cow::Borrowed(_)) && off_work == ActivityToken::OFF_WORK);
    }

    /// Somebody may put a whole text where a word belongs, with line breaks that would tear a log apart.
    #[test]
    fn an_unknown_token_is_short_and_does_not_print() {
        let token = ActivityToken::new("at the dentist\nuntil three");
        assert_eq!(token.as_str(), "at the dentist\nuntil three");
        assert_eq!(format!("{token} {token:?} {:?}", Some(&token)), "*** ActivityToken(***) Some(ActivityToken(***))");
        assert_eq!(
            format!("{} {:?}", ActivityToken::OFF_WORK, ActivityToken::OFF_WORK),
            "off-work ActivityToken(off-work)"
        );
        let long = "é".repeat(33);
        let json = serde_json::to_string(&long).unwrap();
        for token in [ActivityToken::new(&long), serde_json::from_str(&json).unwrap()] {
            assert_eq!(token.as_str(), "é".repeat(32));
        }
        assert_eq!(ActivityToken::new(&format!("x{long}")).as_str().len(), 63, "no character is cut in two");
    }

    #[test]
    fn windows_include_both_bounds() {
        let window = ActivityToken::ON_THE_PHONE.window();
        let inside = [6_499, 6_500, 8_999, 9_000].map(|number| window.contains(Raw::new(number)));
        assert_eq!(inside, [false, true, true, false]);
        let away = ActivityToken::OUT_OF_OFFICE.window();
        let inside = [11_999, 12_000, u32::MAX].map(|number| away.contains(Raw::new(number)));
        assert_eq!(inside, [false, true, true]);
        assert!(Window::default().contains(Raw::new(0)));
        assert!(!Window::new(Raw::new(2), Some(Raw::new(1))).contains(Raw::new(1)));
        assert_eq!(serde_json::from_str::<Window>("{}").unwrap(), Window::ALL);
    }
}
