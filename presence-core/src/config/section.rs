//! A table that is being read: values by key, of the kind that is wanted.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use super::path::Path;
use super::problem::{ConfigProblem, Problems};
use super::suggest::suggestion;
use super::tree::{Node, Table, Value};

/// A table and its path.
#[derive(Clone, Debug)]
pub(super) struct Section<'a> {
    pub(super) table: &'a Table,
    pub(super) path: Path,
}

impl<'a> Section<'a> {
    pub(super) const fn new(table: &'a Table, path: Path) -> Self {
        Self { table, path }
    }

    pub(super) fn node(&self, key: &str) -> Option<&'a Node> {
        self.table.fields.get(key)
    }

    /// A problem with what stands under `key`, or with its absence.
    pub(super) fn problem(&self, key: &str, text: impl Into<String>) -> ConfigProblem {
        let line = self.node(key).map_or(self.table.line, |node| node.line);
        ConfigProblem::new(line, self.path.key(key).into_text(), text)
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<&'a str>, ConfigProblem> {
        self.node(key).map(|node| text_of(node, &self.path.key(key))).transpose()
    }

    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>, ConfigProblem> {
        let Some(node) = self.node(key) else { return Ok(None) };
        match node.value {
            Value::Flag(flag) => Ok(Some(flag)),
            _ => Err(wrong(node, &self.path.key(key), "`true` or `false`")),
        }
    }

    pub(super) fn number(&self, key: &str, range: RangeInclusive<u64>) -> Result<Option<u64>, ConfigProblem> {
        let Some(node) = self.node(key) else { return Ok(None) };
        let number = match node.value {
            Value::Number(number) => u64::try_from(number).ok(),
            Value::Huge => None,
            _ => return Err(wrong(node, &self.path.key(key), "a whole number")),
        };
        let within = number.filter(|number| range.contains(number)).map(Some);
        within.ok_or_else(|| self.problem(key, format!("must be `{}` to `{}`", range.start(), range.end())))
    }

    /// A text that is read further: an address, a name.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&self, key: &str) -> Result<Option<T>, ConfigProblem> {
        self.node(key).map(|node| parsed_of(node, &self.path.key(key))).transpose()
    }

    /// One of these words.
    pub(super) fn choice<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Result<Option<T>, ConfigProblem> {
        self.node(key).map(|node| choice_of(node, &self.path.key(key), words)).transpose()
    }

    pub(super) fn section(&self, key: &str) -> Result<Option<Self>, ConfigProblem> {
        self.node(key).map(|node| section_of(node, self.path.key(key))).transpose()
    }

    /// The parts of a list; nothing, if there is none.
    pub(super) fn list(&self, key: &str) -> Result<Vec<(Path, &'a Node)>, ConfigProblem> {
        let Some(node) = self.node(key) else { return Ok(Vec::new()) };
        let path = self.path.key(key);
        match &node.value {
            Value::List(parts) => Ok(parts.iter().enumerate().map(|(at, part)| (path.index(at), part)).collect()),
            _ => Err(wrong(node, &path, "a list")),
        }
    }

    /// The parts of a list, or the one value that stands in its place.
    pub(super) fn one_or_many(&self, key: &str) -> Vec<(Path, &'a Node)> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let path = self.path.key(key);
        match &node.value {
            Value::List(parts) => parts.iter().enumerate().map(|(at, part)| (path.index(at), part)).collect(),
            _ => vec![(path, node)],
        }
    }

    /// Tables by name.
    pub(super) fn sections(&self, problems: &mut Problems) -> Vec<(&'a str, Self)> {
        let read = |(name, node): (&'a String, &'a Node)| {
            problems.keep(section_of(node, self.path.key(name))).map(|section| (name.as_str(), section))
        };
        self.table.fields.iter().filter_map(read).collect()
    }

    /// There are no keys but these.
    pub(super) fn only(&self, known: &[&str], problems: &mut Problems) {
        for key in self.table.fields.keys().filter(|key| !known.contains(&key.as_str())) {
            problems.push(self.problem(key, unknown_key(key, known)));
        }
    }
}

/// What to say of a key that nobody knows.
pub(super) fn unknown_key(key: &str, known: &[&str]) -> String {
    format!("unknown key: {}", suggestion(key, known.iter().copied()))
}

pub(super) fn wrong(node: &Node, path: &Path, wanted: &str) -> ConfigProblem {
    ConfigProblem::new(node.line, path.to_string(), format!("must be {wanted}, not {}", node.kind()))
}

pub(super) fn text_of<'a>(node: &'a Node, path: &Path) -> Result<&'a str, ConfigProblem> {
    match &node.value {
        Value::Text(text) => Ok(text),
        _ => Err(wrong(node, path, "text")),
    }
}

pub(super) fn parsed_of<T: FromStr<Err: Display>>(node: &Node, path: &Path) -> Result<T, ConfigProblem> {
    let problem = |error: T::Err| ConfigProblem::new(node.line, path.to_string(), error.to_string());
    text_of(node, path)?.parse().map_err(problem)
}

pub(super) fn choice_of<T: Copy>(node: &Node, path: &Path, words: &[(&str, T)]) -> Result<T, ConfigProblem> {
    let text = text_of(node, path)?;
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| {
        let text = format!("unknown word: {}", suggestion(text, words.iter().map(|(word, _)| *word)));
        ConfigProblem::new(node.line, path.to_string(), text)
    })
}

pub(super) fn section_of(node: &Node, path: Path) -> Result<Section<'_>, ConfigProblem> {
    match &node.value {
        Value::Table(table) => Ok(Section::new(table, path)),
        _ => Err(wrong(node, &path, "a table")),
    }
}
