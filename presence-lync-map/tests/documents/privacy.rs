//! What people typed is nowhere but where it is asked for.

use std::fmt::Debug;
use std::sync::Arc;

use presence_core::{
    Activity, Address, Availability, Confidential, Fact, Lcid, LocalTexts, Note, PersonId, PersonSpec, PlaceKind,
    PlaceSpec, RichState, SourceId, SourceSpec,
};
use presence_lync_map::documents::{
    Categories, Contact, Content, FactRules, MeetingTexts, Publications, Publisher, ReadRules, StateDocument,
    VersionConflict, VersionOf,
};
use presence_lync_map::states::{InstanceId, Lifetime};

use crate::samples::{clock, notification, state, time};

/// What must not be seen.
const CANARY: &str = "kanarienvogel";

/// A notification with that word in every place where people type.
fn everywhere() -> String {
    let custom = format!("<activity><custom LCID='1033'>{CANARY}</custom></activity>");
    let place = format!("<endpointLocation>{CANARY}</endpointLocation>");
    let meeting = format!("<meetingSubject>{CANARY}</meetingSubject><meetingLocation>{CANARY}</meetingLocation>");
    let inner = format!("<availability>6500</availability>{custom}{place}{meeting}");
    let body = |kind: &str| format!("<body type='{kind}' endTime='2024-03-09T00:00:00'>{CANARY}</body>");
    let card = format!(
        "<category name='contactCard' instance='0'><contactCard \
         xmlns='http://schemas.microsoft.com/2006/09/sip/contactcard'><identity><name><displayName>{CANARY}</displayName>\
         </name></identity><title>{CANARY}</title><company>{CANARY}</company><office>{CANARY}</office></contactCard>\
         </category>"
    );
    notification(&format!(
        "{}{}{}{}{}{card}",
        state(1, "09:00:00", "aggregateState", &inner),
        state(0x4000_0001, "09:00:00", "calendarState", &inner),
        state(0x3000_0001, "09:00:00", "machineState", &inner),
        crate::samples::note(0, "09:00:00", &body("personal")),
        crate::samples::note(1, "09:00:00", &body("OOF")),
    ))
}

fn read(rules: &ReadRules) -> Categories {
    let read = Categories::read(everywhere().as_bytes(), rules).unwrap();
    assert_eq!((read.warnings.len(), read.categories.len()), (0, 6));
    read
}

fn kept() -> ReadRules {
    let mut rules = ReadRules::default();
    rules.meeting_texts = MeetingTexts::Kept;
    rules
}

#[track_caller]
fn is_silent(what: &dyn Debug) {
    for shown in [format!("{what:?}"), format!("{what:#?}")] {
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

#[test]
fn nothing_that_was_read_shows_texts() {
    for rules in [ReadRules::default(), kept()] {
        let told = read(&rules);
        is_silent(&told);
        for category in &told.categories {
            let Content::State(state) = &category.content else { continue };
            let published = clock("09:00:00");
            is_silent(&state.received(published));
            is_silent(&state.instance(category.instance, published, Lifetime::Usual));
        }
        let mut contact = Contact::new();
        contact.take(told, clock("12:00:00"));
        is_silent(&contact);
        is_silent(&contact.card());
        is_silent(&contact.facts(clock("12:00:00"), &FactRules::default()));
        let mut company = presence_core::Directory::builder();
        let source = SourceId::new("lync").unwrap();
        company.source(SourceSpec::new(source.clone(), &presence_core::Facet::ALL));
        let bob = Address::sip("bob@ex.test").unwrap();
        let place = PlaceSpec::new(PlaceKind::Account).address(bob.clone(), std::slice::from_ref(&source));
        company.person(PersonSpec::new(PersonId::new("bob").unwrap()).place(place));
        let company = company.build().unwrap();
        let (origin, subject) = (company.origin(&source).unwrap(), company.subject(&bob).unwrap());
        is_silent(&contact.reports(origin, subject, clock("12:00:00"), &FactRules::default()));
        is_silent(&contact);
    }
}

/// S3.7: of an automatic reply its time is told, never its text.
#[test]
fn the_text_of_an_automatic_reply_goes_nowhere() {
    let mut contact = Contact::new();
    contact.take(read(&ReadRules::default()), clock("12:00:00"));
    let facts = contact.facts(clock("12:00:00"), &FactRules::default());
    let notes = facts.iter().filter_map(|(fact, _)| if let Fact::Notes(notes) = fact { Some(notes) } else { None });
    let texts: Vec<_> = notes.flat_map(|notes| notes.iter().map(Note::text)).collect();
    assert_eq!(texts.len(), 1, "the person's own");
    assert!(facts.iter().any(|(fact, _)| matches!(fact, Fact::AutomaticReply(Some(_)))));
}

/// Unless somebody has asked for them, subjects and places of meetings are not even kept: they are not in what is
/// written again.
#[test]
fn subjects_and_places_of_meetings_are_kept_on_demand_only() {
    let count = |rules: &ReadRules| read(rules).write().matches(CANARY).count();
    let typed = everywhere().matches(CANARY).count();
    assert_eq!((count(&kept()), count(&ReadRules::default())), (typed, typed - 6), "two in each of three states");
    assert_eq!(ReadRules::default().meeting_texts, MeetingTexts::Withheld);
    for category in read(&ReadRules::default()).categories {
        let Content::State(state) = category.content else { continue };
        assert_eq!((state.meeting_subject, state.meeting_location), (None, None));
    }
    for category in read(&kept()).categories {
        let Content::State(state) = category.content else { continue };
        let texts = [state.meeting_subject, state.meeting_location].map(Option::unwrap);
        assert!(texts.iter().all(|text| &**text.reveal() == CANARY));
    }
}

/// A document that is broken is not repeated in what is said of it, wherever it breaks.
#[test]
fn errors_and_warnings_show_no_texts() {
    let whole = everywhere();
    let say = |bytes: &[u8]| {
        let told = Categories::read(bytes, &kept());
        is_silent(&told);
        match told {
            Err(error) => assert!(!error.to_string().contains(CANARY), "{error}"),
            Ok(read) => {
                for warning in &read.warnings {
                    assert!(!warning.to_string().contains(CANARY), "{warning}");
                }
            }
        }
        is_silent(&VersionConflict::read(bytes));
        is_silent(&Publications::read(bytes, &kept()));
    };
    for end in 0..whole.len() {
        say(&whole.as_bytes()[..end]);
        let mut bytes = whole.clone().into_bytes();
        bytes[end] = b"<&\"'\xff\0"[end % 6];
        say(&bytes);
    }
    let long = whole.replace(CANARY, &CANARY.repeat(1_000));
    let read = Categories::read(long.as_bytes(), &kept()).unwrap();
    assert!(!read.warnings.is_empty(), "they are cut");
    is_silent(&read);
}

/// What somebody typed where a number, a time or an address belongs.
#[test]
fn texts_in_the_wrong_place_are_not_repeated() {
    let typed = |text: &str| text.replace("***", CANARY);
    let inner = typed("<availability>***</availability><timeZoneBias>***</timeZoneBias>");
    let activity =
        typed("<activity minAvailability='***' maxAvailability='***'><custom LCID='***'>***</custom></activity>");
    let entries = [
        state(1, "09:00:00", "aggregateState", &inner),
        state(1, "09:00:00", "aggregateState", &activity),
        typed("<category name='note' instance='***'/>"),
        typed("<category name='note' instance='1' publishTime='***' container='***' version='***'/>"),
        typed("<category name='***' instance='1'/>"),
        typed(
            "<category name='calendarData' instance='1'><calendarData \
             xmlns='http://schemas.microsoft.com/2006/09/sip/calendarData'><freeBusy startTime='***' granularity='***' \
             encodingVersion='***'>***</freeBusy></calendarData></category>",
        ),
        typed(
            "<category name='contactCard' instance='1'><contactCard \
             xmlns='http://schemas.microsoft.com/2006/09/sip/contactcard'><phone type='***'><uri>***</uri></phone>\
             <identity><email>***</email></identity></contactCard></category>",
        ),
    ];
    for entry in entries {
        let document = notification(&entry).replace("sip:bob@ex.test", &format!("{CANARY} {CANARY}"));
        let read = Categories::read(document.as_bytes(), &kept()).unwrap();
        is_silent(&read);
        for warning in &read.warnings {
            assert!(!warning.to_string().contains(CANARY), "{warning}");
        }
    }
    for element in [CANARY, &format!("{CANARY}:x"), &format!("x xmlns='{CANARY}'")] {
        let error = Categories::read(format!("<{element}/>").as_bytes(), &kept()).unwrap_err();
        assert!(!error.to_string().contains(CANARY) && !format!("{error:?}").contains(CANARY), "{error}");
    }
}

/// What goes out is only in what is written to be sent.
#[test]
fn what_is_published_shows_no_texts() {
    let texts = LocalTexts::new(vec![(Lcid::ENGLISH, Confidential::new(CANARY.into()))]);
    let state = RichState::new(Availability::BUSY, Activity::None).with_custom(Arc::new(texts));
    let mut publisher = Publisher::new(Address::sip("ann@ex.test").unwrap());
    let sent = publisher.show(&state).unwrap();
    assert_eq!(sent.write().matches(CANARY).count(), 2);
    is_silent(&sent);
    assert!(!sent.to_string().contains(CANARY), "{sent}");
    is_silent(&publisher);
    is_silent(&publisher.conflict(&sent, &VersionConflict::new(vec![VersionOf::new(0, 3)])));
    publisher.accepted(&sent);
    is_silent(&publisher);
    is_silent(&StateDocument::of_decided(&state));
    is_silent(&StateDocument::of_decided(&state).instance(
        InstanceId::USER_TIMED,
        time("2024-03-05T09:00:00Z"),
        Lifetime::Usual,
    ));
}
