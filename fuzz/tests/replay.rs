//! What the fuzzers have found before, run on stable: every file of the corpora.

use std::fs;
use std::path::{Path, PathBuf};

fn replay(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "the corpus of {target} is empty");
    for file in files {
        println!("{}", file.display());
        body(&fs::read(file).unwrap());
    }
}

#[test]
fn config_text() {
    replay("config_text", presence_fuzz::config_text);
}

#[test]
fn rules_text() {
    replay("rules_text", presence_fuzz::rules_text);
}

#[test]
fn engine_operations() {
    replay("engine_operations", presence_fuzz::engine_operations);
}

#[test]
fn recording_text() {
    replay("recording_text", presence_fuzz::recording_text);
}

#[test]
fn lync_agent_states() {
    replay("lync_agent_states", presence_fuzz::lync_agent_states);
}

#[test]
fn lync_options() {
    replay("lync_options", presence_fuzz::lync_options);
}

#[test]
fn calendar_ews() {
    replay("calendar_ews", presence_fuzz::calendar_ews);
}

#[test]
fn calendar_ics() {
    replay("calendar_ics", presence_fuzz::calendar_ics);
}

#[test]
fn calendar_rule() {
    replay("calendar_rule", presence_fuzz::calendar_rule);
}

#[test]
fn lync_documents() {
    replay("lync_documents", presence_fuzz::lync_documents);
}

#[test]
fn lync_ranges() {
    replay("lync_ranges", presence_fuzz::lync_ranges);
}
