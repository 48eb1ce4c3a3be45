//! The configuration as a tree that knows its lines, whether it came from a text or from a table.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::Hasher;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};
use toml::value::Datetime;

use super::problem::{ConfigProblem, Problems};

/// Longer texts are refused before they are read.
const MOST_BYTES: usize = 16 << 20;
/// Up to this length all mistakes of writing are told, not only the first: each costs memory.
const RECOVERABLE: usize = 100_000;
/// How deep tables and lists may be nested. The deepest that means something is a rule, which has its own limit.
const DEEPEST: usize = 128;

/// One value, and the line on which it stands.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) line: Option<u32>,
    pub(super) value: Value,
}

#[derive(Clone)]
pub(super) enum Value {
    Text(String),
    Number(i64),
    /// A whole number with more than 64 bits.
    Huge,
    Float(f64),
    Flag(bool),
    Time(Datetime),
    List(Vec<Node>),
    Table(Table),
}

/// Values by key.
#[derive(Clone, Default)]
pub(super) struct Table {
    pub(super) line: Option<u32>,
    pub(super) fields: BTreeMap<String, Node>,
}

impl Table {
    /// Reads a text.
    pub(super) fn parse(text: &str) -> Result<Self, Vec<ConfigProblem>> {
        if text.len() > MOST_BYTES {
            let most = MOST_BYTES >> 20;
            return Err(vec![ConfigProblem::new(None, "", format!("the configuration is longer than `{most}` MiB"))]);
        }
        let lines = Lines::of(text);
        let (root, mistakes) = if text.len() <= RECOVERABLE {
            DeTable::parse_recoverable(text)
        } else {
            match DeTable::parse(text) {
                Ok(root) => (root, Vec::new()),
                Err(mistake) => (Spanned::new(0..0, DeTable::new()), vec![mistake]),
            }
        };
        if !mistakes.is_empty() {
            let mut problems = Problems::default();
            for mistake in mistakes {
                let line = mistake.span().map(|span| lines.at(span.start));
                problems.push(ConfigProblem::new(line, "", mistake.message().to_owned()));
            }
            return Err(problems.list());
        }
        Self::of_text(root.into_inner(), None, &lines, 0).ok_or_else(too_deep)
    }

    /// Takes over a table, which has no lines.
    pub(super) fn of(table: toml::Table) -> Result<Self, Vec<ConfigProblem>> {
        Self::of_table(table, 0).ok_or_else(too_deep)
    }

    fn of_text(table: DeTable<'_>, line: Option<u32>, lines: &Lines, depth: usize) -> Option<Self> {
        let mut fields = BTreeMap::new();
        for (key, value) in table {
            let line = lines.at(key.span().start);
            let node = Node::of_text(value.into_inner(), line, lines, depth + 1)?;
            fields.insert(key.into_inner().into_owned(), node);
        }
        Some(Self { line, fields })
    }

    fn of_table(table: toml::Table, depth: usize) -> Option<Self> {
        let fields = table.into_iter().map(|(key, value)| Some((key, Node::of_value(value, depth + 1)?)));
        Some(Self { line: None, fields: fields.collect::<Option<_>>()? })
    }

    /// The same table without these keys.
    pub(super) fn without(&self, keys: &[&str]) -> Self {
        let kept = self.fields.iter().filter(|(key, _)| !keys.contains(&key.as_str()));
        Self { line: self.line, fields: kept.map(|(key, node)| (key.clone(), node.clone())).collect() }
    }

    /// The same as a table of the TOML library; `None`: a number is too large for it.
    pub(super) fn to_toml(&self) -> Option<toml::Table> {
        self.fields.iter().map(|(key, node)| Some((key.clone(), node.to_toml()?))).collect()
    }

    /// Feeds all that the table says, whatever its lines.
    pub(super) fn digest(&self, hasher: &mut impl Hasher) {
        digest_count(b't', self.fields.len(), hasher);
        for (key, node) in &self.fields {
            digest_text(key, hasher);
            node.digest(hasher);
        }
    }
}

impl Node {
    fn of_text(value: DeValue<'_>, line: u32, lines: &Lines, depth: usize) -> Option<Self> {
        if depth > DEEPEST {
            return None;
        }
        let value = match value {
            DeValue::String(text) => Value::Text(text.into_owned()),
            DeValue::Integer(number) => whole(&number),
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Value::Flag(flag),
            DeValue::Datetime(time) => Value::Time(time),
            DeValue::Array(list) => {
                let parts = list.into_iter().map(|part| {
                    let line = lines.at(part.span().start);
                    Self::of_text(part.into_inner(), line, lines, depth + 1)
                });
                Value::List(parts.collect::<Option<_>>()?)
            }
            DeValue::Table(table) => Value::Table(Table::of_text(table, Some(line), lines, depth)?),
        };
        Some(Self { line: Some(line), value })
    }

    fn of_value(value: toml::Value, depth: usize) -> Option<Self> {
        if depth > DEEPEST {
            return None;
        }
        let value = match value {
            toml::Value::String(text) => Value::Text(text),
            toml::Value::Integer(number) => Value::Number(number),
            toml::Value::Float(number) => Value::Float(number),
            toml::Value::Boolean(flag) => Value::Flag(flag),
            toml::Value::Datetime(time) => Value::Time(time),
            toml::Value::Array(list) => {
                let parts = list.into_iter().map(|part| Self::of_value(part, depth + 1));
                Value::List(parts.collect::<Option<_>>()?)
            }
            toml::Value::Table(table) => Value::Table(Table::of_table(table, depth)?),
        };
        Some(Self { line: None, value })
    }

    fn to_toml(&self) -> Option<toml::Value> {
        Some(match &self.value {
            Value::Text(text) => toml::Value::String(text.clone()),
            Value::Number(number) => toml::Value::Integer(*number),
            Value::Huge => return None,
            Value::Float(number) => toml::Value::Float(*number),
            Value::Flag(flag) => toml::Value::Boolean(*flag),
            Value::Time(time) => toml::Value::Datetime(*time),
            Value::List(list) => toml::Value::Array(list.iter().map(Self::to_toml).collect::<Option<_>>()?),
            Value::Table(table) => toml::Value::Table(table.to_toml()?),
        })
    }

    /// What kind of value it is, for people.
    pub(super) const fn kind(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "text",
            Value::Number(_) | Value::Huge => "a whole number",
            Value::Float(_) => "a number with a point",
            Value::Flag(_) => "true or false",
            Value::Time(_) => "a date or time",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    fn digest(&self, hasher: &mut impl Hasher) {
        match &self.value {
            Value::Text(text) => digest_text(text, hasher),
            Value::Number(number) => {
                hasher.write(b"n");
                hasher.write(&number.to_le_bytes());
            }
            Value::Huge => hasher.write(b"h"),
            Value::Float(number) => {
                hasher.write(b"f");
                hasher.write(&number.to_bits().to_le_bytes());
            }
            Value::Flag(flag) => hasher.write(if *flag { b"+" } else { b"-" }),
            Value::Time(time) => digest_text(&time.to_string(), hasher),
            Value::List(list) => {
                digest_count(b'l', list.len(), hasher);
                list.iter().for_each(|part| part.digest(hasher));
            }
            Value::Table(table) => table.digest(hasher),
        }
    }
}

/// Keys only: a value may be a secret.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.fields.keys()).finish()
    }
}

/// Its kind only: a value may be a secret.
impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

fn whole(number: &DeInteger<'_>) -> Value {
    i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Huge, Value::Number)
}

fn digest_text(text: &str, hasher: &mut impl Hasher) {
    digest_count(b's', text.len(), hasher);
    hasher.write(text.as_bytes());
}

fn digest_count(kind: u8, count: usize, hasher: &mut impl Hasher) {
    hasher.write(&[kind]);
    hasher.write(&u64::try_from(count).unwrap_or(u64::MAX).to_le_bytes());
}

fn too_deep() -> Vec<ConfigProblem> {
    let text = format!("tables and lists are nested more than `{DEEPEST}` deep: write it flatter");
    vec![ConfigProblem::new(None, "", text)]
}

/// Where the lines of a text end.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of this byte, counted from 1.
    fn at(&self, offset: usize) -> u32 {
        let before = self.0.partition_point(|end| *end < offset);
        u32::try_from(before).map_or(u32::MAX, |before| before.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Fnv;

    fn digest(text: &str) -> u64 {
        let mut hasher = Fnv::default();
        Table::parse(text).unwrap().digest(&mut hasher);
        hasher.finish()
    }

    #[test]
    fn lines_are_those_of_the_keys() {
        let table = Table::parse("a = 1\n\n[b]\nc = [\n  1,\n  { d = 2 },\n]\n[[e]]\n[[e]]\nf = 1\n").unwrap();
        let line = |node: &Node| node.line.unwrap();
        let Value::Table(b) = &table.fields["b"].value else { panic!("no table") };
        let Value::List(c) = &b.fields["c"].value else { panic!("no list") };
        let Value::List(e) = &table.fields["e"].value else { panic!("no list") };
        assert_eq!((line(&table.fields["a"]), b.line.unwrap(), line(&b.fields["c"])), (1, 3, 4));
        assert_eq!((line(&c[0]), line(&c[1]), line(&e[0]), line(&e[1])), (5, 6, 8, 9));
    }

    #[test]
    fn a_digest_goes_by_what_is_said_and_not_by_how_it_is_written() {
        assert_eq!(digest("a = 1\nb = 'x'"), digest("# nothing new\nb = \"x\"\n\na = 0x1\n"));
        let different =
            ["", "a = 1", "a = 2", "b = 1", "a = '1'", "a = 1.0", "a = [1]", "a = [[1]]", "a = true", "a = {}"];
        let digests: std::collections::BTreeSet<u64> = different.iter().map(|text| digest(text)).collect();
        assert_eq!(digests.len(), different.len());
        assert_ne!(digest("a = ['b', 'c']"), digest("a = ['bc', '']"));
    }

    #[test]
    fn debug_prints_keys_and_no_values() {
        let table = Table::parse("password = 'hunter2'\nport = 5061").unwrap();
        assert_eq!(format!("{table:?} {:?}", table.fields["password"]), "{\"password\", \"port\"} text");
    }

    #[test]
    fn a_table_says_the_same_as_its_text() {
        let text = "a = [1, 2.5, true, 'x', 1979-05-27, { b = 'c' }]";
        let of_text = Table::parse(text).unwrap();
        let table: toml::Table = toml::from_str(text).unwrap();
        assert_eq!(of_text.to_toml().unwrap(), table);
        assert_eq!(Table::of(table.clone()).unwrap().to_toml().unwrap(), table);
        assert!(Table::parse("a = 99999999999999999999").unwrap().to_toml().is_none());
    }
}
