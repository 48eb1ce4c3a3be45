//! Taking reports: the hot path.

use std::sync::Arc;

use crate::absence::Absence;
use crate::aside::{Aside, Present};
use crate::calendar::ShowAs;
use crate::claim::{Claim, Step, Value, bare, calendar_word, key, observed_after, observed_offset, state};
use crate::decide::{Verdict, verdict};
use crate::fact::{Facet, Fact, Lifetime, Report};
use crate::identity::{Origin, Person};
use crate::line::{Call, Diversion, DiversionKind};
use crate::note::Note;
use crate::rich::RichState;
use crate::second::Second;
use crate::settle::settle;

use super::Engine;
use super::asides::Hold;

/// So many reports are looked at together before they are worked.
const SLICE: usize = 256;
/// At most so many claims are kept about one person.
const MOST_CLAIMS: usize = 256;

/// A report, made ready to be kept.
struct Incoming {
    person: Person,
    claim: Claim,
    observed: Second,
    /// What lies beside it, and when that changes by itself. Few facts have any: it is out of the way of the others.
    aside: Option<Box<(Aside, Second)>>,
}

/// A fact, as far as it can be told without the claim it renews.
pub(super) struct Told {
    pub(super) word: u32,
    /// Since when, where the fact says so.
    pub(super) began: Option<Second>,
    pub(super) aside: Option<Box<(Aside, Second)>>,
}

/// What a fact says.
pub(super) struct Telling {
    /// `None`: nothing, it is withdrawn.
    pub(super) told: Option<Told>,
    /// It, or some of it, had ended when it came.
    ended: bool,
}

impl Telling {
    const NOTHING: Self = Self { told: None, ended: false };
    const ENDED: Self = Self { told: None, ended: true };

    const fn of(told: Told) -> Self {
        Self { told: Some(told), ended: false }
    }
}

impl Told {
    const fn word(word: u32) -> Self {
        Self { word, began: None, aside: None }
    }

    fn aside(aside: Aside, now: Second) -> Self {
        let Present { word, began, next } = aside.present(now);
        Self { word, began, aside: Some(Box::new((aside, next))) }
    }
}

impl Engine {
    pub(super) fn take_all(&mut self, reports: &mut Vec<Report>) {
        let mut reports = reports.drain(..);
        while !reports.as_slice().is_empty() {
            self.touch(reports.as_slice().get(..SLICE).unwrap_or(reports.as_slice()));
            for report in reports.by_ref().take(SLICE) {
                self.take(report);
            }
        }
    }

    /// Reads what the reports will need, so that the waits for memory overlap.
    fn touch(&self, reports: &[Report]) {
        let people = || reports.iter().filter_map(|report| self.directory.binding(report.subject));
        people().for_each(|(person, _)| self.people.touch(person));
        people().for_each(|(person, _)| self.people.touch_blocks(person));
    }

    fn take(&mut self, report: Report) {
        let Some((person, place)) = self.directory.binding(report.subject) else {
            self.counts.unknown_subjects += 1;
            return;
        };
        let Some(standing) = self.sessions.hear(report.origin, self.now) else {
            self.counts.unknown_origins += 1;
            return;
        };
        self.counts.reports += 1;
        if self.problems.any(person) && self.problems.clear(report.origin, report.subject) {
            self.shape(person);
            self.dirty.push(person);
        }
        let facet = report.fact.facet();
        let key = key(facet, place, report.origin);
        let observed = Second::floor(report.observed_at);
        if observed > self.now {
            self.counts.future_reports += 1;
        }
        let observed = observed.min(self.now);
        let withdrawn = report.lifetime == Lifetime::Lease(0);
        let telling =
            if withdrawn { Telling::NOTHING } else { self.tell(person, report.fact, report.origin, self.now) };
        self.counts.ended_facts += u64::from(telling.ended);
        let Some(told) = telling.told else { return self.withdraw_if_not_late(person, key, observed) };
        let end = self.end(report.origin, facet, told.word, report.lifetime, standing);
        let end = told.aside.as_ref().map_or(end, |beside| end.min(beside.0.covered_until()));
        let claim = Claim::kept(key, told.word, told.began.unwrap_or(observed), end)
            .aside(told.aside.is_some())
            .left_over(!standing);
        self.keep(Incoming { person, claim, observed, aside: told.aside }, told.began.is_some());
    }

    /// What a fact says at `now`.
    pub(super) fn tell(&self, person: Person, fact: Fact, origin: Origin, now: Second) -> Telling {
        let word = |value: Value| Telling::of(Told::word(value.word()));
        let ended = |none: Value| Telling { told: Some(Told::word(none.word())), ended: true };
        let aside = |aside: Aside| Telling::of(Told::aside(aside, now));
        match fact {
            Fact::Unknown(_) => Telling::NOTHING,
            Fact::Call(call) => word(Value::Call(call)),
            Fact::Device(device) => word(Value::Device(device)),
            Fact::DoNotDisturb(on) => word(Value::DoNotDisturb(on)),
            Fact::Reach(reach) => word(Value::Reach(reach)),
            Fact::Roaming(abroad) => word(Value::Roaming(abroad)),
            Fact::ShowAs(word) => Telling::of(Told::word(self.bare_calendar(word, origin))),
            Fact::Rich(state) => Telling::of(rich(state)),
            Fact::Diversion(diversion) => Telling::of(self.diversion(person, diversion)),
            Fact::Manual(None) => word(Value::Manual(None)),
            Fact::Manual(Some(manual)) if manual.is_over(now) => ended(Value::Manual(None)),
            // A number that means nothing never speaks.
            Fact::Manual(Some(manual)) if !manual.availability.is_known() => Telling::NOTHING,
            Fact::Manual(Some(manual)) => aside(Aside::Manual(manual)),
            Fact::AutomaticReply(None) => word(Value::AutomaticReply(false)),
            Fact::AutomaticReply(Some(span)) if span.end() <= now => ended(Value::AutomaticReply(false)),
            Fact::AutomaticReply(Some(span)) => aside(Aside::Reply(span)),
            Fact::Absences(list) => absences(&list, now),
            Fact::Notes(list) => notes(&list, now),
            Fact::Agenda(agenda) if agenda.covered().end() <= now => Telling::ENDED,
            Fact::Agenda(agenda) => aside(Aside::Agenda(agenda)),
            Fact::Hours(hours) if hours.covered().end() <= now => Telling::ENDED,
            Fact::Hours(hours) => aside(Aside::Hours(hours)),
        }
    }

    /// A bare word counts as private, unless its source leaves private meetings out.
    fn bare_calendar(&self, word: ShowAs, origin: Origin) -> u32 {
        let spec = self.directory.sources().get(origin.index());
        if spec.is_some_and(|source| source.private_left_out) {
            calendar_word(Some(word), None)
        } else {
            calendar_word(None, Some(word))
        }
    }

    fn diversion(&self, person: Person, diversion: Diversion) -> Told {
        let kind = self.diversion_kind(person, &diversion);
        let aside = match diversion {
            Diversion::Number(Some(number)) => Some(Box::new((Aside::Number(number), Second::NEVER))),
            _ => None,
        };
        Told { word: Value::Diversion(kind).word(), began: None, aside }
    }

    /// A pilot number is voicemail, also where the PBX takes it for an ordinary number: users know "voicemail", not the
    /// digits.
    pub(super) fn diversion_kind(&self, person: Person, diversion: &Diversion) -> DiversionKind {
        match diversion {
            Diversion::Number(Some(number)) if self.directory.is_voicemail(person, number) => DiversionKind::Voicemail,
            _ => diversion.kind(),
        }
    }

    /// Until when a claim is good, counted from now.
    fn end(&self, origin: Origin, facet: Facet, word: u32, lifetime: Lifetime, standing: bool) -> Second {
        let life = match lifetime {
            Lifetime::Lease(seconds) => Some(seconds),
            Lifetime::Session => None,
            Lifetime::Default => self.default_life(origin, facet, word),
        };
        let end = life.map_or(Second::NEVER, |life| self.now.plus(life));
        if standing { end } else { end.min(self.now.plus(self.grace(origin, facet))) }
    }

    fn default_life(&self, origin: Origin, facet: Facet, word: u32) -> Option<u32> {
        let lives = &self.keeping.lives;
        match facet {
            Facet::Call if word == u32::from(Call::Idle.code()) => None,
            Facet::Call if word == u32::from(Call::InCall.code()) || word == u32::from(Call::Held.code()) => {
                Some(lives.in_call)
            }
            Facet::Call => Some(lives.ringing),
            Facet::Diversion => Some(lives.diversion),
            Facet::Roaming => Some(lives.roaming),
            Facet::Reach => Some(lives.reach),
            Facet::Rich => Some(self.tables.ladder(origin).fresh),
            _ => None,
        }
    }

    /// For how long something is still believed once its session is lost.
    pub(super) fn grace(&self, origin: Origin, facet: Facet) -> u32 {
        match facet {
            Facet::Rich => self.tables.ladder(origin).fresh,
            _ => self.keeping.grace(facet).unwrap_or(u32::MAX),
        }
    }

    fn withdraw_if_not_late(&mut self, person: Person, key: u32, observed: Second) {
        let Some(claim) = self.people.get(person, key) else { return };
        if !self.has_ended(&claim) && observed < self.guard(person, &claim) {
            self.counts.late_reports += 1;
            return;
        }
        self.counts.withdrawn += 1;
        self.withdraw(person, key);
        self.dirty.push(person);
    }

    /// Takes a claim away, with all that lies beside it.
    pub(super) fn withdraw(&mut self, person: Person, key: u32) {
        let claim = self.people.get(person, key);
        self.people.remove(person, key);
        let apart = claim.is_some_and(|claim| is_seen_apart(claim.facet())) || self.changed.is_apart(person);
        if self.asides.remove(person, key) || apart {
            self.changed.add(person);
        }
        self.holds.take(person, key);
    }

    fn has_ended(&self, claim: &Claim) -> bool {
        claim.step(self.now, &self.tables) == Step::Over
    }

    /// A report that was observed before this is late.
    fn guard(&self, person: Person, claim: &Claim) -> Second {
        if let Some(hold) = self.held(person, claim) {
            return hold.waiting.began();
        }
        if !keeps_last_observed(claim.facet()) {
            return claim.began();
        }
        match claim.is_aside().then(|| self.asides.get(person, claim.key())).flatten() {
            Some(beside) => beside.observed,
            None => claim.began().plus(observed_offset(claim.word())),
        }
    }

    fn held(&self, person: Person, claim: &Claim) -> Option<&Hold> {
        if claim.is_held() { self.holds.get(person, claim.key()) } else { None }
    }

    /// Keeps what came, beside or instead of what the same source said there on that facet.
    fn keep(&mut self, incoming: Incoming, tells_began: bool) {
        let Incoming { person, claim, observed, .. } = incoming;
        let known = self.people.get(person, claim.key());
        let Some(old) = known.filter(|old| !self.has_ended(old)) else { return self.keep_new(incoming, known) };
        if observed < self.guard(person, &old) {
            self.counts.late_reports += 1;
            return;
        }
        if self.hold_seconds(claim.facet()) > 0 {
            if old.is_held() {
                return self.keep_beside_held(incoming, old);
            }
            // What is no longer fresh holds nothing back.
            let fresh = old.step(self.now, &self.tables) == Step::Fresh;
            if fresh && frees(claim.facet(), old.word(), claim.word()) {
                return self.hold_back(incoming, &old);
            }
        }
        let same = same_word(&old, &claim);
        let began = if tells_began || !same { claim.began() } else { old.began() };
        let fresh = old.step(self.now, &self.tables) == Step::Fresh;
        let unchanged = same && fresh && old.is_left_over() == claim.is_left_over();
        self.store(Incoming { claim: claim.with_began(began), ..incoming }, known, !unchanged);
    }

    fn keep_new(&mut self, incoming: Incoming, ended: Option<Claim>) {
        let Incoming { person, claim, .. } = incoming;
        match ended {
            Some(_) => drop(self.holds.take(person, claim.key())),
            None if self.people.count(person) >= MOST_CLAIMS && !self.make_room(person, &claim) => return,
            None => {}
        }
        self.store(incoming, ended, true);
    }

    /// Something that makes free waits until the hold is over.
    fn hold_back(&mut self, incoming: Incoming, old: &Claim) {
        let Incoming { person, claim, aside, .. } = incoming;
        let until = self.now.plus(self.hold_seconds(claim.facet()));
        let hold = Hold { waiting: claim, aside, until };
        self.arm(person, hold.due(old));
        self.holds.put(person, claim.key(), hold);
        self.people.put(person, old.held(true));
        self.dirty.push(person);
    }

    fn keep_beside_held(&mut self, incoming: Incoming, standing: Claim) {
        let Incoming { person, claim, .. } = incoming;
        if same_word(&standing, &claim) {
            // Back to what stands: nothing has happened, but that it is renewed.
            self.holds.take(person, claim.key());
            return self.store(
                Incoming { claim: claim.with_began(standing.began()), ..incoming },
                Some(standing),
                true,
            );
        }
        if !frees(claim.facet(), standing.word(), claim.word()) {
            self.holds.take(person, claim.key());
            return self.store(incoming, Some(standing), true);
        }
        let Some(hold) = self.holds.get_mut(person, claim.key()) else {
            return self.store(incoming, Some(standing), true);
        };
        let began = if same_word(&hold.waiting, &claim) { hold.waiting.began() } else { claim.began() };
        hold.waiting = claim.with_began(began);
        hold.aside = incoming.aside;
        let due = hold.due(&standing);
        self.arm(person, due);
    }

    /// Writes a claim and what lies beside it; `moved`: what it amounts to may have changed.
    fn store(&mut self, incoming: Incoming, known: Option<Claim>, moved: bool) {
        let Incoming { person, claim, observed, aside } = incoming;
        let mut claim = claim;
        let edited = match aside {
            Some(beside) => {
                let (aside, next) = *beside;
                self.arm(person, next);
                self.asides.put(person, claim.key(), aside, observed, next)
            }
            None => {
                if keeps_last_observed(claim.facet()) {
                    claim = claim.with_word(observed_after(claim.word(), observed.since(claim.began())));
                }
                known.is_some_and(|known| known.is_aside()) && self.asides.remove(person, claim.key())
            }
        };
        self.people.put(person, claim);
        self.arm(person, claim.next_step(self.now, &self.tables));
        if moved {
            self.dirty.push(person);
        }
        // A calendar tells two words, a text has editions: some class may see a change that the whole does not show.
        if edited || moved && (is_seen_apart(claim.facet()) || self.changed.is_apart(person)) {
            self.changed.add(person);
        }
    }

    fn hold_seconds(&self, facet: Facet) -> u32 {
        self.hold_seconds.get(usize::from(facet.code())).copied().unwrap_or(0)
    }

    /// Of too many claims about one person the least trusted goes, whichever came last.
    fn make_room(&mut self, person: Person, newcomer: &Claim) -> bool {
        let typed = self.directory.typed();
        let least = |claim: &Claim| (self.tables.rank(claim.origin()), claim.place(), claim.facet());
        let claims = self.people.all_claims(person);
        let trust = |claim: &Claim| {
            self.with_shape(person, |shape| {
                self.tables.order(shape.row(claim.facet())).map_or(u16::MAX, |order| order.position(claim.origin()))
            })
        };
        let candidates = claims.iter().chain([newcomer]).filter(|claim| claim.origin() != typed);
        let goes = candidates.max_by_key(|claim| (trust(claim), least(claim))).map(Claim::key);
        self.counts.evicted += 1;
        match goes {
            Some(key) if key != newcomer.key() => {
                self.withdraw(person, key);
                self.dirty.push(person);
                true
            }
            Some(_) => false,
            None => true,
        }
    }

    /// Settles all whom the present call has touched.
    pub(super) fn settle_dirty(&mut self) {
        let mut dirty = std::mem::take(&mut self.dirty);
        for person in dirty.drain(..) {
            self.settle_one(person);
        }
        // A single large slice shall not hold on to its memory.
        dirty.shrink_to(SLICE * 16);
        self.dirty = dirty;
    }

    /// Settles one person, and decides if anything is different.
    pub(super) fn settle_one(&mut self, person: Person) {
        let mut scratch = std::mem::take(&mut self.scratch);
        let settled = {
            let claims = self.people.claims(person, &mut scratch);
            self.with_shape(person, |shape| settle(claims, shape, &self.tables, self.now, &mut ()))
        };
        self.scratch = scratch;
        self.arm(person, settled.recheck_at);
        let Some(record) = self.people.record_mut(person) else { return };
        if record.situation != settled.situation || record.verdict == Verdict::UNSET {
            record.situation = settled.situation;
            record.verdict = verdict(&settled.situation, &self.rules, &mut ());
            self.counts.changes += 1;
            self.changed.add(person);
        }
    }
}

fn rich(state: RichState) -> Told {
    let word = Value::Rich(state.availability, state.activity).word();
    let aside = state.custom.is_some().then(|| Box::new((Aside::Custom(state), Second::NEVER)));
    Told { word, began: None, aside }
}

fn absences(list: &Arc<[Absence]>, now: Second) -> Telling {
    let ended = list.iter().any(|absence| absence.is_over(now));
    let live =
        if ended { list.iter().filter(|absence| !absence.is_over(now)).cloned().collect() } else { Arc::clone(list) };
    let told =
        if live.is_empty() { Told::word(Value::Absence(None).word()) } else { Told::aside(Aside::Absences(live), now) };
    Telling { told: Some(told), ended }
}

fn notes(list: &Arc<[Note]>, now: Second) -> Telling {
    let ended = list.iter().any(|note| note.is_over(now));
    let live = if ended { list.iter().filter(|note| !note.is_over(now)).cloned().collect() } else { Arc::clone(list) };
    let told =
        if live.is_empty() { Told::word(Value::Note(false).word()) } else { Told::aside(Aside::Notes(live), now) };
    Telling { told: Some(told), ended }
}

/// Whether some class of viewers may see of a claim on this facet what another does not: of two calendar words, of notes
/// that are not for everybody. Such a claim may change what a class sees where the whole is the same.
pub(super) const fn is_seen_apart(facet: Facet) -> bool {
    matches!(facet, Facet::Calendar | Facet::Note)
}

/// Whether a claim on this facet remembers when it was last observed, not only when it began.
const fn keeps_last_observed(facet: Facet) -> bool {
    use Facet::{Absence, AutomaticReply, Calendar, Hours, Manual, Note};
    matches!(facet, Absence | AutomaticReply | Calendar | Hours | Manual | Note)
}

/// Whether two claims say the same; what is kept above a bare word is no part of it.
fn same_word(old: &Claim, new: &Claim) -> bool {
    let said = |claim: &Claim| {
        if keeps_last_observed(claim.facet()) && !claim.is_aside() { bare(claim.word()) } else { claim.word() }
    };
    // A bare word after an agenda is a new word, also where it reads alike: the agenda may have said more, to some.
    said(old) == said(new) && (old.facet() != Facet::Calendar || old.is_aside() == new.is_aside())
}

/// Whether going from one word to another makes somebody free: that is what a hold delays.
fn frees(facet: Facet, old: u32, new: u32) -> bool {
    match facet {
        Facet::Call => old != 0 && new == u32::from(Call::Idle.code()),
        Facet::Diversion | Facet::DoNotDisturb => old != 0 && new == 0,
        Facet::Rich => {
            let busy = |word| state(word).0.get() >= 6_000;
            busy(old) && !busy(new)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_makes_free_is_held_back() {
        let call = |call: Call| Value::Call(call).word();
        assert!(frees(Facet::Call, call(Call::InCall), call(Call::Idle)));
        assert!(!frees(Facet::Call, call(Call::Idle), call(Call::InCall)));
        assert!(!frees(Facet::Call, call(Call::InCall), call(Call::Held)));
        let on = |on| Value::DoNotDisturb(on).word();
        assert!(frees(Facet::DoNotDisturb, on(true), on(false)) && !frees(Facet::DoNotDisturb, on(false), on(true)));
        assert_eq!(Value::Diversion(DiversionKind::Off).word(), 0);
        assert!(!frees(Facet::Reach, 0, 1));
    }
}
