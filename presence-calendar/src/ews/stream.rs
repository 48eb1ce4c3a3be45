//! Notifications: what changes in calendars, told as it happens.
//!
//! Mailboxes that are watched together make a [`Group`]; the first of them is its anchor, and everything about the group
//! goes to the server of the anchor. A stream tells which mailboxes changed, not what changed: read them again. Nothing
//! is kept while no stream is open, so read everything again after each time of silence.

mod read;
mod request;
mod split;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use presence_core::Address;
use presence_core::http::HttpStream;
use presence_core::source::SourceError;

use super::code::ResponseCode;
use super::error::EwsError;
use read::{Document, read};
use split::Splitter;

pub(super) use read::read_subscription;
pub(super) use request::{stream_body, subscribe_body};

/// A group has at most so many mailboxes.
pub(super) const MOST_IN_GROUP: usize = 200;
/// A server says about every 45 seconds that it is still there. One that misses it twice is not.
pub(super) const SILENCE: Duration = Duration::from_secs(90);
/// A stream ends by itself after so many minutes.
pub(super) const STREAM_MINUTES: u32 = 30;

/// Mailboxes that are watched by one stream. Its `Debug` prints no ids.
#[derive(Clone)]
pub struct Group {
    pub(super) anchor: Address,
    pub(super) cookie: Option<String>,
    pub(super) subscriptions: BTreeMap<Arc<str>, Address>,
    pub(super) refused: Vec<(Address, ResponseCode)>,
}

impl Group {
    pub(super) const fn new(anchor: Address) -> Self {
        Self { anchor, cookie: None, subscriptions: BTreeMap::new(), refused: Vec::new() }
    }

    /// The mailbox whose server does the work.
    #[must_use]
    pub const fn anchor(&self) -> &Address {
        &self.anchor
    }

    /// The mailboxes that are watched.
    pub fn mailboxes(&self) -> impl Iterator<Item = &Address> {
        self.subscriptions.values()
    }

    /// The mailboxes that cannot be watched, and why: they have to be looked at now and then.
    #[must_use]
    pub fn refused(&self) -> &[(Address, ResponseCode)] {
        &self.refused
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("subscriptions", &self.subscriptions.len())
            .field("refused", &self.refused.len())
            .finish_non_exhaustive()
    }
}

/// What a stream tells.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Told {
    /// The server is still there.
    Alive,
    /// The calendar of this mailbox changed. One invitation is several changes: wait two or three seconds before you
    /// read.
    Changed(Address),
    /// The stream has ended as it should: open the next one, and read everything that is watched.
    Ended,
    /// Subscriptions are lost: make new ones, open the next stream, and read everything that is watched.
    Lost(ResponseCode),
}

/// An open stream of notifications. To drop it is to hang up.
pub struct Notifications {
    stream: HttpStream,
    splitter: Splitter,
    subscriptions: BTreeMap<Arc<str>, Address>,
    told: VecDeque<Told>,
    is_over: bool,
}

impl Notifications {
    pub(super) fn new(stream: HttpStream, group: &Group) -> Self {
        Self {
            stream,
            splitter: Splitter::default(),
            subscriptions: group.subscriptions.clone(),
            told: VecDeque::new(),
            is_over: false,
        }
    }

    /// What the server tells next. After [`Told::Ended`] and [`Told::Lost`] there is nothing more: it says the same again.
    ///
    /// Nothing is lost when the wait is given up, so it may stand in a `select`.
    ///
    /// # Errors
    ///
    /// Fails when the connection breaks, when the server says nothing for too long, or when what it says is not to be
    /// understood. Then the stream is over: open another one.
    pub async fn next(&mut self) -> Result<Told, SourceError> {
        loop {
            if self.is_over && self.told.len() <= 1 {
                return Ok(self.told.front().cloned().unwrap_or(Told::Ended));
            }
            if let Some(told) = self.told.pop_front() {
                return Ok(told);
            }
            match self.stream.chunk().await? {
                Some(piece) => {
                    if let Err(error) = self.take(&piece) {
                        self.is_over = true;
                        self.told = VecDeque::from([Told::Ended]);
                        return Err(error.into());
                    }
                }
                None => {
                    self.is_over = true;
                    self.told.push_back(Told::Ended);
                }
            }
        }
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), EwsError> {
        self.splitter.push(piece);
        while let Some(document) = self.splitter.next_document()? {
            if self.is_over {
                break;
            }
            self.tell(read(&document)?);
        }
        Ok(())
    }

    fn tell(&mut self, document: Document) {
        match document.code {
            ResponseCode::NoError => {}
            code => {
                self.is_over = true;
                self.told.push_back(Told::Lost(code));
                return;
            }
        }
        let changed: Vec<_> = document.changed.iter().filter_map(|id| self.subscriptions.get(&**id)).collect();
        if changed.is_empty() && !document.is_closed {
            self.told.push_back(Told::Alive);
        }
        self.told.extend(changed.into_iter().cloned().map(Told::Changed));
        if document.is_closed {
            self.is_over = true;
            self.told.push_back(Told::Ended);
        }
    }
}

impl fmt::Debug for Notifications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifications")
            .field("subscriptions", &self.subscriptions.len())
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}
