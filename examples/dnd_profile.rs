//! What a presence profile of a contact centre does: reads the options and the file of agent states as they are, and
//! prints what becomes of them, before a telephone hears of it.
//!
//! ```text
//! cargo run --example dnd_profile -- [--options FILE] [--states FILE] [OPTION ...]     # all of them: --help
//! ```
#![forbid(unsafe_code)]

use std::io;
use std::process::ExitCode;

#[path = "dnd_profile/trial.rs"]
mod trial;

fn main() -> ExitCode {
    // `args` would panic at an argument that is not UTF-8.
    let arguments = std::env::args_os().skip(1).map(|argument| argument.to_string_lossy().into_owned());
    let arguments = arguments.collect::<Vec<_>>();
    ExitCode::from(trial::run(&arguments, &mut io::stdout(), &mut io::stderr()))
}
