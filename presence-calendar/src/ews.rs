//! Exchange on premises, by Exchange Web Services.
//!
//! [`Exchange`] is one server as one account sees it. It reads free/busy of many people at once, the meetings of one
//! person in detail, and automatic replies; and it hears of changes as they happen. Around it, [`Basic`] and [`Bearer`]
//! log in, and [`discover`] finds the server.
//!
//! What reads and writes is pure and never fails by panic: bytes in, values or a typed error out. What cannot be read is
//! unknown, never free. What somebody typed into a private meeting is not asked for; and where a server tells it all the
//! same, it gets into no value.

mod answer;
mod auth;
mod availability;
mod calendar;
mod client;
mod code;
mod discover;
mod envelope;
mod error;
mod oof;
mod server;
mod stream;
mod token;
mod xml;

#[cfg(feature = "ntlm")]
pub use auth::Ntlm;
pub use auth::{Basic, Bearer, Tokens};
pub use availability::{Availability, Detail, FreeBusy, Unknown, read_availability};
pub use client::Exchange;
pub use code::ResponseCode;
pub use discover::discover;
pub use envelope::ServerVersion;
pub use error::{EwsError, Refusal};
pub use oof::AutomaticReply;
pub use stream::{Group, Notifications, Told};
pub use xml::{BrokenXml, XmlProblem};
