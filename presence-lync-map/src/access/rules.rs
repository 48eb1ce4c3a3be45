//! The settings of what is told: where the documents disagree, or the engine can only tell all or nothing.

use serde::{Deserialize, Serialize};

/// What each relationship is told, where there is a choice. Every setting names its default.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AccessRules {
    /// Whether people of other companies may read notes. Default: they may not.
    pub external_notes: ExternalNotes,
    /// Whether the blocked are told name and mail address. Default: they are.
    pub blocked_names: BlockedNames,
    /// What people of other companies see in the engine, which cannot tell a number without its activity. Default:
    /// neither.
    pub external_activity: ExternalActivity,
}

/// Whether people of other companies may read notes. One page shows such a note, the table of publications has none.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExternalNotes {
    /// They may not.
    #[default]
    Hidden,
    /// They may.
    Told,
}

/// Whether the blocked are told name and mail address. One table leaves them out, another does not.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BlockedNames {
    /// They are: both are in the address book anyhow.
    #[default]
    Told,
    /// They are not.
    Hidden,
}

/// What a class of people of other companies sees in the engine.
///
/// They are to be told how available somebody is and not what they are doing. In the engine both are one fact, which a
/// class sees or does not see. [`AccessRules::shown`] tells them apart; this is about classes of viewers only.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExternalActivity {
    /// Neither. Then nothing is known of anybody, and whoever has blocked such a watcher, and looks offline, stands out.
    #[default]
    Hidden,
    /// Both. For a site that leaves the activity out before it is reported, or does not mind.
    ToldWithState,
}
