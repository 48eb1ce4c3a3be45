//! What administrators of a contact centre write.

use presence_lync_map::agent_states::{AgentStates, AggregatedStates};
use presence_lync_map::dnd::parse_ranges;
use presence_lync_map::options::Options;

pub(crate) fn agent_states(data: &[u8]) {
    let (strict, lenient) = (AgentStates::from_xml(data), AgentStates::from_xml_lenient(data));
    if let Ok(strict) = &strict {
        assert_eq!(Some(strict), lenient.as_ref().ok());
    }
    if let Ok((states, _)) = lenient {
        let (again, warnings) = AgentStates::from_xml(states.to_xml().as_bytes()).unwrap();
        assert_eq!(again, states);
        assert!(warnings.is_empty());
    }
}

pub(crate) fn options(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = Options::parse(text);
    let _ = Options::default().reread(text);
    for line in text.lines() {
        if let Ok(ranges) = parse_ranges(line) {
            assert_eq!(parse_ranges(&ranges.to_string()), Ok(ranges));
        }
        if let Ok((states, _)) = AggregatedStates::read(line) {
            assert_eq!(AggregatedStates::read(&states.to_string()).map(|(again, _)| again), Ok(states));
        }
    }
}

pub(crate) fn ranges(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(ranges) = parse_ranges(text) else { return };
    let printed = ranges.to_string();
    assert_eq!(parse_ranges(&printed).as_ref(), Ok(&ranges));
    let (read, again) = (naive(text), naive(&printed));
    assert_eq!(again, ranges.iter().collect::<Vec<_>>());
    for number in 0..=18_000 {
        let within = |list: &[(u32, u32)]| list.iter().any(|(first, last)| (*first..=*last).contains(&number));
        assert_eq!(ranges.contains_raw(number), within(&read), "{number}");
        assert_eq!(ranges.contains_raw(number), within(&again), "{number}");
    }
}

/// Pieces between commas, each one number or two with a dash between them. All above 18000 is offline like 18000.
fn naive(text: &str) -> Vec<(u32, u32)> {
    let numbers = |piece: &str| -> Vec<u32> {
        let digits = piece.split(|character: char| !character.is_ascii_digit());
        digits.filter(|digits| !digits.is_empty()).map(|digits| digits.parse::<u32>().unwrap().min(18_000)).collect()
    };
    let range = |numbers: Vec<u32>| Some((*numbers.iter().min()?, *numbers.iter().max()?));
    text.split(',').filter_map(|piece| range(numbers(piece))).collect()
}
