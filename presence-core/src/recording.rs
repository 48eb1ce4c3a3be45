//! Recordings: what went into an engine, so that a day can be played again.
//!
//! A [`Recorder`] writes down what an engine is fed, one [`RecordingEntry`] for each call; a [`Replay`] feeds it to
//! another engine. An entry is plain data with names instead of handles; how it is written is the host's business, a line
//! of JSON for each is customary. The first entry is the start: configuration, and all that the engine remembers; so a
//! recording may begin at any time, and a new one for each hour is cheap.
//!
//! **What people typed is left out.** A text is its *edition*: a number, counted for each source, place and facet,
//! that is another one where the text is another one than the engine has there. It is counted, not computed from the
//! text, because short texts can be looked up by their hashes. In a replay a text reads `#1`, `#2`, and so on. So what
//! the replayed engine decides and gives out is the same, but for texts. Directory and rules are written as they are.

mod directory;
mod editions;
mod facts;
mod input;
mod replay;
mod start;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::claim::key;
use crate::engine::{Engine, Input};
use crate::fact::Report;
use crate::identity::Person;
use crate::second::Second;

use editions::Editions;
use facts::FactForm;
use input::{InputForm, ReportForm};
use start::Start;

pub use replay::{Replay, ReplayError};

/// One call to an engine, or the start of a recording.
///
/// It has no texts that people typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordingEntry(Entry);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Entry {
    Start(Box<Start>),
    #[serde(rename_all = "kebab-case")]
    Reports {
        at: Second,
        reports: Vec<ReportForm>,
    },
    #[serde(rename_all = "kebab-case")]
    Input {
        at: Second,
        input: Box<InputForm>,
    },
}

impl RecordingEntry {
    /// When it was; `None` where the entry is garbled.
    #[must_use]
    pub fn at(&self) -> Option<DateTime<Utc>> {
        match &self.0 {
            Entry::Start(start) => start.at.time(),
            Entry::Reports { at, .. } | Entry::Input { at, .. } => at.time(),
        }
    }

    /// Whether a recording begins with it.
    #[must_use]
    pub const fn is_start(&self) -> bool {
        matches!(self.0, Entry::Start(_))
    }
}

/// Writes down what an engine is fed.
///
/// **Ask for an entry before the engine is fed, each time, and feed the engine then.** Take all outputs before a
/// recording begins: what has not been given out yet is no part of it.
///
/// What people typed is left out: a text is its *edition*, a number that is another one where the text is another one
/// than the engine has there. In a replay a text reads `#1`, `#2`, and so on; all else is the same.
///
/// ```
/// use presence_core::{Call, Directory, Engine, EngineConfig, Fact, Facet, Recorder, Replay, Report};
/// use presence_core::{Address, Input, PersonId, PersonSpec, Phase, PlaceKind, PlaceSpec, SourceId, SourceSpec};
/// use presence_core::{Viewer, ViewerId};
///
/// let pbx = SourceId::new("pbx")?;
/// let desk = PlaceSpec::new(PlaceKind::Desk).address(Address::extension("hq", "4711")?, &[pbx.clone()]);
/// let mut builder = Directory::builder();
/// builder.source(SourceSpec::new(pbx.clone(), &[Facet::Call]));
/// builder.person(PersonSpec::new(PersonId::new("anna")?).place(desk));
/// let directory = std::sync::Arc::new(builder.build()?);
/// let (origin, line) = (directory.origin(&pbx), directory.subject(&Address::extension("hq", "4711")?));
/// let (origin, line) = (origin.ok_or("no pbx")?, line.ok_or("no line")?);
/// let time = "2026-03-02T10:00:00Z".parse()?;
/// let mut engine = Engine::new(EngineConfig::new(directory, time));
///
/// let (mut recorder, start) = Recorder::new(&engine);
/// let mut entries = vec![start];
/// let input = Input::Session { origin, number: 1, phase: Phase::Begin };
/// entries.push(recorder.handle(&engine, time, &input));
/// engine.handle(time, input);
/// let mut reports = vec![Report::new(origin, line, Fact::Call(Call::InCall), time)];
/// entries.push(recorder.report(&engine, time, &reports));
/// engine.report(time, &mut reports);
///
/// let lines: Vec<String> = entries.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
/// let mut replay = Replay::new(&serde_json::from_str(&lines[0])?)?;
/// for line in &lines[1..] {
///     replay.feed(&serde_json::from_str(line)?)?;
/// }
/// let anna = replay.engine().directory().person(&PersonId::new("anna")?).ok_or("no anna")?;
/// let viewer = Viewer::new(ViewerId::new("operator")?);
/// let shown = replay.engine().presence(anna, &viewer).ok_or("no anna")?;
/// assert_eq!(shown.decision.availability.get(), 6500);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Recorder {
    /// By person and key of the claim.
    editions: BTreeMap<(u32, u32), Editions>,
}

impl Recorder {
    /// Begins a recording; the entry is its start.
    #[must_use]
    pub fn new(engine: &Engine) -> (Self, RecordingEntry) {
        let mut recorder = Self { editions: BTreeMap::new() };
        let start = Start::of(engine, &mut recorder);
        (recorder, RecordingEntry(Entry::Start(Box::new(start))))
    }

    /// The entry of [`Engine::report`].
    #[must_use]
    pub fn report(&mut self, engine: &Engine, received: DateTime<Utc>, reports: &[Report]) -> RecordingEntry {
        let mut renewed = BTreeSet::new();
        let form = |report| self.report_form(engine, report, &mut renewed);
        let reports = reports.iter().map(form).collect();
        RecordingEntry(Entry::Reports { at: Second::floor(received), reports })
    }

    /// The entry of [`Engine::handle`].
    #[must_use]
    pub fn handle(&mut self, engine: &Engine, now: DateTime<Utc>, input: &Input) -> RecordingEntry {
        if matches!(input, Input::Directory(_)) {
            let kept = |(person, key): &(u32, u32)| engine.facts_beside(Person::new(*person), *key).next().is_some();
            self.editions.retain(|name, _| kept(name));
        }
        let input = Box::new(InputForm::of(input, engine.directory()));
        RecordingEntry(Entry::Input { at: Second::floor(now), input })
    }

    fn report_form(&mut self, engine: &Engine, report: &Report, renewed: &mut BTreeSet<(u32, u32)>) -> ReportForm {
        let directory = engine.directory();
        let Some((person, place)) = directory.binding(report.subject) else {
            // Nobody it is about: that something was said is all that matters.
            return ReportForm::of(directory, report, FactForm::Unknown(report.fact.facet()));
        };
        let mut none = Editions::default();
        let editions = if facts::has_texts(&report.fact) {
            let name = (person.raw(), key(report.fact.facet(), place, report.origin));
            let editions = self.editions.entry(name).or_default();
            if renewed.insert(name) {
                editions.renew(&engine.facts_beside(person, name.1).collect::<Vec<_>>());
            }
            editions
        } else {
            &mut none
        };
        ReportForm::of(directory, report, FactForm::of(&report.fact, editions))
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("with_texts", &self.editions.len()).finish()
    }
}
