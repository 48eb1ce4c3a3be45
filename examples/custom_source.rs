//! A source of your own, in forty lines: a telephone exchange that writes into a file who is in a call, one extension a
//! line. It passes the contract that every source must pass, then runs in a hub.
//!
//! ```sh
//! cargo run --example custom_source              # with a file of its own
//! cargo run --example custom_source -- FILE      # with yours: change it while this runs
//! ```

#![expect(clippy::print_stdout, reason = "a program that shows something")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use presence_core::clock::Clock;
use presence_core::hub::{Filter, Hub, SystemClock};
use presence_core::poll::{Poll, Poller};
use presence_core::source::{Link, SourceError};
use presence_core::testing::Contract;
use presence_core::{
    Address, Call, Directory, Engine, EngineConfig, Facet, Fact, PersonId, PersonSpec, PlaceKind, PlaceSpec, Report,
    SourceErrorKind, SourceId, SourceSpec, Subject, ViewerId,
};

/// A list of the extensions that are in a call.
#[derive(Debug)]
struct CallList {
    id: SourceId,
    file: PathBuf,
}

#[async_trait]
impl Poll for CallList {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn facets(&self) -> &[Facet] {
        &[Facet::Call]
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(1)
    }

    async fn poll(&self, wanted: &[Subject], link: &mut dyn Link) -> Result<(), SourceError> {
        // Whatever waits for a disk must not hold up the others.
        let file = self.file.clone();
        let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(file)).await;
        let list = read
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(|error| SourceError::new(SourceErrorKind::Unreachable, format!("the list of calls: {error}")))?;
        let in_call =
            |address: &Address| list.lines().any(|line| address.value().ends_with(&format!("/{}", line.trim())));
        let (origin, now) = (link.origin(), link.now());
        let report = |subject: &Subject| {
            let call = if in_call(&link.address(*subject)?) { Call::InCall } else { Call::Idle };
            Some(Report::new(origin, *subject, Fact::Call(call), now))
        };
        let reports = wanted.iter().filter_map(report).collect();
        Ok(link.report(reports).await?)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let argument = std::env::args().nth(1);
    if argument.as_deref() == Some("--help") {
        println!("custom_source [FILE]\n\nShows who is in a call: FILE has one extension a line (4711, 4712).");
        return Ok(());
    }
    let demonstration = std::env::temp_dir().join(format!("presence-calls-{}.txt", std::process::id()));
    let file = argument.as_ref().map_or_else(|| demonstration.clone(), PathBuf::from);
    if argument.is_none() {
        std::fs::write(&file, "4711\n")?;
    }
    let directory = Arc::new(company()?);
    let source: Arc<Poller<CallList>> =
        Arc::new(Poller::new(CallList { id: SourceId::new("exchange")?, file: file.clone() }));

    Contract::new(Arc::clone(&directory), source.clone()).check().await?;
    println!("The source keeps its contract. It reads {}.", file.display());

    let hub = Hub::builder(Engine::new(EngineConfig::new(directory, SystemClock::default().now())))
        .source(source)
        .start()
        .await?;
    let mut watch =
        hub.watch(&ViewerId::new("operator")?, Filter::everyone(), None).ok_or("no such class of viewers")?;
    // With a file of its own the example ends when it has shown a change; with yours it goes on until you stop it.
    let mut left = if argument.is_none() { 3 } else { usize::MAX };
    while let Some(changes) = watch.changed().await.filter(|_| left > 0) {
        for (person, row) in changes.rows.iter() {
            let name = hub.directory().person_id(*person).ok_or("nobody")?;
            println!(
                "{name}: {}",
                row.desk.call.map_or_else(|| "not known yet".to_owned(), |call| format!("{call:?}"))
            );
        }
        left -= 1;
        if argument.is_none() {
            std::fs::write(&file, "4712\n")?;
        }
        if left == 0 {
            break;
        }
    }
    hub.shutdown().await;
    if argument.is_none() {
        std::fs::remove_file(&demonstration)?;
    }
    Ok(())
}

/// Two people with a telephone each.
fn company() -> Result<Directory, Box<dyn std::error::Error>> {
    let exchange = SourceId::new("exchange")?;
    let mut company = Directory::builder();
    company.source(SourceSpec::new(exchange.clone(), &[Facet::Call]).on_demand());
    for (name, extension) in [("anna", "4711"), ("bo", "4712")] {
        let desk = PlaceSpec::new(PlaceKind::Desk)
            .address(Address::extension("hq", extension)?, std::slice::from_ref(&exchange));
        company.person(PersonSpec::new(PersonId::new(name)?).place(desk));
    }
    Ok(company.build()?)
}
