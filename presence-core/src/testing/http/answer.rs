//! An answer, as it was prepared.

use std::collections::VecDeque;
use std::fmt;

use async_trait::async_trait;

use crate::http::{HttpBody, HttpError, HttpHeaders, HttpStream};

/// An answer that was prepared. Its `Debug` shows no body.
#[derive(Clone)]
pub struct CannedAnswer {
    head: Result<u16, HttpError>,
    headers: HttpHeaders,
    pieces: VecDeque<Vec<u8>>,
    end: End,
}

/// What comes after the last piece.
#[derive(Clone, Debug)]
enum End {
    Ends,
    Breaks(HttpError),
    StaysOpen,
}

impl CannedAnswer {
    /// An answer with this status and an empty body.
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self { head: Ok(status), headers: HttpHeaders::new(), pieces: VecDeque::new(), end: End::Ends }
    }

    /// No answer, but this trouble.
    #[must_use]
    pub fn error(error: HttpError) -> Self {
        Self { head: Err(error), ..Self::status(0) }
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(name, value);
        self
    }

    /// The same answer with this body, in one piece.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.pieces = [body.into()].into();
        self
    }

    /// The same answer with one more piece of its body.
    #[must_use]
    pub fn piece(mut self, piece: impl Into<Vec<u8>>) -> Self {
        self.pieces.push_back(piece.into());
        self
    }

    /// The same answer, with this trouble after the last piece.
    #[must_use]
    pub fn breaks(mut self, error: HttpError) -> Self {
        self.end = End::Breaks(error);
        self
    }

    /// The same answer, which does not end after the last piece: for streams.
    #[must_use]
    pub fn stays_open(mut self) -> Self {
        self.end = End::StaysOpen;
        self
    }

    pub(super) fn open(self) -> Result<HttpStream, HttpError> {
        Ok(HttpStream::new(self.head?, self.headers, Pieces { pieces: self.pieces, end: self.end }))
    }
}

impl fmt::Debug for CannedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CannedAnswer")
            .field("head", &self.head)
            .field("headers", &self.headers)
            .field("pieces", &self.pieces.len())
            .field("end", &self.end)
            .finish()
    }
}

struct Pieces {
    pieces: VecDeque<Vec<u8>>,
    end: End,
}

#[async_trait]
impl HttpBody for Pieces {
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        if let Some(piece) = self.pieces.pop_front() {
            return Ok(Some(piece));
        }
        match &self.end {
            End::Ends => Ok(None),
            End::Breaks(error) => Err(error.clone()),
            End::StaysOpen => std::future::pending().await,
        }
    }
}
