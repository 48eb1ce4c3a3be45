//! The form in which a scenario is written.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, FixedOffset, NaiveDate, Offset, Utc};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::answer::is_expectable;
use super::tree::Tree;
use super::when::When;
use crate::availability::{Availability, Band};
use crate::diagnostics::{ConnectorStatus, Mode, SourceErrorKind, SubjectStatus};
use crate::directory::{Directory, DirectoryError, PersonSpec, SourceSpec};
use crate::engine::Phase;
use crate::fact::{Facet, Fact, Lifetime};
use crate::identity::{Address, InvalidAddress, InvalidName, PersonId, SourceId, ViewerId, WatcherId};
use crate::keeping::Keeping;
use crate::privacy::Viewer;
use crate::rules::{Precedence, Rule, RuleSet};

/// A scenario: who there is, what is told when, and what must be shown when and to whom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub about: String,
    /// The requirements it proves.
    #[serde(default)]
    pub rows: Vec<String>,
    /// When it starts; offsets count from here.
    pub start: DateTime<Utc>,
    /// Who there is.
    pub directory: DirectoryForm,
    /// How long what is said is kept.
    #[serde(default)]
    pub keeping: Keeping,
    /// How it is decided.
    #[serde(default)]
    pub rules: RulesForm,
    /// Classes of viewers; there is always `operator`, who may know everything that may be known.
    #[serde(default)]
    pub viewers: Vec<Viewer>,
    /// Texts that may come out nowhere.
    #[serde(default)]
    pub never: Vec<String>,
    /// What happens, in the order in which it is told.
    pub timeline: Vec<Moment>,
}

/// Sources, people and their places.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DirectoryForm {
    /// The sources; `typed` is there without being named.
    pub sources: Vec<SourceSpec>,
    /// Numbers that mean "voicemail".
    pub voicemail_pilots: Vec<Address>,
    /// The people.
    pub people: Vec<PersonSpec>,
}

impl DirectoryForm {
    /// # Errors
    ///
    /// Fails where the entries contradict each other.
    pub fn build(&self) -> Result<Directory, DirectoryError> {
        let mut builder = Directory::builder();
        for source in &self.sources {
            builder.source(source.clone());
        }
        for pilot in &self.voicemail_pilots {
            builder.voicemail_pilot(pilot.clone());
        }
        for person in &self.people {
            builder.person(person.clone());
        }
        builder.build()
    }
}

/// What changes in a directory.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DirectoryChange {
    /// Sources that are new or changed.
    pub sources: Vec<SourceSpec>,
    /// People who are new or changed.
    pub put: Vec<PersonSpec>,
    /// People who leave.
    pub remove: Vec<PersonId>,
    /// Numbers that mean "voicemail" from now on, instead of those before.
    pub voicemail_pilots: Option<Vec<Address>>,
}

impl DirectoryChange {
    /// # Errors
    ///
    /// Fails where the entries contradict each other.
    pub fn apply(&self, old: &Directory) -> Result<Directory, DirectoryError> {
        let mut builder = old.rebuild();
        for source in &self.sources {
            builder.source(source.clone());
        }
        for person in &self.remove {
            builder.remove(person);
        }
        for person in &self.put {
            builder.person(person.clone());
        }
        if let Some(pilots) = &self.voicemail_pilots {
            builder.clear_voicemail_pilots();
            for pilot in pilots {
                builder.voicemail_pilot(pilot.clone());
            }
        }
        builder.build()
    }
}

/// Rules that come with the library.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BaseRules {
    /// [`RuleSet::standard`].
    #[default]
    Standard,
    /// [`RuleSet::line_only`].
    LineOnly,
    /// [`RuleSet::standard`] with [`RuleSet::with_idle_line_alone`].
    StandardIdleLineAlone,
}

impl BaseRules {
    fn rules(self) -> RuleSet {
        match self {
            Self::Standard => RuleSet::standard(),
            Self::LineOnly => RuleSet::line_only(),
            Self::StandardIdleLineAlone => RuleSet::standard().with_idle_line_alone(),
        }
    }
}

/// The rules of a scenario: by name, by name with additions, or in full.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RulesForm {
    /// As they come with the library.
    Base(BaseRules),
    /// With something of its own.
    Extended {
        /// What it starts from.
        base: BaseRules,
        /// Whom to believe.
        precedence: Vec<Precedence>,
        /// Rules to be tried before those of the base.
        rules_before: Vec<Rule>,
    },
    /// In full.
    Full(RuleSet),
}

impl Default for RulesForm {
    fn default() -> Self {
        Self::Base(BaseRules::Standard)
    }
}

impl RulesForm {
    /// The rules themselves.
    #[must_use]
    pub fn rules(&self) -> RuleSet {
        match self {
            Self::Base(base) => base.rules(),
            Self::Extended { base, precedence, rules_before } => {
                let mut rules = base.rules();
                rules.precedence.extend_from_slice(precedence);
                rules.rules.splice(0..0, rules_before.iter().cloned());
                rules
            }
            Self::Full(rules) => rules.clone(),
        }
    }
}

impl<'de> Deserialize<'de> for RulesForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RulesReader)
    }
}

/// By hand, so that an error says what is wrong and not only that nothing fits.
struct RulesReader;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesMap {
    base: Option<BaseRules>,
    #[serde(default)]
    precedence: Vec<Precedence>,
    #[serde(default)]
    rules_before: Vec<Rule>,
    rules: Option<Vec<Rule>>,
}

impl<'de> Visitor<'de> for RulesReader {
    type Value = RulesForm;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a rule set, an extended one, or a rule set")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<RulesForm, E> {
        BaseRules::deserialize(serde::de::value::StrDeserializer::new(name)).map(RulesForm::Base)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<RulesForm, A::Error> {
        let RulesMap { base, precedence, rules_before, rules } =
            RulesMap::deserialize(MapAccessDeserializer::new(entries))?;
        match (base, rules) {
            (Some(base), None) => Ok(RulesForm::Extended { base, precedence, rules_before }),
            (None, Some(rules)) if rules_before.is_empty() => {
                Ok(RulesForm::Full(RuleSet { precedence, ..RuleSet::new(rules) }))
            }
            _ => Err(serde::de::Error::custom("give `rules`, or `base` and perhaps `rules_before`")),
        }
    }
}

/// One step of a scenario: at most one thing is told to the engine, then there may be expectations.
///
/// A step that tells nothing lets time pass to its time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Moment {
    /// When.
    pub at: When,
    /// What it is about, for the reader.
    #[serde(default)]
    pub about: Option<String>,
    /// One report.
    #[serde(default)]
    pub report: Option<ReportForm>,
    /// Several reports, taken at once.
    #[serde(default)]
    pub reports: Option<Vec<ReportForm>>,
    /// A session of a source begins, is complete, or is lost.
    #[serde(default)]
    pub session: Option<SessionForm>,
    /// Session 1 of each of these sources begins.
    #[serde(default)]
    pub sessions: Option<Vec<SourceId>>,
    /// A source says how it is.
    #[serde(default)]
    pub status: Option<StatusForm>,
    /// A source has trouble.
    #[serde(default)]
    pub problem: Option<ProblemForm>,
    /// Somebody wants to see a person.
    #[serde(default)]
    pub wanted: Option<WantedForm>,
    /// Only time passes; it may pass backwards.
    #[serde(default)]
    pub tick: bool,
    /// The directory changes.
    #[serde(default)]
    pub directory: Option<DirectoryChange>,
    /// The rules change.
    #[serde(default)]
    pub rules: Option<RulesForm>,
    /// Of exactly these people a change must have come in this step.
    #[serde(default)]
    pub changed: Option<Vec<PersonId>>,
    /// Exactly these demands must have come in this step, in any order.
    #[serde(default)]
    pub demands: Option<Vec<DemandForm>>,
    /// What the diagnostics must say; what is not mentioned may be anything.
    #[serde(default)]
    pub diagnostics: Option<Tree>,
    /// What must be shown.
    #[serde(default)]
    pub expect: Vec<Expectation>,
}

impl Moment {
    /// How many things it tells the engine.
    pub(super) fn told(&self) -> usize {
        [
            self.report.is_some(),
            self.reports.is_some(),
            self.session.is_some(),
            self.sessions.is_some(),
            self.status.is_some(),
            self.problem.is_some(),
            self.wanted.is_some(),
            self.tick,
            self.directory.is_some(),
            self.rules.is_some(),
        ]
        .into_iter()
        .filter(|told| *told)
        .count()
    }
}

/// Whom a report is about, as the source names them.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum SubjectName {
    /// An address: `sip:anna@example.com`, `ext:hq/4711`.
    Address(Address),
    /// The place that is the person: `person:anna`.
    Person(PersonId),
}

/// What was written names no subject.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum InvalidSubjectName {
    /// It is no address.
    #[error("a subject is an address or `person:` and an id: {0}")]
    Address(#[from] InvalidAddress),
    /// It is no id.
    #[error("what follows `person:` is no id: {0}")]
    Person(#[from] InvalidName),
}

impl TryFrom<String> for SubjectName {
    type Error = InvalidSubjectName;

    fn try_from(text: String) -> Result<Self, InvalidSubjectName> {
        match text.strip_prefix("person:") {
            Some(id) => Ok(Self::Person(PersonId::new(id)?)),
            None => Ok(Self::Address(text.parse()?)),
        }
    }
}

impl From<SubjectName> for String {
    fn from(name: SubjectName) -> Self {
        name.to_string()
    }
}

impl fmt::Display for SubjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Person(id) => write!(f, "person:{id}"),
        }
    }
}

/// A source says a fact about a subject. It is received at the time of the step.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReportForm {
    /// Who says it.
    pub source: SourceId,
    /// Of whom.
    pub subject: SubjectName,
    /// What.
    pub fact: Fact,
    /// When it was observed; without it, at the time of the step.
    #[serde(default)]
    pub observed: Option<When>,
    /// How long it is good for.
    #[serde(default)]
    pub lifetime: Lifetime,
}

/// A phase of a session.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SessionForm {
    /// Whose.
    pub source: SourceId,
    /// Which.
    pub number: u32,
    /// What happens to it.
    pub phase: Phase,
}

/// A source says how it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct StatusForm {
    /// Which.
    pub source: SourceId,
    /// How.
    pub status: ConnectorStatus,
}

/// A source has trouble.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProblemForm {
    /// Which.
    pub source: SourceId,
    /// About whom; without it, with all.
    #[serde(default)]
    pub subject: Option<SubjectName>,
    /// What kind of trouble.
    pub kind: SourceErrorKind,
}

/// Somebody wants to see a person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct WantedForm {
    /// Whom.
    pub person: PersonId,
    /// Who wants it.
    pub by: WatcherId,
    /// Until when.
    pub until: When,
}

/// What a source is asked for.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DemandForm {
    /// Which source.
    pub source: SourceId,
    /// For what.
    pub demand: DemandWord,
}

/// A demand.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DemandWord {
    /// To watch a subject.
    Watch(SubjectName),
    /// To stop watching it.
    Release(SubjectName),
    /// To begin a new session.
    Restart,
}

/// An availability as it is expected: a number, or any number of a band.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(untagged, expecting = "expected a number up to 18000 or the name of a band")]
#[non_exhaustive]
pub enum Shown {
    /// This number.
    Number(Availability),
    /// Any number of this band.
    Band(Band),
}

impl Shown {
    pub(super) fn fits(self, availability: Availability) -> bool {
        match self {
            Self::Number(number) => number == availability,
            Self::Band(band) => band == availability.band(),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Band(band) => f.write_str(band.name()),
        }
    }
}

/// The meetings of a day that must be shown.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct DayForm {
    /// Which day.
    pub date: NaiveDate,
    /// In which zone, as an offset: `+01:00`.
    #[serde(default = "utc", deserialize_with = "offset")]
    pub zone: FixedOffset,
    /// The meetings; of each, what is not mentioned may be anything.
    pub meetings: Tree,
}

fn utc() -> FixedOffset {
    Utc.fix()
}

fn offset<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FixedOffset, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

/// What the administrator's table must show.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Modes {
    /// Of rich presence.
    pub rich: Option<Mode>,
    /// Of the telephones.
    pub telephony: Option<Mode>,
}

/// What must be shown of a person to a viewer. One without anything else only asks.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "ExpectationForm")]
#[non_exhaustive]
pub struct Expectation {
    /// Whom it is about.
    pub person: PersonId,
    /// Who looks.
    pub viewer: ViewerId,
    /// The availability.
    pub availability: Option<Shown>,
    /// Until when; `Some(None)`: it must not be known.
    pub until: Option<Option<When>>,
    /// Pieces of sentences that the explanation must have.
    pub explains: Vec<String>,
    /// Texts that nothing may tell this viewer about this person.
    pub hides: Vec<String>,
    /// How far each facet must have got.
    pub status: BTreeMap<Facet, SubjectStatus>,
    /// What the administrator's table must show.
    pub mode: Modes,
    /// What the row must say.
    pub row: Option<Tree>,
    /// What the card must say.
    pub card: Option<Tree>,
    /// What a day must say.
    pub day: Option<DayForm>,
    /// Everything else that an [`Answer`](super::Answer) has, by name.
    pub rest: BTreeMap<String, Tree>,
}

#[derive(Deserialize)]
struct ExpectationForm {
    person: PersonId,
    #[serde(default)]
    viewer: Option<ViewerId>,
    #[serde(default)]
    availability: Option<Shown>,
    #[serde(default, deserialize_with = "some")]
    until: Option<Option<When>>,
    #[serde(default)]
    explains: Vec<String>,
    #[serde(default)]
    hides: Vec<String>,
    #[serde(default)]
    status: BTreeMap<Facet, SubjectStatus>,
    #[serde(default)]
    mode: Modes,
    #[serde(default)]
    row: Option<Tree>,
    #[serde(default)]
    card: Option<Tree>,
    #[serde(default)]
    day: Option<DayForm>,
    #[serde(flatten)]
    rest: BTreeMap<String, Tree>,
}

/// Tells `null` from nothing.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<When>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Something is expected that no answer has.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum InvalidExpectation {
    /// Nothing of this name is ever answered.
    #[error("an answer has no `{0}`")]
    NoSuchName(String),
    /// The id of the built-in viewer.
    #[error(transparent)]
    Viewer(#[from] InvalidName),
}

impl TryFrom<ExpectationForm> for Expectation {
    type Error = InvalidExpectation;

    fn try_from(form: ExpectationForm) -> Result<Self, InvalidExpectation> {
        let ExpectationForm {
            person,
            viewer,
            availability,
            until,
            explains,
            hides,
            status,
            mode,
            row,
            card,
            day,
            rest,
        } = form;
        if let Some(name) = rest.keys().find(|name| !is_expectable(name)) {
            return Err(InvalidExpectation::NoSuchName(name.clone()));
        }
        let viewer = match viewer {
            Some(viewer) => viewer,
            None => ViewerId::new(super::OPERATOR)?,
        };
        Ok(Self { person, viewer, availability, until, explains, hides, status, mode, row, card, day, rest })
    }
}
