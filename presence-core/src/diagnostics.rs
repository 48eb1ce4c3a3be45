//! The words in which the state of sources and people is told, and the counters.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::availability::Band;
use crate::identity::{PersonId, SourceId};
use crate::line::DiversionKind;
use crate::rules::Truth;
use crate::second::Second;
use crate::situation::{Situation, Telephones};

/// The state of a connector.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ConnectorStatus {
    /// Enabled, not yet configured.
    #[default]
    ServerNotConfigured,
    /// Switched off.
    Disabled,
    /// On the way (ours; the documents have no word for it).
    Connecting,
    /// Access is denied.
    Forbidden,
    /// The server cannot be reached.
    ConnectionError,
    /// Connected.
    UpAndRunning,
    /// The credentials entered are not found at the server; the connector works all the same.
    CredentialsNotFound,
}

impl fmt::Display for ConnectorStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ServerNotConfigured => "Server not configured",
            Self::Disabled => "Disabled",
            Self::Connecting => "Connecting",
            Self::Forbidden => "Forbidden",
            Self::ConnectionError => "ConnectionError",
            Self::UpAndRunning => "UpAndRunning",
            Self::CredentialsNotFound => "Credentials entered not found",
        })
    }
}

/// What kind of trouble a source has.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// Access is denied: credentials or permissions want looking at.
    Forbidden,
    /// The server does not know what it was asked for.
    NotFound,
    /// Something is not configured.
    NotConfigured,
    /// The other side does not keep to the protocol.
    Protocol,
    /// The source was told to stop.
    Stopped,
    /// The server asks for patience.
    Throttled,
    /// The server cannot be reached.
    Unreachable,
}

impl SourceErrorKind {
    /// Whether trying again may help without anybody changing anything.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Protocol | Self::Throttled | Self::Unreachable | Self::NotFound)
    }

    /// What an administrator can do about it.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Forbidden => {
                "access is denied: check the credentials, and that the account may read presence; then change the \
                 configuration or start the source again"
            }
            Self::NotFound => "the server does not know what it was asked for: check addresses and paths",
            Self::NotConfigured => "something is missing: complete the configuration of this source",
            Self::Protocol => "the answer makes no sense: check that the address is that of the right kind of server",
            Self::Stopped => "the source is switched off: start it if it is wanted",
            Self::Throttled => "the server asks for patience: nothing to do, it is asked again later",
            Self::Unreachable => "the server cannot be reached: check network, address and port; it is tried again",
        }
    }

    /// The state of a connector in this trouble.
    #[must_use]
    pub const fn connector(self) -> ConnectorStatus {
        match self {
            Self::Forbidden => ConnectorStatus::Forbidden,
            Self::NotConfigured => ConnectorStatus::ServerNotConfigured,
            Self::Stopped => ConnectorStatus::Disabled,
            Self::NotFound | Self::Protocol | Self::Throttled | Self::Unreachable => ConnectorStatus::ConnectionError,
        }
    }

    /// The state of a person about whom there is this trouble.
    #[must_use]
    pub const fn subject(self) -> SubjectStatus {
        match self {
            Self::Forbidden => SubjectStatus::AccessDenied,
            Self::NotFound => SubjectStatus::NotFound,
            Self::NotConfigured => SubjectStatus::ServerNotConfigured,
            Self::Protocol | Self::Stopped | Self::Throttled | Self::Unreachable => SubjectStatus::Error,
        }
    }
}

/// How far one kind of presence of one person has got.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SubjectStatus {
    /// The person has no address for it: a warning, never an error.
    NotEnabled,
    /// Nobody wants to see it.
    NotRequested,
    /// It was asked for and nothing came yet.
    Requesting,
    /// Somebody asked, and the server is not set up.
    ServerNotConfigured,
    /// It is known.
    Known,
    /// It was known and is no longer believed (ours).
    Stale,
    /// The server refuses to tell.
    AccessDenied,
    /// The server does not know the address.
    NotFound,
    /// Something else is wrong, maybe for a while.
    Error,
}

impl fmt::Display for SubjectStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotEnabled => "User not configured or not enabled for this type of presence",
            Self::NotRequested => "Not requested by anyone",
            Self::Requesting => "Requesting",
            Self::ServerNotConfigured => "Server not configured",
            Self::Known => "Known",
            Self::Stale => "Stale",
            Self::AccessDenied => "Access denied",
            Self::NotFound => "Not Found",
            Self::Error => "Error",
        })
    }
}

/// The two kinds of presence that an administrator's table has columns for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PresenceKind {
    /// What the account says.
    Rich,
    /// What the telephones say.
    Telephony,
}

/// What the table shows of one kind of presence: the same words to display and to filter by.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Mode {
    /// Free.
    Available,
    /// Free, and the device idle.
    AvailableIdle,
    /// Busy.
    Busy,
    /// Busy, and the device idle.
    BusyIdle,
    /// Not to be disturbed.
    DoNotDisturb,
    /// Back soon.
    BeRightBack,
    /// Away.
    Away,
    /// Off line.
    Offline,
    /// The telephone is forwarded to voicemail.
    ForwardedToVoicemail,
    /// The telephone is forwarded to a number.
    ForwardedToNumber,
    /// It has not got so far; see [`SubjectStatus`].
    Not(SubjectStatus),
}

impl Mode {
    /// Every mode, in the order in which a filter lists them.
    pub const ALL: [Self; 18] = [
        Self::Available,
        Self::AvailableIdle,
        Self::Busy,
        Self::BusyIdle,
        Self::DoNotDisturb,
        Self::BeRightBack,
        Self::Away,
        Self::Offline,
        Self::ForwardedToVoicemail,
        Self::ForwardedToNumber,
        Self::Not(SubjectStatus::NotEnabled),
        Self::Not(SubjectStatus::NotRequested),
        Self::Not(SubjectStatus::Requesting),
        Self::Not(SubjectStatus::ServerNotConfigured),
        Self::Not(SubjectStatus::Stale),
        Self::Not(SubjectStatus::AccessDenied),
        Self::Not(SubjectStatus::NotFound),
        Self::Not(SubjectStatus::Error),
    ];

    /// What rich presence says, if it says anything.
    #[must_use]
    pub fn rich(situation: &Situation) -> Option<Self> {
        let (availability, _) = situation.rich()?;
        Some(match availability.band() {
            Band::None => return None,
            Band::Online => Self::Available,
            Band::IdleOnline => Self::AvailableIdle,
            Band::Busy => Self::Busy,
            Band::IdleBusy => Self::BusyIdle,
            Band::DoNotDisturb => Self::DoNotDisturb,
            Band::BeRightBack => Self::BeRightBack,
            Band::Away => Self::Away,
            Band::Offline => Self::Offline,
        })
    }

    /// What the telephones say: do-not-disturb before forwarded before busy before available before offline.
    #[must_use]
    pub fn telephony(lines: Telephones) -> Option<Self> {
        use crate::line::{Call, Reach};
        if lines.do_not_disturb() == Some(true) {
            return Some(Self::DoNotDisturb);
        }
        match lines.diversion() {
            Some(DiversionKind::Voicemail) => return Some(Self::ForwardedToVoicemail),
            Some(DiversionKind::Number) => return Some(Self::ForwardedToNumber),
            Some(DiversionKind::Off) | None => {}
        }
        match lines.call() {
            Some(call) if call > Call::Idle => Some(Self::Busy),
            _ if lines.reach_is(Reach::Reachable) == Truth::False => Some(Self::Offline),
            Some(_) => Some(Self::Available),
            None => (lines.reach() == Some(Reach::Reachable)).then_some(Self::Available),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Available => "Available",
            Self::AvailableIdle => "AvailableIdle",
            Self::Busy => "Busy",
            Self::BusyIdle => "BusyIdle",
            Self::DoNotDisturb => "Do not disturb",
            Self::BeRightBack => "Be right back",
            Self::Away => "Away",
            Self::Offline => "Offline",
            Self::ForwardedToVoicemail => "Forwarded to voice mail",
            Self::ForwardedToNumber => "Forwarded to phone number",
            Self::Not(status) => return status.fmt(f),
        })
    }
}

/// How things stand with the engine.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Diagnostics {
    /// What was counted since the engine was made.
    pub counts: Counts,
    /// The sources.
    pub sources: Vec<SourceHealth>,
    /// How many people somebody wants to see.
    pub wanted: usize,
}

/// How things stand with one source.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SourceHealth {
    /// Which.
    pub source: SourceId,
    /// What it says of itself.
    pub status: ConnectorStatus,
    /// The last trouble it had.
    pub problem: Option<SourceErrorKind>,
    /// Whether a session stands.
    pub standing: bool,
    /// How many reports were taken from it.
    pub reports: u64,
    /// When it last said anything.
    pub last_heard: Option<Second>,
    /// About whom it has trouble.
    pub troubled: Vec<(PersonId, SourceErrorKind)>,
}

/// Counters. None of what is counted is an error: each is a report or an input that was taken as well as could be.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Reports taken.
    pub reports: u64,
    /// Reports about a subject that nobody is.
    pub unknown_subjects: u64,
    /// Reports and phases from an origin that is no source.
    pub unknown_origins: u64,
    /// Reports that were older than what was known.
    pub late_reports: u64,
    /// Reports from the future, taken as of now.
    pub future_reports: u64,
    /// Facts that had ended when they came, taken as none.
    pub ended_facts: u64,
    /// What was withdrawn: by the source, by a lease of 0, or because a new session did not repeat it.
    pub withdrawn: u64,
    /// Claims that had to go because one person had too many.
    pub evicted: u64,
    /// Phases of sessions that were repeated, or of another session.
    pub ignored_phases: u64,
    /// Directories that were refused because they were not made from the one before.
    pub foreign_directories: u64,
    /// Times that time went back by more than can be overlooked.
    pub time_back: u64,
    /// Changes given out.
    pub changes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S2.48–S2.54: the documents' words, letter by letter.
    #[test]
    fn connectors_speak_the_documents_words() {
        let words = [
            (ConnectorStatus::ServerNotConfigured, "Server not configured"),
            (ConnectorStatus::Disabled, "Disabled"),
            (ConnectorStatus::Forbidden, "Forbidden"),
            (ConnectorStatus::ConnectionError, "ConnectionError"),
            (ConnectorStatus::UpAndRunning, "UpAndRunning"),
            (ConnectorStatus::CredentialsNotFound, "Credentials entered not found"),
        ];
        for (status, text) in words {
            assert_eq!(status.to_string(), text);
        }
    }

    /// S2.66: the values of the filter are the modes that are displayed.
    #[test]
    fn modes_to_display_and_to_filter_by_are_one_enum() {
        for mode in Mode::ALL {
            let text = serde_json::to_string(&mode).unwrap();
            assert_eq!(serde_json::from_str::<Mode>(&text).unwrap(), mode);
            assert!(!mode.to_string().is_empty());
        }
        let texts: std::collections::BTreeSet<String> = Mode::ALL.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), Mode::ALL.len(), "no two modes look alike");
    }
}
