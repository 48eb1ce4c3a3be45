//! The [day](crate::day) for a bare engine: all that goes in, in the order of time.

use chrono::{DateTime, Utc};
use presence_core::{Directory, Engine, Input, Origin, Phase, Report};

use crate::company::{CompanyError, Teller};
use crate::day::{Day, Event};
use crate::source::report;

/// One call to an engine.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step {
    /// When.
    pub at: DateTime<Utc>,
    /// With what.
    pub what: What,
}

/// What an engine is fed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum What {
    /// What sources and people say.
    Reports(Vec<Report>),
    /// Something about a session.
    Input(Input),
}

impl Step {
    const fn input(at: DateTime<Utc>, input: Input) -> Self {
        Self { at, what: What::Input(input) }
    }

    const fn reports(at: DateTime<Utc>, reports: Vec<Report>) -> Self {
        Self { at, what: What::Reports(reports) }
    }

    /// Feeds it to an engine. Its outputs are taken: the examples ask when they want to know.
    pub fn feed(self, engine: &mut Engine) {
        match self.what {
            What::Reports(mut reports) => engine.report(self.at, &mut reports),
            What::Input(input) => engine.handle(self.at, input),
        }
        while engine.poll_output().is_some() {}
    }
}

/// The whole day, in the order of time. What a source would say while it fails is left out; when it is back, it begins a
/// session and tells the state.
///
/// # Errors
///
/// If a source has no name.
pub fn steps(directory: &Directory, day: &Day) -> Result<Vec<Step>, CompanyError> {
    let mut steps = Vec::new();
    for teller in Teller::ALL {
        let id = teller.source_id()?;
        if let Some(origin) = directory.origin(&id) {
            Part { directory, day, teller, origin }.write(&mut steps);
        }
    }
    let typed = day.typed.iter().filter_map(|typed| {
        let subject = directory.person_subject(directory.person(&typed.person)?)?;
        let report = Report::new(directory.typed(), subject, typed.fact.clone(), typed.at);
        Some(Step::reports(typed.at, vec![report]))
    });
    steps.extend(typed);
    // Stable: what one source does at one second stays in order.
    steps.sort_by_key(|step| step.at);
    Ok(steps)
}

/// An engine to which the day has been played until a time.
///
/// # Errors
///
/// If a source has no name.
pub fn play_until(mut engine: Engine, day: &Day, until: DateTime<Utc>) -> Result<Engine, CompanyError> {
    let directory = engine.directory().clone();
    for step in steps(&directory, day)?.into_iter().take_while(|step| step.at <= until) {
        step.feed(&mut engine);
    }
    Step::input(until, Input::Tick).feed(&mut engine);
    Ok(engine)
}

/// The part of one source.
struct Part<'a> {
    directory: &'a Directory,
    day: &'a Day,
    teller: Teller,
    origin: Origin,
}

impl Part<'_> {
    fn write(&self, steps: &mut Vec<Step>) {
        let (origin, mut from) = (self.origin, self.day.begin);
        let phase = |at, number, phase| Step::input(at, Input::Session { origin, number, phase });
        for (number, failure) in (1..).zip(self.day.failures(self.teller).map(Some).chain([None])) {
            let until = failure.map_or(self.day.end, |failure| failure.from);
            steps.push(phase(from, number, Phase::Begin));
            steps.push(Step::reports(from, self.reports(&self.day.state(self.teller, from))));
            steps.push(phase(from, number, Phase::Complete));
            self.news(from, until, steps);
            let Some(failure) = failure else { break };
            steps.push(phase(until, number, Phase::Lost));
            steps.push(Step::input(until, Input::Problem { origin, subject: None, kind: failure.kind }));
            from = failure.until;
        }
    }

    /// What is said after `from` and before `until`, each second in one call.
    fn news(&self, from: DateTime<Utc>, until: DateTime<Utc>, steps: &mut Vec<Step>) {
        let events: Vec<&Event> = self.day.between(self.teller, from, until).filter(|event| event.at < until).collect();
        for together in events.chunk_by(|one, other| one.at == other.at) {
            if let Some(first) = together.first() {
                steps.push(Step::reports(first.at, self.reports(together)));
            }
        }
    }

    fn reports(&self, events: &[&Event]) -> Vec<Report> {
        let report = |event: &Event| Some(report(event, self.origin, self.directory.subject(&event.address)?));
        events.iter().copied().filter_map(report).collect()
    }
}

#[cfg(test)]
mod tests;
