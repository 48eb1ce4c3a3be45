use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use presence_core::calendar::Importance;
use presence_core::{AbsenceReason, Call, Facet, ShowAs};

use super::*;
use crate::SEED;

fn day(date: &str, seed: u64) -> Day {
    Day::of(&Company::invented(SEED).unwrap(), date.parse().unwrap(), seed).unwrap()
}

#[test]
fn the_same_seed_tells_the_same_day_and_in_the_order_of_time() {
    let script = |day: Day| format!("{:?} {:?}", day.events, day.typed);
    assert_eq!(script(day("2026-11-20", 1)), script(day("2026-11-20", 1)));
    assert_ne!(script(day("2026-11-20", 1)), script(day("2026-11-20", 2)));
    let day = day("2026-11-20", 1);
    assert!(day.events.is_sorted_by_key(|event| event.at) && day.typed.is_sorted_by_key(|typed| typed.at));
    assert!(day.events.iter().all(|event| day.begin <= event.at && event.at < day.end));
}

/// Also on the days on which the clocks are changed.
#[test]
fn any_seed_and_any_date_make_a_day() {
    for (seed, date) in (0..).zip(["2026-03-29", "2026-10-25", "2026-12-31", "2028-02-29"]) {
        let day = day(date, seed);
        assert!(day.events.len() > 5_000, "{date}: {}", day.events.len());
    }
}

/// What is the case is said once: no event repeats the one before it.
#[test]
fn every_event_changes_something() {
    let day = day("2026-11-20", SEED);
    let mut last: BTreeMap<(&Address, Facet), &Fact> = BTreeMap::new();
    for event in &day.events {
        assert!(event.teller.facets().contains(&event.fact.facet()));
        let before = last.insert((&event.address, event.fact.facet()), &event.fact);
        assert_ne!(before, Some(&event.fact));
        assert_eq!(before.is_none(), event.at == day.begin, "at midnight all is said");
    }
}

#[test]
fn the_telephones_of_the_support_ring_a_few_times_an_hour() {
    let (company, day) = (Company::invented(SEED).unwrap(), day("2026-11-20", SEED));
    let support = |member: &&Member| member.department == Some(crate::company::Department::Support);
    let desks: BTreeSet<&Address> = company.members().iter().filter(support).flat_map(|m| &m.extension).collect();
    let talks = |event: &&Event| desks.contains(&event.address) && event.fact == Fact::Call(Call::InCall);
    let per_person = day.events.iter().filter(talks).count() / desks.len();
    assert!((2 * 7..6 * 8).contains(&per_person), "{per_person} calls in about eight hours");
}

#[test]
fn calendars_hold_all_kinds_of_meetings() {
    let day = day("2026-11-20", SEED);
    let agendas = day.events.iter().filter_map(|event| match &event.fact {
        Fact::Agenda(agenda) => Some(agenda),
        _ => None,
    });
    let meetings: Vec<_> = agendas.flat_map(|agenda| agenda.meetings()).collect();
    let some = |wanted: &dyn Fn(&&&Meeting) -> bool| meetings.iter().filter(wanted).count() >= 3;
    for word in [ShowAs::Free, ShowAs::Tentative, ShowAs::Busy, ShowAs::OutOfOffice, ShowAs::WorkingElsewhere] {
        assert!(some(&|meeting| meeting.show_as() == word), "{word:?}");
    }
    assert!(some(&|meeting| meeting.is_private()) && some(&|meeting| meeting.is_all_day()));
    assert!(some(&|meeting| meeting.importance() == Importance::High));
    let shared = meetings.iter().filter(|meeting| meeting.id() == meetings[0].id()).count();
    let most = meetings.iter().map(|one| meetings.iter().filter(|other| other.id() == one.id()).count()).max();
    assert!(shared >= 1 && most >= Some(10), "a department meets: {most:?}");
}

#[test]
fn people_type_absences_and_notes() {
    let day = day("2026-11-20", SEED);
    let mut reasons = BTreeSet::new();
    let mut notes = 0;
    for typed in &day.typed {
        match &typed.fact {
            Fact::Absences(list) => reasons.extend(list.iter().map(|absence| absence.reason().code())),
            Fact::Notes(list) => notes += list.len(),
            other => panic!("{other:?} is not typed"),
        }
    }
    let ill = AbsenceReason::Ill.code();
    assert!(reasons.len() >= 4 && reasons.contains(&ill) && notes >= 3, "{reasons:?} {notes}");
}

/// Nothing stands in the script that only happens outside of it.
#[test]
fn the_state_at_a_time_is_the_last_that_was_said() {
    let day = day("2026-11-20", SEED);
    let noon = day.at(NaiveTime::from_hms_opt(12, 0, 0).unwrap());
    for teller in Teller::ALL {
        let state = day.state(teller, noon);
        assert!(state.iter().all(|event| event.at <= noon && event.teller == teller));
        let places: BTreeSet<_> = state.iter().map(|event| (&event.address, event.fact.facet())).collect();
        assert_eq!(places.len(), state.len(), "each once");
        let first = day.state(teller, day.begin);
        assert_eq!(first.len(), state.len(), "of whom anything is known all is known");
        assert_eq!(day.between(teller, day.begin - TimeDelta::seconds(1), day.begin).count(), first.len());
    }
}
