//! The example `lookup`: what is shown at the first look.

use std::sync::Arc;

use presence_core::{Mask, ViewerId};
use presence_examples::company::Company;
use presence_examples::day::Day;
use presence_examples::exchange::CompanyExchange;
use presence_examples::{SEED, arguments};

#[path = "../lookup/office.rs"]
mod office;

/// S0.18, S0.19, S0.20: the card and the day are there at the first look, with the subjects that may be told.
#[tokio::test]
async fn the_first_look_shows_what_the_meetings_are() {
    let company = Arc::new(Company::invented(SEED).unwrap());
    let day = Day::of(&company, arguments::date(), SEED).unwrap();
    let exchange = CompanyExchange::start(&company, day.date, SEED).await.unwrap();
    let hub = office::start(&company, &day, &exchange).await.unwrap();
    let person = office::example(&day, &hub).unwrap();
    let operator = ViewerId::new("operator").unwrap();
    let card = office::looked_up(&hub, person, &operator, day.date).await.unwrap();
    assert!(card.contains("Shown as") && card.contains("exchange says of the mailbox: calendar"), "{card}");
    let told = office::told(&hub, person, &operator, day.date).await;
    assert!(told.known && told.meetings.iter().all(|meeting| meeting.title.is_some()), "{told:?}");
    assert!(told.meetings.iter().any(|meeting| meeting.mask == Mask::Private));
    assert!(told.meetings.iter().any(|meeting| meeting.mask == Mask::None));
    hub.shutdown().await;
}
