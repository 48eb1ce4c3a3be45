//! Logical lines: folded ones are joined on their bytes, before anything is decoded.

use memchr::{memchr, memchr2};

/// The longest logical line that is read.
pub(super) const LONGEST_LINE: usize = 64 * 1024;

/// A logical line as it stands in the file, with the breaks inside it when it is folded.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) raw: &'a [u8],
    /// The number of its first line in the file, from 1.
    pub(super) number: usize,
    pub(super) is_folded: bool,
    /// Whether the file ends in it, so that a part of it may be missing.
    pub(super) is_cut: bool,
}

/// The logical lines of a file that are not blank.
#[derive(Clone)]
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: without_mark(bytes), number: 1 }
    }

    /// What is not read yet.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The length of the line that begins `from` bytes ahead, and of the break that ends it.
    fn measure(&self, from: usize) -> (usize, usize) {
        let ahead = self.rest.get(from..).unwrap_or_default();
        match memchr2(b'\n', b'\r', ahead) {
            None => (ahead.len(), 0),
            Some(end) => (end, length_of_break(ahead.get(end..).unwrap_or_default())),
        }
    }

    /// How many bytes of blank lines are ahead, when what comes after them carries on the line before them; and how many
    /// lines these are.
    fn blank_fold(&self, from: usize) -> Option<(usize, usize)> {
        let (mut length, mut lines) = (0, 0);
        loop {
            let ahead = self.rest.get(from + length..)?;
            match ahead.first()? {
                b' ' | b'\t' => return Some((length, lines)),
                b'\r' | b'\n' => {
                    length += length_of_break(ahead);
                    lines += 1;
                }
                _ => return None,
            }
        }
    }

    fn skip_blank(&mut self) {
        while let Some(b'\r' | b'\n') = self.rest.first() {
            let length = length_of_break(self.rest);
            self.rest = self.rest.get(length..).unwrap_or_default();
            self.number += 1;
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    #[inline]
    fn next(&mut self) -> Option<Line<'a>> {
        self.skip_blank();
        let number = self.number;
        let (mut end, mut after_break) = self.measure(0);
        let mut next = end + after_break;
        let mut is_folded = false;
        self.number += 1;
        while let Some(byte) = self.rest.get(next) {
            match byte {
                b' ' | b'\t' => {}
                b'\r' | b'\n' => match self.blank_fold(next) {
                    None => break,
                    Some((blank, lines)) => {
                        next += blank;
                        self.number += lines;
                    }
                },
                _ => break,
            }
            let (more, length) = self.measure(next);
            is_folded = true;
            end = next + more;
            after_break = length;
            next = end + length;
            self.number += 1;
        }
        let (raw, is_cut) = (self.rest.get(..end)?, after_break == 0);
        self.rest = self.rest.get(next..).unwrap_or_default();
        (!raw.is_empty()).then_some(Line { raw, number, is_folded, is_cut })
    }
}

/// The length of the line break with which `bytes` begin: CRLF, LF, or CR.
const fn length_of_break(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// Without the byte order mark of UTF-8.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// The bytes of a logical line; those of a folded one are put together in `scratch`.
pub(super) fn unfolded<'a>(raw: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    let Some(first) = memchr2(b'\n', b'\r', raw) else { return raw };
    scratch.clear();
    let (head, mut rest) = raw.split_at_checked(first).unwrap_or((raw, &[]));
    scratch.extend_from_slice(head);
    while !rest.is_empty() {
        // Blank lines between the parts are passed over, then the one blank that marks the fold.
        while let length @ 1.. = length_of_break(rest) {
            rest = rest.get(length..).unwrap_or_default();
        }
        rest = rest.get(1..).unwrap_or_default();
        let end = memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let (part, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        scratch.extend_from_slice(part);
        rest = after;
    }
    scratch
}

/// A content line, taken apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Content<'a> {
    pub(super) params: Params<'a>,
    pub(super) value: &'a [u8],
    /// Parameters and value as they stand there; nothing where there are no parameters.
    whole: &'a [u8],
    /// Whether a quotation mark that is missing had to be overlooked to find the value.
    pub(super) is_repaired: bool,
}

impl<'a> Content<'a> {
    /// The content of a line whose value has no colon, as dates have none: one that seems to be in it stands in the name of
    /// a zone, without the quotation marks that it wants.
    pub(super) fn without_colon(self) -> Self {
        if memchr(b':', self.value).is_none() {
            return self;
        }
        let part = |colon: usize| Some((self.whole.get(..colon)?, self.whole.get(colon + 1..)?));
        match memchr::memrchr(b':', self.whole).and_then(part) {
            Some((bytes, value)) => Self { params: Params { bytes, ..self.params }, value, is_repaired: true, ..self },
            None => self,
        }
    }

    /// `None` without a colon. `line` is not folded.
    pub(super) fn of(line: &'a [u8]) -> Option<Self> {
        Self::after(line, memchr2(b':', b';', line)?)
    }

    /// The same when it is known how long the name is.
    #[inline]
    pub(super) fn after(line: &'a [u8], name: usize) -> Option<Self> {
        let (sign, rest) = line.get(name..)?.split_first()?;
        if *sign == b':' {
            return Some(Self { params: Params::NONE, value: rest, whole: &[], is_repaired: false });
        }
        let part = |colon: usize| Some((rest.get(..colon)?, rest.get(colon + 1..)?));
        let (colon, has_quotes) = match memchr2(b':', b'"', rest)? {
            end if rest.get(end) == Some(&b':') => (Some(end), false),
            _ => (unquoted(rest, b':'), true),
        };
        if let Some(colon) = colon {
            let (bytes, value) = part(colon)?;
            return Some(Self { params: Params { bytes, has_quotes }, value, whole: rest, is_repaired: false });
        }
        // A quotation mark has swallowed the colon.
        let (bytes, value) = part(memchr::memrchr(b':', rest)?)?;
        let value = value.strip_suffix(b"\"").unwrap_or(value);
        Some(Self { params: Params { bytes, has_quotes }, value, whole: rest, is_repaired: true })
    }
}

/// Where `sign` first stands outside of quotation marks.
fn unquoted(bytes: &[u8], sign: u8) -> Option<usize> {
    let mut is_quoted = false;
    bytes.iter().position(|byte| {
        is_quoted ^= *byte == b'"';
        *byte == sign && !is_quoted
    })
}

/// The parameters of a line.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Params<'a> {
    bytes: &'a [u8],
    has_quotes: bool,
}

impl<'a> Params<'a> {
    const NONE: Self = Self { bytes: &[], has_quotes: false };

    /// The value of a parameter without its quotation marks; `name` is in capitals.
    pub(super) fn get(self, name: &[u8]) -> Option<&'a [u8]> {
        if self.bytes.is_empty() {
            return None;
        }
        self.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| without_quotes(value))
    }

    /// Names and values as they stand there; a parameter without an equals sign has an empty value.
    pub(super) fn iter(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = Some(self.bytes).filter(|params| !params.is_empty());
        std::iter::from_fn(move || {
            let params = rest?;
            let end = if self.has_quotes { unquoted(params, b';') } else { memchr(b';', params) };
            rest = end.and_then(|end| params.get(end + 1..));
            let one = params.get(..end.unwrap_or(params.len()))?;
            let equals = memchr(b'=', one).unwrap_or(one.len());
            Some((one.get(..equals)?, one.get(equals + 1..).unwrap_or_default()))
        })
    }
}

pub(super) fn without_quotes(value: &[u8]) -> &[u8] {
    let value = value.strip_prefix(b"\"").unwrap_or(value);
    value.strip_suffix(b"\"").unwrap_or(value)
}
#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Name, parameters with their values, and value of every line, as text.
    type Told = Vec<(String, Vec<(String, Vec<String>)>, String)>;

    fn text(bytes: &[u8]) -> String {
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn ours(file: &[u8]) -> Told {
        let mut scratch = Vec::new();
        let tell = |line: Line<'_>| {
            let flat = unfolded(line.raw, &mut scratch);
            let content = Content::of(flat).unwrap();
            let name = flat.split(|byte| matches!(byte, b':' | b';')).next().unwrap();
            let params = content.params.iter().map(|(name, value)| {
                (text(name), value.split(|byte| *byte == b',').map(|one| text(without_quotes(one))).collect())
            });
            (text(name), params.collect(), text(content.value))
        };
        Lines::new(file).map(tell).collect()
    }

    fn theirs(file: &[u8]) -> Told {
        let tell = |property: Result<ical::property::Property, _>| {
            let property = property.unwrap();
            (property.name, property.params.unwrap_or_default(), property.value.unwrap_or_default())
        };
        ical::PropertyParser::from_reader(file).map(tell).collect()
    }

    /// Folds a line after so many characters, but not beside a blank: there the peer loses one.
    fn folded(line: &str, width: usize) -> String {
        let chars: Vec<char> = line.chars().collect();
        let mut out = String::new();
        for (at, one) in chars.iter().enumerate() {
            let is_beside = *one == ' ' || at > 0 && chars[at - 1] == ' ';
            if at > 0 && at % width == 0 && !is_beside {
                out.push_str("\r\n ");
            }
            out.push(*one);
        }
        out
    }

    /// A line as it ought to be.
    fn line() -> impl Strategy<Value = String> {
        let value = prop_oneof!["[a-zA-Z0-9ÅÖé/._-]{1,12}", "\"[a-zA-Z0-9Åö:; /._-]{1,12}\""];
        let param = ("[A-Z][A-Z-]{0,10}", prop::collection::vec(value, 1..4))
            .prop_map(|(name, values)| format!(";{name}={}", values.join(",")));
        let text = "[!-9<-~Åö–][ -~Åö–]{0,100}[!-~Åö–]";
        ("[A-Z][A-Z0-9-]{0,16}", prop::collection::vec(param, 0..4), text, 5..80_usize)
            .prop_map(|(name, params, text, width)| folded(&format!("{name}{}:{text}", params.concat()), width))
    }

    proptest! {
        /// On clean lines the crate `ical` reads the same.
        #[test]
        fn clean_lines_are_read_as_by_another_reader(lines in prop::collection::vec(line(), 1..8)) {
            let file = lines.join("\r\n") + "\r\n";
            prop_assert_eq!(ours(file.as_bytes()), theirs(file.as_bytes()));
        }

        /// All bytes of a file are in its lines, but for breaks and folds.
        #[test]
        fn no_byte_is_lost(bytes in prop::collection::vec(prop::sample::select(b"ab \t\r\n:".to_vec()), 0..60)) {
            let mut scratch = Vec::new();
            let lines: Vec<Line<'_>> = Lines::new(&bytes).collect();
            let kept: usize = lines.iter().map(|line| unfolded(line.raw, &mut scratch).iter().filter(|b| b.is_ascii_graphic()).count()).sum();
            prop_assert_eq!(kept, bytes.iter().filter(|b| b.is_ascii_graphic()).count());
            for line in &lines {
                prop_assert_eq!(line.is_folded, memchr2(b'\r', b'\n', line.raw).is_some());
                let before = line.raw.as_ptr().addr() - bytes.as_ptr().addr();
                let crs = bytes[..before].windows(2).filter(|pair| pair == b"\r\n").count();
                let breaks = bytes[..before].iter().filter(|b| matches!(b, b'\r' | b'\n')).count() - crs;
                prop_assert_eq!(line.number, breaks + 1);
            }
        }
    }

    #[test]
    fn the_last_line_may_lack_its_end() {
        let cut = |file: &str| Lines::new(file.as_bytes()).map(|line| line.is_cut).collect::<Vec<_>>();
        assert_eq!(cut("A:1\r\nB:2\r\n"), [false, false]);
        assert_eq!(cut("A:1\r\nB:2"), [false, true]);
        assert_eq!(cut("A:1\r\nB:2\r\n "), [false, true]);
    }

    #[test]
    fn a_parameter_is_found_by_its_name_only() {
        let content = Content::of(b"DTSTART;X-TZID=a;tzid=\"b:;=c\";TZID=d;VALUE:e").unwrap();
        assert_eq!(content.params.get(b"TZID"), Some(&b"b:;=c"[..]));
        assert_eq!((content.params.get(b"VALUE"), content.params.get(b"X")), (Some(&b""[..]), None));
        assert_eq!(content.value, b"e");
    }
}
