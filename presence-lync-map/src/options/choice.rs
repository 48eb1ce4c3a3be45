//! Several profiles, and which of them holds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use presence_core::Confidential;

use super::Options;

/// The profiles there are, by name. Case counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profiles(BTreeMap<Arc<str>, Arc<Options>>);

impl Profiles {
    /// No profiles.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds one.
    ///
    /// # Errors
    ///
    /// When it is not marked as a profile, or its name is blank or taken.
    pub fn add(&mut self, name: &str, options: Options) -> Result<(), NotAdded> {
        let name = name.trim();
        if name.is_empty() {
            return Err(NotAdded::NoName);
        }
        if !options.is_profile() {
            return Err(NotAdded::NotAProfile { name: name.into() });
        }
        if self.0.contains_key(name) {
            return Err(NotAdded::Twice { name: name.into() });
        }
        self.0.insert(name.into(), Arc::new(options));
        Ok(())
    }

    /// The profile with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<Options>> {
        self.0.get(name)
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|name| &**name)
    }

    /// The one profile that holds: that of the login session, else that of the device, else that of the application.
    ///
    /// A name without a profile does not make room for the next level: who names one for an agent would not want the
    /// company's own to hold because of a slip. Then none holds. A blank name is none.
    #[must_use]
    pub fn choose(&self, asked: Asked<'_>) -> Choice {
        let mut named = asked.named();
        let Some((level, name)) = named.next() else {
            return Choice::NoneNamed;
        };
        let outranked = named.map(|(level, name)| (level, name.into())).collect();
        match self.0.get_key_value(name) {
            Some((name, options)) => Choice::Profile { level, name: name.clone(), options: options.clone(), outranked },
            None => Choice::NoSuchProfile { level, name: Confidential::new(name.into()), outranked },
        }
    }
}

/// A profile was not added.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAdded {
    /// A profile must have a name.
    #[error("a profile without a name")]
    NoName,
    /// The mark is missing.
    #[error("`{name}` is no profile: `service-type` is not `presence-profile`")]
    NotAProfile {
        /// The name.
        name: Arc<str>,
    },
    /// There is one already.
    #[error("there is a profile `{name}` already")]
    Twice {
        /// The name.
        name: Arc<str>,
    },
}

/// The names of profiles given at the three levels.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Asked<'a> {
    /// With the login of the agent.
    pub login: Option<&'a str>,
    /// In the options of the device.
    pub device: Option<&'a str>,
    /// In the options of the application.
    pub application: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// These names.
    #[must_use]
    pub const fn new(login: Option<&'a str>, device: Option<&'a str>, application: Option<&'a str>) -> Self {
        Self { login, device, application }
    }

    /// What the options of a device and an application name, and the login (the key `presence-profile` of its
    /// extensions).
    #[must_use]
    pub fn of(login: Option<&'a str>, device: &'a Options, application: &'a Options) -> Self {
        Self::new(login, device.presence_profile.as_deref(), application.presence_profile.as_deref())
    }

    /// The names there are, the strongest first.
    fn named(self) -> impl Iterator<Item = (Level, &'a str)> {
        let all = [(Level::Login, self.login), (Level::Device, self.device), (Level::Application, self.application)];
        all.into_iter().filter_map(|(level, name)| Some((level, name?.trim()))).filter(|(_, name)| !name.is_empty())
    }
}

/// Where a profile is named, the strongest first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Level {
    /// The login session of an agent.
    Login,
    /// The device.
    Device,
    /// The application: what holds for everybody.
    Application,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Login => "login session",
            Self::Device => "device",
            Self::Application => "application",
        })
    }
}

/// Which profile holds, and why; it prints as a sentence.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Choice {
    /// This one.
    Profile {
        /// Where it is named.
        level: Level,
        /// Its name.
        name: Arc<str>,
        /// Its options.
        options: Arc<Options>,
        /// What weaker levels name.
        outranked: Vec<(Level, Arc<str>)>,
    },
    /// None, because there is no profile with the name that counts.
    NoSuchProfile {
        /// Where it is named.
        level: Level,
        /// The name. Somebody may have typed it at a login, so it does not print.
        name: Confidential<Arc<str>>,
        /// What weaker levels name.
        outranked: Vec<(Level, Arc<str>)>,
    },
    /// None, because no level names one.
    NoneNamed,
}

impl Choice {
    /// The options of the profile that holds, if one does.
    #[must_use]
    pub fn options(&self) -> Option<&Options> {
        match self {
            Self::Profile { options, .. } => Some(options),
            Self::NoSuchProfile { .. } | Self::NoneNamed => None,
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outranked = match self {
            Self::NoneNamed => return f.write_str("no profile: none is named"),
            Self::Profile { level, name, outranked, .. } => {
                write!(f, "profile `{name}`, named by the {level}")?;
                outranked
            }
            Self::NoSuchProfile { level, outranked, .. } => {
                write!(f, "no profile: there is none with the name given by the {level}")?;
                outranked
            }
        };
        for (place, (level, _)) in outranked.iter().enumerate() {
            write!(f, "{} the {level}", if place == 0 { ", which comes before" } else { " and" })?;
        }
        Ok(())
    }
}
