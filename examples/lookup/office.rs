//! The company with its calendars at a server, and somebody who is looked up in it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use presence_core::hub::Hub;
use presence_core::{DayView, Engine, EngineConfig, Person, Viewer, ViewerId};
use presence_examples::clock::DemoClock;
use presence_examples::company::Company;
use presence_examples::day::{Day, ZONE};
use presence_examples::exchange::CompanyExchange;
use presence_examples::{SEED, arguments, card};

/// So long a card is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// So long it is waited for what the meetings are.
const SHORT_PATIENCE: Duration = Duration::from_secs(3);
/// So often it is looked.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) async fn start(
    company: &Arc<Company>,
    day: &Day,
    exchange: &CompanyExchange,
) -> Result<Hub, Box<dyn Error + Send + Sync>> {
    let begin = day.at(arguments::time("10:20")?);
    let engine = Engine::new(EngineConfig::new(company.directory()?, begin));
    let mut builder = Hub::builder(engine).clock(Arc::new(DemoClock::new(begin, 1)));
    builder = builder.viewer(Arc::new(Viewer::new(ViewerId::new("operator")?)));
    for source in exchange.sources(company, SEED)? {
        builder = builder.source(source);
    }
    Ok(builder.start().await?)
}

/// Somebody with a private meeting.
pub(crate) fn example(day: &Day, hub: &Hub) -> Option<Person> {
    let directory = hub.directory();
    day.with_private_meeting().find_map(|address| directory.owner(directory.subject(address)?))
}

/// The card in sentences, as soon as the calendar is known.
pub(crate) async fn looked_up(
    hub: &Hub,
    person: Person,
    viewer: &ViewerId,
    today: NaiveDate,
) -> Result<String, Box<dyn Error>> {
    let known = async {
        told(hub, person, viewer, today).await;
        loop {
            match hub.card(person, viewer).await {
                Some(card) if card.row.calendar.is_some() => return card,
                _ => tokio::time::sleep(LOOK).await,
            }
        }
    };
    let known = tokio::time::timeout(PATIENCE, known).await;
    let card = known.map_err(|_| "the calendar did not come: is there a mailbox?")?;
    let why = hub.explain(person, viewer).await.ok_or("nothing to tell")?;
    let sentences = why.sentences().into_iter().chain(card::beside(&card));
    let lines = sentences.map(|sentence| format!("  {sentence}\n"));
    Ok(format!("{}\n{}", card::headline(&card, hub.now()), lines.collect::<String>()))
}

/// The day, when it is known what the meetings are: their times come first. Of some, nobody may know more than these.
pub(crate) async fn told(hub: &Hub, person: Person, viewer: &ViewerId, date: NaiveDate) -> DayView {
    let mut waited = Duration::ZERO;
    loop {
        let day = hub.day(person, viewer, date, ZONE).await.unwrap_or_default();
        if waited >= SHORT_PATIENCE || day.meetings.iter().all(|meeting| meeting.title.is_some()) {
            return day;
        }
        tokio::time::sleep(LOOK).await;
        waited += LOOK;
    }
}
