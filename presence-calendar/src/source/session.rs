//! One session: who is wanted, what to ask next, and what to do in between.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::source::{Link, News, SourceError, Wake};
use presence_core::{Address, ConnectorStatus, Facet, Report, SourceErrorKind, Span, Subject};

use super::either::{Either, either};
use super::kept::Kept;
use super::listener::{Event, Listener};
use super::person::Person;
use super::queue::Queue;
use super::warned::Warned;
use super::{CalendarRules, later};
use crate::server::{CalendarServer, MailboxTrouble, Overview};

const FACETS: [Facet; 3] = [Facet::Calendar, Facet::AutomaticReply, Facet::Hours];

pub(super) struct Session<'a, S> {
    server: &'a S,
    rules: &'a CalendarRules,
    kept: &'a Kept,
    warned: &'a Warned,
    link: &'a mut dyn Link,
    people: HashMap<Subject, Person>,
    /// So many wishes there were.
    wishes: u64,
    /// Who has not been asked about at all, and who has changed.
    new: Queue,
    /// Who has not been asked about in this round.
    round: Queue,
    next_round: DateTime<Utc>,
    /// Whose meetings are to be read.
    queue: Queue,
    /// Whose calendar has changed, and when that is to be read: when things have settled.
    changed: HashMap<Subject, DateTime<Utc>>,
    listener: Listener<'a>,
    /// The channel was heard last, so it is the turn of the wishes.
    has_listened: bool,
    /// Meetings were read last, so it is the turn of the round.
    has_read: bool,
    /// Whose mailbox cannot be reached, and of whom nothing is known.
    missing: HashSet<Subject>,
    /// Whose meetings have not been asked for, before everything counts as told.
    untold: HashSet<Subject>,
    /// The server is not asked before: it said so when a channel was to be opened.
    quiet: Option<DateTime<Utc>>,
    began: DateTime<Utc>,
    is_complete: bool,
    /// When a step was last begun.
    last: DateTime<Utc>,
}

/// What a wait was ended by.
enum Heard {
    Wish(Wake),
    Channel(Event),
}

/// Why a quick question is asked.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Why {
    /// Somebody is newly wanted, or has changed: meetings are read in any case, and soon.
    News,
    Round,
}

impl<'a, S: CalendarServer> Session<'a, S> {
    pub(super) fn new(
        server: &'a S,
        rules: &'a CalendarRules,
        (kept, warned): (&'a Kept, &'a Warned),
        link: &'a mut dyn Link,
    ) -> Self {
        let now = link.now();
        Self {
            server,
            rules,
            kept,
            warned,
            link,
            people: HashMap::new(),
            wishes: 0,
            new: Queue::default(),
            round: Queue::default(),
            next_round: later(now, rules.interval),
            queue: Queue::default(),
            changed: HashMap::new(),
            listener: Listener::new(now, rules),
            has_listened: false,
            has_read: false,
            missing: HashSet::new(),
            untold: HashSet::new(),
            quiet: None,
            began: now,
            is_complete: false,
            last: now,
        }
    }

    /// One step after the other; before each, what has been wished for in the meantime is heard.
    pub(super) async fn run(mut self) -> Result<(), SourceError> {
        loop {
            self.mind_the_clock();
            match self.wait().await {
                Heard::Wish(Wake::Stop) => {
                    // It is not to go on.
                    self.people.clear();
                    return Ok(());
                }
                Heard::Wish(Wake::Watch(subject)) => self.watch(subject),
                Heard::Wish(Wake::Release(subject)) => self.release(subject).await?,
                Heard::Wish(_) => self.step().await?,
                Heard::Channel(event) => self.hear(event).await?,
            }
        }
    }

    /// Where time went back, nothing was told in the future, and nothing is further away than it was meant to be.
    fn mind_the_clock(&mut self) {
        let now = self.link.now();
        if now < self.last {
            self.people.values_mut().for_each(|person| person.clock_went_back(now));
            let settled = later(now, self.rules.settle);
            self.changed.values_mut().for_each(|time| *time = settled.min(*time));
            self.next_round = self.next_round.min(later(now, self.rules.interval));
            self.listener.clock_went_back(now);
            self.began = self.began.min(now);
            self.quiet = None;
        }
        self.last = now;
    }

    /// Waits until there is something to do: not at all where there is.
    async fn wait(&mut self) -> Heard {
        let now = self.link.now();
        let until = self.next_step(now).max(now);
        if std::mem::take(&mut self.has_listened) {
            // A channel that never stops telling must not drown what is wished for.
            return Heard::Wish(self.link.next(Some(now)).await);
        }
        match either(self.link.next(Some(until)), self.listener.next()).await {
            Either::First(wake) => Heard::Wish(wake),
            Either::Second(event) => {
                self.has_listened = true;
                Heard::Channel(event)
            }
        }
    }

    /// When there is something to do.
    fn next_step(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let next = self.next_to_do(now);
        self.quiet.map_or(next, |quiet| next.max(quiet))
    }

    fn next_to_do(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        if !(self.new.is_empty() && self.queue.is_empty() && self.round.is_empty()) {
            return now;
        }
        let settled = self.changed.values().min().copied();
        let opens = self.listener.opens_at(self.people.len(), self.rules);
        let complete = self.completes_at();
        [settled, opens, complete].into_iter().flatten().fold(self.next_round, DateTime::min)
    }

    async fn step(&mut self) -> Result<(), SourceError> {
        let now = self.link.now();
        if self.quiet.is_some_and(|quiet| now < quiet) {
            return Ok(());
        }
        self.quiet = None;
        self.take_settled(now);
        if !self.new.is_empty() {
            let mut some = self.new.take(self.server.most_at_once());
            // Each goes before the one before it: the last that was wanted is the first to be read.
            some.reverse();
            // The meetings of those who were just wished for are next.
            self.has_read = false;
            return self.ask_quickly(&some, Why::News).await;
        }
        self.listen(now);
        self.complete(now).await?;
        self.begin_round(now);
        if !self.round.is_empty() && (self.has_read || self.queue.is_empty()) {
            self.has_read = false;
            let some = self.round.take(self.server.most_at_once());
            return self.ask_quickly(&some, Why::Round).await;
        }
        if let Some(subject) = self.queue.pop() {
            self.has_read = true;
            return self.read(subject).await;
        }
        Ok(())
    }

    fn watch(&mut self, subject: Subject) {
        let Some(mailbox) = self.link.address(subject) else { return };
        if self.people.get(&subject).is_some_and(|person| person.mailbox == mailbox) {
            return;
        }
        self.wishes = self.wishes.saturating_add(1);
        match self.kept.take(&mailbox) {
            // Whoever was read of late waits until the others have been.
            Some(person) if self.was_tried_of_late(&person) => {
                self.people.insert(subject, person.again(self.wishes));
                self.round.last(subject);
            }
            kept => {
                let number = self.wishes;
                let person = kept.map_or_else(|| Person::new(mailbox, number), |person| person.again(number));
                self.people.insert(subject, person);
                self.new.first(subject);
            }
        }
        if !self.is_complete {
            self.untold.insert(subject);
        }
        self.listener.newcomer();
    }

    fn was_tried_of_late(&self, person: &Person) -> bool {
        let now = self.link.now();
        let refresh = TimeDelta::from_std(self.rules.refresh).unwrap_or(TimeDelta::MAX);
        self.rules.window(now).is_some_and(|window| person.was_tried_of_late(window, now, refresh))
    }

    async fn release(&mut self, subject: Subject) -> Result<(), SourceError> {
        if let Some(person) = self.people.remove(&subject) {
            self.warned.put(&person.mailbox, &[]);
        }
        self.new.remove(subject);
        self.round.remove(subject);
        self.queue.remove(subject);
        self.changed.remove(&subject);
        self.missing.remove(&subject);
        self.untold.remove(&subject);
        let (origin, now) = (self.link.origin(), self.link.now());
        let gone = FACETS.map(|facet| Report::withdrawing(origin, subject, facet, now));
        Ok(self.link.report(gone.into()).await?)
    }

    /// Who has changed is asked about like somebody new: with blocks from before the change, a meeting that was called off
    /// would come back as a private one.
    fn take_settled(&mut self, now: DateTime<Utc>) {
        let settled: Vec<Subject> =
            self.changed.extract_if(|_, time| *time <= now).map(|(subject, _)| subject).collect();
        settled.into_iter().for_each(|subject| self.new.last(subject));
    }

    /// A round begins when its time has come and the one before is over.
    fn begin_round(&mut self, now: DateTime<Utc>) {
        if now >= self.next_round && self.round.is_empty() {
            self.next_round = later(now, self.rules.interval);
            self.everybody().into_iter().for_each(|subject| self.round.last(subject));
        }
    }

    /// Everybody, in the order of the wishes.
    fn everybody(&self) -> Vec<Subject> {
        let mut all: Vec<(u64, Subject)> = self.people.iter().map(|(who, person)| (person.number, *who)).collect();
        all.sort_unstable_by_key(|(number, _)| *number);
        all.into_iter().map(|(_, subject)| subject).collect()
    }

    /// Asks for blocks; whose have changed is read.
    async fn ask_quickly(&mut self, subjects: &[Subject], why: Why) -> Result<(), SourceError> {
        let Some(window) = self.rules.window(self.link.now()) else { return Ok(()) };
        let wanted = subjects.iter().filter_map(|subject| Some((*subject, self.people.get(subject)?.mailbox.clone())));
        let (wanted, mailboxes): (Vec<Subject>, Vec<Address>) = wanted.unzip();
        let Some(overviews) = self.server.overviews(&mailboxes, window).await? else {
            // There is no quick way: everybody's meetings are read.
            wanted.into_iter().for_each(|subject| self.put_in_queue(subject, why));
            return Ok(());
        };
        // About whom the server is silent, nothing is known.
        let overviews = overviews.into_iter().map(Some).chain(std::iter::repeat_with(|| None));
        for (subject, overview) in wanted.into_iter().zip(overviews) {
            self.take_overview(subject, window, overview.unwrap_or(Err(MailboxTrouble::Unavailable)), why).await?;
        }
        Ok(())
    }

    async fn take_overview(
        &mut self,
        subject: Subject,
        window: Span,
        overview: Result<Overview, MailboxTrouble>,
        why: Why,
    ) -> Result<(), SourceError> {
        let now = self.link.now();
        let Some(person) = self.people.get_mut(&subject) else { return Ok(()) };
        let refresh = TimeDelta::from_std(self.rules.refresh).unwrap_or(TimeDelta::MAX);
        let is_due = person.is_due(window, now, refresh);
        match overview {
            Ok(overview) => {
                let has_changed = person.take_overview(window, overview, now);
                if has_changed || why == Why::News {
                    self.put_in_queue(subject, Why::News);
                } else if is_due {
                    self.put_in_queue(subject, Why::Round);
                }
                self.tell(subject).await
            }
            Err(trouble) => {
                // Who may not see the blocks may still be shown the meetings.
                if trouble != MailboxTrouble::NotFound && (is_due || why == Why::News) {
                    self.put_in_queue(subject, why);
                }
                // What an earlier session has read is told all the same.
                self.tell(subject).await?;
                self.complain(subject, trouble).await
            }
        }
    }

    fn put_in_queue(&mut self, subject: Subject, why: Why) {
        match why {
            Why::News => self.queue.first(subject),
            // Nobody is pushed back by the rounds: else the last would never be read where there are too many.
            Why::Round => self.queue.last(subject),
        }
    }

    /// Reads the meetings of one mailbox, and whether it answers by itself.
    async fn read(&mut self, subject: Subject) -> Result<(), SourceError> {
        let now = self.link.now();
        let Some(window) = self.rules.window(now) else { return Ok(()) };
        let Some(person) = self.people.get_mut(&subject) else { return Ok(()) };
        let mailbox = person.mailbox.clone();
        let agenda = self.server.agenda(&mailbox, window).await?;
        // It is not asked for again at once, also where it could not be had.
        person.tried_at(now, window);
        self.untold.remove(&subject);
        if agenda.is_ok() {
            self.warned.put(&mailbox, &self.server.warnings(&mailbox));
        }
        let trouble = agenda.map(|agenda| person.take_agenda(window, agenda, self.link.now())).err();
        self.tell(subject).await?;
        if let Some(trouble) = trouble {
            self.complain(subject, trouble).await?;
        }
        let Ok(reply) = self.server.automatic_reply(&mailbox).await? else { return Ok(()) };
        if let Some(person) = self.people.get_mut(&subject) {
            person.take_reply(window, reply, self.link.now());
        }
        self.tell(subject).await
    }

    async fn tell(&mut self, subject: Subject) -> Result<(), SourceError> {
        let Some(person) = self.people.get_mut(&subject) else { return Ok(()) };
        let trust = TimeDelta::from_std(self.rules.trust).unwrap_or(TimeDelta::MAX);
        let reports = person.reports(self.link.origin(), subject, self.link.now(), trust);
        if !person.is_unknown() {
            self.missing.remove(&subject);
        }
        if reports.is_empty() { Ok(()) } else { Ok(self.link.report(reports).await?) }
    }

    async fn complain(&mut self, subject: Subject, trouble: MailboxTrouble) -> Result<(), SourceError> {
        let kind = match trouble {
            MailboxTrouble::NotFound => {
                self.untold.remove(&subject);
                SourceErrorKind::NotFound
            }
            MailboxTrouble::Forbidden => SourceErrorKind::Forbidden,
            MailboxTrouble::Unavailable => SourceErrorKind::Unreachable,
            // That is nobody's fault.
            MailboxTrouble::Unsupported => return Ok(()),
        };
        if trouble == MailboxTrouble::Unavailable && self.people.get(&subject).is_some_and(Person::is_unknown) {
            self.missing.insert(subject);
        }
        Ok(self.link.tell(News::Problem { subject: Some(subject), kind }).await?)
    }

    /// When everything counts as told. What an earlier session said is gone then, so whoever cannot be reached just now is
    /// waited for, though not for ever.
    fn completes_at(&self) -> Option<DateTime<Utc>> {
        let at = if self.missing.is_empty() { self.began } else { later(self.began, self.rules.refresh) };
        (!self.is_complete && self.untold.is_empty()).then_some(at)
    }

    async fn complete(&mut self, now: DateTime<Utc>) -> Result<(), SourceError> {
        if self.completes_at().is_none_or(|at| now < at) {
            return Ok(());
        }
        self.is_complete = true;
        Ok(self.link.tell(News::Complete).await?)
    }

    /// Opens a channel if it is time to.
    fn listen(&mut self, now: DateTime<Utc>) {
        if self.listener.opens_at(self.people.len(), self.rules).is_none_or(|time| now < time) {
            return;
        }
        let all = self.everybody();
        let mailbox = |subject: &Subject| self.people.get(subject).map(|person| person.mailbox.clone());
        let mailboxes: Vec<Address> = all.iter().filter_map(mailbox).collect();
        let (server, listened) = (self.server, mailboxes.len());
        self.listener.open(Box::pin(async move { server.changes(&mailboxes).await }), listened, now);
    }

    async fn hear(&mut self, event: Event) -> Result<(), SourceError> {
        let now = self.link.now();
        match event {
            Event::Changed(Ok(mailboxes)) => {
                self.note_changes(&mailboxes);
                Ok(())
            }
            Event::Changed(Err(error)) => {
                if self.listener.has_broken(now, self.rules) {
                    Ok(())
                } else {
                    self.mention(error.kind()).await
                }
            }
            Event::Opened(Ok(channel)) => {
                // Who changed before it was open is found by asking.
                if channel.is_some() {
                    self.next_round = now;
                }
                let has_lost = self.listener.has_opened(channel, now);
                self.read_all_again(has_lost);
                Ok(())
            }
            Event::Opened(Err(error)) => {
                // Whoever has no right to listen goes on asking.
                let has_lost = self.listener.has_failed(&error, now, self.rules);
                // Patience is asked of the whole account.
                self.quiet = error.wait().map(|wait| later(now, wait.min(self.rules.refresh)));
                self.read_all_again(has_lost);
                self.mention(error.kind()).await
            }
        }
    }

    fn note_changes(&mut self, mailboxes: &[Address]) {
        let settled = later(self.link.now(), self.rules.settle);
        let mailboxes: HashSet<&Address> = mailboxes.iter().collect();
        for (subject, person) in &self.people {
            if mailboxes.contains(&person.mailbox) {
                // The first of several changes says when: otherwise somebody busy would never be read.
                self.changed.entry(*subject).or_insert(settled);
            }
        }
    }

    /// Where changes may have been lost, also such as the blocks do not show, everybody is read again.
    fn read_all_again(&mut self, has_lost: bool) {
        if has_lost {
            self.everybody().into_iter().for_each(|subject| self.queue.last(subject));
        }
    }

    /// There is trouble with the channel alone: the rest works.
    async fn mention(&mut self, kind: SourceErrorKind) -> Result<(), SourceError> {
        self.link.tell(News::Problem { subject: None, kind }).await?;
        Ok(self.link.tell(News::Status(ConnectorStatus::UpAndRunning)).await?)
    }
}

impl<S> Drop for Session<'_, S> {
    /// However it ends, also where it is cut off: the next one goes on with what is known.
    fn drop(&mut self) {
        self.kept.put(std::mem::take(&mut self.people).into_values());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;
    use presence_core::source::Closed;
    use presence_core::{Agenda, Directory, Origin, PersonId, PersonSpec, PlaceKind, PlaceSpec, SourceId, SourceSpec};

    use super::*;

    #[derive(Debug)]
    struct Nobody;

    #[async_trait]
    impl CalendarServer for Nobody {
        async fn agenda(&self, _: &Address, _: Span) -> Result<Result<Agenda, MailboxTrouble>, SourceError> {
            Ok(Err(MailboxTrouble::NotFound))
        }
    }

    #[derive(Debug)]
    struct Deaf {
        directory: Arc<Directory>,
        origin: Origin,
        now: DateTime<Utc>,
        withdrawn: usize,
    }

    #[async_trait]
    impl Link for Deaf {
        fn now(&self) -> DateTime<Utc> {
            self.now
        }

        fn origin(&self) -> Origin {
            self.origin
        }

        fn subject(&self, address: &Address) -> Option<Subject> {
            self.directory.subject(address)
        }

        fn address(&self, subject: Subject) -> Option<Address> {
            self.directory.address(subject)
        }

        async fn report(&mut self, reports: Vec<Report>) -> Result<(), Closed> {
            self.withdrawn += reports.len();
            Ok(())
        }

        async fn tell(&mut self, _: News) -> Result<(), Closed> {
            Ok(())
        }

        async fn next(&mut self, _: Option<DateTime<Utc>>) -> Wake {
            Wake::Time
        }
    }

    fn mailbox(number: usize) -> Address {
        Address::opaque(&format!("box-{number}")).unwrap()
    }

    fn deaf() -> Deaf {
        let source = SourceId::new("calendar").unwrap();
        let mut company = Directory::builder();
        company.source(SourceSpec::new(source.clone(), &FACETS));
        for number in 0..1_000 {
            let place = PlaceSpec::new(PlaceKind::Mailbox).address(mailbox(number), std::slice::from_ref(&source));
            company.person(PersonSpec::new(PersonId::new(&format!("p{number}")).unwrap()).place(place));
        }
        let directory = Arc::new(company.build().unwrap());
        let origin = directory.origin(&source).unwrap();
        Deaf { directory, origin, now: "2026-11-20T09:00:00Z".parse().unwrap(), withdrawn: 0 }
    }

    /// S2.6: a million who come and go leave nothing behind.
    #[test]
    fn who_comes_and_goes_leaves_nothing_behind() {
        let (mut link, rules) = (deaf(), CalendarRules::default());
        let (kept, warned) = (Kept::default(), Warned::default());
        let all: Vec<Subject> = (0..1_000).map(|number| link.subject(&mailbox(number)).unwrap()).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut session = Session::new(&Nobody, &rules, (&kept, &warned), &mut link);
        for subject in all.iter().cycle().take(1_000_000) {
            session.watch(*subject);
            session.note_changes(&[]);
            session.changed.insert(*subject, session.began);
            session.queue.last(*subject);
            session.round.last(*subject);
            session.missing.insert(*subject);
            runtime.block_on(session.release(*subject)).unwrap();
        }
        assert!(session.people.is_empty() && session.changed.is_empty());
        assert!(session.missing.is_empty() && session.untold.is_empty());
        let room = [&session.new, &session.queue, &session.round].map(Queue::room);
        assert!(room.iter().all(|room| *room <= 65), "{room:?}");
        let sizes = [session.people.capacity(), session.changed.capacity(), session.untold.capacity()];
        assert!(sizes.iter().all(|size| *size <= 64), "{sizes:?}");
        drop(session);
        assert_eq!(link.withdrawn, 3_000_000);
    }

    /// S2.6: a wish that is said twice loses nothing and asks for nothing.
    #[test]
    fn a_repeated_wish_loses_nothing() {
        let (mut link, rules) = (deaf(), CalendarRules::default());
        let (kept, warned) = (Kept::default(), Warned::default());
        let subject = link.subject(&mailbox(0)).unwrap();
        let window = rules.window(link.now).unwrap();
        let now = link.now;
        let mut session = Session::new(&Nobody, &rules, (&kept, &warned), &mut link);
        session.watch(subject);
        session.new.take(1);
        session.people.get_mut(&subject).unwrap().take_agenda(window, Agenda::new(window, vec![]), now);
        session.watch(subject);
        assert!(!session.people.get(&subject).unwrap().is_unknown() && session.new.is_empty());
    }
}
