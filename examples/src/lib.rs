//! Programs that show the presence crates at work: `cargo run --example NAME`.
//!
//! They share a [company](company::Company) that does not exist and a [working day](day::Day) in it, both made from a
//! seed, so that the same seed tells the same story each time. [`source`] plays the day as sources for a hub, [`exchange`]
//! keeps the calendars at a simulated server that a real adapter reads, and [`typing`] types what people type; [`play`]
//! plays it all into a bare engine.
#![forbid(unsafe_code)]

pub mod arguments;
pub mod card;
pub mod clock;
pub mod company;
pub mod day;
pub mod exchange;
pub mod filed;
pub mod lamps;
pub mod operator;
pub mod outlook;
pub mod play;
mod random;
pub mod source;
pub mod typing;

/// The seed of the company and the day that the examples show.
pub const SEED: u64 = 2_026;
