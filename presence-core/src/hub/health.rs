//! How things stand: connectors, the table of users, warnings, and a probe that walks the real path of one person.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::diagnostics::{ConnectorStatus, Counts, Mode, PresenceKind, SourceErrorKind, SourceHealth, SubjectStatus};
use crate::fact::{Facet, FacetSet};
use crate::identity::{Address, Person, PersonId, SourceId, ViewerId};
use crate::second::Second;
use crate::source::Source;

use super::locked;
use super::supervisor::{Attempts, runnable};
use super::writer::{Tally, Writer};
use super::{Filter, Hub};

/// How a hub and all that hangs on it does.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Health {
    /// When this was.
    pub at: DateTime<Utc>,
    /// The connectors, by name.
    pub connectors: Vec<Connector>,
    /// What somebody should look at.
    pub warnings: Vec<HubWarning>,
    /// What the engine counted.
    pub counts: Counts,
    /// How many people there are.
    pub people: usize,
    /// How many of them somebody wants to see, where sources wait to be asked.
    pub wanted: usize,
    /// How many watches there are.
    pub watchers: usize,
    /// Messages that wait for the writer.
    pub waiting: usize,
    /// At most so many can wait; then sources do.
    pub capacity: usize,
    /// Batches worked.
    pub batches: u64,
    /// Questions answered by the writer.
    pub asked: u64,
    /// Messages of sessions that were over; nothing was taken from them.
    pub posthumous: u64,
    /// Times that a board could not be turned at once, because somebody was reading its back.
    pub held_up: u64,
    /// Changes shown on all boards.
    pub shown: u64,
}

/// How one connector does.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Connector {
    /// Its source.
    pub source: SourceId,
    /// Its state.
    pub status: ConnectorStatus,
    /// The state in the words of the documents.
    pub text: String,
    /// Whether a session stands.
    pub standing: bool,
    /// Reports taken.
    pub reports: u64,
    /// When it last said anything.
    pub last_heard: Option<Second>,
    /// How it was tried.
    #[serde(flatten)]
    pub attempts: Attempts,
    /// Reports refused, because they were about something that the source does not speak about.
    pub refused: u64,
    /// Addresses that it asked for and nobody has.
    pub strangers: u64,
    /// The last few of them.
    pub last_strangers: Vec<Address>,
    /// About whom it has trouble.
    pub troubled: BTreeMap<PersonId, SourceErrorKind>,
}

/// Something that an administrator should look at, until it is acknowledged.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct HubWarning {
    /// The same for the same warning, always.
    pub code: String,
    /// What it is and what to do.
    pub text: String,
    /// Somebody has seen it.
    pub acknowledged: bool,
}

/// Which lines of the table of users are wanted.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TableFilter {
    /// Part of the name or the id; capitals do not matter.
    pub user: Option<String>,
    /// Rich presence, as displayed.
    pub rich: Option<Mode>,
    /// Telephony presence, as displayed.
    pub telephony: Option<Mode>,
    /// Leaves out so many.
    pub skip: usize,
    /// At most so many; 0: as many as there are.
    pub most: usize,
}

/// A line of the table of users.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct UserLine {
    /// Who.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// A note, if there is one that may be read.
    pub note: Option<String>,
    /// Rich presence.
    pub rich: Mode,
    /// What the person wrote beside it.
    pub message: Option<String>,
    /// Telephony presence.
    pub telephony: Mode,
}

// What people typed goes out to viewers, never into a log.
impl std::fmt::Debug for UserLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserLine")
            .field("id", &self.id)
            .field("rich", &self.rich)
            .field("telephony", &self.telephony)
            .finish_non_exhaustive()
    }
}

/// What came of walking the real path of one person.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Probe {
    /// Who.
    pub person: PersonId,
    /// When it was asked for.
    pub at: DateTime<Utc>,
    /// The person stays wanted until then, and is let go by itself.
    pub until: DateTime<Utc>,
    /// Rich presence.
    pub rich: Mode,
    /// Telephony presence.
    pub telephony: Mode,
    /// The way, step by step.
    pub steps: Vec<ProbeStep>,
}

impl Probe {
    /// The first step that fails.
    #[must_use]
    pub fn failing(&self) -> Option<&ProbeStep> {
        self.steps.iter().find(|step| !step.passed)
    }
}

/// One step on the way from a source to what is shown.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ProbeStep {
    /// What was looked at.
    pub what: String,
    /// Whether it is as it should be.
    pub passed: bool,
    /// What was found, and what to do where it failed.
    pub text: String,
}

/// A probe wants the person for so long, whoever watches.
const PROBED: TimeDelta = TimeDelta::seconds(60);
/// It waits so long for an answer.
const PATIENCE: TimeDelta = TimeDelta::seconds(10);
/// So many people are looked at between two batches of the writer.
const SLICE: usize = 1024;

impl Hub {
    /// How things stand; `None`: the engine is down.
    pub async fn health(&self) -> Option<Health> {
        let (diagnostics, tally, shown, watchers) = self
            .ask(|writer| {
                let shown = writer.changes_shown();
                (writer.engine.diagnostics(), writer.tally, shown, writer.watchers.len())
            })
            .await?;
        let connectors: Vec<Connector> = diagnostics.sources.into_iter().map(|source| self.connector(source)).collect();
        let Tally { batches, asked, posthumous, held_up } = tally;
        Some(Health {
            at: self.now(),
            warnings: self.warnings(&connectors),
            connectors,
            counts: diagnostics.counts,
            people: self.directory().people().count(),
            wanted: diagnostics.wanted,
            watchers,
            waiting: self.0.queue.max_capacity() - self.0.queue.capacity(),
            capacity: self.0.queue.max_capacity(),
            batches,
            asked,
            posthumous,
            held_up,
            shown,
        })
    }

    fn connector(&self, health: SourceHealth) -> Connector {
        let supervised = self.supervised(&health.source);
        let pulse = supervised.as_ref().map(|supervised| supervised.pulse());
        let count = |counter: fn(&super::link::Pulse) -> u64| pulse.as_deref().map_or(0, counter);
        Connector {
            status: health.status,
            text: health.status.to_string(),
            standing: health.standing,
            reports: health.reports,
            last_heard: health.last_heard,
            attempts: supervised.as_ref().map(|supervised| supervised.attempts().clone()).unwrap_or_default(),
            refused: count(|pulse| pulse.refused.load(Ordering::Relaxed)),
            strangers: count(|pulse| pulse.strangers.load(Ordering::Relaxed)),
            last_strangers: pulse.map(|pulse| pulse.last_strangers().into()).unwrap_or_default(),
            troubled: health.troubled.into_iter().collect(),
            source: health.source,
        }
    }

    fn warnings(&self, connectors: &[Connector]) -> Vec<HubWarning> {
        let mut found = locked(&self.0.warnings).clone();
        found.extend(self.0.standing.iter().cloned());
        for connector in connectors {
            let source = &connector.source;
            let mut add = |holds: bool, code: &str, text: String| {
                if holds {
                    found.push((format!("{code}/{source}"), text));
                }
            };
            add(
                connector.status == ConnectorStatus::CredentialsNotFound,
                "credentials-not-found",
                format!("the server does not know the credentials entered for `{source}`; it works all the same"),
            );
            add(
                connector.strangers > 0,
                "unknown-addresses",
                format!("`{source}` speaks of addresses that nobody has: add them to people, or ignore this"),
            );
            add(
                connector.refused > 0,
                "refused-reports",
                format!("`{source}` reports what it does not claim to know: the adapter needs mending"),
            );
            add(
                connector.attempts.hung + connector.attempts.panicked > 0,
                "cut-off",
                format!("`{source}` hung or panicked and was started again: the adapter needs mending"),
            );
        }
        found.extend(self.warned_of_by_sources());
        let acknowledged = locked(&self.0.acknowledged);
        let warning =
            |(code, text): (String, String)| HubWarning { acknowledged: acknowledged.contains(&code), code, text };
        found.into_iter().map(warning).collect()
    }

    fn warned_of_by_sources(&self) -> Vec<(String, String)> {
        let sources: Vec<(SourceId, Arc<dyn Source>)> = {
            let running = self.running();
            running.iter().filter_map(|(id, source)| Some((id.clone(), runnable(&source.orders.borrow())?))).collect()
        };
        // What a source says of itself may panic as well as what it does.
        let says = |source: &dyn Source| std::panic::catch_unwind(AssertUnwindSafe(|| source.warning())).ok().flatten();
        let warned = |(id, source): (SourceId, Arc<dyn Source>)| Some((format!("source/{id}"), says(source.as_ref())?));
        sources.into_iter().filter_map(warned).collect()
    }

    /// The table of users, as a class of viewers may see it.
    pub async fn table(&self, viewer: &ViewerId, filter: TableFilter) -> Vec<UserLine> {
        let directory = self.directory();
        let wanted = filter.user.as_ref().map(|text| text.to_lowercase());
        let named = |person: &Person| {
            let Some(wanted) = &wanted else { return true };
            let card = directory.card(*person);
            let id = directory.person_id(*person);
            card.is_some_and(|card| card.name().to_lowercase().contains(wanted))
                || id.is_some_and(|id| id.as_str().to_lowercase().contains(wanted))
        };
        let people: Vec<Person> = directory.people().filter(named).collect();
        let most = if filter.most == 0 { usize::MAX } else { filter.most };
        let (mut skip, mut lines) = (filter.skip, Vec::new());
        for slice in people.chunks(SLICE) {
            let (slice, viewer, modes) = (slice.to_vec(), viewer.clone(), (filter.rich, filter.telephony));
            let left = most - lines.len();
            let found = self.ask(move |writer| fitting(writer, &slice, &viewer, modes, (skip, left))).await;
            let Some((more, skipped)) = found else { break };
            lines.extend(more);
            skip -= skipped;
            if lines.len() >= most {
                break;
            }
        }
        lines
    }

    /// Walks the real path of one person: asks the sources as if somebody had begun to watch, waits for an answer, and
    /// tells each step. The person stays wanted for a minute and is let go by itself.
    pub async fn probe(&self, person: Person, viewer: &ViewerId) -> Option<Probe> {
        let mut watch = self.watch_quietly(viewer, Filter::people([person]))?;
        let at = self.now();
        self.ask(move |writer| writer.want(person, "probe")).await?;
        let class = viewer.clone();
        while let Some(modes) = self.modes(person, &class).await {
            if self.now() >= at + PATIENCE || !modes.into_iter().any(is_on_the_way) {
                break;
            }
            tokio::select! {
                changes = watch.changed() => { changes?; }
                () = self.0.clock.sleep_until((at + PATIENCE).min(self.now() + TimeDelta::milliseconds(250))) => {}
            }
        }
        let [rich, telephony] = self.modes(person, viewer).await?;
        let health = self.health().await?;
        let connectors: BTreeMap<SourceId, Connector> =
            health.connectors.into_iter().map(|connector| (connector.source.clone(), connector)).collect();
        let class = viewer.clone();
        let steps = self.ask(move |writer| steps(writer, person, &class, &connectors)).await?;
        let id = self.directory().person_id(person)?;
        Some(Probe { person: id, at, until: at + PROBED, rich, telephony, steps })
    }

    async fn modes(&self, person: Person, viewer: &ViewerId) -> Option<[Mode; 2]> {
        let viewer = viewer.clone();
        self.ask(move |writer| modes(writer, person, &viewer)).await.flatten()
    }
}

fn modes(writer: &Writer, person: Person, viewer: &ViewerId) -> Option<[Mode; 2]> {
    let viewer = writer.viewer(viewer)?;
    Some([PresenceKind::Rich, PresenceKind::Telephony].map(|kind| writer.engine.mode(person, &viewer, kind)))
}

const fn is_on_the_way(mode: Mode) -> bool {
    matches!(mode, Mode::Not(SubjectStatus::Requesting | SubjectStatus::NotRequested))
}

/// The lines of these people that fit, without the first `skip` of them and at most `left`; how many were skipped.
fn fitting(
    writer: &Writer,
    people: &[Person],
    viewer: &ViewerId,
    (rich, telephony): (Option<Mode>, Option<Mode>),
    (skip, left): (usize, usize),
) -> (Vec<UserLine>, usize) {
    let fits = |person: &&Person| {
        let fit = |wanted: Option<Mode>, mode: Mode| wanted.is_none_or(|wanted| wanted == mode);
        modes(writer, **person, viewer).is_some_and(|[r, t]| fit(rich, r) && fit(telephony, t))
    };
    let mut skipped = 0;
    let mut lines = Vec::new();
    for person in people.iter().filter(fits) {
        if skipped < skip {
            skipped += 1;
        } else if lines.len() < left {
            lines.extend(line(writer, *person, viewer));
        } else {
            break;
        }
    }
    (lines, skipped)
}

fn line(writer: &Writer, person: Person, viewer: &ViewerId) -> Option<UserLine> {
    let viewer = writer.viewer(viewer)?;
    let card = writer.engine.card(person, &viewer)?;
    Some(UserLine {
        id: card.id,
        name: card.name,
        note: card.notes.into_iter().next_back().map(|note| note.text),
        rich: card.rich,
        message: card.message,
        telephony: card.telephony,
    })
}

/// The way of what is known about a person: addresses, connectors, answers, and what is shown.
fn steps(
    writer: &Writer,
    person: Person,
    viewer: &ViewerId,
    connectors: &BTreeMap<SourceId, Connector>,
) -> Vec<ProbeStep> {
    let engine = &writer.engine;
    let directory = engine.directory();
    let mut steps = vec![addresses(directory, person)];
    for (source, facets) in covering(directory, person) {
        if let Some(connector) = connectors.get(&source) {
            steps.push(connection(connector));
        }
        for facet in facets.iter() {
            steps.push(answer(&source, facet, engine.status(person, facet)));
        }
    }
    let shown = writer.viewer(viewer).and_then(|viewer| engine.explain(person, &viewer));
    steps.extend(shown.map(|shown| ProbeStep {
        what: "what is shown".to_owned(),
        passed: shown.decision.because.is_some(),
        text: match &shown.decision.because {
            Some(rule) => format!("rule `{rule}` decides"),
            None => "no rule holds: nothing is known".to_owned(),
        },
    }));
    steps
}

fn addresses(directory: &crate::directory::Directory, person: Person) -> ProbeStep {
    let count = directory.card(person).map_or(0, |card| card.addresses().count());
    let text = match count {
        0 => "the person has no address: enter a telephone, a mailbox or an account".to_owned(),
        count => format!("the person has {count}"),
    };
    ProbeStep { what: "addresses".to_owned(), passed: count > 0, text }
}

/// The sources that cover a person, each with what it can say of them.
fn covering(directory: &crate::directory::Directory, person: Person) -> Vec<(SourceId, FacetSet)> {
    let mut found: Vec<(SourceId, FacetSet)> = Vec::new();
    for (subject, place) in directory.subjects(person) {
        let kinds = directory.places(person).iter().filter(|entry| entry.number == place);
        let expected = kinds.fold(FacetSet::NONE, |set, entry| set.union(crate::directory::expected_at(entry.kind)));
        for origin in directory.coverage(subject) {
            let Some(spec) = directory.sources().get(origin.index()) else { continue };
            let facets = spec.facets.intersection(expected);
            match found.iter_mut().find(|(id, _)| *id == spec.id) {
                Some((_, all)) => *all = all.union(facets),
                None => found.push((spec.id.clone(), facets)),
            }
        }
    }
    found
}

fn connection(connector: &Connector) -> ProbeStep {
    let up = matches!(connector.status, ConnectorStatus::UpAndRunning | ConnectorStatus::CredentialsNotFound);
    let trouble = connector.attempts.trouble.as_ref().filter(|_| !up);
    let text = match trouble {
        Some(trouble) => format!("{}: {}; {}", connector.status, trouble.text, trouble.advice),
        None => connector.status.to_string(),
    };
    ProbeStep { what: format!("connector `{}`", connector.source), passed: up, text }
}

fn answer(source: &SourceId, facet: Facet, status: SubjectStatus) -> ProbeStep {
    let what = format!("`{}` from `{source}`", facet.name());
    ProbeStep { what, passed: status == SubjectStatus::Known, text: status.to_string() }
}
