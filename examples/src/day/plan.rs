//! What a person means to do on the day: when to come and go, when to eat, whom to meet.

use presence_core::ShowAs;
use presence_core::calendar::{Importance, Sensitivity};

use super::times::{DAY, HOUR, MINUTE};
use crate::company::{Company, Department, Member};
use crate::random::Random;

/// What kind of day it is for a person.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// At the desk, most of the time.
    AtWork,
    /// At work, at another place.
    Elsewhere,
    /// At a course, all day.
    Training,
    /// Travelling; the calendar says so, and the mailbox answers by itself.
    Travelling,
    /// Not at work at all, as the calendar says too.
    Vacation,
    /// Not at work at all, which only the note of absence says.
    Ill,
}

impl Kind {
    /// Whether the person works at a computer today.
    pub(crate) const fn works(self) -> bool {
        matches!(self, Self::AtWork | Self::Elsewhere)
    }

    fn of(member: &Member, random: &mut Random) -> Self {
        let hands_on = matches!(member.department, Some(Department::Support | Department::Warehouse));
        match random.below(100) {
            0..=1 => Self::Ill,
            2..=5 => Self::Vacation,
            6..=8 => Self::Training,
            9..=13 if !hands_on => Self::Travelling,
            14..=20 if !hands_on => Self::Elsewhere,
            _ => Self::AtWork,
        }
    }
}

/// Something in a calendar.
#[derive(Clone, Debug)]
pub(crate) struct Appointment {
    pub(crate) uid: String,
    /// In seconds since midnight.
    pub(crate) from: i64,
    pub(crate) until: i64,
    /// For all-day ones: the first day and the day after the last, counted from today.
    pub(crate) days: Option<(i64, i64)>,
    pub(crate) subject: String,
    pub(crate) place: Option<&'static str>,
    pub(crate) show_as: ShowAs,
    pub(crate) importance: Importance,
    pub(crate) sensitivity: Sensitivity,
}

impl Appointment {
    pub(super) fn new(uid: String, from: i64, until: i64, subject: &str) -> Self {
        Self {
            uid,
            from,
            until,
            days: None,
            subject: subject.to_owned(),
            place: None,
            show_as: ShowAs::Busy,
            importance: Importance::Normal,
            sensitivity: Sensitivity::Normal,
        }
    }

    /// Whole days, from the first to before the last, counted from today.
    pub(super) fn all_day(uid: String, first: i64, after: i64, subject: &str, show_as: ShowAs) -> Self {
        let timed = Self::new(uid, first * DAY, after * DAY, subject);
        Self { days: Some((first, after)), show_as, ..timed }
    }
}

/// The plan of a person.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    /// In seconds since midnight, like all that follows.
    pub(crate) arrives: i64,
    pub(crate) leaves: i64,
    /// From when until when.
    pub(crate) lunch: (i64, i64),
    /// What the calendar has, in no order.
    pub(crate) appointments: Vec<Appointment>,
    /// Time in which the person does not want to be disturbed.
    pub(crate) focus: Option<(i64, i64)>,
}

impl Plan {
    /// The plan of everybody, without appointments yet.
    pub(crate) fn of_everybody(company: &Company, seed: u64) -> Vec<Self> {
        let plan = |(number, member): (u64, &Member)| Self::of(member, &mut Random::new(seed, 2_000 + number));
        (0..).zip(company.members()).map(plan).collect()
    }

    fn of(member: &Member, random: &mut Random) -> Self {
        let kind = Kind::of(member, random);
        let (arrives, leaves) = hours(member, random);
        let lunch = 11 * HOUR + 15 * MINUTE + random.between(0, 6) * 15 * MINUTE + random.between(0, 240);
        let focus_at = random.between(2, 6) * HOUR + 7 * HOUR + 30 * MINUTE;
        let focus = (kind.works() && random.chance(10)).then_some((focus_at, focus_at + HOUR));
        let kind = if member.department.is_none() { Kind::AtWork } else { kind };
        let lunch = (lunch, lunch + random.between(28, 60) * MINUTE);
        Self { kind, arrives, leaves, lunch, appointments: Vec::new(), focus }
    }

    /// The meetings in which the person is busy, of today, by their times.
    pub(crate) fn meetings(&self) -> impl Iterator<Item = &Appointment> {
        let counts = |meeting: &&Appointment| meeting.days.is_none() && meeting.show_as == ShowAs::Busy;
        self.appointments.iter().filter(counts)
    }

    /// Whether the person is there and awake to the telephone then.
    pub(crate) fn is_free(&self, from: i64, until: i64) -> bool {
        let apart = |(start, end): (i64, i64)| until <= start || end <= from;
        let at_work = self.kind.works() && self.arrives <= from && until <= self.leaves;
        at_work && apart(self.lunch) && self.meetings().all(|meeting| apart((meeting.from, meeting.until)))
    }

    /// Whether nothing timed is in the calendar then.
    pub(super) fn has_room(&self, from: i64, until: i64) -> bool {
        let apart = |other: &Appointment| other.days.is_some() || until <= other.from || other.until <= from;
        self.arrives <= from && until <= self.leaves && self.appointments.iter().all(apart)
    }
}

/// When a person comes and goes.
fn hours(member: &Member, random: &mut Random) -> (i64, i64) {
    let (arrives, length) = match member.department {
        Some(Department::Support) if random.chance(50) => (7 * HOUR, 8 * HOUR + 30 * MINUTE),
        Some(Department::Support) => (9 * HOUR + 25 * MINUTE, 8 * HOUR + 30 * MINUTE),
        Some(Department::Warehouse) => (7 * HOUR, 8 * HOUR + 45 * MINUTE),
        _ => (7 * HOUR + random.between(30, 110) * MINUTE, 8 * HOUR + random.between(15, 60) * MINUTE),
    };
    let arrives = arrives + random.between(0, 9 * MINUTE);
    (arrives, (arrives + length + random.between(-600, 600)).min(18 * HOUR))
}
