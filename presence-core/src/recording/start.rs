//! The start of a recording: configuration, and all that the engine remembers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::aside::Aside;
use crate::claim::{Claim, Value};
use crate::diagnostics::{ConnectorStatus, SourceErrorKind};
use crate::directory::{Directory, PlaceKind};
use crate::engine::{Engine, EngineConfig, Kept, KeptProblem, KeptSession, KeptWish, Memory, Waiting};
use crate::fact::Facet;
use crate::identity::{Origin, Person, PersonId, SourceId, WatcherId};
use crate::keeping::Keeping;
use crate::privacy::Viewer;
use crate::rules::RuleSet;
use crate::second::Second;

use super::directory::{DirectoryForm, SubjectForm, origin_of, person_of};
use super::facts::FactForm;
use super::{Recorder, ReplayError};

/// The first entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Start {
    pub(super) at: Second,
    directory: DirectoryForm,
    rules: RuleSet,
    keeping: Keeping,
    #[serde(default)]
    viewers: Vec<Viewer>,
    #[serde(default)]
    sessions: Vec<SessionForm>,
    #[serde(default)]
    problems: Vec<ProblemForm>,
    #[serde(default)]
    wishes: Vec<WishForm>,
    #[serde(default)]
    claims: Vec<ClaimForm>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SessionForm {
    source: SourceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    stands: bool,
    status: ConnectorStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<SourceErrorKind>,
    #[serde(default)]
    reports: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_heard: Option<Second>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProblemForm {
    source: SourceId,
    subject: SubjectForm,
    kind: SourceErrorKind,
    excludes: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WishForm {
    person: PersonId,
    leases: BTreeMap<WatcherId, Second>,
    last: Second,
    release_at: BTreeMap<SourceId, Second>,
    look_at: Second,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ClaimForm {
    source: SourceId,
    subject: SubjectForm,
    kind: PlaceKind,
    facet: Facet,
    said: SaidForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    beside: Option<BesideForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiting: Option<WaitingForm>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SaidForm {
    word: u32,
    began: Second,
    end: Second,
    #[serde(default)]
    left_over: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BesideForm {
    fact: FactForm,
    observed: Second,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WaitingForm {
    said: SaidForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fact: Option<FactForm>,
    until: Second,
}

impl Start {
    /// What `engine` is now; the numbers of its texts are kept by `recorder`.
    pub(super) fn of(engine: &Engine, recorder: &mut Recorder) -> Self {
        let directory = engine.directory();
        let Memory { kept, sessions, problems, wishes } = engine.memory();
        let session = |(origin, session): (_, KeptSession)| {
            let KeptSession { number, stands, status, problem, reports, last_heard } = session;
            let source = directory.source_id(origin)?.clone();
            Some(SessionForm { source, number, stands, status, problem, reports, last_heard })
        };
        let problem = |problem: KeptProblem| {
            let KeptProblem { subject, origin, kind, excludes } = problem;
            let (source, subject) = (directory.source_id(origin)?.clone(), SubjectForm::of(directory, subject)?);
            Some(ProblemForm { source, subject, kind, excludes })
        };
        Self {
            at: Second::floor(engine.now()),
            directory: DirectoryForm::of(directory),
            rules: RuleSet::clone(engine.rules()),
            keeping: engine.keeping().clone(),
            viewers: engine.viewers().iter().map(|viewer| Viewer::clone(viewer)).collect(),
            sessions: sessions.into_iter().filter_map(session).collect(),
            problems: problems.into_iter().filter_map(problem).collect(),
            wishes: wishes.into_iter().filter_map(|wish| WishForm::of(wish, directory)).collect(),
            claims: kept
                .into_iter()
                .filter_map(|(person, kept)| ClaimForm::of(person, &kept, directory, recorder))
                .collect(),
        }
    }

    /// An engine that is what the recorded one was.
    pub(super) fn engine(&self) -> Result<Engine, ReplayError> {
        let started = self.at.time().ok_or(ReplayError::NoTime)?;
        let directory = self.directory.first()?;
        let memory = Memory {
            kept: self.claims.iter().map(|claim| claim.kept(&directory)).collect::<Result<_, _>>()?,
            sessions: self.sessions.iter().map(|form| form.session(&directory)).collect::<Result<_, _>>()?,
            problems: self.problems.iter().map(|form| form.problem(&directory)).collect::<Result<_, _>>()?,
            wishes: self.wishes.iter().map(|form| form.wish(&directory)).collect::<Result<_, _>>()?,
        };
        let config =
            EngineConfig::new(directory, started).rules(Arc::new(self.rules.clone())).keeping(self.keeping.clone());
        let config = self.viewers.iter().fold(config, |config, viewer| config.viewer(Arc::new(viewer.clone())));
        let mut engine = Engine::new(config);
        engine.restore(memory);
        Ok(engine)
    }
}

impl SessionForm {
    fn session(&self, directory: &Directory) -> Result<(Origin, KeptSession), ReplayError> {
        let Self { source, number, stands, status, problem, reports, last_heard } = self;
        let session = KeptSession {
            number: *number,
            stands: *stands,
            status: *status,
            problem: *problem,
            reports: *reports,
            last_heard: *last_heard,
        };
        Ok((origin_of(directory, Some(source))?, session))
    }
}

impl ProblemForm {
    fn problem(&self, directory: &Directory) -> Result<KeptProblem, ReplayError> {
        Ok(KeptProblem {
            subject: self.subject.subject(directory)?,
            origin: origin_of(directory, Some(&self.source))?,
            kind: self.kind,
            excludes: self.excludes,
        })
    }
}

impl WishForm {
    fn of(wish: KeptWish, directory: &Directory) -> Option<Self> {
        let KeptWish { person, leases, last, release_at, deadline } = wish;
        let named = release_at.into_iter().filter_map(|(origin, at)| Some((directory.source_id(origin)?.clone(), at)));
        let release_at = named.collect();
        Some(Self { person: directory.person_id(person)?, leases, last, release_at, look_at: deadline })
    }

    fn wish(&self, directory: &Directory) -> Result<KeptWish, ReplayError> {
        let named = |(source, at): (&SourceId, &Second)| origin_of(directory, Some(source)).map(|origin| (origin, *at));
        let release_at = self.release_at.iter().map(named).collect::<Result<_, _>>()?;
        Ok(KeptWish {
            person: person_of(directory, Some(&self.person))?,
            leases: self.leases.clone(),
            last: self.last,
            release_at,
            deadline: self.look_at,
        })
    }
}

impl ClaimForm {
    fn of(person: Person, kept: &Kept, directory: &Directory, recorder: &mut Recorder) -> Option<Self> {
        let Kept { claim, beside, waiting } = kept;
        let place = directory.places(person).iter().find(|place| place.number == claim.place())?;
        let mut form =
            |aside: &Aside| FactForm::beside(aside, recorder.editions.entry((person.raw(), claim.key())).or_default());
        Some(Self {
            source: directory.source_id(claim.origin())?.clone(),
            subject: SubjectForm::of_place(directory, person, claim.place())?,
            kind: place.kind,
            facet: claim.facet(),
            said: SaidForm::of(claim),
            beside: beside.as_ref().map(|(aside, observed)| BesideForm { fact: form(aside), observed: *observed }),
            waiting: waiting.as_ref().map(|waiting| WaitingForm {
                said: SaidForm::of(&waiting.claim),
                fact: waiting.aside.as_ref().map(form),
                until: waiting.until,
            }),
        })
    }

    fn kept(&self, directory: &Directory) -> Result<(Person, Kept), ReplayError> {
        let origin = origin_of(directory, Some(&self.source))?;
        let subject = self.subject.subject(directory)?;
        let (person, place) = directory.binding(subject).ok_or(ReplayError::Contradiction)?;
        let kind = directory.places(person).iter().find(|entry| entry.number == place).map(|entry| entry.kind);
        if kind != Some(self.kind) {
            return Err(ReplayError::Contradiction);
        }
        let claim = |said: &SaidForm| {
            let SaidForm { word, began, end, left_over } = *said;
            let value = Value::from_word(self.facet, word);
            Claim::new(origin, place, value, began, end).with_word(word).left_over(left_over)
        };
        let beside = match &self.beside {
            Some(BesideForm { fact, observed }) => Some((fact.aside(self.facet)?, *observed)),
            None => None,
        };
        let waiting = match &self.waiting {
            Some(WaitingForm { said, fact, until }) => {
                let aside = fact.as_ref().map(|fact| fact.aside(self.facet)).transpose()?;
                Some(Waiting { claim: claim(said), aside, until: *until })
            }
            None => None,
        };
        Ok((person, Kept { claim: claim(&self.said), beside, waiting }))
    }
}

impl SaidForm {
    fn of(claim: &Claim) -> Self {
        Self { word: claim.word(), began: claim.began(), end: claim.end(), left_over: claim.is_left_over() }
    }
}
