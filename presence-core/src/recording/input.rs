//! Reports and inputs as they are recorded: names instead of handles.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostics::{ConnectorStatus, SourceErrorKind};
use crate::directory::Directory;
use crate::engine::{Input, Phase};
use crate::fact::{Lifetime, Report};
use crate::identity::{PersonId, SourceId, Subject, WatcherId};
use crate::rules::RuleSet;
use crate::second::Second;

use super::ReplayError;
use super::directory::{DirectoryForm, NO_SUBJECT, SubjectForm, id_of, origin_of, person_of, source_of};
use super::facts::FactForm;

/// A report. A source or a subject without a name is one that nobody knew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportForm {
    source: Option<SourceId>,
    subject: Option<SubjectForm>,
    fact: FactForm,
    observed: Second,
    #[serde(default)]
    lifetime: Lifetime,
}

impl ReportForm {
    pub(super) fn of(directory: &Directory, report: &Report, fact: FactForm) -> Self {
        Self {
            source: source_of(directory, report.origin),
            subject: SubjectForm::of(directory, report.subject),
            fact,
            observed: Second::floor(report.observed_at),
            lifetime: report.lifetime,
        }
    }

    pub(super) fn report(&self, directory: &Directory) -> Result<Report, ReplayError> {
        let origin = origin_of(directory, self.source.as_ref())?;
        let subject = subject_of(directory, self.subject.as_ref())?;
        let observed = self.observed.time().ok_or(ReplayError::NoTime)?;
        Ok(Report::new(origin, subject, self.fact.fact()?, observed).lasting(self.lifetime))
    }
}

fn subject_of(directory: &Directory, subject: Option<&SubjectForm>) -> Result<Subject, ReplayError> {
    subject.map_or(Ok(NO_SUBJECT), |subject| subject.subject(directory))
}

/// An input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum InputForm {
    Directory(DirectoryForm),
    Rules(RuleSet),
    Session { source: Option<SourceId>, number: u32, phase: Phase },
    Status { source: Option<SourceId>, status: ConnectorStatus },
    Problem { source: Option<SourceId>, about: About, kind: SourceErrorKind },
    Wanted { person: Option<PersonId>, by: WatcherId, until: Second },
    Tick,
}

/// What a source has trouble with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum About {
    Everything,
    Nobody,
    Subject(SubjectForm),
}

impl InputForm {
    pub(super) fn of(input: &Input, directory: &Directory) -> Self {
        match input {
            Input::Directory(new) => Self::Directory(DirectoryForm::of(new)),
            Input::Rules(rules) => Self::Rules(RuleSet::clone(rules)),
            Input::Session { origin, number, phase } => {
                Self::Session { source: source_of(directory, *origin), number: *number, phase: *phase }
            }
            Input::Status { origin, status } => Self::Status { source: source_of(directory, *origin), status: *status },
            Input::Problem { origin, subject, kind } => {
                let about = subject.map_or(About::Everything, |subject| {
                    SubjectForm::of(directory, subject).map_or(About::Nobody, About::Subject)
                });
                Self::Problem { source: source_of(directory, *origin), about, kind: *kind }
            }
            Input::Wanted { person, by, until } => {
                Self::Wanted { person: id_of(directory, *person), by: by.clone(), until: Second::ceil(*until) }
            }
            Input::Tick => Self::Tick,
        }
    }

    pub(super) fn input(&self, directory: &Directory) -> Result<Input, ReplayError> {
        Ok(match self {
            Self::Directory(new) => Input::Directory(new.after(directory)?),
            Self::Rules(rules) => Input::Rules(Arc::new(rules.clone())),
            Self::Session { source, number, phase } => {
                Input::Session { origin: origin_of(directory, source.as_ref())?, number: *number, phase: *phase }
            }
            Self::Status { source, status } => {
                Input::Status { origin: origin_of(directory, source.as_ref())?, status: *status }
            }
            Self::Problem { source, about, kind } => {
                let subject = match about {
                    About::Everything => None,
                    About::Nobody => Some(NO_SUBJECT),
                    About::Subject(subject) => Some(subject.subject(directory)?),
                };
                Input::Problem { origin: origin_of(directory, source.as_ref())?, subject, kind: *kind }
            }
            Self::Wanted { person, by, until } => Input::Wanted {
                person: person_of(directory, person.as_ref())?,
                by: by.clone(),
                until: until.time().ok_or(ReplayError::NoTime)?,
            },
            Self::Tick => Input::Tick,
        })
    }
}
