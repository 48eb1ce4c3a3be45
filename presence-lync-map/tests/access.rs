//! Containers as a privacy policy: who is told what, as a table, as states, and in a real engine.

#![expect(clippy::unwrap_used, reason = "helpers of tests: what is not as it should be has to stop them")]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use presence_core::calendar::Sensitivity;
use presence_core::{
    Access, Activity, Address, Agenda, Availability, Call, Confidential, Directory, Disclosure, Engine, EngineConfig,
    Facet, FacetSet, Fact, Input, Lcid, LocalTexts, Meeting, MeetingDraft, Note, Person, PersonId, PersonSpec, Phase,
    PlaceKind, PlaceSpec, Report, RichState, SourceId, SourceSpec, Span, Viewer, ViewerId,
};
use presence_lync_map::access::{
    AccessRules, BlockedNames, Containers, Domain, ExternalActivity, ExternalNotes, Face, Field, Member, Network,
    Relationship, Told, Watcher,
};
use presence_lync_map::activity::ActivityToken;
use presence_lync_map::bands::RawAvailability;
use presence_lync_map::states::{
    ActivityState, AggregationRules, DeviceType, Instance, InstanceId, Publications, Received,
};

use Relationship::{Blocked, Colleagues, External, FriendsAndFamily, Owner, Workgroup};

fn time(text: &str) -> DateTime<Utc> {
    format!("2026-11-20T{text}:00Z").parse().unwrap()
}

fn sip(text: &str) -> Address {
    Address::sip(text).unwrap()
}

fn bo() -> Watcher {
    Watcher::new(sip("bo@example.com")).network(Network::SameEnterprise)
}

/// Container 0, 1, 100, 200, 300, 400, 32000. `x` is told, `-` is not, `t` as the team sees it, `o` always offline.
const TABLE: [(Field, &str); 26] = [
    (Field::Availability, "-xxxtxo"),
    (Field::Activity, "-x-xxx-"),
    (Field::Device, "-x-xxx-"),
    (Field::Location, "-x-xxx-"),
    (Field::TimeZone, "-x-xxx-"),
    (Field::LastActive, "-x-xxx-"),
    (Field::PersonalNote, "-x-xxx-"),
    (Field::OutOfOfficeNote, "-x-xxx-"),
    (Field::NoteHistory, "-x-xxx-"),
    (Field::WorkingHours, "-x-xxx-"),
    (Field::FreeBusy, "-x-xxx-"),
    (Field::MeetingSubject, "-x--x--"),
    (Field::MeetingLocation, "-x--x--"),
    (Field::Name, "xxxxxxx"),
    (Field::Email, "xxxxxxx"),
    (Field::Title, "-xxxxx-"),
    (Field::Company, "-xxxxx-"),
    (Field::Office, "-x-xxx-"),
    (Field::WorkPhone, "-x-xxx-"),
    (Field::MobilePhone, "-x--xx-"),
    (Field::HomePhone, "-x---x-"),
    (Field::OtherPhone, "-x---x-"),
    (Field::Voicemail, "-xxxxx-"),
    (Field::Photo, "-xxxxx-"),
    (Field::Interruption, "-x--x--"),
    (Field::Contact, "-xxxxx-"),
];

fn letter(told: Told) -> char {
    match told {
        Told::Yes => 'x',
        Told::TeamFace => 't',
        Told::AlwaysOffline => 'o',
        _ => '-',
    }
}

fn letters(rules: AccessRules, field: Field) -> String {
    Relationship::ALL.into_iter().map(|to| letter(rules.told(field, to))).collect()
}

/// S3.22: every field, as it is told to every relationship.
#[test]
fn every_field_is_told_as_the_table_says() {
    let rules = AccessRules::default();
    let fields: Vec<_> = TABLE.iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, Field::ALL);
    for (field, row) in TABLE {
        assert_eq!(letters(rules, field), row, "{field:?}");
        // What a site has made of its own is told no more than everybody.
        let site = Relationship::from_number(500).unwrap();
        assert_eq!(rules.told(field, site), rules.told(field, Relationship::Default), "{field:?}");
    }
}

/// S3.22: where the documents disagree there is a setting, and it changes nothing else.
#[test]
fn settings_change_what_they_name() {
    let [mut notes, mut names] = [AccessRules::default(); 2];
    notes.external_notes = ExternalNotes::Told;
    names.blocked_names = BlockedNames::Hidden;
    for (field, row) in TABLE {
        let is_note = matches!(field, Field::PersonalNote | Field::OutOfOfficeNote);
        assert_eq!(letters(notes, field), if is_note { "-xxxxx-" } else { row }, "{field:?}");
        let is_name = matches!(field, Field::Name | Field::Email);
        assert_eq!(letters(names, field), if is_name { "xxxxxx-" } else { row }, "{field:?}");
    }
    let read: AccessRules = serde_json::from_str(r#"{"external-notes": "told", "blocked-names": "hidden"}"#).unwrap();
    assert_eq!((read.external_notes, read.blocked_names), (ExternalNotes::Told, BlockedNames::Hidden));
    assert!(serde_json::from_str::<AccessRules>(r#"{"external-note": "told"}"#).is_err());
}

/// S3.22: what was learned with other rights is told as far as both may know it.
#[test]
fn nothing_is_told_beyond_the_rights_it_was_learned_with() {
    let rules = AccessRules::default();
    for field in Field::ALL {
        for learned_as in Relationship::ALL {
            for to in Relationship::ALL {
                let told = rules.told_on(field, learned_as, to);
                let both = rules.told(field, learned_as).is_told() && rules.told(field, to).is_told();
                assert_eq!(told.is_told(), both, "{field:?} {learned_as} {to}");
                let expected =
                    if both || rules.told(field, to) == Told::AlwaysOffline { rules.told(field, to) } else { Told::No };
                assert_eq!(told, expected, "{field:?} {learned_as} {to}");
            }
        }
    }
    let subject = |learned_as, to| rules.told_on(Field::MeetingSubject, learned_as, to);
    assert_eq!(subject(Workgroup, Workgroup), Told::Yes);
    assert_eq!([subject(Workgroup, FriendsAndFamily), subject(Colleagues, Workgroup)], [Told::No; 2]);
    assert_eq!(rules.told_on(Field::Availability, Blocked, Colleagues), Told::No, "blocked: nothing is known");
}

/// S3.22: the largest number wins, whatever kind of member says so, and the answer names the member.
#[test]
fn the_largest_container_wins() {
    let mut containers = Containers::standard();
    let standing = |containers: &Containers, watcher: &Watcher| {
        let standing = containers.standing(watcher);
        (standing.relationship, standing.member)
    };
    assert_eq!(standing(&containers, &bo()), (Colleagues, Some(Member::SameEnterprise)));

    let domain = Member::Domain(Domain::new("EXAMPLE.com").unwrap());
    containers.add(FriendsAndFamily, domain.clone()).unwrap();
    containers.add(Workgroup, Member::User(sip("Bo@Example.COM"))).unwrap();
    assert_eq!(standing(&containers, &bo()), (FriendsAndFamily, Some(domain.clone())), "a user does not beat a domain");
    let found: Vec<_> = containers.matches(&bo()).into_iter().map(|found| found.relationship).collect();
    assert_eq!(found, [Workgroup, FriendsAndFamily, Colleagues]);

    containers.add(Blocked, Member::Everyone).unwrap();
    containers.add(Relationship::from_number(32_500).unwrap(), domain).unwrap();
    assert_eq!(standing(&containers, &bo()), (Blocked, Some(Member::Everyone)), "blocked stays blocked");
    assert!(containers.remove(Blocked, &Member::Everyone) && !containers.remove(Blocked, &Member::Everyone));
    assert_eq!(containers.standing(&bo()).relationship.number(), 32_500);
}

/// S3.22: each kind of member holds those it names and nobody else.
#[test]
fn members_hold_whom_they_name() {
    let federated = Watcher::new(sip("cy@other.example.com")).network(Network::Federated);
    let public = Watcher::new(sip("dan@example.net")).network(Network::PublicCloud);
    let nowhere = Watcher::new(Address::tel("+46 8 471 10 00").unwrap());
    let watchers = [bo(), federated, public, nowhere];
    let cases = [
        (Member::User(sip("BO@example.com")), [true, false, false, false]),
        (Member::Domain(Domain::new("Example.com").unwrap()), [true, false, false, false]),
        (Member::SameEnterprise, [true, false, false, false]),
        (Member::Federated, [false, true, false, false]),
        (Member::PublicCloud, [false, false, true, false]),
        (Member::Everyone, [true; 4]),
    ];
    for (member, expected) in cases {
        let mut containers = Containers::empty();
        containers.add(External, member.clone()).unwrap();
        let is_in = watchers.each_ref().map(|watcher| containers.standing(watcher).relationship == External);
        assert_eq!(is_in, expected, "{member}");
    }
    let [.., nowhere] = &watchers;
    let standing = Containers::standard().standing(nowhere);
    assert_eq!((standing.relationship, standing.member), (Relationship::Default, None));
    // Of two members of one container the more exact one is named.
    let mut containers = Containers::standard();
    containers.add(Colleagues, Member::User(sip("bo@example.com"))).unwrap();
    containers.add(Colleagues, Member::Everyone).unwrap();
    assert_eq!(containers.standing(&bo()).member, Some(Member::User(sip("bo@example.com"))));
}

/// S3.34: in privacy mode whoever is not on the contact list sees what the blocked see, and may still call.
#[test]
fn privacy_mode_hides_from_strangers() {
    let mut containers = Containers::standard().privacy_mode(true);
    let [stranger, contact] = [bo(), bo().on_contact_list()].map(|watcher| containers.standing(&watcher));
    assert_eq!((stranger.relationship, stranger.seen_as()), (Colleagues, Blocked));
    assert_eq!((contact.relationship, contact.seen_as()), (Colleagues, Colleagues));
    containers.add(Blocked, Member::User(sip("bo@example.com"))).unwrap();
    assert_eq!(containers.standing(&bo().on_contact_list()).seen_as(), Blocked);
    let open = containers.privacy_mode(false);
    assert_eq!(open.standing(&bo()).seen_as(), Blocked);
}

#[test]
fn containers_are_bounded() {
    let mut containers = Containers::empty();
    for number in 0..Containers::MOST_MEMBERS {
        containers.add(Workgroup, Member::User(sip(&format!("u{number}@example.com")))).unwrap();
    }
    assert!(containers.add(Workgroup, Member::Everyone).is_err());
    let known = Member::User(sip("u0@example.com"));
    assert_eq!(containers.add(Workgroup, known.clone()), Ok(()), "it is there already");
    assert!(containers.add(Colleagues, known.clone()).is_err(), "it is not in that one");
    assert!(containers.remove(Workgroup, &known));
    assert_eq!(containers.add(Workgroup, Member::Everyone), Ok(()));
    assert_eq!(containers.len(), Containers::MOST_MEMBERS);
}

fn custom(text: &str) -> ActivityState {
    ActivityState::custom(LocalTexts::new(vec![(Lcid::ENGLISH, Confidential::new(text.into()))]))
}

/// In a call, at a computer, at a place that somebody typed.
fn in_a_call() -> Face {
    let mut state = Face::default();
    state.availability = Some(RawAvailability::BUSY);
    state.activity = Some(ActivityState::token(ActivityToken::ON_THE_PHONE));
    state.last_active = Some(time("09:00"));
    state.device = Some(DeviceType::Computer);
    state.location = Some(Confidential::new("canary".into()));
    state
}

fn only(number: RawAvailability) -> Face {
    let mut face = Face::default();
    face.availability = Some(number);
    face
}

/// S3.22, S3.34: what is left of a state for each relationship.
#[test]
fn a_state_is_shown_as_far_as_it_may_be_known() {
    let rules = AccessRules::default();
    let shown = |to| rules.shown(in_a_call(), Owner, to);
    for to in [Owner, Colleagues, Workgroup, FriendsAndFamily] {
        assert_eq!(shown(to), in_a_call(), "{to}");
    }
    assert_eq!(shown(External), only(RawAvailability::BUSY));
    assert_eq!(shown(Relationship::Default), Face::default());
    assert_eq!(shown(Blocked), only(RawAvailability::new(18_500)));
    // Learned with fewer rights than the watcher has.
    assert_eq!(rules.shown(in_a_call(), External, Workgroup), only(RawAvailability::BUSY));
    assert_eq!(rules.shown(in_a_call(), Blocked, Workgroup), Face::default());
    // All offline numbers are one.
    let offline = [17_999, 18_000, 18_500, 20_000].map(|number| only(RawAvailability::new(number)));
    let shown = offline.map(|state| rules.shown(state, Owner, External).availability.map(RawAvailability::get));
    assert_eq!(shown, [Some(17_999), Some(18_500), Some(18_500), Some(18_500)]);
    assert!(!format!("{:?}", in_a_call()).contains("canary"));
}

fn face(number: u32, token: &str) -> Face {
    let mut face = only(RawAvailability::new(number));
    face.activity = Some(ActivityState::token(ActivityToken::new(token)));
    face
}

/// S3.22: "do not disturb" has a face for the team, and the others do not see it, whoever learned it.
#[test]
fn do_not_disturb_has_two_faces() {
    let rules = AccessRules::default();
    let [alone, team] = [only(RawAvailability::DO_NOT_DISTURB), face(6_900, "urgent-interruptions-only")];
    for to in [Owner, Colleagues, FriendsAndFamily, External] {
        assert_eq!(rules.shown(alone.clone(), Owner, to), alone, "{to}");
        assert_eq!(rules.shown(team.clone(), Workgroup, to), alone, "{to}");
    }
    assert_eq!(rules.shown(alone.clone(), Owner, Workgroup), team);
    assert_eq!(rules.shown(team.clone(), Workgroup, Workgroup), team);
    // A presentation is not interrupted. What is learned as a number stays one.
    assert_eq!(rules.shown(face(9_000, "in-presentation"), Owner, Workgroup), face(9_000, "in-presentation"));
    assert_eq!(rules.shown(alone.clone(), External, Workgroup), alone);
}

/// S3.22: the face of the team is the one that the aggregation makes.
#[test]
fn the_face_of_the_team_is_that_of_the_aggregation() {
    let desk = Instance::machine(InstanceId::machine(1), "desk", time("08:00")).number(3_500);
    let user = Instance::user(InstanceId::USER_TIMED, 9_500, time("09:00"));
    let aggregate = |user: Instance| {
        let people = Publications::new(vec![desk.clone(), user]);
        people.aggregate(time("10:00"), &AggregationRules::default()).state
    };
    let rules = AccessRules::default();
    let [everyone, team] = [aggregate(user.clone()), aggregate(user.for_team())];
    assert_eq!(rules.shown(&everyone, Owner, Workgroup), rules.shown(&team, Owner, Workgroup));
    assert_eq!(rules.shown(&team, Owner, Colleagues), rules.shown(&everyone, Owner, Colleagues));
    assert_ne!(rules.shown(&team, Owner, Colleagues), rules.shown(&team, Owner, Workgroup));
}

/// S3.34: two worlds, in one of which the person has blocked the watcher and is at work, and in the other appears offline.
/// The watcher is told the same, to the last byte.
#[test]
fn blocked_is_not_told_apart_from_appearing_offline() {
    let rules = AccessRules::default();
    let desk = Instance::machine(InstanceId::machine(1), "desk", time("08:00")).number(3_500).location("canary");
    let hides = Instance::user(InstanceId::USER_STICKY, 18_500, time("09:00"));
    let hidden = Publications::new(vec![desk, hides]).aggregate(time("10:00"), &AggregationRules::default()).state;
    let offline = rules.shown(&hidden, Owner, Colleagues).received(time("10:00"));

    let mut own_words = in_a_call();
    own_words.activity = Some(custom("canary"));
    let mut known = vec![in_a_call(), own_words, Face::default(), Face::offline(), Face::from(&hidden)];
    known.extend([0, 3_500, 5_000, 9_500, 15_500, 18_000, u32::MAX].map(|number| only(RawAvailability::new(number))));
    for state in known {
        for learned_as in Relationship::ALL {
            let shown = rules.shown(state.clone(), learned_as, Blocked).received(time("10:00"));
            assert_eq!(shown, offline, "{state:?}");
            assert_eq!(format!("{shown:?}"), format!("{offline:?}"));
        }
    }
}

/// S3.15: what a watcher receives can be shown on, to others, as far as they may know it.
#[test]
fn a_received_state_is_shown_on() {
    let received = Received::new(time("09:00"), Some(RawAvailability::BUSY))
        .activity(ActivityState::token(ActivityToken::ON_THE_PHONE))
        .last_active(time("08:00"));
    let rules = AccessRules::default();
    let on = |to| rules.shown(&received, Colleagues, to).received(time("09:00"));
    assert_eq!(on(Colleagues), received);
    assert_eq!(on(External), Received::new(time("09:00"), Some(RawAvailability::BUSY)));
}

/// An office with one source that knows all about Anna and Carl.
struct Office {
    directory: Arc<Directory>,
    engine: Engine,
}

fn office(viewers: &[&Viewer]) -> Office {
    let server = SourceId::new("server").unwrap();
    let mut company = Directory::builder();
    company.source(SourceSpec::new(server.clone(), &Facet::ALL));
    for name in ["anna", "carl"] {
        let place = |kind, address| PlaceSpec::new(kind).address(address, std::slice::from_ref(&server));
        let mail = Address::smtp(&format!("{name}@example.com")).unwrap();
        let extension = Address::extension("site", if name == "anna" { "4711" } else { "4712" }).unwrap();
        let spec = PersonSpec::new(PersonId::new(name).unwrap())
            .place(place(PlaceKind::Mailbox, mail))
            .place(place(PlaceKind::Desk, extension))
            .place(place(PlaceKind::Account, sip(&format!("{name}@example.com"))));
        company.person(spec);
    }
    let directory = Arc::new(company.build().unwrap());
    let config = EngineConfig::new(Arc::clone(&directory), time("10:20"));
    let config = viewers.iter().fold(config, |config, viewer| config.viewer(Arc::new((*viewer).clone())));
    let mut engine = Engine::new(config);
    let origin = directory.origin(&server).unwrap();
    engine.handle(time("10:20"), Input::Session { origin, number: 1, phase: Phase::Begin });
    Office { directory, engine }
}

impl Office {
    fn person(&self, name: &str) -> Person {
        self.directory.person(&PersonId::new(name).unwrap()).unwrap()
    }

    fn report(&mut self, address: &Address, fact: Fact) {
        let origin = self.directory.origin(&SourceId::new("server").unwrap()).unwrap();
        let subject = self.directory.subject(address).unwrap();
        self.engine.report(time("10:20"), &mut vec![Report::new(origin, subject, fact, time("10:20"))]);
    }

    /// At work: in a call, in a meeting, with words of their own and a note, and a private meeting later that day.
    fn at_work(&mut self, name: &str) {
        let account = sip(&format!("{name}@example.com"));
        let words = LocalTexts::new(vec![(Lcid::ENGLISH, Confidential::new("own words".into()))]);
        let rich = RichState::new(Availability::BUSY, Activity::InCall).with_custom(Arc::new(words));
        self.report(&account, Fact::Rich(rich));
        let note = Note::new("1", "author", "what the note says", time("08:00"));
        self.report(&account, Fact::Notes([note].into()));
        let extension = Address::extension("site", if name == "anna" { "4711" } else { "4712" }).unwrap();
        self.report(&extension, Fact::Call(Call::InCall));
        self.report(&Address::smtp(&format!("{name}@example.com")).unwrap(), Fact::Agenda(Arc::new(agenda())));
    }

    /// All that a class of viewers is told, as it goes out.
    fn told(&self, name: &str, viewer: &Viewer) -> String {
        let person = self.person(name);
        let engine = &self.engine;
        let row = serde_json::to_string(&engine.row(person, viewer)).unwrap();
        let card = serde_json::to_string(&engine.card(person, viewer)).unwrap();
        let day = self.engine.day(person, viewer, time("10:20").date_naive(), &Utc);
        let day = serde_json::to_string(&day).unwrap();
        let why = serde_json::to_string(&engine.explain(person, viewer)).unwrap();
        let presence = engine.presence(person, viewer);
        format!("{row}\n{card}\n{day}\n{why}\n{presence:?}\n{:?}", engine.explain(person, viewer))
    }
}

fn agenda() -> Agenda {
    let span = |from, to| Span::new(time(from), time(to)).unwrap();
    let open = MeetingDraft::new("uid-1", span("10:00", "11:00")).subject("about budgets").place("room 7");
    let private = MeetingDraft::new("uid-2", span("13:00", "14:00")).subject("at the dentist");
    let private = private.sensitivity(Sensitivity::Private);
    Agenda::new(span("00:00", "23:00"), vec![Meeting::new(open), Meeting::new(private)])
}

fn class(to: Relationship) -> Viewer {
    AccessRules::default().viewer(ViewerId::new("class").unwrap(), to)
}

/// S3.22: what a class of viewers of each relationship is told by an engine that knows all.
#[test]
fn an_engine_tells_each_class_what_its_container_is_told() {
    // Own words, note, subject, place, how many meetings of the day, how many `***` for their subjects.
    let expected = [
        (Relationship::Default, [false; 4], 0, 0),
        (External, [false; 4], 0, 0),
        (Colleagues, [true, true, false, false], 2, 2),
        (Workgroup, [true; 4], 2, 1),
        (FriendsAndFamily, [true, true, false, false], 2, 2),
        (Owner, [true; 4], 2, 1),
        (Blocked, [false; 4], 0, 0),
    ];
    for (to, texts, meetings, masked) in expected {
        let viewer = class(to);
        let mut office = office(&[&viewer]);
        office.at_work("anna");
        let told = office.told("anna", &viewer);
        let found = ["own words", "what the note says", "about budgets", "room 7"].map(|text| told.contains(text));
        assert_eq!(found, texts, "{to}: {told}");
        assert!(!told.contains("dentist"), "{to}");
        let day = office.engine.day(office.person("anna"), &viewer, time("10:20").date_naive(), &Utc).unwrap();
        assert_eq!(day.meetings.len(), meetings, "{to}");
        assert_eq!(
            day.meetings.iter().filter(|meeting| meeting.title.as_deref() == Some("***")).count(),
            masked,
            "{to}"
        );
    }
}

/// S3.22: the team reads what a meeting is about, and of a private one three stars and its times.
#[test]
fn the_team_reads_subjects_but_of_private_meetings() {
    let viewer = class(Workgroup);
    let mut office = office(&[&viewer]);
    office.at_work("anna");
    let day = office.engine.day(office.person("anna"), &viewer, time("10:20").date_naive(), &Utc).unwrap();
    let titles: Vec<_> = day.meetings.iter().map(|meeting| meeting.title.as_deref()).collect();
    assert_eq!(titles, [Some("about budgets"), Some("***")]);
    assert_eq!(day.meetings[1].start.time(), Some(time("13:00")));
}

/// S3.22: the engine has number and activity in one fact, so other companies see neither unless a site wants both.
#[test]
fn other_companies_see_no_activity_in_an_engine() {
    let mut rules = AccessRules::default();
    let id = || ViewerId::new("class").unwrap();
    let strict = rules.viewer(id(), External);
    rules.external_activity = ExternalActivity::ToldWithState;
    let open = rules.viewer(id(), External);
    assert_eq!(rules.access(External), open.access);
    let mut office = office(&[&strict, &open]);
    office.at_work("anna");
    let person = office.person("anna");
    let [hidden, shown] = [&strict, &open].map(|viewer| office.engine.row(person, viewer).unwrap());
    assert_eq!((hidden.availability, hidden.activity, hidden.rich), (Availability::NONE, Activity::None, None));
    assert_eq!((shown.availability, shown.activity), (Availability::BUSY, Activity::InCall));
    assert_eq!((shown.calendar, shown.note, shown.desk.call), (None, false, None), "nothing but the state");
    let told = office.told("anna", &open);
    assert!(!told.contains("budgets") && !told.contains("what the note says"));
}

/// S3.34: a class of blocked viewers cannot tell somebody at work from somebody who is offline.
#[test]
fn the_blocked_cannot_tell_in_an_engine() {
    let viewer = class(Blocked);
    let mut office = office(&[&viewer]);
    office.at_work("anna");
    office.report(&sip("carl@example.com"), Fact::Rich(RichState::new(Availability::OFFLINE, Activity::Offline)));
    // Telephone numbers and names are of the address book and do not count.
    let told =
        |name: &str, extension: &str| office.told(name, &viewer).replace(name, "somebody").replace(extension, "number");
    assert_eq!(told("anna", "4711"), told("carl", "4712"));
    let row = office.engine.row(office.person("anna"), &viewer).unwrap();
    assert_eq!((row.availability, row.denied), (Availability::OFFLINE, false));
}

/// S3.34: one watcher is in another container of each person; who has blocked them looks like whoever is offline.
#[test]
fn a_watcher_is_told_by_the_containers_of_each_person() {
    let mut blocking = Containers::standard();
    blocking.add(Blocked, Member::User(sip("bo@example.com"))).unwrap();
    let [blocked, colleague] = [blocking.standing(&bo()), Containers::standard().standing(&bo())];
    let person = |name: &str| PersonId::new(name).unwrap();
    let rules = AccessRules::default();
    let all = [(person("anna"), blocked), (person("carl"), colleague)];
    let viewer = rules.watcher(ViewerId::new("bo").unwrap(), all);
    let hiding = Containers::standard().privacy_mode(true).standing(&bo());
    let hidden_from = rules.watcher(ViewerId::new("bo").unwrap(), [(person("anna"), hiding)]);
    assert_eq!(hidden_from.people.get(&person("anna")), Some(&Access::Denied), "in privacy mode");
    let stranger = rules.watcher(ViewerId::new("stranger").unwrap(), []);
    let mut office = office(&[&viewer, &stranger]);
    office.at_work("anna");
    office.at_work("carl");
    assert!(office.told("carl", &viewer).contains("what the note says"));
    let anna = office.told("anna", &viewer);
    assert!(!anna.contains("what the note says"));
    let row = |name, viewer| office.engine.row(office.person(name), viewer).unwrap();
    assert_eq!(row("anna", &viewer).availability, Availability::OFFLINE);
    assert_eq!(row("carl", &stranger).availability, Availability::NONE, "not known is not offline");
    office.report(&sip("carl@example.com"), Fact::Notes([].into()));
    office.report(&Address::extension("site", "4712").unwrap(), Fact::Unknown(Facet::Call));
    office.report(&Address::smtp("carl@example.com").unwrap(), Fact::Unknown(Facet::Calendar));
    office.report(&sip("carl@example.com"), Fact::Rich(RichState::new(Availability::OFFLINE, Activity::Offline)));
    let same = office.told("carl", &viewer).replace("carl", "somebody").replace("4712", "number");
    assert_eq!(same, anna.replace("anna", "somebody").replace("4711", "number"));
}

/// S3.22: the policies, each as a whole.
#[test]
fn policies_are_these() {
    let rules = AccessRules::default();
    let policy = |to| match rules.access(to) {
        Access::Allowed(policy) => Some((policy.facets, policy.calendar.ordinary, policy.calendar.private)),
        _ => None,
    };
    let without_numbers = FacetSet::ALL.without(Facet::Diversion);
    let nothing = Some((FacetSet::NONE, Disclosure::Nothing, Disclosure::Nothing));
    assert_eq!([policy(Relationship::Default), policy(External)], [nothing; 2]);
    assert_eq!(policy(Colleagues), Some((without_numbers, Disclosure::Times, Disclosure::Times)));
    assert_eq!(policy(Workgroup), Some((without_numbers, Disclosure::Everything, Disclosure::Times)));
    assert_eq!(policy(FriendsAndFamily), Some((FacetSet::ALL, Disclosure::Times, Disclosure::Times)));
    assert_eq!(policy(Owner), Some((FacetSet::ALL, Disclosure::Everything, Disclosure::Times)));
    assert_eq!(policy(Blocked), None);
}
