//! What becomes of the hub when sources fail, clocks jump, watchers sleep, and the engine itself is down.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use presence_core::clock::Clock;
use presence_core::hub::{Edit, EditError, Filter, Head, Hub, SystemClock};
use presence_core::poll::{Poll, Poller};
use presence_core::source::{Link, News, Source, SourceError, SourceSetup, Wake};
use presence_core::testing::{ManualClock, ScriptedSource, Step};
use presence_core::{
    Activity, Agenda, Availability, Call, ConnectorStatus, Engine, EngineConfig, Facet, Fact, Lifetime, Meeting,
    MeetingDraft, Mode, Note, Report, RichState, Second, ShowAs, SourceErrorKind, SourceId, Span, Subject,
    SubjectStatus,
};

use crate::support::{
    Ask, Do, Hand, PBX, address, builder, company, operator, pass, person_id, remote, rest, retry, source_id, sources,
    spec, start, until,
};

/// A hub with a PBX that the test moves.
async fn with_pbx(names: &[&str]) -> (Hub, Hand, ManualClock) {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let hub = builder(&company(names), &clock).source(pbx).start().await.unwrap();
    rest().await;
    (hub, hand, clock)
}

/// S2.53, S2.87, S2.89: a source is started with the hub; one that has spoken is up, and what it said is shown.
#[tokio::test]
async fn a_source_that_speaks_is_up() {
    let (hub, pbx, _clock) = with_pbx(&["anna"]).await;
    assert_eq!(hub.connector("pbx").await.status, ConnectorStatus::Connecting);
    pbx.calls("anna", Call::InCall);
    rest().await;
    let connector = hub.connector("pbx").await;
    assert_eq!((connector.status, connector.standing), (ConnectorStatus::UpAndRunning, true));
    assert_eq!((connector.reports, connector.last_heard.unwrap().time()), (1, Some(start())));
    assert_eq!(hub.call("anna"), Some(Call::InCall));
}

/// A source that panics is started again; nobody else notices.
#[tokio::test]
async fn a_panic_is_survived() {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let (exchange, calendar) = remote("exchange", &[Facet::Calendar]);
    let hub = builder(&company(&["anna"]), &clock).source(pbx).source(exchange).start().await.unwrap();
    rest().await;
    hand.order(Do::Panic);
    rest().await;
    let connector = hub.connector("pbx").await;
    assert_eq!((connector.attempts.panicked, connector.status), (1, ConnectorStatus::ConnectionError));
    assert!(connector.attempts.next.is_some());
    calendar.says("anna", Fact::ShowAs(ShowAs::Busy));
    rest().await;
    assert!(hub.row("anna").calendar.is_some(), "the others go on");
    pass(&clock, TimeDelta::seconds(2)).await;
    assert_eq!(hand.sessions(), 2);
    hand.calls("anna", Call::InCall);
    rest().await;
    assert_eq!(hub.call("anna"), Some(Call::InCall));
    let warnings = hub.stand().await.warnings;
    assert!(warnings.iter().any(|warning| warning.code == "cut-off/pbx"), "{warnings:?}");
}

/// A source that hangs is cut off after its patience and started again; one that waits for the hub never is.
#[tokio::test]
async fn who_hangs_is_cut_off_and_who_waits_is_not() {
    let clock = ManualClock::at(start());
    let hangs = vec![Step::say(address("pbx", "anna"), Fact::Call(Call::InCall)), Step::Hang];
    let pbx = ScriptedSource::new(source_id("pbx"), &PBX, vec![hangs, vec![Step::Stay]]);
    let pbx = pbx.patience(Duration::from_secs(30));
    let (exchange, calendar) = remote("exchange", &[Facet::Calendar]);
    let setup = Arc::new(pbx.clone());
    let hub = builder(&company(&["anna"]), &clock).source(setup).source(exchange).start().await.unwrap();
    pass(&clock, TimeDelta::seconds(29)).await;
    assert_eq!((pbx.seen().sessions, hub.connector("pbx").await.attempts.hung), (1, 0));
    pass(&clock, TimeDelta::seconds(1)).await;
    let connector = hub.connector("pbx").await;
    assert_eq!((connector.attempts.hung, connector.standing), (1, false));
    assert_eq!(connector.status, ConnectorStatus::ConnectionError);
    pass(&clock, TimeDelta::seconds(2)).await;
    assert_eq!(pbx.seen().sessions, 2);
    pass(&clock, TimeDelta::hours(6)).await;
    assert_eq!((pbx.seen().sessions, calendar.sessions()), (2, 1), "waiting is not hanging");
}

/// Whoever says that they are never hung is believed, and supervised all the same.
#[tokio::test]
async fn endless_patience_is_possible() {
    let clock = ManualClock::at(start());
    let script = vec![vec![Step::Wait(Duration::from_secs(5)), Step::End], vec![Step::Stay]];
    let pbx = ScriptedSource::new(source_id("pbx"), &PBX, script).patience(Duration::MAX);
    let hub = builder(&company(&["anna"]), &clock).source(Arc::new(pbx.clone())).start().await.unwrap();
    pass(&clock, TimeDelta::seconds(10)).await;
    assert_eq!(pbx.seen().sessions, 2, "its end was noticed");
    tokio::time::timeout(Duration::from_secs(1), hub.shutdown()).await.unwrap();
}

/// Says as much as is taken, without end.
#[derive(Debug)]
struct Flood {
    id: SourceId,
    posthumous: bool,
}

#[async_trait]
impl Source for Flood {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &PBX
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        let subject = link.subject(&address("pbx", "anna"));
        let mut number = 0_u32;
        loop {
            number += 1;
            if self.posthumous {
                link.tell(News::Problem { subject, kind: SourceErrorKind::Protocol }).await?;
                continue;
            }
            let call = if number.is_multiple_of(2) { Call::InCall } else { Call::Idle };
            let (origin, now) = (link.origin(), link.now());
            let report = subject.map(|subject| Report::new(origin, subject, Fact::Call(call), now));
            link.report(std::iter::repeat_n(report, 300).flatten().collect()).await?;
        }
    }
}

async fn flooded(posthumous: bool) {
    let clock = ManualClock::at(start());
    let (exchange, calendar) = remote("exchange", &[Facet::Calendar]);
    let flood = Arc::new(Flood { id: source_id("pbx"), posthumous });
    let hub = builder(&company(&["anna", "bo"]), &clock).source(flood).source(exchange).start().await.unwrap();
    rest().await;
    let lease = Lifetime::Lease(60);
    let busy = Fact::ShowAs(ShowAs::Busy);
    calendar.order(Do::Say(vec![(address("exchange", "bo"), busy, lease)]));
    rest().await;
    assert!(hub.row("bo").calendar.is_some(), "others are heard");
    let bo = hub.who("bo");
    assert!(hub.card(bo, &operator()).await.is_some());
    let health = hub.stand().await;
    assert!(health.waiting <= health.capacity);
    clock.advance(TimeDelta::minutes(10));
    rest().await;
    rest().await;
    assert_eq!(hub.row("bo").calendar, None, "time passes for everybody");
    tokio::time::timeout(Duration::from_secs(1), hub.shutdown()).await.unwrap();
}

/// A source that floods slows itself, and nobody else.
#[tokio::test]
async fn a_flood_of_reports_is_borne() {
    flooded(false).await;
}

/// A flood of which nothing is taken holds up nobody either, and time passes.
#[tokio::test]
async fn a_flood_of_idle_words_is_borne() {
    flooded(true).await;
}

/// Nonsense is refused and counted, and does no harm to what is right.
#[tokio::test]
async fn nonsense_is_refused_and_counted() {
    let (hub, pbx, clock) = with_pbx(&["anna"]).await;
    let directory = hub.directory();
    let mut larger = sources();
    for name in ["anna", "bo", "cleo"] {
        larger.person(spec(name));
    }
    let larger = larger.build().unwrap();
    let anna = directory.subject(&address("pbx", "anna")).unwrap();
    let nobody = larger.subject(&address("pbx", "cleo")).unwrap();
    let (own, foreign) = (directory.origin(&source_id("pbx")).unwrap(), directory.typed());
    let now = clock.now();
    let long_ago = "1970-01-01T00:00:00Z".parse().unwrap();
    let far_ahead = "2500-01-01T00:00:00Z".parse().unwrap();
    let call = |origin, subject, at| Report::new(origin, subject, Fact::Call(Call::InCall), at);
    pbx.order(Do::Raw(vec![
        call(foreign, anna, now),
        Report::new(own, anna, Fact::Roaming(true), now),
        call(own, nobody, now),
    ]));
    rest().await;
    assert_eq!(hub.call("anna"), None);
    let (connector, counts) = (hub.connector("pbx").await, hub.stand().await.counts);
    assert_eq!((connector.refused, counts.unknown_subjects), (2, 1));
    pbx.order(Do::Raw(vec![call(own, anna, far_ahead)]));
    rest().await;
    assert_eq!((hub.call("anna"), hub.stand().await.counts.future_reports), (Some(Call::InCall), 1));
    pass(&clock, TimeDelta::seconds(1)).await;
    pbx.calls("anna", Call::Idle);
    rest().await;
    assert_eq!(hub.call("anna"), Some(Call::Idle), "the future does not win over the present");
    pbx.order(Do::Raw(vec![call(own, anna, long_ago)]));
    pbx.says("nobody", Fact::Call(Call::Idle));
    rest().await;
    assert_eq!(hub.call("anna"), Some(Call::Idle), "what is old does not win either");
    let connector = hub.connector("pbx").await;
    assert_eq!((connector.strangers, connector.last_strangers), (1, vec![address("pbx", "nobody")]));
    let warnings = hub.stand().await.warnings;
    for code in ["refused-reports/pbx", "unknown-addresses/pbx"] {
        assert!(warnings.iter().any(|warning| warning.code == code), "{code}");
    }
}

/// W1, W29: what a dead source said stays for a grace, and is then not shown; what it repeats in time stays.
#[tokio::test]
async fn what_a_dead_source_said_ends_unless_it_is_repeated() {
    let (hub, pbx, clock) = with_pbx(&["anna", "bo"]).await;
    for name in ["anna", "bo"] {
        pbx.calls(name, Call::InCall);
    }
    pbx.completes();
    rest().await;
    pbx.order(Do::End);
    rest().await;
    assert!(!hub.connector("pbx").await.standing);
    assert_eq!(hub.call("anna"), Some(Call::InCall), "within the grace");
    pass(&clock, TimeDelta::seconds(3)).await;
    assert_eq!(pbx.sessions(), 2);
    pbx.calls("anna", Call::InCall);
    rest().await;
    assert_eq!((hub.call("anna"), hub.call("bo")), (Some(Call::InCall), Some(Call::InCall)));
    pbx.completes();
    rest().await;
    assert_eq!((hub.call("anna"), hub.call("bo")), (Some(Call::InCall), None), "what is not repeated is gone");
    assert_eq!(hub.stand().await.counts.withdrawn, 1);
    pbx.order(Do::Fail(SourceErrorKind::Forbidden, None));
    rest().await;
    pass(&clock, TimeDelta::seconds(89)).await;
    assert_eq!(hub.call("anna"), Some(Call::InCall));
    pass(&clock, TimeDelta::seconds(2)).await;
    assert_eq!(hub.call("anna"), None, "after the grace");
}

/// W1, W29: the account of a dead source fades, is never called fresh again, and is then unknown.
#[tokio::test]
async fn a_dead_account_is_never_shown_fresh() {
    let clock = ManualClock::at(start());
    let (teams, hand) = remote("teams", &[Facet::Rich]);
    let hub = builder(&company(&["anna"]), &clock).source(teams).start().await.unwrap();
    let watch = hub.watch(&operator(), Filter::everyone(), None).unwrap();
    rest().await;
    hand.says("anna", Fact::Rich(RichState::new(Availability::ONLINE, Activity::None)));
    rest().await;
    assert_eq!(hub.row("anna").rich, Some(Availability::ONLINE));
    hand.order(Do::Fail(SourceErrorKind::Forbidden, None));
    pass(&clock, TimeDelta::minutes(11)).await;
    let row = hub.row("anna");
    assert!(row.stale && row.rich != Some(Availability::ONLINE), "{row:?}");
    pass(&clock, TimeDelta::minutes(10)).await;
    assert_eq!(hub.row("anna").rich, None);
    drop(watch);
}

/// The times at which a source that fails at once is tried, over this many tries.
async fn tries(name: &str, script: Vec<Step>, many: usize) -> Vec<i64> {
    let clock = ManualClock::at(start());
    let source = ScriptedSource::new(source_id(name), &[], vec![script]);
    let hub = builder(&company(&["anna"]), &clock).source(Arc::new(source.clone())).start().await.unwrap();
    let mut times = Vec::new();
    let (mut seen, mut last) = (0, start());
    while times.len() < many {
        rest().await;
        if source.seen().sessions > seen {
            seen = source.seen().sessions;
            times.push((clock.now() - last).num_milliseconds());
            last = clock.now();
        }
        clock.set(clock.next_wait().unwrap());
    }
    drop(hub);
    times
}

/// A source that comes back too soon waits longer each time, up to a minute and a quarter, and the same each time.
#[tokio::test]
async fn waits_double_up_to_a_limit() {
    let fails = || vec![Step::Fail(SourceErrorKind::Unreachable, None)];
    let times = tries("pbx", fails(), 10).await;
    for (wait, least) in times.iter().zip([0_i64, 1, 2, 4, 8, 16, 32, 60, 60, 60]) {
        assert!((least * 1000..=least * 1250).contains(wait), "{times:?}");
    }
    assert_eq!(times, tries("pbx", fails(), 10).await, "no chance in it");
    assert_ne!(times, tries("exchange", fails(), 10).await, "but sources do not come back in step");
}

/// The other side may say when to come back.
#[tokio::test]
async fn the_other_side_says_when() {
    let wait = Some(Duration::from_secs(200));
    let times = tries("pbx", vec![Step::Fail(SourceErrorKind::Throttled, wait)], 4).await;
    assert_eq!(times, [0, 200_000, 200_000, 200_000]);
    let none = vec![Step::Fail(SourceErrorKind::Throttled, Some(Duration::ZERO))];
    let times = tries("pbx", none, 4).await;
    assert_eq!(times, [0, 1_000, 1_000, 1_000], "but not at once");
}

/// After a session that stood for a minute the next failure counts as the first.
#[tokio::test]
async fn a_stable_session_begins_anew() {
    let say = || Step::Tell(News::Complete);
    let stable = vec![say(), Step::Wait(Duration::from_secs(60)), Step::End];
    let times = tries("pbx", stable, 5).await;
    assert!(times.iter().skip(1).all(|wait| (61_000..=61_250).contains(wait)), "{times:?}");
    let short = vec![say(), Step::Wait(Duration::from_secs(59)), Step::End];
    let times = tries("pbx", short, 4).await;
    assert!(times.last().unwrap() - 59_000 >= 4_000, "{times:?}");
}

/// An attempt that takes long and never gets in is no session, so it does not count as stable.
#[tokio::test]
async fn a_slow_failure_is_not_a_stable_session() {
    let slow = vec![Step::Wait(Duration::from_secs(75)), Step::Fail(SourceErrorKind::Unreachable, None)];
    let times = tries("pbx", slow, 5).await;
    assert!(times.last().unwrap() - 75_000 >= 8_000, "the wait does not grow: {times:?}");
}

/// S2.51: refused access waits until the configuration changes, however long that takes.
/// S2.49: so does a missing configuration.
#[tokio::test]
async fn what_cannot_heal_waits_for_a_change() {
    let kinds = [
        (SourceErrorKind::Forbidden, ConnectorStatus::Forbidden),
        (SourceErrorKind::NotConfigured, ConnectorStatus::ServerNotConfigured),
    ];
    for (kind, status) in kinds {
        let clock = ManualClock::at(start());
        let (pbx, hand) = remote("pbx", &PBX);
        let setup = SourceSetup::of(pbx);
        let hub = builder(&company(&["anna"]), &clock).setup(setup.clone()).start().await.unwrap();
        rest().await;
        hand.order(Do::Fail(kind, Some(Duration::from_secs(5))));
        pass(&clock, TimeDelta::days(1)).await;
        let connector = hub.connector("pbx").await;
        assert_eq!((hand.sessions(), connector.status, connector.attempts.next), (1, status, None));
        assert_eq!(connector.attempts.trouble.unwrap().kind, kind);
        hub.change_sources(vec![setup.clone()]).await.unwrap();
        rest().await;
        assert_eq!(hand.sessions(), 1, "the same configuration is no change");
        hub.change_sources(vec![setup.fingerprint(1)]).await.unwrap();
        rest().await;
        assert_eq!(hand.sessions(), 2);
        hand.completes();
        rest().await;
        assert_eq!(hub.connector("pbx").await.status, ConnectorStatus::UpAndRunning);
        hand.order(Do::Fail(kind, None));
        rest().await;
        assert!(hub.start_source(&source_id("pbx")));
        rest().await;
        assert_eq!(hand.sessions(), 3, "or by hand");
    }
}

/// S2.49, S2.50: what is not configured and what is switched off says so, and neither is an error.
#[tokio::test]
async fn what_does_not_run_says_why() {
    let clock = ManualClock::at(start());
    let hub = builder(&company(&["anna"]), &clock)
        .setup(SourceSetup::not_configured(source_id("pbx")))
        .setup(SourceSetup::disabled(source_id("exchange")))
        .start()
        .await
        .unwrap();
    rest().await;
    assert_eq!(hub.connector("pbx").await.text, "Server not configured");
    assert_eq!(hub.connector("exchange").await.text, "Disabled");
    let card = hub.card(hub.who("anna"), &operator()).await.unwrap();
    assert_eq!(card.telephony, Mode::Not(SubjectStatus::ServerNotConfigured));
}

/// S2.50: a source that is stopped by hand is disabled until it is started.
#[tokio::test]
async fn a_source_is_stopped_and_started_by_hand() {
    let (hub, pbx, clock) = with_pbx(&["anna"]).await;
    pbx.completes();
    rest().await;
    assert!(hub.stop_source(&source_id("pbx")) && !hub.stop_source(&source_id("nowhere")));
    pass(&clock, TimeDelta::hours(1)).await;
    assert_eq!((hub.connector("pbx").await.status, pbx.sessions()), (ConnectorStatus::Disabled, 1));
    assert_eq!(pbx.log().wakes.last(), Some(&Wake::Stop));
    assert!(hub.start_source(&source_id("pbx")));
    pbx.completes();
    rest().await;
    assert_eq!((hub.connector("pbx").await.status, pbx.sessions()), (ConnectorStatus::UpAndRunning, 2));
}

/// S2.52: a server that cannot be reached is `ConnectionError` the whole time, not `Connecting` now and then.
#[tokio::test]
async fn a_server_that_cannot_be_reached_is_an_error() {
    let clock = ManualClock::at(start());
    let script = vec![Step::Wait(Duration::from_secs(2)), Step::Fail(SourceErrorKind::Unreachable, None)];
    let pbx = Arc::new(ScriptedSource::new(source_id("pbx"), &PBX, vec![script]));
    let hub = builder(&company(&["anna"]), &clock).source(pbx).start().await.unwrap();
    rest().await;
    assert_eq!(hub.connector("pbx").await.status, ConnectorStatus::Connecting);
    pass(&clock, TimeDelta::seconds(3)).await;
    for _ in 0..60 {
        pass(&clock, TimeDelta::seconds(1)).await;
        assert_eq!(hub.connector("pbx").await.status, ConnectorStatus::ConnectionError);
    }
    let anna = hub.who("anna");
    let card = hub.card(anna, &operator()).await.unwrap();
    assert_eq!(card.telephony, Mode::Not(SubjectStatus::Error));
}

/// S2.93: trouble with one person heals with the next report, without a restart; the others are not touched.
#[tokio::test]
async fn trouble_with_one_person_heals_by_itself() {
    let (hub, pbx, _clock) = with_pbx(&["anna", "bo"]).await;
    pbx.calls("bo", Call::Idle);
    pbx.completes();
    rest().await;
    let subject = hub.directory().subject(&address("pbx", "anna"));
    let kinds = [
        (SourceErrorKind::NotFound, SubjectStatus::NotFound),
        (SourceErrorKind::Forbidden, SubjectStatus::AccessDenied),
        (SourceErrorKind::Unreachable, SubjectStatus::Error),
    ];
    let telephony = async |name: &str| hub.card(hub.who(name), &operator()).await.unwrap().telephony;
    for (kind, status) in kinds {
        pbx.order(Do::Tell(News::Problem { subject, kind }));
        rest().await;
        assert_eq!(telephony("anna").await, Mode::Not(status));
        assert_eq!(telephony("bo").await, Mode::Available);
        assert_eq!(hub.connector("pbx").await.troubled.get(&person_id("anna")), Some(&kind));
    }
    pbx.calls("anna", Call::Idle);
    rest().await;
    assert_eq!(telephony("anna").await, Mode::Available);
    let connector = hub.connector("pbx").await;
    assert!(connector.troubled.is_empty() && connector.status == ConnectorStatus::UpAndRunning);
    assert_eq!(pbx.sessions(), 1);
}

/// S2.93: trouble with one person is heard also when it is the first thing that a session says.
#[tokio::test]
async fn trouble_may_be_the_first_thing_told() {
    let (hub, pbx, _clock) = with_pbx(&["anna"]).await;
    let subject = hub.directory().subject(&address("pbx", "anna"));
    pbx.order(Do::Tell(News::Problem { subject, kind: SourceErrorKind::Forbidden }));
    pbx.completes();
    rest().await;
    let card = hub.card(hub.who("anna"), &operator()).await.unwrap();
    assert_eq!(card.telephony, Mode::Not(SubjectStatus::AccessDenied));
}

/// A clock that panics when it is told to, and takes the engine with it.
#[derive(Debug)]
struct Trap {
    clock: ManualClock,
    sprung: AtomicBool,
}

#[async_trait]
impl Clock for Trap {
    fn now(&self) -> DateTime<Utc> {
        assert!(!self.sprung.load(Ordering::Relaxed), "as the test says");
        self.clock.now()
    }

    async fn sleep_until(&self, time: DateTime<Utc>) {
        self.clock.sleep_until(time).await;
    }
}

async fn shows_nothing(hub: &Hub) {
    let board = hub.board(&operator()).unwrap();
    let anna = hub.who("anna");
    assert!(!hub.is_live() && !board.is_live());
    assert_eq!((board.head(anna), board.row(anna)), (Head::default(), None));
    assert!(board.group(&[anna]).rows.is_empty() && board.snapshot().rows.is_empty());
    assert!(hub.card(anna, &operator()).await.is_none() && hub.health().await.is_none());
}

/// S2.88, S2.91: when the engine is down, nothing is shown rather than what it said last, and watches end.
#[tokio::test]
async fn a_dead_engine_shows_nothing() {
    let clock = Arc::new(Trap { clock: ManualClock::at(start()), sprung: AtomicBool::new(false) });
    let engine = Engine::new(EngineConfig::new(company(&["anna"]), start()));
    let (pbx, hand) = remote("pbx", &PBX);
    let clocked = Arc::clone(&clock);
    let hub = Hub::builder(engine).clock(clocked).retry(retry()).source(pbx).start().await.unwrap();
    hand.calls("anna", Call::InCall);
    rest().await;
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    assert!(watch.changed().await.unwrap().whole);
    assert_eq!(hub.call("anna"), Some(Call::InCall));
    clock.sprung.store(true, Ordering::Relaxed);
    let waiting = tokio::spawn(async move { watch.changed().await.is_none() });
    assert!(hub.explain(hub.who("anna"), &operator()).await.is_none(), "who asks is not left waiting");
    rest().await;
    shows_nothing(&hub).await;
    assert!(tokio::time::timeout(Duration::from_secs(1), waiting).await.unwrap().unwrap(), "the watch ends");
}

/// S2.88, S2.91: the same after an orderly end.
#[tokio::test]
async fn an_ended_engine_shows_nothing() {
    let (hub, pbx, _clock) = with_pbx(&["anna"]).await;
    pbx.calls("anna", Call::InCall);
    rest().await;
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    assert!(watch.changed().await.is_some());
    hub.shutdown().await;
    assert!(watch.changed().await.is_none() && watch.take().is_none());
    shows_nothing(&hub).await;
    let anna = person_id("anna");
    let edit = hub.edit(&anna, Edit::RemoveNote("1".to_owned()));
    assert!(matches!(tokio::time::timeout(Duration::from_secs(1), edit).await.unwrap(), Err(EditError::Down)));
    let again = tokio::time::timeout(Duration::from_secs(1), hub.shutdown()).await;
    assert!(again.is_ok(), "to end it again hangs");
}

/// Dropping the last hub ends everything, also without a word of goodbye.
#[tokio::test]
async fn dropping_the_hub_ends_everything() {
    let (hub, pbx, clock) = with_pbx(&["anna"]).await;
    let board = hub.board(&operator()).unwrap();
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    assert!(watch.changed().await.is_some());
    drop(hub);
    rest().await;
    assert!(!board.is_live() && watch.changed().await.is_none());
    assert_eq!(clock.next_wait(), None, "nobody waits for anything");
    drop(pbx);
}

/// F.36: ten thousand watches that never read cost nothing, and after an hour each is told every person once.
#[tokio::test]
async fn watchers_that_never_read_cost_nothing() {
    let (hub, pbx, clock) = with_pbx(&["anna", "bo"]).await;
    let anna = hub.who("anna");
    let watch = |_| hub.watch(&operator(), Filter::people([anna]), None).unwrap();
    let mut watches: Vec<_> = (0..10_000).map(watch).collect();
    for watch in &mut watches {
        assert!(watch.take().unwrap().whole);
    }
    let before = hub.stand().await;
    assert_eq!(before.watchers, 10_000);
    for minute in 0..60 {
        for call in
            [Call::InCall, Call::Idle, Call::Ringing, Call::Idle, if minute == 59 { Call::Held } else { Call::InCall }]
        {
            pbx.calls("anna", call);
            pbx.calls("bo", call);
            clock.advance(TimeDelta::seconds(12));
            rest().await;
        }
    }
    let after = hub.stand().await;
    assert!(after.shown >= before.shown + 400, "much has happened");
    for watch in &mut watches {
        let changes = watch.take().unwrap();
        assert!(!changes.whole);
        let told: Vec<_> = changes.rows.iter().map(|(person, row)| (*person, row.desk.call)).collect();
        assert_eq!(told, [(anna, Some(Call::Held))]);
        assert!(watch.take().is_none());
    }
    drop(watches);
    assert_eq!(hub.stand().await.watchers, 0);
}

/// S0.41, S1.29: the clock jumps ahead as after a long stop of the process, or of a virtual machine: at the next look the truth is shown, and who watches is
/// still served.
#[tokio::test]
async fn the_clock_jumps_ahead() {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let (teams, account) = remote("teams", &[Facet::Rich]);
    let hub = builder(&company(&["anna"]), &clock).source(pbx).source(teams).start().await.unwrap();
    let mut watch = hub.watch(&operator(), Filter::everyone(), None).unwrap().pace(Duration::ZERO);
    rest().await;
    hand.calls("anna", Call::Ringing);
    let state = RichState::new(Availability::ONLINE, Activity::None);
    account.order(Do::Say(vec![(address("teams", "anna"), Fact::Rich(state), Lifetime::Session)]));
    rest().await;
    assert!(watch.take().is_some());
    assert_eq!(hub.call("anna"), Some(Call::Ringing));
    clock.advance(TimeDelta::minutes(10));
    rest().await;
    assert_eq!(hub.call("anna"), None, "nobody rings for ten minutes");
    assert_eq!(watch.take().unwrap().rows.len(), 1);
    let teams = hub.directory().subject(&address("teams", "anna")).unwrap();
    assert!(account.watches(teams), "who is watched is still asked for");
    let card = hub.card(hub.who("anna"), &operator()).await.unwrap();
    assert_eq!(card.rich, Mode::Available, "what was said for the session still holds");
    assert_eq!((hand.sessions(), account.sessions()), (1, 1));
}

/// The clock goes back an hour: what is said is still taken and shown, and leases go on and end as they should.
#[tokio::test]
async fn the_clock_goes_back() {
    let clock = ManualClock::at(start());
    let (pbx, hand) = remote("pbx", &PBX);
    let (teams, account) = remote("teams", &[Facet::Rich]);
    let hub = builder(&company(&["anna"]), &clock).source(pbx).source(teams).start().await.unwrap();
    let watch = hub.watch(&operator(), Filter::everyone(), None).unwrap();
    rest().await;
    hand.calls("anna", Call::InCall);
    pass(&clock, TimeDelta::seconds(45)).await;
    clock.advance(TimeDelta::hours(-1));
    rest().await;
    hand.calls("anna", Call::Idle);
    rest().await;
    assert_eq!(hub.call("anna"), Some(Call::Idle));
    assert_eq!(hub.stand().await.counts.time_back, 1);
    let subject = hub.directory().subject(&address("teams", "anna")).unwrap();
    for _ in 0..20 {
        pass(&clock, TimeDelta::seconds(30)).await;
        assert!(account.watches(subject), "who is watched is asked for");
    }
    assert_eq!(account.releases(), 0);
    drop(watch);
    pass(&clock, TimeDelta::seconds(180)).await;
    assert!(!account.watches(subject), "and let go when nobody watches");
}

/// Counts how often it is asked.
#[derive(Debug)]
struct Counting {
    id: SourceId,
    asked: Arc<std::sync::Mutex<Vec<DateTime<Utc>>>>,
}

#[async_trait]
impl Poll for Counting {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &PBX
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn poll(&self, _wanted: &[Subject], link: &mut dyn Link) -> Result<(), SourceError> {
        self.asked.lock().unwrap().push(link.now());
        Ok(())
    }
}

/// The clock goes back an hour: who is polled is polled at the next interval, not an hour later.
#[tokio::test]
async fn polling_goes_on_when_the_clock_goes_back() {
    let clock = ManualClock::at(start());
    let asked = Arc::default();
    let pbx = Arc::new(Poller::new(Counting { id: source_id("pbx"), asked: Arc::clone(&asked) }));
    let hub = builder(&company(&["anna"]), &clock).source(pbx).start().await.unwrap();
    pass(&clock, TimeDelta::seconds(65)).await;
    assert_eq!(asked.lock().unwrap().len(), 3);
    clock.advance(TimeDelta::hours(-1));
    pass(&clock, TimeDelta::seconds(90)).await;
    let count = asked.lock().unwrap().len();
    assert!((5..=8).contains(&count), "asked {count} times");
    drop(hub);
}

/// The clock goes back an hour: a source that waits for its next attempt does not wait an hour longer.
#[tokio::test]
async fn attempts_go_on_when_the_clock_goes_back() {
    let (hub, pbx, clock) = with_pbx(&["anna"]).await;
    pbx.order(Do::Fail(SourceErrorKind::Unreachable, None));
    rest().await;
    clock.advance(TimeDelta::hours(-1));
    pass(&clock, TimeDelta::minutes(3)).await;
    assert_eq!(pbx.sessions(), 2);
    drop(hub);
}

/// To a new session all that is wanted is said again, and what was let go meanwhile is not.
#[tokio::test]
async fn a_new_session_hears_again_who_is_wanted() {
    let clock = ManualClock::at(start());
    let (teams, hand) = remote("teams", &[Facet::Rich]);
    let hub = builder(&company(&["anna", "bo"]), &clock).source(teams).start().await.unwrap();
    let _anna = hub.watch(&operator(), Filter::people([hub.who("anna")]), None).unwrap();
    let bo = hub.watch(&operator(), Filter::people([hub.who("bo")]), None).unwrap();
    rest().await;
    let [anna_at, bo_at] = ["anna", "bo"].map(|name| hub.directory().subject(&address("teams", name)).unwrap());
    assert!(hand.watches(anna_at) && hand.watches(bo_at));
    hand.order(Do::Fail(SourceErrorKind::Throttled, Some(Duration::from_secs(600))));
    rest().await;
    drop(bo);
    let before = hand.log().wakes.len();
    pass(&clock, TimeDelta::seconds(601)).await;
    assert_eq!(hand.sessions(), 2);
    assert_eq!(hand.log().wakes.get(before..), Some([Wake::Watch(anna_at)].as_slice()));
}

/// A source that does not stop is made to, within the grace.
#[tokio::test]
async fn a_hanging_source_does_not_hold_up_the_end() {
    let clock = ManualClock::at(start());
    let script = vec![Step::say(address("pbx", "anna"), Fact::Call(Call::InCall)), Step::Hang];
    let pbx = Arc::new(ScriptedSource::new(source_id("pbx"), &PBX, vec![script]));
    let hub = builder(&company(&["anna"]), &clock).source(pbx).start().await.unwrap();
    rest().await;
    assert_eq!(hub.call("anna"), Some(Call::InCall));
    tokio::time::timeout(Duration::from_secs(1), hub.shutdown()).await.unwrap();
    assert!(!hub.is_live());
}

/// A source that hangs cannot be restarted in vain: a change of its configuration ends it within the grace.
#[tokio::test]
async fn a_hanging_source_can_be_replaced() {
    let clock = ManualClock::at(start());
    let hangs = Arc::new(ScriptedSource::new(source_id("pbx"), &PBX, vec![vec![Step::Hang]]));
    let (good, hand) = remote("pbx", &PBX);
    let hub = builder(&company(&["anna"]), &clock).source(hangs).start().await.unwrap();
    rest().await;
    hub.change_sources(vec![SourceSetup::of(good).fingerprint(1)]).await.unwrap();
    until("the other one runs", || hand.sessions() == 1).await;
}

/// A hub is not started with sources that the directory does not have, or that are there twice.
#[tokio::test]
async fn sources_are_checked_at_the_start() {
    let clock = ManualClock::at(start());
    let setup = |name: &str| SourceSetup::not_configured(source_id(name));
    let unknown = builder(&company(&["anna"]), &clock).setup(setup("nowhere")).start().await;
    assert_eq!(unknown.unwrap_err().to_string(), "the directory has no source `nowhere`: add it there");
    let twice = builder(&company(&["anna"]), &clock).setup(setup("pbx")).setup(setup("pbx")).start().await;
    assert_eq!(twice.unwrap_err().to_string(), "the source `pbx` is set up twice");
}

/// The clock is put right by a second or two: nothing looks older than what was before it, so nothing is dropped.
#[tokio::test]
async fn a_small_step_back_loses_nothing() {
    let (hub, pbx, clock) = with_pbx(&["anna"]).await;
    pbx.calls("anna", Call::InCall);
    let note = |id: &str| Edit::WriteNote(Note::new(id, "operator", "a note", start()));
    hub.edit(&person_id("anna"), note("1")).await.unwrap();
    rest().await;
    for back in [1, 2] {
        clock.set(start() - TimeDelta::seconds(back));
        pbx.calls("anna", if back == 1 { Call::Idle } else { Call::Ringing });
        hub.edit(&person_id("anna"), note(&format!("{back} back"))).await.unwrap();
        rest().await;
        assert_eq!(hub.call("anna"), Some(if back == 1 { Call::Idle } else { Call::Ringing }));
        let card = hub.card(hub.who("anna"), &operator()).await.unwrap();
        assert_eq!(card.notes.len(), 1 + usize::try_from(back).unwrap(), "what is acknowledged is shown");
    }
}

/// Blocks its thread in its first session, then speaks although nobody wants to hear it any more.
#[derive(Debug)]
struct Blocks {
    id: SourceId,
    block: Duration,
    sessions: AtomicUsize,
}

#[async_trait]
impl Source for Blocks {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &PBX
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        let first = self.sessions.fetch_add(1, Ordering::SeqCst) == 0;
        if first {
            std::thread::sleep(self.block);
        }
        let subject = link.subject(&address("pbx", "anna"));
        let call = Fact::Call(if first { Call::InCall } else { Call::Idle });
        let report = subject.map(|subject| Report::new(link.origin(), subject, call, link.now()));
        link.report(report.into_iter().collect()).await?;
        link.tell(News::Complete).await?;
        while link.next(None).await != Wake::Stop {}
        Ok(())
    }
}

async fn with_a_blocking_pbx(block: Duration) -> (Hub, Arc<Blocks>) {
    let pbx = Arc::new(Blocks { id: source_id("pbx"), block, sessions: AtomicUsize::new(0) });
    let engine = Engine::new(EngineConfig::new(company(&["anna"]), SystemClock::default().now()));
    let source: Arc<dyn Source> = pbx.clone();
    let hub = Hub::builder(engine).retry(retry()).source(source).start().await.unwrap();
    let sessions = || pbx.sessions.load(Ordering::SeqCst);
    until("it begins", || sessions() == 1).await;
    (hub, pbx)
}

/// A source that blocks its thread is given up; the next one begins when it has let go, and what it still says is not
/// taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_blocks_is_given_up_and_not_heard() {
    let (hub, pbx) = with_a_blocking_pbx(Duration::from_millis(300)).await;
    assert!(hub.start_source(&source_id("pbx")), "it is started anew");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(pbx.sessions.load(Ordering::SeqCst), 1, "never two at a time");
    let health = tokio::time::timeout(Duration::from_millis(100), hub.health()).await.unwrap();
    assert!(health.is_some(), "nobody else is affected");
    until("the second one speaks", || hub.call("anna") == Some(Call::Idle)).await;
    assert_eq!(pbx.sessions.load(Ordering::SeqCst), 2);
    assert!(hub.connector("pbx").await.standing);
    hub.shutdown().await;
}

/// Who blocks does not hold up the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_blocks_does_not_hold_up_the_end() {
    let (hub, _pbx) = with_a_blocking_pbx(Duration::from_secs(1)).await;
    tokio::time::timeout(Duration::from_millis(500), hub.shutdown()).await.unwrap();
    assert!(!hub.is_live());
}

/// Since when a headline is what it is: where nothing was known before, as the facts tell; later since it changed, and
/// lamps beside it do not change that.
#[tokio::test]
async fn since_is_as_old_as_what_is_known() {
    let clock = ManualClock::at(start());
    let (exchange, calendar) = remote("exchange", &[Facet::Calendar]);
    let (pbx, calls) = remote("pbx", &PBX);
    let hub = builder(&company(&["anna"]), &clock).source(exchange).source(pbx).start().await.unwrap();
    let hour = |from, to| Span::new(start() + TimeDelta::minutes(from), start() + TimeDelta::minutes(to)).unwrap();
    let meeting = Meeting::new(MeetingDraft::new("1", hour(-30, 30)));
    calendar.says("anna", Fact::Agenda(Arc::new(Agenda::new(hour(-600, 600), vec![meeting]))));
    rest().await;
    let since = || hub.row("anna").since.and_then(Second::time);
    assert_eq!(since(), Some(start() - TimeDelta::minutes(30)), "the meeting has lasted for half an hour");
    pass(&clock, TimeDelta::minutes(5)).await;
    calls.calls("anna", Call::InCall);
    rest().await;
    let called = start() + TimeDelta::minutes(5);
    assert_eq!((hub.row("anna").activity, since()), (Activity::InCall, Some(called)));
    pass(&clock, TimeDelta::minutes(5)).await;
    calls.says("anna", Fact::DoNotDisturb(false));
    rest().await;
    assert_eq!(since(), Some(called));
    calls.calls("anna", Call::Idle);
    rest().await;
    assert_eq!((hub.row("anna").activity, since()), (Activity::InMeeting, Some(start() + TimeDelta::minutes(10))));
}

/// What is ordered while a source still blocks its thread is not forgotten.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_stopped_while_it_blocks_stays_stopped() {
    let (hub, pbx) = with_a_blocking_pbx(Duration::from_millis(300)).await;
    assert!(hub.start_source(&source_id("pbx")), "it is given up");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(hub.stop_source(&source_id("pbx")));
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(pbx.sessions.load(Ordering::SeqCst), 1, "no second one begins");
    assert_eq!(hub.connector("pbx").await.status, ConnectorStatus::Disabled);
    hub.shutdown().await;
}
