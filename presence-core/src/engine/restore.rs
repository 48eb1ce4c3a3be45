//! What an engine remembers, taken out and put back: for recordings that begin in mid-life.

use std::collections::BTreeMap;

use crate::aside::Aside;
use crate::claim::Claim;
use crate::diagnostics::{ConnectorStatus, Counts, SourceErrorKind};
use crate::identity::{Origin, Person, Subject, WatcherId};
use crate::second::Second;

use super::Engine;
use super::asides::Hold;
use super::interest::Wish;
use super::session::Standing;
use super::status::Problem;

/// A claim, and all that lies beside it.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) claim: Claim,
    /// The fact beside it, and when it was last observed.
    pub(crate) beside: Option<(Aside, Second)>,
    pub(crate) waiting: Option<Waiting>,
}

/// A freeing value that waits.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) claim: Claim,
    pub(crate) aside: Option<Aside>,
    pub(crate) until: Second,
}

/// How a source stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptSession {
    pub(crate) number: Option<u32>,
    pub(crate) stands: bool,
    pub(crate) status: ConnectorStatus,
    pub(crate) problem: Option<SourceErrorKind>,
    pub(crate) reports: u64,
    pub(crate) last_heard: Option<Second>,
}

/// Trouble of a source with a subject.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptProblem {
    pub(crate) subject: Subject,
    pub(crate) origin: Origin,
    pub(crate) kind: SourceErrorKind,
    pub(crate) excludes: bool,
}

/// The wishes about one person.
#[derive(Clone, Debug)]
pub(crate) struct KeptWish {
    pub(crate) person: Person,
    pub(crate) leases: BTreeMap<WatcherId, Second>,
    pub(crate) last: Second,
    pub(crate) release_at: Vec<(Origin, Second)>,
    pub(crate) deadline: Second,
}

/// All that an engine remembers beside its configuration. Counters and editions are no part of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory {
    pub(crate) kept: Vec<(Person, Kept)>,
    pub(crate) sessions: Vec<(Origin, KeptSession)>,
    pub(crate) problems: Vec<KeptProblem>,
    pub(crate) wishes: Vec<KeptWish>,
}

impl Engine {
    /// All that this engine remembers.
    pub(crate) fn memory(&self) -> Memory {
        let kept = |person: Person| self.kept(person).into_iter().map(move |kept| (person, kept));
        let origins =
            (0..).map_while(|number| Some((Origin::new(number), self.directory.source_id(Origin::new(number))?)));
        let session = |origin: Origin| {
            let Standing { number, stands, status, problem, reports, last_heard } = self.sessions.get(origin);
            (origin, KeptSession { number, stands, status, problem, reports, last_heard })
        };
        Memory {
            kept: self.directory.people().flat_map(kept).collect(),
            sessions: origins.map(|(origin, _)| session(origin)).collect(),
            problems: self.kept_problems(),
            wishes: self.kept_wishes(),
        }
    }

    /// What is kept about a person, with all that lies beside it.
    fn kept(&self, person: Person) -> Vec<Kept> {
        let kept = |claim: Claim| {
            let beside = claim.is_aside().then(|| self.asides.get(person, claim.key())).flatten();
            let hold = claim.is_held().then(|| self.holds.get(person, claim.key())).flatten();
            Kept {
                claim,
                beside: beside.map(|beside| (beside.aside.clone(), beside.observed)),
                waiting: hold.map(|hold| Waiting {
                    claim: hold.waiting,
                    aside: hold.aside.as_ref().map(|beside| beside.0.clone()),
                    until: hold.until,
                }),
            }
        };
        self.people.all_claims(person).into_iter().map(kept).collect()
    }

    /// The facts beside a claim: the one that counts and the one that waits.
    pub(crate) fn facts_beside(&self, person: Person, key: u32) -> impl Iterator<Item = &Aside> {
        let beside = self.asides.get(person, key).map(|beside| &beside.aside);
        let waiting = self.holds.get(person, key).and_then(|hold| hold.aside.as_ref()).map(|beside| &beside.0);
        beside.into_iter().chain(waiting)
    }

    fn kept_problems(&self) -> Vec<KeptProblem> {
        let kept = |((subject, origin), problem): (&(u32, u16), &Problem)| KeptProblem {
            subject: Subject::new(*subject),
            origin: Origin::new(*origin),
            kind: problem.kind,
            excludes: problem.excludes,
        };
        self.problems.by_subject.iter().map(kept).collect()
    }

    fn kept_wishes(&self) -> Vec<KeptWish> {
        let kept = |(person, wish): (&u32, &Wish)| KeptWish {
            person: Person::new(*person),
            leases: wish.leases.clone(),
            last: wish.last,
            release_at: wish.release_at.iter().map(|(origin, at)| (Origin::new(*origin), *at)).collect(),
            deadline: wish.deadline,
        };
        self.interest.wishes.iter().map(kept).collect()
    }

    /// Puts back what an engine remembered; this one is new and knows nothing yet.
    ///
    /// Every deadline is set, and nothing is given out: whoever restores knows that everybody is new.
    pub(crate) fn restore(&mut self, memory: Memory) {
        let Memory { kept, sessions, problems, wishes } = memory;
        for (origin, session) in sessions {
            self.restore_session(origin, session);
        }
        for KeptProblem { subject, origin, kind, excludes } in problems {
            if let Some((person, _)) = self.directory.binding(subject) {
                self.problems.put(person, origin, subject, Problem { kind, excludes });
            }
        }
        for wish in wishes {
            self.restore_wish(wish);
        }
        for (person, kept) in kept {
            self.restore_claim(person, kept);
        }
        self.shape_everybody();
        self.settle_everybody();
        self.changed.clear();
        self.counts = Counts::default();
    }

    fn restore_session(&mut self, origin: Origin, session: KeptSession) {
        // What is typed always stands.
        let typed = origin == self.directory.typed();
        if let Some(standing) = self.sessions.0.get_mut(origin.index()) {
            let KeptSession { number, stands, status, problem, reports, last_heard } = session;
            *standing = Standing { number, stands: stands || typed, status, problem, reports, last_heard };
        }
    }

    fn restore_wish(&mut self, wish: KeptWish) {
        let KeptWish { person, leases, last, release_at, deadline } = wish;
        let release_at = release_at.into_iter().map(|(origin, at)| (origin.raw(), at)).collect();
        let before = self.interest.wishes.insert(person.raw(), Wish { leases, last, release_at, deadline });
        if let Some(before) = before {
            self.interest.deadlines.remove(&(before.deadline, person.raw()));
        }
        self.interest.deadlines.insert((deadline, person.raw()));
    }

    fn restore_claim(&mut self, person: Person, kept: Kept) {
        let Kept { claim, beside, waiting } = kept;
        let key = claim.key();
        self.people.put(person, claim.aside(beside.is_some()).held(waiting.is_some()));
        if let Some((aside, observed)) = beside {
            let next = aside.present(self.now).next;
            self.arm(person, next);
            self.asides.put(person, key, aside, observed, next);
        }
        if let Some(Waiting { claim: waiting, aside, until }) = waiting {
            let waiting = waiting.aside(aside.is_some());
            let hold = Hold { waiting, aside: aside.map(|aside| Box::new((aside, Second::NEVER))), until };
            self.arm(person, hold.due(&claim));
            self.holds.put(person, key, hold);
        }
    }
}
