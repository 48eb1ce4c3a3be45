//! Exchange from end to end: the client and the source here, a server of its own there, and HTTP on this machine between.
#![expect(clippy::unwrap_used, reason = "helpers of tests; what cannot be set up has to stop them")]

#[path = "exchange/hidden.rs"]
mod hidden;
#[path = "exchange/logins.rs"]
mod logins;
#[cfg(target_os = "linux")]
#[path = "exchange/memory.rs"]
mod memory;
#[path = "exchange/office.rs"]
mod office;
#[path = "exchange/privacy.rs"]
mod privacy;
#[path = "exchange/streams.rs"]
mod streams;
#[path = "exchange/troubles.rs"]
mod troubles;
