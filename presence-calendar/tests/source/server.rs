//! A server of calendars that does what the test says, and remembers what it was asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use presence_calendar::server::{CalendarServer, Changes, MailboxTrouble, Overview};
use presence_calendar::warning::Warning;
use presence_core::clock::Clock;
use presence_core::source::SourceError;
use presence_core::testing::ManualClock;
use presence_core::{Address, Agenda, Meeting, MeetingDraft, SourceErrorKind, Span};
use tokio::sync::mpsc;

/// What the server was asked, and when.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Asked {
    Overviews(Vec<Address>),
    Agenda(Address),
    Reply(Address),
    Channel(Vec<Address>),
}

/// A server; clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Scripted {
    clock: ManualClock,
    state: Arc<Mutex<State>>,
}

type Told = Result<Vec<Address>, SourceErrorKind>;

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) boxes: BTreeMap<Address, Mailbox>,
    /// It answers quick questions.
    pub(crate) quick: bool,
    /// It has a channel.
    pub(crate) has_channel: bool,
    pub(crate) most: usize,
    /// So many questions are answered before one is refused, again and again; and how many of them are left.
    pub(crate) budget: Option<(usize, usize)>,
    /// It fails at everything but the channel.
    pub(crate) down: Option<SourceErrorKind>,
    /// How opening a channel fails.
    pub(crate) deaf: Option<SourceErrorKind>,
    /// For how long it asks not to be asked again then.
    pub(crate) deaf_for: Option<Duration>,
    /// Channels break as soon as they are open.
    pub(crate) brittle: bool,
    /// Channels never stop telling of somebody whom nobody knows.
    pub(crate) chatty: bool,
    /// How long an answer takes, and the opening of a channel.
    pub(crate) slow: TimeDelta,
    pub(crate) slow_to_open: TimeDelta,
    pub(crate) asked: VecDeque<(DateTime<Utc>, Asked)>,
    /// Whom each is about, and its other end.
    channels: Vec<(Vec<Address>, mpsc::UnboundedSender<Told>)>,
}

/// A mailbox.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mailbox {
    /// What may be read.
    pub(crate) meetings: Vec<Meeting>,
    /// What is only there as a block.
    pub(crate) hidden: Vec<Meeting>,
    pub(crate) reply: Option<Span>,
    pub(crate) trouble: Option<MailboxTrouble>,
    /// What is not as it should be in it.
    pub(crate) warnings: Vec<Warning>,
    /// Trouble with the meetings alone.
    pub(crate) agenda_trouble: Option<MailboxTrouble>,
}

impl Scripted {
    pub(crate) fn new(clock: &ManualClock, boxes: impl IntoIterator<Item = Address>) -> Self {
        let state = State {
            boxes: boxes.into_iter().map(|address| (address, Mailbox::default())).collect(),
            quick: true,
            has_channel: false,
            most: 100,
            budget: None,
            down: None,
            deaf: None,
            deaf_for: None,
            brittle: false,
            chatty: false,
            slow: TimeDelta::zero(),
            slow_to_open: TimeDelta::zero(),
            asked: VecDeque::new(),
            channels: Vec::new(),
        };
        Self { clock: clock.clone(), state: Arc::new(Mutex::new(state)) }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a mailbox, without a word to anybody.
    pub(crate) fn change(&self, address: &Address, change: impl FnOnce(&mut Mailbox)) {
        change(self.state().boxes.get_mut(address).unwrap());
    }

    /// Tells the channels of changes in mailboxes that they are about, and in such as nobody knows; or breaks them.
    pub(crate) fn tell(&self, told: &Told) {
        let mut state = self.state();
        let boxes: Vec<Address> = state.boxes.keys().cloned().collect();
        state.channels.retain(|(about, channel)| {
            let told = told.clone().map(|all| {
                let heard = |address: &Address| about.contains(address) || !boxes.contains(address);
                all.into_iter().filter(heard).collect::<Vec<Address>>()
            });
            channel.send(told).is_ok()
        });
        if told.is_err() {
            state.channels.clear();
        }
    }

    /// So many channels are open.
    pub(crate) fn open_channels(&self) -> usize {
        self.state().channels.iter().filter(|(_, channel)| !channel.is_closed()).count()
    }

    /// What was asked since this was last called.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state().asked.drain(..).map(|(_, asked)| asked).collect()
    }

    /// Whose meetings were read since then.
    pub(crate) fn read(&self) -> Vec<Address> {
        let read = |asked| if let Asked::Agenda(address) = asked { Some(address) } else { None };
        self.asked().into_iter().filter_map(read).collect()
    }

    /// When channels were opened since then.
    pub(crate) fn openings(&self) -> Vec<DateTime<Utc>> {
        let asked: Vec<_> = self.state().asked.drain(..).collect();
        asked.into_iter().filter(|(_, asked)| matches!(asked, Asked::Channel(_))).map(|(at, _)| at).collect()
    }

    /// Takes a question, and as long as the answer takes.
    async fn take(&self, asked: Asked) -> Result<(), SourceError> {
        let now = self.clock.now();
        let is_opening = matches!(asked, Asked::Channel(_));
        let (wait, trouble) = {
            let mut state = self.state();
            state.asked.push_back((now, asked));
            let is_spent = state.budget.as_mut().is_some_and(|(whole, left)| {
                *left = if *left == 0 { *whole } else { *left - 1 };
                *left == 0
            });
            if is_opening {
                (state.slow_to_open, state.deaf)
            } else {
                (state.slow, state.down.or_else(|| is_spent.then_some(SourceErrorKind::Throttled)))
            }
        };
        if wait > TimeDelta::zero() {
            while self.clock.now() < now + wait {
                self.clock.sleep_until(now + wait).await;
            }
        }
        let asked_for = self.state().deaf_for.filter(|_| is_opening);
        let error =
            |kind| asked_for.into_iter().fold(SourceError::new(kind, "as the test says"), SourceError::retry_after);
        trouble.map_or(Ok(()), |kind| Err(error(kind)))
    }

    fn mailbox(&self, address: &Address) -> Result<Mailbox, MailboxTrouble> {
        let found = self.state().boxes.get(address).cloned().ok_or(MailboxTrouble::NotFound)?;
        found.trouble.map_or(Ok(found), Err)
    }
}

/// A meeting as it is told without rights to it.
fn block(meeting: &Meeting) -> Meeting {
    Meeting::new(MeetingDraft::new("", meeting.span()).show_as(meeting.show_as()))
}

#[async_trait]
impl CalendarServer for Scripted {
    fn most_at_once(&self) -> usize {
        self.state().most
    }

    async fn overviews(
        &self,
        mailboxes: &[Address],
        window: Span,
    ) -> Result<Option<Vec<Result<Overview, MailboxTrouble>>>, SourceError> {
        if !self.state().quick {
            return Ok(None);
        }
        self.take(Asked::Overviews(mailboxes.to_vec())).await?;
        let overview = |address: &Address| {
            let mailbox = self.mailbox(address)?;
            let blocks = mailbox.meetings.iter().chain(&mailbox.hidden).filter(|one| one.counts()).map(block).collect();
            Ok(Overview::new(Agenda::new(window, blocks), None))
        };
        Ok(Some(mailboxes.iter().map(overview).collect()))
    }

    async fn agenda(&self, mailbox: &Address, window: Span) -> Result<Result<Agenda, MailboxTrouble>, SourceError> {
        self.take(Asked::Agenda(mailbox.clone())).await?;
        Ok(self.mailbox(mailbox).and_then(|found| match found.agenda_trouble {
            Some(trouble) => Err(trouble),
            None => Ok(Agenda::new(window, found.meetings)),
        }))
    }

    fn warnings(&self, mailbox: &Address) -> Vec<Warning> {
        self.mailbox(mailbox).map_or_else(|_| Vec::new(), |found| found.warnings)
    }

    async fn automatic_reply(&self, mailbox: &Address) -> Result<Result<Option<Span>, MailboxTrouble>, SourceError> {
        self.take(Asked::Reply(mailbox.clone())).await?;
        Ok(self.mailbox(mailbox).map(|found| found.reply))
    }

    async fn changes(&self, mailboxes: &[Address]) -> Result<Option<Box<dyn Changes>>, SourceError> {
        if !self.state().has_channel {
            return Ok(None);
        }
        self.take(Asked::Channel(mailboxes.to_vec())).await?;
        let (sender, told) = mpsc::unbounded_channel();
        let mut state = self.state();
        if state.brittle {
            sender.send(Err(SourceErrorKind::Unreachable)).unwrap();
        }
        state.channels.push((mailboxes.to_vec(), sender));
        Ok(Some(Box::new(Channel { told, chatty: state.chatty })))
    }
}

#[derive(Debug)]
struct Channel {
    told: mpsc::UnboundedReceiver<Told>,
    chatty: bool,
}

#[async_trait]
impl Changes for Channel {
    async fn next(&mut self) -> Result<Vec<Address>, SourceError> {
        if self.chatty {
            return Ok(vec![Address::opaque("stranger").unwrap()]);
        }
        let told = self.told.recv().await.unwrap_or(Err(SourceErrorKind::Unreachable));
        told.map_err(|kind| SourceError::new(kind, "the channel broke, as the test says"))
    }
}
