//! Keeping once more, written from the description and not from the code: a list of what was said, and what of it is
//! still believed at a given second. Nothing is worked out ahead, nothing is armed; every answer is worked out anew.

use std::collections::BTreeMap;

use presence_core::absence::Absence;
use presence_core::calendar::{Agenda, Hours, Meeting, ShowAs, Span};
use presence_core::{
    AfterDecay, Call, Diversion, DiversionKind, Facet, Fact, Ladder, Lifetime, Phase, RuleSet, Scope, Step, ViewerId,
};

use super::settling::{Heard, Place, Sit, Val, settle};
use super::world::{Event, START, TYPED, Told, What, World};

const NEVER: u32 = u32::MAX;
const DAY: u32 = 86_400;

// Where the engine does something else than the description says. Each of these is to be false, and then to go.

/// Manual states are guarded by when they began (or ended by themselves), not by the last report that was taken.
const MANUAL_GUARDED_BY_BEGAN: bool = false;
/// The edge of a calendar that is not believed any more hides what else begins or ends in that second.
const EDGES_OF_WHAT_RAN_OUT: bool = false;

/// Where somebody says something: person, place, facet, source.
type Key = (usize, usize, Facet, usize);

/// One thing that was said.
#[derive(Clone, Debug)]
struct Spoken {
    fact: Fact,
    began: u32,
    observed: u32,
    /// When it was received.
    taken: u32,
    /// Of rich presence the end of "fresh", of all else the end.
    end: u32,
}

#[derive(Clone, Debug)]
struct Kept {
    standing: Spoken,
    /// What makes free and is held back, and until when.
    held: Option<(Spoken, u32)>,
    /// The session in which it was last said.
    session: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Session {
    last: Option<u32>,
    stands: bool,
    complete: bool,
}

/// What was said so far.
pub(crate) struct Naive<'a> {
    world: &'a World,
    kept: BTreeMap<Key, Kept>,
    sessions: Vec<Session>,
    pub(crate) now: u32,
}

impl<'a> Naive<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        let mut sessions = vec![Session::default(); world.sources.len()];
        sessions[TYPED].stands = true;
        Self { world, kept: BTreeMap::new(), sessions, now: START }
    }

    /// Takes one more input. Time does not go back.
    pub(crate) fn take(&mut self, event: &Event) {
        self.now = self.now.max(event.at);
        match &event.what {
            What::Report(told) => self.report(told),
            What::Session { source, number, phase } => self.phase(*source, *number, *phase),
            What::Wanted { .. } | What::Tick => {}
            What::Directory(_) => panic!("not followed here"),
        }
    }

    fn ladder(&self, source: usize) -> Ladder {
        self.world.keeping.ladder_of(&self.world.sources[source].id)
    }

    /// For how long what a source said on this facet is good without a session.
    fn grace(&self, source: usize, facet: Facet) -> Option<u32> {
        if source == TYPED {
            return None;
        }
        match facet {
            Facet::Rich => Some(self.ladder(source).fresh),
            Facet::Absence | Facet::Manual | Facet::Note => None,
            Facet::AutomaticReply | Facet::Calendar | Facet::Hours => Some(self.world.keeping.graces.calendar),
            _ => Some(self.world.keeping.graces.telephone),
        }
    }

    fn report(&mut self, told: &Told) {
        let now = self.now;
        let key = (told.person, told.place, told.fact.facet(), told.source);
        let observed = told.observed.min(now);
        let before =
            self.kept.get(&key).map(|kept| kept.uncovered(now)).filter(|kept| kept.lives(now, self, told.source));
        if before.as_ref().is_some_and(|kept| observed < kept.guard(now)) {
            return;
        }
        if told.lifetime == Lifetime::Lease(0) || matches!(told.fact, Fact::Unknown(_)) {
            self.kept.remove(&key);
            return;
        }
        let fact = self.without_what_is_over(told);
        let session = self.sessions[told.source];
        let mut end = self.end(told, &fact);
        if let (false, Some(grace)) = (session.stands, self.grace(told.source, fact.facet())) {
            end = end.min(now.saturating_add(grace));
        }
        // Past what is covered there is nothing to be kept.
        match &fact {
            Fact::Agenda(agenda) => end = end.min(agenda.covered().end().get()),
            Fact::Hours(hours) => end = end.min(hours.covered().end().get()),
            _ => {}
        }
        let mut said = Spoken { began: observed, observed, taken: now, fact, end };
        let mut held = None;
        if let Some(before) = before {
            let last = before.held.as_ref().map_or(&before.standing, |(said, _)| said);
            if last.says_the_same(&said, now) {
                said.began = last.began_at(now);
            }
            let hold = self.world.keeping.hold(said.fact.facet());
            if before.standing.says_the_same(&said, now) {
                said.began = before.standing.began_at(now);
            } else if said.frees_from(&before.standing) && now < before.standing.end {
                let until = before.held.as_ref().map_or_else(|| now.saturating_add(hold), |(_, until)| *until);
                if now < until {
                    held = Some((said, until));
                    said = before.standing;
                }
            }
        }
        self.kept.insert(key, Kept { standing: said, held, session: session.last.filter(|_| session.stands) });
    }

    fn without_what_is_over(&self, told: &Told) -> Fact {
        let now = self.now;
        let over = |end: Option<presence_core::Second>| end.is_some_and(|end| end.get() <= now);
        match &told.fact {
            Fact::Manual(Some(state)) if over(state.until) => Fact::Manual(None),
            Fact::AutomaticReply(Some(span)) if over(Some(span.end())) => Fact::AutomaticReply(None),
            Fact::Absences(list) => Fact::Absences(list.iter().filter(|one| !over(one.until())).cloned().collect()),
            Fact::Notes(list) => Fact::Notes(list.iter().filter(|one| !over(one.ends())).cloned().collect()),
            Fact::Diversion(Diversion::Number(Some(number))) => {
                let directory = &self.world.directory;
                let person = self.world.people[told.person].handle;
                let voicemail = directory.is_voicemail(person, number);
                Fact::Diversion(if voicemail { Diversion::Voicemail } else { Diversion::Number(None) })
            }
            other => other.clone(),
        }
    }

    fn end(&self, told: &Told, fact: &Fact) -> u32 {
        let lives = self.world.keeping.lives;
        let seconds = match (told.lifetime, fact) {
            (Lifetime::Lease(seconds), _) => Some(seconds),
            (Lifetime::Session, _) => None,
            (_, Fact::Call(Call::Ringing | Call::Dialling)) => Some(lives.ringing),
            (_, Fact::Call(Call::InCall | Call::Held)) => Some(lives.in_call),
            (_, Fact::Diversion(_)) => Some(lives.diversion),
            (_, Fact::Roaming(_)) => Some(lives.roaming),
            (_, Fact::Reach(_)) => Some(lives.reach),
            (_, Fact::Rich(_)) => Some(self.ladder(told.source).fresh),
            _ => None,
        };
        seconds.map_or(NEVER, |seconds| self.now.saturating_add(seconds))
    }

    fn phase(&mut self, source: usize, number: u32, phase: Phase) {
        let session = self.sessions[source];
        match phase {
            Phase::Begin if session.last.is_none_or(|last| number > last) => {
                if session.stands {
                    self.lose(source);
                }
                self.sessions[source] = Session { last: Some(number), stands: true, complete: false };
            }
            Phase::Complete if session.stands && session.last == Some(number) && !session.complete => {
                self.sessions[source].complete = true;
                self.kept.retain(|key, kept| key.3 != source || kept.session == Some(number));
            }
            Phase::Lost if session.stands && session.last == Some(number) => {
                self.lose(source);
                self.sessions[source].stands = false;
            }
            _ => {}
        }
    }

    fn lose(&mut self, source: usize) {
        let now = self.now;
        let keys: Vec<Key> = self.kept.keys().copied().filter(|key| key.3 == source).collect();
        for key in keys {
            let Some(grace) = self.grace(source, key.2) else { continue };
            let mut kept = self.kept[&key].uncovered(now);
            let latest = now.saturating_add(grace);
            kept.standing.end = kept.standing.end.min(latest);
            if let Some((held, _)) = &mut kept.held {
                held.end = held.end.min(latest);
            }
            self.kept.insert(key, kept);
        }
    }

    /// Who says what of a person at that second, if nobody says anything more until then.
    fn heard(&self, person: usize, at: At<'_>) -> Vec<Heard> {
        let mut heard = Vec::new();
        for ((_, place, facet, source), kept) in self.kept.iter().filter(|(key, _)| key.0 == person) {
            let kept = kept.uncovered(at.lives);
            if !kept.lives(at.lives, self, *source) {
                continue;
            }
            let step = kept.step(at.lives, self, *source);
            let Some((val, began)) = kept.standing.at(at) else { continue };
            let val = taken_down(val, step);
            if !val.speaks() {
                continue;
            }
            let (position, yields) = self.trusted(person, *facet, *source, val);
            let source = self.world.sources[*source].id.clone();
            heard.push(Heard { place: *place, source, val, step, began, position, yields });
        }
        heard
    }

    /// The position in the row of precedence that holds, and whether it lets this value give way.
    fn trusted(&self, person: usize, facet: Facet, source: usize, val: Val) -> (Option<u16>, bool) {
        let person = &self.world.people[person];
        let rows = &self.world.rules.precedence;
        let of = |scope: Option<Scope>| {
            scope.and_then(|scope| rows.iter().find(|row| row.facet == facet && row.scope == scope))
        };
        let row = of(Some(Scope::Person(person.id.clone())))
            .or_else(|| of(person.department.clone().map(Scope::Group)))
            .or_else(|| of(Some(Scope::Everybody)));
        let Some(row) = row else { return (None, false) };
        let position = row.order.iter().position(|id| *id == self.world.sources[source].id);
        let position = position.map(|position| u16::try_from(position).unwrap());
        (position, position.is_some() && val.band().is_some_and(|band| row.yields.contains(&band)))
    }

    fn situation_of(&self, person: usize, at: At<'_>) -> Sit {
        let info = &self.world.people[person];
        let places: Vec<Place> =
            info.places.iter().map(|place| Place { kind: place.kind, expected: place.expected }).collect();
        settle(&places, info.has_desk(), &self.heard(person, at))
    }

    /// What is the case of a person at that second, as `viewer` may know it, who may know everything but notes for
    /// others.
    pub(crate) fn situation(&self, person: usize, second: u32, viewer: &ViewerId) -> Sit {
        self.situation_of(person, At { lives: second, facts: second, viewer })
    }

    /// The first second after `now`, if there is one and it may be told, at which a fact that has a time of its own
    /// makes something else be shown.
    pub(crate) fn until(&self, person: usize, now: u32, rules: &RuleSet, viewer: &ViewerId) -> Until {
        let shown = |facts| self.situation_of(person, At { lives: now, facts, viewer }).decide(rules).0;
        let before = shown(now);
        let mut boundaries = Vec::new();
        for (key, kept) in self.kept.iter().filter(|(key, _)| key.0 == person) {
            let kept = kept.uncovered(now);
            if kept.lives(now, self, key.3) {
                boundaries.extend(kept.standing.boundaries());
            }
        }
        boundaries.sort_unstable_by_key(|(second, _)| *second);
        let next = boundaries.iter().find(|(second, _)| *second > now && !shown(*second).looks_like(&before));
        let Some((second, _)) = next else { return Until::Never };
        let mut here = boundaries.iter().filter(|(other, _)| other == second).map(|(_, unknown)| *unknown);
        let (first, mixed) = (here.next(), here.collect::<Vec<_>>());
        // What has run out has edges too, of which the description does not say that they are forgotten.
        let own = self.kept.iter().filter(|(key, _)| EDGES_OF_WHAT_RAN_OUT && key.0 == person);
        let ran_out = own.flat_map(|(_, kept)| kept.standing.boundaries()).any(|edge| edge == (*second, true));
        match first {
            Some(false) if ran_out => Until::Either(*second),
            Some(first) if mixed.iter().any(|other| *other != first) => Until::Either(*second),
            Some(true) => Until::Never,
            _ => Until::At(*second),
        }
    }
}

/// Until when what is shown stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Until {
    At(u32),
    Never,
    /// Something known and something unknown begin or end together: the description does not say.
    Either(u32),
}

/// When: how much is still believed, what the facts with times of their own say, and who asks.
#[derive(Clone, Copy)]
struct At<'a> {
    lives: u32,
    facts: u32,
    viewer: &'a ViewerId,
}

impl Kept {
    /// The same at a later second: what was held back speaks, if it is time.
    fn uncovered(&self, now: u32) -> Self {
        match &self.held {
            Some((held, until)) if self.standing_ends(held).min(*until) <= now => {
                Self { standing: held.clone(), held: None, session: self.session }
            }
            _ => self.clone(),
        }
    }

    /// When the standing value leaves the word to what is held back. Rich presence goes down the ladder of what is held
    /// as soon as that is not fresh any more.
    fn standing_ends(&self, held: &Spoken) -> u32 {
        let end = self.standing.end;
        if matches!(held.fact, Fact::Rich(_)) { end.min(held.end) } else { end }
    }

    /// Before which second nothing is taken any more.
    fn guard(&self, now: u32) -> u32 {
        let last = self.held.as_ref().map_or(&self.standing, |(said, _)| said);
        match last.fact {
            Fact::Manual(Some(state)) if MANUAL_GUARDED_BY_BEGAN && state.is_over(presence_core::Second::new(now)) => {
                state.until.unwrap().get()
            }
            Fact::Manual(_) if MANUAL_GUARDED_BY_BEGAN => last.began,
            Fact::Absences(_)
            | Fact::AutomaticReply(_)
            | Fact::Agenda(_)
            | Fact::ShowAs(_)
            | Fact::Hours(_)
            | Fact::Manual(_)
            | Fact::Notes(_) => last.observed,
            _ => last.began,
        }
    }

    fn lives(&self, now: u32, naive: &Naive<'_>, source: usize) -> bool {
        let last = self.held.as_ref().map_or(&self.standing, |(said, _)| said);
        self.step_of(last, now, naive, source) != Step::Over
    }

    fn step(&self, now: u32, naive: &Naive<'_>, source: usize) -> Step {
        self.step_of(&self.standing, now, naive, source)
    }

    fn step_of(&self, said: &Spoken, now: u32, naive: &Naive<'_>, source: usize) -> Step {
        if now < said.end {
            return Step::Fresh;
        }
        if !matches!(said.fact, Fact::Rich(_)) {
            return Step::Over;
        }
        let ladder = naive.ladder(source);
        if now < said.end.saturating_add(ladder.decayed) {
            return Step::Decayed;
        }
        let session = naive.sessions[source];
        let stands = session.stands && (source == TYPED || self.session == session.last);
        let day = said.end.saturating_add(DAY.saturating_sub(ladder.fresh));
        if ladder.then == AfterDecay::Offline && stands && now < day { Step::TakenOffline } else { Step::Over }
    }
}

impl Spoken {
    /// Since when it says what it says at that second.
    fn began_at(&self, now: u32) -> u32 {
        match &self.fact {
            Fact::AutomaticReply(span) => self.since_it_turned(now, |second| Some(Val::Reply(replies(*span, second)))),
            Fact::Hours(hours) => self.since_it_turned(now, |second| within(hours, second).map(Val::Hours)),
            _ => None,
        }
        .map_or(self.began, |(_, began)| began)
    }

    fn diversion(&self) -> Option<DiversionKind> {
        if let Fact::Diversion(to) = &self.fact { Some(to.kind()) } else { None }
    }

    /// Whether the same value is said as `other` says at that second.
    fn says_the_same(&self, other: &Self, now: u32) -> bool {
        match (&self.fact, &other.fact) {
            (Fact::Rich(one), Fact::Rich(two)) => (one.availability, one.activity) == (two.availability, two.activity),
            (Fact::Manual(one), Fact::Manual(two)) => {
                let state = |state: &Option<presence_core::Manual>| {
                    state
                        .filter(|state| !state.is_over(presence_core::Second::new(now)))
                        .map(|state| (state.availability, state.activity))
                };
                state(one) == state(two)
            }
            (Fact::AutomaticReply(one), Fact::AutomaticReply(two)) => replies(*one, now) == replies(*two, now),
            (Fact::Hours(one), Fact::Hours(two)) => within(one, now) == within(two, now),
            (Fact::Diversion(_), Fact::Diversion(_)) => self.diversion() == other.diversion(),
            (one, two) => one == two,
        }
    }

    /// Whether this makes free what `standing` had bound.
    fn frees_from(&self, standing: &Self) -> bool {
        match (&standing.fact, &self.fact) {
            (Fact::Call(before), Fact::Call(Call::Idle)) => *before != Call::Idle,
            (Fact::DoNotDisturb(true), Fact::DoNotDisturb(false)) => true,
            (Fact::Diversion(before), Fact::Diversion(Diversion::Off)) => *before != Diversion::Off,
            (Fact::Rich(before), Fact::Rich(after)) => {
                before.availability.get() >= 6_000 && after.availability.get() < 6_000
            }
            _ => false,
        }
    }

    /// What is said at a second, and since when; nothing if it is unknown.
    fn at(&self, at: At<'_>) -> Option<(Val, u32)> {
        let second = presence_core::Second::new(at.facts);
        Some(match &self.fact {
            Fact::Absences(list) => absence(list, at.facts, self.began),
            Fact::AutomaticReply(span) => {
                self.since_it_turned(at.facts, |second| Some(Val::Reply(replies(*span, second))))?
            }
            Fact::Agenda(agenda) => (Val::Calendar(word(agenda, at.facts)?), self.began),
            Fact::ShowAs(word) => (Val::Calendar(*word), self.began),
            Fact::Call(call) => (Val::Call(*call), self.began),
            Fact::Device(device) => (Val::Device(*device), self.began),
            Fact::Diversion(to) => (Val::Diversion(to.kind()), self.began),
            Fact::DoNotDisturb(on) => (Val::Disturb(*on), self.began),
            Fact::Hours(hours) => self.since_it_turned(at.facts, |second| within(hours, second).map(Val::Hours))?,
            Fact::Manual(state) => match state.filter(|state| !state.is_over(second)) {
                Some(state) => (Val::Manual(Some((state.availability, state.activity))), self.began),
                None => (Val::Manual(None), self.began),
            },
            Fact::Notes(list) => {
                let reads = list.iter().any(|note| !note.is_over(second) && note.audience().includes(at.viewer));
                (Val::Note(reads), self.began)
            }
            Fact::Reach(reach) => (Val::Reach(*reach), self.began),
            Fact::Rich(state) => (Val::Rich(state.availability, state.activity), self.began),
            Fact::Roaming(on) => (Val::Roaming(*on), self.began),
            other => panic!("a fact that is not kept: {other:?}"),
        })
    }

    /// What is said at a second by something that changes by itself, and since when: since it was said, or since it
    /// changed after that.
    fn since_it_turned(&self, now: u32, says: impl Fn(u32) -> Option<Val>) -> Option<(Val, u32)> {
        let val = says(now)?;
        let mut times: Vec<u32> = self.boundaries().into_iter().map(|(second, _)| second).collect();
        times.retain(|second| self.taken < *second && *second <= now && says(*second) != says(second - 1));
        // An automatic reply begins when it says that it does, like an absence.
        let own = match &self.fact {
            Fact::AutomaticReply(Some(span)) if val == Val::Reply(true) => Some(span.start().get()),
            _ => None,
        };
        Some((val, own.or_else(|| times.into_iter().max()).unwrap_or(self.began)))
    }

    /// The times of facts that have times of their own, and whether something unknown begins or ends there.
    fn boundaries(&self) -> Vec<(u32, bool)> {
        let both = |span: Span, unknown: bool| [(span.start().get(), unknown), (span.end().get(), unknown)];
        match &self.fact {
            Fact::Absences(list) => {
                let times = list.iter().flat_map(|one| [Some(one.from()), one.until()]).flatten();
                times.map(|second| (second.get(), false)).collect()
            }
            Fact::AutomaticReply(Some(span)) => both(*span, false).into(),
            Fact::Agenda(agenda) => {
                let meetings = agenda.meetings().iter().filter(|meeting| stands(meeting));
                let blank = |meeting: &Meeting| meeting.show_as() == ShowAs::NoData;
                let times = meetings.flat_map(|meeting| both(meeting.span(), blank(meeting)));
                times.chain(both(agenda.covered(), true)).collect()
            }
            Fact::Hours(hours) => {
                hours.spans().iter().flat_map(|span| both(*span, false)).chain(both(hours.covered(), true)).collect()
            }
            Fact::Manual(Some(state)) => state.until.iter().map(|second| (second.get(), false)).collect(),
            _ => Vec::new(),
        }
    }
}

fn taken_down(val: Val, step: Step) -> Val {
    match (val, step) {
        (Val::Rich(number, activity), Step::Decayed) => {
            let twin = match number.get() {
                3_000..=4_499 => presence_core::Availability::IDLE,
                6_000..=7_499 => presence_core::Availability::IDLE_BUSY,
                _ => number,
            };
            Val::Rich(twin, activity)
        }
        (Val::Rich(number, _), Step::TakenOffline) if number.get() >= 3_000 => {
            Val::Rich(presence_core::Availability::OFFLINE, presence_core::Activity::Offline)
        }
        _ => val,
    }
}

fn absence(list: &[Absence], now: u32, began: u32) -> (Val, u32) {
    let mut best: Option<&Absence> = None;
    for one in list.iter().filter(|one| one.is_active(presence_core::Second::new(now))) {
        let better = |other: &&Absence| (one.availability(), one.from()) > (other.availability(), other.from());
        if best.as_ref().is_none_or(better) {
            best = Some(one);
        }
    }
    match best {
        Some(one) => (Val::Absence(Some((one.availability(), one.activity()))), one.from().get()),
        None => (Val::Absence(None), began),
    }
}

fn replies(span: Option<Span>, now: u32) -> bool {
    span.is_some_and(|span| span.start().get() <= now && now < span.end().get())
}

fn stands(meeting: &Meeting) -> bool {
    !meeting.is_cancelled() && !meeting.is_declined()
}

fn word(agenda: &Agenda, now: u32) -> Option<ShowAs> {
    let inside = |span: Span| span.start().get() <= now && now < span.end().get();
    if !inside(agenda.covered()) {
        return None;
    }
    let words: Vec<ShowAs> = agenda
        .meetings()
        .iter()
        .filter(|meeting| stands(meeting) && inside(meeting.span()))
        .map(Meeting::show_as)
        .collect();
    let word = words.iter().copied().max().unwrap_or(ShowAs::Free).max(ShowAs::Free);
    (word >= ShowAs::Busy || !words.contains(&ShowAs::NoData)).then_some(word)
}

fn within(hours: &Hours, now: u32) -> Option<bool> {
    let inside = |span: Span| span.start().get() <= now && now < span.end().get();
    inside(hours.covered()).then(|| hours.spans().iter().any(|span| inside(*span)))
}
