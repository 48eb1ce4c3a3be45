//! The warnings of one reading.

use crate::warning::{Problem, Warning};

/// More warnings than this are counted only.
const MOST: usize = 1_000;

/// A bounded list.
#[derive(Clone, Debug, Default)]
pub(super) struct Warnings {
    list: Vec<Warning>,
    more: usize,
}

impl Warnings {
    #[cold]
    pub(super) fn add(&mut self, line: usize, problem: Problem) {
        if self.list.len() < MOST {
            self.list.push(Warning::new(line, problem));
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    pub(super) const fn more(&self) -> usize {
        self.more
    }

    pub(super) fn into_list(self) -> Vec<Warning> {
        self.list
    }
}
