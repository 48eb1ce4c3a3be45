//! Data without a type, as it stands in a file: to be compared with what is serialised.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{self, Serialize, Serializer};
use thiserror::Error;

/// A piece of JSON.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Tree {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Whole(i128),
    /// Any other number.
    Fraction(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// Names and values.
    Map(BTreeMap<String, Self>),
}

impl Tree {
    /// What `value` is when it is serialised.
    ///
    /// # Errors
    ///
    /// Fails where `value` does, and where a key of a map is no text.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Result<Self, TreeError> {
        value.serialize(Planter)
    }

    /// Where `found` is not what this says: one line each. Names that are not mentioned here may have any value, a name
    /// that is not there is `null`; lists are compared one by one.
    #[must_use]
    pub fn differences(&self, found: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        self.compare(found, "", &mut lines);
        lines
    }

    /// Every text and every name in it.
    pub fn each_text(&self, visit: &mut impl FnMut(&str)) {
        match self {
            Self::Text(text) => visit(text),
            Self::List(list) => list.iter().for_each(|item| item.each_text(visit)),
            Self::Map(map) => {
                for (name, value) in map {
                    visit(name);
                    value.each_text(visit);
                }
            }
            Self::Null | Self::Bool(_) | Self::Whole(_) | Self::Fraction(_) => {}
        }
    }

    fn compare(&self, found: &Self, path: &str, lines: &mut Vec<String>) {
        match (self, found) {
            (Self::Map(wanted), Self::Map(there)) => {
                for (name, wanted) in wanted {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    wanted.compare(there.get(name).unwrap_or(&Self::Null), &path, lines);
                }
            }
            (Self::List(wanted), Self::List(there)) if wanted.len() == there.len() => {
                for (at, (wanted, there)) in wanted.iter().zip(there).enumerate() {
                    wanted.compare(there, &format!("{path}[{at}]"), lines);
                }
            }
            _ if self == found => {}
            _ if path.is_empty() => lines.push(format!("{found}, expected {self}")),
            _ => lines.push(format!("{path} is {found}, expected {self}")),
        }
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Whole(value) => value.fmt(f),
            Self::Fraction(value) => value.fmt(f),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(list) => separated(f, "[", list.iter(), "]", |f, item| item.fmt(f)),
            Self::Map(map) => separated(f, "{", map.iter(), "}", |f, (name, value)| write!(f, "{name:?}: {value}")),
        }
    }
}

fn separated<I: Iterator>(
    f: &mut fmt::Formatter<'_>,
    open: &str,
    items: I,
    close: &str,
    write: impl Fn(&mut fmt::Formatter<'_>, I::Item) -> fmt::Result,
) -> fmt::Result {
    f.write_str(open)?;
    for (at, item) in items.enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        write(f, item)?;
    }
    f.write_str(close)
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Whole(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Whole(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Fraction(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((name, value)) = entries.next_entry()? {
            map.insert(name, value);
        }
        Ok(Tree::Map(map))
    }
}

/// Why something cannot be serialised.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("{0}")]
#[non_exhaustive]
pub struct TreeError(String);

impl ser::Error for TreeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

struct Planter;

impl Serializer for Planter {
    type Ok = Tree;
    type Error = TreeError;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Entries;

    fn serialize_bool(self, value: bool) -> Result<Tree, TreeError> {
        Ok(Tree::Bool(value))
    }

    fn serialize_i8(self, value: i8) -> Result<Tree, TreeError> {
        Ok(Tree::Whole(value.into()))
    }

    fn serialize_i16(self, value: i16) -> Result<Tree, TreeError> {
        Ok(Tree::Whole(value.into()))
    }

    fn serialize_i32(self, value: i32) -> Result<Tree, TreeError> {
        Ok(Tree::Whole(value.into()))
    }

    fn serialize_i64(self, value: i64) -> Result<Tree, TreeError> {
        Ok(Tree::Whole(value.into()))
    }

    fn serialize_u8(self, value: u8) -> Result<Tree, TreeError> {
        Ok(Tree::Whole(value.into()))
    }

    fn serialize_u16(self, value: u16) -> Result<Tree, TreeError> {
        Ok(Tree::Whole(value.into()))
    }

    fn serialize_u32(self, value: u32) -> Result<Tree, TreeError> {
        Ok(Tree::Whole(value.into()))
    }

    fn serialize_u64(self, value: u64) -> Result<Tree, TreeError> {
        Ok(Tree::Whole(value.into()))
    }

    fn serialize_f32(self, value: f32) -> Result<Tree, TreeError> {
        Ok(Tree::Fraction(value.into()))
    }

    fn serialize_f64(self, value: f64) -> Result<Tree, TreeError> {
        Ok(Tree::Fraction(value))
    }

    fn serialize_char(self, value: char) -> Result<Tree, TreeError> {
        Ok(Tree::Text(value.into()))
    }

    fn serialize_str(self, value: &str) -> Result<Tree, TreeError> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Tree, TreeError> {
        Ok(Tree::List(value.iter().map(|byte| Tree::Whole((*byte).into())).collect()))
    }

    fn serialize_none(self) -> Result<Tree, TreeError> {
        Ok(Tree::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Tree, TreeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Tree, TreeError> {
        Ok(Tree::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Tree, TreeError> {
        Ok(Tree::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Tree, TreeError> {
        Ok(Tree::Text(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Tree, TreeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Tree, TreeError> {
        Ok(under(Some(variant), value.serialize(self)?))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, TreeError> {
        Ok(Items { variant: None, list: Vec::new() })
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, TreeError> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, TreeError> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items, TreeError> {
        Ok(Items { variant: Some(variant), list: Vec::new() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, TreeError> {
        Ok(Entries { variant: None, name: None, map: BTreeMap::new() })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries, TreeError> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Entries, TreeError> {
        Ok(Entries { variant: Some(variant), name: None, map: BTreeMap::new() })
    }
}

/// The value, under the name of its variant if it is one of an enum.
fn under(variant: Option<&'static str>, tree: Tree) -> Tree {
    match variant {
        Some(variant) => Tree::Map(BTreeMap::from([(variant.to_owned(), tree)])),
        None => tree,
    }
}

struct Items {
    variant: Option<&'static str>,
    list: Vec<Tree>,
}

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TreeError> {
        self.list.push(Tree::of(value)?);
        Ok(())
    }

    fn done(self) -> Tree {
        under(self.variant, Tree::List(self.list))
    }
}

impl ser::SerializeSeq for Items {
    type Ok = Tree;
    type Error = TreeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TreeError> {
        self.push(value)
    }

    fn end(self) -> Result<Tree, TreeError> {
        Ok(self.done())
    }
}

impl ser::SerializeTuple for Items {
    type Ok = Tree;
    type Error = TreeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TreeError> {
        self.push(value)
    }

    fn end(self) -> Result<Tree, TreeError> {
        Ok(self.done())
    }
}

impl ser::SerializeTupleStruct for Items {
    type Ok = Tree;
    type Error = TreeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TreeError> {
        self.push(value)
    }

    fn end(self) -> Result<Tree, TreeError> {
        Ok(self.done())
    }
}

impl ser::SerializeTupleVariant for Items {
    type Ok = Tree;
    type Error = TreeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TreeError> {
        self.push(value)
    }

    fn end(self) -> Result<Tree, TreeError> {
        Ok(self.done())
    }
}

struct Entries {
    variant: Option<&'static str>,
    name: Option<String>,
    map: BTreeMap<String, Tree>,
}

impl Entries {
    fn done(self) -> Tree {
        under(self.variant, Tree::Map(self.map))
    }
}

impl ser::SerializeMap for Entries {
    type Ok = Tree;
    type Error = TreeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), TreeError> {
        let Tree::Text(name) = Tree::of(key)? else { return Err(ser::Error::custom("a key is no text")) };
        self.name = Some(name);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), TreeError> {
        self.map.insert(self.name.take().unwrap_or_default(), Tree::of(value)?);
        Ok(())
    }

    fn end(self) -> Result<Tree, TreeError> {
        Ok(self.done())
    }
}

impl ser::SerializeStruct for Entries {
    type Ok = Tree;
    type Error = TreeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), TreeError> {
        self.map.insert(name.to_owned(), Tree::of(value)?);
        Ok(())
    }

    fn end(self) -> Result<Tree, TreeError> {
        Ok(self.done())
    }
}

impl ser::SerializeStructVariant for Entries {
    type Ok = Tree;
    type Error = TreeError;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), TreeError> {
        ser::SerializeStruct::serialize_field(self, name, value)
    }

    fn end(self) -> Result<Tree, TreeError> {
        Ok(self.done())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::Diversion;

    fn read(text: &str) -> Tree {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_serialised_is_what_json_says() {
        let address = crate::identity::Address::sip("anna@example.com").unwrap();
        let value =
            (Some(1_u8), Diversion::Number(Some(address)), Diversion::Off, [1.5_f64], BTreeMap::from([("a", ())]));
        assert_eq!(Tree::of(&value).unwrap(), read(&serde_json::to_string(&value).unwrap()));
    }

    #[test]
    fn differences_are_told_by_path_and_names_left_out_may_be_anything() {
        let found = read(r#"{"a": {"b": [1, {"c": "x", "d": 2}]}, "e": true}"#);
        assert!(read(r#"{"a": {"b": [1, {"c": "x"}]}}"#).differences(&found).is_empty());
        assert!(read(r#"{"z": null}"#).differences(&found).is_empty());
        let lines = read(r#"{"a": {"b": [2, {"c": "y"}]}, "z": 1}"#).differences(&found);
        assert_eq!(lines, ["a.b[0] is 1, expected 2", r#"a.b[1].c is "x", expected "y""#, "z is null, expected 1"]);
        assert_eq!(read(r#"{"a": {"b": [1]}}"#).differences(&found).len(), 1);
    }

    #[test]
    fn every_text_is_found() {
        let mut texts = Vec::new();
        read(r#"{"a": ["b", {"c": "d"}], "e": 1}"#).each_text(&mut |text| texts.push(text.to_owned()));
        assert_eq!(texts, ["a", "b", "c", "d", "e"]);
    }
}
