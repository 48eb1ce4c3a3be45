//! Secrets: written down, or only named.

use std::fmt;

use crate::confidential::MASK;

use super::path::Path;
use super::problem::{ConfigProblem, Problems};
use super::tree::{Node, Table, Value};

/// A secret of a source: what a key says whose name ends in `password`, `secret`, `token` or `key`.
///
/// The configuration reads no files and no environment: whoever asks for the sources says what a secret is.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub enum Secret {
    /// The secret, as it stands in the configuration.
    Plain(String),
    /// The name of the environment variable that holds it: `{ env = "NAME" }`.
    Env(String),
    /// The path of the file that holds it: `{ file = "path" }`.
    File(String),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(_) => f.debug_tuple("Plain").field(&format_args!("{MASK}")).finish(),
            Self::Env(name) => f.debug_tuple("Env").field(name).finish(),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

/// Says what a secret is, or in words why it cannot be told. The words are repeated in an error.
pub type Resolve<'a> = dyn Fn(&Secret) -> Result<String, String> + 'a;

impl Secret {
    fn of(key: &str, node: &Node) -> Option<Self> {
        if !is_secret(key) {
            return None;
        }
        match &node.value {
            Value::Text(text) => Some(Self::Plain(text.clone())),
            Value::Table(table) => {
                let mut fields = table.fields.iter();
                match (fields.next(), fields.next()) {
                    (Some((key, Node { value: Value::Text(text), .. })), None) => match key.as_str() {
                        "env" => Some(Self::Env(text.clone())),
                        "file" => Some(Self::File(text.clone())),
                        _ => None,
                    },
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["password", "secret", "token", "key"].iter().any(|end| key.ends_with(end))
}

/// The same table with every secret in its place.
pub(super) fn resolved(table: &Table, path: &Path, resolve: &Resolve<'_>, problems: &mut Problems) -> Table {
    let mut fields = std::collections::BTreeMap::new();
    for (key, node) in &table.fields {
        let value = match Secret::of(key, node).map(|secret| resolve(&secret)) {
            Some(Ok(text)) => Value::Text(text),
            Some(Err(text)) => {
                problems.push(ConfigProblem::new(node.line, path.key(key).into_text(), text));
                continue;
            }
            None => resolved_value(&node.value, &path.key(key), resolve, problems),
        };
        fields.insert(key.clone(), Node { line: node.line, value });
    }
    Table { line: table.line, fields }
}

fn resolved_value(value: &Value, path: &Path, resolve: &Resolve<'_>, problems: &mut Problems) -> Value {
    match value {
        Value::Text(text) => Value::Text(text.clone()),
        Value::Number(number) => Value::Number(*number),
        Value::Huge => Value::Huge,
        Value::Float(number) => Value::Float(*number),
        Value::Flag(flag) => Value::Flag(*flag),
        Value::Time(time) => Value::Time(*time),
        Value::List(parts) => {
            let mut list = Vec::new();
            for (at, part) in parts.iter().enumerate() {
                let value = resolved_value(&part.value, &path.index(at), resolve, problems);
                list.push(Node { line: part.line, value });
            }
            Value::List(list)
        }
        Value::Table(table) => Value::Table(resolved(table, path, resolve, problems)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_the_end_of_their_key() {
        for key in ["password", "client_secret", "api-key", "accessToken", "KEY"] {
            assert!(is_secret(key), "{key}");
        }
        for key in ["user", "passwords", "keyboard", "secretary"] {
            assert!(!is_secret(key), "{key}");
        }
    }

    #[test]
    fn secrets_are_put_in_their_place_at_every_depth() {
        let text =
            "password = 'a'\n[tls]\nkey = { file = 'b' }\n[[peers]]\ntoken = { env = 'C' }\nserver = { env = 'D' }\n";
        let table = Table::parse(text).unwrap();
        let resolve = |secret: &Secret| Ok(format!("{secret:?}"));
        let mut problems = Problems::default();
        let resolved = resolved(&table, &Path::default(), &resolve, &mut problems).to_toml().unwrap();
        assert_eq!(resolved["password"].as_str(), Some("Plain(***)"));
        assert_eq!(resolved["tls"]["key"].as_str(), Some("File(\"b\")"));
        assert_eq!(resolved["peers"][0]["token"].as_str(), Some("Env(\"C\")"));
        assert!(resolved["peers"][0]["server"].is_table(), "only a secret is looked up");
        assert_eq!(problems.list(), []);
    }
}
