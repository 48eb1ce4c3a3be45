//! XML, written: canonical, so that what did not change reads the same.

use std::fmt::{Display, Write as _};

use super::decode::is_xml;
use super::namespace::Namespace;

/// A document that is being written.
#[derive(Debug)]
pub(crate) struct Writer {
    xml: String,
    open: Vec<&'static str>,
    /// The last tag is not closed yet: attributes may follow.
    in_tag: bool,
}

impl Writer {
    pub(crate) const fn new() -> Self {
        Self { xml: String::new(), open: Vec::new(), in_tag: false }
    }

    /// Opens an element.
    pub(crate) fn open(&mut self, name: &'static str) -> &mut Self {
        self.close_tag();
        self.xml.push('<');
        self.xml.push_str(name);
        self.open.push(name);
        self.in_tag = true;
        self
    }

    /// Says that the element that was just opened, and what is in it, is of this namespace.
    pub(crate) fn namespace(&mut self, namespace: Namespace) -> &mut Self {
        self.attribute("xmlns", namespace.uri())
    }

    /// An attribute of the element that was just opened.
    pub(crate) fn attribute(&mut self, name: &str, value: impl Display) -> &mut Self {
        // Writing to a text cannot fail.
        let _ = write!(self.xml, " {name}=\"");
        push(&mut self.xml, &value.to_string(), &['\t', '\n', '\r']);
        self.xml.push('"');
        self
    }

    /// The same, if there is a value.
    pub(crate) fn maybe(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.attribute(name, value);
        }
        self
    }

    /// Text within the element that is open.
    pub(crate) fn text(&mut self, text: impl Display) -> &mut Self {
        self.close_tag();
        push(&mut self.xml, &text.to_string(), &['\r']);
        self
    }

    /// An element with nothing but a text.
    pub(crate) fn leaf(&mut self, name: &'static str, text: impl Display) -> &mut Self {
        self.open(name).text(text).close()
    }

    /// The same, if there is a text.
    pub(crate) fn maybe_leaf(&mut self, name: &'static str, text: Option<impl Display>) -> &mut Self {
        if let Some(text) = text {
            self.leaf(name, text);
        }
        self
    }

    /// Closes the element that was opened last.
    pub(crate) fn close(&mut self) -> &mut Self {
        let Some(name) = self.open.pop() else { return self };
        if self.in_tag {
            self.xml.push_str("/>");
            self.in_tag = false;
        } else {
            let _ = write!(self.xml, "</{name}>");
        }
        self
    }

    /// The document; what is open is closed.
    pub(crate) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.xml
    }

    fn close_tag(&mut self) {
        if self.in_tag {
            self.xml.push('>');
            self.in_tag = false;
        }
    }
}

/// Adds a text. What XML cannot carry is shown as such; line ends that a reader would change go as references.
fn push(xml: &mut String, text: &str, references: &[char]) {
    for character in text.chars() {
        match character {
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '&' => xml.push_str("&amp;"),
            '"' => xml.push_str("&quot;"),
            one if references.contains(&one) => {
                let _ = write!(xml, "&#{};", u32::from(one));
            }
            one if is_xml(one) => xml.push(one),
            _ => xml.push(char::REPLACEMENT_CHARACTER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Tree;

    #[test]
    fn what_is_written_is_read_again() {
        let mut writer = Writer::new();
        writer.open("state").namespace(Namespace::State).attribute("manual", true).maybe("none", None::<u8>);
        writer.leaf("text", "a < b & \"c\" 'd' > \u{1}é\r\n").open("empty").attribute("q", "<\"'&\n>").close();
        let xml = writer.finish();
        let tree = Tree::read(&xml).unwrap();
        let root = tree.root();
        assert_eq!(root.attribute("manual"), Some("true"));
        let text = root.child(Namespace::State, "text").unwrap().text();
        assert_eq!(text, "a < b & \"c\" 'd' > \u{FFFD}é", "line ends at the ends are blanks");
        assert!(xml.ends_with("/></state>"), "{xml}");
    }
}
