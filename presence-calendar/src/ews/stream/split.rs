//! Many documents in one answer: where one ends and the next begins.

use memchr::memmem;

use super::super::error::EwsError;
use super::super::xml::{BrokenXml, XmlProblem};

/// One document is at most so large.
const MOST_BYTES: usize = 1024 * 1024;

/// Cuts what the network brings into documents. A piece may end anywhere.
#[derive(Debug, Default)]
pub(super) struct Splitter {
    buffer: Vec<u8>,
    /// Before this no document ends.
    looked_at: usize,
}

impl Splitter {
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.buffer.extend_from_slice(piece);
    }

    /// The next whole document.
    pub(super) fn next_document(&mut self) -> Result<Option<Vec<u8>>, EwsError> {
        let Some(end) = self.end() else {
            if self.buffer.iter().all(u8::is_ascii_whitespace) {
                // Some servers keep the line open with blanks.
                self.buffer.clear();
                self.looked_at = 0;
            }
            return if self.buffer.len() > MOST_BYTES { Err(too_large()) } else { Ok(None) };
        };
        if end > MOST_BYTES {
            return Err(too_large());
        }
        let rest = self.buffer.split_off(end);
        let document = std::mem::replace(&mut self.buffer, rest);
        self.looked_at = 0;
        let start = document.iter().position(|b| !b.is_ascii_whitespace()).unwrap_or_default();
        Ok(Some(document.get(start..).unwrap_or_default().to_vec()))
    }

    /// Behind the first end tag whose name without a prefix is `Envelope`.
    fn end(&mut self) -> Option<usize> {
        loop {
            let start = self.looked_at + memmem::find(self.buffer.get(self.looked_at..)?, b"</")?;
            self.looked_at = start;
            let tag = self.buffer.get(start + 2..)?;
            let length = memchr::memchr(b'>', tag)?;
            let name = tag.get(..length)?.trim_ascii();
            self.looked_at = start + 2 + length + 1;
            if name.rsplit(|b| *b == b':').next() == Some(b"Envelope") {
                return Some(self.looked_at);
            }
        }
    }
}

const fn too_large() -> EwsError {
    EwsError::Broken(BrokenXml { at: MOST_BYTES, problem: XmlProblem::TooLarge })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "<?xml version='1.0'?><a:Envelope xmlns:a='x'><b/></a:Envelope>\r\n\
        <?xml version='1.0'?>\n<Envelope><c>1</c></Envelope >  <s:Envelope/><s:Envelope></s:Envelope>\n<s:Env";

    fn documents(pieces: impl Iterator<Item = Vec<u8>>) -> Vec<String> {
        let mut splitter = Splitter::default();
        let mut found = Vec::new();
        for piece in pieces {
            splitter.push(&piece);
            while let Some(document) = splitter.next_document().unwrap() {
                found.push(String::from_utf8(document).unwrap());
            }
        }
        found
    }

    #[test]
    fn pieces_of_any_length_give_the_same_documents() {
        let whole = documents(std::iter::once(STREAM.as_bytes().to_vec()));
        assert_eq!(whole.len(), 3);
        assert!(whole.iter().all(|document| document.starts_with('<') && document.ends_with('>')), "{whole:?}");
        for length in 1..STREAM.len() {
            assert_eq!(documents(STREAM.as_bytes().chunks(length).map(<[u8]>::to_vec)), whole, "{length}");
        }
    }

    #[test]
    fn a_document_without_end_is_refused() {
        let mut splitter = Splitter::default();
        splitter.push(b"<s:Envelope>");
        let mut pieces = 0;
        while splitter.next_document().is_ok() {
            splitter.push(&[b'x'; 100_000]);
            pieces += 1;
        }
        assert_eq!(pieces, 11);
        let mut blanks = Splitter::default();
        for _ in 0..100 {
            blanks.push(&[b' '; 100_000]);
            assert_eq!(blanks.next_document(), Ok(None));
        }
        assert!(blanks.buffer.is_empty());
    }
}
