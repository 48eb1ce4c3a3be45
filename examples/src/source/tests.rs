use std::collections::HashMap;

use chrono::NaiveTime;
use presence_core::source::Closed;
use presence_core::{Address, Directory};

use super::*;
use crate::SEED;

/// A link that lets time pass when the source waits, and stops it at its end.
struct TestLink {
    now: DateTime<Utc>,
    end: DateTime<Utc>,
    /// So far time goes at least when the source waits: large where the machine is slow, or the clock fast.
    stride: TimeDelta,
    directory: Arc<Directory>,
    origin: Origin,
    reports: Vec<Vec<Report>>,
    completed: bool,
}

#[async_trait]
impl Link for TestLink {
    fn now(&self) -> DateTime<Utc> {
        self.now
    }

    fn origin(&self) -> Origin {
        self.origin
    }

    fn subject(&self, address: &Address) -> Option<Subject> {
        self.directory.subject(address)
    }

    fn address(&self, subject: Subject) -> Option<Address> {
        self.directory.address(subject)
    }

    async fn report(&mut self, reports: Vec<Report>) -> Result<(), Closed> {
        assert!(reports.iter().all(|report| report.observed_at <= self.now), "nothing is told before it happens");
        self.reports.push(reports);
        Ok(())
    }

    async fn tell(&mut self, news: News) -> Result<(), Closed> {
        assert_eq!((news, self.completed), (News::Complete, false));
        self.completed = true;
        Ok(())
    }

    async fn next(&mut self, until: Option<DateTime<Utc>>) -> Wake {
        let wakes = until.unwrap_or(self.end);
        assert!(wakes > self.now, "who waits for the past never sleeps");
        self.now = wakes.max(self.now + self.stride);
        if self.now >= self.end { Wake::Stop } else { Wake::Time }
    }
}

/// A source, run from one time to another, and how it ended.
struct Session {
    link: TestLink,
    end: Result<(), SourceError>,
}

impl Session {
    /// The last thing said of each address and facet, without what is not known.
    fn state(&self) -> HashMap<(Subject, Facet), Fact> {
        let reports = self.link.reports.iter().flatten();
        reports.map(|report| ((report.subject, report.fact.facet()), report.fact.clone())).collect()
    }
}

struct Stage {
    company: Arc<Company>,
    directory: Arc<Directory>,
    day: Day,
}

impl Stage {
    fn new() -> Self {
        let company = Arc::new(Company::invented(SEED).unwrap());
        let day = Day::of(&company, "2026-11-20".parse().unwrap(), SEED).unwrap();
        Self { directory: company.directory().unwrap(), company, day }
    }

    fn at(&self, time: &str) -> DateTime<Utc> {
        self.day.at(format!("{time}:00").parse::<NaiveTime>().unwrap())
    }

    async fn run(&self, teller: Teller, from: DateTime<Utc>, end: DateTime<Utc>, stride: TimeDelta) -> Session {
        let source = ScriptedDay::new(Arc::clone(&self.company), SEED, teller).unwrap();
        let origin = self.directory.origin(source.id()).unwrap();
        let directory = Arc::clone(&self.directory);
        let mut link = TestLink { now: from, end, stride, directory, origin, reports: Vec::new(), completed: false };
        let end = source.run(&mut link).await;
        Session { link, end }
    }
}

#[tokio::test]
async fn a_source_keeps_to_its_facets_and_to_the_order_of_time() {
    let stage = Stage::new();
    for teller in Teller::ALL {
        let session = stage.run(teller, stage.at("08:00"), stage.at("10:00"), TimeDelta::zero()).await;
        assert!(session.end.is_ok() && session.link.completed);
        let reports: Vec<&Report> = session.link.reports.iter().flatten().collect();
        assert!(reports.iter().all(|report| teller.facets().contains(&report.fact.facet())), "{teller:?}");
        assert!(reports.is_sorted_by_key(|report| report.observed_at), "{teller:?}");
        assert!(
            session
                .link
                .reports
                .iter()
                .skip(1)
                .all(|batch| { batch.iter().all(|report| report.observed_at == batch[0].observed_at) }),
            "what is due together goes together"
        );
    }
}

/// Who comes back tells what is the case then, not what was when it left.
#[tokio::test]
async fn what_is_told_at_reconnect_is_the_state_at_that_time() {
    let stage = Stage::new();
    for teller in Teller::ALL {
        let mut before = None;
        for time in ["08:00", "10:47", "12:05", "17:59"] {
            let now = stage.at(time);
            // One that was there all day, on a day without failures, has said the same in many words.
            let mut whole: HashMap<(Subject, Facet), Fact> = HashMap::new();
            for event in stage.day.between(teller, stage.day.begin - TimeDelta::seconds(1), now) {
                let subject = stage.directory.subject(&event.address).unwrap();
                whole.insert((subject, event.fact.facet()), event.fact.clone());
            }
            let session = stage.run(teller, now, now, TimeDelta::zero()).await;
            assert_eq!(session.link.reports.len(), 1, "all of it in one call");
            assert_eq!(session.link.reports[0].len(), whole.len(), "each of it once");
            assert!(session.state() == whole, "{teller:?} {time}");
            // Calendars and mobiles may be as they were.
            if matches!(teller, Teller::Pbx | Teller::Skype) {
                assert!(before.replace(session.state()) != Some(whole), "something has happened since");
            }
        }
    }
}

#[tokio::test]
async fn a_source_fails_when_its_failure_begins_and_until_it_is_over() {
    let stage = Stage::new();
    let cases = [
        (Teller::Pbx, "10:30", ["10:40", "10:47"], SourceErrorKind::Unreachable),
        (Teller::Exchange, "09:00", ["13:15", "13:17"], SourceErrorKind::Throttled),
        (Teller::Mobile, "14:59", ["15:00", "15:30"], SourceErrorKind::Forbidden),
    ];
    for (teller, start, [from, until], kind) in cases {
        let session = stage.run(teller, stage.at(start), stage.day.end, TimeDelta::zero()).await;
        assert_eq!(session.link.now, stage.at(from));
        let error = session.end.unwrap_err();
        assert_eq!(error.kind(), kind);
        let reports = session.link.reports.iter().flatten();
        assert!(reports.into_iter().all(|report| report.observed_at < stage.at(from)));

        let last = stage.at(until) - TimeDelta::seconds(1);
        let again = stage.run(teller, last, stage.day.end, TimeDelta::zero()).await;
        let error = again.end.unwrap_err();
        assert_eq!((error.kind(), again.link.reports.len(), again.link.completed), (kind, 0, false));
        assert_eq!(error.wait().map(|wait| wait.as_secs()), (teller == Teller::Exchange).then_some(1));

        let over = stage.run(teller, stage.at(until), stage.at("17:00"), TimeDelta::zero()).await;
        assert!(over.end.is_ok() && over.link.completed, "{teller:?}");
    }
}

/// At a fast clock one wait may pass many events, and a failure as a whole.
#[tokio::test]
async fn at_a_fast_clock_nothing_is_left_out() {
    let stage = Stage::new();
    let (from, end) = (stage.at("10:50"), stage.at("17:00"));
    let slow = stage.run(Teller::Pbx, from, end, TimeDelta::zero()).await;
    let fast = stage.run(Teller::Pbx, from, end, TimeDelta::minutes(20)).await;
    assert!(fast.link.reports.len() < 25 && slow.link.reports.len() > 200);
    let told = |session: &Session, until| {
        let reports: Vec<Report> = session.link.reports.iter().flatten().cloned().collect();
        reports.into_iter().filter(|report| report.observed_at <= until).collect::<Vec<_>>()
    };
    let until = stage.at("16:00");
    assert_eq!(told(&fast, until), told(&slow, until));
    let session = stage.run(Teller::Pbx, stage.at("10:35"), end, TimeDelta::minutes(20)).await;
    assert!(session.end.is_err(), "the failure lies behind, but the connection was lost all the same");
}

#[tokio::test]
async fn the_day_begins_anew_at_midnight() {
    let stage = Stage::new();
    let (from, end) = (stage.at("23:00"), stage.at("08:00") + TimeDelta::days(1));
    let session = stage.run(Teller::Skype, from, end, TimeDelta::zero()).await;
    assert!(session.end.is_ok());
    let batches = &session.link.reports;
    assert_eq!(batches[1].len(), batches[0].len(), "at midnight all is told anew");
    let tomorrow = Day::of(&stage.company, stage.day.date.succ_opt().unwrap(), SEED).unwrap();
    assert_eq!(batches[1][0].observed_at, tomorrow.begin);
    let (events, shifted) = (&stage.day.events, &tomorrow.events);
    assert!(events.iter().zip(shifted).all(|(a, b)| a.at + TimeDelta::days(1) == b.at), "the same day once more");
    assert_eq!(events.len(), shifted.len());
}
