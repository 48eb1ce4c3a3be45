//! Reads an explanation as a certificate: works situation and decision out again from it alone, and asks whether each
//! reason that it gives is one.

use presence_core::calendar::ShowAs;
use presence_core::{Explanation, Outcome, PlaceKind, RuleSet, Said, Step, Value, Why};

use super::settling::{Heard, Place, Val, settle};

/// What is wrong with the explanation, of a person whose directory entry names a desk telephone or not.
pub(crate) fn problem(told: &Explanation, rules: &RuleSet, has_desk: bool) -> Option<String> {
    // Places by number, in the order of listing as far as it is told.
    let mut numbers: Vec<u8> = told.expects.iter().map(|expects| expects.place).collect();
    for said in &told.said {
        if !numbers.contains(&said.place) {
            numbers.push(said.place);
        }
    }
    numbers.sort_unstable();
    let places: Vec<Place> = numbers.iter().map(|number| place(told, *number)).collect();
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
    if tried != theirs {
        return Some(format!("rules were tried with {tried:?}"));
    }
    told.said.iter().find_map(|said| bad_reason(told, said)).map(|why| format!("a reason is none: {why}"))
}

fn place(told: &Explanation, number: u8) -> Place {
    let expects = told.expects.iter().find(|expects| expects.place == number);
    let said = told.said.iter().find(|said| said.place == number);
    let kind = expects.map(|expects| expects.kind).or_else(|| said.and_then(|said| said.kind));
    Place {
        kind: kind.unwrap_or(PlaceKind::Person),
        expected: expects.map(|expects| expects.facets).unwrap_or_default(),
    }
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
