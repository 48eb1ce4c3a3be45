//! Publishing outwards: a state for a person, until when, and where it came from.
