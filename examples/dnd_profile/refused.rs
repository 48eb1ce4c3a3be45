//! Why there is nothing to show, and what to do about it.

use std::io;

use presence_lync_map::agent_states::{AgentStatesError, IncompleteStates, InvalidAggregatedStates};
use presence_lync_map::options::OptionProblem;

/// An argument or a file is wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error("{0} (try --help)")]
    Usage(String),
    #[error("`{0}`: there is no such file, check the name")]
    Missing(String),
    #[error("`{0}`: this is a directory, name a file in it")]
    Directory(String),
    #[error("`{0}`: the file is empty, is it the right one?")]
    Empty(String),
    #[error("`{0}`: the file is larger than `1048576` bytes, is it the right one?")]
    TooLarge(String),
    #[error("`{path}`: the file cannot be read: {error}")]
    Unreadable { path: String, error: io::Error },
    #[error("`{0}`: the file is not UTF-8, save it as UTF-8")]
    NotUtf8(String),
    #[error("`{path}`: line `{line}`: {problem}")]
    Header { path: String, line: usize, problem: &'static str },
    #[error("{}", in_lines(.path, .problems))]
    Options { path: String, problems: Vec<OptionProblem> },
    #[error("the profile is wrong: {0}")]
    Names(#[from] InvalidAggregatedStates),
    #[error("the profile is incomplete: {0}")]
    Incomplete(#[from] IncompleteStates),
    #[error("`agent-presence-map` names a file of the server: name its copy here with `--states FILE`")]
    NoStates,
    #[error("`{path}`: {error}{advice}")]
    States { path: String, error: AgentStatesError, advice: &'static str },
}

fn in_lines(path: &str, problems: &[OptionProblem]) -> String {
    problems.iter().map(|problem| format!("`{path}`: {problem}")).collect::<Vec<_>>().join("\n")
}
