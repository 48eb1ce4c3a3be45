//! The check that adapters are put to: what is right passes, and what is wrong is named, each by its own clause.

#![expect(clippy::unwrap_used, reason = "helpers of tests; what is missing has to stop them")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use presence_core::poll::{Poll, Poller};
use presence_core::source::{Link, News, Source, SourceError, Wake};
use presence_core::testing::{Contract, ContractBroken};
use presence_core::{
    Address, Call, Directory, Facet, Fact, PersonId, PersonSpec, PlaceKind, PlaceSpec, Report, SourceErrorKind,
    SourceId, SourceSpec, Subject,
};

const NAMES: [&str; 3] = ["anna", "bo", "cleo"];

fn id(name: &str) -> SourceId {
    SourceId::new(name).unwrap()
}

fn address(name: &str) -> Address {
    Address::opaque(name).unwrap()
}

fn company(facets: &[Facet], names: &[&str]) -> Arc<Directory> {
    let mut builder = Directory::builder();
    builder.source(SourceSpec::new(id("pbx"), facets).on_demand());
    for name in names {
        let desk = PlaceSpec::new(PlaceKind::Desk).address(address(name), &[id("pbx")]);
        builder.person(PersonSpec::new(PersonId::new(name).unwrap()).place(desk));
    }
    Arc::new(builder.build().unwrap())
}

/// What a [`Source`] of these tests does wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Vice {
    None,
    NeverComplete,
    ForeignFacet,
    ForeignOrigin,
    Future,
    Nobody,
    KeepsWhatIsReleased,
    GoesOn,
    IgnoresStop,
    FailsAtStop,
    PanicsAtStop,
    TellsOnce,
    BlocksWhenClosed,
}

/// A source as it should be, but for one thing.
#[derive(Debug)]
struct Flawed {
    id: SourceId,
    vice: Vice,
    sessions: AtomicUsize,
}

impl Flawed {
    fn new(vice: Vice) -> Arc<Self> {
        Arc::new(Self { id: id("pbx"), vice, sessions: AtomicUsize::new(0) })
    }

    fn idle(&self, link: &dyn Link, subject: Subject) -> Report {
        let report = Report::new(link.origin(), subject, Fact::Call(Call::Idle), link.now());
        match self.vice {
            Vice::Future => {
                Report::new(link.origin(), subject, Fact::Call(Call::Idle), link.now() + TimeDelta::minutes(5))
            }
            Vice::ForeignFacet => Report::new(link.origin(), subject, Fact::Roaming(true), link.now()),
            Vice::ForeignOrigin => {
                Report::new(company(&[Facet::Call], &[]).typed(), subject, Fact::Call(Call::Idle), link.now())
            }
            Vice::Nobody => {
                let larger = company(&[Facet::Call], &["anna", "bo", "cleo", "dora"]);
                let nobody = larger.subject(&address("dora")).unwrap_or(subject);
                Report::new(link.origin(), nobody, Fact::Call(Call::Idle), link.now())
            }
            _ => report,
        }
    }

    #[expect(clippy::panic, reason = "the test asks for it")]
    async fn stop(&self) -> Result<(), SourceError> {
        match self.vice {
            Vice::IgnoresStop => std::future::pending().await,
            Vice::FailsAtStop => Err(SourceError::new(SourceErrorKind::Protocol, "no goodbye")),
            Vice::PanicsAtStop => panic!("as the test says"),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Source for Flawed {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &[Facet::Call]
    }

    async fn run(&self, link: &mut dyn Link) -> Result<(), SourceError> {
        let first = self.sessions.fetch_add(1, Ordering::Relaxed) == 0;
        let mute = self.vice == Vice::TellsOnce && !first;
        for name in NAMES {
            let Some(subject) = link.subject(&address(name)) else { continue };
            let report = self.idle(link, subject);
            if !mute && let Err(closed) = link.report(vec![report]).await {
                if self.vice == Vice::BlocksWhenClosed {
                    std::future::pending::<()>().await;
                }
                return Err(closed.into());
            }
        }
        if self.vice != Vice::NeverComplete {
            link.tell(News::Complete).await?;
        }
        loop {
            match link.next(None).await {
                Wake::Stop => return self.stop().await,
                Wake::Release(subject) => {
                    let gone = Report::withdrawing(link.origin(), subject, Facet::Call, link.now());
                    if self.vice != Vice::KeepsWhatIsReleased {
                        link.report(vec![gone]).await?;
                    }
                    if self.vice == Vice::GoesOn {
                        let again = self.idle(link, subject);
                        link.report(vec![again]).await?;
                    }
                }
                _ => {}
            }
        }
    }
}

async fn check(source: Arc<dyn Source>) -> Result<(), ContractBroken> {
    let contract = Contract::new(company(&[Facet::Call], &NAMES), source);
    contract.patience(Duration::from_millis(60)).quiet(Duration::from_millis(20)).check().await
}

/// A source that keeps its contract passes.
#[tokio::test]
async fn a_good_source_passes() {
    check(Flawed::new(Vice::None)).await.unwrap();
}

/// Each clause is checked, and named when it is broken; nothing else is.
#[tokio::test]
async fn each_clause_is_named() {
    let vices = [
        (Vice::NeverComplete, "never says that it has told everything"),
        (Vice::ForeignFacet, "facets that it does not name: {\"roaming\"}"),
        (Vice::ForeignOrigin, "in the name of another source"),
        (Vice::Future, "what has not happened yet"),
        (Vice::Nobody, "subjects that nobody is"),
        (Vice::KeepsWhatIsReleased, "does not withdraw"),
        (Vice::GoesOn, "goes on about a subject"),
        (Vice::IgnoresStop, "does not end soon after it was told to stop"),
        (Vice::FailsAtStop, "fails when it is told to stop: no goodbye"),
        (Vice::PanicsAtStop, "fails when it is told to stop: it panicked"),
        (Vice::TellsOnce, "does not tell again what the first one told"),
        (Vice::BlocksWhenClosed, "does not end when nobody takes its reports"),
    ];
    for (vice, clause) in vices {
        let broken = check(Flawed::new(vice)).await.err().map(|error| error.0).unwrap_or_default();
        assert!(broken.iter().any(|text| text.contains(clause)), "{vice:?}: {broken:?}");
        let others: Vec<_> = broken.iter().filter(|text| !text.contains(clause)).collect();
        // What nobody withdraws by its right name stands, and what hangs at its end hangs each time.
        let along = [Vice::ForeignFacet, Vice::Nobody, Vice::IgnoresStop];
        assert!(others.is_empty() || along.contains(&vice), "{vice:?}: {others:?}");
    }
}

/// All that is wrong is told at once, in one sentence.
#[tokio::test]
async fn everything_wrong_is_told_at_once() {
    let error = check(Flawed::new(Vice::NeverComplete)).await.unwrap_err();
    assert!(error.to_string().starts_with("the source breaks its contract: it never says"), "{error}");
}

/// A source is checked against a directory that has it, and that expects of it what it names.
#[tokio::test]
async fn the_directory_has_to_fit() {
    let mut nobody = Directory::builder();
    nobody.source(SourceSpec::new(id("other"), &[Facet::Call]));
    let contract = Contract::new(Arc::new(nobody.build().unwrap()), Flawed::new(Vice::None));
    let error = contract.check().await.unwrap_err();
    assert_eq!(error.0, ["the directory has no source `pbx`"]);
    let contract = Contract::new(company(&[Facet::Rich], &NAMES), Flawed::new(Vice::None));
    let error = contract.patience(Duration::from_millis(60)).quiet(Duration::from_millis(5)).check().await.unwrap_err();
    assert!(error.0.iter().any(|text| text.contains("the directory does not expect")), "{error}");
}

/// Answers when it is asked.
#[derive(Debug)]
struct Answers(SourceId);

#[async_trait]
impl Poll for Answers {
    fn id(&self) -> &SourceId {
        &self.0
    }

    fn facets(&self) -> &[Facet] {
        &[Facet::Call]
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(30)
    }

    async fn poll(&self, wanted: &[Subject], link: &mut dyn Link) -> Result<(), SourceError> {
        let (origin, now) = (link.origin(), link.now());
        let idle = |subject: &Subject| Report::new(origin, *subject, Fact::Call(Call::Idle), now);
        Ok(link.report(wanted.iter().map(idle).collect()).await?)
    }
}

/// What polls keeps the contract by itself.
#[tokio::test]
async fn a_poller_passes() {
    check(Arc::new(Poller::new(Answers(id("pbx"))))).await.unwrap();
}

/// In a company that it does not cover a source has nothing to say, and says that it has said it.
#[tokio::test]
async fn a_source_without_anybody_passes() {
    let contract = Contract::new(company(&[Facet::Call], &[]), Flawed::new(Vice::None));
    contract.patience(Duration::from_millis(60)).quiet(Duration::from_millis(5)).check().await.unwrap();
}
