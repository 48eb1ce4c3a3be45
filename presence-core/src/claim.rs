//! A report as the engine keeps it, and what is looked up instead of being kept with each.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::activity::Activity;
use crate::availability::{Availability, Band};
use crate::calendar::ShowAs;
use crate::device::Device;
use crate::directory::Directory;
use crate::fact::Facet;
use crate::identity::Origin;
use crate::keeping::{AfterDecay, Keeping, Ladder, OFFLINE_AT_MOST};
use crate::line::{Call, DiversionKind, Reach};
use crate::rules::RuleSet;
use crate::second::Second;

/// A report as kept, per source, place and facet: 16 bytes.
///
/// Texts, agendas and lists lie beside it; a claim has the word they amount to at present.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Claim {
    began: Second,
    end: Second,
    word: u32,
    key: u32,
}

const PLACE_SHIFT: u32 = 16;
const FACET_SHIFT: u32 = 24;
const KEY: u32 = 0x0fff_ffff;
const ASIDE: u32 = 1 << 28;
const LEFT_OVER: u32 = 1 << 29;
const HELD: u32 = 1 << 30;

impl Claim {
    /// A claim that began at `began`, is good until `end`, and says `value`.
    #[must_use]
    pub fn new(origin: Origin, place: u8, value: Value, began: Second, end: Second) -> Self {
        Self { began, end, word: value.word(), key: key(value.facet(), place, origin) }
    }

    /// A claim from its parts as they are kept.
    pub(crate) const fn kept(key: u32, word: u32, began: Second, end: Second) -> Self {
        Self { began, end, word, key: key & KEY }
    }

    /// What it is about.
    #[must_use]
    pub fn facet(&self) -> Facet {
        const FACETS: [Facet; 16] = {
            let mut facets = [Facet::Note; 16];
            let (known, _) = facets.split_at_mut(Facet::ALL.len());
            known.copy_from_slice(&Facet::ALL);
            facets
        };
        let [facet, ..] = self.key.to_be_bytes();
        FACETS.get(usize::from(facet & 0x0f)).copied().unwrap_or(Facet::Note)
    }

    /// The number of the place it is about.
    #[must_use]
    pub const fn place(&self) -> u8 {
        self.key.to_be_bytes()[1]
    }

    /// Who says it.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        let [_, _, high, low] = self.key.to_be_bytes();
        Origin::new(u16::from_be_bytes([high, low]))
    }

    /// When the present value began.
    #[must_use]
    pub const fn began(&self) -> Second {
        self.began
    }

    /// Until when it is good: the end of the fresh step.
    #[must_use]
    pub const fn end(&self) -> Second {
        self.end
    }

    /// What it says.
    #[must_use]
    pub fn value(&self) -> Value {
        Value::from_word(self.facet(), self.word)
    }

    /// The session in which it was said has ended.
    #[must_use]
    pub const fn is_left_over(&self) -> bool {
        self.key & LEFT_OVER != 0
    }

    /// Something that makes free has been said after it and is held back.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.key & HELD != 0
    }

    /// How fresh it is.
    #[must_use]
    pub fn step(&self, now: Second, tables: &Tables) -> Step {
        if now < self.end {
            Step::Fresh
        } else if self.facet_code() == Facet::Rich.code() {
            self.rich_step(now, tables.ladder(self.origin()))
        } else {
            Step::Over
        }
    }

    /// When the step changes next, if nothing is said.
    #[must_use]
    pub fn next_step(&self, now: Second, tables: &Tables) -> Second {
        if now < self.end {
            return self.end;
        }
        if self.facet_code() != Facet::Rich.code() {
            return Second::NEVER;
        }
        let ladder = tables.ladder(self.origin());
        match self.rich_step(now, ladder) {
            Step::Decayed => self.end.plus(ladder.decayed),
            Step::TakenOffline => self.offline_until(ladder),
            Step::Fresh | Step::Over => Second::NEVER,
        }
    }

    fn rich_step(&self, now: Second, ladder: Ladder) -> Step {
        if now < self.end.plus(ladder.decayed) {
            Step::Decayed
        } else if ladder.then == AfterDecay::Offline && !self.is_left_over() && now < self.offline_until(ladder) {
            Step::TakenOffline
        } else {
            Step::Over
        }
    }

    fn offline_until(&self, ladder: Ladder) -> Second {
        self.end.plus(OFFLINE_AT_MOST.saturating_sub(ladder.fresh))
    }

    pub(crate) const fn facet_code(&self) -> u8 {
        self.key.to_be_bytes()[0] & 0x0f
    }

    pub(crate) const fn key(&self) -> u32 {
        self.key & KEY
    }

    pub(crate) const fn word(&self) -> u32 {
        self.word
    }

    pub(crate) const fn is_aside(&self) -> bool {
        self.key & ASIDE != 0
    }

    pub(crate) const fn with_word(self, word: u32) -> Self {
        Self { word, ..self }
    }

    pub(crate) const fn with_began(self, began: Second) -> Self {
        Self { began, ..self }
    }

    pub(crate) const fn with_end(self, end: Second) -> Self {
        Self { end, ..self }
    }

    pub(crate) const fn aside(self, aside: bool) -> Self {
        self.flag(ASIDE, aside)
    }

    pub(crate) const fn left_over(self, left_over: bool) -> Self {
        self.flag(LEFT_OVER, left_over)
    }

    pub(crate) const fn held(self, held: bool) -> Self {
        self.flag(HELD, held)
    }

    const fn flag(self, flag: u32, on: bool) -> Self {
        Self { key: if on { self.key | flag } else { self.key & !flag }, ..self }
    }

    /// No claim: fills the places of a record that are free. Sorts last.
    pub(crate) const EMPTY: Self = Self { began: Second::MIN, end: Second::MIN, word: 0, key: KEY };

    pub(crate) const fn is_empty(&self) -> bool {
        self.key() == KEY
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("origin", &self.origin())
            .field("place", &self.place())
            .field("value", &self.value())
            .field("began", &self.began)
            .field("end", &self.end)
            .field("left_over", &self.is_left_over())
            .field("held", &self.is_held())
            .finish()
    }
}

/// Claims lie sorted by this: facet, then place, then origin.
pub(crate) fn key(facet: Facet, place: u8, origin: Origin) -> u32 {
    u32::from(facet.code()) << FACET_SHIFT | u32::from(place) << PLACE_SHIFT | u32::from(origin.raw())
}

/// How fresh a claim is. The smaller, the fresher.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "complete by the ladder")]
pub enum Step {
    /// As said.
    Fresh,
    /// Not confirmed for a while: available and busy read idle.
    Decayed,
    /// Not confirmed for long, the source still connected: reads offline.
    TakenOffline,
    /// No longer believed.
    Over,
}

/// What a claim says, without texts.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Value {
    /// The absence that speaks, or none.
    Absence(Option<(Availability, Activity)>),
    /// Whether the mailbox answers by itself.
    AutomaticReply(bool),
    /// What the open meetings say, where the source tells them apart, and what the private ones say.
    Calendar {
        /// The open meetings; `None`: not told apart.
        open: Option<ShowAs>,
        /// The private meetings; `None`: there are none now.
        private: Option<ShowAs>,
    },
    /// The heaviest call.
    Call(Call),
    /// The device.
    Device(Device),
    /// The diversion.
    Diversion(DiversionKind),
    /// Do-not-disturb.
    DoNotDisturb(bool),
    /// Within working hours.
    Hours(bool),
    /// The manual state, or none.
    Manual(Option<(Availability, Activity)>),
    /// Whether there is a note.
    Note(bool),
    /// The reach.
    Reach(Reach),
    /// Rich presence.
    Rich(Availability, Activity),
    /// Whether abroad.
    Roaming(bool),
}

const SOME: u32 = 1 << 31;
const OPEN_TOLD: u32 = 1 << 3;
const PRIVATE_SHIFT: u32 = 4;
/// Words below this carry, above, how many seconds after `began` they were last observed.
const OFFSET_SHIFT: u32 = 8;
const WORD: u32 = (1 << OFFSET_SHIFT) - 1;

impl Value {
    /// What it is about.
    #[must_use]
    pub const fn facet(self) -> Facet {
        match self {
            Self::Absence(_) => Facet::Absence,
            Self::AutomaticReply(_) => Facet::AutomaticReply,
            Self::Calendar { .. } => Facet::Calendar,
            Self::Call(_) => Facet::Call,
            Self::Device(_) => Facet::Device,
            Self::Diversion(_) => Facet::Diversion,
            Self::DoNotDisturb(_) => Facet::DoNotDisturb,
            Self::Hours(_) => Facet::Hours,
            Self::Manual(_) => Facet::Manual,
            Self::Note(_) => Facet::Note,
            Self::Reach(_) => Facet::Reach,
            Self::Rich(..) => Facet::Rich,
            Self::Roaming(_) => Facet::Roaming,
        }
    }

    pub(crate) fn word(self) -> u32 {
        match self {
            Self::Absence(state) | Self::Manual(state) => state.map_or(0, |(a, b)| SOME | state_word(a, b)),
            Self::AutomaticReply(on)
            | Self::DoNotDisturb(on)
            | Self::Hours(on)
            | Self::Note(on)
            | Self::Roaming(on) => u32::from(on),
            Self::Calendar { open, private } => calendar_word(open, private),
            Self::Call(call) => u32::from(call.code()),
            Self::Device(device) => u32::from(device.code()),
            Self::Diversion(kind) => u32::from(kind.code()),
            Self::Reach(reach) => u32::from(reach.code()),
            Self::Rich(availability, activity) => state_word(availability, activity),
        }
    }

    /// Reads a word back; bits that lie above it are ignored.
    pub(crate) fn from_word(facet: Facet, word: u32) -> Self {
        let small = low_byte(word);
        let on = small & 1 == 1;
        match facet {
            Facet::Absence => Self::Absence(some_state(word)),
            Facet::AutomaticReply => Self::AutomaticReply(on),
            Facet::Calendar => Self::Calendar { open: open_word(word), private: private_word(word) },
            Facet::Call => Self::Call(Call::from_code(small).unwrap_or(Call::Idle)),
            Facet::Device => Self::Device(Device::from_code(small).unwrap_or(Device::Off)),
            Facet::Diversion => Self::Diversion(DiversionKind::from_code(small).unwrap_or(DiversionKind::Off)),
            Facet::DoNotDisturb => Self::DoNotDisturb(on),
            Facet::Hours => Self::Hours(on),
            Facet::Manual => Self::Manual(some_state(word)),
            Facet::Note => Self::Note(on),
            Facet::Reach => Self::Reach(Reach::from_code(small).unwrap_or(Reach::Unreachable)),
            Facet::Rich => {
                let (availability, activity) = state(word);
                Self::Rich(availability, activity)
            }
            Facet::Roaming => Self::Roaming(on),
        }
    }
}

/// Availability and activity in 21 bits.
pub(crate) fn state_word(availability: Availability, activity: Activity) -> u32 {
    u32::from(availability.get()) << 6 | u32::from(activity.code())
}

/// Availability and activity from their 21 bits.
pub(crate) fn state(word: u32) -> (Availability, Activity) {
    let availability = u16::try_from(word >> 6 & 0x7fff).ok().and_then(|value| Availability::new(value).ok());
    let activity = Activity::from_code(low_byte(word) & 0x3f);
    (availability.unwrap_or(Availability::NONE), activity.unwrap_or(Activity::None))
}

/// The numbers of availability and activity in their 21 bits.
pub(crate) fn numbers(word: u32) -> (u16, u8) {
    (u16::try_from(word >> 6 & 0x7fff).unwrap_or(0), low_byte(word) & 0x3f)
}

/// Whether a word of an absence or a manual state says that there is one.
pub(crate) const fn is_some(word: u32) -> bool {
    word & SOME != 0
}

fn some_state(word: u32) -> Option<(Availability, Activity)> {
    is_some(word).then(|| state(word))
}

pub(crate) fn calendar_word(open: Option<ShowAs>, private: Option<ShowAs>) -> u32 {
    let open = open.map_or(0, |word| OPEN_TOLD | u32::from(word.code()));
    open | private.map_or(0, |word| u32::from(word.code()) + 1) << PRIVATE_SHIFT
}

fn open_word(word: u32) -> Option<ShowAs> {
    if word & OPEN_TOLD == 0 { None } else { ShowAs::from_code(low_byte(word) & 7) }
}

fn private_word(word: u32) -> Option<ShowAs> {
    (low_byte(word) >> PRIVATE_SHIFT & 7).checked_sub(1).and_then(ShowAs::from_code)
}

/// The code of the most restrictive of open and private meetings; 0: no data.
pub(crate) const fn calendar_code(word: u32) -> u32 {
    let open = word & 7;
    let private = (word >> PRIVATE_SHIFT & 7).saturating_sub(1);
    if open > private { open } else { private }
}

/// The word itself, without what is kept above it.
pub(crate) const fn bare(word: u32) -> u32 {
    word & WORD
}

/// A bare word that was last observed so many seconds after it began (at most 97 days are remembered).
pub(crate) const fn observed_after(word: u32, seconds: u32) -> u32 {
    // One bit less than there are: the highest says that there is an absence or a manual state.
    let most = u32::MAX >> (OFFSET_SHIFT + 1);
    bare(word) | (if seconds > most { most } else { seconds }) << OFFSET_SHIFT
}

/// How many seconds after it began a bare word was last observed.
pub(crate) const fn observed_offset(word: u32) -> u32 {
    word >> OFFSET_SHIFT
}

const fn low_byte(word: u32) -> u8 {
    word.to_le_bytes()[0]
}

/// What is looked up, not stored with each claim: how names sort, ladders, precedence.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// By origin: how its name sorts among all names.
    ranks: Vec<u16>,
    /// By origin.
    ladders: Vec<Ladder>,
    orders: Vec<Order>,
}

/// One row of precedence, with names turned to handles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    /// By origin; what lies beyond the end is not named.
    positions: Vec<u16>,
    yields: u16,
}

impl Tables {
    /// Tables for these sources, this keeping and these rules.
    #[must_use]
    pub fn new(directory: &Directory, keeping: &Keeping, rules: &RuleSet) -> Self {
        let sources = directory.sources();
        let mut sorted: Vec<usize> = (0..sources.len()).collect();
        sorted.sort_by_key(|at| sources.get(*at).map(|source| &source.id));
        let mut ranks = vec![0; sources.len()];
        for (rank, at) in sorted.into_iter().enumerate() {
            if let Some(slot) = ranks.get_mut(at) {
                *slot = u16::try_from(rank).unwrap_or(u16::MAX);
            }
        }
        let ladders = sources.iter().map(|source| keeping.ladder_of(&source.id)).collect();
        let orders = rules.precedence.iter().map(|row| Order::new(row, directory)).collect();
        Self { ranks, ladders, orders }
    }

    /// How the name of an origin sorts among all.
    pub(crate) fn rank(&self, origin: Origin) -> u16 {
        self.ranks.get(origin.index()).copied().unwrap_or(u16::MAX)
    }

    pub(crate) fn ladder(&self, origin: Origin) -> Ladder {
        self.ladders.get(origin.index()).copied().unwrap_or_default()
    }

    pub(crate) fn order(&self, row: u16) -> Option<&Order> {
        self.orders.get(usize::from(row))
    }
}

impl Order {
    /// The position of whom a row does not name.
    pub(crate) const UNNAMED: u16 = u16::MAX;

    fn new(row: &crate::rules::Precedence, directory: &Directory) -> Self {
        let mut positions = vec![Self::UNNAMED; directory.sources().len()];
        let mut seen = BTreeSet::new();
        for (position, id) in row.order.iter().filter(|id| seen.insert(id.as_str())).enumerate() {
            if let Some(slot) = directory.origin(id).and_then(|origin| positions.get_mut(origin.index())) {
                *slot = u16::try_from(position).unwrap_or(Self::UNNAMED);
            }
        }
        let yields = row.yields.iter().fold(0, |set, band| set | 1 << band_bit(*band));
        Self { positions, yields }
    }

    pub(crate) fn position(&self, origin: Origin) -> u16 {
        self.positions.get(origin.index()).copied().unwrap_or(Self::UNNAMED)
    }

    /// Whether a named source that says this gives way.
    pub(crate) fn yields(&self, origin: Origin, availability: Availability) -> bool {
        self.yields != 0
            && self.yields & 1 << band_bit(availability.band()) != 0
            && self.position(origin) != Self::UNNAMED
    }
}

fn band_bit(band: Band) -> u32 {
    Band::ALL.iter().position(|other| *other == band).and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Vec<Value> {
        let state = (Availability::BUSY, Activity::InCall);
        vec![
            Value::Absence(None),
            Value::Absence(Some(state)),
            Value::AutomaticReply(true),
            Value::Calendar { open: Some(ShowAs::Free), private: Some(ShowAs::OutOfOffice) },
            Value::Calendar { open: None, private: Some(ShowAs::Busy) },
            Value::Calendar { open: Some(ShowAs::NoData), private: None },
            Value::Call(Call::Ringing),
            Value::Device(Device::Away),
            Value::Diversion(DiversionKind::Number),
            Value::DoNotDisturb(false),
            Value::Hours(true),
            Value::Manual(Some(state)),
            Value::Note(true),
            Value::Reach(Reach::Unregistered),
            Value::Rich(Availability::MAX, Activity::FocusTime),
            Value::Roaming(true),
        ]
    }

    #[test]
    fn a_claim_is_sixteen_bytes_and_tells_what_went_in() {
        assert_eq!(size_of::<Claim>(), 16);
        for value in values() {
            let claim = Claim::new(Origin::new(513), 7, value, Second::new(5), Second::new(9));
            assert_eq!((claim.value(), claim.facet()), (value, value.facet()));
            assert_eq!((claim.origin(), claim.place()), (Origin::new(513), 7));
            let flagged = claim.aside(true).left_over(true).held(true);
            assert_eq!((flagged.key(), flagged.value()), (claim.key(), value));
            assert!(flagged.is_aside() && flagged.is_left_over() && flagged.is_held());
            assert!(claim.key() < Claim::EMPTY.key() && !claim.is_empty() && Claim::EMPTY.is_empty());
        }
    }

    #[test]
    fn bare_words_remember_when_they_were_last_observed() {
        let word = calendar_word(None, Some(ShowAs::Busy));
        let later = observed_after(word, 90);
        assert_eq!((bare(later), observed_offset(later)), (word, 90));
        assert_eq!(Value::from_word(Facet::Calendar, later), Value::from_word(Facet::Calendar, word));
        assert_eq!(observed_offset(observed_after(word, u32::MAX)), u32::MAX >> 9);
        let none = Value::Absence(None);
        assert_eq!(Value::from_word(Facet::Absence, observed_after(none.word(), u32::MAX)), none);
    }

    /// S2.161: then available reads idle. S2.162: then offline. F.14: each value has an age and a rule of decay.
    #[test]
    fn rich_presence_goes_down_its_ladder() {
        let ladder = Ladder::new(600, 300, AfterDecay::Offline);
        let tables = Tables { ladders: vec![ladder], ..Tables::default() };
        let value = Value::Rich(Availability::ONLINE, Activity::Available);
        let claim = Claim::new(Origin::new(0), 1, value, Second::new(0), Second::new(600));
        let at = |second| claim.step(Second::new(second), &tables);
        assert_eq!((at(599), at(600), at(899)), (Step::Fresh, Step::Decayed, Step::Decayed));
        assert_eq!((at(900), at(86_399), at(86_400)), (Step::TakenOffline, Step::TakenOffline, Step::Over));
        let next = |second| claim.next_step(Second::new(second), &tables);
        assert_eq!(
            (next(0), next(600), next(900), next(86_400)),
            (Second::new(600), Second::new(900), Second::new(86_400), Second::NEVER)
        );
        let lost = claim.left_over(true);
        assert_eq!(lost.step(Second::new(900), &tables), Step::Over, "only while the session stands");
    }
}
