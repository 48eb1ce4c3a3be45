//! Subscriptions and what they are told.

/// More than this waits for nobody: a client that does not read gets an error.
const MOST_WAITING: usize = 10_000;

/// What happened to an item.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum EventKind {
    Created,
    Modified,
    Deleted,
    /// Follows each of the others.
    FreeBusyChanged,
}

impl EventKind {
    pub(crate) const fn element(self) -> &'static str {
        match self {
            Self::Created => "CreatedEvent",
            Self::Modified => "ModifiedEvent",
            Self::Deleted => "DeletedEvent",
            Self::FreeBusyChanged => "FreeBusyChangedEvent",
        }
    }
}

/// A change that a subscription is told of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) kind: EventKind,
    pub(crate) item: u64,
    pub(crate) change: u64,
}

/// A wish to be told of one mailbox's changes.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    /// Who had logged in.
    pub(crate) owner: String,
    pub(crate) mailbox: String,
    wanted: Vec<String>,
    waiting: Vec<Event>,
    /// The stream that reads it.
    stream: Option<u64>,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    all: Vec<Subscription>,
    created: u64,
    streams: u64,
    /// Streams up to this number are to end without a word.
    cut: u64,
}

/// What there is for a stream.
#[derive(Debug, Default)]
pub(crate) struct News {
    pub(crate) events: Vec<(String, String, Vec<Event>)>,
    /// Subscriptions that another stream has taken, or that are gone.
    pub(crate) lost: Vec<String>,
    pub(crate) cut: bool,
}

impl Subscriptions {
    pub(crate) fn add(&mut self, owner: &str, mailbox: &str, wanted: Vec<String>) -> String {
        self.created += 1;
        let id = format!("JABzaW11bGF0ZWQ{:08x}", self.created);
        let subscription = Subscription {
            id: id.clone(),
            owner: owner.to_owned(),
            mailbox: mailbox.to_owned(),
            wanted,
            waiting: Vec::new(),
            stream: None,
        };
        self.all.push(subscription);
        id
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Subscription> {
        self.all.iter().find(|subscription| subscription.id == id)
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let before = self.all.len();
        self.all.retain(|subscription| subscription.id != id);
        self.all.len() < before
    }

    /// Forgets all of them, as a server does that starts again.
    pub(crate) fn forget(&mut self) {
        self.all.clear();
        self.cut();
    }

    /// The streams that are open.
    pub(crate) fn open_streams(&self) -> usize {
        let mut streams: Vec<_> = self.all.iter().filter_map(|subscription| subscription.stream).collect();
        streams.sort_unstable();
        streams.dedup();
        streams.len()
    }

    /// Ends all streams that are open.
    pub(crate) const fn cut(&mut self) {
        self.cut = self.streams;
    }

    /// Opens a stream on subscriptions, and takes them from the one that had them.
    pub(crate) fn open(&mut self, ids: &[String]) -> u64 {
        self.streams += 1;
        for subscription in self.all.iter_mut().filter(|subscription| ids.contains(&subscription.id)) {
            subscription.stream = Some(self.streams);
            subscription.waiting.clear();
        }
        self.streams
    }

    /// Closes it: nothing is kept while no stream is open.
    pub(crate) fn close(&mut self, stream: u64) {
        for subscription in self.all.iter_mut().filter(|subscription| subscription.stream == Some(stream)) {
            subscription.stream = None;
            subscription.waiting.clear();
        }
    }

    pub(crate) fn tell(&mut self, mailbox: &str, item: u64, change: u64, kind: EventKind) {
        for subscription in &mut self.all {
            let is_wanted = subscription.wanted.iter().any(|wanted| wanted == kind.element());
            let is_read = subscription.stream.is_some() && subscription.waiting.len() < MOST_WAITING;
            if is_read && is_wanted && subscription.mailbox.eq_ignore_ascii_case(mailbox) {
                subscription.waiting.push(Event { kind, item, change });
            }
        }
    }

    /// What there is for a stream, at most so many events.
    pub(crate) fn news(&mut self, stream: u64, ids: &[String], most: usize) -> News {
        let mut news = News { cut: stream <= self.cut, ..News::default() };
        for id in ids {
            let own = self.all.iter_mut().find(|own| own.id == *id && own.stream == Some(stream));
            let Some(subscription) = own else {
                news.lost.push(id.clone());
                continue;
            };
            let events: Vec<_> = subscription.waiting.drain(..subscription.waiting.len().min(most)).collect();
            if !events.is_empty() {
                news.events.push((id.clone(), subscription.mailbox.clone(), events));
            }
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_while_no_stream_is_open() {
        let mut all = Subscriptions::default();
        let id = all.add("s", "Anna@x", vec!["CreatedEvent".into(), "DeletedEvent".into()]);
        all.tell("anna@x", 1, 1, EventKind::Created);
        let ids = [id];
        let first = all.open(&ids);
        assert!(all.news(first, &ids, 50).events.is_empty());
        for kind in [EventKind::Created, EventKind::Modified, EventKind::Deleted] {
            all.tell("anna@x", 1, 2, kind);
        }
        all.tell("bert@x", 1, 2, EventKind::Created);
        let news = all.news(first, &ids, 1);
        assert_eq!(news.events[0].2.len(), 1);
        assert_eq!(all.news(first, &ids, 50).events[0].2[0].kind, EventKind::Deleted);
        let second = all.open(&ids);
        assert_eq!(all.news(first, &ids, 50).lost, ids);
        assert!(all.news(second, &ids, 50).lost.is_empty());
        all.forget();
        let news = all.news(second, &ids, 50);
        assert!(news.cut && news.lost == ids);
    }
}
