//! The server over real sockets, asked by a client that is nothing but text.

#![expect(clippy::unwrap_used, reason = "helpers of tests; what is missing has to stop them")]

#[path = "server/client.rs"]
mod client;
#[path = "server/company.rs"]
mod company;
#[path = "server/faults.rs"]
mod faults;
#[path = "server/logins.rs"]
mod logins;
#[path = "server/operations.rs"]
mod operations;
#[path = "server/program.rs"]
mod program;
#[path = "server/recording.rs"]
mod recording;
#[path = "server/streams.rs"]
mod streams;
