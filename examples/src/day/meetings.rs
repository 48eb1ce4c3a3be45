//! Fills the calendars: what departments share, what two people have with each other, what each has alone.

use std::sync::Arc;

use presence_core::calendar::{Importance, InvalidSpan, Sensitivity};
use presence_core::{Agenda, Hours, Meeting, MeetingDraft, ShowAs};

use super::plan::{Appointment, Kind, Plan};
use super::times::{DAY, HOUR, MINUTE, Times};
use crate::company::{Company, Department, Member};
use crate::random::Random;

/// Subjects of private meetings. Nobody may ever read one of them.
pub(super) const PRIVATE: [&str; 8] = [
    "Dentist",
    "Physiotherapist",
    "Bank about the mortgage",
    "Solicitor",
    "School, about Lisa",
    "Job interview",
    "Blood test",
    "Viewing a flat",
];

const ORDINARY: [&str; 14] = [
    "Budget review",
    "Project meeting",
    "Price list",
    "Planning",
    "Customer visit",
    "Supplier talk",
    "Demonstration",
    "Retrospective",
    "Stocktaking",
    "Contract review",
    "Introduction of new colleagues",
    "Quarterly figures",
    "Safety round",
    "Steering group",
];

const PLACES: [&str; 6] = ["Room Birch", "Room Rowan", "Room Aspen", "Canteen", "Auditorium", "Online"];

/// So many days, today among them, are in what a calendar tells.
const COVERED: i64 = 2;

/// Puts everybody's appointments into the plans.
pub(super) fn fill(company: &Company, plans: &mut [Plan], seed: u64) {
    whole_days(plans);
    for department in Department::ALL {
        stand_up(company, plans, department);
        one_to_ones(company, plans, department, seed);
    }
    for ((number, member), plan) in (0..).zip(company.members()).zip(plans) {
        let mut random = Random::new(seed, 3_000 + number);
        lunch(plan, member, number, &mut random);
        own(plan, member, number, &mut random);
    }
}

/// The calendar of a person.
pub(super) fn agenda(plan: &Plan, times: Times) -> Result<Arc<Agenda>, InvalidSpan> {
    let mut meetings = Vec::new();
    for appointment in &plan.appointments {
        // What takes hours is there again tomorrow; what takes days is there once.
        let repeats = if appointment.days.is_some() { 1 } else { COVERED };
        for day in 0..repeats {
            meetings.push(meeting(appointment, day * DAY, times)?);
        }
    }
    Ok(Arc::new(Agenda::new(times.span(0, COVERED * DAY)?, meetings)))
}

/// The working hours of a person, by the quarter of an hour.
pub(super) fn hours(plan: &Plan, times: Times) -> Result<Arc<Hours>, InvalidSpan> {
    let quarter = |seconds: i64| seconds - seconds.rem_euclid(15 * MINUTE);
    let day = |day: i64| times.span(day * DAY + quarter(plan.arrives), day * DAY + quarter(plan.leaves));
    let spans = (0..COVERED).map(day).collect::<Result<_, _>>()?;
    Ok(Arc::new(Hours::new(times.span(0, COVERED * DAY)?, spans)))
}

fn meeting(appointment: &Appointment, later: i64, times: Times) -> Result<Meeting, InvalidSpan> {
    let span = times.span(appointment.from + later, appointment.until + later)?;
    let mut draft = MeetingDraft::new(&appointment.uid, span)
        .subject(&appointment.subject)
        .show_as(appointment.show_as)
        .importance(appointment.importance)
        .sensitivity(appointment.sensitivity);
    if let Some(place) = appointment.place {
        draft = draft.place(place);
    }
    if let Some((first, after)) = appointment.days {
        draft = draft.all_day(times.date(first), times.date(after));
    }
    Ok(Meeting::new(draft))
}

fn whole_days(plans: &mut [Plan]) {
    for (number, plan) in plans.iter_mut().enumerate() {
        let uid = format!("day-{number}");
        let day = |first, after, subject, show_as| Appointment::all_day(uid, first, after, subject, show_as);
        plan.appointments.extend(match plan.kind {
            Kind::Travelling => Some(day(-1, 2, "Trade fair", ShowAs::OutOfOffice)),
            Kind::Vacation => Some(day(-4, 3, "Holiday", ShowAs::OutOfOffice)),
            Kind::Training => Some(day(0, 1, "First aid course", ShowAs::Busy)),
            Kind::Elsewhere => Some(day(0, 1, "At the other office", ShowAs::WorkingElsewhere)),
            Kind::AtWork | Kind::Ill => None,
        });
    }
}

/// The department meets, at the same time for all.
fn stand_up(company: &Company, plans: &mut [Plan], department: Department) {
    let Some(minute) = department.stand_up() else { return };
    let (from, until) = (minute * MINUTE, minute * MINUTE + 15 * MINUTE);
    for (member, plan) in company.members().iter().zip(plans) {
        if member.department == Some(department) && plan.has_room(from, until) {
            let uid = format!("stand-up-{}", department.name());
            let subject = format!("Stand-up {}", department.name());
            plan.appointments.push(Appointment::new(uid, from, until, &subject));
        }
    }
}

/// The first of the department meets some of the others, one after the other.
fn one_to_ones(company: &Company, plans: &mut [Plan], department: Department, seed: u64) {
    let of_department = |(_, member): &(usize, &Member)| member.department == Some(department);
    let numbers: Vec<usize> = company.members().iter().enumerate().filter(of_department).map(|(at, _)| at).collect();
    let Some((first, others)) = numbers.split_first() else { return };
    let mut random = Random::new(seed, 4_000 + u64::try_from(*first).unwrap_or(0));
    for turn in 0..random.between(2, 4) {
        let other = random.pick(others);
        let from = 13 * HOUR + turn * 30 * MINUTE;
        let uid = format!("one-to-one-{first}-{turn}");
        let both = [*first, other];
        let free = |at: &usize| plans.get(*at).is_some_and(|plan| plan.has_room(from, from + 30 * MINUTE));
        if other == *first || !both.iter().all(free) {
            continue;
        }
        for at in both {
            if let Some(plan) = plans.get_mut(at) {
                plan.appointments.push(Appointment::new(uid.clone(), from, from + 30 * MINUTE, "One-to-one"));
            }
        }
    }
}

fn lunch(plan: &mut Plan, member: &Member, number: u64, random: &mut Random) {
    let (from, until) = plan.lunch;
    let from = from - from.rem_euclid(15 * MINUTE);
    let until = until - until.rem_euclid(15 * MINUTE);
    if !plan.kind.works() || !random.chance(30) || !plan.has_room(from, until) {
        return;
    }
    let guests = member.department == Some(Department::Sales) && random.chance(50);
    let subject = if guests { "Lunch with customer" } else { "Lunch" };
    let lunch = Appointment::new(format!("lunch-{number}"), from, until, subject);
    plan.appointments.push(if guests { lunch } else { Appointment { show_as: ShowAs::Free, ..lunch } });
}

/// What a person has in the calendar alone; every third one is followed by another at once.
fn own(plan: &mut Plan, member: &Member, number: u64, random: &mut Random) {
    let Some(department) = member.department.filter(|_| plan.kind.works()) else { return };
    let (fewest, most) = department.meetings();
    for turn in 0..random.between(fewest, most) {
        let from = 8 * HOUR + 30 * MINUTE + random.between(0, 16) * 30 * MINUTE;
        let until = from + random.between(1, 2) * 30 * MINUTE;
        if plan.has_room(from, until) {
            plan.appointments.push(invented(format!("own-{number}-{turn}"), from, until, random));
        }
        let after = until + 30 * MINUTE;
        if random.chance(30) && plan.has_room(until, after) {
            plan.appointments.push(invented(format!("next-{number}-{turn}"), until, after, random));
        }
    }
    // The warehouse and the support have few meetings, but errands of their own like everybody else.
    let from = 8 * HOUR + random.between(0, 17) * 30 * MINUTE;
    if random.chance(12) && plan.has_room(from, from + HOUR) {
        plan.appointments.push(private(format!("private-{number}"), from, from + HOUR, random));
    }
}

fn invented(uid: String, from: i64, until: i64, random: &mut Random) -> Appointment {
    if random.chance(10) {
        return private(uid, from, until, random);
    }
    let show_as = match random.below(20) {
        0..=1 => ShowAs::Tentative,
        2 => ShowAs::Free,
        _ => ShowAs::Busy,
    };
    let importance = match random.below(20) {
        0 => Importance::Low,
        1..=2 => Importance::High,
        _ => Importance::Normal,
    };
    let place = Some(random.pick(&PLACES));
    Appointment { show_as, importance, place, ..Appointment::new(uid, from, until, random.pick(&ORDINARY)) }
}

fn private(uid: String, from: i64, until: i64, random: &mut Random) -> Appointment {
    let sensitivity = if random.chance(20) { Sensitivity::Confidential } else { Sensitivity::Private };
    let show_as = if random.chance(25) { ShowAs::OutOfOffice } else { ShowAs::Busy };
    Appointment { sensitivity, show_as, ..Appointment::new(uid, from, until, random.pick(&PRIVATE)) }
}
