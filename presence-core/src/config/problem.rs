//! What is wrong with a configuration, and what is only worth a look.

use std::fmt;

/// At most so many problems are listed; the rest is counted.
const MOST: usize = 1_000;

/// One thing that is wrong.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub struct ConfigProblem {
    /// On which line; a configuration that was no text has none.
    pub line: Option<u32>,
    /// The path of the key, like `people[3].desk`; empty where there is none.
    pub key: String,
    /// What is wrong, and what to do.
    pub text: String,
}

impl ConfigProblem {
    pub(super) fn new(line: Option<u32>, key: impl Into<String>, text: impl Into<String>) -> Self {
        Self { line, key: key.into(), text: text.into() }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        place(f, self.line, &self.key)?;
        f.write_str(&self.text)
    }
}

fn place(f: &mut fmt::Formatter<'_>, line: Option<u32>, key: &str) -> fmt::Result {
    if let Some(line) = line {
        write!(f, "line {line}: ")?;
    }
    if key.is_empty() { Ok(()) } else { write!(f, "`{key}`: ") }
}

/// All that is wrong with a configuration, one thing a line.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub struct ConfigError {
    /// What is wrong, in the order of the lines.
    pub problems: Vec<ConfigProblem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl From<ConfigProblem> for ConfigError {
    fn from(problem: ConfigProblem) -> Self {
        Self { problems: vec![problem] }
    }
}

/// Something that is allowed and probably not meant.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ConfigWarning {
    /// A word that stays the same, to look it up or to silence it by.
    pub code: &'static str,
    /// On which line; a configuration that was no text has none.
    pub line: Option<u32>,
    /// The path of the key.
    pub key: String,
    /// What it is, in words.
    pub text: String,
}

impl fmt::Display for ConfigWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        place(f, self.line, &self.key)?;
        f.write_str(&self.text)
    }
}

/// Problems, as they are found.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<ConfigProblem>,
    more: usize,
}

impl Problems {
    pub(super) fn push(&mut self, problem: ConfigProblem) {
        if self.list.len() < MOST {
            self.list.push(problem);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn extend(&mut self, problems: Vec<ConfigProblem>) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }

    /// What was read, or nothing and one problem more.
    pub(super) fn keep<T>(&mut self, read: Result<T, ConfigProblem>) -> Option<T> {
        read.map_err(|problem| self.push(problem)).ok()
    }

    /// What was read if it was there, or nothing and maybe one problem more.
    pub(super) fn keep_some<T>(&mut self, read: Result<Option<T>, ConfigProblem>) -> Option<T> {
        self.keep(read).flatten()
    }

    /// The problems in the order of their lines.
    pub(super) fn list(mut self) -> Vec<ConfigProblem> {
        self.list.sort_by_key(|problem| problem.line);
        if self.more > 0 {
            self.list.push(ConfigProblem::new(None, "", format!("and `{}` more", self.more)));
        }
        self.list
    }

    pub(super) fn into_result(self) -> Result<(), ConfigError> {
        if self.list.is_empty() { Ok(()) } else { Err(ConfigError { problems: self.list() }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_told_one_a_line_in_the_order_of_the_lines() {
        let mut problems = Problems::default();
        problems.push(ConfigProblem::new(Some(12), "people[3].desk", "wrong"));
        problems.push(ConfigProblem::new(Some(3), "", "invalid string"));
        problems.push(ConfigProblem::new(None, "store", "also wrong"));
        let error = problems.into_result().unwrap_err();
        let told = "`store`: also wrong\nline 3: invalid string\nline 12: `people[3].desk`: wrong";
        assert_eq!(error.to_string(), told);
    }

    #[test]
    fn problems_without_end_are_counted() {
        let mut problems = Problems::default();
        for _ in 0..MOST + 5 {
            problems.push(ConfigProblem::new(None, "a", "b"));
        }
        let list = problems.list();
        assert_eq!((list.len(), list.last().unwrap().to_string()), (MOST + 1, "and `5` more".to_owned()));
    }
}
