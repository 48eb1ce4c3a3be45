//! How an account logs in: around any [`HttpService`].
//!
//! Passwords and tokens are in no `Debug` and in no error.

#[cfg(feature = "ntlm")]
mod ntlm;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use presence_core::Confidential;
use presence_core::http::{HttpError, HttpRequest, HttpResponse, HttpService, HttpStream};

#[cfg(feature = "ntlm")]
pub use ntlm::Ntlm;

/// Logs in with a name and a password, which go to the server with each request: only over `https`, or to this machine.
pub struct Basic {
    http: Arc<dyn HttpService>,
    header: Confidential<String>,
}

impl Basic {
    /// As this user: `EXAMPLE\presence`, `presence@example.com`.
    #[must_use]
    pub fn new(http: Arc<dyn HttpService>, user: &str, password: &str) -> Self {
        let encoded = STANDARD.encode(format!("{user}:{password}"));
        Self { http, header: Confidential::new(format!("Basic {encoded}")) }
    }
}

#[async_trait]
impl HttpService for Basic {
    async fn open(&self, request: HttpRequest) -> Result<HttpStream, HttpError> {
        check_secure(&request.url)?;
        self.http.open(request.secret_header("Authorization", self.header.reveal())).await
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        check_secure(&request.url)?;
        self.http.send(request.secret_header("Authorization", self.header.reveal())).await
    }
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic").field("http", &self.http).finish_non_exhaustive()
    }
}

/// Something that has a token for the server, and gets a new one when that is old.
#[async_trait]
pub trait Tokens: fmt::Debug + Send + Sync + 'static {
    /// A token that is good now. `is_refused`: the last one was not.
    async fn token(&self, is_refused: bool) -> Result<Confidential<String>, HttpError>;
}

/// Logs in with a token (OAuth). When the server refuses it, once with a new one.
pub struct Bearer {
    http: Arc<dyn HttpService>,
    tokens: Arc<dyn Tokens>,
}

impl Bearer {
    /// With tokens from there.
    #[must_use]
    pub fn new(http: Arc<dyn HttpService>, tokens: Arc<dyn Tokens>) -> Self {
        Self { http, tokens }
    }

    async fn with_token(&self, request: HttpRequest, is_refused: bool) -> Result<HttpRequest, HttpError> {
        check_secure(&request.url)?;
        let token = self.tokens.token(is_refused).await?;
        Ok(request.secret_header("Authorization", format!("Bearer {}", token.reveal())))
    }
}

#[async_trait]
impl HttpService for Bearer {
    async fn open(&self, request: HttpRequest) -> Result<HttpStream, HttpError> {
        let stream = self.http.open(self.with_token(request.clone(), false).await?).await?;
        if stream.status != 401 {
            return Ok(stream);
        }
        self.http.open(self.with_token(request, true).await?).await
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let response = self.http.send(self.with_token(request.clone(), false).await?).await?;
        if response.status != 401 {
            return Ok(response);
        }
        self.http.send(self.with_token(request, true).await?).await
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("http", &self.http).field("tokens", &self.tokens).finish()
    }
}

/// What everybody on the way can read is no place for a password.
fn check_secure(url: &str) -> Result<(), HttpError> {
    let rest = |scheme: &str| {
        let (start, rest) = url.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    };
    if rest("https://").is_some() {
        return Ok(());
    }
    let host = rest("http://").map(|rest| rest.split(['/', '?', '#', '\\']).next().unwrap_or_default());
    let name = host.map(|host| host.rsplit_once(':').filter(|_| !host.ends_with(']')).map_or(host, |(name, _)| name));
    let is_here = name.is_some_and(|name| {
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
        name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
    });
    if is_here {
        return Ok(());
    }
    Err(HttpError::InvalidRequest("a password or a token goes over `https` only; change the address".to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use presence_core::testing::http::{CannedAnswer, CannedHttp};

    use super::*;

    #[derive(Debug, Default)]
    struct Counted(AtomicU32);

    #[async_trait]
    impl Tokens for Counted {
        async fn token(&self, is_refused: bool) -> Result<Confidential<String>, HttpError> {
            let number = self.0.fetch_add(u32::from(is_refused), Ordering::Relaxed) + u32::from(is_refused);
            Ok(Confidential::new(format!("sesame{number}")))
        }
    }

    fn canned(statuses: &[u16]) -> Arc<CannedHttp> {
        let http = Arc::new(CannedHttp::new());
        statuses.iter().for_each(|status| http.then(CannedAnswer::status(*status)));
        http
    }

    fn sent(http: &CannedHttp) -> Vec<String> {
        let header = |request: &HttpRequest| request.headers.get("Authorization").unwrap_or_default().to_owned();
        http.requests().iter().map(header).collect()
    }

    #[tokio::test]
    async fn basic_sends_name_and_password_as_a_secret() {
        let http = canned(&[200]);
        let basic = Basic::new(http.clone(), "Aladdin", "open sesame");
        basic.send(HttpRequest::get("https://a.example/")).await.unwrap();
        assert_eq!(sent(&http), ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="]);
        assert!(http.requests()[0].headers.iter().all(|header| header.secret));
        assert!(!format!("{basic:?}").contains("QWxh"));
    }

    #[tokio::test]
    async fn a_token_that_is_refused_is_renewed_once() {
        let http = canned(&[200, 401, 200, 401, 401]);
        let bearer = Bearer::new(http.clone(), Arc::new(Counted::default()));
        let mut statuses = Vec::new();
        for _ in 0..3 {
            statuses.push(bearer.send(HttpRequest::get("https://a.example/")).await.unwrap().status);
        }
        assert_eq!(statuses, [200, 200, 401]);
        let token = |number: u32| format!("Bearer sesame{number}");
        assert_eq!(sent(&http), [token(0), token(0), token(1), token(1), token(2)]);
    }

    #[tokio::test]
    async fn nothing_secret_goes_over_plain_http() {
        for url in ["http://a.example/", "http://127.0.0.1.example.com/", "http://localhost@a.example/", "ftp://a"] {
            let http = canned(&[200]);
            let refused = Basic::new(http.clone(), "a", "b").open(HttpRequest::get(url)).await;
            assert!(matches!(refused, Err(HttpError::InvalidRequest(_))), "{url}");
            assert!(http.requests().is_empty(), "{url}");
        }
        for url in ["http://127.0.0.1:8080/x", "http://[::1]:80/", "http://localhost/", "HTTPS://a.example"] {
            assert_eq!(check_secure(url), Ok(()), "{url}");
        }
    }
}
