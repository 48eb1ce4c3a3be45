//! Bytes to text. Files come from editors that save in whatever encoding they like, and documents from clients that
//! declare one encoding and send another.

use std::borrow::Cow;

/// A text, without byte order mark.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    /// What the encoding really is, where the declaration is wrong about it.
    pub(crate) actually: Option<&'static str>,
}

/// The bytes are no text of XML.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct NotText {
    /// The line, counted from 1.
    pub(crate) line: usize,
    pub(crate) fault: TextFault,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum TextFault {
    /// There is a character that XML does not have.
    Character,
    /// There are bytes that do not exist in the encoding.
    Bytes { encoding: &'static str },
    /// The declaration names an encoding that is not known; without characters that are in no such name.
    Encoding { label: String },
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
    let (encoding, bytes) = encoding_of(bytes)?;
    let text = encoding.read(bytes)?;
    if let Some(place) = first_not_xml(&text) {
        return Err(NotText { line: line_at(text.as_bytes(), place), fault: TextFault::Character });
    }
    let declared = declared(text.as_bytes()).map(|label| Encoding::named(&label));
    let differs = declared.is_some_and(|declared| declared.is_none_or(|declared| !declared.covers(encoding)));
    Ok(Decoded { text, actually: differs.then(|| encoding.name()) })
}

/// Whether XML has this character.
pub(crate) const fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// The line of this byte, counted from 1.
pub(crate) fn line_at(bytes: &[u8], place: usize) -> usize {
    1 + bytes.iter().take(place).filter(|byte| **byte == b'\n').count()
}

/// Where the first character is that XML does not have. Texts are long and such characters rare, so bytes are looked at
/// first: it is a control character, or it is one of the two that begin with these.
fn first_not_xml(text: &str) -> Option<usize> {
    const LAST: u8 = 0xEF;
    let suspect = |byte: &u8| (*byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')) || *byte == LAST;
    if text.as_bytes().iter().any(suspect) { text.find(|character| !is_xml(character)) } else { None }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Encoding {
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,
    Latin1,
}

impl Encoding {
    /// What a declaration means. Plain `UTF-16` leaves the order of bytes to the file.
    fn named(label: &str) -> Option<Self> {
        match label.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => Some(Self::Utf8),
            "utf-16" | "utf-16le" => Some(Self::Utf16LittleEndian),
            "utf-16be" => Some(Self::Utf16BigEndian),
            "iso-8859-1" | "iso8859-1" | "iso_8859-1" | "latin1" | "latin-1" => Some(Self::Latin1),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16LittleEndian => "UTF-16 with the low byte first",
            Self::Utf16BigEndian => "UTF-16 with the high byte first",
            Self::Latin1 => "ISO-8859-1",
        }
    }

    /// Whether a declaration of this encoding is true of a file in that one.
    const fn covers(self, actual: Self) -> bool {
        self.is_wide() == actual.is_wide() && (self.is_wide() || self as u8 == actual as u8)
    }

    const fn is_wide(self) -> bool {
        matches!(self, Self::Utf16LittleEndian | Self::Utf16BigEndian)
    }

    fn read(self, bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
        let fail = |line| NotText { line, fault: TextFault::Bytes { encoding: self.name() } };
        match self {
            Self::Utf8 => {
                let text = str::from_utf8(bytes).map_err(|error| fail(line_at(bytes, error.valid_up_to())))?;
                Ok(Cow::Borrowed(text))
            }
            Self::Latin1 => Ok(bytes.iter().copied().map(char::from).collect()),
            Self::Utf16LittleEndian => read_wide(bytes, u16::from_le_bytes).map(Cow::Owned).map_err(fail),
            Self::Utf16BigEndian => read_wide(bytes, u16::from_be_bytes).map(Cow::Owned).map_err(fail),
        }
    }
}

/// The text, or the line that is wrong.
fn read_wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, usize> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    let mut line = 1;
    for character in char::decode_utf16(pairs.iter().copied().map(unit)) {
        let character = character.map_err(|_| line)?;
        line += usize::from(character == '\n');
        text.push(character);
    }
    if rest.is_empty() { Ok(text) } else { Err(line) }
}

/// The encoding, and the bytes without the mark at the beginning.
fn encoding_of(bytes: &[u8]) -> Result<(Encoding, &[u8]), NotText> {
    let unknown = |label: &str| Err(NotText { line: 1, fault: TextFault::Encoding { label: label.to_owned() } });
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] | [b'<', 0, 0, 0, ..] | [0, 0, 0, b'<', ..] => {
            unknown("UTF-32")
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => Ok((Encoding::Utf8, rest)),
        [0xFF, 0xFE, rest @ ..] => Ok((Encoding::Utf16LittleEndian, rest)),
        [0xFE, 0xFF, rest @ ..] => Ok((Encoding::Utf16BigEndian, rest)),
        [b'<', 0, ..] => Ok((Encoding::Utf16LittleEndian, bytes)),
        [0, b'<', ..] => Ok((Encoding::Utf16BigEndian, bytes)),
        _ => match declared(bytes) {
            None => Ok((Encoding::Utf8, bytes)),
            Some(label) => match Encoding::named(&label) {
                None => unknown(&label),
                // The declaration could not be read if this were so.
                Some(encoding) if encoding.is_wide() => Ok((Encoding::Utf8, bytes)),
                Some(encoding) => Ok((encoding, bytes)),
            },
        },
    }
}

/// What the declaration at the beginning calls the encoding.
fn declared(bytes: &[u8]) -> Option<String> {
    let start = bytes.trim_ascii_start();
    let start = start.get(..MOST_DECLARATION.min(start.len()))?.strip_prefix(b"<?xml")?;
    let end = start.windows(2).position(|pair| pair == b"?>")?;
    let declaration = start.get(..end)?;
    let place = declaration.windows(WORD.len()).position(|window| window == WORD)?;
    let value = declaration.get(place + WORD.len()..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let (quote, value) = value.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let label = value.split(|byte| byte == quote).next()?.iter().copied().map(char::from);
    Some(label.filter(|one| one.is_ascii_alphanumeric() || "-._:".contains(*one)).take(MOST_LABEL).collect())
}

const WORD: &[u8] = b"encoding";
const MOST_DECLARATION: usize = 256;
const MOST_LABEL: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> (String, bool) {
        let Decoded { text, actually } = decode(bytes).expect("text of a test is valid");
        (text.into_owned(), actually.is_some())
    }

    fn wide(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn marks_say_the_encoding() {
        assert_eq!(text(b"\xEF\xBB\xBF<a\xC3\xA9/>"), ("<aé/>".to_owned(), false));
        assert_eq!(text(&wide("\u{FEFF}<é😀/>", u16::to_le_bytes)), ("<é😀/>".to_owned(), false));
        assert_eq!(text(&wide("\u{FEFF}<é😀/>", u16::to_be_bytes)), ("<é😀/>".to_owned(), false));
    }

    #[test]
    fn without_a_mark_the_first_tag_and_the_declaration_say_it() {
        assert_eq!(text(&wide("<é/>", u16::to_le_bytes)).0, "<é/>");
        assert_eq!(text(&wide("<é/>", u16::to_be_bytes)).0, "<é/>");
        let latin = b"<?xml version='1.0' encoding = 'ISO-8859-1'?><\xE9/>";
        assert!(text(latin).0.ends_with("<é/>"));
        assert_eq!(text("<é/>".as_bytes()).0, "<é/>");
        assert_eq!(text(b""), (String::new(), false));
    }

    #[test]
    fn a_wrong_declaration_is_told_and_the_file_read_as_it_is() {
        let said = |label: &str| format!("<?xml version=\"1.0\" encoding=\"{label}\"?><é/>");
        assert_eq!(text(said("utf-16").as_bytes()), (said("utf-16"), true));
        assert_eq!(text(&wide(&said("utf-8"), u16::to_le_bytes)), (said("utf-8"), true));
        assert_eq!(text(&wide(&said("UTF-16"), u16::to_be_bytes)), (said("UTF-16"), false));
        assert_eq!(text(said("Utf-8").as_bytes()), (said("Utf-8"), false));
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        let error = |bytes: &[u8]| decode(bytes).map(|read| read.text.into_owned()).unwrap_err();
        let unknown = |label: &str| NotText { line: 1, fault: TextFault::Encoding { label: label.to_owned() } };
        assert_eq!(error(b"<?xml version=\"1.0\" encoding=\"KOI8-R\"?>"), unknown("KOI8-R"));
        assert_eq!(error(b"\xFF\xFE\0\0<\0\0\0"), unknown("UTF-32"));
        assert_eq!(error(b"<?xml encoding=\"a`b c\nd<\xE9\"?>"), unknown("abcd"), "only what is in a name");
        let bytes = |line, encoding| NotText { line, fault: TextFault::Bytes { encoding } };
        assert_eq!(error(b"<a>\n\n\xE9</a>"), bytes(3, "UTF-8"));
        assert_eq!(error(b"\xFF\xFE<\0\n\0\x00\xD8"), bytes(2, "UTF-16 with the low byte first"), "half a character");
        assert_eq!(error(b"\xFF\xFE<\0a"), bytes(1, "UTF-16 with the low byte first"), "half a unit");
    }

    #[test]
    fn characters_that_xml_does_not_have_are_found() {
        for (text, line) in [("<a>\n\u{1}</a>", 2), ("\u{FFFE}", 1), ("\n\n\u{FFFF}", 3), ("\u{0}", 1)] {
            let error = decode(text.as_bytes()).unwrap_err();
            assert_eq!(error, NotText { line, fault: TextFault::Character }, "{text:?}");
        }
        for text in ["\t\r\n ~\u{7F}", "\u{FFFD}\u{E000}\u{D7FF}\u{10000}\u{10FFFF}"] {
            assert_eq!(decode(text.as_bytes()).unwrap().text, text);
        }
    }
}
