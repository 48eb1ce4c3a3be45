//! Sessions of sources: what is said belongs to one, and is left over when it ends.

use crate::claim::Claim;
use crate::diagnostics::{ConnectorStatus, SourceErrorKind};
use crate::directory::Directory;
use crate::fact::Facet;
use crate::identity::Origin;
use crate::second::Second;

use super::{Engine, Phase};

/// How a source stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    pub(super) number: Option<u32>,
    pub(super) stands: bool,
    pub(super) status: ConnectorStatus,
    pub(super) problem: Option<SourceErrorKind>,
    pub(super) reports: u64,
    pub(super) last_heard: Option<Second>,
}

/// All sources, by origin.
#[derive(Debug)]
pub(super) struct Sessions(pub(super) Vec<Standing>);

impl Sessions {
    pub(super) fn new(directory: &Directory) -> Self {
        let mut sessions = Self(Vec::new());
        sessions.grow(directory);
        sessions
    }

    /// Makes room for the sources of a directory. What is typed always stands.
    pub(super) fn grow(&mut self, directory: &Directory) {
        for spec in directory.sources().iter().skip(self.0.len()) {
            let typed = self.0.is_empty();
            let status = match (typed, spec.configured) {
                (true, _) => ConnectorStatus::UpAndRunning,
                (false, true) => ConnectorStatus::Connecting,
                (false, false) => ConnectorStatus::ServerNotConfigured,
            };
            self.0.push(Standing { stands: typed, status, ..Standing::default() });
        }
    }

    /// Notes that a source spoke; whether its session stands.
    pub(super) fn hear(&mut self, origin: Origin, now: Second) -> Option<bool> {
        let standing = self.0.get_mut(origin.index())?;
        standing.reports += 1;
        standing.last_heard = Some(now);
        Some(standing.stands)
    }

    pub(super) fn set_status(&mut self, origin: Origin, status: ConnectorStatus) {
        if let Some(standing) = self.0.get_mut(origin.index()) {
            standing.status = status;
        }
    }

    pub(super) fn set_problem(&mut self, origin: Origin, kind: SourceErrorKind) {
        if let Some(standing) = self.0.get_mut(origin.index()) {
            standing.problem = Some(kind);
            standing.status = kind.connector();
        }
    }

    pub(super) fn get(&self, origin: Origin) -> Standing {
        self.0.get(origin.index()).copied().unwrap_or_default()
    }

    pub(super) fn number(&self, origin: Origin) -> Option<u32> {
        self.get(origin).number
    }

    /// Sets a session as a recording has it.
    pub(super) fn restore(&mut self, origin: Origin, number: Option<u32>, stands: bool) {
        if let Some(standing) = self.0.get_mut(origin.index()) {
            standing.number = number;
            standing.stands = stands;
        }
    }
}

impl Engine {
    /// The number of the last session of a source; 0: it had none.
    #[cfg(feature = "hub")]
    pub(crate) fn last_session(&self, origin: Origin) -> u32 {
        self.sessions.number(origin).unwrap_or_default()
    }

    pub(super) fn take_phase(&mut self, origin: Origin, number: u32, phase: Phase) {
        let standing = self.sessions.get(origin);
        let is_standing = standing.stands && standing.number == Some(number);
        match phase {
            Phase::Begin if origin == self.directory.typed() => self.counts.ignored_phases += 1,
            Phase::Begin if standing.number.is_none_or(|last| last < number) => {
                self.begin(origin, number, standing.stands);
            }
            Phase::Complete if is_standing => self.complete(origin),
            // What is typed has one session without a number; all of it is told when the store has been read.
            Phase::Complete if origin == self.directory.typed() => self.complete(origin),
            Phase::Lost if is_standing => self.lose(origin),
            _ => self.counts.ignored_phases += 1,
        }
    }

    fn begin(&mut self, origin: Origin, number: u32, another_stands: bool) {
        if self.directory.source_id(origin).is_none() {
            self.counts.unknown_origins += 1;
            return;
        }
        if another_stands {
            self.lose(origin);
        }
        self.sessions.restore(origin, Some(number), true);
        self.sessions.set_status(origin, ConnectorStatus::UpAndRunning);
    }

    /// What this session did not repeat is withdrawn.
    fn complete(&mut self, origin: Origin) {
        for person in self.directory.handles() {
            let left_over = |claim: &Claim| claim.origin() == origin && claim.is_left_over();
            for claim in self.claims_of(person, left_over) {
                self.dirty.push(person);
                // What waits may have been said in this session: then that is what is repeated.
                if self.holds.get(person, claim.key()).is_some_and(|hold| !hold.waiting.is_left_over()) {
                    self.release_hold(person, &claim);
                    continue;
                }
                self.counts.withdrawn += 1;
                self.withdraw(person, claim.key());
            }
        }
    }

    /// What the lost session said is believed for a grace, and no longer.
    fn lose(&mut self, origin: Origin) {
        let number = self.sessions.number(origin);
        self.sessions.restore(origin, number, false);
        let graces = Facet::ALL.map(|facet| self.grace(origin, facet));
        let now = self.now;
        let shorten = |claim: Claim| {
            let grace = graces.get(usize::from(claim.facet_code())).copied().unwrap_or(u32::MAX);
            claim.with_end(claim.end().min(now.plus(grace))).left_over(true)
        };
        for person in self.directory.handles() {
            for claim in self.claims_of(person, |claim| claim.origin() == origin) {
                self.people.put(person, shorten(claim));
                if let Some(hold) = self.holds.get_mut(person, claim.key()) {
                    hold.waiting = shorten(hold.waiting);
                    let due = hold.due(&shorten(claim));
                    self.arm(person, due);
                }
                self.dirty.push(person);
            }
        }
    }

    fn claims_of(&mut self, person: crate::identity::Person, wanted: impl Fn(&Claim) -> bool) -> Vec<Claim> {
        let mut scratch = std::mem::take(&mut self.scratch);
        let claims = self.people.claims(person, &mut scratch);
        let found = claims.iter().filter(|claim| wanted(claim)).copied().collect();
        self.scratch = scratch;
        found
    }
}
