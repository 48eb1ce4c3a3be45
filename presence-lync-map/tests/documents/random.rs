//! Documents of all kinds at random: what is written is read again as it was.

use std::sync::Arc;

use chrono::{DateTime, NaiveTime, Utc, Weekday};
use presence_core::{Address, Confidential, Lcid, LocalTexts, ShowAs};
use presence_lync_map::activity::{ActivityToken, Window};
use presence_lync_map::bands::RawAvailability;
use presence_lync_map::documents::{
    BatchSubscription, CalendarData, Categories, Category, CategoryName, ContactCard, Content, FreeBusy, MeetingTexts,
    NoteDocument, NoteKind, PhoneKind, PhoneNumber, Publication, Publications, ReadRules, StateDocument, StateType,
    Transition, VersionConflict, VersionOf, Weekdays, WorkingHours, WorkingPeriod,
};
use presence_lync_map::states::{ActivityState, DeviceType, InstanceId, Lifetime, StateKind};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

fn rules() -> ReadRules {
    let mut rules = ReadRules::default();
    rules.meeting_texts = MeetingTexts::Kept;
    rules
}

/// Texts with every character that is awkward somewhere; blanks around a text do not belong to it.
fn text() -> impl Strategy<Value = String> {
    let awkward = select(vec![
        '<',
        '>',
        '&',
        '"',
        '\'',
        '\t',
        '\n',
        '\r',
        ' ',
        ';',
        ']',
        '-',
        '?',
        '!',
        '#',
        'a',
        'é',
        '\u{7f}',
        '\u{85}',
        '\u{2028}',
        '\u{feff}',
        '\u{fffd}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{10000}',
        '\u{10ffff}',
        '😀',
        '\u{202e}',
    ]);
    vec(awkward, 1..12).prop_map(|characters| format!("[{}]", characters.into_iter().collect::<String>()))
}

fn typed() -> impl Strategy<Value = Confidential<Arc<str>>> {
    text().prop_map(|text| Confidential::new(without(&text, '\r').into()))
}

fn shared() -> impl Strategy<Value = Arc<str>> {
    text().prop_map(|text| Arc::from(one_line(&text)))
}

/// The ends of lines have a test of their own, [`line_ends_are_kept`].
fn one_line(text: &str) -> String {
    without(&without(&without(text, '\r'), '\n'), '\t')
}

fn without(text: &str, character: char) -> String {
    text.replace(character, " ")
}

/// A reader makes blanks of line ends and tabs in an attribute, and one line end of two in a text, unless they are
/// written as references.
#[test]
fn line_ends_are_kept() {
    let mut state = StateDocument::default();
    state.endpoint = Some(Arc::from("[\t\n\r\n]"));
    state.location = Some(Confidential::new("[\t\n\r\n\r]".into()));
    let told = Category::new(InstanceId::new(1), DateTime::UNIX_EPOCH, Content::State(state));
    let told = Categories::new(Address::sip("x@x").unwrap(), vec![told]);
    assert_eq!(Categories::read(told.write().as_bytes(), &rules()), Ok(told));
}

/// To the millisecond, as times are written, in all years that have four digits.
fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (-62_167_219_200_000_i64..=253_402_300_799_999).prop_map(|millis| DateTime::from_timestamp_millis(millis).unwrap())
}

fn sip() -> impl Strategy<Value = Address> {
    "[a-z0-9.&'_!~*-]{1,12}@[a-z0-9.-]{1,12}(:[1-9][0-9]{0,3})?".prop_map(|uri| Address::sip(&uri).unwrap())
}

fn number() -> impl Strategy<Value = RawAvailability> {
    prop_oneof![0..20_000_u32, any::<u32>()].prop_map(RawAvailability::new)
}

fn token() -> impl Strategy<Value = ActivityToken> {
    let known = select(vec![
        "on-the-phone",
        "in-a-conference",
        "in-a-meeting",
        "in-presentation",
        "presenting",
        "urgent-interruptions-only",
        "out-of-office",
        "be-right-back",
        "off-work",
        "online",
        "busy",
        "idle",
        "away",
        "do-not-disturb",
        "offline",
    ]);
    prop_oneof![known.prop_map(str::to_owned), text().prop_map(|token| one_line(&token))]
        .prop_map(|token| ActivityToken::new(&token))
}

fn texts() -> impl Strategy<Value = LocalTexts> {
    vec((any::<u32>().prop_map(Lcid::new), typed()), 1..4).prop_map(LocalTexts::new)
}

fn activity() -> impl Strategy<Value = ActivityState> {
    let says = prop_oneof![
        token().prop_map(ActivityState::token),
        texts().prop_map(ActivityState::custom),
        (token(), texts()).prop_map(|(token, texts)| {
            let mut activity = ActivityState::token(token);
            activity.custom = Some(texts);
            activity
        }),
    ];
    (says, number(), of(number())).prop_map(|(activity, min, max)| activity.within(Window::new(min, max)))
}

fn kind() -> impl Strategy<Value = StateType> {
    select(vec![
        StateType::Aggregate,
        StateType::AggregateMachine,
        StateType::Of(StateKind::User),
        StateType::Of(StateKind::Machine),
        StateType::Of(StateKind::Calendar),
        StateType::Of(StateKind::Phone),
        StateType::Of(StateKind::Conference),
    ])
}

fn device() -> impl Strategy<Value = DeviceType> {
    select(vec![DeviceType::Computer, DeviceType::DeskPhone, DeviceType::Mobile, DeviceType::Web])
}

fn state() -> impl Strategy<Value = StateDocument> {
    let attributes = (of(kind()), any::<bool>(), of(number()), of(activity()), of(time()), of(time()), of(shared()));
    let children = (of(device()), of(typed()), of(typed()), of(typed()), of(any::<i32>()));
    (attributes, children).prop_map(|(attributes, children)| {
        let mut state = StateDocument::default();
        let (kind, manual, availability, activity, starts, last_active, endpoint) = attributes;
        (state.kind, state.manual, state.availability, state.activity) = (kind, manual, availability, activity);
        (state.starts, state.last_active, state.endpoint) = (starts, last_active, endpoint);
        (state.device, state.location, state.meeting_subject, state.meeting_location, state.time_zone_bias) = children;
        state
    })
}

fn note() -> impl Strategy<Value = NoteDocument> {
    let kind = select(vec![NoteKind::Personal, NoteKind::OutOfOffice]);
    let written = (kind, text(), of(time()), of(time())).prop_map(|(kind, text, starts, ends)| {
        let mut note = NoteDocument::personal(&text);
        (note.kind, note.starts, note.ends) = (kind, starts, ends);
        note
    });
    prop_oneof![5 => written, 1 => Just(NoteDocument::default())]
}

fn weekday() -> impl Strategy<Value = Weekday> {
    (0..7_u8).prop_map(|day| Weekday::try_from(day).unwrap())
}

fn transition() -> impl Strategy<Value = Transition> {
    (-1_440..=1_440, 1..=12_u32, 1..=5_u8, weekday(), 0..86_400_u32).prop_map(
        |(bias, month, order, weekday, second)| {
            let time = NaiveTime::from_num_seconds_from_midnight_opt(second, 0).unwrap();
            Transition::new(bias, month, order, weekday, time)
        },
    )
}

fn working_hours() -> impl Strategy<Value = WorkingHours> {
    let period = (vec(weekday(), 0..5), 0..=1_440_u32, 0..=1_440_u32)
        .prop_map(|(days, starts, ends)| WorkingPeriod::new(Weekdays::of(&days), starts, ends));
    (-1_440..=1_440, of(transition()), of(transition()), vec(period, 0..4)).prop_map(
        |(bias, standard, daylight, periods)| {
            let mut hours = WorkingHours::new(bias, periods);
            (hours.standard, hours.daylight) = (standard, daylight);
            hours
        },
    )
}

fn free_busy() -> impl Strategy<Value = FreeBusy> {
    let word = select(vec![ShowAs::Free, ShowAs::Tentative, ShowAs::Busy, ShowAs::OutOfOffice]);
    (time(), 5..=60_u32, vec(word, 0..50))
        .prop_map(|(starts, minutes, words)| FreeBusy::new(starts, minutes, &words).unwrap())
}

fn calendar() -> impl Strategy<Value = CalendarData> {
    (of(shared()), of(working_hours()), of(free_busy())).prop_map(|(mailbox, hours, slots)| {
        let mut data = CalendarData::new(hours, slots);
        data.mailbox = mailbox;
        data
    })
}

fn phone() -> impl Strategy<Value = PhoneNumber> {
    let kinds = [PhoneKind::Work, PhoneKind::Mobile, PhoneKind::Home, PhoneKind::Other, PhoneKind::Voicemail];
    let tel = "\\+[1-9][0-9]{4,14}".prop_map(|number| Address::tel(&number).unwrap());
    (select(kinds.to_vec()), prop_oneof![tel, sip()]).prop_map(|(kind, number)| PhoneNumber::new(kind, number))
}

fn card() -> impl Strategy<Value = ContactCard> {
    let email = "[a-z0-9.&'_+]{1,9}@[a-z0-9.-]{1,9}".prop_map(|mail| Address::smtp(&mail).unwrap());
    let texts = (of(typed()), of(typed()), of(typed()), of(typed()));
    (texts, of(email), vec(phone(), 0..4), any::<bool>()).prop_map(|(texts, email, phones, is_automaton)| {
        let mut card = ContactCard::default();
        (card.name, card.title, card.company, card.office) = texts;
        (card.email, card.phones, card.is_automaton) = (email, phones, is_automaton);
        card
    })
}

fn content() -> impl Strategy<Value = Content> {
    prop_oneof![
        4 => state().prop_map(Content::State),
        2 => note().prop_map(Content::Note),
        2 => calendar().prop_map(Content::CalendarData),
        2 => card().prop_map(Content::ContactCard),
        1 => Just(Content::Empty),
    ]
}

fn name_of(content: &Content) -> CategoryName {
    content.category().unwrap_or(CategoryName::Services)
}

fn category() -> impl Strategy<Value = Category> {
    let key = (any::<u32>(), of(any::<u32>()), of(any::<u32>()), of(time()));
    (content(), key).prop_map(|(content, (instance, container, version, published))| {
        let name = name_of(&content);
        let mut category = Category::new(InstanceId::new(instance), DateTime::UNIX_EPOCH, content);
        category.name = name;
        (category.container, category.version, category.published) = (container, version, published);
        category
    })
}

fn publication() -> impl Strategy<Value = Publication> {
    let lifetime = prop_oneof![
        Just(Lifetime::Static),
        Just(Lifetime::Endpoint),
        Just(Lifetime::User),
        any::<u32>().prop_map(Lifetime::Seconds),
        Just(Lifetime::Seconds(0)),
    ];
    (content(), any::<u32>(), any::<u32>(), any::<u32>(), lifetime).prop_map(
        |(content, instance, container, version, lifetime)| {
            let name = name_of(&content);
            let withdraws = lifetime == Lifetime::Seconds(0);
            let content = if withdraws { Content::Empty } else { content };
            let mut publication = Publication::new(InstanceId::new(instance), container, lifetime, content);
            (publication.name, publication.version) = (name, version);
            publication
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// S3.12, S3.17, S3.6, S3.8, S3.7: nothing of a notification is lost or changed on the way.
    #[test]
    fn notifications(of in of(sip()), list in vec(category(), 0..5)) {
        let mut told = Categories::new(Address::sip("x@x").unwrap(), list);
        told.of = of;
        let written = told.write();
        let mut again = Categories::read(written.as_bytes(), &rules()).unwrap();
        if told.of.is_none() {
            again.warnings.remove(0);
        }
        prop_assert_eq!(&again, &told, "{}", written);
        prop_assert_eq!(again.write(), written);
    }

    /// S3.12, S3.33: nothing of a publication is lost or changed on the way.
    #[test]
    fn publications(of in sip(), list in vec(publication(), 0..5)) {
        let told = Publications::new(of, list);
        let written = told.write();
        let again = Publications::read(written.as_bytes(), &rules()).unwrap();
        prop_assert_eq!(&again, &told, "{}", written);
        prop_assert_eq!(again.write(), written);
    }

    #[test]
    fn subscriptions(from in sip(), to in vec(sip(), 0..9), id: u32, ends: bool, second: u32) {
        let mut batch = BatchSubscription::new(from, id, to);
        if ends {
            batch.action = presence_lync_map::documents::BatchAction::Unsubscribe;
            batch.categories = vec![CategoryName::CalendarData, CategoryName::ContactCard, CategoryName::Services];
        }
        prop_assert_eq!(BatchSubscription::read(batch.write().as_bytes()), Ok(batch.clone()));
        match batch.halves(second) {
            None => prop_assert!(batch.to.len() < 2),
            Some((left, right)) => {
                prop_assert_eq!((left.id, right.id), (id, second));
                prop_assert!(!left.to.is_empty() && !right.to.is_empty());
                prop_assert_eq!([left.to, right.to].concat(), batch.to);
            }
        }
    }

    #[test]
    fn conflicts(list in vec((0..u32::MAX - 1, any::<u32>()), 0..9)) {
        let place = |place: u32| usize::try_from(place).unwrap();
        let conflict = VersionConflict::new(
            list.into_iter().map(|(number, version)| VersionOf::new(place(number), version)).collect()
        );
        prop_assert_eq!(VersionConflict::read(conflict.write().as_bytes()), Ok(conflict));
    }

    /// Characters that XML does not have do not make a document that cannot be read.
    #[test]
    fn no_text_breaks_a_document(text: String) {
        let note = Content::Note(NoteDocument::personal(&text));
        let told = Categories::new(Address::sip("x@x").unwrap(), vec![Category::new(InstanceId::new(0), DateTime::UNIX_EPOCH, note)]);
        let again = Categories::read(told.write().as_bytes(), &rules()).unwrap();
        prop_assert_eq!(again.categories.len(), 1);
    }
}
