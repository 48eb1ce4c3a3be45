//! All that the server holds.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    behaviour::{Faults, Manner},
    company::{Account, Company, Item},
    stream::{EventKind, Subscriptions},
    zone::{self, Zone},
};

/// No more changes are remembered for `SyncFolderItems`; who comes later starts over.
const MOST_CHANGES: usize = 10_000;

/// The server's memory.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) company: Company,
    pub(crate) manner: Manner,
    pub(crate) faults: Faults,
    pub(crate) subscriptions: Subscriptions,
    changes: Vec<Change>,
    /// The numbers given to items so far.
    items: u64,
    /// The changes so far.
    last_change: u64,
}

/// A change of a calendar.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) number: u64,
    pub(crate) mailbox: String,
    pub(crate) item: u64,
    pub(crate) kind: EventKind,
}

impl State {
    pub(crate) fn new(company: Company) -> Self {
        let mut state = Self {
            company,
            manner: Manner::default(),
            faults: Faults::default(),
            subscriptions: Subscriptions::default(),
            changes: Vec::new(),
            items: 0,
            last_change: 0,
        };
        state.number_items();
        state
    }

    /// Gives an identity to the items that have none.
    pub(crate) fn number_items(&mut self) {
        for item in self.company.accounts.iter_mut().flat_map(|account| &mut account.items) {
            if item.number == 0 {
                self.items += 1;
                item.number = self.items;
            }
        }
    }

    pub(crate) fn add(&mut self, mailbox: &str, mut item: Item) -> Option<u64> {
        let account = self.company.account_mut(mailbox)?;
        self.items += 1;
        item.number = self.items;
        account.items.push(item);
        self.changed(mailbox, self.items, EventKind::Created);
        Some(self.items)
    }

    pub(crate) fn modify(&mut self, number: u64, change: impl FnOnce(&mut Item)) -> bool {
        let accounts = self.company.accounts.iter_mut();
        let mut items = accounts.flat_map(|account| account.items.iter_mut().map(|item| (&account.address, item)));
        let Some((mailbox, item)) = items.find(|(_, item)| item.number == number) else { return false };
        let mailbox = mailbox.clone();
        change(item);
        item.number = number;
        self.changed(&mailbox, number, EventKind::Modified);
        true
    }

    pub(crate) fn remove(&mut self, number: u64) -> bool {
        let has = |account: &&mut Account| account.items.iter().any(|item| item.number == number);
        let Some(account) = self.company.accounts.iter_mut().find(has) else { return false };
        account.items.retain(|item| item.number != number);
        let mailbox = account.address.clone();
        self.changed(&mailbox, number, EventKind::Deleted);
        true
    }

    fn changed(&mut self, mailbox: &str, item: u64, kind: EventKind) {
        self.last_change += 1;
        let number = self.last_change;
        if self.changes.len() >= MOST_CHANGES {
            self.changes.remove(0);
        }
        self.changes.push(Change { number, mailbox: mailbox.to_owned(), item, kind });
        if let Some(item) = self.item_mut(item) {
            item.change = number;
        }
        for kind in [kind, EventKind::FreeBusyChanged] {
            self.subscriptions.tell(mailbox, item, number, kind);
        }
    }

    fn item_mut(&mut self, number: u64) -> Option<&mut Item> {
        self.company.accounts.iter_mut().flat_map(|account| &mut account.items).find(|item| item.number == number)
    }

    /// An item and its owner.
    pub(crate) fn item(&self, number: u64) -> Option<(&Account, &Item)> {
        let items = |account| Account::items_of(account).map(move |item| (account, item));
        self.company.accounts.iter().flat_map(items).find(|(_, item)| item.number == number)
    }

    pub(crate) const fn last_change(&self) -> u64 {
        self.last_change
    }

    /// The changes of a calendar after a number, if all of them are still known.
    pub(crate) fn changes_since(&self, mailbox: &str, number: u64) -> Option<Vec<Change>> {
        let oldest = self.changes.first().map_or(0, |change| change.number);
        if number > self.last_change || number + 1 < oldest {
            return None;
        }
        let of = |change: &&Change| change.number > number && change.mailbox.eq_ignore_ascii_case(mailbox);
        Some(self.changes.iter().filter(of).cloned().collect())
    }

    pub(crate) fn zone_of(&self, account: &Account) -> &'static Zone {
        zone::named(self.company.zone_of(account)).unwrap_or_else(utc)
    }

    pub(crate) fn zone_of_item(&self, account: &Account, item: &Item) -> &'static Zone {
        item.zone.as_deref().and_then(zone::named).unwrap_or_else(|| self.zone_of(account))
    }
}

impl Account {
    fn items_of(account: &Self) -> impl Iterator<Item = &Item> {
        account.items.iter()
    }
}

fn utc() -> &'static Zone {
    static UTC: Zone = Zone { windows: "UTC", display: "(UTC) Coordinated Universal Time", tz: chrono_tz::Tz::UTC };
    &UTC
}

/// When a change happened. The server has no clock: one second passes with each change.
pub(crate) fn changed_at(change: u64) -> DateTime<Utc> {
    let seconds = i64::try_from(change).unwrap_or(i64::MAX).min(1_000_000_000);
    DateTime::from_timestamp(1_767_225_600, 0).unwrap_or_default() + TimeDelta::seconds(seconds)
}
