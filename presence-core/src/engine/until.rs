//! Until when what is shown holds, as far as facts tell.

use crate::aside::Aside;
use crate::calendar::{Meeting, ShowAs, Words};
use crate::claim::{Claim, Step};
use crate::decide::{Verdict, verdict};
use crate::identity::Person;
use crate::privacy::{Disclosure, Sight};
use crate::second::Second;
use crate::settle::settle;
use crate::shape::Shape;

use super::Engine;

/// At most so many boundaries that change a settled value are stepped over.
const MOST_CHANGES: usize = 64;
/// At most so many boundaries in all.
const MOST_STEPS: usize = 2_000;

impl Engine {
    /// The first factual boundary after which another availability or activity would be shown.
    ///
    /// A fact is a meeting, an absence, an automatic reply, a manual state, working hours; never a lease. A step into or
    /// out of the unknown is no fact, nor is a boundary whose time the viewer may not know.
    pub(super) fn until(&self, person: Person, sight: &Sight, claims: &[Claim], shape: &Shape) -> Option<Second> {
        let shown = |verdict: Verdict| (verdict.availability(), verdict.activity());
        let settled = |claims: &[Claim]| settle(claims, shape, &self.tables, self.now, &mut ()).situation;
        let mut situation = settled(claims);
        let now = shown(verdict(&situation, &self.rules, &mut ()));
        let mut at = self.now;
        let mut changes = 0;
        for _ in 0..MOST_STEPS {
            let next = self.next_boundary(person, sight, claims, at)?;
            let then = settled(&self.at_time(person, sight, claims, next));
            if then != situation {
                if shown(verdict(&then, &self.rules, &mut ())) != now {
                    return self.is_told(person, sight, claims, at, next).then_some(next);
                }
                changes += 1;
                if changes > MOST_CHANGES {
                    return None;
                }
                situation = then;
            }
            at = next;
        }
        None
    }

    /// The claims with every fact read at another time; claims without an end of their own stand as they do now.
    pub(super) fn at_time(&self, person: Person, sight: &Sight, claims: &[Claim], at: Second) -> Vec<Claim> {
        let read = |claim: &Claim| match self.fact_beside(person, claim) {
            Some(aside) => {
                let policy = sight.calendar(claim.place());
                let present = aside.present_to(at, &policy, |note| sight.reads(note));
                claim.with_word(present.word).with_began(present.began.unwrap_or_else(|| claim.began()))
            }
            None => *claim,
        };
        claims.iter().map(read).collect()
    }

    /// The fact beside a claim, if what the claim says is worked out from it.
    fn fact_beside(&self, person: Person, claim: &Claim) -> Option<&Aside> {
        let beside = claim.is_aside().then(|| self.asides.get(person, claim.key())).flatten()?;
        beside.aside.has_word().then_some(&beside.aside)
    }

    fn next_boundary(&self, person: Person, sight: &Sight, claims: &[Claim], at: Second) -> Option<Second> {
        let next = |claim: &Claim| {
            let policy = sight.calendar(claim.place());
            Some(self.fact_beside(person, claim)?.present_to(at, &policy, |note| sight.reads(note)).next)
        };
        claims.iter().filter_map(next).filter(|next| *next != Second::NEVER).min()
    }

    /// Whether the viewer may know what happens at `next`: no edge of the known, no time that is not told.
    fn is_told(&self, person: Person, sight: &Sight, claims: &[Claim], at: Second, next: Second) -> bool {
        let live = claims.iter().filter(|claim| claim.step(self.now, &self.tables) != Step::Over);
        live.into_iter().all(|claim| match self.fact_beside(person, claim) {
            Some(Aside::Agenda(agenda)) => {
                let policy = sight.calendar(claim.place());
                let read = |meeting: &Meeting| {
                    let told = if meeting.is_private() { policy.private } else { policy.ordinary };
                    told.read(meeting.show_as())
                };
                let edge = agenda.is_edge_of_the_known(next, read);
                let (before, after) = (agenda.words(at), agenda.words(next));
                let moved = |told: Disclosure, read: fn(Words) -> Option<ShowAs>| {
                    let word = |words: Option<_>| words.and_then(read).and_then(|word| told.read(word));
                    told == Disclosure::Busy && word(before) != word(after)
                };
                !edge
                    && !moved(policy.ordinary, |words| Some(words.open))
                    && !moved(policy.private, |words| words.private)
            }
            Some(Aside::Hours(hours)) => hours.at(at).is_some() == hours.at(next).is_some(),
            _ => true,
        })
    }
}
