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
