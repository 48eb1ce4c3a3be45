//! A company as JSON.

use chrono::{NaiveDate, Weekday};
use serde::Deserialize;

use super::time::{self, BadTime};
use super::{
    Account, Company, Importance, Item, Kind, Oof, OofState, Repeat, Response, Sensitivity, ShowAs, View, WorkingPeriod,
};

/// A company was not understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadCompany {
    /// Not JSON, or not of this form.
    #[error("line {line}, column {column}: not the form of a company (see its documentation)")]
    Form {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// A time in the calendar of an account.
    #[error("account {account}: {error}")]
    Time {
        /// The account, counted from 1.
        account: usize,
        /// What is wrong.
        error: BadTime,
    },
    /// The company's own zone, or the times of an item on its own.
    #[error(transparent)]
    Own(#[from] BadTime),
    /// Two accounts with one address.
    #[error("account {account} has the address of another")]
    Doubled {
        /// The account, counted from 1.
        account: usize,
    },
}

impl From<serde_json::Error> for BadCompany {
    /// The place alone: the text around it may be somebody's subject.
    fn from(error: serde_json::Error) -> Self {
        Self::Form { line: error.line(), column: error.column() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CompanyFile {
    #[serde(default = "utc")]
    zone: String,
    accounts: Vec<AccountFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountFile {
    address: String,
    password: String,
    name: Option<String>,
    login: Option<String>,
    token: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    may_impersonate: bool,
    zone: Option<String>,
    hours: Option<Vec<HoursFile>>,
    oof: Option<OofFile>,
    #[serde(default)]
    view: View,
    error: Option<String>,
    #[serde(default)]
    items: Vec<ItemFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursFile {
    days: Vec<Weekday>,
    from: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OofFile {
    #[serde(default)]
    state: OofState,
    start: Option<String>,
    end: Option<String>,
    #[serde(default)]
    internal_reply: String,
    #[serde(default)]
    external_reply: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemFile {
    start: String,
    end: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    location: String,
    #[serde(default)]
    categories: Vec<String>,
    #[serde(default)]
    show_as: ShowAs,
    #[serde(default)]
    importance: Importance,
    #[serde(default)]
    sensitivity: Sensitivity,
    #[serde(default)]
    all_day: bool,
    #[serde(default)]
    cancelled: bool,
    #[serde(default)]
    reminder: bool,
    #[serde(default)]
    my_response: Response,
    #[serde(default)]
    kind: Kind,
    repeat: Option<Repeat>,
    organizer: Option<String>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    optional: Vec<String>,
    zone: Option<String>,
    zone_label: Option<String>,
}

fn utc() -> String {
    "UTC".to_owned()
}

pub(super) fn company_of_json(text: &str, today: NaiveDate) -> Result<Company, BadCompany> {
    let file: CompanyFile = serde_json::from_str(text)?;
    crate::zone::named(&file.zone).ok_or(BadTime::Zone)?;
    let mut company = Company::new(&file.zone);
    for (index, account) in file.accounts.into_iter().enumerate() {
        let number = index + 1;
        if company.account(&account.address).is_some() {
            return Err(BadCompany::Doubled { account: number });
        }
        let account = account.read(&file.zone, today).map_err(|error| BadCompany::Time { account: number, error })?;
        company.accounts.push(account);
    }
    Ok(company)
}

/// One item, whose times are in `zone` if it does not say otherwise.
pub(crate) fn item_of_json(value: serde_json::Value, zone: &str, today: NaiveDate) -> Result<Item, BadCompany> {
    let item: ItemFile = serde_json::from_value(value)?;
    Ok(item.read(zone, today)?)
}

/// Automatic replies.
pub(crate) fn oof_of_json(value: serde_json::Value, zone: &str, today: NaiveDate) -> Result<Oof, BadCompany> {
    let oof: OofFile = serde_json::from_value(value)?;
    Ok(oof.read(zone, today)?)
}

impl AccountFile {
    fn read(self, company_zone: &str, today: NaiveDate) -> Result<Account, BadTime> {
        let zone = self.zone.clone().unwrap_or_else(|| company_zone.to_owned());
        let mut account = Account::new(&self.address, &self.password);
        account.name = self.name.unwrap_or(self.address);
        account.login = self.login;
        account.token = self.token;
        account.aliases = self.aliases;
        account.may_impersonate = self.may_impersonate;
        account.zone = self.zone;
        account.view = self.view;
        account.error = self.error;
        if let Some(hours) = self.hours {
            account.hours = hours.iter().map(HoursFile::read).collect::<Result<_, _>>()?;
        }
        if let Some(oof) = self.oof {
            account.oof = oof.read(&zone, today)?;
        }
        account.items = self.items.into_iter().map(|item| item.read(&zone, today)).collect::<Result<_, _>>()?;
        Ok(account)
    }
}

impl HoursFile {
    fn read(&self) -> Result<WorkingPeriod, BadTime> {
        Ok(WorkingPeriod::new(&self.days, time::time_of_day(&self.from)?, time::time_of_day(&self.to)?))
    }
}

impl OofFile {
    fn read(self, zone: &str, today: NaiveDate) -> Result<Oof, BadTime> {
        let read = |text: Option<String>| text.map(|text| time::read(&text, zone, today)).transpose();
        Ok(Oof {
            state: self.state,
            start: read(self.start)?,
            end: read(self.end)?,
            internal_reply: self.internal_reply,
            external_reply: self.external_reply,
        })
    }
}

impl ItemFile {
    fn read(self, zone: &str, today: NaiveDate) -> Result<Item, BadTime> {
        let zone = self.zone.as_deref().unwrap_or(zone);
        let (start, end) = (time::read(&self.start, zone, today)?, time::read(&self.end, zone, today)?);
        Ok(Item {
            location: self.location,
            categories: self.categories,
            show_as: self.show_as,
            importance: self.importance,
            sensitivity: self.sensitivity,
            all_day: self.all_day,
            cancelled: self.cancelled,
            reminder: self.reminder,
            my_response: self.my_response,
            kind: self.kind,
            repeat: self.repeat,
            organizer: self.organizer,
            required: self.required,
            optional: self.optional,
            zone: self.zone,
            zone_label: self.zone_label,
            ..Item::new(start, end, &self.subject)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Company, BadCompany> {
        company_of_json(text, "2026-11-20".parse().unwrap())
    }

    #[test]
    fn a_company_is_read_with_all_its_fields() {
        let company = read(
            r#"{"zone": "W. Europe Standard Time", "accounts": [{"address": "a@x.test", "password": "p", "zone": "UTC",
            "hours": [{"days": ["Monday", "Sunday"], "from": "08:00", "to": "12:30"}], "view": "MergedOnly",
            "oof": {"state": "Scheduled", "start": "today 08:00"}, "items": [
            {"start": "today 09:00", "end": "today 10:00", "show_as": "OOF", "importance": "High",
             "sensitivity": "Private", "my_response": "Accept", "zone": "Europe/Berlin",
             "repeat": {"every": "Week", "count": 3}}]}]}"#,
        )
        .unwrap();
        let account = &company.accounts[0];
        assert_eq!((account.view, account.oof.state), (View::MergedOnly, OofState::Scheduled));
        assert_eq!(account.oof.start, Some("2026-11-20T08:00:00Z".parse().unwrap()));
        assert_eq!(account.hours[0].days, [Weekday::Mon, Weekday::Sun]);
        let item = &account.items[0];
        assert_eq!((item.show_as, item.importance, item.is_private()), (ShowAs::Oof, Importance::High, true));
        assert_eq!(item.start, "2026-11-20T08:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap());
    }

    #[test]
    fn errors_name_the_place_and_never_the_text() {
        for (text, expected) in [
            ("{\n \"accounts\": [{\"secret\": 1}]}", "line 2, column 23: not the form of a company"),
            (r#"{"zone": "secret", "accounts": []}"#, "a zone is not known"),
            (
                r#"{"accounts": [{"address": "a", "password": "p"}, {"address": "A", "password": "p"}]}"#,
                "account 2 has",
            ),
            (
                r#"{"accounts": [{"address": "a", "password": "p", "items": [{"start": "secret", "end": "today"}]}]}"#,
                "account 1: a time is not",
            ),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(expected) && !error.contains("secret"), "{error}");
        }
    }
}
