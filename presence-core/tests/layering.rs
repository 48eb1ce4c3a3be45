//! Who may know whom: between the crates of the workspace, and between the modules of this one.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a file that cannot be read has to stop them")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The modules of presence-core. A module may import from its own row and from the rows above it.
const LAYERS: &[&[&str]] = &[
    &["identity", "confidential", "second", "hash"],
    &["availability", "activity", "rich", "calendar", "line", "device", "absence", "manual", "note"],
    &["fact"],
    &["keeping"],
    &["directory"],
    &["privacy"],
    &["rules"],
    &["shape"],
    &["claim"],
    &["aside"],
    &["situation", "see"],
    &["trace"],
    &["settle", "decide"],
    &["check", "explanation"],
    &["presence"],
    &["diagnostics"],
    &["view"],
    &["clock", "endpoints", "http", "sink", "source", "store"],
    &["config", "poll"],
    &["engine"],
    &["recording"],
    &["hub"],
    &["testing"],
];

/// The modules that may touch the world. All others are the pure half.
const SHELL: &[&str] = &["config", "http", "hub", "store", "testing"];

/// What the pure half must not ask: the time, the machine, chance.
const IMPURE_WORDS: &[&str] =
    &["SystemTime", "Instant", "rand", "RandomState", "TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs"];
const IMPURE_STD: &[&str] = &["env", "fs", "process", "thread"];

/// What each crate may depend on: always, and behind a feature.
const CRATES: &[(&str, &[&str], &[&str])] = &[
    (
        "presence-core",
        &["async-trait", "chrono", "hashbrown", "serde", "thiserror"],
        &["redb", "reqwest", "tokio", "toml"],
    ),
    ("presence-lync-map", &["base64", "quick-xml"], &["serde_json"]),
    (
        "presence-calendar",
        &["base64", "chrono-tz", "memchr", "quick-xml", "windows-timezones"],
        &["ical", "presence-graph", "sspi"],
    ),
    ("presence-sip", &["quick-xml", "sipx-sip"], &["presence-lync-map", "tokio"]),
    ("presence-graph", &["serde_json"], &["aws-lc-rs", "jsonwebtoken"]),
    ("presence-mobile", &["serde_json"], &[]),
];
/// What every crate but presence-core may depend on beside its row.
const COMMON: &[&str] = &["presence-core", "async-trait", "chrono", "serde", "thiserror"];
/// Crates that use everything and that nobody uses.
const HOSTS: &[&str] = &["presence-ffi", "presence-examples", "presence-fuzz", "presence-simulated-exchange"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn manifest(path: &Path) -> toml::Table {
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// The real name of each dependency of a manifest and whether it is optional. Tests may use what they like.
fn dependencies(manifest: &toml::Table) -> Vec<(String, bool)> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let tables = std::iter::once(manifest).chain(targets.into_iter().flatten().filter_map(|(_, t)| t.as_table()));
    tables
        .flat_map(|table| ["dependencies", "build-dependencies"].map(|kind| table.get(kind)))
        .filter_map(|dependencies| dependencies?.as_table())
        .flatten()
        .map(|(key, value)| {
            let name = value.get("package").and_then(toml::Value::as_str).unwrap_or(key);
            (name.to_owned(), value.get("optional").and_then(toml::Value::as_bool).unwrap_or(false))
        })
        .collect()
}

/// The files of a folder and its sub-folders, without those that hold only tests.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_stem().is_some_and(|stem| stem != "tests"));
    paths.sort();
    let (folders, files): (Vec<_>, Vec<_>) = paths.into_iter().partition(|path| path.is_dir());
    let rust = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// Code without comments and without items under `#[cfg(test)]`, as rustfmt lays it out: an item ends with the first
/// line of its own indentation that closes it.
fn code(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().map(|line| line.split("//").next().unwrap_or(line).trim_end());
    while let Some(line) = lines.next() {
        let item = line.trim_start();
        if item.starts_with("#[cfg(test)]") || item.starts_with("#[cfg(all(test,") {
            let indent = line.len() - item.len();
            lines.find(|line| {
                let item = line.trim_start();
                line.len() - item.len() == indent && !item.starts_with('#') && item.ends_with([';', '}', ','])
            });
        } else {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

/// The first names after a path prefix: `a` and `c` of `crate::{a::B, c::{D, E}}`, `a` of `crate::a::B`.
fn names_after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let first = |path: &'a str| path.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next();
    let nesting = |c| i32::from(c == '{') - i32::from(c == '}');
    let mut names = Vec::new();
    for rest in code.split(prefix).skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            names.extend(first(rest));
            continue;
        };
        let mut depth = 1;
        let mut inside = group.split(|c| {
            depth += nesting(c);
            depth == 0
        });
        let mut depth = 0;
        let paths = inside.next().unwrap_or_default().split(|c| {
            depth += nesting(c);
            depth == 0 && c == ','
        });
        names.extend(paths.filter_map(first));
    }
    names.retain(|name| !name.is_empty());
    names
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

#[test]
fn no_forbidden_edge_between_crates() {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root()).unwrap() {
        let path = entry.unwrap().path().join("Cargo.toml");
        if !path.exists() {
            continue;
        }
        let manifest = manifest(&path);
        let name = manifest["package"]["name"].as_str().unwrap();
        let row = CRATES.iter().find(|(krate, ..)| *krate == name);
        if row.is_none() && !HOSTS.contains(&name) {
            wrong.push(format!("{name} is unknown: add it to `CRATES`"));
        }
        for (dependency, optional) in dependencies(&manifest) {
            let dependency = dependency.as_str();
            let allowed = row.is_none_or(|(_, always, optionally)| {
                always.contains(&dependency)
                    || name != "presence-core" && COMMON.contains(&dependency)
                    || optional && optionally.contains(&dependency)
            });
            if !allowed || HOSTS.contains(&dependency) && !HOSTS.contains(&name) {
                let how = if optional { " (optional)" } else { "" };
                wrong.push(format!("{name} must not use {dependency}{how}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn chrono_has_no_clock() {
    let workspace = manifest(&root().join("Cargo.toml"));
    let shared = &workspace["workspace"]["dependencies"]["chrono"];
    assert_eq!(shared["default-features"].as_bool(), Some(false), "the workspace takes chrono without its defaults");
    let own = &manifest(&root().join("presence-core/Cargo.toml"))["dependencies"]["chrono"];
    for chrono in [shared, own] {
        let features = chrono.get("features").map(ToString::to_string).unwrap_or_default();
        for forbidden in ["\"clock\"", "\"now\"", "\"default\""] {
            assert!(!features.contains(forbidden), "chrono must not have {forbidden}");
        }
    }
}

#[test]
fn no_forbidden_import_between_modules() {
    let src = root().join("presence-core/src");
    let mut wrong = Vec::new();
    for path in sources(&src) {
        let file = path.strip_prefix(&src).unwrap();
        let code = code(&fs::read_to_string(&path).unwrap());
        let words: Vec<_> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        if words.contains(&"unsafe") {
            wrong.push(format!("{}: unsafe code", file.display()));
        }
        let first = file.iter().next().unwrap().to_str().unwrap();
        let module = first.strip_suffix(".rs").unwrap_or(first);
        if module == "lib" {
            if !code.contains("#![forbid(unsafe_code)]") {
                wrong.push("lib.rs: no `#![forbid(unsafe_code)]`".to_owned());
            }
            continue;
        }
        if !SHELL.contains(&module) {
            let impure = IMPURE_WORDS.iter().filter(|word| words.contains(*word)).copied();
            let names = names_after(&code, "std::").into_iter().filter(|name| IMPURE_STD.contains(name));
            wrong.extend(impure.chain(names).map(|name| format!("{}: `{name}` in the pure half", file.display())));
        }
        let Some(own) = layer(module) else {
            wrong.push(format!("{}: `{module}` has no layer: add it to `LAYERS`", file.display()));
            continue;
        };
        for import in names_after(&code, "crate::").into_iter().filter(|import| *import != module) {
            match layer(import) {
                None => wrong.push(format!(
                    "{}: `crate::{import}` has no layer: add it to `LAYERS`, or name the module it comes from",
                    file.display()
                )),
                Some(theirs) if theirs > own => {
                    wrong.push(format!("{}: `{module}` must not know `{import}`", file.display()));
                }
                Some(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn reads_imports_as_rustfmt_writes_them() {
    let text = "
use crate::{
    fact::{Fact, Report},
    line, // crate::comment
    note::Note,
};
fn f() -> crate::view::Row { std::mem::take(crate::engine::x()) }
#[cfg(test)]
use crate::hub::{
    Hub,
};
#[cfg(test)]
mod tests {
    use crate::{http, store};
}
struct After(crate::rules::Rule);
";
    assert_eq!(names_after(&code(text), "crate::"), ["fact", "line", "note", "view", "engine", "rules"]);
    assert_eq!(names_after(&code(text), "std::"), ["mem"]);
}
