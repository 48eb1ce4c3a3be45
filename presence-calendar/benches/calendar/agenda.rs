//! What an agenda keeps: the memory that the process grows by, allocator and all, for each meeting with its texts.

use chrono_tz::Tz;
use presence_calendar::ics::{Calendar, ReadRules};
use presence_calendar::zone::Zone;
use presence_core::{Agenda, Span};

use super::ics_input::{Dice, calendar};

/// People, and events in the file of each.
const PEOPLE: u64 = 4_000;
const EVENTS: usize = 40;
/// Linux counts memory in pages.
const PAGE: usize = 4_096;

/// Comes first: memory that was used before and given back would be used again.
pub fn run() {
    let rules = ReadRules::new(Zone::Iana(Tz::Europe__Stockholm));
    let [start, end] = ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"].map(|time| time.parse().unwrap());
    let window = Span::new(start, end).unwrap();
    let agenda = |seed| Calendar::read(&calendar(&mut Dice::new(seed), EVENTS), &rules).agenda(window).0;
    // What is made once, such as tables of zones, does not count.
    drop(agenda(0));
    let mut kept: Vec<Agenda> = Vec::with_capacity(usize::try_from(PEOPLE).unwrap());
    let Some(before) = resident() else { return };
    kept.extend((1..=PEOPLE).map(agenda));
    let Some(after) = resident() else { return };
    let meetings: usize = kept.iter().map(|agenda| agenda.meetings().len()).sum();
    assert!(meetings > 100_000, "{meetings}");
    println!("agenda.bytes_per_meeting {:.0} B", (after - before) as f64 / meetings as f64);
}

/// The memory of this process; `None` where it cannot be told.
fn resident() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(statm.split(' ').nth(1)?.parse::<usize>().ok()? * PAGE)
}
