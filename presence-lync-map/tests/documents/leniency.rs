//! What the wire is known for is forgiven, and what is forgiven costs as little as can be.

use presence_core::{Address, Availability, Facet, Fact};
use presence_lync_map::bands::RawAvailability;
use presence_lync_map::documents::{
    BatchSubscription, BitOrder, Categories, Contact, Content, FactRules, Publications, ReadRules, StateType,
    VersionConflict, WarningProblem,
};
use presence_lync_map::states::MissingNumber;

use crate::samples::{
    BATCH, CALENDAR, CARD, FAULT, NOTIFY, PUBLISH, STATE, aggregate, calendar, clock, contact, facts, note,
    notification, number, problems, read, read_whole, state, state_in,
};

/// The state in a notification with nothing but one.
fn the_state(inner: &str) -> presence_lync_map::documents::StateDocument {
    state_in(&read_whole(&notification(&aggregate("09:00:00", inner))), 0).clone()
}

fn rich(contact: &Contact) -> Option<Availability> {
    facts(contact).into_iter().find_map(|fact| match fact {
        Fact::Rich(state) => Some(state.availability),
        _ => None,
    })
}

/// The text of the note that is told.
fn told_note(contact: &Contact) -> Option<String> {
    facts(contact).into_iter().find_map(|fact| match fact {
        Fact::Notes(notes) => Some(notes[0].text().reveal().to_string()),
        _ => None,
    })
}

const PIECES: [&str; 4] = [
    "<availability>7500</availability>",
    "<activity token='in-a-meeting' minAvailability='6500' maxAvailability='8999'/>",
    "<device>computer</device>",
    "<endpointLocation>Hall</endpointLocation>",
];

#[test]
fn elements_come_in_any_order() {
    let expected = the_state(&PIECES.concat());
    for turn in 0..PIECES.len() {
        let mut pieces = PIECES;
        pieces.rotate_left(turn);
        assert_eq!(the_state(&pieces.concat()), expected);
        pieces.reverse();
        assert_eq!(the_state(&pieces.concat()), expected);
    }
    assert_eq!(number(&expected), Some(7_500));
}

/// Whatever stands between them: what is unknown, markers of extensions, comments, instructions.
#[test]
fn what_is_unknown_is_passed_over_wherever_it_stands() {
    let between = [
        "<unknown a='b'><availability>1</availability></unknown>",
        "<ct:delimiter xmlns:ct='http://schemas.microsoft.com/2006/09/sip/commontypes'/>",
        "<end xmlns='http://schemas.microsoft.com/2006/09/sip/commontypes'/>",
        "<ct:extension xmlns:ct='http://schemas.microsoft.com/2006/09/sip/commontypes'><availability>2</availability>\
         </ct:extension>",
        "<o:device xmlns:o='urn:other'>web</o:device>",
        "<availability xmlns='urn:other'>3500</availability>",
        "<!-- <availability>3500</availability> -->",
        "<?something <availability>3500</availability> ?>",
        "words that belong to nothing",
    ];
    let expected = the_state(&PIECES.concat());
    for unknown in between {
        for place in 0..=PIECES.len() {
            let mut inner = PIECES.map(str::to_owned).to_vec();
            inner.insert(place, unknown.to_owned());
            assert_eq!(the_state(&inner.concat()), expected, "{unknown} at {place}");
        }
    }
    let all = notification(&format!(
        "{}<unknown/>{}",
        aggregate("09:00:00", &PIECES.concat()),
        "<category name='photo' instance='0'><photo xmlns='urn:p'/></category>"
    ));
    let all = all.replacen("uri=", "new='1' xmlns:n='urn:n' n:uri='sip:eve@ex.test' uri=", 1);
    let read = read_whole(&all.replace("<activity ", "<activity new='1' "));
    assert_eq!(read.of, Some(Address::sip("bob@ex.test").unwrap()));
    assert_eq!(state_in(&read, 0), &expected);
    assert_eq!(read.categories.len(), 2);
}

/// What another namespace calls `state`, `category` or `body` is something else.
#[test]
fn names_of_other_namespaces_are_not_taken() {
    let foreign = "<availability xmlns='urn:other'>3500</availability>";
    assert_eq!(the_state(foreign).availability, None);
    assert_eq!(the_state("<availability xmlns=''>3500</availability>").availability, None);
    let foreign = NOTIFY.replace(STATE, "urn:other");
    let told = read(&foreign);
    assert_eq!((told.categories.len(), told.warnings.len()), (1, 1), "the note is left");
    assert_eq!(rich(&contact(&[&foreign])), None);
    let foreign = NOTIFY.replace("sip/categories\"", "sip/others\"");
    assert!(Categories::read(foreign.as_bytes(), &ReadRules::default()).is_err());
}

#[test]
fn namespaces_are_read_with_https_and_with_prefixes() {
    for sample in [NOTIFY, CALENDAR, CARD] {
        let secure = sample.replace("=\"http://", "=\"https://");
        assert_ne!(secure, sample);
        assert_eq!(read_whole(&secure), read_whole(sample));
    }
    let secure = |sample: &str| sample.replace("=\"http://", "=\"https://").into_bytes();
    let rules = ReadRules::default();
    assert_eq!(Publications::read(&secure(PUBLISH), &rules), Publications::read(PUBLISH.as_bytes(), &rules));
    assert_eq!(BatchSubscription::read(&secure(BATCH)), BatchSubscription::read(BATCH.as_bytes()));
    assert_eq!(VersionConflict::read(&secure(FAULT)), VersionConflict::read(FAULT.as_bytes()));

    let prefixed = "<c:categories xmlns:c='http://schemas.microsoft.com/2006/09/sip/categories' \
         xmlns:s='http://schemas.microsoft.com/2006/09/sip/state' xmlns:n='http://schemas.microsoft.com/2006/09/sip/note' \
         xmlns:i='http://www.w3.org/2001/XMLSchema-instance' uri='sip:bob@ex.test'>\
         <c:category name='state' instance='1' publishTime='2024-03-05T09:15:02.117'>\
         <s:state i:type='s:aggregateState' lastActive='2024-03-05T09:10:00'><s:availability>7500</s:availability>\
         <s:activity token='in-a-meeting' minAvailability='6500' maxAvailability='8999'/><s:device>computer</s:device>\
         </s:state></c:category>\
         <c:category name='note' instance='0' publishTime='2024-03-05T08:00:00.000'><n:note>\
         <n:body type='personal' uri=''>Room 4</n:body></n:note></c:category></c:categories>";
    assert_eq!(read_whole(prefixed), read_whole(NOTIFY));
}

#[test]
fn the_type_may_carry_a_prefix() {
    let plain = notification(&state(9, "09:00:00", "userState", ""));
    for kind in ["s:userState", " userState ", "a.b-c:userState"] {
        let read = read_whole(&plain.replace("\"userState\"", &format!("\"{kind}\"")));
        assert_eq!(state_in(&read, 0).kind, StateType::from_wire("userState").into(), "{kind}");
    }
    // A `type` that is not of the schema's namespace says nothing.
    assert_eq!(state_in(&read_whole(&plain.replace("xsi:type", "type")), 0).kind, None);
}

/// With or without a fraction, with `Z`, an offset, or nothing, which is UTC.
#[test]
fn times_in_all_spellings() {
    let cases = [
        ("2024-03-05T09:15:02", "09:15:02"),
        ("2024-03-05T09:15:02Z", "09:15:02"),
        ("2024-03-05T09:15:02.117", "09:15:02.117"),
        ("2024-03-05T09:15:02.1174321Z", "09:15:02.1174321"),
        ("2024-03-05T10:15:02+01:00", "09:15:02"),
        ("2024-03-05T04:45:02.5-04:30", "09:15:02.5"),
        (" 2024-03-05T09:15:02 ", "09:15:02"),
    ];
    for (text, at) in cases {
        let told = NOTIFY.replacen("2024-03-05T09:15:02.117", text, 1).replace("2024-03-05T09:10:00", text);
        let told = read_whole(&told);
        assert_eq!(told.categories[0].published, Some(clock(at)), "{text}");
        assert_eq!(state_in(&told, 0).last_active, Some(clock(at)), "{text}");
    }
    for text in ["yesterday", "2024-13-05T09:15:02", "2024-03-05", "09:15:02", "1709630102"] {
        let told = read(&NOTIFY.replacen("2024-03-05T09:15:02.117", text, 1));
        assert_eq!((told.categories.len(), told.categories[0].published), (2, None), "{text}");
        assert_eq!(problems(&told), [WarningProblem::Time], "{text}");
    }
}

/// Old clients declare `utf-16` and send UTF-8; some send what they say.
#[test]
fn encodings_are_seen_in_the_bytes() {
    let expected = read_whole(NOTIFY);
    let declared = |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?>{NOTIFY}");
    let wide = |text: &str, unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let documents = [
        declared("utf-16").into_bytes(),
        declared("UTF-8").into_bytes(),
        format!("\u{feff}{NOTIFY}").into_bytes(),
        format!("\u{feff}{}", declared("utf-16")).into_bytes(),
        wide(&format!("\u{feff}{}", declared("utf-16")), u16::to_le_bytes),
        wide(&format!("\u{feff}{NOTIFY}"), u16::to_be_bytes),
        wide(&declared("utf-8"), u16::to_le_bytes),
    ];
    for bytes in documents {
        assert_eq!(Categories::read(&bytes, &ReadRules::default()).as_ref(), Ok(&expected), "{:?}", &bytes[..40]);
    }
}

/// A category without a document, and a state without a number, are legal and say nothing; least of all "available".
#[test]
fn no_number_is_not_known() {
    let empty = |published: &str| {
        format!("<category name='state' instance='1' publishTime='2024-03-05T{published}'></category>")
    };
    let gone = notification(&empty("09:00:00"));
    assert_eq!(read_whole(&gone).categories[0].content, Content::Empty);
    for inner in ["", "<activity token='in-a-meeting'/>", "<availability/>", "<availability>  </availability>"] {
        let none = notification(&aggregate("09:00:00", inner));
        assert_eq!(rich(&contact(&[&none])), None, "{inner}");
        let before = notification(&aggregate("08:00:00", "<availability>3500</availability>"));
        assert_eq!(rich(&contact(&[&before])), Some(Availability::ONLINE));
        assert_eq!(rich(&contact(&[&before, &none])), None, "{inner}");
        assert_eq!(rich(&contact(&[&before, &gone])), None);
    }
}

/// A client shows "offline" for it, so that is a setting; it is never "available".
#[test]
fn no_number_is_offline_where_that_is_set() {
    let mut rules = FactRules::default();
    rules.reading.missing = MissingNumber::Offline;
    let told = contact(&[&notification(&aggregate("09:00:00", ""))]);
    let [(Fact::Rich(state), _)] = &told.facts(clock("12:00:00"), &rules)[..] else { panic!("one fact") };
    assert_eq!(state.availability.band(), presence_core::Band::Offline);
}

/// S3.17: 0 to 2999 say nothing, and every other number what it says.
#[test]
fn low_numbers_are_not_known() {
    for low in [0, 1, 2_999] {
        let told = notification(&aggregate("09:00:00", &format!("<availability>{low}</availability>")));
        assert_eq!(rich(&contact(&[&told])), None, "{low}");
    }
    for (raw, kept) in [(3_000, 3_000), (4_501, 4_501), (18_000, 18_000), (18_500, 18_000), (u32::MAX, 18_000)] {
        let told = notification(&aggregate("09:00:00", &format!("<availability>{raw}</availability>")));
        assert_eq!(number(state_in(&read_whole(&told), 0)), Some(raw), "kept as it came");
        assert_eq!(rich(&contact(&[&told])).map(Availability::get), Some(kept), "{raw}");
    }
}

/// It costs the entry, which is told, and its neighbours nothing.
#[test]
fn a_number_that_is_none_costs_its_entry() {
    for wrong in ["busy", "-1", "6500.0", "0x1964", "4294967296", "65 00", "６５００", "6500,"] {
        let whole = notification(&format!(
            "{}{}{}",
            note(0, "09:00:00", "<body type='personal'>here</body>"),
            aggregate("09:00:00", &format!("<availability>{wrong}</availability>")),
            state(0x2000_0000, "09:00:00", "userState", "<availability>6500</availability>"),
        ));
        let told = read(&whole);
        assert_eq!(problems(&told), [WarningProblem::Availability], "{wrong}");
        assert_eq!(told.warnings[0].entry, 2, "{wrong}");
        assert_eq!(told.categories.len(), 2, "{wrong}");
        assert_eq!(number(state_in(&told, 1)), Some(6_500));
    }
}

/// S3.17: nothing of one state is shown beside the next.
#[test]
fn a_new_state_clears_the_activity_before() {
    let one = "<availability>15500</availability><activity><custom LCID='1033'>At the dentist</custom></activity>";
    let next = "<availability>15500</availability>";
    let told = contact(&[&notification(&aggregate("09:00:00", one)), &notification(&aggregate("09:01:00", next))]);
    let [Fact::Rich(state)] = &facts(&told)[..] else { panic!("one fact") };
    assert_eq!((state.activity, &state.custom), (presence_core::Activity::Away, &None));
}

#[test]
fn of_two_notes_the_newest_counts() {
    let body = |text: &str| format!("<body type='personal' uri=''>{text}</body>");
    let (old, new) = (note(0, "08:00:00", &body("old")), note(1, "09:00:00", &body("new &amp; &lt;b&gt;")));
    for entries in [[&old, &new], [&new, &old]] {
        let told = contact(&[&notification(&format!("{}{}", entries[0], entries[1]))]);
        assert_eq!(told_note(&told).as_deref(), Some("new & <b>"), "unescaped once");
    }
}

#[test]
fn a_note_without_a_body_is_taken_back() {
    let written = notification(&note(0, "08:00:00", "<body type='personal' uri=''>here</body>"));
    assert_eq!(told_note(&contact(&[&written])).as_deref(), Some("here"));
    for gone in ["", "<body type='personal' uri=''/>"] {
        let gone = notification(&note(0, "09:00:00", gone));
        assert_eq!(told_note(&contact(&[&written, &gone])), None);
        assert_eq!(told_note(&contact(&[&gone, &written])), None, "and stays so");
    }
}

/// The end of an automatic reply, in an instance of its own, does not take the person's own note away.
#[test]
fn the_end_of_an_automatic_reply_leaves_the_own_note() {
    let own = notification(&note(0, "08:00:00", "<body type='personal' uri=''>here</body>"));
    let reply = notification(&note(1, "09:00:00", "<body type='OOF' uri=''>on leave</body>"));
    let over = notification(&note(1, "10:00:00", ""));
    assert_eq!(told_note(&contact(&[&own, &reply])).as_deref(), Some("here"));
    let told = contact(&[&own, &reply, &over]);
    assert!(facts(&told).iter().all(|fact| fact.facet() != Facet::AutomaticReply));
    assert_eq!(told_note(&told).as_deref(), Some("here"));
}

/// S3.6, S3.8: working hours and free/busy come in instances of their own and are put together, the newest of each.
#[test]
fn parts_of_a_calendar_are_put_together() {
    let facets = |documents: &[&str]| {
        let facets: Vec<_> = facts(&contact(documents)).iter().map(Fact::facet).collect();
        [Facet::Calendar, Facet::Hours].map(|facet| facets.contains(&facet))
    };
    assert_eq!(facets(&[CALENDAR]), [true, true]);
    let slots = |published: &str, text: &str| {
        let slots = format!("<freeBusy startTime='2024-03-05T12:00:00Z' granularity='PT15M'>{text}</freeBusy>");
        notification(&calendar(0x4000_0002, published, &slots))
    };
    let newer = slots("07:30:00", "qg==");
    assert_eq!(facets(&[CALENDAR, &newer]), [true, true]);
    let of = |documents: &[&str]| {
        let all = facts(&contact(documents));
        let agenda = all.into_iter().find_map(|fact| if let Fact::Agenda(agenda) = fact { Some(agenda) } else { None });
        agenda.unwrap().covered().start().time().unwrap()
    };
    assert_eq!(of(&[CALENDAR, &newer]), clock("12:00:00"));
    assert_eq!(of(&[CALENDAR, &slots("06:30:00", "qg==")]), clock("08:00:00"));
}

/// S3.8: slots that cannot be read cost the slots, not the working hours beside them.
#[test]
fn slots_that_cannot_be_read_leave_the_working_hours() {
    let begin = CALENDAR.find("<WorkingHours").unwrap();
    let hours = &CALENDAR[begin..CALENDAR.find("</WorkingHours>").unwrap()];
    for slots in ["oA0", "oA0=oA0=", "o*0=", "====", "ö"] {
        let both = format!(
            "<freeBusy startTime='2024-03-05T08:00:00Z' granularity='PT15M' encodingVersion='1'>{slots}</freeBusy>\
             {hours}</WorkingHours>"
        );
        let told = read(&notification(&calendar(0, "09:00:00", &both)));
        let Content::CalendarData(data) = &told.categories[0].content else { panic!("a calendar") };
        assert!(data.working_hours.is_some() && data.free_busy.is_none(), "{slots}");
        assert!(matches!(problems(&told)[..], [WarningProblem::FreeBusy(_)]), "{slots}");
    }
    for attributes in ["encodingVersion='2' granularity='PT15M'", "granularity='PT61M'", "granularity='PT4M'", ""] {
        let slots = format!("<freeBusy startTime='2024-03-05T08:00:00Z' {attributes}>oA0=</freeBusy>");
        let told = read(&notification(&calendar(0, "09:00:00", &slots)));
        let Content::CalendarData(data) = &told.categories[0].content else { panic!("a calendar") };
        assert_eq!(data.free_busy, None, "{attributes}");
    }
    let broken = CALENDAR.replace("<Bias>-60</Bias>\n", "<Bias>an hour</Bias>\n");
    let told = read(&broken);
    assert_eq!(problems(&told), [WarningProblem::WorkingHours]);
    assert!(facts(&contact(&[&broken])).iter().any(|fact| fact.facet() == Facet::Calendar));
}

/// S3.8: blanks in the slots mean nothing, and the order of the bits is a setting.
#[test]
fn slots_with_blanks_and_in_the_other_order() {
    let told = CALENDAR.replace(">oA0=<", ">\r\n  oA\t0=\n <");
    assert_eq!(read_whole(&told), read_whole(CALENDAR));
    let mut rules = ReadRules::default();
    rules.bit_order = BitOrder::HighestFirst;
    let turned = CALENDAR.replace(">oA0=<", ">CnA=<");
    assert_eq!(Categories::read(turned.as_bytes(), &rules).unwrap(), read_whole(CALENDAR));
}

/// S3.20: however an address is spelt, it is the same person.
#[test]
fn addresses_are_the_same_in_any_case_of_letters() {
    for uri in ["SIP:Bob@Ex.Test", "sip:BOB@ex.test", "sip:b%6Fb@EX.TEST", "sips:bob@ex.test;transport=tls"] {
        assert_eq!(read_whole(&NOTIFY.replace("sip:bob@ex.test", uri)), read_whole(NOTIFY), "{uri}");
    }
    for uri in ["", "sip:", "bob at ex", "sip:bob@ex test"] {
        let told = read(&NOTIFY.replace("sip:bob@ex.test", uri));
        assert_eq!((told.of.as_ref(), told.categories.len()), (None, 2), "{uri}");
        assert_eq!(problems(&told), [WarningProblem::Address], "{uri}");
    }
    let told = read(&NOTIFY.replace(" uri=\"sip:bob@ex.test\"", ""));
    assert_eq!((told.of, told.categories.len()), (None, 2));
}

/// Of two entries with the same number the newer one counts, in whatever order they stand.
#[test]
fn doubled_entries_and_late_ones() {
    let at = |published: &str, number: u32| aggregate(published, &format!("<availability>{number}</availability>"));
    let (old, new) = (at("08:00:00", 3_500), at("08:00:00.001", 9_500));
    for document in [format!("{old}{new}"), format!("{new}{old}")] {
        assert_eq!(rich(&contact(&[&notification(&document)])), Some(Availability::DO_NOT_DISTURB));
    }
    let mut told = Contact::new();
    let take = |told: &mut Contact, entry: &str| told.take(read_whole(&notification(entry)), clock("12:00:00"));
    assert_eq!((take(&mut told, &new).taken, told.stale()), (1, 0));
    assert_eq!((take(&mut told, &old).stale, told.stale()), (1, 1));
    assert_eq!(rich(&told), Some(Availability::DO_NOT_DISTURB));
    // One of the same time counts as newer: the server may tell again.
    assert_eq!(take(&mut told, &at("08:00:00.001", 6_500)).taken, 1);
    assert_eq!((rich(&told), told.stale()), (Some(Availability::BUSY), 1));
}

/// Entries without a name or a number are left out, and told.
#[test]
fn entries_without_a_key() {
    for entry in [
        "<category/>",
        "<category name='state'/>",
        "<category instance='1'/>",
        "<category name='state' instance='-1'/>",
    ] {
        let told = read(&notification(&format!("{entry}{}", aggregate("09:00:00", PIECES[0]))));
        assert_eq!((told.categories.len(), &problems(&told)[..]), (1, &[WarningProblem::Key][..]), "{entry}");
    }
}

/// Devices are named in any case of letters.
#[test]
fn devices_in_any_case() {
    let device = |name: &str| the_state(&format!("<device>{name}</device>")).device;
    for (one, other) in [("computer", "Computer"), ("deskphone", "DESKPHONE"), ("mobile", "Mobile"), ("web", "Web")] {
        assert_eq!(device(one), device(other));
        assert!(device(one).is_some());
    }
}

/// The bounds of an activity are 0 and none where none are given, and an unknown token is kept.
#[test]
fn activities_with_little_said() {
    let state = the_state("<availability>6500</availability><activity token='dancing'/>");
    let activity = state.activity.unwrap();
    assert_eq!((activity.window.min, activity.window.max), (RawAvailability::new(0), None));
    assert_eq!(activity.token.unwrap().as_str(), "dancing");
    assert_eq!(the_state("<activity/>").activity, None);
    let told = contact(&[&notification(&aggregate(
        "09:00:00",
        "<availability>6500</availability><activity token='dancing'/>",
    ))]);
    let [Fact::Rich(state)] = &facts(&told)[..] else { panic!("one fact") };
    assert_eq!(state.activity, presence_core::Activity::Busy);
}
