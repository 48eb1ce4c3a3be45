//! Who has a mailbox, and what is in the calendars.
//!
//! # As JSON
//!
//! ```json
//! { "zone": "W. Europe Standard Time",
//!   "accounts": [
//!     { "address": "service@firma.example", "password": "…", "may_impersonate": true },
//!     { "address": "anna@firma.example", "name": "Anna Berg", "password": "…",
//!       "hours": [ { "days": ["Monday", "Tuesday"], "from": "08:00", "to": "16:30" } ],
//!       "oof": { "state": "Scheduled", "start": "today+7 00:00", "end": "today+9 00:00", "internal_reply": "…" },
//!       "items": [
//!         { "start": "today 09:00", "end": "today 10:00", "subject": "…", "location": "…",
//!           "show_as": "Busy", "importance": "High", "sensitivity": "Private" },
//!         { "start": "2026-11-23", "end": "2026-11-25", "all_day": true, "show_as": "OOF" },
//!         { "start": "today-7 08:30", "end": "today-7 08:45", "subject": "…",
//!           "repeat": { "every": "Day", "interval": 1, "count": 60 } } ] } ] }
//! ```
//!
//! A time is `today`, `today+N` or `today-N` with a time of day, a date with a time of day (both in the zone of the
//! item, of its owner, or of the company, in this order), or an instant with an offset (`2026-11-20T09:00:00Z`). A
//! meeting for whole days names dates, the last one not included. What is left out has the value that Outlook gives.
//! An unknown field is an error.
//!
//! | of an account | |
//! |---|---|
//! | `address`, `password` | required |
//! | `name` | shown in the address book; otherwise the address |
//! | `login` | the name for logging in, if not the address or what stands before its `@` |
//! | `token` | lets in whoever sends it as a bearer token |
//! | `aliases` | further addresses, which impersonation refuses with the right one |
//! | `may_impersonate` | whether it may act as others |
//! | `zone` | Windows or IANA name |
//! | `hours` | `days` (`Monday` to `Sunday`), `from`, `to` |
//! | `oof` | `state` (`Disabled`, `Enabled`, `Scheduled`), `start`, `end`, `internal_reply`, `external_reply` |
//! | `view` | the most that free/busy tells of it: `MergedOnly`, `FreeBusy`, `Detailed` |
//! | `error` | the code with which every question about it is answered, e.g. `ErrorMailboxMoveInProgress` |
//! | `items` | the calendar |
//!
//! | of an item | |
//! |---|---|
//! | `start`, `end` | required |
//! | `subject`, `location`, `categories` | texts |
//! | `show_as` | `Free`, `Tentative`, `Busy` (default), `OOF`, `WorkingElsewhere`, `NoData` |
//! | `importance` | `Low`, `Normal`, `High` |
//! | `sensitivity` | `Normal`, `Personal`, `Private`, `Confidential` |
//! | `all_day`, `cancelled`, `reminder` | `true` or `false` |
//! | `my_response` | `Unknown`, `Organizer` (default), `Tentative`, `Accept`, `Decline`, `NoResponseReceived` |
//! | `kind` | `Single`, `Occurrence`, `Exception`: how an item that does not repeat is announced |
//! | `repeat` | makes it a series: `every` (`Day` or `Week`), `interval`, `count`, `without` (numbers of occurrences that were deleted, from 1) |
//! | `organizer`, `required`, `optional` | addresses |
//! | `zone` | of its times; `zone_label` is sent in place of its name |

mod account;
mod file;
mod item;
mod series;
mod time;

pub use account::{Account, Oof, OofState, View, WorkingPeriod};
pub use file::BadCompany;
pub use item::{Every, Importance, Item, Kind, Repeat, Response, Sensitivity, ShowAs};
pub use time::BadTime;

pub(crate) use file::{item_of_json, oof_of_json};
pub(crate) use series::{Instance, instances};

use chrono::NaiveDate;

/// The mailboxes of a simulated server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Company {
    /// The zone of whoever has none of its own: a Windows or an IANA name.
    pub zone: String,
    /// The mailboxes.
    pub accounts: Vec<Account>,
}

impl Company {
    /// A company without people.
    #[must_use]
    pub fn new(zone: &str) -> Self {
        Self { zone: zone.to_owned(), accounts: Vec::new() }
    }

    /// The same with one more mailbox.
    #[must_use]
    pub fn with(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Reads a company from JSON. `today` is what `today` stands for in its times.
    pub fn from_json(text: &str, today: NaiveDate) -> Result<Self, BadCompany> {
        file::company_of_json(text, today)
    }

    /// A small company to look at: four people and a service account, with a week around `today`.
    pub fn example(today: NaiveDate) -> Result<Self, BadCompany> {
        Self::from_json(include_str!("company/example.json"), today)
    }

    /// The mailbox of an address, whatever its case.
    #[must_use]
    pub fn account(&self, address: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.address.eq_ignore_ascii_case(address))
    }

    /// The same, to change it.
    pub fn account_mut(&mut self, address: &str) -> Option<&mut Account> {
        self.accounts.iter_mut().find(|account| account.address.eq_ignore_ascii_case(address))
    }

    /// The zone of a mailbox.
    pub(crate) fn zone_of<'a>(&'a self, account: &'a Account) -> &'a str {
        account.zone.as_deref().unwrap_or(&self.zone)
    }

    /// Whom a login name means: `anna@firma.example`, `anna` or `FIRMA\anna`.
    pub(crate) fn account_of_login(&self, login: &str) -> Option<&Account> {
        let name = login.rsplit('\\').next().unwrap_or(login);
        self.accounts.iter().find(|account| account.logs_in_as(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_found_by_every_form_of_their_login() {
        let mut anna = Account::new("Anna@Firma.example", "pw");
        anna.login = Some("aberg".into());
        let company = Company::new("UTC").with(anna);
        for login in ["anna@firma.example", "ANNA", "aberg", "FIRMA\\aberg", "FIRMA\\anna"] {
            assert!(company.account_of_login(login).is_some(), "{login}");
        }
        assert!(company.account_of_login("berta").is_none());
    }

    #[test]
    fn the_example_reads_on_any_day() {
        for day in ["2026-02-28", "2026-03-29", "2026-12-31"] {
            let company = Company::example(day.parse().unwrap()).unwrap();
            assert_eq!(company.accounts.len(), 5);
            assert!(company.accounts.iter().any(|account| account.may_impersonate));
            assert!(company.accounts.iter().flat_map(|account| &account.items).any(|item| item.is_private()));
        }
    }
}
