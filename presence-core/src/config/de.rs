//! Reading a part of the tree into a value by serde, with line and path in the error and no value of the file.

use std::fmt::{self, Display};

use serde::de::value::StrDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::path::Path;
use super::problem::ConfigProblem;
use super::section::unknown_key;
use super::suggest::suggestion;
use super::tree::{Node, Table, Value};

/// Reads a value.
pub(super) fn read<'de, T: Deserialize<'de>>(node: &'de Node, path: &Path) -> Result<T, ConfigProblem> {
    T::deserialize(node).map_err(|error| error.into_problem(node.line, path))
}

/// Reads a whole table.
pub(super) fn read_table<'de, T: Deserialize<'de>>(table: &'de Table, path: &Path) -> Result<T, ConfigProblem> {
    T::deserialize(Fields(table)).map_err(|error| error.into_problem(table.line, path))
}

/// What serde found, with the steps to the place, the last one first.
#[derive(Debug)]
pub(super) struct Error {
    line: Option<u32>,
    steps: Vec<Step>,
    text: String,
}

#[derive(Debug)]
enum Step {
    Key(String),
    Index(usize),
}

impl Error {
    fn at(mut self, line: Option<u32>, step: Step) -> Self {
        self.line = self.line.or(line);
        self.steps.push(step);
        self
    }

    fn into_problem(self, line: Option<u32>, path: &Path) -> ConfigProblem {
        let path = self.steps.iter().rev().fold(path.clone(), |path, step| match step {
            Step::Key(key) => path.key(key),
            Step::Index(index) => path.index(*index),
        });
        ConfigProblem::new(self.line.or(line), path.into_text(), self.text)
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}

/// The usual messages quote what they found; here only its kind is told.
impl serde::de::Error for Error {
    fn custom<T: Display>(text: T) -> Self {
        Self { line: None, steps: Vec::new(), text: text.to_string() }
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::custom(format_args!("must be {}, not {}", in_words(wanted), kind(&found)))
    }

    fn invalid_value(_: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::custom(format_args!("must be {}", in_words(wanted)))
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::custom(format_args!("unknown word: {}", suggestion(word, known.iter().copied())))
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::custom(unknown_key(key, known))
    }

    fn missing_field(key: &'static str) -> Self {
        Self::custom(format_args!("`{key}` is missing"))
    }
}

fn in_words(wanted: &dyn Expected) -> String {
    let wanted = wanted.to_string();
    let most = match wanted.as_str() {
        "u8" => u64::from(u8::MAX),
        "u16" => u64::from(u16::MAX),
        "u32" => u64::from(u32::MAX),
        "u64" | "usize" => i64::MAX.unsigned_abs(),
        "a string" | "string" => return "text".to_owned(),
        "a boolean" => return "`true` or `false`".to_owned(),
        "a sequence" => return "a list".to_owned(),
        "a map" => return "a table".to_owned(),
        word => return word.strip_prefix("struct ").map_or_else(|| word.to_owned(), |_| "a table".to_owned()),
    };
    format!("a whole number from `0` to `{most}`")
}

const fn kind(found: &Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "true or false",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "a whole number",
        Unexpected::Float(_) => "a number with a point",
        Unexpected::Str(_) => "text",
        Unexpected::Seq => "a list",
        Unexpected::Map => "a table",
        _ => "something else",
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::Number(number) => visitor.visit_i64(*number),
            Value::Huge => Err(serde::de::Error::custom("the number is too large")),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Flag(flag) => visitor.visit_bool(*flag),
            Value::Time(time) => visitor.visit_string(time.to_string()),
            Value::List(parts) => visitor.visit_seq(Parts { parts: parts.iter().enumerate() }),
            Value::Table(table) => Fields(table).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let wanted = "a word, or a table with one key";
        match &self.value {
            Value::Text(word) => visitor.visit_enum(Choice { word, line: self.line, content: None }),
            Value::Table(table) => {
                let mut fields = table.fields.iter();
                match (fields.next(), fields.next()) {
                    (Some((word, content)), None) => {
                        visitor.visit_enum(Choice { word, line: content.line, content: Some(content) })
                    }
                    _ => Err(serde::de::Error::custom(format_args!("must be {wanted}"))),
                }
            }
            _ => Err(serde::de::Error::custom(format_args!("must be {wanted}, not {}", self.kind()))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

struct Fields<'de>(&'de Table);

impl<'de> Deserializer<'de> for Fields<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries { fields: self.0.fields.iter(), value: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any option newtype_struct enum
    }
}

struct Entries<'de> {
    fields: std::collections::btree_map::Iter<'de, String, Node>,
    value: Option<(&'de str, &'de Node)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((key, node)) = self.fields.next() else { return Ok(None) };
        self.value = Some((key, node));
        let key_of: StrDeserializer<'de, Error> = key.as_str().into_deserializer();
        seed.deserialize(key_of).map(Some).map_err(|error| error.at(node.line, Step::Key(key.clone())))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let Some((key, node)) = self.value.take() else { return Err(serde::de::Error::custom("a value is missing")) };
        seed.deserialize(node).map_err(|error| error.at(node.line, Step::Key(key.to_owned())))
    }
}

struct Parts<'de> {
    parts: std::iter::Enumerate<std::slice::Iter<'de, Node>>,
}

impl<'de> SeqAccess<'de> for Parts<'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((at, node)) = self.parts.next() else { return Ok(None) };
        seed.deserialize(node).map(Some).map_err(|error| error.at(node.line, Step::Index(at)))
    }
}

/// A word, maybe with something that belongs to it.
struct Choice<'de> {
    word: &'de str,
    line: Option<u32>,
    content: Option<&'de Node>,
}

impl Choice<'_> {
    fn place(&self, error: Error) -> Error {
        if self.content.is_some() { error.at(self.line, Step::Key(self.word.to_owned())) } else { error }
    }
}

impl<'de> EnumAccess<'de> for Choice<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        let word: StrDeserializer<'de, Error> = self.word.into_deserializer();
        match seed.deserialize(word) {
            Ok(variant) => Ok((variant, self)),
            Err(error) => Err(self.place(error)),
        }
    }
}

impl<'de> VariantAccess<'de> for Choice<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(self.place(serde::de::Error::custom("the word stands alone"))),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        let content = self.content.ok_or_else(|| alone(self.word))?;
        seed.deserialize(content).map_err(|error| self.place(error))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        let content = self.content.ok_or_else(|| alone(self.word))?;
        content.deserialize_any(visitor).map_err(|error| self.place(error))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.tuple_variant(0, visitor)
    }
}

fn alone(word: &str) -> Error {
    // The word is one that is known, so it may be repeated.
    serde::de::Error::custom(format_args!("`{word}` does not stand alone: write `{{ {word} = … }}`"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::fact::Facet;
    use crate::rules::{Condition, RuleSet};

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        server: String,
        #[serde(default)]
        port: Option<u16>,
        #[serde(default)]
        holds: BTreeMap<Facet, u32>,
        #[serde(default)]
        when: Vec<Condition>,
        #[serde(default)]
        ratio: f64,
    }

    fn settings(text: &str) -> Result<Settings, String> {
        let table = Table::parse(text).unwrap();
        read_table(&table, &Path::default().key("x")).map_err(|problem| problem.to_string())
    }

    #[test]
    fn reads_what_the_toml_library_reads() {
        let text = "server = 'a'\nport = 5061\nratio = 0.5\nholds = { call = 5, do-not-disturb = 6 }\nwhen = ['always', \
                    { all = [{ known = 'call' }, { call-is = ['desk', 'ringing'] }] }, { not = 'roaming' }]";
        assert_eq!(settings(text).unwrap(), toml::from_str(text).unwrap());
        let standard = toml::to_string(&RuleSet::standard()).unwrap();
        let table = Table::parse(&standard).unwrap();
        assert_eq!(read_table::<RuleSet>(&table, &Path::default()).unwrap(), RuleSet::standard());
    }

    #[test]
    fn errors_name_line_and_key_and_no_value() {
        for (text, told) in [
            ("prot = 1\nserver = 's3cret'", "line 1: `x.prot`: unknown key: did you mean `port`?"),
            ("port = 1", "`x`: `server` is missing"),
            ("\nserver = 1", "line 2: `x.server`: must be text, not a whole number"),
            ("server = ''\nport = 's3cret'", "line 2: `x.port`: must be a whole number from `0` to `65535`, not text"),
            ("server = ''\nport = 70000", "line 2: `x.port`: must be a whole number from `0` to `65535`"),
            ("server = ''\nport = 99999999999999999999", "line 2: `x.port`: the number is too large"),
            ("server = ''\nholds.cal = 5", "line 2: `x.holds.cal`: unknown word: did you mean `call`?"),
            ("server = ''\nholds = 5", "line 2: `x.holds`: must be a table, not a whole number"),
            ("server = ''\nwhen = [\n'alwas',\n]", "line 3: `x.when[0]`: unknown word: did you mean `always`?"),
            ("server = ''\nwhen = ['not']", "line 2: `x.when[0]`: `not` does not stand alone: write `{ not = … }`"),
            ("server = ''\nwhen = [{ always = 1 }]", "line 2: `x.when[0].always`: the word stands alone"),
            ("server = ''\nwhen = [{}]", "line 2: `x.when[0]`: must be a word, or a table with one key"),
            (
                "server = ''\nwhen = [3]",
                "line 2: `x.when[0]`: must be a word, or a table with one key, not a whole number",
            ),
            (
                "server = ''\nwhen = [{ all = [\n{ known = 'cal' }] }]",
                "line 3: `x.when[0].all[0].known`: unknown word: did you mean `call`?",
            ),
        ] {
            assert_eq!(settings(text).unwrap_err(), told, "{text}");
        }
    }
}
