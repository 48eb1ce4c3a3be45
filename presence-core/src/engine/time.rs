//! Letting time pass, deadline by deadline, and taking it back.

use crate::aside::Aside;
use crate::claim::{Claim, Step};
use crate::fact::Facet;
use crate::identity::Person;
use crate::line::Diversion;
use crate::second::{OVERLOOKED, Second};

use super::Engine;
use super::report::is_seen_apart;

impl Engine {
    /// Works every deadline up to `now`, each at its own second and in order. Time does not go back.
    pub(super) fn pass(&mut self, now: Second) {
        while let Some(second) = self.next_deadline().filter(|second| *second <= now) {
            self.now = self.now.max(second);
            let people = &self.people;
            let armed = |person| people.record(person).map_or(Second::NEVER, |record| record.armed);
            let due = self.deadlines.take(self.now, armed);
            due.iter().for_each(|person| self.people.touch(*person));
            due.iter().for_each(|person| self.people.touch_blocks(*person));
            for person in due {
                self.look_again(person);
            }
            self.release_due();
        }
        self.now = self.now.max(now);
        let people = &self.people;
        let armed = |person| people.record(person).map_or(Second::NEVER, |record| record.armed);
        for person in self.deadlines.skip_to(self.now, armed) {
            self.look_again(person);
        }
    }

    fn next_deadline(&self) -> Option<Second> {
        self.deadlines.next().into_iter().chain(self.interest.next()).min()
    }

    /// Sets a deadline, if it is earlier than the one that is set.
    pub(super) fn arm(&mut self, person: Person, at: Second) {
        if at == Second::NEVER {
            return;
        }
        let Some(record) = self.people.record_mut(person) else { return };
        if at < record.armed {
            record.armed = self.deadlines.add(person, at);
        }
    }

    /// A deadline of a person has come: what has to change by itself does.
    fn look_again(&mut self, person: Person) {
        if let Some(record) = self.people.record_mut(person) {
            record.armed = Second::NEVER;
        }
        let before = Second::new(self.now.get().saturating_sub(1));
        let stepped = |claim: &Claim| claim.step(before, &self.tables) != claim.step(self.now, &self.tables);
        let apart = self.changed.is_apart(person);
        // What is no longer believed may be all that some class sees.
        if self.people.all_claims(person).iter().any(|claim| (apart || is_seen_apart(claim.facet())) && stepped(claim))
        {
            self.changed.add(person);
        }
        self.refresh(person);
        self.settle_one(person);
    }

    /// Brings up to date all that changes by itself: holds that are over, facts that say something else now.
    pub(super) fn refresh(&mut self, person: Person) {
        let claims = self.people.all_claims(person);
        for claim in claims.iter().filter(|claim| claim.is_held()) {
            self.end_hold(person, claim);
        }
        for claim in claims.iter().filter(|claim| claim.is_aside()) {
            self.refresh_aside(person, claim.key());
        }
    }

    fn end_hold(&mut self, person: Person, standing: &Claim) {
        let Some(hold) = self.holds.get(person, standing.key()) else { return };
        let due = hold.due(standing);
        if due > self.now {
            return self.arm(person, due);
        }
        self.release_hold(person, standing);
    }

    /// What was held back is said now.
    pub(super) fn release_hold(&mut self, person: Person, standing: &Claim) {
        let Some(hold) = self.holds.take(person, standing.key()) else { return };
        self.people.put(person, hold.waiting);
        match hold.aside {
            Some(beside) => {
                let (aside, next) = *beside;
                self.arm(person, next);
                self.asides.put(person, standing.key(), aside, hold.waiting.began(), next);
            }
            None => {
                self.asides.remove(person, standing.key());
            }
        }
        if standing.is_aside() || hold.waiting.is_aside() || self.changed.is_apart(person) {
            self.changed.add(person);
        }
    }

    fn refresh_aside(&mut self, person: Person, key: u32) {
        let Some(claim) = self.people.get(person, key) else { return };
        let now = self.now;
        let Some(beside) = self.asides.get_mut(person, key) else { return };
        if beside.next > now {
            let next = beside.next;
            return self.arm(person, next);
        }
        let boundary = if beside.next == Second::MIN { now } else { beside.next };
        let present = beside.aside.present(now);
        beside.next = present.next;
        let ends_texts = matches!(beside.aside, Aside::Notes(_) | Aside::Absences(_));
        self.arm(person, present.next);
        if !self.asides.get(person, key).is_some_and(|beside| beside.aside.has_word()) {
            return;
        }
        let same = present.word == claim.word();
        let began = present.began.unwrap_or_else(|| if same { claim.began() } else { boundary });
        self.people.put(person, claim.with_word(present.word).with_began(began));
        // Some class may see a change where the whole shows none: of two calendar words, of a note that has ended.
        if ends_texts || !same && (claim.facet() == Facet::Calendar || self.changed.is_apart(person)) {
            self.changed.add(person);
        }
    }

    /// Settles everybody anew.
    pub(super) fn settle_everybody(&mut self) {
        for person in self.directory.handles() {
            self.settle_one(person);
        }
    }

    /// Takes time back. What began in the future begins now; what the engine reckoned itself moves along; what facts say
    /// of their own begin and end stays.
    pub(super) fn go_back(&mut self, now: Second) {
        let by = self.now.since(now);
        if by <= OVERLOOKED {
            return;
        }
        self.counts.time_back += 1;
        self.now = now;
        self.deadlines.clear(now);
        self.interest.move_back(by, now);
        for person in self.directory.handles() {
            self.move_back(person, by);
            // What was no longer believed may be believed again, and may be all that some class sees.
            let seen_apart = |claim: &Claim| is_seen_apart(claim.facet());
            if self.changed.is_apart(person) || self.people.all_claims(person).iter().any(seen_apart) {
                self.changed.add(person);
            }
            self.refresh_fully(person);
        }
        self.settle_everybody();
        self.release_due();
    }

    fn move_back(&mut self, person: Person, by: u32) {
        if let Some(record) = self.people.record_mut(person) {
            record.armed = Second::NEVER;
        }
        let now = self.now;
        for claim in self.people.all_claims(person) {
            let covered =
                self.asides.get(person, claim.key()).map_or(Second::NEVER, |beside| beside.aside.covered_until());
            let moved = |claim: Claim, covered: Second| {
                let end = if claim.end() == covered { covered } else { claim.end().minus(by).min(covered) };
                claim.with_end(end).with_began(claim.began().min(now))
            };
            self.people.put(person, moved(claim, covered));
            if let Some(beside) = self.asides.get_mut(person, claim.key()) {
                beside.observed = beside.observed.min(now);
            }
            if let Some(hold) = self.holds.get_mut(person, claim.key()) {
                hold.until = hold.until.minus(by);
                hold.waiting = moved(hold.waiting, Second::NEVER);
            }
        }
    }

    /// Works out anew what every fact says now, whenever it was to be looked at next.
    fn refresh_fully(&mut self, person: Person) {
        for claim in self.people.all_claims(person) {
            if let Some(beside) = self.asides.get_mut(person, claim.key()) {
                beside.next = Second::MIN;
            }
        }
        self.refresh(person);
    }

    /// Reads diversions anew, after voicemail numbers have changed.
    pub(super) fn reread_diversions(&mut self) {
        for person in self.directory.handles() {
            for claim in self.people.all_claims(person).into_iter().filter(|claim| claim.facet() == Facet::Diversion) {
                let Some(Aside::Number(number)) = self.asides.get(person, claim.key()).map(|beside| &beside.aside)
                else {
                    continue;
                };
                let kind = self.diversion_kind(person, &Diversion::Number(Some(number.clone())));
                let word = crate::claim::Value::Diversion(kind).word();
                if claim.step(self.now, &self.tables) != Step::Over && word != claim.word() {
                    self.people.put(person, claim.with_word(word));
                }
            }
        }
    }
}
