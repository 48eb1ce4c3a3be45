//! How things stand: probes, the table of users, warnings, counters, alternatives, and who is asked for whom.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use presence_core::clock::Clock;
use presence_core::hub::{Filter, Hub, Probe, TableFilter};
use presence_core::source::{News, SourceSetup};
use presence_core::testing::ManualClock;
use presence_core::{
    Access, Activity, Agenda, Availability, Call, Confidential, Diversion, Facet, FacetSet, Fact, Lcid, Lifetime,
    LocalTexts, Meeting, MeetingDraft, Mode, Note, Person, PersonSpec, PrivacyPolicy, RichState, ShowAs,
    SourceErrorKind, Span, Subject, SubjectStatus, Viewer, ViewerId,
};

use crate::support::{
    Ask, Do, Hand, PBX, address, builder, company, operator, pass, person_id, remote, rest, source_id, sources, spec,
    start,
};

fn rich(availability: Availability) -> Fact {
    Fact::Rich(RichState::new(availability, Activity::None))
}

/// A hub with Teams, which waits to be asked.
async fn with_teams(names: &[&str]) -> (Hub, Hand, ManualClock) {
    let clock = ManualClock::at(start());
    let (teams, hand) = remote("teams", &[Facet::Rich]);
    let off = ["pbx", "exchange"].map(|name| SourceSetup::disabled(source_id(name)));
    let hub = off.into_iter().fold(builder(&company(names), &clock), |hub, setup| hub.setup(setup));
    let hub = hub.source(teams).start().await.unwrap();
    rest().await;
    (hub, hand, clock)
}

fn account(hub: &Hub, name: &str) -> Subject {
    hub.directory().subject(&address("teams", name)).unwrap()
}

async fn table(hub: &Hub, filter: impl FnOnce(&mut TableFilter)) -> Vec<(String, Mode, Mode)> {
    let mut wanted = TableFilter::default();
    filter(&mut wanted);
    let lines = hub.table(&operator(), wanted).await;
    lines.into_iter().map(|line| (line.id.as_str().to_owned(), line.rich, line.telephony)).collect()
}

/// S2.76, S2.77: nobody is asked about whom nobody wants to see; who watches asks, and reads `Requesting` until it comes.
#[tokio::test]
async fn modes_follow_who_watches() {
    let (hub, teams, _clock) = with_teams(&["anna", "bo"]).await;
    let modes = async || table(&hub, |_| {}).await.into_iter().map(|(_, rich, _)| rich).collect::<Vec<_>>();
    let not = Mode::Not;
    assert_eq!(modes().await, [not(SubjectStatus::NotRequested), not(SubjectStatus::NotRequested)]);
    let _watch = hub.watch(&operator(), Filter::people([hub.who("anna")]), None).unwrap();
    rest().await;
    assert!(teams.watches(account(&hub, "anna")) && !teams.watches(account(&hub, "bo")));
    assert_eq!(modes().await, [not(SubjectStatus::Requesting), not(SubjectStatus::NotRequested)]);
    teams.says("anna", rich(Availability::ONLINE));
    rest().await;
    assert_eq!(modes().await, [Mode::Available, not(SubjectStatus::NotRequested)]);
}

/// S2.78: who watches where the server is not configured reads that, and no error.
#[tokio::test]
async fn a_server_that_is_not_configured_is_said_of_people_too() {
    let clock = ManualClock::at(start());
    let setup = SourceSetup::not_configured(source_id("teams"));
    let hub = builder(&company(&["anna"]), &clock).setup(setup).start().await.unwrap();
    let _watch = hub.watch(&operator(), Filter::everyone(), None).unwrap();
    rest().await;
    let lines = table(&hub, |_| {}).await;
    assert_eq!(lines.first().unwrap().1, Mode::Not(SubjectStatus::ServerNotConfigured));
}

/// S2.63: who is watched is asked for as long as somebody watches, and let go after lease and linger.
#[tokio::test]
async fn a_watch_asks_and_lets_go() {
    let (hub, teams, clock) = with_teams(&["anna"]).await;
    let anna = account(&hub, "anna");
    let first = hub.watch(&operator(), Filter::everyone(), None).unwrap();
    let second = hub.watch(&operator(), Filter::people([hub.who("anna")]), None).unwrap();
    rest().await;
    assert!(teams.watches(anna));
    pass(&clock, TimeDelta::hours(2)).await;
    drop(first);
    pass(&clock, TimeDelta::hours(2)).await;
    assert!(teams.watches(anna) && teams.releases() == 0, "one still watches");
    drop(second);
    pass(&clock, TimeDelta::seconds(29)).await;
    assert!(teams.watches(anna), "not at once");
    pass(&clock, TimeDelta::seconds(95)).await;
    assert!(!teams.watches(anna), "but soon");
    assert_eq!(hub.stand().await.wanted, 0);
}

/// S2.64: who looks at a card wants to know for a minute.
#[tokio::test]
async fn a_card_asks_for_a_minute() {
    let (hub, teams, clock) = with_teams(&["anna"]).await;
    let anna = account(&hub, "anna");
    hub.card(hub.who("anna"), &operator()).await.unwrap();
    pass(&clock, TimeDelta::seconds(59)).await;
    assert!(teams.watches(anna));
    pass(&clock, TimeDelta::seconds(1)).await;
    assert!(!teams.watches(anna));
    hub.card(hub.who("anna"), &operator()).await.unwrap();
    pass(&clock, TimeDelta::seconds(40)).await;
    hub.card(hub.who("anna"), &operator()).await.unwrap();
    pass(&clock, TimeDelta::seconds(40)).await;
    assert!(teams.watches(anna), "who looks again goes on");
    pass(&clock, TimeDelta::seconds(21)).await;
    assert!(!teams.watches(anna));
}

/// Probes while the test goes on.
async fn probe(hub: &Hub, name: &str, clock: &ManualClock, wait: TimeDelta, act: impl FnOnce()) -> Probe {
    let (asked, person) = (hub.clone(), hub.who(name));
    let probing = tokio::spawn(async move { asked.probe(person, &operator()).await.unwrap() });
    rest().await;
    act();
    pass(clock, wait).await;
    tokio::time::timeout(Duration::from_secs(1), probing).await.unwrap().unwrap()
}

/// S2.45, S2.63, S2.64: a probe asks for one person, waits for the answer, and lets go a minute later by itself.
#[tokio::test]
async fn a_probe_walks_the_path_and_lets_go() {
    let (hub, teams, clock) = with_teams(&["anna", "bo"]).await;
    let anna = account(&hub, "anna");
    let probe = probe(&hub, "anna", &clock, TimeDelta::milliseconds(500), || {
        teams.says("anna", rich(Availability::ONLINE));
    })
    .await;
    assert_eq!((probe.person.as_str(), probe.at, probe.rich), ("anna", start(), Mode::Available));
    assert_eq!(probe.until, start() + TimeDelta::seconds(60));
    assert!(teams.watches(anna) && !teams.watches(account(&hub, "bo")));
    let passed = |what: &str| probe.steps.iter().find(|step| step.what.contains(what)).map(|step| step.passed);
    assert_eq!((passed("addresses"), passed("connector `teams`")), (Some(true), Some(true)));
    assert_eq!((passed("`rich presence` from `teams`"), passed("what is shown")), (Some(true), Some(true)));
    clock.set(start() + TimeDelta::milliseconds(59_900));
    rest().await;
    assert!(teams.watches(anna));
    pass(&clock, TimeDelta::seconds(1)).await;
    assert!(!teams.watches(anna), "let go after a minute");
    assert_eq!(hub.stand().await.watchers, 0);
}

/// S2.99: a probe names the step that fails, and what to do.
#[tokio::test]
async fn a_probe_names_the_failing_step() {
    let (hub, teams, clock) = with_teams(&["anna"]).await;
    let silent = probe(&hub, "anna", &clock, TimeDelta::seconds(11), || {}).await;
    assert_eq!(silent.rich, Mode::Not(SubjectStatus::Requesting));
    assert!(clock.now() >= start() + TimeDelta::seconds(10), "it waits for an answer");
    teams.order(Do::Fail(SourceErrorKind::Forbidden, None));
    rest().await;
    let refused = probe(&hub, "anna", &clock, TimeDelta::seconds(11), || {}).await;
    let step = refused.steps.iter().find(|step| step.what == "connector `teams`").unwrap();
    assert!(!step.passed && step.text.contains("check the credentials"), "{step:?}");
    assert!(refused.failing().is_some());
    // Somebody without any address: the first step fails.
    let mut other = hub.directory().rebuild();
    other.person(PersonSpec::new(person_id("dora")));
    hub.change_directory(Arc::new(other.build().unwrap())).await.unwrap();
    let nowhere = probe(&hub, "dora", &clock, TimeDelta::seconds(11), || {}).await;
    assert_eq!(nowhere.failing().unwrap().what, "addresses");
    assert_eq!(nowhere.rich, Mode::Not(SubjectStatus::NotEnabled));
}

/// S2.99: in a small way: what fails is the answer about this person, where the connector is up.
#[tokio::test]
async fn a_probe_tells_a_person_from_a_connector() {
    let (hub, teams, clock) = with_teams(&["anna", "bo"]).await;
    teams.completes();
    let subject = Some(account(&hub, "anna"));
    let probe = probe(&hub, "anna", &clock, TimeDelta::seconds(11), || {
        teams.order(Do::Tell(News::Problem { subject, kind: SourceErrorKind::NotFound }));
    })
    .await;
    let step = |what: &str| probe.steps.iter().find(|step| step.what == what).unwrap();
    assert!(step("connector `teams`").passed);
    assert!(!step("`rich presence` from `teams`").passed && step("`rich presence` from `teams`").text == "Not Found");
}

/// S2.55, S2.56, S2.57, S2.59; S2.58 where an address is missing: a line of the table has the user, the note, and both kinds of presence with the person's own words.
#[tokio::test]
async fn the_table_has_its_columns() {
    let clock = ManualClock::at(start());
    let (pbx, calls) = remote("pbx", &PBX);
    let (teams, accounts) = remote("teams", &[Facet::Rich]);
    let mut company = sources();
    company.person(spec("anna").named("Anna Berg")).person(PersonSpec::new(person_id("dora")).named("Dora"));
    let directory = Arc::new(company.build().unwrap());
    let hub = builder(&directory, &clock).source(pbx).source(teams).start().await.unwrap();
    let _watch = hub.watch(&operator(), Filter::everyone(), None).unwrap();
    let own = LocalTexts::new(vec![(Lcid::ENGLISH, Confidential::new("deep in the budget".into()))]);
    let busy = RichState::new(Availability::BUSY, Activity::Busy).with_custom(Arc::new(own));
    accounts.says("anna", Fact::Rich(busy));
    calls.says("anna", Fact::Diversion(Diversion::Voicemail));
    let note = Note::new("1", "operator", "back at three", start());
    hub.edit(&person_id("anna"), presence_core::hub::Edit::WriteNote(note)).await.unwrap();
    rest().await;
    let lines = hub.table(&operator(), TableFilter::default()).await;
    assert_eq!(lines.len(), 2);
    let (anna, dora) = (lines.first().unwrap(), lines.last().unwrap());
    assert_eq!(
        (anna.id.as_str(), anna.name.as_str(), anna.note.as_deref()),
        ("anna", "Anna Berg", Some("back at three"))
    );
    assert_eq!((anna.rich, anna.telephony), (Mode::Busy, Mode::ForwardedToVoicemail));
    assert_eq!(anna.message.as_deref(), Some("deep in the budget"), "the state and the custom message beside it");
    assert_eq!(
        (dora.rich, dora.telephony),
        (Mode::Not(SubjectStatus::NotEnabled), Mode::Not(SubjectStatus::NotEnabled))
    );
    let log = format!("{lines:?}");
    assert!(!log.contains("three") && !log.contains("budget"), "what was typed is in no log");
}

/// S2.65, S2.66: the table is filtered by user and by the modes as displayed, and read page by page; the pages together
/// are the whole.
#[tokio::test]
async fn the_table_is_filtered_and_paged() {
    let clock = ManualClock::at(start());
    let (pbx, calls) = remote("pbx", &PBX);
    let names: Vec<String> = (0..2_600).map(|number| format!("P{number:04}")).collect();
    let mut company = sources();
    for name in &names {
        company.person(spec(name).named(&format!("Ämil {name}")));
    }
    let hub = builder(&Arc::new(company.build().unwrap()), &clock).source(pbx).start().await.unwrap();
    let busy: Vec<&String> = names.iter().step_by(5).collect();
    for name in &busy {
        calls.calls(name, Call::InCall);
    }
    calls.completes();
    for _ in 0..30 {
        rest().await;
    }
    let of = |lines: Vec<(String, Mode, Mode)>| lines.into_iter().map(|(id, ..)| id).collect::<Vec<_>>();
    assert_eq!(of(table(&hub, |_| {}).await), names);
    let one = table(&hub, |filter| filter.user = Some("ÄMIL p0012".to_owned())).await;
    assert_eq!(of(one), ["P0012"]);
    let all = of(table(&hub, |filter| filter.telephony = Some(Mode::Busy)).await);
    assert_eq!(all.iter().collect::<Vec<_>>(), busy);
    assert!(table(&hub, |filter| filter.rich = Some(Mode::Busy)).await.is_empty());
    let mut pages = Vec::new();
    for page in 0..10 {
        let lines = table(&hub, |filter| {
            (filter.telephony, filter.skip, filter.most) = (Some(Mode::Busy), page * 97, 97);
        })
        .await;
        assert!(lines.len() <= 97);
        pages.extend(of(lines));
    }
    assert_eq!(pages, all, "page by page it is the same");
    assert!(table(&hub, |filter| filter.skip = usize::MAX).await.is_empty());
    let last = table(&hub, |filter| (filter.skip, filter.most) = (2_599, usize::MAX)).await;
    assert_eq!(of(last), ["P2599"]);
}

/// S2.65: a class that may not see somebody finds nothing of them in the table, and no mode that tells.
#[tokio::test]
async fn the_table_keeps_what_is_hidden() {
    let clock = ManualClock::at(start());
    let (pbx, calls) = remote("pbx", &PBX);
    let lobby = ViewerId::new("lobby").unwrap();
    let viewer = Viewer::new(lobby.clone()).except(person_id("anna"), Access::Denied);
    let hub = builder(&company(&["anna", "bo"]), &clock).viewer(Arc::new(viewer)).source(pbx).start().await.unwrap();
    calls.calls("anna", Call::InCall);
    calls.calls("bo", Call::InCall);
    rest().await;
    let mut busy = TableFilter::default();
    busy.telephony = Some(Mode::Busy);
    let lines = hub.table(&lobby, busy).await;
    assert_eq!(lines.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["bo"]);
    assert!(hub.table(&operator(), TableFilter::default()).await.is_empty(), "there is no such class here");
}

/// S2.58, S2.62: warnings of the configuration are shown among the others, by code, and acknowledged by it.
#[tokio::test]
async fn warnings_are_shown_until_they_are_acknowledged() {
    let clock = ManualClock::at(start());
    let hub = builder(&company(&["anna"]), &clock)
        .warning("no-account/anna", "no account is entered for `anna`")
        .warning("no-extension/anna", "no extension is entered for `anna`")
        .start()
        .await
        .unwrap();
    let warnings = async || {
        let warnings = hub.stand().await.warnings;
        warnings.into_iter().map(|warning| (warning.code, warning.acknowledged)).collect::<Vec<_>>()
    };
    let told = |first, second| [("no-account/anna".to_owned(), first), ("no-extension/anna".to_owned(), second)];
    assert_eq!(warnings().await, told(false, false));
    hub.acknowledge("no-account/anna", true).await.unwrap();
    assert_eq!(warnings().await, told(true, false));
    hub.acknowledge("no-account/anna", false).await.unwrap();
    assert_eq!(warnings().await, told(false, false));
}

/// S2.86: services are stopped and started one by one, and say so; the others are not touched.
#[tokio::test]
async fn services_are_managed_one_by_one() {
    let clock = ManualClock::at(start());
    let (pbx, calls) = remote("pbx", &PBX);
    let (exchange, calendars) = remote("exchange", &[Facet::Calendar]);
    let hub = builder(&company(&["anna"]), &clock).source(pbx).source(exchange).start().await.unwrap();
    rest().await;
    calls.completes();
    calendars.completes();
    rest().await;
    assert!(hub.stop_source(&source_id("pbx")));
    rest().await;
    let texts = async || [hub.connector("pbx").await.text, hub.connector("exchange").await.text];
    assert_eq!(texts().await, ["Disabled", "UpAndRunning"]);
    assert!(hub.start_source(&source_id("pbx")));
    rest().await;
    calls.completes();
    rest().await;
    assert_eq!(texts().await, ["UpAndRunning", "UpAndRunning"]);
    assert_eq!((calls.sessions(), calendars.sessions()), (2, 1));
    assert!(hub.start_source(&source_id("exchange")));
    rest().await;
    assert_eq!(calendars.sessions(), 2, "one that runs is started anew");
}

/// A line of the counters: name, labels, value.
type Sample = (String, Vec<(String, String)>, f64);

/// Reads the text format of Prometheus, and complains of what is not in it.
fn samples(text: &str) -> Vec<Sample> {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == ':')
    };
    let (mut families, mut family, mut found) = (BTreeSet::new(), String::new(), Vec::new());
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            family = help.split(' ').next().unwrap().to_owned();
            assert!(families.insert(family.clone()), "`{family}` comes twice");
            continue;
        }
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, family);
            assert!(["counter", "gauge"].contains(&kind));
            assert_eq!(name.ends_with("_total"), kind == "counter", "{name}");
            continue;
        }
        let (before, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = before.split_once('{').map_or((before, ""), |(name, labels)| (name, labels));
        assert!(is_name(name) && name == family, "{line}");
        found.push((name.to_owned(), labels_of(labels), value.parse().unwrap()));
    }
    found
}

fn labels_of(text: &str) -> Vec<(String, String)> {
    let mut labels = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && rest != "}" {
        let (name, after) = rest.split_once("=\"").unwrap();
        let (mut value, mut letters) = (String::new(), after.char_indices());
        let end = loop {
            match letters.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(letters.next().unwrap().1),
                (_, letter) => value.push(letter),
            }
        };
        labels.push((name.trim_start_matches(',').to_owned(), value));
        rest = after.get(end + 1..).unwrap();
    }
    assert!(text.is_empty() || rest == "}", "{text}");
    labels
}

/// F.61: the counters are valid text for Prometheus, whatever a source is called, and tell the truth.
#[tokio::test]
async fn counters_can_be_read() {
    let clock = ManualClock::at(start());
    let strange = r#"p"b\x {1},="#;
    let mut company = sources();
    company.source(presence_core::SourceSpec::new(source_id(strange), &PBX)).person(spec("anna"));
    let (pbx, calls) = remote("pbx", &PBX);
    let hub = builder(&Arc::new(company.build().unwrap()), &clock).source(pbx).start().await.unwrap();
    let _watch = hub.watch(&operator(), Filter::everyone(), None).unwrap();
    calls.calls("anna", Call::InCall);
    rest().await;
    let samples = samples(&hub.stand().await.prometheus());
    let value = |name: &str, source: Option<&str>| {
        let fits = |(other, labels, _): &&Sample| {
            let of = labels.iter().find(|(label, _)| label == "source").map(|(_, value)| value.as_str());
            other == name && of == source
        };
        samples.iter().find(fits).map(|(.., value)| *value)
    };
    assert_eq!(value("presence_reports_total", None), Some(1.0));
    assert_eq!(value("presence_watchers", None), Some(1.0));
    assert_eq!(value("presence_people", None), Some(1.0));
    assert_eq!(value("presence_source_up", Some("pbx")), Some(1.0));
    assert_eq!(value("presence_source_reports_total", Some("pbx")), Some(1.0));
    assert_eq!(value("presence_source_up", Some(strange)), Some(0.0));
    let status = samples.iter().find(|(name, labels, _)| {
        name == "presence_source_status" && labels.contains(&("source".to_owned(), "pbx".to_owned()))
    });
    assert!(status.unwrap().1.contains(&("status".to_owned(), "UpAndRunning".to_owned())));
}

/// A company in which others can help: by department and by skill.
async fn helpers(viewer: Option<Viewer>) -> (Hub, Hand, Hand) {
    let clock = ManualClock::at(start());
    let (teams, accounts) = remote("teams", &[Facet::Rich]);
    let (exchange, calendars) = remote("exchange", &[Facet::Calendar]);
    let mut company = sources();
    let mut person = |name: &str, department: &str, skills: &[&str]| {
        let mut spec = spec(name).in_department(department);
        spec.skills = skills.iter().map(|skill| (*skill).to_owned()).collect();
        company.person(spec);
    };
    person("anna", "Sales", &["french", "pumps"]);
    person("bo", "Sales", &[]);
    person("cleo", "Stores", &["french"]);
    person("dora", "Sales", &["french"]);
    person("emil", "Sales", &["french"]);
    person("fay", "Stores", &["german"]);
    person("gus", "Stores", &["french", "pumps"]);
    person("hal", "Sales", &["french"]);
    let directory = Arc::new(company.build().unwrap());
    let hub = viewer.into_iter().fold(builder(&directory, &clock), |hub, viewer| hub.viewer(Arc::new(viewer)));
    let hub = hub.source(teams).source(exchange).start().await.unwrap();
    for name in ["anna", "bo", "cleo", "fay", "gus", "hal", "dora"] {
        let lasting = Lifetime::Session;
        accounts.order(Do::Say(vec![(address("teams", name), rich(Availability::ONLINE), lasting)]));
    }
    accounts.says("emil", rich(Availability::IDLE));
    rest().await;
    (hub, accounts, calendars)
}

async fn names(hub: &Hub, person: Person, viewer: &ViewerId) -> Vec<String> {
    let found = hub.alternatives(person, viewer).await;
    found.into_iter().map(|other| other.person.as_str().to_owned()).collect()
}

/// S0.8, S1.9, S1.10: who else is free comes with the reason: common skills first, then the department, then who is not
/// idle, then who is free the longest.
#[tokio::test]
async fn alternatives_are_ranked() {
    let (hub, accounts, calendars) = helpers(None).await;
    let anna = hub.who("anna");
    let covered = Span::new(start() - TimeDelta::hours(1), start() + TimeDelta::hours(20)).unwrap();
    let soon = Span::new(start() + TimeDelta::minutes(30), start() + TimeDelta::minutes(60)).unwrap();
    let meeting = Meeting::new(MeetingDraft::new("uid", soon).show_as(ShowAs::Busy));
    calendars.says("dora", Fact::Agenda(Arc::new(Agenda::new(covered, vec![meeting]))));
    calendars.says("hal", Fact::Agenda(Arc::new(Agenda::new(covered, Vec::new()))));
    rest().await;
    let order = names(&hub, anna, &operator()).await;
    assert_eq!(order, ["gus", "hal", "dora", "emil", "cleo", "bo"]);
    let all = hub.alternatives(anna, &operator()).await;
    let dora = all.iter().find(|other| other.person.as_str() == "dora").unwrap();
    assert_eq!((dora.colleague, dora.skills.as_slice()), (true, ["french".to_owned()].as_slice()));
    assert_eq!(dora.until, Some(start() + TimeDelta::minutes(30)));
    assert!(dora.because.is_some() && dora.department.as_deref() == Some("Sales"));
    accounts.says("gus", rich(Availability::BUSY));
    accounts.says("hal", rich(Availability::DO_NOT_DISTURB));
    accounts.says("bo", rich(Availability::AWAY));
    rest().await;
    assert_eq!(names(&hub, anna, &operator()).await, ["dora", "emil", "cleo"]);
}

/// S0.8: nobody is offered whom the class may not see, nor by what it may not know.
#[tokio::test]
async fn alternatives_keep_what_is_hidden() {
    let lobby = ViewerId::new("lobby").unwrap();
    let viewer = Viewer::new(lobby.clone()).except(person_id("hal"), Access::Denied);
    let (hub, ..) = helpers(Some(viewer)).await;
    let order = names(&hub, hub.who("anna"), &lobby).await;
    assert!(order.contains(&"gus".to_owned()) && !order.contains(&"hal".to_owned()), "{order:?}");
    let mut policy = PrivacyPolicy::default();
    policy.facets = FacetSet::ALL.without(Facet::Rich);
    let viewer = Viewer::with_policy(lobby.clone(), policy);
    let (hub, ..) = helpers(Some(viewer)).await;
    assert_eq!(names(&hub, hub.who("anna"), &lobby).await, Vec::<String>::new(), "only accounts say who is free");
    assert!(hub.alternatives(hub.who("anna"), &operator()).await.is_empty(), "there is no such class here");
}
