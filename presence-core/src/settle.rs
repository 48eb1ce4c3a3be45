//! From claims to a situation: who speaks at a place, and what several places amount to.
//!
//! What a viewer may not know has been left out before ([`see`](crate::see::see)).

use std::cmp::Ordering;

use crate::activity::Activity;
use crate::aside::HOURS_UNKNOWN;
use crate::availability::{Availability, Band};
use crate::claim::{Claim, Order, Step, Tables, calendar_code, numbers, state, state_word};
use crate::device::Device;
use crate::fact::Facet;
use crate::line::DiversionKind;
use crate::second::Second;
use crate::shape::{PlaceSet, Shape};
use crate::situation::{KNOWN_NONE, Lines, Situation};
use crate::trace::{Heard, Trace, Why};

/// What settling gives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Settled {
    /// What the claims amount to now.
    pub situation: Situation,
    /// Before this second nothing changes by itself, as far as the claims can tell.
    pub recheck_at: Second,
}

/// Settles the claims about one person, sorted as the engine keeps them.
#[must_use]
pub fn settle(claims: &[Claim], shape: &Shape, tables: &Tables, now: Second, trace: &mut impl Trace) -> Settled {
    let mut settling = Settling {
        shape,
        tables,
        now,
        situation: Situation::default(),
        recheck_at: Second::NEVER,
        desk: Lines::default(),
        mobile: Lines::default(),
    };
    let mut rest = claims;
    while let [first, others @ ..] = rest {
        let more = others.iter().take_while(|other| settled_with(first, other)).count();
        if more == 0 {
            settling.alone(first, trace);
            rest = others;
        } else {
            let (about, others) = rest.split_at(more + 1);
            settling.together(about, trace);
            rest = others;
        }
    }
    settling.finish()
}

struct Settling<'a> {
    shape: &'a Shape,
    tables: &'a Tables,
    now: Second,
    situation: Situation,
    recheck_at: Second,
    desk: Lines,
    mobile: Lines,
}

impl<'a> Settling<'a> {
    /// The one claim about a facet: most facets of most people have one witness.
    fn alone(&mut self, claim: &Claim, trace: &mut impl Trace) {
        let facet = claim.facet();
        let step = self.step(claim);
        let Some(heard) = hear_at(facet, claim, step) else {
            if step == Step::Over {
                self.situation.set_stale(facet);
            }
            return trace.stale(facet, claim);
        };
        let listed = self.shape.listed(claim.place());
        let mobile = self.shape.counts_as_mobile(listed);
        let known = PlaceSet::of(listed);
        match facet {
            Facet::Call | Facet::Reach => self.line(facet, mobile, listed, &heard),
            Facet::DoNotDisturb => self.conclude_disturb(known, [!mobile && heard.is_on(), mobile && heard.is_on()]),
            Facet::Diversion => self.conclude_diversion(mobile, &heard),
            Facet::Calendar | Facet::AutomaticReply | Facet::Hours | Facet::Roaming => {
                self.conclude_strongest(facet, strength(facet, &heard), known);
            }
            Facet::Rich => return self.conclude_rich(&heard, trace),
            Facet::Absence | Facet::Device | Facet::Manual | Facet::Note => {
                return self.conclude_chosen(facet, &heard, known, trace);
            }
        }
        trace.speaks(facet, &heard);
    }

    /// All claims about one facet, place by place.
    fn together(&mut self, claims: &'a [Claim], trace: &mut impl Trace) {
        let Some(facet) = claims.first().map(Claim::facet) else { return };
        let mut across = Across::new(facet);
        for at_place in claims.chunk_by(|a, b| a.place() == b.place()) {
            match self.speaker(facet, at_place, trace) {
                Some(heard) => across.add(heard, self, trace),
                None if at_place.iter().any(|claim| claim.step(self.now, self.tables) == Step::Over) => {
                    self.situation.set_stale(facet);
                }
                None => {}
            }
        }
        across.conclude(self, trace);
    }

    /// Who speaks at one place: the freshest, of these the most trusted, of these what began last, then by name.
    fn speaker<'c>(&mut self, facet: Facet, claims: &'c [Claim], trace: &mut impl Trace) -> Option<Heard<'c>> {
        let mut first: Option<Heard<'c>> = None;
        for claim in claims {
            let step = self.step(claim);
            match hear_at(facet, claim, step) {
                Some(heard) if first.is_none_or(|other| self.goes_before(&heard, &other)) => first = Some(heard),
                Some(_) => {}
                None => trace.stale(facet, claim),
            }
        }
        let first = first?;
        let speaker = if claims.len() == 1 { first } else { self.unless_it_yields(facet, first, claims) };
        if claims.len() > 1 {
            for claim in claims.iter().filter(|claim| claim.origin() != speaker.claim.origin()) {
                if let (true, Some(heard)) = (trace.listens(), self.hear(facet, claim)) {
                    trace.outranked(facet, &heard, &speaker, self.why(&heard, &speaker));
                }
            }
        }
        Some(speaker)
    }

    /// How fresh a claim is now; and when that changes is noted.
    fn step(&mut self, claim: &Claim) -> Step {
        if self.now < claim.end() {
            self.recheck_at = self.recheck_at.min(claim.end());
            return Step::Fresh;
        }
        self.recheck_at = self.recheck_at.min(claim.next_step(self.now, self.tables));
        claim.step(self.now, self.tables)
    }

    /// A claim as it is to be heard now, unless it says nothing any more.
    fn hear<'c>(&self, facet: Facet, claim: &'c Claim) -> Option<Heard<'c>> {
        hear_at(facet, claim, claim.step(self.now, self.tables))
    }

    /// A preferred source that yields gives way to one that does not and is as fresh.
    fn unless_it_yields<'c>(&self, facet: Facet, first: Heard<'c>, claims: &'c [Claim]) -> Heard<'c> {
        if !self.yields(&first) {
            return first;
        }
        let others = claims.iter().filter_map(|claim| self.hear(facet, claim));
        // "None" never takes the place of what somebody has set.
        let says_none = |heard: &Heard<'_>| matches!(facet, Facet::Absence | Facet::Manual) && !heard.is_some();
        let fits = |heard: &Heard<'_>| heard.step <= first.step && !self.yields(heard) && !says_none(heard);
        let standing = others.filter(fits);
        standing.reduce(|best, heard| if self.goes_before(&heard, &best) { heard } else { best }).unwrap_or(first)
    }

    fn yields(&self, heard: &Heard<'_>) -> bool {
        let facet = heard.claim.facet();
        matches!(facet, Facet::Absence | Facet::Manual | Facet::Rich)
            && self.order(facet).is_some_and(|order| order.yields(heard.claim.origin(), heard.availability()))
    }

    fn order(&self, facet: Facet) -> Option<&'a Order> {
        self.tables.order(self.shape.row(facet))
    }

    fn position(&self, heard: &Heard<'_>) -> u16 {
        self.order(heard.claim.facet()).map_or(Order::UNNAMED, |order| order.position(heard.claim.origin()))
    }

    /// The order of witnesses of one place.
    fn goes_before(&self, a: &Heard<'_>, b: &Heard<'_>) -> bool {
        self.compare(a, b) == Ordering::Less
    }

    fn compare(&self, a: &Heard<'_>, b: &Heard<'_>) -> Ordering {
        // What somebody set goes before "nothing is set"; of calendars and absences equally trusted the strictest.
        let silent = |heard: &Heard<'_>| match heard.claim.facet() {
            Facet::Absence | Facet::Manual => !heard.is_some(),
            Facet::Note => heard.word & 1 == 0,
            _ => false,
        };
        let weight = |heard: &Heard<'_>| match heard.claim.facet() {
            Facet::Calendar => calendar_code(heard.word),
            Facet::Absence => u32::from(heard.availability().get()),
            _ => 0,
        };
        let name = |heard: &Heard<'_>| self.tables.rank(heard.claim.origin());
        (silent(a).cmp(&silent(b)))
            .then_with(|| a.step.cmp(&b.step))
            .then_with(|| self.position(a).cmp(&self.position(b)))
            .then_with(|| weight(b).cmp(&weight(a)))
            .then_with(|| b.claim.began().cmp(&a.claim.began()))
            .then_with(|| name(a).cmp(&name(b)))
    }

    /// Why `loser` is not heard beside `winner`.
    fn why(&self, loser: &Heard<'_>, winner: &Heard<'_>) -> Why {
        let says_none = |heard: &Heard<'_>| match heard.claim.facet() {
            Facet::Absence | Facet::Manual => !heard.is_some(),
            Facet::Note => heard.word & 1 == 0,
            _ => false,
        };
        if self.yields(loser) && !self.yields(winner) {
            Why::Yields
        } else if says_none(loser) && !says_none(winner) {
            Why::SaysNone
        } else if loser.claim.facet() == Facet::Rich && loser.claim.place() != winner.claim.place() {
            self.why_account(loser, winner)
        } else if loser.step != winner.step {
            Why::LessFresh
        } else if self.position(loser) != self.position(winner) {
            Why::LessTrusted
        } else if loser.word != winner.word && matches!(loser.claim.facet(), Facet::Absence | Facet::Calendar) {
            Why::LessStrict
        } else if loser.claim.began() != winner.claim.began() {
            Why::BeganEarlier
        } else {
            Why::LaterInOrder
        }
    }

    fn why_account(&self, loser: &Heard<'_>, winner: &Heard<'_>) -> Why {
        if self.position(loser) != self.position(winner) {
            Why::LessTrusted
        } else if account_rank(loser.availability()) != account_rank(winner.availability()) {
            Why::LessStrict
        } else if loser.step != winner.step {
            Why::LessFresh
        } else if loser.claim.began() != winner.claim.began() {
            Why::BeganEarlier
        } else {
            Why::LaterInOrder
        }
    }

    /// Rich presence of several accounts, which need not wait for each other.
    fn compare_accounts(&self, a: &Heard<'_>, b: &Heard<'_>) -> Ordering {
        (self.position(a).cmp(&self.position(b)))
            .then_with(|| account_rank(a.availability()).cmp(&account_rank(b.availability())))
            .then_with(|| a.step.cmp(&b.step))
            .then_with(|| b.claim.began().cmp(&a.claim.began()))
            .then_with(|| self.compare_listing(a, b))
    }

    fn compare_listing(&self, a: &Heard<'_>, b: &Heard<'_>) -> Ordering {
        self.shape.listed(a.claim.place()).cmp(&self.shape.listed(b.claim.place()))
    }

    /// A call or the reach of one telephone; what they amount to is concluded at the end.
    fn line(&mut self, facet: Facet, mobile: bool, listed: u8, heard: &Heard<'_>) {
        let lines = if mobile { &mut self.mobile } else { &mut self.desk };
        if facet == Facet::Call { lines.call(listed, heard.code()) } else { lines.reach(listed, heard.code()) }
    }

    /// On if it is on at any telephone of the kind; off if that is known wherever it is expected.
    fn conclude_disturb(&mut self, known: PlaceSet, [on_desk, on_mobile]: [bool; 2]) {
        let expected = self.shape.expected(Facet::DoNotDisturb);
        let mobiles = self.shape.mobiles();
        if on_desk || tells_off(expected.minus(mobiles), known.minus(mobiles)) {
            self.situation.desk.set_do_not_disturb(on_desk);
        }
        if on_mobile || tells_off(expected.and(mobiles), known.and(mobiles)) {
            self.situation.mobile.set_do_not_disturb(on_mobile);
        }
    }

    /// The diversion of the first telephone of its kind, in order, at which it is expected.
    fn conclude_diversion(&mut self, mobile: bool, heard: &Heard<'_>) {
        if self.shape.diverting(mobile).is_some_and(|place| place != heard.claim.place()) {
            return;
        }
        let lines = if mobile { &mut self.situation.mobile } else { &mut self.situation.desk };
        if let Some(kind) = DiversionKind::from_code(heard.code()) {
            lines.set_diversion(kind);
        }
    }

    /// What binds speaks alone; what frees only if the facet is known wherever it is expected.
    fn conclude_strongest(&mut self, facet: Facet, strongest: u32, known: PlaceSet) {
        let binds = strongest >= if facet == Facet::Calendar { BUSY_CODE } else { 1 };
        if !binds && !tells_off(self.shape.expected(facet), known) {
            return;
        }
        match facet {
            Facet::Calendar => self.situation.set_calendar(strongest.to_le_bytes()[0]),
            Facet::AutomaticReply => self.situation.set_automatic_reply(binds),
            Facet::Hours => self.situation.set_within_hours(binds),
            _ => self.situation.set_roaming(binds),
        }
    }

    fn conclude_rich(&mut self, heard: &Heard<'_>, trace: &mut impl Trace) {
        trace.speaks(Facet::Rich, heard);
        (self.situation.rich, self.situation.rich_activity) = numbers(heard.word);
        if heard.step != Step::Fresh {
            self.situation.set_decayed();
            self.situation.set_stale(Facet::Rich);
        }
    }

    /// One of all is heard; "none" only if the facet is known wherever it is expected.
    fn conclude_chosen(&mut self, facet: Facet, heard: &Heard<'_>, known: PlaceSet, trace: &mut impl Trace) {
        let some = match facet {
            Facet::Note => heard.is_on(),
            Facet::Device => true,
            _ => heard.is_some(),
        };
        if !some && !tells_off(self.shape.expected(facet), known) {
            return trace.waits(facet, heard);
        }
        trace.speaks(facet, heard);
        let (availability, activity) = numbers(heard.word);
        let number = if some { availability } else { KNOWN_NONE };
        let situation = &mut self.situation;
        match facet {
            Facet::Absence => (situation.absence, situation.absence_activity) = (number, activity),
            Facet::Manual => (situation.manual, situation.manual_activity) = (number, activity),
            Facet::Note => situation.set_note(some),
            _ => {
                if let Some(device) = Device::from_code(heard.code()) {
                    situation.set_device(device);
                }
            }
        }
    }

    fn finish(mut self) -> Settled {
        let mobiles = self.shape.mobiles();
        let (calls, reach) = (self.shape.expected(Facet::Call), self.shape.expected(Facet::Reach));
        let (desk, mobile) = (&mut self.situation.desk, &mut self.situation.mobile);
        desk.add(self.desk.finish(calls.minus(mobiles), reach.minus(mobiles)));
        mobile.add(self.mobile.finish(calls.and(mobiles), reach.and(mobiles)));
        self.situation.set_only_mobile(self.shape.only_mobile());
        self.situation.set_expected(self.shape.all_expected());
        Settled { situation: self.situation, recheck_at: self.recheck_at }
    }
}

/// What several places amount to, on one facet.
struct Across<'a> {
    facet: Facet,
    known: PlaceSet,
    /// Of facets where the strongest counts.
    strongest: u32,
    /// Of facets where one is heard.
    best: Option<Heard<'a>>,
    /// Of accounts: all, where one may give way to another.
    accounts: Vec<Heard<'a>>,
    /// Of diversions, by kind of telephone.
    diverted: [Option<Heard<'a>>; 2],
    /// Of do-not-disturb, by kind of telephone.
    on: [bool; 2],
}

impl<'a> Across<'a> {
    const fn new(facet: Facet) -> Self {
        Self {
            facet,
            known: PlaceSet::NONE,
            strongest: 0,
            best: None,
            accounts: Vec::new(),
            diverted: [None; 2],
            on: [false; 2],
        }
    }

    fn add(&mut self, heard: Heard<'a>, settling: &mut Settling<'_>, trace: &mut impl Trace) {
        let listed = settling.shape.listed(heard.claim.place());
        let mobile = settling.shape.counts_as_mobile(listed);
        self.known.insert(listed);
        match self.facet {
            Facet::Call | Facet::Reach => settling.line(self.facet, mobile, listed, &heard),
            Facet::DoNotDisturb => self.turn_on(mobile, heard.is_on()),
            Facet::Diversion => self.divert(mobile, heard, settling),
            Facet::Calendar | Facet::AutomaticReply | Facet::Hours | Facet::Roaming => {
                self.strongest = self.strongest.max(strength(self.facet, &heard));
            }
            Facet::Rich => return self.account(heard, settling, trace),
            Facet::Absence | Facet::Device | Facet::Manual | Facet::Note => {
                let order =
                    |a: &Heard<'_>, b: &Heard<'_>| settling.compare(a, b).then_with(|| settling.compare_listing(a, b));
                return self.choose(heard, order, settling, trace);
            }
        }
        trace.speaks(self.facet, &heard);
    }

    fn turn_on(&mut self, mobile: bool, on: bool) {
        if let Some(slot) = self.on.get_mut(usize::from(mobile)) {
            *slot |= on;
        }
    }

    /// The diversion of the first telephone, in order, at which it is expected; the others are lamps.
    fn divert(&mut self, mobile: bool, heard: Heard<'a>, settling: &Settling<'_>) {
        let Some(slot) = self.diverted.get_mut(usize::from(mobile)) else { return };
        let counts = match settling.shape.diverting(mobile) {
            Some(place) => place == heard.claim.place(),
            None => slot.is_none_or(|other| settling.compare_listing(&heard, &other) == Ordering::Less),
        };
        if counts {
            *slot = Some(heard);
        }
    }

    fn choose(
        &mut self,
        heard: Heard<'a>,
        order: impl Fn(&Heard<'_>, &Heard<'_>) -> Ordering,
        settling: &Settling<'_>,
        trace: &mut impl Trace,
    ) {
        let Some(best) = self.best else {
            self.best = Some(heard);
            return;
        };
        let (winner, loser) = if order(&heard, &best) == Ordering::Less { (heard, best) } else { (best, heard) };
        if trace.listens() {
            trace.outranked(self.facet, &loser, &winner, settling.why(&loser, &winner));
        }
        self.best = Some(winner);
    }

    fn account(&mut self, heard: Heard<'a>, settling: &Settling<'_>, trace: &mut impl Trace) {
        self.accounts.push(heard);
        self.choose(heard, |a, b| settling.compare_accounts(a, b), settling, trace);
    }

    fn conclude(self, settling: &mut Settling<'_>, trace: &mut impl Trace) {
        match self.facet {
            Facet::Call | Facet::Reach => {}
            Facet::DoNotDisturb => settling.conclude_disturb(self.known, self.on),
            Facet::Diversion => {
                let [desk, mobile] = self.diverted;
                desk.iter().for_each(|heard| settling.conclude_diversion(false, heard));
                mobile.iter().for_each(|heard| settling.conclude_diversion(true, heard));
            }
            Facet::Calendar | Facet::AutomaticReply | Facet::Hours | Facet::Roaming if !self.known.is_empty() => {
                settling.conclude_strongest(self.facet, self.strongest, self.known);
            }
            Facet::Calendar | Facet::AutomaticReply | Facet::Hours | Facet::Roaming => {}
            Facet::Rich => self.conclude_rich(settling, trace),
            Facet::Absence | Facet::Device | Facet::Manual | Facet::Note => {
                if let Some(best) = &self.best {
                    settling.conclude_chosen(self.facet, best, self.known, trace);
                }
            }
        }
    }

    fn conclude_rich(&self, settling: &mut Settling<'_>, trace: &mut impl Trace) {
        let Some(first) = self.best else { return };
        let standing = || {
            let fits = |heard: &&Heard<'_>| heard.step <= first.step && !settling.yields(heard);
            self.accounts.iter().filter(fits).min_by(|a, b| settling.compare_accounts(a, b)).copied()
        };
        let winner = if settling.yields(&first) { standing().unwrap_or(first) } else { first };
        if winner.claim.key() != first.claim.key() {
            trace.outranked(self.facet, &first, &winner, Why::Yields);
        }
        settling.conclude_rich(&winner, trace);
    }
}

/// Whether what frees may speak: something is known, and it is known wherever it is expected.
const fn tells_off(expected: PlaceSet, known: PlaceSet) -> bool {
    !known.is_empty() && expected.within(known)
}

/// Of facets where the strongest counts: how strong.
const fn strength(facet: Facet, heard: &Heard<'_>) -> u32 {
    match facet {
        Facet::Calendar => calendar_code(heard.word),
        _ => heard.word & 1,
    }
}

/// Whether two claims have to be looked at together. Calls and reach are gathered from all telephones anyway, so there
/// only the witnesses of one telephone need each other.
const fn settled_with(first: &Claim, other: &Claim) -> bool {
    const CALL: u8 = Facet::Call.code();
    const REACH: u8 = Facet::Reach.code();
    let facet = first.facet_code();
    facet == other.facet_code() && (!matches!(facet, CALL | REACH) || first.place() == other.place())
}

/// The code of busy: what is at least that binds, below it frees.
const BUSY_CODE: u32 = 4;

fn hear_at(facet: Facet, claim: &Claim, step: Step) -> Option<Heard<'_>> {
    let word = claim.word();
    match (facet, step) {
        (_, Step::Over) => None,
        (Facet::Rich, _) => rich_word(word, step).map(|word| Heard { claim, step, word }),
        (Facet::Calendar, _) if calendar_code(word) == 0 => None,
        (Facet::Hours, _) if word & HOURS_UNKNOWN != 0 => None,
        _ => Some(Heard { claim, step, word }),
    }
}

/// What rich presence reads at this step of the ladder; numbers that mean nothing are not heard.
fn rich_word(word: u32, step: Step) -> Option<u32> {
    if numbers(word).0 < Band::Online.floor().get() {
        return None;
    }
    match step {
        Step::Fresh => Some(word),
        Step::Decayed => {
            let (availability, activity) = state(word);
            Some(state_word(availability.idle_twin(), activity))
        }
        Step::TakenOffline => Some(state_word(Availability::OFFLINE, Activity::Offline)),
        Step::Over => None,
    }
}

/// Of several accounts: do-not-disturb, busy, online, be right back, away, offline; an idle twin just after its own.
const fn account_rank(availability: Availability) -> u8 {
    match availability.band() {
        Band::DoNotDisturb => 0,
        Band::Busy => 1,
        Band::IdleBusy => 2,
        Band::Online => 3,
        Band::IdleOnline => 4,
        Band::BeRightBack => 5,
        Band::Away => 6,
        Band::Offline => 7,
        Band::None => 8,
    }
}
