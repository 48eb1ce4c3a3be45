//! A document as a tree. Prefixes are dropped: clients disagree about namespaces, and no two elements of EWS differ by
//! their namespace alone.

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// Deeper than any request of EWS; what goes on is an attack.
const MAX_DEPTH: usize = 64;
/// A request for 100 mailboxes has a thousand elements.
const MAX_ELEMENTS: usize = 200_000;

/// An element with all that is in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Node {
    /// Without its prefix.
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Self>,
    text: String,
}

/// Why a document was not understood.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotXml {
    #[error("the document is not well-formed")]
    Malformed,
    #[error("the document is deeper than {MAX_DEPTH} elements or has more than {MAX_ELEMENTS}")]
    TooLarge,
    #[error("a document type is not accepted")]
    DocumentType,
}

impl Node {
    /// Reads one document.
    pub(crate) fn parse(text: &str) -> Result<Self, NotXml> {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        let mut elements = 0;
        loop {
            match reader.read_event().map_err(|_| NotXml::Malformed)? {
                Event::Start(start) => {
                    open.push(Self::begun(&start)?);
                    elements += 1;
                    if open.len() > MAX_DEPTH || elements > MAX_ELEMENTS {
                        return Err(NotXml::TooLarge);
                    }
                }
                Event::Empty(start) => {
                    elements += 1;
                    let node = Self::begun(&start)?;
                    open.last_mut().ok_or(NotXml::Malformed)?.children.push(node);
                }
                Event::End(_) => {
                    let node = open.pop().ok_or(NotXml::Malformed)?;
                    open.last_mut().ok_or(NotXml::Malformed)?.children.push(node);
                }
                Event::Text(text) => Self::add(&mut open, &text.xml_content(XmlVersion::Implicit1_0))?,
                Event::CData(text) => Self::add(&mut open, &text.xml_content(XmlVersion::Implicit1_0))?,
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref().map_err(|_| NotXml::Malformed)? {
                        Some(character) => character,
                        None => named(&reference).ok_or(NotXml::Malformed)?,
                    };
                    Self::add(&mut open, character.encode_utf8(&mut [0; 4]))?;
                }
                Event::DocType(_) => return Err(NotXml::DocumentType),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
        let [document] = open.as_mut_slice() else { return Err(NotXml::Malformed) };
        document.children.pop().ok_or(NotXml::Malformed)
    }

    fn begun(start: &BytesStart<'_>) -> Result<Self, NotXml> {
        let mut node = Self { name: local(start.name().as_ref()), ..Self::default() };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| NotXml::Malformed)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| NotXml::Malformed)?;
            node.attributes.push((local(attribute.key.as_ref()), value.into_owned()));
        }
        Ok(node)
    }

    fn add(open: &mut [Self], text: &str) -> Result<(), NotXml> {
        open.last_mut().ok_or(NotXml::Malformed)?.text.push_str(text);
        Ok(())
    }

    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The children of the first child of this name.
    pub(crate) fn inside(&self, name: &str) -> &[Self] {
        self.child(name).map_or(&[], |child| &child.children)
    }

    /// The first element of this name anywhere below.
    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        self.children.iter().find_map(|child| if child.name == name { Some(child) } else { child.find(name) })
    }

    /// The text of the first element of this name anywhere below.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.find(name).map(Self::text)
    }

    /// An attribute.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The text directly in this element, without the white space around it.
    pub(crate) fn text(&self) -> &str {
        self.text.trim()
    }
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

/// The five entities that XML itself has.
fn named(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_dropped_and_texts_joined() {
        let node = Node::parse(
            "<?xml version=\"1.0\"?><s:A xmlns:s='x'><t:B c:d='1&amp;2'> a&lt;<![CDATA[b]]>&#65; </t:B><C/></s:A>",
        );
        let node = node.unwrap();
        assert_eq!(node.name, "A");
        let b = node.child("B").unwrap();
        assert_eq!((b.text(), b.attribute("d")), ("a<bA", Some("1&2")));
        assert!(node.find("C").is_some() && node.child("D").is_none());
    }

    #[test]
    fn bad_documents_are_refused() {
        for text in ["", "<a>", "<a></b>", "</a>", "text", "<a>&bomb;</a>", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"] {
            assert!(Node::parse(text).is_err(), "{text}");
        }
        let deep = "<a>".repeat(MAX_DEPTH + 1) + &"</a>".repeat(MAX_DEPTH + 1);
        assert!(matches!(Node::parse(&deep), Err(NotXml::TooLarge)));
    }
}
