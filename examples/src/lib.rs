//! Programs that show the presence crates at work: `cargo run --example NAME`.
#![forbid(unsafe_code)]
