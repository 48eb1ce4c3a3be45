//! The file, read: one pass, no recursion, and a bound on everything.

use std::collections::HashSet;

use presence_core::Lcid;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::NsReader;

use super::attributes::Attributes;
use super::entry::{StateEntry, is_long};
use super::name::StateName;
use super::problem::{AgentStatesError, Problem, Severity, Warning};
use super::states::{AgentStates, MOST_BYTES, MOST_STATES};
use super::xml::{is_ours, problem_of};
use crate::xml::{Decoded, character, decode, is_blank};

/// How much is forgiven.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mode {
    Strict,
    Lenient,
}

pub(super) fn read(bytes: &[u8], mode: Mode) -> Result<(AgentStates, Vec<Warning>), AgentStatesError> {
    if bytes.len() > MOST_BYTES {
        return Err(AgentStatesError { line: 1, problem: Problem::TooLarge });
    }
    let Decoded { text, actually } = decode(bytes)?;
    let mut reading = Reading::new(&text, mode);
    if let Some(actual) = actually {
        reading.report(Problem::OtherEncoding { actual })?;
    }
    reading.run()?;
    reading.finish()
}

struct Reading<'a> {
    text: &'a str,
    mode: Mode,
    place: usize,
    line: usize,
    version: XmlVersion,
    /// Something else than blanks has been read.
    begun: bool,
    root: Root,
    depth: usize,
    /// How deep the element is that is being passed over.
    skipping: Option<usize>,
    entry: Option<StateEntry>,
    /// The locale and the words so far.
    activity: Option<(Lcid, String)>,
    names: HashSet<StateName>,
    states: Vec<StateEntry>,
    warnings: Vec<Warning>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Root {
    None,
    Open,
    Closed,
}

const MOST_DEPTH: usize = 16;
const MOST_ATTRIBUTES: usize = 32;
const MOST_WARNINGS: usize = 100;
const LAST_WARNING: usize = MOST_WARNINGS - 1;
/// Below this, a server shows nothing.
const LEAST_SHOWN: u32 = 3_000;

impl<'a> Reading<'a> {
    fn new(text: &'a str, mode: Mode) -> Self {
        Self {
            text,
            mode,
            place: 0,
            line: 1,
            version: XmlVersion::Implicit1_0,
            begun: false,
            root: Root::None,
            depth: 0,
            skipping: None,
            entry: None,
            activity: None,
            names: HashSet::new(),
            states: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<(), AgentStatesError> {
        let mut reader = NsReader::from_str(self.text);
        reader.config_mut().expand_empty_elements = true;
        loop {
            self.advance(reader.buffer_position());
            let (namespace, event) = match reader.read_resolved_event() {
                Ok(read) => read,
                Err(error) => {
                    self.advance(reader.error_position());
                    return Err(self.error(problem_of(&error)));
                }
            };
            match event {
                Event::Eof => return Ok(()),
                event => self.event(is_ours(&namespace), event)?,
            }
        }
    }

    fn event(&mut self, ours: bool, event: Event<'_>) -> Result<(), AgentStatesError> {
        if let Event::Decl(declaration) = &event {
            let version = declaration.xml_version().map_err(|_| self.error(Problem::NotXml))?;
            self.version = version;
            return self.declaration();
        }
        let blank = matches!(&event, Event::Text(text) if is_blank(text));
        if !self.begun && !blank {
            self.begun = true;
            self.report(Problem::NoDeclaration)?;
        }
        match event {
            Event::Start(start) => self.start(ours, &start),
            Event::End(_) => self.end(),
            Event::Text(text) => self.words(&text.xml_content(self.version)),
            Event::CData(text) => self.words(&text.xml_content(self.version)),
            Event::GeneralRef(reference) => {
                let character = character(&reference).ok_or_else(|| self.error(Problem::Entity))?;
                self.words(character.encode_utf8(&mut [0; 4]))
            }
            Event::DocType(_) => Err(self.error(Problem::DocumentType)),
            _ => Ok(()),
        }
    }

    fn declaration(&mut self) -> Result<(), AgentStatesError> {
        if self.begun {
            return Err(self.error(Problem::SecondDeclaration));
        }
        self.begun = true;
        if self.place > 0 { self.report(Problem::DeclarationNotFirst) } else { Ok(()) }
    }

    fn start(&mut self, ours: bool, start: &BytesStart<'_>) -> Result<(), AgentStatesError> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self.error(Problem::TooDeep));
        }
        let attributes = self.attributes(start)?;
        if self.skipping.is_some() {
            return Ok(());
        }
        let local = start.local_name();
        match local.as_ref() {
            "agentStates" if self.depth == 1 => self.open_root(ours),
            "agentState" if self.activity.is_none() && self.entry.is_none() => {
                self.check_root_and_namespace(ours)?;
                self.open_entry(&attributes)
            }
            "activity" if self.activity.is_none() && self.entry.is_some() => {
                self.check_namespace(ours)?;
                self.open_activity(&attributes)
            }
            _ => self.pass_over(Problem::UnknownElement),
        }
    }

    fn open_root(&mut self, ours: bool) -> Result<(), AgentStatesError> {
        if self.root == Root::Closed {
            self.report(Problem::SecondRoot)?;
        }
        self.root = Root::Open;
        self.check_namespace(ours)
    }

    fn check_root_and_namespace(&mut self, ours: bool) -> Result<(), AgentStatesError> {
        match self.root {
            Root::Open => self.check_namespace(ours),
            Root::Closed => self.report(Problem::SecondRoot),
            Root::None => self.report(Problem::NoRoot),
        }
    }

    fn check_namespace(&mut self, ours: bool) -> Result<(), AgentStatesError> {
        // What is not within the root has nowhere to take the namespace from, and that it is outside has been said.
        if ours || self.root != Root::Open { Ok(()) } else { self.report(Problem::Namespace) }
    }

    fn open_entry(&mut self, attributes: &Attributes<'_>) -> Result<(), AgentStatesError> {
        let entry = match attributes.entry() {
            Ok(entry) => entry,
            Err(problem) => return self.pass_over(problem),
        };
        if self.states.len() == MOST_STATES {
            return Err(self.error(Problem::TooManyStates));
        }
        if !self.names.insert(entry.name().clone()) {
            return self.pass_over(Problem::DoubledState { name: entry.name().clone() });
        }
        if entry.availability() < LEAST_SHOWN {
            self.report(Problem::LowAvailability)?;
        }
        self.entry = Some(entry);
        Ok(())
    }

    fn open_activity(&mut self, attributes: &Attributes<'_>) -> Result<(), AgentStatesError> {
        match attributes.lcid() {
            Some(lcid) => {
                self.activity = Some((lcid, String::new()));
                Ok(())
            }
            None => self.pass_over(Problem::Lcid),
        }
    }

    fn end(&mut self) -> Result<(), AgentStatesError> {
        let depth = self.depth;
        self.depth = depth.saturating_sub(1);
        if let Some(skipped) = self.skipping {
            self.skipping = Some(skipped).filter(|skipped| *skipped != depth);
        } else if let Some((lcid, text)) = self.activity.take() {
            self.close_activity(lcid, &text)?;
        } else if let Some(entry) = self.entry.take() {
            if entry.texts().is_empty() {
                self.report(Problem::NoText)?;
            }
            self.states.push(entry);
        } else {
            self.root = Root::Closed;
        }
        Ok(())
    }

    fn close_activity(&mut self, lcid: Lcid, text: &str) -> Result<(), AgentStatesError> {
        let Some(entry) = self.entry.as_mut() else { return Ok(()) };
        match entry.add_text(lcid, text) {
            Ok(()) if is_long(text) => self.report(Problem::LongText),
            Ok(()) => Ok(()),
            Err(problem) => self.report(problem),
        }
    }

    fn words(&mut self, text: &str) -> Result<(), AgentStatesError> {
        match &mut self.activity {
            _ if self.skipping.is_some() => Ok(()),
            Some((_, words)) => {
                words.push_str(text);
                Ok(())
            }
            None if is_blank(text) => Ok(()),
            None => self.report(Problem::TextOutside),
        }
    }

    /// The attributes that mean something. How many there may be is checked first: looking for pairs takes time.
    fn attributes<'s>(&mut self, start: &'s BytesStart<'_>) -> Result<Attributes<'s>, AgentStatesError> {
        let mut found = Attributes::default();
        let mut seen = Vec::new();
        for (count, attribute) in start.attributes().with_checks(false).enumerate() {
            if count == MOST_ATTRIBUTES {
                return Err(self.error(Problem::TooManyAttributes));
            }
            let attribute = attribute.map_err(|_| self.error(Problem::NotXml))?;
            let key = attribute.key.into_inner();
            // Whatever it means, and wherever it stands: with two of a name it is no XML.
            if seen.contains(&key) {
                return Err(self.error(Problem::DoubledAttribute));
            }
            seen.push(key);
            if key == "xmlns" || key.contains(':') || self.skipping.is_some() {
                continue;
            }
            let place = match key {
                "ID" => &mut found.id,
                "availability" => &mut found.availability,
                "LCID" => &mut found.lcid,
                _ => {
                    self.report(Problem::UnknownAttribute)?;
                    continue;
                }
            };
            *place = Some(attribute.normalized_value(self.version).map_err(|_| self.error(Problem::Entity))?);
        }
        Ok(found)
    }

    /// Leaves out the element that has just begun, and all in it.
    fn pass_over(&mut self, problem: Problem) -> Result<(), AgentStatesError> {
        self.skipping = Some(self.depth);
        self.report(problem)
    }

    fn report(&mut self, problem: Problem) -> Result<(), AgentStatesError> {
        match (problem.severity(), self.mode) {
            (Severity::Fatal, _) | (Severity::Lenient, Mode::Strict) => return Err(self.error(problem)),
            (Severity::Lenient, Mode::Lenient) | (Severity::Warning, _) => {}
        }
        if problem.is_of_the_whole_file() && self.warnings.iter().any(|warning| warning.problem == problem) {
            return Ok(());
        }
        let line = self.line;
        match self.warnings.len() {
            MOST_WARNINGS.. => {}
            LAST_WARNING => self.warnings.push(Warning { line, problem: Problem::More }),
            _ => self.warnings.push(Warning { line, problem }),
        }
        Ok(())
    }

    const fn error(&self, problem: Problem) -> AgentStatesError {
        AgentStatesError { line: self.line, problem }
    }

    /// The line of this place; places only grow.
    fn advance(&mut self, place: u64) {
        let place = usize::try_from(place).unwrap_or(usize::MAX).min(self.text.len());
        if let Some(passed) = self.text.as_bytes().get(self.place..place) {
            self.line += passed.iter().filter(|byte| **byte == b'\n').count();
            self.place = place;
        }
    }

    fn finish(mut self) -> Result<(AgentStates, Vec<Warning>), AgentStatesError> {
        if self.activity.is_some() || self.entry.is_some() || self.skipping.is_some() {
            return Err(self.error(Problem::NotClosed));
        }
        if self.root == Root::Open {
            self.report(Problem::RootNotClosed)?;
        }
        if self.root == Root::None && self.states.is_empty() {
            self.report(Problem::NoRoot)?;
        }
        match AgentStates::new(std::mem::take(&mut self.states)) {
            Ok(states) => Ok((states, self.warnings)),
            Err(problem) => Err(self.error(problem)),
        }
    }
}
