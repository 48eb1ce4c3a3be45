//! Conditions where parts of the situation are open: the set of what they may be.

use std::collections::{HashMap, HashSet};

use super::domain::{Choice, Variable, lines, numbers, view};
use crate::rules::{Condition, Truth};
use crate::situation::Situation;

/// A set of truth values.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Truths(u8);

const FALSE: u8 = 1;
const UNKNOWN: u8 = 2;
const TRUE: u8 = 4;

impl Truths {
    const fn of(truth: Truth) -> Self {
        Self(1 << truth as u8)
    }

    const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn and(self, other: Self) -> Self {
        let (all, any) = (self.0 & other.0, self.0 | other.0);
        let not_false = self.0 & !FALSE != 0 && other.0 & !FALSE != 0;
        let unknown = if not_false { any & UNKNOWN } else { 0 };
        Self(any & FALSE | unknown | all & TRUE)
    }

    const fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    const fn not(self) -> Self {
        Self((self.0 & FALSE) << 2 | self.0 & UNKNOWN | (self.0 & TRUE) >> 2)
    }

    /// It may be true.
    pub(super) const fn may_hold(self) -> bool {
        self.0 & TRUE != 0
    }

    /// It is true in any case.
    pub(super) const fn holds(self) -> bool {
        self.0 == TRUE
    }
}

/// All situations that some conditions can tell apart.
pub(super) struct Space<'a> {
    variables: Vec<(Variable, Vec<Choice>)>,
    atoms: Vec<Table>,
    tests: Vec<Test<'a>>,
}

/// A condition to be asked.
struct Test<'a> {
    when: &'a Condition,
    literal: bool,
    shape: Tree,
    /// The variables it looks at, as bits.
    variables: u64,
}

/// A condition with its parts that have no parts by number.
enum Tree {
    Atom(usize),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// What one condition without parts is for each combination of what it sees; in each direction, "open" comes last.
struct Table {
    inputs: Vec<Input>,
    truths: Vec<Truths>,
}

struct Input {
    variable: usize,
    stride: usize,
    /// By choice, and last for "open".
    classes: Vec<usize>,
    /// A choice of each class.
    examples: Vec<Choice>,
}

/// The choices made so far, by variable; the number of choices for "open".
pub(super) type Chosen = Vec<usize>;

impl<'a> Space<'a> {
    /// The space of these conditions, each with whether it is literal.
    pub(super) fn new(conditions: impl Iterator<Item = (&'a Condition, bool)>) -> Self {
        let mut atoms = Atoms::default();
        let trees = conditions.map(|(when, literal)| (when, literal, atoms.tree(when, literal))).collect::<Vec<_>>();
        let variables = atoms.variables();
        let tables = atoms.list.iter().map(|(atom, literal)| Table::new(atom, *literal, &variables)).collect();
        let mut space = Self { variables, atoms: tables, tests: Vec::new() };
        for (when, literal, shape) in trees {
            let variables = space.looked_at(&shape);
            space.tests.push(Test { when, literal, shape, variables });
        }
        space
    }

    pub(super) fn open(&self) -> Chosen {
        self.variables.iter().map(|(_, choices)| choices.len()).collect()
    }

    pub(super) fn choices(&self, variable: usize) -> usize {
        self.variables.get(variable).map_or(0, |(_, choices)| choices.len())
    }

    /// The variables that a condition looks at, as bits.
    pub(super) fn variables(&self, test: usize) -> u64 {
        self.tests.get(test).map_or(0, |test| test.variables)
    }

    /// The open variable with the fewest values that a condition looks at.
    pub(super) fn narrowest(&self, test: usize, chosen: &Chosen) -> Option<usize> {
        let looked_at = self.variables(test);
        let open =
            chosen.iter().enumerate().filter(|(at, choice)| looked_at & 1 << at != 0 && **choice == self.choices(*at));
        open.map(|(at, _)| at).min_by_key(|at| self.choices(*at))
    }

    /// What a condition may be.
    pub(super) fn ask(&self, test: usize, chosen: &Chosen) -> Truths {
        self.tests.get(test).map_or_else(Truths::default, |test| self.evaluate(&test.shape, chosen))
    }

    /// What a condition is, by its own word.
    pub(super) fn really(&self, test: usize, situation: &Situation) -> Truth {
        self.tests.get(test).map_or(Truth::Unknown, |test| test.when.holds(situation, test.literal))
    }

    /// A situation of these choices; of what is open nothing is known.
    pub(super) fn situation(&self, chosen: &Chosen) -> Situation {
        let mut situation = Situation::default();
        for ((variable, choices), choice) in self.variables.iter().zip(chosen) {
            choices.get(*choice).into_iter().for_each(|choice| variable.put(*choice, &mut situation));
        }
        situation
    }

    fn evaluate(&self, tree: &Tree, chosen: &Chosen) -> Truths {
        match tree {
            Tree::Atom(atom) => self.atoms.get(*atom).map_or_else(Truths::default, |table| table.look_up(chosen)),
            Tree::All(parts) => {
                let parts = parts.iter().map(|part| self.evaluate(part, chosen));
                parts.fold(Truths(TRUE), Truths::and)
            }
            Tree::Any(parts) => {
                let parts = parts.iter().map(|part| self.evaluate(part, chosen));
                parts.fold(Truths(FALSE), Truths::or)
            }
            Tree::Not(part) => self.evaluate(part, chosen).not(),
        }
    }

    fn looked_at(&self, tree: &Tree) -> u64 {
        match tree {
            Tree::Atom(atom) => {
                let inputs = self.atoms.get(*atom).map_or(&[][..], |table| &table.inputs);
                inputs.iter().fold(0, |bits, input| bits | 1 << input.variable)
            }
            Tree::All(parts) | Tree::Any(parts) => parts.iter().fold(0, |bits, part| bits | self.looked_at(part)),
            Tree::Not(part) => self.looked_at(part),
        }
    }
}

/// The conditions without parts, each once.
#[derive(Default)]
struct Atoms<'a> {
    list: Vec<(&'a Condition, bool)>,
    by_text: HashMap<(String, bool), usize>,
}

impl<'a> Atoms<'a> {
    fn tree(&mut self, condition: &'a Condition, literal: bool) -> Tree {
        let mut all = |parts: &'a [Condition]| parts.iter().map(|part| self.tree(part, literal)).collect();
        match condition {
            Condition::Always => Tree::All(Vec::new()),
            Condition::All(parts) => Tree::All(all(parts)),
            Condition::Any(parts) => Tree::Any(all(parts)),
            Condition::Not(part) => Tree::Not(Box::new(self.tree(part, literal))),
            atom => {
                let list = &mut self.list;
                let number = *self.by_text.entry((format!("{atom:?}"), literal)).or_insert_with(|| {
                    list.push((atom, literal));
                    list.len() - 1
                });
                Tree::Atom(number)
            }
        }
    }

    /// All variables that the conditions look at, with one value of those that look the same to all of them.
    fn variables(&self) -> Vec<(Variable, Vec<Choice>)> {
        let mut variables: Vec<(Variable, Vec<&Condition>)> = Vec::new();
        for (atom, literal) in &self.list {
            for variable in Variable::of(atom, *literal) {
                match variables.iter_mut().find(|(known, _)| *known == variable) {
                    Some((_, atoms)) => atoms.push(atom),
                    None => variables.push((variable, vec![atom])),
                }
            }
        }
        let numbers = numbers(&self.list.iter().map(|(atom, _)| *atom).collect::<Vec<_>>());
        let of_lines = variables.iter().any(|(variable, _)| matches!(variable, Variable::Lines { .. }));
        let lines = if of_lines { lines() } else { Vec::new() };
        let told_apart = |(variable, atoms): (Variable, Vec<&Condition>)| {
            let mut seen = HashSet::new();
            let mut choices = variable.choices(&numbers, &lines);
            choices.retain(|choice| {
                seen.insert(atoms.iter().map(|atom| view(atom, variable, *choice)).collect::<Vec<_>>())
            });
            (variable, choices)
        };
        variables.into_iter().map(told_apart).collect()
    }
}

impl Table {
    fn new(atom: &Condition, literal: bool, variables: &[(Variable, Vec<Choice>)]) -> Self {
        let mut stride = 1;
        let mut inputs = Vec::new();
        for needed in Variable::of(atom, literal) {
            let Some(at) = variables.iter().position(|(variable, _)| *variable == needed) else { continue };
            let Some((_, choices)) = variables.get(at) else { continue };
            let input = Input::new(atom, at, stride, needed, choices);
            stride *= input.examples.len() + 1;
            inputs.push(input);
        }
        let mut table = Self { inputs, truths: Vec::with_capacity(stride) };
        for cell in 0..stride {
            let truths = table.fill(cell, atom, literal, variables);
            table.truths.push(truths);
        }
        table
    }

    fn look_up(&self, chosen: &Chosen) -> Truths {
        let mut cell = 0;
        for input in &self.inputs {
            let class = chosen.get(input.variable).and_then(|choice| input.classes.get(*choice));
            cell += class.unwrap_or(&0) * input.stride;
        }
        self.truths.get(cell).copied().unwrap_or_default()
    }

    /// What a cell holds, when all cells before it are filled.
    fn fill(&self, cell: usize, atom: &Condition, literal: bool, variables: &[(Variable, Vec<Choice>)]) -> Truths {
        let mut situation = Situation::default();
        for input in &self.inputs {
            let Some(choice) = input.examples.get(input.class_at(cell)) else {
                // Open: any of the classes.
                let closed = (1..=input.examples.len()).filter_map(|less| self.truths.get(cell - less * input.stride));
                return closed.fold(Truths::default(), |all, truths| all.union(*truths));
            };
            if let Some((variable, _)) = variables.get(input.variable) {
                variable.put(*choice, &mut situation);
            }
        }
        Truths::of(atom.holds(&situation, literal))
    }
}

impl Input {
    fn new(atom: &Condition, at: usize, stride: usize, variable: Variable, choices: &[Choice]) -> Self {
        let mut views = Vec::new();
        let mut examples = Vec::new();
        let mut classes = Vec::with_capacity(choices.len() + 1);
        for choice in choices {
            let seen = view(atom, variable, *choice);
            let class = views.iter().position(|known| *known == seen).unwrap_or_else(|| {
                views.push(seen);
                examples.push(*choice);
                views.len() - 1
            });
            classes.push(class);
        }
        classes.push(examples.len());
        Self { variable: at, stride, classes, examples }
    }

    const fn class_at(&self, cell: usize) -> usize {
        cell / self.stride % (self.examples.len() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUTHS: [Truth; 3] = [Truth::False, Truth::Unknown, Truth::True];

    fn members(set: Truths) -> impl Iterator<Item = Truth> {
        TRUTHS.into_iter().filter(move |truth| set.0 & Truths::of(*truth).0 != 0)
    }

    #[test]
    fn sets_of_truths_are_joined_member_by_member() {
        for a in (1..8).map(Truths) {
            for b in (1..8).map(Truths) {
                let join = |with: fn(Truth, Truth) -> Truth| {
                    let pairs = members(a).flat_map(|one| members(b).map(move |other| with(one, other)));
                    pairs.fold(Truths::default(), |all, truth| all.union(Truths::of(truth)))
                };
                assert_eq!(a.and(b), join(Truth::and), "{a:?} {b:?}");
                assert_eq!(a.or(b), join(Truth::or), "{a:?} {b:?}");
            }
            let not = members(a).fold(Truths::default(), |all, truth| all.union(Truths::of(truth.not())));
            assert_eq!(a.not(), not);
        }
    }
}
