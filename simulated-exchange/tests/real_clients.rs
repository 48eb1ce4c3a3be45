//! Programs that are not ours use the server: DavMail, which makes CalDAV of it, and the Python library exchangelib.

#![expect(clippy::unwrap_used, reason = "helpers of tests; what is missing has to stop them")]

#[path = "server/client.rs"]
#[expect(dead_code, reason = "these tests need the half of it that speaks HTTP to anybody")]
mod client;
#[path = "real_clients/davmail.rs"]
mod davmail;
#[path = "real_clients/folder.rs"]
mod folder;
#[path = "real_clients/python.rs"]
mod python;

use simulated_exchange::{Company, Login, SimulatedExchange};

/// The example, on a Friday. It offers this way to log in, and no other.
async fn exchange(way: Login) -> SimulatedExchange {
    let exchange = SimulatedExchange::start(Company::example("2026-11-20".parse().unwrap()).unwrap()).await.unwrap();
    exchange.manner(|manner| manner.logins = vec![way]);
    exchange
}
