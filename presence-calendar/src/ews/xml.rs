//! The XML that Exchange speaks, read in one pass and without a tree.
//!
//! Whoever reads says what he wants of an element: its children, its text, or nothing. Names are compared without their
//! prefixes, for servers and documentation do not agree on the namespaces. Nothing is copied that is not asked for.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3, memmem, memrchr};

/// A document has at most so many bytes.
pub(super) const MOST_BYTES: usize = 16 * 1024 * 1024;
/// Elements are nested at most so deep.
const MOST_DEPTH: usize = 64;
/// A document has at most so many elements.
const MOST_ELEMENTS: u32 = 1_000_000;
/// A reference such as `&#x1F600;` is at most so long.
const LONGEST_REFERENCE: usize = 12;

/// An answer is not XML, or is XML that is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{problem}, at byte {at}")]
#[non_exhaustive]
pub struct BrokenXml {
    /// Where, counted from 0.
    pub at: usize,
    /// What is wrong.
    pub problem: XmlProblem,
}

/// What is wrong with an answer as XML.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlProblem {
    /// It ends too early.
    #[error("the answer is cut off")]
    CutOff,
    /// It is not XML.
    #[error("the answer is not XML")]
    NotXml,
    /// It has a document type, which could make much of little.
    #[error("the answer has a document type, which is refused")]
    DocumentType,
    /// It names an entity that it would have to define.
    #[error("the answer names an entity that is not known")]
    Entity,
    /// It is not UTF-8.
    #[error("the answer is not in UTF-8")]
    Encoding,
    /// Its elements are nested too deep.
    #[error("the elements of the answer are nested too deep")]
    TooDeep,
    /// It has too many elements.
    #[error("the answer has too many elements")]
    TooManyElements,
    /// It has too many bytes.
    #[error("the answer is too large")]
    TooLarge,
}

/// Reads a document from its beginning to its end.
#[derive(Debug)]
pub(super) struct XmlReader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The names of the elements that have begun and not ended, with their prefixes.
    open: Vec<&'a [u8]>,
    /// The innermost of them was written as `<name/>`.
    is_empty: bool,
    /// It is the inside of an element: the end of the bytes is the end of that.
    is_part: bool,
    elements: u32,
}

/// An element has begun.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tag<'a> {
    /// Its name without a prefix.
    pub(super) name: &'a [u8],
    attributes: &'a [u8],
}

impl<'a> XmlReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, BrokenXml> {
        let refuse = |problem| Err(BrokenXml { at: 0, problem });
        if bytes.len() > MOST_BYTES {
            return refuse(XmlProblem::TooLarge);
        }
        if bytes.starts_with(b"\xFE\xFF") || bytes.starts_with(b"\xFF\xFE") {
            return refuse(XmlProblem::Encoding);
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        Ok(Self { bytes, at: 0, open: Vec::with_capacity(16), is_empty: false, is_part: false, elements: 0 })
    }

    /// The outermost element.
    pub(super) fn root(&mut self) -> Result<Tag<'a>, BrokenXml> {
        loop {
            let start = self.at;
            self.seek()?;
            if !self.is_blank(start) {
                return Err(self.broken(XmlProblem::NotXml));
            }
            match self.next_byte() {
                Some(b'!' | b'?') if !self.rest().starts_with(b"<![") => self.pass_by()?,
                _ => return self.begin(),
            }
        }
    }

    /// The next element in the innermost one that is open; `None` when that has ended.
    pub(super) fn child(&mut self) -> Result<Option<Tag<'a>>, BrokenXml> {
        if self.ends_at_once() {
            return Ok(None);
        }
        loop {
            match self.seek() {
                Err(_) if self.is_part && self.open.is_empty() => return Ok(None),
                found => found?,
            }
            match self.next_byte() {
                Some(b'/') => {
                    self.end()?;
                    return Ok(None);
                }
                Some(b'!' | b'?') => self.pass_by()?,
                _ => return self.begin().map(Some),
            }
        }
    }

    /// Passes by the innermost element with all that is in it.
    pub(super) fn skip(&mut self) -> Result<(), BrokenXml> {
        let depth = self.open.len();
        loop {
            if !self.ends_at_once() {
                self.seek()?;
                match self.next_byte() {
                    Some(b'/') => self.end()?,
                    Some(b'!' | b'?') => self.pass_by()?,
                    _ => {
                        self.begin()?;
                        continue;
                    }
                }
            }
            if self.open.len() < depth {
                return Ok(());
            }
        }
    }

    /// The text directly in the innermost element, which ends with it.
    pub(super) fn text(&mut self) -> Result<Cow<'a, [u8]>, BrokenXml> {
        let start = self.at;
        let raw = self.raw()?;
        raw.read().map_err(|error| BrokenXml { at: start + error.at, ..error })
    }

    /// The innermost element as it is written, which ends with it: for texts that are perhaps not to be read.
    pub(super) fn raw(&mut self) -> Result<Raw<'a>, BrokenXml> {
        if self.ends_at_once() {
            return Ok(Raw(b""));
        }
        let start = self.at;
        self.seek()?;
        if self.next_byte() == Some(b'/') {
            let raw = self.bytes.get(start..self.at).unwrap_or_default();
            self.end()?;
            return Ok(Raw(raw));
        }
        self.skip()?;
        let whole = self.bytes.get(start..self.at).unwrap_or_default();
        let end = memrchr(b'<', whole).unwrap_or_default();
        Ok(Raw(whole.get(..end).unwrap_or_default()))
    }

    /// The text of an element that has more than text in it; this reader has only what is in the element.
    fn mixed_text(&mut self) -> Result<Vec<u8>, BrokenXml> {
        let mut text = Vec::new();
        loop {
            let rest = self.rest();
            let Some(found) = memchr2(b'<', b'&', rest) else {
                text.extend_from_slice(rest);
                return Ok(text);
            };
            text.extend_from_slice(rest.get(..found).unwrap_or_default());
            self.at += found;
            if rest.get(found) == Some(&b'&') {
                self.reference(&mut text)?;
            } else if let Some(verbatim) = self.verbatim()? {
                text.extend_from_slice(verbatim);
            } else if matches!(self.next_byte(), Some(b'!' | b'?')) {
                self.pass_by()?;
            } else {
                self.begin()?;
                self.skip()?;
            }
        }
    }

    /// Whether the innermost element was written as `<name/>`: then it has ended now.
    fn ends_at_once(&mut self) -> bool {
        if self.is_empty {
            self.open.pop();
        }
        std::mem::take(&mut self.is_empty)
    }

    /// Goes to the next `<`.
    fn seek(&mut self) -> Result<(), BrokenXml> {
        if self.bytes.get(self.at) != Some(&b'<') {
            self.at += memchr(b'<', self.rest()).ok_or_else(|| self.broken(XmlProblem::CutOff))?;
        }
        Ok(())
    }

    /// The byte after the `<`.
    fn next_byte(&self) -> Option<u8> {
        self.bytes.get(self.at + 1).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// An element begins.
    fn begin(&mut self) -> Result<Tag<'a>, BrokenXml> {
        let inner = self.bytes.get(self.at + 1..).unwrap_or_default();
        let (mut length, mut local) = (inner.len(), 0);
        for (index, byte) in inner.iter().enumerate() {
            match byte {
                b':' => local = index + 1,
                _ if *byte <= b'?' && ends_name(*byte) => {
                    length = index;
                    break;
                }
                _ => {}
            }
        }
        let (Some(whole), Some(end)) = (inner.get(..length), inner.get(length)) else {
            return Err(self.broken(XmlProblem::CutOff));
        };
        if !whole.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_' || *b >= 0x80) {
            return Err(self.broken(XmlProblem::NotXml));
        }
        let name = whole.get(local..).unwrap_or_default();
        let attributes = if *end == b'>' { (&[][..], length) } else { self.attributes(inner, length)? };
        let (attributes, last) = attributes;
        self.is_empty = inner.get(last.wrapping_sub(1)) == Some(&b'/');
        self.at += last + 2;
        self.elements += 1;
        if self.elements > MOST_ELEMENTS {
            return Err(self.broken(XmlProblem::TooManyElements));
        }
        if self.open.len() == MOST_DEPTH {
            return Err(self.broken(XmlProblem::TooDeep));
        }
        self.open.push(whole);
        Ok(Tag { name, attributes })
    }

    /// What stands between the name of a tag and its `>`, and where that is. A value may hold a `>`.
    fn attributes(&self, inner: &'a [u8], from: usize) -> Result<(&'a [u8], usize), BrokenXml> {
        let cut_off = || self.broken(XmlProblem::CutOff);
        let mut at = from;
        loop {
            let rest = inner.get(at..).unwrap_or_default();
            let found = memchr3(b'>', b'"', b'\'', rest).ok_or_else(cut_off)?;
            let Some(quote) = rest.get(found).filter(|b| **b != b'>') else {
                return Ok((inner.get(from..at + found).unwrap_or_default(), at + found));
            };
            let value = rest.get(found + 1..).unwrap_or_default();
            at += found + memchr(*quote, value).ok_or_else(cut_off)? + 2;
        }
    }

    /// The innermost element ends.
    fn end(&mut self) -> Result<(), BrokenXml> {
        let Some(name) = self.open.pop() else { return Err(self.broken(XmlProblem::NotXml)) };
        let rest = self.bytes.get(self.at + 2..).unwrap_or_default();
        let Some(after) = rest.strip_prefix(name) else {
            // What is there may be the beginning of the right name.
            let is_cut = name.starts_with(rest);
            return Err(self.broken(if is_cut { XmlProblem::CutOff } else { XmlProblem::NotXml }));
        };
        let blanks = if after.first() == Some(&b'>') {
            0
        } else {
            after.iter().position(|b| !is_space(*b)).ok_or_else(|| self.broken(XmlProblem::CutOff))?
        };
        if after.get(blanks) != Some(&b'>') {
            return Err(self.broken(XmlProblem::NotXml));
        }
        self.at += 2 + name.len() + blanks + 1;
        Ok(())
    }

    /// A comment, an instruction, or text verbatim: it is passed by.
    fn pass_by(&mut self) -> Result<(), BrokenXml> {
        if self.verbatim()?.is_some() {
            return Ok(());
        }
        let rest = self.rest();
        let (opening, closing): (usize, &[u8]) = if rest.starts_with(b"<?") {
            (2, b"?>")
        } else if rest.starts_with(b"<!--") {
            (4, b"-->")
        } else {
            let is_type = rest.len() >= 9 && rest.get(..9).is_some_and(|word| word.eq_ignore_ascii_case(b"<!DOCTYPE"));
            return Err(self.broken(if is_type { XmlProblem::DocumentType } else { XmlProblem::NotXml }));
        };
        let inner = rest.get(opening..).unwrap_or_default();
        let end = memmem::find(inner, closing).ok_or_else(|| self.broken(XmlProblem::CutOff))?;
        self.at += opening + end + closing.len();
        Ok(())
    }

    /// What stands in a `CDATA` section that begins here.
    fn verbatim(&mut self) -> Result<Option<&'a [u8]>, BrokenXml> {
        let Some(inner) = self.rest().strip_prefix(b"<![CDATA[") else { return Ok(None) };
        let end = memmem::find(inner, b"]]>").ok_or_else(|| self.broken(XmlProblem::CutOff))?;
        self.at += 9 + end + 3;
        Ok(inner.get(..end))
    }

    /// A reference begins here.
    fn reference(&mut self, text: &mut Vec<u8>) -> Result<(), BrokenXml> {
        let inner = self.bytes.get(self.at + 1..).unwrap_or_default();
        let name = memchr(b';', inner.get(..LONGEST_REFERENCE).unwrap_or(inner)).and_then(|end| inner.get(..end));
        let name = name.ok_or_else(|| self.broken(XmlProblem::Entity))?;
        let character = referred(name).ok_or_else(|| self.broken(XmlProblem::Entity))?;
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        self.at += name.len() + 2;
        Ok(())
    }

    /// Whether there are only blanks from `start` to here.
    fn is_blank(&self, start: usize) -> bool {
        self.bytes.get(start..self.at).is_some_and(|between| between.iter().all(|b| is_space(*b)))
    }

    #[cold]
    const fn broken(&self, problem: XmlProblem) -> BrokenXml {
        BrokenXml { at: self.at, problem }
    }
}

/// What is written in an element, as it is written.
#[derive(Clone, Copy)]
pub(super) struct Raw<'a>(&'a [u8]);

impl<'a> Raw<'a> {
    /// The text directly in it.
    pub(super) fn read(self) -> Result<Cow<'a, [u8]>, BrokenXml> {
        // Most texts are so short that the compiler's way is the quicker one.
        let is_plain = if self.0.len() <= 32 {
            !self.0.iter().fold(false, |found, b| found | matches!(b, b'<' | b'&'))
        } else {
            memchr2(b'<', b'&', self.0).is_none()
        };
        if is_plain { Ok(Cow::Borrowed(self.0)) } else { self.reader().mixed_text().map(Cow::Owned) }
    }

    /// Reads the elements in it, as the children of one that is open.
    pub(super) fn reader(self) -> XmlReader<'a> {
        XmlReader { bytes: self.0, at: 0, open: Vec::new(), is_empty: false, is_part: true, elements: 0 }
    }

    /// Whether the two are written alike.
    pub(super) fn is_like(self, other: Self) -> bool {
        self.0 == other.0
    }
}

impl<'a> Tag<'a> {
    /// The value of the attribute of this name, whatever its prefix.
    pub(super) fn attribute(&self, name: &[u8]) -> Option<Cow<'a, [u8]>> {
        let mut rest = self.attributes;
        while let Some(equals) = memchr(b'=', rest) {
            let (key, after) = rest.split_at_checked(equals)?;
            let value = after.get(1..)?.trim_ascii_start();
            let (quote, value) = value.split_first()?;
            let (value, after) = value.split_at_checked(memchr(*quote, value)?)?;
            rest = after.get(1..)?;
            let key = key.trim_ascii();
            let local = key.rsplit(|b| *b == b':').next().unwrap_or(key);
            if local == name && !key.starts_with(b"xmlns") {
                return unescaped(value);
            }
        }
        None
    }
}

/// The value of an attribute without its references; `None` if one of them is not known.
fn unescaped(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    if memchr(b'&', value).is_none() {
        return Some(Cow::Borrowed(value));
    }
    let mut pieces = value.split(|b| *b == b'&');
    let mut text = pieces.next()?.to_vec();
    for piece in pieces {
        let (name, rest) = piece.split_at_checked(memchr(b';', piece)?)?;
        text.extend_from_slice(referred(name)?.encode_utf8(&mut [0; 4]).as_bytes());
        text.extend_from_slice(rest.get(1..)?);
    }
    Some(Cow::Owned(text))
}

/// The character that is meant by `&name;`.
fn referred(name: &[u8]) -> Option<char> {
    Some(match name {
        b"lt" => '<',
        b"gt" => '>',
        b"amp" => '&',
        b"quot" => '"',
        b"apos" => '\'',
        _ => {
            let number = std::str::from_utf8(name.strip_prefix(b"#")?).ok()?;
            let number = number.strip_prefix('x').map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16));
            char::from_u32(number.ok()?).filter(|c| !matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F'))?
        }
    })
}

const fn ends_name(byte: u8) -> bool {
    matches!(byte, b'>' | b'/' | b'<' | b'=' | b'&' | b'"' | b'\'') || is_space(byte)
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Text as it may stand in an element or an attribute. What XML cannot hold is left out.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !matches!(c, '&' | '<' | '>' | '"' | '\'') && !is_forbidden(c);
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars().filter(|c| !is_forbidden(*c)) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            _ => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

fn is_forbidden(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All of a document, as `name(child child "text")`.
    fn told(bytes: &[u8]) -> Result<String, XmlProblem> {
        fn inner(reader: &mut XmlReader<'_>, told: &mut String) -> Result<(), BrokenXml> {
            while let Some(tag) = reader.child()? {
                told.push_str(std::str::from_utf8(tag.name).unwrap_or("?"));
                told.push('(');
                match tag.name {
                    b"text" => told.push_str(&String::from_utf8_lossy(&reader.text()?)),
                    b"skip" => reader.skip()?,
                    _ => inner(reader, told)?,
                }
                told.push(')');
            }
            Ok(())
        }
        let read = || {
            let mut reader = XmlReader::new(bytes)?;
            let mut told = String::from_utf8_lossy(reader.root()?.name).into_owned();
            inner(&mut reader, &mut told)?;
            Ok(told)
        };
        read().map_err(|error: BrokenXml| error.problem)
    }

    #[test]
    fn children_texts_and_what_is_passed_by() {
        let cases: [(&str, &str); 8] = [
            ("<a/>", "a"),
            ("<?xml version=\"1.0\"?>\r\n<!-- x --><s:a xmlns:s='u'><t:b/><b ></b\n></s:a>", "ab()b()"),
            ("<a><text>x</text><text/><text> y </text></a>", "atext(x)text()text( y )"),
            ("<a><text>x&amp;&#x41;&#66;<![CDATA[<&]]><!--no--><b>no</b>z</text></a>", "atext(x&AB<&z)"),
            ("<a><skip><a><b/><skip/></a>x<!-- </skip> --><![CDATA[</skip>]]></skip><b/></a>", "askip()b()"),
            ("<a><skip/><b><skip/></b></a>", "askip()b(skip())"),
            ("<a><b x='>' y=\">'\"><text>1</text></b></a>", "ab(text(1))"),
            ("\u{FEFF}<a><text>åé</text></a>", "atext(åé)"),
        ];
        for (text, expected) in cases {
            assert_eq!(told(text.as_bytes()).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_refused_is_told_by_kind() {
        let cases: [(&[u8], XmlProblem); 19] = [
            (b"", XmlProblem::CutOff),
            (b"hello", XmlProblem::CutOff),
            (b"hello <a/>", XmlProblem::NotXml),
            (b"</a>", XmlProblem::NotXml),
            (b"<a>", XmlProblem::CutOff),
            (b"<a><b></a>", XmlProblem::NotXml),
            (b"<a></ab>", XmlProblem::NotXml),
            (b"<a></b>", XmlProblem::NotXml),
            (b"<ab></a", XmlProblem::CutOff),
            (b"<a><b", XmlProblem::CutOff),
            (b"<a><b x='", XmlProblem::CutOff),
            (b"<a>< b/></a>", XmlProblem::NotXml),
            (b"<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", XmlProblem::DocumentType),
            (b"<!doctype html><html/>", XmlProblem::DocumentType),
            (b"<a><text>&x;</text></a>", XmlProblem::Entity),
            (b"<a><text>&#0;</text></a>", XmlProblem::Entity),
            (b"<a><text>&amp</text></a>", XmlProblem::Entity),
            (b"<![CDATA[x]]><a/>", XmlProblem::NotXml),
            (b"\xFF\xFE<\0a\0", XmlProblem::Encoding),
        ];
        for (bytes, problem) in cases {
            assert_eq!(told(bytes), Err(problem), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_part_is_read_like_the_whole() {
        let mut reader = XmlReader::new(b"<a> <b><c/></b><!-- x --><c>1</c> </a>").unwrap();
        reader.root().unwrap();
        let part = reader.raw().unwrap();
        let (mut inside, mut names) = (part.reader(), Vec::new());
        while let Some(tag) = inside.child().unwrap() {
            names.push(tag.name);
            inside.skip().unwrap();
        }
        assert_eq!(names, [b"b", b"c"]);
        assert!(part.is_like(part) && !part.is_like(Raw(b"")));
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(told(nested(MOST_DEPTH).as_bytes()).is_ok());
        assert_eq!(told(nested(MOST_DEPTH + 1).as_bytes()), Err(XmlProblem::TooDeep));
        assert_eq!(told("<a><skip>".repeat(1_000).as_bytes()), Err(XmlProblem::TooDeep));
        let many = |elements: usize| format!("<a><skip>{}</skip></a>", "<b/>".repeat(elements));
        assert!(told(many(999_998).as_bytes()).is_ok());
        assert_eq!(told(many(999_999).as_bytes()), Err(XmlProblem::TooManyElements));
        assert_eq!(told(&vec![b' '; MOST_BYTES + 1]), Err(XmlProblem::TooLarge));
    }

    #[test]
    fn attributes_are_found_by_local_name() {
        let mut reader = XmlReader::new(b"<a xmlns:Id='no' b = 'x>' t:Id=\"1 &lt;&#50;\" c='&no;' end='y'/>").unwrap();
        let tag = reader.root().unwrap();
        let value = |name: &str| tag.attribute(name.as_bytes()).map(|value| String::from_utf8(value.into()).unwrap());
        assert_eq!(value("b").as_deref(), Some("x>"));
        assert_eq!(value("Id").as_deref(), Some("1 <2"));
        assert_eq!(value("end").as_deref(), Some("y"));
        assert_eq!([value("c"), value("d"), value("x")], [None, None, None]);
    }

    #[test]
    fn cut_off_anywhere_is_an_error() {
        let whole = "<?xml version='1.0'?><a x='1'><skip><b/></skip><text>x&amp;<![CDATA[y]]></text><!-- c --></a>";
        for length in 0..whole.len() {
            assert!(told(whole.get(..length).unwrap().as_bytes()).is_err(), "{length}");
        }
        assert!(told(whole.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_written_can_be_read() {
        let text = "a<b>&\"c'\u{1}\u{7F}\u{FFFF}é\n";
        let written = format!("<a><text x=\"{0}\">{0}</text></a>", escape(text));
        assert_eq!(told(written.as_bytes()).as_deref(), Ok("atext(a<b>&\"c'é\n)"));
        assert!(matches!(escape("anna@example.com"), Cow::Borrowed(_)));
    }
}
