//! The file, written.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::entry::StateEntry;
use super::states::{AgentStates, NAMESPACE};

pub(super) fn write(states: &AgentStates) -> String {
    let mut xml = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<agentStates xmlns=\"{NAMESPACE}\">\n");
    for entry in states.iter() {
        write_entry(&mut xml, entry);
    }
    xml.push_str("</agentStates>\n");
    xml
}

fn write_entry(xml: &mut String, entry: &StateEntry) {
    // Writing to a text cannot fail.
    let _ =
        write!(xml, "  <agentState ID=\"{}\" availability=\"{}\"", escape(entry.name().as_str()), entry.availability());
    if entry.texts().is_empty() {
        xml.push_str("/>\n");
        return;
    }
    xml.push_str(">\n");
    for (lcid, text) in entry.texts() {
        let _ = writeln!(xml, "    <activity LCID=\"{}\">{}</activity>", lcid.get(), escape(&**text.reveal()));
    }
    xml.push_str("  </agentState>\n");
}
