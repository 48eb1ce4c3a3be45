//! What is answered: at once, or piece by piece.

use std::fmt;

use async_trait::async_trait;

use crate::http::error::HttpError;
use crate::http::headers::HttpHeaders;

/// An answer. Its `Debug` shows the names of the headers and the length of the body.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HttpHeaders,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// An answer.
    pub fn new(status: u16, headers: HttpHeaders, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers, body: body.into() }
    }

    /// Whether the server did what it was asked to.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The value of the first header of this name, without case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish()
    }
}

/// The body of a stream.
#[async_trait]
pub trait HttpBody: Send {
    /// The next piece; `None` when the body has ended as it should. Nothing is lost when the wait is given up, and the
    /// time of silence goes on, so it may stand in a `select`.
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, HttpError>;
}

/// An answer whose body comes piece by piece. To drop it is to hang up.
#[non_exhaustive]
pub struct HttpStream {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HttpHeaders,
    body: Box<dyn HttpBody>,
}

impl HttpStream {
    /// An answer with this body.
    pub fn new(status: u16, headers: HttpHeaders, body: impl HttpBody + 'static) -> Self {
        Self { status, headers, body: Box::new(body) }
    }

    /// Whether the server does what it was asked to.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The next piece of the body; `None` when it has ended as it should. A piece is as the network brought it: a line
    /// or a character may be in two.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
        self.body.chunk().await
    }

    /// Waits for the end of the body, which may have this many bytes. No more than that is ever held of it, beside the
    /// piece that was too much.
    pub async fn collect(mut self, most_bytes: usize) -> Result<HttpResponse, HttpError> {
        let mut body = Vec::new();
        while let Some(piece) = self.chunk().await? {
            if piece.len() > most_bytes.saturating_sub(body.len()) {
                return Err(HttpError::TooLarge { limit: most_bytes });
            }
            if body.is_empty() {
                body = piece;
            } else {
                make_room(&mut body, piece.len(), most_bytes);
                body.extend_from_slice(&piece);
            }
        }
        Ok(HttpResponse { status: self.status, headers: self.headers, body })
    }
}

impl fmt::Debug for HttpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpStream")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

/// Room for `more` bytes. A vector left to itself doubles its room, past what is allowed.
fn make_room(body: &mut Vec<u8>, more: usize, most_bytes: usize) {
    let wanted = body.len().saturating_add(more);
    if wanted > body.capacity() {
        let room = body.capacity().saturating_mul(2).min(most_bytes).max(wanted);
        body.reserve_exact(room.saturating_sub(body.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Pieces(Vec<Result<Vec<u8>, HttpError>>);

    #[async_trait]
    impl HttpBody for Pieces {
        async fn chunk(&mut self) -> Result<Option<Vec<u8>>, HttpError> {
            if self.0.is_empty() { Ok(None) } else { self.0.remove(0).map(Some) }
        }
    }

    fn stream(pieces: &[&str]) -> HttpStream {
        HttpStream::new(200, HttpHeaders::new(), Pieces(pieces.iter().map(|piece| Ok((*piece).into())).collect()))
    }

    #[tokio::test]
    async fn collects_up_to_the_limit_and_not_a_byte_more() {
        assert_eq!(stream(&["ab", "", "cd"]).collect(4).await.unwrap().body, b"abcd");
        assert_eq!(stream(&[]).collect(0).await.unwrap().body, b"");
        assert_eq!(stream(&["ab", "cd"]).collect(3).await, Err(HttpError::TooLarge { limit: 3 }));
        assert_eq!(stream(&["ab"]).collect(1).await, Err(HttpError::TooLarge { limit: 1 }));
    }

    #[tokio::test]
    async fn what_is_held_stays_within_the_limit() {
        let pieces = vec!["0123456789"; 10];
        let body = stream(&pieces).collect(101).await.unwrap().body;
        assert_eq!(body.len(), 100);
        assert!(body.capacity() <= 101, "{}", body.capacity());
    }

    #[tokio::test]
    async fn a_body_that_breaks_is_no_answer() {
        let broken = HttpError::Broken("cut off".to_owned());
        let body = Pieces(vec![Ok(b"half".to_vec()), Err(broken.clone())]);
        assert_eq!(HttpStream::new(200, HttpHeaders::new(), body).collect(99).await, Err(broken));
    }

    #[test]
    fn debug_shows_no_body_and_no_values() {
        let headers: HttpHeaders = [("Set-Cookie", "sesame")].into_iter().collect();
        let response = HttpResponse::new(200, headers.clone(), "sesame");
        let shown = format!("{response:?}");
        assert!(shown.contains("6 bytes") && shown.contains("Set-Cookie") && !shown.contains("sesame"), "{shown}");
        let stream = HttpStream::new(200, headers, Pieces(vec![Ok(b"sesame".to_vec())]));
        let shown = format!("{stream:?}");
        assert!(shown.contains("Set-Cookie") && !shown.contains("sesame"), "{shown}");
        assert_eq!(response.header("set-cookie"), Some("sesame"));
    }
}
