//! What servers and clients of enhanced presence send.

use chrono::{DateTime, TimeDelta, Utc};
use presence_core::{Availability, RichState};
use presence_lync_map::documents::{
    BatchSubscription, BitOrder, Categories, Contact, Content, FactRules, MeetingTexts, Publications, Publisher,
    ReadRules, StateDocument, VersionConflict,
};
use presence_lync_map::states::Lifetime;

pub(crate) fn run(data: &[u8]) {
    for rules in [ReadRules::default(), other_rules()] {
        if let Ok(told) = Categories::read(data, &rules) {
            categories(told);
        }
        if let Ok(told) = Publications::read(data, &rules) {
            publications(told);
        }
    }
    if let Ok(batch) = BatchSubscription::read(data) {
        let again = BatchSubscription::read(batch.write().as_bytes()).unwrap();
        assert_eq!((again.write(), again.to), (batch.write(), batch.to));
    }
    if let Ok(conflict) = VersionConflict::read(data) {
        assert_eq!(VersionConflict::read(conflict.write().as_bytes()).as_ref(), Ok(&conflict));
        let mut publisher = Publisher::new("sip:a@example.com".parse().unwrap());
        let state = RichState::new(Availability::BUSY, presence_core::Activity::None);
        let sent = publisher.show(&state).unwrap();
        publisher.conflict(&sent, &conflict);
    }
}

fn other_rules() -> ReadRules {
    let mut rules = ReadRules::default();
    (rules.meeting_texts, rules.bit_order) = (MeetingTexts::Kept, BitOrder::HighestFirst);
    rules
}

/// As documents are written.
fn written() -> ReadRules {
    let mut rules = ReadRules::default();
    rules.meeting_texts = MeetingTexts::Kept;
    rules
}

fn categories(told: Categories) {
    let again = Categories::read(told.write().as_bytes(), &written()).unwrap();
    assert_eq!((again.write(), &again.of), (told.write(), &told.of));
    let now: DateTime<Utc> = DateTime::from_timestamp(1_709_640_000, 0).unwrap();
    for category in &told.categories {
        let Content::State(state) = &category.content else { continue };
        let published = category.published.unwrap_or(now);
        let _ = state.received(published).read(&FactRules::default().reading);
        let _ = state.instance(category.instance, published, Lifetime::Usual);
        assert_eq!(state.clone().for_team().for_team(), state.clone().for_team());
    }
    let mut contact = Contact::new();
    contact.take(told.clone(), now);
    let facts = contact.facts(now, &FactRules::default());
    assert!(facts.iter().all(|(_, since)| *since <= now), "nothing is so from later on");
    let _ = contact.card();
    // What is told twice changes nothing.
    contact.take(told, now);
    assert_eq!(contact.facts(now, &FactRules::default()), facts);
    let _ = contact.facts(now + TimeDelta::days(400), &FactRules::default());
    for (fact, _) in facts {
        if let presence_core::Fact::Rich(state) = fact {
            assert_eq!(StateDocument::of_decided(&state).availability.unwrap().band(), state.availability.band());
        }
    }
}

fn publications(told: Publications) {
    let again = Publications::read(told.write().as_bytes(), &written()).unwrap();
    assert_eq!((again.write(), again.of), (told.write(), told.of.clone()));
    assert!(!told.to_string().contains('\n'));
}
