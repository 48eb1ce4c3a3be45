//! The section `[viewers]`: who may know what.

use std::collections::BTreeSet;

use super::problem::{ConfigProblem, ConfigWarning, Problems};
use super::section::{Section, choice_of, parsed_of, section_of};
use super::tree::{Node, Value};
use crate::fact::Facet;
use crate::identity::{Address, PersonId, ViewerId};
use crate::privacy::{Access, CalendarPolicy, Denial, Disclosure, PrivacyPolicy, Viewer};

use super::de;
use super::path::Path;

const STEPS: [(&str, Disclosure); 4] = [
    ("everything", Disclosure::Everything),
    ("times", Disclosure::Times),
    ("busy", Disclosure::Busy),
    ("nothing", Disclosure::Nothing),
];

/// The classes of viewers; if none is configured, the operators.
pub(super) fn read(
    section: Option<&Section<'_>>,
    people: &BTreeSet<&PersonId>,
    problems: &mut Problems,
    warnings: &mut Vec<ConfigWarning>,
) -> Vec<Viewer> {
    let sections = section.map(|section| section.sections(problems)).unwrap_or_default();
    if sections.is_empty() {
        return ViewerId::new("operator").map(Viewer::new).into_iter().collect();
    }
    let mut reading = Reading { people, problems, warnings };
    sections.iter().filter_map(|(name, section)| reading.viewer(name, section)).collect()
}

struct Reading<'a> {
    people: &'a BTreeSet<&'a PersonId>,
    problems: &'a mut Problems,
    warnings: &'a mut Vec<ConfigWarning>,
}

impl Reading<'_> {
    fn viewer(&mut self, name: &str, section: &Section<'_>) -> Option<Viewer> {
        let keys = ["calendar", "calendars", "denial", "denied", "hidden", "people", "private", "reasons"];
        section.only(&keys, self.problems);
        let id = ViewerId::new(name)
            .map_err(|error| ConfigProblem::new(section.table.line, section.path.to_string(), error.to_string()));
        let policy = self.policy(section, PrivacyPolicy::default());
        let mut viewer = Viewer::with_policy(self.problems.keep(id)?, policy);
        self.denied(section, &mut viewer);
        let denial = section.choice("denial", &[("looks-offline", Denial::LooksOffline), ("is-told", Denial::IsTold)]);
        viewer.denial = self.problems.keep_some(denial).unwrap_or_default();
        for (address, policy) in self.calendars(section, policy.calendar) {
            viewer.calendars.insert(address, policy);
        }
        for (person, access) in self.single(section, policy) {
            viewer.people.insert(person, access);
        }
        Some(viewer)
    }

    /// What a class may know, where nothing is said as in `usual`.
    fn policy(&mut self, section: &Section<'_>, usual: PrivacyPolicy) -> PrivacyPolicy {
        let hidden = section.one_or_many("hidden").into_iter();
        let hidden: Vec<Facet> = hidden.filter_map(|(path, node)| self.problems.keep(de::read(node, &path))).collect();
        PrivacyPolicy {
            calendar: self.calendar(section, usual.calendar),
            facets: hidden.into_iter().fold(usual.facets, crate::fact::FacetSet::without),
            reasons: self.problems.keep_some(section.flag("reasons")).unwrap_or(usual.reasons),
        }
    }

    /// Of private meetings never more is told than of others, unless it says so.
    fn calendar(&mut self, section: &Section<'_>, usual: CalendarPolicy) -> CalendarPolicy {
        let ordinary = self.problems.keep_some(section.choice("calendar", &STEPS)).unwrap_or(usual.ordinary);
        let private = self.problems.keep_some(section.choice("private", &STEPS));
        CalendarPolicy::new(ordinary, private.unwrap_or_else(|| usual.private.min(ordinary)))
    }

    /// `"everybody"`, or a list of people.
    fn denied(&mut self, section: &Section<'_>, viewer: &mut Viewer) {
        if let Some(Node { value: Value::Text(_), .. }) = section.node("denied") {
            if self.problems.keep_some(section.choice("denied", &[("everybody", ())])).is_some() {
                viewer.access = Access::Denied;
            }
            return;
        }
        for (path, node) in self.problems.keep(section.list("denied")).unwrap_or_default() {
            let Some(person) = self.problems.keep(parsed_of::<PersonId>(node, &path)) else { continue };
            self.look_up(&person, node.line, &path);
            viewer.people.insert(person, Access::Denied);
        }
    }

    /// Single calendars, by address: one word, or two.
    fn calendars(&mut self, section: &Section<'_>, usual: CalendarPolicy) -> Vec<(Address, CalendarPolicy)> {
        let Some(section) = self.problems.keep_some(section.section("calendars")) else { return Vec::new() };
        let mut calendars = Vec::new();
        for (key, node) in &section.table.fields {
            let path = section.path.key(key);
            let address = key.parse::<Address>();
            let address = address.map_err(|error| ConfigProblem::new(node.line, path.to_string(), error.to_string()));
            let policy = match &node.value {
                Value::Table(table) => {
                    let section = Section::new(table, path);
                    section.only(&["calendar", "private"], self.problems);
                    Some(self.calendar(&section, usual))
                }
                _ => self
                    .problems
                    .keep(choice_of(node, &path, &STEPS))
                    .map(|told| CalendarPolicy::new(told, usual.private.min(told))),
            };
            calendars.extend(self.problems.keep(address).zip(policy));
        }
        calendars
    }

    /// Single people, by id.
    fn single(&mut self, section: &Section<'_>, usual: PrivacyPolicy) -> Vec<(PersonId, Access)> {
        let Some(section) = self.problems.keep_some(section.section("people")) else { return Vec::new() };
        let mut single = Vec::new();
        for (key, node) in &section.table.fields {
            let path = section.path.key(key);
            let id = PersonId::new(key);
            let id = id.map_err(|error| ConfigProblem::new(node.line, path.to_string(), error.to_string()));
            let Some(section) = self.problems.keep(section_of(node, path.clone())) else { continue };
            section.only(&["calendar", "hidden", "private", "reasons"], self.problems);
            let access = Access::Allowed(self.policy(&section, usual));
            let Some(id) = self.problems.keep(id) else { continue };
            self.look_up(&id, node.line, &path);
            single.push((id, access));
        }
        single
    }

    /// A misspelt name of somebody who is to be denied denies nobody.
    fn look_up(&mut self, person: &PersonId, line: Option<u32>, path: &Path) {
        if !self.people.contains(person) {
            self.warnings.push(ConfigWarning {
                code: "viewer-of-nobody",
                line,
                key: path.to_string(),
                text: "there is nobody of this id among the people".to_owned(),
            });
        }
    }
}
