//! How documents are read where there is a choice.

use serde::{Deserialize, Serialize};

use super::free_busy::BitOrder;

/// How documents are read. Every setting names its default.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ReadRules {
    /// What becomes of the subject and the place of meetings. Default: they are withheld.
    pub meeting_texts: MeetingTexts,
    /// In which order the slots of free/busy stand in a byte. Default: the lowest bits first.
    pub bit_order: BitOrder,
}

/// What becomes of the subject and the place of meetings.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MeetingTexts {
    /// They are left out while reading. The documents do not say which meetings are private.
    #[default]
    Withheld,
    /// They are kept, confidential as all texts are.
    Kept,
}

impl MeetingTexts {
    /// The text, if it is to be kept.
    pub(super) const fn keep(self, text: Option<&str>) -> Option<&str> {
        match self {
            Self::Withheld => None,
            Self::Kept => text,
        }
    }
}
