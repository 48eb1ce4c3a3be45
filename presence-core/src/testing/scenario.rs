//! Scenarios as data: directory, rules, timeline and expectations in one value that deserialises from JSON.
//!
//! `docs/scenarios.md` describes the format with a complete example. A scenario can say everything that an engine can be
//! fed, so the rules of an installation can have tests of their own:
//!
//! ```
//! use presence_core::testing::scenario::Scenario;
//!
//! let text = r#"{
//!     "about": "A telephone in use makes its owner busy",
//!     "start": "2026-03-02T08:00:00Z",
//!     "directory": {
//!         "sources": [{ "id": "pbx", "facets": ["call"] }],
//!         "people": [{
//!             "id": "anna",
//!             "places": [{ "kind": "desk", "addresses": [{ "address": "ext:hq/4711", "sources": ["pbx"] }] }]
//!         }]
//!     },
//!     "timeline": [
//!         { "at": "+0:00:00", "sessions": ["pbx"] },
//!         {
//!             "at": "+0:05:00",
//!             "report": { "source": "pbx", "subject": "ext:hq/4711", "fact": { "call": "in-call" } },
//!             "expect": [{ "person": "anna", "availability": 6500, "because": "line.in-call", "call": "in-call" }]
//!         }
//!     ]
//! }"#;
//! let scenario: Scenario = serde_json::from_str(text)?;
//! let transcript = scenario.run()?;
//! assert_eq!(transcript.mismatches, []);
//! assert_eq!(transcript.answers.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod form;
mod run;
mod tree;
mod when;

pub use answer::{Answer, Mismatch, Set, State, Transcript};
pub use form::{
    BaseRules, DayForm, DemandForm, DemandWord, DirectoryChange, DirectoryForm, Expectation, InvalidExpectation,
    InvalidSubjectName, Modes, Moment, ProblemForm, ReportForm, RulesForm, Scenario, SessionForm, Shown, StatusForm,
    SubjectName, WantedForm,
};
pub use run::{ScenarioError, ScenarioProblem};
pub use tree::{Tree, TreeError};
pub use when::{InvalidWhen, When};

/// The viewer that is always there: the class of operators, who may know everything that may be known.
pub const OPERATOR: &str = "operator";
