//! What the engine decides, published, and read again as a watcher reads it.

use chrono::TimeDelta;
use presence_core::{Activity, Address, Band, Fact, Lcid, RichState};
use presence_lync_map::activity::{ActivityToken, Spelling};
use presence_lync_map::documents::{
    Categories, Category, Contact, Content, FactRules, ReadRules, StateDocument, StateType,
};
use presence_lync_map::states::{AggregationRules, Instance, InstanceId, Lifetime, Publications, Received};

use crate::samples::clock;

/// The state as everybody receives whom the server tells of it.
fn received(document: StateDocument) -> RichState {
    let mut document = document;
    document.kind = Some(StateType::Aggregate);
    document.manual = false;
    let category = Category::new(InstanceId::AGGREGATE, clock("09:00:00"), Content::State(document));
    let told = Categories::new(Address::sip("ann@ex.test").unwrap(), vec![category]).write();
    let mut contact = Contact::new();
    contact.take(Categories::read(told.as_bytes(), &ReadRules::default()).unwrap(), clock("09:00:00"));
    let facts = contact.facts(clock("09:00:00"), &FactRules::default());
    let [(Fact::Rich(state), _)] = &facts[..] else { panic!("one fact: {facts:?}") };
    state.clone()
}

/// S3.12, S3.17: for every band and every activity a watcher sees the same band, and the same activity where the wire
/// has a word for it. Where it has none, the words are sent in six languages.
#[test]
fn what_is_decided_is_what_is_read() {
    for band in Band::ALL.into_iter().filter(|band| *band != Band::None) {
        for activity in Activity::ALL {
            let decided = RichState::new(band.customary(), *activity);
            let read = received(StateDocument::of_decided(&decided));
            assert_eq!(read.availability.band(), band, "{band:?} {activity:?}");
            let has_word = ActivityToken::from_activity(*activity, Spelling::Documents).is_some();
            if *activity == Activity::None {
                assert_eq!((read.activity, read.custom), (band.activity(), None), "{band:?}");
            } else if has_word {
                assert_eq!((read.activity, read.custom), (*activity, None), "{band:?}");
            } else {
                assert_eq!(read.activity, band.activity(), "{band:?} {activity:?}");
                let texts = read.custom.expect("words of ours");
                for lcid in [Lcid::ENGLISH, Lcid::SWEDISH, Lcid::NORWEGIAN, Lcid::DANISH, Lcid::FINNISH, Lcid::GERMAN] {
                    let text = texts.get(lcid).unwrap().reveal();
                    assert_eq!(&**text, activity.text(lcid), "{band:?} {activity:?}");
                    assert!(text.chars().count() <= 64, "no client shows more");
                }
            }
        }
    }
}

/// The same, when the server puts it together with a machine that is in use: the number is what was decided, and what
/// belongs to this number is heard.
#[test]
fn what_is_decided_is_what_the_server_makes_of_it() {
    let now = clock("09:00:00");
    for band in Band::ALL.into_iter().filter(|band| *band != Band::None) {
        for activity in Activity::ALL {
            let decided = RichState::new(band.customary(), *activity);
            let document = StateDocument::of_decided(&decided);
            let user = document.instance(InstanceId::USER_STICKY, now, Lifetime::Usual).unwrap();
            let machine = Instance::machine(InstanceId::machine(1), "pc", now - TimeDelta::minutes(1)).number(3_500);
            let put_together = Publications::new(vec![user, machine]);
            let state = put_together.aggregate(now + TimeDelta::seconds(1), &AggregationRules::default()).state;
            let shown = Received::of(state, now).read(&presence_lync_map::states::ReadingRules::default());
            assert_eq!(shown.band, band, "{band:?} {activity:?}");
        }
    }
}
