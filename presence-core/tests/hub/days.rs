//! Days in calendars: those that sources report on, and those that they are asked about.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::{NaiveDate, Utc};
use presence_core::hub::Hub;
use presence_core::source::{Link, News, Source, SourceError, Wake};
use presence_core::testing::ManualClock;
use presence_core::{
    Access, Address, Agenda, CalendarPolicy, DayView, Disclosure, Facet, Fact, Meeting, MeetingDraft, PrivacyPolicy,
    Report, SourceErrorKind, SourceId, Span, Viewer, ViewerId,
};

use crate::support::{address, builder, company, operator, person_id, rest, source_id, start};

/// What a [`Diary`] does when it is asked about another day.
#[derive(Clone, Copy, Debug)]
enum Manner {
    Tells,
    DoesNotKnow,
    Fails,
    Panics,
    Hangs,
}

/// Reports on the day on which the tests begin, and is asked about others.
#[derive(Debug)]
struct Diary {
    id: SourceId,
    manner: Manner,
    asked: Arc<AtomicUsize>,
}

fn day(date: &str) -> Span {
    let date: NaiveDate = date.parse().unwrap();
    Agenda::day_span(date, &Utc).unwrap()
}

/// A meeting at noon on each of the days.
fn lunches(covered: Span) -> Agenda {
    let first = covered.start().time().unwrap().date_naive();
    let lunch = |date: NaiveDate| {
        let at = |hour| date.and_hms_opt(hour, 0, 0).unwrap().and_utc();
        Meeting::new(MeetingDraft::new("lunch", Span::new(at(12), at(13)).unwrap()).subject("Lunch"))
    };
    Agenda::new(covered, first.iter_days().take(4).map(lunch).collect())
}

#[async_trait]
impl Source for Diary {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &[Facet::Calendar]
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        if let Some(anna) = link.subject(&address("exchange", "anna")) {
            let today = Fact::Agenda(Arc::new(lunches(day("2026-11-20"))));
            link.report(vec![Report::new(link.origin(), anna, today, link.now())]).await?;
        }
        link.tell(News::Complete).await?;
        while link.next(None).await != Wake::Stop {}
        Ok(())
    }

    #[expect(clippy::panic, reason = "the test asks for it")]
    async fn look(&self, asked: &Address, span: Span) -> Result<Option<Agenda>, SourceError> {
        assert_eq!(*asked, address("exchange", "anna"));
        self.asked.fetch_add(1, Ordering::Relaxed);
        match self.manner {
            Manner::Tells => Ok(Some(lunches(span))),
            Manner::DoesNotKnow => Ok(None),
            Manner::Fails => Err(SourceError::new(SourceErrorKind::Unreachable, "it is down")),
            Manner::Panics => panic!("the diary panics"),
            Manner::Hangs => std::future::pending().await,
        }
    }
}

/// A hub with such a diary, and how often it was asked.
async fn with_diary(manner: Manner, viewers: Vec<Viewer>) -> (Hub, Arc<AtomicUsize>) {
    let clock = ManualClock::at(start());
    let asked = Arc::new(AtomicUsize::new(0));
    let diary = Diary { id: source_id("exchange"), manner, asked: Arc::clone(&asked) };
    let hub = builder(&company(&["anna", "bo"]), &clock).source(Arc::new(diary));
    let hub = viewers.into_iter().fold(hub, |hub, viewer| hub.viewer(Arc::new(viewer)));
    let hub = hub.start().await.unwrap();
    rest().await;
    (hub, asked)
}

async fn look(hub: &Hub, viewer: &ViewerId, date: &str) -> DayView {
    let anna = hub.directory().person(&person_id("anna")).unwrap();
    hub.day(anna, viewer, date.parse().unwrap(), Utc).await.unwrap()
}

fn titles(day: &DayView) -> Vec<Option<&str>> {
    day.meetings.iter().map(|meeting| meeting.title.as_deref()).collect()
}

/// S0.21, S0.22: a day that was reported is there at once; any other is asked for, and says what is known of it.
#[tokio::test]
async fn any_day_can_be_looked_at() {
    let (hub, asked) = with_diary(Manner::Tells, Vec::new()).await;
    let today = look(&hub, &operator(), "2026-11-20").await;
    assert_eq!((titles(&today), today.known, today.horizon), (vec![Some("Lunch")], true, Some(day("2026-11-20"))));
    assert_eq!(asked.load(Ordering::Relaxed), 0, "it is known");
    for (date, number) in [("2026-11-21", 1), ("2027-03-28", 2), ("2020-02-29", 3)] {
        let other = look(&hub, &operator(), date).await;
        assert_eq!((titles(&other), other.known), (vec![Some("Lunch")], true), "{date}");
        let horizon = other.horizon.unwrap();
        assert!(horizon.start() <= day(date).start() && horizon.end() >= day(date).end());
        assert_eq!(asked.load(Ordering::Relaxed), number);
    }
    let today = look(&hub, &operator(), "2026-11-20").await;
    assert_eq!(today.horizon, Some(day("2026-11-20")), "what was looked at is not kept");
}

/// S0.22: what cannot be known is unknown, and nobody is free for it; the engine goes on.
#[tokio::test(start_paused = true)]
async fn a_day_that_nobody_tells_of_is_unknown() {
    for manner in [Manner::DoesNotKnow, Manner::Fails, Manner::Panics, Manner::Hangs] {
        let (hub, asked) = with_diary(manner, Vec::new()).await;
        let other = look(&hub, &operator(), "2026-11-25").await;
        assert_eq!((titles(&other), other.known), (vec![], false), "{manner:?}");
        assert_eq!(other.horizon, Some(day("2026-11-20")), "{manner:?}");
        assert_eq!(asked.load(Ordering::Relaxed), 1, "{manner:?}");
        assert!(look(&hub, &operator(), "2026-11-20").await.known, "{manner:?}");
        hub.shutdown().await;
    }
}

/// S0.22: who waits for a day that does not come keeps nobody from another for ever.
#[tokio::test(start_paused = true)]
async fn many_who_wait_come_back() {
    let (hub, _) = with_diary(Manner::Hangs, Vec::new()).await;
    let looks: Vec<_> = (0..30)
        .map(|_| {
            let hub = hub.clone();
            tokio::spawn(async move { look(&hub, &operator(), "2026-11-25").await.known })
        })
        .collect();
    for waiting in looks {
        assert!(!waiting.await.unwrap());
    }
}

/// S0.22: a source that was stopped is not asked behind its supervisor's back.
#[tokio::test]
async fn a_source_that_was_stopped_is_not_asked() {
    let (hub, asked) = with_diary(Manner::Tells, Vec::new()).await;
    assert!(hub.stop_source(&source_id("exchange")));
    rest().await;
    assert!(!look(&hub, &operator(), "2026-11-25").await.known);
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

/// S0.17, S2.25: a class sees of another day as much as of this one; for who may see nothing, nobody is asked.
#[tokio::test]
async fn other_days_have_the_same_privacy() {
    let class = |name: &str, told| {
        let mut policy = PrivacyPolicy::default();
        policy.calendar = CalendarPolicy::new(told, told);
        Viewer::with_policy(ViewerId::new(name).unwrap(), policy)
    };
    let lobby = Viewer::new(ViewerId::new("lobby").unwrap()).except(person_id("anna"), Access::Denied);
    let viewers = vec![
        class("times", Disclosure::Times),
        class("busy", Disclosure::Busy),
        class("none", Disclosure::Nothing),
        lobby,
    ];
    let (hub, asked) = with_diary(Manner::Tells, viewers).await;
    let times = ViewerId::new("times").unwrap();
    for (date, number) in [("2026-11-20", 0), ("2026-11-25", 1)] {
        let told = look(&hub, &times, date).await;
        assert_eq!((titles(&told), told.known), (vec![Some("***")], true), "{date}");
        assert_eq!(asked.load(Ordering::Relaxed), number);
    }
    for name in ["busy", "none", "lobby"] {
        for date in ["2026-11-20", "2026-11-25"] {
            assert_eq!(look(&hub, &ViewerId::new(name).unwrap(), date).await, DayView::default(), "{name} {date}");
        }
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}
