//! The few different shapes that many people have.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::hash::Fnv;
use crate::identity::Person;
use crate::rules::RuleSet;
use crate::shape::Shape;

use super::Engine;

/// Shapes by number.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    shapes: Vec<Shape>,
    numbers: HashMap<Shape, u16, BuildHasherDefault<Fnv>>,
}

/// The number of a shape of its own, for which there was no number left.
const OWN: u16 = u16::MAX;

impl Shapes {
    fn number(&mut self, shape: Shape) -> u16 {
        if let Some(number) = self.numbers.get(&shape) {
            return *number;
        }
        let Some(number) = u16::try_from(self.shapes.len()).ok().filter(|number| *number < OWN) else { return OWN };
        self.shapes.push(shape.clone());
        self.numbers.insert(shape, number);
        number
    }

    pub(super) fn get(&self, number: u16) -> Option<&Shape> {
        self.shapes.get(usize::from(number))
    }
}

impl Engine {
    /// The shape of a person: shared, or worked out anew where there are more shapes than numbers.
    pub(super) fn with_shape<T>(&self, person: Person, use_it: impl FnOnce(&Shape) -> T) -> T {
        let number = self.people.record(person).map_or(OWN, |record| record.shape);
        match self.shapes.get(number) {
            Some(shape) => use_it(shape),
            None => use_it(&self.shape_of(person)),
        }
    }

    /// Gives everybody their shape, after the directory or the rules have changed.
    pub(super) fn shape_everybody(&mut self) {
        self.shapes = Shapes::default();
        self.people.grow(self.directory.len());
        for person in self.directory.handles() {
            self.shape(person);
        }
        self.changed.apart_from(self.told_apart());
    }

    /// Gives one person their shape, after what is expected of them has changed.
    pub(super) fn shape(&mut self, person: Person) {
        let number = self.shapes.number(self.shape_of(person));
        if let Some(record) = self.people.record_mut(person) {
            record.shape = number;
        }
    }

    fn shape_of(&self, person: Person) -> Shape {
        self.shape_under(person, &self.rules)
    }

    /// The shape that a person has, or would have under other rules.
    pub(super) fn shape_under(&self, person: Person, rules: &RuleSet) -> Shape {
        if !self.problems.any(person) {
            return Shape::of(person, &self.directory, rules);
        }
        Shape::without(person, &self.directory, rules, |place, expected| {
            self.still_expected(person, place).intersection(expected)
        })
    }

    /// The people of whom some class is told more at one place than at another.
    fn told_apart(&self) -> Vec<Person> {
        let apart = |person: &Person| {
            self.viewers.iter().any(|viewer| viewer.sight(*person, &self.directory).tells_places_apart())
        };
        if self.viewers.is_empty() {
            return Vec::new();
        }
        self.directory.people().filter(apart).collect()
    }
}
