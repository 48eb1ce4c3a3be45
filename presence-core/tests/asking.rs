//! What can be asked of an engine: until when, what if, what would other rules show, what does a card say.

#![expect(clippy::unwrap_used, reason = "helpers of tests; what is missing has to stop them")]

use std::sync::Arc;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use presence_core::calendar::{Importance, Sensitivity};
use presence_core::{
    Absence, AbsenceReason, Activity, Address, Agenda, Availability, CalendarPolicy, Call, Directory, Disclosure,
    Engine, EngineConfig, Facet, Fact, Input, Manual, Mask, Meeting, MeetingDraft, Note, Output, Person, PersonId,
    PersonSpec, Phase, PlaceKind, PlaceSpec, PrivacyPolicy, Report, RichState, RuleSet, ShowAs, SourceId, SourceSpec,
    Span, Viewer, ViewerId,
};

fn time(text: &str) -> DateTime<Utc> {
    format!("2026-11-20T{text}Z").parse().unwrap()
}

fn span(start: &str, end: &str) -> Span {
    Span::new(time(start), time(end)).unwrap()
}

fn operator() -> Viewer {
    Viewer::new(ViewerId::new("operator").unwrap())
}

/// Anna and Bo, each with a desk telephone at the PBX, a mailbox at Exchange and an account at Teams.
struct Office {
    engine: Engine,
    directory: Arc<Directory>,
}

impl Office {
    fn new() -> Self {
        Self::at("08:00:00")
    }

    fn at(start: &str) -> Self {
        let mut builder = Directory::builder();
        let sources = [
            ("pbx", vec![Facet::Call]),
            ("exchange", vec![Facet::Calendar, Facet::AutomaticReply]),
            ("teams", vec![Facet::Rich]),
        ];
        for (id, facets) in &sources {
            builder.source(SourceSpec::new(SourceId::new(id).unwrap(), facets));
        }
        let by = |id: &str| [SourceId::new(id).unwrap()];
        for name in ["anna", "bo"] {
            let desk = PlaceSpec::new(PlaceKind::Desk).address(address("pbx", name), &by("pbx"));
            let mailbox = PlaceSpec::new(PlaceKind::Mailbox).address(address("exchange", name), &by("exchange"));
            let account = PlaceSpec::new(PlaceKind::Account).address(address("teams", name), &by("teams"));
            let person = PersonSpec::new(PersonId::new(name).unwrap()).named(name).in_department("Sales");
            builder.person(person.place(desk).place(mailbox).place(account));
        }
        let directory = Arc::new(builder.build().unwrap());
        let mut engine = Engine::new(EngineConfig::new(Arc::clone(&directory), time(start)));
        for (id, _) in &sources {
            let origin = directory.origin(&SourceId::new(id).unwrap()).unwrap();
            engine.handle(time(start), Input::Session { origin, number: 1, phase: Phase::Begin });
        }
        Self { engine, directory }
    }

    fn person(&self, name: &str) -> Person {
        self.directory.person(&PersonId::new(name).unwrap()).unwrap()
    }

    fn says(&mut self, at: &str, source: &str, name: &str, fact: Fact) {
        let now = time(at);
        let origin = self.directory.origin(&SourceId::new(source).unwrap()).unwrap();
        let subject = self.directory.subject(&address(source, name)).unwrap();
        self.engine.report(now, &mut vec![Report::new(origin, subject, fact, now)]);
    }

    fn types(&mut self, at: &str, name: &str, fact: Fact) {
        let subject = self.directory.person_subject(self.person(name)).unwrap();
        let report = Report::new(self.directory.typed(), subject, fact, time(at));
        self.engine.report(time(at), &mut vec![report]);
    }

    fn changed(&mut self) -> usize {
        std::iter::from_fn(|| self.engine.poll_output()).filter(|output| matches!(output, Output::Changed(_))).count()
    }
}

fn address(source: &str, name: &str) -> Address {
    match source {
        "pbx" => Address::extension("hq", if name == "anna" { "4711" } else { "4712" }),
        "exchange" => Address::smtp(&format!("{name}@example.com")),
        _ => Address::sip(&format!("{name}@example.com")),
    }
    .unwrap()
}

fn meeting(start: &str, end: &str, show_as: ShowAs) -> MeetingDraft {
    MeetingDraft::new(&format!("{start}-{end}"), span(start, end)).show_as(show_as).subject("Budget")
}

fn agenda(meetings: Vec<MeetingDraft>) -> Fact {
    let meetings = meetings.into_iter().map(Meeting::new).collect();
    Fact::Agenda(Arc::new(Agenda::new(span("00:00:00", "23:59:59"), meetings)))
}

fn available() -> Fact {
    Fact::Rich(RichState::new(Availability::ONLINE, Activity::Available))
}

/// S0.20: the card says at once whether the person is busy, and until when: two meetings back to back are one.
#[test]
fn until_is_the_end_of_the_second_of_two_meetings_back_to_back() {
    let mut office = Office::new();
    office.says("08:00:00", "teams", "anna", available());
    let day = vec![
        meeting("09:00:00", "10:00:00", ShowAs::Busy),
        meeting("10:00:00", "11:00:00", ShowAs::Busy),
        meeting("11:30:00", "12:00:00", ShowAs::Tentative),
    ];
    office.says("09:05:00", "exchange", "anna", agenda(day));
    let card = office.engine.card(office.person("anna"), &operator()).unwrap();
    assert_eq!(card.row.activity, Activity::InMeeting);
    assert_eq!(card.until, Some(time("11:00:00")));
    assert_eq!(card.meeting.unwrap().title.as_deref(), Some("Budget"));
}

/// The end of a lease, or of a lifetime, is no fact: an operator may not promise it.
#[test]
fn until_is_never_the_end_of_a_lease() {
    let mut office = Office::new();
    office.says("08:00:00", "pbx", "anna", Fact::Call(Call::InCall));
    let explanation = office.engine.explain(office.person("anna"), &operator()).unwrap();
    assert_eq!((explanation.decision.activity, explanation.until), (Activity::InCall, None));
    assert!(office.engine.recheck_at(office.person("anna")).is_some(), "the engine itself does look again");
}

/// A boundary whose time the class may not know gives no until, and what is hidden gives none either.
#[test]
fn until_does_not_tell_what_a_class_may_not_know() {
    let mut office = Office::new();
    office.says("09:04:00", "teams", "anna", available());
    let private = meeting("09:00:00", "10:00:00", ShowAs::Busy).sensitivity(Sensitivity::Private);
    office.says("09:05:00", "exchange", "anna", agenda(vec![private]));
    let until = |private| {
        let policy = PrivacyPolicy::default();
        let calendar = CalendarPolicy::new(Disclosure::Times, private);
        let mut told = policy;
        told.calendar = calendar;
        let viewer = Viewer::with_policy(ViewerId::new("colleague").unwrap(), told);
        let explanation = office.engine.explain(office.person("anna"), &viewer).unwrap();
        (explanation.decision.activity, explanation.until.and_then(presence_core::Second::time))
    };
    assert_eq!(until(Disclosure::Times), (Activity::InMeeting, Some(time("10:00:00"))));
    assert_eq!(until(Disclosure::Busy), (Activity::InMeeting, None));
    assert_eq!(until(Disclosure::Nothing), (Activity::Available, None));
}

/// F.40: a dry run at a given time, with other facts; nothing is changed by asking.
#[test]
fn what_if_answers_without_changing_anything() {
    let mut office = Office::new();
    office.says("08:00:00", "teams", "anna", available());
    office.says("08:00:00", "exchange", "anna", agenda(vec![meeting("09:00:00", "10:00:00", ShowAs::OutOfOffice)]));
    office.changed();
    let (anna, operator) = (office.person("anna"), operator());
    let before = office.engine.card(anna, &operator).unwrap();

    let then = office.engine.what_if(anna, &operator, time("09:30:00"), &[]).unwrap();
    assert_eq!(then.decision.because.unwrap().as_str(), "calendar.out-of-office");
    let on_the_phone = [Fact::Call(Call::InCall)];
    let supposed = office.engine.what_if(anna, &operator, time("09:30:00"), &on_the_phone).unwrap();
    assert_eq!(supposed.decision.because.unwrap().as_str(), "line.in-call");
    let set = Manual::new(Availability::DO_NOT_DISTURB, Activity::DoNotDisturb);
    let supposed = office.engine.what_if(anna, &operator, time("08:30:00"), &[Fact::Manual(Some(set))]).unwrap();
    assert_eq!(supposed.decision.because.unwrap().as_str(), "manual.set");
    let silent = [Fact::Unknown(Facet::Rich), Fact::Unknown(Facet::Calendar)];
    let supposed = office.engine.what_if(anna, &operator, time("08:30:00"), &silent).unwrap();
    assert_eq!(supposed.decision.availability, Availability::NONE);

    assert_eq!(office.engine.card(anna, &operator).unwrap(), before);
    assert_eq!(office.changed(), 0);
}

/// What-if takes a viewer: a class that may not know the telephone is not told by supposing a call either.
#[test]
fn what_if_supposes_only_what_the_class_may_know() {
    let mut office = Office::new();
    office.says("08:00:00", "teams", "anna", available());
    let mut policy = PrivacyPolicy::default();
    policy.facets = policy.facets.without(Facet::Call);
    let viewer = Viewer::with_policy(ViewerId::new("colleague").unwrap(), policy);
    let call = [Fact::Call(Call::InCall)];
    let supposed = office.engine.what_if(office.person("anna"), &viewer, time("08:30:00"), &call).unwrap();
    assert_eq!(supposed.decision.because.unwrap().as_str(), "rich.as-published");
}

/// F.60, F.59: other rules are tried on everybody before they are taken, and taken without a restart.
#[test]
fn other_rules_are_previewed_then_taken() {
    let mut office = Office::new();
    office.says("08:00:00", "teams", "anna", available());
    office.says("08:00:00", "pbx", "bo", Fact::Call(Call::InCall));
    office.changed();
    let mut rules = RuleSet::standard();
    rules.rules.retain(|rule| rule.id.as_str() != "line.in-call");
    let differences = office.engine.preview(&rules, &operator());
    assert_eq!(differences.len(), 1, "{differences:?}");
    assert_eq!(differences[0].person.as_str(), "bo");
    assert_eq!(differences[0].before.activity, Activity::InCall);
    assert_eq!(differences[0].after.availability, Availability::NONE);
    assert_eq!(office.changed(), 0, "a preview changes nobody");

    office.engine.handle(time("08:00:01"), Input::Rules(Arc::new(rules)));
    assert_eq!(office.changed(), 1);
    let bo = office.engine.presence(office.person("bo"), &operator()).unwrap();
    assert_eq!(bo.decision.availability, Availability::NONE);
    assert!(office.engine.preview(&office.engine.rules().clone(), &operator()).is_empty());
}

/// A rule that only moved in the list is the same rule.
#[test]
fn inserting_a_rule_changes_nobody_it_does_not_concern() {
    let mut office = Office::new();
    office.says("08:00:00", "teams", "anna", available());
    office.changed();
    let mut rules = RuleSet::standard();
    let mut first = rules.rules[5].clone();
    first.id = presence_core::RuleId::new("first").unwrap();
    rules.rules.insert(0, first);
    assert!(office.engine.preview(&rules, &operator()).is_empty());
    office.engine.handle(time("08:00:01"), Input::Rules(Arc::new(rules)));
    assert_eq!(office.changed(), 0);
}

/// S0.7, F.38, F.39, F.45: the card lists every live fact with its source and since when; the losers with the reason.
#[test]
fn the_card_lists_every_live_fact_with_source_and_age() {
    let mut office = Office::new();
    office.says("08:10:00", "teams", "anna", available());
    office.says("08:20:00", "pbx", "anna", Fact::Call(Call::Idle));
    let card = office.engine.card(office.person("anna"), &operator()).unwrap();
    let said: Vec<_> = card.said.iter().map(|said| (said.source.as_str(), said.facet, said.began.time())).collect();
    assert_eq!(said, [("pbx", Facet::Call, Some(time("08:20:00"))), ("teams", Facet::Rich, Some(time("08:10:00")))]);
    let sentences = office.engine.explain(office.person("anna"), &operator()).unwrap().sentences();
    assert!(sentences.iter().any(|line| line.contains("pbx says of the desk telephone: idle")), "{sentences:?}");
}

/// S0.19–S0.22: a day of meetings in one call; the arrows and the date picker ask for other days. S0.18: `***`.
#[test]
fn a_day_is_asked_for_by_date_and_zone() {
    let mut office = Office::new();
    let private = meeting("09:00:00", "10:00:00", ShowAs::Busy)
        .sensitivity(Sensitivity::Private)
        .importance(Importance::High)
        .subject("Dentist");
    let late = meeting("23:30:00", "23:50:00", ShowAs::Free).importance(Importance::High);
    office.says("08:00:00", "exchange", "anna", agenda(vec![private, late]));
    let zone = FixedOffset::east_opt(3600).unwrap();
    let day = |date: &str| office.engine.day(office.person("anna"), &operator(), date.parse().unwrap(), &zone).unwrap();
    let (friday, saturday) = (day("2026-11-20").meetings, day("2026-11-21").meetings);
    assert_eq!((friday.len(), saturday.len()), (1, 1), "half past eleven in London is tomorrow in Stockholm");
    assert_eq!((friday[0].title.as_deref(), friday[0].mask), (Some("***"), Mask::Private));
    assert_eq!(friday[0].appearance.fill, presence_core::calendar::Fill::Yellow, "its importance is hidden too");
    assert_eq!(
        (saturday[0].title.as_deref(), saturday[0].appearance.fill),
        (Some("Budget"), presence_core::calendar::Fill::Red)
    );
    let known = |date: &str| (day(date).meetings.len(), day(date).known);
    assert_eq!(known("2026-11-25"), (0, false), "nobody is free for want of knowledge");
    let horizon = day("2026-11-25").horizon.unwrap();
    assert_eq!((horizon.start().time(), horizon.end().time()), (Some(time("00:00:00")), Some(time("23:59:59"))));
    let text = serde_json::to_string(&(friday, saturday)).unwrap();
    assert!(!text.contains("Dentist"));
}

/// S2.11, S2.56, F.57: an operator's note and absence stand on the card, by author, with their end; illness stays hidden.
#[test]
fn notes_and_absences_stand_on_the_card() {
    let mut office = Office::new();
    let note = Note::new("n1", "Olof", "back at two", time("08:00:00")).until(time("14:00:00"));
    office.types("08:00:00", "anna", Fact::Notes(Arc::new([note])));
    let ill = Absence::new(AbsenceReason::Ill, time("08:00:00")).until_time(time("17:00:00")).unwrap();
    office.types("08:00:00", "anna", Fact::Absences(Arc::new([ill])));
    let card = office.engine.card(office.person("anna"), &operator()).unwrap();
    assert_eq!((card.notes[0].author.as_str(), card.notes[0].text.as_str()), ("Olof", "back at two"));
    assert_eq!((card.absences[0].reason, card.absences[0].activity), (AbsenceReason::Other, Activity::Absent));
    assert_eq!((card.row.activity, card.until), (Activity::Absent, Some(time("17:00:00"))));

    office.engine.handle(time("14:00:00"), Input::Tick);
    assert!(office.changed() > 0, "a note that ends is a change");
    let card = office.engine.card(office.person("anna"), &operator()).unwrap();
    assert!(card.notes.is_empty() && !card.row.note);
}

/// W11: a meeting turns the state at its very second, however late and seldom anybody ticks.
#[test]
fn boundaries_are_worked_at_their_own_second() {
    let mut office = Office::new();
    office.says("08:00:00", "teams", "anna", available());
    office.engine.handle(time("08:00:00"), Input::Tick);
    office.says("08:00:00", "exchange", "anna", agenda(vec![meeting("09:00:00", "10:00:00", ShowAs::OutOfOffice)]));
    office.changed();
    assert!(office.engine.poll_timeout().unwrap() <= time("09:00:00"));
    office.engine.handle(time("09:20:00"), Input::Tick);
    assert_eq!(office.changed(), 1);
    let row = office.engine.row(office.person("anna"), &operator()).unwrap();
    assert_eq!(row.since.unwrap().time(), Some(time("09:00:00")));
    office.engine.handle(time("10:00:00") - TimeDelta::seconds(1), Input::Tick);
    assert_eq!(office.changed(), 0);
    office.engine.handle(time("10:00:00"), Input::Tick);
    assert_eq!(office.changed(), 1);
}
