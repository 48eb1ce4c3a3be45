//! The text of a section, line by line.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use presence_core::{AvailabilityRanges, Confidential};

use super::problem::{LONGEST, MOST_TOLD, OptionProblem, OptionWarning, OptionsError, Problem, Warning};
use super::{DirectCalls, Options, OtherOption};
use crate::agent_states::AggregatedStates;
use crate::dnd::parse_ranges;

/// What a text gave, beside what was known before it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reread {
    /// The options, with the former value of each whose new value is refused.
    pub options: Options,
    /// What was refused, up to 100; the last one says if there is more.
    pub problems: Vec<OptionProblem>,
    /// What was taken, and may not be what was meant, up to 100; the last one says if there is more.
    pub warnings: Vec<OptionWarning>,
}

impl Options {
    /// Reads a section: `name = value`, one a line, under `[TServer]` or without a header.
    ///
    /// Blanks around names and values do not count, case does, as in the product. A line that begins with `#` or `;` is
    /// a comment. Other sections and unknown options do no harm: there is a warning, and the options are kept in
    /// [`others`](Self::others).
    ///
    /// # Errors
    ///
    /// When anything is wrong: all that is, by line.
    pub fn parse(text: &str) -> Result<(Self, Vec<OptionWarning>), OptionsError> {
        let Reread { options, problems, warnings } = Self::default().reread(text);
        if problems.is_empty() { Ok((options, warnings)) } else { Err(OptionsError { problems }) }
    }

    /// Reads a section that takes the place of this one. Of an option that is refused the former value is kept, as the
    /// product does; an option that is no longer there is gone. A text that is too long changes nothing.
    #[must_use]
    pub fn reread(&self, text: &str) -> Reread {
        if text.len() > LONGEST {
            let problem = OptionProblem { line: 1, problem: Problem::TooLong };
            return Reread { options: self.clone(), problems: vec![problem], warnings: Vec::new() };
        }
        let mut reader = Reader::new(self);
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (line, number) in text.lines().zip(1..) {
            reader.line = number;
            reader.read(line.trim());
        }
        Reread { options: reader.options, problems: reader.problems, warnings: reader.warnings }
    }
}

impl FromStr for Options {
    type Err = OptionsError;

    /// Like [`Options::parse`], without the warnings.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text).map(|(options, _)| options)
    }
}

const SECTION: &str = "TServer";

#[derive(Debug)]
struct Reader<'a> {
    before: &'a Options,
    options: Options,
    problems: Vec<OptionProblem>,
    warnings: Vec<OptionWarning>,
    line: usize,
    elsewhere: bool,
    seen: BTreeMap<&'static str, usize>,
}

impl<'a> Reader<'a> {
    fn new(before: &'a Options) -> Self {
        Self {
            before,
            options: Options::default(),
            problems: Vec::new(),
            warnings: Vec::new(),
            line: 0,
            elsewhere: false,
            seen: BTreeMap::new(),
        }
    }

    fn read(&mut self, line: &str) {
        if line.is_empty() || line.starts_with(['#', ';']) {
            return;
        }
        if let Some(header) = line.strip_prefix('[') {
            return match header.strip_suffix(']') {
                Some(name) => self.enter(name.trim()),
                None => self.refuse(Problem::OpenHeader),
            };
        }
        if self.elsewhere {
            return;
        }
        match line.split_once('=') {
            None => self.refuse(Problem::NoEquals),
            Some((name, value)) => match name.trim_end() {
                name if is_name(name) => self.option(name, value.trim_start()),
                _ => self.refuse(Problem::BadName),
            },
        }
    }

    fn enter(&mut self, section: &str) {
        self.elsewhere = section != SECTION;
        if self.elsewhere {
            let case = section.eq_ignore_ascii_case(SECTION);
            self.warn(if case { Warning::SectionCase } else { Warning::OtherSection });
        }
    }

    fn option(&mut self, name: &str, value: &str) {
        let Some(option) = NAMES.into_iter().find(|known| *known == name) else {
            return self.other(name, value);
        };
        if let Some(first) = self.seen.get(option) {
            return self.warn(Warning::Twice { option, first: *first });
        }
        self.seen.insert(option, self.line);
        let before = self.before;
        match option {
            SERVICE_TYPE => {
                self.options.service_type = self.text(option, value);
                if !self.options.is_profile() && !value.is_empty() {
                    self.warn(Warning::OtherService);
                }
            }
            MAP_PRESENCE_TO_DND => {
                let flag = match value {
                    "true" => Ok(true),
                    "false" => Ok(false),
                    _ => Err(Problem::NoSuchValue { option, values: "`true` or `false`" }),
                };
                self.options.map_presence_to_dnd = self.keep(flag, before.map_presence_to_dnd);
            }
            RANGE => {
                let ranges = self.ranges(option, value);
                self.options.presence_availability_range =
                    self.keep(ranges, before.presence_availability_range.clone());
            }
            DEFAULT_RANGE => {
                let ranges = self.ranges(option, value);
                self.options.default_availability_range = self.keep(ranges, before.default_availability_range.clone());
            }
            HANDLE_DIRECT_CALLS => {
                let calls = direct_calls(option, value);
                self.options.handle_direct_calls = self.keep(calls, before.handle_direct_calls);
            }
            AGENT_PRESENCE_MAP => self.options.agent_presence_map = self.text(option, value),
            AGGREGATED_STATES => {
                self.options.aggregated_states = self.text(option, value).and_then(|list| self.names(&list));
            }
            PRESENCE_PROFILE => self.options.presence_profile = self.text(option, value),
            _ => {}
        }
    }

    fn other(&mut self, name: &str, value: &str) {
        let meant = NAMES.into_iter().find(|known| known.eq_ignore_ascii_case(name));
        let name: Arc<str> = name.into();
        self.warn(match meant {
            Some(option) => Warning::Case { option },
            None => Warning::Unknown { name: name.clone() },
        });
        if self.options.others.len() < MOST_OTHERS {
            self.options.others.push(OtherOption { name, value: Confidential::new(value.into()) });
        }
    }

    fn ranges(&mut self, option: &'static str, value: &str) -> Result<AvailabilityRanges, Problem> {
        let ranges = parse_ranges(value).map_err(|problem| Problem::Ranges { option, problem })?;
        if ranges.iter().any(|(first, _)| first < LEAST_THAT_COUNTS) {
            self.warn(Warning::LowNumbers { option });
        }
        Ok(ranges)
    }

    fn names(&mut self, list: &str) -> Option<AggregatedStates> {
        let read = AggregatedStates::read(list).map_err(Problem::from);
        let read = read.map(|(names, odd)| {
            odd.into_iter().for_each(|problem| self.warn(Warning::Names { problem }));
            names
        });
        self.keep(read, self.before.aggregated_states.clone())
    }

    fn text(&mut self, option: &'static str, value: &str) -> Option<Arc<str>> {
        if value.is_empty() {
            self.warn(Warning::Blank { option });
            return None;
        }
        Some(value.into())
    }

    fn keep<T>(&mut self, read: Result<T, Problem>, before: Option<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                self.refuse(problem);
                before
            }
        }
    }

    fn refuse(&mut self, problem: Problem) {
        if let Some(problem) = told(problem, Problem::More, self.problems.len()) {
            self.problems.push(OptionProblem { line: self.line, problem });
        }
    }

    fn warn(&mut self, warning: Warning) {
        if let Some(warning) = told(warning, Warning::More, self.warnings.len()) {
            self.warnings.push(OptionWarning { line: self.line, warning });
        }
    }
}

const SERVICE_TYPE: &str = "service-type";
const MAP_PRESENCE_TO_DND: &str = "map-presence-to-dnd";
const RANGE: &str = "presence-availability-range";
const AGENT_PRESENCE_MAP: &str = "agent-presence-map";
const AGGREGATED_STATES: &str = "aggregated-states";
const PRESENCE_PROFILE: &str = "presence-profile";
const DEFAULT_RANGE: &str = "default-availability-range";
const HANDLE_DIRECT_CALLS: &str = "handle-direct-calls";

const NAMES: [&str; 8] = [
    SERVICE_TYPE,
    MAP_PRESENCE_TO_DND,
    RANGE,
    AGENT_PRESENCE_MAP,
    AGGREGATED_STATES,
    PRESENCE_PROFILE,
    DEFAULT_RANGE,
    HANDLE_DIRECT_CALLS,
];

/// A section of the product has some hundred options; a bound keeps a hostile text small.
const MOST_OTHERS: usize = 1_000;
/// The first number that says anything.
const LEAST_THAT_COUNTS: u32 = 3_000;

fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&name.len()) && name.bytes().all(letter)
}

/// What to tell after so many: the one there is, that there are more, or nothing.
fn told<T>(one: T, more: T, before: usize) -> Option<T> {
    match before.cmp(&(MOST_TOLD - 1)) {
        Ordering::Less => Some(one),
        Ordering::Equal => Some(more),
        Ordering::Greater => None,
    }
}

fn direct_calls(option: &'static str, value: &str) -> Result<DirectCalls, Problem> {
    match value {
        "true" => Ok(DirectCalls::Always),
        "false" => Ok(DirectCalls::Never),
        "on-login" => Ok(DirectCalls::OnLogin),
        _ => Err(Problem::NoSuchValue { option, values: "`true`, `false` or `on-login`" }),
    }
}
