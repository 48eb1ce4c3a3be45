//! From a situation to what is shown: the first rule that holds.

use std::fmt;

use serde::Serialize;

use crate::activity::Activity;
use crate::availability::Availability;
use crate::identity::RuleId;
use crate::line::{Call, DiversionKind, Reach};
use crate::rules::{Condition, Effect, Rule, RuleSet, Target, Telephone, Truth};
use crate::situation::{KNOWN_NONE, Situation, Telephones, either};
use crate::trace::Trace;

/// What to show, and by which rule.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Decision {
    /// The availability; 0 where no rule holds.
    pub availability: Availability,
    /// The activity.
    pub activity: Activity,
    /// The rule that held.
    pub because: Option<RuleId>,
}

/// Tries the rules in order; the first whose condition is true decides.
#[must_use]
pub fn decide(situation: &Situation, rules: &RuleSet, trace: &mut impl Trace) -> Decision {
    verdict(situation, rules, trace).decision(rules)
}

impl Condition {
    /// Whether the condition holds in a situation. `literal`: see [`Rule::literal`].
    #[must_use]
    pub fn holds(&self, situation: &Situation, literal: bool) -> Truth {
        match self {
            Self::Always => Truth::True,
            Self::Known(facet) => Truth::known(situation.knows(*facet)),
            Self::LineKnown(telephone) => {
                either(situation, *telephone, literal, |line| Truth::known(line.is_known()), Truth::or)
            }
            Self::Expected(facet) => Truth::known(situation.expected().contains(*facet)),
            Self::RichIs(ranges) => number_in(situation.rich, |number| ranges.contains(number)),
            Self::ActivityIs(activity) => {
                Truth::maybe((situation.rich != 0).then(|| situation.rich_activity == activity.code()))
            }
            Self::CalendarIs(word) => Truth::maybe(situation.calendar().map(|now| now == *word)),
            Self::AutomaticReply => Truth::maybe(situation.automatic_reply()),
            Self::DeviceIs(device) => Truth::maybe(situation.device().map(|now| now == *device)),
            Self::WithinHours => Truth::maybe(situation.within_hours()),
            Self::ManualIs(ranges) => number_in(situation.manual, |number| ranges.contains(number)),
            Self::AbsenceIs(ranges) => number_in(situation.absence, |number| ranges.contains(number)),
            Self::CallIs(telephone, call) => call_is(situation, *telephone, *call, literal),
            Self::DoNotDisturb(telephone) => any(situation, *telephone, literal, Telephones::do_not_disturb),
            Self::DivertedTo(telephone, target) => {
                any(situation, *telephone, literal, |line| line.diversion().map(|kind| diverts_to(kind, *target)))
            }
            Self::ReachIs(telephone, reach) => reach_is(situation, *telephone, *reach, literal),
            Self::Roaming => Truth::maybe(situation.roaming()),
            Self::All(parts) => least(parts, situation, literal),
            Self::Any(parts) => most(parts, situation, literal),
            Self::Not(part) => part.holds(situation, literal).not(),
        }
    }
}

/// What a decision is in four bytes: availability, activity, number of the rule.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) struct Verdict(u32);

const NO_RULE: u32 = 0x7ff;

impl Verdict {
    /// No rule holds.
    pub(crate) const NONE: Self = Self(NO_RULE);
    /// Nothing has been decided yet.
    pub(crate) const UNSET: Self = Self(u32::MAX);

    fn new(availability: u16, activity: u8, rule: usize) -> Self {
        let rule = u32::try_from(rule).unwrap_or(NO_RULE).min(NO_RULE);
        Self(u32::from(availability) << 17 | u32::from(activity) << 11 | rule)
    }

    pub(crate) fn availability(self) -> Availability {
        u16::try_from(self.0 >> 17).ok().and_then(|value| Availability::new(value).ok()).unwrap_or_default()
    }

    pub(crate) fn activity(self) -> Activity {
        u8::try_from(self.0 >> 11 & 0x3f).ok().and_then(Activity::from_code).unwrap_or(Activity::None)
    }

    pub(crate) fn rule(self, rules: &RuleSet) -> Option<&Rule> {
        let number = self.0 & NO_RULE;
        if number == NO_RULE { None } else { rules.rules.get(usize::try_from(number).unwrap_or(usize::MAX)) }
    }

    pub(crate) fn decision(self, rules: &RuleSet) -> Decision {
        Decision {
            availability: self.availability(),
            activity: self.activity(),
            because: self.rule(rules).map(|rule| rule.id.clone()),
        }
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?} by rule {}", self.availability(), self.activity(), self.0 & NO_RULE)
    }
}

pub(crate) fn verdict(situation: &Situation, rules: &RuleSet, trace: &mut impl Trace) -> Verdict {
    for (number, rule) in rules.rules.iter().enumerate() {
        let outcome = rule.when.holds(situation, rule.literal);
        trace.tried(&rule.id, outcome);
        if outcome.holds() {
            let (availability, activity) = effect(rule.then, situation);
            return Verdict::new(availability, activity, number);
        }
    }
    Verdict::NONE
}

fn effect(effect: Effect, situation: &Situation) -> (u16, u8) {
    match effect {
        Effect::Show { availability, activity } => (availability.get(), activity.code()),
        Effect::AsPublished => (situation.rich, situation.rich_activity),
        Effect::AsSet => (without_none(situation.manual), situation.manual_activity),
        Effect::AsAbsence => (without_none(situation.absence), situation.absence_activity),
    }
}

/// "There is none" is no number to show.
const fn without_none(number: u16) -> u16 {
    if number == KNOWN_NONE { 0 } else { number }
}

fn number_in(number: u16, contains: impl Fn(Availability) -> bool) -> Truth {
    match number {
        0 => Truth::Unknown,
        KNOWN_NONE => Truth::False,
        _ => Truth::known(Availability::new(number).is_ok_and(contains)),
    }
}

fn least(parts: &[Condition], situation: &Situation, literal: bool) -> Truth {
    let mut least = Truth::True;
    for part in parts {
        least = least.and(part.holds(situation, literal));
        if least == Truth::False {
            break;
        }
    }
    least
}

fn most(parts: &[Condition], situation: &Situation, literal: bool) -> Truth {
    let mut most = Truth::False;
    for part in parts {
        most = most.or(part.holds(situation, literal));
        if most == Truth::True {
            break;
        }
    }
    most
}

fn any(situation: &Situation, telephone: Telephone, literal: bool, ask: impl Fn(Telephones) -> Option<bool>) -> Truth {
    // A kind of telephone of which nothing is expected and nothing is said may not be there at all.
    let asked = |line: Telephones| {
        let told = ask(line);
        (line.is_there() || told.is_some()).then(|| Truth::maybe(told))
    };
    let (desk, mobile) = (situation.telephones(false, literal), situation.telephones(true, literal));
    let truth = match telephone {
        Telephone::Desk => asked(desk),
        Telephone::Mobile => asked(mobile),
        Telephone::Either => asked(desk).into_iter().chain(asked(mobile)).reduce(Truth::or),
    };
    truth.unwrap_or(Truth::Unknown)
}

fn call_is(situation: &Situation, telephone: Telephone, call: Call, literal: bool) -> Truth {
    let ask = |line: Telephones| line.call_is(call);
    if call == Call::Idle {
        either(situation, telephone, literal, ask, Truth::and)
    } else {
        either(situation, telephone, literal, ask, Truth::or)
    }
}

fn reach_is(situation: &Situation, telephone: Telephone, reach: Reach, literal: bool) -> Truth {
    let ask = |line: Telephones| line.reach_is(reach);
    if reach == Reach::Reachable {
        either(situation, telephone, literal, ask, Truth::or)
    } else {
        either(situation, telephone, literal, ask, Truth::and)
    }
}

const fn diverts_to(kind: DiversionKind, target: Target) -> bool {
    matches!((kind, target), (DiversionKind::Voicemail, Target::Voicemail) | (DiversionKind::Number, Target::Number))
}
