//! How a service is set up.

use std::fmt;
use std::time::Duration;

use ::reqwest::redirect::Policy;
use ::reqwest::{Certificate, Client, ClientBuilder, NoProxy, Proxy, Url};

use crate::http::HttpError;
use crate::http::reqwest::ReqwestService;
use crate::http::reqwest::trouble::reason;

/// When a body has ended, its connection is not yet back in the pool: another task brings it there. A request that comes
/// earlier would open a second connection, which has not been authenticated. Nobody says when it is back; it is a matter
/// of microseconds.
const REST: Duration = Duration::from_millis(2);

/// Sets up a [`ReqwestService`]. Its `Debug` shows no credentials of a proxy.
#[derive(Clone)]
pub struct ReqwestBuilder {
    roots: Vec<Vec<u8>>,
    proxy: Choice,
    past_proxy: Vec<String>,
    connect_timeout: Duration,
    one_connection: bool,
    plain_http: bool,
}

/// Which proxy.
#[derive(Clone)]
enum Choice {
    Environment,
    Nothing,
    This(String),
}

impl ReqwestBuilder {
    pub(crate) const fn new() -> Self {
        Self {
            roots: Vec::new(),
            proxy: Choice::Environment,
            past_proxy: Vec::new(),
            connect_timeout: Duration::from_secs(10),
            one_connection: false,
            plain_http: false,
        }
    }

    /// Trusts these certificates (PEM, one or several) beside those that the machine trusts.
    #[must_use]
    pub fn trust(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots.push(pem.into());
        self
    }

    /// Goes through this proxy (`http://proxy.example.com:3128`), or through none at all. Without this, the environment
    /// decides (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`). This machine itself is always asked directly.
    #[must_use]
    pub fn proxy(mut self, url: Option<&str>) -> Self {
        self.proxy = url.map_or(Choice::Nothing, |url| Choice::This(url.to_owned()));
        self
    }

    /// Asks these hosts without the proxy that was given: a name with all below it, an address, or a block such as
    /// `10.0.0.0/8`. For a proxy of the environment, `NO_PROXY` says so.
    #[must_use]
    pub fn no_proxy<H: Into<String>>(mut self, hosts: impl IntoIterator<Item = H>) -> Self {
        self.past_proxy.extend(hosts.into_iter().map(Into::into));
        self
    }

    /// How long connecting may take: 10 seconds, if nobody says otherwise.
    #[must_use]
    pub const fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Keeps to one connection for requests that come one after the other, each answer read to its end: for NTLM and
    /// Negotiate, which authenticate a connection. HTTP/1.1 only. Requests side by side have a connection each, and the
    /// one that was used last is used next.
    #[must_use]
    pub const fn one_connection(mut self) -> Self {
        self.one_connection = true;
        self
    }

    /// Allows `http` to other machines, where everybody on the way can read and change it.
    #[must_use]
    pub const fn allow_plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// The service.
    pub fn build(self) -> Result<ReqwestService, HttpError> {
        let direct = build(self.client()?.no_proxy())?;
        let client = match &self.proxy {
            Choice::Nothing => direct.clone(),
            Choice::Environment => build(self.client()?)?,
            Choice::This(url) => build(self.client()?.proxy(self.through(url)?))?,
        };
        Ok(ReqwestService { client, direct, plain_http: self.plain_http, rest: self.one_connection.then_some(REST) })
    }

    fn client(&self) -> Result<ClientBuilder, HttpError> {
        let client = Client::builder()
            .tls_certs_merge(self.certificates()?)
            .connect_timeout(self.connect_timeout)
            .redirect(Policy::none())
            .referer(false)
            .user_agent(concat!("presence/", env!("CARGO_PKG_VERSION")));
        // The number of idle connections is not limited to one: a second one that lies there would then have the one that
        // was authenticated closed when it comes back. The pool hands out the one that was used last.
        Ok(if self.one_connection { client.http1_only() } else { client })
    }

    fn certificates(&self) -> Result<Vec<Certificate>, HttpError> {
        let mut all = Vec::new();
        for pem in &self.roots {
            let wrong = || HttpError::Setup("what is to be trusted holds no certificate in PEM form".to_owned());
            let certificates = Certificate::from_pem_bundle(pem).map_err(|_| wrong())?;
            if certificates.is_empty() {
                return Err(wrong());
            }
            all.extend(certificates);
        }
        Ok(all)
    }

    fn through(&self, url: &str) -> Result<Proxy, HttpError> {
        let wrong =
            || HttpError::Setup("the proxy must be an address such as `http://proxy.example.com:3128`".to_owned());
        // Without a scheme, `proxy:3128` would count as one.
        let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(wrong)?;
        let proxy = Proxy::all(url).map_err(|_| wrong())?;
        Ok(proxy.no_proxy(NoProxy::from_string(&self.past_proxy.join(","))))
    }
}

impl fmt::Debug for ReqwestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = match &self.proxy {
            Choice::Environment => "environment",
            Choice::Nothing => "none",
            Choice::This(_) => "one",
        };
        f.debug_struct("ReqwestBuilder")
            .field("roots", &self.roots.len())
            .field("proxy", &proxy)
            .field("past_proxy", &self.past_proxy)
            .field("connect_timeout", &self.connect_timeout)
            .field("one_connection", &self.one_connection)
            .field("plain_http", &self.plain_http)
            .finish()
    }
}

fn build(client: ClientBuilder) -> Result<Client, HttpError> {
    client.build().map_err(|error| HttpError::Setup(reason(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(builder: ReqwestBuilder) -> String {
        match builder.build() {
            Err(HttpError::Setup(text)) => text,
            other => format!("not refused: {other:?}"),
        }
    }

    #[test]
    fn what_cannot_be_set_up_is_told_without_repeating_it() {
        for proxy in ["", "sesame:3128", "socks5://sesame:1080", "http://", "not a sesame"] {
            let text = refused(ReqwestBuilder::new().proxy(Some(proxy)));
            assert!(text.starts_with("the proxy") && !text.contains("sesame"), "{proxy}: {text}");
        }
        for pem in ["", "sesame", "-----BEGIN CERTIFICATE-----\nsesame"] {
            let text = refused(ReqwestBuilder::new().proxy(None).trust(pem));
            assert!(text.contains("PEM") && !text.contains("sesame"), "{pem}: {text}");
        }
    }

    #[test]
    fn debug_hides_the_credentials_of_a_proxy() {
        let shown = format!("{:?}", ReqwestBuilder::new().proxy(Some("http://u:sesame@proxy.example.com")));
        assert!(!shown.contains("sesame"), "{shown}");
    }
}
