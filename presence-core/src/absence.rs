//! Absences: why a person is away, from when until when, and who can help meanwhile.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::activity::Activity;
use crate::availability::Availability;
use crate::confidential::Confidential;
use crate::identity::{Address, PersonId};
use crate::second::Second;

/// Why a person is away.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
#[non_exhaustive]
pub enum AbsenceReason {
    /// Eating.
    Lunch = 0,
    /// A short pause.
    Break = 1,
    /// In a meeting.
    Meeting = 2,
    /// Out on business, in the neighbourhood.
    BusinessErrand = 3,
    /// Travelling on business.
    BusinessTrip = 4,
    /// At a course.
    Training = 5,
    /// On holiday.
    Vacation = 6,
    /// On leave for long.
    Leave = 7,
    /// Ill. This is health data: [`activity`](Self::activity) does not tell it.
    Ill = 8,
    /// Off, for hours or days.
    TimeOff = 9,
    /// Not in the office.
    OutOfOffice = 10,
    /// Not coming back today.
    GoneForTheDay = 11,
    /// At work, but at another place.
    WorkingElsewhere = 12,
    /// Here, but busy.
    Busy = 13,
    /// Here, but not to be disturbed.
    DoNotDisturb = 14,
    /// Anything else.
    Other = 15,
}

impl AbsenceReason {
    /// All reasons, in the order of their codes.
    pub const ALL: [Self; 16] = [
        Self::Lunch,
        Self::Break,
        Self::Meeting,
        Self::BusinessErrand,
        Self::BusinessTrip,
        Self::Training,
        Self::Vacation,
        Self::Leave,
        Self::Ill,
        Self::TimeOff,
        Self::OutOfOffice,
        Self::GoneForTheDay,
        Self::WorkingElsewhere,
        Self::Busy,
        Self::DoNotDisturb,
        Self::Other,
    ];

    /// A small number for this reason.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The reason with this number.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// How available a person is who is away for this reason, if the absence does not say otherwise.
    #[must_use]
    pub const fn availability(self) -> Availability {
        match self {
            Self::WorkingElsewhere => Availability::ONLINE,
            Self::Meeting | Self::Training | Self::Busy => Availability::BUSY,
            Self::DoNotDisturb => Availability::DO_NOT_DISTURB,
            Self::Lunch | Self::Break => Availability::BE_RIGHT_BACK,
            Self::Leave | Self::GoneForTheDay => Availability::OFFLINE,
            Self::BusinessErrand
            | Self::BusinessTrip
            | Self::Vacation
            | Self::Ill
            | Self::TimeOff
            | Self::OutOfOffice
            | Self::Other => Availability::AWAY,
        }
    }

    /// What to show. Illness is health data and shows as "absent", as does what has no word of its own.
    #[must_use]
    pub const fn activity(self) -> Activity {
        match self {
            Self::Lunch => Activity::Lunch,
            Self::Break => Activity::Break,
            Self::Meeting => Activity::InMeeting,
            Self::BusinessErrand => Activity::BusinessErrand,
            Self::BusinessTrip => Activity::BusinessTrip,
            Self::Training => Activity::Training,
            Self::Vacation => Activity::Vacation,
            Self::Leave => Activity::Leave,
            Self::TimeOff => Activity::TimeOff,
            Self::OutOfOffice => Activity::OutOfOffice,
            Self::GoneForTheDay => Activity::GoneForTheDay,
            Self::WorkingElsewhere => Activity::WorkingElsewhere,
            Self::Busy => Activity::Busy,
            Self::DoNotDisturb => Activity::DoNotDisturb,
            Self::Ill | Self::Other => Activity::Absent,
        }
    }
}

/// An absence is to end before it begins, or when it begins.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an absence ends after it begins")]
#[non_exhaustive]
pub struct EndBeforeStart;

/// One absence of a person, present or planned.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Form")]
pub struct Absence {
    reason: AbsenceReason,
    from: Second,
    until: Option<Second>,
    availability: Availability,
    diversion: Option<Address>,
    replacement: Option<PersonId>,
    text: Option<Confidential<Arc<str>>>,
}

impl Absence {
    /// An absence that begins at `from`, rounded down to the second, and has no known end.
    #[must_use]
    pub fn new(reason: AbsenceReason, from: DateTime<Utc>) -> Self {
        Self {
            reason,
            from: Second::floor(from),
            until: None,
            availability: reason.availability(),
            diversion: None,
            replacement: None,
            text: None,
        }
    }

    /// The same absence with an end, rounded up to the second: from then on the person is back.
    ///
    /// # Errors
    ///
    /// If the end is not after the begin.
    pub fn until_time(self, end: DateTime<Utc>) -> Result<Self, EndBeforeStart> {
        let end = Second::ceil(end);
        if end > self.from { Ok(Self { until: Some(end), ..self }) } else { Err(EndBeforeStart) }
    }

    /// The same absence, in which the person is so available.
    #[must_use]
    pub fn with_availability(self, availability: Availability) -> Self {
        Self { availability, ..self }
    }

    /// The same absence, in which calls go to `address`.
    #[must_use]
    pub fn with_diversion(self, address: Address) -> Self {
        Self { diversion: Some(address), ..self }
    }

    /// The same absence, in which `person` can help.
    #[must_use]
    pub fn with_replacement(self, person: PersonId) -> Self {
        Self { replacement: Some(person), ..self }
    }

    /// The same absence, with words of the person.
    #[must_use]
    pub fn with_text(self, text: Confidential<Arc<str>>) -> Self {
        Self { text: Some(text), ..self }
    }

    /// Why the person is away.
    #[must_use]
    pub const fn reason(&self) -> AbsenceReason {
        self.reason
    }

    /// How available the person is meanwhile.
    #[must_use]
    pub const fn availability(&self) -> Availability {
        self.availability
    }

    /// What to show meanwhile.
    #[must_use]
    pub const fn activity(&self) -> Activity {
        self.reason.activity()
    }

    /// The first second of the absence.
    #[must_use]
    pub const fn from(&self) -> Second {
        self.from
    }

    /// The first second after the absence, if its end is known.
    #[must_use]
    pub const fn until(&self) -> Option<Second> {
        self.until
    }

    /// Where calls go meanwhile.
    #[must_use]
    pub const fn diversion(&self) -> Option<&Address> {
        self.diversion.as_ref()
    }

    /// Who can help meanwhile.
    #[must_use]
    pub const fn replacement(&self) -> Option<&PersonId> {
        self.replacement.as_ref()
    }

    /// What the person says about it.
    #[must_use]
    pub const fn text(&self) -> Option<&Confidential<Arc<str>>> {
        self.text.as_ref()
    }

    /// Whether the person is away at `at`. The first second counts, the second of the end does not.
    #[must_use]
    pub fn is_active(&self, at: Second) -> bool {
        self.from <= at && !self.is_over(at)
    }

    /// Whether the end has come.
    #[must_use]
    pub fn is_over(&self, at: Second) -> bool {
        self.until.is_some_and(|end| end <= at)
    }
}

/// The absence that speaks for the person at `at`.
///
/// Of those active it is the one with the highest availability number, that is, the one that is furthest away; then
/// the one that began last; then the first of the list.
#[must_use]
pub fn speaking(list: &[Absence], at: Second) -> Option<&Absence> {
    // Backwards, because of several that are equal `max_by_key` takes the last.
    list.iter().rev().filter(|absence| absence.is_active(at)).max_by_key(|a| (a.availability, a.from))
}

/// The first second after `at` in which an absence of the list begins or ends.
#[must_use]
pub fn next_boundary(list: &[Absence], at: Second) -> Option<Second> {
    list.iter().flat_map(|absence| [Some(absence.from), absence.until]).flatten().filter(|second| *second > at).min()
}

/// As it is written: times are RFC 3339.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Form {
    reason: AbsenceReason,
    from: DateTime<Utc>,
    #[serde(default)]
    until: Option<DateTime<Utc>>,
    #[serde(default)]
    availability: Option<Availability>,
    #[serde(default)]
    diversion: Option<Address>,
    #[serde(default)]
    replacement: Option<PersonId>,
    #[serde(default)]
    text: Option<Confidential<Arc<str>>>,
}

impl TryFrom<Form> for Absence {
    type Error = EndBeforeStart;

    fn try_from(form: Form) -> Result<Self, EndBeforeStart> {
        let mut absence = Self::new(form.reason, form.from);
        absence.availability = form.availability.unwrap_or(absence.availability);
        absence.diversion = form.diversion;
        absence.replacement = form.replacement;
        absence.text = form.text;
        match form.until {
            Some(end) => absence.until_time(end),
            None => Ok(absence),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(unix: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(unix, 0).unwrap()
    }

    fn absence(reason: AbsenceReason, from: i64, until: i64) -> Absence {
        Absence::new(reason, time(from)).until_time(time(until)).unwrap()
    }

    #[test]
    fn every_reason_has_its_number_and_code() {
        let numbers =
            [12500, 12500, 6500, 15500, 15500, 6500, 15500, 18000, 15500, 15500, 15500, 18000, 3500, 6500, 9500, 15500];
        assert_eq!(AbsenceReason::ALL.map(|reason| reason.availability().get()), numbers);
        for code in 0..=u8::MAX {
            assert_eq!(AbsenceReason::from_code(code).map(AbsenceReason::code), (code < 16).then_some(code));
        }
    }

    #[test]
    fn every_reason_but_two_has_a_word_of_its_own() {
        let absent = AbsenceReason::ALL.into_iter().filter(|reason| reason.activity() == Activity::Absent);
        assert_eq!(absent.collect::<Vec<_>>(), [AbsenceReason::Ill, AbsenceReason::Other]);
        assert_eq!(AbsenceReason::Meeting.activity(), Activity::InMeeting);
        for reason in AbsenceReason::ALL {
            let json = serde_json::to_string(&reason).unwrap();
            assert_eq!(serde_json::from_str::<AbsenceReason>(&json).unwrap(), reason);
            assert!(AbsenceReason::ALL.into_iter().all(|other| {
                other == reason || other.activity() != reason.activity() || other.activity() == Activity::Absent
            }));
        }
    }

    /// S0.3: an absence has text, start, end and diversion target.
    #[test]
    fn s0_3_text_start_end_and_diversion_target() {
        let target = Address::tel("+4684711").unwrap();
        let lunch = absence(AbsenceReason::Lunch, 100, 200)
            .with_diversion(target.clone())
            .with_text(Confidential::new("at Nils's".into()));
        assert_eq!((lunch.from(), lunch.until()), (Second::new(100), Some(Second::new(200))));
        assert_eq!(lunch.diversion(), Some(&target));
        assert_eq!(&**lunch.text().unwrap().reveal(), "at Nils's");
        let active: Vec<_> = [99, 100, 199, 200].map(|at| lunch.is_active(Second::new(at))).into();
        assert_eq!(active, [false, true, true, false]);
        assert_eq!([99, 199, 200].map(|at| lunch.is_over(Second::new(at))), [false, false, true]);
    }

    /// S1.3: a referral has a reason code and a return time.
    #[test]
    fn s1_3_reason_code_and_return_time() {
        let trip = absence(AbsenceReason::BusinessTrip, 100, 200);
        assert_eq!(AbsenceReason::from_code(trip.reason().code()), Some(AbsenceReason::BusinessTrip));
        assert_eq!(trip.activity(), Activity::BusinessTrip);
        assert_eq!(trip.until(), Some(Second::new(200)));
        assert_eq!(Absence::new(AbsenceReason::Vacation, time(100)).until(), None);
    }

    /// F.3: an absence names the person who can help.
    #[test]
    fn f_3_a_replacement_is_named() {
        let carl = PersonId::new("carl").unwrap();
        let vacation = Absence::new(AbsenceReason::Vacation, time(100));
        assert_eq!(vacation.replacement(), None);
        assert_eq!(vacation.with_replacement(carl.clone()).replacement(), Some(&carl));
    }

    #[test]
    fn an_end_is_after_the_begin_and_rounded_up() {
        let start = Absence::new(AbsenceReason::Break, DateTime::from_timestamp(100, 900_000_000).unwrap());
        assert_eq!(start.from(), Second::new(100));
        assert_eq!(start.clone().until_time(time(100)), Err(EndBeforeStart));
        assert_eq!(start.clone().until_time(time(99)), Err(EndBeforeStart));
        let end = DateTime::from_timestamp(101, 1).unwrap();
        assert_eq!(start.until_time(end).unwrap().until(), Some(Second::new(102)));
    }

    #[test]
    fn the_furthest_away_speaks_then_the_latest_then_the_first() {
        let lunch = absence(AbsenceReason::Lunch, 100, 200);
        let trip = absence(AbsenceReason::BusinessTrip, 50, 300);
        let errand = absence(AbsenceReason::BusinessErrand, 60, 300);
        let same = absence(AbsenceReason::Vacation, 60, 300);
        let list = [lunch.clone(), trip.clone(), errand.clone(), same];
        assert_eq!(speaking(&list, Second::new(150)), Some(&errand));
        assert_eq!(speaking(&list, Second::new(55)), Some(&trip));
        assert_eq!(speaking(&list, Second::new(300)), None);
        let away = lunch.with_availability(Availability::OFFLINE);
        assert_eq!(speaking(&[trip, away.clone()], Second::new(150)), Some(&away));
    }

    #[test]
    fn boundaries_are_begins_and_ends_to_come() {
        let list = [
            absence(AbsenceReason::Lunch, 100, 200),
            absence(AbsenceReason::Meeting, 150, 250),
            Absence::new(AbsenceReason::Leave, time(180)),
        ];
        let next = |at| next_boundary(&list, Second::new(at)).map(Second::get);
        assert_eq!([0, 100, 150, 180, 200].map(next), [100, 150, 180, 200, 250].map(Some));
        assert_eq!(next(250), None);
        assert_eq!(next_boundary(&[], Second::MIN), None);
    }

    #[test]
    fn reads_times_as_rfc_3339_and_refuses_reversed_ones() {
        let read: Absence = serde_json::from_str(
            r#"{"reason": "business-errand", "from": "1970-01-01T01:01:40+01:00", "until": "1970-01-01T00:03:20Z",
                "availability": 6500, "diversion": "tel:+4684711", "replacement": "carl", "text": "soon"}"#,
        )
        .unwrap();
        let same = absence(AbsenceReason::BusinessErrand, 100, 200)
            .with_availability(Availability::BUSY)
            .with_diversion(Address::tel("+4684711").unwrap())
            .with_replacement(PersonId::new("carl").unwrap())
            .with_text(Confidential::new("soon".into()));
        assert_eq!(read, same);
        let least: Absence = serde_json::from_str(r#"{"reason": "ill", "from": "1970-01-01T00:01:40Z"}"#).unwrap();
        assert_eq!(least, Absence::new(AbsenceReason::Ill, time(100)));
        let reversed = r#"{"reason": "ill", "from": "1970-01-01T00:01:40Z", "until": "1970-01-01T00:01:40Z"}"#;
        assert!(serde_json::from_str::<Absence>(reversed).is_err());
    }

    #[test]
    fn debug_masks_the_text() {
        let ill = Absence::new(AbsenceReason::Other, time(0)).with_text(Confidential::new("broken leg".into()));
        let debug = format!("{ill:?}");
        assert!(debug.contains("***") && !debug.contains("leg"));
    }

    proptest! {
        #[test]
        fn nothing_changes_between_boundaries(
            spans in prop::collection::vec((0_u8..16, 0_i64..50, 1_i64..50), 0..8),
            at in 0_u32..100,
        ) {
            let list: Vec<Absence> = spans
                .iter()
                .map(|(code, from, length)| absence(AbsenceReason::from_code(*code).unwrap(), *from, from + length))
                .collect();
            let next = next_boundary(&list, Second::new(at)).map_or(120, Second::get);
            let now = speaking(&list, Second::new(at));
            for later in at..next {
                prop_assert_eq!(speaking(&list, Second::new(later)), now);
            }
        }
    }
}
