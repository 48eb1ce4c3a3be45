//! What people type on the day: absences of their own, and notes about colleagues.

use std::sync::Arc;

use presence_core::{Absence, AbsenceReason, Confidential, EndBeforeStart, Fact, Note};

use super::Typed;
use super::plan::{Kind, Plan};
use super::times::{DAY, HOUR, MINUTE, Times};
use crate::company::{Company, Member};
use crate::random::Random;

const NOTES: [&str; 6] = [
    "Calls back after two.",
    "The car keys are at the reception.",
    "Ask Support about order 4711 first.",
    "Has the spare projector.",
    "Works on the quarterly figures, please write.",
    "The visitor is here.",
];

/// Everything that is typed, in no order.
pub(super) fn typed(company: &Company, plans: &[Plan], seed: u64, times: Times) -> Result<Vec<Typed>, EndBeforeStart> {
    let mut typed = Vec::new();
    let members = company.members();
    for ((number, member), plan) in (0..).zip(members).zip(plans).filter(|((_, member), _)| member.department.is_some())
    {
        let mut random = Random::new(seed, 5_000 + number);
        let colleague = random.pick(&colleagues(members, member).collect::<Vec<_>>());
        let told = |at, fact| Typed { at: times.at(at), person: member.id.clone(), fact };
        if let Some((at, absence)) = absence(plan, colleague, &mut random, times)? {
            typed.push(told(at, Fact::Absences(Arc::new([absence]))));
        }
        if let Some((at, note)) = note(plan, number, colleague, &mut random, times) {
            typed.push(told(at, Fact::Notes(Arc::new([note]))));
        }
    }
    Ok(typed)
}

fn colleagues<'a>(members: &'a [Member], of: &'a Member) -> impl Iterator<Item = Option<&'a Member>> {
    let near = move |member: &&Member| member.department == of.department && member.id != of.id;
    members.iter().filter(near).map(Some)
}

/// When it is typed, and what.
fn absence(
    plan: &Plan,
    colleague: Option<&Member>,
    random: &mut Random,
    times: Times,
) -> Result<Option<(i64, Absence)>, EndBeforeStart> {
    let of = |reason, from, until| Absence::new(reason, times.at(from)).until_time(times.at(until));
    let morning = 7 * HOUR;
    let (at, absence) = match plan.kind {
        Kind::Ill => (0, of(AbsenceReason::Ill, morning - DAY, DAY + morning)?.with_text(text("Feverish, back soon"))),
        Kind::Vacation => (0, of(AbsenceReason::Vacation, morning - 4 * DAY, 3 * DAY + morning)?),
        Kind::AtWork => match random.below(100) {
            0..=3 => {
                let from = 13 * HOUR + random.between(0, 3) * 15 * MINUTE;
                (plan.arrives + 10 * MINUTE, of(AbsenceReason::BusinessErrand, from, from + 90 * MINUTE)?)
            }
            4..=8 => (plan.lunch.0, of(AbsenceReason::Lunch, plan.lunch.0, plan.lunch.1)?),
            9..=11 => {
                let from = 15 * HOUR + random.between(0, HOUR);
                (from, of(AbsenceReason::GoneForTheDay, from, DAY + morning)?)
            }
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    let stands_in = colleague.filter(|_| random.chance(70)).map(|colleague| colleague.id.clone());
    Ok(Some((
        at,
        match stands_in {
            Some(colleague) => absence.with_replacement(colleague),
            None => absence,
        },
    )))
}

fn note(plan: &Plan, number: u64, author: Option<&Member>, random: &mut Random, times: Times) -> Option<(i64, Note)> {
    let author = author.filter(|_| plan.kind == Kind::AtWork && random.chance(6))?;
    let at = plan.arrives + random.between(HOUR, 5 * HOUR);
    let note = Note::new(&format!("note-{number}"), &author.name, random.pick(&NOTES), times.at(at));
    let note = note.until(times.at(plan.leaves));
    Some((at, if random.chance(40) { note.back_at(times.at(at + HOUR)) } else { note }))
}

fn text(text: &str) -> Confidential<Arc<str>> {
    Confidential::new(text.into())
}
