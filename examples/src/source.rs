//! The [day](crate::day) as sources for a hub: each tells what it knows, then what happens as it happens, and fails when
//! the script says so.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use presence_core::source::{Link, News, Source, SourceError, Wake};
use presence_core::{Call, Facet, Fact, InvalidName, Lifetime, Origin, Report, SourceErrorKind, SourceId, Subject};

use crate::company::{Company, Teller};
use crate::day::{Day, Event, ZONE};

/// One of the four sources, with its part of the script.
pub struct ScriptedDay {
    id: SourceId,
    teller: Teller,
    company: Arc<Company>,
    seed: u64,
}

impl ScriptedDay {
    /// The source of what this teller says.
    ///
    /// # Errors
    ///
    /// Never: its name is a name.
    pub fn new(company: Arc<Company>, seed: u64, teller: Teller) -> Result<Self, InvalidName> {
        Ok(Self { id: teller.source_id()?, teller, company, seed })
    }

    /// All four.
    ///
    /// # Errors
    ///
    /// Never: their names are names.
    pub fn all(company: &Arc<Company>, seed: u64) -> Result<Vec<Arc<dyn Source>>, InvalidName> {
        let source = |teller| {
            let source = Self::new(Arc::clone(company), seed, teller)?;
            Ok(Arc::new(source) as Arc<dyn Source>)
        };
        Teller::ALL.into_iter().map(source).collect()
    }

    /// The script of the day that has this time.
    fn day(&self, now: DateTime<Utc>) -> Result<Day, SourceError> {
        let date: NaiveDate = now.with_timezone(&ZONE).date_naive();
        Day::of(&self.company, date, self.seed)
            .map_err(|error| SourceError::new(SourceErrorKind::NotConfigured, "there is no script").caused_by(error))
    }

    /// Tells all that is known.
    async fn tell_all(&self, day: &Day, link: &mut dyn Link, now: DateTime<Utc>) -> Result<(), SourceError> {
        let reports = reports(&day.state(self.teller, now), link);
        Ok(link.report(reports).await?)
    }

    /// Tells what happened after one time and up to another; the error with which the source ends, if it fails then.
    async fn tell_news(
        &self,
        day: &Day,
        link: &mut dyn Link,
        (told, now): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<(), SourceError> {
        let failure = day.failures(self.teller).find(|failure| told < failure.from && failure.from <= now);
        // What happens at the moment of the failure is not heard any more.
        let until = failure.map_or(now, |failure| failure.from - TimeDelta::nanoseconds(1));
        let reports = reports(&day.between(self.teller, told, until).collect::<Vec<_>>(), link);
        if !reports.is_empty() {
            link.report(reports).await?;
        }
        failure.map_or(Ok(()), |failure| Err(failure.error(now)))
    }
}

#[async_trait]
impl Source for ScriptedDay {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        self.teller.facets()
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        let mut told = link.now();
        let mut day = self.day(told)?;
        if let Some(failure) = day.failures(self.teller).find(|failure| failure.holds(told)) {
            return Err(failure.error(told));
        }
        self.tell_all(&day, link, told).await?;
        link.tell(News::Complete).await?;
        loop {
            let next_failure = day.failures(self.teller).map(|failure| failure.from).find(|from| *from > told);
            let next = [day.next(self.teller, told), next_failure].into_iter().flatten().min();
            // After the last event there is the next day.
            if link.next(Some(next.unwrap_or(day.end).min(day.end))).await == Wake::Stop {
                return Ok(());
            }
            let now = link.now();
            if now < day.begin || now >= day.end {
                day = self.day(now)?;
                self.tell_all(&day, link, now).await?;
            } else {
                self.tell_news(&day, link, (told, now)).await?;
            }
            told = now;
        }
    }
}

impl fmt::Debug for ScriptedDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedDay").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What the events say, of those whom the directory knows.
fn reports(events: &[&Event], link: &dyn Link) -> Vec<Report> {
    let report = |event: &Event| Some(report(event, link.origin(), link.subject(&event.address)?));
    events.iter().copied().filter_map(report).collect()
}

/// What an event says. States that are pushed are good as long as the session stands; only calls end by themselves, for
/// nobody is on the telephone for ever.
pub(crate) fn report(event: &Event, origin: Origin, subject: Subject) -> Report {
    let lifetime = match event.fact {
        Fact::Call(call) if call != Call::Idle => Lifetime::Default,
        _ => Lifetime::Session,
    };
    Report::new(origin, subject, event.fact.clone(), event.at).lasting(lifetime)
}

#[cfg(test)]
mod tests;
