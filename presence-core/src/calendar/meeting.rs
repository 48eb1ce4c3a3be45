//! Meetings, and what may be known of private ones.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize, Serializer};

use super::span::Span;
use crate::confidential::Confidential;

/// What a meeting says about the time it takes, ordered by restriction.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ShowAs {
    /// The calendar does not say. That is unknown, not free.
    NoData,
    /// Free.
    Free,
    /// Working elsewhere.
    WorkingElsewhere,
    /// Tentative.
    Tentative,
    /// Busy.
    Busy,
    /// Out of office.
    OutOfOffice,
}

impl ShowAs {
    /// The number of this word, `0..=5` in the order of restriction.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::NoData => 0,
            Self::Free => 1,
            Self::WorkingElsewhere => 2,
            Self::Tentative => 3,
            Self::Busy => 4,
            Self::OutOfOffice => 5,
        }
    }

    /// The word with this [`code`](Self::code).
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::NoData,
            1 => Self::Free,
            2 => Self::WorkingElsewhere,
            3 => Self::Tentative,
            4 => Self::Busy,
            5 => Self::OutOfOffice,
            _ => return None,
        })
    }

    /// Busy or out of office.
    #[must_use]
    pub const fn is_busy(self) -> bool {
        matches!(self, Self::Busy | Self::OutOfOffice)
    }
}

/// How important the organiser says a meeting is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Importance {
    /// Low.
    Low,
    /// Normal.
    #[default]
    Normal,
    /// High.
    High,
}

/// How sensitive a meeting is, ordered by strictness.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Sensitivity {
    /// Normal.
    #[default]
    Normal,
    /// Personal: a label without consequence.
    Personal,
    /// Private.
    Private,
    /// Confidential.
    Confidential,
}

impl Sensitivity {
    /// Whether such a meeting keeps nothing but its times and its word.
    #[must_use]
    pub const fn is_private(self) -> bool {
        matches!(self, Self::Private | Self::Confidential)
    }
}

/// What was typed into a meeting that is not private.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MeetingTexts {
    /// The subject.
    pub subject: Option<Confidential<Arc<str>>>,
    /// The place.
    pub place: Option<Confidential<Arc<str>>>,
    /// The organiser.
    pub organiser: Option<Confidential<Arc<str>>>,
}

impl MeetingTexts {
    /// `None` when nothing is said.
    fn of(draft: &mut MeetingDraft) -> Option<Self> {
        let texts = Self {
            subject: said(draft.subject.take()),
            place: said(draft.place.take()),
            organiser: said(draft.organiser.take()),
        };
        texts.all().iter().any(Option::is_some).then_some(texts)
    }

    fn all(&self) -> [Option<&str>; 3] {
        [&self.subject, &self.place, &self.organiser].map(|text| text.as_ref().map(|text| &**text.reveal()))
    }
}

/// What an adapter read about a meeting, not yet safe to keep.
///
/// Bodies, links, attachments, categories and the names of attendees have no field: do not read them.
/// Its `Debug` prints no text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeetingDraft {
    #[serde(default = "no_uid")]
    uid: Confidential<Arc<str>>,
    span: Span,
    #[serde(default = "busy")]
    show_as: ShowAs,
    #[serde(default)]
    importance: Importance,
    #[serde(default)]
    sensitivity: Sensitivity,
    #[serde(default)]
    master_sensitivity: Option<Sensitivity>,
    #[serde(default)]
    all_day: Option<(NaiveDate, NaiveDate)>,
    #[serde(default)]
    cancelled: bool,
    #[serde(default)]
    declined: bool,
    #[serde(default)]
    subject: Option<Confidential<Arc<str>>>,
    #[serde(default)]
    place: Option<Confidential<Arc<str>>>,
    #[serde(default)]
    organiser: Option<Confidential<Arc<str>>>,
    #[serde(default)]
    attendees: u32,
    #[serde(default = "yes")]
    hide_importance: bool,
}

impl MeetingDraft {
    /// A busy meeting of normal importance and sensitivity, about which nothing else is said.
    ///
    /// `uid` is the calendar's own name for the meeting, the same for every occurrence of a series.
    #[must_use]
    pub fn new(uid: &str, span: Span) -> Self {
        Self {
            uid: Confidential::new(Arc::from(uid)),
            span,
            show_as: ShowAs::Busy,
            importance: Importance::Normal,
            sensitivity: Sensitivity::Normal,
            master_sensitivity: None,
            all_day: None,
            cancelled: false,
            declined: false,
            subject: None,
            place: None,
            organiser: None,
            attendees: 0,
            hide_importance: true,
        }
    }

    /// What the meeting says about its time. Default: busy.
    #[must_use]
    pub const fn show_as(mut self, show_as: ShowAs) -> Self {
        self.show_as = show_as;
        self
    }

    /// The importance. Default: normal.
    #[must_use]
    pub const fn importance(mut self, importance: Importance) -> Self {
        self.importance = importance;
        self
    }

    /// The sensitivity. Default: normal. Say private when the calendar says something that you do not understand.
    #[must_use]
    pub const fn sensitivity(mut self, sensitivity: Sensitivity) -> Self {
        self.sensitivity = sensitivity;
        self
    }

    /// The sensitivity of the series to which this occurrence belongs. The stricter of the two wins.
    #[must_use]
    pub const fn master_sensitivity(mut self, sensitivity: Sensitivity) -> Self {
        self.master_sensitivity = Some(sensitivity);
        self
    }

    /// Makes it an all-day meeting, by the civil date of its first day and of the day after its last one.
    ///
    /// At least the first day is taken: calendars write the same date twice.
    #[must_use]
    pub const fn all_day(mut self, first: NaiveDate, after: NaiveDate) -> Self {
        self.all_day = Some((first, after));
        self
    }

    /// Whether the organiser has cancelled it.
    #[must_use]
    pub const fn cancelled(mut self, cancelled: bool) -> Self {
        self.cancelled = cancelled;
        self
    }

    /// Whether the owner of the calendar has declined it.
    #[must_use]
    pub const fn declined(mut self, declined: bool) -> Self {
        self.declined = declined;
        self
    }

    /// The subject.
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = Some(Confidential::new(Arc::from(subject)));
        self
    }

    /// The place.
    #[must_use]
    pub fn place(mut self, place: &str) -> Self {
        self.place = Some(Confidential::new(Arc::from(place)));
        self
    }

    /// The organiser.
    #[must_use]
    pub fn organiser(mut self, organiser: &str) -> Self {
        self.organiser = Some(Confidential::new(Arc::from(organiser)));
        self
    }

    /// How many attend.
    #[must_use]
    pub const fn attendees(mut self, attendees: u32) -> Self {
        self.attendees = attendees;
        self
    }

    /// Whether the importance of a private meeting is hidden too: a switch of the installation. Default: yes.
    #[must_use]
    pub const fn hide_importance(mut self, hide: bool) -> Self {
        self.hide_importance = hide;
        self
    }

    fn is_private(&self) -> bool {
        self.sensitivity.max(self.master_sensitivity.unwrap_or_default()).is_private()
    }
}

/// A local name of a meeting, which says nothing about the calendar's own.
///
/// Written as sixteen hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MeetingId(u64);

impl MeetingId {
    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    fn ordinary(uid: &str, span: Span) -> Self {
        // 0xFF occurs in no text, so the parts cannot be shifted against each other.
        Self(fnv1a(uid.bytes().chain([0xFF]).chain(span.start().get().to_be_bytes())))
    }

    /// Made of what everybody may know: the real uid would tell that two people are in the same private meeting.
    fn private(span: Span, show_as: ShowAs) -> Self {
        let times = [span.start(), span.end()].into_iter().flat_map(|second| second.get().to_be_bytes());
        Self(fnv1a([0xFE].into_iter().chain(times).chain([show_as.code()])))
    }
}

impl fmt::Display for MeetingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for MeetingId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A meeting as the engine keeps it.
///
/// Of a private one only its times, its word, and whether it is cancelled or declined are left: subject, place,
/// organiser, attendees, uid and (by default) importance do not exist any more, and nothing brings them back.
#[derive(Clone, Deserialize, PartialEq)]
#[serde(from = "MeetingDraft")]
pub struct Meeting {
    id: MeetingId,
    texts: Option<Arc<MeetingTexts>>,
    span: Span,
    days: Option<(NaiveDate, NaiveDate)>,
    attendees: u32,
    show_as: ShowAs,
    importance: Importance,
    private: bool,
    cancelled: bool,
    declined: bool,
}

impl Meeting {
    /// Keeps what may be kept of `draft`.
    ///
    /// A private meeting loses its texts, its attendees and its identity, cancelled or not. No switch keeps them.
    #[must_use]
    pub fn new(mut draft: MeetingDraft) -> Self {
        let mut meeting = Self {
            id: MeetingId::private(draft.span, draft.show_as),
            texts: None,
            span: draft.span,
            days: draft.all_day.and_then(at_least_one_day),
            attendees: 0,
            show_as: draft.show_as,
            importance: Importance::Normal,
            private: draft.is_private(),
            cancelled: draft.cancelled,
            declined: draft.declined,
        };
        // Everything that tells something is added here and nowhere else.
        if !meeting.private {
            meeting.id = MeetingId::ordinary(draft.uid.reveal(), draft.span);
            meeting.attendees = draft.attendees;
            meeting.texts = MeetingTexts::of(&mut draft).map(Arc::new);
        }
        if !meeting.private || !draft.hide_importance {
            meeting.importance = draft.importance;
        }
        meeting
    }

    /// With the texts of another occurrence of the same meeting, which are then kept once for both; a private meeting has
    /// none all the same.
    #[must_use]
    pub fn with_texts_of(mut self, other: &Self) -> Self {
        if !self.private {
            self.texts.clone_from(&other.texts);
        }
        self
    }

    /// Its local name. Private meetings with equal span and word share one.
    #[must_use]
    pub const fn id(&self) -> MeetingId {
        self.id
    }

    /// When it takes place.
    #[must_use]
    pub const fn span(&self) -> Span {
        self.span
    }

    /// What it says about its time.
    #[must_use]
    pub const fn show_as(&self) -> ShowAs {
        self.show_as
    }

    /// Its importance; normal where it is hidden.
    #[must_use]
    pub const fn importance(&self) -> Importance {
        self.importance
    }

    /// How many attend; 0 when that is hidden or not known.
    #[must_use]
    pub const fn attendees(&self) -> u32 {
        self.attendees
    }

    /// Whether it is private.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        self.private
    }

    /// Whether it takes whole days.
    #[must_use]
    pub const fn is_all_day(&self) -> bool {
        self.days.is_some()
    }

    /// The civil dates of an all-day meeting: its first day and the day after its last one.
    #[must_use]
    pub const fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        self.days
    }

    /// Whether the organiser has cancelled it.
    #[must_use]
    pub const fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    /// Whether the owner of the calendar has declined it.
    #[must_use]
    pub const fn is_declined(&self) -> bool {
        self.declined
    }

    /// An id for those who are not told the texts: the other one would tell who is in the same meeting.
    pub(crate) fn masked_id(&self) -> MeetingId {
        MeetingId::private(self.span, self.show_as)
    }

    /// Whether it says anything about its owner: neither cancelled nor declined nor without data.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.stands() && !matches!(self.show_as, ShowAs::NoData)
    }

    /// What was typed; never for a private meeting.
    #[must_use]
    pub fn texts(&self) -> Option<&MeetingTexts> {
        self.texts.as_deref()
    }

    /// Neither cancelled nor declined.
    pub(super) const fn stands(&self) -> bool {
        !self.cancelled && !self.declined
    }

    /// A total order by start, then end, then id, in which only equal meetings are equal.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let key = |meeting: &Self| {
            let flags = (meeting.private, meeting.cancelled, meeting.declined);
            let looks = (meeting.show_as, meeting.importance, meeting.days, meeting.attendees);
            (meeting.span.start(), meeting.span.end(), meeting.id, looks, flags)
        };
        let texts = || self.texts().map(MeetingTexts::all).cmp(&other.texts().map(MeetingTexts::all));
        key(self).cmp(&key(other)).then_with(texts)
    }
}

impl fmt::Debug for Meeting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meeting")
            .field("id", &self.id)
            .field("span", &self.span)
            .field("show_as", &self.show_as)
            .field("importance", &self.importance)
            .field("days", &self.days)
            .field("private", &self.private)
            .field("cancelled", &self.cancelled)
            .field("declined", &self.declined)
            .finish_non_exhaustive()
    }
}

impl From<MeetingDraft> for Meeting {
    fn from(draft: MeetingDraft) -> Self {
        Self::new(draft)
    }
}

/// `text`, unless it is blank.
fn said(text: Option<Confidential<Arc<str>>>) -> Option<Confidential<Arc<str>>> {
    text.filter(|text| !text.reveal().trim().is_empty())
}

/// `None` only at the end of the calendar, where there is no next day.
fn at_least_one_day((first, after): (NaiveDate, NaiveDate)) -> Option<(NaiveDate, NaiveDate)> {
    Some((first, after.max(first.succ_opt()?)))
}

fn fnv1a(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

fn no_uid() -> Confidential<Arc<str>> {
    Confidential::new(Arc::from(""))
}

const fn busy() -> ShowAs {
    ShowAs::Busy
}

const fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::second::Second;

    const CANARIES: [&str; 4] = ["uid-canary", "subject-canary", "place-canary", "organiser-canary"];

    fn span() -> Span {
        Span::from_seconds(Second::new(100), Second::new(200)).unwrap()
    }

    fn draft() -> MeetingDraft {
        let [uid, subject, place, organiser] = CANARIES;
        MeetingDraft::new(uid, span())
            .importance(Importance::High)
            .subject(subject)
            .place(place)
            .organiser(organiser)
            .attendees(7)
    }

    fn private() -> MeetingDraft {
        draft().sensitivity(Sensitivity::Private)
    }

    #[test]
    fn codes_are_those_of_the_order_of_restriction() {
        for code in 0..=5 {
            assert_eq!(ShowAs::from_code(code).unwrap().code(), code);
            assert!(code == 0 || ShowAs::from_code(code - 1) < ShowAs::from_code(code));
        }
        assert_eq!(ShowAs::from_code(6), None);
        let busy: Vec<u8> = (0..=5).filter(|code| ShowAs::from_code(*code).unwrap().is_busy()).collect();
        assert_eq!(busy, [4, 5]);
    }

    /// F.22
    #[test]
    fn tentative_and_working_elsewhere_are_words_of_their_own() {
        assert_eq!(serde_json::to_string(&ShowAs::Tentative).unwrap(), r#""tentative""#);
        assert_eq!(serde_json::to_string(&ShowAs::WorkingElsewhere).unwrap(), r#""working-elsewhere""#);
        assert!(ShowAs::Free < ShowAs::WorkingElsewhere && ShowAs::WorkingElsewhere < ShowAs::Tentative);
    }

    /// S3.9
    #[test]
    fn an_ordinary_meeting_keeps_its_texts_beside_its_time() {
        let meeting = Meeting::new(draft());
        let texts = meeting.texts().unwrap();
        assert_eq!(texts.all(), [Some("subject-canary"), Some("place-canary"), Some("organiser-canary")]);
        assert_eq!((meeting.importance(), meeting.attendees()), (Importance::High, 7));
        assert!(!meeting.is_private());

        let silent = Meeting::new(MeetingDraft::new("uid-canary", span()));
        assert_eq!(silent.texts(), None);
        assert_eq!((silent.id(), silent.span(), silent.show_as()), (meeting.id(), meeting.span(), meeting.show_as()));
    }

    /// S0.17, S0.18: there is no difference between a private meeting with texts and one without.
    #[test]
    fn nothing_that_was_typed_survives_in_a_private_meeting() {
        let told = Meeting::new(private());
        let untold = Meeting::new(MeetingDraft::new("another", span()).sensitivity(Sensitivity::Private));
        assert_eq!(told, untold);
        assert_eq!((told.texts(), told.attendees(), told.importance()), (None, 0, Importance::Normal));
        assert!(told.is_private());
    }

    /// S0.18
    #[test]
    fn no_switch_keeps_the_texts_of_a_private_meeting() {
        let told = Meeting::new(private().hide_importance(false));
        assert_eq!((told.texts(), told.attendees()), (None, 0));
        assert_eq!(told.importance(), Importance::High);
        assert_eq!(told.id(), Meeting::new(private()).id());
    }

    /// S0.18: "Cancelled: dentist" is as private as the dentist.
    #[test]
    fn a_cancelled_private_meeting_is_as_silent() {
        let told = Meeting::new(private().cancelled(true).declined(true));
        assert_eq!((told.texts(), told.attendees(), told.importance()), (None, 0, Importance::Normal));
        assert!(told.is_cancelled() && told.is_declined() && told.is_private());
    }

    /// S0.18
    #[test]
    fn the_stricter_of_an_occurrence_and_its_series_wins() {
        use Sensitivity::{Confidential, Normal, Personal, Private};
        let private = |own, master| Meeting::new(draft().sensitivity(own).master_sensitivity(master)).is_private();
        for strict in [Private, Confidential] {
            for mild in [Normal, Personal, Private, Confidential] {
                assert!(private(strict, mild) && private(mild, strict));
            }
        }
        assert!(!private(Normal, Personal) && !private(Personal, Normal));
    }

    #[test]
    fn the_id_of_a_private_meeting_is_made_of_its_time_and_word_alone() {
        let id = |draft| Meeting::new(draft).id();
        let other = || MeetingDraft::new("other-uid", span());
        assert_eq!(id(private()), id(other().sensitivity(Sensitivity::Confidential)));
        assert_ne!(id(private()), id(private().show_as(ShowAs::Tentative)));
        assert_ne!(id(draft()), id(other()));
        assert_ne!(id(draft()), id(private()));
    }

    #[test]
    fn occurrences_of_a_series_have_ids_of_their_own() {
        let later = Span::from_seconds(Second::new(101), Second::new(200)).unwrap();
        assert_ne!(MeetingId::ordinary("a", span()), MeetingId::ordinary("a", later));
        assert_eq!(fnv1a("foobar".bytes()), 0x8594_4171_F739_67E8);
        assert_eq!(serde_json::to_string(&MeetingId(0xAB)).unwrap(), r#""00000000000000ab""#);
    }

    /// S0.18
    #[test]
    fn no_text_is_printed() {
        let printed = [
            format!("{:?}", draft()),
            format!("{:?}", Meeting::new(draft())),
            format!("{:?}", Meeting::new(draft()).texts()),
            format!("{:#?}", Meeting::new(private())),
        ];
        for canary in CANARIES {
            assert!(printed.iter().all(|text| !text.contains(canary)), "{canary}");
        }
    }

    #[test]
    fn what_is_cancelled_declined_or_without_data_does_not_count() {
        assert!(Meeting::new(draft().show_as(ShowAs::Free)).counts());
        assert!(!Meeting::new(draft().cancelled(true)).counts());
        assert!(!Meeting::new(draft().declined(true)).counts());
        assert!(!Meeting::new(draft().show_as(ShowAs::NoData)).counts());
    }

    #[test]
    fn an_all_day_meeting_takes_at_least_its_first_day() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
        for after in [1, 2, 3] {
            let meeting = Meeting::new(draft().all_day(day(2), day(after)));
            assert_eq!(meeting.days(), Some((day(2), day(3))));
            assert!(meeting.is_all_day());
        }
        assert!(!Meeting::new(draft()).is_all_day());
    }

    #[test]
    fn blank_texts_are_none() {
        let meeting = Meeting::new(MeetingDraft::new("a", span()).subject(" \t").place(""));
        assert_eq!(meeting.texts(), None);
    }

    /// S0.18: texts of another occurrence are shared, and a private meeting takes none.
    #[test]
    fn occurrences_share_their_texts() {
        let first = Meeting::new(draft());
        let bare = |sensitivity| Meeting::new(MeetingDraft::new("a", span()).sensitivity(sensitivity));
        let again = bare(Sensitivity::Normal).with_texts_of(&first);
        assert!(std::ptr::eq(again.texts().unwrap(), first.texts().unwrap()));
        for sensitivity in [Sensitivity::Private, Sensitivity::Confidential] {
            assert_eq!(bare(sensitivity).with_texts_of(&first), bare(sensitivity));
        }
    }

    #[test]
    fn a_meeting_is_small() {
        assert!(size_of::<Meeting>() <= 64, "{}", size_of::<Meeting>());
    }

    #[test]
    fn a_meeting_is_read_through_the_draft() {
        let json = r#"{
            "uid": "uid-canary",
            "span": {"start": "1970-01-01T00:01:40Z", "end": "1970-01-01T00:03:20Z"},
            "importance": "high",
            "sensitivity": "normal",
            "subject": "subject-canary",
            "place": "place-canary",
            "organiser": "organiser-canary",
            "attendees": 7
        }"#;
        let read = |json: &str| serde_json::from_str::<Meeting>(json);
        assert_eq!(read(json).unwrap(), Meeting::new(draft()));
        assert_eq!(read(&json.replace("normal", "private")).unwrap(), Meeting::new(private()));
        assert!(read(&json.replace("attendees", "body")).is_err());
    }
}
