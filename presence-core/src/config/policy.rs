//! The sections `[rules]` and `[keeping]`.

use std::collections::BTreeSet;

use super::de;
use super::path::Path;
use super::people::unknown_source;
use super::problem::{ConfigProblem, ConfigWarning, Problems};
use super::section::{Section, text_of};
use super::tree::{Node, Value};
use crate::directory::TYPED;
use crate::identity::SourceId;
use crate::keeping::Keeping;
use crate::rules::RuleSet;

/// The rules, and the file that is to hold others.
pub(super) struct Rules {
    pub(super) set: RuleSet,
    pub(super) file: Option<String>,
}

/// The named sets.
#[derive(Clone, Copy)]
enum Named {
    Standard,
    LineOnly,
}

pub(super) fn rules(
    section: Option<&Section<'_>>,
    sources: &BTreeSet<SourceId>,
    problems: &mut Problems,
    warnings: &mut Vec<ConfigWarning>,
) -> Rules {
    let Some(section) = section else { return Rules { set: RuleSet::standard(), file: None } };
    section.only(&["file", "idle_line_alone", "precedence", "rules", "set"], problems);
    let named = section.choice(
        "set",
        &[("standard", Named::Standard), ("line_only", Named::LineOnly), ("line-only", Named::LineOnly)],
    );
    let named = problems.keep_some(named);
    let file = problems.keep_some(section.text("file")).map(str::to_owned);
    let alone = problems.keep_some(section.flag("idle_line_alone"));
    one_way_only(section, problems);
    let mut set = if section.node("rules").is_some() {
        RuleSet::new(listed(section, "rules", problems))
    } else {
        let set = if matches!(named, Some(Named::LineOnly)) { RuleSet::line_only() } else { RuleSet::standard() };
        if alone == Some(true) { set.with_idle_line_alone() } else { set }
    };
    set.precedence = listed(section, "precedence", problems);
    known_sources(section, sources, problems);
    check(&set, section, problems, warnings);
    Rules { set, file }
}

/// Rules that were read from a file of their own.
pub(super) fn rules_of_file(
    section: &Section<'_>,
    sources: &BTreeSet<SourceId>,
    problems: &mut Problems,
    warnings: &mut Vec<ConfigWarning>,
) -> RuleSet {
    section.only(&["precedence", "rules"], problems);
    let mut set = RuleSet::new(listed(section, "rules", problems));
    set.precedence = listed(section, "precedence", problems);
    known_sources(section, sources, problems);
    check(&set, section, problems, warnings);
    set
}

/// The rules are named, written, or in a file.
fn one_way_only(section: &Section<'_>, problems: &mut Problems) {
    let ways: Vec<&str> = ["set", "rules", "file"].into_iter().filter(|key| section.node(key).is_some()).collect();
    if let [first, second, ..] = ways.as_slice() {
        problems.push(section.problem(second, format!("the rules are given by `{first}` already: remove one of them")));
    }
    for key in ["rules", "file"].into_iter().filter(|key| section.node(key).is_some()) {
        if section.node("idle_line_alone").is_some() {
            let text = format!("changes the named sets only: remove it, or `{key}`");
            problems.push(section.problem("idle_line_alone", text));
        }
    }
    if section.node("file").is_some() && section.node("precedence").is_some() {
        problems.push(section.problem("precedence", "belongs into the file that `file` names"));
    }
}

fn listed<T: serde::de::DeserializeOwned>(section: &Section<'_>, key: &str, problems: &mut Problems) -> Vec<T> {
    let parts = problems.keep(section.list(key)).unwrap_or_default();
    parts.into_iter().filter_map(|(path, node)| problems.keep(de::read(node, &path))).collect()
}

/// Every source that a row of precedence names is configured; what is typed always is.
fn known_sources(section: &Section<'_>, sources: &BTreeSet<SourceId>, problems: &mut Problems) {
    for (path, row) in section.list("precedence").unwrap_or_default() {
        let Value::Table(table) = &row.value else { continue };
        let row = Section::new(table, path);
        for (path, node) in row.list("order").unwrap_or_default() {
            match text_of(node, &path) {
                Ok(name) if name != TYPED && !sources.contains(name) => {
                    problems.push(unknown_source(node, path, name, sources));
                }
                _ => {}
            }
        }
    }
}

/// Whether the rules are sound. Only what could be read is checked, and only if all of it could.
fn check(set: &RuleSet, section: &Section<'_>, problems: &mut Problems, warnings: &mut Vec<ConfigWarning>) {
    let (line, key) = (section.table.line, section.path.to_string());
    let count = |key| section.list(key).map_or(0, |parts| parts.len());
    let whole = set.precedence.len() == count("precedence")
        && (section.node("rules").is_none() || set.rules.len() == count("rules"));
    if !whole {
        return;
    }
    match set.check() {
        Ok(checked) => {
            let mut warn = |code, text| warnings.push(ConfigWarning { code, line, key: key.clone(), text });
            for warning in &checked.warnings {
                warn("rules", warning.to_string());
            }
            for rule in &checked.undecided {
                warn("rules-undecided", format!("rule `{rule}` could not be checked in time: split the set"));
            }
        }
        Err(error) => problems.push(ConfigProblem::new(line, key, error.to_string())),
    }
}

pub(super) fn keeping(section: Option<&Section<'_>>, sources: &BTreeSet<SourceId>, problems: &mut Problems) -> Keeping {
    let mut keeping = Keeping::default();
    let Some(section) = section else { return keeping };
    section.only(&["graces", "holds", "ladder", "ladders", "lives"], problems);
    let part = |key: &str| section.node(key).map(|node| (node, section.path.key(key)));
    set(&mut keeping.ladder, part("ladder"), problems);
    set(&mut keeping.lives, part("lives"), problems);
    set(&mut keeping.graces, part("graces"), problems);
    set(&mut keeping.holds, part("holds"), problems);
    let Some(ladders) = problems.keep_some(section.section("ladders")) else { return keeping };
    for (name, node) in &ladders.table.fields {
        let path = ladders.path.key(name);
        match sources.get(name.as_str()) {
            Some(id) => keeping.ladders.extend(problems.keep(de::read(node, &path)).map(|ladder| (id.clone(), ladder))),
            None => problems.push(unknown_source(node, path, name, sources)),
        }
    }
    keeping
}

fn set<T: serde::de::DeserializeOwned>(value: &mut T, part: Option<(&Node, Path)>, problems: &mut Problems) {
    if let Some(read) = part.and_then(|(node, path)| problems.keep(de::read(node, &path))) {
        *value = read;
    }
}
