//! Rules as text.

use presence_core::{RuleSet, RuleSetError};

/// A check of more rules than these may take seconds: it is bounded, but a fuzzer has better things to do.
const MOST_CHECKED: usize = 40;

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(rules) = toml::from_str(text) {
        examine(&rules);
    }
    if let Ok(rules) = serde_json::from_str(text) {
        examine(&rules);
    }
}

fn examine(rules: &RuleSet) {
    let json = serde_json::to_string(rules).unwrap();
    match serde_json::from_str::<RuleSet>(&json) {
        Ok(read) => assert_eq!(read, *rules),
        // A condition takes more brackets when it is written than it may when it is read.
        Err(error) => assert!(error.to_string().contains("recursion limit"), "{error} in {json}"),
    }
    if rules.rules.len() > MOST_CHECKED {
        return;
    }
    let checked = rules.check();
    if matches!(checked, Err(RuleSetError::TooDeep { .. })) {
        return;
    }
    let toml = toml::to_string(rules).unwrap();
    assert_eq!(toml::from_str::<RuleSet>(&toml).unwrap(), *rules, "{toml}");
    if let Err(error) = checked {
        assert!(!error.to_string().is_empty());
    }
}
