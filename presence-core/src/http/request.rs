//! What is asked.

use std::fmt;
use std::time::Duration;

use crate::http::error::HttpError;
use crate::http::headers::{HttpHeader, HttpHeaders};

/// How long and how much.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HttpLimits {
    /// For a whole answer: how long it may take, from connecting to its last byte. For a stream: how long its head may
    /// take.
    pub timeout: Duration,
    /// How long a body may be silent between two pieces; `None`: as long as the timeout.
    pub idle: Option<Duration>,
    /// How many bytes the body of a whole answer may have. A stream has no such limit.
    pub most_bytes: usize,
}

impl HttpLimits {
    /// How long a body may be silent between two pieces.
    #[must_use]
    pub fn silence(&self) -> Duration {
        self.idle.unwrap_or(self.timeout)
    }
}

impl Default for HttpLimits {
    /// 30 seconds, 16 MiB.
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), idle: None, most_bytes: 16 * 1024 * 1024 }
    }
}

/// A request.
///
/// Its `Debug` shows the method, the address without query and credentials, the names of the headers and the length of
/// the body.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct HttpRequest {
    /// `GET`, `POST`, `REPORT` and so on.
    pub method: String,
    /// The whole address, beginning with `http://` or `https://`.
    pub url: String,
    /// The headers. Those of transport (`Host`, `Content-Length`) come by themselves.
    pub headers: HttpHeaders,
    /// The body.
    pub body: Vec<u8>,
    /// How long and how much.
    pub limits: HttpLimits,
}

impl HttpRequest {
    /// A request with this method and no body.
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            url: url.into(),
            headers: HttpHeaders::new(),
            body: Vec::new(),
            limits: HttpLimits::default(),
        }
    }

    /// Asks for what is there.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    /// Hands something over. What it is belongs into a `Content-Type`.
    pub fn post(url: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self::new("POST", url).body(body)
    }

    /// The same request with another method: `REPORT`, `PROPFIND`, `SUBSCRIBE`.
    #[must_use]
    pub fn method(self, method: impl Into<String>) -> Self {
        Self { method: method.into(), ..self }
    }

    /// The same request with this body.
    #[must_use]
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The same request with one more header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// The same request with one more header, whose value is a secret: `Authorization`.
    #[must_use]
    pub fn secret_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push_secret(name, value);
        self
    }

    /// The same request, answered within this time; see [`HttpLimits::timeout`].
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.timeout = timeout;
        self
    }

    /// The same request, whose answer may be silent for this time between two pieces. A server that says every minute
    /// that it is still there wants more than a minute.
    #[must_use]
    pub const fn idle(mut self, idle: Duration) -> Self {
        self.limits.idle = Some(idle);
        self
    }

    /// The same request, whose answer may have this many bytes.
    #[must_use]
    pub const fn most_bytes(mut self, most_bytes: usize) -> Self {
        self.limits.most_bytes = most_bytes;
        self
    }

    /// Whether it may be sent at all: nothing in it can be taken for another header or another request, and the address
    /// is plain. Every [`HttpService`](crate::http::HttpService) asks this first.
    pub fn check(&self) -> Result<(), HttpError> {
        let refuse = |text: &str| Err(HttpError::InvalidRequest(text.to_owned()));
        if !is_token(&self.method) || self.method.eq_ignore_ascii_case("CONNECT") {
            return refuse("the method is not one that can be sent");
        }
        let Some(address) = Split::of(&self.url) else {
            return refuse("the address must begin with `http://` or `https://`, and have a host and no spaces");
        };
        if address.has_credentials {
            return refuse("the address holds a user name or a password, which belong into a header");
        }
        self.headers.iter().try_for_each(check_header)
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &Split::of(&self.url).map_or_else(|| "(no address)".to_owned(), |address| address.shown()))
            .field("headers", &self.headers)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .field("limits", &self.limits)
            .finish()
    }
}

/// The parts of an address that may be shown.
struct Split<'a> {
    scheme: &'a str,
    host: &'a str,
    path: &'a str,
    has_credentials: bool,
}

impl<'a> Split<'a> {
    /// As readers of addresses take them apart: a backslash counts as a slash. What they silently mend (spaces, too few
    /// or too many slashes) is no address here, so that nothing hides behind it.
    fn of(url: &'a str) -> Option<Self> {
        if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return None;
        }
        let plain = url.split(['?', '#']).next().unwrap_or_default();
        let (scheme, rest) = plain.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
            return None;
        }
        let (authority, path) = rest.split_at_checked(rest.find(['/', '\\']).unwrap_or(rest.len()))?;
        let (has_credentials, host) = authority.rsplit_once('@').map_or((false, authority), |(_, host)| (true, host));
        (!host.is_empty()).then_some(Self { scheme, host, path, has_credentials })
    }

    fn shown(&self) -> String {
        format!("{}://{}{}", self.scheme, self.host, self.path)
    }
}

/// A token of HTTP: a method, the name of a header.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// A line break in a value would begin another header, and lengths of our own would begin another request.
fn check_header(header: &HttpHeader) -> Result<(), HttpError> {
    let refuse = |text: String| Err(HttpError::InvalidRequest(text));
    let HttpHeader { name, value, .. } = header;
    if !is_token(name) {
        return refuse("a header has a name that cannot be sent".to_owned());
    }
    if ["connection", "content-length", "host", "transfer-encoding"].iter().any(|own| name.eq_ignore_ascii_case(own)) {
        return refuse(format!("the header `{name}` comes by itself"));
    }
    if value.chars().any(|c| c.is_control() && c != '\t') {
        return refuse(format!("the header `{name}` has a line break or another control character in its value"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(request: &HttpRequest) -> bool {
        matches!(request.check(), Err(HttpError::InvalidRequest(_)))
    }

    #[test]
    fn builds_what_is_asked_for() {
        let request = HttpRequest::post("https://a.example/x", "body")
            .method("REPORT")
            .header("Depth", "1")
            .secret_header("Authorization", "Basic YTpi")
            .timeout(Duration::from_secs(5))
            .idle(Duration::from_secs(90))
            .most_bytes(7);
        assert_eq!((request.method.as_str(), request.body.as_slice()), ("REPORT", b"body".as_slice()));
        assert_eq!(request.headers.get("authorization"), Some("Basic YTpi"));
        assert_eq!(request.headers.iter().map(|header| header.secret).collect::<Vec<_>>(), [false, true]);
        assert_eq!(request.limits.silence(), Duration::from_secs(90));
        assert_eq!(request.limits.most_bytes, 7);
        assert_eq!(request.check(), Ok(()));
        let plain = HttpRequest::get("http://a").timeout(Duration::from_secs(5));
        assert_eq!((plain.limits.silence(), plain.limits.most_bytes), (Duration::from_secs(5), 16 * 1024 * 1024));
    }

    #[test]
    fn debug_hides_query_credentials_values_and_body() {
        let urls = [
            "https://sesame:sesame@a.example/x?sesame#sesame",
            "https://sesame@sesame@a.example/x",
            "https://a.example/x#/sesame",
            "https://a.example?sesame",
            "https:///sesame:sesame@a.example/x",
            "https:/sesame@a.example/x",
            "https:\t//sesame:sesame@a.example/x",
            "https://\t/sesame:sesame@a.example/x",
            r"https://\sesame:sesame@a.example/x",
            "mailto:sesame@a.example",
            "sesame",
        ];
        for url in urls {
            let request =
                HttpRequest::post(url, "sesame").header("X", "sesame").secret_header("Authorization", "sesame");
            let shown = format!("{request:?} {request:#?}");
            assert!(!shown.contains("sesame"), "{shown}");
        }
        let shown = format!("{:?}", HttpRequest::post("https://u@a.example:8443/x/y?z", "four").header("Depth", "1"));
        for part in ["POST", "https://a.example:8443/x/y\"", "Depth", "4 bytes"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }

    #[test]
    fn nothing_in_a_request_can_become_another_one() {
        let get = HttpRequest::get("https://a.example/x");
        assert_eq!(get.check(), Ok(()));
        for value in ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "a\x7fb"] {
            assert!(refused(&get.clone().header("X", value)), "{value:?}");
        }
        for name in ["", "X Y", "X:", "X\r\nY", "Ä", "Content-Length", "transfer-encoding", "HOST", "Connection"] {
            assert!(refused(&get.clone().header(name, "1")), "{name:?}");
        }
        for method in ["", "GET /x HTTP/1.1\r\n", "G T", "CONNECT"] {
            assert!(refused(&get.clone().method(method)), "{method:?}");
        }
        assert_eq!(get.clone().header("X", "one\ttwo über").check(), Ok(()));
        assert_eq!(get.method("SUBSCRIBE").check(), Ok(()));
    }

    #[test]
    fn an_address_is_plain() {
        for url in ["http://a", "HTTPS://a/x?y=user@b", "https://[::1]:8443/"] {
            assert_eq!(HttpRequest::get(url).check(), Ok(()), "{url}");
        }
        for url in [
            "",
            "a/b",
            "ftp://a",
            "file:///etc",
            "https://",
            "https:///a",
            "https://u:p@a",
            "https://a/x y",
            "https://a\n",
        ] {
            assert!(refused(&HttpRequest::get(url)), "{url}");
        }
        let error = HttpRequest::get("https://u:sesame@a").check().unwrap_err();
        assert!(!error.to_string().contains("sesame"), "{error}");
    }
}
