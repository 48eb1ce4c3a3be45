//! The operator's place: a page and an interface over HTTP, made of a [`Hub`](presence_core::hub::Hub).
//!
//! Without a configuration it is a demonstration: the invented [company](crate::company), whose clock runs faster than
//! the one on the wall. There is no login: everybody who reaches the port is an operator. So it listens on this machine
//! only, unless it is told otherwise.

mod about;
mod account;
mod answer;
mod complaint;
mod configured;
mod demonstration;
mod doctor;
mod edit;
mod events;
mod form;
mod guard;
mod health;
mod icons;
mod kinds;
mod meetings;
mod options;
mod page;
mod people;
mod place;
mod query;
mod reload;
mod server;
mod wire;

pub use complaint::complain;
pub use configured::{Unusable, check};
pub use options::{HELP, Options, Task};
pub use server::{Operator, OperatorError, examine};
