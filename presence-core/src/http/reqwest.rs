//! HTTP by reqwest, with rustls and the certificates that the machine trusts.
//!
//! ```no_run
//! use presence_core::http::reqwest::ReqwestService;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let authority = std::fs::read("/etc/presence/company-ca.pem")?;
//! let http = ReqwestService::builder().trust(authority).proxy(None).build()?;
//! # Ok(())
//! # }
//! ```
//!
//! A redirect is followed where that cannot give anything away: for `GET` and `HEAD`, to the same host and port, never
//! from `https` to `http`, at most five times. Everything else is [`HttpError::Redirected`].

mod body;
mod builder;
mod redirect;
mod trouble;

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use ::reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use ::reqwest::{Client, Method, Response, Url};
use async_trait::async_trait;

pub use builder::ReqwestBuilder;

use crate::http::reqwest::body::{ReqwestBody, drain};
use crate::http::reqwest::redirect::{MOST_REDIRECTS, Step, step};
use crate::http::reqwest::trouble::{host, trouble};
use crate::http::{HttpError, HttpHeaders, HttpRequest, HttpResponse, HttpService, HttpStream};

/// HTTP by reqwest. It wants a tokio runtime with time and I/O around it.
#[derive(Clone)]
pub struct ReqwestService {
    client: Client,
    /// For what is on this machine: a proxy elsewhere would look for it on its own.
    direct: Client,
    plain_http: bool,
    /// How long a connection rests between two requests, if they are to share it.
    rest: Option<Duration>,
}

impl ReqwestService {
    /// As the machine is set up: its certificates, the proxy of its environment, and `https` only.
    pub fn new() -> Result<Self, HttpError> {
        Self::builder().build()
    }

    /// Says what is to be otherwise.
    #[must_use]
    pub fn builder() -> ReqwestBuilder {
        ReqwestBuilder::new()
    }

    /// Asks, and goes where it is sent as far as that is safe.
    async fn follow(&self, request: &HttpRequest) -> Result<HttpStream, HttpError> {
        let headers = headers(&request.headers)?;
        let mut url = self.target(&request.url)?;
        for followed in 0..=MOST_REDIRECTS {
            let response = self.exchange(request, &url, headers.clone()).await?;
            match step(&request.method, &url, &response) {
                Step::Stay => return Ok(self.stream(response, url, request)),
                Step::Go(next) if followed < MOST_REDIRECTS => {
                    drain(self.stream(response, url, request)).await;
                    url = next;
                }
                Step::Go(next) => return Err(redirect::refused(response.status(), Some(&next))),
                Step::Refuse(error) => return Err(error),
            }
        }
        Err(HttpError::Broken("redirected without end".to_owned()))
    }

    /// The address, if it may be asked.
    fn target(&self, url: &str) -> Result<Url, HttpError> {
        let url =
            Url::parse(url).map_err(|error| HttpError::InvalidRequest(format!("the address is wrong: {error}")))?;
        if url.scheme() == "http" && !self.plain_http && !is_loopback(&url) {
            return Err(HttpError::InvalidRequest(format!(
                "`http` to `{}` could be read by everybody on the way; use `https`, or allow plain HTTP",
                host(&url)
            )));
        }
        Ok(url)
    }

    async fn exchange(&self, request: &HttpRequest, url: &Url, headers: HeaderMap) -> Result<Response, HttpError> {
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| HttpError::InvalidRequest("the method is not one that can be sent".to_owned()))?;
        let client = if is_loopback(url) { &self.direct } else { &self.client };
        let mut asked = client.request(method, url.clone()).headers(headers);
        if !request.body.is_empty() {
            asked = asked.body(request.body.clone());
        }
        asked.send().await.map_err(|error| trouble(&error, url))
    }

    fn stream(&self, response: Response, url: Url, request: &HttpRequest) -> HttpStream {
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()))).collect();
        HttpStream::new(status, headers, ReqwestBody::new(response, url, request.limits, self.rest))
    }
}

#[async_trait]
impl HttpService for ReqwestService {
    async fn open(&self, request: HttpRequest) -> Result<HttpStream, HttpError> {
        request.check()?;
        let after = request.limits.timeout;
        tokio::time::timeout(after, self.follow(&request)).await.unwrap_or(Err(HttpError::TimedOut { after }))
    }

    /// One time for all: a server that sends a byte now and then would otherwise keep a source for days.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (after, most_bytes) = (request.limits.timeout, request.limits.most_bytes);
        let whole = async { self.open(request).await?.collect(most_bytes).await };
        tokio::time::timeout(after, whole).await.unwrap_or(Err(HttpError::TimedOut { after }))
    }
}

/// What reqwest shows of itself may hold the credentials of a proxy.
impl fmt::Debug for ReqwestService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestService").field("plain_http", &self.plain_http).finish_non_exhaustive()
    }
}

/// Whether the host is this machine.
fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or_else(|_| host == "localhost", |address| address.is_loopback())
}

fn headers(headers: &HttpHeaders) -> Result<HeaderMap, HttpError> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for header in headers {
        let refused = || HttpError::InvalidRequest("a header has a name or a value that cannot be sent".to_owned());
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| refused())?;
        let mut value = HeaderValue::from_bytes(header.value.as_bytes()).map_err(|_| refused())?;
        value.set_sensitive(header.secret);
        map.append(name, value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_told_from_others() {
        for url in
            ["http://127.0.0.1:8080/", "http://127.8.9.1", "http://localhost/x", "http://[::1]:1/", "http://LOCALHOST"]
        {
            assert!(is_loopback(&Url::parse(url).unwrap()), "{url}");
        }
        for url in
            ["http://example.com", "http://localhost.example.com", "http://10.0.0.1", "http://[::2]", "http://0.0.0.0"]
        {
            assert!(!is_loopback(&Url::parse(url).unwrap()), "{url}");
        }
    }
}
