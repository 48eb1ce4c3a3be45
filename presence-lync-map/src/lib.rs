//! Lync and Skype for Business presence, without a wire: numbers, what a person's endpoints amount to, and the profiles by
//! which a contact centre listens to presence or publishes it.
//!
//! | module | holds |
//! |---|---|
//! | [`bands`] | raw numbers as they stand on the wire, and what they mean |
//! | [`activity`], [`texts`] | tokens of activities, and in which language something is told |
//! | [`states`] | user, machine, telephone, calendar and conference states put together as the server does |
//! | [`documents`] | what goes over the wire: notifications, publications, subscriptions; into the engine and out of it |
//! | [`dnd`] | presence into do-not-disturb (pull) |
//! | [`agent_states`] | agents and devices into presence (push) |
//! | [`access`] | containers: who may know what of somebody's presence |
//! | [`options`] | both as an administrator writes them, in the product's own spelling |
//!
//! # Example
//!
//! ```
//! use presence_lync_map::dnd::{Dnd, PullProfile};
//!
//! // Between these numbers somebody is available; at all others that say something, not to be disturbed.
//! let profile: PullProfile = "3000-5999".parse()?;
//! assert_eq!(profile.dnd(3_500), Some(Dnd::Off));
//! assert_eq!(profile.dnd(9_500), Some(Dnd::On));
//! assert_eq!(profile.dnd(0), None, "nothing is known: it stays what it is");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Everything is a function of its arguments: no clock, no file, no socket.
#![forbid(unsafe_code)]

pub mod access;
pub mod activity;
pub mod agent_states;
pub mod bands;
pub mod dnd;
pub mod documents;
pub mod options;
pub mod states;
pub mod texts;
mod xml;
