//! From claims to a situation: who speaks at a place, and what several places amount to.
//!
//! What a viewer may not know has been left out before ([`see`](crate::see::see)).

use std::cmp::Ordering;

use crate::activity::Activity;
use crate::aside::HOURS_UNKNOWN;
use crate::availability::{Availability, Band};
use crate::claim::{Claim, Order, Step, Tables, Value, calendar_code, is_some, state, state_word};
use crate::device::Device;
use crate::explanation::{Trace, Why};
use crate::fact::Facet;
use crate::line::DiversionKind;
use crate::second::Second;
use crate::shape::{PlaceSet, Shape};
use crate::situation::{KNOWN_NONE, Lines, Situation};

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
    for about in claims.chunk_by(|a, b| a.facet_code() == b.facet_code()) {
        settling.facet(about, trace);
    }
    settling.finish()
}

/// A claim that is heard, and how.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Heard<'a> {
    /// The claim.
    pub claim: &'a Claim,
    /// How fresh it is.
    pub step: Step,
    word: u32,
}

impl Heard<'_> {
    /// What it says, taken down the ladder.
    #[must_use]
    pub fn value(&self) -> Value {
        Value::from_word(self.claim.facet(), self.word)
    }

    fn availability(&self) -> Availability {
        state(self.word).0
    }

    fn is_some(&self) -> bool {
        is_some(self.word)
    }
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
    /// All claims about one facet, place by place.
    fn facet(&mut self, claims: &'a [Claim], trace: &mut impl Trace) {
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
            self.recheck_at = self.recheck_at.min(claim.next_step(self.now, self.tables));
            match self.hear(facet, claim) {
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

    /// A claim as it is to be heard now, unless it says nothing any more.
    fn hear<'c>(&self, facet: Facet, claim: &'c Claim) -> Option<Heard<'c>> {
        let step = claim.step(self.now, self.tables);
        let word = claim.word();
        match (facet, step) {
            (_, Step::Over) => None,
            (Facet::Rich, _) => rich_word(word, step).map(|word| Heard { claim, step, word }),
            (Facet::Calendar, _) if calendar_code(word) == 0 => None,
            (Facet::Hours, _) if word & HOURS_UNKNOWN != 0 => None,
            _ => Some(Heard { claim, step, word }),
        }
    }

    /// A preferred source that yields gives way to one that does not and is as fresh.
    fn unless_it_yields<'c>(&self, facet: Facet, first: Heard<'c>, claims: &'c [Claim]) -> Heard<'c> {
        if !self.yields(&first) {
            return first;
        }
        let others = claims.iter().filter_map(|claim| self.hear(facet, claim));
        let standing = others.filter(|heard| heard.step <= first.step && !self.yields(heard));
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

    fn lines(&mut self, mobile: bool) -> &mut Lines {
        if mobile { &mut self.mobile } else { &mut self.desk }
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
    /// The strongest so far: a number whose meaning depends on the facet.
    strongest: u32,
    best: Option<Heard<'a>>,
    /// Accounts only: the best that does not yield.
    standing: Option<Heard<'a>>,
    diverted: [Option<Heard<'a>>; 2],
    on: [bool; 2],
}

impl<'a> Across<'a> {
    fn new(facet: Facet) -> Self {
        Self {
            facet,
            known: PlaceSet::default(),
            strongest: 0,
            best: None,
            standing: None,
            diverted: [None; 2],
            on: [false; 2],
        }
    }

    fn add(&mut self, heard: Heard<'a>, settling: &mut Settling<'_>, trace: &mut impl Trace) {
        let place = heard.claim.place();
        let mobile = settling.shape.is_mobile(place);
        let word = heard.word;
        self.known.insert(place);
        match self.facet {
            Facet::Call => settling.lines(mobile).call(place, word.to_le_bytes()[0]),
            Facet::Reach => settling.lines(mobile).reach(place, word.to_le_bytes()[0]),
            Facet::DoNotDisturb => self.turn_on(mobile, word & 1 == 1),
            Facet::Diversion => self.divert(mobile, heard, settling),
            Facet::Calendar => self.strongest = self.strongest.max(calendar_code(word)),
            Facet::AutomaticReply | Facet::Hours | Facet::Roaming => self.strongest = self.strongest.max(word & 1),
            Facet::Rich => return self.account(heard, settling, trace),
            Facet::Absence | Facet::Device | Facet::Manual | Facet::Note => {
                let order = |a: &Heard<'_>, b: &Heard<'_>| {
                    settling.compare(a, b).then_with(|| settling.compare_listing(a, b))
                };
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
        if !settling.yields(&heard)
            && self.standing.is_none_or(|other| settling.compare_accounts(&heard, &other) == Ordering::Less)
        {
            self.standing = Some(heard);
        }
        self.choose(heard, |a, b| settling.compare_accounts(a, b), settling, trace);
    }

    fn conclude(mut self, settling: &mut Settling<'_>, trace: &mut impl Trace) {
        let expected = settling.shape.expected(self.facet);
        let complete = !self.known.is_empty() && expected.within(self.known);
        match self.facet {
            // Calls and reach are concluded together, at the end.
            Facet::Call | Facet::Reach => {}
            Facet::DoNotDisturb => self.conclude_disturb(settling),
            Facet::Diversion => self.conclude_diversion(settling),
            Facet::Rich => self.conclude_rich(settling, trace),
            Facet::Calendar => {
                if complete || self.strongest >= BUSY_CODE {
                    settling.situation.set_calendar(self.strongest.to_le_bytes()[0]);
                }
            }
            Facet::AutomaticReply if complete || self.strongest > 0 => {
                settling.situation.set_automatic_reply(self.strongest > 0);
            }
            Facet::Hours if complete || self.strongest > 0 => {
                settling.situation.set_within_hours(self.strongest > 0);
            }
            Facet::Roaming if complete || self.strongest > 0 => settling.situation.set_roaming(self.strongest > 0),
            Facet::AutomaticReply | Facet::Hours | Facet::Roaming => {}
            Facet::Absence | Facet::Device | Facet::Manual | Facet::Note => {
                self.conclude_best(complete, settling, trace);
            }
        }
    }

    fn conclude_disturb(&self, settling: &mut Settling<'_>) {
        let expected = settling.shape.expected(self.facet);
        let mobiles = settling.shape.mobiles();
        let [desk_on, mobile_on] = self.on;
        let off = |expected: PlaceSet, known: PlaceSet| !known.is_empty() && expected.within(known);
        if desk_on || off(expected.minus(mobiles), self.known.minus(mobiles)) {
            settling.situation.desk.set_do_not_disturb(desk_on);
        }
        if mobile_on || off(expected.and(mobiles), self.known.and(mobiles)) {
            settling.situation.mobile.set_do_not_disturb(mobile_on);
        }
    }

    fn conclude_diversion(&self, settling: &mut Settling<'_>) {
        let kind = |heard: Heard<'_>| DiversionKind::from_code(heard.word.to_le_bytes()[0]);
        let [desk, mobile] = self.diverted.map(|heard| heard.and_then(kind));
        if let Some(kind) = desk {
            settling.situation.desk.set_diversion(kind);
        }
        if let Some(kind) = mobile {
            settling.situation.mobile.set_diversion(kind);
        }
    }

    fn conclude_rich(&mut self, settling: &mut Settling<'_>, trace: &mut impl Trace) {
        let Some(first) = self.best else { return };
        let standing = self.standing.filter(|heard| heard.step <= first.step && settling.yields(&first));
        let winner = standing.unwrap_or(first);
        if winner.claim.key() != first.claim.key() {
            trace.outranked(self.facet, &first, &winner, Why::Yields);
        }
        trace.speaks(self.facet, &winner);
        let (availability, activity) = state(winner.word);
        settling.situation.rich = availability.get();
        settling.situation.rich_activity = activity.code();
        if winner.step != Step::Fresh {
            settling.situation.set_decayed();
            settling.situation.set_stale(Facet::Rich);
        }
    }

    fn conclude_best(&self, complete: bool, settling: &mut Settling<'_>, trace: &mut impl Trace) {
        let Some(best) = self.best else { return };
        let some = match self.facet {
            Facet::Note => best.word & 1 == 1,
            Facet::Device => true,
            _ => best.is_some(),
        };
        if !some && !complete {
            return trace.waits(self.facet, &best);
        }
        trace.speaks(self.facet, &best);
        let (availability, activity) = state(best.word);
        let number = if some { availability.get() } else { KNOWN_NONE };
        let situation = &mut settling.situation;
        match self.facet {
            Facet::Absence => (situation.absence, situation.absence_activity) = (number, activity.code()),
            Facet::Manual => (situation.manual, situation.manual_activity) = (number, activity.code()),
            Facet::Note => situation.set_note(some),
            _ => {
                if let Some(device) = Device::from_code(best.word.to_le_bytes()[0]) {
                    situation.set_device(device);
                }
            }
        }
    }
}

/// The code of busy: what is at least that binds, below it frees.
const BUSY_CODE: u32 = 4;

/// What rich presence reads at this step of the ladder; numbers that mean nothing are not heard.
fn rich_word(word: u32, step: Step) -> Option<u32> {
    let (availability, activity) = state(word);
    if !availability.is_known() {
        return None;
    }
    match step {
        Step::Fresh => Some(word),
        Step::Decayed => Some(state_word(availability.idle_twin(), activity)),
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
