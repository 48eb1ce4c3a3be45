//! What the directory makes of one person, as far as settling needs it.
//!
//! Many people have the same shape: a desk telephone, a mobile, a mailbox and an account, covered by the same sources.
//! So shapes are few, and a record names its shape by number.

use crate::directory::{Directory, PlaceEntry, PlaceKind};
use crate::fact::{Facet, FacetSet};
use crate::identity::Person;
use crate::rules::RuleSet;

/// No row of precedence.
pub(crate) const NO_ROW: u16 = u16::MAX;

/// The places of one person, what is expected at each, and whom to believe.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Shape {
    /// By listing.
    places: Vec<PlaceShape>,
    /// By number of place: the listing.
    listing: Vec<u8>,
    /// By facet: where it is expected.
    expected: [PlaceSet; 13],
    mobiles: PlaceSet,
    /// The row of precedence by facet.
    rows: [u16; 13],
    /// By kind of telephone: the first, in order, at which a diversion is expected.
    diverting: [Option<u8>; 2],
    only_mobile: bool,
    all_expected: FacetSet,
}

#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct PlaceShape {
    place: PlaceEntry,
    expected: FacetSet,
}

impl Shape {
    /// The shape of `person`.
    #[must_use]
    pub fn of(person: Person, directory: &Directory, rules: &RuleSet) -> Self {
        Self::without(person, directory, rules, |_, expected| expected)
    }

    /// The shape of `person`, where what is expected at a place is first passed through `left`.
    pub(crate) fn without(
        person: Person,
        directory: &Directory,
        rules: &RuleSet,
        left: impl Fn(u8, FacetSet) -> FacetSet,
    ) -> Self {
        let shapes = directory.places(person).iter().map(|place| {
            let expected = left(place.number, directory.expected(person, *place));
            PlaceShape { place: *place, expected }
        });
        let mut shape = Self::from_places(shapes.collect());
        if !rules.precedence.is_empty() {
            shape.rows = rows(person, directory, rules);
        }
        shape
    }

    /// The same person, as somebody sees them who may not know everything of every place.
    pub(crate) fn seen(&self, left: impl Fn(u8, FacetSet) -> FacetSet) -> Self {
        let places =
            self.places.iter().map(|shape| PlaceShape { expected: left(shape.place.number, shape.expected), ..*shape });
        Self { rows: self.rows, only_mobile: self.only_mobile, ..Self::from_places(places.collect()) }
    }

    fn from_places(places: Vec<PlaceShape>) -> Self {
        let mut shape = Self {
            listing: Vec::new(),
            expected: [PlaceSet::default(); 13],
            mobiles: PlaceSet::default(),
            rows: [NO_ROW; 13],
            diverting: [None; 2],
            only_mobile: false,
            all_expected: places.iter().fold(FacetSet::NONE, |set, shape| set.union(shape.expected)),
            places,
        };
        for (at, PlaceShape { place, expected }) in shape.places.iter().enumerate() {
            let number = usize::from(place.number);
            if shape.listing.len() <= number {
                shape.listing.resize(number + 1, u8::MAX);
            }
            if let Some(slot) = shape.listing.get_mut(number) {
                *slot = u8::try_from(at).unwrap_or(u8::MAX);
            }
            let listed = u8::try_from(at).unwrap_or(u8::MAX);
            for (facet, set) in Facet::ALL.into_iter().zip(&mut shape.expected) {
                if expected.contains(facet) {
                    set.insert(listed);
                }
            }
            if place.kind == PlaceKind::Mobile {
                shape.mobiles.insert(listed);
            }
            let kind = usize::from(place.kind == PlaceKind::Mobile);
            if let (true, Some(slot)) = (expected.contains(Facet::Diversion), shape.diverting.get_mut(kind)) {
                slot.get_or_insert(place.number);
            }
        }
        let has = |kind| shape.places.iter().any(|shape| shape.place.kind == kind);
        shape.only_mobile = has(PlaceKind::Mobile) && !has(PlaceKind::Desk);
        shape
    }

    /// Where a facet is expected.
    pub(crate) fn expected(&self, facet: Facet) -> PlaceSet {
        self.expected.get(usize::from(facet.code())).copied().unwrap_or_default()
    }

    /// What is expected anywhere.
    pub(crate) const fn all_expected(&self) -> FacetSet {
        self.all_expected
    }

    pub(crate) const fn mobiles(&self) -> PlaceSet {
        self.mobiles
    }

    /// Whether what is said of a place is said of a mobile: of one, or of whatever else somebody has who has no desk
    /// telephone.
    pub(crate) const fn counts_as_mobile(&self, listed: u8) -> bool {
        self.only_mobile || self.mobiles.contains(listed)
    }

    pub(crate) fn is_mobile(&self, place: u8) -> bool {
        self.mobiles.contains(self.listed(place))
    }

    pub(crate) fn row(&self, facet: Facet) -> u16 {
        self.rows.get(usize::from(facet.code())).copied().unwrap_or(NO_ROW)
    }

    /// The place of a place in the listing of the directory.
    pub(crate) fn listed(&self, place: u8) -> u8 {
        self.listing.get(usize::from(place)).copied().unwrap_or(u8::MAX)
    }

    pub(crate) const fn diverting(&self, mobile: bool) -> Option<u8> {
        let [desk, on_mobile] = self.diverting;
        if mobile { on_mobile } else { desk }
    }

    /// The person has a mobile and no desk telephone.
    pub(crate) const fn only_mobile(&self) -> bool {
        self.only_mobile
    }

    /// The kind of a place.
    pub(crate) fn kind(&self, place: u8) -> Option<PlaceKind> {
        self.places.get(usize::from(self.listed(place))).map(|shape| shape.place.kind)
    }

    /// What is expected where, in the order of the directory.
    pub(crate) fn expectations(&self) -> impl Iterator<Item = (u8, PlaceKind, FacetSet)> + '_ {
        self.places.iter().map(|shape| (shape.place.number, shape.place.kind, shape.expected))
    }

    /// The places where a facet is expected.
    pub(crate) fn where_expected(&self, facet: Facet) -> Vec<u8> {
        self.expectations().filter(|(.., expected)| expected.contains(facet)).map(|(place, ..)| place).collect()
    }

    /// The first place of one of these kinds, in the order of preference.
    pub(crate) fn first_of(&self, kinds: &[PlaceKind]) -> u8 {
        let find = |kind: &PlaceKind| self.places.iter().find(|shape| shape.place.kind == *kind);
        kinds.iter().find_map(find).map_or(0, |shape| shape.place.number)
    }
}

fn rows(person: Person, directory: &Directory, rules: &RuleSet) -> [u16; 13] {
    let Some(id) = directory.person_id(person) else { return [NO_ROW; 13] };
    let group = directory.card(person).and_then(|card| card.department());
    Facet::ALL.map(|facet| rules.row(facet, &id, group).and_then(|row| u16::try_from(row).ok()).unwrap_or(NO_ROW))
}

/// A set of places of one person, by listing: there are at most 64.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct PlaceSet(u64);

impl PlaceSet {
    /// No place.
    pub(crate) const NONE: Self = Self(0);

    /// The set of this one place.
    pub(crate) const fn of(listed: u8) -> Self {
        let mut set = Self::NONE;
        set.insert(listed);
        set
    }

    /// Puts in the place that is listed here; beyond 64 there is none.
    pub(crate) const fn insert(&mut self, listed: u8) {
        if listed < 64 {
            self.0 |= 1 << listed;
        }
    }

    pub(crate) const fn contains(self, listed: u8) -> bool {
        listed < 64 && self.0 & 1 << listed != 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_places_are_sets() {
        let mut set = PlaceSet::default();
        for listed in [0, 5, 63] {
            assert!(!set.contains(listed));
            set.insert(listed);
            assert!(set.contains(listed));
        }
        set.insert(64);
        assert!(!set.contains(64) && !set.contains(255));
        let mut other = PlaceSet::default();
        other.insert(5);
        assert!(other.within(set) && !set.within(other));
        assert!(set.and(other) == other && set.or(other) == set && !set.minus(other).contains(5));
        assert!(other.minus(set).is_empty());
    }
}
