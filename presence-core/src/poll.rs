//! A source that has to be asked, made into one that speaks.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;

use crate::fact::{Facet, Report};
use crate::identity::{SourceId, Subject};
use crate::source::{Link, News, Source, SourceError, Wake};

/// Something that answers when it is asked: most services over HTTP.
#[async_trait]
pub trait Poll: fmt::Debug + Send + Sync + 'static {
    /// Its name, which is the name of a source of the directory.
    fn id(&self) -> &SourceId;

    /// What it speaks about.
    fn facets(&self) -> &[Facet];

    /// How long to wait between two rounds.
    fn interval(&self) -> Duration;

    /// For how long a question may take before the source counts as hung.
    fn patience(&self) -> Duration {
        Duration::from_secs(120)
    }

    /// Asks about these subjects, and reports what is answered. Subjects that are newly wanted are asked about at once,
    /// alone; all that are wanted, once an interval.
    async fn poll(&self, wanted: &[Subject], link: &mut dyn Link) -> Result<(), SourceError>;
}

/// Polls: a [`Source`] made of a [`Poll`].
#[derive(Debug)]
pub struct Poller<P>(P);

impl<P: Poll> Poller<P> {
    /// Asks this.
    pub const fn new(poll: P) -> Self {
        Self(poll)
    }
}

#[async_trait]
impl<P: Poll> Source for Poller<P> {
    fn id(&self) -> &SourceId {
        self.0.id()
    }

    fn facets(&self) -> &[Facet] {
        self.0.facets()
    }

    fn patience(&self) -> Duration {
        self.0.patience()
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        // An interval of nothing would ask without end.
        let interval = TimeDelta::from_std(self.0.interval()).unwrap_or(TimeDelta::MAX).max(TimeDelta::seconds(1));
        let mut wanted = Wanted::default();
        let mut round = link.now();
        let mut told = false;
        loop {
            // What is asked for in one breath is asked about in one question.
            let now = link.now();
            // Time may have gone back: the next round is never further away than an interval.
            round = now.checked_add_signed(interval).map_or(round, |latest| latest.min(round));
            let until = if wanted.new.is_empty() { round } else { now };
            match link.next(Some(until)).await {
                Wake::Watch(subject) => wanted.add(subject),
                Wake::Release(subject) => {
                    wanted.remove(subject);
                    let (origin, now) = (link.origin(), link.now());
                    let gone = |facet: &Facet| Report::withdrawing(origin, subject, *facet, now);
                    link.report(self.0.facets().iter().map(gone).collect()).await?;
                }
                Wake::Stop => return Ok(()),
                Wake::Time if link.now() >= round => {
                    let all = wanted.all();
                    if !all.is_empty() {
                        self.0.poll(all, link).await?;
                    }
                    if !told {
                        link.tell(News::Complete).await?;
                        told = true;
                    }
                    round = link.now().checked_add_signed(interval).unwrap_or(now);
                }
                Wake::Time => {
                    let asked = wanted.take_new();
                    if !asked.is_empty() {
                        self.0.poll(&asked, link).await?;
                    }
                }
            }
        }
    }
}

/// Who is wanted, in the order of asking.
#[derive(Debug, Default)]
struct Wanted {
    /// Also some who are not wanted any more: they are cleared out when everybody is asked about.
    order: Vec<Subject>,
    listed: HashSet<Subject>,
    known: HashSet<Subject>,
    /// Who has not been asked about yet.
    new: Vec<Subject>,
}

impl Wanted {
    fn add(&mut self, subject: Subject) {
        if self.listed.insert(subject) {
            self.order.push(subject);
        }
        if self.known.insert(subject) {
            self.new.push(subject);
        }
    }

    /// Each once, also who was wanted, not wanted, and wanted again.
    fn take_new(&mut self) -> Vec<Subject> {
        let mut once = HashSet::new();
        let mut new = std::mem::take(&mut self.new);
        new.retain(|subject| self.known.contains(subject) && once.insert(*subject));
        new
    }

    fn remove(&mut self, subject: Subject) {
        self.known.remove(&subject);
    }

    fn all(&mut self) -> &[Subject] {
        self.new.clear();
        self.order.retain(|subject| self.known.contains(subject));
        self.listed.clone_from(&self.known);
        &self.order
    }
}
