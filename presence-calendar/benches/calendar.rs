//! What reading calendars costs.
//!
//! Prints `name value unit`. `counted` prints what callgrind is to count: a figure and two numbers of rounds;
//! `callgrind FIGURE ROUNDS` does so many rounds of it and prints nothing.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, and may stop"
)]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(unreachable_pub, reason = "the parts are used by this file only")]

use std::time::Instant;

#[path = "calendar/agenda.rs"]
mod agenda;
#[path = "calendar/ews.rs"]
mod ews;
#[path = "calendar/ics.rs"]
mod ics;
#[path = "calendar/ics_input.rs"]
mod ics_input;
#[path = "calendar/recur.rs"]
mod recur;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match args.first().map(String::as_str) {
        Some("counted") => {
            ics::counted();
            recur::counted();
            ews::counted();
        }
        Some("callgrind") => {
            let (figure, rounds) = (args[1].as_str(), args[2].parse().unwrap());
            let _ =
                ics::callgrind(figure, rounds) || recur::callgrind(figure, rounds) || ews::callgrind(figure, rounds);
        }
        // One part of the area: for those who work on it.
        Some("agenda") => agenda::run(),
        Some("ics") => ics::run(),
        Some("recur") => recur::run(),
        Some("ews") => ews::run(),
        _ => {
            agenda::run();
            ics::run();
            recur::run();
            ews::run();
        }
    }
}

/// How long something takes.
fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}
