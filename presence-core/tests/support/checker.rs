//! Reads an explanation as a certificate: works situation and decision out again from it alone, and asks whether each
//! reason that it gives is one.

use presence_core::calendar::ShowAs;
use presence_core::{
    Condition, Explanation, Outcome, PlaceKind, RuleId, RuleSet, Said, Step, Telephone, Truth, Value, Why,
};

use super::settling::{Heard, Place, Val, settle};

/// What is wrong with the explanation, of a person with places of these kinds.
pub(crate) fn problem(told: &Explanation, rules: &RuleSet, kinds: &[PlaceKind]) -> Option<String> {
    // Numbers are given in the order of listing, as long as the directory does not change.
    let numbers: Vec<u8> = (0..u8::try_from(kinds.len()).unwrap()).collect();
    let places: Vec<Place> = numbers.iter().zip(kinds).map(|(number, kind)| place(told, *number, *kind)).collect();
    let has_desk = kinds.contains(&PlaceKind::Desk);
    let at = |said: &Said| numbers.iter().position(|number| *number == said.place).unwrap();
    let heard: Vec<Heard> = told.said.iter().filter_map(|said| heard(said, at(said))).collect();
    let situation = settle(&places, has_desk, &heard);
    if let Some(differs) = situation.differs(&told.situation) {
        return Some(format!("from what was said follows another situation: {differs}"));
    }
    let (shown, tried) = situation.decide(rules);
    if shown != told.decision {
        return Some(format!("from the situation follows {shown:?}"));
    }
    let theirs: Vec<_> = told.tried.iter().map(|tried| (tried.rule.clone(), tried.outcome)).collect();
    let same = |ours: &(RuleId, Truth), theirs: &(RuleId, Truth)| {
        // Of "either" it is left open when it is false and when it is not known.
        let open = rules.rule(&ours.0).is_some_and(|rule| speaks_of_either(&rule.when));
        ours == theirs || open && ours.0 == theirs.0 && ours.1.holds() == theirs.1.holds()
    };
    if let Some((ours, theirs)) = tried.iter().zip(&theirs).find(|(ours, theirs)| !same(ours, theirs)) {
        return Some(format!("a rule was tried with {theirs:?}, here with {ours:?}"));
    }
    if tried.len() != theirs.len() {
        return Some(format!("{} rules were tried, here {}", theirs.len(), tried.len()));
    }
    told.said.iter().find_map(|said| bad_reason(told, said)).map(|why| format!("a reason is none: {why}"))
}

fn speaks_of_either(condition: &Condition) -> bool {
    match condition {
        Condition::CallIs(which, _)
        | Condition::DoNotDisturb(which)
        | Condition::DivertedTo(which, _)
        | Condition::ReachIs(which, _) => *which == Telephone::Either,
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(speaks_of_either),
        Condition::Not(part) => speaks_of_either(part),
        _ => false,
    }
}

fn place(told: &Explanation, number: u8, kind: PlaceKind) -> Place {
    let expects = told.expects.iter().find(|expects| expects.place == number);
    Place { kind, expected: expects.map(|expects| expects.facets).unwrap_or_default() }
}

fn heard(said: &Said, place: usize) -> Option<Heard> {
    let val = val(said.value);
    let over = said.outcome == Outcome::Stale || said.step == Step::Over;
    (!over && val.speaks()).then(|| Heard {
        place,
        source: said.source.clone(),
        val,
        step: said.step,
        began: said.began.get(),
        position: said.position,
        yields: matches!(said.outcome, Outcome::Outranked { why: Why::Yields, .. }),
    })
}

fn val(value: Value) -> Val {
    match value {
        Value::Absence(state) => Val::Absence(state),
        Value::AutomaticReply(on) => Val::Reply(on),
        Value::Calendar { open, private } => {
            let words = [open, private].into_iter().flatten();
            let strictest = words.clone().max().unwrap_or(ShowAs::NoData);
            let blank = words.into_iter().any(|word| word == ShowAs::NoData);
            Val::Calendar(if blank && strictest < ShowAs::Busy { ShowAs::NoData } else { strictest })
        }
        Value::Call(call) => Val::Call(call),
        Value::Device(device) => Val::Device(device),
        Value::Diversion(kind) => Val::Diversion(kind),
        Value::DoNotDisturb(on) => Val::Disturb(on),
        Value::Hours(within) => Val::Hours(within),
        Value::Manual(state) => Val::Manual(state),
        Value::Note(some) => Val::Note(some),
        Value::Reach(reach) => Val::Reach(reach),
        Value::Rich(availability, activity) => Val::Rich(availability, activity),
        Value::Roaming(on) => Val::Roaming(on),
        other => panic!("a value that is not known here: {other:?}"),
    }
}

fn bad_reason(told: &Explanation, said: &Said) -> Option<String> {
    let rank = |said: &Said| said.position.unwrap_or(u16::MAX);
    let good = match said.outcome {
        Outcome::Speaks => said.step != Step::Over && val(said.value).speaks(),
        Outcome::Stale => said.step == Step::Over || said.end <= told.at || !val(said.value).speaks(),
        Outcome::Waits => told.expects.iter().any(|expects| {
            let heard = |other: &&Said| {
                other.place == expects.place && other.facet == said.facet && other.outcome != Outcome::Stale
            };
            expects.facets.contains(said.facet) && told.said.iter().find(heard).is_none()
        }),
        Outcome::Outranked { by, why } => told.said.get(by).is_some_and(|by| {
            let same = by.facet == said.facet && by.outcome != Outcome::Stale && by != said;
            same && match why {
                Why::LessFresh => said.step > by.step,
                Why::LessTrusted => rank(said) > rank(by),
                Why::BeganEarlier => said.began < by.began,
                Why::Yields => said.position.is_some(),
                _ => true,
            }
        }),
        _ => false,
    };
    (!good).then(|| format!("{said:?}"))
}
