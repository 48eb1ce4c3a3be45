//! A simulated Exchange server: calendars over Exchange Web Services, for tests and demonstrations.
//!
//! It speaks SOAP over HTTP on a loopback address, lets people in by NTLM, Basic and bearer tokens, and answers from a
//! [`Company`] that can be changed while it runs. It records what it was asked for ([`Asked`]), so that a test can prove
//! what was never asked, and it fails on demand ([`Fault`]). It was written from the documentation of the protocol and
//! shares no code with the client that it tests.
//!
//! ```
//! use simulated_exchange::{Account, Company, Item, SimulatedExchange};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let lunch = Item::new("2026-11-20T11:00:00Z".parse()?, "2026-11-20T12:00:00Z".parse()?, "Lunch");
//! let anna = Account::new("anna@firma.example", "password").with(lunch);
//! let exchange = SimulatedExchange::start(Company::new("W. Europe Standard Time").with(anna)).await?;
//! assert!(exchange.url().ends_with("/EWS/Exchange.asmx"));
//! // ... a client reads ...
//! assert!(exchange.asked().iter().all(|asked| asked.operation != "FindItem"));
//! # Ok(())
//! # }
//! ```
//!
//! What it has no clock for: nothing depends on the time of day. Heartbeats and the length of a stream are measured,
//! both adjustable by [`Manner`].
//!
//! | module | |
//! |---|---|
//! | [`company`] | mailboxes and calendars, and their form as JSON |
//! | [`control`] | the commands that the program reads from its standard input |

mod autodiscover;
mod behaviour;
pub mod company;
pub mod control;
mod http;
mod id;
mod login;
mod operation;
mod property;
mod record;
mod restriction;
mod server;
mod soap;
mod state;
mod stream;
mod xml;
mod zone;

pub use behaviour::{Fault, Manner, Trouble};
pub use company::{Account, Company, Item};
pub use login::Login;
pub use record::{Asked, Told};
pub use server::SimulatedExchange;
