//! Running a scenario.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use thiserror::Error;

use super::answer::{Answer, Head, Mismatch, Transcript};
use super::form::{DemandForm, DemandWord, Expectation, Moment, ReportForm, Scenario, SubjectName};
use super::tree::{Tree, TreeError};
use super::when::When;
use crate::diagnostics::PresenceKind;
use crate::directory::{Directory, DirectoryError};
use crate::engine::{Demand, Engine, EngineConfig, Input, Output, Phase};
use crate::fact::Report;
use crate::identity::{InvalidName, Origin, Person, PersonId, SourceId, Subject, ViewerId};
use crate::privacy::Viewer;

/// Why a scenario cannot be run.
#[derive(Clone, Debug, Error)]
#[error("{}{problem}", step.map_or_else(String::new, |step| format!("step {step}: ")))]
#[non_exhaustive]
pub struct ScenarioError {
    /// The step, from 1; `None`: before the first.
    pub step: Option<usize>,
    /// What is wrong.
    pub problem: ScenarioProblem,
}

/// What is wrong with a scenario.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum ScenarioProblem {
    /// Its directory contradicts itself.
    #[error("directory: {0}")]
    Directory(#[from] DirectoryError),
    /// A step tells the engine several things.
    #[error("a step tells one thing; this one tells {0}: make it several")]
    ToldTooMuch(usize),
    /// The directory knows no such source.
    #[error("there is no source `{0}`")]
    UnknownSource(SourceId),
    /// The directory knows no such subject.
    #[error("there is no subject `{0}`")]
    UnknownSubject(SubjectName),
    /// The directory knows no such person.
    #[error("there is no person `{0}`")]
    UnknownPerson(PersonId),
    /// There is no such class of viewers.
    #[error("there is no viewer `{0}`")]
    UnknownViewer(ViewerId),
    /// A class of viewers is given twice.
    #[error("viewer `{0}` is given twice")]
    ViewerTwice(ViewerId),
    /// What comes out cannot be serialised.
    #[error("what comes out cannot be serialised: {0}")]
    Unserialisable(#[from] TreeError),
    /// An id is no name.
    #[error(transparent)]
    Name(#[from] InvalidName),
}

impl Scenario {
    /// Runs it: every step is one call of the engine, at the time of the step.
    ///
    /// # Errors
    ///
    /// Fails where the scenario contradicts itself or names somebody or something that is not there. What is not as
    /// expected is no error but a [`Mismatch`].
    pub fn run(&self) -> Result<Transcript, ScenarioError> {
        Runner::new(self, false)?.run()
    }

    /// Runs it as a punctual host does: the engine is also called whenever it asks for it between two steps.
    ///
    /// Nothing but [`Moment::changed`] may depend on that, so changes are not compared.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn run_punctually(&self) -> Result<Transcript, ScenarioError> {
        Runner::new(self, true)?.run()
    }
}

/// So often, at most, the engine is called between two steps.
const MOST_CALLS: usize = 100_000;

struct Runner<'a> {
    scenario: &'a Scenario,
    engine: Engine,
    viewers: BTreeMap<ViewerId, Arc<Viewer>>,
    /// Subjects that the directory knows or has known.
    subjects: BTreeMap<SubjectName, Subject>,
    punctual: bool,
    changed: BTreeSet<PersonId>,
    demands: Vec<DemandForm>,
    transcript: Transcript,
}

impl<'a> Runner<'a> {
    fn new(scenario: &'a Scenario, punctual: bool) -> Result<Self, ScenarioError> {
        let early = |problem| ScenarioError { step: None, problem };
        let directory = scenario.directory.build().map_err(|error| early(error.into()))?;
        let viewers = viewers(scenario).map_err(early)?;
        let mut config = EngineConfig::new(Arc::new(directory), scenario.start)
            .rules(Arc::new(scenario.rules.rules()))
            .keeping(scenario.keeping.clone());
        for viewer in viewers.values() {
            config = config.viewer(Arc::clone(viewer));
        }
        Ok(Self {
            scenario,
            engine: Engine::new(config),
            viewers,
            subjects: BTreeMap::new(),
            punctual,
            changed: BTreeSet::new(),
            demands: Vec::new(),
            transcript: Transcript::default(),
        })
    }

    fn run(mut self) -> Result<Transcript, ScenarioError> {
        for (at, moment) in self.scenario.timeline.iter().enumerate() {
            let step = at + 1;
            self.step(step, moment).map_err(|problem| ScenarioError { step: Some(step), problem })?;
        }
        Ok(self.transcript)
    }

    fn step(&mut self, step: usize, moment: &Moment) -> Result<(), ScenarioProblem> {
        if moment.told() > 1 {
            return Err(ScenarioProblem::ToldTooMuch(moment.told()));
        }
        let now = moment.at.time(self.scenario.start);
        self.changed.clear();
        self.demands.clear();
        if self.punctual {
            self.catch_up(now);
        }
        self.tell(now, moment)?;
        self.check_step(step, moment)?;
        for expectation in &moment.expect {
            self.check(step, moment.at, expectation)?;
        }
        self.search(step, moment.at)
    }

    /// Calls the engine whenever it asks for it.
    fn catch_up(&mut self, now: DateTime<Utc>) {
        for _ in 0..MOST_CALLS {
            let due = self.engine.poll_timeout().filter(|due| *due < now && *due > self.engine.now());
            let Some(due) = due else { break };
            self.handle(due, Input::Tick);
        }
    }

    fn tell(&mut self, now: DateTime<Utc>, moment: &Moment) -> Result<(), ScenarioProblem> {
        if let Some(reports) = moment.reports.as_deref().or_else(|| moment.report.as_ref().map(std::slice::from_ref)) {
            return self.report(now, reports);
        }
        if let Some(sources) = &moment.sessions {
            for source in sources {
                let origin = self.origin(source)?;
                self.handle(now, Input::Session { origin, number: 1, phase: Phase::Begin });
            }
            return Ok(());
        }
        let input = self.input(moment)?;
        self.handle(now, input);
        Ok(())
    }

    fn input(&mut self, moment: &Moment) -> Result<Input, ScenarioProblem> {
        if let Some(form) = &moment.session {
            return Ok(Input::Session { origin: self.origin(&form.source)?, number: form.number, phase: form.phase });
        }
        if let Some(form) = &moment.status {
            return Ok(Input::Status { origin: self.origin(&form.source)?, status: form.status });
        }
        if let Some(form) = &moment.problem {
            let subject = form.subject.as_ref().map(|subject| self.subject(subject)).transpose()?;
            return Ok(Input::Problem { origin: self.origin(&form.source)?, subject, kind: form.kind });
        }
        if let Some(form) = &moment.wanted {
            let until = form.until.time(self.scenario.start);
            return Ok(Input::Wanted { person: self.person(&form.person)?, by: form.by.clone(), until });
        }
        if let Some(change) = &moment.directory {
            self.remember_subjects();
            return Ok(Input::Directory(Arc::new(change.apply(self.engine.directory())?)));
        }
        if let Some(rules) = &moment.rules {
            return Ok(Input::Rules(Arc::new(rules.rules())));
        }
        Ok(Input::Tick)
    }

    fn report(&mut self, now: DateTime<Utc>, forms: &[ReportForm]) -> Result<(), ScenarioProblem> {
        let mut reports = Vec::new();
        for form in forms {
            let observed = form.observed.map_or(now, |when| when.time(self.scenario.start));
            let (origin, subject) = (self.origin(&form.source)?, self.subject(&form.subject)?);
            reports.push(Report::new(origin, subject, form.fact.clone(), observed).lasting(form.lifetime));
        }
        self.engine.report(now, &mut reports);
        self.take_outputs();
        Ok(())
    }

    fn handle(&mut self, now: DateTime<Utc>, input: Input) {
        self.engine.handle(now, input);
        self.take_outputs();
    }

    fn take_outputs(&mut self) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Changed(person) => self.changed.extend(self.engine.directory().person_id(person)),
                Output::Demand { origin, demand } => {
                    let demand = self.demand(demand);
                    let source = self.engine.directory().source_id(origin).cloned();
                    let form = source.zip(demand).map(|(source, demand)| DemandForm { source, demand });
                    self.demands.extend(form);
                }
            }
        }
    }

    fn demand(&self, demand: Demand) -> Option<DemandWord> {
        match demand {
            Demand::Watch(subject) => self.name(subject).map(DemandWord::Watch),
            Demand::Release(subject) => self.name(subject).map(DemandWord::Release),
            Demand::Restart => Some(DemandWord::Restart),
        }
    }

    fn name(&self, subject: Subject) -> Option<SubjectName> {
        let directory = self.engine.directory();
        if let Some(address) = directory.address(subject) {
            return Some(SubjectName::Address(address));
        }
        directory.person_id(directory.owner(subject)?).map(SubjectName::Person)
    }

    fn check_step(&mut self, step: usize, moment: &Moment) -> Result<(), ScenarioProblem> {
        let mut lines = Vec::new();
        if let Some(expected) = moment.changed.as_ref().filter(|_| !self.punctual) {
            let expected: BTreeSet<PersonId> = expected.iter().cloned().collect();
            if expected != self.changed {
                lines.push(format!("changed are {:?}, expected {expected:?}", self.changed));
            }
        }
        if let Some(expected) = &moment.demands {
            let mut expected = expected.clone();
            expected.sort();
            self.demands.sort();
            if expected != self.demands {
                let (found, expected) = (Tree::of(&self.demands)?, Tree::of(&expected)?);
                lines.push(format!("demands are {found}, expected {expected}"));
            }
        }
        if let Some(expected) = &moment.diagnostics {
            lines.extend(expected.differences(&Tree::of(&self.engine.diagnostics())?));
        }
        self.note(step, moment.at, None, lines);
        Ok(())
    }

    fn check(&mut self, step: usize, at: When, expected: &Expectation) -> Result<(), ScenarioProblem> {
        let person = self.person(&expected.person)?;
        let unknown = || ScenarioProblem::UnknownViewer(expected.viewer.clone());
        let viewer = Arc::clone(self.viewers.get(&expected.viewer).ok_or_else(unknown)?);
        let answer = self.answer(step, person, expected, &viewer)?;
        let mut lines = self.compare(&answer, expected)?;
        lines.extend(self.compare_status(person, &viewer, expected)?);
        lines.extend(self.compare_views(person, &viewer, expected)?);
        self.note(step, at, Some((&expected.person, &expected.viewer)), lines);
        self.transcript.answers.push(answer);
        Ok(())
    }

    fn answer(
        &self,
        step: usize,
        person: Person,
        expected: &Expectation,
        viewer: &Viewer,
    ) -> Result<Answer, ScenarioProblem> {
        let unknown = || ScenarioProblem::UnknownPerson(expected.person.clone());
        let presence = self.engine.presence(person, viewer).ok_or_else(unknown)?;
        let until = self.engine.explain(person, viewer).and_then(|explanation| explanation.until?.time());
        let head = Head {
            step,
            at: self.engine.now(),
            person: expected.person.clone(),
            viewer: expected.viewer.clone(),
            decision: presence.decision,
            until,
            denied: presence.denied,
        };
        Ok(Answer::new(head, &presence.situation))
    }

    fn compare(&self, answer: &Answer, expected: &Expectation) -> Result<Vec<String>, ScenarioProblem> {
        let mut lines = Vec::new();
        if let Some(shown) = expected.availability.filter(|shown| !shown.fits(answer.availability)) {
            let because = answer.because.as_ref().map_or("no rule", |rule| rule.as_str());
            lines.push(format!("availability is {} (by {because}), expected {shown}", answer.availability));
        }
        if let Some(until) = expected.until {
            let until = until.map(|when| when.time(self.scenario.start));
            if until != answer.until {
                let words = |time: Option<DateTime<Utc>>| time.map_or_else(|| "not known".to_owned(), written);
                lines.push(format!("until is {}, expected {}", words(answer.until), words(until)));
            }
        }
        lines.extend(Tree::Map(expected.rest.clone()).differences(&Tree::of(answer)?));
        Ok(lines)
    }

    fn compare_status(
        &self,
        person: Person,
        viewer: &Viewer,
        expected: &Expectation,
    ) -> Result<Vec<String>, ScenarioProblem> {
        let mut lines = Vec::new();
        for (facet, status) in &expected.status {
            let found = self.engine.status(person, *facet);
            if found != *status {
                lines.push(format!(
                    "status of {} is {}, expected {}",
                    facet.name(),
                    Tree::of(&found)?,
                    Tree::of(status)?
                ));
            }
        }
        for (kind, mode) in
            [(PresenceKind::Rich, expected.mode.rich), (PresenceKind::Telephony, expected.mode.telephony)]
        {
            let found = self.engine.mode(person, viewer, kind);
            if let Some(mode) = mode.filter(|mode| *mode != found) {
                lines.push(format!(
                    "mode of {} is {}, expected {}",
                    Tree::of(&kind)?,
                    Tree::of(&found)?,
                    Tree::of(&mode)?
                ));
            }
        }
        Ok(lines)
    }

    fn compare_views(
        &self,
        person: Person,
        viewer: &Viewer,
        expected: &Expectation,
    ) -> Result<Vec<String>, ScenarioProblem> {
        let mut lines = Vec::new();
        if let Some(row) = &expected.row {
            lines.extend(named("row", row, &Tree::of(&self.engine.row(person, viewer))?));
        }
        if let Some(card) = &expected.card {
            lines.extend(named("card", card, &Tree::of(&self.engine.card(person, viewer))?));
        }
        if let Some(day) = &expected.day {
            let meetings = self.engine.day(person, viewer, day.date, &day.zone).map(|day| day.meetings);
            lines.extend(named("day", &day.meetings, &Tree::of(&meetings)?));
        }
        if !expected.explains.is_empty() {
            let explanation = self.engine.explain(person, viewer);
            let text = explanation.map_or_else(String::new, |explanation| explanation.to_string());
            let missing = expected.explains.iter().filter(|piece| !text.contains(*piece));
            lines.extend(missing.map(|piece| format!("the explanation does not say {piece:?}: {text}")));
        }
        if !expected.hides.is_empty() {
            let mut search = Search::new(&expected.hides);
            self.search_shown(person, viewer, &mut search)?;
            lines.extend(search.found());
        }
        Ok(lines)
    }

    /// Looks for what may come out nowhere, in everything that comes out.
    fn search(&mut self, step: usize, at: When) -> Result<(), ScenarioProblem> {
        if self.scenario.never.is_empty() {
            return Ok(());
        }
        let mut search = Search::new(&self.scenario.never);
        search.printed("engine", &self.engine);
        search.shown("diagnostics", &self.engine.diagnostics())?;
        for person in self.engine.directory().people().collect::<Vec<_>>() {
            search.printed("claims", &self.engine.claims(person));
            for viewer in self.viewers.values() {
                self.search_shown(person, viewer, &mut search)?;
            }
        }
        let lines = search.found();
        self.note(step, at, None, lines);
        Ok(())
    }

    fn search_shown(&self, person: Person, viewer: &Viewer, search: &mut Search<'_>) -> Result<(), ScenarioProblem> {
        search.printed("presence", &self.engine.presence(person, viewer));
        if let Some(explanation) = self.engine.explain(person, viewer) {
            search.text("explanation", &explanation.to_string());
            search.shown("explanation", &explanation)?;
        }
        search.shown("row", &self.engine.row(person, viewer))?;
        search.shown("card", &self.engine.card(person, viewer))?;
        let today = self.engine.now().date_naive();
        for date in [today.pred_opt(), Some(today), today.succ_opt()].into_iter().flatten() {
            search.shown("day", &self.engine.day(person, viewer, date, &Utc))?;
        }
        Ok(())
    }

    fn note(&mut self, step: usize, at: When, shown: Option<(&PersonId, &ViewerId)>, lines: Vec<String>) {
        let shown = shown.map(|(person, viewer)| (person.clone(), viewer.clone()));
        let mismatches = lines.into_iter().map(|text| Mismatch { step, at, shown: shown.clone(), text });
        self.transcript.mismatches.extend(mismatches);
    }

    fn origin(&self, source: &SourceId) -> Result<Origin, ScenarioProblem> {
        let unknown = || ScenarioProblem::UnknownSource(source.clone());
        self.engine.directory().origin(source).ok_or_else(unknown)
    }

    fn person(&self, id: &PersonId) -> Result<Person, ScenarioProblem> {
        self.engine.directory().person(id).ok_or_else(|| ScenarioProblem::UnknownPerson(id.clone()))
    }

    /// The handle that a source has: it may be one that no longer means anybody.
    fn subject(&mut self, name: &SubjectName) -> Result<Subject, ScenarioProblem> {
        let now = resolve(self.engine.directory(), name);
        let subject = now.or_else(|| self.subjects.get(name).copied());
        let subject = subject.ok_or_else(|| ScenarioProblem::UnknownSubject(name.clone()))?;
        self.subjects.insert(name.clone(), subject);
        Ok(subject)
    }

    /// Before a directory changes: sources keep the handles they have.
    fn remember_subjects(&mut self) {
        let directory = Arc::clone(self.engine.directory());
        for person in directory.people() {
            let specs = directory.person_spec(person).into_iter().flat_map(|spec| spec.places);
            let addresses = specs.flat_map(|place| place.addresses).map(|spec| SubjectName::Address(spec.address));
            let own = directory.person_id(person).map(SubjectName::Person);
            for name in addresses.chain(own) {
                if let Some(subject) = resolve(&directory, &name) {
                    self.subjects.insert(name, subject);
                }
            }
        }
    }
}

fn resolve(directory: &Directory, name: &SubjectName) -> Option<Subject> {
    match name {
        SubjectName::Address(address) => directory.subject(address),
        SubjectName::Person(id) => directory.person_subject(directory.person(id)?),
    }
}

fn viewers(scenario: &Scenario) -> Result<BTreeMap<ViewerId, Arc<Viewer>>, ScenarioProblem> {
    let mut viewers = BTreeMap::new();
    for viewer in &scenario.viewers {
        if viewers.insert(viewer.id.clone(), Arc::new(viewer.clone())).is_some() {
            return Err(ScenarioProblem::ViewerTwice(viewer.id.clone()));
        }
    }
    let operator = ViewerId::new(super::OPERATOR)?;
    viewers.entry(operator).or_insert_with_key(|id| Arc::new(Viewer::new(id.clone())));
    Ok(viewers)
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn named(what: &str, expected: &Tree, found: &Tree) -> Vec<String> {
    expected.differences(found).into_iter().map(|line| format!("{what}: {line}")).collect()
}

/// Looks for texts that must not come out.
struct Search<'a> {
    texts: &'a [String],
    places: BTreeSet<(&'a str, &'static str)>,
}

impl<'a> Search<'a> {
    const fn new(texts: &'a [String]) -> Self {
        Self { texts, places: BTreeSet::new() }
    }

    fn text(&mut self, place: &'static str, text: &str) {
        let found = self.texts.iter().filter(|canary| text.contains(canary.as_str()));
        self.places.extend(found.map(|canary| (canary.as_str(), place)));
    }

    fn printed(&mut self, place: &'static str, value: &impl Debug) {
        self.text(place, &format!("{value:?}"));
    }

    /// What is serialised, and what is printed.
    fn shown<T: Debug + Serialize>(&mut self, place: &'static str, value: &T) -> Result<(), TreeError> {
        Tree::of(value)?.each_text(&mut |text| self.text(place, text));
        self.printed(place, value);
        Ok(())
    }

    fn found(&self) -> Vec<String> {
        self.places.iter().map(|(canary, place)| format!("{canary:?} came out in the {place}")).collect()
    }
}
