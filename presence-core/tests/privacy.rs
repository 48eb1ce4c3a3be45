//! Nothing confidential anywhere: random texts are put in wherever people write, and searched for in all that comes out.

#![expect(clippy::unwrap_used, reason = "helpers of tests: what is not as it should be has to stop them")]

use std::fmt::Debug;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::absence::Absence;
use presence_core::calendar::{Agenda, Importance, Meeting, MeetingDraft, Sensitivity, ShowAs, Span};
use presence_core::{
    AbsenceReason, Access, Activity, Address, Availability, CalendarPolicy, Confidential, Directory, Disclosure,
    Engine, EngineConfig, Facet, Fact, Input, Lcid, Lifetime, LocalTexts, Note, PersonId, PersonSpec, Phase, PlaceKind,
    PlaceSpec, PrivacyPolicy, Recorder, Report, RichState, Second, SourceId, SourceSpec, Viewer, ViewerId,
};
use proptest::prelude::*;

const START: u32 = 1_800_000_000;

fn time(second: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(i64::from(second), 0).unwrap()
}

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) }
}

/// A text that occurs nowhere by chance.
fn canary() -> impl Strategy<Value = String> {
    "[a-z]{4}[A-Z]{4}[a-z]{4}".prop_map(|text| format!("Q{text}Z"))
}

/// Texts that people wrote, by who may read them.
#[derive(Clone, Debug)]
struct Texts {
    /// Of private meetings: for nobody.
    private: [String; 4],
    /// Of a note for friends.
    friends: [String; 2],
    /// For everybody who may see the person: of a meeting, a note, a custom state, an absence.
    ordinary: [String; 7],
}

fn texts() -> impl Strategy<Value = Texts> {
    let some = prop::collection::btree_set(canary(), 13).prop_shuffle_vec();
    some.prop_map(|all| {
        let mut all = all.into_iter();
        let mut next = || all.next().unwrap_or_default();
        Texts {
            private: std::array::from_fn(|_| next()),
            friends: std::array::from_fn(|_| next()),
            ordinary: std::array::from_fn(|_| next()),
        }
    })
}

/// A set as a list.
trait ShuffledVec {
    fn prop_shuffle_vec(self) -> BoxedStrategy<Vec<String>>;
}

impl<S: Strategy<Value = std::collections::BTreeSet<String>> + 'static> ShuffledVec for S {
    fn prop_shuffle_vec(self) -> BoxedStrategy<Vec<String>> {
        self.prop_map(|set| set.into_iter().collect::<Vec<_>>()).prop_shuffle().boxed()
    }
}

struct Office {
    directory: Arc<Directory>,
    engine: Engine,
}

fn viewer(name: &str) -> Viewer {
    Viewer::new(ViewerId::new(name).unwrap())
}

fn office(viewers: &[&Viewer]) -> Office {
    let exchange = SourceId::new("exchange").unwrap();
    let facets = [Facet::Calendar, Facet::Rich, Facet::Note, Facet::Absence];
    let mut builder = Directory::builder();
    builder.source(SourceSpec::new(exchange.clone(), &facets));
    for name in ["anna", "carl"] {
        let place = |kind, address: Address| PlaceSpec::new(kind).address(address, std::slice::from_ref(&exchange));
        let spec = PersonSpec::new(PersonId::new(name).unwrap())
            .place(place(PlaceKind::Mailbox, Address::smtp(&format!("{name}@example.com")).unwrap()))
            .place(place(PlaceKind::Account, Address::sip(&format!("{name}@example.com")).unwrap()));
        builder.person(spec);
    }
    let directory = Arc::new(builder.build().unwrap());
    let config = EngineConfig::new(Arc::clone(&directory), time(START));
    let config = viewers.iter().fold(config, |config, viewer| config.viewer(Arc::new((*viewer).clone())));
    Office { engine: Engine::new(config), directory }
}

fn span() -> Span {
    Span::from_seconds(Second::new(START - 600), Second::new(START + 600)).unwrap()
}

/// All that people wrote, as facts; `last` says whether the private meeting is cancelled, and how it is shown.
fn facts(texts: &Texts, cancelled: bool, sensitivity: Sensitivity, word: ShowAs) -> Vec<(bool, Fact)> {
    let confidential = |text: &String| Confidential::new(Arc::from(text.as_str()));
    let [uid, subject, place, organiser] = &texts.private;
    let private = MeetingDraft::new(uid, span()).subject(subject).place(place).organiser(organiser);
    let private = private.sensitivity(sensitivity).show_as(word).cancelled(cancelled).importance(Importance::High);
    let [subject, place, organiser, note, author, custom, absence] = &texts.ordinary;
    let open = MeetingDraft::new("open", span()).subject(subject).place(place).organiser(organiser);
    let open = open.show_as(ShowAs::Tentative);
    let covered = Span::from_seconds(Second::new(START - 86_400), Second::new(START + 86_400)).unwrap();
    let agenda = Agenda::new(covered, vec![Meeting::new(private), Meeting::new(open)]);
    let [hidden, hidden_author] = &texts.friends;
    let friend = ViewerId::new("friend").unwrap();
    let notes = [
        Note::new("1", author, note, time(START)),
        Note::new("2", hidden_author, hidden, time(START)).for_viewers(&[friend]),
    ];
    let words = LocalTexts::new(vec![(Lcid::ENGLISH, confidential(custom))]);
    let rich = RichState::new(Availability::AWAY, Activity::Away).with_custom(Arc::new(words));
    let ill = Absence::new(AbsenceReason::Ill, time(START)).with_text(confidential(absence));
    vec![
        (true, Fact::Agenda(Arc::new(agenda))),
        (false, Fact::Notes(notes.into())),
        (false, Fact::Rich(rich)),
        (false, Fact::Absences([ill].into())),
    ]
}

/// All that may be printed, logged or recorded.
#[derive(Default)]
struct Printed(Vec<String>);

impl Printed {
    fn debug(&mut self, what: &impl Debug) {
        self.0.push(format!("{what:?}"));
        self.0.push(format!("{what:#?}"));
    }

    fn finds<'a>(&self, mut canaries: impl Iterator<Item = &'a String>) -> Option<&'a String> {
        canaries.find(|canary| self.0.iter().any(|text| text.contains(canary.as_str())))
    }
}

fn sensitivities() -> impl Strategy<Value = Sensitivity> {
    prop_oneof![Just(Sensitivity::Private), Just(Sensitivity::Confidential)]
}

fn words() -> impl Strategy<Value = ShowAs> {
    prop_oneof![Just(ShowAs::Free), Just(ShowAs::Tentative), Just(ShowAs::Busy), Just(ShowAs::OutOfOffice)]
}

proptest! {
    #![proptest_config(config())]

    /// S0.17, S0.18: what is private reaches no row, card, meeting, print or recording; what is for others reaches no
    /// viewer; what is for everybody reaches viewers, but no print, no explanation and no recording.
    #[test]
    fn a_confidential_text_appears_nowhere(
        texts in texts(),
        cancelled in any::<bool>(),
        sensitivity in sensitivities(),
        word in words(),
    ) {
        let operator = viewer("operator");
        let mut office = office(&[&operator]);
        let origin = office.directory.origin(&SourceId::new("exchange").unwrap()).unwrap();
        let anna = office.directory.person(&PersonId::new("anna").unwrap()).unwrap();
        let mailbox = office.directory.subject(&Address::smtp("anna@example.com").unwrap()).unwrap();
        let account = office.directory.subject(&Address::sip("anna@example.com").unwrap()).unwrap();
        let mut printed = Printed::default();
        let (mut recorder, start) = Recorder::new(&office.engine);
        let mut recording = vec![serde_json::to_string(&start).unwrap()];
        let begin = Input::Session { origin, number: 1, phase: Phase::Begin };
        recording.push(serde_json::to_string(&recorder.handle(&office.engine, time(START), &begin)).unwrap());
        office.engine.handle(time(START), begin);
        for (at_mailbox, fact) in facts(&texts, cancelled, sensitivity, word) {
            printed.debug(&fact);
            let subject = if at_mailbox { mailbox } else { account };
            let report = Report::new(origin, subject, fact, time(START)).lasting(Lifetime::Session);
            printed.debug(&report);
            let mut reports = vec![report];
            let entry = recorder.report(&office.engine, time(START), &reports);
            recording.push(serde_json::to_string(&entry).unwrap());
            office.engine.report(time(START), &mut reports);
        }
        // A recording that begins in the middle tells no more.
        recording.push(serde_json::to_string(&Recorder::new(&office.engine).1).unwrap());
        printed.0.extend(recording);

        let engine = &office.engine;
        let card = engine.card(anna, &operator).unwrap();
        let day = engine.day(anna, &operator, time(START).date_naive(), &Utc).unwrap();
        let told = engine.explain(anna, &operator).unwrap();
        let out = Printed(vec![
            serde_json::to_string(&engine.row(anna, &operator)).unwrap(),
            serde_json::to_string(&card).unwrap(),
            serde_json::to_string(&day).unwrap(),
        ]);
        printed.debug(engine);
        printed.debug(&engine.row(anna, &operator));
        printed.debug(&engine.presence(anna, &operator));
        printed.debug(&engine.claims(anna));
        printed.debug(&told);
        printed.debug(&engine.diagnostics());
        printed.0.extend(told.sentences());
        printed.0.push(told.to_string());
        printed.0.push(serde_json::to_string(&told).unwrap());

        let secret = || texts.private.iter().chain(&texts.friends);
        prop_assert_eq!(out.finds(secret()), None);
        prop_assert_eq!(printed.finds(secret()), None);
        // Those who may read find what they may read, so the search above is not in vain.
        for text in texts.ordinary.iter().take(5) {
            prop_assert!(out.0.iter().any(|out| out.contains(text.as_str())), "{text} is missing in {:?}", out.0);
        }
        prop_assert_eq!(printed.finds(texts.ordinary.iter()), None);
        let mut views = Printed::default();
        views.debug(&card);
        views.debug(&day);
        prop_assert_eq!(views.finds(secret().chain(&texts.ordinary)), None, "in the print of a card or of a day");
        // Three stars, for a meeting that is not cancelled.
        prop_assert_eq!(out.0.iter().any(|out| out.contains("***")), !cancelled);
        let friend = serde_json::to_string(&engine.card(anna, &viewer("friend"))).unwrap();
        prop_assert!(texts.friends.iter().all(|text| friend.contains(text.as_str())));
        prop_assert!(texts.private.iter().all(|text| !friend.contains(text.as_str())));
    }

    /// S3.22, F.24: of one calendar each class is told what it may know, and no class more.
    #[test]
    fn each_class_is_told_its_own(texts in texts(), word in words()) {
        let classes = [Disclosure::Nothing, Disclosure::Busy, Disclosure::Times, Disclosure::Everything];
        let viewers = classes.map(|disclosure| {
            let mut policy = PrivacyPolicy::default();
            policy.calendar = CalendarPolicy::new(disclosure, disclosure);
            Viewer::with_policy(ViewerId::new(&format!("{disclosure:?}")).unwrap(), policy)
        });
        let mut office = office(&viewers.iter().collect::<Vec<_>>());
        let origin = office.directory.origin(&SourceId::new("exchange").unwrap()).unwrap();
        let anna = office.directory.person(&PersonId::new("anna").unwrap()).unwrap();
        let mailbox = office.directory.subject(&Address::smtp("anna@example.com").unwrap()).unwrap();
        office.engine.handle(time(START), Input::Session { origin, number: 1, phase: Phase::Begin });
        let (_, agenda) = facts(&texts, false, Sensitivity::Private, word).swap_remove(0);
        office.engine.report(time(START), &mut vec![Report::new(origin, mailbox, agenda, time(START))]);
        let engine = &office.engine;
        let strictest = word.max(ShowAs::Tentative);
        let expected = [None, Some(ShowAs::Busy), Some(strictest), Some(strictest)];
        for ((class, viewer), word) in classes.into_iter().zip(&viewers).zip(expected) {
            let presence = engine.presence(anna, viewer).unwrap();
            prop_assert_eq!(presence.situation.calendar(), word, "{:?}", class);
            let day = serde_json::to_string(&engine.day(anna, viewer, time(START).date_naive(), &Utc)).unwrap();
            let card = serde_json::to_string(&engine.card(anna, viewer)).unwrap();
            let texts_of_open = texts.ordinary.iter().take(3).any(|text| day.contains(text.as_str()) || card.contains(text.as_str()));
            prop_assert_eq!(texts_of_open, class == Disclosure::Everything, "{:?}", class);
            prop_assert!(texts.private.iter().all(|text| !day.contains(text.as_str()) && !card.contains(text.as_str())));
        }
    }

    /// S3.34, F.29: somebody who may not be seen looks exactly like somebody who is offline.
    #[test]
    fn denied_looks_like_offline(texts in texts(), offline in any::<bool>(), later in 0_u32..2_000) {
        let anna_id = PersonId::new("anna").unwrap();
        let class = viewer("stranger").except(anna_id, Access::Denied);
        let mut office = office(&[&class]);
        let origin = office.directory.origin(&SourceId::new("exchange").unwrap()).unwrap();
        let [anna, carl] = ["anna", "carl"].map(|name| office.directory.person(&PersonId::new(name).unwrap()).unwrap());
        office.engine.handle(time(START), Input::Session { origin, number: 1, phase: Phase::Begin });
        let account = |name: &str| office.directory.subject(&Address::sip(&format!("{name}@example.com")).unwrap()).unwrap();
        let off = Fact::Rich(RichState::new(Availability::OFFLINE, Activity::Offline));
        let mut reports = vec![Report::new(origin, account("carl"), off, time(START)).lasting(Lifetime::Session)];
        if !offline {
            for (_, fact) in facts(&texts, false, Sensitivity::Private, ShowAs::Busy) {
                reports.push(Report::new(origin, account("anna"), fact, time(START)));
            }
        }
        office.engine.report(time(START), &mut reports);
        office.engine.handle(time(START + later), Input::Tick);
        let engine = &office.engine;
        let row = |person| serde_json::to_string(&engine.row(person, &class)).unwrap();
        prop_assert_eq!(row(anna), row(carl));
        prop_assert_eq!(engine.presence(anna, &class), engine.presence(carl, &class));
        let card = |person, name: &str| serde_json::to_string(&engine.card(person, &class)).unwrap().replace(name, "somebody");
        prop_assert_eq!(card(anna, "anna"), card(carl, "carl"));
        let told = |person, name: &str| format!("{:?}", engine.explain(person, &class)).replace(name, "somebody");
        prop_assert_eq!(told(anna, "anna"), told(carl, "carl"));
        let day = |person| format!("{:?}", engine.day(person, &class, time(START).date_naive(), &Utc));
        prop_assert_eq!(day(anna), day(carl));
    }
}
