//! Requests.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const MOST_HEAD: usize = 64 * 1024;
const MOST_BODY: usize = 8 * 1024 * 1024;

/// A request with all of its body.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Without the query.
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The first header of this name, whatever its case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Whether the connection stays open after the answer.
    pub(crate) fn keeps_alive(&self) -> bool {
        !self.header("Connection").is_some_and(|value| value.to_ascii_lowercase().contains("close"))
    }
}

/// Reads the next request; `None` when the client has gone.
pub(crate) async fn read_request<S>(stream: &mut S) -> io::Result<Option<Request>>
where
    S: AsyncBufRead + AsyncWrite + Unpin + Send,
{
    let Some(first) = line(stream, MOST_HEAD).await? else { return Ok(None) };
    let mut words = first.split_ascii_whitespace();
    let (Some(method), Some(target), Some(version)) = (words.next(), words.next(), words.next()) else {
        return Err(bad("not a request line"));
    };
    if !version.starts_with("HTTP/1.") {
        return Err(bad("not HTTP/1"));
    }
    let mut request = Request {
        method: method.to_owned(),
        path: path_of(target).to_owned(),
        headers: headers(stream).await?,
        body: Vec::new(),
    };
    if request.header("Expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        stream.flush().await?;
    }
    let chunked = request.header("Transfer-Encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    let length = request.header("Content-Length").map(str::parse).transpose().map_err(|_| bad("not a length"))?;
    request.body = if chunked { chunks(stream).await? } else { exactly(stream, length.unwrap_or(0)).await? };
    Ok(Some(request))
}

fn path_of(target: &str) -> &str {
    // A proxy's client names the whole address.
    let path =
        target.split_once("://").map_or(target, |(_, rest)| rest.find('/').map_or("/", |at| rest.split_at(at).1));
    path.split('?').next().unwrap_or(path)
}

async fn headers<S: AsyncBufRead + Unpin + Send>(stream: &mut S) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    let mut left = MOST_HEAD;
    loop {
        let line = line(stream, left).await?.ok_or_else(|| bad("the head ends early"))?;
        if line.is_empty() {
            return Ok(headers);
        }
        left = left.saturating_sub(line.len() + 2);
        let (name, value) = line.split_once(':').ok_or_else(|| bad("not a header"))?;
        headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
}

async fn chunks<S: AsyncBufRead + Unpin + Send>(stream: &mut S) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = line(stream, 1024).await?.ok_or_else(|| bad("the body ends early"))?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| bad("not a chunk"))?;
        if size == 0 {
            while line(stream, 1024).await?.is_some_and(|trailer| !trailer.is_empty()) {}
            return Ok(body);
        }
        if size > MOST_BODY - body.len() {
            return Err(bad("the body is too large"));
        }
        body.extend(exactly(stream, size).await?);
        line(stream, 2).await?;
    }
}

async fn exactly<S: AsyncBufRead + Unpin + Send>(stream: &mut S, length: usize) -> io::Result<Vec<u8>> {
    if length > MOST_BODY {
        return Err(bad("the body is too large"));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

/// A line without its end; `None` at the end of the stream.
async fn line<S: AsyncBufRead + Unpin + Send>(stream: &mut S, most: usize) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    if stream.take(most.saturating_add(2)).read_until(b'\n', &mut line).await? == 0 {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err(bad("a line is too long or cut"));
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    String::from_utf8(line).map(Some).map_err(|_| bad("a header is not text"))
}

fn bad(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use tokio::io::BufStream;

    use super::*;

    async fn read(text: &str) -> io::Result<Option<Request>> {
        let (mut client, server) = tokio::io::duplex(1 << 18);
        client.write_all(text.as_bytes()).await?;
        client.shutdown().await?;
        read_request(&mut BufStream::new(server)).await
    }

    #[tokio::test]
    async fn bodies_come_by_length_and_in_chunks() {
        let request =
            read("POST /ews/Exchange.asmx?x HTTP/1.1\r\ncontent-LENGTH: 3\r\n\r\nabcd").await.unwrap().unwrap();
        assert_eq!((request.path.as_str(), request.body.as_slice()), ("/ews/Exchange.asmx", b"abc".as_slice()));
        let chunked =
            "POST http://h:1/a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
        let request = read(chunked).await.unwrap().unwrap();
        assert_eq!((request.path.as_str(), request.body.as_slice()), ("/a", b"abc".as_slice()));
        assert!(read("").await.unwrap().is_none());
    }

    #[tokio::test]
    async fn bad_requests_are_errors() {
        let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(MOST_HEAD));
        for text in [
            "GET /\r\n\r\n",
            "GET / SIP/2.0\r\n\r\n",
            "GET / HTTP/1.1\r\nx\r\n\r\n",
            "GET / HTTP/1.1\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
            "GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
            "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
            &long,
        ] {
            assert!(read(text).await.is_err(), "{}", text.len());
        }
    }
}
