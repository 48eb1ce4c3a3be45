//! What the claims about one person amount to now.

use std::fmt;

use crate::activity::Activity;
use crate::availability::Availability;
use crate::calendar::ShowAs;
use crate::device::Device;
use crate::fact::{Facet, FacetSet};
use crate::line::{Call, DiversionKind, Reach};
use crate::rules::{Telephone, Truth};
use crate::shape::PlaceSet;

/// One value per facet, desk and mobile telephones apart. What is not known now is not there.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct Situation {
    pub(crate) rich: u16,
    pub(crate) manual: u16,
    pub(crate) absence: u16,
    pub(crate) desk: Telephones,
    pub(crate) mobile: Telephones,
    /// Thirteen bits: expected facets. Above them two for notes.
    pub(crate) expected: u16,
    /// Ten bits: stale facets. Above them two each for automatic reply, working hours, roaming.
    pub(crate) flags: u16,
    pub(crate) rich_activity: u8,
    pub(crate) manual_activity: u8,
    pub(crate) absence_activity: u8,
    /// Three bits: calendar. Three: device. One: rich presence has decayed. One: the person has only a mobile.
    pub(crate) small: u8,
}

/// "Known, and there is none", in the numbers of manual states and absences.
pub(crate) const KNOWN_NONE: u16 = 1;
/// The facets that can be stale, in the order of their bits.
pub(crate) const CAN_BE_STALE: [Facet; 10] = [
    Facet::AutomaticReply,
    Facet::Calendar,
    Facet::Call,
    Facet::Device,
    Facet::Diversion,
    Facet::DoNotDisturb,
    Facet::Hours,
    Facet::Reach,
    Facet::Rich,
    Facet::Roaming,
];
const NOTE_SHIFT: u32 = 13;
const REPLY_SHIFT: u32 = 10;
const HOURS_SHIFT: u32 = 12;
const ROAMING_SHIFT: u32 = 14;
const DEVICE_SHIFT: u32 = 3;
const DECAYED: u8 = 1 << 6;
const ONLY_MOBILE: u8 = 1 << 7;

impl Situation {
    /// Nothing is known and nothing is expected.
    pub(crate) const EMPTY: Self = Self {
        rich: 0,
        manual: 0,
        absence: 0,
        desk: Telephones(0),
        mobile: Telephones(0),
        expected: 0,
        flags: 0,
        rich_activity: 0,
        manual_activity: 0,
        absence_activity: 0,
        small: 0,
    };

    /// Availability and activity as published.
    #[must_use]
    pub fn rich(&self) -> Option<(Availability, Activity)> {
        state(self.rich, self.rich_activity)
    }

    /// The manual state: unknown, none, or set.
    #[must_use]
    pub fn manual(&self) -> Option<Option<(Availability, Activity)>> {
        (self.manual != 0).then(|| state(self.manual, self.manual_activity))
    }

    /// The absence: unknown, none, or active.
    #[must_use]
    pub fn absence(&self) -> Option<Option<(Availability, Activity)>> {
        (self.absence != 0).then(|| state(self.absence, self.absence_activity))
    }

    /// The calendar's word now.
    #[must_use]
    pub fn calendar(&self) -> Option<ShowAs> {
        ShowAs::from_code(self.small & 7).filter(|word| *word != ShowAs::NoData)
    }

    /// The device.
    #[must_use]
    pub fn device(&self) -> Option<Device> {
        (self.small >> DEVICE_SHIFT & 7).checked_sub(1).and_then(Device::from_code)
    }

    /// Whether the mailbox answers by itself.
    #[must_use]
    pub const fn automatic_reply(&self) -> Option<bool> {
        two_bits(self.flags, REPLY_SHIFT)
    }

    /// Whether it is within working hours.
    #[must_use]
    pub const fn within_hours(&self) -> Option<bool> {
        two_bits(self.flags, HOURS_SHIFT)
    }

    /// Whether a mobile is abroad.
    #[must_use]
    pub const fn roaming(&self) -> Option<bool> {
        two_bits(self.flags, ROAMING_SHIFT)
    }

    /// Whether there is a note.
    #[must_use]
    pub const fn note(&self) -> Option<bool> {
        match self.expected >> NOTE_SHIFT & 3 {
            0 => None,
            1 => Some(false),
            _ => Some(true),
        }
    }

    /// The desk telephones as they are.
    #[must_use]
    pub const fn desk(&self) -> Telephones {
        self.desk
    }

    /// The mobile telephones.
    #[must_use]
    pub const fn mobile(&self) -> Telephones {
        self.mobile
    }

    /// The facets that sources should know.
    #[must_use]
    pub const fn expected(&self) -> FacetSet {
        FacetSet::from_bits(self.expected)
    }

    /// The facets on which something was known and is no longer, or is only half believed.
    #[must_use]
    pub fn stale(&self) -> FacetSet {
        let bits = CAN_BE_STALE.into_iter().enumerate();
        bits.filter(|(bit, _)| self.flags & 1 << bit != 0).map(|(_, facet)| facet).collect()
    }

    /// Rich presence has not been confirmed for a while.
    #[must_use]
    pub const fn has_decayed(&self) -> bool {
        self.small & DECAYED != 0
    }

    /// Whether something current is known of a facet.
    #[must_use]
    pub fn knows(&self, facet: Facet) -> bool {
        let either = |known: &dyn Fn(Telephones) -> bool| known(self.desk) || known(self.mobile);
        match facet {
            Facet::Absence => self.absence != 0,
            Facet::AutomaticReply => self.automatic_reply().is_some(),
            Facet::Calendar => self.small & 7 != 0,
            Facet::Call => either(&|telephones| telephones.call().is_some()),
            Facet::Device => self.device().is_some(),
            Facet::Diversion => either(&|telephones| telephones.diversion().is_some()),
            Facet::DoNotDisturb => either(&|telephones| telephones.do_not_disturb().is_some()),
            Facet::Hours => self.within_hours().is_some(),
            Facet::Manual => self.manual != 0,
            Facet::Note => self.note().is_some(),
            Facet::Reach => either(&|telephones| telephones.reach().is_some()),
            Facet::Rich => self.rich != 0,
            Facet::Roaming => self.roaming().is_some(),
        }
    }

    /// The telephones a rule means; unless it is `literal`, an only mobile counts as a desk telephone.
    pub(crate) const fn telephones(&self, mobile: bool, literal: bool) -> Telephones {
        if mobile || (self.small & ONLY_MOBILE != 0 && !literal) { self.mobile } else { self.desk }
    }

    pub(crate) const fn set_calendar(&mut self, code: u8) {
        self.small = self.small & !7 | code & 7;
    }

    pub(crate) const fn set_device(&mut self, device: Device) {
        self.small = self.small & !(7 << DEVICE_SHIFT) | (device.code() + 1) << DEVICE_SHIFT;
    }

    pub(crate) const fn set_decayed(&mut self) {
        self.small |= DECAYED;
    }

    pub(crate) const fn set_only_mobile(&mut self, only: bool) {
        if only {
            self.small |= ONLY_MOBILE;
        } else {
            self.small &= !ONLY_MOBILE;
        }
    }

    pub(crate) fn set_automatic_reply(&mut self, on: bool) {
        self.flags |= (1 + u16::from(on)) << REPLY_SHIFT;
    }

    pub(crate) fn set_within_hours(&mut self, within: bool) {
        self.flags |= (1 + u16::from(within)) << HOURS_SHIFT;
    }

    pub(crate) fn set_roaming(&mut self, roaming: bool) {
        self.flags |= (1 + u16::from(roaming)) << ROAMING_SHIFT;
    }

    pub(crate) fn set_note(&mut self, note: bool) {
        self.expected |= (1 + u16::from(note)) << NOTE_SHIFT;
    }

    pub(crate) const fn set_expected(&mut self, expected: FacetSet) {
        self.expected |= expected.bits();
    }

    pub(crate) fn set_stale(&mut self, facet: Facet) {
        if let Some(bit) = CAN_BE_STALE.iter().position(|other| *other == facet) {
            self.flags |= 1 << bit;
        }
    }
}

impl fmt::Debug for Situation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Situation")
            .field("rich", &self.rich())
            .field("manual", &self.manual())
            .field("absence", &self.absence())
            .field("calendar", &self.calendar())
            .field("automatic_reply", &self.automatic_reply())
            .field("within_hours", &self.within_hours())
            .field("device", &self.device())
            .field("desk", &self.desk)
            .field("mobile", &self.mobile)
            .field("roaming", &self.roaming())
            .field("note", &self.note())
            .field("expected", &self.expected())
            .field("stale", &self.stale())
            .field("decayed", &self.has_decayed())
            .field("only_mobile", &(self.small & ONLY_MOBILE != 0))
            .finish()
    }
}

const fn two_bits(word: u16, shift: u32) -> Option<bool> {
    match word >> shift & 3 {
        0 => None,
        1 => Some(false),
        _ => Some(true),
    }
}

fn state(availability: u16, activity: u8) -> Option<(Availability, Activity)> {
    let availability = Availability::new(availability).ok().filter(|value| value.is_known())?;
    Some((availability, Activity::from_code(activity).unwrap_or(Activity::None)))
}

/// What is known of all telephones of one kind.
#[derive(Clone, Copy, Default, Eq, Hash, PartialEq)]
pub struct Telephones(u16);

const CALLS: u16 = 0x1f;
/// Every telephone where calls are expected is known, those that are off counted as idle.
const COMPLETE: u16 = 1 << 5;
/// The same, not counting those that are off: who may not see reach sees a change of it.
const CALLS_COMPLETE: u16 = 1 << 6;
const DISTURB_SHIFT: u32 = 7;
const DIVERSION_SHIFT: u32 = 9;
const REACH_SHIFT: u32 = 11;
/// The reach of every telephone where calls or reach are expected is known.
const REACH_COMPLETE: u16 = 1 << 13;
/// Different values of reach are known.
const REACH_MIXED: u16 = 1 << 14;
/// There is such a telephone, by the directory or by report.
const THERE: u16 = 1 << 15;

impl Telephones {
    /// The heaviest call, for the lamp; `None`: nothing is known of calls.
    #[must_use]
    pub fn call(self) -> Option<Call> {
        let calls = self.0 & CALLS;
        u8::try_from(15_u32.checked_sub(calls.leading_zeros())?).ok().and_then(Call::from_code)
    }

    /// Do-not-disturb.
    #[must_use]
    pub const fn do_not_disturb(self) -> Option<bool> {
        two_bits(self.0, DISTURB_SHIFT)
    }

    /// The diversion of the first of these telephones.
    #[must_use]
    pub fn diversion(self) -> Option<DiversionKind> {
        small(self.0, DIVERSION_SHIFT).checked_sub(1).and_then(DiversionKind::from_code)
    }

    /// The best reach.
    #[must_use]
    pub fn reach(self) -> Option<Reach> {
        small(self.0, REACH_SHIFT).checked_sub(1).and_then(Reach::from_code)
    }

    /// Whether a call or the reach is known.
    #[must_use]
    pub const fn is_known(self) -> bool {
        self.0 & (CALLS | 3 << REACH_SHIFT) != 0
    }

    /// Whether there is any such telephone, by the directory or by report.
    pub(crate) const fn is_there(self) -> bool {
        self.0 & THERE != 0
    }

    /// Any such telephone has such a call; idle: every one is known to be idle.
    pub(crate) const fn call_is(self, call: Call) -> Truth {
        let complete = self.0 & COMPLETE != 0;
        match call {
            Call::Idle if self.0 & CALLS & !1 != 0 => Truth::False,
            Call::Idle if complete => Truth::True,
            Call::Idle => Truth::Unknown,
            _ if self.0 & 1 << call.code() != 0 => Truth::True,
            _ if complete => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// Reachable: any is; else: every one is known to be so.
    pub(crate) fn reach_is(self, reach: Reach) -> Truth {
        let best = self.reach();
        match reach {
            Reach::Reachable if best == Some(Reach::Reachable) => Truth::True,
            Reach::Reachable => Truth::maybe((self.0 & REACH_COMPLETE != 0).then_some(false)),
            _ if best.is_some_and(|best| best != reach) || self.0 & REACH_MIXED != 0 => Truth::False,
            _ => Truth::maybe((self.0 & REACH_COMPLETE != 0).then_some(true)),
        }
    }

    pub(crate) const fn add(&mut self, calls_and_reach: Self) {
        self.0 |= calls_and_reach.0;
    }

    pub(crate) const fn set_do_not_disturb(&mut self, on: bool) {
        self.0 |= if on { 2 } else { 1 } << DISTURB_SHIFT;
    }

    pub(crate) fn set_diversion(&mut self, kind: DiversionKind) {
        self.0 |= u16::from(kind.code() + 1) << DIVERSION_SHIFT;
    }
}

impl fmt::Debug for Telephones {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telephones")
            .field("call", &self.call())
            .field("do_not_disturb", &self.do_not_disturb())
            .field("diversion", &self.diversion())
            .field("reach", &self.reach())
            .finish()
    }
}

fn small(word: u16, shift: u32) -> u8 {
    u8::try_from(word >> shift & 3).unwrap_or(0)
}

/// What is known of calls and reach, place by place, while settling.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lines {
    calls: u16,
    calls_known: PlaceSet,
    /// By reach.
    reach: [PlaceSet; 3],
}

impl Lines {
    pub(crate) fn call(&mut self, listed: u8, call: u8) {
        self.calls |= 1 << (call & 7) & CALLS;
        self.calls_known.insert(listed);
    }

    pub(crate) fn reach(&mut self, listed: u8, reach: u8) {
        if let Some(set) = self.reach.get_mut(usize::from(reach)) {
            set.insert(listed);
        }
    }

    /// What it amounts to, where calls and reach are expected at these places.
    pub(crate) fn finish(&self, calls_expected: PlaceSet, reach_expected: PlaceSet) -> Telephones {
        let [unreachable, unregistered, reachable] = self.reach;
        if self.calls == 0
            && calls_expected.or(reach_expected).or(unreachable).or(unregistered).or(reachable).is_empty()
        {
            return Telephones(0);
        }
        let off = unreachable.or(unregistered);
        let told = self.calls_known.or(off);
        let mut word = self.calls;
        if !told.is_empty() && calls_expected.within(told) {
            word |= COMPLETE;
        }
        if !self.calls_known.is_empty() && calls_expected.within(self.calls_known) {
            word |= CALLS_COMPLETE;
        }
        let all = calls_expected.or(reach_expected).or(off).or(reachable);
        for (value, set) in [(3, reachable), (2, unregistered), (1, unreachable)] {
            if !set.is_empty() {
                word |= if word >> REACH_SHIFT & 3 == 0 { value << REACH_SHIFT } else { REACH_MIXED };
            }
        }
        let known = off.or(reachable);
        if !known.is_empty() && all.within(known) {
            word |= REACH_COMPLETE;
        }
        if !all.or(self.calls_known).is_empty() {
            word |= THERE;
        }
        Telephones(word)
    }
}

/// What a condition says of telephones, desk and mobile together: `join` of those that are there.
pub(crate) fn either(
    situation: &Situation,
    telephone: Telephone,
    literal: bool,
    ask: impl Fn(Telephones) -> Truth,
    join: impl Fn(Truth, Truth) -> Truth,
) -> Truth {
    let (desk, mobile) = (situation.telephones(false, literal), situation.telephones(true, literal));
    match telephone {
        Telephone::Desk => ask(desk),
        Telephone::Mobile => ask(mobile),
        Telephone::Either if !mobile.is_there() => ask(desk),
        Telephone::Either if !desk.is_there() => ask(mobile),
        Telephone::Either => join(ask(desk), ask(mobile)),
    }
}
