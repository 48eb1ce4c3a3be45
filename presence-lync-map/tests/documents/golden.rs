//! The documents as clients and servers write them, read to what they say, and written in one way only.

use chrono::{NaiveTime, Weekday};
use presence_core::{Address, ShowAs};
use presence_lync_map::activity::{ActivityToken, Window};
use presence_lync_map::bands::RawAvailability;
use presence_lync_map::documents::{
    BatchAction, BatchSubscription, Categories, CategoryName, Contact, Content, FreeBusy, NoteKind, PhoneKind,
    Publications, ReadRules, StateDocument, StateType, Transition, VersionConflict, VersionOf, Weekdays, WorkingHours,
    WorkingPeriod,
};
use presence_lync_map::states::{DeviceType, InstanceId, Lifetime, StateKind};

use crate::samples::{BATCH, CALENDAR, CARD, FAULT, NOTIFY, PUBLISH, clock, contact, read_whole, state_in};

fn sip(text: &str) -> Address {
    Address::sip(text).unwrap()
}

/// S3.12: a publication of "busy": a user state in both containers, for a day.
#[test]
fn a_publication() {
    let read = Publications::read(PUBLISH.as_bytes(), &ReadRules::default()).unwrap();
    assert_eq!((&read.of, &read.warnings[..]), (&sip("ann@ex.test"), &[][..]));
    assert_eq!(read.list.iter().map(|one| one.container).collect::<Vec<_>>(), [2, 3]);
    for publication in &read.list {
        assert_eq!((publication.name, publication.instance), (CategoryName::State, InstanceId::USER_TIMED));
        assert_eq!((publication.version, publication.lifetime), (4, Lifetime::Seconds(86_400)));
        assert_eq!(publication.content, Content::State(StateDocument::user(RawAvailability::BUSY)));
        assert!(!publication.withdraws());
    }
    let one = |container: u32| {
        format!(
            "<publication categoryName=\"state\" instance=\"603979776\" container=\"{container}\" version=\"4\" \
             expireType=\"time\" expires=\"86400\"><state xmlns=\"http://schemas.microsoft.com/2006/09/sip/state\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"userState\" manual=\"true\">\
             <availability>6500</availability></state></publication>"
        )
    };
    let expected = format!(
        "<publish xmlns=\"http://schemas.microsoft.com/2006/09/sip/rich-presence\"><publications \
         uri=\"sip:ann@ex.test\">{}{}</publications></publish>",
        one(2),
        one(3)
    );
    assert_eq!(read.write(), expected);
    assert_eq!(Publications::read(expected.as_bytes(), &ReadRules::default()), Ok(read));
}

/// S3.17: a notification: the activity stands beside the number, and so does the note.
#[test]
fn a_notification() {
    let read = read_whole(NOTIFY);
    assert_eq!(read.of, Some(sip("bob@ex.test")));
    let [first, second] = &read.categories[..] else { panic!("two entries") };
    assert_eq!((first.name, first.instance), (CategoryName::State, InstanceId::AGGREGATE));
    assert_eq!((first.container, first.version), (None, None));
    assert_eq!(first.published, Some(clock("09:15:02.117")));
    let state = state_in(&read, 0);
    assert_eq!((state.kind, state.manual), (Some(StateType::Aggregate), false));
    assert_eq!(state.availability, Some(RawAvailability::BUSY_INACTIVE));
    let activity = state.activity.as_ref().unwrap();
    assert_eq!(activity.token, Some(ActivityToken::IN_A_MEETING));
    assert_eq!(activity.window, Window::new(RawAvailability::new(6_500), Some(RawAvailability::new(8_999))));
    assert_eq!((state.last_active, state.device), (Some(clock("09:10:00")), Some(DeviceType::Computer)));
    assert_eq!((second.name, second.instance), (CategoryName::Note, InstanceId::new(0)));
    let Content::Note(note) = &second.content else { panic!("a note") };
    assert_eq!(note.kind, NoteKind::Personal);
    assert_eq!(note.text.as_ref().map(|text| &**text.reveal()), Some("Room 4"));

    let expected = "<categories xmlns=\"http://schemas.microsoft.com/2006/09/sip/categories\" uri=\"sip:bob@ex.test\">\
        <category name=\"state\" instance=\"1\" publishTime=\"2024-03-05T09:15:02.117Z\"><state \
        xmlns=\"http://schemas.microsoft.com/2006/09/sip/state\" \
        xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"aggregateState\" \
        lastActive=\"2024-03-05T09:10:00.000Z\"><availability>7500</availability><activity token=\"in-a-meeting\" \
        minAvailability=\"6500\" maxAvailability=\"8999\"/><device>computer</device></state></category>\
        <category name=\"note\" instance=\"0\" publishTime=\"2024-03-05T08:00:00.000Z\"><note \
        xmlns=\"http://schemas.microsoft.com/2006/09/sip/note\"><body type=\"personal\" uri=\"\">Room 4</body></note>\
        </category></categories>";
    assert_eq!(read.write(), expected);
    assert_eq!(read_whole(expected), read);
}

/// S3.20: a subscription to several people and two categories of each.
#[test]
fn a_batch_subscription() {
    let read = BatchSubscription::read(BATCH.as_bytes()).unwrap();
    let to = vec![sip("bob@ex.test"), sip("eve@ex.test")];
    assert_eq!(read, BatchSubscription::new(sip("me@ex.test"), 63_792_024, to));
    assert_eq!(read.action, BatchAction::Subscribe);
    assert_eq!(read.categories, [CategoryName::State, CategoryName::Note]);
    let on_one_line: String = BATCH.lines().map(str::trim_start).collect();
    assert_eq!(read.write(), on_one_line);
}

/// S3.8: free/busy, two bits a slot, the first slot in the lowest bits.
/// S3.6: working hours in a zone with summer time.
#[test]
fn a_calendar() {
    let read = read_whole(CALENDAR);
    let [slots, hours] = &read.categories[..] else { panic!("two entries") };
    let Content::CalendarData(slots) = &slots.content else { panic!("a calendar") };
    let Content::CalendarData(hours) = &hours.content else { panic!("a calendar") };
    assert_eq!(slots.mailbox.as_deref(), Some("bob@ex.test"));
    let (free, busy, tentative, out) = (ShowAs::Free, ShowAs::Busy, ShowAs::Tentative, ShowAs::OutOfOffice);
    let words = [free, free, busy, busy, tentative, out, free, free];
    assert_eq!(slots.free_busy, Some(FreeBusy::new(clock("08:00:00"), 15, &words).unwrap()));
    assert_eq!(slots.working_hours, None);
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let days = Weekdays::of(&[Weekday::Mon, Weekday::Tue, Weekday::Wed]);
    let expected = WorkingHours::new(-60, vec![WorkingPeriod::new(days, 480, 1_020)])
        .summer_time(Transition::new(0, 10, 5, Weekday::Sun, at(3)), Transition::new(-60, 3, 5, Weekday::Sun, at(2)));
    assert_eq!((hours.working_hours.as_ref(), hours.free_busy.as_ref()), (Some(&expected), None));
    let on_one_line: String = CALENDAR.lines().map(str::trim_start).collect();
    let on_one_line = on_one_line.replace("T07:00:00\"", "T07:00:00.000Z\"").replace("T08:00:00Z", "T08:00:00.000Z");
    assert_eq!(read.write(), on_one_line);
}

/// The versions that are out of date; places are counted from 1 on the wire.
#[test]
fn a_conflict_of_versions() {
    let read = VersionConflict::read(FAULT.as_bytes()).unwrap();
    assert_eq!(read, VersionConflict::new(vec![VersionOf::new(0, 7), VersionOf::new(2, 0)]));
    let on_one_line: String = FAULT.lines().map(str::trim_start).collect();
    assert_eq!(read.write(), on_one_line);
    let other = FAULT.replace("WrongDelta", "Other");
    assert!(VersionConflict::read(other.as_bytes()).is_err());
}

#[test]
fn a_contact_card_in_parts() {
    let card = contact(&[CARD]).card();
    let text = |text: &Option<presence_core::Confidential<std::sync::Arc<str>>>| {
        text.as_ref().map(|text| text.reveal().to_string())
    };
    let texts = [&card.name, &card.title, &card.company, &card.office].map(text);
    assert_eq!(texts, ["Bob Berg", "Engineer", "Example", "B 12"].map(|text| Some(text.to_owned())));
    assert_eq!(card.email, Some(Address::smtp("bob@ex.test").unwrap()));
    let phones: Vec<_> = card.phones.iter().map(|phone| (phone.kind, phone.number.to_string())).collect();
    let work = (PhoneKind::Work, "tel:+4681234567".to_owned());
    assert_eq!(phones, [work, (PhoneKind::Voicemail, "sip:bob@ex.test".to_owned())]);
    // A later instance that is empty takes away its own part only.
    let empty = CARD.replace("T07:00:00", "T08:00:00");
    let entry = &empty[empty.find("<category name=\"contactCard\" instance=\"3\"").unwrap()..];
    let entry = &entry[..=entry.find('>').unwrap()];
    let taken_back = crate::samples::notification(&format!("{entry}</category>"));
    let card = contact(&[CARD, &taken_back]).card();
    assert_eq!((text(&card.name).as_deref(), text(&card.title), card.phones.len()), (Some("Bob Berg"), None, 1));
}

/// What is written and read is the same, and is written the same.
#[test]
fn writing_is_settled_after_once() {
    for sample in [NOTIFY, CALENDAR, CARD] {
        let once = read_whole(sample).write();
        assert_eq!(read_whole(&once).write(), once);
        assert_eq!(read_whole(&once), read_whole(sample));
    }
}

/// S3.26: what a state document says of itself and what its number says agree.
#[test]
fn numbers_of_instances_tell_the_kind() {
    let cases = [
        (1, StateType::Aggregate),
        (0x1000_0000, StateType::AggregateMachine),
        (0x2000_0000, StateType::Of(StateKind::User)),
        (0x2400_0000, StateType::Of(StateKind::User)),
        (0x3123_4567, StateType::Of(StateKind::Machine)),
        (0x4000_0001, StateType::Of(StateKind::Calendar)),
        (0x5000_0001, StateType::Of(StateKind::Calendar)),
        (0x6000_0001, StateType::Of(StateKind::Calendar)),
        (0x7000_0001, StateType::Of(StateKind::Phone)),
        (0x8000_0001, StateType::Of(StateKind::Phone)),
        (0x9000_0001, StateType::Of(StateKind::Phone)),
    ];
    for (number, kind) in cases {
        assert_eq!(StateType::of_instance(InstanceId::new(number)), Some(kind), "{number:08x}");
    }
    let names = [
        ("aggregateState", StateType::Aggregate),
        ("aggregateMachineState", StateType::AggregateMachine),
        ("userState", StateType::Of(StateKind::User)),
        ("machineState", StateType::Of(StateKind::Machine)),
        ("calendarState", StateType::Of(StateKind::Calendar)),
        ("phoneState", StateType::Of(StateKind::Phone)),
        ("conferenceState", StateType::Of(StateKind::Conference)),
    ];
    for (name, kind) in names {
        assert_eq!((StateType::from_wire(name), kind.to_wire()), (kind, Some(name)));
    }
}

/// Nothing told is nothing known.
#[test]
fn an_empty_notification_is_one() {
    let read = read_whole(&crate::samples::notification(""));
    assert_eq!(read, Categories::new(sip("bob@ex.test"), Vec::new()));
    assert_eq!(crate::samples::facts(&Contact::new()), []);
}
