//! Reading iCalendar: bytes in; masked meetings with resolved zones and compiled rules out. Peers give less: texts that
//! are not masked, names of zones, rules as text.

use std::hint::black_box;
use std::io::BufReader;

use chrono_tz::Tz;
use presence_calendar::ics::{Calendar, ReadRules};
use presence_calendar::zone::Zone;

use super::ics_input::{Dice, calendar};
use super::seconds;

/// Events of the large file, and of the part of it that is counted.
const LARGE: usize = 10_000;
const COUNTED: usize = 1_000;
const SMALL: usize = 2_000;
const INSTRUCTIONS: &str = "ics.instructions_per_byte";
const INSTRUCTIONS_SMALL: &str = "ics.instructions_per_byte.small";

pub fn run() {
    let large = vec![calendar(&mut Dice::new(1), LARGE)];
    let small: Vec<Vec<u8>> = (0..SMALL).map(|seed| calendar(&mut Dice::new(seed as u64), 1)).collect();
    measure("read", &large, "large", LARGE, ours);
    measure("read", &small, "small", 1, ours);
    for (files, shape, events) in [(&large, "large", LARGE), (&small, "small", 1)] {
        measure("ical", files, shape, events, ical);
        measure("calcard", files, shape, events, calcard);
        measure("icalendar", files, shape, events, icalendar);
    }
}

/// What callgrind is to count. A round is a byte, so the numbers of rounds are those of whole files.
pub fn counted() {
    for figure in [INSTRUCTIONS, INSTRUCTIONS_SMALL] {
        let bytes: usize = files(figure).iter().map(Vec::len).sum();
        println!("{figure} {bytes} {}", 3 * bytes);
    }
}

/// Reads files until so many bytes are read; whether the figure is one of these.
pub fn callgrind(figure: &str, rounds: usize) -> bool {
    let files = files(figure);
    let mut left = rounds;
    for file in files.iter().cycle().take_while(|_| !files.is_empty()) {
        if left < file.len() {
            break;
        }
        left -= file.len();
        black_box(ours(black_box(file)));
    }
    !files.is_empty()
}

fn files(figure: &str) -> Vec<Vec<u8>> {
    match figure {
        INSTRUCTIONS => vec![calendar(&mut Dice::new(1), COUNTED)],
        INSTRUCTIONS_SMALL => (0..40).map(|seed| calendar(&mut Dice::new(seed), 1)).collect(),
        _ => vec![],
    }
}

fn rules() -> ReadRules {
    ReadRules::new(Zone::Iana(Tz::Europe__Stockholm))
}

fn measure(reader: &str, files: &[Vec<u8>], shape: &str, events: usize, read: fn(&[u8]) -> usize) {
    let bytes: usize = files.iter().map(Vec::len).sum();
    let mut best = f64::MAX;
    for _ in 0..5 {
        let took = seconds(|| {
            for file in files {
                assert_eq!(read(black_box(file)), events, "{reader}: events of a {shape} file");
            }
        });
        best = best.min(took);
    }
    println!("ics.{reader}_mb_per_s.{shape} {:.0} MB/s", bytes as f64 / best / 1e6);
}

fn ours(file: &[u8]) -> usize {
    let calendar = black_box(Calendar::read(file, &rules()));
    assert!(calendar.warnings().is_empty());
    calendar.len()
}

fn ical(file: &[u8]) -> usize {
    let calendars = ical::IcalParser::new(BufReader::new(file));
    calendars.map(|calendar| black_box(calendar.unwrap()).events.len()).sum()
}

fn calcard(file: &[u8]) -> usize {
    let text = std::str::from_utf8(file).unwrap();
    let calendar = black_box(calcard::icalendar::ICalendar::parse(text).unwrap());
    calendar
        .components
        .iter()
        .filter(|one| one.component_type == calcard::icalendar::ICalendarComponentType::VEvent)
        .count()
}

fn icalendar(file: &[u8]) -> usize {
    let text = std::str::from_utf8(file).unwrap();
    let calendar: icalendar::Calendar = black_box(text.parse().unwrap());
    calendar.components.iter().filter(|one| one.as_event().is_some()).count()
}
