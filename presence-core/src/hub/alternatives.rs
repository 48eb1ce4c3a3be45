//! Who else is free: in the same department or with the same skill, for how long, and why this one first.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::availability::Band;
use crate::directory::Directory;
use crate::identity::{Person, PersonId, RuleId, ViewerId};
use crate::second::Second;
use crate::view::Row;

use super::Hub;

/// Somebody who can take a call instead.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Alternative {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// The department.
    pub department: Option<String>,
    /// What is shown of them.
    pub row: Row,
    /// Which rule says that they are free.
    pub because: Option<RuleId>,
    /// Until when they are free; `None`: no end is known.
    pub until: Option<DateTime<Utc>>,
    /// They are in the same department.
    pub colleague: bool,
    /// What both can help with.
    pub skills: Vec<String>,
}

/// At most so many are given.
const MOST: usize = 16;
/// The end of being free is looked up for so many, the best by everything else.
const CANDIDATES: usize = 64;

struct Candidate {
    person: Person,
    row: Row,
    colleague: bool,
    skills: Vec<String>,
    name: String,
}

impl Candidate {
    /// What counts first comes first: common skills, the department, who is at their desk, who is surely there.
    fn rank(&self) -> impl Ord + use<> {
        let idle = self.row.availability.band() != Band::Online;
        (Reverse(self.skills.len()), !self.colleague, idle, self.row.stale)
    }
}

impl Hub {
    /// Who can take a call for a person: free now, in the same department or with a common skill; the best first.
    ///
    /// Common skills count first, then the department, then who is not idle, then who is free the longest.
    pub async fn alternatives(&self, person: Person, viewer: &ViewerId) -> Vec<Alternative> {
        let Some(board) = self.board(viewer) else { return Vec::new() };
        let directory = self.directory();
        let mut candidates = candidates(person, &directory, |people| board.group(people).rows);
        candidates.sort_by(|a, b| (a.rank(), &a.name).cmp(&(b.rank(), &b.name)));
        candidates.truncate(CANDIDATES);
        let people: Vec<Person> = candidates.iter().map(|candidate| candidate.person).collect();
        let class = viewer.clone();
        let ends = self
            .ask(move |writer| {
                let viewer = writer.viewer(&class);
                let end = |person: &Person| writer.engine.explain(*person, viewer.as_deref()?);
                people.iter().map(end).collect::<Vec<_>>()
            })
            .await;
        let Some(ends) = ends else { return Vec::new() };
        let mut found: Vec<_> = candidates.into_iter().zip(ends).filter_map(|(c, e)| Some((c, e?))).collect();
        let until = |end: Option<Second>| end.unwrap_or(Second::NEVER);
        found.sort_by(|(a, x), (b, y)| {
            (a.rank(), Reverse(until(x.until)), &a.name).cmp(&(b.rank(), Reverse(until(y.until)), &b.name))
        });
        let department = |person| directory.card(person).and_then(|card| card.department().map(str::to_owned));
        let alternative = |(candidate, why): (Candidate, crate::explanation::Explanation)| Alternative {
            person: why.person,
            department: department(candidate.person),
            name: candidate.name,
            row: candidate.row,
            because: why.decision.because,
            until: why.until.and_then(Second::time),
            colleague: candidate.colleague,
            skills: candidate.skills,
        };
        found.into_iter().take(MOST).map(alternative).collect()
    }
}

fn candidates(
    person: Person,
    directory: &Directory,
    rows: impl FnOnce(&[Person]) -> Vec<(Person, Row)>,
) -> Vec<Candidate> {
    let Some(card) = directory.card(person) else { return Vec::new() };
    let (department, skills): (_, BTreeSet<&str>) = (card.department(), card.skills().collect());
    let related = |other: &Person| {
        let Some(card) = directory.card(*other) else { return false };
        let colleague = department.is_some() && card.department() == department;
        *other != person && (colleague || card.skills().any(|skill| skills.contains(skill)))
    };
    let people: Vec<Person> = directory.people().filter(related).collect();
    let free = rows(&people).into_iter().filter(|(_, row)| is_free(row));
    let candidate = |(person, row): (Person, Row)| {
        let card = directory.card(person)?;
        Some(Candidate {
            person,
            row,
            colleague: department.is_some() && card.department() == department,
            skills: card.skills().filter(|skill| skills.contains(skill)).map(str::to_owned).collect(),
            name: card.name().to_owned(),
        })
    };
    free.filter_map(candidate).collect()
}

fn is_free(row: &Row) -> bool {
    !row.denied && matches!(row.availability.band(), Band::Online | Band::IdleOnline)
}
