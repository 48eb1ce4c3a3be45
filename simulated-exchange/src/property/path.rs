//! The name of a property.

use crate::xml::{Element, Node, t};

/// The name of a property, as a client writes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Path {
    /// `item:Subject`.
    Uri(String),
    /// A MAPI property by its tag.
    Tag { tag: u32, kind: String },
    /// A MAPI property by its set and its number or name.
    Named { set: String, name: Name, kind: String },
}

/// What a named property is called in its set.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Name {
    Id(u32),
    Text(String),
}

impl Path {
    /// Reads one element of the three kinds.
    pub(crate) fn read(node: &Node) -> Option<Self> {
        let attribute = |name| node.attribute(name);
        match node.name.as_str() {
            "FieldURI" | "IndexedFieldURI" => Some(Self::Uri(attribute("FieldURI")?.to_owned())),
            "ExtendedFieldURI" => {
                let kind = attribute("PropertyType").unwrap_or("String").to_owned();
                if let Some(tag) = attribute("PropertyTag") {
                    return Some(Self::Tag { tag: number(tag)?, kind });
                }
                let set = attribute("DistinguishedPropertySetId").or_else(|| attribute("PropertySetId"))?.to_owned();
                let name = match attribute("PropertyId") {
                    Some(id) => Name::Id(number(id)?),
                    None => Name::Text(attribute("PropertyName")?.to_owned()),
                };
                Some(Self::Named { set, name, kind })
            }
            _ => None,
        }
    }

    /// How it is recorded.
    pub(crate) fn label(&self) -> String {
        match self {
            Self::Uri(uri) => uri.clone(),
            Self::Tag { tag, .. } => format!("0x{tag:04x}"),
            Self::Named { set, name: Name::Id(id), .. } => format!("{set}/{id}"),
            Self::Named { set, name: Name::Text(name), .. } => format!("{set}/{name}"),
        }
    }

    /// The name as Exchange repeats it in front of a value; there is none for `item:Subject` and its like.
    pub(crate) fn element(&self) -> Option<Element> {
        let element = t("ExtendedFieldURI");
        match self {
            Self::Uri(_) => None,
            Self::Tag { tag, kind } => {
                Some(element.with("PropertyTag", format!("0x{tag:x}")).with("PropertyType", kind))
            }
            Self::Named { set, name, kind } => {
                let is_guid = set.contains('-');
                let element = element.with(if is_guid { "PropertySetId" } else { "DistinguishedPropertySetId" }, set);
                let element = match name {
                    Name::Id(id) => element.with("PropertyId", id.to_string()),
                    Name::Text(name) => element.with("PropertyName", name),
                };
                Some(element.with("PropertyType", kind))
            }
        }
    }
}

fn number(text: &str) -> Option<u32> {
    let hexadecimal = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    hexadecimal.map_or_else(|| text.parse().ok(), |digits| u32::from_str_radix(digits, 16).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_of_names_are_read_and_recorded() {
        for (text, label) in [
            ("<FieldURI FieldURI='item:Subject'/>", "item:Subject"),
            ("<ExtendedFieldURI PropertyTag='0x37' PropertyType='String'/>", "0x0037"),
            ("<ExtendedFieldURI PropertyTag='4339'/>", "0x10f3"),
            (
                "<ExtendedFieldURI DistinguishedPropertySetId='Appointment' PropertyId='33315' PropertyType='Boolean'/>",
                "Appointment/33315",
            ),
            ("<ExtendedFieldURI PropertySetId='0-1' PropertyName='a'/>", "0-1/a"),
        ] {
            assert_eq!(Path::read(&Node::parse(text).unwrap()).unwrap().label(), label);
        }
        for text in
            ["<FieldURI/>", "<ExtendedFieldURI PropertyTag='x'/>", "<ExtendedFieldURI/>", "<Other FieldURI='a'/>"]
        {
            assert!(Path::read(&Node::parse(text).unwrap()).is_none(), "{text}");
        }
    }
}
