//! What changes while the hub runs: directory, rules, sources. Nothing is restarted that has not changed, and nothing lost.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use presence_core::hub::{Filter, Hub, HubError};
use presence_core::source::{SourceSetup, Wake};
use presence_core::testing::ManualClock;
use presence_core::{
    Activity, Address, Availability, Call, ConnectorStatus, Diversion, DiversionKind, Engine, EngineConfig, Facet,
    Fact, Input, PersonSpec, Phase, PlaceKind, PlaceSpec, RichState, RuleSet, SourceSpec,
};

use crate::support::{
    Ask, PBX, address, builder, company, operator, pass, person_id, remote, rest, retry, source_id, spec, start,
};

/// S2.85: another voicemail number takes effect at once, on what was said before too.
#[tokio::test]
async fn voicemail_numbers_change_live() {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let pilot = Address::extension("hq", "900").unwrap();
    let own = Address::extension("hq", "901").unwrap();
    let hub = builder(&company(&["anna", "bo"]), &clock).source(pbx).start().await.unwrap();
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    hand.says("anna", Fact::Diversion(Diversion::Number(Some(pilot.clone()))));
    hand.says("bo", Fact::Diversion(Diversion::Number(Some(own.clone()))));
    rest().await;
    watch.changed().await.unwrap();
    let kinds = || ["anna", "bo"].map(|name| hub.row(name).desk.diversion);
    let (number, voicemail) = (Some(DiversionKind::Number), Some(DiversionKind::Voicemail));
    assert_eq!(kinds(), [number, number]);
    let mut with = hub.directory().rebuild();
    with.voicemail_pilot(pilot);
    hub.change_directory(Arc::new(with.build().unwrap())).await.unwrap();
    rest().await;
    assert_eq!(kinds(), [voicemail, number]);
    let changes = watch.changed().await.unwrap();
    assert!(changes.directory && changes.rows.iter().any(|(person, _)| *person == hub.who("anna")));
    let mut bo = spec("bo");
    bo.voicemail = Some(own);
    let mut other = hub.directory().rebuild();
    other.clear_voicemail_pilots().person(bo);
    hub.change_directory(Arc::new(other.build().unwrap())).await.unwrap();
    rest().await;
    assert_eq!(kinds(), [number, voicemail]);
    assert_eq!(hand.sessions(), 1, "no source was bothered");
}

/// S2.92: a directory that changes is taken without a restart: who comes is asked for, who goes is gone, the others
/// keep what is known of them.
#[tokio::test]
async fn people_come_and_go_live() {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let hub = builder(&company(&["anna", "bo"]), &clock).source(pbx).start().await.unwrap();
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    for name in ["anna", "bo"] {
        hand.calls(name, Call::InCall);
    }
    hand.completes();
    rest().await;
    watch.changed().await.unwrap();
    let bo = hub.who("bo");
    let mut other = hub.directory().rebuild();
    other.remove(&person_id("bo")).person(spec("cleo"));
    hub.change_directory(Arc::new(other.build().unwrap())).await.unwrap();
    rest().await;
    assert_eq!(hub.call("anna"), Some(Call::InCall), "what was known stays");
    assert_eq!(hub.board(&operator()).unwrap().row(bo), None);
    assert!(hub.card(bo, &operator()).await.is_none());
    let changes = watch.changed().await.unwrap();
    assert!(changes.directory && changes.gone == [bo]);
    assert!(changes.rows.iter().any(|(person, _)| *person == hub.who("cleo")));
    assert_eq!(hand.sessions(), 2, "a source that tells about everybody is asked anew: {:?}", hand.log());
    let cleo = hub.directory().subject(&address("pbx", "cleo")).unwrap();
    assert!(hand.watches(cleo));
    hand.calls("cleo", Call::Ringing);
    hand.calls("anna", Call::Idle);
    hand.completes();
    rest().await;
    assert_eq!((hub.call("cleo"), hub.call("anna")), (Some(Call::Ringing), Some(Call::Idle)));
    assert_eq!(hub.connector("pbx").await.attempts.failures, 0, "that was no failure");
}

/// A directory that was not made from the present one is refused, and everything goes on as before.
#[tokio::test]
async fn a_foreign_directory_is_refused() {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let hub = builder(&company(&["anna"]), &clock).source(pbx).start().await.unwrap();
    let first = hub.directory();
    let foreign = company(&["bo", "anna"]);
    assert!(matches!(hub.change_directory(foreign).await, Err(HubError::ForeignDirectory)));
    assert!(Arc::ptr_eq(&hub.directory(), &first));
    let mut other = first.rebuild();
    other.person(spec("anna").named("Anna Cole"));
    hub.change_directory(Arc::new(other.build().unwrap())).await.unwrap();
    assert!(matches!(hub.change_directory(company(&["cleo"])).await, Err(HubError::ForeignDirectory)));
    hand.calls("anna", Call::InCall);
    rest().await;
    assert_eq!(hub.call("anna"), Some(Call::InCall));
    assert_eq!(hub.stand().await.counts.foreign_directories, 2);
    hub.shutdown().await;
    assert!(matches!(hub.change_directory(hub.directory()).await, Err(HubError::Down)));
    assert!(matches!(hub.change_rules(Arc::new(RuleSet::standard())).await, Err(HubError::Down)));
}

/// F.59, S2.92: other rules are tried before they are taken, and taken without a restart; everybody is told.
#[tokio::test]
async fn rules_change_live() {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let hub = builder(&company(&["anna", "bo"]), &clock).source(pbx).start().await.unwrap();
    hand.calls("anna", Call::InCall);
    rest().await;
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    watch.changed().await.unwrap();
    let before = hub.row("anna");
    let none = Arc::new(RuleSet::new(Vec::new()));
    let differences = hub.preview(&operator(), Arc::clone(&none)).await.unwrap();
    assert_eq!(differences.len(), 1);
    rest().await;
    assert_eq!(hub.row("anna"), before, "trying changes nothing");
    assert!(watch.take().is_none());
    hub.change_rules(none).await.unwrap();
    rest().await;
    let after = hub.row("anna");
    assert_ne!(after.availability, before.availability);
    assert_eq!(after.desk.call, Some(Call::InCall), "what is known stays");
    assert_eq!(watch.changed().await.unwrap().rows.len(), 1);
    hub.change_rules(Arc::new(RuleSet::standard())).await.unwrap();
    rest().await;
    assert_eq!(hub.row("anna").availability, before.availability);
    assert_eq!(hand.sessions(), 1);
}

/// S2.92: of the sources, what has not changed is left alone; what has is started anew; what is not named any more is
/// disabled; what is new runs.
#[tokio::test]
async fn sources_change_one_by_one() {
    let clock = ManualClock::at(start());
    let (pbx, calls) = remote("pbx", &PBX);
    let (exchange, calendars) = remote("exchange", &[Facet::Calendar]);
    let (other, others) = remote("exchange", &[Facet::Calendar]);
    let (teams, accounts) = remote("teams", &[Facet::Rich]);
    let pbx = SourceSetup::of(pbx).fingerprint(7);
    let hub = builder(&company(&["anna"]), &clock)
        .setup(pbx.clone())
        .setup(SourceSetup::of(exchange).fingerprint(1))
        .start()
        .await
        .unwrap();
    rest().await;
    let changed = SourceSetup::of(other).fingerprint(2);
    hub.change_sources(vec![pbx.clone(), changed.clone(), SourceSetup::of(Arc::clone(&teams))]).await.unwrap();
    rest().await;
    assert_eq!((calls.sessions(), calendars.sessions()), (1, 1));
    assert_eq!((others.sessions(), accounts.sessions()), (1, 1));
    assert_eq!(calendars.log().wakes.last(), Some(&Wake::Stop));
    hub.change_sources(vec![pbx.clone(), changed]).await.unwrap();
    rest().await;
    assert_eq!(hub.connector("teams").await.status, ConnectorStatus::Disabled);
    assert_eq!((calls.sessions(), others.sessions(), accounts.sessions()), (1, 1, 1));
    let unknown = vec![pbx.clone(), SourceSetup::not_configured(source_id("nowhere"))];
    assert!(matches!(hub.change_sources(unknown).await, Err(HubError::UnknownSource(_))));
    let twice = vec![pbx.clone(), pbx.clone()];
    assert!(matches!(hub.change_sources(twice).await, Err(HubError::SourceTwice(_))));
    rest().await;
    assert_eq!(hub.connector("exchange").await.status, ConnectorStatus::Connecting, "then nothing has changed");
    hub.change_sources(vec![pbx, SourceSetup::of(teams)]).await.unwrap();
    rest().await;
    assert_eq!(accounts.sessions(), 2, "it is back");
    assert_eq!(hub.connector("exchange").await.status, ConnectorStatus::Disabled);
}

/// S2.92: a source that waits to be asked and is set up later is asked about those who are watched already.
#[tokio::test]
async fn a_source_that_comes_late_is_asked_for_who_is_watched() {
    let clock = ManualClock::at(start());
    let hub = builder(&company(&["anna"]), &clock).start().await.unwrap();
    let _watch = hub.watch(&operator(), Filter::everyone(), None).unwrap();
    pass(&clock, TimeDelta::seconds(10)).await;
    let (teams, hand) = remote("teams", &[Facet::Rich]);
    hub.change_sources(vec![SourceSetup::of(teams)]).await.unwrap();
    pass(&clock, TimeDelta::minutes(5)).await;
    let subject = hub.directory().subject(&address("teams", "anna")).unwrap();
    assert!(hand.watches(subject), "never asked: {:?}", hand.log());
}

/// S2.92: the same for a source that the directory got later.
#[tokio::test]
async fn a_source_may_come_with_a_directory() {
    let clock = ManualClock::at(start());
    let hub = builder(&company(&["anna"]), &clock).start().await.unwrap();
    let _watch = hub.watch(&operator(), Filter::everyone(), None).unwrap();
    rest().await;
    let mobiles = source_id("mobiles");
    let mut other = hub.directory().rebuild();
    other.source(SourceSpec::new(mobiles.clone(), &[Facet::Call]).on_demand());
    let mobile = PlaceSpec::new(PlaceKind::Mobile).address(address("mobiles", "anna"), std::slice::from_ref(&mobiles));
    other.person(spec("anna").place(mobile));
    hub.change_directory(Arc::new(other.build().unwrap())).await.unwrap();
    let (source, hand) = remote("mobiles", &[Facet::Call]);
    hub.change_sources(vec![SourceSetup::of(source)]).await.unwrap();
    pass(&clock, TimeDelta::minutes(2)).await;
    let subject = hub.directory().subject(&address("mobiles", "anna")).unwrap();
    assert!(hand.watches(subject), "never asked: {:?}", hand.log());
    hand.calls("anna", Call::InCall);
    rest().await;
    assert_eq!(hub.row("anna").mobile.call, Some(Call::InCall));
}

/// S2.92: no report is lost while everything is reloaded under load: of numbered states the last one stands.
#[tokio::test]
async fn nothing_is_lost_while_everything_changes() {
    let clock = ManualClock::at(start());
    let (teams, hand) = remote("teams", &[Facet::Rich]);
    let teams = SourceSetup::of(teams).fingerprint(1);
    let hub = builder(&company(&["anna", "bo"]), &clock).setup(teams.clone()).start().await.unwrap();
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    rest().await;
    for number in 1..=300_u16 {
        let state = |number| RichState::new(Availability::new(3_000 + number).unwrap(), Activity::None);
        hand.says("anna", Fact::Rich(state(number)));
        match number % 5 {
            0 => {
                let mut other = hub.directory().rebuild();
                other.person(spec("bo").named(&format!("bo {number}")));
                if number % 2 == 0 {
                    other.person(spec(&format!("new{number}")));
                }
                hub.change_directory(Arc::new(other.build().unwrap())).await.unwrap();
            }
            1 => hub.change_rules(Arc::new(RuleSet::standard())).await.unwrap(),
            2 => hub.change_sources(vec![teams.clone(), SourceSetup::disabled(source_id("pbx"))]).await.unwrap(),
            _ => {}
        }
    }
    rest().await;
    rest().await;
    assert_eq!(hub.row("anna").rich, Some(Availability::new(3_300).unwrap()));
    let changes = watch.changed().await.unwrap();
    let told = changes.rows.iter().find(|(person, _)| *person == hub.who("anna")).unwrap().1;
    assert_eq!(told.rich, Some(Availability::new(3_300).unwrap()));
    let connector = hub.connector("teams").await;
    assert_eq!((connector.reports, connector.refused, connector.strangers, hand.sessions()), (300, 0, 0, 1));
    let counts = hub.stand().await.counts;
    assert_eq!((counts.unknown_subjects, counts.late_reports), (0, 0));
}

/// A telephone that moves from one person to another takes nothing along, and is told anew.
#[tokio::test]
async fn a_telephone_that_moves_is_told_anew() {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let hub = builder(&company(&["anna"]), &clock).source(pbx).start().await.unwrap();
    hand.calls("anna", Call::InCall);
    rest().await;
    let mut other = hub.directory().rebuild();
    other.person(PersonSpec::new(person_id("anna")));
    let desk = PlaceSpec::new(PlaceKind::Desk).address(address("pbx", "anna"), &[source_id("pbx")]);
    other.person(PersonSpec::new(person_id("bo")).place(desk));
    hub.change_directory(Arc::new(other.build().unwrap())).await.unwrap();
    rest().await;
    assert_eq!((hub.call("anna"), hub.call("bo"), hand.sessions()), (None, None, 2));
    hand.calls("anna", Call::Ringing);
    rest().await;
    assert_eq!((hub.call("anna"), hub.call("bo")), (None, Some(Call::Ringing)), "the number is bo's now");
}

/// An engine that knew its sources before, from a recording or another hub, takes the sessions of this one.
#[tokio::test]
async fn an_engine_with_a_past_takes_new_sessions() {
    let clock = ManualClock::at(start());
    let directory = company(&["anna"]);
    let mut engine = Engine::new(EngineConfig::new(Arc::clone(&directory), start()));
    let origin = directory.origin(&source_id("pbx")).unwrap();
    engine.handle(start(), Input::Session { origin, number: 7, phase: Phase::Begin });
    engine.handle(start(), Input::Session { origin, number: 7, phase: Phase::Lost });
    let (pbx, hand) = remote("pbx", &PBX);
    let hub = Hub::builder(engine).clock(Arc::new(clock)).retry(retry()).source(pbx).start().await.unwrap();
    rest().await;
    hand.calls("anna", Call::InCall);
    rest().await;
    assert!(hub.connector("pbx").await.standing);
    assert_eq!(hub.call("anna"), Some(Call::InCall));
}
