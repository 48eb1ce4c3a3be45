//! Paths of keys, as they are told to people.

use std::fmt;

/// Longer keys are cut short.
const LONGEST: usize = 60;

/// A path like `people[3].desk`.
#[derive(Clone, Debug, Default)]
pub(super) struct Path(String);

impl Path {
    /// The path of a key in this table.
    pub(super) fn key(&self, key: &str) -> Self {
        let mut path = self.0.clone();
        if !path.is_empty() {
            path.push('.');
        }
        write_key(&mut path, key);
        Self(path)
    }

    /// The path of an element of this list, counted from 0.
    pub(super) fn index(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn write_key(path: &mut String, key: &str) {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !key.is_empty() && key.len() <= LONGEST && key.chars().all(bare) {
        path.push_str(key);
        return;
    }
    path.push('"');
    for c in key.chars().take(LONGEST) {
        path.extend(c.escape_debug());
    }
    path.push_str(if key.chars().nth(LONGEST).is_some() { "…\"" } else { "\"" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_like_the_file() {
        let path = Path::default().key("people").index(3).key("desk");
        assert_eq!(path.to_string(), "people[3].desk");
        assert_eq!(Path::default().key("smtp:a@b").key("").to_string(), "\"smtp:a@b\".\"\"");
        assert_eq!(Path::default().key("a\n\"").to_string(), "\"a\\n\\\"\"");
        let long = Path::default().key(&"x".repeat(1_000)).to_string();
        assert_eq!(long, format!("\"{}…\"", "x".repeat(60)));
    }
}
