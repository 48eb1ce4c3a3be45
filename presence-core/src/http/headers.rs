//! Headers: found by name without case, printed without their values.

use std::fmt;

/// One header. Its `Debug` shows the name only.
#[derive(Clone, Eq, PartialEq)]
#[non_exhaustive]
pub struct HttpHeader {
    /// The name, as it was given.
    pub name: String,
    /// The value. Bytes that are not UTF-8 were replaced when it was received.
    pub value: String,
    /// Whether the value is a secret: it goes to no other host, and into no table that a connection keeps.
    pub secret: bool,
}

impl fmt::Debug for HttpHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)
    }
}

/// The headers of a request or of an answer, in their order. Its `Debug` shows the names only.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct HttpHeaders(Vec<HttpHeader>);

impl HttpHeaders {
    /// No headers.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// One more header, behind those of the same name.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push(HttpHeader { name: name.into(), value: value.into(), secret: false });
    }

    /// One more header, whose value is a secret.
    pub fn push_secret(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push(HttpHeader { name: name.into(), value: value.into(), secret: true });
    }

    /// The value of the first header of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of all headers of this name: a server that knows several ways to authenticate says so in as many.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, HttpHeader> {
        self.0.iter()
    }

    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> IntoIterator for &'a HttpHeaders {
    type Item = &'a HttpHeader;
    type IntoIter = std::slice::Iter<'a, HttpHeader>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for HttpHeaders {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        let mut all = Self::new();
        for (name, value) in headers {
            all.push(name, value);
        }
        all
    }
}

impl fmt::Debug for HttpHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_by_name_without_case() {
        let headers: HttpHeaders =
            [("WWW-Authenticate", "Negotiate"), ("Server", "x"), ("www-authenticate", "NTLM")].into_iter().collect();
        assert_eq!(headers.get("Www-Authenticate"), Some("Negotiate"));
        assert_eq!(headers.all("WWW-AUTHENTICATE").collect::<Vec<_>>(), ["Negotiate", "NTLM"]);
        assert_eq!(headers.get("Retry-After"), None);
    }

    #[test]
    fn debug_shows_names_only() {
        let mut headers = HttpHeaders::new();
        headers.push("Set-Cookie", "sesame");
        headers.push_secret("Authorization", "Basic sesame");
        assert_eq!(format!("{headers:?}"), r#"["Set-Cookie", "Authorization"]"#);
    }
}
