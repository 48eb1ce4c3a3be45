//! A document as a tree that borrows from its text.

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::errors::Error as XmlError;
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;
use quick_xml::name::{NamespaceError, QName};
use quick_xml::reader::NsReader;

use super::namespace::Namespace;
use super::{character, is_blank, line_at};

/// Elements are nested at most so deep.
pub(crate) const MOST_DEPTH: usize = 64;
/// A document has at most so many elements.
const MOST_ELEMENTS: usize = 100_000;
/// An element has at most so many attributes.
const MOST_ATTRIBUTES: usize = 32;

/// A document: its elements in the order in which they begin.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    attributes: Vec<Attribute<'a>>,
}

#[derive(Debug)]
struct Node<'a> {
    namespace: Namespace,
    name: &'a str,
    attributes: (usize, usize),
    text: Cow<'a, str>,
    /// The first element after this one and all in it.
    after: usize,
}

#[derive(Debug)]
struct Attribute<'a> {
    namespace: Namespace,
    name: &'a str,
    value: Cow<'a, str>,
}

/// The text is no document, or one that is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct NotATree {
    /// The line, counted from 1.
    pub(crate) line: usize,
    pub(crate) fault: Fault,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    NotXml,
    DocumentType,
    Entity,
    TooDeep,
    TooMany,
    NotClosed,
    Doubled,
    NoRoot,
}

impl<'a> Tree<'a> {
    /// Reads a document. A document type is refused unread, and so is a reference to what it would have to define.
    pub(crate) fn read(text: &'a str) -> Result<Self, NotATree> {
        let mut building = Building::new(text);
        building.run().map_err(|fault| NotATree { line: line_at(text.as_bytes(), building.place), fault })?;
        Ok(Self { nodes: building.nodes, attributes: building.attributes })
    }

    /// The outermost element.
    pub(crate) const fn root(&self) -> Element<'_, 'a> {
        Element { tree: self, index: 0 }
    }
}

/// An element of a tree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'t, 'a> {
    tree: &'t Tree<'a>,
    index: usize,
}

impl<'t, 'a> Element<'t, 'a> {
    pub(crate) fn is(self, namespace: Namespace, name: &str) -> bool {
        self.node().is_some_and(|node| node.namespace == namespace && node.name == name)
    }

    /// Its name, whatever its namespace.
    pub(crate) fn local_name(self) -> &'t str {
        self.node().map_or("", |node| node.name)
    }

    /// The elements directly in it.
    pub(crate) fn children(self) -> impl Iterator<Item = Self> {
        let end = self.node().map_or(0, |node| node.after);
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let child = Self { tree: self.tree, index: next };
            next = child.node().filter(|_| next < end)?.after;
            Some(child)
        })
    }

    /// The first element of this name directly in it.
    pub(crate) fn child(self, namespace: Namespace, name: &str) -> Option<Self> {
        self.children().find(|child| child.is(namespace, name))
    }

    /// The text of that child, without the blanks around it.
    pub(crate) fn child_text(self, namespace: Namespace, name: &str) -> Option<&'t str> {
        self.child(namespace, name).map(Self::text)
    }

    /// An attribute without a namespace.
    pub(crate) fn attribute(self, name: &str) -> Option<&'t str> {
        self.attribute_of(Namespace::None, name)
    }

    /// What kind of its element it is, without a prefix.
    pub(crate) fn kind(self) -> Option<&'t str> {
        let kind = self.attribute_of(Namespace::SchemaInstance, "type")?.trim();
        Some(kind.rsplit_once(':').map_or(kind, |(_, local)| local))
    }

    /// The text directly in it, without the blanks around it.
    pub(crate) fn text(self) -> &'t str {
        self.node().map_or("", |node| node.text.trim())
    }

    fn attribute_of(self, namespace: Namespace, name: &str) -> Option<&'t str> {
        let (start, end) = self.node()?.attributes;
        let mut attributes = self.tree.attributes.get(start..end)?.iter();
        let found = attributes.find(|attribute| attribute.namespace == namespace && attribute.name == name)?;
        Some(found.value.as_ref())
    }

    fn node(self) -> Option<&'t Node<'a>> {
        self.tree.nodes.get(self.index)
    }
}

struct Building<'a> {
    text: &'a str,
    place: usize,
    version: XmlVersion,
    nodes: Vec<Node<'a>>,
    attributes: Vec<Attribute<'a>>,
    open: Vec<usize>,
}

impl<'a> Building<'a> {
    fn new(text: &'a str) -> Self {
        // Elements of these documents are some forty bytes long.
        let nodes = Vec::with_capacity(text.len() / 40);
        let version = XmlVersion::Implicit1_0;
        Self { text, place: 0, version, nodes, attributes: Vec::new(), open: Vec::new() }
    }

    fn run(&mut self) -> Result<(), Fault> {
        let mut reader = NsReader::from_str(self.text);
        loop {
            let start = place(reader.buffer_position());
            let event = reader.read_event();
            let end = place(reader.buffer_position());
            self.place = start;
            match event.map_err(|error| fault_of(&error))? {
                Event::Eof => return self.finish(),
                Event::Start(_) => self.start(&reader, self.text.get(start + 1..end.saturating_sub(1)))?,
                Event::Empty(_) => {
                    self.start(&reader, self.text.get(start + 1..end.saturating_sub(2)))?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(text) => self.words(text.xml_content(self.version))?,
                Event::CData(text) => self.words(text.xml_content(self.version))?,
                Event::GeneralRef(reference) => {
                    let character = character(&reference).ok_or(Fault::Entity)?;
                    self.words(Cow::Owned(character.to_string()))?;
                }
                Event::DocType(_) => return Err(Fault::DocumentType),
                Event::Decl(declaration) => {
                    self.version = declaration.xml_version().map_err(|_| Fault::NotXml)?;
                }
                Event::Comment(_) | Event::PI(_) => {}
            }
        }
    }

    /// An element begins; `tag` is what stands between the angle brackets.
    fn start(&mut self, reader: &NsReader<&'a [u8]>, tag: Option<&'a str>) -> Result<(), Fault> {
        let tag = tag.ok_or(Fault::NotXml)?;
        if self.open.is_empty() && !self.nodes.is_empty() {
            return Err(Fault::NotXml);
        }
        if self.open.len() == MOST_DEPTH {
            return Err(Fault::TooDeep);
        }
        if self.nodes.len() == MOST_ELEMENTS {
            return Err(Fault::TooMany);
        }
        let name_ends = tag.find([' ', '\t', '\r', '\n']).unwrap_or(tag.len());
        let name = QName(tag.get(..name_ends).unwrap_or(tag));
        let (namespace, local) = reader.resolver().resolve_element(name);
        let namespace = Namespace::resolved(&namespace);
        let attributes = self.read_attributes(reader, Attributes::new(tag, name_ends))?;
        self.open.push(self.nodes.len());
        let name = local.into_inner();
        self.nodes.push(Node { namespace, name, attributes, text: Cow::Borrowed(""), after: 0 });
        Ok(())
    }

    fn read_attributes(
        &mut self,
        reader: &NsReader<&'a [u8]>,
        mut attributes: Attributes<'a>,
    ) -> Result<(usize, usize), Fault> {
        let start = self.attributes.len();
        for (count, attribute) in attributes.with_checks(false).enumerate() {
            if count == MOST_ATTRIBUTES {
                return Err(Fault::TooMany);
            }
            let attribute = attribute.map_err(|_| Fault::NotXml)?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (namespace, local) = reader.resolver().resolve_attribute(attribute.key);
            let namespace = Namespace::resolved(&namespace);
            let name = local.into_inner();
            let value = attribute.normalized_value(self.version).map_err(|_| Fault::Entity)?;
            let known = self.attributes.get(start..).unwrap_or_default();
            if namespace != Namespace::Other
                && known.iter().any(|known| (known.namespace, known.name) == (namespace, name))
            {
                return Err(Fault::Doubled);
            }
            self.attributes.push(Attribute { namespace, name, value });
        }
        Ok((start, self.attributes.len()))
    }

    fn end(&mut self) {
        let after = self.nodes.len();
        if let Some(node) = self.open.pop().and_then(|index| self.nodes.get_mut(index)) {
            node.after = after;
        }
    }

    fn words(&mut self, words: Cow<'a, str>) -> Result<(), Fault> {
        let node = self.open.last().and_then(|index| self.nodes.get_mut(*index));
        match node {
            None if is_blank(&words) => {}
            None => return Err(Fault::NotXml),
            // Blanks before elements are of no interest, and would have to be copied together.
            Some(node) if node.text.is_empty() && is_blank(&words) => {}
            Some(node) if node.text.is_empty() => node.text = words,
            Some(node) => node.text.to_mut().push_str(&words),
        }
        Ok(())
    }

    const fn finish(&self) -> Result<(), Fault> {
        match (self.open.is_empty(), self.nodes.is_empty()) {
            (false, _) => Err(Fault::NotClosed),
            (_, true) => Err(Fault::NoRoot),
            _ => Ok(()),
        }
    }
}

fn place(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

const fn fault_of(error: &XmlError) -> Fault {
    match error {
        XmlError::Namespace(NamespaceError::TooManyBindings(_)) => Fault::TooMany,
        XmlError::Namespace(NamespaceError::TooDeeplyNested(_)) => Fault::TooDeep,
        _ => Fault::NotXml,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        Tree::read(text).unwrap_err().fault
    }

    #[test]
    fn elements_and_what_is_in_them() {
        let xml = "<?xml version=\"1.0\"?><s:state xmlns:s='https://schemas.microsoft.com/2006/09/sip/state' \
                   xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:type='s:userState' manual = 'a&amp;b'>\
                   \n <x/><s:availability> 65<!-- half -->00\n</s:availability><availability>1</availability>\
                   <s:note>a<![CDATA[<b>]]>&#99;&lt;</s:note></s:state>\n";
        let tree = Tree::read(xml).unwrap();
        let root = tree.root();
        assert!(root.is(Namespace::State, "state") && !root.is(Namespace::Note, "state"));
        assert_eq!(
            (root.kind(), root.attribute("manual"), root.attribute("type")),
            (Some("userState"), Some("a&b"), None)
        );
        assert_eq!(root.children().count(), 4);
        assert_eq!(root.child_text(Namespace::State, "availability"), Some("6500"));
        assert_eq!(root.child_text(Namespace::None, "availability"), Some("1"));
        assert_eq!(root.child_text(Namespace::State, "note"), Some("a<b>c<"));
        assert_eq!(root.child(Namespace::None, "x").unwrap().children().count(), 0);
        assert_eq!(root.text(), "");
    }

    #[test]
    fn what_is_no_document_is_refused() {
        assert_eq!(fault(""), Fault::NoRoot);
        assert_eq!(fault("  \n"), Fault::NoRoot);
        assert_eq!(fault("text"), Fault::NotXml);
        assert_eq!(fault("<a/>text"), Fault::NotXml);
        assert_eq!(fault("<a/><b/>"), Fault::NotXml);
        assert_eq!(fault("<a><b></a>"), Fault::NotXml);
        assert_eq!(fault("<a b=c/>"), Fault::NotXml);
        assert_eq!(fault("<a b"), Fault::NotXml);
        assert_eq!(fault("<a xmlns:xml='b'/>"), Fault::NotXml, "the prefix is taken");
        assert_eq!(fault("<a>"), Fault::NotClosed);
        assert_eq!(fault("<a b='1' b='2'/>"), Fault::Doubled);
        assert_eq!(fault("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), Fault::DocumentType);
        assert_eq!(fault("<a>&b;</a>"), Fault::Entity);
        assert_eq!(fault("<a b='&c;'/>"), Fault::Entity);
        assert_eq!(Tree::read("<a>\n\n<b></c></a>").unwrap_err().line, 3);
    }

    #[test]
    fn everything_has_a_bound() {
        let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert!(Tree::read(&deep(MOST_DEPTH)).is_ok());
        assert_eq!(fault(&deep(MOST_DEPTH + 1)), Fault::TooDeep);
        assert_eq!(fault(&format!("<r>{}</r>", "<a/>".repeat(MOST_ELEMENTS))), Fault::TooMany);
        let wide = |count: usize| {
            let attributes: String = (0..count).map(|number| format!(" a{number}=''")).collect();
            format!("<a{attributes}/>")
        };
        assert!(Tree::read(&wide(MOST_ATTRIBUTES)).is_ok());
        assert_eq!(fault(&wide(MOST_ATTRIBUTES + 1)), Fault::TooMany);
        let bindings: String = (0..400).map(|number| format!(" xmlns:a{number}='b'")).collect();
        assert_eq!(fault(&format!("<a{bindings}/>")), Fault::TooMany);
    }
}
