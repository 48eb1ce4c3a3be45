//! Numbers, tokens and words against a table written here once more.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Arc;

use chrono::DateTime;
use presence_core::{Activity, Address, Availability, Band, Confidential, Lcid, LocalTexts};
use presence_lync_map::activity::{ActivityToken, Window, activity_of};
use presence_lync_map::bands::{
    LowNumbers, RawAvailability, client_name, from_client_name, from_server_name, server_name,
};
use presence_lync_map::documents::{Categories, Category, Content, StateDocument, StateType};
use presence_lync_map::states::{ActivityState, InstanceId};
use presence_lync_map::texts::{LOCALES, choose};
use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

/// First number, last number, band, name at the server, name at the client, customary number at the client.
const TABLE: [(u32, u32, Band, &str, &str, u32); 9] = [
    (0, 2_999, Band::None, "None", "None", 0),
    (3_000, 4_499, Band::Online, "Online", "Free", 3_500),
    (4_500, 5_999, Band::IdleOnline, "IdleOnline", "FreeIdle", 5_000),
    (6_000, 7_499, Band::Busy, "Busy", "Busy", 6_500),
    (7_500, 8_999, Band::IdleBusy, "IdleBusy", "BusyIdle", 7_500),
    (9_000, 11_999, Band::DoNotDisturb, "DoNotDisturb", "DoNotDisturb", 9_500),
    (12_000, 14_999, Band::BeRightBack, "BeRightBack", "TemporarilyAway", 12_500),
    (15_000, 17_999, Band::Away, "Away", "Away", 15_500),
    (18_000, u32::MAX, Band::Offline, "Offline", "Offline", 18_500),
];

fn expected(number: u32) -> Band {
    TABLE.iter().find(|(first, last, ..)| (*first..=*last).contains(&number)).unwrap().2
}

/// S4.7, S4.16: every one of the 18001 documented numbers has its one band, and each beyond is refused by whoever wants
/// documented numbers only.
#[test]
fn every_documented_number_has_its_band() {
    for number in 0..=18_000 {
        let raw = RawAvailability::documented(number).unwrap();
        assert_eq!(raw.band(), expected(number), "{number}");
        assert_eq!(raw.is_known(), number >= 3_000, "{number}");
        let engine = raw.availability();
        assert_eq!(engine.is_none(), (1..3_000).contains(&number), "{number}");
        if let Some(engine) = engine {
            assert_eq!((u32::from(engine.get()), engine.band()), (number, expected(number)));
        }
    }
    for number in (18_001..=66_000).chain([u32::MAX - 1, u32::MAX]) {
        let error = RawAvailability::documented(number).unwrap_err();
        assert_eq!(error.to_string(), format!("availability `{number}` is larger than `18000`"));
    }
}

/// S4.7: what the wire says beyond the documents is offline, and the number is kept.
#[test]
fn numbers_beyond_the_documents_are_offline_and_kept() {
    for number in (18_001..=66_000).chain([99_999, u32::MAX - 1, u32::MAX]) {
        let raw = RawAvailability::new(number);
        assert_eq!((raw.band(), raw.get()), (Band::Offline, number));
        assert_eq!(raw.availability(), Some(Availability::OFFLINE));
    }
}

/// S4.8–S4.16: the documented numbers with their names.
#[test]
fn documented_numbers_have_documented_names() {
    let documented = [
        (0, "None"),
        (3_000, "Online"),
        (4_500, "IdleOnline"),
        (6_000, "Busy"),
        (7_500, "IdleBusy"),
        (9_000, "DoNotDisturb"),
        (12_000, "BeRightBack"),
        (15_000, "Away"),
        (18_000, "Offline"),
    ];
    for (number, name) in documented {
        assert_eq!(server_name(RawAvailability::new(number).band()), name, "{number}");
    }
    for (_, _, band, server, client, customary) in TABLE {
        assert_eq!((server_name(band), client_name(band)), (server, client));
        assert_eq!((from_server_name(server), from_client_name(client)), (Some(band), Some(band)));
        assert_eq!(RawAvailability::customary(band).get(), customary, "{band:?}");
        assert_eq!(RawAvailability::customary(band).band(), band);
    }
}

/// What is really published falls where it should, marked numbers (one more than customary) too.
#[test]
fn published_numbers_fall_where_they_should() {
    let published = [
        (RawAvailability::AVAILABLE, 3_500, Band::Online),
        (RawAvailability::INACTIVE, 5_000, Band::IdleOnline),
        (RawAvailability::BUSY, 6_500, Band::Busy),
        (RawAvailability::URGENT_INTERRUPTIONS_ONLY, 6_900, Band::Busy),
        (RawAvailability::IN_CONFERENCE, 7_000, Band::Busy),
        (RawAvailability::BUSY_INACTIVE, 7_500, Band::IdleBusy),
        (RawAvailability::PRESENTING, 9_000, Band::DoNotDisturb),
        (RawAvailability::DO_NOT_DISTURB, 9_500, Band::DoNotDisturb),
        (RawAvailability::BE_RIGHT_BACK, 12_500, Band::BeRightBack),
        (RawAvailability::AWAY, 15_500, Band::Away),
        (RawAvailability::SERVER_OFFLINE, 18_000, Band::Offline),
        (RawAvailability::OFFLINE, 18_500, Band::Offline),
    ];
    for (raw, number, band) in published {
        assert_eq!((raw.get(), raw.band()), (number, band));
    }
    let marked = [3_501, 4_501, 6_001, 7_001].map(|number| RawAvailability::new(number).band());
    assert_eq!(marked, [Band::Online, Band::IdleOnline, Band::Busy, Band::Busy]);
}

/// The open point about 1 to 2999 is a setting; 0 is not, and neither is 3000.
#[test]
fn low_numbers_are_read_as_told() {
    let readings = [
        (LowNumbers::default(), Band::None),
        (LowNumbers::Unknown, Band::None),
        (LowNumbers::Available, Band::Online),
        (LowNumbers::Offline, Band::Offline),
    ];
    for (low, band) in readings {
        for number in 0..=18_600 {
            let expected = if (1..3_000).contains(&number) { band } else { expected(number) };
            assert_eq!(RawAvailability::new(number).band_with(low), expected, "{number} {low:?}");
        }
    }
}

/// S4.2, S3.17: a number says whether to call, an activity what somebody is doing; without a word for the latter the number
/// says both.
#[test]
fn presence_is_a_number_and_an_activity() {
    let tokens = [
        ("on-the-phone", Activity::InCall, Some((6_500, 6_500, Some(8_999)))),
        ("in-a-conference", Activity::InConference, Some((7_000, 7_000, Some(8_999)))),
        ("in-a-meeting", Activity::InMeeting, Some((6_500, 6_500, Some(8_999)))),
        ("in-presentation", Activity::Presenting, Some((9_000, 9_000, Some(11_999)))),
        ("presenting", Activity::Presenting, Some((9_000, 9_000, Some(11_999)))),
        ("urgent-interruptions-only", Activity::UrgentInterruptionsOnly, Some((6_900, 6_900, Some(8_999)))),
        ("out-of-office", Activity::OutOfOffice, None),
        ("be-right-back", Activity::BeRightBack, Some((12_500, 0, None))),
        ("off-work", Activity::OffWork, Some((15_500, 0, None))),
        ("online", Activity::Available, Some((3_500, 0, None))),
        ("busy", Activity::Busy, Some((6_500, 0, None))),
        ("idle", Activity::Idle, Some((5_000, 0, None))),
        ("away", Activity::Away, Some((15_500, 0, None))),
        ("do-not-disturb", Activity::DoNotDisturb, Some((9_500, 0, None))),
        ("offline", Activity::Offline, Some((18_500, 0, None))),
    ];
    for (spelling, activity, numbers) in tokens {
        let token = ActivityToken::new(spelling);
        assert_eq!((token.as_str(), token.activity()), (spelling, Some(activity)));
        assert_eq!(token.availability().map(RawAvailability::get), numbers.map(|(number, ..)| number), "{spelling}");
        let (min, max) = numbers.map_or((12_000, None), |(_, min, max)| (min, max));
        let window = Window::new(RawAvailability::new(min), max.map(RawAvailability::new));
        assert_eq!(token.window(), window, "{spelling}");
        assert_eq!(activity_of(RawAvailability::new(1), Some(&token)), activity);
        assert_eq!(ActivityToken::new(&spelling.to_uppercase()).activity(), None, "case counts");
    }
    let bands = Band::ALL.map(|band| activity_of(RawAvailability::customary(band), None));
    let expected = [
        Activity::None,
        Activity::Available,
        Activity::Idle,
        Activity::Busy,
        Activity::Busy,
        Activity::DoNotDisturb,
        Activity::BeRightBack,
        Activity::Away,
        Activity::Offline,
    ];
    assert_eq!(bands, expected);
}

/// A token that is not known goes out as it came, though it does not print.
#[test]
fn an_unknown_token_is_published_as_it_came() {
    let mut state = StateDocument::new(StateType::Aggregate, RawAvailability::BUSY);
    state.activity = Some(ActivityState::token(ActivityToken::new("juggling")));
    let told = Category::new(InstanceId::AGGREGATE, DateTime::UNIX_EPOCH, Content::State(state));
    let told = Categories::new(Address::sip("anna@example.com").unwrap(), vec![told]);
    assert!(told.write().contains("token=\"juggling\""), "{}", told.write());
    assert!(!format!("{told:?}").contains("juggling"));
}

/// A locale, often one with a name, so that languages meet.
fn lcid() -> impl Strategy<Value = Lcid> {
    let named = prop::sample::select(LOCALES.iter().map(|locale| locale.lcid).collect::<Vec<_>>());
    let any = (0_u32..0x8000).prop_map(Lcid::new);
    (named, any, prop::bool::weighted(0.8)).prop_map(|(named, any, is_named)| if is_named { named } else { any })
}

proptest! {
    /// S4.43: the choice that tells how it came about is the one the engine makes.
    #[test]
    fn the_choice_is_that_of_the_engine(locales in prop::collection::vec(lcid(), 0..8), reader in lcid()) {
        let texts = locales.iter().enumerate().map(|(place, lcid)| (*lcid, place)).collect::<Vec<_>>();
        let confidential =
            texts.iter().map(|(lcid, place)| (*lcid, Confidential::new(Arc::from(place.to_string())))).collect();
        let engine = LocalTexts::new(confidential).get(reader).map(|text| text.reveal().to_string());
        let ours = choose(&texts, reader);
        prop_assert_eq!(ours.map(|chosen| chosen.text.to_string()), engine);
        if let Some(chosen) = ours {
            prop_assert_eq!(locales[*chosen.text], chosen.lcid);
            prop_assert!(locales.contains(&chosen.lcid));
        }
    }

    /// What the engine says goes out and comes back in the same band, and a known number exactly.
    #[test]
    fn what_goes_out_comes_back(number in 0_u16..=18_000) {
        let availability = Availability::new(number).unwrap();
        let raw = RawAvailability::from(availability);
        prop_assert_eq!(raw.band(), availability.band());
        if availability.is_known() {
            prop_assert_eq!(raw.availability(), Some(availability));
        }
    }

    /// Any word of up to 64 bytes is kept, and a word that is not known changes nothing and does not print.
    #[test]
    fn any_token_is_kept(word in "\\PC{0,16}", number: u32) {
        let token = ActivityToken::new(&word);
        prop_assert_eq!(token.as_str(), &word);
        let raw = RawAvailability::new(number);
        if token.activity().is_none() {
            prop_assert_eq!(activity_of(raw, Some(&token)), activity_of(raw, None));
            prop_assert_eq!(token.window(), Window::ALL);
            prop_assert_eq!(format!("{token} {token:?}"), "*** ActivityToken(***)");
        }
    }
}
