//! All meetings of a window, however many answers that takes.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::{Address, Agenda, Second, Span};

use super::super::calendar::{Entry, ItemId, MOST_ITEMS, Page, Texts, find_body, item_body, read_page, read_texts};
use super::super::code::ResponseCode;
use super::super::error::EwsError;
use super::Exchange;
use super::ask::Question;
use crate::zone::{Zone, Zones};

/// So many lists are asked for, and not more.
const MOST_PAGES: u32 = 64;
/// So often the rest of a batch is asked for again.
const MOST_STOPS: u32 = 3;
/// A calendar view covers at most two years.
const MOST_SECONDS: u32 = 730 * 24 * 60 * 60;

impl Exchange {
    pub(in super::super) async fn read_meetings(
        &self,
        mailbox: &Address,
        window: Span,
        zone: &Zone,
    ) -> Result<Agenda, EwsError> {
        let (covered, entries) = self.entries(mailbox, window).await?;
        let open: Vec<&ItemId> =
            entries.iter().filter(|entry| !entry.sensitivity.is_private()).map(|entry| &entry.id).collect();
        let mut texts = HashMap::with_capacity(open.len());
        for part in open.chunks(MOST_ITEMS) {
            texts.extend(self.texts(mailbox, part).await?);
        }
        let zones = Zones::new(zone.clone());
        let meeting = |entry: &Entry| entry.meeting(texts.get(entry.id.id.reveal()), &zones);
        Ok(Agenda::new(covered, entries.iter().filter_map(meeting).collect()))
    }

    /// The meetings without their texts, and what of the window they cover.
    async fn entries(&self, mailbox: &Address, window: Span) -> Result<(Span, Vec<Entry>), EwsError> {
        let most = window.start().plus(MOST_SECONDS);
        let window = Span::from_seconds(window.start(), window.end().min(most)).unwrap_or(window);
        let mut reading = Reading::new(window);
        for _ in 0..MOST_PAGES {
            let Some(ahead) = reading.ahead() else { break };
            match self.page(mailbox, ahead).await {
                Ok(page) => reading.take(page),
                Err(error) if error.code().is_some_and(ResponseCode::wants_less_time) && reading.halve() => {}
                Err(error) => return Err(error),
            }
        }
        reading.finish()
    }

    async fn page(&self, mailbox: &Address, window: Span) -> Result<Page, EwsError> {
        let [from, to] = [window.start(), window.end()].map(|second| second.time().unwrap_or(DateTime::<Utc>::MAX_UTC));
        let question = Question {
            mailbox: Some(mailbox),
            body: &|address, version| find_body(address, from, to, version),
            read: &|bytes| read_page(bytes),
        };
        self.ask(question).await
    }

    async fn texts(&self, mailbox: &Address, ids: &[&ItemId]) -> Result<HashMap<Arc<str>, Texts>, EwsError> {
        let mut found: HashMap<Arc<str>, Texts> = HashMap::with_capacity(ids.len());
        for _ in 0..MOST_STOPS {
            let missing: Vec<&ItemId> = ids.iter().filter(|id| !found.contains_key(id.id.reveal())).copied().collect();
            let question = Question {
                mailbox: Some(mailbox),
                body: &|_, _| item_body(&missing),
                read: &|bytes| read_texts(bytes),
            };
            let answered = self.ask(question).await?;
            found.extend(answered.texts);
            if !answered.is_stopped {
                break;
            }
        }
        Ok(found)
    }
}

/// How far the reading of a window is.
struct Reading {
    window: Span,
    /// Every meeting that begins earlier has been read.
    known_until: Second,
    /// Until when is asked next.
    ask_until: Second,
    seen: HashSet<Arc<str>>,
    entries: Vec<Entry>,
}

impl Reading {
    fn new(window: Span) -> Self {
        let (known_until, ask_until) = (window.start(), window.end());
        Self { window, known_until, ask_until, seen: HashSet::new(), entries: Vec::new() }
    }

    /// What to ask for next; `None` when there is nothing left, or nothing left that can be asked for.
    fn ahead(&self) -> Option<Span> {
        Span::from_seconds(self.known_until, self.ask_until).ok()
    }

    /// A list was read. When it was cut off, the next one begins where its last meeting begins; when that brings nothing
    /// new, half of the time is asked for.
    fn take(&mut self, page: Page) {
        let last = page.entries.iter().map(|entry| Second::floor(entry.start)).max();
        let before = self.entries.len();
        let new = page.entries.into_iter().filter(|entry| self.seen.insert(entry.id.id.reveal().clone()));
        self.entries.extend(new);
        if page.is_whole {
            self.known_until = self.ask_until;
            self.ask_until = self.window.end();
            return;
        }
        match last.filter(|last| *last > self.known_until && self.entries.len() > before) {
            Some(last) => self.known_until = last,
            None => {
                self.halve();
            }
        }
    }

    /// Asks for half of the time; `false` when there is no half.
    fn halve(&mut self) -> bool {
        let length = self.ask_until.since(self.known_until) / 2;
        self.ask_until = self.known_until.plus(length);
        length > 0
    }

    /// What is known now. The rest of the window is not covered.
    fn finish(self) -> Result<(Span, Vec<Entry>), EwsError> {
        let covered = Span::from_seconds(self.window.start(), self.known_until.min(self.window.end()));
        covered.map(|covered| (covered, self.entries)).map_err(|_| EwsError::Incomplete("IncludesLastItemInRange"))
    }
}

#[cfg(test)]
mod tests {
    use presence_core::calendar::{Importance, Sensitivity};
    use presence_core::{Confidential, ShowAs};

    use super::*;

    /// A server that tells at most `most` meetings of those that overlap what it is asked for.
    fn server(starts: &[u32], length: u32, asked: Span, most: usize) -> Page {
        let entry = |(index, start): (usize, &u32)| Entry {
            id: ItemId { id: Confidential::new(Arc::from(index.to_string())), change_key: None },
            start: DateTime::from_timestamp(i64::from(*start), 0).unwrap_or_default(),
            end: DateTime::from_timestamp(i64::from(*start + length), 0).unwrap_or_default(),
            is_all_day: false,
            zone_names: [None, None],
            show_as: ShowAs::Busy,
            importance: Importance::Normal,
            sensitivity: Sensitivity::Normal,
            is_cancelled: false,
            is_declined: false,
        };
        let overlaps = |start: &u32| *start < asked.end().get() && *start + length > asked.start().get();
        let mut entries: Vec<_> = starts.iter().enumerate().filter(|(_, start)| overlaps(start)).map(entry).collect();
        let is_whole = entries.len() <= most;
        entries.truncate(most);
        Page { entries, is_whole }
    }

    fn read_all(starts: &[u32], length: u32, most: usize) -> Result<(Span, usize, u32), EwsError> {
        let mut reading = Reading::new(Span::from_seconds(Second::new(0), Second::new(1_000)).unwrap());
        let mut pages = 0;
        while let Some(ahead) = reading.ahead() {
            pages += 1;
            assert!(pages < MOST_PAGES, "it does not come to an end");
            reading.take(server(starts, length, ahead, most));
        }
        reading.finish().map(|(covered, entries)| (covered, entries.len(), pages))
    }

    fn until(end: u32) -> Span {
        Span::from_seconds(Second::new(0), Second::new(end)).unwrap()
    }

    /// S3.9: a list that was cut off is asked for again from its last meeting on, and no meeting is there twice.
    #[test]
    fn lists_that_were_cut_off_are_read_on() {
        let starts: Vec<u32> = (0..100).map(|index| index * 10).collect();
        assert_eq!(read_all(&starts, 10, 1_000), Ok((until(1_000), 100, 1)));
        for most in [3, 7, 99, 100] {
            let (covered, entries, _) = read_all(&starts, 10, most).unwrap();
            assert_eq!((covered, entries), (until(1_000), 100), "{most}");
        }
    }

    /// So many at once that no list holds them: what is not known is not covered, and never free.
    #[test]
    fn what_cannot_be_read_is_not_covered() {
        let mut starts: Vec<u32> = (0..10).map(|index| index * 10).collect();
        starts.extend([500; 20]);
        let (covered, _, _) = read_all(&starts, 10, 8).unwrap();
        assert_eq!(covered, until(500));
        assert!(read_all(&[0; 20], 10, 8).is_err());
    }
}
