//! Answers, whole or piece by piece.

use std::io;

use tokio::io::{AsyncWrite, AsyncWriteExt};

pub(crate) const XML: &str = "text/xml; charset=utf-8";

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("Content-Type", content_type.to_owned())], body: body.into() }
    }

    pub(crate) fn xml(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, XML, body)
    }

    #[must_use]
    pub(crate) fn with(mut self, header: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((header, value.into()));
        self
    }

    fn head(&self, length: &str) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head + length + "\r\n\r\n"
    }

    pub(crate) async fn write<S: AsyncWrite + Unpin + Send>(&self, stream: &mut S) -> io::Result<()> {
        let mut bytes = self.head(&format!("Content-Length: {}", self.body.len())).into_bytes();
        bytes.extend(&self.body);
        stream.write_all(&bytes).await?;
        stream.flush().await
    }

    /// Half of it, as when a server dies.
    pub(crate) async fn write_half<S: AsyncWrite + Unpin + Send>(&self, stream: &mut S) -> io::Result<()> {
        let head = self.head(&format!("Content-Length: {}", self.body.len()));
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(self.body.split_at(self.body.len() / 2).0).await?;
        stream.flush().await
    }

    /// Its head; the body follows in pieces.
    pub(crate) async fn begin<'s, S>(&self, stream: &'s mut S, most: Option<usize>) -> io::Result<Stream<'s, S>>
    where
        S: AsyncWrite + Unpin + Send,
    {
        stream.write_all(self.head("Transfer-Encoding: chunked").as_bytes()).await?;
        stream.flush().await?;
        Ok(Stream { stream, most })
    }
}

/// An answer whose body is being sent.
#[derive(Debug)]
pub(crate) struct Stream<'s, S> {
    stream: &'s mut S,
    /// No piece is larger.
    most: Option<usize>,
}

impl<S: AsyncWrite + Unpin + Send> Stream<'_, S> {
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.chunks(self.most.unwrap_or(usize::MAX).max(1)) {
            self.stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
            self.stream.write_all(piece).await?;
            self.stream.write_all(b"\r\n").await?;
            self.stream.flush().await?;
        }
        Ok(())
    }

    pub(crate) async fn end(self) -> io::Result<()> {
        self.stream.write_all(b"0\r\n\r\n").await?;
        self.stream.flush().await
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        404 => "Not Found",
        405 => "Method Not Allowed",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Unknown",
    }
}
