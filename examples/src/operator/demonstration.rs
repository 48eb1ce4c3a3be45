//! The demonstration: the invented company, its day, and a clock that runs faster.

use std::error::Error;
use std::sync::Arc;

use presence_core::hub::Hub;
use presence_core::store::Store;
use presence_core::{
    Agenda, CalendarPolicy, Directory, Disclosure, Engine, EngineConfig, Facet, Fact, Meeting, PersonId, PrivacyPolicy,
    Second, Viewer, ViewerId,
};
use tokio::task::JoinHandle;

use crate::SEED;
use crate::arguments;
use crate::clock::DemoClock;
use crate::company::{Company, Teller};
use crate::day::{Day, Typed};
use crate::exchange::CompanyExchange;
use crate::typing::type_on_time;

use super::options::Options;

/// The demonstration, running.
pub(super) struct Demonstration {
    pub(super) hub: Hub,
    /// In which its people type, and the simulated Exchange lives.
    pub(super) helping: JoinHandle<()>,
    /// Somebody who is busy at the beginning, and has a private meeting that day.
    pub(super) example: Option<PersonId>,
}

pub(super) async fn start(
    options: &Options,
    store: Arc<dyn Store>,
) -> Result<Demonstration, Box<dyn Error + Send + Sync>> {
    let company = Arc::new(Company::invented(SEED)?);
    let day = Day::of(&company, arguments::date(), SEED)?;
    let begin = day.at(options.at);
    let clock = Arc::new(DemoClock::new(begin, options.speed));
    let directory = company.directory()?;
    let example = example(&day, &directory, Second::floor(begin));
    let engine = Engine::new(EngineConfig::new(directory, begin));
    let mut builder = Hub::builder(engine).clock(Arc::<DemoClock>::clone(&clock)).store(store);
    for viewer in viewers()? {
        builder = builder.viewer(Arc::new(viewer));
    }
    // The calendars come from a server, as they would from a real one.
    let exchange = CompanyExchange::start(&company, day.date, SEED).await?;
    for source in exchange.sources(&company, SEED)? {
        builder = builder.source(source);
    }
    let hub = builder.start().await?;
    // What was typed this morning is there before anybody looks.
    let (past, future): (Vec<Typed>, Vec<Typed>) = day.typed.into_iter().partition(|typed| typed.at <= begin);
    type_on_time(&hub, clock.as_ref(), &past).await;
    let typist = hub.clone();
    let helping = tokio::spawn(async move {
        let typing = type_on_time(&typist, clock.as_ref(), &future);
        let ((), ()) = tokio::join!(typing, exchange.serve(&day.failures, clock.as_ref()));
    });
    Ok(Demonstration { hub, helping, example })
}

/// Somebody who shows what there is to show: busy in a meeting now, and with a private meeting in the day.
fn example(day: &Day, directory: &Directory, now: Second) -> Option<PersonId> {
    let agendas = day.state(Teller::Exchange, now.time()?);
    let rank = |agenda: &Agenda| {
        let busy = agenda.at(now).is_some_and(|meeting| meeting.show_as().is_busy() && !meeting.is_all_day());
        (agenda.meetings().iter().any(Meeting::is_private), busy)
    };
    let ranked = agendas.into_iter().filter_map(|event| match &event.fact {
        Fact::Agenda(agenda) => Some((rank(agenda), &event.address)),
        _ => None,
    });
    let (_, address) = ranked.max_by_key(|(rank, _)| *rank)?;
    directory.person_id(directory.owner(directory.subject(address)?)?)
}

/// Operators, and colleagues, who are told less: of calendars only the times, of private meetings not even those, and
/// nothing of where a mobile is.
fn viewers() -> Result<[Viewer; 2], presence_core::InvalidName> {
    let mut policy = PrivacyPolicy::default();
    policy.calendar = CalendarPolicy::new(Disclosure::Times, Disclosure::Busy);
    policy.facets = policy.facets.without(Facet::Roaming);
    let colleague = Viewer::with_policy(ViewerId::new("colleague")?, policy);
    Ok([Viewer::new(ViewerId::new("operator")?), colleague])
}
