//! A source that does what it is told: also to fail, to panic, to hang.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;

use crate::diagnostics::SourceErrorKind;
use crate::fact::{Facet, Fact, Lifetime, Report};
use crate::identity::{Address, SourceId};
use crate::source::{Link, News, Source, SourceError, Wake};

/// What a [`ScriptedSource`] does next.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// Says something of an address, observed now.
    Say(Address, Fact, Lifetime),
    /// Says all of this in one breath.
    SayAll(Vec<(Address, Fact, Lifetime)>),
    /// Says something of the session.
    Tell(News),
    /// Waits, by the hub's clock; what it is asked for meanwhile is written down.
    Wait(Duration),
    /// Waits until it is told to stop, and stops.
    Stay,
    /// Ends as the other side would end it.
    End,
    /// Fails.
    Fail(SourceErrorKind, Option<Duration>),
    /// Panics.
    Panic,
    /// Does nothing any more, not even listen, until it is cut off.
    Hang,
}

impl Step {
    /// Says something of an address, for as long as such things are believed.
    #[must_use]
    pub const fn say(address: Address, fact: Fact) -> Self {
        Self::Say(address, fact, Lifetime::Default)
    }
}

/// A source that follows a script: one list of steps a session, the last one for all further sessions.
#[derive(Clone, Debug)]
pub struct ScriptedSource {
    id: SourceId,
    facets: Vec<Facet>,
    sessions: Vec<Vec<Step>>,
    patience: Duration,
    seen: Arc<Mutex<Seen>>,
}

/// What a [`ScriptedSource`] went through.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Seen {
    /// How many sessions began.
    pub sessions: usize,
    /// What it was woken by, in order.
    pub wakes: Vec<Wake>,
}

impl ScriptedSource {
    /// A source that speaks about these facets and follows these scripts; a script that is over stays.
    #[must_use]
    pub fn new(id: SourceId, facets: &[Facet], sessions: Vec<Vec<Step>>) -> Self {
        let patience = Duration::from_secs(120);
        Self { id, facets: facets.to_vec(), sessions, patience, seen: Arc::default() }
    }

    /// Counts as hung after this long.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// What it went through so far; clones of the source share it.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.book().clone()
    }

    fn book(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn script(&self) -> Vec<Step> {
        let mut book = self.book();
        book.sessions += 1;
        let script = self.sessions.get(book.sessions - 1).or_else(|| self.sessions.last());
        script.cloned().unwrap_or_default()
    }

    /// Listens until then, or for good. Whether it may go on.
    async fn listen(&self, link: &mut dyn Link, wait: Option<Duration>) -> bool {
        let until = wait.map(|wait| link.now() + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX));
        loop {
            let wake = link.next(until).await;
            self.book().wakes.push(wake);
            match wake {
                Wake::Stop => return false,
                Wake::Time => return true,
                Wake::Watch(_) => {}
                Wake::Release(subject) => {
                    let (origin, now) = (link.origin(), link.now());
                    let gone = |facet: &Facet| Report::withdrawing(origin, subject, *facet, now);
                    let gone = self.facets.iter().map(gone).collect();
                    if link.report(gone).await.is_err() {
                        return false;
                    }
                }
            }
        }
    }
}

#[async_trait]
impl Source for ScriptedSource {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &self.facets
    }

    fn patience(&self) -> Duration {
        self.patience
    }

    #[expect(clippy::panic, reason = "a script may ask for it, to see what becomes of the others")]
    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        for step in self.script() {
            let say = match step {
                Step::Say(address, fact, lifetime) => vec![(address, fact, lifetime)],
                Step::SayAll(all) => all,
                Step::Tell(news) => {
                    link.tell(news).await?;
                    continue;
                }
                Step::Wait(wait) if self.listen(link, Some(wait)).await => continue,
                Step::Wait(_) | Step::End => return Ok(()),
                Step::Stay => break,
                Step::Fail(kind, retry) => {
                    let error = SourceError::new(kind, "as the script says");
                    return Err(retry.into_iter().fold(error, SourceError::retry_after));
                }
                Step::Panic => panic!("as the script says"),
                Step::Hang => std::future::pending().await,
            };
            let (origin, now) = (link.origin(), link.now());
            let known = say.into_iter().filter_map(|(address, fact, lifetime)| {
                Some(Report::new(origin, link.subject(&address)?, fact, now).lasting(lifetime))
            });
            let reports = known.collect();
            link.report(reports).await?;
        }
        self.listen(link, None).await;
        Ok(())
    }
}
