//! CalDAV: calendars of a server that gives them as iCalendar.
//!
//! [`CalDav`] asks for the events of a window and works out series itself, for servers do not agree on who does that.
//! What was read is kept, and a calendar is asked for what has changed: by its token of synchronisation, else by its tag,
//! else by the tags of its events, whichever the server has. Who logs in is a matter of the
//! [`HttpService`], such as [`Basic`](crate::ews::Basic).
//!
//! # What private meetings leave behind
//!
//! A server of CalDAV gives private events in full: it has no way to be asked for less. They are dropped while the
//! answer is read, and are in no value, `Debug` or error of this crate. But for as long as an answer is read its bytes
//! lie in memory, as do buffers of the HTTP stack and of TLS that they came through; these are given back without being
//! overwritten, and a dump of the memory of the process may show them until they are used for something else. Where that
//! matters, the account is to be one that the server shows no private events, or
//! [free and busy only](CalDav::with_free_busy).
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use presence_calendar::caldav::CalDav;
//! use presence_calendar::ics::ReadRules;
//! use presence_calendar::source::CalendarSource;
//! use presence_calendar::zone::Zone;
//! use presence_core::SourceId;
//! use presence_core::http::HttpService;
//!
//! # fn example(http: Arc<dyn HttpService>) -> Result<(), Box<dyn std::error::Error>> {
//! let rules = ReadRules::new(Zone::named("Europe/Stockholm").ok_or("no such zone")?);
//! let server = CalDav::collections(http, "https://dav.example.com/{mailbox}/calendar/", rules)?;
//! let source = CalendarSource::new(SourceId::new("calendars")?, server);
//! # Ok(())
//! # }
//! ```

mod ask;
mod collection;
mod discover;
mod kept;
mod multistatus;
mod name;
pub(crate) mod place;
pub(crate) mod store;
pub(crate) mod trouble;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use presence_core::http::HttpService;
use presence_core::source::SourceError;
use presence_core::{Address, Agenda, Meeting, Second, Span};

use crate::ics::ReadRules;
use crate::server::{CalendarServer, MailboxTrouble, Overview};
use crate::warning::Warning;

use collection::Collection;
use discover::Search;
use kept::Kept;
use place::Template;
use store::Store;
use trouble::Trouble;

pub use place::InvalidPlace;

/// Of a calendar so many windows are kept: that of the source, and one beside it that somebody looked at.
const WINDOWS: usize = 2;
/// A list of calendars weighs about so much.
const LIST: usize = 4 * 1024;

/// A server of CalDAV.
pub struct CalDav {
    http: Arc<dyn HttpService>,
    place: Place,
    rules: ReadRules,
    free_busy: bool,
    lists: Store<Address, List>,
    kept: Store<(Address, Arc<str>), Shelf>,
}

/// How calendars are found.
#[derive(Debug)]
enum Place {
    /// One for each mailbox, at a known address.
    Collections(Template),
    /// All of a person, whose address is known.
    Principals(Template),
    /// Those of the account, which are those of this mailbox.
    Account(String, Address),
}

/// The calendars of a mailbox, as they were found when a window began to be read.
struct List {
    since: Second,
    urls: Arc<[Arc<str>]>,
}

/// What is kept of a calendar; the last that was read first.
struct Shelf(Vec<Arc<Kept>>);

impl CalDav {
    /// Each mailbox has one calendar, at an address such as `https://dav.example.com/{mailbox}/calendar/`: `{mailbox}` is
    /// the whole address, `{user}` and `{domain}` what is before and behind its `@`.
    pub fn collections(http: Arc<dyn HttpService>, template: &str, rules: ReadRules) -> Result<Self, InvalidPlace> {
        Ok(Self::new(http, Place::Collections(Template::new(template)?), rules))
    }

    /// Each mailbox has the calendars that the server lists for the person at an address such as
    /// `https://dav.example.com/principals/{user}/`. Once a day, as the window moves on, the list is read again.
    pub fn principals(http: Arc<dyn HttpService>, template: &str, rules: ReadRules) -> Result<Self, InvalidPlace> {
        Ok(Self::new(http, Place::Principals(Template::new(template)?), rules))
    }

    /// Only the calendars of the account itself, which is that of `mailbox`; other mailboxes are not known. Of the
    /// address only the server needs to be right.
    pub fn account(
        http: Arc<dyn HttpService>,
        url: &str,
        mailbox: Address,
        rules: ReadRules,
    ) -> Result<Self, InvalidPlace> {
        Ok(Self::new(http, Place::Account(place::checked(url)?, mailbox), rules))
    }

    fn new(http: Arc<dyn HttpService>, place: Place, rules: ReadRules) -> Self {
        Self { http, place, rules, free_busy: false, lists: Store::new(), kept: Store::new() }
    }

    /// Whether the quick question is asked where the server knows it: when somebody is busy, without any text. Default:
    /// no, for asking whether a calendar has changed costs less and misses nothing. It is for accounts that may see
    /// nothing else.
    #[must_use]
    pub fn with_free_busy(self, free_busy: bool) -> Self {
        Self { free_busy, ..self }
    }

    fn known(&self, mailbox: &Address) -> Arc<[Arc<str>]> {
        match &self.place {
            Place::Collections(template) => template.url(mailbox).map(Arc::from).into_iter().collect(),
            _ => self.lists.get(mailbox).map_or_else(|| Arc::from([]), |list| Arc::clone(&list.urls)),
        }
    }

    /// The calendars of a mailbox.
    async fn places(&self, mailbox: &Address, window: Span) -> Result<Arc<[Arc<str>]>, Trouble> {
        let search = Search { http: self.http.as_ref(), rules: &self.rules };
        let kept = self.lists.get(mailbox).filter(|list| list.since >= window.start());
        let urls = match (&self.place, kept) {
            (Place::Collections(_), _) => self.known(mailbox),
            (_, Some(list)) => Arc::clone(&list.urls),
            (Place::Principals(template), None) => {
                let principal = template.url(mailbox).ok_or(MailboxTrouble::NotFound)?;
                self.list(mailbox, window, search.calendars(&principal).await?)
            }
            (Place::Account(url, own), None) if own == mailbox => {
                let principal = search.account(url).await?;
                self.list(mailbox, window, search.calendars(&principal).await?)
            }
            (Place::Account(..), None) => return Err(MailboxTrouble::NotFound.into()),
        };
        // Who has no calendar is not free, but unknown.
        if urls.is_empty() { Err(MailboxTrouble::NotFound.into()) } else { Ok(urls) }
    }

    fn list(&self, mailbox: &Address, window: Span, urls: Vec<Arc<str>>) -> Arc<[Arc<str>]> {
        let urls: Arc<[Arc<str>]> = urls.into();
        let list = List { since: window.start(), urls: Arc::clone(&urls) };
        self.lists.put(mailbox.clone(), Arc::new(list), LIST);
        urls
    }

    async fn read(&self, mailbox: &Address, window: Span) -> Result<Agenda, Trouble> {
        let rules = self.rules.clone().with_owner(mailbox);
        let mut read: Vec<Arc<Kept>> = Vec::new();
        for url in self.places(mailbox, window).await?.iter() {
            match self.refresh(mailbox, url, &rules, window).await {
                Ok(kept) => read.push(kept),
                Err(trouble) => {
                    // It may have been moved, or may be gone: the next time all are looked for again.
                    self.lists.forget(mailbox);
                    return Err(trouble);
                }
            }
        }
        Ok(match read.as_slice() {
            [kept] => kept.agenda(window),
            several => Agenda::new(window, several.iter().flat_map(|kept| kept.objects.meetings(window)).collect()),
        })
    }

    async fn refresh(
        &self,
        mailbox: &Address,
        url: &Arc<str>,
        rules: &ReadRules,
        window: Span,
    ) -> Result<Arc<Kept>, Trouble> {
        let name = (mailbox.clone(), Arc::clone(url));
        let shelf = self.kept.get(&name);
        let known = shelf.as_ref().and_then(|shelf| shelf.0.iter().find(|kept| kept.covers(window)));
        let fresh = Collection { http: self.http.as_ref(), url, rules }.refresh(known, window).await;
        match &fresh {
            Ok(fresh) => self.keep(name, shelf.as_deref(), fresh),
            // What may not be seen any more is not kept either.
            Err(Trouble::Mailbox(MailboxTrouble::Forbidden | MailboxTrouble::NotFound)) => self.kept.forget(&name),
            Err(_) => {}
        }
        fresh
    }

    fn keep(&self, name: (Address, Arc<str>), shelf: Option<&Shelf>, fresh: &Arc<Kept>) {
        let old = shelf.map_or(&[][..], |shelf| shelf.0.as_slice());
        if old.first().is_some_and(|first| Arc::ptr_eq(first, fresh)) {
            return;
        }
        let others = old.iter().filter(|kept| !kept.window.overlaps(fresh.window));
        let shelf: Vec<Arc<Kept>> = std::iter::once(fresh).chain(others).take(WINDOWS).cloned().collect();
        let weight = shelf.iter().map(|kept| kept.weight()).sum();
        self.kept.put(name, Arc::new(Shelf(shelf)), weight);
    }

    /// When somebody is busy. `None`: the server does not tell it in this way.
    async fn overview(&self, mailbox: &Address, window: Span) -> Result<Option<Agenda>, Trouble> {
        let rules = self.rules.clone().with_owner(mailbox);
        let (mut covered, mut busy) = (window, Vec::<Meeting>::new());
        for url in self.places(mailbox, window).await?.iter() {
            let collection = Collection { http: self.http.as_ref(), url, rules: &rules };
            let shelf = self.kept.get(&(mailbox.clone(), Arc::clone(url)));
            let known = shelf.as_ref().and_then(|shelf| shelf.0.first()).map(|kept| kept.marks.can_free_busy);
            let can = match known {
                Some(can) => can,
                None => collection.marks().await?.can_free_busy,
            };
            let told = if can { collection.free_busy(window).await? } else { None };
            let Some(told) = told.and_then(|calendar| calendar.free_busy(window)) else { return Ok(None) };
            let (start, end) = (told.covered().start(), told.covered().end());
            let both = Span::from_seconds(covered.start().max(start), covered.end().min(end));
            covered = both.map_err(|_| MailboxTrouble::Unavailable)?;
            busy.extend_from_slice(told.meetings());
        }
        Ok(Some(Agenda::new(covered, busy)))
    }
}

#[async_trait]
impl CalendarServer for CalDav {
    /// What was left out, repaired or guessed in the events that are kept of a mailbox; at most a thousand. Lines are
    /// counted from the beginning of each event.
    fn warnings(&self, mailbox: &Address) -> Vec<Warning> {
        let urls = self.known(mailbox);
        let shelves = urls.iter().filter_map(|url| self.kept.get(&(mailbox.clone(), Arc::clone(url))));
        let newest: Vec<Arc<Kept>> = shelves.filter_map(|shelf| shelf.0.first().cloned()).collect();
        newest.iter().flat_map(|kept| kept.warnings()).take(1_000).collect()
    }

    async fn overviews(
        &self,
        mailboxes: &[Address],
        window: Span,
    ) -> Result<Option<Vec<Result<Overview, MailboxTrouble>>>, SourceError> {
        if !self.free_busy {
            return Ok(None);
        }
        let mut overviews = Vec::with_capacity(mailboxes.len());
        for mailbox in mailboxes {
            match Trouble::told(self.overview(mailbox, window).await)? {
                Ok(Some(blocks)) => overviews.push(Ok(Overview::new(blocks, None))),
                Ok(None) => return Ok(None),
                Err(trouble) => overviews.push(Err(trouble)),
            }
        }
        Ok(Some(overviews))
    }

    async fn agenda(&self, mailbox: &Address, window: Span) -> Result<Result<Agenda, MailboxTrouble>, SourceError> {
        Trouble::told(self.read(mailbox, window).await)
    }
}

/// Addresses may hold keys, and are not shown.
impl fmt::Debug for CalDav {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CalDav").field("http", &self.http).finish_non_exhaustive()
    }
}
