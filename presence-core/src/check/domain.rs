//! What a situation is made of, and the values that each part can have.

use std::collections::{BTreeSet, HashSet};

use crate::activity::Activity;
use crate::calendar::ShowAs;
use crate::device::Device;
use crate::fact::{Facet, FacetSet};
use crate::line::{Call, DiversionKind, Reach};
use crate::rules::{Condition, Telephone};
use crate::shape::PlaceSet;
use crate::situation::{KNOWN_NONE, Lines, Situation, Telephones};

/// A part of a situation that varies by itself. `mobile`: of mobile telephones, else of desk telephones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Variable {
    OnlyMobile,
    Expected(Facet),
    Rich,
    RichActivity,
    Manual,
    Absence,
    Calendar,
    AutomaticReply,
    Device,
    Hours,
    Roaming,
    Note,
    Lines { mobile: bool },
    DoNotDisturb { mobile: bool },
    Diversion { mobile: bool },
}

/// One value of a variable.
#[derive(Clone, Copy, Debug)]
pub(super) enum Choice {
    /// A number whose meaning depends on the variable; 0 is "not known".
    Number(u16),
    /// Calls and reach.
    Lines(Telephones),
}

impl Variable {
    /// The variables that a condition without parts looks at.
    pub(super) fn of(atom: &Condition, literal: bool) -> Vec<Self> {
        match atom {
            Condition::Known(facet) => Self::of_facet(*facet),
            Condition::Expected(facet) => vec![Self::Expected(*facet)],
            Condition::RichIs(_) => vec![Self::Rich],
            Condition::ActivityIs(_) => vec![Self::Rich, Self::RichActivity],
            Condition::CalendarIs(_) => vec![Self::Calendar],
            Condition::AutomaticReply => vec![Self::AutomaticReply],
            Condition::DeviceIs(_) => vec![Self::Device],
            Condition::WithinHours => vec![Self::Hours],
            Condition::ManualIs(_) => vec![Self::Manual],
            Condition::AbsenceIs(_) => vec![Self::Absence],
            Condition::Roaming => vec![Self::Roaming],
            Condition::LineKnown(telephone) | Condition::CallIs(telephone, _) | Condition::ReachIs(telephone, _) => {
                Self::of_telephones(*telephone, literal, |mobile| Self::Lines { mobile })
            }
            Condition::DoNotDisturb(telephone) => {
                Self::of_switch(*telephone, literal, |mobile| Self::DoNotDisturb { mobile })
            }
            Condition::DivertedTo(telephone, _) => {
                Self::of_switch(*telephone, literal, |mobile| Self::Diversion { mobile })
            }
            Condition::Always | Condition::All(_) | Condition::Any(_) | Condition::Not(_) => Vec::new(),
        }
    }

    fn of_facet(facet: Facet) -> Vec<Self> {
        let both = |make: fn(bool) -> Self| vec![make(false), make(true)];
        match facet {
            Facet::Absence => vec![Self::Absence],
            Facet::AutomaticReply => vec![Self::AutomaticReply],
            Facet::Calendar => vec![Self::Calendar],
            Facet::Call | Facet::Reach => both(|mobile| Self::Lines { mobile }),
            Facet::Device => vec![Self::Device],
            Facet::Diversion => both(|mobile| Self::Diversion { mobile }),
            Facet::DoNotDisturb => both(|mobile| Self::DoNotDisturb { mobile }),
            Facet::Hours => vec![Self::Hours],
            Facet::Manual => vec![Self::Manual],
            Facet::Note => vec![Self::Note],
            Facet::Rich => vec![Self::Rich],
            Facet::Roaming => vec![Self::Roaming],
        }
    }

    fn of_telephones(telephone: Telephone, literal: bool, make: fn(bool) -> Self) -> Vec<Self> {
        match (telephone, literal) {
            (Telephone::Mobile, _) => vec![make(true)],
            (Telephone::Desk, true) => vec![make(false)],
            (Telephone::Either, true) => vec![make(false), make(true)],
            // An only mobile counts as a desk telephone.
            (Telephone::Desk | Telephone::Either, false) => vec![Self::OnlyMobile, make(false), make(true)],
        }
    }

    /// Something that is switched on: of either telephone it matters, too, which of them there are.
    fn of_switch(telephone: Telephone, literal: bool, make: fn(bool) -> Self) -> Vec<Self> {
        let mut variables = Self::of_telephones(telephone, literal, make);
        if telephone == Telephone::Either {
            variables.extend([Self::Lines { mobile: false }, Self::Lines { mobile: true }]);
        }
        variables
    }

    /// All its values, "not known" first.
    pub(super) fn choices(self, numbers: &BTreeSet<u16>, lines: &[Telephones]) -> Vec<Choice> {
        let up_to = |last: usize| (0..=u16::try_from(last).unwrap_or(0)).map(Choice::Number).collect();
        match self {
            Self::OnlyMobile | Self::Expected(_) => up_to(1),
            Self::Rich => [0].iter().chain(numbers).copied().map(Choice::Number).collect(),
            Self::Manual | Self::Absence => {
                [0, KNOWN_NONE].iter().chain(numbers).copied().map(Choice::Number).collect()
            }
            Self::RichActivity => up_to(Activity::ALL.len() - 1),
            Self::Calendar => up_to(usize::from(ShowAs::OutOfOffice.code())),
            Self::Device => up_to(Device::ALL.len()),
            Self::Diversion { .. } => up_to(DiversionKind::ALL.len()),
            Self::AutomaticReply | Self::Hours | Self::Roaming | Self::Note | Self::DoNotDisturb { .. } => up_to(2),
            Self::Lines { .. } => lines.iter().copied().map(Choice::Lines).collect(),
        }
    }

    /// Gives this part of a situation, where nothing is known of it yet, a value.
    pub(super) fn put(self, choice: Choice, situation: &mut Situation) {
        match choice {
            Choice::Number(0) => {}
            Choice::Number(number) => self.put_number(number, situation),
            Choice::Lines(lines) => match self {
                Self::Lines { mobile: true } => situation.mobile.add(lines),
                _ => situation.desk.add(lines),
            },
        }
    }

    fn put_number(self, number: u16, situation: &mut Situation) {
        let [code, _] = number.to_le_bytes();
        let (yes, index) = (number == 2, code.saturating_sub(1));
        match self {
            Self::OnlyMobile => situation.set_only_mobile(true),
            Self::Expected(facet) => situation.set_expected(FacetSet::of(&[facet])),
            Self::Rich => situation.rich = number,
            Self::RichActivity => situation.rich_activity = code,
            Self::Manual => situation.manual = number,
            Self::Absence => situation.absence = number,
            Self::Calendar => situation.set_calendar(code),
            Self::AutomaticReply => situation.set_automatic_reply(yes),
            Self::Device => Device::from_code(index).into_iter().for_each(|device| situation.set_device(device)),
            Self::Hours => situation.set_within_hours(yes),
            Self::Roaming => situation.set_roaming(yes),
            Self::Note => situation.set_note(yes),
            Self::DoNotDisturb { mobile } => telephones(situation, mobile).set_do_not_disturb(yes),
            Self::Diversion { mobile } => {
                let kind = DiversionKind::from_code(index);
                kind.into_iter().for_each(|kind| telephones(situation, mobile).set_diversion(kind));
            }
            Self::Lines { .. } => {}
        }
    }
}

const fn telephones(situation: &mut Situation, mobile: bool) -> &mut Telephones {
    if mobile { &mut situation.mobile } else { &mut situation.desk }
}

/// What a condition without parts sees of a value: values of which it sees the same are the same to it.
pub(super) fn view(atom: &Condition, variable: Variable, choice: Choice) -> u8 {
    let Choice::Lines(lines) = choice else { return view_number(atom, variable, choice) };
    match atom {
        Condition::Known(Facet::Call) => u8::from(lines.call().is_some()),
        Condition::Known(_) => u8::from(lines.reach().is_some()),
        Condition::LineKnown(telephone) => u8::from(lines.is_known()) << 1 | there(lines, *telephone),
        Condition::CallIs(telephone, call) => (lines.call_is(*call) as u8) << 1 | there(lines, *telephone),
        Condition::ReachIs(telephone, reach) => (lines.reach_is(*reach) as u8) << 1 | there(lines, *telephone),
        _ => u8::from(lines.is_there()),
    }
}

fn there(lines: Telephones, telephone: Telephone) -> u8 {
    u8::from(telephone == Telephone::Either && lines.is_there())
}

fn view_number(atom: &Condition, variable: Variable, choice: Choice) -> u8 {
    let Choice::Number(number) = choice else { return 0 };
    match (atom, variable) {
        (Condition::ActivityIs(_), Variable::Rich) => u8::from(number != 0),
        (Condition::ActivityIs(activity), _) => u8::from(number == u16::from(activity.code())),
        // Few values, all of which may matter.
        (Condition::DoNotDisturb(_) | Condition::DivertedTo(..), _) | (_, Variable::OnlyMobile) => {
            number.to_le_bytes()[0]
        }
        // It looks at nothing else, or at nothing that takes back what it sees here.
        _ => {
            let mut situation = Situation::default();
            variable.put(choice, &mut situation);
            atom.holds(&situation, false) as u8
        }
    }
}

/// Of every stretch of numbers that no range divides, the first.
pub(super) fn numbers(atoms: &[&Condition]) -> BTreeSet<u16> {
    let mut numbers = BTreeSet::from([3_000]);
    for atom in atoms {
        let (Condition::RichIs(ranges) | Condition::ManualIs(ranges) | Condition::AbsenceIs(ranges)) = atom else {
            continue;
        };
        let ends = ranges.iter().flat_map(|(first, last)| [first, last + 1]);
        let numbers_in = ends.filter(|end| (3_000..=18_000).contains(end)).filter_map(|end| u16::try_from(end).ok());
        numbers.extend(numbers_in);
    }
    numbers
}

/// One telephone: what is expected of it and what is known.
#[derive(Clone, Copy)]
struct One {
    calls_expected: bool,
    reach_expected: bool,
    call: Option<u8>,
    reach: Option<u8>,
}

impl One {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        let calls = || std::iter::once(None).chain(Call::ALL.map(|call| Some(call.code())));
        let reaches = || std::iter::once(None).chain(Reach::ALL.map(|reach| Some(reach.code())));
        for (calls_expected, reach_expected) in [(false, false), (false, true), (true, false), (true, true)] {
            for call in calls() {
                all.extend(reaches().map(|reach| Self { calls_expected, reach_expected, call, reach }));
            }
        }
        all
    }

    /// What it adds to the others: the marks of several telephones together are the marks of any.
    fn marks(self) -> u16 {
        let off = self.reach.is_some_and(|reach| reach != Reach::Reachable.code());
        let expected = self.calls_expected || self.reach_expected;
        let bits = [
            self.calls_expected && self.call.is_none() && !off,
            self.calls_expected && self.call.is_none(),
            expected && self.reach.is_none(),
            expected || self.call.is_some() || self.reach.is_some(),
        ];
        let bits = bits.into_iter().enumerate().map(|(at, set)| u16::from(set) << at).sum::<u16>();
        bits | self.call.map_or(0, |call| 1 << 4 << call) | self.reach.map_or(0, |reach| 1 << 9 << reach)
    }
}

/// Several telephones.
#[derive(Clone, Copy, Default)]
struct Several {
    lines: Lines,
    calls_expected: PlaceSet,
    reach_expected: PlaceSet,
    count: u8,
}

impl Several {
    fn and(mut self, one: One) -> Self {
        if one.calls_expected {
            self.calls_expected.insert(self.count);
        }
        if one.reach_expected {
            self.reach_expected.insert(self.count);
        }
        one.call.into_iter().for_each(|call| self.lines.call(self.count, call));
        one.reach.into_iter().for_each(|reach| self.lines.reach(self.count, reach));
        self.count = self.count.saturating_add(1);
        self
    }

    fn word(&self) -> Telephones {
        self.lines.finish(self.calls_expected, self.reach_expected)
    }
}

/// All that calls and reach of any number of telephones amount to, first nothing.
pub(super) fn lines() -> Vec<Telephones> {
    let mut ones = One::all();
    let mut different = HashSet::new();
    ones.retain(|one| different.insert(one.marks()));
    let mut seen = HashSet::from([0]);
    let mut open = vec![(0, Several::default())];
    let mut words = Vec::new();
    let mut listed = HashSet::new();
    while let Some((marks, several)) = open.pop() {
        let word = several.word();
        if listed.insert(word) {
            words.push(word);
        }
        for one in &ones {
            let more = marks | one.marks();
            if seen.insert(more) {
                open.push((more, several.and(*one)));
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static LISTED: LazyLock<Vec<Telephones>> = LazyLock::new(lines);

    proptest! {
        /// No number of telephones amounts to anything that is not on the list.
        #[test]
        fn any_telephones_are_listed(of in prop::collection::vec(0_usize..96, 0..9)) {
            let ones = One::all();
            prop_assert_eq!(ones.len(), 96);
            let several = of.into_iter().fold(Several::default(), |several, one| several.and(ones[one]));
            prop_assert!(LISTED.contains(&several.word()));
        }
    }

    #[test]
    fn the_first_is_no_telephone() {
        assert_eq!(lines()[0], Telephones::default());
    }
}
