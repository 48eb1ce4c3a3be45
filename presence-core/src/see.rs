//! Leaving out what a viewer may not know, before anything is concluded from it.

use crate::aside::Aside;
use crate::claim::{Claim, Value, bare, calendar_word};
use crate::fact::Facet;
use crate::privacy::{Disclosure, Sight};
use crate::second::Second;
use crate::shape::Shape;

/// The claims about one person as a class of viewers may know them at `now`.
///
/// `beside` gives what lies beside a claim: calendars are read anew, as the class may.
pub(crate) fn see<'a>(
    claims: &[Claim],
    sight: &Sight,
    now: Second,
    beside: impl Fn(&Claim) -> Option<&'a Aside>,
) -> Vec<Claim> {
    claims.iter().filter_map(|claim| see_one(claim, sight, now, beside(claim))).collect()
}

/// What is expected, as a class of viewers may know it.
pub(crate) fn see_shape(shape: &Shape, sight: &Sight) -> Shape {
    shape.seen(|place, expected| {
        let told = expected.intersection(sight.facets());
        let hidden = sight.calendar(place).ordinary == Disclosure::Nothing;
        if hidden { told.without(Facet::Calendar) } else { told }
    })
}

fn see_one(claim: &Claim, sight: &Sight, now: Second, aside: Option<&Aside>) -> Option<Claim> {
    if !sight.facets().contains(claim.facet()) {
        return None;
    }
    match claim.facet() {
        Facet::Calendar => see_calendar(claim, sight, now, aside),
        Facet::Note => {
            let present =
                aside.map(|aside| aside.present_to(now, &sight.calendar(claim.place()), |note| sight.reads(note)));
            let (word, began) = match present {
                Some(present) => (present.word, present.began),
                None => (claim.word(), None),
            };
            // "No note" has no begin: it would tell of notes for others.
            Some(claim.with_word(bare(word)).with_began(began.unwrap_or(Second::MIN)))
        }
        _ => Some(*claim),
    }
}

fn see_calendar(claim: &Claim, sight: &Sight, now: Second, aside: Option<&Aside>) -> Option<Claim> {
    let policy = sight.calendar(claim.place());
    if policy.ordinary == Disclosure::Nothing {
        return None;
    }
    if let Some(aside) = aside {
        let present = aside.present_to(now, &policy, |_| true);
        return Some(claim.with_word(present.word).with_began(present.began.unwrap_or(Second::MIN)));
    }
    let Value::Calendar { open, private } = claim.value() else { return None };
    let (open, private) =
        (open.and_then(|word| policy.ordinary.read(word)), private.and_then(|word| policy.private.read(word)));
    // A bare word that counts as private is all or nothing.
    let busy = policy.ordinary == Disclosure::Busy || policy.private == Disclosure::Busy;
    let began = if busy { Second::MIN } else { claim.began() };
    (open.is_some() || private.is_some()).then(|| claim.with_word(calendar_word(open, private)).with_began(began))
}
