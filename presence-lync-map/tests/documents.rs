//! The documents of enhanced presence, by what is known of the wire: what is read, what is written, what is refused,
//! and what becomes of it on both sides of the engine.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "helpers of tests"
)]

#[path = "documents/golden.rs"]
mod golden;
#[path = "documents/hostile.rs"]
mod hostile;
#[path = "documents/into_engine.rs"]
mod into_engine;
#[path = "documents/leniency.rs"]
mod leniency;
#[path = "documents/out_of_engine.rs"]
mod out_of_engine;
#[path = "documents/privacy.rs"]
mod privacy;
#[path = "documents/publisher.rs"]
mod publisher;
#[path = "documents/random.rs"]
mod random;
#[path = "documents/samples.rs"]
mod samples;
