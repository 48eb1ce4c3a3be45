//! Publishing as a sequence of requests and answers, against a small server that counts versions as servers do.

use std::collections::BTreeMap;
use std::sync::Arc;

use presence_core::{Activity, Address, Availability, Band, Confidential, Lcid, LocalTexts, RichState};
use presence_lync_map::activity::ActivityToken;
use presence_lync_map::bands::RawAvailability;
use presence_lync_map::documents::{
    Answered, Categories, Category, Content, Publication, Publications, Publisher, ReadRules, StateDocument,
    VersionConflict, VersionOf,
};
use presence_lync_map::states::{ActivityState, InstanceId, Lifetime};
use proptest::prelude::*;

const STICKY: InstanceId = InstanceId::USER_STICKY;
const TIMED: InstanceId = InstanceId::USER_TIMED;

fn ann() -> Address {
    Address::sip("ann@ex.test").unwrap()
}

fn state(availability: Availability, activity: Activity) -> RichState {
    RichState::new(availability, activity)
}

fn busy() -> RichState {
    state(Availability::BUSY, Activity::Busy)
}

fn free() -> RichState {
    state(Availability::ONLINE, Activity::Available)
}

fn away() -> RichState {
    state(Availability::AWAY, Activity::Away)
}

/// Instance, container, version and lifetime of what is sent.
fn heads(sent: &Publications) -> Vec<(InstanceId, u32, u32, Lifetime)> {
    sent.list.iter().map(|one| (one.instance, one.container, one.version, one.lifetime)).collect()
}

fn document(publication: &Publication) -> &StateDocument {
    let Content::State(state) = &publication.content else { panic!("no state") };
    state
}

/// S3.33: who is busy or not to be disturbed, is so for a day; the rest stays until something else is published.
#[test]
fn states_go_to_the_instance_that_is_theirs() {
    let day = Lifetime::Seconds(86_400);
    let cases = [
        (Band::Online, STICKY, Lifetime::Static),
        (Band::BeRightBack, STICKY, Lifetime::Static),
        (Band::Away, STICKY, Lifetime::Static),
        (Band::Offline, STICKY, Lifetime::Static),
        (Band::Busy, TIMED, day),
        (Band::DoNotDisturb, TIMED, day),
    ];
    for (band, instance, lifetime) in cases {
        let mut publisher = Publisher::new(ann());
        let sent = publisher.show(&state(band.customary(), Activity::None)).unwrap();
        assert_eq!(sent.of, ann());
        assert_eq!(heads(&sent), [(instance, 2, 0, lifetime), (instance, 3, 0, lifetime)], "{band:?}");
        let user = |one: &Publication| document(one).manual && document(one).availability.unwrap().band() == band;
        assert!(user(&sent.list[0]), "{band:?}");
        if band != Band::DoNotDisturb {
            assert_eq!(sent.list[0].content, sent.list[1].content, "{band:?}");
        }
    }
}

/// S3.12: "do not disturb" has two faces: the team may interrupt when it is urgent.
#[test]
fn do_not_disturb_has_two_faces() {
    for activity in [Activity::None, Activity::DoNotDisturb, Activity::Presenting, Activity::FocusTime] {
        let sent = Publisher::new(ann()).show(&state(Availability::DO_NOT_DISTURB, activity)).unwrap();
        let (all, team) = (document(&sent.list[0]), document(&sent.list[1]));
        assert_eq!(all.availability, Some(RawAvailability::new(9_500)));
        assert_eq!(team.availability, Some(RawAvailability::new(6_900)));
        let urgent = ActivityState::token(ActivityToken::URGENT_INTERRUPTIONS_ONLY);
        assert_eq!(team.activity, Some(urgent));
        let written = sent.write();
        assert!(written.contains("minAvailability=\"6900\" maxAvailability=\"8999\""), "{written}");
    }
}

#[test]
fn what_did_not_change_is_not_published_again() {
    let mut publisher = Publisher::new(ann());
    let sent = publisher.show(&busy()).unwrap();
    publisher.accepted(&sent);
    assert_eq!(publisher.show(&busy()), None);
    assert_eq!(publisher.show(&state(Availability::BUSY, Activity::None)), None, "the same document");
    let sent = publisher.show(&state(Availability::BUSY, Activity::InCall)).unwrap();
    assert_eq!(sent.list.iter().map(|one| one.version).collect::<Vec<_>>(), [1, 1]);
    publisher.accepted(&sent);
    assert_eq!(publisher.show(&state(Availability::BUSY, Activity::InCall)), None);
}

/// Nothing is said by taking back, never by an empty document.
#[test]
fn taking_back_is_said_expressly() {
    let mut publisher = Publisher::new(ann());
    assert_eq!(publisher.withdraw(), None);
    for shown in [free(), busy()] {
        let sent = publisher.show(&shown).unwrap();
        publisher.accepted(&sent);
    }
    let gone = publisher.show(&state(Availability::NONE, Activity::None)).unwrap();
    let mut keys: Vec<_> = gone.list.iter().map(|one| (one.instance, one.container, one.version)).collect();
    keys.sort();
    assert_eq!(keys, [(STICKY, 2, 1), (STICKY, 3, 1), (TIMED, 2, 1), (TIMED, 3, 1)]);
    assert!(gone.list.iter().all(|one| one.withdraws() && one.content == Content::Empty));
    let written = gone.write();
    assert_eq!(written.matches("expires=\"0\"/>").count(), 4, "{written}");
    publisher.accepted(&gone);
    assert_eq!(publisher.withdraw(), None);
    // Afterwards all is new.
    let versions = publisher.show(&busy()).unwrap();
    assert_eq!(versions.list.iter().map(|one| one.version).collect::<Vec<_>>(), [0, 0]);
}

/// The answer names places, counted from 1 on the wire: exactly those get the versions of the server.
#[test]
fn a_conflict_sets_the_versions_that_it_names() {
    let mut publisher = Publisher::new(ann());
    let sent = publisher.show(&busy()).unwrap();
    let answer = "<fault><Faultcode>Client.BadCall.WrongDelta</Faultcode><details>\
                  <operation index='2' curVersion='17'/></details></fault>";
    let conflict = VersionConflict::read(answer.as_bytes()).unwrap();
    let Answered::Again(again) = publisher.conflict(&sent, &conflict) else { panic!("once more") };
    assert_eq!(heads(&again).iter().map(|head| head.2).collect::<Vec<_>>(), [0, 17]);
    assert_eq!(again.list[1].content, sent.list[1].content);
    publisher.accepted(&again);
    let next = publisher.show(&state(Availability::BUSY, Activity::InCall)).unwrap();
    assert_eq!(heads(&next).iter().map(|head| head.2).collect::<Vec<_>>(), [1, 18]);
}

#[test]
fn three_times_again_and_no_more() {
    let mut publisher = Publisher::new(ann());
    let mut sent = publisher.show(&busy()).unwrap();
    for version in 1..=3 {
        match publisher.conflict(&sent, &VersionConflict::new(vec![VersionOf::new(0, version)])) {
            Answered::Again(again) => sent = again,
            other => panic!("{version}: {other:?}"),
        }
    }
    let fourth = VersionConflict::new(vec![VersionOf::new(0, 4)]);
    assert_eq!(publisher.conflict(&sent, &fourth), Answered::GiveUp);
    // Nothing is known to be shown, so it is published when it is asked for again, and counted from the start.
    let sent = publisher.show(&busy()).unwrap();
    assert!(matches!(publisher.conflict(&sent, &fourth), Answered::Again(_)));
    // An answer about nothing that was sent does not help.
    let strange = VersionConflict::new(vec![VersionOf::new(2, 4)]);
    assert_eq!(publisher.conflict(&sent, &strange), Answered::GiveUp);
    assert_eq!(publisher.conflict(&sent, &VersionConflict::default()), Answered::GiveUp);
}

/// What one is told of oneself: versions of what the person has published.
fn own(list: &[(InstanceId, u32, u32, u32)]) -> Categories {
    let entry = |(instance, container, version, number): &(InstanceId, u32, u32, u32)| {
        let content = Content::State(StateDocument::user(RawAvailability::new(*number)));
        let mut category = Category::new(*instance, crate::samples::clock("08:00:00"), content);
        (category.container, category.version) = (Some(*container), Some(*version));
        category
    };
    let told = Categories::new(ann(), list.iter().map(entry).collect());
    Categories::read(told.write().as_bytes(), &ReadRules::default()).unwrap()
}

#[test]
fn versions_are_learnt_from_what_one_is_told_of_oneself() {
    let mut publisher = Publisher::new(ann());
    publisher.learn(&own(&[(STICKY, 2, 7, 3_500), (STICKY, 3, 8, 3_500), (TIMED, 2, 9, 9_500)]));
    assert_eq!(publisher.withdraw(), None, "what the person published is the person's");
    let sent = publisher.show(&away()).unwrap();
    assert_eq!(heads(&sent).iter().map(|head| head.2).collect::<Vec<_>>(), [7, 8]);
    publisher.accepted(&sent);
    let gone = publisher.withdraw().unwrap();
    let keys: Vec<_> = gone.list.iter().map(|one| (one.instance, one.container, one.version)).collect();
    assert_eq!(keys, [(STICKY, 2, 8), (STICKY, 3, 9)], "and not the timed one");
}

/// The person has set something else in the meantime, in the same instance: that is not ours to take back.
#[test]
fn what_the_person_has_published_since_is_not_taken_back() {
    let mut publisher = Publisher::new(ann());
    let sent = publisher.show(&busy()).unwrap();
    publisher.accepted(&sent);
    publisher.learn(&own(&[(TIMED, 2, 2, 9_500), (TIMED, 3, 2, 6_900)]));
    assert_eq!(publisher.withdraw(), None);
}

/// The same, when only the answer tells it.
#[test]
fn a_conflict_while_taking_back_leaves_what_the_person_has_published() {
    let mut publisher = Publisher::new(ann());
    let mut server = Server::default();
    let sent = publisher.show(&busy()).unwrap();
    server.take(&sent).unwrap();
    publisher.accepted(&sent);
    server.person(TIMED, Availability::DO_NOT_DISTURB);
    if let Some(gone) = publisher.withdraw() {
        send(&mut publisher, &mut server, gone);
    }
    assert_eq!(server.shows(2), Some(&StateDocument::user(RawAvailability::DO_NOT_DISTURB)));
}

/// The answer was lost and the server shows it: what was published has to be taken back all the same.
#[test]
fn what_may_have_been_published_is_taken_back() {
    let mut publisher = Publisher::new(ann());
    let mut server = Server::default();
    let sent = publisher.show(&away()).unwrap();
    server.take(&sent).unwrap();
    publisher.failed();
    let gone = publisher.withdraw().expect("it may be shown");
    send(&mut publisher, &mut server, gone);
    assert_eq!((server.shows(2), server.shows(3)), (None, None));
}

/// A state that stays until it is replaced survives the connection that published it.
#[test]
fn what_stays_is_taken_back_after_a_new_connection() {
    let mut publisher = Publisher::new(ann());
    let mut server = Server::default();
    let sent = publisher.show(&away()).unwrap();
    server.take(&sent).unwrap();
    publisher.accepted(&sent);
    publisher.forgotten();
    let gone = publisher.withdraw().expect("it is still shown");
    send(&mut publisher, &mut server, gone);
    assert_eq!((server.shows(2), server.shows(3)), (None, None));
}

#[test]
fn all_is_published_again_when_the_server_has_forgotten_or_failed() {
    let mut publisher = Publisher::new(ann());
    let sent = publisher.show(&busy()).unwrap();
    publisher.accepted(&sent);
    publisher.forgotten();
    let again = publisher.show(&busy()).unwrap();
    assert_eq!(heads(&again), heads(&sent), "as if nothing had been published");
    publisher.failed();
    assert!(publisher.show(&busy()).is_some());
    assert_eq!(publisher.show(&busy()), None, "it is on its way");
}

/// What is published, and as which version. Of the two user states the newer one is shown.
#[derive(Debug, Default)]
struct Server {
    published: BTreeMap<(InstanceId, u32), Stored>,
    clock: u32,
}

#[derive(Debug)]
struct Stored {
    version: u32,
    at: u32,
    content: StateDocument,
}

impl Server {
    /// Takes a request as a whole or not at all.
    fn take(&mut self, sent: &Publications) -> Result<(), VersionConflict> {
        let sent = Publications::read(sent.write().as_bytes(), &ReadRules::default()).unwrap();
        let current =
            |one: &Publication| self.published.get(&(one.instance, one.container)).map_or(0, |old| old.version);
        let wrong = sent.list.iter().enumerate().filter(|(_, one)| one.version != current(one));
        let wrong: Vec<_> = wrong.map(|(place, one)| VersionOf::new(place, current(one))).collect();
        if !wrong.is_empty() {
            return Err(VersionConflict::read(VersionConflict::new(wrong).write().as_bytes()).unwrap());
        }
        self.clock += 1;
        for one in &sent.list {
            let key = (one.instance, one.container);
            if one.withdraws() {
                self.published.remove(&key);
            } else {
                let stored = Stored { version: one.version + 1, at: self.clock, content: document(one).clone() };
                self.published.insert(key, stored);
            }
        }
        Ok(())
    }

    /// The person publishes with a client of theirs.
    fn person(&mut self, instance: InstanceId, availability: Availability) {
        self.clock += 1;
        let content = StateDocument::user(RawAvailability::from(availability));
        for (container, content) in [(2, content.clone()), (3, content.for_team())] {
            let version = self.published.get(&(instance, container)).map_or(0, |old| old.version) + 1;
            self.published.insert((instance, container), Stored { version, at: self.clock, content });
        }
    }

    /// The user state that counts in a container.
    fn shows(&self, container: u32) -> Option<&StateDocument> {
        let user = |instance| self.published.get(&(instance, container));
        let newest = [STICKY, TIMED].into_iter().filter_map(user).max_by_key(|stored| stored.at);
        newest.map(|stored| &stored.content)
    }

    /// What it tells the person of what is theirs.
    fn tells(&self) -> Categories {
        let entries = self.published.iter().map(|((instance, container), stored)| {
            let content = Content::State(stored.content.clone());
            let mut category = Category::new(*instance, crate::samples::clock("08:00:00"), content);
            (category.container, category.version) = (Some(*container), Some(stored.version));
            category
        });
        let told = Categories::new(ann(), entries.collect());
        Categories::read(told.write().as_bytes(), &ReadRules::default()).unwrap()
    }
}

/// Sends until the server has taken it. One conflict is enough to know all versions.
fn send(publisher: &mut Publisher, server: &mut Server, mut sent: Publications) {
    for _ in 0..2 {
        match server.take(&sent) {
            Ok(()) => return publisher.accepted(&sent),
            Err(conflict) => match publisher.conflict(&sent, &conflict) {
                Answered::Again(again) => sent = again,
                // To give a request up because nothing of it is ours any more is an end as well.
                _ => return,
            },
        }
    }
    panic!("two conflicts in a row with nobody else there");
}

/// What happens.
#[derive(Clone, Debug)]
enum Step {
    Show(RichState),
    Withdraw,
    /// The request arrives, its answer does not.
    ShowUnanswered(RichState),
    /// The request does not arrive.
    ShowLost(RichState),
    /// The person publishes something.
    Person(bool, Availability),
    /// What the server has is told.
    Learn,
    /// The connection is new; the server has kept everything, or has forgotten what ends with it.
    New {
        forgets: bool,
    },
}

fn decided() -> impl Strategy<Value = RichState> {
    let bands = prop_oneof![
        Just(Availability::ONLINE),
        Just(Availability::BUSY),
        Just(Availability::DO_NOT_DISTURB),
        Just(Availability::BE_RIGHT_BACK),
        Just(Availability::AWAY),
        Just(Availability::OFFLINE),
    ];
    let activities = prop::sample::select(Activity::ALL);
    (bands, activities, proptest::option::weighted(0.3, "[a-z]{1,3}")).prop_map(|(availability, activity, text)| {
        let state = state(availability, activity);
        match text {
            Some(text) => {
                let texts = LocalTexts::new(vec![(Lcid::ENGLISH, Confidential::new(text.into()))]);
                state.with_custom(Arc::new(texts))
            }
            None => state,
        }
    })
}

fn step() -> impl Strategy<Value = Step> {
    let person = (any::<bool>(), prop::sample::select(vec![Availability::ONLINE, Availability::DO_NOT_DISTURB]));
    prop_oneof![
        4 => decided().prop_map(Step::Show),
        1 => Just(Step::Withdraw),
        1 => decided().prop_map(Step::ShowUnanswered),
        1 => decided().prop_map(Step::ShowLost),
        2 => person.prop_map(|(timed, availability)| Step::Person(timed, availability)),
        1 => Just(Step::Learn),
        1 => any::<bool>().prop_map(|forgets| Step::New { forgets }),
    ]
}

fn run(publisher: &mut Publisher, server: &mut Server, step: Step) {
    match step {
        Step::Show(state) => {
            if let Some(sent) = publisher.show(&state) {
                send(publisher, server, sent);
                shows(server, &state);
            }
        }
        Step::Withdraw => {
            if let Some(sent) = publisher.withdraw() {
                send(publisher, server, sent);
            }
        }
        Step::ShowUnanswered(state) => {
            if let Some(sent) = publisher.show(&state) {
                let _ = server.take(&sent);
                publisher.failed();
            }
        }
        Step::ShowLost(state) => {
            if publisher.show(&state).is_some() {
                publisher.failed();
            }
        }
        Step::Person(timed, availability) => server.person(if timed { TIMED } else { STICKY }, availability),
        Step::Learn => publisher.learn(&server.tells()),
        Step::New { forgets } => {
            if forgets {
                server.published.clear();
            }
            publisher.forgotten();
        }
    }
}

/// The server shows this, to everybody and to the team.
#[track_caller]
fn shows(server: &Server, state: &RichState) {
    let decided = StateDocument::of_decided(state);
    assert_eq!(server.shows(2), Some(&decided));
    assert_eq!(server.shows(3), Some(&decided.for_team()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// S3.33: whatever has happened, what was decided last is shown in the end, and after it was taken back what the
    /// person has published is left.
    #[test]
    fn what_was_decided_last_is_shown(steps in proptest::collection::vec(step(), 0..12), last in decided()) {
        let (mut publisher, mut server) = (Publisher::new(ann()), Server::default());
        for step in steps {
            run(&mut publisher, &mut server, step);
        }
        // Somebody else may have published since, so it is published whether it is known or not.
        publisher.failed();
        run(&mut publisher, &mut server, Step::Show(last.clone()));
        shows(&server, &last);
        prop_assert_eq!(publisher.show(&last), None);
    }

    /// S3.33: with no answer lost and nobody else there, nothing is left after taking back.
    #[test]
    fn nothing_is_left_after_taking_back(states in proptest::collection::vec(decided(), 0..6)) {
        let (mut publisher, mut server) = (Publisher::new(ann()), Server::default());
        for state in states {
            run(&mut publisher, &mut server, Step::Show(state));
        }
        run(&mut publisher, &mut server, Step::Withdraw);
        prop_assert!(server.published.is_empty());
    }
}
