//! The elements of an answer.

use std::{borrow::Cow, fmt::Write};

use quick_xml::escape::escape;

/// An element to send. Its name carries the prefix that the envelope declares.
#[derive(Clone, Debug)]
pub(crate) struct Element {
    name: Cow<'static, str>,
    attributes: Vec<(&'static str, String)>,
    content: Vec<Content>,
}

#[derive(Clone, Debug)]
enum Content {
    Element(Element),
    Text(String),
}

/// An element of the types.
pub(crate) fn t(name: &str) -> Element {
    Element::new(format!("t:{name}"))
}

/// An element of the messages.
pub(crate) fn m(name: &str) -> Element {
    Element::new(format!("m:{name}"))
}

impl Element {
    pub(crate) fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), attributes: Vec::new(), content: Vec::new() }
    }

    #[must_use]
    pub(crate) fn with(mut self, attribute: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((attribute, value.into()));
        self
    }

    #[must_use]
    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.content.push(Content::Text(text.into()));
        self
    }

    #[must_use]
    pub(crate) fn put(mut self, child: Self) -> Self {
        self.content.push(Content::Element(child));
        self
    }

    #[must_use]
    pub(crate) fn put_all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.content.extend(children.into_iter().map(Content::Element));
        self
    }

    /// Appends the element as text.
    pub(crate) fn render(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            // Writing to a string cannot fail.
            let _ = write!(out, " {name}=\"{}\"", escape(value.as_str()));
        }
        if self.content.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for content in &self.content {
            match content {
                Content::Element(element) => element.render(out),
                Content::Text(text) => out.push_str(&escape(text.as_str())),
            }
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_attributes_are_escaped() {
        let mut out = String::new();
        m("A").with("Id", "<\"&").put(t("B").text("1 < 2 & 3")).put(t("C")).render(&mut out);
        assert_eq!(out, "<m:A Id=\"&lt;&quot;&amp;\"><t:B>1 &lt; 2 &amp; 3</t:B><t:C/></m:A>");
    }
}
