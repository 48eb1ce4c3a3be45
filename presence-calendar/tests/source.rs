//! Calendars as a source, from outside: a server that does what the test says, and time that the test moves.

#![expect(clippy::unwrap_used, reason = "helpers of tests; what is missing has to stop them")]

#[path = "source/channel.rs"]
mod channel;
#[path = "source/clock.rs"]
mod clock;
#[path = "source/demand.rs"]
mod demand;
#[path = "source/rounds.rs"]
mod rounds;
#[path = "source/server.rs"]
mod server;
#[path = "source/support.rs"]
mod support;
#[path = "source/trouble.rs"]
mod trouble;
