//! The counters as Prometheus reads them.

use std::fmt::Write as _;

use super::health::{Connector, Health};

impl Health {
    /// The counters in the text format of Prometheus, version 0.0.4.
    #[must_use]
    pub fn prometheus(&self) -> String {
        let mut text = String::new();
        let counts = &self.counts;
        let counters = [
            ("reports", "reports taken", counts.reports),
            ("changes", "changes given out by the engine", counts.changes),
            ("changes_shown", "changes shown on all boards", self.shown),
            ("unknown_subjects", "reports about a subject that nobody is", counts.unknown_subjects),
            ("unknown_origins", "reports and phases from an origin that is no source", counts.unknown_origins),
            ("late_reports", "reports that were older than what was known", counts.late_reports),
            ("future_reports", "reports from the future, taken as of now", counts.future_reports),
            ("ended_facts", "facts that had ended when they came", counts.ended_facts),
            ("withdrawn", "claims that were withdrawn", counts.withdrawn),
            ("evicted", "claims that had to go because one person had too many", counts.evicted),
            ("ignored_phases", "phases of sessions that were repeated, or of another session", counts.ignored_phases),
            ("foreign_directories", "directories that were refused", counts.foreign_directories),
            ("time_back", "times that the clock went back", counts.time_back),
            ("batches", "batches worked by the writer", self.batches),
            ("questions", "questions answered by the writer", self.asked),
            ("posthumous", "messages of sessions that were over", self.posthumous),
            ("held_up", "boards that could not be turned at once", self.held_up),
        ];
        for (name, help, value) in counters {
            family(&mut text, &format!("{name}_total"), "counter", help, &[(String::new(), value)]);
        }
        let gauges = [
            ("people", "people in the directory", self.people),
            ("wanted", "people that somebody wants to see", self.wanted),
            ("watchers", "watches", self.watchers),
            ("queue_waiting", "messages that wait for the writer", self.waiting),
            ("queue_capacity", "messages that can wait", self.capacity),
        ];
        for (name, help, value) in gauges {
            family(&mut text, name, "gauge", help, &[(String::new(), value as u64)]);
        }
        self.connectors(&mut text);
        text
    }

    fn connectors(&self, text: &mut String) {
        let each = |value: fn(&Connector) -> u64| -> Vec<(String, u64)> {
            let labelled = |connector: &Connector| (format!("{{source=\"{}\"}}", label(connector)), value(connector));
            self.connectors.iter().map(labelled).collect()
        };
        family(text, "source_up", "gauge", "whether a session stands", &each(|source| source.standing.into()));
        family(text, "source_reports_total", "counter", "reports taken", &each(|source| source.reports));
        family(
            text,
            "source_attempts_total",
            "counter",
            "attempts to connect",
            &each(|source| source.attempts.started),
        );
        family(
            text,
            "source_hung_total",
            "counter",
            "sessions cut off in silence",
            &each(|source| source.attempts.hung),
        );
        family(
            text,
            "source_panics_total",
            "counter",
            "sessions that panicked",
            &each(|source| source.attempts.panicked),
        );
        family(text, "source_refused_total", "counter", "reports refused", &each(|source| source.refused));
        family(text, "source_strangers_total", "counter", "addresses nobody has", &each(|source| source.strangers));
        let states: Vec<_> = self
            .connectors
            .iter()
            .map(|connector| (format!("{{source=\"{}\",status=\"{}\"}}", label(connector), connector.status), 1))
            .collect();
        family(text, "source_status", "gauge", "the state of a connector: 1 for the one it is in", &states);
    }
}

fn family(text: &mut String, name: &str, kind: &str, help: &str, values: &[(String, u64)]) {
    // Writing into a text cannot fail.
    let _ = writeln!(text, "# HELP presence_{name} {help}\n# TYPE presence_{name} {kind}");
    for (labels, value) in values {
        let _ = writeln!(text, "presence_{name}{labels} {value}");
    }
}

/// Names hold no control characters; quotes and backslashes have to be marked.
fn label(connector: &Connector) -> String {
    connector.source.as_str().replace('\\', "\\\\").replace('"', "\\\"")
}
