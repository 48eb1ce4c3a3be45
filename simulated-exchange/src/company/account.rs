//! A mailbox.

use std::fmt;

use chrono::{DateTime, NaiveTime, Utc, Weekday};
use serde::Deserialize;

use super::Item;

/// A mailbox with its calendar.
#[derive(Clone)]
#[non_exhaustive]
pub struct Account {
    /// Its address.
    pub address: String,
    /// The name in the address book.
    pub name: String,
    /// The password.
    pub password: String,
    /// The name for logging in, if not the address or what stands before its `@`.
    pub login: Option<String>,
    /// Lets in whoever sends it as a bearer token.
    pub token: Option<String>,
    /// Further addresses, which impersonation refuses with the right one.
    pub aliases: Vec<String>,
    /// Whether it may act as others.
    pub may_impersonate: bool,
    /// Its zone, if not the company's.
    pub zone: Option<String>,
    /// Its working hours.
    pub hours: Vec<WorkingPeriod>,
    /// Its automatic replies.
    pub oof: Oof,
    /// The most that free/busy tells of it.
    pub view: View,
    /// The code with which every question about it is answered.
    pub error: Option<String>,
    /// Its calendar.
    pub items: Vec<Item>,
}

impl Account {
    /// A mailbox with an empty calendar, who works from Monday to Friday.
    #[must_use]
    pub fn new(address: &str, password: &str) -> Self {
        Self {
            address: address.to_owned(),
            name: address.to_owned(),
            password: password.to_owned(),
            login: None,
            token: None,
            aliases: Vec::new(),
            may_impersonate: false,
            zone: None,
            hours: vec![WorkingPeriod::office()],
            oof: Oof::default(),
            view: View::Detailed,
            error: None,
            items: Vec::new(),
        }
    }

    /// The same with one more item in its calendar.
    #[must_use]
    pub fn with(mut self, item: Item) -> Self {
        self.items.push(item);
        self
    }

    pub(crate) fn logs_in_as(&self, name: &str) -> bool {
        let before = self.address.split('@').next().unwrap_or_default();
        let own = self.login.as_deref().is_some_and(|login| login.eq_ignore_ascii_case(name));
        own || self.address.eq_ignore_ascii_case(name) || before.eq_ignore_ascii_case(name)
    }
}

/// Says nothing that a person typed, and no password.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("address", &self.address).field("items", &self.items).finish_non_exhaustive()
    }
}

/// When somebody works, in the zone of the mailbox.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct WorkingPeriod {
    /// On these days.
    pub days: Vec<Weekday>,
    /// From this time of day.
    pub from: NaiveTime,
    /// Until this time of day.
    pub to: NaiveTime,
}

impl WorkingPeriod {
    /// A period.
    #[must_use]
    pub fn new(days: &[Weekday], from: NaiveTime, to: NaiveTime) -> Self {
        Self { days: days.to_vec(), from, to }
    }

    /// What Outlook begins with: Monday to Friday, 8 to 17 o'clock.
    #[must_use]
    pub fn office() -> Self {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];
        Self::new(&days, hour(8), hour(17))
    }
}

/// Automatic replies.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Oof {
    /// Whether they are sent.
    pub state: OofState,
    /// Of `Scheduled`. Exchange keeps and tells it in the other states too.
    pub start: Option<DateTime<Utc>>,
    /// Of `Scheduled`.
    pub end: Option<DateTime<Utc>>,
    /// To people of the company.
    pub internal_reply: String,
    /// To everybody else.
    pub external_reply: String,
}

/// Without the replies.
impl fmt::Debug for Oof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oof").field("state", &self.state).finish_non_exhaustive()
    }
}

/// Whether automatic replies are sent.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[non_exhaustive]
pub enum OofState {
    /// No.
    #[default]
    Disabled,
    /// Until somebody switches them off.
    Enabled,
    /// From a time until a time.
    Scheduled,
}

impl OofState {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Disabled => "Disabled",
            Self::Enabled => "Enabled",
            Self::Scheduled => "Scheduled",
        }
    }
}

/// How much free/busy tells.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum View {
    /// One digit an interval.
    MergedOnly,
    /// Blocks.
    FreeBusy,
    /// Blocks with subjects and places.
    #[default]
    Detailed,
}
