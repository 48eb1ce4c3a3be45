//! The running half from outside: what becomes of it when sources, stores, clocks and watchers misbehave.

#![expect(clippy::unwrap_used, reason = "helpers of tests; what is missing has to stop them")]

#[path = "hub/days.rs"]
mod days;
#[path = "hub/faults.rs"]
mod faults;
#[path = "hub/probing.rs"]
mod probing;
#[path = "hub/reload.rs"]
mod reload;
#[path = "hub/support.rs"]
mod support;
#[path = "hub/typing.rs"]
mod typing;
#[path = "hub/watching.rs"]
mod watching;
