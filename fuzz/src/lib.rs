//! The bodies of the fuzz targets: plain functions, so that the corpora run on stable too.
//!
//! ```text
//! cargo +nightly fuzz run engine_operations    # look for more
//! cargo test                                   # what has been found before
//! ```
#![forbid(unsafe_code)]

mod bytes;
mod calendars;
mod configs;
mod documents;
mod lync;
mod operations;
mod recordings;
mod rules;
mod world;

/// Rules as text, TOML or JSON: what can be read is checked in bounded time, and is the same when written and read back.
pub fn rules_text(data: &[u8]) {
    rules::run(data);
}

/// A configuration as text: what is wrong is told, and what can be read makes the same directory and the same sources
/// again.
pub fn config_text(data: &[u8]) {
    configs::run(data);
}

/// Operations on an engine: after each, what it has stored is what is worked out anew, and a recording of it is played
/// beside it.
pub fn engine_operations(data: &[u8]) {
    operations::run(data);
}

/// A recording as lines of JSON: whatever they say, playing them is an error or is done.
pub fn recording_text(data: &[u8]) {
    recordings::run(data);
}

/// A file of agent states in any encoding: what is read strictly is read leniently too, and is the same when written and
/// read back.
pub fn lync_agent_states(data: &[u8]) {
    lync::agent_states(data);
}

/// Options of a contact-centre server as text: what is wrong is told by line, and ranges and states print what they read.
pub fn lync_options(data: &[u8]) {
    lync::options(data);
}

/// A file of iCalendar: private texts get nowhere, whatever stands before or behind them, and warnings are bounded.
pub fn calendar_ics(data: &[u8]) {
    calendars::files(data);
}

/// A rule of recurrence, and when its series starts: the work is bounded, and where the window is cut does not matter.
pub fn calendar_rule(data: &[u8]) {
    calendars::rules(data);
}

/// An answer of an Exchange server, read as the answer to each of our questions: a value or an error, and no private text.
pub fn calendar_ews(data: &[u8]) {
    calendars::answers(data);
}

/// A document of enhanced presence: what is read is the same when written and read back, and comes to facts.
pub fn lync_documents(data: &[u8]) {
    documents::run(data);
}

/// Ranges of availability as text: they are printed as they are read, and contain what a naive reading says.
pub fn lync_ranges(data: &[u8]) {
    lync::ranges(data);
}
